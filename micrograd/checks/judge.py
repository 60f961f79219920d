"""Is this answer right, and if not, which mistake is it?

An answer is called with a few inputs whose numbers are easy to follow, then with fresh ones, so
that nobody passes by returning the numbers on a card. An answer that is wrong is compared with the
exercise's misconceptions: it behaves like one when it does the same as that one on every input.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import dis
import inspect
import linecache
import random
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Literal

from micrograd.checks.declare import Exercise, Misconception, source_of
from micrograd.checks.guard import SECONDS, Guard, Outcome, called, names_used
from micrograd.checks.values import copied, difference, first_difference, plain, shown

FRESH = 6  # inputs that nobody has seen before
UNREPAIRED = ("the bug is still there", "The code looks different and does the same as before.")


@dataclass(frozen=True)
class Verdict:
    """What a check found; the texts are those of the first case that failed."""

    state: Literal["not started", "not yet", "passed", "reference"]
    call: str = ""
    expected: str = ""
    why: str = ""
    looked_at: str = ""  # what of the call was compared, where it is not the result
    got: str = ""
    remark: str = ""
    line: str = ""  # of the learner's, where it raised
    printed: str = ""
    misconception: Misconception | None = None


def judge(exercise: Exercise, answer: Any, rng: random.Random, seconds: float = SECONDS) -> Verdict:
    """Call the answer with the exercise's inputs and say how it did."""
    if answer is exercise.solution:
        return Verdict("reference")
    if not callable(answer):
        return Verdict(
            "not yet",
            got=shown(plain(answer)),
            remark=f"A function was expected: {exercise.name} itself, without brackets behind it.",
        )
    if is_untouched(exercise, answer):
        return Verdict("not started")
    inputs = [*exercise.cases, *(exercise.fresh(rng) for _ in range(FRESH))]
    guard = Guard(answer, seconds, observe=exercise.observe, calls=exercise.calls)
    outcomes: list[Outcome] = []
    failed: Verdict | None = None
    for one in inputs:
        outcomes.append(guard(*one))
        failed = failed or complaint(exercise, one, outcomes[-1], answer)
        if outcomes[-1].end in ("endless", "too large", "interrupted"):
            return failed or Verdict("not yet")
    if failed is None:
        return Verdict("passed")
    return with_misconception(failed, recognise(exercise, inputs, outcomes))


def complaint(
    exercise: Exercise, inputs: tuple[Any, ...], outcome: Outcome, answer: Any
) -> Verdict | None:
    """What is wrong with one outcome, or None."""
    expected = expected_of(exercise, inputs)
    told, came = expected, outcome.value
    if exercise.observe is not None:
        told, came = first_difference(expected, outcome.value)
    got = {
        "endless": "nothing; it was still running when its time was over",
        "too large": "nothing; it wanted more memory than there is for an answer",
        "interrupted": "nothing; it was interrupted",
        "raised": outcome.error,
        "returned": shown(came),
    }[outcome.end]
    remark = {
        "endless": "Is there a loop whose end is never reached?",
        "too large": "Is there a list that grows in every round of a loop?",
        "interrupted": "The notebook goes on. Change the answer and check again.",
        "raised": advice(exercise, outcome, answer),
        "returned": "",
    }[outcome.end]
    if outcome.end == "returned":
        accepted = accepts(exercise, expected, outcome.value)
        wrong = None if accepted else difference(expected, outcome.value)
        if outcome.unreadable:
            got = outcome.unreadable
            remark = f"From that, {exercise.observed} cannot be read."
            if got == "None":
                remark += " Does the function end with a line that begins with return?"
        elif outcome.value is None and expected is not None:
            remark = "The function printed something and returned None. What it prints is lost; "
            remark += "end it with a line that begins with return."
            if not outcome.printed:
                remark = "The function returned None: some way through it ends without a return."
        elif wrong is not None:
            remark = wrong if wrong != "The numbers differ." else ""
        elif outcome.changed_input:
            remark = "The result is right, but the function changed a list that it was given. "
            remark += "Whoever called it still needs that list; build a new one."
        else:
            return None
    return Verdict(
        "not yet",
        call=f"{exercise.name}({', '.join(shown_input(item) for item in inputs)})",
        expected=shown(told),
        why=exercise.why(*copied(inputs)),
        looked_at=exercise.observed,
        got=got,
        remark=remark,
        line=outcome.line,
        printed=outcome.printed,
    )


def expected_of(exercise: Exercise, inputs: tuple[Any, ...]) -> Any:
    """What the solution gives for these inputs, or leaves in them, made plain."""
    given = copied(inputs)
    result = called(exercise.solution, given, exercise.calls)
    return plain(result if exercise.observe is None else exercise.observe(result, given))


def accepts(exercise: Exercise, expected: Any, got: Any) -> bool:
    """Whether the exercise has a way of its own to compare, and finds this right."""
    try:
        return exercise.accepts is not None and exercise.accepts(expected, got)
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return False  # it is not even of the right kind


def shown_input(item: Any) -> str:
    return repr(item) if callable(item) else shown(item)


def advice(exercise: Exercise, outcome: Outcome, answer: Any) -> str:
    """Causes of an error that lie outside the answer's lines, and gaps that are still open."""
    if "ellipsis" in outcome.error:
        return "Three dots are still there. Put something in their place."
    if outcome.error.startswith("TypeError") and not outcome.line:
        inputs = inspect.signature(exercise.solution)
        return f"It is called as {exercise.name}{inputs}; begin it with that."
    if outcome.missing:
        return (
            f"{outcome.missing} has no meaning here yet. If an earlier cell defines it, run that "
            "cell, then this one; otherwise look at its spelling. What earlier notebooks asked for "
            "comes back with lesson.catch_up(globals())."
        )
    taken = [name for name in names_used(answer) if shadows(answer, name)]
    if taken:
        return (
            f"In this notebook {' and '.join(taken)} no longer means what it means in Python: a "
            f"cell gave the name to something else. Rename that, then run `del {taken[0]}`."
        )
    return ""


def shadows(answer: Any, name: str) -> bool:
    given = getattr(answer, "__globals__", {})
    return name in given and hasattr(builtins, name) and given[name] is not getattr(builtins, name)


# ---------------------------------------------------------------------------------- untouched


def is_untouched(exercise: Exercise, answer: Any) -> bool:
    """The stub as it was given, or the given function with nothing changed."""
    if not isinstance(answer, FunctionType):
        return False
    if exercise.given is None:
        return does_nothing(answer.__code__)
    return same_code(answer.__code__, exercise.given.__code__)


def same_code(one: CodeType, two: CodeType) -> bool:
    """Whether two functions do the same steps, wherever they stand and whatever their names."""
    if (one.co_code, one.co_names) != (two.co_code, two.co_names):
        return False
    if len(one.co_consts) != len(two.co_consts):
        return False
    return all(map(same_constant, one.co_consts, two.co_consts))


def same_constant(one: Any, two: Any) -> bool:
    if isinstance(one, CodeType) and isinstance(two, CodeType):
        return same_code(one, two)
    return type(one) is type(two) and one == two


def does_nothing(code: CodeType) -> bool:
    """Whether the whole body is a docstring, `...` or `pass`."""
    steps = [(i.opname, i.argval) for i in dis.get_instructions(code) if i.opname != "RESUME"]
    return steps in (
        [("LOAD_CONST", None), ("RETURN_VALUE", None)],  # Python 3.11, and 3.14
        [("RETURN_CONST", None)],  # Python 3.12 and 3.13
    )


# --------------------------------------------------------------------------------- recognising


def recognise(
    exercise: Exercise, inputs: list[tuple[Any, ...]], outcomes: list[Outcome]
) -> Misconception | None:
    """The misconception that does on every input what the answer did."""
    known = exercise.misconceptions
    if exercise.kind == "repair" and exercise.given is not None:
        known = (*known, Misconception(*UNREPAIRED, exercise.given))
    for misconception in known:
        for form in misconception.forms:
            guard = Guard(form, own_clock=False, observe=exercise.observe, calls=exercise.calls)
            if all(alike(guard(*one), mine) for one, mine in zip(inputs, outcomes, strict=True)):
                return misconception
    return None


def alike(one: Outcome, two: Outcome) -> bool:
    if one.end != two.end or one.changed_input != two.changed_input:
        return False
    if one.unreadable != two.unreadable:
        return False
    if one.end == "raised":
        return one.error.split(":")[0] == two.error.split(":")[0]
    return difference(one.value, two.value) is None


def with_misconception(verdict: Verdict, found: Misconception | None) -> Verdict:
    return Verdict(**{**vars(verdict), "misconception": found})


# --------------------------------------------------------------------------------------- alone


@dataclass(frozen=True)
class Alone:
    """Whether an answer works in a file of its own: its source if so, else what it borrowed."""

    source: str = ""
    borrowed: tuple[str, ...] = ()


def alone(exercise: Exercise, answer: Any, earlier: dict[str, Any]) -> Alone:
    """Try the answer's source in a fresh namespace that holds only what is earlier."""
    try:
        source = source_of(answer, exercise.name)
    except (OSError, TypeError, ValueError):
        return Alone()
    namespace = dict(earlier)
    if works(exercise, source, namespace):
        return Alone(source)
    return Alone(borrowed=borrowed_by(answer, namespace))


def works(exercise: Exercise, source: str, namespace: dict[str, Any]) -> bool:
    """Whether a source defines an answer that passes, in this namespace, where it then stays.

    The source may come from another's progress file, so nothing of it runs outside the guard:
    only the definition of one function is accepted, whose making runs no line of it.
    """
    if not is_definition(source, exercise.name):
        return False
    file = f"<{exercise.key}>"
    flags = __future__.annotations.compiler_flag  # so that not even an annotation is evaluated
    try:
        code = compile(source, file, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # as for a name that stands twice among the inputs
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(code, namespace)
    answer = namespace[exercise.name]
    return judge(exercise, answer, random.Random(0)).state == "passed"


def is_definition(source: str, name: str) -> bool:
    """Whether a source is `def name(...)` or `name = lambda ...`, with defaults that are plain."""
    try:
        (made,) = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if isinstance(made, ast.Assign) and isinstance(made.value, ast.Lambda):
        named = [ast.unparse(target) for target in made.targets] == [name]
        inputs = made.value.args
    elif isinstance(made, ast.FunctionDef) and not made.decorator_list:
        named, inputs = made.name == name, made.args
    else:
        return False
    defaults = [one for one in (*inputs.defaults, *inputs.kw_defaults) if one is not None]
    return named and all(map(is_literal, defaults))


def is_literal(expression: ast.expr) -> bool:
    try:
        ast.literal_eval(expression)
    except (ValueError, TypeError):
        return False
    return True


def borrowed_by(answer: Any, namespace: dict[str, Any]) -> tuple[str, ...]:
    known = {*namespace, *dir(builtins)}
    return tuple(name for name in names_used(answer) if name not in known or shadows(answer, name))
