"""Finds what is declared: the lessons in their order, and a task by its lesson and name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from micrograd.checks import exercises
from micrograd.checks.declare import Exercise, Question

Task = Exercise | Question


@cache
def lessons() -> tuple[str, ...]:
    """The numbers of the notebooks that have exercises, in the order of the course."""
    names = (module.name for module in pkgutil.iter_modules(exercises.__path__))
    return tuple(sorted(name[9:] for name in names if name.startswith("notebook_")))


@cache
def tasks(lesson: str) -> dict[str, Task]:
    """The tasks of one notebook by name, in the order in which it asks."""
    if lesson not in lessons():
        raise ValueError(
            f"No exercises are declared for notebook {lesson!r}; there are some for "
            f"{', '.join(lessons())}."
        )
    module = importlib.import_module(f"{exercises.__name__}.notebook_{lesson}")
    return {task.name: task for task in module.TASKS}


def find(lesson: str, name: str) -> Task:
    """The task called `name` in that lesson."""
    known = tasks(lesson)
    if name not in known:
        raise ValueError(
            f"Notebook {lesson} has no exercise called {name!r}; it has {', '.join(known)}."
        )
    return known[name]


def all_tasks() -> list[Task]:
    return [task for lesson in lessons() for task in tasks(lesson).values()]


def earlier(exercise: Exercise) -> dict[str, Callable[..., Any]]:
    """The solutions of all exercises before this one, which an answer may call."""
    found: dict[str, Callable[..., Any]] = {}
    for task in all_tasks():
        if task.key == exercise.key:
            break
        if isinstance(task, Exercise):
            found[task.name] = task.solution
    return found
