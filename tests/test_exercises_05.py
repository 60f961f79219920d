"""The answers of notebooks 05a and 05b: alone, together, and beside the package's."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations
from typing import Any

import pytest
from answers import exercise, known_as, question, verdict_on
from cells import cell
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd import engine, nn
from micrograd.checks.catalogue import earlier, tasks
from micrograd.checks.declare import Exercise, source_of
from micrograd.checks.exercises import byte_pairs, counting, surprise, tokens
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.given import OPERATORS, VALUE
from micrograd.checks.guard import Guard
from micrograd.checks.judge import Alone, alone, judge, recognise
from micrograd.checks.question import score
from micrograd.checks.report import verdict_card
from micrograd.datasets import load
from micrograd.tokenizer import BPETokenizer, CharTokenizer

SEEDS = range(20)
UNCUT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \t\r\n"))
COURSE = {
    "03a": ("add", "mul", "power", "exp", "log", "relu"),
    "03b": ("topological_order", "backward", "zero_grad"),
    "04a": ("matrix", "parameters", "linear"),
    "05a": ("build_vocabulary", "encode", "decode", "softmax", "cross_entropy"),
}


@pytest.fixture(scope="module")
def mine() -> dict[str, Any]:
    """The sources of the core answers up to 05a in a namespace of their own, as in `my_gpt.py`."""
    names: dict[str, Any] = {"math": math, "random": random}
    for lesson, answers in COURSE.items():
        if lesson == "03a":
            exec(VALUE.text, names)
        if lesson == "03b":
            exec(OPERATORS.text, names)
        for name in answers:
            exec(source_of(exercise(lesson, name).solution, name), names)
    return names


# ------------------------------------------------------------------------- all of it together


def test_a_bigram_of_answers_learns_what_counting_finds(mine: dict[str, Any]) -> None:
    docs = ["emma", "ava", "eve", "amma", "mave"]
    chars = mine["build_vocabulary"](docs)
    pairs = [pair for doc in docs for pair in pairwise(mine["encode"](doc, chars))]
    size = len(chars) + 1
    state = {"table": mine["matrix"](size, size, 0.08, random.Random(1))}
    params = mine["parameters"](state)
    losses = []
    for _ in range(150):
        surprises = [mine["cross_entropy"](state["table"][a], b) for a, b in pairs]
        loss = sum(surprises) / len(surprises)
        losses.append(loss.data)
        mine["zero_grad"](params)
        mine["backward"](loss)
        for p in params:
            p.data -= 2.0 * p.grad
    counts = counting.bigram_counts(docs, chars)
    counted = counting.average_nll(counting.shares(counts), docs, chars)
    assert losses[0] == pytest.approx(math.log(size), abs=0.1)
    assert all(after < before for before, after in pairwise(losses))
    assert counted < losses[-1] < counted + 0.05
    for learnt, row in zip(state["table"], counting.shares(counts), strict=True):
        probabilities = [p.data for p in mine["softmax"](learnt)]
        assert probabilities == pytest.approx(row, abs=0.1)


def test_a_text_comes_back_through_the_answers(mine: dict[str, Any]) -> None:
    docs = ["zoë", "o'brien", "", "anna-lena"]
    chars = mine["build_vocabulary"](docs)
    assert [mine["decode"](mine["encode"](doc, chars), chars) for doc in docs] == docs


# ------------------------------------------------------------------------- beside the package


@settings(derandomize=True)
@given(st.lists(st.text(max_size=8), min_size=1).filter(any))
def test_characters_get_the_ids_that_the_package_gives_them(docs: list[str]) -> None:
    package = CharTokenizer.from_documents(docs)
    chars = tokens.build_vocabulary(docs)
    assert chars == package.chars
    for doc in docs:
        assert tokens.encode(doc, chars) == package.encode(doc)
        assert tokens.decode(package.encode(doc), chars) == doc


def gradients_of(result: engine.Value, values: Sequence[engine.Value]) -> list[float]:
    result.backward()
    return [v.grad for v in values]


LOGITS = st.lists(st.floats(-10, 10) | st.floats(-1e4, 1e4), min_size=1, max_size=6)


@settings(derandomize=True)
@given(LOGITS)
def test_softmax_is_the_packages(numbers: list[float]) -> None:
    package = [engine.Value(z) for z in numbers]
    own = [Value(z) for z in numbers]
    expected = nn.softmax(package)
    total = sum((i * p for i, p in enumerate(expected, start=1)), start=engine.Value(0.0))
    data, slopes = surprise.outputs(surprise.softmax(own), own)
    assert data == pytest.approx([p.data for p in expected], rel=1e-12, abs=1e-300)
    assert slopes == pytest.approx(gradients_of(total, package), rel=1e-9, abs=1e-13)


@settings(derandomize=True)
@given(LOGITS, st.data())
def test_cross_entropy_is_the_packages(numbers: list[float], data: st.DataObject) -> None:
    target = data.draw(st.integers(0, len(numbers) - 1))
    package = [engine.Value(z) for z in numbers]
    own = [Value(z) for z in numbers]
    expected = nn.cross_entropy(package, target)
    (loss,), slopes = surprise.outputs([surprise.cross_entropy(own, target)], own)
    assert loss == pytest.approx(expected.data, rel=1e-12, abs=1e-12)
    assert slopes == pytest.approx(gradients_of(expected, package), rel=1e-9, abs=1e-13)


@settings(derandomize=True)
@given(UNCUT, st.integers(0, 12))
def test_byte_pairs_are_learnt_as_the_package_learns_them(text: str, count: int) -> None:
    package = BPETokenizer.train([text], vocab_size=257 + count)
    assert byte_pairs.train_bpe(list(text.encode()), count) == package.merges


@settings(derandomize=True)
@given(st.lists(st.sampled_from(["low", "er", "aa", "a", "ë", "🙂"])).map("".join), UNCUT)
def test_byte_pairs_cut_a_word_as_the_package_cuts_it(learnt_from: str, text: str) -> None:
    merges = byte_pairs.train_bpe(list(learnt_from.encode()), 20)
    package = BPETokenizer(merges)
    for word in (text, learnt_from, text + learnt_from):
        ids = byte_pairs.encode_bpe(word, merges)
        assert ids == package.encode(word)[1:-1]
        assert byte_pairs.decode_bpe(ids, merges) == package.decode(ids) == word


@settings(derandomize=True)
@given(st.lists(st.integers(1, 2)), st.sampled_from([(1, 1), (1, 2), (2, 1)]))
def test_the_repaired_merge_is_the_other_one(ids: list[int], pair: tuple[int, int]) -> None:
    assert byte_pairs.repair_merge(ids, pair, 9) == byte_pairs.merge(ids, pair, 9)


# ---------------------------------------------------------------- right, written another way

OTHER_WAYS = {
    ("05a", "build_vocabulary"): "def build_vocabulary(docs):\n"
    "    chars = []\n"
    "    for doc in docs:\n"
    "        for char in doc:\n"
    "            if char not in chars:\n"
    "                chars.append(char)\n"
    "    chars.sort()\n"
    "    return chars",
    ("05a", "encode"): "def encode(doc, chars):\n"
    "    ids = {char: i for i, char in enumerate(chars)}\n"
    "    ids['BOS'] = len(ids)\n"
    "    return [ids['BOS'], *(ids[char] for char in doc), ids['BOS']]",
    ("05a", "decode"): "def decode(tokens, chars):\n"
    "    text = ''\n"
    "    for token in tokens:\n"
    "        if token < len(chars):\n"
    "            text += chars[token]\n"
    "    return text",
    ("05a", "windows"): "def windows(tokens, size):\n"
    "    return [(tokens[:i][-size:], tokens[i]) for i in range(1, len(tokens))]",
    ("05a", "softmax"): "def softmax(logits):\n"
    "    top = logits[0]\n"
    "    for z in logits:\n"
    "        if z.data > top.data:\n"
    "            top = z\n"
    "    total = Value(0.0)\n"
    "    for z in logits:\n"
    "        total = total + exp(z - top)\n"
    "    return [exp(z - top) * total ** -1 for z in logits]",
    ("05a", "cross_entropy"): "def cross_entropy(logits, target):\n"
    "    m = max(z.data for z in logits)\n"
    "    return m + log(sum(exp(z - m) for z in logits)) - logits[target]",
    ("05a", "bigram_counts"): "def bigram_counts(docs, chars):\n"
    "    n = len(chars)\n"
    "    table = []\n"
    "    for a in range(n + 1):\n"
    "        table.append([0] * (n + 1))\n"
    "    for doc in docs:\n"
    "        before = n\n"
    "        for char in doc:\n"
    "            table[before][chars.index(char)] += 1\n"
    "            before = chars.index(char)\n"
    "        table[before][n] += 1\n"
    "    return table",
    ("05a", "average_nll"): "def average_nll(probs, docs, chars):\n"
    "    total = n = 0\n"
    "    for doc in docs:\n"
    "        t = encode(doc, chars)\n"
    "        for i in range(1, len(t)):\n"
    "            total -= math.log(probs[t[i - 1]][t[i]])\n"
    "            n += 1\n"
    "    return total / n",
    ("05a", "repair_loss"): "def repair_loss(tokens, table):\n"
    "    losses = []\n"
    "    for i in range(1, len(tokens)):\n"
    "        losses.append(cross_entropy(table[tokens[i - 1]], tokens[i]))\n"
    "    return sum(losses) * (1 / len(losses))",
    ("05a", "repair_unseen"): "def repair_unseen(counts):\n"
    "    table = []\n"
    "    for row in counts:\n"
    "        table.append([(count + 1) / (sum(row) + len(row)) for count in row])\n"
    "    return table",
    ("05b", "count_pairs"): "def count_pairs(tokens):\n"
    "    counts = {}\n"
    "    for i in range(len(tokens) - 1):\n"
    "        pair = tokens[i], tokens[i + 1]\n"
    "        if pair not in counts:\n"
    "            counts[pair] = 0\n"
    "        counts[pair] += 1\n"
    "    return counts",
    ("05b", "merge"): "def merge(tokens, pair, new_id):\n"
    "    rest, done = list(tokens), []\n"
    "    while rest:\n"
    "        if rest[:2] == list(pair):\n"
    "            done.append(new_id)\n"
    "            rest = rest[2:]\n"
    "        else:\n"
    "            done.append(rest.pop(0))\n"
    "    return done",
    ("05b", "train_bpe"): "def train_bpe(tokens, count):\n"
    "    merges = []\n"
    "    for new_id in range(256, 256 + count):\n"
    "        pairs = count_pairs(tokens)\n"
    "        if not pairs:\n"
    "            break\n"
    "        most = max(pairs.values())\n"
    "        best = min(pair for pair in pairs if pairs[pair] == most)\n"
    "        tokens = merge(tokens, best, new_id)\n"
    "        merges.append(best)\n"
    "    return merges",
    ("05b", "encode_bpe"): "def encode_bpe(text, merges):\n"
    "    tokens, new_id = [*text.encode()], 256\n"
    "    for pair in merges:\n"
    "        tokens = merge(tokens, tuple(pair), new_id)\n"
    "        new_id += 1\n"
    "    return tokens",
    ("05b", "decode_bpe"): "def decode_bpe(tokens, merges):\n"
    "    found, stack = [], list(tokens)[::-1]\n"
    "    while stack:\n"
    "        token = stack.pop()\n"
    "        if token < 256:\n"
    "            found.append(token)\n"
    "        else:\n"
    "            left, right = merges[token - 256]\n"
    "            stack += [right, left]\n"
    "    return bytes(found).decode(errors='replace')",
    ("05b", "repair_merge"): "def repair_merge(tokens, pair, new_id):\n"
    "    merged = []\n"
    "    previous = None\n"
    "    for token in tokens:\n"
    "        if (previous, token) == pair:\n"
    "            merged[-1] = new_id\n"
    "            token = None\n"
    "        else:\n"
    "            merged.append(token)\n"
    "        previous = token\n"
    "    return merged",
}


def test_there_is_another_way_for_every_answer() -> None:
    asked = [task for lesson in ("05a", "05b") for task in tasks(lesson).values()]
    assert set(OTHER_WAYS) == {(t.lesson, t.name) for t in asked if isinstance(t, Exercise)}


@pytest.mark.parametrize(("lesson", "name"), OTHER_WAYS)
def test_an_answer_that_is_right_in_another_way_passes(lesson: str, name: str) -> None:
    task = exercise(lesson, name)
    answer = cell(OTHER_WAYS[lesson, name], **earlier(task))[name]
    assert judge(task, answer, random.Random(3)).state == "passed"
    assert alone(task, answer, earlier(task)).source


def test_a_counter_counts_as_a_dict() -> None:
    source = "def count_pairs(tokens):\n    return Counter(zip(tokens, tokens[1:]))"
    answer = cell(source, Counter=Counter)["count_pairs"]
    assert judge(exercise("05b", "count_pairs"), answer, random.Random(0)).state == "passed"


# --------------------------------------------------------------------- wrong, as people write it

WRONG = [
    (
        "05a",
        "encode",
        "def encode(doc, chars):\n    return [len(chars)] + [chars.index(c) for c in doc]",
        "BOS on one side: the beginning only",
    ),
    (
        "05a",
        "windows",
        "def windows(tokens, size):\n"
        "    return [(tokens[max(0, i - size):i], tokens[i - 1]) for i in range(1, len(tokens))]",
        "the answer stands in the question",
    ),
    (
        "05a",
        "softmax",
        "def softmax(logits):\n"
        "    powers = [z.exp() for z in logits]\n"
        "    return [p / sum(powers) for p in powers]",
        "maximum not subtracted",
    ),
    (
        "05a",
        "softmax",
        "def softmax(logits):\n    top = max(logits)\n    return [z / top for z in logits]",
        "Values where Python wants numbers",
    ),
    (
        "05a",
        "softmax",
        "def softmax(logits):\n"
        "    powers = [math.exp(z) for z in logits]\n"
        "    return [p / sum(powers) for p in powers]",
        "Values where Python wants numbers",
    ),
    (
        "05a",
        "cross_entropy",
        "def cross_entropy(logits, target):\n"
        "    p = softmax(logits)[target]\n"
        "    return p.log() * -1",
        "probability zero",
    ),
    (
        "05a",
        "cross_entropy",
        "def cross_entropy(logits, target):\n    return -(softmax(logits)[target] + 1e-8).log()",
        "a little added against zero",
    ),
    (
        "05a",
        "average_nll",
        "def average_nll(probs, docs, chars):\n"
        "    found = []\n"
        "    for doc in docs:\n"
        "        t = encode(doc, chars)\n"
        "        found += [probs[a][b] for a, b in zip(t, t[1:])]\n"
        "    return -math.log(sum(found) / len(found))",
        "log of the mean for mean of logs",
    ),
    (
        "05a",
        "repair_unseen",
        "def repair_unseen(counts):\n"
        "    table = []\n"
        "    for row in counts:\n"
        "        table.append([(count + 1) / sum(row) for count in row])\n"
        "    return table",
        "divided by the old sum",
    ),
    (
        "05b",
        "merge",
        "def merge(tokens, pair, new_id):\n"
        "    done, i = [], 0\n"
        "    while i < len(tokens):\n"
        "        if tokens[i:i + 2] == pair:\n"
        "            done.append(new_id)\n"
        "            i += 1\n"
        "        else:\n"
        "            done.append(tokens[i])\n"
        "        i += 1\n"
        "    return done",
        "a list is never equal to a tuple",
    ),
    (
        "05b",
        "train_bpe",
        "def train_bpe(tokens, count):\n"
        "    merges = []\n"
        "    for i in range(count):\n"
        "        pairs = count_pairs(tokens)\n"
        "        if not pairs:\n"
        "            break\n"
        "        best = max(pairs, key=pairs.get)\n"
        "        tokens = merge(tokens, best, 256 + i)\n"
        "        merges.append(best)\n"
        "    return merges",
        "equals decided by who comes first",
    ),
]


@pytest.mark.parametrize(("lesson", "name", "source", "mistake"), WRONG)
def test_a_mistake_is_told_however_it_is_written(
    lesson: str, name: str, source: str, mistake: str
) -> None:
    assert known_as(lesson, name, source) == mistake


def test_a_card_shows_ids_as_whole_numbers() -> None:
    verdict = verdict_on("05a", "encode", "def encode(doc, chars):\n    return [4, 1, 3, 0]")
    text = repr(verdict_card(exercise("05a", "encode"), verdict, Alone()))
    assert "Expected: [4, 1, 3, 0, 4], because" in text
    assert "Came back: [4, 1, 3, 0]" in text


@pytest.mark.parametrize(
    ("lesson", "name"),
    [("05a", "repair_loss"), ("05a", "repair_unseen"), ("05b", "repair_merge")],
)
def test_a_bug_to_find_is_really_there(lesson: str, name: str) -> None:
    task = exercise(lesson, name)
    assert task.given is not None
    guard = Guard(cell(source_of(task.given, name), **earlier(task))[name], observe=task.observe)
    inputs = [*task.cases, *(task.fresh(random.Random(seed)) for seed in range(3))]
    found = recognise(task, inputs, [guard(*one) for one in inputs])
    assert found is not None
    assert found.name == "the bug is still there"


def test_a_loss_that_asks_for_what_it_shows_falls_to_nothing() -> None:
    table = [[Value(9.0 if a == b else 0.0) for b in range(3)] for a in range(3)]
    ids = [2, 0, 1, 1, 0, 2]
    assert surprise.buggy_loss(ids, table).data < 0.001
    assert surprise.repair_loss(ids, table).data > 5


# ------------------------------------------------------------------------------- the questions


@pytest.fixture(scope="module")
def names() -> list[str]:
    return load("names")


@pytest.fixture(scope="module")
def counts(names: list[str]) -> list[list[int]]:
    table: list[list[int]] = counting.bigram_counts(names, tokens.build_vocabulary(names))
    return table


def test_the_surprise_of_a_guesser() -> None:
    task = question("05a", "guesser")
    assert score(task, -math.log(1 / 27)).right
    assert score(task, "3.30").right
    assert not score(task, math.log(26)).right


def test_other_ids_give_the_same_score(names: list[str]) -> None:
    def average(chars: list[str]) -> float:
        table = counting.shares(counting.bigram_counts(names, chars))
        return float(counting.average_nll(table, names, chars))

    chars = tokens.build_vocabulary(names)
    assert average(random.Random(1).sample(chars, 26)) == pytest.approx(average(chars), rel=1e-12)
    assert question("05a", "renumbered").answer == "C"


def test_what_comes_after_an_n(names: list[str], counts: list[list[int]]) -> None:
    chars = tokens.build_vocabulary(names)
    row = counts[chars.index("n")]
    shares = dict(zip([*chars, "BOS"], (round(100 * n / sum(row)) for n in row), strict=True))
    best = sorted(shares, key=lambda name: -shares[name])
    assert best[:2] == ["BOS", "a"]
    assert (shares["BOS"], shares["a"]) == (24, 19)
    assert shares["a"] > max(shares["e"], shares["i"])
    after_ann = Counter((name + ".")[3] for name in names if name.startswith("ann"))
    assert after_ann.most_common(1)[0][0] == "e"


def test_where_counting_ends(names: list[str], counts: list[list[int]]) -> None:
    chars = tokens.build_vocabulary(names)
    counted = counting.average_nll(counting.shares(counts), names, chars)
    assert f"at {counted:.2f}" in dict(question("05a", "lowest_loss").options)["C"]
    assert counts[chars.index("q")][chars.index("u")] * 2 > sum(counts[chars.index("q")])


def test_only_one_order_of_the_steps_scores_a_name() -> None:
    chars = ["a", "b"]
    probs = [[0.1, 0.3, 0.6], [0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]
    steps = {
        "A": lambda things: sum(things) / len(things),
        "B": lambda things: list(zip(things, things[1:], strict=False)),
        "C": lambda things: [-math.log(thing) for thing in things],
        "D": lambda things: tokens.encode(things, chars),
        "E": lambda things: [probs[a][b] for a, b in things],
    }

    def outcome(order: Iterable[str]) -> Any:
        thing: Any = "abb"
        try:
            for letter in order:
                thing = steps[letter](thing)
        except (TypeError, ValueError, KeyError):
            return None
        return thing

    task = question("05a", "score_order")
    right = counting.average_nll(probs, ["abb"], chars)
    found = [" ".join(o) for o in permutations(steps) if outcome(o) == pytest.approx(right)]
    assert found == [task.answer]


def test_the_bytes_of_a_greeting() -> None:
    assert float(question("05b", "how_many_bytes").answer) == len("Zoë 🙂".encode())


def test_the_first_merge_is_the_most_frequent_pair() -> None:
    text = "the cat sat on the mat with that hat"
    assert text in question("05b", "first_merge").task
    pairs = byte_pairs.count_pairs(list(text))
    assert byte_pairs.train_bpe(list(text.encode()), 1) == [tuple(b"at")]
    assert (pairs["a", "t"], pairs["t", "h"]) == (5, 4)
    assert BPETokenizer.train([text], 258).merges == [tuple(b"at")]


def test_two_merges_by_hand() -> None:
    ids = list(b"abababa")
    merges = byte_pairs.train_bpe(ids, 2)
    left = byte_pairs.encode_bpe("abababa", merges)
    assert float(question("05b", "merge_by_hand").answer) == len(left)
    assert len(byte_pairs.encode_bpe("abababa", merges[:1])) == 4


def test_the_name_of_a_special_token_is_text_to_the_package() -> None:
    package = BPETokenizer([], special=["<end>"])
    assert package.encode("<end>")[1:-1] == list(b"<end>")
    assert question("05b", "users_bos").answer == "B"
