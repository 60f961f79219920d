"""The style of a notebook, as far as a program can judge it.

Three functions, each returning one sentence for each thing found: `style_problems` reads the cells,
`output_problems` the outputs of an executed notebook, `broken_links` what the prose points to.
`build_notebooks.py --check` calls all three.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from statistics import median

from nbformat import NotebookNode

MOST_CELLS = 60
MEDIAN_LINES, LONG_CELL, LONGEST_CELL = 5, 12, 25  # lines of code
MOST_WORDS = 80  # in a cell of prose, fewer than this
BANNED = re.compile(
    r"\b(simply|just|obviously|trivially|amazing|awesome|incredible|effortless|effortlessly|"
    r"magical|revolutionary|mind-blowing|game-changing)\b",
    re.IGNORECASE,
)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CURVE = re.compile(r"\b(loss_curve|watch|watch_all)\(")


def style_problems(notebook: NotebookNode, has_pictures: bool = True) -> list[str]:
    """What the style guide would object to in the cells. `has_pictures`: a graph and a curve."""
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    problems = code_problems([cell.source for cell in code]) if code else []
    if (count := sum(not is_exercise(cell) for cell in notebook.cells)) > MOST_CELLS:
        problems.append(
            f"{count} cells beside those of exercises, at most {MOST_CELLS} are allowed; split it."
        )
    for text in prose:
        problems += prose_problems(text)
    problems += heading_problems("\n".join(FENCED.sub("", text) for text in prose))
    if has_pictures:
        everything = "\n".join(cell.source for cell in code)
        if "draw_graph(" not in everything:
            problems.append("no computation graph is drawn; call draw_graph once at least.")
        tagged = any("curve" in cell.metadata.get("tags", []) for cell in code)
        if not tagged and not CURVE.search(everything):
            problems.append('no curve is drawn; call loss_curve, or tag a cell "curve".')
    return problems


def is_exercise(cell: NotebookNode) -> bool:
    """Whether a cell belongs to an exercise: where it is answered, checked or revealed.

    Each takes two cells or three, and none of them holds an idea to be cut up.
    """
    is_code = cell.cell_type == "code"
    return "micrograd" in cell.metadata or (is_code and cell.source.startswith("lesson.reveal("))


def code_problems(sources: list[str]) -> list[str]:
    lines = [len(source.splitlines()) for source in sources]
    problems = [
        f"{beginning(source)} has {length} lines, at most {LONGEST_CELL} are allowed; cut it up."
        for source, length in zip(sources, lines, strict=True)
        if length > LONGEST_CELL
    ]
    if (middle := median(lines)) > MEDIAN_LINES:
        problems.append(f"the median code cell has {middle:g} lines, {MEDIAN_LINES} are allowed.")
    long = sum(length >= LONG_CELL for length in lines)
    if long * 10 > len(lines):
        problems.append(
            f"{long} of {len(lines)} code cells have {LONG_CELL} lines or more; "
            "one in ten is allowed."
        )
    return problems


def prose_problems(text: str) -> list[str]:
    problems = []
    if (words := sum(map(has_letters, text.split()))) >= MOST_WORDS:
        problems.append(f"{beginning(text)} has {words} words; stay under {MOST_WORDS}.")
    spoken = re.sub(r"`[^`]*`", "", FENCED.sub("", text))
    problems += [
        f'{beginning(text)} says "{word}"; leave it out.' for word in BANNED.findall(spoken)
    ]
    if re.search(r"!\[\s*\]\(", text):
        problems.append(f"{beginning(text)} shows an image without alt text.")
    return problems


def has_letters(word: str) -> bool:
    """Whether it is a word or a number; a bullet, a "#" or a dash is neither."""
    return any(map(str.isalnum, word))


def heading_problems(prose: str) -> list[str]:
    headings = re.findall(r"^(#{1,6}) (.*)", prose, re.MULTILINE)
    levels = [len(marks) for marks, _ in headings]
    problems = [f'the heading "{text}" has an emoji.' for _, text in headings if EMOJI.search(text)]
    if levels.count(1) != 1:
        problems.append(f"{levels.count(1)} headings of the first level; exactly one is wanted.")
    problems += [
        f'the heading "{text}" skips a level.'
        for before, level, (_, text) in zip([0, *levels], levels, headings, strict=False)
        if level > before + 1
    ]
    return problems


def output_problems(notebook: NotebookNode) -> list[str]:
    """What is wrong with the outputs of an executed notebook, or shows that it was not executed."""
    problems = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        problems.append("the solution was not executed from top to bottom.")
    for cell in code:
        where = beginning(cell.source)
        printed = any(output.get("name") == "stdout" for output in cell.outputs)
        if re.search(r"^print\(", cell.source, re.MULTILINE) and not printed:
            problems.append(f"{where} prints, but no printed output is stored.")
        for output in cell.outputs:
            problems += [f"{where} {problem}" for problem in one_output(output)]
    return problems


def one_output(output: NotebookNode) -> list[str]:
    if output.output_type == "error":
        return [f"ended with {output.ename}."]
    if output.output_type == "stream":
        warned = output.name == "stderr"
        return ["wrote to stderr, where warnings go."] * warned + address(output.text)
    if any("widget-view" in kind for kind in output.data):
        return ["shows a live widget; in static mode a widget shows its static form."]
    plain = output.data.get("text/plain", "")
    html = Images(output.data.get("text/html", ""))
    is_image = html.found > 0 or any(kind.startswith("image/") for kind in output.data)
    if is_image and not (html.found and html.found == html.described and plain.strip()):
        return [
            "shows an image without alt text; wanted are an <img alt=...> or an <svg role=...> "
            "beginning with its <title>, and the same as plain text."
        ]
    return address(plain)


def address(text: str) -> list[str]:
    return ["prints a memory address, which changes with every run."] * bool(
        re.search(r" at 0x[0-9a-fA-F]{6,}", text)
    )


class Images(HTMLParser):
    """Counts the images in a piece of HTML, and those that are described in words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = self.described = 0
        self.awaits_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: (value or "").strip() for name, value in attrs}
        self.found += tag in ("img", "svg")
        self.described += tag == "img" and bool(words.get("alt"))
        self.described += tag == "title" and self.awaits_title
        self.awaits_title = tag == "svg" and bool(words.get("role"))


def broken_links(notebook: NotebookNode, folder: Path) -> list[str]:
    """Relative links in the prose of a notebook in `folder` that lead nowhere."""
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    targets = re.findall(r"\]\(([^)#\s]+)", FENCED.sub("", "\n\n".join(prose)))
    return [
        f"a link leads nowhere: {target}."
        for target in dict.fromkeys(targets)
        if not re.match(r"[a-z]+:", target) and not (folder / target).exists()
    ]


def beginning(source: str) -> str:
    """How a sentence names a cell: by its first line."""
    first = next((line for line in source.splitlines() if line.strip()), "")
    return f'the cell "{first if len(first) <= 40 else first[:39] + "…"}"'
