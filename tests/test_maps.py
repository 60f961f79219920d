"""Attention maps, decision boundaries and contour maps: what they draw, and what they say."""

from __future__ import annotations

import io
import math
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from micrograd.checkpoint import load_model
from micrograd.engine import Value
from micrograd.gpt import attend, forward, split_heads
from micrograd.nn import MLP, add, linear, mean, rmsnorm
from micrograd.optim import SGD, Adam
from micrograd.viz import Card, Picture, attention_map, contours, decision_boundary
from micrograd.viz.trails import contour_levels

ROOT = Path(__file__).resolve().parent.parent

WHITE, BLUE, OCHRE = (255, 255, 255), (0x00, 0x72, 0xB2), (0x8A, 0x6D, 0x00)
GREEN, INK = (0x00, 0x9E, 0x73), (0x1A, 0x1A, 0x1A)
DARKEST, BRIGHTEST = (0x00, 0x22, 0x4E), (0xFE, 0xE8, 0x38)  # where cividis begins and ends

pytestmark = pytest.mark.filterwarnings("error")


def pixels(picture):
    return Image.open(io.BytesIO(picture.image)).convert("RGB")


def count(picture, color):
    """How many pixels have this colour."""
    return {found: n for n, found in pixels(picture).getcolors()}.get(color, 0)


# The data that they are looked at with


def weights_of_the_trained_gpt(name):
    """How each head of the bundled model looks back over a name, and the tokens as words.

    `attend` averages what it is given to average: given rows of an identity matrix, that average
    is the weights themselves.
    """
    model, tokenizer = load_model(ROOT / "data" / "names-gpt.safetensors")
    config, weights, cache = model.config, model.state_dict(), model.new_cache()
    tokens = tokenizer.encode(name)[:-1]
    heads = [[] for _ in range(config.n_head)]
    for position, token in enumerate(tokens):
        x = rmsnorm(rmsnorm(add(weights["wte"][token], weights["wpe"][position])))
        queries = split_heads(linear(x, weights["layer0.attn_wq"]), config.n_head)
        forward(token, position, weights, config, cache)
        identity = np.eye(position + 1).tolist()
        for h, query in enumerate(queries):
            keys = [key[h] for key in cache[0][0]]
            heads[h].append(attend(query, keys, identity))
    return heads, [tokenizer.name(token) for token in tokens]


def moons(number, rng):
    """Two interleaved half circles, with the labels 1 and 0."""
    points, labels = [], []
    for i in range(number):
        t, label = math.pi * rng.random(), i % 2
        x, y = (1 - math.cos(t), 0.5 - math.sin(t)) if label else (math.cos(t), math.sin(t))
        points.append((x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)))
        labels.append(label)
    return points, labels


def learn(model, points, labels, steps):
    """Hinge loss and Adam: each score is to be beyond 1 on its own side."""
    adam = Adam(model.parameters(), lr=0.05)
    for _ in range(steps):
        adam.zero_grad()
        pairs = zip(points, labels, strict=True)
        mean([(1 - (2 * label - 1) * model(list(p))).relu() for p, label in pairs]).backward()
        adam.step()


def valley(x, y):
    """Twenty times as steep across as it is along."""
    return 0.5 * x * x + 10 * y * y


def walk(f, optimizer, start, steps, **settings):
    """The places where an optimizer comes by on its way down."""
    place = [Value(coordinate) for coordinate in start]
    stepper = optimizer(place, **settings)
    trail = [tuple(v.data for v in place)]
    for _ in range(steps):
        stepper.zero_grad()
        f(*place).backward()
        stepper.step()
        trail.append(tuple(v.data for v in place))
    return trail


def race():
    start = (-8.0, 1.5)
    return {
        "SGD": walk(valley, SGD, start, 40, lr=0.09),
        "momentum": walk(valley, SGD, start, 40, lr=0.03, momentum=0.8),
        "Adam": walk(valley, Adam, start, 40, lr=0.4),
    }


WINDOW = {"x_range": (-10, 4), "y_range": (-2.5, 2.5)}


# All three


def one_of_each():
    heads, names = weights_of_the_trained_gpt("emma")
    points, labels = moons(40, Random(1))
    return [
        attention_map(heads, names),
        decision_boundary(MLP(2, [4, 1], rng=Random(2)), points, labels, resolution=20),
        contours(valley, race(), **WINDOW),
    ]


def test_the_same_data_give_the_same_bytes_whatever_the_style():
    import matplotlib

    first = one_of_each()
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.facecolor": "black", "font.size": 30}):
        assert one_of_each() == first


def test_they_are_small_files_that_stand_on_white():
    for picture in one_of_each():
        assert len(picture.image) < 32_000
        image = pixels(picture)
        assert {image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, 1)} == {WHITE}
        assert image.width == 2 * picture.width == 1440  # sharp on a dense screen


def test_no_figure_is_left_behind():
    from matplotlib import pyplot

    one_of_each()
    assert pyplot.get_fignums() == []


def test_without_matplotlib_they_are_told_in_words(monkeypatch):
    drawn = one_of_each()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for picture, card in zip(drawn, one_of_each(), strict=True):
        assert isinstance(card, Card)
        assert card.alt.startswith(picture.alt) and "package matplotlib is missing" in card.alt


def test_titles_and_alt_texts_can_be_given():
    def drawn(**words):
        return [
            attention_map([[1.0]], ["a"], **words),
            decision_boundary(lambda p: p[0], [(1, 1)], [1], resolution=2, **words),
            contours(valley, [(1, 1)], **WINDOW, **words),
        ]

    for plain, titled, told in zip(
        drawn(), drawn(title="costs $5 or {}"), drawn(alt="A map."), strict=True
    ):
        assert titled.image != plain.image and titled.alt == plain.alt
        assert told.image == plain.image and told.alt == "A map."


# Attention

LOOKS_BACK = [[1], [1, 0], [0, 1, 0], [0, 0, 1, 0]]
LOOKS_AT_BOS = [[1], [1, 0], [1, 0, 0], [0.9, 0, 0, 0.1]]
LOOKS_AT_ITSELF = [[1], [0, 1], [0, 0, 1], [0, 0, 0, 1]]
LOOKS_TWO_BACK = [[1], [0.5, 0.5], [1, 0, 0], [0, 1, 0, 0]]
LOOKS_AT_E = [[1], [0, 1], [0, 1, 0], [0, 1, 0, 0]]
LOOKS_AROUND = [[1 / (t + 1)] * (t + 1) for t in range(4)]
NAMES = ["BOS", "e", "v", "a"]


def full(head):
    """A head with zeros for the future."""
    return [row + [0] * (len(head) - len(row)) for row in head]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (LOOKS_BACK, "most at the token before (100% of its weight)"),
        (LOOKS_AT_BOS, "most at BOS (position 0) (97% of its weight)"),
        (LOOKS_AT_ITSELF, "most at itself (100% of its weight)"),
        (LOOKS_TWO_BACK, "most at the token 2 before (67% of its weight)"),
        (LOOKS_AT_E, "most at e (position 1) (100% of its weight)"),
        (LOOKS_AROUND, "at all tokens alike."),
    ],
)
def test_the_words_say_where_a_head_looks_most(head, told):
    assert f"The head looks {told}" in attention_map(head, NAMES).alt


def test_every_head_is_told_with_its_largest_weight():
    alt = attention_map([LOOKS_AT_BOS, LOOKS_BACK], NAMES).alt
    assert alt.startswith("Attention map of 2 heads over 4 tokens: BOS e v a. Each row is a token")
    assert "Head 0 looks most at BOS (position 0) (97% of its weight); its largest weight" in alt
    assert "Head 1 looks most at the token before" in alt
    assert alt.endswith("its largest weight is 100%, of a (position 3) on v (position 2).")


def test_the_heads_of_the_trained_gpt_look_at_different_things():
    heads, names = weights_of_the_trained_gpt("isabella")
    picture = attention_map(heads, names)
    assert "4 heads over 9 tokens: BOS i s a b e l l a." in picture.alt
    assert all(f"Head {h} looks" in picture.alt for h in range(4))
    for head in heads:  # what was drawn are attention weights: each row is shared out
        assert [sum(row) for row in head] == pytest.approx([1] * 9)


def test_an_untrained_head_spreads_its_weight():
    nearly = [[1], [0.49, 0.51], [0.36, 0.33, 0.31], [0.22, 0.26, 0.25, 0.27]]
    assert "The head looks at all tokens alike." in attention_map(nearly, NAMES).alt


def test_a_single_token_can_look_at_nothing_but_itself():
    assert "over 1 token: BOS." in attention_map([[1.0]], ["BOS"]).alt


def test_one_head_is_drawn_like_a_list_of_one():
    assert attention_map(LOOKS_BACK, NAMES) == attention_map([LOOKS_BACK], NAMES)


def test_rows_with_and_without_the_future_are_the_same():
    assert attention_map(full(LOOKS_TWO_BACK), NAMES) == attention_map(LOOKS_TWO_BACK, NAMES)


def test_values_and_arrays_are_weights_too():
    plain = attention_map([LOOKS_BACK, LOOKS_TWO_BACK], NAMES)
    values = [[[Value(w) for w in row] for row in head] for head in (LOOKS_BACK, LOOKS_TWO_BACK)]
    assert attention_map(values, NAMES) == plain
    assert attention_map(np.array([full(LOOKS_BACK), full(LOOKS_TWO_BACK)]), NAMES) == plain


def test_the_future_is_white_and_not_dark():
    picture = attention_map([[1], [0, 1]], ["a", "b"])  # two bright cells, a dark one, the future
    assert 0 < count(picture, DARKEST) < 0.8 * count(picture, BRIGHTEST)


def corner_cell(tokens):
    """The colours in the cell at the lower left of a head that looks at itself."""
    rows = [[0] * t + [1] for t in range(tokens)]
    image = pixels(attention_map(rows, "abcdefghijkl"[:tokens]))
    dark = [
        (x, y)
        for x in range(image.width * 3 // 4)
        for y in range(image.height)
        if image.getpixel((x, y)) == DARKEST
    ]
    left, bottom = min(x for x, _ in dark), max(y for _, y in dark)
    cell = image.crop((left + 2, bottom - 40, left + 42, bottom - 2))
    return {color for _, color in cell.getcolors()}


def test_the_numbers_stand_in_the_cells_of_up_to_8_tokens():
    assert WHITE in corner_cell(8)
    assert corner_cell(9) == {DARKEST}


def test_four_heads_stand_in_a_row_and_a_fifth_below():
    four, five = (attention_map([LOOKS_BACK] * n, NAMES) for n in (4, 5))
    assert four.width == five.width
    assert pixels(five).height > 1.5 * pixels(four).height


def test_a_long_text_is_drawn_with_every_other_token_named():
    rows = [[0] * t + [1] for t in range(60)]
    alt = attention_map(rows, ["a", " "] * 30).alt
    assert "over 60 tokens: a ␣ a ␣" in alt and "…. Each row" in alt


@pytest.mark.parametrize(
    ("weights", "tokens", "message"),
    [
        ([[1]], [], "There is no token here"),
        ([], ["a"], r"list of numbers. This is \[\]"),
        ([1.0], ["a"], r"list of numbers. This is \[1.0\]"),
        ([[]], ["a"], r"list of numbers. This is \[\[\]\]"),
        ([[1], [0, 1]], ["a", "b", "c"], "Head 0 has 2 rows of weights for 3 tokens"),
        ([[1], [0, 1], [0, 1]], "abc", r"head 0, row 2 \(c\) there are 2 weights. Give 3, for"),
        ([[1, 0], [0.5, 0.6]], "ab", r"head 0, row 1 \(b\) the smallest is 0.50, and the sum 1.10"),
        ([[1], [-0.5, 1.5]], "ab", "softmax makes weights of them"),
        ([[1], [math.nan, 1]], "ab", "the sum nan"),
    ],
)
def test_what_is_no_attention_is_refused_with_the_place(weights, tokens, message):
    with pytest.raises(ValueError, match=message):
        attention_map(weights, tokens)


def test_a_head_that_sees_the_future_is_found_out():
    leak = [[[1, 0], [0, 1]], [[0.7, 0.3], [0, 1]]]
    with pytest.raises(ValueError, match=r"head 1, row 0 \(a\) the weight 0.30 goes to b \(posi"):
        attention_map(leak, ["a", "b"])


# The decision boundary

SQUARE = [(1, 1), (-1, 1), (-1, -1), (1, -1)]


def right_of_0(p):
    return p[0]


def test_the_words_count_the_points_on_their_right_side():
    alt = decision_boundary(right_of_0, SQUARE, [1, 1, 0, 0], resolution=5).alt
    assert "from -1.30 to 1.30, over the plane of its two inputs. A line marks the boundary" in alt
    assert "2 of 4 points (50%) are on their right side: 1 of 2 of class 1 (circles" in alt
    assert "and 1 of 2 of class 0 (triangles" in alt


def test_a_share_is_never_rounded_up_to_all():
    points, labels = [(1, i) for i in range(300)], [1] * 299 + [0]
    assert "299 of 300 points (99%)" in decision_boundary(right_of_0, points, labels).alt


def test_an_mlp_learns_the_moons_and_the_picture_says_so():
    points, labels = moons(60, Random(1))
    model = MLP(2, [8, 8, 1], rng=Random(2))
    before = decision_boundary(model, points, labels, resolution=20)
    learn(model, points, labels, steps=40)
    after = decision_boundary(model, points, labels, resolution=20)
    scores = [model(list(p)).data for p in points]
    right = sum((s > 0) == (c == 1) for s, c in zip(scores, labels, strict=True))
    assert right > 54
    assert f"{right} of 60 points" in after.alt and f"{right} of 60" not in before.alt
    assert before.image != after.image


def test_labels_may_be_0_and_1_or_minus_1_and_1():
    zeros = decision_boundary(right_of_0, SQUARE, [1, 0, 0, 1], resolution=5)
    assert decision_boundary(right_of_0, SQUARE, [1, -1, -1, 1], resolution=5) == zeros
    assert decision_boundary(right_of_0, SQUARE, np.array([1, 0, 0, 1]), resolution=5) == zeros
    assert decision_boundary(right_of_0, SQUARE, [True, False, False, True], resolution=5) == zeros


def test_scores_and_points_may_be_values():
    plain = decision_boundary(right_of_0, SQUARE, [1, 0, 0, 1], resolution=5)
    values = [[Value(x), Value(y)] for x, y in SQUARE]
    assert decision_boundary(lambda p: Value(p[0]), values, [1, 0, 0, 1], resolution=5) == plain


def test_the_model_is_asked_at_the_grid_and_at_the_points():
    asked = []
    decision_boundary(lambda p: asked.append(p) or p[0], SQUARE, [1, 0, 0, 1], resolution=30)
    assert len(asked) == 30 * 30 + 4
    assert asked[0] == pytest.approx([-1.3, -1.3])  # the corner, with a margin around the points
    assert all(type(p) is list and len(p) == 2 for p in asked)


def test_the_classes_differ_in_colour_and_in_shape():
    def one_point(label):
        return decision_boundary(lambda p: 2 * label - 1, [(0, 0)], [label], resolution=5)

    circle, triangle = one_point(1), one_point(0)
    blue, ochre = count(circle, BLUE), count(triangle, OCHRE)
    assert blue > 1.3 * ochre > 0  # a circle fills more of its square than a triangle does


def test_a_wrong_point_is_crossed_out():
    right, wrong = (decision_boundary(right_of_0, [(1, 0)], [c], resolution=5) for c in (1, 0))
    assert count(wrong, INK) > count(right, INK)


@pytest.mark.parametrize(
    ("score", "told"),
    [
        (3.0, "It is above 0 everywhere: there is no boundary. 2 of 4"),
        (-3.0, "It is below 0 everywhere: there is no boundary. 2 of 4"),
        (0.0, "It does not change its sign: there is no boundary. 0 of 4"),
    ],
)
def test_a_model_that_does_not_change_its_mind_has_no_boundary(score, told):
    assert told in decision_boundary(lambda p: score, SQUARE, [1, 0, 0, 1], resolution=5).alt


def test_one_point_is_enough():
    assert "1 of 1 points (100%)" in decision_boundary(right_of_0, [(2, 2)], [1], resolution=5).alt


def test_where_the_score_is_not_finite_the_map_is_blank():
    alt = decision_boundary(lambda p: 1 / max(p[0], 0), SQUARE, [1, 0, 0, 1], resolution=4).alt
    assert "It has no finite value in 50% of the window, which is blank." in alt
    assert "2 of 4 points (50%)" in alt


def test_spoiled_weights_give_a_card_that_names_the_likely_reason():
    model = MLP(2, [4, 1], rng=Random(0))
    for p in model.parameters():
        p.data = math.nan
    card = decision_boundary(model, SQUARE, [1, 0, 0, 1], resolution=5)
    assert isinstance(card, Card) and "train anew, with a lower learning rate" in card.alt


def test_an_error_of_the_model_is_the_one_that_is_seen():
    with pytest.raises(ValueError, match="3 weights and was given 2 inputs"):
        decision_boundary(MLP(3, [4, 1], rng=Random(0)), SQUARE, [1, 0, 0, 1], resolution=5)


def test_a_model_with_two_outputs_is_refused():
    with pytest.raises(TypeError, match=r"At \(-1.30, -1.30\) the function gives list.*one number"):
        decision_boundary(MLP(2, [4, 2], rng=Random(0)), SQUARE, [1, 0, 0, 1], resolution=5)


@pytest.mark.parametrize(
    ("points", "labels", "message"),
    [
        (SQUARE, [1, 0], "2 labels for 4 points"),
        ([], [], "at least one"),
        (SQUARE, [1, 2, 1, 2], "among these are 1.00, 2.00"),
        (SQUARE, [1, 0, -1, 0], "Labels are 0 and 1, or -1 and 1"),
        ([(1, math.nan)], [1], "A point is two finite numbers"),
        ([(1, 2, 3)], [1], r"A point is two numbers, such as \(1.0, 2.0\), not \(1, 2, 3\)"),
        ([5], [1], "A point is two numbers"),
    ],
)
def test_points_and_labels_that_do_not_fit_are_refused(points, labels, message):
    with pytest.raises(ValueError, match=message):
        decision_boundary(right_of_0, points, labels)


def test_a_resolution_of_1_is_refused():
    with pytest.raises(ValueError, match="at least 2, not 1"):
        decision_boundary(right_of_0, SQUARE, [1, 0, 0, 1], resolution=1)


# Contours and trails


def test_the_words_say_where_each_trail_begins_and_ends_and_how_high():
    trails = {"down": [(-8, 1), (-4, 0), (2, 0)], "up": [(0, 0), (0, 2)]}
    alt = contours(valley, trails, **WINDOW).alt
    assert alt.startswith("Contour map of a function of x and y, x from -10.00 to 4.00 and y from")
    assert "down: 2 steps, from (-8.00, 1.00), where the value is 42.00, to (2.00, 0)" in alt
    assert "where the value is 2.00. up: 1 step, from (0, 0), where the value is 0, to" in alt


def test_optimizers_race_in_a_valley():
    trails = race()
    picture = contours(valley, trails, **WINDOW, target=(0, 0))
    ends = {name: valley(*trail[-1]) for name, trail in trails.items()}
    assert all(f"{name}: 40 steps, from (-8.00, 1.50)" in picture.alt for name in trails)
    assert picture.alt.count("where the value is 54.50, to") == 3
    assert ends["momentum"] < ends["SGD"] < ends["Adam"]
    title = contours(
        valley,
        trails,
        **WINDOW,
        target=(0, 0),
        title=(f"momentum ends lowest, at {ends['momentum']:.3g} after 40 steps"),
    )
    assert title == picture  # so this is the title that was computed


@pytest.mark.parametrize(
    ("trail", "title"),
    [
        ([(2, 0), (1, 0)], "The value falls from 2.00 to 0.50 in 1 step"),
        ([(1, 0), (2, 0), (3, 0)], "The value rises from 0.50 to 4.50 in 2 steps"),
        ([(2, 0), (-2, 0)], "The value stays at 2.00 in 1 step"),
        ([(2, 0)], "The trail after 0 steps"),
        ([(2, 0), (math.nan, 0)], "The trail after 0 steps"),
    ],
)
def test_a_single_trail_needs_no_name(trail, title):
    picture = contours(valley, trail, **WINDOW)
    assert contours(valley, trail, **WINDOW, title=title) == picture
    assert contours(valley, {"": trail}, **WINDOW) == picture


def test_values_and_arrays_are_trails_too():
    plain = contours(valley, [(2, 1), (1, 0)], **WINDOW)
    assert contours(valley, np.array([[2, 1], [1, 0]]), **WINDOW) == plain
    values = [[Value(2), Value(1)], [Value(1), Value(0)]]
    assert contours(lambda x, y: Value(valley(x, y)), values, **WINDOW) == plain


def test_a_trail_that_leaves_the_window_is_cut_off_and_told():
    away = contours(valley, [(0, 0), (0, 2), (0, 50)], **WINDOW).alt
    assert "It is cut off where it leaves the window, at step 2, and ends outside." in away
    back = contours(valley, [(0, 0), (0, 3), (0, 0)], **WINDOW).alt
    assert "It is cut off where it leaves the window, at step 1, and ends inside." in back
    assert "window" not in contours(valley, [(-10, 2.5), (4, -2.5)], **WINDOW).alt


def test_a_run_that_diverges_is_drawn_as_far_as_it_goes():
    trail = walk(valley, SGD, (-8.0, 1.5), 240, lr=1.2)
    alt = contours(valley, {"SGD": trail}, **WINDOW).alt
    assert "where the value is not finite. It is cut off" in alt
    assert alt.endswith("is NaN or infinite.")


def test_trails_of_one_point_and_of_none():
    alt = contours(valley, {"a": [(2, 0)], "b": []}, **WINDOW).alt
    assert "a: stands at (2.00, 0), where the value is 2.00. b: no point to draw." in alt
    assert isinstance(contours(valley, {}, **WINDOW), Picture)


def test_trails_differ_in_more_than_their_colour():
    trail = [(-8, 0), (3, 0)]
    same_line_twice = contours(valley, {"a": trail, "b": trail}, **WINDOW)
    no_line_of_a = contours(valley, {"a": [], "b": trail}, **WINDOW)
    assert count(no_line_of_a, BLUE) == 0
    assert count(same_line_twice, BLUE) > 1_000  # seen between b's dashes


def test_a_target_is_a_green_star():
    assert count(contours(valley, [(2, 0)], **WINDOW), GREEN) == 0
    picture = contours(valley, [(2, 0)], **WINDOW, target=(0, 1))
    assert count(picture, GREEN) > 100
    assert picture.alt.endswith("A star at (0, 1.00) marks the target.")


def test_the_axes_have_the_names_that_are_given():
    picture = contours(valley, [(2, 0)], **WINDOW, names=("w1", "w2"))
    assert "a function of w1 and w2, w1 from -10.00 to 4.00 and w2 from" in picture.alt
    assert picture.image != contours(valley, [(2, 0)], **WINDOW).image


def test_lines_are_evenly_spaced_on_a_slope():
    assert contour_levels([i / 10 for i in range(101)]) == [float(i) for i in range(1, 10)]


def test_lines_follow_the_decades_where_heights_span_decades():
    heights = sorted(valley(x / 5, y / 20) for x in range(-50, 21) for y in range(-50, 51))
    assert contour_levels(heights) == [3, 10, 30, 100]
    assert contour_levels([5000 + h for h in heights]) == [5003, 5010, 5030, 5100]


def test_lines_can_be_asked_for():
    asked = contours(valley, [(2, 0)], **WINDOW, levels=[50, 20, 20, 1e9])
    assert asked == contours(valley, [(2, 0)], **WINDOW, levels=(20, 50))
    assert asked.image != contours(valley, [(2, 0)], **WINDOW, levels=[]).image


def test_many_decades_get_no_more_than_a_dozen_lines():
    levels = contour_levels([10.0 ** (i / 10) for i in range(-300, 300)])
    assert 6 <= len(levels) <= 12
    ratios = [b / a for a, b in zip(levels, levels[1:], strict=False)]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))


def test_a_level_plain_has_no_lines():
    assert contour_levels([3.0] * 100) == []
    assert "between 3.00 and 3.00" in contours(lambda x, y: 3, [(0, 0)], **WINDOW).alt


def test_where_a_function_has_no_value_the_map_is_blank():
    def hill(x, y):
        return math.log(x) + 1 / y  # no logarithm left of 0, a division by 0 on the axis

    alt = contours(hill, [(1, 1)], x_range=(-1, 1), y_range=(-1, 1), resolution=11).alt
    assert "It has no finite value in 59% of the window, which is blank." in alt


@pytest.mark.parametrize("height", [math.nan, math.inf, -math.inf, 1e200])
def test_a_function_without_a_finite_value_gives_a_card(height):
    card = contours(lambda x, y: height, [(0, 0)], **WINDOW)
    assert isinstance(card, Card) and "from -10 to 4 and from -2.5 to 2.5" in card.alt


def test_a_function_that_fails_everywhere_shows_its_own_error():
    with pytest.raises(ZeroDivisionError):
        contours(lambda x, y: x / 0, [], **WINDOW)


def test_a_function_that_gives_no_number_is_refused():
    with pytest.raises(TypeError, match=r"the function gives NoneType: None\. Expected is one num"):
        contours(lambda x, y: None, [(0, 0)], **WINDOW)


@pytest.mark.parametrize("limits", [(1, 1), (2, 1), (0, math.inf), (math.nan, 1)])
def test_a_window_without_extent_is_refused(limits):
    with pytest.raises(ValueError, match="from a smaller to a larger number, not"):
        contours(valley, [(0, 0)], x_range=limits, y_range=(0, 1))
