"""Pictures of slopes that multiply: the network x → h → ŷ → L, and what follows from it.

Between an input and the loss lie several links, and each has a slope of its own. `chain_diagram`
draws the network and the way back through it, `walk_back` is the same way as a game of cards,
`gears` turns the links as wheels, `diamond_diagram` has two ways between the same ends, and
`work_curve` compares what two ways of computing cost. Notebook 02 uses them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle
from textwrap import wrap
from typing import TYPE_CHECKING

from micrograd.viz.canvas import BLUE, GREY, INK, RUNS, VERMILLION, paint, shades
from micrograd.viz.picture import Card, Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GREEN, PALE, LINE = "#00795A", "#EEF1F4", "#767676"  # the green of targets, dark enough for letters
FONT = "Verdana, 'DejaVu Sans', sans-serif"
WIDE = 500  # pixels, of every drawing: one that is wider is cut off in a narrow window
MIDDLE = WIDE // 2
LETTERS = 60  # in a line of the usual size
BOX = (76, 50)  # width and height
MARKERS = ["o", "s", "^", "D"]

Place = tuple[float, float]
Link = tuple[str, str]  # what moves, and what moves it

PLACES: dict[str, Place] = {
    "x": (44, 56),
    "h": (181, 56),
    "ŷ": (318, 56),
    "L": (455, 56),
    "w1": (181, 166),
    "w2": (318, 166),
    "y": (455, 166),
}
LINKS: list[Link] = [("h", "x"), ("h", "w1"), ("ŷ", "h"), ("ŷ", "w2"), ("L", "ŷ"), ("L", "y")]
RECIPES = {"h": "w1 · x", "ŷ": "w2 · h", "L": "(ŷ − y)²"}
WAYS = {
    "w2": ["L", "ŷ", "w2"],
    "w1": ["L", "ŷ", "h", "w1"],
    "x": ["L", "ŷ", "h", "x"],
}


@dataclass(frozen=True)
class Network:
    """All numbers of the network, forward and of each link."""

    x: float
    y: float
    w1: float
    w2: float

    @property
    def numbers(self) -> dict[str, float]:
        h = self.w1 * self.x
        y_hat = self.w2 * h
        loss = (y_hat - self.y) ** 2
        given = {"x": self.x, "y": self.y, "w1": self.w1, "w2": self.w2}
        return given | {"h": h, "ŷ": y_hat, "L": loss}

    @property
    def slopes(self) -> dict[Link, float]:
        at = self.numbers
        miss = at["ŷ"] - at["y"]
        return {
            ("L", "ŷ"): 2 * miss,
            ("L", "y"): -2 * miss,
            ("ŷ", "h"): at["w2"],
            ("ŷ", "w2"): at["h"],
            ("h", "x"): at["w1"],
            ("h", "w1"): at["x"],
        }

    def product(self, links: Sequence[Link]) -> str:
        """The slopes of some links multiplied, as a line of arithmetic."""
        slopes = [self.slopes[link] for link in links]
        first, *others = map(tell, slopes)
        others = [f"({other})" if other.startswith("−") else other for other in others]
        return f"{' · '.join([first, *others])} = {tell(math.prod(slopes))}"


# ------------------------------------------------------------------------- the way back


def chain_diagram(
    x: float, y: float, w1: float, w2: float, *, back_to: str | None = None
) -> Picture:
    """The network x → h → ŷ → L with its numbers; w1 makes h of x, and w2 makes ŷ of h.

    `back_to` is "w1", "w2" or "x": the links from L back to it are drawn with their slopes, and
    the slopes multiplied stand below.

        chain_diagram(0.5, 11, 3, 4, back_to="w2")
    """
    if back_to is not None and back_to not in WAYS:
        raise ValueError(f"The way back leads to {', '.join(WAYS)}, and not to {back_to!r}.")
    network = Network(x, y, w1, w2)
    told = f"The network: {told_forward(network)}."
    if back_to is None:
        return picture("The network forward", told, 220, network_parts(network))
    way = WAYS[back_to]
    links = list(zip(way, way[1:], strict=False))
    slopes, product = f"{slope_name('L', back_to)} = {names_of(links)}", network.product(links)
    each = ", ".join(f"{slope_name(*link)} = {tell(network.slopes[link])}" for link in links)
    told += f" Back from L to {back_to}: {each}. So {slopes} = {product}."
    parts = [*network_parts(network, links), *equation(slopes, product, 238)]
    return picture(f"The way from L back to {back_to}", told, 272, parts)


def walk_back(
    hand: str,
    cards: Mapping[str, str],
    x: float,
    y: float,
    w1: float,
    w2: float,
    *,
    goal: str = "w1",
) -> Picture:
    """The game of the factors: where the cards in `hand`, played in order, lead from L.

    `cards` gives each letter its slope, as in {"A": "dL/dŷ"}. A card is a step from its top to its
    bottom. The picture says where you stand, and whether the next step is a good one.

        walk_back("A", {"A": "dL/dŷ", "B": "dŷ/dw2"}, 0.5, 11, 3, 4)
    """
    network = Network(x, y, w1, w2)
    taken, said = play_cards(hand, cards, goal)
    known = [link for link in taken if link in network.slopes]
    line = ""
    parts = network_parts(network, known, here=taken[-1][1] if taken else "L")
    for number, piece in enumerate(wrap(said, LETTERS)):
        parts.append(words(piece, (MIDDLE, 236 + 20 * number), INK))
    if taken and taken[-1][1] == goal:
        slopes = f"{slope_name('L', goal)} = {names_of(taken)}"
        product = network.product(known) if known == taken else "0"
        line = f"{slopes} = {product}."
        parts += equation(slopes, product, 280)
    played = [slope_name(*link) for link in taken]
    left = MIDDLE - 34 * (len(cards) - 1)
    for number, (letter, card) in enumerate(cards.items()):
        parts += card_parts(letter, card, left + 68 * number, card in played)
    faces = ", ".join(f"{letter} {card}" for letter, card in cards.items())
    told = f"The network, and the cards {faces}. Played: {', '.join(played) or 'none'}. "
    return picture("The game of the factors", f"{told}{said} {line}".strip(), 406, parts)


def card_parts(letter: str, card: str, x: float, is_played: bool) -> list[str]:
    """A card with its letter, and its slope as a fraction; a played one is framed in dashes."""
    top, bottom = card.split("/")
    look = f'stroke="{VERMILLION}" stroke-width="3" stroke-dasharray="7 4"'
    if not is_played:
        look = f'stroke="{LINE}"'
    return [
        f'<rect x="{x - 30}" y="318" width="60" height="80" rx="8" fill="#ffffff" {look}/>',
        words(letter, (x - 19, 336), INK, bold=True),
        words(top, (x, 357), VERMILLION, size=14),
        f'<line x1="{x - 18}" y1="364" x2="{x + 18}" y2="364" stroke="{VERMILLION}"/>',
        words(bottom, (x, 382), VERMILLION, size=14),
    ]


def play_cards(hand: str, cards: Mapping[str, str], goal: str) -> tuple[list[Link], str]:
    """The links that a hand walks along, and a sentence on how it stands."""
    taken: list[Link] = []
    here = "L"
    for letter in (mark for mark in hand.upper() if mark.isalnum()):
        if letter not in cards:
            return taken, f"There is no card {letter}: they are {', '.join(cards)}."
        top, bottom = (part.strip()[1:] for part in cards[letter].split("/"))
        if here == goal:
            return taken, f"You are at {goal} already: card {letter} is one too many."
        if top != here:
            return taken, f"Card {letter} begins at {top}, and you stand on {here}."
        taken.append((top, bottom))
        here = bottom
    if here == goal:
        lost = next((link for link in taken if link not in LINKS), None)
        if lost is None:
            return taken, f"You are at {goal}, and every step was an arrow of the network."
        top, bottom = lost
        return taken, f"{bottom} does not move {top}: no arrow leads that way, so this is 0."
    onward = [letter for letter, card in cards.items() if card.startswith(f"d{here}/")]
    arrows = any(link[0] == here for link in LINKS)
    if not arrows:
        told = f"A dead end: {here} is made of nothing else, and you want {goal}."
        return taken, told + (f" (Card {onward[0]} is left.)" if onward else "")
    return taken, f"You stand on {here}. Play a card with {here} at its top."


def network_parts(
    network: Network, links: Sequence[Link] = (), here: str | None = None
) -> list[str]:
    """Boxes and arrows; `links` are walked backwards, each with its slope beside it."""
    numbers = network.numbers
    parts = [arrow(*between(link)) for link in LINKS if link not in links]
    for link in links:
        (x1, y1), (x2, y2) = between(link)
        parts.append(arrow((x2, y2), (x1, y1), VERMILLION, dashes="7 4"))
        name, slope = slope_name(*link), tell(network.slopes[link])
        if y1 == y2:
            middle = (x1 + x2) / 2
            parts.append(words(name, (middle, y1 - 10), VERMILLION))
            parts.append(words(slope, (middle, y1 + 21), VERMILLION, bold=True))
        else:
            middle = (y1 + y2) / 2
            parts.append(words(name, (x1 + 10, middle - 2), VERMILLION, anchor="start"))
            parts.append(words(slope, (x1 + 10, middle + 15), VERMILLION, "start", bold=True))
    for name, place in PLACES.items():
        color = GREEN if name == "y" else BLUE
        parts += box(name, tell(numbers[name]), place, color, thick=name == here)
    parts += [words(text, up(PLACES[name]), GREY, size=12) for name, text in RECIPES.items()]
    return [*parts, words("the target", down(PLACES["y"], 40), GREEN, size=12)]


def equation(slopes: str, product: str, top: float) -> list[str]:
    """The chain rule in two lines: the slopes by their names, and below them their numbers."""
    lines = slopes, f"= {product}"
    places = (MIDDLE, top), (MIDDLE, top + 22)
    return [
        words(line, place, VERMILLION, bold=True, size=14)
        for line, place in zip(lines, places, strict=True)
    ]


def between(link: Link) -> tuple[Place, Place]:
    """The ends of an arrow from what moves to what is moved, clear of the boxes."""
    (x1, y1), (x2, y2) = PLACES[link[1]], PLACES[link[0]]
    if y1 == y2:
        return (x1 + BOX[0] / 2 + 3, y1), (x2 - BOX[0] / 2 - 3, y2)
    return (x1, y1 - BOX[1] / 2 - 3), (x2, y2 + BOX[1] / 2 + 3)


def told_forward(network: Network) -> str:
    at = {name: tell(number) for name, number in network.numbers.items()}
    return (
        f"x = {at['x']} times w1 = {at['w1']} gives h = {at['h']}, times w2 = {at['w2']} gives "
        f"ŷ = {at['ŷ']}, and the squared miss of the target y = {at['y']} is L = {at['L']}"
    )


def slope_name(top: str, bottom: str) -> str:
    return f"d{top}/d{bottom}"


def names_of(links: Iterable[Link]) -> str:
    return " · ".join(slope_name(*link) for link in links)


# -------------------------------------------------------------------------------- gears

WHEELS: list[tuple[str, Place]] = [("x", (54, 82)), ("h", (182, 82)), ("ŷ", (310, 82))]
RADIUS = 42
TURN = 12  # units of a number that turn its wheel once round
PANEL = (408.0, 36.0, 84.0, 92.0)  # of the parabola: left, top, width, height
REACH = 12.0  # units of ŷ on either side of the target that it shows


def gears(x: float, y: float, w1: float, w2: float) -> Picture:
    """Links as gears: each wheel turns with its number, once round for 12, as a clock does.

    The wheel of h turns w1 times as fast as that of x, the wheel of ŷ w2 times as fast as that of
    h. The last link is no wheel: L is a square, and its slope depends on where ŷ stands.

        explore(lambda x: gears(x, 11, 3, 4), x=Slider("x", 0, 1, 0.5, 0.05))
    """
    network = Network(x, y, w1, w2)
    at, slopes = network.numbers, network.slopes
    parts = []
    for name, place in WHEELS:
        parts += wheel(name, at[name], place, target=y if name == "ŷ" else None)
    for link, middle in ((("h", "x"), 118), (("ŷ", "h"), 246), (("L", "ŷ"), 376)):
        parts.append(arrow((middle - 14, 82), (middle + 14, 82)))
        parts.append(words(f"× {tell(slopes[link])}", (middle, 50), VERMILLION, bold=True))
        parts.append(words(slope_name(*link), (middle, 124), VERMILLION, size=12))
    parts += parabola(at["ŷ"], y)
    parts.append(words(f"L = {tell(at['L'])}", (450, 162), BLUE, bold=True))
    two: list[Link] = [("h", "x"), ("ŷ", "h")]
    both = f"ŷ moves {network.product(two)} times as fast as x"
    all_three = f"L moves {network.product([*two, ('L', 'ŷ')])} times as fast as x"
    parts += [words(both, (MIDDLE, 202), INK), words(all_three, (MIDDLE, 224), INK)]
    told = f"Gears for {told_forward(network)}. {both}, and {all_three}."
    return picture("The links as gears", told, 240, parts)


def wheel(name: str, number: float, place: Place, target: float | None) -> list[str]:
    x, y = place
    teeth = f'stroke="#C3CAD1" stroke-width="9" stroke-dasharray="{math.tau * RADIUS / 36:.3f}"'
    parts = [
        f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" {teeth}/>',
        f'<circle cx="{x}" cy="{y}" r="{RADIUS - 4}" fill="{PALE}" stroke="{LINE}"/>',
    ]
    for hour in range(0, TURN, 3):
        parts.append(words(str(hour), down(rim(place, hour, RADIUS - 13), 4), GREY, size=11))
    if target is not None:
        tip, left = rim(place, target, RADIUS - 6), rim(place, target - 0.25, RADIUS + 10)
        right = rim(place, target + 0.25, RADIUS + 10)
        corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in (tip, left, right))
        parts.append(f'<polygon points="{corners}" fill="{GREEN}"/>')
    a, b = rim(place, number, RADIUS - 20)
    parts.append(
        f'<line x1="{x}" y1="{y}" x2="{a:.1f}" y2="{b:.1f}" stroke="{BLUE}" stroke-width="4" '
        f'stroke-linecap="round"/><circle cx="{x}" cy="{y}" r="5" fill="{BLUE}"/>'
    )
    parts.append(words(f"{name} = {tell(number)}", (x, y + 80), BLUE, bold=True))
    return parts


def rim(place: Place, number: float, radius: float) -> Place:
    """Where a number stands on a clock face of that radius; negative ones go backwards."""
    angle = math.tau * number / TURN
    return place[0] + radius * math.sin(angle), place[1] - radius * math.cos(angle)


def down(place: Place, by: float) -> Place:
    return place[0], place[1] + by


def up(place: Place) -> Place:
    """Above the box that stands there."""
    return down(place, -BOX[1] / 2 - 8)


def parabola(y_hat: float, y: float) -> list[str]:
    """L over ŷ near the target, the place of ŷ on it, and the tangent there."""
    left, top, width, height = PANEL

    def spot(u: float) -> Place:
        """The place of the miss u on the panel."""
        return left + width * (u + REACH) / (2 * REACH), top + height * (1 - (u / REACH) ** 2)

    curve = " ".join(f"{a:.1f},{b:.1f}" for a, b in (spot(u) for u in range(-12, 13)))
    bottom = top + height
    parts = [
        f'<line x1="{left}" y1="{bottom}" x2="{left + width}" y2="{bottom}" stroke="{LINE}"/>',
        f'<polyline points="{curve}" fill="none" stroke="{GREY}" stroke-width="2"/>',
        words("L", (left + 6, top - 8), GREY, size=11),
        words(f"y = {tell(y)}", (left + width / 2, bottom + 18), GREEN, size=11),
    ]
    miss = y_hat - y
    if abs(miss) > REACH:
        return [*parts, words("outside", (left + width / 2, top + 40), GREY, size=11)]
    a, b = spot(miss)
    steep = -height * 2 * miss / REACH**2 / (width / (2 * REACH))  # in pixels for a pixel
    run = 24 / math.hypot(1, steep)
    below = run if steep == 0 else min(run, (bottom + 7 - b) / abs(steep))  # not over the label
    before, after = (run, below) if steep > 0 else (below, run)
    ends = (a - before, b - before * steep), (a + after, b + after * steep)
    (x1, y1), (x2, y2) = ends
    parts.append(
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{VERMILLION}" '
        f'stroke-width="3" stroke-dasharray="7 4"/>'
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="5" fill="{BLUE}"/>'
    )
    return parts


# ------------------------------------------------------------------------------ diamond


def diamond_diagram(x: float, a: float) -> Picture:
    """x moves r = u · v by two ways: through u = a · x, and through v = x².

    Every arrow carries its own slope; how they go together is the question of the exercise.

        diamond_diagram(4, 3)
    """
    u, v = a * x, x**2
    places = {"x": (46, 120), "u": (250, 52), "v": (250, 188), "r": (454, 120)}
    numbers = {"x": x, "u": u, "v": v, "r": u * v}
    recipes = {"u": f"u = {tell(a)} · x", "v": "v = x²", "r": "r = u · v"}
    slopes = {("u", "x"): a, ("v", "x"): 2 * x, ("r", "u"): v, ("r", "v"): u}
    parts = []
    for (top, bottom), slope in slopes.items():
        (x1, y1), (x2, y2) = places[bottom], places[top]
        parts.append(arrow((x1 + 45, y1 + (y2 - y1) * 0.2), (x2 - 45, y2 - (y2 - y1) * 0.2)))
        upper = min(y1, y2) < 120
        spot = ((x1 + x2) / 2, (y1 + y2) / 2 + (-16 if upper else 26))
        label = f"{slope_name(top, bottom)} = {tell(slope)}"
        parts.append(words(label, spot, VERMILLION))
    for name, place in places.items():
        parts += box(name, tell(numbers[name]), place, BLUE)
        if name in recipes:
            beside = up(place) if name == "u" else down(place, 42)
            parts.append(words(recipes[name], beside, GREY, size=12))
    each = ", ".join(f"{slope_name(*link)} = {tell(slope)}" for link, slope in slopes.items())
    told = (
        f"A diamond: x = {tell(x)} goes into u = {tell(a)} · x = {tell(u)} and into v = x² = "
        f"{tell(v)}, and r = u · v = {tell(u * v)}. The slopes of the arrows: {each}."
    )
    return picture("Two ways from x to r", told, 244, parts)


# ------------------------------------------------------------------------------- the cost


def work_curve(
    counts: Mapping[str, Sequence[int]], *, title: str | None = None, alt: str | None = None
) -> Picture | Card:
    """How many multiplications some ways of computing need for 1, 2, 3, … weights.

    `counts` has a list for each way, by its name.

        work_curve({"one by one": [1, 3, 6, 10], "reusing": [1, 3, 5, 7]})
    """
    if not counts or len({len(row) for row in counts.values()}) != 1 or not all(counts.values()):
        lengths = {name: len(row) for name, row in counts.items()}
        raise ValueError(f"Give lists of one length, at least 1; these have {lengths}.")
    longest = len(next(iter(counts.values())))
    weights = "1 weight" if longest == 1 else f"{longest} weights"
    ends = ", ".join(f"{name} {row[-1]:,}" for name, row in counts.items())
    least = min(counts, key=lambda name: counts[name][-1])
    claim = title or f"{least}: {counts[least][-1]:,} for {weights}"

    def draw(figure: Figure) -> list[str]:
        axes = figure.add_subplot()
        axes.set_title(claim)
        axes.set(xlabel="weights in the chain", ylabel="multiplications")
        ways = zip(counts.items(), cycle(RUNS), cycle(MARKERS), strict=False)
        for (name, row), (color, dashes), marker in ways:
            numbers = range(1, longest + 1)
            axes.plot(numbers, row, dashes, color=color, label=name, linewidth=1.8)
            axes.plot(longest, row[-1], marker, color=color, markersize=7)
        axes.locator_params(axis="x", integer=True)
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper left")
        return [shade for color, _ in RUNS[: len(counts)] for shade in shades(color)]

    told = f"Line chart of the multiplications against the weights in a chain. For {weights}: "
    return paint(draw, alt or f"{told}{ends}.", (5.0, 3.0))


# ------------------------------------------------------------------- what they are drawn with


def picture(title: str, alt: str, height: int, parts: Iterable[str]) -> Picture:
    """An SVG of some parts, with its title and description."""
    image = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDE} {height}" '
        f'width="{WIDE}" height="{height}" font-family="{FONT}" font-size="13">'
        f"<title>{escape(title)}</title><desc>{escape(alt)}</desc>{''.join(parts)}</svg>"
    )
    return Picture(image, alt, WIDE)


def box(name: str, number: str, place: Place, color: str, thick: bool = False) -> list[str]:
    """A name and its number, in a frame around `place`."""
    x, y = place
    frame = f'stroke="{INK}" stroke-width="3"' if thick else f'stroke="{LINE}"'
    return [
        f'<rect x="{x - BOX[0] / 2}" y="{y - BOX[1] / 2}" width="{BOX[0]}" height="{BOX[1]}" '
        f'rx="5" fill="{PALE}" {frame}/>',
        words(name, (x, y - 6), INK, bold=True),
        words(number, (x, y + 15), color),
    ]


def arrow(start: Place, end: Place, color: str = LINE, dashes: str = "") -> str:
    """A line with a head at its end; dashed lines are the thick ones."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    along = (x2 - x1) / length, (y2 - y1) / length
    neck = x2 - 9 * along[0], y2 - 9 * along[1]
    side = 5 * along[1], -5 * along[0]
    head = [end, (neck[0] + side[0], neck[1] + side[1]), (neck[0] - side[0], neck[1] - side[1])]
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in head)
    look = f'stroke-width="3" stroke-dasharray="{dashes}"' if dashes else 'stroke-width="1.5"'
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{neck[0]:.1f}" y2="{neck[1]:.1f}" '
        f'stroke="{color}" {look}/><polygon points="{corners}" fill="{color}"/>'
    )


def words(
    text: str, place: Place, color: str, anchor: str = "middle", bold: bool = False, size: int = 13
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" text-anchor="{anchor}" fill="{color}" '
        f'font-size="{size}"{weight}>{escape(text)}</text>'
    )


def tell(number: float) -> str:
    """A number in four digits, with a real minus sign.

    >>> tell(-1.50), tell(-0.0)
    ('−1.5', '0')
    """
    return f"{number + 0.0:.4g}".replace("-", "−")
