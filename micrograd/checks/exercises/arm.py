"""Notebook 04b: two operations for angles, where a robot's hand is, and a cost that is lazy."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.autograd_practice import one_traced
from micrograd.checks.exercises.graphs import traced

TURN_SEEN = "its data, and how fast that moves with a"
PLACE_SEEN = "its two numbers, then how fast metres ahead + 2 · metres up moves with each angle"
COST_SEEN = "the cost, then how fast it moves with each of the two angles"


def angle(rng):
    return (Value(round(rng.uniform(-3.0, 3.0), 1)),)


def forgets(number):
    return Misconception(
        "a plain number comes back",
        "The number is there, and it has forgotten where it came from. Put it into a new Value "
        "that names its parent.",
        number,
    )


def no_tuples(wrong):
    return Misconception(
        "a tuple without its comma",
        "(a) in brackets is still a. It is the comma that makes a tuple of one thing: (a,).",
        wrong,
    )


# --------------------------------------------------------------------------------- sin and cos


def sin(a):
    """The sine of a Value, as a new Value."""
    return Value(math.sin(a.data), (a,), (math.cos(a.data),), "sin")


def turning(number, local):
    """A wrong operation of one Value, from its number and its local derivative."""
    return lambda a: Value(number(a.data), (a,), (local(a.data),), "wrong")


SIN = Exercise(
    lesson="04b",
    solution=sin,
    weight="practice",
    minutes=3,
    difficulty=1,
    task="Make the Value of sin(a): its number, its parent, and how fast it moves with it.",
    cases=((Value(0.0),), (Value(1.0),)),
    fresh=angle,
    why=lambda a: (
        f"sin({a.data:g}) is {math.sin(a.data):.6g}, and your table shows how fast it moves "
        f"there: at {math.cos(a.data):.6g}"
    ),
    observe=one_traced,
    observed=TURN_SEEN,
    holds="The sine and its slope, at angles that nobody had seen.",
    hints=(
        "One parent, one slope. Look at exp in your answers of 03a: the form is the same.",
        "math.sin(a.data) is the number. Which column of the second table is its slope?",
        "Parents and slopes are tuples of one thing each: (a,) and (…,).",
    ),
    misconceptions=(
        forgets(lambda a: math.sin(a.data)),
        no_tuples(lambda a: Value(math.sin(a.data), a, math.cos(a.data), "sin")),
        Misconception(
            "the value as its own slope",
            "That holds for exp. At the angle 0 the sine is 0; does it stand still there?",
            turning(math.sin, math.sin),
        ),
        Misconception(
            "the sign of the slope",
            "From the angle 0 on, does the fingertip rise or sink?",
            turning(math.sin, lambda x: -math.cos(x)),
        ),
        Misconception(
            "one slope for every angle",
            "A slope of 1 is right at the angle 0 only. Near a quarter turn the height hardly "
            "moves.",
            turning(math.sin, lambda x: 1.0),
        ),
        Misconception(
            "degrees for radians",
            "math.sin takes radians already, so nothing is to be converted.",
            turning(
                lambda x: math.sin(math.radians(x)),
                lambda x: math.cos(math.radians(x)),
            ),
        ),
    ),
)


def cos(a):
    """The cosine of a Value, as a new Value."""
    return Value(math.cos(a.data), (a,), (-math.sin(a.data),), "cos")


COS = Exercise(
    lesson="04b",
    solution=cos,
    weight="practice",
    minutes=3,
    difficulty=1,
    task="Make the Value of cos(a): its number, its parent, and how fast it moves with it.",
    cases=((Value(0.0),), (Value(1.0),)),
    fresh=angle,
    why=lambda a: (
        f"cos({a.data:g}) is {math.cos(a.data):.6g}, and your table shows how fast it moves "
        f"there: at {0.0 - math.sin(a.data):.6g}"
    ),
    observe=one_traced,
    observed=TURN_SEEN,
    holds="The cosine and its slope, at angles that nobody had seen.",
    hints=(
        "It is made as sin is, with another number and another slope.",
        "In the second table the column of cos is the first table's sin, with one difference.",
        "At the angle 1 the distance ahead is shrinking. So is the slope above 0 or below?",
    ),
    misconceptions=(
        forgets(lambda a: math.cos(a.data)),
        no_tuples(lambda a: Value(math.cos(a.data), a, -math.sin(a.data), "cos")),
        Misconception(
            "the sign is missing",
            "A fingertip at the angle 1 that turns further comes nearer to you: its distance "
            "ahead shrinks.",
            turning(math.cos, math.sin),
        ),
        Misconception(
            "the value as its own slope",
            "At the angle 0 the cosine is 1, its largest. Does it grow there at the rate 1?",
            turning(math.cos, math.cos),
        ),
        Misconception(
            "the minus before the value",
            "The slope is right, and the number has its sign turned: at the angle 0 the fingertip "
            "is 1 ahead.",
            turning(lambda x: -math.cos(x), lambda x: -math.sin(x)),
        ),
    ),
)


# ---------------------------------------------------------------------------------------- hand


def hand(shoulder, elbow):
    """Where the hand is: [metres ahead, metres up], for two angles as Values."""
    ahead = cos(shoulder) + 0.8 * cos(shoulder + elbow)
    up = sin(shoulder) + 0.8 * sin(shoulder + elbow)
    return [ahead, up]


def numbers_of_hand(shoulder, elbow):
    s, e = shoulder.data, elbow.data
    return math.cos(s) + 0.8 * math.cos(s + e), math.sin(s) + 0.8 * math.sin(s + e)


def two_angles(rng):
    return Value(round(rng.uniform(-1.5, 3.0), 1)), Value(round(rng.uniform(0.3, 2.5), 1))


def place(result, inputs):
    if hasattr(result, "_prev"):
        return "one Value"
    if not all(hasattr(part, "_prev") for part in result):
        return "plain numbers"
    ahead, up = result
    return traced([ahead, up], inputs)


HAND = Exercise(
    lesson="04b",
    solution=hand,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Walk along the two bones: 1 metre at the shoulder's angle, then 0.8 at the forearm's.",
    cases=((Value(0.0), Value(1.5)), (Value(1.0), Value(-0.5))),
    fresh=two_angles,
    why=lambda shoulder, elbow: (
        f"the elbow is at ({math.cos(shoulder.data):.4g}, {math.sin(shoulder.data):.4g}), and the "
        f"forearm points at {shoulder.data + elbow.data:.4g} radians, so that the hand is at "
        "({:.4g}, {:.4g})".format(*numbers_of_hand(shoulder, elbow))
    ),
    observe=place,
    observed=PLACE_SEEN,
    holds="The hand's place follows both joints, and so do its slopes.",
    hints=(
        "First the elbow: cos(shoulder) ahead and sin(shoulder) up.",
        "The forearm's direction is the upper arm's, bent further by the elbow.",
        "Add 0.8 times cos, and 0.8 times sin, of shoulder + elbow.",
    ),
    misconceptions=(
        Misconception(
            "the elbow measured from the ground",
            "Your forearm keeps its direction when the shoulder turns. The elbow's angle is "
            "measured from the upper arm.",
            lambda shoulder, elbow: [
                cos(shoulder) + 0.8 * cos(elbow),
                sin(shoulder) + 0.8 * sin(elbow),
            ],
        ),
        Misconception(
            "ahead and up swapped",
            "At both angles 0 the arm lies straight ahead. Where does yours point?",
            lambda shoulder, elbow: hand(shoulder, elbow)[::-1],
        ),
        Misconception(
            "the upper arm forgotten",
            "You begin at the shoulder. The forearm begins where the upper arm ends.",
            lambda shoulder, elbow: [0.8 * cos(shoulder + elbow), 0.8 * sin(shoulder + elbow)],
        ),
        Misconception(
            "plain numbers come back",
            "The numbers are right, and they have forgotten the angles. Use your sin and cos, on "
            "the Values themselves.",
            lambda shoulder, elbow: list(numbers_of_hand(shoulder, elbow)),
        ),
        Misconception(
            "one number of two",
            "A place is a list of two: metres ahead and metres up.",
            lambda shoulder, elbow: hand(shoulder, elbow)[0],
            also=(lambda shoulder, elbow: hand(shoulder, elbow)[1],),
        ),
        Misconception(
            "two bones of the same length",
            "Your forearm is 1 metre long; this one has 0.8.",
            lambda shoulder, elbow: [
                cos(shoulder) + cos(shoulder + elbow),
                sin(shoulder) + sin(shoulder + elbow),
            ],
        ),
        Misconception(
            "the length multiplied into the angle",
            "0.8 is how far to go, not where to. It stands before the cosine.",
            lambda shoulder, elbow: [
                cos(shoulder) + cos(0.8 * (shoulder + elbow)),
                sin(shoulder) + sin(0.8 * (shoulder + elbow)),
            ],
        ),
    ),
)


# ----------------------------------------------------------------------------------- lazy_cost


def lazy_cost(shoulder, elbow, target, start, price):
    """Squared distance of the hand to the target, plus price times how far the joints turned."""
    ahead, up = hand(shoulder, elbow)
    task = (ahead - target[0]) ** 2 + (up - target[1]) ** 2
    energy = (shoulder - start[0]) ** 2 + (elbow - start[1]) ** 2
    return task + price * energy


def task_of(shoulder, elbow, target):
    ahead, up = hand(shoulder, elbow)
    return (ahead - target[0]) ** 2 + (up - target[1]) ** 2


def energy_of(shoulder, elbow, start):
    return (shoulder - start[0]) ** 2 + (elbow - start[1]) ** 2


def lazy_inputs(rng):
    target = [round(rng.uniform(-1.0, 1.0), 1), round(rng.uniform(0.3, 1.4), 1)]
    return *two_angles(rng), target, [0.1, 0.2], round(rng.uniform(0.2, 0.9), 1)


def cost(result, inputs):
    return traced([result], inputs[:2])


def told_cost(shoulder, elbow, target, start, price):
    task = task_of(shoulder, elbow, target).data
    energy = energy_of(shoulder, elbow, start).data
    return f"the task costs {task:.4g}, the energy is {energy:.4g}, and it has the price {price:g}"


LAZY_COST = Exercise(
    lesson="04b",
    solution=lazy_cost,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Add two costs: the squared distance from the hand to the target, and the price times the "
    "energy.",
    cases=(
        (Value(0.2), Value(0.3), [0.3, 1.2], [0.2, 0.3], 0.5),
        (Value(0.5), Value(1.0), [0.3, 1.2], [0.2, 0.3], 0.5),
    ),
    fresh=lazy_inputs,
    why=told_cost,
    observe=cost,
    observed=COST_SEEN,
    holds="Both costs count, each with its slopes, at any price.",
    hints=(
        "hand(shoulder, elbow) gives two Values. How far is each from the target's?",
        "The task: both differences squared and added. The energy: the same for the two angles "
        "and where they started.",
        "price multiplies the energy only.",
    ),
    misconceptions=(
        Misconception(
            "the energy left out",
            "Your cost does not change with the price: turning is for free.",
            lambda shoulder, elbow, target, start, price: task_of(shoulder, elbow, target),
        ),
        Misconception(
            "only the energy",
            "Nothing in your cost knows of the target. The laziest arm never moves.",
            lambda shoulder, elbow, target, start, price: price * energy_of(shoulder, elbow, start),
        ),
        Misconception(
            "the price on both",
            "With the price on the task as well, a dear motor makes the target matter more.",
            lambda shoulder, elbow, target, start, price: (
                price * (task_of(shoulder, elbow, target) + energy_of(shoulder, elbow, start))
            ),
        ),
        Misconception(
            "energy counts as a gain",
            "You subtract the energy, so that turning makes the cost smaller. This arm would spin.",
            lambda shoulder, elbow, target, start, price: (
                task_of(shoulder, elbow, target) + -price * energy_of(shoulder, elbow, start)
            ),
        ),
        Misconception(
            "turning is not squared",
            "Without squares, turning back would be a gain. Square how far each joint has turned, "
            "then add.",
            lambda shoulder, elbow, target, start, price: (
                task_of(shoulder, elbow, target)
                + price * ((shoulder - start[0]) + (elbow - start[1]))
            ),
        ),
        Misconception(
            "always the same target",
            "Your arm reaches for (0.3, 1.2), whichever target it is given. Does it use reward? "
            "That knows only the notebook's.",
            lambda shoulder, elbow, target, start, price: (
                task_of(shoulder, elbow, [0.3, 1.2]) + price * energy_of(shoulder, elbow, start)
            ),
        ),
        Misconception(
            "energy measured from zero",
            "You charge for the angles themselves. A joint that stays where it started costs "
            "nothing.",
            lambda shoulder, elbow, target, start, price: (
                task_of(shoulder, elbow, target) + price * (shoulder**2 + elbow**2)
            ),
        ),
    ),
)
