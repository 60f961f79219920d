"""Copy, compare and show what a learner's function takes and gives, however odd or deep it is.

Nothing here recurses, so a list nested a million deep is as harmless as a number, and nothing
calls the learner's own `__repr__`, `__eq__` or `__len__` outside the guard. NumPy's arrays count as
the lists of numbers that they hold; NumPy itself is never imported.
"""

from __future__ import annotations

import copy
import math
import reprlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from numbers import Real
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any

ATOMS = (type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)
LEAVES = (int, float, str, NoneType)
TOLERANCE = 1e-6  # relative to the expected number, and never under 1e-12


@dataclass(frozen=True)
class Other:
    """In the place of a result that is neither a number nor made of numbers."""

    type_name: str

    def __repr__(self) -> str:
        return f"an object of the type {self.type_name}"


class Whole(float):
    """In the place of an int: compared as any number, and shown without .0."""

    def __repr__(self) -> str:
        return str(int(self))


# -------------------------------------------------------------------------------------- copying


def copied(thing: Any) -> Any:
    """A deep copy; functions, classes and modules stay what they are."""
    return rebuilt(thing, leaf=lambda item: item, open_objects=True)


def plain(thing: Any) -> Any:
    """The thing as lists, tuples, dicts, floats, bools, texts and None; what is else is `Other`."""
    return rebuilt(thing, leaf=plain_leaf, open_objects=False)


def plain_leaf(item: Any) -> Any:
    if item is None or isinstance(item, bool):
        return item
    if isinstance(item, str):
        return str.__str__(item)
    if isinstance(item, Real):
        return Whole(item) if isinstance(item, int) else float(item)
    return Other(type(item).__name__)


def rebuilt(thing: Any, leaf: Callable[[Any], Any], open_objects: bool) -> Any:
    """Build the same structure anew, each thing once, with `leaf` applied to what has no parts."""
    done: dict[int, Any] = {}
    alive = []  # so that no id is given twice
    to_fill: list[tuple[Any, Any]] = []
    stack: list[tuple[Any, bool]] = [(thing, False)]
    while stack:
        item, parts_are_done = stack.pop()
        if id(item) in done:
            continue
        alive.append(item)
        if isinstance(item, tuple):
            if parts_are_done:
                done[id(item)] = tuple(done[id(part)] for part in tuple.__iter__(item))
                continue
            stack.append((item, True))
        elif isinstance(item, (list, dict)):
            done[id(item)] = [] if isinstance(item, list) else {}
            to_fill.append((item, done[id(item)]))
        elif open_objects and isinstance(item, Random):
            done[id(item)] = copy.copy(item)  # at the same place in its sequence
            continue
        elif is_array(item):
            done[id(item)] = item.copy() if open_objects else plain(item.tolist())
            continue
        elif open_objects and attributes(item):
            done[id(item)] = object.__new__(type(item))
            to_fill.append((item, done[id(item)]))
        else:
            done[id(item)] = leaf(item)
            continue
        stack.extend((part, False) for part in parts(item))
    for old, new in to_fill:
        if isinstance(new, list):
            new.extend(done[id(part)] for part in list.__iter__(old))
        elif isinstance(new, dict):
            for key, part in dict.items(old):
                new[key if open_objects else plain(key)] = done[id(part)]
        else:
            for name, part in attributes(old).items():
                object.__setattr__(new, name, done[id(part)])
    return done[id(thing)]


def is_array(item: Any) -> bool:
    """Whether it is one of NumPy's arrays, told without NumPy, which need not be there."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(item, numpy.ndarray)


def parts(item: Any) -> Iterator[Any]:
    if isinstance(item, dict):
        return iter(dict.values(item))
    if isinstance(item, list):
        return list.__iter__(item)
    if isinstance(item, tuple):
        return tuple.__iter__(item)
    return iter(attributes(item).values())


def attributes(item: Any) -> dict[str, Any]:
    """What an object of somebody's own class holds; nothing for numbers, texts and functions."""
    if isinstance(item, ATOMS) or type(item).__module__ == "builtins":
        return {}
    names = [
        name
        for cls in type(item).__mro__
        for slot in [cls.__dict__.get("__slots__", ())]
        for name in ([slot] if isinstance(slot, str) else slot)
    ]
    held = {name: getattr(item, name) for name in names if hasattr(item, name)}
    held.pop("__dict__", None)
    held.pop("__weakref__", None)
    return held | getattr(item, "__dict__", {})


# ------------------------------------------------------------------------------------ comparing


def difference(expected: Any, got: Any) -> str | None:
    """What kind of difference there is between two plain things, as a sentence; None if none."""
    stack = [(expected, got)]
    while stack:
        one, two = stack.pop()
        if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
            if len(one) != len(two):
                inside = f"A list inside has {len(two)} where {len(one)} were expected."
                return shapes_differ(expected, got) or inside
            stack.extend(zip(reversed(one), reversed(two), strict=True))
        elif isinstance(one, float) and isinstance(two, float):
            if not near(one, two):
                return not_a_number(two) or "The numbers differ."
        elif type(one) is not type(two):
            return shapes_differ(expected, got) or mismatch(one, two)
        elif isinstance(one, dict):
            if set(one) != set(two):
                return "The keys differ."
            stack.extend((one[key], two[key]) for key in one)
        elif one != two:
            return "They differ."
    return None


def first_difference(expected: Any, got: Any) -> tuple[Any, Any]:
    """What a card shows of a dict that was expected: its first entry that differs.

    >>> first_difference({"output": [1.0], "cache": [0.0]}, {"output": [1.0], "cache": [2.0]})
    ({'cache': [0.0]}, {'cache': [2.0]})
    >>> first_difference({"output": [1.0], "cache": [0.0]}, None)
    ({'output': [1.0]}, None)
    """
    for key in expected if isinstance(expected, dict) else ():
        if not isinstance(got, dict) or set(got) != set(expected):
            return {key: expected[key]}, got
        if difference(expected[key], got[key]) is not None:
            return {key: expected[key]}, {key: got[key]}
    return expected, got


def shapes_differ(expected: Any, got: Any) -> str | None:
    """Both shapes, if both are lists and a look at their first entries tells them apart."""
    both_lists = isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple))
    if not both_lists or shape(expected) == shape(got):
        return None
    return f"The shapes differ: {shape(expected)} expected, {shape(got)} returned."


def mismatch(expected: Any, got: Any) -> str:
    sentence = f"{kind(got)} came back where {kind(expected)} was expected."
    return sentence[0].upper() + sentence[1:]


def near(one: float, two: float) -> bool:
    """Equal to within rounding; NaN equals NaN."""
    if math.isnan(one) or math.isnan(two):
        return math.isnan(one) and math.isnan(two)
    return math.isclose(one, two, rel_tol=TOLERANCE, abs_tol=1e-12)


def not_a_number(x: float) -> str | None:
    if not math.isnan(x):
        return None
    return (
        "nan means “not a number”: it comes from inf − inf or 0 · inf, and spreads to all it meets."
    )


def changed(before: Any, after: Any) -> bool:
    """Whether lists, numbers and texts differ; objects are allowed to."""
    stack = [(before, after)]
    while stack:
        one, two = stack.pop()
        if is_array(one):
            one, two = one.tolist(), two.tolist() if is_array(two) else two
        if isinstance(one, (list, tuple, dict)):
            if type(one) is not type(two) or len(one) != len(two):
                return True
            if isinstance(one, dict):
                stack.extend(zip(one, two, strict=True))
            stack.extend(zip(parts(one), parts(two), strict=True))
        elif isinstance(one, LEAVES) and not is_same(one, two):
            return True
    return False


def is_same(leaf: Any, other: Any) -> bool:
    return leaf is other or (isinstance(other, LEAVES) and leaf == other)


# -------------------------------------------------------------------------------------- showing


def kind(thing: Any) -> str:
    """The type in a learner's words.

    >>> kind(1.0), kind([1.0]), kind(None)
    ('a number', 'a list', 'None')
    """
    words = {
        float: "a number",
        Whole: "a number",
        list: "a list",
        tuple: "a tuple",
        str: "a text",
        dict: "a dict",
    }
    if thing is None or isinstance(thing, bool):
        return repr(thing)
    return words.get(type(thing)) or repr(thing)


def shape(thing: Any) -> str:
    """How many there are in a list, and in its first entry, and so on.

    >>> shape([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    '3 × 2'
    """
    sizes: list[str] = []
    while isinstance(thing, (list, tuple)) and len(sizes) < 4:
        sizes.append(str(len(thing)))
        thing = thing[0] if thing else None
    return " × ".join(sizes) if sizes else kind(thing)


class Short(reprlib.Repr):
    """A repr that ends, with numbers as a person would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict = 4, 12, 12, 8
        self.maxstring = self.maxother = 200

    def repr_float(self, x: float, level: int) -> str:
        rounded = float(f"{x:.10g}")
        return repr(rounded)

    def repr_ndarray(self, x: Any, level: int) -> str:
        return f"array({self.repr1(x.tolist(), level)})"


def shown(thing: Any) -> str:
    """A short text of a plain thing, or of the inputs that the course made.

    >>> shown([0.1 + 0.2, 3.0])
    '[0.3, 3.0]'
    """
    return Short().repr(thing)
