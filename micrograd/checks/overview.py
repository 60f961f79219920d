"""The map of the course: what is passed, tried and untouched, and the file that grows."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.checks.assemble import pieces
from micrograd.checks.card import STYLE, Card, Part, card
from micrograd.checks.catalogue import Task, all_tasks, lessons, tasks
from micrograd.checks.declare import Question
from micrograd.checks.growing import kept
from micrograd.checks.question import CONFIDENCE
from micrograd.checks.report import is_asked, state_of
from micrograd.checks.store import Record, Records, current

# How a state is drawn: by a sign and an edge, beside its word.
MARKS = {
    "passed": ("✓", "2px solid #009E73"),
    "tried": ("◐", "2px dashed #B26B00"),
    "untouched": ("○", "1px dotted #767676"),
}


@dataclass(frozen=True)
class Row:
    """A notebook on the map: its exercises by weight, each with its state."""

    number: str
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # ("core", (("slope", "passed"),))

    @property
    def states(self) -> list[str]:
        return [state for _, exercises in self.groups for _, state in exercises]

    @property
    def is_begun(self) -> bool:
        return any(state != "untouched" for state in self.states)

    @property
    def share(self) -> str:
        begun = "" if self.is_begun else ", not begun"
        return f"{self.states.count('passed')} of {len(self.states)} passed{begun}"

    @property
    def parts(self) -> list[Part]:
        """The row in words; the exercises of a notebook that is not begun are only counted."""
        parts = [Part(self.share, f"Notebook {self.number}")]
        for weight, exercises in self.groups if self.is_begun else ():
            parts.append(Part(", ".join(f"{name} {state}" for name, state in exercises), weight))
        return parts

    @property
    def html(self) -> str:
        """The row as a bar and a mark for each exercise."""
        done = self.states.count("passed") / len(self.states)
        bar = (
            "<span aria-hidden='true' style='display:inline-block;width:9em;height:0.7em;"
            "border:1px solid #767676;border-radius:4px;margin-left:0.6em;overflow:hidden'>"
            f"<span style='display:block;width:{done:.0%};height:100%;background:#009E73'></span>"
            "</span>"
        )
        head = f"<p style='margin:0.9em 0 0.2em'><b>Notebook {self.number}:</b> {self.share} {bar}"
        if not self.is_begun:
            signs = " ".join(MARKS["untouched"][0] for _ in self.states)
            return f"{head} <span aria-hidden='true'>{signs}</span></p>"
        return head + "</p>" + "".join(group_html(*group) for group in self.groups)


def group_html(weight: str, exercises: Sequence[tuple[str, str]]) -> str:
    """The marks of some exercises: a sign, the name, the state, and an edge that repeats it."""
    marks = []
    for name, state in exercises:
        sign, edge = MARKS[state]
        style = (
            f"display:inline-block;border:{edge};border-radius:5px;padding:0 0.4em;margin:0.15em"
        )
        marks.append(
            f"<li style='{style}'><span aria-hidden='true'>{sign}</span> "
            f"<span style='font-family:monospace'>{html.escape(name)}</span> "
            f"<small>{state}</small></li>"
        )
    inside = " ".join(marks)
    marks_list = f"<ul style='display:inline;margin:0;padding:0;list-style:none'>{inside}</ul>"
    return f"<div style='margin:0.2em 0;line-height:1.9'><b>{weight}:</b> {marks_list}</div>"


@dataclass(frozen=True, repr=False)
class Map(Card):
    """A card of sentences, then rows; as a page the rows are drawn."""

    rows: tuple[Row, ...] = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        words = sum(len(row.parts) for row in self.rows)  # the last parts are the rows in words
        inside = "".join(part.html for part in self.parts[: len(self.parts) - words])
        inside += "".join(row.html for row in self.rows)
        style = f"{STYLE};padding:0.5em 0.9em;max-width:50em"
        heading = f"<p style='margin:0.2em 0'><b>{html.escape(self.heading)}</b></p>"
        page = (
            f'<div role="group" aria-label="{self.title}" style="{style}">{heading}{inside}</div>'
        )
        return {"text/html": page, "text/plain": repr(self)}


def progress() -> Map:
    """The map of the course, with predictions and your own file, as text and as HTML."""
    mine = current()
    records = mine.records()
    rows = tuple(row for number in lessons() if (row := row_of(number, records)).groups)
    whole = card(
        "Your progress",
        "",
        *mine.pop_notes(),
        Part(own_file(records), "my_gpt.py"),
        *predictions(records),
        Part(survey(records), "Survey"),
        *(part for row in rows for part in row.parts),
    )
    return Map(whole.title, whole.state, whole.parts, rows)


def row_of(number: str, records: Records) -> Row:
    asked = [task for task in tasks(number).values() if is_asked(task)]
    groups = []
    for weight in ("core", "practice", "stretch"):
        of_weight = [task for task in asked if task.weight == weight]
        states = [(task.name, state_of(task, records.get(task.key, {}))) for task in of_weight]
        if states:
            groups.append((weight, tuple(states)))
    return Row(number, tuple(groups))


# -------------------------------------------------------------------------------- what was said


def predictions(records: Records) -> list[Part]:
    """How many were right, by how sure you were; first those that surprised you most."""
    scored = [
        (task, records[task.key])
        for task in questions("prediction")
        if "right" in records.get(task.key, {})
    ]
    surprises = [
        Part(
            f"{task.task} {task.because} (Notebook {task.lesson}.)",
            "You were sure, and it is not so",
        )
        for task, record in scored
        if record.get("confidence") == "sure" and not record["right"]
    ]
    return [*surprises, Part(calibration([record for _, record in scored]), "Predictions")]


def calibration(scored: Sequence[Record]) -> str:
    """One sentence: how often each degree of confidence was right."""
    if not scored:
        return "none scored yet"
    parts = [f"{right(scored)} of {len(scored)} right"]
    for level in reversed(CONFIDENCE):
        these = [record for record in scored if record.get("confidence") == level]
        if these:
            parts.append(f"“{level}” was right {right(these)} of {len(these)} times")
    return "; ".join(parts)


def right(records: Sequence[Record]) -> int:
    return sum(bool(record.get("right")) for record in records)


def survey(records: Records) -> str:
    """What was known before the course and after it, once both are there; "" until then."""
    answered: dict[str, list[Record]] = {}
    for task in questions("survey"):
        if "answer" in records.get(task.key, {}):
            answered.setdefault(task.lesson, []).append(records[task.key])
    if len(answered) < 2:
        return ""
    parts = [
        f"{right(these)} of {len(these)} right in notebook {lesson}"
        for lesson, these in answered.items()
    ]
    return ", ".join(parts)


def questions(role: str) -> list[Question]:
    return [task for task in all_tasks() if isinstance(task, Question) and task.role == role]


def own_file(records: Records) -> str:
    """How far the growing file is, and which piece comes next."""
    mine, wanted = kept(records), pieces()
    there = ", ".join(task.name for task in mine)
    text = f"{len(mine)} of {len(wanted)} pieces" + (f": {there}." if mine else ", empty so far.")
    missing: list[Task] = [task for task in wanted if task not in mine]
    if missing:
        text += f" Next: {missing[0].name}, in notebook {missing[0].lesson}."
    return text
