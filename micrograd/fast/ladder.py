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

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from random import Random

from micrograd import checkpoint, datasets
from micrograd.fast.rungs import (
    ADAM,
    RUNGS,
    Batches,
    Document,
    NotRecorded,
    Program,
    Rung,
    State,
    scalar_gradients,
)
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import linear_decay
from micrograd.tokenizer import CharTokenizer

SECONDS = 0.6  # that the steps of a rung are timed for, about
STEPS = 60  # of a run of two processes


# The two tests of a rung.


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
    """How many tokens a program trains on in a second: the best of five turns or more.

    Seconds of the processor and not of the clock on the wall, and the best: so that little of what
    else the machine does is counted, which can only slow a program down.

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
        begun = time.process_time()
        train(batches)
        taken = time.process_time() - begun
        return taken, tokens / max(taken, 1e-9)

    steps = 1
    while (turn := timed(steps))[0] < seconds / 6:
        steps *= 3
    turns = [turn]
    while len(turns) < 5 or sum(taken for taken, _ in turns) < seconds:
        turns.append(timed(steps))
    return max(speed for _, speed in turns)


# Several processes are a command. They cannot be asked for a gradient from outside, so what is
# compared is every loss of a run, which the updates before it have made.


def in_processes(batch: int) -> tuple[list[float], list[float], float]:
    """The losses of a run of two processes on the names, those of one, and tokens a second."""
    from micrograd.fast import gpt, optim

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.safetensors"
        options = f"--data names --batch {batch // 2} --steps {STEPS} --dtype float64".split()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"),
                *("-m", "micrograd.fast.distributed", *options, "--checkpoint", str(path)),
            ],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
            check=False,
            capture_output=True,
            timeout=120,
        )
        history = checkpoint.history_of(checkpoint.read_run(path)[0]) if path.exists() else []
    if len(history) < STEPS:  # a stumble after the last step does no harm
        raise subprocess.CalledProcessError(done.returncode, "torchrun", stderr=done.stderr)
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
        digits = 0 if self.times >= 9.5 else 1
        place = (
            f"{self.times:,.{digits}f} × the first rung" if self.times != 1 else "the first rung"
        )
        equal = (
            f"differ by at most {self.difference:.0e}" if self.difference else "are the very same"
        )
        return f"{self.name}: {self.proof} {equal}; {self.speed:,.0f} tokens a second, {place}"


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
        """Make, prove and time one of `RUNGS`; or say why not.

        `make` makes its program in another way, such as from a learner's own graph. Where that
        cannot be recorded, the package's is.
        """
        if key not in RUNGS:
            raise ValueError(f"There is no rung {key!r}; there are {', '.join(RUNGS)}.")
        rung = RUNGS[key]
        if rung.missing:
            return self.keep(Result(rung.name, rung.documents, missing=rung.missing))
        if rung.make is None:
            return self.command(rung)
        if make is not None:
            with suppress(NotRecorded):
                return self.add(rung.name, make(), rung.documents)
        return self.add(rung.name, rung.make(self.state, self.config), rung.documents)

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
