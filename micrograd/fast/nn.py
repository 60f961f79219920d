"""What a GPT is made of, over many tokens at once: each function one node, its derivative by hand.

Everything here could be said with the operations of `micrograd.fast.tensor`, and the tests do say
it so and compare. As one node it is several times faster: a sum of products has no node for each
step, and a derivative that was simplified on paper first, such as that of softmax followed by
cross-entropy, needs fewer passes over the numbers. The scalar engine does the same with nodes of
many parents in `micrograd.nn`, which has these functions under the same names.

Shapes in comments: N rows, one for each token; B documents, T positions, E embedding, n_head heads
of H numbers, V vocabulary.
"""

from micrograd.fast.tensor import Array, Tensor, node

# isort: split
import numpy as np


def embed(table: Tensor, ids: Array) -> Tensor:
    """The rows of `table` whose numbers are listed: (N, E).

    A row that was used several times collects several gradients. They are added up by a product
    with a matrix of zeros and ones, which costs no more than the scores at the end of the model do.
    """
    data = table.data

    def back(g: Array) -> Array:
        used = np.zeros((len(ids), len(data)), data.dtype)  # (N, V)
        used[np.arange(len(ids)), ids] = 1
        return used.T @ g

    return node(data[ids], (table,), (back,), "embed")


def linear(x: Tensor, w: Tensor) -> Tensor:
    """The matrix `w`, outputs x inputs, times each row of `x`: (N, outputs).

    Row n, output i is the sum over j of x[n, j] w[i, j]. So w[i, j] moves it by x[n, j], and
    x[n, j] by w[i, j]: summed over all that moves, these are two more matrix products.
    """
    a, b = x.data, w.data
    return node(a @ b.T, (x, w), (lambda g: g @ b, lambda g: g.T @ a), "linear")


def rmsnorm(x: Tensor) -> Tensor:
    """Each row of `x` divided by the root of its mean square; see `micrograd.nn.rmsnorm`."""
    a = x.data
    scale = (np.vecdot(a, a) / a.shape[-1] + 1e-5)[:, None] ** -0.5  # (N, 1)
    normed = a * scale

    def back(g: Array) -> Array:
        along = np.vecdot(g, normed)[:, None] / a.shape[-1]  # that part of g only scales the row
        return (g - normed * along) * scale

    return node(normed, (x,), (back,), "rmsnorm")


def softmax(scores: Array) -> Array:
    """Along the last axis, e to the power of each score, divided by their sum."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def attention(
    qkv: Tensor, n_head: int, shape: tuple[int, int], rows: Array | None = None
) -> Tensor:
    """All heads of all documents: each token's average of the values up to it, (N, E).

    `qkv` (N, 3E) has queries, keys and values side by side. `shape` is (B, T). The rows are the
    tokens of the first document, then of the second, and so on, T of each; or, packed without the
    filling, those of them whose numbers `rows` lists.
    """
    b, t = shape
    e = qkv.shape[1] // 3
    h = e // n_head
    at_most = np.triu(np.full((t, t), -np.inf, qkv.data.dtype), 1)  # no token sees a later one

    def unpacked(packed: Array) -> Array:
        if rows is None:
            return packed
        full = np.zeros((b * t, packed.shape[1]), packed.dtype)
        full[rows] = packed
        return full

    def heads(full: Array) -> Array:
        return full.reshape(b, t, -1, n_head, h).transpose(
            2, 0, 3, 1, 4
        )  # (3 or 1, B, n_head, T, H)

    q, k, v = heads(unpacked(qkv.data))
    weights = softmax(q @ k.mT * h**-0.5 + at_most)  # (B, n_head, T, T)
    out = (weights @ v).transpose(0, 2, 1, 3).reshape(b * t, e)

    def back(g: Array) -> Array:
        [g] = heads(unpacked(g))  # (B, n_head, T, H)
        of_weights = g @ v.mT
        of_scores = weights * (of_weights - np.vecdot(of_weights, weights)[..., None]) * h**-0.5
        of_qkv = np.stack([of_scores @ k, of_scores.mT @ q, weights.mT @ g])
        full = of_qkv.transpose(1, 3, 0, 2, 4).reshape(b * t, 3 * e)
        return full if rows is None else full[rows]

    return node(out if rows is None else out[rows], (qkv,), (back,), "attention")


def cross_entropy(logits: Tensor, targets: Array, weights: Array) -> Tensor:
    """The surprise at each row's target, in nats, weighted and summed: one number."""
    each = np.arange(len(targets))
    z = logits.data - logits.data.max(axis=1, keepdims=True)  # (N, V)
    exponentials = np.exp(z)
    totals = exponentials.sum(axis=1)
    loss = weights @ (np.log(totals) - z[each, targets])

    def back(g: Array) -> Array:
        slopes = exponentials / totals[:, None]
        slopes[each, targets] -= 1  # probabilities, with 1 taken from the target's
        return slopes * (weights * g)[:, None].astype(slopes.dtype)

    return node(loss.astype(z.dtype), (logits,), (back,), "cross_entropy")
