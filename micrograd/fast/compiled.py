"""The GPT in machine code: its forward pass, its derivatives written out by hand, and Adam.

There is no graph here, no node and no tape. Whoever wrote `backward` below has walked the graph
once, on paper, and wrote down what arrives: for each line of `forward`, from the last to the first,
the line that undoes it. Notebook 09 derives these lines, and the tests compare their gradients with
those of the scalar model.

numba turns the functions marked `@jit` into machine code. So they are loops over plain arrays, and
what is allocated is allocated once, when the model is made. Two rules keep the processor's vector
lanes full: the innermost loop runs along neighbours in memory, and rows are rounded up to a
multiple of 16 numbers, of which the surplus stays 0.

Shapes in comments: T tokens, E embedding, H head size (E / n_head), V vocabulary; a matrix of
weights is outputs x inputs, and `wt` holds each of them transposed, inputs x outputs.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd.fast.common import State, checked, initial_weights, nested
from micrograd.fast.jit import jit, translating
from micrograd.gpt import GPTConfig
from micrograd.optim import linear_decay

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
def add_product(x: Array, m: Array, y: Array, T: int) -> None:
    """y += x @ m, for x (T, n) and m (n, k)."""
    n, k = m.shape
    for t in range(T):
        for b in range(0, n, BLOCK):
            for o in range(k):  # neighbours in m and in y
                total = y[t, o]
                for j in range(BLOCK):  # written out by the compiler
                    total += x[t, b + j] * m[b + j, o]
                y[t, o] = total


@jit
def add_outer(dy: Array, x: Array, g: Array, T: int) -> None:
    """g += dy.T @ x, for dy (T, k) and x (T, n): of every token the products of all pairs."""
    k, n = g.shape
    whole = T - T % 4
    for t in range(0, whole, 4):  # four tokens at a time, so that g is touched less often
        for o in range(k):
            for i in range(n):
                total = g[o, i]
                for j in range(4):
                    total += dy[t + j, o] * x[t + j, i]
                g[o, i] = total
    for t in range(whole, T):
        for o in range(k):
            for i in range(n):
                g[o, i] += dy[t, o] * x[t, i]


@jit
def linear(x: Array, wt: Array, y: Array, T: int) -> None:
    """y = x @ w.T"""
    clear(y, T)
    add_product(x, wt, y, T)


@jit
def linear_backward(dy: Array, x: Array, w: Array, dx: Array, g: Array, T: int) -> None:
    """An output hands on to each input by its weight, and to each weight by its input."""
    add_product(dy, w, dx, T)
    add_outer(dy, x, g, T)


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
def forward(
    tokens: Array, w: Weights, wt: Weights, kept: Kept, sizes: Sizes, part: float, T: int
) -> float:
    """The loss of a document of T + 1 tokens: `part` times the sum of the surprises at each."""
    E, H = sizes.n_embd, sizes.n_embd // sizes.n_head
    x = kept.x  # (T, E)
    embed(tokens, w, x, T)
    rmsnorm(x, kept.embedded, kept.embedded_scale, E, T)
    for t in range(T):
        x[t] = kept.embedded[t]
    for i in range(sizes.n_layer):
        q, k, v, mixed = kept.q[i], kept.k[i], kept.v[i], kept.mixed[i]  # (T, E) each
        rmsnorm(x, kept.attn_in[i], kept.attn_scale[i], E, T)
        linear(kept.attn_in[i], wt.attn_wq[i], q, T)
        linear(kept.attn_in[i], wt.attn_wk[i], k, T)
        linear(kept.attn_in[i], wt.attn_wv[i], v, T)
        attention(q, k, v, kept.shares[i], mixed, sizes.n_head, H, T)
        add_product(mixed, wt.attn_wo[i], x, T)
        rmsnorm(x, kept.mlp_in[i], kept.mlp_scale[i], E, T)
        linear(kept.mlp_in[i], wt.mlp_fc1[i], kept.hidden[i], T)  # (T, 4E)
        kink(kept.hidden[i], kept.slopes[i], sizes.squared, T)
        add_product(kept.hidden[i], wt.mlp_fc2[i], x, T)
    linear(x, wt.lm_head, kept.logits, T)  # (T, V)
    return cross_entropy(kept.logits, tokens, sizes.vocab_size, part, T)


@jit
def backward(
    tokens: Array, w: Weights, g: Weights, kept: Kept, d: Arriving, sizes: Sizes, T: int
) -> None:
    """Add the derivatives of that loss to `g`; each line undoes the line of `forward` it names."""
    E, H = sizes.n_embd, sizes.n_embd // sizes.n_head
    clear(d.x, T)
    # linear(x, lm_head, logits)
    linear_backward(kept.logits, kept.x, w.lm_head, d.x, g.lm_head, T)
    for i in range(sizes.n_layer - 1, -1, -1):
        q, k, v = kept.q[i], kept.k[i], kept.v[i]
        clear(d.hidden, T)
        clear(d.normed, T)
        # add_product(hidden, mlp_fc2, x): x itself goes on, so d.x stays and is added to
        linear_backward(d.x, kept.hidden[i], w.mlp_fc2[i], d.hidden, g.mlp_fc2[i], T)
        # kink(hidden)
        kink_backward(d.hidden, kept.slopes[i], T)
        # linear(mlp_in, mlp_fc1, hidden)
        linear_backward(d.hidden, kept.mlp_in[i], w.mlp_fc1[i], d.normed, g.mlp_fc1[i], T)
        # rmsnorm(x, mlp_in)
        rmsnorm_backward(d.normed, kept.mlp_in[i], kept.mlp_scale[i], d.x, E, T)

        clear(d.mixed, T)
        clear(d.q, T)
        clear(d.k, T)
        clear(d.v, T)
        clear(d.normed, T)
        # add_product(mixed, attn_wo, x)
        linear_backward(d.x, kept.mixed[i], w.attn_wo[i], d.mixed, g.attn_wo[i], T)
        # attention(q, k, v, mixed)
        attention_backward(d, q, k, v, kept.shares[i], sizes.n_head, H, T)
        # linear(attn_in, attn_wv, v), and k, and q
        linear_backward(d.v, kept.attn_in[i], w.attn_wv[i], d.normed, g.attn_wv[i], T)
        linear_backward(d.k, kept.attn_in[i], w.attn_wk[i], d.normed, g.attn_wk[i], T)
        linear_backward(d.q, kept.attn_in[i], w.attn_wq[i], d.normed, g.attn_wq[i], T)
        # rmsnorm(x, attn_in)
        rmsnorm_backward(d.normed, kept.attn_in[i], kept.attn_scale[i], d.x, E, T)
    clear(d.normed, T)
    # rmsnorm(x, embedded)
    rmsnorm_backward(d.x, kept.embedded, kept.embedded_scale, d.normed, E, T)
    # embed(tokens, x)
    embed_backward(d.normed, tokens, g, T)


@jit
def transpose(w: Array, wt: Array) -> None:
    for o in range(w.shape[0]):
        for i in range(w.shape[1]):
            wt[i, o] = w[o, i]


@jit
def transpose_all(w: Weights, wt: Weights) -> None:
    transpose(w.lm_head, wt.lm_head)
    for i in range(len(w.attn_wq)):
        transpose(w.attn_wq[i], wt.attn_wq[i])
        transpose(w.attn_wk[i], wt.attn_wk[i])
        transpose(w.attn_wv[i], wt.attn_wv[i])
        transpose(w.attn_wo[i], wt.attn_wo[i])
        transpose(w.mlp_fc1[i], wt.mlp_fc1[i])
        transpose(w.mlp_fc2[i], wt.mlp_fc2[i])


@jit
def batch_loss(
    tokens: Array,
    starts: Array,
    first: int,
    count: int,
    w: Weights,
    wt: Weights,
    g: Weights,
    kept: Kept,
    d: Arriving,
    sizes: Sizes,
) -> float:
    """The mean loss of `count` documents from number `first` on; its gradient is added to `g`.

    Document i is tokens[starts[i]:starts[i + 1]].
    """
    transpose_all(w, wt)
    loss = 0.0
    for i in range(first, first + count):
        document = tokens[starts[i] : starts[i + 1]]
        T = min(len(document) - 1, sizes.block_size)
        loss += forward(document, w, wt, kept, sizes, 1 / (T * count), T)
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
    wt: Weights,
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
        gradient[:] = 0
        first = step * batch_size
        losses[step] = batch_loss(tokens, starts, first, batch_size, w, wt, g, kept, d, sizes)
        if not math.isfinite(losses[step] + gradient.sum()):
            return step
        adam(p, gradient, m, v, done + step + 1, rates[step], settings)
    return len(rates)


# What a program uses.


class GPT:
    """The model of `micrograd.gpt` with the same weights and losses, and training in machine code.

    `dtype` is "float64", in which every loss equals the scalar model's up to rounding, or
    "float32", which is faster and has 7 digits. The first call of a process translates the
    functions, or loads them where an earlier process did.
    """

    def __init__(self, config: GPTConfig, rng: Random, dtype: str = "float64") -> None:
        if dtype not in ("float64", "float32"):
            raise ValueError(f'dtype must be "float64" or "float32", not {dtype!r}.')
        self.config = config
        self.dtype = dtype
        self.steps = 0  # updates made so far
        self.sizes = Sizes(
            config.vocab_size,
            config.block_size,
            config.n_layer,
            config.n_head,
            config.n_embd,
            config.activation == "relu2",
        )
        shapes = self._shapes()
        count = sum(math.prod(shape) for shape in shapes)
        # Weights, gradients and Adam's two averages: each of them is one long row of numbers.
        self.flat = tuple(np.zeros(count, dtype) for _ in range(4))
        self.w, self.g, self.m, self.v = (cut(row, shapes) for row in self.flat)
        self.wt = Weights(*(np.zeros((*s[:-2], s[-1], s[-2]), dtype) for s in shapes))
        self.kept, self.arriving = self._buffers()
        self.load_state_dict(initial_weights(config, rng))

    def _shapes(self) -> list[tuple[int, ...]]:
        """The shape of each of `Weights`, rounded up."""
        c = self.config
        V, E, F = round_up(c.vocab_size), round_up(c.n_embd), round_up(4 * c.n_embd)
        square = (c.n_layer, E, E)
        tables = [(V, E), (c.block_size, E), (V, E)]
        return [*tables, *[(c.n_layer, E, E)] * 4, (c.n_layer, F, E), (c.n_layer, E, F)]

    def _buffers(self) -> tuple[Kept, Arriving]:
        c = self.config
        T, L = c.block_size, c.n_layer
        V, E, F = round_up(c.vocab_size), round_up(c.n_embd), round_up(4 * c.n_embd)

        def zeros(*shape: int) -> Array:
            return np.zeros(shape, self.dtype)

        kept = Kept(
            x=zeros(T, E),
            embedded=zeros(T, E),
            embedded_scale=zeros(T),
            attn_in=zeros(L, T, E),
            attn_scale=zeros(L, T),
            q=zeros(L, T, E),
            k=zeros(L, T, E),
            v=zeros(L, T, E),
            shares=zeros(L, c.n_head, T, T),
            mixed=zeros(L, T, E),
            mlp_in=zeros(L, T, E),
            mlp_scale=zeros(L, T),
            hidden=zeros(L, T, F),
            slopes=zeros(L, T, F),
            logits=zeros(T, V),
        )
        arriving = Arriving(
            x=zeros(T, E),
            normed=zeros(T, E),
            q=zeros(T, E),
            k=zeros(T, E),
            v=zeros(T, E),
            shares=zeros(T),
            mixed=zeros(T, E),
            hidden=zeros(T, F),
        )
        return kept, arriving

    def _by_name(self, arrays: Weights) -> dict[str, Array]:
        """Each matrix by its usual name, without what was rounded up: views, not copies."""
        found = {}
        for name, (rows, columns) in self.config.shapes().items():
            layer, dot, short = name.rpartition(".")
            array = getattr(arrays, short)
            if dot:
                array = array[int(layer.removeprefix("layer"))]
            found[name] = array[:rows, :columns]
        return found

    def state_dict(self) -> State:
        """The weights as plain numbers: a copy."""
        return nested(self._by_name(self.w))

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over weights from any model's `state_dict()`."""
        weights = checked(state, self.config)
        for name, array in self._by_name(self.w).items():
            array[:] = weights[name]

    def loss_and_gradients(
        self, documents: Sequence[Sequence[int]]
    ) -> tuple[float, dict[str, Array]]:
        """The mean over the documents of each one's mean surprise, in nats, and its derivatives."""
        tokens, starts = packed(documents, self.config)
        self.flat[1][:] = 0
        with translating("the compiled GPT"):
            loss = batch_loss(
                tokens,
                starts,
                0,
                len(documents),
                *(self.w, self.wt, self.g, self.kept, self.arriving, self.sizes),
            )
        return loss, {name: array.copy() for name, array in self._by_name(self.g).items()}

    def step(
        self,
        documents: Sequence[Sequence[int]],
        lr: float = 0.01,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> float:
        """One update by Adam on a batch of documents; the loss before it."""
        settings = Settings(*betas, eps, weight_decay)
        [loss] = self._update(documents, len(documents), [lr], settings)
        return loss

    def train(
        self,
        documents: Sequence[Sequence[int]],
        steps: int,
        lr: float = 0.01,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        schedule: Callable[[int, int, float], float] = linear_decay,
        plan: int | None = None,
        batch_size: int = 1,
    ) -> list[float]:
        """`steps` updates, each on the next `batch_size` documents; the losses before each.

        A later call goes on where this one ended: with the next documents, and with Adam's
        averages. The rate of update number i, from 0, is schedule(i, plan, lr); `plan`, the length
        of the whole run, is all updates up to the end of this call unless you say more.
        """
        end = self.steps + steps
        plan = end if plan is None else plan
        settings = Settings(*betas, eps, weight_decay)
        losses: list[float] = []
        while self.steps < end:  # in parts, between which an interrupt (Ctrl-C) gets through
            part = range(self.steps, min(end, self.steps + self._steps_at_once(batch_size)))
            numbers = range(part.start * batch_size, part.stop * batch_size)
            chosen = [documents[i % len(documents)] for i in numbers]
            rates = [schedule(i, plan, lr) for i in part]
            losses += self._update(chosen, batch_size, rates, settings)
        return losses

    def _steps_at_once(self, batch_size: int) -> int:
        """As many as take about half a second at ten thousand million operations a second."""
        operations = 6 * len(self.flat[0]) * self.config.block_size * batch_size
        return 1 + min(1000, 5_000_000_000 // operations)

    def _update(
        self,
        documents: Sequence[Sequence[int]],
        batch_size: int,
        rates: Sequence[float],
        settings: Settings,
    ) -> list[float]:
        """An update for each rate, each on the next documents."""
        tokens, starts = packed(documents, self.config)
        losses = np.zeros(len(rates))
        with translating("the compiled GPT"):
            made = training_steps(
                *(tokens, starts, batch_size, self.steps, np.array(rates), losses, self.flat),
                *(settings, self.w, self.wt, self.g, self.kept, self.arriving, self.sizes),
            )
        self.steps += made
        if made < len(rates):
            raise FloatingPointError(
                f"At step {self.steps + 1} the loss is {losses[made]:g} or a gradient is not "
                "finite, so the run stops there, with its weights as they were. A learning rate "
                "that is too high is the usual cause: start anew with a tenth of it."
            )
        return losses.tolist()


def round_up(n: int) -> int:
    """The next multiple of BLOCK."""
    return -(-n // BLOCK) * BLOCK


def cut(row: Array, shapes: Sequence[tuple[int, ...]]) -> Weights:
    """One long row of numbers seen as matrices, one after the other."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = np.split(row, ends[:-1])
    return Weights(*(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))


def packed(documents: Sequence[Sequence[int]], config: GPTConfig) -> tuple[Array, Array]:
    """All documents one after the other, and where each begins; the last start is the end."""
    if not len(documents):
        raise ValueError("This batch is empty: give at least one document.")
    lengths = np.fromiter(map(len, documents), np.int64, len(documents))
    if lengths.min() < 2:
        raise ValueError(
            f"A document of {lengths.min()} tokens has no next token to predict: give at least 2."
        )
    tokens = np.fromiter(chain.from_iterable(documents), np.int64, lengths.sum())
    odd = tokens[(tokens < 0) | (tokens >= config.vocab_size)]
    if len(odd):
        raise IndexError(f"Token {odd[0]} is not one of the {config.vocab_size} tokens.")
    return tokens, np.concatenate([[0], np.cumsum(lengths)])
