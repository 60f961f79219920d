"""Understand and score what is answered to a question: a number, or letters."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Any

from micrograd.checks.declare import Question, WrongAnswer
from micrograd.checks.values import Other, plain

CONFIDENCE = ("guess", "think", "sure")

FORMS = {
    "number": 'a number, as lesson.{method}("{name}", 1.5)',
    "one": 'the letter of your choice, as lesson.{method}("{name}", "A")',
    "choose": 'all the letters that fit, as lesson.{method}("{name}", "A C")',
    "order": 'the parts in their order with spaces between, as lesson.{method}("{name}", "2 1")',
    "match": 'one part for each in order with spaces between, as lesson.{method}("{name}", "2 1")',
}


@dataclass(frozen=True)
class Score:
    """How an answer did. `text` is the answer as it was understood, "" if it was not."""

    right: bool
    text: str
    mistake: WrongAnswer | None = None


def understood(question: Question, given: Any) -> str:
    """The answer in its normal form, "" for something that is no answer.

    Letters may be given as "a c", "A, C", "AC" or ["A", "C"].
    """
    given = readable(given)
    if question.kind == "number":
        return number_text(given)
    if isinstance(given, (list, tuple)):
        given = " ".join(str(item) for item in map(letter, given))
    given = letter(given)
    if not isinstance(given, str):
        return ""
    marks = re.findall(r"[A-Z]|\d+|[^\s,;A-Z\d]", given.upper())
    if question.options and not set(marks) <= {mark for mark, _ in question.options}:
        return ""
    return " ".join(sorted(set(marks)) if question.kind == "choose" else marks)


def readable(given: Any) -> Any:
    """What was given as numbers, lists and texts, whatever it is."""
    try:
        return plain(given)
    except Exception:  # a number that no float can hold, or an object that raises
        return Other(type(given).__name__)


def letter(item: Any) -> Any:
    """Numbers as labels: 2.0 is the label 2."""
    if isinstance(item, float) and math.isfinite(item) and item == int(item):
        return str(int(item))
    return item if isinstance(item, str) else repr(item) if isinstance(item, Other) else None


def number_text(given: Any) -> str:
    if isinstance(given, str):
        try:
            given = float(given.strip().replace("−", "-"))
        except ValueError:
            return ""
    if isinstance(given, bool) or not isinstance(given, Real) or not math.isfinite(given):
        return ""
    return f"{float(given):.10g}"


def score(question: Question, given: Any) -> Score:
    """Right, or wrong in a known way, or wrong."""
    text = understood(question, given)
    if not text:
        return Score(False, "")
    if same_answer(question, text, question.answer):
        return Score(True, text)
    for mistake in question.wrong:
        if any(same_answer(question, text, wrong, exactly=True) for wrong in mistake.answers):
            return Score(False, text, mistake)
    return Score(False, text)


def same_answer(question: Question, text: str, other: str, exactly: bool = False) -> bool:
    if question.kind != "number":
        return text == understood(question, other)
    tolerance = 1e-9 if exactly else max(question.tolerance, 1e-9)
    return math.isclose(float(text), float(other), rel_tol=1e-9, abs_tol=tolerance)


def is_single(question: Question) -> bool:
    """Whether exactly one option is to be chosen."""
    return question.kind == "choose" and len(question.answer) == 1


def how_to_answer(question: Question) -> str:
    method = "predict" if question.role == "prediction" else "answer"
    kind = "one" if is_single(question) else question.kind
    form = FORMS[kind].format(name=question.name, method=method)
    return f"Answer with {form}."


def option_text(question: Question) -> str:
    return "\n".join(f"{mark}  {text}" for mark, text in question.options)
