"""One file of progress: two notebooks write it, a damaged one is set aside, nothing is lost."""

import html
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cells import cell

from micrograd.checks import (
    Lesson,
    export_progress,
    growing_file,
    import_progress,
    progress,
    store,
)
from micrograd.checks.assemble import pieces
from micrograd.checks.catalogue import tasks
from micrograd.checks.report import is_asked
from micrograd.checks.store import Progress, current, locked, merged, place, read

ROOT = Path(__file__).resolve().parent.parent
SLOPE = "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"
STEP = "def descent_step(point, grad, lr):\n    return [x - lr * g for x, g in zip(point, grad)]\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The progress file of this test, found as a learner's is."""
    path = tmp_path / "a folder" / "progress.json"
    monkeypatch.setenv("MICROGRAD_PROGRESS", str(path))
    monkeypatch.setattr(store, "_shared", {})
    return path


# --------------------------------------------------------------------------------- the place


def test_the_environment_says_where(file: Path) -> None:
    assert place() == file
    Lesson("01").check(cell(SLOPE)["slope"])
    assert read(file)["01/slope"]["source"] == SLOPE.rstrip()


def test_the_environment_may_name_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROGRAD_PROGRESS", str(tmp_path))
    assert place() == tmp_path / "progress.json"


def test_a_home_that_nobody_has_is_a_folder_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROGRAD_PROGRESS", "~nobody-of-that-name/progress.json")
    assert place() == Path("~nobody-of-that-name", "progress.json")


def test_else_it_is_work_in_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROGRAD_PROGRESS", raising=False)
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)
    monkeypatch.setattr(store, "ROOT", tmp_path)
    beside = tmp_path / "elsewhere"
    beside.mkdir()
    monkeypatch.chdir(beside)
    assert place() == beside / "progress.json"
    (tmp_path / "work").mkdir()
    assert place() == beside / "progress.json"  # some folder that happens to be called work
    (tmp_path / "start.py").touch()
    assert place() == tmp_path / "work" / "progress.json"


def test_a_notebook_that_is_built_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MICROGRAD_PROGRESS", raising=False)
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    monkeypatch.setattr(store, "_shared", {})
    monkeypatch.chdir(tmp_path)
    assert place() is None
    Lesson("01").check(cell(SLOPE)["slope"])
    assert list(tmp_path.iterdir()) == []
    assert current().notes == []


def test_a_folder_that_cannot_be_written_to_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    lesson = Lesson("01", Progress(blocked / "progress.json"))  # a folder that is none
    lesson.check(cell(SLOPE)["slope"])
    assert "Your progress could not be written to" in capsys.readouterr().out
    assert lesson.progress.get("01/slope")["state"] == "passed"


def test_without_a_place_it_stays_in_memory_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "_shared", {})
    monkeypatch.setattr(store, "place", lambda: None)
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)
    lesson = Lesson("01")
    lesson.check(cell(SLOPE)["slope"])
    assert "kept only until this notebook is closed" in capsys.readouterr().out
    assert lesson.progress.get("01/slope")["state"] == "passed"


# ---------------------------------------------------------------------------------- two at once


def test_two_open_notebooks_lose_nothing(file: Path) -> None:
    one, two = Progress(file), Progress(file)
    one.put("01/slope", state="passed", source="a")
    two.put("01/gradient", state="tried")
    one.put("01/descend", state="tried")
    assert set(read(file)) == {"01/slope", "01/gradient", "01/descend"}
    assert two.get("01/slope")["source"] == "a"


def test_a_pass_is_not_undone_by_a_try_in_the_other_notebook(file: Path) -> None:
    one, two = Lesson("01", Progress(file)), Lesson("01", Progress(file))
    one.check(cell(SLOPE)["slope"])
    two.check(cell("def slope(f, x, h):\n    return 1.0\n")["slope"])
    assert read(file)["01/slope"]["state"] == "passed"


@pytest.mark.parametrize("when", ["1e11", "1e999", "-1e999", "NaN", "9" * 400, "null"])
def test_what_was_done_last_counts_whatever_another_clock_has_said(file: Path, when: str) -> None:
    file.parent.mkdir()
    record = f'{{"01/flat": {{"guess": "A", "when": {when}}}}}'
    file.write_text(f'{{"format": "{store.FORMAT}", "records": {record}}}')
    other = Progress(file)
    other.put("01/flat", guess="C")
    Progress(file).put("01/flat", guess="B")
    other.put("01/slope", hints=1)  # brings along what it remembers of the rest
    assert read(file)["01/flat"]["guess"] == "B"


def test_of_two_passes_the_newer_is_kept() -> None:
    old, new = {"state": "passed", "when": 1.0}, {"state": "passed", "when": 2.0}
    assert merged({"a": old}, {"a": new}) == merged({"a": new}, {"a": old}) == {"a": new}


def test_four_processes_write_one_file_at_once(file: Path) -> None:
    program = (
        "import sys; from micrograd.checks.store import current\n"
        "for i in range(10): current().put(f'{sys.argv[1]}/{i}', state='tried')"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(n)], env=environment) for n in range(4)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 4
    assert len(read(file)) == 40
    assert not list(file.parent.glob("*.tmp"))


def test_a_lock_that_somebody_holds_is_waited_for_and_then_said(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.1)
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import sys; from pathlib import Path; from micrograd.checks.store import locked\n"
            "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()",
            str(file),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    mine = Progress(file)
    mine.put("01/slope", state="passed")
    assert "could not be written" in mine.notes[0]
    holder.communicate("")
    mine.put("01/gradient", state="tried")  # the next write brings along what was kept
    assert set(read(file)) == {"01/slope", "01/gradient"}


def test_without_filelock_it_is_written_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "filelock", None)
    with locked(file):
        Progress(file).put("01/slope", state="passed")
    assert set(read(file)) == {"01/slope"}


# --------------------------------------------------------------------------------- damaged


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[1, 2]", b'{"format": "other"}', b"\xff\xfe", b"null"),
        json.dumps({"format": store.FORMAT, "records": {"a": 1}}).encode(),
        b"[" * 100_000,
    ],
    ids=["empty", "half", "a list", "other", "no text", "null", "no records", "too deep"],
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    mine = Progress(file)
    mine.put("01/slope", state="tried")
    assert set(read(file)) == {"01/slope"}
    assert (file.parent / "progress.damaged-1.json").read_bytes() == content
    assert "was damaged" in mine.notes[0]


def test_a_file_that_cannot_be_read_is_not_written_over(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Progress(file).put("01/slope", state="passed")
    before = file.read_bytes()

    def in_use(*_: object, **__: object) -> str:
        raise PermissionError(13, "The file is in use")

    monkeypatch.setattr(Path, "read_text", in_use)
    mine = Progress(file)
    mine.put("01/gradient", state="tried")
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert any("could not be written" in note for note in mine.notes)
    mine.put("01/gradient", state="tried")  # the next write brings along what was kept
    assert set(read(file)) == {"01/slope", "01/gradient"}


def test_a_file_of_a_newer_course_stays_as_it_is(file: Path) -> None:
    file.parent.mkdir()
    content = '{"format": "micrograd-course progress 2", "records": {}}'
    file.write_text(content)
    mine = Progress(file)
    mine.put("01/slope", state="tried")
    assert mine.get("01/slope")["state"] == "tried"
    assert "a newer version of this course wrote it" in mine.notes[0]
    assert [path.name for path in file.parent.glob("*.json")] == ["progress.json"]
    assert file.read_text() == content


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_what_is_no_ordinary_file_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    os.mkfifo(file)  # reading it would wait without end
    mine = Progress(file)
    mine.put("01/slope", state="tried")
    assert "no ordinary file" in mine.notes[0]
    with pytest.raises(OSError, match="no ordinary file"):
        export_progress(file)
    assert file.is_fifo()
    assert list(file.parent.glob("*.tmp")) == []


@pytest.mark.skipif(os.name == "nt", reason="there only administrators make links")
def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    elsewhere = tmp_path / "shared folder" / "mine.json"
    file.symlink_to(elsewhere)
    Progress(file).put("01/slope", state="tried")
    assert file.is_symlink()
    assert set(read(elsewhere)) == {"01/slope"}


def test_a_file_that_an_editor_has_saved_is_read(file: Path) -> None:
    Progress(file).put("01/slope", state="passed")
    text = file.read_text().replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())  # as Notepad does
    assert set(Progress(file).records()) == {"01/slope"}


def test_half_a_letter_in_the_file_is_no_problem(file: Path) -> None:
    file.parent.mkdir()
    record = '{"01/gone": {"source": "\\ud83d"}}'
    file.write_text(f'{{"format": "{store.FORMAT}", "records": {record}}}')
    Lesson("01").check(cell(SLOPE)["slope"])
    assert set(read(file)) == {"01/gone", "01/slope"}


def test_a_second_damaged_file_leaves_the_first_where_it_is(file: Path) -> None:
    file.parent.mkdir()
    for content in ("one", "two"):
        file.write_text(content)
        Progress(file).records()
    names = [file.parent / f"progress.damaged-{n}.json" for n in (1, 2)]
    assert [name.read_text() for name in names] == ["one", "two"]


def test_a_write_that_is_cut_short_leaves_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Progress(file).put("01/slope", state="passed")
    before = file.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    mine = Progress(file)
    mine.put("01/gradient", state="tried")
    assert file.read_bytes() == before
    assert "No space left on device" in mine.notes[0]
    assert not list(file.parent.glob("*.tmp"))


def test_an_answer_survives_an_update_that_no_longer_asks_for_it(file: Path) -> None:
    Progress(file).put("01/gone", state="passed", source="def gone(): pass")
    Lesson("01").check(cell(SLOPE)["slope"])
    assert read(file)["01/gone"]["source"] == "def gone(): pass"
    assert "gone" not in str(progress())


# ------------------------------------------------------------------------------ taken elsewhere


def test_progress_is_exported_and_imported_in_one_line_each(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lesson("01").check(cell(SLOPE)["slope"])
    assert export_progress(tmp_path / "mine.json") == "1 record written to mine.json."
    monkeypatch.setenv("MICROGRAD_PROGRESS", str(tmp_path / "other.json"))
    Lesson("01").check(cell(STEP)["descent_step"])
    assert import_progress(tmp_path / "mine.json") == "1 record read from mine.json."
    assert set(read(tmp_path / "other.json")) == {"01/slope", "01/descent_step"}


@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_importing_something_else_is_refused(
    file: Path, tmp_path: Path, content: str | None
) -> None:
    other = tmp_path / "other.json"
    if content is not None:
        other.write_text(content)
    with pytest.raises(ValueError, match="give a file that export_progress wrote"):
        import_progress(other)
    assert content is None or other.read_text() == content


# -------------------------------------------------------------------------------------- the map


def test_records_that_somebody_edited_do_no_harm(file: Path) -> None:
    mine = Progress(file)
    mine.add({"01/slope": {"hints": "many", "state": [1], "when": None, "source": 3}})
    mine.add({"01/gradient": {"hints": -9}})
    assert "Hint 1 of 3" in str(Lesson("01").hint("slope"))
    assert "Hint 1 of" in str(Lesson("01").hint("gradient"))
    assert "01" in str(progress())
    assert growing_file()


def test_the_map_begins_empty(file: Path) -> None:
    text = str(progress())
    assert f"Notebook 01: 0 of {asked_in('01')} passed, not begun" in text
    assert "Predictions: none scored yet" in text
    assert f"my_gpt.py: 0 of {len(pieces())} pieces, empty so far. Next: slope" in text
    assert "untouched" not in text


def asked_in(number: str) -> int:
    return sum(map(is_asked, tasks(number).values()))


def test_the_map_shows_what_is_passed_tried_predicted_and_kept(file: Path) -> None:
    lesson = Lesson("01")
    lesson.check(cell(STEP)["descent_step"])
    lesson.check(cell(SLOPE)["slope"])
    lesson.check(cell("def gradient(f, point, h):\n    return 1.0\n")["gradient"])
    for name, guess, confidence in [("flat", "A", "sure"), ("smaller_h", "B", "guess")]:
        lesson.predict(name, guess, confidence)
        lesson.reveal(name)
    text = str(progress())
    assert f"Notebook 01: 2 of {asked_in('01')} passed\n" in text
    assert "slope passed, gradient tried, linear_estimate untouched" in text
    assert "1 of 2 right; “sure” was right 0 of 1 times; “guess” was right 1 of 1 times" in text
    assert f"2 of {len(pieces())} pieces: slope, descent_step. Next: gradient, in" in text


def test_what_surprised_most_comes_first(file: Path) -> None:
    lesson = Lesson("01")
    for name, guess, confidence in [("smaller_h", "A", "think"), ("flat", "A", "sure")]:
        lesson.predict(name, guess, confidence)
        lesson.reveal(name)
    text = str(progress())
    assert "You were sure, and it is not so: At some x the slope is 0." in text
    assert "You shrink h" not in text
    assert text.index("You were sure") < text.index("Predictions:") < text.index("Notebook 01:")


def test_the_map_says_the_same_as_text_and_as_a_page(file: Path) -> None:
    lesson = Lesson("01")
    lesson.check(cell(SLOPE)["slope"])
    lesson.check(cell("def gradient(f, point, h):\n    return 1.0\n")["gradient"])
    lesson.predict("flat", "A", "sure")
    lesson.reveal("flat")
    both = progress()._repr_mimebundle_()
    page = re.sub(r"<span aria-hidden='true'.*?</span>(</span>)?", "", both["text/html"])
    words = html.unescape(re.sub(r"<[^>]+>", " ", page))
    text = re.sub("(untouched|passed|tried), (?!not)", r"\1 ", both["text/plain"])
    assert words.split() == text.split()


def test_every_state_has_a_sign_and_an_edge_of_its_own(file: Path) -> None:
    lesson = Lesson("01")
    lesson.check(cell(SLOPE)["slope"])
    lesson.check(cell("def gradient(f, point, h):\n    return 1.0\n")["gradient"])
    page = progress()._repr_mimebundle_()["text/html"]
    marks = re.findall(r"<li [^>]*border:(\S+ \w+) [^>]*><span[^>]*>(.)<.*?<small>(\w+)", page)
    assert set(marks) == {
        *[("2px solid", "✓", "passed"), ("2px dashed", "◐", "tried")],
        ("1px dotted", "○", "untouched"),
    }


def test_the_growing_file_runs_and_holds_the_answers_in_their_order(file: Path) -> None:
    lesson = Lesson("01")
    lesson.check(cell(STEP)["descent_step"])
    lesson.check(cell(SLOPE)["slope"])
    text = growing_file()
    assert text.index("def slope") < text.index("def descent_step")
    mine: dict[str, object] = {}
    exec(text, mine)
    assert {"slope", "descent_step", "math", "random"} <= set(mine)


def test_an_answer_that_does_not_work_alone_is_not_in_the_file(file: Path) -> None:
    borrowed = "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / width(h)\n"
    Lesson("01").check(cell(borrowed, width=lambda h: 2 * h)["slope"])
    assert "def slope" not in growing_file()
    assert "slope passed" in str(progress())


def test_my_gpt_is_written_beside_the_progress_and_grows(file: Path) -> None:
    lesson = Lesson("01")
    mine = file.with_name("my_gpt.py")
    lesson.check(cell("def slope(f, x, h):\n    ...\n")["slope"])
    assert not mine.exists()
    lesson.check(cell(SLOPE)["slope"])
    assert "def slope" in mine.read_text()
    lesson.check(cell(STEP)["descent_step"])
    assert mine.read_text() == growing_file()


def test_a_my_gpt_that_somebody_made_their_own_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    mine = file.with_name("my_gpt.py")
    mine.write_text("# mine\n")
    Lesson("01").check(cell(SLOPE)["slope"])
    assert mine.read_text() == "# mine\n"


# ------------------------------------------------------------------------------ after a restart


def test_one_cell_brings_back_all_answers(file: Path) -> None:
    Lesson("01").check(cell(SLOPE)["slope"])
    notebook: dict[str, Any] = {"forward": "mine"}
    text = str(Lesson("02").catch_up(notebook))
    assert "Your own: slope\n" in text
    assert "The course's: 14 answers, from miss to repair_update" in text  # too many to read out
    assert notebook["forward"] == "mine"
    assert notebook["slope"].__code__.co_filename == "<01/slope>"  # the learner's own
    assert notebook["slope"](lambda x: x * x, 3.0, 0.1) == pytest.approx(6.0)
    assert notebook["update"](2.0, 10.0, 1.5, 2.0, 0.05) == pytest.approx((3.1, 3.2))


def test_a_kept_answer_that_no_longer_works_makes_room(file: Path) -> None:
    Progress(file).put("01/slope", state="passed", source="def slope(:")
    notebook: dict[str, Any] = {}
    Lesson("01").catch_up(notebook)
    assert notebook["slope"](lambda x: x, 3.0, 0.5) == 1.0
    assert "nothing was missing" in str(Lesson("01").catch_up(notebook))


BAD_SOURCES = {
    "wrong": "def slope(f, x, h):\n    return 0.0",
    "endless": "def slope(f, x, h):\n    while True:\n        pass",
    "two things": f"open('touched', 'w')\n{SLOPE}",
    "a default that runs": SLOPE.replace("h):", "h=open('touched', 'w')):"),
    "an annotation that runs": SLOPE.replace("h):", "h: open('touched', 'w')):"),
    "a decorator": f"@open('touched', 'w').write\n{SLOPE}",
    "another name": "def open(f, x, h):\n    return 0.0",
    "no Python": "def slope(:",
    "too deep": "(" * 10_000,
    "a null byte": "def slope(f, x, h):\n    return '\0'",
    "half a letter": "def slope(f, x, h):\n    return '\ud83d'",
    "one name twice": "def slope(f, f, h):\n    return 0.0",
    "no loop to break": "def slope(f, x, h):\n    break",
}


@pytest.mark.parametrize("source", BAD_SOURCES.values(), ids=BAD_SOURCES.keys())
def test_what_somebody_wrote_into_a_progress_file_is_checked_before_it_is_used(
    file: Path, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    theirs = tmp_path / "theirs.json"
    store.write(theirs, {"01/slope": {"state": "passed", "source": source, "when": 1.0}})
    import_progress(theirs)
    notebook: dict[str, Any] = {}
    Lesson("01").catch_up(notebook)
    assert notebook["slope"](lambda x: x, 3.0, 0.5) == 1.0
    assert notebook.keys().isdisjoint({"open"})
    exec(growing_file(), {})
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    "source", [SLOPE, "slope = lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / (2 * h)"]
)
def test_a_right_answer_comes_back_with_its_source(file: Path, source: str) -> None:
    Progress(file).put("01/slope", state="passed", source=source.rstrip())
    notebook: dict[str, Any] = {}
    assert "Your own: slope" in str(Lesson("01").catch_up(notebook))
    assert inspect.getsource(notebook["slope"]).rstrip() == source.rstrip()


def test_importing_runs_nothing(file: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.json"
    source = "def slope(f, x, h):\n    raise SystemExit"
    store.write(theirs, {"01/slope": {"state": "passed", "source": source, "when": 1.0}})
    assert import_progress(theirs) == "1 record read from theirs.json."
    assert current().get("01/slope")["source"] == source
    assert source not in growing_file()  # it does not pass
