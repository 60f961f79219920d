"""Vectors, layers and losses: each many-parent node against the single operations it stands for."""

import math
import random
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd import nn
from micrograd.engine import Value

# Each function of vectors, spelled out in operations of at most two parents.


def plain_dot(x: Sequence[Value], y: Sequence[Value]) -> Value:
    total = x[0] * y[0]
    for a, b in zip(x[1:], y[1:], strict=True):
        total = total + a * b
    return total


def plain_linear(x: Sequence[Value], w: Sequence[Sequence[Value]]) -> list[Value]:
    return [plain_dot(row, x) for row in w]


def plain_mean(x: Sequence[Value]) -> Value:
    return sum(x) / len(x)


def plain_rmsnorm(x: Sequence[Value]) -> list[Value]:
    root = (plain_dot(x, x) / len(x) + 1e-5) ** 0.5
    return [v / root for v in x]


def plain_softmax(logits: Sequence[Value]) -> list[Value]:
    exponentials = [z.exp() for z in logits]
    return [e / sum(exponentials) for e in exponentials]


def plain_cross_entropy(logits: Sequence[Value], target: int) -> Value:
    return -plain_softmax(logits)[target].log()


def vector(*numbers: float) -> list[Value]:
    return [Value(x) for x in numbers]


def weigh(outputs: Any) -> Value:
    """One value out of all outputs, each with a weight of its own, so that none can hide."""
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return sum((i + 1.5) * out for i, out in enumerate(outputs))


def results(f: Callable[..., Any], inputs: list[float]) -> tuple[list[float], list[float]]:
    """Data of all outputs, and the gradient of their weighted sum."""
    values = vector(*inputs)
    outputs = f(values)
    weigh(outputs).backward()
    data = [v.data for v in outputs] if isinstance(outputs, list) else [outputs.data]
    return data, [v.grad for v in values]


FUSED = {
    "dot": (
        lambda v: nn.dot(v[:3], v[3:]),
        lambda v: plain_dot(v[:3], v[3:]),
    ),
    "dot of a vector with itself": (
        lambda v: nn.dot(v, v),
        lambda v: plain_dot(v, v),
    ),
    "linear": (
        lambda v: nn.linear(v[:2], [v[2:4], v[4:6]]),
        lambda v: plain_linear(v[:2], [v[2:4], v[4:6]]),
    ),
    "add": (
        lambda v: nn.add(v[:3], v[3:]),
        lambda v: [v[0] + v[3], v[1] + v[4], v[2] + v[5]],
    ),
    "relu": (nn.relu, lambda v: [x.relu() for x in v]),
    "mean": (nn.mean, plain_mean),
    "rmsnorm": (nn.rmsnorm, plain_rmsnorm),
    "softmax": (nn.softmax, plain_softmax),
    "cross_entropy": (
        lambda v: nn.cross_entropy(v, 2),
        lambda v: plain_cross_entropy(v, 2),
    ),
}
POINTS = [
    [0.3, -1.2, 2.0, 0.7, -0.4, 1.1],
    [-3.0, 0.01, 5.0, -0.5, 2.5, -7.0],
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
]


@pytest.mark.parametrize("name", FUSED)
def test_one_node_of_many_parents_equals_many_nodes_of_two(name):
    fused, plain = FUSED[name]
    for point in POINTS:
        data, grads = results(fused, point)
        plain_data, plain_grads = results(plain, point)
        assert data == pytest.approx(plain_data, rel=1e-12, abs=1e-14)
        assert grads == pytest.approx(plain_grads, rel=1e-12, abs=1e-13)


def torch_functions() -> dict[str, Callable[[Any], Any]]:
    import torch
    from torch.nn import functional as F

    return {
        "dot": lambda v: v[:3] @ v[3:],
        "dot of a vector with itself": lambda v: v @ v,
        "linear": lambda v: F.linear(v[:2], v[2:].view(2, 2)),
        "add": lambda v: v[:3] + v[3:],
        "relu": F.relu,
        "mean": torch.mean,
        "rmsnorm": lambda v: F.rms_norm(v, v.shape, eps=1e-5),
        "softmax": lambda v: F.softmax(v, dim=0),
        "cross_entropy": lambda v: F.cross_entropy(v, torch.tensor(2)),
    }


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", FUSED)
def test_a_function_of_vectors_agrees_with_pytorch(name):
    import torch

    for point in POINTS:
        data, grads = results(FUSED[name][0], point)
        v = torch.tensor(point, dtype=torch.float64, requires_grad=True)
        outputs = torch.atleast_1d(torch_functions()[name](v))
        (outputs * (torch.arange(len(outputs)) + 1.5)).sum().backward()
        assert data == pytest.approx(outputs.tolist(), rel=1e-12, abs=1e-15)
        assert grads == pytest.approx(v.grad.tolist(), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", ["dot", "linear", "add", "relu", "rmsnorm", "softmax"])
def test_plain_floats_give_exactly_the_data_of_values(name):
    f = FUSED[name][0]
    for point in [*POINTS, [0.1, 0.2, 0.3, -0.0, 0.0, 1e-300]]:
        outputs = f(point)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        assert all(type(x) is float for x in outputs)
        assert outputs == results(f, point)[0]


def test_a_weighted_sum_is_one_node():
    x, w = vector(1.0, 2.0), [vector(3.0, 4.0)]
    (out,) = nn.linear(x, w)
    assert out.data == 11.0
    assert set(out._prev) == {*x, *w[0]}


CHANGED_LATER = {
    "dot": lambda v, w: nn.dot(v, w),
    "linear": lambda v, w: weigh(nn.linear(v, [w, w])),
    "rmsnorm": lambda v, w: weigh(nn.rmsnorm(v)) + nn.dot(v, w),
    "softmax": lambda v, w: weigh(nn.softmax(v)) + nn.dot(v, w),
    "cross_entropy": lambda v, w: nn.cross_entropy(v, 0) + nn.cross_entropy(w, 1),
    "mean": lambda v, w: nn.mean(v) * nn.mean(w),
    "neuron": lambda v, w: nn.Neuron(2, nonlin=False, rng=Random(1))(v) + nn.dot(v, w),
}


@pytest.mark.parametrize("name", CHANGED_LATER)
def test_a_list_changed_after_its_use_does_not_change_the_gradient(name):
    def gradients(change: Callable[[list[Value]], object]) -> list[float]:
        v, w = vector(0.5, -2.0), vector(1.5, 0.25)
        leaves = [*v, *w]
        result = CHANGED_LATER[name](v, w)
        change(v)
        change(w)
        result.backward()
        return [leaf.grad for leaf in leaves]

    def in_place(x: list[Value]) -> None:
        x[0] = x[0] * 10  # as in a residual that is written into its own list

    expected = gradients(lambda x: None)
    assert all(expected)
    for change in (in_place, list.clear, list.reverse):
        assert gradients(change) == expected


# What does not fit is refused: a gradient that is wrong in silence is worse than an error.


@pytest.mark.parametrize("kind", [Value, float])
def test_vectors_of_different_length_have_no_dot_product(kind):
    x, y = [kind(1.0)] * 2, [kind(2.0)] * 3
    for a, b in ((x, y), (y, x)):
        with pytest.raises(ValueError, match=r"\b[23]\b.*\b[23]\b"):
            nn.dot(a, b)


@pytest.mark.parametrize("kind", [Value, float])
def test_a_row_of_another_length_than_the_vector_is_refused(kind):
    x = [kind(1.0)] * 2
    for row in ([kind(2.0)] * 3, [kind(2.0)]):
        with pytest.raises(ValueError, match=r"\b2\b"):
            nn.linear(x, [[kind(1.0)] * 2, row])


def test_vectors_of_different_length_are_not_added():
    with pytest.raises(ValueError, match=r"\w+"):
        nn.add(vector(1.0), vector(1.0, 2.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda v: nn.dot([0.5, 2.0], v),
        lambda v: nn.dot(v, [0.5, 2.0]),
        lambda v: nn.linear([0.5, 2.0], [v])[0],
        lambda v: nn.linear(v, [[0.5, 2.0]])[0],
        lambda v: nn.softmax([0.5, *v])[1],
        lambda v: nn.softmax([*v, 0.5])[1],
        lambda v: nn.rmsnorm([0.5, *v])[1],
        lambda v: nn.rmsnorm([*v, 0.5])[1],
    ],
    ids=[
        "dot, left",
        "dot, right",
        "linear, input",
        "linear, weights",
        "softmax, first",
        "softmax, last",
        "rmsnorm, first",
        "rmsnorm, last",
    ],
)
def test_floats_among_values_are_refused_or_the_gradient_is_right(f):
    values = vector(0.3, -1.2)
    try:
        result = f(values)
    except TypeError as refusal:
        assert "float" in str(refusal)
        return
    result.backward()
    h = 6e-6
    for i, v in enumerate(values):
        up, down = vector(0.3, -1.2), vector(0.3, -1.2)
        up[i].data += h
        down[i].data -= h
        numeric = (f(up).data - f(down).data) / (2 * h)
        assert v.grad == pytest.approx(numeric, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize(
    "f",
    [
        lambda: nn.mean([]),
        lambda: nn.softmax([]),
        lambda: nn.rmsnorm([]),
        lambda: nn.dot([], []),
        lambda: nn.linear([], [[]]),
    ],
    ids=["mean", "softmax", "rmsnorm", "dot", "linear"],
)
def test_an_empty_vector_is_refused_with_a_sentence(f):
    with pytest.raises(ValueError, match=r"is empty|at least one"):
        f()


# Softmax and cross-entropy.

logits = st.lists(st.floats(-30, 30), min_size=1, max_size=8)


def test_softmax_is_worked_out_by_hand():
    assert nn.softmax([0.0, math.log(3.0)]) == pytest.approx([0.25, 0.75], rel=1e-15)
    assert nn.softmax([5.0]) == [1.0]


@settings(derandomize=True, deadline=None)
@given(logits)
def test_probabilities_are_positive_and_sum_to_1(z):
    p = nn.softmax(z)
    assert all(0 < x <= 1 for x in p)
    assert sum(p) == pytest.approx(1.0, rel=1e-14)


@settings(derandomize=True, deadline=None)
@given(logits, st.floats(-100, 100))
def test_softmax_does_not_change_when_all_logits_move_together(z, shift):
    assert nn.softmax([x + shift for x in z]) == pytest.approx(nn.softmax(z), rel=1e-11)


@settings(derandomize=True, deadline=None)
@given(logits)
def test_a_shift_of_all_logits_has_slope_0(z):
    values = vector(*z)
    nn.cross_entropy(values, 0).backward()
    assert sum(v.grad for v in values) == pytest.approx(0.0, abs=1e-14)


@pytest.mark.parametrize(
    "z", [[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4], [1e4, 1e4 - 1, -1e4]]
)
def test_logits_of_ten_thousand_give_finite_probabilities_and_losses(z):
    p = nn.softmax(z)
    assert sum(p) == pytest.approx(1.0)
    for target in range(3):
        values = vector(*z)
        loss = nn.cross_entropy(values, target)
        loss.backward()
        assert math.isfinite(loss.data)
        assert [v.grad for v in values] == [x - (i == target) for i, x in enumerate(nn.softmax(z))]


def test_a_loss_of_ten_thousand_is_exact():
    assert nn.cross_entropy(vector(1e4, 0.0, -1e4), 1).data == 1e4
    assert nn.cross_entropy(vector(1e4, 0.0, -1e4), 2).data == 2e4


def test_large_logits_cost_the_loss_no_digits():
    expected = math.log(1 + math.exp(-1))
    assert nn.cross_entropy(vector(1e4, 1e4 - 1), 0).data == pytest.approx(
        expected, rel=1e-15, abs=0
    )


@pytest.mark.needs_torch
@pytest.mark.parametrize("z", [[1e4, 1e4 - 1, -1e4], [-1e4, 0.5, 0.25], [700.0, 710.0, 709.0]])
def test_losses_of_extreme_logits_agree_with_pytorch(z):
    import torch
    from torch.nn import functional as F

    for target in range(3):
        values = vector(*z)
        ours = nn.cross_entropy(values, target)
        ours.backward()
        tensor = torch.tensor(z, dtype=torch.float64, requires_grad=True)
        theirs = F.cross_entropy(tensor, torch.tensor(target))
        theirs.backward()
        assert ours.data == pytest.approx(theirs.item(), rel=1e-12, abs=0)
        assert [v.grad for v in values] == pytest.approx(tensor.grad.tolist(), rel=1e-12, abs=1e-15)


def test_a_masked_choice_has_exactly_no_probability():
    assert nn.softmax([0.0, -math.inf, 0.0]) == [0.5, 0.0, 0.5]
    values = vector(0.0, -math.inf, 0.0)
    nn.cross_entropy(values, 0).backward()
    assert [v.grad for v in values] == [-0.5, 0.0, 0.5]


@pytest.mark.parametrize("kind", [Value, float])
def test_a_row_in_which_everything_is_masked_is_refused(kind):
    with pytest.raises(ValueError, match=r"every choice is masked out.*Leave at least one"):
        nn.softmax([kind(-math.inf)] * 3)


def test_the_loss_of_a_row_in_which_everything_is_masked_is_refused():
    with pytest.raises(ValueError, match="every choice is masked out"):
        nn.cross_entropy(vector(-math.inf, -math.inf), 0)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_nan_among_logits_is_never_hidden(place):
    z = [1.0, 2.0, 3.0]
    z[place] = math.nan
    assert all(math.isnan(p) for p in nn.softmax(z))
    assert math.isnan(nn.cross_entropy(vector(*z), 1).data)


def test_a_nan_passes_through_relu_and_rmsnorm():
    assert math.isnan(nn.relu([math.nan])[0])
    assert math.isnan(nn.relu(vector(math.nan))[0].data)
    assert all(math.isnan(x) for x in nn.rmsnorm([1.0, math.nan]))


def test_equal_logits_surprise_by_the_logarithm_of_their_number():
    assert nn.cross_entropy(vector(*[0.3] * 27), 5).data == pytest.approx(math.log(27), rel=1e-15)


@pytest.mark.parametrize("target", [-1, 3, 27])
def test_a_target_out_of_range_is_refused(target):
    with pytest.raises(IndexError, match=rf"target {target} is not one of the 3 tokens, 0 to 2"):
        nn.cross_entropy(vector(1.0, 2.0, 3.0), target)


# RMSNorm.


def test_rmsnorm_makes_the_mean_square_about_1():
    out = nn.rmsnorm([3.0, -4.0])
    assert out == pytest.approx([3 / 12.50001**0.5, -4 / 12.50001**0.5], rel=1e-15)
    assert sum(x * x for x in out) / 2 == pytest.approx(1.0, rel=1e-5)


def test_rmsnorm_of_zeros_is_zeros_with_finite_slopes():
    x = vector(0.0, 0.0)
    out = nn.rmsnorm(x)
    weigh(out).backward()
    assert [v.data for v in out] == [0.0, 0.0]
    assert [v.grad for v in x] == pytest.approx([1.5 * 1e5**0.5, 2.5 * 1e5**0.5])


# Neuron, Layer, MLP.


def test_a_neuron_is_a_weighted_sum_plus_bias_with_a_kink():
    neuron = nn.Neuron(2)
    for p, data in zip(neuron.parameters(), [2.0, -3.0, 0.5], strict=True):
        p.data = data
    assert neuron([1.0, 0.25]).data == 1.75
    assert neuron([0.0, 1.0]).data == 0.0
    neuron.nonlin = False
    assert neuron([0.0, 1.0]).data == -2.5


def test_a_neuron_takes_values_and_numbers_side_by_side():
    neuron = nn.Neuron(3, nonlin=False, rng=Random(1))
    x = Value(0.5)
    neuron([x, 2, True]).backward()
    assert x.grad == neuron.w[0].data
    assert [p.grad for p in neuron.parameters()] == [0.5, 2.0, 1.0, 1.0]


@pytest.mark.parametrize("inputs", [[1.0], [1.0, 2.0, 3.0], []])
def test_a_neuron_refuses_another_number_of_inputs(inputs):
    with pytest.raises(ValueError, match=rf"2 weights and was given {len(inputs)} inputs"):
        nn.Neuron(2)(inputs)


def test_a_neuron_refuses_what_is_not_a_number():
    with pytest.raises(TypeError, match="this is str"):
        nn.Neuron(1)(["1"])


def test_a_layer_of_one_neuron_gives_its_output_alone():
    assert isinstance(nn.Layer(2, 1)([1.0, 2.0]), Value)
    assert len(nn.Layer(2, 3)([1.0, 2.0])) == 3


def test_a_layer_passes_nonlin_on():
    assert [neuron.nonlin for neuron in nn.Layer(1, 2, nonlin=False).neurons] == [False, False]


def test_only_the_last_layer_of_an_mlp_has_no_kink():
    mlp = nn.MLP(2, [3, 3, 1])
    assert [layer.neurons[0].nonlin for layer in mlp.layers] == [True, True, False]


def test_a_hidden_layer_may_have_a_single_neuron():
    mlp = nn.MLP(2, [1, 1, 2], rng=Random(0))
    first, second, third = mlp.layers
    x = [0.5, -1.0]
    assert [y.data for y in mlp(x)] == [y.data for y in third([second([first(x)])])]


def test_an_mlp_counts_its_parameters():
    assert len(nn.MLP(3, [4, 4, 1]).parameters()) == 4 * 4 + 4 * 5 + 5


def test_parts_print_what_they_are():
    assert repr(nn.MLP(2, [2, 1])) == (
        "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )


def test_zero_grad_sets_every_gradient_to_0():
    mlp = nn.MLP(2, [3, 1])
    mlp([1.0, 2.0]).backward()
    assert any(p.grad for p in mlp.parameters())
    mlp.zero_grad()
    assert all(p.grad == 0.0 for p in mlp.parameters())


def test_weights_are_drawn_in_micrograds_order_and_biases_start_at_0():
    random.seed(1337)
    layers = [
        [[random.uniform(-1, 1) for _ in range(nin)] for _ in range(nout)]
        for nin, nout in ((3, 4), (4, 2))
    ]
    random.seed(1337)
    mlp = nn.MLP(3, [4, 2])
    assert [[[w.data for w in n.w] for n in layer.neurons] for layer in mlp.layers] == layers
    assert [n.b.data for layer in mlp.layers for n in layer.neurons] == [0.0] * 6
    first = mlp.layers[0].neurons[0]
    assert mlp.parameters()[:4] == [*first.w, first.b]


def test_another_random_number_generator_can_be_passed_in():
    before = random.getstate()
    first, second = nn.MLP(2, [3, 1], rng=Random(7)), nn.MLP(2, [3, 1], rng=Random(7))
    assert random.getstate() == before
    assert [p.data for p in first.parameters()] == [p.data for p in second.parameters()]


def test_a_module_without_parameters_has_none():
    assert nn.Module().parameters() == []


@pytest.mark.needs_torch
def test_an_mlp_agrees_with_pytorch_given_its_weights():
    import torch

    mlp = nn.MLP(3, [5, 4, 2], rng=Random(3))
    for p in mlp.parameters():
        p.data += 0.05  # so that biases take part
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 5),
        torch.nn.ReLU(),
        torch.nn.Linear(5, 4),
        torch.nn.ReLU(),
        torch.nn.Linear(4, 2),
    ).double()
    for layer, linear in zip(mlp.layers, theirs[::2], strict=True):
        linear.weight.data = torch.tensor(
            [[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64
        )
        linear.bias.data = torch.tensor([n.b.data for n in layer.neurons], dtype=torch.float64)

    inputs = [0.7, -1.9, 0.4]
    x = vector(*inputs)
    weigh(mlp(x)).backward()
    tensor = torch.tensor(inputs, dtype=torch.float64, requires_grad=True)
    (theirs(tensor) * torch.tensor([1.5, 2.5])).sum().backward()

    assert [v.grad for v in x] == pytest.approx(tensor.grad.tolist(), rel=1e-12, abs=1e-15)
    for layer, linear in zip(mlp.layers, theirs[::2], strict=True):
        for n, w_grad, b_grad in zip(
            layer.neurons, linear.weight.grad.tolist(), linear.bias.grad.tolist(), strict=True
        ):
            assert [w.grad for w in n.w] == pytest.approx(w_grad, rel=1e-12, abs=1e-15)
            assert n.b.grad == pytest.approx(b_grad, rel=1e-12, abs=1e-15)


def test_a_neuron_as_one_node_equals_the_sum_spelled_out():
    neuron = nn.Neuron(3, rng=Random(5))

    def spelled_out(x: Sequence[Value]) -> Value:
        return sum((w * v for w, v in zip(neuron.w, x, strict=True)), neuron.b).relu()

    for f in (neuron, spelled_out):
        neuron.zero_grad()
        x = vector(0.9, 0.8, -0.7)
        result = f(x)
        result.backward()
        numbers = [result.data, *(v.grad for v in (*neuron.parameters(), *x))]
        if f is neuron:
            expected = numbers
    assert numbers == pytest.approx(expected, rel=1e-14)  # from 3.12 on, sum rounds less
    assert result.data > 0
