"""The benchmarks measure what they say: equal programs, fairly started. No time is judged here."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as everything
from benchmarks import ladder, plain_gpt, plain_mlp, scalar
from benchmarks.report import Benchmark, Row, machine, run
from benchmarks.sides import Ratio, Side, ratio, short, take_turns
from micrograd import nn
from micrograd.engine import Value
from micrograd.fast.rungs import scalar_gradients
from micrograd.gpt import GPT

ROOT = Path(__file__).resolve().parent.parent
TINY = scalar.Sizes(
    gpt=(1, 1), moons=(1, 1), points=2, chain=(5, 50, 1), nodes=10, growth=(1, 2), texts=(1, 1)
)


def first(count: int, steps: Iterator[Any]) -> list[Any]:
    return list(islice(steps, count))


# The sides of each comparison do the same.


@pytest.mark.slow
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


def test_a_quick_side_makes_more_steps_a_turn_and_is_compared_where_both_are():
    programs = [(count_from, 0), (count_from, 0), (count_up_to, 5)]
    seconds = take_turns(programs, turns=2, steps=[1, 4, 2], agree=int.__eq__)
    assert [len(column) for column in seconds] == [2, 2, 2]
    with pytest.raises(AssertionError, match="Step 6 gave 5 and -1"):
        take_turns(programs, turns=2, steps=[2, 2, 4], agree=int.__eq__)


def count_up_to(end: int) -> Iterator[int]:
    yield from range(end)
    while True:
        yield -1


def test_a_side_is_held_to_one_thread_and_our_own_environment_stays(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with Side(thread_limits) as side:
        assert side.turn(1)[1] == [{"1"}]
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "NUMBA_NUM_THREADS" not in os.environ


def thread_limits() -> Iterator[set[str | None]]:
    names = ("OMP", "OPENBLAS", "MKL", "NUMBA")
    while True:
        yield {os.environ.get(f"{name}_NUM_THREADS") for name in names}


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
    page = scalar.BENCHMARK.section(rows)
    for row in rows:
        assert f"| {row.what} | {row.aside} | {row.measured} | {row.goal} |\n" in page


@pytest.mark.slow
def test_a_deep_chain_is_freed():
    [row] = scalar.deep(100_000)
    left = int(row.measured.split("; ")[1].split()[0])
    assert left < 1000  # free lists, which Python keeps for later


# The page.


def two_rows(quick: bool) -> Iterator[Row]:
    yield Row("One | thing", "cold" if quick else "warm", "2 ×", "1 ×")


def test_a_table_leaves_out_the_column_without_a_heading():
    [row] = two_rows(quick=True)
    assert Benchmark("Things", two_rows, aside="weather").table([row]).splitlines() == [
        "| what | weather | measured | goal |",
        "| --- | --- | --- | --- |",
        "| One | thing | cold | 2 × | 1 × |",
    ]
    assert (
        Benchmark("Things", two_rows).table([row]).splitlines()[2] == "| One | thing | 2 × | 1 × |"
    )


def test_a_benchmark_without_its_package_is_skipped_with_the_command_that_installs_it(capsys):
    never = Benchmark("Never", two_rows, needs=("math", "no_such_package"), note="A note.")
    assert run(never, quick=True) == []
    sentence = (
        "Skipped: it needs no_such_package; `.venv/bin/python -m pip install no_such_package` "
        "installs what is missing."
    )
    assert sentence in capsys.readouterr().out
    assert never.section([]) == f"## Never\n\n{sentence}\n\nA note.\n"


def test_the_machine_is_named_with_its_processor_and_the_versions():
    said = machine()
    assert f"numpy {np.__version__}" in said
    assert f"({os.cpu_count()} cores)" in said


@pytest.mark.parametrize("name", everything.NAMES)
def test_every_benchmark_can_be_found_or_says_what_it_needs(name):
    found = everything.benchmark(name)
    assert isinstance(found, Benchmark) or found.startswith("Skipped: ")


@pytest.fixture
def one_benchmark(monkeypatch, tmp_path) -> Path:
    """A single benchmark, and the path of the page that is not there yet."""
    monkeypatch.setattr(everything, "NAMES", ("things",))
    monkeypatch.setattr(everything, "benchmark", lambda name: Benchmark("Things", two_rows))
    monkeypatch.setattr(everything, "PAGE", tmp_path / "benchmarks.md")
    return tmp_path / "benchmarks.md"


def test_the_page_says_what_was_measured_and_on_which_machine(monkeypatch, one_benchmark):
    monkeypatch.setattr(sys, "argv", ["bench"])
    everything.main()
    page = one_benchmark.read_text(encoding="utf-8")
    assert page.startswith("# Benchmarks\n\nWritten by `python3 start.py bench`, ")
    table = Benchmark("", two_rows).table([*two_rows(False)])
    assert page.endswith(f"\n\n## Things\n\n{table}\n\nMeasured with {machine()}.\n")


def test_what_is_measured_again_takes_its_old_place_on_the_page(monkeypatch, tmp_path):
    monkeypatch.setattr(everything, "NAMES", ("one", "two", "three"))
    monkeypatch.setattr(everything, "benchmark", lambda name: Benchmark(name.title(), two_rows))
    monkeypatch.setattr(everything, "PAGE", tmp_path / "benchmarks.md")
    everything.write({"three": "## Three\n\nold\n"})
    everything.write({"one": "## One\n\nold\n"})
    everything.write({"three": "## Three\n\nnew\n"})
    everything.write({"two": "## Two\n\nnew\n"})
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert page == everything.HEAD + (
        "\n## One\n\nold\n" + "\n## Two\n\nnew\n" + "\n## Three\n\nnew\n"
    )


def test_a_rough_measurement_leaves_the_page_alone(monkeypatch, one_benchmark):
    monkeypatch.setattr(sys, "argv", ["bench", "things", "--quick"])
    everything.main()
    assert not one_benchmark.exists()


def test_a_benchmark_that_is_not_there_is_refused_with_those_that_are(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "tensors"])
    with pytest.raises(SystemExit):
        everything.main()
    assert "there is no benchmark 'tensors': choose of ladder, " in capsys.readouterr().err


# The ladder.


def test_a_number_is_told_with_three_digits():
    assert [short(x) for x in (0.12345, 9.8765, 123.456, 1940.4, 14_949)] == [
        *("0.123", "9.88", "123"),
        *("1,940", "14,900"),
    ]


def test_other_gradients_are_no_rung():
    expected = ladder.plain_gradients([[26, 0, 26]])
    ladder.proved("the same", expected, expected)
    loss, gradients = expected
    changed = {**gradients, "wte": gradients["wte"] + 1e-6}
    with pytest.raises(AssertionError, match="Wrong computes other gradients: they differ by up"):
        ladder.proved("Wrong", (loss, changed), expected)
    with pytest.raises(AssertionError, match="Wrong computes other gradients"):
        ladder.proved("Wrong", (loss + 1e-6, gradients), expected)
    with pytest.raises(AssertionError, match="Wrong computes other gradients"):
        ladder.proved("Wrong", (loss, {**gradients, "more": gradients["wte"]}), expected)


def test_the_plain_programs_gradients_are_the_scalar_models():
    _, documents = ladder.start()
    model = scalar.recipe().model
    loss, gradients = scalar_gradients(model, documents[:2])
    found, theirs = ladder.plain_gradients(documents[:2])
    assert found == pytest.approx(loss, rel=1e-12)
    for name, gradient in gradients.items():
        assert theirs[name] == pytest.approx(np.array(gradient), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("key", ["fused", "numpy", "batch"])
def test_a_rung_gives_its_proof_and_then_speeds(key, monkeypatch):
    monkeypatch.setattr(ladder, "SECONDS", 0.0)
    turns = ladder.rung_turns(key)
    _, documents = ladder.start()
    expected = ladder.plain_gradients(documents[:1])
    if key != "batch":
        ladder.proved(key, next(turns), expected)
    else:
        with pytest.raises(AssertionError):  # of 32 names, and not of one
            ladder.proved(key, next(turns), expected)
    assert next(turns) > 0


def test_the_picture_has_a_bar_for_each_rung_the_fastest_last_and_says_what_is_missing():
    rows = [
        Row("plain", "1", "1 ×", "–", times=1.0),
        Row("fast", "1", "30 ×", "–", times=30.0),
        Row("middle", "1", "2 ×", "–", times=2.0),
        Row("absent", "1", "absent: left out, because x cannot be found.", "–"),
    ]
    drawn = ladder.picture(rows)
    assert "up to 30 × as fast" in drawn.image
    assert "plain 1 ×, middle 2 ×, fast 30 ×. Left out, so without a bar: absent" in drawn.alt


def test_the_page_holds_the_picture(monkeypatch, one_benchmark):
    def rows(quick: bool) -> Iterator[Row]:
        yield Row("plain", "1", "1 ×", "–", times=1.0)
        yield Row("fast", "1", "30 ×", "–", times=30.0)

    monkeypatch.setattr(everything, "benchmark", lambda name: Benchmark("Things", rows))
    monkeypatch.setattr(everything, "PICTURE", one_benchmark.with_name("ladder.svg"))
    monkeypatch.setattr(sys, "argv", ["bench"])
    everything.main()
    assert "fast 30 ×.](images/ladder.svg)" in one_benchmark.read_text(encoding="utf-8")
    drawn = one_benchmark.with_name("ladder.svg").read_text(encoding="utf-8")
    assert drawn.lstrip().startswith("<svg")


def test_the_readme_shows_the_picture_in_the_words_of_the_page():
    pages = [
        (ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "docs/benchmarks.md")
    ]
    alts = [re.findall(r"!\[([^\]]+)\]\([a-z/]*images/ladder\.svg\)", page) for page in pages]
    assert alts[0] == alts[1]
    assert len(alts[0]) == 1
    drawn = (ROOT / "docs" / "images" / "ladder.svg").read_text(encoding="utf-8")
    assert all(number in drawn for number in re.findall(r"[\d,.]+ ×", alts[0][0]))
