"""Notebook 04b: a prediction, and what it needs of earlier notebooks."""

from micrograd.checks.declare import Question, WrongAnswer

TOUCH = Question(
    lesson="04b",
    name="touch",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="The reward is 1 within 5 cm of the target and 0 elsewhere; the hand is one and a half "
    "metres away. What do the gradients of the two joints say?",
    options=(
        ("A", "which way to turn, as before"),
        ("B", "nothing: both are 0"),
        ("C", "which way to turn, only larger, because the reward jumps"),
        ("D", "that the arm has arrived, as the gradient is 0 there"),
    ),
    answer="B",
    because="A tiny turn leaves the reward at 0, so its slope is 0, and a slope of 0 gives no "
    "direction.",
    wrong=(
        WrongAnswer(
            "every reward can be followed",
            "Only one that has a slope where you stand. This one is flat but for a tiny circle.",
            ("A",),
        ),
        WrongAnswer(
            "a jump is a large slope",
            "It jumps at the edge of that circle, far from the hand; a slope speaks of here.",
            ("C",),
        ),
        WrongAnswer(
            "zero means arrived",
            "The gradient is 0 at the target, and also everywhere on a plateau.",
            ("D",),
        ),
    ),
)

RECALL_SIGN = Question(
    lesson="04b",
    name="recall_sign",
    role="recall",
    kind="number",
    minutes=1,
    difficulty=1,
    task="A number is 5, its gradient 3, and the learning rate 0.1. Where does one step of descent "
    "put it?",
    answer="4.7",
    tolerance=0.001,
    because="It moves against its gradient, by 0.1 · 3.",
    wrong=(
        WrongAnswer("uphill for downhill", "Up is where the loss rises.", ("5.3",)),
        WrongAnswer("the rate is missing", "The rate makes the step shorter.", ("2", "8")),
        WrongAnswer("the step for the place", "That is how far. From where?", ("0.3", "-0.3")),
    ),
)

RECALL_OPERATION = Question(
    lesson="04b",
    name="recall_operation",
    role="recall",
    kind="number",
    minutes=1,
    difficulty=1,
    task="a is 5. How fast does 0.5 · a · a move with a, there?",
    answer="5",
    tolerance=0.001,
    because="The slope of a² is 2a, and half of it is a.",
    wrong=(
        WrongAnswer("the factor lost", "Half of a slope of 10 is not 10.", ("10",)),
        WrongAnswer("the slope is the height", "12.5 is the value there.", ("12.5",)),
        WrongAnswer("one use of two", "a is used twice, and both count.", ("2.5",)),
    ),
)

RECALL_LINEAR = Question(
    lesson="04b",
    name="recall_linear",
    role="recall",
    kind="number",
    minutes=1,
    difficulty=1,
    task="linear(x, w) with 3 inputs and 2 outputs: how many weights has w?",
    answer="6",
    because="Each of the two outputs has a weight for each of the three inputs.",
    wrong=(
        WrongAnswer("added instead of multiplied", "Every pair has its own.", ("5",)),
        WrongAnswer("one output only", "That is the number for one output.", ("3",)),
        WrongAnswer("a bias for each output", "linear adds no bias.", ("8",)),
    ),
)
