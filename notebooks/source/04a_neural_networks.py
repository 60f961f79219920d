# ---
# minutes: 45
# reads: micrograd/nn.py
# refrain: [predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # Neural networks
#
# At the end you can
#
# - say what a neuron computes, and draw where it switches on;
# - build a network from your own `Value`s, and count its parameters;
# - train one while you watch, and tell from its curve what went wrong.
#
# You need notebooks 03a and 03b: `Value`, `backward` and `zero_grad`. The first cell brings your
# answers back. Exercises called *practice* or *stretch* can wait.

# %%
from micrograd.checks import Lesson

lesson = Lesson("04a")
lesson.catch_up(globals())
lesson.recall()

# %% [markdown]
# ## One neuron
#
# A [neuron](../docs/glossary.md#neuron) multiplies each input by a weight, [adds the
# products](../docs/glossary.md#weighted-sum), and adds its [bias](../docs/glossary.md#bias). With
# the weights 1 and 2 and the bias −1, the point (2, 1) gives 1 · 2 + 2 · 1 − 1 = 3, and (−1, 0)
# gives −2.
#
# On the plane, the sum is above 0 where it is blue, below 0 where it is ochre, and 0 on
# the black line. Move the sliders. Which turn the line, and which one shifts it?

# %%
from micrograd.viz import Choice, Slider, explore, neuron_map

explore(
    lambda w1, w2, b, kink: neuron_map(w1, w2, b, kink, points=[(2, 1), (-1, 0)]),
    w1=Slider("w1", -3, 3, 1, 0.25),
    w2=Slider("w2", -3, 3, 2, 0.25),
    b=Slider("b", -4, 4, -1, 0.25),
    kink=Choice("kink", ["none", "relu", "tanh"]),
    stills=[{}, {"kink": "relu"}, {"kink": "tanh"}],
)

# %% tags=["assert"]
assert [1 * x1 + 2 * x2 - 1 for x1, x2 in [(2, 1), (-1, 0)]] == [3, -2]

# %% [markdown]
# The weights turn it. They are the arrow: it points to where the sum grows fastest, and the line
# lies across it. A longer arrow means a steeper climb, so the stripes get narrower.
#
# The bias shifts the line. With b = 0 it goes through (0, 0), whatever the weights are.

# %% [markdown]
# ## Asleep here, awake there
#
# After the sum comes a [kink](../docs/glossary.md#activation): choose one with the buttons above.
# Your `relu` from 03a makes 0 of everything below 0. So on one side of the line the neuron is
# asleep. On the other it is awake, the more so the further you go.
#
# `tanh` is the gentle kink: it levels off at −1 and at 1.

# %% [markdown]
# Now in code. `neuron(x, w, b)` is given the inputs and their weights as two lists of `Value`s, and
# the bias as one more. It gives a `Value` too: the whole sum, after `relu`.
#
# Write it in the place of the dots, and run that cell and the next. (*Core, 4 minutes.*)

# %% tags=["exercise"]
# exercise: neuron

# %%
neuron = lesson.check(neuron)

# %% tags=["assert"]
assert neuron([Value(2.0), Value(1.0)], [Value(1.0), Value(2.0)], Value(-1.0)).data == 3
assert neuron([Value(-1.0), Value(0.0)], [Value(1.0), Value(2.0)], Value(-1.0)).data == 0

# %% [markdown]
# ## Why there is a kink
#
# What would networks be without it? Let two neurons look at one input x: the first gives 2x + 1,
# the second 1 − x. A third neuron weighs what they give, and adds. No `relu` anywhere.
#
# **Predict** what the output of the third can look like, over x. Then look: the first picture has
# no kink, the second has `relu`, the third `tanh`.

# %% tags=["exercise"]
# exercise: two_linear

# %%
from micrograd.viz import Strip, sum_curve

line = {"2x + 1": lambda x: 2 * x + 1, "1 − x": lambda x: 1 - x}
roof = {"relu(x + 1)": lambda x: relu(Value(x + 1)), "−2 relu(x)": lambda x: -2 * relu(Value(x))}
hill = {"tanh(x + 2)": lambda x: tanh(Value(x + 2)), "−tanh(x − 2)": lambda x: -tanh(Value(x - 2))}
Strip((sum_curve(line), sum_curve(roof), sum_curve(hill)))

# %%
lesson.reveal("two_linear")

# %% tags=["assert"]
assert [(2 * x + 1) + (1 - x) for x in (-3, 0, 5)] == [-1, 2, 7]
assert "2 bends" in sum_curve(roof).alt and "is a curve" in sum_curve(hill).alt

# %% [markdown]
# (2x + 1) + (1 − x) is x + 2. Other weights give other straight lines, and nothing else: a hundred
# neurons without a kink do what one can do.
#
# Each `relu` brings one bend, where its own sum is 0: here at −1 and at 0. With `tanh` the bends
# are round. Many small bends, close together, follow any curve as closely as you like. That is what
# the neurons of a network are for.

# %% [markdown]
# ## XOR, by hand
#
# [XOR](../docs/glossary.md#xor), *exclusive or*, is one of two things and not both. The inputs p
# and q are 0 or 1. The answer is yes at (0, 1) and (1, 0), and no at (0, 0) and (1, 1).
#
# No line parts them. What lies between two points on one side of a line is on that side too. But
# (½, ½) lies half way between the two yes, and also half way between the two no.

# %% [markdown]
# Two neurons can do it. The first gives relu(p + q), the second relu(p + q + b). The score is *the
# first, plus c times the second, minus 0.5*: above 0 it says yes.
#
# With b = 0 and c = 0 the score at (1, 1) is 2 + 0 − 0.5 = 1.5. That is a wrong yes, so a cross
# marks it. Find a b and a c for which all four points are right.

# %%
from micrograd.viz import decision_boundary

points, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1, 1, 1, -1]


def xor_picture(b, c):
    def score(point):
        return max(0, sum(point)) + c * max(0, sum(point) + b) - 0.5

    return decision_boundary(score, points, targets, resolution=25, inches=(3.4, 2.7))


sliders = {"b": Slider("b", -2, 1, 0, 0.25), "c": Slider("c", -3, 3, 0, 0.25)}
explore(xor_picture, **sliders, stills=[{}, {"b": -1, "c": -2}])

# %% [markdown]
# You turned two numbers by hand, and two neurons do what no single one can. Now exactly: hold
# b = −1, and leave the 0.5 away. For one c, the outputs at the four points are 0, 1, 1 and 0 on the
# dot. (*Stretch, 5 minutes*, with a pencil.)

# %% tags=["exercise"]
# exercise: xor_weight

# %% tags=["assert"]
sums = [p + q for p, q in points]
assert [max(0, s) - 2 * max(0, s - 1) for s in sums] == [0, 1, 1, 0]
assert max(0, sums[3]) + 0 * max(0, sums[3] + 0) - 0.5 == 1.5

# %% [markdown]
# ## A layer is a table
#
# A machine is to turn thousands of such numbers, so let us set them out well. Neurons that look at
# the same inputs form a [layer](../docs/glossary.md#layer). Write the weights of each in a row,
# row below row. That is a table, or [matrix](../docs/glossary.md#matrix): *a row for each neuron, a
# column for each input*.
#
# In Python it is a list of lists ([in the toolbox](A_toolbox.ipynb#Lists-in-lists)).

# %% [markdown]
# With w = [[3, 4], [−5, 1]] and x = [1, 2], the sum of the first neuron is 3 · 1 + 4 · 2 = 11, that
# of the second −5 · 1 + 1 · 2 = −3.
#
# Write `linear(x, w)`, which does this for a table of any size: one sum for each row. It has no
# bias and no kink: it goes into your GPT as it is, and the GPT wants it so. (*Core, 5 minutes.*)

# %% tags=["assert"]
assert [3 * 1 + 4 * 2, -5 * 1 + 1 * 2] == [11, -3]

# %% tags=["exercise"]
# exercise: linear

# %%
linear = lesson.check(linear)

# %% [markdown]
# You saw that [neurons without a kink](../docs/glossary.md#linear-layer), fed to another, are no
# more than one. So two tables one after the other can be replaced by a single table. Which numbers
# stand in it? Write `merged`, with plain numbers. (*Practice, 6 minutes.*)

# %% tags=["exercise"]
# exercise: merged

# %%
merged = lesson.check(merged)

# %% [markdown]
# ## A table of random numbers
#
# A table begins with random numbers; you will see why. `rng` is a source of them: with the same
# [seed](../docs/glossary.md#seed), here 1, it gives everybody the same ones. `rng.gauss(0, std)`
# draws a number, often near 0, seldom far away. Two thirds of them lie between −`std` and `std`,
# the [standard deviation](../docs/glossary.md#standard-deviation).
#
# Write `matrix(rows, columns, std, rng)`: it fills a table with `Value`s drawn so. (*Core,
# 4 minutes*; it goes into your GPT.)

# %%
from random import Random

rng = Random(1)
[round(rng.gauss(0, 0.1), 3) for _ in range(6)]

# %% tags=["assert"]
draws = [Random(2).gauss(0, 0.1), *(rng.gauss(0, 0.1) for _ in range(9999))]
assert abs(sum(abs(x) < 0.1 for x in draws) / 10_000 - 2 / 3) < 0.03

# %% tags=["exercise"]
# exercise: matrix

# %%
matrix = lesson.check(matrix)

# %% [markdown]
# Somebody made a table with `*` instead. Printed, it looks right. Yet when one number learns, all
# of them move ([two names, one list](A_toolbox.ipynb#Two-names,-one-list)). Repair it. (*Practice,
# 3 minutes.*)

# %% tags=["exercise"]
# exercise: repair_table

# %%
repair_table = lesson.check(repair_table)

# %% [markdown]
# ## Layers in a row
#
# Give what one layer makes to the next layer as its inputs, and you have a network, a *multi-layer
# perceptron*, or [MLP](../docs/glossary.md#mlp). The layers before the last are called
# [hidden](../docs/glossary.md#hidden).
#
# First a single `layer`: several neurons that look at the same x. You have `neuron`. (*Practice,
# 2 minutes.*)

# %% tags=["exercise"]
# exercise: layer

# %%
layer = lesson.check(layer)

# %% [markdown]
# Then the whole network. `layers` is a list with a pair for each layer: its table of weights, and
# the list of its biases.
#
# After the last layer there is no `relu`: what the network predicts may have to be below 0.
# (*Practice, 6 minutes.*)

# %% tags=["exercise"]
# exercise: mlp

# %%
mlp = lesson.check(mlp)

# %% [markdown]
# ## How many numbers?
#
# All that training may change are [parameters](../docs/glossary.md#parameter): every weight and
# every bias. A neuron with 8 inputs has 8 weights and a bias, which makes 9.
#
# Count the parameters of a network with 2 inputs, two layers of 8 and one output. Then look at the
# picture. What happens to their number when the layers become twice as wide?

# %%
from micrograd.viz import network_diagram

explore(
    lambda width: network_diagram([2, width, width, 1]),
    width=Slider("neurons in a layer", 1, 16, 8, 1),
    stills=[{}],
)

# %% [markdown]
# 24 + 72 + 9 = 105. With 16 it is 48 + 272 + 17 = 337, more than three times as many: between two
# wide layers, each neuron of the one has a weight for each neuron of the other.
#
# A function can count for you. (`count_parameters`: *practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: count_parameters

# %%
count_parameters = lesson.check(count_parameters)

# %% tags=["assert"]
assert (3 * 8, 9 * 8, 9 * 1) == (24, 72, 9) and (3 * 16, 17 * 16, 17) == (48, 272, 17)
assert count_parameters([2, 8, 8, 1]) == 105 and count_parameters([2, 16, 16, 1]) == 337

# %% [markdown]
# An update goes through all parameters in one loop, so they had better be in one list. We keep the
# tables in a dict, each under its name
# ([dicts in the toolbox](A_toolbox.ipynb#Dicts,-sums-and-given)).
#
# Write `parameters(state)`: all the `Value`s of all tables, in order. This one goes into your GPT.
# (*Core, 4 minutes.*)

# %% tags=["exercise"]
# exercise: parameters

# %%
parameters = lesson.check(parameters)

# %% [markdown]
# ## How wrong is it, over all?
#
# Say a network predicts 1 and 4 where the targets are 3 and 3. It misses by −2 and 1; squared, that
# is 4 and 1, and their mean is 2.5. This is the [mean squared
# error](../docs/glossary.md#mean-squared-error), MSE: one number for all points.
#
# The *sum* would do as well. But it grows with the number of points, and the steps with it. (`mse`:
# *core, 3 minutes.*)

# %% tags=["exercise"]
# exercise: mse

# %%
mse = lesson.check(mse)

# %% tags=["assert"]
assert mse([Value(1.0), Value(4.0)], [3, 3]).data == 2.5

# %% [markdown]
# ## XOR, by machine
#
# You have all the pieces. Here is a network for XOR: two inputs, a hidden layer of two neurons, one
# output. Its parameters are four tables, and a list of biases is a table with one row.


# %%
def make_state(rng, width=2):
    shapes = {"w1": (width, 2), "b1": (1, width), "w2": (1, width), "b2": (1, 1)}
    return {name: matrix(*shape, 1.0, rng) for name, shape in shapes.items()}


def network(x, state):
    hidden, output = (state["w1"], state["b1"][0]), (state["w2"], state["b2"][0])
    return mlp(x, [hidden, output])[0]


state = make_state(Random(1))
predictions = [network(x, state) for x in points]
loss = mse(predictions, targets)
backward(loss)
print("predictions", [round(p.data, 2) for p in predictions], "for", targets)
print("loss       ", round(loss.data, 3))
print("∇L         ", [round(p.grad, 2) for p in parameters(state)])

# %% tags=["assert"]
assert len(parameters(state)) == 9 == count_parameters([2, 2, 1]) and 1 < loss.data < 1.1

# %% [markdown]
# The four points stay as they are, so the loss depends on the 9 parameters alone. One writes L(w₁,
# …, w₉) ([signs](../docs/notation.md)), and the list is its gradient ∇L: one partial derivative for
# each. Training, of any network, is *optimisation over weights*: find parameters for which this one
# number is low.
#
# Five lines make a step of it. You know each of them; put them in order. (*Core, 3 minutes.*)

# %% tags=["exercise"]
# exercise: step_order


# %%
def train(state, steps=150, lr=0.1):
    """Make so many steps; return the last loss and, by step, both neurons' first weights."""
    history, params = [], parameters(state)
    for _ in range(steps):
        zero_grad(params)
        loss = mse([network(x, state) for x in points], targets)
        backward(loss)
        for p in params:
            p.data -= lr * p.grad
        history.append([row[0].data for row in state["w1"]])
    return loss.data, {f"neuron {i}": line for i, line in enumerate(zip(*history), start=1)}


# %% [markdown]
# ## Where to begin?
#
# A descent has to [begin somewhere](../docs/glossary.md#initialisation). Random numbers look
# careless; why not begin tidily, with all 9 parameters at 0, or all at 0.5? The two hidden neurons
# are twins then.
#
# **Predict** what becomes of twins. The pictures follow one weight of each.

# %% tags=["exercise"]
# exercise: twins


# %%
from micrograd.viz import weight_lines

pictures = []
for number in [0.0, 0.5]:
    twins = make_state(Random(1))
    for p in parameters(twins):
        p.data = number
    loss, lines = train(twins)
    pictures.append(weight_lines(lines, title=f"All at {number}: the loss ends at {loss:.2f}"))
Strip(tuple(pictures))

# %%
lesson.reveal("twins")

# %% tags=["assert"]
assert lines["neuron 1"] == lines["neuron 2"] and round(loss, 2) == 1
assert lines["neuron 1"][0] > lines["neuron 1"][-1]
zeros = make_state(Random(1))
for p in parameters(zeros):
    p.data = 0.0
loss = mse([network(x, zeros) for x in points], targets)
backward(loss)
assert loss.data == 1 and not any(p.grad for p in parameters(zeros))

# %% [markdown]
# Twins get the same gradients and take the same steps, so two of them can do no more than one. A
# loss of 1 is what you also get by answering 0 to everything.
#
# From zeros nothing moves at all. What comes back is multiplied by the output weights, which are 0,
# and for these themselves by the hidden outputs, 0 as well. Only the last bias is free, and its
# four misses, 1, −1, −1 and 1, cancel.

# %% [markdown]
# So let the parameters be random, and the neurons different. Below is one such start. And how often
# does that succeed? `solved` counts, for ten starts with two hidden neurons, and for ten with
# eight. It takes some seconds.


# %%
def solved(width):
    starts = [make_state(Random(seed), width) for seed in range(1, 11)]
    return sum(train(state)[0] < 0.01 for state in starts)


loss, lines = train(make_state(Random(1)))
print("two neurons:  ", solved(2), "of 10 starts solve XOR")
print("eight neurons:", solved(8), "of 10")
weight_lines(lines, title=f"A random start: the loss ends at {loss:.2f}")

# %% tags=["assert"]
assert loss < 0.001 and lines["neuron 1"][-1] > 1 and lines["neuron 2"][-1] < -0.5
assert solved(2) == 1 and solved(8) == 7

# %% [markdown]
# The neurons part, share the work, and solve XOR: a lucky start. Two neurons are enough to write
# the solution down, as you did, and hardly enough to find it: 1 of 10 does. With eight, 7 of 10 get
# there. It is one reason why networks are wider than they would need to be.

# %% [markdown]
# ## The package's network
#
# [`nn.py`](../micrograd/nn.py) has the same network as a class, called `MLP`. `MLP(2, [4, 1])` has
# 2 inputs, a layer of 4 neurons and a layer of 1. A neuron keeps its weights in `w` and its bias in
# `b`. We copy these into tables of yours, and ask both networks.

# %%
from micrograd.nn import MLP


def as_tables(layer):
    rows = [[Value(w.data) for w in neuron.w] for neuron in layer.neurons]
    return rows, [Value(neuron.b.data) for neuron in layer.neurons]


theirs = MLP(2, [4, 1], rng=Random(7))
yours = [as_tables(layer) for layer in theirs.layers]
one, other = theirs([0.5, -1.0]), mlp([0.5, -1.0], yours)[0]
print("theirs:", one.data, "from", len(topological_order(one)), "values")
print("yours: ", other.data, "from", len(topological_order(other)))

# %% tags=["assert"]
assert abs(one.data - other.data) < 1e-12 and len(theirs.parameters()) == 17
one.backward()
backward(other)
tables = {f"{i}{kind}": t for i, (w, b) in enumerate(yours) for kind, t in (("w", w), ("b", [b]))}
pairs = zip(theirs.layers[0].neurons, tables["0w"])
assert all(abs(v.grad - u.grad) < 1e-12 for n, row in pairs for v, u in zip(n.w, row))
assert len(topological_order(one)) < len(topological_order(other)) / 2

# %% [markdown]
# The same number. Theirs makes one value of a whole weighted sum, so its graph fits on a page: here
# first that of a network for one point, with 9 parameters and 3 neurons.
#
# Then that of a loss: one neuron, two points. From each of its parameters *two* arrows leave, one
# for each point. What comes back along them is added, by your `+=`. So one `backward` serves all
# points of a step, a whole [batch](../docs/glossary.md#batch).

# %%
from micrograd.viz import draw_graph

small, single = MLP(2, [2, 1], rng=Random(1)), MLP(1, [1], rng=Random(1))
output = small([0.5, -1.0])
output.backward()
loss = (single([1.0]) - 1) ** 2 + (single([2.0]) + 1) ** 2
loss.backward()
Strip((draw_graph(output), draw_graph(loss)))

# %% tags=["assert"]
graph = topological_order(loss)
w = single.parameters()[0]
assert sum(w in v._prev for v in graph) == 2 and len(small.parameters()) == 9

# %% [markdown]
# ## Two moons, live
#
# Sixty points lie in two half circles, the upper one with the target 1, the lower with −1.
#
# `learn` is your step of training, in a loop without an end. At `yield` it hands out the loss and
# the model, and waits until somebody asks for the next step
# ([a generator](A_toolbox.ipynb#Generators,-dataclasses,-mutate-or-return)). `settings` holds what
# the controls below will show, and `rng.sample` draws the points of a step: all 60, or fewer.

# %%
import math


def moon_point(upper, rng):
    t = math.pi * rng.random()
    x, y = (math.cos(t), math.sin(t)) if upper else (1 - math.cos(t), 0.5 - math.sin(t))
    return [x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)], 1 if upper else -1


rng = Random(1)
moons = [moon_point(i % 2 == 0, rng) for i in range(60)]


# %%
def learn(settings):
    model, rng = MLP(2, [settings.width, settings.width, 1], rng=Random(7)), Random(0)
    while True:
        batch = rng.sample(moons, settings.batch)
        if settings.clear:
            model.zero_grad()
        loss = mse([model(x) for x, _ in batch], [y for _, y in batch])
        loss.backward()
        for p in model.parameters():
            p.data -= settings.rate * p.grad
        yield loss.data, model


# %%
from micrograd.viz import loss_curve, run_live


def boundary(steps):
    return decision_boundary(steps[-1][1], *zip(*moons), resolution=24, inches=(3.8, 2.8))


def curve(steps, title=None):
    losses = [loss for loss, _ in steps]
    return loss_curve(losses, unit="", smooth=1, title=title, inches=(3.8, 2.8))


# %% [markdown]
# Press *run*. On the black line, the [decision boundary](../docs/glossary.md#decision-boundary),
# the score is 0; crosses mark points on its wrong side. 200 steps take about ten seconds; *pause*
# waits for the end of a step.
#
# Then change one thing at a time, and press *reset* and *run*: 1 neuron in a layer; 10 points a
# step; a learning rate of 0.01, or of 0.6; gradients that are never cleared. What becomes of the
# boundary, and of the curve?

# %%
run_live(
    *(learn, boundary, curve),
    rate=Choice("learning rate", [0.01, 0.03, 0.1, 0.3, 0.6], first=2),
    width=Slider("neurons in a layer", 1, 16, 8, 1),
    batch=Choice("points a step", {"all 60": 60, "10": 10, "1": 1}),
    clear=Choice("gradients", {"cleared": True, "never cleared": False}),
    restart=["width"],
    total=200,
)

# %% [markdown]
# ## Fewer points a step
#
# Let us look at some of these runs calmly, without controls. A step that sees 10 of the 60 points
# is a sixth of the work. Such a small batch is called a *mini-batch*. What does it cost?

# %%
from itertools import islice
from types import SimpleNamespace


def run(rate=0.1, batch=60, clear=True):
    settings = SimpleNamespace(rate=rate, batch=batch, clear=clear, width=8)
    return list(islice(learn(settings), 200))


def right(steps):
    return sum(steps[-1][1](x).data * y > 0 for x, y in moons)


runs = {"60 points a step": run(), "10 points a step": run(batch=10)}
for name, steps in runs.items():
    print(f"{name}: {right(steps)} of 60 are right in the end")
Strip(tuple(curve(steps, title=name) for name, steps in runs.items()))

# %% tags=["assert"]
assert [right(steps) for steps in runs.values()] == [59, 59]

# %% [markdown]
# The curve is restless, because each step is judged by other points. One low step says little now;
# look at the trend. In the end as many points are right, for a sixth of the work. That is why large
# models are trained on mini-batches.

# %% [markdown]
# ## Two things that go wrong
#
# In notebook 01, steps that were too large flew over the valley. In a network something worse can
# happen: a huge step throws a neuron far to its sleeping side, with a sum below 0 at every point.
# **Predict** what the steps after that do with it.
#
# The second run below never clears its gradients. You know that from 03b.

# %% tags=["exercise"]
# exercise: dead_neuron


# %%
def awake(model):
    """At how many of the points each neuron of the second hidden layer is above 0."""
    first, second, _ = model.layers
    return [sum(neuron(first(x)).data > 0 for x, _ in moons) for neuron in second.neurons]


wrong = {"rate 0.6": run(rate=0.6), "gradients never cleared": run(clear=False)}
for name, steps in (runs | wrong).items():
    print(f"{name:24} awake at", awake(steps[-1][1]))
Strip(tuple(curve(steps, title=name) for name, steps in wrong.items()))

# %%
lesson.reveal("dead_neuron")

# %% tags=["assert"]
large, kept = ([loss for loss, _ in steps] for steps in wrong.values())
assert large.index(max(large)) == 3 and 11 < max(large) < 12 and right(wrong["rate 0.6"]) == 30
assert {round(loss, 2) for loss in large[20:]} == {1.0}
assert max(kept[-40:]) > 3 > 1.1 > min(kept[-40:])
assert not any(any(awake(steps[-1][1])) for steps in wrong.values())
assert sum(map(bool, awake(runs["60 points a step"][-1][1]))) == 6

# %% [markdown]
# At the rate 0.6 the loss leaps above 11, then lies flat at 1. Its row of zeros tells why: all
# eight neurons of the second layer are asleep at all 60 points. Nothing passes them, neither
# forward nor backward.
#
# Only the last bias still learns. Its best answer to thirty 1s and thirty −1s is 0, at a loss of 1.
# (In the good runs two of the eight sleep, and are not missed.)

# %% [markdown]
# Never cleared, the gradients of all earlier steps push as well. It is like a ball that rolls
# without friction: it gathers speed on the way down, runs through the lowest place, up on the other
# side, and back.
#
# On its wild way this run has put all eight neurons to sleep, too. What still swings is the last
# bias.

# %% [markdown]
# What a curve can tell you:
#
# | the loss | look for |
# |---|---|
# | falls, and flattens out low | nothing: it learns |
# | falls, restless | small batches; look at the trend |
# | leaps up, or becomes [`nan`](../docs/glossary.md#nan) | a rate that is too large |
# | lies flat and high | sleeping neurons, twins, a rate too small |
# | swings up and down without end | gradients that were not cleared |

# %% [markdown]
# ## What you can say now
#
# A neuron is a line with a kink, a layer is a table of weights, and a network is layers with kinks
# between them. Its loss is one number that depends on all its parameters; training walks downhill
# in them. The parameters begin at random, because neurons that are alike stay alike.
#
# *An open question:* these inputs were numbers. How would you put the letter `q` into a network?

# %%
lesson.summary()

# %% [markdown]
# **In the library** you have met the second half of [`nn.py`](../micrograd/nn.py): `Neuron`,
# `Layer` and `MLP`, where each neuron's `w` is a row of your table. `linear`, without a bias, is in
# the first half.
#
# In PyTorch a layer is `torch.nn.Linear(2, 8)`. It has the same table, outputs × inputs, and a
# bias. `torch.nn.MSELoss` is your `mse`, and `torch.nn.Sequential` puts layers in a row.
