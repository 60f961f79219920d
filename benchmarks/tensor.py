"""How fast the GPT on NumPy trains, beside PyTorch at its best, operation by operation.

    python -m benchmarks.tensor            # in the checkout; about two minutes
    python -m benchmarks.tensor --quick    # rougher

Both sides train in single precision, on one thread, with the same weights, documents and Adam.
First their gradients are compared in double precision, then all losses while they are timed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import cycle, islice
from random import Random
from typing import Any

import numpy as np

from benchmarks.report import Benchmark, Row, main
from benchmarks.scalar import start
from benchmarks.sides import ratio, take_turns
from micrograd.fast.common import Batch, initial_weights, padded
from micrograd.fast.gpt import GPT, packed
from micrograd.fast.optim import Adam
from micrograd.gpt import GPTConfig

SIZES = {  # width, and documents in a batch: the goal
    (16, 1): "4.5 ×",
    (16, 32): "2.5 ×",
    (64, 1): "3 ×",
    (64, 32): "1.4 ×",
    (128, 1): "–",
    (128, 32): "1 ×",
}
BATCHES = 20  # different ones, read again and again
SETTINGS: dict[str, Any] = {"lr": 0.0001, "betas": (0.85, 0.99)}


def batches(config: GPTConfig, count: int) -> list[Batch]:
    names, tokenizer = start()
    documents = map(tokenizer.encode, names)
    return [padded(list(islice(documents, count)), config) for _ in range(BATCHES)]


class BestPyTorch:
    """PyTorch in its fastest form that we found, without compiling.

    Functions on tensors and no modules; queries, keys and values by one product; scaled dot-product
    attention and RMS norm in one operation each; Adam in one for all parameters. The batches are
    tensors beforehand.
    """

    def __init__(self, config: GPTConfig, rng: Random, dtype: str) -> None:
        import torch

        self.config, self.torch = config, torch
        weights = {n: torch.tensor(w).to(getattr(torch, dtype)) for n, w in initial(config, rng)}
        self.weights = {name: w.requires_grad_() for name, w in weights.items()}
        self.adam = torch.optim.Adam(list(self.weights.values()), fused=True, **SETTINGS)

    def batch(self, batch: Batch) -> tuple[Any, ...]:
        tokens, targets, weights = map(self.torch.from_numpy, vars(batch).values())
        return tokens, targets.flatten(), weights.to(self.weights["wte"].dtype).flatten()

    def loss(self, tokens: Any, targets: Any, weights: Any) -> Any:
        F, w, e = self.torch.nn.functional, self.weights, (self.config.n_embd,)
        b, t = tokens.shape
        x = F.rms_norm(F.embedding(tokens, w["wte"]) + w["wpe"][:t], e, eps=1e-5)  # (B, T, E)
        qkv = F.linear(F.rms_norm(x, e, eps=1e-5), w["qkv"]).view(b, t, 3, self.config.n_head, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (B, n_head, T, H) each
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(mixed.transpose(1, 2).reshape(b, t, -1), w["layer0.attn_wo"])
        hidden = F.linear(F.rms_norm(x, e, eps=1e-5), w["layer0.mlp_fc1"]).relu()
        x = x + F.linear(hidden, w["layer0.mlp_fc2"])
        logits = F.linear(x, w["lm_head"]).view(b * t, -1)
        return F.cross_entropy(logits, targets, reduction="none").dot(weights)


def initial(config: GPTConfig, rng: Random) -> Iterator[tuple[str, np.ndarray]]:
    """The first weights, with those of queries, keys and values in one matrix."""
    weights = initial_weights(config, rng)
    yield "qkv", np.concatenate([weights.pop(f"layer0.attn_w{name}") for name in "qkv"])
    yield from weights.items()


# The sides: each gives the loss of step after step, with the collector paused, as `train` has it.


def pytorch_steps(width: int, count: int) -> Iterator[float]:
    config = GPTConfig(27, n_embd=width)
    model = BestPyTorch(config, Random(42), "float32")
    ready = cycle([model.batch(batch) for batch in batches(config, count)])
    gc.disable()
    while True:
        model.adam.zero_grad()
        loss = model.loss(*next(ready))
        loss.backward()
        model.adam.step()
        yield float(loss.detach())


def numpy_steps(width: int, count: int, filling: bool) -> Iterator[float]:
    config = GPTConfig(27, n_embd=width)
    model = GPT(config, Random(42), "float32")
    adam = Adam(model.parameters(), **SETTINGS)
    ready = cycle([packed(batch, filling) for batch in batches(config, count)])
    gc.disable()
    while True:
        adam.zero_grad()
        loss = model.loss(next(ready))
        loss.backward()
        adam.step()
        yield float(loss)


# What is measured.


def compare_gradients(width: int, count: int) -> None:
    config = GPTConfig(27, n_embd=width)
    batch = batches(config, count)[0]
    theirs = BestPyTorch(config, Random(42), "float64")
    theirs.loss(*theirs.batch(batch)).backward()
    _, ours = GPT(config, Random(42)).loss_and_gradients(batch)
    ours["qkv"] = np.concatenate([ours[f"layer0.attn_w{name}"] for name in "qkv"])
    for name, w in theirs.weights.items():
        expected = w.grad.numpy()
        far = np.abs(ours[name] - expected).max()
        if not far < 1e-12 * max(1, np.abs(expected).max()):
            raise AssertionError(f"{name}: a gradient is {far} away from PyTorch's.")


def near(a: float, b: float) -> bool:
    return abs(a - b) < 2e-2  # in single precision: rounding adds up over a thousand steps


def measure(quick: bool) -> Iterator[Row]:
    for (width, count), goal in SIZES.items():
        compare_gradients(width, count)
        steps = 100 if count == 1 else 20
        sides = [(pytorch_steps, width, count)]
        sides += [(numpy_steps, width, count, filling) for filling in (True, False)]
        seconds = take_turns(sides, 4 if quick else 15, steps, near)
        what = f"A training step, {width} wide, {count} document{'s' * (count > 1)}"
        yield Row(what, "filled up" if count > 1 else "–", f"{ratio(*seconds[:2])}", goal)
        if count > 1:
            yield Row(what, "packed, on our side", f"{ratio(seconds[0], seconds[2])}", "–")


NOTE = """\
The published sizes but for the width: 1 layer, 4 heads, context 16, on the names. Numbers are of
single precision, each side has one thread, and the cyclic collector rests on both. PyTorch runs
without compiling, in the fastest form that we found: see `BestPyTorch` in `benchmarks/tensor.py`.
Where documents are filled up to the longest, the goal is for that; packed, ours leaves the filling
out, and PyTorch's batch is as before.
"""

BENCHMARK = Benchmark(
    "The GPT on NumPy, beside PyTorch", measure, ("numpy", "torch"), "documents", NOTE
)

if __name__ == "__main__":
    main(BENCHMARK, __doc__)
