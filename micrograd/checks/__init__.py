"""Exercises that teach back: what is asked, how an answer is judged, and what has been done.

A notebook begins with `lesson = Lesson("01")`. `exercises/` holds what is asked, `judge` decides,
`guard` keeps the notebook safe, `report` finds the words, `store` remembers.
"""

from micrograd.checks.catalogue import find
from micrograd.checks.declare import cell_text
from micrograd.checks.graduation import graduate
from micrograd.checks.growing import growing_file
from micrograd.checks.keepsake import keepsake
from micrograd.checks.lesson import Lesson
from micrograd.checks.overview import progress
from micrograd.checks.own_text import own_text
from micrograd.checks.store import export_progress, import_progress

__all__ = [
    "Lesson",
    "exercise_cell",
    "export_progress",
    "graduate",
    "growing_file",
    "import_progress",
    "keepsake",
    "own_text",
    "progress",
]


def exercise_cell(lesson: str, name: str, solved: bool) -> str:
    """The text of the cell of an exercise or of what is given, for `tools/build_notebooks.py`."""
    return cell_text(find(lesson, name), solved)
