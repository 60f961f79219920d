"""Watches a training run while it goes on: a progress bar, and a loss curve that grows.

`train()` hands out a record after each step and draws nothing. What is here stands between it and
the loop that consumes it, and passes every record on.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from micrograd.viz.picture import is_static, missing, plain_number
from micrograd.viz.plots import INCHES, loss_curve

Record = TypeVar("Record")


def watch(
    steps: Iterable[Record],
    total: int | None = None,
    *,
    every: float = 0.5,
    history: Sequence[Record] | None = None,
    baseline: tuple[float, str] | None = None,
    inches: tuple[float, float] = INCHES,
) -> Iterator[Record]:
    """Pass on the records of `steps`, and show meanwhile how far they are and how the loss falls.

        for step in watch(train(training, 1000), total=1000):
            ...  # your own code, or use watch_all

    `total` is the number of the last step. The curve is drawn anew every `every` seconds, less
    often where drawing is slow: it takes at most a tenth of the time. `history` is the list of
    records that the run keeps by itself; with `history=training.history` the curve of a resumed run
    begins at its first step. `inches` is the size of the curve.

    An interrupt (Ctrl-C, or the stop button) ends the loop as if the steps were over: the curve so
    far stays, and the next `train(...)` goes on from there. In static mode there is no progress,
    and one picture at the end. Outside a notebook there is the progress bar only, as text.
    """
    seen: list[Record] = []
    records = seen if history is None else history
    curve = _GrowingCurve(every, total=total, baseline=baseline, inches=inches)
    bar = _progress_bar(total, done=len(records))
    try:
        for step in steps:
            seen.append(step)
            bar.set_postfix_str(f"loss {plain_number(step):.2f}", refresh=False)
            bar.update()
            curve.grow(records)
            yield step
    except KeyboardInterrupt:
        print(stopped(records))
    finally:
        bar.close()
        curve.finish(records)


def watch_all(steps: Iterable[Any], total: int | None = None, **options: Any) -> None:
    """Run all of `steps` while watching them: `watch` where the loop has nothing of its own to do.

        watch_all(train(training, 1000), total=1000)

    The options are those of `watch`. What was watched is in `training.history`.
    """
    for _ in watch(steps, total, **options):
        pass


def stopped(records: Sequence[Any]) -> str:
    """What an interrupt means: `train` can go on, and a generator of plain numbers cannot."""
    if records and not hasattr(records[-1], "number"):
        return (
            f"Stopped after step {len(records):,}, and the curve so far stays: to train anew, run "
            "the cells again that made this run."
        )
    number = records[-1].number if records else 0
    return (
        f"Stopped after step {number:,}, nothing is lost: run train(...) again to go on from there."
    )


class _GrowingCurve:
    """A loss curve in one place of a cell's output, where each drawing replaces the last."""

    def __init__(self, every: float, **options: Any) -> None:
        self.every = every
        self.options = options
        self.in_notebook = _in_notebook()
        self.live = self.in_notebook and not is_static()
        self.handle: Any = None
        self.next_time = 0.0

    def grow(self, records: Sequence[Any]) -> None:
        started = time.monotonic()
        if self.live and started >= self.next_time:
            self.draw(records)
            cost = time.monotonic() - started
            self.next_time = started + max(self.every, 10 * cost)

    def finish(self, records: Sequence[Any]) -> None:
        if self.in_notebook and records:
            self.draw(records)

    def draw(self, records: Sequence[Any]) -> None:
        from IPython.display import display

        picture = loss_curve(records, **self.options)
        if self.handle:
            self.handle.update(picture)
        else:
            self.handle = display(picture, display_id=self.live or None)  # type: ignore[no-untyped-call]


def _in_notebook() -> bool:
    """Whether the output can show pictures: a kernel's can, and a terminal's cannot."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and "Terminal" not in type(shell).__name__


def _progress_bar(total: int | None, done: int) -> Any:
    """tqdm's bar: a widget where widgets work, else text."""
    with warnings.catch_warnings():  # tqdm warns where ipywidgets are missing
        warnings.simplefilter("ignore")
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise ImportError(missing("tqdm")) from None
    return tqdm(total=total, initial=done, unit=" steps", disable=is_static())
