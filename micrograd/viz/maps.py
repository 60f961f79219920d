"""Maps of attention: where each head looks, one panel beside the other.

Each token hands out its attention, 100 % of it, to itself and the tokens before it, and each head
does so in its own way. Notebook 06a computes these weights.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd.viz.canvas import CSS_PIXELS, INK, paint
from micrograd.viz.picture import Card, Picture, plain_number
from micrograd.viz.plots import percent, short, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

HEAT_LEVELS = 20  # shades of the map: one for each 5 % of weight
FEW = 8  # tokens: with so many or fewer, weights are printed, and four panels fit side by side
NAMED = 32  # tokens that an axis has room for; of more, every second or third is named
EVEN = 0.2  # weights that differ from equal shares by no more than this part are called even
EVENLY = "all tokens alike"

Row = list[float]


@dataclass(frozen=True)
class Head:
    """The weights of one head, and what they say."""

    name: str
    rows: list[Row]  # row t: what position t gives to the positions 0 to t
    place: str  # what gets the largest part of the weight
    share: float  # how large that part is
    peak: tuple[float, int, int]  # the largest weight, its row and its column

    @classmethod
    def of(cls, name: str, rows: list[Row], tokens: list[str]) -> Head:
        """The first token can look at nothing but itself, so it counts only where it is alone."""
        cells = [(w, t, j) for t, row in enumerate(rows) for j, w in enumerate(row)]
        choices = cells[1:] or cells
        shares: dict[str, float] = defaultdict(float)
        for w, t, j in choices:
            for place in (_place(tokens, j), _relation(t - j)):
                shares[place] += w / max(1, len(rows) - 1)
        place, share = max(shares.items(), key=lambda item: item[1])
        if len(rows) > 1 and all(abs(w * (t + 1) - 1) <= EVEN for w, t, _ in choices):
            place, share = EVENLY, 1.0
        return cls(name, rows, place, share, max(choices))


def attention_map(
    weights: Sequence[Any],
    tokens: Sequence[str],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture | Card:
    """How much each token (a row) looks at itself and at those before it (the columns).

    `weights` is a list of heads, or one head. A head is a list of rows, one for each of `tokens`,
    and row t holds t + 1 weights that sum to 1; a full row, with zeros for the tokens that come
    later, will do too. The future stays white. Heads and positions count from 0. With 8 tokens or
    fewer each weight stands in its cell, in percent.

        attention_map(weights, [tokenizer.name(token) for token in tokens])
    """
    names = [visible(token) for token in tokens]
    heads = _heads(weights, names)
    columns = min(len(heads), 4 if len(names) <= FEW else 2)
    rows = math.ceil(len(heads) / columns)
    side = min(2.9, 5.7 / columns)  # of a panel, in inches

    def draw(figure: Figure) -> list[str]:
        from matplotlib import colormaps
        from matplotlib.colors import to_hex

        figure.set_layout_engine("compressed")
        figure.suptitle(title or _title(heads), x=0.01, ha="left", weight="bold", size=11.5)
        figure.supxlabel("the token that is looked at", size=10)
        figure.supylabel("the token that looks", size=10)
        heat = colormaps["cividis"].resampled(HEAT_LEVELS)
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in panels[len(heads) :]:
            axes.remove()
        del panels[len(heads) :]
        for h, (axes, head) in enumerate(zip(panels, heads, strict=True)):
            image = _draw_head(axes, head, names, heat, room=side * CSS_PIXELS / len(names))
            axes.tick_params(labelleft=h % columns == 0)
        bar = figure.colorbar(image, ax=panels, format="{x:.0%}", label="weight", aspect=20 * rows)
        bar.set_ticks([0, 0.25, 0.5, 0.75, 1])
        bar.outline.set_visible(False)
        return [to_hex(heat(level)) for level in range(HEAT_LEVELS)]

    size = columns * side + 1.5, rows * (side + 0.5) + 0.6
    return paint(draw, alt or _tell(heads, names), size)


def _draw_head(axes: Axes, head: Head, names: list[str], heat: Colormap, room: float) -> AxesImage:
    """One panel, whose cells are `room` CSS pixels wide."""
    count = len(names)
    cells = [row + [math.nan] * (count - len(row)) for row in head.rows]
    image = axes.imshow(cells, cmap=heat, vmin=0, vmax=1)
    share = "" if head.place == EVENLY else f" {percent(head.share)} on"
    axes.set_title(f"{head.name}:{share}\n{head.place}", size=8.5, weight="normal", pad=5)
    size = 8.5 if room > 22 else 7
    if count <= FEW:
        for t, row in enumerate(head.rows):
            for j, w in enumerate(row):
                color = "#ffffff" if w < 0.5 else INK
                axes.text(j, t, f"{100 * w:.0f}", color=color, size=size, ha="center", va="center")
    step = math.ceil(count / NAMED)
    turned = 90 if room < 6 * max(map(len, names)) else 0
    axes.set_xticks(range(0, count, step), names[::step], rotation=turned, size=size)
    axes.set_yticks(range(0, count, step), names[::step], size=size)
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)
    return image


# Reading the weights


def _heads(weights: Sequence[Any], names: list[str]) -> list[Head]:
    if not names:
        raise ValueError("There is no token here: give the words for the rows and columns.")
    if len(weights) == 0 or not _is_row(weights[0]) or len(weights[0]) == 0:
        raise ValueError(
            "Weights are a list of heads, or one head; a head is a list of rows, and a row a list "
            f"of numbers. This is {weights!r:.60}."
        )
    heads = weights if _is_row(weights[0][0]) else [weights]
    return [
        Head.of(f"head {h}" if len(heads) > 1 else "the head", _rows(head, h, names), names)
        for h, head in enumerate(heads)
    ]


def _rows(head: Sequence[Any], h: int, names: list[str]) -> list[Row]:
    if len(head) != len(names):
        raise ValueError(
            f"Head {h} has {len(head)} rows of weights for {len(names)} tokens: give one row for "
            "each token that looks."
        )
    return [_row(row, f"head {h}, row {t} ({names[t]})", t, names) for t, row in enumerate(head)]


def _row(row: Sequence[Any], where: str, t: int, names: list[str]) -> Row:
    numbers = [plain_number(w) for w in row]
    if len(numbers) not in (t + 1, len(names)):
        raise ValueError(
            f"In {where} there are {len(numbers)} weights. Give {t + 1}, for the token itself and "
            f"those before it, or {len(names)}, with zeros for those that come later."
        )
    past, future = numbers[: t + 1], numbers[t + 1 :]
    for j, w in enumerate(future, start=t + 1):
        if w != 0:
            raise ValueError(
                f"In {where} the weight {short(w)} goes to {_place(names, j)}, which "
                "comes later: a GPT looks at the past only. Is the mask missing?"
            )
    if not (min(past) >= 0 and math.isclose(sum(past), 1, abs_tol=1e-3)):
        raise ValueError(
            "Attention weights are at least 0, and those of a row sum to 1. "
            f"In {where} the smallest is {short(min(past))}, and the sum {short(sum(past))}. "
            "If they are scores, softmax makes weights of them."
        )
    return past


def _is_row(x: Any) -> bool:
    try:
        len(x)
    except TypeError:
        return False
    return True


# Telling what they say


def _place(names: list[str], j: int) -> str:
    return f"{names[j]} (position {j})"


def _relation(back: int) -> str:
    if back == 0:
        return "itself"
    return "the token before" if back == 1 else f"the token {back} before"


def _title(heads: list[Head]) -> str:
    places = {head.place for head in heads}
    if len(places) > 1:
        return f"{len(heads)} heads look most at {len(places)} different things"
    who = "Both heads look" if len(heads) == 2 else f"All {len(heads)} heads look"
    most = "" if places == {EVENLY} else "most "
    return f"{'The head looks' if len(heads) == 1 else who} {most}at {heads[0].place}"


def _tell(heads: list[Head], names: list[str]) -> str:
    told = [
        f"Attention map of {len(heads)} head{'s' * (len(heads) > 1)} over {len(names)} "
        f"token{'s' * (len(names) > 1)}: {' '.join(names[:NAMED])}{' …' * (len(names) > NAMED)}. "
        "Each row is a token that looks, each column one that is looked at; the future is blank."
    ]
    for head in heads:
        name = head.name.capitalize()
        if head.place == EVENLY:
            told.append(f"{name} looks at {EVENLY}.")
            continue
        w, t, j = head.peak
        told.append(
            f"{name} looks most at {head.place} ({percent(head.share)} of its weight); "
            f"its largest weight is {percent(w)}, of {_place(names, t)} on {_place(names, j)}."
        )
    return " ".join(told)
