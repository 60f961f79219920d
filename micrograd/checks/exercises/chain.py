"""Notebook 02, the core: two weights, a loss, and the chain rule by hand.

The network is x → h = w1·x → y_hat = w2·h → loss = (y_hat − y)².
"""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.slopes import number

NUDGE = 1e-5


def network(rng):
    """x, y, w1, w2, with a prediction that misses."""
    x, y, w1, w2 = (number(rng) for _ in range(4))
    return (x, y, w1, w2) if abs(w2 * w1 * x - y) > 0.2 else (2.0, 10.0, 1.5, 2.0)


# ----------------------------------------------------------------------------------- forward


def forward(x, y, w1, w2):
    """The three numbers made on the walk from x to the loss: (h, y_hat, loss)."""
    h = w1 * x
    y_hat = w2 * h
    loss = (y_hat - y) ** 2
    return h, y_hat, loss


FORWARD = Exercise(
    lesson="02",
    solution=forward,
    minutes=4,
    difficulty=1,
    task="h is w1 times x, y_hat is w2 times h, and the loss is the square of the miss, y_hat − y. "
    "Return all three.",
    cases=((2.0, 7.0, 1.5, 4.0), (1.0, -1.0, 3.0, 0.5)),
    fresh=network,
    why=lambda x, y, w1, w2: (
        f"h is {w1 * x:.6g} and y_hat {w2 * w1 * x:.6g}, so the prediction misses {y:g} by "
        f"{abs(w2 * w1 * x - y):.6g}, and the loss is the square of that"
    ),
    holds="All three numbers are right, for weights of either sign.",
    hints=(
        "Three lines, one for each number, each using the one before.",
        "The miss is y_hat − y. Its square is miss ** 2.",
        "return h, y_hat, loss gives all three at once.",
    ),
    misconceptions=(
        Misconception(
            "the miss is not squared",
            "Your third number is the miss, or its size. A miss of −5 is to cost 25.",
            lambda x, y, w1, w2: (w1 * x, w2 * w1 * x, w2 * w1 * x - y),
            also=(lambda x, y, w1, w2: (w1 * x, w2 * w1 * x, abs(w2 * w1 * x - y)),),
        ),
        Misconception(
            "w2 applied to x",
            "w2 stands between h and y_hat. What does it multiply?",
            lambda x, y, w1, w2: (w1 * x, w2 * x, (w2 * x - y) ** 2),
        ),
        Misconception(
            "the weight added",
            "A weight says how much of its input goes on: it multiplies.",
            lambda x, y, w1, w2: (w1 + x, w2 + w1 + x, (w2 + w1 + x - y) ** 2),
        ),
        Misconception(
            "half the loss",
            "Some books halve the square, so that a 2 goes away later. Here it stays whole.",
            lambda x, y, w1, w2: (w1 * x, w2 * w1 * x, (w2 * w1 * x - y) ** 2 / 2),
        ),
        Misconception(
            "only the loss",
            "The way back will need h and y_hat as well. Return all three.",
            lambda x, y, w1, w2: (w2 * w1 * x - y) ** 2,
        ),
    ),
)


# ----------------------------------------------------------------------------- hand_gradient


def hand_gradient(x, y, w1, w2):
    """How fast the loss moves with each weight: (dL/dw1, dL/dw2)."""
    h, y_hat, _ = forward(x, y, w1, w2)
    from_y_hat = 2 * (y_hat - y)
    return from_y_hat * w2 * x, from_y_hat * h


def miss(x, y, w1, w2):
    return w2 * w1 * x - y


def loss_at(x, y, w1, w2):
    return forward(x, y, w1, w2)[2]


HAND_GRADIENT = Exercise(
    lesson="02",
    solution=hand_gradient,
    minutes=8,
    difficulty=2,
    task="Walk back from the loss to each weight, and multiply the slopes of the links on the way. "
    "forward gives h and y_hat. Return the slope for w1 first.",
    cases=((2.0, 7.0, 1.5, 4.0), (1.0, -1.0, 3.0, 0.5)),
    fresh=network,
    why=lambda x, y, w1, w2: (
        f"when w1 grows by {NUDGE:g} the loss goes from {loss_at(x, y, w1, w2):.9g} to "
        f"{loss_at(x, y, w1 + NUDGE, w2):.9g}, and when w2 does, to "
        f"{loss_at(x, y, w1, w2 + NUDGE):.9g}"
    ),
    holds="Both slopes are those that nudging gives, at weights nobody had seen.",
    hints=(
        "How fast does the loss move with y_hat? It is the slope of a square, at the miss.",
        "From y_hat, w2 is one link away: y_hat = w2·h. How fast does y_hat move with w2?",
        "w1 is two links away: from y_hat to h, then from h to w1. Multiply what you pass.",
    ),
    misconceptions=(
        Misconception(
            "the factor 2 is lost",
            "Both are half of what nudging gives. What is the slope of u² at u?",
            lambda x, y, w1, w2: (miss(x, y, w1, w2) * w2 * x, miss(x, y, w1, w2) * w1 * x),
        ),
        Misconception(
            "y − y_hat for y_hat − y",
            "Both have the wrong sign: when the prediction is too high, raising it further must "
            "raise the loss.",
            lambda x, y, w1, w2: tuple(-g for g in hand_gradient(x, y, w1, w2)),
        ),
        Misconception(
            "the outer slope taken at x instead of h",
            "For w2 you multiplied by x. What does w2 multiply in the forward pass?",
            lambda x, y, w1, w2: (hand_gradient(x, y, w1, w2)[0], 2 * miss(x, y, w1, w2) * x),
        ),
        Misconception(
            "the other weight's factor included",
            "Your slope for w1 holds a factor that belongs to the way to w2. Follow the arrows "
            "from the loss to w1: which numbers do you pass?",
            lambda x, y, w1, w2: (
                2 * miss(x, y, w1, w2) * w2 * x * w1 * x,
                hand_gradient(x, y, w1, w2)[1],
            ),
            also=(
                lambda x, y, w1, w2: (
                    2 * miss(x, y, w1, w2) * w1 * x * x,
                    hand_gradient(x, y, w1, w2)[1],
                ),
            ),
        ),
        Misconception(
            "a link is left out",
            "From the loss to w1 there are three links. The slope of the one between y_hat and h "
            "is missing.",
            lambda x, y, w1, w2: (2 * miss(x, y, w1, w2) * x, hand_gradient(x, y, w1, w2)[1]),
        ),
        Misconception(
            "rates added along a path",
            "A gear that turns 3 times as fast, driving one that turns 4 times as fast, gives 12 "
            "and not 7.",
            lambda x, y, w1, w2: (
                2 * miss(x, y, w1, w2) + w2 + x,
                2 * miss(x, y, w1, w2) + w1 * x,
            ),
        ),
        Misconception(
            "the slope for x instead of w1",
            "Your first number says how fast the loss moves with x. Which number do we want to "
            "change?",
            lambda x, y, w1, w2: (
                2 * miss(x, y, w1, w2) * w2 * w1,
                hand_gradient(x, y, w1, w2)[1],
            ),
        ),
        Misconception(
            "in the wrong order",
            "Both slopes are there. Which weight comes first?",
            lambda x, y, w1, w2: hand_gradient(x, y, w1, w2)[::-1],
        ),
    ),
)


# ----------------------------------------------------------------------------------- diamond


def diamond(x, a):
    """How fast r = u * v moves with x, where u = a * x and v = x ** 2."""
    u, v = a * x, x**2
    by_u = v * a
    by_v = u * 2 * x
    return by_u + by_v


DIAMOND = Exercise(
    lesson="02",
    solution=diamond,
    minutes=6,
    difficulty=2,
    task="x reaches r by two paths, through u and through v. How fast does r move along each, and "
    "how fast in all?",
    cases=((4.0, 3.0), (-1.0, 5.0)),
    fresh=lambda rng: (number(rng), number(rng)),
    why=lambda x, a: (
        f"a nudge of 0.001 moves u by {a * 0.001:.6g} and v by about {2 * x * 0.001:.6g}, and "
        f"r from {a * x**3:.9g} to {a * (x + 0.001) ** 3:.9g}"
    ),
    holds="Along each path you multiplied, and the paths you added.",
    hints=(
        "If only u moved, how fast would u * v move? And if only v did?",
        "Along one path multiply: the slope of u * v by u is v, the slope of u by x is a.",
        "x moves u and v together, so r feels both pushes.",
    ),
    misconceptions=(
        Misconception(
            "paths multiplied",
            "A nudge of x arrives by both paths, and both pushes land on r. Which operation puts "
            "two pushes together?",
            lambda x, a: (x**2 * a) * (a * x * 2 * x),
        ),
        Misconception(
            "rates added along a path",
            "Within one path the links follow each other like gears. What do gears do to rates?",
            lambda x, a: (x**2 + a) + (a * x + 2 * x),
        ),
        Misconception(
            "one path only",
            "You followed one path from x to r. There is another.",
            lambda x, a: x**2 * a,
            also=(lambda x, a: a * x * 2 * x,),
        ),
        Misconception(
            "the slopes of u and v multiplied",
            "a and 2x are how fast u and v move. How strongly does r feel each of these moves?",
            lambda x, a: a * 2 * x,
            also=(lambda x, a: a + 2 * x,),
        ),
        Misconception(
            "the value instead of the slope",
            "This is u * v itself, the height. How fast does it move with x?",
            lambda x, a: a * x**3,
        ),
    ),
)
