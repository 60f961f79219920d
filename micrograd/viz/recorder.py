"""Watches a backward pass while it runs, and writes down every gradient that it sets.

`step_backward` plays what really happened, in whatever function somebody gives it, right or wrong.
So nothing here knows how a backward pass ought to go. While the function runs, the class of the
values gets a `grad` that notes each write, and whose numbers remember, as a `Value` does, what they
were made from: a gradient that reaches a parent says by itself which value it came from.

The values are put back as they were afterwards, whatever the function did to them.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, FrameType
from typing import Any

MOST_WRITES = 400
MOST_STEPS = 500_000  # of Python's own; they are counted, as a clock differs between machines
NONE = object()

Backward = Callable[[Any], Any]


@dataclass(frozen=True)
class Write:
    """One assignment to a `grad`. Values are told by their place in the list of all values."""

    target: int
    before: Any
    after: Any
    sources: tuple[int, ...]  # the other values whose gradients went into this one
    adds: bool  # whether the target's own gradient went into it, as with +=
    code: str  # the line that did it


@dataclass
class Record:
    """What one run of a backward pass did to the gradients of `values`."""

    values: Sequence[Any]  # each after its parents
    start: list[Any] = field(default_factory=list)  # the gradients before the run
    writes: list[Write] = field(default_factory=list)
    trouble: str = ""  # how the run ended, if it did not come to its own end

    def stop(self, why: str) -> None:
        self.trouble = self.trouble or why
        raise TooLong(why)


class TooLong(BaseException):
    """Ends a function that goes on and on; no `except Exception` stops it.

    A bare `except:` does. So it is raised where no `try` stands around. Only a loop that never
    leaves its `try`, inside another loop, is left to the button that interrupts the kernel.
    """


def record(values: Sequence[Any], backward: Backward) -> Record:
    """Run `backward` on the last of `values`, and keep each write to one of their gradients."""
    found = Record(values)
    with kept(values), watched(found):
        try:
            run(backward, found)
        except TooLong:
            pass  # its reason is noted
        except (Exception, SystemExit) as error:
            found.trouble = found.trouble or f"It ended with {in_words(error)}."
    return found


def run(backward: Backward, found: Record) -> None:
    """Call it, counting the steps of the interpreter; a bound method is not given `root` again."""
    function = backward.__func__ if inspect.ismethod(backward) else backward
    outside, steps = sys._getframe(), 0

    def count(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal steps
        steps += 1
        frame.f_trace_opcodes = True  # `while True: pass` never comes to another line
        if steps > 2 * MOST_STEPS or (steps > MOST_STEPS and not in_a_try(frame, outside)):
            found.stop(
                f"It was stopped after {MOST_STEPS:,} small steps of Python: is there a loop that "
                "never ends?"
            )
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        function(found.values[-1])
    finally:
        sys.settrace(before)


def in_a_try(frame: FrameType | None, outside: FrameType) -> bool:
    """Whether a `try` of one of the functions at work would see an error that is raised now."""
    while frame is not None and frame is not outside:
        if frame.f_lineno in tried_lines(frame.f_code):
            return True
        frame = frame.f_back
    return False


@cache
def tried_lines(code: CodeType) -> frozenset[int]:
    """The lines of a function that stand inside a `try`; none if its text is not to be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, SyntaxError):
        return frozenset()
    blocks = [part.body for part in ast.walk(tree) if isinstance(part, ast.Try)]
    lines = [range(body[0].lineno, (body[-1].end_lineno or 0) + 1) for body in blocks]
    return frozenset(line + code.co_firstlineno - 1 for block in lines for line in block)


def in_words(error: BaseException) -> str:
    """The error, and the last line of somebody else's code that it passed."""
    try:
        message = str(error)
    except Exception:  # the message is the learner's code, too
        message = ""
    lines = [
        linecache.getline(frame.f_code.co_filename, number).strip()
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename != __file__
    ]
    told = type(error).__name__ + (f": {message:.200}" if message else "")
    return f"{told.rstrip('.')}, at the line {lines[-1]}" if lines and lines[-1] else told


# A gradient that remembers


class Flow(float):
    """A number and the values whose gradients it was computed from."""

    __slots__ = ("sources",)
    __array_ufunc__ = None  # numpy_number * flow is left to Flow.__rmul__
    sources: frozenset[int]

    @classmethod
    def of(cls, number: float, sources: frozenset[int]) -> Flow:
        flow = cls(number)
        flow.sources = sources
        return flow


def remembering(name: str) -> Callable[..., Any]:
    """The operation `name` of floats, whose result knows the sources of both its operands."""
    plain = getattr(float, name)

    def operation(self: Flow, *other: Any) -> Any:
        result = plain(self, *other)
        if not isinstance(result, float):
            return result  # NotImplemented: the other operand's turn
        return Flow.of(result, self.sources.union(*(sources_of(x) for x in other)))

    return operation


for symbol in ("add", "sub", "mul", "truediv"):
    setattr(Flow, f"__{symbol}__", remembering(f"__{symbol}__"))
    setattr(Flow, f"__r{symbol}__", remembering(f"__r{symbol}__"))
for symbol in ("neg", "pos", "abs"):
    setattr(Flow, f"__{symbol}__", remembering(f"__{symbol}__"))


def sources_of(number: Any) -> frozenset[int]:
    return number.sources if isinstance(number, Flow) else frozenset()


# The watch


@contextmanager
def watched(found: Record) -> Iterator[None]:
    """Give the classes of the values a `grad` that notes every write, for the time of a block."""
    place = {id(value): i for i, value in enumerate(found.values)}
    found.start += [value.grad for value in found.values]
    now = list(found.start)

    def watch(plain: Any) -> property:
        """A `grad` for the values of the graph; any other value keeps its `plain` one."""

        def read(value: Any) -> Any:
            i = place.get(id(value))
            if i is None:
                return plain_read(plain, value)
            number = now[i]
            is_number = isinstance(number, int | float) and not isinstance(number, bool)
            return Flow.of(number, frozenset({i})) if is_number else number

        def write(value: Any, number: Any) -> None:
            i = place.get(id(value))
            if i is None:
                plain_write(plain, value, number)
                return
            if len(found.writes) == MOST_WRITES:
                found.stop(
                    f"It was stopped after {MOST_WRITES} gradients had been set: does it visit "
                    "values again and again?"
                )
            sources = sources_of(number)
            after = float(number) if isinstance(number, Flow) else number
            others = tuple(sorted(sources - {i}))
            line = line_of(sys._getframe(1))
            found.writes.append(Write(i, now[i], after, others, i in sources, line))
            now[i] = after

        return property(read, write)

    kinds: set[Any] = {type(value) for value in found.values}
    own = {kind: vars(kind).get("grad", NONE) for kind in kinds}
    plain_grads = {kind: inspect.getattr_static(kind, "grad", None) for kind in kinds}
    try:
        for kind, plain in plain_grads.items():
            kind.grad = watch(plain)
        yield
    finally:
        for kind, before in own.items():
            if before is NONE:
                del kind.grad
            else:
                kind.grad = before


def plain_read(plain: Any, value: Any) -> Any:
    """The `grad` of a value that is not watched, as its class had it before."""
    if hasattr(plain, "__set__"):  # a slot, or a property
        return plain.__get__(value, type(value))
    return vars(value).get("grad", plain)


def plain_write(plain: Any, value: Any, number: Any) -> None:
    if hasattr(plain, "__set__"):
        plain.__set__(value, number)
    else:
        vars(value)["grad"] = number


def line_of(frame: FrameType) -> str:
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()


# Nothing harmed


@contextmanager
def kept(values: Sequence[Any]) -> Iterator[None]:
    """Put back all attributes of the values after a block, and let it work on copies of lists."""
    before = [attributes(value) for value in values]
    try:
        for value, known in zip(values, before, strict=True):
            for name, thing in known.items():
                if name != "grad" and isinstance(thing, list | set | dict):
                    object.__setattr__(value, name, copy(thing))
        yield
    finally:
        for value, known in zip(values, before, strict=True):
            for name in attributes(value).keys() - known.keys():
                object.__delattr__(value, name)
            for name, thing in known.items():
                object.__setattr__(value, name, thing)


def attributes(value: Any) -> dict[str, Any]:
    """What an object holds, in its dictionary and in its slots."""
    slots = [name for kind in type(value).__mro__ for name in vars(kind).get("__slots__", ())]
    held = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    held.pop("__dict__", None)
    held.pop("__weakref__", None)
    return held | dict(getattr(value, "__dict__", {}))
