#!/usr/bin/env python3
"""The course's two commands. They need Python 3.11 or newer and nothing else.

python3 start.py          set up, copy the notebooks to work/, open JupyterLab there
python3 start.py check    set up, then format, lint, types, floors, notebooks and the quick tests
python3 start.py test     the same with every test but the long ones; with --full, those too
python3 start.py bench    set up, then measure how fast everything is, and write it down

What is not an option of this file is handed on: python3 start.py test -k engine, and
python3 start.py bench --quick.
Read it from the bottom up: `main` tells the story. Tried on Linux with Python 3.11, 3.12 and
3.13; written for Windows and macOS as well, and untried there.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"This course needs Python 3.11 or newer, and this is {sys.version.split()[0]}; install a "
        "newer one from python.org and start it by its name, for example: python3.12 start.py"
    )

import argparse
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LEARN, TEST = "requirements.lock", "requirements-test.lock"  # the second contains the first


class Stop(Exception):
    """A fault that can be mended: one sentence with its cause and the next action."""


# ------------------------------------------------------------------------------- small tools


def run(command: list, **options) -> subprocess.CompletedProcess[str]:
    """Run a command and keep everything it prints; on a terminal its latest line is shown."""
    lines = []
    show = sys.stdout.isatty()
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **options,
    ) as process:
        for line in process.stdout:
            lines.append(line)
            if show:
                print("\r" + line.strip()[:78].ljust(78), end="", flush=True)
    if show:
        print("\r" + " " * 78, end="\r", flush=True)
    return subprocess.CompletedProcess(command, process.returncode, "".join(lines))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old one or the new one, whenever we are stopped."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def read_json(path: Path) -> dict:
    """What a JSON file holds, or {} where there is none or it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def sha256(content: bytes) -> str:
    """The fingerprint of some bytes, as a text."""
    return hashlib.sha256(content).hexdigest()


# -------------------------------------------------------------------------- set up: the .venv

# What pip and uv print when they fail, and what it means; the first that fits is told.
CAUSES = [
    (
        ("DO NOT MATCH THE HASHES", "Hash mismatch"),
        "a downloaded package is not the one this course was tested with (its hash differs), so it "
        "was refused; try another network, and tell the authors if it happens again",
    ),
    (
        ("No space left", "os error 28"),
        "the disk is full; free about 1 GB and run the same command again",
    ),
    (
        ("connection broken", "Failed to establish", "timed out", "error sending request"),
        "they could not be downloaded; connect this machine to the network and run the same "
        "command again",
    ),
    (
        ("No matching distribution", "no usable wheels", "No solution found"),
        "one of them has no ready-made build for this Python on this system; try Python 3.12 "
        "(64 bit) and run the same command again",
    ),
]


def venv_python(root: Path) -> Path:
    """The Python that the course runs in."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up(root: Path, lock: str) -> None:
    """Make `.venv` hold what the lock pins, and this package. Quick when it already does.

    Its stamp says what it was made from. The stamp is removed first and written last: a set-up
    that was cut short has none, and is begun anew.
    """
    stamp = root / ".venv" / "stamp.json"
    place = {"python": list(sys.version_info[:2]), "folder": str(root)}
    locks = {name: sha256((root / name).read_bytes()) for name in (LEARN, TEST)}
    if lock == LEARN:
        del locks[TEST]
    wanted, found = {**place, **locks}, read_json(stamp)
    usable = place.items() <= found.items() and venv_python(root).exists()
    if usable and wanted.items() <= found.items():
        return
    if usable:
        stamp.unlink()
    else:
        make_venv(root)
    packages = (root / lock).read_text(encoding="utf-8").count("==")
    print(f"Installing {packages} packages into .venv, which may take a few minutes.", flush=True)
    install(root, lock)
    write_atomically(stamp, json.dumps(wanted, indent=2).encode())


def make_venv(root: Path) -> None:
    """An empty `.venv` in place of whatever is there."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        raise Stop(
            "This Python comes without venv and pip; on Debian or Ubuntu run "
            "`sudo apt install python3-venv`, then the same command again."
        ) from None
    print("Making the folder .venv.", flush=True)
    outside = getattr(sys, "_base_executable", sys.executable)  # we may be running from .venv
    made = run([outside, "-m", "venv", "--clear", root / ".venv"])
    if made.returncode:
        raise Stop(
            f"The folder {root / '.venv'} could not be made ({last_line(made.stdout)}); delete it, "
            "make sure that you may write beside it, and run the same command again."
        )


def install(root: Path, lock: str) -> None:
    """Install what the lock pins, every hash checked, and then this folder itself.

    Only wheels: to build a package would download build tools that no hash protects.
    """
    python, uv = venv_python(root), shutil.which("uv")
    pip = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    pinned = ["--require-hashes", "--only-binary", ":all:", "-r", root / lock]
    editable = ["--no-deps", "--no-build-isolation", "--no-index", "-e", root]
    with_uv = run([uv, "pip", "install", "--python", python, *pinned]) if uv else None
    if with_uv is None or with_uv.returncode:
        if with_uv:
            print(f"uv failed ({last_line(with_uv.stdout)}), so pip does it instead.", flush=True)
        demand(run([*pip, *pinned]), root)
    demand(run([*pip, *editable]), root)
    # Before 3.13 Python reads a .pth in the locale's encoding: make the path in it plain ASCII.
    for link in (root / ".venv").rglob("_micrograd_course.pth"):
        write_atomically(link, os.path.relpath(root, link.parent).encode())


def demand(done: subprocess.CompletedProcess[str], root: Path) -> None:
    """Go on only if the installer succeeded; otherwise say why it did not."""
    if done.returncode == 0:
        return
    log = root / ".venv" / "install.log"
    log.write_text(done.stdout, encoding="utf-8")
    for signs, meaning in CAUSES:
        if any(sign in done.stdout for sign in signs):
            raise Stop(f"The packages are not installed: {meaning}. (Details: {log})")
    raise Stop(
        f"The packages are not installed: {last_line(done.stdout)}; read {log}, mend what it names "
        "and run the same command again."
    )


def last_line(output: str) -> str:
    """The last thing that a program said before it gave up."""
    return (output.strip() or "no message").splitlines()[-1].strip()


def refuse_a_foreign_package(root: Path, folder: Path) -> None:
    """Stop if `import micrograd`, done from the folder, would find another one than ours."""
    look = (
        "import importlib.util; spec = importlib.util.find_spec('micrograd'); "
        "print(spec.origin or spec.submodule_search_locations[0])"
    )
    utf8 = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = run([venv_python(root), "-c", look], cwd=folder, env=utf8)
    found = last_line(done.stdout)
    if done.returncode:
        raise Stop(
            f"The course's package is not to be found in .venv ({found}); delete the folder .venv "
            "and run the same command again."
        )
    if Path(found).resolve() != root / "micrograd" / "__init__.py":
        raise Stop(
            f"Another micrograd stands in front of the course's own: {found}; rename or remove it "
            "(or unset PYTHONPATH, if it comes from there) and run the same command again."
        )


# ------------------------------------------------------------ work/: the learner's own copies


def sources(notebook: bytes) -> str | None:
    """A fingerprint of what the cells say, outputs and metadata apart; None if unreadable."""
    try:
        cells = json.loads(notebook)["cells"]
        return sha256(json.dumps([[c["cell_type"], "".join(c["source"])] for c in cells]).encode())
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def copy_notebooks(root: Path) -> None:
    """Bring `work/` up to date, and never overwrite a notebook in which somebody has written.

    `.shipped.json` remembers what each file there said when we put it down. A file that still
    says it follows the update. Beside any other the new version is laid, once, as NN.new.ipynb.
    """
    work = root / "work"
    work.mkdir(exist_ok=True)
    shipped = read_json(work / ".shipped.json")
    for lesson in sorted((root / "notebooks").glob("*.ipynb")):
        content, copy = lesson.read_bytes(), work / lesson.name
        version = sources(content)
        if copy.exists() and shipped.get(copy.name) == version:
            continue
        names = [copy] + [copy.with_suffix(f".new{n}.ipynb") for n in ("", *range(2, 100))]
        place = next(name for name in names if untouched(name, shipped.get(name.name), version))
        if not place.exists() or sources(place.read_bytes()) != version:
            write_atomically(place, content)
        if place != copy:
            print(
                f"{copy.name} has a new version; yours, in which you have written, is as it was, "
                f"and the new one lies beside it as {place.name}."
            )
        shipped[copy.name] = shipped[place.name] = version
    write_atomically(work / ".shipped.json", json.dumps(shipped, indent=2).encode())


def untouched(path: Path, *versions: str | None) -> bool:
    """Whether there is no such file, or it says what we once put there, or would put now."""
    if not path.exists():
        return True
    says = sources(path.read_bytes())
    return says is not None and says in versions


# ----------------------------------------------------------------------------- the JupyterLab

# Handed to the server like this, the token shows in no list of processes, and no configuration
# file can take it away.
LAUNCH = (
    "import os, sys; from jupyterlab.labapp import LabApp; "
    "token = '--IdentityProvider.token=' + os.environ.pop('JUPYTER_TOKEN'); "
    "LabApp.launch_instance([token, *sys.argv[1:]])"
)


def port_number(text: str) -> int:
    """A port that somebody may ask for."""
    if not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1024 to 65535, not {text}")
    return int(text)


def choose_port(asked: int | None) -> int:
    """The port asked for, or the first free one from 8888 on."""
    for port in [asked] if asked else range(8888, 8988):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise Stop(
        f"Port {asked or '8888 to 8987'} is in use by another program; choose a different one with "
        "--port, or leave --port out and a free one is found."
    )


def open_lab(root: Path, port: int, browser: bool) -> int:
    """JupyterLab on `work/`, for this machine only, and only with the token."""
    settings = root / "work" / ".jupyter"  # instead of the user's own, which stay as they are
    no_news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "labconfig").mkdir(parents=True, exist_ok=True)
    write_atomically(settings / "labconfig" / "page_config.json", json.dumps(no_news).encode())

    lessons = sorted((root / "work").glob("[0-9]*.ipynb"))
    page = f"/lab/tree/work/{lessons[0].name}" if lessons else "/lab/tree/README.md"
    token = secrets.token_hex(24)
    print(f"The course is at  http://127.0.0.1:{port}{page}?token={token}")
    print("It answers in a few seconds. Ctrl-C here stops it.", flush=True)

    command = [
        *(str(venv_python(root)), "-P", "-c", LAUNCH),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.allow_root=True",  # in a container everybody is root
        "--ServerApp.answer_yes=True",
        f"--LabApp.default_url={page}",
        "--KernelManager.transport_encryption=auto",  # the same machine may have other users
        "--Application.log_level=ERROR",
    ]
    environment = {**os.environ, "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_DIR": str(settings)}
    if os.name == "posix":
        os.chdir(root)
        os.execve(command[0], command, environment)  # the server takes our place, and our signals
    return subprocess.call(command, cwd=root, env=environment)


# ---------------------------------------------------------------------------- check and test


def check(root: Path, pytest_options: list[str]) -> int:
    """Run every check, whatever the others found, and pytest at the end; 0 if all is well."""
    python = venv_python(root)
    commands = {
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "lint": [python, "-m", "ruff", "check", "."],
        "types": [python, "-m", "mypy"],
        "floors": [python.with_name("lint-imports")],
        "notebooks": [python, "tools/build_notebooks.py", "--check"],
    }
    if not (root / "tools" / "build_notebooks.py").exists():
        del commands["notebooks"]
    failed = []
    for name, command in commands.items():
        done = run(command, cwd=root)
        print(f"{name}: {'FAILED' if done.returncode else 'well'}", flush=True)
        if done.returncode:
            print(done.stdout, flush=True)
            failed.append(name)
    # In the order of the files: by the number of tests, few long ones would come last.
    share = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    tests = [python, "-m", "pytest", *share, *pytest_options]
    if subprocess.call(tests, cwd=root, stdin=subprocess.DEVNULL):
        failed.append("tests")
    if failed:
        print(f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def main(arguments: list[str] | None = None) -> int:
    """Set up, refuse what would mislead, then do what was asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "action", nargs="?", choices=["open", "check", "test", "bench"], default="open"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address instead")
    parser.add_argument("--port", type=port_number, help="where to listen on 127.0.0.1")
    parser.add_argument("--full", action="store_true", help="also the tests that take very long")
    parser.add_argument("--setup-only", action="store_true", help="stop after the set-up")
    options, more = parser.parse_known_args(arguments)
    if more and options.action == "open":
        parser.error(f"I do not know {more[0]}")

    learner = options.action == "open"
    port = choose_port(options.port) if learner else None
    set_up(ROOT, LEARN if learner else TEST)
    if learner:
        copy_notebooks(ROOT)
    refuse_a_foreign_package(ROOT, ROOT / "work" if learner else ROOT)
    if options.setup_only:
        return 0
    if learner:
        return open_lab(ROOT, port, browser=not options.no_browser)
    if options.action == "bench":
        return subprocess.call([venv_python(ROOT), "-m", "benchmarks", *more], cwd=ROOT)
    tier = "not slow and not full" if options.action == "check" else "not full"
    return check(ROOT, (more if options.full else ["-m", tier, *more]))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Stop as fault:
        sys.exit(str(fault))
    except KeyboardInterrupt:
        sys.exit("Interrupted; run the same command again, and it goes on from a sound state.")
    except OSError as fault:
        sys.exit(
            f"{fault.filename or 'A file'} could not be read or written ({fault.strerror}); close "
            "what holds it open, or move this folder to where you may write, and run this again."
        )
