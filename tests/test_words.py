"""The glossary, the notation and the toolbox: complete, in order, and linked from where needed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from lesson_source import Lesson, read_course
from lint_notebooks import FENCED

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
NOTATION = ROOT / "docs" / "notation.md"
COURSE = ["00", "01", "02", "03a", "03b", "04a", "04b", "05a", "05b", "06a", "06b"]
COURSE += ["07", "08", "09", "10", "A"]
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


def station_texts() -> dict[str, list[str]]:
    """The cells of each station of the toolbox, all kinds, from its heading to the next one."""
    texts: dict[str, list[str]] = {}
    current: list[str] = []
    for cell in LESSONS["A"].cells:
        heading = re.match(r"#{2,3} (.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            texts[heading[1]] = current = []
        current.append(cell.source)
    return texts


def test_the_toolbox_has_its_stations_in_their_order() -> None:
    assert list(station_texts())[: len(STATIONS)] == list(STATIONS)


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_asks_helps_and_lets_try(station: str) -> None:
    cells = station_texts()[station]
    assert "**Can you read this?**" in cells[0]
    assert any(text.startswith("**If not: this.**") for text in cells)
    assert any(text.startswith("# exercise: ") for text in cells)


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_links_back_to_the_notebook_that_sends_people_there(station: str) -> None:
    sender = STATIONS[station]
    first = station_texts()[station][0]
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


def test_no_notebook_links_to_a_word_before_the_one_that_introduces_it() -> None:
    introduced = {
        anchor(word, "glossary.md"): re.findall(r"First\s+met\s+in\s+(\w+)", said)[0]
        for word, said in terms().items()
    }
    for number, lesson in LESSONS.items():
        words = [end for page, end in links(prose(lesson)) if page == "../docs/glossary.md"]
        early = [w for w in words if COURSE.index(introduced[w]) > COURSE.index(number)]
        assert early == [], f"{number} links to {early}: change “First met in” in the glossary."


def test_each_sign_was_first_met_in_a_notebook_of_the_course() -> None:
    text = NOTATION.read_text(encoding="utf-8")
    tables = [table for table in text.split("\n\n") if table.startswith("|")]
    dated = [table.splitlines() for table in tables if table.splitlines()[0].endswith("| from |")]
    assert len(dated) == 6
    for head, _, *rows in dated:
        for row in rows:
            cells = re.split(r"(?<!\\)\|", row)
            assert len(cells) == len(head.split("|")), row
            assert cells[-2].strip() in COURSE, row


@pytest.mark.parametrize("page", [GLOSSARY, NOTATION], ids=lambda page: page.stem)
def test_the_word_lists_keep_to_the_language_of_the_course(page: Path) -> None:
    spoken = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    assert not re.search(r"\b(simply|just|obviously|trivially)\b", spoken, re.IGNORECASE)
