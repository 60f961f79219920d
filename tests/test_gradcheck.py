"""Derivatives by nudging: right where a function is smooth, and a judge that can say no."""

import math

import pytest

from micrograd.engine import Value, node
from micrograd.gradcheck import STEP, Comparison, gradcheck, gradient, slope


def test_the_slope_of_a_straight_line_is_its_factor():
    assert slope(lambda x: 3 * x + 7, 5.0) == pytest.approx(3.0, rel=1e-10)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: x * x, 3.0, 6.0),
        (math.exp, 1.0, math.e),
        (math.sin, 0.0, 1.0),
        (math.log, 2.0, 0.5),
        (lambda x: 4.0, 2.0, 0.0),
    ],
    ids=["square", "exp", "sin", "log", "constant"],
)
def test_a_slope_is_right_to_nine_digits(f, x, expected):
    assert slope(f, x) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_nudge_both_ways_is_exact_for_a_parabola_however_large_the_step():
    assert slope(lambda x: x * x, 3.0, h=0.5) == 6.0


def test_the_step_is_near_the_best_one():
    def error(h: float) -> float:
        return abs(slope(math.exp, 1.0, h) - math.e)

    assert error(STEP) < error(100 * STEP)
    assert error(STEP) < error(STEP / 1000)


def test_a_gradient_has_a_slope_for_each_coordinate_the_others_held_still():
    def f(p):
        return p[0] ** 2 * p[1] + 5 * p[2]

    assert gradient(f, [3.0, 2.0, 1.0]) == pytest.approx([12.0, 9.0, 5.0], rel=1e-9)
    assert gradient(f, (3.0, 2.0, 1.0)) == pytest.approx([12.0, 9.0, 5.0], rel=1e-9)


def test_a_gradient_leaves_its_point_alone():
    point = [3.0, 2.0]
    gradient(lambda p: p[0] * p[1], point)
    assert point == [3.0, 2.0]


def test_a_right_derivative_passes():
    checks = gradcheck(lambda a, b: (a * b).tanh() + a.exp() / b, [0.5, 2.0])
    assert len(checks) == 2
    assert all(check.error < 1e-9 for check in checks)
    assert [check.point for check in checks] == [0.5, 2.0]


def test_a_value_itself_has_the_slope_1():
    (check,) = gradcheck(lambda a: a, [3.0])
    assert check.analytic == 1.0
    assert check.error < 1e-9


def wrong_square(x: Value) -> Value:
    return node(x.data**2, [x], [x.data], "wrong")  # the factor 2 is lost


def test_a_lost_factor_is_found_and_shown_beside_the_right_one():
    (check,) = gradcheck(wrong_square, [3.0])
    assert check.error == pytest.approx(0.5)
    assert check.analytic == 3.0
    assert check.numeric == pytest.approx(6.0)


def test_only_the_coordinate_that_is_wrong_is_reported():
    wrong, right = gradcheck(lambda a, b: wrong_square(a) + b * b, [3.0, 4.0])
    assert wrong.error > 1e-6 > right.error


def test_an_error_is_relative_for_large_derivatives_and_absolute_for_small_ones():
    assert Comparison(0.0, analytic=100.0, numeric=101.0).error == pytest.approx(1 / 101)
    assert Comparison(0.0, analytic=0.001, numeric=0.002).error == pytest.approx(0.001)


@pytest.mark.parametrize(("analytic", "numeric"), [(math.nan, 1.0), (1.0, math.nan)])
def test_a_nan_is_never_taken_for_right(analytic, numeric):
    assert not Comparison(0.0, analytic, numeric).error < 1e-6


def test_a_kink_shows_as_an_error():
    (check,) = gradcheck(lambda a: a.relu(), [0.0])
    assert check.analytic == 0.0
    assert check.numeric == pytest.approx(0.5)
    assert check.error > 1e-6
