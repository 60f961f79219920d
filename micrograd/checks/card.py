"""What a check answers with: a card that reads as well aloud as it looks.

Every text in a card may be the learner's, so all of it is escaped. The state is said in words; its
colour only repeats it.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# A white card, on a dark page too. The edge: grey, amber, green, blue.
STYLE = "background:#ffffff;color:#1a1a1a;border:1px solid #767676;border-radius:6px"
EDGES = {"not started": "#767676", "not yet": "#E69F00", "passed": "#009E73"}
PLAIN_EDGE = "#0072B2"


@dataclass(frozen=True)
class Part:
    """One line of a card: a label if there is one, then words, or code shown as it is."""

    text: str
    label: str = ""
    is_code: bool = False

    def __str__(self) -> str:
        if not self.label:
            return self.text
        return f"{self.label}:{chr(10) if chr(10) in self.text else ' '}{self.text}"

    @property
    def html(self) -> str:
        label = f"<b>{html.escape(self.label)}:</b> " if self.label else ""
        text = html.escape(self.text)
        if not self.is_code:
            return f"<p style='margin:0.4em 0'>{label}{text}</p>"
        style = "margin:0.2em 0;white-space:pre-wrap;background:#f4f4f4;color:#1a1a1a;padding:0.3em"
        return f"<div style='margin:0.4em 0'>{label}<pre style='{style}'>{text}</pre></div>"


@dataclass(frozen=True, repr=False)
class Card:
    """A heading and some parts; a notebook displays it, and `print` writes it.

    >>> Card("slope", "not started", (Part("Replace the three dots."),))
    slope: not started
    Replace the three dots.
    """

    title: str
    state: str
    parts: tuple[Part, ...] = ()

    @property
    def heading(self) -> str:
        return f"{self.title}: {self.state}" if self.state else self.title

    def __repr__(self) -> str:
        return "\n".join(filter(None, [self.heading, *map(str, self.parts)]))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        edge = EDGES.get(self.state, PLAIN_EDGE)
        style = f"{STYLE};border-left:6px solid {edge};padding:0.5em 0.9em;max-width:50em"
        inside = "".join(part.html for part in self.parts)
        heading = f"<p style='margin:0.2em 0'><b>{html.escape(self.heading)}</b></p>"
        heading = heading if self.heading else ""
        card = f'<div role="status" style="{style}">{heading}{inside}</div>'
        return {"text/html": card, "text/plain": repr(self)}


def card(title: str, state: str, *parts: Part | str) -> Card:
    """A card from parts and plain sentences; empty ones are left out."""
    return Card(title, state, tuple(lines(parts)))


def lines(parts: Iterable[Part | str]) -> Iterable[Part]:
    for part in parts:
        part = Part(part) if isinstance(part, str) else part
        if part.text:
            yield part


def show(what: Card) -> None:
    """Display the card in a notebook, print it elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(what)
        return
    if get_ipython() is None:
        print(what)
    else:
        display(what)  # type: ignore[no-untyped-call]
