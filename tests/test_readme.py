"""The README's map of the course is that of the lessons."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from lesson_source import Lesson, read_course

ROOT = Path(__file__).resolve().parent.parent
LESSONS = read_course(ROOT)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    if "](notebooks/" in line and line.startswith("|")
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_lesson_has_its_row_with_its_title_its_modules_and_its_minutes(
    lesson: Lesson,
) -> None:
    title = f"[{lesson.number} {lesson.title}](notebooks/{lesson.name}.ipynb)"
    [row] = [row for row in ROWS if row[0] == title]
    assert row[-1] == str(lesson.minutes)
    for module in lesson.reads:
        assert f"]({module})" in row[2]


def test_the_rows_stand_in_the_order_of_the_course() -> None:
    assert [row[0].split()[0].strip("[") for row in ROWS] == [one.number for one in LESSONS]
