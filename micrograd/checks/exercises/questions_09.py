"""Notebook 09: what it needs, what is predicted, and short puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

# ------------------------------------------------------------------------------------- recall

RECALL_EFFICIENCY = (
    Question(
        lesson="09",
        name="recall_shared",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A weight w is used in three places. Backward, the gradients 3, −1 and 2 arrive at it "
        "from there. What is w.grad?",
        answer="4",
        because="What comes along several ways is added up: 3 − 1 + 2.",
        wrong=(
            WrongAnswer("assigned, not added", "The last one must not replace the others.", ("2",)),
            WrongAnswer("averaged", "Nobody divides here.", ("1.33", "1.3333", "1.3")),
            WrongAnswer("multiplied", "Along one way rates multiply. These are three.", ("-6",)),
            WrongAnswer("signs lost", "−1 pulls the other way.", ("6",)),
            WrongAnswer("the largest", "All three places count.", ("3",)),
        ),
    ),
    Question(
        lesson="09",
        name="recall_rule_of_thumb",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="06b had a rule of thumb. A model has 1,000 weights in its tables: about how many "
        "operations does one token cost, forward?",
        answer="2000",
        because="A product and a sum for each weight: two operations.",
        wrong=(
            WrongAnswer("products only", "What the products give is added up.", ("1000", "999")),
            WrongAnswer("backward as well", "Only forward was asked.", ("6000", "4000", "3000")),
            WrongAnswer(
                "every weight with every other",
                "A weight meets one number of the vector, and not the other weights.",
                ("1000000",),
            ),
        ),
    ),
    Question(
        lesson="09",
        name="recall_shares",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=2,
        task="Three scores are 5, 5 and −1000. What is the first entry of their softmax?",
        answer="0.5",
        because="Next to e⁵, e⁻¹⁰⁰⁰ is nothing: two equal shares are left.",
        tolerance=0.001,
        wrong=(
            WrongAnswer("three equal shares", "−1000 is far below.", ("0.333", "0.3333", "0.33")),
            WrongAnswer("all of it", "Two scores are equal.", ("1",)),
            WrongAnswer(
                "proportional to the logits",
                "First e to the power of each.",
                ("-0.00505", "-0.005"),
            ),
            WrongAnswer("the scores kept", "softmax makes shares of 1.", ("5", "10")),
        ),
    ),
)

# -------------------------------------------------------------------------------- predictions

FEWER_NODES = Question(
    lesson="09",
    name="fewer_nodes",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    confidence=True,
    task="The package's GPT multiplies and adds the same numbers as yours, in the same Python. It "
    "makes one node for a whole weighted sum, and keeps the garbage collector out. How many times "
    "as fast is it?",
    options=(
        ("A", "as fast as yours: the arithmetic is the same"),
        ("B", "about twice"),
        ("C", "about ten to fifty times"),
        ("D", "about a thousand times"),
    ),
    answer="C",
    because="Hardly any of the time was arithmetic. It went into making nodes, finding their "
    "order, visiting them and searching them for garbage.",
    wrong=(
        WrongAnswer(
            "the arithmetic is what takes time",
            "A product takes a processor less than a billionth of a second, and your program about "
            "a millionth. What does it do all the while?",
            ("A",),
        ),
        WrongAnswer(
            "only half is overhead",
            "A node is an object with a tuple of parents and one of slopes: some hundred bytes to "
            "find room for, fill, visit twice and free again, all for one product.",
            ("B",),
        ),
        WrongAnswer(
            "Python costs nothing any more",
            "Each product is still made by Python, one by one. That comes further up the ladder.",
            ("D",),
        ),
    ),
)

BATCH_TIME = Question(
    lesson="09",
    name="batch_time",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="With NumPy, a training step takes a certain time for one name. For 32 names in one batch "
    "it takes",
    options=(
        ("A", "about 32 times as long: 32 times the work"),
        ("B", "more, but far less than 32 times as long"),
        ("C", "longer than 32 times: the padding comes on top"),
        ("D", "as long as for one name: it is all one call"),
    ),
    answer="B",
    because="With one name most of the time goes into starting each NumPy call, some dozens of "
    "them, however few numbers they are given. 32 names share these starts.",
    wrong=(
        WrongAnswer(
            "time is work",
            "For one name each call computes for a moment, and takes much longer to begin.",
            ("A",),
        ),
        WrongAnswer(
            "padding decides",
            "Padding is a share of the arithmetic, and arithmetic is not what takes the time.",
            ("C",),
        ),
        WrongAnswer(
            "arithmetic costs nothing",
            "The calls are as many as for one name, and each has 32 times the numbers.",
            ("D",),
        ),
    ),
)

YEARS_OF_WORK = Question(
    lesson="09",
    name="years_of_work",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="GPT-3 is your gpt with larger numbers. If this computer did nothing but multiply and "
    "add, as fast as it can, how long would it take to train it?",
    options=(
        ("A", "some weeks"),
        ("B", "some years"),
        ("C", "a long human life"),
        ("D", "longer than people have been able to write, which is 5,000 years"),
    ),
    answer="D",
    because="It takes about 3 · 10²³ operations. At a hundred billion a second that is 3 · 10¹² "
    "seconds, a hundred thousand years.",
    wrong=(
        WrongAnswer(
            "tokens forgotten",
            "Each of 175 billion weights is used, and it is used for each of 300 billion tokens.",
            ("A",),
        ),
        WrongAnswer(
            "a factor of a thousand is little",
            "Both numbers, weights and tokens, are more than ten million times ours.",
            ("B",),
        ),
        WrongAnswer(
            "close, on this scale",
            "On a log axis a life is not far from it. It is still a thousand times too short.",
            ("C",),
        ),
    ),
)

# ------------------------------------------------------------------------------------ puzzles

PADDING_SHARE = Question(
    lesson="09",
    name="padding_share",
    kind="number",
    minutes=1,
    difficulty=1,
    task="Three names have 4, 6 and 11 letters to predict. Padded, each takes 11 places. How many "
    "of 100 places are padding?",
    answer="36.36",
    tolerance=0.5,
    because="3 · 11 = 33 places, of which 4 + 6 + 11 = 21 are real: 12 of 33 are padding.",
    hints=("How many places are there in all, and how many are real?",),
    wrong=(
        WrongAnswer("the real ones", "This is the share that is used.", ("63.64", "63.6", "64")),
        WrongAnswer(
            "of the real places", "Of all places, not of the real ones.", ("57.14", "57.1", "57")
        ),
        WrongAnswer("a number, not a share", "12 places are padding, of how many?", ("12",)),
        WrongAnswer("the mean length", "7 is how long a name is on average.", ("7",)),
    ),
)

OTHER_CHOICES = Question(
    lesson="09",
    name="other_choices",
    kind="choose",
    minutes=2,
    difficulty=2,
    task="Which of these compute something else, so that other names come out, rather than the "
    "same thing faster?",
    options=(
        ("A", "byte pairs in place of letters"),
        ("B", "a cache of keys and values"),
        ("C", "beam search"),
        ("D", "padding, with the right mask"),
        ("E", "top-p"),
        ("F", "attention in blocks"),
    ),
    answer="A C E",
    because="Byte pairs are other tokens, and beam search and top-p choose otherwise among them. "
    "The other three give the same numbers to within rounding.",
    hints=("With which of them would a proof of equal gradients, or equal logits, fail?",),
    wrong=(
        WrongAnswer(
            "all of it is efficiency",
            "For each, ask: would the same model write the same name?",
            ("A B C D E F",),
        ),
        WrongAnswer(
            "the wrong half",
            "These three give the same numbers. It is the others that choose otherwise.",
            ("B D F",),
        ),
        WrongAnswer(
            "the tokenizer forgotten",
            "With byte pairs the model reads and writes other tokens.",
            ("C E",),
        ),
        WrongAnswer(
            "beam search for greedy, faster",
            "A beam keeps several texts and finds likelier ones. It is slower than greedy choice.",
            ("A E",),
        ),
        WrongAnswer(
            "approximations",
            "Attention in blocks is no approximation: softmax comes out the same.",
            ("A C E F",),
        ),
    ),
)
