"""The pictures of notebook 02: what they draw, what they say, and that the game is a fair one."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from micrograd import Value
from micrograd.checks.catalogue import find
from micrograd.checks.declare import Question
from micrograd.viz import Picture, chain_diagram, diamond_diagram, gears, walk_back, work_curve

NUMBERS = (0.5, 11.0, 3.0, 4.0)  # x, y, w1, w2, as in the notebook
CARDS = {
    "A": "dh/dw1",
    "B": "dŷ/dw2",
    "C": "dŷ/dh",
    "D": "dL/dŷ",
    "E": "dh/dx",
    "F": "dL/dy",
    "G": "dx/dw1",
}

SVG = "{http://www.w3.org/2000/svg}"


def read(picture):
    return ElementTree.fromstring(picture.image)


def texts(picture):
    """All that is written in a drawing."""
    return [element.text for element in read(picture).iter(f"{SVG}text")]


def dashed(picture):
    """How many lines are dashed: the links that are walked backwards, or a tangent."""
    return sum("stroke-dasharray" in line.attrib for line in read(picture).iter(f"{SVG}line"))


def play(hand):
    return walk_back(hand, CARDS, *NUMBERS)


# The network


def test_the_network_shows_every_number_and_no_slope():
    picture = chain_diagram(*NUMBERS)
    assert {"0.5", "1.5", "6", "25", "3", "4", "11"} <= set(texts(picture))
    assert dashed(picture) == 0
    assert "dL" not in "".join(texts(picture))


@pytest.mark.parametrize(
    ("weight", "links", "slopes", "product"),
    [
        ("w2", 2, "dL/dw2 = dL/dŷ · dŷ/dw2", "= −10 · 1.5 = −15"),
        ("w1", 3, "dL/dw1 = dL/dŷ · dŷ/dh · dh/dw1", "= −10 · 4 · 0.5 = −20"),
        ("x", 3, "dL/dx = dL/dŷ · dŷ/dh · dh/dx", "= −10 · 4 · 3 = −120"),
    ],
)
def test_the_way_back_multiplies_the_slopes_of_its_links(weight, links, slopes, product):
    picture = chain_diagram(*NUMBERS, back_to=weight)
    assert dashed(picture) == links
    assert {slopes, product} <= set(texts(picture))
    assert f"{slopes} {product}" in picture.alt


@pytest.mark.parametrize("numbers", [NUMBERS, (2.0, 7.0, 1.5, -4.0), (-1.0, 0.5, 0.25, 2.0)])
def test_the_slopes_are_those_that_the_engine_finds(numbers):
    x, y, w1, w2 = map(Value, numbers)
    ((x * w1 * w2 - y) ** 2).backward()
    for name, value in (("x", x), ("w1", w1), ("w2", w2)):
        said = chain_diagram(*numbers, back_to=name).alt.rstrip(".").rpartition(" = ")[2]
        assert float(said.replace("−", "-")) == pytest.approx(value.grad)


def test_a_way_that_leads_elsewhere_is_refused_by_name():
    with pytest.raises(ValueError, match="w2, w1, x, and not to 'w3'"):
        chain_diagram(*NUMBERS, back_to="w3")


# The game


def test_an_empty_hand_stands_on_the_loss_and_sees_all_cards():
    picture = play("")
    assert "You stand on L." in picture.alt
    assert set(CARDS) <= set(texts(picture))


@pytest.mark.parametrize("hand", ["DCA", "d c a", "D, C, A"])
def test_the_three_cards_on_the_path_win_in_every_spelling(hand):
    picture = play(hand)
    assert "You are at w1, and every step was an arrow" in picture.alt
    assert {"dL/dw1 = dL/dŷ · dŷ/dh · dh/dw1", "= −10 · 4 · 0.5 = −20"} <= set(texts(picture))
    assert dashed(picture) == 3


@pytest.mark.parametrize(("hand", "end"), [("D B", "w2"), ("F", "y"), ("D C E", "x")])
def test_an_input_that_is_not_the_goal_is_a_dead_end(hand, end):
    assert f"A dead end: {end}" in play(hand).alt


def test_names_that_cancel_win_nothing_where_no_arrow_leads():
    picture = play("D C E G")
    assert "w1 does not move x" in picture.alt
    assert {"dL/dw1 = dL/dŷ · dŷ/dh · dh/dx · dx/dw1", "= 0"} <= set(texts(picture))


def test_a_sentence_that_is_too_long_for_a_line_is_broken():
    lines = texts(play("D C E"))
    assert "A dead end: x is made of nothing else, and you want w1." in lines
    assert "(Card G is left.)" in lines


def test_a_card_that_does_not_fit_stays_in_the_hand():
    picture = play("D A C")
    assert "Card A begins at h, and you stand on ŷ." in picture.alt
    assert "Played: dL/dŷ." in picture.alt


def test_a_card_too_many_and_an_unknown_one_are_named():
    assert "card B is one too many" in play("D C A B").alt
    assert "There is no card Z" in play("D Z").alt


def test_the_cards_are_the_options_of_the_exercise_and_its_answer_wins():
    factors = find("02", "factors")
    assert isinstance(factors, Question)
    assert dict(factors.options) == CARDS
    assert sorted(factors.answer.split()) == sorted("DCA")


# Gears, the diamond, the work


def test_gears_say_that_rates_multiply():
    picture = gears(*NUMBERS)
    assert "ŷ moves 3 · 4 = 12 times as fast as x" in texts(picture)
    assert "L moves 3 · 4 · (−10) = −120 times as fast as x" in texts(picture)


def hands(picture):
    """Where the hands of the three wheels point, as steps to the right and down."""
    lines = [line.attrib for line in read(picture).iter(f"{SVG}line")]
    lines = [line for line in lines if line.get("stroke-width") == "4"]
    return [(float(at["x2"]) - float(at["x1"]), float(at["y2"]) - float(at["y1"])) for at in lines]


def test_the_hands_stand_where_a_clock_has_them():
    (_, up), (right, _), (across, down) = hands(gears(0.0, 11.0, 3.0, 4.0))
    assert (up, right, across, down) == (-22, 0, 0, -22)  # all at 0, which is at the top
    _, _, (across, down) = hands(gears(0.5, 11.0, 3.0, 4.0))
    assert (across, down) == (0, 22)  # ŷ = 6 is at the bottom


def test_a_negative_weight_turns_the_wheel_backwards():
    forwards, backwards = hands(gears(0.25, 11.0, 3.0, 4.0)), hands(gears(0.25, 11.0, 3.0, -4.0))
    assert backwards[1] == forwards[1]
    assert backwards[2] == (-forwards[2][0], forwards[2][1])


@pytest.mark.parametrize("x", [0.0, 1.0, 3.0, -5.0])
def test_gears_draw_any_number_and_say_when_the_loss_leaves_the_picture(x):
    picture = gears(x, 11.0, 3.0, 4.0)
    assert ("outside" in texts(picture)) == (abs(12 * x - 11) > 12)


@pytest.mark.parametrize("x", [0.5, 0.75, 0.9, 0.95, 1.0])
def test_the_tangent_leaves_the_name_of_the_target_free(x):
    root = read(gears(x, 11.0, 3.0, 4.0))
    (name,) = (text for text in root.iter(f"{SVG}text") if text.text == "y = 11")
    (tangent,) = (line for line in root.iter(f"{SVG}line") if "stroke-dasharray" in line.attrib)
    lowest = max(float(tangent.attrib["y1"]), float(tangent.attrib["y2"]))
    assert lowest < float(name.attrib["y"]) - float(name.attrib["font-size"]) + 1


def test_the_diamond_shows_four_slopes_and_not_their_sum():
    picture = diamond_diagram(4, 3)
    for slope in ("du/dx = 3", "dv/dx = 8", "dr/du = 16", "dr/dv = 12"):
        assert slope in texts(picture)
    assert "144" not in picture.image


def test_the_work_curve_says_what_is_least():
    picture = work_curve({"one by one": [1, 3, 6], "reusing": [1, 3, 5]})
    assert isinstance(picture, Picture)
    assert "For 3 weights: one by one 6, reusing 5." in picture.alt


@pytest.mark.parametrize("counts", [{}, {"a": []}, {"a": [1, 2], "b": [1]}])
def test_lists_that_cannot_be_compared_are_refused(counts):
    with pytest.raises(ValueError, match="lists of one length"):
        work_curve(counts)


DRAWINGS = [chain_diagram(*NUMBERS), gears(*NUMBERS), diamond_diagram(4, 3), play("D B")]


@pytest.mark.parametrize("picture", DRAWINGS)
def test_every_drawing_is_described_for_those_who_do_not_see_it(picture):
    root = read(picture)
    assert root.attrib["role"] == "img"
    assert [root[0].tag, root[1].tag] == [f"{SVG}title", f"{SVG}desc"]
    assert root[1].text == picture.alt
    assert len(picture.image) < 8000


@pytest.mark.parametrize("picture", DRAWINGS)
def test_every_drawing_fits_a_narrow_window(picture):
    assert "min-width:300px" in picture.html
