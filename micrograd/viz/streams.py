"""Pictures of a whole GPT: the way of one token through it, and what each part adds on that way.

Notebook 06b draws with them. The vector of a token runs through the model as a stream; attention
and feed-forward read from it and add to it, and at its end a table makes scores of it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from micrograd.viz.canvas import BLUE, GREY, INK, tint
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.sketch import Panel, label, sheet, tidy

PARTS = ("embed", "rmsnorm", "attention", "feed_forward", "lm_head")
MIDDLE = 120.0  # pixels from the left: where the stream runs
PALE_BLUE = tint(BLUE, 0.12)
MOST_NUMBERS = 64  # in a lane of a stream
BARS_LEFT, BARS_RIGHT, LANE = 142.0, 372.0, 56.0  # pixels: from, to, and the height of a lane


# ------------------------------------------------------------------------------ the whole model


def gpt_map(
    config: Any,
    *,
    ready: Collection[str] = PARTS,
    notes: Mapping[str, Sequence[str]] | None = None,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """A GPT as a map: one token's stream from top to bottom, and the parts that add to it.

    `config` has the sizes, as attributes. The parts are "embed", "rmsnorm", "attention",
    "feed_forward" and "lm_head"; those in `ready` are filled, the others have broken edges. `notes`
    are lines of text beside a part, two at most.

        gpt_map(GPTConfig(27), notes={"lm_head": ["432 weights"]})
    """
    notes = notes or {}
    if unknown := [name for name in (*ready, *notes) if name not in PARTS]:
        raise ValueError(f"The parts of a GPT are {', '.join(PARTS)}, and not {unknown[0]!r}.")
    width = config.n_embd

    def box(name: str, left: float, top: float, wide: float, words: Sequence[str]) -> str:
        return part_box(left, top, wide, words, name in ready)

    board = Panel((0, 1), (0, 1))
    board.outside += [
        label(MIDDLE, 52, "a token, and its position", "m"),
        stream_line(60, 428),
        box("embed", 40, 66, 160, ["embed"]),
        box("rmsnorm", 40, 110, 160, ["rmsnorm"]),
        f'<rect x="20" y="156" width="366" height="210" rx="10" fill="none" stroke="{GREY}" '
        'stroke-dasharray="2 4"/>',
        label(378, 358, blocks_of(config), "s e"),
        *branch(176, 242),
        box("rmsnorm", 152, 162, 78, ["rmsnorm"]),
        box("attention", 248, 162, 130, ["attention", heads_of(config)]),
        *branch(276, 340),
        box("rmsnorm", 152, 262, 78, ["rmsnorm"]),
        box("feed_forward", 248, 262, 130, ["feed_forward", f"{width} → {4 * width} → {width}"]),
        box("lm_head", 40, 380, 160, ["lm_head"]),
        label(MIDDLE, 446, f"{config.vocab_size:,} logits, one for each token", "m"),
    ]
    places = {"embed": (212, 82), "rmsnorm": (212, 126), "lm_head": (212, 396)}
    places |= {"attention": (396, 182), "feed_forward": (396, 282)}
    for name, lines in notes.items():
        x, y = places[name]
        board.outside += [label(x, y + 17 * i, line, "s") for i, line in enumerate(lines[:2])]
    missing = [name for name in PARTS if name not in ready]
    parts = "1 part" if len(missing) == 1 else f"{len(missing)} parts"
    claim = title or (f"{parts} to write" if missing else "One token's way through the GPT")
    text = f"{claim}. {tell_map(config, missing, notes)}"
    return sheet([board], claim, alt or text, height=462)


def part_box(left: float, top: float, wide: float, words: Sequence[str], ready: bool) -> str:
    """A box with a name, and a line of small letters below it if there is one."""
    tall = 32 + 14 * (len(words) - 1)
    look = f'fill="{PALE_BLUE}"' if ready else 'fill="#ffffff" stroke-dasharray="6 4"'
    middle = left + wide / 2
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{tall}" rx="6" stroke="{BLUE}" '
        f'stroke-width="1.6" {look}/>{label(middle, top + 21, words[0], "m")}'
        + "".join(label(middle, top + 38, line, "s m") for line in words[1:])
    )


def stream_line(top: float, bottom: float) -> str:
    end = f'<path d="M{MIDDLE - 9:g} {bottom - 8:g}h18l-9 12z" fill="{BLUE}"/>'
    return f'<path d="M{MIDDLE:g} {top:g}V{bottom - 6:g}" stroke="{BLUE}" stroke-width="6"/>{end}'


def branch(top: float, bottom: float) -> list[str]:
    """From the stream to a part on the right, and from there back to a plus on the stream."""
    look = f'fill="none" stroke="{BLUE}" stroke-width="1.8"'
    plus = f'cx="{MIDDLE:g}" cy="{bottom:g}" r="11" fill="#ffffff" stroke="{BLUE}"'
    return [
        f'<path d="M{MIDDLE:g} {top + 2:g}H248" {look}/>',
        f'<path d="M313 {top + 20:g}V{bottom:g}H{MIDDLE + 14:g}" {look}/>',
        f'<path d="M{MIDDLE + 12:g} {bottom:g}l9 -5v10z" fill="{BLUE}"/>',
        f'<circle {plus} stroke-width="1.8"/>{label(MIDDLE, bottom + 5, "+", "m")}',
    ]


def heads_of(config: Any) -> str:
    size = config.n_embd // config.n_head
    return f"1 head of {size}" if config.n_head == 1 else f"{config.n_head} heads of {size}"


def blocks_of(config: Any) -> str:
    return "one block" if config.n_layer == 1 else f"{config.n_layer} blocks, one after the other"


def tell_map(config: Any, missing: Sequence[str], notes: Mapping[str, Sequence[str]]) -> str:
    told = (
        f"Map of a GPT. A token and its position are embedded in {config.n_embd} numbers and "
        f"normed: the stream. It runs through {blocks_of(config)}; in a block, attention with "
        f"{heads_of(config)} reads the stream through rmsnorm and adds to it, and then "
        f"feed_forward does the same. lm_head makes {config.vocab_size:,} logits of it."
    )
    if missing:
        told += f" Still to be written: {', '.join(missing)}."
    said = [f"{name}: {', '.join(lines)}" for name, lines in notes.items()]
    return told + (f" {'; '.join(said)}." if said else "")


# ------------------------------------------------------------------------- what each part adds


def stream_lanes(
    vectors: Mapping[str, Sequence[Any]],
    *,
    added: Collection[str] = (),
    notes: Mapping[str, str] | None = None,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Vectors below each other, a bar for each entry, all to one scale.

    Those in `added` have open bars: they are what a part adds to the stream. `notes` are short
    texts behind a vector, such as what would be predicted from it.

        stream_lanes({"the stream": [1.0, -0.5], "attention adds": [0.2, 0.1]})
    """
    lanes = {name: [plain_number(x) for x in vector] for name, vector in vectors.items()}
    lengths = {len(lane) for lane in lanes.values()}
    if len(lengths) != 1 or not 1 <= max(lengths) <= MOST_NUMBERS:
        raise ValueError(
            f"The vectors have {', '.join(map(str, sorted(lengths))) or 'no'} numbers: give at "
            f"least one vector, all of one length, from 1 to {MOST_NUMBERS}."
        )
    notes = notes or {}
    tallest = max(abs(x) for lane in lanes.values() for x in lane) or 1.0
    board = Panel((0, 1), (0, 1))
    for row, (name, lane) in enumerate(lanes.items()):
        middle = 46 + LANE * (row + 0.5)
        look = f'fill="#ffffff" stroke="{INK}"' if name in added else f'fill="{BLUE}"'
        board.outside += [
            f'<path d="M{BARS_LEFT:g} {middle:g}H{BARS_RIGHT:g}" stroke="#b0b5ba"/>',
            f'<path d="{lane_path(lane, middle, tallest)}" {look}/>',
            label(14, middle + 4, name, "", INK if name in added else BLUE),
        ]
        if name in notes:
            board.outside.append(label(BARS_RIGHT + 12, middle + 4, notes[name]))
    height = round(46 + LANE * len(lanes) + 26)
    scale = f"{len(lane)} numbers each; the longest bar is {tidy(round(tallest, 2))}"
    board.outside.append(label(BARS_LEFT, height - 10, scale, "s"))
    sizes = {name: math.sqrt(sum(x * x for x in lane) / len(lane)) for name, lane in lanes.items()}
    told = "; ".join(
        f"{name}: size {size:.2f}{f', {notes[name]}' if name in notes else ''}"
        for name, size in sizes.items()
    )
    claim = title or f"A stream of {len(lane)} numbers, in {len(lanes)} places"
    text = f"{claim}. Vectors of {len(lane)} numbers, as bars. {told}."
    return sheet([board], claim, alt or text, height=height)


def lane_path(lane: Sequence[float], middle: float, tallest: float) -> str:
    """All bars of a lane as one path: up for numbers above 0, down for those below."""
    step = (BARS_RIGHT - BARS_LEFT) / len(lane)
    path = ""
    for i, x in enumerate(lane):
        left, length = BARS_LEFT + step * (i + 0.15), (LANE / 2 - 4) * x / tallest
        path += f"M{left:.1f} {middle:g}v{-length:.1f}h{0.7 * step:.1f}V{middle:g}z"
    return path
