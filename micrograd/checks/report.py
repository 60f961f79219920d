"""The sentences of every card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.checks.card import Card, Part, card
from micrograd.checks.declare import Exercise, Question
from micrograd.checks.judge import Alone, Verdict
from micrograd.checks.question import Score, how_to_answer, option_text
from micrograd.checks.store import Record, Records
from micrograd.checks.values import plain, shown

Task = Exercise | Question

# ---------------------------------------------------------------------------------- functions


def verdict_card(exercise: Exercise, verdict: Verdict, kept: Alone) -> Card:
    """What a check found, in words."""
    if verdict.state == "not started":
        begin = "Replace the three dots"
        if exercise.given is not None:
            begin = "Change the function above"
        return card(
            exercise.name,
            "not started",
            exercise.task,
            f"{begin}, run that cell, then this one. About {exercise.minutes} minutes.",
        )
    if verdict.state == "passed":
        return card(exercise.name, "passed", exercise.holds, *kept_parts(kept))
    if verdict.state == "reference":
        return card(
            exercise.name,
            "",
            "This is the course's own answer, which stands in for yours. Run the cell with your "
            f"def {exercise.name} again, then this one.",
        )
    mistake = verdict.misconception
    return card(
        exercise.name,
        "not yet",
        Part(verdict.call, "Called", is_code=True),
        Part(because(verdict.expected, verdict.why), "Expected"),
        Part(verdict.got, "Came back", is_code=True),
        Part(verdict.line, "In your line", is_code=True),
        Part(verdict.printed.rstrip(), "Printed", is_code=True),
        Part("" if mistake else verdict.remark),
        Part(f"{mistake.name}. {mistake.hint}" if mistake else "", "This looks like"),
        f'For a hint, run lesson.hint("{exercise.name}").',
    )


def because(expected: str, why: str) -> str:
    return f"{expected}, because {why}." if expected else ""


def kept_parts(kept: Alone) -> list[Part]:
    """What to say about an answer that is right here, but not in a file of its own."""
    if kept.source:
        return []
    if kept.borrowed:
        names = ", ".join(kept.borrowed)
        return [
            Part(
                f"It is right in this notebook, but needs {names} from another cell, so it cannot "
                "go into your own file yet. Write what it needs inside the function."
            )
        ]
    return [
        Part("Its text could not be read or does not work alone, so it is not in your own file.")
    ]


def hint_card(task: Task, step: int) -> Card:
    if not task.hints:
        return card(task.name, "", "There are no hints for this one.", task.task)
    parts = [f"Hint {step} of {len(task.hints)}: {task.hints[step - 1]}"]
    if step == len(task.hints):
        parts.append(f'This is the last one. The answer: lesson.solution("{task.name}")')
    return card(task.name, "", *parts)


def ask_again(task: Task) -> Card:
    return card(
        task.name,
        "not tried yet",
        f'A try first, or a hint: lesson.hint("{task.name}"). To see the answer all the same, run '
        "this once more.",
    )


def not_an_exercise(number: str, name: object, known: Sequence[str]) -> Card:
    if isinstance(name, str):
        first = f"Notebook {number} has no exercise called {name}."
    else:
        first = "A check needs the function itself, without brackets behind it."
    return card("check", "", first, f"There are {', '.join(known)}.")


# ---------------------------------------------------------------------------------- questions


def question_card(question: Question) -> Card:
    return card(
        question.name,
        "not started",
        question.task,
        Part(option_text(question), is_code=True),
        how_to_answer(question),
    )


def score_card(question: Question, scored: Score) -> Card:
    if not scored.text:
        return card(question.name, "not yet", "That is no answer yet.", how_to_answer(question))
    if scored.right:
        return card(question.name, "passed", question.because)
    return card(
        question.name,
        "not yet",
        Part(scored.text, "Your answer"),
        mistake_part(scored),
        f'For a hint, run lesson.hint("{question.name}").',
    )


def mistake_part(scored: Score) -> Part:
    if scored.mistake is None:
        return Part("" if scored.right else "That is not it.")
    return Part(f"{scored.mistake.name}. {scored.mistake.hint}", "This looks like")


def not_understood(question: Question, guess: Any, confidence: str | None) -> Card:
    return card(
        question.name,
        "not recorded",
        f"You gave {shown(plain(guess))}"
        + (f" with the confidence {shown(plain(confidence))}." if confidence else "."),
        how_to_answer(question),
        'Confidence, if you like: confidence="guess", "think" or "sure".',
    )


def prediction_kept(question: Question, text: str, confidence: str | None) -> Card:
    sure = f", confidence: {confidence}" if confidence else ""
    return card(
        question.name, "", f"Your prediction: {spoken(question, text)}{sure}. Go on and see."
    )


def spoken(question: Question, text: str) -> str:
    """An answer, with the text of the option that it names."""
    chosen = dict(question.options).get(text)
    return f"{text} ({chosen})" if chosen else text


def revealed(question: Question, scored: Score, confidence: str | None) -> Card:
    said = Part(spoken(question, scored.text), "You predicted")
    truth = Part(spoken(question, question.answer), "It is")
    parts: list[Part | str] = [said, truth]
    if not scored.right and confidence == "sure":
        parts.append("You were sure, so this is a good one to understand before you go on.")
    state = "right" if scored.right else "not what happens"
    return card(question.name, state, *parts, mistake_part(scored), question.because)


def recall_card(questions: Sequence[Question]) -> Card:
    if not questions:
        return card("recall", "", "There is nothing to recall for this notebook.")
    asked = [f"{i}. {question.task}" for i, question in enumerate(questions, start=1)]
    example = ", ".join("..." for _ in questions)
    return card(
        "recall",
        "what today needs",
        *asked,
        f"Answer with lesson.recall({example}), and leave the dots where you want to skip.",
    )


def recall_scored(scored: Sequence[tuple[Question, Score]], too_many: int) -> Card:
    parts = []
    for question, result in scored:
        verdict = "right" if result.right else f"it is {question.answer}"
        hint = f" {result.mistake.hint}" if result.mistake else ""
        parts.append(
            f"{question.task} You said {result.text or 'nothing readable'}: {verdict}."
            f"{hint} {question.because}"
        )
    if too_many > 0:
        parts.append("There were more answers than questions; the last ones were left out.")
    right = sum(result.right for _, result in scored)
    return card("recall", f"{right} of {len(scored)}", *parts)


# ------------------------------------------------------------------------------------ overview


def state_of(task: Task, record: Record) -> str:
    """One word for where a task stands."""
    if isinstance(task, Question) and task.role != "exercise":
        if "right" in record:
            return "right" if record["right"] else "missed"
        return "predicted" if "guess" in record else "untouched"
    return str(record.get("state", "untouched"))


def lesson_card(number: str, tasks: Sequence[Task], records: Records) -> Card:
    """Every exercise of one notebook and how it stands, core ones first."""
    parts = []
    for weight in ("core", "practice", "stretch"):
        chosen = [
            f"{task.name} {state_of(task, records.get(task.key, {}))}"
            for task in tasks
            if task.weight == weight
            and not (isinstance(task, Question) and task.role != "exercise")
        ]
        parts.append(Part(", ".join(chosen), weight))
    return card(f"Notebook {number}", "", *parts)
