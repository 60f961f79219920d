"""What notebook 10 does with the learner's own file: put it together, try it, load it, read it.

A graduation needs no perfect record. What has not passed is filled with the course's answer, says
so in the file, and is listed with a link to where it is asked for.
"""

from __future__ import annotations

import ast
import html
import io
import linecache
import tokenize
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from micrograd.checks.assemble import (
    PARTS,
    PROGRAM,
    assembled,
    is_unchanged,
    lines_of,
    link_to,
    names_called,
    parts,
    pieces,
)
from micrograd.checks.card import STYLE, Card, Part, card
from micrograd.checks.catalogue import names_made
from micrograd.checks.declare import Exercise
from micrograd.checks.growing import sources
from micrograd.checks.store import Progress, current, reason, replace
from micrograd.checks.tournament import Line, Plan, Trial, deletable, trial

FROM_THE_COURSE = "From the course, until you write it"
LINK = "#0B57A4"  # a card is white on a dark page too
LEFT_ALONE = "my_gpt_assembled.py"  # where the file goes if my_gpt.py is somebody's own


@dataclass(frozen=True, repr=False)
class Piece:
    """An answer in the file, and whose it is."""

    name: str
    lesson: str
    first: int  # its lines in the file
    last: int
    is_mine: bool
    is_called: bool  # whether the program reaches it


@dataclass(frozen=True)
class Section:
    """The part of the file that one notebook gave."""

    lesson: str
    title: str
    first: int
    last: int
    pieces: tuple[Piece, ...]
    given: int  # lines that the course gives there for everybody


@dataclass(frozen=True, repr=False)
class OwnFile(Card):
    """The assembled file, as a card that says what is in it, and as a text that can be loaded."""

    text: str = ""
    path: Path | None = None
    links: tuple[tuple[str, str], ...] = ()  # of what is missing: the name and where it is asked

    def load(self) -> Any:
        """The file as a module of Python: `my = file.load()`, then `my.gpt(...)`."""
        name = str(self.path or "my_gpt.py")
        module = ModuleType("my_gpt")
        module.__file__ = name
        rows = self.text.splitlines(keepends=True)
        linecache.cache[name] = (len(self.text), None, rows, name)  # for the lines of an error
        exec(compile(self.text, name, "exec"), module.__dict__)
        return module

    def lines(self, *names: str) -> str:
        """Where these functions stand: the numbers of their lines.

        Neighbours are told as one range: "12–30, 44–50".
        """
        found = sorted(lines_of(self.text, names).values())
        ranges: list[list[int]] = []
        for first, last in found:
            if ranges and first - ranges[-1][1] <= 5:  # blank lines, and where it was learnt
                ranges[-1][1] = last
            else:
                ranges.append([first, last])
        return ", ".join(f"{a}–{b}" if b > a else f"{a}" for a, b in ranges)

    def sections(self) -> list[Section]:
        """The file from top to bottom, notebook by notebook."""
        missing = {name for name, _ in self.links}
        called = names_called(sources(current().records()))
        found: dict[str, list[Piece]] = {}
        given: dict[str, int] = {}
        for task in parts():
            names = [task.name] if isinstance(task, Exercise) else names_made(task.text)
            places = lines_of(self.text, names).values()
            first, last = min(p[0] for p in places), max(p[1] for p in places)
            found.setdefault(task.lesson, [])
            if isinstance(task, Exercise):
                is_mine, is_called = task.name not in missing, task.name in called
                piece = Piece(task.name, task.lesson, first, last, is_mine, is_called)
                found[task.lesson].append(piece)
            else:
                count = len(task.text.strip().splitlines())
                given[task.lesson] = given.get(task.lesson, 0) + count
        heads = [i for i, row in enumerate(self.text.splitlines(), 1) if row.startswith("# ------")]
        ends = [*(head - 1 for head in heads[1:]), len(self.text.splitlines())]
        return [
            Section(lesson, title_of(lesson), head, end, tuple(found[lesson]), given.get(lesson, 0))
            for lesson, head, end in zip(found, heads, ends, strict=True)
        ]

    def trained_lines(self) -> list[Line]:
        """The statements of the answers that training needs, each of which could be left out."""
        called = names_called(sources(current().records()), ("training", "new_state", "new_cache"))
        return deletable(self.text, called & {task.name for task in pieces()})

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """As a page, the names of what is missing are links to where it is asked for."""
        shown = tuple(part for part in self.parts if part.label != FROM_THE_COURSE)
        page = Card(self.title, self.state, shown)._repr_mimebundle_()
        if self.links:
            items = ", ".join(
                f"<a href='{html.escape(link)}' style='color:{LINK}'>{html.escape(name)}</a>"
                for name, link in self.links
            )
            style = f"{STYLE};padding:0.1em 0.9em;max-width:50em"
            told = f"<p style='margin:0.4em 0'><b>{FROM_THE_COURSE}:</b> {items}</p>"
            page["text/html"] += f"<div style='{style}'>{told}</div>"
        return {**page, "text/plain": repr(self)}


def title_of(lesson: str) -> str:
    return "the main program" if lesson == PROGRAM else PARTS.get(lesson, ("", "more"))[1]


def graduate(seconds: float = 20.0) -> OwnFile:
    """Put `my_gpt.py` together from everything that passed, write it, and see whether it runs.

    Its place is beside your progress. A `my_gpt.py` that you have changed stays as it is, and the
    new one is laid beside it.
    """
    progress = current()
    mine = sources(progress.records())
    text = assembled(mine, complete=True)
    missing = [task for task in pieces() if task.key not in mine]
    path, notes = written(text, progress)
    folder = path.parent if path else None
    count = len(pieces())
    if not missing:
        whose = f"All {count} pieces are yours."
    else:
        whose = f"{count - len(missing)} of {count} pieces are yours."
    told = card(
        "my_gpt.py",
        "passed" if not missing else "",
        whose,
        Part(by_notebook(missing), FROM_THE_COURSE),
        Part(f"{path.name}, in the folder {path.parent.name}" if path else "", "Written to"),
        *notes,
        *progress.pop_notes(),
        tried(text, seconds),
    )
    links = tuple((task.name, link_to(task, folder)) for task in missing)
    return OwnFile(told.title, told.state, told.parts, text, path, links)


def by_notebook(tasks: list[Exercise]) -> str:
    """Their names: "01: slope, gradient; 03b: backward"."""
    names: dict[str, list[str]] = {}
    for task in tasks:
        names.setdefault(task.lesson, []).append(task.name)
    return "; ".join(f"{lesson}: {', '.join(there)}" for lesson, there in names.items())


def written(text: str, progress: Progress) -> tuple[Path | None, list[str]]:
    """Where the file was written to, and what there is to say about that."""
    if progress.path is None:
        return None, []
    path = progress.path.with_name("my_gpt.py")
    try:
        notes = []
        if path.exists() and not is_unchanged(path.read_text(encoding="utf-8", errors="replace")):
            notes = ["You have changed my_gpt.py, so it stays as it is; this one lies beside it."]
            path = path.with_name(LEFT_ALONE)
        replace(path, text)
        return path, notes
    except OSError as error:
        return None, [f"my_gpt.py could not be written ({reason(error)}); it is kept in memory."]


def tried(text: str, seconds: float) -> str:
    """Whether the file trains: two steps on two names, in a process of its own."""
    plan = Plan(["mari", "ana"], ["ani"], list("aimnr"), steps=2)
    try:
        outcome = trial(text, None, plan, seconds)
    except OSError:  # a browser's Python starts no processes
        return ""
    if outcome.learnt:
        return "It was tried: it takes a step of training, and runs."
    return f"It does not run yet. {fault(text, outcome, seconds)}"


def fault(text: str, outcome: Trial, seconds: float) -> str:
    """What went wrong in a trial, and in which piece."""
    if outcome.kind == "endless":
        return f"Two steps of training had not ended after {seconds:g} seconds."
    if outcome.kind == "ran":
        return "After two steps of training the loss is no number."
    places = lines_of(text, [task.name for task in pieces()])
    inside = [name for name, (first, last) in places.items() if first <= outcome.row <= last]
    where = f"In {inside[0]}, line {outcome.row}: " if inside else ""
    return f"{where}{outcome.error}"


def count_code(text: str) -> int:
    """The lines that do something: those left without blank ones, comments and docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    nothing = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    rows: set[int] = set()
    for token in tokens:
        if token.type not in nothing | {tokenize.ENDMARKER}:
            rows.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            rows.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(rows)
