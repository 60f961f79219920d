"""Pictures that a reader moves: sliders, choices, and a player for things that happen in steps.

A picture of the course is a plain function of its data. An explorer is a thin shell around one: it
calls the function again whenever a control moves. Where nothing can move, because a notebook is
being built, read as a web page, or ipywidgets is missing, the same call gives pictures that stand.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from micrograd.viz.picture import Card, Picture, Strip, is_static

Drawing = Picture | Card

SECONDS_A_STEP = 0.8  # of a player that plays


@dataclass(frozen=True)
class Slider:
    """A number between two ends; the label stands before it and the number behind."""

    label: str
    low: float
    high: float
    start: float
    step: float = 0.1

    def __post_init__(self) -> None:
        if not (self.low < self.high and self.low <= self.start <= self.high and self.step > 0):
            raise ValueError(
                f"The slider {self.label!r} goes from {self.low} to {self.high} in steps of "
                f"{self.step} and starts at {self.start}; expected low <= start <= high, step > 0."
            )

    def widget(self, widgets: Any) -> Any:
        whole = all(float(x).is_integer() for x in (self.low, self.high, self.start, self.step))
        kind = widgets.IntSlider if whole else widgets.FloatSlider
        number = int if whole else float
        digits = max(0, len(f"{self.step:.6f}".rstrip("0").partition(".")[2]))
        return kind(
            value=number(self.start),
            min=number(self.low),
            max=number(self.high),
            step=number(self.step),
            description=self.label,
            readout_format="d" if whole else f".{digits}f",
            style={"description_width": "initial"},
            layout={"width": "100%", "max_width": "36em"},
        )


@dataclass(frozen=True)
class Choice:
    """One of some texts or numbers, or of the values of a dict whose keys are shown.

    They are buttons, and no list to open: in a list that has the focus, JupyterLab takes the arrow
    keys for its own commands.
    """

    label: str
    options: Sequence[Any] | Mapping[str, Any]
    first: int = 0  # which of them it starts with

    @property
    def start(self) -> Any:
        values = self.options.values() if isinstance(self.options, Mapping) else self.options
        return list(values)[self.first]

    def widget(self, widgets: Any) -> Any:
        is_mapping = isinstance(self.options, Mapping)
        return widgets.ToggleButtons(
            options=list(self.options.items()) if is_mapping else list(self.options),  # type: ignore[union-attr]
            value=self.start,
            description=self.label,
            style={"description_width": "initial"},
        )


@dataclass(frozen=True)
class Words:
    """A line of text that the reader writes; the picture follows when Enter is pressed."""

    label: str
    start: str

    def widget(self, widgets: Any) -> Any:
        return widgets.Text(
            value=self.start,
            description=self.label,
            continuous_update=False,
            style={"description_width": "initial"},
        )


Control = Slider | Choice | Words


def explore(
    picture: Callable[..., Drawing],
    *,
    stills: Sequence[Mapping[str, Any]] | None = None,
    **controls: Control,
) -> Any:
    """A picture with controls: `picture` is called with what they show, by keyword.

    Where nothing moves, the picture is drawn once for each of `stills`, dicts of the arguments that
    differ from the controls' starts, and once at the starts if there are none.

        explore(lambda x: bars(x), x=Slider("x", -2, 2, 0.5), stills=[{"x": -1}, {"x": 1}])
    """
    start = {name: control.start for name, control in controls.items()}
    if not can_move():
        return standing([picture(**{**start, **still}) for still in stills or [{}]])
    import ipywidgets as widgets

    shown = {name: control.widget(widgets) for name, control in controls.items()}
    screen = widgets.HTML()

    def draw(change: object = None) -> None:
        given = {name: widget.value for name, widget in shown.items()}
        screen.value = screen_text(lambda: picture(**given))

    for widget in shown.values():
        widget.observe(draw, names="value")
    draw()
    return widgets.VBox([*shown.values(), screen])


def play(
    picture: Callable[[int], Drawing],
    count: int,
    *,
    label: str = "step",
    stills: Sequence[int] | None = None,
) -> Any:
    """Pictures 0 to `count` - 1 by slider, by buttons (back, on) or playing; each is drawn once.

    Where nothing moves, the pictures whose numbers are in `stills` stand side by side, or else all.
    """
    if count < 1:
        raise ValueError(f"There must be a picture at least, and count is {count}.")
    if not can_move():
        return standing([picture(i) for i in (range(count) if stills is None else stills)])
    import ipywidgets as widgets

    slider = Slider(label, 0, max(count - 1, 1), 0, 1).widget(widgets)
    slider.max = count - 1
    player = widgets.Play(
        min=0, max=count - 1, interval=int(1000 * SECONDS_A_STEP), description=f"play {label}"
    )
    back = widgets.Button(description="back", tooltip=f"one {label} back")
    on = widgets.Button(description="on", tooltip=f"one {label} on")
    screen = widgets.HTML()
    drawn = cache(lambda i: screen_text(lambda: picture(i)))

    def draw(change: object = None) -> None:
        screen.value = drawn(slider.value)

    back.on_click(lambda _: setattr(slider, "value", max(slider.value - 1, 0)))
    on.on_click(lambda _: setattr(slider, "value", min(slider.value + 1, count - 1)))
    slider.observe(draw, names="value")
    box = widgets.VBox([widgets.HBox([player, back, on]), slider, screen])
    box.link = widgets.link((player, "value"), (slider, "value"))  # kept alive with the box
    draw()
    return box


def can_move() -> bool:
    """Whether controls can be shown: not in static mode, and not without ipywidgets."""
    if is_static():
        return False
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return True


def standing(drawings: Sequence[Drawing]) -> Drawing | Strip:
    """One picture as it is, several side by side."""
    return drawings[0] if len(drawings) == 1 else Strip(tuple(drawings))


def screen_text(draw: Callable[[], Drawing]) -> str:
    """The HTML of a drawing, or the sentence of the error that drawing it ended in."""
    try:
        return f'<div aria-live="polite">{draw().html}</div>'
    except Exception as error:  # the function may be the reader's
        return f"<p role='status'>{html.escape(f'{type(error).__name__}: {error}')}</p>"
