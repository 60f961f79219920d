"""How an exercise is declared: once, with all that a check, a hint and a notebook need of it.

There are two forms. An `Exercise` is a function that the learner writes. A `Question` is answered
with a number or with letters, and serves as a small exercise, as a prediction, for recall and in
the survey. Both know the wrong answers that people really give, each with a name and a hint. What
the course gives to the learner's own file, and nobody is asked to write, is a `Given`.
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
Role = Literal["exercise", "prediction", "recall", "survey"]


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
    kind: Literal["write", "complete", "repair"] = "write"
    given: Callable[..., Any] | None = None  # to complete: with gaps, `...`; to repair: with a bug
    accepts: Callable[[Any, Any], bool] | None = None  # (expected, got), if not near equality
    observe: Callable[[Any, Any], Any] | None = None  # (result, inputs after it) -> what counts
    observed: str = ""  # what that is, in words: "the gradients after the call"
    calls: int = 1  # with the same inputs; if more than one, `observe` is given a list of results

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
    confidence: bool = False  # whether a prediction's controls ask how sure one is

    @property
    def key(self) -> str:
        return f"{self.lesson}/{self.name}"

    @property
    def misconceptions(self) -> tuple[WrongAnswer, ...]:
        return self.wrong


@dataclass(frozen=True, kw_only=True)
class Given:
    """Python text that the course gives, such as a class that later answers use.

    It belongs to every answer that comes after it, and to the learner's own file. A value made by
    its class meets values that a check made by the course's: tell them by their attributes, as
    `hasattr(x, "data")` does, and not by `isinstance`.
    """

    lesson: str
    name: str
    text: str

    @property
    def key(self) -> str:
        return f"{self.lesson}/{self.name}"


# ------------------------------------------------------------------------ what a notebook shows


def source_of(function: Callable[..., Any], name: str) -> str:
    """The text of a function, under the name `name`."""
    text = textwrap.dedent(inspect.getsource(function)).rstrip()
    return text.replace(f"def {function.__name__}(", f"def {name}(", 1)


def cell_text(task: Exercise | Question | Given, solved: bool) -> str:
    """The cell of an exercise: for the author's notebook solved, for the learner's not.

    A stub is the signature, the docstring and `...`; a function to complete comes with its gaps,
    one to repair with its bug. What is given is the same for both.
    """
    if isinstance(task, Given):
        return task.text.strip("\n")
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


class Dice(Random):
    """Random numbers from a seed that is shown, so that a card can show the call that failed.

    >>> Dice(7), Dice(7).random() == Random(7).random()
    (random.Random(7), True)
    """

    def __init__(self, first: int = 0) -> None:
        super().__init__(first)
        self.first = first

    def __reduce__(self) -> Any:
        return type(self), (self.first,), self.getstate()

    def __repr__(self) -> str:
        return f"random.Random({self.first})"
