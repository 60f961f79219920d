"""The GPT in machine code: its forward pass, its derivatives written out by hand, and Adam.

There is no graph here, no node and no tape. Whoever wrote `backward` below has walked the graph
once, on paper, and wrote down what arrives: for each line of `forward`, from the last to the first,
the line that undoes it. Notebook 09 derives these lines, and the tests compare their gradients with
those of the scalar model.

numba turns the functions marked `@jit` into machine code. So they are loops over arrays, and what
they need is allocated once, when the model is made. Two habits keep the processor's vector lanes
full: the innermost loop runs along neighbours in memory, and rows are rounded up to a multiple of
16 numbers, of which the surplus stays 0.

Shapes in comments: T tokens, E embedding, H head size (E / n_head), V vocabulary; a matrix of
weights is outputs x inputs. A document of T + 1 tokens makes T predictions.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd.fast.jit import jit

Array = NDArray[Any]
EPSILON = 1e-5  # under the root of rmsnorm
BLOCK = 16  # rows are rounded up to a multiple of this many numbers


class Weights(NamedTuple):
    """The matrices of a model, or their gradients: those of a block with a layer in front."""

    wte: Array  # (V, E)
    wpe: Array  # (block_size, E)
    lm_head: Array  # (V, E)
    attn_wq: Array  # (n_layer, E, E)
    attn_wk: Array  # (n_layer, E, E)
    attn_wv: Array  # (n_layer, E, E)
    attn_wo: Array  # (n_layer, E, E)
    mlp_fc1: Array  # (n_layer, 4E, E)
    mlp_fc2: Array  # (n_layer, E, 4E)


class Kept(NamedTuple):
    """What the forward pass leaves for the backward pass."""

    x: Array  # (T, E), the residual stream; at the end what goes into the head
    embedded: Array  # (T, E), after its norm
    embedded_scale: Array  # (T,), what that norm multiplied by
    attn_in: Array  # (n_layer, T, E), the stream after the norm
    attn_scale: Array  # (n_layer, T)
    q: Array  # (n_layer, T, E)
    k: Array  # (n_layer, T, E)
    v: Array  # (n_layer, T, E)
    shares: Array  # (n_layer, n_head, T, T), what each token takes from each earlier one
    mixed: Array  # (n_layer, T, E), the heads' averages, side by side
    mlp_in: Array  # (n_layer, T, E)
    mlp_scale: Array  # (n_layer, T)
    hidden: Array  # (n_layer, T, 4E), after the kink
    slopes: Array  # (n_layer, T, 4E), the kink's derivative
    logits: Array  # (T, V), and, once the loss is known, its derivative with respect to them


class Arriving(NamedTuple):
    """Gradients on their way back, of one layer at a time."""

    x: Array  # (T, E)
    normed: Array  # (T, E)
    q: Array  # (T, E)
    k: Array  # (T, E)
    v: Array  # (T, E)
    shares: Array  # (T,)
    mixed: Array  # (T, E)
    hidden: Array  # (T, 4E)


class Sizes(NamedTuple):
    """What the machine code has to know of the configuration."""

    vocab_size: int
    block_size: int
    n_layer: int
    n_head: int
    n_embd: int
    squared: bool  # activation "relu2"


class Settings(NamedTuple):
    """Those of Adam that stay the same in a run."""

    beta1: float
    beta2: float
    eps: float
    weight_decay: float


# The pieces, each followed by its derivative. Everything on the way back is added to what is there.
#
# `x.dtype.type(0)` is a 0 of the kind of x. Beside a plain 0.0, float32 would become float64.


@jit
def clear(x: Array, T: int) -> None:
    for t in range(T):
        for i in range(x.shape[1]):
            x[t, i] = 0


@jit
def copy(x: Array, y: Array, T: int) -> None:
    for t in range(T):
        for i in range(x.shape[1]):
            y[t, i] = x[t, i]


@jit
def linear(x: Array, w: Array, y: Array, T: int) -> None:
    """y += x @ w.T, for x (T, n) and w (k, n): each output is a weighted sum of the inputs."""
    for t in range(T):
        inputs, outputs = x[t], y[t]
        for o in range(len(w)):
            weights = w[o]
            total = outputs[o]
            for i in range(len(weights)):
                total += weights[i] * inputs[i]
            outputs[o] = total


@jit
def linear_backward(dy: Array, x: Array, w: Array, dx: Array, dw: Array, T: int) -> None:
    """dx += dy @ w and dw += dy.T @ x: to the input by its weight, to the weight by its input."""
    k, n = w.shape
    for t in range(T):
        arrives, inputs = dy[t], dx[t]
        for b in range(0, k, BLOCK):
            some, rows = arrives[b : b + BLOCK], w[b : b + BLOCK]
            for i in range(n):
                total = inputs[i]
                for o in range(BLOCK):  # written out by the compiler, as the number is known
                    total += some[o] * rows[o, i]
                inputs[i] = total
    whole = T - T % 4
    for t in range(0, whole, 4):  # four tokens at a time, so that dw is touched less often
        for o in range(k):
            for i in range(n):
                total = dw[o, i]
                for j in range(4):
                    total += dy[t + j, o] * x[t + j, i]
                dw[o, i] = total
    for t in range(whole, T):
        for o in range(k):
            for i in range(n):
                dw[o, i] += dy[t, o] * x[t, i]


@jit
def embed(tokens: Array, w: Weights, x: Array, T: int) -> None:
    """x = wte[token] + wpe[position]"""
    for t in range(T):
        for i in range(x.shape[1]):
            x[t, i] = w.wte[tokens[t], i] + w.wpe[t, i]


@jit
def embed_backward(dx: Array, tokens: Array, g: Weights, T: int) -> None:
    for t in range(T):
        for i in range(dx.shape[1]):
            g.wte[tokens[t], i] += dx[t, i]
            g.wpe[t, i] += dx[t, i]


@jit
def rmsnorm(x: Array, normed: Array, scale: Array, n: int, T: int) -> None:
    """normed = x * scale, with scale = 1 / root(mean of the n squares + epsilon)"""
    for t in range(T):
        total = x.dtype.type(0)
        for i in range(n):
            total += x[t, i] * x[t, i]
        scale[t] = 1 / math.sqrt(total / x.dtype.type(n) + x.dtype.type(EPSILON))
        for i in range(n):
            normed[t, i] = x[t, i] * scale[t]


@jit
def rmsnorm_backward(
    dnormed: Array, normed: Array, scale: Array, dx: Array, n: int, T: int
) -> None:
    """The scale shrinks when an entry grows: that part, spread over all entries, is taken off."""
    for t in range(T):
        along = dnormed.dtype.type(0)
        for i in range(n):
            along += dnormed[t, i] * normed[t, i]
        along /= dnormed.dtype.type(n)
        for i in range(n):
            dx[t, i] += scale[t] * (dnormed[t, i] - normed[t, i] * along)


@jit
def kink(hidden: Array, slopes: Array, squared: bool, T: int) -> None:
    """hidden = relu(hidden), or its square; the slope at 0 is 0, and NaN stays NaN."""
    one, two = hidden.dtype.type(1), hidden.dtype.type(2)
    for t in range(T):
        for i in range(hidden.shape[1]):
            if hidden[t, i] <= 0:
                hidden[t, i] = 0
                slopes[t, i] = 0
            elif squared:
                slopes[t, i] = two * hidden[t, i]
                hidden[t, i] *= hidden[t, i]
            else:
                slopes[t, i] = one


@jit
def kink_backward(dhidden: Array, slopes: Array, T: int) -> None:
    for t in range(T):
        for i in range(dhidden.shape[1]):
            dhidden[t, i] *= slopes[t, i]


@jit
def attention(
    q: Array, k: Array, v: Array, shares: Array, mixed: Array, n_head: int, H: int, T: int
) -> None:
    """mixed = softmax(q @ k.T / root(H)) @ v in each head, over the tokens up to this one"""
    scale = q.dtype.type(1 / math.sqrt(H))
    for head in range(n_head):
        first, last = head * H, (head + 1) * H
        for t in range(T):
            share = shares[head, t]  # (T,), of which those after t are never touched
            largest = q.dtype.type(-np.inf)
            for s in range(t + 1):
                score = q.dtype.type(0)
                for j in range(first, last):
                    score += q[t, j] * k[s, j]
                share[s] = score * scale
                largest = max(largest, share[s])
            total = q.dtype.type(0)
            for s in range(t + 1):
                share[s] = math.exp(share[s] - largest)
                total += share[s]
            for j in range(first, last):
                mixed[t, j] = 0
            for s in range(t + 1):
                share[s] /= total
                for j in range(first, last):
                    mixed[t, j] += share[s] * v[s, j]


@jit
def attention_backward(
    d: Arriving, q: Array, k: Array, v: Array, shares: Array, n_head: int, H: int, T: int
) -> None:
    """From d.mixed to d.q, d.k and d.v.

    Through softmax a score gets its share of the difference between what arrives at its own share
    and what arrives on average.
    """
    scale = q.dtype.type(1 / math.sqrt(H))
    for head in range(n_head):
        first, last = head * H, (head + 1) * H
        for t in range(T):
            share = shares[head, t]
            average = q.dtype.type(0)
            for s in range(t + 1):
                arrives = q.dtype.type(0)
                for j in range(first, last):
                    arrives += d.mixed[t, j] * v[s, j]
                    d.v[s, j] += share[s] * d.mixed[t, j]
                d.shares[s] = arrives
                average += share[s] * arrives
            for s in range(t + 1):
                dscore = share[s] * (d.shares[s] - average) * scale
                for j in range(first, last):
                    d.q[t, j] += dscore * k[s, j]
                    d.k[s, j] += dscore * q[t, j]


@jit
def cross_entropy(logits: Array, tokens: Array, V: int, part: float, T: int) -> float:
    """The sum of all surprises times `part`; `logits` become its derivatives with respect to them.

    These are the probabilities, with 1 taken from that of the target, times `part`.
    """
    loss: float = 0.0
    for t in range(T):
        target = tokens[t + 1]
        largest = logits.dtype.type(-np.inf)
        for o in range(V):
            largest = max(largest, logits[t, o])
        loss += largest - logits[t, target]
        total = logits.dtype.type(0)
        for o in range(V):
            logits[t, o] = math.exp(logits[t, o] - largest)
            total += logits[t, o]
        loss += math.log(total)
        factor = logits.dtype.type(part) / total
        for o in range(V):
            logits[t, o] *= factor
        logits[t, target] -= logits.dtype.type(part)
    return loss * part


# The model: forward, and line by line back.


@jit
def forward(tokens: Array, w: Weights, kept: Kept, sizes: Sizes, part: float, T: int) -> float:
    """The loss of a document of T + 1 tokens: `part` times the sum of the surprises at each."""
    E, H = sizes.n_embd, sizes.n_embd // sizes.n_head
    x = kept.x  # (T, E)
    embed(tokens, w, x, T)  # (T, E)
    rmsnorm(x, kept.embedded, kept.embedded_scale, E, T)  # (T, E)
    copy(kept.embedded, x, T)
    for i in range(sizes.n_layer):
        q, k, v, mixed = kept.q[i], kept.k[i], kept.v[i], kept.mixed[i]  # (T, E) each
        attn_in, mlp_in, hidden = kept.attn_in[i], kept.mlp_in[i], kept.hidden[i]
        clear(q, T)
        clear(k, T)
        clear(v, T)
        clear(hidden, T)
        rmsnorm(x, attn_in, kept.attn_scale[i], E, T)  # (T, E)
        linear(attn_in, w.attn_wq[i], q, T)  # (T, E)
        linear(attn_in, w.attn_wk[i], k, T)  # (T, E)
        linear(attn_in, w.attn_wv[i], v, T)  # (T, E)
        attention(q, k, v, kept.shares[i], mixed, sizes.n_head, H, T)  # (T, E)
        linear(mixed, w.attn_wo[i], x, T)  # (T, E), added to the stream
        rmsnorm(x, mlp_in, kept.mlp_scale[i], E, T)  # (T, E)
        linear(mlp_in, w.mlp_fc1[i], hidden, T)  # (T, 4E)
        kink(hidden, kept.slopes[i], sizes.squared, T)  # (T, 4E)
        linear(hidden, w.mlp_fc2[i], x, T)  # (T, E), added to the stream
    clear(kept.logits, T)
    linear(x, w.lm_head, kept.logits, T)  # (T, V)
    loss: float = cross_entropy(kept.logits, tokens, sizes.vocab_size, part, T)  # and its way back
    return loss


@jit
def backward(
    tokens: Array, w: Weights, g: Weights, kept: Kept, d: Arriving, sizes: Sizes, T: int
) -> None:
    """Add the derivatives of that loss to `g`: above each line stands the one that it undoes."""
    E, H = sizes.n_embd, sizes.n_embd // sizes.n_head
    clear(d.x, T)
    # linear(x, lm_head, logits): what arrives at the logits, (T, V), is where they were
    linear_backward(kept.logits, kept.x, w.lm_head, d.x, g.lm_head, T)  # (T, E), (V, E)
    for i in range(sizes.n_layer - 1, -1, -1):
        q, k, v = kept.q[i], kept.k[i], kept.v[i]
        attn_in, mlp_in, hidden = kept.attn_in[i], kept.mlp_in[i], kept.hidden[i]
        clear(d.hidden, T)
        clear(d.normed, T)
        clear(d.mixed, T)
        clear(d.q, T)
        clear(d.k, T)
        clear(d.v, T)
        # linear(hidden, mlp_fc2, x), added to the stream: its gradient goes on as it is, and
        # everything below adds to it
        linear_backward(d.x, hidden, w.mlp_fc2[i], d.hidden, g.mlp_fc2[i], T)  # (T, 4E), (E, 4E)
        # kink(hidden, slopes)
        kink_backward(d.hidden, kept.slopes[i], T)  # (T, 4E)
        # linear(mlp_in, mlp_fc1, hidden)
        linear_backward(d.hidden, mlp_in, w.mlp_fc1[i], d.normed, g.mlp_fc1[i], T)  # ..., (4E, E)
        # rmsnorm(x, mlp_in, mlp_scale)
        rmsnorm_backward(d.normed, mlp_in, kept.mlp_scale[i], d.x, E, T)  # (T, E)
        # linear(mixed, attn_wo, x), added to the stream
        linear_backward(d.x, kept.mixed[i], w.attn_wo[i], d.mixed, g.attn_wo[i], T)  # ..., (E, E)
        # attention(q, k, v, shares, mixed)
        attention_backward(d, q, k, v, kept.shares[i], sizes.n_head, H, T)  # 3 times (T, E)
        clear(d.normed, T)
        # linear(attn_in, attn_wv, v)
        linear_backward(d.v, attn_in, w.attn_wv[i], d.normed, g.attn_wv[i], T)  # (T, E), (E, E)
        # linear(attn_in, attn_wk, k)
        linear_backward(d.k, attn_in, w.attn_wk[i], d.normed, g.attn_wk[i], T)  # (T, E), (E, E)
        # linear(attn_in, attn_wq, q)
        linear_backward(d.q, attn_in, w.attn_wq[i], d.normed, g.attn_wq[i], T)  # (T, E), (E, E)
        # rmsnorm(x, attn_in, attn_scale)
        rmsnorm_backward(d.normed, attn_in, kept.attn_scale[i], d.x, E, T)  # (T, E)
    clear(d.normed, T)
    # rmsnorm(x, embedded, embedded_scale)
    rmsnorm_backward(d.x, kept.embedded, kept.embedded_scale, d.normed, E, T)  # (T, E)
    # embed(tokens, x)
    embed_backward(d.normed, tokens, g, T)  # rows of (V, E) and of (block_size, E)


@jit
def batch_loss(
    tokens: Array,
    starts: Array,
    first: int,
    count: int,
    w: Weights,
    g: Weights,
    kept: Kept,
    d: Arriving,
    sizes: Sizes,
) -> float:
    """The mean loss of `count` documents from number `first` on; its gradient is added to `g`.

    Document i is tokens[starts[i]:starts[i + 1]].
    """
    loss = 0.0
    for i in range(first, first + count):
        document = tokens[starts[i] : starts[i + 1]]
        T = min(len(document) - 1, sizes.block_size)
        loss += forward(document, w, kept, sizes, 1 / (T * count), T)
        backward(document, w, g, kept, d, sizes, T)
    return loss


@jit
def adam(p: Array, g: Array, m: Array, v: Array, steps: int, lr: float, settings: Settings) -> None:
    """Update number `steps` of all weights, as `micrograd.optim.Adam` makes it."""
    real = p.dtype.type
    beta1, beta2, eps = real(settings.beta1), real(settings.beta2), real(settings.eps)
    fresh1, fresh2 = real(1 - settings.beta1), real(1 - settings.beta2)
    rate = real(lr / (1 - settings.beta1**steps))
    unbias = real(1 - settings.beta2**steps)
    keep = real(1 - lr * settings.weight_decay)
    for i in range(len(p)):
        m[i] = beta1 * m[i] + fresh1 * g[i]
        v[i] = beta2 * v[i] + fresh2 * g[i] * g[i]
        p[i] = keep * p[i] - rate * m[i] / (math.sqrt(v[i] / unbias) + eps)


@jit
def training_steps(
    tokens: Array,
    starts: Array,
    batch_size: int,
    done: int,
    rates: Array,
    losses: Array,
    flat: tuple[Array, Array, Array, Array],
    settings: Settings,
    w: Weights,
    g: Weights,
    kept: Kept,
    d: Arriving,
    sizes: Sizes,
) -> int:
    """As many steps as there are `rates`, after `done` earlier ones; how many were made.

    Fewer are made when a loss or a gradient is not finite: the weights stay as they were before.
    """
    p, gradient, m, v = flat
    for step in range(len(rates)):
        for i in range(len(gradient)):
            gradient[i] = 0
        first = step * batch_size
        losses[step] = batch_loss(tokens, starts, first, batch_size, w, g, kept, d, sizes)
        total = losses[step]
        for i in range(len(gradient)):
            total += gradient[i]
        if not math.isfinite(total):
            return step
        adam(p, gradient, m, v, done + step + 1, rates[step], settings)
    return len(rates)
