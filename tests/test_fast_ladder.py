"""The ladder of notebook 09: nothing climbs it with other gradients."""

import subprocess
import sys
from collections.abc import Sequence
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from micrograd.engine import Value
from micrograd.fast import ladder, rungs
from micrograd.fast.ladder import Ladder, Result, largest_difference, reason, tokens_a_second
from micrograd.fast.rungs import RUNGS, Program, Rung, replayed, scalar_gradients
from micrograd.gpt import GPT, GPTConfig
from micrograd.viz import batch_sheet, ladder_bars

CONFIG = GPTConfig(6, block_size=5, n_layer=2, n_head=2, n_embd=4)
DOCUMENTS = [[5, 0, 1, 2, 5], [5, 3, 5], [5, 4, 4, 4, 4, 4, 4, 4, 5], [5, 1, 0, 5]] * 16
MARKS = {
    "replay": pytest.mark.needs_numba,
    "compiled": pytest.mark.needs_numba,
    "pytorch": pytest.mark.needs_torch,
    "jax": pytest.mark.needs_jax,
}
each_program = pytest.mark.parametrize(
    "key", [pytest.param(key, marks=MARKS.get(key, ())) for key in RUNGS if RUNGS[key].make]
)


def strong_weights(config: GPTConfig = CONFIG) -> dict[str, Any]:
    """Weights far from zero, so that no part of the model is nearly linear."""
    rng = Random(3)
    model = GPT(config, rng)
    for p in model.parameters():
        p.data = rng.gauss(0, 0.4)
    return model.state_dict()


@pytest.fixture
def climb(monkeypatch: pytest.MonkeyPatch) -> Ladder:
    monkeypatch.setattr(ladder, "SECONDS", 0.02)
    monkeypatch.setattr(tokens_a_second, "__defaults__", (1, 0.02, 0))
    return Ladder(strong_weights(), CONFIG, DOCUMENTS)


# ------------------------------------------------------------------------------------- proofs


@each_program
def test_every_rung_has_the_scalar_models_gradients(key: str, climb: Ladder) -> None:
    result = climb.climb(key)
    assert result.difference < 1e-12
    assert result.speed > 0
    assert not result.missing


@each_program
def test_every_rung_makes_the_same_updates(key: str) -> None:
    """After some steps of Adam the loss of a batch is the scalar model's."""
    made = RUNGS[key].make
    assert made is not None
    program, reference = made(strong_weights(), CONFIG), rungs.fused(strong_weights(), CONFIG)
    batches = [[document] for document in DOCUMENTS[:4]]
    for one in (program, reference):
        one.train(batches)
    loss, gradients = program.gradients(DOCUMENTS[:4])
    expected, theirs = reference.gradients(DOCUMENTS[:4])
    before, _ = made(strong_weights(), CONFIG).gradients(DOCUMENTS[:4])
    assert loss == pytest.approx(expected, rel=1e-9)
    assert largest_difference(gradients, theirs) < 1e-9
    assert abs(loss - before) > 1e-3


def test_a_program_with_other_gradients_is_refused(climb: Ladder) -> None:
    def wrong(documents: Sequence[Sequence[int]]) -> Any:
        loss, gradients = scalar_gradients(climb.model, documents)
        gradients["lm_head"][0][0] += 1e-6
        return loss, gradients

    with pytest.raises(ValueError, match="wrong is no rung of this ladder"):
        climb.add("wrong", Program(wrong, print))
    assert climb.results == []


def test_a_program_with_another_loss_is_refused(climb: Ladder) -> None:
    def wrong(documents: Sequence[Sequence[int]]) -> Any:
        loss, gradients = scalar_gradients(climb.model, documents)
        return loss + 1e-6, gradients

    with pytest.raises(ValueError, match="is no rung"):
        climb.add("wrong", Program(wrong, print))


def test_a_batch_has_the_mean_of_the_gradients_of_its_documents() -> None:
    model = GPT(CONFIG, Random(1))
    alone = [scalar_gradients(model, [document])[1] for document in DOCUMENTS[:2]]
    _, together = scalar_gradients(model, DOCUMENTS[:2])
    for name, rows in together.items():
        for i, row in enumerate(rows):
            expected = [(a + b) / 2 for a, b in zip(*(one[name][i] for one in alone), strict=True)]
            assert row == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_gradients_of_other_weights_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="Different weights"):
        largest_difference({"w": [[1.0]]}, {"v": [[1.0]]})


@pytest.mark.needs_numba
def test_a_replayed_graph_is_made_once_for_each_document() -> None:
    model, made = GPT(CONFIG, Random(1)), []

    def loss(tokens: Sequence[int]) -> Value:
        made.append(tuple(tokens))
        return model.loss(tokens)

    program = replayed(loss, model.weights)
    program.train([[document] for document in DOCUMENTS[:2] * 5])
    assert made == [tuple(document) for document in DOCUMENTS[:2]]


@pytest.mark.needs_numba
def test_a_graph_with_names_of_its_own_makes_room_for_the_packages(climb: Ladder) -> None:
    model = climb.model

    def loss(tokens: Sequence[int]) -> Value:
        result = model.loss(tokens)
        result._op = "my own mean"
        return result

    with pytest.raises(rungs.NotRecorded, match="'my own mean' cannot be replayed"):
        replayed(loss, model.weights).gradients(DOCUMENTS[:1])
    result = climb.climb("replay", lambda: replayed(loss, model.weights))
    assert not result.missing and result.difference < 1e-12


# -------------------------------------------------------------------------------------- order


def test_a_result_says_both_tests_in_a_line() -> None:
    assert repr(RESULTS[0]) == (
        "yours: gradients differ by at most 1e-16; 50 tokens a second, the first rung"
    )
    assert repr(RESULTS[1]) == (
        "larger nodes: gradients are the very same; 1,000 tokens a second, 20 × the first rung"
    )
    assert "a second, 1.3 × the first rung" in repr(Result("slow", times=1.29))


def test_a_rung_that_is_climbed_again_takes_its_old_place(climb: Ladder) -> None:
    for _ in range(2):
        climb.climb("fused")
    assert [result.name for result in climb.results] == [RUNGS["fused"].name]


def test_the_first_rung_that_was_climbed_is_the_measure(climb: Ladder) -> None:
    climb.keep(Result("absent", missing="not here"))
    first = climb.climb("fused")
    assert first.times == 1.0
    assert climb.times(2 * first.speed) == 2.0


def test_an_unknown_rung_is_named_with_those_that_there_are(climb: Ladder) -> None:
    with pytest.raises(ValueError, match=r"no rung 'cuda'; there are fused, replay, numpy"):
        climb.climb("cuda")


def test_a_rung_without_its_package_says_how_to_get_it(
    climb: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = Rung("fast one", "nowhere", ("numpy", "no_such_package"), 1, None)
    monkeypatch.setitem(RUNGS, "absent", absent)
    result = climb.climb("absent")
    assert not absent.available
    assert repr(result) == (
        "fast one: left out, because no_such_package cannot be found. "
        "`pip install no_such_package` installs it, in the course's environment."
    )


def test_the_list_of_rungs_needs_no_package() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['numpy', 'numba', 'torch', 'jax'])); "
        "import micrograd.fast.ladder, micrograd.fast.rungs"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_only_so_many_documents_are_read_where_each_costs_something() -> None:
    read: set[int] = set()

    def train(batches: Sequence[Sequence[Any]]) -> None:
        read.update(id(document) for batch in batches for document in batch)

    documents = [list(document) for document in DOCUMENTS]
    tokens_a_second(train, documents, CONFIG, seconds=0.001, few=3)
    assert read == {id(document) for document in documents[:3]}


# ------------------------------------------------------------------------------ two processes


@pytest.mark.slow
@pytest.mark.needs_torch
def test_two_processes_have_the_losses_of_one() -> None:
    climb = Ladder(strong_weights(), CONFIG, DOCUMENTS)
    result = climb.climb("processes")
    assert not result.missing, result.missing
    assert result.difference < 1e-12
    assert "the losses of 60 steps differ by at most" in repr(result)


def test_processes_that_end_badly_leave_a_sentence(
    climb: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(batch: int) -> Any:
        said = b"There is no folder x.\nTraceback\n[rank0]: OSError: no room\n===="
        raise subprocess.CalledProcessError(1, "torchrun", stderr=said)

    monkeypatch.setattr(ladder, "in_processes", failing)
    monkeypatch.setattr(Rung, "missing", "")
    result = climb.climb("processes")
    assert repr(result).endswith("left out, because they did not finish here. OSError: no room")


def test_a_fault_without_a_trace_is_told_by_its_first_line() -> None:
    fault = subprocess.CalledProcessError(1, "torchrun", stderr=b"\nThere is no folder x.\nmore")
    assert reason(fault) == "There is no folder x."
    assert reason(OSError("no such file")) == "no such file"


# ----------------------------------------------------------------------------------- pictures

RESULTS = [
    Result("yours", 1, 1e-16, 50.0, 1.0),
    Result("larger nodes", 1, 0.0, 1000.0, 20.0),
    Result("compiled", 32, missing="compiled: left out, because numba cannot be found."),
    Result("tables", 1, 1e-16, 50_000.0, 1000.0),
]


def texts(picture: Any) -> list[str]:
    tree = ElementTree.fromstring(picture.image)
    return ["".join(e.itertext()) for e in tree.iter("{http://www.w3.org/2000/svg}text")]


def bars(picture: Any) -> list[float]:
    tree = ElementTree.fromstring(picture.image)
    paths = [e.attrib["d"] for e in tree.iter("{http://www.w3.org/2000/svg}path")]
    return [float(d.split("H")[1].split("v")[0]) for d in paths if d.endswith("z")]


def test_equal_factors_are_equal_lengths_on_the_log_axis() -> None:
    even = [Result(str(times), times=times) for times in (1.0, 10.0, 100.0)]
    one, ten, hundred = bars(ladder_bars(even))
    assert hundred - ten == pytest.approx(ten - one, abs=0.2)


def test_a_rung_that_is_left_out_has_its_place_and_no_bar() -> None:
    picture = ladder_bars(RESULTS, floor=60_000.0)
    assert len(bars(picture)) == 3
    assert {"compiled", "left out", "arithmetic alone"} <= set(texts(picture))
    assert "yours 1 ×, larger nodes 20 ×, tables 1,000 ×." in picture.alt
    assert "Left out, so without a bar: compiled." in picture.alt
    assert picture.alt.endswith("60,000 × marks what the arithmetic alone would take.")
    assert texts(picture)[0] == "tables: 1,000 × as fast as yours"


def test_no_rung_no_picture() -> None:
    with pytest.raises(ValueError, match="No rung has been climbed yet"):
        ladder_bars([RESULTS[2]])


def test_a_batch_is_as_wide_as_its_longest_name() -> None:
    picture = batch_sheet(["mari", "jo"])
    assert picture.alt.endswith("mari fills 5, jo fills 3; the other boxes, 2 of 10, are padding.")
    assert " ".join(texts(picture)) == "2 names of up to 5 places: 20% padding · m a r i · j o"


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one name"):
        batch_sheet([])
