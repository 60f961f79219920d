"""Controls move pictures, and where nothing moves the pictures stand."""

from __future__ import annotations

import sys

import pytest

from micrograd.viz import Card, Choice, Picture, Slider, Strip, Words, explore, play

DRAWN: list[dict[str, object]] = []


def square(**given):
    """A picture whose text is what it was drawn from."""
    DRAWN.append(given)
    return Picture("<svg xmlns='http://www.w3.org/2000/svg'/>", alt=str(given), width=100)


def number(i):
    return square(i=i)


@pytest.fixture(autouse=True)
def live(monkeypatch):
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)
    DRAWN.clear()


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("MICROGRAD_STATIC", "1")


# Controls


def test_the_picture_is_drawn_again_from_what_the_controls_show():
    box = explore(square, x=Slider("x", -2, 2, 0.5), shape=Choice("shape", ["bowl", "hill"]))
    slider, choice, screen = box.children
    assert "{'x': 0.5, 'shape': 'bowl'}" in screen.value.replace("&#x27;", "'")
    slider.value = -1.5
    choice.value = "hill"
    assert DRAWN[-1] == {"x": -1.5, "shape": "hill"}
    assert "-1.5" in screen.value


def test_every_control_has_its_label_and_a_slider_its_number():
    box = explore(square, x=Slider("angle", 0, 90, 45, 1), w=Words("name", "emma"))
    slider, words, _ = box.children
    assert (slider.description, words.description) == ("angle", "name")
    assert slider.readout
    assert isinstance(slider.value, int)


def test_a_slider_shows_as_many_digits_as_its_steps_have():
    box = explore(square, h=Slider("h", 0, 1, 0.125, 0.125))
    assert box.children[0].readout_format == ".3f"


def test_a_choice_from_a_dict_gives_its_values():
    curves = {"bowl": abs, "line": round}
    box = explore(square, f=Choice("curve", curves, first=1))
    assert DRAWN[-1] == {"f": round}
    box.children[0].value = abs
    assert DRAWN[-1] == {"f": abs}


def test_a_picture_that_raises_shows_its_error_and_comes_back():
    box = explore(lambda x: square(y=1 / x), x=Slider("x", 0, 2, 1, 1))
    slider, screen = box.children
    slider.value = 0
    assert "ZeroDivisionError: division by zero" in screen.value
    slider.value = 2
    assert "<img" in screen.value


def test_an_error_cannot_bring_markup_along():
    def fail(x):
        raise ValueError("<script>alert(1)</script>")

    screen = explore(fail, x=Slider("x", 0, 2, 1, 1)).children[-1]
    assert "<script>" not in screen.value


@pytest.mark.parametrize("ends", [(2, 1, 1, 0.1), (0, 1, 3, 0.1), (0, 1, 0.5, 0)])
def test_a_slider_without_room_is_refused(ends):
    with pytest.raises(ValueError, match=r"'x' goes from .* expected low <= start <= high"):
        Slider("x", *ends)


# The player


def test_the_player_goes_on_and_back_and_stops_at_both_ends():
    (buttons, slider, screen) = play(number, 3).children
    _, back, on = buttons.children
    shown = [screen.value]
    for button in (on, on, on, back):
        button.click()
        shown.append(screen.value)
    assert shown[2] == shown[3]
    assert shown[4] == shown[1] != shown[0]
    back.click()
    back.click()
    assert slider.value == 0


def test_playing_moves_the_slider_and_the_slider_the_player():
    (buttons, slider, _) = play(number, 5).children
    player = buttons.children[0]
    player.value = 3
    assert slider.value == 3
    assert DRAWN[-1] == {"i": 3}
    slider.value = 1
    assert player.value == 1


def test_the_player_draws_each_picture_once():
    slider = play(number, 3).children[1]
    for i in (1, 0, 1, 2, 0):
        slider.value = i
    assert DRAWN == [{"i": 0}, {"i": 1}, {"i": 2}]


def test_a_player_of_one_picture_has_nowhere_to_go():
    (buttons, slider, _) = play(number, 1).children
    buttons.children[2].click()
    assert slider.value == slider.max == 0


def test_a_player_of_nothing_is_refused():
    with pytest.raises(ValueError, match="count is 0"):
        play(number, 0)


# Where nothing moves


def test_in_static_mode_one_picture_stands_at_the_starts(static):
    assert repr(explore(square, x=Slider("x", 0, 2, 1, 1))) == "{'x': 1}"


def test_in_static_mode_the_stills_stand_side_by_side(static):
    controls = {"x": Slider("x", 0, 2, 1, 1), "f": Choice("f", ["bowl", "hill"])}
    strip = explore(square, stills=[{"x": 0}, {"f": "hill"}], **controls)
    assert isinstance(strip, Strip)
    assert DRAWN == [{"x": 0, "f": "bowl"}, {"x": 1, "f": "hill"}]
    bundle = strip._repr_mimebundle_()
    assert bundle["text/plain"] == "{'x': 0, 'f': 'bowl'}\n{'x': 1, 'f': 'hill'}"
    assert bundle["text/html"].count("<img ") == 2


def test_in_static_mode_a_player_shows_all_or_the_stills(static):
    assert repr(play(number, 3)).count("\n") == 2
    assert repr(play(number, 30, stills=[0, 29])) == "{'i': 0}\n{'i': 29}"


def test_without_ipywidgets_the_static_form_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)  # importing it fails
    assert isinstance(explore(square, x=Slider("x", 0, 2, 1, 1)), Picture)


def test_a_card_can_stand_among_pictures(static):
    strip = play(lambda i: number(i) if i else Card("Nothing yet."), 2)
    assert repr(strip) == "Nothing yet.\n{'i': 1}"
    assert "Nothing yet." in strip.html
