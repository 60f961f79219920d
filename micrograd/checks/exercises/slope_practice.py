"""Notebook 01, to choose from: one partial derivative, the best h, and the lowest point."""

from micrograd.checks.declare import Exercise, Formula, Misconception
from micrograd.checks.exercises.slopes import (
    BOWL,
    VALLEY,
    all_at_once,
    gradient,
    nudged,
    number,
    of_a_copy,
    same_list,
    same_list_one_side,
    slope,
    surface,
    there_and_back,
    three,
)


def partial(f, point, i, h):
    """The slope of f along coordinate i alone; f takes a list."""
    right, left = list(point), list(point)
    right[i] += h
    left[i] -= h
    return (f(right) - f(left)) / (2 * h)


PARTIAL = Exercise(
    lesson="01",
    solution=partial,
    weight="practice",
    minutes=4,
    difficulty=1,
    task="Hold every coordinate still but number i, and find the slope along that one.",
    cases=((VALLEY, [3.0, -1.0], 1, 0.5), (BOWL, [1.0, 5.0], 0, 0.1)),
    fresh=lambda rng: (surface(rng), three(rng), rng.randrange(3), rng.choice([0.5, 0.1])),
    why=lambda f, point, i, h: (
        f"with coordinate {i} nudged by {h:g} either way and the others still, f goes from "
        f"{f(nudged(point, i, -h)):.6g} to {f(nudged(point, i, h)):.6g}"
    ),
    holds="You slice the surface along any coordinate, and leave the point as it was.",
    hints=(
        "A slice through the surface is a curve, and you know how to find the slope of a curve.",
        "Copy the point twice with list(point), and nudge entry i of the copies.",
        "The rest is the rise over the width, as in slope.",
    ),
    misconceptions=(
        Misconception(
            "all coordinates nudged at once",
            "Every coordinate moves. Which one did the question ask about?",
            lambda f, point, i, h: all_at_once(f, point, h)[i],
        ),
        Misconception(
            "two names for one list",
            "You always return 0. After right = point both names mean one list, so f is asked "
            "twice at the same place. Nudge copies.",
            same_list,
            also=(same_list_one_side,),
        ),
        Misconception(
            "up, and only back again",
            "Your list went up by h and then down by h: so it stands at x again, and not at x − h. "
            "Use a copy for each nudge.",
            of_a_copy(there_and_back),
            also=(there_and_back,),
        ),
        Misconception(
            "always the same coordinate",
            "Your answer is the slope along one coordinate, whatever i says.",
            lambda f, point, i, h: gradient(f, point, h)[0],
            also=(lambda f, point, i, h: gradient(f, point, h)[-1],),
        ),
        Misconception(
            "counted from one",
            "You nudge the neighbour of coordinate i. Python counts from 0.",
            lambda f, point, i, h: gradient(f, point, h)[i - 1],
        ),
        Misconception(
            "a nudge to one side only",
            "On a curved surface a nudge to one side leans to that side.",
            lambda f, point, i, h: (f(nudged(point, i, h)) - f(point)) / h,
        ),
        Misconception(
            "all slopes for one",
            "You return every slope. Which one was asked for?",
            lambda f, point, i, h: gradient(f, point, h),
        ),
    ),
)


# ------------------------------------------------------------------------------------ best_h


def best_h(f, x, exact, candidates):
    """The h among the candidates at which slope(f, x, h) comes closest to the exact slope."""
    return min(candidates, key=lambda h: abs(slope(f, x, h) - exact))


WAVE, GROWTH = Formula("x", "math.sin(x)"), Formula("x", "math.exp(x)")
LADDER = [1e-1, 1e-3, 1e-5, 1e-7, 1e-10]


def steep_curve(rng):
    """A function whose exact slope is known, the slope included: exp grows as high as it is."""
    x = number(rng, 0.5, 2.0)
    ladder = [rng.uniform(1, 9) * 10.0**power for power in (-10, -8, -5, -2, -1)]
    rng.shuffle(ladder)
    return GROWTH, x, GROWTH(x), ladder


BEST_H = Exercise(
    lesson="01",
    solution=best_h,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Try every h in the list, and return the one whose slope is nearest to the exact one.",
    cases=((GROWTH, 1.0, GROWTH(1.0), LADDER), (WAVE, 0.5, 0.8775825618903728, LADDER)),
    fresh=steep_curve,
    why=lambda f, x, exact, candidates: (
        f"there the slope misses {exact:.10g} by "
        f"{abs(slope(f, x, best_h(f, x, exact, candidates)) - exact):.1e}, and at "
        f"{min(candidates):.1e}, the smallest h, by {abs(slope(f, x, min(candidates)) - exact):.1e}"
    ),
    holds="You measure the error instead of trusting that smaller is better.",
    hints=(
        "For one h: how far is slope(f, x, h) from the exact slope?",
        "An error of −0.1 is as bad as one of 0.1. Python has a function for that.",
        "Go through the list and remember the best h so far, with its error.",
    ),
    misconceptions=(
        Misconception(
            "smaller h is always better",
            "You return the smallest h. Print the errors from large h to small: they fall, and "
            "then they rise again.",
            lambda f, x, exact, candidates: min(candidates),
            also=(lambda f, x, exact, candidates: candidates[-1],),
        ),
        Misconception(
            "the largest h",
            "A wide nudge looks at a long piece of the curve, and the curve bends.",
            lambda f, x, exact, candidates: max(candidates),
            also=(lambda f, x, exact, candidates: candidates[0],),
        ),
        Misconception(
            "an error below zero taken for a small one",
            "You pick the most negative error. It is the distance from 0 that should be small.",
            lambda f, x, exact, candidates: min(candidates, key=lambda h: slope(f, x, h) - exact),
        ),
        Misconception(
            "the error instead of the h",
            "This is how small the error gets. At which h does it?",
            lambda f, x, exact, candidates: min(abs(slope(f, x, h) - exact) for h in candidates),
        ),
    ),
)


# ------------------------------------------------------------------------------------ lowest


class Ask:
    """A hidden bowl: called with an x it tells the slope there, ten times at most."""

    def __init__(self, lowest, steepness):
        self.lowest = lowest
        self.steepness = steepness
        self.questions_left = 10

    def __call__(self, x):
        if self.questions_left == 0:
            raise LookupError("that was the eleventh question; ten are allowed")
        self.questions_left -= 1
        return self.steepness * (x - self.lowest)

    def __repr__(self):
        return "ask"


def lowest(ask, left, right):
    """Where the valley between left and right is lowest; ask(x) is the slope at x, ten times."""
    for _ in range(10):
        middle = (left + right) / 2
        if ask(middle) > 0:
            right = middle
        else:
            left = middle
    return (left + right) / 2


def close_enough(expected, got):
    """Ten halvings of a valley 16 wide leave 1/64; twice that is near enough."""
    return isinstance(got, float) and abs(expected - got) < 1 / 32


def valley(rng):
    return Ask(number(rng, -7.0, 7.0), round(rng.uniform(0.2, 3.0), 1)), -8.0, 8.0


def one_newton_step(ask, left, right):
    middle = (left + right) / 2
    return middle - ask(middle)


def fixed_rate(rate):
    def walk(ask, left, right):
        x = (left + right) / 2
        for _ in range(10):
            x -= rate * ask(x)
        return x

    return walk


def uphill_search(ask, left, right):
    for _ in range(10):
        middle = (left + right) / 2
        if ask(middle) > 0:
            left = middle
        else:
            right = middle
    return (left + right) / 2


def lowest_number_asked(ask, left, right):
    places = [left + (right - left) * i / 9 for i in range(10)]
    return min(places, key=ask)


LOWEST = Exercise(
    lesson="01",
    solution=lowest,
    weight="stretch",
    minutes=10,
    difficulty=3,
    task="You may ask for the slope ten times. Come within 1/32 of the lowest point of the valley.",
    cases=((Ask(3.0, 2.0), -8.0, 8.0), (Ask(-5.3, 0.5), -8.0, 8.0)),
    fresh=valley,
    why=lambda ask, left, right: (
        f"the hidden valley is lowest at {ask.lowest:g}, and 1/32 more or less will do; left of "
        "that place every slope is negative, right of it positive"
    ),
    holds="Ten questions were enough, in narrow valleys and in wide ones.",
    accepts=close_enough,
    hints=(
        "One slope tells you on which side the lowest point lies. Where would you ask first?",
        "Ask in the middle: half of the valley is then out of the question.",
        "Keep left and right, and after each answer move one of them to the middle.",
    ),
    misconceptions=(
        Misconception(
            "uphill for downhill",
            "A positive slope means that the ground rises to the right. On which side is it lower?",
            uphill_search,
        ),
        Misconception(
            "the gradient is the distance",
            "You walk as far as the slope is large. A steep valley has large slopes close to its "
            "lowest point; use which way it falls, and ask again.",
            one_newton_step,
        ),
        Misconception(
            "one rate for every valley",
            "Ten steps of gradient descent: too few where the valley is gentle, and where it is "
            "steep they overshoot. The sign of a slope is the same in both. What does it rule out?",
            fixed_rate(0.1),
            also=tuple(fixed_rate(rate) for rate in (0.01, 0.05, 0.2, 0.25, 0.3, 0.4, 0.5, 1)),
        ),
        Misconception(
            "the smallest slope is the lowest place",
            "The most negative slope is where it falls fastest, and so not where it is lowest.",
            lowest_number_asked,
        ),
        Misconception(
            "without a question",
            "You answer the same for every valley. ask(x) tells you about this one.",
            lambda ask, left, right: (left + right) / 2,
        ),
    ),
)
