"""How fast a trained model writes names on NumPy, beside PyTorch and beside Values.

    python -m benchmarks.sampling            # in the checkout; about a minute
    python -m benchmarks.sampling --quick    # rougher

One name at a time, both sides get the same random numbers and write the same names, letter for
letter, in double precision. With 256 side by side, each draws with its own random numbers, so the
scores of the same texts are compared first.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

import numpy as np

from benchmarks.report import Benchmark, Row, main
from benchmarks.sides import Side, ratio
from micrograd import checkpoint, datasets, sample
from micrograd.fast import gpt
from micrograd.fast.sample import generate_batch
from micrograd.gpt import GPT

AT_ONCE = 256


def trained(kind: Any) -> tuple[Any, Any]:
    return checkpoint.load_model(datasets.data_file("names-gpt.safetensors"), kind)


# The sides: each gives how many tokens it drew, and the texts where they can be compared.


def one_at_a_time(backend: str, dtype: str) -> Iterator[tuple[int, str]]:
    model, tokenizer = trained(kind_of(backend, dtype))
    rng = Random(3)
    gc.disable()
    while True:
        text = sample.generate(model, tokenizer, rng)
        yield drawn(text), text


def kind_of(backend: str, dtype: str) -> Any:
    if backend == "scalar":
        return GPT
    if backend == "numpy":
        return partial(gpt.GPT, dtype=dtype)
    from micrograd.fast import pytorch

    return partial(pytorch.GPT, dtype=dtype, device="cpu")


def drawn(text: str) -> int:
    """The tokens of a text: its letters, and BOS if the context had room for it."""
    return min(len(text) + 1, 16)


def numpy_batches(dtype: str) -> Iterator[tuple[int, None]]:
    model, tokenizer = trained(kind_of("numpy", dtype))
    rng = Random(3)
    gc.disable()
    while True:
        yield sum(map(drawn, generate_batch(model, tokenizer, rng, AT_ONCE))), None


def pytorch_batches(dtype: str) -> Iterator[tuple[int, None]]:
    import torch

    from micrograd.fast import pytorch

    model, tokenizer = trained(kind_of("pytorch", dtype))
    generator = torch.Generator().manual_seed(3)
    gc.disable()
    while True:
        texts = pytorch.generate(model, tokenizer, AT_ONCE, generator=generator)
        yield sum(map(drawn, texts)), None


# What is measured.


def compare_scores() -> None:
    """Of both models, for 256 texts of the same random tokens, at every position."""
    ours, theirs = (trained(kind_of(name, "float64"))[0] for name in ("numpy", "pytorch"))
    reader = ours.frozen()
    cache, other = reader.new_cache(AT_ONCE), theirs.new_cache()
    tokens = np.random.default_rng(1).integers(0, 27, (16, AT_ONCE))
    for position, row in enumerate(tokens):
        scores = theirs.logits(row, position, other).detach().numpy()
        far = np.abs(reader.logits(row, position, cache) - scores).max()
        if not far < 1e-11:
            raise AssertionError(f"A score at position {position} is {far} away from PyTorch's.")


def speeds(
    programs: list[tuple[Any, ...]], turns: int, steps: list[int], same: bool
) -> list[list[float]]:
    """Seconds a token, turn by turn, after one that is not counted."""
    sides = [Side(*program) for program in programs]
    seconds: list[list[float]] = [[] for _ in programs]
    texts: list[list[Any]] = [[] for _ in programs]
    for turn in range(turns + 1):
        for side, count, column, written in zip(sides, steps, seconds, texts, strict=True):
            taken, results = side.turn(count)
            written += [text for _, text in results]
            if turn:
                column.append(taken / sum(tokens for tokens, _ in results))
    for side in sides:
        side.__exit__()
    for written in texts[1:] if same else ():
        for a, b in zip(texts[0], written, strict=False):
            if a != b:
                raise AssertionError(f"The same random numbers gave {a!r} and {b!r}.")
    return seconds


def measure(quick: bool) -> Iterator[Row]:
    compare_scores()
    turns = 4 if quick else 15
    double = [(one_at_a_time, name, "float64") for name in ("scalar", "pytorch", "numpy")]
    scalar, pytorch, numpy = speeds(double, turns, [10, 20, 100], same=True)
    what = "Tokens sampled one name at a time"
    yield Row(f"{what}, beside PyTorch", "double", f"{ratio(pytorch, numpy)}", "2.5 ×")
    yield Row(
        f"{what}, beside the scalar model on floats", "double", f"{ratio(scalar, numpy)}", "–"
    )
    single = [(one_at_a_time, name, "float32") for name in ("pytorch", "numpy")]
    pytorch, numpy = speeds(single, turns, [20, 100], same=False)
    yield Row(f"{what}, beside PyTorch", "single", f"{ratio(pytorch, numpy)}", "2.5 ×")
    for dtype, precision in (("float64", "double"), ("float32", "single")):
        programs = [(pytorch_batches, dtype), (numpy_batches, dtype)]
        pytorch, numpy = speeds(programs, turns, [10, 20], same=False)
        what = f"Tokens sampled {AT_ONCE} names at once, beside PyTorch"
        yield Row(what, precision, f"{ratio(pytorch, numpy)}", "2 ×")
        each = sorted(numpy)[len(numpy) // 2]
        yield Row("The same, tokens a second", precision, f"{1 / each:,.0f}", "–")


NOTE = f"""\
The trained model of the course: 1 layer, 16 wide, 4 heads. One thread each. One name at a time all
sides wrote the same names, in double precision; before the {AT_ONCE} at once, their scores for the
same texts were equal to 1e-11.
"""

BENCHMARK = Benchmark(
    "Sampling on NumPy, beside PyTorch", measure, ("numpy", "torch"), "precision", NOTE
)

if __name__ == "__main__":
    main(BENCHMARK, __doc__)
