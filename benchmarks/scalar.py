"""How fast the scalar floors of the package are, beside plain programs that do the same.

    python -m benchmarks.scalar            # in the checkout; about three minutes
    python -m benchmarks.scalar --quick    # about half a minute, and rougher

Speeds are ratios, measured in one run, and only after every loss and every text was found equal.
A busy machine disturbs them: look at the spread.
"""

from __future__ import annotations

import gc
import math
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks import plain_gpt, plain_mlp
from benchmarks.report import Benchmark, Row, main
from benchmarks.sides import Side, ratio, take_turns
from micrograd import checkpoint, datasets, nn
from micrograd.engine import Value
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.sample import generate
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, make_step, train

BOTH_ON = "plain on, ours on"
PLAN = 1000  # training steps, after which the learning rate is 0


@dataclass(frozen=True)
class Sizes:
    """How much of each thing is measured."""

    gpt: tuple[int, int] = (20, 10)  # turns, and training steps in a turn
    moons: tuple[int, int] = (10, 1)
    points: int = 100  # of the moons
    chain: tuple[int, int, int] = (10_000, 1_000_000, 5)  # short, long, turns
    nodes: int = 10_000  # whose memory is taken
    growth: tuple[int, int] = (100, 1000)  # training steps between which memory may not grow
    texts: tuple[int, int] = (10, 10)  # turns, and texts in a turn


QUICK = Sizes(gpt=(5, 5), moons=(2, 1), chain=(10_000, 100_000, 3), growth=(20, 100), texts=(4, 5))


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=0, abs_tol=1e-9)


# 1 and 2: a step of training a GPT.


def start() -> tuple[list[str], CharTokenizer]:
    names = datasets.load("names")
    Random(42).shuffle(names)
    return names, CharTokenizer.from_documents(names)


def recipe(kind: type[GPT] = GPT, width: int = 16) -> Training:
    """The published program's run, on the bundled names: 1 layer, 16 wide, 4 heads, context 16."""
    names, tokenizer = start()
    model = kind(GPTConfig(tokenizer.vocab_size, n_embd=width), Random(42))
    optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    return Training(model, tokenizer, names, optimizer, steps=PLAN)


class TwoParents(GPT):
    """Our weights and our numbers in the plain program's functions: operators, nothing fused."""

    def loss(self, tokens: Any) -> Value:
        loss: Value = plain_gpt.document_loss(self.weights, tokens)
        return loss


def plain_steps() -> Iterator[float]:
    names, tokenizer = start()
    return plain_gpt.losses(recipe().model.state_dict(), map(tokenizer.encode, names), PLAN)


def steps_as_trained(kind: type[GPT]) -> Iterator[float]:
    for step in train(recipe(kind)):
        yield step.loss


def steps_untouched(kind: type[GPT]) -> Iterator[float]:
    training = recipe(kind)
    while True:
        yield make_step(training).loss


def gpt_steps(turns: int, steps: int) -> Iterator[Row]:
    plain, paused, untouched, two = take_turns(
        [
            (plain_steps,),
            (steps_as_trained, GPT),
            (steps_untouched, GPT),
            (steps_as_trained, TwoParents),
        ],
        turns,
        steps,
        close,
    )
    what, ours_paused = "GPT training step", "plain on, ours paused within a step"
    yield Row(f"{what}, as `train` runs it", ours_paused, f"{ratio(plain, paused)}", "20 ×")
    yield Row(f"{what}, collector untouched", BOTH_ON, f"{ratio(plain, untouched)}", "15 ×")
    yield Row(f"{what}, two-parent nodes only", ours_paused, f"{ratio(plain, two)}", "3 ×")


# 3: the two moons.


def plain_moons(points: int) -> Iterator[float]:
    model = plain_mlp.MLP(2, [16, 16, 1], Random(2))
    return plain_mlp.losses(model, plain_mlp.moons(points, Random(1)), PLAN, plain_mlp.Scalar)


def our_moons(points: int, kind: type) -> Iterator[float]:
    model = nn.MLP(2, [16, 16, 1], Random(2))
    return plain_mlp.losses(model, plain_mlp.moons(points, Random(1)), PLAN, kind)


def moons(turns: int, steps: int, points: int) -> Iterator[Row]:
    plain, values, floats = take_turns(
        [(plain_moons, points), (our_moons, points, Value), (our_moons, points, float)],
        turns,
        steps,
        close,
    )
    what = f"Moons, {points} points, `nn.MLP` 2-16-16-1"
    yield Row(f"{what}, the same program", BOTH_ON, f"{ratio(plain, values)}", "25 ×")
    yield Row(f"{what}, points as plain numbers", BOTH_ON, f"{ratio(plain, floats)}", "25 ×")


# 4: long chains.


def chains(length: int, nodes: int, collect: bool) -> Iterator[float]:
    """`nodes` nodes at each step, in chains of `length`: forward, backward, and freed."""
    while True:
        if not collect:
            gc.disable()
        for _ in range(nodes // length):
            weight = result = Value(1.0)
            for _ in range(length):
                result = result * weight
            result.backward()
        gc.enable()
        yield weight.grad - length  # 1, whatever the length: there are length + 1 factors


def chain(short: int, long: int, turns: int) -> Iterator[Row]:
    what = f"Time a node in a chain of {long:,}, beside one of {short:,}"
    for collect, state in ((False, "paused"), (True, "on")):
        programs = [(chains, long, long, collect), (chains, short, long, collect)]
        seconds = take_turns(programs, turns, 1, close)
        yield Row(what, state, f"{ratio(*seconds)}", "at most 1.4 ×")


def deep_chain(length: int) -> Iterator[tuple[float | None, int]]:
    """The most bytes a node took, and how many blocks of memory were not freed in the end."""
    next(chains(10_000, 10_000, collect=False))  # Python keeps some freed objects for later
    blocks, before = sys.getallocatedblocks(), peak_memory()
    next(chains(length, length, collect=False))
    left, after = sys.getallocatedblocks() - blocks, peak_memory()
    yield None if before is None or after is None else (after - before) / length, left


def peak_memory() -> int | None:
    """The most bytes this process ever held, where the system says so."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def deep(length: int) -> Iterator[Row]:
    with Side(deep_chain, length) as side:
        _, [(used, left)] = side.turn(1)
    peak = "" if used is None else f", {used:.0f} bytes a node at the peak"
    yield Row(
        f"A chain of {length:,} nodes",
        "paused",
        f"completes{peak}; {left} blocks of memory not freed",
        "completes and is freed",
    )


# 5: memory.


def bytes_a_node(make: Callable[[Value, Value], Value], count: int) -> tuple[float, float]:
    """Bytes that a node holds, all that its result and its gradient need: before and after."""
    x, w = Value(1.5), Value(2.5)
    nodes: list[Value | None] = [None] * count
    gc.collect()
    tracemalloc.start()
    for i in range(count):
        nodes[i] = make(x, w)
    before = traced()
    for node in nodes:
        node.backward()
    after = traced()
    tracemalloc.stop()
    return before / count, after / count


OPERATIONS: dict[str, tuple[Callable[[Value, Value], Value], str]] = {
    "x * w": (lambda x, w: x * w, "300 bytes"),
    "x.relu()": (lambda x, w: x.relu(), "220 bytes"),
    "x.exp()": (lambda x, w: x.exp(), "220 bytes"),
    "x * 2.0": (lambda x, w: x * 2.0, "220 bytes"),
}


def memory(count: int) -> Iterator[Row]:
    for name, (make, goal) in OPERATIONS.items():
        before, after = bytes_a_node(make, count)
        measured = f"{before:.0f} bytes, {after:.0f} after backward"
        yield Row(f"Memory of a node `{name}`", "–", measured, goal)


def growth(early: int, late: int) -> Iterator[Row]:
    what, state = "a training run, its history apart", "paused within a step"
    first, last = memory_twice(recipe(), early, late, sys.getallocatedblocks)
    yield Row(
        f"Blocks of memory in {what}, after {early:,} and {late:,} steps",
        state,
        f"{first:,} and {last:,}",
        "flat",
    )
    tracemalloc.start()
    first, last = memory_twice(recipe(width=4), early, late, traced)  # small: tracing is slow
    tracemalloc.stop()
    yield Row(
        f"Bytes in {what}, after {early:,} and {late:,} steps, 4 wide",
        state,
        f"{first:,} and {last:,}",
        "flat",
    )


def traced() -> int:
    return tracemalloc.get_traced_memory()[0]


def memory_twice(
    training: Training, early: int, late: int, memory_in_use: Callable[[], int]
) -> list[int]:
    """What is in use after `early` and after `late` steps, both times with `early` records."""
    found = []
    for steps in (early, late - early):
        for _ in train(training, steps):
            pass
        del training.history[early:]
        training.optimizer.zero_grad()  # how many gradients there are depends on the document
        gc.collect()
        found.append(memory_in_use())
    return found


# 6: sampling.


def small_gpt() -> tuple[GPT, Any]:
    return checkpoint.load_model(datasets.data_file("names-gpt.safetensors"))


def plain_texts() -> Iterator[str]:
    model, tokenizer = small_gpt()
    return plain_gpt.texts(model.state_dict(), "".join(tokenizer.chars), Random(3))


def our_texts() -> Iterator[str]:
    model, tokenizer = small_gpt()
    rng = Random(3)
    while True:
        yield generate(model, tokenizer, rng, temperature=0.5)


def sampling(turns: int, texts: int) -> Iterator[Row]:
    seconds = take_turns([(plain_texts,), (our_texts,)], turns, texts, str.__eq__)
    yield Row(
        "Tokens sampled in the same time, `generate` beside the plain program",
        BOTH_ON,
        f"{ratio(*seconds)}",
        "45 ×",
    )


# The table.


def measure(sizes: Sizes) -> Iterator[Row]:
    yield from gpt_steps(*sizes.gpt)
    yield from moons(*sizes.moons, sizes.points)
    yield from chain(*sizes.chain)
    yield from memory(sizes.nodes)
    yield from growth(*sizes.growth)
    yield from sampling(*sizes.texts)


NOTE = """\
A ratio says how many times as fast ours is as the plain program. (For chains it is a time, beside a
shorter chain's.) Every loss and every text was compared before a number was written: losses to
1e-9, texts exactly.

The plain programs, `benchmarks/plain_gpt.py` and `benchmarks/plain_mlp.py`, work as the published
ones do: two parents a node at most, constants as nodes, a recursive `backward`, and the cyclic
garbage collector at work, without which they would not free their graphs. Our losses come from the
same weights, documents and rates. Where our collector is paused, `train` does it; for the
chains it is off from the first node to the last.

The memory of a node is what Python's allocator hands out for it, its result and its gradient.
`x * w` has two parents, the others have one.
"""

BENCHMARK = Benchmark(
    "Scalars",
    measure=lambda quick: measure(QUICK if quick else Sizes()),
    aside="cyclic collector",
    note=NOTE,
)
DEEP = Benchmark(  # a few GB of memory
    "A very long chain",
    measure=lambda quick: deep(1_000_000 if quick else 10_000_000),
    aside="cyclic collector",
)


if __name__ == "__main__":
    main(BENCHMARK, __doc__)
