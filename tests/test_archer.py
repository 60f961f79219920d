"""The archer: arrows fly as mechanics says, advice is the formula's own, and pictures tell it."""

import math
import re
from xml.etree import ElementTree

import pytest

from micrograd import Value
from micrograd.engine import topological_order
from micrograd.gradcheck import gradcheck
from micrograd.viz import draw_shot, draw_wall, shoot
from micrograd.viz.archer import across, down

SVG = "{http://www.w3.org/2000/svg}"


def flown(angle, force, distance, seconds=1e-5):
    """The height at the wall of an arrow moved in many tiny steps of time."""
    speed = 0.5 * force
    x, y = 0.0, 0.0
    ahead, up = speed * math.cos(math.radians(angle)), speed * math.sin(math.radians(angle))
    while x < distance:
        x, y, up = x + ahead * seconds, y + up * seconds, up - 9.81 * seconds
    return y


def parts(picture, tag):
    return list(ElementTree.fromstring(picture.image).iter(SVG + tag))


def words(picture):
    return [text.text for text in parts(picture, "text")]


# ------------------------------------------------------------------------------------- mechanics


@pytest.mark.parametrize(
    ("angle", "force", "distance"), [(45.0, 50.0, 40.0), (10.0, 80.0, 30.0), (60.0, 45.0, 50.0)]
)
def test_an_arrow_arrives_where_many_tiny_steps_of_time_bring_it(angle, force, distance):
    above_the_bow = shoot(angle, force, distance, height=0.0)
    assert above_the_bow == pytest.approx(flown(angle, force, distance), abs=0.01)


def test_a_shot_at_45_degrees_that_falls_as_far_as_it_rose_comes_back_to_the_bows_height():
    force = math.sqrt(9.81 * 40) / 0.5  # the range on level ground is speed ** 2 / gravity
    assert shoot(45.0, force, height=0.0) == pytest.approx(0.0, abs=1e-9)


def test_a_target_that_hangs_higher_is_missed_by_as_much_more():
    assert shoot(30.0, 50.0, height=5.0) - shoot(30.0, 50.0, height=7.0) == pytest.approx(2.0)


def test_values_shoot_as_numbers_do():
    shot = shoot(Value(45.0), Value(50.0))
    assert isinstance(shot, Value)
    assert shot.data == shoot(45.0, 50.0)


def test_the_graph_of_a_shot_tells_its_story():
    shot = shoot(Value(45.0), Value(50.0))
    boxes = {value.label: value.data for value in topological_order(shot)}
    assert boxes["speed"] == 25
    assert boxes["seconds"] == pytest.approx(40 / (25 * math.cos(math.radians(45))))
    assert boxes["fall"] == pytest.approx(9.81 / 2 * boxes["seconds"] ** 2)
    assert boxes["miss"] == pytest.approx(boxes["straight"] - boxes["fall"])


@pytest.mark.parametrize("aim", [[45.0, 50.0], [10.0, 80.0], [-20.0, 60.0], [60.0, 40.0]])
def test_the_advice_is_what_nudging_the_knobs_finds(aim):
    checks = gradcheck(lambda angle, force: shoot(angle, force) ** 2, aim)
    assert [check.error < 1e-6 for check in checks] == [True, True]


@pytest.mark.parametrize(("angle", "force"), [(90, 50), (-90, 50), (120, 50), (math.nan, 50)])
def test_an_angle_that_never_reaches_the_wall_gets_a_sentence(angle, force):
    with pytest.raises(ValueError, match="never reaches the wall: give one between -90 and 90"):
        shoot(angle, force)


@pytest.mark.parametrize("force", [0, -3.5, math.nan])
def test_a_force_that_shoots_nothing_gets_a_sentence(force):
    with pytest.raises(ValueError, match=r"does not shoot forwards.*take smaller steps"):
        draw_shot(45, force)


# -------------------------------------------------------------------------------------- one shot


def end_of_arc(picture):
    *_, arc = parts(picture, "polyline")
    x, y = arc.get("points").split()[-1].split(",")
    return float(x), float(y)


@pytest.mark.parametrize(("angle", "force"), [(45, 50), (30, 48), (20, 50)])
def test_the_arc_begins_at_the_bow_and_ends_where_the_arrow_arrives(angle, force):
    picture = draw_shot(angle, force)
    (arc,) = parts(picture, "polyline")
    assert arc.get("points").startswith(f"{across(0):.0f},{down(0):.0f} ")
    x, y = end_of_arc(picture)
    assert (x, y) == pytest.approx((across(40), down(5 + shoot(angle, force))), abs=0.51)


def test_the_title_is_the_aim_and_one_number_without_a_direction():
    assert "Angle 45°, force 50 %: off by 9.89 m" in words(draw_shot(45, 50))
    assert "Angle 20°, force 50 %: off by 4.66 m" in words(draw_shot(20, 50))


def test_the_alt_text_tells_the_finding():
    missed, hit = draw_shot(45, 50).alt, draw_shot(30, 48).alt
    assert "arrives 9.89 m above the middle of the target, and misses it." in missed
    assert re.search(r"arrives 0\.\d\d m (above|below) .* and hits it\.", hit)


def test_a_shot_that_leaves_the_picture_is_drawn_as_far_as_it_is_seen_and_said_to():
    deep = draw_shot(-60, 20)
    assert "That place is outside the picture." in deep.alt
    assert len(parts(deep, "path")) == 2  # the two arrow heads, and no cross on the wall


def test_advice_is_an_arrow_at_the_tip_of_the_aim_and_words():
    picture = draw_shot(45, 50, advice=(-1.03, -1.99))
    assert "The friend: 1° lower and 2 % weaker" in words(picture)
    assert picture.alt.endswith("the friend's advice: 1° lower and 2 % weaker.")
    aim, advice = parts(picture, "line")[-2:]
    assert (advice.get("x1"), advice.get("y1")) == (aim.get("x2"), aim.get("y2"))
    assert float(advice.get("x2")) < float(advice.get("x1"))  # weaker: the tip comes back
    assert float(advice.get("y2")) > float(advice.get("y1"))  # and down, which SVG counts upwards


def test_advice_too_small_to_say_draws_no_arrow():
    picture = draw_shot(45, 50, advice=(0.01, -0.01))
    assert "The friend: stay as you are" in words(picture)
    assert len(parts(picture, "line")) == len(parts(draw_shot(45, 50), "line"))


def test_a_higher_and_stronger_aim_is_said_so():
    assert "higher and 3 % stronger" in draw_shot(10, 40, advice=(2, 3)).alt


def test_earlier_shots_are_faint_and_the_nearest_of_them_is_told():
    picture = draw_shot(45, 50, before=[(30, 48), (20, 50)])
    *earlier, last = parts(picture, "polyline")
    assert [arc.get("stroke-opacity") for arc in earlier] == ["0.35", "0.35"]
    assert last.get("stroke-opacity") is None
    nearest = abs(shoot(30, 48))
    assert f"Faint: 2 earlier shots, the nearest of them off by {nearest:.2f} m." in picture.alt


@pytest.mark.parametrize("advice", [(1,), 3, "up", (1, 2, 3), (None, 1)])
def test_advice_that_is_not_two_numbers_gets_a_sentence(advice):
    with pytest.raises(ValueError, match="Advice is two numbers, for the angle and for the force"):
        draw_shot(45, 50, advice=advice)


def test_values_can_be_drawn():
    assert draw_shot(Value(45.0), Value(50.0)).alt == draw_shot(45, 50).alt


def test_a_title_of_ones_own_is_escaped():
    assert "a < b & c" in words(draw_shot(45, 50, title="a < b & c"))


# ------------------------------------------------------------------------------------ many archers


def test_the_wall_shows_each_arrow_and_counts_those_in_the_target():
    picture = draw_wall({"by luck": [3.0, -8.0, 0.4], "by advice": [0.1, 0.0, -0.5]})
    assert "In the target: by luck 1 of 3, by advice 3 of 3" in words(picture)
    assert "by luck: 1 of 3 arrows in the target, the farthest off by 8.00 m." in picture.alt
    assert len(parts(picture, "circle")) == 3 + 1  # and one in the legend


def test_an_arrow_that_is_higher_stands_higher_on_the_wall():
    low, high, _ = parts(draw_wall({"by luck": [-2.0, 3.0]}), "circle")
    assert float(high.get("cy")) < float(low.get("cy"))
    assert float(low.get("cx")) < float(high.get("cx"))


def test_every_arrow_is_inside_the_picture_however_far_off_it_is():
    top, bottom = 50, 205
    for row in ([40.0, 3.0], [-40.0, -3.0], [60.0, -60.0]):
        *arrows, _ = parts(draw_wall({"by luck": row}), "circle")
        assert all(top <= float(arrow.get("cy")) <= bottom for arrow in arrows)


@pytest.mark.parametrize(
    "misses", [{}, {"a": []}, {"a": [1.0], "b": [1.0, 2.0]}, {"a": [1], "b": [1], "c": [1]}]
)
def test_a_wall_without_the_same_archers_in_each_way_gets_a_sentence(misses):
    with pytest.raises(ValueError, match="Give the misses of one to 2 ways"):
        draw_wall(misses)
