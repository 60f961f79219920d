# ---
# minutes: 45
# reads: micrograd/tokenizer.py
# ---

# %% [markdown]
# # Any text becomes numbers
#
# At the end you can
#
# - write any text, in any script, as numbers from 0 to 255, and read it back;
# - grow a vocabulary by counting, then encode and decode with it;
# - say what a tokenizer does with spaces, digits, emoji, and special tokens that somebody types.
#
# You need notebook 05a: tokens, ids, BOS, pairs of neighbours. This one is optional. No later
# notebook needs its answers, so all its exercises are *practice*.

# %%
from micrograd.checks import Lesson

lesson = Lesson("05b")
lesson.catch_up(globals())
lesson.recall()

# %% [markdown]
# ## A letter without an id
#
# The [vocabulary](../docs/glossary.md#vocabulary) of notebook 05a is what occurs in the names: the
# letters a to z, and BOS. What does such a [tokenizer](../docs/glossary.md#tokenizer) do with a
# name that is written with an ë?

# %%
from micrograd.datasets import load
from micrograd.tokenizer import CharTokenizer

names = load()
letters = CharTokenizer.from_documents(names)
try:
    letters.encode("zoë")
except ValueError as error:
    print(error)

# %% tags=["assert"]
assert letters.vocab_size == 27 and not {"ë"} & set(letters.chars)

# %% [markdown]
# It refuses. We could give ë an id, then ß, then 한 and 🙂. How far would that go?
#
# [Unicode](../docs/glossary.md#unicode) is a list that numbers the characters of nearly all the
# world's writing. Python knows it, so we can count them. (The kinds Cn, Co and Cs are numbers that
# stand for no character. The list still grows, so we round.)

# %%
import sys
import unicodedata

kinds = [unicodedata.category(chr(number)) for number in range(sys.maxunicode + 1)]
characters = sum(kind not in ("Cn", "Co", "Cs") for kind in kinds)
print(f"room for {len(kinds):,}, and about {round(characters / 50_000) * 50_000:,} are in use")

# %% tags=["assert"]
assert len(kinds) == 1_114_112 and round(characters / 50_000) == 3

# %% [markdown]
# About 150,000 ids, where 27 were enough for the names. In notebook 06a each id gets 16 weights of
# its own, and they learn only when that character is met. Most of them never would be, and a new
# emoji would be refused all the same.
#
# Is there a small alphabet in which *every* text can be written?

# %% [markdown]
# ## Every text is bytes already
#
# There is: the one in which your computer stores it. A file is a row of
# [bytes](../docs/glossary.md#byte), whole numbers from 0 to 255, and a rule called
# [UTF-8](../docs/glossary.md#utf-8) says which of them stand for which character.
#
# Every Python text can `encode` itself by that rule, and bytes can `decode` themselves.

# %%
name = "zoe"
print(list(name.encode("utf-8")))
print(bytes([122, 111, 101]).decode("utf-8"))

# %% tags=["assert"]
assert list(name.encode("utf-8")) == [122, 111, 101]

# %% [markdown]
# One byte for each of these letters. But a byte can tell only 256 characters apart, and there are
# 150,000. So some characters need several.
#
# **Predict** how many bytes a short text takes, then run the cell below it.

# %% tags=["exercise"]
# exercise: how_many_bytes

# %%
from micrograd.viz import Words, byte_boxes, explore

explore(byte_boxes, text=Words("text", "Zoë 🙂"), stills=[{}, {"text": "éß한"}])

# %%
lesson.reveal("how_many_bytes")

# %% tags=["assert"]
assert [len(char.encode()) for char in "Zoë 🙂"] == [1, 1, 2, 1, 4]
assert [len(char.encode()) for char in "éß한"] == [2, 2, 3]

# %% [markdown]
# Each box is a character, and below it stand its bytes. The sign ␣ is a space. Write your own name
# there and press Enter. Then try é, ß and 한.
#
# How does a reader know which bytes belong together? By the first one. Below 128 it is alone; from
# 194 on it begins a group of two, from 224 on of three, from 240 on of four. Bytes from 128 to 191
# only go on.

# %% tags=["assert"]
first_bytes = {1: set(), 2: set(), 3: set(), 4: set()}
for number, kind in enumerate(kinds):
    if kind != "Cs":
        code = chr(number).encode("utf-8")
        first_bytes[len(code)].add(code[0])
        assert all(128 <= byte <= 191 for byte in code[1:])
assert first_bytes[1] == {*range(128)} and first_bytes[2] == {*range(194, 224)}
assert first_bytes[3] == {*range(224, 240)} and first_bytes[4] == {*range(240, 245)}

# %% [markdown]
# So let the bytes be our first 256 ids. Then no text is refused any more. The price is length, and
# not everybody pays the same. Three ways to say hello:

# %%
for word in "hello", "привет", "안녕하세요":
    print(word, len(word), "characters,", len(word.encode("utf-8")), "bytes")

# %% tags=["assert"]
assert [len(word.encode()) for word in ("hello", "привет", "안녕하세요")] == [5, 12, 15]
assert [len(word) for word in ("hello", "привет", "안녕하세요")] == [5, 6, 5]

# %% [markdown]
# Five characters, and 5 tokens in English but 15 in Korean. A model sees only so many tokens at a
# time, and each is a prediction to be computed. So 150,000 ids are too many, and with 256 the texts
# get long.
#
# ## What lies between?
#
# Keep the bytes. Then look for neighbours that meet again and again, and give the *pair* an id of
# its own. That is [byte-pair encoding](../docs/glossary.md#byte-pair-encoding), BPE for short.

# %% [markdown]
# First we count. In the tokens 1 2 1 2 3, two meet in four places: (1, 2), (2, 1), (1, 2) again,
# and (2, 3). The pairs overlap: each token between the ends belongs to two of them.
#
# *3 minutes.* Write `count_pairs` for any list of tokens. It gives back a dict.

# %% tags=["exercise"]
# exercise: count_pairs

# %%
count_pairs = lesson.check(count_pairs)

# %% [markdown]
# Now a real text, of 36 characters and as many bytes:
#
# > the cat sat on the mat with that hat
#
# **Predict** which pair will be the first to be merged.

# %% tags=["exercise"]
# exercise: first_merge

# %%
text = "the cat sat on the mat with that hat"
tokens = list(text.encode("utf-8"))
pairs = count_pairs(tokens)
for pair in sorted(pairs, key=pairs.get, reverse=True)[:4]:
    print(pairs[pair], "times", pair, repr(bytes(pair).decode()))

# %%
lesson.reveal("first_merge")

# %% tags=["assert"]
ranked = sorted(pairs.items(), key=lambda entry: -entry[1])
assert len(text) == len(tokens) == 36 and ranked[0] == ((97, 116), 5) and ranked[3][1] < 4
assert {bytes(pair) for pair, n in ranked if n == 4} == {b"th", b"t "}

# %% [markdown]
# It is a t: in cat, sat, mat, that, hat. Close behind comes a t with the *space* after it.
#
# Nobody asked what is a sound or a word. Merges are frequent, and mean nothing. When they look like
# syllables, it is because a language uses its syllables again and again.

# %% [markdown]
# ## Merge
#
# Give the pair (1, 2) the new id 9, and 1 2 3 1 2 becomes 9 3 9.
#
# What about 1 1 1 and the pair (1, 1)? It meets in two places. But the 1 in the middle can go into
# one new token only, or we would make text out of nothing. We go from the left: 9 1.
#
# *6 minutes.* Write `merge` for any tokens.

# %% tags=["exercise"]
# exercise: merge

# %%
merge = lesson.check(merge)

# %%
from micrograd.viz import token_boxes

shorter = merge(tokens, (97, 116), 256)  # a and t; bytes end at 255, so 256 is the first free id
print(len(tokens), "tokens before,", len(shorter), "after")
token_boxes(shorter, [(97, 116)])

# %% tags=["assert"]
assert (len(tokens), len(shorter), shorter.count(256)) == (36, 31, 5)

# %% [markdown]
# White boxes are bytes, blue ones are merged: a t, five times, so there are five tokens fewer. From
# now on 256 is a token like any other, with neighbours of its own.
#
# The next two exercises can be left out. The first is a `merge` that stumbles over equal
# neighbours: find the bug (*4 minutes*). The second is for pencil and paper (*3 minutes*).

# %% tags=["exercise"]
# exercise: repair_merge

# %%
repair_merge = lesson.check(repair_merge)

# %% tags=["exercise"]
# exercise: merge_by_hand

# %% tags=["assert"]
by_hand = merge(merge([*b"abababa"], (97, 98), 256), (256, 256), 257)
assert by_hand == [257, 256, 97]

# %% [markdown]
# ## Again and again
#
# One merge is one step. *Training* a tokenizer is a loop: count, merge the most frequent pair
# everywhere, note it down; then count *again*, for the new token has made new pairs. Of equally
# frequent pairs the one with the smaller ids wins, so that a text gives the same merges everywhere.
#
# *7 minutes.* Write that loop, `train_bpe`, with `count_pairs` and `merge`. It makes `count`
# merges, and gives back the merged pairs in order.

# %% tags=["exercise"]
# exercise: train_bpe

# %%
train_bpe = lesson.check(train_bpe)

# %% [markdown]
# Here is your function at work. Go on with the button, the slider (arrow keys) or *play*. The line
# below the title names the three pairs that are met most, so bet on the next merge before you go
# on: at equal counts the smaller ids win.
#
# Then write a text of your own above and press Enter. Try `banana bandana`, `aaaaaaa`, or an emoji
# three times.

# %%
from micrograd.viz import play_merges

play_merges(text, 12, train=train_bpe, stills=[0, 1, 3, 11])

# %% tags=["assert"]
from micrograd.tokenizer import BPETokenizer

merges = train_bpe(tokens, 12)
names_of = [BPETokenizer(merges).name(token) for token in range(256, 268)]
assert names_of[:3] == ["at", "th", "at "] and names_of[10] == "on th"
assert train_bpe([*b"aaaaaaa"], 2) == [(97, 97), (256, 256)]
met, ids = [], tokens
for number, pair in enumerate(merges, start=256):
    met.append(count_pairs(ids)[pair])
    ids = merge(ids, pair, number)
assert met == [5, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, 1]

# %% [markdown]
# Merge 3 joins “at” and the space behind it: the end of a word, and the gap before the next. From
# merge 6 on, no pair is met twice. Then the ids decide, and what comes out, as on␣th in merge 11,
# is an accident. So tokenizers are trained on long texts.

# %% [markdown]
# ## Encode and decode
#
# The text that a tokenizer was trained on is no longer needed. What it has learnt is the list of
# merges. *Encoding* means: take the bytes of any text, and make these merges in the same order.
# The order matters, because merge 3 needs the token that merge 1 makes.
#
# *3 minutes.* Write `encode_bpe`.

# %% tags=["exercise"]
# exercise: encode_bpe

# %%
encode_bpe = lesson.check(encode_bpe)

# %%
merges = train_bpe(tokens, 12)
token_boxes(encode_bpe("zoë sat on the hat 🙂", merges), merges)

# %% tags=["assert"]
encoded = encode_bpe("zoë sat on the hat 🙂", merges)
assert encoded == [*"zoë ".encode(), 267, 266, 260, 104, 258, *"🙂".encode()]

# %% [markdown]
# Nothing is refused. What the merges know is short, all else stays bytes: a box that reads � is
# only a *part* of a character. (Why is hat not 262, which is merge 7? Merge 3 was there before, and
# took the t with its space.)
#
# Now back. A token from 256 on stands for two tokens, and each of these may stand for two again.
# Follow the branches of 266 down to its five bytes.

# %%
from micrograd.viz import merge_tree

merge_tree(266, merges)

# %% tags=["assert"]
assert BPETokenizer(merges).name(262) == "hat" and merges[6][1] == 256
assert merges[10] == (111, 265) and merges[9] == (110, 259) and merges[3] == (32, 257)

# %% [markdown]
# *5 minutes.* Write `decode_bpe`. First find the bytes of every token. Then glue them all together,
# and only at the end make text of them: the two bytes of ë may be two tokens.
#
# And a model that draws token after token may stop in the middle of a character. Then � should
# show that something is missing, and nothing should break.

# %% tags=["exercise"]
# exercise: decode_bpe

# %%
decode_bpe = lesson.check(decode_bpe)

# %%
for sample in text, "zoë sat on the hat 🙂", "안녕하세요":
    short = encode_bpe(sample, merges)
    print(len(sample.encode("utf-8")), "bytes,", len(short), "tokens:", decode_bpe(short, merges))
print("the first two bytes of an emoji:", decode_bpe([240, 159], merges))

# %% tags=["assert"]
for sample in text, "zoë sat on the hat 🙂", "안녕하세요", "", "a\x00b", "👩‍🚀":
    assert decode_bpe(encode_bpe(sample, merges), merges) == sample
assert len(encode_bpe(text, merges)) == 12 and decode_bpe([240, 159], merges) == "�"
assert len("zoë sat on the hat 🙂".encode()) == 24

# %% [markdown]
# ## The package's tokenizer
#
# `BPETokenizer` in [`tokenizer.py`](../micrograd/tokenizer.py) does what your functions do. Does it
# find the same merges? We glue 109 names to one text without a space, and ask both. (A vocabulary
# of 257 + 60 is the bytes, BOS, and 60 merges.) Then we give it the same names apart, as 109
# documents.

# %%
from micrograd.tokenizer import BPETokenizer

some = names[::100]
glued = "".join(some)
mine = train_bpe(list(glued.encode("utf-8")), 60)
package = BPETokenizer.train([glued], vocab_size=257 + 60)
apart = BPETokenizer.train(some, vocab_size=257 + 60)
print("glued, the same merges:", mine == package.merges)
print("glued:", *[package.name(token) for token in range(256, 268)])
print("apart:", *[apart.name(token) for token in range(256, 268)])

# %% tags=["assert"]
assert len(some) == 109 and mine == package.merges and len(mine) == 60
assert [package.name(token) for token in range(256, 260)] == ["an", "in", "ar", "am"]
assert [apart.name(token) for token in range(256, 260)] == ["an", "in", "ar", "at"]

# %% [markdown]
# Glued, the same sixty. Apart, the fourth already differs: the glued text has pairs that no name
# has, the last letter of one with the first of the next.
#
# So a text is best *cut up* before pairs are counted, and no merge crosses a cut. Names are cut
# already. Running text the package cuts at white space, and a word keeps the space before it. Go
# through the merges again: is on␣th among them?

# %%
play_merges(text, 12, stills=[12])

# %% tags=["assert"]
cut = BPETokenizer.train([text], vocab_size=257 + 12)
made = [cut.name(token) for token in range(256, 268)]
assert "on th" not in made and not any(" " in name[1:] for name in made)
assert {"the", " the"} <= set(made)

# %% [markdown]
# The wider gaps are the cuts. Nothing like on␣th can happen any more. What one word costs now is
# two ids: “the” at the beginning of the text, “␣the” inside.

# %% [markdown]
# ## What it costs
#
# How much work is training? Every round looks at all the pairs again: n − 1 of them for n tokens.
# So m merges take at most m · n looks. Let us count them, not the seconds, which depend on your
# computer.


# %%
def looks(tokens, count):
    total = 0
    for i, pair in enumerate(train_bpe(tokens, count)):
        total += len(tokens) - 1
        tokens = merge(tokens, pair, 256 + i)
    return total


many = list("".join(names[::10]).encode("utf-8"))
for n, m in (1000, 50), (2000, 50), (2000, 100):
    print(f"{n} tokens, {m:3} merges: {looks(many[:n], m):7,} looks")

# %% tags=["assert"]
assert [looks(many[:n], m) for n, m in ((1000, 50), (2000, 50), (2000, 100))] == [
    36_038,
    75_942,
    136_073,
]
assert 50_000 * 10**9 == 5 * 10**13

# %% [markdown]
# Twice the text, about twice the looks. Twice the merges, a little less than twice, since the text
# gets shorter on the way. For the 50,000 merges of a published vocabulary, on a billion bytes, it
# would be up to 50,000,000,000,000.
#
# Cutting helps: the package looks at each *different* word once, and multiplies by how often it
# came. Programs for large texts count again only around the places that a merge has changed.

# %% [markdown]
# ## How many merges?
#
# Now measure what more ids are good for. We learn 500 merges from 2,000 names, and hold out 2,000
# others. First see into what four names fall apart.
#
# For smaller vocabularies we take only the first of these merges. How many tokens does a letter
# cost then? (It takes a few seconds.)

# %%
from random import Random

shuffled = Random(1).sample(names, 4000)
learn, held_out = shuffled[:2000], shuffled[2000:]
trained = BPETokenizer.train(learn, vocab_size=257 + 500)
for name in "annabella", "mohammed", "christina", "xyz":
    print(*[trained.name(token) for token in trained.encode(name)[1:-1]])


def tokens_per_letter(texts, count):
    part = BPETokenizer(trained.merges[:count])
    tokens = sum(len(part.encode(text)) - 2 for text in texts)  # BOS at both ends left out
    return tokens / sum(map(len, texts))


# %% tags=["curve"]
from micrograd.viz import length_curve

counts = [0, 10, 25, 50, 100, 200, 300, 400, 500]
lines = {"learnt from": {257 + n: tokens_per_letter(learn, n) for n in counts}}
lines["held out"] = {257 + n: tokens_per_letter(held_out, n) for n in counts}
for size in 257, 357, 757:
    print(size, "ids:", *[f"{name} {line[size]:.2f}  " for name, line in lines.items()])
length_curve(lines)

# %% tags=["assert"]
rounded = [[round(line[size], 2) for size in (257, 357, 757)] for line in lines.values()]
assert rounded == [[1.0, 0.64, 0.47], [1.0, 0.65, 0.52]]
assert 256 + 50_000 + 1 == 50_257
assert {"geral", "bened"} <= {trained.name(token) for token in range(700, 757)}

# %% [markdown]
# The first 100 merges bring a letter from 1 token to 0.64, the next 400 only to 0.47: frequent
# pairs come first. Each id costs weights, and a rare one learns from few examples. And the lines
# part: late merges, such as `geral` and `bened`, belong to *these* names.
#
# Where do others stop? GPT-2 has 50,257 ids: the bytes, 50,000 merges, and one special token.

# %% [markdown]
# ## What changes for the model?
#
# Nothing but names. A token is still an id, and an id is a name. Suppose that after “th” only two
# tokens were possible, “at” with the logit 1 and “e” with 0, and “at” comes. Here is the loss, as
# in 05a: the log of the sum of the exps, minus the logit of what came. Nothing in it asks what a
# token stands for.

# %%
from micrograd.viz import draw_graph

at, e = Value(1.0), Value(0.0)
loss = log(exp(at) + exp(e)) - at
at.label, e.label, loss.label = "at", "e", "loss"
backward(loss)
draw_graph(loss)

# %% tags=["assert"]
assert abs(loss.data - cross_entropy([at, e], 0).data) < 1e-12 and round(loss.data, 3) == 0.313

# %% [markdown]
# But losses per *token* can no longer be compared. Say a model of letters has a mean surprise of
# 2.4, for the four letters of anna and BOS. A model of byte pairs has 3.5, for ann, a and BOS.
# Which is less surprised by the name?
#
# 5 · 2.4 = 12, and 3 · 3.5 = 10.5: the second. Its questions are harder, and fewer. So compare for
# a whole text, or per letter.

# %% tags=["assert"]
assert 5 * 2.4 == 12 and 3 * 3.5 == 10.5

# %% [markdown]
# ## Digits
#
# What do merges make of numbers? Train on the years 1990 to 2029, and encode some years.

# %%
years = " ".join(str(year) for year in range(1990, 2030))
of_years = BPETokenizer.train([years], vocab_size=257 + 12)
for year in "1999", "2000", "2024", "1789":
    print(year, "is", *[of_years.name(token) for token in of_years.encode(year)[1:-1]])


# %% tags=["assert"]
def pieces(tokenizer, text):
    return [tokenizer.name(token) for token in tokenizer.encode(text)[1:-1]]


assert pieces(of_years, "1999") == ["199", "9"] and pieces(of_years, "2000") == ["20", "0", "0"]
assert pieces(of_years, "1789") == list("1789")

# %% [markdown]
# A year is cut where pairs were frequent, and not into ones, tens and hundreds: one reason why sums
# are hard for a language model. So published tokenizers cut more than ours, before any merge:
#
# | tokenizer | cuts |
# |---|---|
# | ours | at white space |
# | GPT-2 | also between letters, digits and other signs |
# | GPT-4 | also digits, into groups of at most three |
#
# (Lines 13 and 89 of `openai_public.py` in tiktoken 0.14.0.)

# %% [markdown]
# ## One to the eye, several to the tokenizer
#
# An emoji may be several characters: this astronaut is a woman, an invisible joiner, and a rocket.
# And an é may be one character, or an e with an accent put on it (◌ stands for what it is put on).
# They look alike, and are different tokens.
#
# Decoding gives back exactly what was typed. But that both mean the same, as do “the”, “␣the” and
# “The”, a model has to learn.

# %%
byte_boxes("👩‍🚀 é e\u0301")

# %% tags=["assert"]
assert (len("👩‍🚀"), len("👩‍🚀".encode())) == (3, 11)
assert "é".encode() != "e\u0301".encode() and (len("é".encode()), len("e\u0301".encode())) == (2, 3)

# %% [markdown]
# ## When somebody types a special token
#
# BOS stands for no text. It is a [special token](../docs/glossary.md#special-token), and only the
# program puts it in. Large models have more of them, which say where an answer ends, or whose turn
# it is to speak. They have names, so that one can write about them.
#
# **Predict** what should happen when such a name is typed.

# %% tags=["exercise"]
# exercise: users_bos

# %%
chat = BPETokenizer.train([text], vocab_size=257 + 12 + 1, special=["<end>"])
print(chat.encode("hat<end>"))
print(chat.encode("hat<end>", special=True))

# %%
lesson.reveal("users_bos")

# %% tags=["assert"]
assert chat.bos == 268 and chat.encode("hat<end>")[2:-1] == [256, *b"<end>"]
assert chat.encode("hat<end>", special=True) == [268, 104, 256, 269, 268]
assert chat.decode(chat.encode("hat<end>")) == "hat<end>"
assert chat.decode(chat.encode("hat<end>", special=True)) == "hat<end>"

# %% [markdown]
# In the first line `<end>` is five bytes, 60 to 62: text that somebody wrote. In the second it is
# one id, 269, since the *program* said that this text is its own.
#
# Both decode to the same letters. The difference is in who may give orders. If typed text could
# become 269, everybody could end the model's text, or speak in another's role.

# %% [markdown]
# ## What you can say now
#
# Every text is bytes, so 256 ids refuse nothing. Byte-pair encoding gives the most frequent pair of
# neighbours an id of its own, again and again; a merge is frequent, and means nothing. More ids
# make shorter texts, and each id is met less often.
#
# *An open question:* these merges were chosen by counting, before a model had read anything. Could
# a model choose its own?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** `merge` and `BPETokenizer` in
# [`tokenizer.py`](../micrograd/tokenizer.py). `train` is your loop, with the cuts. `_encode` makes
# only the merges that a word has room for, earliest first, which comes to the same. The tests of
# the course compare it with `tiktoken` on a thousand texts.
#
# PyTorch leaves this to others, such as `tiktoken` or Hugging Face's `tokenizers`. What comes to
# PyTorch is a tensor of ids.
