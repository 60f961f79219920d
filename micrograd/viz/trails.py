"""Contour maps with trails: how optimizers find their way down a valley.

A contour line joins places of equal height, as on a hiker's map, and a gradient crosses it at a
right angle. Where lines that are evenly spaced in height lie close, the ground is steep. Notebook
01 walks down such a map, and notebook 07 lets optimizers race on one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from micrograd.viz.canvas import BLUE, GREY, RUNS, VERMILLION, paint, shades, tint
from micrograd.viz.picture import Card, Picture
from micrograd.viz.planes import INCHES, Point, Surface, height, point
from micrograd.viz.plots import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREEN = "#009E73"  # the target
MARKERS = ["o", "s", "^", "D"]  # trails differ by these as well, and by their dashes
FEW_STEPS = 40  # a trail of no more steps has a mark at each of them
LINES = 12  # contour lines at most

Function = Callable[[float, float], Any]


@dataclass(frozen=True)
class Trail:
    """A walk, and how high it began and ended."""

    name: str
    places: list[Point]  # up to the first that is NaN or infinite
    broken: bool  # is there such a place?
    start: float  # the height of the first place, and of the last
    end: float
    outside: list[int]  # the places beyond the window, by number

    @classmethod
    def of(
        cls, name: str, trail: Sequence[Any], f: Function, x_range: Point, y_range: Point
    ) -> Trail:
        given = [point(p) for p in trail]
        sound = [math.isfinite(x) and math.isfinite(y) for x, y in given]
        places = given[: sound.index(False)] if False in sound else given
        outside = [
            i
            for i, (x, y) in enumerate(places)
            if not (x_range[0] <= x <= x_range[1] and y_range[0] <= y <= y_range[1])
        ]
        start, end = (height(f, *places[i]) if places else math.nan for i in (0, -1))
        return cls(name, places, len(places) < len(given), start, end, outside)

    @property
    def steps(self) -> str:
        count = max(0, len(self.places) - 1)
        return f"{count:,} step{'s' * (count != 1)}"

    @property
    def claim(self) -> str:
        if len(self.places) < 2 or self.broken or math.isnan(self.start + self.end):
            return f"{self.name or 'The trail'} after {self.steps}"
        verb = "falls" if self.end < self.start else "rises"
        heights = f"{verb} from {short(self.start)} to {short(self.end)}"
        if self.end == self.start:
            heights = f"stays at {short(self.end)}"
        return f"{self.name or 'The value'} {heights} in {self.steps}"

    @property
    def details(self) -> str:
        """All of it in words: from where to where, and what became of it."""
        told = f"{self.name}: " if self.name else ""
        if not self.places:
            return f"{told}no point to draw."
        if len(self.places) == 1:
            told += f"stands at {_at(self.places[0], self.start)}."
        else:
            told += f"{self.steps}, from {_at(self.places[0], self.start)}, "
            told += f"to {_at(self.places[-1], self.end)}."
        if self.outside:
            last = len(self.places) - 1 in self.outside
            told += f" It is cut off where it leaves the window, at step {self.outside[0]:,}, and "
            told += "ends outside." if last else "ends inside."
        if self.broken:
            told += f" Step {len(self.places):,} is NaN or infinite."
        return told


def contours(
    f: Function,
    trails: Mapping[str, Sequence[Any]] | Sequence[Any],
    *,
    x_range: Point,
    y_range: Point,
    target: Any = None,
    arrows: Mapping[str, tuple[Any, Any]] | None = None,
    levels: Sequence[float] | None = None,
    names: tuple[str, str] = ("x", "y"),
    resolution: int = 60,
    title: str | None = None,
    alt: str | None = None,
    inches: tuple[float, float] = INCHES,
) -> Picture | Card:
    """Lines of equal height of `f`, a function of two numbers, with trails that walk over them.

    `f(x, y)` is given two plain numbers, `resolution` x `resolution` times, and gives a number or a
    Value. `trails` is a dict of lists of points, each from its start to its end, or one such list.
    An open circle marks each start, a large full mark each end. What lies outside of `x_range` and
    `y_range` is cut off, and the words say so. `target` is a point to aim at: a green star.
    `arrows` are steps from a point, by name: `{"uphill": ((1, 1), (0.5, 1))}`; with them both axes
    have the same scale, so that a right angle looks like one. `names` are those of the axes.
    `levels` are the heights of the lines; without them they are evenly spaced, and where the
    heights span decades 1, 3, 10, 30, ... above the lowest place. `inches` is the size of
    the picture.

        contours(f, {"SGD": path_1, "Adam": path_2}, x_range=(-6, 6), y_range=(-2, 2))
    """
    for limits in (x_range, y_range):
        if not (-math.inf < limits[0] < limits[1] < math.inf):
            raise ValueError(f"A range goes from a smaller to a larger number, not {limits}.")
    lists = trails if isinstance(trails, Mapping) else {"": trails}
    walks = [Trail.of(name, trail, f, x_range, y_range) for name, trail in lists.items()]
    aim = None if target is None else point(target)
    steps = {name: (point(p), point(step)) for name, (p, step) in (arrows or {}).items()}
    surface = Surface.of(f, x_range, y_range, resolution)
    if not surface.known:
        f(surface.xs[0], surface.ys[0])  # if this raises, its error says more
        return Card(
            f"The function is not a finite number anywhere from {x_range[0]} to {x_range[1]} and "
            f"from {y_range[0]} to {y_range[1]}, so there is nothing to draw. Try another window."
        )

    def draw(figure: Figure) -> list[str]:
        axes = figure.add_subplot()
        axes.set_title(title or _title(walks))
        axes.set(xlabel=names[0], ylabel=names[1], xlim=x_range, ylim=y_range)
        axes.locator_params(nbins=6)
        _draw_lines(axes, surface, levels)
        if aim:
            axes.plot(*aim, "*", color=GREEN, markersize=20)
        for walk, (color, dashes), marker in zip(walks, cycle(RUNS), cycle(MARKERS), strict=False):
            _draw_trail(axes, walk, color, dashes, marker)
        _draw_arrows(axes, steps)
        if axes.get_legend_handles_labels()[1]:
            figure.legend(loc="outside lower left", markerscale=1)
        colors = [GREEN, VERMILLION, *(color for color, _ in RUNS)]
        return [shade for color in colors for shade in shades(color)]

    size = inches[0], inches[1] + 0.2 * len(walks)  # the legend has a line for each
    return paint(draw, alt or _tell(surface, walks, aim, names, steps), size)


def _draw_lines(axes: Axes, surface: Surface, levels: Sequence[float] | None) -> None:
    lowest, highest = surface.known[0], surface.known[-1]
    heights = contour_levels(surface.known) if levels is None else sorted(set(levels))
    heights = [h for h in heights if lowest < h < highest]
    if heights:
        grid = surface.xs, surface.ys, surface.heights
        look: dict[str, Any] = {"linewidths": 0.8, "linestyles": "solid", "antialiased": False}
        lines = axes.contour(*grid, levels=heights, colors=tint(GREY, 2 / 3), **look)
        axes.clabel(lines, fontsize=8, colors=GREY, fmt=lambda level: f"{level:.4g}")


def contour_levels(known: list[float]) -> list[float]:
    """Where to draw lines, given all heights in order: evenly, or 1, 3, 10, ... over decades."""
    from matplotlib.ticker import MaxNLocator

    rare = len(known) // 50
    above = [h - known[0] for h in known if h > known[0]]
    if not above:
        return []
    low, high = above[len(above) // 50], above[-1]
    if high < 100 * low:
        ticks = MaxNLocator(LINES).tick_values(known[rare], known[-1 - rare])
        levels = [float(tick) for tick in ticks]
    else:
        ground = 0.0 if 0 <= known[0] <= low else known[0]
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)))
        steps = [part * 10.0**decade for decade in decades for part in (1, 3)]
        levels = [ground + step for step in steps if step >= low]
    levels = [level for level in levels if known[0] < level < known[-1]]
    return levels[:: max(1, math.ceil(len(levels) / LINES))]


def _draw_trail(axes: Axes, walk: Trail, color: str, dashes: str, marker: str) -> None:
    if not walk.places:
        return
    xs, ys = zip(*walk.places, strict=True)
    look: dict[str, Any] = {"color": color, "markeredgecolor": "#ffffff"}
    few = marker if len(xs) <= FEW_STEPS + 1 else None
    axes.plot(xs, ys, dashes, marker=few, markersize=4, linewidth=1.8, markeredgewidth=0, **look)
    axes.plot(*walk.places[0], "o", color="#ffffff", markersize=8, markeredgecolor=color)
    axes.plot(*walk.places[-1], marker, markersize=8, **look)
    name = f"{walk.name}: " if walk.name else ""
    label = f"{name}{_tall(walk.start)} → {_tall(walk.end)} in {walk.steps}"
    label += ", leaves the window" * bool(walk.outside)
    axes.plot([], [], dashes, marker=marker, markersize=7, linewidth=1.8, label=label, **look)


def _draw_arrows(axes: Axes, steps: Mapping[str, tuple[Point, Point]]) -> None:
    if steps:
        axes.set_aspect("equal")
    for (name, ((x, y), (dx, dy))), (color, dashes) in zip(
        steps.items(), cycle([(VERMILLION, "-"), (BLUE, "--")]), strict=False
    ):
        # The shaft is a line, so that its dashes are as even as a trail's; the head is drawn alone.
        axes.plot([x, x + dx], [y, y + dy], dashes, color=color, linewidth=2.4, label=name)
        look = {"arrowstyle": "-|>,head_width=0.5,head_length=0.9", "color": color, "linewidth": 0}
        axes.annotate("", (x + dx, y + dy), (x + 0.9 * dx, y + 0.9 * dy), arrowprops=look)
        axes.plot(x, y, "o", color=VERMILLION, markersize=6)


# Telling it


def _at(place: Point, its_height: float) -> str:
    return f"({short(place[0])}, {short(place[1])}), where the value is {_tall(its_height)}"


def _tall(its_height: float) -> str:
    return "not finite" if math.isnan(its_height) else short(its_height)


def _title(walks: list[Trail]) -> str:
    if len(walks) == 1:
        return walks[0].claim
    sound = [walk for walk in walks if not walk.broken and not math.isnan(walk.end)]
    if not sound:
        return "No trail with an end to compare" if walks else "Lines of equal height"
    best = min(sound, key=lambda walk: walk.end)
    return f"{best.name} ends lowest, at {short(best.end)} after {best.steps}"


def _tell(
    surface: Surface,
    walks: list[Trail],
    aim: Point | None,
    names: tuple[str, str],
    steps: Mapping[str, tuple[Point, Point]],
) -> str:
    lowest, highest = surface.known[0], surface.known[-1]
    told = [
        f"Contour map of a function of {names[0]} and {names[1]}, {names[0]} from "
        f"{short(surface.xs[0])} to {short(surface.xs[-1])} and {names[1]} from "
        f"{short(surface.ys[0])} to {short(surface.ys[-1])}; the function lies between "
        f"{short(lowest)} and {short(highest)} there.{surface.gaps}",
        *(walk.details for walk in walks),
    ]
    for name, ((x, y), (dx, dy)) in steps.items():
        told.append(
            f"An arrow, {name}, goes from ({short(x)}, {short(y)}) to "
            f"({short(x + dx)}, {short(y + dy)})."
        )
    if aim:
        told.append(f"A star at ({short(aim[0])}, {short(aim[1])}) marks the target.")
    return " ".join(told)
