"""The references of the exercises against numbers worked by hand, and against nudging."""

import math
from collections.abc import Iterable
from itertools import permutations
from random import Random

import pytest

from micrograd import Value, gradcheck
from micrograd.checks.exercises import (
    chain,
    chain_practice,
    descent,
    slope_practice,
    slopes,
    updating,
)
from micrograd.checks.exercises.questions_02 import ORDER

SEEDS = range(20)


def test_slopes_by_hand() -> None:
    assert slopes.slope(lambda x: x * x, 3.0, 0.1) == pytest.approx(6)
    assert slopes.gradient(lambda p: p[0] * p[1], [2.0, 5.0], 0.1) == pytest.approx([5, 2])
    assert slopes.linear_estimate(lambda x: x * x, 3.0, 0.5, 0.1) == pytest.approx(12)
    assert slope_practice.partial(lambda p: p[0] * p[1], [2.0, 5.0], 1, 0.1) == pytest.approx(2)


def test_descent_by_hand() -> None:
    assert descent.descent_step([3.0, -1.0], [6.0, -4.0], 0.1) == pytest.approx([2.4, -0.6])
    path = descent.descend(lambda p: p[0] ** 2, [1.0], 0.25, 2, 0.1)
    assert [point[0] for point in path] == pytest.approx([1, 0.5, 0.25])


def test_the_network_by_hand() -> None:
    assert chain.forward(2.0, 10.0, 1.5, 2.0) == (3.0, 6.0, 16.0)
    assert chain.hand_gradient(2.0, 10.0, 1.5, 2.0) == (-32.0, -24.0)
    assert updating.update(2.0, 10.0, 1.5, 2.0, 0.01) == pytest.approx((1.82, 2.24))
    assert chain.diamond(3.0, 2.0) == 54.0  # the slope of 2x³ at 3


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hand_gradient_is_the_engines(seed: int) -> None:
    x, y, w1, w2 = chain.network(Random(seed))
    one, two = Value(w1), Value(w2)
    ((two * (one * x) - y) ** 2).backward()
    by_hand = chain.hand_gradient(x, y, w1, w2)
    assert by_hand == pytest.approx((one.grad, two.grad))
    assert (chain_practice.grad_w1(x, y, w1, w2), chain_practice.grad_w2(x, y, w1, w2)) == by_hand
    assert updating.repair_update(x, y, w1, w2, 0.1) == updating.update(x, y, w1, w2, 0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_slope_and_gradient_are_the_packages(seed: int) -> None:
    rng = Random(seed)
    f, x, h = slopes.SLOPE.fresh(rng)
    assert slopes.slope(f, x, h) == pytest.approx(gradcheck.slope(f, x, h))
    f, point, h = slopes.GRADIENT.fresh(rng)
    assert slopes.gradient(f, point, h) == pytest.approx(gradcheck.gradient(f, point, h))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lowest_point_is_found_within_its_bound(seed: int) -> None:
    ask, left, right = slope_practice.valley(Random(seed))
    assert abs(slope_practice.lowest(ask, left, right) - ask.lowest) <= 1 / 64
    with pytest.raises(LookupError, match="eleventh"):
        ask(0.0)


def test_only_one_order_of_the_lines_runs() -> None:
    lines = dict(ORDER.options)

    def outcome(order: Iterable[str]) -> tuple[object, object] | None:
        names: dict[str, object] = {"x": 2.0, "y": 10.0, "w1": 1.5, "w2": 2.0, "lr": 0.01}
        try:
            exec("\n".join(lines[letter] for letter in order), names)
        except NameError:
            return None
        return names["w1"], names["w2"]

    right = [order for order in permutations(lines) if outcome(order)]
    assert [" ".join(order) for order in right] == [ORDER.answer]
    assert outcome(right[0]) == updating.update(2.0, 10.0, 1.5, 2.0, 0.01)


def test_the_numbers_of_the_questions() -> None:
    def growth(b: float) -> float:
        return slopes.slope(lambda x: b**x, 0.0, 1e-5)

    assert growth(math.e) == pytest.approx(1)
    assert growth(2.0) == pytest.approx(0.69, abs=0.005)
    assert growth(3.0) == pytest.approx(1.10, abs=0.005)
