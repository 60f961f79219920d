# ---
# minutes: 45
# reads: [micrograd/fast/tensor.py, micrograd/fast/gpt.py]
# refrain: [embed, attend, predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # Everything else is efficiency
#
# At the end you can
#
# - train one GPT in many ways, prove that their gradients are equal, and say why each is faster;
# - compute with whole tables: a layer, attention with a mask, a padded batch, and the way back;
# - work out what a large model costs, and tell efficiency from other choices.
#
# You need 06b and 07; the first cell brings their functions. *Practice* and *stretch* come on top
# of the 45 minutes.

# %%
from micrograd.checks import Lesson

lesson = Lesson("09")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## A claim, and two tests
#
# Your GPT is the whole algorithm. Everything else, said notebook 00, is
# [efficiency](../docs/glossary.md#efficiency). Today we test that on a ladder, whose rungs are
# programs that train the same GPT. Each must pass two tests:
#
# - **proof**: its 4,192 gradients are those of the scalar model, up to rounding;
# - **speed**: how many tokens it trains on in a second.
#
# A rung whose package is not installed is left out, and says how to get it.

# %% [markdown]
# Only NumPy must be there, a library for tables of numbers. If the course has shown you pictures,
# you have it: they are drawn with it. (If the next cell fails: `pip install numpy`, or in a
# browser's Python `%pip install numpy`.)
#
# ## The first rung: yours
#
# `values_of` makes a `state` of weights, as you know it. `my_gradients` is for the proof,
# `my_training` for the clock; both call your own functions.

# %% tags=["given"]
# given: numpy

# %%
from random import Random

from micrograd.datasets import load, split
from micrograd.gpt import GPT, GPTConfig

names, held_out = split(load("names"), 0.1, Random(42))
chars, config = build_vocabulary(names), GPTConfig(27)


def values_of(weights):
    return {name: [[Value(x) for x in row] for row in table] for name, table in weights.items()}


# %%
def my_gradients(batch):
    state = values_of(weights)
    loss = document_loss(batch[0], state, config)
    backward(loss)
    return loss.data, {name: [[p.grad for p in row] for row in t] for name, t in state.items()}


def my_training(batches):
    state = values_of(weights)
    params = parameters(state)
    m, v = [0.0] * len(params), [0.0] * len(params)
    for [tokens] in batches:
        train_step(tokens, state, config, params, m, v, 0, 0.01)


# %% tags=["nbval-ignore-output"]
from micrograd.fast import ladder, rungs
from micrograd.viz import ladder_bars

documents = [encode(name, chars) for name in names[:512]]
weights = GPT(config, Random(42)).state_dict()
climb = ladder.Ladder(weights, config, documents)
climb.add("yours", rungs.Program(my_gradients, my_training))

# %% [markdown]
# Is that slow? A step is products, added up: let us count these
# [multiply-adds](../docs/glossary.md#multiply-add). Forward, each weight makes one for each token.
# (Embeddings, which are looked up, make none.) Each query meets each key so far, and each share its
# value. Backward it is twice as many, as you will see.
#
# Then NumPy multiplies two tables, about the best that a core of this computer can do. That sets
# the *floor*, which one core cannot undercut.

# %% tags=["nbval-ignore-output"]
from time import perf_counter


def multiply_adds(tokens):
    """In one training step on a text of so many tokens."""
    in_tables = count_weights(config) - (config.vocab_size + config.block_size) * config.n_embd
    pairs = tokens * (tokens + 1) // 2  # of a query and a key
    return 3 * (tokens * in_tables + 2 * pairs * config.n_embd)


def seconds(work):
    begun = perf_counter()
    work()
    return perf_counter() - begun


table = np.ones((64, 64))
a_second = (
    100 * 64**3 / min(seconds(lambda: [table @ table for _ in range(100)]) for _ in range(50))
)
floor = a_second / (multiply_adds(5) / 5) / climb.results[0].speed
print(f"{multiply_adds(5):,} for mari; a core of this computer makes {a_second:.1e} a second")
print(f"the floor: {floor:,.0f} times as fast as yours")

# %% tags=["assert"]
assert multiply_adds(5) == 3 * (5 * 3504 + 2 * 15 * 16) == 54_000
assert count_weights(config) - (27 + 16) * 16 == 3504

# %% [markdown]
# So nearly all of your program's time goes into something else. Into what?
#
# ## Fewer nodes, and no garbage
#
# The package's GPT has the same weights and the same loss as yours. Yet for `mari` its graph is
# much smaller. Below, in small, is w·x, three products added up: first as your `linear` makes it,
# then as one node with six parents and six slopes. `backward` does not mind. It goes through
# parents and slopes, however many there are.

# %%
from micrograd import engine, nn
from micrograd.viz import Strip, draw_graph

mari, kinds = encode("mari", chars), (Value, engine.Value)
yours, theirs = document_loss(mari, values_of(weights), config), GPT(config, Random(42)).loss(mari)
for who, loss in (("yours", yours), ("theirs", theirs)):
    print(f"{who:6} {len(engine.topological_order(loss)):6,} nodes, loss {loss.data:.6f}")
x, w = ([[kind(float(i)) for i in numbers] for kind in kinds] for numbers in ((1, 2, 3), (4, 5, 6)))
many, one = linear(x[0], [w[0]])[0], nn.linear(x[1], [w[1]])[0]
Strip((draw_graph(many), draw_graph(one)))

# %% tags=["assert"]
assert abs(yours.data - theirs.data) < 1e-12 and many.data == one.data == 32
assert len(topological_order(yours)) == 43_508
assert len(engine.topological_order(theirs)) == 5_600
assert len(topological_order(many)) == 13 and len(engine.topological_order(one)) == 7

# %% [markdown]
# The second thing is *garbage*. Python frees an object when nobody refers to it any more. But two
# objects that refer to each other would stay for ever. So now and then a
# [collector](../docs/glossary.md#garbage-collector) walks through all objects and looks for such
# rings. A graph has none, and is searched again and again while it grows.
#
# The package keeps the collector out while a step lasts, as `train` did in 07. **Predict** what
# both together gain.

# %% tags=["exercise"]
# exercise: fewer_nodes

# %% tags=["nbval-ignore-output"]
import gc

gc.disable()
alone = ladder.tokens_a_second(my_training, documents, config)
gc.enable()
print(f"yours without the collector: {alone / climb.results[0].speed:.1f} times as fast")
print(climb.climb("fused"))
ladder_bars(climb.results, floor=floor)

# %%
lesson.reveal("fewer_nodes")

# %% [markdown]
# The printed line has both tests: by how much the gradients differ at most, and the speed. The
# dashed line is the floor.
#
# ## Write it down once
#
# Whenever the model reads `mari`, the same operations come in the same order. Only the numbers have
# changed. So let us write down, once, what to compute from what. For the small graph above:

# %%
order = topological_order(many)
place = {id(value): i for i, value in enumerate(order)}
for i, value in enumerate(order):
    made_of = [place[id(parent)] for parent in value._prev]
    print(f"{i:2}  {value.data:4}", f" = {value._op} of {made_of}" if made_of else "")

# %% [markdown]
# No objects are left in this list, and a loop can go through it, forward and backward. Such a loop
# can be *compiled*, translated into the processor's own instructions. For `a * b` Python looks up
# what `*` means for these two objects, calls a function, makes an object. The compiled loop
# multiplies.
#
# The package numba compiles it. Below **your** graphs for four names are recorded and replayed, in
# some seconds. (Or the package's, if your operations have other names.)

# %% tags=["nbval-ignore-output"]
state = values_of(weights)


def replayed():
    return rungs.replayed(lambda tokens: document_loss(tokens, state, config), state)


print(climb.climb("replay", replayed))
ladder_bars(climb.results, floor=floor)

# %% [markdown]
# The same nodes as yours, and no Python between them. But a new name needs a new recording.
#
# ## Whole tables at once
#
# NumPy computes with tables, called *arrays*, in compiled loops of its own. Putting one operation
# on arrays in the place of a loop in Python is to [vectorise](../docs/glossary.md#vectorise).
#
# Take three tokens, each a vector of two numbers, and a table with two rows of weights.

# %%
x = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]])  # three tokens
w = np.array([[1.0, 1.0], [0.0, 2.0]])  # two outputs, two inputs
print("token by token:", [linear(token, w.tolist()) for token in x.tolist()])
print("shapes:", x.shape, w.shape)
w.T

# %% tags=["assert"]
assert [linear(token, w.tolist()) for token in x.tolist()] == [[3, 4], [1, 2], [3, 0]]

# %% [markdown]
# An array with one index, two or more is also called a [tensor](../docs/glossary.md#tensor).
# Between two tables `@` takes each row of the first with each *column* of the second, as a dot
# product. `w.T` is w on its side: its rows have become columns.
#
# *Core, 3 minutes:* write `linear_at_once(x, w)`, for all tokens in one product.

# %% tags=["exercise"]
# exercise: linear_at_once

# %%
linear_at_once = lesson.check(linear_at_once)

# %% [markdown]
# ## The way back through a product
#
# What does y = x wᵀ hand back? Two tokens, one output: x = [[1, 2], [3, 4]] and w = [[5, 6]] give
# y = [[17], [39]]. Say the loss moves 1 and 10 times as fast as these.
#
# - x[0][0] goes into the first y, with slope 5. It gets 1 · 5 = 5.
# - w[0][0] goes into both, with slopes 1 and 3. It gets 1 · 1 + 10 · 3 = 31.
#
# Your `backward` agrees:

# %%
x = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
w = [[Value(5.0), Value(6.0)]]
[y0], [y1] = (linear(row, w) for row in x)
backward(y0 * 1 + y1 * 10)
print("of x:", [[value.grad for value in row] for row in x])
print("of w:", [[value.grad for value in row] for row in w])

# %% tags=["assert"]
assert [y0.data, y1.data] == [17, 39]
assert [[value.grad for value in row] for row in x] == [[5, 6], [50, 60]]
assert [[value.grad for value in row] for row in w] == [[31, 42]]

# %% [markdown]
# In general, with `grad` for the gradient of y, each number collects from all that it goes into:
#
# | | collects | over |
# |---|---|---|
# | x[t][e] | `grad[t][o] * w[o][e]` | the outputs o |
# | w[o][e] | `grad[t][o] * x[t][e]` | the tokens t |
#
# *Core, 6 minutes:* write `product_gradients(x, w, grad)`.

# %% tags=["exercise"]
# exercise: product_gradients

# %%
product_gradients = lesson.check(product_gradients)

# %% [markdown]
# Two products backward for one forward: hence the 3 in `multiply_adds`.
#
# ## Attention, all at once
#
# One token at a time the future was not there. Now it is: every query with every key is one
# product, with a row for each token that asks and a column for each that is looked at. A
# [mask](../docs/glossary.md#mask) puts minus infinity where the future is. e to that power is 0, so
# softmax gives it no share.
#
# *Core, 4 minutes:* write `causal_mask(scores)`.

# %% tags=["exercise"]
# exercise: causal_mask

# %%
causal_mask = lesson.check(causal_mask)

# %% [markdown]
# Softmax for a table is given. `axis=1` is along each row, and `keepdims=True` keeps what comes out
# a column: [[1, 3], [2, 2]] has the sums [[4], [4]]. Then a table is divided by a column, and NumPy
# repeats the column as often as needed. That is [broadcasting](../docs/glossary.md#broadcasting).
#
# *Core, 5 minutes:* write `attention_at_once(q, k, v)`: scores, mask, shares, averages.

# %% tags=["given"]
# given: softmax_rows

# %% tags=["exercise"]
# exercise: attention_at_once

# %%
attention_at_once = lesson.check(attention_at_once)

# %% [markdown]
# Two proofs: does it give what `attend` of 06a gives, token by token? And if the last token
# changes, does all that came before stay? The second needs no other program to compare with, so it
# serves for any model.
#
# Then, *practice, 3 minutes:* somebody has put the mask after the softmax. Nothing leaks, and yet
# something is wrong. Repair it.

# %%
rng = np.random.default_rng(2)
q, k, v = rng.normal(size=(3, 6, 4))  # six tokens, a head of four numbers
qs, ks, vs = ([[Value(x) for x in row] for row in table.tolist()] for table in (q, k, v))
one_by_one = [attend(qs[t], ks[: t + 1], vs[: t + 1]) for t in range(6)]
at_once = attention_at_once(q, k, v)
print("as in 06a:", np.allclose(at_once, [[x.data for x in row] for row in one_by_one]))

k[5], v[5] = 9.0, 9.0
print("the past unchanged:", np.array_equal(at_once[:5], attention_at_once(q, k, v)[:5]))

# %% tags=["assert"]
assert np.allclose(at_once, [[x.data for x in row] for row in one_by_one], rtol=0, atol=1e-12)
assert np.array_equal(at_once[:5], attention_at_once(q, k, v)[:5])
assert not np.allclose(at_once[5], attention_at_once(q, k, v)[5])
assert np.array([[1, 3], [2, 2]]).sum(axis=1, keepdims=True).tolist() == [[4], [4]]

# %% tags=["exercise"]
# exercise: repair_shares

# %%
repair_shares = lesson.check(repair_shares)

# %% [markdown]
# ## A node that is a table
#
# [`fast/tensor.py`](../micrograd/fast/tensor.py) is your `Value` with an array in it: data, grad,
# parents, and for each parent, in place of a slope, a function that hands its gradient back, such
# as your `product_gradients`. [`fast/gpt.py`](../micrograd/fast/gpt.py) is the GPT made of it. How
# many nodes does `mari` need there?

# %% tags=["nbval-ignore-output"]
from micrograd.fast import gpt as fast_gpt
from micrograd.fast import tensor

model = fast_gpt.GPT(config, Random(42))
loss = model.loss(mari)
print(f"{len(tensor.topological_order(loss))} nodes, loss {float(loss):.6f}")
print(climb.climb("numpy"))
ladder_bars(climb.results, floor=floor)

# %% tags=["assert"]
assert abs(float(loss) - yours.data) < 1e-12
assert 15 <= len(tensor.topological_order(loss)) <= 40

# %% [markdown]
# Hardly any nodes. And the numbers of an array lie side by side: they come together into the
# processor's fast memory, its *cache*, and its *vector lanes* multiply 4 or 8 at a time.
#
# ## Many names at once
#
# But each call is over before it has really begun. So give it many names in one
# [batch](../docs/glossary.md#batch). An array has rows of one length: short names are filled up
# with [padding](../docs/glossary.md#padding), any token. (The dot is BOS.)

# %%
from micrograd.viz import batch_sheet

batch_sheet(["mari", "emma", "alexandre"])

# %% [markdown]
# Nobody hears the padding: it stands in the future of every letter, behind the mask. But the model
# predicts something there too, and that must not count.
#
# First, *practice, 1 minute:* how much is wasted? Then, *core, 5 minutes:* write
# `padded_mean_loss(surprises, lengths)`. A name should count the same in a batch as by itself.

# %% tags=["exercise"]
# exercise: padding_share

# %% tags=["exercise"]
# exercise: padded_mean_loss

# %%
padded_mean_loss = lesson.check(padded_mean_loss)

# %% [markdown]
# `fast/gpt.py` wastes less. Only attention needs a row for each name; everything else works on
# single tokens, so there the real ones are *packed* one after the other.
#
# **Predict:** how much longer does a step with 32 names take than a step with one?

# %% tags=["exercise"]
# exercise: batch_time

# %% tags=["nbval-ignore-output"]
print(climb.climb("batch"))
speed = {result.name: result.speed for result in climb.results}
single, batched = (speed[rungs.RUNGS[key].name] for key in ("numpy", "batch"))
print(f"a step with 32 names takes {32 * single / batched:.1f} times as long as with one")
ladder_bars(climb.results, floor=floor)

# %%
lesson.reveal("batch_time")

# %% [markdown]
# ## By hand, in machine code
#
# [`compiled_loops.py`](../micrograd/fast/compiled_loops.py) has only loops, with the way back
# written by hand. G is your `grad`:
#
# | forward | backward |
# |---|---|
# | Y = X Wᵀ | G W and Gᵀ X |
# | relu(x) | G where x > 0 |
# | logits, target | p, less 1 at the target |
# | p = softmax(s) | p · (G − Σ p G) |
# | y = x r, with r = 1/√mean(x²) | r · (G − y · mean(G y)) |
#
# In the last two each input moves every output. Nudging agrees. (The rung takes half a minute.)


# %%
def nudged(f, x, g, h=1e-6):
    """The gradient of Σ g · f(x), by nudging each entry of x."""
    return np.array([g @ (f(x + step) - f(x - step)) / (2 * h) for step in h * np.eye(len(x))])


s, g = np.array([1.0, 0.0, -1.0, 2.0]), np.array([1.0, -2.0, 3.0, 0.5])
p, r = softmax_rows(s[None])[0], 1 / np.sqrt((s * s).mean())
print("softmax nudged: ", nudged(lambda s: softmax_rows(s[None])[0], s, g).round(6))
print("softmax by hand:", (p * (g - p @ g)).round(6))
print("norm nudged:    ", nudged(lambda x: x / np.sqrt((x * x).mean()), s, g).round(6))
print("norm by hand:   ", (r * (g - s * r * (g * s * r).mean())).round(6))

# %% tags=["assert"]
by_nudging = nudged(lambda s: softmax_rows(s[None])[0], s, g), p * (g - p @ g)
assert np.abs(by_nudging[0] - by_nudging[1]).max() < 1e-8
by_nudging = nudged(lambda x: x / np.sqrt((x * x).mean()), s, g)
assert np.abs(by_nudging - r * (g - s * r * (g * s * r).mean())).max() < 1e-8

# %% tags=["nbval-ignore-output"]
print(climb.climb("compiled"))
ladder_bars(climb.results, floor=floor)

# %% [markdown]
# What is left to the floor is no waste of Python's: exponentials and roots, Adam's update of 4,192
# weights, and tables too small to keep the lanes full.
#
# ## The libraries of the field
#
# PyTorch and JAX are what people train with. PyTorch records what you compute, as `Value` does. JAX
# takes your loss as a function and gives back another function, its gradient: `jax.grad(loss)`. Are
# they the top of the ladder? (Loading them takes some seconds.)

# %% tags=["nbval-ignore-output"]
print(climb.climb("pytorch"))
print(climb.climb("jax"))
ladder_bars(climb.results, floor=floor)

# %% [markdown]
# The same gradients, and at this size no gain: at each call PyTorch finds out device, precision and
# shapes, and with tables of 16 columns that takes longer than the work. In wide models the work
# outgrows it. And both libraries run on graphics processors, thousands of lanes wide, without a
# change in the model.
#
# ## Several processes
#
# A last way is to share out the names. Two workers of 16 names each, and their gradients of four
# weights:

# %%
parts = {"first": documents[:16], "second": documents[16:32], "all 32": documents[:32]}
found = {who: model.loss_and_gradients(part)[1]["lm_head"][0, :4] for who, part in parts.items()}
found["average"] = (found["first"] + found["second"]) / 2
for who, gradient in found.items():
    print(f"{who:8}", gradient.round(5))

# %% tags=["assert"]
assert np.allclose(found["average"], found["all 32"], rtol=0, atol=1e-15)
assert not np.allclose(found["first"], found["second"], rtol=0, atol=1e-3)

# %% [markdown]
# The average of two gradients is that of all 32 names. So both workers make the same update, and
# keep the same weights. In a terminal, this line starts them:
#
# `torchrun --nproc-per-node 2 -m micrograd.fast.distributed --data names`
#
# `torchrun` starts a program twice, `-m` names it:
# [`distributed.py`](../micrograd/fast/distributed.py). If one is killed, the same line goes on from
# the last checkpoint. We let it make 60 steps, and compare every loss with that of one process. (Up
# to half a minute.)

# %% tags=["nbval-ignore-output"]
print(climb.climb("processes"))
ladder_bars(climb.results, floor=floor)

# %% [markdown]
# The same losses, and again no gain: two workers who must agree on 4,192 numbers after each moment
# of work do little but talk. In a large model the work is long beside the talk, and thousands of
# workers pay.
#
# *Stretch, 4 minutes:* what if one worker has more names than the other?

# %% tags=["exercise"]
# exercise: average_gradients

# %%
average_gradients = lesson.check(average_gradients)

# %% [markdown]
# ## Attention without the table
#
# A head that reads 131,072 tokens has 17,179,869,184 scores: 34 GB, at two bytes each. Must softmax
# see a whole row at once? Say the scores 0 and 2 come one after the other, with the values 10 and
# 30:
#
# | | largest | total | summed |
# |---|---|---|---|
# | score 0 comes | 0 | e⁰ = 1 | 1 · 10 = 10 |
# | both shrink by e⁻² | 2 | 0.135 | 1.353 |
# | score 2 comes | 2 | 0.135 + e⁰ = 1.135 | 1.353 + 1 · 30 = 31.353 |

# %% tags=["assert"]
assert 131_072**2 == 17_179_869_184 and round(2 * 131_072**2 / 1e9) == 34
assert round(np.exp(-2), 3) == 0.135 and round(10 * np.exp(-2), 3) == 1.353

# %% [markdown]
# 31.353 / 1.135 is what softmax gives at once (see below). When a larger score comes, all that was
# summed shrinks by one factor. So scores can come in *blocks* that fit into the cache, and no table
# is ever in memory: the idea of [FlashAttention](https://arxiv.org/abs/2205.14135), with a softmax
# [known before](https://arxiv.org/abs/1805.02867).
#
# *Stretch, 8 minutes:* fill the gaps of `attend_in_blocks`. Then a thousand scores, 64 at a time.

# %% tags=["exercise"]
# exercise: attend_in_blocks

# %%
attend_in_blocks = lesson.check(attend_in_blocks)

# %%
two = softmax_rows(np.array([[0.0, 2.0]])) @ [10.0, 30.0]
print(f"{31.353 / 1.135:.2f} in blocks, {two[0]:.2f} at once")

rng = np.random.default_rng(3)
scores, values = 3 * rng.normal(size=1000), rng.normal(size=(1000, 4))
blocks = [(scores[i : i + 64], values[i : i + 64]) for i in range(0, 1000, 64)]
plain = softmax_rows(scores[None])[0] @ values
print("a thousand, equal to rounding:", np.allclose(attend_in_blocks(blocks), plain, atol=1e-12))

# %% tags=["assert"]
assert f"{31.353 / 1.135:.2f}" == f"{two[0]:.2f}" == "27.62"
assert np.allclose(attend_in_blocks(blocks), plain, rtol=0, atol=1e-12) and len(blocks) == 16

# %% [markdown]
# ## What speed buys
#
# 06b ended with a question: how would you get the loss lower? Read more. 3,000 steps of 32 names
# are 96,000 names, each about ten times. `learn` is the loop of 07. By the rung with batches it
# takes some seconds, by your own program hours. (For the loss that 06b ended with, it said 2.436,
# counting every token the same. Here every name counts the same: 2.426.)


# %%
from micrograd.fast.optim import Adam

tokens = [encode(name, chars) for name in names]


def learn(model, steps):
    optimizer = Adam(model.parameters(), 0.01, betas=(0.85, 0.99))
    for step in range(steps):
        optimizer.lr = linear_decay(step, steps, 0.01)
        optimizer.zero_grad()
        loss = model.loss([tokens[i % len(tokens)] for i in range(32 * step, 32 * step + 32)])
        loss.backward()
        optimizer.step()
        yield float(loss)


# %% tags=["nbval-ignore-output"]
from micrograd import checkpoint
from micrograd.datasets import data_file
from micrograd.viz import watch_all

old, new = (fast_gpt.GPT(config, Random(seed)) for seed in (0, 42))
old.load_state_dict(checkpoint.load_model(data_file("names-gpt.safetensors"))[0].state_dict())
unseen = [encode(name, chars) for name in held_out]
before = float(old.loss(unseen))
watch_all(learn(new, 3000), total=3000, baseline=(before, "held out, after 2,000 names"))
hours = 96_000 * (sum(map(len, tokens)) / len(tokens) - 1) / climb.results[0].speed / 3600
print(f"held out: {before:.3f}, now {float(new.loss(unseen)):.3f}; yours takes {hours:.0f} hours")

# %% tags=["assert"]
assert float(new.loss(unseen)) < before - 0.05
assert 32 * 3000 == 96_000 and 9 < 96_000 / len(names) < 11
assert round(before, 3) == 2.426 and round(float(new.loss(unseen)), 2) == 2.32

# %% [markdown]
# No idea was added. It is the algorithm of 07, for longer.
#
# ## The real thing
#
# How far is a large model? The rule of thumb of 06b was two operations for each weight and token,
# forward. Backward is twice as much. So training takes about 6 · weights · tokens operations, or
# [FLOPs](../docs/glossary.md#flop). The sizes are those published for
# [GPT-3](https://arxiv.org/abs/2005.14165), [Chinchilla](https://arxiv.org/abs/2203.15556) and
# [Llama 3.1](https://arxiv.org/abs/2407.21783).
#
# **Predict** how long this computer would need for GPT-3.

# %% tags=["exercise"]
# exercise: years_of_work

# %% tags=["nbval-ignore-output"]
import os

sizes = {  # weights, and tokens read in training
    "ours, in 06b": (4192, sum(len(name) + 1 for name in names[:2000])),
    "GPT-3": (175e9, 300e9),
    "Chinchilla": (70e9, 1.4e12),
    "Llama 3.1 405B": (405e9, 15.6e12),
}
operations = {model: 6 * count * read for model, (count, read) in sizes.items()}
year = 365.25 * 24 * 3600
print(f"{'':14} {'weights':>8} {'tokens':>8} {'operations':>11} {'years here':>11}")
for model, (count, read) in sizes.items():
    here = operations[model] / (2 * a_second * os.cpu_count()) / year
    print(f"{model:14} {count:8.1e} {read:8.1e} {operations[model]:11.1e} {here:11.1e}")
days = operations["Llama 3.1 405B"] / (16_384 * 400e12) / (24 * 3600)
print(f"{days:.0f} days on 16,384 graphics processors")

# %%
lesson.reveal("years_of_work")

# %% tags=["assert"]
assert abs(operations["GPT-3"] / 3.14e23 - 1) < 0.01  # as published, table D.1
assert abs(operations["Llama 3.1 405B"] / 3.8e25 - 1) < 0.01  # as published
assert 3e8 < operations["ours, in 06b"] < 4e8
assert all(gpt3 / ours > 1e7 for gpt3, ours in zip(sizes["GPT-3"], sizes["ours, in 06b"]))
assert round(days) == 67

# %% [markdown]
# The rule is good: GPT-3's authors give 3.14 · 10²³ operations, Llama's 3.8 · 10²⁵. How is it done,
# then? Llama 3.1 had 16,384 graphics processors, each of which made about [400 ·
# 10¹²](https://arxiv.org/abs/2407.21783) operations a second. That is 67 days of the same
# algorithm.
#
# ## What is not efficiency
#
# No rung changes a gradient. (That 32 names share a step is a choice, weighed in 07b.) Other things
# that large models do are choices too, perhaps better ones. *Practice, 2 minutes:* which?

# %% tags=["exercise"]
# exercise: other_choices

# %% [markdown]
# To sum up, what each rung saves:
#
# | rung | saves |
# |---|---|
# | fewer, larger nodes | objects to make and visit, and the search for garbage |
# | a graph, replayed | Python's steps between two products |
# | whole tables | nodes; lanes and cache are filled |
# | 32 names at once | beginnings of calls, shared by all |
# | compiled | the calls, and trips to memory |
# | many processors | nothing: they work side by side |

# %% [markdown]
# ## What you can say now
#
# My GPT and the fastest one compute the same gradients; what differs is how much stands around
# each product. A product of tables goes backward by two more products, the mask comes before the
# softmax, and padding counts nothing. The gradient of many workers is the average of theirs.
#
# *An open question:* with a model a thousand times as wide, which rungs would still matter?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** [`tensor.py`](../micrograd/fast/tensor.py) and
# [`gpt.py`](../micrograd/fast/gpt.py) are your answers of today in full, and
# [`compiled_loops.py`](../micrograd/fast/compiled_loops.py) reads beside the table of ways back.
#
# In PyTorch, `F.linear` is your `linear_at_once`, `F.scaled_dot_product_attention` with
# `is_causal=True` your `attention_at_once`, in blocks where it can, and `DistributedDataParallel`
# your `average_gradients`. The new signs stand in [notation](../docs/notation.md).
