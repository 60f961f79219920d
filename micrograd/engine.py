"""Numbers that remember how they were made, so that a result can be asked what it depends on.

Every operation on a `Value` keeps two things beside its result: the values it was made from, and
the local derivative with respect to each of them, which is the rate at which the result moves when
that one value moves. The chain rule is then one loop, `backward`: it knows no operation, and no
operation knows it.

    >>> x, w = Value(3.0), Value(2.0)
    >>> loss = (x * w - 10.0) ** 2
    >>> loss.backward()
    >>> loss.data, w.grad
    (16.0, -24.0)

Notebooks 03a and 03b build this file step by step. The class answers to the same names as Andrej
Karpathy's micrograd (https://github.com/karpathy/micrograd), where the idea at this size is from.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from numbers import Real
from typing import Any


class Value:
    """One real number, its gradient, and what it was made from.

    `data` is the number. `grad` is the derivative of a result with respect to this value, once
    `backward()` was called on that result; in a leaf, which was made from nothing, the sum over
    all such calls since it was set to 0. `_prev` holds the parents, `_local` the derivative with
    respect to each parent, `_op` the name of the operation; `label` is your name for it in
    pictures.
    """

    # Slots keep a node small; `__dict__` leaves room for what callers hang on a value.
    __slots__ = ("__dict__", "_local", "_op", "_prev", "data", "grad")

    __array_ufunc__ = None  # numpy_number * value is left to Value.__rmul__
    label = ""

    def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str = "") -> None:
        if _children:
            raise TypeError(
                "A Value made from others needs the local derivative for each of them, or its "
                "gradient would be wrong in silence: use "
                "node(data, parents, local_derivatives, op) from micrograd.engine."
            )
        self.data = number(data)
        self.grad = 0.0
        self._prev: tuple[Value, ...] = ()
        self._local: tuple[float, ...] = ()
        self._op = _op
        if label:
            self.label = label

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    # The operations. Each states its result and its local derivatives, and nothing else.

    def __add__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return node(self.data + other.data, (self, other), (1.0, 1.0), "+")
        return node(self.data + number(other), (self,), (1.0,), "+")

    def __sub__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return node(self.data - other.data, (self, other), (1.0, -1.0), "-")
        return node(self.data - number(other), (self,), (1.0,), "-")

    def __mul__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return node(self.data * other.data, (self, other), (other.data, self.data), "*")
        factor = number(other)
        return node(self.data * factor, (self,), (factor,), "*")

    def __truediv__(self, other: Any) -> Value:
        if not isinstance(other, Value):
            divisor = number(other)
            return node(divide(self.data, divisor), (self,), (divide(1.0, divisor),), "/")
        quotient = divide(self.data, other.data)
        return node(quotient, (self, other), (1.0 / other.data, -quotient / other.data), "/")

    def __pow__(self, exponent: Any) -> Value:
        if isinstance(exponent, Value):
            raise TypeError(
                "The exponent of ** must be a plain number, not a Value. For a power that depends "
                "on a Value, write (exponent * base.log()).exp()."
            )
        result, slope = power(self.data, number(exponent))
        return node(result, (self,), (slope,), f"**{exponent}")

    def exp(self) -> Value:
        try:
            result = math.exp(self.data)
        except OverflowError:
            raise OverflowError(
                f"exp({self.data:g}) overflows: it is too large for a float, which ends near "
                "exp(709.78). Make its input smaller; for softmax, subtract the largest input."
            ) from None
        return node(result, (self,), (result,), "exp")

    def log(self) -> Value:
        if self.data <= 0:
            raise ValueError(
                f"log({self.data:g}) does not exist: the logarithm needs a number above 0. "
                "A probability of exactly 0 is the usual cause."
            )
        return node(math.log(self.data), (self,), (1.0 / self.data,), "log")

    def tanh(self) -> Value:
        result = math.tanh(self.data)
        return node(result, (self,), (1.0 - result * result,), "tanh")

    def relu(self) -> Value:  # at 0 the slope is 0; the test keeps NaN a NaN
        if self.data <= 0:
            return node(0.0, (self,), (0.0,), "ReLU")
        return node(self.data, (self,), (1.0,), "ReLU")

    def __abs__(self) -> Value:  # at 0 the slope is 0
        sign = float(self.data > 0) - float(self.data < 0)
        return node(abs(self.data), (self,), (sign,), "abs")

    # The rest is said in terms of the above.

    def __neg__(self) -> Value:  # -self
        return self * -1.0

    def __radd__(self, other: Any) -> Value:  # other + self
        return self.__add__(other)

    def __rsub__(self, other: Any) -> Value:  # other - self
        return node(number(other) - self.data, (self,), (-1.0,), "-")

    def __rmul__(self, other: Any) -> Value:  # other * self
        return self.__mul__(other)

    def __rtruediv__(self, other: Any) -> Value:  # other / self
        quotient = divide(number(other), self.data)
        return node(quotient, (self,), (-quotient / self.data,), "/")

    def __rpow__(self, other: Any) -> Value:  # other ** self
        return Value(other) ** self

    def _no_backward_function(self, *_: object) -> None:
        raise AttributeError(
            "A Value keeps local derivatives, not a _backward function. Make a node of your own "
            "with node(data, parents, local_derivatives, op) from micrograd.engine."
        )

    _backward = property(_no_backward_function, _no_backward_function)

    def backward(self, order: Sequence[Value] = ()) -> None:
        """Set `grad` of everything this value was made from: d(this value)/d(that one).

        Values made on the way start again from 0, so a second call is right. Those that nothing
        was computed from, such as weights, add to the gradient they already have, so that several
        losses can share one update: set theirs to 0 in between (`zero_grad`).

        `order` is a topological order of all that was made on the way, where one is known already
        (`recorded`).
        """
        order = order or topological_order(self)
        for value in order:
            if value._prev:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            grad = value.grad
            for parent, local in zip(value._prev, value._local):
                parent.grad += local * grad


def node(
    data: float, parents: Sequence[Value], local_derivatives: Sequence[float], op: str
) -> Value:
    """A value made from others: `local_derivatives[i]` is d(result)/d(parents[i]).

    Every operation is made by this function, and yours can be:

        >>> import math
        >>> x = Value(0.0)
        >>> y = node(math.sin(x.data), [x], [math.cos(x.data)], "sin")
        >>> y.backward()
        >>> x.grad
        1.0
    """
    if len(parents) != len(local_derivatives):
        raise ValueError(
            f"Parents of {op!r}: {len(parents)}, local derivatives: {len(local_derivatives)}; each "
            "parent needs one."
        )
    value = _new(Value)
    value.data = data
    value.grad = 0.0
    value._prev = tuple(parents)
    value._local = tuple(local_derivatives)
    value._op = op
    if _tape.values is not None:
        _tape.values.append(value)
    return value


_new = object.__new__


class _Tape(threading.local):
    values: list[Value] | None = None


_tape = _Tape()


@contextmanager
def recorded() -> Iterator[list[Value]]:
    """Collect the values that operations make, in the order of their making.

    A value is made after its parents, so this is a topological order for which nobody has to
    search. A value made before the block counts as a leaf: it collects a gradient and hands none
    on.

        >>> x = Value(3.0)
        >>> with recorded() as order:
        ...     y = x * x + x
        >>> y.backward(order)
        >>> x.grad
        7.0
    """
    inner: list[Value] = []
    outer, _tape.values = _tape.values, inner
    try:
        yield inner
    finally:
        _tape.values = outer
        if outer is not None:
            outer += inner


def topological_order(root: Value) -> list[Value]:
    """All values that `root` was made from, and `root`: each after all of its parents.

    A depth-first walk with a stack of its own instead of recursion, so that depth costs nothing.
    A value whose parents have all been seen is listed at once. Each of them is listed already: one
    that was seen and not listed would be waiting for this value, and nothing is made from itself.
    Any other value is pushed back under its parents with a `None` on top; meeting that `None` again
    means that all of its parents are in the list.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = [root]
    while stack:
        value = stack.pop()
        if value is None:
            order.append(stack.pop())  # type: ignore[arg-type]
        elif value not in seen:
            seen.add(value)
            if seen.issuperset(value._prev):
                order.append(value)
            else:
                stack += (value, None, *value._prev[::-1])
    return order


def maximum(a: Value | float, b: Value | float) -> Value:
    """The larger of two values; equal ones share the gradient, half each."""
    a, b = (x if isinstance(x, Value) else Value(x) for x in (a, b))
    if math.isnan(a.data) or math.isnan(b.data):
        return node(math.nan, (a, b), (math.nan, math.nan), "max")
    share = 0.5 if a.data == b.data else float(a.data > b.data)
    return node(max(a.data, b.data), (a, b), (share, 1.0 - share), "max")


# The arithmetic of plain numbers, with the limits said in words.


def number(data: Any) -> float:
    """`data` as a float: int, bool, Fraction and NumPy scalars are numbers; text is not."""
    if not isinstance(data, Real) and type(data).__name__ not in ("bool", "bool_"):
        hints = {
            "str": "Turn text into a number first, with float(...).",
            "NoneType": "A function that ends without `return` gives None.",
            "complex": "The square root of a negative number may be where it came from.",
            "Value": "It is a Value already.",
        }
        one, many = "Turn it into a float first.", "Make one Value for each number in it."
        raise TypeError(
            f"A Value holds one real number, and this is {type(data).__name__}: {data!r:.60}. "
            + hints.get(type(data).__name__, many if hasattr(data, "__len__") else one)
        )
    try:
        return float(data)
    except OverflowError:
        raise OverflowError("This whole number is too large for a float (about 1.8e308).") from None


def divide(numerator: float, denominator: float) -> float:
    if denominator == 0:
        raise ZeroDivisionError(
            f"{numerator:g} / 0 does not exist: the divisor is 0. If it may reach 0, add a small "
            "constant to it."
        )
    return numerator / denominator


def power(base: float, n: float) -> tuple[float, float]:
    """base ** n and its slope n * base ** (n - 1), where both exist as real numbers."""
    if base == 0 and n < 0:
        raise ZeroDivisionError(f"0 ** {n:g} divides by 0, so it does not exist.")
    if base == 0 and 0 < n < 1:
        raise ValueError(
            f"The slope of x ** {n:g} is infinite at x = 0. Add a small constant under the root."
        )
    if -math.inf < base < 0 and math.isfinite(n) and not n.is_integer():
        raise ValueError(
            f"({base:g}) ** {n:g} is not a real number: a negative base takes whole exponents only."
        )
    try:
        return base**n, n * base ** (n - 1) if n else 0.0
    except OverflowError:
        raise OverflowError(
            f"{base:g} ** {n:g}, or its slope, is too large for a float (about 1.8e308)."
        ) from None
