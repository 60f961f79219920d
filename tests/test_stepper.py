"""The stepper plays what a backward pass did: ours, a learner's, a wrong or an endless one."""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from browser import browser, copy_of_checkout, jupyterlab, open_notebook
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from micrograd import nn
from micrograd.engine import Value, topological_order
from micrograd.viz import Card, Picture, Strip, step_backward
from micrograd.viz.graph import walk
from micrograd.viz.recorder import MOST_WRITES, record
from micrograd.viz.telling import steps_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def standing_pictures(monkeypatch):
    monkeypatch.setenv("MICROGRAD_STATIC", "1")


class Learner:
    """As notebook 03a gives it: no label, no backward, tuples."""

    def __init__(self, data, parents=(), local=(), op=""):
        self.data, self.grad = data, 0.0
        self._prev, self._local, self._op = parents, local, op

    def __mul__(self, other):
        return Learner(self.data * other.data, (self, other), (other.data, self.data), "*")

    def __add__(self, other):
        return Learner(self.data + other.data, (self, other), (1.0, 1.0), "+")


class Closures:
    """As public micrograd code has it: a set of parents, and a function for each node."""

    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad, self.label = data, 0, ""
        self._prev, self._op, self._backward = set(_children), _op, lambda: None

    def __mul__(self, other):
        out = Closures(self.data * other.data, (self, other), "*")

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = back
        return out

    def backward(self):
        order = [self]
        for node in order:
            order += [parent for parent in node._prev if parent not in order]
        self.grad = 1
        for node in order:
            node._backward()


class Slotted:
    __slots__ = ("_local", "_op", "_prev", "data", "grad")

    def __init__(self, data, parents=(), local=()):
        self.data, self.grad, self._op = data, 0.0, "*"
        self._prev, self._local = list(parents), list(local)


def named(value, label):
    value.label = label
    return value


def leaves(**numbers):
    return [Value(x, label=name) for name, x in numbers.items()]


def two_weights():
    x, w, b = leaves(x=3.0, w=2.0, b=-8.0)
    h = named(x * w, "h")
    return named((h + b) ** 2, "L")


def diamond():
    a, b = leaves(a=2.0, b=4.0)
    s = named(a * 3.0, "s")
    t = named(s * b, "t")
    return named(s + t, "root")


def recorded(root, backward=Value.backward):
    return record(walk(root)[0], backward)


def passes(root, backward=Value.backward):
    """Each gradient handed on, as (from, to, before, after)."""
    found = recorded(root, backward)

    def name(i):
        return found.values[i].label

    return [
        (*map(name, w.sources), name(w.target), w.before, w.after)
        for w in found.writes
        if w.sources
    ]


def texts(root, backward=None, **options):
    shown = step_backward(root, backward, **options)
    return [picture.alt for picture in getattr(shown, "pictures", [shown])]


def plainly(rule, order=lambda root: topological_order(root)[::-1]):
    """A backward pass that hands on what `rule` says, in some order."""

    def backward(root):
        root.grad = 1.0
        for node in order(root):
            for parent, local in zip(node._prev, node._local, strict=True):
                rule(parent, local, node)

    return backward


def add(parent, local, node):
    parent.grad += local * node.grad


def assign(parent, local, node):
    parent.grad = local * node.grad


def from_the_front(root):
    met, waiting = {}, [root]
    while waiting:
        node = waiting.pop(0)
        if node not in met:
            met[node] = True
            waiting += node._prev
    return list(met)


# The record is true


def test_each_gradient_that_is_handed_on_is_recorded_with_its_two_ends():
    root = two_weights()
    total = root._prev[0]
    named(total, "sum")
    assert passes(root) == [
        ("L", "sum", 0.0, -4.0),
        ("sum", "h", 0.0, -4.0),
        ("sum", "b", 0.0, -4.0),
        ("h", "x", 0.0, -8.0),
        ("h", "w", 0.0, -12.0),
    ]


def test_the_line_that_did_it_is_recorded():
    assert {w.code for w in recorded(two_weights()).writes if w.sources} == {
        "parent.grad += local * grad"
    }
    assert {w.code for w in recorded(two_weights(), plainly(assign)).writes if w.sources} == {
        "parent.grad = local * node.grad"
    }


def test_a_value_used_twice_shows_both_shares_and_their_sum():
    (a,) = leaves(a=3.0)
    assert passes(named(a * a, "root")) == [("root", "a", 0.0, 3.0), ("root", "a", 3.0, 6.0)]


def test_a_sum_is_told_from_an_assignment_and_a_zero_from_both():
    root = diamond()
    for value in topological_order(root):
        value.grad = 5.0
    writes = recorded(root).writes
    assert [w.after for w in writes if not w.sources] == [0.0, 0.0, 0.0, 1.0]
    assert all(w.adds for w in writes if w.sources)
    assert not any(w.adds for w in recorded(root, plainly(assign)).writes)


def test_numpy_numbers_keep_the_trace():
    a, b = Learner(np.float64(2.0)), Learner(np.float64(-3.0))
    found = recorded(a * b, plainly(add))
    assert [w.sources for w in found.writes] == [(), (2,), (2,)]
    assert [float(w.after) for w in found.writes] == [1.0, -3.0, 2.0]


def test_a_gradient_gathered_from_several_children_names_them_all():
    def gather(root):
        root.grad = 1.0
        order = topological_order(root)
        for node in reversed(order[:-1]):
            node.grad = sum(
                local * child.grad
                for child in order
                for parent, local in zip(child._prev, child._local, strict=True)
                if parent is node
            )

    assert ("t", "root", "s", 0.0, 5.0) in passes(diamond(), gather)
    assert any("t, root together give 5 to s" in text for text in texts(diamond(), gather))


@pytest.mark.parametrize("seed", range(20))
def test_on_random_graphs_the_last_gradients_are_those_of_the_engine(seed):
    rng = Random(seed)
    values = [Value(rng.uniform(-2, 2)) for _ in range(3)]
    for _ in range(12):
        a, b = rng.choices(values, k=2)
        values.append(rng.choice([a + b, a * b, a - b, a.tanh()]))
    root = values[-1]
    found = recorded(root)
    last = list(found.start)
    for write in found.writes:
        assert write.before == last[write.target]
        last[write.target] = write.after
    assert all(value.grad == 0.0 for value in found.values)
    root.backward()
    assert last == [value.grad for value in found.values]


# Nothing is harmed


def state(root):
    return [(v.data, v.grad, v._prev, v._op, dict(vars(v))) for v in walk(root)[0]]


def spoil(root):
    for value in topological_order(root):
        value.data, value.grad, value._prev, value.visited = -1.0, None, (), True
    raise ValueError("enough")


@pytest.mark.parametrize("backward", [None, plainly(assign), spoil, exec])
def test_the_values_are_left_as_they_were(backward):
    root = diamond()
    root._prev[0].grad = 7.0
    before, grad_of_the_class = state(root), vars(Value)["grad"]
    step_backward(root, backward)
    assert state(root) == before
    assert vars(Value)["grad"] is grad_of_the_class
    root.backward()
    assert root._prev[0].grad == 5.0


def test_lists_of_parents_that_a_function_empties_come_back():
    a = Slotted(3.0)
    root = Slotted(9.0, [a, a], [3.0, 3.0])

    def emptying(root):
        root.grad = 1.0
        while root._prev:
            root._prev.pop().grad += root._local.pop() * root.grad

    assert texts(root, emptying)[-1].endswith("The pass is over: the 3 has 6.")
    assert root._prev == [a, a] and root._local == [3.0, 3.0] and a.grad == 0.0


def test_values_outside_the_graph_keep_their_gradients():
    other = Value(1.0)

    def elsewhere(root):
        other.grad += 2.0
        Value.backward(root)

    assert len(recorded(two_weights(), elsewhere).writes) == len(recorded(two_weights()).writes)
    assert other.grad == 2.0


def test_a_debugger_goes_on_after_the_run():
    def tracer(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        step_backward(two_weights())
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


# Right and wrong functions, in words


def test_a_step_says_who_passes_what_to_whom_and_what_it_sums_to():
    told = texts(two_weights())
    assert told[0] == "Step 0 of 8. Before the pass. Every gradient is 0."
    assert told[1].startswith("Step 1 of 8. 3 values are set to 0.")
    assert told[2].startswith("Step 2 of 8. The start: L moves with itself at rate 1.")
    assert told[-2] == (
        "Step 7 of 8. h, made by *, passes 3 × −4 = −12 to w. w's sum so far: 0 − 12 = −12. "
        "The line: parent.grad += local * grad"
    )
    assert told[-1] == "Step 8 of 8. The pass is over: x has −8, w has −12, b has −4."


def test_assigning_shows_what_is_lost_and_what_it_should_be():
    told = texts(diamond(), plainly(assign))
    assert any("s is set to 4, and the 1 that it had is lost" in text for text in told) or any(
        "s is set to 1, and the 4 that it had is lost" in text for text in told
    )
    assert "The local derivatives alone give: " in told[-1] and "a has 15" in told[-1]


def test_a_walk_from_the_front_hands_on_too_early():
    told = texts(diamond(), plainly(add, from_the_front))
    assert "a has 3" in told[-1] and "a has 15" in told[-1]


def test_gradients_from_before_are_named_at_the_start():
    root = two_weights()
    root.backward()
    told = texts(root)
    assert "Gradients from before: x has −8" in told[0]
    assert "forgetting" in told[1]
    assert "x has −16" in told[-1] and "alone give: x has −8" in told[-1]


def test_the_wrong_local_derivative_is_held_against_the_right_one():
    def with_its_own_number(parent, local, node):
        parent.grad += parent.data * node.grad

    (a,), b = leaves(a=2.0), Value(5.0, label="b")
    told = texts(named(a * b, "root"), plainly(with_its_own_number))
    assert any(
        "passes 2 (local derivative × gradient would be 5 × 1 = 5) to a" in text for text in told
    )


def test_a_pass_that_sets_nothing_says_so():
    assert "it set no gradient at all" in texts(two_weights(), lambda root: None)[-1]


# Functions that do not end well


def test_an_endless_function_ends_in_a_sentence():
    def endless(root):
        root.grad = 1.0
        while True:
            pass

    told = texts(two_weights(), endless)
    assert "The start" in told[1] and "never ends" in told[-1]


def test_a_loop_that_swallows_every_error_ends_all_the_same():
    def swallowing(root):
        while True:
            try:
                root.grad = 1.0
                root.missing()
            except:  # noqa: E722
                pass

    def writing(root):
        while True:
            try:
                root.grad += 1.0
            except:  # noqa: E722
                continue

    def waiting(root):
        try:
            while True:
                pass
        except:  # noqa: E722
            pass

    assert "never ends" in recorded(two_weights(), waiting).trouble
    for endless in (swallowing, writing):
        found = recorded(two_weights(), endless)
        assert len(found.writes) == MOST_WRITES and "again and again" in found.trouble


def test_a_loop_in_a_function_that_somebody_else_tries_is_ended_too():
    def endless(root):
        while True:
            root.gradient = 1.0

    def trying(root):
        try:
            endless(root)
        except:  # noqa: E722
            root.grad = 1.0

    found = recorded(two_weights(), trying)
    assert "never ends" in found.trouble and len(found.writes) == 1


def test_a_function_that_sets_gradients_for_ever_is_stopped():
    def for_ever(root):
        while True:
            root.grad += 1.0

    found = recorded(two_weights(), for_ever)
    assert len(found.writes) == MOST_WRITES and "again and again" in found.trouble


def test_an_error_ends_the_steps_and_names_the_line():
    def raising(root):
        root.grad = 1.0
        return root.gradient

    told = texts(two_weights(), raising)
    assert "AttributeError" in told[-1] and "at the line return root.gradient" in told[-1]
    assert len(told) == 3


def test_an_error_without_a_message_of_its_own_is_a_sentence_too():
    class Sulking(Exception):
        def __str__(self):
            raise self

    def raising(root):
        raise Sulking

    assert "It ended with Sulking" in texts(two_weights(), raising)[-1]


def test_recursion_without_end_is_told():
    def again(root):
        again(root)

    assert "RecursionError" in texts(two_weights(), again)[-1]


def test_an_interrupt_by_hand_leaves_the_values_as_they_were():
    def interrupted(root):
        spoil_one = root._prev[0]
        spoil_one.data = spoil_one.grad = -1.0
        raise KeyboardInterrupt

    root = diamond()
    before, grad_of_the_class = state(root), vars(Value)["grad"]
    with pytest.raises(KeyboardInterrupt):
        step_backward(root, interrupted)
    assert state(root) == before and vars(Value)["grad"] is grad_of_the_class


# Anybody's class


def test_the_learners_class_works_and_gets_our_backward():
    a, b = named(Learner(2.0), "a"), named(Learner(-3.0), "b")
    told = texts(named(a * b + a, "y"))
    assert told[-1].endswith("a has −2, b has 2.")
    assert (a.grad, b.grad) == (0.0, 0.0)


def test_a_class_with_closures_runs_its_own_backward():
    a, b = named(Closures(2.0), "a"), named(Closures(5.0), "b")
    told = texts(named(a * b, "y"))
    assert any("y, made by *, passes 5 to a. a's sum so far: 0 + 5 = 5." in text for text in told)
    assert "self.grad += other.data * out.grad" in " ".join(told)
    assert (a.grad, b.grad) == (0, 0)


def test_slots_without_a_dictionary_work():
    a = Slotted(3.0)
    assert texts(Slotted(9.0, [a, a], [3.0, 3.0]))[-1].endswith("the 3 has 6.")


def test_two_classes_may_share_a_graph():
    a, b = Learner(2.0), Value(5.0)
    root = Learner(10.0, (a, b), (5.0, 2.0), "*")
    assert texts(root)[-1].endswith("the 2 has 5, the 5 has 2.")


def test_the_bound_method_is_as_good_as_the_function():
    root = two_weights()
    assert texts(root, root.backward) == texts(root)


# Limits and bad input


def deep(links):
    x = Value(1.0)
    for _ in range(links):
        x = x + 1.0
    return x


def test_sixty_values_are_played_and_sixty_one_are_a_sentence():
    assert isinstance(step_backward(deep(59)), Strip)
    card = step_backward(deep(60))
    assert isinstance(card, Card)
    assert "61 values" in card.alt and "a part of it" in card.alt


def test_a_graph_a_hundred_thousand_deep_is_a_sentence_too():
    assert "100,001 values" in step_backward(deep(100_000)).alt


def test_a_network_is_played():
    model = nn.MLP(2, [3, 1], rng=Random(0))
    told = texts(model([1.0, -2.0]), stills=[0, 10, -1])
    assert len(told) == 3 and "passes" in told[1] and "The pass is over" in told[2]


@pytest.mark.parametrize("thing", [3.0, None, "loss", [Value(1.0)]])
def test_what_is_no_value_is_refused_with_a_sentence(thing):
    with pytest.raises(TypeError, match=r"step_backward plays .* such as the loss"):
        step_backward(thing)


def test_a_backward_that_was_called_already_is_refused():
    root = two_weights()
    with pytest.raises(TypeError, match="without calling it"):
        step_backward(root, 3.0)


def test_a_plain_number_among_the_parents_is_named():
    with pytest.raises(TypeError, match=r"this one has none: 2\.0"):
        step_backward(Learner(6.0, (Learner(3.0), 2.0), (2.0, 3.0), "*"))


@pytest.mark.parametrize("local", [None, 2.0, ("one", "two"), (1.0,)])
def test_local_derivatives_that_are_none_do_no_harm(local):
    a = Learner(3.0)
    root = Learner(6.0, (a, a), local, "+")
    told = texts(root, lambda root: setattr(root, "grad", 1.0))
    assert "The pass is over" in told[-1]


@pytest.mark.parametrize(
    "grad",
    [None, "steep", math.nan, math.inf, True, [1.0], pytest.param(10**400, id="too large")],
)
def test_gradients_that_are_no_numbers_are_shown_as_they_are(grad):
    told = texts(two_weights(), lambda root: setattr(root, "grad", grad))
    assert len(told) == 3


# The pictures


def shapes(picture):
    root = ElementTree.fromstring(picture.image)
    texts = [text.text for text in root.iter(f"{SVG}text")]
    thick = [part for part in root.iter() if part.get("stroke-width") == "2.5"]
    return root, texts, thick


def test_each_step_is_a_picture_with_its_words_and_its_line():
    pictures = step_backward(two_weights()).pictures
    root, words, thick = shapes(pictures[-2])
    assert "grad -12" in words and "parent.grad += local * grad" in words
    assert " ".join(words).count("h, made by *, passes") == 1
    assert len(thick) == 6  # the box, the operation, and two arrows with their heads
    assert root.findtext(f"{SVG}title") == "Backward through L, step 7"
    assert root.findtext(f"{SVG}desc") == pictures[-2].alt


def on_arrows(picture):
    """The numbers that stand on the arrows of a picture."""
    return [text for text in shapes(picture)[1] if text and text.startswith("← ")]


def test_the_number_that_flows_stands_on_its_arrow():
    pictures = step_backward(two_weights()).pictures
    assert [on_arrows(picture) for picture in pictures] == [
        *[[]] * 3,
        ["← −4"],
        ["← −4"],
        ["← −4"],
        ["← −8"],
        ["← −12"],
        [],
    ]


def test_a_wrong_function_has_its_wrong_number_on_the_arrow():
    def with_its_own_number(parent, local, node):
        parent.grad = parent.data * node.grad

    (a,), b = leaves(a=2.0), Value(5.0, label="b")
    pictures = step_backward(named(a * b, "root"), plainly(with_its_own_number)).pictures
    assert [on_arrows(picture) for picture in pictures] == [[], [], ["← 2"], ["← 5"], []]


def test_what_two_values_give_together_stands_on_no_arrow():
    def together(root):
        root.grad = 1.0
        s, t = root._prev
        t.grad = root.grad
        s.grad = root.grad + t.grad * 4.0

    pictures = step_backward(diamond(), together).pictures
    assert "together give 5 to s" in pictures[3].alt and on_arrows(pictures[3]) == []
    assert len(shapes(pictures[3])[2]) > 6


def test_all_steps_have_the_same_place_for_everything():
    def places(picture):
        root = shapes(picture)[0]
        paths = [p.get("d") for p in root.iter(f"{SVG}path")]
        return root.get("viewBox"), sorted(paths)

    pictures = step_backward(diamond(), plainly(assign)).pictures
    assert len({str(places(picture)) for picture in pictures}) == 1


def test_a_parent_used_twice_has_its_arrows_lit_one_after_the_other():
    (a,) = leaves(a=3.0)
    pictures = step_backward(named(a * a, "root")).pictures
    lit = [
        frozenset(part.get("d") for part in shapes(picture)[2] if part.get("d"))
        for picture in pictures
    ]
    first, second = [paths for paths in lit if paths]
    assert first != second


def test_long_passes_stand_as_twelve_pictures_and_a_choice_as_chosen():
    assert len(step_backward(deep(40)).pictures) <= 12
    chosen = step_backward(two_weights(), stills=[0, 8])
    assert [picture.alt[:6] for picture in chosen.pictures] == ["Step 0", "Step 8"]
    assert isinstance(step_backward(two_weights(), stills=[3]), Picture)
    assert "The pass is over" in step_backward(two_weights(), stills=[99]).alt


def test_hostile_labels_stay_text():
    (a,) = leaves(a=3.0)
    a.label = '<script>&"{|}'
    picture = step_backward(named(a * a, "root")).pictures[-1]
    assert "<script>" not in picture.image and "<script>" not in picture.html
    assert '<script>&"{|}' in shapes(picture)[1]


def test_without_a_layout_the_steps_are_told(monkeypatch):
    monkeypatch.setattr("micrograd.viz.stepper.lay_out", lambda dot: None)
    cards = step_backward(two_weights()).pictures
    assert {type(card) for card in cards} == {Card}
    assert "passes 3 × −4 = −12 to w" in cards[-2].alt


def test_steps_follow_each_other_without_a_gap():
    steps = steps_of(recorded(diamond()))
    kinds = Counter("pass" if step.write else "other" for step in steps)
    assert kinds == {"pass": 5, "other": 4}
    for before, after in zip(steps, steps[1:], strict=False):
        changed = {i for i, grad in enumerate(after.grads) if grad != before.grads[i]}
        assert changed <= set(after.marked) or after is steps[-1]


# Alive


def test_alive_it_is_a_player_with_a_slider_and_buttons(monkeypatch):
    monkeypatch.delenv("MICROGRAD_STATIC")
    box = step_backward(two_weights())
    buttons, slider, screen = box.children
    assert (slider.min, slider.max, slider.value) == (0, 8, 0)
    assert "Every gradient is 0" in screen.value
    slider.value = 7
    assert "passes 3 × −4 = −12 to w" in screen.value
    on = buttons.children[2]
    on.click()
    assert "The pass is over" in screen.value


CELL = """
from micrograd import Value
from micrograd.viz import step_backward

def with_equals(root):
    root.grad = 1.0
    for parent, local in zip(root._prev, root._local):
        parent.grad = local * root.grad

a = Value(3.0, label="a")
square = a * a
square.label = "square"
step_backward(square, with_equals)
"""


@pytest.mark.slow
@pytest.mark.needs_chromium
def test_in_a_browser_it_is_moved_by_keys_by_buttons_and_by_itself(chromium, tmp_path, monkeypatch):
    monkeypatch.delenv("MICROGRAD_STATIC")
    root = copy_of_checkout(Path(__file__).resolve().parent.parent, tmp_path / "course")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    written = new_notebook(cells=[new_code_cell(CELL)], metadata=kernel)
    nbformat.write(written, root / "work" / "stepper.ipynb")
    home = tmp_path / "home"
    home.mkdir()
    with jupyterlab(root, home) as lab, browser(chromium) as page:
        notebook = open_notebook(page, lab, "work/stepper.ipynb")
        notebook.run_all()
        picture, output = notebook.cell(0).get_by_role("img"), notebook.cell(0)
        expect(picture).to_have_attribute("alt", re.compile("Step 0 of 4.*Every gradient is 0"))
        slider = output.get_by_role("slider")
        for _ in range(3):
            slider.press("ArrowRight")
        expect(picture).to_have_attribute("alt", re.compile("the 3 that it had is lost"))
        slider.press("ArrowLeft")
        expect(picture).to_have_attribute("alt", re.compile("Step 2 of 4.*a is set to 3"))
        output.get_by_role("button", name="back").press("Enter")
        expect(picture).to_have_attribute("alt", re.compile("Step 1 of 4.*The start"))
        output.locator(".jp-OutputArea button").first.press("Enter")  # play
        expect(picture).to_have_attribute(
            "alt", re.compile("a has 3.*alone give: a has 6"), timeout=15_000
        )
        assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
        assert notebook.value_of("a.grad, square.grad") == (0.0, 0.0)
