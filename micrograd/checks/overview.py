"""The map of the course: what is passed, tried and untouched, and the file that grows."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from micrograd.checks.card import Card, Part, card
from micrograd.checks.catalogue import all_tasks, lessons, tasks
from micrograd.checks.declare import Exercise, Question
from micrograd.checks.report import lesson_card, state_of
from micrograd.checks.store import Progress, Records, current, reason, replace

SURENESS = ("sure", "think", "guess")
FIRST_LINE = '"""My own GPT: every answer that passed. A check that passes writes it anew."""'


def progress() -> Card:
    """The map of the course, with predictions and your own file, as text and as HTML."""
    mine = current()
    records = mine.records()
    parts: list[Part | str] = []
    for number in lessons():
        chosen = list(tasks(number).values())
        parts.append(Part(share(chosen, records), f"Notebook {number}"))
        parts += lesson_card(number, chosen, records).parts
    parts.append(Part(calibration(records), "Predictions"))
    names = [task.name for task in kept(records)]
    parts.append(Part(", ".join(names) or "empty so far", "my_gpt.py"))
    return card("Your progress", "", *parts, *mine.pop_notes())


def share(chosen: Sequence[Exercise | Question], records: Records) -> str:
    """How many of a notebook's exercises are passed."""
    asked = [task for task in chosen if isinstance(task, Exercise) or task.role == "exercise"]
    passed = sum(state_of(task, records.get(task.key, {})) == "passed" for task in asked)
    return f"{passed} of {len(asked)} passed"


def calibration(records: Records) -> str:
    """One sentence on predictions: how many were right, by how sure you were."""
    scored = [
        records[task.key]
        for task in all_tasks()
        if isinstance(task, Question) and task.role == "prediction"
        if "right" in records.get(task.key, {})
    ]
    if not scored:
        return "none scored yet"
    parts = [f"{sum(bool(record['right']) for record in scored)} of {len(scored)} right"]
    for level in SURENESS:
        these = [record for record in scored if record.get("confidence") == level]
        if these:
            right = sum(bool(record["right"]) for record in these)
            parts.append(f"“{level}” was right {right} of {len(these)} times")
    return "; ".join(parts)


def kept(records: Records) -> list[Exercise]:
    """The core exercises whose answers work alone, in the order of the course."""
    return [
        task
        for task in all_tasks()
        if isinstance(task, Exercise) and task.weight == "core" and task.kind == "write"
        if isinstance(source := records.get(task.key, {}).get("source"), str) and source
    ]


def growing_file(records: Records | None = None) -> str:
    """The text of `my_gpt.py`: every kept answer, in the order of the course."""
    records = current().records() if records is None else records
    pieces = [f"{FIRST_LINE}\n\nimport math\nimport random"]
    pieces += [records[task.key]["source"] for task in kept(records)]
    return "\n\n\n".join(pieces) + "\n"


def save_growing_file(mine: Progress) -> None:
    """Write `my_gpt.py` beside the progress file, unless somebody has made it their own."""
    if mine.path is None:
        return
    path = mine.path.with_name("my_gpt.py")
    try:
        if path.exists() and not path.read_text(encoding="utf-8").startswith(FIRST_LINE):
            return
        replace(path, growing_file(mine.records()))
    except (OSError, ValueError) as error:
        mine.note(f"my_gpt.py could not be written ({reason(error)}); your answers are kept.")


def answers(number: str, records: Records) -> dict[str, Any]:
    """Every exercise up to the end of a notebook: your own answer if it is kept, else the course's.

    A kept source that no longer works makes room for the course's answer.
    """
    found: dict[str, Any] = {}
    namespace: dict[str, Any] = {"math": math, "random": random}
    up_to_here = lessons()[: lessons().index(number) + 1]
    for task in (task for lesson in up_to_here for task in tasks(lesson).values()):
        if isinstance(task, Exercise):
            source = records.get(task.key, {}).get("source")
            namespace[task.name] = task.solution
            if isinstance(source, str):
                with suppress(Exception):
                    exec(compile(source, f"<{task.key}>", "exec", dont_inherit=True), namespace)
            found[task.name] = namespace[task.name]
    return found
