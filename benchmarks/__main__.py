"""All benchmarks in one run, and the page that tells what they measured.

    python3 start.py bench                    # all of them, and docs/benchmarks.md: half an hour
    python3 start.py bench --quick            # a few minutes; prints, and leaves the page alone
    python3 start.py bench tensor sampling    # only these, printed

Speeds are ratios of what ran side by side, on one thread each, after equal losses, gradients or
texts were asserted. A busy machine disturbs them: look at the spread.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Benchmark, Row, machine, run

NAMES = ("ladder", "scalar", "deep", "replay", "compiled")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
PICTURE = PAGE.parent / "images" / "ladder.svg"

HEAD = """\
# Benchmarks

Written by `python3 start.py bench`. Measured with {machine}.

The sides of a comparison run in processes of their own, with their libraries held to one thread,
and take turns at the same work, several steps a turn. Where a number is followed by two in
parentheses, it is the median of all turns, and they are the lowest and the highest. Before
anything was timed, or step by step while it was, the losses, gradients or texts of the sides were
found equal.
"""


def benchmark(name: str) -> Benchmark | str:
    """A benchmark by its name, or the sentence that says which package it needs."""
    if name == "deep":
        return importlib.import_module("benchmarks.scalar").DEEP
    try:
        return importlib.import_module(f"benchmarks.{name}").BENCHMARK
    except ImportError as fault:
        if (fault.name or "").partition(".")[0] in ("benchmarks", "micrograd"):
            raise  # ours, and so a mistake
        return f"Skipped: {fault}"


def measure(names: list[str], quick: bool) -> Iterator[tuple[Benchmark | str, list[Row]]]:
    """What was found by each name and what it measured, printed while it is measured."""
    for name in names:
        found = benchmark(name)
        if isinstance(found, str):
            print(f"\n{name}\n{found}")
            yield f"## {name}\n\n{found}\n", []
        else:
            yield found, run(found, quick)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python3 start.py bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="sooner, and rougher")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}: choose of {', '.join(NAMES)}")

    print(machine(), flush=True)
    found = list(measure(options.names or list(NAMES), options.quick))
    if not (options.quick or options.names):
        write(found)


def write(measured: list[tuple[Benchmark | str, list[Row]]]) -> None:
    """The page, and in it the picture of the ladder."""
    parts = [HEAD.format(machine=machine())]
    for found, rows in measured:
        parts.append(found if isinstance(found, str) else found.section(rows))
        if any(row.times for row in rows):
            from benchmarks.ladder import picture

            drawn = picture(rows)
            drawn.save(PICTURE)
            parts.append(f"![{drawn.alt}](images/{PICTURE.name})\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    print(f"\nThe page is {PAGE}.")


if __name__ == "__main__":
    main()
