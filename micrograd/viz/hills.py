"""Pictures of several inputs at once: arrows, slices through a hill, and the gradient on a map.

Notebook 01 draws a list of numbers as a place and as an arrow, and finds that the list of all
slopes is an arrow too: it lies on the map, not on the hill.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from micrograd.gradcheck import gradient
from micrograd.viz.canvas import BLUE, INK, VERMILLION
from micrograd.viz.picture import Card, Picture
from micrograd.viz.sketch import Panel, Point, reach, sheet, spread
from micrograd.viz.slopes import few
from micrograd.viz.trails import contours

Hill = Callable[[Sequence[float]], float]

MAP_INCHES = (5.2, 3.9)
ARROW_SCALE = 0.25  # of a gradient on a map: a slope of 4 is drawn as long as one unit of the map


def arrow(step: Sequence[float], start: Sequence[float] = (0.0, 0.0)) -> Picture:
    """Two numbers as a step: an arrow from `start`, a place, to the place where it ends.

    arrow([3, 4], start=[1, 1])
    """
    if len(step) != 2 or len(start) != 2:
        raise ValueError(
            f"On paper there are two directions, so a step and a place are two numbers each; these "
            f"are {list(step)} and {list(start)}."
        )
    (dx, dy), (x, y) = step, start
    end = (x + dx, y + dy)
    x_range, y_range = (reach([0, at, to], 0.2) for at, to in zip(start, end, strict=True))
    unit = min(346 / (x_range[1] - x_range[0]), 208 / (y_range[1] - y_range[0]))
    panel = Panel(x_range, y_range, width=unit * (x_range[1] - x_range[0]))
    panel.height = unit * (y_range[1] - y_range[0])
    panel.axes("first number", "second number")
    panel.line([(x, y), (x + dx, y), end], INK, 1.2, "4 4")
    panel.arrow((x, y), end, BLUE)
    panel.mark(x, y, INK, "square")
    panel.words(x, y, pair(start), INK, move=(10, 16))
    panel.words(*end, pair(end), INK, move=(8, -4))
    length = few(math.hypot(dx, dy))
    panel.words(x + dx / 2, y + dy, f"{pair(step)}, {length} long", BLUE, "end", move=(-8, 30))
    return sheet(
        [panel],
        f"The step {pair(step)} is {length} long",
        f"An arrow for the step {pair(step)}: from the place {pair(start)} it goes {few(dx)} to "
        f"the right and {few(dy)} up, and ends at the place {pair(end)}. It is {length} long.",
        width=420,
    )


def slices(f: Hill, point: Sequence[float], names: Sequence[str] = ("x", "y", "z")) -> Picture:
    """A panel for each input: the curve that `f` is while the others are held, and its slope.

    slices(lambda p: p[0] ** 2 + p[1] ** 2, [1.0, 2.0])
    """
    if not 1 <= len(point) <= len(names):
        raise ValueError(
            f"There are {len(point)} numbers in the point and {len(names)} names; give a name for "
            "each."
        )
    rates = gradient(f, point)
    width = 456 / len(point)
    curves = [along(f, point, i) for i in range(len(point))]
    heights = reach(g(x + d) for g, x in zip(curves, point, strict=True) for d in spread((-2, 2)))
    panels = []
    for i, (name, curve, rate) in enumerate(zip(names, curves, rates, strict=False)):
        around = point[i] - 2, point[i] + 2
        panel = Panel(around, heights, left=54 + i * (width + 6), width=width - 22)
        panel.axes(f"{name} moves", "height" if i == 0 else "")
        panel.curve(curve, BLUE)
        panel.line([(end, f(point) + rate * (end - point[i])) for end in around], VERMILLION, 2)
        panel.mark(point[i], f(point), VERMILLION)
        panel.words(around[0], heights[1], f"slope {few(rate)}", VERMILLION, move=(8, 14))
        panels.append(panel)
    told = ", ".join(f"{few(r)} along {n}" for n, r in zip(names, rates, strict=False))
    where = ", ".join(f"{n} = {few(x)}" for n, x in zip(names, point, strict=False))
    return sheet(
        panels,
        f"{len(point)} slices through one place, {len(point)} slopes: "
        + ", ".join(map(few, rates)),
        f"{len(point)} slices through a surface at {where}, where its height is {few(f(point))}. "
        f"In each slice one input moves and the others are held still. The slopes: {told}.",
        key=[(BLUE, "", "slice"), (VERMILLION, "", "its tangent")],
    )


def gradient_map(
    f: Hill,
    point: Sequence[float],
    *,
    x_range: Point = (-3.0, 3.0),
    y_range: Point = (-2.1, 2.1),
    target: Sequence[float] | None = None,
    levels: Sequence[float] | None = None,
) -> Picture | Card:
    """A hiker's map with the gradient at `point`: uphill solid, and the way against it dashed.

    An arrow is a quarter as long as the steepness, in units of the map. `target` gets a star.
    `levels` are the heights of the lines, to which that of the hiker is added; without them the
    map chooses.

        gradient_map(lambda p: p[0] ** 2 + 2 * p[1] ** 2, [1.5, 1.0], target=[0, 0])
    """
    up = gradient(f, point)
    steep = math.hypot(*up)
    there = [ARROW_SCALE * rate for rate in up]
    where = f"At {pair(point)}"
    star = "" if target is None else f" A star marks the lowest place, {pair(target)}."
    title = f"Gradient {pair(up)}: {few(steep)} a unit uphill"
    if steep < 1e-6:
        title = "Gradient [0, 0]: flat ground"
    return contours(
        lambda x, y: f([x, y]),
        {},
        x_range=x_range,
        y_range=y_range,
        target=target,
        levels=None if levels is None else [*levels, f(point)],
        arrows={"gradient": (point, there), "against it": (point, [-step for step in there])},
        title=title,
        inches=MAP_INCHES,
        alt=f"A map with lines of equal height. {where}, where the height is {few(f(point))}, the "
        f"gradient is {pair(up)}. A solid arrow shows it, a quarter as long: it crosses the lines "
        f"at a right angle, uphill, where the ground rises by {few(steep)} a unit. A dashed arrow "
        f"points the other way.{star}",
    )


def heights_and_slopes() -> Picture:
    """The puzzle of notebook 01: four heights, A to D, and five slopes, of which one is too many.

    The alt text says how each curve runs, and not which belong together.
    """
    panels = []
    for row, curves in enumerate((HEIGHTS, SLOPES)):
        for column, (name, (f, _)) in enumerate(curves.items()):
            left = 14 + 99 * column + (50 if row == 0 else 0)
            panel = Panel((-3.2, 3.2), (-4.2, 4.2), left, 62 + 116 * row, 94, 104)
            panel.frame()
            panel.cross()
            panel.curve(f, VERMILLION if row else BLUE, 2.4, "6 3" if row else "")
            panel.words(-3.2, 4.2, name, move=(7, 18))
            panels.append(panel)
    told = [
        f"{name}: {words}." for curves in (HEIGHTS, SLOPES) for name, (_, words) in curves.items()
    ]
    return sheet(
        panels,
        "Which slope, 1 to 5, belongs to which height?",
        f"Nine small curves from x = −3.2 to 3.2. The heights. {' '.join(told[:4])} The slopes. "
        f"{' '.join(told[4:])}",
        key=[(BLUE, "", "heights"), (VERMILLION, "6 3", "slopes")],
        height=294,
    )


HEIGHTS: Mapping[str, tuple[Callable[[float], float], str]] = {
    "A": (lambda x: x**2, "a bowl, lowest at 0"),
    "B": (lambda x: -2 * x, "a straight line that falls, through 0"),
    "C": (lambda x: -(x**2), "a hill, highest at 0"),
    "D": (math.sin, "a wave, 0 at x = 0 and rising there"),
}
SLOPES: Mapping[str, tuple[Callable[[float], float], str]] = {
    "1": (lambda x: -2.0, "a flat line at −2"),
    "2": (lambda x: 2 * x, "a straight line that rises, through 0"),
    "3": (math.cos, "a wave, highest at x = 0"),
    "4": (lambda x: -2 * x, "a straight line that falls, through 0"),
    "5": (math.sin, "a wave, 0 at x = 0 and rising there"),
}


def flat_places() -> Picture:
    """Four places where every slope is 0; one of them is the bottom of a valley."""
    panels = []
    for i, (name, curves) in enumerate(FLAT.items()):
        panel = Panel((-1.6, 1.6), (-2.0, 2.0), 14 + 125 * i, 62, 117, 130)
        panel.frame()
        for curve, dashes in zip(curves, ("", "6 4"), strict=False):
            panel.curve(curve, BLUE, 2.4, dashes)
        panel.line([(-0.8, 0), (0.8, 0)], VERMILLION, 2.2)
        panel.mark(0, 0, VERMILLION)
        panel.words(0, -2.0, name, anchor="middle", move=(0, 22))
        panels.append(panel)
    return sheet(
        panels,
        "Four flat places, only one of them lowest",
        "Four curves, each flat at a marked place. Valley: the ground rises to both sides. "
        "Hilltop: it falls to both sides. Saddle: it rises along one input, a solid line, and "
        "falls along another, a dashed line. Plateau: nothing changes near by, and further off the "
        "ground falls away.",
        key=[(BLUE, "", "height"), (VERMILLION, "", "slope 0")],
        height=226,
    )


FLAT: Mapping[str, tuple[Callable[[float], float], ...]] = {
    "valley": (lambda x: x**2,),
    "hilltop": (lambda x: -(x**2),),
    "saddle": (lambda x: x**2, lambda x: -(x**2)),
    "plateau": (lambda x: min(0.0, 1.8 * (0.7 - x)),),
}


def along(f: Hill, point: Sequence[float], i: int) -> Callable[[float], float]:
    """`f` as a function of number `i` alone."""
    return lambda x: f([*point[:i], x, *point[i + 1 :]])


def pair(numbers: Sequence[float]) -> str:
    return f"[{', '.join(map(few, numbers))}]"
