"""What is measured of a run on its way, and the sheet that shows it."""

from __future__ import annotations

import math
from importlib import import_module
from random import Random

import pytest
from small_run import DOCUMENTS, new_run, state

from micrograd import checkpoint
from micrograd.optim import SGD, constant
from micrograd.sample import generate
from micrograd.train import train
from micrograd.viz import Picture, loss_curve, training_sheet
from micrograd.viz.logbook import DICE, HeldOut, Log, average_loss, length, observed, sampled

HELD_OUT = ["ab", "cab", "abcabc"]  # the last one is longer than the context


def watched(run, held_out=HELD_OUT, every=5, samples=2):
    list(observed(run, held_out, every, samples))
    return Log.of(run)


# The log


def test_measuring_changes_nothing():
    run, plain = new_run(), new_run()
    watched(run)
    list(train(plain))
    assert state(run) == state(plain)


def test_the_length_of_the_gradient_and_of_the_update_by_hand():
    run = new_run(schedule=constant)
    run.optimizer = SGD(run.model.parameters(), lr=0.5)
    log = watched(run)
    assert len(log.gradient) == len(log.update) == 12
    for gradient, update in zip(log.gradient, log.update, strict=True):
        assert update == pytest.approx(0.5 * gradient, rel=1e-9)  # plain descent: rate × gradient
    fresh = new_run()
    fresh.model.loss(fresh.tokenizer.encode(DOCUMENTS[0])).backward()
    assert log.gradient[0] == pytest.approx(
        math.sqrt(sum(p.grad**2 for p in fresh.model.parameters())), rel=1e-12
    )


def test_a_clipped_gradient_is_as_long_as_the_optimizer_saw_it():
    log = watched(new_run(clip=0.25))
    assert max(log.gradient) <= 0.25 * (1 + 1e-12)


def test_the_length_of_3_and_4_is_5_in_floats_and_in_arrays():
    np = pytest.importorskip("numpy")
    assert length([3.0, -4.0]) == 5.0
    assert length([np.array([[1.0, 2.0]]), np.array([2.0, 4.0])]) == 5.0


def test_held_out_names_and_samples_come_at_the_beginning_on_the_way_and_at_the_end():
    log = watched(new_run())
    assert [place[0] for place in log.held_out] == [0, 5, 10, 12]
    assert [place[0] for place in log.names] == [0, 5, 10, 12]
    assert all(len(names) == 2 for _, names in log.names)


def test_the_held_out_loss_is_that_of_the_model():
    run = new_run()
    log = watched(run)
    losses = [run.model.loss(run.tokenizer.encode(name)).data for name in HELD_OUT]
    assert log.held_out[-1][1] == pytest.approx(sum(losses) / 3, rel=1e-12)
    fresh = new_run()
    assert log.held_out[0][1] == average_loss(fresh, HELD_OUT)


def test_names_are_sampled_with_the_same_dice_each_time():
    run = new_run()
    log = watched(run)
    dice = Random(DICE)
    assert log.names[-1][1] == [generate(run.model, run.tokenizer, dice) for _ in range(2)]


def test_a_log_that_was_closed_and_begun_again_is_the_same_log():
    run, whole = new_run(), new_run()
    for stop in (3, 5, 9):
        steps = observed(run, HELD_OUT, 5, 2)
        while run.step < stop:
            next(steps)
        steps.close()
    assert watched(run) == watched(whole)


def test_steps_without_a_log_leave_a_gap():
    run = new_run()
    list(train(run, 3))
    log = watched(run)
    assert [math.isnan(size) for size in log.gradient] == [True] * 3 + [False] * 9
    assert [place[0] for place in log.held_out] == [5, 10, 12]


def test_rates_are_noted_where_they_change_and_the_last_of_a_step_counts():
    run = new_run()
    steps = observed(run, [], 5, 0)
    next(steps)
    for rate in (0.5, 0.25):
        run.optimizer.lr = rate
        Log.of(run).set_rate(run)
    next(steps)
    Log.of(run).set_rate(run)
    assert Log.of(run).rates == [[1, 0.01], [2, 0.25]]
    run.optimizer.lr = 0.5
    Log.of(run).set_rate(run)
    run.optimizer.lr = 0.25  # and back again, before any step
    Log.of(run).set_rate(run)
    assert Log.of(run).rates == [[1, 0.01], [2, 0.25]]


def test_weights_that_have_run_away_give_no_names_and_no_loss():
    run = new_run()
    for p in run.model.parameters():
        p.data = math.inf
    assert math.isnan(average_loss(run, HELD_OUT))
    assert sampled(run, 3) == []


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_model_of_arrays_is_measured_as_the_scalar_one_is(dtype):
    pytest.importorskip("numpy")
    fast, optim = import_module("micrograd.fast.gpt"), import_module("micrograd.fast.optim")
    scalar, run = new_run(), new_run()
    run.model = fast.GPT(run.model.config, Random(1), dtype=dtype)
    run.optimizer = optim.Adam(run.model.parameters(), 0.01, betas=(0.85, 0.99))
    log, expected = watched(run), watched(scalar)
    near = {"rel": 1e-9 if dtype == "float64" else 1e-4}
    assert log.gradient == pytest.approx(expected.gradient, **near)
    assert log.update == pytest.approx(expected.update, **near)
    for (step, loss), (same, other) in zip(log.held_out, expected.held_out, strict=True):
        assert step == same and loss == pytest.approx(other, **near)
    assert log.names == expected.names


# The sheet


def test_the_sheet_says_in_words_all_that_it_shows():
    run = new_run()
    log = Log.of(run)
    steps = observed(run, HELD_OUT, 5, 2)
    for step in steps:
        if step.number == 6:
            run.optimizer.lr = 0.5
            log.set_rate(run)
    picture = training_sheet(run)
    assert isinstance(picture, Picture)
    first, last = log.held_out[0][1], log.held_out[-1][1]
    for words in (
        "over 12 steps",
        "Blind guessing would give 1.39",  # ln 4
        f"Held-out names: {first:.2f} after 0 steps, {last:.2f} after 12.",
        "by hand it was set to 0.5 from step 7 on",
        "The learning rate went from 0.01 to 0.0417",
        "The gradient's length lay between",
        f"Names after step 12: {', '.join(log.names[-1][1])}.",
    ):
        assert words in picture.alt


def test_a_title_and_a_text_of_ones_own():
    run = new_run()
    watched(run)
    assert training_sheet(run, alt="It falls.").alt == "It falls."


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_run_that_has_hardly_begun_can_be_drawn(steps):
    run = new_run()
    made = observed(run, [], 5, 0)
    for _ in range(steps):
        next(made)
    made.close()
    assert isinstance(training_sheet(run), Picture)


def test_a_run_without_a_log_can_be_drawn_and_one_loaded_from_its_file(tmp_path):
    run = new_run()
    list(train(run))
    assert "over 12 steps" in training_sheet(run).alt
    other = new_run()
    watched(other)
    checkpoint.save(tmp_path / "a", other)
    assert (
        training_sheet(checkpoint.load(tmp_path / "a", DOCUMENTS)).alt == training_sheet(other).alt
    )


def test_a_rate_of_zero_moves_nothing_and_can_be_drawn():
    run = new_run(lr=0.0)
    log = watched(run)
    assert set(log.update) == {0.0}
    assert "The update's length lay between 0 and 0." in training_sheet(run).alt


def test_odd_names_are_written_as_they_can_be(tmp_path):
    run = new_run()
    Log.of(run).names.append([0, ["", "a b", "x" * 30]])
    alt = training_sheet(run).alt
    assert f"Names after step 0: (empty), a␣b, {'x' * 13}…." in alt


def test_a_few_losses_of_held_out_names_are_not_averaged_away_beside_a_long_run():
    long = [3.0] * 500
    few = [HeldOut(0, 3.0), HeldOut(250, 2.0), HeldOut(500, 1.0)]
    alt = loss_curve({"its own": long, "held out": few}).alt
    assert "held out: Loss fell from 3.00 to 1.00 over 3 steps; single" in alt
