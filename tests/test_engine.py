"""The engine: every operation, every special value, and backward through any graph."""

import cmath
import gc
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd.engine import Value, maximum, node, recorded, topological_order

# What each operation gives, worked out by hand.


def after_backward(f: Callable[..., Value], *inputs: float) -> tuple[float, ...]:
    """The result of `f` and its derivatives with respect to each of the inputs."""
    values = [Value(x) for x in inputs]
    result = f(*values)
    result.backward()
    return result.data, *(v.grad for v in values)


@pytest.mark.parametrize(
    ("f", "inputs", "expected"),
    [
        (lambda a, b: a + b, (2.0, 3.0), (5.0, 1.0, 1.0)),
        (lambda a, b: a - b, (2.0, 3.0), (-1.0, 1.0, -1.0)),
        (lambda a, b: a * b, (2.0, 3.0), (6.0, 3.0, 2.0)),
        (lambda a, b: a / b, (3.0, 2.0), (1.5, 0.5, -0.75)),
        (lambda a: a**3, (2.0,), (8.0, 12.0)),
        (lambda a: a**0.5, (4.0,), (2.0, 0.25)),
        (lambda a: a**-1, (2.0,), (0.5, -0.25)),
        (lambda a: (-2.0 * a) ** 3, (1.0,), (-8.0, -24.0)),
        (lambda a: -a, (2.0,), (-2.0, -1.0)),
        (lambda a: 1 + a, (2.0,), (3.0, 1.0)),
        (lambda a: 1 - a, (2.0,), (-1.0, -1.0)),
        (lambda a: 3 * a, (2.0,), (6.0, 3.0)),
        (lambda a: 3 / a, (2.0,), (1.5, -0.75)),
        (lambda a: a.exp(), (0.0,), (1.0, 1.0)),
        (lambda a: a.log(), (1.0,), (0.0, 1.0)),
        (lambda a: a.tanh(), (0.0,), (0.0, 1.0)),
        (lambda a: a.relu(), (2.0,), (2.0, 1.0)),
        (lambda a: a.relu(), (-2.0,), (0.0, 0.0)),
        (lambda a: abs(a), (2.0,), (2.0, 1.0)),
        (lambda a: abs(a), (-2.0,), (2.0, -1.0)),
        (maximum, (2.0, 3.0), (3.0, 0.0, 1.0)),
        (maximum, (3.0, 2.0), (3.0, 1.0, 0.0)),
    ],
)
def test_an_operation_gives_the_result_and_slopes_worked_out_by_hand(f, inputs, expected):
    assert after_backward(f, *inputs) == expected


def test_the_loss_of_the_smallest_network_is_worked_out_by_hand():
    x, y, w1, w2 = Value(2.0), Value(1.0), Value(0.5), Value(3.0)
    h = w1 * x  # 1
    prediction = w2 * h  # 3
    loss = (prediction - y) ** 2  # 4
    loss.backward()
    assert loss.data == 4.0
    assert prediction.grad == 4.0  # 2 * (3 - 1)
    assert w2.grad == 4.0  # 4 * h
    assert h.grad == 12.0  # 4 * w2
    assert w1.grad == 24.0  # 12 * x


# Every operation against three judges.


@dataclass(frozen=True)
class Operation:
    """`f` is written once, for Values and PyTorch alike; `on_complex` only where it is analytic."""

    name: str
    f: Callable[[Any, Any], Any]
    points: list[tuple[float, float]]
    on_complex: Callable[[complex, complex], complex] | None = None


ANYWHERE = [(0.7, 1.9), (-1.3, 0.8), (1.5, -1.7), (-0.2, -3.1)]
POSITIVE = [(0.7, 1.9), (2.5, 0.3), (0.2, 1.0), (31.0, 7.0)]


def arithmetic(name: str, f: Callable[[Any, Any], Any], points=ANYWHERE) -> Operation:
    return Operation(name, f, points, on_complex=f)


OPERATIONS = [
    arithmetic("a + b", lambda a, b: a + b),
    arithmetic("a - b", lambda a, b: a - b),
    arithmetic("a * b", lambda a, b: a * b),
    arithmetic("a / b", lambda a, b: a / b),
    arithmetic("a + 2", lambda a, b: a + 2),
    arithmetic("2 + a", lambda a, b: 2 + a),
    arithmetic("a - 2", lambda a, b: a - 2),
    arithmetic("2 - a", lambda a, b: 2 - a),
    arithmetic("a * 3", lambda a, b: a * 3),
    arithmetic("3 * a", lambda a, b: 3 * a),
    arithmetic("a / 4", lambda a, b: a / 4),
    arithmetic("4 / a", lambda a, b: 4 / a),
    arithmetic("-a", lambda a, b: -a),
    arithmetic("a ** 0", lambda a, b: a**0),
    arithmetic("a ** 1", lambda a, b: a**1),
    arithmetic("a ** 2", lambda a, b: a**2),
    arithmetic("a ** 3", lambda a, b: a**3),
    arithmetic("a ** -1", lambda a, b: a**-1),
    arithmetic("a ** -2", lambda a, b: a**-2),
    arithmetic("a ** 0.5", lambda a, b: a**0.5, POSITIVE),
    arithmetic("a ** -1.5", lambda a, b: a**-1.5, POSITIVE),
    arithmetic("a * a", lambda a, b: a * a),
    arithmetic("(a + b) * (a - b)", lambda a, b: (a + b) * (a - b)),
    Operation("exp(a)", lambda a, b: a.exp(), ANYWHERE, lambda a, b: cmath.exp(a)),
    Operation("log(a)", lambda a, b: a.log(), POSITIVE, lambda a, b: cmath.log(a)),
    Operation("tanh(a)", lambda a, b: a.tanh(), ANYWHERE, lambda a, b: cmath.tanh(a)),
    Operation(
        "tanh(exp(a) / b)",
        lambda a, b: (a.exp() / b).tanh(),
        ANYWHERE,
        lambda a, b: cmath.tanh(cmath.exp(a) / b),
    ),
    Operation("relu(a)", lambda a, b: a.relu(), ANYWHERE),
    Operation("abs(a)", lambda a, b: abs(a), ANYWHERE),
]

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda case: case.name)


@every_operation
def test_an_operation_agrees_with_central_differences(operation):
    def result(a: float, b: float) -> float:
        return operation.f(Value(a), Value(b)).data

    h = 6e-6
    for a, b in operation.points:
        _, grad_a, grad_b = after_backward(operation.f, a, b)
        numeric_a = (result(a + h, b) - result(a - h, b)) / (2 * h)
        numeric_b = (result(a, b + h) - result(a, b - h)) / (2 * h)
        assert grad_a == pytest.approx(numeric_a, rel=1e-7, abs=1e-8)
        assert grad_b == pytest.approx(numeric_b, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.on_complex], ids=lambda case: case.name
)
def test_an_analytic_operation_agrees_with_the_complex_step(operation):
    h = 1e-30  # nothing is subtracted, so the step can be as small as this
    for a, b in operation.points:
        value, grad_a, grad_b = after_backward(operation.f, a, b)
        along_a = operation.on_complex(complex(a, h), complex(b))
        along_b = operation.on_complex(complex(a), complex(b, h))
        assert value == pytest.approx(along_a.real, rel=1e-13)
        assert grad_a == pytest.approx(along_a.imag / h, rel=1e-13, abs=1e-300)
        assert grad_b == pytest.approx(along_b.imag / h, rel=1e-13, abs=1e-300)


@pytest.mark.needs_torch
@every_operation
def test_an_operation_agrees_with_pytorch(operation):
    import torch

    for a, b in operation.points:
        ours = after_backward(lambda a, b, f=operation.f: f(a, b) * 1.7, a, b)
        ta, tb = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (a, b))
        result = operation.f(ta, tb) * 1.7
        result.backward()
        theirs = (t.item() if t is not None else 0.0 for t in (result, ta.grad, tb.grad))
        assert ours == pytest.approx(tuple(theirs), rel=1e-12, abs=0)


@pytest.mark.needs_torch
@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (3.0, 2.0), (2.0, 2.0), (-0.5, 0.5)])
def test_maximum_agrees_with_pytorch(a, b):
    import torch

    ta, tb = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (a, b))
    result = torch.maximum(ta, tb)
    result.backward()
    expected = (result.item(), ta.grad.item(), tb.grad.item())
    assert after_backward(maximum, a, b) == expected


# The table of special values: one row, one test.


def test_relu_at_0_is_0_with_slope_0():
    assert after_backward(lambda a: a.relu(), 0.0) == (0.0, 0.0)
    assert after_backward(lambda a: a.relu(), -0.0) == (0.0, 0.0)


def test_abs_at_0_is_0_with_slope_0():
    assert after_backward(abs, 0.0) == (0.0, 0.0)


@pytest.mark.needs_torch
def test_relu_and_abs_at_0_are_as_in_pytorch():
    import torch

    for ours, theirs in ((lambda a: a.relu(), torch.relu), (abs, torch.abs)):
        x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
        y = theirs(x)
        y.backward()
        assert after_backward(ours, 0.0) == (y.item(), x.grad.item())


def test_maximum_of_equals_shares_the_gradient_half_each():
    assert after_backward(maximum, 2.0, 2.0) == (2.0, 0.5, 0.5)


def test_maximum_of_a_value_and_itself_passes_the_whole_gradient():
    assert after_backward(lambda a: maximum(a, a), 2.0) == (2.0, 1.0)


def test_0_to_the_power_0_is_1_with_slope_0():
    assert after_backward(lambda a: a**0, 0.0) == (1.0, 0.0)


def test_the_square_of_0_has_slope_0_and_its_first_power_slope_1():
    assert after_backward(lambda a: a**2, 0.0) == (0.0, 0.0)
    assert after_backward(lambda a: a**1, 0.0) == (0.0, 1.0)


@pytest.mark.parametrize("root", [0.5, 0.25, 0.999])
def test_a_root_at_0_is_refused_because_its_slope_is_infinite(root):
    with pytest.raises(ValueError, match=r"slope.*infinite.*Add a small constant"):
        Value(0.0) ** root


@pytest.mark.parametrize("exponent", [-1, -0.5, -2])
def test_0_to_a_negative_power_is_refused(exponent):
    with pytest.raises(ZeroDivisionError, match="does not exist"):
        Value(0.0) ** exponent


@pytest.mark.parametrize("exponent", [0.5, -0.5, 1.5, Fraction(1, 3)])
def test_a_negative_base_to_a_fraction_is_refused_and_never_complex(exponent):
    with pytest.raises(ValueError, match=r"not a real number.*whole exponents"):
        Value(-2.0) ** exponent


def test_a_value_as_exponent_is_refused_with_exp_and_log_as_the_way():
    with pytest.raises(TypeError, match=r"log\(\)\)\.exp\(\)"):
        Value(2.0) ** Value(3.0)
    with pytest.raises(TypeError, match=r"log\(\)\)\.exp\(\)"):
        2.0 ** Value(3.0)
    with pytest.raises(TypeError, match=r"log\(\)\)\.exp\(\)"):
        np.float64(2.0) ** Value(3.0)


def test_the_way_named_for_a_value_as_exponent_works():
    result, slope_of_base, slope_of_exponent = after_backward(
        lambda base, exponent: (exponent * base.log()).exp(), 2.0, 3.0
    )
    assert result == pytest.approx(8.0, rel=1e-14)
    assert slope_of_base == pytest.approx(12.0, rel=1e-14)
    assert slope_of_exponent == pytest.approx(8.0 * math.log(2.0), rel=1e-14)


@pytest.mark.parametrize("x", [0.0, -0.0, -1.0, -math.inf])
def test_the_logarithm_of_0_or_less_is_refused_with_its_cause(x):
    with pytest.raises(ValueError, match=r"needs a number above 0.*probability"):
        Value(x).log()


@pytest.mark.parametrize(
    "divide",
    [
        lambda x: x / 0,
        lambda x: x / 0.0,
        lambda x: x / -0.0,
        lambda x: x / Value(0.0),
        lambda x: 1.0 / (x - x),
        lambda x: (x - x) / Value(0.0),
    ],
    ids=["int", "float", "negative zero", "Value", "reflected", "0 / 0"],
)
def test_division_by_0_is_refused_in_more_words_than_pythons(divide):
    with pytest.raises(ZeroDivisionError, match=r"the divisor is 0.*add a small constant"):
        divide(Value(3.0))


@pytest.mark.parametrize("x", [710.0, 1e4, 1e308])
def test_exp_of_a_large_number_is_refused_and_never_inf_in_silence(x):
    with pytest.raises(OverflowError, match=r"overflows.*709"):
        Value(x).exp()


def test_exp_of_a_very_negative_number_is_0():
    assert after_backward(lambda a: a.exp(), -1e4) == (0.0, 0.0)


def test_a_power_too_large_for_a_float_is_refused():
    with pytest.raises(OverflowError, match="too large"):
        Value(1e200) ** 2


def test_a_whole_number_too_large_for_a_float_is_refused():
    with pytest.raises(OverflowError, match="too large"):
        Value(10**400)


def test_inf_put_in_by_the_caller_is_carried_on_and_backward_works():
    assert after_backward(lambda a: 2 * a + 1, math.inf) == (math.inf, 2.0)
    assert after_backward(lambda a: a.exp(), math.inf) == (math.inf, math.inf)
    assert after_backward(lambda a: a.log(), math.inf) == (math.inf, 0.0)
    assert after_backward(lambda a: a.tanh(), math.inf) == (1.0, 0.0)
    assert after_backward(lambda a: a.relu(), math.inf) == (math.inf, 1.0)
    assert after_backward(lambda a: a.relu(), -math.inf) == (0.0, 0.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: a + 1,
        lambda a: 1 - a,
        lambda a: a * 0.0,
        lambda a: 1 / a,
        lambda a: a**2,
        lambda a: a.exp(),
        lambda a: a.log(),
        lambda a: a.tanh(),
        lambda a: a.relu(),
        lambda a: abs(a),
        lambda a: maximum(a, Value(1.0)),
        lambda a: maximum(Value(1.0), a),
    ],
    ids=["+", "-", "* 0", "/", "**", "exp", "log", "tanh", "relu", "abs", "max", "max reflected"],
)
def test_a_nan_put_in_by_the_caller_is_never_hidden_and_backward_works(f):
    x = Value(math.nan)
    result = f(x)
    result.backward()
    assert math.isnan(result.data)


def test_inf_minus_inf_is_nan_as_floats_do():
    x = Value(math.inf)
    assert math.isnan((x - x).data)


def test_denormals_and_cancelling_sums_are_as_floats_do():
    tiny = Value(5e-324)
    assert (tiny / 2).data == 0.0
    assert (tiny * 1.0).data == 5e-324
    assert ((Value(1e16) + 1.0) - 1e16).data == (1e16 + 1.0) - 1e16
    assert (Value(0.1) + 0.2).data == 0.1 + 0.2


# What may stand beside a Value.

NUMBERS = [3, True, 0.25, Fraction(1, 4), np.float64(0.25), np.float32(0.25), np.int64(3), np.True_]
every_kind_of_number = pytest.mark.parametrize("n", NUMBERS, ids=map(repr, NUMBERS))


@every_kind_of_number
def test_a_number_on_either_side_is_a_float(n):
    x = float(n)
    for f in (
        lambda a, n: a + n,
        lambda a, n: n + a,
        lambda a, n: a - n,
        lambda a, n: n - a,
        lambda a, n: a * n,
        lambda a, n: n * a,
        lambda a, n: a / n,
        lambda a, n: n / a,
        lambda a, n: a**n,
    ):
        result = f(Value(1.5), n)
        assert type(result) is Value
        assert type(result.data) is float
        assert (result.data, result._local) == (f(Value(1.5), x).data, f(Value(1.5), x)._local)
        assert all(type(slope) is float for slope in result._local)


@every_kind_of_number
def test_a_value_made_of_a_number_holds_a_float(n):
    assert type(Value(n).data) is float
    assert Value(n).data == float(n)


NOT_NUMBERS = [
    ("str", "2"),
    ("NoneType", None),
    ("list", [2.0]),
    ("tuple", (2.0,)),
    ("dict", {}),
    ("complex", 2j),
    ("ndarray", np.array([1.0, 2.0])),
    ("ndarray", np.array(2.0)),
    ("complex128", np.complex128(1.0)),
    ("builtin_function_or_method", len),
]


@pytest.mark.parametrize(("name", "thing"), NOT_NUMBERS, ids=[repr(t) for _, t in NOT_NUMBERS])
def test_what_is_not_a_number_is_refused_by_its_name(name, thing):
    x = Value(1.0)
    for attempt in (
        lambda: Value(thing),
        lambda: x + thing,
        lambda: thing + x,
        lambda: x - thing,
        lambda: thing - x,
        lambda: x * thing,
        lambda: thing * x,
        lambda: x / thing,
        lambda: thing / x,
        lambda: x**thing,
    ):
        with pytest.raises(TypeError, match=rf"one real number, and this is {name}\b"):
            attempt()


def test_a_value_inside_a_value_is_refused():
    with pytest.raises(TypeError, match="It is a Value already"):
        Value(Value(1.0))


def test_a_long_wrong_thing_is_not_printed_at_length():
    with pytest.raises(TypeError) as refusal:
        Value("x" * 10_000)
    assert len(str(refusal.value)) < 300


# A Value as an object.


def test_a_value_remembers_parents_in_order_and_operation():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    assert c._prev == (a, b)
    assert c._op == "*"
    assert a._prev == ()
    assert a._op == ""


def test_equality_and_hash_are_identity():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert len({a, b, a}) == 2


def test_a_value_prints_its_data_and_gradient():
    a = Value(2)
    (a * 3).backward()
    assert repr(a) == "Value(data=2.0, grad=3.0)"


def test_a_label_can_be_given_or_set_and_is_empty_otherwise():
    assert Value(1.0, label="w").label == "w"
    result = Value(1.0) + 1
    assert result.label == ""
    result.label = "h"
    assert result.label == "h"
    assert Value(1.0).label == ""


def test_children_without_local_derivatives_are_refused_with_our_way():
    with pytest.raises(TypeError, match=r"node\(data, parents, local_derivatives, op\)"):
        Value(3.0, (Value(1.0), Value(2.0)), "+")


def test_a_backward_function_is_refused_with_our_way():
    result = Value(1.0) + 1
    with pytest.raises(AttributeError, match=r"node\(data, parents, local_derivatives, op\)"):
        result._backward = lambda: None
    with pytest.raises(AttributeError, match=r"node\(data, parents, local_derivatives, op\)"):
        result._backward()


def test_an_operation_of_ones_own_takes_part_in_backward():
    def sine(x: Value) -> Value:
        return node(math.sin(x.data), [x], [math.cos(x.data)], "sin")

    assert after_backward(lambda x: 3 * sine(2 * x), 0.25) == (
        3 * math.sin(0.5),
        6 * math.cos(0.5),
    )


def test_a_node_may_have_many_parents_and_the_same_one_twice():
    a, b = Value(1.0), Value(2.0)
    result = node(0.0, [a, b, a], [10.0, 20.0, 300.0], "mine")
    result.backward()
    assert (a.grad, b.grad) == (310.0, 20.0)


def test_the_order_of_making_serves_as_topological_order():
    x = Value(3.0)
    with recorded() as order:
        y = x * x + x
    y.backward(order)
    assert x.grad == 7.0


def test_an_inner_record_is_part_of_the_outer_one():
    x = Value(3.0)
    with recorded() as outer:
        a = x * 2
        with recorded():
            b = a * a
        c = b + 1
    c.backward(outer)
    assert x.grad == 24.0


def test_nothing_is_recorded_outside_of_the_block():
    with recorded() as order:
        Value(1.0) + 1
    Value(1.0) + 2
    assert [value.data for value in order] == [2.0]


def test_a_record_ends_also_when_the_block_fails():
    with pytest.raises(ZeroDivisionError), recorded() as order:
        Value(1.0) / 0
    Value(1.0) + 2
    assert order == []


@pytest.mark.parametrize("slopes", [[], [1.0], [1.0, 2.0, 3.0]])
def test_a_node_needs_a_local_derivative_for_each_parent(slopes):
    with pytest.raises(ValueError, match=rf"of 'mine': 2, local derivatives: {len(slopes)}"):
        node(0.0, [Value(1.0), Value(2.0)], slopes, "mine")


# Backward.


def test_a_value_used_twice_collects_both_gradients():
    assert after_backward(lambda a: a + a, 3.0) == (6.0, 2.0)
    assert after_backward(lambda a: a * a, 3.0) == (9.0, 6.0)


def test_the_paths_of_a_diamond_are_added():
    def diamond(x: Value) -> Value:
        h = x * 2
        left, right = h * 3, h * 5
        return left * right  # 60 x²

    assert after_backward(diamond, 1.5) == (135.0, 180.0)


def test_a_diamond_with_arms_of_different_length_waits_for_the_longer_one():
    def lopsided(x: Value) -> Value:
        h = x * 2
        return h + ((h * 3) * 5) * 7  # 212 x

    assert after_backward(lopsided, 1.0) == (212.0, 212.0)


def test_backward_on_a_leaf_gives_it_the_slope_1():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_backward_on_a_leaf_adds_to_the_gradient_it_has():
    x = Value(3.0)
    (x * 5).backward()
    x.backward()
    assert x.grad == 6.0


def test_the_root_has_the_gradient_1_after_every_backward():
    root = Value(3.0) * 2
    root.backward()
    root.backward()
    assert root.grad == 1.0


def test_a_second_backward_adds_the_same_again_in_the_leaves_only():
    x = Value(3.0)
    h = x * x
    loss = h * h
    loss.backward()
    once = (x.grad, h.grad)
    loss.backward()
    assert once == (108.0, 18.0)
    assert (x.grad, h.grad) == (216.0, 18.0)


def test_two_losses_that_share_a_part_accumulate_like_their_sum():
    def losses(w: Value) -> tuple[Value, Value]:
        shared = (w * 3).tanh()
        return shared * 2, shared**2

    apart = Value(0.3)
    for loss in losses(apart):
        loss.backward()
    together = Value(0.3)
    first, second = losses(together)
    (first + second).backward()
    assert apart.grad == pytest.approx(together.grad, rel=1e-15)


def test_the_gradient_of_a_batch_is_the_sum_of_its_parts():
    w, inputs = Value(0.7), [0.5, -1.0, 2.0]
    parts = []
    for x in inputs:
        w.grad = 0.0
        (w * x).tanh().backward()
        parts.append(w.grad)
    w.grad = 0.0
    sum((w * x).tanh() for x in inputs).backward()
    assert w.grad == pytest.approx(sum(parts), rel=1e-15)


def test_without_setting_gradients_to_0_the_next_ones_come_on_top():
    w = Value(1.0)
    for expected in (2.0, 4.0, 6.0):
        (w * 2).backward()
        assert w.grad == expected


def test_data_edited_between_forward_and_backward_leaves_the_gradient_of_the_forward():
    a, b = Value(2.0), Value(3.0)
    result = a * b
    a.data = b.data = 100.0
    result.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)
    assert result.data == 6.0


def test_backward_changes_no_data():
    x = Value(0.5)
    h = x.exp()
    loss = h * x
    before = [v.data for v in (x, h, loss)]
    loss.backward()
    assert [v.data for v in (x, h, loss)] == before


def test_a_branch_that_the_result_does_not_need_keeps_its_gradient():
    x = Value(2.0)
    bystander = x * 10
    bystander.backward()
    (x * 3).backward()
    assert bystander.grad == 1.0
    assert x.grad == 13.0


def test_a_derivative_is_linear_in_the_function():
    def f(x: Value) -> Value:
        return x.tanh()

    def g(x: Value) -> Value:
        return x**3

    combined = after_backward(lambda x: 2 * f(x) - 5 * g(x), 0.4)[1]
    assert combined == pytest.approx(
        2 * after_backward(f, 0.4)[1] - 5 * after_backward(g, 0.4)[1], rel=1e-14
    )


# Depth, breadth and memory.


def values_alive() -> int:
    return sum(type(thing) is Value for thing in gc.get_objects())


def chain(x: Value, length: int) -> Value:
    for _ in range(length):
        x = x + 1.0
    return x


def check_chain(length: int) -> None:
    """A chain of this length runs backward, and is freed with the collector off."""
    gc.collect()
    gc.disable()
    try:
        x = Value(0.0)
        before = values_alive()
        end = chain(x, length)
        end.backward()
        assert (end.data, x.grad) == (length, 1.0)
        del end
        assert values_alive() == before
    finally:
        gc.enable()


def test_a_chain_of_a_hundred_thousand_runs_backward_and_is_freed():
    check_chain(100_000)


@pytest.mark.slow
def test_a_chain_of_a_million_runs_backward_and_is_freed():
    check_chain(1_000_000)


@pytest.mark.full
def test_a_chain_of_ten_million_runs_backward_and_is_freed():
    check_chain(10_000_000)


def test_a_graph_with_astronomically_many_paths_is_walked_once():
    x = Value(1.0)
    top = x
    for _ in range(1000):
        top = top + top
    top.backward()
    assert x.grad == 2.0**1000
    assert len(topological_order(top)) == 1001


def test_a_sum_of_a_hundred_thousand_runs_backward():
    leaves = [Value(1.0) for _ in range(100_000)]
    total = sum(leaves)
    total.backward()
    assert total.data == 100_000.0
    assert all(leaf.grad == 1.0 for leaf in leaves)


def test_a_graph_has_no_reference_cycles_for_the_collector_to_find():
    gc.collect()
    gc.disable()
    try:
        x = Value(0.5, label="x")
        loss = (maximum(x.exp() / 3, x * x).log().tanh() - 1).relu() + abs(-x) ** 2 + 1 / x
        loss.backward()
        loss.backward()
        del x, loss
        assert gc.collect() == 0
    finally:
        gc.enable()


# Any graph at all.

# Each keeps numbers of at most 2 in size at most 2 in size, so that no graph overflows.
STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "half sum": lambda a, b: (a + b) * 0.5,
    "half difference": lambda a, b: 0.5 * (a - b),
    "half product": lambda a, b: a * b / 2,
    "quotient": lambda a, b: a / (b * b + 1),
    "reflected quotient": lambda a, b: 1 / (2 + a) if a.data > -1.4 else 1 - a / 2,
    "square": lambda a, b: a**2 / 2,
    "cube": lambda a, b: 0.25 * a**3,
    "root": lambda a, b: (a * a + 0.1) ** 0.5 - 0.1,
    "negative": lambda a, b: -a,
    "exp": lambda a, b: (a - 2).exp(),
    "log": lambda a, b: (a * a + 1).log(),
    "tanh": lambda a, b: a.tanh(),
    "relu": lambda a, b: a.relu(),
    "abs": lambda a, b: abs(a),
}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[float], list[tuple[str, int, int]]]:
    """Inputs, and steps that each take two earlier results, often the same one several times."""
    inputs = draw(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=4))
    steps: list[tuple[str, int, int]] = []
    for count in range(len(inputs), len(inputs) + draw(st.integers(1, 12))):
        place = st.integers(0, count - 1)
        steps.append((draw(st.sampled_from(sorted(STEPS))), draw(place), draw(place)))
    return inputs, steps


def run(inputs: list[Any], steps: list[tuple[str, int, int]]) -> list[Any]:
    results = list(inputs)
    for name, i, j in steps:
        results.append(STEPS[name](results[i], results[j]))
    return results


class Dual:
    """A number and its derivative along one direction, carried forward: no graph, no backward."""

    def __init__(self, data: float, slope: float = 0.0) -> None:
        self.data, self.slope = data, slope

    def __add__(self, other: Any) -> "Dual":
        other = dual(other)
        return Dual(self.data + other.data, self.slope + other.slope)

    def __mul__(self, other: Any) -> "Dual":
        other = dual(other)
        return Dual(self.data * other.data, self.slope * other.data + self.data * other.slope)

    def __truediv__(self, other: Any) -> "Dual":
        other = dual(other)
        slope = (self.slope * other.data - self.data * other.slope) / other.data**2
        return Dual(self.data / other.data, slope)

    def __pow__(self, n: float) -> "Dual":
        return Dual(self.data**n, n * self.data ** (n - 1) * self.slope)

    def __neg__(self) -> "Dual":
        return Dual(-self.data, -self.slope)

    def __sub__(self, other: Any) -> "Dual":
        return self + -dual(other)

    def __rsub__(self, other: Any) -> "Dual":
        return dual(other) - self

    def __rtruediv__(self, other: Any) -> "Dual":
        return dual(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> "Dual":
        return Dual(math.exp(self.data), math.exp(self.data) * self.slope)

    def log(self) -> "Dual":
        return Dual(math.log(self.data), self.slope / self.data)

    def tanh(self) -> "Dual":
        return Dual(math.tanh(self.data), self.slope / math.cosh(self.data) ** 2)

    def relu(self) -> "Dual":
        return self if self.data > 0 else Dual(0.0)

    def __abs__(self) -> "Dual":
        if self.data == 0:
            return Dual(0.0)
        return self if self.data > 0 else -self


def dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(float(x))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(graphs())
def test_any_graph_agrees_with_forward_mode_dual_numbers(graph):
    inputs, steps = graph
    leaves = [Value(x) for x in inputs]
    root = run(leaves, steps)[-1]
    root.backward()
    for i, leaf in enumerate(leaves):
        duals = [Dual(x, float(i == j)) for j, x in enumerate(inputs)]
        expected = run(duals, steps)[-1]
        assert root.data == pytest.approx(expected.data, rel=1e-12, abs=1e-12)
        assert leaf.grad == pytest.approx(expected.slope, rel=1e-10, abs=1e-10)


@pytest.mark.needs_torch
@settings(derandomize=True, deadline=None, max_examples=100)
@given(graphs())
def test_any_graph_agrees_with_pytorch(graph):
    import torch

    inputs, steps = graph
    leaves = [Value(x) for x in inputs]
    root = run(leaves, steps)[-1]
    root.backward()
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    theirs = run(tensors, steps)[-1]
    theirs.backward()
    assert root.data == pytest.approx(theirs.item(), rel=1e-12, abs=1e-12)
    for leaf, tensor in zip(leaves, tensors, strict=True):
        expected = 0.0 if tensor.grad is None else tensor.grad.item()
        assert leaf.grad == pytest.approx(expected, rel=1e-10, abs=1e-10)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(graphs())
def test_topological_order_lists_each_ancestor_once_and_after_all_its_parents(graph):
    root = run([Value(x) for x in graph[0]], graph[1])[-1]
    ancestors, waiting = set(), [root]
    while waiting:
        value = waiting.pop()
        if value not in ancestors:
            ancestors.add(value)
            waiting += value._prev

    order = topological_order(root)
    position = {value: i for i, value in enumerate(order)}
    assert len(order) == len(position)
    assert set(order) == ancestors
    assert order[-1] is root
    assert all(position[parent] < position[v] for v in order for parent in v._prev)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(graphs(), st.integers(1, 3))
def test_backward_called_again_adds_exactly_the_same_again(graph, more):
    leaves = [Value(x) for x in graph[0]]
    root = run(leaves, graph[1])[-1]
    if not root._prev:
        return
    root.backward()
    once = [leaf.grad for leaf in leaves]
    for _ in range(more):
        root.backward()
    assert [leaf.grad for leaf in leaves] == pytest.approx([(more + 1) * g for g in once])
