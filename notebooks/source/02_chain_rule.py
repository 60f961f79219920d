# ---
# minutes: 45
# reads: micrograd/gradcheck.py
# refrain: [predict, measure the error, compute gradients, update]
# ---

# %% [markdown]
# # The chain rule
#
# At the end you can
#
# - find by hand how fast a loss moves with each of two weights;
# - say which slopes belong to a weight, and which do not;
# - move both weights downhill, and say why both slopes are found first.
#
# You need two rules of notebook 01: the slope of u² is 2u, and that of c · u is c. The first cell
# brings back your `slope`. Exercises called *practice* can wait.

# %%
from micrograd.checks import Lesson

lesson = Lesson("02")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## Two weights in a row
#
# The archer again, with a bow that works in two stages. `x` is how far the string is drawn. One
# [weight](../docs/glossary.md#weight), `w1`, turns that into the tension `h` of the bow. Another,
# `w2`, turns the tension into the place where the arrow lands, the
# [prediction](../docs/glossary.md#prediction) `ŷ`. Say "y-hat"; in code it is `y_hat`.
#
# Each weight multiplies what it is given. The weights are the knobs that we may turn; `x` is given.

# %% [markdown]
# The target stands at `y`. How bad is the shot? One number says it, the
# [loss](../docs/glossary.md#loss) `L`: here the miss, ŷ − y, squared. So 5 too short is as bad as
# 5 too far.
#
# The square of one miss is a [squared error](../docs/glossary.md#squared-error). Many notes call it
# MSE, *mean* squared error; but a mean is taken over several shots, and here there is one.

# %%
from micrograd.viz import chain_diagram

x, y, w1, w2 = 0.5, 11.0, 3.0, 4.0
chain_diagram(x, y, w1, w2)

# %% [markdown]
# Follow the arrows with a finger: 3 · 0.5 = 1.5, then 4 · 1.5 = 6. The target is at 11. So the
# miss is 6 − 11 = −5, which is 5 too short, and the loss is (−5)² = 25.
#
# Look where `w2` stands: *between* h and ŷ, for ŷ is made with it. Some notes write
# x → w1 → h → ŷ → w2 → L, as if `w2` came later.

# %% [markdown]
# Such a walk, from what goes in to what comes out, is a
# [forward pass](../docs/glossary.md#forward-pass). On the way it makes a
# [hidden](../docs/glossary.md#hidden) number, h. (In notebook 01 that letter was the nudge. From
# here on a nudge is written out, as 0.01 or 1e-5. Here are [all signs](../docs/notation.md).)
#
# *Core, 4 minutes.* Write the walk for any numbers. Return what it makes, in this order: `h`,
# `y_hat`, `loss`.

# %% tags=["exercise"]
# exercise: forward

# %%
forward = lesson.check(forward)

# %% tags=["assert"]
assert forward(x, y, w1, w2) == (1.5, 6.0, 25.0)

# %% [markdown]
# ## Turn `w2` a little
#
# Should `w2` grow or shrink? Nudge it upwards and look: from 4 to 4.01, while everything else
# stands still.

# %%
_, y_hat_before, loss_before = forward(x, y, w1, 4.0)
_, y_hat_after, loss_after = forward(x, y, w1, 4.01)
print("w2 moves by  0.01")
print(f"ŷ  moves by  {y_hat_after - y_hat_before:.3f}")
print(f"L  moves by {loss_after - loss_before:.3f}")

# %% tags=["assert"]
assert abs(y_hat_after - y_hat_before - 0.015) < 1e-9
assert f"{loss_after - loss_before:.3f}" == "-0.150"

# %% [markdown]
# The loss falls, so `w2` should grow. And the nudge travels in two stages. Your two rules say how
# fast each is:
#
# - ŷ = w2 · 1.5 is a line, c · u: ŷ moves 1.5 times as fast as `w2`.
# - L is the miss squared, u², with the slope 2u: L moves 2 · (−5) = −10 times as fast as the miss.
#   And the miss, ŷ − y, moves as ŷ does, for y stands still.
#
# Together 1.5 · (−10) = −15 times.

# %% [markdown]
# **How to read dL/dw2.** It is one name, for "how fast L moves with w2". Before the slash (in
# books, above the line) stands what moves, behind it what moves it. The d is no factor, and nothing
# is divided. So
#
# - dŷ/dw2 = 1.5,
# - dL/dŷ = −10,
# - dL/dw2 = −15.
#
# > **Bridge.** Five minutes on this notation: [Reading dL/dw](A_toolbox.ipynb#Reading-dL/dw)

# %% [markdown]
# Each arrow of the drawing is a *link*, with a slope of its own. The links from `w2` to L, one
# after the other, are a [path](../docs/glossary.md#path). Multiply their slopes, and you have the
# [chain rule](../docs/glossary.md#chain-rule):
#
# > dL/dw2 = dL/dŷ · dŷ/dw2 = (−10) · 1.5 = −15
#
# For any numbers dL/dŷ is 2 · (ŷ − y), and dŷ/dw2 is h. Do hand, nudge and formula agree?

# %%
h, y_hat, loss = forward(x, y, w1, w2)
by_hand = -10 * 1.5
by_nudging = slope(lambda w: forward(x, y, w1, w)[2], w2, 1e-5)
by_formula = 2 * (y_hat - y) * h
print("by hand   ", by_hand)
print("by nudging", round(by_nudging, 6))
print("by formula", by_formula)
chain_diagram(x, y, w1, w2, back_to="w2")

# %% tags=["assert"]
assert by_hand == by_formula == -15 and abs(by_nudging + 15) < 1e-6
assert 2 * (y_hat - y) == -10 and h == 1.5

# %% [markdown]
# Three ways, one number. (The dashed arrows walk the path back, from L.) −15 says two things.
#
# - Its sign: L falls when `w2` rises, so `w2` should rise. (Were it +15, `w2` should fall.)
# - Its size: how [sensitive](../docs/glossary.md#sensitivity) L is. A small move of `w2` makes one
#   15 times as large in L.
#
# *Practice, 4 minutes.* Write this slope for any numbers.

# %% tags=["exercise"]
# exercise: grad_w2

# %%
grad_w2 = lesson.check(grad_w2)

# %% [markdown]
# ## Gears
#
# Why multiply, and not add? Think of the numbers as gear wheels, each driving the next one. The
# slope of a link says how many times as fast the next wheel turns. This time turn `x`, and leave
# the weights alone.
#
# **Predict** first. Then move the slider of `x`, by mouse or with the arrow keys. Each hand goes
# once round for 12, as on a clock.

# %% tags=["exercise"]
# exercise: gears

# %%
from micrograd.viz import Slider, explore, gears

explore(
    lambda x, w1, w2: gears(x, y, w1, w2),
    x=Slider("x", 0, 1, 0.5, 0.05),
    w1=Slider("w1", -3, 3, 3, 0.5),
    w2=Slider("w2", -4, 4, 4, 0.5),
    stills=[{"x": 0.5}, {"x": 0.75}],
)

# %%
lesson.reveal("gears")

# %% [markdown]
# The rates of the wheels are the same wherever `x` stands: 3, then 4, so 12. Make `w2` negative,
# and the last one turns backwards.
#
# **L is no wheel.** Its slope depends on where ŷ stands. At ŷ = 6 it is −10. Set `x` to 0.75: now
# ŷ = 9, nearer the target, and it is only −4. So take the slope of each link at *its own* input:
# that of the square at the miss, and not at `x`.

# %% tags=["assert"]
assert forward(0.75, y, w1, w2)[1] == 9 and 2 * (9 - y) == -4

# %% [markdown]
# ## The game of the factors
#
# `w1` lies further back. Which slopes belong to it? Here are seven, as cards. You stand on L, and
# want to get to `w1`. A card is a step from its top to its bottom: F leads from L to y.
#
# Write the letters of your cards in order, such as `F`, and press Enter. Which cards lead into a
# dead end? Can you find *four* that reach `w1`, and give 0?

# %%
from micrograd.viz import Words, walk_back

cards = {"A": "dh/dw1", "B": "dŷ/dw2", "C": "dŷ/dh", "D": "dL/dŷ"}
cards |= {"E": "dh/dx", "F": "dL/dy", "G": "dx/dw1"}
explore(
    lambda hand: walk_back(hand, cards, x, y, w1, w2),
    hand=Words("cards", ""),
    stills=[{"hand": ""}],
)

# %% [markdown]
# *Core, 4 minutes with the game.* Which cards lie on the path from `w1` to L? Tick all of those,
# and no other.

# %% tags=["exercise"]
# exercise: factors

# %% [markdown]
# Three cards win. Each is a sensitivity, and makes a sentence:
#
# | link | slope | how sensitive is … |
# |---|---|---|
# | dL/dŷ | −10 | the loss to the prediction? |
# | dŷ/dh | 4 | the prediction to the hidden number? |
# | dh/dw1 | 0.5 | the hidden number to the first weight? |
#
# (h = w1 · 0.5, so the slope of h for `w1` is 0.5, the `x` beside it.)

# %% [markdown]
# **Why not dŷ/dw2?** It is a true slope as well, but of another question: what happens when `w2`
# moves. Turn `w1`, and `w2` stays where it is. No movement passes along its arrow.
#
# The *number* 4 is among the factors all the same. It is the slope of ŷ for h: how strongly `w2`
# passes on what comes from h.

# %% [markdown]
# **Do the names cancel?** In dL/dŷ · dŷ/dh · dh/dw1, each name below meets the same name above, as
# in fractions. That helps the memory, and proves nothing. The cards D, C, E, G "cancel" as well:
#
# > dL/dŷ · dŷ/dh · dh/dx · dx/dw1
#
# This is 0, since `w1` does not move `x`: dx/dw1 = 0.

# %% [markdown]
# The rule is: *multiply the links on the path*, all of them and no other. For `w1` that gives
#
# > dL/dw1 = dL/dŷ · dŷ/dh · dh/dw1 = (−10) · 4 · 0.5 = −20
#
# and for any numbers 2 · (ŷ − y) · w2 · x. Three ways again:

# %%
by_hand = -10 * 4 * 0.5
by_nudging = slope(lambda w: forward(x, y, w, w2)[2], w1, 1e-5)
by_formula = 2 * (y_hat - y) * w2 * x
print("by hand   ", by_hand)
print("by nudging", round(by_nudging, 6))
print("by formula", by_formula)
chain_diagram(x, y, w1, w2, back_to="w1")

# %% tags=["assert"]
assert by_hand == by_formula == -20 and abs(by_nudging + 20) < 1e-6
assert abs(slope(lambda w: x, w1, 1e-5)) == 0

# %% [markdown]
# Now write it down for any numbers.
#
# - `grad_w1`, *practice, 4 minutes*: the slope for `w1` alone.
# - `hand_gradient`, *core, 8 minutes*: dL/dw1 and dL/dw2, in this order. Begin with `forward`, for
#   you need h and ŷ. What arrives at ŷ, 2 · (ŷ − y), serves both.

# %% tags=["exercise"]
# exercise: grad_w1

# %%
grad_w1 = lesson.check(grad_w1)

# %% tags=["exercise"]
# exercise: hand_gradient

# %%
hand_gradient = lesson.check(hand_gradient)

# %% [markdown]
# ## Your slopes on a graph
#
# As in notebook 01, we open the machine and draw its
# [computation graph](../docs/glossary.md#computation-graph): a box for every number, an oval for
# every operation. `Value` makes numbers that remember where they came from, so that they can be
# drawn; you will build it yourself in notebook 03a.
#
# Each box has a line *grad*, for how fast L moves with that number. We write it in by hand. Those
# of the weights come from your function.

# %%
from micrograd import Value
from micrograd.viz import draw_graph

X, W1, W2 = Value(x, label="x"), Value(w1, label="w1"), Value(w2, label="w2")
H = W1 * X
Y_hat = W2 * H
U = Y_hat - y
L = U**2
H.label, Y_hat.label, U.label, L.label = "h", "ŷ", "ŷ − y", "L"
L.grad, U.grad, Y_hat.grad, H.grad, X.grad = 1, -10, -10, -10 * w2, -10 * w2 * w1
W1.grad, W2.grad = hand_gradient(x, y, w1, w2)
draw_graph(L)

# %% tags=["assert"]
filled = [v.grad for v in (X, W1, W2, H, Y_hat, U)]
X.grad = W1.grad = W2.grad = 0
L.backward()
assert filled == [v.grad for v in (X, W1, W2, H, Y_hat, U)] == [-120, -20, -15, -40, -10, -10]

# %% [markdown]
# Read it from right to left. L moves 1 for 1 with itself. Each *grad* is the one to its right,
# times one link: −10 · 4 = −40 for h, −40 · 0.5 = −20 for `w1`, −10 · 1.5 = −15 for `w2`. (Nobody
# turns `x`, but it too has a slope.)
#
# *Practice, 3 minutes.* Many notes say that an earlier weight has more factors in its slope. Count
# them.

# %% tags=["exercise"]
# exercise: count_factors

# %% [markdown]
# Written out in full:
#
# > dL/dw1 = 2 · (ŷ − y) · w2 · x
# >
# > dL/dw2 = 2 · (ŷ − y) · w1 · x
#
# Both have four factors. What an earlier weight has more of is *links*: three instead of two. And
# look: the slope for each weight holds the *other* weight, and not itself.

# %% tags=["assert"]
assert 2 * (y_hat - y) * w2 * x == -20 and 2 * (y_hat - y) * w1 * x == -15

# %% [markdown]
# ## Two ways to the same place
#
# So far one path led from a weight to L. What if a number is used twice? Here `x` = 4 goes into
# u = 3 · x = 12 and into v = x² = 16, and both go into r = u · v = 192.
#
# When `x` moves, r feels it by both ways at once. How fast does r move?

# %%
from micrograd.viz import diamond_diagram

diamond_diagram(4, 3)

# %% [markdown]
# Every arrow carries its slope, found by your two rules. v is x², so dv/dx is 2 · 4 = 8. To find
# dr/du, hold v still: r = u · 16 is a line, and its slope is 16. For dr/dv, hold u still.
#
# *Core, 6 minutes.* Work out the slope of r for this picture on paper. Then write it for any `x`,
# and any `a` in the place of 3.

# %% tags=["exercise"]
# exercise: diamond

# %%
diamond = lesson.check(diamond)

# %% [markdown]
# Along one way the slopes multiply, as with gears: 16 · 3 = 48 by way of u, 12 · 8 = 96 by way of
# v. Where the ways meet again, they *add*: 48 + 96 = 144. Both pushes arrive at r, one on top of
# the other.

# %% [markdown]
# **One weight, two jobs.** Let one knob turn both: `w1` and `w2` are now the same number, 3. It
# lies on two paths to L, and the slope along each is −19.5. So its own slope must be −39.
#
# "Leave out the other weights", a rule in some notes, would find half of it. The whole rule is:
# *multiply the links along each path, and add the paths.*

# %%
both_paths = hand_gradient(x, y, 3, 3)
nudged = slope(lambda w: forward(x, y, w, w)[2], 3, 1e-5)
print("along each path", both_paths)
print("the sum        ", sum(both_paths))
print("by nudging     ", round(nudged, 6))

# %% tags=["assert"]
assert diamond(4, 3) == 16 * 3 + 12 * 8 == 144 and 4 * 3 * 16 == 192
assert abs(slope(lambda x: (3 * x) * x**2, 4, 1e-5) - 144) < 1e-4
assert tuple(both_paths) == (-19.5, -19.5) and abs(nudged + 39) < 1e-6

# %% [markdown]
# ## Going back, nothing is computed twice
#
# Which order is less work? Count multiplications. First, *forward from each weight*: walk from it
# to the loss, and multiply what you pass. `w2` passes two links, so 1 multiplication. `w1` passes
# three, so 2. One more weight in front would need 3, and so on.

# %% [markdown]
# Now *backward from the loss*, as on the graph. The −10 at ŷ serves everybody. `w2` takes it times
# 1.5; times 4 it is handed on to h; there `w1` takes it times 0.5.
#
# So each weight costs 2 multiplications, one to take and one to hand on. The first weight hands on
# to nobody, which saves 1.

# %%
from micrograd.viz import work_curve


def each_on_its_own(n):
    return sum(range(1, n + 1))  # 1 + 2 + ... + n


def reusing(n):
    return 2 * n - 1


print("weights  forward  backward")
for n in (1, 2, 3, 10, 50, 100):
    print(f"{n:7} {each_on_its_own(n):8,} {reusing(n):9}")
counts = {"forward, each on its own": [each_on_its_own(n) for n in range(1, 101)]}
counts["backward, reusing"] = [reusing(n) for n in range(1, 101)]
work_curve(counts, title="100 weights: 5,050 multiplications, or 199")

# %% tags=["assert"]
assert (each_on_its_own(2), reusing(2)) == (3, 3)
assert (each_on_its_own(50), each_on_its_own(100)) == (1275, 5050) and 3.9 < 5050 / 1275 < 4
assert (reusing(50), reusing(100)) == (99, 199)

# %% [markdown]
# With two weights it is 3 against 3, with a hundred 5,050 against 199. From 50 weights to 100, the
# walks forward grow from 1,275 to nearly four times that; the walk back only doubles.
#
# That is why slopes are found from the back, and why it is called
# [backpropagation](../docs/glossary.md#backpropagation). Notebook 01 asked whether one look back
# could do for 8,384 nudged runs: here it is.

# %% [markdown]
# *An aside: a game for three at a table.* Each holds a card: "times 3", "times 4", "minus 11, then
# squared". Forward, a slip with 0.5 goes round; each notes what comes in, and passes on what comes
# out. Backward, the third begins with −10. Who gets a slip multiplies it by the noted number, for
# the slope of the card, −10 · 1.5; and by the card, −10 · 4, for the next slip. Nobody sees the
# whole.

# %% [markdown]
# ## Moving both weights
#
# The [gradient](../docs/glossary.md#gradient) ∇L is the list of both slopes, [dL/dw1, dL/dw2]: here
# [−20, −15]. (Many also say "the gradient of w2", for the one entry −15.)
#
# An update moves each weight against its entry, by the entry times `lr`, the
# [learning rate](../docs/glossary.md#learning-rate). With 0.02, `w1` goes from 3 to
# 3 − 0.02 · (−20) = 3.4. Suppose you look for the slope of `w2` only now. **Predict** what you
# find.

# %% tags=["exercise"]
# exercise: both_at_once

# %%
moved_w1 = 3 - 0.02 * -20
print("for w2, with the old w1", hand_gradient(x, y, w1, w2)[1])
print("for w2, with the new w1", round(hand_gradient(x, y, moved_w1, w2)[1], 6))

# %%
lesson.reveal("both_at_once")

# %% [markdown]
# At the new `w1`, h is 3.4 · 0.5 = 1.7, and the miss is 4 · 1.7 − 11 = −4.2. So 2 · (−4.2) · 1.7 =
# −14.28 is a true slope, of another place. In [−20, −14.28] one entry is from here and one from
# there: the gradient of neither place.
#
# *Core, 5 minutes.* Write the update: ask for both slopes where you stand, then move both weights.

# %% tags=["exercise"]
# exercise: update

# %%
update = lesson.check(update)

# %% [markdown]
# **Moving while going back.** "Update the weights in place on the way back", some notes say. Try
# it. −10 has arrived at ŷ. `w2` takes its slope, −15, and moves at once. Then −10 is handed on to
# `w1`, by way of h, and is multiplied by `w2`. But by which one?

# %%
_, new_w2 = update(x, y, w1, w2, 0.02)
print("w2 moves from", w2, "to", new_w2)
print("for w1, back by the old w2", -10 * w2 * x)
print("for w1, back by the new w2", -10 * new_w2 * x)
print("for w1, at the new place  ", round(hand_gradient(x, y, w1, new_w2)[0], 6))

# %% tags=["assert"]
assert hand_gradient(x, y, w1, w2)[1] == -15 and abs(moved_w1 - 3.4) < 1e-12
assert abs(moved_w1 * x - 1.7) < 1e-12 and abs(4 * 1.7 - 11 + 4.2) < 1e-12
assert abs(hand_gradient(x, y, moved_w1, w2)[1] + 14.28) < 1e-9
assert abs(new_w2 - 4.3) < 1e-12 and abs(-10 * new_w2 * x + 21.5) < 1e-9
assert abs(hand_gradient(x, y, w1, new_w2)[0] + 19.565) < 1e-9

# %% [markdown]
# −21.5 is no slope at all: it multiplies the −10 of the old place by the `w2` of the new one. At
# the old place it is −20, at the new one −19.565.
#
# Moving in place is safe only once dL/dh has used the *old* `w2`. The sure way: first every slope,
# then every move.

# %% [markdown]
# Two pieces of *practice*, 4 minutes each.
#
# - `repair_update`: this update runs, and lands in the wrong place. Find out why, and repair it.
# - `step_order`: one whole step of learning, its lines shuffled. Order them with the buttons.
#   `from_y_hat` is dL/dŷ, what arrives at ŷ on the way back; `from_h` is dL/dh, what arrives at h.

# %% tags=["exercise"]
# exercise: repair_update

# %%
repair_update = lesson.check(repair_update)

# %% tags=["exercise"]
# exercise: step_order

# %% [markdown]
# ## Ten steps to the target
#
# All together, ten times: predict, measure the error, compute gradients, update.
#
# Keep the first line of this cell in mind. Notebook 03b starts from the same numbers; there a
# program of yours finds the slopes, and the two lists of losses must agree.

# %%
from micrograd.viz import loss_curve

x, y, w1, w2, lr = 0.5, 11.0, 3.0, 4.0, 0.02
a, b = w1, w2  # these move; w1 and w2 stay where the walk began
losses, trail = [], [(a, b)]
for _ in range(10):
    losses.append(forward(x, y, a, b)[2])
    a, b = update(x, y, a, b, lr)
    trail.append((a, b))
title = "The loss before each of ten steps: from 25 to 0.004"
loss_curve(losses, unit="", title=title, inches=(5, 3))

# %% [markdown]
# Each pair of weights has its loss, L(w1, w2). That is a surface, and below is its map, with the
# ten steps on it. Every pair with w1 · w2 = 22 hits the target, since 22 · 0.5 = 11. So the lowest
# ground is a whole line, the floor of a valley.

# %%
from micrograd.viz import contours

print(f"from 3 and 4 to {a:.2f} and {b:.2f}, whose product is {a * b:.2f}")
contours(
    lambda a, b: forward(x, y, a, b)[2],
    trail,
    x_range=(2, 5.5),
    y_range=(3, 6.5),
    names=("w1", "w2"),
    title="Both weights walk into a valley",
    inches=(5, 3.5),
)

# %% [markdown]
# ## Two jobs
#
# Two jobs were done in every step, and they are easily taken for one. *Backpropagation* passed the
# feedback from the end to the front, and found the slopes.
# *[Gradient descent](../docs/glossary.md#gradient-descent)* is only the update, and never asks who
# found them.
#
# Hand it nudged ones, from your `gradient` of notebook 01. The walk is the same, with more work:
# nudging runs the network four times a step, twice for each weight.

# %%
place = [w1, w2]
for _ in range(10):
    nudged = gradient(lambda p: forward(x, y, p[0], p[1])[2], place, 1e-5)
    place = descent_step(place, nudged, lr)
print(f"going back: {a:.6f} and {b:.6f}")
print(f"nudging:    {place[0]:.6f} and {place[1]:.6f}")

# %% tags=["assert"]
assert len(losses) == 10 and losses[0] == 25 and round(losses[-1], 3) == 0.004
assert round(losses[1], 4) == 13.6161
assert f"{place[0]:.6f} {place[1]:.6f}" == f"{a:.6f} {b:.6f}" and (w1, w2) == (3, 4)
assert y / x == 22 and abs(a * b - 22) < 0.1

# %% [markdown]
# ## What you can say now
#
# The slope of a loss for a weight is the product of the links on the path between them. Where
# several paths lead from a weight to the loss, their products add. All slopes are found at one
# place, from the back to the front, and then all weights move.
#
# *An open question:* a GPT has thousands of weights. Could a number remember how it was made,
# and find its own way back?

# %%
lesson.summary()

# %% [markdown]
# **In the library** you have used what [`gradcheck.py`](../micrograd/gradcheck.py) holds. Its
# `slope` and `gradient` are yours from notebook 01, and `gradcheck` does what you did here twice:
# it lays slopes found by going back beside slopes found by nudging. In PyTorch, `loss.backward()`
# finds the slopes and `optimizer.step()` moves the weights: two jobs, two calls.
# `torch.autograd.gradcheck` compares.
