"""How fast the compiled GPT trains, beside the plain program and PyTorch, and where its time goes.

    python -m benchmarks.compiled            # in the checkout; about four minutes
    python -m benchmarks.compiled --quick    # about a minute, and rougher

All sides read the same twenty names in turn, in the published program's run. Every loss that two
sides both compute is compared.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import numpy as np

from benchmarks import plain_gpt
from benchmarks.report import Benchmark, Row, main
from benchmarks.scalar import PLAN, recipe
from benchmarks.sides import Side, ratio, take_turns
from micrograd.fast import compiled_loops as loops
from micrograd.fast.compiled import GPT, packed
from micrograd.fast.jit import jit
from micrograd.gpt import GPTConfig
from micrograd.optim import linear_decay

NAMES = 20
SETTINGS: dict[str, Any] = {"lr": 0.01, "betas": (0.85, 0.99)}  # the published program's
GENTLE = {**SETTINGS, "lr": 1e-4}  # for 64 wide: float32 runs stay together for longer
AT_ONCE = 1000  # steps in one call of compiled code

Loss = tuple[float, float]  # and how far it may be from another side's


def agree(one: Loss, other: Loss) -> bool:
    return abs(one[0] - other[0]) <= max(one[1], other[1])


def start(width: int = 16) -> tuple[GPTConfig, dict[str, list[list[float]]], list[list[int]]]:
    """The published sizes, or wider, the first weights, and the documents that all sides read."""
    run = recipe(width=width)
    documents = [run.tokenizer.encode(name) for name in run.documents[:NAMES]]
    return run.model.config, run.model.state_dict(), documents


def plain_steps() -> Iterator[Loss]:
    _, state, documents = start()
    for loss in plain_gpt.losses(state, cycle(documents), PLAN):
        yield loss, 1e-9


def compiled_steps(
    dtype: str, tolerance: float, width: int = 16, batch_size: int = 1, at_once: int = AT_ONCE
) -> Iterator[Loss]:
    config, state, documents = start(width)
    model = GPT(config, recipe().rng, dtype)
    model.load_state_dict(state)
    while True:
        losses = model.train(
            documents,
            at_once,
            plan=PLAN,
            batch_size=batch_size,
            schedule=linear_decay,
            **(SETTINGS if width == 16 else GENTLE),
        )
        yield from ((loss, tolerance) for loss in losses)


def pytorch_steps(
    tolerance: float, width: int = 16, batch_size: int = 1, at_once: int = 100
) -> Iterator[Loss]:
    """PyTorch in its own words, operation by operation; the batches are made beforehand."""
    from micrograd.fast import pytorch

    config, state, documents = start(width)
    model = pytorch.GPT(config, recipe().rng, "float32", device="cpu")
    model.load_state_dict(state)
    settings = SETTINGS if width == 16 else GENTLE
    adam = pytorch.Adam(model.parameters(), **settings)
    order = cycle(documents)
    batches = cycle([model.batch(list(islice(order, batch_size))) for _ in range(NAMES)])
    step = 0
    while True:
        losses = []
        for tokens, targets, weights in islice(batches, at_once):
            adam.lr = linear_decay(step, PLAN, settings["lr"])
            adam.zero_grad()
            loss = pytorch.mean_surprise(model(tokens), targets, weights)
            loss.backward()
            adam.step()
            losses.append(loss.detach())
            step += 1
        yield from ((loss.item(), tolerance) for loss in losses)


def beside_plain(turns: int, steps: int) -> Iterator[Row]:
    plain, double, single = take_turns(
        [
            (plain_steps,),
            (compiled_steps, "float64", 1e-9),
            (compiled_steps, "float32", 1e-2),
        ],
        turns,
        [steps, 2 * AT_ONCE, 2 * AT_ONCE],
        agree,
    )
    what, goal = "GPT training step, beside the plain program", "5,000 ×, then 12,000 ×"
    yield Row(what, "float64", f"{ratio(plain, double)}", goal)
    yield Row(what, "float32", f"{ratio(plain, single)}", goal)


def beside_pytorch(turns: int) -> Iterator[Row]:
    sizes = [(16, 1, 100, AT_ONCE), (16, 32, 100, 200), (64, 1, 100, 200), (64, 32, 20, 20)]
    for width, batch_size, theirs, ours in sizes:
        torch, compiled = take_turns(
            [
                (pytorch_steps, 1e-2, width, batch_size, theirs),
                (compiled_steps, "float32", 1e-2, width, batch_size, ours),
            ],
            turns,
            [theirs, ours],
            agree,
        )
        documents = "1 document" if batch_size == 1 else f"{batch_size} documents"
        yield Row(
            f"GPT training step, {width} wide, {documents}, beside PyTorch eager",
            "float32",
            f"{ratio(torch, compiled)}",
            "25 ×" if (width, batch_size) == (16, 1) else "–",
        )


# Where a step's time goes.


@jit
def forwards(
    times: int, tokens: Any, starts: Any, w: loops.Weights, kept: loops.Kept, sizes: loops.Sizes
) -> float:
    loss = 0.0
    for _ in range(times):
        for i in range(len(starts) - 1):
            T = starts[i + 1] - starts[i] - 1
            document = tokens[starts[i] : starts[i + 1]]
            loss += loops.forward(document, w, kept, sizes, 1 / T, T)
    return loss


@jit
def updates(times: int, flat: Any, settings: loops.Settings) -> None:
    for _ in range(times):
        for _ in range(NAMES):
            loops.adam(flat[0], flat[1], flat[2], flat[3], 1, 0.0, settings)


def multiplications(config: GPTConfig, documents: list[list[int]]) -> float:
    """Products of two numbers, added up, that a step needs on average: forward and back.

    A weight takes one for each token forward and two back; a token that attends to another takes
    two for each entry of its vectors, and back four.
    """
    e = config.n_embd
    weights = config.n_layer * 12 * e * e + config.vocab_size * e
    lengths = [len(document) - 1 for document in documents]
    pairs = sum(n * (n + 1) / 2 for n in lengths)
    return (3 * weights * sum(lengths) + 6 * config.n_layer * e * pairs) / len(documents)


def parts(times: int) -> Iterator[tuple[float, float, float, float]]:
    """Seconds of a step, its forward pass, its update, and its products at NumPy's best speed."""
    config, state, documents = start()
    model = GPT(config, recipe().rng)
    model.load_state_dict(state)
    tokens, starts = packed(documents, config)
    settings = loops.Settings(*SETTINGS["betas"], 1e-8, 0.0)
    large = np.ones((512, 512))
    a_product = multiplications(config, documents) / 512**3

    def timed(program: Callable[..., Any], *arguments: Any) -> float:
        began = time.perf_counter()
        program(*arguments)
        return time.perf_counter() - began

    made = times * NAMES
    while True:
        yield (
            timed(model.train, documents, made, *SETTINGS.values()) / made,
            timed(forwards, times, tokens, starts, model.w, model.kept, model.sizes) / made,
            timed(updates, times, model.flat, settings) / made,
            timed(np.dot, large, large) * a_product,
        )


def shares(turns: int) -> Iterator[Row]:
    with Side(parts, 50) as side:
        side.turn(1)  # translates
        found = [side.turn(1)[1][0] for _ in range(turns)]
    columns = zip(*found, strict=True)
    whole, forward, update, products = (statistics.median(times) for times in columns)
    share = [f"{part / whole:.0%}" for part in (forward, whole - forward - update, update)]
    yield Row("Shares of a step: forward, back, Adam", "float64", ", ".join(share), "–")
    yield Row(
        "The products of a step, at the speed of NumPy's product of two large matrices",
        "float64",
        f"{products / whole:.0%} of the step",
        "–",
    )


def measure(quick: bool) -> Iterator[Row]:
    yield from beside_plain(*((2, NAMES // 2) if quick else (9, NAMES)))
    yield from beside_pytorch(3 if quick else 12)
    yield from shares(5 if quick else 25)


NOTE = """\
The plain program is `benchmarks/plain_gpt.py`, with the cyclic garbage collector at work. In
float64 each loss was equal to 1e-9, and in float32 to 1e-2, where rounding has added up over
hundreds of updates. A call of compiled code makes a thousand steps; the first, which translates, is
not counted. PyTorch is that of `micrograd/fast/pytorch.py`, with its fused Adam, and finds its
batches made. At 64 wide the learning rate is a hundredth, so that rounding does not drive the two
runs apart.
"""

BENCHMARK = Benchmark(
    "The compiled GPT", measure, needs=("numba", "torch"), aside="numbers", note=NOTE
)

if __name__ == "__main__":
    main(BENCHMARK, __doc__)
