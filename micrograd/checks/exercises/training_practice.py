"""Notebook 07, on top: two older ways to step, and curves made smooth."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_backward import weight
from micrograd.checks.exercises.slopes import number

# ------------------------------------------------------------------------------------ inputs


def some_weights(rng, n=3):
    return [weight(number(rng), number(rng)) for _ in range(n)]


def weights_seen(_, inputs):
    return {"weights": [p.data for p in inputs[0]]}


# ---------------------------------------------------------------------------------- sgd_step


def sgd_step(params, lr):
    """Move every weight against its gradient: rate times gradient."""
    for p in params:
        p.data -= lr * p.grad


def moving(move):
    """Every weight moved by `move(weight, rate)`."""

    def wrong(params, lr):
        for p in params:
            p.data -= move(p, lr)

    return wrong


def only_names(params, lr):
    """The weights are read, and only a name moves."""
    for p in params:
        data = p.data
        data -= lr * p.grad


def by_gradients(params):
    return ", ".join(f"{p.data:g} with the gradient {p.grad:g}" for p in params)


SGD_STEP = Exercise(
    lesson="07",
    solution=sgd_step,
    weight="practice",
    minutes=2,
    difficulty=1,
    task="The step of notebook 04a, as a function: each weight moves by the rate times its "
    "gradient, downhill. Nothing is returned; the weights themselves change.",
    cases=(
        ([weight(1.0, 2.0)], 0.1),
        ([weight(1.0, 2.0), weight(-3.0, -0.5), weight(0.0, 0.0)], 0.5),
    ),
    fresh=lambda rng: (some_weights(rng), rng.choice([0.01, 0.1, 0.5])),
    why=lambda params, lr: f"the weights are {by_gradients(params)}, and the rate is {lr:g}",
    observe=weights_seen,
    observed="the weights after the step",
    holds="Each weight has moved against its own gradient, the further the larger that is.",
    hints=(
        "A loop over params gives one weight after the other; its number is data.",
        "-= changes the number in place: w.data -= … is w.data = w.data - …",
    ),
    misconceptions=(
        Misconception(
            "uphill for downhill",
            "A gradient points uphill.",
            moving(lambda p, lr: -lr * p.grad),
        ),
        Misconception(
            "the rate left out",
            "The weights move by the whole gradient.",
            moving(lambda p, lr: p.grad),
        ),
        Misconception(
            "the number for its gradient",
            "You take a part of the weight itself away. Which way is downhill, grad says.",
            moving(lambda p, lr: lr * p.data),
        ),
        Misconception(
            "only the direction",
            "All weights move equally far. In plain gradient descent a large gradient is a large "
            "step.",
            moving(lambda p, lr: math.copysign(lr, p.grad) if p.grad else 0.0),
        ),
        Misconception(
            "a copy moves",
            "data = p.data gives the number another name, and -= moves that name on. Change "
            "p.data itself.",
            only_names,
        ),
        Misconception(
            "only the first weight",
            "The others stay where they are.",
            lambda params, lr: sgd_step(params[:1], lr),
        ),
        Misconception(
            "shared among the weights",
            "You divide by how many weights there are. Each has its own gradient, undivided.",
            lambda params, lr: sgd_step(params, lr / len(params)),
        ),
    ),
)


# ----------------------------------------------------------------------------- momentum_step


def momentum_step(params, velocity, lr):
    """The weights roll: each speed keeps 0.9 of itself, and the gradient is added to it."""
    for i, p in enumerate(params):
        velocity[i] = 0.9 * velocity[i] + p.grad
        p.data -= lr * velocity[i]


def rolling(speed, move=lambda p, old, new, lr: lr * new, keep=lambda old, new: new):
    """Momentum with something changed: the speed, the move, or what is remembered."""

    def wrong(params, velocity, lr):
        for i, p in enumerate(params):
            old = velocity[i]
            new = speed(old, p.grad)
            p.data -= move(p, old, new, lr)
            velocity[i] = keep(old, new)

    return wrong


def rolled(v, g):
    return 0.9 * v + g


def momentum_seen(_, inputs):
    params, velocity, _ = inputs
    return {"weights": [p.data for p in params], "velocity": list(velocity)}


def momentum_why(params, velocity, lr):
    at, g, old = params[0].data, params[0].grad, velocity[0]
    momentum_step(params, velocity, lr)
    return (
        f"for the first weight, 0.9 of the old speed {old:g} and the gradient {g:g} make "
        f"{velocity[0]:.6g}, and {lr:g} times that is taken from {at:g}"
    )


MOMENTUM_STEP = Exercise(
    lesson="07",
    solution=momentum_step,
    weight="practice",
    minutes=3,
    difficulty=2,
    task="velocity is a list, one number for each weight; change it in place. At each step such a "
    "number becomes 0.9 of what it was, plus the gradient. The weight moves by the rate times its "
    "velocity, downhill.",
    cases=(
        ([weight(1.0, 2.0), weight(0.0, -1.0)], [0.0, 0.0], 0.1),
        ([weight(1.0, 2.0), weight(3.0, 0.0)], [10.0, -1.0], 0.1),
    ),
    fresh=lambda rng: (
        some_weights(rng),
        [number(rng) for _ in range(3)],
        rng.choice([0.01, 0.1, 0.5]),
    ),
    why=momentum_why,
    observe=momentum_seen,
    observed="the weights after the step, then velocity",
    holds="What was gained in speed carries on, and fades by a tenth at each step.",
    hints=(
        "An index i reaches params[i] and velocity[i].",
        "First bring velocity[i] up to date, then move the weight by it.",
    ),
    misconceptions=(
        Misconception(
            "the speed not kept",
            "The weights move rightly this once, and velocity is as before. Put the new speed into "
            "the list: velocity[i] = …",
            rolling(rolled, keep=lambda old, new: old),
        ),
        Misconception(
            "no friction",
            "All of the old speed stays, so it grows for ever. Keep 0.9 of it.",
            rolling(lambda v, g: v + g),
        ),
        Misconception(
            "a mean for a sum",
            "You take a tenth of the gradient. That is a mean, as Adam's m is; here the whole "
            "gradient is added.",
            rolling(lambda v, g: 0.9 * v + 0.1 * g),
        ),
        Misconception(
            "the old speed used",
            "The weights move by the speed as it was before this gradient.",
            rolling(rolled, move=lambda p, old, new, lr: lr * old),
        ),
        Misconception(
            "the gradient for the speed",
            "The speed is kept, and the weights do not use it.",
            rolling(rolled, move=lambda p, old, new, lr: lr * p.grad),
        ),
        Misconception(
            "uphill for downhill",
            "The weights move with their speed. Velocity points uphill, as a gradient does.",
            rolling(rolled, move=lambda p, old, new, lr: -lr * new),
        ),
        Misconception(
            "the rate left out",
            "The weights move by the whole speed.",
            rolling(rolled, move=lambda p, old, new, lr: new),
        ),
        Misconception(
            "the rate in the speed as well",
            "The gradient is made small on its way into the speed, and once more on the way out.",
            rolling(lambda v, g: 0.9 * v + 0.01 * g),
        ),
    ),
)


# ---------------------------------------------------------------------------------- smoothed


def smoothed(losses, n):
    """At each step the mean of the last n losses, or of as many as there are; a list."""
    means = []
    for end in range(1, len(losses) + 1):
        last = losses[max(0, end - n) : end]
        means.append(sum(last) / len(last))
    return means


def windows(losses, n, of=lambda window: sum(window) / len(window)):
    """`of` the last n at each step."""
    ends = range(1, len(losses) + 1)
    return [of(losses[max(0, end - n) : end]) for end in ends]


SMOOTHED = Exercise(
    lesson="07",
    solution=smoothed,
    weight="practice",
    minutes=4,
    difficulty=2,
    task="One number for each loss: the mean of the last n losses up to this one. At the beginning "
    "there are fewer than n; then the mean of those that there are.",
    cases=(
        ([3.0, 5.0, 1.0, 3.0], 2),
        ([4.0, 2.0, 6.0, 1.0, 2.0], 3),
        ([2.0, 1.0], 5),
    ),
    fresh=lambda rng: (
        [round(rng.uniform(1.5, 4.0), 2) for _ in range(rng.randint(5, 8))],
        rng.randint(2, 4),
    ),
    why=lambda losses, n: (
        f"the last of them is the mean of {losses[-n:]}, and the first is {losses[0]} alone"
    ),
    holds="As many numbers as losses, each a mean of what has just been.",
    hints=(
        "losses[a:b] is a list of the entries from a up to, not including, b.",
        "For the mean after end losses, begin n before end. That may be below 0, where there is "
        "nothing: max(0, …).",
        "Divide by how many there are in the window, which may be fewer than n.",
    ),
    misconceptions=(
        Misconception(
            "one low step is progress",
            "You keep the lowest loss so far. It can only fall, whatever the model does: an easy "
            "name now and then is enough.",
            lambda losses, n: windows(losses, len(losses), min),
            also=(lambda losses, n: windows(losses, n, min),),
        ),
        Misconception(
            "the mean of all so far",
            "What happened long ago counts as much as the last step. Look at the last n only.",
            lambda losses, n: windows(losses, len(losses)),
        ),
        Misconception(
            "divided by n from the start",
            "At the beginning there are fewer than n losses, and these are divided by n all the "
            "same. The curve would rise from nowhere.",
            lambda losses, n: windows(losses, n, lambda window: sum(window) / n),
        ),
        Misconception(
            "one more than n",
            "The window holds one loss too many.",
            lambda losses, n: windows(losses, n + 1),
        ),
        Misconception(
            "one fewer than n",
            "The window holds one loss too few.",
            lambda losses, n: windows(losses, n - 1) if n > 2 else list(losses),
        ),
        Misconception(
            "this loss left out",
            "The mean at a step is to have this step's loss in it.",
            lambda losses, n: [losses[0], *windows(losses, n)[:-1]],
        ),
        Misconception(
            "only whole windows",
            "The first numbers are missing, so the list is too short. Where there are fewer than n "
            "losses, take those.",
            lambda losses, n: windows(losses, n)[n - 1 :],
        ),
        Misconception(
            "one number for all",
            "This is the mean at the end. A curve has a number for each step.",
            lambda losses, n: windows(losses, n)[-1],
        ),
        Misconception(
            "only every n-th",
            "You cut the losses into blocks. The window moves on by one at each step.",
            lambda losses, n: windows(losses, n)[n - 1 :: n],
        ),
    ),
)
