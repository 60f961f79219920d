"""Pictures of attention: letters on a map, one head with all its numbers, and a whole name read.

Notebook 06a draws with them. `letter_plane` looks at the rows of an embedding table, `head_sheet`
is one head as one would compute it on paper, `sharpness_curve` says what the root in it is for,
`share_map` tells whom each token listens to, and `attention_sheet` holds that beside what a GPT
expects to come next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from micrograd.gpt import GPT, forward, split_heads
from micrograd.nn import add, dot, linear, probabilities, rmsnorm, softmax
from micrograd.tokenizer import CharTokenizer
from micrograd.viz.canvas import BLUE, INK, tint
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.plots import percent, short, visible
from micrograd.viz.sketch import Panel, label, reach, sheet, tidy

GREEN = "#00795A"  # the green of targets, dark enough for letters
LINES = [("#8A6D00", "2 3"), (BLUE, ""), (INK, "7 4")]  # of curves, told by their dashes too
PANEL, MAP, MAP_TOP = 300, 192, 84  # pixels: the part of a model, its map, where that begins
TURNS = 300  # of the search for a direction; the map of 26 letters needs a tenth of them

Row = list[float]

# ----------------------------------------------------------------------------- letters on a map


def letter_plane(
    rows: Sequence[Sequence[Any]],
    names: Sequence[str],
    *,
    marked: str = "aeiou",
    title: str | None = None,
    alt: str | None = None,
    width: int = 420,
    height: int = 360,
) -> Picture:
    """Rows of many numbers as points of a plane, seen from the side where they differ most.

    Each of `names` stands where its row is; those in `marked` have a ring. How much of the
    differences between the rows this view keeps, the picture says.

        letter_plane(model.state_dict()["wte"][:26], tokenizer.chars)
    """
    numbers = [[plain_number(x) for x in row] for row in rows]
    if len(numbers) != len(names) or len(numbers) < 2 or min(map(len, numbers)) < 2:
        raise ValueError(
            f"There are {len(numbers)} rows for {len(names)} names: give a row of at least two "
            "numbers for each of them, and at least two names."
        )
    points, kept = widest_view(numbers)
    across, up = zip(*points, strict=True)
    panel = Panel(reach(across), reach(up), 58, 58, width - 74, height - 110)
    for name, (x, y) in zip(names, legible([panel.at(*point) for point in points]), strict=True):
        has_ring = name in marked
        if has_ring:
            place = f"cx='{x:.1f}' cy='{y:.1f}'"
            ring = f"<circle {place} r='10' fill='none' stroke='{INK}' stroke-width='1.5'/>"
            panel.inside.append(ring)
        panel.outside.append(label(x, y + 4, visible(name), "m", INK if has_ring else BLUE))
    panel.axes("direction in which they differ most", "the second")
    claim, told = told_plane(dict(zip(names, across, strict=True)), marked)
    computed = (
        f"Map of {len(names)} rows of {len(numbers[0])} numbers, each as a point, seen from the "
        f"side where they differ most; this view keeps {percent(kept)} of their differences. {told}"
    )
    panel.outside.append(label(14, 46, f"{percent(kept)} of their differences can be seen", "s"))
    return sheet([panel], title or claim, alt or computed, width=width, height=height)


def legible(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The places of letters, in pixels, a letter moved down where another would hide it."""
    moved: dict[int, tuple[float, float]] = {}
    for i in sorted(range(len(places)), key=lambda i: places[i][1]):
        x, y = places[i]
        above = [down for across, down in moved.values() if abs(across - x) < 9]
        moved[i] = x, max([y, *(down + 12 for down in above)])
    return [moved[i] for i in range(len(places))]


def widest_view(rows: Sequence[Row]) -> tuple[list[tuple[float, float]], float]:
    """The rows as points, along the two directions in which they differ most.

    The second number is how much of their differences, squared, is still seen. (In books this is
    principal component analysis, with two components.)
    """
    centre = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    left = [[a - b for a, b in zip(row, centre, strict=True)] for row in rows]
    whole = sum(dot(row, row) for row in left)
    places = []
    for _ in range(2):
        direction = main_direction(left)
        along = [dot(row, direction) for row in left]
        places.append(along)
        left = [
            [a - step * b for a, b in zip(row, direction, strict=True)]
            for row, step in zip(left, along, strict=True)
        ]
    kept = 1 - sum(dot(row, row) for row in left) / whole if whole else 1.0
    return list(zip(*places, strict=True)), kept


def main_direction(rows: Sequence[Row]) -> Row:
    """The direction of length 1 along which the rows spread most.

    Every row pulls a direction towards itself, or its opposite, the more the better it fits. Again
    and again, the directions in which few rows pull die out. (This is called power iteration.)
    """
    direction = max(rows, key=lambda row: dot(row, row))
    for _ in range(TURNS):
        pulls = [dot(row, direction) for row in rows]
        pulled = linear(pulls, list(zip(*rows, strict=True)))
        length = dot(pulled, pulled) ** 0.5
        if length == 0:
            return direction
        direction = [a / length for a in pulled]
    return direction


def told_plane(places: Mapping[str, float], marked: str) -> tuple[str, str]:
    """A title, and a sentence: where the marked names lie along the first direction."""
    ours = [x for name, x in places.items() if name in marked]
    others = [x for name, x in places.items() if name not in marked]
    who = ", ".join(name for name in places if name in marked)
    if not ours or not others:
        return f"{len(places)} letters", ""
    apart = max(ours) < min(others) or max(others) < min(ours)
    told = (
        f"Along the first direction {who} lie between {short(min(ours))} and {short(max(ours))}, "
        f"the others between {short(min(others))} and {short(max(others))}."
    )
    return f"{who} lie {'apart from' if apart else 'among'} the others", told


# ------------------------------------------------------------------------------ one head on paper


def head_sheet(
    query: Sequence[Any],
    keys: Sequence[Sequence[Any]],
    values: Sequence[Sequence[Any]],
    names: Sequence[str],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """One head with all its numbers: the last of `names` asks, and each of them has a line.

    A line holds the token's key, its product with the query, that divided by the root of the
    query's length, the share that softmax makes of it, and the value. Below is what the token
    hears: the values, each times its share, added up.

        head_sheet([1, 0], [[1, 0], [0, 2]], [[5, 0], [0, 5]], ["m", "a"])
    """
    q = [plain_number(x) for x in query]
    ks = [[plain_number(x) for x in key] for key in keys]
    vs = [[plain_number(x) for x in value] for value in values]
    if not names or not len(ks) == len(vs) == len(names) or {*map(len, ks)} != {len(q)}:
        raise ValueError(
            f"There are {len(names)} tokens, {len(ks)} keys and {len(vs)} values: each token has "
            f"one of both, and a key is as long as the query, which has {len(q)} numbers."
        )
    products = linear(q, ks)
    scores = [product * len(q) ** -0.5 for product in products]
    shares = probabilities(scores)
    heard = linear(shares, list(zip(*vs, strict=True)))
    tokens, who = [visible(name) for name in names], visible(names[-1])
    most = max(range(len(shares)), key=shares.__getitem__)

    board = Panel((0, 1), (0, 1))
    board.outside.append(label(14, 52, f"{who} asks with the query {row_text(q)}", "", INK))
    heads = ["token", "key", "q · k", f"÷ √{len(q)}", "share", "value"]
    board.outside += [label(x, 84, text, "s") for x, text in zip(COLUMNS, heads, strict=True)]
    for i, name in enumerate(tokens):
        board.outside += head_line(
            108 + 26 * i, name, ks[i], products[i], scores[i], shares[i], vs[i]
        )
    y = 116 + 26 * len(tokens)
    sums = " + ".join(f"{s:.2f} · {row_text(v)}" for s, v in zip(shares, vs, strict=True))
    result = f"[{', '.join(tidy(round(x, 2)) for x in heard)}]"
    board.outside += [
        f'<path d="M14 {y - 14}H506" stroke="#b0b5ba"/>',
        label(14, y + 6, f"{who} hears  {sums}", "", INK),
        label(14, y + 28, f"= {result}", "", BLUE),
    ]
    claim = f"{who} listens most to {tokens[most]}: {percent(shares[most])}"
    if max(shares) - min(shares) < 1e-9:
        claim = f"{who} listens to all alike: {percent(shares[0])} each"
    lines = "; ".join(
        f"{name} has the key {row_text(k)}, the product {tidy(p)}, the score {tidy(s)}, the share "
        f"{percent(w)}, the value {row_text(v)}"
        for name, k, p, s, w, v in zip(tokens, ks, products, scores, shares, vs, strict=True)
    )
    told = f"One head: {who} asks with the query {row_text(q)}. {lines}. {who} hears {result}."
    return sheet([board], title or claim, alt or told, height=y + 44)


COLUMNS = (14, 62, 176, 232, 292, 436)  # pixels from the left, of the sheet of one head
BAR = 90  # pixels, for a share of 1


def head_line(
    y: float, name: str, key: Row, product: float, score: float, share: float, value: Row
) -> list[str]:
    texts = [name, row_text(key), tidy(product), tidy(score)]
    bar = max(1.0, BAR * share)
    return [
        *(label(x, y, text, "", INK) for x, text in zip(COLUMNS, texts, strict=False)),
        f'<rect x="{COLUMNS[4]}" y="{y - 12}" width="{bar:.1f}" height="15" fill="{BLUE}"/>',
        label(COLUMNS[4] + bar + 5, y, percent(share), "s"),
        label(COLUMNS[5], y, row_text(value), "", INK),
    ]


def row_text(numbers: Sequence[float]) -> str:
    """A vector as one writes it.

    >>> row_text([1.0, -0.5])
    '[1, −0.5]'
    """
    return f"[{', '.join(tidy(x) for x in numbers)}]"


# --------------------------------------------------------------------------- what the root is for


def sharpness_curve(
    sizes: Sequence[int],
    shares: Mapping[str, Sequence[float]],
    *,
    even: float,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """How large the largest share of attention is, for heads of several sizes.

    `shares` has a line for each way to make the scores smaller, up to three, and `even` is the
    share that each token would have if all had the same.

        sharpness_curve([1, 4], {"q·k": [0.3, 0.6], "q·k / √n": [0.3, 0.3]}, even=0.125)
    """
    if not shares or len(shares) > len(LINES) or {*map(len, shares.values())} != {len(sizes)}:
        raise ValueError(
            f"Give up to {len(LINES)} lines, each with a share for every one of the "
            f"{len(sizes)} sizes; these have {', '.join(str(len(s)) for s in shares.values())}."
        )
    panel = Panel((-0.1, len(sizes) - 0.9), (0, 1.02))
    panel.line([(-0.1, even), (panel.x_range[1], even)], "#8a9097", 1.2, "1 3")
    panel.words(0, even, "all alike", "#5F6670", move=(8, 15))
    key, told = [], []
    for (name, line), (color, dashes) in zip(shares.items(), LINES, strict=False):
        panel.line(list(enumerate(line)), color, dashes=dashes)
        for i, share in enumerate(line):
            panel.mark(i, share, color)
        key.append((color, dashes, name))
        told.append(f"{name}: from {short(line[0])} to {short(line[-1])}")
    panel.axes(
        "numbers in the query",
        "largest share",
        [(float(i), str(size)) for i, size in enumerate(sizes)],
        [(i / 4, f"{i / 4:.0%}") for i in range(5)],
    )
    computed = (
        f"Line chart: the largest share of attention for queries of {sizes[0]} to {sizes[-1]} "
        f"numbers. {'; '.join(told)}. A dotted line at {short(even)} marks equal shares."
    )
    flattest = min(shares, key=lambda name: abs(shares[name][-1] - shares[name][0]))
    claim = f"{flattest}: the sharpness hardly depends on the size"
    return sheet([panel], title or claim, alt or computed, key=key)


# --------------------------------------------------------------------------- who listens to whom


def share_map(
    rows: Sequence[Sequence[Any]],
    names: Sequence[str],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """The shares of one head, in percent: each of `names` has a row, and row t has t + 1 shares.

    share_map([[1.0], [0.2, 0.8]], ["m", "a"])
    """
    shares = [[plain_number(share) for share in row] for row in rows]
    if not shares or [len(row) for row in shares] != [*range(1, len(names) + 1)]:
        raise ValueError(
            f"For {len(names)} tokens give as many rows, the first with 1 share, the next with 2, "
            f"and so on; these have {', '.join(str(len(row)) for row in shares)}."
        )
    tokens = [visible(name) for name in names]
    board = Panel((0, 1), (0, 1))
    board.outside.append(label(14, 48, "a row listens, a column is heard", "s"))
    board.outside += map_parts(14, shares, tokens)
    told = []
    for name, row in zip(tokens, shares, strict=True):
        heard = sorted(zip(row, tokens, strict=False), reverse=True)[:2]
        told.append(f"{name} gives {' and '.join(f'{percent(w)} to {n}' for w, n in heard)}")
    claim = f"Who listens to whom in {' '.join(tokens)}"
    computed = f"Map of the shares of one head. {'; '.join(told)}."
    height = round(bars_top(len(shares)) - 14)
    return sheet([board], title or claim, alt or computed, width=400, height=height)


# ----------------------------------------------------------------------------- a whole name, read


@dataclass(frozen=True)
class Reading:
    """What a GPT does at each position of a text."""

    weights: list[list[Row]]  # by head, then by position: the shares of the tokens so far
    expected: list[Row]  # by position: how likely each token is to come next


def read(model: GPT, tokens: Sequence[int]) -> Reading:
    """The attention weights of the first block, and what is expected after each token."""
    tables, config, cache = model.state_dict(), model.config, model.new_cache()
    weights: list[list[Row]] = [[] for _ in range(config.n_head)]
    expected = []
    for position, token in enumerate(tokens):
        expected.append(probabilities(forward(token, position, tables, config, cache)))
        x = rmsnorm(rmsnorm(add(tables["wte"][token], tables["wpe"][position])))
        queries = split_heads(linear(x, tables["layer0.attn_wq"]), config.n_head)
        for h, query in enumerate(queries):
            scores = linear(query, [key[h] for key in cache[0][0]])
            weights[h].append(softmax([score * len(query) ** -0.5 for score in scores]))
    return Reading(weights, expected)


LISTED = 5  # tokens that may come next


def attention_sheet(
    models: Mapping[str, GPT],
    tokenizer: CharTokenizer,
    text: str,
    head: int = 0,
    position: int = 0,
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """What one head looks at, and what the model expects next, for each of `models` side by side.

    In a map, a row is a token that looks and a column one that is looked at; after the row stands
    what the model takes for the likeliest next token. The row of `position` (the last one, if the
    text is shorter) is framed, and what may come after it is listed below, beside what came. Of a
    text that is too long for the model, the beginning is shown.

        attention_sheet({"trained": model}, tokenizer, "mari", head=3, position=2)
    """
    longest = min(model.config.block_size for model in models.values())
    tokens = tokenizer.encode(text.strip().lower())[: longest + 1]
    seen, names = tokens[:-1], [tokenizer.name(token) for token in tokens]
    at = max(0, min(position, len(seen) - 1))
    parts, told = Panel((0, 1), (0, 1)), []
    for i, (name, model) in enumerate(models.items()):
        if not 0 <= head < model.config.n_head:
            raise ValueError(f"Heads are counted from 0 to {model.config.n_head - 1}, not {head}.")
        reading = read(model, seen)
        x = 14 + PANEL * i
        parts.outside.append(label(x, 52, f"{name}, head {head}", "", INK))
        parts.outside += map_parts(x, reading.weights[head], names)
        parts.outside += expected_parts(x, reading.expected, at, tokenizer)
        parts.outside += next_parts(x, reading.expected[at], names, at, len(seen), tokenizer)
        told.append(told_reading(name, reading, head, at, names, tokenizer))
    claim = f"Who listens to whom in {' '.join(names[: len(seen)])}"
    asked = f"{names[at]} at position {at}"
    computed = (
        f"Attention of head {head} over {' '.join(names[: len(seen)])}, with the row of {asked} "
        f"framed. {' '.join(told)} What came next: {names[at + 1]}."
    )
    height = round(bars_top(len(seen)) + 18 * LISTED + 22)
    width = PANEL * len(models) + 8
    return sheet([parts], title or claim, alt or computed, width=width, height=height)


def cell_side(count: int) -> float:
    """Pixels of a cell in a map of so many tokens."""
    return min(26.0, MAP / count)


def bars_top(count: int) -> float:
    """How far down, in pixels, the list of what may come next begins."""
    return MAP_TOP + cell_side(count) * count + 30


def map_parts(x: float, rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """The map of one head: a line for each token, a column for each that it may listen to."""
    side, left, small = cell_side(len(rows)), x + 32, small_type(len(rows))
    parts = []
    for t, row in enumerate(rows):
        y, across = MAP_TOP + side * t, left + side * (t + 0.5)
        name = "•" if names[t] == "BOS" else names[t]  # a column is narrow
        parts.append(letter(left - 6, y + side / 2 + 4, names[t], "e", small))
        parts.append(letter(across, MAP_TOP - 6, name, "m", small))
        for j, share in enumerate(row):
            place = f'x="{left + side * j:.1f}" y="{y:.1f}" width="{side:.1f}"'
            fill = tint(BLUE, round(max(share, 0.04), 2))
            parts.append(f'<rect {place} height="{side:.1f}" fill="{fill}"/>')
            if side >= 22:
                color = "#ffffff" if share > 0.85 else INK
                parts.append(cell_text(left + side * (j + 0.5), y + side / 2, share, color))
    return parts


def expected_parts(
    x: float, expected: Sequence[Row], at: int, tokenizer: CharTokenizer
) -> list[str]:
    """Beside a map: the likeliest next token after each line, and a frame around one line."""
    side, left, small = cell_side(len(expected)), x + 32, small_type(len(expected))
    right = left + side * len(expected) + 8
    parts = [label(right, MAP_TOP - 10, "next?", "s")]
    for t, chances in enumerate(expected):
        best = ranked(chances)[0]
        likely = f"{tokenizer.name(best)} {percent(chances[best])}"
        parts.append(letter(right, MAP_TOP + side * (t + 0.5) + 4, likely, "", small))
    place = f'x="{left - 1:.1f}" y="{MAP_TOP + side * at - 1:.1f}"'
    size = f'width="{side * (at + 1) + 2:.1f}" height="{side + 2:.1f}"'
    return [*parts, f'<rect {place} {size} fill="none" stroke="{INK}" stroke-width="2"/>']


def small_type(count: int) -> str:
    return "font-size:12px" if cell_side(count) >= 13 else "font-size:11px"


def letter(x: float, y: float, text: str, kind: str, style: str) -> str:
    look = f' class="{kind}"' * bool(kind) + f' style="{style}" fill="{INK}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{look}>{escape(text)}</text>'


def cell_text(x: float, y: float, share: float, color: str) -> str:
    style = "font-size:11px;stroke:none"
    return (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" class="m" style="{style}" fill="{color}">'
        f"{100 * share:.0f}</text>"
    )


def next_parts(
    x: float, expected: Row, names: Sequence[str], at: int, count: int, tokenizer: CharTokenizer
) -> list[str]:
    """The likeliest tokens after a position, as bars; what came has a tick, in green."""
    top = bars_top(count)
    so_far = " ".join(names[max(0, at - 6) : at + 1])
    parts = [label(x, top - 4, f"after {'… ' * (at > 6)}{so_far}:", "", INK)]
    for i, token in enumerate(ranked(expected)[:LISTED]):
        y, bar = top + 18 * (i + 1), max(1.0, 150 * expected[token])
        came = tokenizer.name(token) == names[at + 1]
        tick = " ✓ came" if came else ""
        look = f'height="12" fill="{GREEN if came else BLUE}"'
        parts += [
            label(x + 30, y, tokenizer.name(token), "e", GREEN if came else INK),
            f'<rect x="{x + 38}" y="{y - 10}" width="{bar:.1f}" {look}/>',
            label(x + 43 + bar, y, f"{percent(expected[token])}{tick}", "s"),
        ]
    return parts


def told_reading(
    name: str,
    reading: Reading,
    head: int,
    at: int,
    names: Sequence[str],
    tokenizer: CharTokenizer,
) -> str:
    row, expected = reading.weights[head][at], reading.expected[at]
    looked = ", ".join(f"{names[j]} {percent(row[j])}" for j in range(at + 1))
    likely = ", ".join(f"{tokenizer.name(t)} {percent(expected[t])}" for t in ranked(expected)[:3])
    return f"{name.capitalize()}: it looks at {looked}; likeliest next are {likely}."


def ranked(expected: Row) -> list[int]:
    return sorted(range(len(expected)), key=lambda token: -expected[token])
