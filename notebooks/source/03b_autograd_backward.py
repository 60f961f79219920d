# ---
# minutes: 45
# reads: [micrograd/engine.py, micrograd/gradcheck.py]
# refrain: compute gradients
# ---

# %% [markdown]
# # The way back, for any graph
#
# At the end you can
#
# - find the gradients of any expression with twenty lines of your own;
# - say why the order matters, why it is `+=`, and why gradients are cleared, having seen each go
#   wrong;
# - check an engine by nudging, yours and others.
#
# You need notebook 03a: a `Value` keeps its parents and its local derivatives. Exercises called
# *practice* come on top of the 45 minutes.

# %% [markdown]
# Run the first cell. It brings your answers back, or lays the course's own ready where one is
# missing. Then come three questions on what today needs, and any that you missed before; leave out
# what you like.

# %%
from micrograd.checks import Lesson
from micrograd.viz import draw_graph, loss_curve, step_backward

lesson = Lesson("03b")
lesson.catch_up(globals())

# %%
lesson.recall()

# %% [markdown]
# ## Operators again
#
# `add(mul(a, b), a)` is hard to read. So the next cell hangs your functions on the class, as `+`,
# `*` and so on. Minus and division need no rules of their own: a − b is a + (−1) · b, and a / b is
# a · b⁻¹.
#
# What is `__rmul__`? For `2 * a` Python asks the 2 first, and a 2 has never heard of Values. Then
# it asks from the other side: `a.__rmul__(2)`.

# %% tags=["given"]
# given: operators

# %% [markdown]
# A small graph, to go back through. `s` is used twice: in `t`, and in `root` itself.
#
# Before any program does it, what *should* come out? root is s + 2s, so 3s, and s is 3a. So `root`
# moves 3 times as fast as `s`, and 9 times as fast as `a`.

# %%
a = Value(2.0)
s = 3 * a
t = 2 * s
root = s + t
a.label, s.label, t.label, root.label = "a", "s", "t", "root"
draw_graph(root)

# %% tags=["assert"]
assert root.data == 18 and (2 - a).data == 0 and (1 / a).data == 0.5 and (a / s).data == 1 / 3
assert abs(slope(lambda a: 3 * a + 2 * (3 * a), 2.0, 0.001) - 9) < 1e-9
assert abs(slope(lambda s: s + 2 * s, 6.0, 0.001) - 3) < 1e-9

# %% [markdown]
# ## A walk from the front
#
# In 03a you went back by hand. A loop must find its own way. A first idea: begin at `root`. Each
# [node](../docs/glossary.md#node), as a Value in a graph is called, hands on to every parent what
# has arrived at itself, times the local derivative. Then its first parent does the same, and so on.
#
# `waiting` is the line of those who come next. `done` holds those who have handed on; none does so
# twice.


# %%
def from_the_front(root):
    root.grad = 1.0
    done, waiting = set(), [root]
    while waiting:
        node = waiting.pop(0)
        if node not in done:
            done.add(node)
            for parent, local in zip(node._prev, node._local):  # each with its own
                parent.grad += local * node.grad
            waiting = list(node._prev) + waiting


# %% [markdown]
# What does it make of our graph? **Predict** first.

# %% tags=["exercise"]
# exercise: naive_order

# %% [markdown]
# `step_backward` runs such a function and plays what it did. Press *on*, or move the slider with
# the arrow keys. The node at work has a thick frame, the number that it hands on stands on the
# arrow, and the line of code above.
#
# Watch `s`: what has it got when it hands on, and what comes later? (`stills` says which steps are
# shown where nothing can move, as on a web page.)

# %%
step_backward(root, from_the_front, stills=[5, 7, -1])

# %%
lesson.reveal("naive_order")

# %% tags=["assert"]
from_the_front(root)
assert (a.grad, s.grad) == (3, 3)
for node in topological_order(root):
    node.grad = 0.0

# %% [markdown]
# Two paths lead from `s` to `root`: a *diamond*. `s` handed on 3 · 1 when only the share of the
# direct path had come. Then the 2 from `t` arrived, and nobody took it further. 3 · 2 = 6 never
# reached `a`.
#
# So a node must wait until *everybody* who was made from it has handed on. Here `s` has to wait for
# `t`: first `root`, then `t`, then `s`. Play that to its end.


# %%
def in_this_order(root):
    root.grad = 1.0
    for node in (root, t, s):
        for parent, local in zip(node._prev, node._local):
            parent.grad += local * node.grad


step_backward(root, in_this_order, stills=[7])

# %% tags=["assert"]
in_this_order(root)
assert (a.grad, s.grad) == (9, 3)
for node in topological_order(root):
    node.grad = 0.0

# %% [markdown]
# There is the 9. To have such an order for any graph, put all its nodes in a list where each stands
# somewhere *after its parents*: here a, s, t, root. That is a
# [topological order](../docs/glossary.md#topological-order). Read from its end, everybody comes
# before their parents.

# %% [markdown]
# ## Thousands deep
#
# How to make that list? The short way is a function that calls itself for each parent. Look at a
# smaller one of this kind first: `depth` counts the steps from a node to its farthest leaf. From
# `root` by way of `t` and `s` to `a` it is 3.
#
# **Predict:** what will it say of a sum of 5,000 numbers, added one after the other?


# %%
def depth(node):
    return max([1 + depth(parent) for parent in node._prev], default=0)


print("root:", depth(root))
try:
    print("the sum:", depth(sum(Value(1.0) for _ in range(5000))))
except RecursionError as error:
    print("the sum:", type(error).__name__)

# %% tags=["assert"]
total = sum(Value(1.0) for _ in range(5000))
assert depth(root) == 3 and total.data == 5000 and len(topological_order(total)) == 10_001

# %% [markdown]
# Each call waits inside another one for its answer, and Python allows a few thousand of them at
# most. A loss that is summed over many examples is such a graph. A list of your own has no such
# end: put what has to wait on it, and take the last one off when its turn comes. Such a list is
# called a stack.
#
# > **Bridge.** Five minutes: [A stack and a set](A_toolbox.ipynb#A-stack-and-a-set)

# %% [markdown]
# *Core, 9 minutes, and the hardest piece of today.* Write `topological_order(root)`. It returns a
# list of `root` and everything behind it, each once, and each after its parents.
#
# A node may be listed when its parents are. So put it aside on a stack, and see to its parents
# first. A set knows whom you have met. `lesson.hint("topological_order")` helps, step by step.

# %% tags=["exercise"]
# exercise: topological_order

# %%
topological_order = lesson.check(topological_order)

# %% [markdown]
# *Practice, 4 minutes.* This walk takes the newest of those who wait, instead of the first. Repair
# its order with what you have written.

# %% tags=["exercise"]
# exercise: repair_order

# %%
repair_order = lesson.check(repair_order)

# %% [markdown]
# *Practice, 6 minutes.* And here is `depth` again, which falls on deep graphs. Let it do without
# calling itself.

# %% tags=["exercise"]
# exercise: repair_depth

# %%
repair_depth = lesson.check(repair_depth)

# %% [markdown]
# ## Backward
#
# Now the real one: `root` gets its 1, your list gives the order, and each node hands on as before.
# This is a [backward pass](../docs/glossary.md#backward-pass).
#
# *Core, 7 minutes.* Write `backward(root)`. It returns nothing, and leaves its results in the
# `grad` of every node. What arrives is *added* to what is there.

# %% tags=["exercise"]
# exercise: backward

# %%
backward = lesson.check(backward)

# %% [markdown]
# Step through yours. Then write an expression of your own behind `return`, and run the cell again.
# You have `+`, `-`, `*`, `/`, `**` with a plain number, `.exp()`, `.log()` and `.relu()`. (Up to 60
# nodes; plain numbers are nodes too.)


# %%
def expression(a, b):
    return (a * b + b**2).log()


a, b = Value(2.0), Value(-3.0)
y = expression(a, b)
a.label, b.label, y.label = "a", "b", "y"
step_backward(y, backward, stills=[2, 6, -1])

# %% tags=["assert"]
backward(y)
assert abs(a.grad - slope(lambda a: expression(Value(a), Value(-3.0)).data, 2.0, 1e-5)) < 1e-6
assert abs(b.grad - slope(lambda b: expression(Value(2.0), Value(b)).data, -3.0, 1e-5)) < 1e-6

# %% [markdown]
# What has `backward` done to the graph, in one sentence? (*Practice, 1 minute.*)

# %% tags=["exercise"]
# exercise: what_backward_does

# %% [markdown]
# This is [backpropagation](../docs/glossary.md#backpropagation): feedback goes from the end to the
# front, layer by layer, each passing it to the one before. Some notes call that gradient descent.
# But gradient descent is only what may come afterwards, the update; `backward` moves no weight.

# %% [markdown]
# Two more things it does not do.
#
# - It does not run the machine in reverse. Every `data` is as it was; what goes back are rates.
# - At a sum it splits nothing. Both parents get the whole of what arrived, as −6 and 9 did in steps
#   3 and 4 of the expression above.
#
# *Practice, 4 minutes.* Put a whole pass in order, there and back.

# %% tags=["exercise"]
# exercise: backward_order

# %% [markdown]
# ## Why `+=`
#
# What if a node said `=`, and set the gradient of a parent instead of [adding to
# it](../docs/glossary.md#accumulation)? For most numbers that is good enough. **Predict** what
# happens to one that is used twice.

# %% tags=["exercise"]
# exercise: used_twice


# %%
def with_equals(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in zip(node._prev, node._local):
            parent.grad = local * node.grad


# %%
a, b = Value(3.0), Value(-4.0)
root = a * b + a
a.label, b.label, root.label = "a", "b", "root"
step_backward(root, with_equals, stills=[3, 4, -1])

# %%
lesson.reveal("used_twice")

# %% tags=["assert"]
with_equals(root)
assert a.grad == -4 and b.grad == 3
for node in topological_order(root):
    node.grad = 0.0
backward(root)
assert a.grad == -3

# %% [markdown]
# `a` got 1 along one path and −4 along the other, and the second wiped out the first. Each share is
# a path, and notebook 02 had the rule: along a path slopes multiply, and paths *add*. So −3 is
# right.
#
# *Practice, 2 minutes.* The same mistake, to be repaired.

# %% tags=["exercise"]
# exercise: repair_shares

# %%
repair_shares = lesson.check(repair_shares)

# %% [markdown]
# ## Old gradients
#
# But `+=` has a price: it adds to what is there, and what is there may be old.
#
# Here the loss is (w − 3)², so `w` should be 3, and it is 5. The slope there is 2 · (5 − 3) = 4. We
# go back, and make one step of learning.

# %%
w = Value(5.0)
backward((w + -3.0) ** 2)
print("the slope at 5:", w.grad)
w.data = w.data - 0.25 * w.grad
print("w is now", w.data)

# %% tags=["assert"]
assert w.grad == 4 and w.data == 4

# %% [markdown]
# Now `w` is 4, where the slope is 2 · (4 − 3) = 2. The loss is computed anew, and we go back a
# second time. **Predict** what `w.grad` will be.

# %%
loss = (w + -3.0) ** 2
w.label, loss.label = "w", "loss"
step_backward(loss, backward, stills=[0, 3, -1])

# %% tags=["assert"]
backward(loss)
assert w.grad == 6

# %% [markdown]
# It is 6, which is the slope nowhere: 4 from the old place and 2 from the new one. A gradient
# belongs to one place. Once a weight has moved, it is out of date, and has to go before the next
# one comes.
#
# *Core, 2 minutes.* Write `zero_grad(params)`, which [clears](../docs/glossary.md#zeroing) the
# gradients of all Values in a list.

# %% tags=["exercise"]
# exercise: zero_grad

# %%
zero_grad = lesson.check(zero_grad)

# %% [markdown]
# *Practice, 3 minutes.* Here somebody trains, and has forgotten to clear.

# %% tags=["exercise"]
# exercise: repair_training

# %%
repair_training = lesson.check(repair_training)

# %% [markdown]
# ## Backward, twice
#
# The last trap. You run the cell with `backward(root)` a second time, on the same graph, and clear
# nothing. No weight has moved. **Predict.**

# %% tags=["exercise"]
# exercise: called_twice

# %%
a = Value(5.0)
s = 2 * a
root = 3 * s
a.label, s.label, root.label = "a", "s", "root"
backward(root)
step_backward(root, backward, stills=[0, 3, 5, -1])

# %%
lesson.reveal("called_twice")

# %% [markdown]
# One would wish for 12: twice the gradient, since two passes add up in a leaf. But `s`, on the way,
# kept its 3 from the first pass, got 3 more, and handed on 2 · 6 = 12 on top of the 6.
#
# *Practice, 5 minutes.* Let the second call add the same share once more, and nothing else.

# %% tags=["exercise"]
# exercise: repair_twice

# %%
repair_twice = lesson.check(repair_twice)

# %% tags=["assert"]
assert a.grad == 6 and s.grad == 3
backward(root)
assert a.grad == 18 and s.grad == 6
a.grad, s.grad, root.grad = 6.0, 3.0, 1.0
repair_twice(root)
assert a.grad == 12 and s.grad == 3

# %% [markdown]
# ## The ten steps again
#
# In notebook 02 you found the slopes for `w1` and `w2` by hand, for that one network, and made ten
# steps. Here they are again. Then your engine, which has never seen that network, takes the same
# ten from the same numbers.

# %%
x, y, lr = 0.5, 11.0, 0.02
a, b, by_hand = 3.0, 4.0, []
for _ in range(10):
    by_hand.append(forward(x, y, a, b)[2])
    a, b = update(x, y, a, b, lr)

# %%
w1, w2, by_engine = Value(3.0), Value(4.0), []
for _ in range(10):
    loss = (w2 * (w1 * x) - y) ** 2
    by_engine.append(loss.data)
    zero_grad([w1, w2])
    backward(loss)
    for w in (w1, w2):
        w.data -= lr * w.grad
curves = {"by hand": by_hand, "by the engine": by_engine}
loss_curve(curves, unit="", title="Two curves, and one line to see", inches=(5.4, 3.2))

# %% tags=["assert"]
assert max(abs(one - two) for one, two in zip(by_hand, by_engine, strict=True)) < 1e-12
assert by_engine[0] == 25 and round(by_engine[-1], 3) == 0.004

# %% [markdown]
# ## Who checks the engine?
#
# Nudging is slow, but knows nothing of graphs. That makes it a good judge. To ask it is called a
# [gradient check](../docs/glossary.md#gradient-check).
#
# *Core, 7 minutes.* Write `gradcheck(f, point)`. `f` takes Values, as `lambda a, b: a * b + b`
# does, and `point` is a list of numbers for them. Find the slopes of `f` there by `backward`, and
# again by your `gradient(f, point, h)` of notebook 01, with h = 1e-5. Return the largest gap.

# %% tags=["exercise"]
# exercise: gradcheck

# %%
gradcheck = lesson.check(gradcheck)

# %% [markdown]
# Now ten expressions that nobody has chosen face the judge. Each begins with `a`, and grows four
# times by a form drawn by lot: the old text goes in at {0}, and `a`, `b` or `b.relu()` at {1}.


# %%
from random import Random

rng = Random(3)
forms = ["({0} + {1})", "({0} * {1})", "(({0} - {1}) / 2)", "({0}**2 + 1).log()", "({0} / 9).exp()"]


def grown():
    text = "a"
    for _ in range(4):
        text = rng.choice(forms).format(text, rng.choice(["a", "b", "b.relu()"]))
    return text


# %%
for _ in range(10):
    text = grown()
    f = eval(f"lambda a, b: {text}")  # the text becomes a function
    print("agrees" if gradcheck(f, [1.5, 0.5]) < 1e-6 else "DIFFERS", " ", text)

# %% tags=["assert"]
for _ in range(20):
    assert gradcheck(eval(f"lambda a, b: {grown()}"), [1.5, 0.5]) < 1e-6

# %% [markdown]
# ## Reading the engine
#
# You know what stands in [`engine.py`](../micrograd/engine.py), under nearly the same names. Let us
# read three pieces of it. First the product: a `node` gets its result, its parents, its local
# derivatives and its name. A plain number becomes no `Value` here, which saves a node.

# %%
import inspect

from micrograd import engine

print(inspect.getsource(engine.Value.__mul__))

# %% [markdown]
# Now `backward`. Below the text in quotes stands your loop, from the end of the order. Before it,
# whatever has parents starts from 0, as in `repair_twice`; so a second call is right here.

# %%
print(inspect.getsource(engine.Value.backward))

# %% [markdown]
# Last the order, with a stack, and without a call to itself. A `None` on the stack is the note
# "the parents of the one below are listed now".

# %%
print(inspect.getsource(engine.topological_order))

# %% tags=["assert"]
parts = (engine.Value.__mul__, engine.Value.backward, engine.topological_order)
assert sum(len(inspect.getsourcelines(part)[0]) for part in parts) < 60

# %% [markdown]
# ## The same elsewhere
#
# Your expression from above once more: in your engine, in the course's, and in PyTorch, with which
# most of today's models are trained. The line that computes is the same in all three. (Where
# PyTorch is not installed, the last line says so.)

# %% tags=["nbval-ignore-output"]
mine, course = ([kind(2.0), kind(-3.0)] for kind in (Value, engine.Value))
backward(expression(*mine))
expression(*course).backward()
print("yours    ", [v.grad for v in mine])
print("engine.py", [v.grad for v in course])
try:
    import torch

    tensors = [torch.tensor(v.data, dtype=torch.float64, requires_grad=True) for v in mine]
    expression(*tensors).backward()
    print("PyTorch  ", [t.grad.item() for t in tensors])
except ImportError:
    print("PyTorch is not installed here, so its line is missing.")

# %% tags=["assert"]
assert all(abs(m.grad - c.grad) < 1e-12 for m, c in zip(mine, course, strict=True))

# %% [markdown]
# ## What you can say now
#
# Backward goes through a topological order from its end, so that every node has all its shares
# before it hands on. Shares from several paths are added. Gradients belong to one place, so they
# are cleared before the next step.
#
# *An open question:* the weights got their gradients from one example, x = 0.5. What would change
# in the graph, if there were a hundred?

# %%
lesson.summary()

# %% [markdown]
# **In the library** you have now read the heart of `engine.py`, and
# [`gradcheck.py`](../micrograd/gradcheck.py) does what your `gradcheck` does.
#
# In PyTorch the names are the same: `loss.backward()` adds to the `.grad` of the leaves, and
# `optimizer.zero_grad()` clears. A graph can go back only once there, unless you ask to keep it.
# The judge is `torch.autograd.gradcheck`.
