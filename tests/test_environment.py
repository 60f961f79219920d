"""What gets installed: conda's list, pip's list and the locks agree, and the wheel is whole."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from conftest import JAX_VERSION, PYODIDE_VERSION, TORCH_VERSION
from packaging.requirements import Requirement
from packaging.version import Version
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-test.lock")

# PyPI's name -> conda-forge's, where they differ.
CONDA_NAMES = {"graphviz": "python-graphviz", "matplotlib": "matplotlib-base"}
ONLY_FOR_CONDA = {"python", "pip", "graphviz"}  # here `graphviz` is the program, not the package


def bounds_wanted() -> dict[str, str]:
    """Name -> version bound of the `notebook` extra, in conda-forge's names."""
    requirements = map(Requirement, EXTRAS["notebook"])
    return {CONDA_NAMES.get(r.name, r.name): str(r.specifier) for r in requirements}


def bounds_in_environment() -> dict[str, str]:
    """Name -> version bound in environment.yml, from conda's list and from its pip section."""
    specs = [MatchSpec(entry) for entry in CONDA["dependencies"] if isinstance(entry, str)]
    bounds = {spec.name.normalized: str(spec.version or "") for spec in specs}
    for requirement in map(Requirement, conda_pip_section()):
        bounds[requirement.name] = str(requirement.specifier)
    return bounds


def conda_pip_section() -> list[str]:
    """The packages that conda leaves to pip, without the course itself."""
    (section,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    assert "-e ." in section
    return [entry for entry in section if entry != "-e ."]


def pins(lock: str) -> dict[str, set[str]]:
    """Name -> versions pinned in a lock (more than one where Pythons differ)."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, flags=re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_conda_and_pip_ask_for_the_same_packages_with_the_same_lower_bounds() -> None:
    environment = bounds_in_environment()
    shared = {name: bound for name, bound in environment.items() if name not in ONLY_FOR_CONDA}
    assert shared == bounds_wanted()


def test_conda_brings_the_same_python_and_the_program_dot() -> None:
    environment = bounds_in_environment()
    assert environment["python"] == PROJECT["project"]["requires-python"]
    assert {"graphviz", "python-graphviz"} <= environment.keys()
    assert CONDA["channels"][0] == "conda-forge"


def test_the_distribution_is_not_called_like_the_import() -> None:
    assert PROJECT["project"]["name"] == "micrograd-course"


def test_the_core_needs_nothing() -> None:
    assert PROJECT["project"]["dependencies"] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "/" not in text  # no address, and no path
    assert set(re.findall(r"(?m)^ *(--[a-z-]+)", text)) == {"--hash"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_a_lock_meets_the_bounds_of_its_extras() -> None:
    for lock, extras in {LOCKS[0]: ["notebook"], LOCKS[1]: ["notebook", "test"]}.items():
        pinned = pins(lock)
        wanted = [Requirement(r) for extra in extras for r in EXTRAS[extra]]
        wanted += map(Requirement, PROJECT["dependency-groups"]["lock"])
        for requirement in wanted:
            versions = pinned[requirement.name]
            assert all(Version(v) in requirement.specifier for v in versions), requirement


def test_the_lock_for_tests_contains_the_lock_for_learners() -> None:
    learner, tester = map(pins, LOCKS)
    assert {name: tester.get(name) for name in learner} == learner


def test_the_build_backend_is_locked_too() -> None:
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        assert requirement.name in pins(LOCKS[0])


@pytest.mark.parametrize(
    "package",
    [f"torch=={TORCH_VERSION}", f"jax=={JAX_VERSION}", f"pyodide@{PYODIDE_VERSION}"],
)
def test_ci_installs_the_very_extras_that_the_tests_speak_of(package: str) -> None:
    assert package in (ROOT / ".ci" / "run").read_text(encoding="utf-8").split()
    name, version = re.split("==|@", package)
    if name in EXTRAS:
        (bound,) = map(Requirement, EXTRAS[name])
        assert Version(version) in bound.specifier


@pytest.mark.slow
def test_a_wheel_holds_the_data_and_works_on_its_own(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-index", "--quiet"]
    build = [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")

    names = zipfile.ZipFile(wheel).namelist()
    data = {f"micrograd/data/{file.name}" for file in (ROOT / "data").iterdir() if file.is_file()}
    assert "micrograd/data/names.txt" in data
    assert data <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "tools/", "notebooks/"))]

    subprocess.run(
        [*pip, "install", *offline, "--target", str(tmp_path / "site"), wheel], check=True
    )
    program = (
        "import micrograd, micrograd.datasets; print(micrograd.__file__); "
        "print(len(micrograd.datasets.load('names')))"
    )
    installed = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    where, count = installed.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert int(count) >= 6000
