"""The learner's own file, `my_gpt.py`: which answers are in it, and how they come back.

An answer is kept once it passes in a namespace of its own. The file holds the core answers and what
the course gave for them; after a restart all of them can be brought back into a notebook.
"""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any

from micrograd.checks.catalogue import (
    all_tasks,
    declared,
    lessons,
    names_made,
    run_given,
    whole_course,
)
from micrograd.checks.declare import Exercise, Given
from micrograd.checks.judge import works
from micrograd.checks.store import Progress, Records, current, merged, reason, replace

FIRST_LINE = '"""My own GPT: every answer that passed. A check that passes writes it anew."""'


def pieces() -> list[Exercise]:
    """The answers that the file is made of, in the order of the course."""
    return [
        task
        for task in all_tasks()
        if isinstance(task, Exercise) and task.weight == "core" and task.kind != "repair"
    ]


def kept(records: Records) -> list[Exercise]:
    """The pieces that are there: their answers work alone."""
    return [
        task
        for task in pieces()
        if isinstance(source := records.get(task.key, {}).get("source"), str) and source
    ]


def growing_file(records: Records | None = None) -> str:
    """The text of `my_gpt.py`: every kept answer, and what it was given, in the course's order."""
    records = current().records() if records is None else records
    pieces = [f"{FIRST_LINE}\n\nimport math\nimport random"]
    mine = kept(records)
    for task in whole_course():
        if isinstance(task, Given) and is_wanted(task, mine):
            pieces.append(task.text.strip("\n"))
        elif task in mine:
            pieces.append(records[task.key]["source"])
    return "\n\n\n".join(pieces) + "\n"


def is_wanted(given: Given, mine: Sequence[Exercise]) -> bool:
    """Whether a given text belongs in the file: an answer from then on is there, and all it names.

    So the class Value arrives with the first answer of its notebook, and the lines that attach
    operators to it when the last of these is written.
    """
    order = lessons()
    reached = any(order.index(task.lesson) >= order.index(given.lesson) for task in mine)
    named = {node.id for node in ast.walk(ast.parse(given.text)) if isinstance(node, ast.Name)}
    needed = {task.name for task in all_tasks() if isinstance(task, Exercise)} & named
    return reached and needed <= {task.name for task in mine}


def save_growing_file(mine: Progress) -> None:
    """Write `my_gpt.py` beside the progress file, unless somebody has made it their own."""
    if mine.path is None:
        return
    path = mine.path.with_name("my_gpt.py")
    try:
        if path.exists() and not path.read_text(encoding="utf-8").startswith(FIRST_LINE):
            return
        replace(path, growing_file(merged(mine.found(), mine.memory)))
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
