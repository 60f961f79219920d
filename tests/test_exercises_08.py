"""The answers of notebook 08: alone, together, and beside the package's sampling."""

import math
import random
from collections import Counter
from typing import Any

import pytest
from answers import exercise, known_as, question, verdict_on
from cells import cell

from micrograd import checkpoint, sample
from micrograd.checks.catalogue import earlier
from micrograd.checks.declare import Exercise, Question
from micrograd.checks.exercises import questions_08, sampling, sampling_practice, writing
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.blocks import Config, new_cache
from micrograd.checks.exercises.networks import vec
from micrograd.checks.guard import Guard
from micrograd.checks.judge import alone, judge
from micrograd.checks.question import score
from micrograd.checks.report import revealed
from micrograd.datasets import data_file

CHANCES = [[0.5, 0.3, 0.2], [0.1] * 10, [0.0, 0.7, 0.0, 0.3], [1.0, 0.0]]


class Needle(random.Random):
    """Falls where it is told to."""

    def __init__(self, place: float) -> None:
        super().__init__(0)
        self.place = place

    def random(self) -> float:
        return self.place


@pytest.fixture(scope="module")
def trained() -> Any:
    return checkpoint.load_model(data_file("names-gpt.safetensors"))


# ------------------------------------------------------------------- one, and all of it together


@pytest.mark.parametrize("probs", CHANCES)
def test_a_draw_with_one_seed_is_pythons_own(probs: list[float]) -> None:
    mine, theirs = random.Random(3), random.Random(3)
    for _ in range(200):
        expected = theirs.choices(range(len(probs)), weights=probs)[0]
        assert sampling.sample_from(probs, mine) == expected


def test_the_needle_at_the_ends_finds_a_token_that_can_come() -> None:
    assert sampling.sample_from([0.0, 0.7, 0.3], Needle(0.0)) == 1
    assert sum([0.1] * 10) < 1
    assert sampling.sample_from([0.0, *[0.1] * 10, 0.0], Needle(sampling.LAST)) == 1


@pytest.mark.parametrize("t", [0.0, 0.2, 1.0, 3.0])
def test_temperature_is_that_of_the_package(t: float) -> None:
    logits = [2.0, -1.0, 0.5, 2.0]
    assert sampling.apply_temperature(vec(*logits), t) == pytest.approx(
        sample.apply_temperature(logits, t), abs=1e-12
    )


def test_temperature_by_hand() -> None:
    cold = sampling.apply_temperature(vec(2.0, 0.0), 0.5)
    assert cold[0] / cold[1] == pytest.approx(math.exp(4))
    assert sampling.apply_temperature(vec(1.0, 1.0, 0.0), 0) == [1.0, 0.0, 0.0]


@pytest.mark.slow
@pytest.mark.parametrize("t", [0.0, 0.5, 1.0])
def test_the_learners_gpt_writes_the_packages_names(t: float, trained: Any) -> None:
    model, tokenizer = trained
    state = {n: [[Value(x) for x in row] for row in m] for n, m in model.state_dict().items()}
    mine, theirs = random.Random(7), random.Random(7)
    for _ in range(5):
        name = writing.generate(state, Config(27), tokenizer.chars, t, mine)
        assert name == sample.generate(model, tokenizer, theirs, temperature=t)


def test_a_text_is_over_when_the_context_is_full() -> None:
    state, config, chars = writing.even_model("ab", 3)
    state["lm_head"][0] = vec(0.0, 0.0)
    rng = random.Random(1)
    lengths = Counter(len(writing.generate(state, config, chars, 1.0, rng)) for _ in range(60))
    assert set(lengths) == {0, 1, 2, 3}


@pytest.mark.parametrize("k", [1, 2, 4, 9])
def test_top_k_is_that_of_the_package(k: int) -> None:
    probs = [0.5, 0.25, 0.15, 0.1]
    assert sampling_practice.top_k(probs, k) == pytest.approx(sample.keep_top_k(probs, k))


@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 0.6, 0.95, 1.0])
def test_top_p_is_that_of_the_package(p: float) -> None:
    probs = [0.1, 0.5, 0.15, 0.25]
    assert sampling_practice.top_p(probs, p) == pytest.approx(sample.keep_top_p(probs, p))


@pytest.mark.slow
def test_the_beam_is_that_of_the_package(trained: Any) -> None:
    model, tokenizer = trained

    def chances(text: str) -> dict[str, float]:
        cache = model.new_cache()
        for position, token in enumerate(tokenizer.encode(text)[:-1]):
            logits = model.logits(token, position, cache)
        probs = sample.apply_temperature([z.data for z in logits], 1.0)
        return dict(zip([*tokenizer.chars, "."], probs, strict=True))

    beam = [("", 1.0)]
    while not all(text.endswith(".") for text, _ in beam):
        beam = sampling_practice.beam_step(beam, chances, 3)
    found = sample.beam_search(model, tokenizer, 3)
    assert [text.removesuffix(".") for text, _ in beam] == [text for text, _ in found]
    assert [p for _, p in beam] == pytest.approx([math.exp(log_p) for _, log_p in found])


def test_no_text_is_likelier_than_the_empty_one(trained: Any) -> None:
    """Whatever is likelier has likelier beginnings only, and these can all be looked at."""
    model, tokenizer = trained
    empty = next(sample.choices(model, tokenizer, random.Random(0))).probabilities[tokenizer.bos]
    waiting, seen = [("", 1.0)], 0
    while waiting:
        text, p = waiting.pop()
        chances = next(sample.choices(model, tokenizer, random.Random(0), prompt=text))
        for char, q in zip([*tokenizer.chars, "."], chances.probabilities, strict=True):
            if p * q > empty:
                assert char != "."
                waiting.append((text + char, p * q))
                seen += 1
    assert 20 < seen < 1000


# ------------------------------------------------------------------------ equally right answers

OTHER_WAYS = {
    "sample_from, Python's own": (
        "sample_from",
        "def sample_from(probs, rng):\n    return rng.choices(range(len(probs)), weights=probs)[0]",
    ),
    "sample_from, added up": (
        "sample_from",
        "def sample_from(probs, rng):\n"
        "    needle, end, last = rng.random(), 0.0, 0\n"
        "    for token in range(len(probs)):\n"
        "        end += probs[token]\n"
        "        if probs[token] > 0:\n"
        "            last = token\n"
        "        if needle < end:\n"
        "            return token\n"
        "    return last",
    ),
    "sample_from, from the other end": (
        "sample_from",
        "def sample_from(probs, rng):\n"
        "    left = rng.random()\n"
        "    for token in reversed(range(len(probs))):\n"
        "        left -= probs[token]\n"
        "        if left < 0:\n"
        "            return token\n"
        "    return max(range(len(probs)), key=lambda token: probs[token])",
    ),
    "sample_from, by throwing away": (
        "sample_from",
        "def sample_from(probs, rng):\n"
        "    while True:\n"
        "        token = rng.randrange(len(probs))\n"
        "        if rng.random() < probs[token]:\n"
        "            return token",
    ),
    "sample_from, by exponential clocks": (
        "sample_from",
        "def sample_from(probs, rng):\n"
        "    times = [(rng.expovariate(p), i) for i, p in enumerate(probs) if p > 0]\n"
        "    return min(times)[1]",
    ),
    "apply_temperature, by powers": (
        "apply_temperature",
        "def apply_temperature(logits, t):\n"
        "    if t == 0:\n"
        "        best = max(range(len(logits)), key=lambda i: logits[i].data)\n"
        "        return [1 if i == best else 0 for i in range(len(logits))]\n"
        "    largest = max(z.data for z in logits)\n"
        "    powers = [math.exp((z.data - largest) / t) for z in logits]\n"
        "    return [power / sum(powers) for power in powers]",
    ),
    "apply_temperature, with True and False": (
        "apply_temperature",
        "def apply_temperature(logits, t):\n"
        "    if not t:\n"
        "        size = [z.data for z in logits]\n"
        "        return [i == size.index(max(size)) for i in range(len(size))]\n"
        "    return [p.data for p in softmax([z * (1 / t) for z in logits])]",
    ),
    "generate, as a list of tokens": (
        "generate",
        "def generate(state, config, chars, temperature, rng):\n"
        "    cache, tokens = new_cache(config), [len(chars)]\n"
        "    while len(tokens) <= config.block_size:\n"
        "        logits = gpt(tokens[-1], len(tokens) - 1, state, config, cache)\n"
        "        tokens.append(sample_from(apply_temperature(logits, temperature), rng))\n"
        "        if tokens[-1] == len(chars):\n"
        "            break\n"
        "    return decode(tokens, chars)",
    ),
    "greedy, by a loop": (
        "greedy",
        "def greedy(probs):\n"
        "    best = 0\n"
        "    for token, p in enumerate(probs):\n"
        "        if p > probs[best]:\n"
        "            best = token\n"
        "    return best",
    ),
    "top_k, by taking one after the other": (
        "top_k",
        "def top_k(probs, k):\n"
        "    left, kept = list(probs), [0.0] * len(probs)\n"
        "    for _ in range(min(k, len(probs))):\n"
        "        best = left.index(max(left))\n"
        "        kept[best], left[best] = probs[best], -1\n"
        "    return [p / sum(kept) for p in kept]",
    ),
    "top_p, by top_k": (
        "top_p",
        "def top_p(probs, p):\n"
        "    best = sorted(probs)[::-1]\n"
        "    k = 1\n"
        "    while k < len(probs) and sum(best[:k]) < p:\n"
        "        k += 1\n"
        "    return top_k(probs, k)",
    ),
    "beam_step, with lists for pairs": (
        "beam_step",
        "def beam_step(beam, chances, width):\n"
        "    found = [[t, p] for t, p in beam if t[-1:] == '.']\n"
        "    for t, p in beam:\n"
        "        if t[-1:] != '.':\n"
        "            for c, q in chances(t).items():\n"
        "                found.append([t + c, q * p])\n"
        "    found.sort(key=lambda pair: pair[1], reverse=True)\n"
        "    return found[:width]",
    ),
    "repair_names, by generate": (
        "repair_names",
        "def repair_names(count, state, config, chars, temperature, rng):\n"
        "    return [generate(state, config, chars, temperature, rng) for _ in range(count)]",
    ),
}


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_an_answer_that_is_right_in_another_way_passes(way: str) -> None:
    name, source = OTHER_WAYS[way]
    task = exercise("08", name)
    answer = cell(source, **earlier(task))[name]
    for seed in range(5):
        assert judge(task, answer, random.Random(seed)).state == "passed"
    assert alone(task, answer, earlier(task)).source


def test_generate_does_not_ask_how_the_draws_are_made() -> None:
    task = exercise("08", "generate")
    names = earlier(task)
    backwards = OTHER_WAYS["sample_from, from the other end"][1]
    names["sample_from"] = cell(backwards, **names)["sample_from"]
    source = OTHER_WAYS["generate, as a list of tokens"][1]
    answer = cell(source, **names)["generate"]
    for seed in range(5):
        assert judge(task, answer, random.Random(seed)).state == "passed"


# ---------------------------------------------------------------------- wrong, as people write it


def test_a_temperature_that_multiplies_is_told() -> None:
    source = (
        "def apply_temperature(logits, t):\n"
        "    if t == 0:\n"
        "        size = [z.data for z in logits]\n"
        "        return [float(i == size.index(max(size))) for i in range(len(size))]\n"
        "    return [p.data for p in softmax([z * t for z in logits])]"
    )
    assert known_as("08", "apply_temperature", source) == "temperature multiplied"


def test_a_needle_behind_the_last_piece_is_told() -> None:
    source = (
        "def sample_from(probs, rng):\n"
        "    needle = rng.random()\n"
        "    for token, p in enumerate(probs):\n"
        "        needle -= p\n"
        "        if needle < 0:\n"
        "            return token\n"
    )
    verdict = verdict_on("08", "sample_from", source)
    assert verdict.misconception is not None
    assert verdict.misconception.name == "behind the last piece"
    assert "drawn that is no token" in verdict.expected and "None" in verdict.got


def test_a_name_that_never_ends_is_told() -> None:
    source = (
        "def generate(state, config, chars, temperature, rng):\n"
        "    cache, token, text = new_cache(config), len(chars), ''\n"
        "    for position in range(config.block_size):\n"
        "        logits = gpt(token, position, state, config, cache)\n"
        "        token = sample_from(apply_temperature(logits, temperature), rng)\n"
        "        if token != len(chars):\n"
        "            text += chars[token]\n"
        "    return text"
    )
    assert known_as("08", "generate", source) == "BOS never ends"


def test_a_cache_that_outlives_the_text_does_not_pass() -> None:
    source = (
        "kept = []\n"
        "def generate(state, config, chars, temperature, rng):\n"
        "    if not kept:\n"
        "        kept.extend(new_cache(config))\n"
        "    token, text = len(chars), ''\n"
        "    for position in range(config.block_size):\n"
        "        logits = gpt(token, position, state, config, kept)\n"
        "        token = sample_from(apply_temperature(logits, temperature), rng)\n"
        "        if token == len(chars):\n"
        "            break\n"
        "        text += chars[token]\n"
        "    return text"
    )
    assert verdict_on("08", "generate", source).state == "not yet"


def test_the_bug_of_the_carried_cache_is_really_there() -> None:
    inputs = sampling_practice.of_names(random.Random(5))
    names = sampling_practice.names_of_one_cache(*inputs)
    assert names[0] == sampling_practice.repair_names(*inputs)[0] != names[1]


def test_a_filter_that_does_not_add_up_is_told() -> None:
    source = (
        "def top_k(probs, k):\n"
        "    best = sorted(probs)[::-1][:k]\n"
        "    return [p if p in best else 0.0 for p in probs]"
    )
    assert known_as("08", "top_k", source) == "filtered without renormalising"


def test_a_filter_that_drops_the_crossing_token_is_told() -> None:
    source = (
        "def top_p(probs, p):\n"
        "    kept, total = [], 0.0\n"
        "    for token in sorted(range(len(probs)), key=lambda i: -probs[i]):\n"
        "        if total + probs[token] > p:\n"
        "            break\n"
        "        kept.append(token)\n"
        "        total += probs[token]\n"
        "    return [q / total if i in kept else 0.0 for i, q in enumerate(probs)]"
    )
    assert known_as("08", "top_p", source) == "top-p drops the crossing token"


def test_the_first_case_of_generate_goes_on_if_bos_does_not_end_it() -> None:
    first = writing.GENERATE.cases[0]
    assert len(writing.skips_bos(*first)) > len(writing.generate(*first))


@pytest.mark.parametrize("name", ["sample_from", "apply_temperature", "generate", "repair_names"])
def test_a_card_is_short_enough_to_be_read(name: str) -> None:
    task = exercise("08", name)
    for misconception in task.misconceptions:
        verdict = judge(task, misconception.wrong, random.Random(0))
        assert len(verdict.call) < 140
        assert max(len(verdict.expected), len(verdict.got)) < 200
        assert len(verdict.why) < 500


# -------------------------------------------------------------------------- many calls of one


def test_a_check_may_call_an_answer_many_times_with_one_rng() -> None:
    guard = Guard(lambda rng: rng.random(), observe=lambda drawn, _: sorted(drawn), calls=3)
    rng = random.Random(4)
    assert guard(random.Random(4)).value == sorted(rng.random() for _ in range(3))


def test_fair_draws_are_near_enough_and_unfair_ones_are_not() -> None:
    rng = sampling.Ends(1)
    probs = [0.5, 0.3, 0.2]
    fair = [rng.choices(range(3), probs)[0] for _ in range(sampling.DRAWS)]
    assert sampling.drawn_shares(fair, (probs, rng))["how often each came"] == probs
    unfair = [rng.choices(range(3), [0.6, 0.25, 0.15])[0] for _ in range(sampling.DRAWS)]
    assert sampling.drawn_shares(unfair, (probs, rng))["how often each came"] != probs


# ------------------------------------------------------------------------------ the questions


def answer_of(name: str) -> str:
    return question("08", name).answer


def test_the_numbers_to_recall() -> None:
    assert float(answer_of("recall_logits")) == pytest.approx(math.exp(3 - 1), abs=0.001)
    assert float(answer_of("recall_product")) == pytest.approx(0.5 * 0.2 * 0.5 * 0.4)
    state, config, _ = writing.even_model("amri", 8)
    cache = new_cache(config)
    for position, token in enumerate([4, 1, 0, 2, 3]):
        writing.gpt(token, position, state, config, cache)
    assert int(answer_of("recall_cache")) == len(cache[0][0])


def test_how_many_calls_there_are_without_a_cache() -> None:
    assert int(answer_of("count_calls")) == sum(range(1, 17))


def test_greedy_misses_the_likeliest_word() -> None:
    following = sampling_practice.TINY
    texts, beam = {}, [("", 1.0)]
    for _ in range(6):
        beam = sampling_practice.beam_step(beam, following, 10**6)
        texts |= {text: p for text, p in beam if text.endswith(".")}
    task = question("08", "likeliest_word")
    assert dict(task.options)[task.answer] + "." == max(texts, key=lambda text: texts[text])
    greedy = [("", 1.0)]
    for _ in range(3):
        greedy = sampling_practice.beam_step(greedy, following, 1)
    assert greedy[0][0] == "ab." and greedy[0][1] == pytest.approx(0.216)
    assert texts["b."] == pytest.approx(0.36)


def test_a_guess_at_the_invented_ones_is_counted() -> None:
    task = question("08", "which_invented")
    assert isinstance(task, Question)
    guess = "A B C D E F G H I J"
    scored = score(task, guess)
    right = len({*guess.split()} & {*questions_08.INVENTED.split()})
    assert f"{right} of your 10 are right; there are 10." in str(revealed(task, scored, None))
    exactly = score(task, task.answer)
    assert "are right; there are" not in str(revealed(task, exactly, None))


def test_every_misconception_about_sampling_is_recognised_somewhere() -> None:
    told = {
        ("apply_temperature", "temperature multiplied"),
        ("top_k", "filtered without renormalising"),
        ("top_p", "top-p drops the crossing token"),
        ("generate", "BOS never ends"),
        ("truer", "low temperature is truer"),
        ("looked_up", "names are looked up"),
    }
    for name, mistake in told:
        task = question("08", name) if name in ("truer", "looked_up") else exercise("08", name)
        assert mistake in [one.name for one in task.misconceptions]
    repair = exercise("08", "repair_names")
    assert isinstance(repair, Exercise) and repair.given is sampling_practice.names_of_one_cache
