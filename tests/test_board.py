"""The board of a training run does what its buttons say, and loses nothing whatever stops it."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import signal
import threading
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from on_a_loop import at_work, press, until
from small_run import DOCUMENTS, in_another_process, new_run, state

from micrograd import checkpoint
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import SGD, Adam, constant
from micrograd.train import Training, train
from micrograd.viz import board as board_module
from micrograd.viz import keeping, loss_curve, past_runs, train_live

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
async def test_a_button_is_heard_in_another_thread_while_a_cell_finishes_the_run():
    run = new_run(steps=LONG)
    board = train_live(run)
    thread = threading.Timer(0.2, board.panel.pause.click)
    thread.start()
    board.finish()  # comes back because the button was heard
    thread.join()
    assert 0 < run.step < LONG and says(board) == f"Paused after step {run.step:,}."


@at_work
async def test_another_board_takes_its_turn_and_the_first_is_saved():
    first, second = new_run(steps=LONG), new_run(steps=LONG)
    one = train_live(first, name="one")
    await until(lambda: first.step > 5)
    other = train_live(second, name="other")
    assert not one.running and says(one).startswith("Paused after step")
    assert checkpoint.load("runs/one.safetensors", DOCUMENTS).step == first.step
    await press(other.panel.stop)


@at_work
async def test_the_time_left_is_an_estimate_of_this_stretch():
    board = train_live(new_run(steps=LONG))
    assert board.time_left() == ""
    await until(lambda: board.made > 200)
    assert re.fullmatch(r"about \d+ (s|min) left", board.time_left())
    await press(board.panel.stop)
    assert board.time_left() == ""


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
async def test_a_rate_too_high_stops_in_a_sentence_and_stays_where_it_was():
    run = new_run(steps=60, lr=1e200)
    board = train_live(run)
    await until(lambda: not board.running)
    assert "the loss is" in says(board) and "start anew with a tenth" in says(board)
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


def saved(name: str = "a", **changes: Any) -> bytes:
    """A file of a run that was paused half-way."""
    path = Path("runs") / f"{name}.safetensors"
    run = new_run(**changes)
    keeper = keeping.Keeper(run, path)
    keeping.resume(run, path)
    run.steps, plan = 6, run.steps
    board_module.Board(run, (HELD_OUT, 5, 2), keeper)
    run.steps = plan
    keeper.save()
    keeping._of_this_kernel.clear()
    return path.read_bytes()


def test_a_run_in_memory_that_is_further_than_its_file_goes_on_from_memory():
    saved()
    run = new_run()
    train_live(run, name="a")  # up to its end: without a loop all steps are made at once
    run.steps = 20
    train_live(run, name="a")
    assert [step.number for step in run.history] == list(range(1, 21))


def test_a_run_of_arrays_goes_on_from_its_file():
    pytest.importorskip("numpy")
    fast, optim = import_module("micrograd.fast.gpt"), import_module("micrograd.fast.optim")

    def run_of_arrays(steps: int) -> Training:
        run = new_run(steps=steps)
        run.model = fast.GPT(run.model.config, Random(1), dtype="float32")
        run.optimizer = optim.Adam(run.model.parameters(), 0.01, betas=(0.85, 0.99))
        run.schedule = constant  # so that the length of the plan does not count
        return run

    half, whole, resumed = run_of_arrays(6), run_of_arrays(12), run_of_arrays(12)
    train_live(half, name="a")
    keeping._of_this_kernel.clear()
    train_live(resumed, name="a")
    list(train(whole))
    assert resumed.step == 12 and state(resumed) == state(whole)


def test_a_plan_may_be_longer_than_that_of_the_file():
    saved()
    run = new_run(steps=30)
    train_live(run, HELD_OUT, name="a", every=5)
    assert run.step == 30 and [place[0] for place in run.notes["log"]["held_out"]] == [
        *(0, 5, 6, 10, 15, 20, 25, 30)
    ]


OTHERS = {
    "another rate": (lambda: new_run(lr=0.02), "lr 0.01, where this run begins with 0.02"),
    "another clip": (lambda: new_run(clip=1.0), "clip None, where this run begins with 1.0"),
    "another schedule": (lambda: new_run(schedule=constant), "'linear_decay', where this run"),
    "other weights": (lambda: with_weights(Random(2)), "other weights"),
    "another optimizer": (lambda: with_sgd(), "optimizer 'Adam', where this run begins with 'SGD'"),
    "other documents": (lambda: new_run(documents=["c", "ab"]), "other documents, or in another"),
    "another model": (lambda: wider(), "n_embd 4, where this run begins with 8"),
    "other steps": (lambda: with_another_way(), "other steps than the run in this kernel"),
}


def with_weights(rng: Random) -> Training:
    run = new_run()
    run.model.load_state_dict(GPT(run.model.config, rng).state_dict())
    return run


def with_sgd() -> Training:
    run = new_run()
    run.optimizer = SGD(run.model.parameters(), 0.01)
    return run


def wider() -> Training:
    run = new_run()
    run.model = GPT(GPTConfig(vocab_size=4, block_size=4, n_head=2, n_embd=8), Random(1))
    run.optimizer = Adam(run.model.parameters(), 0.01, betas=(0.85, 0.99))
    return run


def with_another_way() -> Training:
    run = new_run()
    run.notes["beginning"] = keeping.beginning(run)
    run.optimizer.lr = 0.5
    list(train(run, 2))
    return run


@pytest.mark.parametrize(("make", "difference"), OTHERS.values(), ids=OTHERS)
def test_a_file_of_another_run_is_not_written_over(make, difference):
    content = saved()
    run = make()
    before = state(run)
    with pytest.raises(ValueError, match=re.escape(difference)) as refusal:
        train_live(run, name="a")
    assert "runs/a.safetensors" in str(refusal.value) and "another name" in str(refusal.value)
    assert state(run) == before
    assert Path("runs/a.safetensors").read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04."], ids=["empty", "text", "pickle"])
def test_a_damaged_file_is_named_and_stays(content):
    Path("runs").mkdir()
    Path("runs/a.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match=r"runs/a\.safetensors cannot be loaded.*another name"):
        train_live(new_run(), name="a")
    assert Path("runs/a.safetensors").read_bytes() == content


def test_a_file_cut_short_or_with_a_scribbled_log_is_named_and_stays():
    content = saved()
    path = Path("runs/a.safetensors")
    scribbled = content.replace(b'\\"log\\": {\\"grad', b'\\"log\\": {\\"GRAD')
    no_list = content.replace(b'\\"rates\\": [[1, 0.01]]', b'\\"rates\\": 10         ')
    assert content not in (scribbled, no_list) and len(no_list) == len(content)
    for damaged in (content[: len(content) // 2], scribbled, no_list):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"a\.safetensors cannot be loaded.*another name"):
            train_live(new_run(), name="a")
        assert path.read_bytes() == damaged


def test_a_run_of_another_program_is_named_and_stays():
    run = new_run()
    list(train(run, 3))
    Path("runs").mkdir()
    checkpoint.save("runs/a.safetensors", run)
    with pytest.raises(ValueError, match="it was not made by train_live"):
        train_live(new_run(), name="a")


def test_a_folder_in_the_place_of_the_file_is_named():
    Path("runs/a.safetensors").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"a\.safetensors cannot be read"):
        train_live(new_run(), name="a")


def test_anew_puts_the_old_file_aside():
    content = saved()
    run = new_run(lr=0.02)
    train_live(run, name="a", anew=True)
    assert Path("runs/a (before).safetensors").read_bytes() == content
    assert state(checkpoint.load("runs/a.safetensors", DOCUMENTS)) == state(run)
    assert run.history[0].lr == 0.02


def test_what_cannot_be_put_aside_stays():
    saved()
    Path("runs/a (before).safetensors").mkdir()
    with pytest.raises(OSError, match=r"a\.safetensors could not be put aside .* another name"):
        train_live(new_run(), name="a", anew=True)
    assert checkpoint.load("runs/a.safetensors", DOCUMENTS).step == 6


@pytest.mark.parametrize("name", ["a/b", "..\\a", "a:b", "a\n", " a", "a.", "x" * 81])
def test_a_name_that_no_file_can_have_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="becomes the name of a file"):
        train_live(new_run(), name=name)
    assert list(tmp_path.iterdir()) == []


def test_without_a_name_nothing_is_kept(tmp_path):
    train_live(new_run())
    assert list(tmp_path.iterdir()) == []


# Disks that refuse


def refuse(path: Any, training: Any) -> None:
    raise OSError(f"{path} could not be written (No space left on device). Make room.")


@at_work
async def test_on_a_full_disk_the_run_goes_on_and_is_saved_once_there_is_room(monkeypatch):
    monkeypatch.setattr(keeping, "SECONDS_BETWEEN_SAVES", 0.0)
    run = new_run(steps=LONG)
    board = train_live(run, name="a")
    await until(lambda: run.step > 5)
    save = checkpoint.save
    old = Path("runs/a.safetensors").read_bytes()
    monkeypatch.setattr(checkpoint, "save", refuse)
    so_far = run.step
    await until(lambda: run.step > so_far + 5)
    await press(board.panel.pause)
    assert "No space left on device" in board.panel.kept.value
    assert "memory only" in board.panel.kept.value
    monkeypatch.setattr(checkpoint, "save", save)
    assert Path("runs/a.safetensors").read_bytes() != b"" and old
    await press(board.panel.pause)
    await press(board.panel.pause)
    assert board.panel.kept.value.endswith(f"with {run.step:,} steps.")
    assert checkpoint.load("runs/a.safetensors", DOCUMENTS).step == run.step


def test_a_file_in_the_place_of_the_folder_is_said_and_the_run_is_made(capsys):
    Path("runs").write_text("mine")
    run = new_run()
    train_live(run, name="a")
    assert run.step == 12
    assert "could not be written" in capsys.readouterr().out
    assert Path("runs").read_text() == "mine"


def test_a_schedule_that_no_file_can_name_is_said_and_the_run_is_made(capsys):
    run = new_run(schedule=lambda step, steps, lr: lr)
    train_live(run, name="a")
    assert run.step == 12
    assert "cannot name" in capsys.readouterr().out


def test_a_file_that_another_kernel_wrote_meanwhile_stays(capsys):
    saved()
    run = new_run()
    path = Path("runs/a.safetensors")
    keeping.resume(run, path)
    keeper = keeping.Keeper(run, path)
    keeper.save()
    assert keeper.trouble == ""
    other = new_run()
    list(train(other, 11))
    checkpoint.save(path, other)
    content = path.read_bytes()
    keeper.save()
    assert "somebody else" in keeper.trouble
    assert path.read_bytes() == content
    path.unlink()
    keeper.save()
    assert keeper.trouble == "" and checkpoint.load(path, DOCUMENTS).step == run.step


@pytest.mark.skipif(os.name != "posix", reason="uses a limit of POSIX")
def test_with_no_room_on_the_disk_nothing_of_the_old_file_is_lost(tmp_path):
    saved()
    script = """
import resource, signal
from micrograd.viz import train_live
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # bytes: as a disk that is full
run = new_run(steps=40)
train_live(run, name="a")
print(json.dumps(run.step))
"""
    out = in_another_process(script).communicate(timeout=60)[0].splitlines()
    assert "could not be written" in out[0] and "memory only" in out[0] and out[1] == "40"
    assert checkpoint.load("runs/a.safetensors", DOCUMENTS).step == 6
    assert len(list(Path("runs").iterdir())) == 1


def test_what_a_killed_kernel_left_half_written_is_swept_up():
    saved()
    old, new = Path("runs/a.safetensors.17.tmp"), Path("runs/a.safetensors.18.tmp")
    for half in (old, new):
        half.write_bytes(b"half")
    os.utime(old, (0, 0))
    train_live(new_run(), name="a")
    assert not old.exists() and new.exists()  # the new one may be another kernel's at this moment


# Where nothing moves


def test_without_a_loop_all_steps_are_made_and_the_board_is_a_picture():
    run = new_run()
    board = train_live(run, HELD_OUT, name="a")
    assert board.panel is None and repr(board) == "a sheet of 12 steps"
    assert state(run) == state(uninterrupted())
    assert state(checkpoint.load("runs/a.safetensors", DOCUMENTS)) == state(run)


def test_in_static_mode_no_file_is_read_or_written(monkeypatch, tmp_path):
    content = saved()
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    run = new_run(lr=0.02)
    train_live(run, HELD_OUT, name="a")
    assert run.step == 12 and run.history[0].lr == 0.02
    assert Path("runs/a.safetensors").read_bytes() == content
    assert list(past_runs()) == ["a"] and past_runs()["a"] == run.history


def test_in_static_mode_a_fault_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setenv("MICROGRAD_STATIC", "1")
    run = new_run(steps=60, lr=1e200)
    train_live(run)
    assert 0 < run.step < 60 and "the loss is" in capsys.readouterr().out


def test_without_a_loop_an_interrupt_pauses_and_the_cell_run_again_goes_on():
    run = new_run(steps=40)
    run.model.loss = interrupting(run.model.loss, at=5)
    train_live(run, name="a")
    assert 5 <= run.step <= 6
    assert checkpoint.load("runs/a.safetensors", DOCUMENTS).step == run.step
    train_live(run, name="a")
    assert state(run) == state(uninterrupted(steps=40))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"held_out": "abc"}, "a list of texts"),
        ({"held_out": ["é"]}, "'é'"),
        ({"every": 0}, "at least 1"),
        ({"samples": -1}, "at least 0"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_step(wrong, message):
    run = new_run()
    with pytest.raises(ValueError, match=message):
        train_live(run, **wrong)
    assert run.step == 0


def test_a_model_in_place_of_a_training_is_refused():
    with pytest.raises(TypeError, match=r"this is GPT\. Make one with Training"):
        train_live(new_run().model)


# Runs of the past


def test_runs_are_found_by_name_in_memory_and_on_disk():
    saved("adam")
    run = new_run(lr=0.02, steps=3)
    train_live(run, HELD_OUT, name="another", every=2)
    runs = past_runs()
    assert list(runs) == ["adam", "another"]
    assert [step.number for step in runs["adam"]] == [1, 2, 3, 4, 5, 6]
    assert runs["another"] == run.history
    judged = past_runs(held_out=True)
    assert [place.number for place in judged["another"]] == [0, 2, 3]
    assert [place.number for place in judged["adam"]] == [0, 5, 6]
    assert all(0 < place.loss < 2 for place in judged["adam"])
    assert past_runs("elsewhere") == {}


def test_past_runs_lie_over_each_other_in_one_curve():
    saved("adam")
    saved("fast", lr=0.02)
    alt = loss_curve(past_runs()).alt
    assert "adam: Loss fell" in alt and "fast: Loss fell" in alt


def test_a_file_that_cannot_be_read_is_left_out_with_a_warning():
    saved("adam")
    Path("runs/broken.safetensors").write_bytes(b"?")
    with pytest.warns(UserWarning, match=r"Left out: .*broken\.safetensors"):
        assert list(past_runs()) == ["adam"]
