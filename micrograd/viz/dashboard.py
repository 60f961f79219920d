"""A run that its reader starts, pauses, steers and begins anew, with pictures that follow it.

A run is a generator: each time it is asked, it makes one step and hands out a record. Here stands
somebody who asks; `running` says when.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from micrograd.viz.explorers import Control, Drawing, can_move, standing
from micrograd.viz.running import Runner, running_loop, spoken

FRAMES = 25  # drawings on the way to `total` at least: a quick run is worth a look

Steps = Callable[[SimpleNamespace], Iterable[Any]]
View = Callable[[list[Any]], Drawing]  # a picture of the records so far, at least one


def run_live(
    steps: Steps,
    *views: View,
    total: int,
    stills: Sequence[int] = (),
    restart: Sequence[str] = (),
    **controls: Control,
) -> Any:
    """Run a generator of steps with buttons to run, pause, step and reset, and draw it meanwhile.

    `steps(settings)` makes the generator; whatever it yields is the record of a step. Every control
    is an attribute of `settings` and follows its slider, so what the generator reads at each step
    can be changed while it runs; moving a control named in `restart` begins anew. Each of `views`
    is called with the list of the records so far and gives a picture. The run waits after every
    `total` steps. An interrupt pauses it after the step that it is in.

        def learn(settings):
            w = Value(0.0)
            while True:
                loss = (3 * w - 10) ** 2
                w.grad = 0
                loss.backward()
                w.data -= settings.rate * w.grad
                yield loss.data

        run_live(learn, loss_curve, total=50, rate=Slider("learning rate", 0, 0.15, 0.01, 0.01))

    Where nothing moves, the first view stands as it was after each of the steps in `stills`, and
    the others as they were after the last of these; without `stills`, all after `total` steps.
    """
    if total < 1 or not views:
        raise ValueError(
            f"A live run has a step at least and a picture, not {total} steps and {len(views)} "
            "pictures."
        )
    if unknown := set(restart) - set(controls):
        raise ValueError(f"restart names controls, and {', '.join(sorted(unknown))} is none.")
    loop = running_loop()
    if loop is None or not can_move():
        settings = SimpleNamespace(**{name: control.start for name, control in controls.items()})
        return standing(stages(begin(steps, settings), views, sorted(stills) or [total]))
    return LiveRun(steps, views, total, set(restart), controls, loop).box


def begin(steps: Steps, settings: SimpleNamespace) -> Iterator[Any]:
    generator = steps(settings)
    if not isinstance(generator, Iterable):
        raise TypeError(
            f"steps(settings) gave {type(generator).__name__}; expected is a generator. A function "
            "becomes one when it hands out each step with yield."
        )
    return iter(generator)


def stages(generator: Iterator[Any], views: Sequence[View], stills: Sequence[int]) -> list[Drawing]:
    """The first view after each of `stills`, then the other views; a run may end before them."""
    records: list[Any] = []
    first, *others = views
    drawn = []
    for record in generator:
        records.append(record)
        if len(records) in stills:
            drawn.append(first(records))
        if len(records) == stills[-1]:
            break
    else:
        if not records:
            raise ValueError("The generator ended before its first step: there is nothing to draw.")
        drawn.append(first(records))
    return [*drawn, *(view(records) for view in others)]


class LiveRun(Runner):
    """The run behind the buttons of `run_live`."""

    def __init__(
        self,
        steps: Steps,
        views: Sequence[View],
        total: int,
        restart: set[str],
        controls: dict[str, Control],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        import ipywidgets as widgets

        super().__init__(loop)
        self.steps, self.views, self.total = steps, views, total
        self.stride = max(1, total // FRAMES)
        self.settings = SimpleNamespace()

        self.start_button = self.button("run", "run or pause", self.press_run)
        step = self.button("step", "make one step", self.press_step)
        reset = self.button("reset", "begin anew", self.press_reset)
        self.number, self.status, self.screen = widgets.HTML(), widgets.HTML(), widgets.HTML()
        shown = []
        for name, control in controls.items():
            shown.append(control.widget(widgets))
            self.follow(name, shown[-1], begin_anew=name in restart)
        buttons = widgets.HBox([self.start_button, step, reset, self.number])
        self.box = widgets.VBox([*shown, buttons, self.status, self.screen])
        self.to_the_front()
        self.begin_anew()

    @property
    def made(self) -> int:
        return len(self.records)

    def follow(self, name: str, widget: Any, begin_anew: bool) -> None:
        """Keep a setting as its control shows it."""
        setattr(self.settings, name, widget.value)

        def turn() -> None:
            setattr(self.settings, name, widget.value)
            if begin_anew:
                self.begin_anew()

        if begin_anew and hasattr(widget, "continuous_update"):
            widget.continuous_update = False  # not at every place that a dragged slider passes
        widget.observe(lambda change: self.soon(turn), "value")

    # What the buttons do

    def press_run(self) -> None:
        if self.running:
            self.stop()
        elif not self.over:
            self.target = (self.made // self.total + 1) * self.total
            self.start_button.description = "pause"
            self.say("Running.")
            self.start()

    def press_step(self) -> None:
        self.pause()
        if not self.over:
            self.step()
            self.show()

    def press_reset(self) -> None:
        self.pause()
        self.begin_anew()

    # The run

    def step(self) -> None:
        """Make one step, and see whether it was the last one."""
        try:
            self.records.append(next(self.generator))
        except StopIteration:
            self.end("The last step is made.")
        except KeyboardInterrupt:
            self.end("Interrupted in the middle of a step.")
        except (Exception, SystemExit) as error:  # the generator is the reader's
            self.end(f"Stopped by {type(error).__name__}: {error}")
        else:
            if not self.running:  # a step by hand, or one that was interrupted
                self.say_where()
            elif self.made >= self.target:
                self.pause()
                self.say(f"{self.made:,} steps are made; run makes {self.total:,} more.")

    def pause(self) -> None:
        if self.running:
            super().pause()
            self.start_button.description = "run"
            self.say_where()

    def end(self, why: str) -> None:
        self.pause()
        self.over = True
        self.say(f"{why} Reset begins anew.")

    def begin_anew(self) -> None:
        """The first step with the settings as they are: a run that was running goes on running."""
        self.records: list[Any] = []
        self.target = self.total
        self.over = False
        try:
            self.generator = begin(self.steps, self.settings)
        except Exception as error:  # the function is the reader's
            self.end(f"Stopped by {type(error).__name__}: {error}")
        else:
            self.step()
        self.show()

    # What is seen

    def draw(self) -> None:
        self.number.value = f"step {self.made:,} of {max(self.target, self.made):,}"
        drawn = [picture_text(partial(view, self.records)) for view in self.views if self.records]
        inside = "".join(f"<div>{text}</div>" for text in drawn)
        self.screen.value = f'<div style="display:flex;flex-wrap:wrap;gap:0.6em">{inside}</div>'

    def say_where(self) -> None:
        self.say(f"Paused after step {self.made:,}." if self.made > 1 else "Press run or step.")

    def say(self, text: str) -> None:
        self.status.value = spoken(text)


def picture_text(draw: Callable[[], Drawing]) -> str:
    """The HTML of a picture, or the sentence of the error that drawing it ended in."""
    try:
        return draw().html
    except Exception as error:  # the function may be the reader's
        return f"<p>{html.escape(f'{type(error).__name__}: {error}')}</p>"
