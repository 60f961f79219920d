"""The GPT in JAX: the loss as a pure function of the weights, and its gradient by `jax.grad`.

Here no number remembers how it was made. `jax.grad` takes a function and gives another one: it runs
the first on stand-ins for the numbers, writes down which operations it meets, and turns the list
round. So everything that the loss depends on has to come in as an argument, and nothing is changed
in place. `jax.jit` compiles the list, once for each shape of a batch. Notebook 09 compares this
with the other rungs.

Shapes in comments: B documents, T positions, E embedding, H head size, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from micrograd.fast import common
from micrograd.gpt import GPTConfig

try:
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax import Array
except ModuleNotFoundError:
    raise ImportError(
        "micrograd.fast.jax_loss needs JAX: pip install jax, in the course's environment."
    ) from None

jax.config.update("jax_enable_x64", True)  # or else JAX makes 32-bit numbers of Python's 64 bits

Weights = dict[str, Array]  # by name, each outputs x inputs


def rmsnorm(x: Array) -> Array:
    return x * (jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5) ** -0.5


def attention(x: Array, weights: Weights, layer: int, config: GPTConfig) -> Array:
    def heads(name: str) -> Array:  # (B, T, n_head, H)
        y = x @ weights[f"layer{layer}.attn_w{name}"].T
        return y.reshape(*y.shape[:2], config.n_head, -1)

    scores = jnp.einsum("bqhd,bkhd->bhqk", heads("q"), heads("k"))  # (B, n_head, T, T)
    scores = scores * (config.n_embd // config.n_head) ** -0.5
    past = jnp.tril(jnp.ones(scores.shape[-2:], dtype=bool))  # each position, and those before it
    shares = jax.nn.softmax(jnp.where(past, scores, -jnp.inf), axis=-1)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", shares, heads("v")).reshape(x.shape)
    return mixed @ weights[f"layer{layer}.attn_wo"].T  # (B, T, E)


def feed_forward(x: Array, weights: Weights, layer: int, config: GPTConfig) -> Array:
    hidden = jax.nn.relu(x @ weights[f"layer{layer}.mlp_fc1"].T)  # (B, T, 4E)
    if config.activation == "relu2":
        hidden = hidden**2
    return hidden @ weights[f"layer{layer}.mlp_fc2"].T


def logits(weights: Weights, tokens: Array, config: GPTConfig) -> Array:
    """The scores of every next token, (B, T, V), at each of the tokens (B, T)."""
    x = rmsnorm(weights["wte"][tokens] + weights["wpe"][: tokens.shape[1]])
    for layer in range(config.n_layer):
        x = x + attention(rmsnorm(x), weights, layer, config)
        x = x + feed_forward(rmsnorm(x), weights, layer, config)
    return x @ weights["lm_head"].T


def loss(weights: Weights, batch: tuple[Array, Array, Array], config: GPTConfig) -> Array:
    """The loss of a batch: its tokens, targets and shares in the loss, (B, T) each."""
    tokens, targets, shares = batch
    log_p = jax.nn.log_softmax(logits(weights, tokens, config))
    surprises = -jnp.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]  # (B, T)
    return jnp.sum(surprises * shares)


loss_and_gradient = jax.jit(jax.value_and_grad(loss), static_argnames="config")


@partial(jax.jit, static_argnames=("betas", "eps"))
def adam(
    weights: Weights,
    gradient: Weights,
    moments: tuple[Weights, Weights],
    step: Array,
    lr: Array,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Weights, tuple[Weights, Weights]]:
    """The weights and moments after a step of Adam; steps count from 1. Nothing is changed."""
    beta1, beta2 = betas
    m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, moments[0], gradient)
    v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, moments[1], gradient)
    rate, unbias = lr / (1 - beta1**step), 1 - beta2**step
    moved = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v / unbias) + eps), weights, m, v)
    return moved, (m, v)


class GPT:
    """Weights for these functions, under the names and in the form that all our models have."""

    def __init__(self, config: GPTConfig, rng: Random, dtype: str = "float64") -> None:
        self.config, self.dtype = config, dtype
        self.weights = self.arrays(common.initial_weights(config, rng))

    def arrays(self, weights: common.Weights) -> Weights:
        return {name: jnp.asarray(w, dtype=self.dtype) for name, w in weights.items()}

    def batch(self, documents: Sequence[Any]) -> tuple[Array, Array, Array]:
        """What `loss` takes: of a document, or of several."""
        batch = common.padded(common.several(documents), self.config)
        shares = jnp.asarray(batch.weights, dtype=self.dtype)
        return jnp.asarray(batch.tokens), jnp.asarray(batch.targets), shares

    def loss_and_gradients(self, documents: Sequence[Any]) -> tuple[float, common.Weights]:
        """The loss of a batch, and how fast it moves with each weight, by name."""
        value, gradient = loss_and_gradient(self.weights, self.batch(documents), self.config)
        return float(value), self.in_order(gradient)

    def state_dict(self) -> common.State:
        return common.nested(self.in_order(self.weights))

    def in_order(self, weights: Weights) -> common.Weights:
        """As NumPy's arrays, in our order; JAX sorts the names."""
        return {name: np.array(weights[name]) for name in self.config.shapes()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over weights from any model's `state_dict()`."""
        self.weights = self.arrays(common.checked(state, self.config))
