"""A graph of scalars recorded once as arrays, and replayed at machine speed, forward and backward.

Most of the time of a scalar engine goes into making nodes: finding the operation, the memory and
the parents of each. The same program on the same shapes makes the same nodes every time, and only
the numbers in them differ. So `record` writes the nodes down once, as arrays, and loops of machine
code (numba) fill in the numbers:

    >>> x, w = Value(3.0), Value(2.0)
    >>> recording = record((x * w - 10.0) ** 2)
    >>> recording.data[recording.position(w)] = 4.0
    >>> recording.forward()
    4.0
    >>> recording.backward()
    >>> float(recording.grad[recording.position(w)])  # 2 (x w - 10) x
    12.0

What stays as it was recorded: which nodes there are and what they are made from; all plain numbers
in the program; and whatever the program found out by looking at `data`, such as a branch taken, or
the largest logit that a softmax takes away first (where a later one is as right). The tokens of a
document choose rows of the embedding table, so another document is another graph and needs a new
recording, be it as long or not.

Nodes are sorted by depth, and those of one depth by operation. So a stretch of equal operations is
one loop that asks nothing, and every node still comes after its parents.

This works on `micrograd.engine.Value`, and on any class with `data`, `grad`, `_prev`, `_local` and
`_op`, such as the one of notebook 03a, as far as its operations are known here by their names. A
name is not believed: the recording must give the numbers that the graph holds, or it is refused.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from micrograd.engine import Value, topological_order
from micrograd.fast import replay_loops as loops
from micrograd.fast.jit import Calls
from micrograd.fast.replay_loops import Graph, Ints
from micrograd.nn import probabilities


class Made(NamedTuple):
    """How a node is made: which loop, from which values or plain numbers, with which slopes."""

    code: int
    parents: Sequence[Any]
    local: Sequence[float]
    extra: float = 0.0


class Recording:
    """A graph as arrays. Its leaves come first in them, in the order of `leaves`.

    `data` holds the numbers of all nodes and `grad`, after `backward`, their gradients; a change of
    a leaf's number is followed by everything at the next `forward`.
    """

    def __init__(self, values: list[Any], leaves: int, graph: Graph) -> None:
        self.values = values  # in the order of the arrays; None for a plain number in the program
        self.leaves: list[Any] = values[:leaves]
        self.graph = graph
        self.data, self.grad = graph.data, graph.grad
        self._call = Calls("the loops of a recorded graph")
        self._positions = {id(value): i for i, value in enumerate(values) if value is not None}

    def __repr__(self) -> str:
        return (
            f"Recording of {len(self.data)} nodes, {len(self.leaves)} of them leaves, in "
            f"{len(self.graph.codes)} stretches"
        )

    def position(self, value: Any) -> int:
        """Where a value of the recorded graph stands in `data` and `grad`."""
        try:
            return self._positions[id(value)]
        except KeyError:
            raise ValueError("This value is not in the recorded graph.") from None

    def forward(self) -> float:
        """All numbers anew, from those of the leaves; that of the root."""
        fault = self._call(loops.replay_forward, self.graph)
        if fault >= 0:
            self._explain(fault)
        return float(self.data[-1])

    def backward(self) -> None:
        """All gradients anew: d(root)/d(each node), for the numbers of the last `forward`."""
        self._call(loops.replay_backward, self.graph)

    def read(self) -> None:
        """Take over the numbers that the leaves, the Values themselves, hold now."""
        self.data[: len(self.leaves)] = [leaf.data for leaf in self.leaves]

    def write(self) -> None:
        """Add the gradients of the leaves to those of the Values, as `Value.backward` does."""
        for leaf, grad in zip(self.leaves, self.grad[: len(self.leaves)].tolist(), strict=True):
            leaf.grad += grad

    def _node(self, k: int) -> tuple[int, slice, float]:
        """The operation of node k, the edges from its parents, and what it has to know besides."""
        g = self.graph
        r = int(np.searchsorted(g.nodes, k, side="right")) - 1
        width = int(g.widths[r])
        start = int(g.edges[r]) + (k - int(g.nodes[r])) * width
        return int(g.codes[r]), slice(start, start + width), float(g.extra[k])

    def _explain(self, k: int) -> None:
        """Why node k does not exist: the engine raises the sentence."""
        code, edges, extra = self._node(k)
        data = self.data[self.graph.parents[edges]].tolist()
        if code == loops.DIVIDE:
            Value(data[0]) / Value(data[1])
        elif code == loops.POWER:
            Value(data[0]) ** extra
        elif code == loops.EXP:
            Value(data[0]).exp()
        elif code == loops.LOG:
            Value(data[0]).log()
        else:  # softmax or cross-entropy
            probabilities(data)


def record(root: Any, order: Sequence[Any] | None = None) -> Recording:
    """The graph that `root` was made from.

    `order` is a topological order where one is known already, such as that of
    `micrograd.engine.recorded`: what stands in it counts as made, and all else as a leaf. Raises
    ValueError for an operation that is not known here, or that gives other numbers here.
    """
    made = needed(root, topological_order(root) if order is None else order)
    steps = [how(value) for value in made]
    recording = arrange(root, made, steps)
    recording.forward()
    data, local = recording.data.tolist(), recording.graph.local.tolist()
    for value, step in zip(made, steps, strict=True):
        k = recording.position(value)
        compare(value, step, data[k], local[recording._node(k)[1]])
    return recording


def needed(root: Any, order: Sequence[Any]) -> list[Any]:
    """What of `order` was made, and has a part in `root`."""
    wanted, found = {id(root)}, []
    for value in reversed(order):
        if id(value) in wanted and value._prev:
            if not isinstance(value._prev, tuple | list):
                raise TypeError(
                    f"The parents of {value._op!r} are a {type(value._prev).__name__}, and a "
                    "replay has to know their order: keep them as a tuple."
                )
            wanted.update(map(id, value._prev))
            found.append(value)
    return found[::-1]


def arrange(root: Any, made: Sequence[Any], steps: Sequence[Made]) -> Recording:
    """The arrays: leaves, then plain numbers, then stretch after stretch of equal operations."""
    inside = {id(value) for value in made}
    given = {name_of(p): p for step in steps for p in step.parents} or {id(root): root}
    leaves = [p for name, p in given.items() if type(p) is not float and name not in inside]
    numbers = [p for p in given.values() if type(p) is float]
    start = len(leaves) + len(numbers)

    # By depth; by operation and number of parents; then as they were made, except that the nodes of
    # one softmax, which have the same parents, stand together.
    depth = dict.fromkeys(map(name_of, [*leaves, *numbers]), 0)
    rows: dict[Any, int] = {}
    keys = []
    for i, (value, step) in enumerate(zip(made, steps, strict=True)):
        names = tuple(map(name_of, step.parents))
        depth[id(value)] = deep = 1 + max(map(depth.__getitem__, names))
        row = rows.setdefault(names, i) if step.code == loops.SOFTMAX else i
        keys.append((deep, step.code, len(names), row, i))
    keys.sort()
    made, steps = [made[key[-1]] for key in keys], [steps[key[-1]] for key in keys]

    kinds = [key[1:3] for key in keys]
    borders = [i for i, key in enumerate(keys) if i == 0 or key[:3] != keys[i - 1][:3]]
    widths = [width for _, width in kinds]
    position = {name_of(p): i for i, p in enumerate([*leaves, *numbers, *made])}
    graph = Graph(
        codes=integers(kinds[i][0] for i in borders),
        widths=integers(kinds[i][1] for i in borders),
        nodes=integers(start + i for i in [*borders, len(made)]),
        edges=integers(np.cumsum([0, *widths])[[*borders, len(made)]]),
        parents=integers(position[name_of(p)] for step in steps for p in step.parents),
        local=np.array([slope for step in steps for slope in step.local], np.float64),
        extra=np.array([0.0] * start + [step.extra for step in steps]),
        data=np.zeros(start + len(made)),
        grad=np.zeros(start + len(made)),
    )
    graph.data[:start] = [*(leaf.data for leaf in leaves), *numbers]
    return Recording([*leaves, *[None] * len(numbers), *made], len(leaves), graph)


def integers(given: Iterable[int]) -> Ints:
    return np.array(list(given), np.uint32)


def name_of(parent: Any) -> Any:
    """A value is only itself, and equal plain numbers are one."""
    return repr(parent) if type(parent) is float else id(parent)


def compare(value: Any, step: Made, result: float, local: list[float]) -> None:
    """Refuse a node whose number or local derivatives the loops compute otherwise."""
    alike = same(result, value.data)
    theirs = getattr(value, "_local", None)
    if alike and theirs is not None:
        wanted, found = by_parent(value._prev, theirs), by_parent(step.parents, local)
        alike = all(same(found[name], slope) for name, slope in wanted.items())
    if not alike:
        raise ValueError(
            f"The graph has a node {value._op!r} with the number {value.data:g}, and what is known "
            f"by that name gives {result:g}, or other local derivatives. Either it is another "
            "operation, which needs another name, or a number was changed after the graph was "
            "made: then make it anew."
        )


def by_parent(parents: Sequence[Any], slopes: Sequence[float]) -> dict[int, float]:
    """The local derivatives, added up where one value is several of the parents."""
    found: dict[int, float] = {}
    for parent, slope in zip(parents, slopes, strict=True):
        found[id(parent)] = found.get(id(parent), 0.0) + slope
    return found


def same(a: float, b: float) -> bool:
    """Equal up to rounding; NaN is like NaN."""
    return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) or (a != a and b != b)


# How a node was made, read off the node. Where it keeps no plain number that went into it, the
# number follows from the result.


def how(value: Any) -> Made:
    operation = value._op.lower()
    if operation.startswith("**") and len(value._prev) == 1:
        return Made(loops.POWER, value._prev, (0.0,), exponent(value._op))
    if operation not in KNOWN:
        raise ValueError(
            f"A node {value._op!r} cannot be replayed; what can be is **, {', '.join(KNOWN)}."
        )
    counts, made = KNOWN[operation]
    if counts and len(value._prev) not in counts:
        raise ValueError(
            f"A node {value._op!r} with {len(value._prev)} parents cannot be replayed: it is known "
            f"with {' or '.join(map(str, counts))}."
        )
    return made(value)


def loop(code: int) -> Callable[[Any], Made]:
    """An operation whose parents say it all."""
    return lambda value: Made(code, value._prev, [0.0] * len(value._prev))


def exponent(operation: str) -> float:
    """2.0 from "**2", and 0.5 from "**1/2", which a Fraction leaves."""
    try:
        return float(Fraction(operation[2:]))
    except ValueError:
        raise ValueError(f"A node {operation!r} does not name a number as its exponent.") from None


def plus(value: Any) -> Made:
    if len(value._prev) == 2:
        return Made(loops.WEIGHTED_SUM, value._prev, (1.0, 1.0))
    return with_number(value)


def minus(value: Any) -> Made:
    if len(value._prev) == 2:
        return Made(loops.WEIGHTED_SUM, value._prev, (1.0, -1.0))
    return with_number(value)


def with_number(value: Any) -> Made:
    """parent + number, parent - number, or number - parent: the slope tells the last one."""
    [parent], [slope] = value._prev, slopes(value)
    rest = value.data - slope * parent.data
    number = plainest(rest, lambda number: slope * parent.data + number == value.data)
    if number == 0:
        return Made(loops.WEIGHTED_SUM, value._prev, (slope,))
    return Made(loops.WEIGHTED_SUM, (parent, number), (slope, 1.0))


def times(value: Any) -> Made:
    if len(value._prev) == 2:
        return Made(loops.DOT, value._prev, (0.0, 0.0))
    return Made(loops.WEIGHTED_SUM, value._prev, slopes(value))


def over(value: Any) -> Made:
    """parent / parent, parent / number, or number / parent, where the slope has the other sign."""
    if len(value._prev) == 2:
        return Made(loops.DIVIDE, value._prev, (0.0, 0.0))
    [parent], [slope] = value._prev, slopes(value)
    if same(slope * parent.data, value.data):
        return Made(loops.WEIGHTED_SUM, value._prev, (slope,))
    product = value.data * parent.data
    number = plainest(product, lambda number: number / parent.data == value.data)
    return Made(loops.DIVIDE, (number, parent), (0.0, 0.0))


def average(value: Any) -> Made:
    n = len(value._prev)
    return Made(loops.WEIGHTED_SUM, value._prev, [1.0 / n] * n)


def neuron(value: Any) -> Made:
    """bias + weights · inputs, as one product of (weights, bias) and (inputs, 1).

    The parents are the bias, the weights, and those of the inputs that are values. How many these
    are is not said; but the slope of a weight is its input, and that of an input its weight.
    """
    bias, *parents = value._prev
    inputs = list(slopes(value)[1:])
    for count in range(len(parents) // 2, 0, -1):
        weights, numbers = parents[:-count], inputs[:-count]
        waiting = list(zip(parents[-count:], inputs[-count:], strict=True))
        for i, weight in enumerate(weights):
            if not waiting:
                break
            given, slope = waiting[0]
            if same(given.data, numbers[i]) and same(slope, weight.data):
                numbers[i] = given
                del waiting[0]
        if not waiting:
            break
    else:
        weights, numbers = parents, inputs
    pairs = (*weights, bias, *numbers, 1.0)
    return Made(loops.DOT, pairs, [0.0] * len(pairs))


def softmax(value: Any) -> Made:
    """Which of the probabilities a node is: only its own logit makes it grow."""
    local = slopes(value)
    grows = [i for i, slope in enumerate(local) if slope > 0]
    if not grows:  # a probability of 0 or 1: all slopes are 0
        grows = [
            i for i, p in enumerate(probabilities([z.data for z in value._prev])) if p == value.data
        ]
    if len(grows) != 1:
        raise ValueError(
            f"A probability of {value.data:g} may belong to any of several logits here. Record "
            "the graph with other numbers in its leaves, and change them afterwards."
        )
    return Made(loops.SOFTMAX, value._prev, [0.0] * len(local), grows[0])


def cross_entropy(value: Any) -> Made:
    """The target: the one slope below 0, or where all are 0, the token that was certain."""
    local = slopes(value)
    target = min(range(len(local)), key=lambda i: (local[i], -value._prev[i].data))
    return Made(loops.CROSS_ENTROPY, value._prev, [0.0] * len(local), target)


def slopes(value: Any) -> tuple[float, ...]:
    local = getattr(value, "_local", None)
    if local is None:
        raise ValueError(
            f"A node {value._op!r} was made with a plain number, which neither its parents nor "
            "local derivatives tell. Make a Value of that number first, or keep _local."
        )
    return tuple(map(float, local))


def plainest(estimate: float, fits: Callable[[float], bool]) -> float:
    """Of the numbers that fit, near an estimate, one with the fewest digits.

    1e-05 can be read off 0.08001 and 0.08 only up to rounding; as the shortest number that gives
    0.08001 it is found exactly.
    """
    for digits in range(1, 17):
        number = float(f"{estimate:.{digits}g}")
        if fits(number):
            return number
    return estimate


# With how many parents an operation is known, if not with any number, and what reads it.
KNOWN: dict[str, tuple[tuple[int, ...], Callable[[Any], Made]]] = {
    "+": ((1, 2), plus),
    "-": ((1, 2), minus),
    "*": ((1, 2), times),
    "/": ((1, 2), over),
    "exp": ((1,), loop(loops.EXP)),
    "log": ((1,), loop(loops.LOG)),
    "tanh": ((1,), loop(loops.TANH)),
    "relu": ((1,), loop(loops.RELU)),
    "abs": ((1,), loop(loops.ABSOLUTE)),
    "max": ((2,), loop(loops.LARGER)),
    "mean": ((), average),
    "dot": ((), loop(loops.DOT)),
    "rms": ((), loop(loops.RMS)),
    "neuron": ((), neuron),
    "softmax": ((), softmax),
    "cross_entropy": ((), cross_entropy),
}
