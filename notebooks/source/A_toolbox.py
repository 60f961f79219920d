# ---
# minutes: 45
# ---

# %% [markdown]
# # The toolbox
#
# A lesson sends you here when it uses Python or school mathematics that you may not have met. Visit
# one station at a time: five minutes. You need numbers, lists, `=`, `if`, `for` and `def`.
#
# It asks: **can you read this?** Say what comes out, then run the cell. If you were right, go back.
# If not, read on, and try the small exercise.
#
# **Now run the next cell**, whichever station you came for.

# %%
from micrograd.checks import Lesson

lesson = Lesson("A")

# %% [markdown]
# Click on your station:
#
# - [Functions as arguments](#Functions-as-arguments)
# - [Two names, one list](#Two-names,-one-list)
# - [1e-6 and log axes](#1e-6-and-log-axes)
# - [Reading dL/dw](#Reading-dL/dw)
# - [Classes, self and dunder methods](#Classes,-self-and-dunder-methods)
# - [A stack and a set](#A-stack-and-a-set)
# - [exp and log](#exp-and-log)
# - [Lists in lists](#Lists-in-lists)
# - [Dicts, sums and given](#Dicts,-sums-and-given)
# - [Dot products and changing a list in place](#Dot-products-and-changing-a-list-in-place)
#   - with [Generators, dataclasses, mutate or return](#Generators,-dataclasses,-mutate-or-return)

# %% [markdown]
# ## Functions as arguments
#
# *Sent here by [notebook 01](01_scalars_and_derivatives.ipynb); go back there afterwards. Is this
# page new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** Which two numbers does the last line give?


# %%
def at_ten(f):
    return f(10)


def halve(x):
    return x / 2


at_ten(halve), at_ten(lambda x: x + 1)

# %% tags=["assert"]
assert (at_ten(halve), at_ten(lambda x: x + 1)) == (5.0, 11)

# %% [markdown]
# **If not: this.** A function is a machine: a number goes in, and a number comes out. `halve(10)`
# *runs* the machine, and is the number 5.
#
# `halve`, without brackets, is the machine *itself*. It can be handed over, as a number can.
# `at_ten(halve)` does that: inside `at_ten` the machine is called `f`, so `f(10)` runs `halve(10)`.

# %% [markdown]
# And `lambda x: x + 1` is a machine made on the spot, without a name. Before the colon stands what
# goes in, behind it what comes out. Of 10 it makes 11.
#
# **Try.** `twice(f, x)` puts `x` into `f`, and then what came out into `f` again. Write it in the
# place of the three dots and run the cell; then run the check below it. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: twice

# %%
twice = lesson.check(twice)

# %% [markdown]
# ## Two names, one list
#
# *Sent here by [notebook 01](01_scalars_and_derivatives.ipynb) or
# [04a](04a_neural_networks.ipynb); go back there afterwards. Is this page new to you? Run
# [its first cell](#The-toolbox) first.*
#
# **Can you read this?** What do the three names stand for at the end?

# %%
a = [1, 2]
b = a
c = list(a)
b.append(3)
a, b, c

# %% tags=["assert"]
assert (a, b, c) == ([1, 2, 3], [1, 2, 3], [1, 2])

# %% [markdown]
# **If not: this.** `b = a` copies nothing. It ties a second name to the list that is there: one
# list, two names. So what you do to it by the name `b` is seen by the name `a` as well.
#
# `list(a)` makes a new list with the same entries. `c` is a name of that one, and does not change.
#
# A function that is given a list gets the list itself, too, and not a copy:


# %%
def spoil(point):
    point[0] = 99


spoil(a)
a, b, c

# %% tags=["assert"]
assert (a, b, c) == ([99, 2, 3], [99, 2, 3], [1, 2])

# %% [markdown]
# While `spoil` ran, `point` was a third name of the list. So `a` begins with 99 now, and `b` too. A
# function that is to leave your list alone must make a copy first.
#
# **Try.** `raised_copy(point, i, h)` returns a list like `point` with `h` added to its entry `i`,
# and `point` stays as it was. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: raised_copy

# %%
raised_copy = lesson.check(raised_copy)

# %% [markdown]
# ## 1e-6 and log axes
#
# *Sent here by [notebook 01](01_scalars_and_derivatives.ipynb); go back there afterwards. Is this
# page new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** Python writes these three numbers in another way, and then answers a
# question. What comes out?

# %%
2.5e-3, 1e6, 0.000001, 1e-6 > 0

# %% tags=["assert"]
assert (2.5e-3, 1e6, 0.000001, 1e-6 > 0) == (0.0025, 1_000_000, 1e-6, True)
assert [repr(x) for x in (2.5e-3, 1e6, 0.000001)] == ["0.0025", "1000000.0", "1e-06"]

# %% [markdown]
# **If not: this.** The number behind the `e` moves the point. `1e6` moves it six places to the
# right: a million. `2.5e-3` moves it three places to the left: 0.0025. So a minus there makes a
# number *small*, not negative, and `1e-6`, one millionth, is above 0. Books write 10⁻⁶.
#
# Python itself writes very small numbers so: for 0.000001 it gave `1e-06`.
#
# Where do such numbers go in a picture? Here are five of them, twice.

# %%
from micrograd.viz import two_axes

two_axes([1e-4, 1e-3, 1e-2, 1e-1, 1])

# %% [markdown]
# On the ordinary axis a step to the right *adds*, and the four smallest numbers share one corner.
# On a **log axis** such a step *multiplies*: each mark is ten times the one before, and every
# number has room. 0 has no place there: you can divide by ten as often as you like and never reach
# it.
#
# **Try.** What lies in the middle of a log axis? (*Practice, 1 minute.*)

# %% tags=["exercise"]
# exercise: half_way

# %% [markdown]
# ## Reading dL/dw
#
# *Sent here by [notebook 02](02_chain_rule.ipynb); go back there afterwards. Is this page new to
# you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** A loss *L* is 16 where a weight *w* is 2, and there
#
# > dL/dw = −24.
#
# How large is *L*, about, where *w* is 2.001?


# %%
def L(w):
    return (3 * w - 10) ** 2


print(L(2), round(L(2.001), 3), round(L(2.001) - L(2), 3))

# %% tags=["assert"]
assert L(2) == 16 and round(L(2.001), 3) == 15.976 and round(L(2.001) - L(2), 3) == -0.024
assert abs((L(2.001) - L(2)) / 0.001 + 24) < 0.01

# %% [markdown]
# **If not: this.** Read “d” as *a tiny change of*. *w* grew by 0.001, and *L* changed by −0.024,
# which is −24 times as much. So dL/dw = −24 says how fast *L* moves with *w*: it is a slope.
#
# The whole sign, said “d L by d w”, is *one* name for *one* number. Before the slash stands what
# moves, behind it what moves it. The d is no factor.
#
# Two more slopes, at x = 5:

# %%
print("4x:", round((4 * 5.01 - 4 * 5) / 0.01, 2))
print("x²:", round((5.01**2 - 5**2) / 0.01, 2))

# %% tags=["assert"]
assert round((4 * 5.01 - 4 * 5) / 0.01, 2) == 4 and round((5.01**2 - 5**2) / 0.01, 2) == 10.01

# %% [markdown]
# A formula can stand behind the d, as in d(4·x)/dx. Notebook 02 needs two rules:
#
# - d(c·x)/dx = c: each unit of *x* brings *c* more, wherever you stand. For 4·x it is 4.
# - d(x²)/dx = 2x: at 5 it is 10. (Above stands 10.01, because 0.01 is not tiny enough.)
#
# **Try.** Both rules, at another place. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: two_slopes

# %% [markdown]
# ## Classes, self and dunder methods
#
# *Sent here by [notebook 03a](03a_autograd_forward.ipynb); go back there afterwards. Is this page
# new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** First comes a class. Which two numbers does the cell below it give?


# %%
class Purse:
    def __init__(self, coins):
        self.coins = coins

    def spend(self, n):
        self.coins = self.coins - n

    def __add__(self, other):
        return Purse(self.coins + other.coins)


# %%
a, b = Purse(5), Purse(2)
a.spend(1)
a.coins, (a + b).coins

# %% tags=["assert"]
assert (a.coins, (a + b).coins) == (4, 6)

# %% [markdown]
# **If not: this.** A class is a plan, and `Purse(5)` makes a thing after it, an *object*. Python
# runs `__init__` for that, with the new object as `self` and 5 as `coins`. The line
# `self.coins = coins` hangs the 5 on this one object.
#
# In `a.spend(1)` the object before the dot becomes `self`. So `a` has 4 coins left, and `b` has its
# 2.
#
# And `a + b`? Here it is, said in three ways:

# %%
(a + b).coins, a.__add__(b).coins, Purse.__add__(a, b).coins

# %% tags=["assert"]
assert (a + b).coins == a.__add__(b).coins == Purse.__add__(a, b).coins == 6
a, b = Purse(5), Purse(2)
c = a + b
c.spend(1)
assert (a.coins, b.coins, c.coins) == (5, 2, 6)

# %% [markdown]
# For `a + b` Python runs `a.__add__(b)`: `self` is `a`, `other` is `b`. Ours makes a new purse with
# 4 + 2 = 6 coins, and takes none from the two.
#
# Functions in a class are *methods*. Those that Python runs by itself have two underscores on both
# sides of their names: “dunder”, for *double underscore*.
#
# **Try.** Three purses, and a pencil. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: purses

# %% [markdown]
# ## A stack and a set
#
# *Sent here by [notebook 03b](03b_autograd_backward.ipynb); go back there afterwards. Is this page
# new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** Which four things does the last line give?

# %%
stack = ["a", "b"]
stack.append("c")
top = stack.pop()
seen = {"a"}
seen.add("a")
top, stack, len(seen), "b" in seen

# %% tags=["assert"]
assert (top, stack, len(seen), "b" in seen) == ("c", ["a", "b"], 1, False)

# %% [markdown]
# **If not: this.** A *stack* is a list used as a pile of plates. `append` puts a plate on top, and
# `pop` takes the top one away and hands it to you: here “c”.
#
# A *set*, in curly brackets, holds each thing once, in no order: adding “a” again changes nothing.
# `"b" in seen` asks whether “b” is in it, and is answered quickly even if the set is huge.

# %% [markdown]
# Together they visit whatever is linked. A leads to B and C, and each of these to D: `links["A"]`
# is the list of places that A leads to.
#
# `walk` has a stack of places to visit, and a set of those visited: D is visited once.
# `while stack` goes on until the stack is empty. `stack += ...` puts a list on top, its last entry
# uppermost.
#
# **Try.** Run the cell, then follow it with a pencil. (*Practice, 3 minutes.*)


# %%
def walk(links, start):
    stack, seen, order = [start], set(), []
    while stack:
        place = stack.pop()
        if place not in seen:
            seen.add(place)
            order.append(place)
            stack += links[place]
    return order


links = {"A": ["B", "C"], "B": ["D"], "C": ["D"], "D": []}

# %% tags=["exercise"]
# exercise: walk_order

# %% tags=["assert"]
assert walk(links, "A") == ["A", "C", "D", "B"]

# %% [markdown]
# ## exp and log
#
# *Sent here by [notebook 03a](03a_autograd_forward.ipynb); go back there afterwards. Is this page
# new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** What does the last line give?

# %%
import math

print([round(math.exp(x), 3) for x in (-1, 0, 1, 2)])
math.log(math.exp(2)), math.log(1)

# %% tags=["assert"]
assert [round(math.exp(x), 3) for x in (-1, 0, 1, 2)] == [0.368, 1, 2.718, 7.389]
assert round(1 / math.e, 3) == 0.368 and round(math.e * math.e, 3) == 7.389
assert math.log(math.exp(2)) == 2 and math.log(1) == 0

# %% [markdown]
# **If not: this.** *e* is 2.718…, and exp(x) is *e* to the power x, also written eˣ. Each step of 1
# multiplies by *e*: exp(0) is 1, exp(1) is *e*, exp(2) is *e* · *e*, 7.389. A step back divides:
# exp(−1) is 1/*e*, 0.368. It never gets down to 0.
#
# log goes the other way: *e* to the power of what is this number? exp(2) is 7.389, so log 7.389 is
# 2. And three more logs:

# %%
[round(math.log(x), 3) for x in (2, 3, 6)]

# %% tags=["assert"]
assert [round(math.log(x), 3) for x in (2, 3, 6)] == [0.693, 1.099, 1.792]
assert round(0.693 + 1.099, 3) == 1.792 and math.log(0.5) < 0
assert abs(math.log(8) - 3 * 0.693) < 0.001

# %% [markdown]
# 0.693 + 1.099 = 1.792. 6 is 2 · 3, and its log is log 2 + log 3: *where numbers are multiplied,
# their logs are added.*
#
# Below 1 a log is negative, since exp gives such numbers to the left of 0. Of 0 there is none.
# (Calculators call this log *ln*; their *log* counts in tens.)
#
# **Try.** One more log, without a computer. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: log_eight

# %% [markdown]
# ## Lists in lists
#
# *Sent here by [notebook 04a](04a_neural_networks.ipynb); go back there afterwards. Is this page
# new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** Which five things does the last line give?

# %%
w = [[1, 2, 3], [4, 5, 6]]
len(w), len(w[0]), w[1], w[1][0], [row[0] for row in w]

# %% tags=["assert"]
assert (len(w), len(w[0]), w[1], w[1][0]) == (2, 3, [4, 5, 6], 4)
assert [row[0] for row in w] == [1, 4]

# %% [markdown]
# **If not: this.** A table is a list of rows, and each row is a list. Counting begins at 0: `w[0]`
# is the first row, and `w[1]` the second, [4, 5, 6]. Of that one, `w[1][0]` is the first number, 4.
#
# `len(w)` counts the rows and `len(w[0])` the numbers in a row. So `w` has 2 rows and 3 columns.
# One says that its *shape* is 2 × 3, rows first.

# %% [markdown]
# `[row[0] for row in w]` makes a list: for each row in `w`, the row's first number. It is short for
#
# ```python
# firsts = []
# for row in w:
#     firsts.append(row[0])
# ```
#
# **Try.** A column runs from top to bottom. `column(table, j)` returns column `j` of a table as a
# list. (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: column

# %%
column = lesson.check(column)

# %% [markdown]
# ## Dicts, sums and given
#
# *Sent here by [notebook 05a](05a_tokenization.ipynb) or [04a](04a_neural_networks.ipynb); go back
# there afterwards. Is this page new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** `counts` says how often each pair of letters was met. Which two numbers
# does the last line give?

# %%
counts = {"an": 3, "ar": 1, "en": 4}
after_a = {pair: n for pair, n in counts.items() if pair[0] == "a"}
sum(after_a.values()), sum(counts.values())

# %% tags=["assert"]
assert (sum(after_a.values()), sum(counts.values())) == (4, 8) and counts["an"] == 3
assert after_a["an"] / sum(after_a.values()) == 3 / 4

# %% [markdown]
# **If not: this.** A dict is for looking up: each *key*, here a pair of letters, has a *value*,
# here a number. `counts["an"]` is 3. `items()` gives the keys with their values, `values()` the
# values alone.
#
# The second line makes a smaller dict. It walks through all pairs and their numbers `n`, and keeps
# those whose first letter, `pair[0]`, is “a”. Their numbers are 3 and 1, and `sum` adds them up: 4.

# %% [markdown]
# Mathematics writes *add up* as Σ, the Greek S. Σᵢ xᵢ is x₁ + x₂ + … to the last, or `sum(x)`; for
# [3, 1] it is 4.
#
# And P is a *probability*, a share from 0 to 1. P(n | a) is said “the probability of n, **given**
# a”. What stands behind the bar is known: an “a” has come. So only the 4 pairs that begin with it
# count, and 3 of them go on with “n”: P(n | a) = 3/4.

# %% [markdown]
# That is not 3/8, though 3 of *all* 8 pairs are “an”. There nothing is known beforehand; it is
# another question.
#
# **Try.** `chance(counts, first, second)` returns the probability of the letter `second`, given
# `first`. (*Practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: chance

# %%
chance = lesson.check(chance)

# %% [markdown]
# ## Dot products and changing a list in place
#
# *Sent here by [notebook 06a](06a_attention.ipynb) or [06b](06b_the_gpt.ipynb); go back there
# afterwards. Is this page new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** What are the two things in the last line?

# %%
x, y = [1, 2, 3], [4, 0, -1]
memory = [10]
result = memory.append(sum(a * b for a, b in zip(x, y)))
memory, result

# %% tags=["assert"]
assert memory == [10, 1] and result is None
assert [sum(a * b for a, b in zip([1, 2], v)) for v in ([3, 4], [2, -1], [-3, -4])] == [11, 0, -11]

# %% [markdown]
# **If not: this.** `zip` walks along two lists side by side: 1 with 4, 2 with 0, 3 with −1.
# Multiply each pair, and add all up: 4 + 0 − 3 = 1. That is the **dot product** of the two vectors,
# x·y.
#
# It says how well two arrows fit. [1, 2]·[3, 4] is 3 + 8 = 11: both point up and right.
# [1, 2]·[2, −1] is 2 − 2 = 0: a right angle. [1, 2]·[−3, −4] is −11: they point apart.

# %% [markdown]
# `append` changes the list itself, *in place*. It has no result, and Python says so by `None`. So
# `memory` has grown, and `result` is `None`. After `memory = memory.append(5)` the name `memory`
# would stand for `None`, and the list would be lost.
#
# **Try.** `add_and_score(query, key, keys)` appends `key` to the list `keys`, and returns a list:
# the dot product of `query` with each of `keys`, the new one too. (*Practice, 3 minutes.*)

# %% tags=["exercise"]
# exercise: add_and_score

# %%
add_and_score = lesson.check(add_and_score)

# %% [markdown]
# ### Generators, dataclasses, mutate or return
#
# *Sent here by [notebook 07](07_training.ipynb) or [04a](04a_neural_networks.ipynb); go back there
# afterwards. Is this page new to you? Run [its first cell](#The-toolbox) first.*
#
# **Can you read this?** How many lines that begin with “halving” will be printed?


# %%
def halvings(x):
    for _ in range(3):
        print("halving", x)
        x = x / 2
        yield x


steps = halvings(8.0)
next(steps), next(steps)

# %% tags=["assert"]
assert (next(halvings(8.0)), list(halvings(8.0))) == (4.0, [4.0, 2.0, 1.0])

# %% [markdown]
# **If not: this.** Two. A function with `yield` in it is a **generator**. `halvings(8.0)` runs
# nothing yet. `next` runs it as far as the first `yield`, which hands out 4.0, and there it waits,
# until `next` asks again. Nobody has asked a third time. A `for` loop goes on asking until the end.
#
# What a generator hands out is often a small record. Here is a short way to make one:

# %%
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    number: int
    loss: float


step = Step(1, 4.0)
step, step.loss

# %% tags=["assert"]
assert repr(Step(1, 4.0)) == "Step(number=1, loss=4.0)" and step.loss == 4.0

# %% [markdown]
# `@dataclass` writes `__init__` from the list of fields, and makes the object show what it holds.
# `frozen` means that nobody can change it later.
#
# So a function can *return* something new, as a generator hands out records. Or it can *mutate*,
# that is, change something in place, as `append` does, and as an optimizer's `step()` changes the
# weights.
#
# **Try.** Which of the lines below mutate a list? (*Practice, 2 minutes.*)

# %% tags=["exercise"]
# exercise: in_place

# %% [markdown]
# ## Back to where you came from
#
# You can say now: a function can be handed over like a number. Two names may stand for one list. A
# slope, a sum and a “given” are a line of Python each.
#
# *An open question:* which line can you still not read?
#
# **In the library:** [`gradcheck.py`](../micrograd/gradcheck.py) hands functions over,
# [`engine.py`](../micrograd/engine.py) walks with a stack and a set. In PyTorch the dot product is
# `torch.dot`, and `add_`, with its `_`, works in place.

# %%
lesson.summary()
