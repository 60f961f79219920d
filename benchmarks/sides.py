"""Programs measured side by side: each in a process of its own, taking turns on the same work.

A process of its own, so that the cyclic garbage collector of one program never has to search the
objects of another. Turns, so that whatever else the machine does meets both alike. A turn is
several steps long, because the first step after a pause finds the processor's caches full of the
other program's numbers, which is not how a program runs by itself.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

# Libraries read these when they are loaded, in a side's new process.
ONE_THREAD = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")},
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


@contextmanager
def environment(changes: dict[str, str]) -> Iterator[None]:
    """Another environment for the processes that are started meanwhile."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Side:
    """A program in its own process: `make(*arguments)` gives an iterator, each item one step.

    `make` is a function at the top of a module, so that a new process can find it. The libraries
    that it computes with are held to one thread.
    """

    def __init__(self, make: Callable[..., Iterator[Any]], *arguments: Any) -> None:
        processes = multiprocessing.get_context("spawn")
        self.pipe, theirs = processes.Pipe()
        self.process = processes.Process(target=serve, args=(theirs, make, arguments), daemon=True)
        with environment(ONE_THREAD):
            self.process.start()
        theirs.close()

    def turn(self, steps: int) -> tuple[float, list[Any]]:
        """The seconds that the next `steps` steps took, and what they gave."""
        self.pipe.send(steps)
        try:
            seconds, results = self.pipe.recv()
        except (EOFError, ConnectionError):
            raise RuntimeError(
                "A measured program ended before its turn did; its own error stands above."
            ) from None
        return seconds, results

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.pipe.close()
        self.process.join()


def serve(pipe: Connection, make: Callable[..., Iterator[Any]], arguments: Sequence[Any]) -> None:
    """The life of a side's process: a turn whenever one is asked for, until nobody asks."""
    program = make(*arguments)
    while True:
        try:
            steps = pipe.recv()
        except EOFError:
            return
        started = time.perf_counter()
        results = [next(program) for _ in range(steps)]
        pipe.send((time.perf_counter() - started, results))


@dataclass(frozen=True)
class Ratio:
    """How many times as fast as the first side another is: over all pairs of turns."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{short(self.median)} × ({short(self.lowest)} to {short(self.highest)})"


def short(x: float) -> str:
    """A number with three digits that count.

    >>> short(0.98765), short(31.4159), short(12345.6)
    ('0.988', '31.4', '12,300')
    """
    return f"{float(f'{x:.3g}'):,.0f}" if x >= 1000 else f"{x:.3g}"


def ratio(first: Sequence[float], other: Sequence[float]) -> Ratio:
    """Of the seconds of two sides, turn by turn."""
    ratios = [a / b for a, b in zip(first, other, strict=True)]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


def take_turns(
    programs: Sequence[tuple[Any, ...]],
    turns: int,
    steps: int | Sequence[int],
    agree: Callable[[Any, Any], bool],
) -> list[list[float]]:
    """For each program its seconds a step, turn by turn; a turn to warm up comes first, uncounted.

    A program is `(make, *arguments)`, as `Side` takes it. A turn has as many steps for each of
    them, or for quick ones more, where `steps` says how many for each program. What the others
    give must `agree` with what the first gives, at every step that both have made.
    """
    counts = [steps] * len(programs) if isinstance(steps, int) else list(steps)
    seconds: list[list[float]] = [[] for _ in programs]
    given: list[list[Any]] = [[] for _ in programs]
    compared = [0] * len(programs)  # steps of each that were compared with the first's
    with ExitStack() as stack:
        sides = [stack.enter_context(Side(*program)) for program in programs]
        for turn in range(turns + 1):
            for i, (side, count) in enumerate(zip(sides, counts, strict=True)):
                time_taken, results = side.turn(count)
                given[i] += results
                if turn:
                    seconds[i].append(time_taken / count)
            for i, results in enumerate(given[1:], start=1):
                both = min(len(given[0]), len(results))
                for step in range(compared[i], both):
                    if not agree(given[0][step], results[step]):
                        raise AssertionError(
                            f"Step {step + 1} gave {given[0][step]!r} and {results[step]!r}."
                        )
                compared[i] = both
    return seconds
