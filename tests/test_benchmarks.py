"""The benchmarks measure what they say: equal programs, fairly started. No time is judged here."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks import plain_gpt, plain_mlp, scalar
from benchmarks.sides import Ratio, Side, ratio, take_turns
from micrograd import nn
from micrograd.engine import Value
from micrograd.gpt import GPT

ROOT = Path(__file__).resolve().parent.parent
TINY = scalar.Sizes(
    gpt=(1, 1), moons=(1, 1), points=2, chain=(5, 50, 1), nodes=10, growth=(1, 2), texts=(1, 1)
)


def first(count: int, steps: Iterator[Any]) -> list[Any]:
    return list(islice(steps, count))


# The sides of each comparison do the same.


@pytest.mark.parametrize("kind", [GPT, scalar.TwoParents])
@pytest.mark.parametrize("ours", [scalar.steps_as_trained, scalar.steps_untouched])
def test_the_gpts_losses_equal_the_plain_programs(ours, kind):
    plain = first(3, scalar.plain_steps())
    assert first(3, ours(kind)) == pytest.approx(plain, rel=0, abs=1e-9)
    assert len(set(plain)) == 3


@pytest.mark.parametrize("kind", [Value, float])
def test_the_moons_losses_equal_the_plain_programs(kind):
    plain = first(3, scalar.plain_moons(20))
    assert first(3, scalar.our_moons(20, kind)) == pytest.approx(plain, rel=0, abs=1e-9)
    assert plain[2] < plain[0]


def test_the_sampled_texts_are_the_plain_programs():
    texts = first(3, scalar.plain_texts())
    assert first(3, scalar.our_texts()) == texts
    assert all(texts)


def test_the_moons_gradients_equal_the_plain_programs():
    points = plain_mlp.moons(4, Random(1))
    plain, ours = plain_mlp.MLP(2, [3, 1], Random(2)), nn.MLP(2, [3, 1], Random(2))
    plain_mlp.loss_of(plain, points, plain_mlp.Scalar).backward()
    plain_mlp.loss_of(ours, points, Value).backward()
    expected = [p.grad for p in plain.parameters()]
    assert [p.grad for p in ours.parameters()] == pytest.approx(expected, rel=1e-12)
    assert any(expected)


# The plain programs are of the published design.


def graph(root: Any, parents_of: str) -> list[Any]:
    found, waiting = {root}, [root]
    while waiting:
        for parent in getattr(waiting.pop(), parents_of):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return list(found)


def test_a_plain_gpts_node_has_two_parents_at_most():
    weights = plain_gpt.scalars(scalar.recipe(width=4).model.state_dict())
    nodes = graph(plain_gpt.document_loss(weights, [26, 0, 26]), "parents")
    assert {len(node.parents) for node in nodes} == {0, 1, 2}


def test_our_scalars_in_its_functions_have_two_parents_at_most():
    model = scalar.recipe(scalar.TwoParents, width=4).model
    nodes = graph(model.loss([26, 0, 26]), "_prev")
    assert {len(node._prev) for node in nodes} == {0, 1, 2}


@pytest.mark.parametrize("module", [plain_gpt, plain_mlp])
def test_a_plain_graph_waits_for_the_cyclic_collector_once_it_ran_backward(module):
    def alive() -> int:
        return sum(type(thing) is module.Scalar for thing in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        result = module.Scalar(2.0) * 3.0 + 1.0
        result.backward()
        del result
        assert alive() == 5
        gc.collect()
        assert alive() == 0
    finally:
        gc.enable()


# Taking turns.


def count_from(start: int) -> Iterator[int]:
    while True:
        yield start
        start += 1


def no_steps() -> Iterator[int]:
    yield from ()


def test_a_side_goes_on_where_its_last_turn_ended():
    with Side(count_from, 5) as side:
        assert side.turn(2)[1] == [5, 6]
        assert side.turn(1)[1] == [7]


def test_a_side_runs_in_a_process_with_the_collector_on():
    with Side(collector_states) as side:
        assert side.turn(1)[1] == [True]


def collector_states() -> Iterator[bool]:
    while True:
        yield gc.isenabled()


def test_a_side_that_ends_early_is_an_error(capfd):
    with Side(no_steps) as side, pytest.raises(RuntimeError, match="before its turn did"):
        side.turn(1)
    assert "StopIteration" in capfd.readouterr().err


def test_sides_that_disagree_are_not_measured():
    programs = [(count_from, 0), (count_from, 0), (count_from, 1)]
    with pytest.raises(AssertionError, match="Step 1 gave 0 and 1"):
        take_turns(programs, turns=1, steps=2, agree=int.__eq__)


def test_turns_are_counted_without_the_one_that_warms_up():
    seconds = take_turns([(count_from, 0), (count_from, 0)], turns=3, steps=2, agree=int.__eq__)
    assert [len(column) for column in seconds] == [3, 3]


def test_a_ratio_is_taken_turn_by_turn():
    found = ratio([6.0, 8.0, 9.0], [3.0, 2.0, 9.0])
    assert found == Ratio(median=2.0, lowest=1.0, highest=4.0)
    assert str(found) == "2 × (1 to 4)"


# The table.


def test_a_node_with_more_parents_takes_more_memory():
    two, _ = scalar.bytes_a_node(lambda x, w: x * w, 100)
    one, after = scalar.bytes_a_node(lambda x, w: x.relu(), 100)
    assert two > one > 0
    assert after > one  # its gradient


def test_memory_is_compared_after_as_many_records():
    training = scalar.recipe(width=4)
    assert scalar.memory_twice(training, 2, 5, lambda: len(training.history)) == [2, 2]


@pytest.mark.slow
def test_every_part_runs_and_has_its_row():
    rows = [*scalar.measure(TINY), *scalar.deep(1000)]
    assert len(rows) == 15
    page = scalar.as_markdown(rows, "python -m benchmarks.scalar")
    for row in rows:
        assert f"| {row.what} | {row.collector} | {row.measured} | {row.goal} |\n" in page


@pytest.mark.slow
def test_a_deep_chain_is_freed():
    [row] = scalar.deep(100_000)
    left = int(row.measured.split("; ")[1].split()[0])
    assert left < 1000  # free lists, which Python keeps for later


def test_the_command_tells_its_options():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scalar", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(option in done.stdout for option in ("--quick", "--deep", "--write"))
