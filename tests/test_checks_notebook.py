"""The checks inside real notebooks: built from a lesson, executed by a kernel, interrupted."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest
from cells import cell
from conftest import PYODIDE
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from build_notebooks import product
from lesson_source import read_course

from micrograd.checks import Lesson
from micrograd.checks.catalogue import declared, lessons, tasks
from micrograd.checks.declare import Exercise, Given, source_of
from micrograd.checks.store import Progress

ROOT = Path(__file__).resolve().parent.parent


def lesson_text(number: str) -> str:
    """A lesson that asks and gives all that a notebook does, and has nothing else.

    Only the names that earlier notebooks have made are brought along.
    """
    parts = [f"# ---\n# minutes: 30\n# ---\n\n# %% [markdown]\n# # All of {number}\n\n# %%\n"]
    parts.append("import math\nimport random\n\nfrom micrograd.checks import Lesson\n")
    parts.append(f'\nlesson = Lesson("{number}")\n')
    if before := lessons()[: lessons().index(number)]:
        parts.append(f'held = Lesson("{before[-1]}").catch_up(globals())\n')
    for name, task in declared(number).items():
        kind = "given" if isinstance(task, Given) else "exercise"
        parts.append(f'\n# %% tags=["{kind}"]\n# {kind}: {name}\n')
        if isinstance(task, Exercise):
            parts.append(f"\n# %%\n{name} = lesson.check({name})\n")
    return "".join([*parts, "\n# %%\nlesson.summary()\n"])


def notebook(folder: Path, number: str, solved: bool) -> nbformat.NotebookNode:
    source = folder / "notebooks" / "source"
    source.mkdir(parents=True)
    (source / f"{number}_all.py").write_text(lesson_text(number), encoding="utf-8")
    course = read_course(folder)
    return product(course, course[0], solved)


def executed(what: nbformat.NotebookNode) -> list[str]:
    """The text of every output."""
    environment = {**os.environ, "MICROGRAD_STATIC": "1", "PYTHONPATH": str(ROOT)}
    NotebookClient(what, timeout=60).execute(env=environment)
    outputs = [output for one in what.cells for output in one.get("outputs", [])]
    return [output.data["text/plain"] for output in outputs]


@pytest.mark.slow
@pytest.mark.parametrize("number", lessons())
def test_the_unsolved_notebook_runs_and_contains_no_solution(number: str, tmp_path: Path) -> None:
    unsolved = notebook(tmp_path, number, solved=False)
    asked = [one.source for one in unsolved.cells if "catch_up" not in one.source]  # names a lesson
    text = "\n".join(asked)
    for task in tasks(number).values():
        if isinstance(task, Exercise):
            body = source_of(task.solution, task.name).split('"""')[-1]
            assert body not in text
        else:
            assert f'"{task.answer}"' not in text
    said = executed(unsolved)
    assert sum("not started" in card.splitlines()[0] for card in said) == len(tasks(number))


@pytest.mark.slow
@pytest.mark.parametrize("number", lessons())
def test_the_solved_notebook_passes_every_check(number: str, tmp_path: Path) -> None:
    said = executed(notebook(tmp_path, number, solved=True))
    functions = [task for task in tasks(number).values() if isinstance(task, Exercise)]
    assert sum(": passed" in card.splitlines()[0] for card in said) >= len(functions)
    assert not re.search("not yet|not started|untouched|from another cell", "\n".join(said))


@pytest.mark.skipif(os.name == "nt", reason="there the notebook server interrupts in another way")
def test_an_interrupt_ends_the_answer_and_not_the_notebook(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loop = cell("def slope(f, x, h):\n    while True:\n        pass\n")["slope"]
    lesson = Lesson("01", Progress(), seconds=60)
    interrupt = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    slope = lesson.check(loop)
    interrupt.join()
    assert "it was interrupted" in capsys.readouterr().out
    assert slope(lambda x: x, 1.0, 0.5) == 1.0


# In static mode, so that no progress is written to the folder that is mounted.
IN_A_BROWSER = """
import linecache, os
os.environ["MICROGRAD_STATIC"] = "1"
from micrograd.checks import Lesson

def answer(body):
    source = f"def slope(f, x, h):\\n{body}\\n"
    linecache.cache[body] = (1, None, source.splitlines(True), body)
    notebook = {}
    exec(compile(source, body, "exec"), notebook)
    return notebook["slope"]

lesson = Lesson("01", seconds=0.5)
lesson.check(answer("    return (f(x + h) - f(x - h)) / (2 * h)"))
lesson.check(answer("    return f(x)"))
lesson.check(answer("    while True:\\n        try:\\n            while True:\\n"
                    "                pass\\n        except:\\n            pass"))
"""


@pytest.mark.needs_pyodide
@pytest.mark.slow
def test_in_a_browsers_python_answers_are_checked_and_loops_end(
    tmp_path: Path, pyodide_dir: Path
) -> None:
    (tmp_path / "steps.py").write_text(IN_A_BROWSER, encoding="utf-8")
    runner = ROOT / "tests" / "pyodide" / "run.mjs"
    done = subprocess.run(
        ["node", runner, PYODIDE, ROOT, tmp_path / "steps.py"],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "slope: passed" in done.stdout
    assert "the slope is the height" in done.stdout
    assert "it was still running when its time was over" in done.stdout
