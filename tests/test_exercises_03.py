"""The answers of notebooks 03a, 03b and 04a: alone, together, and beside the package's engine."""

import math
import random
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import pytest
from answers import exercise, known_as, question, verdict_on
from cells import cell

from micrograd import engine, gradcheck, nn
from micrograd.checks.catalogue import earlier, tasks
from micrograd.checks.declare import Exercise, source_of
from micrograd.checks.exercises import chain, given, updating
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.graphs import SHAPES, graph
from micrograd.checks.guard import Guard
from micrograd.checks.judge import alone, judge, recognise

SEEDS = range(20)


def a_file_of_answers() -> dict[str, Any]:
    """The sources of the answers up to 04a in a namespace of their own, as in `my_gpt.py`."""
    names: dict[str, Any] = {"math": math, "random": random}
    exec(source_of(exercise("01", "gradient").solution, "gradient"), names)
    exec(given.VALUE.text, names)
    for name in ("add", "mul", "power", "exp", "log", "relu"):
        exec(source_of(exercise("03a", name).solution, name), names)
    exec(given.OPERATORS.text, names)
    for name in ("topological_order", "backward", "zero_grad", "gradcheck"):
        exec(source_of(exercise("03b", name).solution, name), names)
    for name in ("matrix", "parameters", "linear", "neuron", "mse"):
        exec(source_of(exercise("04a", name).solution, name), names)
    return names


@pytest.fixture(scope="module")
def mine() -> dict[str, Any]:
    return a_file_of_answers()


# ------------------------------------------------------------------------- all of it together


def test_ten_steps_of_notebook_02_have_the_losses_of_those_by_hand(mine: dict[str, Any]) -> None:
    x, y, lr = 2.0, 10.0, 0.01
    by_hand, weights = [], (1.5, 2.0)
    for _ in range(10):
        by_hand.append(chain.forward(x, y, *weights)[2])
        weights = updating.update(x, y, *weights, lr)
    w1, w2 = params = [mine["Value"](1.5), mine["Value"](2.0)]
    losses = []
    for _ in range(10):
        loss = (w2 * (w1 * x) - y) ** 2
        losses.append(loss.data)
        mine["zero_grad"](params)
        mine["backward"](loss)
        for p in params:
            p.data -= lr * p.grad
    assert losses == pytest.approx(by_hand, rel=1e-12)
    assert losses[-1] < losses[0] / 100


def random_expression(rng: random.Random, leaves: list[Any]) -> Any:
    """A sum over many operations, each on values that may have been used before."""
    known, total = list(leaves), leaves[0] * 0.5
    for _ in range(12):
        a, b = rng.choice(known), rng.choice(known)
        made = [
            lambda a=a, b=b: a + b,
            lambda a=a, b=b: a * b * 0.3,
            lambda a=a, b=b: 2 - a / (b * b + 1.5),
            lambda a=a, b=b: (a * 0.1).exp() - b,
            lambda a=a, b=b: (a * a + 1).log() * b,
            lambda a=a, b=b: (a - b).relu() + 1 / (b**2 + 2),
            lambda a=a, b=b: -a + (b**2 + 1) ** 0.5,
        ][rng.randrange(7)]()
        known.append(made)
        total = total + made * rng.choice([0.5, -1.0, 2])
    return total


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradients_of_any_expression_are_the_engines(seed: int, mine: dict[str, Any]) -> None:
    numbers = [random.Random(seed).uniform(-2, 2) for _ in range(3)]
    own = [mine["Value"](x) for x in numbers]
    package = [engine.Value(x) for x in numbers]
    one = random_expression(random.Random(seed), own)
    two = random_expression(random.Random(seed), package)
    mine["backward"](one)
    two.backward()
    assert one.data == pytest.approx(two.data, rel=1e-12)
    assert [v.grad for v in own] == pytest.approx([v.grad for v in package], rel=1e-12, abs=1e-12)


def test_a_graph_a_hundred_thousand_deep_runs_backward(mine: dict[str, Any]) -> None:
    x = root = mine["Value"](1.0)
    for _ in range(100_000):
        root = root + x
    mine["backward"](root)
    assert x.grad == 100_001


def test_the_checker_is_as_content_with_right_rules_as_the_packages(mine: dict[str, Any]) -> None:
    def f(a: Any, b: Any) -> Any:
        return (a * b + a.exp()).log() - b / a

    assert mine["gradcheck"](f, [0.7, 2.0]) < 1e-8
    assert max(c.error for c in gradcheck.gradcheck(f, [0.7, 2.0])) < 1e-8


def test_a_network_of_answers_learns_xor(mine: dict[str, Any]) -> None:
    rng, lr = random.Random(1), 0.1
    state = {"w1": mine["matrix"](8, 3, 1.0, rng), "w2": mine["matrix"](1, 8, 1.0, rng)}
    params = mine["parameters"](state)
    points, targets = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]
    for _ in range(300):
        hidden = [[v.relu() for v in mine["linear"]([*p, 1], state["w1"])] for p in points]
        predictions = [mine["linear"](h, state["w2"])[0] for h in hidden]
        loss = mine["mse"](predictions, targets)
        mine["zero_grad"](params)
        mine["backward"](loss)
        for p in params:
            p.data -= lr * p.grad
    assert [round(p.data) for p in predictions] == targets


def test_linear_is_the_packages(mine: dict[str, Any]) -> None:
    rng = random.Random(0)
    w = mine["matrix"](4, 3, 1.0, rng)
    x = [1.0, -2.0, 0.5]
    same = nn.linear([engine.Value(e) for e in x], [[engine.Value(v.data) for v in r] for r in w])
    assert [v.data for v in mine["linear"](x, w)] == pytest.approx([v.data for v in same])


# ---------------------------------------------------------------- right, written another way

OTHER_WAYS = {
    ("03a", "add"): "def add(a, b):\n"
    "    s = Value(a.data + b.data)\n"
    "    s._prev, s._local, s._op = [b, a], [1, 1], 'sum'\n"
    "    return s",
    ("03a", "mul"): "def mul(a, b):\n"
    "    return Value(b.data * a.data, (b, a), (a.data, b.data), 'times')",
    ("03a", "power"): "def power(a, n):\n"
    "    return Value(a.data ** n, (a,), (n * a.data ** n / a.data,), '**')",
    ("03a", "exp"): "def exp(a):\n"
    "    return Value(math.e ** a.data, (a,), (math.e ** a.data,), 'exp')",
    ("03a", "relu"): "def relu(a):\n"
    "    if a.data > 0:\n"
    "        return Value(a.data, (a,), (1.0,), 'relu')\n"
    "    return Value(0.0, (a,), (0.0,), 'relu')",
    ("03a", "tanh"): "def tanh(a):\n"
    "    e = exp(mul(a, Value(2.0)))\n"
    "    return mul(add(e, Value(-1.0)), power(add(e, Value(1.0)), -1))",
    ("03b", "topological_order"): "def topological_order(root):\n"
    "    uses, found = {root: 0}, [root]\n"
    "    for node in found:\n"
    "        for parent in node._prev:\n"
    "            if parent not in uses:\n"
    "                uses[parent] = 0\n"
    "                found.append(parent)\n"
    "            uses[parent] += 1\n"
    "    order = [root]\n"
    "    for node in order:\n"
    "        for parent in node._prev:\n"
    "            uses[parent] -= 1\n"
    "            if uses[parent] == 0:\n"
    "                order.append(parent)\n"
    "    return order[::-1]",
    ("03b", "backward"): "def backward(root):\n"
    "    order = topological_order(root)\n"
    "    for node in order:\n"
    "        if node._prev:\n"
    "            node.grad = 0\n"
    "    root.grad += 1\n"
    "    while order:\n"
    "        node = order.pop()\n"
    "        for i in range(len(node._prev)):\n"
    "            node._prev[i].grad += node.grad * node._local[i]",
    ("03b", "gradcheck"): "def gradcheck(f, point):\n"
    "    h, worst = 0.0001, 0\n"
    "    for i in range(len(point)):\n"
    "        values = [Value(x) for x in point]\n"
    "        backward(f(*values))\n"
    "        up = [Value(x + h * (i == j)) for j, x in enumerate(point)]\n"
    "        down = [Value(x - h * (i == j)) for j, x in enumerate(point)]\n"
    "        nudged = (f(*up).data - f(*down).data) / (2 * h)\n"
    "        worst = max(worst, abs(values[i].grad - nudged))\n"
    "    return worst",
    ("03b", "repair_training"): "def repair_training(start, lr, steps):\n"
    "    w, losses = Value(start), []\n"
    "    for _ in range(steps):\n"
    "        loss = (w - 3) ** 2\n"
    "        losses.append(loss.data)\n"
    "        backward(loss)\n"
    "        w.data = w.data - lr * w.grad\n"
    "        w.grad = 0\n"
    "    return losses",
    ("03b", "repair_depth"): "def repair_depth(root):\n"
    "    deepest, stack = 0, [(root, 0)]\n"
    "    while stack:\n"
    "        node, steps = stack.pop()\n"
    "        deepest = max(deepest, steps)\n"
    "        stack += [(parent, steps + 1) for parent in node._prev]\n"
    "    return deepest",
    ("04a", "matrix"): "def matrix(rows, columns, std, rng):\n"
    "    result = []\n"
    "    for _ in range(rows):\n"
    "        row = []\n"
    "        for _ in range(columns):\n"
    "            row.append(Value(rng.gauss(0.0, std)))\n"
    "        result.append(row)\n"
    "    return result",
    ("04a", "linear"): "def linear(x, w):\n"
    "    result = []\n"
    "    for row in w:\n"
    "        total = Value(0.0)\n"
    "        for i in range(len(x)):\n"
    "            total = add(total, mul(x[i], row[i]))\n"
    "        result.append(total)\n"
    "    return result",
    (
        "04a",
        "neuron",
    ): "def neuron(x, w, b):\n    return (sum(a * c for a, c in zip(x, w)) + b).relu()",
    ("04a", "mse"): "def mse(predictions, targets):\n"
    "    total = 0\n"
    "    for i in range(len(targets)):\n"
    "        miss = targets[i] - predictions[i]\n"
    "        total += miss * miss\n"
    "    return total * (1 / len(targets))",
}


@pytest.mark.parametrize(("lesson", "name"), OTHER_WAYS)
def test_an_answer_that_is_right_in_another_way_passes(lesson: str, name: str) -> None:
    task = exercise(lesson, name)
    answer = cell(OTHER_WAYS[lesson, name], **earlier(task))[name]
    assert judge(task, answer, random.Random(3)).state == "passed"
    assert alone(task, answer, earlier(task)).source


# --------------------------------------------------------------------- wrong, as people write it


def test_an_operation_cannot_be_answered_by_itself() -> None:
    verdict = verdict_on("03a", "add", "def add(a, b):\n    return a + b")
    assert verdict.state == "not yet"
    assert "unsupported operand" in verdict.got


def test_a_missing_comma_is_told() -> None:
    source = "def exp(a):\n    e = math.exp(a.data)\n    return Value(e, (a,), (e), 'exp')"
    assert known_as("03a", "exp", source) == "brackets without a comma"


def test_a_recursive_order_is_told_where_it_ends() -> None:
    source = (
        "def topological_order(root):\n"
        "    order, seen = [], set()\n"
        "    def visit(v):\n"
        "        if v in seen:\n"
        "            return\n"
        "        seen.add(v)\n"
        "        for p in v._prev:\n"
        "            visit(p)\n"
        "        order.append(v)\n"
        "    visit(root)\n"
        "    return order"
    )
    assert known_as("03b", "topological_order", source) == "recursion ends at a thousand"


def test_a_forgotten_seed_is_told() -> None:
    source = (
        "def backward(root):\n"
        "    for v in topological_order(root)[::-1]:\n"
        "        for p, d in zip(v._prev, v._local):\n"
        "            p.grad += d * v.grad"
    )
    assert known_as("03b", "backward", source) == "no seed"


def test_a_gradient_that_comes_back_instead_of_being_set_is_told() -> None:
    source = "def zero_grad(params):\n    for p in params:\n        p = 0"
    assert known_as("03b", "zero_grad", source) == "nothing is cleared"


def test_the_card_of_a_graph_names_its_gradients() -> None:
    verdict = verdict_on("03b", "backward", "def backward(root):\n    root.grad = 1.0")
    assert verdict.expected == "[('a', -3.0), ('b', 2.0), ('s', 1.0), ('c', 1.0), ('root', 1.0)]"
    assert "s = a * b; root = s + c" in verdict.why
    assert "root moves -3 times as fast as a" in verdict.why


@pytest.mark.parametrize(
    ("lesson", "name"),
    [
        (lesson, name)
        for lesson in ("03b", "04a")
        for name, task in tasks(lesson).items()
        if isinstance(task, Exercise) and task.kind == "repair"
    ],
)
def test_a_bug_to_find_is_really_there(lesson: str, name: str) -> None:
    task = exercise(lesson, name)
    assert task.given is not None
    source = source_of(task.given, name)
    guard = Guard(cell(source, **earlier(task))[name], observe=task.observe)
    inputs = [*task.cases, *(task.fresh(random.Random(seed)) for seed in range(3))]
    found = recognise(task, inputs, [guard(*one) for one in inputs])
    assert found is not None
    assert found.name == "the bug is still there"


# ------------------------------------------------------------------------------- the questions


def naive_walk(root: Any) -> list[Any]:
    """Depth-first from the front: a value, then each of its parents in turn with all of theirs."""
    met: list[Any] = []

    def visit(value: Any) -> None:
        if value not in met:
            met.append(value)
            for parent in value._prev:
                visit(parent)

    visit(root)
    return met


def hand_on(order: Iterable[Any], assign: bool = False) -> None:
    for place, value in enumerate(order):
        value.grad = value.grad if place else 1.0
        for parent, local in zip(value._prev, value._local, strict=True):
            parent.grad = local * value.grad + (0.0 if assign else parent.grad)


def grad_of(values: Iterable[Any], label: str) -> Any:
    return next(v.grad for v in values if getattr(v, "label", "") == label)


def test_what_a_naive_order_shows_on_the_diamond() -> None:
    walk = naive_walk(graph("s = 3 * a; t = 2 * s; root = s + t", a=2.0))
    assert [v.label for v in walk if hasattr(v, "label")] == ["root", "s", "a", "t"]
    hand_on(walk)
    assert float(question("03b", "naive_order").answer) == grad_of(walk, "a")


def test_what_assigning_shows_where_a_value_is_used_twice(mine: dict[str, Any]) -> None:
    root = graph("s = a * b; root = s + a", a=3.0, b=-4.0)
    values = mine["topological_order"](root)
    hand_on(reversed(values), assign=True)
    assert float(question("03b", "used_twice").answer) == grad_of(values, "a")


def test_what_a_second_call_shows(mine: dict[str, Any]) -> None:
    root = graph("s = 2 * a; root = 3 * s", a=5.0)
    mine["backward"](root)
    mine["backward"](root)
    values = mine["topological_order"](root)
    assert float(question("03b", "called_twice").answer) == grad_of(values, "a")


def test_what_a_graph_remembers(mine: dict[str, Any]) -> None:
    a, b = mine["Value"](2.0), mine["Value"](-3.0)
    c = a * b
    a.data = 10
    assert float(question("03a", "edited_later").answer) == c.data
    assert float(question("03a", "count_values").answer) == len(
        mine["topological_order"](a * b + a)
    )


def test_the_rules_of_the_puzzle(mine: dict[str, Any]) -> None:
    task = question("03a", "rules")
    numbers = dict(task.options)
    expressions: list[Callable[[Any, Any], Any]] = [
        lambda a, b: a + b,
        lambda a, b: a * b,
        lambda a, b: a**3,
        lambda a, b: a.log(),
        lambda a, b: (-a).relu(),
    ]
    for letter, expression in zip(task.answer.split(), expressions, strict=True):
        a = mine["Value"](2.0)
        mine["backward"](expression(a, mine["Value"](5.0)))
        assert float(numbers[letter]) == a.grad


def test_only_one_order_of_the_lines_gives_the_gradients(mine: dict[str, Any]) -> None:
    task = question("03b", "backward_order")
    lines = dict(task.options)

    def outcome(order: Iterable[str]) -> tuple[float, float] | None:
        a, b = mine["Value"](2.0), mine["Value"](-5.0)
        try:
            exec("\n".join(lines[letter] for letter in order), {"a": a, "b": b})
        except NameError:
            return None
        return a.grad, b.grad

    a, b = engine.Value(2.0), engine.Value(-5.0)
    ((a * b + a) ** 2).backward()
    right = [" ".join(order) for order in permutations(lines) if outcome(order) == (a.grad, b.grad)]
    assert right == [task.answer]


def test_only_one_order_of_a_step_that_begins_with_clearing_learns(mine: dict[str, Any]) -> None:
    task = question("04a", "step_order")
    lines = dict(task.options)

    def after_two_steps(order: Iterable[str]) -> float | None:
        w, b = [mine["Value"](1.0)], mine["Value"](1.0)
        names = {**mine, "w": w, "b": b, "params": [*w, b], "lr": 0.01}
        names |= {"points": [[1.0], [2.0]], "targets": [5.0, 8.0]}
        try:
            for _ in range(2):
                exec("\n".join(lines[letter] for letter in order), names)
        except NameError:
            return None
        return float(w[0].data)

    best = after_two_steps(task.answer.split())
    first = [order for order in permutations(lines) if order[0] == task.answer[0]]
    assert [" ".join(o) for o in first if after_two_steps(o) == best] == [task.answer]


def test_the_weight_of_xor() -> None:
    c = float(question("04a", "xor_weight").answer)

    def out(p: int, q: int) -> float:
        return max(0, p + q) + c * max(0, p + q - 1)

    assert [out(0, 0), out(0, 1), out(1, 0), out(1, 1)] == [0, 1, 1, 0]


# ---------------------------------------------------------------------------- what is given


def test_the_given_class_says_what_it_holds() -> None:
    assert repr(given.BareValue(2.0)) == "Value(2.0)"
    with pytest.raises(TypeError):
        given.BareValue(2.0) + given.BareValue(3.0)


def test_plain_numbers_may_stand_on_either_side() -> None:
    a = Value(4.0)
    results = [a + 1, 1 + a, a - 1, 1 - a, a * 3, 3 * a, a / 2, 2 / a, -a, a**2, sum([a, a])]
    assert [r.data for r in results] == [5, 5, 3, -3, 12, 12, 2, 0.5, -4, 16, 8]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_graph_tells_how_fast_its_root_moves(shape: str) -> None:
    root = graph(shape.format("a", "b", "c"), a=1.5, b=-2.0, c=0.5)
    assert "times as fast as a" in root.story
