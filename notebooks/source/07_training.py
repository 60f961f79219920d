# ---
# minutes: 45
# reads: [micrograd/optim.py, micrograd/train.py]
# refrain: [predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # Training
#
# At the end you can
#
# - train a GPT with a loop of your own, and say what each of its lines is for;
# - tell three ways to step apart by their trails, and say what Adam does with a slope;
# - judge a run by names that it has never seen.
#
# You need 06b; the first cell brings its functions. Signs are listed in [the
# notation](../docs/notation.md). Exercises called *practice* come on top of the 45 minutes.

# %%
from random import Random

from micrograd.checks import Lesson

lesson = Lesson("07")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## How wrong is a GPT?
#
# In 06b you borrowed trained weights. Today you start from noise and train your own. A tenth of the
# names is put aside, [held out](../docs/glossary.md#held-out): no step will ever see them, so they
# can judge.

# %%
from micrograd.datasets import load, split

names, held_out = split(load("names"), 0.1, Random(42))
chars, config = build_vocabulary(names), Config(vocab_size=27)
state = new_state(config, Random(42))
emma = encode("emma", chars)
print(f"{len(names):,} names to train on, {len(held_out):,} held out; emma is {emma}")

# %% tags=["assert"]
assert (len(names), len(held_out), emma) == (9779, 1086, [26, 4, 12, 12, 0, 26])

# %% [markdown]
# `emma` asks the model five questions: what comes first, what after the `e`, and so on to the end.
# To each it answers with 27 probabilities, and is judged by the one that it gave to what really
# came.
#
# These weights are fresh from the dice. **Predict** how surprised the model will be.

# %% tags=["exercise"]
# exercise: first_loss

# %%
import math

cache, surprises = new_cache(config), []
for position, (token, target) in enumerate(zip(emma, emma[1:])):
    logits = gpt(token, position, state, config, cache)
    surprises.append(cross_entropy(logits, target).data)
    asked = [*chars, "the end"][target]
    p = math.exp(-surprises[-1])
    print(f"{asked:7} had the probability {p:.3f}, a surprise of {surprises[-1]:.2f}")
print(f"mean surprise {sum(surprises) / 5:.3f}, blind guess {math.log(27):.3f}")

# %%
lesson.reveal("first_loss")

# %% tags=["assert"]
assert round(sum(surprises) / 5, 3) == 3.225 and round(math.log(27), 3) == 3.296
assert abs(sum(surprises) / 5 - math.log(27)) < 0.15

# %% [markdown]
# The mean of these surprises is the [loss](../docs/glossary.md#loss) of the document. In books, for
# n questions:
#
# L = −(1/n) · Σᵢ log p(tokenᵢ₊₁ | all tokens up to i)
#
# Here is the end of its graph for a name of one letter, with two surprises. What gradient will each
# of them get?

# %%
from micrograd.viz import draw_graph

letter, end = Value(3.4), Value(3.2)
loss = (letter + end) * 0.5
letter.label, end.label, loss.label = "the letter", "the end", "loss"
backward(loss)
draw_graph(loss)

# %% tags=["assert"]
assert letter.grad == end.grad == 0.5

# %% [markdown]
# A half each; with n questions, 1/n. So a long name does not weigh more than a short one.
#
# *Core, 6 minutes:* write `document_loss(tokens, state, config)`, the mean surprise of a document,
# as a Value that remembers. (Our context has 16 places. Of a document with more tokens, read as far
# as that.)

# %% tags=["exercise"]
# exercise: document_loss

# %%
document_loss = lesson.check(document_loss)

# %% tags=["assert"]
assert abs(document_loss(emma, state, config).data - sum(surprises) / 5) < 1e-12
losses = [document_loss(encode(name, chars), state, config).data for name in held_out[:20]]
assert abs(sum(losses) / 20 - math.log(27)) < 0.15

# %% [markdown]
# An untrained model should start near ln 27 = 3.296. If yours ever starts at 10, or at 1, look for
# a mistake before you train.
#
# ## One step, seen from near
#
# Now one step on `emma`: gradients to zero, the loss, `backward`. How many Values lie behind this
# one number? The map is the outline of their graph. The numbers beside it say how many weights of
# each part have got a gradient, and what the steepest of them is.

# %%
params = parameters(state)
zero_grad(params)
loss = document_loss(emma, state, config)
backward(loss)
print(f"{len(topological_order(loss)):,} Values")

# %% tags=["assert"]
assert len(topological_order(loss)) == 43_492


# %%
def part_of(name):
    parts = {"wte": "embed", "wpe": "embed", "lm_head": "lm_head"}
    return parts.get(name) or ("attention" if "attn" in name else "feed_forward")


slopes = {part_of(name): [] for name in state}
for name, table in state.items():
    slopes[part_of(name)] += [abs(p.grad) for row in table for p in row if p.grad != 0]

# %%
from micrograd.viz import gpt_map

notes = {part: [f"{len(g):,} reached", f"steepest {max(g):.3f}"] for part, g in slopes.items()}
reached = sum(map(len, slopes.values()))
title = f"The loss of emma reaches {reached:,} of {len(params):,} weights"
gpt_map(config, notes=notes, title=title)

# %% tags=["assert"]
assert [len(g) for g in slopes.values()] == [144, 432, 1024, 2016] and reached == 3616
steepest = [max(g) for g in slopes.values()]
assert min(steepest[:2]) > 10 * max(steepest[2:])
sizes = [len(table) * len(table[0]) for name, table in state.items() if "mlp" in name]
asleep = [row for row in state["layer0.mlp_fc1"] if not any(p.grad for p in row)]
assert sum(sizes) == 2048 and len(asleep) == 1 and len(state["layer0.mlp_fc1"]) == 64

# %% [markdown]
# In `embed` only nine rows are reached, of four tokens and five positions: that of the letter `z`
# hears nothing of `emma`. In `feed_forward` one of 64 neurons slept, with its 32 weights. At
# the two ends the steepest slope is more than ten times as steep as in between.
#
# *Practice, 2 minutes:* the update of 04a as a function, `sgd_step(params, lr)`. (The name stands
# for [stochastic gradient descent](../docs/glossary.md#sgd): downhill, by the slope of one example
# at a time.)

# %% tags=["exercise"]
# exercise: sgd_step

# %%
sgd_step = lesson.check(sgd_step)

# %% [markdown]
# In 01 you saw what a step should bring: the loss falls by about rate · |∇L|², the rate times the
# sum of all squared slopes. Is that so for thousands of weights at once?

# %%
watched = {"wte, e": state["wte"][4][0], "lm_head, a": state["lm_head"][0][0]}
before = {name: (w.data, w.grad) for name, w in watched.items()}
squares = sum(p.grad**2 for p in params)
sgd_step(params, 0.01)
after = document_loss(emma, state, config)
for name, w in watched.items():
    print(f"{name:11} {before[name][0]:+.4f}, slope {before[name][1]:+.4f}, now {w.data:+.4f}")
print(f"predicted fall {0.01 * squares:.4f}, true fall {loss.data - after.data:.4f}")

# %% tags=["assert"]
assert round(0.01 * squares, 4) == 0.0668 and round(loss.data - after.data, 4) == 0.0663

# %% [markdown]
# ## One name by heart
#
# Before you train on thousands of names, train on one. A model with 4,192 weights must be able to
# learn `emma` by heart; if it cannot, something is broken, and you know after fifteen steps, some
# seconds.

# %%
losses = []
for _ in range(15):
    zero_grad(params)
    loss = document_loss(emma, state, config)
    backward(loss)
    sgd_step(params, 0.5)
    losses.append(loss.data)
print([round(loss, 3) for loss in losses])
other = document_loss(encode("tomas", chars), state, config)
print(f"tomas: {other.data:.2f}, blind guess {math.log(27):.2f}")

# %% tags=["assert"]
assert losses[0] > 3 and losses[10] < 0.05 and losses[-1] < 0.03
assert other.data > math.log(27)

# %% [markdown]
# Nearly 0: the model is almost certain of every letter, and right. It can learn. It has only learnt
# the wrong thing: at `tomas`, say, it is now more surprised than a blind guesser.
#
# ## A long valley
#
# That was one name, and a rate that happened to suit. Why is it often harder? Here is a loss of two
# weights whose slopes differ, like those on the map: a valley, steep across and nearly flat along.


# %%
def height(x, y):
    return 0.01 * x**2 + y**2


def walk(move, scale=1, steps=40):
    """All places on a way down the valley; `move` makes each step."""
    params, places = [Value(-8.0), Value(1.5)], [(-8.0, 1.5)]
    for step in range(steps):
        zero_grad(params)
        backward(height(*params) * scale)
        move(params, step)
        places.append(tuple(p.data for p in params))
    return places


# %% [markdown]
# Below, a step leads from mark to mark. Move the rate: which is the largest that does not fly off,
# and how far does it come along the valley?

# %%
from micrograd.viz import Slider, contours, explore

window = {"x_range": (-9, 3), "y_range": (-2.2, 2.2), "target": (0, 0), "inches": (4.4, 2.4)}


def sgd_trail(rate):
    return contours(height, {"SGD": walk(lambda ps, step: sgd_step(ps, rate))}, **window)


explore(sgd_trail, rate=Slider("rate", 0.1, 1.1, 0.9, 0.05))

# %% tags=["assert"]
end = walk(lambda params, step: sgd_step(params, 0.9))[-1]
assert round(end[0], 1) == -3.9 and abs(end[1]) < 0.01
assert abs(walk(lambda params, step: sgd_step(params, 1.05))[-1][1]) > 50

# %% [markdown]
# Across, a step at a rate above 1 leaps to the other wall, and higher up. Along, every lower rate
# crawls: at 0.9, after 40 steps, x is still at −3.9.
#
# ## Let it roll
#
# A ball would gather speed along the valley, while its zigzag across cancels. So keep a *velocity*:
# 0.9 of what it was, plus the new slope. This is [momentum](../docs/glossary.md#momentum). See what
# it makes of slopes that agree, and of slopes that change sides:

# %%
for slopes in ([1, 1, 1, 1, 1, 1], [1, -1, 1, -1, 1, -1]):
    velocity, speeds = 0.0, []
    for slope in slopes:
        velocity = 0.9 * velocity + slope
        speeds.append(round(velocity, 2))
    print(speeds)

# %% tags=["assert"]
assert speeds == [1.0, -0.1, 0.91, -0.18, 0.84, -0.25]
assert abs(sum(0.9**i for i in range(1000)) - 10) < 1e-9

# %% [markdown]
# Slopes that agree add up, in the end to ten times one of them: 1 + 0.9 + 0.81 + … comes to 10.
# Slopes that change sides hardly move it.
#
# *Practice, 3 minutes:* write `momentum_step(params, velocity, lr)`. In books: v ← 0.9·v + g, then
# w ← w − lr·v.

# %% tags=["exercise"]
# exercise: momentum_step

# %%
momentum_step = lesson.check(momentum_step)

# %% [markdown]
# ## A rate for each weight
#
# Momentum still has one rate for all weights, and the steepest sets the limit. What if each weight
# had a rate of its own, by the usual size of its slopes? That is
# [Adam](../docs/glossary.md#adam). For each weight it keeps two running means: m of the slopes g,
# and v of their squares. (From here on, v is this.) Then
#
# w ← w − lr · m / (√v + ε)
#
# where ε = 10⁻⁸ only keeps the divisor from 0.

# %% [markdown]
# A running mean is a mixture: m ← 0.85·m + 0.15·g. It begins at 0, and that is a problem. Suppose
# every slope is 1. Then m should be 1 as well.

# %%
m = 0.0
for n in range(1, 6):
    m = 0.85 * m + 0.15 * 1
    factor = 1 - 0.85**n
    print(f"n = {n}   m = {m:.4f}   1 − 0.85ⁿ = {factor:.4f}   divided: {m / factor:.4f}")

# %% tags=["assert"]
assert round(m, 4) == round(1 - 0.85**5, 4) == 0.5563

# %% [markdown]
# It is too small, by a factor that is known: 1 − 0.85ⁿ, where n counts the steps. Divided by it,
# the mean is right from the first step on. This is called *bias correction*. (For v, which keeps
# 0.99, it is 1 − 0.99ⁿ.)
#
# **Predict** Adam's first step. Remember that after one step each mean has seen one slope.

# %% tags=["exercise"]
# exercise: adams_first

# %% [markdown]
# *Core, 8 minutes:* write `adam_step(params, m, v, step, lr)`. It changes `params`, `m` and `v`
# themselves and returns nothing ([mutate or
# return](A_toolbox.ipynb#Generators,-dataclasses,-mutate-or-return)). `step` counts from 0, so at
# the first step n = step + 1 = 1.

# %% tags=["exercise"]
# exercise: adam_step

# %%
adam_step = lesson.check(adam_step)

# %%
pair = [Value(1.0), Value(1.0)]
pair[0].grad, pair[1].grad = 0.001, 1000.0
adam_step(pair, [0.0, 0.0], [0.0, 0.0], 0, 0.01)
print(pair)

# %%
lesson.reveal("adams_first")

# %% tags=["assert"]
assert all(abs(p.data - 0.99) < 1e-6 for p in pair)

# %% [markdown]
# A slope a million times as steep, and the same step: in its first step Adam knows only the signs.
# From then on, a weight whose slopes agree moves by about the rate, one whose slopes change sides
# by less. So Adam still needs a rate. It is a distance now.
#
# All three in the valley; each has a slider for its rate. How much can you change the rate of each
# before it fails?


# %%
def racers(n, sgd, momentum, adam):
    """A mover for each rule, with a memory for n weights, at these rates."""
    velocity, m, v = [0.0] * n, [0.0] * n, [0.0] * n
    return {
        "SGD": lambda params, step: sgd_step(params, sgd),
        "momentum": lambda params, step: momentum_step(params, velocity, momentum),
        "Adam": lambda params, step: adam_step(params, m, v, step, adam),
    }


# %%
def race(**rates):
    trails = {name: walk(move) for name, move in racers(2, **rates).items()}
    return contours(height, trails, title="Three ways down the valley", **window)


bests = {"sgd": 0.9, "momentum": 0.3, "adam": 0.5}
explore(race, **{name: Slider(name, 0.05, 1.1, rate, 0.05) for name, rate in bests.items()})

# %% tags=["assert"]
ends = {k: height(*walk(move)[-1]) for k, move in racers(2, **bests).items()}
assert ends["SGD"] > 100 * max(ends["momentum"], ends["Adam"])

# %% [markdown]
# (A number that you choose, and no step changes, is a
# [hyperparameter](../docs/glossary.md#hyperparameter).)
#
# SGD is still on its way when the two others have arrived. Adam arrives and runs past: its steps
# stay about as long as the rate, however flat the ground.
#
# Now make the valley 100 times as high, so that every slope is 100 times as steep, and change no
# rate. Who notices?

# %%
for name, move in racers(2, **bests).items():
    x, y = walk(move, scale=100)[-1]
    print(f"{name:9} ends at x = {x:.4g}, y = {y:.4g}")
x, y = walk(racers(2, **bests)["Adam"])[-1]
print(f"Adam, in the valley as it was: x = {x:.4g}, y = {y:.4g}")

# %% tags=["assert"]
high = walk(racers(2, **bests)["Adam"], scale=100)[-1]
assert all(abs(a - b) < 1e-5 for a, b in zip(high, (x, y)))
assert abs(walk(racers(2, **bests)["SGD"], scale=100)[-1][1]) > 1e80

# %% [markdown]
# SGD and momentum are thrown out of the world. Adam walks the same way as before, for it divides by
# the size of the slopes. Its rate is a distance, for every weight, whatever the loss is measured
# in. (A real race, in a GPT, is in 07b. There, the right rate matters more than the rule.)

# %% [markdown]
# ## The step, whole
#
# You have all its parts: slopes to zero, the loss, `backward`, Adam. In the refrain of this course:
# predict, measure the error, compute gradients, update.
#
# *Core, 5 minutes:* put them together in `train_step`. It returns the loss as a plain number. (Why
# not as a Value? Whoever keeps a Value keeps its whole graph, 43,492 of them.)

# %% tags=["exercise"]
# exercise: train_step

# %%
train_step = lesson.check(train_step)

# %% [markdown]
# ## A rate that falls
#
# Adam ran past the target. Early on, long steps save time; near the end they throw the weights to
# and fro. So let the rate fall during a run. Such a plan is called a
# [schedule](../docs/glossary.md#schedule).
#
# *Core, 2 minutes:* write `linear_decay(step, steps, lr)`, a straight line from `lr` down to 0.

# %% tags=["exercise"]
# exercise: linear_decay

# %%
linear_decay = lesson.check(linear_decay)

# %% tags=["assert"]
assert [round(linear_decay(step, 1000, 0.01), 5) for step in (0, 500, 999)] == [0.01, 0.005, 1e-5]

# %% [markdown]
# ## The loop
#
# Now everything is there. *Core, 3 minutes:* the lines of a whole run, shuffled.

# %% tags=["exercise"]
# exercise: loop_order

# %% [markdown]
# Here it runs, on your own functions. They make a Value for each operation, so 20 steps, each with
# another name, take some seconds.

# %%
docs = [encode(name, chars) for name in names]
state = new_state(config, Random(42))
params = parameters(state)
m, v, mine = [0.0] * len(params), [0.0] * len(params), []
for step in range(20):
    lr = linear_decay(step, 1000, 0.01)
    loss = train_step(docs[step % len(docs)], state, config, params, m, v, step, lr)
    mine.append(loss)
    print(f"{loss:.2f}", end="  ")

# %% tags=["assert"]
assert sum(mine[:5]) / 5 > 3.3 and sum(mine[-5:]) / 5 < 2.9

# %% [markdown]
# The losses fall, restlessly, because names differ. But are these the right numbers? The package
# makes the same steps from the same first weights; `betas` are the 0.85 and 0.99 of Adam's means.
# `Training` is its record of a run, and `train` its loop, a
# [generator](A_toolbox.ipynb#Generators,-dataclasses,-mutate-or-return): it hands out each step and
# waits until somebody asks for the next.


# %%
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

model = GPT(GPTConfig(27), Random(42))
optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
training = Training(model, CharTokenizer(chars), names, optimizer, steps=1000, rng=Random(42))

# %%
theirs = [step.loss for step in train(training, 20)]
print("largest difference:", max(abs(a - b) for a, b in zip(mine, theirs)))

# %% tags=["assert"]
assert max(abs(a - b) for a, b in zip(mine, theirs)) < 1e-9

# %% [markdown]
# Twenty losses, equal up to rounding. What the package does from here on, yours would do as well,
# only later.

# %% [markdown]
# ## A run to watch
#
# So the package makes the other 980 steps, live. Follow the points and the two lines, and the names
# that it invents every hundred steps. Below them: the rate, and how long the gradient and the step
# are, as arrows. Pause it. Double the rate, watch, and halve it again.
#
# With a `name` the run is kept in a file, its [checkpoint](../docs/glossary.md#checkpoint): on
# another day the same cells take it up where it was.

# %% tags=["curve"]
from micrograd.viz import train_live

board = train_live(training, held_out[:100], name="first")
board

# %% [markdown]
# It works on while you read. The next cell makes what steps are left, and asks the judges: the loss
# of 300 names that it has trained on, and of 300 that were held out.

# %%
board.finish()
for who, group in (("trained on", names[:300]), ("held out", held_out[:300])):
    total = sum(model.loss(encode(name, chars)).data for name in group)
    print(f"{who:10} {total / 300:.3f}")

# %% tags=["assert"]
judged = [
    sum(model.loss(encode(name, chars)).data for name in group[:300]) / 300
    for group in (names, held_out)
]
assert judged[1] < 2.55 and abs(judged[0] - judged[1]) < 0.08

# %% [markdown]
# Strangers cost it about as much as names that it has seen: it has learnt what names have in common
# ([generalisation](../docs/glossary.md#generalisation)), and none by heart. How should it? Each
# came by once. A thousand steps are a tenth of an [epoch](../docs/glossary.md#epoch), one pass over
# all names.
#
# And what did the points say? Which single step was the best?

# %%
lowest = min(training.history, key=lambda step: step.loss)
name = names[lowest.number - 1]
print(f"step {lowest.number}: {lowest.loss:.2f}, for {name}")
print(f"the same name at the end: {model.loss(encode(name, chars)).data:.2f}")

# %% tags=["assert"]
assert (lowest.number, name) == (217, "arina")
assert model.loss(encode(name, chars)).data > lowest.loss + 0.1

# %% [markdown]
# An easy name came by, and that was all: at the end, with a better model, it costs more than it did
# then. One low step is no progress. What counts is the mean over many.
#
# *Practice, 4 minutes:* write `smoothed(losses, n)`, at each step the mean of the last n losses.

# %% tags=["exercise"]
# exercise: smoothed

# %%
smoothed = lesson.check(smoothed)

# %%
means = smoothed([step.loss for step in training.history], 200)
for step in range(200, len(means) + 1, 200):
    print(f"step {step:4}: {means[step - 1]:.3f}")

# %% tags=["assert"]
assert means[199] > 2.7 > 2.6 > means[399] > means[799] and means[999] < 2.5

# %% [markdown]
# ## What you can say now
#
# A step predicts the next tokens of a document, measures the surprise, sends gradients back, and
# moves each weight a little, with Adam by about the rate. A mean loss that falls says that the
# model learns. Only names that it never saw say what.
#
# *An open question:* a run that you start tomorrow has a strange curve. What is wrong with it?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** [`optim.py`](../micrograd/optim.py), where `Adam.step` is your `adam_step` for
# all weights at once, and [`train.py`](../micrograd/train.py), whose `make_step` is your
# `train_step`. [Its page](../docs/modules/train.md) says how a run stops and goes on.
#
# In PyTorch they are `torch.optim.SGD`, `torch.optim.Adam` and `torch.optim.lr_scheduler`, and a
# step is `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`.
