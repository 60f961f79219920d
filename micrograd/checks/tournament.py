"""Delete one line of `my_gpt.py`, train for a while, and see what is missed: every line in turn.

Each trial is a process of its own, so a file that never ends without its line, or ends in an error,
costs some seconds and nothing more. The judge stands outside of the file: it asks the trained `gpt`
for logits and measures the surprise at held-out names by itself, because a file that lacks a line
may also measure wrongly.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

SECONDS = 10.0, 0.25  # that a trial may take, and for each step: ten times what it needs
PREFIX = "outcome: "  # before the outcome, among whatever else a file may print

# What a trial does, in a Python of its own: it reads a file's text and a plan, and tells the end.
TRIAL = """
import json, math, random, sys, traceback
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9))  # bytes, for lists without end
except (ImportError, ValueError, OSError):
    pass  # on some systems only the clock ends it
plan = json.load(sys.stdin)
file = {"__name__": "my_gpt"}
try:
    exec(compile(plan["text"], "my_gpt.py", "exec"), file)
    chars = plan["chars"]
    config = file["Config"](len(chars) + 1, **plan["sizes"])
    state = file["new_state"](config, random.Random(plan["seed"]))
    for loss in file["training"](plan["docs"], chars, state, config, plan["steps"]):
        float(loss)
    surprises = []
    for doc in plan["held_out"]:
        tokens = [len(chars), *map(chars.index, doc), len(chars)]
        cache = file["new_cache"](config)
        for position, target in enumerate(tokens[1 : config.block_size + 1]):
            logits = file["gpt"](tokens[position], position, state, config, cache)
            z = [logit.data for logit in logits]
            top = max(z)
            surprises.append(top + math.log(sum(math.exp(x - top) for x in z)) - z[target])
    told = {"surprise": sum(surprises) / len(surprises)}
except MemoryError:
    told = {"endless": True}
except (Exception, SystemExit) as error:
    rows = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == "my_gpt.py"]
    told = {"error": f"{type(error).__name__}: {error}"[:200], "row": rows[-1] if rows else 0}
print()
print(plan["prefix"] + json.dumps(told))
"""


@dataclass(frozen=True)
class Line:
    """A statement that can be left out; a long one may stand on several lines."""

    number: int  # in the file, from 1
    last: int
    column: int
    text: str
    function: str  # what it stands in, "" at the left margin


@dataclass(frozen=True)
class Trial:
    """What became of the file without that line, or of the whole file, without `line`."""

    line: Line | None
    kind: Literal["ran", "ended", "endless"]
    surprise: float = float("inf")  # nats a token, at held-out names; infinite if it did not run
    error: str = ""
    row: int = 0  # the line of the file that raised it

    @property
    def learnt(self) -> bool:
        return self.kind == "ran" and self.surprise == self.surprise  # NaN is not equal to itself


@dataclass(frozen=True)
class Plan:
    """What every trial trains: a model so small that dozens of them take less than a minute."""

    docs: Sequence[str]
    held_out: Sequence[str]
    chars: Sequence[str]
    steps: int = 60
    seed: int = 42
    block_size: int = 8
    n_layer: int = 1
    n_head: int = 2
    n_embd: int = 8


def deletable(text: str, functions: set[str]) -> list[Line]:
    """Every statement in these functions, from the top down.

    Docstrings stay, and the heads of loops and conditions: without them Python could not read on.
    """
    rows = text.splitlines()
    found = []
    for top in ast.parse(text).body:
        name = defined_by(top)
        if name in functions:
            for node in statements([top]):
                last = node.end_lineno or node.lineno
                shown = " ".join(row.strip() for row in rows[node.lineno - 1 : last])
                found.append(Line(node.lineno, last, node.col_offset, shown, name))
    return found


def defined_by(node: ast.stmt) -> str:
    """The name that a function or `name = lambda ...` makes."""
    if isinstance(node, ast.FunctionDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that do something and hold no others, wherever they stand."""
    for node in body:
        parts = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
        parts += [handler.body for handler in getattr(node, "handlers", [])]
        inside = [part for body in parts for part in body]
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if inside:
            yield from statements(inside)
        elif not is_text and not isinstance(node, ast.Pass | ast.Import | ast.ImportFrom):
            yield node


def without(text: str, line: Line) -> str:
    """The text with `pass` in the place of that statement, and every other line where it was."""
    rows = text.splitlines()
    before = rows[line.number - 1].encode()[: line.column].decode()  # columns count bytes
    rows[line.number - 1 : line.last] = [f"{before}pass", *[""] * (line.last - line.number)]
    return "\n".join(rows) + "\n"


def trial(text: str, line: Line | None, plan: Plan, seconds: float | None = None) -> Trial:
    """Train the file without that line, in a process of its own, for so many seconds at most."""
    seconds = SECONDS[0] + SECONDS[1] * plan.steps if seconds is None else seconds
    task: dict[str, Any] = {"text": without(text, line) if line else text, "prefix": PREFIX}
    task["sizes"] = {n: getattr(plan, n) for n in ("block_size", "n_layer", "n_head", "n_embd")}
    task |= {name: list(getattr(plan, name)) for name in ("docs", "held_out", "chars")}
    task |= {"steps": plan.steps, "seed": plan.seed}
    try:
        done = subprocess.run(
            [sys.executable, "-c", TRIAL],
            input=json.dumps(task),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Trial(line, "endless")
    told = [row for row in done.stdout.splitlines() if row.startswith(PREFIX)]
    if not told:
        return Trial(line, "ended", error="Python itself gave up")
    outcome = json.loads(told[-1].removeprefix(PREFIX))
    if "endless" in outcome:
        return Trial(line, "endless")
    if "error" in outcome:
        return Trial(line, "ended", error=outcome["error"], row=outcome["row"])
    return Trial(line, "ran", outcome["surprise"])


def tournament(text: str, lines: Sequence[Line | None], plan: Plan) -> Iterator[Trial]:
    """A trial for each of these lines, in their order, as many at a time as there are cores."""
    if sys.platform == "emscripten":
        raise OSError(
            "A browser's Python cannot start a second one, and a tournament needs one for each "
            "line: run this notebook with a Python of your computer's."
        )
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        yield from pool.map(lambda line: trial(text, line, plan), lines)
