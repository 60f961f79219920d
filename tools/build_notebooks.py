"""Build the notebooks from their sources.

    python tools/build_notebooks.py              build every lesson
    python tools/build_notebooks.py 03a 07       build these two
    python tools/build_notebooks.py --check      change nothing; exit 1 if anything is out of step

From each script in `notebooks/source/` (`lesson_source.py` says how one is written) come

- `notebooks/NN_name.ipynb`, the learner's: every exercise is a stub, nothing has been executed;
- `notebooks/solutions/NN_name.ipynb`: every exercise is solved, and the outputs are kept.

A solution is executed in static mode (MICROGRAD_STATIC=1), and only when its code has changed: new
prose is joined to the old outputs. After a change in `micrograd/`, pass `--all`. `--no-execute`
leaves the solutions alone. Unchanged sources give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
from lesson_source import REFRAIN, Lesson, LessonError, cells_of, is_test, read_course
from lint_notebooks import broken_links, output_problems, style_problems
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

LARGEST_SOLUTION = 300_000  # bytes
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


# -------------------------------------------------------------------------------- the two products


def product(course: Sequence[Lesson], lesson: Lesson, solved: bool) -> NotebookNode:
    """The learner's notebook or, not yet executed, the solution."""
    notebook = with_tests(course, lesson, solved)
    notebook.cells = [cell for cell in notebook.cells if not is_test(cell)]
    if solved:
        notebook.metadata["micrograd"] = {"code_sha256": code_hash(lesson)}
        for cell in notebook.cells:
            if cell.cell_type == "markdown":  # solutions lie one folder deeper
                cell.source = cell.source.replace("](../", "](../../")
    return notebook


def with_tests(course: Sequence[Lesson], lesson: Lesson, solved: bool) -> NotebookNode:
    """The notebook that is executed: the cells tagged "assert" are still there."""
    top, bottom = navigation(course, lesson)
    cells = [
        new_markdown_cell(top, id="navigation-top", metadata={"tags": ["navigation"]}),
        *cells_of(lesson, solved),
        new_markdown_cell(bottom, id="navigation-bottom", metadata={"tags": ["navigation"]}),
    ]
    return new_notebook(cells=cells, metadata=METADATA)


def navigation(course: Sequence[Lesson], lesson: Lesson) -> tuple[str, str]:
    """The generated lines above the title and below the last cell."""
    place = [other.name for other in course].index(lesson.name)
    links = ["[the course](../README.md)"]
    if place > 0:
        before = course[place - 1]
        links.insert(0, f"[← {before.title}]({before.name}.ipynb)")
    if place + 1 < len(course):
        after = course[place + 1]
        links.append(f"[{after.title} →]({after.name}.ipynb)")
    line = " · ".join(links)
    facts = f"{lesson.minutes} minutes"
    if lesson.reads:
        facts += " · you will read " + ", ".join(f"[{path}](../{path})" for path in lesson.reads)
    refrain = " → ".join(f"**{part}**" if part in lesson.refrain else part for part in REFRAIN)
    return f"{line}\n\n{facts}\n\n{refrain}", line


def code_hash(lesson: Lesson) -> str:
    """A fingerprint of all that runs when the solution is executed, tests included."""
    code = [cell.source for cell in cells_of(lesson, solved=True) if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def to_bytes(notebook: NotebookNode) -> bytes:
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n".encode()


# -------------------------------------------------------------------------------------- execution


def execute(notebook: NotebookNode) -> None:
    """Run the notebook in place: in static mode, in an empty folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=600,  # seconds for one cell
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=40"],  # errors; its warnings are about the connection
        )
        client.execute(env=os.environ | {"MICROGRAD_STATIC": "1"})


def solution(course: Sequence[Lesson], lesson: Lesson, old: NotebookNode | None) -> NotebookNode:
    """The solved notebook with its outputs, which are those of `old` if its code is the same."""
    notebook = product(course, lesson, solved=True)
    if old is None or not same_code(notebook, old):
        print(f"{lesson.name}: executing", flush=True)
        old = with_tests(course, lesson, solved=True)
        try:
            execute(old)
        except (CellControlSignal, DeadKernelError) as error:
            trace = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # without the terminal's colours
            raise LessonError(f"{lesson.name}: a cell of the solution failed.\n{trace}") from None
    outputs = {cell.id: cell.outputs for cell in code_cells(old)}
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
        cell.outputs = join_streams(outputs[cell.id])
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def same_code(new: NotebookNode, old: NotebookNode) -> bool:
    recorded = old.metadata.get("micrograd", {}).get("code_sha256")
    new_cells, old_cells = (
        [(cell.get("id"), cell.source) for cell in code_cells(one)] for one in (new, old)
    )
    return recorded == new.metadata.micrograd.code_sha256 and new_cells == old_cells


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the neighbouring pieces of one stream: where a kernel cuts it is a matter of chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if joined and "name" in output and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(nbformat.from_dict(output))
    return joined


# ------------------------------------------------------------------------------- build and check


def build(root: Path, names: Sequence[str] = (), run: bool = True, anew: bool = False) -> list[str]:
    """Write the products, and return one sentence for each thing that is still wrong with them.

    `run=False` leaves the solutions alone; `anew=True` executes also those whose code is unchanged.
    """
    course = read_course(root)
    failures = []
    for lesson in chosen(course, names):
        learner_path, solution_path = paths(root, lesson)
        try:
            write(learner_path, product(course, lesson, solved=False))
            if run:
                old = None if anew else read_notebook(solution_path)
                write(solution_path, solution(course, lesson, old))
        except LessonError as error:
            failures.append(str(error))
    return failures or check(root, names, solutions=run)


def check(root: Path, names: Sequence[str] = (), solutions: bool = True) -> list[str]:
    """Compare the products with their sources, executing nothing; one sentence a difference."""
    course = read_course(root)
    problems = []
    for lesson in chosen(course, names):
        learner_path, solution_path = paths(root, lesson)
        learner, solved = (product(course, lesson, solved=solved) for solved in (False, True))
        found = style_problems(solved, has_pictures=lesson.number != "A")
        found += broken_links(learner, learner_path.parent)
        if not learner_path.exists() or learner_path.read_bytes() != to_bytes(learner):
            found.append(f"the learner's notebook is not what the source gives; {again(lesson)}.")
        if solutions:
            found += solution_problems(solution_path, solved, again(lesson))
        problems += [f"{lesson.name}: {problem}" for problem in found]
    return problems if names else problems + orphans(root, course)


def solution_problems(path: Path, expected: NotebookNode, remedy: str) -> list[str]:
    """What is wrong with a stored solution, whose cells must be those of `expected`."""
    stored = read_notebook(path)
    if stored is None:
        return [f"the solution is missing or cannot be read; {remedy}."]
    found = output_problems(stored)
    size = path.stat().st_size
    if size > LARGEST_SOLUTION:
        found.append(
            f"the solution has {size / 1000:.0f} KB, {LARGEST_SOLUTION / 1000:.0f} are allowed; "
            "draw fewer or smaller pictures."
        )
    for cell in code_cells(stored):
        cell.outputs, cell.execution_count = [], None
    if to_bytes(stored) != to_bytes(expected):
        found.append(f"the solution is not what the source gives; {remedy}.")
    return found


def orphans(root: Path, course: Sequence[Lesson]) -> list[str]:
    """Products whose source is gone."""
    wanted = {path for lesson in course for path in paths(root, lesson)}
    notebooks = root / "notebooks"
    present = [*notebooks.glob("*.ipynb"), *(notebooks / "solutions").glob("*.ipynb")]
    return [
        f"{path.relative_to(root).as_posix()} has no source; delete it."
        for path in sorted(present)
        if path not in wanted
    ]


def chosen(course: Sequence[Lesson], names: Sequence[str]) -> list[Lesson]:
    """The lessons called `names`, each by its number or its whole name; all when none is given."""
    known = {lesson.number for lesson in course} | {lesson.name for lesson in course}
    if unknown := set(names) - known:
        raise LessonError(
            f"no lesson is called {', '.join(sorted(unknown))}; "
            f"there are {', '.join(lesson.name for lesson in course)}."
        )
    return [one for one in course if not names or one.number in names or one.name in names]


def paths(root: Path, lesson: Lesson) -> tuple[Path, Path]:
    """Where the learner's notebook and the solution belong."""
    notebooks, name = root / "notebooks", f"{lesson.name}.ipynb"
    return notebooks / name, notebooks / "solutions" / name


def read_notebook(path: Path) -> NotebookNode | None:
    """The notebook at `path`, or None where there is none that can be read."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    return notebook


def write(path: Path, notebook: NotebookNode) -> None:
    content = to_bytes(notebook)
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path.parent.name}/{path.name}: written", flush=True)


def again(lesson: Lesson) -> str:
    return f"run python tools/build_notebooks.py {lesson.number}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the notebooks from their sources.")
    parser.add_argument("names", nargs="*", help="lessons, as 03a or 03a_autograd_forward")
    parser.add_argument("--check", action="store_true", help="compare only, execute nothing")
    parser.add_argument("--no-execute", action="store_true", help="leave the solutions alone")
    parser.add_argument("--all", action="store_true", help="execute even where no code changed")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    options = parser.parse_args()
    try:
        if options.check:
            problems = check(options.root, options.names, solutions=not options.no_execute)
        else:
            problems = build(options.root, options.names, not options.no_execute, options.all)
    except LessonError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
