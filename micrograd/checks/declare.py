"""How an exercise is declared: once, with all that a check, a hint and a notebook need of it.

There are two forms. An `Exercise` is a function that the learner writes. A `Question` is answered
with a number or with letters, and serves as a small exercise, as a prediction and for recall.
Both know the wrong answers that people really give, each with a name and a hint.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

Weight = Literal["core", "practice", "stretch"]
Role = Literal["exercise", "prediction", "recall"]


@dataclass(frozen=True)
class Misconception:
    """A wrong function that people really write."""

    name: str
    hint: str  # leads on without giving the answer away
    wrong: Callable[..., Any]
    also: tuple[Callable[..., Any], ...] = ()  # the same mistake in other clothes

    @property
    def forms(self) -> tuple[Callable[..., Any], ...]:
        return (self.wrong, *self.also)


@dataclass(frozen=True)
class WrongAnswer:
    """The same for a question: the answers by which the mistake is known."""

    name: str
    hint: str
    answers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A function to write, to complete or to repair; its name is that of its solution."""

    lesson: str  # "03b"
    solution: Callable[..., Any]  # needs only builtins, math, random and earlier answers
    minutes: int
    difficulty: int  # 1 to 3
    task: str
    hints: tuple[str, ...]  # in steps, the last one nearly there
    misconceptions: tuple[Misconception, ...]
    cases: tuple[tuple[Any, ...], ...]  # arguments, with numbers that are easy to follow
    fresh: Callable[[Random], tuple[Any, ...]]  # arguments that nobody has seen before
    why: Callable[..., str]  # from the arguments: where the expected result comes from
    holds: str  # what a passed check has shown
    weight: Weight = "core"
    kind: Literal["write", "repair"] = "write"
    given: Callable[..., Any] | None = None  # for "repair": the function with the bug
    accepts: Callable[[Any, Any], bool] | None = None  # (expected, got), if not near equality

    @property
    def name(self) -> str:
        return self.solution.__name__

    @property
    def key(self) -> str:
        return f"{self.lesson}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question whose answer is a number or some letters.

    With kind "choose" the order of the letters does not matter; with "order" and "match" it does.
    """

    lesson: str
    name: str
    kind: Literal["number", "choose", "order", "match"]
    minutes: int
    difficulty: int
    task: str
    answer: str
    because: str  # one sentence, shown once the answer is right or a prediction is scored
    wrong: tuple[WrongAnswer, ...]
    options: tuple[tuple[str, str], ...] = ()  # letter and text
    hints: tuple[str, ...] = ()
    weight: Weight = "practice"
    role: Role = "exercise"
    tolerance: float = 0.0  # for numbers

    @property
    def key(self) -> str:
        return f"{self.lesson}/{self.name}"

    @property
    def misconceptions(self) -> tuple[WrongAnswer, ...]:
        return self.wrong


# ------------------------------------------------------------------------ what a notebook shows


def source_of(function: Callable[..., Any], name: str) -> str:
    """The text of a function, under the name `name`."""
    text = textwrap.dedent(inspect.getsource(function)).rstrip()
    return text.replace(f"def {function.__name__}(", f"def {name}(", 1)


def cell_text(task: Exercise | Question, solved: bool) -> str:
    """The cell of an exercise: for the author's notebook solved, for the learner's not.

    A stub is the signature, the docstring and `...`; a function to repair comes with its bug.
    """
    first = f"# exercise: {task.name}\n"
    if isinstance(task, Question):
        method = "predict" if task.role == "prediction" else "answer"
        given = f'"{task.answer}"' if solved else "..."
        return f'{first}lesson.{method}("{task.name}", {given})'
    if solved:
        return first + source_of(task.solution, task.name)
    if task.given is not None:
        return first + source_of(task.given, task.name)
    return first + stub(task)


def stub(exercise: Exercise) -> str:
    """Signature, docstring and `...`."""
    text = source_of(exercise.solution, exercise.name)
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    docstring = function.body[0]
    lines = text.splitlines()[: docstring.end_lineno]
    return "\n".join([*lines, " " * docstring.col_offset + "..."])


# ---------------------------------------------------------------------------- functions as inputs


class Formula:
    """A function that shows its own text, so that a card can show the call that failed.

    >>> f = Formula("x", "x ** 2 + 1")
    >>> f, f(3.0)
    (lambda x: x ** 2 + 1, 10.0)
    """

    def __init__(self, parameters: str, expression: str) -> None:
        self.text = f"lambda {parameters}: {expression}"
        self.function = eval(self.text, {"math": math})

    def __call__(self, *inputs: Any) -> Any:
        return self.function(*inputs)

    def __repr__(self) -> str:
        return self.text
