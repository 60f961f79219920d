"""Notebook 01: what it needs from notebook 00, what is predicted, a table and two puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

TABLE = Question(
    lesson="01",
    name="slope_table",
    kind="match",
    minutes=3,
    difficulty=1,
    task="What is the slope of square, which is x ** 2, at x = 0, 1, 2, 3 and 10? Answer with five "
    "whole numbers in that order.",
    answer="0 2 4 6 20",
    because="Each slope is twice its x. You have found a rule, and nobody told you.",
    wrong=(
        WrongAnswer(
            "the slope is the height",
            "These are the heights. At 3 the curve is 9 high; how fast does it rise there?",
            ("0 1 4 9 100", "0 1 4 9 20"),
        ),
        WrongAnswer(
            "one number for the whole function",
            "Near 0 the curve is nearly flat, and at 10 it is very steep. Ask at each x.",
            ("2 2 2 2 2", "6 6 6 6 6"),
        ),
        WrongAnswer(
            "half of the width forgotten",
            "Each number is half of the slope. From x − h to x + h, how wide is that?",
            ("0 1 2 3 10",),
        ),
        WrongAnswer(
            "a nudge of 1 to one side",
            "From 3 to 4 the curve climbs by 7, but it is steeper at 4 than at 3. Nudge to both "
            "sides, and less far.",
            ("1 3 5 7 21",),
        ),
        WrongAnswer(
            "the pattern goes on by 2",
            "The first four are right. The last x is not 4, it is 10.",
            ("0 2 4 6 8",),
        ),
    ),
    hints=(
        "Your slope is the tool: slope(square, 3, 0.001) is the slope at 3.",
        "In a new cell: for x in (0, 1, 2, 3, 10): print(x, slope(square, x, 0.001))",
    ),
)

MATCH = Question(
    lesson="01",
    name="match_slopes",
    kind="match",
    minutes=4,
    difficulty=2,
    task="Four heights A, B, C, D, and five slopes 1 to 5. Which slope belongs to A, to B, to C "
    "and to D? Answer with four numbers in that order.",
    options=(
        ("A", "a bowl, x²"),
        ("B", "a straight line that falls, −2x"),
        ("C", "a hill, −x²"),
        ("D", "a wave, sin x"),
        ("1", "a line that lies flat below zero"),
        ("2", "a line that rises through zero"),
        ("3", "a wave that is highest at x = 0"),
        ("4", "a line that falls through zero"),
        ("5", "a wave that is zero at x = 0"),
    ),
    answer="2 1 4 3",
    because="A bowl falls on its left and rises on its right, so its slope goes from negative to "
    "positive; a straight line has one slope everywhere.",
    wrong=(
        WrongAnswer(
            "the slope is the height",
            "You matched pictures that look alike. Put a finger on a height, move it to the right, "
            "and say at each place: does it rise or fall, and how fast?",
            ("2 4 1 5", "2 4 1 3", "2 1 4 5", "1 4 2 5", "2 4 4 5", "4 4 2 5"),
        ),
        WrongAnswer(
            "rising and falling swapped",
            "Left of its lowest point the bowl falls. Is its slope positive there, or negative?",
            ("4 1 2 3", "4 1 2 5"),
        ),
        WrongAnswer(
            "curved means steep",
            "You gave the straight line a slope that changes, and a curve one that does not. Where "
            "along a straight line is it steeper?",
            ("1 2 4 3", "1 4 2 3", "2 4 1 2", "1 2 1 3"),
        ),
    ),
    hints=(
        "Begin with the straight line: how many different slopes does it have?",
        "Where is the bowl flat? Its slope must be zero there, and nowhere else.",
    ),
)

GROWTH_BASE = Question(
    lesson="01",
    name="slope_equals_height",
    kind="number",
    minutes=4,
    difficulty=2,
    task="For which b does the curve b ** x have a slope equal to its height, at every x? Try "
    "slope(lambda x: b ** x, 0, 1e-5) for some b, and answer to two decimals.",
    answer="2.718",
    tolerance=0.01,
    because="That number is called e, and the curve exp(x): it grows as fast as it is high.",
    wrong=(
        WrongAnswer(
            "one is flat",
            "1 ** x is 1 everywhere: its height is 1. What is its slope?",
            ("1",),
        ),
        WrongAnswer(
            "2 is too slow",
            "At x = 0 every such curve has the height 1. For b = 2 the slope there is about 0.69.",
            ("2", "2.5"),
        ),
        WrongAnswer(
            "3 is too fast",
            "At x = 0 every such curve has the height 1. For b = 3 the slope there is about 1.10.",
            ("3", "3.14", "4"),
        ),
    ),
    hints=(
        "At x = 0 the height is 1, whatever b is. So look for the slope 1.",
        "b = 2 gives a slope below 1 and b = 3 one above it. Halve what lies between.",
    ),
)

FLAT = Question(
    lesson="01",
    name="flat",
    role="prediction",
    confidence=True,
    kind="choose",
    minutes=1,
    difficulty=1,
    task="At some x the slope is 0. What is certain?",
    options=(
        ("A", "f is lowest there"),
        ("B", "a tiny step changes f by next to nothing"),
        ("C", "f is 0 there"),
        ("D", "the input does not matter to f"),
    ),
    answer="B",
    because="Flat ground is found at the bottom of a valley, on a hilltop and on a saddle.",
    wrong=(
        WrongAnswer(
            "zero means lowest",
            "A hilltop is flat too, and nothing near it is higher.",
            ("A",),
        ),
        WrongAnswer(
            "the slope is the height",
            "A plateau 2000 m up has slope 0; zero slope says nothing of the height.",
            ("C",),
        ),
        WrongAnswer(
            "a zero means that the weight does not matter",
            "x² is flat at 0, and at 3 the same x matters a lot: a slope speaks of one place.",
            ("D",),
        ),
    ),
)

SMALL_H = Question(
    lesson="01",
    name="smaller_h",
    role="prediction",
    confidence=True,
    kind="choose",
    minutes=1,
    difficulty=2,
    task="You shrink h from 0.1 to 1e-15. What happens to the error of the slope?",
    options=(
        ("A", "it shrinks all the way"),
        ("B", "it shrinks, then grows again"),
        ("C", "it stays the same"),
        ("D", "it grows all the way"),
    ),
    answer="B",
    because="The curve bends less and less between the two points, but their heights agree in ever "
    "more digits, and the difference is made of the few digits left.",
    wrong=(
        WrongAnswer(
            "smaller h is always better",
            "In mathematics, yes. A float has 16 digits, and for a tiny h most of them cancel.",
            ("A",),
        ),
        WrongAnswer(
            "h does not matter",
            "On a straight line it would not, up to rounding. This curve bends.",
            ("C",),
        ),
        WrongAnswer(
            "only rounding counts",
            "Rounding does grow; at first the bend of the curve errs far more, and that shrinks.",
            ("D",),
        ),
    ),
)

ARROW = Question(
    lesson="01",
    name="arrow",
    role="prediction",
    confidence=True,
    kind="choose",
    minutes=1,
    difficulty=2,
    task="A hiker stands on the side of a narrow valley. What does the gradient's arrow show?",
    options=(
        ("A", "the way to the lowest point, the other way round"),
        ("B", "an arrow that climbs along the hill's side, up into the air"),
        ("C", "the direction on the map in which the ground rises fastest here"),
        ("D", "how far away the lowest point is"),
    ),
    answer="C",
    because="It lies on the map and knows only the ground under the hiker's feet; its length is "
    "how steep that is.",
    wrong=(
        WrongAnswer(
            "the gradient points at the minimum",
            "In a long valley the steepest way down leads across it, not along it to the lowest "
            "point.",
            ("A",),
        ),
        WrongAnswer(
            "the gradient lies on the hill",
            "It has one entry for each input and none for the height, so it lies on the map.",
            ("B",),
        ),
        WrongAnswer(
            "its length is the distance",
            "Its length is the steepness: largest on a cliff, however near the bottom is.",
            ("D",),
        ),
    ),
)

RECALL = (
    Question(
        lesson="01",
        name="recall_miss",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A shot hits 2 m too high and 1 m too far to the right. How far off is it, as one "
        "number of metres? Two decimals.",
        answer="2.24",
        tolerance=0.01,
        because="The root of 2² + 1² is 2.24: one number, which no longer says in which direction.",
        wrong=(
            WrongAnswer(
                "the two added",
                "A walk of 2 m up and 1 m across is 3 m; the straight way is shorter.",
                ("3",),
            ),
            WrongAnswer("the root is missing", "5 is the square of the distance.", ("5",)),
            WrongAnswer("one of the two", "Both misses count.", ("2", "1")),
        ),
    ),
    Question(
        lesson="01",
        name="recall_advice",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A machine has 50 knobs, and the friend gives advice. How many numbers does the "
        "advice consist of?",
        answer="50",
        because="One for each knob: which way to turn it, and how strongly.",
        wrong=(
            WrongAnswer(
                "the loss for the advice",
                "How far off the shot was is one number. Which knob would it tell you to turn?",
                ("1",),
            ),
            WrongAnswer("two knobs", "Two were enough for the bow.", ("2",)),
            WrongAnswer(
                "a number for each pair",
                "The advice says what to do with each knob, not with each pair of knobs.",
                ("100", "2500", "1225"),
            ),
        ),
    ),
    Question(
        lesson="01",
        name="recall_refrain",
        role="recall",
        kind="order",
        minutes=1,
        difficulty=1,
        task="The last four verbs of the refrain, in alphabetical order. In which order does a "
        "machine go through them?",
        options=(
            ("C", "compute gradients"),
            ("M", "measure the error"),
            ("P", "predict"),
            ("U", "update"),
        ),
        answer="P M C U",
        because="Shoot, see how far off it was, find which way to turn each knob, turn them.",
        wrong=(
            WrongAnswer(
                "gradients before the error",
                "A gradient says which way the error falls. Which error, if none was measured?",
                ("P C M U", "C P M U", "C M P U"),
            ),
            WrongAnswer(
                "an update before the gradients",
                "Turn the knobs which way? Only the gradients can say.",
                ("P M U C", "P U M C", "U P M C", "M P U C"),
            ),
            WrongAnswer(
                "an error before the prediction",
                "Nothing has been predicted yet, so there is nothing to be wrong.",
                ("M P C U", "M C P U", "M C U P"),
            ),
        ),
    ),
)
