"""Arrays that remember how they were made: the idea of `Value`, with many numbers in each node.

A `Value` keeps, for each parent, its local derivative, a number, and the chain rule multiplies by
it. Between arrays a local derivative would be a table with a row for each number that comes out and
a column for each that goes in. Nobody writes it down. A `Tensor` keeps, for each parent, the
function that multiplies by that table: it takes the gradient of the result and returns the gradient
of the parent. All else is as in `micrograd.engine`.

    >>> x, w = Tensor([1.0, 2.0]), Tensor([[3.0, 4.0], [5.0, 6.0]])
    >>> loss = (x @ w).tanh().sum()
    >>> loss.backward()
    >>> w.grad.shape
    (2, 2)

Why it is faster: a node costs about as much as a `Value` does, and holds hundreds of numbers, over
which NumPy loops in compiled code. Notebook 09 climbs from the one to the other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, cast

from micrograd import engine

try:
    import numpy as np
    from numpy.typing import DTypeLike, NDArray
except ModuleNotFoundError:
    raise ImportError(
        "The modules of micrograd.fast need NumPy: pip install numpy, in the course's environment."
    ) from None

Array = NDArray[Any]
Local = Callable[[Any], Any]  # the gradient of a result to the gradient of one of its parents


class Tensor:
    """An array of real numbers, its gradient, and what it was made from.

    `data` is the array, of float64 or float32. `grad` has its shape: once `backward()` was called
    on a result, the derivative of that result with respect to each number; in a leaf, the sum over
    all such calls since it was set to 0. `_prev`, `_local`, `_op` and `label` are those of `Value`,
    except that the entries of `_local` are functions.

    A leaf copies what it is given. Operations share it, so change `data` after `backward()`, as an
    optimizer does, and not between an operation and `backward()`.
    """

    __slots__ = ("__dict__", "_local", "_op", "_prev", "data", "grad")

    __array_ufunc__ = None  # array * tensor is left to Tensor.__rmul__
    label = ""

    def __init__(self, data: Any, dtype: DTypeLike | None = None, label: str = "") -> None:
        with np.errstate(over="ignore"):  # inf, where float32 ends
            self.data: Array = np.array(numbers(data), dtype=dtype)
        if self.data.dtype not in (np.float64, np.float32):
            raise TypeError(f"A Tensor is of float64 or float32, not {self.data.dtype}.")
        self.grad: Any = np.zeros_like(self.data)
        self._prev: tuple[Tensor, ...] = ()
        self._local: tuple[Local, ...] = ()
        self._op = ""
        if label:
            self.label = label

    def __repr__(self) -> str:
        numbers = np.array2string(
            np.asarray(self.data), separator=", ", prefix="Tensor(", threshold=100
        )
        return f"Tensor({numbers}, {self.data.dtype})"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __len__(self) -> int:
        return len(self.data)

    def __float__(self) -> float:
        return float(self.data)

    # Of two operands one may be a number or an array: a constant, which needs no gradient.

    def __add__(self, other: Any) -> Tensor:
        return add(self, other)

    def __radd__(self, other: Any) -> Tensor:  # other + self
        return add(other, self)

    def __sub__(self, other: Any) -> Tensor:
        return subtract(self, other)

    def __rsub__(self, other: Any) -> Tensor:  # other - self
        return subtract(other, self)

    def __mul__(self, other: Any) -> Tensor:
        return multiply(self, other)

    def __rmul__(self, other: Any) -> Tensor:  # other * self
        return multiply(other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return divide(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:  # other / self
        return divide(other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Tensor:  # other @ self
        return matmul(other, self)

    def __neg__(self) -> Tensor:  # -self
        return multiply(self, -1.0)

    def __pow__(self, exponent: Any) -> Tensor:
        return power(self, exponent)

    def __rpow__(self, other: Any) -> Tensor:  # other ** self
        return power(other, self)

    def __abs__(self) -> Tensor:
        return absolute(self)

    def exp(self) -> Tensor:
        return exp(self)

    def log(self) -> Tensor:
        return log(self)

    def tanh(self) -> Tensor:
        return tanh(self)

    def relu(self) -> Tensor:
        return relu(self)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The sum of all, or along one axis or several; `keepdims` leaves an axis of length 1."""
        return sum_(self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        result = sum_(self, axis, keepdims)
        return result * (result.data.size / self.data.size if self.data.size else np.nan)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """The largest; equal ones share the gradient."""
        return max_(self, axis, keepdims)

    def reshape(self, *shape: int) -> Tensor:
        return reshape(self, shape)

    def transpose(self, *axes: int) -> Tensor:
        """The axes in this order; without any, in the reverse order."""
        return transpose(self, axes)

    @property
    def T(self) -> Tensor:
        return transpose(self, ())

    def __getitem__(self, index: Any) -> Tensor:
        """What NumPy gives for `data[index]`: a row, a slice, the rows whose numbers are listed."""
        return index_(self, index)

    def backward(self, order: Sequence[Tensor] = ()) -> None:
        """Set `grad` of everything this number was made from: d(this number)/d(that one).

        As in `Value.backward`: tensors made on the way start again from 0, leaves add to the
        gradient they have, in place, and `order` is a topological order where one is known.
        """
        if self.data.size != 1:
            raise ValueError(
                f"backward() starts from one number, and this tensor has the shape {self.shape}: "
                "take its sum or its mean first."
            )
        order = order or topological_order(self)
        for tensor in order:
            if tensor._prev:
                tensor.grad = None  # which stands for zeros, until there is something to add
        receive(self, np.ones(self.shape, self.data.dtype))
        with np.errstate(all="ignore"):
            for tensor in reversed(order):
                grad = tensor.grad
                for parent, local in zip(tensor._prev, tensor._local):  # noqa: B905, as in engine.py
                    receive(parent, local(grad))


Axis = int | tuple[int, ...] | None


def node(
    data: Any, parents: Sequence[Tensor], local_derivatives: Sequence[Local], op: str
) -> Tensor:
    """A tensor made from others: `local_derivatives[i]` is the rule for `parents[i]`.

    It takes the gradient of the result and returns the gradient of that parent, which it may leave
    in a shape that the parent was broadcast to. Every operation is made by this function, and yours
    can be:

        >>> x = Tensor([0.0, 0.0])
        >>> y = node(np.sin(x.data), [x], [lambda grad: grad * np.cos(x.data)], "sin")
        >>> y.sum().backward()
        >>> x.grad
        array([1., 1.])
    """
    if len(parents) != len(local_derivatives):
        raise ValueError(
            f"Parents of {op!r}: {len(parents)}, local derivatives: {len(local_derivatives)}; each "
            "parent needs one."
        )
    tensor = _new(Tensor)
    tensor.data = data
    tensor.grad = None
    tensor._prev = tuple(parents)
    tensor._local = tuple(local_derivatives)
    tensor._op = op
    return tensor


_new = object.__new__


def receive(tensor: Tensor, grad: Any) -> None:
    """Add a gradient to the one that `tensor` has."""
    data = tensor.data
    if grad.shape != data.shape:
        grad = summed(grad, data.shape)
    if grad.dtype != data.dtype:
        grad = grad.astype(data.dtype)
    if not tensor._prev:
        tensor.grad += grad  # in place: a leaf's gradient may be a window onto a larger array
    elif tensor.grad is None:
        tensor.grad = grad
    else:
        tensor.grad = tensor.grad + grad


def summed(grad: Array, shape: tuple[int, ...]) -> Array:
    """`grad` added up along the axes on which broadcasting had stretched `shape`.

    A number that was used in several places collects the gradients of all of them.

    >>> summed(np.array([[1.0, 2.0], [10.0, 20.0]]), (2,))
    array([11., 22.])
    >>> summed(np.array([[1.0, 2.0], [10.0, 20.0]]), (2, 1))
    array([[ 3.],
           [30.]])
    """
    new = grad.ndim - len(shape)
    stretched = [new + i for i, size in enumerate(shape) if size == 1 and grad.shape[new + i] != 1]
    result: Array = grad.sum(axis=(*range(new), *stretched), keepdims=True)
    return result.reshape(shape)


def topological_order(root: Tensor) -> list[Tensor]:
    """All tensors that `root` was made from, each after all of its parents, and `root`."""
    return engine.topological_order(cast(Any, root))  # type: ignore[return-value]


# The operations. Each states its result and its local derivatives, and nothing else: `a` and `b`
# are arrays, `x` and `y` what they were given as.


def operation(rule: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """What all operations do: inf and NaN come out as NumPy has them, silently; shapes must fit."""

    @functools.wraps(rule)
    def checked(*operands: Any) -> Tensor:
        try:
            with np.errstate(all="ignore"):
                return rule(*operands)
        except (ValueError, IndexError) as error:
            shapes = [str(np.shape(x)) for x in operands if isinstance(x, Tensor | np.ndarray)]
            others = [
                f" with {x!r:.60}" for x in operands if not isinstance(x, Tensor | np.ndarray)
            ]
            reason = str(error)
            if "broadcast" in reason:
                reason = "lined up from the right, sizes must be equal, or one of them 1"
            raise type(error)(
                f"{rule.__name__.rstrip('_')} of the shape {' and the shape '.join(shapes)}"
                f"{''.join(others[:1])}: {reason}."
            ) from None

    return checked


@operation
def add(x: Any, y: Any) -> Tensor:
    a, b = arrays(x, y)
    return of_two(a + b, x, y, lambda g: g, lambda g: g, "+")


@operation
def subtract(x: Any, y: Any) -> Tensor:
    a, b = arrays(x, y)
    return of_two(a - b, x, y, lambda g: g, lambda g: -g, "-")


@operation
def multiply(x: Any, y: Any) -> Tensor:
    a, b = arrays(x, y)
    return of_two(a * b, x, y, lambda g: g * b, lambda g: g * a, "*")


@operation
def divide(x: Any, y: Any) -> Tensor:
    a, b = arrays(x, y)
    return of_two(a / b, x, y, lambda g: g / b, lambda g: -g * (a / b) / b, "/")


@operation
def power(x: Any, exponent: Any) -> Tensor:
    if isinstance(exponent, Tensor | np.ndarray):
        raise TypeError(
            f"The exponent of ** must be a plain number, not {type(exponent).__name__}. For a "
            "power that depends on a Tensor, write (exponent * base.log()).exp()."
        )
    a, n = x.data, engine.number(exponent)
    return node(a**n, (x,), (lambda g: g * (n * a ** (n - 1) if n else 0.0),), f"**{exponent}")


@operation
def matmul(x: Any, y: Any) -> Tensor:
    """Rows of the first times columns of the second; a vector is one row, or one column."""
    a, b = arrays(x, y)
    rows = a[None, :] if a.ndim == 1 else a  # (..., n, k)
    columns = b[:, None] if b.ndim == 1 else b  # (..., k, m)
    if a.ndim == 0 or b.ndim == 0 or rows.shape[-1] != columns.shape[-2]:
        raise ValueError("the last size of the first must be the last but one of the second")
    product = rows @ columns  # (..., n, m)
    shape = product.shape

    def of_rows(g: Array) -> Array:
        return summed(g.reshape(shape) @ columns.mT, rows.shape).reshape(a.shape)

    def of_columns(g: Array) -> Array:
        return summed(rows.mT @ g.reshape(shape), columns.shape).reshape(b.shape)

    vectors = tuple(axis for axis, given in ((-2, a), (-1, b)) if given.ndim == 1)
    return of_two(product.squeeze(vectors), x, y, of_rows, of_columns, "@")


@operation
def maximum(x: Any, y: Any) -> Tensor:
    """The larger of two, number by number; equal ones share the gradient, half each."""
    a, b = arrays(x, y)
    of_a, of_b = (np.where(a == b, 0.5, ~less) for less in (a < b, a > b))  # both, where one is NaN
    return of_two(np.maximum(a, b), x, y, lambda g: g * of_a, lambda g: g * of_b, "max")


@operation
def absolute(x: Tensor) -> Tensor:  # at 0 the slope is 0
    a = x.data
    sign = (a > 0).astype(a.dtype) - (a < 0)
    return node(abs(a), (x,), (lambda g: g * sign,), "abs")


@operation
def exp(x: Tensor) -> Tensor:
    result = np.exp(x.data)
    return node(result, (x,), (lambda g: g * result,), "exp")


@operation
def log(x: Tensor) -> Tensor:
    a = x.data
    return node(np.log(a), (x,), (lambda g: g / a,), "log")


@operation
def tanh(x: Tensor) -> Tensor:
    result = np.tanh(x.data)
    return node(result, (x,), (lambda g: g * (1 - result * result),), "tanh")


@operation
def relu(x: Tensor) -> Tensor:  # at 0 the slope is 0; the test keeps NaN a NaN
    off = x.data <= 0
    return node(np.where(off, 0, x.data), (x,), (lambda g: np.where(off, 0, g),), "ReLU")


@operation
def sum_(x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    shape = x.shape
    back = functools.partial(with_axes, axis=axis, keepdims=keepdims)
    result = x.data.sum(axis=axis, keepdims=keepdims)
    return node(result, (x,), (lambda g: np.broadcast_to(back(g), shape),), "sum")


@operation
def max_(x: Tensor, axis: Axis, keepdims: bool) -> Tensor:
    back = functools.partial(with_axes, axis=axis, keepdims=keepdims)
    result = x.data.max(axis=axis, keepdims=keepdims)
    hits = x.data == back(result)
    share = hits / hits.sum(axis=axis, keepdims=True)
    return node(result, (x,), (lambda g: back(g) * share,), "max")


def with_axes(g: Array, axis: Axis, keepdims: bool) -> Array:
    """`g` with the axes at length 1 over which a sum or maximum was taken."""
    return g if axis is None or keepdims else np.expand_dims(g, axis)


@operation
def reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    before = x.shape
    return node(x.data.reshape(shape), (x,), (lambda g: g.reshape(before),), "reshape")


@operation
def transpose(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    order = axes or tuple(reversed(range(x.data.ndim)))
    back = np.argsort([axis % x.data.ndim for axis in order])
    return node(x.data.transpose(order), (x,), (lambda g: g.transpose(back),), "transpose")


@operation
def index_(x: Tensor, where: Any) -> Tensor:
    a = x.data

    def back(g: Array) -> Array:
        grad = np.zeros_like(a)
        np.add.at(grad, where, g)  # what was picked twice collects both
        return grad

    return node(a[where], (x,), (back,), "[]")


# What comes in.


def of_two(data: Any, x: Any, y: Any, local_x: Local, local_y: Local, op: str) -> Tensor:
    """The node of an operation with two operands, of which a constant is no parent."""
    if not isinstance(x, Tensor):
        return node(data, (y,), (local_y,), op)
    if not isinstance(y, Tensor):
        return node(data, (x,), (local_x,), op)
    return node(data, (x, y), (local_x, local_y), op)


def arrays(x: Any, y: Any) -> tuple[Any, Any]:
    """The numbers of two operands; a constant takes over the other's precision."""
    if isinstance(x, Tensor):
        return x.data, y.data if isinstance(y, Tensor) else constant(y, x.data.dtype)
    return constant(x, y.data.dtype), y.data


def constant(data: Any, dtype: DTypeLike) -> Array:
    return np.asarray(numbers(data), dtype=dtype)


def numbers(data: Any) -> Array:
    """`data` as an array of floats: whole numbers become floats; text and the like is refused."""
    if isinstance(data, Tensor):
        raise TypeError("This is a Tensor already: use it, or its .data, as it is.")
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError(
            f"The rows of this list are not of one length, so it is no table: {data!r:.60}."
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(
            "A Tensor holds real numbers, given as a number, a list, a list of rows or an array; "
            f"and this is {type(data).__name__}: {data!r:.60}."
        )
    return array if array.dtype in (np.float64, np.float32) else array.astype(np.float64)
