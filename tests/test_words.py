"""The glossary, the notation and the toolbox: complete, in order, and linked from where needed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from lesson_source import Lesson, cells_of, is_test, read_course
from lint_notebooks import FENCED

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
NOTATION = ROOT / "docs" / "notation.md"
COURSE = ["00", "01", "02", "03a", "03b", "04a", "04b", "05a", "05b", "06a", "06b"]
COURSE += ["07", "07b", "08", "09", "10", "A"]
STATIONS = {  # the toolbox's stations, in their order, and the notebook that sends people there
    "Functions as arguments": "01",
    "Two names, one list": "01",
    "1e-6 and log axes": "01",
    "Reading dL/dw": "02",
    "Classes, self and dunder methods": "03a",
    "A stack and a set": "03b",
    "exp and log": "03a",
    "Lists in lists": "04a",
    "Dicts, sums and given": "05a",
    "Dot products and changing a list in place": "06a",
    "Generators, dataclasses, mutate or return": "07",
}

LESSONS = {lesson.number: lesson for lesson in read_course(ROOT)}


def prose(lesson: Lesson) -> str:
    return "\n\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")


def headings(text: str) -> list[str]:
    return re.findall(r"^#{1,6} (.+)$", FENCED.sub("", text), re.MULTILINE)


def anchor(heading: str, page: str) -> str:
    """What a link to a heading ends with: GitHub's way in a page, JupyterLab's in a notebook."""
    if page.endswith(".ipynb"):
        return heading.replace(" ", "-")
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def text_at(page: str) -> str:
    """The text of a page of docs/, or of a notebook, by its place as seen from notebooks/."""
    if page.endswith(".ipynb"):
        return prose(LESSONS[page.partition("_")[0]])
    return (ROOT / "notebooks" / page).read_text(encoding="utf-8")


def links(text: str) -> list[tuple[str, str]]:
    """The page and the anchor of each relative link that has an anchor."""
    found = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", FENCED.sub("", text))
    return [(page, end) for page, end in found if not re.match(r"[a-z]+:", page)]


def dead_links(text: str, own_page: str) -> list[str]:
    """Links whose page is there and has no such heading."""
    dead = []
    for page, end in links(text):
        target = text_at(page) if page else text
        if end not in [anchor(heading, page or own_page) for heading in headings(target)]:
            dead.append(f"{page}#{end}")
    return dead


# The links


@pytest.mark.parametrize("number", LESSONS)
def test_a_link_to_a_word_or_to_a_station_leads_to_its_heading(number: str) -> None:
    lesson = LESSONS[number]
    assert dead_links(prose(lesson), f"{lesson.name}.ipynb") == []


@pytest.mark.parametrize("page", [GLOSSARY, NOTATION], ids=lambda page: page.stem)
def test_the_links_inside_the_word_lists_lead_to_a_heading(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    from_notebooks = re.sub(r"\]\((\w+\.md)", r"](../docs/\1", text)
    assert links(from_notebooks)
    assert dead_links(from_notebooks, page.name) == []


def test_a_dead_link_is_found() -> None:
    text = "[slope](../docs/glossary.md#slope), [no](../docs/glossary.md#no-such-word), [x](#Here)"
    assert dead_links(text, "a.ipynb") == ["../docs/glossary.md#no-such-word", "#Here"]
    assert dead_links(f"## Here\n\n{text}", "a.ipynb") == ["../docs/glossary.md#no-such-word"]


@pytest.mark.parametrize("number", sorted({*STATIONS.values()} & set(LESSONS)))
def test_a_notebook_sends_its_reader_to_its_stations(number: str) -> None:
    linked = links(prose(LESSONS[number]))
    for station, sender in STATIONS.items():
        if sender == number:
            assert ("A_toolbox.ipynb", anchor(station, "A_toolbox.ipynb")) in linked


# The toolbox


def station_cells() -> dict[str, list[NotebookNode]]:
    """The solved cells of each station, from its heading to the next one; first what is before."""
    current: list[NotebookNode] = []
    stations = {"": current}
    for cell in cells_of(LESSONS["A"], solved=True):
        heading = re.match(r"#{2,3} (.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            stations[heading[1]] = current = []
        if not is_test(cell):
            current.append(cell)
    return stations


def station_texts(station: str) -> list[str]:
    return [cell.source for cell in station_cells()[station]]


def test_the_toolbox_has_its_stations_in_their_order() -> None:
    assert list(station_cells())[1 : len(STATIONS) + 1] == list(STATIONS)


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_asks_helps_and_lets_try(station: str) -> None:
    cells = station_texts(station)
    assert "**Can you read this?**" in cells[0]
    assert any(text.startswith("**If not: this.**") for text in cells)
    assert "**Try.**" in "".join(cells[1:])
    assert any(text.startswith("# exercise: ") for text in cells)


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_runs_after_the_first_cell_and_no_other_station(
    station: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    monkeypatch.setenv("MICROGRAD_PROGRESS", str(tmp_path / "progress.json"))
    assert "[its first cell](#The-toolbox)" in " ".join(station_texts(station)[0].split())
    names: dict[str, object] = {"__name__": "learner"}
    for cell in station_cells()[""] + station_cells()[station]:
        if cell.cell_type == "code":
            exec(compile(cell.source, station, "exec", dont_inherit=True), names)


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_links_back_to_the_notebook_that_sends_people_there(station: str) -> None:
    sender = STATIONS[station]
    first = station_texts(station)[0]
    assert f"notebook {sender}" in first
    if sender in LESSONS:
        assert f"[notebook {sender}]({LESSONS[sender].name}.ipynb)" in first


# The word lists


def terms() -> dict[str, str]:
    """Each word of the glossary and what is said of it."""
    parts = re.split(r"^## (.+)\n", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_glossary_is_in_alphabetical_order_and_has_each_word_once() -> None:
    words = [anchor(word, "glossary.md") for word in terms()]
    assert words == sorted(set(words))
    assert len(words) > 100


@pytest.mark.parametrize("heading", [*terms(), *STATIONS])
def test_a_link_to_a_heading_works_in_jupyterlab_as_well(heading: str) -> None:
    in_jupyterlab = anchor(heading, "any.ipynb")  # the same rule for pages and notebooks
    assert heading in STATIONS or in_jupyterlab == anchor(heading, "glossary.md")
    assert heading.isascii()  # it looks for other letters in their encoded form, and finds none


@pytest.mark.parametrize("word", terms())
def test_a_word_is_explained_in_a_few_sentences_and_was_first_met_somewhere(word: str) -> None:
    said = " ".join(terms()[word].split())
    met = re.search(r" \*First met in (\w+)\.\*$", said)
    assert met and met[1] in COURSE
    explained = said[: met.start()]
    assert explained.endswith((".", ")"))
    assert 8 <= len(explained.split()) <= 90


def introduced() -> dict[str, str]:
    """The anchor of each word of the glossary, and the notebook in which it is first met."""
    met = r"First\s+met\s+in\s+(\w+)"
    return {anchor(w, "glossary.md"): re.findall(met, said)[0] for w, said in terms().items()}


def linked_words(number: str) -> list[str]:
    return [end for page, end in links(prose(LESSONS[number])) if page == "../docs/glossary.md"]


@pytest.mark.parametrize("number", LESSONS)
def test_no_notebook_links_to_a_word_before_the_one_that_introduces_it(number: str) -> None:
    first = introduced()
    early = [w for w in linked_words(number) if COURSE.index(first[w]) > COURSE.index(number)]
    assert early == [], "change “First met in” in the glossary"


@pytest.mark.parametrize("number", [number for number in LESSONS if linked_words(number)])
def test_a_notebook_links_to_each_word_that_it_introduces(number: str) -> None:
    own = [word for word, notebook in introduced().items() if notebook == number]
    assert [word for word in own if word not in linked_words(number)] == []


def notation_rows() -> list[list[str]]:
    """The cells of each row of those tables of signs that say where a sign is first met."""
    text = NOTATION.read_text(encoding="utf-8")
    tables = [table.splitlines() for table in text.split("\n\n") if table.startswith("|")]
    dated = [table for table in tables if table[0].endswith("| from |")]
    assert len(dated) == 6
    rows = [re.split(r"(?<!\\)\|", row) for table in dated for row in [table[0], *table[2:]]]
    return [[cell.strip() for cell in row[1:-1]] for row in rows]


def test_the_tables_of_signs_have_a_cell_for_each_column() -> None:
    lengths = {"written": 4, "letter": 5}
    expected = 0
    for row in notation_rows():
        expected = lengths.get(row[0], expected)
        assert len(row) == expected, row


def test_each_sign_was_first_met_in_a_notebook_of_the_course() -> None:
    met = {row[-1] for row in notation_rows()} - {"from"}
    assert met <= set(COURSE)
    for number in met & set(LESSONS):
        if linked_words(number):
            assert "../docs/notation.md" in prose(LESSONS[number]), number


@pytest.mark.parametrize("page", [GLOSSARY, NOTATION], ids=lambda page: page.stem)
def test_the_word_lists_keep_to_the_language_of_the_course(page: Path) -> None:
    spoken = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    assert not re.search(r"\b(simply|just|obviously|trivially)\b", spoken, re.IGNORECASE)
