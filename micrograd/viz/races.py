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
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK
from micrograd.viz.picture import Picture
from micrograd.viz.plots import short
from micrograd.viz.sketch import Panel, reach, sheet, tidy

BROWN = "#8A6D00"
LOOKS = ((BLUE, ""), (INK, "7 4"), (BROWN, "2 4"))  # lines differ by their dashes as well
DOTS = (("circle", False), ("square", False), ("circle", True))  # and by their marks
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
        right = [x / (length or 1.0) for x in first]
        along = dot(second, right)
        across = [x - along * r for x, r in zip(second, right, strict=True)]
        height = math.sqrt(dot(across, across))
        if not (length and height > 1e-9 * math.sqrt(dot(second, second))):
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
    ylabel: str = "held-out loss",
    title: str = "Each optimizer has rates of its own",
    alt: str | None = None,
) -> Picture:
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
    rates = [r for rows in series.values() for r, _ in rows]
    if not known or min(rates) <= 0:
        raise ValueError("There must be a rate whose runs all reached their end, and none below 0.")
    low, high = math.floor(math.log10(min(rates))), math.ceil(math.log10(max(rates)))
    bottom, roof = reach(known)

    def across(rate: float) -> float:
        return math.log10(rate) - low + 0.2

    panel = Panel((0.0, across(10.0**high) + 0.2), (bottom, roof + 0.1 * (roof - bottom)))
    powers = [(across(10.0**p), tidy(10.0**p)) for p in range(low, high + 1)]
    panel.axes("learning rate", ylabel, powers)
    for (name, rows), (color, dashes), (shape, is_open) in zip(
        whole.items(), cycle(LOOKS), cycle(DOTS), strict=False
    ):
        means = [(across(r), sum(runs) / len(runs)) for r, runs in rows]
        panel.line(means, color, 2.0, dashes)
        for (x, mean), (_, runs) in zip(means, rows, strict=True):
            panel.line([(x, min(runs)), (x, max(runs))], color, 1.4)
            panel.mark(x, mean, color, shape, is_open)
        for x in (across(r) for r, runs in series[name] if None in runs):
            panel.words(x, roof, "×", color, "middle", (0, 5))
    lost = any(None in runs for rows in series.values() for _, runs in rows)
    key = [
        (color, dashes, name) for name, (color, dashes) in zip(series, cycle(LOOKS), strict=False)
    ]
    key += [(GREY, "0 99", "× broke down")] if lost else []
    return sheet([panel], title, alt or tell_race(series), key=key)


def tell_race(series: Mapping[str, Sequence[tuple[float, Sequence[float | None]]]]) -> str:
    told = "Line chart of the loss after training, by learning rate on a log axis."
    for name, rows in series.items():
        told += f" {name}:"
        best: list[tuple[float, float]] = []
        for r, runs in rows:
            sound = [x for x in runs if x is not None]
            lost = len(runs) - len(sound)
            mean = sum(sound) / len(sound) if sound else math.nan
            best += [] if lost else [(mean, r)]
            told += f" rate {r:g}, "
            told += f"{lost} of {len(runs)} broke down;" if lost else f"{mean:.3f};"
        told += (
            f" best {min(best)[0]:.3f} at {min(best)[1]:g}." if best else " none reached its end."
        )
    return told


def rate_plans(
    plans: Mapping[str, Sequence[float]],
    *,
    title: str = "How far a step goes, over a run",
    alt: str | None = None,
) -> Picture:
    """Learning rates over a run, one line for each plan: its rate at step 0, at step 1 and so on.

    rate_plans({"linear": [linear_decay(step, 100, 0.01) for step in range(100)]})
    """
    if not plans or not all(plans.values()):
        raise ValueError("A plan is a list of rates, with one for each step, at least one.")
    longest = max(map(len, plans.values()))
    highest = max(rate for rates in plans.values() for rate in rates)
    panel = Panel((0.0, float(max(1, longest - 1))), (0.0, 1.08 * highest), height=170)
    panel.axes("training step", "")
    for rates, (color, dashes) in zip(plans.values(), cycle(LOOKS), strict=False):
        apart = max(1, len(rates) // 120)  # a point for every so many steps is smooth enough
        steps = sorted({*range(0, len(rates), apart), len(rates) - 1})
        panel.line([(float(step), rates[step]) for step in steps], color, 2.0, dashes)
    told = "Line chart of the learning rate at each step."
    for name, rates in plans.items():
        middle = rates[len(rates) // 2]
        told += f" {name}: {short(rates[0])} at step 0, {short(middle)} half-way, at most "
        told += f"{short(max(rates))}, {short(rates[-1])} at the last step."
    key = [
        (color, dashes, name) for name, (color, dashes) in zip(plans, cycle(LOOKS), strict=False)
    ]
    return sheet([panel], title, alt or told, key=key, height=285)
