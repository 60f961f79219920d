"""Pictures of choosing and of texts as a tree say what they show, and draw what they say."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from micrograd.viz import Card, chance_lines, share_bars, text_tree
from micrograd.viz.canvas import BLUE
from micrograd.viz.choosing import LEFT, MOST_LINES, PALE, RIGHT

SVG = "{http://www.w3.org/2000/svg}"


def drawing(picture):
    return ElementTree.fromstring(picture.image)


def words(picture):
    return [element.text for element in drawing(picture).iter(f"{SVG}text")]


def pieces(picture, color):
    """The lengths of the pieces of one colour, in pixels."""
    paths = [p.get("d") for p in drawing(picture).iter(f"{SVG}path") if p.get("fill") == color]
    return [float(length) for path in paths for length in re.findall(r"h([\d.]+)v20", path)]


# Lines


def test_a_token_has_a_piece_as_long_as_it_is_likely():
    picture = chance_lines([("mar", [0.6, 0.3, 0.1], 0)], ["a", "b"])
    assert pieces(picture, BLUE) == [pytest.approx(0.6 * (RIGHT - LEFT), abs=0.1)]
    every = [length for color in (BLUE, *PALE) for length in pieces(picture, color)]
    assert sum(every) == pytest.approx(RIGHT - LEFT, abs=0.3)


def test_a_line_names_its_tokens_and_the_marked_one_with_its_share():
    picture = chance_lines([("mar", [0.6, 0.25, 0.15], 2)], ["a", "b"])
    assert {"mar", "a", "b", "end", "end  15%"} <= {*words(picture)}
    assert "After mar: a 60%, b 25%, end 15% are the likeliest" in picture.alt
    assert "marked is end, with 15%" in picture.alt


def test_a_needle_falls_where_it_is_told_to():
    picture = chance_lines([("", [0.5, 0.5], 1)], ["a", "b"], needles=[0.75])
    assert "the needle falls at 0.75" in picture.alt
    middle = LEFT + 0.75 * (RIGHT - LEFT)
    paths = [path.get("d") for path in drawing(picture).iter(f"{SVG}path")]
    assert any(path.startswith(f"M{middle:.1f} ") for path in paths)


def test_a_token_without_a_chance_has_no_piece():
    picture = chance_lines([("", [0.0, 1.0], None)], ["a", "b"])
    assert len([x for color in PALE for x in pieces(picture, color)]) == 1
    assert "a" not in words(picture)


def test_signs_that_svg_uses_itself_can_be_characters():
    picture = chance_lines([("<b>", [0.5, 0.5], 0)], ["<", "&"])
    assert {"<", "&", "<b>"} <= {*words(picture)}


@pytest.mark.parametrize(
    ("rows", "needles", "part"),
    [
        ([], None, "1 to 24 lines"),
        ([("", [1.0, 0.0], None)] * (MOST_LINES + 1), None, "1 to 24 lines"),
        ([("", [0.5, 0.4], None)], None, "the sum 0.9"),
        ([("", [0.5, 0.5, 0.0, 0.0], None)], None, "for each of 2 tokens"),
        ([("", [1.5, -0.5], None)], None, "at least 0"),
        ([("", [0.5, 0.5], None)], [0.1, 0.2], "2 needles for 1 lines"),
    ],
)
def test_lines_that_cannot_be_drawn_are_refused(rows, needles, part):
    with pytest.raises(ValueError, match=part):
        chance_lines(rows, ["a", "b"], needles=needles)


# Shares


def test_bars_are_cut_by_their_shares_and_named():
    picture = share_bars({"cold": {"old": 30, "new": 10}, "hot": {"old": 1, "new": 3}})
    assert {"old", "new", "cold", "hot", "75%", "25%"} <= {*words(picture)}
    assert "cold: old 75%, new 25%; hot: old 25%, new 75%" in picture.alt


def test_long_names_of_kinds_go_on_in_a_second_row():
    kinds = dict.fromkeys(
        ["a kind with a long name", "another one of these", "a third one here"], 1
    )
    tall, short = share_bars({"x": kinds}), share_bars({"x": {"a": 1, "b": 1, "c": 1}})
    assert drawing(tall).get("height") > drawing(short).get("height")
    texts = [e for e in drawing(tall).iter(f"{SVG}text") if e.text in kinds]
    assert len({e.get("y") for e in texts}) == 2


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"x": {"a": 1}, "y": {"b": 1}},
        {"x": {"a": 0, "b": 0}},
        {"x": {"a": 2, "b": -1}},
        {"x": dict.fromkeys("abcde", 1)},
    ],
)
def test_shares_of_nothing_are_refused(rows):
    with pytest.raises(ValueError):
        share_bars(rows)


# Trees

TEXTS = {"a": 0.6, "b": 0.4, "ab": 0.24, "b.": 0.36, "ab.": 0.00031}


def test_a_tree_shows_each_text_with_its_chance():
    picture = text_tree(TEXTS)
    assert {"start", "a 60%", "b. 36%", "ab. 0.031%"} <= {*words(picture)}
    assert "A tree of 5 texts, 2 of them over" in picture.alt


def test_a_text_hangs_on_the_longest_that_it_begins_with():
    from micrograd.viz.beams import leaf_rows, parent_of

    parents = {text: parent_of(text, TEXTS) for text in TEXTS}
    assert parents == {"a": "", "b": "", "ab": "a", "b.": "b", "ab.": "ab"}
    rows = leaf_rows(TEXTS, parents)
    assert rows["ab."] == rows["ab"] == rows["a"] == 0
    assert rows["b."] == rows["b"] == 1


def test_what_is_not_followed_is_dashed_and_counted():
    picture = text_tree(TEXTS, kept=["b", "b."], best="b.")
    assert "3 others are not followed" in picture.alt and "Marked: b., with 36%" in picture.alt
    frames = {
        text.text.split()[0]: frame
        for frame, text in zip(
            [r for r in drawing(picture).iter(f"{SVG}rect") if r.get("rx")],
            [t for t in drawing(picture).iter(f"{SVG}text") if "%" in t.text],
            strict=True,
        )
    }
    assert frames["b."].get("stroke-width") == "3" and not frames["b."].get("stroke-dasharray")
    assert frames["a"].get("stroke-dasharray")


def test_the_empty_text_can_be_a_leaf():
    assert "(empty) 0.3%" in words(text_tree({"a": 0.9, ".": 0.0034}))


def test_a_tree_that_nobody_could_read_is_a_sentence():
    card = text_tree({f"a{'b' * n}": 0.5**n for n in range(81)})
    assert isinstance(card, Card) and "81 texts" in card.alt
    with pytest.raises(ValueError, match="a text at least"):
        text_tree({})
