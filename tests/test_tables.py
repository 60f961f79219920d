"""The pictures of notebook 05a: tokens in a row, bars, tables of pairs, and a fair game of bets."""

from __future__ import annotations

import io
import math
from random import Random
from xml.etree import ElementTree

import pytest
from PIL import Image

from micrograd import Value
from micrograd.viz import (
    bet_rounds,
    bet_sheet,
    count_bars,
    id_strip,
    last_letters,
    pair_table,
    softmax_bars,
)

SVG = "{http://www.w3.org/2000/svg}"
EVA, CHARS = [4, 1, 3, 0, 4], ["a", "e", "m", "v"]
DARKEST, BRIGHTEST = (0, 34, 78), (254, 232, 56)  # cividis at its two ends


def read(picture):
    return ElementTree.fromstring(picture.image)


def texts(picture):
    """All that is written in a drawing."""
    return [element.text for element in read(picture).iter(f"{SVG}text")]


def looks(picture):
    """How each box of a strip is drawn: its edge, and whether that is dashed."""
    boxes = [box for box in read(picture).iter(f"{SVG}rect") if "stroke" in box.attrib]
    return [(box.attrib["stroke"], "stroke-dasharray" in box.attrib) for box in boxes]


def colors(picture):
    return {color for _, color in Image.open(io.BytesIO(picture.image)).convert("RGB").getcolors()}


# Tokens in a row


def test_a_strip_shows_each_character_above_its_id():
    assert " ".join(texts(id_strip(EVA, CHARS))[1:]) == "BOS 4 e 1 v 3 a 0 BOS 4"
    assert id_strip(EVA, CHARS).alt.endswith("BOS is 4, e is 1, v is 3, a is 0, BOS is 4.")


def test_a_question_shows_what_came_before_and_dashes_what_is_asked_for():
    blue, green, grey = "#0072B2", "#00795A", "#B0B5BA"
    strip = id_strip(EVA, CHARS, asked=2)
    later = [(grey, False)] * 2
    assert looks(strip) == [(blue, False), (blue, False), (green, True), *later]
    assert strip.alt == "Of the tokens BOS e v a BOS, shown are BOS e; asked for is v."


def test_a_short_context_shows_only_the_nearest_tokens():
    assert "shown are v a;" in id_strip(EVA, CHARS, asked=4, size=2).alt


@pytest.mark.parametrize("asked", [0, 5, -1])
def test_there_is_nothing_to_ask_before_the_second_token_or_after_the_last(asked):
    with pytest.raises(ValueError, match=f"a place from 1 to 4, and not at {asked}"):
        id_strip(EVA, CHARS, asked=asked)


@pytest.mark.parametrize("token", [5, -1])
def test_an_id_without_a_token_is_refused(token):
    with pytest.raises(ValueError, match=f"{token} is not a token"):
        id_strip([token], CHARS)


def test_a_space_is_seen_and_a_sharp_bracket_stays_a_character():
    assert {"␣", "<"} <= set(texts(id_strip([0, 1], [" ", "<"])))


def test_a_long_name_still_fits_on_its_sheet():
    boxes = [box.attrib for box in read(id_strip([0] * 17, ["a"])).iter(f"{SVG}rect")]
    assert max(float(box.get("x", 0)) + float(box["width"]) for box in boxes) <= 520


# Bars


def heights(picture, which=0):
    """The heights of the bars, in pixels, read from the path that draws them."""
    paths = [path.attrib["d"] for path in read(picture).iter(f"{SVG}path")]
    bars = [path for path in paths if path.endswith("z")][which]
    tall = []
    for piece in bars.split("M")[1:]:
        ground, top = piece.split(" ")[1].split("h")[0].split("V")
        tall.append(float(ground) - float(top))
    return tall


def test_bars_are_as_tall_as_their_numbers():
    one, two, none = heights(count_bars({"a": 10, "b": 20, "c": 0}))
    assert two == pytest.approx(2 * one, abs=0.2) and none == 0


def test_bars_keep_their_order_and_tell_the_tallest_first():
    picture = count_bars({"a": 1000, "b": 2000, "c": 500}, xlabel="letter", ylabel="names")
    assert [text for text in texts(picture) if text in "abc"] == ["a", "b", "c"]
    assert picture.alt == "Bar chart, letter, names. The tallest: b 2,000, a 1,000, c 500."


def test_what_bars_are_told_to_say_is_heard_as_well():
    picture = count_bars({"a": 3, "b": 1}, title="a leads")
    assert picture.alt.startswith("a leads. Bar chart")


def test_shares_are_written_in_percent():
    picture = count_bars({"a": 0.25, "b": 0.75})
    assert "b 75%, a 25%" in picture.alt and "50%" in texts(picture)


def test_open_bars_stand_at_the_same_places():
    picture = count_bars({"a": 0.5, "b": 0.5}, beside={"b": 0.25, "x": 0.75})
    assert heights(picture, 1) == pytest.approx([0, heights(picture)[1] / 2], abs=0.2)
    assert "Open bars beside: a 0.0%, b 25%." in picture.alt


def test_a_name_without_room_stands_one_line_lower():
    written = read(count_bars({**dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 1), "BOS": 1}))
    place = {text.text: float(text.attrib["y"]) for text in written.iter(f"{SVG}text")}
    assert place["BOS"] > place["z"] == place["a"]


@pytest.mark.parametrize("counts", [{}, {"a": -1}])
def test_bars_of_nothing_and_below_0_are_refused(counts):
    with pytest.raises(ValueError, match="Bars need numbers"):
        count_bars(counts)


# Tables of pairs


def test_a_table_tells_what_follows_each_token_most_often():
    alt = pair_table([[0, 1, 0], [0, 0, 2], [1, 3, 0]], ["a", "b"]).alt
    assert alt.startswith("Table of 3 × 3")
    assert "after a b (1), after b BOS (2), after BOS b (3)." in alt


def test_a_token_that_nothing_follows_is_left_out():
    assert "Most often follows: after a b (1)." in pair_table([[0, 1], [0, 0]], ["a", "b"]).alt


def test_shares_and_values_are_told_in_percent():
    table = [[Value(0.25), Value(0.75)], [Value(1.0), Value(0.0)]]
    assert "after a b (75%), after b a (100%)" in pair_table(table, ["a", "b"]).alt


def test_colours_run_from_0_to_the_largest_entry_or_to_most():
    counts = [[0, 1], [2, 4]]
    assert {DARKEST, BRIGHTEST} <= colors(pair_table(counts, ["a", "b"]))
    assert BRIGHTEST not in colors(pair_table(counts, ["a", "b"], most=8))


@pytest.mark.parametrize("table", [[], [[1, 2]], [[1], [2]], [[1] * 4] * 4])
def test_a_table_of_another_size_is_refused(table):
    with pytest.raises(ValueError, match="give a row and a column"):
        pair_table(table, ["a", "b"])


def test_a_count_below_0_is_refused():
    with pytest.raises(ValueError, match="at least 0"):
        pair_table([[1, -1], [0, 0]], ["a", "b"])


# Bets


ROUNDS = [("em", "m", 0.1), ("av", "a", 0.3), ("emma", ".", 0.2)]


def test_without_a_bet_nothing_is_given_away():
    written = texts(bet_sheet(ROUNDS, "", 50))
    assert {"em ?", "av ?", "emma ?"} <= set(written)
    assert not {"m", "a", "."} & set(written)


def test_only_the_rounds_that_were_bet_on_are_shown():
    written = texts(bet_sheet(ROUNDS, "mx", 50))
    assert "m ✓" in written and "x ✗" in written and "a" in written and "." not in written


def test_both_are_scored_by_their_surprise():
    sheet = bet_sheet(ROUNDS, "mx.", 50)
    yours = (2 * -math.log(0.5) - math.log(0.5 / 26)) / 3
    theirs = sum(-math.log(chance) for _, _, chance in ROUNDS) / 3
    assert f"mean surprise {yours:.2f} nats for you, {theirs:.2f} for the table" in sheet.alt


def test_what_you_did_not_bet_on_sums_to_what_you_held_back():
    sure = 0.3
    rest = math.exp(-float(texts(bet_sheet([("e", "z", 0.5)], "m", 100 * sure))[9]))
    assert sure + 26 * rest == pytest.approx(1, abs=0.01)


def test_capitals_and_spaces_in_bets_do_not_matter():
    assert bet_sheet(ROUNDS, "M a .", 50) == bet_sheet(ROUNDS, "ma.", 50)


def test_the_less_surprised_one_is_named():
    assert "you are less surprised" in bet_sheet(ROUNDS, "ma.", 90).alt
    assert "the table is less surprised" in bet_sheet(ROUNDS, "xxx", 90).alt


@pytest.mark.parametrize("sure", [0, 100, -5])
def test_to_be_sure_of_all_or_nothing_is_refused(sure):
    with pytest.raises(ValueError, match="How sure you are"):
        bet_sheet(ROUNDS, "m", sure)


@pytest.mark.parametrize(
    "picture",
    [
        id_strip(EVA, CHARS),
        count_bars({"a": 1}),
        bet_sheet(ROUNDS, "ma", 50),
        softmax_bars([1], "a"),
    ],
    ids=["strip", "bars", "bets", "softmax"],
)
def test_a_drawing_is_sound_xml_with_a_title_and_no_script(picture):
    drawing = read(picture)
    assert drawing.find(f"{SVG}title").text and drawing.find(f"{SVG}desc").text == picture.alt
    assert not list(drawing.iter(f"{SVG}script"))


# Names cut for bets, and how names end


def test_a_round_says_what_came_after_the_cut_and_how_likely_the_table_thought_it():
    table = [[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.6, 0.4, 0.0]]  # a, b, BOS
    rounds = bet_rounds(["abba"] * 40, table, ["a", "b"], Random(1))
    assert set(rounds) == {("ab", "b", 0.3), ("abb", "a", 0.5), ("abba", ".", 0.7)}


def test_a_name_of_one_letter_is_over_after_it():
    table = [[Value(0.4), Value(0.6)], [Value(1.0), Value(0.0)]]
    assert bet_rounds(["a"], table, ["a"], Random(1)) == [("a", ".", 0.6)]


def test_last_letters_are_shares_of_the_chosen_names_beside_all():
    picture = last_letters(["nikos", "eleni", "alexis", "zois"], ["nikos", "anna"], "greek")
    assert "greek: 75% end with s" in texts(picture)
    assert heights(picture, 1)[0] == pytest.approx(heights(picture, 1)[1], abs=0.2)


def test_no_name_at_all_is_refused_by_its_kind():
    with pytest.raises(ValueError, match="no name in 'klingon'"):
        last_letters([], ["anna"], "klingon")


# Softmax


def share_bars(picture):
    """The widths of the bars, in pixels: the filled ones, then the open ones."""
    bars = [box.attrib for box in read(picture).iter(f"{SVG}rect") if "x" in box.attrib]
    filled = [float(bar["width"]) for bar in bars if bar["fill"] != "none"]
    return filled, [float(bar["width"]) for bar in bars if bar["fill"] == "none"]


def test_softmax_shows_the_power_of_each_logit_and_its_share_of_the_sum():
    picture = softmax_bars([0, math.log(3)], "ab")
    small, large = share_bars(picture)[0]
    assert large == pytest.approx(3 * small, abs=0.2)
    assert "b gets 75%: 3 of 4" in texts(picture)


def test_open_bars_are_in_proportion_to_the_logits_where_that_is_possible():
    small, large = share_bars(softmax_bars([1, 3], "ab"))[1]
    assert large == pytest.approx(3 * small, abs=0.2)
    for logits in ([-1, 3], [0, 0], [-1, -3]):
        assert share_bars(softmax_bars(logits, "ab"))[1] == []


def test_the_same_added_to_all_logits_changes_no_share_and_then_no_power_can_be_written():
    few, many = softmax_bars([1, 2, 3], "abc"), softmax_bars([1001, 1002, 1003], "abc")
    assert share_bars(few)[0] == share_bars(many)[0]
    assert texts(many).count("too large") == 4  # three powers, and their sum
    assert "e to the power 1003 is too large for a float" in texts(many)


def test_values_are_logits_too():
    assert softmax_bars([Value(1.0), Value(2.0)], "ab") == softmax_bars([1, 2], "ab")


@pytest.mark.parametrize("logits", [[], [1, 2, 3], [1, math.inf], [1, math.nan]])
def test_softmax_wants_a_finite_logit_for_each_name(logits):
    with pytest.raises(ValueError, match="2 names for the logits"):
        softmax_bars(logits, "ab")
