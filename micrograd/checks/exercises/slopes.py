"""Notebook 01, first half: the slope, the gradient, and the tangent as an estimate."""

import math

from micrograd.checks.declare import Exercise, Formula, Misconception

SQUARE = Formula("x", "x ** 2")
BOWL = Formula("p", "p[0] ** 2 + 3 * p[1]")
VALLEY = Formula("p", "p[0] ** 2 + 2 * p[1] ** 2")


def number(rng, low=-3.0, high=3.0):
    """A number with one decimal, never 0, so that the failing call can be followed by hand."""
    x = round(rng.uniform(low, high), 1)
    return x if x else high


def curve(rng):
    a, b, c = number(rng), number(rng), number(rng)
    return Formula("x", f"{a} * x ** 3 + {b} * x ** 2 + {c} * x + {number(rng)}")


def surface(rng):
    a, b, c = number(rng), number(rng), number(rng)
    return Formula("p", f"{a} * p[0] ** 2 * p[1] + {b} * p[1] ** 3 + {c} * p[0] * p[2] ** 2")


def three(rng):
    return [number(rng, 0.5, 3.0) for _ in range(3)]


# ------------------------------------------------------------------------------------- slope


def slope(f, x, h):
    """The slope of f at x, from a nudge of h to either side."""
    rise = f(x + h) - f(x - h)
    return rise / (2 * h)


SLOPE = Exercise(
    lesson="01",
    solution=slope,
    minutes=5,
    difficulty=1,
    task="Nudge x by h to the left and to the right. How much does f rise from one to the other, "
    "for each unit of width?",
    cases=((SQUARE, 3.0, 0.1), (SQUARE, -1.0, 0.5), (Formula("x", "4 * x + 1"), 2.0, 0.1)),
    fresh=lambda rng: (curve(rng), number(rng), rng.choice([0.5, 0.1, 0.01])),
    why=lambda f, x, h: (
        f"from x = {x - h:g} to x = {x + h:g} the height goes from {f(x - h):.6g} to "
        f"{f(x + h):.6g}, and a slope is that rise for each unit of x"
    ),
    holds="Yours is the rise over the width, on straight lines and on curves that nobody had seen.",
    hints=(
        "How high is f a little to the right of x, and how high a little to the left?",
        "The rise is the difference of those two heights. Over which width does f rise by it?",
        "From x − h to x + h the width is h and another h.",
    ),
    misconceptions=(
        Misconception(
            "not divided by the width",
            "This is how far f rises. A slope is how far it rises for each unit of x: a rise of "
            "0.6 is steep over a width of 0.1 and gentle over a width of 10.",
            lambda f, x, h: f(x + h) - f(x - h),
            also=(lambda f, x, h: f(x + h) - f(x),),
        ),
        Misconception(
            "h where the width is 2h",
            "Try f(x) = x, whose slope is 1: you get 2. How far apart are the two points at which "
            "you ask for the height?",
            lambda f, x, h: (f(x + h) - f(x - h)) / h,
        ),
        Misconception(
            "half the width",
            "You divide by 2h, but your two points are only h apart.",
            lambda f, x, h: (f(x + h) - f(x)) / (2 * h),
            also=(lambda f, x, h: (f(x) - f(x - h)) / (2 * h),),
        ),
        Misconception(
            "a nudge to one side only",
            "Close, but on a curve a nudge to one side leans to that side. Which point would "
            "balance it?",
            lambda f, x, h: (f(x + h) - f(x)) / h,
            also=(lambda f, x, h: (f(x) - f(x - h)) / h,),
        ),
        Misconception(
            "the slope is the height",
            "This is how high f is at x. A level road on a mountain is high, and its slope is 0.",
            lambda f, x, h: f(x),
            also=(lambda f, x, h: (f(x + h) + f(x - h)) / 2,),
        ),
        Misconception(
            "left minus right",
            "Try f(x) = x: it rises to the right, and you report that it falls.",
            lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
        ),
        Misconception(
            "one number for the whole function",
            "Your answer is the same wherever x is. A curve has another slope at each point.",
            lambda f, x, h: (f(h) - f(-h)) / (2 * h),
            also=(lambda f, x, h: (f(1 + h) - f(1 - h)) / (2 * h),),
        ),
        Misconception(
            "curved means steep",
            "This says how much the slope changes around x. A straight road up a wall is steep "
            "and not curved at all.",
            lambda f, x, h: (f(x + h) - 2 * f(x) + f(x - h)) / h**2,
        ),
        Misconception(
            "width over rise",
            "You divide the width by the rise. The steeper f is, the larger its slope should be.",
            lambda f, x, h: 2 * h / (f(x + h) - f(x - h)),
        ),
    ),
)


# ---------------------------------------------------------------------------------- gradient


def gradient(f, point, h):
    """One slope for each coordinate of point, the others held still; f takes a list."""
    slopes = []
    for i in range(len(point)):
        right, left = list(point), list(point)
        right[i] += h
        left[i] -= h
        slopes.append((f(right) - f(left)) / (2 * h))
    return slopes


def nudged(point, i, h):
    return [*point[:i], point[i] + h, *point[i + 1 :]]


def piled_up(f, point, h):
    moved, slopes = list(point), []
    for i in range(len(point)):
        before = f(moved)
        moved[i] += h
        slopes.append((f(moved) - before) / h)
    return slopes


def same_list(f, point, i, h):
    right, left = point, point
    right[i] += h
    left[i] -= h
    return (f(right) - f(left)) / (2 * h)


def same_list_one_side(f, point, i, h):
    moved = point
    moved[i] += h
    return (f(moved) - f(point)) / h


def there_and_back(f, moved, i, h):
    moved[i] += h
    high = f(moved)
    moved[i] -= h
    return (high - f(moved)) / (2 * h)


def at_each(slope_at):
    """The gradient of those who find one slope in a wrong way, and then repeat it."""
    return lambda f, point, h: [slope_at(f, point, i, h) for i in range(len(point))]


def of_a_copy(slope_at):
    return lambda f, point, i, h: slope_at(f, list(point), i, h)


def all_at_once(f, point, h):
    right, left = [x + h for x in point], [x - h for x in point]
    return [(f(right) - f(left)) / (2 * h) for _ in point]


GRADIENT = Exercise(
    lesson="01",
    solution=gradient,
    minutes=7,
    difficulty=2,
    task="Ask for the slope along each coordinate in turn, the others held still, and collect the "
    "answers in a list.",
    cases=((BOWL, [1.0, 5.0], 0.1), (VALLEY, [3.0, -1.0], 0.5)),
    fresh=lambda rng: (surface(rng), three(rng), rng.choice([0.5, 0.1])),
    why=lambda f, point, h: (
        f"with all but the first coordinate held still, f goes from "
        f"{f(nudged(point, 0, -h)):.6g} to {f(nudged(point, 0, h)):.6g}; that gives the first "
        "slope, and the others follow in the same way"
    ),
    holds="Each coordinate got its own slope, and the point was left as it was.",
    hints=(
        "One coordinate moves, all others stay: what does that make of f?",
        "Make a copy of the point for each nudge: list(point) is one.",
        "Loop over range(len(point)); in each turn nudge entry i of two copies, up and down.",
    ),
    misconceptions=(
        Misconception(
            "all coordinates nudged at once",
            "You move every coordinate together, so you cannot tell which of them made f change.",
            all_at_once,
        ),
        Misconception(
            "two names for one list",
            "Every slope is 0. After right = point both names mean one list, so f is asked "
            "twice at the same place. Nudge copies.",
            at_each(same_list),
            also=(at_each(same_list_one_side),),
        ),
        Misconception(
            "up, and only back again",
            "Your list went up by h and then down by h: so it stands at x again, and not at x − h. "
            "Use a copy for each nudge.",
            at_each(of_a_copy(there_and_back)),
            also=(at_each(there_and_back),),
        ),
        Misconception(
            "the nudges pile up",
            "A coordinate that was nudged must be back in its place before the next one moves.",
            piled_up,
        ),
        Misconception(
            "one number for all coordinates",
            "You return a single number. A hiker needs one slope for east and one for north.",
            lambda f, point, h: sum(gradient(f, point, h)),
            also=(
                lambda f, point, h: math.hypot(*gradient(f, point, h)),
                lambda f, point, h: gradient(f, point, h)[0],
                lambda f, point, h: all_at_once(f, point, h)[0],
            ),
        ),
        Misconception(
            "not divided by the width",
            "These are the rises. How far apart were the two points of each of them?",
            lambda f, point, h: [2 * h * g for g in gradient(f, point, h)],
        ),
        Misconception(
            "h where the width is 2h",
            "Each number is twice what it should be: from one nudge to the other it is 2h.",
            lambda f, point, h: [2 * g for g in gradient(f, point, h)],
        ),
        Misconception(
            "a nudge to one side only",
            "On a curved surface a nudge to one side leans to that side. Nudge to the other too.",
            lambda f, point, h: [
                (f(nudged(point, i, h)) - f(point)) / h for i in range(len(point))
            ],
        ),
    ),
)


# --------------------------------------------------------------------------- linear_estimate


def linear_estimate(f, x, delta, h):
    """An estimate of f(x + delta) from the height and the slope at x alone (nudge: h)."""
    return f(x) + slope(f, x, h) * delta


LINEAR_ESTIMATE = Exercise(
    lesson="01",
    solution=linear_estimate,
    minutes=3,
    difficulty=1,
    task="Stand at x, look along the tangent, and say how high f will be a step of delta away.",
    cases=((SQUARE, 3.0, 0.5, 0.1), (SQUARE, -2.0, 1.0, 0.5)),
    fresh=lambda rng: (curve(rng), number(rng), number(rng), rng.choice([0.1, 0.5])),
    why=lambda f, x, delta, h: (
        f"at x = {x:g} the height is {f(x):.6g} and the slope {slope(f, x, h):.6g}, and the "
        f"tangent is followed for a step of {delta:g}"
    ),
    holds="Your estimate follows the tangent, whichever way and however far.",
    hints=(
        "Where do you start, and how much do you rise for each unit that you walk?",
        "slope(f, x, h) is the rise for one unit. You walk delta units.",
        "Start at the height f(x), and add the rise on the way.",
    ),
    misconceptions=(
        Misconception(
            "the starting height is missing",
            "This is how much f changes. From which height does it change?",
            lambda f, x, delta, h: slope(f, x, h) * delta,
        ),
        Misconception(
            "the length of the step is missing",
            "You add the rise of a step of length 1, whatever delta is.",
            lambda f, x, delta, h: f(x) + slope(f, x, h),
        ),
        Misconception(
            "the slope is the height",
            "You climb as fast as f is high. How fast does f rise at x?",
            lambda f, x, delta, h: f(x) + f(x) * delta,
        ),
        Misconception(
            "the slope of the place of arrival",
            "You use the slope at x + delta. At x, where you stand, nobody knows that one yet.",
            lambda f, x, delta, h: f(x) + slope(f, x + delta, h) * delta,
        ),
        Misconception(
            "not an estimate, but f itself",
            "You ask f at x + delta. The point of an estimate is to need only what is known at x.",
            lambda f, x, delta, h: f(x + delta),
        ),
        Misconception(
            "walking the other way",
            "You walk by −delta. Try f(x) = x with a step of 1: you should end 1 higher.",
            lambda f, x, delta, h: f(x) - slope(f, x, h) * delta,
        ),
    ),
)
