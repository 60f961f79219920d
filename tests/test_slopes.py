"""The pictures of notebook 01: what they say, where they draw it, and what they refuse."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from matplotlib import get_data_path
from PIL import ImageFont

from micrograd.checks.catalogue import tasks
from micrograd.gradcheck import slope
from micrograd.viz import (
    Picture,
    arrow,
    contours,
    descent,
    error_valley,
    flat_places,
    gradient_map,
    heights_and_slopes,
    slices,
    tangent,
    tangent_estimate,
)
from micrograd.viz.hills import HEIGHTS, SLOPES
from micrograd.viz.sketch import Panel, sheet, ticks, tidy

pytestmark = pytest.mark.filterwarnings("error")

SVG = "{http://www.w3.org/2000/svg}"
WINDOW = {"x_range": (-3.0, 3.0), "y_range": (-2.0, 2.0)}


def square(x):
    return x**2


def cube(x):
    return x**3


def bowl(point):
    return sum(x**2 for x in point)


def valley(point):
    return point[0] ** 2 + 2 * point[1] ** 2


def tree(picture):
    return ET.fromstring(picture.image)


def words(picture):
    return [text.text for text in tree(picture).iter(f"{SVG}text")]


ALL = {
    "arrow": lambda: arrow([3, 4], start=[1, 1]),
    "tangent": lambda: tangent(cube, 1.0, 0.5),
    "error_valley": lambda: error_valley(cube, 1.0, 3.0),
    "tangent_estimate": lambda: tangent_estimate(square, 3.0, -0.6),
    "descent": lambda: descent(square, [3.0, 2.4, 1.92]),
    "slices": lambda: slices(bowl, [1.0, 2.0, 3.0]),
    "heights_and_slopes": heights_and_slopes,
    "flat_places": flat_places,
}


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL.keys())
def test_every_drawing_is_svg_that_is_named_and_described(draw):
    picture = draw()
    root = tree(picture)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title" and root[0].text in words(picture)
    assert root[1].tag == f"{SVG}desc" and root[1].text == picture.alt
    assert "nan" not in picture.image.lower() and "inf" not in picture.image.replace("info", "")


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL.keys())
def test_every_drawing_is_small_and_the_same_each_time(draw):
    assert draw() == draw()
    assert len(draw().image) < 12_000


FONTS = Path(get_data_path()) / "fonts" / "ttf"  # DejaVu Sans, which the pictures ask for first


def pixels(text, size, bold=False):
    file = FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(str(file), size).getlength(text)


MOVED = {
    "tangent, moved": lambda: tangent(cube, -0.6, 0.55),
    "tangent_estimate, moved": lambda: tangent_estimate(square, 3.0, -6.6),
    "descent, moved": lambda: descent(square, [3.0 * (-0.95) ** i for i in range(11)]),
}


@pytest.mark.parametrize("draw", {**ALL, **MOVED}.values(), ids={**ALL, **MOVED}.keys())
def test_every_title_and_every_key_has_room_on_its_sheet(draw):
    picture = draw()
    title = tree(picture)[0].text
    assert 14 + pixels(title, 15, bold=True) < picture.width
    key = [text for text in tree(picture).iter(f"{SVG}text") if text.get("y") == "47.0"]
    samples = [float(text.get("x")) - 32 for text in key]  # where the bit of line before it begins
    for text, end in zip(key, [*samples[1:], picture.width], strict=False):
        assert float(text.get("x")) + pixels(text.text, 13) < end


# One input


def test_the_secant_of_a_wide_nudge_errs_and_that_of_a_narrow_one_does_not():
    wide, narrow = tangent(cube, 1.0, 1.0).alt, tangent(cube, 1.0, 0.01).alt
    assert "says 4: a secant from a height of 0 to 8" in wide
    assert "tangent's slope is 3, so the secant errs by 1." in wide
    assert "errs by 0.0001." in narrow


def test_the_valley_says_where_the_error_is_least_and_that_it_grows_to_both_sides():
    picture = error_valley(cube, 1.0, 3.0)
    assert "The error is least near h = 3e-6" in words(picture)
    assert "At h = 0.1 the error is 1e-02" in picture.alt
    assert "2e-01 at h = 1e-15" in picture.alt


def test_a_straight_line_has_a_valley_too_though_some_of_its_errors_are_0():
    assert isinstance(error_valley(lambda x: 4 * x, 1.0, 4.0), Picture)


@pytest.mark.parametrize(
    ("delta", "promised", "given", "gap"),
    [
        (0.4, "+2.4", "+2.56", "0.16"),
        (-0.6, "−3.6", "−3.24", "0.36"),
        (-6.6, "−39.6", "+3.96", "43.56"),
    ],
)
def test_an_estimate_says_what_is_promised_what_comes_and_the_gap(delta, promised, given, gap):
    alt = tangent_estimate(square, 3.0, delta).alt
    assert f"the tangent promises {promised}, the curve gives {given}" in alt
    assert alt.endswith(f"the gap {gap}.")


def test_a_walk_says_whether_the_loss_falls_stays_or_grows():
    steps = {rate: [3.0 * (1 - 2 * rate) ** i for i in range(11)] for rate in (0.1, 0.9, 1.0, 1.1)}
    told = {rate: descent(square, path).alt for rate, path in steps.items()}
    assert "the loss falls from 9 to 0.1038" in told[0.1] and "sign 0 times" in told[0.1]
    assert "the loss falls from 9 to 0.1038" in told[0.9] and "sign 10 times" in told[0.9]
    assert "the loss stays at 9" in told[1.0]
    assert "the loss grows from 9 to 345" in told[1.1]
    assert "It leaves the picture at step 2." in told[1.1]
    assert "leaves" not in told[0.9]


def test_a_walk_far_beyond_the_window_is_drawn_with_sane_numbers():
    image = descent(square, [3.0, 1e120, -1e150]).image
    assert all(abs(float(number)) < 1e6 for number in re.findall(r"-?\d+\.\d", image))


def cubed(x):
    return x**3  # Python refuses to compute 1e200**3


def multiplied(x):
    return x * x  # while 1e200 * 1e200 is infinity


@pytest.mark.parametrize("loss", [cubed, multiplied])
@pytest.mark.parametrize("place", [1e200, -math.inf, math.nan])
def test_a_walk_that_flies_off_is_refused_and_the_sentence_says_what_to_try(loss, place):
    with pytest.raises(ValueError, match=r"At step 2 the weight is .*smaller learning rate"):
        descent(loss, [3.0, 4.0, place, 5.0])


def test_a_walk_without_a_place_is_refused():
    with pytest.raises(ValueError, match="its first"):
        descent(square, [])


# Several inputs


def test_an_arrow_says_from_where_to_where_and_how_long():
    picture = arrow([3, 4], start=[1, 1])
    assert "from the place [1, 1]" in picture.alt and "ends at the place [4, 5]" in picture.alt
    assert picture.alt.endswith("It is 5 long.")


def test_an_arrow_of_three_numbers_is_refused():
    with pytest.raises(ValueError, match="two numbers each"):
        arrow([1, 2, 3])


def test_each_slice_has_the_slope_of_its_input():
    picture = slices(bowl, [1.0, 2.0, 3.0])
    assert [text for text in words(picture) if text.startswith("slope ")] == [
        *("slope 2", "slope 4", "slope 6")
    ]
    assert "2 along x, 4 along y, 6 along z" in picture.alt


def test_more_inputs_than_names_are_refused():
    with pytest.raises(ValueError, match="4 numbers in the point and 3 names"):
        slices(bowl, [1.0, 2.0, 3.0, 4.0])


def test_the_map_says_the_gradient_and_how_steep_it_is():
    alt = gradient_map(valley, [1.5, 1.0], target=[0, 0]).alt
    assert "At [1.5, 1], where the height is 4.25, the gradient is [3, 4]" in alt
    assert "rises by 5 a unit" in alt and alt.endswith("lowest place, [0, 0].")


def test_a_map_without_a_target_speaks_of_no_star():
    assert "star" not in gradient_map(valley, [1.5, 1.0]).alt


def test_flat_ground_has_a_map_too():
    assert isinstance(gradient_map(valley, [0.0, 0.0]), Picture)


def test_contours_draw_arrows_and_name_them():
    plain = contours(lambda x, y: x + y, {}, **WINDOW)
    arrows = {"uphill": ((1, 1), (0.5, 0.5)), "downhill": ((1, 1), (-0.5, -0.5))}
    both = contours(lambda x, y: x + y, {}, **WINDOW, arrows=arrows)
    assert both.image != plain.image
    assert "An arrow, uphill, goes from (1.00, 1.00) to (1.50, 1.50)." in both.alt
    assert "An arrow, downhill, goes from (1.00, 1.00) to (0.50, 0.50)." in both.alt


def test_the_answer_to_the_puzzle_is_what_its_curves_are():
    names = tasks("01")["match_slopes"].answer.split()
    for (height, _), name in zip(HEIGHTS.values(), names, strict=True):
        for x in (-2.0, -0.5, 0.0, 1.0, 3.0):
            assert SLOPES[name][0](x) == pytest.approx(slope(height, x), abs=1e-6)


def test_the_text_of_the_puzzle_tells_every_curve_and_no_answer():
    alt = heights_and_slopes().alt
    assert all(f" {name}: " in alt for name in [*HEIGHTS, *SLOPES])
    assert "2 1 4 3" not in alt and "belongs to" not in alt


# Panels


def test_a_panel_knows_where_a_point_lies():
    panel = Panel((0, 10), (0, 5), left=100, top=50, width=200, height=100)
    assert panel.at(0, 0) == (100, 150)
    assert panel.at(10, 5) == (300, 50)
    assert panel.at(5, 2.5) == (200, 100)


def test_a_point_without_a_place_is_put_outside_of_the_window():
    panel = Panel((0, 10), (0, 5), left=100, top=50, width=200, height=100)
    for y in (math.nan, math.inf, 1e300):
        assert panel.at(5, y)[1] < 50


def test_words_of_a_reader_cannot_break_the_drawing():
    panel = Panel((0, 1), (0, 1))
    panel.words(0.5, 0.5, "a < b & c")
    picture = sheet([panel], "1 < 2", 'an alt with "quotes" & more')
    assert {"a < b & c", "1 < 2"} <= set(words(picture))


def test_ticks_are_round_numbers_inside_the_window():
    assert [text for _, text in ticks(-0.3, 1.1)] == ["0", "0.5", "1"]
    assert [text for _, text in ticks(0, 7000)] == ["0", "2000", "4000", "6000"]


def test_a_number_is_written_as_a_reader_would():
    assert [tidy(x) for x in (0.0, -0.0, -3.0, 12.3456, 1e-6, 1e9)] == [
        *("0", "0", "−3", "12.35", "1e-6", "1e+09")
    ]
