"""Pictures of notebook 09: the ladder of ways to train, and a batch with its padding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK, tint
from micrograd.viz.picture import Picture
from micrograd.viz.plots import visible
from micrograd.viz.sketch import LETTER, Panel, label, sheet

GREEN = "#00795A"  # the green of targets, dark enough for letters
NAMES = 196  # pixels for the names of the rungs
ROW = 30  # pixels, the height of a rung
WIDTH = 560
BOX = 24  # pixels, the side of a token in a batch


# ------------------------------------------------------------------------------- the ladder


def ladder_bars(
    results: Sequence[Any],
    *,
    floor: float | None = None,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """A bar for each rung of the ladder: how many times as fast as the first one, on a log axis.

    `results` are those of `micrograd.fast.ladder`: they have a name, `times`, and `missing`, a
    sentence, for a rung that is not there. The newest bar is darkest. `floor` is how many times as
    fast it could be if the machine did nothing but multiply and add.

        ladder_bars(ladder.results, floor=60_000)
    """
    climbed = [result for result in results if not result.missing]
    if not climbed:
        raise ValueError("No rung has been climbed yet, so there is no bar to draw.")
    speeds = [result.times for result in climbed]
    low, high = min(0.4, min(speeds) / 2), max([10.0, *speeds, floor or 0.0])
    span = (math.log10(low), math.log10(high) + 0.95)  # room for the numbers
    panel = Panel(span, (len(results), 0), NAMES, 40, WIDTH - NAMES - 14, ROW * len(results))
    panel.outside += power_axis(panel)
    newest = results[-1]
    for i, result in enumerate(results):
        middle = panel.top + ROW * (i + 0.5)
        panel.outside.append(label(NAMES - 8, middle + 5, result.name, "e"))
        if result.missing:
            panel.outside.append(label(NAMES + 8, middle + 5, "left out", "", GREY))
            continue
        end = panel.at(math.log10(result.times), 0)[0]
        color = tint(BLUE, 1.0 if result is newest else 0.45)
        panel.inside.append(
            f'<path d="M{NAMES} {middle - 9:.1f}H{end:.1f}v18H{NAMES}z" fill="{color}"/>'
        )
        panel.outside.append(label(end + 6, middle + 5, times(result.times), "", INK))
    if floor:
        floor_line(panel, floor)
    told = ", ".join(f"{result.name} {times(result.times)}" for result in climbed)
    absent = [result.name for result in results if result.missing]
    computed = f"Bar chart on a log axis, how many times as fast as {climbed[0].name}: {told}."
    if absent:
        computed += f" Left out, so without a bar: {', '.join(absent)}."
    if floor:
        computed += f" A dashed line at {times(floor)} marks what the arithmetic alone would take."
    claim = title or headline(newest, climbed[0])
    return sheet([panel], claim, alt or computed, width=WIDTH, height=ROW * len(results) + 92)


def headline(newest: Any, first: Any) -> str:
    if newest.missing:
        return f"{newest.name}: left out here"
    if newest is first:
        return f"The first rung: {newest.name}"
    return f"{newest.name}: {times(newest.times)} as fast as {first.name}"


def times(factor: float) -> str:
    """
    >>> times(1.0), times(23.7), times(12345.6)
    ('1 ×', '24 ×', '12,000 ×')
    """
    if factor < 9.5:
        return f"{factor:.1f} ×".replace(".0 ×", " ×")
    digits = 1 - math.floor(math.log10(factor))
    return f"{round(factor, digits):,.0f} ×"


def power_axis(panel: Panel) -> list[str]:
    """The powers of ten below the bars, each with a faint line upward."""
    low, high = panel.x_range
    base = panel.top + panel.height
    parts = [f'<path d="M{panel.left:g} {panel.top:g}V{base:g}h{panel.width:g}" class="a"/>']
    for power in range(math.ceil(low), math.floor(high) + 1):
        x = panel.at(power, 0)[0]
        panel.inside.append(f'<path d="M{x:.1f} {panel.top:g}V{base:g}" stroke="#e3e5e7"/>')
        parts.append(label(x, base + 17, f"{10**power:,g}", "s m"))
    middle = panel.left + panel.width / 2
    return [*parts, label(middle, base + 38, "times as fast as the first rung", "m")]


def floor_line(panel: Panel, floor: float) -> None:
    """Behind the numbers, whose white rim keeps them legible."""
    x = panel.at(math.log10(floor), 0)[0]
    panel.inside.append(
        f'<path d="M{x:.1f} {panel.top:g}V{panel.top + panel.height:g}" stroke="{GREEN}" '
        'stroke-width="2" stroke-dasharray="6 4"/>'
    )
    panel.outside.append(label(x - 6, panel.top + 8, "arithmetic alone", "e", GREEN))


# ---------------------------------------------------------------------------------- a batch


def batch_sheet(
    names: Sequence[str],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Names as the rows of a batch: each begins with BOS, and is filled up to the longest one.

    Only the places that a prediction is made at are drawn: BOS and every letter.

        batch_sheet(["mari", "emma", "alexandre"])
    """
    if not names:
        raise ValueError("A batch needs at least one name.")
    places = max(map(len, names)) + 1
    real = sum(len(name) + 1 for name in names)
    boxes = []
    for row, name in enumerate(names):
        letters = ["·", *map(visible, name)]
        y = 40 + row * (BOX + 4)
        for place in range(places):
            x = 14 + place * (BOX + 4)
            boxes.append(place_box(x, y, letters[place] if place < len(letters) else None))
    board = Panel((0, 1), (0, 1), outside=boxes)
    share = 1 - real / (places * len(names))
    claim = f"{len(names)} names of up to {places} places: {share:.0%} padding"
    told = (
        f"A table of {len(names)} rows and {places} columns, a box for each place: "
        f"{', '.join(f'{name} fills {len(name) + 1}' for name in names)}; the other boxes, "
        f"{places * len(names) - real} of {places * len(names)}, are padding."
    )
    width = max(28 + places * (BOX + 4), 28 + round(LETTER * 1.25 * len(title or claim)))
    height = 48 + len(names) * (BOX + 4)
    return sheet([board], title or claim, alt or told, width=width, height=height)


def place_box(x: float, y: float, letter: str | None) -> str:
    """Blue for a letter, or BOS as a dot; grey and empty for padding."""
    fill, edge = (tint(BLUE, 0.12), BLUE) if letter else ("#ffffff", "#B0B5BA")
    dashes = "" if letter else ' stroke-dasharray="3 3"'
    box = (
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{BOX}" rx="4" fill="{fill}" '
        f'stroke="{edge}" stroke-width="1.3"{dashes}/>'
    )
    return box + (label(x + BOX / 2, y + 17, letter, "m", INK) if letter else "")
