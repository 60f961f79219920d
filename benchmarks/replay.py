"""How fast a recorded graph is replayed, beside the plain program that builds it anew.

    python -m benchmarks.replay            # in the checkout; about a minute
    python -m benchmarks.replay --quick    # rougher

Each step computes the loss of the next of ten names and its gradient with respect to all weights,
which are a little smaller at every step. All losses are compared, and at first all gradients.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count

import numpy as np

from benchmarks import plain_gpt
from benchmarks.report import Benchmark, Row, main
from benchmarks.scalar import TwoParents, close, recipe
from benchmarks.sides import ratio, take_turns
from micrograd.engine import recorded
from micrograd.fast.replay import Recording, record
from micrograd.gpt import GPT

NAMES = 10


def documents() -> list[list[int]]:
    run = recipe()
    return [run.tokenizer.encode(name) for name in run.documents[:NAMES]]


def shrunk(step: int) -> float:
    """What the weights are multiplied by at a step."""
    return 1 - step * 1e-5


def recording_of(kind: type[GPT], tokens: list[int]) -> Recording:
    model = recipe(kind).model
    with recorded() as order:
        loss = model.loss(tokens)
    return record(loss, order)


# The sides: each gives the loss of step after step.


def plain() -> Iterator[float]:
    weights = plain_gpt.scalars(recipe().model.state_dict())
    parameters = [p for w in weights.values() for row in w for p in row]
    first = [p.data for p in parameters]
    names = documents()
    for step in count():
        factor = shrunk(step)
        for p, data in zip(parameters, first, strict=True):
            p.data, p.grad = data * factor, 0
        loss = plain_gpt.document_loss(weights, names[step % NAMES])
        loss.backward()
        yield loss.data


def replayed(kind: type[GPT]) -> Iterator[float]:
    recordings = [recording_of(kind, tokens) for tokens in documents()]
    leaves = [recording.data[: len(recording.leaves)] for recording in recordings]
    first = [data.copy() for data in leaves]
    for step in count():
        i = step % NAMES
        np.multiply(first[i], shrunk(step), out=leaves[i])
        loss = recordings[i].forward()
        recordings[i].backward()
        yield loss


def recordings(kind: type[GPT]) -> Iterator[float]:
    """Build the graph and record it: what comes before the first replay."""
    names = documents()
    for step in count():
        yield recording_of(kind, names[step % NAMES]).forward()


# What is measured.


def compare_gradients(kind: type[GPT]) -> int:
    """Replayed at other weights than those of the recording; how many nodes the graph has."""
    tokens, model = documents()[0], recipe(kind).model
    recording = record(model.loss(tokens))
    for p in model.parameters():
        p.data *= shrunk(1000)
    weights = plain_gpt.scalars(model.state_dict())
    plain_gpt.document_loss(weights, tokens).backward()
    recording.read()
    recording.forward()
    recording.backward()
    recording.write()
    theirs = [p.grad for w in weights.values() for row in w for p in row]
    ours = [p.grad for p in model.parameters()]
    far = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    if not (far < 1e-12 and any(theirs)):
        raise AssertionError(f"A gradient is {far} away from the plain program's.")
    return len(recording.data)


def measure(quick: bool) -> Iterator[Row]:
    nodes = [compare_gradients(kind) for kind in (TwoParents, GPT)]
    seconds = take_turns(
        [(plain,), (replayed, TwoParents), (replayed, GPT)],
        2 if quick else 8,
        [NAMES, 50 * NAMES, 50 * NAMES],
        close,
    )
    what = "Forward and backward of the GPT's recorded graph"
    asides = [f"two parents a node, {nodes[0]:,} nodes", f"many parents, {nodes[1]:,} nodes"]
    for aside, other in zip(asides, seconds[1:], strict=True):
        yield Row(what, aside, f"{ratio(seconds[0], other)}", "500 ×")
    first, other = take_turns(
        [(plain,), (recordings, TwoParents)], 2 if quick else 4, 3, lambda a, b: math.isfinite(b)
    )
    yield Row(
        "Building and recording it: as long as so many plain forwards and backwards",
        asides[0],
        f"{ratio(other, first)}",
        "–",
    )


NOTE = """\
The plain program, `benchmarks/plain_gpt.py`, builds its graph anew in each step, with the cyclic
garbage collector at work. The recordings are of the same ten names, and are replayed with other
weights at every step: every loss was equal to 1e-9, and all gradients of the first name to 1e-12.
"""

BENCHMARK = Benchmark("A recorded graph, replayed", measure, ("numba",), "graph", NOTE)

if __name__ == "__main__":
    main(BENCHMARK, __doc__)
