# ---
# minutes: 20
# reads: micrograd/engine.py
# refrain: compute gradients
# ---

# %% [markdown]
# # A number that remembers
#
# At the end you can
#
# - say what a computation graph is, and read one;
# - make Python draw the graph of an expression of your own;
# - find, from one picture, which way each input should move to make the result smaller.
#
# You need to know that a slope says how fast a result moves when an input is nudged. Run each
# cell with Shift + Enter, in order.

# %% [markdown]
# ## A float forgets
#
# Here is a machine with one input, one weight and one error. It multiplies `x` by `w`, hopes to get
# 10, and takes the square of the miss as its loss.

# %%
x = 3.0
w = 2.0
loss = (x * w - 10) ** 2
loss

# %% [markdown]
# The loss is 16. Should `w` be larger or smaller to bring it down? The number 16.0 cannot say: it
# has forgotten where it came from. So we nudge `w` by a thousandth and look.

# %%
nudged = (x * (w + 0.001) - 10) ** 2
(nudged - loss) / 0.001

# %% [markdown]
# About −24: the loss *falls*, 24 times as fast as `w` rises. So `w` should rise.
#
# That took one more calculation for one weight. The model that you will train in notebook 07 has
# thousands of weights, and nudging each of them would take thousands of calculations, for a single
# step of learning. If a number remembered how it was made, one look back might do for all.

# %% [markdown]
# ## A `Value` remembers
#
# The same machine once more. `Value` wraps a number; the label is its name in pictures.

# %%
from micrograd import Value

x = Value(3.0, label="x")
w = Value(2.0, label="w")
loss = (x * w - 10) ** 2
loss.label = "loss"
loss

# %% [markdown]
# It computes as before: `data` is 16. But it has kept more. `_op` is the operation that made it,
# and `_prev` holds what went in: its *parents*. Ask for the parents' parents, and so on, and you
# arrive at `x` and `w`.

# %%
print("made by", loss._op, "from", loss._prev[0].data)
print("made by", loss._prev[0]._op, "from", loss._prev[0]._prev[0].data)

# %% [markdown]
# ## The picture
#
# A drawing shows all of it at once. Boxes are numbers, ovals are operations, and arrows run from
# what goes in to what comes out. This is called a **computation graph**.

# %%
from micrograd.viz import draw_graph

draw_graph(loss)

# %% [markdown]
# Walking along the arrows is the *forward pass*: 3 × 2 = 6, then 6 − 10 = −4, then (−4)² = 16.
#
# Each box also has a line for `grad`, still 0. That line is for the answer to our question: how
# fast does the loss move when *this* number moves?
#
# **Predict** before you run the next cell: what will `w` show there? You have nudged it already.

# %%
loss.backward()
draw_graph(loss)

# %% [markdown]
# The −24 is there, and nobody nudged anything. The other boxes were filled on the way: `x` has
# −16, so raising `x` would lower the loss too, a little less.
#
# `backward()` walked the arrows from right to left, once. At each oval it asked for the slope of
# that one operation, which is a rule you can learn by heart, and multiplied.

# %% [markdown]
# ## The same numbers, as a table
#
# `topological_order` lists a graph so that every value comes after its parents. Beside each value
# stands what it has kept: the slope of its operation with respect to each parent.

# %%
from micrograd.engine import topological_order

print(f"{'name':5} {'made by':8} {'data':>5} {'grad':>6}   slopes with respect to parents")
for v in topological_order(loss):
    print(f"{v.label:5} {v._op:8} {v.data:5g} {v.grad:6g}   {v._local}")

# %% [markdown]
# Read it from the bottom. The loss moves with itself at rate 1. It is a square, whose slope at −4
# is 2 · (−4) = −8, so the value before it has −8. Subtracting 10 changes no slope: −8 again.
#
# The product moves 3 times as fast as `w`, because `x` is 3. Therefore `w` has −8 · 3 = −24, and
# `x` has −8 · 2 = −16.

# %% tags=["assert"]
assert loss.data == 16 and w.grad == -24 and x.grad == -16
assert abs((nudged - 16) / 0.001 + 24) < 0.02
assert [v.grad for v in topological_order(loss)][-2:] == [-8, 1]

# %% [markdown]
# ## What the arrow is for
#
# A gradient says which way is up, so take a small step the other way, and again. Twenty times:

# %%
from micrograd.viz import loss_curve

losses = []
for _ in range(20):
    loss = (x * w - 10) ** 2
    losses.append(loss.data)
    w.grad = 0
    loss.backward()
    w.data -= 0.01 * w.grad

loss_curve(losses, unit="", title="Twenty small steps against the gradient bring the loss near 0")

# %% [markdown]
# Where has `w` gone? The machine wanted 3 · `w` to be 10.

# %%
w.data, x.data * w.data

# %% tags=["assert"]
assert abs(x.data * w.data - 10) < 0.1 and losses[-1] < 0.02

# %% [markdown]
# ## An expression of your own
#
# Change the line of `y` to whatever you like, and run the cell again: `+`, `-`, `*`, `/`, `**` with
# a plain number, and `.exp()`, `.log()`, `.tanh()`, `.relu()`. Use a value twice, and look at what
# its gradient becomes. What happens for `a / (b + 3)`, and why is the message right?

# %%
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
y = (a * b + b**2).tanh() + a
y.label = "y"
y.backward()
draw_graph(y)

# %% [markdown]
# ## What you can say now
#
# A computation graph records how a result was made, one operation at a time. Each operation knows
# its own slope, and nothing of the others. Going back through the graph once and multiplying gives
# the slope of the result with respect to every number in it.
#
# *An open question:* `b` was used twice above. Two paths lead from it to `y`. What did `backward()`
# do where they meet?

# %% [markdown]
# **In the library** you have met `Value`, its operators and `topological_order`, all in
# [`engine.py`](../micrograd/engine.py). Open it beside this notebook: each operator is one or two
# lines, its result and its slopes. In PyTorch the same idea is a tensor with `requires_grad=True`,
# and `loss.backward()` has the same name.
