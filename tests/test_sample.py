"""Sampling: the published program's draws, and every edge of temperature, top-k and top-p."""

import json
import math
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import plain_gpt
from micrograd.gpt import GPT, GPTConfig
from micrograd.sample import (
    Choice,
    apply_temperature,
    beam_search,
    choices,
    generate,
    keep_top_k,
    keep_top_p,
)
from micrograd.tokenizer import BPETokenizer, CharTokenizer

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENIZER = CharTokenizer(LETTERS)
MODEL = GPT(GPTConfig(vocab_size=27, init_std=0.25), Random(5))  # wide weights: clear opinions

distributions = st.lists(st.floats(0.01, 1), min_size=1, max_size=10).map(
    lambda weights: [w / sum(weights) for w in weights]
)


# Texts.


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.3])
def test_the_same_random_numbers_give_the_plain_programs_texts(temperature):
    ours, plain = Random(3), Random(3)
    weights = MODEL.state_dict()
    for _ in range(5):
        expected = plain_gpt.sample(weights, LETTERS, plain, temperature)
        assert generate(MODEL, TOKENIZER, ours, temperature) == expected
    assert ours.getstate() == plain.getstate()


def test_the_first_draw_follows_the_models_probabilities():
    cache = MODEL.new_cache()
    logits = [z.data for z in MODEL.logits(TOKENIZER.bos, 0, cache)]
    total = sum(map(math.exp, logits))
    first = next(choices(MODEL, TOKENIZER, Random(1)))
    assert first.probabilities == pytest.approx([math.exp(z) / total for z in logits], rel=1e-12)


def test_a_text_ends_with_bos_or_with_the_context():
    lengths = set()
    for seed in range(30):
        drawn = list(choices(MODEL, TOKENIZER, Random(seed)))
        tokens = [choice.token for choice in drawn]
        assert TOKENIZER.bos not in tokens[:-1]
        assert tokens[-1] == TOKENIZER.bos or len(tokens) == 16
        assert [choice.position for choice in drawn] == list(range(len(drawn)))
        assert generate(MODEL, TOKENIZER, Random(seed)) == TOKENIZER.decode(tokens)
        lengths.add(len(tokens))
    assert len(lengths) > 3


def test_a_choice_was_drawn_with_exactly_its_probabilities():
    shown, again = Random(5), Random(5)
    for choice in choices(MODEL, TOKENIZER, shown, top_k=5):
        assert sum(choice.probabilities) == pytest.approx(1.0, rel=1e-14)
        assert [choice.token] == again.choices(range(27), weights=choice.probabilities)


def test_one_text_does_not_see_another():
    one, two = (generate(MODEL, TOKENIZER, Random(7)) for _ in range(2))
    assert one == two


def test_sampling_changes_neither_weights_nor_gradients():
    before = MODEL.state_dict()
    generate(MODEL, TOKENIZER, Random(1))
    assert MODEL.state_dict() == before
    assert all(p.grad == 0.0 for p in MODEL.parameters())


# Prompts.


def test_a_text_begins_with_its_prompt():
    for seed in range(5):
        assert generate(MODEL, TOKENIZER, Random(seed), prompt="mar").startswith("mar")


def test_after_a_prompt_the_model_has_read_it():
    cache = MODEL.new_cache()
    for position, token in enumerate([26, 12, 0, 17]):
        logits = [z.data for z in MODEL.logits(token, position, cache)]
    total = sum(map(math.exp, logits))
    first = next(choices(MODEL, TOKENIZER, Random(1), prompt="mar"))
    assert first.position == 3
    assert first.probabilities == pytest.approx([math.exp(z) / total for z in logits], rel=1e-12)


def test_a_prompt_uses_no_random_numbers():
    rng, untouched = Random(1), Random(1)
    drawn = list(choices(MODEL, TOKENIZER, rng, prompt="mar"))
    for _ in drawn:
        untouched.random()
    assert rng.getstate() == untouched.getstate()


def test_a_prompt_with_a_character_that_was_never_seen_is_refused_by_its_name():
    with pytest.raises(ValueError, match="'é'"):
        generate(MODEL, TOKENIZER, Random(1), prompt="zoé")


def test_a_prompt_may_leave_room_for_a_single_token():
    drawn = list(choices(MODEL, TOKENIZER, Random(1), prompt="a" * 15))
    assert [choice.position for choice in drawn] == [15]


@pytest.mark.parametrize("length", [16, 17, 100])
def test_a_prompt_that_fills_the_context_is_refused(length):
    with pytest.raises(
        ValueError, match=rf"has {length + 1} tokens with BOS and leaves no room.*holds 16"
    ):
        generate(MODEL, TOKENIZER, Random(1), prompt="a" * length)


# Temperature.


def test_temperature_1_is_softmax():
    assert apply_temperature([0.0, math.log(3.0)], 1.0) == pytest.approx([0.25, 0.75])


def test_a_temperature_of_a_half_squares_the_odds():
    assert apply_temperature([0.0, math.log(3.0)], 0.5) == pytest.approx([0.1, 0.9])


def test_a_small_temperature_is_not_yet_greedy():
    assert apply_temperature([0.0, math.log(3.0) / 1000], 0.001) == pytest.approx([0.25, 0.75])


def test_temperature_0_takes_the_likeliest_and_the_first_of_equals():
    assert apply_temperature([1.0, 3.0, 3.0, 2.0], 0) == [0.0, 1.0, 0.0, 0.0]


def test_at_temperature_0_the_text_does_not_depend_on_the_random_numbers():
    texts = {generate(MODEL, TOKENIZER, Random(seed), temperature=0.0) for seed in range(5)}
    assert len(texts) == 1


def test_at_temperature_0_each_token_is_the_likeliest_one():
    cache, token = MODEL.new_cache(), TOKENIZER.bos
    for position, choice in enumerate(choices(MODEL, TOKENIZER, Random(1), temperature=0.0)):
        logits = [z.data for z in MODEL.logits(token, position, cache)]
        token = choice.token
        assert logits[token] == max(logits)


def test_an_infinite_temperature_makes_all_equal():
    assert apply_temperature([1.0, 900.0, -3.0, 0.0], math.inf) == [0.25] * 4


@pytest.mark.parametrize("temperature", [1e-2, 1e-310, 5e-324])
def test_a_temperature_near_0_is_greedy(temperature):
    assert apply_temperature([3.0, -50.0, 2.0], temperature) == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.parametrize("temperature", [-0.1, -math.inf, math.nan])
def test_a_temperature_below_0_or_none_at_all_is_refused(temperature):
    with pytest.raises(ValueError, match=r"temperature must be 0 or more, not"):
        generate(MODEL, TOKENIZER, Random(1), temperature=temperature)


@pytest.mark.parametrize("logit", [math.nan, math.inf])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("temperature", [0, 1.0])
def test_scores_of_a_spoiled_model_are_refused_and_never_hidden(temperature, place, logit):
    logits = [1.0, 2.0, 3.0]
    logits[place] = logit
    with pytest.raises(ValueError, match=r"weights were spoiled.*learning rate"):
        apply_temperature(logits, temperature)


# Top-k and top-p.

PROBS = [0.1, 0.5, 0.15, 0.25]


def test_top_k_keeps_the_k_likeliest_in_their_places():
    assert keep_top_k(PROBS, 2) == pytest.approx([0.0, 2 / 3, 0.0, 1 / 3])


def test_top_1_is_greedy():
    assert keep_top_k(PROBS, 1) == [0.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("k", [4, 5, 1000])
def test_top_k_over_the_vocabulary_is_all_of_it(k):
    assert keep_top_k(PROBS, k) == pytest.approx(PROBS, rel=1e-15)


@pytest.mark.parametrize("k", [0, -1])
def test_top_k_of_nothing_is_refused(k):
    with pytest.raises(ValueError, match=rf"top_k must keep at least 1 token, not {k}"):
        generate(MODEL, TOKENIZER, Random(1), top_k=k)


def test_top_k_of_equals_keeps_the_first():
    assert keep_top_k([0.25] * 4, 2) == [0.5, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("p", "kept"),
    [
        (0.0, [1]),
        (0.3, [1]),
        (0.5, [1]),
        (0.51, [1, 3]),
        (0.75, [1, 3]),
        (0.9, [1, 2, 3]),
        (0.91, [0, 1, 2, 3]),
        (1.0, [0, 1, 2, 3]),
    ],
)
def test_top_p_keeps_the_fewest_that_reach_p(p, kept):
    filtered = keep_top_p(PROBS, p)
    assert [i for i, prob in enumerate(filtered) if prob] == kept
    assert sum(filtered) == pytest.approx(1.0, rel=1e-15)
    assert filtered[1] == pytest.approx(0.5 / sum(PROBS[i] for i in kept))


def test_top_p_1_keeps_even_the_least_likely():
    probs = [1.0, 1e-300, 0.0]
    assert keep_top_p(probs, 1.0) == probs


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_a_top_p_that_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match=r"top_p is a probability, from 0 to 1, not"):
        generate(MODEL, TOKENIZER, Random(1), top_p=p)


@settings(derandomize=True)
@given(distributions, st.integers(1, 12), st.floats(0, 1))
def test_filters_keep_a_distribution_and_the_likeliest_token(probs, k, p):
    for filtered in (keep_top_k(probs, k), keep_top_p(probs, p)):
        kept = [i for i, prob in enumerate(filtered) if prob]
        assert sum(filtered) == pytest.approx(1.0, rel=1e-12)
        assert max(probs) in [probs[i] for i in kept]
        ratio = filtered[kept[0]] / probs[kept[0]]
        assert all(filtered[i] == pytest.approx(ratio * probs[i]) for i in kept)
        left_out = [prob for prob, new in zip(probs, filtered, strict=True) if not new]
        assert max(left_out, default=0) <= min(probs[i] for i in kept)
    assert sum(1 for prob in keep_top_k(probs, k) if prob) == min(k, len(probs))


def texts(**settings: float) -> list[str]:
    return [generate(MODEL, TOKENIZER, Random(seed), **settings) for seed in range(10)]


def test_top_k_and_top_p_reach_the_draws():
    greedy = texts(temperature=0)
    assert texts(top_k=1) == greedy
    assert texts(top_p=0.0) == greedy
    assert texts() != greedy
    assert texts(top_k=27) == texts()
    assert texts(top_p=1.0) == texts()


def test_top_k_comes_before_top_p():
    def kept(choice: Choice) -> Sequence[int]:
        return [i for i, prob in enumerate(choice.probabilities) if prob]

    plain = next(choices(MODEL, TOKENIZER, Random(1)))
    both = next(choices(MODEL, TOKENIZER, Random(1), top_k=3, top_p=0.9))
    expected = keep_top_p(keep_top_k(plain.probabilities, 3), 0.9)
    assert both.probabilities == expected
    assert 0 < len(kept(both)) <= 3


def test_a_choice_can_be_stored_as_json():
    choice = next(choices(MODEL, TOKENIZER, Random(1)))
    assert json.loads(json.dumps(vars(choice)))["token"] == choice.token


# Beam search.

TINY = GPT(GPTConfig(vocab_size=3, block_size=4, n_head=1, n_embd=4, init_std=1.0), Random(3))
TINY_TOKENIZER = CharTokenizer("ab")


def log_probability(tokens: list[int]) -> float:
    """Of all tokens after the first, from logits that the model computes with Values."""
    cache, total = TINY.new_cache(), 0.0
    for position, (token, following) in enumerate(zip(tokens, tokens[1:], strict=False)):
        logits = [z.data for z in TINY.logits(token, position, cache)]
        total += logits[following] - math.log(sum(map(math.exp, logits)))
    return total


def every_text() -> dict[str, float]:
    """All texts of the tiny model, with their log p."""
    bos, texts = TINY_TOKENIZER.bos, {}

    def write(tokens: list[int]) -> None:
        if len(tokens) > 1 and (tokens[-1] == bos or len(tokens) == 5):
            ended = tokens[-1] == bos
            texts[TINY_TOKENIZER.decode(tokens) + "." * ended] = log_probability(tokens)
            return
        for token in range(3):
            write([*tokens, token])

    write([bos])
    return texts


def test_a_beam_wide_enough_finds_every_text_with_its_probability():
    everything = every_text()
    found = beam_search(TINY, TINY_TOKENIZER, width=10_000)
    assert sum(math.exp(log_p) for _, log_p in found) == pytest.approx(1.0, rel=1e-12)
    assert [log_p for _, log_p in found] == pytest.approx(
        sorted(everything.values(), reverse=True), rel=1e-12
    )
    best = max(everything, key=lambda text: everything[text])
    assert found[0][0] == best.rstrip(".")


def test_a_beam_of_1_is_greedy():
    ((text, log_p),) = beam_search(TINY, TINY_TOKENIZER, width=1)
    assert text == generate(TINY, TINY_TOKENIZER, Random(1), temperature=0)
    assert log_p in [pytest.approx(p) for p in every_text().values()]


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_a_beam_gives_as_many_texts_as_it_is_wide_the_likeliest_first(width):
    found = beam_search(MODEL, TOKENIZER, width)
    assert len(found) == width
    assert [log_p for _, log_p in found] == sorted((p for _, p in found), reverse=True)
    assert found == beam_search(MODEL, TOKENIZER, width)


def test_a_beam_goes_on_from_a_prompt():
    found = beam_search(TINY, TINY_TOKENIZER, width=10_000, prompt="ab")
    assert all(text.startswith("ab") for text, _ in found)
    assert sum(math.exp(log_p) for _, log_p in found) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("width", [0, -1])
def test_a_beam_without_width_is_refused(width):
    with pytest.raises(ValueError, match="at least 1 text"):
        beam_search(MODEL, TOKENIZER, width)


def test_a_beam_refuses_a_prompt_that_fills_the_context():
    with pytest.raises(ValueError, match="leaves no room"):
        beam_search(TINY, TINY_TOKENIZER, 2, prompt="abab")


@pytest.mark.parametrize("weight", [math.nan, math.inf])
def test_a_spoiled_model_writes_nothing_and_says_why(weight):
    spoiled = GPT(TINY.config, Random(1))
    spoiled.weights["lm_head"][0][0].data = weight
    for use in (
        lambda: generate(spoiled, TINY_TOKENIZER, Random(1)),
        lambda: generate(spoiled, TINY_TOKENIZER, Random(1), temperature=0),
        lambda: beam_search(spoiled, TINY_TOKENIZER, 2),
    ):
        with pytest.raises(ValueError, match="weights were spoiled"):
            use()


# Byte pairs.


def test_a_model_of_byte_pairs_writes_too():
    tokenizer = BPETokenizer.train(["low lower lowest"] * 3, vocab_size=262)
    model = GPT(GPTConfig(tokenizer.vocab_size, n_embd=4), Random(1))
    text = generate(model, tokenizer, Random(1), prompt="low")
    assert text.startswith("low")
    assert len(text) > 3
