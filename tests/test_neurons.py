"""Pictures of neurons say what they show, and draw what they say."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from micrograd.engine import Value
from micrograd.viz import network_diagram, neuron_map, sum_curve, weight_lines
from micrograd.viz.neurons import KINKS, MOST_NEURONS, shape

BLUE, INK = "#0072B2", "#1A1A1A"


def polylines(picture):
    """Colour, dashes and points of each line in the panels, those through 0 left out."""
    found = [e for e in ElementTree.fromstring(picture.image).iter() if "polyline" in e.tag]
    return [
        (e.get("stroke"), e.get("stroke-dasharray", ""), e.get("points").split())
        for e in found
        if e.get("stroke") != "#d0d3d6"
    ]


def pixel(x, y):
    """Where on a neuron's map a place of the plane is drawn."""
    return 72 + (x + 3) / 6 * 264, 62 + (3 - y) / 6 * 264


def relu(x):
    return max(0.0, x)


# One neuron


def test_a_neuron_is_told_by_its_line_and_by_the_side_where_it_grows():
    alt = neuron_map(3.0, -4.0, 10.0).alt
    assert "where 3·x1 − 4·x2 + 10 is 0" in alt
    assert "at a distance of 2.00 from the origin" in alt and "length 5.00" in alt


def test_a_line_outside_of_the_window_is_told():
    assert "outside of the window" in neuron_map(1.0, 0.0, 5.0).alt
    assert "outside of the window" not in neuron_map(1.0, 0.0, 2.0).alt


def test_a_neuron_without_weights_has_no_line():
    assert neuron_map(0.0, 0.0, -2.0).alt == (
        "Map of a neuron without weights: it gives -2.00 everywhere."
    )
    assert neuron_map(0.0, 0.0, -2.0, "relu").alt.endswith("it gives 0 everywhere.")


def test_the_kinks_change_the_picture_and_its_words():
    pictures = [neuron_map(1.0, 1.0, 0.0, kink) for kink in KINKS]
    assert len({picture.image for picture in pictures}) == 3
    assert "relu leaves 0" in pictures[1].alt and "levels off" in pictures[2].alt


def test_the_line_is_drawn_where_the_sum_is_0():
    [(color, _, points)] = polylines(neuron_map(1.0, 2.0, -1.0))
    assert color == INK
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in points)
    across, down = pixel(1.0, 0.0)  # 1 + 2 * 0 - 1 is 0
    assert math.isclose((across - x0) * (y1 - y0), (down - y0) * (x1 - x0), rel_tol=0.01)


def test_above_and_below_0_are_two_colours_and_relu_leaves_one():
    plain, relu_map = neuron_map(1, 2, -1), neuron_map(1, 2, -1, "relu")
    assert "below 0" in plain.image and "below 0" not in relu_map.image
    assert "above 0" in plain.image and "above 0" in relu_map.image


def test_chosen_points_carry_what_the_neuron_gives():
    picture = neuron_map(1.0, 2.0, -1.0, points=[(2, 1), (-1, 0)])
    assert ">3</text>" in picture.image and ">−2</text>" in picture.image
    assert "It gives 3.00 at (2, 1) and -2.00 at (−1, 0)." in picture.alt
    assert (
        "3.00 at (2, 1) and 0 at (−1, 0)"
        in neuron_map(1, 2, -1, "relu", points=[(2, 1), (-1, 0)]).alt
    )


def test_weights_may_be_values():
    assert neuron_map(Value(1.0), Value(2.0), Value(-1.0)) == neuron_map(1.0, 2.0, -1.0)


def test_another_kink_is_refused():
    with pytest.raises(ValueError, match="none, relu or tanh, and not 'elu'"):
        neuron_map(1.0, 1.0, 0.0, "elu")


# A sum of neurons


def test_a_sum_of_lines_is_a_line():
    lines = {"2x + 1": lambda x: 2 * x + 1, "1 - x": lambda x: 1 - x, "x": lambda x: x}
    assert "The sum is a straight line" in sum_curve(lines).alt


def test_a_sum_of_kinks_has_a_bend_for_each():
    tent = {"up": lambda x: relu(x + 1), "down": lambda x: -2 * relu(x), "up again": relu_from(1)}
    alt = sum_curve(tent).alt
    assert "The sum has 3 bends" in alt and "1.00 at 0" in alt


def relu_from(place):
    return lambda x: relu(x - place)


def test_bends_between_the_places_that_are_computed_count_once():
    xs = [i / 100 - 1 for i in range(201)]
    assert shape([relu(x - 0.123456) for x in xs]) == "has 1 bend"


def test_a_sum_of_curves_is_a_curve():
    assert "The sum is a curve" in sum_curve({"tanh": math.tanh, "x": lambda x: x}).alt


def test_a_sum_is_the_broad_blue_line_and_has_a_corner_at_each_bend():
    up, down, total = polylines(sum_curve({"up": relu_from(-1), "down": lambda x: -2 * relu(x)}))
    assert total[0] == BLUE and not total[1] and up[1] and down[1]
    assert [len(points) for _, _, points in (up, down, total)] == [3, 3, 4]


def test_functions_may_give_values():
    assert "straight line" in sum_curve({"x": lambda x: Value(x) * 2}).alt


def test_nothing_cannot_be_added_up():
    with pytest.raises(ValueError, match="nothing to add up"):
        sum_curve({})


# A network


def test_a_network_is_counted_layer_by_layer():
    alt = network_diagram([2, 8, 8, 1]).alt
    assert "2 inputs, then layers of 8, 8 and 1 neurons" in alt
    assert "24 + 72 + 9 = 105" in alt


def test_a_diagram_has_a_circle_for_each_and_a_line_for_each_weight():
    svg = ElementTree.fromstring(network_diagram([2, 3, 1]).image)
    names = [element.tag.rpartition("}")[2] for element in svg.iter()]
    assert names[1] == "title" and names.count("circle") == 6
    [lines] = [element.get("d") for element in svg.iter() if element.tag.endswith("path")]
    assert lines.count("L") == 2 * 3 + 3 * 1
    assert "parameters: 9 + 4 = 13" in "".join(svg.itertext())


def test_of_a_wide_layer_some_neurons_are_drawn_and_all_are_counted():
    picture = network_diagram([1, 40, 1])
    svg = ElementTree.fromstring(picture.image)
    assert sum(e.tag.endswith("circle") for e in svg.iter()) == MOST_NEURONS + 2
    assert f"({MOST_NEURONS} of them drawn)" in picture.image and "80 + 41 = 121" in picture.alt


@pytest.mark.parametrize("sizes", [[2], [], [2, 0, 1]])
def test_what_is_no_network_is_refused(sizes):
    with pytest.raises(ValueError, match="inputs and a layer"):
        network_diagram(sizes)


# Their weights


def test_weights_that_never_differ_are_told():
    history = {"neuron 1": [0.5, 0.4], "neuron 2": [0.5, 0.4], "neuron 3": [0.5, 0.6]}
    picture = weight_lines(history)
    assert "Neuron 1 and neuron 2 never differ" in picture.alt
    assert "neuron 3 goes from 0.50 to 0.60" in picture.alt
    assert [line[:2] for line in polylines(picture)] == [
        (BLUE, ""),
        (INK, "7 4"),
        ("#CC79A7", "9 3 2 3"),
    ]


def test_a_long_way_is_drawn_at_some_steps_with_both_ends():
    [(_, _, points)] = polylines(weight_lines({"w": [i / 1000 for i in range(1000)]}))
    assert len(points) <= 62
    assert points[0].startswith("56.0,") and points[-1].startswith("384.0,")


def test_a_single_number_is_a_way_too():
    assert "over 0 training steps" in weight_lines({"w": [1.0]}).alt


def test_weights_that_part_are_told():
    assert "Each goes its own way" in weight_lines({"a": [1, 2], "b": [1, 3]}).alt


def test_no_weights_are_refused():
    with pytest.raises(ValueError, match="no weights to draw"):
        weight_lines({"a": []})


# All of them


def test_pictures_are_small_and_take_titles_and_texts():
    def drawn(**words):
        return [
            neuron_map(1, 2, 3, **words),
            sum_curve({"x": relu}, **words),
            weight_lines({"a": [0.1, 0.2]}, **words),
        ]

    for plain, titled, spoken in zip(
        drawn(), drawn(title="A title"), drawn(alt="A text."), strict=True
    ):
        assert len(plain.image) < 5_000
        assert titled.image != plain.image and titled.alt == plain.alt
        assert spoken.alt == "A text." and "<desc>A text.</desc>" in spoken.image
