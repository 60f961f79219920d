"""What runs on the kernel's own event loop, some steps at a time, and hears of buttons meanwhile.

Between the steps the kernel can also run other cells. No thread is needed, so it works in a
browser's Python too. To pause is to stop asking for steps: each is made whole or not at all.
`dashboard` and `board` say what a step is and what the buttons look like.
"""

from __future__ import annotations

import asyncio
import html
import math
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, ClassVar

SLICE = 0.05  # seconds of steps without a look at what else there is to do
BREATH = 0.005  # seconds in which the kernel does that
REST, LONG_REST = 0.5, 2.0  # seconds between two drawings: at least, and if they take long


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of a kernel; None in a plain program or a terminal."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Runner:
    """Something with steps, which runs until somebody pauses it. All of it happens in one thread.

    A subclass has `step`, which makes one step and pauses after the last, `draw`, and what it says
    after a `pause`. Without a loop only `run_here` runs it.
    """

    front: ClassVar[Runner | None] = None  # only one runs at a time: the last one started
    patience: float = 1  # the rest after a drawing, in multiples of its time
    stride: float = math.inf  # steps between two drawings at most

    def __init__(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self.loop = loop
        self.running = False
        self.task: asyncio.Task[None] | None = None  # kept: the loop itself would let it go
        self.wishes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.next_time, self.next_frame = 0.0, math.inf  # when a drawing is due: a time, a step

    def step(self) -> None:
        raise NotImplementedError

    def draw(self) -> None:
        raise NotImplementedError

    def show(self) -> None:
        """Draw, and note when it is due again: after a rest, or so many steps."""
        started = time.monotonic()
        self.draw()
        now = time.monotonic()
        self.next_time = now + max(REST, min(LONG_REST, self.patience * (now - started)))
        self.next_frame = self.made + self.stride

    def pause(self) -> None:
        self.running = False

    def rest(self) -> None:
        """What there is to do once a pause has begun and no step is being made."""

    @property
    def made(self) -> int:
        """How many steps have been made."""
        raise NotImplementedError

    def to_the_front(self) -> None:
        """Pause the run that was running, such as one whose cell was run once more."""
        if Runner.front is not None and Runner.front is not self:
            Runner.front.stop()
        Runner.front = self

    def stop(self) -> None:
        """Pause between two steps, and draw what is so far."""
        if self.running:
            self.pause()
            self.rest()
            self.show()

    def start(self) -> None:
        """Begin to run, on the loop."""
        self.to_the_front()
        self.running = True
        if self.loop is not None:
            self.task = self.loop.create_task(self.go())

    async def go(self) -> None:
        """Step and draw until somebody pauses it, and let the kernel do other things in between."""
        me = self.task
        while self.running and self.task is me:  # it is another one after a pause and a new start
            self.interruptible(self.some_steps)
            with ears_open(lambda: self.soon(self.stop)):
                await asyncio.sleep(BREATH)
        if not self.running:
            self.interruptible(self.rest)

    def run_here(self) -> None:
        """Step and draw until somebody pauses it; only buttons are heard in between."""
        self.task = None  # whatever runs on the loop has ended
        with interrupt_calls(self.pause):
            while self.running:
                self.some_steps()
                self.grant_wishes()
            self.rest()

    def some_steps(self) -> None:
        end = time.monotonic() + SLICE
        while self.running and time.monotonic() < end and not self.drawing_is_due():
            self.step()
        if self.drawing_is_due() or not self.running:
            self.show()

    def drawing_is_due(self) -> bool:
        return time.monotonic() >= self.next_time or self.made >= self.next_frame

    # What buttons ask for

    def button(self, label: str, tooltip: str, press: Callable[[], None]) -> Any:
        import ipywidgets as widgets

        made = widgets.Button(description=label, tooltip=tooltip)
        made.on_click(lambda _: self.soon(press))
        return made

    def soon(self, work: Callable[[], None]) -> None:
        """Do it between two steps: a kernel may hear of buttons in another thread."""
        self.wishes.put(work)
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.interruptible, self.grant_wishes)

    def grant_wishes(self) -> None:
        while not self.wishes.empty():
            self.wishes.get()()

    def interruptible(self, work: Callable[[], None]) -> None:
        try:
            with interrupt_calls(self.pause):
                work()
        except KeyboardInterrupt:
            self.pause()


def spoken(text: str) -> str:
    """A sentence as HTML that a screen reader reads out when it changes."""
    return f'<span role="status">{html.escape(text)}</span>'


@contextmanager
def interrupt_calls(pause: Callable[[], None]) -> Iterator[None]:
    """The first interrupt (Ctrl-C, or the stop button) calls `pause`, a second one is raised.

    Between cells a kernel ignores interrupts, and this is between cells. The second one is for a
    step that never ends.
    """
    if not in_main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        pause()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass
class Ear:
    """Who hears an interrupt while a run breathes, and who heard it before."""

    handle: Callable[[int, FrameType | None], None]
    before: Any


open_ears: list[Ear] = []


@contextmanager
def ears_open(stop: Callable[[], None]) -> Iterator[None]:
    """While a run breathes, an interrupt stops it; a cell that begins meanwhile has its own.

    Two runs may breathe at once, when one has just taken the other's place, and the one that began
    first may end first: whoever ends takes its own handler out of the row.
    """
    if not in_main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        stop()

    ear = Ear(handle, signal.signal(signal.SIGINT, handle))
    open_ears.append(ear)
    try:
        yield
    finally:
        open_ears.remove(ear)
        if signal.getsignal(signal.SIGINT) is handle:
            signal.signal(signal.SIGINT, ear.before)
        for later in open_ears:
            if later.before is handle:
                later.before = ear.before


def in_main_thread() -> bool:
    """Signals are heard of in the main thread only."""
    return threading.current_thread() is threading.main_thread()
