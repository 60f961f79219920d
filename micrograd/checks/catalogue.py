"""Finds what is declared: the lessons in their order, and a task by its lesson and name."""

from __future__ import annotations

import ast
import importlib
import math
import pkgutil
import random
from functools import cache
from typing import Any

from micrograd.checks import exercises
from micrograd.checks.declare import Exercise, Given, Question

Task = Exercise | Question


@cache
def lessons() -> tuple[str, ...]:
    """The numbers of the notebooks that have exercises, in the order of the course."""
    names = (module.name for module in pkgutil.iter_modules(exercises.__path__))
    return tuple(sorted(name[9:] for name in names if name.startswith("notebook_")))


def tasks(lesson: str) -> dict[str, Task]:
    """What one notebook asks, by name and in its order."""
    return {name: task for name, task in declared(lesson).items() if not isinstance(task, Given)}


@cache
def declared(lesson: str) -> dict[str, Task | Given]:
    """What one notebook asks and gives, by name and in its order."""
    if lesson not in lessons():
        raise ValueError(
            f"No exercises are declared for notebook {lesson!r}; there are some for "
            f"{', '.join(lessons())}."
        )
    module = importlib.import_module(f"{exercises.__name__}.notebook_{lesson}")
    return {task.name: task for task in module.TASKS}


def find(lesson: str, name: str) -> Task | Given:
    """What is called `name` in that lesson."""
    known = declared(lesson)
    if name not in known:
        there_are = ", ".join(known) or "none"
        raise ValueError(f"Notebook {lesson} has no exercise called {name!r}; it has {there_are}.")
    return known[name]


def all_tasks() -> list[Task]:
    return [task for lesson in lessons() for task in tasks(lesson).values()]


def whole_course() -> list[Task | Given]:
    """All that is asked and given, from the first notebook to the last."""
    return [task for lesson in lessons() for task in declared(lesson).values()]


def earlier(exercise: Exercise) -> dict[str, Any]:
    """What an answer may use: `math`, `random`, what is given and the solutions before it."""
    found: dict[str, Any] = {"math": math, "random": random}
    for task in whole_course():
        if task.key == exercise.key:
            break
        if isinstance(task, Exercise):
            found[task.name] = task.solution
        elif isinstance(task, Given):
            run_given(task, found)
    return found


def home_of(name: str, number: str) -> str:
    """The last notebook up to `number` that asks for a function of that name or gives it, or ""."""
    found = ""
    for lesson in lessons()[: lessons().index(number) + 1]:
        for task in declared(lesson).values():
            made = [task.name] if isinstance(task, Exercise) else []
            if name in (names_made(task.text) if isinstance(task, Given) else made):
                found = lesson
    return found


def names_made(text: str) -> list[str]:
    """The names that a text defines, its classes, functions and variables, as they come."""
    made = []
    for line in ast.parse(text).body:
        if isinstance(line, ast.ClassDef | ast.FunctionDef):
            made.append(line.name)
        elif isinstance(line, ast.Assign):
            made += [target.id for target in line.targets if isinstance(target, ast.Name)]
        elif isinstance(line, ast.Import | ast.ImportFrom):
            made += [(one.asname or one.name).split(".")[0] for one in line.names]
    return list(dict.fromkeys(made))


def run_given(given: Given, namespace: dict[str, Any]) -> None:
    """Define in `namespace` what the course gives there; a package that is missing is None."""
    try:
        exec(compile(given.text, f"<{given.key}>", "exec", dont_inherit=True), namespace)
    except ImportError:  # whoever needs it sees the error in the notebook's own cell
        namespace |= dict.fromkeys(names_made(given.text))
