"""The two commands: what they do, and the one sentence that they say when they cannot."""

import argparse
import ast
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import start

ROOT = Path(__file__).resolve().parent.parent


# ------------------------------------------------------------------------------ which Python


def test_an_old_python_can_read_start_py_as_far_as_the_version_check() -> None:
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_is_told_which_one_to_install() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 10, 13); sys.version = '3.10.13 (main)'; "
    done = python("-c", pretend + "runpy.run_path('start.py', run_name='__main__')")
    assert done.returncode == 1
    assert one_sentence(done.stderr) == (
        "This course needs Python 3.11 or newer, and this is 3.10.13; install a newer one from "
        "python.org and start it by its name, for example: python3.12 start.py"
    )


def test_start_py_needs_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import)]
    modules = {alias.name for node in imports for alias in node.names}
    modules |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert modules - set(sys.stdlib_module_names) == set()


def test_an_option_that_does_not_exist_is_refused() -> None:
    done = python("start.py", "--no-browsr")
    assert done.returncode == 2
    assert "--no-browsr" in done.stderr


# ------------------------------------------------------------------- the learner's notebooks


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one lesson, whose only cell says `version 1`."""
    (tmp_path / "notebooks").mkdir()
    ship(tmp_path, "version 1")
    return tmp_path


def notebook(*cells: str, outputs: tuple[str, ...] = ()) -> str:
    """A notebook of code cells, as JupyterLab would save it."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": [cell], "outputs": list(outputs), "metadata": {}}
                for cell in cells
            ],
            "metadata": {"saved": "by hand" if outputs else "never"},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def ship(root: Path, *cells: str) -> None:
    (root / "notebooks" / "01_lesson.ipynb").write_text(notebook(*cells), encoding="utf-8")


def work(root: Path, name: str = "01_lesson.ipynb") -> Path:
    return root / "work" / name


def says(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def test_a_notebook_is_copied_to_work(course: Path) -> None:
    start.copy_notebooks(course)
    assert says(work(course)) == ["version 1"]


def test_a_notebook_in_which_nobody_wrote_follows_an_update(course: Path) -> None:
    start.copy_notebooks(course)
    ship(course, "version 2")
    start.copy_notebooks(course)
    assert says(work(course)) == ["version 2"]


def test_outputs_and_metadata_do_not_count_as_writing(course: Path) -> None:
    start.copy_notebooks(course)
    work(course).write_text(notebook("version 1", outputs=("42",)), encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    assert says(work(course)) == ["version 2"]


def test_outputs_are_kept_while_there_is_no_update(course: Path) -> None:
    start.copy_notebooks(course)
    executed = notebook("version 1", outputs=("42",))
    work(course).write_text(executed, encoding="utf-8")
    start.copy_notebooks(course)
    assert work(course).read_text(encoding="utf-8") == executed


def test_a_notebook_with_an_answer_survives_an_update(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start.copy_notebooks(course)
    work(course).write_text(notebook("my answer"), encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    assert says(work(course)) == ["my answer"]
    assert says(work(course, "01_lesson.new.ipynb")) == ["version 2"]
    assert one_sentence(capsys.readouterr().out) == (
        "01_lesson.ipynb has a new version; yours, in which you have written, is as it was, and "
        "the new one lies beside it as 01_lesson.new.ipynb."
    )


def kinds_of_cells(path: Path) -> dict[str, int]:
    """The first cell of each kind in a notebook: prose, code, and what the tags call it."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kinds: dict[str, int] = {}
    for i, cell in enumerate(cells):
        for kind in [cell["cell_type"], *cell["metadata"].get("tags", [])]:
            kinds.setdefault(kind, i)
    return {"first": 0, **kinds, "last": len(cells) - 1}


@pytest.mark.parametrize(
    "lesson", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem
)
def test_an_edit_in_any_kind_of_cell_of_a_real_lesson_is_kept(course: Path, lesson: Path) -> None:
    shipped = lesson.read_text(encoding="utf-8")
    for kind, i in kinds_of_cells(lesson).items():
        shutil.rmtree(course / "work", ignore_errors=True)
        (course / "notebooks" / lesson.name).write_text(shipped, encoding="utf-8")
        start.copy_notebooks(course)
        mine = json.loads(shipped)
        mine["cells"][i]["source"] = "".join(mine["cells"][i]["source"]) + " "
        work(course, lesson.name).write_text(json.dumps(mine), encoding="utf-8")
        (course / "notebooks" / lesson.name).write_text(notebook("version 2"), encoding="utf-8")
        start.copy_notebooks(course)
        assert says(work(course, lesson.name))[i].endswith(" "), kind
        assert says(work(course, f"{lesson.stem}.new.ipynb")) == ["version 2"], kind


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: [*cells, dict(cells[0], source="a cell of mine")],
        lambda cells: cells[:-1],
        lambda cells: cells[::-1],
        lambda cells: [dict(cells[0], cell_type="markdown"), *cells[1:]],
    ],
    ids=["added", "deleted", "moved", "turned into prose"],
)
def test_a_change_of_the_cells_themselves_is_kept(course: Path, change: Any) -> None:
    ship(course, "one", "two", "three")
    start.copy_notebooks(course)
    mine = json.loads(work(course).read_text(encoding="utf-8"))
    mine["cells"] = change(mine["cells"])
    work(course).write_text(json.dumps(mine), encoding="utf-8")
    kept = work(course).read_text(encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    assert work(course).read_text(encoding="utf-8") == kept
    assert says(work(course, "01_lesson.new.ipynb")) == ["version 2"]


def test_the_new_version_is_laid_beside_an_answer_once(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start.copy_notebooks(course)
    work(course).write_text(notebook("my answer"), encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    work(course, "01_lesson.new.ipynb").unlink()
    capsys.readouterr()
    start.copy_notebooks(course)
    assert capsys.readouterr().out == ""
    assert not work(course, "01_lesson.new.ipynb").exists()


def test_a_copy_laid_beside_follows_the_next_update(course: Path) -> None:
    start.copy_notebooks(course)
    work(course).write_text(notebook("my answer"), encoding="utf-8")
    for version in ("version 2", "version 3"):
        ship(course, version)
        start.copy_notebooks(course)
    assert says(work(course, "01_lesson.new.ipynb")) == ["version 3"]
    assert not work(course, "01_lesson.new2.ipynb").exists()


def test_an_answer_in_the_copy_laid_beside_survives_too(course: Path) -> None:
    start.copy_notebooks(course)
    work(course).write_text(notebook("my answer"), encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    work(course, "01_lesson.new.ipynb").write_text(notebook("another answer"), encoding="utf-8")
    ship(course, "version 3")
    start.copy_notebooks(course)
    assert says(work(course)) == ["my answer"]
    assert says(work(course, "01_lesson.new.ipynb")) == ["another answer"]
    assert says(work(course, "01_lesson.new2.ipynb")) == ["version 3"]


def test_a_deleted_notebook_comes_back_fresh(course: Path) -> None:
    start.copy_notebooks(course)
    work(course).unlink()
    start.copy_notebooks(course)
    assert says(work(course)) == ["version 1"]


@pytest.mark.parametrize("content", ['{"cells": [', "[" * 100_000], ids=["half", "too deep"])
def test_a_notebook_that_cannot_be_read_is_left_alone(course: Path, content: str) -> None:
    start.copy_notebooks(course)
    work(course).write_text(content, encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    assert work(course).read_text(encoding="utf-8") == content
    assert says(work(course, "01_lesson.new.ipynb")) == ["version 2"]


@pytest.mark.parametrize("record", [None, "", "[]", '{"01_lesson.ipynb": ', "[" * 100_000])
def test_without_a_sound_record_nothing_is_overwritten(course: Path, record: str | None) -> None:
    start.copy_notebooks(course)
    work(course).write_text(notebook("my answer"), encoding="utf-8")
    if record is None:
        work(course, ".shipped.json").unlink()
    else:
        work(course, ".shipped.json").write_text(record, encoding="utf-8")
    ship(course, "version 2")
    start.copy_notebooks(course)
    assert says(work(course)) == ["my answer"]
    assert says(work(course, "01_lesson.new.ipynb")) == ["version 2"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    (tmp_path / "file.part").mkdir()  # so that the new one cannot be written
    with pytest.raises(OSError, match=r"file\.part"):
        start.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


# ---------------------------------------------------------------------------------- the port


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_before_anything_is_done(taken_port: int) -> None:
    done = python("start.py", "--port", str(taken_port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert one_sentence(done.stderr) == (
        f"Port {taken_port} is in use by another program; choose a different one with --port, or "
        "leave --port out and a free one is found."
    )


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    first = start.choose_port(None)
    with socket.create_server(("127.0.0.1", first)):
        assert start.choose_port(None) > first


@pytest.mark.parametrize("text", ["80", "0", "-1", "70000"])
def test_a_number_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="from 1024 to 65535"):
        start.port_number(text)


# --------------------------------------------------------------- a set-up that cannot succeed


def test_a_python_without_pip_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # as Debian ships it: the import fails
    with pytest.raises(start.Stop, match="sudo apt install python3-venv"):
        start.make_venv(tmp_path)


def test_a_disk_that_takes_nothing_is_reported_in_one_sentence(tmp_path: Path) -> None:
    checkout = copy_course(tmp_path / "course")

    def write_nothing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run(
        [sys.executable, "start.py", "--setup-only"],
        cwd=checkout,
        capture_output=True,
        text=True,
        preexec_fn=write_nothing,
        check=False,
    )
    assert done.returncode == 1
    assert "could not be made" in one_sentence(done.stderr)
    assert "run the same command again" in done.stderr
    assert not (checkout / ".venv" / "stamp.json").exists()


@pytest.fixture(scope="module")
def empty_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a real and empty `.venv`."""
    root = tmp_path_factory.mktemp("empty")
    start.make_venv(root)
    return root


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wheel of `pebble`, the only place where pip looks."""
    info = "pebble-1.0.dist-info"
    with zipfile.ZipFile(tmp_path / "pebble-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("pebble.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: pebble\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(
            f"{info}/RECORD", f"pebble.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
    only_here(monkeypatch, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    return tmp_path


def only_here(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """pip with these settings and no others, and no uv."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def lock_of(root: Path, requirement: str, content: bytes) -> str:
    """A lock that pins one requirement to the hash of some content."""
    digest = hashlib.sha256(content).hexdigest()
    (root / "one.lock").write_text(f"{requirement} --hash=sha256:{digest}\n", encoding="utf-8")
    return "one.lock"


def has_pebble(root: Path) -> bool:
    look = [start.venv_python(root), "-c", "import pebble"]
    return subprocess.run(look, stderr=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.slow
def test_a_tampered_package_is_refused(empty_venv: Path, wheels: Path) -> None:
    lock = lock_of(empty_venv, "pebble==1.0", b"what the wheel was when it was pinned")
    with pytest.raises(start.Stop, match=r"its hash differs.*try another network"):
        start.install(empty_venv, lock)
    assert not has_pebble(empty_venv)


@pytest.mark.slow
def test_without_a_network_the_set_up_says_so(
    empty_venv: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]  # from here on nobody answers there
    only_here(monkeypatch, PIP_INDEX_URL=f"http://127.0.0.1:{closed}/simple", PIP_RETRIES="1")
    with pytest.raises(start.Stop, match="connect this machine to the network"):
        start.install(empty_venv, lock_of(empty_venv, "pebble==1.0", b""))


@pytest.mark.slow
def test_a_package_without_a_build_for_this_system_is_reported(
    empty_venv: Path, wheels: Path
) -> None:
    with pytest.raises(start.Stop, match=r"no ready-made build .* try Python 3\.12"):
        start.install(empty_venv, lock_of(empty_venv, "boulder==1.0", b""))


@pytest.mark.slow
def test_when_uv_fails_pip_takes_over_and_a_sentence_says_so(
    empty_venv: Path,
    wheels: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = wheels / "bin" / "uv"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho out of order\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/usr/bin:/bin")
    wheel = next(wheels.glob("*.whl")).read_bytes()
    # The course itself is not here, so the last step fails, and is reported with its reason.
    with pytest.raises(start.Stop, match=r"not installed: .*install\.log"):
        start.install(empty_venv, lock_of(empty_venv, "pebble==1.0", wheel))
    assert has_pebble(empty_venv)
    said = one_sentence(capsys.readouterr().out)
    assert said == "uv failed (out of order), so pip does it instead."


# ------------------------------------------------------------------------------ the real thing


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course in a folder with a space and an é, set up for real after a try that was killed."""
    root = copy_course(tmp_path_factory.mktemp("with space é") / "course")
    command = [sys.executable, "start.py", "--setup-only"]
    first = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert first.stdout is not None
    for line in first.stdout:
        if line.startswith("Installing"):
            break
    time.sleep(2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (root / ".venv" / "stamp.json").exists()
    subprocess.run(command, cwd=root, check=True)
    return root


@pytest.mark.slow
def test_ctrl_c_in_the_set_up_ends_with_a_sentence(tmp_path: Path) -> None:
    setting_up = subprocess.Popen(
        [sys.executable, "start.py", "--setup-only"],
        cwd=copy_course(tmp_path / "course"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert setting_up.stdout is not None
    assert setting_up.stdout.readline().startswith("Making")
    os.killpg(setting_up.pid, signal.SIGINT)
    _, said = setting_up.communicate(timeout=60)
    assert setting_up.returncode == 1
    assert one_sentence(said) == (
        "Interrupted; run the same command again, and it goes on from a sound state."
    )


@pytest.fixture
def lab(checkout: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab started by `start.py`, against settings that would open it up."""
    careless = 'c.ServerApp.ip = "0.0.0.0"\nc.IdentityProvider.token = ""\n'
    for name in ("jupyter_server_config.py", "jupyter_lab_config.py"):
        (tmp_path / name).write_text(careless, encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "start.py", "--no-browser"],
        cwd=checkout,
        env={**os.environ, "JUPYTER_CONFIG_PATH": str(tmp_path), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    match = re.search(r"http://\S+", server.stdout.readline())
    assert match is not None
    address = match[0]
    deadline = time.monotonic() + 60
    while status(address) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    yield address
    assert stopped(server) == 0


def stopped(server: subprocess.Popen[str]) -> int | None:
    """What a server gives back after Ctrl-C, pressed again while a busy machine keeps it going."""
    for _ in range(6):
        server.send_signal(signal.SIGINT)
        try:
            return server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            continue
    server.kill()
    return None


def status(address: str) -> int | None:
    """The status of the answer to a request, or None where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@pytest.mark.slow
def test_the_lab_opens_with_its_token_and_not_without(lab: str) -> None:
    page, token = lab.split("?token=")
    server = page.split("/lab/")[0]
    assert len(token) == 48
    assert status(lab) == 200
    assert status(f"{server}/api/contents?token={token}") == 200
    assert status(f"{server}/api/contents") == 403
    assert status(f"{server}/api/contents?token=") == 403


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is not this machine")
def test_the_lab_listens_on_127_0_0_1_only(lab: str) -> None:
    elsewhere = lab.replace("127.0.0.1", "127.0.0.2")  # a server on every address answers there
    assert status(lab) == 200
    assert status(elsewhere) is None


@pytest.mark.slow
def test_the_lab_shows_the_checkout_and_opens_the_first_lesson(lab: str, checkout: Path) -> None:
    page, token = lab.split("?token=")
    with urllib.request.urlopen(f"{page.split('/lab/')[0]}/api/contents?token={token}") as answer:
        names = {entry["name"] for entry in json.load(answer)["content"]}
    assert {"micrograd", "work", "start.py"} <= names
    first = sorted(path.name for path in (checkout / "notebooks").glob("[0-9]*.ipynb"))[0]
    assert page.endswith(f"/lab/tree/work/{first}")


@pytest.mark.slow
def test_the_token_is_in_no_list_of_processes(lab: str) -> None:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert lab.split("token=")[1] not in listed.stdout


@pytest.mark.slow
def test_a_second_set_up_finds_nothing_to_do(checkout: Path) -> None:
    before = (checkout / ".venv" / "stamp.json").stat().st_mtime_ns
    done = python("start.py", "--setup-only", cwd=checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (checkout / ".venv" / "stamp.json").stat().st_mtime_ns == before


@pytest.mark.slow
def test_the_course_is_importable_where_the_locale_knows_only_ascii(checkout: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [start.venv_python(checkout), "-c", "import micrograd; print(ascii(micrograd.__file__))"],
        cwd=checkout / "work",
        env={**os.environ, **ascii_only},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_foreign_micrograd_in_the_python_path_is_named(checkout: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "micrograd.py"
    foreign.touch()
    done = python("start.py", "--no-browser", cwd=checkout, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert one_sentence(done.stderr) == (
        f"Another micrograd stands in front of the course's own: {foreign}; rename or remove it "
        "(or unset PYTHONPATH, if it comes from there) and run the same command again."
    )


@pytest.mark.slow
def test_a_foreign_micrograd_beside_the_notebooks_is_named(checkout: Path) -> None:
    foreign = checkout / "work" / "micrograd.py"
    foreign.touch()
    try:
        done = python("start.py", "--no-browser", cwd=checkout)
    finally:
        foreign.unlink()
    assert done.returncode == 1
    assert str(foreign) in one_sentence(done.stderr)


@pytest.mark.slow
def test_a_folder_of_that_name_beside_the_notebooks_does_no_harm(checkout: Path) -> None:
    (checkout / "work" / "micrograd").mkdir()
    try:
        done = python("start.py", "--setup-only", cwd=checkout)
    finally:
        (checkout / "work" / "micrograd").rmdir()
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_package_gone_from_the_venv_is_reported(empty_venv: Path) -> None:
    with pytest.raises(start.Stop, match=r"delete the folder \.venv"):
        start.refuse_a_foreign_package(empty_venv, empty_venv)


@pytest.mark.slow
def test_a_file_where_a_folder_belongs_is_named(checkout: Path) -> None:
    (checkout / "work").rename(checkout / "elsewhere")
    (checkout / "work").touch()
    try:
        done = python("start.py", "--setup-only", cwd=checkout)
    finally:
        (checkout / "work").unlink()
        (checkout / "elsewhere").rename(checkout / "work")
    assert done.returncode == 1
    assert one_sentence(done.stderr).startswith(f"{checkout / 'work'} could not be")


# ---------------------------------------------------------------------------- check and test


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project whose checks and tests pass, in the environment that runs this test."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    package, tests = tmp_path / "micrograd", tmp_path / "tests"
    for folder in (package, tests):
        folder.mkdir()
    (package / "__init__.py").write_text('"""A package."""\n', encoding="utf-8")
    (package / "engine.py").write_text('"""A module."""\n', encoding="utf-8")
    (tests / "test_one.py").write_text("def test_one():\n    assert True\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.mypy]\npackages = ["micrograd"]\n'
        '[tool.importlinter]\nroot_package = "micrograd"\n'
        '[[tool.importlinter.contracts]]\nname = "one floor"\ntype = "layers"\n'
        'layers = ["micrograd.engine"]\n',
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.slow
def test_when_every_check_passes_the_result_is_zero(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert start.check(project, []) == 0
    said = capfd.readouterr().out
    assert "Failed" not in said
    assert re.search(r"=+ 1 passed in .* =+\n$", said)


@pytest.mark.slow
def test_one_failing_check_is_named_and_the_others_still_run(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    module = project / "micrograd" / "engine.py"
    module.write_text('import os\n\nx: int = ""\n', encoding="utf-8")
    assert start.check(project, []) == 1
    said = capfd.readouterr().out
    assert re.search(r"=+ 1 passed in .* =+\n", said)
    assert said.endswith("Failed: lint, types.\n")


@pytest.mark.slow
def test_one_failing_test_is_a_failure(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    test = project / "tests" / "test_two.py"
    test.write_text("def test_two():\n    raise AssertionError\n", encoding="utf-8")
    assert start.check(project, []) == 1
    said = capfd.readouterr().out
    assert re.search(r"=+ 1 failed, 1 passed in .* =+\n", said)
    assert said.endswith("Failed: tests.\n")


def test_bench_sets_up_for_the_tests_and_hands_its_options_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "benchmarks").mkdir()
    program = "import sys\nprint(sys.argv[1:])\nsys.exit(3)\n"
    (tmp_path / "benchmarks" / "__main__.py").write_text(program, encoding="utf-8")
    locks: list[str] = []
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "set_up", lambda root, lock: locks.append(lock))
    monkeypatch.setattr(start, "refuse_a_foreign_package", lambda root, folder: None)
    assert start.main(["bench", "--quick", "tensor", "sampling"]) == 3
    assert capfd.readouterr().out == "['--quick', 'tensor', 'sampling']\n"
    assert locks == [start.TEST]


# ------------------------------------------------------------------------ extras that are missing


@pytest.fixture
def needs_chromium(tmp_path: Path) -> Path:
    """A test that needs Chromium, with the course's conftest, for a machine that has none."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    needs_chromium\n")
    (tmp_path / "test_page.py").write_text(
        "import pytest\n\n"
        "@pytest.mark.needs_chromium\n"
        "def test_page(chromium):\n"
        "    raise AssertionError('this needs a browser')\n"
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_missing_extra_is_skipped_and_the_last_line_says_how_to_get_it(
    needs_chromium: Path, workers: str
) -> None:
    done = python("-m", "pytest", "-n", workers, cwd=needs_chromium, PATH="", CI="")
    assert done.returncode == 0
    *_, closing, last = done.stdout.splitlines()
    assert "1 skipped" in closing
    assert last == (
        "Skipped for want of an extra: Chromium (`apt-get install chromium`, or install Chrome)"
    )


@pytest.mark.slow
def test_where_everything_was_promised_a_missing_extra_is_a_failure(needs_chromium: Path) -> None:
    done = python("-m", "pytest", cwd=needs_chromium, PATH="", CI="true")
    assert done.returncode == 1
    assert "This test needs Chromium (`apt-get install chromium`" in done.stdout
    assert "1 error" in done.stdout.splitlines()[-1]


# ------------------------------------------------------------------------------------ helpers


def python(*arguments: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python to its end and keep what it says."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_sentence(said: str) -> str:
    """What was said, if it is one line and no traceback."""
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    return lines[0]


def copy_course(to: Path) -> Path:
    """The files that a learner's checkout has."""
    to.mkdir()
    for pattern in ("start.py", "pyproject.toml", "requirements*.lock", "README.md", "LICENSE"):
        for file in ROOT.glob(pattern):
            shutil.copy(file, to)
    for folder in ("micrograd", "data"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (to / "notebooks").mkdir()
    for lesson in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(lesson, to / "notebooks")
    return to
