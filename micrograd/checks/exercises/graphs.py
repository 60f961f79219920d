"""Graphs for the checks of notebooks 03 and 04: made from short lines, read by their names.

    root = graph("s = a * b; root = s + a", a=2.0, b=3.0)

runs the lines on `Value`s, so that a card can show them and a learner can type them. What a check
compares is read here from whatever has `data`, `grad`, `_prev` and `_local`, of any class.
"""

import math

from micrograd.checks.declare import Formula
from micrograd.checks.exercises.autograd_forward import NUDGE, Value, pace
from micrograd.checks.exercises.slopes import number
from micrograd.engine import topological_order

# ------------------------------------------------------------------------------------- making


def graph(lines, old=None, **leaves):
    """The Value called `root` in these lines; `old` are gradients left from an earlier loss."""
    names = {name: Value(x) for name, x in leaves.items()}
    exec(lines, {}, names)
    for name, value in names.items():
        value.label = name
        value.grad = (old or {}).get(name, 0.0)
    root = names["root"]
    used = {value.label: value.data for value in named(root) if not value._prev}
    root.before = {value.label: value.data for value in named(root)}
    root.story = f"the lines are {lines}, and by nudging, root moves {rates(lines, used)}"
    for name, grad in (old or {}).items():
        root.story += f"; {name} came with a gradient of {grad:g} from another loss, which stays in"
    return root


def rates(lines, leaves):
    """How fast root moves with each leaf, in words."""
    told = []
    for name, x in leaves.items():
        right = at(lines, {**leaves, name: x + NUDGE})
        left = at(lines, {**leaves, name: x - NUDGE})
        told.append(pace(round((right - left) / (2 * NUDGE), 4), name))
    return ", ".join(told)


def at(lines, leaves):
    """The number called root, without any graph."""
    names = dict(leaves)
    exec(lines, {}, names)
    return names["root"]


DEEP = 5000  # links; Python's own stack ends at a thousand or three


def chain(links, start=1.0, step=0.5):
    """A graph of many links: root = start + step + step + ..."""
    x, one = Value(start), Value(step)
    x.label, one.label = "start", "step"
    root = x
    for _ in range(links):
        root = root + one
    root.label = "root"
    root.before = {value.label: value.data for value in named(root)}
    root.story = f"root is start + step + step and so on, with {links:,} times step"
    return root


SHAPES = (
    "s = {0} * {1}; t = s + {2}; root = t * s",
    "s = {0} + {1}; t = s * s; root = t + {0}",
    "s = {0} * {1}; t = {1} * {2}; u = s + t; root = s * u",
    "s = {0} ** 2; t = s * {1}; u = t + s; root = u * {2}",
    "s = {0} * {0}; t = {1} + s; u = s * t; root = u + {2}",
)


def random_graph(rng):
    """A small graph in which something is used twice."""
    letters = ["a", "b", "c"]
    rng.shuffle(letters)
    leaves = {name: number(rng) for name in sorted(letters)}
    return graph(rng.choice(SHAPES).format(*letters), **leaves)


def after_backward(root):
    """The same graph once its gradients have been found, and left where they are."""
    root.grad = 1.0
    for value in reversed(topological_order(root)):
        for parent, local in zip(value._prev, value._local):
            parent.grad += local * value.grad
    root.story += "; backward has run once, and every gradient is still there"
    return root


# ------------------------------------------------------------------------------------ reading


def named(root):
    return [value for value in topological_order(root) if getattr(value, "label", "")]


def gradients(_, inputs):
    """The gradient of everything with a name in the graph of the first input."""
    root = inputs[0]
    changed = [value.label for value in named(root) if value.data != root.before[value.label]]
    if changed:
        return f"the data of {', '.join(changed)} is no longer what it was"
    return [(value.label, value.grad) for value in named(root)]


def traced(results, values):
    """The numbers of some results, and how fast their sum moves with each of the values.

    The second result counts twice and so on, so that no two of them can change places.
    """
    for value in topological_order(total := weighted(results)):
        value.grad = 0.0
    total.grad = 1.0
    for value in reversed(topological_order(total)):
        for parent, local in zip(value._prev, value._local):
            parent.grad += local * value.grad
    return [result.data for result in results], [value.grad for value in values]


def weighted(results):
    """1 times the first, 2 times the second, and so on, added up."""
    places = [float(i) for i in range(1, len(results) + 1)]
    return Value(0.0, tuple(results), tuple(places), "weighted sum")


# ------------------------------------------------------------------- rules that are wrong


def bad_square(v):
    """v * v, with v for its local derivative."""
    return type(v)(v.data**2, (v,), (v.data,), "bad_square")


def split_add(a, b):
    """a + b, as if a sum shared the slope between its two parents."""
    return type(a)(a.data + b.data, (a, b), (0.5, 0.5), "split_add")


class Rule(Formula):
    """A function of Values that shows its own text and may use a rule that is wrong."""

    def __init__(self, parameters, expression):
        self.text = f"lambda {parameters}: {expression}"
        known = {"math": math, "bad_square": bad_square, "split_add": split_add}
        self.function = eval(self.text, known)
