"""Texts as a tree: every beginning a node, every next character a branch.

Notebook 08 draws with it. Greedy choice is one way through the tree, beam search follows a few at
once, and a tiny alphabet lets one see all of them.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping

from micrograd.viz.canvas import BLUE, GREY, INK, tint
from micrograd.viz.choosing import in_percent
from micrograd.viz.picture import Card, Picture
from micrograd.viz.sketch import WIDTH, Panel, label, sheet

END = "."  # at the end of a text that is over
MOST_NODES = 80
ROW, TALL, WIDE = 27.0, 21.0, 92.0  # pixels from leaf to leaf, and the size of a node
TOP = 46.0
GREEN = "#00795A"  # the green of targets, dark enough for letters


def text_tree(
    texts: Mapping[str, float],
    *,
    kept: Collection[str] | None = None,
    best: str | None = None,
    title: str | None = None,
    alt: str | None = None,
) -> Picture | Card:
    """A tree of texts with their probabilities, growing from left to right.

    `texts` has each text with its probability; one that is over ends with a full stop. A text
    hangs on the longest other one that it begins with. Those in `kept` are filled and have thick
    branches, by default all; `best` has a double frame.

        text_tree({"a": 0.6, "b": 0.4, "b.": 0.36}, kept=["b", "b."], best="b.")
    """
    if not texts:
        raise ValueError("A tree needs a text at least.")
    if len(texts) > MOST_NODES:
        return Card(
            f"This tree has {len(texts)} texts, and more than {MOST_NODES} are hard to read: "
            "follow fewer, or stop earlier."
        )
    kept = set(texts) if kept is None else set(kept)
    parents = {text: parent_of(text, texts) for text in texts}
    depth = max(map(len, texts))
    step = max(104.0, (WIDTH - 74) / depth)
    rows = leaf_rows(texts, parents)

    def place(text: str) -> tuple[float, float]:
        return 60 + step * (len(text) - 1), TOP + ROW * rows[text] + TALL / 2

    middle = sum(place(text)[1] for text in texts if not parents[text]) / sum(
        not parents[text] for text in texts
    )
    board = Panel((0, 1), (0, 1))
    board.outside.append(label(14, middle + 4, "start"))
    for text, parent in parents.items():
        x, y = place(text)
        from_x, from_y = (place(parent)[0] + WIDE, place(parent)[1]) if parent else (50, middle)
        board.outside.append(branch(from_x, from_y, x, y, text in kept))
    for text, p in texts.items():
        board.outside.append(node(*place(text), text, p, text in kept, text == best))
    height = round(TOP + ROW * (max(rows.values()) + 1) + 8)
    over = {text: p for text, p in texts.items() if text.endswith(END)}
    claim = title or f"A tree of {len(texts)} texts, {len(over)} of them over"
    told = alt or tell_tree(claim, texts, kept, best)
    return sheet([board], claim, told, width=round(74 + step * depth), height=height)


def parent_of(text: str, texts: Collection[str]) -> str:
    """The longest other text that this one begins with, "" for the start."""
    return next((text[:n] for n in range(len(text) - 1, 0, -1) if text[:n] in texts), "")


def leaf_rows(texts: Collection[str], parents: Mapping[str, str]) -> dict[str, float]:
    """A row for each text: leaves one below the other, others in the middle of their children."""
    children: dict[str, list[str]] = {text: [] for text in ["", *texts]}
    for text in texts:
        children[parents[text]].append(text)
    rows: dict[str, float] = {}
    stack, free = list(reversed(children[""])), 0
    order = []
    while stack:
        text = stack.pop()
        order.append(text)
        stack.extend(reversed(children[text]))
        if not children[text]:
            rows[text] = free
            free += 1
    for text in reversed(order):
        if children[text]:
            rows[text] = sum(rows[child] for child in children[text]) / len(children[text])
    return rows


def branch(x0: float, y0: float, x1: float, y1: float, kept: bool) -> str:
    look = f'stroke="{GREY}" stroke-dasharray="3 3"'
    if kept:
        look = f'stroke="{BLUE}" stroke-width="2.4"'
    half = (x0 + x1) / 2
    curve = f"M{x0:.1f} {y0:.1f}C{half:.1f} {y0:.1f} {half:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    return f'<path d="{curve}" fill="none" {look}/>'


def node(x: float, y: float, text: str, p: float, kept: bool, best: bool) -> str:
    """A box with the text and its probability; what is over has round ends."""
    over = text.endswith(END)
    edge = GREEN if best else BLUE if kept else GREY
    fill = tint(BLUE, 0.14) if kept else "#ffffff"
    look = f'stroke="{edge}" stroke-width="{3 if best else 1.4}"'
    if not kept:
        look += ' stroke-dasharray="3 3"'
    frame = (
        f'<rect x="{x:.1f}" y="{y - TALL / 2:.1f}" width="{WIDE:g}" height="{TALL:g}" '
        f'rx="{TALL / 2 if over else 4:g}" fill="{fill}" {look}/>'
    )
    color = INK if kept or best else GREY
    words = f"{shown(text)} {in_percent(p)}"
    return (
        f'{frame}<text x="{x + WIDE / 2:.1f}" y="{y + 4:.1f}" class="m" fill="{color}" '
        f'style="stroke:none;font-size:11.5px">{html.escape(words)}</text>'
    )


def shown(text: str) -> str:
    """A text as a node shows it; the empty one that is over is called “(empty)”."""
    return "(empty)" if text == END else text


def tell_tree(
    claim: str, texts: Mapping[str, float], kept: Collection[str], best: str | None
) -> str:
    likeliest = sorted((text for text in texts if text in kept), key=lambda text: -texts[text])[:8]
    told = ", ".join(f"{shown(text)} {in_percent(texts[text])}" for text in likeliest)
    words = (
        f"{claim}. A tree of texts; a full stop ends one. Followed, the likeliest first: {told}."
    )
    if len(kept) < len(texts):
        words += f" {len(texts) - len(set(kept) & set(texts))} others are not followed."
    if best is not None and best in texts:
        words += f" Marked: {shown(best)}, with {in_percent(texts[best])}."
    return words
