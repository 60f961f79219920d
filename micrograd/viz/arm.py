"""Pictures of a robot arm with two joints, which notebook 04b teaches to move.

The shoulder stands at (0, 0). The upper arm leaves it at an angle measured from straight ahead, and
the elbow bends the forearm by a second angle, measured from the direction of the upper arm. Angles
are in radians, lengths in metres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK, VERMILLION, tint
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.planes import OCHRE
from micrograd.viz.sketch import Panel, sheet, spread
from micrograd.viz.trails import GREEN

UPPER_ARM, FOREARM = 1.0, 0.8
WINDOW = (-2.0, 2.0), (-0.9, 1.9)  # 4 metres wide, 2.8 tall
PIXELS = 83  # for a metre: two sheets stand side by side in a notebook
WIDTH, HEIGHT = round(4 * PIXELS) + 76, round(2.8 * PIXELS) + 90  # of the sheet, in pixels
SIDE = 250  # of the map of a fingertip, in pixels
ARROW = 0.6  # of the fingertip's speed, so long is its arrow
FAINT = 12  # earlier poses drawn, at most

Pose = Sequence[Any]  # the angle of the shoulder, the angle of the elbow
Place = tuple[float, float]


def draw_arm(
    shoulder: Any,
    elbow: Any,
    *,
    target: Sequence[Any] | None = None,
    before: Sequence[Pose] = (),
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """The arm in one pose, with the way that its hand has come.

    The angles are numbers or Values. `before` are earlier poses, drawn faint, `target` is a place
    to reach for: a green ring, with the distance from the hand in the title.

        draw_arm(0.5, 1.2, target=(0.6, 1.2))
    """
    pose = angles((shoulder, elbow))
    earlier = [angles(one) for one in before]
    aim = None if target is None else place(target)
    panel = arm_panel()
    for one in thinned(earlier):
        draw_bones(panel, one, tint(GREY, 0.45), 2.0)
    panel.line([hand(one) for one in [*earlier, pose]], BLUE, 1.6, "2 4")
    draw_bones(panel, pose, INK, 5.0)
    panel.mark(*hand(pose), BLUE)
    if aim is not None:
        panel.mark(*aim, GREEN, open=True)
        panel.words(*aim, "target", GREEN, move=(9, -7))
    told = alt or tell_arm(pose, earlier, aim)
    return sheet([panel], title or headline(pose, aim), told, width=WIDTH, height=HEIGHT)


def draw_guesses(
    truths: Sequence[Sequence[Any]],
    guesses: Sequence[Sequence[Any]],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Where a hand was, and where a model thought that it would be: a line joins each pair.

    Open green circles are the true places, blue squares the guesses.

        draw_guesses([(1.8, 0.0)], [(1.5, 0.2)])
    """
    if len(truths) != len(guesses) or not truths:
        raise ValueError(
            f"Each true place needs its guess: got {len(truths)} places and {len(guesses)} guesses."
        )
    pairs = [(place(t), place(g)) for t, g in zip(truths, guesses, strict=True)]
    misses = [math.dist(*pair) for pair in pairs]
    panel = arm_panel()
    for truth, guess in pairs:
        panel.line([truth, guess], GREY, 1.2)
        panel.mark(*truth, GREEN, open=True)
        panel.mark(*guess, BLUE, shape="square")
    mean = sum(misses) / len(misses)
    told = alt or (
        f"Map of {len(pairs)} places of a hand and of a model's guesses. They lie {mean:.2f} m "
        f"apart on average, {max(misses):.2f} m at most."
    )
    return sheet(
        [panel],
        title or f"The guesses miss by {mean:.2f} m on average",
        told,
        width=WIDTH,
        height=HEIGHT,
    )


def fingertip(angle: Any, *, title: str | None = None, alt: str | None = None) -> Picture:
    """A fingertip on a circle of radius 1: how far ahead it is, how far up, and how it moves.

    An arrow shows where it goes when the angle grows: it is the two slopes, those of cos and sin.

        fingertip(0.5)
    """
    turn = plain_number(angle)
    if not math.isfinite(turn):
        raise ValueError(f"The angle is a number of radians; got {turn}, which cannot be drawn.")
    x, y = math.cos(turn), math.sin(turn)
    panel = Panel((-1.3, 1.3), (-1.3, 1.3), left=72, width=SIDE, height=SIDE)
    panel.axes("ahead", "up")
    circle = spread((0.0, 2 * math.pi), 48)
    panel.line([(math.cos(t), math.sin(t)) for t in circle], GREY, 1.2)
    panel.line([(0.0, 0.0), (x, y)], INK, 4.0)
    panel.line([(0.0, 0.0), (x, 0.0)], BLUE, 3.0)
    panel.line([(x, 0.0), (x, y)], OCHRE, 3.0, "6 3")
    panel.arrow((x, y), (x - ARROW * y, y + ARROW * x), VERMILLION)
    panel.mark(x, y, INK)
    where = f"{signed(x)} ahead, {signed(y)} up"
    told = (
        f"A fingertip on a circle of radius 1, at the angle {turn:.2f}: {where}. An arrow at a "
        f"right angle to the arm shows how it moves as the angle grows: the distance ahead at the "
        f"rate {signed(-y)}, the height at the rate {signed(x)}."
    )
    return sheet(
        [panel],
        title or f"At the angle {turn:.2f}: {where}",
        alt or told,
        key=[(BLUE, "", "cos, ahead"), (OCHRE, "6 3", "sin, up"), (VERMILLION, "", "it moves")],
        width=WIDTH,
        height=62 + SIDE + 50,
    )


# ------------------------------------------------------------------------------------ the pieces


def hand(pose: Place) -> Place:
    """Where the hand is in a pose."""
    shoulder, elbow = pose
    x, y = joint(pose)
    return x + FOREARM * math.cos(shoulder + elbow), y + FOREARM * math.sin(shoulder + elbow)


def joint(pose: Place) -> Place:
    """Where the elbow is."""
    return UPPER_ARM * math.cos(pose[0]), UPPER_ARM * math.sin(pose[0])


def arm_panel() -> Panel:
    (left, right), (bottom, top) = WINDOW
    width, height = (right - left) * PIXELS, (top - bottom) * PIXELS
    panel = Panel(*WINDOW, left=56, top=40, width=width, height=height)
    panel.axes("metres ahead", "metres up")
    return panel


def draw_bones(panel: Panel, pose: Place, color: str, width: float) -> None:
    panel.line([(0.0, 0.0), joint(pose), hand(pose)], color, width)
    for x, y in ((0.0, 0.0), joint(pose)):
        panel.mark(x, y, color)


def thinned(poses: list[Place]) -> list[Place]:
    """At most so many of the poses, evenly chosen, the first one among them."""
    step = max(1, math.ceil(len(poses) / FAINT))
    return poses[::step]


def angles(pose: Pose) -> Place:
    return pair(pose, "A pose is two angles in radians, of the shoulder and of the elbow")


def place(point: Sequence[Any]) -> Place:
    return pair(point, "A place is two numbers, metres ahead and metres up")


def pair(given: Sequence[Any], expected: str) -> Place:
    """Two finite numbers, from numbers or Values."""
    try:
        one, two = (plain_number(part) for part in given)
    except (TypeError, ValueError, AttributeError):
        raise ValueError(f"{expected}; got {given!r:.60}.") from None
    if not (math.isfinite(one) and math.isfinite(two)):
        raise ValueError(f"{expected}; got {one} and {two}, which cannot be drawn.")
    return one, two


# ------------------------------------------------------------------------------------- the words


def headline(pose: Place, aim: Place | None) -> str:
    x, y = hand(pose)
    if aim is None:
        return f"The hand is {signed(x)} m ahead and {signed(y)} m up"
    return f"The hand is {math.dist((x, y), aim):.2f} m from the target"


def signed(x: float) -> str:
    """Two digits behind the point, a true minus, and none before 0."""
    return f"{x + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")


def tell_arm(pose: Place, earlier: list[Place], aim: Place | None) -> str:
    x, y = hand(pose)
    told = (
        f"Robot arm: shoulder at {pose[0]:.2f} radians, elbow bent by {pose[1]:.2f}, hand at "
        f"({x:.2f}, {y:.2f})."
    )
    if aim is not None:
        told += f" The target at ({aim[0]:.2f}, {aim[1]:.2f}) is {math.dist((x, y), aim):.2f} m off"
        if earlier:
            told += f", {math.dist(hand(earlier[0]), aim):.2f} m at the start"
        told += "."
    if earlier:
        told += f" It has come by {len(earlier)} earlier pose{'s' * (len(earlier) != 1)}."
    return told
