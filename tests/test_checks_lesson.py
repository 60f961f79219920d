"""Hints, solutions, puzzles, predictions and recall, as a notebook calls them."""

import ast
import html
import re
from typing import Any

import pytest
from cells import cell

from micrograd.checks import Lesson
from micrograd.checks.catalogue import all_tasks, find
from micrograd.checks.declare import Exercise, Question, source_of
from micrograd.checks.store import Progress

EXERCISES = [task for task in all_tasks() if isinstance(task, Exercise)]
RIGHT = "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"
WRONG = "def slope(f, x, h):\n    return f(x)\n"


@pytest.fixture
def lesson() -> Lesson:
    return Lesson("01", Progress())


def second(lesson: Lesson) -> Lesson:
    """The next notebook of the same learner."""
    return Lesson("02", lesson.progress)


def test_an_unknown_lesson_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"No exercises are declared for notebook '99'.*01, 02"):
        Lesson("99")


# ---------------------------------------------------------------------------- hint, solution


def test_each_call_gives_the_next_hint_and_the_last_one_stays(lesson: Lesson) -> None:
    said = [str(lesson.hint("slope")) for _ in range(4)]
    assert "Hint 1 of 3" in said[0]
    assert "Hint 2 of 3" in said[1]
    assert "Hint 3 of 3" in said[2]
    assert said[3] == said[2]
    assert 'lesson.solution("slope")' in said[3]


def test_an_untried_solution_opens_on_the_second_call(lesson: Lesson) -> None:
    assert "def slope" not in str(lesson.solution("slope"))
    assert "rise / (2 * h)" in str(lesson.solution("slope"))


@pytest.mark.parametrize("source", [RIGHT, WRONG])
def test_a_tried_solution_opens_at_once(lesson: Lesson, source: str) -> None:
    lesson.check(cell(source)["slope"])
    assert "rise / (2 * h)" in str(lesson.solution("slope"))


def test_a_stub_is_no_try(lesson: Lesson) -> None:
    lesson.check(cell("def slope(f, x, h):\n    ...\n")["slope"])
    assert "not tried yet" in str(lesson.solution("slope"))


def test_the_solution_of_a_puzzle_says_why(lesson: Lesson) -> None:
    lesson.answer("match_slopes", "1 1 1 1")
    assert "2 1 4 3" in str(lesson.solution("match_slopes"))


@pytest.mark.parametrize("name", ["nothing", 3, None])
def test_an_unknown_name_is_answered_with_those_that_exist(lesson: Lesson, name: Any) -> None:
    for ask in (lesson.hint, lesson.solution, lesson.answer, lesson.predict, lesson.reveal):
        assert "slope, smaller_h, best_h" in str(ask(name))


@pytest.mark.slow
@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.key)
def test_no_card_of_a_check_shows_the_solution(
    task: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = Lesson(task.lesson, Progress())
    made = ast.parse(source_of(task.solution, task.name)).body[0]
    assert isinstance(made, ast.FunctionDef)
    body = [line.strip() for part in made.body[1:] for line in ast.unparse(part).splitlines()]
    for mistake in task.misconceptions:
        lesson.check(mistake.wrong, name=task.name)
        said = capsys.readouterr().out
        assert "not yet" in said
        of_ours = re.sub("^In your line: .*$", "", said, flags=re.MULTILINE)
        assert not any(line in of_ours for line in body if len(line) > 12)


def test_an_answer_keeps_its_pass_when_it_is_broken_later(lesson: Lesson) -> None:
    lesson.check(cell(RIGHT)["slope"])
    lesson.check(cell(WRONG)["slope"])
    assert lesson.progress.get("01/slope")["state"] == "passed"
    assert lesson.progress.get("01/slope")["source"] == RIGHT.rstrip()


# ------------------------------------------------------------------------------------ puzzles


@pytest.mark.parametrize("given", ["A C D", "d,c,a", "ACD", ["A", "C", "D"], ("D", "C", "A")])
def test_a_choice_is_understood_in_every_spelling(lesson: Lesson, given: Any) -> None:
    assert str(second(lesson).answer("factors", given)).startswith("factors: passed")


def test_an_order_is_understood_as_numbers_too(lesson: Lesson) -> None:
    assert "passed" in str(lesson.answer("match_slopes", [2, 1, 4, 3]))
    assert "passed" in str(lesson.answer("match_slopes", "2, 1, 4, 3"))
    assert "not yet" in str(lesson.answer("match_slopes", "1 2 3 4"))


def test_a_wrong_choice_names_the_mistake(lesson: Lesson) -> None:
    text = str(second(lesson).answer("factors", "A B C D"))
    assert "the other weight's factor included" in text
    assert "A C D" not in text


@pytest.mark.parametrize("given", [2.718, "2.72", 2.7182818, " 2.71 "])
def test_a_number_is_right_within_its_tolerance(lesson: Lesson, given: Any) -> None:
    assert "passed" in str(lesson.answer("slope_equals_height", given))


class Unreadable(float):
    def __float__(self) -> float:
        raise ArithmeticError


class Unequal:
    def __eq__(self, other: object) -> bool:
        raise ValueError

    __hash__ = None  # type: ignore[assignment]


NO_ANSWERS = [
    *("", "Z", None, object(), {}, float("nan"), print, "A Q", True),
    *(10**400, Unreadable(1.0), {object(): 1}, [[[]]]),
]


@pytest.mark.parametrize("given", NO_ANSWERS, ids=lambda given: str(given)[:20])
def test_what_is_no_answer_is_asked_again(lesson: Lesson, given: Any) -> None:
    for name in ("slope_equals_height", "match_slopes"):
        text = str(lesson.answer(name, given))
        assert "That is no answer yet" in text
        assert "lesson.answer(" in text
    assert lesson.progress.records() == {}


def test_dots_ask_the_question_with_its_options(lesson: Lesson) -> None:
    text = str(second(lesson).answer("factors", ...))
    assert "not started" in text
    assert "C  dŷ/dh" in text


def test_a_puzzle_that_is_asked_again_shows_the_last_answer(lesson: Lesson) -> None:
    two = second(lesson)
    two.answer("step_order", "A B C D E F")
    assert "Your answer: A B C D E F" in str(two.answer("step_order", ...))
    two.answer("step_order", right_answer("02", "step_order"))
    assert "step_order: passed" in str(two.answer("step_order", ...))


def right_answer(number: str, name: str) -> str:
    task = find(number, name)
    assert isinstance(task, Question)
    return task.answer


def test_a_function_is_not_a_puzzle(lesson: Lesson) -> None:
    assert "slope = lesson.check(slope)" in str(lesson.answer("slope", "A"))


# -------------------------------------------------------------------------------- predictions


def test_a_prediction_is_kept_and_scored_when_it_is_revealed(lesson: Lesson) -> None:
    kept = str(lesson.predict("flat", "A", confidence="sure"))
    assert "A (f is lowest there), confidence: sure" in kept
    assert "hilltop" not in kept
    text = str(lesson.reveal("flat"))
    assert "You were sure" in text
    assert "zero means lowest" in text
    assert lesson.progress.get("01/flat")["right"] is False


def test_a_prediction_that_is_asked_again_shows_what_was_said(lesson: Lesson) -> None:
    lesson.predict("flat", "A", confidence="think")
    assert "A (f is lowest there), confidence: think" in str(lesson.predict("flat", ...))
    lesson.reveal("flat")
    assert "A (f is lowest there); it has been scored" in str(lesson.predict("flat", ...))


def test_a_right_prediction_is_told_so(lesson: Lesson) -> None:
    lesson.predict("flat", "b")
    assert str(lesson.reveal("flat")).startswith("flat: right")


def test_a_prediction_may_change_until_it_is_scored(lesson: Lesson) -> None:
    lesson.predict("flat", "A")
    lesson.predict("flat", "B")
    lesson.reveal("flat")
    assert "has been scored" in str(lesson.predict("flat", "C"))
    assert lesson.progress.get("01/flat")["guess"] == "B"


def test_nothing_blocks_who_does_not_predict(lesson: Lesson) -> None:
    assert "not started" in str(lesson.predict("flat", ...))
    assert "not predicted" in str(lesson.reveal("flat"))


def test_an_unknown_confidence_or_answer_is_said(lesson: Lesson) -> None:
    assert 'confidence="guess", "think" or "sure"' in str(lesson.predict("flat", "A", "90 %"))
    assert "You gave 'Q'" in str(lesson.predict("flat", "Q"))
    assert "not recorded" in str(lesson.predict("flat", 10**400))
    odd: Any = Unequal()
    assert "not recorded" in str(lesson.predict("flat", "A", odd))
    assert lesson.progress.records() == {}


def test_a_predicted_number_is_scored(lesson: Lesson) -> None:
    two = second(lesson)
    two.predict("gears", 7)
    assert "rates added along a path" in str(two.reveal("gears"))


# -------------------------------------------------------------------------------------- recall


def test_recall_asks_three_things_and_scores_those_that_were_answered(lesson: Lesson) -> None:
    two = second(lesson)
    assert "3. A weight is 2" in str(two.recall())
    text = str(two.recall(6, ..., 2.5))
    assert text.startswith("recall: 1 of 2")
    assert "That step climbs" in text
    assert "02/recall_line" not in two.progress.records()


def test_what_was_missed_comes_again_in_a_later_notebook(lesson: Lesson) -> None:
    second(lesson).recall(9, "-4", "1.5")
    later = Lesson("03a", lesson.progress)
    assert [one.name for one in later.recall_questions() if one.lesson == "02"] == ["recall_slope"]


def test_a_notebook_without_recall_says_so() -> None:
    assert "nothing to recall" in str(Lesson("00", Progress()).recall())


def test_recall_that_is_run_again_shows_what_was_answered(lesson: Lesson) -> None:
    two = second(lesson)
    two.recall(6, ..., 2.5)
    text = str(two.recall())
    assert "Your answer: 6" in text
    assert "Your answer: 2.5" in text
    assert "skipped" in str(two.recall(..., None, ...))


# ------------------------------------------------------------------------------------- summary


def test_the_summary_says_how_every_exercise_stands(lesson: Lesson) -> None:
    lesson.check(cell(RIGHT)["slope"])
    lesson.answer("match_slopes", "2 4 1 5")
    text = str(lesson.summary())
    assert "slope passed" in text
    assert "match_slopes tried" in text
    assert "gradient untouched" in text
    assert "flat" not in text


def test_every_card_has_a_text_and_a_page_with_the_same_words(lesson: Lesson) -> None:
    for task in all_tasks():
        here = Lesson(task.lesson, Progress())
        cards = [here.hint(task.name), here.solution(task.name), here.summary()]
        if isinstance(task, Question):
            cards.append(here.answer(task.name, ...))
        for card in cards:
            both = card._repr_mimebundle_()
            words = html.unescape(re.sub(r"<[^>]+>", " ", both["text/html"]))
            assert words.split() == both["text/plain"].split()
