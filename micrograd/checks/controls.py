"""Buttons and boxes for questions, so that a click answers as well as a typed argument.

`asked` and `form` dress a card in controls. The card stays inside: a front end that shows no
widgets, a terminal and a web page show it instead. Every control has a label and works by keyboard,
and what comes of it is a card below, which a screen reader announces. There are no lists to choose
from: in one that has the focus, JupyterLab takes arrows and letters for its own commands, and an x
cuts the cell. Only what ipywidgets 7.7 and 8 both have is used.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from micrograd.checks.card import Card, card
from micrograd.checks.declare import Question
from micrograd.checks.question import CONFIDENCE, is_single
from micrograd.checks.store import is_static

VIEW = "application/vnd.jupyter.widget-view+json"

# A button or a box whose text may need two lines, and code that is read as code.
STYLE = """<style>
.micrograd-option { white-space: normal !important; height: auto !important; line-height: 1.4;
  min-height: 2.2em; padding: 0.3em 0.8em; text-align: left !important; max-width: 50em; }
.micrograd-tick, .micrograd-tick label, .micrograd-tick span { white-space: normal !important;
  height: auto !important; line-height: 1.6; }
</style>"""
FULL = {"width": "100%", "max_width": "50em"}
WIDE = {"width": "auto", "min_width": "12em", "max_width": "50em"}


@dataclass(frozen=True, repr=False)
class Live(Card):
    """A card with controls, shown by a notebook that can show them."""

    box: Any = None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return super()._repr_mimebundle_() | {VIEW: view}


@dataclass(frozen=True)
class Field:
    """A control for one answer: what is shown, and what it says now ("" for nothing)."""

    widget: Any
    read: Callable[[], str]


def can_click() -> bool:
    """Whether controls can be shown: in a notebook that is not static and has ipywidgets."""
    if is_static():
        return False
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


# ------------------------------------------------------------------------------ one question


def asked(
    question: Question,
    text: Card,
    submit: Callable[[str, str | None], Card],
    answered: str = "",
    confidence: str | None = None,
) -> Live:
    """A question with its controls.

    `submit(answer, confidence)` gives the card that says how it went. `text` is the card without
    controls; it stands below them from the start if the question is already answered.
    """
    import ipywidgets as widgets

    below = screen(text if answered else None)
    task = widgets.HTML(STYLE + page(card(question.name, "", question.task), loud=False))
    said = {"answer": answered, "sure": confidence or ""}

    def tell(answer: str) -> None:
        said["answer"] = answer
        below.value = page(submit(answer, said["sure"] or None))

    def confide(level: str) -> None:
        said["sure"] = level
        if said["answer"]:
            tell(said["answer"])
        else:
            below.value = page(card(question.name, "", f"{level}. And your prediction?"))

    if is_single(question):
        inside = [widgets.VBox(choice_buttons(named(question.options), answered, tell))]
    else:
        field = field_of(question, answered, "Your answer")
        verb = "Keep my prediction" if question.role == "prediction" else "Check"
        inside = [field.widget, push_button(verb, lambda: tell(field.read()))]
    if question.confidence:
        levels = choice_buttons({level: level for level in CONFIDENCE}, said["sure"], confide)
        inside.append(widgets.HBox([widgets.Label("How sure, if you like:"), *levels]))
    return live(text, [task, *inside, below])


def choice_buttons(texts: dict[str, str], chosen: str, tell: Callable[[str], None]) -> list[Any]:
    """A button for each text; the one that was pressed last has a tick."""
    buttons: dict[str, Any] = {}

    def choose(name: str) -> None:
        for other, button in buttons.items():
            button.icon = "check" if other == name else ""
        tell(name)

    for name, text in texts.items():
        buttons[name] = push_button(text, partial(choose, name))
        buttons[name].icon = "check" if name == chosen else ""
        buttons[name].add_class("micrograd-option")
    return list(buttons.values())


def push_button(text: str, press: Callable[[], object]) -> Any:
    import ipywidgets as widgets

    layout = {"width": "max-content", "flex": "0 0 auto", "max_width": "100%"}
    button = widgets.Button(description=text, tooltip=text, layout=layout)
    button.on_click(lambda _: press())
    return button


# ----------------------------------------------------------------------------- many questions


def form(
    questions: Sequence[Question],
    text: Card,
    submit: Callable[[list[str]], Card],
    answered: Sequence[str],
    verb: str,
) -> Live:
    """Questions below each other, each of which may be left out, and one button for all."""
    import ipywidgets as widgets

    below = screen(None)
    fields, rows = [], []
    for number, (question, before) in enumerate(zip(questions, answered, strict=True), start=1):
        fields.append(field_of(question, before, f"Answer {number}"))
        task = f"<p style='max-width:50em'>{number}. {html.escape(question.task)}</p>"
        rows += [widgets.HTML(task), fields[-1].widget]

    def send() -> None:
        below.value = page(submit([field.read() for field in fields]))

    heading = widgets.HTML(f"{STYLE}<b>{html.escape(text.heading)}</b>")
    return live(text, [heading, *rows, push_button(verb, send), below])


# ------------------------------------------------------------------------------------- fields


def field_of(question: Question, answered: str, label: str) -> Field:
    """The control for an answer of this question's kind."""
    if is_single(question):
        return one_of(question, answered)
    if question.kind == "choose":
        return checkboxes(question, answered)
    if question.kind == "order":
        return ordering(question, answered)
    if question.kind == "match":
        return matching(question, answered)
    return text_box(label, answered)


def text_box(label: str, answered: str, indent: str = "initial") -> Field:
    import ipywidgets as widgets

    style = {"description_width": indent}
    box = widgets.Text(
        value=answered,
        description=label,
        style=style,
        layout=WIDE,
        continuous_update=False,  # one message on leaving it, which a click cannot overtake
    )
    return Field(box, lambda: str(box.value).strip())


def one_of(question: Question, answered: str) -> Field:
    import ipywidgets as widgets

    chosen = [answered]
    buttons = choice_buttons(named(question.options), answered, lambda name: set_to(chosen, name))
    return Field(widgets.VBox(buttons), lambda: chosen[0])


def set_to(chosen: list[str], name: str) -> None:
    chosen[0] = name


def checkboxes(question: Question, answered: str) -> Field:
    import ipywidgets as widgets

    boxes = {}
    for letter, text in named(question.options).items():
        box = widgets.Checkbox(
            value=letter in answered.split(), description=text, indent=False, layout=FULL
        )
        box.add_class("micrograd-tick")
        boxes[letter] = box
    return Field(
        widgets.VBox(list(boxes.values())),
        lambda: " ".join(letter for letter, box in boxes.items() if box.value),
    )


def matching(question: Question, answered: str) -> Field:
    """The partners in a list, and a box for each thing that wants one."""
    import ipywidgets as widgets

    wanted = question.answer.split()
    partners = [option for option in question.options if option[0].isdigit() == wanted[0].isdigit()]
    things = [option for option in question.options if option not in partners]
    labels = list(named(things).values())
    if len(labels) != len(wanted):
        labels = [f"Answer {number}" for number in range(1, len(wanted) + 1)]
    before = answered.split() if len(answered.split()) == len(wanted) else [""] * len(wanted)
    indent = f"{0.6 * max(map(len, labels)):.1f}em"
    fields = [text_box(label, one, indent) for label, one in zip(labels, before, strict=True)]
    lines = "<br>".join(map(html.escape, named(partners).values()))

    def read() -> str:
        answers = [field.read() for field in fields]
        return " ".join(answers) if all(answers) else ""

    return Field(widgets.VBox([widgets.HTML(lines), *(field.widget for field in fields)]), read)


def ordering(question: Question, answered: str) -> Field:
    """The lines below each other, each with a button that moves it up and one that moves it down.

    The focus goes with the line, so that pressing once more moves it on. (ipywidgets 7 cannot move
    the focus; there it stays at the place that the line has left.)
    """
    import ipywidgets as widgets

    texts = dict(question.options)
    order = answered.split() if sorted(answered.split()) == sorted(texts) else list(texts)
    spoken = widgets.HTML('<div role="status"></div>')

    def move(here: int, by: int) -> None:
        there = min(max(here + by, 0), len(order) - 1)
        order.insert(there, order.pop(here))
        write()
        place = f"{texts[order[there]]} is line {there + 1} of {len(order)}"
        spoken.value = f'<div role="status">{html.escape(place)}</div>'
        pressed = rows[there].children[0 if by < 0 else 1]
        if hasattr(pressed, "focus"):
            pressed.focus()

    def write() -> None:
        for row, letter in zip(rows, order, strict=True):
            up, down, line = row.children
            up.tooltip, down.tooltip = f"up: {texts[letter]}", f"down: {texts[letter]}"
            line.value = f"{letter} <code>{html.escape(texts[letter])}</code>"

    rows = [
        widgets.HBox(
            [
                push_button("up", partial(move, here, -1)),
                push_button("down", partial(move, here, 1)),
                widgets.HTML(),
            ]
        )
        for here in range(len(order))
    ]
    write()
    return Field(widgets.VBox([*rows, spoken]), lambda: " ".join(order))


def named(options: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each option by its letter, with the letter before it."""
    return {letter: f"{letter}. {text}" for letter, text in options}


# ------------------------------------------------------------------------------------- screen


def live(text: Card, rows: Sequence[Any]) -> Live:
    import ipywidgets as widgets

    return Live(text.title, text.state, text.parts, widgets.VBox(list(rows)))


def screen(what: Card | None) -> Any:
    """The place below the controls where a card says what came of them."""
    import ipywidgets as widgets

    return widgets.HTML(page(what) if what else '<div role="status"></div>')


def page(what: Card, loud: bool = True) -> str:
    """The card as HTML; one that is not loud is part of the page and is not announced."""
    text = str(what._repr_mimebundle_()["text/html"])
    return text if loud else text.replace('role="status"', 'role="group"', 1)
