"""What a GPT is made of, over many tokens at once: each function one node, its derivative by hand.

All of it could be said with the operations of `micrograd.fast.tensor`, and the tests do say it so
and compare. As one node each it is several times faster: nothing is kept for the steps in between,
and a derivative that was simplified on paper, such as that of softmax followed by cross-entropy,
goes over the numbers fewer times. The scalar engine does the same in `micrograd.nn`, which has most
of these functions under the same names.

How a line is written often follows from what NumPy is quick at. Between small arrays of one shape
an operation takes a fifth of a microsecond; with a number or a stretched shape, three times that.
A sum along a short last axis is quickest as a product with a vector, and a maximum quickest along
the first axis.

Shapes in comments: N rows, one for each token; B documents, T positions, E embedding, n_head heads
of H numbers, V vocabulary.
"""

from functools import lru_cache
from typing import Any

from micrograd.fast.tensor import Array, Tensor, node

# isort: split
import numpy as np


def embed(table: Tensor, *ids: Array) -> Tensor:
    """For each row the sum of the rows of `table` whose numbers the `ids` give: (N, E).

    A row that was used several times collects several gradients. A product with a matrix that
    counts the uses adds them up, which costs no more than the scores at the end of the model do.
    """
    data = table.data  # (rows, E)
    result = data.take(ids[0], axis=0)
    for more in ids[1:]:
        result += data.take(more, axis=0)

    def back(g: Array) -> Any:
        uses = np.zeros(len(g) * len(data), g.dtype)
        first = np.arange(0, uses.size, len(data))
        for of_one in ids:
            uses[first + of_one] += 1
        return uses.reshape(len(g), -1).T.dot(g)  # (rows, N) times (N, E)

    return node(result, (table,), (back,), "embed")


def add(x: Tensor, y: Tensor) -> Tensor:
    """x + y, of one shape."""
    return node(x.data + y.data, (x, y), (unchanged, unchanged), "+")


def unchanged(g: Array) -> Array:
    return g


def linear(x: Tensor, w: Tensor) -> Tensor:
    """The matrix `w`, outputs x inputs, times each row of `x`: (N, outputs).

    Output i of row n is the sum over j of x[n, j] w[i, j]. So it moves by x[n, j] when w[i, j]
    moves, and by w[i, j] when x[n, j] does. Summed over all outputs that move, these are two more
    matrix products.
    """
    a, b = x.data, w.data
    return node(a.dot(b.T), (x, w), (lambda g: g.dot(b), lambda g: g.T.dot(a)), "linear")


def relu(x: Tensor, squared: bool = False) -> Tensor:
    """The numbers above 0, or their squares; 0 in place of the others."""
    kept = np.maximum(x.data, 0)
    if squared:
        return node(kept * kept, (x,), (lambda g: g * (kept + kept),), "ReLU²")
    return node(kept, (x,), (lambda g: g * np.sign(kept),), "ReLU")


@lru_cache
def filled(size: int, value: float, dtype: np.dtype[np.floating]) -> Array:
    """A vector that a row is multiplied with, to take its sum or its mean."""
    return np.full(size, value, dtype)


def rmsnorm(x: Tensor) -> Tensor:
    """Each row of `x` divided by the root of its mean square; see `micrograd.nn.rmsnorm`."""
    a = x.data
    average = filled(a.shape[1], 1 / a.shape[1], a.dtype)
    root = np.sqrt((a * a).dot(average) + 1e-5)[:, None]  # (N, 1)
    normed = a / root

    def back(g: Array) -> Any:
        along = (g * normed).dot(average)[:, None]  # a change along the row is divided out again
        return (g - normed * along) / root

    return node(normed, (x,), (back,), "rmsnorm")


@lru_cache
def the_past(b: int, n_head: int, t: int, dtype: np.dtype[np.floating]) -> Array:
    """What to add to scores, key by query, so that no query sees a later key: (T, B, n_head, T)."""
    later = np.tril(np.full((t, t), -np.inf, dtype), -1)
    return np.ascontiguousarray(np.broadcast_to(later[:, None, None, :], (t, b, n_head, t)))


def attention(
    qkv: Tensor, n_head: int, shape: tuple[int, int], rows: Array | None = None
) -> Tensor:
    """All heads of all documents: for each token the average of the values up to it, (N, E).

    `qkv` (N, 3E) has queries, keys and values side by side. `shape` is (B, T): the rows are the T
    tokens of the first document, then those of the second, and so on. When documents are packed
    without filling, `rows` lists the numbers of those that are there.

    Scores and weights have the keys as their first axis, along which the maximum and the sums go.
    """
    (b, t), e = shape, qkv.data.shape[1] // 3
    scale, dtype = (e // n_head) ** -0.5, qkv.data.dtype

    def heads(packed: Array) -> Array:  # (1 or 3, B, n_head, T, H), without copying
        if rows is not None:
            full = np.zeros((b * t, packed.shape[1]), dtype)
            full[rows] = packed
            packed = full
        return packed.reshape(b, t, -1, n_head, e // n_head).transpose(2, 0, 3, 1, 4)

    q, k, v = heads(qkv.data)
    weights = np.empty((t, b, n_head, t), dtype)  # at first the scores: key by query
    np.matmul(k, q.mT, out=weights.transpose(1, 2, 0, 3))
    weights *= scale
    weights += the_past(b, n_head, t, dtype)
    weights -= np.maximum.reduce(weights)  # along the first axis
    np.exp(weights, out=weights)
    weights /= np.add.reduce(weights)
    mixed = np.empty((b * t, e), dtype)
    np.matmul(weights.transpose(1, 2, 3, 0), v, out=mixed.reshape(b, t, n_head, -1).swapaxes(1, 2))

    def back(g: Array) -> Any:
        [g] = heads(g)
        slopes = np.empty_like(weights)  # of the loss by each weight, then by each score
        np.matmul(v, g.mT, out=slopes.transpose(1, 2, 0, 3))
        slopes -= np.add.reduce(slopes * weights)
        slopes *= weights
        slopes *= scale
        full = np.empty((b * t, 3 * e), dtype)
        of_q, of_k, of_v = full.reshape(b, t, 3, n_head, -1).transpose(2, 0, 3, 1, 4)
        np.matmul(slopes.transpose(1, 2, 3, 0), k, out=of_q)
        np.matmul(slopes.transpose(1, 2, 0, 3), q, out=of_k)
        np.matmul(weights.transpose(1, 2, 0, 3), g, out=of_v)
        return full if rows is None else full.take(rows, axis=0)

    result = mixed if rows is None else mixed.take(rows, axis=0)
    return node(result, (qkv,), (back,), "attention")


def cross_entropy(logits: Tensor, targets: Array, weights: Array) -> Tensor:
    """The surprise at each row's target, in nats, weighted and summed: one number.

    The derivatives by the logits of a row are the probabilities, with 1 taken from the target's.
    """
    a = logits.data  # (N, V)
    of_target = np.arange(0, a.size, a.shape[1]) + targets  # its place in the flattened logits
    a = a - np.maximum.reduce(a, axis=1)[:, None]
    exponentials = np.exp(a)
    totals = exponentials.dot(filled(a.shape[1], 1.0, a.dtype))
    loss = weights.dot(np.log(totals) - a.take(of_target))

    def back(g: Array) -> Any:
        slopes = exponentials * (weights / totals)[:, None]
        slopes.ravel()[of_target] -= weights
        return slopes if g == 1 else slopes * g

    return node(loss, (logits,), (back,), "cross_entropy")
