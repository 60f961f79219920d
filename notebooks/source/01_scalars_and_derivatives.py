# ---
# minutes: 45
# reads: micrograd/gradcheck.py
# refrain: [compute gradients, update]
# ---

# %% [markdown]
# # Slopes: which way is down?
#
# At the end you can
#
# - measure how fast a result moves with its input;
# - collect all slopes of a machine into its gradient, and say what that arrow means;
# - walk downhill with it, and say when a walk ends higher than it began.
#
# You need notebook 00 and school algebra; [this page](../docs/notation.md) lists the symbols.
# *Core* exercises fit into the 45 minutes; *practice* and *stretch* come on top.

# %%
from micrograd.checks import Lesson

lesson = Lesson("01")

# %%
lesson.recall()

# %% [markdown]
# ## One number, several numbers
#
# A loss was *one* number, a [scalar](../docs/glossary.md#scalar): 25 °C is one, or −3.5. Many notes
# say that it has no direction. But −10 and +10 lie on opposite sides of 0, and today that sign will
# tell up from down.
#
# Advice was a *list* of numbers, a [vector](../docs/glossary.md#vector). Read `[1, 1]` as a place,
# where two weights stand, and `[3, 4]` as a step, 3 to the right and 4 up: an arrow, 5 long.

# %%
from micrograd.viz import arrow

arrow([3, 4], start=[1, 1])

# %% tags=["assert"]
from math import hypot

assert hypot(3, 4) == 5

# %% [markdown]
# ## A machine, nudged
#
# A [function](../docs/glossary.md#function) is a machine: a number goes in, a number comes out.
# Think of what goes in as a place on a road, and of what comes out as the height of the road there.


# %%
def square(x):
    return x**2


square(3)

# %% [markdown]
# At 3 the road is 9 high. How steeply does it climb there? The height does not say. So
# [nudge](../docs/glossary.md#nudge) the input, a little to the left and a little to the right, and
# look at both heights.

# %%
left, right = square(2.9), square(3.1)
print(f"left {left:.2f}   right {right:.2f}   rise {right - left:.2f}")

# %% [markdown]
# From 2.9 to 3.1, over a width of 0.2, the road rises by 1.2. For each unit of the input that makes
# 1.2 / 0.2 = 6. The rise over the width is called the [slope](../docs/glossary.md#slope): that of
# `square` at 3 is 6.

# %% [markdown]
# Now do it for any machine. `slope(f, x, h)` nudges `x` by `h` to the left and to the right, and
# returns the rise over the width. (Above, `h` was 0.1.) Write it in place of the three dots and run
# the cell; then run the check below it. (*Core, 5 minutes.*)
#
# > **Bridge.** `f` is a machine that is handed over: call it as `slope(square, 3, 0.1)`, with
# > `square` itself, without brackets.
# > [Functions as arguments](A_toolbox.ipynb#Functions-as-arguments)

# %% tags=["exercise"]
# exercise: slope

# %%
slope = lesson.check(slope)

# %% tags=["assert"]
assert abs(slope(square, 3, 0.1) - 6) < 1e-9 and abs(3.1**2 - 2.9**2 - 1.2) < 1e-9
assert square(3) == 9

# %% [markdown]
# ## From two places to one
#
# The slope at 3 came from two *other* places, 2.9 and 3.1. How do we get it *at* one place?
#
# Here is the road x³, nudged at x = 1. The black squares are the two nudged places. The dashed line
# through them is a *secant*, and its slope is what your function returns. **Try it:** shrink the
# nudge h with the second slider, and watch the dashed line. Then move x.


# %%
from micrograd.viz import Slider, explore, tangent


def cube(x):
    return x**3


explore(
    lambda x, h: tangent(cube, x, h, x_range=(-1, 2.2)),
    x=Slider("x", -0.6, 1.6, 1, 0.1),
    h=Slider("nudge h", 0.05, 1, 1, 0.05),
    stills=[{}, {"h": 0.1}],
)

# %% [markdown]
# As h shrinks, the squares run together and the secant becomes the
# [tangent](../docs/glossary.md#tangent): the line that goes on as steeply as the curve does at x.
#
# Its slope is the [derivative](../docs/glossary.md#derivative) of f at x. It is written f′(x), and
# read "f prime of x". For x³ at 1 it is 3. How far off were your nudges?

# %%
for h in (1, 0.1, 0.01):
    print(f"h = {h:<4}   slope {slope(cube, 1, h):.4f}   error {slope(cube, 1, h) - 3:.4f}")

# %% tags=["assert"]
for h in (1, 0.1, 0.01):
    assert abs(slope(cube, 1, h) - 3 - h**2) < 1e-9

# %% [markdown]
# ## How small can a nudge be?
#
# The errors are h² here: a tenth of the nudge leaves a hundredth of the error. So, smaller and
# smaller? Let us go on down to h = 1e-15. **Predict** what happens to the error; then run on.
#
# > **Bridge.** 1e-6 is 0.000001. The next picture has [log axes](../docs/glossary.md#log-axis),
# > where each step multiplies. [1e-6 and log axes](A_toolbox.ipynb#1e-6-and-log-axes)

# %% tags=["exercise"]
# exercise: smaller_h

# %%
# Thirty nudges, from 0.1 at the right to 3e-16 at the left: how far off is each slope?
from micrograd.viz import error_valley

error_valley(cube, 1.0, 3.0)

# %%
lesson.reveal("smaller_h")

# %%
# The two heights for h = 1e-15, which should be 6e-15 apart:
right, left = cube(1 + 1e-15), cube(1 - 1e-15)
print(right, left)
print(f"rise {right - left:.1e}   slope {slope(cube, 1, 1e-15):.2f}")

# %% [markdown]
# Two errors add up. The dotted line is h²: the curve bends between the two places. The dashed one
# is [rounding](../docs/glossary.md#rounding-error). A float keeps some 16 digits; in the rise all
# but the last one or two cancel, and those are rounded. Hence 6.3e-15, and a slope of 3.16.
#
# Least wrong here is an h near 3e-6; our [`gradcheck.py`](../micrograd/gradcheck.py) takes 6e-6.
# Let Python look for the best of a list: `best_h`. (*Practice, 5 minutes.*)

# %% tags=["assert"]
from micrograd.gradcheck import STEP

assert f"{slope(cube, 1, 1e-15):.2f}" == "3.16" and STEP == 6e-6
assert f"{cube(1 + 1e-15) - cube(1 - 1e-15):.1e}" == "6.3e-15"
tried = [10 ** (k / 2) for k in range(-31, -1)]
assert len(tried) == 30 and max(tried) == 0.1 and f"{min(tried):.0e}" == "3e-16"
assert f"{min(tried, key=lambda h: abs(slope(cube, 1, h) - 3)):.0e}" == "3e-06"

# %% tags=["exercise"]
# exercise: best_h

# %%
best_h = lesson.check(best_h)

# %% [markdown]
# ## A table before any rule
#
# A curve has another slope at every x. Before anybody tells you a rule, measure: how steep is
# `square` at 0, 1, 2, 3 and 10?
#
# Press Esc, then B, for a cell of your own, and ask your `slope` there with a nudge of 0.001:
# `slope(square, 10, 0.001)`. Round to whole numbers and answer below. (*Practice, 3 minutes*, and
# worth them.)

# %% tags=["exercise"]
# exercise: slope_table


# %%
# The same in one go, and beside it the slopes of a straight line, 3x.
def triple(x):
    return 3 * x


print("  x   slope of x²   slope of 3x")
for x in (-3, -2, -1, 0, 1, 2, 3, 10):
    print(f"{x:3} {slope(square, x, 0.001):13.2f} {slope(triple, x, 0.001):13.2f}")

# %% [markdown]
# Left of 0 the slope of x² is negative: a step to the right leads *down*. So the sign says which
# way the road goes, and the size how steeply. That is what a learning machine wants to know of each
# of its numbers: up or down, and how much does it matter?

# %% [markdown]
# And the rules are there to be seen: the slope of x² is **2x**, twice the place; that of 3x is 3
# everywhere, and that of c·x is **c**. Algebra agrees, whatever h is:
#
# - (x + h)² − (x − h)² = 4xh, as x² and h² cancel, and over the width 2h that is 2x;
# - c·(x + h) − c·(x − h) = 2ch, and over the width 2h that is c.
#
# Notebook 02 needs these two rules and no others.

# %% tags=["assert"]
for x in (-3, -2, -1, 0, 1, 2, 3, 10):
    assert abs(slope(square, x, 0.001) - 2 * x) < 1e-6
    assert abs(slope(triple, x, 0.001) - 3) < 1e-6

# %% [markdown]
# ## Steep is not curved
#
# Many notes explain a large slope by a curve that is "very curved". See the table: 3x has no curve
# at all, and its slope is 3 everywhere; x² is curved at 0, and its slope there is 0.
#
# *Steep* is how fast the height changes. *Curved* is how fast the slope changes.

# %% [markdown]
# Two puzzles. (*Practice, 4 minutes* each.) Which slope, 1 to 5, belongs to which height? Put a
# finger on a height and move it to the right: where does the road rise, where is it level, where
# does it fall? One slope is left over.
#
# And is there a curve that is its *own* slope? For one b, bˣ is everywhere as steep as it is high.

# %%
from micrograd.viz import heights_and_slopes

heights_and_slopes()

# %% tags=["exercise"]
# exercise: match_slopes

# %% tags=["exercise"]
# exercise: slope_equals_height

# %% [markdown]
# ## Several inputs
#
# A loss depends on many weights. So here is a machine with three inputs: `bowl` takes a list, and
# gives x² + y² + z². Of [1, 2, 3] it makes 1 + 4 + 9 = 14.
#
# How fast does that move if only x does? Hold y at 2 and z at 3. What is left is x² + 13: one
# input, a curve, a *slice* through the bowl. Each input has one:

# %%
from micrograd.viz import slices


def bowl(point):
    x, y, z = point
    return x**2 + y**2 + z**2


slices(bowl, [1.0, 2.0, 3.0])

# %% [markdown]
# The slope of a slice is a [partial derivative](../docs/glossary.md#partial-derivative), along x
# ∂f/∂x. The round ∂ says that the other inputs stand still; many notes write df/dx, which does not.
#
# `partial(f, point, i, h)` finds it for entry `i` of the list. (*Practice, 4 minutes*; a help for
# the next one.)
#
# > **Bridge.** After `right = point` both names mean *one* list: change one, and both have changed.
# > `list(point)` is a copy. [Two names, one list](A_toolbox.ipynb#Two-names,-one-list)

# %% tags=["exercise"]
# exercise: partial

# %%
partial = lesson.check(partial)

# %% [markdown]
# The list of all partial derivatives is the [gradient](../docs/glossary.md#gradient), ∇f: here
# [2x, 2y, 2z], so [2, 4, 6]. Many notes call it "a derivative with several inputs", or say "the
# gradient of w2" for one entry. Exactly: it is the *list*.
#
# `gradient(f, point, h)` returns it. The numbers of a point are its *coordinates*: nudge one at a
# time, in a copy, and leave `point` as it was. (*Core, 7 minutes.*)

# %% tags=["exercise"]
# exercise: gradient

# %%
gradient = lesson.check(gradient)

# %% tags=["assert"]
found = gradient(bowl, [1.0, 2.0, 3.0], 0.001)
assert all(abs(g - wanted) < 1e-6 for g, wanted in zip(found, [2, 4, 6]))
assert bowl([1, 2, 3]) == 14 and 2**2 + 3**2 == 13

# %% [markdown]
# Below is what yours says, and then another way to the same three numbers. It is the bowl again,
# opened up: boxes are numbers, ovals are operations. The numbers are borrowed from notebook 03, and
# remember how they were made. Look for `grad` in the boxes of x, y and z.

# %%
from micrograd import Value
from micrograd.viz import draw_graph

print([round(g, 6) for g in gradient(bowl, [1.0, 2.0, 3.0], 0.001)])
height = bowl([Value(1.0, label="x"), Value(2.0, label="y"), Value(3.0, label="z")])
height.backward()
draw_graph(height)

# %% [markdown]
# 2, 4 and 6, without a single nudge. Notebooks 02 and 03 tell how.
#
# ## A hiker's arrow
#
# Two inputs can be drawn as a hiker's map, whose [lines](../docs/glossary.md#contour-line) join
# places of equal height. On the map of `valley`, which is x² + 2y², the hiker stands at [1.5, 1].
# The gradient there is [2x, 4y] = [3, 4], by the two rules.
#
# Read that as an arrow. What does it show? **Predict** before you see it.

# %% tags=["exercise"]
# exercise: arrow

# %% [markdown]
# Move the hiker about. The solid arrow is the gradient, drawn at a quarter of its length; the star
# is the lowest place. Where is the arrow long? At which angle does it cross the lines? Does
# the dashed arrow aim at the star?

# %%
from micrograd.viz import gradient_map


def valley(point):
    x, y = point
    return x**2 + 2 * y**2


explore(
    lambda x, y: gradient_map(valley, [x, y], target=[0, 0], levels=[1, 2, 8, 12]),
    x=Slider("x", -2.4, 2.4, 1.5, 0.1),
    y=Slider("y", -1.6, 1.6, 1, 0.1),
)

# %%
lesson.reveal("arrow")

# %% [markdown]
# To climb, the hiker follows the solid arrow; to get down, turns round and takes the dashed one.
#
# The arrow has one number for each input and none for the height, so it lies on the map and not on
# the hill. Its entries are rates: 3 for each unit to the east, 4 for each unit to the north. And
# for a unit in some other direction?


# %%
def rate_along(east, north):
    return slope(lambda t: valley([1.5 + t * east, 1 + t * north]), 0, 0.001)


ways = {
    "with the arrow": (0.6, 0.8),
    "across it": (-0.8, 0.6),
    "against it": (-0.6, -0.8),
    "to the star": (-0.83, -0.55),
}
for way, step in ways.items():
    print(f"{way:15} {rate_along(*step):5.2f}")

# %% tags=["assert"]
from math import hypot

found = gradient(valley, [1.5, 1.0], 0.001)
assert all(abs(g - wanted) < 1e-6 for g, wanted in zip(found, [3, 4]))
rates = [rate_along(*step) for step in ways.values()]
assert all(abs(a - b) < 0.005 for a, b in zip(rates, [5, 0, -5, -4.69]))
assert abs(rate_along(1, 0) - 3) < 1e-6 and abs(rate_along(0, 1) - 4) < 1e-6
assert all(abs(hypot(*step) - 1) < 0.01 for step in ways.values()) and abs(0.83 / 0.55 - 1.5) < 0.02

# %% [markdown]
# No direction beats the arrow's own: 5 a unit, which is its *length*, √(3² + 4²). So the length is
# the steepest slope, and not a distance. Across the arrow the ground is level: there, at a right
# angle, runs the line of equal height.
#
# And the star? Straight to it the ground falls by 4.69 a unit, against the arrow by 5. The gradient
# does not aim at the star; it knows only the ground under the hiker's feet.

# %% [markdown]
# ## A tangent makes a promise
#
# You stand on x² at 3, and know the height there, 9, and the slope, 6. How high is the curve a step
# of 0.4 to the right? Follow the tangent: it promises 9 + 6 · 0.4 = 11.4.
#
# With δ ("delta") for the step, and ≈ for "about":
#
# > f(x + δ) ≈ f(x) + f′(x)·δ

# %% [markdown]
# The truth is 3.4² = 11.56. The promise missed by 0.16, which is δ²: (3 + δ)² = 9 + 6δ + δ². So
# half the step leaves a quarter of the error. On other curves the error is about δ² times some
# number.
#
# Write it for any machine: `linear_estimate(f, x, delta, h)` estimates `f(x + delta)` from the
# height and the slope at `x` alone; `h` is for your `slope`. (*Core, 3 minutes.*)

# %% tags=["exercise"]
# exercise: linear_estimate

# %%
linear_estimate = lesson.check(linear_estimate)

# %% tags=["assert"]
assert abs(linear_estimate(square, 3, 0.4, 0.001) - 11.4) < 1e-6
assert abs(3.4**2 - 11.56) < 1e-9 and abs(11.56 - 11.4 - 0.4**2) < 1e-9

# %% [markdown]
# ## Why an update lowers the loss
#
# Now let the curve be a loss, w² of one weight w. We want it lower. So we step *against* the slope:
#
# > **new_w = old_w − lr · gradient**
#
# `lr` is the [learning rate](../docs/glossary.md#learning-rate), a small number of our choice. From
# w = 3, with the slope 6 and the rate 0.1, w becomes `3 - 0.1 * 6`, which is 2.4.
#
# A positive slope makes w smaller, a negative one larger, and at 0 it stays.

# %% [markdown]
# Why does that lower the loss? The step is δ = −lr · f′. Put it into the promise: the loss should
# change by f′ · δ, which is
#
# > −lr · f′²
#
# A square is never negative, so this is never above 0. At w = 3 the promise is −0.1 · 6² = −3.6. It
# is nearly kept: from 9 to 2.4² = 5.76, a change of −3.24.

# %% [markdown]
# And when is it broken? **Try it:** you stand at 3 again, and the open circle is the promise, the
# blue square the truth. Make the step to the left longer and longer. From which step on do you end
# *higher* than you began?

# %%
from micrograd.viz import tangent_estimate

explore(
    lambda step: tangent_estimate(square, 3.0, step),
    step=Slider("step δ", -6.8, 1, -0.6, 0.2),
    stills=[{}, {"step": -6.6}],
)

# %% [markdown]
# Beyond −6, where you are as high as at 3. At the rate 1.1 the step is −6.6: the tangent promises
# −39.6, and the loss *grows* by 3.96. So, exactly: an update lowers the loss *if the step is short
# enough*.
#
# Now for many weights. `descent_step(point, grad, lr)` gets a list of weights and the slope of
# each, and returns a *new* list: every weight moved against its own slope. (*Core, 4 minutes.*)

# %% tags=["assert"]
for rate, promised, kept in [(0.1, -3.6, -3.24), (1.1, -39.6, 3.96)]:
    step = -rate * 6
    assert abs(6 * step - promised) < 1e-9 and abs((3 + step) ** 2 - 9 - kept) < 1e-9
    assert abs(-rate * 6**2 - promised) < 1e-9
assert abs(2.4**2 - 5.76) < 1e-9 and square(3 - 6) == square(3)

# %% tags=["exercise"]
# exercise: descent_step

# %%
descent_step = lesson.check(descent_step)

# %% [markdown]
# Then take many steps: ask for the gradient where you are, step, ask again. `descend` returns the
# list of all points on the way, the first one included, so that the walk can be drawn. (*Core, 7
# minutes.*)

# %% tags=["exercise"]
# exercise: descend

# %%
descend = lesson.check(descend)

# %% [markdown]
# Ten steps of yours on the loss w², from w = 3. **Try it:** move the rate slowly to the right. When
# do the steps begin to land beyond the bottom? When does the walk stop coming down?

# %%
from micrograd.viz import descent


def walk(rate):
    path = descend(lambda point: square(point[0]), [3.0], rate, 10, 0.001)
    return descent(square, [point[0] for point in path])


stills = [{}, {"rate": 0.9}, {"rate": 1.1}]
explore(walk, rate=Slider("learning rate", 0.05, 1.1, 0.1, 0.05), stills=stills)

# %% [markdown]
# Below 0.5 the walk comes down on one side. Above, each step
# [overshoots](../docs/glossary.md#overshoot): it lands beyond the bottom. At 1 it hops between 3
# and −3 for ever. Above 1 it [diverges](../docs/glossary.md#divergence): every hop is longer.
#
# The reason is in the update. The slope is 2w, so one step makes w − lr · 2w = (1 − 2·lr) · w of w.
# That factor is 0 at the rate 0.5, and −1 at 1.

# %% tags=["assert"]
rates = (0.45, 0.5, 0.9, 1, 1.1)
ends = {rate: descend(lambda p: p[0] ** 2, [3.0], rate, 10, 0.001) for rate in rates}
assert all(p[0] > 0 for p in ends[0.45]) and abs(ends[0.5][1][0]) < 1e-6
assert ends[0.9][1][0] < 0 and abs(ends[0.9][-1][0]) < 1
assert abs(ends[1][1][0] + 3) < 1e-6 and abs(ends[1][2][0] - 3) < 1e-6
assert ends[1.1][2][0] > 3

# %% [markdown]
# Two weights are no harder: one list of slopes, one step. Twelve steps in `valley`, from [−2, 1.5];
# below the map stands the loss after each. At which rate does the walk begin to zigzag? At which is
# there no hope?

# %%
from micrograd.viz import Strip, contours, loss_curve


def hike(rate):
    path = descend(valley, [-2.0, 1.5], rate, 12, 0.001)
    view = {"x_range": (-3, 3), "y_range": (-2, 2), "target": [0, 0], "inches": (5.2, 3)}
    view |= {"levels": [1, 2, 4, 8, 12], "title": f"Twelve steps at the rate {rate:g}"}
    hills = contours(lambda x, y: valley([x, y]), path, **view)
    losses = [valley(point) for point in path[1:]]
    return Strip((hills, loss_curve(losses, unit="", smooth=1, inches=(5.2, 2.2))))


explore(hike, rate=Slider("learning rate", 0.02, 0.52, 0.1, 0.02), stills=[{"rate": 0.44}])

# %% [markdown]
# Above 0.25 it zigzags, and above 0.5 it flies out. North to south the slope is 4y, and a step
# makes (1 − 4·lr) · y of y; east to west alone could go twice as fast. One rate serves all weights,
# and the steepest direction sets its limit.
#
# ## Where nothing moves
#
# Where the slope is 0, an update changes nothing. "So it is at the minimum", many notes go on.
# **Predict**: what is certain?

# %% tags=["assert"]
for rate in (0.24, 0.26, 0.5, 0.52):
    path = descend(valley, [-2.0, 1.5], rate, 12, 0.001)
    for (x, y), (next_x, next_y) in zip(path, path[1:]):
        assert abs(next_x - (1 - 2 * rate) * x) < 1e-6
        assert abs(next_y - (1 - 4 * rate) * y) < 1e-6
assert 1 - 4 * 0.25 == 0 and 1 - 4 * 0.5 == -1

# %% tags=["exercise"]
# exercise: flat

# %%
from micrograd.viz import flat_places

flat_places()

# %%
lesson.reveal("flat")

# %% [markdown]
# The update stands still on all four. On a [saddle](../docs/glossary.md#saddle) the ground falls
# one way and rises the other; on a *plateau* nothing changes near by, and in notebook 04a you will
# meet neurons that are stuck on one.
#
# So "[gradient descent](../docs/glossary.md#gradient-descent) finds the
# [minimum](../docs/glossary.md#minimum)" says too much. It finds *lower ground*, near where it
# began, if its steps are short. For our models that is enough.

# %% [markdown]
# ## Lower ground in ten questions
#
# Chance finds lower ground as well, as notebook 00 showed; count the tries. A valley is 16 wide,
# and you want to come within 1/32 of its lowest point. A blind guess succeeds once in 256 tries.
#
# With slopes ten questions do. In `lowest(ask, left, right)`, each `ask(x)` tells you the slope at
# `x`. (*Stretch, 10 minutes.*)

# %% tags=["assert"]
assert 16 / (2 / 32) == 256

# %% tags=["exercise"]
# exercise: lowest

# %%
lowest = lesson.check(lowest)

# %% [markdown]
# ## What you can say now
#
# A slope says how far a result moves for each unit of its input, and a nudge both ways measures it.
# The gradient is the list of all slopes, an arrow that points the steepest way up. A short step
# against it lowers the loss, because the tangent promises −lr · f′².
#
# *An open question:* the GPT of notebook 00 has 4,192 weights, and nudging them all takes
# 8,384 runs. Could one look back do?

# %% tags=["assert"]
assert 2 * 4192 == 8384

# %%
lesson.summary()

# %% [markdown]
# **In the library** you have now written most of [`gradcheck.py`](../micrograd/gradcheck.py):
# `slope` and `gradient` stand there, with 6e-6 for h. Books call such a slope a [finite
# difference](../docs/glossary.md#finite-difference). The course tests every faster way with them.
# In PyTorch, `torch.autograd.gradcheck` nudges in the same way, and the update is what
# `torch.optim.SGD` does.
