"""Training curves side by side: what a healthy run looks like, and how each disease shows.

A single loss says little, and so does a single curve: what tells is the loss of the names that are
trained on beside that of names that are not. Notebook 07 shows six runs so, and then six more
without their names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.plots import short
from micrograd.viz.sketch import Panel, label, sheet

PINK = "#B0508A"
# What a run may hold, in the order of the key: its key, its name, its colour and its dashes.
LINES = (
    ("loss", "trained on", BLUE, ""),
    ("held_out", "held out", INK, "6 4"),
    ("strangers", "truly never seen", PINK, "8 3 2 3"),
)
DOTS = "2 4"
LEFT, GAP, WIDE, TALL = 56, 44, 176, 120  # pixels: of the panels, and between them
HEAD, NAME, FOOT = 58, 24, 46  # above all panels, for the name of each, and below all


@dataclass(frozen=True)
class Line:
    """One curve of a panel: from where to where, and how far up and down on the way."""

    name: str
    color: str
    dashes: str
    steps: list[int]
    heights: list[float]

    @classmethod
    def of(cls, run: Mapping[str, Any], kind: tuple[str, str, str, str]) -> Line:
        """The training loss is a mean of the steps before; held-out losses begin at step 0."""
        key, name, color, dashes = kind
        heights = [plain_number(x) for x in run[key]]
        first = 1 if key == "loss" else 0
        steps = [run["every"] * (first + i) for i in range(len(heights))]
        return cls(name, color, dashes, steps, heights)

    @property
    def pieces(self) -> list[list[tuple[float, float]]]:
        """The curve without its gaps, where the loss is NaN or infinite."""
        points = zip(self.steps, self.heights, strict=True)
        parts = groupby(points, key=lambda point: math.isfinite(point[1]))
        return [[(float(x), y) for x, y in part] for sound, part in parts if sound]

    @property
    def told(self) -> str:
        sound = [(h, s) for h, s in zip(self.heights, self.steps, strict=True) if math.isfinite(h)]
        if not sound:
            return f"{self.name}: no finite loss."
        (low, at_low), (high, at_high) = min(sound), max(sound)
        text = f"{self.name}: from {short(sound[0][0])} at step {sound[0][1]:,} to "
        text += f"{short(sound[-1][0])} at step {sound[-1][1]:,}; "
        text += f"lowest {short(low)} at step {at_low:,}, highest {short(high)} at step "
        text += f"{at_high:,}; it rises in {self.rises} of {max(1, len(sound) - 1)} parts."
        if len(sound) < len(self.heights):
            text += f" After step {sound[-1][1]:,} it is NaN or infinite."
        return text

    @property
    def rises(self) -> int:
        """How often it goes up by more than a tenth, which a smooth curve hardly does."""
        pairs = zip(self.heights, self.heights[1:], strict=False)
        return sum(after > before + 0.1 for before, after in pairs)


def curve_panels(
    runs: Mapping[str, Mapping[str, Any]],
    *,
    baseline: tuple[float, str] | None = None,
    top: float = 8.0,
    columns: int = 3,
    title: str = "Losses by training step",
    alt: str | None = None,
) -> Picture:
    """A small picture for each of `runs`, all on the same axes, each with its name above it.

    A run is a dict with `every`, a number of steps; `loss`, the mean training loss of each `every`
    steps; `held_out`, the loss of held-out names before the first step and after each `every`; and
    perhaps `strangers`, the same for names that are outside of everything. What is higher than
    `top` is cut off, and the words say so. `baseline` is a loss to compare with and what it is.

        curve_panels({"healthy": run}, baseline=(math.log(27), "blind guess"))
    """
    if not runs or columns < 1:
        raise ValueError(f"There must be a run at least, and a column: {len(runs)} and {columns}.")
    lines = {name: lines_of(name, run) for name, run in runs.items()}
    last = max(line.steps[-1] for of_run in lines.values() for line in of_run)
    windows = []
    for place, (name, of_run) in enumerate(lines.items()):
        row, column = divmod(place, columns)
        window = Panel(
            (0.0, float(last)),
            (0.0, top),
            LEFT + column * (WIDE + GAP),
            HEAD + NAME + row * (TALL + NAME + FOOT),
            WIDE,
            TALL,
        )
        ticks = [(part * last / 2, f"{part * last // 2:,}") for part in range(3)]
        window.axes("training step", "loss" if column == 0 else "", ticks)
        window.outside.append(label(window.left, window.top - 9, name, "", INK))
        if baseline:
            window.line([(0.0, baseline[0]), (float(last), baseline[0])], GREY, 1.4, DOTS)
        for line in of_run:
            for piece in line.pieces:
                window.line(piece, line.color, 2.0, line.dashes)
        windows.append(window)
    shown = {line.name: line for of_run in lines.values() for line in of_run}
    key = [(line.color, line.dashes, name) for name, line in shown.items()]
    key += [(GREY, DOTS, baseline[1])] if baseline else []
    rows = math.ceil(len(lines) / columns)
    width = LEFT + min(columns, len(lines)) * (WIDE + GAP)
    height = HEAD + rows * (NAME + TALL + FOOT)
    return sheet(
        windows, title, alt or tell(lines, baseline, top), key=key, width=width, height=height
    )


def lines_of(name: str, run: Mapping[str, Any]) -> list[Line]:
    """The curves of one run."""
    found = [kind for kind in LINES if kind[0] in run]
    if not found or not run.get("every", 0) > 0:
        raise ValueError(
            f"The run {name!r} needs 'every', a number of steps, and 'loss' or 'held_out', lists "
            f"of numbers; it has {', '.join(run) or 'nothing'}."
        )
    return [Line.of(run, kind) for kind in found]


def tell(
    panels: Mapping[str, Sequence[Line]], baseline: tuple[float, str] | None, top: float
) -> str:
    """All curves in words, so that a disease can be told from these as well."""
    count = len(panels)
    text = f"{count} panel{'s' * (count != 1)} of losses, in nats, by training step"
    text += f"; what is above {top:g} is cut off."
    if baseline:
        text += f" A dotted line at {short(baseline[0])} marks {baseline[1]}."
    for name, lines in panels.items():
        text += f" {name}. {' '.join(line.told for line in lines)}"
    return text
