"""The board of a training run does what its buttons say, and loses nothing whatever stops it."""

from __future__ import annotations

import asyncio
import json
import math
import re
import signal
from typing import Any

import pytest
from on_a_loop import at_work, press, until
from small_run import DOCUMENTS, new_run, state

from micrograd import checkpoint
from micrograd.train import Training, train
from micrograd.viz import board as board_module
from micrograd.viz import keeping, train_live

HELD_OUT = ["ab", "cab"]
LONG = 1_000_000  # a plan that no test gets through


@pytest.fixture(autouse=True)
def learners_folder(tmp_path, monkeypatch):
    """Each test in a folder of its own, nothing static, no run of an earlier test at hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)
    monkeypatch.setattr(keeping, "_of_this_kernel", {})
    monkeypatch.setattr(board_module, "training_sheet", blank)


def blank(training: Training) -> Any:
    """In place of the sheet, which takes its time; tests/test_sheet.py looks at that one."""

    class Blank:
        html = f"a sheet of {training.step} steps"

        def __repr__(self) -> str:
            return self.html

    return Blank()


def says(board: Any) -> str:
    return re.sub("<[^>]*>", "", board.panel.status.value)


def uninterrupted(**changes: Any) -> Training:
    run = new_run(**changes)
    list(train(run))
    return run


# The buttons


@at_work
async def test_it_begins_at_once_and_ends_with_the_plan():
    run = new_run()
    board = train_live(run, HELD_OUT)
    assert run.step == 0 and says(board) == "Running."
    await until(lambda: not board.running)
    assert state(run) == state(uninterrupted())
    assert says(board).startswith("All 12 steps are made.")
    assert board.panel.number.value == "step 12 of 12"
    assert board.panel.screen.value == "a sheet of 12 steps"


@at_work
async def test_pause_and_resume():
    run = new_run(steps=LONG)
    board = train_live(run)
    await until(lambda: run.step > 20)
    assert board.panel.pause.description == "pause"
    await press(board.panel.pause)
    so_far = run.step
    assert says(board) == f"Paused after step {so_far:,}."
    assert board.panel.pause.description == "resume"
    await asyncio.sleep(0.1)
    assert run.step == so_far
    await press(board.panel.pause)
    await until(lambda: run.step > so_far)
    await press(board.panel.stop)
    assert [step.number for step in run.history] == list(range(1, run.step + 1))


@at_work
async def test_stop_ends_it_and_the_cell_run_again_goes_on():
    run = new_run(steps=LONG)
    board = train_live(run)
    await until(lambda: run.step > 5)
    await press(board.panel.stop)
    so_far = run.step
    assert says(board).startswith(f"Stopped after step {so_far:,}.")
    assert board.panel.pause.disabled and board.panel.rate.disabled
    board.finish()
    assert run.step == so_far
    again = train_live(run)
    await until(lambda: run.step > so_far)
    await press(again.panel.stop)


@at_work
async def test_a_plan_that_is_made_longer_goes_on():
    run = new_run()
    board = train_live(run)
    await until(lambda: not board.running)
    run.steps = 15
    await press(board.panel.pause)
    await until(lambda: run.step == 15)


@at_work
async def test_finish_makes_the_steps_that_are_left_at_once():
    run = new_run(steps=500)
    board = train_live(run, name="a")
    board.finish()
    assert run.step == 500 and not board.running
    assert state(checkpoint.load("runs/a.safetensors", DOCUMENTS)) == state(run)
    board.finish()
    await asyncio.sleep(0.05)
    assert run.step == 500


@at_work
async def test_an_interrupt_pauses_after_a_whole_step():
    run = new_run(steps=40)
    run.model.loss = interrupting(run.model.loss, at=5)
    board = train_live(run)
    board.finish()
    assert 5 <= run.step <= 6 and says(board) == f"Paused after step {run.step}."
    await press(board.panel.pause)
    await until(lambda: not board.running)
    assert state(run) == state(uninterrupted(steps=40))


@at_work
async def test_an_interrupt_while_the_kernel_breathes_is_heard():
    run = new_run(steps=LONG)
    board = train_live(run)
    await until(lambda: run.step > 5)  # it runs between two of these looks: now it waits
    handler = signal.getsignal(signal.SIGINT)
    assert callable(handler) and handler is not signal.default_int_handler
    signal.raise_signal(signal.SIGINT)
    await until(lambda: not board.running)
    assert says(board).startswith("Paused after step")


def interrupting(loss: Any, at: int) -> Any:
    count = 0

    def interrupted(tokens: Any) -> Any:
        nonlocal count
        count += 1
        if count == at:
            signal.raise_signal(signal.SIGINT)
        return loss(tokens)

    return interrupted


# The rate


@at_work
async def test_a_rate_counts_from_the_next_step_and_is_noted():
    run = new_run(steps=LONG)
    board = train_live(run)
    await until(lambda: run.step > 5)
    await press(board.panel.half)
    await until(lambda: not board.wishes.qsize())
    changed = run.notes["log"]["rates"][-1][0]
    await until(lambda: run.step > changed)
    await press(board.panel.stop)
    assert run.notes["log"]["rates"] == [[1, 0.01], [changed, 0.005]]
    before, after = run.history[changed - 2].lr, run.history[changed - 1].lr
    assert before == pytest.approx(0.01, rel=1e-2) and after == pytest.approx(0.005, rel=1e-2)
    assert board.panel.rate.value == 0.005


@at_work
async def test_a_rate_typed_in_a_pause_is_saved_at_once():
    run = new_run(steps=LONG)
    board = train_live(run, name="a")
    await until(lambda: run.step > 5)
    await press(board.panel.pause)
    board.panel.rate.value = 0.25
    await until(lambda: run.optimizer.lr == 0.25)
    await press(board.panel.twice)
    kept = checkpoint.load("runs/a.safetensors", DOCUMENTS)
    assert kept.optimizer.lr == 0.5
    assert kept.notes["log"]["rates"] == [[1, 0.01], [run.step + 1, 0.5]]


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf])
@at_work
async def test_a_rate_that_is_none_is_refused_in_a_sentence(rate):
    run = new_run(steps=LONG)
    board = train_live(run)
    await press(board.panel.pause)
    board.panel.rate.value = rate
    await until(lambda: board.panel.rate.value == 0.01)
    assert says(board).startswith("A learning rate is a number of at least 0, and not")
    assert run.optimizer.lr == 0.01


@at_work
async def test_a_rate_too_high_stops_in_a_sentence_and_a_lower_one_goes_on():
    run = new_run(steps=60, lr=1e200)
    board = train_live(run)
    await until(lambda: not board.running)
    assert "the loss is" in says(board) and "lower the rate here" in says(board)
    so_far = run.step
    assert 0 < so_far < 60
    await press(board.panel.pause)
    await until(lambda: not board.running)
    assert run.step == so_far


# The file


@at_work
async def test_a_run_goes_on_from_its_file_in_what_the_cells_made_anew(monkeypatch):
    monkeypatch.setattr(keeping, "SECONDS_BETWEEN_SAVES", 0.0)
    first = new_run(steps=300)
    board = train_live(first, HELD_OUT, name="a", every=10)
    await until(lambda: first.step > 50)
    await press(board.panel.half)
    await until(lambda: first.step > 100)
    await press(board.panel.pause)
    kept = json.loads(json.dumps(first.notes["log"]))
    so_far = first.step

    second = new_run(steps=300)
    model, weights = second.model, second.model.parameters()[0]
    again = train_live(second, HELD_OUT, name="a", every=10)
    assert second.step == so_far and second.notes["log"]["rates"] == kept["rates"]
    assert says(again) == f"runs/a.safetensors was found, with {so_far} steps. Running."
    again.finish()
    assert second.model is model and second.model.parameters()[0] is weights

    by_hand = new_run(steps=300)
    changed, rate = kept["rates"][1]
    list(train(by_hand, changed - 1))
    by_hand.optimizer.lr = rate
    list(train(by_hand))
    assert state(second) == state(by_hand)
