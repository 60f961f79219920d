# ---
# minutes: 40
# reads: micrograd/nn.py
# refrain: [predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # The robot arm: everything is minimising something
#
# This notebook is optional; nothing later needs it. At the end you can
#
# - add an operation to an engine, and let it move a robot arm;
# - turn four different wishes into four numbers to make small;
# - say which wishes gradient descent can follow, and which it cannot.
#
# You need your engine from [03a](03a_autograd_forward.ipynb) and
# [03b](03b_autograd_backward.ipynb), and `linear` from [04a](04a_neural_networks.ipynb). The first
# cell brings them back.

# %%
from micrograd.checks import Lesson

lesson = Lesson("04b")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## An arm of two bones
#
# A shoulder is bolted to a table. The upper arm is 1 metre long, the forearm 0.8. Two numbers
# decide everything: the angle of the shoulder, and how far the elbow bends the forearm away from
# the upper arm's direction.
#
# Move both. Can you bring the hand to the target? Angles are in **radians**: a quarter turn is
# about 1.57, half a turn 3.14.

# %%
from micrograd.viz import Slider, draw_arm, explore, play

target = (0.3, 1.2)
explore(
    lambda shoulder, elbow: draw_arm(shoulder, elbow, target=target),
    shoulder=Slider("shoulder", -0.5, 3.0, 0.2, 0.05),
    elbow=Slider("elbow", -2.5, 2.5, 0.3, 0.05),
    stills=[{}, {"shoulder": 0.7, "elbow": 1.5}],
)

# %% [markdown]
# You looked at the picture, saw a gap, and turned a knob: predict, measure, adjust. You were the
# archer again, with your eyes open. Now we tie the blindfold: the arm shall do it from two numbers
# and their slopes.
#
# For that, the engine must know where the hand is. And where the hand is, sine and cosine know.

# %% [markdown]
# ## Sine and cosine, in sixty words
#
# Stand at the centre of a circle of radius 1 and point at an angle. Your fingertip is `cos(angle)`
# ahead of you and `sin(angle)` above you. That is all that they are: two coordinates of one point.
#
# At the angle 0 the fingertip is straight ahead, at (1, 0). A quarter turn later it is straight up,
# at (0, 1). Move it.

# %%
from micrograd.viz import fingertip

explore(fingertip, angle=Slider("angle", 0, 6.28, 0.5, 0.01), stills=[{}, {"angle": 1.57}])

# %% [markdown]
# An engine needs one thing more of an operation: its slope. Your `slope` from notebook 01 finds it
# by nudging. Each line begins with the fingertip's place, and ends with how fast it moves, ahead
# and up.

# %%
import math

for angle in [0, 0.5, 1, 1.57]:
    ahead, up = slope(math.cos, angle, 1e-5), slope(math.sin, angle, 1e-5)
    place = f"cos {math.cos(angle):5.2f} sin {math.sin(angle):5.2f}"
    print(f"angle {angle:4}  {place}   slopes {ahead:5.2f} {up:5.2f}")

# %% [markdown]
# Compare the columns. The slope of `sin` is `cos`. The slope of `cos` is `sin` with its sign turned
# round.
#
# It has to be so: look at the arrow in the picture. A fingertip that turns moves at a right angle
# to the arm. At the angle 0 it moves straight up: the height grows at the rate 1, the distance
# ahead at the rate 0. A quarter turn later it moves straight back.

# %% tags=["assert"]
for angle in [0, 0.5, 1, 1.57]:
    assert abs(slope(math.sin, angle, 1e-5) - math.cos(angle)) < 1e-6
    assert abs(slope(math.cos, angle, 1e-5) + math.sin(angle)) < 1e-6

# %% [markdown]
# ## Two operations of your own
#
# In 03a an operation was one line: `Value(number, parents, slopes, name)`, with a slope for each
# parent. Nothing else in the engine has to know of it.
#
# Write `sin(a)` so, for a `Value` a. It has one parent, so both tuples hold one thing: `(a,)`.
# (*Practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: sin

# %%
sin = lesson.check(sin)

# %% [markdown]
# The same for `cos`. Mind the sign. (*Practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: cos

# %%
cos = lesson.check(cos)

# %% [markdown]
# ## Where is the hand?
#
# Call the angle of the shoulder s and that of the elbow e. The elbow lies at (cos s, sin s). From
# there the forearm goes on for 0.8 metres. But in which direction? Its angle is measured from the
# upper arm, so it points at s + e.
#
# Write `hand(shoulder, elbow)`, with your `sin` and `cos`. (*Practice, 5 minutes.*)

# %% tags=["exercise"]
# exercise: hand

# %%
hand = lesson.check(hand)

# %% [markdown]
# When the angles are `Value`s, the place of the hand remembers how it was made. Here is the graph
# of the height alone. Two arrows leave the shoulder: it turns both bones.

# %%
from micrograd.viz import draw_graph

shoulder, elbow = Value(0.2), Value(0.3)
shoulder.label, elbow.label = "shoulder", "elbow"
x, y = hand(shoulder, elbow)
y.label = "height"
draw_graph(y)

# %% [markdown]
# ## Wish one: reach
#
# A robot is often told what to do by a [reward](../docs/glossary.md#reward), a number that is large
# when it does well. Let the reward be minus the squared distance from the hand to the target. At
# the target it is 0, everywhere else less.
#
# To make a reward as large as possible is to make its negative as small as possible. So the loss is
# minus the reward, and gradient descent stays as it is.


# %%
def reward(shoulder, elbow):
    x, y = hand(shoulder, elbow)
    return -((x - target[0]) ** 2 + (y - target[1]) ** 2)


reward(shoulder, elbow).data

# %% [markdown]
# `follow` is the descent that you know: measure, go backward, turn each number a little against its
# slope. It is given a function that computes the loss, and the numbers that it may turn. We shall
# need it four times.


# %%
def follow(loss_of, numbers, steps=40, lr=0.1):
    """Descend; return what the numbers were at each step, and the loss."""
    way, losses = [], []
    for _ in range(steps):
        loss = loss_of()
        way.append([number.data for number in numbers])
        losses.append(loss.data)
        zero_grad(numbers)
        backward(loss)
        for number in numbers:
            number.data -= lr * number.grad
    return way, losses


# %%
joints = [Value(0.2), Value(0.3)]
poses, losses = follow(lambda: -reward(*joints), joints)
play(
    lambda i: draw_arm(*poses[i], target=target, before=poses[:i]),
    len(poses),
    stills=[5, 39],
)

# %%
from micrograd.viz import loss_curve


def curve(losses, unit, title):
    return loss_curve(losses, unit=unit, title=title, smooth=1, inches=(4.6, 2.8))


curve(losses, "m²", "Minus the reward falls: the hand reaches")


# %% tags=["assert"]
def distance(pose):
    return math.dist([v.data for v in hand(Value(pose[0]), Value(pose[1]))], target)


assert [round(distance(poses[i]), 2) for i in (0, 5, 39)] == [1.51, 0.43, 0.1]

# %% [markdown]
# Nobody told the joints how to work together. Each turned against its own slope, and the hand came
# from 1.51 m to 0.43 m in five steps. Then it creeps, down to 0.10 m after 39: where the ground is
# nearly flat, a step, which is rate times slope, is short.

# %% [markdown]
# ## A reward that cannot be followed
#
# There is a more honest wish: 1 if the hand touches the target, and 0 if not. Touching means less
# than 5 centimetres away. The arm starts in the same pose as before.
#
# **Predict** what gradient descent will do with it.

# %% tags=["exercise"]
# exercise: touch


# %%
def touch(shoulder, elbow):
    x, y = hand(shoulder, elbow)
    near = math.hypot(x.data - target[0], y.data - target[1]) < 0.05
    return Value(1.0 if near else 0.0)


shoulder, elbow = Value(0.2), Value(0.3)
backward(touch(shoulder, elbow))
shoulder.grad, elbow.grad

# %%
lesson.reveal("touch")

# %% [markdown]
# The reward is flat nearly everywhere: nudge a joint, and 0 stays 0. Where there is no slope, there
# is no advice.
#
# Robots do learn from such rewards. They try many actions at random and make the lucky ones more
# likely. That is **reinforcement learning**, and its search needs many more tries than the forty
# above, as random search did in notebook 00.

# %% tags=["assert"]
assert (shoulder.grad, elbow.grad) == (0.0, 0.0)

# %% [markdown]
# ## Wish two: reach, but lazily
#
# Motors heat up, so let us charge for turning. The **energy** is how far each joint has turned from
# its start, squared and added: 0.5 and 1 make 0.25 + 1 = 1.25. At a price of 0.3 that costs 0.375.
# The **task** costs the squared distance, as before.
#
# Write `lazy_cost`, the task's cost plus the price times the energy. (*Practice, 5 minutes.*)

# %% tags=["exercise"]
# exercise: lazy_cost

# %%
lazy_cost = lesson.check(lazy_cost)

# %% tags=["assert"]
assert abs(0.3 * (0.5**2 + 1**2) - 0.375) < 1e-12

# %% [markdown]
# For each price the arm finds its compromise. Move the price from 0 to 1: how far is the arm
# willing to go?


# %%
def lazy_arm(price):
    start = [0.2, 0.3]
    joints = [Value(angle) for angle in start]
    poses, _ = follow(lambda: lazy_cost(*joints, target, start, price), joints, steps=100)
    return draw_arm(*poses[-1], target=target, before=poses[:-1])


explore(lazy_arm, price=Slider("price", 0, 1, 0.3), stills=[{"price": 0}, {"price": 0.3}])

# %% [markdown]
# At a price of 0 the hand arrives. At 0.3 it stops 35 centimetres short: coming closer would cost
# more than it brings. Nobody programmed "stop there". The place follows from what was made small.

# %% tags=["assert"]
assert "is 0.35 m off" in lazy_arm(0.3).alt and "is 0.00 m off" in lazy_arm(0).alt

# %% [markdown]
# ## Wish three: do as I do
#
# A teacher takes the arm by the hand and leads it to a resting pose, from three different poses, in
# twelve little movements each. Each goes a quarter of the way that is left. What is written down is
# the pose, and the **action**: by how much each joint was turned.


# %%
def demonstrate(pose, rest=(1.4, 0.9), steps=12):
    shown = []
    for _ in range(steps):
        action = [0.25 * (r - p) for r, p in zip(rest, pose)]
        shown.append((pose, action))
        pose = [p + a for p, a in zip(pose, action)]
    return shown


shown = [pair for start in [(0.1, 0.2), (2.0, 0.1), (0.3, 2.2)] for pair in demonstrate(start)]
print(
    len(shown), "movements; the first from", shown[0][0], "by", [round(a, 3) for a in shown[0][1]]
)

# %% [markdown]
# The pupil is a single `linear` layer. It makes an action from the two angles and a constant 1,
# whose weights serve as biases: 2 rows of 3 weights.
#
# The loss is the **action mismatch**: how far the pupil's action is from the teacher's, squared,
# and averaged over all that was shown.

# %%
pupil = [[Value(0.0) for _ in range(3)] for _ in range(2)]


def act(pose):
    return linear([*pose, 1.0], pupil)


def mismatch():
    misses = [a - b for pose, action in shown for a, b in zip(act(pose), action)]
    return sum(miss**2 for miss in misses) * (1 / len(shown))


# %% [markdown]
# `follow` turns weights as it turned joints. To it they are numbers.

# %%
weights = parameters({"pupil": pupil})
_, losses = follow(mismatch, weights, steps=150, lr=0.2)
curve(losses, "radians²", "The pupil's actions come to match")

# %% [markdown]
# Does it work from a pose that the teacher never showed? Let the pupil drive.

# %%
drive = [[2.5, -1.0]]
for _ in range(15):
    drive.append([angle + turn.data for angle, turn in zip(drive[-1], act(drive[-1]))])

play(lambda i: draw_arm(*drive[i], before=drive[:i]), len(drive), stills=[0, 15])

# %%
print("the pupil ends at", [round(angle, 2) for angle in drive[-1]], "and should at", [1.4, 0.9])

# %% [markdown]
# It ends close to the resting pose, from a place where nobody had led it. This teacher's rule is a
# straight line in the pose, and so is the pupil's. Where a teacher is less simple, an imitator
# often fails as soon as it leaves what it was shown.

# %% tags=["assert"]
assert losses[-1] < losses[0] / 50
assert abs(drive[-1][0] - 1.4) < 0.1 and abs(drive[-1][1] - 0.9) < 0.1

# %% [markdown]
# ## Wish four: know where your hand will be
#
# Suppose that nobody tells the robot how long its bones are. It moves at random, like a baby in its
# cot, and sees where its hand ends up. From 40 such tries a small network is to predict the place
# from the angles. The loss is the **prediction error**.

# %%
from random import Random

rng = Random(7)
tried = [(rng.uniform(0, 2), rng.uniform(0, 2.5)) for _ in range(40)]
seen = [[v.data for v in hand(Value(s), Value(e))] for s, e in tried]

# %% [markdown]
# The network has six hidden neurons with your `tanh`, and two outputs, metres ahead and metres up.
# The middle of all the angles, 1 and 1.25, is subtracted first: numbers around 0 are easier to
# learn from.

# %%
state = {"w1": matrix(6, 3, 0.5, rng), "w2": matrix(2, 7, 0.5, rng)}


def guess(pose):
    hidden = [tanh(v) for v in linear([pose[0] - 1, pose[1] - 1.25, 1.0], state["w1"])]
    return linear([*hidden, 1.0], state["w2"])


def prediction_error():
    misses = [a - b for pose, place in zip(tried, seen) for a, b in zip(guess(pose), place)]
    return sum(miss**2 for miss in misses) * (1 / len(tried))


# %%
before = [[v.data for v in guess(pose)] for pose in tried]
_, losses = follow(prediction_error, parameters(state), steps=120, lr=0.2)
curve(losses, "m²", "Predicting the hand: the error falls")

# %% [markdown]
# Green rings are where the hand was. Blue squares are where the network thought it would be: left
# with random weights, right after training. A line joins each guess to the truth.

# %%
from micrograd.viz import Strip, draw_guesses

after = [[v.data for v in guess(pose)] for pose in tried]
Strip((draw_guesses(seen, before), draw_guesses(seen, after)))

# %% tags=["assert"]
assert losses[-1] < losses[0] / 10

# %% [markdown]
# ## One loop, four wishes
#
# | what was made small | what could turn | what came of it |
# |---|---|---|
# | minus the reward | two joints | it reaches |
# | task cost + price · energy | two joints | it reaches as far as it pays |
# | action mismatch | 6 weights | it imitates |
# | prediction error | 32 weights | it knows its own body |
#
# `follow` is the same function in all four. What a learning machine does is decided by what it is
# asked to make small.

# %% tags=["assert"]
assert len(weights) == 6 and len(parameters(state)) == 32

# %% [markdown]
# ## What you can say now
#
# An engine grows by an operation when you say its result and its slopes. To maximise a reward is to
# minimise its negative, and gradient descent can follow it only where it has a slope. Reaching,
# saving energy, imitating and predicting differ in the loss, not in the algorithm.
#
# *An open question:* a language model is trained on what people have written. Which of the four
# wishes is that?

# %%
lesson.summary()

# %% [markdown]
# **In the library** [`nn.py`](../micrograd/nn.py) holds the layers that you used here as functions,
# and `node` in [`engine.py`](../micrograd/engine.py) is how it adds an operation: a result, the
# parents, the slopes.
#
# In PyTorch, `torch.sin` and `torch.cos` are there already; an operation of your own is a subclass
# of `torch.autograd.Function`.
