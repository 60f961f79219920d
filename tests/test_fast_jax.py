"""The loss in JAX as a pure function: its gradient is ours, and nothing is changed in place."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from conftest import EXTRAS, require

from micrograd import gpt, optim
from micrograd.engine import Value
from micrograd.gpt import GPTConfig

require(EXTRAS["needs_jax"])

import jax  # noqa: E402

from micrograd.fast import jax_loss  # noqa: E402

SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4, init_std=0.3)
FIRST = GPTConfig(5, 6, 2, 2, 4, "relu2", init_std=0.3)
NAMES = [[4, 0, 1, 2, 4], [4, 3, 4], [4, 1, 1, 0, 2, 3, 3, 0, 4]]  # the last: beyond the context


def both(config: GPTConfig = SMALL, dtype: str = "float64") -> tuple[gpt.GPT, Any]:
    """The scalar model and JAX's with the same weights."""
    return gpt.GPT(config, Random(3)), jax_loss.GPT(config, Random(3), dtype)


def gradients(model: gpt.GPT) -> dict[str, Any]:
    return {n: np.array([[p.grad for p in r] for r in w]) for n, w in model.weights.items()}


@pytest.mark.slow
@pytest.mark.parametrize("config", [SMALL, FIRST], ids=["relu", "relu2"])
def test_the_gradient_by_jax_grad_is_ours(config):
    ours, theirs = both(config)
    total: Value = sum([ours.loss(name) for name in NAMES], Value(0.0))
    loss = total * (1 / len(NAMES))
    loss.backward()
    batch = theirs.batch(NAMES)
    assert float(jax_loss.loss(theirs.weights, batch, config)) == pytest.approx(
        loss.data, rel=1e-12
    )
    by_jax = jax.grad(jax_loss.loss)(theirs.weights, batch, config)
    assert by_jax.keys() == ours.weights.keys()
    for name, gradient in gradients(ours).items():
        scale = np.abs(gradient).max()
        assert scale > 0
        assert np.array(by_jax[name]) == pytest.approx(gradient, rel=1e-9, abs=1e-9 * scale), name


def test_compiled_it_gives_the_same():
    ours, theirs = both()
    loss = ours.loss(NAMES[0])
    loss.backward()
    found, by_name = theirs.loss_and_gradients(NAMES[0])
    assert found == pytest.approx(loss.data, rel=1e-12)
    for name, gradient in gradients(ours).items():
        assert by_name[name] == pytest.approx(gradient, rel=1e-9, abs=1e-12), name


def test_the_loss_is_a_function_of_its_arguments_alone():
    _, theirs = both()
    batch = theirs.batch(NAMES)
    before = theirs.state_dict()
    first = float(jax_loss.loss(theirs.weights, batch, SMALL))
    elsewhere = {name: w + 1.0 for name, w in theirs.weights.items()}
    assert float(jax_loss.loss(elsewhere, batch, SMALL)) != first
    assert float(jax_loss.loss(theirs.weights, batch, SMALL)) == first
    assert theirs.state_dict() == before


def test_no_token_sees_the_future():
    _, theirs = both()
    one, other = (
        jax_loss.logits(theirs.weights, jax.numpy.array([tokens]), SMALL)[0]
        for tokens in ([4, 0, 1, 2, 3], [4, 0, 1, 0, 3])
    )
    assert (one[:3] == other[:3]).all()
    assert (one[3] != other[3]).any()


def test_adam_takes_the_steps_of_ours_and_leaves_the_old_weights():
    ours, theirs = both()
    adam = optim.Adam(ours.parameters(), lr=0.1, betas=(0.85, 0.99))
    zeros = {name: w * 0.0 for name, w in theirs.weights.items()}
    before, weights, moments = theirs.state_dict(), theirs.weights, (zeros, zeros)
    for step in range(1, 5):
        adam.zero_grad()
        ours.loss(NAMES[0]).backward()
        adam.step()
        _, gradient = jax_loss.loss_and_gradient(weights, theirs.batch(NAMES[0]), SMALL)
        weights, moments = jax_loss.adam(weights, gradient, moments, step, 0.1, betas=(0.85, 0.99))
    assert theirs.state_dict() == before
    theirs.weights = weights
    assert list(theirs.state_dict()) == list(ours.state_dict())
    for name, expected in ours.state_dict().items():
        assert np.array(weights[name]) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-12)


def test_in_32_bits_everything_is():
    _, theirs = both(dtype="float32")
    loss, by_name = theirs.loss_and_gradients(NAMES)
    assert {gradient.dtype for gradient in by_name.values()} == {np.dtype("float32")}
    assert loss == pytest.approx(both()[1].loss_and_gradients(NAMES)[0], rel=1e-5)
