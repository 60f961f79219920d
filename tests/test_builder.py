"""The builder: one source, two notebooks, and a check that notices when they part."""

import json
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import build_notebooks
from build_notebooks import build, check
from lesson_source import LessonError, read_course

FIRST = '''# ---
# minutes: 5
# reads: engine.py
# refrain: [compute gradients, update]
# ---

# %% [markdown]
# # A number that remembers
#
# Notation is in [its page](../notation.md).

# %%
from micrograd.engine import Value
from micrograd.viz import draw_graph

a = Value(2.0, label="a")
draw_graph(a * 3)

# %% tags=["assert"]
assert (a * 3).data == 6

# %% tags=["exercise"]
# exercise: twice
def twice(x):
    """Two times x."""
    return 2 * x

# %% tags=["curve"]
print("down, down, down")
a.data

# %%
print("twice 4 is", twice(4))

# %% [markdown]
# And again:

# %%
print("twice 4 is", twice(4))
'''

SECOND = """# ---
# minutes: 10
# ---

# %% [markdown]
# # Ten steps

# %%
import os

print("static mode:", os.environ["MICROGRAD_STATIC"])

# %% tags=["curve"]
def draw_graph(x):
    return x

draw_graph(1)
"""


def write_course(root: Path, **sources: str) -> Path:
    """A course in `root` with these sources, each named after its number: _03b=..."""
    (root / "notebooks" / "source").mkdir(parents=True)
    for file in ("README.md", "notation.md", "engine.py"):
        (root / file).touch()
    for name, text in sources.items():
        path = root / "notebooks" / "source" / f"{name.strip('_')}_lesson.py"
        path.write_bytes(text.encode())
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of two lessons, built once; tests work on copies."""
    root = write_course(tmp_path_factory.mktemp("course"), _01=FIRST, _02=SECOND)
    assert build(root) == []
    return root


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "course"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def source(root: Path) -> Path:
    return root / "notebooks" / "source" / "01_lesson.py"


def learner(root: Path) -> Path:
    return root / "notebooks" / "01_lesson.ipynb"


def solution(root: Path) -> Path:
    return root / "notebooks" / "solutions" / "01_lesson.ipynb"


def cells(path: Path, kind: str = "code") -> list[Any]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def all_bytes(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


# What the two notebooks hold


def test_the_learner_gets_a_stub_and_the_solution_the_answer(built: Path) -> None:
    begin = '# exercise: twice\ndef twice(x):\n    """Two times x."""\n    '
    assert cells(learner(built))[1].source == begin + "..."
    assert cells(solution(built))[1].source == begin + "return 2 * x"


def test_the_learner_sees_no_outputs(built: Path) -> None:
    assert all(cell.outputs == [] for cell in cells(learner(built)))
    assert all(cell.execution_count is None for cell in cells(learner(built)))


def test_the_solution_keeps_its_outputs(built: Path) -> None:
    printed, shown = cells(solution(built))[2].outputs
    assert printed.text == "down, down, down\n"
    assert shown.data == {"text/plain": "2.0"}


def test_executions_are_counted_as_if_the_assertions_had_not_run(built: Path) -> None:
    found = cells(solution(built))
    assert [cell.execution_count for cell in found] == [1, 2, 3, 4, 5]
    assert found[2].outputs[1].execution_count == 3


def test_assertions_appear_in_neither_notebook(built: Path) -> None:
    assert "assert" not in learner(built).read_text(encoding="utf-8") + solution(built).read_text(
        encoding="utf-8"
    )


def test_solutions_are_executed_in_static_mode(built: Path) -> None:
    (printed,) = cells(solution(built).with_name("02_lesson.ipynb"))[0].outputs
    assert printed.text == "static mode: 1\n"


def test_both_notebooks_agree_on_the_ids_of_their_cells(built: Path) -> None:
    ids = [cell.id for cell in nbformat.read(learner(built), as_version=4).cells]
    assert ids == [cell.id for cell in nbformat.read(solution(built), as_version=4).cells]
    assert len(set(ids)) == len(ids)


def test_equal_cells_get_different_ids(built: Path) -> None:
    first, second = (cell.id for cell in cells(learner(built))[3:])
    assert second == f"{first}-2"


def test_an_exercise_is_known_by_its_name(course: Path) -> None:
    edit(source(course), "return 2 * x", "return x + x")
    build(course, run=False)
    exercise = cells(learner(course))[1]
    assert exercise.id == "exercise-twice"
    assert exercise.metadata.micrograd == {"exercise": "twice", "role": "solution"}


def test_a_cell_keeps_its_id_when_another_comes_before_it(course: Path) -> None:
    before = [cell.id for cell in cells(learner(course))]
    edit(source(course), "# %%\nfrom", "# %%\nnew = 1\n\n# %%\nfrom")
    build(course, run=False)
    assert [cell.id for cell in cells(learner(course))][1:] == before


def test_notebooks_record_nothing_about_the_machine(built: Path) -> None:
    metadata = nbformat.read(solution(built), as_version=4).metadata
    assert set(metadata) == {"kernelspec", "language_info", "micrograd"}
    assert metadata.language_info == {"name": "python"}
    assert all(set(cell.metadata) <= {"tags", "micrograd"} for cell in cells(solution(built)))


def test_pieces_of_one_stream_are_joined_up_to_the_next_output() -> None:
    def stream(name: str, text: str) -> nbformat.NotebookNode:
        return nbformat.v4.new_output("stream", name=name, text=text)

    result = nbformat.v4.new_output("display_data", data={"text/plain": "a picture"})
    pieces = [stream("stdout", "1\n"), stream("stdout", "2\n"), result, stream("stdout", "3\n")]
    joined = build_notebooks.join_streams(pieces)
    assert [one.get("text") for one in joined] == ["1\n2\n", None, "3\n"]


# Navigation


def test_each_notebook_links_to_its_neighbours(built: Path) -> None:
    first = cells(learner(built), "markdown")[0].source.splitlines()[0]
    assert first == "[the course](../README.md) · [Ten steps →](02_lesson.ipynb)"
    second = cells(learner(built).with_name("02_lesson.ipynb"), "markdown")[-1].source
    assert second == "[← A number that remembers](01_lesson.ipynb) · [the course](../README.md)"


def test_the_header_names_minutes_modules_and_the_part_of_the_refrain(built: Path) -> None:
    _, facts, refrain = cells(learner(built), "markdown")[0].source.split("\n\n")
    assert facts == "5 minutes · you will read [engine.py](../engine.py)"
    assert refrain.endswith("measure the error → **compute gradients** → **update**")


def test_links_from_a_solution_climb_one_folder_more(built: Path) -> None:
    assert "[its page](../notation.md)" in cells(learner(built), "markdown")[1].source
    assert "[its page](../../notation.md)" in cells(solution(built), "markdown")[1].source


def test_lessons_come_in_the_order_of_their_file_names(tmp_path: Path) -> None:
    root = write_course(tmp_path, A=SECOND, _10=SECOND, _03b=SECOND, _03a=SECOND, _00=SECOND)
    assert [one.number for one in read_course(root)] == ["00", "03a", "03b", "10", "A"]


# Building again


def test_building_again_changes_no_byte_and_executes_nothing(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = all_bytes(course)
    assert build(course) == []
    assert all_bytes(course) == before
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_executing_again_changes_no_byte(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = all_bytes(course)
    assert build(course, ["01"], anew=True) == []
    assert all_bytes(course) == before
    assert capsys.readouterr().out == "01_lesson: executing\n"


def test_new_prose_joins_the_old_outputs(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = [cell.outputs for cell in cells(solution(course))]
    edit(source(course), "And again:", "Once more:")
    assert build(course) == []
    assert "executing" not in capsys.readouterr().out
    assert "Once more:" in solution(course).read_text(encoding="utf-8")
    assert [cell.outputs for cell in cells(solution(course))] == outputs


@pytest.mark.slow
def test_new_code_is_executed(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(source(course), "Value(2.0", "Value(5.0")
    edit(source(course), "== 6", "== 15")
    assert build(course) == []
    assert cells(solution(course))[2].outputs[1].data == {"text/plain": "5.0"}
    assert "02_lesson" not in capsys.readouterr().out


@pytest.mark.slow
def test_a_false_assertion_stops_the_build_and_leaves_the_old_solution(course: Path) -> None:
    before = solution(course).read_bytes()
    edit(source(course), "== 6", "== 7")
    (problem,) = build(course)
    assert problem.startswith("01_lesson: a cell of the solution failed.")
    assert "assert (a * 3).data == 7" in problem
    assert solution(course).read_bytes() == before


def test_windows_line_ends_in_a_source_change_nothing(course: Path) -> None:
    text = source(course).read_bytes()
    source(course).write_bytes(text.replace(b"\n", b"\r\n"))
    assert check(course) == []
    assert b"\r" not in learner(course).read_bytes() + solution(course).read_bytes()


@pytest.mark.slow
def test_a_live_widget_is_refused_and_its_state_left_out(course: Path) -> None:
    edit(source(course), "a.data\n", "import ipywidgets\n\nipywidgets.IntSlider()\n")
    (problem,) = build(course, ["01"])
    assert "shows a live widget" in problem
    assert "widgets" not in nbformat.read(solution(course), as_version=4).metadata


# Checking


def test_a_fresh_build_passes_the_check(built: Path) -> None:
    assert check(built) == []


Damage = Callable[[Any], object]

DAMAGES: dict[str, Damage] = {
    "prose edited": lambda nb: nb["cells"][1]["source"].append(" Indeed."),
    "code edited": lambda nb: nb["cells"][2]["source"].append("\n"),
    "id changed": lambda nb: nb["cells"][2].update(id="another"),
    "tag added": lambda nb: nb["cells"][2]["metadata"].update(tags=["extra"]),
    "cell lost": lambda nb: nb["cells"].pop(),
    "metadata added": lambda nb: nb["metadata"].update(author="somebody"),
}


@pytest.mark.parametrize("product", [learner, solution])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_the_check_notices_that_a_notebook_is_not_its_source(
    course: Path, product: Callable[[Path], Path], damage: Damage
) -> None:
    notebook = json.loads(product(course).read_text(encoding="utf-8"))
    damage(notebook)
    product(course).write_text(json.dumps(notebook), encoding="utf-8")
    (problem,) = check(course)
    assert problem.startswith("01_lesson: the")
    assert "not what the source gives; run python tools/build_notebooks.py 01." in problem


def set_outputs(cell: int, *outputs: dict[str, Any]) -> Damage:
    return lambda nb: nb["cells"][cell].update(outputs=list(outputs))


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": [text]}


def display(data: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
OUTPUT_DAMAGES: dict[str, tuple[Damage, str]] = {
    "an error": (set_outputs(2, ERROR), "ended with ValueError"),
    "a print lost": (set_outputs(5), "prints, but no printed output is stored"),
    "a flood": (set_outputs(5, stream("x" * 400_000)), "KB, 300 are allowed"),
    "a warning": (set_outputs(2, stream("careful", "stderr")), "wrote to stderr"),
    "a picture without words": (set_outputs(2, display({"image/png": "AA=="})), "without alt text"),
    "not executed": (lambda nb: nb["cells"][2].update(execution_count=None), "not executed"),
    "test changed": (
        lambda nb: nb["metadata"]["micrograd"].update(code_sha256="0"),
        "the solution is not what the source gives",
    ),
}


@pytest.mark.parametrize(("damage", "sentence"), OUTPUT_DAMAGES.values(), ids=OUTPUT_DAMAGES.keys())
def test_the_check_notices_that_outputs_are_wrong(
    course: Path, damage: Damage, sentence: str
) -> None:
    notebook = json.loads(solution(course).read_text(encoding="utf-8"))
    damage(notebook)
    solution(course).write_text(json.dumps(notebook), encoding="utf-8")
    (problem,) = check(course)
    assert sentence in problem


def test_the_check_notices_an_edited_source(course: Path) -> None:
    edit(source(course), "And again:", "Once more:")
    assert [problem.split(" is ")[0] for problem in check(course)] == [
        "01_lesson: the learner's notebook",
        "01_lesson: the solution",
    ]


def test_the_check_notices_an_edited_assertion(course: Path) -> None:
    edit(source(course), "== 6", "== 6.0")
    (problem,) = check(course)
    assert problem.startswith("01_lesson: the solution is not what the source gives")


@pytest.mark.parametrize("content", [None, "", "{}", "<<<<<<< ours\n{}"])
def test_the_check_notices_a_solution_that_is_no_notebook(
    course: Path, content: str | None
) -> None:
    solution(course).unlink()
    if content is not None:
        solution(course).write_text(content)
    (problem,) = check(course)
    assert problem.startswith("01_lesson: the solution is missing or cannot be read; run")


def test_the_check_notices_notebooks_without_a_source(course: Path) -> None:
    shutil.copy(learner(course), learner(course).with_name("04_gone.ipynb"))
    assert check(course) == ["notebooks/04_gone.ipynb has no source; delete it."]


def test_the_check_notices_a_link_that_leads_nowhere(course: Path) -> None:
    (course / "notation.md").unlink()
    assert check(course) == ["01_lesson: a link leads nowhere: ../notation.md."]


def test_the_check_notices_faults_of_style(course: Path) -> None:
    edit(source(course), "And again:", "Simply again:")
    build_problems = build(course, run=False)
    assert build_problems == ['01_lesson: the cell "Simply again:" says "Simply"; leave it out.']


# Sources that cannot be built


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("# minutes: 5", "# minutes: 50", "minutes must be a number from 1 to 45, got 50"),
        ("# minutes: 5\n", "", "minutes must be a number from 1 to 45, got None"),
        ("# minutes: 5", "# author: me", "the front block holds minutes, reads and refrain"),
        ("# minutes: 5", "# minutes: [", "the front block is not YAML"),
        ("compute gradients", "divide", "the parts of the refrain are embed, attend"),
        ("# # A number", "# A number", "the first cell must begin with the title"),
        ("# exercise: twice", "# twice", 'its cell begins "# exercise: name", got "# twice"'),
        ('    """Two times x."""\n', "", "one function with a docstring"),
        ("# %% [markdown]\n# And", "# %% [raw]\n# And", "found a raw cell"),
    ],
)
def test_a_source_that_cannot_be_built_is_explained(
    course: Path, old: str, new: str, sentence: str
) -> None:
    edit(source(course), old, new)
    with pytest.raises(LessonError, match="01_lesson: ") as raised:
        check(course)
    assert sentence in str(raised.value)


def test_a_source_without_a_front_block_is_explained(tmp_path: Path) -> None:
    root = write_course(tmp_path, _01="# %% [markdown]\n# # A title\n")
    with pytest.raises(LessonError, match="01_lesson: begin with a front block"):
        check(root)


DECLARED = """
# %% tags=["given"]
# given: box

# %% tags=["exercise"]
# exercise: join

# %%
join = lesson.check(join)

# %%
lesson.check(join)
"""


@pytest.fixture
def declared(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course with cells whose text the checks declare, here: what was asked for."""
    with source(course).open("a", encoding="utf-8") as file:
        file.write(DECLARED)
    checks = types.ModuleType("micrograd.checks")
    checks.exercise_cell = lambda *asked: f"# {asked}"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "micrograd.checks", checks)
    build(course, run=False)
    return course


def test_what_is_given_stands_in_place_of_its_name(declared: Path) -> None:
    given = cells(learner(declared))[-4]
    assert given.source == "# ('01', 'box', False)"
    assert given.metadata == {"tags": ["given"], "micrograd": {"given": "box", "role": "given"}}
    assert given.id == "given-box"


def test_a_grader_finds_the_answer_and_its_check(declared: Path) -> None:
    answer, check_, other = cells(learner(declared))[-3:]
    assert answer.metadata.micrograd == {"exercise": "join", "role": "solution"}
    assert check_.metadata == {"micrograd": {"exercise": "join", "role": "check"}}
    assert (answer.id, check_.id) == ("exercise-join", "check-join")
    assert other.metadata == {}


def test_what_is_given_needs_a_name(course: Path) -> None:
    edit(source(course), '# %% tags=["exercise"]\n# exercise: twice', '# %% tags=["given"]\n# box')
    with pytest.raises(LessonError, match='its cell begins "# given: name", got "# box"'):
        check(course)


def test_an_exercise_without_a_solution_is_looked_up_in_the_checks(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = source(course).read_text(encoding="utf-8")
    begin, end = text.index("def twice"), text.index('# %% tags=["curve"]')
    source(course).write_text(text[:begin] + "\n" + text[end:], encoding="utf-8")

    checks = types.ModuleType("micrograd.checks")
    checks.exercise_cell = lambda *asked: f"# {asked}"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "micrograd.checks", checks)
    build(course, run=False)
    assert cells(learner(course))[1].source == "# ('01', 'twice', False)"

    monkeypatch.setitem(sys.modules, "micrograd.checks", None)
    with pytest.raises(LessonError, match="twice is not declared"):
        check(course)


# The command


def command(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, build_notebooks.__file__, "--root", str(root), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_the_command_says_nothing_when_all_is_well(built: Path) -> None:
    done = command(built, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_command_fails_with_a_sentence(course: Path) -> None:
    solution(course).unlink()
    done = command(course, "--check", "01", "02_lesson")
    assert done.returncode == 1
    assert done.stderr == (
        "01_lesson: the solution is missing or cannot be read; "
        "run python tools/build_notebooks.py 01.\n"
    )


def test_the_command_names_the_lessons_when_asked_for_another(built: Path) -> None:
    done = command(built, "07")
    assert done.returncode == 1
    assert done.stderr == "no lesson is called 07; there are 01_lesson, 02_lesson.\n"
