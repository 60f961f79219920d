"""The learner's own file: put together, run, compared, and not to be tricked."""

import ast
import html
import json
import math
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scripted_learner import ANSWERS, study

from micrograd import datasets, gpt, train
from micrograd.checks import Lesson, graduate, growing_file, keepsake, own_text, store
from micrograd.checks.assemble import (
    LEFT_OUT,
    PARTS,
    assembled,
    clashes,
    is_unchanged,
    lines_of,
    link_to,
    names_called,
    names_in,
    pieces,
)
from micrograd.checks.catalogue import lessons, tasks
from micrograd.checks.declare import Question, source_of
from micrograd.checks.graduation import count_code, tried
from micrograd.checks.keepsake import READ_NEXT, page_of
from micrograd.checks.store import Progress
from micrograd.checks.tournament import Plan, deletable, tournament, trial, without
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.viz import damage_sheet, file_map

ROOT = Path(__file__).resolve().parent.parent
HALF = [task.key for task in pieces()][::2]  # every second answer
SOLUTIONS = {task.key: source_of(task.solution, task.name) for task in pieces()}
NAMES = ["mari", "ana", "yuki", "emma", "ravi", "alexandrenadinejo"]  # the last is too long
SMALL = Plan(NAMES[:5], ["ani", "mia"], sorted(set("".join(NAMES))), steps=3)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder, beside the data of the course, with no progress in it."""
    folder = tmp_path / "course" / "work"
    folder.mkdir(parents=True)
    (folder.parent / "data").mkdir()
    shutil.copy(datasets.data_file("names.txt"), folder.parent / "data")
    monkeypatch.setenv("MICROGRAD_PROGRESS", str(folder / "progress.json"))
    monkeypatch.setattr(store, "_shared", {})
    return folder


def keep(work: Path, answers: dict[str, str]) -> None:
    """A progress file with these answers in it, as they stand."""
    records = {key: {"state": "passed", "source": text} for key, text in answers.items()}
    store.write(work / "progress.json", records)


def python(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a file with Python alone: nothing that is installed can be imported."""
    command = [sys.executable, "-I", "-S", str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def losses_of_both(my: Any, docs: list[str], steps: int, lr: float = 0.01) -> tuple[Any, Any]:
    """The losses of the file and of the package, from the same weights and the same names."""
    chars = my.build_vocabulary(docs)
    config = my.Config(len(chars) + 1)
    state = my.new_state(config, random.Random(1))
    model = gpt.GPT(gpt.GPTConfig(len(chars) + 1), random.Random(2))
    model.load_state_dict({n: [[w.data for w in row] for row in t] for n, t in state.items()})
    optimizer = Adam(model.parameters(), lr=lr, betas=(0.85, 0.99))
    run = train.Training(model, CharTokenizer(chars), docs, optimizer, steps=steps)
    theirs = [step.loss for step in train.train(run)]
    return list(my.training(docs, chars, state, config, steps, lr)), theirs


# --------------------------------------------------------------------------- whole and half


@pytest.mark.slow
def test_a_learner_whose_answers_are_all_different_graduates(work: Path) -> None:
    assert study(store.current(), ANSWERS) == {}
    file = graduate()
    assert file.path == work / "my_gpt.py"
    assert "All 45 pieces are yours." in str(file)
    assert "It was tried" in str(file)
    assert "NOT MINE" not in file.text
    for source in ANSWERS.values():
        assert source.strip() in file.text
    docs = datasets.load("names")[::500]
    mine, theirs = losses_of_both(file.load(), docs, steps=20)
    assert mine == pytest.approx(theirs, abs=1e-9)
    ran = python(work / "my_gpt.py", "--steps", "2", "--seed", "3")
    assert ran.returncode == 0, ran.stderr
    assert "10,865 documents" in ran.stdout
    assert "step     2 of 2" in ran.stdout
    assert len(ran.stdout.rsplit("\n\n", 1)[1].splitlines()) <= 20


@pytest.mark.slow
def test_a_learner_with_half_of_the_answers_graduates_with_marked_gaps(work: Path) -> None:
    assert study(store.current(), HALF) == {}
    file = graduate()
    assert f"{len(HALF)} of 45 pieces are yours." in str(file)
    assert file.text.count("NOT MINE YET") == len(file.links) == 45 - len(HALF)
    for task in pieces():
        head = file.text.split('"""')[1]
        assert (f"    {task.name:20}" in head) == (task.key not in HALF)
        assert (ANSWERS[task.key].strip() in file.text) == (task.key in HALF)
    docs = datasets.load("names")[::500]
    mine, theirs = losses_of_both(file.load(), docs, steps=5)
    assert mine == pytest.approx(theirs, abs=1e-9)
    assert python(work / "my_gpt.py", "--steps", "1").returncode == 0


def test_with_nothing_passed_the_file_is_the_courses_own_and_trains(work: Path) -> None:
    file = graduate()
    assert "0 of 45 pieces are yours." in str(file)
    mine, theirs = losses_of_both(file.load(), NAMES, steps=7)
    assert mine == pytest.approx(theirs, abs=1e-9)


@pytest.mark.full
def test_a_thousand_steps_come_to_the_held_out_loss_of_the_package(work: Path) -> None:
    keep(work, {key: text.strip() for key, text in ANSWERS.items()})
    my = graduate().load()
    docs, held_out = datasets.split(datasets.load("names"), 0.1, random.Random(42))
    chars = my.build_vocabulary(docs)
    state = my.new_state(my.Config(27), random.Random(42))
    found = {}
    model = gpt.GPT(gpt.GPTConfig(27), random.Random(42))
    optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    for _ in train.train(train.Training(model, CharTokenizer(chars), docs, optimizer, steps=1000)):
        pass
    found["package"] = mean_loss(model, held_out)
    for _ in my.training(docs, chars, state, my.Config(27), 1000):
        pass
    model.load_state_dict({n: [[w.data for w in row] for row in t] for n, t in state.items()})
    found["file"] = mean_loss(model, held_out)
    print(found)
    assert found["file"] == pytest.approx(found["package"], abs=0.02)


def mean_loss(model: gpt.GPT, docs: list[str]) -> float:
    tokenizer = CharTokenizer([chr(97 + i) for i in range(26)])
    return sum(model.loss(tokenizer.encode(doc)).data for doc in docs) / len(docs)


# ------------------------------------------------------------------------------- the text


def test_the_file_reads_from_top_to_bottom() -> None:
    text = assembled(SOLUTIONS)
    names = [task.name for task in pieces()]
    places = lines_of(text, names)
    assert sorted(places.values()) == [places[name] for name in names]
    assert text.count("learnt in notebook") == len(names)
    assert max(map(len, text.splitlines())) <= 100
    made = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert made[-1] == "main"
    assert 200 < count_code(text) < 320


def test_it_imports_nothing_but_the_standard_library() -> None:
    imported = set()
    for node in ast.walk(ast.parse(assembled(SOLUTIONS))):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert imported == {"__future__", "argparse", "gc", "math", "pathlib", "random"}


def test_no_two_notebooks_give_the_same_name_to_the_file() -> None:
    assert clashes() == []


def test_every_notebook_either_gives_pieces_or_is_left_out() -> None:
    assert set(PARTS) | set(LEFT_OUT) == set(lessons())
    assert {task.lesson for task in pieces()} == set(PARTS)
    for number, (name, _) in PARTS.items():
        assert name.startswith(f"{number}_")
        assert (ROOT / "notebooks" / f"{name}.ipynb").is_file()


def test_the_program_calls_the_later_pieces_and_not_the_first_steps() -> None:
    called = names_called({})
    idle = [task.name for task in pieces() if task.name not in called]
    assert "slope" in idle and "hand_gradient" in idle and "neuron" in idle
    assert {task.name for task in pieces() if task.lesson in ("06b", "07", "08")} <= called
    assert "; the program does not call it" in assembled(SOLUTIONS)


def test_a_name_that_a_text_makes_itself_is_none_that_it_uses() -> None:
    assert names_in("def f(slope):\n    forward = slope + g(1)\n    return forward") == {"g"}


def test_an_annotation_stays_a_text(work: Path) -> None:
    keep(work, {"01/slope": SOLUTIONS["01/slope"].replace("x, h)", "x: 1 / 0, h: vector)")})
    assert "x: 1 / 0, h: vector" in graduate().text
    graduate().load()


# ----------------------------------------------------------------- whose file it is, and what is in


def test_a_growing_file_is_whole_once_everything_has_passed(work: Path) -> None:
    keep(work, SOLUTIONS)
    assert "def main():" in growing_file()
    keep(work, {key: text for key, text in SOLUTIONS.items() if key != "01/slope"})
    assert "def main():" not in growing_file()
    assert "def generate(" in growing_file()


def test_a_whole_file_stays_whole_when_another_answer_passes(work: Path) -> None:
    graduate()
    assert study(store.current(), ["01/slope"]) == {}
    text = (work / "my_gpt.py").read_text(encoding="utf-8")
    assert "def main():" in text
    assert "1 of 45 pieces are mine" in text
    assert is_unchanged(text)


@pytest.mark.parametrize("change", ["# mine\n", "", "\n\n\nprint('mine')\n"])
def test_a_changed_file_is_left_alone_and_the_new_one_lies_beside_it(
    work: Path, change: str
) -> None:
    graduate()
    mine = work / "my_gpt.py"
    text = mine.read_text(encoding="utf-8").replace("import math\n", change, 1)
    mine.write_text(text, encoding="utf-8")
    file = graduate()
    assert "You have changed my_gpt.py" in str(file)
    assert file.path == work / "my_gpt_assembled.py"
    assert file.path.is_file()
    assert study(store.current(), ["01/slope"]) == {}
    assert mine.read_text(encoding="utf-8") == text


def test_line_ends_of_another_system_are_no_change() -> None:
    text = growing_file({})
    assert is_unchanged(text)
    assert not is_unchanged(text.replace("anew", "again"))
    assert not is_unchanged("")


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_the_file(work: Path) -> None:
    (work / "my_gpt.py").mkdir()
    assert "could not be written" in str(graduate())


HOSTILE = {
    "wrong": "def slope(f, x, h):\n    return 0.0",
    "two things": f"open('touched', 'w')\n{SOLUTIONS['01/slope']}",
    "a line more": f"{SOLUTIONS['01/slope']}\nopen('touched', 'w')",
    "a default": SOLUTIONS["01/slope"].replace("h)", "h=open('touched', 'w'))", 1),
    "a decorator": f"@open('touched', 'w').write\n{SOLUTIONS['01/slope']}",
    "the wrong name": "def open(f, x, h):\n    return 0.0",
    "an import": "import os",
    "no Python": "def slope(:",
    "a text without end": f"{SOLUTIONS['01/slope']}\n'''",
    "no text": 7,
    "a list": ["def slope"],
    "half a letter": "def slope(f, x, h):\n    return '\ud83d'",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_code_that_was_not_checked_comes_into_the_file(
    work: Path, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work)
    keep(work, {"01/slope": source})
    file = graduate()
    assert file.text == assembled({}, complete=True)
    file.load()
    assert not (work / "touched").exists()


def test_a_key_that_is_no_exercise_is_passed_over(work: Path) -> None:
    keep(work, {"99/evil": "def evil():\n    pass", "10/program": "def main():\n    pass"})
    assert graduate().text == assembled({}, complete=True)


def test_a_missing_piece_is_linked_to_its_cell(work: Path) -> None:
    shutil.copy(ROOT / "notebooks" / "03b_autograd_backward.ipynb", work)
    task = next(task for task in pieces() if task.name == "backward")
    file, _, cell = link_to(task, work).partition("#cell-id=")
    found = json.loads((work / file).read_text(encoding="utf-8"))["cells"]
    (text,) = ["".join(one["source"]) for one in found if one["id"] == cell]
    assert text.startswith("# exercise: backward")
    assert link_to(task, None) == link_to(task, work / "nowhere") == file
    (work / file).write_text("{}", encoding="utf-8")
    assert link_to(task, work) == file
    page = graduate()._repr_mimebundle_()["text/html"]
    assert re.search(rf"<a href='{file}' [^>]+>backward</a>", page)


@pytest.mark.slow
def test_a_file_that_does_not_run_says_which_piece_is_to_blame() -> None:
    text = assembled(SOLUTIONS)
    broken = text.replace("scale = (mean_square + 1e-5) ** -0.5", "scale = 1 / 0")
    assert re.search(r"In rmsnorm, line \d+: ZeroDivisionError", tried(broken, 20.0))
    endless = text.replace("scale = (mean_square + 1e-5) ** -0.5", "while True: pass")
    assert "had not ended" in tried(endless, 1.0)
    assert "no number" in tried(text.replace("0.08, rng)", "math.nan, rng)"), 20.0)


# ------------------------------------------------------------------------------ the main program


@pytest.mark.slow
def test_the_program_says_in_a_sentence_what_is_wrong_with_a_text(work: Path) -> None:
    program = graduate().path
    assert program is not None
    latin, empty = work / "latin.txt", work / "empty.txt"
    latin.write_bytes("René\n".encode("latin-1"))
    empty.write_text("\n  \n")
    for name, said in {
        "nowhere.txt": "There is no file",
        str(latin): "no text in UTF-8",
        str(empty): "no line with anything in it",
    }.items():
        ran = python(program, name, "--steps", "1")
        assert ran.returncode == 1
        assert said in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.slow
def test_the_program_trains_on_a_text_of_any_characters(work: Path) -> None:
    program = graduate().path
    assert program is not None
    mine = work / "mine.txt"
    mine.write_text(
        "\ufeffżółw\n\na line that is longer than the context is\nü\n", encoding="utf-8"
    )
    ran = python(program, str(mine), "--steps", "2")
    assert ran.returncode == 0, ran.stderr
    assert "3 documents" in ran.stdout


# ------------------------------------------------------------------------- delete a line


def test_a_deleted_line_leaves_all_others_where_they_were() -> None:
    text = assembled(SOLUTIONS)
    for line in deletable(text, {task.name for task in pieces()}):
        lacking = without(text, line)
        assert len(lacking.splitlines()) == len(text.splitlines())
        ast.parse(lacking)


def test_statements_are_found_wherever_they_stand() -> None:
    rows = ["def f(x):", '    """A text."""', "    if x: y = 1; z = 2", "    for i in x:"]
    rows += ["        (", "            g(i)", "        )", "    return y"]
    text = "\n".join(rows)
    lines = deletable(text, {"f"})
    assert [(line.number, line.last) for line in lines] == [(3, 3), (3, 3), (5, 7), (8, 8)]
    assert "if x: pass" in without(text, lines[0])
    assert deletable("f = lambda x: x\ng = 1\n", {"f"})[0].text == "f = lambda x: x"


@pytest.mark.slow
def test_what_becomes_of_a_file_without_a_line() -> None:
    text = assembled(SOLUTIONS)
    found = {line.text: line for line in deletable(text, {task.name for task in pieces()})}
    deaf = trial(text, found["backward(loss)"], SMALL)
    assert deaf.kind == "ran" and deaf.learnt
    whole, blind, broken = tournament(
        text, [None, found["adam_step(params, m, v, step, lr)"], found["return order"]], SMALL
    )
    assert whole.surprise < blind.surprise
    assert broken.kind == "ended" and "TypeError" in broken.error and broken.row


@pytest.mark.slow
def test_a_file_that_never_ends_is_ended() -> None:
    text = assembled(SOLUTIONS)
    (line,) = [one for one in deletable(text, {"topological_order"}) if "seen.add" in one.text]
    assert trial(text, line, SMALL, seconds=2.0).kind == "endless"


@pytest.mark.slow
def test_a_file_that_prints_or_leaves_does_no_harm() -> None:
    text = assembled(SOLUTIONS)
    noisy = text.replace("    zero_grad(params)\n", "    zero_grad(params); print('outcome: {}')\n")
    assert trial(noisy, None, SMALL).learnt
    gone = text.replace("    zero_grad(params)\n", "    import os; os._exit(3)\n")
    assert trial(gone, None, SMALL).error == "Python itself gave up"


@pytest.mark.slow
def test_the_picture_of_the_tournament_says_what_it_shows() -> None:
    text = assembled(SOLUTIONS)
    lines = [one for one in deletable(text, {"train_step"}) if "loss" in one.text]
    whole, *trials = tournament(text, [None, *lines], SMALL)
    picture = damage_sheet(whole, trials, math.log(27))
    assert "without any of 2 lines, the program ends in an error" in picture.alt
    assert f"without line {trials[1].line.number}, in train_step" in picture.alt
    many = damage_sheet(whole, [trials[1]] * 20, math.log(27))
    assert "without any of 4 lines more, the loss is" in many.alt
    with pytest.raises(ValueError, match="whole file"):
        damage_sheet(trials[0], trials, math.log(27))


def test_the_map_of_the_file_tells_whose_each_piece_is(work: Path) -> None:
    keep(work, {key: text for key, text in SOLUTIONS.items() if key.startswith("01/")})
    file = graduate()
    picture = file_map(file.sections())
    assert "slopes, lines" in picture.alt and "5 of 5 pieces mine" in picture.alt
    assert "0 of 4 pieces mine" in picture.alt
    assert [section.lesson for section in file.sections()] == [*PARTS, "10"]
    first, last = map(int, file.lines("slope").split("–"))
    assert file.text.splitlines()[first - 1].startswith("def slope")
    assert last == first + 3


# ------------------------------------------------------------------------------ a text of one's own

LONG = "a line of more than fifteen letters"
TEXTS: dict[str, tuple[Any, str]] = {
    "one line": ("abc", "needs two lines at least"),
    "nothing": ("", "needs two lines at least"),
    "a number": (7, "You gave int"),
    "bytes": (b"ab\ncd", "You gave bytes"),
    "numbers": ([1, 2], "You gave list"),
    "nowhere": ("nowhere.txt", "There is no file nowhere.txt"),
    "few lines": ("ab\ncd", "2 lines are few"),
    "long lines": (f"ab\n{LONG}", "1 of 2 lines have more than 15 characters"),
    "empty lines": ("ab\n\n\ncd", "Left out: 2 empty lines"),
    "unseen signs": ("a\u200bb\nc\td", "Left out: 2 signs that nobody can see"),
    "many characters": (
        "".join(map(chr, range(200, 300))) + "\nab",
        "different characters are many",
    ),
    "rare characters": ("abab\nabab\nabz", "“z”: such characters come 2 times at most"),
    "repetitions": ("ab\n" * 60, "59 lines repeat others"),
}


@pytest.mark.parametrize(("given", "said"), TEXTS.values(), ids=TEXTS.keys())
def test_what_there_is_to_say_about_a_text(work: Path, given: Any, said: str) -> None:
    assert said in str(own_text(given))


FILES: dict[str, tuple[bytes, str]] = {
    "latin": ("René\nZoë\n".encode("latin-1"), "was read as Windows-1252"),
    "utf-16": ("René\nZoë\n".encode("utf-16"), "was read as UTF-16"),
    "a mark in front": ("\ufeffRené\nZoë\n".encode(), "“René”, “Zoë”"),
    "other line ends": (b"ab\r\ncd\r\n", "“ab”, “cd”"),
    "zeros": (b"\0\1\2", "is no text"),
    "too large": (b"ab\n" * 700_000, "more than 2,000,000 bytes"),
}


@pytest.mark.parametrize(("content", "said"), FILES.values(), ids=FILES.keys())
def test_a_file_is_read_whatever_wrote_it(work: Path, content: bytes, said: str) -> None:
    (work / "mine.txt").write_bytes(content)
    assert said in str(own_text(work / "mine.txt"))
    assert said in str(own_text(str(work / "mine.txt")))
    assert "is a folder" in str(own_text(work))


def test_a_letter_and_its_accent_are_one_character(work: Path) -> None:
    assert own_text("e\u0301a\nab").documents == ("éa", "ab")


def test_a_cleaned_copy_lies_where_the_program_finds_it(work: Path) -> None:
    text = own_text(["  ab ", "", "cd"])
    assert text.can_train and text.path == work / "my_text.txt"
    assert text.path.read_text(encoding="utf-8") == "ab\ncd\n"
    assert "python my_gpt.py my_text.txt" in str(text)
    assert not own_text("ab").can_train


# ---------------------------------------------------------------------------- what was gained


def survey(number: str) -> list[Question]:
    return [t for t in tasks(number).values() if isinstance(t, Question) and t.role == "survey"]


def test_the_ten_questions_come_again_in_other_clothes() -> None:
    before, after = survey("00"), survey("10")
    assert len(before) == len(after) == 10
    for first, second in zip(before, after, strict=True):
        assert first.name.removeprefix("before_") == second.name.removeprefix("after_")
        assert first.task != second.task and first.options != second.options
        assert first.difficulty == second.difficulty
        assert first.answer != second.answer
    assert {question.answer for question in after} == set("ABCD")


def test_what_was_gained_is_told_pair_by_pair(work: Path) -> None:
    last = Lesson("10")
    assert "Answer the ten questions first" in str(last.gained())
    last.survey(*(question.answer for question in survey("10")))
    assert "Right now: 10 of 10." in str(last.gained())
    assert "no answers of yours there" in str(last.gained())
    Lesson("00").survey("A", ..., survey("00")[2].answer)
    last.survey("A")
    told = str(last.gained())
    assert "Right before the course: 1 of 10. Right now: 9 of 10." in told
    assert re.search(r"slope +wrong +wrong", told)
    assert re.search(r"gradient +not answered +right", told)
    assert "slope: 5 is where you stand." in told


# ------------------------------------------------------------------------------- a page to keep


def test_the_page_holds_what_there_is_to_keep(work: Path) -> None:
    keep(work, SOLUTIONS)
    picture = file_map(graduate().sections())
    Lesson("00").survey(survey("00")[0].answer)
    Lesson("10").survey("A")
    told = str(keepsake([3.0, 2.0], [("<b>", 1.5), ("mari", 2.0)], picture))
    assert "work/my_graduation.html" in told
    page = (work / "my_graduation.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert "45 of its 45 pieces" in page
    assert f'alt="{html.escape(picture.alt)}"' in page
    assert "2 steps" in page and "2.50 on average" in page
    assert "<tr><td>01</td><td>" in page
    assert "Ten questions: 1 of 1 right in notebook 00, 0 of 1 right in notebook 10." in page
    for one in READ_NEXT:
        assert one.link.startswith("https://") and one.why.endswith(".")
        assert html.escape(one.title) in page
    assert page.count("http") == len(READ_NEXT)  # nothing is fetched from anywhere


def test_a_name_on_the_page_is_text() -> None:
    page = page_of({}, [1.0], [], [], "<script>")
    assert "<script>" not in page
    assert "&lt;script&gt;’s own GPT" in page


def test_without_a_folder_the_page_is_told_of_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_shared", {None: Progress()})
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    monkeypatch.delenv("MICROGRAD_PROGRESS", raising=False)
    assert "no folder" in str(keepsake([1.0], []))
