"""The spine of the course in a browser's Python: Pyodide, under Node and without a network.

One script does what a learner does first, in Pyodide and in this Python, from the same folder of
copied files; the tests compare what it reports. The two differ in version and in the C library's
exp and log, so numbers are compared to 1e-12 rather than bit for bit.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import graphviz
import pytest
from conftest import PYODIDE

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
RUNNER = TESTS / "pyodide" / "run.mjs"
SCRIPT = TESTS / "pyodide" / "first_steps.py"

Report = dict[str, Any]

pytestmark = [pytest.mark.needs_pyodide, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser_and_here(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report]:
    """The report from the browser's Python, and the one from this Python."""
    site = tmp_path_factory.mktemp("site")
    copy_without_caches(ROOT / "micrograd", site / "micrograd")
    copy_without_caches(ROOT / "data", site / "data")
    copy_without_caches(Path(graphviz.__file__).parent, site / "graphviz")
    node = ["node", str(RUNNER), str(PYODIDE), str(site), str(SCRIPT)]
    here = [sys.executable, "-S", str(SCRIPT)]  # -S: without what is installed beside it
    return report(node, site), report(here, site)


def copy_without_caches(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def report(command: list[str], site: Path) -> Report:
    """What the script prints when `command` runs it."""
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr}"
    answer: Report = json.loads(done.stdout)
    return answer


def test_it_is_a_browsers_python(browser_and_here):
    browser, _ = browser_and_here
    assert browser["platform"] == "emscripten"


def test_every_module_of_floors_0_to_2_imports(browser_and_here):
    browser, here = browser_and_here
    assert browser["imports"] == here["imports"]
    assert {"engine", "nn", "gpt", "train", "sample", "checkpoint"} <= set(browser["imports"])


def test_a_graph_becomes_the_same_dot_text(browser_and_here):
    browser, here = browser_and_here
    assert browser["dot"] == here["dot"]
    assert browser["dot"].startswith("digraph")
    assert "grad\\ -24" in browser["dot"]  # of w: 2 * (3 * 2 - 10) * 3, a space escaped for DOT


def test_the_bundled_checkpoint_loads_and_invents_the_same_names(browser_and_here):
    browser, here = browser_and_here
    assert browser["model"] == here["model"]
    assert browser["model"]["parameters"] == 4_192  # the published program's, for 26 letters
    assert all(name.isalpha() for name in browser["model"]["names"])


def test_a_step_trains_with_the_same_loss(browser_and_here):
    browser, here = browser_and_here
    first, second = browser["training"]["losses"]
    assert second < first
    assert [first, second] == pytest.approx(here["training"]["losses"], rel=1e-12, abs=0)


def test_a_step_leaves_the_same_weights(browser_and_here):
    browser, here = browser_and_here
    assert browser["training"]["weights"] == pytest.approx(
        here["training"]["weights"], rel=0, abs=1e-9
    )
