"""All benchmarks, and the page that tells what they measured.

    python3 start.py bench                    # all of them, half an hour; writes docs/benchmarks.md
    python3 start.py bench tensor sampling    # only these; the rest of the page stays as it is
    python3 start.py bench --quick            # a few minutes, and rougher; writes nothing

Speeds are ratios of what ran side by side, on one thread each, after equal losses, gradients or
texts were asserted. A busy machine disturbs them: look at the spread.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from benchmarks.report import Benchmark, machine, run

NAMES = ("ladder", "scalar", "deep", "tensor", "replay", "compiled", "sampling")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
PICTURE = PAGE.parent / "images" / "ladder.svg"

HEAD = """\
# Benchmarks

Written by `python3 start.py bench`, each part with the machine that it was measured on.

The sides of a comparison run in processes of their own, with their libraries held to one thread,
and take turns at the same work, several steps a turn. Where a number is followed by two in
parentheses, it is the median of all turns, and they are the lowest and the highest: where they lie
far apart, the machine had other work to do. Before anything was timed, or step by step while it
was, the losses, gradients or texts of the sides were found equal.
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


def title(name: str) -> str:
    """The heading of a benchmark on the page."""
    found = benchmark(name)
    return name if isinstance(found, str) else found.title


def measure(name: str, quick: bool) -> str:
    """Measure, print, and give the benchmark's part of the page."""
    found = benchmark(name)
    if isinstance(found, str):
        print(f"\n{name}\n{found}")
        return f"## {name}\n\n{found}\n"
    rows = run(found, quick)
    section = found.section(rows)
    if not quick and any(row.times for row in rows):
        from benchmarks.ladder import picture

        drawn = picture(rows)
        drawn.save(PICTURE)
        section += f"\n![{drawn.alt}](images/{PICTURE.name})\n"
    return section


def write(measured: dict[str, str]) -> None:
    """The page, with new parts for what was measured, by name; of the others it keeps the old."""
    old = PAGE.read_text(encoding="utf-8").split("\n## ")[1:] if PAGE.exists() else []
    kept = {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in old}
    parts = [measured.get(name) or kept.get(title(name), "") for name in NAMES]
    page = "\n".join([HEAD, *filter(None, parts)])
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    print(f"\nThe page is {PAGE}.")


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
    for name in options.names or NAMES:
        section = measure(name, options.quick)
        if not options.quick:
            write({name: section})


if __name__ == "__main__":
    main()
