"""A live run does what its buttons say, survives what fails in it, and stands where none moves."""

from __future__ import annotations

import asyncio
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser import browser, copy_of_checkout, jupyterlab, open_notebook
from on_a_loop import at_work, press, until
from playwright.sync_api import expect

from micrograd.engine import Value
from micrograd.optim import SGD
from micrograd.train import deliver, whole_step
from micrograd.viz import Choice, Picture, Slider, Strip, loss_curve, run_live
from micrograd.viz.running import ears_open

ROOT = Path(__file__).resolve().parent.parent


def told(records):
    """A picture whose text is what it was drawn from."""
    return Picture("<svg xmlns='http://www.w3.org/2000/svg'/>", alt=f"saw {records}", width=100)


def last(records):
    return Picture("<svg xmlns='http://www.w3.org/2000/svg'/>", alt=f"now {records[-1]}", width=100)


def count(settings):
    """1, 2, 3, ... times the factor that the control shows."""
    number = 0
    while True:
        number += 1
        yield number * getattr(settings, "factor", 1)


@pytest.fixture(autouse=True)
def live(monkeypatch):
    monkeypatch.delenv("MICROGRAD_STATIC", raising=False)


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("MICROGRAD_STATIC", "1")


class Panel:
    """The widgets as a reader finds them."""

    def __init__(self, box: Any) -> None:
        *self.controls, buttons, self.status, self.screen = box.children
        self.run, self.one, self.reset, self.number = buttons.children

    @property
    def says(self) -> str:
        return re.sub("<[^>]*>", "", self.status.value)

    @property
    def step(self) -> int:
        return int(self.number.value.split()[1].replace(",", ""))

    async def press(self, button: Any) -> None:
        await press(button)

    async def until(self, reached: Callable[[], bool]) -> None:
        await until(reached)


# The buttons


@at_work
async def test_the_first_step_is_made_at_once_and_then_it_waits():
    panel = Panel(run_live(count, told, total=10))
    await asyncio.sleep(0.1)
    assert panel.number.value == "step 1 of 10" and "saw [1]" in panel.screen.value
    assert panel.says == "Press run or step." and panel.run.description == "run"


@at_work
async def test_step_makes_one_step():
    panel = Panel(run_live(count, told, total=10))
    await panel.press(panel.one)
    await panel.press(panel.one)
    assert "saw [1, 2, 3]" in panel.screen.value
    assert panel.says == "Paused after step 3."


@at_work
async def test_run_goes_on_by_itself_up_to_the_total_and_run_again_to_twice_as_many():
    panel = Panel(run_live(count, last, total=60))
    await panel.press(panel.run)
    assert panel.run.description == "pause"
    await panel.until(lambda: panel.run.description == "run")
    assert panel.says == "60 steps are made; run makes 60 more." and "now 60" in panel.screen.value
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert "now 120" in panel.screen.value


@at_work
async def test_pause_stops_asking_and_run_goes_on_from_there():
    asked = []

    def steps(settings):
        for number in range(1, 1_000_000):
            asked.append(number)
            yield number

    panel = Panel(run_live(steps, last, total=1_000_000))
    await panel.press(panel.run)
    await panel.until(lambda: len(asked) > 50)
    await panel.press(panel.run)
    so_far = len(asked)
    await asyncio.sleep(0.1)
    assert len(asked) == so_far == panel.step
    assert panel.says == f"Paused after step {so_far:,}." and f"now {so_far}" in panel.screen.value
    await panel.press(panel.run)
    await panel.until(lambda: len(asked) > so_far)
    await panel.press(panel.run)
    assert asked == list(range(1, len(asked) + 1))


@at_work
async def test_reset_begins_anew_and_waits():
    panel = Panel(run_live(count, told, total=1000))
    await panel.press(panel.run)
    await panel.press(panel.reset)
    await asyncio.sleep(0.1)
    assert "saw [1]" in panel.screen.value and panel.says == "Press run or step."


@at_work
async def test_while_it_runs_the_loop_does_other_things():
    panel = Panel(run_live(count, last, total=10**9))
    await panel.press(panel.run)
    heard = []
    asyncio.get_running_loop().call_later(0.05, heard.append, "a message")
    await panel.until(lambda: heard and panel.step > 1)
    await panel.press(panel.run)


@at_work
async def test_a_quick_run_is_drawn_many_times_on_its_way():
    drawn = []

    def view(records):
        drawn.append(len(records))
        return last(records)

    panel = Panel(run_live(count, view, total=100))
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert len(drawn) > 20 and drawn == sorted(drawn) and drawn[-1] == 100


@at_work
async def test_only_one_run_at_a_time_so_a_cell_that_is_run_again_leaves_none_behind():
    first = Panel(run_live(count, last, total=10**9))
    await first.press(first.run)
    second = Panel(run_live(count, last, total=10**9))
    assert first.run.description == "run" and first.says.startswith("Paused after step")
    await second.press(second.run)
    await first.press(first.run)
    assert (first.run.description, second.run.description) == ("pause", "run")
    await first.press(first.run)


@at_work
async def test_a_button_may_be_pressed_in_another_thread():
    where = set()

    def steps(settings):
        while True:
            where.add(threading.current_thread())
            yield 0

    panel = Panel(run_live(steps, last, total=10))
    thread = threading.Thread(target=panel.run.click)
    thread.start()
    thread.join()
    await panel.until(lambda: panel.step == 10)
    assert where == {threading.main_thread()}


# The controls


@at_work
async def test_a_control_that_is_moved_counts_from_the_next_step_on():
    panel = Panel(run_live(count, told, total=10, factor=Slider("factor", 1, 9, 1, 1)))
    panel.controls[0].value = 5
    await panel.press(panel.one)
    assert "saw [1, 10]" in panel.screen.value


@at_work
async def test_a_control_named_in_restart_begins_anew():
    panel = Panel(
        run_live(count, told, total=10, restart=["factor"], factor=Choice("factor", [1, 7]))
    )
    await panel.press(panel.one)
    panel.controls[0].value = 7
    await asyncio.sleep(0.02)
    assert "saw [7]" in panel.screen.value


@at_work
async def test_a_run_that_begins_anew_while_it_runs_goes_on_running():
    panel = Panel(
        run_live(count, last, total=10**9, restart=["factor"], factor=Slider("factor", -1, 1, 1, 1))
    )
    await panel.press(panel.run)
    panel.controls[0].value = -1
    await panel.until(lambda: "now -" in panel.screen.value and panel.step > 1)
    assert panel.says == "Running."
    await panel.press(panel.run)


# Ends and faults


@at_work
async def test_a_generator_that_ends_says_so_and_reset_begins_anew():
    panel = Panel(run_live(lambda settings: iter([1, 2]), told, total=10))
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert panel.says == "The last step is made. Reset begins anew."
    for button in (panel.run, panel.one):
        await panel.press(button)
        assert "saw [1, 2]" in panel.screen.value
    await panel.press(panel.reset)
    assert "saw [1]" in panel.screen.value


@pytest.mark.parametrize("fault", [ZeroDivisionError("by <0>"), SystemExit("bye")])
@at_work
async def test_an_error_in_a_step_is_a_sentence_and_what_was_drawn_stays(fault):
    def steps(settings):
        yield 1
        raise fault

    panel = Panel(run_live(steps, told, total=10))
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert panel.says.startswith(f"Stopped by {type(fault).__name__}: b")
    assert "<0>" not in panel.status.value
    assert "saw [1]" in panel.screen.value


@at_work
async def test_a_function_that_yields_nothing_is_explained():
    panel = Panel(run_live(lambda settings: None, told, total=10))
    assert "expected is a generator" in panel.says and "yield" in panel.says
    await panel.press(panel.run)
    assert panel.run.description == "run"


@at_work
async def test_a_picture_that_fails_is_a_sentence_and_the_run_goes_on():
    panel = Panel(run_live(count, lambda records: 1 / 0, last, total=10))
    await panel.press(panel.one)
    assert "ZeroDivisionError" in panel.screen.value and "now 2" in panel.screen.value


@at_work
async def test_an_interrupt_waits_for_the_step_and_pauses():
    whole = []

    def steps(settings):
        while True:
            if len(whole) == 5:
                signal.raise_signal(signal.SIGINT)  # in the middle of the sixth step
            whole.append(len(whole))
            yield whole[-1]

    before = signal.getsignal(signal.SIGINT)
    panel = Panel(run_live(steps, last, total=1000))
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert len(whole) == 6 and panel.says == "Paused after step 6."
    assert "now 5" in panel.screen.value
    await panel.press(panel.one)
    assert "now 6" in panel.screen.value
    assert signal.getsignal(signal.SIGINT) is before


@at_work
async def test_a_second_interrupt_ends_a_step_that_never_ends():
    def steps(settings):
        yield 1
        while True:
            signal.raise_signal(signal.SIGINT)

    panel = Panel(run_live(steps, told, total=10))
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert panel.says == "Interrupted in the middle of a step. Reset begins anew."
    await panel.press(panel.one)
    assert "saw [1]" in panel.screen.value


@at_work
async def test_a_run_that_holds_interrupts_back_itself_goes_on_after_a_pause():
    def steps(settings):
        for number in range(1, 100):
            with whole_step() as interrupts:
                if number == 5:
                    signal.raise_signal(signal.SIGINT)
            try:
                yield number
            finally:
                deliver(interrupts)

    panel = Panel(run_live(steps, last, total=50))
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert panel.says == "Paused after step 6."  # it hands the interrupt on when asked again
    await panel.press(panel.run)
    await panel.until(lambda: panel.run.description == "run")
    assert "now 50" in panel.screen.value


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"total": 0}, "a step at least"),
        ({"total": 5, "restart": ["width"]}, "width is none"),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        run_live(count, told, **wrong)


def test_a_run_without_a_picture_is_refused():
    with pytest.raises(ValueError, match="0 pictures"):
        run_live(count, total=5)


# Where nothing moves


def test_in_static_mode_the_first_picture_stands_at_each_still_and_the_others_at_the_last(static):
    strip = run_live(count, told, last, total=100, stills=[2, 4])
    assert isinstance(strip, Strip)
    assert repr(strip) == "saw [1, 2]\nsaw [1, 2, 3, 4]\nnow 4"


def test_without_stills_it_stands_after_the_total(static):
    assert repr(run_live(count, last, total=7)) == "now 7"


def test_in_static_mode_the_settings_are_the_starts(static):
    assert repr(run_live(count, last, total=2, factor=Choice("factor", [1, 3], first=1))) == "now 6"


def test_a_run_that_ends_before_a_still_stands_at_its_end(static):
    assert repr(run_live(lambda s: iter("ab"), last, total=9)) == "now b"


def test_in_static_mode_an_error_is_raised(static):
    with pytest.raises(TypeError, match="expected is a generator"):
        run_live(lambda settings: None, told, total=3)
    with pytest.raises(ValueError, match="ended before its first step"):
        run_live(lambda settings: iter([]), told, total=3)


def test_without_an_event_loop_it_stands_too():
    assert repr(run_live(count, last, total=3)) == "now 3"


def test_a_run_that_learns_is_drawn_as_a_loss_curve(static):
    def learn(settings: SimpleNamespace):
        w = Value(0.0)
        descent = SGD([w], lr=settings.rate)
        while True:
            loss = (3 * w - 10) ** 2
            descent.zero_grad()
            loss.backward()
            descent.step()
            yield loss.data

    rate = Slider("learning rate", 0, 0.15, 0.05, 0.01)
    picture = run_live(learn, loss_curve, total=50, rate=rate)
    assert "Loss fell from" in picture.alt and "over 50 steps" in picture.alt


# In a browser


@pytest.mark.needs_chromium
@pytest.mark.slow
def test_the_moons_are_learnt_live_by_keyboard_and_the_stop_button_pauses(chromium, tmp_path):
    root = copy_of_checkout(ROOT, tmp_path / "the course")
    home = tmp_path / "home"
    home.mkdir()
    with jupyterlab(root, home) as lab, browser(chromium) as page:
        notebook = open_notebook(page, lab, "work/04a_neural_networks.ipynb")
        notebook.run_all()
        assert notebook.failures() == []
        cell = notebook.cell_with("run_live(")
        status = cell.get_by_role("status")
        run = cell.get_by_role("button", name="run", exact=True)

        run.focus()
        page.keyboard.press("Enter")
        expect(status).to_have_text("Running.")
        expect(cell).to_contain_text(re.compile(r"step (?!1 )\d+ of"), timeout=30_000)
        page.get_by_role("button", name="Interrupt the kernel").click()
        expect(status).to_have_text(re.compile("Paused after step"))
        run.focus()
        page.keyboard.press("Space")
        expect(status).to_have_text(re.compile("200 steps are made"), timeout=120_000)

        boundary = cell.get_by_role("img", name="Map of a model's score")
        curve = cell.get_by_role("img", name="Line chart of the loss")
        expect(boundary).to_have_attribute("alt", re.compile("59 of 60 points"))
        expect(curve).to_have_attribute("alt", re.compile("Loss fell .* over 200 steps"))
        assert notebook.failures() == []


def test_of_two_runs_that_breathe_at_once_neither_leaves_its_handler_behind():
    before, heard = signal.getsignal(signal.SIGINT), []
    first = ears_open(lambda: heard.append("first"))
    second = ears_open(lambda: heard.append("second"))
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)  # the one that began first ends first
    signal.raise_signal(signal.SIGINT)
    second.__exit__(None, None, None)
    assert heard == ["second"]
    assert signal.getsignal(signal.SIGINT) is before
