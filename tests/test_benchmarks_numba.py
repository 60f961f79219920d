"""The benchmarks of what numba translates: equal sides, and rows that say what was measured."""

from __future__ import annotations

from itertools import islice

import pytest
from conftest import EXTRAS, require

from benchmarks.scalar import TwoParents
from micrograd.gpt import GPT, GPTConfig

require(EXTRAS["needs_numba"])

from benchmarks import compiled, replay  # noqa: E402


def first(count, steps):
    return list(islice(steps, count))


# The compiled GPT.


@pytest.mark.slow
def test_all_sides_have_the_plain_programs_losses():
    plain = first(3, compiled.plain_steps())
    for dtype in ("float64", "float32"):
        ours = first(3, compiled.compiled_steps(dtype, 1e-4))
        assert all(map(compiled.agree, plain, ours))
    assert len({loss for loss, _ in plain}) == 3


@pytest.mark.slow
@pytest.mark.needs_torch
@pytest.mark.parametrize(("width", "batch_size"), [(16, 1), (16, 32), (64, 1)])
def test_pytorch_has_the_compiled_gpts_losses(width, batch_size):
    ours = first(5, compiled.compiled_steps("float32", 1e-4, width, batch_size, 5))
    theirs = first(5, compiled.pytorch_steps(1e-4, width, batch_size, 5))
    assert all(map(compiled.agree, ours, theirs))


def test_double_precision_claims_nine_digits_and_is_held_to_them():
    assert compiled.agree((2.0, 1e-9), (2.0 + 1e-10, 1e-9))
    assert not compiled.agree((2.0, 1e-9), (2.0 + 1e-8, 1e-9))
    assert compiled.agree((2.0, 1e-9), (2.0 + 1e-3, 1e-2))


def test_multiplications_are_counted_as_by_hand():
    config = GPTConfig(vocab_size=3, n_embd=2, n_head=1)
    weights = 4 * 2 * 2 + 2 * 8 * 2 + 3 * 2  # attention, feed-forward, head: 54
    assert compiled.multiplications(config, [[0, 1, 0]]) == 2 * 3 * weights + 3 * 6 * 2


@pytest.mark.slow
def test_the_shares_of_a_step_are_three_parts_of_a_whole():
    shares, floor = compiled.shares(1)
    parts = [int(part.strip(" %")) for part in shares.measured.split(",")]
    assert len(parts) == 3
    assert 99 <= sum(parts) <= 101  # rounded
    assert floor.measured.endswith("% of the step")


# The recorded graph.


@pytest.mark.slow
@pytest.mark.parametrize("kind", [GPT, TwoParents])
def test_a_replay_has_the_plain_programs_losses(kind):
    count = replay.NAMES + 2  # the first ones once more, with smaller weights
    plain = first(count, replay.plain())
    assert first(count, replay.replayed(kind)) == pytest.approx(plain, rel=0, abs=1e-9)
    assert plain[0] != plain[replay.NAMES]


@pytest.mark.parametrize("kind", [GPT, TwoParents])
def test_gradients_are_compared_at_other_weights(kind):
    assert replay.compare_gradients(kind) > 1000


def test_a_gradient_that_is_off_is_no_measurement(monkeypatch):
    right = replay.Recording.backward

    def wrong(recording):
        right(recording)
        recording.grad[0] += 1e-9

    monkeypatch.setattr(replay.Recording, "backward", wrong)
    with pytest.raises(AssertionError, match="away from the plain program's"):
        replay.compare_gradients(GPT)


def test_a_recording_is_timed_with_its_graph():
    assert first(2, replay.recordings(GPT)) == pytest.approx(first(2, replay.plain()), rel=1e-4)
