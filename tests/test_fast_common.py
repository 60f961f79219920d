"""What all fast models begin with: the scalar model's weights, and documents as a rectangle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import gpt
from micrograd.fast.common import checked, initial_weights, nested, padded, several
from micrograd.gpt import GPTConfig

ROOT = Path(__file__).resolve().parent.parent
SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4)
FIRST = GPTConfig(5, n_layer=2, n_head=2, n_embd=4, init_std=0.02, zero_init_projections=True)


# Weights.


@pytest.mark.parametrize("config", [SMALL, FIRST], ids=["latest", "first"])
def test_the_weights_are_those_that_the_scalar_model_draws(config):
    ours, theirs = Random(7), Random(7)
    weights = initial_weights(config, ours)
    assert nested(weights) == gpt.GPT(config, theirs).state_dict()
    assert list(weights) == list(config.shapes())
    assert ours.random() == theirs.random()  # so many numbers were drawn, and no more


def test_a_state_dict_becomes_arrays_and_back():
    state = gpt.GPT(SMALL, Random(1)).state_dict()
    weights = checked(state, SMALL)
    assert weights["layer1.mlp_fc1"].shape == (16, 4)
    assert nested(weights) == state


def test_the_arrays_are_copies():
    weights = initial_weights(SMALL, Random(1))
    checked(weights, SMALL)["wte"][0, 0] = 5.0
    assert weights["wte"][0, 0] != 5.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"wte": [[0.0] * 4] * 4}, "wte is 4 x 4; this model needs 5 x 4."),
        ({"wte": [0.0] * 4}, "wte is 4; this model needs 5 x 4."),
        ({"wte": [[0.0] * 4] * 4 + [[0.0]]}, "wte is no table of numbers with rows of one length."),
        ({"wte": [["a"] * 4] * 5}, "wte is no table of numbers with rows of one length."),
        ({"more": [[0.0]]}, "These weights are another model's: more missing or not known."),
    ],
    ids=["rows", "flat", "ragged", "words", "name"],
)
def test_weights_that_do_not_fit_are_named(change, sentence):
    state = gpt.GPT(SMALL, Random(1)).state_dict()
    with pytest.raises(ValueError) as fault:
        checked({**state, **change}, SMALL)
    assert str(fault.value) == sentence


# Batches.

documents = st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=12), min_size=1, max_size=6)


@given(documents)
def test_every_prediction_of_every_document_is_there_once(documents):
    batch = padded(documents, SMALL)
    for row, document in enumerate(documents):
        read = document[: SMALL.block_size + 1]
        here = batch.weights[row] > 0
        assert batch.tokens[row][here].tolist() == read[:-1]
        assert batch.targets[row][here].tolist() == read[1:]
        assert not here[len(read) - 1 :].any()  # the filling is at the end


@given(documents)
def test_each_document_has_an_equal_share_and_in_it_each_prediction(documents):
    weights = padded(documents, SMALL).weights
    assert weights.sum(axis=1) == pytest.approx([1 / len(documents)] * len(documents))
    for row in weights:
        assert len(set(row[row > 0])) == 1


def test_the_rectangle_is_no_longer_than_the_context_or_the_longest_document():
    assert padded([[0, 1], [0, 1, 2, 3]], SMALL).tokens.shape == (2, 3)
    assert padded([[0] * 100], SMALL).tokens.shape == (1, 6)


@pytest.mark.parametrize(
    ("documents", "fault", "sentence"),
    [
        ([], ValueError, "This batch is empty: give at least one document."),
        (
            [[0, 1], [3]],
            ValueError,
            "A document of 1 tokens has no next token to predict: give at least 2.",
        ),
        ([[0, 1], [4, 5, 4]], IndexError, "Token 5 is not one of the 5 tokens."),
        ([[0, -1]], IndexError, "Token -1 is not one of the 5 tokens."),
    ],
    ids=["empty", "short", "large", "negative"],
)
def test_a_batch_that_cannot_be_is_told_in_a_sentence(documents, fault, sentence):
    with pytest.raises(fault) as found:
        padded(documents, SMALL)
    assert str(found.value) == sentence


@pytest.mark.parametrize("one", [[4, 1, 4], (4, 1, 4), np.array([4, 1, 4])])
def test_one_document_is_a_batch_of_one(one):
    [document] = several(one)
    assert list(document) == [4, 1, 4]


def test_a_batch_stays_a_batch():
    assert several([[4, 1, 4], [4, 4]]) == [[4, 1, 4], [4, 4]]
    assert several([]) == []


# What is missing.

NEEDS = {
    "common": ("numpy", "numpy"),
    "pytorch": ("torch", "torch"),
    "distributed": ("torch", "torch"),
    "jax_loss": ("jax", "jax"),
}


@pytest.mark.parametrize("module", NEEDS)
def test_without_its_package_a_module_says_in_a_sentence_how_to_get_it(module):
    package, command = NEEDS[module]
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"try:\n    import micrograd.fast.{module}\n"
        "except ImportError as fault:\n    print(fault)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    [sentence] = done.stdout.splitlines()
    assert sentence.endswith(f"pip install {command}, in the course's environment.")


def test_the_folder_itself_needs_nothing():
    program = (
        "import sys; before = set(sys.modules); import micrograd.fast; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) - sys.stdlib_module_names == {"micrograd"}
