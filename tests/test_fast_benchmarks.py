"""The sides of the benchmarks of training and sampling on NumPy do the same. No time is judged."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

pytest.importorskip("torch")
from benchmarks import sampling, tensor

pytestmark = pytest.mark.needs_torch


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The sides switch it off, each in the process that is theirs."""
    yield
    gc.enable()


def first(count: int, steps: Iterator[Any]) -> list[Any]:
    return list(islice(steps, count))


@pytest.mark.parametrize("count", [1, 3])
def test_all_sides_train_alike(count):
    theirs = first(5, tensor.pytorch_steps(16, count))
    for filling in (True, False):
        ours = first(5, tensor.numpy_steps(16, count, filling))
        assert ours == pytest.approx(theirs, abs=1e-5)
    assert len(set(theirs)) == 5


def test_gradients_are_compared_and_a_wrong_one_is_found(monkeypatch):
    tensor.compare_gradients(16, 3)
    monkeypatch.setattr(tensor, "initial_weights", lambda config, rng: doubled(config, rng))
    with pytest.raises(AssertionError, match="a gradient is"):
        tensor.compare_gradients(16, 3)


def doubled(config: Any, rng: Any) -> dict[str, Any]:
    from micrograd.fast.common import initial_weights

    return {name: 2 * w for name, w in initial_weights(config, rng).items()}


def test_all_sides_write_the_same_names():
    texts = [
        first(5, sampling.one_at_a_time(backend, "float64"))
        for backend in ("scalar", "pytorch", "numpy")
    ]
    assert texts[0] == texts[1] == texts[2]
    assert all(tokens == min(len(text) + 1, 16) for tokens, text in texts[0])


def test_batches_count_what_was_drawn():
    sampling.compare_scores()
    for batches in (sampling.numpy_batches, sampling.pytorch_batches):
        [(tokens, _)] = first(1, batches("float32"))
        assert 256 * 5 < tokens < 256 * 12  # a name has about seven tokens


@pytest.mark.slow
def test_every_size_has_its_row(monkeypatch):
    monkeypatch.setattr(tensor, "SIZES", {(16, 1): "4.5 ×", (16, 2): "–"})
    rows = list(tensor.measure(quick=True))
    assert [row.goal for row in rows] == ["4.5 ×", "–", "–"]
    assert len(list(sampling.measure(quick=True))) == 7
