"""Pictures of choosing: chances on a line, a needle that falls on it, and what became of it all.

Notebook 08 draws with them. A model gives a probability to every token; laid end to end these fill
a line from 0 to 1, and a random number is a needle that falls on it.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK, tint
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.plots import percent, visible
from micrograd.viz.sketch import LETTER, WIDTH, Panel, label, sheet

LEFT, RIGHT = 112.0, 430.0  # pixels: where the line begins and ends
LANE = 40.0  # pixels from line to line
THICK = 20.0
READABLE = 11.0  # pixels that a letter needs to stand in its piece
PALE = (tint(BLUE, 0.16), tint(BLUE, 0.3))  # of neighbours in turn
MOST_LINES = 24

Row = tuple[str, Sequence[Any], "int | None"]


def chance_lines(
    rows: Sequence[Row],
    names: Sequence[str],
    *,
    needles: Sequence[float] | None = None,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Distributions as lines from 0 to 1, one below the other, with one token of each marked.

    A row is a text to stand before it, the probabilities, and the token to mark, or None. Each
    token has a piece of the line, as long as it is likely, in the order of the ids. `names` are the
    characters; one probability more is that of BOS, "end". `needles` are numbers from 0 to 1, one
    for each row, drawn where they fall.

        chance_lines([("mar", [0.7, 0.2, 0.1], 0)], ["a", "b"], needles=[0.35])
    """
    if not 1 <= len(rows) <= MOST_LINES:
        raise ValueError(f"There is room for 1 to {MOST_LINES} lines, and these are {len(rows)}.")
    if needles is not None and len(needles) != len(rows):
        raise ValueError(f"There are {len(needles)} needles for {len(rows)} lines.")
    board, told = Panel((0, 1), (0, 1)), []
    for i, (text, probabilities, marked) in enumerate(rows):
        probs, pieces = checked(probabilities, names)
        needle = None if needles is None else plain_number(needles[i])
        board.outside += line(52 + LANE * i, text, probs, pieces, marked, needle)
        told.append(tell_row(text, probs, pieces, marked, needle))
    height = round(52 + LANE * len(rows) + 22)
    board.outside += [
        label(LEFT, height - 8, "0", "s m"),
        label((LEFT + RIGHT) / 2, height - 8, "probabilities, end to end", "s m"),
        label(RIGHT, height - 8, "1", "s m"),
    ]
    claim = title or "Each token has a piece of the line, as long as it is likely"
    return sheet([board], claim, alt or f"{claim}. {' '.join(told)}", height=height)


def checked(probabilities: Sequence[Any], names: Sequence[str]) -> tuple[list[float], list[str]]:
    """The probabilities as numbers, and a name for each."""
    probs = [plain_number(p) for p in probabilities]
    pieces = [visible(name) for name in names]
    if len(probs) == len(pieces) + 1:
        pieces.append("end")
    if len(probs) != len(pieces) or min(probs, default=-1) < 0 or not near_one(sum(probs)):
        raise ValueError(
            f"A line needs a probability for each of {len(names)} tokens, or one more, that of "
            f"BOS; at least 0 and with the sum 1. These are {len(probs)}, with the sum "
            f"{sum(probs):.4g}."
        )
    return probs, pieces


def near_one(total: float) -> bool:
    return math.isclose(total, 1, abs_tol=1e-3)


def line(
    top: float,
    text: str,
    probs: Sequence[float],
    pieces: Sequence[str],
    marked: int | None,
    needle: float | None,
) -> list[str]:
    """One line: its text, its pieces, the marked one in full colour and named behind it."""
    drawn = [label(LEFT - 8, top + 15, text, "e")]
    x, width, shown = LEFT, RIGHT - LEFT, 0
    pieces_of: dict[str, str] = dict.fromkeys((*PALE, BLUE), "")  # one path for all of a colour
    words = []
    for token, (p, name) in enumerate(zip(probs, pieces, strict=True)):
        length = width * p
        if length >= 0.05:
            color = BLUE if token == marked else PALE[shown % 2]
            pieces_of[color] += f"M{x:.1f} {top:g}h{length:.1f}v{THICK:g}h{-length:.1f}z"
            shown += 1
        if length >= READABLE * (1 if len(name) == 1 else 2.4):
            words.append(letter(x + length / 2, top + 15, name, token == marked))
        if token == marked:
            middle = x + length / 2
            words.append(f'<path d="M{middle:.1f} {top + THICK + 1:g}l4 7h-8z" fill="{BLUE}"/>')
            words.append(label(RIGHT + 10, top + 15, f"{name}  {in_percent(p)}", "", BLUE))
        x += length
    drawn += [f'<path d="{path}" fill="{color}"/>' for color, path in pieces_of.items() if path]
    drawn += words
    if needle is not None:
        place = LEFT + width * needle
        drawn.append(f'<path d="M{place:.1f} {top - 8:g}V{top + 5:g}" stroke="{INK}" '
                     f'stroke-width="2"/>')  # fmt: skip
        drawn.append(f'<path d="M{place:.1f} {top - 2:g}l-4 -7h8z" fill="{INK}"/>')
    return drawn


def letter(x: float, y: float, name: str, marked: bool) -> str:
    """A name in a piece: without the white rim where the piece is dark."""
    if not marked:
        return label(x, y, name, "m")
    look = 'class="m" fill="#ffffff" style="stroke:none"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{html.escape(name)}</text>'


def in_percent(p: float) -> str:
    """Two digits, also of a small one.

    >>> in_percent(0.344), in_percent(0.0123), in_percent(0.00012)
    ('34%', '1.2%', '0.012%')
    """
    return percent(p) if p >= 0.00095 or p == 0 else f"{100 * p:.2g}%"


def tell_row(
    text: str,
    probs: Sequence[float],
    pieces: Sequence[str],
    marked: int | None,
    needle: float | None,
) -> str:
    best = sorted(range(len(probs)), key=lambda token: -probs[token])[:3]
    likely = ", ".join(f"{pieces[token]} {in_percent(probs[token])}" for token in best)
    told = f"After {text or 'nothing'}: {likely} are the likeliest"
    if needle is not None:
        told += f"; the needle falls at {needle:.3g}"
    if marked is not None:
        told += f"; marked is {pieces[marked]}, with {in_percent(probs[marked])}"
    return f"{told}."


# --------------------------------------------------------------------------- shares of a whole

BAR_LEFT, BAR_RIGHT, BAR_LANE = 150.0, 500.0, 34.0
# From full to empty, so that the kinds are told apart without colour.
LOOKS = (
    (BLUE, BLUE, "#ffffff"),
    (tint(BLUE, 0.5), BLUE, INK),
    (tint(BLUE, 0.16), BLUE, INK),
    ("#ffffff", GREY, INK),
)


def share_bars(
    rows: Mapping[str, Mapping[str, float]], *, title: str | None = None, alt: str | None = None
) -> Picture:
    """Bars of one length, cut into up to four kinds, the darkest first: a dict by row, then kind.

    The numbers are taken as parts of their row's sum, and written in percent.

        share_bars({"cold": {"old": 30, "new": 10}, "hot": {"old": 5, "new": 35}})
    """
    kinds = list(next(iter(rows.values()), {}))
    if not 1 <= len(kinds) <= len(LOOKS) or any(list(row) != kinds for row in rows.values()):
        raise ValueError(
            f"Every bar has the same kinds, from 1 to {len(LOOKS)}, in the same order; these have "
            f"{[list(row) for row in rows.values()]}."
        )
    board, told = Panel((0, 1), (0, 1)), []
    x, top = 14.0, 37
    for kind, (fill, edge, _) in zip(kinds, LOOKS, strict=False):
        if x + 20 + LETTER * len(kind) > WIDTH:
            x, top = 14.0, top + 20
        board.outside.append(
            f'<rect x="{x:.0f}" y="{top}" width="14" height="14" fill="{fill}" stroke="{edge}"/>'
            f"{label(x + 20, top + 12, kind)}"
        )
        x += 34 + LETTER * len(kind)
    for i, (name, row) in enumerate(rows.items()):
        total = sum(row.values())
        if min(row.values()) < 0 or total <= 0:
            raise ValueError(f"A bar has parts that are at least 0, and some of them; got {row}.")
        shares = {kind: part / total for kind, part in row.items()}
        board.outside += bar(top + 29 + BAR_LANE * i, name, list(shares.values()))
        told.append(f"{name}: {', '.join(f'{k} {in_percent(s)}' for k, s in shares.items())}")
    claim = title or f"{kinds[0]}: from {told[0].split(': ')[0]} to {told[-1].split(': ')[0]}"
    text = f"{claim}. Bars of shares. {'; '.join(told)}."
    return sheet([board], claim, alt or text, height=round(top + 35 + BAR_LANE * len(rows)))


def bar(top: float, name: str, shares: Sequence[float]) -> list[str]:
    drawn = [label(BAR_LEFT - 10, top + 16, name, "e")]
    x = BAR_LEFT
    for share, (fill, edge, ink) in zip(shares, LOOKS, strict=False):
        length = (BAR_RIGHT - BAR_LEFT) * share
        if share > 0:
            drawn.append(
                f'<rect x="{x:.1f}" y="{top:g}" width="{length:.1f}" height="24" fill="{fill}" '
                f'stroke="{edge}"/>'
            )
        if length > 34:
            drawn.append(
                f'<text x="{x + length / 2:.1f}" y="{top + 16:g}" class="m" fill="{ink}" '
                f'style="stroke:none">{in_percent(share)}</text>'
            )
        x += length
    return drawn
