"""A board for a training run: its pictures, buttons that pause, stop and steer it, and its file.

`train_live` runs a `Training` on the kernel's loop while it is watched, and keeps it in a file, so
that neither an interrupt nor a killed kernel loses it. What is measured is `logbook`'s subject,
what is kept `keeping`'s, what is drawn `sheet`'s; here are the buttons.
"""

from __future__ import annotations

import html
import math
import time
from collections.abc import Sequence
from pathlib import Path

from micrograd.optim import constant
from micrograd.train import Training
from micrograd.viz.dashboard import picture_text
from micrograd.viz.explorers import can_move
from micrograd.viz.keeping import Keeper, file_of, put_aside, resume
from micrograd.viz.logbook import Log, Steps, observed
from micrograd.viz.picture import is_static
from micrograd.viz.running import REST, Runner, running_loop, spoken
from micrograd.viz.sheet import training_sheet


def train_live(
    training: Training,
    held_out: Sequence[str] = (),
    *,
    name: str = "",
    folder: str | Path = "runs",
    every: int = 100,
    samples: int = 5,
    anew: bool = False,
) -> Board:
    """Train up to the end of the plan while a board shows how it goes, and lets it be steered.

        board = train_live(training, held_out[:100], name="adam 0.01")
        board

    Every `every` steps the board asks the model for its loss on each of `held_out`, names that it
    never trains on, and for `samples` invented names, always with the same dice. Buttons pause,
    resume and stop; a new rate counts from the next step. Other cells can be run meanwhile.

    A run with a `name` is kept in `folder`, in a file of that name: every few seconds, and whenever
    it pauses. After a restart the same cells find it and go on from there bit for bit, in the
    `training` that they have made. A file that holds a run with another beginning is not written
    over: ValueError says in what they differ. `anew=True` puts it aside and begins from the start.

    Where nothing moves, all steps are made at once, and the board is one picture. In static mode no
    file is read or written.
    """
    if not isinstance(training, Training):
        raise TypeError(
            f"train_live trains a Training, and this is {type(training).__name__}. Make one with "
            "Training(model, tokenizer, documents, optimizer, steps=1000)."
        )
    if isinstance(held_out, str):
        raise ValueError(f"The held-out names are a list of texts, and not {held_out!r:.60}.")
    if every < 1 or samples < 0:
        raise ValueError(
            f"every is a number of steps, at least 1, and samples one of names, at least 0; these "
            f"are {every} and {samples}."
        )
    for text in held_out:
        training.tokenizer.encode(text)  # raises ValueError for a character that it does not know
    path = file_of(name, folder) if name else None
    on_disk = path is not None and not is_static()
    greeting = ""
    if path is not None and on_disk:
        if anew:
            put_aside(path)
        if resume(training, path):
            greeting = f"{path} was found, with {training.step:,} steps. "
    keeper = Keeper(training, path, on_disk)
    return Board(training, (held_out, every, samples), keeper, greeting)


class Board(Runner):
    """A run with its buttons and its picture. It begins to run at once."""

    patience = 4  # a sheet takes a third of a second to draw: a fifth of the time at most

    def __init__(
        self,
        training: Training,
        settings: tuple[Sequence[str], int, int],
        keeper: Keeper,
        greeting: str = "",
    ) -> None:
        loop = running_loop() if can_move() else None
        super().__init__(loop)
        self.training, self.settings, self.keeper = training, settings, keeper
        self.steps: Steps | None = None  # what makes them, while it runs
        self.stopped = False
        self.began = 0.0, 0  # when this stretch began, and after which step
        self.panel = None if loop is None else Panel(self)
        if loop is None:
            self.finish()
        else:
            self.start(greeting)

    @property
    def made(self) -> int:
        return self.training.step

    @property
    def left(self) -> int:
        return self.training.steps - self.training.step

    def finish(self) -> None:
        """Make the steps that are left, now, before anything else; an interrupt pauses, as ever.

        A run that was stopped, or is at its end, is left as it is.
        """
        if self.left > 0 and not self.stopped:
            if not self.running:
                self.start()
            self.run_here()

    # The run

    def start(self, greeting: str = "") -> None:
        if self.left <= 0:
            self.say(f"{greeting}{self.all_made()}")
            self.show()
            return
        Log.of(self.training).begin(self.training)
        self.steps = observed(self.training, *self.settings)
        self.began = time.monotonic(), self.made
        self.next_time = time.monotonic() + REST  # some steps first: the first drawing takes long
        self.say(f"{greeting}Running.")
        super().start()

    def step(self) -> None:
        """Make one step, and see whether it was the last one."""
        assert self.steps is not None
        try:
            next(self.steps, None)
        except KeyboardInterrupt:
            self.pause()
        except FloatingPointError as error:
            named = " Give it a name of its own, and this run stays to be looked at."
            self.fail(f"{error}{named if self.keeper.path else ''}")
        except (Exception, SystemExit) as error:  # the model may be the reader's
            self.fail(f"Stopped by {type(error).__name__}: {error}")
        else:
            if self.left <= 0:
                self.pause()
                self.say(self.all_made())
            elif self.running:
                self.keeper.save_if_due()
            else:  # interrupted in this step, which is whole now
                self.say_where()

    def fail(self, why: str) -> None:
        self.pause()
        self.say(why)
        if self.panel is None:
            print(why)

    def pause(self) -> None:
        """Ask for no more steps; the one that is being made is made whole."""
        if self.running:
            super().pause()
            self.say_where()
        if self.panel is not None:
            self.panel.update()

    def rest(self) -> None:
        """Let go of the generator, which may hold an interrupt back, and save."""
        if self.steps is not None:
            self.steps.close()
            self.steps = None
            self.keeper.save()
            if self.panel is not None:
                self.panel.update()
            elif self.keeper.trouble:
                print(self.keeper.trouble)

    def all_made(self) -> str:
        return (
            f"All {self.training.steps:,} steps are made. To train for longer, plan more, with "
            f"training.steps = {self.training.steps + 1000} for example, and resume."
        )

    # What the buttons do

    def press_pause(self) -> None:
        if self.running:
            self.stop()
        else:
            self.start()

    def press_stop(self) -> None:
        self.stop()
        self.stopped = True
        self.say(f"Stopped after step {self.made:,}. To go on from there, run the cell again.")
        self.show()

    def set_rate(self, rate: float) -> None:
        """The optimizer's rate from the next step on, before the schedule makes it smaller."""
        optimizer = self.training.optimizer
        if rate == optimizer.lr:
            return
        if not 0 <= rate < math.inf:
            self.say(f"A learning rate is a number of at least 0, and not {rate:g}.")
        else:
            optimizer.lr = rate
            Log.of(self.training).set_rate(self.training)
            self.say(f"The learning rate is {rate:g} from step {self.made + 1:,} on.")
            if not self.running:
                self.keeper.save()
        self.show()

    # What is seen

    def draw(self) -> None:
        if self.panel is not None:
            self.panel.update()
            self.panel.screen.value = picture_text(lambda: training_sheet(self.training))

    def say(self, text: str) -> None:
        if self.panel is not None:
            self.panel.status.value = spoken(text)

    def say_where(self) -> None:
        self.say(f"Paused after step {self.made:,}.")

    def time_left(self) -> str:
        """An estimate from this stretch; nothing before it can be made."""
        began, first = self.began
        steps = self.made - first
        if not self.running or steps < 5:
            return ""
        seconds = (time.monotonic() - began) / steps * self.left
        return (
            f"about {seconds:.0f} s left" if seconds < 100 else f"about {seconds / 60:.0f} min left"
        )

    def _ipython_display_(self) -> None:
        from IPython.display import display

        shown = training_sheet(self.training) if self.panel is None else self.panel.box
        display(shown)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return repr(training_sheet(self.training))


class Panel:
    """The widgets of a board."""

    def __init__(self, board: Board) -> None:
        import ipywidgets as widgets

        self.board = board
        training = board.training
        self.pause = board.button("pause", "pause or resume", board.press_pause)
        self.stop = board.button("stop", "end the run here", board.press_stop)
        self.half = board.button(
            "rate ÷ 2", "halve the learning rate", lambda: board.set_rate(training.optimizer.lr / 2)
        )
        self.twice = board.button(
            "rate × 2",
            "double the learning rate",
            lambda: board.set_rate(training.optimizer.lr * 2),
        )
        decays = training.schedule is not constant
        self.rate = widgets.FloatText(
            value=training.optimizer.lr,
            step=training.optimizer.lr / 10,
            description="rate before decay" if decays else "learning rate",
            style={"description_width": "initial"},
            layout={"width": "15em"},
        )
        self.rate.observe(lambda change: board.soon(lambda: board.set_rate(change["new"])), "value")
        self.number, self.status = widgets.HTML(), widgets.HTML()
        self.kept, self.screen = widgets.HTML(), widgets.HTML()
        row = {"flex_flow": "row wrap", "align_items": "center"}
        buttons = [self.pause, self.stop, self.half, self.twice, self.rate]
        for button in buttons[:-1]:
            button.layout.width = "7em"
        self.box = widgets.VBox(
            [
                widgets.HBox(buttons, layout=row),
                self.number,
                self.status,
                self.screen,
                self.kept,
            ]
        )

    def update(self) -> None:
        """Labels and numbers as the run is now."""
        board, training = self.board, self.board.training
        self.pause.description = "pause" if board.running else "resume"
        for control in (self.pause, self.stop, self.half, self.twice, self.rate):
            control.disabled = board.stopped
        self.rate.value = training.optimizer.lr
        facts = [f"step {board.made:,} of {training.steps:,}"]
        if board.left > 0:
            rate = training.schedule(training.step, training.steps, training.optimizer.lr)
            facts.append(f"next rate {rate:.2g}")
        facts += [left] if (left := board.time_left()) else []
        self.number.value = " · ".join(facts)
        self.kept.value = html.escape(board.keeper.trouble or board.keeper.where())
