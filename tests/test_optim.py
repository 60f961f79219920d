"""Optimizers: steps worked out by hand, and whole runs against PyTorch's."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from micrograd.engine import Value
from micrograd.optim import (
    SGD,
    Adam,
    clip_gradients,
    constant,
    cosine_decay,
    linear_decay,
    warmup_cosine,
)


def with_gradients(*pairs: tuple[float, float]) -> list[Value]:
    parameters = [Value(data) for data, _ in pairs]
    for p, (_, grad) in zip(parameters, pairs, strict=True):
        p.grad = grad
    return parameters


# Steps worked out by hand.


def test_sgd_steps_against_the_gradient():
    parameters = with_gradients((1.0, 4.0), (2.0, -8.0))
    SGD(parameters, lr=0.5).step()
    assert [p.data for p in parameters] == [-1.0, 6.0]


def test_momentum_adds_half_of_the_last_step():
    (p,) = with_gradients((0.0, 1.0))
    optimizer = SGD([p], lr=1.0, momentum=0.5)
    places = []
    for _ in range(3):
        optimizer.step()
        places.append(p.data)
    assert places == [-1.0, -2.5, -4.25]  # steps of 1, 1.5 and 1.75


@pytest.mark.parametrize("grad", [1e-3, 7.0, -7.0, 1e6])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(grad):
    (p,) = with_gradients((0.0, grad))
    Adam([p], lr=0.01).step()
    assert p.data == pytest.approx(-math.copysign(0.01, grad), rel=1e-4)


def test_two_steps_of_adam_are_worked_out_by_hand():
    (p,) = with_gradients((1.0, 2.0))
    optimizer = Adam([p], lr=0.1, betas=(0.5, 0.75), eps=0.0)
    optimizer.step()
    assert (optimizer.m, optimizer.v) == ([1.0], [1.0])
    assert p.data == pytest.approx(0.9, rel=1e-15)  # 1 - 0.1 * (1 / 0.5) / (1 / 0.25) ** 0.5
    p.grad = -1.0
    optimizer.step()
    assert (optimizer.m, optimizer.v) == ([0.0], [1.0])
    assert p.data == pytest.approx(0.9, rel=1e-15)  # the average gradient is 0
    assert optimizer.steps == 2


def test_the_epsilon_of_adam_stands_outside_the_root():
    (p,) = with_gradients((0.0, 1.0))
    Adam([p], lr=1.0, eps=1.0).step()
    assert p.data == pytest.approx(-0.5, rel=1e-15)


def test_a_gradient_of_0_moves_nothing():
    (p,) = with_gradients((3.0, 0.0))
    for optimizer in (SGD([p], lr=0.1, momentum=0.9), Adam([p], lr=0.1)):
        optimizer.step()
        assert p.data == 3.0


def test_weight_decay_pulls_towards_0_apart_from_the_gradient():
    (p,) = with_gradients((2.0, 0.0))
    Adam([p], lr=0.1, weight_decay=0.5).step()
    assert p.data == pytest.approx(1.9, rel=1e-15)  # 2 - 0.1 * 0.5 * 2


# What every optimizer does.


@pytest.fixture(
    params=[
        lambda ps: SGD(ps, lr=0.1),
        lambda ps: SGD(ps, lr=0.1, momentum=0.9),
        lambda ps: Adam(ps, lr=0.1, betas=(0.85, 0.99)),
        lambda ps: Adam(ps, lr=0.1, weight_decay=0.1),
    ],
    ids=["SGD", "SGD with momentum", "Adam", "Adam with decay"],
)
def make(request: pytest.FixtureRequest) -> Callable[[list[Value]], Any]:
    return request.param


@pytest.mark.parametrize("grad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_not_finite_is_never_hidden(make, grad):
    spoiled, healthy = with_gradients((1.0, grad), (1.0, 4.0))
    make([spoiled, healthy]).step()
    assert not math.isfinite(spoiled.data)
    assert math.isfinite(healthy.data)


def test_zero_grad_sets_gradients_to_0_and_leaves_the_data(make):
    parameters = with_gradients((1.0, 4.0), (2.0, -8.0))
    make(parameters).zero_grad()
    assert [(p.data, p.grad) for p in parameters] == [(1.0, 0.0), (2.0, 0.0)]


def test_a_step_changes_data_in_place_and_keeps_the_gradient(make):
    parameters = with_gradients((1.0, 4.0))
    make(parameters).step()
    assert parameters[0].data < 1.0
    assert parameters[0].grad == 4.0


def test_the_learning_rate_can_be_set_on_the_way(make):
    (p,) = with_gradients((1.0, 4.0))
    optimizer = make([p])
    optimizer.lr = 0.0
    optimizer.step()
    assert p.data == 1.0


def test_a_generator_of_parameters_is_as_good_as_a_list(make):
    parameters = with_gradients((1.0, 4.0))
    optimizer = make(p for p in parameters)
    optimizer.step()
    optimizer.zero_grad()
    assert parameters[0].data < 1.0
    assert parameters[0].grad == 0.0


def valley(parameters: list[Value]) -> Value:
    """Steep along the first coordinate, shallow along the second, lowest at (1, -2)."""
    a, b = parameters
    return 10 * (a - 1) ** 2 + (b + 2) ** 2 + (a * b).tanh() ** 2


def descend(parameters: list[Value], optimizer: Any, steps: int) -> list[float]:
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = valley(parameters)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return losses


def test_it_goes_down_a_valley(make):
    parameters = [Value(0.5), Value(0.5)]
    optimizer = make(parameters)
    optimizer.lr = 0.01
    losses = descend(parameters, optimizer, 200)
    assert losses[-1] < losses[0] / 3


def test_a_run_goes_on_from_its_state_bit_for_bit(make):
    first = [Value(0.5), Value(0.5)]
    optimizer = make(first)
    descend(first, optimizer, 7)

    second = [Value(p.data) for p in first]
    resumed = SGD(second, lr=9.0) if isinstance(optimizer, SGD) else Adam(second, lr=9.0)
    resumed.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
    assert resumed.state_dict() == optimizer.state_dict()
    assert descend(second, resumed, 7) == descend(first, optimizer, 7)
    assert [p.data for p in second] == [p.data for p in first]


def test_a_state_is_a_copy_in_both_directions(make):
    optimizer = make(with_gradients((1.0, 4.0)))
    optimizer.step()
    state = optimizer.state_dict()
    before = json.dumps(state)
    other = make(with_gradients((1.0, 4.0)))
    other.load_state_dict(state)
    for moments in (x for x in state.values() if isinstance(x, list)):
        moments[0] = 99.0
    assert json.dumps(optimizer.state_dict()) == before
    assert json.dumps(other.state_dict()) == before


def test_the_state_of_another_model_is_refused_and_changes_nothing(make):
    optimizer = make(with_gradients((1.0, 4.0), (2.0, 3.0)))
    other = make(with_gradients((1.0, 4.0)))
    other.lr = 7.0
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=r"holds 1 numbers.*this one has 2"):
        optimizer.load_state_dict(other.state_dict())
    assert optimizer.state_dict() == before


@pytest.mark.needs_torch
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda ps: SGD(ps, 0.02), lambda ps, t: t.SGD(ps, 0.02)),
        (lambda ps: SGD(ps, 0.02, 0.9), lambda ps, t: t.SGD(ps, 0.02, momentum=0.9)),
        (lambda ps: Adam(ps, 0.05), lambda ps, t: t.Adam(ps, 0.05)),
        (
            lambda ps: Adam(ps, 0.05, (0.85, 0.99), 1e-4),
            lambda ps, t: t.Adam(ps, 0.05, betas=(0.85, 0.99), eps=1e-4),
        ),
        (
            lambda ps: Adam(ps, 0.05, weight_decay=0.3),
            lambda ps, t: t.AdamW(ps, 0.05, weight_decay=0.3),
        ),
    ],
    ids=["SGD", "SGD with momentum", "Adam", "Adam, other settings", "AdamW"],
)
def test_a_hundred_steps_agree_with_pytorch(ours, theirs):
    import torch

    parameters = [Value(0.5), Value(0.5)]
    losses = descend(parameters, ours(parameters), 100)
    tensors = [torch.tensor(0.5, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    expected = descend_in_torch(tensors, theirs(tensors, torch.optim), 100)
    assert losses == pytest.approx(expected, rel=1e-11, abs=0)
    assert [p.data for p in parameters] == pytest.approx([t.item() for t in tensors], rel=1e-11)


def descend_in_torch(tensors: list[Any], optimizer: Any, steps: int) -> list[float]:
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = valley(tensors)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# Schedules.


def test_linear_decay_goes_in_a_straight_line_to_0():
    rates = [linear_decay(step, 4, 0.8) for step in range(6)]
    assert rates == pytest.approx([0.8, 0.6, 0.4, 0.2, 0.0, 0.0], rel=1e-15)


def test_cosine_decay_goes_down_half_a_wave():
    rates = [cosine_decay(step, 4, 0.8) for step in range(6)]
    half = 0.5**0.5
    expected = [0.8, 0.4 * (1 + half), 0.4, 0.4 * (1 - half), 0.0, 0.0]
    assert rates == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_warmup_climbs_for_a_tenth_of_the_steps_and_then_follows_the_cosine():
    rates = [warmup_cosine(step, 100, 0.8) for step in range(101)]
    assert rates[:10] == pytest.approx([0.08 * (i + 1) for i in range(10)])
    assert rates[10:] == [cosine_decay(i, 90, 0.8) for i in range(91)]
    assert max(rates) == 0.8
    assert rates[100] == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("schedule", [linear_decay, cosine_decay, warmup_cosine, constant])
@pytest.mark.parametrize("steps", [1, 2, 5, 9])
def test_a_short_plan_has_rates_between_0_and_the_whole(schedule, steps):
    assert all(0 <= schedule(step, steps, 0.8) <= 0.8 for step in range(2 * steps))
    assert schedule(0, steps, 0.8) == 0.8


@pytest.mark.needs_torch
def test_cosine_decay_agrees_with_pytorch():
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
    for step in range(50):
        assert cosine_decay(step, 50, 0.8) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()


def test_constant_stays():
    assert [constant(step, 4, 0.8) for step in range(6)] == [0.8] * 6


# Clipping.


def test_a_long_gradient_is_shortened_and_its_direction_kept():
    parameters = with_gradients((1.0, 3.0), (2.0, -4.0))
    assert clip_gradients(parameters, 2.5) == 5.0
    assert [p.grad for p in parameters] == pytest.approx([1.5, -2.0], rel=1e-15)
    assert [p.data for p in parameters] == [1.0, 2.0]


def test_a_gradient_that_is_short_enough_stays_as_it_is():
    parameters = with_gradients((1.0, 3.0), (2.0, -4.0))
    assert clip_gradients(parameters, 5.0) == 5.0
    assert clip_gradients(with_gradients((1.0, 0.0)), 5.0) == 0.0
    assert [p.grad for p in parameters] == [3.0, -4.0]


def test_even_a_gigantic_gradient_is_shortened():
    parameters = with_gradients((1.0, 3e200), (2.0, -4e200))
    assert clip_gradients(parameters, 1.0) == pytest.approx(5e200)
    assert [p.grad for p in parameters] == pytest.approx([0.6, -0.8])


def test_clipping_does_not_hide_a_nan():
    parameters = with_gradients((1.0, math.nan), (2.0, -4.0))
    assert math.isnan(clip_gradients(parameters, 1.0))
    assert math.isnan(parameters[0].grad)


@pytest.mark.parametrize("largest", [0.0, -1.0, math.nan])
def test_a_length_that_is_none_is_refused(largest):
    with pytest.raises(ValueError, match="length above 0"):
        clip_gradients(with_gradients((1.0, 3.0)), largest)


@pytest.mark.needs_torch
def test_clipping_agrees_with_pytorch():
    import torch

    grads = [0.3, -7.0, 2.5, 1e-3]
    parameters = with_gradients(*((0.0, g) for g in grads))
    tensor = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(grads, dtype=torch.float64)
    length = torch.nn.utils.clip_grad_norm_([tensor], 1.0)
    assert clip_gradients(parameters, 1.0) == pytest.approx(length.item(), rel=1e-12)
    # PyTorch adds 1e-6 to the length that it divides by.
    assert [p.grad for p in parameters] == pytest.approx(tensor.grad.tolist(), rel=1e-6)
