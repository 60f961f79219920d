"""A kernel that is killed in mid-training loses nothing that was saved, and its cells go on.

The kernels are real ones; nobody asks them before they are killed.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kernels import Kernel, kernel
from small_run import state

from micrograd import checkpoint, datasets
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train
from micrograd.viz.logbook import Log, observed

pytestmark = pytest.mark.slow

EVERY, SAMPLES = 40, 3
PLAN = 20_000

# What a notebook's cells do; the run saves itself all the time, and not every few seconds.
CELLS = f"""
from test_board_killed import names_run, HELD_OUT
from micrograd.viz import keeping, train_live
keeping.SECONDS_BETWEEN_SAVES = 0.1
training = names_run()
board = train_live(training, HELD_OUT, name="a", every={EVERY}, samples={SAMPLES})
"""

# So that most of the time is spent in the middle of a save, the disk takes its time.
SLOW_DISK = """
import os, time
fsync = os.fsync
os.fsync = lambda file: (fsync(file), time.sleep(0.3))
"""

NAMES, HELD_OUT = datasets.split(datasets.load("names"), 0.1, Random(42))
HELD_OUT = HELD_OUT[:10]


def names_run() -> Training:
    """The run of notebook 07, with a longer plan."""
    tokenizer = CharTokenizer.from_documents(NAMES)
    model = GPT(GPTConfig(tokenizer.vocab_size), Random(42))
    optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    return Training(model, tokenizer, NAMES, optimizer, steps=PLAN, rng=Random(1))


def kept(folder: Path) -> Training:
    return checkpoint.load(folder / "runs" / "a.safetensors", NAMES)


def until(reached: Any, what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"waited {seconds} seconds for {what}"
        time.sleep(0.05)


def has_saved(one: Kernel, step: int) -> None:
    until(lambda: one.value_of("board.keeper.saved") >= step, f"step {step} to be saved")


def test_a_killed_kernel_goes_on_bit_for_bit_with_the_rate_set_by_hand(tmp_path: Path) -> None:
    with kernel(tmp_path) as one:
        one.run(CELLS)
        has_saved(one, 20)
        one.run("board.set_rate(0.004)")
        changed, rate = one.value_of("training.notes['log']['rates'][-1]")
        assert rate == 0.004
        has_saved(one, changed + EVERY)
        one.kill()
    resumed_at = kept(tmp_path).step
    with kernel(tmp_path) as another:
        another.run(CELLS)
        assert another.value_of("training.history[0].number") == 1
        assert another.value_of("training.step") >= resumed_at
        has_saved(another, resumed_at + EVERY)
        another.run("board.press_pause()")
        steps = another.value_of("training.step")

    run = names_run()
    list(train(run, changed - 1))
    run.optimizer.lr = rate
    list(train(run, steps - changed + 1))
    assert steps > resumed_at > changed
    assert state(kept(tmp_path)) == state(run)
    assert kept(tmp_path).notes["log"]["rates"] == [[1, 0.01], [changed, 0.004]]


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_twenty_kernels_killed_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    moments = random.Random(7)
    steps, half_written = [], 0
    for number in range(20):
        with kernel(tmp_path) as one:
            one.run((SLOW_DISK if number % 2 else "") + CELLS)
            before = kept(tmp_path).step if steps else 0
            has_saved(one, before + 1)
            saved = one.value_of("board.keeper.saved")
            time.sleep(moments.uniform(0, 2))
            one.kill()
        assert kept(tmp_path).step >= saved  # a whole file, not older than what was saved last
        steps.append(kept(tmp_path).step)
        halves = list((tmp_path / "runs").glob("*.tmp"))
        half_written += len(halves)
        for half in halves:
            half.unlink()
    print(json.dumps({"steps after each kill": steps, "killed while saving": half_written}))
    assert steps == sorted(set(steps)) and half_written > 3

    run = names_run()
    log, uninterrupted = Log.of(run), observed(run, HELD_OUT, EVERY, SAMPLES)
    while run.step < steps[-1]:
        next(uninterrupted)
    uninterrupted.close()
    assert state(kept(tmp_path)) == state(run)
    assert Log.of(kept(tmp_path)) == log
