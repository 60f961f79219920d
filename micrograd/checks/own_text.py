"""A text of the learner's own becomes the data: a file or a pasted list, looked at in plain words.

Notebook 10 trains on names because they are short and many. Other lists work as well, as long as
their lines are many, short, and written in few characters; where a text is none of that, it says so
before somebody waits for a training that cannot succeed.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd.checks.card import Card, Part, card
from micrograd.checks.store import current, reason, replace

FEW = 50  # lines: with fewer a model learns them by heart and has nothing to generalise from
MANY_CHARACTERS = 60  # of the names there are 26
RARE = 2  # times: a character that comes so seldom cannot be learnt
LARGE = 2_000_000  # bytes
SHOWN = 5  # examples in a sentence


@dataclass(frozen=True, repr=False)
class OwnText(Card):
    """The documents of a text, as a card that says what was found."""

    documents: tuple[str, ...] = ()
    path: Path | None = None  # the cleaned copy, one document a line

    @property
    def can_train(self) -> bool:
        return len(self.documents) >= 2


def own_text(given: Any, block_size: int = 16) -> OwnText:
    """Look at a text: the path of a file, a pasted text, or a list of lines.

    White space at the ends of a line goes, and so do empty lines and signs that nobody sees.
    A copy of what is left lies beside your progress, as `my_text.txt`.
    """
    lines, notes = lines_of(given)
    if lines is None:
        told = card("your text", "not yet", *notes)
        return OwnText(told.title, told.state, told.parts)
    cleaned, more = clean(lines)
    notes += more
    if len(cleaned) < 2:
        notes.append("A model needs two lines at least, and better hundreds: paste a longer list.")
        told = card("your text", "not yet", *notes)
        return OwnText(told.title, told.state, told.parts, tuple(cleaned))
    path, said = kept_copy(cleaned)
    chars = set("".join(cleaned))
    longest = max(map(len, cleaned))
    told = card(
        "your text",
        "passed",
        f"{len(cleaned):,} lines, {len(chars)} different characters, at most {longest} in a line.",
        Part(", ".join(map(shown, cleaned[:SHOWN])), "It begins"),
        *notes,
        *advice(cleaned, block_size),
        *said,
    )
    return OwnText(told.title, told.state, told.parts, tuple(cleaned), path)


def lines_of(given: Any) -> tuple[list[str] | None, list[str]]:
    """The lines of what was given, or None and the sentence that says why there are none."""
    if isinstance(given, os.PathLike):
        return read(Path(given))
    if isinstance(given, str):
        is_one_line = "\n" not in given.strip() and 0 < len(given) < 300
        if is_one_line and (Path(given).suffix or Path(given).is_file()):
            return read(Path(given))
        return given.splitlines(), []
    if isinstance(given, Iterable) and not isinstance(given, bytes | bytearray):
        lines = list(given)
        if all(isinstance(line, str) for line in lines):
            return [part for line in lines for part in line.splitlines()], []
    kind = type(given).__name__
    return None, [f"You gave {kind}; a text is a file's path, a pasted text or a list of lines."]


def read(path: Path) -> tuple[list[str] | None, list[str]]:
    """The lines of a file, whatever wrote it."""
    try:
        if path.is_dir():
            return None, [f"{path} is a folder; give the path of a text file in it."]
        if path.stat().st_size > LARGE:
            return None, [f"{path.name} has more than {LARGE:,} bytes; give a part of it."]
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [f"There is no file {path}. Its path is seen from {Path.cwd()}."]
    except (OSError, ValueError) as error:
        return None, [f"{path} cannot be read ({reason(error)})."]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").splitlines(), ["It was read as UTF-16."]
    if b"\0" in content:
        return None, [f"{path.name} is no text: it holds zero bytes. Save it as plain text."]
    try:
        return content.decode("utf-8-sig").splitlines(), []
    except UnicodeDecodeError as error:
        told = (
            f"Byte {error.start:,} is not UTF-8, so the file was read as Windows-1252. If letters "
            "look wrong below, save it as UTF-8 and give it again."
        )
        return content.decode("cp1252", errors="replace").splitlines(), [told]


def clean(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The lines without what nobody sees, and sentences on what was changed."""
    whole = list(lines)
    composed = [unicodedata.normalize("NFC", line) for line in whole]
    seen = ["".join(c for c in line if is_seen(c)).strip() for line in composed]
    notes = []
    unseen = sum(not is_seen(character) for line in composed for character in line)
    if unseen:
        signs = "1 sign" if unseen == 1 else f"{unseen:,} signs"
        notes.append(f"Left out: {signs} that nobody can see.")
    if empty := sum(not line for line in seen):
        notes.append(f"Left out: {empty:,} empty {'line' if empty == 1 else 'lines'}.")
    return [line for line in seen if line], notes


def is_seen(character: str) -> bool:
    """Whether a character is more than a control sign; a space counts, a tab does not."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def advice(lines: list[str], block_size: int) -> list[str]:
    """What will go badly with these lines, each in a sentence with its numbers."""
    told = []
    if len(lines) < FEW:
        told.append(
            f"{len(lines)} lines are few: the model will soon know them by heart. From about "
            f"{FEW} on it has to find out what they have in common."
        )
    long = [line for line in lines if len(line) + 1 > block_size]
    if long:
        told.append(
            f"{len(long):,} of {len(lines):,} lines have more than {block_size - 1} characters, as "
            f"{shown(long[0])}. Of such a line only the first {block_size} are read."
        )
    counts = Counter("".join(lines))
    if len(counts) > MANY_CHARACTERS:
        told.append(
            f"{len(counts)} different characters are many: each has a row of its own to learn. "
            "Lower case alone, or a language with fewer signs, learns sooner."
        )
    rare = [character for character, count in sorted(counts.items()) if count <= RARE]
    if rare:
        named = ", ".join(map(shown, rare[:SHOWN]))
        more = f" and {len(rare) - SHOWN} others" if len(rare) > SHOWN else ""
        told.append(
            f"{named}{more}: such characters come {RARE} times at most, too seldom to be learnt."
        )
    twice = len(lines) - len(set(lines))
    if twice > len(lines) // 2:
        told.append(f"{twice:,} lines repeat others, so there is less here than it seems.")
    return told


def shown(text: str) -> str:
    """A text in quotes; a long one is cut."""
    return f"“{text if len(text) <= 30 else text[:29] + '…'}”"


def kept_copy(lines: list[str]) -> tuple[Path | None, list[str]]:
    """Write the cleaned lines where `my_gpt.py` finds them, if there is such a place."""
    place = current().path
    if place is None:
        return None, []
    path = place.with_name("my_text.txt")
    try:
        replace(path, "\n".join(lines) + "\n")
    except OSError as error:
        return None, [f"No copy could be written ({reason(error)}); the notebook has the lines."]
    return path, [f"A copy is in {path.name}: python my_gpt.py {path.name} trains on it."]
