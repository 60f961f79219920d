"""The answers of notebooks 07 and 07b: alone, together, and beside the package's training."""

import json
import math
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from answers import known_as, question, verdict_on

from micrograd import gpt, optim
from micrograd.checks.declare import source_of
from micrograd.checks.exercises import training, training_care, training_practice
from micrograd.checks.exercises.autograd_backward import weight
from micrograd.checks.growing import growing_file, pieces
from micrograd.datasets import data_file
from micrograd.engine import Value
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import train_sick_runs

Names = dict[str, Any]

CONFIGS = [
    gpt.GPTConfig(27),
    gpt.GPTConfig(5, block_size=4, n_layer=2, n_head=2, n_embd=4),
]
DOCUMENTS = [[4, 0, 1, 4], [4, 4], [4, 3, 2, 1, 0, 3, 2, 4]]  # the last is longer than 4


@pytest.fixture(scope="module")
def mine() -> Names:
    """The learner's own file, as it is when every answer has passed, run in a fresh namespace."""
    records = {task.key: {"source": source_of(task.solution, task.name)} for task in pieces()}
    names: Names = {}
    exec(growing_file(records), names)
    return names


@pytest.fixture(scope="module")
def runs() -> Names:
    found: Names = json.loads(data_file("training-runs.json").read_text("utf-8"))
    return found


def numbers(values: Iterable[Any]) -> list[float]:
    return [value.data for value in values]


def model_and_state(config: gpt.GPTConfig, mine: Names) -> tuple[gpt.GPT, Names]:
    """The package's model, and its weights in learner's Values."""
    model = gpt.GPT(config, random.Random(1))
    state = model.state_dict()
    return model, {n: [[mine["Value"](x) for x in row] for row in m] for n, m in state.items()}


# ------------------------------------------------------------------------- all of it together


@pytest.mark.parametrize("tokens", DOCUMENTS, ids=str)
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_the_learners_loss_is_the_packages(
    config: gpt.GPTConfig, tokens: list[int], mine: Names
) -> None:
    model, state = model_and_state(config, mine)
    loss = mine["document_loss"](tokens, state, config)
    mine["backward"](loss)
    expected = model.loss(tokens)
    expected.backward()
    assert loss.data == pytest.approx(expected.data, rel=1e-12)
    own = [p.grad for p in mine["parameters"](state)]
    assert own == pytest.approx([p.grad for p in model.parameters()], rel=1e-9, abs=1e-12)


def test_the_learners_steps_are_the_packages(mine: Names) -> None:
    names, steps = ["emma", "ada", "bela"], 7
    tokenizer = CharTokenizer.from_documents(names)
    config = gpt.GPTConfig(tokenizer.vocab_size, block_size=4, n_head=2, n_embd=4)
    model, state = model_and_state(config, mine)
    adam = optim.Adam(model.parameters(), 0.01, betas=(0.85, 0.99))
    theirs = [s.loss for s in train(Training(model, tokenizer, names, adam, steps=steps))]
    params = mine["parameters"](state)
    m, v, own = [0.0] * len(params), [0.0] * len(params), []
    for step in range(steps):
        tokens = mine["encode"](names[step % 3], tokenizer.chars)
        lr = mine["linear_decay"](step, steps, 0.01)
        own.append(mine["train_step"](tokens, state, config, params, m, v, step, lr))
    assert own == pytest.approx(theirs, abs=1e-9)
    assert numbers(params) == pytest.approx(numbers(model.parameters()), abs=1e-9)


# ------------------------------------------------------------------------ beside the package


def some_parameters() -> tuple[list[Any], list[Value]]:
    rng = random.Random(3)
    data = [rng.uniform(-1, 1) for _ in range(5)]
    return [weight(x, 0.0) for x in data], [Value(x) for x in data]


def slopes_at(step: int) -> list[float]:
    rng = random.Random(step)
    return [rng.uniform(-1, 1) * size for size in (1, 1000, 1e-3, 1e-8, 0)]


@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam"])
def test_a_step_of_the_learner_is_the_packages(name: str) -> None:
    own, theirs = some_parameters()
    velocity, m, v = [0.0] * 5, [0.0] * 5, [0.0] * 5
    optimizer: optim.SGD | optim.Adam = optim.Adam(theirs, 0.1, betas=(0.85, 0.99))
    if name != "Adam":
        optimizer = optim.SGD(theirs, 0.1, momentum=0.9 if name == "momentum" else 0.0)
    for step in range(6):
        for group in (own, theirs):
            for p, grad in zip(group, slopes_at(step), strict=True):
                p.grad = grad
        if name == "SGD":
            training_practice.sgd_step(own, 0.1)
        elif name == "momentum":
            training_practice.momentum_step(own, velocity, 0.1)
        else:
            training.adam_step(own, m, v, step, 0.1)
        optimizer.step()
        assert numbers(own) == pytest.approx(numbers(theirs), rel=1e-12)


@pytest.mark.parametrize("grad", [1e-6, 0.5, -1e6])
def test_adams_first_step_is_as_long_as_the_rate(grad: float) -> None:
    params = [weight(1.0, grad)]
    training.adam_step(params, [0.0], [0.0], 0, 0.01)
    assert params[0].data == pytest.approx(1.0 - math.copysign(0.01, grad), abs=0.01 * 0.011)


@pytest.mark.parametrize("step", [0, 1, 499, 999])
def test_rates_fall_as_the_packages_do(step: int) -> None:
    assert training.linear_decay(step, 1000, 0.01) == optim.linear_decay(step, 1000, 0.01)
    cosine = training_care.cosine(step, 1000, 0.01)
    assert cosine == pytest.approx(optim.cosine_decay(step, 1000, 0.01))


def test_a_warm_up_has_no_jump_and_ends_at_nothing() -> None:
    rates = [training_care.warm_up(step, 40, 1.0, 8) for step in range(41)]
    assert rates[0] == 1 / 8
    assert rates[7] == rates[8] == 1.0
    assert rates[40] == 0.0
    assert max(abs(a - b) for a, b in zip(rates, rates[1:], strict=False)) <= 1 / 8


def test_clipping_is_the_packages() -> None:
    for largest in (0.5, 1.0, 100.0):
        own, theirs = some_parameters()
        for p, q, grad in zip(own, theirs, slopes_at(1), strict=True):
            p.grad = q.grad = grad / 100
        training_care.clip(own, largest)
        optim.clip_gradients(theirs, largest)
        assert [p.grad for p in own] == pytest.approx([q.grad for q in theirs], rel=1e-12)


def test_a_smoothed_curve_is_as_long_and_never_beyond_its_losses() -> None:
    rng = random.Random(1)
    losses = [rng.uniform(1, 4) for _ in range(50)]
    smooth = training_practice.smoothed(losses, 10)
    assert len(smooth) == 50
    assert min(losses) <= min(smooth) <= max(smooth) <= max(losses)
    assert training_practice.smoothed(losses, 1) == losses


# --------------------------------------------------------------- right in another way, and wrong

OTHER_WAYS = {
    ("07", "document_loss"): "def document_loss(tokens, state, config):\n"
    "    cache = new_cache(config)\n"
    "    pairs = list(zip(tokens, tokens[1:]))[: config.block_size]\n"
    "    total = 0.0\n"
    "    for i, (token, target) in enumerate(pairs):\n"
    "        surprise = cross_entropy(gpt(token, i, state, config, cache), target)\n"
    "        total = surprise * (1 / len(pairs)) + total\n"
    "    return total",
    ("07", "linear_decay"): "def linear_decay(step, steps, lr):\n"
    "    return max(0.0, (steps - step) * lr / steps)",
    ("07", "adam_step"): "def adam_step(params, m, v, step, lr):\n"
    "    n = step + 1\n"
    "    m[:] = [0.85 * a + (1 - 0.85) * p.grad for a, p in zip(m, params)]\n"
    "    v[:] = [0.99 * a + (1 - 0.99) * p.grad * p.grad for a, p in zip(v, params)]\n"
    "    for p, a, b in zip(params, m, v):\n"
    "        size = math.sqrt(b / (1 - 0.99 ** n))\n"
    "        p.data = p.data - lr * (a / (1 - 0.85 ** n)) / (size + 1e-8)",
    ("07", "train_step"): "def train_step(tokens, state, config, params, m, v, step, lr):\n"
    "    loss = document_loss(tokens, state, config)\n"
    "    zero_grad(params)\n"
    "    backward(loss)\n"
    "    adam_step(params, m, v, step, lr)\n"
    "    zero_grad(params)\n"
    "    return float(loss.data)",
    ("07", "momentum_step"): "def momentum_step(params, velocity, lr):\n"
    "    for i in range(len(params)):\n"
    "        velocity[i] *= 0.9\n"
    "        velocity[i] += params[i].grad\n"
    "        params[i].data -= velocity[i] * lr",
    ("07", "smoothed"): "def smoothed(losses, n):\n"
    "    def mean(x):\n"
    "        return sum(x) / len(x)\n"
    "    return [mean(losses[: i + 1][-n:]) for i in range(len(losses))]",
    ("07b", "clip"): "def clip(params, largest):\n"
    "    length = math.hypot(*[p.grad for p in params])\n"
    "    factor = min(1.0, largest / length) if length else 1.0\n"
    "    for p in params:\n"
    "        p.grad = p.grad * factor",
    ("07b", "repair_split"): "def repair_split(names, n):\n"
    "    held_out = names[:n]\n"
    "    train = [name for name in names if name not in held_out]\n"
    "    return train, held_out",
}


@pytest.mark.parametrize(("lesson", "name"), OTHER_WAYS)
def test_an_answer_that_is_right_in_another_way_passes(lesson: str, name: str) -> None:
    assert verdict_on(lesson, name, OTHER_WAYS[lesson, name]).state == "passed"


def test_a_loss_measured_again_after_the_step_is_known() -> None:
    source = (
        "def train_step(tokens, state, config, params, m, v, step, lr):\n"
        "    zero_grad(params)\n"
        "    backward(document_loss(tokens, state, config))\n"
        "    adam_step(params, m, v, step, lr)\n"
        "    return document_loss(tokens, state, config).data"
    )
    assert known_as("07", "train_step", source) == "the loss after the step"


def test_a_list_made_anew_is_known() -> None:
    source = (
        "def adam_step(params, m, v, step, lr):\n"
        "    m = [0.85 * a + 0.15 * p.grad for a, p in zip(m, params)]\n"
        "    v = [0.99 * a + 0.01 * p.grad ** 2 for a, p in zip(v, params)]\n"
        "    for p, a, b in zip(params, m, v):\n"
        "        a, b = a / (1 - 0.85 ** (step + 1)), b / (1 - 0.99 ** (step + 1))\n"
        "        p.data -= lr * a / (b ** 0.5 + 1e-8)"
    )
    assert known_as("07", "adam_step", source) == "nothing remembered"


# ------------------------------------------------------------------------------ the questions


def in_order(letters: str) -> str:
    """The lines of the puzzle, what follows the loop's first line inside of it."""
    texts, lines, indent = dict(question("07", "loop_order").options), [], ""
    for letter in letters.split():
        lines.append(indent + texts[letter])
        indent = "    " if letter == "C" else indent
    return "\n".join(lines) + ("\n    pass" if letters.endswith("C") else "")


def run_in_order(letters: str, mine: Names) -> tuple[Names, list[float]]:
    """What the lines leave, and the loss of each step."""
    losses: list[float] = []

    def train_step(*inputs: Any) -> None:
        losses.append(mine["train_step"](*inputs))

    names = {**mine, "Random": random.Random, "steps": 30, "docs": [[2, 0, 1, 2]]}
    names["config"] = mine["Config"](3, block_size=4, n_head=1, n_embd=4)
    names["train_step"] = train_step
    exec(in_order(letters), names)
    return names, losses


def test_the_lines_in_their_order_train(mine: Names) -> None:
    task = question("07", "loop_order")
    _, losses = run_in_order(task.answer, mine)
    assert len(losses) == 30
    assert losses[-1] < losses[0] / 2


def test_the_lines_in_a_wrong_order_do_what_their_hint_says(mine: Names) -> None:
    wrong = {mistake.name: mistake.answers for mistake in question("07", "loop_order").wrong}
    for letters in wrong["a new model at every step"]:
        _, losses = run_in_order(letters, mine)
        assert len(set(losses)) == 1
    for letters in wrong["Adam's memory wiped"]:
        names, losses = run_in_order(letters, mine)
        # what Adam remembers is of the last gradient alone
        expected = [0.15 * p.grad for p in names["params"]]
        assert names["m"] == pytest.approx(expected)
    for letters in (
        *wrong["one rate for all steps"],
        *wrong["the rate comes too late"],
        *wrong["used before it is made"],
    ):
        with pytest.raises(NameError):
            run_in_order(letters, mine)


def test_what_is_recalled_is_right(mine: Names) -> None:
    mean = (-math.log(0.5) - math.log(0.25)) / 2
    assert float(question("07", "recall_surprise").answer) == pytest.approx(mean, abs=0.011)
    w = mine["Value"](2.0)
    w.grad = 3.0
    mine["backward"](w * w)
    assert float(question("07", "recall_accumulate").answer) == w.grad
    params = [weight(2.0, 0.004)]
    training.adam_step(params, [0.0], [0.0], 0, 0.01)
    asked = question("07b", "recall_adam")
    assert float(asked.answer) == pytest.approx(params[0].data, abs=asked.tolerance)
    asked = question("07b", "recall_decay")
    assert float(asked.answer) == pytest.approx(training.linear_decay(250, 1000, 0.02))


def test_an_untrained_model_is_as_surprised_as_predicted(mine: Names) -> None:
    asked = question("07", "first_loss")
    model = gpt.GPT(gpt.GPTConfig(27), random.Random(42))
    losses = [model.loss([26, *(rng.randrange(26) for _ in range(6)), 26]).data for rng in SOME]
    assert sum(losses) / len(losses) == pytest.approx(float(asked.answer), abs=asked.tolerance)


SOME = [random.Random(seed) for seed in range(20)]


# ------------------------------------------------------------------------ the file of the runs


def test_the_quiz_asks_for_the_curves_of_the_file(runs: Names) -> None:
    task = question("07b", "which_disease")
    letters = {text: letter for letter, text in task.options}
    assert task.answer.split() == [letters[disease] for disease in train_sick_runs.QUIZ]
    assert list(runs["asked"]) == [letter for letter, _ in task.options if letter.isdigit()]
    assert set(runs["shown"]) == set(train_sick_runs.QUIZ)


def test_each_disease_has_its_sign_in_both_runs(runs: Names) -> None:
    asked = dict(zip(train_sick_runs.QUIZ, runs["asked"].values(), strict=True))
    blind = math.log(27)
    for told in (runs["shown"], asked):
        assert abs(told["healthy"]["loss"][-1] - told["healthy"]["held_out"][-1]) < 0.1
        assert max(told["rate too high"]["loss"]) > 2 * blind
        fifty = told["50 names only"]
        assert fifty["loss"][-1] < 1 < blind < fifty["held_out"][-1]
        leaked = told["held-out names leaked"]
        assert max(leaked["loss"][-1], leaked["held_out"][-1]) < 1
        assert told["targets shifted"]["loss"][2] < 0.1
        unsorted = told["not shuffled"]
        pairs = zip(unsorted["held_out"][1:], unsorted["loss"], strict=True)
        assert sum(out > own + 0.3 for out, own in pairs) > 25
    assert "strangers" not in asked["held-out names leaked"]
    assert runs["shown"]["held-out names leaked"]["strangers"][-1] > 2 * blind


@pytest.mark.slow
@pytest.mark.parametrize("disease", ["healthy", "rate too high", "targets shifted"])
def test_the_file_holds_what_its_program_makes(disease: str, runs: Names) -> None:
    plan = train_sick_runs.plans(random.Random(train_sick_runs.SHOWN))[disease]
    made = train_sick_runs.run(plan, train_sick_runs.SHOWN, until=100)
    kept = runs["shown"][disease]
    assert made["loss"] == pytest.approx(kept["loss"][:2], abs=0.0015)
    assert made["held_out"] == pytest.approx(kept["held_out"][:3], abs=0.0015)


@pytest.mark.slow
def test_the_races_are_what_their_program_makes(runs: Names) -> None:
    for name, lr in (("SGD", 0.3), ("momentum", 0.03), ("Adam", 0.01)):
        kept = runs["raced"][name][str(lr)][0]
        assert train_sick_runs.race(name, lr, 1) == pytest.approx(kept, abs=0.0015)
    assert train_sick_runs.race("SGD", 3.0, 1) is None is runs["raced"]["SGD"]["3.0"][0]
