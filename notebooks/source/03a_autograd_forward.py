# ---
# minutes: 45
# reads: micrograd/engine.py
# refrain: compute gradients
# ---

# %% [markdown]
# # A number that remembers
#
# At the end you can
#
# - build a class of numbers that remember how they were made;
# - read a computation graph, and draw one of your own;
# - give six operations their local derivatives, and prove each by nudging.
#
# You need notebook 02: along a path slopes multiply, and where paths meet they add. Exercises
# called *practice* come on top of the 45 minutes.

# %% [markdown]
# Run the first cell. It brings back your `slope` from notebook 01, which nudges a number both ways
# and says how fast the result moves.
#
# Then come three questions on what today needs, and any that you missed before. Answer them in the
# boxes, or leave them out.

# %%
import math

from micrograd.checks import Lesson

lesson = Lesson("03a")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## A float forgets
#
# Here is a machine with one input `x` and one weight `w`. It multiplies them, and should arrive at
# 10. Its [loss](../docs/glossary.md#loss) is the miss squared.
#
# With x = 3 and w = 2 it arrives at 6, misses by −4, and the loss is 16. Should `w` be larger or
# smaller? Nudge it, as in notebook 01:

# %%
x, w = 3.0, 2.0
loss = (x * w - 10) ** 2
print("loss", loss)
print("slope for w", round(slope(lambda w: (x * w - 10) ** 2, w, 0.001), 6))

# %% tags=["assert"]
assert loss == 16 and abs(slope(lambda w: (x * w - 10) ** 2, w, 0.001) + 24) < 1e-6

# %% [markdown]
# The loss *falls*, 24 times as fast as `w` rises. So `w` should rise.
#
# The 16.0 itself could not say so. It is a float, a plain number, and has forgotten where it came
# from. So the machine had to run twice more, for one weight.
#
# If a number remembered how it was made, one walk back could find every slope at once, as on the
# drawings of notebook 02. Today you build such numbers.

# %% [markdown]
# ## First, an empty class
#
# Python knows floats, texts and lists. With a *class* you tell it of a new kind of thing. The
# smallest class is empty; `pass` means that nothing stands here. Even so, you can make a thing of
# the new kind and hang a number on it:
#
# > **Bridge.** Classes and `self` in five minutes:
# > [Classes, self and dunder methods](A_toolbox.ipynb#Classes,-self-and-dunder-methods)


# %%
class Value:
    pass


a = Value()
a.data = 2.0
a.data

# %% [markdown]
# It would be handier to give the number at once: `Value(2.0)`. A function called `__init__` does
# that. Python runs it whenever a new `Value` is made. In it, `self` is the new thing, and `data` is
# what stood in the brackets.


# %%
class Value:
    def __init__(self, data):
        self.data = data


a, b = Value(2.0), Value(-3.0)
a.data, b.data

# %% [markdown]
# Can two of them be added? Not yet: `a + b` would end in an error, since Python does not know what
# a plus means between two Values. So tell it.
#
# When Python meets `a + b`, it looks for a function called `__add__` in the class, and runs it with
# `a` as `self` and `b` as `other`. Ours adds the numbers, and makes a new Value of the result.


# %%
class Value:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return Value(self.data + other.data)


a, b = Value(2.0), Value(-3.0)
(a + b).data

# %% tags=["assert"]
assert (a + b).data == -1

# %% [markdown]
# ## Then it remembers
#
# The sum is right, but it forgets, like a float. So let every `Value` keep two things more: in
# `_prev` its *parents*, the Values that it was made from, and in `_op` the name of the operation.
# (The underscore is a custom: "for the class's own use".)
#
# `parents=()` means: where nothing is said, there are none. So it is with `a` and `b`, which were
# made from nothing. Such a Value is called a [leaf](../docs/glossary.md#leaf).


# %%
class Value:
    def __init__(self, data, parents=(), op=""):
        self.data, self._prev, self._op = data, parents, op

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), "*")


# %% [markdown]
# Ask a product what it remembers: its number, its operation, and the numbers of its parents. Then
# have it drawn.

# %%
a, b = Value(2.0), Value(-3.0)
product = a * b
product.data, product._op, [parent.data for parent in product._prev]

# %% tags=["assert"]
assert product.data == -6 and product._op == "*" and product._prev == (a, b)

# %%
from micrograd.viz import draw_graph

a.label, b.label = "a", "b"  # names for the picture
draw_graph(product)

# %% [markdown]
# Boxes are numbers, ovals are operations, and arrows run from what goes in to what comes out: a
# [computation graph](../docs/glossary.md#computation-graph). To walk along the arrows, as the
# calculation did, is the [forward pass](../docs/glossary.md#forward-pass): 2 · (−3) = −6.
#
# Now c = a · b + a, where `a` is used twice. **Predict** how many boxes its picture will have. Then
# run the two cells below the question.

# %% tags=["exercise"]
# exercise: count_values

# %%
c = a * b + a
c.label = "c"
draw_graph(c)

# %%
lesson.reveal("count_values")

# %% tags=["assert"]
assert (a * b).data == -6 and c.data == -4 and c._prev[1] is a and c._prev[0]._prev[0] is a

# %% [markdown]
# The −6 has a box although nobody gave it a name: every operation makes a Value. And `a` has one
# box with two arrows out of it, since it is one Value.
#
# So two paths lead from `a` to `c`. Keep that in mind. In notebook 02 the slopes of two paths were
# added.

# %% [markdown]
# *Try it, 2 minutes.* Draw a graph of your own. Put any expression of `a` and `b` behind `mine =`,
# with + and * and brackets, and run the cell. Which numbers lie on several paths?

# %%
mine = (a + b) * b + a * a
mine.label = "mine"
draw_graph(mine)

# %% tags=["assert"]
assert mine.data == 7

# %% [markdown]
# One more question, and it will matter when weights move. Does a graph follow, when you change a
# number in it afterwards? **Predict.**

# %% tags=["exercise"]
# exercise: edited_later

# %%
c = a * b
a.data = 10.0
c.data

# %%
lesson.reveal("edited_later")

# %% tags=["assert"]
assert c.data == -6

# %% [markdown]
# `c` is a record of a calculation that was done with a = 2. To have it with a = 10, compute it
# again; that makes a new graph. So in training, each step computes its loss anew.

# %% [markdown]
# ## Local derivatives
#
# For the way back, a number must remember one thing more. Look at a single operation and forget
# everything else. How fast does the product move with each of its *own* inputs? And the sum? Nudge
# one input, and hold the other.

# %%
print("a * b, moving a:", round(slope(lambda a: a * -3.0, 2.0, 0.001), 6))
print("a * b, moving b:", round(slope(lambda b: 2.0 * b, -3.0, 0.001), 6))
print("a + b, moving a:", round(slope(lambda a: a + -3.0, 2.0, 0.001), 6))
print("a + b, moving b:", round(slope(lambda b: 2.0 + b, -3.0, 0.001), 6))

# %% tags=["assert"]
assert abs(slope(lambda a: a * -3.0, 2.0, 0.001) + 3) < 1e-9
assert abs(slope(lambda b: 2.0 * b, -3.0, 0.001) - 2) < 1e-9
assert abs(slope(lambda a: a + -3.0, 2.0, 0.001) - 1) < 1e-9
assert abs(slope(lambda b: 2.0 + b, -3.0, 0.001) - 1) < 1e-9

# %% [markdown]
# The slope of an operation for one of its own inputs is a
# [local derivative](../docs/glossary.md#local-derivative).
#
# For the product, that of `a` is −3, which is `b`, and that of `b` is 2, which is `a`: each has the
# *other* one, by the rule for c · u.
#
# For the sum both are 1, and not a half. A sum does not share its slope out: move `a` by 1 and hold
# `b`, and all of that 1 arrives.

# %% [markdown]
# Here is the class with room for local derivatives, `_local`, and for `grad`, the slope of the
# final result, which the way back will fill. `__repr__` says how a Value is shown.
#
# The class has no operations any more. You will write them, as plain functions. In 03b they become
# operators again.

# %% tags=["given"]
# given: Value

# %% [markdown]
# *Core, 4 minutes.* Write `add(a, b)`. It returns a new `Value`, made of four things in the order
# in which the class takes them:
#
# 1. the number;
# 2. the two parents, in round brackets: a tuple;
# 3. the local derivative for each parent, in the same order;
# 4. the name of the operation, `"+"`.

# %% tags=["exercise"]
# exercise: add

# %%
add = lesson.check(add)

# %% [markdown]
# *Core, 4 minutes.* The same for `mul(a, b)`. Only the number, the name and the two local
# derivatives are different.

# %% tags=["exercise"]
# exercise: mul

# %%
mul = lesson.check(mul)

# %% [markdown]
# Once more c = a · b + a, now by your functions. Each operation notes its own slopes in passing,
# while the numbers are at hand, and knows nothing of the others.

# %%
a, b = Value(2.0), Value(-3.0)
c = add(mul(a, b), a)
product = c._prev[0]
print("sum    ", c, "with local derivatives", c._local)
print("product", product, "with local derivatives", product._local)

# %% tags=["assert"]
assert tuple(c._local) == (1, 1) and tuple(product._local) == (-3, 2)
assert c.data == -4 and product.data == -6

# %% [markdown]
# ## Powers
#
# The slope of a² is 2a, which is 4 at a = 2. And of a³, of a⁴, and of a to the power −1, which is
# 1/a? Nudge at a = 2.


# %%
def slope_of_power(n):
    return round(slope(lambda a: a**n, 2.0, 1e-5), 4)


for n in (2, 3, 4, -1):
    print(f"a ** {n:2}  slope {slope_of_power(n):6}")

# %% tags=["assert"]
found = [slope_of_power(n) for n in (2, 3, 4, -1)]
assert found == [2 * 2, 3 * 4, 4 * 8, -1 / 4] == [4, 12, 32, -0.25]

# %% [markdown]
# 4, 12 and 32 are 2 · 2, 3 · 4 and 4 · 8. Each is the exponent, times a power of 2. Which power?
# And does the same rule give −1/4 for the exponent −1?
#
# *Core, 4 minutes.* Write `power(a, n)`, where `n` is a plain number. It has only one parent, and
# Python wants a comma there: `(a,)` is a tuple with one thing in it, while `(a)` is `a`.

# %% tags=["exercise"]
# exercise: power

# %%
power = lesson.check(power)

# %% [markdown]
# Nudging shows that a rule holds where it was tried, algebra that it holds everywhere. Take 1/x.
# From x to x + h it rises by 1/(x + h) − 1/x. The slope is that rise, divided by h, for a tiny h.
# At h = 0 it would be 0 divided by 0.
#
# *Practice, 5 minutes.* Cancel the h by algebra, so that even h = 0 is allowed, and put what is
# left in the place of the three dots.

# %% tags=["exercise"]
# exercise: reciprocal_slope

# %%
reciprocal_slope = lesson.check(reciprocal_slope)

# %% [markdown]
# ## exp and log
#
# From 05a on, two functions turn numbers into probabilities and back. The first is
# [exp](../docs/glossary.md#exp): exp(a) is *e* to the power of a, where *e* is 2.718 and so on. In
# notebook 01 you met it as the curve that is everywhere as steep as it is high.
#
# *Core, 3 minutes.* Write `exp(a)`. The number comes from `math.exp`.
#
# > **Bridge.** Five minutes on both: [exp and log](A_toolbox.ipynb#exp-and-log). [All
# > signs](../docs/notation.md)

# %% tags=["assert"]
assert all(abs(slope(math.exp, a, 1e-5) - math.exp(a)) < 1e-8 for a in (-1, 0, 1, 2))
assert round(math.exp(1), 3) == 2.718

# %% tags=["exercise"]
# exercise: exp

# %%
exp = lesson.check(exp)

# %% [markdown]
# The second, [log](../docs/glossary.md#log), goes the other way. It asks: *e* to the power of what
# is a? exp(1) is 2.718, so the log of 2.718 is 1. How steep is it?

# %%
for a in (0.5, 1, 2, 10):
    print(f"a {a:4}  log {math.log(a):7.4f}  slope {slope(math.log, a, 1e-5):.4f}")

# %% tags=["assert"]
assert all(abs(slope(math.log, a, 1e-5) - 1 / a) < 1e-8 for a in (0.5, 1, 2, 10))

# %% [markdown]
# Steep where a is small, flat where it is large. Compare the first column with the last.
#
# *Core, 3 minutes.* Write `log(a)`. The number comes from `math.log`.

# %% tags=["exercise"]
# exercise: log

# %%
log = lesson.check(log)

# %% [markdown]
# ## Two bends
#
# A network also needs something with a bend in it; 04a will show why. The sharpest one is
# [relu](../docs/glossary.md#relu). It lets through what is above 0, and makes 0 of the rest.
#
# Its slope is easy on either side. What does nudging say at the bend itself, at 0?

# %%
for a in (-2.0, 0.0, 3.0):
    print(f"a {a:4}  relu {max(0.0, a)}  slope {slope(lambda a: max(0.0, a), a, 0.001):.1f}")

# %% tags=["assert"]
assert [round(slope(lambda a: max(0.0, a), a, 0.001), 6) for a in (-2.0, 0.0, 3.0)] == [0, 0.5, 1]

# %% [markdown]
# At 0, nudging finds 0.5: half of the 1 on the right, half of the 0 on the left, and the slope of
# neither. No number is right there, and one has to be chosen. The course takes 0, as PyTorch does.
#
# *Core, 4 minutes.* Write `relu(a)`.

# %% tags=["exercise"]
# exercise: relu

# %%
relu = lesson.check(relu)

# %% [markdown]
# [tanh](../docs/glossary.md#tanh) bends gently. It squeezes every number between −1 and 1: it is
# −0.995 at −3, 0 at 0, and 0.995 at 3. Its slope is 1 − tanh², so 1 in the middle and nearly 0 far
# out.
#
# *Practice, 5 minutes.* Write `tanh(a)`: with `math.tanh`, or from your own operations.

# %% tags=["exercise"]
# exercise: tanh

# %%
tanh = lesson.check(tanh)

# %% tags=["assert"]
assert round(math.tanh(3), 3) == 0.995 == -round(math.tanh(-3), 3) and tanh(Value(0.0)).data == 0

# %% [markdown]
# ## All rules, each proved by nudging
#
# | operation | local derivative |
# |---|---|
# | a + b | 1 for a, 1 for b |
# | a · b | b for a, a for b |
# | aⁿ | n · aⁿ⁻¹ |
# | exp a | exp a |
# | log a | 1 / a |
# | relu a | 1 where a is above 0, else 0 |
# | tanh a | 1 − (tanh a)² |
#
# Nudging knows no rule, so it is a good judge. Here it nudges each of *your* operations at a = 2,
# and beside it stands what the table says.

# %%
rules = [
    ("a + 5", lambda a: add(a, Value(5.0)), 1),
    ("a * 5", lambda a: mul(a, Value(5.0)), 5),
    ("a ** 3", lambda a: power(a, 3), 3 * 2**2),
    ("exp(a)", exp, math.exp(2)),
    ("log(a)", log, 1 / 2),
    ("relu(a)", relu, 1),
    ("tanh(a)", tanh, 1 - math.tanh(2) ** 2),
]


def nudged(f):
    return slope(lambda a: f(Value(a)).data, 2.0, 1e-5)


for name, f, rule in rules:
    print(f"{name:8} rule {rule:7.4f}   nudging {nudged(f):7.4f}")

# %% tags=["assert"]
for name, f, rule in rules:
    assert abs(nudged(f) - rule) < 1e-6, name

# %% [markdown]
# *Practice, 3 minutes.* Which slope belongs to which operation? One of them has a trap in it.

# %% tags=["exercise"]
# exercise: rules

# %% [markdown]
# ## One way back, by hand
#
# Now the machine of the beginning again, made by your functions: multiply, subtract 10, square.
# First the walk forward.

# %%
x, w = Value(3.0), Value(2.0)
product = mul(x, w)
miss = add(product, Value(-10.0))
loss = power(miss, 2)
x.label, w.label, product.label, miss.label, loss.label = "x", "w", "product", "miss", "loss"
draw_graph(loss)

# %% tags=["assert"]
assert loss.data == 16 and miss.data == -4 and product.data == 6

# %% [markdown]
# Every *grad* is still 0. It shall say how fast the loss moves with the number in that box.
#
# Begin at the end. The loss moves with itself at rate 1. From there on, going back, each number
# gets *what has arrived at the number made from it, times the local derivative*. For the miss that
# is 1 · 2 · (−4) = −8. In code, where `_local[0]` belongs to the first parent:

# %%
loss.grad = 1.0
miss.grad = loss._local[0] * loss.grad
product.grad = miss._local[0] * miss.grad
x.grad = product._local[0] * product.grad
w.grad = product._local[1] * product.grad
draw_graph(loss)

# %% tags=["assert"]
assert [v.grad for v in (loss, miss, product, x, w)] == [1, -8, -8, -16, -24]
assert loss.data == 16 and miss.data == -4 and w.data == 2

# %% [markdown]
# Read it from right to left. The −8 passes the sum unchanged. The product hands −8 · 2 to `x` and
# −8 · 3 to `w`: the −24 of the beginning, and nobody nudged. (The −10 is no weight; its grad was
# left at 0.)
#
# Going back has undone nothing: the loss is still 16. What travels back are *rates*. Moving `w` is
# another job, the update. Let the two take turns, twenty times.

# %%
from micrograd.viz import loss_curve

w, losses = 2.0, []
for _ in range(20):
    product = mul(Value(3.0), Value(w))
    loss = power(add(product, Value(-10.0)), 2)
    losses.append(loss.data)
    w_grad = loss._local[0] * 1.0 * product._local[1]  # the 1.0 is that of the sum
    w = w - 0.01 * w_grad
print("w is now", round(w, 3), "and the machine arrives at", round(3 * w, 2))
loss_curve(losses, unit="", title="Twenty steps with slopes from the way back", inches=(5.4, 3))

# %% tags=["assert"]
assert losses[0] == 16 and losses[-1] < 0.01 and abs(3 * w - 10) < 0.1

# %% [markdown]
# ## What you can say now
#
# A computation graph records how a result was made, one operation at a time. Each operation knows
# its own local derivatives, and nothing of the others. Going back once, and multiplying, gives the
# slope of the result for every number in the graph.
#
# *An open question:* you went back by hand, in one graph. Which loop would do it for any graph? In
# what order may it go, when two paths meet?

# %%
lesson.summary()

# %% [markdown]
# **In the library** you can now read the operators of `Value` in
# [`engine.py`](../micrograd/engine.py). Open it beside this notebook. Each is a line or two: its
# result, its local derivatives, nothing else.
#
# In PyTorch the same idea is a tensor with `requires_grad=True`. Each result keeps a `grad_fn`,
# which stands for the operation that made it, with links to the parents'.
