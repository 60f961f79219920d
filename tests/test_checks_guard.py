"""What learners write, and worse: every answer gets one calm card, and the notebook goes on."""

import builtins
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

import nbformat
import pytest
from cells import cell
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from micrograd import Value
from micrograd.checks import Lesson, limits
from micrograd.checks.exercises.slopes import SLOPE
from micrograd.checks.guard import Guard
from micrograd.checks.judge import Alone, judge
from micrograd.checks.limits import SIZES
from micrograd.checks.report import verdict_card
from micrograd.checks.store import Progress
from micrograd.checks.values import Other, changed, copied, difference, plain, shape, shown

ROOT = str(Path(__file__).resolve().parent.parent)

has_alarm = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this platform has no alarm signal"
)


class Check:
    """Checks `slope` as a notebook would, and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.lesson = Lesson("01", Progress(), seconds=0.3)

    def __call__(self, body: str, before: str = "", signature: str = "f, x, h") -> str:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        notebook = cell(f"{before}\ndef slope({signature}):\n{lines}\n")
        self.returned = self.lesson.check(notebook["slope"])
        return self.capsys.readouterr().out


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    return Check(capsys)


# --------------------------------------------------------------------------- what is returned


def test_a_right_answer_is_handed_back(check: Check) -> None:
    text = check("return (f(x + h) - f(x - h)) / (2 * h)")
    assert text.startswith("slope: passed")
    assert check.returned.__code__.co_filename.startswith("<cell")


@pytest.mark.parametrize("body", ["...", "return 0.0", "return None", "raise SystemExit"])
def test_anything_else_is_replaced_by_the_reference(check: Check, body: str) -> None:
    check(body)
    assert check.returned is SLOPE.solution


@pytest.mark.parametrize("body", ["...", "pass", '"""What it does."""\n...'])
def test_a_stub_is_not_started(check: Check, body: str) -> None:
    assert check(body).startswith("slope: not started")


def test_the_reference_itself_is_not_taken_for_an_answer(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    check("...")
    check.lesson.check(check.returned)  # the check cell is run twice
    assert "the course's own answer" in capsys.readouterr().out
    assert check.lesson.progress.records() == {}


# --------------------------------------------------------------------------- what goes wrong

CASES = {
    "returns None": ("(f(x + h) - f(x - h)) / (2 * h)", "The function returned None"),
    "prints": ("print((f(x + h) - f(x - h)) / (2 * h))", "printed something and returned None"),
    "wrong type": ("return 'steep'", "A text came back where a number was expected"),
    "a list for a number": ("return [1.0]", "A list came back where a number was expected"),
    "True for a number": ("return True", "True came back where a number was expected"),
    "a Value for a number": (
        "from micrograd import Value\nreturn Value(6.0)",
        "An object of the type Value came back",
    ),
    "NaN": ("return float('nan')", "“not a number”"),
    "hard-coded": ("return {3.0: 6.0, -1.0: -2.0, 2.0: 4.0}.get(x, 1.0)", "Expected: "),
    "raises": ("y = 0\nreturn 1 / y", "In your line: return 1 / y"),
    "a message that raises": (
        "class Odd(Exception):\n    def __str__(self):\n        return 1 / 0\nraise Odd",
        "Odd: (its message cannot be shown)",
    ),
    "SystemExit": ("import sys\nsys.exit()", "Came back: SystemExit"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "it was interrupted"),
    "GeneratorExit": ("raise GeneratorExit", "Came back: GeneratorExit"),
    "an error that nothing catches, whose text never ends": (
        "class Odd(BaseException):\n    def __str__(self):\n        while True:\n"
        "            pass\nraise Odd",
        "it was still running when its time was over",
    ),
    "a key that exits": (
        "class Key:\n    def __repr__(self):\n        raise SystemExit\nreturn {Key(): 1.0}",
        "Came back: {an object of the type Key: 1.0}",
    ),
    "recursion without end": ("return slope(f, x, h)", "RecursionError"),
    "an earlier cell not run": ("return nudge(f, x, h)", "nudge has no meaning here yet"),
    "asking the learner": ("return input('how steep?')", "nobody can answer input() in a check"),
    "a generator": ("yield 1.0", "An object of the type generator came back"),
    "a lying list": (
        "class L(list):\n    def __len__(self):\n        return 10**9\nreturn L()",
        "A list came back",
    ),
    "itself": ("return slope", "An object of the type function came back"),
    "far too large": ("return 10 ** 400", "OverflowError"),
}


@pytest.mark.parametrize(("body", "said"), CASES.values(), ids=CASES.keys())
def test_one_sentence_says_what_went_wrong(check: Check, body: str, said: str) -> None:
    text = check(body)
    assert text.startswith("slope: not yet")
    assert said in text
    assert "(f(x + h) - f(x - h)) / (2" not in text.replace(body, "")


def test_a_wrong_number_of_inputs_is_named(check: Check) -> None:
    assert "It is called as slope(f, x, h)" in check("return x", signature="f, x")


def test_right_to_within_rounding_is_right(check: Check) -> None:
    assert "passed" in check("return (f(x + h) - f(x - h)) / (2 * h) * (1 + 1e-9)")


def test_an_int_is_a_number(check: Check) -> None:
    text = check(
        "from fractions import Fraction\ny = (f(x + h) - f(x - h)) / (2 * h)\n"
        "return round(y) if y == round(y) else Fraction(y)"
    )
    assert "passed" in text


def test_both_shapes_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    answer = cell("def gradient(f, point, h):\n    return [1.0, 2.0, 3.0]\n")["gradient"]
    Lesson("01", Progress()).check(answer)
    assert "The shapes differ: 2 expected, 3 returned." in capsys.readouterr().out


def test_an_answer_that_changes_its_input_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    source = (
        "def gradient(f, point, h):\n"
        "    slopes = []\n"
        "    for i in range(len(point)):\n"
        "        x = point[i]\n"
        "        slopes.append((f([*point[:i], x + h, *point[i + 1:]])"
        " - f([*point[:i], x - h, *point[i + 1:]])) / (2 * h))\n"
        "    point.append(0)\n"
        "    return slopes\n"
    )
    Lesson("01", Progress()).check(cell(source)["gradient"])
    assert "changed a list that it was given" in capsys.readouterr().out


INPUT_CHANGES = {
    "into what compares in its own way": (
        "gradient",
        "class Odd:\n    def __eq__(self, other):\n        raise SystemExit\n"
        "def gradient(f, point, h):\n    slopes = [slope(lambda x: f([*point[:i], x, "
        "*point[i + 1 :]]), x, h) for i, x in enumerate(point)]\n"
        "    point[0] = Odd()\n    return slopes\n",
    ),
    "in the order of its texts": (
        "build_vocabulary",
        "def build_vocabulary(docs):\n    docs.sort()\n    return sorted(set(''.join(docs)))\n",
    ),
}


@pytest.mark.parametrize(("name", "source"), INPUT_CHANGES.values(), ids=INPUT_CHANGES.keys())
def test_an_input_that_was_changed_in_an_odd_way_is_seen(
    name: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    number = "01" if name == "gradient" else "05a"
    Lesson(number, Progress()).check(cell(source, slope=SLOPE.solution)[name])
    assert "changed a list that it was given" in capsys.readouterr().out


def test_a_key_that_was_changed_is_seen() -> None:
    assert changed({1: 2.0}, {3: 2.0})
    assert not changed({1: 2.0}, {1: 2.0})


def test_a_long_error_is_cut(check: Check) -> None:
    text = check("raise type('A' * 10**5, (Exception,), {})('x' * 10**6)")
    assert "Came back: AAAA" in text
    assert len(text) < 4000


WITHOUT_ITS_NAME = {
    "a lambda": "slope = lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h)\n",
    "decorated": "def counted(function):\n    def inner(*inputs):\n"
    "        return function(*inputs)\n    return inner\n@counted\n",
    "decorated, and named": "import functools\ndef counted(function):\n"
    "    @functools.wraps(function)\n    def inner(*inputs):\n"
    "        return function(*inputs)\n    return inner\n@counted\n",
    "partial": "from functools import partial\ndef rise(f, x, h):\n    return 1.0\n"
    "slope = partial(rise)\n",
    "an object": "class Slope:\n    def __call__(self, f, x, h):\n"
    "        return (f(x + h) - f(x - h)) / (2 * h)\nslope = Slope()\n",
}


@pytest.mark.parametrize("source", WITHOUT_ITS_NAME.values(), ids=WITHOUT_ITS_NAME.keys())
def test_an_answer_is_known_by_the_name_that_the_notebook_gives_it(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if source.endswith("@counted\n"):
        source += "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"
    cell(source + "slope = lesson.check(slope)\n", lesson=Lesson("01", Progress()))
    state = "not yet" if "partial" in source else "passed"
    assert capsys.readouterr().out.startswith(f"slope: {state}")


def test_a_function_that_names_itself_as_its_origin_is_checked_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = cell("def slope(f, x, h):\n    return 1.0\n")["slope"]
    answer.__wrapped__ = answer
    Lesson("01", Progress()).check(answer)
    assert capsys.readouterr().out.startswith("slope: not yet")


def test_a_result_in_the_place_of_the_function_is_told_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cell("slope = lesson.check(slope)", lesson=Lesson("01", Progress()), slope=6.0)
    assert "A function was expected: slope itself" in capsys.readouterr().out


@pytest.mark.parametrize("thing", [3, None, [1], ...], ids=repr)
def test_a_check_of_something_else_is_a_sentence(
    thing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Lesson("01", Progress()).check(thing) is thing
    assert "A check needs the function itself" in capsys.readouterr().out


def test_a_check_of_a_name_or_of_nothing_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert Lesson("01", Progress()).check("slope") == "slope"
    Lesson("01", Progress()).check()
    assert capsys.readouterr().out.count("A check needs the function itself") == 2


def test_a_function_from_another_notebook_is_told_where_it_belongs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Lesson("02", Progress()).check(cell("def slope(f, x, h):\n    return 1.0\n")["slope"])
    assert "no exercise called slope; notebook 01 has" in capsys.readouterr().out


def test_a_function_with_another_name_is_told_which_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Lesson("01", Progress()).check(cell("def steep(x):\n    return x\n")["steep"])
    text = capsys.readouterr().out
    assert "no exercise called steep" in text
    assert "slope" in text


# ------------------------------------------------------------------------------- endless loops

LOOPS = {
    "plain": "while True:\n    pass",
    "under a bare except": "while True:\n    try:\n        while True:\n            pass\n"
    "    except:\n        pass",
    "with a finally that goes on": "while True:\n    try:\n        while True:\n            pass\n"
    "    finally:\n        continue",
    "two bare excepts": "while True:\n    try:\n        while True:\n            try:\n"
    "                pass\n            except:\n                pass\n    except:\n        pass",
    "a for": "for _ in iter(int, 1):\n    pass",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS.keys())
def test_an_endless_loop_ends(check: Check, body: str) -> None:
    assert "it was still running when its time was over" in check(body)
    assert "passed" in check("return (f(x + h) - f(x - h)) / (2 * h)")


def without_signals(function: Any) -> str:
    """How a call ends in a thread, which no signal comes to."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(Guard(function, seconds=0.2)()))
    thread.start()
    thread.join(60)
    return outcomes[0].end


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS.keys())
def test_it_ends_without_signals_too(body: str) -> None:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    helper = f"def helper():\n{lines}\n"
    assert without_signals(cell(helper)["helper"]) == "endless"
    assert without_signals(cell(helper + "def f():\n    return helper()\n")["f"]) == "endless"


def test_only_the_calls_themselves_take_of_the_time() -> None:
    guard = Guard(cell("def f():\n    for i in range(3):\n        pass\n    return i\n")["f"], 0.2)
    time.sleep(0.3)  # as the course's own answer may, on a slow machine
    assert guard().value == 2.0


def test_the_calls_of_a_check_share_its_time() -> None:
    source = "import time\ndef f():\n    for _ in range(2):\n        time.sleep(0.01)\n"
    guard = Guard(cell(source)["f"], 0.5)
    ends = [guard().end for _ in range(200)]
    assert ends[0] == "returned"
    assert ends[-1] == "endless"


def test_a_loop_that_calls_other_functions_ends() -> None:
    source = (
        "def a():\n    while True:\n        b()\ndef b():\n    return c()\ndef c():\n    return 1\n"
    )
    assert without_signals(cell(source)["a"]) == "endless"


@has_alarm
@pytest.mark.parametrize(
    "body",
    ["return list(i for i in iter(int, 1))", "import time\ntime.sleep(1000)"],
)
def test_the_alarm_ends_what_is_no_loop_of_the_notebook(check: Check, body: str) -> None:
    assert "it was still running" in check(body)


@has_alarm
def test_the_alarm_rings_for_the_answer_and_for_nobody_else() -> None:
    def answer() -> None:
        signal.raise_signal(signal.SIGALRM)

    with limits.alarm(100.0, answer.__code__):
        signal.raise_signal(signal.SIGALRM)  # as one that comes while the check tidies up
        with pytest.raises(limits.TimeUp):
            answer()


@has_alarm
def test_somebody_elses_alarm_goes_on() -> None:
    rung = []
    old = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        Guard(lambda: 1)()
        deadline = time.monotonic() + 30
        while not rung and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, left)
    assert rung


@pytest.mark.parametrize("where", ["stdout", "stderr"])
def test_a_flood_of_output_is_cut(check: Check, where: str) -> None:
    text = check(f"import sys\nfor i in range(100_000):\n    print('spam', file=sys.{where})")
    assert "Printed:\nspam" in text
    assert len(text) < 4000


def test_leaving_python_in_an_answer_does_not_end_the_kernel() -> None:
    sources = [
        "from micrograd.checks import Lesson\nlesson = Lesson('01')\nimport time",
        "def slope(f, x, h):\n    quit()",
        "slope = lesson.check(slope)",
        "time.sleep(1)",
        "slope(lambda x: x * x, 3.0, 0.1)",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60).execute(
        env={"MICROGRAD_STATIC": "1", **os.environ, "PYTHONPATH": ROOT}
    )
    assert "Came back: SystemExit" in notebook.cells[2].outputs[0].data["text/plain"]


def test_a_real_kernel_is_usable_after_a_loop_that_swallows_its_end() -> None:
    loop = LOOPS["under a bare except"].replace("\n", "\n    ")
    sources = [
        "from micrograd.checks import Lesson\nlesson = Lesson('01', seconds=0.5)",
        f"def slope(f, x, h):\n    {loop}",
        "sum = print = check = Value = None",  # nothing of the checker's is shadowed
        "slope = lesson.check(slope)",
        "slope(lambda x: x * x, 3.0, 0.1)",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60).execute(
        env={"MICROGRAD_STATIC": "1", **os.environ, "PYTHONPATH": ROOT}
    )
    card, after = notebook.cells[3].outputs[0], notebook.cells[4].outputs[0]
    assert "slope: not yet" in card.data["text/plain"]
    assert "it was still running" in card.data["text/html"]
    assert float(after.data["text/plain"]) == pytest.approx(6.0)
    nbformat.validate(notebook)


# -------------------------------------------------------------------------------------- memory

EATERS = {
    "a list in a loop": "    kept = []\n    while True:\n        kept.append(1.5 * len(kept))",
    "a list that doubles": "    kept = [1.0]\n    while True:\n        kept = kept + kept",
    "a text that doubles": "    text = 'x'\n    while True:\n        text += text",
    "all at once": "    return [0.0] * 10**11",
    "a list without a loop": "    return list(i * 1.5 for i in iter(int, 1))",
}


@pytest.mark.skipif(not SIZES.exists(), reason="only Linux says how much memory a process has")
@pytest.mark.slow
def test_a_real_kernel_survives_answers_that_take_all_memory() -> None:
    sources = [
        "import resource\nfrom micrograd.checks import Lesson\nlesson = Lesson('01', seconds=9)"
    ]
    for body in EATERS.values():
        sources += [f"def slope(f, x, h):\n{body}", "slope = lesson.check(slope)"]
    sources += ["slope(lambda x: x * x, 3.0, 0.1)", "resource.getrlimit(resource.RLIMIT_AS)"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    before = resource_limit()
    NotebookClient(notebook, timeout=120).execute(
        env={"MICROGRAD_STATIC": "1", **os.environ, "PYTHONPATH": ROOT}
    )
    said = [one.outputs[0].data["text/plain"] for one in notebook.cells if one.outputs]
    *cards, slope, limit = said
    assert len(cards) == len(EATERS)
    for card in cards:
        assert "it wanted more memory than there is for an answer" in card
        assert "Is there a list that grows" in card
    assert float(slope) == pytest.approx(6.0)
    assert limit == str(before)


def resource_limit() -> tuple[int, int]:
    resource = importlib.import_module("resource")
    limit: tuple[int, int] = resource.getrlimit(resource.RLIMIT_AS)
    return limit


def test_what_an_answer_imports_has_all_the_memory_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_large_library.py").write_text("room = len(bytearray(2**29 + 2**28))\n")
    monkeypatch.syspath_prepend(tmp_path)
    source = "def f():\n    import a_large_library\n    return a_large_library.room\n"
    assert Guard(cell(source)["f"])().value == 2**29 + 2**28


@pytest.mark.skipif(not SIZES.exists(), reason="only Linux says how much memory a process has")
def test_what_somebody_already_allows_less_of_is_left_alone() -> None:
    program = (
        "import resource\nfrom micrograd.checks.limits import less_memory\n"
        "hard = resource.getrlimit(resource.RLIMIT_AS)[1]\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**28, hard))\n"
        "with less_memory(2**29):\n    print(resource.getrlimit(resource.RLIMIT_AS)[0] == 2**28)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": ROOT}, capture_output=True
    )
    assert done.stdout.split() == [b"True"], done.stderr


def test_without_that_size_there_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIZES", Path("nowhere"))
    assert Guard(lambda: 3)().value == 3.0


# --------------------------------------------------------------------- cells run out of order


def test_below_a_name_error_stands_which_cell_is_missing() -> None:
    sources = [
        "from micrograd.checks import Lesson\nlesson = Lesson('02')",
        "forward = lesson.check(forward)",
        "slope(lambda x: x, 1.0, 0.1)",
        "wieghts",
        "1 + 1",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, allow_errors=True).execute(
        env={"MICROGRAD_STATIC": "1", **os.environ, "PYTHONPATH": ROOT}
    )
    said = []
    for one in notebook.cells[1:4]:
        error, card = one.outputs
        assert error.ename == "NameError"
        said.append(card.data["text/plain"])
    assert "A cell further up defines forward. Run that cell" in said[0]
    assert "slope is from notebook 01. Run lesson.catch_up(globals())" in said[1]
    assert "look at the spelling" in said[2]
    assert notebook.cells[4].outputs[0].data["text/plain"] == "2"


# ----------------------------------------------------------------------------------- shadowing


def test_names_that_the_learner_took_do_not_move_the_checker(check: Check) -> None:
    before = "sum = min = abs = len = print = check = Value = Lesson = None"
    assert "passed" in check("return (f(x + h) - f(x - h)) / (2 * h)", before=before)


def test_a_name_of_the_notebooks_own_is_what_the_notebook_says(check: Check) -> None:
    text = check("return (f(x + h) - f(x - h)) / (input * h)", before="input = 2")
    assert text.startswith("slope: passed")


def test_an_answer_that_trips_over_a_taken_name_is_told_which(check: Check) -> None:
    text = check("return sum([f(x + h), -f(x - h)]) / (2 * h)", before="sum = 3")
    assert "In this notebook sum no longer means what it means in Python" in text
    assert "del sum" in text
    assert builtins.sum([1, 2]) == 3


def test_what_an_answer_borrows_is_named(check: Check) -> None:
    text = check("return (f(x + h) - f(x - h)) / width(h)", before="def width(h): return 2 * h")
    assert text.startswith("slope: passed")
    assert "needs width from another cell" in text
    assert not check.lesson.progress.get("01/slope")["source"]


def test_what_a_learner_writes_is_escaped() -> None:
    source = "def slope(f, x, h):\n    raise ValueError('<script>alert(1)</script>')\n"
    verdict = judge(SLOPE, cell(source)["slope"], Random(0))
    page = verdict_card(SLOPE, verdict, Alone())._repr_mimebundle_()["text/html"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# -------------------------------------------------------------------------------------- values


def nest(depth: int) -> list[Any]:
    outer: list[Any] = []
    for _ in range(depth):
        outer = [outer]
    return outer


def test_a_very_deep_list_is_copied_compared_and_shown() -> None:
    deep = nest(100_000)
    assert difference(plain(deep), plain(copied(deep))) is None
    assert difference(plain(deep), plain(nest(99_999))) is not None
    assert not changed(deep, copied(deep))
    assert len(shown(deep)) < 100
    assert shape(deep) == "1 × 1 × 1 × 1"


def test_a_long_chain_of_values_is_copied_with_its_slopes() -> None:
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y + 1
    twin = copied(y)
    twin.backward()
    assert twin.data == y.data
    assert x.grad == 0.0  # the copy has leaves of its own


def test_a_list_that_holds_itself_is_no_problem() -> None:
    ring: list[Any] = [1.0]
    ring.append(ring)
    twin = copied(ring)
    assert twin is not ring
    assert twin[1] is twin
    assert difference([1.0, 2.0], plain(ring)) == "A list came back where a number was expected."


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        ([[1.0, 2.0]], "The shapes differ: 2 × 2 expected, 1 × 2 returned."),
        ([1.0, 2.0], "The shapes differ: 2 × 2 expected, 2 returned."),
        ([[1.0, 2.0], [3.0]], "A list inside has 1 where 2 were expected."),
        ([[1.0, 2.0], None], "None came back where a list was expected."),
        ([[1.0, 2.0], [3.0, 5.0]], "The numbers differ."),
    ],
)
def test_a_difference_is_put_in_words(got: Any, sentence: str) -> None:
    assert difference([[1.0, 2.0], [3.0, 4.0]], got) == sentence


def test_shared_parts_stay_shared() -> None:
    row = [1.0]
    twin = copied([row, row, (row,)])
    assert twin[0] is twin[1] is twin[2][0]
    assert twin[0] is not row


def test_what_is_no_number_becomes_its_type() -> None:
    assert plain([1, 2.5, True, None, "a", {1: 2}, 3j]) == [
        *(1.0, 2.5, True, None, "a", {1: 2.0}, Other("complex"))
    ]


class Nameless:
    """An answer whose own name cannot be asked for."""

    @property
    def __name__(self) -> str:
        raise RuntimeError("no name")

    def __call__(self, *inputs: Any) -> None: ...


def test_an_answer_that_will_not_say_its_name_is_known_by_the_notebooks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless = Nameless()
    lesson = Lesson("01", Progress())
    assert lesson.check(nameless) is nameless  # no exercise, and no traceback
    monkeypatch.setitem(globals(), "slope", nameless)
    assert lesson.check(nameless) is SLOPE.solution
    assert "slope: not yet" in capsys.readouterr().out
