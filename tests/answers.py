"""Answers as a learner writes them into a notebook, and what a check says of them."""

import random

from cells import cell

from micrograd.checks.catalogue import earlier, tasks
from micrograd.checks.declare import Exercise, Question
from micrograd.checks.judge import Verdict, judge


def exercise(lesson: str, name: str) -> Exercise:
    task = tasks(lesson)[name]
    assert isinstance(task, Exercise)
    return task


def question(lesson: str, name: str) -> Question:
    task = tasks(lesson)[name]
    assert isinstance(task, Question)
    return task


def verdict_on(lesson: str, name: str, source: str) -> Verdict:
    """What a check says of an answer that is written into a notebook."""
    task = exercise(lesson, name)
    return judge(task, cell(source, **earlier(task))[name], random.Random(0))


def known_as(lesson: str, name: str, source: str) -> str:
    found = verdict_on(lesson, name, source).misconception
    return found.name if found else ""
