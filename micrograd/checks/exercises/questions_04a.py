"""Notebook 04a: what it needs, what is predicted, and two puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

RECALL = (
    Question(
        lesson="04a",
        name="recall_shares",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="root = a * a + a, and a is 3. What is a.grad after backward?",
        answer="7",
        because="3 and 3 from the product, 1 from the sum: shares add.",
        wrong=(
            WrongAnswer("only the product", "a goes into the sum as well.", ("6", "9")),
            WrongAnswer("a counted once in the product", "It is both factors of it.", ("4",)),
            WrongAnswer("only one share kept", "Three shares arrive, and they add.", ("1", "3")),
            WrongAnswer("the number for the slope", "12 is how large root is.", ("12",)),
        ),
    ),
    Question(
        lesson="04a",
        name="recall_left_over",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="w.grad is 4 from the last step. The slope at the new place is −1. Nobody calls "
        "zero_grad. What does w.grad show after backward?",
        answer="3",
        because="A leaf adds what arrives to what it has: 4 + (−1).",
        wrong=(
            WrongAnswer("as if it were cleared", "Nobody has cleared it.", ("-1",)),
            WrongAnswer("as if it stayed", "backward adds what it finds.", ("4",)),
            WrongAnswer("multiplied", "Shares add.", ("-4",)),
        ),
    ),
    Question(
        lesson="04a",
        name="recall_order",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="How many Values does topological_order list for root = (a + b) * a?",
        answer="4",
        because="a, b, a + b and root: each once, however often it is used.",
        wrong=(
            WrongAnswer("a listed twice", "It is used twice, and listed once.", ("5",)),
            WrongAnswer("root left out, or the one between", "Each operation makes one.", ("3",)),
            WrongAnswer("only the leaves", "Results are Values too.", ("2",)),
        ),
    ),
)

TWO_LINEAR = Question(
    lesson="04a",
    name="two_linear",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="Two neurons without relu feed a third one without relu. What can its output, over one "
    "input x, look like?",
    options=(
        ("A", "a straight line only"),
        ("B", "two lines that meet in a kink"),
        ("C", "a parabola, since weights get multiplied"),
        ("D", "any curve, with good weights"),
    ),
    answer="A",
    because="A line put into a line is a line, and so is a sum of lines. The weights get "
    "multiplied with each other, and x with itself never.",
    wrong=(
        WrongAnswer(
            "two linear layers are more than one",
            "Where would the kink come from? Neither of the lines has one.",
            ("B",),
        ),
        WrongAnswer(
            "weights for inputs",
            "w2 · w1 · x: two weights multiplied make a weight. For a parabola, x must meet x.",
            ("C",),
        ),
        WrongAnswer(
            "size makes shapes",
            "More lines, added, are still one line.",
            ("D",),
        ),
    ),
)

TWINS = Question(
    lesson="04a",
    name="twins",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="Two neurons of a layer start with the same weights, and the next layer weighs them "
    "alike. After a hundred steps of training they are",
    options=(
        ("A", "specialised: each has learned another part of the task"),
        ("B", "different, by the accidents of training"),
        ("C", "still the same"),
        ("D", "both zero"),
    ),
    answer="C",
    because="Same numbers, same graph, same gradients, same step: nothing ever tells them apart. "
    "That is why weights begin at random.",
    wrong=(
        WrongAnswer(
            "the data tell them apart",
            "Both see all the data and answer alike to each point, so the advice is the same.",
            ("A",),
        ),
        WrongAnswer(
            "training has accidents", "Nothing is drawn at random after the start.", ("B",)
        ),
        WrongAnswer("they fade away", "They learn, and they learn the same.", ("D",)),
    ),
)

DEAD_NEURON = Question(
    lesson="04a",
    name="dead_neuron",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="After too large a step, a neuron's sum is below 0 at every point, so its relu is 0 "
    "everywhere. What do the next steps do with its weights?",
    options=(
        ("A", "bring them back: it is far off, so its gradient is large"),
        ("B", "nothing: its gradient is 0"),
        ("C", "turn their signs"),
        ("D", "move them a little less each time"),
    ),
    answer="B",
    because="relu is flat there: a nudge changes nothing, so no slope tells it where to go. A "
    "gradient of 0 means neither that a weight is good nor that it does not matter.",
    wrong=(
        WrongAnswer(
            "far off means steep",
            "A gradient is not how wrong a weight is, but what a nudge to it changes.",
            ("A",),
        ),
        WrongAnswer("gradients turn signs", "A step is rate times gradient. Which is?", ("C",)),
        WrongAnswer(
            "it dies slowly", "On the flat side the slope is 0 at once, not small.", ("D",)
        ),
    ),
)

STEP_ORDER = Question(
    lesson="04a",
    name="step_order",
    kind="order",
    weight="core",
    minutes=3,
    difficulty=2,
    task="These five lines are one step of training. Put them in order; a step begins by clearing "
    "what the last one has left.",
    options=(
        ("A", "loss = mse(predictions, targets)"),
        ("B", "for p in params: p.data -= lr * p.grad"),
        ("C", "zero_grad(params)"),
        ("D", "backward(loss)"),
        ("E", "predictions = [neuron(x, w, b) for x in points]"),
    ),
    answer="C E A D B",
    because="Clear, predict, measure the error, compute gradients, update.",
    wrong=(
        WrongAnswer(
            "gradients cleared before they are used",
            "What does the update find in p.grad then?",
            ("E A D C B", "A E D C B"),
        ),
        WrongAnswer(
            "old gradients stay valid",
            "The update comes before backward, so it uses what was left over, or nothing.",
            ("C B E A D", "C E B A D", "C E A B D", "B C E A D"),
        ),
        WrongAnswer(
            "an error before a prediction",
            "What does mse compare with the targets?",
            ("C A E D B", "C A D E B", "C A D B E"),
        ),
        WrongAnswer(
            "not cleared first",
            "That works too: the old gradients are gone before the next backward adds to them. "
            "Here the step is to begin with it.",
            ("E C A D B", "E A C D B", "E A D B C"),
        ),
        WrongAnswer(
            "backward without a loss",
            "backward begins at the loss. Is there one by then?",
            ("C D E A B", "C E D A B", "D C E A B", "C D B E A"),
        ),
    ),
    hints=(
        "The refrain of the course has the order: predict, measure the error, compute gradients, "
        "update.",
        "For each line: which names does it need, and which line makes them?",
    ),
)

XOR_WEIGHT = Question(
    lesson="04a",
    name="xor_weight",
    kind="number",
    weight="stretch",
    minutes=5,
    difficulty=3,
    task="XOR by hand: out = relu(p + q) + c · relu(p + q − 1) is to be 0 for (0, 0), 1 for (1, 0) "
    "and (0, 1), and 0 again for (1, 1). Which c does that?",
    answer="-2",
    because="At (1, 1) the first neuron says 2 and the second 1, so c has to take 2 away; at the "
    "other three points the second neuron is silent.",
    wrong=(
        WrongAnswer(
            "one short at (1, 1)", "Put in p = q = 1: what does the first neuron say?", ("-1",)
        ),
        WrongAnswer(
            "the second neuron adds", "At (1, 1) something has to be taken away.", ("1", "2")
        ),
        WrongAnswer("the second neuron unused", "Without it (1, 1) gives 2.", ("0",)),
        WrongAnswer("half", "Put in (1, 1), and count what is left.", ("-0.5", "0.5")),
    ),
    hints=(
        "Make a table of the four points, with what each of the two neurons says.",
        "Only at one point does c matter at all.",
    ),
)
