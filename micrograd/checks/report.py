"""The sentences of every card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.checks.card import Card, Part, card
from micrograd.checks.declare import Exercise, Question
from micrograd.checks.judge import Alone, Verdict
from micrograd.checks.question import Score, how_to_answer, option_text, readable
from micrograd.checks.store import Record, Records
from micrograd.checks.values import shown

Task = Exercise | Question

LONG = 160  # characters; what is longer is named by its letters

# ---------------------------------------------------------------------------------- functions


def verdict_card(exercise: Exercise, verdict: Verdict, kept: Alone) -> Card:
    """What a check found, in words."""
    if verdict.state == "not started":
        begin = {
            "write": "Replace the three dots",
            "complete": "Put something in the place of each three dots",
            "repair": "Change the function above",
        }[exercise.kind]
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
        Part(verdict.looked_at, "Compared"),
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


def not_an_exercise(number: str, name: object, known: Sequence[str], home: str = "") -> Card:
    """What there is instead of a wrong name; `home` is the notebook that has it, if one does."""
    if isinstance(name, str):
        there = f"; notebook {home} has" if home and home != number else ""
        first = f"Notebook {number} has no exercise called {name}{there}."
    else:
        first = "A check needs the function itself, without brackets behind it."
    return card("check", "", first, f"There are {', '.join(known) or 'none'}.")


def missing_card(number: str, name: str, home: str) -> Card:
    """What to run when a name has no meaning yet; `home` is the notebook that it comes from."""
    if home == number:
        sentence = f"A cell further up defines {name}. Run that cell, then this one again."
    elif home:
        sentence = (
            f"{name} is from notebook {home}. Run lesson.catch_up(globals()), then this cell again."
        )
    else:
        sentence = (
            f"If a cell further up defines {name}, run that cell, then this one again; otherwise "
            "look at the spelling."
        )
    return card(f"{name} is not there yet", "", sentence)


def taken_part(name: str) -> Part:
    return Part(
        f"{name} is something else here than what the course gives. To have that, run `del {name}` "
        "and lesson.catch_up(globals())."
    )


# ---------------------------------------------------------------------------------- questions


def question_card(question: Question) -> Card:
    """A question that is not answered yet."""
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
        said = Part(spoken(question, scored.text), "Your answer")
        return card(question.name, "passed", said, question.because)
    return card(
        question.name,
        "not yet",
        Part(spoken(question, scored.text), "Your answer"),
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
        f"You gave {shown(readable(guess))}"
        + (
            f" with the confidence {shown(readable(confidence))}."
            if confidence is not None
            else "."
        ),
        how_to_answer(question),
        'Confidence, if you like: confidence="guess", "think" or "sure".',
    )


def prediction_kept(question: Question, text: str, confidence: str | None) -> Card:
    sure = f", confidence: {confidence}" if confidence else ""
    return card(
        question.name, "", f"Your prediction: {spoken(question, text)}{sure}. Go on and see."
    )


def prediction_scored(question: Question, text: str) -> Card:
    said = spoken(question, text)
    return card(question.name, "", f"Your prediction was {said}; it has been scored.")


def spoken(question: Question, text: str) -> str:
    """An answer, with the texts of the options that it names if they are short."""
    texts = dict(question.options)
    chosen = "; ".join(texts[letter] for letter in text.split() if letter in texts)
    return f"{text} ({chosen})" if 0 < len(chosen) <= LONG else text


def revealed(question: Question, scored: Score, confidence: str | None) -> Card:
    said = Part(spoken(question, scored.text), "You predicted")
    truth = Part(spoken(question, question.answer), "It is")
    parts: list[Part | str] = [said, truth]
    if not scored.right and confidence == "sure":
        parts.append("You were sure, so this is a good one to understand before you go on.")
    state = "right" if scored.right else "not what happens"
    counted = hits(question, scored)
    parts += [counted] if counted and not scored.mistake else [counted, mistake_part(scored)]
    return card(question.name, state, *parts, question.because)


def hits(question: Question, scored: Score) -> str:
    """How many of several choices are right, where not all are."""
    chosen, wanted = set(scored.text.split()), set(question.answer.split())
    if question.kind != "choose" or len(wanted) < 2 or scored.right:
        return ""
    return f"{len(chosen & wanted)} of your {len(chosen)} are right; there are {len(wanted)}."


def recall_card(questions: Sequence[Question], answered: Sequence[str]) -> Card:
    """What is asked at the beginning of a notebook, and what was answered to it before."""
    if not questions:
        return card("recall", "", "There is nothing to recall for this notebook.")
    asked = numbered(questions, answered)
    example = ", ".join("..." for _ in questions)
    return card(
        "recall",
        "what today needs",
        *asked,
        f"Answer with lesson.recall({example}), and leave the dots where you want to skip.",
    )


def numbered(questions: Sequence[Question], answered: Sequence[str]) -> list[Part]:
    """The questions with their numbers, their options, and the answers so far."""
    parts = []
    for i, (question, said) in enumerate(zip(questions, answered, strict=True), start=1):
        parts += [Part(f"{i}. {question.task}"), Part(option_text(question), is_code=True)]
        parts.append(Part(spoken(question, said), "Your answer"))
    return [part for part in parts if part.text]


def survey_card(questions: Sequence[Question], answered: Sequence[str]) -> Card:
    """The questions that are asked at the beginning of the course and at its end."""
    if not questions:
        return card("survey", "", "There is no survey in this notebook.")
    example = ", ".join("..." for _ in questions)
    return card(
        "survey",
        "before and after",
        *numbered(questions, answered),
        f"Answer with lesson.survey({example}), and leave the dots where you do not know.",
    )


def survey_kept(answered: int, asked: int, unread: Sequence[int]) -> Card:
    """That the answers are kept, and nothing of whether they are right."""
    numbers = ", ".join(map(str, unread))
    return card(
        "survey",
        "kept",
        f"{answered} of {asked} answered. They are asked at the beginning of the course and at its "
        "end; then progress() compares.",
        f"No answer could be read for question {numbers}." if unread else "",
    )


def recall_scored(scored: Sequence[tuple[Question, Score]], too_many: int) -> Card:
    if not scored:
        return card("recall", "skipped", "No question was answered. That is fine: go on.")
    parts = []
    for question, result in scored:
        verdict = "right" if result.right else f"it is {spoken(question, question.answer)}"
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
    return "untouched" if record.get("state") not in ("tried", "passed") else str(record["state"])


def is_asked(task: Task) -> bool:
    """Whether a task is an exercise, and not a prediction, for recall or of the survey."""
    return isinstance(task, Exercise) or task.role == "exercise"


def lesson_card(number: str, tasks: Sequence[Task], records: Records) -> Card:
    """Every exercise of one notebook and how it stands, core ones first."""
    parts = []
    for weight in ("core", "practice", "stretch"):
        chosen = [
            f"{task.name} {state_of(task, records.get(task.key, {}))}"
            for task in tasks
            if task.weight == weight and is_asked(task)
        ]
        parts.append(Part(", ".join(chosen), weight))
    if not any(part.text for part in parts):
        parts = [Part("There are no exercises here.")]
    return card(f"Notebook {number}", "", *parts)
