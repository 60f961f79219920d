"""One GPT, computed in five ways: weights and checkpoints go from any of them to any other."""

from __future__ import annotations

import importlib
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from micrograd import checkpoint, gpt, optim
from micrograd.fast.rungs import scalar_gradients
from micrograd.gpt import GPTConfig
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

CONFIG = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4, init_std=0.3)
FIRST = GPTConfig(5, 6, 2, 2, 4, "relu2", init_std=0.02, zero_init_projections=True)
NAMES = [[4, 0, 1, 2, 4], [4, 3, 4], [4, 1, 1, 0, 2, 3, 3, 0, 4]]  # the last: beyond the context

MODULES = {
    "scalar": "micrograd.gpt",
    "numpy": "micrograd.fast.gpt",
    "compiled": "micrograd.fast.compiled",
    "pytorch": "micrograd.fast.pytorch",
    "jax": "micrograd.fast.jax_loss",
}
MARKS = {
    "compiled": pytest.mark.needs_numba,
    "pytorch": pytest.mark.needs_torch,
    "jax": pytest.mark.needs_jax,
}


def marks(*backends: str) -> list[pytest.MarkDecorator]:
    return [MARKS[backend] for backend in backends if backend in MARKS]


each_backend = pytest.mark.parametrize(
    "backend", [pytest.param(name, marks=marks(name)) for name in MODULES]
)
each_pair = pytest.mark.parametrize(
    ("one", "other"),
    [pytest.param(a, b, marks=marks(a, b)) for a, b in permutations(MODULES, 2)],
)


def kind(backend: str) -> Any:
    return importlib.import_module(MODULES[backend]).GPT


def loss_and_gradients(model: Any) -> tuple[float, dict[str, Any]]:
    if isinstance(model, gpt.GPT):
        return scalar_gradients(model, NAMES)
    found: tuple[float, dict[str, Any]] = model.loss_and_gradients(NAMES)
    return found


@each_backend
@pytest.mark.parametrize("config", [CONFIG, FIRST], ids=["latest", "first"])
def test_every_model_begins_with_the_same_weights(backend, config):
    assert kind(backend)(config, Random(7)).state_dict() == gpt.GPT(config, Random(7)).state_dict()


@each_pair
def test_weights_go_from_any_model_to_any_other(one, other):
    first, second = kind(one)(CONFIG, Random(1)), kind(other)(CONFIG, Random(2))
    assert second.state_dict() != first.state_dict()
    second.load_state_dict(first.state_dict())
    assert second.state_dict() == first.state_dict()
    loss, gradients = loss_and_gradients(first)
    found, theirs = loss_and_gradients(second)
    assert found == pytest.approx(loss, rel=1e-12)
    assert list(theirs) == list(gradients)
    for name, gradient in gradients.items():
        scale = np.abs(np.array(gradient)).max()
        assert scale > 0
        assert np.array(theirs[name]) == pytest.approx(
            np.array(gradient), rel=1e-9, abs=1e-9 * scale
        )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint of a scalar run of three steps."""
    path = tmp_path_factory.mktemp("run") / "run.st"
    model = gpt.GPT(CONFIG, Random(1))
    adam = optim.Adam(model.parameters(), lr=0.1)
    training = Training(model, CharTokenizer("abcd"), ["abc", "d"], adam, steps=10)
    assert len(list(train(training, 3))) == 3
    checkpoint.save(path, training)
    return path


@each_backend
def test_every_model_reads_a_checkpoint(backend, saved):
    scalar, _ = checkpoint.load_model(saved)
    model, tokenizer = checkpoint.load_model(saved, kind(backend))
    assert type(model) is kind(backend)
    assert tokenizer.chars == list("abcd")
    assert model.state_dict() == scalar.state_dict()


@each_backend
def test_what_a_model_read_from_a_checkpoint_can_be_saved_again(backend, saved, tmp_path):
    model, _ = checkpoint.load_model(saved, kind(backend))
    training = checkpoint.load(saved, ["abc", "d"])
    training.model.load_state_dict(model.state_dict())
    checkpoint.save(tmp_path / "again.st", training)
    assert (tmp_path / "again.st").read_bytes() == saved.read_bytes()


@pytest.mark.parametrize(
    "backend", [pytest.param(name, marks=marks(name)) for name in ("scalar", "numpy", "pytorch")]
)
def test_a_run_and_its_moments_go_through_a_model_with_optimizers_unchanged(
    backend, saved, tmp_path
):
    training = checkpoint.load(saved, ["abc", "d"], kind(backend))
    assert type(training.model) is kind(backend)
    checkpoint.save(tmp_path / "again.st", training)
    assert (tmp_path / "again.st").read_bytes() == saved.read_bytes()
