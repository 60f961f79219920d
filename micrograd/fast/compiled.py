"""The GPT in machine code: training some ten thousand times as fast as with a node for each number.

`GPT` here has the weights and the losses of `micrograd.gpt.GPT`. What it computes, and the
derivatives that are written out by hand, stand in `compiled_loops.py`; this file gives them room
to work in, and talks to the rest of the program.

    >>> from random import Random
    >>> from micrograd.gpt import GPTConfig
    >>> model = GPT(GPTConfig(vocab_size=27), Random(42))
    >>> emma = [26, 4, 12, 12, 0, 26]
    >>> losses = model.train([emma], steps=100)
    >>> losses[0] > 3 > 0.1 > losses[-1]
    True
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from random import Random
from typing import Any

import numpy as np

from micrograd.fast.common import State, checked, initial_weights, nested
from micrograd.fast.compiled_loops import (
    BLOCK,
    Array,
    Arriving,
    Kept,
    Settings,
    Sizes,
    Weights,
    batch_loss,
    training_steps,
)
from micrograd.fast.jit import Calls
from micrograd.gpt import GPTConfig
from micrograd.optim import linear_decay


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
        self._call = Calls("the compiled GPT")
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
        self.kept, self.arriving = self._buffers()
        self.load_state_dict(initial_weights(config, rng))

    def _shapes(self) -> list[tuple[int, ...]]:
        """The shape of each of `Weights`, rounded up."""
        c = self.config
        V, E, F = round_up(c.vocab_size), round_up(c.n_embd), round_up(4 * c.n_embd)
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
        loss: float = self._call(
            batch_loss,
            *(tokens, starts, 0, len(documents)),
            *(self.w, self.g, self.kept, self.arriving, self.sizes),
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
        if not isinstance(steps, int) or steps < 0:
            raise ValueError(f"steps is a whole number of at least 0, and not {steps!r}.")
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size is a whole number of at least 1, and not {batch_size!r}.")
        if not len(documents):
            raise ValueError("This batch is empty: give at least one document.")
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
        made: int = self._call(
            training_steps,
            *(tokens, starts, batch_size, self.steps, np.array(rates), losses, self.flat),
            *(settings, self.w, self.g, self.kept, self.arriving, self.sizes),
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
