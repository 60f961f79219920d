"""Training: records, and a state that survives whatever stops it."""

import gc
import json
import math
import os
import signal
import threading
from dataclasses import FrozenInstanceError, fields
from random import Random

import pytest
from small_run import DOCUMENTS, fingerprint, in_another_process, new_run, reports, state

from micrograd.engine import Value
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import SGD, Adam, constant, linear_decay
from micrograd.train import Step, Training, train

# Records.


def test_each_step_gives_a_record():
    run = new_run()
    records = list(train(run))
    assert [r.number for r in records] == list(range(1, 13))
    assert [r.tokens for r in records[:3]] == [4, 4, 2]  # BOS after the last letter is one of them
    assert [r.lr for r in records] == [linear_decay(i, 12, 0.01) for i in range(12)]
    assert all(type(r.loss) is float and r.seconds >= 0 for r in records)
    assert run.history == records
    assert run.step == 12


def test_a_record_cannot_be_changed():
    (record,) = train(new_run(), 1)
    with pytest.raises(FrozenInstanceError):
        record.loss = 0.0
    assert [f.name for f in fields(Step)] == ["number", "loss", "lr", "seconds", "tokens"]


def test_a_loss_is_the_one_before_its_update():
    run = new_run()
    before = run.model.loss(run.tokenizer.encode("abc")).data
    (record,) = train(run, 1)
    assert record.loss == before
    assert run.model.loss(run.tokenizer.encode("abc")).data < before


def test_documents_are_read_in_order_and_then_again():
    run = new_run()
    read = []
    for _ in range(7):
        read.append(run.next_document())
        list(train(run, 1))
    assert read == ["abc", "bca", "c", "abc", "bca", "c", "abc"]


def test_a_step_is_gradient_then_adam():
    run, by_hand = new_run(), new_run()
    list(train(run, 2))
    for i, document in enumerate(DOCUMENTS[:2]):
        by_hand.optimizer.lr = linear_decay(i, 12, 0.01)
        by_hand.optimizer.zero_grad()
        by_hand.model.loss(by_hand.tokenizer.encode(document)).backward()
        by_hand.optimizer.step()
    assert run.model.state_dict() == by_hand.model.state_dict()


def test_the_schedule_and_the_rate_can_be_chosen():
    assert [r.lr for r in train(new_run(schedule=constant), 3)] == [0.01] * 3
    assert [r.lr for r in train(new_run(lr=0.5, steps=2))] == [0.5, 0.25]


def test_a_rate_changed_on_the_way_counts_from_the_next_step():
    run = new_run(schedule=constant)
    rates = []
    for record in train(run, 3):
        rates.append(record.lr)
        run.optimizer.lr = 0.25
    assert rates == [0.01, 0.25, 0.25]


def test_a_second_run_with_the_same_optimizer_starts_at_the_full_rate():
    first = new_run()
    list(train(first))
    second = Training(first.model, first.tokenizer, DOCUMENTS, first.optimizer, steps=12)
    assert next(train(second)).lr == 0.01


def test_plain_gradient_descent_trains_too():
    run = new_run()
    run.optimizer = SGD(run.model.parameters(), lr=0.1, momentum=0.5)
    records = list(train(run))
    assert sum(r.loss for r in records[-3:]) < sum(r.loss for r in records[:3])


def test_a_single_name_is_learned_by_heart():
    run = new_run(documents=["abc"], steps=150, lr=0.03)
    records = list(train(run))
    assert records[-1].loss < 0.1 < records[0].loss


def test_training_prints_and_draws_nothing(capfd):
    list(train(new_run()))
    assert capfd.readouterr() == ("", "")


def test_the_loss_in_a_record_does_not_keep_the_graph_alive():
    def alive() -> int:
        return sum(type(thing) is Value for thing in gc.get_objects())

    run = new_run(steps=30)
    list(train(run, 2))
    after_two = alive()
    list(train(run))
    assert alive() == after_two


# How many steps.


def test_zero_steps_are_no_steps():
    run = new_run()
    before = state(run)
    assert list(train(run, 0)) == []
    assert state(run) == before


def test_a_run_goes_on_where_it_stopped():
    in_parts, at_once = new_run(), new_run()
    list(train(in_parts, 5))
    for _ in train(in_parts):
        break
    list(train(in_parts))
    list(train(at_once))
    assert in_parts.step == 12
    assert state(in_parts) == state(at_once)


def test_a_finished_plan_is_said_to_be_finished_with_the_way_on():
    run = new_run()
    list(train(run))
    before = state(run)
    with pytest.raises(ValueError, match=r"12 of the 12 planned steps are made.*training\.steps ="):
        list(train(run))
    assert state(run) == before
    run.steps = 15
    assert [r.number for r in train(run)] == [13, 14, 15]


def test_a_plan_of_no_steps_is_said_to_be_finished():
    with pytest.raises(ValueError, match="0 of the 0 planned steps are made"):
        list(train(new_run(steps=0)))


@pytest.mark.parametrize("steps", [-1, 13])
def test_more_steps_than_planned_or_fewer_than_none_are_refused(steps):
    run = new_run()
    with pytest.raises(ValueError, match=rf"0 of the 12 planned steps are made.* {steps}\b"):
        list(train(run, steps))
    assert run.step == 0


# Documents.


@pytest.mark.parametrize("documents", [[], (), "", "abc"], ids=repr)
def test_no_documents_or_a_single_text_instead_of_a_list_are_refused(documents):
    with pytest.raises(ValueError, match="list of texts, at least one"):
        new_run(documents=documents)


def test_an_empty_document_teaches_that_names_may_end_at_once():
    run = new_run(documents=[""], steps=50, lr=0.05)
    records = list(train(run))
    assert records[0].tokens == 1
    assert records[-1].loss < records[0].loss


def test_a_document_longer_than_the_context_is_read_as_far_as_it_goes():
    long, cut = new_run(documents=["abcabcabc"]), new_run(documents=["abca"])
    assert [r.tokens for r in train(long, 1)] == [4]
    (record,) = train(cut, 1)
    assert record.tokens == 4
    assert record.loss == long.history[0].loss


def test_a_character_that_was_never_seen_stops_the_run_and_leaves_it_as_it_was():
    run = new_run(documents=["abc", "aéb"])
    list(train(run, 1))
    before = state(run)
    with pytest.raises(ValueError, match="'é'"):
        list(train(run))
    assert state(run) == before
    run.documents = DOCUMENTS
    list(train(run))
    assert run.step == 12


# Parameters.


def test_old_gradients_do_not_count():
    dirty, clean = new_run(), new_run()
    for p in dirty.model.parameters():
        p.grad = 1e6
    list(train(dirty, 2))
    list(train(clean, 2))
    assert dirty.model.state_dict() == clean.model.state_dict()


def test_data_changed_between_steps_counts():
    run = new_run()
    list(train(run, 1))
    for p in run.model.parameters():
        p.data = 0.0
    (record,) = train(run, 1)
    assert record.loss == pytest.approx(math.log(4), rel=1e-14)


def test_a_parameter_that_was_replaced_rather_than_changed_is_noticed():
    run = new_run()
    list(train(run, 1))
    run.model.weights["lm_head"][0][0] = Value(0.5)
    before = state(run)
    with pytest.raises(ValueError, match=r"was replaced.*Change its \.data instead"):
        list(train(run))
    assert state(run) == before


def test_the_optimizer_of_another_model_is_noticed():
    run = new_run()
    run.optimizer = new_run().optimizer
    with pytest.raises(ValueError, match="holds other parameters than the model"):
        list(train(run))


# Numbers that are none.


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_loss_that_is_not_a_number_stops_the_run_names_the_step_and_spares_the_weights(poison):
    run = new_run()
    list(train(run, 4))
    before = state(run)
    weight = run.model.weights["layer0.mlp_fc1"][0][0]
    healthy, weight.data = weight.data, poison
    with pytest.raises(FloatingPointError, match=r"step 5\b.*learning rate.*too high.*0\.01"):
        list(train(run))
    weight.data = healthy
    assert state(run) == before
    list(train(run))
    assert run.step == 12


@pytest.mark.parametrize("activation", ["relu", "relu2"])
@pytest.mark.parametrize("lr", [1e3, 1e60, 1e70, 1e100, 1e150, 1e200, 1e300])
def test_a_learning_rate_far_too_high_never_puts_a_nan_into_the_weights(lr, activation):
    run = new_run(lr=lr)
    config = GPTConfig(4, 4, n_head=2, n_embd=4, activation=activation)
    run.model = GPT(config, Random(1))
    run.optimizer = Adam(run.model.parameters(), lr)
    try:
        list(train(run))
    except FloatingPointError as stopped:
        assert f"step {run.step + 1}" in str(stopped)
    assert not any(math.isnan(p.data) for p in run.model.parameters())
    assert all(math.isfinite(record.loss) for record in run.history)


@pytest.mark.parametrize("lr", [0.01, 1e100])
def test_clipped_gradients_give_the_steps_worked_out_by_hand(lr):
    def clipped_run() -> Training:
        run = new_run(clip=0.05)
        run.optimizer = SGD(run.model.parameters(), lr=lr)
        return run

    run, by_hand = clipped_run(), clipped_run()
    list(train(run, 1))
    by_hand.optimizer.lr = linear_decay(0, 12, lr)
    by_hand.model.loss(by_hand.tokenizer.encode("abc")).backward()
    length = math.hypot(*(p.grad for p in by_hand.model.parameters()))
    assert length > 0.05
    for p in by_hand.model.parameters():
        p.grad *= 0.05 / length
    by_hand.optimizer.step()
    ours, wanted = ([p.data for p in r.model.parameters()] for r in (run, by_hand))
    assert ours == pytest.approx(wanted, rel=1e-12)


def test_a_gradient_too_long_for_its_square_is_clipped_all_the_same():
    run = new_run(clip=1.0, schedule=constant)
    for p in run.model.weights["lm_head"][0]:
        p.data = 1e170
    for p in run.model.weights["wte"][3]:
        p.data = 1e3
    try:
        list(train(run))
    except FloatingPointError as stopped:
        assert f"step {run.step + 1}" in str(stopped)
    assert not any(math.isnan(p.data) for p in run.model.parameters())


# The garbage collector.


def test_the_collector_rests_during_a_step_and_not_between_steps():
    during = []

    def schedule(step: int, steps: int, lr: float) -> float:
        during.append(gc.isenabled())
        return lr

    assert gc.isenabled()
    between = [gc.isenabled() for _ in train(new_run(schedule=schedule), 3)]
    assert (during, between) == ([False] * 3, [True] * 3)
    assert gc.isenabled()


def test_the_collector_is_restored_after_an_exception():
    def schedule(step: int, steps: int, lr: float) -> float:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        list(train(new_run(schedule=schedule)))
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        list(train(new_run(), 1))
        assert not gc.isenabled()
    finally:
        gc.enable()


# Interrupts: real ones, in a process of their own.

posix = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")

# An optimizer whose parameters interrupt this process when they are half used, also half updated.
TRAP = """
import gc, signal
from micrograd.train import train

def report(run):
    print(json.dumps([fingerprint(run), run.step, gc.isenabled()]), flush=True)

class Trap(list):
    armed = False
    def __iter__(self):
        for i, p in enumerate(super().__iter__()):
            if self.armed and i == len(self) // 2:
                os.kill(os.getpid(), signal.SIGINT)
            yield p

run = new_run()
run.optimizer.parameters = trap = Trap(run.optimizer.parameters)
going = train(run)
for _ in range(4):
    next(going)
trap.armed = True
"""


@posix
def test_an_interrupt_in_the_middle_of_an_update_waits_until_the_step_is_whole():
    five = new_run()
    list(train(five, 5))
    script = """
try:
    for record in going:
        print(record.number)
except KeyboardInterrupt:
    trap.armed = False
    report(run)
list(train(run))
report(run)
"""
    whole = new_run()
    list(train(whole))
    assert reports(TRAP + script) == [
        5,
        [fingerprint(five), 5, True],
        [fingerprint(whole), 12, True],
    ]


@posix
def test_interrupts_from_outside_lose_and_change_nothing():
    child = in_another_process("""
import gc
from micrograd.train import train

run = new_run(steps=400)
while run.step < run.steps:
    try:
        for record in train(run):
            print(record.number, flush=True)
    except KeyboardInterrupt:
        print("interrupted", run.step, len(run.history), gc.isenabled(), flush=True)
print(json.dumps([fingerprint(run), run.step]), flush=True)
""")
    interruptions = []
    for line in child.stdout:
        if "interrupted" in line:
            _, steps, history, collecting = line[line.index("interrupted") :].split()
            interruptions.append((steps == history, collecting))
        elif line.strip() in {"20", "100", "200"}:
            child.send_signal(signal.SIGINT)
        elif line.startswith("["):
            last = json.loads(line)
    errors = child.stderr.read()
    child.wait(60)
    assert child.returncode == 0, errors
    whole = new_run(steps=400)
    list(train(whole))
    assert interruptions == [(True, "True")] * 3
    assert last == [fingerprint(whole), 400]


@posix
def test_a_handler_of_ones_own_is_called_after_the_step_and_kept():
    script = """
pressed = []
def pause(number, frame):
    pressed.append((number, run.step))
signal.signal(signal.SIGINT, pause)
next(going)
trap.armed = False
next(going)
print(json.dumps([pressed, signal.getsignal(signal.SIGINT) is pause]))
list(going)
report(run)
"""
    whole = new_run()
    list(train(whole))
    assert reports(TRAP + script) == [
        [[[signal.SIGINT, 5]], True],
        [fingerprint(whole), 12, True],
    ]


@posix
def test_an_interrupt_is_not_lost_when_the_run_is_closed_at_this_very_record():
    script = """
next(going)
trap.armed = False
try:
    going.close()
    print(json.dumps("lost"))
except KeyboardInterrupt:
    print(json.dumps("delivered"))
"""
    assert reports(TRAP + script) == ["delivered"]


@posix
def test_an_ignored_interrupt_stays_ignored():
    script = """
signal.signal(signal.SIGINT, signal.SIG_IGN)
list(going)
print(json.dumps(signal.getsignal(signal.SIGINT) == signal.SIG_IGN))
report(run)
"""
    whole = new_run()
    list(train(whole))
    assert reports(TRAP + script) == [True, [fingerprint(whole), 12, True]]


@posix
def test_when_a_step_fails_the_interrupt_handler_is_restored():
    def schedule(step: int, steps: int, lr: float) -> float:
        raise RuntimeError("mine")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError, match="mine"):
        list(train(new_run(schedule=schedule)))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_in_another_thread_is_the_same_run():
    run, whole = new_run(), new_run()
    thread = threading.Thread(target=lambda: list(train(run)))
    thread.start()
    thread.join()
    list(train(whole))
    assert state(run) == state(whole)
