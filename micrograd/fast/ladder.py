"""The ladder: one training step of one GPT, in many ways, each proved equal and then timed.

A rung is a way to train the model. Before its speed counts, its gradients are compared with those
of the scalar model, number by number. Then it trains on the same names as all the others, by Adam,
and what counts is how many tokens a second that were. Notebook 09 climbs from the learner's own
program to compiled code and several processes, and the benchmarks use the same list.

    >>> from random import Random
    >>> from micrograd.gpt import GPT, GPTConfig
    >>> config = GPTConfig(vocab_size=5, block_size=4, n_embd=4)
    >>> ladder = Ladder(GPT(config, Random(42)).state_dict(), config, [[4, 0, 1, 4], [4, 2, 4]])
    >>> ladder.climb("fused").difference
    0.0

A rung whose package is not installed says so, with the command that installs it.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from micrograd import datasets
from micrograd.engine import recorded
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam, linear_decay
from micrograd.tokenizer import CharTokenizer
from micrograd.train import whole_step

Document = Sequence[int]
State = Mapping[str, Any]  # a state_dict(): tables of numbers by name
Batches = Sequence[Sequence[Document]]
ADAM: dict[str, Any] = {"lr": 0.01, "betas": (0.85, 0.99)}  # the published program's
SECONDS = 0.6  # that the steps of a rung are timed for, about
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


# The rungs, each with an update by the same Adam. Packages are imported when they are needed.


def each(step: Callable[[Sequence[Document]], Any]) -> Callable[[Batches], None]:
    """A training run that makes one step after the other."""

    def train(batches: Batches) -> None:
        for batch in batches:
            step(batch)

    return train


def fused(state: State, config: GPTConfig) -> Program:
    """The package's scalar model: nodes of many parents, the collector paused in a step."""
    model = GPT(config, Random(0))
    model.load_state_dict(state)
    optimizer = Adam(model.parameters(), **ADAM)

    def step(documents: Sequence[Document]) -> None:
        optimizer.zero_grad()
        for document in documents:
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


def replayed(loss: Callable[[Document], Any], tables: Mapping[str, Any]) -> Program:
    """Anybody's graph of scalars, recorded once for each document and replayed in machine code.

    `loss` builds the graph from the values in `tables`. They may be the package's or a learner's.
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
            graph = record(loss(document))
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
        model.train(documents, len(batches), batch_size=len(batches[0]), plan=10**9, **ADAM)

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


# Several processes are a command. They cannot be asked for a gradient from outside, so what is
# compared is every loss of a run, which the updates before it have made.

STEPS = 60  # of that run


def in_processes(batch: int) -> tuple[list[float], list[float], float]:
    """The losses of a run of two processes on the names, those of one, and tokens a second."""
    from micrograd import checkpoint
    from micrograd.fast import gpt, optim

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.safetensors"
        options = f"--data names --batch {batch // 2} --steps {STEPS} --dtype float64".split()
        subprocess.run(
            [
                *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
                *("-m", "micrograd.fast.distributed", *options, "--checkpoint", str(path)),
            ],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=120,
        )
        tensors, _ = checkpoint.read_run(path)
    history = checkpoint.history_of(tensors)
    later = history[STEPS // 2 :]
    speed = sum(step.tokens for step in later) / sum(step.seconds for step in later)

    rng = Random(42)  # as there: first the order of the names is drawn, then the weights
    names = datasets.load("names")
    rng.shuffle(names)
    tokenizer = CharTokenizer.from_documents(names)
    model = gpt.GPT(GPTConfig(tokenizer.vocab_size), rng)
    optimizer = optim.Adam(model.parameters(), **ADAM)
    losses = []
    for step in range(STEPS):
        part = names[step * batch : (step + 1) * batch]
        optimizer.zero_grad()
        loss = model.loss([tokenizer.encode(name) for name in part])
        loss.backward()
        optimizer.lr = linear_decay(step, STEPS, ADAM["lr"])
        optimizer.step()
        losses.append(float(loss))
    return [step.loss for step in history], losses, speed


def reason(fault: Exception) -> str:
    """What a process said when it ended, in one line."""
    said = getattr(fault, "stderr", None) or str(fault).encode()
    lines = said.decode(errors="replace").splitlines()
    own = [line.partition(":")[2].strip() for line in lines if line.startswith("[rank")]
    return own[-1] if own else next((line for line in lines if line.strip()), "")


# The two tests of a rung.


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


def largest_difference(one: State, other: State) -> float:
    """By how much two gradients differ, at the weight where they differ most.

    >>> largest_difference({"w": [[1.0, 2.0]]}, {"w": [[1.0, 2.5]]})
    0.5
    """
    if one.keys() != other.keys():
        raise ValueError(f"Different weights: {sorted(one.keys() ^ other.keys())}.")
    differences = [0.0]
    for name in one:
        for mine, theirs in zip(one[name], other[name], strict=True):
            differences += [abs(float(a) - float(b)) for a, b in zip(mine, theirs, strict=True)]
    return max(differences)


def tokens_in(documents: Iterable[Document], config: GPTConfig) -> int:
    """How many next tokens are predicted."""
    return sum(min(len(document) - 1, config.block_size) for document in documents)


def tokens_a_second(
    train: Callable[[Batches], None],
    documents: Sequence[Document],
    config: GPTConfig,
    batch: int = 1,
    seconds: float = SECONDS,
    few: int = 0,
) -> float:
    """How many tokens a program trains on in a second: the median of some turns.

    The first step is not counted: it may load a package or translate a function. With `few`, only
    so many of the documents are read, and each of them once before the clock starts.
    """
    documents = documents[:few] if few else documents
    train([[document] for document in documents] if few else [documents[:batch]])
    endless = cycle(documents)

    def timed(steps: int) -> tuple[float, float]:
        """The seconds that some steps take, and their tokens a second."""
        batches = [list(islice(endless, batch)) for _ in range(steps)]
        tokens = sum(tokens_in(documents, config) for documents in batches)
        begun = time.perf_counter()
        train(batches)
        taken = time.perf_counter() - begun
        return taken, tokens / taken

    steps = 1
    while (turn := timed(steps))[0] < seconds / 6:
        steps *= 3
    turns = [turn]
    while sum(taken for taken, _ in turns) < seconds:
        turns.append(timed(steps))
    return median(speed for _, speed in turns)


# The ladder.


@dataclass(frozen=True)
class Result:
    """What a rung has shown; `missing` is the sentence for one that could not be climbed."""

    name: str
    documents: int = 1  # in a step
    difference: float = 0.0  # the largest between its gradients and the scalar model's
    speed: float = 0.0  # tokens a second
    times: float = 1.0  # as fast as the first rung
    missing: str = ""
    proof: str = "gradients"  # what was compared

    def __repr__(self) -> str:
        if self.missing:
            return self.missing
        times = f"{self.times:,.0f}" if self.times >= 9.5 else f"{self.times:.1f}"
        equal = f"equal to {self.difference:.0e}" if self.difference else "the very same"
        return (
            f"{self.name}: {self.proof} {equal}; "
            f"{self.speed:,.0f} tokens a second, {times} × the first rung"
        )


class Ladder:
    """Weights, documents as tokens, and what each rung has shown with them so far."""

    def __init__(self, state: State, config: GPTConfig, documents: Sequence[Document]) -> None:
        self.state = state
        self.config = config
        self.documents = documents
        self.model = GPT(config, Random(0))
        self.model.load_state_dict(state)
        self.results: list[Result] = []

    def climb(self, key: str, make: Callable[[], Program] | None = None) -> Result:
        """Make, prove and time one of `RUNGS`; or say why not. `make` makes it in another way."""
        if key not in RUNGS:
            raise ValueError(f"There is no rung {key!r}; there are {', '.join(RUNGS)}.")
        rung = RUNGS[key]
        if rung.missing:
            return self.keep(Result(rung.name, rung.documents, missing=rung.missing))
        if make is not None:
            program = make()
        elif rung.make is not None:
            program = rung.make(self.state, self.config)
        else:
            return self.command(rung)
        return self.add(rung.name, program, rung.documents)

    def command(self, rung: Rung) -> Result:
        """Run the two processes, and compare the loss of every step with that of one process."""
        try:
            losses, alone, speed = in_processes(rung.documents)
        except (OSError, subprocess.SubprocessError) as fault:
            missing = f"{rung.name}: left out, because they did not finish here. {reason(fault)}"
            return self.keep(Result(rung.name, rung.documents, missing=missing))
        difference = max(abs(a - b) for a, b in zip(losses, alone, strict=True))
        if not difference < 1e-9:
            raise ValueError(
                f"{rung.name} is no rung of this ladder: its losses differ from those of one "
                f"process by up to {difference:.1e}."
            )
        result = Result(rung.name, rung.documents, difference, speed, self.times(speed))
        return self.keep(replace(result, proof=f"the losses of {len(losses)} steps"))

    def add(self, name: str, program: Program, documents: int = 1) -> Result:
        """Prove and time a program, also one that is none of `RUNGS`."""
        difference = self.proved(name, program.gradients, self.documents[:documents])
        speed = tokens_a_second(
            program.train, self.documents, self.config, documents, few=program.few
        )
        return self.keep(Result(name, documents, difference, speed, self.times(speed)))

    def times(self, speed: float) -> float:
        """How many times as fast as the first rung."""
        climbed = [result for result in self.results if not result.missing]
        return speed / climbed[0].speed if climbed else 1.0

    def proved(
        self,
        name: str,
        gradients: Callable[[Sequence[Document]], tuple[float, State]],
        batch: Sequence[Document],
    ) -> float:
        """The largest difference between the gradients; a rung that computes others is refused."""
        expected_loss, expected = scalar_gradients(self.model, batch)
        loss, found = gradients(batch)
        difference = largest_difference(expected, found)
        if not (abs(loss - expected_loss) < 1e-9 and difference < 1e-9):
            raise ValueError(
                f"{name} is no rung of this ladder: its loss is {loss:.6f} where the scalar model "
                f"has {expected_loss:.6f}, and its gradients differ by up to {difference:.1e}."
            )
        return difference

    def keep(self, result: Result) -> Result:
        """A rung that is climbed again takes its old place."""
        names = [known.name for known in self.results]
        if result.name in names:
            self.results[names.index(result.name)] = result
        else:
            self.results.append(result)
        return result


def overview() -> Iterator[str]:
    """A line for each rung: whether it can be climbed here."""
    for rung in RUNGS.values():
        yield rung.missing or f"{rung.name}: ready"
