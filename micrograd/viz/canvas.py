"""Makes a `Picture` of a matplotlib figure of any size, in the few colours that it uses.

The file holds a palette instead of full colour, which makes it a fraction of the size: white, and
the picture's colours, those of lines and letters in equal steps from white, as their edges need it.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from micrograd.viz.picture import Card, Picture, missing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, VERMILLION, INK, GREY = "#0072B2", "#D55E00", "#1A1A1A", "#5F6670"
# Several runs are told apart by their dashes as well as by their colour.
RUNS = [(BLUE, "-"), (INK, "--"), ("#CC79A7", "-."), ("#8A6D00", ":")]

CSS_PIXELS = 100  # an inch: 720 pixels is what a notebook is wide
SHARPNESS = 2  # image pixels for a CSS pixel, as dense screens have
FULL_TYPE = 5.0  # inches; in a narrower picture titles and legends are set smaller
SHADES = 6  # of each colour towards white, in the file: a sixth of the size, and enough for lines

# matplotlib's defaults and these, whatever a learner has set: the same data gives the same picture.
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "text.parse_math": False,  # a "$" in a learner's text is a "$"
    "legend.frameon": False,
    "legend.handlelength": 3,
    "legend.markerscale": 2.5,
    "figure.constrained_layout.h_pad": 0.1,
    "figure.constrained_layout.w_pad": 0.1,
}


def paint(
    draw: Callable[[Figure], Iterable[str]], alt: str, inches: tuple[float, float]
) -> Picture | Card:
    """A PNG of what `draw` puts on a figure.

    `draw` returns the colours that it used, beside white and the shades of ink and grey. A colour
    is "#rrggbb"; lines and letters need all `shades` of theirs, a plain area only its own.
    """
    try:
        from matplotlib import style
        from matplotlib.figure import Figure
        from PIL import Image
    except ImportError:
        return Card(f"{alt} {missing('matplotlib')}")
    pixels, file = io.BytesIO(), io.BytesIO()
    width, height = (round(length * CSS_PIXELS) for length in inches)
    narrow = min(1.0, inches[0] / FULL_TYPE)
    smaller = {"axes.titlesize": 11.5 * narrow, "legend.fontsize": 10 * narrow}
    with style.context(["default", STYLE, smaller]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # it is drawn as a box
        figure = Figure(
            figsize=(width / CSS_PIXELS, height / CSS_PIXELS),
            dpi=CSS_PIXELS * SHARPNESS,
            layout="constrained",
        )
        colors = draw(figure)
        figure.savefig(pixels, format="rgba")
    size = width * SHARPNESS, height * SHARPNESS
    image = Image.frombytes("RGBA", size, pixels.getvalue()).convert("RGB")
    palette = Image.new("P", (1, 1))
    entries = dict.fromkeys(["#ffffff", *shades(INK), *shades(GREY), *colors])  # 256 at most
    palette.putpalette([channel for color in entries for channel in bytes.fromhex(color[1:])])
    few_colors = image.quantize(palette=palette, dither=Image.Dither.NONE)
    few_colors.save(file, "PNG", optimize=True)
    return Picture(file.getvalue(), alt, width=width)


def tint(color: str, strength: float) -> str:
    """A colour mixed with white: all of it at the strength 1, white at 0.

    >>> tint("#0072B2", 0.5)
    '#80b8d8'
    """
    channels = bytes.fromhex(color[1:])
    return "#" + bytes(round(255 - (255 - c) * strength) for c in channels).hex()


def shades(color: str) -> list[str]:
    """A colour, and in equal steps its mixtures with white."""
    return [tint(color, step / SHADES) for step in range(SHADES, 0, -1)]
