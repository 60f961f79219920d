"""Many texts at once: those that one at a time would be, by the same settings."""

from __future__ import annotations

import math
import warnings
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd import gpt, sample
from micrograd.fast import sample as fast
from micrograd.fast.gpt import GPT
from micrograd.fast.sample import generate_batch
from micrograd.gpt import GPTConfig
from micrograd.sample import beam_search, choices, generate
from micrograd.tokenizer import CharTokenizer

TOKENIZER = CharTokenizer("abcdefghijklmnopqrstuvwxyz")
CONFIG = GPTConfig(27, n_layer=2, init_std=0.25)
MODEL, SCALAR = GPT(CONFIG, Random(5)), gpt.GPT(CONFIG, Random(5))
SETTINGS: list[dict[str, Any]] = [
    {},
    {"temperature": 0.5},
    {"temperature": 0.0},
    {"top_k": 3},
    {"top_p": 0.8, "temperature": 1.3},
    {"top_k": 10, "top_p": 0.5},
    {"prompt": "mar"},
]
each = pytest.mark.parametrize("changes", SETTINGS, ids=str)


def assert_same_scores(model: GPT, scalar: gpt.GPT) -> None:
    ours, theirs = model.new_cache(), scalar.new_cache()
    for position, token in enumerate([26, 4, 12, 12, 0]):
        expected = [z.data for z in scalar.logits(token, position, theirs)]
        found = model.logits(token, position, ours)
        assert type(found) is list
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("activation", ["relu", "relu2"])
@pytest.mark.parametrize("n_head", [1, 4, 16])
def test_scores_are_the_scalar_models(activation, n_head):
    config = GPTConfig(27, n_head=n_head, n_layer=2, activation=activation, init_std=0.25)
    assert_same_scores(GPT(config, Random(2)), gpt.GPT(config, Random(2)))


def test_texts_side_by_side_have_the_scores_of_each_alone():
    reader = MODEL.frozen()
    together, apart = reader.new_cache(3), [reader.new_cache() for _ in range(3)]
    for position, tokens in enumerate([[26, 26, 26], [0, 1, 2], [5, 5, 6]]):
        scores = reader.logits(np.array(tokens), position, together)
        assert scores.shape == (3, 27)
        for row, token, cache in zip(scores, tokens, apart, strict=True):
            assert reader.logits(token, position, cache) == pytest.approx(row.tolist(), rel=1e-11)


@each
def test_a_text_is_the_scalar_models(changes):
    for seed in range(8):
        expected = generate(SCALAR, TOKENIZER, Random(seed), **changes)
        assert generate(MODEL, TOKENIZER, Random(seed), **changes) == expected
        assert generate_batch(MODEL, TOKENIZER, Random(seed), 1, **changes) == [expected]


@each
def test_every_text_of_a_batch_is_drawn_with_its_own_probabilities(changes):
    """Replay: give each text alone the numbers that it was given in the batch."""
    count = 6
    texts = generate_batch(MODEL, TOKENIZER, Random(3), count, **changes)
    given = [[] for _ in range(count)]
    rng, going_on = Random(3), list(range(count))
    prompt = changes.get("prompt", "")
    for position in range(len(prompt), CONFIG.block_size):
        for i in going_on:
            given[i].append(rng.random())
        going_on = [i for i in going_on if len(texts[i]) > position]
    for text, numbers in zip(texts, given, strict=True):
        assert generate(SCALAR, TOKENIZER, Replaying(numbers), **changes) == text
    assert len(set(map(len, texts))) > 1 or changes.get("temperature") == 0.0


class Replaying(Random):
    """Gives numbers out again."""

    def __new__(cls, numbers: list[float]) -> Replaying:
        return super().__new__(cls)

    def __init__(self, numbers: list[float]) -> None:
        super().__init__()
        self.numbers = iter(numbers)

    def random(self) -> float:
        return next(self.numbers)


def test_the_draws_follow_the_probabilities():
    first = next(choices(SCALAR, TOKENIZER, Random(1))).probabilities
    texts = generate_batch(MODEL, TOKENIZER, Random(1), 4000)
    for token in (0, 4, 12):
        share = sum(text[:1] == TOKENIZER.chars[token] for text in texts) / len(texts)
        assert share == pytest.approx(first[token], abs=4 * math.sqrt(first[token] / 4000))


def test_a_beam_finds_what_the_scalar_models_finds():
    ours, expected = (beam_search(model, TOKENIZER, 4) for model in (MODEL, SCALAR))
    assert [text for text, _ in ours] == [text for text, _ in expected]
    assert [p for _, p in ours] == pytest.approx([p for _, p in expected], rel=1e-11)


def test_no_texts_and_single_precision():
    assert generate_batch(MODEL, TOKENIZER, Random(1), 0) == []
    single = GPT(CONFIG, Random(5), dtype="float32")
    assert len(generate_batch(single, TOKENIZER, Random(1), 5)) == 5


def test_a_reader_keeps_the_weights_as_they_were():
    model = GPT(CONFIG, Random(5))
    reader = model.frozen()
    before = reader.logits(26, 0, reader.new_cache())
    model.flat.data[:] = 0.0
    assert reader.logits(26, 0, reader.new_cache()) == before
    assert model.logits(26, 0, model.new_cache()) == [0.0] * 27


def test_a_copied_cache_goes_its_own_way():
    cache = MODEL.new_cache()
    MODEL.logits(26, 0, cache)
    copy = MODEL.copy_cache(cache)
    MODEL.logits(3, 1, copy)
    assert MODEL.logits(4, 1, MODEL.copy_cache(cache)) == MODEL.logits(4, 1, cache)


# The filters, row by row those of the scalar module.

rows = st.lists(
    st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0]), min_size=4, max_size=4).filter(any),
    min_size=1,
    max_size=4,
)


@settings(derandomize=True, deadline=None)
@given(rows, st.integers(1, 6), st.sampled_from([0.0, 0.3, 0.5, 0.99, 1.0]))
def test_filters_are_the_scalar_ones(weights, k, p):
    probs = [[w / sum(row) for w in row] for row in weights]
    for ours, scalar, setting in (
        (fast.keep_top_k, sample.keep_top_k, k),
        (fast.keep_top_p, sample.keep_top_p, p),
    ):
        found = ours(np.array(probs), setting)
        np.testing.assert_allclose(found, [scalar(row, setting) for row in probs], rtol=1e-12)


@pytest.mark.parametrize("temperature", [0, 1e-310, 0.5, 1.0, math.inf])
def test_temperatures_are_the_scalar_ones(temperature):
    logits = [[1.0, 3.0, 3.0, -50.0], [0.0, -1.0, 900.0, 0.0]]
    expected = [sample.apply_temperature(row, temperature) for row in logits]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fast.apply_temperature(np.array(logits), temperature)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# Faults.


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temperature": -1.0}, "temperature must be 0 or more"),
        ({"temperature": math.nan}, "temperature must be 0 or more"),
        ({"top_k": 0}, "top_k must keep at least 1"),
        ({"top_p": 1.5}, "top_p is a probability"),
        ({"prompt": "a" * 16}, "leaves no room"),
        ({"prompt": "é"}, "'é'"),
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused_as_one_text_would_be(changes, words):
    with pytest.raises(ValueError, match=words):
        generate_batch(MODEL, TOKENIZER, Random(1), 3, **changes)


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_the_scores_of_a_spoiled_model_are_refused_without_a_warning(poison):
    model = GPT(CONFIG, Random(5))
    model.weights["lm_head"].data[3, 0] = poison
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="weights were spoiled"):
            generate_batch(model, TOKENIZER, Random(1), 3)


@pytest.mark.parametrize("token", [-1, 27])
def test_a_token_outside_of_the_vocabulary_is_refused(token):
    with pytest.raises(IndexError, match=rf"Token {token} is not one of the 27 tokens"):
        MODEL.logits(token, 0, MODEL.new_cache())


def test_a_position_outside_of_the_context_is_refused():
    cache = MODEL.new_cache()
    for position in (-1, 16):
        with pytest.raises(IndexError, match=r"outside of the context of 16 tokens"):
            MODEL.logits(0, position, cache)
    for _ in range(16):
        MODEL.logits(0, 0, cache)
    with pytest.raises(IndexError, match=r"Position 16 is outside of the context of 16 tokens"):
        MODEL.logits(0, 0, cache)
