"""Line drawings as SVG text: windows on the plane, and what is drawn in them.

A drawing of a few lines is a thousandth of a photograph, and as text it stays sharp at any size. A
`Panel` is a window on the plane: it takes numbers and knows where on the sheet they lie. `sheet`
puts panels under a title and makes the `Picture`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from micrograd.viz.canvas import GREY, INK
from micrograd.viz.picture import Picture

Point = tuple[float, float]

FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
WIDTH, HEIGHT = 520, 320  # of a sheet: what a narrow window shows without scrolling
PIECES = 60  # straight ones, of a curve over a whole sheet
# Words have a white rim, so that they can be read on a line too; those on axes are small and grey.
STYLE = (
    "text{font-size:13px;stroke:#fff;stroke-width:3px;paint-order:stroke}"
    f".s{{font-size:12px;fill:{GREY}}}.t{{font-size:15px;font-weight:bold}}"
    ".m{text-anchor:middle}.e{text-anchor:end}polyline{fill:none;stroke-width:2.2px}"
    f".a{{stroke:{GREY};fill:none}}"
)
LETTER = 7.3  # pixels a letter, about, at the usual size
FAR = 20  # windows: what lies further off is drawn at this distance
MARKS = {
    "circle": '<circle cx="{x}" cy="{y}" r="5" {look}/>',
    "square": '<path d="M{x} {y}m-5 -5h10v10h-10z" {look}/>',
}


@dataclass
class Panel:
    """A window on the plane, at a place on the sheet that is given in pixels."""

    x_range: Point
    y_range: Point
    left: float = 56
    top: float = 62
    width: float = WIDTH - 72
    height: float = HEIGHT - 112
    inside: list[str] = field(default_factory=list)  # cut off at the edges of the window
    outside: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> Point:
        """Where on the sheet the point (x, y) lies."""
        (left, right), (bottom, top) = self.x_range, self.y_range
        across = clamp((x - left) / (right - left))
        up = clamp((y - bottom) / (top - bottom))
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def line(
        self, points: Iterable[Point], color: str, width: float = 2.2, dashes: str = ""
    ) -> None:
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*p) for p in points))
        look = f'stroke="{color}"' + f' stroke-dasharray="{dashes}"' * bool(dashes)
        if width != 2.2:
            look += f' style="stroke-width:{width}px"'
        self.inside.append(f'<polyline points="{places}" {look}/>')

    def area(self, corners: Iterable[Point], color: str) -> None:
        """A patch of the plane between corners, without an edge."""
        places = "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(*p) for p in corners))
        self.inside.append(f'<path d="M{places}Z" fill="{color}"/>')

    def curve(
        self, f: Callable[[float], float], color: str, width: float = 2.2, dashes: str = ""
    ) -> None:
        pieces = max(30, round(PIECES * self.width / WIDTH))
        self.line([(x, f(x)) for x in spread(self.x_range, pieces)], color, width, dashes)

    def mark(
        self, x: float, y: float, color: str, shape: str = "circle", open: bool = False
    ) -> None:
        across, down = self.at(x, y)
        fill = "#ffffff" if open else color
        look = f'fill="{fill}" stroke="{color if open else "#ffffff"}" stroke-width="1.5"'
        self.inside.append(MARKS[shape].format(x=f"{across:.1f}", y=f"{down:.1f}", look=look))

    def arrow(self, start: Point, end: Point, color: str, dashes: str = "") -> None:
        """A line with a head at its end, which is as large for a short arrow as for a long one."""
        (x0, y0), (x1, y1) = self.at(*start), self.at(*end)
        length = math.hypot(x1 - x0, y1 - y0)
        if length < 1:
            return
        along, across = (x1 - x0) / length, (y1 - y0) / length
        head = min(12.0, length)
        neck_x, neck_y = x1 - head * along, y1 - head * across
        side_x, side_y = -across * head / 2.4, along * head / 2.4
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.inside.append(
            f'<path d="M{x0:.1f} {y0:.1f}L{neck_x:.1f} {neck_y:.1f}" stroke="{color}" '
            f'stroke-width="2.4"{dashed}/>'
            f'<path d="M{x1:.1f} {y1:.1f}L{neck_x + side_x:.1f} {neck_y + side_y:.1f}'
            f'L{neck_x - side_x:.1f} {neck_y - side_y:.1f}Z" fill="{color}"/>'
        )

    def words(
        self,
        x: float,
        y: float,
        text: str,
        color: str = INK,
        anchor: str = "start",
        move: Point = (0, 0),
    ) -> None:
        """Words at a point of the plane, moved by so many pixels to the right and down."""
        across, down = self.at(x, y)
        kind = {"start": "", "middle": "m", "end": "e"}[anchor]
        self.outside.append(label(across + move[0], down + move[1], text, kind, color))

    def axes(
        self,
        x_name: str,
        y_name: str,
        x_ticks: Iterable[tuple[float, str]] | None = None,
        y_ticks: Iterable[tuple[float, str]] | None = None,
    ) -> None:
        """The lower and the left edge with numbers and names, and faint lines through the zeros."""
        (left, right), (bottom, top) = self.x_range, self.y_range
        self.cross()
        base, side = self.top + self.height, self.left
        self.outside.append(
            f'<path d="M{side:g} {self.top:g}V{base:g}H{side + self.width:g}" class="a"/>'
        )
        for x, text in x_ticks or ticks(left, right):
            across = self.at(x, bottom)[0]
            self.outside.append(f'<path d="M{across:.1f} {base:g}v4" class="a"/>')
            self.outside.append(label(across, base + 17, text, "s m"))
        for y, text in y_ticks or ticks(bottom, top):
            down = self.at(left, y)[1]
            self.outside.append(f'<path d="M{side:g} {down:.1f}h-4" class="a"/>')
            self.outside.append(label(side - 7, down + 4, text, "s e"))
        self.outside.append(label(side + self.width / 2, base + 36, x_name, "m"))
        if y_name:
            middle = self.top + self.height / 2
            self.outside.append(
                f'<g transform="rotate(-90 {side - 42:g} {middle:g})">'
                f"{label(side - 42, middle + 4, y_name, 'm')}</g>"
            )

    def cross(self) -> None:
        """Faint lines through x = 0 and y = 0."""
        for start, end in (
            ((self.x_range[0], 0.0), (self.x_range[1], 0.0)),
            ((0.0, self.y_range[0]), (0.0, self.y_range[1])),
        ):
            if all(self.holds(*p) for p in (start, end)):
                self.line([start, end], "#d0d3d6", 1)

    def holds(self, x: float, y: float) -> bool:
        return self.x_range[0] <= x <= self.x_range[1] and self.y_range[0] <= y <= self.y_range[1]

    def frame(self) -> None:
        self.outside.append(
            f'<rect x="{self.left:g}" y="{self.top:g}" width="{self.width:g}" '
            f'height="{self.height:g}" fill="none" stroke="#b0b5ba"/>'
        )

    @property
    def svg(self) -> str:
        """The window, in an `<svg>` of its own, which cuts off what leaves it, and its frame."""
        place = f"{self.left:g} {self.top:g} {self.width:g} {self.height:g}"
        x, y, width, height = place.split()
        return (
            f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{place}">'
            f"{''.join(self.inside)}</svg>{''.join(self.outside)}"
        )


def sheet(
    panels: Sequence[Panel],
    title: str,
    alt: str,
    *,
    key: Sequence[tuple[str, str, str]] = (),
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Picture:
    """A white sheet with a title, and panels on it.

    `key` says what the lines mean, in a row below the title: the colour, the dashes and the words
    of each.
    """
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="{FONT}">'
        f"<title>{html.escape(title)}</title><desc>{html.escape(alt)}</desc>"
        f"<style>{STYLE}</style>"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        f"{label(14, 24, title, 't')}"
        f"{key_row(key)}{''.join(panel.svg for panel in panels)}</svg>",
        alt,
        width,
    )


def key_row(key: Sequence[tuple[str, str, str]]) -> str:
    x, row = 14.0, ""
    for color, dashes, text in key:
        row += (
            f'<path d="M{x:.0f} 43h26" stroke="{color}" stroke-width="2.4" '
            f'stroke-dasharray="{dashes or "none"}"/>{label(x + 32, 47, text, "", color)}'
        )
        x += 56 + LETTER * len(text)
    return row


def label(x: float, y: float, text: str, kind: str = "", color: str = "") -> str:
    """Words; `kind` is of STYLE: "m" and "e" have their middle or their end at x."""
    look = f' class="{kind}"' * bool(kind) + f' fill="{color}"' * bool(color)
    return f'<text x="{x:.1f}" y="{y:.1f}"{look}>{html.escape(text)}</text>'


def spread(limits: Point, pieces: int = PIECES) -> list[float]:
    """Numbers at equal distances from one limit to the other."""
    low, high = limits
    return [low + (high - low) * i / pieces for i in range(pieces + 1)]


def reach(heights: Iterable[float], margin: float = 0.08) -> Point:
    """From the lowest to the highest, and a margin."""
    known = [height for height in heights if math.isfinite(height)]
    low, high = min(known), max(known)
    extra = margin * (high - low) or 1.0
    return low - extra, high + extra


def ticks(low: float, high: float, about: int = 6) -> list[tuple[float, str]]:
    """Round numbers between two ends: steps of 1, 2 or 5 times a power of ten.

    >>> ticks(-2.0, 2.0)
    [(-2.0, '−2'), (-1.0, '−1'), (0.0, '0'), (1.0, '1'), (2.0, '2')]
    """
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(i * step, tidy(i * step)) for i in range(first, last + 1)]


def tidy(x: float) -> str:
    """A number as a reader would write it: a few digits, a true minus, no minus before 0.

    >>> tidy(-0.25), tidy(12.249999999), tidy(-0.0), tidy(1e-5)
    ('−0.25', '12.25', '0', '1e-5')
    """
    text = f"{abs(x):.4g}".replace("e-0", "e-")
    return f"−{text}" if x < 0 else text


def clamp(share: float) -> float:
    """A coordinate as a share of the window, not further off than can be drawn."""
    return max(-FAR, min(FAR, share)) if not math.isnan(share) else FAR
