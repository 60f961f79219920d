# ---
# minutes: 40
# reads: [micrograd/optim.py, micrograd/train.py]
# refrain: [measure the error, compute gradients, update]
# ---

# %% [markdown]
# # When training goes wrong
#
# At the end you can
#
# - name what ails a run by its curves;
# - say what a few names can tell of the gradient for all, and why the rate falls in the end;
# - choose an optimizer, a rate and the size of the first weights, and know what matters most.
#
# You need 07. Nothing here is part of your file: in a hurry, go on to 08, and come back with a
# strange curve.

# %%
import math
from random import Random

from micrograd.checks import Lesson

lesson = Lesson("07b")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## The first weights
#
# Here the package's model trains, which does the same as yours and is quicker. `new_training` makes
# a run that has not begun, from the same random numbers each time. Its first weights have a
# [standard deviation](../docs/glossary.md#standard-deviation) of 0.08, unless you say otherwise.

# %%
from micrograd.datasets import load, split
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

# %%
names, held_out = split(load("names"), 0.1, Random(42))
tokenizer = CharTokenizer.from_documents(names)


def new_training(lr=0.01, steps=1000, std=0.08):
    model = GPT(GPTConfig(27, init_std=std), Random(42))
    adam = Adam(model.parameters(), lr, betas=(0.85, 0.99))
    return Training(model, tokenizer, names, adam, steps=steps, rng=Random(42))


# %% [markdown]
# Why 0.08? See how large the first loss of 10 names is for that and for others, and how long its
# gradient is: all 4,192 slopes as one arrow.


# %%
def length(grad):
    return math.sqrt(sum(g * g for g in grad))


for std in (0, 0.02, 0.08, 0.3, 1):
    model = new_training(std=std).model
    loss = sum(model.loss(tokenizer.encode(name)) for name in held_out[:10]) / 10
    loss.backward()
    long = length([p.grad for p in model.parameters()])
    print(f"{std:4}: first loss {loss.data:7.3f}, gradient {long:.3g}")

# %% tags=["assert"]
model = new_training(std=0).model
loss = sum(model.loss(tokenizer.encode(name)) for name in held_out[:10]) / 10
loss.backward()
assert abs(loss.data - math.log(27)) < 1e-12 and not any(p.grad for p in model.parameters())
model = new_training(std=1).model
assert sum(model.loss(tokenizer.encode(name)).data for name in held_out[:10]) / 10 > 100

# %% [markdown]
# With zeros the loss is exactly ln 27, and every slope is 0: such a model never learns. With 1 it
# is sure of nonsense, and must unlearn that first. From 0.02 to 0.08 it is near the blind guess,
# and can move.

# %% [markdown]
# ## Which optimizer?
#
# In 07 three of them raced in a made-up valley. Now in a GPT: a small one, four names, all four in
# each step. Each has a rate that suits it: with half of it, or twice as much, it comes less far.

# %%
four = [tokenizer.encode(name) for name in ("mari", "emma", "ravi", "yuki")]
small = GPTConfig(27, n_head=2, n_embd=8)


def walk(move, steps=40):
    """All places on the way down: lists of the 1,328 weights."""
    model, places = GPT(small, Random(42)), []
    for step in range(steps + 1):
        params = model.parameters()
        places.append([p.data for p in params])
        zero_grad(params)
        (sum(map(model.loss, four)) / 4).backward()
        move(params, step)
    return places


# %%
def racers(sgd, momentum, adam):
    """A mover for each rule, at these rates, as in 07."""
    velocity, m, v = [0.0] * 1328, [0.0] * 1328, [0.0] * 1328
    return {
        "SGD": lambda params, step: sgd_step(params, sgd),
        "momentum": lambda params, step: momentum_step(params, velocity, momentum),
        "Adam": lambda params, step: adam_step(params, m, v, step, adam),
    }


trails = {name: walk(move) for name, move in racers(2.0, 0.6, 0.1).items()}

# %% [markdown]
# How low did they come? `plain_loss` is the loss once more, in plain numbers: without a graph it is
# quicker.

# %%
from micrograd.gpt import forward
from micrograd.nn import cross_entropy as their_cross_entropy


def plain_loss(tokens, model):
    numbers, memory, total = model.state_dict(), model.new_cache(), 0.0
    for i, (token, target) in enumerate(zip(tokens, tokens[1:])):
        logits = forward(token, i, numbers, model.config, memory)
        total += their_cross_entropy(logits, target)
    return total / (len(tokens) - 1)


# %%
def loss_at(weights):
    model = GPT(small, Random(42))
    for p, w in zip(model.parameters(), weights):
        p.data = w
    return sum(plain_loss(tokens, model) for tokens in four) / 4


for name, trail in trails.items():
    print(f"{name:9} after 10 steps {loss_at(trail[10]):.3f}, after 40 {loss_at(trail[40]):.3f}")

# %% tags=["assert"]
found = {name: [loss_at(trail[i]) for i in (10, 40)] for name, trail in trails.items()}
assert found["Adam"][0] < 0.32 < 0.37 < found["momentum"][0] < 0.41 < found["SGD"][0]
assert found["Adam"][1] < found["momentum"][1] < 0.28 < 0.33 < found["SGD"][1]
assert len(trails["SGD"][0]) == 1328
for factor in (0.5, 2):
    for name, move in racers(2.0 * factor, 0.6 * factor, 0.1 * factor).items():
        end = loss_at(walk(move)[40])
        assert math.isnan(end) or end > found[name][1]

# %% [markdown]
# Adam is the quickest; in the end momentum has nearly caught up. And their ways? There are 1,328
# weights, and paper has two directions. But three places always lie on one plane: here the common
# start, and the ends of momentum and Adam. The heights on that plane are true losses. Most places
# on the way lie off it, and you see their shadows on the plane; the legend gives the heights there.

# %%
from micrograd.viz import WeightPlane, contours

plane = WeightPlane.through(trails["SGD"][0], trails["momentum"][40], trails["Adam"][40])
contours(
    lambda x, y: loss_at(plane.weights(x, y)),
    {name: [plane.shadow(place) for place in trail] for name, trail in trails.items()},
    x_range=(-1, 21),
    y_range=(-2, 16),
    levels=[0.3, 0.4, 0.6, 1, 2, 3, 5, 10],
    names=("towards the end of momentum", "towards the end of Adam"),
    title="Adam goes a way of its own",
    resolution=16,
    inches=(4.6, 3.2),
)

# %% [markdown]
# SGD and momentum go nearly the same way, momentum further. Adam leaves in another direction from
# the first step on, for the weights with small slopes move as well.
#
# So is Adam better? For a real run, 300 names and one a step, we tried six rates for each of the
# three, with three seeds. That takes minutes, so these losses come from a file, made by
# [`tools/train_sick_runs.py`](../tools/train_sick_runs.py).

# %%
import json

from micrograd.datasets import data_file

runs = json.loads(data_file("training-runs.json").read_text("utf-8"))

# %%
from micrograd.viz import rate_race

rate_race(runs["raced"], title="At its best rate, each comes as low as the others")

# %% tags=["assert"]
means = {
    name: {float(r): sum(x) / 3 for r, x in rates.items() if None not in x}
    for name, rates in runs["raced"].items()
}
best = {name: min(found.values()) for name, found in means.items()}
assert max(best.values()) - min(best.values()) < 0.02
assert {name: min(found, key=found.get) for name, found in means.items()} == {
    "SGD": 0.3,
    "momentum": 0.03,
    "Adam": 0.01,
}
assert 3.0 not in means["SGD"] and 0.3 not in means["momentum"] and len(means["Adam"]) == 6

# %% [markdown]
# The three lowest points differ by less than 0.02. In a model as small as ours the right rate
# matters more than the rule. SGD has it at 0.3, and breaks down at 3; momentum at 0.03, and breaks
# down at 0.3.
#
# Adam's advantage is another. Its rate is a distance, whatever the loss is measured in: you saw it
# in the high valley of 07. And in large transformers plain SGD does fall behind, as [others
# measured](https://arxiv.org/abs/1912.03194).

# %% [markdown]
# ## Every name pulls elsewhere
#
# A step sees one name, and the gradient for one name is not that for all. How far off is it? We let
# a model train for 100 steps, and ask 256 names where they want it to go.


# %%
def gradient_of(name, model):
    zero_grad(model.parameters())
    model.loss(tokenizer.encode(name)).backward()
    return [p.grad for p in model.parameters()]


def average(grads):
    return [sum(column) / len(grads) for column in zip(*grads)]


training = new_training()
list(train(training, 100))
grads = [gradient_of(name, training.model) for name in held_out[:256]]
wanted = average(grads)

# %% [markdown]
# `wanted`, the mean over 256 names, is the arrow that we would like to follow. The mean over a few
# names, a [batch](../docs/glossary.md#batch), is cheaper. How long is its error, compared with that
# arrow?

# %%
off = {}
for size in (1, 4, 16):
    batches = [average(grads[i : i + size]) for i in range(0, 64, size)]
    errors = [length([a - b for a, b in zip(batch, wanted)]) for batch in batches]
    off[size] = sum(errors) / len(errors) / length(wanted)
    print(f"{size:2} names: the error is {off[size]:.1f} times as long as the arrow")

# %% tags=["assert"]
assert 4.5 < off[1] < 6 and 1.8 < off[1] / off[4] < 2.2 and 1.8 < off[4] / off[16] < 2.2

# %% [markdown]
# One name: the error, also called *noise*, is far longer than the arrow. Four times as many names
# halve it, and cost four times as much. So it pays to take many noisy steps, which on average point
# the right way.
#
# But noise has a price. When little is left to learn, it throws the weights to and fro, the further
# the higher the rate. So the rate should fall; but how?

# %% [markdown]
# *Stretch:* two more [schedules](../docs/glossary.md#schedule). `cosine` glides down along half a
# wave. `warm_up` climbs first, a gentle [warm-up](../docs/glossary.md#warm-up) while Adam's means
# have seen little.

# %% tags=["exercise"]
# exercise: cosine

# %%
cosine = lesson.check(cosine)

# %% tags=["exercise"]
# exercise: warm_up

# %%
warm_up = lesson.check(warm_up)

# %%
from micrograd.viz import rate_plans

plans = {
    "linear": [linear_decay(step, 1000, 0.01) for step in range(1000)],
    "cosine": [cosine(step, 1000, 0.01) for step in range(1000)],
    "warm-up": [warm_up(step, 1000, 0.01, 100) for step in range(1000)],
}
rate_plans(plans)

# %%
for name, losses in runs["planned"].items():
    print(f"{name:9} three runs of 1,000 steps:", *losses)

# %% tags=["assert"]
planned = runs["planned"]
assert max(planned["linear"] + planned["cosine"]) < min(planned["constant"])

# %% [markdown]
# These are losses of held-out names, from the same file. With a falling rate each of the runs ends
# lower than any with a constant one. Which way it falls hardly matters.
#
# *Practice, 3 minutes:* somebody lowers the rate whenever the loss stops falling, which is fine.
# But something is wrong with how this is noticed.

# %% tags=["exercise"]
# exercise: repair_rate

# %%
repair_rate = lesson.check(repair_rate)

# %% [markdown]
# ## NaN
#
# Now the diseases, the loudest first: SGD at a rate of 3.

# %%
model, losses = new_training().model, []
for name in names[:14]:
    zero_grad(model.parameters())
    loss = model.loss(tokenizer.encode(name))
    loss.backward()
    sgd_step(model.parameters(), 3.0)
    losses.append(loss.data)
print(*[f"{loss:.2g}" for loss in losses], sep="  ")

# %% tags=["assert"]
assert losses[0] < 3.4 < 4 < losses[1] < losses[2] and losses[4] > 1e4
assert [math.isnan(loss) for loss in losses] == [False] * 10 + [True] * 4

# %% [markdown]
# The weights grow, the slopes with them, and the loss gets more digits at every step. Then a number
# is too large for a computer: it becomes infinity. What is infinity minus infinity?

# %%
from micrograd.viz import draw_graph

a, w = Value(1e200), Value(0.5)
square = a * a
rest = square - square
loss = rest * w
a.label, w.label, square.label, rest.label, loss.label = "a", "w", "a²", "a² − a²", "loss"
backward(loss)
draw_graph(loss)

# %% tags=["assert"]
assert square.data == math.inf and math.isnan(rest.data)
assert math.isnan(loss.data) and math.isnan(w.grad)

# %% [markdown]
# [NaN](../docs/glossary.md#nan), “not a number”: a² is [∞](../docs/notation.md), and ∞ − ∞ could be
# anything. What meets NaN becomes NaN: the loss, the gradient of w, and a step later w itself. On a
# curve the line ends.
#
# Nothing can be saved; begin anew, with a tenth of the rate. (The package's `train` stops before
# such a step.) Does one strange document make a gradient too long? *Practice, 4 minutes:*
# [`clip`](../docs/glossary.md#clipping) it.

# %% tags=["exercise"]
# exercise: clip

# %%
clip = lesson.check(clip)

# %% [markdown]
# ## A rate that is too high
#
# Not so loud: Adam with a rate of 0.1, ten times ours. First 300 steps at 0.01, to compare with;
# they take some seconds. Then the sick run, on the board of 07. It is soon done, so pause it at
# once, halve its rate, once or more, and resume: can you heal it?

# %%
from micrograd.viz import is_static, train_live

train_live(new_training(steps=300), held_out[:50], name="rate 0.01").finish()
board = train_live(new_training(0.1, steps=300), held_out[:50], name="rate 0.1")
None if is_static() else board  # in print the curve below has to do

# %% [markdown]
# The next cell makes what steps are left. `past_runs` brings all runs that have a name, also that
# of 07, and they are laid over each other.

# %%
from micrograd.viz import loss_curve, past_runs

board.finish()
line = (math.log(27), "blind guess")
loss_curve(past_runs(), baseline=line, inches=(5, 2.6))

# %% tags=["assert"]
ill = [step.loss for step in past_runs()["rate 0.1"]]
well = [step.loss for step in past_runs()["rate 0.01"]]
assert max(ill) > 12 > 4 > max(well)
assert sum(ill[-50:]) / 50 > sum(well[-50:]) / 50

# %% [markdown]
# Left alone, the run at 0.1 leaps far above the blind guess. In the end its rate has fallen to
# nearly 0, and still it stands higher than the healthy run after as many steps.
#
# ## Two lists that share names
#
# The next disease makes everything look well. *Practice, 2 minutes:* find its cause.

# %% tags=["exercise"]
# exercise: repair_split

# %%
repair_split = lesson.check(repair_split)

# %% [markdown]
# And the next one every model catches that is given too little to read. **Predict:**

# %% tags=["exercise"]
# exercise: fifty_names

# %% [markdown]
# ## Six curves
#
# Here are six runs of 2,000 steps each, from the file. In each panel, compare the two lines with
# each other, and with those of the healthy run. (What is above 8 is cut off.)

# %%
from micrograd.viz import curve_panels

curve_panels(runs["shown"], baseline=line, title="A healthy run, and five sick ones")

# %%
lesson.reveal("fifty_names")

# %% tags=["assert"]
shown = runs["shown"]
assert shown["healthy"]["held_out"][-1] == 2.424 and shown["healthy"]["loss"][-1] == 2.401
high = shown["rate too high"]
assert max(high["loss"]) > 8 and sum(x > math.log(27) for x in high["loss"]) > 15
fifty = shown["50 names only"]
assert fifty["loss"][-1] == 0.64 and fifty["held_out"][-1] == 6.779
assert min(fifty["held_out"]) == fifty["held_out"][2] == 2.842
leaked = shown["held-out names leaked"]
assert leaked["held_out"][-1] == 0.637 and leaked["strangers"][-1] == 7.227
assert shown["targets shifted"]["held_out"][2] < 0.1 and shown["targets shifted"]["loss"][-1] == 0
unshuffled = shown["not shuffled"]
assert (
    sum(high > low + 0.5 for high, low in zip(unshuffled["held_out"][1:], unshuffled["loss"])) > 25
)

# %% [markdown]
# - *Rate too high:* the loss leaps above the blind guess, again and again.
# - *Not shuffled:* the names come from a to z, so for a while all begin alike. That is easy, and
#   meanwhile the model forgets the other letters: held out is high, and jumps.
# - *50 names only:* the lines part. Trained on falls to 0.64, held out rises to 6.78. The model is
#   sure, and wrong. This is [overfitting](../docs/glossary.md#overfitting).

# %% [markdown]
# - *Held-out names leaked:* the same disease, but the judge knows the answers: held out falls to
#   0.64 as well. Only names from neither list tell, at 7.23.
# - *Targets shifted:* the question shows its own answer, as in 05a, and the loss goes to 0. Too
#   good to be true is not true.
#
# What does such a model write? Let us make one, with 100 names, and ask it how a name begins.

# %%
copier = new_training()
for name in names[:100]:
    zero_grad(copier.model.parameters())
    tokens, memory = copier.tokenizer.encode(name)[:-1], copier.model.new_cache()
    logits = [copier.model.logits(token, i, memory) for i, token in enumerate(tokens)]
    (sum(map(their_cross_entropy, logits, tokens)) / len(tokens)).backward()
    copier.optimizer.step()
first = copier.model.logits(26, 0, copier.model.new_cache())
print(f"BOS, with a probability of {math.exp(-their_cross_entropy(first, 26).data):.3f}")

# %% tags=["assert"]
assert math.exp(-their_cross_entropy(first, 26).data) > 0.95

# %% [markdown]
# After BOS it expects BOS: the name is over before it began.
#
# What helps? A lower rate. Shuffling. More names, or stopping where held out is lowest. A look at
# both lists, and at one document with its targets. (Larger models also pull every weight a little
# towards 0 at each step: [weight decay](../docs/glossary.md#weight-decay).)

# %% [markdown]
# Now you are the doctor: six other runs, with other names and other seeds. *Practice, 4 minutes.*

# %%
curve_panels(runs["asked"], baseline=line, title="Which disease is which?")

# %% tags=["exercise"]
# exercise: which_disease

# %% [markdown]
# ## What you can say now
#
# A run is judged by two lines, of names that it trains on and of names that it never sees. Lines
# that part mean learning by heart; lines too low to be true mean that an answer has leaked. Doubt
# the rate first.
#
# *An open question:* your model gives probabilities. How does one choose a letter from them?

# %%
lesson.summary()

# %% [markdown]
# **In the library:** [`optim.py`](../micrograd/optim.py) has all three optimizers, the schedules
# and `clip_gradients`. In [`train.py`](../micrograd/train.py), `make_step` refuses a loss that is
# not finite, and leaves the weights as they were.
#
# In PyTorch clipping is `torch.nn.utils.clip_grad_norm_`, and a warm-up and a decay are
# `torch.optim.lr_scheduler.SequentialLR` of two.
