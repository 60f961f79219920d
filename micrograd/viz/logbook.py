"""What is measured on the way of a training run, beside its losses.

`train` hands out the loss and the rate of each step. Here its steps are passed on, and meanwhile a
log is written: how long the gradient was and how far the weights moved, and every hundred steps
what the model makes of names it never trained on, and which names it invents. The log lies in the
run's notes, so that a checkpoint keeps it. Measuring changes nothing: the losses are the same.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from random import Random
from typing import Any, cast

from micrograd.nn import cross_entropy
from micrograd.sample import generate
from micrograd.train import Step, Training, train

DICE = 2024  # the seed of every sampling, so that what differs between names is the model alone
Steps = Generator[Step, None, None]


@dataclass(frozen=True)
class HeldOut:
    """The loss of names that the model never trained on."""

    number: int  # how many steps had been made
    loss: float  # mean surprise of each name, in nats, averaged over the names


@dataclass(frozen=True)
class Log:
    """The measurements of a run. They are lists that grow, and lie in `training.notes["log"]`."""

    gradient: list[float]  # its length at each step, as the optimizer used it
    update: list[float]  # how far the weights moved at each step
    held_out: list[Any]  # [steps made so far, loss of the held-out names]
    names: list[Any]  # [steps made so far, the names that were sampled]
    rates: list[Any]  # [a step, the optimizer's lr from there on]: the first and those set by hand

    @classmethod
    def of(cls, training: Training) -> Log:
        empty: dict[str, list[Any]] = {field.name: [] for field in fields(cls)}
        log = training.notes.setdefault("log", empty)
        if not all(isinstance(measured, list) for measured in log.values()):
            raise TypeError("A log is made of lists.")
        return cls(**log)

    def begin(self, training: Training) -> None:
        """Note the rate, and leave room for steps that were made without a log."""
        self.set_rate(training)
        for sizes in (self.gradient, self.update):
            sizes.extend([math.nan] * (training.step - len(sizes)))

    def set_rate(self, training: Training) -> None:
        """Note the rate that the next step will find, where it is another than before."""
        step, lr = training.step + 1, training.optimizer.lr
        if self.rates and self.rates[-1][0] == step:
            del self.rates[-1]
        if not self.rates or self.rates[-1][1] != lr:
            self.rates.append([step, lr])

    def has_looked(self, step: int) -> bool:
        """Whether names were sampled after `step` steps."""
        return bool(self.names) and bool(self.names[-1][0] >= step)


def observed(training: Training, held_out: Sequence[str], every: int, samples: int) -> Steps:
    """Train as `train` does, and write the log, up to the end of the plan.

    It may be closed after any step, and begun again: it goes on where the run is.
    """
    log, parameters = Log.of(training), training.optimizer.parameters
    log.begin(training)
    if training.step % every == 0:
        look(training, log, held_out, samples)
    with closing(cast(Steps, train(training))) as steps:
        while True:
            before = [p.data + 0 for p in parameters]  # + 0: a copy, of an array too
            step = next(steps, None)
            if step is None:
                return
            log.gradient.append(length([p.grad for p in parameters]))
            moves = [p.data - data for p, data in zip(parameters, before, strict=True)]
            log.update.append(length(moves))
            if training.step % every == 0 or training.step == training.steps:
                look(training, log, held_out, samples)
            yield step


def length(numbers: Sequence[Any]) -> float:
    """The square root of the sum of the squares, of floats or of NumPy arrays."""
    if hasattr(numbers[0], "ravel"):
        numbers = [math.sqrt(float((x * x).sum())) for x in numbers]
    return math.hypot(*numbers)


def look(training: Training, log: Log, held_out: Sequence[str], samples: int) -> None:
    """What the model makes of names that it does not know, and which it invents."""
    if log.has_looked(training.step):
        return
    if held_out:
        log.held_out.append([training.step, average_loss(training, held_out)])
    log.names.append([training.step, sampled(training, samples)])


def average_loss(training: Training, texts: Sequence[str]) -> float:
    """The mean surprise of each text, in nats, averaged over the texts; NaN past all numbers.

    It is computed with plain floats, which takes a third of the time that a graph would.
    """
    model = training.model.frozen()
    encoded = [training.tokenizer.encode(text) for text in texts]
    try:
        return sum(surprise(model, tokens) for tokens in encoded) / len(encoded)
    except (ArithmeticError, ValueError):  # weights that have run away
        return math.nan


def surprise(model: Any, tokens: Sequence[int]) -> float:
    cache = model.new_cache()
    pairs = list(zip(tokens, tokens[1:], strict=False))[: model.config.block_size]
    losses = [
        cross_entropy([float(x) for x in model.logits(token, position, cache)], target)
        for position, (token, target) in enumerate(pairs)
    ]
    return float(sum(losses)) / len(pairs)


def sampled(training: Training, count: int) -> list[str]:
    """Some names of the model as it is; none once its weights have run away."""
    dice = Random(DICE)
    try:
        return [generate(training.model, training.tokenizer, dice) for _ in range(count)]
    except (ArithmeticError, ValueError):
        return []
