"""The operations of a recorded graph as loops of machine code, and the one loop back.

`micrograd.fast.replay` sorts the nodes of a graph into stretches of equal operations with equally
many parents. Each function here computes one stretch of nodes with w parents each: those of node i
are data[p[i * w]], data[p[i * w + 1]] and so on. Its result goes into out[i], and its local
derivatives into the same places of `local`; a further array holds, for each node, what an operation
has to know besides, such as an exponent.

A function answers with the first i whose result does not exist as a number, or with -1.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd.fast.jit import jit

Floats = NDArray[np.float64]
# Without a sign: a negative index would count from the end, and asking for that at every node
# doubles the time.
Ints = NDArray[np.uint32]


class Graph(NamedTuple):
    """A graph of N nodes and M edges in R stretches, each node after its parents."""

    codes: Ints  # (R,), the operation of each stretch
    widths: Ints  # (R,), how many parents each of its nodes has
    nodes: Ints  # (R + 1,), the first node of each stretch, and N
    edges: Ints  # (R + 1,), the first edge of each stretch, and M
    parents: Ints  # (M,), the nodes that edges come from
    local: Floats  # (M,), the local derivatives along them
    extra: Floats  # (N,)
    data: Floats  # (N,)
    grad: Floats  # (N,)


# The codes of the operations, in the order in which they stand below.
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
def weighted_sum(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    """+, -, mean, and what multiplies by a plain number: the local derivatives never change."""
    if w == 2:
        for i in range(len(out)):
            out[i] = local[2 * i] * data[p[2 * i]] + local[2 * i + 1] * data[p[2 * i + 1]]
    else:
        for i in range(len(out)):
            total = 0.0
            for j in range(w):
                total += local[i * w + j] * data[p[i * w + j]]
            out[i] = total
    return -1


@jit
def dot(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    """The first half of the parents times the second half; of two parents, the product."""
    half = w // 2
    if half == 1:
        for i in range(len(out)):
            a, b = data[p[2 * i]], data[p[2 * i + 1]]
            out[i] = a * b
            local[2 * i], local[2 * i + 1] = b, a
    else:
        for i in range(len(out)):
            total = 0.0
            for j in range(half):
                a, b = data[p[i * w + j]], data[p[i * w + half + j]]
                total += a * b
                local[i * w + j], local[i * w + half + j] = b, a
            out[i] = total
    return -1


@jit
def divide(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        a, b = data[p[2 * i]], data[p[2 * i + 1]]
        if b == 0:
            return i
        out[i] = a / b
        local[2 * i], local[2 * i + 1] = 1 / b, -out[i] / b
    return -1


@jit
def power(w: int, p: Ints, local: Floats, out: Floats, data: Floats, exponents: Floats) -> int:
    for i in range(len(out)):
        base, n = data[p[i]], exponents[i]
        whole = n == math.floor(n)
        if (base == 0 and (n < 0 or 0 < n < 1)) or (-math.inf < base < 0 and not whole):
            return i
        less = 1.0 if n == 0 or n == 1 else base if n == 2 else base ** (n - 1)
        out[i] = base * base if n == 2 else base**n
        local[i] = n * less
        if (math.isinf(out[i]) or math.isinf(less)) and math.isfinite(base):
            return i
    return -1


@jit
def exp(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        x = data[p[i]]
        out[i] = local[i] = math.exp(x)
        if math.isinf(out[i]) and math.isfinite(x):
            return i
    return -1


@jit
def log(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        x = data[p[i]]
        if x <= 0:
            return i
        out[i], local[i] = math.log(x), 1 / x
    return -1


@jit
def tanh(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        out[i] = math.tanh(data[p[i]])
        local[i] = 1 - out[i] * out[i]
    return -1


@jit
def relu(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        x = data[p[i]]
        flat = x <= 0  # and not where x is NaN
        out[i], local[i] = 0.0 if flat else x, 0.0 if flat else 1.0
    return -1


@jit
def absolute(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        x = data[p[i]]
        out[i], local[i] = abs(x), (x > 0) - (x < 0)
    return -1


@jit
def larger(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    for i in range(len(out)):
        a, b = data[p[2 * i]], data[p[2 * i + 1]]
        if math.isnan(a) or math.isnan(b):
            out[i] = local[2 * i] = local[2 * i + 1] = math.nan
        else:
            out[i] = max(a, b)
            local[2 * i] = 0.5 if a == b else 1.0 * (a > b)
            local[2 * i + 1] = 1 - local[2 * i]
    return -1


@jit
def rms(w: int, p: Ints, local: Floats, out: Floats, data: Floats) -> int:
    """1 / root(mean of the squares + 1e-5)"""
    for i in range(len(out)):
        total = 0.0
        for j in range(w):
            local[i * w + j] = data[p[i * w + j]]
            total += local[i * w + j] * local[i * w + j]
        out[i] = 1 / math.sqrt(total / w + 1e-5)
        slope = -out[i] * out[i] * out[i] / w
        for j in range(w):
            local[i * w + j] *= slope
    return -1


@jit
def softmax(w: int, p: Ints, local: Floats, out: Floats, data: Floats, which: Floats) -> int:
    """Of the probabilities that belong to the parents, the one that `which` says."""
    shares = np.empty(w)
    row = -1  # the node whose shares these are; those of one row stand side by side
    for i in range(len(out)):
        if row < 0 or not equal(p, row * w, i * w, w):
            row = i
            total = exponentials(p[i * w : (i + 1) * w], data, shares)
            if math.isinf(total):
                return i
            for j in range(w):
                shares[j] /= total
        own = int(which[i])
        out[i] = shares[own]
        for j in range(w):
            local[i * w + j] = shares[own] * ((j == own) - shares[j])
    return -1


@jit
def cross_entropy(
    w: int, p: Ints, local: Floats, out: Floats, data: Floats, targets: Floats
) -> int:
    """-log softmax(parents)[target]"""
    for i in range(len(out)):
        target = int(targets[i])
        total = exponentials(p[i * w : (i + 1) * w], data, local[i * w : (i + 1) * w])
        if math.isinf(total):
            return i
        largest = -math.inf
        for j in range(w):
            largest = max(largest, data[p[i * w + j]])
            local[i * w + j] /= total
        local[i * w + target] -= 1
        out[i] = math.log(total) + (largest - data[p[i * w + target]])
    return -1


@jit
def exponentials(p: Ints, data: Floats, out: Floats) -> float:
    """e to the power of each parent less the largest, and their sum; infinity if all are -inf."""
    largest = -math.inf
    for j in range(len(p)):
        largest = max(largest, data[p[j]])
    if largest == -math.inf:
        return math.inf
    total = 0.0
    for j in range(len(p)):
        out[j] = math.exp(data[p[j]] - largest)
        total += out[j]
    return total


@jit
def equal(p: Ints, a: int, b: int, w: int) -> bool:
    for j in range(w):  # noqa: SIM110 - numba has no all()
        if p[a + j] != p[b + j]:
            return False
    return True


@jit
def replay_forward(g: Graph) -> np.int64 | int:
    """Stretch after stretch; the first node whose result does not exist, or -1."""
    for r in range(len(g.codes)):
        code, w = g.codes[r], np.int64(g.widths[r])
        start, stop = g.nodes[r], g.nodes[r + 1]
        p = g.parents[g.edges[r] : g.edges[r + 1]]
        local = g.local[g.edges[r] : g.edges[r + 1]]
        out, extra, data = g.data[start:stop], g.extra[start:stop], g.data
        fault = -1
        if code == WEIGHTED_SUM:
            fault = weighted_sum(w, p, local, out, data)
        elif code == DOT:
            fault = dot(w, p, local, out, data)
        elif code == DIVIDE:
            fault = divide(w, p, local, out, data)
        elif code == POWER:
            fault = power(w, p, local, out, data, extra)
        elif code == EXP:
            fault = exp(w, p, local, out, data)
        elif code == LOG:
            fault = log(w, p, local, out, data)
        elif code == TANH:
            fault = tanh(w, p, local, out, data)
        elif code == RELU:
            fault = relu(w, p, local, out, data)
        elif code == ABSOLUTE:
            fault = absolute(w, p, local, out, data)
        elif code == LARGER:
            fault = larger(w, p, local, out, data)
        elif code == RMS:
            fault = rms(w, p, local, out, data)
        elif code == SOFTMAX:
            fault = softmax(w, p, local, out, data, extra)
        elif code == CROSS_ENTROPY:
            fault = cross_entropy(w, p, local, out, data, extra)
        if fault >= 0:
            return np.int64(start) + fault
    return -1


@jit
def replay_backward(g: Graph) -> None:
    """The loop of `Value.backward`, which knows no operations. The last node is the root."""
    grad = g.grad
    for k in range(len(grad)):
        grad[k] = 0
    grad[-1] = 1
    for r in range(len(g.codes) - 1, -1, -1):
        p = g.parents[g.edges[r] : g.edges[r + 1]]
        local = g.local[g.edges[r] : g.edges[r + 1]]
        w = np.int64(g.widths[r])
        arrived = grad[g.nodes[r] : g.nodes[r + 1]]
        if w == 2:
            for i in range(len(arrived) - 1, -1, -1):
                grad[p[2 * i]] += local[2 * i] * arrived[i]
                grad[p[2 * i + 1]] += local[2 * i + 1] * arrived[i]
        else:
            for i in range(len(arrived) - 1, -1, -1):
                for j in range(w):
                    grad[p[i * w + j]] += local[i * w + j] * arrived[i]
