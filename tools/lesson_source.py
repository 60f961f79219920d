"""A lesson as its author writes it: one percent script, `notebooks/source/NN_name.py`.

The script is the only place where a lesson's text is edited; `build_notebooks.py` derives the
notebooks from it. It is read by jupytext. It opens with a front block of comments:

    # ---
    # minutes: 25
    # reads: micrograd/engine.py              (one path or a list, or left out)
    # refrain: [compute gradients, update]    (one part or a list, or left out)
    # ---

Then come the cells. The first one begins with the title, the notebook's only `# ` heading.

    # %% [markdown]              prose, each line behind a "#"
    # %%                         code
    # %% tags=["assert"]         a test: it runs when the solution is built and in the tests, and
                                 appears in no notebook. No later cell may need what it defines, and
                                 it draws no random numbers.
    # %% tags=["exercise"]       an exercise: its first line is "# exercise: name"
    # %% tags=["given"]          code that the course gives: it holds only "# given: name"
    # %% tags=["curve"]          draws the curve that every lesson owes, where that is done by
                                 something else than `loss_curve` or `watch_all`
    # %% tags=["nbval-ignore-output"]     is executed by the tests, but its output is not compared

An exercise is declared in `micrograd.checks`: the cell holds its first line and nothing else, and
`micrograd.checks.exercise_cell("03b", "backward", solved)` gives the text of the cell. A small one
may be written in place instead: below the first line stands one solved function with a docstring,
and the learner gets its signature, its docstring and `...`. What is given is declared there too,
and its text stands in both notebooks.

The minutes, the modules to read, the refrain and the links to the lessons before and after are
generated, at the top and at the bottom. Links are written as seen from `notebooks/`, as in
`../docs/notation.md`. Tags stay in the notebooks. A cell's id is made from its text; those of an
exercise, of its check (`name = lesson.check(name)`) and of what is given are made from their names.
So the learner's notebook and the solution agree on it, and moving a cell does not change it. In the
metadata of these cells, `micrograd` holds the name and the role, for a program that grades.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

REFRAIN = (
    "embed",
    "attend",
    "predict",
    "measure the error",
    "compute gradients",
    "update",
)


class LessonError(ValueError):
    """A lesson cannot be built; the message is a sentence for its author."""


@dataclass(frozen=True)
class Lesson:
    name: str  # "03a_autograd_forward"
    title: str  # the text of its first heading
    minutes: int
    reads: tuple[str, ...]  # the modules read along, as paths from the repository's root
    refrain: tuple[str, ...]  # the parts of the refrain that it teaches
    cells: tuple[NotebookNode, ...]  # as written, with their ids

    @property
    def number(self) -> str:
        return self.name.partition("_")[0]


def read_course(root: Path) -> list[Lesson]:
    """All lessons in their order, which is that of the file names: 00, 01, ..., 10, A."""
    sources = sorted((root / "notebooks" / "source").glob("*.py"))
    return [read_lesson(path) for path in sources]


def read_lesson(path: Path) -> Lesson:
    """Read one percent script: its front block, its title and its cells."""
    script = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    if len(script.cells) < 2 or script.cells[0].cell_type != "raw":
        raise LessonError(f'{path.stem}: begin with a front block ("# ---", "# minutes: 25", ...).')
    front, first, *_ = script.cells
    title = re.match(r"# (.+)", first.source)
    if first.cell_type != "markdown" or title is None:
        raise LessonError(f'{path.stem}: the first cell must begin with the title, "# ...".')
    minutes, reads, refrain = read_front(front.source, path.stem)
    seen: Counter[str] = Counter()
    cells = tuple(plain_cell(cell, seen, path.stem) for cell in script.cells[1:])
    return Lesson(path.stem, title[1], minutes, reads, refrain, cells)


def read_front(text: str, lesson: str) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """The minutes, the modules to read and the parts of the refrain."""
    try:
        facts = yaml.safe_load(text.strip("-\n"))
    except yaml.YAMLError as error:
        raise LessonError(f"{lesson}: the front block is not YAML: {error}") from None
    if not isinstance(facts, dict) or not set(facts) <= {"minutes", "reads", "refrain"}:
        raise LessonError(
            f"{lesson}: the front block holds minutes, reads and refrain, got {facts!r}."
        )
    minutes = facts.get("minutes")
    if not isinstance(minutes, int) or not 1 <= minutes <= 45:
        raise LessonError(f"{lesson}: minutes must be a number from 1 to 45, got {minutes!r}.")
    refrain = one_or_many(facts.get("refrain"))
    if not set(refrain) <= set(REFRAIN):
        raise LessonError(
            f"{lesson}: the parts of the refrain are {', '.join(REFRAIN)}; "
            f"got {', '.join(refrain)}."
        )
    return minutes, one_or_many(facts.get("reads")), refrain


def one_or_many(given: str | list[str] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


def plain_cell(cell: NotebookNode, seen: Counter[str], lesson: str) -> NotebookNode:
    """The cell with its tags and an id made from its content, without what jupytext added.

    `seen` counts the ids given so far: the second cell with the same text gets the ending "-2".
    """
    if cell.cell_type not in ("markdown", "code"):
        raise LessonError(f"{lesson}: a cell is prose or code; found a {cell.cell_type} cell.")
    metadata = {"tags": list(cell.metadata.tags)} if "tags" in cell.metadata else {}
    tags = metadata.get("tags", [])
    check = re.fullmatch(r"(\w+) = lesson\.check\(\1\)", cell.source)
    if "exercise" in tags:
        name = declared_name(cell.source, "exercise", lesson)
        metadata["micrograd"] = {"exercise": name, "role": "solution"}
        content = f"exercise-{name}"
    elif "given" in tags:
        name = declared_name(cell.source, "given", lesson)
        metadata["micrograd"] = {"given": name, "role": "given"}
        content = f"given-{name}"
    elif check is not None and cell.cell_type == "code":
        metadata["micrograd"] = {"exercise": check[1], "role": "check"}
        content = f"check-{check[1]}"
    else:
        content = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
    seen[content] += 1
    occurrence = f"-{seen[content]}" if seen[content] > 1 else ""
    new_cell = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
    return new_cell(cell.source, id=content + occurrence, metadata=metadata)


def declared_name(source: str, kind: str, lesson: str) -> str:
    """The name in the first line of a cell, `# exercise: name` or `# given: name`."""
    first = source.split("\n")[0]
    name = re.fullmatch(rf"# {kind}: (\w+)", first)
    if name is None:
        raise LessonError(f'{lesson}: its cell begins "# {kind}: name", got "{first}".')
    return name[1]


def cells_of(lesson: Lesson, solved: bool) -> list[NotebookNode]:
    """Fresh copies of the cells, tests included, with each exercise as its solution or its stub."""
    cells = [nbformat.from_dict(cell) for cell in lesson.cells]
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if "exercise" in tags and "\n" in cell.source:
            cell.source = cell.source if solved else stub(cell.source, lesson.name)
        elif "exercise" in tags or "given" in tags:
            cell.source = declared_text(lesson, cell.metadata.micrograd, solved)
    return cells


def declared_text(lesson: Lesson, facts: NotebookNode, solved: bool) -> str:
    """What the checks declare for a cell: a solution or its stub, or the text that is given."""
    name = facts.get("exercise") or facts["given"]
    try:
        from micrograd.checks import exercise_cell
    except ImportError as missing:
        raise LessonError(
            f"{lesson.name}: {name} is not declared ({missing}); "
            "write the solution of an exercise below its first line."
        ) from None
    return str(exercise_cell(lesson.number, name, solved))


def stub(solution: str, lesson: str) -> str:
    """The signature and the docstring of a solved function, and `...` in place of its body."""
    body = ast.parse(solution).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or not ast.get_docstring(body[0]):
        raise LessonError(f"{lesson}: an exercise's cell holds one function with a docstring.")
    docstring = body[0].body[0]
    kept = solution.splitlines()[: docstring.end_lineno]
    return "\n".join([*kept, " " * docstring.col_offset + "..."])


def is_test(cell: NotebookNode) -> bool:
    return "assert" in cell.metadata.get("tags", [])
