"""Pictures of a whole GPT say what they show, and draw what they say."""

from __future__ import annotations

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from micrograd.engine import Value
from micrograd.gpt import GPTConfig
from micrograd.viz import gpt_map, stream_lanes
from micrograd.viz.streams import BARS_LEFT, BARS_RIGHT, MOST_NUMBERS, PARTS

SVG = "{http://www.w3.org/2000/svg}"
OURS = GPTConfig(27)


def drawing(picture):
    return ElementTree.fromstring(picture.image)


def words(picture):
    return [element.text for element in drawing(picture).iter(f"{SVG}text")]


def lanes(picture):
    """Fill and path of each lane: those of the zero lines and the letters have no `z`."""
    paths = drawing(picture).iter(f"{SVG}path")
    return [(path.get("fill"), path.get("d")) for path in paths if path.get("d").endswith("z")]


def heights(path):
    """How far each bar of a lane goes up, in pixels."""
    return [-float(rise) for rise in re.findall(r"v(-?[\d.]+)", path)]


# The map


def test_the_map_names_every_part_and_its_sizes():
    said = words(gpt_map(OURS))
    assert {"embed", "attention", "feed_forward", "lm_head", "4 heads of 4"} <= {*said}
    assert "16 → 64 → 16" in said and "27 logits, one for each token" in said
    assert said.count("rmsnorm") == 3 and said.count("+") == 2


def test_the_map_follows_the_sizes_of_the_model():
    picture = gpt_map(GPTConfig(50257, n_layer=12, n_head=12, n_embd=768))
    assert "12 heads of 64" in words(picture) and "768 → 3072 → 768" in words(picture)
    assert "12 blocks, one after the other" in words(picture)
    assert "12 blocks, one after the other" in picture.alt and "50,257 logits" in picture.alt


def test_a_learners_own_config_will_do():
    sizes = SimpleNamespace(vocab_size=3, n_layer=1, n_head=1, n_embd=2)
    assert "1 head of 2" in gpt_map(sizes).alt and "1 head of 2" in words(gpt_map(sizes))


def test_what_is_not_ready_has_broken_edges_and_is_told():
    def broken(picture):
        rects = drawing(picture).iter(f"{SVG}rect")
        return sum(rect.get("stroke-dasharray") == "6 4" for rect in rects)

    partly = gpt_map(OURS, ready=["embed", "rmsnorm"])
    assert broken(partly) == 3 and broken(gpt_map(OURS)) == 0
    assert "Still to be written: attention, feed_forward, lm_head." in partly.alt
    assert "Still" not in gpt_map(OURS).alt
    assert "3 parts to write" in words(partly)
    assert "1 part to write" in words(gpt_map(OURS, ready=PARTS[:-1]))


def test_notes_stand_beside_their_parts_and_in_the_text():
    picture = gpt_map(OURS, notes={"attention": ["1,024 weights", "11,960 operations"]})
    assert {"1,024 weights", "11,960 operations"} <= {*words(picture)}
    assert "attention: 1,024 weights, 11,960 operations" in picture.alt


def test_a_part_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="and not 'dropout'"):
        gpt_map(OURS, ready=["dropout"])
    with pytest.raises(ValueError, match="and not 'mask'"):
        gpt_map(OURS, notes={"mask": ["none"]})


# The lanes


def test_bars_are_as_long_as_their_numbers_on_one_scale():
    picture = stream_lanes({"stream": [2.0, -1.0, 0.0], "part adds": [0.5, 0.5, -0.5]})
    (_, stream), (_, part) = lanes(picture)
    full = heights(stream)[0]
    assert heights(stream) == pytest.approx([full, -full / 2, 0], abs=0.1)
    assert heights(part) == pytest.approx([full / 4, full / 4, -full / 4], abs=0.1)


def test_all_bars_stand_between_the_two_ends():
    [(_, path)] = lanes(stream_lanes({"stream": [1.0] * MOST_NUMBERS}))
    starts = [float(x) for x in re.findall(r"M([\d.]+)", path)]
    assert len(starts) == MOST_NUMBERS
    assert min(starts) > BARS_LEFT and max(starts) < BARS_RIGHT


def test_what_is_added_has_open_bars():
    fills = [fill for fill, _ in lanes(stream_lanes({"x": [1.0], "f": [0.5]}, added=["f"]))]
    assert fills == ["#0072B2", "#ffffff"]


def test_the_text_tells_the_sizes_and_the_notes():
    alt = stream_lanes({"x": [3.0, 4.0], "f": [0.0, 0.0]}, notes={"x": "n 15%"}).alt
    assert "x: size 3.54, n 15%" in alt and "f: size 0.00" in alt


def test_values_are_drawn_as_their_numbers():
    plain, values = stream_lanes({"x": [1.0, -2.0]}), stream_lanes({"x": [Value(1.0), Value(-2.0)]})
    assert plain.image == values.image and plain.alt == values.alt


def test_vectors_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="have 1, 2 numbers"):
        stream_lanes({"x": [1.0], "y": [1.0, 2.0]})
    with pytest.raises(ValueError, match="have no numbers"):
        stream_lanes({})
    with pytest.raises(ValueError, match=f"from 1 to {MOST_NUMBERS}"):
        stream_lanes({"x": [1.0] * (MOST_NUMBERS + 1)})


@pytest.mark.parametrize("picture", [gpt_map(OURS), stream_lanes({"x": [1.0]})], ids=["map", "x"])
def test_a_drawing_is_small_and_carries_its_text(picture):
    description = drawing(picture).find(f"{SVG}desc")
    assert description is not None and description.text == picture.alt
    assert len(picture.image) < 6000
    title = stream_lanes({"x": [1.0]}, title="a < b & c", alt="Own words.")
    assert "a < b & c" in words(title) and title.alt == "Own words."
