# ---
# minutes: 45
# reads: micrograd/gpt.py
# refrain: [embed, attend, predict]
# ---

# %% [markdown]
# # The GPT
#
# At the end you can
#
# - build a whole GPT from functions of your own, and show that it computes what the package's does;
# - say what each part adds to a token on its way, and what happens without it;
# - count the weights of a model, from ours to the large ones.
#
# You need 06a; the first cell brings its functions. Exercises called *practice* come on top of the
# 45 minutes.

# %%
from random import Random

from micrograd.checks import Lesson

lesson = Lesson("06b")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## What is still missing
#
# In 06a a letter became 16 numbers, and a head let it listen to the letters before it. From there
# to a model that predicts the next letter, four short functions are missing.
#
# Two things are given; run their cells. `Config` says how large a model is. `new_state` makes its
# tables: random numbers, by your own `matrix`. Five tables you know from 06a; `attn_wo`, `mlp_fc1`,
# `mlp_fc2` and `lm_head` are new.

# %% tags=["given"]
# given: config

# %% tags=["given"]
# given: state

# %%
from micrograd.viz import gpt_map

config = Config(vocab_size=27)
gpt_map(config, ready=["embed", "rmsnorm"], title="What you have, and what is missing")

# %% tags=["assert"]
assert (config.n_layer, config.n_head, config.n_embd, config.block_size) == (1, 4, 16, 16)

# %% [markdown]
# Follow the thick line: one token on its way, from top to bottom. Filled boxes you have. You will
# write `attention`, `feed_forward`, the dotted frame, which is called a
# [block](../docs/glossary.md#block), and the whole map, `gpt`. (`lm_head` is only a table. The
# tables of the first block begin with `layer0.`.)
#
# Random weights have nothing to say, so we borrow the trained ones and follow `mari` once more:
# what comes after the `i`?

# %%
from micrograd import checkpoint
from micrograd.datasets import data_file, load, split
from micrograd.gpt import GPT, GPTConfig, forward

model, tokenizer = checkpoint.load_model(data_file("names-gpt.safetensors"))
state = {
    name: [[Value(x) for x in row] for row in table] for name, table in model.state_dict().items()
}
chars, mari = tokenizer.chars, encode("mari", tokenizer.chars)[:-1]
vectors = [rmsnorm(embed(token, position, state)) for position, token in enumerate(mari)]
print("tokens:", mari, "\nthe vector of i:", [round(x.data, 2) for x in vectors[4]])

# %% tags=["assert"]
assert mari == [26, 12, 0, 17, 8] and len(vectors) == 5 and len(vectors[4]) == 16
assert [round(x.data, 2) for x in vectors[4]][:3] == [1.11, 0.46, -0.74]

# %% [markdown]
# ## A memory
#
# This vector says: an `i`, in position 4. It says nothing of `m`, `a` and `r`.
#
# In 06a one function read the whole name, with two lists for the keys and values. The model will be
# called anew for each token, and must find these lists again. So they live outside, in a
# [*cache*](../docs/glossary.md#kv-cache), a pair of lists for each block. `new_cache` makes an
# empty one. What happens to it below?

# %%
cache = new_cache(config)
keys, values = cache[0]
keys.append("the key of BOS")
cache

# %% tags=["assert"]
assert cache == [(["the key of BOS"], [])]

# %% [markdown]
# What we appended to `keys` is in the cache. For `keys` is not a copy: it *is* that list
# ([changing a list in place](A_toolbox.ipynb#Dot-products-and-changing-a-list-in-place)).
#
# ## All heads at once
#
# The table for queries, used whole, makes 16 numbers, and `split_heads` cuts them into 4 pieces;
# keys and values likewise. Head 2, say, works with piece 2 of everything: of this query, of every
# key so far, and of every value.

# %% [markdown]
# Each head hears 4 numbers; joined, they are 16 again. But the first four know only what head 0 has
# heard. So a fourth table, `attn_wo`, *mixes* them.
#
# In small: two heads have heard [1, 2] and [3, 4]. Joined, that is [1, 2, 3, 4]. The row
# [0.5, 0, 0, 0.5] makes 0.5 · 1 + 0.5 · 4 = 2.5 of it: a number that knows of both heads.

# %%
joined = [Value(x) for x in (1.0, 2.0, 3.0, 4.0)]
row = [Value(w) for w in (0.5, 0.0, 0.0, 0.5)]
linear(joined, [row])[0].data

# %% tags=["assert"]
assert linear(joined, [row])[0].data == 2.5

# %% [markdown]
# *Core, 8 minutes:* write `attention(x, state, layer, n_head, cache)`. It returns what the vector x
# hears, mixed by `attn_wo`, and it leaves x's own key and value in the cache. Write in the place of
# the dots, then run that cell and the next.
#
# (A token listens to itself too. So its key must be in the list before it asks.)

# %% tags=["exercise"]
# exercise: attention

# %%
attention = lesson.check(attention)

# %% [markdown]
# As books write it, W being a table and t a token so far:
#
# | in books | in code |
# |---|---|
# | q = W_q x | `linear(x, state["layer0.attn_wq"])` |
# | headₕ = Σₜ shareₜ · vₜ | `attend(q[h], [k[h] for k in keys], [v[h] for v in values])` |
# | W_o [head₀, …, head₃] | `linear(heads, state["layer0.attn_wo"])` |
#
# Now `mari`, token after token, with one cache. What has the `i` heard in the end, and from whom?
# Head 3, which turns to consonants, you know from 06a.

# %%
cache = new_cache(config)
heard = [attention(x, state, 0, config.n_head, cache) for x in vectors]
print("i has heard", [round(x.data, 2) for x in heard[4]])
query = split_heads(linear(vectors[4], state["layer0.attn_wq"]), 4)
for h in range(4):
    shares = attention_weights(query[h], [key[h] for key in cache[0][0]])
    print("head", h, *[f"{who} {w.data:.0%} " for who, w in zip(["BOS", *"mari"], shares)])

# %% tags=["assert"]
assert len(cache[0][0]) == 5 and round(heard[4][3].data, 2) == -0.42
assert round(100 * shares[1].data) == 40 and round(100 * shares[3].data) == 51

# %% [markdown]
# `i` has heard 16 numbers, mixed from four answers. Head 3 gave 40 % of its attention to `m` and
# 51 % to `r`.
#
# ## What does listening cost?
#
# The first token makes one comparison, with itself. The second makes two, and so on: for 4 tokens
# a head computes 1 + 2 + 3 + 4 = 10 scores. **Predict** how many for 8 tokens.

# %% tags=["exercise"]
# exercise: count_scores

# %%
for tokens in (4, 8, 16, 1000, 2000):
    print(f"{tokens:5} tokens: {sum(range(1, tokens + 1)):9,} scores")

# %%
lesson.reveal("count_scores")

# %% tags=["assert"]
assert [sum(range(1, n + 1)) for n in (4, 8, 1000, 2000)] == [10, 36, 500_500, 2_001_000]

# %% [markdown]
# ## Thinking it over
#
# What was heard is only an average. Something should be made of it, and that is the work of
# [feed-forward](../docs/glossary.md#feed-forward). It takes each token by itself, and you know it
# from 04a: a network with one hidden layer. A first table makes 64 numbers of 16, each goes through
# `relu`, and a second table makes 16 again.
#
# In small: x = [1, −2] meets the rows [1, 1] and [1, −1]. What does `relu` let through?

# %%
x = [Value(1.0), Value(-2.0)]
rows = [[Value(1.0), Value(1.0)], [Value(1.0), Value(-1.0)]]
for hidden in linear(x, rows):
    print(hidden.data, "becomes", relu(hidden).data)

# %% tags=["assert"]
assert [(hidden.data, relu(hidden).data) for hidden in linear(x, rows)] == [(-1, 0), (3, 3)]

# %% [markdown]
# The first row looks for something that x does not have: −1, and `relu` makes it silent. The second
# row finds 3. It may speak, and the second table says what that means for the result.
#
# *Core, 3 minutes:* write `feed_forward(x, state, layer)`, with the tables `mlp_fc1` and `mlp_fc2`
# of that layer.

# %% tags=["exercise"]
# exercise: feed_forward

# %%
feed_forward = lesson.check(feed_forward)

# %% [markdown]
# ## Add, do not replace
#
# 06a ended with a question: how should what a letter has heard be joined with what it was? If it
# took the letter's place, the model would no longer know that it stands at an `i`.
#
# So it is *added*, entry by entry. The vector stays, and a part only says what to change. This is
# called a [residual](../docs/glossary.md#residual) connection.


# %%
def plus(x, part):
    return [a + b for a, b in zip(x, part)]


plus([3, 4], [0.5, -1])

# %% tags=["assert"]
assert plus([3, 4], [0.5, -1]) == [3.5, 3]

# %% [markdown]
# On the map, the thick line runs through the block like a *stream*, and at each plus a part adds to
# it. The norms stand off the stream: a part reads x brought to size; x itself goes on as it is.
# What the parts make is called `heard` and `thought` here:
#
# | a block | in code |
# |---|---|
# | x ← x + attention(rmsnorm(x)) | `x = plus(x, heard)` |
# | x ← x + feed_forward(rmsnorm(x)) | `x = plus(x, thought)` |
#
# **Predict:** what if both parts make only zeros?

# %% tags=["exercise"]
# exercise: silent_parts

# %% [markdown]
# First a puzzle, *practice, 3 minutes*: the lines of a block, shuffled.
#
# Then, *core, 5 minutes:* write `block(x, state, layer, n_head, cache)`, which returns the stream
# as it is after both parts. `attention` puts a key into the cache each time it is called, so call
# it once. And write the addition out: `plus` is not in your file.
#
# When it runs, we test your prediction: `zeros_in` puts zeros into the last table of each part.

# %% tags=["exercise"]
# exercise: block_order

# %% tags=["exercise"]
# exercise: block

# %%
block = lesson.check(block)


# %%
def zeros_in(*names):
    """The trained weights, with zeros in these tables of the block."""
    tables = {f"layer0.{name}": state[f"layer0.{name}"] for name in names}
    return state | {n: [[Value(0.0)] * len(t[0])] * len(t) for n, t in tables.items()}


x = vectors[4]
after = block(x, zeros_in("attn_wo", "mlp_fc2"), 0, 4, new_cache(config))
print("unchanged:", [entry.data for entry in after] == [entry.data for entry in x])

# %%
lesson.reveal("silent_parts")

# %% tags=["assert"]
assert [entry.data for entry in after] == [entry.data for entry in x]
as_trained = block(x, state, 0, 4, new_cache(config))
assert [entry.data for entry in as_trained] != [entry.data for entry in x]

# %% [markdown]
# So a block need not do much: it can start out quiet, and say more as it learns what helps.
#
# ## A straight way back
#
# The plus helps learning in another way too. Take a part with two small weights, 0.1 and 0.2:
#
# y = x + w2 · relu(w1 · x), in Python `x + w2 * relu(w1 * x)`.
#
# Two arrows leave x, so two ways lead a gradient back to it. Which way brings more?

# %%
from micrograd.viz import draw_graph

x, w1, w2 = Value(3.0), Value(0.1), Value(0.2)
y = x + w2 * relu(w1 * x)
for value, name in ((x, "x"), (w1, "w1"), (w2, "w2"), (y, "y")):
    value.label = name
backward(y)
print(f"eight parts: {1.02**8:.2f} with a stream, {0.02**8:.14f} without")
draw_graph(y)

# %% tags=["assert"]
assert abs(x.grad - 1.02) < 1e-12
assert f"{0.02**8:.14f}" == "0.00000000000003" and f"{1.02**8:.2f}" == "1.17"

# %% [markdown]
# Through the part comes 0.2 · 0.1 = 0.02. Along the stream comes 1, whatever the weights are, for a
# plus hands the gradient on unchanged. After eight such parts that is 1.02⁸, about 1.17. Without
# the stream it is 0.02⁸, next to nothing, and the first part could hardly learn.
#
# *Practice, 2 minutes:* below is half a block that somebody wrote. It runs, and it even learns, but
# something is lost in it. Find out what, and repair it.

# %% tags=["exercise"]
# exercise: repair_residual

# %%
repair_residual = lesson.check(repair_residual)

# %% [markdown]
# ## From the stream to a prediction
#
# After the last block x has 16 numbers, and we want 27 [logits](../docs/glossary.md#logit), one for
# each token. One more table makes them: z = Wx, in Python `linear(x, state["lm_head"])`. A token
# gets a high logit where its row fits x, as a key fits a query.
#
# Nothing keeps us from reading *earlier*. So let us write down the stream at three places: at the
# start, half-way, and at the end of the block.


# %%
def stations(tokens, state):
    """For each token, its vector at three places of the stream, and what each part adds."""
    cache, rows = new_cache(config), []
    for position, token in enumerate(tokens):
        start = rmsnorm(embed(token, position, state))
        heard = attention(rmsnorm(start), state, 0, config.n_head, cache)
        middle = plus(start, heard)
        thought = feed_forward(rmsnorm(middle), state, 0)
        row = {"at the start": start, "attention adds": heard, "half-way": middle}
        rows.append(row | {"feed_forward adds": thought, "at the end": plus(middle, thought)})
    return rows


# %% [markdown]
# In the picture below, filled bars are the stream, and open bars are what a part adds. Behind the
# stream stand the two tokens that would be likeliest if `lm_head` read it there; “end” is BOS. How
# does the opinion on `mari` change on the way?
#
# Then type a beginning of your own (a to z, up to 15 letters) and press Enter. Try `alexandre`. And
# silence a part: which bars vanish?

# %%
from micrograd.viz import Choice, Words, explore, stream_lanes

PLACES, ADDED = ["at the start", "half-way", "at the end"], ["attention adds", "feed_forward adds"]
silenced = {"none": state, "attention": zeros_in("attn_wo"), "feed_forward": zeros_in("mlp_fc2")}


def likeliest(x, count=2):
    probs = [p.data for p in softmax(linear(x, state["lm_head"]))]
    best = sorted(range(27), key=lambda token: -probs[token])[:count]
    return ", ".join(f"{[*chars, 'end'][token]} {probs[token]:.0%}" for token in best)


def way(text, silent):
    letters = "".join(letter for letter in text.lower() if letter in chars)[:15]
    row = stations(encode(letters, chars)[:-1], silenced[silent])[-1]
    said = {place: likeliest(row[place]) for place in PLACES}
    title = f"The way of the last token: BOS {letters}"
    return stream_lanes(row, added=ADDED, notes=said, title=title)


words, part = Words("a beginning", "mari"), Choice("silent part", list(silenced))
explore(way, text=words, silent=part, stills=[{}, {"text": "alexandre"}])

# %% tags=["assert"]
row = stations(mari, state)[-1]
said = [likeliest(row[place]) for place in PLACES]
assert said == ["n 15%, end 11%", "end 18%, n 13%", "end 19%, a 12%"]
row = stations(encode("alexandre", chars)[:-1], state)[-1]
assert [likeliest(row[place], 1) for place in PLACES] == ["end 46%", "end 57%", "end 81%"]

# %% [markdown]
# At the start the stream knows of an `i` at position 4, and `n` leads. Attention brings what came
# before, and “end” leads. Feed-forward lifts `a` to the second place. Small changes are enough for
# that. After `alexandre` both parts make the model surer of the end: 46, 57 and 81 %.
#
# ## Where are the weights?
#
# All nine tables have had their turn, with 4,192 numbers in all. **Predict** where most of them
# are.

# %% tags=["exercise"]
# exercise: where_weights

# %%
from micrograd.viz import count_bars

part_of = {"wte": "embed", "wpe": "embed", "attn": "attention"}
part_of |= {"mlp": "feed_forward", "lm": "lm_head"}
weights = dict.fromkeys(part_of.values(), 0)
for name, table in state.items():
    first_word = name.removeprefix("layer0.").split("_")[0]
    weights[part_of[first_word]] += len(table) * len(table[0])
count_bars(weights, title="Half of the 4,192 weights are in feed_forward", ylabel="weights")

# %%
lesson.reveal("where_weights")

# %% tags=["assert"]
assert list(weights.values()) == [688, 1024, 2048, 432]
assert sum(weights.values()) == len(parameters(state)) == 4192

# %% [markdown]
# Attention has the fame, feed-forward has the weights. Attention has four tables of 16 rows of 16:
# 4 · 16 · 16 = 1,024. Feed-forward has two, of 64 rows of 16 and the other way round: 2 · 64 · 16 =
# 2,048. How many heads there are makes no difference.
#
# *Practice, 4 minutes:* write `count_weights(config)`, for a model of any size. Later we ask it
# about some famous ones.

# %% tags=["exercise"]
# exercise: count_weights

# %%
count_weights = lesson.check(count_weights)

# %% tags=["assert"]
assert count_weights(config) == 4192 and 4 * 16 * 16 == 1024 and 2 * 64 * 16 == 2048

# %% [markdown]
# ## The whole GPT
#
# Everything is there. On the map, a token goes from top to bottom: it is embedded, brought to size,
# taken through the blocks one after the other, and `lm_head` makes 27 logits of it.
#
# *Core, 5 minutes:* write `gpt(token, position, state, config, cache)`, which returns these logits.
# Blocks are counted from 0, and `config.n_layer` says how many there are.
#
# Below it, `read` gives whole texts to your `gpt`. What comes after `mari`?

# %% tags=["exercise"]
# exercise: gpt

# %%
gpt = lesson.check(gpt)


# %%
def read(tokens, state, config):
    """The logits after each token of a text."""
    cache = new_cache(config)
    return [gpt(token, p, state, config, cache) for p, token in enumerate(tokens)]


for who, logits in zip(["BOS", *"mari"], read(mari, state, config)):
    probs = [p.data for p in softmax(logits)]
    best = sorted(range(27), key=lambda token: -probs[token])[:4]
    print(f"{who:3} then", *[f"{[*chars, 'end'][t]} {probs[t]:.0%} " for t in best])

# %% tags=["assert"]
assert best[0] == 26 and round(probs[26], 2) == 0.19

# %% [markdown]
# Most likely nothing, says the last line: the name is over.
#
# ## Is it the same as theirs?
#
# The package has a GPT as well. If yours is one, the same weights must give the same logits. We
# compare 27 logits at five positions: first with random weights, which both draw from the same
# seed, then with the trained ones. What is the largest difference?


# %% tags=["nbval-ignore-output"]
def gap(state, model):
    memory, gaps = model.new_cache(), []
    for position, mine in enumerate(read(mari, state, config)):
        theirs = model.logits(mari[position], position, memory)
        gaps += [abs(a.data - b.data) for a, b in zip(mine, theirs)]
    return max(gaps)


untrained = gap(new_state(config, Random(42)), GPT(GPTConfig(27), Random(42)))
print(f"untrained {untrained:.1e}   trained {gap(state, model):.1e}")

# %% tags=["assert"]
assert untrained < 1e-12 > gap(state, model)
fresh = parameters(new_state(config, Random(42)))
assert [p.data for p in fresh] == [p.data for p in GPT(GPTConfig(27), Random(42)).parameters()]

# %% [markdown]
# Where it says `e-16` or so, the difference is in the sixteenth decimal place. That is rounding,
# for the two add up some numbers in another order. **What you have written is a GPT.**
#
# *Practice, 4 minutes:* below is a `read` that somebody else wrote. With one block it is right,
# with two it is not. The mistake is an old acquaintance from 01. Find it, and repair it.

# %% tags=["exercise"]
# exercise: repair_memory

# %%
repair_memory = lesson.check(repair_memory)

# %% [markdown]
# ## The graph of it all
#
# Every number in there remembers how it was made, so `backward` can go through the whole model. How
# large is that graph for `mari`? It cannot be drawn, but the map is its outline.
#
# Each operation makes one `Value`. `made` counts those behind the five vectors at the start of the
# block, half-way, at its end, and behind the logits. What is new at a place is the work of one
# part.


# %%
def behind(vectors):
    end = Value(0.0, tuple(value for x in vectors for value in x))
    return topological_order(end)[:-1]  # without the end itself


rows = stations(mari, state)
places = [[row[place] for row in rows] for place in PLACES] + [read(mari, state, config)]
made = [sum(len(value._prev) > 0 for value in behind(place)) for place in places]
graph = dict(zip(weights, (now - before for before, now in zip([0, *made], made))))
notes = {part: [f"{weights[part]:,} weights", f"{graph[part]:,} operations"] for part in graph}
gpt_map(config, notes=notes, title=f"mari: a graph of {len(behind(places[-1])):,} nodes")

# %% tags=["assert"]
assert list(graph.values()) == [340, 11960, 21140, 4320] and made[-1] == 37760
assert 2 * 2048 * 5 == 20480 and round(made[-1] / 5, -2) == 7600

# %% [markdown]
# For four letters! Nearly 38,000 of these nodes are operations, the others weights and constants.
#
# Look at feed-forward: it has 2,048 weights. For each of five tokens each is used in one product
# and one sum. That makes 2 · 2,048 · 5 = 20,480, nearly all of its 21,140.
#
# So a rule of thumb: *per token, about two operations for each weight*. It holds for large models
# too.

# %% [markdown]
# ## It learns
#
# Can your GPT learn? The loss is that of 05a, the mean surprise at the next token. The step is that
# of 04a: gradients to zero, a loss, `backward`, and a little against each gradient.
#
# We take a smaller model and four names. Even that makes some 50,000 `Value`s a step, so thirty
# steps take about ten seconds. Watch the loss fall.


# %%
def surprise_at(doc, state, config):
    tokens = encode(doc, chars)
    pairs = zip(read(tokens[:-1], state, config), tokens[1:])
    return sum(cross_entropy(logits, target) for logits, target in pairs) / (len(tokens) - 1)


def learn(docs, state, config, steps, lr):
    params = parameters(state)
    for _ in range(steps):
        zero_grad(params)
        loss = sum(surprise_at(doc, state, config) for doc in docs) / len(docs)
        backward(loss)
        for p in params:
            p.data -= lr * p.grad
        yield loss.data


# %%
import math

from micrograd.viz import loss_curve, watch_all

four, small = ["mari", "emma", "ravi", "yuki"], Config(27, n_head=2, n_embd=8)
young = new_state(small, Random(42))
line = (math.log(27), "blind guess")
watch_all(learn(four, young, small, 30, 0.5), total=30, baseline=line, inches=(5.4, 2.8))
for name in ("mari", "tomas"):
    print(f"{name:6} {surprise_at(name, young, small).data:.2f}")
print(f"a blind guess: {math.log(27):.2f}   four first letters: {math.log(4) / 5:.2f}")

# %% tags=["assert"]
losses = [surprise_at(name, young, small).data for name in four]
assert sum(losses) / 4 < 0.45 and round(math.log(4) / 5, 2) == 0.28
assert surprise_at("tomas", young, small).data > math.log(27)
values = len(topological_order(sum(surprise_at(name, young, small) for name in four)))
assert 45_000 < values < 60_000

# %% [markdown]
# Four names, known by heart. (Not down to 0: four first letters are equally right, which costs
# ln 4 / 5 = 0.28, `math.log(4) / 5`.) Of `tomas` it knows less than a blind guesser.
#
# ## Does it beat the table?
#
# The borrowed weights come from 2,000 steps, each with another name. Here are the losses of that
# run, always the mean of 200. The dashed line is the table of 05a on
# [held-out](../docs/glossary.md#held-out) names. When does the GPT get below it?

# %%
from dataclasses import replace

train, held_out = split(load("names"), 0.1, Random(42))
of_table = average_nll(repair_unseen(bigram_counts(train, chars)), held_out, chars)
steps = checkpoint.load(data_file("names-gpt.safetensors"), train).history
losses, ends = [step.loss for step in steps], range(200, 2001, 50)
means = [replace(steps[end - 1], loss=sum(losses[end - 200 : end]) / 200) for end in ends]
title = "Below the table after about 1,000 steps"
alt = f"{title}: the mean loss of 200 names falls from 2.74 to 2.47; the table has 2.53."
line, curve = (of_table, "table of 05a"), {"GPT: mean of 200 names": means}
loss_curve(curve, baseline=line, title=title, alt=alt, inches=(5.4, 2.8))

# %% tags=["assert"]
assert round(of_table, 3) == 2.526 and len(steps) == len(set(train[:2000])) == 2000
assert round(means[0].loss, 2) == 2.74 and round(means[-1].loss, 2) == 2.47
above = [step.number for step in means if step.loss > of_table]
assert above[-1] == 1050

# %% [markdown]
# The curve starts at 2.74. After about 1,000 steps it stays below the table, and it ends at 2.47.
# That is no learning by heart, for every name was new when its loss was noted.
#
# For a strict answer, the finished model meets the same held-out names as the table. And which part
# is to thank? We silence one after the other. (Ten seconds; the package computes, as your functions
# would take minutes.)


# %%
from micrograd.nn import cross_entropy as their_cross_entropy


def held_out_loss(numbers):
    found = []
    for doc in held_out:
        tokens, memory = encode(doc, chars), model.new_cache()
        for position, (token, target) in enumerate(zip(tokens, tokens[1:])):
            logits = forward(token, position, numbers, model.config, memory)
            found.append(their_cross_entropy(logits, target))
    return sum(found) / len(found)


# %%
of_gpt = held_out_loss(model.state_dict())
print(f"{len(held_out)} names: table of 05a {of_table:.3f}, GPT {of_gpt:.3f}")
parts = {"attention": ["attn_wo"], "feed_forward": ["mlp_fc2"], "both": ["attn_wo", "mlp_fc2"]}
for part, names in parts.items():
    numbers = {n: [[x.data for x in row] for row in t] for n, t in zeros_in(*names).items()}
    print(f"without {part:13} {held_out_loss(numbers):.3f}")

# %% tags=["assert"]
assert of_gpt < of_table and round(of_gpt, 3) == 2.436 and len(held_out) == 1086
assert round(held_out_loss(numbers), 3) == 2.465

# %% [markdown]
# On 1,086 names that neither has seen, the GPT is ahead: 2.436 against 2.526. Each part is missed
# when it is silent, neither of them much. Even without both, 2.465 beats the table: from `wte` to
# `lm_head` the model is then a table of pairs itself, one that knows the position.
#
# It is small, and it has read little. Ask again when you have trained one of your own.

# %% [markdown]
# ## The same machine, larger
#
# A model of this kind, in which tokens listen to each other and are then worked on one by one,
# block after block, is called a [transformer](../docs/glossary.md#transformer).
#
# Nothing in your `gpt` says how large it is. With other numbers in `config` it is one that you have
# heard of. How many weights do those have? (In these, one table is both `wte` and `lm_head`, so we
# count it once.)

# %%
known = {
    "GPT-2, smallest": Config(50257, 1024, 12, 12, 768),
    "GPT-2, largest": Config(50257, 1024, 48, 25, 1600),
    "GPT-3": Config(50257, 2048, 96, 96, 12288),
}
for name, sizes in known.items():
    shared = sizes.vocab_size * sizes.n_embd  # one table, counted twice
    print(f"{name:15} {count_weights(sizes) - shared:15,}")

# %% tags=["assert"]
counts = [count_weights(sizes) - sizes.vocab_size * sizes.n_embd for sizes in known.values()]
of_biases_and_norms = 12 * (9 + 4) * 768 + 2 * 768
assert counts[0] + of_biases_and_norms == 124_439_808  # as published
assert [round(count / 1e9, 1) for count in counts[1:]] == [1.6, 174.6]

# %% [markdown]
# Published are [124 million and 1.5 billion](https://github.com/openai/gpt-2) for GPT-2, and [175
# billion](https://arxiv.org/abs/2005.14165) for GPT-3. That is our count, and a few that ours does
# not have: biases, and weights in the norms.
#
# Their tokens are pieces of words (05b), their norms and kinks are cousins of ours. The rest you
# have written today.

# %% [markdown]
# ## What you can say now
#
# A token's vector runs through the model as a stream. In each block, attention adds what it hears
# from earlier tokens, then feed-forward adds what it makes of that, and both read the stream
# through a norm. At the end one table turns the stream into a logit for each token.
#
# *An open question:* the loss is at 2.436 after 2,000 names. How would you get it lower?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** all of [`gpt.py`](../micrograd/gpt.py). Its `forward` is your `gpt` with your
# `block` in it, and `GPT` keeps the weights and the loss. [Its page](../docs/modules/gpt.md) says
# what was chosen, and what each choice costs.
#
# In PyTorch a block is `torch.nn.TransformerEncoderLayer` with `norm_first=True`, and a mask for
# the future. [`fast/pytorch.py`](../micrograd/fast/pytorch.py) is this model in PyTorch.
