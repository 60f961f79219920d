"""The archer of the course: the flight of an arrow, and pictures of it.

An archer shoots across a gorge at a target on the wall of the far side. Two knobs are to be set: an
angle, and a force. In notebook 00 they are set by hand, by chance, and by advice that is computed
from the very formula that moves the arrow.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from micrograd.engine import Value, node
from micrograd.viz.canvas import BLUE, GREY, INK, VERMILLION
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.plots import short
from micrograd.viz.trails import GREEN

GRAVITY = 9.81  # m/s²
SPEED = 0.5  # m/s of the arrow for each percent of the bow's full force, as of an ideal spring
DISTANCE = 40.0  # from the bow to the wall, in metres
HEIGHT = 5.0  # of the target's middle above the bow
RADIUS = 0.5  # of the target

# ------------------------------------------------------------------------------------ mechanics

Number = TypeVar("Number", float, Value)


def shoot(
    angle: Number, force: Number, distance: float = DISTANCE, height: float = HEIGHT
) -> Number:
    """How many metres above the middle of the target an arrow arrives; below it is negative.

    `angle` is in degrees above the horizontal, `force` in percent of the bow's full force, which
    gives the arrow 50 m/s; `distance` and `height` say where the target is, in metres from the bow.
    Without gravity the arrow would fly straight; on its way it falls GRAVITY / 2 * seconds**2
    metres below that line. The air is left out. Plain numbers give a plain number. Values give a
    Value, which can be asked for its gradients:

        >>> round(shoot(45.0, 50.0), 2)
        9.89
        >>> angle, force = Value(45.0), Value(50.0)
        >>> shoot(angle, force).backward()
        >>> round(angle.grad, 2), round(force.grad, 2)  # metres for one degree, for one percent
        (0.52, 1.0)
    """
    if not -90 < plain_number(angle) < 90:
        raise ValueError(
            f"An angle of {plain_number(angle):g}° never reaches the wall: give one between -90 "
            "and 90 degrees, 0 being straight ahead."
        )
    if not plain_number(force) > 0:
        raise ValueError(
            f"A force of {plain_number(force):g} % does not shoot forwards: give one above 0. "
            "If it came from a step of advice, take smaller steps."
        )
    speed = named("speed", SPEED * force)
    seconds = named("seconds", distance / (speed * cosine(angle)))
    fall = named("fall", GRAVITY / 2 * seconds**2)
    straight = named("straight", distance * tangent(angle) - height)
    return named("miss", straight - fall)


def tangent(angle: Number) -> Number:
    """The rise per metre ahead, of an angle in degrees."""
    slope = math.tan(math.radians(plain_number(angle)))
    if isinstance(angle, Value):
        return node(slope, [angle], [(1 + slope**2) * math.radians(1)], "tan")
    return slope


def cosine(angle: Number) -> Number:
    """The part of the speed that goes ahead, of an angle in degrees."""
    turn = math.radians(plain_number(angle))
    if isinstance(angle, Value):
        return node(math.cos(turn), [angle], [-math.sin(turn) * math.radians(1)], "cos")
    return math.cos(turn)


def named(label: str, number: Number) -> Number:
    """The number; a Value with its label, so that a graph of a shot can be read."""
    if isinstance(number, Value):
        number.label = label
    return number


def height_on_the_way(angle: float, force: float, ahead: float) -> float:
    """How high above the bow the arrow is when it is `ahead` metres from it."""
    return shoot(angle, force, distance=ahead, height=0.0)


# --------------------------------------------------------------------------------- one shot, drawn

PIXELS = 10  # for a metre
LEFT, RIGHT, LOW, HIGH = -3, 46, -10, 21  # the window, in metres from the bow
MARGIN_LEFT, MARGIN_TOP, MARGIN_BOTTOM = 44, 56, 44  # in pixels
WIDTH = MARGIN_LEFT + (RIGHT - LEFT) * PIXELS + 6
TALL = MARGIN_TOP + (HIGH - LOW) * PIXELS + MARGIN_BOTTOM
AIM = 0.15  # metres drawn for each percent of force, as the arrow at the bow
ADVICE = 5.0  # the length of the arrow of advice, in metres

Shot = Sequence[Any]  # an angle and a force


def draw_shot(
    angle: Any,
    force: Any,
    *,
    advice: Shot | None = None,
    before: Sequence[Shot] = (),
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """The arc of one arrow from the bow to the wall, and how far off it is, in metres.

    The arrow at the bow shows the aim: its direction is the angle, its length the force. `advice`
    is what to add to the angle and to the force; it is drawn at the tip of that arrow and shows
    which way to move the tip, while the words say how far. `before` are earlier shots, pairs of
    angle and force, drawn faint.

        draw_shot(45, 50, advice=(-1, -2))
    """
    angle, force = plain_number(angle), plain_number(force)
    above = shoot(angle, force)
    earlier = [pair(shot, "An earlier shot") for shot in before]
    change = None if advice is None else pair(advice, "Advice")
    heading = title or f"Angle {angle:.3g}°, force {force:.3g} %: off by {metres(above)}"
    pieces = [
        *scenery(),
        *(arc(*shot, faint=True) for shot in earlier),
        arc(angle, force),
        *arrival(above),
        *aim(angle, force, change),
        words(4, 38 if change is None else 18, heading, "font-weight='bold' font-size='15'"),
    ]
    if change is not None:
        pieces.append(words(4, 39, f"The friend: {advice_text(change)}", f"fill='{VERMILLION}'"))
    told = alt or shot_alt(angle, force, above, earlier, change)
    return Picture(svg("Flight of an arrow", told, pieces), told, width=WIDTH)


def pair(shot: Shot, what: str) -> tuple[float, float]:
    """An angle and a force as plain numbers."""
    try:
        angle, force = (plain_number(part) for part in shot)
    except (TypeError, ValueError, AttributeError):
        raise ValueError(
            f"{what} is two numbers, for the angle and for the force, not {shot!r:.60}."
        ) from None
    return angle, force


def metres(above: float) -> str:
    return f"{short(abs(above))} m" if abs(above) >= 0.1 else f"{abs(above):.2f} m"


def advice_text(change: tuple[float, float]) -> str:
    """Two numbers as a friend says them."""
    turn, pull = (round(part, 1) for part in change)
    parts = []
    if turn:
        parts.append(f"{abs(turn):g}° {'higher' if turn > 0 else 'lower'}")
    if pull:
        parts.append(f"{abs(pull):g} % {'stronger' if pull > 0 else 'weaker'}")
    return " and ".join(parts) or "stay as you are"


def shot_alt(
    angle: float,
    force: float,
    above: float,
    earlier: Sequence[tuple[float, float]],
    change: tuple[float, float] | None,
) -> str:
    side = "above" if above > 0 else "below"
    where = f"{metres(above)} {side} the middle of the target"
    told = [
        f"Side view of a shot across a gorge, at an angle of {angle:.3g}° and with "
        f"{force:.3g} % of the force. After {DISTANCE:g} m the arrow arrives {where}"
        + (", and hits it." if abs(above) <= RADIUS else ", and misses it.")
    ]
    if not LOW < above + HEIGHT < HIGH:
        told.append("That place is outside the picture.")
    if earlier:
        nearest = min(abs(shoot(*shot)) for shot in earlier)
        count = f"{len(earlier):,} earlier shot{'s' * (len(earlier) > 1)}"
        told.append(f"Faint: {count}, the nearest of them off by {metres(nearest)}.")
    if change is not None:
        told.append(f"An arrow at the bow shows the friend's advice: {advice_text(change)}.")
    return " ".join(told)


# The pieces of the drawing. A place is in metres from the bow; SVG counts pixels, and downwards.


def across(x: float) -> float:
    return round(MARGIN_LEFT + (x - LEFT) * PIXELS, 1)


def down(y: float) -> float:
    return round(MARGIN_TOP + (HIGH - y) * PIXELS, 1)


def words(x: float, y: float, text: str, look: str = "") -> str:
    return f"<text x='{x}' y='{y}' {look}>{html.escape(text)}</text>"


def line(start: tuple[float, float], end: tuple[float, float], look: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return (
        f"<line x1='{across(x1)}' y1='{down(y1)}' x2='{across(x2)}' y2='{down(y2)}' "
        f"stroke-width='2' {look}/>"
    )


def block(left: float, right: float, top: float) -> str:
    """Rock, from `top` down to the lower edge of the window."""
    width, tall = (right - left) * PIXELS, (top - LOW) * PIXELS
    return (
        f"<rect x='{across(left)}' y='{down(top)}' width='{width}' height='{tall}' fill='#e4e1dc'/>"
    )


def scenery() -> list[str]:
    """The two sides of the gorge, the target, and the two axes."""
    ticks = f"fill='{GREY}' font-size='12' text-anchor="
    pieces = [block(LEFT, 0, -1.5), block(DISTANCE, RIGHT, HIGH)]
    pieces += [
        words(across(x), down(LOW) + 17, f"{x}", f"{ticks}'middle'") for x in range(0, 41, 10)
    ]
    pieces += [
        words(across(LEFT) - 6, down(y) + 4, f"{y}".replace("-", "−"), f"{ticks}'end'")
        for y in range(-10, 21, 10)
    ]
    pieces.append(words(across(20), down(LOW) + 36, "metres from the bow", f"{ticks}'middle'"))
    turned = f"transform='rotate(-90 12 {down(5.5)})' {ticks}'middle'"
    pieces.append(words(12, down(5.5), "metres above the bow", turned))
    target = "fill='none' stroke-width='3'"
    pieces += [
        f"<ellipse cx='{across(DISTANCE)}' cy='{down(HEIGHT)}' rx='{4 * part}' "
        f"ry='{RADIUS * PIXELS * part}' stroke='{GREEN}' {target}/>"
        for part in (1.0, 0.4)
    ]
    pieces.append(
        words(across(DISTANCE) + 10, down(HEIGHT) + 4, "target", f"fill='{GREEN}' font-size='12'")
    )
    return pieces


def arc(angle: float, force: float, faint: bool = False) -> str:
    """The way of the arrow to the wall, as far as the window shows it."""
    steps = 12 if faint else 40
    places = [DISTANCE * i / steps for i in range(1, steps + 1)]
    points = [(0.0, 0.0), *((x, height_on_the_way(angle, force, x)) for x in places)]
    # What is far outside is cut short, so that the file holds no endless numbers.
    text = " ".join(f"{across(x):.0f},{down(min(max(y, -300), 300)):.0f}" for x, y in points)
    look = f"stroke='{BLUE}' stroke-width='2.5'"
    if faint:
        look = f"stroke='{BLUE}' stroke-width='1' stroke-opacity='0.35'"
    return f"<polyline points='{text}' fill='none' clip-path='url(#window)' {look}/>"


def arrival(above: float) -> list[str]:
    """The place where the arrow arrives, and the one number: its distance from the target."""
    end = HEIGHT + above
    seen = min(max(end, LOW), HIGH)
    pieces = [line((DISTANCE, HEIGHT), (DISTANCE, seen), f"stroke='{INK}' stroke-dasharray='4 3'")]
    if seen == end:
        x, y = across(DISTANCE), down(end)
        cross = f"M{x - 5},{y - 5}L{x + 5},{y + 5}M{x - 5},{y + 5}L{x + 5},{y - 5}"
        pieces.append(f"<path d='{cross}' stroke='{BLUE}' stroke-width='3'/>")
    if abs(above) >= 2:
        middle = down((HEIGHT + seen) / 2) + 4
        pieces.append(words(across(DISTANCE) + 8, middle, metres(above), "font-size='13'"))
    return pieces


def aim(angle: float, force: float, change: tuple[float, float] | None) -> list[str]:
    """The arrow at the bow, and the friend's at its tip."""
    tip = tip_of(angle, force)
    pieces = [line((0, 0), tip, f"stroke='{INK}' marker-end='url(#ink)'")]
    if change is None:
        return pieces
    x, y = tip_of(angle + change[0], force + change[1])
    length = math.hypot(x - tip[0], y - tip[1])
    if length > 0 and advice_text(change) != "stay as you are":
        scale = ADVICE / length
        end = tip[0] + scale * (x - tip[0]), tip[1] + scale * (y - tip[1])
        pieces.append(line(tip, end, f"stroke='{VERMILLION}' marker-end='url(#advice)'"))
    return pieces


def tip_of(angle: float, force: float) -> tuple[float, float]:
    turn = math.radians(angle)
    return AIM * force * math.cos(turn), AIM * force * math.sin(turn)


def svg(
    title: str, description: str, pieces: Sequence[str], width: int = WIDTH, tall: int = TALL
) -> str:
    heads = "".join(
        f"<marker id='{name}' viewBox='0 0 8 8' refX='6' refY='4' markerWidth='5' "
        f"markerHeight='5' orient='auto'><path d='M0,0L8,4L0,8z' fill='{color}'/></marker>"
        for name, color in (("ink", INK), ("advice", VERMILLION))
    )
    window = (
        f"<clipPath id='window'><rect x='{MARGIN_LEFT}' y='{MARGIN_TOP}' "
        f"width='{(RIGHT - LEFT) * PIXELS}' height='{(HIGH - LOW) * PIXELS}'/></clipPath>"
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' width='{width}' height='{tall}' "
        f"viewBox='0 0 {width} {tall}' font-family='Verdana,DejaVu Sans,sans-serif' "
        f"font-size='14' fill='{INK}'><title>{html.escape(title)}</title>"
        f"<desc>{html.escape(description)}</desc><defs>{heads}{window}</defs>"
        f"{''.join(pieces)}</svg>"
    )


# ------------------------------------------------------------------------------ many archers, drawn

WALL_WIDTH, WALL_TALL = 520, 240  # in pixels
WALL = (60, 510, 50, 205)  # the left, right, top and bottom of the plot
STEPS = (1, 2, 5, 10, 20, 50, 100)  # metres from a tick to the next
WAYS = ((BLUE, "circle"), (INK, "square"))  # colour and mark of each


def draw_wall(
    misses: Mapping[str, Sequence[Any]], *, title: str | None = None, alt: str | None = None
) -> Picture:
    """Where the arrows of many archers arrive, each above or below the middle of its own target.

    `misses` is a dict of lists, one list for each way to find the aims, two ways at most: what
    `shoot` gives for each of the archers. The green band is the target.

        draw_wall({"by luck": [3.1, -8.0], "by advice": [0.1, 0.0]})
    """
    rows = {name: [plain_number(miss) for miss in row] for name, row in misses.items()}
    counts = {len(row) for row in rows.values()}
    if len(counts) != 1 or counts == {0} or len(rows) > len(WAYS):
        given = ", ".join(f"{name!r}: {len(row)}" for name, row in rows.items()) or "none"
        raise ValueError(
            f"Give the misses of one to {len(WAYS)} ways to find the aims, and in each way those "
            f"of the same archers, one at least. These are {given}."
        )
    archers = counts.pop()
    hits = {name: sum(abs(miss) <= RADIUS for miss in row) for name, row in rows.items()}
    claims = [f"{name} {count} of {archers}" for name, count in hits.items()]
    heading = title or f"In the target: {', '.join(claims)}"
    told = alt or wall_alt(rows, hits, archers)
    pieces = [words(4, 18, heading, "font-weight='bold' font-size='15'")]
    pieces += wall(archers, rows)
    return Picture(svg("Arrows on the wall", told, pieces, WALL_WIDTH, WALL_TALL), told, WALL_WIDTH)


def wall_alt(rows: Mapping[str, Sequence[float]], hits: Mapping[str, int], archers: int) -> str:
    ways = [
        f"{name}: {hits[name]} of {archers} arrows in the target, the farthest off by "
        f"{metres(max(row, key=abs))}."
        for name, row in rows.items()
    ]
    return f"Where the arrows arrive on the wall. {' '.join(ways)}"


def wall(archers: int, rows: Mapping[str, Sequence[float]]) -> list[str]:
    """The axes, the band of the target, and a mark for each arrow."""
    left, right, top, bottom = WALL
    every = [miss for row in rows.values() for miss in row]
    high, low = max(*every, 2 * RADIUS), min(*every, -2 * RADIUS)
    step = next((step for step in STEPS if (high - low) / step <= 6), STEPS[-1])
    pixels = (bottom - top) / (high - low)  # for a metre
    middle = top + high * pixels
    ticks = f"fill='{GREY}' font-size='12' text-anchor="
    band = round(RADIUS * pixels, 1)
    pieces = [
        f"<rect x='{left}' y='{middle - band}' width='{right - left}' height='{2 * band}' "
        f"fill='{GREEN}' fill-opacity='0.35'/>"
    ]
    for tick in range(math.ceil(low / step) * step, int(high) + 1, step):
        y = round(middle - tick * pixels, 1)
        pieces.append(words(left - 8, y + 4, f"{tick}".replace("-", "−"), f"{ticks}'end'"))
        pieces.append(f"<path d='M{left - 4},{y}H{left}' stroke='{GREY}'/>")
    half = (top + bottom) / 2
    turned = f"transform='rotate(-90 14 {half})' {ticks}'middle'"
    pieces.append(words(14, half, "metres above the target", turned))
    pieces.append(
        words((left + right) / 2, bottom + 28, "archers, side by side", f"{ticks}'middle'")
    )
    for number, ((name, row), (color, shape)) in enumerate(zip(rows.items(), WAYS, strict=False)):
        for archer, miss in enumerate(row, start=1):
            x = left + (right - left) * archer / (archers + 1)
            pieces.append(mark(shape, round(x, 1), round(middle - miss * pixels, 1), color))
        x = left + 150 * number
        pieces += [mark(shape, x + 6, 34, color), words(x + 16, 39, name, "font-size='13'")]
    return pieces


def mark(shape: str, x: float, y: float, color: str) -> str:
    if shape == "circle":
        return f"<circle cx='{x}' cy='{y}' r='4' fill='{color}'/>"
    return f"<rect x='{x - 3.5:g}' y='{y - 3.5:g}' width='7' height='7' fill='{color}'/>"
