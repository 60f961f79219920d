"""Notebook 00: a small exercise, on which a learner meets the cards, and the questions."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.questions_00 import SIX_VERBS, SURVEY, TRIES


def miss(shot, target):
    """How far, in metres, the shot is from the target; both are lists [right, up]."""
    right = shot[0] - target[0]
    up = shot[1] - target[1]
    return math.sqrt(right**2 + up**2)


def offsets(shot, target):
    return shot[0] - target[0], shot[1] - target[1]


def place(rng):
    return [round(rng.uniform(-5, 5), 1), round(rng.uniform(-5, 5), 1)]


def told(shot, target):
    right, up = offsets(shot, target)
    return (
        f"the shot is {abs(right):g} m to the side and {abs(up):g} m up or down from the target, "
        "and the straight line between the two is the long side of a right triangle"
    )


MISS = Exercise(
    lesson="00",
    solution=miss,
    weight="practice",
    minutes=4,
    difficulty=1,
    task="How far is the shot from the target, as one number? Use the theorem of Pythagoras.",
    cases=(([1.0, 2.0], [0.0, 0.0]), ([-3.0, 4.0], [0.0, 0.0]), ([4.0, 1.0], [1.0, 5.0])),
    fresh=lambda rng: (place(rng), place(rng)),
    why=told,
    holds="Wherever the shot and the target are, you say how far off it is, in one number.",
    hints=(
        "How far to the right of the target is the shot? And how far above it? Each is a "
        "difference of two numbers.",
        "Those two are the short sides of a right triangle. Square both and add: by Pythagoras, "
        "that is the square of the long side.",
        "At the end, math.sqrt takes the root, as it did of 2**2 + 1**2.",
    ),
    misconceptions=(
        Misconception(
            "the offsets added up",
            "You walk to the side and then up, round a corner. The straight way is shorter.",
            lambda shot, target: sum(map(abs, offsets(shot, target))),
            also=(lambda shot, target: sum(offsets(shot, target)),),
        ),
        Misconception(
            "squared without the root",
            "This is in square metres: 5 for a shot that is 2 m high and 1 m right. One step is "
            "left.",
            lambda shot, target: sum(part**2 for part in offsets(shot, target)),
        ),
        Misconception(
            "the root of one square only",
            "The root comes last, of both squares together. Brackets say what it is taken of.",
            lambda shot, target: offsets(shot, target)[0] ** 2 + abs(offsets(shot, target)[1]),
            also=(
                lambda shot, target: abs(offsets(shot, target)[0]) + offsets(shot, target)[1] ** 2,
            ),
        ),
        Misconception(
            "the direction kept",
            "A sign, or a second number, still says which way the shot missed. A loss is one "
            "number, without a direction.",
            lambda shot, target: list(offsets(shot, target)),
            also=(
                lambda shot, target: [abs(part) for part in offsets(shot, target)],
                lambda shot, target: offsets(shot, target)[1],
                lambda shot, target: offsets(shot, target)[0],
            ),
        ),
        Misconception(
            "the target forgotten",
            "This is how far the shot is from the place [0, 0]. The target is somewhere else.",
            lambda shot, target: math.hypot(*shot),
            also=(lambda shot, target: math.hypot(*shot) - math.hypot(*target),),
        ),
    ),
)

TASKS = (MISS, TRIES, SIX_VERBS, *SURVEY)
