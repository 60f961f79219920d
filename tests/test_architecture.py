"""The package's shape: who may import whom, how long the core is, and what it needs."""

import ast
import io
import json
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "micrograd"

# Floors 0 to 2, in the order in which a learner meets them.
CORE = [
    *("engine", "gradcheck", "tokenizer", "datasets"),
    *("nn", "optim"),
    *("gpt", "train", "sample", "checkpoint"),
]
UPSTAIRS = {"viz", "checks"}  # floor 4, the only one that draws
PICTURES = {"matplotlib", "graphviz", "ipywidgets"}
BUDGET = 1025  # lines of code that somebody reads in about an hour

MODULES = [PACKAGE / f"{name}.py" for name in CORE]


def imports(file: Path) -> set[str]:
    """The top-level names that a file imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name} has a relative import"
            names.add(str(node.module).split(".")[0])
    return names


def code_lines(source: str) -> int:
    """Lines of code, a statement that is broken over several lines counted once.

    So nobody shortens an error message for the budget's sake. Docstrings are not counted.
    """
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    statements = sum(token.type == tokenize.NEWLINE for token in tokens)
    return statements - sum(1 for _ in docstrings(ast.parse(source)))


def docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    """Every statement that is nothing but a text (or a `...`, which is no code either)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


# ---------------------------------------------------------------------------------- floors


def test_imports_run_downward_only() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("engine", "import micrograd.nn"),
        ("nn", "from micrograd.gpt import GPT"),
        ("gpt", "from micrograd.train import Training"),
        ("optim", "import micrograd.viz"),
        ("tokenizer", "import micrograd.engine"),
        ("checks/card", "import micrograd.viz"),
        ("viz/picture", "import micrograd.checks"),
    ],
)
def test_an_import_upward_or_sideways_would_be_found(
    tmp_path: Path, module: str, statement: str
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "micrograd", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint_imports(tmp_path).returncode == 0
    with (tmp_path / "micrograd" / f"{module}.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{statement}\n")
    assert lint_imports(tmp_path).returncode == 1


def test_every_module_of_the_package_has_its_floor() -> None:
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("layers = [")[1]
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    for part in parts - {"__init__", "__pycache__"}:
        assert f"micrograd.{part}" in contract, f"{part} has no floor in pyproject.toml"


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_the_core_needs_only_the_standard_library(file: Path) -> None:
    foreign = imports(file) - set(sys.stdlib_module_names) - {"micrograd"}
    assert foreign <= ({"pooch"} if file.stem == "datasets" else set())


def test_only_the_top_floor_draws() -> None:
    for file in PACKAGE.rglob("*.py"):
        if file.relative_to(PACKAGE).parts[0] not in UPSTAIRS:
            assert not imports(file) & PICTURES, file


# ---------------------------------------------------------------- what an import brings along


@pytest.mark.parametrize("module", ["micrograd", *(f"micrograd.{name}" for name in CORE)])
def test_importing_the_core_loads_nothing_but_the_standard_library(module: str) -> None:
    program = (
        f"import json, sys; before = set(sys.modules); import {module}; "
        "print(json.dumps([name.split('.')[0] for name in set(sys.modules) - before]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert "micrograd" in loaded
    assert loaded - set(sys.stdlib_module_names) == {"micrograd"}


# ---------------------------------------------------------------------------------- length


def test_code_lines_counts_statements_and_no_docstrings() -> None:
    source = '"""A docstring\nof two lines."""\n\n# a comment\nx = [  # one\n    1,\n]\n'
    source += 'def f():\n    """What it does."""\n    return """a text\n    of two lines"""\n'
    assert code_lines(source) == 3


def test_the_core_can_be_read_in_an_hour() -> None:
    lengths = {file.stem: code_lines(file.read_text(encoding="utf-8")) for file in MODULES}
    assert sum(lengths.values()) <= BUDGET, lengths
