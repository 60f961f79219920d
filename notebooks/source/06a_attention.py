# ---
# minutes: 45
# reads: micrograd/gpt.py
# refrain: [embed, attend]
# ---

# %% [markdown]
# # Attention: letters that listen
#
# At the end you can
#
# - give a letter and its position one vector, and say why the position is needed;
# - compute an attention head on paper, and write it;
# - say why a model cannot see the future, and what several heads are for.
#
# You need `linear` from 04a and `softmax` from 05a; the first cell brings them. Exercises called
# *practice* come on top of the 45 minutes.

# %%
from random import Random

from micrograd.checks import Lesson

lesson = Lesson("06a")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## What a table of pairs cannot know
#
# The table of 05a looks at one token and guesses the next. What came earlier it has forgotten. How
# much does it miss?
#
# Below, all the names stand in one row, with a dot wherever a name begins or ends. After an `r`,
# how often does an `i` come next? And if the `r` ends the beginning `mar`, or the beginning `kr`?

# %%
from micrograd.datasets import data_file, load

names = load()
row_of_names = "." + ".".join(names) + "."
for before in ("r", ".mar", ".kr"):
    print(f"{before:5}", round(row_of_names.count(before + "i") / row_of_names.count(before), 2))

# %% tags=["assert"]
shares_of_i = [
    round(row_of_names.count(before + "i") / row_of_names.count(before), 2)
    for before in ("r", ".mar", ".kr")
]
assert shares_of_i == [0.21, 0.37, 0.82]

# %% [markdown]
# To the table, which sees only the `r`, these are one question with one answer: 0.21. If you know
# what stands before the `r`, you can do much better: 0.37 after `mar`, 0.82 after `kr`.
#
# So `r` has to hear about the letters before it. The way in which a token takes something from
# earlier tokens is called [attention](../docs/glossary.md#attention). You build it today.

# %% [markdown]
# ## One name, and a model that has learnt
#
# We follow one name, `mari`, and borrow the weights of a GPT that was trained on these names. (In
# 07 you train one yourself.) They are nine tables. Today we need five: `wte`, `wpe`, and those that
# end in `wq`, `wk` and `wv`. The other four wait for 06b.
#
# The cell turns each number into one of *your* `Value`s, so that your functions can work with it.

# %%
from micrograd.checkpoint import load_model

chars = build_vocabulary(names)
model, tokenizer = load_model(data_file("names-gpt.safetensors"))
state = {
    name: [[Value(x) for x in row] for row in table] for name, table in model.state_dict().items()
}
print("mari:", encode("mari", chars))
for name, table in state.items():
    print(f"{name:16} {len(table)} × {len(table[0])}")

# %% tags=["assert"]
assert encode("mari", chars) == [26, 12, 0, 17, 8, 26] and chars == tokenizer.chars
assert len(state) == 9 and len(parameters(state)) == 4192

# %% [markdown]
# ## An id picks a row
#
# An id is a name and not a size, so the model does no arithmetic with 12, the id of `m`. The 12
# picks a row of `wte`: 16 numbers that stand for the letter, its
# [embedding](../docs/glossary.md#embedding).
#
# Sixteen numbers are a point in a space of sixteen directions. Here are all 26 letters, from the
# side where they [differ most](../micrograd/viz/attention.py). Before training they are random.
# Which letters will be neighbours afterwards?

# %%
from micrograd.gpt import GPT, GPTConfig
from micrograd.viz import Strip, letter_plane

untrained = GPT(GPTConfig(27), Random(42))
before, after = untrained.state_dict()["wte"][:26], model.state_dict()["wte"][:26]
print("m:", *[f"{x:.2f}" for x in after[12]])
before_map = letter_plane(before, chars, title="Before training: anywhere")
after_map = letter_plane(after, chars, title="After it: a, e, i, o, u together")
Strip((before_map, after_map))

# %% tags=["assert"]
from micrograd.viz.attention import widest_view

points, kept = widest_view(after)
across = {char: x for char, (x, _) in zip(chars, points)}
others = [across[char] for char in chars if char not in "aeiou"]
assert min(across[char] for char in "aeiou") > 1 > 0.2 > max(others) == across["y"]
assert round(kept, 2) == 0.56

# %% [markdown]
# Nobody told the model what a vowel is. It was only ever asked for the next letter. Where two
# letters are followed by much the same letters, much the same row serves both. That may be why
# these five drifted together. Of the others, `y` lies nearest to them.
#
# A caution: this view shows 56 % of the differences. Two letters that look close may be far apart
# in a direction we cannot see.

# %% [markdown]
# ## The same letter, elsewhere
#
# `anna` begins and ends with the same row of `wte`. Yet after the first `a` the name goes on, and
# after the last it is over. So every [position](../docs/glossary.md#position) has a row too, in
# `wpe`. The two are added, entry by entry: [1, 2] and [10, 20] give [11, 22].
#
# *Core, 3 minutes:* write `embed`, which returns this sum. (BOS is at position 0, so the `m` of
# `mari` is at 1.)

# %% tags=["exercise"]
# exercise: embed

# %%
embed = lesson.check(embed)


# %%
def show(words, x):
    print(f"{words:22}", *[f"{v.data:6.2f}" for v in x[:6]], " ...")


show("the row of m", state["wte"][12])
show("the row of position 1", state["wpe"][1])
show("m at position 1", embed(12, 1, state))

# %% tags=["assert"]
rows = state["wte"][12], state["wpe"][1], embed(12, 1, state)
assert all(abs(a.data + b.data - c.data) < 1e-12 for a, b, c in zip(*rows))

# %% [markdown]
# ## Numbers that run away
#
# These vectors will pass through many tables, one after another. What does that do to them?
#
# Call the *size* of a vector the root of the mean of its squares. For [3, 4] that is
# √((9 + 16) / 2) = √12.5, about 3.54. We send `m` through eight tables of random weights, small
# ones (their standard deviation `std` is 0.08) or large ones (0.8), and note its size after each.


# %%
def size(x):
    return (sum(v.data**2 for v in x) / len(x)) ** 0.5


# between: what is done to the vector after each table; so far, nothing
def journey(std, between=lambda x: x):
    rng, x, sizes = Random(1), embed(12, 1, state), []
    for _ in range(8):
        x = between(linear(x, matrix(16, 16, std, rng)))
        sizes.append(size(x))
    return sizes


for std in (0.08, 0.8):
    print(f"std {std}:", *[f"{s:.2g}" for s in journey(std)])

# %% tags=["assert"]
assert round(size([Value(3.0), Value(4.0)]), 2) == 3.54
assert f"{journey(0.08)[-1]:.2g} {journey(0.8)[-1]:.2g}" == "4.5e-05 4.5e+03"
factors = [(journey(std)[-1] / size(embed(12, 1, state))) ** (1 / 8) for std in (0.08, 0.8)]
assert 0.3 < factors[0] < 0.34 and 3 < factors[1] < 3.4

# %% [markdown]
# A table of small weights makes the vector about 3 times smaller, one of large weights about 3
# times larger. After eight of them the size is 0.000045, or 4500.
#
# What would softmax make of that? Of numbers that are all nearly 0, even shares, whatever they
# meant. Of numbers in the thousands, all or nothing. The gradients pass the same tables on their
# way back, and shrink or grow alike.

# %% [markdown]
# The cure: divide a vector by its size before it enters a table. [3, 4] becomes
# [3 / 3.54, 4 / 3.54] = [0.85, 1.13]. This is [RMSNorm](../docs/glossary.md#rmsnorm), for “root
# mean square”.
#
# So that zeros are not divided by 0, a small ε = 0.00001 is added to m, the mean of the squares
# ([all symbols](../docs/notation.md)):
#
# xᵢ / √(m + ε), in Python `x[i] * (m + 1e-5) ** -0.5`.
#
# *Core, 4 minutes:* write `rmsnorm`, for a vector of any length.

# %% tags=["exercise"]
# exercise: rmsnorm

# %%
rmsnorm = lesson.check(rmsnorm)

# %%
print([round(v.data, 2) for v in rmsnorm([Value(3.0), Value(4.0)])])
for std in (0.08, 0.8):
    print(f"std {std}, normed:", *[f"{s:.2g}" for s in journey(std, between=rmsnorm)])

# %% tags=["assert"]
assert [round(v.data, 2) for v in rmsnorm([Value(3.0), Value(4.0)])] == [0.85, 1.13]
assert all(abs(s - 1) < 1e-3 for std in (0.08, 0.8) for s in journey(std, rmsnorm))

# %% [markdown]
# With `rmsnorm` the size stays at 1.
#
# ## A question, and labels to find it by
#
# The model norms what `embed` gives. So each token of `mari` has 16 numbers of size 1, and knows
# nothing of the others. Whom should `r` listen to?
#
# Let `r` write down what it looks for, as four made-up numbers: [1, 0, 2, 1]. And let each token so
# far, `r` included, wear a label of four numbers.

# %% [markdown]
# How well does a label fit? Multiply entry by entry, and add up. The label of `m` is [2, 0, 1, 0],
# and that gives 1·2 + 0·0 + 2·1 + 1·0 = 4. This is the
# [dot product](../docs/glossary.md#dot-product). (More in the [bridge to dot
# products](A_toolbox.ipynb#Dot-products-and-changing-a-list-in-place).)
#
# The label of `a` is [0, 1, 0, 2], that of `r` is [0, 2, −1, 2]. Work out these two on paper, then
# run the cell.

# %%
query = [1, 0, 2, 1]
keys = {"m": [2, 0, 1, 0], "a": [0, 1, 0, 2], "r": [0, 2, -1, 2]}
products = {name: sum(a * b for a, b in zip(query, key)) for name, key in keys.items()}
products

# %% tags=["assert"]
assert list(products.values()) == [4, 2, 0]

# %% [markdown]
# `m` fits best. The code has the proper names already: what a token looks for is its
# [query](../docs/glossary.md#query) q, and the label it is found by is its
# [key](../docs/glossary.md#key) k. In a library, your question is the query, and the title on a
# book's spine is a key.
#
# A token's *score* is q·k / √n, where n is how many numbers q has. Here √n is 2. (Why a root? We
# shall see.) In Python: `product * len(query) ** -0.5`.

# %%
scores = {name: product * len(query) ** -0.5 for name, product in products.items()}
shares = [w.data for w in softmax([Value(score) for score in scores.values()])]
print(scores, [round(w, 3) for w in shares])

# %% tags=["assert"]
assert list(scores.values()) == [2, 1, 0] and [round(w, 3) for w in shares] == [0.665, 0.245, 0.09]

# %% [markdown]
# `softmax`, from 05a, has turned the scores 2, 1 and 0 into shares of 1: 0.665, 0.245 and 0.090.
# Each is an [attention weight](../docs/glossary.md#attention-weight): how much of its attention `r`
# gives to that token.
#
# But what does `r` *hear*? The key only helps to find the book. Its text is a third vector, the
# [value](../docs/glossary.md#value-in-attention) v. (It has nothing to do with your class `Value`.)

# %% [markdown]
# Let the values be [10, 0], [20, 4] and [0, 8]. What `r` hears is their average, each counted by
# its share:
#
# 0.665 · [10, 0] + 0.245 · [20, 4] + 0.090 · [0, 8] = [11.55, 1.70]
#
# Entry i is Σ share · vᵢ: `sum(w * v[i] for w, v in zip(shares, values))`.
#
# All this is one [head](../docs/glossary.md#head). Move the query's sliders: can you make `r`
# listen mostly to `a`? To itself? To all alike?

# %%
from micrograd.viz import Slider, explore, head_sheet

values = [[10, 0], [20, 4], [0, 8]]
entries = {f"q{i}": Slider(f"query[{i}]", -4, 4, query[i], 1) for i in range(4)}
explore(
    lambda q0, q1, q2, q3: head_sheet([q0, q1, q2, q3], list(keys.values()), values, list("mar")),
    **entries,
    stills=[{}, {"q0": 0, "q1": -1, "q2": 2, "q3": 3}],
)

# %% tags=["assert"]
heard = [sum(w * v[i] for w, v in zip(shares, values)) for i in range(2)]
assert [round(x, 2) for x in heard] == [11.55, 1.7]
moved = head_sheet([0, -1, 2, 3], list(keys.values()), values, list("mar"))
assert "r listens most to a" in moved.image
own = head_sheet([-4, 4, -4, 4], list(keys.values()), values, list("mar"))
assert "r listens most to r" in own.image
alike = head_sheet([0, 0, 0, 0], list(keys.values()), values, list("mar"))
assert "r listens to all alike" in alike.image

# %% [markdown]
# With a query of four zeros every score is 0, and all get a third. And wherever you move it, no
# share is ever quite 0. That is what lets a head learn: a choice would jump from one token to
# another, but a share can grow by a little, so it has a slope.
#
# Now compute a head of your own, with pencil and paper. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: by_hand

# %% [markdown]
# ## Why a root?
#
# q·k is a sum of n products. If q and k are random, some products are above 0 and some below, and
# they partly cancel: the sum is about √n in size, and not n. So longer queries make larger scores,
# and larger scores make more uneven shares.
#
# We draw a query and eight keys at random, take the largest of the eight shares, and
# average that over 100 draws.


# %% tags=["curve"]
from micrograd.viz import sharpness_curve


def largest_share(n, power, rng):
    q = [rng.gauss(0, 1) for _ in range(n)]
    products = [sum(a * rng.gauss(0, 1) for a in q) for _ in range(8)]
    return max(w.data for w in softmax([Value(product / n**power) for product in products]))


lengths = [1, 4, 16, 64, 256]


def averages(power):
    rng = Random(1)
    return [sum(largest_share(n, power, rng) for _ in range(100)) / 100 for n in lengths]


curves = {"q·k": averages(0), "q·k / √n": averages(0.5), "q·k / n": averages(1)}
sharpness_curve(lengths, curves, even=1 / 8, title="Only √n keeps the shares as they are")

# %% tags=["assert"]
assert round(curves["q·k"][-1], 2) == 0.94 and curves["q·k / n"][-1] < 0.145
assert all(0.33 < share < 0.38 for share in curves["q·k / √n"])

# %% [markdown]
# At the right edge, with 256 numbers and nothing divided, one token gets 94 %, by luck, and drowns
# out the others before anything is learnt. Divided by n, none stands out. Divided by √n, the length
# hardly matters.
#
# Now write the head, as two functions (*core, 5 minutes each*):
#
# - `attention_weights` makes the shares. A list of keys is a table: one function of yours makes all
#   the products at once.
# - `attend` makes what is heard.

# %% tags=["exercise"]
# exercise: attention_weights

# %%
attention_weights = lesson.check(attention_weights)

# %% tags=["exercise"]
# exercise: attend

# %%
attend = lesson.check(attend)


# %% tags=["assert"]
vectors = [[[Value(x) for x in row] for row in table] for table in ([query], keys.values(), values)]
found = attention_weights(vectors[0][0], vectors[1])
assert [round(w.data, 3) for w in found] == [0.665, 0.245, 0.09]
assert [round(x.data, 2) for x in attend(vectors[0][0], *vectors[1:])] == [11.55, 1.7]

# %% [markdown]
# ## A head is a graph
#
# A head is made of products, sums and exp, and each remembers how it was made. Here is a very small
# one: the query has two numbers, the tokens `m` and `a` are heard, and each value is one number.
#
# Your own functions make a few dozen `Value`s of that. The package packs a whole dot product, or a
# whole softmax, into one node, so that its graph fits on the page.

# %%
from micrograd import engine, gpt
from micrograd.viz import draw_graph


def labelled(name, numbers):
    return [engine.Value(x, label=f"{name}[{i}]") for i, x in enumerate(numbers)]


q, tiny_keys = labelled("q", [1, 2]), [labelled("key m", [2, 0]), labelled("key a", [0, 1])]
tiny_values = [labelled("value m", [10]), labelled("value a", [20])]
heard = gpt.attend(q, tiny_keys, tiny_values)[0]
heard.label = "heard"
heard.backward()
draw_graph(heard)

# %% tags=["assert"]
numbers = [[1, 2]], [[2, 0], [0, 1]], [[10], [20]]
mine_q, *mine_kv = [[[Value(x) for x in row] for row in table] for table in numbers]
mine = attend(mine_q[0], *mine_kv)[0]
assert abs(mine.data - heard.data) < 1e-12 and abs(heard.data - 15) < 1e-12
assert 30 < len(topological_order(mine)) < 60
assert all(v.grad != 0 for v in (*q, *tiny_keys[0], *tiny_keys[1]))
assert [row[0].grad for row in tiny_values] == [0.5, 0.5]

# %% [markdown]
# Both products are 2, so each token has half, and 15 is heard. Now look at the gradients. That of
# each value is 0.5, its share. The query and the keys have gradients too. So training can change
# not only what is said, but also *who listens to whom*.

# %% [markdown]
# ## Where the three come from
#
# So far we made the numbers up. In the model, a token's query, key and value are made from its
# vector x by three tables, `attn_wq`, `attn_wk` and `attn_wv`: in Python `linear(x, table)`.
# Training changes these tables.
#
# Each has 16 rows, and a head uses four of them. So there is room for four heads, 0 to 3. We begin
# with head 3, the rows from 12 on.

# %% [markdown]
# ## The past is a list that grows
#
# A name is read from left to right. Each token *appends* its key and its value to two lists
# ([changing a list in place](A_toolbox.ipynb#Dot-products-and-changing-a-list-in-place)). Then it
# asks, and is answered from these lists. They are all it has of the past, and nothing in them is
# computed again.
#
# `read` does this, with your functions. The map shows who listens to whom in `mari`; the dot above
# the first column is BOS.


# %%
def tables(state, head):
    rows = slice(4 * head, 4 * head + 4)
    return [state[f"layer0.attn_w{kind}"][rows] for kind in "qkv"]


def read(word, state, head=3):
    """The shares, and what is heard, at each position."""
    wq, wk, wv = tables(state, head)
    keys, values, shares, heard = [], [], [], []
    for position, token in enumerate(encode(word, chars)[:-1]):
        x = rmsnorm(embed(token, position, state))
        q = linear(x, wq)
        keys.append(linear(x, wk))
        values.append(linear(x, wv))
        shares.append(attention_weights(q, keys))
        heard.append(attend(q, keys, values))
    return shares, heard


# %%
from micrograd.viz import share_map

shares, heard = read("mari", state)
share_map(shares, ["BOS", *"mari"], title="a listens to m, and i to m and r")

# %% tags=["assert"]
percents = [[round(100 * w.data) for w in row] for row in shares]
assert percents[0] == [100] and percents[1][0] == 97 and percents[3][0] == 95
assert percents[2][1] == 90 and (percents[4][1], percents[4][3]) == (40, 51)

# %% [markdown]
# BOS has nobody but itself. `m` and `r` turn to BOS. But `a` gives 90 % to `m`, and `i` gives 40 %
# to `m` and 51 % to `r`. As if a vowel asked: *which consonants came before me?*
#
# One name proves nothing. So let us ask the vowels of 55 names how much they give to consonants,
# and compare with a head that would give the same share to all.

# %%
given, even = [], []
for name in names[::200]:
    for letter, row in zip(name, read(name, state)[0][1:]):
        if letter in "aeiou":
            of_consonants = [w.data for w, seen in zip(row, "." + name) if seen not in ".aeiou"]
            given.append(sum(of_consonants))
            even.append(len(of_consonants) / len(row))
print(len(names[::200]), "names,", len(given), "vowels")
print("to consonants:", round(sum(given) / len(given), 2))
print("all alike:    ", round(sum(even) / len(even), 2))

# %% tags=["assert"]
assert len(names[::200]) == 55 and round(sum(given) / len(given), 2) == 0.79
assert round(sum(even) / len(even), 2) == 0.35

# %% [markdown]
# 79 %, where even shares would give 35 %: it is a habit of this head. Nobody asked for it. The
# three tables began as random numbers, and gradient descent found this question in them.
#
# ## What if order were lost?
#
# What were the positions good for? Take them away: put zeros into `wpe`, and read `mar` and `amr`,
# two words of the same letters that end in `r`. **Predict** what this head gives at the `r`:

# %% tags=["exercise"]
# exercise: shuffled

# %%
from micrograd.sample import choices

zeros = [[0.0 for _ in row] for row in state["wpe"]]
no_positions = state | {"wpe": [[Value(x) for x in row] for row in zeros]}
blind = GPT(GPTConfig(27), Random(0))
blind.load_state_dict(model.state_dict() | {"wpe": zeros})
for word in ("mar", "amr"):
    print(f"{word}: r hears", *[f"{v.data:.6f}" for v in read(word, no_positions)[1][-1]])
    for words, one in {"without": blind, "with": model}.items():
        choice = next(choices(one, tokenizer, Random(0), prompt=word))
        print(f"     {words:7} positions, i comes next: {choice.probabilities[8]:.4f}")

# %%
lesson.reveal("shuffled")

# %% tags=["assert"]
one, other = (read(word, no_positions)[1][-1] for word in ("mar", "amr"))
assert all(abs(a.data - b.data) < 1e-12 for a, b in zip(one, other))
found = [
    next(choices(one, tokenizer, Random(0), prompt=word)).probabilities
    for one in (model, blind)
    for word in ("mar", "amr")
]
assert max(abs(a - b) for a, b in zip(found[2], found[3])) < 1e-12 and chars[8] == "i"
assert (round(found[0][8], 3), round(found[1][8], 3)) == (0.199, 0.192)
assert round(found[2][8], 4) == 0.3269

# %% [markdown]
# What `r` hears is all that our model, with its one block, knows of the past. So without positions
# the whole GPT cannot tell the two apart: `i` gets 0.3269 both times. With them it can, though not
# by much: 0.199 and 0.192. This small model makes little of the order.
#
# (With several blocks, some order shows even so: by the second, `a` has heard what stood before it,
# `m` in one text and BOS alone in the other.)

# %% [markdown]
# ## A head made by hand
#
# Could a head make more of the order? We build one that looks one letter back, whatever the letters
# are. Of four positions, number 2 comes as [0, 0, 1, 0], and its key is the same. Its query should
# be [0, 10, 0, 0]: that scores 10 / √4 = 5 with position 1, and 0 with the others.
#
# *Practice, 5 minutes:* write `look_back`, which makes the query table. Here n is 4, `strength` 10.

# %% tags=["exercise"]
# exercise: look_back

# %%
look_back = lesson.check(look_back)

# %%
places = [[Value(float(i == p)) for i in range(4)] for p in range(4)]
by_hand = [[Value(x) for x in row] for row in look_back(4, 10.0)]
rows = [attention_weights(linear(places[p], by_hand), places[: p + 1]) for p in range(4)]
share_map(rows, list("mari"), title="Each letter looks one back")

# %% tags=["assert"]
assert all(rows[p][p - 1].data > 0.98 for p in range(1, 4)) and rows[0][0].data == 1
assert [x.data for x in linear(places[2], by_hand)] == [0, 10, 0, 0]

# %% [markdown]
# 98 or 99 % go one step back. Nothing in the machinery had to change for that, only a table. So
# training could find such a head too, if it helped.
#
# ## The future cannot matter
#
# At each position the model will have to say what comes next. So it must not have seen that
# already. Has it?
#
# Read `mari`, then `mara`. **Predict** what the changed letter changes.

# %% tags=["exercise"]
# exercise: future

# %%
mari, mara = read("mari", state)[1], read("mara", state)[1]
for a, b, one, other in zip("mari", "mara", mari[1:], mara[1:]):
    print(a, b, "same" if [x.data for x in one] == [x.data for x in other] else "changed")

# %%
lesson.reveal("future")

# %% tags=["assert"]
same = [[x.data for x in one] == [x.data for x in other] for one, other in zip(mari, mara)]
assert same == [True, True, True, True, False]

# %% [markdown]
# Not nearly the same: the same, to the last digit. When `m`, `a` and `r` asked, the key of the last
# letter was not in the list yet. Attention that uses only the past is called
# [causal](../docs/glossary.md#causal).
#
# A program that has the whole text in front of it must see to this itself. The one below does not:
# it lets the future leak in. *Practice, 4 minutes:* find the leak and repair it.

# %% tags=["exercise"]
# exercise: repair_leak

# %%
repair_leak = lesson.check(repair_leak)

# %% [markdown]
# ## Heads: several questions at once
#
# Head 3 asks about consonants. A letter may want to know more: how long is the name so far? Is this
# letter doubled? One average cannot answer several questions. So there are several heads, side by
# side, each with its own queries, keys and values.
#
# Ours has 4 heads of 4 numbers. What would 8 heads of 2 cost? **Predict:**

# %% tags=["exercise"]
# exercise: more_heads

# %%
for n_head in (4, 8):
    shapes = GPTConfig(27, n_head=n_head).shapes()
    three = [shapes[f"layer0.attn_w{kind}"] for kind in "qkv"]
    print(n_head, "heads:", sum(rows * columns for rows, columns in three), "numbers")

# %%
lesson.reveal("more_heads")

# %% tags=["assert"]
assert 3 * 16 * 16 == 768 == sum(rows * columns for rows, columns in three)

# %% [markdown]
# In practice a table is used whole. It gives 16 numbers, and these are cut into pieces: the first
# four for head 0, the next four for head 1, and so on.
#
# *Core, 3 minutes:* write `split_heads`, which does the cutting. [1, 2, 3, 4], cut for 2 heads, is
# [[1, 2], [3, 4]].
#
# The picture below it shows all four heads on `mari`. Can you say in words what the other three
# ask?

# %% tags=["exercise"]
# exercise: split_heads

# %%
split_heads = lesson.check(split_heads)

# %% tags=["assert"]
x = rmsnorm(embed(12, 1, state))
pieces = split_heads(linear(x, state["layer0.attn_wq"]), 4)
for head in range(4):
    rows_of_head = linear(x, tables(state, head)[0])
    assert [v.data for v in pieces[head]] == [v.data for v in rows_of_head]

# %%
from micrograd.viz import attention_map

four = [read("mari", state, head)[0] for head in range(4)]
attention_map(four, ["BOS", *"mari"], title="Four heads, four questions")

# %% tags=["assert"]
assert all(0.1 < w.data < 0.31 for head in four[:3] for w in head[4])
one_back = [w for n in names[::200] for w in read(n, state, 0)[0][1:]]
assert sum(row[-2].data for row in one_back) / len(one_back) < 0.35
assert sum(row[-2].data for row in four[0][1:]) / 4 > 0.5

# %% [markdown]
# We cannot. Head 0 seems to look one token back, but on other names that fades. At the `i`, heads 0
# to 2 give every token between 10 and 31 %. Training finds questions that help to predict, whether
# or not we could put them into words. Head 3 is a lucky exception.
#
# What the four hear is put side by side again: 4 · 4 = 16 numbers. What becomes of them is the
# subject of 06b.

# %% [markdown]
# ## Any name, any head
#
# Here are an untrained model and the trained one. Type a name of your own and press Enter, choose a
# head, and move the position. The bars show what the model expects after that position.
#
# - What does every head of the untrained model do?
# - In `anna` and `emma`, whom does head 3 turn to at the double letters?
# - Where in `mari` is the trained model surest?

# %%
from micrograd.viz import Choice, Words, attention_sheet

both = {"untrained": untrained, "trained": model}
explore(
    lambda name, head, position: attention_sheet(both, tokenizer, name, head, position),
    name=Words("name", "mari"),
    head=Choice("head", [0, 1, 2, 3], first=3),
    position=Slider("position", 0, 15, 4, 1),
    stills=[{}, {"name": "anna"}],
)

# %% tags=["assert"]
from micrograd.viz.attention import read as reading_of

for name in ("mari", "anna"):
    tokens = tokenizer.encode(name)[:-1]
    for head in reading_of(untrained, tokens).weights:
        assert all(abs(w * len(row) - 1) < 0.35 for row in head for w in row)
of_mari = reading_of(model, tokenizer.encode("mari")[:-1])
assert all(
    abs(a - b.data) < 1e-3 for one, two in zip(of_mari.weights[3], shares) for a, b in zip(one, two)
)
for name, doubled in (("anna", (2, 3)), ("emma", (2, 3))):
    head = reading_of(model, tokenizer.encode(name)[:-1]).weights[3]
    assert all(head[t][0] > 0.8 for t in doubled)
surest = max(range(5), key=lambda t: max(of_mari.expected[t]))
assert surest == 1 and round(of_mari.expected[1][0], 2) == 0.41

# %% [markdown]
# Untrained, a head is nearly a plain average: small weights make small scores, and small scores
# make even shares. In the trained one, both double letters turn to BOS, as `m` and `r` did. In
# `mari` it is surest after the `m`: an `a`, it says, with 41 %.
#
# Every name has attention weights of its own, though nothing was trained in between. So what *was*
# learnt? (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: what_is_learned

# %% [markdown]
# ## What you can say now
#
# A token and its position pick two rows; their sum, brought to size 1, goes on. A head compares the
# token's query with the keys so far, and gives it the average of their values, each by its share.
# The future has no key in the list, so it cannot be heard.
#
# *An open question:* `r` has now heard of `m` and `a`. How should that be joined with what `r` was
# before?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** `split_heads` and `attend` in [`gpt.py`](../micrograd/gpt.py) are your
# functions. Three lines of its `attention` make queries, keys and values for all heads and append
# to the cache, as your `read` did for one. `rmsnorm` is in [`nn.py`](../micrograd/nn.py).
#
# In PyTorch: `torch.nn.Embedding`, `torch.nn.RMSNorm`, and
# `torch.nn.functional.scaled_dot_product_attention`, with `is_causal=True`.
