"""Notebook 03a, the core: six operations, each with its number and its local derivatives."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.given import OPERATORS, BareValue, made_from_text
from micrograd.checks.exercises.slopes import number

Value = made_from_text()  # with operators, from the end of this module on
NUDGE = 1e-5
SEEN = "the result's data, and its local derivative for each Value that went in"


def operation(result, inputs):
    """The number, then the local derivative for each Value that went in."""
    if not isinstance(result._prev, tuple | list) or not isinstance(result._local, tuple | list):
        return result.data, "parents or local derivatives are no tuple"
    if len(result._prev) != len(result._local):
        counts = f"{len(result._prev)} parents, {len(result._local)} local derivatives"
        return result.data, counts
    values = [x for x in inputs if hasattr(x, "_prev")]
    strangers = sum(all(parent is not x for x in values) for parent in result._prev)
    slopes = [local_derivative(result, x) for x in values]
    return result.data, *slopes, *["a parent that was not given"] * strangers


def local_derivative(result, x):
    found = [local for parent, local in zip(result._prev, result._local) if parent is x]
    return sum(found) if found else "not among the parents"


def two(rng):
    return BareValue(number(rng)), BareValue(number(rng))


def pace(speed, name):
    """How fast something moves, in words.

    >>> pace(1.0, "a"), pace(-3.0, "b")
    ('as fast as a', '-3 times as fast as b')
    """
    return f"as fast as {name}" if speed == 1 else f"{speed:g} times as fast as {name}"


def nudging(f):
    """Why: the number, and how fast it moves with each input."""

    def why(*inputs):
        numbers = [x.data if hasattr(x, "data") else x for x in inputs]
        told = []
        for i, name in enumerate("ab"[: sum(hasattr(x, "data") for x in inputs)]):
            right, left = list(numbers), list(numbers)
            right[i] += NUDGE
            left[i] -= NUDGE
            speed = round((f(*right) - f(*left)) / (2 * NUDGE), 6)
            told.append(pace(speed, name))
        return f"the number is {f(*numbers):.6g}, and by nudging it moves {', and '.join(told)}"

    return why


def forgets(wrong):
    return Misconception(
        "a plain number comes back",
        "The number is there, and it has forgotten where it came from. Put it into a new Value "
        "that names its parents.",
        wrong,
    )


def not_the_number(wrong):
    return Misconception(
        "a Value where a number is wanted",
        "If the error speaks of Value: Python can add, multiply and compare plain numbers, and "
        "does not know your Value. The number in a is a.data.",
        wrong,
    )


def no_tuples(wrong):
    return Misconception(
        "the four things of a Value",
        "Value takes the number first, then the two parents in round brackets, then the two local "
        "derivatives in round brackets, and the name last.",
        wrong,
        also=(lambda a, b: Value(wrong(a, b).data, "+", (a, b), (1.0, 1.0)),),
    )


def no_comma(wrong):
    return Misconception(
        "brackets without a comma",
        "In Python (a) is a itself, and only (a,) is a tuple with one thing in it. Parents and "
        "local derivatives are both tuples, also where there is one of each.",
        wrong,
    )


# --------------------------------------------------------------------------------------- add


def add(a, b):
    """a + b as a new Value; a and b are Values."""
    return Value(a.data + b.data, (a, b), (1.0, 1.0), "+")


def adding(local_a, local_b):
    """A sum whose local derivatives are wrong."""
    return lambda a, b: Value(a.data + b.data, (a, b), (local_a(a, b), local_b(a, b)), "+")


ADD = Exercise(
    lesson="03a",
    solution=add,
    minutes=4,
    difficulty=1,
    task="Make the Value of a + b: its number, its two parents, and how fast it moves with each.",
    cases=((BareValue(2.0), BareValue(3.0)), (BareValue(-4.0), BareValue(0.5))),
    fresh=two,
    why=nudging(lambda a, b: a + b),
    observe=operation,
    observed=SEEN,
    holds="The sum, both parents themselves, and a slope for each, at numbers nobody had seen.",
    hints=(
        "a and b are Values; the number in a is a.data.",
        "When a grows by 0.001 and b stays, by how much does a + b grow?",
        'A Value is made by Value(number, (first, second), (slope, slope), "name").',
    ),
    misconceptions=(
        forgets(lambda a, b: a.data + b.data),
        not_the_number(lambda a, b: Value(a + b, (a, b), (1.0, 1.0), "+")),
        no_tuples(lambda a, b: Value(a.data + b.data, (a, b), 1.0, "+")),
        Misconception(
            "no parents",
            "The new Value holds the right number and does not know what it was made from. The "
            "second and third thing that Value takes are for that.",
            lambda a, b: Value(a.data + b.data),
        ),
        Misconception(
            "no local derivatives",
            "The parents are there. How fast the sum moves with each of them belongs behind them.",
            lambda a, b: Value(a.data + b.data, (a, b)),
        ),
        Misconception(
            "the operand's own value as its local derivative",
            "You give each parent its own number as its slope. When a grows by 0.001, does a + b "
            "grow by a thousandth of a?",
            adding(lambda a, b: a.data, lambda a, b: b.data),
        ),
        Misconception(
            "the other operand as the local derivative",
            "That is the slope of a product. Nudge a by 0.001: does b matter for how much the sum "
            "moves?",
            adding(lambda a, b: b.data, lambda a, b: a.data),
        ),
        Misconception(
            "a sum splits the slope",
            "Half for each? Nudge only a by 0.001: the whole of it arrives in the sum.",
            adding(lambda a, b: 0.5, lambda a, b: 0.5),
        ),
        Misconception(
            "numbers as parents",
            "The parents are the Values a and b themselves, and not their numbers or copies of "
            "them: the way back has to find the very same a.",
            lambda a, b: Value(a.data + b.data, (Value(a.data), Value(b.data)), (1.0, 1.0), "+"),
            also=(lambda a, b: Value(a.data + b.data, (a.data, b.data), (1.0, 1.0), "+"),),
        ),
        Misconception(
            "a sum that does not move",
            "A slope of 0 says that nothing happens to the sum when a moves.",
            adding(lambda a, b: 0.0, lambda a, b: 0.0),
        ),
    ),
)


# --------------------------------------------------------------------------------------- mul


def mul(a, b):
    """a * b as a new Value; a and b are Values."""
    return Value(a.data * b.data, (a, b), (b.data, a.data), "*")


def multiplying(local_a, local_b):
    return lambda a, b: Value(a.data * b.data, (a, b), (local_a(a, b), local_b(a, b)), "*")


MUL = Exercise(
    lesson="03a",
    solution=mul,
    minutes=4,
    difficulty=1,
    task="Make the Value of a * b: its number, its two parents, and how fast it moves with each.",
    cases=((BareValue(2.0), BareValue(-3.0)), (BareValue(4.0), BareValue(0.5))),
    fresh=two,
    why=nudging(lambda a, b: a * b),
    observe=operation,
    observed=SEEN,
    holds="The product, both parents, and for each the slope that nudging gives.",
    hints=(
        "Hold b still at −3 and write a * b as a line in a. Which slope has it?",
        "For each unit that a grows, a * b grows by as much as b is.",
        "The slope for a is b's number. By the same thought, which one is the slope for b?",
    ),
    misconceptions=(
        forgets(lambda a, b: a.data * b.data),
        not_the_number(lambda a, b: Value(a * b, (a, b), (b.data, a.data), "*")),
        no_tuples(lambda a, b: Value(a.data * b.data, (a, b), b.data, "*")),
        Misconception(
            "the operand's own value as its local derivative",
            "Your slope for a is a. With b at −3, move a from 2 to 2.001: the product goes from −6 "
            "to −6.003.",
            multiplying(lambda a, b: a.data, lambda a, b: b.data),
        ),
        Misconception(
            "the slopes of a sum",
            "A slope of 1 each belongs to a + b. How far does 100 * b move when b moves by 1?",
            multiplying(lambda a, b: 1.0, lambda a, b: 1.0),
        ),
        Misconception(
            "the product for its slope",
            "How large a * b is, is not how fast it moves.",
            multiplying(lambda a, b: a.data * b.data, lambda a, b: a.data * b.data),
        ),
        Misconception(
            "Values as local derivatives",
            "A local derivative is a number. You give the Value; its number is in data.",
            lambda a, b: Value(a.data * b.data, (a, b), (b, a), "*"),
        ),
        Misconception(
            "numbers as parents",
            "The parents are the Values a and b themselves, and not their numbers or copies of "
            "them: the way back has to find the very same a.",
            lambda a, b: Value(
                a.data * b.data, (Value(a.data), Value(b.data)), (b.data, a.data), "*"
            ),
            also=(lambda a, b: Value(a.data * b.data, (a.data, b.data), (b.data, a.data), "*"),),
        ),
        Misconception(
            "no parents",
            "The new Value holds the right number and does not know what it was made from.",
            lambda a, b: Value(a.data * b.data),
        ),
        Misconception(
            "no local derivatives",
            "The parents are there. How fast the product moves with each of them belongs behind "
            "them.",
            lambda a, b: Value(a.data * b.data, (a, b)),
        ),
    ),
)


# ------------------------------------------------------------------------------------- power


def power(a, n):
    """a ** n as a new Value; a is a Value and n a plain number."""
    return Value(a.data**n, (a,), (n * a.data ** (n - 1),), f"**{n}")


def raising(local):
    return lambda a, n: Value(a.data**n, (a,), (local(a.data, n),), f"**{n}")


POWER = Exercise(
    lesson="03a",
    solution=power,
    minutes=4,
    difficulty=2,
    task="Make the Value of a ** n. Only a can move, so it is the only parent.",
    cases=(
        (BareValue(3.0), 2),
        (BareValue(-2.0), 3),
        (BareValue(2.0), -1),
        (BareValue(4.0), 0.5),
    ),
    fresh=lambda rng: (BareValue(number(rng, 0.5, 3.0)), rng.choice([2, 3, 4, -1, -2, 0.5])),
    why=nudging(lambda a, n: a**n),
    observe=operation,
    observed=SEEN,
    holds="Squares, cubes, 1 / a and roots: one rule gives the slope of them all.",
    hints=(
        "The slope of a² is 2a, and that of a³ is 3a². What do they have in common?",
        "The exponent comes down in front, and what stays above is one less.",
        "One parent is written (a,), and one local derivative likewise, with its comma.",
    ),
    misconceptions=(
        forgets(lambda a, n: a.data**n),
        not_the_number(lambda a, n: Value(a**n, (a,), (n * a.data ** (n - 1),), "**")),
        Misconception(
            "the exponent stays as it is",
            "For a² you get 2a², and nudging gives 2a. Something about the exponent changes.",
            raising(lambda a, n: n * a**n),
        ),
        Misconception(
            "the exponent does not come down in front",
            "For a² you get a, half of what nudging gives.",
            raising(lambda a, n: a ** (n - 1)),
        ),
        Misconception(
            "the exponent grows",
            "Your exponent goes up by one. The slope of a² is a line, the slope of a³ a square.",
            raising(lambda a, n: a ** (n + 1) / (n + 1)),
            also=(raising(lambda a, n: n * a ** (n + 1)),),
        ),
        Misconception(
            "always the rule for squares",
            "2a is right for n = 2, and n may be any number.",
            raising(lambda a, n: 2 * a),
        ),
        Misconception(
            "times for to the power of",
            "In Python * multiplies and ** raises: 3 * 2 is 6, and 3 ** 2 is 9.",
            lambda a, n: Value(a.data * n, (a,), (float(n),), "*"),
            also=(lambda a, n: Value(a.data * n, (a,), (n * a.data ** (n - 1),), "**"),),
        ),
        Misconception(
            "the exponent as a parent",
            "n is a plain number and stays where it is. Only a can be asked for its gradient.",
            lambda a, n: Value(a.data**n, (a, n), (n * a.data ** (n - 1), 0.0), "**"),
        ),
        no_comma(lambda a, n: Value(a.data**n, (a), (n * a.data ** (n - 1)), "**")),
    ),
)


# --------------------------------------------------------------------------------------- exp


def exp(a):
    """e to the power of a as a new Value."""
    result = math.exp(a.data)
    return Value(result, (a,), (result,), "exp")


def growing(local):
    return lambda a: Value(math.exp(a.data), (a,), (local(a.data),), "exp")


EXP = Exercise(
    lesson="03a",
    solution=exp,
    minutes=3,
    difficulty=1,
    task="Make the Value of e to the power of a: the curve that is as steep as it is high.",
    cases=((BareValue(1.0),), (BareValue(-2.0),), (BareValue(0.0),)),
    fresh=lambda rng: (BareValue(round(rng.uniform(-3.0, 3.0), 2)),),
    why=nudging(math.exp),
    observe=operation,
    observed=SEEN,
    holds="As steep as it is high, below 0 and above.",
    hints=(
        "math.exp gives the number.",
        "In notebook 01 you looked for the curve whose slope equals its height everywhere.",
        "So one number serves twice: as the data, and as the local derivative.",
    ),
    misconceptions=(
        forgets(lambda a: math.exp(a.data)),
        not_the_number(lambda a: Value(math.exp(a), (a,), (math.exp(a),), "exp")),
        Misconception(
            "the operand's own value as its local derivative",
            "At a = 1 this curve is 2.718 high. Is it as steep as a?",
            growing(lambda a: a),
        ),
        Misconception(
            "the rule of powers",
            "Bringing the exponent down in front is for a ** 3, where the base moves. Here the "
            "exponent moves.",
            growing(lambda a: a * math.exp(a - 1)),
        ),
        Misconception(
            "a slope of 1",
            "The slope is 1 at a = 0 and nowhere else.",
            growing(lambda a: 1.0),
        ),
        Misconception(
            "e rounded",
            "e is 2.718 and goes on without end, so a rounded one is a little off everywhere. "
            "math.exp knows all the digits that a float can hold.",
            lambda a: Value(2.718**a.data, (a,), (2.718**a.data,), "exp"),
            also=(lambda a: Value(2.72**a.data, (a,), (2.72**a.data,), "exp"),),
        ),
        no_comma(lambda a: Value(math.exp(a.data), (a), (math.exp(a.data)), "exp")),
    ),
)


# --------------------------------------------------------------------------------------- log


def log(a):
    """The natural logarithm of a, which must be above 0, as a new Value."""
    return Value(math.log(a.data), (a,), (1 / a.data,), "log")


def logarithm(local):
    return lambda a: Value(math.log(a.data), (a,), (local(a.data),), "log")


LOG = Exercise(
    lesson="03a",
    solution=log,
    minutes=3,
    difficulty=1,
    task="Make the Value of log(a): the question “e to the power of what is a?”.",
    cases=((BareValue(2.0),), (BareValue(0.5),), (BareValue(10.0),)),
    fresh=lambda rng: (BareValue(round(rng.uniform(0.1, 9.0), 2)),),
    why=nudging(math.log),
    observe=operation,
    observed=SEEN,
    holds="Steep near 0, flatter and flatter to the right, and right everywhere above 0.",
    hints=(
        "math.log gives the number.",
        "log undoes exp, so its graph is that of exp with the axes swapped, and rise and width "
        "change places.",
        "exp is as steep as it is high: where its height is a its slope is a. Turn that over.",
    ),
    misconceptions=(
        forgets(lambda a: math.log(a.data)),
        not_the_number(lambda a: Value(math.log(a), (a,), (1 / a.data,), "log")),
        Misconception(
            "the slope of exp",
            "exp is as steep as it is high; log is not. At 10 its height is 2.3, and how steep?",
            logarithm(math.log),
            also=(logarithm(math.exp),),
        ),
        Misconception(
            "the operand's own value as its local derivative",
            "Your slope grows with a, and the curve of log gets flatter to the right.",
            logarithm(lambda a: a),
        ),
        Misconception(
            "one over the height",
            "You turn over the height of log. It is the number that went in that wants turning "
            "over.",
            logarithm(lambda a: 1 / math.log(a)),
        ),
        Misconception(
            "another base",
            "math.log10 counts in powers of ten. Here the base is e, as in exp.",
            lambda a: Value(math.log10(a.data), (a,), (1 / a.data,), "log"),
            also=(lambda a: Value(math.log2(a.data), (a,), (1 / a.data,), "log"),),
        ),
        no_comma(lambda a: Value(math.log(a.data), (a), (1 / a.data), "log")),
    ),
)


# -------------------------------------------------------------------------------------- relu


def relu(a):
    """a where it is above 0, and 0 elsewhere, as a new Value; its slope at 0 is 0."""
    return Value(max(0.0, a.data), (a,), (1.0 if a.data > 0 else 0.0,), "relu")


def mostly_positive(rng):
    sign = -1 if rng.random() < 0.15 else 1
    return (BareValue(sign * round(rng.uniform(0.1, 5.0), 2)),)


def relu_why(a):
    if a.data == 0:
        return "at 0 the curve has a kink, and the course, as PyTorch, gives it the slope 0 there"
    if a.data < 0:
        return f"{a.data:g} is below 0, where relu stays at 0 whichever way a moves"
    return f"{a.data:g} is above 0, where relu hands on what it gets, and moves as fast as a"


RELU = Exercise(
    lesson="03a",
    solution=relu,
    minutes=4,
    difficulty=1,
    task="Make the Value of relu(a): what is above 0 passes, what is below becomes 0.",
    cases=((BareValue(3.0),), (BareValue(-2.0),), (BareValue(0.0),)),
    fresh=mostly_positive,
    why=relu_why,
    observe=operation,
    observed=SEEN,
    holds="On, off, and off at the kink itself.",
    hints=(
        "max(0.0, x) is the larger of the two.",
        "Draw it: a flat line up to 0, then a line that climbs. Which slope has each?",
        "1.0 if a condition else 0.0 picks one of two numbers.",
    ),
    misconceptions=(
        forgets(lambda a: max(0.0, a.data)),
        not_the_number(lambda a: Value(max(0.0, a), (a,), (float(a > 0),), "relu")),
        Misconception(
            "no new Value",
            "On one side you return a itself, or a plain number. Make a new Value on both sides of "
            "0, with a as its parent.",
            lambda a: a if a.data > 0 else Value(0.0, (a,), (0.0,), "relu"),
            also=(
                lambda a: Value(a.data, (a,), (1.0,), "relu") if a.data > 0 else 0.0,
                lambda a: a if a.data > 0 else 0.0,
                lambda a: a if a.data > 0 else Value(0.0),
            ),
        ),
        Misconception(
            "a slope of 1 at the kink",
            "At exactly 0 the curve has no slope, and 0 and 1 can both be defended. The course "
            "takes 0, as PyTorch does, so that all of us get the same numbers.",
            lambda a: Value(max(0.0, a.data), (a,), (1.0 if a.data >= 0 else 0.0,), "relu"),
            also=(
                lambda a: Value(
                    max(0.0, a.data), (a,), (0.5 + (a.data > 0) / 2 - (a.data < 0) / 2,), "relu"
                ),
            ),
        ),
        Misconception(
            "a slope of 1 on both sides",
            "Below 0 the result stays at 0 when a moves. How fast is that?",
            lambda a: Value(max(0.0, a.data), (a,), (1.0,), "relu"),
        ),
        Misconception(
            "the operand's own value as its local derivative",
            "Above 0 you give the height as the slope. From 3 to 3.001 the result moves by 0.001.",
            lambda a: Value(max(0.0, a.data), (a,), (max(0.0, a.data),), "relu"),
            also=(lambda a: Value(max(0.0, a.data), (a,), (a.data,), "relu"),),
        ),
        Misconception(
            "the sides swapped",
            "You let through what is below 0.",
            lambda a: Value(min(0.0, a.data), (a,), (1.0 if a.data < 0 else 0.0,), "relu"),
        ),
        Misconception(
            "the minus sign taken off",
            "−2 becomes 2 here. relu makes it 0.",
            lambda a: Value(abs(a.data), (a,), (1.0 if a.data > 0 else 0.0,), "relu"),
            also=(
                lambda a: Value(
                    abs(a.data), (a,), (float(a.data > 0) - float(a.data < 0),), "relu"
                ),
            ),
        ),
        no_comma(lambda a: Value(max(0.0, a.data), (a), (float(a.data > 0)), "relu")),
    ),
)


exec(OPERATORS.text, globals())  # from here on a * b + 1 works on the Values of the checks
