"""`python -m micrograd.checks list`: every exercise of the course, with `--json` one line each."""

from __future__ import annotations

import argparse
import json
from typing import Any

from micrograd.checks.catalogue import all_tasks
from micrograd.checks.declare import Exercise, Question
from micrograd.checks.report import is_asked


def facts(task: Exercise | Question) -> dict[str, Any]:
    """What an instructor, or a count, wants to know of an exercise."""
    return {
        "notebook": task.lesson,
        "name": task.name,
        "kind": task.kind,
        "weight": task.weight,
        "minutes": task.minutes,
        "difficulty": task.difficulty,
        "hints": len(task.hints),
        "misconceptions": len(task.misconceptions),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m micrograd.checks", description=__doc__)
    parser.add_argument("command", choices=["list"])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    for task in all_tasks():
        if not is_asked(task):
            continue
        row = facts(task)
        print(json.dumps(row) if options.json else "  ".join(map(str, row.values())))


if __name__ == "__main__":
    main()
