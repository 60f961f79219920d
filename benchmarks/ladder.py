"""Every way to train the GPT beside the plain program, in one run: the picture of the README.

    python -m benchmarks.ladder            # in the checkout; about three minutes
    python -m benchmarks.ladder --quick    # about a minute, and rougher

The rungs are those of notebook 09. Each is proved first: its gradients are compared with those that
the plain program computes, number by number, in 64-bit floats.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks import plain_gpt
from benchmarks.report import Benchmark, Row, main
from benchmarks.scalar import PLAN, recipe
from benchmarks.sides import Ratio, Side
from micrograd.fast.ladder import in_processes, tokens_in
from micrograd.fast.rungs import BATCH, RUNGS
from micrograd.viz.ladder import ladder_bars, times
from micrograd.viz.picture import Picture

CONFIG = recipe().model.config
FIRST = "the plain program"
SECONDS = 0.4  # that a turn of a rung takes, about
GOALS = {"fused": "20 ×", "compiled": "12,000 ×"}


def start() -> tuple[dict[str, Any], list[list[int]]]:
    """The published program's first weights, and the names that all sides read."""
    run = recipe()
    return run.model.state_dict(), [run.tokenizer.encode(name) for name in run.documents[:BATCH]]


# Each side gives its proof first, and then a speed for each turn, in tokens a second.


def plain_gradients(documents: Sequence[list[int]]) -> tuple[float, dict[str, Any]]:
    """The mean of the documents' losses and its gradient, by the plain program."""
    weights = plain_gpt.scalars(start()[0])
    losses = []
    for tokens in documents:
        loss = plain_gpt.document_loss(weights, tokens)
        loss.backward()
        losses.append(loss.data)
    count = len(documents)
    gradients = {
        name: np.array([[p.grad for p in row] for row in w]) / count for name, w in weights.items()
    }
    return sum(losses) / count, gradients


def plain_turns(steps: int) -> Iterator[Any]:
    state, documents = start()
    yield plain_gradients(documents[:1])
    losses = plain_gpt.losses(state, cycle(documents), PLAN)
    order = cycle(documents)
    while True:
        gc.collect()
        tokens = tokens_in(islice(order, steps), CONFIG)
        begun = time.perf_counter()
        for _ in islice(losses, steps):
            pass
        yield tokens / (time.perf_counter() - begun)


def rung_turns(key: str) -> Iterator[Any]:
    rung = RUNGS[key]
    assert rung.make is not None
    state, documents = start()
    program = rung.make(state, CONFIG)
    yield program.gradients(documents[: rung.documents])
    read = documents[: program.few or None]
    batches = [read] if rung.documents > 1 else [[document] for document in read]
    tokens = sum(tokens_in(batch, CONFIG) for batch in batches)
    program.train(batches)  # loads and translates

    def speed(rounds: int) -> tuple[float, float]:
        begun = time.perf_counter()
        program.train(batches * rounds)
        taken = time.perf_counter() - begun
        return taken, rounds * tokens / taken

    rounds = 1
    while speed(rounds)[0] < SECONDS / 2:
        rounds *= 2
    while True:
        yield speed(rounds)[1]


def proved(name: str, found: tuple[float, dict[str, Any]], expected: tuple[float, Any]) -> None:
    loss, gradients = expected
    worst = max(np.abs(np.array(found[1][weight]) - g).max() for weight, g in gradients.items())
    if not (abs(found[0] - loss) < 1e-9 and worst < 1e-9 and found[1].keys() == gradients.keys()):
        raise AssertionError(f"{name} computes other gradients: they differ by up to {worst:.1e}.")


def measure(turns: int, plain_steps: int) -> Iterator[Row]:
    keys = [key for key, rung in RUNGS.items() if rung.available and rung.make]
    _, documents = start()
    with ExitStack() as stack:
        plain = stack.enter_context(Side(plain_turns, plain_steps))
        sides = {key: stack.enter_context(Side(rung_turns, key)) for key in keys}
        proofs = {}
        for count in {RUNGS[key].documents for key in keys}:
            proofs[count] = plain_gradients(documents[:count])
        proved(FIRST, plain.turn(1)[1][0], proofs[1])
        for key, side in sides.items():
            proved(RUNGS[key].name, side.turn(1)[1][0], proofs[RUNGS[key].documents])
        speeds: dict[str, list[float]] = {key: [] for key in ("plain", *keys)}
        for turn in range(turns + 1):
            for key, side in {"plain": plain, **sides}.items():
                speed = side.turn(1)[1][0]
                if turn:  # the first is to warm up
                    speeds[key].append(speed)

    yield Row(FIRST, "1", "1 ×", "–", times=1.0)
    for key, rung in RUNGS.items():
        if not rung.available:
            yield Row(rung.name, f"{rung.documents}", rung.missing, "–")
        elif rung.make:
            gains = [a / b for a, b in zip(speeds[key], speeds["plain"], strict=True)]
            yield row(rung.name, rung.documents, gains, GOALS.get(key, "–"))
        else:
            base = statistics.median(speeds["plain"])
            yield row(rung.name, rung.documents, [s / base for s in processes(turns)], "–")


def processes(turns: int) -> Iterator[float]:
    """Two processes in runs of their own, whose losses must be those of one."""
    for _ in range(min(3, turns)):
        losses, alone, speed = in_processes(BATCH)
        worst = max(abs(a - b) for a, b in zip(losses, alone, strict=True))
        if not worst < 1e-9:
            raise AssertionError(f"The losses of two processes differ by up to {worst:.1e}.")
        yield speed


def row(name: str, documents: int, gains: list[float], goal: str) -> Row:
    found = Ratio(statistics.median(gains), min(gains), max(gains))
    return Row(name, f"{documents}", f"{found}", goal, times=found.median)


def picture(rows: Sequence[Row]) -> Picture:
    """The rows as bars, the fastest last."""
    bars = [
        SimpleNamespace(name=row.what, times=row.times, missing="" if row.times else row.measured)
        for row in sorted(rows, key=lambda row: row.times)  # first those that were left out
    ]
    fastest = max(row.times for row in rows)
    return ladder_bars(bars, title=f"The same gradients, up to {times(fastest)} as fast")


NOTE = """\
How many times as many tokens a second as `benchmarks/plain_gpt.py`, the plain program in the design
of the published one, trains on: one layer, 16 wide, 4 heads, 4,192 weights, 64-bit floats, Adam
included. A rung that reads 32 names a step makes 32 times fewer updates on the same names, so part
of its gain is another choice, and not efficiency. Each rung's gradients of its first batch were
those of the plain program to 1e-9; of two processes it was the losses of 60 steps, and they ran by
themselves and not in turns.
"""

BENCHMARK = Benchmark(
    "The ladder",
    measure=lambda quick: measure(*((3, 3) if quick else (15, 8))),
    needs=("numpy",),
    aside="names a step",
    note=NOTE,
)


if __name__ == "__main__":
    main(BENCHMARK, __doc__)
