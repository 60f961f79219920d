"""Questions with buttons and boxes: clicked here, and by keyboard in a real browser."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from browser import Notebook, browser, jupyterlab, open_notebook
from nbclient import NotebookClient
from nbformat import NotebookNode, write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from micrograd.checks import Lesson, controls
from micrograd.checks.catalogue import find
from micrograd.checks.declare import Question
from micrograd.checks.store import Progress

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def lesson(monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """A lesson in a notebook that can show controls."""
    monkeypatch.setattr(controls, "can_click", lambda: True)
    return Lesson("01", Progress())


def parts(live: Any) -> list[Any]:
    """Every control of a card, and every text, in their order."""
    found, stack = [], [live.box]
    while stack:
        widget = stack.pop()
        found.append(widget)
        stack += reversed(getattr(widget, "children", ()))
    return found


def button(live: Any, text: str) -> Any:
    (found,) = [
        part
        for part in parts(live)
        if isinstance(part, ipywidgets.Button) and part.description.startswith(text)
    ]
    return found


def boxes(live: Any) -> list[Any]:
    return [part for part in parts(live) if isinstance(part, ipywidgets.Text)]


def below(live: Any) -> str:
    """What the card below the controls says."""
    page = parts(live)[-1].value
    assert 'role="status"' in page
    return re.sub(r"<[^>]+>", " ", page)


def order(live: Any) -> list[str]:
    """The letters of the lines, from top to bottom."""
    lines = [part.value for part in parts(live) if isinstance(part, ipywidgets.HTML)]
    return [line.split()[0] for line in lines if "<code>" in line]


# ---------------------------------------------------------------------------------- predictions


def test_one_click_predicts(lesson: Lesson) -> None:
    live = lesson.predict("flat", ...)
    button(live, "A.").click()
    assert "Your prediction: A (f is lowest there)" in below(live)
    assert lesson.progress.get("01/flat")["guess"] == "A"
    button(live, "B.").click()
    assert lesson.progress.get("01/flat")["guess"] == "B"
    assert [button(live, letter).icon for letter in ("A.", "B.")] == ["", "check"]


def sure_about(lesson: Lesson, name: str) -> Question:
    """Let that prediction ask how sure one is."""
    question = lesson.tasks[name]
    assert isinstance(question, Question)
    lesson.tasks[name] = replace(question, confidence=True)
    return question


@pytest.mark.parametrize("presses", [("A.", "sure"), ("sure", "A.")])
def test_confidence_is_a_click_before_or_after(lesson: Lesson, presses: tuple[str, ...]) -> None:
    sure_about(lesson, "flat")
    live = lesson.predict("flat", ...)
    for press in presses:
        button(live, press).click()
    record = lesson.progress.get("01/flat")
    assert (record["guess"], record["confidence"]) == ("A", "sure")
    assert "confidence: sure" in below(live)


def test_without_a_prediction_confidence_is_nothing_yet(lesson: Lesson) -> None:
    sure_about(lesson, "flat")
    live = lesson.predict("flat", ...)
    button(live, "think").click()
    assert "And your prediction?" in below(live)
    assert lesson.progress.records() == {}


def test_confidence_is_asked_only_where_a_misconception_lives(lesson: Lesson) -> None:
    lesson.tasks["flat"] = replace(sure_about(lesson, "flat"), confidence=False)
    texts = [getattr(part, "description", "") for part in parts(lesson.predict("flat", ...))]
    assert "sure" not in texts


def test_a_prediction_that_is_run_again_shows_what_was_said(lesson: Lesson) -> None:
    lesson.predict("flat", "C", confidence="guess")
    live = lesson.predict("flat", ...)
    assert "Your prediction: C (f is 0 there), confidence: guess" in below(live)
    assert button(live, "C.").icon == "check"
    lesson.reveal("flat")
    assert not isinstance(lesson.predict("flat", ...), controls.Live)


def test_a_number_is_predicted_in_a_box(lesson: Lesson) -> None:
    live = Lesson("02", lesson.progress).predict("gears", ...)
    (box,) = boxes(live)
    button(live, "Keep my prediction").click()
    assert "not recorded" in below(live)
    box.value = " 7 "
    button(live, "Keep my prediction").click()
    assert "Your prediction: 7" in below(live)


# -------------------------------------------------------------------------------------- puzzles


def question(number: str, name: str) -> Question:
    found = find(number, name)
    assert isinstance(found, Question)
    return found


def test_lines_are_put_in_order_with_two_buttons_each(lesson: Lesson) -> None:
    live = Lesson("02", lesson.progress).answer("step_order", ...)
    task = question("02", "step_order")
    wanted = task.answer.split()
    for place, letter in enumerate(wanted):
        while order(live).index(letter) > place:
            row = order(live).index(letter)
            ups = [part for part in parts(live) if getattr(part, "description", "") == "up"]
            assert ups[row].tooltip == f"up: {dict(task.options)[letter]}"
            ups[row].click()
    assert order(live) == wanted
    button(live, "Check").click()
    assert "step_order: passed" in below(live)


def test_a_line_stays_in_the_list_at_both_ends(lesson: Lesson) -> None:
    live = Lesson("02", lesson.progress).answer("step_order", ...)
    before = order(live)
    ups = [part for part in parts(live) if getattr(part, "description", "") == "up"]
    downs = [part for part in parts(live) if getattr(part, "description", "") == "down"]
    ups[0].click()
    downs[-1].click()
    assert order(live) == before


def test_a_wrong_order_is_there_again_after_a_restart(lesson: Lesson) -> None:
    two = Lesson("02", lesson.progress)
    two.answer("step_order", "B A C D E F")
    live = two.answer("step_order", ...)
    assert order(live) == ["B", "A", "C", "D", "E", "F"]
    assert "step_order: not yet" in below(live)


def test_partners_are_matched_in_boxes(lesson: Lesson) -> None:
    live = lesson.answer("match_slopes", ...)
    assert [box.description[0] for box in boxes(live)] == ["A", "B", "C", "D"]
    for box, text in zip(boxes(live), "214", strict=False):
        box.value = text
    button(live, "Check").click()
    assert "That is no answer yet" in below(live)
    boxes(live)[3].value = "3"
    button(live, "Check").click()
    assert "match_slopes: passed" in below(live)


def test_a_match_without_names_has_numbered_boxes(lesson: Lesson) -> None:
    live = Lesson("02", lesson.progress).answer("count_factors", ...)
    assert [box.description for box in boxes(live)] == ["Answer 1", "Answer 2"]


def test_all_that_fit_are_ticked(lesson: Lesson) -> None:
    live = Lesson("02", lesson.progress).answer("factors", ...)
    right = question("02", "factors").answer.split()
    for part in parts(live):
        if isinstance(part, ipywidgets.Checkbox):
            part.value = part.description[0] in right
    button(live, "Check").click()
    assert "factors: passed" in below(live)
    again = Lesson("02", lesson.progress).answer("factors", ...)
    ticked = [p for p in parts(again) if isinstance(p, ipywidgets.Checkbox) and p.value]
    assert [box.description[0] for box in ticked] == right


# ------------------------------------------------------------------------------ many questions


def test_recall_has_a_box_for_each_question_and_any_may_be_skipped(lesson: Lesson) -> None:
    two = Lesson("02", lesson.progress)
    live = two.recall()
    button(live, "Check").click()
    assert "skipped" in below(live)
    boxes(live)[0].value = "6"
    boxes(live)[2].value = "2.5"
    button(live, "Check").click()
    assert "recall: 1 of 2" in below(live)
    assert "02/recall_line" not in two.progress.records()
    assert [box.value for box in boxes(two.recall())] == ["6", "", "2.5"]


def test_the_survey_is_kept_with_a_click_and_not_marked(lesson: Lesson) -> None:
    zero = Lesson("01", lesson.progress)
    flat = zero.tasks["flat"]
    assert isinstance(flat, Question)
    zero.tasks = {"flat": replace(flat, role="survey")}
    live = zero.survey()
    button(live, "B.").click()
    button(live, "Keep").click()
    assert "1 of 1 answered" in below(live)
    assert "right" not in below(live)
    assert zero.progress.get("01/flat")["answer"] == "B"


@pytest.mark.parametrize("number", ["00", "01", "02"])
def test_every_question_has_controls_with_labels(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "can_click", lambda: True)
    lesson = Lesson(number, Progress())
    for task in lesson.tasks.values():
        if isinstance(task, Question):
            ask = lesson.predict if task.role == "prediction" else lesson.answer
            live = ask(task.name, ...)
            assert isinstance(live, controls.Live)
            assert not any(
                isinstance(p, ipywidgets.Dropdown | ipywidgets.Select) for p in parts(live)
            )
            for part in parts(live):
                if isinstance(part, ipywidgets.Button | ipywidgets.Text | ipywidgets.Checkbox):
                    assert part.description
            assert str(live) == str(live._repr_mimebundle_()["text/plain"])


# ---------------------------------------------------------------------------------- real kernels


def outputs(*sources: str, static: str) -> list[NotebookNode]:
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    environment = os.environ | {"MICROGRAD_STATIC": static, "PYTHONPATH": str(ROOT)}
    NotebookClient(notebook, timeout=60).execute(env=environment | {"MICROGRAD_PROGRESS": ""})
    return [cell.outputs[0].data for cell in notebook.cells if cell.outputs]


START = "from micrograd.checks import Lesson\nlesson = Lesson('01')"


def test_a_live_notebook_gets_controls_and_keeps_the_card_for_other_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (live,) = outputs(START, "lesson.predict('flat', ...)", static="")
    assert controls.VIEW in live
    assert live["text/plain"].startswith("flat: not started")
    assert "At some x the slope is 0" in live["text/html"]


BROKEN = """
import sys
from pathlib import Path

Path("ipywidgets.py").write_text("raise ImportError")
sys.path.insert(0, ".")
"""


@pytest.mark.parametrize(
    ("before", "static"),
    [("", "1"), ("import sys\nsys.modules['ipywidgets'] = None", ""), (BROKEN, "")],
    ids=["static", "no ipywidgets", "broken ipywidgets"],
)
def test_where_nothing_can_be_clicked_the_card_stands_alone(
    before: str, static: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (card,) = outputs(before, START, "lesson.predict('flat', ...)", static=static)
    assert controls.VIEW not in card
    assert 'lesson.predict("flat", "A")' in card["text/plain"]


# -------------------------------------------------------------------------------- in a browser

NOTEBOOK = [
    "from micrograd.checks import Lesson, progress\nlesson, two = Lesson('01'), Lesson('02')",
    "lesson.predict('flat', ...)",
    "two.answer('step_order', ...)",
    "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / h",
    "slope = lesson.check(slope)",
    "progress()",
]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@pytest.fixture
def notebook(chromium: str, tmp_path: Path) -> Iterator[Notebook]:
    """The cells above in JupyterLab, run."""
    root, home = tmp_path / "the course", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    cells = [new_code_cell(source) for source in NOTEBOOK]
    write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), root / "n.ipynb")
    environment = {"PYTHONPATH": str(ROOT), "MICROGRAD_PROGRESS": str(root / "progress.json")}
    with jupyterlab(root, home, environment=environment) as lab, browser(chromium) as page:
        notebook = open_notebook(page, lab, "n.ipynb")
        notebook.run_all()
        assert notebook.failures() == []
        yield notebook


def press(page: Page, name: str, key: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    button.press(key)


@pytest.mark.needs_chromium
@pytest.mark.slow
def test_by_keyboard_a_learner_predicts_orders_is_checked_and_sees_the_map(
    notebook: Notebook,
) -> None:
    page = notebook.page
    cells = len(notebook.as_json())

    press(page, "A. f is lowest there", "Enter")
    said = notebook.cell(1).get_by_role("status")
    expect(said).to_contain_text("Your prediction: A (f is lowest there)")

    # The line that is moved takes the focus along: three presses bring it three places down.
    puzzle = notebook.cell(2)
    options = dict(question("02", "step_order").options)
    down = puzzle.get_by_role("button", name="down").first
    down.focus()
    first = next(iter(options.values()))
    for place in (2, 3, 4):
        page.keyboard.press("Space")
        expect(puzzle.get_by_role("status").first).to_have_text(f"{first} is line {place} of 6")
        expect(page.locator(":focus")).to_have_attribute("title", f"down: {first}")
    check = puzzle.get_by_role("button", name="Check")
    check.focus()
    check.press("Enter")
    expect(puzzle.get_by_role("status").last).to_contain_text("step_order: not yet")

    checked = notebook.cell(4).get_by_role("status")
    expect(checked).to_contain_text("This looks like: h where the width is 2h")

    notebook.run(notebook.cell(5))
    drawn = notebook.cell(5).get_by_role("group", name="Your progress")
    expect(drawn).to_contain_text("slope tried")
    expect(drawn.get_by_role("listitem").filter(has_text="slope").first).to_be_visible()
    assert len(notebook.as_json()) == cells  # no key was taken for a command of JupyterLab's


@pytest.mark.needs_chromium
@pytest.mark.slow
def test_a_notebook_that_is_run_again_shows_what_was_answered(notebook: Notebook) -> None:
    press(notebook.page, "C. f is 0 there", "Space")
    expect(notebook.cell(1).get_by_role("status")).to_contain_text("Your prediction: C")
    notebook.run(notebook.cell(0))
    notebook.run(notebook.cell(1))
    expect(notebook.cell(1).get_by_role("status")).to_contain_text("Your prediction: C")
