"""A backward pass, one gradient at a time.

`step_backward` runs a backward pass on an expression, ours or one that somebody wrote, and plays
what it did: which value was at work, what it handed to which parent, and what that parent's
gradient became. The steps are those of the run itself (`recorder`), put into words (`telling`), so
a wrong function shows its wrong sums. The graph is laid out once, and dressed anew for each step.
"""

from __future__ import annotations

import copy
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

from micrograd.engine import Value
from micrograd.viz.explorers import can_move, play
from micrograd.viz.graph import (
    INK,
    SVG_NAMESPACE,
    VERMILLION,
    dot_of,
    dress,
    figure,
    label_of,
    lay_out,
    name_of,
    operation_of,
    parents_of,
    short,
    walk,
)
from micrograd.viz.picture import Card, Picture
from micrograd.viz.recorder import Backward, record
from micrograd.viz.telling import Step, steps_of

MOST_STILLS = 12  # pictures that stand side by side where nothing moves
GLOW = "#FCE8DC"  # vermillion, pale: the box of the parent that is being written to
HALO = "font-weight:bold;paint-order:stroke;stroke:#ffffff;stroke-width:4px"  # over a line
LINE_HEIGHT, LETTER = 19, 7.4  # of the words above the graph, in CSS pixels
NARROWEST = 460  # CSS pixels, so that the words have room above a small graph


def step_backward(
    expression: Any,
    backward: Backward | None = None,
    *,
    max_nodes: int = 60,
    stills: Sequence[int] | None = None,
) -> Any:
    """Play a backward pass through `expression`, step by step, on its graph.

    `backward` is a function of one argument, the expression; without it, the expression's own
    method `backward` runs, or else the engine's. It may be wrong, raise or never end: the steps
    show what it did until then. Your values are left as they were.

    A graph of more than `max_nodes` values is not played: what is displayed is a sentence that says
    so. Where nothing moves, the steps whose numbers are in `stills` stand side by side; -1 is the
    last one.

        step_backward(loss)
        step_backward(loss, my_backward)
    """
    for name in ("data", "grad", "_prev"):
        if not hasattr(expression, name):
            raise TypeError(
                "step_backward plays a backward pass through a value, something with data, grad, "
                f"_prev and _op. This is {type(expression).__name__}: {short(expression)}, and it "
                f"has no {name}. Give it the result of a computation, such as the loss."
            )
    if backward is not None and not callable(backward):
        raise TypeError(
            f"backward must be a function of one argument, and this is {type(backward).__name__}: "
            f"{short(backward)}. Give the function itself, without calling it."
        )
    values, count = walk(expression)
    if count > max_nodes:
        return Card(
            f"This graph has {count:,} values, and more than {max_nodes} steps are hard to follow: "
            "step through one of its earlier values, which is a part of it, or compute with fewer "
            "inputs."
        )
    without = [value for value in values if not hasattr(value, "grad")]
    if without:
        raise TypeError(
            f"Every value of the graph needs a grad, and this one has none: {short(without[0])}. "
            "Is it a plain number among the parents?"
        )
    own = getattr(type(expression), "backward", Value.backward)
    return played(steps_of(record(values, backward or own)), values, stills)


def played(steps: list[Step], values: list[Any], stills: Sequence[int] | None) -> Any:
    """The player of the steps, or some of them side by side."""
    stage = Stage.of(values, steps)
    count = len(steps)
    if stills is None:
        jump = max(1, math.ceil((count - 1) / (MOST_STILLS - 1)))
        stills = [*range(0, count - 1, jump), count - 1]
    stills = [i % count for i in stills if -count <= i < count]
    shrink = 1.0 if can_move() else 0.75
    return play(lambda i: stage.picture(i, shrink), count, stills=stills or [count - 1])


# The pictures


@dataclass(frozen=True)
class Stage:
    """The graph, laid out once with room for the widest numbers of all steps."""

    steps: list[Step]
    values: list[Any]
    drawing: ElementTree.Element | None  # none where nothing can lay a graph out

    @classmethod
    def of(cls, values: list[Any], steps: list[Step]) -> Stage:
        widest = [
            max((step.grads[i] for step in steps), key=lambda grad: len(figure(grad)))
            for i in range(len(values))
        ]
        flows: dict[str, str] = {}  # the longest that stands on an arrow
        for step in steps:
            for arrow in arrows_of(step, values) if step.flow else []:
                flows[arrow] = max(flows.get(arrow, ""), back(step.flow), key=len)
        try:
            svg = lay_out(dot_of(doubles(values, widest), "LR", flows))
        except ImportError:
            svg = None
        drawing = None if svg is None else ElementTree.fromstring(svg.replace(SVG_NAMESPACE, ""))
        return cls(steps, values, drawing)

    def picture(self, number: int, shrink: float) -> Picture | Card:
        """The graph at one step, below what happens in it."""
        step = self.steps[number]
        head = f"Step {number} of {len(self.steps) - 1}. "
        alt = head + step.text + (f" The line: {step.code}" if step.code else "")
        if self.drawing is None:
            return Card(alt)
        drawing = copy.deepcopy(self.drawing)
        groups: dict[str, list[ElementTree.Element]] = {}
        for group in drawing.iter("g"):
            groups.setdefault(group.findtext("title") or "", []).append(group)
        for i, grad in enumerate(step.grads):
            list(groups[f"v{i}"][0].iter("text"))[-1].text = f"grad {figure(grad)}"
        for i in step.marked:
            outline(groups[f"v{i}"][0]).set("fill", GLOW)
            outline(groups[f"v{i}"][0]).set("stroke", VERMILLION)
        self.show_the_way(groups, step)
        svg = ElementTree.tostring(self.with_words(drawing, head, step), encoding="unicode")
        title = f"Backward through {name_of(self.values[-1])}, step {number}"
        image, width = dress(svg, title, alt)
        return Picture(image, alt, round(width * shrink))

    def show_the_way(self, groups: dict[str, list[ElementTree.Element]], step: Step) -> None:
        """A thick frame for the value at work, and on the arrow from the parent what it passes."""
        lit: list[ElementTree.Element] = []
        for arrow in arrows_of(step, self.values):
            if arrow in groups:
                lit.append(groups[arrow][step.edge % len(groups[arrow])])
        for source in step.write.sources if step.write else ():
            for name in (f"v{source}", f"v{source}_op"):
                for box in groups.get(name, []):
                    thick(outline(box))
            lit += groups.get(f"v{source}_op->v{source}", [])
        for group in lit:
            for part in group:
                if part.tag == "text":
                    part.text = back(step.flow)
                    part.set("fill", VERMILLION)
                    part.set("style", HALO)
                elif part.tag != "title":
                    thick(part)
        for name, arrows in groups.items():
            for group in arrows if "->" in name else []:
                for part in group.findall("text"):
                    if group not in lit:
                        group.remove(part)

    def with_words(
        self, drawing: ElementTree.Element, head: str, step: Step
    ) -> ElementTree.Element:
        """The drawing with the step in words above it; all steps get the same size."""
        width, height = (float(n) for n in drawing.attrib["viewBox"].split()[2:])
        width = max(width, NARROWEST)
        letters = int(width / LETTER)
        most = max(len(textwrap.wrap(head + s.text, letters)) for s in self.steps) + 1
        top = most * LINE_HEIGHT + 10
        drawing.set("viewBox", f"0 {-top} {width:g} {height + top:g}")
        lines = textwrap.wrap(head + step.text, letters)
        for i, line in enumerate([*lines, *([step.code[:letters]] if step.code else [])]):
            text = ElementTree.SubElement(drawing, "text")
            text.text = line
            is_code = i == len(lines)
            text.attrib |= {"x": "10", "y": str((i + 1) * LINE_HEIGHT - top), "fill": INK}
            text.set("style", f"text-anchor:start{';font-family:monospace' if is_code else ''}")
            if is_code:
                text.set("fill", VERMILLION)
        return drawing


def arrows_of(step: Step, values: list[Any]) -> list[str]:
    """The names, in the drawing, of the arrows against which something flows in this step."""
    if step.write is None:
        return []
    names = []
    for source in step.write.sources:
        through = f"v{source}_op" if operation_of(values[source]) else f"v{source}"
        names.append(f"v{step.write.target}->{through}")
    return names


def back(flow: str) -> str:
    """The number as it stands on an arrow; what flows back, flows to the left."""
    return f"← {flow}" if flow else ""


def thick(part: ElementTree.Element) -> None:
    part.set("stroke", VERMILLION)
    part.set("stroke-width", "2.5")


def outline(group: ElementTree.Element) -> ElementTree.Element:
    """The box or the ellipse of a node."""
    return next(part for part in group if part.tag in ("path", "polygon", "ellipse"))


def doubles(values: list[Any], grads: Sequence[Any]) -> list[Any]:
    """Things that draw like the values, with other gradients."""
    made: dict[int, Any] = {}
    for value, grad in zip(values, grads, strict=True):
        parents = tuple(made[id(parent)] for parent in parents_of(value))
        double = SimpleNamespace(data=value.data, grad=grad, _prev=parents)
        double.label, double._op = label_of(value), getattr(value, "_op", "")
        double._local = getattr(value, "_local", None)
        made[id(value)] = double
    return list(made.values())
