"""What is declared: every solution passes, every mistake is known by its own name."""

import ast
import copy
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cells import cell

from micrograd.checks import exercise_cell
from micrograd.checks.catalogue import all_tasks, earlier, lessons
from micrograd.checks.declare import Exercise, Question, source_of
from micrograd.checks.guard import Guard
from micrograd.checks.judge import FRESH, alike, alone, complaint, expected_of, judge
from micrograd.checks.question import score
from micrograd.checks.values import Other

ROOT = Path(__file__).resolve().parent.parent
TASKS = all_tasks()
EXERCISES = [task for task in TASKS if isinstance(task, Exercise)]
QUESTIONS = [task for task in TASKS if isinstance(task, Question)]
MISTAKES = [
    pytest.param(task, mistake, form, id=f"{task.key}: {mistake.name} ({number})")
    for task in EXERCISES
    for mistake in task.misconceptions
    for number, form in enumerate(mistake.forms)
]
REPAIRS = [task for task in EXERCISES if task.kind == "repair"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MUTANTS = 40  # of each solution
SEEDS = range(3)

each_exercise = pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.key)
each_question = pytest.mark.parametrize("task", QUESTIONS, ids=lambda task: task.key)
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.key)


def written(task: Exercise, source: str) -> Any:
    """The function of a cell, in a notebook that holds the earlier answers."""
    return cell(source, **earlier(task))[task.name]


# --------------------------------------------------------------------------------- solutions


@each_exercise
def test_every_solution_passes_as_a_learner_would_have_written_it(task: Exercise) -> None:
    answer = written(task, exercise_cell(task.lesson, task.name, solved=True))
    for seed in SEEDS:
        assert judge(task, answer, random.Random(seed)).state == "passed"


@each_exercise
def test_every_solution_works_alone_in_a_file(task: Exercise) -> None:
    answer = written(task, exercise_cell(task.lesson, task.name, solved=True))
    kept = alone(task, answer, earlier(task))
    assert kept.source.startswith(f"def {task.name}(")


@each_exercise
def test_every_stub_is_not_started(task: Exercise) -> None:
    stub = exercise_cell(task.lesson, task.name, solved=False)
    assert judge(task, written(task, stub), random.Random(0)).state == "not started"


@each_exercise
def test_no_stub_contains_its_solution(task: Exercise) -> None:
    stub = exercise_cell(task.lesson, task.name, solved=False)
    assert stub != exercise_cell(task.lesson, task.name, solved=True)
    assert (task.given is None) == (task.kind == "write")
    body = ast.parse(stub).body[0].body  # type: ignore[attr-defined]
    if task.kind == "write":
        assert [type(line) for line in body] == [ast.Expr, ast.Expr]
        assert stub.endswith("\n    ...")
    if task.kind == "complete":
        gaps = [node for node in ast.walk(ast.parse(stub)) if is_gap(node)]
        assert gaps
        assert len(body) > 2  # something beside the docstring and a gap


def is_gap(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


@each_exercise
def test_what_is_compared_is_made_of_numbers_and_words(task: Exercise) -> None:
    assert bool(task.observe) == bool(task.observed)
    rng = random.Random(0)
    for inputs in (*task.cases, task.fresh(rng)):
        stack = [expected_of(task, inputs)]
        while stack:
            part = stack.pop()
            assert not isinstance(part, Other), "two objects of one type would count as equal"
            stack += part.values() if isinstance(part, dict) else ()
            stack += part if isinstance(part, (list, tuple)) else ()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_learners_notebook_contains_a_solution(notebook: Path) -> None:
    sources = [cell["source"] for cell in json.loads(notebook.read_text("utf-8"))["cells"]]
    text = "\n".join("".join(source) for source in sources)
    for task in TASKS:
        assert hidden(task) not in text, task.key


def hidden(task: Exercise | Question) -> str:
    """What a learner is to find alone."""
    solved = exercise_cell(task.lesson, task.name, solved=True)
    if isinstance(task, Question):
        return solved.split("\n")[1]
    return source_of(task.solution, task.name).rpartition('"""')[2]


def test_a_notebook_with_a_solution_would_be_noticed() -> None:
    for task in TASKS:
        assert hidden(task) in exercise_cell(task.lesson, task.name, solved=True)


@each_question
def test_every_question_knows_its_answer_and_hides_it(task: Question) -> None:
    assert score(task, task.answer).right
    assert exercise_cell(task.lesson, task.name, solved=False).endswith(f'("{task.name}", ...)')
    assert f'"{task.answer}"' in exercise_cell(task.lesson, task.name, solved=True)


# ---------------------------------------------------------------------------------- mistakes


@pytest.mark.slow
@pytest.mark.parametrize(("task", "mistake", "form"), MISTAKES)
def test_every_mistake_is_told_by_its_own_name(task: Exercise, mistake: Any, form: Any) -> None:
    for seed in SEEDS:
        verdict = judge(task, form, random.Random(seed))
        assert verdict.state == "not yet"
        assert verdict.misconception is mistake


@pytest.mark.parametrize("task", REPAIRS, ids=lambda task: task.key)
def test_a_bug_in_other_clothes_is_still_known(task: Exercise) -> None:
    assert task.given is not None
    tree = ast.parse(source_of(task.given, task.name))
    first = tree.body[0]
    assert isinstance(first, ast.FunctionDef)
    first.body[1:1] = ast.parse("repaired = True").body
    verdict = judge(task, written(task, ast.unparse(tree)), random.Random(0))
    assert verdict.state == "not yet"
    assert verdict.misconception is not None


@each_question
def test_every_wrong_answer_has_its_own_sentence_and_no_other(task: Question) -> None:
    for mistake in task.wrong:
        for answer in mistake.answers:
            scored = score(task, answer)
            assert not scored.right
            assert scored.mistake is mistake
    sentences = [mistake.hint for mistake in task.wrong]
    assert len(set(sentences)) == len(sentences)


@each_question
def test_a_choice_of_one_has_a_sentence_for_every_wrong_option(task: Question) -> None:
    if task.kind == "choose" and len(task.answer) == 1:
        for letter, _ in task.options:
            assert score(task, letter).right or score(task, letter).mistake


# ------------------------------------------------------------------------------- declarations


@each_task
def test_every_task_has_what_a_learner_needs(task: Exercise | Question) -> None:
    assert len(task.misconceptions) >= 3 or getattr(task, "role", "") == "survey"
    assert len({mistake.name for mistake in task.misconceptions}) == len(task.misconceptions)
    assert task.minutes >= 1
    assert task.difficulty in (1, 2, 3)
    assert task.lesson in lessons()
    if isinstance(task, Exercise) or task.role == "exercise":
        assert task.hints


@each_exercise
def test_no_hint_gives_the_answer_away(task: Exercise) -> None:
    body = ast.parse(source_of(task.solution, task.name)).body[0].body[1:]  # type: ignore[attr-defined]
    code = [ast.unparse(line) for line in body]
    last = code[-1].removeprefix("return ")
    for text in (*task.hints, *(mistake.hint for mistake in task.misconceptions)):
        assert not any(line in text for line in (*code, last) if len(line) > 8)


@each_exercise
def test_fresh_inputs_are_fresh(task: Exercise) -> None:
    rng = random.Random(0)
    assert len({repr(expected_of(task, task.fresh(rng))) for _ in range(20)}) > 15


def test_a_notebook_has_at_most_six_core_exercises_and_three_predictions() -> None:
    for lesson in lessons():
        here = [task for task in TASKS if task.lesson == lesson]
        roles = [getattr(task, "role", "exercise") for task in here]
        core = [t for t, role in zip(here, roles, strict=True) if role == "exercise"]
        assert sum(task.weight == "core" for task in core) <= 6
        assert roles.count("prediction") <= 3
        assert roles.count("recall") in (0, 3)


def test_the_list_has_one_line_of_json_for_each_exercise() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "micrograd.checks", "list", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    asked = [task for task in TASKS if getattr(task, "role", "exercise") == "exercise"]
    assert [(row["notebook"], row["name"]) for row in rows] == [(t.lesson, t.name) for t in asked]
    assert set(rows[0]) == {
        *("notebook", "name", "kind", "weight", "minutes"),
        *("difficulty", "hints", "misconceptions"),
    }


# ----------------------------------------------------------------------------------- mutants

OPPOSITE = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def mutations(tree: ast.AST) -> Iterator[ast.AST]:
    """Every tree that differs in one place: a sign, a number, an order, a term left out."""
    places = list(ast.walk(tree))
    for place, node in enumerate(places):
        for change in changes(node):
            mutant = copy.deepcopy(tree)
            change(list(ast.walk(mutant))[place])
            yield ast.fix_missing_locations(mutant)


def changes(node: ast.AST) -> Iterator[Any]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        if type(node.op) in OPPOSITE:
            yield lambda here: setattr(here, "op", OPPOSITE[type(here.op)]())
        if isinstance(node, ast.BinOp):
            yield lambda here: keep_only(here, here.left)
            yield lambda here: keep_only(here, here.right)
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield lambda here: setattr(here, "value", here.value + 1)
        yield lambda here: setattr(here, "value", here.value - 1)
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Gt):
        yield lambda here: setattr(here, "ops", [ast.Lt()])
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        yield lambda here: here.args.reverse()
    if isinstance(node, ast.FunctionDef | ast.For):
        first = 1 if isinstance(node, ast.FunctionDef) else 0  # behind the docstring
        for line in range(first, len(node.body)):
            yield lambda here, line=line: here.body.__setitem__(line, ast.Pass())
    if isinstance(node, ast.Return) and node.value is not None:
        yield lambda here: setattr(here, "value", ast.UnaryOp(ast.USub(), here.value))


def keep_only(node: ast.AST, part: ast.AST) -> None:
    """Turn `left + right` into `part + 0`, in place."""
    zero = ast.Constant(0)
    node.left, node.op, node.right = part, ast.Add(), zero  # type: ignore[attr-defined]


def same_behaviour(task: Exercise, answer: Any) -> bool:
    """Whether the answer does what the solution does on three hundred inputs."""
    rng = random.Random(7)
    mine = Guard(answer, 20.0, observe=task.observe, calls=task.calls)
    theirs = Guard(task.solution, 20.0, observe=task.observe, calls=task.calls)
    inputs = [*task.cases, *(task.fresh(rng) for _ in range(300))]
    if task.accepts is not None:
        return all(task.accepts(theirs(*one).value, mine(*one).value) for one in inputs)
    return all(alike(mine(*one), theirs(*one)) for one in inputs)


@pytest.mark.slow
@each_exercise
def test_a_mutated_solution_never_passes_unless_it_behaves_the_same(task: Exercise) -> None:
    tree = ast.parse(source_of(task.solution, task.name))
    mutants = list(mutations(tree))
    assert len(mutants) >= 2
    for number, mutant in enumerate(random.Random(0).sample(mutants, min(len(mutants), MUTANTS))):
        answer = written(task, ast.unparse(mutant))
        if passes(task, answer, random.Random(number)):
            assert same_behaviour(task, answer), ast.unparse(mutant)


def passes(task: Exercise, answer: Any, rng: random.Random) -> bool:
    """What `judge` says, without looking further once it is wrong."""
    inputs = [*task.cases, *(task.fresh(rng) for _ in range(FRESH))]
    guard = Guard(answer, 0.5, observe=task.observe, calls=task.calls)
    return all(complaint(task, one, guard(*one), answer) is None for one in inputs)


# ------------------------------------------------------------------- equally right, written anew

OTHER_WAYS = {
    "slope": "def slope(f, x, h):\n    return (f(x + h) / h - f(x - h) / h) / 2",
    "gradient": "def gradient(f, point, h):\n"
    "    def along(i):\n"
    "        return lambda x: f([*point[:i], x, *point[i + 1:]])\n"
    "    return tuple(slope(along(i), x, h) for i, x in enumerate(point))",
    "partial": "def partial(f, point, i, h):\n"
    "    return slope(lambda x: f([*point[:i], x, *point[i + 1:]]), point[i], h)",
    "linear_estimate": "def linear_estimate(f, x, delta, h):\n"
    "    return f(x) + delta * (f(x + h) - f(x - h)) / h / 2",
    "best_h": "def best_h(f, x, exact, candidates):\n"
    "    best = candidates[0]\n"
    "    for h in candidates:\n"
    "        if abs(slope(f, x, h) - exact) < abs(slope(f, x, best) - exact):\n"
    "            best = h\n"
    "    return best",
    "descent_step": "def descent_step(point, grad, lr):\n"
    "    new = []\n"
    "    for i in range(len(point)):\n"
    "        new.append(point[i] - grad[i] * lr)\n"
    "    return new",
    "descend": "def descend(f, point, lr, steps, h):\n"
    "    if steps == 0:\n"
    "        return [point]\n"
    "    after = descent_step(point, gradient(f, point, h), lr)\n"
    "    return [point] + descend(f, after, lr, steps - 1, h)",
    "lowest": "def lowest(ask, left, right):\n"
    "    a, b = ask(left), ask(right)\n"
    "    return left - a * (right - left) / (b - a)",
    "hand_gradient": "def hand_gradient(x, y, w1, w2):\n"
    "    miss = 2 * (w1 * w2 * x - y)\n"
    "    return [miss * w2 * x, miss * w1 * x]",
    "diamond": "def diamond(x, a):\n    return 3 * a * x ** 2",
    "update": "def update(x, y, w1, w2, lr):\n"
    "    return [w - lr * g for w, g in zip((w1, w2), hand_gradient(x, y, w1, w2))]",
}


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_an_answer_that_is_right_in_another_way_passes(name: str) -> None:
    task = next(task for task in EXERCISES if task.name == name)
    for seed in range(20):
        answer = written(task, OTHER_WAYS[name])
        assert judge(task, answer, random.Random(seed)).state == "passed"
