"""Notebook 02: moving both weights, and finding out why an update goes astray."""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.chain import hand_gradient, loss_at, miss, network

# ------------------------------------------------------------------------------------ update


def update(x, y, w1, w2, lr):
    """Both weights after one step downhill: (w1, w2)."""
    grad_w1, grad_w2 = hand_gradient(x, y, w1, w2)
    return w1 - lr * grad_w1, w2 - lr * grad_w2


def w1_first(x, y, w1, w2, lr):
    w1 = w1 - lr * hand_gradient(x, y, w1, w2)[0]
    return w1, w2 - lr * hand_gradient(x, y, w1, w2)[1]


def w2_first(x, y, w1, w2, lr):
    w2 = w2 - lr * hand_gradient(x, y, w1, w2)[1]
    return w1 - lr * hand_gradient(x, y, w1, w2)[0], w2


def network_and_rate(rng):
    return (*network(rng), round(rng.uniform(0.01, 0.1), 2))


UPDATE_WHY = (
    "at the old weights the loss is {loss:.6g}, its slopes are {first:.6g} for w1 and {second:.6g} "
    "for w2, and each weight moves against its own"
)


def update_why(x, y, w1, w2, lr):
    first, second = hand_gradient(x, y, w1, w2)
    return UPDATE_WHY.format(loss=loss_at(x, y, w1, w2), first=first, second=second)


UPDATE = Exercise(
    lesson="02",
    solution=update,
    minutes=5,
    difficulty=2,
    task="Ask for both slopes where you stand, then move both weights.",
    cases=((2.0, 7.0, 1.5, 4.0, 0.01), (1.0, -1.0, 3.0, 0.5, 0.05)),
    fresh=network_and_rate,
    why=update_why,
    holds="Both weights moved against their own slope, and both slopes were taken before the step.",
    hints=(
        "hand_gradient gives both slopes at once.",
        "new weight = old weight − rate · slope, once for each weight.",
        "Compute both new weights from the old ones before either is replaced.",
    ),
    misconceptions=(
        Misconception(
            "the second weight updated with the new first one",
            "When the second slope was taken, the first weight had already moved: that slope "
            "belongs to another place.",
            w1_first,
            also=(w2_first,),
        ),
        Misconception(
            "uphill for downhill",
            "After this step the loss is larger. A slope points uphill.",
            lambda x, y, w1, w2, lr: update(x, y, w1, w2, -lr),
        ),
        Misconception(
            "the rate is missing",
            "You walk the whole length of the slope. What is lr for?",
            lambda x, y, w1, w2, lr: update(x, y, w1, w2, 1.0),
        ),
        Misconception(
            "the slopes change places",
            "w1 moves by the slope of w2. Which of the two does hand_gradient give first?",
            lambda x, y, w1, w2, lr: (
                w1 - lr * hand_gradient(x, y, w1, w2)[1],
                w2 - lr * hand_gradient(x, y, w1, w2)[0],
            ),
        ),
        Misconception(
            "x updated instead of w1",
            "x is given, and is not ours to change. What is?",
            lambda x, y, w1, w2, lr: (
                x - lr * 2 * miss(x, y, w1, w2) * w2 * w1,
                update(x, y, w1, w2, lr)[1],
            ),
        ),
        Misconception(
            "the step instead of the weights",
            "These are the slopes, or the steps. Where do the weights stand afterwards?",
            lambda x, y, w1, w2, lr: hand_gradient(x, y, w1, w2),
            also=(lambda x, y, w1, w2, lr: tuple(-lr * g for g in hand_gradient(x, y, w1, w2)),),
        ),
    ),
)


# ------------------------------------------------------------------------------ find the bug


def repair_update(x, y, w1, w2, lr):
    """Both weights after one step downhill: (w1, w2). One line stands in the wrong place."""
    grad_w1, grad_w2 = hand_gradient(x, y, w1, w2)
    w1 = w1 - lr * grad_w1
    w2 = w2 - lr * grad_w2
    return w1, w2


def buggy_update(x, y, w1, w2, lr):
    """Both weights after one step downhill: (w1, w2). One line stands in the wrong place."""
    grad_w1, _ = hand_gradient(x, y, w1, w2)
    w1 = w1 - lr * grad_w1
    _, grad_w2 = hand_gradient(x, y, w1, w2)
    w2 = w2 - lr * grad_w2
    return w1, w2


FIND_THE_BUG = Exercise(
    lesson="02",
    solution=repair_update,
    given=buggy_update,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="This update runs, and lands in the wrong place. Find out why, and repair it.",
    cases=((2.0, 7.0, 1.5, 4.0, 0.01), (1.0, -1.0, 3.0, 0.5, 0.05)),
    fresh=network_and_rate,
    why=update_why,
    holds="Both slopes are taken at the same place, before either weight moves.",
    hints=(
        "At which weights is the first slope taken, and at which the second?",
        "Between the two calls of hand_gradient something changes.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "The code looks different and does the same: w1 has moved before the slope for w2 is "
            "taken.",
            w1_first,
        ),
        Misconception(
            "the bug has changed sides",
            "Now w2 moves first, and the slope for w1 is taken at the new w2.",
            w2_first,
        ),
        Misconception(
            "repaired by climbing",
            "The signs were right before: this walks uphill.",
            lambda x, y, w1, w2, lr: update(x, y, w1, w2, -lr),
        ),
        Misconception(
            "one weight no longer learns",
            "One of the two weights comes back as it was. Both are to move.",
            lambda x, y, w1, w2, lr: (update(x, y, w1, w2, lr)[0], w2),
            also=(lambda x, y, w1, w2, lr: (w1, update(x, y, w1, w2, lr)[1]),),
        ),
    ),
)
