"""The learner's own file, `my_gpt.py`: which answers are in it, and how they come back.

An answer is kept once it passes in a namespace of its own, as a text in the progress file, and that
file may be anybody's. So a text is checked again before it goes into `my_gpt.py` or back into a
notebook. `assemble` puts the file together; here it is written.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from micrograd.checks.assemble import assembled, is_complete, is_unchanged, pieces
from micrograd.checks.catalogue import declared, earlier, lessons, names_made, run_given
from micrograd.checks.declare import Exercise, Given
from micrograd.checks.judge import works
from micrograd.checks.store import Progress, Records, current, merged, reason, replace

checked: dict[tuple[str, int, str], bool] = {}  # by exercise and source: whether it passes alone


def passes(task: Exercise, source: object) -> bool:
    """Whether a kept source is an answer that passes alone; each is tried once in a process."""
    if not isinstance(source, str) or not source:
        return False
    key = task.key, id(task), source
    if key not in checked:
        checked[key] = works(task, source, earlier(task))
    return checked[key]


def kept(records: Records) -> list[Exercise]:
    """The pieces that are there: their answers work alone."""
    return [task for task in pieces() if passes(task, records.get(task.key, {}).get("source"))]


def sources(records: Records) -> dict[str, str]:
    """The texts of these answers, by key."""
    return {task.key: records[task.key]["source"] for task in kept(records)}


def growing_file(records: Records | None = None) -> str:
    """The text of `my_gpt.py`: every kept answer, and what it was given, in the course's order."""
    return assembled(sources(current().records() if records is None else records))


def save_growing_file(mine: Progress, complete: bool = False) -> None:
    """Write `my_gpt.py` beside the progress file, unless somebody has made it their own.

    A file that is a whole program stays one: its gaps are filled with the course's answers.
    """
    if mine.path is None:
        return
    path = mine.path.with_name("my_gpt.py")
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before and not is_unchanged(before):
            return
        records = merged(mine.found(), mine.memory)
        replace(path, assembled(sources(records), complete or is_complete(before)))
    except (OSError, ValueError) as error:
        mine.note(f"my_gpt.py could not be written ({reason(error)}); your answers are kept.")


def answers(
    number: str, records: Records, notebook: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str]]:
    """All that is asked and given up to the end of a notebook, and the names of your own answers.

    A kept source is checked before it is used, under the guard: it may be from a file that was
    imported, or older than the exercise. One that does not pass makes room for the course's answer.
    What is given and was made in `notebook` already is not made a second time.
    """
    found: dict[str, Any] = {}
    own = set()
    here = notebook.get("__name__", "builtins")
    namespace: dict[str, Any] = {"__name__": here, "math": math, "random": random}
    up_to_here = lessons()[: lessons().index(number) + 1]
    for task in (task for lesson in up_to_here for task in declared(lesson).values()):
        if isinstance(task, Given):
            names = names_made(task.text)
            if names and all(made_in(here, notebook.get(name)) for name in names):
                namespace |= {name: notebook[name] for name in names}
            else:
                run_given(task, namespace)
            found |= {name: namespace[name] for name in names}
        elif isinstance(task, Exercise):
            source = records.get(task.key, {}).get("source")
            if isinstance(source, str) and works(task, source, namespace):
                own.add(task.name)
            else:
                namespace[task.name] = task.solution
            found[task.name] = namespace[task.name]
    return found, own


def made_in(module: str, thing: Any) -> bool:
    """Whether a thing is a class or function of that module, and none that it imported."""
    return isinstance(thing, type | FunctionType) and thing.__module__ == module


def taken(number: str, found: Mapping[str, Any], notebook: Mapping[str, Any]) -> list[str]:
    """The names of what is given that stand for something else in a notebook."""
    up_to_here = lessons()[: lessons().index(number) + 1]
    given = [task for lesson in up_to_here for task in declared(lesson).values()]
    names = [name for task in given if isinstance(task, Given) for name in names_made(task.text)]
    return [name for name in names if notebook.get(name, found[name]) is not found[name]]
