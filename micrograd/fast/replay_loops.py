"""The operations of a recorded graph as loops of machine code, and the one loop back.

`micrograd.fast.replay` sorts the nodes of a graph into stretches of equal operations, and each
function here fills one stretch, from `start` up to `stop`, with numbers. Node k is made from the
values g.data[g.parents[e]], for e from g.first[k] up to g.first[k + 1]. Its result goes into
g.data[k], its local derivative with respect to each parent into g.local[e]. A function answers
with the first node whose result does not exist as a number, or else with -1.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd.fast.jit import jit

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class Graph(NamedTuple):
    """A graph of N nodes and M edges, each node after its parents."""

    first: Ints  # (N + 1,), where the edges of each node begin
    parents: Ints  # (M,), the node that each edge comes from
    local: Floats  # (M,), the local derivative along it
    extra: Floats  # (N,), what an operation has to know beside its parents: an exponent, a target
    data: Floats  # (N,)
    grad: Floats  # (N,)


@jit
def weighted_sum(start: int, stop: int, g: Graph) -> int:
    """+, -, mean, and whatever multiplies by plain numbers: the local derivatives never change."""
    width = g.first[start + 1] - g.first[start]
    e = g.first[start]
    if width == 2:
        for k in range(start, stop):
            g.data[k] = (
                g.local[e] * g.data[g.parents[e]] + g.local[e + 1] * g.data[g.parents[e + 1]]
            )
            e += 2
    else:
        for k in range(start, stop):
            total = 0.0
            for e in range(g.first[k], g.first[k + 1]):
                total += g.local[e] * g.data[g.parents[e]]
            g.data[k] = total
    return -1


@jit
def dot(start: int, stop: int, g: Graph) -> int:
    """The first half of the parents times the second half; with two parents, their product."""
    n = (g.first[start + 1] - g.first[start]) // 2
    e = g.first[start]
    if n == 1:
        for k in range(start, stop):
            g.local[e + 1], g.local[e] = g.data[g.parents[e]], g.data[g.parents[e + 1]]
            g.data[k] = g.local[e] * g.local[e + 1]
            e += 2
    else:
        for k in range(start, stop):
            total = 0.0
            for e in range(g.first[k], g.first[k] + n):
                g.local[e + n], g.local[e] = g.data[g.parents[e]], g.data[g.parents[e + n]]
                total += g.local[e] * g.local[e + n]
            g.data[k] = total
    return -1


@jit
def divide(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        e = g.first[k]
        divisor = g.data[g.parents[e + 1]]
        if divisor == 0:
            return k
        g.data[k] = g.data[g.parents[e]] / divisor
        g.local[e] = 1 / divisor
        g.local[e + 1] = -g.data[k] / divisor
    return -1


@jit
def power(start: int, stop: int, g: Graph) -> int:
    """`extra` is the exponent."""
    for k in range(start, stop):
        e = g.first[k]
        base, n = g.data[g.parents[e]], g.extra[k]
        whole = n == math.floor(n)
        if (base == 0 and (n < 0 or 0 < n < 1)) or (-math.inf < base < 0 and not whole):
            return k
        if n == 2:
            g.data[k], g.local[e] = base * base, 2 * base
        elif n == 0:
            g.data[k], g.local[e] = 1.0, 0.0
        else:
            g.data[k], g.local[e] = base**n, n * base ** (n - 1)
        if (math.isinf(g.data[k]) or math.isinf(g.local[e])) and math.isfinite(base):
            return k
    return -1


@jit
def exp(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        x = g.data[g.parents[g.first[k]]]
        g.data[k] = g.local[g.first[k]] = math.exp(x)
        if math.isinf(g.data[k]) and math.isfinite(x):
            return k
    return -1


@jit
def log(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        x = g.data[g.parents[g.first[k]]]
        if x <= 0:
            return k
        g.data[k] = math.log(x)
        g.local[g.first[k]] = 1 / x
    return -1


@jit
def tanh(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        g.data[k] = math.tanh(g.data[g.parents[g.first[k]]])
        g.local[g.first[k]] = 1 - g.data[k] * g.data[k]
    return -1


@jit
def relu(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        x = g.data[g.parents[g.first[k]]]
        flat = x <= 0  # and not where x is NaN
        g.data[k] = 0.0 if flat else x
        g.local[g.first[k]] = 0.0 if flat else 1.0
    return -1


@jit
def absolute(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        x = g.data[g.parents[g.first[k]]]
        g.data[k] = abs(x)
        g.local[g.first[k]] = (x > 0) - (x < 0)
    return -1


@jit
def larger(start: int, stop: int, g: Graph) -> int:
    for k in range(start, stop):
        e = g.first[k]
        a, b = g.data[g.parents[e]], g.data[g.parents[e + 1]]
        if math.isnan(a) or math.isnan(b):
            g.data[k] = g.local[e] = g.local[e + 1] = math.nan
        else:
            g.data[k] = max(a, b)
            g.local[e] = 0.5 if a == b else 1.0 * (a > b)
            g.local[e + 1] = 1 - g.local[e]
    return -1


@jit
def rms(start: int, stop: int, g: Graph) -> int:
    """1 / root(mean of the squares + 1e-5)"""
    n = g.first[start + 1] - g.first[start]
    for k in range(start, stop):
        total = 0.0
        for e in range(g.first[k], g.first[k + 1]):
            total += g.data[g.parents[e]] * g.data[g.parents[e]]
        g.data[k] = 1 / math.sqrt(total / n + 1e-5)
        slope = -(g.data[k] ** 3) / n
        for e in range(g.first[k], g.first[k + 1]):
            g.local[e] = slope * g.data[g.parents[e]]
    return -1


@jit
def softmax(start: int, stop: int, g: Graph) -> int:
    """`extra` says which of the probabilities of its parents, the logits, a node is."""
    n = g.first[start + 1] - g.first[start]
    p = np.empty(n)
    row = -1  # whose probabilities p holds: nodes of one row stand side by side
    for k in range(start, stop):
        e = g.first[k]
        if row < 0 or not same_parents(g, g.first[row], e, n):
            row = k
            largest = -math.inf
            for j in range(n):
                largest = max(largest, g.data[g.parents[e + j]])
            if largest == -math.inf:
                return k
            total = 0.0
            for j in range(n):
                p[j] = math.exp(g.data[g.parents[e + j]] - largest)
                total += p[j]
            for j in range(n):
                p[j] /= total
        i = int(g.extra[k])
        g.data[k] = p[i]
        for j in range(n):
            g.local[e + j] = p[i] * ((i == j) - p[j])
    return -1


@jit
def same_parents(g: Graph, a: int, b: int, n: int) -> bool:
    for j in range(n):  # noqa: SIM110 - numba has no all()
        if g.parents[a + j] != g.parents[b + j]:
            return False
    return True


@jit
def cross_entropy(start: int, stop: int, g: Graph) -> int:
    """`extra` is the target."""
    for k in range(start, stop):
        largest, total = -math.inf, 0.0
        for e in range(g.first[k], g.first[k + 1]):
            largest = max(largest, g.data[g.parents[e]])
        if largest == -math.inf:
            return k
        for e in range(g.first[k], g.first[k + 1]):
            g.local[e] = math.exp(g.data[g.parents[e]] - largest)
            total += g.local[e]
        for e in range(g.first[k], g.first[k + 1]):
            g.local[e] /= total
        target = g.first[k] + int(g.extra[k])
        g.local[target] -= 1
        g.data[k] = math.log(total) + (largest - g.data[g.parents[target]])
    return -1


# The code of each operation, in the order of the functions above.
(
    WEIGHTED_SUM,
    DOT,
    DIVIDE,
    POWER,
    EXP,
    LOG,
    TANH,
    RELU,
    ABSOLUTE,
    LARGER,
    RMS,
    SOFTMAX,
    CROSS_ENTROPY,
) = range(13)


@jit
def replay_forward(codes: Ints, ends: Ints, g: Graph) -> int:
    """Stretch by stretch: `codes` says which operation, `ends` where each begins and ends."""
    for r in range(len(codes)):
        code, a, b = codes[r], ends[r], ends[r + 1]
        fault = -1
        if code == WEIGHTED_SUM:
            fault = weighted_sum(a, b, g)
        elif code == DOT:
            fault = dot(a, b, g)
        elif code == DIVIDE:
            fault = divide(a, b, g)
        elif code == POWER:
            fault = power(a, b, g)
        elif code == EXP:
            fault = exp(a, b, g)
        elif code == LOG:
            fault = log(a, b, g)
        elif code == TANH:
            fault = tanh(a, b, g)
        elif code == RELU:
            fault = relu(a, b, g)
        elif code == ABSOLUTE:
            fault = absolute(a, b, g)
        elif code == LARGER:
            fault = larger(a, b, g)
        elif code == RMS:
            fault = rms(a, b, g)
        elif code == SOFTMAX:
            fault = softmax(a, b, g)
        elif code == CROSS_ENTROPY:
            fault = cross_entropy(a, b, g)
        if fault >= 0:
            return fault
    return -1


@jit
def replay_backward(g: Graph) -> None:
    """The loop of `Value.backward`, which knows no operations. The last node is the root."""
    for k in range(len(g.grad)):
        g.grad[k] = 0
    g.grad[-1] = 1
    for k in range(len(g.grad) - 1, -1, -1):
        for e in range(g.first[k], g.first[k + 1]):
            g.grad[g.parents[e]] += g.local[e] * g.grad[k]
