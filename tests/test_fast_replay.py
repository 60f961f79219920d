"""A recorded graph: the numbers and gradients of the graph built anew, and nothing it cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from conftest import EXTRAS, require
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import scalar
from micrograd import nn
from micrograd.checks.exercises import autograd_forward
from micrograd.engine import Value, maximum, node, recorded
from micrograd.gpt import GPT, GPTConfig

require(EXTRAS["needs_numba"])

from micrograd.fast.replay import Recording, plainest, record  # noqa: E402

SMALL = GPTConfig(vocab_size=5, block_size=6, n_layer=2, n_head=2, n_embd=4, init_std=0.3)


def assert_replays(
    program: Callable[..., Any], first: list[float], then: list[float], kind: type = Value
) -> Recording:
    """Recorded at some numbers and replayed at others: as `program` run on those itself."""
    leaves = [kind(x) for x in first]
    recording = record(program(*leaves))
    fresh = [kind(x) for x in then]
    expected = program(*fresh)
    backward(expected)
    for leaf, x in zip(leaves, then, strict=True):
        leaf.data = x
    recording.read()
    assert recording.forward() == pytest.approx(expected.data, rel=1e-12, abs=1e-12, nan_ok=True)
    recording.backward()
    recording.write()
    wanted = [leaf.grad for leaf in fresh]
    assert [x.grad for x in leaves] == pytest.approx(wanted, rel=1e-12, abs=1e-12, nan_ok=True)
    return recording


def backward(root: Any) -> None:
    """`Value.backward`, for any class."""
    Value.backward(root)


# Each operation, replayed at other numbers than those it was recorded at.

OPERATIONS: dict[str, Callable[..., Any]] = {
    "a + b": lambda a, b: a + b,
    "a + 1e-05": lambda a, b: (a + 1e-05) * b,
    "0 + a": lambda a, b: (0 + a) * b,
    "a - b": lambda a, b: a - b,
    "a - 0.3": lambda a, b: (a - 0.3) * b,
    "0.3 - a": lambda a, b: (0.3 - a) * b,
    "-a": lambda a, b: -a * b,
    "a * b": lambda a, b: a * b,
    "a * a": lambda a, b: a * a + b,
    "a * 0.7": lambda a, b: a * 0.7 + b,
    "a * 0": lambda a, b: a * 0.0 + b,
    "a / b": lambda a, b: a / b,
    "a / 3": lambda a, b: a / 3 + b,
    "3 / a": lambda a, b: 3 / a + b,
    "0 / a": lambda a, b: 0 / a + b,
    "a ** 2": lambda a, b: a**2 + b,
    "a ** 3": lambda a, b: a**3 + b,
    "a ** 0": lambda a, b: a**0 + b,
    "a ** 1": lambda a, b: a**1 + b,
    "a ** -1": lambda a, b: a**-1 + b,
    "(a * a) ** 0.5": lambda a, b: (a * a) ** 0.5 + b,
    "exp": lambda a, b: a.exp() * b,
    "log": lambda a, b: (a * a).log() * b,
    "tanh": lambda a, b: a.tanh() * b,
    "relu": lambda a, b: a.relu() * b,
    "abs": lambda a, b: abs(a) * b,
    "max": lambda a, b: maximum(a, b) * a,
    "max of equals": lambda a, b: maximum(a, a + 0) * b,
    "mean": lambda a, b: nn.mean([a, b, a]),
    "dot": lambda a, b: nn.dot([a, b, a], [b, b, a]),
    "rmsnorm": lambda a, b: nn.dot(nn.rmsnorm([a, b]), [a, b]),
    "softmax": lambda a, b: nn.dot(nn.softmax([a, b, a * b]), [a, b, b]),
    "one of softmax": lambda a, b: nn.softmax([a, b, a * b])[1].log(),
    "cross_entropy 0": lambda a, b: nn.cross_entropy([a, b, a * b], 0),
    "cross_entropy 2": lambda a, b: nn.cross_entropy([a, b, a * b], 2),
}


@pytest.mark.parametrize("then", [(0.9, -1.7), (-0.4, 2.5), (1.5, 1.5)])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_follows_its_leaves(name, then):
    assert_replays(OPERATIONS[name], [1.3, 0.6], list(then))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["a + b", "a * b", "tanh", "relu", "abs", "max", "dot", "a ** 2"])
def test_what_is_not_finite_is_carried_on_as_in_the_engine(name, bad):
    assert_replays(OPERATIONS[name], [1.3, 0.6], [bad, 0.5])


@pytest.mark.parametrize(
    ("program", "then", "error"),
    [
        (lambda a, b: a / b, (1.0, 0.0), ZeroDivisionError),
        (lambda a, b: 3 / b + a, (1.0, 0.0), ZeroDivisionError),
        (lambda a, b: a.log() + b, (0.0, 1.0), ValueError),
        (lambda a, b: a.log() + b, (-1.0, 1.0), ValueError),
        (lambda a, b: a.exp() + b, (710.0, 1.0), OverflowError),
        (lambda a, b: a**-1 + b, (0.0, 1.0), ZeroDivisionError),
        (lambda a, b: a**0.5 + b, (0.0, 1.0), ValueError),
        (lambda a, b: a**0.5 + b, (-2.0, 1.0), ValueError),
        (lambda a, b: a**3 + b, (1e200, 1.0), OverflowError),
        (lambda a, b: a**2 + b, (1e200, 1.0), OverflowError),
        (lambda a, b: nn.softmax([a, b])[0], (-math.inf, -math.inf), ValueError),
        (lambda a, b: nn.cross_entropy([a, b], 1), (-math.inf, -math.inf), ValueError),
    ],
)
def test_what_does_not_exist_is_refused_in_the_engines_words(program, then, error):
    leaves = [Value(1.3), Value(0.6)]
    recording = record(program(*leaves) * 2.0)
    for leaf, x in zip(leaves, then, strict=True):
        leaf.data = x
    recording.read()
    with pytest.raises(error) as ours:
        recording.forward()
    with pytest.raises(error) as theirs:
        program(*map(Value, then))
    assert str(ours.value) == str(theirs.value)


# Whole programs.


def plain_neurons(kind: str) -> Callable[..., Any]:
    """A neuron of three inputs, some of them values and the rest plain numbers."""
    neuron = nn.Neuron(3, nonlin=False, rng=Random(5))

    def program(*leaves: Any) -> Any:
        *neuron.w, neuron.b, x, y = leaves
        inputs = {"values": [x, y, x], "numbers": [0.5, -2.0, 0.25], "mixed": [x, -2.0, y]}[kind]
        return neuron(inputs) * x * y

    return program


@pytest.mark.parametrize("kind", ["values", "numbers", "mixed"])
def test_a_neuron_is_taken_apart_into_weights_and_inputs(kind):
    first, then = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [-0.3, 0.8, 0.1, -1.0, 2.0, -0.7]
    assert_replays(plain_neurons(kind), first, then)


def test_a_network_of_neurons_is_replayed():
    model = nn.MLP(2, [4, 4, 1], rng=Random(3))
    loss = (model([Value(0.5), -1.0]) - 1.0) ** 2
    loss.backward()
    expected = [p.grad for p in model.parameters()]
    recording = record(loss)
    assert recording.forward() == pytest.approx(loss.data, rel=1e-13)
    model.zero_grad()
    recording.backward()
    recording.write()
    assert [p.grad for p in model.parameters()] == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("kind", "activation"), [(GPT, "relu"), (GPT, "relu2"), (scalar.TwoParents, "relu")]
)
@pytest.mark.parametrize("with_order", [True, False])
def test_a_gpt_replayed_with_other_weights_is_the_gpt_built_anew(kind, activation, with_order):
    config = GPTConfig(5, 16, n_layer=1, n_head=4, n_embd=4, activation=activation, init_std=0.5)
    model, tokens = kind(config, Random(1)), [4, 0, 3, 3, 1, 4]
    with recorded() as order:
        loss = model.loss(tokens)
    recording = record(loss, order if with_order else None)
    other = kind(config, Random(2))
    expected = other.loss(tokens)
    expected.backward()
    model.load_state_dict(other.state_dict())
    recording.read()
    assert recording.forward() == pytest.approx(expected.data, rel=1e-12)
    recording.backward()
    recording.write()
    wanted = [p.grad for p in other.parameters()]
    assert [p.grad for p in model.parameters()] == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    assert any(wanted)


@pytest.mark.parametrize("seed", range(8))
def test_so_is_one_of_random_sizes(seed):
    rng = Random(seed)
    n_head = rng.randint(1, 3)
    config = GPTConfig(
        vocab_size=rng.randint(2, 6),
        block_size=rng.randint(1, 6),
        n_layer=rng.randint(1, 2),
        n_head=n_head,
        n_embd=n_head * rng.randint(1, 3),
        init_std=0.4,
    )
    tokens = [rng.randrange(config.vocab_size) for _ in range(rng.randint(2, 8))]
    model, other = GPT(config, Random(seed)), GPT(config, Random(seed + 100))
    recording = record(model.loss(tokens))
    expected = other.loss(tokens)
    expected.backward()
    model.load_state_dict(other.state_dict())
    recording.read()
    assert recording.forward() == pytest.approx(expected.data, rel=1e-12)
    recording.backward()
    recording.write()
    wanted = [p.grad for p in other.parameters()]
    assert [p.grad for p in model.parameters()] == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def grown(seed: int, size: int) -> Callable[..., Any]:
    """A random program on three numbers, each of its results used again at random."""

    def program(*leaves: Any) -> Any:
        rng, made = Random(seed), list(leaves)
        for _ in range(size):
            a, b = rng.choice(made), rng.choice(made)
            made.append(
                rng.choice(
                    [
                        lambda a, b: a + b,
                        lambda a, b: a - b,
                        lambda a, b: (a * b).tanh(),
                        lambda a, b: a.relu() - 0.125,
                        lambda a, b: 2.5 - a,
                        lambda a, b: a / (b * b + 1.0),
                        lambda a, b: (a * 0.5).tanh().exp(),
                        lambda a, b: nn.softmax([a, b])[0],
                    ]
                )(a, b)
            )
        return nn.mean(made)

    return program


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 30))
def test_random_graphs_are_replayed(seed, size):
    assert_replays(grown(seed, size), [0.3, -0.8, 1.1], [0.9, 0.4, -0.6])


@pytest.mark.parametrize(
    "name", ["a + b", "a * b", "a * a", "a / b", "a ** 2", "exp", "log", "relu"]
)
def test_the_learners_own_values_are_replayed(name):
    assert_replays(OPERATIONS[name], [1.3, 0.6], [0.7, 1.9], kind=autograd_forward.Value)


def test_a_value_without_local_derivatives_is_replayed_where_its_parents_say_it_all():
    class Bare:
        def __init__(self, data: float, parents: tuple[Any, ...] = (), op: str = "") -> None:
            self.data, self.grad, self._prev, self._op = data, 0.0, parents, op

    a, b = Bare(2.0), Bare(3.0)
    product = Bare(6.0, (a, b), "*")
    recording = record(Bare(math.tanh(6.0), (product,), "tanh"))
    a.data = 0.1
    recording.read()
    assert recording.forward() == pytest.approx(math.tanh(0.3), rel=1e-14)
    recording.backward()
    recording.write()
    assert a.grad == pytest.approx(3 * (1 - math.tanh(0.3) ** 2), rel=1e-14)
    with pytest.raises(ValueError, match=r"'\+' was made with a plain number"):
        record(Bare(3.0, (a,), "+"))


# The recording itself.


def test_a_leaf_alone_is_a_graph():
    x = Value(3.0)
    recording = record(x)
    assert recording.forward() == 3.0
    recording.backward()
    recording.write()
    assert x.grad == 1.0


def test_gradients_add_up_in_the_values_and_start_anew_in_the_arrays():
    x = Value(3.0)
    recording = record(x * x)
    for _ in range(2):
        recording.forward()
        recording.backward()
        recording.write()
    assert x.grad == 12.0
    assert recording.grad[recording.position(x)] == 6.0


@pytest.mark.slow
def test_a_chain_of_100000_nodes_is_replayed_without_recursion():
    x = result = Value(1.0)
    for _ in range(100_000):
        result = result + x
    recording = record(result)
    recording.backward()
    assert recording.grad[recording.position(x)] == 100_001.0


def test_what_has_no_part_in_the_root_is_left_out():
    x = Value(2.0)
    with recorded() as order:
        y = x * 3.0
        node(1.0, (x,), (0.0,), "unheard of")
    assert len(record(y, order).data) == 2


def test_a_value_made_before_the_order_began_is_a_leaf():
    before = Value(2.0) * 3.0
    with recorded() as order:
        y = before * before
    recording = record(y, order)
    assert recording.leaves == [before]


def test_nodes_of_one_kind_make_one_stretch():
    values = [Value(float(i)) for i in range(8)]
    recording = record(nn.mean([v.tanh() for v in values]))
    assert repr(recording) == "Recording of 17 nodes, 8 of them leaves, in 2 stretches"


def test_a_value_of_another_graph_has_no_position():
    recording = record(Value(2.0) * 3.0)
    with pytest.raises(ValueError, match="not in the recorded graph"):
        recording.position(Value(2.0))


def test_a_plain_number_is_found_exactly_if_it_is_short():
    assert (0.08 + 1e-5) - 0.08 != 1e-5
    assert plainest((0.08 + 1e-5) - 0.08, lambda c: 0.08 + c == 0.08 + 1e-5) == 1e-5


def test_a_certain_prediction_has_its_target_found():
    recording = assert_replays(
        lambda a, b: nn.cross_entropy([a, b, a * 0.0], 0), [900.0, 0.0], [0.3, 0.4]
    )
    assert recording.forward() > 0.5


def test_a_certain_softmax_has_its_logit_found():
    assert_replays(lambda a, b: nn.softmax([a, b, a * 0.0])[0] * b, [900.0, 0.5], [0.3, 0.4])


def test_a_probability_of_which_nobody_can_tell_whose_it_is_is_refused():
    a, b, c = Value(900.0), Value(0.0), Value(0.0)
    with pytest.raises(ValueError, match="may belong to any of several logits"):
        record(nn.softmax([a, b, c])[2] + a)


def test_an_unknown_operation_is_named_with_the_known_ones():
    x = Value(1.0)
    with pytest.raises(ValueError, match=r"'sin' cannot be replayed; what can be is \*\*, \+, -"):
        record(node(math.sin(1.0), (x,), (math.cos(1.0),), "sin"))


@pytest.mark.parametrize(
    ("op", "count", "known"),
    [("exp", 2, "1"), ("max", 1, "2"), ("+", 3, "1 or 2"), ("/", 3, "1 or 2")],
)
def test_a_number_of_parents_that_an_operation_is_not_known_with_is_told(op, count, known):
    parents = [Value(0.0)] * count
    with pytest.raises(ValueError, match=rf"with {count} parents .* known with {known}\."):
        record(node(1.0, parents, [1.0] * count, op))


def test_a_product_of_an_odd_number_of_values_is_refused():
    with pytest.raises(ValueError, match=r"node 'dot' with the number 6"):
        record(node(6.0, [Value(1.0), Value(2.0), Value(3.0)], (6.0, 3.0, 2.0), "dot"))


@pytest.mark.parametrize(("data", "slopes"), [(7.0, (3.0, 2.0)), (6.0, (1.0, 1.0))])
def test_another_operation_under_a_known_name_is_refused(data, slopes):
    with pytest.raises(ValueError, match=r"node '\*' with the number .* another operation"):
        record(node(data, (Value(2.0), Value(3.0)), slopes, "*"))


def test_a_number_changed_after_the_graph_was_made_is_told():
    x = Value(2.0)
    y = x * x
    x.data = 5.0
    with pytest.raises(ValueError, match="a number was changed after the graph was made"):
        record(y)


def test_an_exponent_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"'\*\*n' does not name a number"):
        record(node(4.0, (Value(2.0),), (4.0,), "**n"))


def test_parents_without_an_order_are_refused():
    x = Value(2.0)
    y = x * 3.0
    y._prev = {x}  # type: ignore[assignment]
    with pytest.raises(TypeError, match="are a set, and a replay has to know their order"):
        record(y, [y])
