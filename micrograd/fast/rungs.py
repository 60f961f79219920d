"""The programs that train the GPT of notebook 09, from nodes of Python to compiled code.

Each is made from weights and a configuration, and is then ready for two things: to give the loss
and the gradients of a batch, so that it can be compared with the scalar model, and to train. The
ladder climbs them in the order of `RUNGS`. None of their packages is imported before it is asked
for, so that the list can be read where none is installed.

    >>> RUNGS["fused"].missing
    ''
"""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from micrograd.engine import recorded
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam, constant
from micrograd.train import whole_step

Document = Sequence[int]
State = Mapping[str, Any]  # a state_dict(): tables of numbers by name
Batches = Sequence[Sequence[Document]]
ADAM: dict[str, Any] = {"lr": 0.01, "betas": (0.85, 0.99)}  # the published program's
BATCH = 32  # documents in a step, where a rung takes several


@dataclass(frozen=True)
class Program:
    """A model that is ready to train.

    `gradients` takes documents and gives the loss of their batch with its gradient by the name of
    the weights; `train` makes an update with each of some batches.
    """

    gradients: Callable[[Sequence[Document]], tuple[float, State]]
    train: Callable[[Batches], None]
    few: int = 0  # if only that many documents should be asked for, since each costs something once


@dataclass(frozen=True)
class Rung:
    """A way to train: where it lives, what it needs, and how it is made from weights."""

    name: str
    module: str
    needs: tuple[str, ...]  # packages
    documents: int  # in a step
    make: Callable[[State, GPTConfig], Program] | None  # None for what is a command

    @property
    def missing(self) -> str:
        """What to do before this rung can be climbed, in a sentence; "" if nothing."""
        lacking = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if not lacking:
            return ""
        return (
            f"{self.name}: left out, because {' and '.join(lacking)} cannot be found. "
            f"`pip install {' '.join(lacking)}` installs it, in the course's environment."
        )

    @property
    def available(self) -> bool:
        return not self.missing


# The programs, each with an update by the same Adam. Packages are imported when they are needed.


def each(step: Callable[[Sequence[Document]], Any]) -> Callable[[Batches], None]:
    """A training run that makes one step after the other."""

    def train(batches: Batches) -> None:
        for batch in batches:
            step(batch)

    return train


def scalar_gradients(
    model: GPT, documents: Sequence[Document]
) -> tuple[float, dict[str, list[list[float]]]]:
    """The loss of a batch by the scalar model, and its gradients: what every rung is compared to.

    The mean of the documents' losses has the mean of their gradients.
    """
    for p in model.parameters():
        p.grad = 0.0
    total = 0.0
    for document in documents:
        with whole_step():
            with recorded() as order:
                loss = model.loss(document)
            loss.backward(order)
        total += loss.data
    n = len(documents)
    gradients = {
        name: [[p.grad / n for p in row] for row in rows] for name, rows in model.weights.items()
    }
    return total / n, gradients


def fused(state: State, config: GPTConfig) -> Program:
    """The package's scalar model: nodes of many parents, the collector paused in a step."""
    model = GPT(config, Random(0))
    model.load_state_dict(state)
    optimizer = Adam(model.parameters(), **ADAM)

    def step(documents: Sequence[Document]) -> None:
        [document] = documents
        optimizer.zero_grad()
        with whole_step():
            with recorded() as order:
                loss = model.loss(document)
            loss.backward(order)
            optimizer.step()

    return Program(lambda documents: scalar_gradients(model, documents), each(step))


def replay(state: State, config: GPTConfig) -> Program:
    """The package's graph, recorded once for each document."""
    model = GPT(config, Random(0))
    model.load_state_dict(state)
    return replayed(model.loss, model.weights)


class NotRecorded(ValueError):
    """A graph cannot be replayed, because its operations have names that are not known."""


def replayed(loss: Callable[[Document], Any], tables: Mapping[str, Any]) -> Program:
    """Anybody's graph of scalars, recorded once for each document and replayed in machine code.

    `loss` builds the graph from the values in `tables`. They may be the package's or a learner's.
    Both functions of the program raise `NotRecorded` for operations whose names are not known.
    """
    import numpy as np

    from micrograd.fast import optim
    from micrograd.fast.replay import record
    from micrograd.fast.tensor import Tensor

    values = [p for rows in tables.values() for row in rows for p in row]
    index = {id(p): i for i, p in enumerate(values)}
    flat = Tensor([p.data for p in values])
    optimizer = optim.Adam([flat], **ADAM)
    known: dict[tuple[int, ...], Any] = {}

    def recording(document: Document) -> Any:
        """The recorded graph of a document, where in it the weights are, and which these are."""
        if tuple(document) not in known:
            try:
                graph = record(loss(document))
            except (TypeError, ValueError) as fault:
                raise NotRecorded(str(fault)) from None
            found = [(i, index[id(p)]) for i, p in enumerate(graph.leaves) if id(p) in index]
            places, which = (np.array(numbers) for numbers in zip(*found, strict=True))
            known[tuple(document)] = graph, places, which
        return known[tuple(document)]

    def run(documents: Sequence[Document]) -> float:
        flat.grad.fill(0.0)
        total = 0.0
        for document in documents:
            graph, places, which = recording(document)
            graph.data[places] = flat.data[which]
            total += graph.forward()
            graph.backward()
            flat.grad[which] += graph.grad[places] / len(documents)
        return total / len(documents)

    def gradients(documents: Sequence[Document]) -> tuple[float, State]:
        mean, found, begin = run(documents), {}, 0
        for name, rows in tables.items():
            part = flat.grad[begin : begin + len(rows) * len(rows[0])]
            found[name] = part.reshape(len(rows), -1).copy()
            begin += part.size
        return mean, found

    def step(documents: Sequence[Document]) -> None:
        run(documents)
        optimizer.step()

    return Program(gradients, each(step), few=4)


def arrays(state: State, config: GPTConfig) -> Program:
    """NumPy: a node is a table, and a batch is one graph."""
    from micrograd.fast import gpt, optim

    model = gpt.GPT(config, Random(0))
    model.load_state_dict(state)
    optimizer = optim.Adam(model.parameters(), **ADAM)

    def step(documents: Sequence[Document]) -> None:
        optimizer.zero_grad()
        model.loss(documents).backward()
        optimizer.step()

    return Program(model.loss_and_gradients, each(step))


def compiled(state: State, config: GPTConfig) -> Program:
    """numba: forward, the way back and Adam, as loops in machine code."""
    from micrograd.fast import compiled

    model = compiled.GPT(config, Random(0))
    model.load_state_dict(state)

    def train(batches: Batches) -> None:
        model.steps = 0  # so that the documents begin with the first
        documents = [document for batch in batches for document in batch]
        size = len(batches[0])
        model.train(documents, len(batches), batch_size=size, schedule=constant, **ADAM)

    return Program(model.loss_and_gradients, train)


def pytorch(state: State, config: GPTConfig) -> Program:
    """PyTorch on the processor, with one thread: tables this small are not worth sharing out."""
    import torch

    from micrograd.fast import pytorch

    model = pytorch.GPT(config, Random(0), device="cpu")
    model.load_state_dict(state)
    optimizer = torch.optim.Adam(model.parameters(), fused=True, **ADAM)

    def train(batches: Batches) -> None:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            for batch in batches:
                optimizer.zero_grad()
                model.loss(batch).backward()
                optimizer.step()
        finally:
            torch.set_num_threads(threads)

    return Program(model.loss_and_gradients, train)


def jax(state: State, config: GPTConfig) -> Program:
    """JAX: the loss as a pure function, translated once for the shape of the batch."""
    import numpy as np

    from micrograd.fast import common, jax_loss

    model = jax_loss.GPT(config, Random(0))
    model.load_state_dict(state)
    zeros = {name: w * 0.0 for name, w in model.weights.items()}
    moments, made = (zeros, zeros), 0

    def step(documents: Sequence[Document]) -> None:
        nonlocal moments, made
        made += 1
        batch = common.padded(documents, config)
        room = ((0, 0), (0, config.block_size - batch.tokens.shape[1]))  # one shape for all
        filled = (np.pad(x, room) for x in (batch.tokens, batch.targets, batch.weights))
        _, gradient = jax_loss.loss_and_gradient(model.weights, tuple(filled), config)
        model.weights, moments = jax_loss.adam(
            model.weights, gradient, moments, made, ADAM["lr"], ADAM["betas"]
        )
        model.weights["wte"].block_until_ready()

    return Program(model.loss_and_gradients, each(step))


RUNGS = {
    "fused": Rung("fewer, larger nodes", "micrograd.gpt", (), 1, fused),
    "replay": Rung("a graph, replayed (numba)", "micrograd.fast.replay", ("numba",), 1, replay),
    "numpy": Rung("whole tables (NumPy)", "micrograd.fast.gpt", ("numpy",), 1, arrays),
    "batch": Rung(
        f"{BATCH} names at once (NumPy)", "micrograd.fast.gpt", ("numpy",), BATCH, arrays
    ),
    "compiled": Rung("compiled (numba)", "micrograd.fast.compiled", ("numba",), BATCH, compiled),
    "pytorch": Rung("PyTorch", "micrograd.fast.pytorch", ("torch", "numpy"), BATCH, pytorch),
    "jax": Rung("JAX", "micrograd.fast.jax_loss", ("jax", "numpy"), BATCH, jax),
    "processes": Rung(
        "two processes (PyTorch)", "micrograd.fast.distributed", ("torch", "numpy"), BATCH, None
    ),
}
