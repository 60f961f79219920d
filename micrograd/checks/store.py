"""What a learner has done, in one file that two open notebooks may write at once.

`progress.json` holds one record for each exercise, prediction and recall question. Whoever changes
a record reads the file, merges, and replaces it whole, all under a lock; so nothing is lost between
two notebooks, and an interrupted write leaves the old file. It lies where MICROGRAD_PROGRESS says,
else in `work/`, else beside the notebook, else in memory.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Records = dict[str, Record]  # by key, as "01/slope"

KIND = "micrograd-course progress"
FORMAT = f"{KIND} 1"
NEWER = "a newer version of this course wrote it; restart the kernel, or update the course"
ROOT = Path(__file__).resolve().parents[2]  # the checkout, where start.py makes work/
LOCK_SECONDS = 5.0
RANK = {"tried": 1, "passed": 2}


class Progress:
    """The records, kept in a file where that is possible.

    `notes` collects what went wrong with the file, one sentence each, until somebody shows them.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.memory: Records = {}
        self.notes: list[str] = []

    def records(self) -> Records:
        """Everything known now: the file, and what could not be written to it."""
        return merged(self.read(), self.memory)

    def get(self, key: str) -> Record:
        return self.records().get(key, {})

    def put(self, key: str, **changes: Any) -> Record:
        """Change some entries of one record and keep it."""
        before = self.get(key)
        now = max(time.time(), written(before) + 0.001)  # another machine's clock may be ahead
        record = {**before, **changes, "when": now}
        self.add({key: record})
        return record

    def add(self, records: Records) -> None:
        """Merge these records into the file, or into memory where there is no file."""
        self.memory = merged(self.memory, records)
        if self.path is None:
            return
        try:
            with locked(self.path):
                write(self.path, merged(self.found(), self.memory))
        except (OSError, TimeoutError) as error:
            self.note(
                f"Your progress could not be written to {self.path} ({reason(error)}). It is kept "
                "until this notebook is closed; mend that, and check once more."
            )

    def read(self) -> Records:
        """The records in the file; none where it cannot be read, and that is noted."""
        try:
            return self.found()
        except OSError as error:
            self.note(f"{self.path} cannot be read ({reason(error)}).")
            return {}

    def found(self) -> Records:
        """The records in the file, where there is one; a damaged one is set aside.

        An OSError says that there is a file and nobody knows what is in it: leave it alone.
        """
        if self.path is None:
            return {}
        try:
            return read(self.path)
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            aside = free_name(self.path)
            self.path.replace(aside)
            self.note(
                f"{self.path.name} was damaged. It has been set aside as {aside.name}, and a new "
                "one is begun."
            )
            return {}

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def pop_notes(self) -> list[str]:
        notes, self.notes = self.notes, []
        return notes


# ------------------------------------------------------------------------------------ the file


def read(path: Path) -> Records:
    """The records of a progress file; a ValueError for anything else."""
    demand_ordinary(path)
    content = json.loads(path.read_text(encoding="utf-8-sig"))  # Notepad puts a mark in front
    if not isinstance(content, dict) or not str(content.get("format")).startswith(KIND):
        raise ValueError(f"{path.name} is not a progress file of this course.")
    if content["format"] != FORMAT:
        raise OSError(0, NEWER)
    records = content.get("records")
    if not isinstance(records, dict) or not all(isinstance(r, dict) for r in records.values()):
        raise ValueError(f"{path.name} has no records.")
    return records


def write(path: Path, records: Records) -> None:
    """Replace the file by a whole new one with these records."""
    content = {"format": FORMAT, "records": records}
    replace(path, json.dumps(content, indent=1))


def replace(path: Path, text: str) -> None:
    """Write the text beside the file, then put it in the file's place at once."""
    path = path.resolve()  # a link to the file stays one
    demand_ordinary(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".progress-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def demand_ordinary(path: Path) -> None:
    """An OSError for a folder, a device or a pipe, which must not be read or replaced."""
    if path.exists() and not path.is_file():
        raise OSError(0, "it is no ordinary file")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside the file; without one where filelock is missing, as in a browser."""
    try:
        from filelock import FileLock
    except ImportError:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=LOCK_SECONDS):
        yield


def merged(one: Records, two: Records) -> Records:
    """Every record of both; of two with the same key the one that got further, else the newer."""
    result = dict(one)
    for key, record in two.items():
        other = result.get(key)
        if other is None or rank(record) >= rank(other):
            result[key] = record
    return result


def rank(record: Record) -> tuple[int, float]:
    return RANK.get(str(record.get("state")), 0), written(record)


def written(record: Record) -> float:
    """When a record was written, in seconds since 1970; 0 where it does not say."""
    when = record.get("when")
    return when if isinstance(when, int | float) and 0 <= when < 1e12 else 0.0


def free_name(path: Path) -> Path:
    """progress.damaged-1.json, or the next number that is free."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}.json")).exists():
        number += 1
    return aside


def reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


# ----------------------------------------------------------------------------------- the place


def is_static() -> bool:
    """Whether a notebook is being built or verified."""
    return os.environ.get("MICROGRAD_STATIC", "") not in ("", "0")


def place() -> Path | None:
    """Where the progress of this notebook belongs; None keeps it in memory.

    A notebook that is being built or verified (MICROGRAD_STATIC) leaves no trace, unless
    MICROGRAD_PROGRESS asks for one.
    """
    if told := os.environ.get("MICROGRAD_PROGRESS"):
        where = Path(told)
        with suppress(RuntimeError, OSError):  # no such home; a name that is too long
            where = where.expanduser()
            where = where / "progress.json" if where.is_dir() else where
        return where
    if is_static():
        return None
    work = ROOT / "work"
    folder = work if work.is_dir() and (ROOT / "start.py").is_file() else Path.cwd()
    return folder / "progress.json" if os.access(folder, os.W_OK) else None


_shared: dict[Path | None, Progress] = {}


def current() -> Progress:
    """The progress of this notebook, one object for each place."""
    where = place()
    if where not in _shared:
        _shared[where] = Progress(where)
        if where is None and not is_static():
            _shared[where].note(
                "This folder cannot be written to, so your progress is kept only until this "
                "notebook is closed. export_progress('a file') saves it."
            )
    return _shared[where]


def export_progress(path: str | os.PathLike[str]) -> str:
    """Write all progress to a file of your choice, to keep it or to take it elsewhere."""
    records = current().records()
    write(Path(path), records)
    return f"{counted(records)} written to {Path(path).name}."


def import_progress(path: str | os.PathLike[str]) -> str:
    """Merge the progress in that file into this one; nothing that is here is lost."""
    try:
        records = read(Path(path))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} holds no progress ({reason(error)}); give a file that export_progress wrote."
        ) from None
    current().add(records)
    return f"{counted(records)} read from {Path(path).name}."


def counted(records: Records) -> str:
    return "1 record" if len(records) == 1 else f"{len(records)} records"
