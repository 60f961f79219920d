"""Notebook 02: what it needs from notebook 01, what is predicted, and the game of factors."""

from micrograd.checks.declare import Question, WrongAnswer

FACTORS = Question(
    lesson="02",
    name="factors",
    kind="choose",
    weight="core",
    minutes=4,
    difficulty=2,
    task="Which slopes are links of the path from w1 to L? Choose all of those, and no other.",
    options=(
        ("A", "dh/dw1"),
        ("B", "dŷ/dw2"),
        ("C", "dŷ/dh"),
        ("D", "dL/dŷ"),
        ("E", "dh/dx"),
        ("F", "dL/dy"),
        ("G", "dx/dw1"),
    ),
    answer="A C D",
    because="From L to ŷ, to h, to w1: three arrows, each walked once. B, E and F are arrows "
    "beside this path, and G is no arrow at all.",
    wrong=(
        WrongAnswer(
            "the other weight's factor included",
            "w2 has an arrow of its own into ŷ. Do you pass along it on the way to w1?",
            ("A B C D", "A B D", "B C D", "A B C", "B D"),
        ),
        WrongAnswer(
            "a link is left out",
            "Put a finger on L and follow the arrows back to w1: each arrow you pass is a card.",
            ("A D", "A C", "C D", "D", "A", "C"),
        ),
        WrongAnswer(
            "x instead of w1",
            "You step on x. h has two inputs; which one are we asking about?",
            ("C D E", "D E", "C E", "A C D E"),
        ),
        WrongAnswer(
            "the target moves the loss too",
            "The target does move the loss, but it does not lie between L and w1.",
            ("A C D F", "A C F", "A F"),
        ),
        WrongAnswer(
            "the names cancel, so it must be right",
            "The names fit together neatly. But turn w1 in your mind: does x move? If not, dx/dw1 "
            "is 0, and so is every product with it.",
            ("C D E G", "A C D E G", "A C D G"),
        ),
    ),
    hints=(
        "Look at the picture: h is made of x and w1, ŷ of h and w2, L of ŷ and y.",
        "Walk backwards from L. Which box do you meet first, and which next?",
    ),
)

COUNT = Question(
    lesson="02",
    name="count_factors",
    kind="match",
    minutes=3,
    difficulty=2,
    task="Write both slopes out: 2 · (ŷ − y) for dL/dŷ, and w1 · x in the place of h. The 2 counts "
    "as a factor, and so does the bracket. How many factors has dL/dw1, and how many dL/dw2?",
    answer="4 4",
    because="2 · (ŷ − y) · w2 · x and 2 · (ŷ − y) · w1 · x: an earlier weight has more "
    "links, and here the same number of factors.",
    wrong=(
        WrongAnswer(
            "links counted for factors",
            "Three and two are the links. One link can bring two factors.",
            ("3 2",),
        ),
        WrongAnswer(
            "h counted as one factor",
            "h stands for a product. Put that product in its place.",
            ("4 3",),
        ),
        WrongAnswer(
            "the factor 2 is lost",
            "(ŷ − y) is squared. What comes in front when you take the slope?",
            ("3 3",),
        ),
        WrongAnswer(
            "more links must mean more factors",
            "Write both products out and count again.",
            ("5 4", "5 3", "4 2", "3 4"),
        ),
    ),
    hints=("Write both slopes as products of 2, the bracket for the miss, and single letters.",),
)

ORDER = Question(
    lesson="02",
    name="step_order",
    kind="order",
    minutes=4,
    difficulty=2,
    task="These six lines make one step of learning, and somebody has shuffled them. Put them in "
    "order, so that every line finds what it needs.",
    options=(
        ("A", "w1, w2 = w1 - lr * grad_w1, w2 - lr * grad_w2"),
        ("B", "y_hat = w2 * h"),
        ("C", "grad_w1, grad_w2 = from_h * x, from_y_hat * h"),
        ("D", "h = w1 * x"),
        ("E", "from_h = from_y_hat * w2"),
        ("F", "from_y_hat = 2 * (y_hat - y)"),
    ),
    answer="D B F E C A",
    because="Two lines forward, from x to the prediction; three back, from the loss to the "
    "weights; then the move.",
    wrong=(
        WrongAnswer(
            "the weights moved before their slopes are known",
            "What does the line that moves the weights need? Is all of it there by then?",
            ("A B C D E F", "A D B F E C", "D B A F E C", "D B F A E C", "D B F E A C"),
        ),
        WrongAnswer(
            "slopes before the prediction",
            "The slope of the loss is twice the miss, and there is no miss before y_hat.",
            ("F E C D B A", "F D B E C A", "D F B E C A", "D F E B C A", "F E D B C A"),
        ),
        WrongAnswer(
            "the slopes taken from the front",
            "The slope that arrives at h is made from the one that arrives at y_hat.",
            ("D B E F C A", "D E B F C A", "D B C E F A", "D B C F E A", "D B F C E A"),
        ),
        WrongAnswer(
            "the layers swapped",
            "Which of h and y_hat is made from the other?",
            ("B D F E C A", "B D E F C A"),
        ),
    ),
    hints=(
        "Begin with the line that needs nothing but x and a weight.",
        "For each line, look at the names on its right side: which other line makes them?",
        "There are two lines forward, three back, and one that moves.",
    ),
)

LINKS = Question(
    lesson="02",
    name="gears",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=1,
    task="w1 is 3, so h moves 3 times as fast as x. w2 is 4, so ŷ moves 4 times as fast as h. How "
    "many times as fast as x does ŷ move?",
    answer="12",
    because="Each unit of x is 3 units of h, and each of those is 4 units of ŷ.",
    wrong=(
        WrongAnswer(
            "rates added along a path",
            "Move x by 1, and h moves by 3. For each of those 3, ŷ moves by 4.",
            ("7",),
        ),
        WrongAnswer("only the last link", "That is how fast ŷ moves with h.", ("4",)),
        WrongAnswer("only the first link", "That is how fast h moves with x.", ("3",)),
    ),
)

STEPS = Question(
    lesson="02",
    name="both_at_once",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="w1 has moved from 3 to 3.4. Now you ask for the slope of w2, at the new w1. It was −15. "
    "What do you find?",
    options=(
        ("A", "−15 again: w2 has not moved"),
        ("B", "another slope, which belongs to another place"),
        ("C", "another slope, and a better one, since it is newer"),
        ("D", "0: the new w1 has done all the work"),
    ),
    answer="B",
    because="A gradient is the list of slopes at one place. This slope is of the next place.",
    wrong=(
        WrongAnswer(
            "old gradients stay valid",
            "w2 has not moved, but h = w1 · x is a factor in its slope, and w1 has.",
            ("A",),
        ),
        WrongAnswer(
            "newer is better",
            "Newer is not better here: beside the slope of w1 from the old place, it makes a list "
            "that belongs to neither place.",
            ("C",),
        ),
        WrongAnswer(
            "w1 had done all the work",
            "The slope of w2 is 0 only where the miss is 0, or h is. One step has not got there.",
            ("D",),
        ),
    ),
)

RECALL = (
    Question(
        lesson="02",
        name="recall_slope",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="What is the slope of x ** 2 at x = 3?",
        answer="6",
        because="The slope of x² is 2x.",
        wrong=(
            WrongAnswer("the slope is the height", "9 is how high the curve is at 3.", ("9",)),
            WrongAnswer(
                "the factor 2 is lost", "Nudge 3 to 3.01: by how much does it rise?", ("3",)
            ),
            WrongAnswer("the 3 is lost", "By 2 the slope grows for each unit of x.", ("2",)),
        ),
    ),
    Question(
        lesson="02",
        name="recall_line",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="What is the slope of −4 · x at x = 10?",
        answer="-4",
        because="A straight line has one slope, the factor of x.",
        wrong=(
            WrongAnswer("the slope is the height", "−40 is the height at 10.", ("-40",)),
            WrongAnswer("the sign is lost", "Does this line rise or fall?", ("4",)),
            WrongAnswer("x put in", "A line is equally steep at every x.", ("10", "6")),
        ),
    ),
    Question(
        lesson="02",
        name="recall_step",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A weight is 2, its slope 5, the learning rate 0.1. What is it after one step?",
        answer="1.5",
        because="2 − 0.1 · 5: against the slope, and only a tenth of it.",
        wrong=(
            WrongAnswer("uphill for downhill", "That step climbs the slope.", ("2.5",)),
            WrongAnswer("the rate is missing", "Only a tenth of the slope is walked.", ("-3", "7")),
            WrongAnswer(
                "the step instead of the place",
                "That is the step. It starts at 2.",
                ("-0.5", "0.5"),
            ),
        ),
    ),
)
