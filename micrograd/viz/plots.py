"""Pictures of numbers: how the loss fell, and what a model expects next.

Each function takes plain data and returns a `Picture`. The title states what the data shows, and
the alt text says it in full; both are computed, and both can be given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from micrograd.viz.canvas import BLUE, GREY, INK, RUNS, VERMILLION, paint, shades
from micrograd.viz.picture import Card, Picture, plain_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = (7.2, 3.3)
FEW_STEPS = 100  # of a shorter run each step is shown, and no average

Losses = Sequence[Any]  # numbers, or records with `loss` and `number`


# The loss


@dataclass(frozen=True)
class Run:
    """One line of a loss curve."""

    name: str
    steps: list[int]
    losses: list[float]
    averages: list[float]  # of the last `window` losses, up to each step
    window: int

    @classmethod
    def of(cls, name: str, records: Losses, window: int) -> Run:
        losses = [plain_number(record) for record in records]
        steps = [getattr(record, "number", i) for i, record in enumerate(records, start=1)]
        sums = [sum(losses[max(0, end - window) : end]) for end in range(1, len(losses) + 1)]
        averages = [s / min(window, end) for end, s in enumerate(sums, start=1)]
        return cls(name, steps, losses, averages, window)

    @property
    def broken(self) -> int | None:
        """The index of the first loss that is NaN or infinite."""
        return next((i for i, loss in enumerate(self.losses) if not math.isfinite(loss)), None)

    @property
    def claim(self) -> str:
        """What happened, as a title says it."""
        if not self.losses:
            return "No training step yet"
        if self.broken is not None:
            kind = "NaN" if math.isnan(self.losses[self.broken]) else "infinite"
            return f"Loss became {kind} at step {self.steps[self.broken]:,}"
        first, last = self.averages[0], self.averages[-1]
        if len(self.losses) == 1:
            return f"Loss was {short(first)} at step {self.steps[0]:,}"
        over = f"over {len(self.losses):,} steps"
        if abs(last - first) <= 0.01 * abs(first):
            return f"Loss stayed near {short(first)} {over}"
        verb = "fell" if last < first else "rose"
        return f"Loss {verb} from {short(first)} to {short(last)} {over}"

    @property
    def details(self) -> str:
        """The claim and what the title leaves out, as the alt text says it."""
        finite = [loss for loss in self.losses if math.isfinite(loss)]
        if len(finite) < 2:
            return f"{self.claim}."
        averaged = f" (the average of the last {self.window} steps)" if self.window > 1 else ""
        lowest, highest = short(min(finite)), short(max(finite))
        return f"{self.claim}{averaged}; single steps lie between {lowest} and {highest}."


def loss_curve(
    losses: Losses | Mapping[str, Losses],
    *,
    smooth: int | None = None,
    baseline: tuple[float, str] | None = None,
    total: int | None = None,
    unit: str = "nats per token",
    title: str | None = None,
    alt: str | None = None,
    inches: tuple[float, float] = INCHES,
) -> Picture | Card:
    """The loss at each training step, faint, and in front of it the average of the last few.

    `losses` is a list of numbers or of the records that `train()` hands out; a dict of such lists
    lays several runs over each other. A single step says little, because one document is harder
    than another: what the title speaks of is the average of the last `smooth` steps (by default a
    twentieth of the run, at most 50 steps; none of a run under 100 steps, and none for 1).
    `baseline` is a loss to compare with and what it is. `total` is where the axis ends, for a run
    that is not over. `unit` is what the loss is counted in; a squared error has none: `unit=""`.
    `inches` is the size of the picture.

        loss_curve(training.history, baseline=(math.log(27), "guessing: ln 27"))
    """
    if smooth is not None and smooth < 1:
        raise ValueError(f"smooth is a number of steps, at least 1 (no average), not {smooth}.")
    records = losses if isinstance(losses, Mapping) else {"": losses}
    length = max([total or 0, *map(len, records.values())])
    runs = [
        Run.of(name, record, smooth or window(record, length)) for name, record in records.items()
    ]

    def draw(axes: Axes) -> None:
        axes.set_title(title or _title(runs))
        axes.set(xlabel="training step", ylabel=f"loss ({unit})" if unit else "loss")
        for run, (color, dashes) in zip(runs, cycle(RUNS)):
            draw_run(axes, run, color, dashes, faintness=0.35 if len(runs) == 1 else 0.2)
        if baseline:
            height, meaning = baseline
            axes.axhline(height, color=GREY, linestyle=(0, (6, 4)), linewidth=1)
            at_the_end = axes.get_yaxis_transform()
            axes.text(1, height, meaning, transform=at_the_end, color=GREY, ha="right", va="bottom")
        axes.set_xlim(0, 1.01 * max(2, length, *(run.steps[-1] for run in runs if run.steps)))
        axes.locator_params(axis="x", integer=True)
        if not any(run.losses for run in runs):
            axes.set(xticks=[], yticks=[])
        if axes.get_legend_handles_labels()[1]:
            axes.legend(loc="best")  # a falling run leaves the top free, a rising one not

    return _picture(draw, alt or _loss_alt(runs, unit, baseline), inches)


def window(records: Losses, length: int) -> int:
    """How many steps are averaged of a run that is one of some, of which the longest has `length`.

    Of a run with few records, such as the losses of held-out names, each is shown.
    """
    return max(1, min(50, length // 20)) if len(records) >= FEW_STEPS else 1


def draw_run(axes: Axes, run: Run, color: str, dashes: str, faintness: float) -> None:
    line: dict[str, Any] = {"color": color, "linestyle": dashes, "linewidth": 1.8}
    if run.window == 1:
        few = "o" if len(run.losses) <= 30 else None
        axes.plot(run.steps, _finite(run.losses), label=run.name, marker=few, **line)
    else:
        dots: dict[str, Any] = {
            "color": color,
            "alpha": faintness,
            "markersize": 2,
            "markeredgewidth": 0,
        }
        each = "" if run.name else "each step"
        axes.plot(run.steps, _finite(run.losses), "s", label=each, **dots)
        name = run.name or f"average of the last {run.window} steps"
        axes.plot(run.steps, _finite(run.averages), label=name, **line)
    if run.broken is not None:
        axes.axvline(run.steps[run.broken], color=VERMILLION, linestyle=":", linewidth=1.8)


def _title(runs: list[Run]) -> str:
    if len(runs) == 1:
        return runs[0].claim
    ends = {run.name: run.averages[-1] for run in runs if run.losses and run.broken is None}
    if not ends:
        return "No run with a loss to compare"
    best = min(ends, key=lambda name: ends[name])
    return f"{best} ends lowest, at a loss of {short(ends[best])}"


def _loss_alt(runs: list[Run], unit: str, baseline: tuple[float, str] | None) -> str:
    told = [f"{run.name}: {run.details}" if run.name else run.details for run in runs]
    loss = f"loss, in {unit}," if unit else "loss"
    text = f"Line chart of the {loss} at each training step. {' '.join(told)}"
    if baseline:
        text += f" A dashed line at {short(baseline[0])} marks {baseline[1]}."
    return text


# The next token


def next_token_bars(
    probabilities: Sequence[Any],
    tokens: Sequence[str],
    *,
    top: int = 30,
    title: str | None = None,
    alt: str | None = None,
    inches: tuple[float, float] = INCHES,
) -> Picture | Card:
    """A bar for each token's probability of being the next one; the likeliest carry a number.

    `tokens` are the characters in the order of their ids, and one probability more than there are
    characters is that of BOS, which ends a document and is called "end". More tokens than `top`
    are too many to read: then the `top` likeliest are drawn, in order. `inches` is the size of the
    picture.

        next_token_bars(softmax(logits), tokenizer.chars)
    """
    heights = [plain_number(p) for p in probabilities]
    names = [visible(token) for token in tokens]
    if len(heights) == len(names) + 1:
        names.append("end")
    if not heights or len(heights) != len(names):
        raise ValueError(
            f"There are {len(heights)} probabilities for {len(names)} tokens. "
            "Give as many of both, or one probability more, that of BOS."
        )
    if min(heights) < 0 or not math.isclose(sum(heights), 1, abs_tol=1e-3):
        raise ValueError(
            "Probabilities are at least 0 and sum to 1. The smallest of these is "
            f"{short(min(heights))}, and they sum to {short(sum(heights))}. "
            "If they are logits, softmax makes probabilities of them."
        )
    ranked = sorted(range(len(heights)), key=lambda i: -heights[i])
    shown = list(range(len(heights))) if len(heights) <= top else ranked[:top]

    likeliest = [f"{names[i]} ({percent(heights[i])})" for i in ranked[:5]]
    claim = f"Most likely next: {likeliest[0]}"
    numbered = [i for i in ranked[:5] if heights[i] >= 0.005]
    if math.isclose(max(heights), min(heights)):
        claim = f"All {len(heights):,} tokens are equally likely ({percent(heights[0])})"
        numbered = []

    def draw(axes: Axes) -> None:
        axes.set_title(title or claim)
        axes.set(xlabel="next token", ylabel="probability")
        axes.yaxis.set_major_formatter("{x:.0%}" if max(heights) > 0.05 else "{x:.1%}")
        bars = axes.bar(range(len(shown)), [heights[i] for i in shown], color=BLUE, width=0.75)
        numbers = [f"{heights[i]:.0%}" if i in numbered else "" for i in shown]
        axes.bar_label(bars, numbers, padding=2, fontsize=8.5)
        labels = [names[i] for i in shown]
        turned = 60 if sum(map(len, labels)) > 60 else 0
        axes.set_xticks(range(len(shown)), labels, rotation=turned)
        axes.tick_params(axis="x", length=0, labelcolor=INK)
        axes.margins(x=0.01, y=0.12)

    drawn = "" if len(shown) == len(names) else f", of which the {len(shown)} likeliest are drawn"
    computed_alt = (
        f"Bar chart of the probability of each of {len(names):,} tokens to come next{drawn}. "
        f"{claim}. The likeliest: {', '.join(likeliest)}."
    )
    return _picture(draw, alt or computed_alt, inches)


# What both are made with


def _picture(
    draw: Callable[[Axes], None], alt: str, inches: tuple[float, float] = INCHES
) -> Picture | Card:
    """A picture of one pair of axes."""

    def draw_axes(figure: Figure) -> list[str]:
        draw(figure.add_subplot())
        lines = dict.fromkeys((BLUE, VERMILLION, *(color for color, _ in RUNS)))
        return [shade for color in lines for shade in shades(color)]

    return paint(draw_axes, alt, inches)


def _finite(numbers: list[float]) -> list[float]:
    """NaN in place of infinity too: matplotlib leaves a gap there."""
    return [x if math.isfinite(x) else math.nan for x in numbers]


def short(x: float) -> str:
    return f"{x:.2f}" if 0.1 <= abs(x) < 1000 else f"{x:.3g}"


def percent(p: float) -> str:
    return f"{p:.0%}" if p >= 0.095 else f"{p:.1%}"


def visible(token: str) -> str:
    """A token as an axis can show it: a space is drawn, and what cannot be printed is spelled."""
    if token == " ":
        return "␣"
    return token if token.isprintable() and token else repr(token)
