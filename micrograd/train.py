"""The training loop: predict, measure the error, compute gradients, update.

`Training` is the state of a run and `train` the loop over it, a generator that hands out a record
after each step. It prints and draws nothing: a curve, a progress bar, a pause button and a test are
each a `for` loop around it. Notebook 07 builds the loop by hand.
"""

import gc
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import FrameType
from typing import Any

from micrograd.engine import recorded
from micrograd.optim import linear_decay
from micrograd.tokenizer import Tokenizer

Schedule = Callable[[int, int, float], float]


@dataclass(frozen=True)
class Step:
    """What one step of training did."""

    number: int  # counted from 1
    loss: float  # mean surprise at the document's tokens, in nats, before the update
    lr: float  # the learning rate of the update
    seconds: float  # how long the step took
    tokens: int  # next tokens predicted: the document's, as far as the context goes


@dataclass
class Training:
    """A run, between any two of its steps: all that is needed to go on.

    Each step reads one document, in order, and starts over after the last one. The learning rate of
    a step is `schedule(step, steps, optimizer.lr)`, with steps counted from 0; `steps`, the length
    of the plan, and `optimizer.lr` may be changed on the way. `rng` serves whatever is drawn while
    the run goes on, such as sampled names.
    """

    model: Any  # a GPT, of micrograd.gpt or of micrograd.fast.gpt
    tokenizer: Tokenizer
    documents: Sequence[str]
    optimizer: Any  # Adam or SGD, of the same engine
    steps: int = 1000  # the length of the plan
    schedule: Schedule = linear_decay
    clip: float | None = None  # the longest gradient that is left as it is
    rng: Random = field(default_factory=Random)
    history: list[Step] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)  # a watcher's, kept in checkpoints as JSON

    def __post_init__(self) -> None:
        if not self.documents or isinstance(self.documents, str):
            raise ValueError(
                f"The documents are a list of texts, at least one, and not {self.documents!r:.60}."
            )
        if not isinstance(self.steps, int) or self.steps < 0:
            raise ValueError(f"steps is a whole number of at least 0, and not {self.steps!r}.")

    @property
    def step(self) -> int:
        """How many steps have been made."""
        return len(self.history)

    def next_document(self) -> str:
        return self.documents[self.step % len(self.documents)]


def train(training: Training, steps: int | None = None) -> Iterator[Step]:
    """Make `steps` steps, or all that remain of the plan, and hand out a record after each.

    Stopping is safe at any time: an interrupt (Ctrl-C) waits until the running step is whole and
    its record handed out, and a later `train(training)` goes on from there. A loss or a gradient
    that is not a finite number ends the run before it can reach the weights. Nothing happens until
    the first record is asked for.
    """
    left = training.steps - training.step
    if steps is None and left > 0:
        steps = left
    if steps is None or not 0 <= steps <= left:
        asked = "" if steps is None else f", and {steps} were asked for"
        raise ValueError(
            f"{training.step} of the {training.steps} planned steps are made{asked}. To train for "
            f"longer, plan more steps first, with training.steps = {training.steps + 1000} for "
            "example; to start anew, make the model and the training anew."
        )
    check_parameters(training)
    for _ in range(steps):
        with whole_step() as interrupts:
            record = make_step(training)
        try:
            yield record
        finally:
            deliver(interrupts)


def make_step(training: Training) -> Step:
    started = time.perf_counter()
    tokens = training.tokenizer.encode(training.next_document())
    optimizer = training.optimizer

    optimizer.zero_grad()
    with recorded() as order:
        loss = training.model.loss(tokens)
    loss.backward(order)
    if not math.isfinite(loss.data + optimizer.gradient_sum()):
        raise FloatingPointError(
            f"At step {training.step + 1} the loss is {loss.data:g} or a gradient is not finite, "
            "so the run stops there, with its weights as they were. A learning rate that is too "
            f"high (here {optimizer.lr:g}) is the usual cause: start anew with a tenth of it."
        )
    if training.clip is not None:
        optimizer.clip(training.clip)

    planned = optimizer.lr
    optimizer.lr = lr = training.schedule(training.step, training.steps, planned)
    optimizer.step()
    optimizer.lr = planned

    record = Step(
        number=training.step + 1,
        loss=float(loss.data),
        lr=lr,
        seconds=time.perf_counter() - started,
        tokens=min(len(tokens) - 1, training.model.config.block_size),
    )
    training.history.append(record)
    return record


def check_parameters(training: Training) -> None:
    """The optimizer must hold the very values that the model computes with, and begins with."""
    ours, theirs = training.model.parameters(), training.optimizer.parameters
    if len(ours) != len(theirs) or any(a is not b for a, b in zip(ours, theirs, strict=True)):
        raise ValueError(
            "The optimizer holds other parameters than the model: one was replaced after the "
            "optimizer was made. Change its .data instead, or make the optimizer anew."
        )
    if any(p._prev for p in ours):
        raise ValueError(
            "A parameter of the model was made from other values, so an update of it would be lost "
            "to them. Change its .data instead, or put a new Value in its place."
        )


@contextmanager
def whole_step() -> Iterator[list[FrameType | None]]:
    """Hold interrupts back, and pause the cyclic garbage collector, until a step is whole.

    A step makes thousands of nodes and frees them all. They form no cycles, so reference counts
    free them at once; the collector would only search them for cycles, again and again.
    """
    interrupts: list[FrameType | None] = []
    handler = signal.getsignal(signal.SIGINT)
    hold = callable(handler) and threading.current_thread() is threading.main_thread()
    collecting = gc.isenabled()
    try:
        if hold:
            signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(frame))
        gc.disable()
        yield interrupts
    finally:
        if collecting:
            gc.enable()
        if hold:
            signal.signal(signal.SIGINT, handler)


def deliver(interrupts: list[FrameType | None]) -> None:
    """Hand on an interrupt that was held back, to whoever handles interrupts now."""
    handler = signal.getsignal(signal.SIGINT)
    if interrupts and callable(handler):
        handler(signal.SIGINT, interrupts[-1])
