"""A lesson made up for these tests: answers that are observed, code that is given, and gaps."""

import json
import linecache
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cells import cell

import micrograd
from micrograd.checks import Lesson, exercise_cell, exercises, growing_file, progress, store
from micrograd.checks import catalogue as catalogue_module
from micrograd.checks.catalogue import (
    all_tasks,
    declared,
    earlier,
    find,
    home_of,
    lessons,
    names_made,
    tasks,
)
from micrograd.checks.declare import Dice, Exercise
from micrograd.checks.guard import Guard
from micrograd.checks.judge import alone, judge
from micrograd.checks.store import Progress
from micrograd.checks.values import copied

SOURCE = '''
from micrograd.checks.declare import Dice, Exercise, Given, Misconception, Question


class Box:
    """Holds a number, and the boxes it was made of."""

    def __init__(self, data, parents=()):
        self.data = data
        self.parents = parents


BOX = Given(
    lesson="98",
    name="box",
    text="""
class Box:
    def __init__(self, data, parents=()):
        self.data = data
        self.parents = parents
""",
)


def join(a, b):
    """A box of the sum, which remembers both."""
    return Box(a.data + b.data, (a, b))


def seen(result, inputs):
    return result.data, [parent.data for parent in result.parents]


SHARED = dict(
    lesson="98", minutes=2, difficulty=1, task="Do it.", hints=("Think.",),
    why=lambda *inputs: "it is so", holds="It holds.",
)

JOIN = Exercise(
    **SHARED, solution=join, observe=seen, observed="the data of the new box and of its parents",
    cases=((Box(1.0), Box(2.0)),),
    fresh=lambda rng: (Box(rng.random()), Box(rng.random())),
    misconceptions=(
        Misconception("forgets", "What of the parents?", lambda a, b: Box(a.data + b.data)),
    ),
)

ATTACHED = Given(lesson="98", name="attached", text="Box.__add__ = join")


def empty(boxes):
    """Set every box to zero."""
    for box in boxes:
        box.data = 0.0


def full_box(rng):
    box = Box(rng.random())
    return ([box, box, Box(1.0)],)


EMPTY = Exercise(
    **SHARED, solution=empty, observed="the data after the call",
    observe=lambda result, inputs: [box.data for box in inputs[0]],
    cases=(([Box(3.0)],),), fresh=full_box, misconceptions=(),
)


def total(numbers):
    """The sum, one number after the other."""
    result = 0.0
    for number in numbers:
        result = result + number
    return result


def total_with_gaps(numbers):
    """The sum, one number after the other."""
    result = 0.0
    for number in numbers:
        result = ...
    return result


TOTAL = Exercise(
    **SHARED, solution=total, given=total_with_gaps, kind="complete",
    cases=(([1.0, 2.0],),), fresh=lambda rng: ([rng.random(), rng.random()],), misconceptions=(),
)


def toss(rng):
    """A number from 1 to 6."""
    return rng.randint(1, 6)


TOSS = Exercise(
    **SHARED, solution=toss, cases=((Dice(1),),), fresh=lambda rng: (Dice(rng.randrange(99)),),
    misconceptions=(),
)

BEFORE = tuple(
    Question(
        lesson="98", name=name, role="survey", kind="number", minutes=1, difficulty=1,
        task="How many?", answer="3", because="", wrong=(),
    )
    for name in ("first", "second")
)

TASKS = (*BEFORE, BOX, JOIN, ATTACHED, EMPTY, TOTAL, TOSS)
'''
AFTERWARDS = """
from dataclasses import replace
from micrograd.checks.exercises.notebook_98 import BEFORE

TASKS = tuple(replace(question, lesson="99") for question in BEFORE)
"""
BOX = "class Box:\n    def __init__(self, data, parents=()):\n        self.data = data\n"
BOX += "        self.parents = parents\n"
JOIN = "def join(a, b):\n    return Box(a.data + b.data, (a, b))\n"


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The course with two lessons more: 98, and 99, which has nothing but a survey."""
    (tmp_path / "notebook_98.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "notebook_99.py").write_text(AFTERWARDS, encoding="utf-8")
    monkeypatch.setattr(exercises, "__path__", [*exercises.__path__, str(tmp_path)])
    monkeypatch.setenv("MICROGRAD_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(store, "_shared", {})
    forget()
    yield
    for name in ("notebook_98", "notebook_99"):
        sys.modules.pop(f"{exercises.__name__}.{name}", None)
    forget()


def forget() -> None:
    catalogue_module.lessons.cache_clear()
    catalogue_module.declared.cache_clear()


def task(name: str) -> Exercise:
    found = find("98", name)
    assert isinstance(found, Exercise)
    return found


def said(name: str, source: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the check says of an answer in a notebook that holds the Box."""
    Lesson("98", Progress()).check(cell(BOX + source)[name])
    return capsys.readouterr().out


# ------------------------------------------------------------------------------------ observed


def test_an_answer_in_the_learners_own_class_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert said("join", JOIN, capsys).startswith("join: passed")


def test_a_card_says_what_was_observed(capsys: pytest.CaptureFixture[str]) -> None:
    text = said("join", "def join(a, b):\n    return Box(a.data * b.data, (a, b))\n", capsys)
    assert "Compared: the data of the new box and of its parents" in text
    assert "Expected: (3.0, [1.0, 2.0]), because it is so." in text
    assert "Came back: (2.0, [1.0, 2.0])" in text


def test_a_mistake_is_known_by_what_is_observed(capsys: pytest.CaptureFixture[str]) -> None:
    source = "def join(a, b):\n    return Box(b.data + a.data)\n"
    assert "forgets. What of the parents?" in said("join", source, capsys)


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        ("a.data + b.data", "Came back: a number\nFrom that, the data of the new box"),
        ("print(a)", "and of its parents cannot be read. Does the"),
        ("[a, b]", "Came back: a list\nFrom that"),
        ("object()", "Came back: an object of the type object"),
    ],
)
def test_a_result_that_cannot_be_observed_is_said(
    returned: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said("join", f"def join(a, b):\n    return {returned}\n", capsys)
    assert text.startswith("join: not yet")
    assert sentence in text


def test_an_answer_may_change_what_it_is_given_when_that_is_observed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = "def empty(boxes):\n    for box in boxes:\n        box.data = 0\n"
    assert said("empty", right, capsys).startswith("empty: passed")
    wrong = "def empty(boxes):\n    boxes[0].data = 0\n"
    assert "Came back: [0, 0, 1.0]" in said("empty", wrong, capsys)


def test_what_observing_runs_into_is_guarded() -> None:
    endless = cell(
        "class Odd:\n    @property\n    def data(self):\n        while True:\n            pass\n"
        "def join(a, b):\n    return Odd()\n"
    )["join"]
    guard = Guard(endless, 0.3, observe=task("join").observe)
    assert guard(*task("join").cases[0]).end == "endless"


def test_a_shared_part_stays_shared_between_the_inputs_however_deep() -> None:
    box = type(task("join").cases[0][0])
    root = leaf = box(1.0)
    for _ in range(20_000):
        root = box(1.0, (root, leaf))
    twin, other, (again,) = copied((root, leaf, [leaf]))
    assert other is again is not leaf
    for _ in range(20_000):
        twin, shared = twin.parents
        assert shared is other
    assert twin is other


def test_random_numbers_begin_at_the_same_place_for_everybody() -> None:
    dice = Dice(5)
    dice.random()
    twin = copied((dice, [dice]))
    assert twin[0] is twin[1][0] is not dice
    assert twin[0].random() == dice.random()
    assert repr(twin[0]) == "random.Random(5)"
    answer = cell("def toss(rng):\n    return 1 + rng.randrange(6)\n")["toss"]
    assert judge(task("toss"), answer, random.Random(0)).state == "passed"


# --------------------------------------------------------------------------------------- given


def test_what_is_given_stands_in_both_notebooks() -> None:
    for solved in (True, False):
        assert exercise_cell("98", "box", solved).startswith("class Box:\n")
    assert exercise_cell("98", "attached", solved=False) == "Box.__add__ = join"


def test_what_is_given_is_no_task() -> None:
    assert "box" in declared("98")
    assert "box" not in tasks("98")
    assert all(task.name != "box" for task in all_tasks())
    assert "no exercise called box" in str(Lesson("98", Progress()).hint("box"))
    names = subprocess.run(
        [sys.executable, "-m", "micrograd.checks", "list"], capture_output=True, check=True
    )
    assert b"box" not in names.stdout


def test_a_later_answer_may_use_what_is_given() -> None:
    names = earlier(task("empty"))
    box = names["Box"]
    assert (box(1.0) + box(2.0)).data == 3.0
    assert alone(task("join"), cell(BOX + JOIN)["join"], earlier(task("join"))).source
    assert home_of("Box", "99") == "98"


def test_names_that_are_given_come_in_the_order_of_their_text() -> None:
    text = "import math\nfrom random import Random as Dice\nTWO = 2\n"
    text += "".join(f"def part_{i}():\n    ...\n" for i in range(9)) + "TWO = 3\n"
    assert names_made(text) == ["math", "Dice", "TWO", *(f"part_{i}" for i in range(9))]


def test_what_is_given_comes_back_with_the_answers() -> None:
    lesson = Lesson("98")
    lesson.check(cell(BOX + JOIN)["join"])
    notebook: dict[str, Any] = {}
    text = str(lesson.catch_up(notebook))
    assert "Your own: join" in text
    assert (notebook["Box"](1.0) + notebook["Box"](2.0)).data == 3.0
    assert notebook["join"].__globals__["Box"] is notebook["Box"]


def test_a_class_that_the_notebook_has_made_is_not_made_twice() -> None:
    notebook = cell(BOX)
    mine = notebook["Box"]
    Lesson("98").catch_up(notebook)
    assert notebook["Box"] is mine
    assert (mine(1.0) + mine(2.0)).data == 3.0  # and what belongs to it is attached


@pytest.mark.parametrize("taken", [micrograd.Value, None, 3, random.Random], ids=str)
def test_what_the_notebook_calls_by_a_given_name_is_left_as_it_is(taken: Any) -> None:
    adding = getattr(taken, "__add__", None)
    notebook: dict[str, Any] = {"Box": taken}
    text = str(Lesson("98").catch_up(notebook))
    assert notebook["Box"] is taken
    assert getattr(taken, "__add__", None) == adding
    assert "Box is something else here" in text
    assert "del Box" in text


def test_the_growing_file_holds_what_its_answers_were_given() -> None:
    assert "Box" not in growing_file()
    lesson = Lesson("98")
    lesson.check(cell("def total(numbers):\n    return sum(numbers)\n")["total"])
    assert "class Box" in growing_file()
    assert "Box.__add__" not in growing_file()
    lesson.check(cell(BOX + JOIN)["join"])
    mine: dict[str, Any] = {}
    exec(growing_file(), mine)
    assert (mine["Box"](1.0) + mine["Box"](2.0)).data == 3.0


# ------------------------------------------------------------------------------------ complete


def test_gaps_are_given_and_are_not_started() -> None:
    text = exercise_cell("98", "total", solved=False)
    assert text.startswith("# exercise: total\ndef total(numbers):")
    assert "result = ...\n" in text
    assert judge(task("total"), cell(text)["total"], random.Random(0)).state == "not started"


def test_a_gap_that_is_left_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    source = "def total(numbers):\n    result = 0.0\n    for number in numbers:\n"
    text = said("total", source + "        result = ... + number\n    return result\n", capsys)
    assert text.startswith("total: not yet")
    assert "Three dots are still there." in text


def test_a_course_that_was_updated_under_the_kernel_shows_no_other_solution(tmp_path: Path) -> None:
    lesson = Lesson("98", Progress())
    lesson.solution("total")
    assert "result + number" in str(lesson.solution("total"))
    (tmp_path / "notebook_98.py").write_text("# one line more\n" + SOURCE, encoding="utf-8")
    linecache.checkcache()
    assert "restart the kernel" in str(lesson.solution("total"))


# -------------------------------------------------------------------------------------- survey


def test_a_survey_is_kept_and_not_marked() -> None:
    lesson = Lesson("98")
    assert "1. How many?" in str(lesson.survey())
    text = str(lesson.survey(3, 4))
    assert "2 of 2 answered" in text
    assert "right" not in text
    assert "3" not in text.replace("98", "")
    assert "Your answer: 4" in str(lesson.survey())


def test_an_answer_to_the_survey_may_be_left_out_or_unreadable() -> None:
    text = str(Lesson("98").survey(..., "many"))
    assert "0 of 2 answered" in text
    assert "question 2" in text


def test_before_and_after_are_compared_once_both_are_there() -> None:
    Lesson("98").survey(3, 4)
    assert "Survey" not in str(progress())
    Lesson("99").survey(3, 3)
    assert "Survey: 1 of 2 right in notebook 98, 2 of 2 right in notebook 99" in str(progress())


def test_a_lesson_without_exercises_works() -> None:
    lesson = Lesson("99")
    assert "99" in lessons()
    assert "There are no exercises here." in str(lesson.summary())
    assert "Notebook 99" not in str(progress())
    assert "no exercise called join" in str(lesson.hint("join"))
    assert json.loads(json.dumps(list(lesson.tasks))) == ["first", "second"]
