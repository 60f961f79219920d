"""Pictures of attention say what they show, draw what they say, and compute as the model does."""

from __future__ import annotations

import math
from random import Random
from xml.etree import ElementTree

import pytest

from micrograd import checkpoint
from micrograd.datasets import data_file
from micrograd.engine import Value
from micrograd.gpt import GPT, GPTConfig, attend
from micrograd.nn import dot
from micrograd.viz import attention_sheet, head_sheet, letter_plane, share_map, sharpness_curve
from micrograd.viz.attention import legible, main_direction, read, widest_view

TRAINED, TOKENIZER = checkpoint.load_model(data_file("names-gpt.safetensors"))
UNTRAINED = GPT(TRAINED.config, Random(42))


def drawn(picture):
    """All parts of the drawing, and so also that it is well-formed."""
    return list(ElementTree.fromstring(picture.image).iter())


def texts(picture):
    return [part.text for part in drawn(picture) if part.tag.endswith("text")]


def rings(picture):
    return [part for part in drawn(picture) if part.tag.endswith("circle")]


# Letters on a map


def test_points_on_a_line_are_seen_whole():
    points, kept = widest_view([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0], [2.0, 4.0, 4.0]])
    across = [x for x, _ in points]
    assert math.isclose(kept, 1)
    assert math.isclose(abs(across[2] - across[0]), 6) and abs(across[1]) < 1e-9


def test_the_widest_direction_comes_first_and_the_narrowest_is_left_out():
    corners = [[x, y, z] for x in (-3.0, 3.0) for y in (-1.0, 1.0) for z in (-2.0, 2.0)]
    points, kept = widest_view(corners)
    assert {round(abs(x), 9) for x, _ in points} == {3.0}
    assert {round(abs(y), 9) for _, y in points} == {2.0}
    assert math.isclose(kept, (9 + 4) / (9 + 4 + 1))


def test_a_view_does_not_depend_on_where_the_cloud_lies():
    rng = Random(5)
    rows = [[rng.gauss(0, size) for size in (3, 2, 1)] for _ in range(12)]
    moved = [[x + 100 for x in row] for row in rows]
    for (x, y), (x_moved, y_moved) in zip(widest_view(rows)[0], widest_view(moved)[0], strict=True):
        assert math.isclose(abs(x), abs(x_moved), abs_tol=1e-6)
        assert math.isclose(abs(y), abs(y_moved), abs_tol=1e-6)


def test_no_other_direction_spreads_the_rows_more():
    rng = Random(1)
    rows = [[rng.gauss(0, 1) for _ in range(4)] for _ in range(20)]

    def spread(direction):
        length = math.hypot(*direction)
        along = [dot(row, direction) for row in rows]
        return sum(a * a for a in along) / length**2

    best = spread(main_direction(rows))
    assert all(spread([rng.gauss(0, 1) for _ in range(4)]) <= best * (1 + 1e-9) for _ in range(500))


def test_rows_that_do_not_differ_are_one_point():
    points, kept = widest_view([[1.0, 2.0], [1.0, 2.0]])
    assert points == [(0.0, 0.0), (0.0, 0.0)] and kept == 1
    assert letter_plane([[1.0, 2.0], [1.0, 2.0]], ["a", "b"]).alt


def test_training_has_put_the_vowels_together():
    after = letter_plane(TRAINED.state_dict()["wte"][:26], TOKENIZER.chars)
    before = letter_plane(UNTRAINED.state_dict()["wte"][:26], TOKENIZER.chars)
    assert "a, e, i, o, u lie apart from the others" in texts(after)
    assert "a, e, i, o, u lie among the others" in texts(before)
    assert "this view keeps 56% of their differences" in after.alt


def test_every_letter_is_drawn_and_the_marked_ones_have_rings():
    picture = letter_plane([[1, 0], [0, 1], [3, 3]], ["a", "b", "e"], marked="ae")
    assert {"a", "b", "e"} <= set(texts(picture))
    assert len(rings(picture)) == 2


def test_a_letter_moves_down_where_another_would_hide_it():
    assert legible([(50.0, 24.0), (52.0, 20.0), (80.0, 20.0)]) == [(50, 32), (52, 20), (80, 20)]


def test_no_letter_of_the_trained_plane_hides_another():
    plane = letter_plane(TRAINED.state_dict()["wte"][:26], TOKENIZER.chars)
    letters = [part for part in drawn(plane) if part.text in set(TOKENIZER.chars)]
    places = [(float(part.get("x")), float(part.get("y"))) for part in letters]
    assert len(places) == 26
    for i, (x, y) in enumerate(places):
        assert all(abs(x - a) >= 8.9 or abs(y - b) >= 11.9 for a, b in places[:i])


def test_a_plane_needs_a_row_for_each_name():
    with pytest.raises(ValueError, match="2 rows for 3 names"):
        letter_plane([[1, 2], [3, 4]], ["a", "b", "c"])


# One head on paper

KEYS, VALUES = [[2, 0, 1, 0], [0, 1, 0, 2], [0, 2, -1, 2]], [[10, 0], [20, 4], [0, 8]]


def test_a_head_on_paper_has_every_number_of_the_way():
    picture = head_sheet([1, 0, 2, 1], KEYS, VALUES, ["m", "a", "r"])
    shown = texts(picture)
    assert "r listens most to m: 67%" in shown and "÷ √4" in shown
    assert "= [11.55, 1.7]" in shown
    assert "a has the key [0, 1, 0, 2], the product 2, the score 1, the share 24%" in picture.alt


def test_a_head_on_paper_computes_as_the_gpt_does():
    rng = Random(3)
    for _ in range(5):
        q, *keys = [[float(rng.randint(-3, 3)) for _ in range(3)] for _ in range(4)]
        values = [[float(rng.randint(-9, 9)) for _ in range(3)] for _ in range(3)]
        heard = ", ".join(
            f"{x:.4g}".replace("-", "−") if x else "0"
            for x in (round(x, 2) for x in attend(q, keys, values))
        )
        assert f"= [{heard}]" in texts(head_sheet(q, keys, values, ["a", "b", "c"]))


def test_equal_scores_are_told_as_such():
    picture = head_sheet([2, 0], [[1, 5], [1, -3]], [[10, 0], [20, 4]], ["a", "b"])
    assert "b listens to all alike: 50% each" in texts(picture)
    assert "= [15, 2]" in texts(picture)


def test_values_with_gradients_can_be_drawn_as_well():
    as_values = head_sheet([Value(1.0)], [[Value(2.0)]], [[Value(3.0)]], ["a"])
    assert as_values.alt == head_sheet([1.0], [[2.0]], [[3.0]], ["a"]).alt


@pytest.mark.parametrize(
    ("keys", "values", "names"),
    [([[1, 2]], [[1]], ["a", "b"]), ([[1, 2]], [], ["a"]), ([[1]], [[1]], ["a"]), ([], [], [])],
)
def test_a_head_with_something_missing_is_refused(keys, values, names):
    with pytest.raises(ValueError, match="each token has one of both"):
        head_sheet([1, 2], keys, values, names)


# What the root is for


def test_the_curve_says_where_each_line_goes_and_which_one_stays():
    picture = sharpness_curve([1, 4], {"q·k": [0.3, 0.9], "q·k / √n": [0.3, 0.31]}, even=0.125)
    assert "q·k: from 0.30 to 0.90; q·k / √n: from 0.30 to 0.31" in picture.alt
    assert "q·k / √n: the sharpness hardly depends on the size" in texts(picture)


def test_lines_on_the_curve_are_told_by_their_dashes_too():
    lines = {name: [0.3, 0.4] for name in "abc"}
    parts = drawn(sharpness_curve([1, 4], lines, even=0.2))
    dashes = [p.get("stroke-dasharray") for p in parts if p.get("stroke-width") == "2.4"]
    assert len(set(dashes)) == 3


def test_a_curve_without_a_share_for_each_size_is_refused():
    with pytest.raises(ValueError, match="every one of the 3 sizes"):
        sharpness_curve([1, 2, 3], {"a": [0.5, 0.5]}, even=0.5)


# Who listens to whom


def test_a_map_of_shares_prints_them_and_leaves_the_future_out():
    picture = share_map([[1.0], [0.25, Value(0.75)]], ["m", "a"])
    assert [t for t in texts(picture) if t.isdigit()] == ["100", "25", "75"]
    assert picture.alt.endswith("m gives 100% to m; a gives 75% to a and 25% to m.")


def test_a_map_with_a_share_of_the_future_is_refused():
    with pytest.raises(ValueError, match="these have 2, 2"):
        share_map([[0.5, 0.5], [0.5, 0.5]], ["m", "a"])


# A whole name, read


def test_a_reading_is_what_the_gpt_computes():
    tokens = TOKENIZER.encode("anna")[:-1]
    reading = read(TRAINED, tokens)
    cache = TRAINED.new_cache()
    for position, token in enumerate(tokens):
        logits = [v.data for v in TRAINED.logits(token, position, cache)]
        total = sum(map(math.exp, logits))
        found = reading.expected[position]
        assert all(math.isclose(math.exp(z) / total, p) for z, p in zip(logits, found, strict=True))
    assert len(reading.weights) == 4
    for head in reading.weights:
        assert [len(row) for row in head] == [1, 2, 3, 4, 5]
        assert all(math.isclose(sum(row), 1) for row in head)


def test_the_shares_of_a_reading_make_what_the_head_gives():
    config = GPTConfig(5, block_size=6, n_head=2, n_embd=4, init_std=0.9)
    model, tokens = GPT(config, Random(2)), [4, 1, 3, 0]
    reading, cache = read(model, tokens), model.new_cache()
    tables = model.state_dict()
    for position, token in enumerate(tokens):
        model.logits(token, position, cache)
    keys, values = cache[0]
    for h in range(2):
        for t in range(len(tokens)):
            query = query_of(tables, tokens[t], t, h)
            past = [[k.data for k in key[h]] for key in keys[: t + 1]]
            given = [[v.data for v in value[h]] for value in values[: t + 1]]
            heard = attend(query, past, given)
            shares = reading.weights[h][t]
            averaged = [sum(w * v[i] for w, v in zip(shares, given, strict=True)) for i in range(2)]
            assert all(math.isclose(a, b) for a, b in zip(heard, averaged, strict=True))


def query_of(tables, token, position, head):
    x = [a + b for a, b in zip(tables["wte"][token], tables["wpe"][position], strict=True)]
    for _ in range(2):
        size = math.sqrt(sum(a * a for a in x) / len(x) + 1e-5)
        x = [a / size for a in x]
    rows = tables["layer0.attn_wq"][2 * head : 2 * head + 2]
    return [sum(w * a for w, a in zip(row, x, strict=True)) for row in rows]


def sheet_of(text, **options):
    models = {"untrained": UNTRAINED, "trained": TRAINED}
    return attention_sheet(models, TOKENIZER, text, **options)


def test_both_models_are_on_the_sheet_with_shares_and_expectations():
    picture = sheet_of("mari", head=3, position=2)
    assert "Trained: it looks at BOS 2.5%, m 90%, a 7.6%; likeliest next are r 17%" in picture.alt
    assert "Untrained: it looks at BOS 33%" in picture.alt
    assert picture.alt.endswith("What came next: r.")
    assert {"untrained, head 3", "trained, head 3", "after BOS m a:"} <= set(texts(picture))


def test_a_position_behind_the_end_is_the_last_one():
    assert sheet_of("eva", position=15).alt == sheet_of("eva", position=3).alt
    assert sheet_of("eva", position=-1).alt == sheet_of("eva", position=0).alt


def test_what_came_has_a_tick():
    assert any("✓ came" in text for text in texts(sheet_of("mari", position=4)))


def test_capitals_and_spaces_do_not_matter():
    assert sheet_of(" Mari ").alt == sheet_of("mari").alt


def test_no_letters_at_all_leave_bos():
    assert "likeliest next are a" in sheet_of("").alt
    assert sheet_of("").alt.endswith("What came next: BOS.")


@pytest.mark.parametrize("letters", [15, 16, 17, 40])
def test_a_long_name_is_read_as_far_as_the_model_goes(letters):
    picture = sheet_of("a" * letters, position=15)
    assert "a at position 15 framed" in picture.alt
    assert picture.alt.endswith(f"What came next: {'BOS' if letters == 15 else 'a'}.")


def test_a_letter_that_is_not_known_is_named():
    with pytest.raises(ValueError, match="'é' in 'zoé'"):
        sheet_of("zoé")


def test_a_head_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="from 0 to 3, not 4"):
        sheet_of("eva", head=4)


def test_the_pictures_are_small():
    assert len(sheet_of("mari", head=3).image) < 12_000
    assert len(head_sheet([1, 0, 2, 1], KEYS, VALUES, ["m", "a", "r"]).image) < 4_000
