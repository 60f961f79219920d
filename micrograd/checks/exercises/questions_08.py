"""Notebook 08: what it needs, what is predicted, and two short puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

RECALL = (
    Question(
        lesson="08",
        name="recall_logits",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="Two logits are 3 and 1. How many times as likely as the second is the first?",
        answer="7.389",
        because="Each is e to the power of its logit, over the same sum: e³ / e¹ = e² = 7.39.",
        tolerance=0.1,
        wrong=(
            WrongAnswer(
                "proportional to the logits",
                "Softmax takes e to the power of each logit first.",
                ("3",),
            ),
            WrongAnswer("the difference itself", "e to the power of that.", ("2",)),
            WrongAnswer("the first alone", "e³ is to be compared with e¹.", ("20.09", "20.0855")),
            WrongAnswer("the share", "That is its share of 1; asked for is the ratio.", ("0.88",)),
        ),
    ),
    Question(
        lesson="08",
        name="recall_product",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="After BOS a model gives a the probability 0.5, after that v 0.2, after that a 0.5, "
        "and after that the end 0.4. How likely is the whole name ava?",
        answer="0.02",
        because="One after the other: 0.5 · 0.2 · 0.5 · 0.4 = 0.02.",
        tolerance=0.0005,
        wrong=(
            WrongAnswer("added", "First this and then that: multiply.", ("1.6",)),
            WrongAnswer("the end forgotten", "Without the end, more may follow.", ("0.05",)),
            WrongAnswer("the mean", "All of it must happen.", ("0.4",)),
        ),
    ),
    Question(
        lesson="08",
        name="recall_cache",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="gpt has been asked with BOS, m, a, r and i, one after the other, and one cache. How "
        "many keys are in cache[0][0] now?",
        answer="5",
        because="Every call puts one key into each layer's list, BOS's as well.",
        wrong=(
            WrongAnswer("BOS forgotten", "BOS is a token like the others.", ("4",)),
            WrongAnswer("one for the last", "The keys of earlier tokens stay.", ("1",)),
            WrongAnswer("heads counted", "All heads' pieces are in one entry.", ("20",)),
            WrongAnswer("values as well", "Those are in cache[0][1].", ("10",)),
        ),
    ),
)

TRUER = Question(
    lesson="08",
    name="truer",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="Before softmax, all logits are divided by a temperature. Then the mean surprise at 1,086 "
    "names that the model has never seen is computed. For which temperature is it smallest?",
    options=(
        ("A", "for 0.5"),
        ("B", "for 1"),
        ("C", "for 2"),
        ("D", "the same for all of them"),
    ),
    answer="B",
    because="Training has made the surprise small with the logits as they are, at 1. At 0.5 the "
    "model is surer than it has a right to be, and pays for that where it is wrong.",
    confidence=True,
    wrong=(
        WrongAnswer(
            "low temperature is truer",
            "A cautious writer keeps to what is likely, so what it writes sounds right. But the "
            "names that people bear are not always the likely ones.",
            ("A",),
        ),
        WrongAnswer(
            "high temperature is safer",
            "With 2 the chances are too even: likely letters are given less than they deserve.",
            ("C",),
        ),
        WrongAnswer(
            "temperature is about writing only",
            "It changes every probability, and surprise is made of these, whoever writes.",
            ("D",),
        ),
    ),
)

COUNT_CALLS = Question(
    lesson="08",
    name="count_calls",
    kind="number",
    minutes=2,
    difficulty=2,
    task="A model draws 16 tokens, one after the other, until its context is full. Without a cache "
    "it reads all of the text anew for each of them. How many times is gpt called in all?",
    answer="136",
    because="1 + 2 + … + 16 = 16 · 17 / 2 = 136. With the cache there are 16 calls.",
    hints=(
        "For the first token it is called once, with BOS. For the second one it reads BOS and the "
        "first, which makes two calls.",
        "Add up all numbers from 1 to 16.",
    ),
    wrong=(
        WrongAnswer("with the cache", "That is one call for each token, with a cache.", ("16",)),
        WrongAnswer(
            "as long as at the end, each time",
            "The text is short at first. Only the last token needs 16 calls.",
            ("256",),
        ),
        WrongAnswer(
            "BOS is not read",
            "For the first token gpt is called once, with BOS.",
            ("120",),
        ),
        WrongAnswer("one too many", "The last token that is drawn is not read.", ("153", "152")),
        WrongAnswer("half of the square", "Count 1 + 2 + 3 by hand: it is 6.", ("128",)),
    ),
)

LIKELIEST_WORD = Question(
    lesson="08",
    name="likeliest_word",
    kind="choose",
    minutes=3,
    difficulty=2,
    task="Here are two letters, and what comes next. At the start: a 0.6, b 0.4. After a: a 0.3, b "
    "0.4, end 0.3. After b: a 0.05, b 0.05, end 0.9. Which word is the likeliest of all?",
    options=(
        ("A", "a"),
        ("B", "b"),
        ("C", "ab"),
        ("D", "aa"),
    ),
    answer="B",
    because="b has 0.4 · 0.9 = 0.36. Who takes the likeliest letter each time goes a, b, end: "
    "0.6 · 0.4 · 0.9 = 0.216.",
    hints=(
        "The probability of a word is that of all its steps, with the end, multiplied.",
        "a and then the end: 0.6 · 0.3 = 0.18. Do the same for the other three.",
    ),
    wrong=(
        WrongAnswer(
            "the likeliest letter each time",
            "You took the likeliest letter at each step. That way is 0.6 · 0.4 · 0.9. Is there a "
            "word with more?",
            ("C",),
        ),
        WrongAnswer(
            "the likeliest letter makes the likeliest word",
            "a is likelier as a beginning, but then the end has only 0.3: 0.6 · 0.3.",
            ("A",),
        ),
        WrongAnswer(
            "the end left out",
            "Without the end no word is over. aa has 0.6 · 0.3 · 0.3.",
            ("D",),
        ),
    ),
)

# What the model of the course writes at temperature 0.5 with the seed 10; notebook 08 asserts it.
TWENTY = (
    *("adan", "agies", "anunae", "chonina", "dain", "elin", "erihe", "gila", "ilen", "jian"),
    *("kana", "mana", "maria", "onena", "richan", "rino", "sanek", "tari", "vorada", "zarin"),
)
LETTERS = "ABCDEFGHIJKLMNOPQRST"
INVENTED = "B C D G I N O Q S T"

WHICH_INVENTED = Question(
    lesson="08",
    name="which_invented",
    role="prediction",
    kind="choose",
    minutes=2,
    difficulty=2,
    task="The model wrote these twenty names. They were picked so that ten of them stand in the "
    "list of 10,865 names. Which ten are invented?",
    options=tuple(zip(LETTERS, TWENTY, strict=True)),
    answer=INVENTED,
    because="agies, anunae, chonina, erihe, ilen, onena, richan, sanek, vorada and zarin do not "
    "stand in the list. Whoever guesses blindly has five of ten right, on average.",
    wrong=(
        WrongAnswer(
            "all invented",
            "Ten are. Much of what a model writes exists already.",
            (" ".join(LETTERS),),
        ),
        WrongAnswer(
            "the other way round",
            "You chose those that stand in the list.",
            (" ".join(letter for letter in LETTERS if letter not in INVENTED),),
        ),
        WrongAnswer("only one", "There are ten.", tuple(LETTERS)),
    ),
)

LOOKED_UP = Question(
    lesson="08",
    name="looked_up",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    task="Of 1,000 names that the model wrote at temperature 0.5, 248 stand in the list of 10,865. "
    "In training it read 2,000 of these 10,865, each once. How many of the 248 are among the "
    "2,000 that it has read?",
    options=(
        ("A", "all 248, or nearly all"),
        ("B", "about half, 124"),
        ("C", "about a quarter, 61"),
        ("D", "none"),
    ),
    answer="C",
    because="61 of 248. The other 187 are names that people bear and that the model has never "
    "seen. It cannot have looked them up: it has only its weights, and found them by its patterns.",
    confidence=True,
    wrong=(
        WrongAnswer(
            "names are looked up",
            "There is no list in the model, only 4,192 numbers. The 2,000 names it has read have "
            "some 12,000 letters.",
            ("A",),
        ),
        WrongAnswer(
            "mostly looked up",
            "Nearer, and still too many. Of the whole list it has read less than a fifth.",
            ("B",),
        ),
        WrongAnswer(
            "what was read never comes back",
            "Nothing keeps it from writing a name that it has read. Likely names are likely, read "
            "or not.",
            ("D",),
        ),
    ),
)
