"""The GPT: token and position in, a score for each possible next token out.

The model follows Andrej Karpathy's microgpt, the complete algorithm in 200 lines, so that weights
and losses can be compared number by number. It sees one token at a time. What the earlier ones have
left behind for later ones to attend to, their keys and values, is kept in a cache; there is no
mask, because the future is not there yet. Notebooks 06a and 06b build this file.

Shapes in comments: E embedding, H head size (E / n_head), T tokens so far, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from random import Random
from typing import Any

from micrograd.engine import Value, number
from micrograd.nn import (
    Matrix,
    Module,
    Vector,
    add,
    cross_entropy,
    linear,
    mean,
    relu,
    rmsnorm,
    softmax,
)
from micrograd.optim import OPTIMIZERS

# For each layer its keys and its values: by position, then by head, each a vector of H numbers.
Cache = list[tuple[list[list[Vector]], list[list[Vector]]]]


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT, and how its weights begin. The defaults are the published program's.

    Its first version is `activation="relu2", init_std=0.02, zero_init_projections=True`.
    """

    vocab_size: int  # V: how many tokens there are, BOS among them
    block_size: int = 16  # the longest context, in tokens
    n_layer: int = 1  # blocks, one after the other
    n_head: int = 4  # attention heads in a block, side by side
    n_embd: int = 16  # E: numbers in the vector that stands for a token
    activation: str = "relu"  # the kink in the feed-forward: "relu", or its square, "relu2"
    init_std: float = 0.08  # standard deviation of the initial weights
    zero_init_projections: bool = False  # blocks begin by adding nothing to the residual stream

    def __post_init__(self) -> None:
        for name in ("vocab_size", "block_size", "n_layer", "n_head", "n_embd"):
            size = getattr(self, name)
            if type(size) is not int or size < 1:
                raise ValueError(f"{name} must be a whole number of at least 1, not {size!r}.")
        if self.n_embd % self.n_head:
            raise ValueError(
                f"n_embd ({self.n_embd}) must be a multiple of n_head ({self.n_head}), so that "
                "each head gets an equal part of the vector."
            )
        if not self.init_std >= 0:
            raise ValueError(f"init_std must be 0 or more, not {self.init_std!r}.")
        if self.activation not in ("relu", "relu2"):
            raise ValueError(f'activation must be "relu" or "relu2", not {self.activation!r}.')

    def shapes(self) -> dict[str, tuple[int, int]]:
        """The name and shape, outputs x inputs, of every matrix, in the order they are filled."""
        e = self.n_embd
        shapes = {
            "wte": (self.vocab_size, e),
            "wpe": (self.block_size, e),
            "lm_head": (self.vocab_size, e),
        }
        for i in range(self.n_layer):
            shapes[f"layer{i}.attn_wq"] = (e, e)
            shapes[f"layer{i}.attn_wk"] = (e, e)
            shapes[f"layer{i}.attn_wv"] = (e, e)
            shapes[f"layer{i}.attn_wo"] = (e, e)
            shapes[f"layer{i}.mlp_fc1"] = (4 * e, e)
            shapes[f"layer{i}.mlp_fc2"] = (e, 4 * e)
        return shapes


def matrix(rows: int, columns: int, std: float, rng: Random) -> list[list[Value]]:
    """New weights, drawn around 0 with the standard deviation `std`."""
    return [[Value(rng.gauss(0, std)) for _ in range(columns)] for _ in range(rows)]


def new_cache(config: GPTConfig) -> Cache:
    """The memory of a document that has not begun."""
    return [([], []) for _ in range(config.n_layer)]


def split_heads(x: Vector, n_head: int) -> list[Vector]:
    """A vector of E numbers as `n_head` pieces of H numbers each, in order."""
    size = len(x) // n_head
    return [x[i * size : (i + 1) * size] for i in range(n_head)]


def attend(query: Vector, keys: Sequence[Vector], values: Sequence[Vector]) -> list[Any]:
    """One head: the average of `values`, each weighted by how well its key fits the query.

    From Vaswani et al., "Attention Is All You Need" (https://arxiv.org/abs/1706.03762).
    """
    scale = len(query) ** -0.5  # keeps scores near 1 in size, whatever H is
    weights = softmax([score * scale for score in linear(query, keys)])  # (T,)
    return linear(weights, list(zip(*values, strict=True)))  # (H,)


def attention(
    x: Vector,
    weights: Mapping[str, Matrix],
    layer: int,
    config: GPTConfig,
    cache: Cache,
) -> list[Any]:
    """What the tokens up to this one have to say to it; this one joins the cache."""
    keys, values = cache[layer]
    query = split_heads(linear(x, weights[f"layer{layer}.attn_wq"]), config.n_head)
    keys.append(split_heads(linear(x, weights[f"layer{layer}.attn_wk"]), config.n_head))
    values.append(split_heads(linear(x, weights[f"layer{layer}.attn_wv"]), config.n_head))
    heads: list[Any] = []
    for h in range(config.n_head):
        heads += attend(query[h], [k[h] for k in keys], [v[h] for v in values])
    return linear(heads, weights[f"layer{layer}.attn_wo"])  # (E,)


def feed_forward(
    x: Vector, weights: Mapping[str, Matrix], layer: int, config: GPTConfig
) -> list[Any]:
    """Each token by itself: four times wider, a kink, and back."""
    hidden = relu(linear(x, weights[f"layer{layer}.mlp_fc1"]))  # (4E,)
    if config.activation == "relu2":
        hidden = [h**2 for h in hidden]
    return linear(hidden, weights[f"layer{layer}.mlp_fc2"])  # (E,)


def forward(
    token: int,
    position: int,
    weights: Mapping[str, Matrix],
    config: GPTConfig,
    cache: Cache,
) -> list[Any]:
    """The score, or logit, of every token as the next one, after `token` at `position`."""
    if not 0 <= token < config.vocab_size:
        raise IndexError(f"Token {token} is not one of the {config.vocab_size} tokens.")
    if not 0 <= position < config.block_size:
        raise IndexError(
            f"Position {position} is outside of the context of {config.block_size} tokens."
        )
    x = rmsnorm(add(weights["wte"][token], weights["wpe"][position]))  # (E,)
    for layer in range(config.n_layer):
        x = add(attention(rmsnorm(x), weights, layer, config, cache), x)
        x = add(feed_forward(rmsnorm(x), weights, layer, config), x)
    return linear(x, weights["lm_head"])  # (V,)


class GPT(Module):
    """A GPT's weights, as values that training can change, and its loss.

    `weights` maps a name to a matrix: a list of rows, outputs x inputs. `optimizers` are those that
    can change them.
    """

    optimizers = OPTIMIZERS

    def __init__(self, config: GPTConfig, rng: Random) -> None:
        self.config = config
        self.weights: Mapping[str, Matrix] = {
            name: matrix(n_out, n_in, self.initial_std(name), rng)
            for name, (n_out, n_in) in config.shapes().items()
        }

    def initial_std(self, name: str) -> float:
        projection = name.endswith(("attn_wo", "mlp_fc2"))
        return 0.0 if projection and self.config.zero_init_projections else self.config.init_std

    def parameters(self) -> list[Value]:
        return [p for matrix in self.weights.values() for row in matrix for p in row]

    def new_cache(self) -> Cache:
        return new_cache(self.config)

    def copy_cache(self, cache: Cache) -> Cache:
        """A memory that begins with all of another, which stays as it is."""
        return [(list(keys), list(values)) for keys, values in cache]

    def logits(self, token: int, position: int, cache: Cache) -> list[Any]:
        """The score of every token as the next one; `cache` grows by one position."""
        return forward(token, position, self.weights, self.config, cache)

    def frozen(self) -> "GPT":
        """The model as it is now, on plain floats: its logits come quicker, without gradients."""
        model = copy(self)
        model.weights = self.state_dict()
        return model

    def loss(self, tokens: Sequence[int]) -> Value:
        """The mean surprise, in nats, at each token after the first of a document.

        A document longer than the context is read as far as the context goes.
        """
        cache = self.new_cache()
        pairs = list(zip(tokens, tokens[1:], strict=False))[: self.config.block_size]
        if not pairs:
            raise ValueError(
                f"A document of {len(tokens)} tokens has no next token to predict: give at least 2."
            )
        loss: Value = mean(
            [
                cross_entropy(self.logits(token, position, cache), target)
                for position, (token, target) in enumerate(pairs)
            ]
        )
        return loss

    def state_dict(self) -> dict[str, list[list[float]]]:
        """The weights as plain numbers: a copy."""
        return {name: [[p.data for p in row] for row in m] for name, m in self.weights.items()}

    def load_state_dict(self, state: Mapping[str, Matrix]) -> None:
        """Take over weights from `state_dict()`, or from any nested lists of these shapes."""
        shapes = self.config.shapes()
        if state.keys() != shapes.keys():
            odd = ", ".join(sorted(state.keys() ^ shapes.keys()))
            raise ValueError(f"These weights are another model's: {odd} missing or not known.")
        for name, shape in shapes.items():
            rows, columns = len(state[name]), {len(row) for row in state[name]}
            if rows != shape[0] or columns != {shape[1]}:
                found = f"{rows} x {'/'.join(map(str, sorted(columns)))}"
                raise ValueError(f"{name} is {found}; this model needs {shape[0]} x {shape[1]}.")
        given = [number(x) for name in shapes for row in state[name] for x in row]
        for p, data in zip(self.parameters(), given, strict=True):
            p.data = data
