"""The style limits of a notebook: each is noticed when crossed, and not before."""

import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from lint_notebooks import broken_links, output_problems, style_problems

DRAWS = "draw_graph(x)\nloss_curve(losses)"


def notebook(*code: str, prose: tuple[str, ...] = ("# A title",)) -> NotebookNode:
    cells = [new_markdown_cell(text) for text in prose] + [new_code_cell(text) for text in code]
    return new_notebook(cells=cells)


def lines(count: int) -> str:
    return "\n".join(["x = 1"] * count)


def test_a_short_notebook_with_a_graph_and_a_curve_has_good_style() -> None:
    assert style_problems(notebook(DRAWS)) == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ([lines(26)], 'the cell "x = 1" has 26 lines, at most 25 are allowed'),
        ([lines(6)] * 3 + [lines(5)], "the median code cell has 6 lines, 5 are allowed"),
        ([lines(12)] + [lines(1)] * 7, "1 of 9 code cells have 12 lines or more"),
        ([lines(1)] * 60, "62 cells beside those of exercises, at most 60 are allowed"),
    ],
)
def test_too_much_code_is_noticed(code: list[str], sentence: str) -> None:
    assert any(sentence in problem for problem in style_problems(notebook(DRAWS, *code)))


def test_code_up_to_the_limits_is_allowed() -> None:
    code = [lines(25)] + [lines(11)] * 3 + [lines(5)] * 5
    assert style_problems(notebook(DRAWS, *code)) == []
    assert style_problems(notebook(DRAWS, *[lines(1)] * 58)) == []


def test_the_cells_of_exercises_are_not_counted() -> None:
    full = notebook(DRAWS, *[lines(1)] * 58)
    exercise = new_code_cell("...", metadata={"micrograd": {"exercise": "slope"}})
    reveal = new_code_cell('lesson.reveal("arrow")')
    full.cells += [exercise, reveal] * 10
    assert style_problems(full) == []
    full.cells.append(new_code_cell("x"))
    assert any("61 cells beside" in problem for problem in style_problems(full))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("word " * 80, "has 80 words; stay under 80"),
        ("It is simply a sum.", 'says "simply"'),
        ("Just add.", 'says "Just"'),
        ("![](picture.png)", "shows an image without alt text"),
        ("# A second title", "2 headings of the first level"),
        ("### Too deep", 'the heading "Too deep" skips a level'),
        ("## Rockets 🚀", 'the heading "Rockets 🚀" has an emoji'),
    ],
)
def test_prose_out_of_style_is_noticed(text: str, sentence: str) -> None:
    (problem,) = style_problems(notebook(DRAWS, prose=("# A title", text)))
    assert sentence in problem


@pytest.mark.parametrize(
    "text",
    [
        "word " * 79 + "- – # *",
        "Adjust the weights; `just` is a name here.",
        "```python\n# simply a comment, no heading\n```",
        "## A part\n\n### Of a part\n\n## Another part",
        "![Two nodes and an edge.](picture.png)",
        "The arrow → and ŷ − y are no emoji.",
    ],
)
def test_prose_in_style_is_left_alone(text: str) -> None:
    assert style_problems(notebook(DRAWS, prose=("# A title", text))) == []


def test_a_missing_title_is_noticed() -> None:
    assert style_problems(notebook(DRAWS, prose=())) == [
        "0 headings of the first level; exactly one is wanted."
    ]


def test_a_lesson_owes_a_graph_and_a_curve() -> None:
    graph, curve = style_problems(notebook("x = 1"))
    assert "no computation graph is drawn" in graph
    assert "no curve is drawn" in curve


def test_the_toolbox_owes_no_pictures() -> None:
    assert style_problems(notebook("x = 1"), has_pictures=False) == []


def test_a_tag_says_that_a_cell_draws_a_curve() -> None:
    lesson = notebook("draw_graph(x)", "error_against_h(f)")
    lesson.cells[-1].metadata.tags = ["curve"]
    assert style_problems(lesson) == []


# Outputs


def executed(*outputs: NotebookNode, source: str = "x") -> NotebookNode:
    return new_notebook(
        cells=[new_code_cell(source, execution_count=1, outputs=list(outputs))],
    )


def shown(**data: str) -> NotebookNode:
    kinds = {"html": "text/html", "plain": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
    return new_output("display_data", data={kinds[kind]: text for kind, text in data.items()})


TITLED = '<svg role="img"><title>A loop.</title><g><title>node1</title></g></svg>'


@pytest.mark.parametrize(
    "picture",
    [
        shown(html='<img alt="A line falls." src="data:,">', plain="A line falls.", png="AA=="),
        shown(html=f"<div>{TITLED}</div>", plain="A loop."),
        shown(html="<b>no picture</b>"),
        shown(plain="4.0"),
    ],
)
def test_a_picture_described_in_html_and_in_text_is_accepted(picture: NotebookNode) -> None:
    assert output_problems(executed(picture)) == []


@pytest.mark.parametrize(
    "picture",
    [
        shown(png="AA==", plain="<Figure size 640x480>"),
        shown(svg=TITLED, plain="A loop."),
        shown(html='<img src="data:,">', plain="A line falls."),
        shown(html='<img alt=" " src="data:,">', plain="A line falls."),
        shown(html='<img alt="A line falls." src="data:,">'),
        shown(html='<img alt="One."><img src="two.png">', plain="One. Two."),
        shown(html="<svg><title>A loop.</title></svg>", plain="A loop."),
        shown(html='<svg role="img"><g><title>node1</title></g></svg>', plain="A loop."),
    ],
)
def test_a_picture_without_a_description_is_noticed(picture: NotebookNode) -> None:
    (problem,) = output_problems(executed(picture))
    assert "shows an image without alt text" in problem


def test_a_memory_address_is_noticed() -> None:
    for output in (
        shown(plain="<Value object at 0x7f3b2c>"),
        new_output("stream", text="<function f at 0x7f3b2c>\n"),
    ):
        (problem,) = output_problems(executed(output))
        assert "prints a memory address" in problem


def test_a_print_inside_a_function_needs_no_output() -> None:
    assert output_problems(executed(source="def f():\n    print(1)")) == []
    assert output_problems(executed(source="print(1)")) != []


# Links


def test_links_are_followed_from_the_notebooks_folder(tmp_path: Path) -> None:
    (tmp_path / "there.md").touch()
    prose = (
        "[a](there.md#part) [b](#here) [c](https://example.org/x) [d](gone.md)",
        "```\n[e](code.md)\n```",
    )
    found = broken_links(notebook(prose=prose), tmp_path)
    assert found == ["a link leads nowhere: gone.md."]
