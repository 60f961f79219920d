"""The picture of a whole training run: losses, learning rate, sizes of its steps, invented names.

`train_live` draws it while the run goes on. It needs a `Training` and what `logbook` has noted of
it, so it can be drawn of any run, one that was loaded from its file too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from micrograd.train import Training
from micrograd.viz.canvas import BLUE, GREY, INK, VERMILLION, paint, shades
from micrograd.viz.logbook import Log
from micrograd.viz.picture import Card, Picture
from micrograd.viz.plots import Run, draw_run, short, visible, window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = (7.2, 6.0)
SAMPLINGS = 4  # shown: the first, and the newest
LONGEST = 14  # characters of a name


def training_sheet(
    training: Training, *, title: str | None = None, alt: str | None = None
) -> Picture | Card:
    """A run so far: its losses, and below them the rate, the sizes of its steps, its names.

    Each step's loss is a point, and the line is the average of the last few, as in `loss_curve`.
    Circles are the losses of held-out names. A dotted line marks where the rate was set by hand.
    The gradient's length is that which the optimizer used, clipped if the run clips.

        training_sheet(checkpoint.load("runs/adam 0.01.safetensors", names))
    """
    log = Log.of(training)
    losses, gradient, update = (
        Run.of("", numbers, window(numbers, len(numbers)))
        for numbers in (training.history, log.gradient, log.update)
    )
    changes = log.rates[1:]
    guess = math.log(training.model.config.vocab_size)
    claim = title or claimed(losses, log)

    def draw(figure: Figure) -> Iterable[str]:
        panels: Any = figure.subplot_mosaic(
            [["loss"] * 3, ["rate", "gradient", "update"], ["names"] * 3],
            height_ratios=[3.2, 1.7, 1],
        )
        draw_losses(panels["loss"], losses, log, guess, claim)
        draw_rate(panels["rate"], training)
        draw_size(panels["gradient"], gradient, "length of the gradient", VERMILLION)
        draw_size(panels["update"], update, "length of the update", BLUE)
        for name in ("loss", "rate", "gradient", "update"):
            panels[name].set_xlim(0, 1.01 * max(2, training.steps))
            panels[name].locator_params(axis="x", integer=True, nbins=10 if name == "loss" else 3)
            for step, _ in changes:
                panels[name].axvline(step, color=GREY, linestyle=":", linewidth=1.2)
        for step, rate in changes[-5:]:
            foot = panels["loss"].get_xaxis_transform()
            panels["loss"].text(step, 0.02, f" rate {rate:g}", transform=foot, color=GREY)
        write_names(panels["names"], shown(log.names))
        return [shade for color in (BLUE, VERMILLION) for shade in shades(color)]

    return paint(draw, alt or told(training, losses, log, guess), INCHES)


# The panels


def draw_losses(axes: Axes, losses: Run, log: Log, guess: float, claim: str) -> None:
    axes.set_title(claim)
    axes.set(ylabel="loss (nats per token)", xlabel="training step")
    draw_run(axes, losses, BLUE, "-", faintness=0.35)
    if log.held_out:
        steps, heights = zip(*log.held_out, strict=True)
        axes.plot(steps, heights, "o--", color=INK, linewidth=1.2, markersize=4, label="held out")
    axes.axhline(guess, color=GREY, linestyle=(0, (6, 4)), linewidth=1)
    at_the_end = axes.get_yaxis_transform()
    axes.text(1, guess, "blind guess", transform=at_the_end, color=GREY, ha="right", va="bottom")
    if axes.get_legend_handles_labels()[1]:
        low, high = axes.get_ylim()
        axes.set_ylim(top=high + (high - low) / 6)
        plain = {"facecolor": "white", "edgecolor": "white", "framealpha": 1}
        axes.legend(loc="upper right", ncols=3, markerscale=1.6, frameon=True, **plain)


def draw_rate(axes: Axes, training: Training) -> None:
    heading(axes, "learning rate")
    axes.plot([s.number for s in training.history], [s.lr for s in training.history], color=INK)
    axes.set_ylim(bottom=0)


def draw_size(axes: Axes, sizes: Run, name: str, color: str) -> None:
    heading(axes, name)
    drawn = [size for size in sizes.losses if size > 0]
    if drawn:
        from matplotlib.ticker import LogLocator, NullLocator

        axes.set_yscale("log")
        axes.yaxis.set_major_locator(
            LogLocator(subs=(1, 2, 5) if max(drawn) < 50 * min(drawn) else (1,))
        )
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
    sizes.losses[:] = [size if size > 0 else math.nan for size in sizes.losses]
    draw_run(axes, sizes, color, "-", faintness=0.35)


def heading(axes: Axes, name: str) -> None:
    axes.set_title(name, fontsize=10, fontweight="normal", pad=5)
    axes.set_xlabel("training step")


def write_names(axes: Axes, samplings: list[Any]) -> None:
    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(SAMPLINGS - 0.3, -0.7))
    for row, (step, names) in enumerate(samplings):
        texts = (0, f"after step {step:,}", GREY), (0.19, ",  ".join(map(clipped, names)), INK)
        for x, text, color in texts:
            axes.text(x, row, text, color=color, va="center", in_layout=False)


# What it says


def claimed(losses: Run, log: Log) -> str:
    if not log.held_out:
        return losses.claim
    return f"{losses.claim}; held out: {short(log.held_out[-1][1])}"


def told(training: Training, losses: Run, log: Log, guess: float) -> str:
    """The whole picture in sentences."""
    text = f"Sheet of a training run. {losses.details} Blind guessing would give {short(guess)}."
    if log.held_out:
        (first, begin), (last, end) = log.held_out[0], log.held_out[-1]
        text += f" Held-out names: {short(begin)} after {first:,} steps"
        text += f", {short(end)} after {last:,}." if last > first else "."
    if training.history:
        rates = [step.lr for step in training.history]
        text += f" The learning rate went from {rates[0]:.3g} to {rates[-1]:.3g}"
        hand = [f"{rate:g} from step {step:,} on" for step, rate in log.rates[1:]]
        text += f"; by hand it was set to {', '.join(hand)}." if hand else "."
    for name, sizes in (("gradient", log.gradient), ("update", log.update)):
        finite = [size for size in sizes if math.isfinite(size)]
        if finite:
            text += f" The {name}'s length lay between {min(finite):.2g} and {max(finite):.2g}."
    for step, names in shown(log.names):
        text += f" Names after step {step:,}: {', '.join(map(clipped, names)) or 'none'}."
    return text


def shown(samplings: list[Any]) -> list[Any]:
    """The first sampling and the newest ones."""
    few = len(samplings) <= SAMPLINGS
    return samplings if few else [samplings[0], *samplings[1 - SAMPLINGS :]]


def clipped(name: str) -> str:
    """A name as there is room for it."""
    seen = "".join(map(visible, name)) or "(empty)"
    return seen if len(seen) <= LONGEST else f"{seen[: LONGEST - 1]}…"
