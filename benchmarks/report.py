"""What a benchmark is, and how what it measured is told: rows of a table, machine and versions."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import importlib.util
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("numpy", "numba", "torch", "jax")  # what the fast modules are built on


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    what: str
    aside: str  # what one must know beside it: for scalars, what the cyclic collector did
    measured: str
    goal: str
    times: float = 0.0  # how many times as fast, for a picture


@dataclass(frozen=True)
class Benchmark:
    """A table to be measured. `measure(quick)` compares results first, and times then."""

    title: str
    measure: Callable[[bool], Iterator[Row]]
    needs: tuple[str, ...] = ()  # the packages without which it is skipped
    aside: str = ""  # the heading of that column, which is left out when this is empty
    note: str = ""  # what a reader of the table must know, in Markdown

    def missing(self) -> str | None:
        """The sentence that says what to install, if anything."""
        absent = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if not absent:
            return None
        return (
            f"Skipped: it needs {' and '.join(absent)}; "
            f"`.venv/bin/python -m pip install {' '.join(absent)}` installs what is missing."
        )

    def section(self, rows: Sequence[Row]) -> str:
        """Its part of the page, in Markdown."""
        found = self.missing() or f"{self.table(rows)}\n\nMeasured with {machine()}."
        parts = [f"## {self.title}", found, self.note.strip()]
        return "\n\n".join(part for part in parts if part) + "\n"

    def table(self, rows: Sequence[Row]) -> str:
        """The rows as a table in Markdown."""
        heads = ["what", *([self.aside] if self.aside else []), "measured", "goal"]
        lines = [heads, ["---"] * len(heads)]
        for row in rows:
            aside = [row.aside] if self.aside else []
            lines.append([row.what, *aside, row.measured, row.goal])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show(row: Row) -> None:
    aside = f"; {row.aside}" if row.aside else ""
    print(f"\n{row.what}\n    {row.measured}   (goal: {row.goal}{aside})", flush=True)


def run(benchmark: Benchmark, quick: bool) -> list[Row]:
    """Measure and print, row by row; without what it needs, print that sentence instead."""
    print(f"\n{benchmark.title}")
    if skipped := benchmark.missing():
        print(skipped)
        return []
    rows = []
    for row in benchmark.measure(quick):
        rows.append(row)
        show(row)
    return rows


def main(benchmark: Benchmark, description: str | None) -> None:
    """The command `python -m benchmarks.NAME`."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="sooner, and rougher")
    options = parser.parse_args()
    print(machine())
    run(benchmark, options.quick)


def machine() -> str:
    """The Python, the packages and the machine, in words that fit many."""
    versions = [f"{platform.python_implementation()} {platform.python_version()}"]
    for name in PACKAGES:
        if importlib.util.find_spec(name) is not None:
            versions.append(f"{name} {importlib.metadata.version(name)}")
    return (
        f"{', '.join(versions)}, on {processor()} ({os.cpu_count()} cores), "
        f"{platform.system()}, {datetime.date.today().isoformat()}"
    )


def processor() -> str:
    """What the processor calls itself, or at least its kind."""
    about = Path("/proc/cpuinfo")  # Linux
    if about.exists():
        for line in about.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
