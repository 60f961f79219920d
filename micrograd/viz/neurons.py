"""Pictures of neurons: one on the plane, some added up, a network of them, and their weights' way.

Notebook 04a draws with them. A neuron of two inputs is a line on the plane, and a sum of kinks is a
shape; everything that a network does is made of these two.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, cycle
from typing import Any, Literal

from micrograd.viz.canvas import BLUE, GREY, INK, VERMILLION, tint
from micrograd.viz.picture import Picture, plain_number
from micrograd.viz.planes import OCHRE
from micrograd.viz.plots import short
from micrograd.viz.sketch import Panel, Point, reach, sheet, spread, ticks, tidy

REACH = 3.0  # of the window, from -3 to 3 both ways
WINDOW = (-REACH, REACH)
WIDTH = 404  # of a sheet, in pixels: two stand side by side in a notebook
SIDE = 264  # of the map of a neuron
STRENGTHS = (0.07, 0.2, 0.33, 0.46)  # of the shades on either side of a neuron's line
PLACES = 241  # at which a curve is computed
MOST_MOMENTS = 60  # of a weight's way that are drawn
MOST_NEURONS = 12  # circles in a column of a diagram
PURPLE = "#CC79A7"
LINES = [(INK, "7 4"), (PURPLE, "9 3 2 3"), (OCHRE, "2 3")]  # beside the blue one: colour, dashes

Kink = Literal["none", "relu", "tanh"]
KINKS: dict[str, Callable[[float], float]] = {
    "none": lambda s: s,
    "relu": lambda s: max(0.0, s),
    "tanh": math.tanh,
}


# One neuron


def neuron_map(
    w1: float,
    w2: float,
    b: float,
    kink: Kink = "none",
    *,
    points: Iterable[Sequence[Any]] = (),
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """What a neuron of two inputs gives at each place of the plane, and the line where it turns.

    The line is where w1 * x1 + w2 * x2 + b is 0. The arrow stands on it at a right angle, is as
    long as the weights (w1, w2), and points to where that sum grows. `kink` is what comes after it:
    "none", "relu" or "tanh". At each of `points` stands what the neuron gives there. Blue is above
    0, ochre below; the shades change at 2, 4 and 6, and those of tanh at a quarter, a half and
    three quarters.

        neuron_map(1.0, 2.0, -1.0, points=[(2, 1)])
    """
    w1, w2, b = (plain_number(number) for number in (w1, w2, b))
    if kink not in KINKS:
        raise ValueError(f"The kink is none, relu or tanh, and not {kink!r}.")
    places = [(plain_number(x1), plain_number(x2)) for x1, x2 in points]
    outputs = [KINKS[kink](w1 * x1 + w2 * x2 + b) for x1, x2 in places]
    length = math.hypot(w1, w2)
    total = written_sum(w1, w2, b)

    panel = Panel(WINDOW, WINDOW, left=72, width=SIDE, height=SIDE)
    if length == 0:
        output = KINKS[kink](b)
        shade = STRENGTHS[0] if output else 0.0
        panel.area(corners(WINDOW, WINDOW), tint(BLUE if output > 0 else OCHRE, shade))
    else:
        draw_bands(panel, (w1, w2, b), kink)
    panel.axes("first input, x1", "second input, x2")
    for place, output in zip(places, outputs, strict=True):
        panel.mark(*place, INK, "square")
        panel.words(*place, tidy(round(output, 2)), INK, move=(7, 19))

    sides = [(BLUE, "", "above 0"), (OCHRE, "", "below 0")][: 1 if kink == "relu" else 2]
    return sheet(
        [panel],
        title or (total if kink == "none" else f"{kink}({total})"),
        alt or tell_neuron(total, length, b, kink, places, outputs),
        key=[*sides, (INK, "", "the sum is 0")],
        width=WIDTH,
        height=62 + SIDE + 50,
    )


def draw_bands(panel: Panel, neuron: tuple[float, float, float], kink: str) -> None:
    """Stripes of equal outputs along the neuron's line, the line itself, and the weights' arrow."""
    w1, w2, b = neuron
    length = math.hypot(w1, w2)
    along = -w2 / length, w1 / length

    def ends(total: float) -> list[Point]:
        """Two places far off, to both sides, where the sum is `total`."""
        share = (total - b) / length**2
        foot = share * w1, share * w2
        far = 3 * REACH
        return [(foot[0] + way * along[0], foot[1] + way * along[1]) for way in (-far, far)]

    edges = [0.25, 0.5, 0.75] if kink == "tanh" else [2.0, 4.0, 6.0]  # of the outputs
    sums = [0.0, *(math.atanh(edge) if kink == "tanh" else edge for edge in edges), 60.0]
    sides = [(BLUE, 1.0)] if kink == "relu" else [(BLUE, 1.0), (OCHRE, -1.0)]
    for color, sign in sides:
        for low, high, strength in zip(sums, sums[1:], STRENGTHS, strict=False):
            near, far = ends(sign * low), ends(sign * high)
            panel.area([*near, *reversed(far)], tint(color, strength))
    panel.line(ends(0.0), INK, 2)
    foot = -b * w1 / length**2, -b * w2 / length**2  # of the line, nearest to (0, 0)
    panel.arrow(foot, (foot[0] + w1, foot[1] + w2), INK)


def corners(x_range: Point, y_range: Point) -> list[Point]:
    (left, right), (bottom, top) = x_range, y_range
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def tell_neuron(
    total: str,
    length: float,
    b: float,
    kink: str,
    places: Sequence[Point],
    outputs: Sequence[float],
) -> str:
    pairs = zip(places, outputs, strict=True)
    marked = [f"{short(y)} at ({tidy(p[0])}, {tidy(p[1])})" for p, y in pairs]
    seen_at = f" It gives {' and '.join(marked)}." if marked else ""
    if length == 0:
        return f"Map of a neuron without weights: it gives {short(KINKS[kink](b))} everywhere."
    after = {
        "none": "the score grows evenly from one side to the other",
        "relu": "relu leaves 0 on the other side",
        "tanh": "tanh levels off at 1 and at -1",
    }
    far = abs(b) / length
    seen = "" if far < REACH * math.sqrt(2) else " outside of the window"
    return (
        f"Map of a neuron over the plane of its two inputs. Its line, where {total} is 0, runs"
        f"{seen} at a distance of {far:.2f} from the origin; an arrow of length {length:.2f} at a "
        f"right angle to it points to the side where that sum is above 0; {after[kink]}.{seen_at}"
    )


def written_sum(w1: float, w2: float, b: float) -> str:
    """As one writes it: "1·x1 − 2·x2 + 0.5"."""
    terms = [(w1, f"{abs(w1):g}·x1"), (w2, f"{abs(w2):g}·x2"), (b, f"{abs(b):g}")]
    first, *rest = [("−" if number < 0 else "+", term) for number, term in terms]
    return first[0].replace("+", "") + first[1] + "".join(f" {s} {term}" for s, term in rest)


# Neurons added up


def sum_curve(
    parts: Mapping[str, Callable[[float], Any]],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """Some functions of one number, broken lines, and the thick line of their sum.

    `parts` is a dict of functions by name, which give numbers or Values.

        sum_curve({"2x": lambda x: 2 * x, "1 - x": lambda x: 1 - x})
    """
    if not parts:
        raise ValueError("There is nothing to add up: give one function at least.")
    xs = spread(WINDOW, PLACES - 1)
    curves = {name: [plain_number(f(x)) for x in xs] for name, f in parts.items()}
    total = [sum(heights) for heights in zip(*curves.values(), strict=True)]
    claim = f"The sum {shape(total)}"

    panel = chart(WINDOW, reach([h for heights in (*curves.values(), total) for h in heights]))
    panel.axes("input, x", "output", y_ticks=ticks(*panel.y_range, 4))
    key = []
    for (name, heights), (color, dashes) in zip(curves.items(), cycle(LINES), strict=False):
        panel.line(bends_of(xs, heights), color, 1.8, dashes)
        key.append((color, dashes, name))
    panel.line(bends_of(xs, total), BLUE, 3.2)
    computed = (
        f"Graph of {', '.join(curves)} for x from {-REACH:g} to {REACH:g}, and of their sum. "
        f"{claim}: it is {short(total[0])} at the left end, {short(total[PLACES // 2])} at 0 and "
        f"{short(total[-1])} at the right end."
    )
    return sheet(
        [panel], title or claim, alt or computed, key=[*key, (BLUE, "", "sum")], width=WIDTH
    )


def chart(x_range: Point, y_range: Point) -> Panel:
    return Panel(x_range, y_range, width=WIDTH - 76)


def bends_of(xs: Sequence[float], ys: Sequence[float]) -> list[Point]:
    """A curve's points without those that lie on a straight line between their neighbours."""
    points = list(zip(xs, ys, strict=True))
    size = max(map(abs, ys)) or 1.0
    inner = [
        here
        for before, here, after in zip(points, points[1:], points[2:], strict=False)
        if abs(before[1] - 2 * here[1] + after[1]) > 1e-9 * size
    ]
    every = max(1, len(inner) // MOST_MOMENTS)
    return [points[0], *inner[::every], points[-1]]


def shape(heights: list[float]) -> str:
    """What a line does, in words: from the differences of its differences."""
    bends = [
        before - 2 * here + after
        for before, here, after in zip(heights, heights[1:], heights[2:], strict=False)
    ]
    size = max(map(abs, heights)) or 1.0
    bent = [i for i, bend in enumerate(bends) if abs(bend) > 1e-9 * size]
    corners = sum(i - 1 not in bent for i in bent)
    if not bent:
        return "is a straight line"
    if len(bent) > 2 * corners:
        return "is a curve"
    return f"has {corners} bend{'s' * (corners > 1)}"


# A network of them


def network_diagram(sizes: Sequence[int], *, alt: str | None = None) -> Picture:
    """A network as circles and lines: how many numbers go in, and how many neurons each layer has.

    Under each layer stand its parameters: a weight for each line into it and a bias for each
    neuron.

        network_diagram([2, 4, 1])
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"A network has inputs and a layer of neurons at least, not {sizes!r}.")
    counts = [n * m + m for n, m in zip(sizes, sizes[1:], strict=False)]
    rows = [min(size, MOST_NEURONS) for size in sizes]
    width, gap, top = 130 * len(sizes), 22, 34
    height = top + gap * max(rows) + 88

    def place(column: int, row: int) -> tuple[float, float]:
        return 130 * column + 65, top + gap * (row + (max(rows) - rows[column] + 1) / 2)

    lines = "".join(
        f"M{a:g} {b:g}L{c:g} {d:g}"
        for column in range(len(sizes) - 1)
        for a, b in [place(column, row) for row in range(rows[column])]
        for c, d in [place(column + 1, row) for row in range(rows[column + 1])]
    )
    drawn = [f'<path d="{lines}" stroke="{GREY}" stroke-width="0.7"/>']
    for column, size in enumerate(sizes):
        x, bottom = 130 * column + 65, top + gap * max(rows) + 24
        for row in range(rows[column]):
            y = place(column, row)[1]
            fill = "#ffffff" if column == 0 else BLUE
            drawn.append(
                f'<circle cx="{x}" cy="{y:g}" r="7" fill="{fill}" stroke="{INK}" '
                'stroke-width="1.4"/>'
            )
        what = "input" if column == 0 else "output" if column == len(sizes) - 1 else "neuron"
        name = f"{size} {what}{'s' * (size > 1)}"
        drawn.append(svg_text(x, 18, name, bold=True))
        if size > rows[column]:
            drawn.append(svg_text(x, bottom - 6, f"({MOST_NEURONS} of them drawn)"))
        if column:
            before, count = sizes[column - 1], counts[column - 1]
            drawn.append(svg_text(x, bottom + 14, f"{size} · {before} weights"))
            drawn.append(svg_text(x, bottom + 30, f"+ {size} biases = {count}", VERMILLION))
    together = f"{' + '.join(map(str, counts))} = {sum(counts)}"
    drawn.append(svg_text(width / 2, height - 10, f"parameters: {together}", bold=True))
    *hidden, last = map(str, sizes[1:])
    layers = f"layers of {', '.join(hidden)} and {last} neurons" if hidden else "one layer"
    computed = (
        f"Diagram of a network: {sizes[0]} inputs, then {layers}. Each neuron is "
        f"joined to everything in the column before it. Parameters: {together}."
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="Verdana, \'DejaVu Sans\', sans-serif" font-size="12">'
        f"<title>{html.escape(alt or computed)}</title>{''.join(drawn)}</svg>"
    )
    return Picture(svg, alt or computed, width=width)


def svg_text(x: float, y: float, text: str, color: str = INK, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" fill="{color}"{weight}>{text}</text>'


# The way of their weights


def weight_lines(
    history: Mapping[str, Sequence[Any]],
    *,
    title: str | None = None,
    alt: str | None = None,
) -> Picture:
    """How some weights change from step to step; of weights that never differ the title speaks.

    `history` is a dict of lists of numbers or Values by the weights' names.

        weight_lines({"neuron 1": [0.5, 0.4], "neuron 2": [0.5, 0.4]})
    """
    lines = {name: [plain_number(w) for w in weights] for name, weights in history.items()}
    if not lines or not all(lines.values()):
        raise ValueError("There are no weights to draw: give each name one number at least.")
    twins = [f"{one} and {two}" for (one, a), (two, b) in combinations(lines.items(), 2) if a == b]
    claim = f"{'; '.join(twins)} never differ" if twins else "each goes its own way"
    claim = claim[0].upper() + claim[1:]
    steps = max(map(len, lines.values())) - 1

    panel = chart((0.0, max(1, steps)), reach(w for weights in lines.values() for w in weights))
    panel.top, panel.height = panel.top + 18, panel.height - 18  # "weight" stands above its axis
    panel.axes("training step", "", y_ticks=ticks(*panel.y_range, 4))
    panel.words(0, panel.y_range[1], "weight", move=(-44, -8))
    key = []
    for i, (name, weights) in enumerate(lines.items()):
        color, dashes = ((BLUE, ""), *LINES)[i % (1 + len(LINES))]
        broad = 2.0 + 3.0 * (len(lines) - 1 - i)  # a line behind another one looks out
        panel.line(moments(weights), color, broad, dashes)
        key.append((color, dashes, name))
    told = [f"{name} goes from {short(w[0])} to {short(w[-1])}" for name, w in lines.items()]
    computed = f"Line chart of weights over {steps:,} training steps. {claim}. {'; '.join(told)}."
    return sheet([panel], title or claim, alt or computed, key=key, width=WIDTH)


def moments(weights: Sequence[float]) -> list[Point]:
    """The steps to draw: evenly chosen where there are many, the first and the last among them."""
    every = -(-len(weights) // MOST_MOMENTS)
    last = len(weights) - 1
    return [(step, weights[step]) for step in (*range(0, last, every), last)]
