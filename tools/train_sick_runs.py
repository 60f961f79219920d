"""Make `data/training-runs.json`: runs that go wrong on purpose, and races of optimizers and plans.

    python tools/train_sick_runs.py          # the same numbers every time

Notebook 07 draws these curves, which would take too long in a cell. Each disease is trained twice,
from two seeds: one run is shown with its name, the other asked for in the quiz. Ten minutes or so.
"""

import gc
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from micrograd.datasets import load, split
from micrograd.gpt import GPT, GPTConfig, forward
from micrograd.nn import cross_entropy, mean
from micrograd.optim import SGD, Adam, constant, cosine_decay, linear_decay
from micrograd.tokenizer import CharTokenizer

FILE = Path(__file__).resolve().parent.parent / "data" / "training-runs.json"
STEPS, EVERY = 2000, 50
SHOWN, ASKED = 42, 7  # the seeds of the run that is shown and of the one that is asked for
RACES = {
    "SGD": (0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
    "momentum": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    "Adam": (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
}
RACE_STEPS, RACE_SEEDS = 300, (1, 2, 3)
SCHEDULES = {"constant": constant, "linear": linear_decay, "cosine": cosine_decay}
SCHEDULE_STEPS = 1000
# In the quiz a curve has a number instead of its name: 1 for the first of these, and so on.
QUIZ = (
    *("50 names only", "healthy", "targets shifted"),
    *("rate too high", "held-out names leaked", "not shuffled"),
)

names, held_out = split(load("names"), 0.1, Random(42))
tokenizer = CharTokenizer.from_documents(names)


@dataclass(frozen=True)
class Plan:
    """What a run trains on, in this order, and what it is judged by."""

    documents: Sequence[str]
    judges: Sequence[str]
    shift: int = 1  # how far ahead of a token its target stands
    lr: float = 0.01
    schedule: Callable[[int, int, float], float] = linear_decay
    strangers: Sequence[str] = ()  # names that the run truly never sees


def plans(rng: Random) -> dict[str, Plan]:
    """One plan for each disease; `rng` decides which names it meets."""
    mine, others = rng.sample(names, len(names)), rng.sample(held_out, len(held_out))
    well = Plan(mine, others[:100])
    both = rng.sample(mine[:25] + others[:25], 50)
    return {
        "healthy": well,
        "rate too high": replace(well, lr=0.1, schedule=constant),
        "not shuffled": replace(well, documents=sorted(mine[:STEPS])),
        "50 names only": replace(well, documents=mine[:50]),
        "held-out names leaked": Plan(both, others[:25], strangers=others[100:200]),
        "targets shifted": replace(well, shift=0),
    }


def surprise(model: Any, score: Any, text: str, shift: int) -> Any:
    """The mean surprise at the tokens that stand `shift` after each; `score` gives the logits."""
    tokens, cache = tokenizer.encode(text), model.new_cache()
    pairs = list(zip(tokens[: len(tokens) - 1], tokens[shift:], strict=False))
    pairs = pairs[: model.config.block_size]
    return mean([cross_entropy(score(a, i, cache), b) for i, (a, b) in enumerate(pairs)])


def judged(model: GPT, texts: Sequence[str], shift: int) -> float:
    """The mean loss of some texts, with plain numbers."""
    state = model.state_dict()

    def score(token: int, position: int, cache: Any) -> Any:
        return forward(token, position, state, model.config, cache)

    return sum(surprise(model, score, text, shift) for text in texts) / len(texts)


def run(plan: Plan, seed: int, until: int = STEPS) -> dict[str, Any]:
    """The mean of every 50 losses, and before, between and after them the loss of the judges.

    `until` ends it early: for a look at whether the first numbers are still those of the file.
    """
    model = GPT(GPTConfig(tokenizer.vocab_size), Random(seed))
    adam = Adam(model.parameters(), plan.lr, betas=(0.85, 0.99))
    losses: list[float] = []
    told: dict[str, Any] = {"every": EVERY, "loss": []}
    told["held_out"] = [judged(model, plan.judges, plan.shift)]
    told["strangers"] = [judged(model, plan.strangers, plan.shift)] if plan.strangers else []
    for step in range(until):
        adam.zero_grad()
        text = plan.documents[step % len(plan.documents)]
        loss = surprise(model, model.logits, text, plan.shift)
        loss.backward()
        adam.lr = plan.schedule(step, STEPS, plan.lr)
        adam.step()
        losses.append(loss.data)
        if (step + 1) % EVERY == 0:
            told["loss"].append(sum(losses[-EVERY:]) / EVERY)
            told["held_out"].append(judged(model, plan.judges, plan.shift))
            if plan.strangers:
                told["strangers"].append(judged(model, plan.strangers, plan.shift))
    return {name: rounded(numbers) for name, numbers in told.items() if numbers != []}


def rounded(numbers: Any) -> Any:
    return [round(x, 3) for x in numbers] if isinstance(numbers, list) else numbers


def race(
    name: str,
    lr: float,
    seed: int,
    steps: int = RACE_STEPS,
    schedule: Callable[[int, int, float], float] = linear_decay,
) -> float | None:
    """The held-out loss after some steps, and None for a run that did not reach them."""
    model = GPT(GPTConfig(tokenizer.vocab_size), Random(seed))
    weights = model.parameters()
    racers = {"SGD": SGD(weights, lr), "momentum": SGD(weights, lr, momentum=0.9)}
    optimizer = racers.get(name) or Adam(weights, lr, betas=(0.85, 0.99))
    texts = Random(seed).sample(names, steps)
    try:
        for step, text in enumerate(texts):
            optimizer.zero_grad()
            model.loss(tokenizer.encode(text)).backward()
            optimizer.lr = schedule(step, steps, lr)
            optimizer.step()
        found = judged(model, held_out[:100], 1)
    except (ArithmeticError, ValueError):  # a number too large for a float
        return None
    return round(found, 3) if found < 100 else None


def planned(schedule: Callable[[int, int, float], float]) -> list[float | None]:
    return [race("Adam", 0.01, seed, SCHEDULE_STEPS, schedule) for seed in RACE_SEEDS]


def main() -> None:
    gc.disable()  # the nodes of a step form no cycles, and searching for some takes half the time
    shown = {name: run(plan, SHOWN) for name, plan in plans(Random(SHOWN)).items()}
    others = plans(Random(ASKED))
    asked = {str(place): run(others[name], ASKED) for place, name in enumerate(QUIZ, start=1)}
    for told in asked.values():
        told.pop("strangers", None)  # which would give it away
    whole = {
        "about": "Made by tools/train_sick_runs.py; data/README.md says what each run is.",
        "shown": shown,
        "asked": asked,
        "raced": {
            name: {str(lr): [race(name, lr, seed) for seed in RACE_SEEDS] for lr in rates}
            for name, rates in RACES.items()
        },
        "planned": {name: planned(schedule) for name, schedule in SCHEDULES.items()},
    }
    FILE.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
