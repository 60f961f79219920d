"""The same numbers on two axes: where their dots lie, and what is refused."""

import re

import pytest

from micrograd.engine import Value
from micrograd.viz import two_axes


def dots(picture):
    """How far to the right each dot lies, and how far down, in the order of the numbers."""
    circles = re.findall(r"<circle cx='([\d.]+)' cy='(\d+)'", picture.image)
    places = [(float(x), int(y)) for x, y in circles]
    heights = sorted({y for _, y in places})
    return [[x for x, y in places if y == height] for height in heights]


def gaps(places):
    return [right - left for left, right in zip(places, places[1:], strict=False)]


def test_equal_factors_take_equal_room_on_the_log_axis():
    _, log = dots(two_axes([0.01, 0.1, 1, 10, 100]))
    assert gaps(log) == pytest.approx([gaps(log)[0]] * 4, abs=0.2)
    assert gaps(log)[0] > 50


def test_equal_steps_take_equal_room_on_the_ordinary_axis():
    ordinary, _ = dots(two_axes([25, 50, 75, 100]))
    assert gaps(ordinary) == pytest.approx([gaps(ordinary)[0]] * 3, abs=0.2)


def test_half_way_between_1_and_100_lies_10_on_the_log_axis_and_50_on_the_other():
    ordinary, log = dots(two_axes([1, 10, 50.5, 100]))
    assert log[1] == pytest.approx((log[0] + log[3]) / 2, abs=0.1)
    assert ordinary[2] == pytest.approx((ordinary[0] + ordinary[3]) / 2, abs=0.1)


def test_the_text_counts_the_numbers_that_are_crowded_together():
    picture = two_axes([0.0001, 0.001, 0.01, 1])
    assert "3 of them lie in the first tenth" in picture.alt
    assert "3 of 4 numbers share the first tenth" in picture.image


def test_values_are_numbers_too():
    assert two_axes([Value(0.1), Value(1.0)]).alt == two_axes([0.1, 1.0]).alt


def test_equal_numbers_still_have_an_axis():
    ordinary, log = dots(two_axes([10, 10]))
    assert len(ordinary) == len(log) == 2


@pytest.mark.parametrize(
    "numbers", [[], [1], [0, 1], [-1, 1], [1, float("inf")], [1, float("nan")]]
)
def test_numbers_without_a_place_on_a_log_axis_are_refused(numbers):
    with pytest.raises(ValueError, match="all above 0"):
        two_axes(numbers)


def test_a_range_that_nobody_could_label_is_refused():
    with pytest.raises(ValueError, match="12 powers of ten"):
        two_axes([1e-6, 1e6])
