"""The GPT of `micrograd.gpt` over arrays: all tokens of all documents of a batch at once.

A token may attend to earlier ones only, and here the later ones are present too: a mask hides them.
Documents differ in length, so a batch is a rectangle with filling at the ends (`padded`); the
filling is left out again before anything is computed, except in attention, where each document
needs a rectangle of its own. Weights, names and losses are those of the scalar model. Notebook 09
proves it, and trains with this file.

Shapes in comments: N tokens to predict from, B documents, T positions, E embedding, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from math import prod
from random import Random
from typing import Any

from micrograd.fast.common import Batch, State, checked, initial_weights, nested, padded
from micrograd.fast.nn import attention, cross_entropy, embed, linear, rmsnorm
from micrograd.fast.tensor import Array, Tensor
from micrograd.gpt import GPTConfig

# isort: split
import numpy as np


class GPT:
    """A GPT's weights, as tensors that training can change, and its loss.

    All weights lie one after the other in one array, `flat.data`, and their gradients in another,
    `flat.grad`, so that an optimizer changes them all in a few operations. A matrix in `weights` is
    a window onto its part of both.
    """

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

    def loss(self, tokens: Sequence[int] | Sequence[Sequence[int]] | Batch) -> Tensor:
        """The mean surprise, in nats, at each token after the first of a document.

        For a batch, which is a list of documents, the mean over them of each one's. A document
        longer than the context is read as far as the context goes.
        """
        batch = tokens if isinstance(tokens, Batch) else padded(documents(tokens), self.config)
        return self.loss_of(batch, batch.weights.ravel().nonzero()[0])

    def loss_of(self, batch: Batch, rows: Array) -> Tensor:
        """The loss of a rectangle, computed on those of its tokens whose numbers `rows` lists.

        Tokens are numbered from left to right and from top to bottom.
        """
        logits = self.logits_of(batch, rows)
        weights = batch.weights.ravel()[rows].astype(logits.data.dtype)
        return cross_entropy(logits, batch.targets.ravel()[rows], weights)

    def logits_of(self, batch: Batch, rows: Array) -> Tensor:
        """The scores of all tokens as the next one, after each of `rows`: (N, V)."""
        w, (_, t) = self.weights, batch.tokens.shape
        x = embed(w["wte"], batch.tokens.ravel()[rows]) + embed(w["wpe"], rows % t)
        x = rmsnorm(x)  # (N, E)
        for i in range(self.config.n_layer):
            qkv = linear(rmsnorm(x), self.qkv[i])  # (N, 3E)
            heads = attention(qkv, self.config.n_head, batch.tokens.shape, rows)  # (N, E)
            x = linear(heads, w[f"layer{i}.attn_wo"]) + x
            hidden = linear(rmsnorm(x), w[f"layer{i}.mlp_fc1"]).relu()  # (N, 4E)
            if self.config.activation == "relu2":
                hidden = hidden**2
            x = linear(hidden, w[f"layer{i}.mlp_fc2"]) + x
        return linear(x, w["lm_head"])

    def loss_and_gradients(
        self, documents: Sequence[Sequence[int]] | Batch
    ) -> tuple[float, dict[str, Array]]:
        """The loss of a batch, and its gradient by the name of the matrix."""
        self.zero_grad()
        loss = self.loss(documents)
        loss.backward()
        return float(loss), {name: w.grad.copy() for name, w in self.weights.items()}

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


def documents(tokens: Any) -> list[Sequence[int]]:
    """One document or several, as several."""
    return [tokens] if not len(tokens) or isinstance(tokens[0], int | np.integer) else list(tokens)
