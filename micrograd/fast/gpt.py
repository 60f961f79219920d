"""The GPT of `micrograd.gpt` over arrays: all tokens of all documents of a batch at once.

A token may attend to earlier ones only, and here the later ones are present too: a mask hides them.
Documents differ in length, so a batch is a rectangle with filling at the ends (`padded`); the
filling is left out again before anything is computed, except in attention, where each document
needs a rectangle of its own. Weights, names and losses are those of the scalar model. Notebook 09
proves it, and trains with this file.

Shapes in comments: N tokens to predict from, B documents, T positions, E embedding, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from random import Random
from typing import Any

from micrograd.fast.common import (
    Batch,
    State,
    checked,
    initial_weights,
    nested,
    padded,
    several,
)
from micrograd.fast.nn import add, attention, cross_entropy, embed, linear, relu, rmsnorm
from micrograd.fast.optim import OPTIMIZERS
from micrograd.fast.sample import Cache, Reader
from micrograd.fast.tensor import Array, Tensor
from micrograd.gpt import GPTConfig

# isort: split
import numpy as np


@dataclass(frozen=True)
class Rows:
    """The tokens of a batch as rows, one for each that a next token is predicted from."""

    tokens: Array  # (N,), what is read
    positions: Array  # (N,), where in its document
    targets: Array  # (N,), what comes next
    weights: Array  # (N,), the share of each prediction in the batch's loss
    shape: tuple[int, int]  # (B, T) of the rectangle that they stand in
    places: Array | None  # (N,), where in it, counted row after row; None if there is no filling


def packed(batch: Batch, filling: bool = False) -> Rows:
    """The rows of a rectangle, without its filling unless you ask for it."""
    shape = batch.tokens.shape
    weights = batch.weights.ravel()
    full = filling or bool(weights.all())
    places = np.arange(weights.size) if full else weights.nonzero()[0]
    tokens, targets = batch.tokens.ravel()[places], batch.targets.ravel()[places]
    positions = places % shape[1]
    return Rows(tokens, positions, targets, weights[places], shape, None if full else places)


class GPT:
    """A GPT's weights, as tensors that training can change, and its loss.

    All weights lie one after the other in one array, `flat.data`, and their gradients in another,
    `flat.grad`, so that an optimizer changes them all in a few operations. A matrix in `weights` is
    a window onto its part of both. `optimizers` are those that can change them.
    """

    optimizers = OPTIMIZERS

    def __init__(self, config: GPTConfig, rng: Random, dtype: str = "float64") -> None:
        self.config = config
        drawn = initial_weights(config, rng)
        self.flat = Tensor(np.concatenate([w.ravel() for w in drawn.values()]), dtype, "weights")
        self.weights: dict[str, Tensor] = {}
        self.qkv: list[Tensor] = []  # for each layer, its three first matrices as one
        begin = 0
        for name, (rows, columns) in config.shapes().items():
            self.weights[name] = window(self.flat, begin, (rows, columns), name)
            if name.endswith("attn_wq"):
                self.qkv.append(window(self.flat, begin, (3 * rows, columns), name + "kv"))
            begin += rows * columns
        tables = config.vocab_size + config.block_size, config.n_embd
        self.embeddings = window(self.flat, 0, tables, "wte, wpe")

    def parameters(self) -> list[Tensor]:
        """All weights as one tensor. They are changed in place: see `Tensor`."""
        for name, w in self.weights.items():
            if w.data.base is not self.flat.data or w.grad.base is not self.flat.grad:
                raise ValueError(
                    f"The data or gradient of {name} was replaced, and the optimizer would not see "
                    f'the new one. Change it in place: weights["{name}"].data[...] = new.'
                )
        return [self.flat]

    def zero_grad(self) -> None:
        self.flat.grad.fill(0.0)

    def loss(self, tokens: Sequence[int] | Sequence[Sequence[int]] | Batch | Rows) -> Tensor:
        """The mean surprise, in nats, at each token after the first of a document.

        For a batch, which is a list of documents, the mean over them of each one's. A document
        longer than the context is read as far as the context goes.
        """
        if not isinstance(tokens, Rows):
            if not isinstance(tokens, Batch):
                tokens = padded(several(tokens), self.config)
            tokens = packed(tokens)
        with np.errstate(all="ignore"):  # a loss that is no finite number is seen by its value
            weights = tokens.weights.astype(self.flat.data.dtype)
            return cross_entropy(self.logits_at(tokens), tokens.targets, weights)

    def logits_at(self, rows: Rows) -> Tensor:
        """The scores of all tokens as the next one, after each of the rows: (N, V)."""
        w, c = self.weights, self.config
        x = rmsnorm(embed(self.embeddings, rows.tokens, rows.positions + c.vocab_size))  # (N, E)
        for i in range(c.n_layer):
            qkv = linear(rmsnorm(x), self.qkv[i])  # (N, 3E)
            heads = attention(qkv, c.n_head, rows.shape, rows.places)  # (N, E)
            x = add(linear(heads, w[f"layer{i}.attn_wo"]), x)
            hidden = linear(rmsnorm(x), w[f"layer{i}.mlp_fc1"])  # (N, 4E)
            hidden = relu(hidden, squared=c.activation == "relu2")
            x = add(linear(hidden, w[f"layer{i}.mlp_fc2"]), x)
        return linear(x, w["lm_head"])

    def loss_and_gradients(
        self, documents: Sequence[Sequence[int]] | Batch
    ) -> tuple[float, dict[str, Array]]:
        """The loss of a batch, and its gradient by the name of the matrix."""
        self.zero_grad()
        loss = self.loss(documents)
        loss.backward()
        return float(loss), {name: w.grad.copy() for name, w in self.weights.items()}

    def frozen(self) -> Reader:
        """The model as it is now, on plain arrays: it predicts, and nothing learns."""
        return Reader(self.config, {name: w.data for name, w in self.weights.items()})

    def new_cache(self, texts: int = 1) -> Cache:
        """The memory of some texts that have not begun."""
        return self.frozen().new_cache(texts)

    def copy_cache(self, cache: Cache) -> Cache:
        return cache.copy()

    def logits(self, token: Any, position: int, cache: Cache) -> Any:
        """The score of every token as the next one: see `Reader.logits`.

        It copies the weights at every call; to write more than a token, keep what `frozen()` gives.
        """
        return self.frozen().logits(token, position, cache)

    def state_dict(self) -> State:
        """The weights as plain numbers, in the form of the scalar model: a copy."""
        return nested({name: w.data for name, w in self.weights.items()})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over weights from any model's `state_dict()`."""
        for name, data in checked(state, self.config).items():
            self.weights[name].data[...] = data


def window(flat: Tensor, begin: int, shape: tuple[int, int], label: str) -> Tensor:
    """A tensor whose numbers and gradients are a part of those of `flat`, not copies."""
    tensor = Tensor(0.0, flat.data.dtype, label)
    part = slice(begin, begin + prod(shape))
    tensor.data, tensor.grad = flat.data[part].reshape(shape), flat.grad[part].reshape(shape)
    return tensor
