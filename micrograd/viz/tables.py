"""Pictures of tokens: ids, counts, tables of what follows what, bets on the next letter, softmax.

Notebook 05a draws with them. A text is a row of ids, the bigram model is one table of numbers, and
a bet on the next letter is scored by the same surprise as the table is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from micrograd.nn import probabilities
from micrograd.viz.canvas import BLUE, GREY, INK, paint, tint
from micrograd.viz.picture import Card, Picture, plain_number
from micrograd.viz.plots import percent, visible
from micrograd.viz.sketch import LETTER, Panel, label, sheet, ticks, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 8  # rows and columns: with so many or fewer, the numbers stand in the cells
HEAT_LEVELS = 20  # shades of a table
GREEN = "#00795A"  # the green of targets, dark enough for letters
BOX = 44  # pixels, the side of a token in a strip
END = "."  # how one bets that the text is over


# ------------------------------------------------------------------------------- ids in a row


def id_strip(
    tokens: Sequence[int],
    chars: Sequence[str],
    *,
    asked: int | None = None,
    size: int | None = None,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Tokens as boxes: what each stands for, and below it its id.

    With `asked`, a place in `tokens`, the token there is the one to predict. Those before it are
    shown, the nearest `size` of them or else all, and those after it are not there yet.

        id_strip([4, 1, 3, 0, 4], ["a", "e", "m", "v"], asked=2)
    """
    names = [token_name(token, chars) for token in tokens]
    if asked is not None and not 0 < asked < len(tokens):
        raise ValueError(
            f"The token that is asked for stands at a place from 1 to {len(tokens) - 1}, and not "
            f"at {asked}: at least one must stand before it."
        )
    first = 0 if asked is None or size is None else max(0, asked - size)
    step = min(BOX + 8.0, 492 / max(1, len(tokens)))
    board = Panel((0, 1), (0, 1))
    for i, (token, name) in enumerate(zip(tokens, names, strict=True)):
        x = 14 + step * i
        is_asked, is_shown = i == asked, asked is None or first <= i < asked
        board.outside.append(token_box(x, step - 6, name, token, is_asked, is_shown))
    context = " ".join(names[first:asked])
    claim = f"{len(tokens)} tokens: {' '.join(names)}"
    told = f"Tokens and their ids: {', '.join(map(told_token, names, tokens))}."
    if asked is not None:
        claim = f"After {context} comes {names[asked]}"
        told = f"Of the tokens {' '.join(names)}, shown are {context}; asked for is {names[asked]}."
    return sheet([board], title or claim, alt or told, height=116)


def token_name(token: int, chars: Sequence[str]) -> str:
    """A token's character; the token after the last of them is BOS."""
    if not 0 <= token <= len(chars):
        raise ValueError(
            f"{token} is not a token: with {len(chars)} characters they go from 0 to {len(chars)}, "
            "which is BOS."
        )
    return visible(chars[token]) if token < len(chars) else "BOS"


def told_token(name: str, token: int) -> str:
    return f"{name} is {token}"


def token_box(x: float, side: float, name: str, token: int, asked: bool, shown: bool) -> str:
    """Blue what is shown; green and broken what is asked for; grey what is not there yet."""
    color = GREEN if asked else BLUE if shown else "#B0B5BA"
    fill = "#ffffff" if asked or not shown else tint(BLUE, 0.12)
    dashes = ' stroke-dasharray="5 4"' if asked else ""
    middle = x + side / 2
    return (
        f'<rect x="{x:.1f}" y="40" width="{side:.1f}" height="{BOX}" rx="6" fill="{fill}" '
        f'stroke="{color}" stroke-width="2"{dashes}/>'
        f"{label(middle, 67, name, 'm', color if asked or not shown else INK)}"
        f"{label(middle, 103, str(token), 's m')}"
    )


# ------------------------------------------------------------------------------------- counts


def count_bars(
    counts: Mapping[Any, float],
    *,
    beside: Mapping[Any, float] | None = None,
    title: str | None = None,
    xlabel: str = "",
    ylabel: str = "how many",
    alt: str | None = None,
    width: int = 520,
    height: int = 240,
) -> Picture:
    """A bar for each entry, in the order of `counts`; `beside`, open bars to compare with.

    Numbers of at most 1 are taken for shares, and written in percent.

        count_bars(Counter(map(len, names)), xlabel="letters in a name")
    """
    bars = {str(name): plain_number(number) for name, number in counts.items()}
    if not bars or min(bars.values()) < 0:
        raise ValueError(f"Bars need numbers, of which none is below 0, and these are {bars!r}.")
    others = {str(name): plain_number(number) for name, number in (beside or {}).items()}
    others = {name: others.get(name, 0.0) for name in bars} if beside else {}
    tallest = max([*bars.values(), *others.values()]) or 1.0
    is_share = tallest <= 1
    panel = Panel((0, len(bars)), (0, 1.08 * tallest), 76, 42, width - 90, height - 92)
    written = percent if is_share else "{:,g}".format
    panel.outside += bar_axes(panel, list(bars), xlabel, ylabel, is_share)
    panel.inside.append(f'<path d="{bar_path(panel, bars.values())}" fill="{BLUE}"/>')
    if others:
        look = f'fill="none" stroke="{INK}" stroke-width="1.3"'
        panel.inside.append(f'<path d="{bar_path(panel, others.values())}" {look}/>')
    ranked = sorted(bars, key=lambda name: -bars[name])
    claim = f"Most: {ranked[0]}, with {written(bars[ranked[0]])}"
    told = ", ".join(f"{name} {written(bars[name])}" for name in ranked[:6])
    against = (
        f" Open bars beside: {', '.join(f'{n} {written(others[n])}' for n in ranked[:6])}."
        if others
        else ""
    )
    computed = f"Bar chart, {xlabel or 'a bar for each'}, {ylabel}. The tallest: {told}.{against}"
    if title:  # what the picture shows comes first
        computed = f"{title}. {computed}"
    return sheet([panel], title or claim, alt or computed, width=width, height=height)


def last_letters(chosen: Sequence[str], everyone: Sequence[str], called: str) -> Picture:
    """With which letters the `chosen` names end, as shares, beside those of `everyone`.

    last_letters(["alexis", "nikos", "eleni"], names, "greek")
    """
    if not chosen:
        raise ValueError(f"There is no name in {called!r}; choose one that has some.")
    alphabet = sorted({name[-1] for name in everyone})
    own, all_of_them = (
        {letter: ends[letter] / len(some) for letter in alphabet}
        for some in (chosen, everyone)
        for ends in [Counter(name[-1] for name in some)]
    )
    most = max(own, key=lambda letter: own[letter])
    return count_bars(
        own,
        beside=all_of_them,
        title=f"{called}: {percent(own[most])} end with {most}",
        xlabel="last letter",
        ylabel="share of names",
        width=400,
    )


def bar_path(panel: Panel, heights: Iterable[float]) -> str:
    """All bars as one path, so that the drawing stays small."""
    ground = panel.at(0, 0)[1]
    wide = panel.at(0.76, 0)[0] - panel.at(0, 0)[0]
    path = ""
    for i, height in enumerate(heights):
        left, top = panel.at(i + 0.12, height)
        path += f"M{left:.1f} {ground:.1f}V{top:.1f}h{wide:.1f}V{ground:.1f}z"
    return path


def bar_axes(
    panel: Panel, names: Sequence[str], xlabel: str, ylabel: str, is_share: bool
) -> list[str]:
    """Names below the bars, numbers beside them, and what both are."""
    ground, middle = panel.at(0, 0)[1], panel.top + panel.height / 2
    parts = [f'<path d="M{panel.left:g} {panel.top:g}V{ground:g}h{panel.width:g}" class="a"/>']
    for number, _ in ticks(0, panel.y_range[1], 4):
        text = f"{number:.0%}" if is_share else f"{number:,g}"
        parts.append(label(panel.left - 6, panel.at(0, number)[1] + 4, text, "s e"))
    for i, name in enumerate(names):
        lower = 13 * (LETTER * len(name) > panel.width / len(names))  # no room beside the others
        parts.append(label(panel.at(i + 0.5, 0)[0], ground + 17 + lower, visible(name), "s m"))
    parts.append(label(panel.left + panel.width / 2, ground + 37, xlabel, "m"))
    turned = f'<g transform="rotate(-90 20 {middle:g})">{label(20, middle + 4, ylabel, "m")}</g>'
    return [*parts, turned]


# ------------------------------------------------------------------------ what follows what


def pair_table(
    table: Sequence[Sequence[Any]],
    names: Sequence[str],
    *,
    most: float | None = None,
    title: str | None = None,
    alt: str | None = None,
    inches: tuple[float, float] = (4.4, 4.1),
) -> Picture | Card:
    """A table of what follows what: a row for the token that stands there, a column for the next.

    `names` are the characters in the order of their ids; a table of one row more has BOS last. The
    entries are counts or shares, Values or numbers, and `most` is where the colours end, so that
    two tables can have the same ones. With 8 tokens or fewer, the numbers stand in the cells.

        pair_table([[0, 2], [1, 0]], ["a"])
    """
    rows = [[plain_number(entry) for entry in row] for row in table]
    labels = [visible(name) for name in names]
    labels += ["BOS"] * (len(rows) == len(labels) + 1)
    if not rows or {len(row) for row in rows} != {len(labels)} or len(rows) != len(labels):
        raise ValueError(
            f"A table of {len(rows)} rows for {len(names)} characters: give a row and a column for "
            "each of them, and the last ones for BOS."
        )
    if min(map(min, rows)) < 0:
        raise ValueError(
            "How often, or how likely, is at least 0: some entry of this table is not."
        )
    is_share = max(map(max, rows)) <= 1 and any(0 < entry < 1 for row in rows for entry in row)
    written = percent if is_share else "{:,g}".format
    highest = most or max(map(max, rows)) or 1.0
    likeliest = [max(range(len(row)), key=row.__getitem__) for row in rows]
    told = ", ".join(
        f"after {labels[a]} {labels[b]} ({written(rows[a][b])})"
        for a, b in enumerate(likeliest)
        if rows[a][b] > 0
    )
    top = max(range(len(rows)), key=lambda a: rows[a][likeliest[a]])
    peak = written(rows[top][likeliest[top]])
    claim = f"Most often: {labels[likeliest[top]]} after {labels[top]} ({peak})"

    def draw(figure: Figure) -> list[str]:
        from matplotlib import colormaps
        from matplotlib.colors import to_hex

        heat = colormaps["cividis"].resampled(HEAT_LEVELS)
        axes = figure.add_subplot()
        axes.set_title(title or claim)
        image = axes.imshow(rows, cmap=heat, vmin=0, vmax=highest)
        axes.set(xlabel="the token that comes next", ylabel="the token that stands there")
        letters = 9 if len(labels) <= FEW else min(9, int(1.85 * inches[1]))  # rows of that height
        axes.set_xticks(range(len(labels)), labels, size=letters)
        axes.set_yticks(range(len(labels)), labels, size=letters)
        for name in axes.get_xticklabels():
            if len(labels) > FEW and len(name.get_text()) > 1:
                name.set_rotation(90)  # there is room for a letter, and no more
        axes.tick_params(length=0, labelcolor=INK)
        axes.spines[:].set_visible(False)
        if len(labels) <= FEW:
            for a, row in enumerate(rows):
                for b, entry in enumerate(row):
                    color = "#ffffff" if entry < highest / 2 else INK
                    axes.text(b, a, written(entry), color=color, ha="center", va="center")
        else:
            bar = figure.colorbar(image, format="{x:.0%}" if is_share else "{x:,g}", aspect=26)
            bar.outline.set_visible(False)
        return [to_hex(heat(level)) for level in range(HEAT_LEVELS)]

    computed = (
        f"Table of {len(rows)} × {len(rows)}: a row for the token that stands there, a column for "
        f"the one that comes next. Most often follows: {told or 'nothing'}."
    )
    return paint(draw, alt or computed, inches)


# ------------------------------------------------------------------------ bets on the next letter


def bet_rounds(
    names: Iterable[str], probs: Sequence[Sequence[Any]], chars: Sequence[str], rng: Random
) -> list[tuple[str, str, float]]:
    """The rounds of a `bet_sheet`: each name cut at a random place, two letters from its beginning.

    `probs` is a table as in `pair_table`. A round has what stands before the cut, what came after
    it, and the probability that the table gives to that after the last letter.
    """
    rounds = []
    for name in names:
        cut = rng.randint(min(2, len(name)), len(name))
        following = chars.index(name[cut]) if cut < len(name) else len(chars)
        chance = plain_number(probs[chars.index(name[cut - 1])][following])
        rounds.append((name[:cut], [*chars, END][following], chance))
    return rounds


def bet_sheet(
    rounds: Sequence[tuple[str, str, float]],
    letters: str,
    sure: float,
    *,
    rival: str = "the table",
    tokens: int = 27,
) -> Picture:
    """A game: for each round you bet on the next letter, and the surprise says how good you were.

    A round is the beginning of a name, what came next (`"."` if the name was over), and the
    probability that a model, the `rival`, had given to it. `letters` are your bets, one for each
    round; what you have not bet on yet stays hidden. `sure`, in percent, is what you put on each
    letter; the other `tokens` share the rest evenly.

        bet_sheet([("em", "m", 0.1), ("av", "a", 0.3)], "m", 50)
    """
    if not 0 < sure < 100:
        raise ValueError(f"How sure you are is a part of 100, neither none nor all, not {sure}.")
    bets = letters.replace(" ", "").lower()[: len(rounds)]
    board = Panel((0, 1), (0, 1))
    head = ["beginning", "your bet", "came", "you", rival]
    board.outside += [label(x, 52, text, "s") for x, text in zip(COLUMNS, head, strict=True)]
    yours: list[float] = []
    theirs: list[float] = []
    told = []
    for i, (beginning, came, chance) in enumerate(rounds):
        y = 78 + 24 * i
        board.outside.append(label(COLUMNS[0], y, f"{beginning} ?"))
        if i >= len(bets):
            continue
        is_right = bets[i] == came
        mine = sure / 100 if is_right else (1 - sure / 100) / (tokens - 1)
        yours.append(-math.log(mine))
        theirs.append(-math.log(chance))
        board.outside += [
            label(COLUMNS[1], y, f"{bets[i]} {'✓' if is_right else '✗'}", "", INK),
            label(COLUMNS[2], y, came, "", GREEN),
            *surprise_bar(COLUMNS[3], y, yours[-1], INK),
            *surprise_bar(COLUMNS[4], y, theirs[-1], BLUE),
        ]
        told.append(f"after {beginning} you bet on {bets[i]}, and {came} came")
    y = 92 + 24 * len(rounds)
    board.outside.append(f'<path d="M14 {y - 22}H506" stroke="{GREY}"/>')
    if not yours:
        claim = f"{len(rounds)} beginnings, and no bet yet"
        told = [f"the beginnings are {', '.join(beginning for beginning, _, _ in rounds)}"]
    else:
        mean, other = sum(yours) / len(yours), sum(theirs) / len(theirs)
        board.outside.append(label(COLUMNS[0], y, "mean surprise (nats)"))
        board.outside.append(label(COLUMNS[3], y, f"{mean:.2f}", "", INK))
        board.outside.append(label(COLUMNS[4], y, f"{other:.2f}", "", BLUE))
        better = "you are less surprised" if mean < other else f"{rival} is less surprised"
        claim = f"After {len(yours)} of {len(rounds)}: {better}"
        told.append(f"mean surprise {mean:.2f} nats for you, {other:.2f} for {rival}")
    story = "; ".join(told)
    text = (
        f"Bets on the next letter, {sure:g} % sure of each. {claim}. {story[0].upper()}{story[1:]}."
    )
    return sheet([board], claim, text, height=int(y) + 16)


COLUMNS = (14, 116, 190, 244, 384)  # pixels from the left, of the sheet of bets
NAT = 16.0  # pixels of a bar


def surprise_bar(x: float, y: float, surprise: float, color: str) -> list[str]:
    length = min(NAT * surprise, 96)
    return [
        f'<rect x="{x}" y="{y - 10}" width="{length:.1f}" height="12" fill="{color}"/>',
        label(x + length + 5, y, f"{surprise:.2f}", "s"),
    ]


# ----------------------------------------------------------------- from scores to probabilities

RIGHT_OF_NUMBERS = 236  # pixels: where the bars of softmax begin
WHOLE = 220  # pixels of a bar that has everything


def softmax_bars(
    logits: Sequence[Any],
    names: Sequence[str],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Softmax step by step: each logit z, e to the power z, and its share of their sum as a bar.

    Open bars are the shares in proportion to the logits themselves, where there are such. Where e
    to the power z is too large for a float, that stands in its place; the shares are right.

        softmax_bars([1, 2, 3], "abc")
    """
    numbers = [plain_number(logit) for logit in logits]
    if not numbers or len(numbers) != len(names) or not all(map(math.isfinite, numbers)):
        raise ValueError(
            f"{len(names)} names for the logits {numbers!r}: give a name for each, and numbers."
        )
    shares = probabilities(numbers)
    powers = [power_of_e(z) for z in numbers]
    written = [TOO_LARGE if math.isinf(power) else tidy(power) for power in powers]
    total = TOO_LARGE if TOO_LARGE in written else tidy(sum(powers))
    plain = sum(numbers)
    in_proportion = [z / plain for z in numbers] if min(numbers) >= 0 < plain else []

    board = Panel((0, 1), (0, 1))
    heads = [(74, "logit z"), (206, "e to the power z")]
    board.outside += [label(x, 56, text, "s e") for x, text in heads]
    board.outside.append(label(RIGHT_OF_NUMBERS, 56, "its share of the sum", "s"))
    for i, (name, z, share) in enumerate(zip(names, numbers, shares, strict=True)):
        y = 84 + 30 * i
        color = "#A34700" if written[i] == TOO_LARGE else INK
        board.outside += [
            label(14, y, name, "", INK),
            label(74, y, tidy(z), "e", INK),
            label(206, y, written[i], "e", color),
            share_bar(y, share, f'fill="{BLUE}"'),
        ]
        reach = max(share, *in_proportion[i : i + 1], 0)
        if in_proportion:
            look = f'fill="none" stroke="{INK}" stroke-width="1.3"'
            board.outside.append(share_bar(y, in_proportion[i], look))
        board.outside.append(
            label(RIGHT_OF_NUMBERS + WHOLE * reach + 8, y, percent(share), "", INK)
        )
    y = 84 + 30 * len(numbers)
    board.outside.append(f'<path d="M14 {y - 20}H506" stroke="{GREY}"/>')
    board.outside.append(label(14, y, "sum"))
    board.outside.append(label(206, y, total, "e", "#A34700" if total == TOO_LARGE else INK))
    board.outside.append(label(RIGHT_OF_NUMBERS, y, "100%", "", INK))
    note = "open: in proportion to z" if in_proportion else "no shares in proportion to these z"
    board.outside.append(label(506, y, note, "s e"))

    top = max(range(len(numbers)), key=numbers.__getitem__)
    claim = f"{names[top]} gets {percent(shares[top])}: {written[top]} of {total}"
    if total == TOO_LARGE:
        claim = f"e to the power {tidy(numbers[top])} is too large for a float"
    told = "; ".join(
        f"{name}, logit {tidy(z)}, power {power}, share {percent(share)}"
        for name, z, power, share in zip(names, numbers, written, shares, strict=True)
    )
    computed = f"Softmax of {len(numbers)} logits. {told}. Sum of the powers: {total}."
    if in_proportion:
        computed += f" In proportion to the logits: {', '.join(map(percent, in_proportion))}."
    return sheet([board], title or claim, alt or computed, height=y + 18)


TOO_LARGE = "too large"


def power_of_e(z: float) -> float:
    """e to the power z; infinity where a float cannot hold it."""
    try:
        return math.exp(z)
    except OverflowError:
        return math.inf


def share_bar(y: float, share: float, look: str) -> str:
    x, height = RIGHT_OF_NUMBERS, 16
    return f'<rect x="{x}" y="{y - 12}" width="{WHOLE * share:.1f}" height="{height}" {look}/>'
