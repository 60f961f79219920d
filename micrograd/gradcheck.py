"""Derivatives by nudging: the slow and certain way that every faster way is checked against.

A derivative says how fast a result moves when an input moves. So move the input a little and look.
Notebook 01 builds `slope` and `gradient`, notebook 02 uses them on two weights, and notebook 03b
turns `gradcheck` on the learner's own engine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.engine import Value

# Nudging both ways errs by about h² (the curve bends) plus 1e-16 / h (floats round). The sum is
# least near the cube root of 1e-16.
STEP = 6e-6


def slope(f: Callable[[float], float], x: float, h: float = STEP) -> float:
    """The slope of `f` at `x`, from a nudge of `h` to either side.

    >>> round(slope(lambda x: x * x, 3.0), 6)
    6.0
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def gradient(
    f: Callable[[Sequence[float]], float], point: Sequence[float], h: float = STEP
) -> list[float]:
    """One slope for each coordinate of `point`, the others held still.

    >>> [round(g, 6) for g in gradient(lambda p: p[0] ** 2 + 3 * p[1], [1.0, 5.0])]
    [2.0, 3.0]
    """

    def along(i: int) -> Callable[[float], float]:
        return lambda x: f([*point[:i], x, *point[i + 1 :]])

    return [slope(along(i), x, h) for i, x in enumerate(point)]


@dataclass(frozen=True)
class Comparison:
    """One coordinate: the derivative from the graph beside the one from nudging."""

    point: float
    analytic: float
    numeric: float

    @property
    def error(self) -> float:
        """The difference, relative to the larger of the two and to 1."""
        return abs(self.analytic - self.numeric) / max(1.0, abs(self.analytic), abs(self.numeric))


def gradcheck(f: Callable[..., Any], point: Sequence[float]) -> list[Comparison]:
    """Compare `f(*values).backward()` with nudging, one coordinate at a time.

    `f` takes as many values as `point` has numbers and returns one. An `error` of 1e-6 or more in
    any `Comparison` means that a local derivative is wrong, or that `point` is at a kink.

    >>> [check.error < 1e-6 for check in gradcheck(lambda a, b: a * b + a.exp(), [0.5, 2.0])]
    [True, True]
    """
    inputs = [Value(x) for x in point]
    result = f(*inputs)
    if not isinstance(result, Value):
        raise TypeError(f"f must return a Value, and it returned {result!r:.60}.")
    result.backward()
    numeric = gradient(lambda p: f(*map(Value, p)).data, point)
    return [Comparison(v.data, v.grad, n) for v, n in zip(inputs, numeric, strict=True)]
