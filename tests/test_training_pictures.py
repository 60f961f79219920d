"""The pictures of notebooks 07 and 07b: what they say, where they draw it, and what they refuse."""

from __future__ import annotations

import json
import math
import random
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from micrograd.datasets import data_file
from micrograd.viz import Picture, WeightPlane, curve_panels, rate_plans, rate_race

pytestmark = pytest.mark.filterwarnings("error")

SVG = "{http://www.w3.org/2000/svg}"
WELL = {"every": 10, "loss": [3.0, 2.5, 2.4], "held_out": [3.3, 2.9, 2.5, 2.5]}
BROKEN = {"every": 10, "loss": [3.0, 9.0, math.nan], "held_out": [3.3, 4.0, math.inf, math.nan]}


def tree(picture: Picture) -> ET.Element:
    assert isinstance(picture.image, str)
    return ET.fromstring(picture.image)


def words(picture: Picture) -> list[str]:
    return [text.text or "" for text in tree(picture).iter(f"{SVG}text")]


def lines(picture: Picture) -> list[tuple[str, list[tuple[float, float]]]]:
    """Each line of a picture: its colour and its points."""
    found = []
    for line in tree(picture).iter(f"{SVG}polyline"):
        points = [tuple(map(float, p.split(","))) for p in line.attrib["points"].split()]
        found.append((line.attrib["stroke"], points))
    return found  # type: ignore[return-value]


# -------------------------------------------------------------------------------- the diseases


def test_each_run_has_a_panel_with_its_name_and_its_lines() -> None:
    picture = curve_panels({"well": WELL, "ill": BROKEN}, baseline=(3.3, "blind guess"))
    assert {"well", "ill", "trained on", "held out", "blind guess"} <= set(words(picture))
    assert "truly never seen" not in words(picture)
    drawn = [points for color, points in lines(picture) if color == "#0072B2"]
    assert [len(points) for points in drawn] == [3, 2]  # NaN ends the second


def test_a_lower_loss_is_drawn_lower_and_a_later_step_further_right() -> None:
    (points,) = [p for color, p in lines(curve_panels({"well": WELL})) if color == "#0072B2"]
    xs, ys = zip(*points, strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)  # downwards on the sheet


def test_the_words_say_where_a_curve_goes_and_where_it_ends() -> None:
    alt = curve_panels({"well": WELL, "ill": BROKEN}, top=6).alt
    assert "well. trained on: from 3.00 at step 10 to 2.40 at step 30" in alt
    assert "lowest 2.50 at step 20" in alt
    assert "After step 20 it is NaN or infinite." in alt
    assert "above 6 is cut off" in alt


def test_strangers_have_a_line_of_their_own() -> None:
    picture = curve_panels({"leaky": {**WELL, "strangers": [3.3, 4.0, 5.0, 6.0]}})
    assert "truly never seen" in words(picture)
    assert "truly never seen: from 3.30 at step 0 to 6.00 at step 30" in picture.alt


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 7])
def test_all_panels_lie_on_the_sheet_and_none_on_another(count: int) -> None:
    picture = curve_panels({f"run {i}": WELL for i in range(count)})
    root = tree(picture)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    places = [
        tuple(float(window.attrib[name]) for name in ("x", "y", "width", "height"))
        for window in root.findall(f"{SVG}svg")
    ]
    assert len(set(places)) == count
    for x, y, wide, tall in places:
        assert 0 <= x < x + wide <= width
        assert 0 <= y < y + tall <= height
    for a, b in zip(places, places[1:], strict=False):
        assert a[1] != b[1] or a[0] + a[2] < b[0]


def test_no_word_leaves_the_sheet_of_six_panels() -> None:
    runs = json.loads(data_file("training-runs.json").read_text("utf-8"))["shown"]
    picture = curve_panels(runs, baseline=(math.log(27), "blind guess"), title="Six runs")
    width = float(tree(picture).attrib["width"])
    for text in tree(picture).iter(f"{SVG}text"):
        kind = text.attrib.get("class", "")
        if "m" in kind or "e" in kind or not text.text:
            continue
        assert float(text.attrib["x"]) + 7.3 * len(text.text) < width + 8, text.text


@pytest.mark.parametrize(
    "runs", [{}, {"a": {"every": 10}}, {"a": {"loss": [1.0]}}, {"a": {"every": 0, "loss": [1.0]}}]
)
def test_a_run_without_what_is_drawn_is_refused(runs: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"every|at least"):
        curve_panels(runs)


# ------------------------------------------------------------------------------------ the races

RACED = {
    "SGD": {"0.1": [2.5, 2.7], 1.0: [2.8, 3.0], "3": [None, 2.6]},
    "Adam": {0.01: [2.4, 2.6], "0.001": [2.9, 2.9]},
}


def test_a_race_tells_means_the_best_rate_and_who_broke_down() -> None:
    alt = rate_race(RACED).alt
    assert (
        "SGD: rate 0.1, 2.600; rate 1, 2.900; rate 3, 1 of 2 broke down; best 2.600 at 0.1" in alt
    )
    assert "Adam: rate 0.001, 2.900; rate 0.01, 2.500; best 2.500 at 0.01" in alt


def test_a_rate_that_broke_down_is_crossed_and_not_averaged() -> None:
    picture = rate_race(RACED)
    assert words(picture).count("×") == 1
    curves = [
        points for _, points in lines(picture) if len(points) > 2 or points[0][0] != points[1][0]
    ]
    assert [len(points) for points in curves] == [2, 2]


def test_rates_stand_on_a_log_axis() -> None:
    picture = rate_race({"SGD": {r: [2.5 + r] for r in (0.01, 0.1, 1.0)}})
    (curve,) = [points for _, points in lines(picture) if len(points) == 3]
    xs = [x for x, _ in curve]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)


@pytest.mark.parametrize("raced", [{}, {"SGD": {"0.1": [None]}}, {"SGD": {0.0: [2.5]}}])
def test_a_race_without_a_finisher_is_refused(raced: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rate"):
        rate_race(raced)


def blue(picture: Picture) -> list[tuple[float, float]]:
    """The first of the lines, which is blue."""
    return next(points for color, points in lines(picture) if color == "#0072B2")


def test_a_plan_is_told_from_its_first_step_to_its_last() -> None:
    picture = rate_plans({"linear": [1 - step / 8 for step in range(8)], "flat": [0.5] * 8})
    assert (
        "linear: 1.00 at step 0, 0.50 half-way, at most 1.00, 0.12 at the last step." in picture.alt
    )
    assert {"linear", "flat"} <= set(words(picture))
    first = blue(picture)
    assert [y for _, y in first] == sorted(y for _, y in first)


def test_a_plan_of_thousands_of_steps_stays_small_and_keeps_its_ends() -> None:
    picture = rate_plans({"long": [1 - step / 5000 for step in range(5000)]})
    assert len(blue(picture)) < 150
    assert len(re.sub(r"\s", "", str(picture.image))) < 6000
    assert blue(picture)[-1][1] > blue(picture)[0][1] + 100


def test_a_plan_without_steps_is_refused() -> None:
    for plans in ({}, {"empty": []}):
        with pytest.raises(ValueError, match="at least one"):
            rate_plans(plans)


# ------------------------------------------------------------------------------------ the plane


def test_the_three_places_lie_on_their_plane() -> None:
    rng = random.Random(2)
    places = [[rng.gauss(0, 1) for _ in range(50)] for _ in range(3)]
    plane = WeightPlane.through(*places)
    assert plane.shadow(places[0]) == (0, 0)
    for place in places:
        assert plane.weights(*plane.shadow(place)) == pytest.approx(place)
    assert plane.shadow(places[1])[1] == pytest.approx(0, abs=1e-12)
    assert plane.shadow(places[2])[1] > 0


def test_distances_on_the_plane_are_those_among_the_weights() -> None:
    rng = random.Random(3)
    start, one, other = ([rng.gauss(0, 1) for _ in range(20)] for _ in range(3))
    plane = WeightPlane.through(start, one, other)
    assert math.dist(plane.shadow(one), plane.shadow(other)) == pytest.approx(math.dist(one, other))


def test_a_shadow_is_the_nearest_point_of_the_plane() -> None:
    rng = random.Random(4)
    start, one, other, away = ([rng.gauss(0, 1) for _ in range(20)] for _ in range(4))
    plane = WeightPlane.through(start, one, other)
    x, y = plane.shadow(away)
    nearest = math.dist(plane.weights(x, y), away)
    for dx, dy in ((0.1, 0), (-0.1, 0), (0, 0.1), (0, -0.1)):
        assert math.dist(plane.weights(x + dx, y + dy), away) > nearest


@pytest.mark.parametrize(
    "places", [([0, 0], [1, 1], [2, 2]), ([0, 0], [0, 0], [1, 1]), ([0, 0], [1, 0], [1, 0, 0])]
)
def test_places_without_a_plane_are_refused(places: tuple[list[float], ...]) -> None:
    with pytest.raises(ValueError, match=r"one line|as many"):
        WeightPlane.through(*places)
