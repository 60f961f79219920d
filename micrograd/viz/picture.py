"""What every picture of the course is: an image, and a text that says what it shows.

Somebody who cannot see the image, a front end that shows none, and a test that compares outputs
all read the text. So it is required, and it is displayed together with the image.
"""

from __future__ import annotations

import base64
import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# A white card, on a dark page too: the colours of the course are chosen for white.
CARD = "background:#ffffff;border-radius:6px"


@dataclass(frozen=True, repr=False)
class Picture:
    """An image that a notebook displays, and that reads in text.

    In HTML both kinds of image are an `<img>` with a data URI, for three reasons: `<img>` is the
    one place where every reader looks for `alt`; JupyterLab drops inline SVG from a notebook that
    is not trusted, which a freshly cloned one is not; and a script cannot run in an `<img>`.

    >>> Picture("<svg xmlns='http://www.w3.org/2000/svg'/>", alt="An empty square.", width=100)
    An empty square.
    """

    image: str | bytes  # the text of an SVG, or the bytes of a PNG
    alt: str  # what the image shows, in words
    width: int  # in CSS pixels; the height follows

    def __post_init__(self) -> None:
        if not isinstance(self.alt, str) or not self.alt.strip():
            raise ValueError(
                f"A picture needs an alt text, and this is {self.alt!r}. "
                "Say in a sentence what the picture shows."
            )
        is_svg = isinstance(self.image, str) and "<svg" in self.image
        is_png = isinstance(self.image, bytes) and self.image.startswith(PNG_SIGNATURE)
        if not is_svg and not is_png:
            raise ValueError(
                f"A picture is the text of an SVG or the bytes of a PNG, and this is "
                f"{type(self.image).__name__}: {self.image!r:.40}."
            )

    @property
    def mime_type(self) -> str:
        return "image/svg+xml" if isinstance(self.image, str) else "image/png"

    @property
    def html(self) -> str:
        """The image as one `<img>`, at most as wide as the page, and never shrunk to a blur."""
        raw = self.image.encode() if isinstance(self.image, str) else self.image
        source = f"data:{self.mime_type};base64,{base64.b64encode(raw).decode()}"
        size = f"max-width:100%;min-width:{self.width * 6 // 10}px;height:auto"
        return (
            f'<img alt="{html.escape(self.alt)}" width="{self.width}" '
            f'style="{size};{CARD}" src="{source}">'
        )

    def save(self, path: str | Path) -> None:
        """Write the image to a file (end its name in .svg or .png, after its kind)."""
        raw = self.image.encode() if isinstance(self.image, str) else self.image
        Path(path).write_bytes(raw)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        image = self.image
        if isinstance(image, bytes):
            image = base64.b64encode(image).decode()
        data = {"text/html": self.html, self.mime_type: image, "text/plain": self.alt}
        return data, {self.mime_type: {"width": self.width}}


@dataclass(frozen=True, repr=False)
class Card:
    """What stands in the place of a picture that could not be drawn: a sentence that says why."""

    alt: str
    detail: str = ""  # shown under the sentence as it is, in the type of code

    def __repr__(self) -> str:
        return f"{self.alt}\n\n{self.detail}" if self.detail else self.alt

    @property
    def html(self) -> str:
        detail = f"<pre>{html.escape(self.detail)}</pre>" if self.detail else ""
        style = f"{CARD};color:#1a1a1a;border:1px solid #767676;padding:0.6em 0.9em"
        return f'<div style="{style}"><p>{html.escape(self.alt)}</p>{detail}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


@dataclass(frozen=True, repr=False)
class Strip:
    """Some pictures side by side, as many in a row as there is room for, each with its alt text."""

    pictures: tuple[Picture | Card, ...]

    def __repr__(self) -> str:
        return "\n".join(picture.alt for picture in self.pictures)

    @property
    def html(self) -> str:
        inside = "".join(f"<div>{picture.html}</div>" for picture in self.pictures)
        return f'<div style="display:flex;flex-wrap:wrap;gap:0.6em">{inside}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def is_static() -> bool:
    """Whether notebooks are being built or verified, when nothing may move or tell the time.

    The environment variable MICROGRAD_STATIC says so.
    """
    return os.environ.get("MICROGRAD_STATIC", "") not in ("", "0")


def missing(package: str) -> str:
    """The sentence for a package that is not installed."""
    return (
        f"The package {package} is missing: run `python3 start.py` in the folder of the course, "
        "which installs it."
    )


def plain_number(x: Any) -> float:
    """A float from a number, from a Value (its `data`) or from a Step (its `loss`)."""
    x = getattr(x, "loss", x)
    try:
        return float(x)
    except TypeError:
        return float(x.data)
