"""A page to keep at the end: the loss curve, the best names, what was passed, what to read next.

One HTML file with its pictures inside, written beside the progress. Nothing in it needs a server or
a network; the links to what to read next do.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd.checks.assemble import pieces
from micrograd.checks.card import Card, Part, card
from micrograd.checks.catalogue import lessons
from micrograd.checks.growing import kept
from micrograd.checks.overview import predictions, row_of, survey
from micrograd.checks.store import Records, current, reason, replace

FILE = "my_graduation.html"


@dataclass(frozen=True)
class Reading:
    """Something to read or to do after the course, and why it comes at this place."""

    title: str
    link: str
    why: str


READ_NEXT = (
    Reading(
        "microgpt, by Andrej Karpathy",
        "https://karpathy.github.io/2026/02/12/microgpt/",
        "The same program as yours in another hand. You can now read it from top to bottom.",
    ),
    Reading(
        "micrograd, by Andrej Karpathy",
        "https://github.com/karpathy/micrograd",
        "The engine that started it: your Value, its operations as methods, in a hundred lines.",
    ),
    Reading(
        "The PyTorch tutorials: Learn the Basics",
        "https://pytorch.org/tutorials/beginner/basics/intro.html",
        "Your Value with many numbers at once. Everything after this is written in it.",
    ),
    Reading(
        "nanoGPT, by Andrej Karpathy",
        "https://github.com/karpathy/nanoGPT",
        "Your gpt and your training in PyTorch, large enough for real text. Look for your names.",
    ),
    Reading(
        "Attention Is All You Need (Vaswani and others, 2017)",
        "https://arxiv.org/abs/1706.03762",
        "Where attention as you wrote it comes from. It translates, so half of it is new to you.",
    ),
    Reading(
        "Language Models are Few-Shot Learners (Brown and others, 2020)",
        "https://arxiv.org/abs/2005.14165",
        "What the same machine does with 175 billion weights: it learns from examples in its text.",
    ),
    Reading(
        "Training language models to follow instructions (Ouyang and others, 2022)",
        "https://arxiv.org/abs/2203.02155",
        "How a model that goes on with any text becomes one that answers.",
    ),
    Reading(
        "A Mathematical Framework for Transformer Circuits (Elhage and others, 2021)",
        "https://transformer-circuits.pub/2021/framework/index.html",
        "What heads do with the stream, found by taking small ones apart. Last, as it is hardest.",
    ),
)

STYLE = """
body{font:16px/1.55 Georgia,serif;max-width:44em;margin:2.5em auto;padding:0 1.2em;
color:#1a1a1a;background:#fff}
h1{font-size:1.9em;margin-bottom:0}h2{font-size:1.2em;margin-top:2em}
img{background:#fff;border-radius:6px;max-width:100%;height:auto}
table{border-collapse:collapse}td,th{padding:.15em 1.2em .15em 0;text-align:left}
.names td:first-child{font-family:monospace;font-size:1.05em}
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#1b1d1f}a{color:#7db8e8}}
@media print{a{color:inherit}}
"""


def keepsake(
    losses: Sequence[float],
    names: Sequence[tuple[str, float]],
    *pictures: Any,
    learner: str = "",
) -> Card:
    """Write the page: of a training its losses and its best names, each with its surprise a token.

    `pictures` are such as `loss_curve(losses)`. `learner` is a name for the first line.
    """
    progress = current()
    page = page_of(progress.records(), losses, names, pictures, learner)
    best = ", ".join(name for name, _ in names)
    told = [
        Part(
            f"{len(losses):,} steps; the last 50 losses are {mean_of_last(losses):.2f} on average",
            "Run",
        ),
        Part(best, "Names"),
        *(Part(one.title, f"Read next, {i}") for i, one in enumerate(READ_NEXT, start=1)),
    ]
    if progress.path is None:
        return card("your page", "", "There is no folder to keep it in.", *told)
    path = progress.path.with_name(FILE)
    try:
        replace(path, page)
    except OSError as error:
        return card("your page", "", f"It could not be written ({reason(error)}).", *told)
    return card("your page", "passed", f"It lies in {where(path)}: open it in a browser.", *told)


def where(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def mean_of_last(losses: Sequence[float], window: int = 50) -> float:
    last = list(losses)[-window:]
    return sum(last) / max(1, len(last))


def page_of(
    records: Records,
    losses: Sequence[float],
    names: Sequence[tuple[str, float]],
    pictures: Sequence[Any],
    learner: str,
) -> str:
    """The text of the page; whatever comes from a learner is written as text, never as HTML."""
    mine, wanted = len(kept(records)), len(pieces())
    whose = f"{learner}’s own GPT" if learner else "My own GPT"
    rows = [row_of(number, records) for number in lessons()]
    passed = "".join(
        f"<tr><td>{row.number}</td><td>{row.states.count('passed')} of {len(row.states)}</td></tr>"
        for row in rows
        if row.states
    )
    made = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{surprise:.2f}</td></tr>" for name, surprise in names
    )
    reading = "".join(
        f"<li><a href='{one.link}'>{html.escape(one.title)}</a><br>{html.escape(one.why)}</li>"
        for one in READ_NEXT
    )
    told = [str(part) for part in predictions(records)[-1:]]
    told += [f"Ten questions: {gained}" for gained in [survey(records)] if gained]
    said = "".join(f"<p>{html.escape(sentence)}.</p>" for sentence in told)
    images = "".join(f"<p>{picture.html}</p>" for picture in pictures)
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(whose)}</title><style>{STYLE}</style></head>
<body>
<h1>{html.escape(whose)}</h1>
<p>From a scalar to a GPT: {mine} of its {wanted} pieces are written by hand, in Python alone.</p>
<h2>How it learnt</h2>
<p>{len(losses):,} steps, one document each. The loss is the surprise at the next character, in
nats; over the last 50 steps it was {mean_of_last(losses):.2f} on average.</p>
{images}
<h2>The names that it finds most natural</h2>
<table class="names"><tr><th>name</th><th>surprise a token</th></tr>{made}</table>
<h2>What was passed</h2>
<table><tr><th>notebook</th><th>exercises</th></tr>{passed}</table>
{said}
<h2>What to read next, in this order</h2>
<ol>{reading}</ol>
</body>
</html>
"""
