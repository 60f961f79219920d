"""Tensors: every operation against PyTorch and finite differences, and every shape that fits."""

from __future__ import annotations

import builtins
import gc
import math
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from micrograd import engine
from micrograd.engine import Value
from micrograd.fast import tensor
from micrograd.fast.tensor import Tensor, maximum, node, summed, topological_order

RNG = np.random.default_rng(5)
# A name, the expression, and the shapes of its operands. `m` is numpy's, torch's or our maximum.
OPERATIONS: list[tuple[str, Callable[..., Any], tuple[tuple[int, ...], ...]]] = [
    ("+", lambda x, y: x + y, ((2, 3), (2, 3))),
    ("+ stretched right", lambda x, y: x + y, ((2, 3), (3,))),
    ("+ stretched left", lambda x, y: x + y, ((3,), (4, 2, 3))),
    ("+ stretched both", lambda x, y: x + y, ((4, 1), (1, 3))),
    ("+ one number", lambda x, y: x + y, ((2, 3), ())),
    ("-", lambda x, y: x - y, ((2, 3), (2, 1))),
    ("*", lambda x, y: x * y, ((2, 3), (3,))),
    ("/", lambda x, y: x / y, ((2, 3), (2, 1))),
    ("constants", lambda x: 2 + (1 - x) * 3 / (2 / x) - x / 4 - 1, ((2, 3),)),
    ("negative", lambda x: -x, ((3,),)),
    ("** 2", lambda x: x**2, ((2, 3),)),
    ("** -1.5", lambda x: abs(x) ** -1.5, ((2, 3),)),
    ("** 0", lambda x: x**0, ((3,),)),
    ("abs", lambda x: abs(x), ((2, 3),)),
    ("exp", lambda x: x.exp(), ((2, 3),)),
    ("log", lambda x: abs(x).log(), ((2, 3),)),
    ("tanh", lambda x: x.tanh(), ((2, 3),)),
    ("relu", lambda x: x.relu(), ((4, 5),)),
    ("sum", lambda x: x.sum(), ((2, 3),)),
    ("sum of rows", lambda x: x.sum(1), ((2, 3),)),
    ("sum, axis kept", lambda x: x.sum(-1, True), ((2, 3),)),
    ("sum of two axes", lambda x: x.sum((0, 2)), ((2, 3, 4),)),
    ("mean", lambda x: x.mean(), ((2, 3),)),
    ("mean of columns", lambda x: x.mean(0), ((2, 3),)),
    ("reshape", lambda x: x.reshape(3, 2), ((2, 3),)),
    ("reshape, one size left open", lambda x: x.reshape(-1, 2), ((4, 3),)),
    ("T", lambda x: x.T, ((2, 3),)),
    ("a row", lambda x: x[1], ((2, 3),)),
    ("a slice", lambda x: x[:, 1:], ((2, 3),)),
    ("rows, one of them twice", lambda x: x[[0, 2, 0]], ((3, 2),)),
    ("one of each row", lambda x: x[[0, 1], [2, 0]], ((2, 3),)),
    ("@", lambda x, y: x @ y, ((2, 3), (3, 4))),
    ("@ vector", lambda x, y: x @ y, ((2, 3), (3,))),
    ("vector @", lambda x, y: x @ y, ((3,), (3, 4))),
    ("vector @ vector", lambda x, y: x @ y, ((3,), (3,))),
    ("@ of stacks", lambda x, y: x @ y, ((5, 2, 3), (5, 3, 4))),
    ("@ of a stack and a matrix", lambda x, y: x @ y, ((5, 2, 3), (3, 4))),
    ("@ of a matrix and a stack", lambda x, y: x @ y, ((2, 3), (5, 3, 4))),
    ("@ stretched", lambda x, y: x @ y, ((5, 1, 2, 3), (1, 4, 3, 2))),
    ("@ of a stack and a vector", lambda x, y: x @ y, ((5, 2, 3), (3,))),
    ("@ of a vector and a stack", lambda x, y: x @ y, ((3,), (5, 3, 2))),
    ("used twice", lambda x: x * x.exp() + x, ((2, 3),)),
    ("softmax", lambda x: x.exp() / x.exp().sum(-1, True), ((2, 3),)),
]
each_operation = pytest.mark.parametrize(
    ("f", "shapes"), [case[1:] for case in OPERATIONS], ids=[case[0] for case in OPERATIONS]
)


def some(shape: tuple[int, ...]) -> np.ndarray:
    """Numbers away from the kinks at 0."""
    return np.asarray(RNG.uniform(0.2, 2, shape) * RNG.choice([-1, 1], shape))


def gradients(f: Callable[..., Any], arrays: list[np.ndarray], weights: np.ndarray) -> list[Any]:
    tensors = [Tensor(a) for a in arrays]
    (f(*tensors) * weights).sum().backward()
    return [t.grad for t in tensors]


@pytest.mark.needs_torch
@each_operation
def test_results_and_gradients_are_pytorchs(f, shapes):
    import torch

    arrays = [some(shape) for shape in shapes]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    expected = f(*theirs)
    weights = some(tuple(expected.shape))
    (expected * torch.tensor(weights)).sum().backward()
    result = f(*map(Tensor, arrays))
    np.testing.assert_allclose(result.data, expected.detach().numpy(), rtol=1e-12, atol=1e-15)
    for ours, t in zip(gradients(f, arrays, weights), theirs, strict=True):
        np.testing.assert_allclose(ours, t.grad.numpy(), rtol=1e-12, atol=1e-14)


@each_operation
def test_gradients_are_finite_differences(f, shapes):
    arrays = [some(shape) for shape in shapes]
    weights = some(f(*map(Tensor, arrays)).shape)

    def loss() -> float:
        return float((f(*map(Tensor, arrays)) * weights).sum())

    h = 6e-6
    for a, grad in zip(arrays, gradients(f, arrays, weights), strict=True):
        assert grad.shape == a.shape
        for place in np.ndindex(a.shape):
            before = a[place]
            a[place] = before + h
            above = loss()
            a[place] = before - h
            difference = (above - loss()) / (2 * h)
            a[place] = before
            assert grad[place] == pytest.approx(difference, rel=1e-6, abs=1e-8)


@pytest.mark.needs_torch
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_the_largest_and_its_gradient_are_pytorchs(axis, keepdims):
    import torch

    a = np.array([[1.0, 3.0, 3.0], [2.0, 3.0, -1.0]])
    ours, theirs = Tensor(a), torch.tensor(a, requires_grad=True)
    expected = theirs.amax(() if axis is None else axis, keepdim=keepdims and axis is not None)
    result = ours.max(axis, keepdims)
    weights = some(result.shape)
    (result * weights).sum().backward()
    (expected * torch.tensor(weights.reshape(tuple(expected.shape)))).sum().backward()
    assert result.data.ravel().tolist() == expected.ravel().tolist()
    np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-12)


@pytest.mark.needs_torch
@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((2, 1), (3,))])
def test_the_maximum_of_two_and_its_gradients_are_pytorchs(shapes):
    import torch

    arrays = [RNG.integers(-1, 2, shape).astype(float) for shape in shapes]  # many equals
    ours, theirs = (
        [Tensor(a) for a in arrays],
        [torch.tensor(a, requires_grad=True) for a in arrays],
    )
    maximum(*ours).sum().backward()
    torch.maximum(*theirs).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        assert a.grad.tolist() == b.grad.tolist()


def test_the_axes_are_transposed_there_and_back():
    x = Tensor(some((2, 3, 4)))
    weights = some((4, 2, 3))
    y = x.transpose(2, 0, 1)
    (y * weights).sum().backward()
    assert y.data.tolist() == x.data.transpose(2, 0, 1).tolist()
    assert x.grad.tolist() == weights.transpose(1, 2, 0).tolist()


shapes_that_fit = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


@settings(derandomize=True, deadline=None)
@given(shapes_that_fit, st.sampled_from(["+", "-", "*", "/"]))
def test_whatever_is_stretched_gets_the_gradient_of_its_stretched_copy(shapes, sign):
    f = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
        "/": lambda x, y: x / y,
    }[sign]
    arrays = [some(shape) for shape in shapes.input_shapes]
    weights = some(shapes.result_shape)
    stretched = [np.broadcast_to(a, shapes.result_shape) for a in arrays]
    apart = gradients(f, stretched, weights)
    for a, grad, full in zip(arrays, gradients(f, arrays, weights), apart, strict=True):
        np.testing.assert_allclose(grad, summed(full, a.shape), rtol=1e-12, atol=1e-13)


@settings(derandomize=True, deadline=None)
@given(hnp.mutually_broadcastable_shapes(signature="(n,k),(k,m)->(n,m)", max_dims=2, max_side=3))
def test_products_of_stacks_have_the_gradients_of_their_matrices(shapes):
    arrays = [some(shape) for shape in shapes.input_shapes]
    weights = some(shapes.result_shape)
    ours = gradients(lambda x, y: x @ y, arrays, weights)
    by_hand = [weights @ arrays[1].mT, arrays[0].mT @ weights]
    for grad, full, a in zip(ours, by_hand, arrays, strict=True):
        np.testing.assert_allclose(grad, summed(full, a.shape), rtol=1e-12, atol=1e-12)


@settings(derandomize=True, deadline=None)
@given(
    st.lists(st.sampled_from(["+", "*", "tanh", "abs", "relu"]), min_size=1, max_size=8), st.data()
)
def test_of_single_numbers_a_tensor_is_a_value(signs, data):
    """Random graphs with reused nodes, through both engines."""
    start = data.draw(st.lists(st.floats(-2, 2), min_size=2, max_size=2))
    picks = [(data.draw(st.integers(0, 9)), data.draw(st.integers(0, 9))) for _ in signs]

    def result(kind: Callable[[float], Any]) -> tuple[Any, list[Any]]:
        leaves = [kind(number) for number in start]
        made = list(leaves)
        for sign, (i, j) in zip(signs, picks, strict=True):
            x, y = made[i % len(made)], made[j % len(made)]
            unary = {"tanh": lambda x: x.tanh(), "abs": abs, "relu": lambda x: x.relu()}
            made.append(x + y if sign == "+" else x * y if sign == "*" else unary[sign](x))
        made[-1].backward()
        return made[-1], leaves

    (ours, tensors), (expected, values) = result(Tensor), result(Value)
    assert float(ours) == pytest.approx(expected.data, rel=1e-12, abs=1e-300)
    for t, v in zip(tensors, values, strict=True):
        assert float(t.grad) == pytest.approx(v.grad, rel=1e-12, abs=1e-300)


# Special values: the outcomes of PyTorch, and nothing printed.

SPECIAL = [0.0, -0.0, 1.0, -2.0, math.inf, -math.inf, math.nan, 1e-320, 1e308]
ONE: dict[str, Callable[[Any], Any]] = {
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "tanh": lambda x: x.tanh(),
    "relu": lambda x: x.relu(),
    "abs": lambda x: abs(x),
    "** 2": lambda x: x**2,
    "** 0": lambda x: x**0,
    "** 0.5": lambda x: x**0.5,
    "** -1": lambda x: x**-1,
    "** 3.5": lambda x: x**3.5,
    "1 /": lambda x: 1 / x,
    "/ 0": lambda x: x / 0.0,
    "* 1e308": lambda x: x * 1e308,
    "- inf": lambda x: x - math.inf,
    "sum": lambda x: x.sum(),
}
TWO: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}


def compared(ours: list[Tensor], theirs: list[Any], result: Any, expected: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(result.data, expected.detach().numpy(), rtol=1e-12)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad, b.grad.numpy(), rtol=1e-12)


@pytest.mark.needs_torch
@pytest.mark.parametrize("f", ONE.values(), ids=ONE)
@pytest.mark.parametrize("number", SPECIAL)
def test_special_values_come_out_as_in_pytorch_and_silently(f, number, recwarn):
    import torch

    if f is ONE["** 0.5"] and number in (0.0, -math.inf):
        number = abs(number)  # PyTorch takes a root there, which knows -0.0, and NumPy a power
    ours, theirs = Tensor([number]), torch.tensor([number], dtype=torch.float64, requires_grad=True)
    compared([ours], [theirs], f(ours), f(theirs))
    assert not recwarn


@pytest.mark.needs_torch
@pytest.mark.parametrize("f", [*TWO.values(), None], ids=[*TWO, "max"])
def test_pairs_of_special_values_come_out_as_in_pytorch_and_silently(f, recwarn):
    import torch

    for a in SPECIAL:
        for b in SPECIAL:
            ours = [Tensor([a]), Tensor([b])]
            theirs = [torch.tensor([n], dtype=torch.float64, requires_grad=True) for n in (a, b)]
            results = (f(*ours), f(*theirs)) if f else (maximum(*ours), torch.maximum(*theirs))
            compared(ours, theirs, *results)
    assert not recwarn


def special_values() -> list[list[str]]:
    """The rows of the table on the module's page: expression, x, Value, Tensor, slope."""
    page = Path(__file__).parents[1] / "docs" / "modules" / "fast.tensor.md"
    table = page.read_text(encoding="utf-8").split("\n## Special values\n")[1].split("\n## ")[0]
    lines = [
        line for line in table.splitlines() if line.startswith("| `") and "Value" not in line[:9]
    ]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", special_values(), ids=lambda row: f"{row[0]} at {row[1]}")
def test_the_table_of_special_values_is_true_in_both_engines(row, recwarn):
    expression, number, of_value, of_tensor, slope = row
    kinds = ((Value, engine.maximum, of_value), (Tensor, maximum, of_tensor))
    for kind, max_of_two, outcome in kinds:
        x = kind(float(number))
        if outcome.endswith("Error"):
            with pytest.raises(getattr(builtins, outcome)):
                eval(expression, {"x": x, "maximum": max_of_two})
            continue
        result = eval(expression, {"x": x, "maximum": max_of_two})
        result.backward()
        assert repr(float(result.data)) == repr(float(outcome))
        if kind is Tensor or not of_value.endswith("Error"):
            assert repr(float(x.grad)) == repr(float(slope))
    assert not recwarn


# What an operation makes.


def test_a_tensor_has_the_parts_of_a_value():
    x = Tensor([1.0, 2.0], label="x")
    y = x * 3
    assert (y._prev, y._op, x.label, x._prev, x._op) == ((x,), "*", "x", (), "")
    assert y._local[0](np.array([1.0, 1.0])).tolist() == [3.0, 3.0]
    assert repr(x) == "Tensor([1., 2.], float64)"
    assert repr(x.sum()) == "Tensor(3., float64)"


def test_a_constant_is_no_parent():
    x = Tensor([1.0, 2.0])
    for y in (x + 1, np.ones(2) + x, x * [3.0, 4.0], 2 - x, np.float64(2) / x, np.eye(2) @ x):
        assert y._prev == (x,)
        assert isinstance(y, Tensor)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_constant_takes_over_the_precision(dtype):
    x = Tensor(some((2, 2)), dtype)
    results = [
        x + 1,
        x * np.float64(0.5),
        np.ones(2) / x,
        x @ np.eye(2),
        x**0.5,
        x.mean(0),
        x.max(),
    ]
    results += [x.relu(), abs(x), x.tanh(), x[[0, 0]], maximum(x, 0.0), x.T.reshape(4), -x]
    for y in results:
        assert y.data.dtype == dtype
        y.sum().backward()
        assert y.grad.dtype == dtype
    assert x.grad.dtype == dtype


def test_what_is_too_large_for_single_precision_is_inf_without_a_warning(recwarn):
    x = Tensor([1e300, 1.0], "float32")
    assert (x + 1e300).data.tolist() == [math.inf, math.inf]
    assert x.data.tolist() == [math.inf, 1.0]
    assert not recwarn


def test_two_precisions_give_the_larger_one_and_each_its_own_gradient():
    x, y = Tensor([1.0], "float32"), Tensor([2.0])
    z = (x * 2) * y
    z.sum().backward()
    assert [t.data.dtype for t in (x, y, z)] == ["float32", "float64", "float64"]
    assert [t.grad.dtype for t in (x, y, z)] == ["float32", "float64", "float64"]


def test_a_leaf_is_a_copy_and_whole_numbers_become_floats():
    a = np.array([1.0, 2.0])
    x = Tensor(a)
    x.data[0] = 5
    assert a[0] == 1.0
    for data in ([1, 2], [True, False], np.array([1, 2], np.int8), [Fraction(1, 1).numerator]):
        assert Tensor(data).data.dtype == np.float64
    assert float(Tensor(3)) == 3.0
    assert len(Tensor([1, 2])) == 2


def test_an_operation_of_ones_own():
    x = Tensor([1.0, 2.0])
    cubed = node(x.data**3, [x], [lambda g: g * 3 * x.data**2], "cube")
    cubed.sum().backward()
    assert x.grad.tolist() == [3.0, 12.0]
    with pytest.raises(ValueError, match=r"Parents of 'cube': 1, local derivatives: 2"):
        node(x.data, [x], [lambda g: g, lambda g: g], "cube")


# Going backward.


def test_a_second_backward_adds_to_the_leaves_and_starts_the_others_again():
    x = Tensor([2.0])
    y = x * x
    z = (y * 3).sum()
    z.backward()
    z.backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([24.0], [3.0])


def test_a_leaf_collects_in_place():
    x = Tensor([2.0, 3.0])
    grad = x.grad
    (x * x).sum().backward()
    assert grad is x.grad
    assert grad.tolist() == [4.0, 6.0]


def test_a_leaf_is_its_own_derivative():
    x = Tensor(3.0)
    x.backward()
    assert x.grad == 1.0


def test_what_is_handed_on_unchanged_to_two_parents_is_not_shared():
    x, y = Tensor([1.0]) * 1, Tensor([2.0]) * 1
    (x + y + x).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([2.0], [1.0])


def test_an_order_that_is_known_is_taken():
    x = Tensor([1.0])
    y = x * 2
    z = y.sum()
    z.backward([x, y, z])
    assert x.grad.tolist() == [2.0]
    assert topological_order(z) == [x, y, z]


def test_a_chain_of_a_hundred_thousand_runs_backward_and_is_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        y = x = Tensor([1.0])
        for _ in range(100_000):
            y = y + x
        y.sum().backward()
        del y
        assert x.grad.tolist() == [100_001.0]
        assert sum(type(thing) is Tensor for thing in gc.get_objects()) < 100
    finally:
        gc.enable()


def test_backward_needs_one_number():
    with pytest.raises(
        ValueError, match=r"one number, and this tensor has the shape \(2, 3\).*mean"
    ):
        Tensor(some((2, 3))).backward()


# Faults, each one sentence with the shapes.


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x, y: x + y, ["add", "(2, 3)", "(4,)", "equal, or one of them 1"]),
        (lambda x, y: y / x, ["divide", "(2, 3)", "(4,)"]),
        (lambda x, y: x * [1, 2], ["multiply", "(2, 3)", "[1, 2]"]),
        (lambda x, y: np.ones(5) - x, ["subtract", "(5,)", "(2, 3)"]),
        (lambda x, y: x @ y, ["matmul", "(2, 3)", "(4,)", "the last size of the first"]),
        (lambda x, y: x @ 2.0, ["matmul", "(2, 3)", "2.0"]),
        (lambda x, y: maximum(x, y), ["maximum", "(2, 3)", "(4,)"]),
        (lambda x, y: x.reshape(4, 2), ["reshape", "(2, 3)", "(4, 2)"]),
        (lambda x, y: x.transpose(0, 2), ["transpose", "(2, 3)", "(0, 2)"]),
        (lambda x, y: x.sum(2), ["sum", "(2, 3)", "2"]),
        (lambda x, y: x[2], ["index", "(2, 3)", "2"]),
        (lambda x, y: x.max(5), ["max", "(2, 3)", "5"]),
    ],
    ids=[*"abcdefghijkl", ""][:12],
)
def test_shapes_that_do_not_fit_are_shown(f, words):
    with pytest.raises((ValueError, IndexError)) as fault:
        f(Tensor(some((2, 3))), Tensor(some((4,))))
    for word in words:
        assert word in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("3", "str: '3'"),
        (None, "NoneType"),
        (1j, "complex"),
        ([1.0, None], "list"),
        ([Value(1.0)], "list"),
        (Tensor(1.0), "a Tensor already"),
        ([Tensor(1.0)], "list"),
        (np.array(["a"]), "ndarray"),
    ],
    ids=repr,
)
def test_what_is_not_numbers_is_refused_by_name(data, words):
    with pytest.raises(TypeError, match=words):
        Tensor(data)


def test_rows_of_uneven_length_are_refused():
    with pytest.raises(ValueError, match="not of one length"):
        Tensor([[1.0], [1.0, 2.0]])


@pytest.mark.parametrize("dtype", ["int64", "float16", "complex128"])
def test_other_precisions_are_refused(dtype):
    with pytest.raises(TypeError, match=f"float64 or float32, not {dtype}"):
        Tensor([1.0], dtype)


@pytest.mark.parametrize(
    "f",
    [lambda x: x**x, lambda x: 2**x, lambda x: x ** np.ones(2)],
    ids=["a Tensor", "a Tensor of a number", "an array"],
)
def test_an_exponent_that_is_no_plain_number_is_refused_with_the_way_to_write_it(f):
    with pytest.raises(TypeError, match=r"exponent.*exp\(\)"):
        f(Tensor([1.0, 2.0]))


def test_without_numpy_the_import_says_what_to_install(monkeypatch):
    import importlib
    import sys

    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "micrograd.fast.tensor")
    with pytest.raises(ImportError, match="pip install numpy"):
        importlib.import_module("micrograd.fast.tensor")
    assert tensor.Tensor is Tensor
