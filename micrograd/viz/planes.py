"""Maps of the plane: the heights of a function of two numbers, and what a model makes of them.

A surface is known at the points of a grid. Where a score changes its sign runs the boundary between
two classes; notebook 04a watches one learn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd.viz.canvas import BLUE, FULL_TYPE, INK, paint, shades, tint
from micrograd.viz.picture import Card, Picture, plain_number
from micrograd.viz.plots import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OCHRE = "#8A6D00"  # class 0, beside blue for class 1: every eye can tell the two

INCHES = (7.2, 4.2)
MARGIN = 0.15  # around the points, as a part of their extent
BANDS = 4  # shades of each class
LARGEST = 1e100  # a larger number is as far off any picture as infinity

Point = tuple[float, float]


# A function over a window


@dataclass(frozen=True)
class Surface:
    """The heights of a function on a grid; NaN where it has none."""

    xs: list[float]
    ys: list[float]
    heights: list[list[float]]  # a row for each y

    @classmethod
    def of(
        cls, f: Callable[[float, float], Any], x_range: Point, y_range: Point, resolution: int
    ) -> Surface:
        if not resolution >= 2:
            raise ValueError(f"The resolution is a number of points, at least 2, not {resolution}.")
        xs, ys = _spread(x_range, resolution), _spread(y_range, resolution)
        return cls(xs, ys, [[height(f, x, y) for x in xs] for y in ys])

    @property
    def known(self) -> list[float]:
        """The heights that are numbers, in order."""
        return sorted(h for row in self.heights for h in row if not math.isnan(h))

    @property
    def gaps(self) -> str:
        """A sentence about the part of the window without heights, if there is one."""
        count = len(self.xs) * len(self.ys)
        missing = count - len(self.known)
        part = f"{math.ceil(100 * missing / count)}%"
        return f" It has no finite value in {part} of the window, which is blank." * (missing > 0)


def height(f: Callable[[float, float], Any], x: float, y: float) -> float:
    """f(x, y), a number or the data of a Value; NaN where that is no finite number.

    A division by 0, an overflow and the logarithm of a negative number have no height either.
    """
    try:
        result = f(x, y)
    except (ArithmeticError, ValueError):
        return math.nan
    try:
        number = plain_number(result)
    except (TypeError, ValueError, AttributeError):
        raise TypeError(
            f"At ({short(x)}, {short(y)}) the function gives {type(result).__name__}: "
            f"{result!r:.60}. Expected is one number, or one Value."
        ) from None
    return number if abs(number) <= LARGEST else math.nan


def point(p: Any) -> Point:
    """Two numbers, or two Values, as a pair of floats."""
    try:
        x, y = (plain_number(coordinate) for coordinate in p)
    except (TypeError, ValueError, AttributeError):
        raise ValueError(f"A point is two numbers, such as (1.0, 2.0), not {p!r:.60}.") from None
    return x, y


def _spread(limits: Point, count: int) -> list[float]:
    low, high = limits
    return [low + (high - low) * i / (count - 1) for i in range(count)]


# Two classes, and the line between them


def decision_boundary(
    model: Callable[[list[float]], Any],
    points: Sequence[Any],
    labels: Sequence[Any],
    *,
    resolution: int = 40,
    title: str | None = None,
    alt: str | None = None,
    inches: tuple[float, float] = INCHES,
) -> Picture | Card:
    """Which class a model gives to each place of the plane, and the line where it changes.

    `model([x, y])` gives a score, a number or a Value: above 0 for class 1, below 0 for class 0.
    `labels` are 1 and 0, or 1 and -1. The background shows the score, class 1 in blue; the line is
    where it is 0. Points of class 1 are circles, those of class 0 are triangles, and a cross marks
    each one that lies on the wrong side.

    The model is asked `resolution` x `resolution` times, by default 1,600, and once more for each
    point; half the resolution asks a quarter as often. `inches` is the size of the picture, by
    default as wide as a notebook.

        decision_boundary(model, points, labels)
    """

    def score(x: float, y: float) -> Any:
        return model([x, y])

    places = [point(p) for p in points]
    classes = _classes(labels, places)
    x_range, y_range = (_window(coordinates) for coordinates in zip(*places, strict=True))
    surface = Surface.of(score, x_range, y_range, resolution)
    if not surface.known:
        score(*places[0])  # if this raises, its error says more
        return Card(
            "The model's score is not a finite number anywhere near these points, so there is no "
            "boundary to draw. Weights that became NaN or too large are the usual reason: train "
            "anew, with a lower learning rate."
        )
    signs = [1 if c == 1 else -1 for c in classes]
    right = [height(score, *p) * sign > 0 for p, sign in zip(places, signs, strict=True)]

    def draw(figure: Figure) -> list[str]:
        axes = figure.add_subplot()
        axes.set_title(title or f"{_count(right)} points are on their right side")
        axes.set(xlabel="first input", ylabel="second input", xlim=x_range, ylim=y_range)
        axes.locator_params(nbins=6 if inches[0] >= FULL_TYPE else 4)
        colors = draw_score(axes, surface)
        _draw_points(axes, places, classes, right)
        figure.legend(loc="outside lower center", ncols=3, markerscale=1)
        return [*colors, *shades(BLUE), *shades(OCHRE)]

    return paint(draw, alt or _tell(surface, classes, right), inches)


def draw_score(axes: Axes, surface: Surface) -> list[str]:
    """Blue above 0 and ochre below, deeper further off, and a line at 0; returns the colours."""
    grid, known = (surface.xs, surface.ys, surface.heights), surface.known
    strengths = [(k + 0.5) / (2 * BANDS) for k in range(BANDS)]
    colors = [tint(OCHRE, s) for s in reversed(strengths)] + [tint(BLUE, s) for s in strengths]
    usual = sorted(map(abs, known))[len(known) * 9 // 10]  # nine tenths are smaller
    if usual > 0:
        levels = [usual * k / (BANDS - 1) for k in range(1 - BANDS, BANDS)]
        filled = axes.contourf(*grid, levels=levels, colors=colors, extend="both")
        bar = axes.figure.colorbar(filled, ax=axes, label="score", ticks=[-usual, 0, usual])
        bar.ax.set_yticklabels([f"−{short(usual)}", "0", short(usual)])
    if known[0] < 0 < known[-1]:
        axes.contour(*grid, levels=[0], colors=INK, linewidths=1.8)
    return colors


def _draw_points(axes: Axes, places: list[Point], classes: list[int], right: list[bool]) -> None:
    for c, color, marker in [(1, BLUE, "o"), (0, OCHRE, "^")]:
        xs, ys = _columns(p for p, its_class in zip(places, classes, strict=True) if its_class == c)
        look: dict[str, Any] = {"color": color, "markersize": 7, "markeredgecolor": "#ffffff"}
        axes.plot(xs, ys, marker, label=f"class {c}", **look)
    if not all(right):
        xs, ys = _columns(p for p, is_right in zip(places, right, strict=True) if not is_right)
        axes.plot(xs, ys, "x", color=INK, markersize=8, label="on the wrong side")


def _classes(labels: Sequence[Any], places: list[Point]) -> list[int]:
    """1 or 0 for each label."""
    numbers = [plain_number(label) for label in labels]
    if len(numbers) != len(places) or not places:
        raise ValueError(
            f"There are {len(numbers)} labels for {len(places)} points. Give as many of both, and "
            "at least one."
        )
    if not (set(numbers) <= {0, 1} or set(numbers) <= {-1, 1}):
        found = ", ".join(short(number) for number in sorted(set(numbers))[:5])
        raise ValueError(f"Labels are 0 and 1, or -1 and 1; among these are {found}.")
    return [int(number > 0) for number in numbers]


def _window(coordinates: tuple[float, ...]) -> Point:
    """From the smallest to the largest, and a margin."""
    if not all(map(math.isfinite, coordinates)):
        raise ValueError("A point is two finite numbers, and among these is NaN or infinity.")
    low, high = min(coordinates), max(coordinates)
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _columns(places: Iterable[Point]) -> tuple[list[float], list[float]]:
    both = list(places)
    return [x for x, _ in both], [y for _, y in both]


def _count(right: list[bool]) -> str:
    return f"{sum(right):,} of {len(right):,}"


def _tell(surface: Surface, classes: list[int], right: list[bool]) -> str:
    lowest, highest = surface.known[0], surface.known[-1]
    reach = f"from {short(lowest)} to {short(highest)}"
    if lowest < 0 < highest:
        boundary = "A line marks the boundary, where it is 0"
    elif lowest > 0 or highest < 0:
        boundary = f"It is {'above' if lowest > 0 else 'below'} 0 everywhere: there is no boundary"
    else:
        boundary = "It does not change its sign: there is no boundary"
    of_class = [
        [is_right for is_right, its_class in zip(right, classes, strict=True) if its_class == c]
        for c in (0, 1)
    ]
    return (
        f"Map of a model's score, {reach}, over the plane of its two inputs. {boundary}."
        f"{surface.gaps} {_count(right)} points ({100 * sum(right) // len(right)}%) are on their "
        f"right side: {_count(of_class[1])} of class 1 (circles, where the score is above 0) and "
        f"{_count(of_class[0])} of class 0 (triangles, where it is below)."
    )
