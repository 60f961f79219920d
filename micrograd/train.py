"""The training loop: predict, measure the error, compute gradients, update.

`Training` is the state of a run and `train` the loop over it, a generator that hands out a record
after each step. It prints and draws nothing: a curve, a progress bar, a pause button and a test are
each a `for` loop around it. Notebook 07 builds the loop by hand.
"""

from __future__ import annotations

import gc
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from micrograd.gpt import GPT
from micrograd.optim import SGD, Adam, linear_decay
from micrograd.tokenizer import CharTokenizer

Schedule = Callable[[int, int, float], float]


@dataclass(frozen=True)
class Step:
    """What one step of training did."""

    number: int  # counted from 1
    loss: float  # mean surprise at the document's tokens, in nats, before the update
    lr: float  # the learning rate of the update
    seconds: float  # how long the step took
    tokens: int  # how many next tokens the document asked for


@dataclass
class Training:
    """A run, between any two of its steps: all that is needed to go on.

    Each step reads one document, in order, and starts over after the last one. The learning rate of
    a step is `schedule(step, steps, lr)`, with steps counted from 0; `steps` and `lr` may be
    changed on the way. `rng` serves whatever is drawn while the run goes on, such as sampled names.
    """

    model: GPT
    tokenizer: CharTokenizer
    documents: Sequence[str]
    optimizer: Adam | SGD
    steps: int = 1000  # the length of the plan
    schedule: Schedule = linear_decay
    lr: float = field(default=math.nan)  # at the start; the optimizer's unless given
    rng: Random = field(default_factory=Random)
    history: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.documents:
            raise ValueError("There are no documents to train on: the list is empty.")
        if math.isnan(self.lr):
            self.lr = self.optimizer.lr

    @property
    def step(self) -> int:
        """How many steps have been made."""
        return len(self.history)

    def next_document(self) -> str:
        return self.documents[self.step % len(self.documents)]


def train(training: Training, steps: int | None = None) -> Iterator[Step]:
    """Make `steps` steps, or all that remain of the plan, and hand out a record after each.

    Stopping is safe at any time: an interrupt (Ctrl-C) waits until the running update is whole, and
    a later `train(training)` goes on from there. A loss that is not a number ends the run before it
    can reach the weights.
    """
    left = training.steps - training.step
    if steps is None and left > 0:
        steps = left
    if steps is None or not 0 <= steps <= left:
        raise ValueError(
            f"{training.step} of the {training.steps} planned steps are made, so train can make 0 "
            f"to {max(0, left)} more, not {steps}. To go on, plan more first: training.steps = ..."
        )
    check_parameters(training)
    for _ in range(steps):
        with whole_step():
            record = make_step(training)
        yield record


def make_step(training: Training) -> Step:
    started = time.perf_counter()
    tokens = training.tokenizer.encode(training.next_document())
    optimizer = training.optimizer
    optimizer.lr = training.schedule(training.step, training.steps, training.lr)

    optimizer.zero_grad()
    loss = training.model.loss(tokens)
    if not math.isfinite(loss.data):
        raise FloatingPointError(
            f"The loss is {loss.data} at step {training.step + 1}, so the run stops there with its "
            f"weights as they were. A learning rate too high (now {training.lr:g}) is the usual "
            "cause: start again with a tenth of it."
        )
    loss.backward()
    optimizer.step()

    count = min(len(tokens) - 1, training.model.config.block_size)
    seconds = time.perf_counter() - started
    record = Step(training.step + 1, loss.data, optimizer.lr, seconds, count)
    training.history.append(record)
    return record


def check_parameters(training: Training) -> None:
    """The optimizer must hold the very values that the model computes with."""
    ours, theirs = training.model.parameters(), training.optimizer.parameters
    if len(ours) != len(theirs) or any(a is not b for a, b in zip(ours, theirs, strict=True)):
        raise ValueError(
            "The optimizer holds other parameters than the model: one was replaced after the "
            "optimizer was made. Change its .data instead, or make the optimizer anew."
        )


@contextmanager
def whole_step() -> Iterator[None]:
    """Hold back an interrupt, and pause the cyclic garbage collector, until a step is whole.

    A step makes thousands of nodes and frees them all. They form no cycles, so reference counts
    free them at once; the collector would only search them for cycles, again and again.
    """
    interrupts: list[int] = []
    in_main_thread = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    hold = in_main_thread and callable(handler)
    collecting = gc.isenabled()
    try:
        if hold:
            signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
        gc.disable()
        yield
    finally:
        if collecting:
            gc.enable()
        if hold:
            signal.signal(signal.SIGINT, handler)
    if interrupts:
        raise KeyboardInterrupt
