"""Training curves side by side: what a healthy run looks like, and how each disease shows.

A single loss says little, and so does a single curve: what tells is the loss of the names that are
trained on beside that of names that are not. Notebook 07 shows six runs so, and then six more
without their names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd.viz.canvas import BLUE, GREY, INK, paint, shades
from micrograd.viz.picture import Card, Picture, plain_number
from micrograd.viz.plots import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PINK = "#CC79A7"
# What a run may hold, in the order of the legend: its key, its name, its colour and its dashes.
LINES = (
    ("loss", "the names it trains on", BLUE, "-"),
    ("held_out", "held-out names", INK, "--"),
    ("strangers", "names it has truly never seen", PINK, "-."),
)
WIDTH, HEIGHT, LEGEND = 7.2, 2.1, 0.7  # inches: of the picture, of a row of panels, of the legend


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
    title: str | None = None,
    alt: str | None = None,
) -> Picture | Card:
    """A small picture for each of `runs`, all on the same axes, each with its name above it.

    A run is a dict with `every`, a number of steps; `loss`, the mean training loss of each `every`
    steps; `held_out`, the loss of held-out names before the first step and after each `every`; and
    perhaps `strangers`, the same for names that are outside of everything. What is higher than
    `top` is cut off, and the words say so. `baseline` is a loss to compare with and what it is.

        curve_panels({"healthy": run}, baseline=(math.log(27), "blind guess"))
    """
    if not runs or columns < 1:
        raise ValueError(f"There must be a run at least, and a column: {len(runs)} and {columns}.")
    panels = {name: lines_of(name, run) for name, run in runs.items()}
    rows = math.ceil(len(panels) / columns)

    def draw(figure: Figure) -> list[str]:
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        if title:
            figure.suptitle(title, fontweight="bold", fontsize=11.5, x=0.01, ha="left")
        for place, axes in enumerate(grid.flat):
            axes.set_visible(place < len(panels))
        for axes, (name, lines) in zip(grid.flat, panels.items(), strict=False):
            axes.set_title(name, fontsize=10)
            axes.set_ylim(0, top)
            if baseline:
                axes.axhline(baseline[0], color=GREY, linestyle=(0, (1, 2)), linewidth=1)
            for line in lines:
                look: dict[str, Any] = {"color": line.color, "linestyle": line.dashes}
                heights = [h if math.isfinite(h) else math.nan for h in line.heights]
                axes.plot(line.steps, heights, linewidth=1.5, label=line.name, **look)
            axes.locator_params(axis="x", nbins=4, integer=True)
        for axes in grid[:, 0]:
            axes.set_ylabel("loss (nats)", fontsize=9)
        last_row = list(grid.flat)[max(0, len(panels) - columns) : len(panels)]
        for axes in last_row:
            axes.set_xlabel("training step", fontsize=9)
            axes.tick_params(labelbottom=True)
        shown = {line.name: line for lines in panels.values() for line in lines}
        handles = [
            figure.axes[0].plot([], [], color=line.color, linestyle=line.dashes, label=name)[0]
            for name, line in shown.items()
        ]
        if baseline:
            dots: dict[str, Any] = {"color": GREY, "linestyle": (0, (1, 2))}
            handles += figure.axes[0].plot([], [], label=baseline[1], **dots)
        figure.legend(handles=handles, loc="outside lower left", ncols=2, fontsize=9)
        return [shade for color in (BLUE, PINK) for shade in shades(color)]

    size = WIDTH, HEIGHT * rows + LEGEND + (0.35 if title else 0)
    return paint(draw, alt or tell(panels, baseline, top), size)


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
