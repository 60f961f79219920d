"""Notebooks 03a and 03b: what they need, what is predicted, and two puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

# --------------------------------------------------------------------------------------- 03a

RECALL_FORWARD = (
    Question(
        lesson="03a",
        name="recall_factor",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="h = w1 · x, with w1 = 5 and x = 3. How many times as fast as w1 does h move?",
        answer="3",
        because="h is a line in w1, and its slope is the factor beside w1.",
        wrong=(
            WrongAnswer("the weight's own value", "Move w1 from 5 to 6: h goes to 18.", ("5",)),
            WrongAnswer("the height for the slope", "15 is how large h is.", ("15",)),
            WrongAnswer("a slope of 1", "That would be right for w1 + x.", ("1",)),
        ),
    ),
    Question(
        lesson="03a",
        name="recall_path",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="h moves 3 times as fast as w1, y_hat 4 times as fast as h, and the loss −2 times as "
        "fast as y_hat. How many times as fast as w1 does the loss move?",
        answer="-24",
        because="The rates along a path are multiplied: 3 · 4 · (−2).",
        wrong=(
            WrongAnswer("rates added along a path", "Each link multiplies what it gets.", ("5",)),
            WrongAnswer("the sign is lost", "One of the three links turns round.", ("24",)),
            WrongAnswer("a link is left out", "There are three links.", ("12", "-8", "-6", "-2")),
        ),
    ),
    Question(
        lesson="03a",
        name="recall_square",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="What is the slope of u ** 2 at u = −4?",
        answer="-8",
        because="The slope of u² is 2u, and to the left of 0 the curve falls.",
        wrong=(
            WrongAnswer("the height for the slope", "16 is how high the curve is.", ("16", "-16")),
            WrongAnswer("the sign is lost", "From −4 to −3.9: does the square grow?", ("8",)),
            WrongAnswer("the factor 2 is lost", "From −4 to −3.9 it falls by 0.79.", ("-4", "4")),
        ),
    ),
)

COUNT_VALUES = Question(
    lesson="03a",
    name="count_values",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=1,
    task="a and b are Values, and c = a * b + a. How many Values will the picture of c show?",
    answer="4",
    because="a, b, a * b and c. Every operation makes one, and a is one Value, used twice.",
    wrong=(
        WrongAnswer(
            "a counted twice", "It is the same a both times, with two arrows out of it.", ("5",)
        ),
        WrongAnswer("the Value between has no name", "Nobody named a * b, and it exists.", ("3",)),
        WrongAnswer("only what goes in", "Operations make new Values.", ("2",)),
        WrongAnswer("only the result", "The result remembers what it was made from.", ("1",)),
    ),
)

STALE = Question(
    lesson="03a",
    name="edited_later",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=2,
    task="a is 2, b is −3, and c = a * b is −6. Now you set a.data = 10. What does c.data show?",
    answer="-6",
    because="c keeps the number it was made with. A graph remembers a calculation, it is no "
    "spreadsheet that follows; compute c again to see the new number.",
    wrong=(
        WrongAnswer(
            "a spreadsheet",
            "c remembers its parents, and nobody tells it when one of them changes.",
            ("-30",),
        ),
        WrongAnswer("c becomes a", "c is another Value.", ("10",)),
        WrongAnswer("the change is handed on", "c was not asked to compute again.", ("2", "-22")),
    ),
)

RULES = Question(
    lesson="03a",
    name="rules",
    kind="match",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="a is 2, and b is 5. Which local derivative with respect to a belongs to (1) a + b, "
    "(2) a * b, (3) a ** 3, (4) log(a), (5) relu(−a)? Answer with five letters in that order.",
    options=(
        ("A", "0"),
        ("B", "0.5"),
        ("C", "1"),
        ("D", "5"),
        ("E", "12"),
        ("F", "8"),
        ("G", "2"),
    ),
    answer="C D E B A",
    because="1; the other factor; 3 · 2²; 1 / 2; and −2 is on the flat side of relu.",
    wrong=(
        WrongAnswer(
            "the operand's own value as its local derivative",
            "How fast a * b moves with a, depends on the other factor.",
            ("C G E B A", "G G E B A"),
        ),
        WrongAnswer(
            "the number for the slope",
            "2 ** 3 is 8. How fast does it move?",
            ("C D F B A",),
        ),
        WrongAnswer(
            "the slope of log",
            "The larger a, the flatter log.",
            ("C D E G A", "C D E C A"),
        ),
        WrongAnswer(
            "relu taken as if a went in",
            "What goes into relu is −2.",
            ("C D E B C",),
        ),
    ),
    hints=(
        "Nudge a from 2 to 2.001 in each of them, in your head or in a cell.",
        "Two of the numbers belong to nothing here.",
    ),
)


# --------------------------------------------------------------------------------------- 03b

RECALL_BACKWARD = (
    Question(
        lesson="03b",
        name="recall_local",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="c = a * b with a = 4 and b = −2. What is the local derivative with respect to a?",
        answer="-2",
        because="The slope for one factor is the other factor.",
        wrong=(
            WrongAnswer("the operand's own value", "Move a from 4 to 5: c goes to −10.", ("4",)),
            WrongAnswer("the number for the slope", "−8 is c itself.", ("-8",)),
            WrongAnswer("the rule of a sum", "1 would be right for a + b.", ("1",)),
        ),
    ),
    Question(
        lesson="03b",
        name="recall_two_paths",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="Two paths lead from w to the loss. Along one the loss moves 3 times as fast as w, "
        "along the other 4 times. How many times as fast as w does the loss move?",
        answer="7",
        because="Along a path rates multiply; where paths meet, they add.",
        wrong=(
            WrongAnswer(
                "paths multiplied", "Both push the loss at the same time, each its own.", ("12",)
            ),
            WrongAnswer("only one path", "w moves the loss both ways.", ("3", "4")),
            WrongAnswer("the mean of the paths", "They do not share w; each has it all.", ("3.5",)),
        ),
    ),
    Question(
        lesson="03b",
        name="recall_relu",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="What is the local derivative of relu(a) at a = −2?",
        answer="0",
        because="Below 0 relu is flat.",
        wrong=(
            WrongAnswer("a slope of 1 on both sides", "Does the result move there?", ("1",)),
            WrongAnswer("the operand's own value", "−2 is what goes in.", ("-2",)),
            WrongAnswer("a line that falls", "relu does not turn the sign.", ("-1", "2")),
        ),
    ),
)

USED_TWICE = Question(
    lesson="03b",
    name="used_twice",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=2,
    task="a is 3, b is −4, and root = a * b + a. A backward pass says "
    "parent.grad = local * node.grad, with = instead of +=, and the sum hands on first. What does "
    "a.grad show at the end?",
    answer="-4",
    because="The 1 from the sum arrived first, and the −4 from the product took its place. Added "
    "they are −3.",
    wrong=(
        WrongAnswer(
            "as if they were added", "That is the right gradient. This pass assigns.", ("-3",)
        ),
        WrongAnswer("the first share stays", "What happens to it when the second comes?", ("1",)),
        WrongAnswer("the number of a", "3 is its data.", ("3",)),
        WrongAnswer("the number of root", "−9 is how large root is.", ("-9",)),
    ),
)

NAIVE_ORDER = Question(
    lesson="03b",
    name="naive_order",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=2,
    task="a is 2, s = 3 * a, t = 2 * s, and root = s + t. A walk from the front hands on in the "
    "order root, s, a, t, each once. What does a.grad show at the end?",
    answer="3",
    because="s handed on when it had 1, from root. The 2 that t gave it came too late, so 6 of 9 "
    "never reached a.",
    wrong=(
        WrongAnswer(
            "as if s had waited",
            "9 is right when s hands on last. Here it hands on before t.",
            ("9",),
        ),
        WrongAnswer(
            "only the long way arrives", "s has handed on before t gives it anything.", ("6",)
        ),
        WrongAnswer("handed on twice", "Each hands on once.", ("12",)),
        WrongAnswer("nothing arrives", "s has 1 from root, and hands on 3 · 1.", ("0",)),
    ),
)

CALLED_TWICE = Question(
    lesson="03b",
    name="called_twice",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=3,
    task="a is 5, s = 2 * a, and root = 3 * s, so a.grad is 6 after your backward(root). You call "
    "backward(root) again, and clear nothing. What does a.grad show?",
    answer="18",
    because="s had 3 from the first call, got 3 more and handed on 6 · 2 = 12, where 6 was due: "
    "what is left on the way is counted again.",
    wrong=(
        WrongAnswer(
            "twice the gradient",
            "That is what one would wish. But s, on the way, keeps its 3 and hands it on again.",
            ("12",),
        ),
        WrongAnswer("nothing changes", "a adds what arrives to what it has.", ("6",)),
        WrongAnswer("the gradient squared", "Nothing multiplies one call by the other.", ("36",)),
        WrongAnswer("root's seed doubled as well", "root is set to 1 again.", ("24", "30")),
    ),
)

WHAT_BACKWARD_DOES = Question(
    lesson="03b",
    name="what_backward_does",
    kind="choose",
    weight="practice",
    minutes=1,
    difficulty=1,
    task="backward(y) has run. What has it done?",
    options=(
        ("A", "it has run the machine in reverse, from the result to the inputs"),
        ("B", "it has moved a and b a little, so that y gets smaller"),
        ("C", "it has found, for every Value, how fast y moves with it"),
        ("D", "gradient descent: that is another name for backpropagation"),
        ("E", "it has shared out y among all the Values that it was made from"),
    ),
    answer="C",
    because="What goes back are rates. No number of the machine has changed, and nothing has "
    "moved.",
    wrong=(
        WrongAnswer(
            "backward inverts the network",
            "Print a.data and y.data before and after. Has any number been computed anew?",
            ("A",),
        ),
        WrongAnswer(
            "backward changes the weights",
            "Print a.data before and after. Which line of yours would have moved it?",
            ("B",),
        ),
        WrongAnswer(
            "gradient descent and backpropagation are one thing",
            "One finds the slopes, the other makes a step with them. Which of the two have you "
            "written today, and which in notebook 01?",
            ("D",),
        ),
        WrongAnswer(
            "a result is split among its parents",
            "At the sum both parents got −6 and 9 in turn: each the whole of what had arrived.",
            ("E",),
        ),
    ),
    hints=(
        "Look at the stepper again: which lines of the boxes have changed, data or grad?",
        "Is there a learning rate in your backward?",
    ),
)

BACKWARD_ORDER = Question(
    lesson="03b",
    name="backward_order",
    kind="order",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="These six lines compute root = (a * b + a) ** 2 and its gradients, for a and b that are "
    "given, with all gradients at 0. Put them in order.",
    options=(
        ("A", "s.grad += t.grad; a.grad += t.grad"),
        ("B", "root = t ** 2; root.grad = 1.0"),
        ("C", "s = a * b"),
        ("D", "a.grad += b.data * s.grad; b.grad += a.data * s.grad"),
        ("E", "t = s + a"),
        ("F", "t.grad += 2 * t.data * root.grad"),
    ),
    answer="C E B F A D",
    because="Forward from the leaves to root, then back in the opposite order; a collects from two "
    "lines.",
    wrong=(
        WrongAnswer(
            "the product hands on before anything has arrived at it",
            "s.grad is filled by the line of the sum. Where must that line stand?",
            ("C E B F D A", "C E B D F A"),
        ),
        WrongAnswer(
            "the way back in the order of the way there",
            "Going back begins at the end: the square, then the sum, then the product.",
            ("C E B D A F", "C D E A B F"),
        ),
        WrongAnswer(
            "the sum hands on before the square",
            "What does t have to hand on before root has given it something?",
            ("C E B A F D", "C E B A D F"),
        ),
        WrongAnswer(
            "the seed before the root",
            "root does not exist there yet.",
            ("B C E F A D", "C B E F A D", "B E C F A D"),
        ),
    ),
    hints=(
        "Three lines go forward. Which of them needs nothing but a and b?",
        "On the way back, a line can hand on only what an earlier line has brought.",
    ),
)
