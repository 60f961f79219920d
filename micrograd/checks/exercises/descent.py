"""Notebook 01, second half: walking downhill."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.slopes import VALLEY, gradient, three

# ------------------------------------------------------------------------------ descent_step


def descent_step(point, grad, lr):
    """A new point, one step downhill: against the gradient, lr times as long."""
    return [x - lr * g for x, g in zip(point, grad)]


def step_in_place(point, grad, lr):
    for i in range(len(point)):
        point[i] -= lr * grad[i]
    return point


DESCENT_STEP = Exercise(
    lesson="01",
    solution=descent_step,
    minutes=4,
    difficulty=1,
    task="Move each coordinate against its slope, lr times as far as the slope is large. Return a "
    "new list.",
    cases=(([3.0, -1.0], [6.0, -4.0], 0.1), ([1.0], [2.0], 0.5)),
    fresh=lambda rng: (three(rng), [*three(rng)[:2], -1.5], round(rng.uniform(0.05, 0.9), 2)),
    why=lambda point, grad, lr: (
        f"the first coordinate is {point[0]:g} and its slope {grad[0]:g}, so it moves by "
        f"{lr * abs(grad[0]):.6g} to the {'left' if grad[0] > 0 else 'right'}"
    ),
    holds="Every coordinate moves against its own slope, and the point you were given is unharmed.",
    hints=(
        "A positive slope means that f rises to the right. Which way is down?",
        "The step of a coordinate is lr times its slope.",
        "zip(point, grad) gives each coordinate together with its slope.",
    ),
    misconceptions=(
        Misconception(
            "uphill for downhill",
            "The gradient points uphill, and this step follows it.",
            lambda point, grad, lr: [x + lr * g for x, g in zip(point, grad, strict=True)],
        ),
        Misconception(
            "the rate is missing",
            "You go the whole length of the gradient. lr is there to make the step shorter.",
            lambda point, grad, lr: [x - g for x, g in zip(point, grad, strict=True)],
        ),
        Misconception(
            "the step instead of the place",
            "This is by how much to move. From where?",
            lambda point, grad, lr: [-lr * g for g in grad],
            also=(lambda point, grad, lr: [lr * g for g in grad],),
        ),
        Misconception(
            "every step equally long",
            "You use only the sign of each slope. Where it is steeper, the step should be longer.",
            lambda point, grad, lr: [
                x - lr * math.copysign(1, g) for x, g in zip(point, grad, strict=True)
            ],
        ),
        Misconception(
            "the gradient is the place",
            "You shrink the point itself and leave out the slopes.",
            lambda point, grad, lr: [x - lr * x for x in point],
        ),
        Misconception(
            "the list is changed in place",
            "The numbers are right, but the caller's list has moved as well: both names mean the "
            "same list. Build a new one.",
            step_in_place,
        ),
    ),
)


# ----------------------------------------------------------------------------------- descend


def descend(f, point, lr, steps, h):
    """Every point visited in so many steps downhill, the first one included."""
    path = [point]
    for _ in range(steps):
        point = descent_step(point, gradient(f, point, h), lr)
        path.append(point)
    return path


def stale_descend(f, point, lr, steps, h):
    grad, path = gradient(f, point, h), [point]
    for _ in range(steps):
        path.append(descent_step(path[-1], grad, lr))
    return path


def ascend(f, point, lr, steps, h):
    return descend(f, point, -lr, steps, h)


def stuck(f, point, lr, steps, h):
    return [point] + [descent_step(point, gradient(f, point, h), lr)] * steps


DESCEND = Exercise(
    lesson="01",
    solution=descend,
    minutes=7,
    difficulty=2,
    task="Take the steps one after the other, each from where the last one ended, and return every "
    "point on the way.",
    cases=(
        (VALLEY, [2.0, 1.0], 0.1, 2, 0.1),
        (VALLEY, [-1.0, 3.0], 0.2, 3, 0.1),
        (VALLEY, [2.0, 1.0], 0.1, 0, 0.1),
    ),
    fresh=lambda rng: (
        VALLEY,
        three(rng)[:2],
        round(rng.uniform(0.05, 0.3), 2),
        rng.randint(2, 5),
        0.1,
    ),
    why=lambda f, point, lr, steps, h: (
        f"{steps} steps visit {steps + 1} points, and the slopes are asked for anew at each; f "
        f"falls from {f(point):.6g} to {f(descend(f, point, lr, steps, h)[-1]):.6g}"
        if steps
        else "no step is asked for, so the path is the first point alone"
    ),
    holds="Each of your steps asks for the slopes where it stands, and ends lower.",
    hints=(
        "You have both halves already: gradient says which way is up, descent_step walks.",
        "Before the loop the path holds one point. Each turn of the loop adds one.",
        "In the loop: the gradient where you are now, then the step, then path.append.",
    ),
    misconceptions=(
        Misconception(
            "the gradient computed once and reused",
            "Your steps are all alike. After a step you stand elsewhere; is the slope the same?",
            stale_descend,
        ),
        Misconception(
            "uphill for downhill",
            "The heights along your path grow. Which way does each step go?",
            ascend,
        ),
        Misconception(
            "the first point is missing",
            "The path begins with the point before the first step.",
            lambda f, point, lr, steps, h: descend(f, point, lr, steps, h)[1:],
        ),
        Misconception(
            "only the end of the path",
            "You return where the walk ends. To draw it, every point on the way is needed.",
            lambda f, point, lr, steps, h: descend(f, point, lr, steps, h)[-1],
        ),
        Misconception(
            "always from the first point",
            "Each step starts again at the first point. Where did the last step end?",
            stuck,
        ),
        Misconception(
            "one list many times",
            "Every entry of your path is the same list, and so shows its last state. Append a new "
            "list each time.",
            lambda f, point, lr, steps, h: (
                [descend(f, point, lr, steps, h)[-1] for _ in range(steps + 1)]
            ),
        ),
        Misconception(
            "one step too many",
            "How often does the loop run, and is the first point a step?",
            lambda f, point, lr, steps, h: descend(f, point, lr, steps + 1, h),
        ),
    ),
)
