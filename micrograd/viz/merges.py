"""Pictures of byte pairs: a text as its bytes, and the merges that make it shorter.

Notebook 05b draws with them. A text is a row of boxes, one for each token, with its id below; a
merge makes one box of two. The merges are found by the tokenizer of the package, or by the function
that the learner has written.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, cycle, pairwise
from typing import Any

from micrograd.tokenizer import PIECE, BPETokenizer, Pair, merge, to_bytes
from micrograd.viz.canvas import BLUE, GREY, INK, RUNS, tint
from micrograd.viz.explorers import Words, can_move, play
from micrograd.viz.picture import Card, Picture
from micrograd.viz.sketch import WIDTH, Panel, label, reach, sheet

Train = Callable[[list[int], int], Sequence[Pair]]
Place = tuple[float, float, float]  # of a box on the sheet: left edge, upper edge, width

LEFT, RIGHT, TOP = 14.0, WIDTH - 14.0, 58.0
TALL, ROW = 30.0, 58.0  # pixels: a box; a row of boxes, with what stands below them
NARROW = 29.0  # a box with three digits below
GAP = 2.0
WIDE_GAP = 7.0  # more, between characters, and between pieces of a text
MOST_CHARACTERS, MOST_TOKENS, MOST_BYTES = 24, 108, 24  # that are drawn, of a text or in a tree
LEVEL = 64.0  # from a token to its halves, in a tree


# ------------------------------------------------------------------------------- text as bytes


def byte_boxes(text: str, *, title: str | None = None) -> Picture:
    """The characters of a text, and below each the bytes that UTF-8 writes for it.

    byte_boxes("Zoë 🙂")
    """
    shown = text[:MOST_CHARACTERS]
    codes = [list(to_bytes(char)) for char in shown]
    places = in_rows([NARROW * len(code)] for code in codes)
    parts = []
    for char, code, (x, y, width) in zip(shown, codes, places, strict=True):
        parts.append(label(x + width / 2, y + 20, readable(char), "m"))
        for i, byte in enumerate(code):
            parts.append(label(x + (i + 0.5) * NARROW, y + 46, str(byte), "s m"))
    claim = f"{counted(len(text), 'character')}, {counted(len(to_bytes(text)), 'byte')}"
    rest = f"the first {len(shown)} of them" if len(shown) < len(text) else ""
    note = f"characters, and below them their bytes{': ' * bool(rest)}{rest}"
    told = "; ".join(
        f"{readable(char)} is {' '.join(map(str, code))}"
        for char, code in zip(shown, codes, strict=True)
    )
    drawn = [label(LEFT, 46, note, "s"), frames(places, "#ffffff"), *parts]
    return on_sheet(drawn, title or claim, f"{claim}; {note}. {told}.", places)


# ------------------------------------------------------------------------------ text as tokens


def token_boxes(
    tokens: Sequence[int], merges: Sequence[Pair], *, title: str | None = None
) -> Picture:
    """Tokens as boxes: the text that each stands for, and below it its id.

    A token that is a part of a character reads “�”.

        token_boxes(encode_bpe("the hat", merges), merges)
    """
    title = title or counted(len(tokens), "token")
    return draw_pieces([tokens], BPETokenizer(merges), title, "tokens, and below them their ids")


def draw_pieces(
    pieces: Sequence[Sequence[int]],
    tokenizer: BPETokenizer,
    title: str,
    note: str,
    newest: int | None = None,
) -> Picture:
    """The tokens of each piece, and a wider gap before the next; the `newest` ones stand out."""
    shown = first_tokens(pieces, MOST_TOKENS)
    named = [[shortened(readable(tokenizer.name(token)), 25) for token in piece] for piece in shown]
    places = in_rows([max(NARROW, 11 + 9 * columns(name)) for name in piece] for piece in named)
    tokens, names = list(chain(*shown)), list(chain(*named))
    if sum(map(len, pieces)) > MOST_TOKENS:
        note = f"the first {MOST_TOKENS} of them; {note}"
    drawn = [label(LEFT, 46, note, "s")]
    looks: dict[str, list[Place]] = {"byte": [], "merged": [], "newest": []}
    for token, place in zip(tokens, places, strict=True):
        looks["newest" if token == newest else "merged" if token >= 256 else "byte"].append(place)
    drawn.append(frames(looks["byte"], "#ffffff"))
    drawn.append(frames(looks["merged"], tint(BLUE, 0.12)))
    drawn.append(frames(looks["newest"], tint(BLUE, 0.3), 2.6))
    for token, name, (x, y, width) in zip(tokens, names, places, strict=True):
        drawn.append(label(x + width / 2, y + 20, name, "m"))
        drawn.append(label(x + width / 2, y + 46, str(token), "s m"))
    alt = f"{title}; {note}." + f" {' | '.join(names)}." * bool(names)
    return on_sheet(drawn, title, alt, places)


def first_tokens(pieces: Sequence[Sequence[int]], most: int) -> list[Sequence[int]]:
    """The beginning of a text, in its pieces, of at most so many tokens."""
    ends = accumulate(map(len, pieces))
    return [
        piece[: max(0, most - end + len(piece))] for piece, end in zip(pieces, ends, strict=True)
    ]


# ---------------------------------------------------------------------------------- the player


@dataclass(frozen=True)
class Stage:
    """A text after some merges."""

    pieces: list[list[int]]
    merges: list[Pair]
    met: int = 0  # how often the pair of the last merge was counted

    @property
    def length(self) -> int:
        return sum(map(len, self.pieces))


def stages(text: str, count: int, train: Train | None) -> list[Stage]:
    """A text as its bytes, and after each of its first `count` merges."""
    cuts = [text] if train else PIECE.findall(text)
    pieces = [list(to_bytes(cut)) for cut in cuts]
    found = train(pieces[0], count) if train else BPETokenizer.train([text], 257 + count).merges
    merges = list(found)
    result = [Stage(pieces, [])]
    for i, pair in enumerate(merges):
        met = count_pairs(pieces)[pair]
        pieces = [merge(piece, pair, 256 + i) for piece in pieces]
        result.append(Stage(pieces, merges[: i + 1], met))
    return result


def count_pairs(pieces: Sequence[Sequence[int]]) -> Counter[Pair]:
    return Counter(pair for piece in pieces for pair in pairwise(piece))


def draw_stage(found: Sequence[Stage], i: int) -> Picture:
    """What the last merge has done, the text as it is now, and the pairs that are met most."""
    stage = found[i]
    tokenizer = BPETokenizer(stage.merges)

    def spelled(pair: Pair) -> str:
        return " + ".join(shortened(readable(tokenizer.name(half)), 11) for half in pair)

    ranked = sorted(count_pairs(stage.pieces).items(), key=lambda entry: (-entry[1], entry[0]))
    often = ", ".join(f"{spelled(pair)} ({n})" for pair, n in ranked[:3])
    note = f"met most now: {often}" if often else "no pair is left"
    length = counted(stage.length, "token")
    if not stage.merges:
        return draw_pieces(stage.pieces, tokenizer, f"No merge yet: {length}", note)
    title = f"Merge {i}: {spelled(stage.merges[-1])}, met {stage.met} ×"
    title += f"; {found[i - 1].length} → {length}"
    return draw_pieces(stage.pieces, tokenizer, title, note, newest=255 + i)


def play_merges(
    text: str,
    count: int = 12,
    *,
    train: Train | None = None,
    stills: Sequence[int] | None = None,
) -> Any:
    """Byte-pair encoding merge by merge, of a text that the reader can change.

    `train(tokens, count)` finds the merges, and may be the learner's own. Without it the package's
    tokenizer does, which first cuts the text at spaces: a wider gap is such a cut. Where nothing
    moves, the stages in `stills` stand side by side, or else all.

        play_merges("the cat sat", 5)
    """

    def player(text: str) -> Any:
        found = stages(text, count, train)
        shown = None if stills is None else [i for i in stills if i < len(found)]
        return play(lambda i: draw_stage(found, i), len(found), label="merge", stills=shown)

    if not can_move():
        return player(text)
    import ipywidgets as widgets

    words = Words("text", text).widget(widgets)
    box = widgets.VBox([words, player(text)])

    def start_again(change: object) -> None:
        box.children = (words, player(words.value))

    words.observe(start_again, names="value")
    return box


# ----------------------------------------------------------------------- where a token came from


def merge_tree(token: int, merges: Sequence[Pair], *, title: str | None = None) -> Picture | Card:
    """How a token came from its bytes: the two tokens it was made of, and what made those.

    merge_tree(257, [(116, 104), (256, 101)])
    """
    tokenizer = BPETokenizer(merges)
    if not 0 <= token < tokenizer.bos:
        raise ValueError(
            f"{token} is no token of these {len(merges)} merges: choose an id from 0 to "
            f"{tokenizer.bos - 1}."
        )
    name, code = readable(tokenizer.name(token)), bytes_of(token, merges)
    if len(code) > MOST_BYTES:
        return Card(
            f"The tree of {name} has {len(code)} bytes at its feet, and more than {MOST_BYTES} are "
            "hard to read: choose a token that was made earlier."
        )
    step = min(70.0, (RIGHT - LEFT) / len(code))
    edge = (WIDTH - step * len(code)) / 2
    height = TOP - 10 + LEVEL * levels(token, merges)  # of the bytes on the sheet
    lines: list[str] = []
    words: list[str] = []
    told: dict[str, None] = {}

    def draw(token: int, first: int) -> tuple[float, float]:
        """Draw a token above its bytes, the first of which is number `first`; say where it is."""
        x, y = edge + (first + 0.5) * step, height - LEVEL * levels(token, merges)
        if token >= 256:
            left, right = merges[token - 256]
            ends = [draw(left, first), draw(right, first + len(bytes_of(left, merges)))]
            x = (ends[0][0] + ends[1][0]) / 2
            lines.extend(f"M{x:.1f} {y + 38:.1f}L{a:.1f} {b - 2:.1f}" for a, b in ends)
            halves = " + ".join(readable(tokenizer.name(half)) for half in (left, right))
            told[f"{readable(tokenizer.name(token))} (id {token}) is {halves}"] = None
        color = BLUE if token >= 256 else INK
        words.append(label(x, y + 17, readable(tokenizer.name(token)), "m", color))
        words.append(label(x, y + 33, str(token), "s m"))
        return x, y

    draw(token, 0)
    claim = f"{name}: {counted(len(code), 'byte')}, {counted(len(told), 'merge')}"
    alt = f"Tree of the token {name}. {'; '.join(told) or 'It is a byte'}."
    drawn = [f'<path d="{"".join(lines)}" stroke="{GREY}" fill="none"/>', *words]
    return on_sheet(drawn, title or claim, alt, [(edge, height - 12, step)])


def bytes_of(token: int, merges: Sequence[Pair]) -> list[int]:
    if token < 256:
        return [token]
    return [byte for half in merges[token - 256] for byte in bytes_of(half, merges)]


def levels(token: int, merges: Sequence[Pair]) -> int:
    """How many merges lie one above the other: none for a byte."""
    return 0 if token < 256 else 1 + max(levels(half, merges) for half in merges[token - 256])


# ------------------------------------------------------------------- vocabulary against length


def length_curve(
    lengths: Mapping[str, Mapping[int, float]],
    *,
    ylabel: str = "tokens per letter",
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """How long texts are in tokens, for vocabularies of several sizes.

    `lengths` holds a line for each group of texts, by name: from the number of ids to the length.

        length_curve({"names": {257: 1.0, 357: 0.64}})
    """
    if not lengths or any(len(line) < 2 for line in lengths.values()):
        raise ValueError("A line needs two sizes or more, as in {'names': {257: 1.0, 357: 0.64}}.")
    sizes = sorted({size for line in lengths.values() for size in line})
    tallest = max(length for line in lengths.values() for length in line.values())
    panel = Panel(reach(sizes, 0.03), (0, 1.08 * tallest))
    key: list[tuple[str, str, str]] = []
    looks = list(zip(lengths.items(), cycle(RUNS), strict=False))
    for (name, line), (color, look) in reversed(looks):  # the first one lies on top
        dashes = "" if look == "-" else "7 4"
        panel.line(sorted(line.items()), color, dashes=dashes)
        for size, length in line.items():
            panel.mark(size, length, color, "square" if dashes else "circle", open=bool(dashes))
        key.insert(0, (color, dashes, name))
    panel.axes("ids in the vocabulary", ylabel)
    told = "; ".join(
        f"{name}, from {line[min(line)]:.2f} with {min(line):,} ids to {line[max(line)]:.2f} with "
        f"{max(line):,}"
        for name, line in lengths.items()
    )
    computed = f"Line chart of {ylabel} against the ids in the vocabulary: {told}."
    claim = "More ids make shorter texts, by less and less"
    return sheet([panel], title or claim, alt or computed, key=key)


# ------------------------------------------------------------------------ what they are made of


def in_rows(groups: Iterable[Sequence[float]]) -> list[Place]:
    """Places for boxes of these widths, row by row; a group stays in one row if it fits in one."""
    places: list[Place] = []
    x, y = LEFT, TOP
    for widths in groups:
        whole = sum(widths) + GAP * (len(widths) - 1)
        if x > LEFT and x + whole > RIGHT and whole <= RIGHT - LEFT:
            x, y = LEFT, y + ROW
        for width in widths:
            if x > LEFT and x + width > RIGHT:
                x, y = LEFT, y + ROW
            places.append((x, y, width))
            x += width + GAP
        x += WIDE_GAP
    return places


def frames(places: Iterable[Place], fill: str, line: float = 1.2) -> str:
    """All boxes of one look as one path, so that the drawing stays small."""
    path = "".join(f"M{x:.1f} {y:.1f}h{width:.1f}v{TALL:g}h-{width:.1f}z" for x, y, width in places)
    return f'<path d="{path}" fill="{fill}" stroke="{BLUE}" stroke-width="{line}"/>' * bool(path)


def on_sheet(drawn: Iterable[str], title: str, alt: str, places: Sequence[Place]) -> Picture:
    """A sheet as high as its lowest place needs."""
    board = Panel((0, 1), (0, 1))
    board.outside += drawn
    lowest = max((y for _, y, _ in places), default=TOP)
    return sheet([board], title, alt, height=round(lowest + ROW + 6))


def readable(text: str) -> str:
    """A text in which all can be seen: spaces drawn, and what cannot be printed by its number.

    >>> readable("a b"), readable("\\n"), readable("\\u200d")
    ('a␣b', '⏎', 'U+200D')
    """
    return "".join(map(readable_character, text))


def readable_character(char: str) -> str:
    if char in " \n\t":
        return {" ": "␣", "\n": "⏎", "\t": "⇥"}[char]
    if not char.isprintable():
        return f"U+{ord(char):04X}"
    return f"◌{char}" if unicodedata.combining(char) else char


def shortened(text: str, most: int) -> str:
    """The beginning and the end of a text that is longer than `most`.

    >>> shortened("abcdefghij", 7)
    'abc…hij'
    """
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


def columns(text: str) -> int:
    """How many letters wide a text is: emoji and the characters of East Asia are two."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def counted(n: int, thing: str) -> str:
    """A number and what it counts.

    >>> counted(1, "byte"), counted(1200, "byte")
    ('1 byte', '1,200 bytes')
    """
    return f"{n:,} {thing}{'s' * (n != 1)}"
