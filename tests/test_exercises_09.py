"""The answers of notebook 09: arrays compared, beside the loops that they replace and the truth."""

import inspect
import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from answers import exercise, known_as, question, verdict_on
from cells import cell

from micrograd.checks import growing_file
from micrograd.checks.catalogue import earlier, run_given, tasks
from micrograd.checks.declare import Exercise, Given
from micrograd.checks.exercises import attending, efficiency, efficiency_practice, networks
from micrograd.checks.guard import Guard
from micrograd.checks.judge import alone
from micrograd.checks.values import changed, copied, difference, plain, shown
from micrograd.engine import Value
from micrograd.fast import common, nn
from micrograd.fast.tensor import Tensor
from micrograd.gpt import GPT, GPTConfig

RNG = np.random.default_rng(9)
EXERCISES = [task for task in tasks("09").values() if isinstance(task, Exercise)]


def says(name: str, source: str) -> str:
    """The name of the mistake that an answer is recognised as."""
    return known_as("09", name, source)


# ------------------------------------------------------------------------- arrays in a check


def test_an_array_counts_as_the_numbers_that_it_holds() -> None:
    assert plain(np.array([[1.0, 2.0], [3.0, 4.0]])) == [[1.0, 2.0], [3.0, 4.0]]
    assert plain(np.array(1.5)) == 1.5
    assert plain((np.arange(2), [np.float32(0.5)])) == ([0.0, 1.0], [0.5])
    assert plain(np.array([True, False])) == [True, False]


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (np.zeros((3, 2)), "The shapes differ: 2 × 3 expected, 3 × 2 returned."),
        (np.zeros(6), "The shapes differ: 2 × 3 expected, 6 returned."),
        (np.array(0.0), "A number came back where a list was expected."),
        (np.full((2, 3), 1e-3), "The numbers differ."),
        (np.full((2, 3), np.nan), "nan means"),
    ],
    ids=["turned", "flat", "one number", "others", "nan"],
)
def test_a_difference_between_arrays_is_put_in_words(got: Any, sentence: str) -> None:
    found = difference(plain(np.zeros((2, 3))), plain(got))
    assert found is not None and found.startswith(sentence)


def test_minus_infinity_is_equal_to_itself() -> None:
    assert difference(plain(np.array([-np.inf])), plain(np.array([-np.inf]))) is None
    assert difference(plain(np.array([-np.inf])), plain(np.array([-1e300]))) is not None


def test_an_answer_works_on_a_copy_of_an_array_and_is_told_if_it_changes_it() -> None:
    def in_place(scores: Any) -> Any:
        scores[np.triu_indices(len(scores), 1)] = -np.inf
        return scores

    given = np.zeros((2, 2))
    outcome = Guard(in_place)(given)
    assert outcome.changed_input and not given.any()
    verdict = verdict_on("09", "causal_mask", "import numpy as np\n\n" + IN_PLACE)
    assert verdict.state == "not yet"
    assert "changed a list that it was given" in verdict.remark


IN_PLACE = """\
def causal_mask(scores):
    scores[np.triu_indices(len(scores), 1)] = -np.inf
    return scores
"""


def test_arrays_that_were_not_changed_are_not_said_to_be() -> None:
    x = np.array([[1.0, -np.inf]])
    assert not changed(x, copied(x))
    assert changed(x, x + 1)
    assert changed(x, [[1.0]])
    assert changed([x, 1.0], [x + 1, 1.0])


def test_a_card_shows_an_array_as_it_would_be_typed() -> None:
    assert shown(np.array([[0.1 + 0.2, -np.inf]])) == "array([[0.3, -inf]])"
    verdict = verdict_on("09", "linear_at_once", "def linear_at_once(x, w):\n    return x * w")
    assert verdict.call.startswith("linear_at_once(array([[1.0, 2.0], [0.0, 1.0]")


def test_an_array_that_holds_itself_is_no_problem() -> None:
    odd = np.empty(1, dtype=object)
    odd[0] = odd
    assert Guard(lambda: odd)().end in ("raised", "returned")


@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.key)
def test_lists_of_lists_are_as_right_as_arrays(task: Exercise) -> None:
    """Somebody who answers with loops and lists is right too."""

    def as_lists(*inputs: Any) -> Any:
        return plain(task.solution(*inputs))

    for inputs in task.cases:
        assert (
            difference(plain(task.solution(*copied(inputs))), Guard(as_lists)(*inputs).value)
            is None
        )


def test_without_numpy_the_exercises_can_be_listed_and_later_ones_be_checked() -> None:
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from micrograd.checks.catalogue import all_tasks, earlier, tasks\n"
        "assert len([t for t in all_tasks() if t.lesson == '09']) > 10\n"
        "last = list(tasks('A').values())[-1]\n"
        "assert earlier(last)['np'] is None\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_a_lesson_imports_is_none_where_it_is_missing() -> None:
    names: dict[str, Any] = {}
    run_given(Given(lesson="09", name="odd", text="import no_such_package as nsp\n"), names)
    assert names["nsp"] is None


def test_these_answers_are_no_part_of_the_learners_file() -> None:
    records = {
        task.key: {"source": "def linear_at_once(x, w):\n    return x @ w.T"} for task in EXERCISES
    }
    assert "linear_at_once" not in growing_file(records)
    assert "numpy" not in growing_file(records)


# ------------------------------------------------------------- beside the loops of before


def test_linear_at_once_is_linear_for_each_token() -> None:
    x, w = RNG.normal(size=(5, 4)), RNG.normal(size=(3, 4))
    each = [networks.linear(row, w.tolist()) for row in x.tolist()]
    assert np.allclose(efficiency.linear_at_once(x, w), each, rtol=0, atol=1e-12)


def test_the_gradients_of_a_product_are_those_of_the_engine_and_of_the_tensor() -> None:
    x, w, grad = RNG.normal(size=(3, 4)), RNG.normal(size=(2, 4)), RNG.normal(size=(3, 2))
    values = [[[Value(n) for n in row] for row in table.tolist()] for table in (x, w)]
    outputs = [networks.linear(row, values[1]) for row in values[0]]
    sum(
        g * y
        for gs, ys in zip(grad.tolist(), outputs, strict=True)
        for g, y in zip(gs, ys, strict=True)
    ).backward()
    tensors = Tensor(x), Tensor(w)
    (nn.linear(*tensors) * grad).sum().backward()
    for mine, of_values, tensor in zip(
        efficiency.product_gradients(x, w, grad), values, tensors, strict=True
    ):
        assert np.allclose(mine, [[v.grad for v in row] for row in of_values], rtol=0, atol=1e-12)
        assert np.allclose(mine, tensor.grad, rtol=0, atol=1e-12)


def test_attention_at_once_is_attend_for_each_token() -> None:
    q, k, v = RNG.normal(size=(3, 5, 4))
    value = [[[networks.Value(n) for n in row] for row in table.tolist()] for table in (q, k, v)]
    qs, ks, vs = value
    each = [attending.attend(qs[t], ks[: t + 1], vs[: t + 1]) for t in range(5)]
    numbers = [[one.data for one in row] for row in each]
    assert np.allclose(efficiency.attention_at_once(q, k, v), numbers, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["causal_mask", "repair_shares"])
def test_no_later_score_matters(name: str) -> None:
    answer = exercise("09", name).solution
    scores = RNG.normal(size=(5, 5))
    later = np.triu(np.ones((5, 5)), 1) == 1
    assert np.array_equal(answer(scores), answer(np.where(later, 100.0, scores)))


def test_the_padded_loss_is_the_mean_of_the_losses_one_by_one() -> None:
    config = GPTConfig(6, block_size=5, n_embd=4)
    model, documents = GPT(config, random.Random(2)), [[5, 0, 1, 2, 5], [5, 3, 5], [5, 4, 4, 5]]
    surprises = np.full((3, 5), 7.0)  # the padding
    for row, document in zip(surprises, documents, strict=True):
        cache = model.new_cache()
        for t, (token, target) in enumerate(zip(document, document[1:], strict=False)):
            z = np.array([logit.data for logit in model.logits(token, t, cache)])
            row[t] = np.log(np.exp(z).sum()) - z[target]
    lengths = np.array([len(document) - 1 for document in documents])
    expected = np.mean([model.loss(document).data for document in documents])
    assert efficiency.padded_mean_loss(surprises, lengths) == pytest.approx(expected, rel=1e-12)
    shares = common.padded(documents, config).weights
    assert (surprises[:, : shares.shape[1]] * shares).sum() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_attention_in_blocks_is_attention(size: int) -> None:
    scores, values = 20 * RNG.normal(size=200), RNG.normal(size=(200, 3))
    blocks = [(scores[i : i + size], values[i : i + size]) for i in range(0, 200, size)]
    plain_one = efficiency.softmax_rows(scores[None])[0] @ values
    assert np.allclose(efficiency_practice.attend_in_blocks(blocks), plain_one, rtol=0, atol=1e-12)


def test_workers_with_all_their_names_find_the_gradient_of_one() -> None:
    model, documents = (
        GPT(GPTConfig(6, block_size=5, n_embd=4), random.Random(4)),
        [[5, 0, 1, 5], [5, 3, 5], [5, 2, 5]],
    )

    def gradient(some: Any) -> Any:
        for p in model.parameters():
            p.grad = 0.0
        for document in some:
            model.loss(document).backward()
        return np.array([p.grad for p in model.parameters()]) / len(some)

    average = efficiency_practice.average_gradients
    shared = average([gradient(documents[:1]), gradient(documents[1:])], [1, 2])
    assert np.allclose(shared, gradient(documents), rtol=0, atol=1e-15)


# ------------------------------------------------------------------- what learners write


@pytest.mark.parametrize(
    ("name", "body", "mistake"),
    [
        ("linear_at_once", "return x @ w", "w not turned"),
        ("linear_at_once", "return np.dot(w, x.T)", "a row for each output"),
        ("linear_at_once", "return (x[:, None] * w[None]).sum(axis=1)", "outputs added up"),
        ("product_gradients", "return grad @ w, x.T @ grad", "the gradient of w on its side"),
        ("product_gradients", "return grad.T @ x, grad @ w", "in the other order"),
        (
            "product_gradients",
            "return grad @ w, (grad.T @ x) / x.shape[0]",
            "averaged over the tokens",
        ),
        (
            "causal_mask",
            "return np.where(np.tri(len(scores)).T == 1, scores, -np.inf)",
            "the past hidden, not the future",
        ),
        ("causal_mask", "return scores * np.tri(len(scores))", "zero for hidden"),
        (
            "causal_mask",
            "e = np.exp(scores)\n    return e / e.sum(axis=1, keepdims=True) * np.tri(len(e))",
            "masked after the softmax",
        ),
        (
            "causal_mask",
            "return np.where(np.tri(len(scores), k=-1) == 1, scores, -np.inf)",
            "the present hidden as well",
        ),
        ("attention_at_once", "return softmax_rows(causal_mask(q @ k.T)) @ v", "scale forgotten"),
        ("attention_at_once", "return softmax_rows(q @ k.T / q.shape[1] ** 0.5) @ v", "no mask"),
        (
            "attention_at_once",
            "s = softmax_rows(q @ k.T / q.shape[1] ** 0.5)\n    return s * np.tri(len(q)) @ v",
            "masked after the softmax",
        ),
        ("padded_mean_loss", "return np.mean(surprises)", "padding counted"),
        (
            "padded_mean_loss",
            "real = np.arange(surprises.shape[1]) < lengths[:, None]\n"
            "    return surprises[real].mean()",
            "every token counts the same",
        ),
        ("average_gradients", "return np.mean(gradients, axis=0)", "every worker counts the same"),
        ("repair_shares", "return softmax_rows(scores)", "no mask any more"),
    ],
)
def test_a_mistake_in_a_learners_words_is_known(name: str, body: str, mistake: str) -> None:
    assert says(name, written(name, body)) == mistake


def written(name: str, body: str) -> str:
    """The definition of an answer with this body."""
    return f"def {name}{inspect.signature(exercise('09', name).solution)}:\n    {body}"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("linear_at_once", "return np.einsum('te,oe->to', x, w)"),
        ("linear_at_once", "return [[sum(a * b for a, b in zip(r, o)) for o in w] for r in x]"),
        ("causal_mask", "return scores + np.triu(np.full(scores.shape, -np.inf), 1)"),
        (
            "causal_mask",
            "new = scores.copy()\n"
            "    for t in range(len(new)):\n"
            "        new[t, t + 1:] = -np.inf\n"
            "    return new",
        ),
        (
            "padded_mean_loss",
            "means = [row[:n].mean() for row, n in zip(surprises, lengths)]\n"
            "    return sum(means) / len(means)",
        ),
        ("product_gradients", "return [np.matmul(grad, w), np.matmul(grad.T, x)]"),
        (
            "repair_shares",
            "shares = softmax_rows(scores) * np.tri(len(scores))\n"
            "    return shares / shares.sum(axis=1, keepdims=True)",
        ),
    ],
)
def test_another_right_way_passes_and_works_alone(name: str, body: str) -> None:
    task, source = exercise("09", name), written(name, body)
    assert verdict_on("09", name, source).state == "passed"
    assert alone(task, cell(source, **earlier(task))[name], earlier(task)).source


# ---------------------------------------------------------------------------- the questions


def test_the_answers_to_the_questions_follow_from_numbers() -> None:
    assert float(question("09", "recall_shared").answer) == 3 - 1 + 2
    assert float(question("09", "recall_rule_of_thumb").answer) == 2 * 1000
    two = np.exp(np.array([5.0, 5.0, -1000.0]) - 5)
    assert float(question("09", "recall_shares").answer) == pytest.approx((two / two.sum())[0])
    places, real = 3 * 11, 4 + 6 + 11
    share = 100 * (places - real) / places
    assert float(question("09", "padding_share").answer) == pytest.approx(share, abs=0.01)
    years = 6 * 175e9 * 300e9 / 1e11 / (365.25 * 24 * 3600)
    assert 90_000 < years < 110_000
    assert question("09", "years_of_work").answer == "D"
