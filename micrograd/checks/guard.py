"""Call a learner's function so that what it does does not harm the notebook.

It may raise anything, print without end, take all memory or never return. Two clocks end a loop.
The first is written into a copy of the answer and of the notebook's functions that it calls: each
loop, each `except` and each `finally` looks at the time, so that even a bare `except:` cannot
swallow the end; it works everywhere. The second is the alarm in `limits`, which also reaches what
has no loop of its own, as `list(endless)`; where there is none, such a call must be interrupted by
hand (the button with the square). What Python does in one long operation, as `10 ** 10 ** 10` is,
neither can end.

This is a guard against accidents. An answer that means harm can read and delete what you can.
"""

from __future__ import annotations

import ast
import dis
import importlib
import inspect
import io
import linecache
import sys
import textwrap
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Literal

from micrograd.checks.limits import TimeUp, alarm, less_memory
from micrograd.checks.values import changed, copied, kind, plain

SECONDS = 2.0  # for all the calls of one check together
LONG = 500  # characters of an error
LOOKING = "__micrograd_look_at_the_clock__"


@dataclass(frozen=True)
class Outcome:
    """What one call did. `value` and `inputs` are plain: numbers, lists, texts, `Other`."""

    end: Literal["returned", "raised", "endless", "too large", "interrupted"]
    value: Any = None
    error: str = ""  # "ZeroDivisionError: division by zero"
    missing: str = ""  # the name that a NameError is about
    line: str = ""  # the learner's own line at which it was raised
    printed: str = ""
    changed_input: bool = False
    unreadable: str = ""  # what came back, if it could not be observed: "a number"


class Guard:
    """A function with a time limit, which its calls share.

    With `observe`, the value of a call is `observe(result, inputs)` as the call has left them.
    With more `calls` than one, the function runs that often and `result` is a list: what is drawn
    at random shows only so whether it comes as often as it should.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        seconds: float = SECONDS,
        own_clock: bool = True,
        observe: Callable[[Any, Any], Any] | None = None,
        calls: int = 1,
    ) -> None:
        self.original = function
        self.observe = observe
        self.calls = calls
        self.function = (with_clock(function, self.look) if own_clock else None) or function
        import_needs(function)
        self.seconds_left = seconds
        self.deadline = 0.0  # of the call that is running

    def look(self) -> None:
        if time.monotonic() > self.deadline:
            raise TimeUp

    def __call__(self, *inputs: Any) -> Outcome:
        output = Output()
        begun = time.monotonic()
        self.deadline = begun + self.seconds_left
        bell = alarm(self.seconds_left, self.outcome.__code__)
        try:
            with redirect_stdout(output), redirect_stderr(output), bell, less_memory():
                return self.outcome(inputs, output)
        except MemoryError:
            return Outcome("too large", printed=output.text)
        except TimeUp:
            return Outcome("endless", printed=output.text)
        except KeyboardInterrupt:
            return Outcome("interrupted", printed=output.text)
        except BaseException:
            return Outcome("raised", error="an error that cannot be shown", printed=output.text)
        finally:
            self.seconds_left -= time.monotonic() - begun

    def outcome(self, inputs: tuple[Any, ...], output: Output) -> Outcome:
        """One call, and all that may run code of the learner's afterwards: `__eq__`, `__str__`."""
        given = copied(inputs)
        try:
            result = called(self.function, given, self.calls)
            value, unreadable = self.seen(result, given)
            spoiled = self.observe is None and changed(inputs, given)
        except (MemoryError, TimeUp, KeyboardInterrupt):
            raise
        except BaseException as error:
            return self.raised(error, output)
        return Outcome("returned", value, "", "", "", output.text, spoiled, unreadable)

    def seen(self, result: Any, given: tuple[Any, ...]) -> tuple[Any, str]:
        """What counts of a result, made plain, and what came back if that could not be read."""
        if self.observe is None:
            return plain(result), ""
        try:
            return plain(self.observe(result, given)), ""
        except MemoryError:
            raise
        except Exception:
            return None, kind(plain(result))

    def raised(self, error: BaseException, output: Output) -> Outcome:
        """The error and the learner's line; the message is the learner's too and may fail."""
        try:
            message = str(error)[:LONG]
        except Exception:
            message = "(its message cannot be shown)"
        name = type(error).__name__[:LONG]
        return Outcome(
            "raised",
            error=f"{name}: {message}" if message else name,
            missing=str(error.name or "") if isinstance(error, NameError) else "",
            line=own_line(error, self.original),
            printed=output.text,
        )


def called(function: Callable[..., Any], inputs: Any, calls: int) -> Any:
    """What comes back, or a list of what comes back each time."""
    if calls == 1:
        return function(*inputs)
    return [function(*inputs) for _ in range(calls)]


def own_line(error: BaseException, function: Callable[..., Any]) -> str:
    """The last line of the traceback that stands in the learner's own cell."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    found = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == file:
            found = linecache.getline(file, number).strip() or found
    return found


def import_needs(function: Callable[..., Any]) -> None:
    """Import what a function imports, before time and memory are short.

    A large library that is cut short on its way in stays broken, or ends the whole process.
    """
    for name in names_used(function, "IMPORT_NAME"):
        with suppress(Exception):
            importlib.import_module(name)


class Output(io.TextIOBase):
    """What an answer prints, up to a page."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, 2000 - len(self.text))]
        return len(text)


# ------------------------------------------------------------------------------- the own clock


def with_clock(function: Callable[..., Any], look: Callable[[], None]) -> FunctionType | None:
    """The same function, calling `look` in its loops and in those of the notebook's functions.

    None if its source is not to be had.
    """
    if not isinstance(function, FunctionType):
        return None
    namespace = {"input": nobody_answers} | function.__globals__ | {LOOKING: look}
    for name, thing in function.__globals__.items():
        if type(thing).__module__ == "IPython.core.autocall":  # exit and quit, which end the kernel
            namespace[name] = sys.exit
    for name, helper in helpers(function).items():
        namespace[name] = clocked(helper, namespace) or helper
    return clocked(function, namespace)


def nobody_answers(prompt: object = "") -> str:
    """In the place of `input`, whose box would stay open when time is over."""
    raise EOFError("nobody can answer input() in a check")


def helpers(function: FunctionType) -> dict[str, FunctionType]:
    """The functions of the same notebook that a function calls, and those that these call."""
    found: dict[str, FunctionType] = {}
    to_visit = [function]
    while to_visit:
        for name in names_used(to_visit.pop()):
            other = function.__globals__.get(name)
            if name in found or not isinstance(other, FunctionType):
                continue
            if other.__globals__ is function.__globals__:
                found[name] = other
                to_visit.append(other)
    return found


def names_used(function: Any, step: str = "LOAD_GLOBAL") -> list[str]:
    """The global names that a function, or a function inside it, looks up; or what it imports."""
    names: list[str] = []
    codes = [function.__code__] if isinstance(function, FunctionType) else []
    while codes:
        code = codes.pop()
        names += [i.argval for i in dis.get_instructions(code) if i.opname == step]
        codes += [part for part in code.co_consts if isinstance(part, CodeType)]
    return list(dict.fromkeys(names))


def clocked(function: FunctionType, namespace: dict[str, Any]) -> FunctionType | None:
    """A copy of the function that looks at the clock and finds its names in `namespace`."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError, ValueError, RecursionError):
        return None
    ast.increment_lineno(tree, first - 1)
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        return None
    tree.body[0].decorator_list = []
    file = function.__code__.co_filename
    unchanged = function_code(compile(tree, file, "exec", dont_inherit=True), function)
    if unchanged is None or unchanged.co_code != function.__code__.co_code:
        return None  # the source is another's, as that of a function under a decorator
    tree = ast.fix_missing_locations(ClockWriter().visit(tree))
    code = function_code(compile(tree, file, "exec", dont_inherit=True), function)
    if code is None:
        return None
    name, defaults, closure = function.__name__, function.__defaults__, function.__closure__
    copy = FunctionType(code, namespace, name, defaults, closure)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def function_code(module: CodeType, function: FunctionType) -> CodeType | None:
    inside = [part for part in module.co_consts if isinstance(part, CodeType)]
    return next((code for code in inside if code.co_name == function.__code__.co_name), None)


class ClockWriter(ast.NodeTransformer):
    """Puts a look at the clock at the start of each loop, each `except` and each `finally`."""

    def looking(self, place: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
        call = ast.Expr(ast.Call(ast.Name(LOOKING, ast.Load()), [], []))
        return [ast.fix_missing_locations(ast.copy_location(call, place)), *body]

    def visit_While(self, node: ast.While) -> ast.AST:
        node.body = self.looking(node, node.body)
        return self.generic_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        node.body = self.looking(node, node.body)
        return self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.body = self.looking(node, node.body)
        return self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> ast.AST:
        if node.finalbody:
            node.finalbody = self.looking(node, node.finalbody)
        return self.generic_visit(node)
