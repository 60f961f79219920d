"""The course's notebooks run from top to bottom: unsolved, and solved with their assertions."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from build_notebooks import execute, with_tests
from lesson_source import is_test, read_course

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks" / "source").glob("*.py"))

each_lesson = pytest.mark.parametrize("name", LESSONS)


@pytest.mark.slow
@each_lesson
def test_a_learners_notebook_runs_unsolved_from_top_to_bottom(name: str) -> None:
    execute(nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4))


@pytest.mark.slow
@each_lesson
def test_the_assertions_of_a_lesson_hold(name: str) -> None:
    course = read_course(ROOT)
    (lesson,) = (one for one in course if one.name == name)
    assert any(is_test(cell) for cell in lesson.cells)
    execute(with_tests(course, lesson, solved=True))


@pytest.mark.slow
def test_a_cell_that_fails_stops_the_run() -> None:
    with pytest.raises(CellExecutionError, match="assert 1 == 2"):
        execute(new_notebook(cells=[new_code_cell("assert 1 == 2")]))
