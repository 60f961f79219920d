"""The course's notebooks: in step with their sources, and reproducible."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from build_notebooks import check

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
LESSONS = sorted(path.stem for path in (NOTEBOOKS / "source").glob("*.py"))

each_lesson = pytest.mark.parametrize("name", LESSONS)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def nbval(notebook: Path, folder: Path) -> list[bool]:
    """Whether each code cell still gives its stored output: nbval's verdicts, in order.

    It works on a copy in `folder`, and a skipped cell counts as one that differs.
    """
    copy, report = folder / notebook.name, folder / "report.xml"
    shutil.copy(notebook, copy)
    options = [
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=300",
        f"--nbval-sanitize-with={Path(__file__).with_name('nbval_sanitize.cfg')}",
        f"--junitxml={report}",
    ]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=no", *options, str(copy)],
        cwd=folder,
        env=clean | {"MICROGRAD_STATIC": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    print(done.stdout, done.stderr)  # pytest shows this when the test fails
    cells = ElementTree.parse(report).getroot().iter("testcase")
    verdicts = [len(cell) == 0 for cell in cells]  # a failure or a skip is an element inside
    assert all(verdicts) == (done.returncode == 0)
    return verdicts


def test_there_are_notebooks() -> None:
    assert LESSONS


def test_the_notebooks_are_what_their_sources_give() -> None:
    assert check(ROOT) == []


@pytest.mark.slow
@each_lesson
def test_a_solution_gives_its_stored_outputs_again(name: str, tmp_path: Path) -> None:
    path = NOTEBOOKS / "solutions" / f"{name}.ipynb"
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert nbval(path, tmp_path) == [True] * len(code)
    ignored = "nbval-ignore-output"
    assert any(cell.outputs and ignored not in cell.metadata.get("tags", []) for cell in code)


# The test above can fail


def picture(alt: str, png: str) -> str:
    return f'<img alt="{alt}" src="data:image/png;base64,{png}">'


@pytest.mark.slow
def test_nbval_notices_another_number_and_another_alt_text(tmp_path: Path) -> None:
    shows = "from IPython.display import HTML, display\n\n"
    shows += f"display(HTML('{picture('It falls to 2.5.', 'AAAA')}'))"
    stored = [
        ("print('loss', 2.5)", "loss 2.5\n", True),
        ("print('loss', 2.5)", "loss 2.6\n", False),
        ("print('loss', 2.5)", None, False),
        (shows, picture("It falls to 2.5.", "AAAA"), True),
        (shows, picture("It falls to 2.5.", "BBBB"), True),
        (shows, picture("It falls to 2.6.", "AAAA"), False),
    ]
    cells = []
    for count, (code, output, _) in enumerate(stored, start=1):
        cell = new_code_cell(code, execution_count=count)
        if output is not None and "<img" in output:
            data = {"text/html": output, "text/plain": "<IPython.core.display.HTML object>"}
            cell.outputs = [new_output("display_data", data=data)]
        elif output is not None:
            cell.outputs = [new_output("stream", text=output)]
        cells.append(cell)
    path = tmp_path / "stored" / "tiny.ipynb"
    path.parent.mkdir()
    nbformat.write(new_notebook(cells=cells), path)
    assert nbval(path, tmp_path) == [as_stored for _, _, as_stored in stored]
