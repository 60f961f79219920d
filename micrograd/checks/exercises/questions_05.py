"""Notebooks 05a and 05b: what they need, what is predicted, and three puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

# --------------------------------------------------------------------------------------- 05a

RECALL_TOKENS = (
    Question(
        lesson="05a",
        name="recall_log_slope",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="p is a Value of 0.25, and loss = −log(p). What is p.grad after backward(loss)?",
        answer="-4",
        because="The slope of log(p) is 1 / p, which is 4 here, and the minus sign turns it.",
        wrong=(
            WrongAnswer("the minus sign lost", "The loss falls when p grows.", ("4",)),
            WrongAnswer("the slope of exp", "The curve of log is steep near 0.", ("0.25", "-0.25")),
            WrongAnswer("a slope of 1", "That is log's slope at 1.", ("1", "-1")),
        ),
    ),
    Question(
        lesson="05a",
        name="recall_update",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A weight is 2, its gradient is −3, and the learning rate is 0.1. What is the weight "
        "after one step of gradient descent?",
        answer="2.3",
        because="The rate times the gradient is −0.3, and it is taken away.",
        wrong=(
            WrongAnswer("uphill for downhill", "A step goes against the gradient.", ("1.7",)),
            WrongAnswer("the rate left out", "Only a tenth of the gradient is used.", ("5", "-1")),
            WrongAnswer("the step alone", "It is taken from the 2.", ("0.3", "-0.3")),
        ),
    ),
    Question(
        lesson="05a",
        name="recall_row",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="table = [[1, 2, 3], [4, 5, 6]]. What is table[1][2]?",
        answer="6",
        because="Row 1 is [4, 5, 6], and its place 2 holds 6: everything is counted from 0.",
        wrong=(
            WrongAnswer("counted from 1", "The first row is table[0].", ("2",)),
            WrongAnswer("the row from 1, or the place from 1", "Both from 0.", ("3", "5")),
            WrongAnswer("the column first", "The row comes first.", ("4",)),
        ),
    ),
)

GUESSER = Question(
    lesson="05a",
    name="guesser",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=1,
    task="There are 26 letters and BOS. A model that knows nothing gives the same probability to "
    "every token. What is its surprise, −log(p), at whatever comes? Two decimals; a cell may help.",
    answer="3.296",
    because="p is 1/27, and −log(1/27) is log(27), about 3.296. A model that has learnt anything "
    "is below it on average.",
    tolerance=0.01,
    wrong=(
        WrongAnswer("BOS forgotten", "The end of a name is a token too.", ("3.26", "3.258")),
        WrongAnswer(
            "the probability itself", "1/27 is how likely it is.", ("0.037", "0.04", "0.0370")
        ),
        WrongAnswer("another logarithm", "log has the base e here.", ("4.75", "4.755", "1.43")),
        WrongAnswer("no logarithm", "27 is how many there are.", ("27", "26")),
        WrongAnswer(
            "the sign is lost", "A probability below 1 has a logarithm below 0.", ("-3.3", "-3.296")
        ),
        WrongAnswer(
            "even odds", "A half would be right if there were two tokens.", ("0.69", "0.693")
        ),
        WrongAnswer("nothing known, nothing lost", "No surprise would mean sure.", ("0",)),
    ),
)

RENUMBERED = Question(
    lesson="05a",
    name="renumbered",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="We give the letters other ids, drawn by lot: z may be 3, and a 20. Then we count the "
    "same names again, and score the table on them. The mean surprise is",
    options=(
        ("A", "higher, for neighbours in the alphabet are no longer neighbours"),
        ("B", "lower or higher, by the luck of the draw"),
        ("C", "the same"),
        ("D", "impossible to compute: the ids must be in order"),
    ),
    answer="C",
    because="An id is a name and not a size. The same counts stand in other rows and columns, and "
    "every pair finds its own again.",
    confidence=True,
    wrong=(
        WrongAnswer(
            "the id is a magnitude",
            "Nothing in the counting asks which id is larger, or which are close.",
            ("A",),
        ),
        WrongAnswer(
            "numbers matter",
            "Follow one pair through both tables: where is its count, and how large is it?",
            ("B",),
        ),
        WrongAnswer(
            "only one numbering is right",
            "Any will do, as long as encode and decode use the same one.",
            ("D",),
        ),
    ),
)

NEXT_LETTER = Question(
    lesson="05a",
    name="next_letter",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="A name begins with “ann”. A table of counts was made from all the names. What does it "
    "think likeliest to come next?",
    options=(
        ("A", "e, as in anne and annelie"),
        ("B", "a, as in anna"),
        ("C", "BOS: the name is over"),
        ("D", "i, as in annika"),
    ),
    answer="C",
    because="The table sees the last letter and nothing else. After an n, whatever stood before "
    "it, the name is over in 24 of 100 cases, and an a follows in 19.",
    wrong=(
        WrongAnswer(
            "the table reads the whole beginning",
            "That is the right bet for somebody who sees ann. The table sees n.",
            ("A",),
        ),
        WrongAnswer(
            "a name that one knows",
            "After n an a comes often, and one thing comes oftener. Think of names that end.",
            ("B",),
        ),
        WrongAnswer("the rarer letter", "After n both a and the end come oftener.", ("D",)),
    ),
)

SCORE_ORDER = Question(
    lesson="05a",
    name="score_order",
    kind="order",
    weight="practice",
    minutes=2,
    difficulty=2,
    task="A table of probabilities is to be scored on one name. Put the steps in order.",
    options=(
        ("A", "take the mean"),
        ("B", "put each token and the next one into a pair"),
        ("C", "take minus the logarithm of each number"),
        ("D", "put BOS at both ends"),
        ("E", "look up in the table how likely the second of each pair was, after the first"),
    ),
    answer="D B E C A",
    because="Tokens, pairs, probabilities, surprises, and the mean of the surprises.",
    wrong=(
        WrongAnswer(
            "log of the mean for mean of logs",
            "The mean of probabilities hides the one that was nearly 0. Logarithms first.",
            ("D B E A C",),
        ),
        WrongAnswer(
            "BOS comes too late",
            "Pairs that were made without BOS miss the first letter, and the end.",
            ("B D E C A", "B E D C A", "B E C D A", "B E C A D", "B D E A C"),
        ),
        WrongAnswer(
            "looked up before there are pairs",
            "The table wants two tokens: a row and a column.",
            ("D E B C A", "D E C B A", "E D B C A"),
        ),
        WrongAnswer(
            "the logarithm of an id",
            "At that place the numbers are ids, which are names. What has a logarithm here?",
            ("D C B E A", "D B C E A", "C D B E A"),
        ),
    ),
    hints=(
        "What does the table need to be asked, and what does it answer?",
        "A surprise belongs to one prediction. The mean is taken of surprises.",
    ),
)

LOWEST_LOSS = Question(
    lesson="05a",
    name="lowest_loss",
    kind="choose",
    weight="practice",
    minutes=2,
    difficulty=2,
    task="729 logits are trained on the names with a good learning rate, for as long as you like. "
    "Where does the loss end, on these very names?",
    options=(
        ("A", "at 0: with enough steps every loss does"),
        ("B", "below 0, for it has seen the answers"),
        ("C", "where the table of counts stands, at 2.54"),
        ("D", "at ln 27, where it began"),
    ),
    answer="C",
    because="After an n comes now one letter, now another, so no table can be sure and right each "
    "time. The shares that were counted are the best that it can say.",
    wrong=(
        WrongAnswer(
            "loss can reach zero",
            "0 means: sure of every next letter, and right. Is there one answer to what follows n?",
            ("A",),
        ),
        WrongAnswer(
            "a surprise below 0",
            "No probability is above 1, so no surprise is below 0.",
            ("B",),
        ),
        WrongAnswer(
            "nothing is learnt",
            "After q comes u, mostly. A table that knows that is less surprised than a guesser.",
            ("D",),
        ),
    ),
    hints=(
        "What would the table have to say after an n, for a surprise of 0 at both nn and na?",
        "Look at the two tables, the counted one and the trained one, side by side.",
    ),
)


# --------------------------------------------------------------------------------------- 05b

RECALL_BYTES = (
    Question(
        lesson="05b",
        name="recall_both_ends",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="chars is [a, e, m, v]. How many tokens does encode make of the name ava?",
        answer="5",
        because="One for each of the three letters, and BOS at both ends.",
        wrong=(
            WrongAnswer("no BOS", "BOS is a token too.", ("3",)),
            WrongAnswer("BOS on one side", "It stands at both ends.", ("4",)),
            WrongAnswer(
                "each character once", "The a stands there twice, and counts twice.", ("2",)
            ),
        ),
    ),
    Question(
        lesson="05b",
        name="recall_questions",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A document has 7 tokens, BOS at both ends included. How many pairs does "
        "zip(tokens, tokens[1:]) make?",
        answer="6",
        because="Every token but the last has a next one.",
        wrong=(
            WrongAnswer("one for each token", "The last one has no next.", ("7",)),
            WrongAnswer("BOS left out", "BOS begins one pair, and ends another.", ("5", "4")),
            WrongAnswer("pairs that do not overlap", "Each token begins a pair.", ("3", "3.5")),
        ),
    ),
    Question(
        lesson="05b",
        name="recall_sure",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A model gave the probability 1 to what then came. What is its surprise?",
        answer="0",
        because="−log(1) is 0: no surprise at all.",
        wrong=(
            WrongAnswer("the probability itself", "It is 1. How large is its logarithm?", ("1",)),
            WrongAnswer("the guesser's surprise", "That one gives 1/27 to each.", ("3.296", "3.3")),
            WrongAnswer("the sign of infinity", "log(0) has no end; this is log(1).", ("-1",)),
        ),
    ),
)

HOW_MANY_BYTES = Question(
    lesson="05b",
    name="how_many_bytes",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=1,
    task="Zoë 🙂 has five characters, the space included. How many bytes is it in UTF-8?",
    answer="9",
    because="Z, o and the space take one byte each, ë takes two and 🙂 four.",
    wrong=(
        WrongAnswer(
            "a byte for each character",
            "A byte tells 256 of them apart, and there are more.",
            ("5",),
        ),
        WrongAnswer("two bytes for each", "Z, o and the space take one.", ("10",)),
        WrongAnswer("four bytes for each", "What is in ASCII takes one.", ("20",)),
        WrongAnswer("one byte short", "ë takes more than one, and the space takes one.", ("8",)),
        WrongAnswer("🙂 like ë", "There are far more characters than two bytes can tell.", ("7",)),
        WrongAnswer("the space forgotten", "A space is a character, with a byte.", ("4",)),
    ),
)

FIRST_MERGE = Question(
    lesson="05b",
    name="first_merge",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="Byte pairs are trained on this text: the cat sat on the mat with that hat. Which merge "
    "comes first?",
    options=(
        ("A", "t h, one sound in English"),
        ("B", "the, a whole word that is met twice"),
        ("C", "a t"),
        ("D", "c at, since a cat is what it is about"),
    ),
    answer="C",
    because="a t is met five times, t h four times. A merge is the most frequent pair and means "
    "nothing; that the pieces often look like syllables comes from the language.",
    confidence=True,
    wrong=(
        WrongAnswer(
            "merges mean something: sounds",
            "Nobody has told the tokenizer about sounds. It counts.",
            ("A",),
        ),
        WrongAnswer(
            "merges mean something: words",
            "A merge joins two tokens, and at the start these are two bytes.",
            ("B",),
        ),
        WrongAnswer(
            "merges mean something: sense",
            "How often does a c meet an a, and how often does an a meet a t?",
            ("D",),
        ),
    ),
)

USERS_BOS = Question(
    lesson="05b",
    name="users_bos",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="A model ends its texts with a special token that is called <end>. Somebody types these "
    "five characters into a text. What should encoding make of them?",
    options=(
        ("A", "the special token: that is its name"),
        ("B", "five bytes, or what the merges make of them: it is text"),
        ("C", "nothing: they are cut out"),
        ("D", "an error: nobody may type that"),
    ),
    answer="B",
    because="A text is what somebody wrote. If it could hold special tokens, everybody who writes "
    "one could end the model's text, or speak in another's role. Only the program puts them in.",
    wrong=(
        WrongAnswer(
            "a name for the thing",
            "Then whoever writes the name has the power of the token. Who should have it?",
            ("A",),
        ),
        WrongAnswer(
            "text may vanish",
            "Somebody who writes about special tokens wants to read their names again afterwards.",
            ("C",),
        ),
        WrongAnswer(
            "some text is forbidden",
            "decode(encode(text)) should give back any text at all.",
            ("D",),
        ),
    ),
)

MERGE_BY_HAND = Question(
    lesson="05b",
    name="merge_by_hand",
    kind="number",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="abababa has 7 tokens. Merge its most frequent pair everywhere, from the left, then count "
    "again and do it once more. Of equally frequent pairs the smaller one wins: (a, b) before "
    "(b, a). How many tokens are left?",
    answer="3",
    because="X is ab: X X X a. Then X X, met twice, becomes Y from the left: Y X a.",
    wrong=(
        WrongAnswer(
            "overlapping merges",
            "X X X: the one in the middle can go into one pair only.",
            ("2",),
        ),
        WrongAnswer("only one merge", "That is after the first. Once more.", ("4",)),
        WrongAnswer("each merge in one place only", "A pair is merged everywhere.", ("5",)),
        WrongAnswer("merged to the end", "Two merges are asked for, and then it stops.", ("1",)),
    ),
    hints=(
        "Write X for ab. What is left of abababa?",
        "Which pairs are in X X X a, and how often? Merge from the left.",
    ),
)
