"""What a notebook calls: check an answer, ask for a hint, predict, recall.

    lesson = Lesson("01")
    slope = lesson.check(slope)

Nothing here raises because of what a learner wrote, and nothing shows a solution unless asked to.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from micrograd.checks import controls, report
from micrograd.checks.card import Card, Part, card, show
from micrograd.checks.catalogue import all_tasks, earlier, home_of, lessons, tasks
from micrograd.checks.declare import Exercise, Question, source_of
from micrograd.checks.gained import gained_card
from micrograd.checks.growing import answers, save_growing_file, taken
from micrograd.checks.guard import SECONDS
from micrograd.checks.judge import Alone, alone, judge
from micrograd.checks.out_of_order import name_missing_cells
from micrograd.checks.question import CONFIDENCE, readable, score
from micrograd.checks.store import Progress, current

MISSED_AGAIN = 2  # recall questions that were missed before and are asked once more
NAMES = 12  # how many names a card lists


class Lesson:
    """The exercises of one notebook, and what the learner has done of them."""

    def __init__(
        self,
        number: str,
        progress: Progress | None = None,
        rng: random.Random | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.number = number
        self.tasks = tasks(number)
        self.own_progress = progress
        self.rng = rng or random.Random()
        self.seconds = seconds  # the time that one check may take
        self.asked: list[Question] | None = None  # the recall questions of this sitting
        name_missing_cells(number)

    @property
    def progress(self) -> Progress:
        return self.own_progress or current()

    def __repr__(self) -> str:
        return f"Lesson {self.number}: {', '.join(self.tasks)}"

    # ------------------------------------------------------------------------- functions

    def check(self, answer: Any = ..., name: str | None = None) -> Any:
        """Report on an answer; return it once it is right, and the course's own until then."""
        wanted = name or self.name_of(answer, sys._getframe(1).f_globals)
        task = self.tasks.get(wanted) if isinstance(wanted, str) else None
        if not isinstance(task, Exercise):
            home = home_of(wanted, lessons()[-1]) if isinstance(wanted, str) else ""
            self.show(report.not_an_exercise(self.number, wanted, self.exercise_names(), home))
            return answer
        verdict = judge(task, answer, self.rng, self.seconds)
        kept = Alone()
        if verdict.state == "passed":
            kept = alone(task, answer, earlier(task))
            self.passed(task.key, source=kept.source)
            save_growing_file(self.progress)
        elif verdict.state == "not yet":
            self.tried(task.key)
        self.show(report.verdict_card(task, verdict, kept))
        return answer if verdict.state == "passed" else task.solution

    def hint(self, name: str) -> Card:
        """The next hint for an exercise; each call goes one step further."""
        task = self.find(name)
        if isinstance(task, Card):
            return task
        given = self.progress.get(task.key).get("hints", 0)
        given = max(given, 0) if isinstance(given, int) else 0
        if given < len(task.hints):
            self.progress.put(task.key, hints=given + 1)
        return report.hint_card(task, min(given + 1, len(task.hints)))

    def solution(self, name: str) -> Card:
        """The course's own answer: at once after a try, else when asked a second time."""
        task = self.find(name)
        if isinstance(task, Card):
            return task
        record = self.progress.get(task.key)
        tried = {"state", "right", "asked"} & record.keys()
        if not tried:
            self.progress.put(task.key, asked=True)
            return report.ask_again(task)
        if isinstance(task, Exercise):
            text = source_of(task.solution, task.name)
            if not text.startswith(f"def {name}("):
                return card(name, "", "The course has been updated: restart the kernel, then ask.")
        else:
            text = f"{task.answer}\n{task.because}"
        return card(name, "the course's answer", Part(text, is_code=isinstance(task, Exercise)))

    # ------------------------------------------------------------------------- questions

    def answer(self, name: str, given: Any = ...) -> Card:
        """Report on the answer to a puzzle; without one, ask it."""
        task = self.question(name)
        if isinstance(task, Card):
            return task
        if given is ...:
            return self.ask_puzzle(task)
        scored = score(task, given)
        if scored.right:
            self.passed(task.key, answer=scored.text)
        elif scored.text:
            self.tried(task.key, answer=scored.text)
        return self.with_notes(report.score_card(task, scored))

    def ask_puzzle(self, task: Question) -> Card:
        before = self.answered(task)
        text = report.score_card(task, score(task, before)) if before else None
        text = text or report.question_card(task)
        if not controls.can_click():
            return text
        return controls.asked(task, text, lambda given, _: self.answer(task.name, given), before)

    def predict(self, name: str, guess: Any = ..., confidence: str | None = None) -> Card:
        """Keep a prediction until `reveal`; confidence is "guess", "think" or "sure"."""
        task = self.question(name)
        if isinstance(task, Card):
            return task
        if guess is ...:
            return self.ask_prediction(task)
        scored = score(task, guess)
        if not scored.text or readable(confidence) not in (None, *CONFIDENCE):
            return report.not_understood(task, guess, confidence)
        if "right" in self.progress.get(task.key):
            return report.prediction_scored(task, self.answered(task))
        self.progress.put(task.key, guess=scored.text, confidence=confidence)
        return self.with_notes(report.prediction_kept(task, scored.text, confidence))

    def ask_prediction(self, task: Question) -> Card:
        record = self.progress.get(task.key)
        before, sure = self.answered(task), record.get("confidence")
        if "right" in record:
            return report.prediction_scored(task, before)
        text = report.prediction_kept(task, before, sure) if before else report.question_card(task)
        if not controls.can_click():
            return text
        return controls.asked(
            task, text, lambda guess, level: self.predict(task.name, guess, level), before, sure
        )

    def reveal(self, name: str) -> Card:
        """Score a prediction, now that its answer has been seen."""
        task = self.question(name)
        if isinstance(task, Card):
            return task
        record = self.progress.get(task.key)
        if "guess" not in record:
            return card(name, "not predicted", task.because)
        scored = score(task, record["guess"])
        if "right" not in record:
            self.progress.put(task.key, right=scored.right)
        return self.with_notes(report.revealed(task, scored, record.get("confidence")))

    def recall(self, *answers: Any) -> Card:
        """Ask for what today needs of earlier notebooks; with answers, in order, score them.

        An answer of None or `...` skips its question. What was missed comes again.
        """
        questions = self.recall_questions()
        if not answers or not questions:
            return self.ask_recall(questions)
        scored = []
        for question, given in zip(questions, answers, strict=False):
            if given is None or given is ...:
                continue
            result = score(question, given)
            scored.append((question, result))
            self.progress.put(question.key, right=result.right, answer=result.text)
        return self.with_notes(report.recall_scored(scored, len(answers) - len(questions)))

    def ask_recall(self, questions: list[Question]) -> Card:
        before = [
            self.answered(question) if question.lesson == self.number else ""  # missed: asked anew
            for question in questions
        ]
        text = report.recall_card(questions, before)
        if not questions or not controls.can_click():
            return text
        return controls.form(
            questions,
            text,
            lambda said: self.recall(*(one or ... for one in said)),
            before,
            "Check",
        )

    def survey(self, *answers: Any) -> Card:
        """Ask what you know before the course and after it; the answers are kept, not marked.

        An answer of None or `...` skips its question.
        """
        questions = [
            task
            for task in self.tasks.values()
            if isinstance(task, Question) and task.role == "survey"
        ]
        if not answers or not questions:
            return self.ask_survey(questions)
        unread = []
        for number, (question, given) in enumerate(zip(questions, answers, strict=False), start=1):
            if given is None or given is ...:
                continue
            result = score(question, given)
            if result.text:
                self.progress.put(question.key, answer=result.text, right=result.right)
            else:
                unread.append(number)
        answered = sum("answer" in self.progress.get(question.key) for question in questions)
        return self.with_notes(report.survey_kept(answered, len(questions), unread))

    def gained(self) -> Card:
        """What you knew before the course and know now, question by question."""
        return self.with_notes(gained_card(self.number, self.progress.records()))

    def ask_survey(self, questions: list[Question]) -> Card:
        before = [self.answered(question) for question in questions]
        text = report.survey_card(questions, before)
        if not questions or not controls.can_click():
            return text
        return controls.form(
            questions, text, lambda said: self.survey(*(one or ... for one in said)), before, "Keep"
        )

    def recall_questions(self) -> list[Question]:
        """Those of this notebook, then some that were missed in earlier ones."""
        if self.asked is None:
            order = lessons()
            recall = [t for t in all_tasks() if isinstance(t, Question) and t.role == "recall"]
            missed = [
                question
                for question in recall
                if order.index(question.lesson) < order.index(self.number)
                and self.progress.get(question.key).get("right") is False
            ]
            own = [question for question in recall if question.lesson == self.number]
            self.asked = own + missed[:MISSED_AGAIN]
        return self.asked

    def catch_up(self, notebook: dict[str, Any]) -> Card:
        """After a restart, `lesson.catch_up(globals())` brings back every answer up to here.

        It checks the sources that your progress has kept and runs those that pass; where there is
        none, the course's own answer stands in. Names that the notebook has already given stay as
        they are.
        """
        if not isinstance(notebook, dict):
            return card("catch up", "", "It needs your notebook: lesson.catch_up(globals())")
        brought, own = answers(self.number, self.progress.records(), notebook)
        missing = {name: thing for name, thing in brought.items() if name not in notebook}
        notebook.update(missing)
        return card(
            "catch up",
            "",
            Part("" if missing else "Brought back: nothing was missing."),
            Part(in_short([name for name in missing if name in own]), "Your own"),
            Part(in_short([name for name in missing if name not in own]), "The course's"),
            *map(report.taken_part, taken(self.number, brought, notebook)),
        )

    def summary(self) -> Card:
        """How each exercise of this notebook stands."""
        return report.lesson_card(self.number, list(self.tasks.values()), self.progress.records())

    # --------------------------------------------------------------------------- helpers

    def exercise_names(self) -> list[str]:
        return [name for name, task in self.tasks.items() if isinstance(task, Exercise)]

    def name_of(self, answer: Any, notebook: dict[str, Any]) -> Any:
        """The name of an answer, or the one that the notebook gives it, as to a lambda."""
        try:
            own = getattr(answer, "__name__", None)
        except Exception:  # it is the learner's
            own = None
        if own in self.exercise_names():
            return own
        given = [name for name in self.exercise_names() if notebook.get(name, self) is answer]
        return given[0] if given else own

    def find(self, name: str) -> Exercise | Question | Card:
        task = self.tasks.get(name) if isinstance(name, str) else None
        return task or report.not_an_exercise(self.number, name, list(self.tasks))

    def question(self, name: str) -> Question | Card:
        task = self.find(name)
        if isinstance(task, Exercise):
            return card(name, "", f"This one is a function: {name} = lesson.check({name})")
        return task

    def passed(self, key: str, **changes: Any) -> None:
        self.progress.put(key, state="passed", **changes)

    def tried(self, key: str, **changes: Any) -> None:
        if self.progress.get(key).get("state") != "passed":
            self.progress.put(key, state="tried", **changes)

    def answered(self, question: Question) -> str:
        """What was answered to a question before, "" for nothing."""
        record = self.progress.get(question.key)
        said = record.get("guess" if question.role == "prediction" else "answer", "")
        return said if isinstance(said, str) else ""

    def with_notes(self, what: Card) -> Card:
        """The card, and below it whatever went wrong with the progress file."""
        notes = tuple(Part(note) for note in self.progress.pop_notes())
        return Card(what.title, what.state, what.parts + notes)

    def show(self, what: Card) -> None:
        show(self.with_notes(what))


def in_short(names: list[str]) -> str:
    """All names, or how many there are where nobody would read, or listen to, them all."""
    if len(names) <= NAMES:
        return ", ".join(names)
    return f"{len(names)} answers, from {names[0]} to {names[-1]}"
