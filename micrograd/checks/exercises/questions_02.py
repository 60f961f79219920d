"""Notebook 02: what it needs from notebook 01, what is predicted, and the game of factors."""

from micrograd.checks.declare import Question, WrongAnswer

FACTORS = Question(
    lesson="02",
    name="factors",
    kind="choose",
    weight="core",
    minutes=4,
    difficulty=2,
    task="Which slopes do you multiply to get from the loss to w1? Choose all on the path.",
    options=(
        ("A", "d loss / d y_hat"),
        ("B", "d y_hat / d w2"),
        ("C", "d y_hat / d h"),
        ("D", "d h / d w1"),
        ("E", "d h / d x"),
        ("F", "d loss / d y"),
    ),
    answer="A C D",
    because="The loss feels y_hat, y_hat feels h, and h feels w1: three links, each passed once.",
    wrong=(
        WrongAnswer(
            "the other weight's factor included",
            "w2 has an arrow of its own into y_hat. Do you pass along it on the way to w1?",
            ("A B C D", "A B D", "B C D", "A B C"),
        ),
        WrongAnswer(
            "a link is left out",
            "Put a finger on the loss and follow the arrows back to w1: you pass more links.",
            ("A D", "A C", "C D", "D", "A", "C"),
        ),
        WrongAnswer(
            "x instead of w1",
            "Your path ends at x. h has two inputs; which one are we asking about?",
            ("A C E", "A E", "C E", "A C D E"),
        ),
        WrongAnswer(
            "the target moves the loss too",
            "y is one of the loss's inputs, and it does not lie between the loss and w1.",
            ("A C D F", "C D F", "D F"),
        ),
    ),
    hints=(
        "Draw the chain: x → h → y_hat → loss, and the arrows of w1 and w2 into it.",
        "Walk backwards from the loss. Which is the first number you meet, and which the next?",
    ),
)

COUNT = Question(
    lesson="02",
    name="count_factors",
    kind="match",
    minutes=3,
    difficulty=2,
    task="Put w1 · x in the place of h, and 2 · (y_hat − y) for the slope of the square. How many "
    "factors, the 2 included, has the slope for w1 then, and how many the one for w2? Answer with "
    "two numbers.",
    answer="4 4",
    because="2 · (y_hat − y) · w2 · x and 2 · (y_hat − y) · w1 · x: an earlier weight has more "
    "links, and here the same number of factors.",
    wrong=(
        WrongAnswer(
            "links counted for factors",
            "Those are the links. One link can bring two factors.",
            ("3 2",),
        ),
        WrongAnswer(
            "h counted as one factor",
            "h stands for a product. Put that product in its place.",
            ("4 3",),
        ),
        WrongAnswer(
            "the factor 2 is lost",
            "(y_hat − y) is squared. What comes in front when you take the slope?",
            ("3 3",),
        ),
        WrongAnswer(
            "more links must mean more factors",
            "Write both products out and count again.",
            ("5 4", "5 3", "4 2", "3 4"),
        ),
    ),
    hints=("Write both slopes as products of single letters, and a bracket for the miss.",),
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
    because="Forward from x to the prediction, back from the loss to the weights, then move.",
    wrong=(
        WrongAnswer(
            "the weights moved before their slopes are known",
            "What does the line that moves the weights need? Is all of it there by then?",
            ("A D B F E C", "D B A F E C", "D B F A E C", "D B F E A C"),
        ),
        WrongAnswer(
            "slopes before the prediction",
            "The slope of the loss needs to know by how much the prediction misses.",
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
        "For each line: which names on its right side does another line make?",
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
    task="h moves 3 times as fast as x, and y_hat moves 4 times as fast as h. How many times as "
    "fast as x does y_hat move?",
    answer="12",
    because="Each unit of x is 3 units of h, and each of those is 4 units of y_hat.",
    wrong=(
        WrongAnswer(
            "rates added along a path",
            "Move x by 1: h moves by 3. Now move y_hat by 4 for each of those 3.",
            ("7",),
        ),
        WrongAnswer("only the last link", "That is how fast y_hat moves with h.", ("4",)),
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
    task="You move w1, and then ask for the slope of w2 at the new w1. What is that slope?",
    options=(
        ("A", "the same as before"),
        ("B", "the slope at another place, so not part of the first gradient"),
        ("C", "always better, since it is newer"),
        ("D", "zero"),
    ),
    answer="B",
    because="A gradient is one arrow at one place; two slopes from two places are not an arrow.",
    wrong=(
        WrongAnswer(
            "old gradients stay valid",
            "h = w1 · x is a factor in the slope of w2, and w1 has changed.",
            ("A",),
        ),
        WrongAnswer(
            "newer is better",
            "It can be better or worse. What is certain is that it belongs to another place.",
            ("C",),
        ),
        WrongAnswer(
            "w1 had done all the work",
            "The slope of w2 is zero only where the miss is, or where h is.",
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
            WrongAnswer("the slope is the height", "9 is how high the curve is.", ("9",)),
            WrongAnswer(
                "the factor 2 is lost", "Nudge 3 to 3.01: by how much does it rise?", ("3",)
            ),
            WrongAnswer("the 3 is lost", "2 is how much the slope grows for each unit.", ("2",)),
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
            WrongAnswer("the sign is lost", "Does the line rise or fall?", ("4",)),
            WrongAnswer("x put in", "The slope does not depend on x here.", ("10", "6")),
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
            WrongAnswer("uphill for downhill", "That step climbs.", ("2.5",)),
            WrongAnswer("the rate is missing", "What is the 0.1 for?", ("-3", "7")),
            WrongAnswer("the step instead of the place", "From where?", ("-0.5", "0.5")),
        ),
    ),
)
