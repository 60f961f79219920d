"""Notebooks 07 and 07b: what they need, what is predicted, the loop in order, a quiz of curves."""

from micrograd.checks.declare import Question, WrongAnswer

# ------------------------------------------------------------------------------------- recall

RECALL = (
    Question(
        lesson="07",
        name="recall_surprise",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A model gave the first letter of a name the probability 0.5, and the second 0.25. "
        "−log 0.5 is 0.69, and −log 0.25 is 1.39. What is its mean surprise?",
        answer="1.04",
        because="Each letter has its surprise, and (0.69 + 1.39) / 2 = 1.04.",
        tolerance=0.011,
        wrong=(
            WrongAnswer("log of the mean", "First the surprises, then their mean.", ("0.98",)),
            WrongAnswer("sum for mean", "There are two letters.", ("2.08", "2.079")),
            WrongAnswer("the mean probability", "Where are the logs?", ("0.375", "0.38")),
            WrongAnswer("a sign lost", "A surprise is never below 0.", ("-1.04",)),
        ),
    ),
    Question(
        lesson="07",
        name="recall_accumulate",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="w is 2. After backward of a first loss w.grad is 3. Nobody calls zero_grad. The "
        "second loss is w², which has the slope 4 there. What is w.grad after its backward?",
        answer="7",
        because="backward adds: 3 is still there, and 4 joins it.",
        wrong=(
            WrongAnswer("assign for add", "What was there stays in the sum.", ("4",)),
            WrongAnswer("multiplied", "Two losses are two shares, which are added.", ("12",)),
            WrongAnswer("the old one stays", "The second backward has run as well.", ("3",)),
            WrongAnswer("the average", "Nothing is divided.", ("3.5",)),
        ),
    ),
    Question(
        lesson="07",
        name="recall_in_place",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="def f(m): m[0] = 5, and def g(m): m = [7]. You have m = [1], call f(m), then g(m). "
        "What is m[0]?",
        answer="5",
        because="m[0] = 5 changes the list that was handed in. m = [7] only gives its own name to "
        "another list.",
        wrong=(
            WrongAnswer(
                "a new list for the old one", "g gives another list the name m, inside g.", ("7",)
            ),
            WrongAnswer("a copy was handed in", "f was given the very list.", ("1",)),
            WrongAnswer("added", "Nothing is added here.", ("12", "13", "6", "8")),
        ),
    ),
)

RECALL_DISEASES = (
    Question(
        lesson="07b",
        name="recall_adam",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A weight stands at 2.0. At Adam's first step its gradient is 0.004, and the rate is "
        "0.01. Where does it stand then?",
        answer="1.99",
        because="The first step is as long as the rate, against the sign of the gradient.",
        tolerance=0.0001,
        wrong=(
            WrongAnswer("uphill for downhill", "The gradient points uphill.", ("2.01",)),
            WrongAnswer("rate times gradient", "So steps SGD.", ("1.99996", "2.00004")),
            WrongAnswer("the gradient is the step", "The rate is.", ("1.996", "2.004")),
        ),
    ),
    Question(
        lesson="07b",
        name="recall_decay",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="linear_decay(250, 1000, 0.02) is?",
        answer="0.015",
        because="A quarter of the plan is done, so three quarters of the rate are left.",
        tolerance=1e-6,
        wrong=(
            WrongAnswer("what is done, not what is left", "It falls.", ("0.005",)),
            WrongAnswer("the whole rate", "250 steps are made by then.", ("0.02",)),
            WrongAnswer("half-way", "Half-way is step 500.", ("0.01",)),
        ),
    ),
    Question(
        lesson="07b",
        name="recall_held_out",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="100 names are split: 10 are held out, and training goes twice through the others. "
        "How many training steps see a held-out name, at one name a step?",
        answer="0",
        because="No step ever sees them: that is why they can judge.",
        wrong=(
            WrongAnswer("held-out trained on", "They are put aside before.", ("10", "20")),
            WrongAnswer("all steps", "Those are the steps that are made in all.", ("180", "200")),
            WrongAnswer("one pass of the others", "That is how many are left.", ("90",)),
        ),
    ),
)

# -------------------------------------------------------------------------------- predictions

FIRST_LOSS = Question(
    lesson="07",
    name="first_loss",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=2,
    task="A new model knows nothing, and gives each of 27 tokens about the same probability. What "
    "is its loss on a name, about?",
    answer="3.3",
    tolerance=0.15,
    because="Each letter was given about 1/27, and −log(1/27) = ln 27 = 3.296, however long the "
    "name is.",
    wrong=(
        WrongAnswer(
            "nothing learnt, nothing lost",
            "0 would be the loss of a model that was certain of every letter, and right.",
            ("0",),
        ),
        WrongAnswer(
            "the probability itself",
            "That is the probability of a letter. The loss is its surprise.",
            ("0.037", "0.04", "0.0370"),
        ),
        WrongAnswer(
            "the chance of a mistake",
            "The blind guess is wrong in 26 of 27 cases. Surprise counts otherwise: −log of the "
            "probability of what came.",
            ("0.963", "0.96", "0.9630"),
        ),
        WrongAnswer(
            "the whole is 1",
            "A surprise has no upper end: it is 1 for a probability of 0.37 already.",
            ("1",),
        ),
        WrongAnswer("how many there are", "The loss is the log of that.", ("27", "26")),
        WrongAnswer(
            "another logarithm",
            "In bits that is right. Ours is the natural logarithm.",
            ("4.75", "4.755", "4.8", "1.43", "1.431"),
        ),
    ),
)

ADAMS_FIRST = Question(
    lesson="07",
    name="adams_first",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    confidence=True,
    task="Two weights, their first step, and a rate of 0.01. The gradient of one is 0.001, that of "
    "the other 1,000. How far does Adam move them?",
    options=(
        ("A", "by 0.00001 and by 10, rate times gradient"),
        ("B", "the second further than the first, but not a million times as far"),
        ("C", "both by 0.01"),
        ("D", "the first further: Adam helps the small ones"),
    ),
    answer="C",
    because="After one step the mean m is the gradient g and the mean v is g², once corrected. So "
    "m / √v is g / |g|, which is 1 or −1, whatever g is.",
    wrong=(
        WrongAnswer(
            "gradient descent for Adam",
            "That is what plain gradient descent does. What does dividing by √v change?",
            ("A",),
        ),
        WrongAnswer(
            "evened out a little",
            "A root of the gradient would do that. Adam divides by the root of its square.",
            ("B",),
        ),
        WrongAnswer(
            "the small ones helped",
            "A small gradient is divided by its own small size, a large one by its own large size.",
            ("D",),
        ),
    ),
)

FIFTY_NAMES = Question(
    lesson="07b",
    name="fifty_names",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    confidence=True,
    task="We train on 50 names only, each of them 40 times. The loss on these 50 falls and falls. "
    "The loss on 100 held-out names",
    options=(
        ("A", "falls with it, a little behind"),
        ("B", "falls at first, then stays where it is"),
        ("C", "falls at first, then rises, far above where it had been"),
        ("D", "does not change: the model never sees these names"),
    ),
    answer="C",
    because="At first it learns what holds for all names. Then it learns the 50 by heart, and "
    "becomes sure that after these letters comes that one. Where that is wrong, being sure is "
    "expensive.",
    wrong=(
        WrongAnswer(
            "what helps here helps there",
            "At first, yes: vowels follow consonants in any name. And what is true of 50 names "
            "only?",
            ("A",),
        ),
        WrongAnswer(
            "knowing by heart does no harm",
            "It would not if the model stayed in doubt elsewhere. But it becomes sure, and the "
            "surprise at what it thought impossible is large.",
            ("B",),
        ),
        WrongAnswer(
            "never seen, never changed",
            "The weights that it trains are the ones that read every other name too.",
            ("D",),
        ),
    ),
)

# ------------------------------------------------------------------------------ loop in order

LOOP_ORDER = Question(
    lesson="07",
    name="loop_order",
    kind="order",
    weight="core",
    minutes=3,
    difficulty=2,
    task="The lines of a whole training run, shuffled. Bring them into their order. docs are lists "
    "of tokens. What happens at every step stands after the line with for; the spaces before it "
    "are left out.",
    options=(
        ("A", "lr = linear_decay(step, steps, 0.01)"),
        ("B", "m, v = [0.0] * len(params), [0.0] * len(params)"),
        ("C", "for step in range(steps):"),
        ("D", "train_step(docs[step % len(docs)], state, config, params, m, v, step, lr)"),
        ("E", "state = new_state(config, Random(42))"),
        ("F", "params = parameters(state)"),
    ),
    answer="E F B C A D",
    because="The weights and Adam's memory are made once and serve all steps; each step has a "
    "document and a rate of its own.",
    wrong=(
        WrongAnswer(
            "a new model at every step",
            "In this order the weights are drawn anew at every step, and what was learnt is gone.",
            ("C E F B A D", "C A E F B D", "C E F A B D", "C E A F B D"),
        ),
        WrongAnswer(
            "Adam's memory wiped",
            "m and v are means over many steps. Here they begin at 0 at every step.",
            (
                "E F C B A D",
                "E F C A B D",
                "E C F B A D",
                "E C A F B D",
                "E C F A B D",
            ),
        ),
        WrongAnswer(
            "one rate for all steps",
            "Before the loop there is no step yet. The rate falls at every one of them.",
            ("E F B A C D", "E F A B C D", "E A F B C D", "A E F B C D"),
        ),
        WrongAnswer(
            "the rate comes too late",
            "train_step is given lr. Which line makes it?",
            ("E F B C D A", "E F C B D A", "C E F B D A"),
        ),
        WrongAnswer(
            "used before it is made",
            "For each line: which names does it need, and which line makes them?",
            ("F E B C A D", "E B F C A D", "B E F C A D", "F B E C A D", "B F E C A D"),
        ),
    ),
    hints=(
        "params is read from state, and m and v are as long as params.",
        "What must not be forgotten from step to step is made before the loop.",
        "Two lines are in the loop. One of them makes what the other needs.",
    ),
)

# ------------------------------------------------------------------------------------ the quiz

WHICH_DISEASE = Question(
    lesson="07b",
    name="which_disease",
    kind="match",
    minutes=4,
    difficulty=3,
    task="Six curves, 1 to 6, from runs that you have not seen. One of them is healthy. What is it "
    "in each case? Give each curve the letter of what it has.",
    options=(
        ("1", "curve 1"),
        ("2", "curve 2"),
        ("3", "curve 3"),
        ("4", "curve 4"),
        ("5", "curve 5"),
        ("6", "curve 6"),
        ("A", "healthy"),
        ("B", "rate too high"),
        ("C", "not shuffled"),
        ("D", "50 names only"),
        ("E", "held-out names leaked"),
        ("F", "targets shifted"),
        ("G", "NaN"),
    ),
    answer="D A F B E C",
    because="Lines that part are learning by heart; together and far too low is a leak or a wrong "
    "target; leaps above the blind guess are the rate; held out that jumps while the other line "
    "stays low is the order of the names.",
    wrong=(
        WrongAnswer(
            "too good, but which",
            "Curves 3 and 5 are both too good to be true. One is at 0 after a hundred steps: that "
            "is no learning by heart, which takes many rounds.",
            ("D A E B F C",),
        ),
        WrongAnswer(
            "a gap, but which",
            "In curves 1 and 6 held out is far above the other line. In one of them it only rises, "
            "and the other line goes on falling. In the other it goes up and down.",
            ("C A F B E D",),
        ),
        WrongAnswer(
            "jumps, but which",
            "Curves 4 and 6 both jump. In which of them does the loss of the names trained on "
            "leap above the blind guess?",
            ("D A F C E B",),
        ),
        WrongAnswer(
            "low is good",
            "You call a curve healthy because it ends low. Names are not that predictable: what "
            "did a healthy run end at?",
            ("D E F B A C", "D F A B E C"),
        ),
        WrongAnswer(
            "never improves is NaN",
            "NaN is no height: a curve that has become NaN ends. This one goes on.",
            ("D A F G E C", "D A F B E G"),
        ),
    ),
    hints=(
        "Begin with the easy ones: which curve is above the blind guess, and which at 0?",
        "Then look at the distance between both lines, and whether it grows steadily.",
        "One healthy curve is left, and one whose held-out line is suspiciously low.",
    ),
)
