"""Races between optimizers: a flat map through a space of thousands of weights, and rates compared.

A model's weights are one point in a space of thousands of directions, and no picture has room for
them. But three points lie on a plane, as the start of two walks and their ends do, and a plane can
be drawn: its heights are true losses, and any other place casts a shadow on it. Notebook 07 races
three optimizers so, and compares them over all rates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from micrograd.viz.canvas import RUNS, VERMILLION, paint, shades
from micrograd.viz.picture import Card, Picture
from micrograd.viz.plots import short
from micrograd.viz.trails import MARKERS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCHES = (7.2, 3.6)
Vector = Sequence[float]


@dataclass(frozen=True)
class WeightPlane:
    """The plane through three places among the weights, with two axes at a right angle.

    >>> plane = WeightPlane.through([0, 0, 0], [3, 0, 0], [3, 4, 0])
    >>> plane.shadow([3, 4, 9]), plane.weights(1, 2)
    ((3.0, 4.0), [1.0, 2.0, 0.0])
    """

    start: list[float]
    right: list[float]  # of length 1, from the start towards the second place
    up: list[float]  # of length 1, at a right angle to it, on the side of the third

    @classmethod
    def through(cls, start: Vector, one: Vector, other: Vector) -> WeightPlane:
        """The plane on which `start`, `one` and `other` lie; each is a list of all weights."""
        if not len(start) == len(one) == len(other):
            sizes = f"{len(start)}, {len(one)} and {len(other)}"
            raise ValueError(f"Three places have as many weights each, and these {sizes}.")
        first = [b - a for a, b in zip(start, one, strict=True)]
        second = [b - a for a, b in zip(start, other, strict=True)]
        length = math.sqrt(dot(first, first))
        right = [x / length for x in first] if length else first
        along = dot(second, right)
        across = [x - along * r for x, r in zip(second, right, strict=True)]
        height = math.sqrt(dot(across, across))
        if not height > 1e-9 * math.sqrt(dot(second, second)):
            raise ValueError("The three places lie on one line, and many planes go through that.")
        return cls([float(x) for x in start], right, [x / height for x in across])

    def shadow(self, weights: Vector) -> tuple[float, float]:
        """Where a place stands on the map, seen from straight above."""
        away = [w - s for w, s in zip(weights, self.start, strict=True)]
        return dot(away, self.right), dot(away, self.up)

    def weights(self, x: float, y: float) -> list[float]:
        """The weights at a point of the map."""
        rows = zip(self.start, self.right, self.up, strict=True)
        return [s + x * r + y * u for s, r, u in rows]


def dot(one: Vector, two: Vector) -> float:
    return math.fsum(a * b for a, b in zip(one, two, strict=True))


def rate_race(
    raced: Mapping[str, Mapping[Any, Sequence[float | None]]],
    *,
    ylabel: str = "held-out loss (nats)",
    title: str | None = None,
    alt: str | None = None,
) -> Picture | Card:
    """The loss that each optimizer reaches with each learning rate, rates on a log axis.

    `raced` is a dict of dicts: for each optimizer, and each of its rates (a number, or its text),
    the losses of some runs that differ in their seeds. A line joins their means, a bar goes from
    the lowest to the highest; None stands for a run that broke down, and a cross at the top marks
    a rate with one.

        rate_race({"SGD": {0.1: [2.53, 2.55], 1.0: [2.6, None]}})
    """
    series = {name: sorted((float(r), list(runs[r])) for r in runs) for name, runs in raced.items()}
    whole = {
        name: [(r, [x for x in runs if x is not None]) for r, runs in rows if None not in runs]
        for name, rows in series.items()
    }
    known = [x for rows in whole.values() for _, runs in rows for x in runs]
    if not known:
        return Card("No run of any optimizer reached its end, so there is nothing to draw.")
    best = {
        name: min((sum(runs) / len(runs), r) for r, runs in rows)
        for name, rows in whole.items()
        if rows
    }
    low, high = min(known), max(known)
    roof = high + 0.08 * (high - low or 1.0)

    def draw(figure: Figure) -> list[str]:
        axes = figure.add_subplot()
        axes.set_title(title or "Each optimizer has rates of its own")
        axes.set(xlabel="learning rate", ylabel=ylabel, xscale="log")
        for (name, rows), (color, dashes), marker in zip(
            whole.items(), cycle(RUNS), cycle(MARKERS), strict=False
        ):
            rates = [r for r, _ in rows]
            means = [sum(runs) / len(runs) for _, runs in rows]
            spread = [
                [m - min(runs) for m, (_, runs) in zip(means, rows, strict=True)],
                [max(runs) - m for m, (_, runs) in zip(means, rows, strict=True)],
            ]
            look: dict[str, Any] = {"color": color, "linestyle": dashes, "marker": marker}
            axes.errorbar(rates, means, spread, capsize=3, label=name, markersize=6, **look)
            broken = [r for r, runs in series[name] if None in runs]
            cross: dict[str, Any] = {"color": color, "markersize": 9, "markeredgewidth": 2}
            axes.plot(broken, [roof] * len(broken), "x", **cross)
        if any(None in runs for rows in series.values() for _, runs in rows):
            axes.plot([], [], "x", color=VERMILLION, markersize=7, label="broke down")
        axes.legend(loc="best", markerscale=1)
        return [s for color in (VERMILLION, *(c for c, _ in RUNS)) for s in shades(color)]

    told = "Line chart of the loss after training, by learning rate on a log axis."
    for name, rows in series.items():
        told += f" {name}:"
        for r, runs in rows:
            sound = [x for x in runs if x is not None]
            reached = f"{sum(sound) / len(sound):.3f}" if sound else "none"
            lost = len(runs) - len(sound)
            told += f" rate {r:g}, {f'{lost} of {len(runs)} broke down' if lost else reached};"
        if name in best:
            told += f" best {best[name][0]:.3f} at {best[name][1]:g}."
    return paint(draw, alt or told, INCHES)


def rate_plans(
    plans: Mapping[str, Sequence[float]], *, title: str | None = None, alt: str | None = None
) -> Picture | Card:
    """Learning rates over a run, one line for each plan: its rate at step 0, at step 1 and so on.

    rate_plans({"linear": [linear_decay(step, 100, 0.01) for step in range(100)]})
    """
    if not plans or not all(plans.values()):
        raise ValueError("A plan is a list of rates, with one for each step, at least one.")

    def draw(figure: Figure) -> list[str]:
        axes = figure.add_subplot()
        axes.set_title(title or "How far a step goes, over a run")
        axes.set(xlabel="training step", ylabel="learning rate")
        for (name, rates), (color, dashes) in zip(plans.items(), cycle(RUNS), strict=False):
            axes.plot(range(len(rates)), rates, dashes, color=color, linewidth=1.8, label=name)
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")
        return [s for color, _ in RUNS for s in shades(color)]

    told = "Line chart of the learning rate at each step."
    for name, rates in plans.items():
        middle = rates[len(rates) // 2]
        told += f" {name}: {short(rates[0])} at step 0, {short(middle)} half-way, at most "
        told += f"{short(max(rates))}, {short(rates[-1])} at the last step."
    return paint(draw, alt or told, (INCHES[0], 2.8))
