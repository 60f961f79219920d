"""Optimizers over tensors: the steps of the scalar ones, and of PyTorch's."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from micrograd import optim
from micrograd.engine import Value
from micrograd.fast.optim import OPTIMIZERS, SGD, Adam, clip_gradients
from micrograd.fast.tensor import Tensor

SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("Adam", {"lr": 0.1, "betas": (0.85, 0.99)}),
    ("Adam", {"lr": 0.1, "eps": 1e-4, "weight_decay": 0.3}),
]
each = pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=str)
GRADIENTS = np.random.default_rng(1).normal(size=(20, 6))


def tensors() -> list[Tensor]:
    return [Tensor([[1.0, -2.0], [0.5, 3.0]]), Tensor([0.0, 4.0])]


def descend(parameters: list[Tensor], optimizer: Any, gradients: Any) -> list[float]:
    for grad in gradients:
        parameters[0].grad[...] = grad[:4].reshape(2, 2)
        parameters[1].grad[...] = grad[4:]
        optimizer.step()
    return [x for p in parameters for x in p.data.ravel().tolist()]


@each
def test_steps_are_those_of_the_scalar_optimizers_to_the_last_bit(name, settings):
    parameters = tensors()
    values = [Value(x) for p in parameters for x in p.data.ravel().tolist()]
    ours = OPTIMIZERS[name](parameters, **settings)
    scalar = optim.OPTIMIZERS[name](values, **settings)
    found = descend(parameters, ours, GRADIENTS)
    for grad in GRADIENTS.tolist():
        for value, g in zip(values, grad, strict=True):
            value.grad = g
        scalar.step()
    assert found == [value.data for value in values]
    assert ours.state_dict() == scalar.state_dict()


@each
def test_a_run_goes_on_from_its_state_bit_for_bit(name, settings):
    whole, first, second = tensors(), tensors(), tensors()
    expected = descend(whole, OPTIMIZERS[name](whole, **settings), GRADIENTS)
    stopped = OPTIMIZERS[name](first, **settings)
    descend(first, stopped, GRADIENTS[:7])
    resumed = OPTIMIZERS[name](second, lr=9.0)
    resumed.load_state_dict(json.loads(json.dumps(stopped.state_dict())))
    for a, b in zip(second, first, strict=True):
        a.data[...] = b.data
    assert resumed.state_dict() == stopped.state_dict()
    assert descend(second, resumed, GRADIENTS[7:]) == expected


@each
def test_the_state_of_another_model_is_refused_and_changes_nothing(name, settings):
    optimizer = OPTIMIZERS[name](tensors(), **settings)
    before = optimizer.state_dict()
    other = OPTIMIZERS[name]([Tensor([1.0])], lr=7.0)
    with pytest.raises(ValueError, match=r"holds 1 numbers.*this one has 6"):
        optimizer.load_state_dict(other.state_dict())
    assert optimizer.state_dict() == before


@each
def test_a_state_is_a_copy(name, settings):
    parameters = tensors()
    optimizer = OPTIMIZERS[name](parameters, **settings)
    state = optimizer.state_dict()
    before = json.dumps(state)
    descend(parameters, optimizer, GRADIENTS[:1])
    assert json.dumps(state) == before != json.dumps(optimizer.state_dict())


def test_a_step_changes_arrays_in_place_and_keeps_gradients():
    parameters = tensors()
    arrays = [p.data for p in parameters]
    descend(parameters, Adam(parameters, 0.1), GRADIENTS[:1])
    assert all(p.data is a for p, a in zip(parameters, arrays, strict=True))
    assert parameters[1].grad.tolist() == GRADIENTS[0, 4:].tolist()


def test_zero_grad_and_the_learning_rate():
    parameters = tensors()
    optimizer = SGD(parameters, 0.5)
    optimizer.lr = 0.0
    before = [p.data.copy() for p in parameters]
    descend(parameters, optimizer, GRADIENTS[:1])
    assert all((p.data == b).all() for p, b in zip(parameters, before, strict=True))
    optimizer.zero_grad()
    assert optimizer.gradient_sum() == 0.0


@pytest.mark.parametrize("poison", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_gradient_that_is_not_finite_shows_in_the_sum(poison, dtype):
    x = Tensor(np.zeros(5), dtype)
    optimizer = SGD([Tensor([1.0]), x], 0.1)
    x.grad[:] = 3e38
    assert math.isfinite(optimizer.gradient_sum())
    x.grad[3] = poison
    assert not math.isfinite(optimizer.gradient_sum())


@pytest.mark.parametrize("largest", [0.5, 5.0, 100.0])
def test_gradients_are_clipped_as_the_scalar_ones(largest):
    parameters = tensors()
    values = [Value(0.0) for _ in range(6)]
    parameters[0].grad[...] = [[3.0, -4.0], [0.0, 1.0]]
    parameters[1].grad[...] = [2.0, -2.0]
    for value, g in zip(values, [3.0, -4.0, 0.0, 1.0, 2.0, -2.0], strict=True):
        value.grad = g
    assert clip_gradients(parameters, largest) == optim.clip_gradients(values, largest)
    assert [g for p in parameters for g in p.grad.ravel()] == [value.grad for value in values]


@pytest.mark.parametrize("largest", [0.0, -1.0, math.nan])
def test_gradients_are_clipped_to_a_length_above_0(largest):
    with pytest.raises(ValueError, match="a length above 0"):
        clip_gradients(tensors(), largest)
