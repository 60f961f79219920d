"""Heavy extras: a test that needs one is skipped without it, and the last line says how to get it.

With `CI=true` in the environment nothing may be missing: there such a test fails.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYODIDE = ROOT / ".venv" / "pyodide" / "node_modules" / "pyodide"  # where .ci/run installs it
# Written once more in .ci/run; a test compares the two.
TORCH_VERSION, JAX_VERSION, PYODIDE_VERSION = "2.13.0", "0.10.2", "0.29.5"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The path of the first Chromium or Chrome found, or None."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


@dataclass(frozen=True)
class Extra:
    """Something heavy that a test may need, and how to get it."""

    name: str
    present: Callable[[], bool]
    how: str

    def __str__(self) -> str:
        return f"{self.name} ({self.how})"


EXTRAS = {
    "needs_numba": Extra(  # comes with `start.py test`, except on Intel Macs
        "numba",
        present=lambda: importlib.util.find_spec("numba") is not None,
        how="`.venv/bin/python -m pip install numba`",
    ),
    "needs_torch": Extra(
        "PyTorch",
        present=lambda: importlib.util.find_spec("torch") is not None,
        how=f"`.venv/bin/python -m pip install torch=={TORCH_VERSION}`",
    ),
    "needs_jax": Extra(
        "JAX",
        present=lambda: importlib.util.find_spec("jax") is not None,
        how=f"`.venv/bin/python -m pip install jax=={JAX_VERSION}`",
    ),
    "needs_chromium": Extra(
        "Chromium",
        present=lambda: find_chromium() is not None,
        how="`apt-get install chromium`, or install Chrome",
    ),
    "needs_pyodide": Extra(
        "Pyodide",
        present=lambda: shutil.which("node") is not None and (PYODIDE / "package.json").exists(),
        how=f"install Node, then `npm install --prefix .venv/pyodide pyodide@{PYODIDE_VERSION}`",
    ),
}


def require(extra: Extra) -> None:
    """Skip the running test where the extra is missing; fail it where CI=true promised it.

    At the top of a file it does so for all tests in it, before they import the extra.
    """
    if extra.present():
        return
    message = f"This test needs {extra}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{message}; with CI=true every extra must be there", pytrace=False)
    pytest.skip(message, allow_module_level=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, extra in EXTRAS.items():
        if item.get_closest_marker(marker):
            require(extra)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """After pytest's own closing line, one more where something was missing."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # a worker of pytest-xdist, which has no terminal
        return
    skipped = "".join(str(report.longrepr) for report in reporter.stats.get("skipped", []))
    missing = [str(extra) for extra in EXTRAS.values() if str(extra) in skipped]
    if missing:
        reporter.write_line(f"Skipped for want of an extra: {'; '.join(missing)}", yellow=True)


@pytest.fixture
def chromium() -> str:
    """The path of a Chromium, for tests marked `needs_chromium`."""
    require(EXTRAS["needs_chromium"])
    return str(find_chromium())


@pytest.fixture
def pyodide_dir() -> Path:
    """The folder of the npm package `pyodide`, for tests marked `needs_pyodide`."""
    require(EXTRAS["needs_pyodide"])
    return PYODIDE
