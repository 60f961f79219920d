"""Notebooks 06a and 06b: what they need, what is predicted, and short puzzles."""

from micrograd.checks.declare import Question, WrongAnswer

# ------------------------------------------------------------------------------------- recall

RECALL_ATTENTION = (
    Question(
        lesson="06a",
        name="recall_linear",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="What is the second entry of linear([1, 2], [[3, 4], [5, 6]])? The numbers stand for "
        "Values.",
        answer="17",
        because="The second row, entry by entry with x, added up: 5 · 1 + 6 · 2.",
        wrong=(
            WrongAnswer("the first row", "Counted from 1, it is the second row.", ("11",)),
            WrongAnswer("down the columns", "A row makes an output.", ("16", "13")),
            WrongAnswer("not weighed", "The entries of x multiply those of the row.", ("14",)),
            WrongAnswer("all rows together", "Each row has an output of its own.", ("28",)),
        ),
    ),
    Question(
        lesson="06a",
        name="recall_softmax",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="What is each of the four entries of softmax([100, 100, 100, 100])?",
        answer="0.25",
        because="Only differences between logits count, and here there are none: four equal shares "
        "of 1.",
        tolerance=0.001,
        wrong=(
            WrongAnswer("each surely", "Together they add up to 1.", ("1",)),
            WrongAnswer("the logits kept", "softmax makes shares of 1.", ("100", "400", "25")),
            WrongAnswer("nothing left", "After the largest is taken away, e⁰ is 1.", ("0",)),
        ),
    ),
    Question(
        lesson="06a",
        name="recall_mean_square",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="mse takes the mean of the squares. What is that for misses of 3 and −4?",
        answer="12.5",
        because="9 and 16 add up to 25, and there are two.",
        wrong=(
            WrongAnswer("the sum", "Divide by how many there are.", ("25",)),
            WrongAnswer("the square of the mean", "Square each first.", ("0.25",)),
            WrongAnswer("not squared", "Where is the 9, and where the 16?", ("-0.5", "3.5", "-1")),
            WrongAnswer("signs kept", "A square is never below 0.", ("-3.5", "-7")),
            WrongAnswer("the root as well", "No root is asked for.", ("5", "3.5355", "3.54")),
        ),
    ),
)

RECALL_GPT = (
    Question(
        lesson="06b",
        name="recall_scale",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A head works with 4 numbers, and the vector of a token has 16. q·k is 6. Which score "
        "does softmax get?",
        answer="3",
        because="6 is divided by the root of the head's size, √4 = 2.",
        wrong=(
            WrongAnswer("scale forgotten", "It is divided by a root first.", ("6",)),
            WrongAnswer(
                "the embedding's size for the head's",
                "The sum q·k runs over the head's numbers only.",
                ("1.5", "0.375"),
            ),
            WrongAnswer("multiplied", "Large products are made smaller.", ("12", "24")),
        ),
    ),
    Question(
        lesson="06b",
        name="recall_heads",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="A vector of 16 numbers is split for 4 heads. At which index does the third head's "
        "piece begin?",
        answer="8",
        because="Every head has 4 numbers side by side: 0 to 3, 4 to 7, and then 8 to 11.",
        wrong=(
            WrongAnswer("heads interleaved", "They stand side by side.", ("2", "3")),
            WrongAnswer("one head too far", "The first one begins at 0.", ("12",)),
            WrongAnswer("one head too early", "That is the second one.", ("4",)),
            WrongAnswer("counted from 1", "An index counts from 0.", ("9",)),
        ),
    ),
    Question(
        lesson="06b",
        name="recall_average",
        role="recall",
        kind="number",
        minutes=1,
        difficulty=1,
        task="Four tokens have the same score, and their values begin with 1, 2, 3 and 6. With "
        "what does the result of the head begin?",
        answer="3",
        because="Equal scores are equal shares: a quarter of 1 + 2 + 3 + 6.",
        wrong=(
            WrongAnswer("added, not averaged", "The shares add up to 1.", ("12",)),
            WrongAnswer("the best takes all", "None of them is the best.", ("6",)),
            WrongAnswer("only the last, or the first", "All have a share.", ("1", "1.5", "0.25")),
            WrongAnswer("the middle one", "A mean is a sum divided by how many.", ("2.5", "2")),
        ),
    ),
)

# -------------------------------------------------------------------------------- predictions

MORE_HEADS = Question(
    lesson="06a",
    name="more_heads",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    confidence=True,
    task="The vector of a token has 16 numbers, for 4 heads of 4. We make it 8 heads of 2. The "
    "tables attn_wq, attn_wk and attn_wv then have, together,",
    options=(
        ("A", "twice as many numbers"),
        ("B", "as many as before"),
        ("C", "half as many"),
        ("D", "a quarter as many"),
    ),
    answer="B",
    because="A table makes 16 numbers of 16, and only then are they cut. More heads are more "
    "questions from the same weights, each asked with fewer numbers.",
    wrong=(
        WrongAnswer(
            "more heads, more parameters",
            "There are twice as many pieces, and each is half as long.",
            ("A",),
        ),
        WrongAnswer(
            "shorter heads, smaller tables",
            "Each head has fewer rows of the table, and there are more heads.",
            ("C",),
        ),
        WrongAnswer(
            "counted as squares",
            "A head of 2 numbers still looks at all 16: its part of the table is 2 × 16.",
            ("D",),
        ),
    ),
)

SHUFFLED = Question(
    lesson="06a",
    name="shuffled",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=2,
    confidence=True,
    task="Take the positions away, so that a token is only its row of wte. mar and amr end in the "
    "same letter, and before it stand the same letters in another order. What one head gives at "
    "the last letter is",
    options=(
        ("A", "different: a text is read from left to right"),
        ("B", "the same in both"),
        ("C", "the same only if the weights are untrained"),
        ("D", "different, because the softmax is over other scores"),
    ),
    answer="B",
    because="The same keys get the same shares, and a sum does not depend on the order of its "
    "terms. To this head, only a vector for the position tells mar from amr.",
    wrong=(
        WrongAnswer(
            "reading brings order",
            "The past is a list of keys. Which part of the sum knows where in it a key stands?",
            ("A",),
        ),
        WrongAnswer(
            "weights could learn the order",
            "Whatever the tables are, the same letter gives the same key.",
            ("C",),
        ),
        WrongAnswer(
            "other places, other scores",
            "The scores are the same numbers in another order, and so are the shares.",
            ("D",),
        ),
    ),
)

FUTURE = Question(
    lesson="06a",
    name="future",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=1,
    task="A head has read mari. Now it reads mara, and we compare what it gives at each of the "
    "four letters. Which of these change?",
    options=(
        ("A", "all of them"),
        ("B", "only the last one"),
        ("C", "the last one, and the one before it a little"),
        ("D", "none"),
    ),
    answer="B",
    because="When the r was read, the last letter was not there yet: its key joined the list "
    "later. What is not there cannot matter.",
    wrong=(
        WrongAnswer(
            "everybody sees everybody",
            "When the m was read, whose keys were in the list?",
            ("A",),
        ),
        WrongAnswer(
            "neighbours see each other",
            "The last letter looks back at the r, and not the other way round.",
            ("C",),
        ),
        WrongAnswer(
            "a letter does not count for itself",
            "The last letter has another embedding now, so another query, key and value.",
            ("D",),
        ),
    ),
)

SILENT_PARTS = Question(
    lesson="06b",
    name="silent_parts",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=1,
    task="In one block, attn_wo and mlp_fc2 hold nothing but zeros. What does the block make of x?",
    options=(
        ("A", "a vector of zeros"),
        ("B", "x, unchanged"),
        ("C", "x, brought to size by rmsnorm"),
        ("D", "twice x"),
    ),
    answer="B",
    because="Both parts add zeros to the stream. The norms stand in front of the parts, off the "
    "stream, so it runs through as it was.",
    wrong=(
        WrongAnswer(
            "no residual",
            "What the parts make is zero. And what is it added to?",
            ("A",),
        ),
        WrongAnswer(
            "residual after the norm",
            "The normed x goes into a part. What is added to is x itself.",
            ("C",),
        ),
        WrongAnswer(
            "x added for each part",
            "Each part adds what it has made, and that is zero.",
            ("D",),
        ),
    ),
)

WHERE_WEIGHTS = Question(
    lesson="06b",
    name="where_weights",
    role="prediction",
    kind="choose",
    minutes=1,
    difficulty=1,
    task="Our GPT for names: 27 tokens, 16 positions, vectors of 16 numbers, 4 heads, one block. "
    "Where are most of its weights?",
    options=(
        ("A", "in the embeddings, wte and wpe"),
        ("B", "in attention"),
        ("C", "in feed-forward"),
        ("D", "in lm_head"),
    ),
    answer="C",
    because="2 · 16 · 64 = 2,048 of 4,192 are in feed-forward; attention has 4 · 16 · 16 = 1,024, "
    "wte and wpe 688, and lm_head 432.",
    wrong=(
        WrongAnswer(
            "the vocabulary outweighs all",
            "27 rows of 16. With 50,000 tokens it would.",
            ("A",),
        ),
        WrongAnswer(
            "what has the name has the weights",
            "Four tables of 16 × 16. Feed-forward has two tables that are four times as large.",
            ("B",),
        ),
        WrongAnswer(
            "the last table is the largest",
            "It has a row of 16 for each of 27 tokens.",
            ("D",),
        ),
    ),
)

COUNT_SCORES = Question(
    lesson="06b",
    name="count_scores",
    role="prediction",
    kind="number",
    minutes=1,
    difficulty=2,
    task="Every token is compared with itself and all before it. For 4 tokens a head computes "
    "1 + 2 + 3 + 4 = 10 scores. How many for 8 tokens?",
    answer="36",
    because="1 + 2 + ... + 8 = 36. Twice the text is nearly four times the scores: this is what "
    "makes long texts costly.",
    wrong=(
        WrongAnswer("twice the text, twice the scores", "The later ones have more.", ("20",)),
        WrongAnswer("four times", "Nearly. Add up 1 to 8.", ("40",)),
        WrongAnswer("the future seen", "8 · 8 compares with later ones too.", ("64",)),
        WrongAnswer("itself left out", "Each is compared with itself as well.", ("28",)),
        WrongAnswer("one for each token", "Each has several to compare with.", ("8", "18")),
    ),
)

# -------------------------------------------------------------------------------------- puzzles

BY_HAND = Question(
    lesson="06a",
    name="by_hand",
    kind="number",
    weight="practice",
    minutes=2,
    difficulty=1,
    task="One head by hand. The query is [2, 0], the keys are [1, 5] and [1, −3], the values "
    "[10, 0] and [20, 4]. What is the first number of the result?",
    answer="15",
    because="Both scores are 2 / √2, so each value counts half: (10 + 20) / 2.",
    wrong=(
        WrongAnswer("added, not averaged", "The shares add up to 1.", ("30",)),
        WrongAnswer(
            "weighted by raw scores",
            "The scores are not the shares; softmax makes those.",
            ("60", "42.4264", "42.43", "42.4"),
        ),
        WrongAnswer(
            "only one is listened to",
            "Compute both scores. Is one larger?",
            ("10", "20"),
        ),
        WrongAnswer("the second number", "That is what the last entries give.", ("2",)),
        WrongAnswer("the average of the keys", "The values are averaged.", ("1",)),
    ),
    hints=(
        "q·k, for each key: the entries multiplied, then added up.",
        "Where the query has a 0, it makes no difference what a key has there. And what shares do "
        "equal scores get?",
    ),
)

WHAT_IS_LEARNED = Question(
    lesson="06a",
    name="what_is_learned",
    kind="choose",
    weight="practice",
    minutes=2,
    difficulty=2,
    task="Which of these are parameters: numbers that training changes and keeps?",
    options=(
        ("A", "the entries of attn_wq"),
        ("B", "the attention weights"),
        ("C", "the keys of the tokens so far"),
        ("D", "the rows of wpe"),
        ("E", "the root by which scores are divided"),
    ),
    answer="A D",
    because="The tables are kept. Keys and attention weights are made anew from them for each "
    "text, and the root follows from the size of a head.",
    wrong=(
        WrongAnswer(
            "attention weights are parameters",
            "Another name has other attention weights, without any training in between. Where "
            "would they be kept?",
            (
                "B",
                "A B",
                "B C",
                "B D",
                "B E",
                "A B C",
                "A B D",
                "A B E",
                "B C D",
                "B C E",
                "B D E",
                "A B C D",
                "A B C E",
                "A B D E",
                "B C D E",
                "A B C D E",
            ),
        ),
        WrongAnswer(
            "keys are parameters",
            "A key is made from a token's vector by a table. The table is kept.",
            (
                "C",
                "A C",
                "C D",
                "C E",
                "A C D",
                "A C E",
                "C D E",
                "A C D E",
            ),
        ),
        WrongAnswer(
            "the scale is learned",
            "The root is of the head's size, which nobody changes in training.",
            (
                "E",
                "A E",
                "D E",
                "A D E",
            ),
        ),
        WrongAnswer(
            "one kind is missing",
            "Where does the model keep what it knows about queries, and where about positions?",
            ("A", "D"),
        ),
    ),
    hints=(
        "Take each one: if I change the text, does it change?",
        "What does state hold?",
    ),
)

BLOCK_ORDER = Question(
    lesson="06b",
    name="block_order",
    kind="order",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="These six lines are one block. plus adds entry by entry, and the arguments that stay the "
    "same are left out. Put the lines in order, the listening before the thinking.",
    options=(
        ("A", "x = plus(x, thought)"),
        ("B", "heard = attention(a)"),
        ("C", "b = rmsnorm(x)"),
        ("D", "x = plus(x, heard)"),
        ("E", "a = rmsnorm(x)"),
        ("F", "thought = feed_forward(b)"),
    ),
    answer="E B D C F A",
    because="Each part is given the stream normed, and what it makes is added to the stream before "
    "the next one looks.",
    wrong=(
        WrongAnswer(
            "side by side",
            "b is made before attention has added anything, so feed_forward does not see what was "
            "heard.",
            (
                "E B C D F A",
                "E B C F A D",
                "E B C F D A",
                "E C B D F A",
                "E C B F A D",
                "E C B F D A",
                "E C F A B D",
                "E C F B A D",
                "E C F B D A",
                "C E B D F A",
                "C E B F A D",
                "C E B F D A",
                "C E F A B D",
                "C E F B A D",
                "C E F B D A",
                "C F E A B D",
                "C F E B A D",
                "C F E B D A",
            ),
        ),
        WrongAnswer(
            "the other way round",
            "feed_forward thinks before anything was heard.",
            ("C F A E B D",),
        ),
        WrongAnswer(
            "used before it is made",
            "For each line: which names does it need, and which line makes them?",
            ("B E D C F A", "E D B C F A", "E B D F C A", "E B D C A F", "E B D A C F"),
        ),
    ),
    hints=(
        "attention needs a, and the addition needs what attention has heard.",
        "Should feed_forward see the stream before or after the first addition?",
    ),
)
