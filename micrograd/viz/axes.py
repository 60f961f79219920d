"""The same numbers on an ordinary axis and on a log axis, one above the other.

Losses, errors and learning rates spread over many powers of ten. An ordinary axis shows the largest
of them and heaps the rest up at 0; a log axis gives each power of ten the same room. The toolbox
draws this for whoever meets a log axis for the first time.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence

from micrograd.viz.canvas import BLUE, GREY, INK
from micrograd.viz.picture import Picture, plain_number

WIDTH, HEIGHT = 620, 190
LEFT, RIGHT = 130, 590  # where the axes begin and end
TITLE, ORDINARY, LOG = 24, 80, 150  # how far down they lie
FONT = "font-family='DejaVu Sans, Verdana, sans-serif'"


def two_axes(numbers: Sequence[float], title: str | None = None) -> Picture:
    """Numbers above 0, at most ten powers of ten apart, as dots on both kinds of axis.

    >>> print(two_axes([1, 10, 100]).alt.split(". ")[0])
    Two number lines with the same 3 numbers: 1, 10, 100
    """
    given = [plain_number(x) for x in numbers]
    if len(given) < 2 or not all(0 < x < math.inf for x in given):
        raise ValueError(
            f"Two axes need at least 2 numbers, all above 0, and got {list(numbers)!r:.60}. "
            "A log axis has no place for 0: each step to the left divides by ten."
        )
    first, last = math.floor(math.log10(min(given))), math.ceil(math.log10(max(given)))
    last = max(last, first + 1)
    if last - first > 10:
        raise ValueError(
            f"These numbers lie {last - first} powers of ten apart, and there is room to label 10."
        )
    end, powers = 10.0**last, range(first, last + 1)
    crowded = sum(x <= end / 10 for x in given)

    def ordinary(x: float) -> float:
        return x / end

    def log(x: float) -> float:
        return (math.log10(x) - first) / (last - first)

    claim = title or f"{crowded} of {len(given)} numbers share the first tenth of the ordinary axis"
    parts = [
        f"<text x='14' y='{TITLE}' font-size='15' font-weight='bold'>{html.escape(claim)}</text>",
        *axis("ordinary", ORDINARY, [end * i / 4 for i in range(5)], given, ordinary),
        *axis("log", LOG, [10.0**power for power in powers], given, log),
    ]
    alt = (
        f"Two number lines with the same {len(given)} numbers: "
        f"{', '.join(f'{x:g}' for x in given)}. On the ordinary axis, from 0 to {end:g}, "
        f"{crowded} of them lie in the first tenth. The log axis, from {10.0**first:g} to {end:g}, "
        f"gives each of its {last - first} powers of ten the same room."
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' {FONT} "
        f"font-size='13' fill='{INK}'>{''.join(parts)}</svg>"
    )
    return Picture(svg, alt, WIDTH)


def axis(
    name: str,
    y: int,
    ticks: Sequence[float],
    numbers: Sequence[float],
    place: Callable[[float], float],
) -> list[str]:
    """One axis: its name, a line, labelled ticks, and a dot for each number."""

    def across(x: float) -> float:
        return round(LEFT + place(x) * (RIGHT - LEFT), 1)

    return [
        f"<text x='14' y='{y + 5}'>{name} axis</text>",
        f"<path d='M{LEFT} {y}H{RIGHT}' stroke='{GREY}'/>",
        *(f"<path d='M{across(x)} {y - 5}v10' stroke='{GREY}'/>" for x in ticks),
        *(f"<text x='{across(x)}' y='{y + 23}' text-anchor='middle'>{x:g}</text>" for x in ticks),
        *(
            f"<circle cx='{across(x)}' cy='{y}' r='6' fill='{BLUE}' fill-opacity='0.7'/>"
            for x in numbers
        ),
    ]
