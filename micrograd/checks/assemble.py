"""The text of `my_gpt.py`: answers, and what the course gives for them, as one program.

It grows in the order of the course, which is that of the program too: first numbers, then layers of
them, then a GPT, its training, its names. Once every piece is there, or the course has filled the
gaps, a main program stands at the end, and the file trains a GPT with Python alone.
"""

from __future__ import annotations

import ast
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from micrograd.checks.catalogue import lessons, names_made, whole_course
from micrograd.checks.declare import Exercise, Given, Question, source_of

# The notebooks whose answers are in the file: where each is, and what it is about.
PARTS = {
    "01": ("01_scalars_and_derivatives", "slopes"),
    "02": ("02_chain_rule", "the chain rule, by hand"),
    "03a": ("03a_autograd_forward", "numbers that remember"),
    "03b": ("03b_autograd_backward", "the way back"),
    "04a": ("04a_neural_networks", "tables of weights"),
    "05a": ("05a_tokenization", "text becomes numbers"),
    "06a": ("06a_attention", "letters that listen"),
    "06b": ("06b_the_gpt", "the GPT"),
    "07": ("07_training", "training"),
    "08": ("08_sampling", "names that it invents"),
}
# Optional notebooks, and those that give no pieces to the file.
LEFT_OUT = ("00", "04b", "05b", "07b", "09", "10", "A")
PROGRAM = "10"  # the notebook whose given code is the main program

GROWING = '''\
"""My own GPT, piece by piece: every core answer that passed, in the order of the course.

A check that passes writes this file anew. Change anything in it, and it is yours: from then on no
check touches it.
"""
'''
COMPLETE = '''\
"""My own GPT, in one file: it learns names letter by letter, and then invents some.

    python my_gpt.py                        learn from the names of the course
    python my_gpt.py my_text.txt            from a text of my own, one document a line
    python my_gpt.py --steps 200 --seed 7   for 200 steps, beginning with other random numbers

Read it from top to bottom: numbers that remember, the way back, a GPT, its training, its names, and
at the end the main program. A line above each piece says in which notebook it was learnt.
{whose}
A check that passes writes this file anew. Change anything in it, and it is yours: from then on no
check touches it.
"""
'''
MADE_BY = "# Written by the course, and unchanged since; its checksum is "
OLD_FIRST_LINE = '"""My own GPT: every answer that passed. A check that passes writes it anew."""'
WIDTH = 100  # columns


def pieces() -> list[Exercise]:
    """The exercises that the file is made of, in the order of the course."""
    return [task for task in parts() if isinstance(task, Exercise)]


def parts() -> Iterator[Exercise | Given]:
    """All that can stand in the file, the given code too, the main program last."""
    for task in whole_course():
        if task.lesson in LEFT_OUT or isinstance(task, Question):
            continue
        if isinstance(task, Given) or (task.weight == "core" and task.kind != "repair"):
            yield task
    yield from main_program()


def main_program() -> list[Given]:
    return [task for task in whole_course() if isinstance(task, Given) and task.lesson == PROGRAM]


def assembled(mine: Mapping[str, str], complete: bool = False) -> str:
    """The text of the file; `mine` has the source of every answer that passed, by its key.

    It holds what is there, and with `complete` the course's answers in the place of what is not.
    With all pieces there the main program is there as well.
    """
    missing = [task for task in pieces() if task.key not in mine]
    whole = complete or not missing
    imports, body = ["import math", "import random"], []
    called = names_called(mine) if whole else None
    section = ""
    for task in parts():
        if isinstance(task, Given):
            if not whole and not is_wanted(task, mine):
                continue
            wanted, text = without_imports(task.text)
            imports += wanted
            origin = "given by the course"
        elif task.key in mine:
            text, origin = mine[task.key], f"learnt in notebook {task.lesson}"
        elif complete:
            text = source_of(task.solution, task.name)
            origin = f"NOT MINE YET: the course's answer; notebook {task.lesson} asks for it"
        else:
            continue
        if isinstance(task, Exercise) and called is not None and task.name not in called:
            origin += "; the program does not call it"
        if task.lesson != section:
            section = task.lesson
            body.append(headline(section))
        body.append(f"# {task.name}: {origin}\n{text}")
    head = COMPLETE.format(whose=whose(missing)) if whole else GROWING
    future = "from __future__ import annotations  # what is written behind a colon stays a text"
    first = "\n".join([f"{head}\n{future}\n", *sorted(set(imports), key=import_order)])
    last = ['if __name__ == "__main__":\n    main()'] if whole and main_program() else []
    text = "\n\n\n".join([first, *body, *last]).rstrip() + "\n"
    return f"{text}\n{MADE_BY}{checksum(text)}\n"


def headline(lesson: str) -> str:
    """The line that begins a section."""
    title = "the main program" if lesson == PROGRAM else PARTS.get(lesson, ("", "more"))[1]
    text = f"{lesson}: {title}"
    return f"# {'-' * (WIDTH - 3 - len(text))} {text}"


def whose(missing: list[Exercise]) -> str:
    """How much of the file is the learner's, and where the rest is asked for."""
    count = len(pieces())
    if not missing:
        return f"All {count} pieces are mine.\n"
    lines = [f"{count - len(missing)} of {count} pieces are mine. From the course, so far:\n"]
    for task in missing:
        lines.append(f"    {task.name:20}{notebook_of(task.lesson)}")
    return "\n".join(lines) + "\n"


def notebook_of(lesson: str) -> str:
    """The file of a notebook."""
    return f"{PARTS.get(lesson, (lesson, ''))[0]}.ipynb"


def link_to(task: Exercise, folder: Path | None) -> str:
    """Where an exercise is asked for: its cell, or the notebook where that is not in `folder`.

    JupyterLab opens the notebook; where it is open already, it goes to the cell.
    """
    file = notebook_of(task.lesson)
    try:
        cells = json.loads((folder / file).read_text(encoding="utf-8"))["cells"] if folder else []
        for cell in cells:
            told = cell["metadata"].get("micrograd", {})
            if told == {"exercise": task.name, "role": "solution"}:
                return f"{file}#cell-id={cell['id']}"
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass  # not there, or somebody has edited it beyond reading
    return file


# ------------------------------------------------------------------------ what belongs in it


def is_wanted(given: Given, mine: Mapping[str, str]) -> bool:
    """Whether a given text belongs in the file: an answer from then on is there, and all it names.

    So the class Value arrives with the first answer of its notebook, and the lines that attach
    operators to it when the last of these is written.
    """
    order = lessons()
    there = [task for task in pieces() if task.key in mine]
    reached = any(order.index(task.lesson) >= order.index(given.lesson) for task in there)
    needed = {task.name for task in pieces()} & names_in(given.text)
    return reached and needed <= {task.name for task in there}


def names_called(mine: Mapping[str, str], roots: Sequence[str] = ("main",)) -> set[str]:
    """The names that these functions reach, by themselves or through what they call.

    The given code that hangs operators on Value is reached by every `+`.
    """
    uses: dict[str, set[str]] = {}
    waiting = list(roots)
    for task in parts():
        if isinstance(task, Exercise):
            uses[task.name] = names_in(mine.get(task.key) or source_of(task.solution, task.name))
            continue
        for node in ast.parse(task.text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                uses[node.name] = names_in(ast.unparse(node))
            else:
                waiting.extend(names_in(ast.unparse(node)))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(uses.get(name, ()))
    return reached


def names_in(text: str) -> set[str]:
    """The names that a text uses and does not make itself."""
    walked = list(ast.walk(ast.parse(text)))
    names = [node for node in walked if isinstance(node, ast.Name)]
    made = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    made |= {node.arg for node in walked if isinstance(node, ast.arg)}
    return {node.id for node in names} - made


def clashes() -> list[str]:
    """The names that two pieces of the file make; there are to be none."""
    made: list[str] = []
    for task in parts():
        made += [task.name] if isinstance(task, Exercise) else names_made(task.text)
    imported = {"argparse", "gc", "math", "random", "Path"}
    return sorted({name for name in made if made.count(name) > 1} - imported)


def without_imports(text: str) -> tuple[list[str], str]:
    """The import lines at the beginning of a given text, and what comes after them."""
    lines = text.strip("\n").splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    rest = [line for line in lines if line not in imports]
    return imports, "\n".join(rest).strip("\n")


def import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line


# ------------------------------------------------------------------------- whose file it is


def checksum(text: str) -> str:
    return f"{zlib.crc32(text.rstrip().encode('utf-8')):08x}"


def is_unchanged(text: str) -> bool:
    """Whether the course wrote this and nobody has changed it since."""
    body, mark, told = text.rpartition(MADE_BY)
    if not mark:
        return text.startswith(OLD_FIRST_LINE)  # an earlier course wrote no checksum
    return told.strip() == checksum(body)


def is_complete(text: str) -> bool:
    """Whether it is a file with the main program in it."""
    return text.startswith(COMPLETE.splitlines()[0])


def lines_of(text: str, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The first and the last line of what defines each of these names at the left margin."""
    wanted = set(names)
    found = {}
    for node in ast.parse(text).body:
        made = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        if isinstance(node, ast.Assign):
            made = [target.id for target in node.targets if isinstance(target, ast.Name)]
        for name in wanted.intersection(made):
            found[name] = (node.lineno, node.end_lineno or node.lineno)
    return found
