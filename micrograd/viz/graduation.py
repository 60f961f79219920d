"""Pictures of the learner's own file: whose each part of it is, and what each line of it does.

Notebook 10 draws with them. What they draw comes from `micrograd.checks`, as plain records.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK, VERMILLION, tint
from micrograd.viz.picture import Picture
from micrograd.viz.sketch import Panel, label, sheet

ROW = 27.0  # pixels from one row to the next
LEFT, RIGHT = 208.0, 452.0  # where bars begin and where the longest ends
MOST_ROWS = 16
CODE = 34  # characters of a line of code that there is room for


def file_map(sections: Sequence[Any], *, title: str | None = None) -> Picture:
    """A file from top to bottom: a bar for each of its sections, a box for each piece in it.

    A section has `title`, `first`, `last`, and `pieces`, each with `name`, `first`, `last`,
    `is_mine` and `is_called`. Filled boxes are the learner's own; those with broken edges are from
    the course; pale ones are not called by the program. What is given to everybody is left open.
    """
    longest = max(section.last - section.first + 1 for section in sections)
    scale = (RIGHT - LEFT) / longest
    board = Panel((0, 1), (0, 1))
    told = []
    for i, section in enumerate(sections):
        y = 44 + ROW * i
        board.outside.append(label(LEFT - 10, y + 13, section.title, "e"))
        wide = scale * (section.last - section.first + 1)
        board.outside.append(
            f'<rect x="{LEFT:g}" y="{y:.0f}" width="{wide:.1f}" height="18" fill="#F3F4F5" '
            f'stroke="{GREY}" stroke-width="0.6"/>'
        )
        for piece in section.pieces:
            x = LEFT + scale * (piece.first - section.first)
            board.outside.append(piece_box(x, y, scale * (piece.last - piece.first + 1), piece))
        board.outside.append(label(LEFT + wide + 8, y + 13, f"{section.first}–{section.last}", "s"))
        mine = sum(piece.is_mine for piece in section.pieces)
        of = f", {mine} of {len(section.pieces)} pieces mine" if section.pieces else ", given"
        told.append(f"{section.title}, lines {section.first} to {section.last}{of}")
    pieces = [piece for section in sections for piece in section.pieces]
    mine = sum(piece.is_mine for piece in pieces)
    claim = title or f"{sections[-1].last} lines, with {mine} of {len(pieces)} pieces mine"
    y = 44 + ROW * len(sections) + 16
    board.outside += legend(y)
    idle = [piece.name for piece in pieces if not piece.is_called]
    unused = f" Not called by the program: {', '.join(idle)}." if idle else ""
    alt = f"{claim}. From the top: {'; '.join(told)}.{unused}"
    return sheet([board], claim, alt, height=round(y + 14))


def piece_box(x: float, y: float, wide: float, piece: Any) -> str:
    strong = 1.0 if piece.is_called else 0.35
    if piece.is_mine:
        look = f'fill="{tint(BLUE, strong)}" stroke="#ffffff" stroke-width="0.8"'
    else:
        edge = tint(VERMILLION, strong)
        look = f'fill="#ffffff" stroke="{edge}" stroke-width="1.4" stroke-dasharray="3 2"'
    return f'<rect x="{x:.1f}" y="{y + 2:.0f}" width="{max(wide, 2):.1f}" height="14" {look}/>'


def legend(y: float) -> list[str]:
    boxes = [
        (20.0, f'fill="{BLUE}"', "mine"),
        (88.0, f'fill="#ffffff" stroke="{VERMILLION}" stroke-dasharray="3 2"', "the course's"),
        (208.0, f'fill="{tint(BLUE, 0.35)}"', "pale: not called"),
        (348.0, f'fill="#F3F4F5" stroke="{GREY}"', "given to everybody"),
    ]
    drawn = []
    for x, look, words in boxes:
        drawn.append(f'<rect x="{x:g}" y="{y - 11:g}" width="14" height="12" {look}/>')
        drawn.append(label(x + 20, y, words, "s"))
    return drawn


def damage_sheet(
    whole: Any, trials: Sequence[Any], blind: float, *, title: str | None = None
) -> Picture:
    """What each deleted line cost: the loss that the file then comes to, the worst ones on top.

    `whole` is the trial of the whole file, `trials` those with a line left out: each has `line`
    (`number`, `text`, `function`), `kind` ("ran", "ended" or "endless") and `surprise`. `blind` is
    the loss of somebody who knows nothing. Lines that end the program are only counted.
    """
    if not math.isfinite(whole.surprise):
        raise ValueError(
            "The whole file has not learnt anything by itself, so nothing can be missed in it; "
            f"{whole.error or 'its loss is no number'}."
        )
    ran = [trial for trial in trials if trial.kind == "ran"]
    numbers = [trial for trial in ran if math.isfinite(trial.surprise)]
    numbers.sort(key=lambda trial: -trial.surprise)
    ended = sum(trial.kind == "ended" for trial in trials)
    endless = sum(trial.kind == "endless" for trial in trials)
    broken = [trial for trial in ran if not math.isfinite(trial.surprise)]
    sums = [
        (ended, "the program ends in an error"),
        (endless, "it goes on without end"),
        (len(broken), "its loss is no number any more"),
    ]
    board = Panel((0, 1), (0, 1))
    y = 48.0
    said = []
    for count, what in sums:
        if count:
            lines = "1 line" if count == 1 else f"any of {count} lines"
            board.outside.append(label(20, y, f"Without {lines}, {what}."))
            said.append(f"without {lines}, {what}")
            y += 20
    y += 14
    shown = numbers[-MOST_ROWS:]  # those on top cost all that there is to learn, and are alike
    if left := len(numbers) - len(shown):
        lines = "1 line more" if left == 1 else f"any of {left} lines more"
        told = f"without {lines}, the loss is {shown[0].surprise:.2f} or above"
        board.outside.append(label(20, y - 14, f"W{told[1:]}."))
        said.append(told)
        y += 20
    values: list[float] = [whole.surprise, blind, *(trial.surprise for trial in shown)]
    low, high = min(values) - 0.1 * (max(values) - min(values) or 1.0), max(values)

    def across(value: float) -> float:
        return 300 + (value - low) / (high - low) * (RIGHT - 300)

    end = y + 20 * len(shown) + 4
    board.outside.append(
        f'<path d="M{across(whole.surprise):.1f} {y - 6:.0f}V{end:.0f}" stroke="{INK}" '
        'stroke-dasharray="4 3"/>'
    )
    board.outside.append(label(across(whole.surprise), y - 10, "nothing missing", "s m"))
    for i, trial in enumerate(shown):
        row = y + 20 * i
        code = trial.line.text.split("  #")[0]
        code = code if len(code) <= CODE else code[: CODE - 1] + "…"
        board.outside.append(label(20, row + 13, f"{trial.line.number}", "s"))
        board.outside.append(label(52, row + 13, code, "s"))
        board.outside.append(damage_bar(across(whole.surprise), across(trial.surprise), row))
        board.outside.append(label(RIGHT + 10, row + 13, f"{trial.surprise:.2f}", "s"))
        said.append(
            f"without line {trial.line.number}, in {trial.line.function}, {trial.surprise:.2f}"
        )
    claim = title or f"What each of {len(trials)} lines is worth"
    alt = (
        f"{claim}. The whole file comes to a loss of {whole.surprise:.2f} at held-out names, a "
        f"blind guess has {blind:.2f}. Deleted one at a time: {'; '.join(said)}."
    )
    return sheet([board], claim, alt, height=round(end + 14))


def damage_bar(start: float, end: float, row: float) -> str:
    """To the right what it cost, to the left what it gained, each with a look of its own."""
    if abs(end - start) < 1:
        return f'<circle cx="{start:.1f}" cy="{row + 8:.0f}" r="3.5" fill="{GREY}"/>'
    left, wide = min(start, end), abs(end - start)
    look = f'fill="{VERMILLION}"' if end > start else f'fill="#ffffff" stroke="{BLUE}"'
    return f'<rect x="{left:.1f}" y="{row + 2:.0f}" width="{wide:.1f}" height="12" {look}/>'
