"""The controls in ipywidgets 7.7, which older JupyterLabs and hosted notebooks have.

What is tried here is the side of the kernel: that every widget can be made, moved and read. How
7.7 draws them in its own front end is untried.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OLD = ["ipywidgets==7.7.5", "ipython_genutils==0.2.0"]

pytestmark = [pytest.mark.full, pytest.mark.slow]


@pytest.fixture(scope="module")
def old_widgets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ipywidgets 7.7 alone, to be put in front of what is installed."""
    folder = tmp_path_factory.mktemp("old")
    pip = ["uv", "pip"] if shutil.which("uv") else [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--target", folder, *OLD], check=True)
    return folder


@pytest.mark.parametrize("file", ["test_explorers.py", "test_checks_controls.py", "test_board.py"])
def test_the_controls_work_with_ipywidgets_7(old_widgets: Path, file: str) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(old_widgets), str(ROOT)])}
    version = "import ipywidgets; print(ipywidgets.__version__)"
    found = subprocess.run(
        [sys.executable, "-c", version], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith("7.7.")
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{file}"]
    done = subprocess.run(
        tests, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
