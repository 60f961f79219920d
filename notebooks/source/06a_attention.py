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
# - give a letter and its place one vector, and say why the place is needed;
# - compute an attention head on paper, and write it;
# - say why a model cannot see the future, and what several heads are for.
#
# You need `linear` from 04a and `softmax` from 05a; the first cell brings them. Short of time?
# Exercises called *practice* can wait.

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
# The table of 05a looks at one token. What came before, it has forgotten. How much does it miss?
#
# Here are all names in a row, with a dot between them, and so a dot where a name begins. After `r`,
# how often comes `i`?

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
# For the table these are one question, and it has one answer: 0.21. Whoever knows what stands
# before the `r` can do much better, 0.37 and 0.82.
#
# So `r` must hear of the letters before it. In this notebook it learns to listen. The way in which
# a token takes something from earlier tokens is called
# [attention](../docs/glossary.md#attention).

# %% [markdown]
# ## One name, and a model that has learnt
#
# We follow one name, `mari`. And we borrow the weights of a GPT that was trained on these names; in
# 07 you will train such a one. They are nine tables. Today we need five: `wte`, `wpe`, and those
# that end in `wq`, `wk` and `wv`. The others are for 06b.
#
# Each number goes into one of *your* `Value`s, so that your functions can work on it.

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
# In 05a an id was a name and not a size. So the model does not calculate with 12, the id of `m`.
# The 12 picks a row of `wte`. This row, 16 numbers, stands for the letter from here on. It is
# called its [embedding](../docs/glossary.md#embedding), and is learnt like any other weight.

# %% [markdown]
# What good is such a row? Sixteen numbers are a point in a space of sixteen directions, so here are
# 26 points, seen from the side where they differ most. (How that side is found:
# [`widest_view`](../micrograd/viz/attention.py).)
#
# Before training the rows are drawn by lot. And after? Which letters do you expect to be
# neighbours?

# %%
from micrograd.gpt import GPT, GPTConfig
from micrograd.viz import Strip, letter_plane

untrained = GPT(GPTConfig(27), Random(42))
before, after = untrained.state_dict()["wte"][:26], model.state_dict()["wte"][:26]
print("m:", [round(x, 2) for x in after[12]])
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
# Nobody told the model what a vowel is. It was told to predict. Letters after which the same
# letters come may as well share a row, nearly. That would explain why these five drifted together.
# Of the others, `y` lies nearest to them.
#
# (56 % of the differences can be seen from this side. Some that look near each other are far apart
# in a direction that is hidden.)

# %% [markdown]
# ## The same letter, elsewhere
#
# `anna` begins with an `a` and ends with one. Both have the same row. Yet what is to be expected
# after them is not the same.
#
# So every [position](../docs/glossary.md#position) has a row too, in the table `wpe`. The token's
# row and the position's row are added, entry by entry. That sum is what goes on.
#
# *Core, 3 minutes:* write `embed`, which gives this sum.

# %% tags=["exercise"]
# exercise: embed

# %%
embed = lesson.check(embed)


# %%
def show(words, x):
    print(f"{words:20}", *[f"{v.data:6.2f}" for v in x[:8]], " ...")


show("the row of m", state["wte"][12])
show("the row of place 1", state["wpe"][1])
show("m at place 1", embed(12, 1, state))

# %% tags=["assert"]
rows = state["wte"][12], state["wpe"][1], embed(12, 1, state)
assert all(abs(a.data + b.data - c.data) < 1e-12 for a, b, c in zip(*rows))

# %% [markdown]
# ## Numbers that run away
#
# These vectors will go through many tables, one after the other. What does that do to them? We
# measure the *size* of a vector by the root of the mean of its squares. Then we send `m` through
# eight tables of random weights, and write down its size after each.


# %%
def sizes(std, between=lambda x: x):
    rng, x, found = Random(1), embed(12, 1, state), []
    for _ in range(8):
        x = between(linear(x, matrix(16, 16, std, rng)))
        found.append((sum(v.data**2 for v in x) / len(x)) ** 0.5)
    return found


for std in (0.08, 0.8):
    print(f"std {std}:", *[f"{size:.2g}" for size in sizes(std)])

# %% tags=["assert"]
assert sizes(0.08)[-1] < 1e-4 < 1e3 < sizes(0.8)[-1]

# %% [markdown]
# With small weights the signal dies out, with large ones it explodes, and all that a later table
# can see is loud or silent. Gradients pass the same tables on their way back, and fare alike.
#
# The cure: bring a vector to size 1 *before* it enters a table, whatever it was. Divide each entry
# by the vector's size. This is [RMSNorm](../docs/glossary.md#rmsnorm), for “root mean square”.

# %% [markdown]
# For [3, 4] the squares are 9 and 16, their mean is 12.5, and the root of that 3.54. Divided by it,
# [3, 4] becomes [0.85, 1.13].
#
# A vector of zeros would be divided by 0. To prevent that, a small number, ε = 0.00001, is added to
# the mean, under the root: xᵢ / √(mean of the squares + ε). ([All signs](../docs/notation.md))
#
# *Core, 4 minutes:* `rmsnorm`. In Python ε is `1e-5`, and 1/√a is `a ** -0.5`.

# %% tags=["exercise"]
# exercise: rmsnorm

# %%
rmsnorm = lesson.check(rmsnorm)

# %%
print([round(v.data, 2) for v in rmsnorm([Value(3.0), Value(4.0)])])
print("std 0.8:", *[f"{size:.2g}" for size in sizes(0.8, between=rmsnorm)])

# %% tags=["assert"]
assert [round(v.data, 2) for v in rmsnorm([Value(3.0), Value(4.0)])] == [0.85, 1.13]
assert all(abs(s - 1) < 1e-3 for std in (0.08, 0.8) for s in sizes(std, rmsnorm))
assert round(12.5**0.5, 2) == 3.54

# %% [markdown]
# ## Query, key, value
#
# The model norms the sum from `embed`. So each token of `mari` has 16 numbers of size 1, and knows
# nothing of the others. To whom should `r` listen? Each token brings three vectors:
#
# - a [query](../docs/glossary.md#query): what it looks for, like your question in a library;
# - a [key](../docs/glossary.md#key): by what it is found, like the label on a book;
# - a [value](../docs/glossary.md#value-in-attention): what it gives, like the text in it.
#
# (No relation of your class `Value`.)

# %% [markdown]
# Let `r` ask. Here is its query, and the keys of all tokens so far; the numbers are made up. How
# well a key fits is their [dot product](../docs/glossary.md#dot-product) q·k: multiply entry by
# entry, add up ([a box on dot
# products](A_toolbox.ipynb#Dot-products-and-changing-a-list-in-place)). Do one on paper before you
# run the cell.

# %%
query = [1, 0, 2, 1]
keys = {"m": [2, 0, 1, 0], "a": [0, 1, 0, 2], "r": [0, 2, -1, 2]}
{name: sum(a * b for a, b in zip(query, key)) for name, key in keys.items()}

# %% tags=["assert"]
assert [sum(a * b for a, b in zip(query, key)) for key in keys.values()] == [4, 2, 0]

# %% [markdown]
# `m` fits best. Each product is divided by √4 = 2, since the query has 4 numbers. (Why, we shall
# see.) That makes the *scores* 2, 1 and 0.
#
# `softmax` turns scores into shares of 1. You have met these in 05a: 0.665, 0.245, 0.090. Such a
# share is called an [attention weight](../docs/glossary.md#attention-weight).

# %% [markdown]
# Now the values. Let them be [10, 0], [20, 4] and [0, 8]. What `r` hears is their average, each
# counted by its share:
#
# 0.665 · [10, 0] + 0.245 · [20, 4] + 0.090 · [0, 8] = [11.55, 1.70]
#
# Below is the whole calculation, a line for each token. Move the four numbers of the query. Can you
# make `r` listen mostly to `a`? And mostly to itself?

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
shares = [w.data for w in softmax([Value(2.0), Value(1.0), Value(0.0)])]
assert [round(w, 3) for w in shares] == [0.665, 0.245, 0.09]
heard = [sum(w * v[i] for w, v in zip(shares, values)) for i in range(2)]
assert [round(x, 2) for x in heard] == [11.55, 1.7]
moved = head_sheet([0, -1, 2, 3], list(keys.values()), values, list("mar"))
assert "r listens most to a" in moved.image

# %% [markdown]
# `r` never picks one token and drops the others: every share is above 0. That is what makes it
# learnable. A choice jumps. A share can grow a little, so it has a slope.
#
# That was one *head*. Now one on your own, with pencil and paper. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: by_hand

# %% [markdown]
# ## Why a root?
#
# q·k is a sum of as many terms as the query has numbers, n. With random terms, some above and some
# below 0, such a sum is about √n in size. So longer queries make larger scores, and larger scores
# make softmax sharper.
#
# We draw a query and eight keys by lot, and look at the largest of the eight shares: its average
# over 100 draws.


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
assert curves["q·k"][-1] > 0.93 and curves["q·k / n"][-1] < 0.145
assert all(0.33 < share < 0.38 for share in curves["q·k / √n"])

# %% [markdown]
# Undivided, with 256 numbers, one token gets 94 %, and which one is luck. It drowns out the rest
# before anything is learnt. Divided by n, all get nearly the same, and nobody is told apart.
# Divided by √n, a head of any size starts out open to all.
#
# score = q·k / √n, in Python `score * len(q) ** -0.5`.

# %% [markdown]
# Two functions now, and attention is done. (*Core, 5 minutes each.*)
#
# - `attention_weights` is given a query and a list of keys, and gives the shares. A list of keys is
#   a table: one function of yours makes all the products at once.
# - `attend` gives what is heard: for each entry, Σ share · value.

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
assert [round(x.data, 2) for x in attend(vectors[0][0], *vectors[1:])] == [11.55, 1.7]

# %% [markdown]
# ## A head is a graph
#
# Products, sums, exp: all of it remembers how it was made. Here is the smallest head that shows
# something. The query has two numbers, two tokens are heard, `m` and `a`, and each gives one
# number.
#
# Your own functions make a few dozen `Value`s of that. The package packs a whole dot product, or a
# softmax, into one node, so its graph fits on the page.

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
# Both products are 2, so each token has half, and 15 is heard. Look at the gradients. Each value
# has 0.5, its share. And the query and the keys have gradients too: so training can change not only
# what is said, but also *who listens to whom*.

# %% [markdown]
# ## Where the three come from
#
# In the model, query, key and value of a token are made from its vector x by three tables,
# `attn_wq`, `attn_wk` and `attn_wv`: in Python `linear(x, table)`. Training changes these tables,
# and keeps them.
#
# Each table has 16 rows, and a head uses four of them. So there is room for four heads. We begin
# with the last one, head 3: the rows from 12 on.

# %% [markdown]
# ## The past is a list that grows
#
# A name is read from left to right. Each token *appends* its key and its value to two lists
# ([changing a list in place](A_toolbox.ipynb#Dot-products-and-changing-a-list-in-place)). Then it
# asks, and is answered from these lists. They are all the memory there is, and nothing in them is
# ever computed again.
#
# Whom does each token of `mari` listen to? The map shows the shares, in percent; the dot above the
# first column is BOS.


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
# One name proves nothing. So let us ask the vowels of 55 names how much they give to consonants.

# %%
given = []
for name in names[::200]:
    for letter, row in zip(name, read(name, state)[0][1:]):
        if letter in "aeiou":
            given.append(sum(w.data for w, seen in zip(row, "." + name) if seen not in ".aeiou"))
print(len(names[::200]), "names,", len(given), "vowels:", round(sum(given) / len(given), 2))

# %% tags=["assert"]
assert len(names[::200]) == 55 and round(sum(given) / len(given), 2) == 0.79

# %% [markdown]
# 79 %: it is a habit of this head. Nobody asked for it. The three tables began by lot, and this
# question was found by going downhill.
#
# ## What if order were lost?
#
# Let us take the positions away, and see what they were good for. `mar` and `amr` have the same
# letters, and both end in `r`. **Predict:**

# %% tags=["exercise"]
# exercise: shuffled

# %%
from micrograd.sample import choices

zeros = [[0.0 for _ in row] for row in state["wpe"]]
no_positions = state | {"wpe": [[Value(x) for x in row] for row in zeros]}
blind = GPT(GPTConfig(27), Random(0))
blind.load_state_dict(model.state_dict() | {"wpe": zeros})
for word in ("mar", "amr"):
    heard = read(word, no_positions)[1][-1]
    print(f"{word}: without positions, r hears", *[f"{v.data:.6f}" for v in heard])
    for name, one in {"without": blind, "with": model}.items():
        choice = next(choices(one, tokenizer, Random(0), prompt=word))
        print(f"     {name} positions, i comes next: {choice.probabilities[8]:.4f}")

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

# %% [markdown]
# What `r` hears is all that it knows of the past. So the whole GPT, with zeros for its `wpe`,
# cannot tell the two apart either: `i` comes next with 0.3269, both times.
#
# With its positions it can, though not by much: 0.199 and 0.192. This small model makes little of
# the order of letters. It could make more of it: a head can do whatever some table says.

# %% [markdown]
# ## A head made by hand
#
# We want a head that looks one letter back, whatever the letters are. So forget the letters, and
# let position 2 of 4 come as [0, 0, 1, 0]: a 1 at its own place. Its key is the same. Its query
# should fit the key of position 1, so it should be [0, 10, 0, 0].
#
# *Practice, 5 minutes:* `look_back` makes the query table, for any length and strength.

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
# ## The future cannot matter
#
# At each position the model will be asked what comes next. So it must not have seen that.
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
# Not nearly the same: the same, to the last bit. The last letter's key was not in the list yet. An
# attention that uses the past only is called [causal](../docs/glossary.md#causal).
#
# A program that has the whole text before it must take care of this itself. The next one does not.
# (*Practice, 4 minutes:* find the leak.)

# %% tags=["exercise"]
# exercise: repair_leak

# %%
repair_leak = lesson.check(repair_leak)

# %% [markdown]
# ## Heads: several questions at once
#
# Head 3 asks about consonants. A letter may want to know more: how long is the name so far, is a
# letter doubled? One average cannot answer two questions. So there are several
# [heads](../docs/glossary.md#head), side by side.
#
# What do they cost? **Predict:**

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
# So all 16 rows of a table are used at once, and the 16 numbers that come out are cut: the first
# four for head 0, the next four for head 1, and so on. The last four are those that `read` took.
#
# *Core, 3 minutes:* `split_heads` does the cutting.
#
# Below it, all four heads on `mari`. Do the others ask something that you could put into words?

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

# %% [markdown]
# Mostly not. At the `i`, heads 0, 1 and 2 spread their attention over everything, and no plain
# sentence says what they look for. The questions were found by training, for prediction and not for
# us. Head 3 is a lucky exception.
#
# What the four hear is put side by side again, 16 numbers in all. What becomes of them is the
# subject of 06b.

# %% [markdown]
# ## Any name, any head
#
# Left the untrained model, right the trained one. Type a name of your own, press Enter, choose a
# head, and move the position. Below: what the model expects after that position.
#
# - What does every head of the untrained model do?
# - In `anna` and `emma`, to whom does head 3 turn at the double letters?
# - Where in the name is the trained model surest?

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
trained_reading = reading_of(model, tokenizer.encode("mari")[:-1]).weights[3]
assert all(
    abs(a - b.data) < 1e-3 for one, two in zip(trained_reading, shares) for a, b in zip(one, two)
)
for name, doubled in (("anna", (2, 3)), ("emma", (2, 3))):
    head = reading_of(model, tokenizer.encode(name)[:-1]).weights[3]
    assert all(head[t][0] > 0.8 for t in doubled)

# %% [markdown]
# Untrained, a head is nearly a plain average: small weights make small scores, and small scores
# make even shares. In the trained one, both double letters turn to BOS, as `m` and `r` did in
# `mari`.
#
# And every name has attention weights of its own, though nothing was trained in between. So what
# *is* it that was learnt? (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: what_is_learned

# %% [markdown]
# ## What you can say now
#
# A token and its position pick two rows; their sum, normed, goes on. A head compares the token's
# query with the keys so far, and gives it the average of their values, each by its share. The
# future has no key in the list, so it cannot be heard.
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
