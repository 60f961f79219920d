"""Exercises that teach back: what is asked, and how an answer is judged.

`exercises/` holds what is asked, `judge` decides, `guard` keeps the notebook safe.
"""

from micrograd.checks.catalogue import find
from micrograd.checks.declare import cell_text

__all__ = ["exercise_cell"]


def exercise_cell(lesson: str, name: str, solved: bool) -> str:
    """The text of an exercise's cell, for `tools/build_notebooks.py`."""
    return cell_text(find(lesson, name), solved)
