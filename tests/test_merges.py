"""The pictures of notebook 05b: bytes, tokens, the player of merges, a token's tree, a curve."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from micrograd.checks.exercises.byte_pairs import encode_bpe, train_bpe
from micrograd.tokenizer import BPETokenizer
from micrograd.viz import (
    Card,
    Picture,
    byte_boxes,
    length_curve,
    merge_tree,
    play_merges,
    token_boxes,
)

SVG = "{http://www.w3.org/2000/svg}"
TEXT = "the cat sat on the mat with that hat"
MERGES = train_bpe(list(TEXT.encode()), 12)
LOW = [(108, 111), (256, 119)]  # lo, low


def read(picture: Picture | Card) -> ElementTree.Element:
    assert isinstance(picture, Picture) and isinstance(picture.image, str)
    return ElementTree.fromstring(picture.image)


def texts(picture: Picture | Card) -> list[str]:
    """All that is written in a drawing, in its order; the title comes first."""
    return [element.text or "" for element in read(picture).iter(f"{SVG}text")]


def boxes(picture: Picture | Card, wanted: str) -> int:
    """How many boxes have a fill of this kind."""
    found = 0
    for path in read(picture).iter(f"{SVG}path"):
        if "h-" in path.attrib["d"]:
            thick, white = path.attrib["stroke-width"] == "2.6", path.attrib["fill"] == "#ffffff"
            kind = "newest" if thick else "byte" if white else "merged"
            found += path.attrib["d"].count("z") * (kind == wanted)
    return found


def right_edge(picture: Picture | Card) -> float:
    words = read(picture).iter(f"{SVG}text")
    return max(float(word.attrib["x"]) for word in words)


@pytest.fixture
def static(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROGRAD_STATIC", "1")


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)


# Text as bytes


def test_each_character_stands_over_its_bytes() -> None:
    picture = byte_boxes("Zoë 🙂")
    assert texts(picture)[0] == "5 characters, 9 bytes"
    assert boxes(picture, "byte") == 5
    assert "ë is 195 171; ␣ is 32; 🙂 is 240 159 153 130" in picture.alt
    assert {"90", "111", "195", "171", "32", "240"} <= set(texts(picture))


@pytest.mark.parametrize(
    ("text", "said"),
    [("a\u200db", "U+200D is 226 128 141"), ("e\u0301", "◌\u0301 is 204 129"), ("\n", "⏎ is 10")],
    ids=["joiner", "accent", "line end"],
)
def test_a_character_that_cannot_be_seen_is_drawn_as_one_that_can(text: str, said: str) -> None:
    assert said in byte_boxes(text).alt


@pytest.mark.parametrize("text", ["", "\x00\x01", "\ud800", "<&>'\"", "]]>", "漢" * 500], ids=repr)
def test_any_text_at_all_is_drawn(text: str) -> None:
    for picture in (byte_boxes(text), token_boxes(list(text.encode("utf-8", "replace")), [])):
        assert right_edge(picture) < 520
        assert picture.html


def test_of_a_long_text_the_beginning_is_drawn_and_the_title_tells_the_whole() -> None:
    picture = byte_boxes("a" * 100)
    assert texts(picture)[0] == "100 characters, 100 bytes"
    assert boxes(picture, "byte") == 24 and "the first 24 of them" in picture.alt


# Text as tokens


def test_a_token_has_its_text_inside_and_its_id_below() -> None:
    picture = token_boxes([115, 257, 32], LOW)
    below = "tokens, and below them their ids"
    assert texts(picture) == ["3 tokens", below, "s", "115", "low", "257", "␣", "32"]
    assert (boxes(picture, "byte"), boxes(picture, "merged")) == (2, 1)
    assert picture.alt == f"3 tokens; {below}. s | low | ␣."


def test_a_part_of_a_character_says_so() -> None:
    assert texts(token_boxes([195, 171], []))[2::2] == ["�", "�"]
    assert texts(token_boxes([256], [(195, 171)]))[2] == "ë"


def test_many_tokens_stand_in_rows_and_the_first_ones_are_drawn() -> None:
    picture = token_boxes([97] * 200, [])
    assert boxes(picture, "byte") == 108 and right_edge(picture) < 520
    assert texts(picture)[0] == "200 tokens" and "the first 108" in picture.alt


def test_a_token_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="259 is not a token"):
        token_boxes([97, 259], LOW)


# The player


def alts(text: str, count: int, **options: Any) -> list[str]:
    return repr(play_merges(text, count, **options)).splitlines()


@pytest.mark.usefixtures("static")
def test_the_player_tells_what_each_merge_did() -> None:
    told = alts(TEXT, 3, train=train_bpe)
    assert told[0].startswith("No merge yet: 36 tokens; met most now: a + t (5)")
    assert told[1].startswith("Merge 1: a + t, met 5 ×; 36 → 31 tokens;")
    assert told[3].startswith("Merge 3: at + ␣, met 4 ×; 27 → 23 tokens;")


@pytest.mark.usefixtures("static")
def test_the_first_pair_that_is_named_is_the_one_that_is_merged_next() -> None:
    for train in (train_bpe, None):
        told = alts(TEXT, 12, train=train)
        for before, after in zip(told, told[1:], strict=False):
            named = before.split("met most now: ")[1].split(" (")[0]
            assert after.split(": ")[1].startswith(f"{named}, met")


@pytest.mark.usefixtures("static")
def test_without_a_function_the_text_is_cut_at_spaces_first() -> None:
    whole, cut = alts(TEXT, 12, train=train_bpe)[-1], alts(TEXT, 12)[-1]
    assert "on␣th" in whole and "on␣th" not in cut
    tokenizer = BPETokenizer.train([TEXT], 257 + 12)
    names = [tokenizer.name(t).replace(" ", "␣") for t in tokenizer.encode(TEXT)[1:-1]]
    assert cut.endswith(f". {' | '.join(names)}.")


@pytest.mark.usefixtures("static")
def test_the_player_ends_when_no_pair_is_left() -> None:
    told = alts("abab", 10, train=train_bpe)
    assert len(told) == 3 and "no pair is left" in told[-1]
    assert len(alts("", 5, train=train_bpe)) == len(alts("", 5)) == 1


@pytest.mark.usefixtures("static")
def test_the_newest_tokens_stand_out() -> None:
    strip = play_merges("abcabc", 2, train=train_bpe)
    found = [[boxes(p, kind) for kind in ("byte", "merged", "newest")] for p in strip.pictures]
    assert found == [[6, 0, 0], [2, 0, 2], [0, 0, 2]]


@pytest.mark.usefixtures("static")
def test_stills_choose_the_merges_and_those_that_are_not_there_are_left_out() -> None:
    told = alts("abab", 9, train=train_bpe, stills=[0, 2, 7])
    assert [text.split(":")[0] for text in told] == ["No merge yet", "Merge 2"]


@pytest.mark.usefixtures("static")
@pytest.mark.parametrize("text", ["lengthily" * 9, "漢字" * 40], ids=["letters", "wide ones"])
def test_what_long_tokens_need_stays_on_the_sheet(text: str) -> None:
    strip = play_merges(text, 40, train=train_bpe)
    for picture in strip.pictures:
        for path in read(picture).iter(f"{SVG}path"):
            for box in path.attrib["d"].split("z")[:-1]:
                left, width = float(box[1:].split()[0]), float(box.split("h")[1].split("v")[0])
                assert left + width <= 506
        assert len(texts(picture)[0]) < 70


@pytest.mark.usefixtures("live")
def test_another_text_starts_the_player_again() -> None:
    widgets = pytest.importorskip("ipywidgets")
    box = play_merges("abab", 5, train=train_bpe)
    words, player = box.children
    assert isinstance(words, widgets.Text) and "4 tokens" in player.children[-1].value
    words.value = "aaaaaa"
    _, player = box.children
    buttons, slider, screen = player.children
    assert "6 tokens" in screen.value
    buttons.children[2].click()
    assert slider.value == 1 and "Merge 1: a + a, met 5 ×; 6 → 3 tokens" in screen.value


@pytest.mark.usefixtures("static")
def test_a_word_is_not_broken_at_the_end_of_a_row_when_it_is_cut_out_anyway() -> None:
    def first_of_rows(picture: Picture | Card) -> set[str]:
        words = list(read(picture).iter(f"{SVG}text"))[2::2]
        lefts = [(float(w.attrib["y"]), float(w.attrib["x"]), w.text or "") for w in words]
        return {min(row for row in lefts if row[0] == y)[2] for y, _, _ in lefts}

    text = "nine words of nine letters go in a row or two of it"
    assert first_of_rows(play_merges(text, 0)) <= {"n", "␣"}
    assert not first_of_rows(play_merges(text, 0, train=lambda ids, n: [])) <= {"n", "␣"}


# The tree


def test_a_tree_has_the_token_on_top_and_its_bytes_below() -> None:
    picture = merge_tree(257, LOW)
    assert texts(picture)[0] == "low: 3 bytes, 2 merges"
    heights = {}
    for word in read(picture).iter(f"{SVG}text"):
        heights.setdefault(word.text, float(word.attrib["y"]))
    assert heights["low"] < heights["lo"] < heights["l"] == heights["o"] == heights["w"]
    assert picture.alt == "Tree of the token low. lo (id 256) is l + o; low (id 257) is lo + w."


def test_the_feet_of_a_tree_are_the_bytes_from_left_to_right() -> None:
    for token in range(256, 268):
        words = list(read(merge_tree(token, MERGES)).iter(f"{SVG}text"))[1:]
        ground = max(float(word.attrib["y"]) for word in words)
        feet = [w for w in words if float(w.attrib["y"]) == ground]
        feet.sort(key=lambda word: float(word.attrib["x"]))
        found = bytes(int(word.text or "") for word in feet)
        assert found.decode() == BPETokenizer(MERGES).name(token)


def test_a_byte_has_no_branches() -> None:
    picture = merge_tree(97, LOW)
    assert texts(picture) == ["a: 1 byte, 0 merges", "a", "97"]
    assert picture.alt == "Tree of the token a. It is a byte."


def test_a_merge_that_is_used_twice_is_told_once() -> None:
    picture = merge_tree(257, [(97, 97), (256, 256)])
    assert texts(picture)[0] == "aaaa: 4 bytes, 2 merges"
    assert picture.alt.count("is a + a") == 1


def test_a_tree_of_too_many_bytes_is_a_sentence() -> None:
    merges = [(97, 97), *((255 + i, 255 + i) for i in range(1, 6))]
    card = merge_tree(261, merges)
    assert isinstance(card, Card) and "64 bytes" in card.alt


@pytest.mark.parametrize("token", [-1, 258, 1000])
def test_a_token_without_a_merge_has_no_tree(token: int) -> None:
    with pytest.raises(ValueError, match="choose an id from 0 to 257"):
        merge_tree(token, LOW)


# The curve


def test_a_curve_tells_where_each_line_begins_and_ends() -> None:
    lines = {"learnt": {257: 1.0, 357: 0.64, 757: 0.47}, "held out": {257: 1.0, 757: 0.52}}
    picture = length_curve(lines)
    assert "learnt, from 1.00 with 257 ids to 0.47 with 757" in picture.alt
    assert "held out, from 1.00 with 257 ids to 0.52 with 757" in picture.alt
    root = read(picture)
    curves = [line for line in root.iter(f"{SVG}polyline") if line.attrib["stroke"] != "#d0d3d6"]
    assert [len(curve.attrib["points"].split()) for curve in curves] == [2, 3]  # the first on top
    assert ["stroke-dasharray" in curve.attrib for curve in curves] == [True, False]


def test_a_curve_falls_as_the_texts_get_shorter() -> None:
    curve = next(read(length_curve({"a": {300: 0.5, 257: 1.0}})).iter(f"{SVG}polyline"))
    (x0, y0), (x1, y1) = (map(float, p.split(",")) for p in curve.attrib["points"].split())
    assert x0 < x1 and y0 < y1  # on the sheet y grows downwards


@pytest.mark.parametrize("lines", [{}, {"a": {257: 1.0}}, {"a": {257: 1.0, 300: 0.5}, "b": {}}])
def test_a_curve_without_two_sizes_is_refused(lines: dict[str, dict[int, float]]) -> None:
    with pytest.raises(ValueError, match="two sizes"):
        length_curve(lines)


def test_what_is_drawn_are_the_learners_tokens() -> None:
    tokens = encode_bpe("that hat", MERGES)
    assert texts(token_boxes(tokens, MERGES))[3::2] == [str(token) for token in tokens]
