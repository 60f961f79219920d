"""Pictures of slopes: a tangent, the error of a nudge, an estimate, and a walk down a curve.

Notebook 01 builds slopes by nudging, and each of these shows one thing that happens on the way.
They draw functions of one number; `hills.py` draws those of several.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from micrograd.gradcheck import slope
from micrograd.viz.canvas import BLUE, GREY, INK, VERMILLION
from micrograd.viz.picture import Picture
from micrograd.viz.sketch import Panel, Point, reach, sheet, spread, tidy

Curve = Callable[[float], float]

POWERS = [k / 2 for k in range(-31, -1)]  # of ten: nudges from 3e-16 to 0.1
LEAST = 1e-16  # an error below this one is drawn here


def tangent(f: Curve, x: float, h: float, *, x_range: Point = (-2.0, 2.0)) -> Picture:
    """The curve of `f`, the secant from x - h to x + h, and the tangent at x that it approaches.

    tangent(lambda x: x**3, 1.0, 0.5)
    """
    heights = {end: f(end) for end in (x - h, x + h)}
    secant, exact = slope(f, x, h), slope(f, x)
    panel = Panel(x_range, reach(f(at) for at in spread(x_range)))
    panel.axes("x", "height f(x)")
    panel.curve(f, BLUE)
    for rate, at, color, dashes in (
        (exact, f(x), VERMILLION, ""),
        (secant, (heights[x - h] + heights[x + h]) / 2, INK, "7 5"),
    ):
        panel.line([(end, at + rate * (end - x)) for end in x_range], color, 2, dashes)
    for end, tall in heights.items():
        panel.mark(end, tall, INK, "square")
    panel.mark(x, f(x), VERMILLION)
    gap = abs(secant - exact)
    said = f"a nudge of {tidy(h)} to either side says {few(secant)}"
    return sheet(
        [panel],
        f"A nudge of {tidy(h)} says {few(secant)}; the slope is {few(exact)}",
        f"The curve of f from x = {tidy(x_range[0])} to {tidy(x_range[1])}. At x = {tidy(x)}, "
        f"where its height is {tidy(f(x))}, {said}: a secant from a height of "
        f"{few(heights[x - h])} to {few(heights[x + h])}. The tangent's slope is {few(exact)}, so "
        f"the secant errs by {gap:.2g}.",
        key=[(BLUE, "", "f"), (INK, "7 5", "secant"), (VERMILLION, "", "tangent")],
    )


def error_valley(f: Curve, x: float, exact: float) -> Picture:
    """How far `slope(f, x, h)` is from the exact slope, for nudges h from 0.1 to almost nothing.

    Both axes count powers of ten. On the right the curve bends between the two points, which errs
    by h² times something; on the left the two heights are rounded, by 1e-16 or so, over h.

        error_valley(lambda x: x**3, 1.0, 3.0)
    """
    errors = {10**p: max(abs(slope(f, x, 10**p) - exact), LEAST) for p in POWERS}
    best = min(errors, key=lambda h: errors[h])
    points = [(math.log10(h), math.log10(error)) for h, error in errors.items()]
    panel = Panel((-16.0, -0.5), (-13.0, 1.0))
    power_ticks = [(float(p), f"1e{p}") for p in range(-16, 1, 2)]
    panel.axes(
        "nudge h", "error", power_ticks[:8], [(float(p), f"1e{p}") for p in (-12, -8, -4, 0)]
    )
    (wide, bend) = points[-1]
    panel.line([(-16, bend + 2 * (-16 - wide)), (wide, bend)], GREY, 1.5, "3 4")
    panel.line([(p, -16 - p) for p in (-16.0, -0.5)], GREY, 1.5, "9 4")
    panel.line(points, BLUE, 1.6)
    for point in points:
        panel.mark(*point, BLUE)
    panel.mark(math.log10(best), math.log10(errors[best]), VERMILLION, "square")
    smallest = min(errors)
    return sheet(
        [panel],
        f"The error is least near h = {best:.0e}".replace("e-0", "e-"),
        f"The error of the slope for nudges from 0.1 down to {smallest:.0e}, both on axes of "
        f"powers of ten: a valley. At h = 0.1 the error is {errors[10**-1.0]:.0e}; it falls with "
        f"h², a hundredth for each tenth, to {errors[best]:.0e} at h = {best:.0e}. For smaller "
        f"nudges it rises again, roughly as 1e-16 / h, to {errors[1e-15]:.0e} at h = 1e-15.",
        key=[
            (BLUE, "", "error"),
            (GREY, "3 4", "the bend: h²"),
            (GREY, "9 4", "rounding: 1e-16 / h"),
        ],
    )


def tangent_estimate(f: Curve, x: float, delta: float, *, x_range: Point = (-4.0, 4.0)) -> Picture:
    """Where the tangent at x says that f will be a step of delta away, and where it is.

    tangent_estimate(lambda x: x**2, 3.0, -0.6)
    """
    rate, there = slope(f, x), x + delta
    estimate, truth = f(x) + rate * delta, f(there)
    low, high = reach(f(at) for at in spread(x_range))
    panel = Panel(x_range, (low - (high - low) / 2, high))  # room for a tangent that goes below
    panel.axes("x", "height f(x)")
    panel.curve(f, BLUE)
    panel.line([(end, f(x) + rate * (end - x)) for end in x_range], VERMILLION, 2)
    panel.line([(there, estimate), (there, truth)], INK, 2.4, "3 3")
    panel.mark(x, f(x), VERMILLION)
    panel.mark(there, estimate, VERMILLION, open=True)
    panel.mark(there, truth, BLUE, "square")
    promised, came = few(rate * delta, True), few(truth - f(x), True)
    return sheet(
        [panel],
        f"A step of {few(delta, True)}: {promised} promised, {came} came",
        f"The curve of f and its tangent at x = {tidy(x)}, where the height is {few(f(x))} and "
        f"the slope {few(rate)}. After a step of {few(delta, True)} the tangent promises "
        f"{promised}, the curve gives {came}: the estimate is {few(estimate)}, the height "
        f"{few(truth)}, the gap {few(abs(truth - estimate))}.",
        key=[
            (BLUE, "", "f"),
            (VERMILLION, "", "tangent"),
            (INK, "3 3", f"gap: {few(abs(truth - estimate))}"),
        ],
    )


def descent(f: Curve, path: Sequence[float], *, x_range: Point = (-4.0, 4.0)) -> Picture:
    """A walk along the curve of `f`: every place of `path`, joined in their order.

    A walk that flies off until its loss is no finite number is refused.

        descent(lambda x: x**2, [3.0, 2.4, 1.92])
    """
    if not path:
        raise ValueError("A walk has a place at least, its first, and this path is empty.")
    places = [(x, finite(f, x, step)) for step, x in enumerate(path)]
    panel = Panel(x_range, reach(f(at) for at in spread(x_range)))
    panel.axes("w", "loss f(w)")
    panel.curve(f, BLUE)
    for start, end in zip(places, places[1:], strict=False):
        panel.arrow(start, end, VERMILLION)
    for place in places[1:]:
        panel.mark(*place, VERMILLION)
    panel.mark(*places[0], INK, open=True)
    first, last, steps = places[0][1], places[-1][1], len(path) - 1
    verb = "stays at" if math.isclose(first, last) else "falls" if last < first else "grows"
    heights = few(last) if verb == "stays at" else f"from {few(first)} to {few(last)}"
    sides = sum((a > 0) != (b > 0) for a, b in zip(path, path[1:], strict=False))
    left = next((i for i, x in enumerate(path) if not x_range[0] <= x <= x_range[1]), None)
    gone = f" It leaves the picture at step {left}." if left is not None else ""
    return sheet(
        [panel],
        f"In {steps} steps the loss {verb} {heights}",
        f"The curve of a loss over one weight, and a walk on it. In {steps} steps the loss {verb} "
        f"{heights}, while the weight goes from {few(path[0])} to {few(path[-1])}; it changes its "
        f"sign {sides} times.{gone}",
        key=[(BLUE, "", "loss"), (VERMILLION, "", "steps, from the open circle")],
    )


def finite(f: Curve, x: float, step: int) -> float:
    """f(x), the loss at a step of a walk, if it is a number that a float can hold."""
    try:
        loss = f(x)
    except OverflowError:
        loss = math.inf
    if not math.isfinite(x) or not math.isfinite(loss):
        raise ValueError(
            f"At step {step} the weight is {x:.3g}, and its loss is not a finite number: this walk "
            "flies off. Try a smaller learning rate, or fewer steps."
        )
    return loss


def few(x: float, signed: bool = False) -> str:
    """A number in a few digits; `signed`, with its plus as well.

    >>> few(3.2500001), few(-3.6, True), few(4.0, True)
    ('3.25', '−3.6', '+4')
    """
    return "+" * (signed and x > 0) + tidy(round(x, 6))
