"""Puts a recorded backward pass into words: who passes what to whom, and what it adds up to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.viz.graph import figure, label_of, listing, operation_of, parents_of
from micrograd.viz.recorder import Record, Write


@dataclass(frozen=True)
class Step:
    """What one picture shows: words, the line of code, and the gradients after it."""

    text: str
    grads: tuple[Any, ...]
    code: str = ""
    write: Write | None = None  # the arrow to be drawn, for a gradient that was passed on
    edge: int = 0  # which of the arrows between the same two values
    flow: str = ""  # the number on that arrow
    marked: tuple[int, ...] = ()  # values to point at


def steps_of(found: Record) -> list[Step]:
    """The steps: how it stood before, each write (values set alike in a row together), the end."""
    names = [called(value) for value in found.values]
    grads = list(found.start)
    old = [i for i, grad in enumerate(grads) if grad]
    before = "Every gradient is 0."
    if old:
        before = f"Gradients from before: {told_grads(old, names, grads)}."
    steps = [Step(f"Before the pass. {before}", tuple(grads), marked=tuple(old))]
    passed: Counter[tuple[int, int]] = Counter()  # how often one value passed to another
    for writes in in_a_row(found.writes):
        first = writes[0]
        edge = 0
        if first.sources:
            edge = passed[first.sources[0], first.target]
            passed[first.sources[0], first.target] += 1
            text = told_pass(first, found.values, names, grads, edge)
        else:
            text = told_set(writes, names, len(names) - 1)
        for write in writes:
            grads[write.target] = write.after
        marked = tuple(write.target for write in writes)
        shown = first if first.sources else None
        # Of what several values give together, nobody can say which arrow brought how much.
        flow = written(amount_of(first)) if len(first.sources) == 1 else ""
        steps.append(Step(text, tuple(grads), first.code, shown, edge, flow, marked))
    steps.append(the_end(found, names, grads))
    return steps


def in_a_row(writes: list[Write]) -> list[list[Write]]:
    """The writes, those together that one line sets to the same number, one value after another."""
    rows: list[list[Write]] = []
    for write in writes:
        last = rows[-1][-1] if rows else None
        alike = last is not None and (last.code, last.after) == (write.code, write.after)
        if alike and not (write.sources or write.adds or rows[-1][0].sources or rows[-1][0].adds):
            rows[-1].append(write)
        else:
            rows.append([write])
    return rows


def told_set(writes: list[Write], names: list[str], root: int) -> str:
    """A gradient that was made from no other: the start of the pass, or a zero."""
    first, after = writes[0], written(writes[0].after)
    if len(writes) > 1:
        lost = [w.target for w in writes if w.before]
        olds = {w.target: w.before for w in writes}
        forgotten = f", forgetting {told_grads(lost, names, olds)}" if lost else ""
        return f"{len(writes)} values are set to {after}{forgotten}."
    name, before = names[first.target], written(first.before)
    if first.target == root and first.after == 1:
        return f"The start: {name} moves with itself at rate 1."
    if first.adds:
        return f"{begun(name)}'s gradient goes from {before} to {after}, with nothing passed."
    return f"{begun(name)} is set to {after}; it had {before}."


def told_pass(
    write: Write, values: Sequence[Any], names: list[str], grads: Sequence[Any], edge: int
) -> str:
    """What went from the value at work to one of its parents, and what became of it there."""
    parent, before, after = names[write.target], write.before, write.after
    amount, source = amount_of(write), write.sources[0]
    local = local_derivative(values[source], values[write.target], edge)
    if len(write.sources) > 1:
        given = f"{listing(names[i] for i in write.sources)} together give {written(amount)}"
    else:
        given = f"{worker(values[source])} passes {written(amount)}"
    if local is not None and len(write.sources) == 1 and isinstance(grads[source], int | float):
        product = local * grads[source]
        factors = f"{written(local)} × {written(grads[source])}"
        if close(product, amount):
            given = given.replace(" passes ", f" passes {factors} = ")
        else:
            given += f" (local derivative × gradient would be {factors} = {written(product)})"
    if write.adds:
        total = f"{written(before)} + {written(amount)}".replace("+ −", "− ")
        return f"{given} to {parent}. {begun(parent)}'s sum so far: {total} = {written(after)}."
    lost = f", and the {written(before)} that it had is lost" if before else ""
    return f"{given} to {parent}. {begun(parent)} is set to {written(after)}{lost}."


def the_end(found: Record, names: list[str], grads: list[Any]) -> Step:
    """The last picture: what the inputs have, and which of it the local derivatives deny."""
    leaves = [i for i, value in enumerate(found.values) if not parents_of(value)]
    text = found.trouble or (
        f"The pass is over: {told_grads(leaves, names, grads)}."
        if found.writes
        else "The pass is over, and it set no gradient at all."
    )
    true = derivatives(found.values)
    wrong = [
        i for i in range(len(true)) if not close(grads[i], true[i]) and (i in leaves or grads[i])
    ]
    if wrong and not found.trouble:
        text += f" The local derivatives alone give: {told_grads(wrong, names, true)}."
    return Step(text, tuple(grads), marked=tuple(wrong or leaves))


def derivatives(values: Sequence[Any]) -> list[float]:
    """The derivative of the last value with respect to each; none where a class has no `_local`."""
    place = {id(value): i for i, value in enumerate(values)}
    true = [0.0] * (len(values) - 1) + [1.0]
    for value in reversed(values):
        parents, slopes = list(value._prev), slopes_of(value)
        if len(slopes) != len(parents):
            return []
        for parent, slope in zip(parents, slopes, strict=True):
            true[place[id(parent)]] += slope * true[place[id(value)]]
    return true


def slopes_of(value: Any) -> list[float]:
    """The local derivatives of a value, where its class keeps them and they are numbers."""
    slopes = getattr(value, "_local", ())
    if isinstance(slopes, tuple | list) and all(isinstance(s, int | float) for s in slopes):
        return list(slopes)
    return []


def local_derivative(value: Any, parent: Any, edge: int) -> float | None:
    """That of `value` for its parent; the parent may stand in several places."""
    found = [s for p, s in zip(value._prev, slopes_of(value), strict=False) if p is parent]
    return found[edge % len(found)] if found else None


def worker(value: Any) -> str:
    """How a sentence begins with the value at work: "h, made by *,"."""
    op = operation_of(value).replace("-", "−")
    return begun(called(value)) + (f", made by {op}," if op else "")


def called(value: Any) -> str:
    return label_of(value) or f"the {written(value.data)}"


def begun(name: str) -> str:
    """A name at the beginning of a sentence: "the 16" gets its capital, `x` stays `x`."""
    return f"The{name[3:]}" if name.startswith("the ") else name


def told_grads(which: Sequence[int], names: list[str], grads: Any) -> str:
    return listing(f"{names[i]} has {written(grads[i])}" for i in which)


def amount_of(write: Write) -> Any:
    """What was passed: all that is there now, or what came on top of it."""
    try:
        return write.after - write.before if write.adds else write.after
    except TypeError:
        return write.after


def close(a: Any, b: Any) -> bool:
    try:
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    except (TypeError, OverflowError):
        return False


def written(number: Any) -> str:
    """A number as a sentence has it: short, and with a true minus."""
    text = figure(number)
    return text.replace("-", "−") if isinstance(number, int | float) else text
