"""Notebook 02, to choose from: the two slopes one at a time."""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.chain import NUDGE, forward, loss_at, miss, network


def grad_w2(x, y, w1, w2):
    """How fast the loss moves with w2: dL/dw2."""
    h, y_hat, _ = forward(x, y, w1, w2)
    return 2 * (y_hat - y) * h


GRAD_W2 = Exercise(
    lesson="02",
    solution=grad_w2,
    weight="practice",
    minutes=4,
    difficulty=1,
    task="From the loss to y_hat, and from y_hat to w2: multiply the slopes of the two links. "
    "forward gives h and y_hat.",
    cases=((2.0, 7.0, 1.5, 4.0), (1.0, -1.0, 3.0, 0.5)),
    fresh=network,
    why=lambda x, y, w1, w2: (
        f"when w2 grows by {NUDGE:g}, the loss goes from {loss_at(x, y, w1, w2):.9g} to "
        f"{loss_at(x, y, w1, w2 + NUDGE):.9g}"
    ),
    holds="It is the slope that nudging w2 gives.",
    hints=(
        "The loss is a square. How fast does a square move with what is squared?",
        "y_hat = w2 · h: how fast does it move with w2?",
    ),
    misconceptions=(
        Misconception(
            "the factor 2 is lost",
            "This is half of what nudging gives. What is the slope of u² at u?",
            lambda x, y, w1, w2: miss(x, y, w1, w2) * w1 * x,
        ),
        Misconception(
            "the outer slope taken at x instead of h",
            "w2 does not multiply x. What does it multiply?",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * x,
        ),
        Misconception(
            "y − y_hat for y_hat − y",
            "The sign is wrong: when the prediction is too high, raising it must raise the loss.",
            lambda x, y, w1, w2: -grad_w2(x, y, w1, w2),
        ),
        Misconception(
            "rates added along a path",
            "The links follow each other like gears, and gears multiply.",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) + w1 * x,
        ),
        Misconception(
            "the weight itself as its slope",
            "You multiplied by w2. When w2 moves by 1, by how much does w2 · h move?",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * w2,
        ),
    ),
)


def grad_w1(x, y, w1, w2):
    """How fast the loss moves with w1: dL/dw1."""
    _, y_hat, _ = forward(x, y, w1, w2)
    return 2 * (y_hat - y) * w2 * x


GRAD_W1 = Exercise(
    lesson="02",
    solution=grad_w1,
    weight="practice",
    minutes=4,
    difficulty=2,
    task="From the loss to y_hat, to h, to w1: multiply the slopes of the three links. forward "
    "gives y_hat.",
    cases=((2.0, 7.0, 1.5, 4.0), (1.0, -1.0, 3.0, 0.5)),
    fresh=network,
    why=lambda x, y, w1, w2: (
        f"when w1 grows by {NUDGE:g}, the loss goes from {loss_at(x, y, w1, w2):.9g} to "
        f"{loss_at(x, y, w1 + NUDGE, w2):.9g}"
    ),
    holds="It is the slope that nudging w1 gives.",
    hints=(
        "The first link is the one that w2 needed too: you can reuse it.",
        "y_hat = w2 · h: how fast does it move with h? And h = w1 · x with w1?",
    ),
    misconceptions=(
        Misconception(
            "the factor 2 is lost",
            "This is half of what nudging gives. What is the slope of u² at u?",
            lambda x, y, w1, w2: miss(x, y, w1, w2) * w2 * x,
        ),
        Misconception(
            "a link is left out",
            "Three links, three slopes. Say them aloud, from the loss to w1.",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * x,
            also=(lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * w2,),
        ),
        Misconception(
            "the other weight's factor included",
            "h is the slope of y_hat for w2. Is the arrow of w2 on the way from the loss to w1?",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * w2 * x * w1 * x,
            also=(lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * w1 * x * x,),
        ),
        Misconception(
            "y − y_hat for y_hat − y",
            "The sign is wrong: when the prediction is too high, raising it must raise the loss.",
            lambda x, y, w1, w2: -grad_w1(x, y, w1, w2),
        ),
        Misconception(
            "the slope for x instead of w1",
            "This says how fast the loss moves with x. Which number do we want to change?",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) * w2 * w1,
        ),
        Misconception(
            "rates added along a path",
            "The links follow each other like gears, and gears multiply.",
            lambda x, y, w1, w2: 2 * miss(x, y, w1, w2) + w2 + x,
        ),
    ),
)
