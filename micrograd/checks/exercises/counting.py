"""Notebook 05a, to choose from: learning by counting, and how surprised such a table is."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.tokens import encode, word

# ----------------------------------------------------------------------------- bigram_counts


def bigram_counts(docs, chars):
    """counts[a][b]: how often token b comes right after token a, BOS and all."""
    size = len(chars) + 1
    counts = [[0] * size for _ in range(size)]
    for doc in docs:
        tokens = encode(doc, chars)
        for current, following in zip(tokens, tokens[1:]):
            counts[current][following] += 1
    return counts


def counted(pairs, size):
    """A table of how often each of these pairs occurs."""
    counts = [[0] * size for _ in range(size)]
    for current, following in pairs:
        counts[current][following] += 1
    return counts


def pairs_in(docs, chars, cut=lambda tokens: tokens, step=1):
    """The pairs of neighbours, of tokens from which something may have been cut away."""
    found = []
    for doc in docs:
        tokens = cut(encode(doc, chars))
        found += list(zip(tokens, tokens[1:]))[::step]
    return found


def counting(pairs):
    return lambda docs, chars: counted(pairs(docs, chars), len(chars) + 1)


def one_long_list(docs, chars):
    tokens = [token for doc in docs for token in encode(doc, chars)]
    return zip(tokens, tokens[1:])


def one_shared_row(docs, chars):
    size = len(chars) + 1
    counts = [[0] * size] * size
    for current, following in pairs_in(docs, chars):
        counts[current][following] += 1
    return counts


def without_bos(docs, chars):
    pairs = pairs_in(docs, chars, lambda tokens: tokens[1:-1])
    return counted(pairs, len(chars))


def turned(table):
    return [list(column) for column in zip(*table)]


def shares(table):
    """Each row divided by its sum."""
    return [[entry / (sum(row) or 1) for entry in row] for row in table]


def raised(table):
    return [[entry + 1 for entry in row] for row in table]


BIGRAM_COUNTS = Exercise(
    lesson="05a",
    solution=bigram_counts,
    weight="practice",
    minutes=4,
    difficulty=2,
    task="Count which token follows which: a row for the token that stands there, a column for the "
    "one that comes next. Every character has a row and a column, and BOS has the last ones.",
    cases=((["ab", "b"], ["a", "b"]), (["aba", "", "cab"], ["a", "b", "c"])),
    fresh=lambda rng: ([word(rng, "abc") for _ in range(3)], ["a", "b", "c"]),
    why=lambda docs, chars: (
        f"{docs[0]!r} is {encode(docs[0], chars)}, so its pairs are "
        + ", ".join(f"({a}, {b})" for a, b in pairs_in(docs[:1], chars))
        + ("; the other documents come on top" if len(docs) > 1 else "")
    ),
    holds="A row for each token, a column for what follows it, and no pair from one document into "
    "the next.",
    hints=(
        "How many tokens are there, with BOS? The table has as many rows, and as many columns.",
        "encode gives the tokens of one document. zip(tokens, tokens[1:]) pairs each with the "
        "next.",
        "A table of zeros first, each row a list of its own; then one more for every pair you "
        "meet.",
    ),
    misconceptions=(
        Misconception(
            "rows and columns swapped",
            "Your rows are the next tokens. A row should be the token that stands there already.",
            lambda docs, chars: turned(bigram_counts(docs, chars)),
        ),
        Misconception(
            "BOS left out",
            "How documents begin and end is missing: BOS is a token, with a row and a column.",
            without_bos,
            also=(
                counting(lambda docs, chars: pairs_in(docs, chars, lambda t: t[1:-1])),
                lambda docs, chars: counted(pairs_in(docs, chars), len(chars)),
            ),
        ),
        Misconception(
            "BOS on one side: the beginning only",
            "Nothing in your table says which characters a document ends with.",
            counting(lambda docs, chars: pairs_in(docs, chars, lambda t: t[:-1])),
        ),
        Misconception(
            "BOS on one side: the end only",
            "The row of BOS is empty, so nobody knows how a document begins.",
            counting(lambda docs, chars: pairs_in(docs, chars, lambda t: t[1:])),
        ),
        Misconception(
            "from one document into the next",
            "You count BOS after BOS where one document ends and another begins. They are "
            "separate: count within each.",
            counting(one_long_list),
        ),
        Misconception(
            "one row shared",
            "All rows are one and the same list. [[0] * n] * n makes one row and names it n times.",
            one_shared_row,
        ),
        Misconception(
            "a step of two",
            "Every token but the last has a next one. You take pairs that do not overlap, and lose "
            "half of them.",
            counting(lambda docs, chars: pairs_in(docs, chars, step=2)),
        ),
        Misconception(
            "targets off by one",
            "You count the token after the next.",
            counting(
                lambda docs, chars: [
                    pair for doc in docs for pair in zip(encode(doc, chars), encode(doc, chars)[2:])
                ]
            ),
            also=(
                counting(
                    lambda docs, chars: [(t, t) for doc in docs for t in encode(doc, chars)[:-1]]
                ),
            ),
        ),
        Misconception(
            "only one document",
            "A table of one document is left. Is the table made anew inside the loop, or does a "
            "return end the loop early?",
            lambda docs, chars: bigram_counts(docs[-1:], chars),
            also=(lambda docs, chars: bigram_counts(docs[:1], chars),),
        ),
        Misconception(
            "whether, not how often",
            "A pair that is met twice counts 2.",
            counting(lambda docs, chars: set(pairs_in(docs, chars))),
        ),
        Misconception(
            "probabilities already",
            "The rows are divided by their sums. Asked for are whole counts; dividing comes next.",
            lambda docs, chars: shares(bigram_counts(docs, chars)),
        ),
        Misconception(
            "counted from 1",
            "Every entry is one too large. What was never met has the count 0.",
            lambda docs, chars: raised(bigram_counts(docs, chars)),
        ),
    ),
)


# ------------------------------------------------------------------------------- average_nll


def average_nll(probs, docs, chars):
    """The mean of -log probs[a][b] over all pairs (a, b) of neighbours in these documents."""
    surprises = []
    for doc in docs:
        tokens = encode(doc, chars)
        for current, following in zip(tokens, tokens[1:]):
            surprises.append(-math.log(probs[current][following]))
    return sum(surprises) / len(surprises)


def average(things):
    return sum(things) / len(things)


def surprises(probs, pairs):
    return [-math.log(probs[current][following]) for current, following in pairs]


def scored_over(cut):
    """The mean surprise over the pairs of tokens from which something has been cut away."""
    return lambda probs, docs, chars: average(surprises(probs, pairs_in(docs, chars, cut)))


def log_of_the_mean(probs, docs, chars):
    return -math.log(average([probs[a][b] for a, b in pairs_in(docs, chars)]))


def mean_of_means(probs, docs, chars):
    return average([average_nll(probs, [doc], chars) for doc in docs])


def summed(probs, docs, chars):
    return sum(surprises(probs, pairs_in(docs, chars)))


def random_probabilities(rng):
    """A table for a, b and BOS, with rows that add up to 1, and some documents."""
    rows = ([0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.7, 0.2, 0.1])
    probs = [rng.sample(rng.choice(rows), 3) for _ in range(3)]
    return probs, [word(rng, "ab", 1, 5) for _ in range(3)], ["a", "b"]


AVERAGE_NLL = Exercise(
    lesson="05a",
    solution=average_nll,
    weight="practice",
    minutes=4,
    difficulty=2,
    task="Score a table of probabilities on some documents: minus the logarithm of what it gave to "
    "each next token, and the mean of all of these. No pair here has the probability 0.",
    cases=(
        ([[0.1, 0.3, 0.6], [0.2, 0.3, 0.5], [0.7, 0.2, 0.1]], ["ab", "bbbb"], ["a", "b"]),
        ([[0.25, 0.75], [0.5, 0.5]], ["a", ""], ["a"]),
    ),
    fresh=random_probabilities,
    why=lambda probs, docs, chars: (
        f"the table gave {', '.join(f'{probs[a][b]:g}' for a, b in pairs_in(docs, chars))} to what "
        f"came, and the {len(pairs_in(docs, chars))} surprises add up to "
        f"{summed(probs, docs, chars):.6g}"
    ),
    holds="The mean surprise over all predictions, those of how a document begins and ends too.",
    hints=(
        "The same pairs as in bigram_counts: encode, and then each token with the next.",
        "math.log takes the probability that stands in the row of the one and the column of the "
        "other.",
        "First a logarithm for each pair, then the mean over all pairs of all documents.",
    ),
    misconceptions=(
        Misconception(
            "log of the mean for mean of logs",
            "You take the mean of the probabilities and one logarithm at the end. A single token "
            "that was thought impossible should cost a lot, and in that mean it drowns: logarithms "
            "first.",
            log_of_the_mean,
        ),
        Misconception(
            "mean of means",
            "A short document's tokens count more than a long one's here. Collect the surprises of "
            "all documents, and take one mean.",
            mean_of_means,
        ),
        Misconception(
            "sum for mean",
            "That grows with the text. Divide by how many predictions there were.",
            summed,
        ),
        Misconception(
            "divided by something else",
            "The sum is right. Divide by the number of predictions, which is neither that of the "
            "documents, nor of the characters, nor of the tokens: every token but the first of a "
            "document is predicted.",
            lambda probs, docs, chars: summed(probs, docs, chars) / len(docs),
            also=(
                lambda probs, docs, chars: summed(probs, docs, chars) / len("".join(docs)),
                lambda probs, docs, chars: (
                    summed(probs, docs, chars) / sum(len(encode(doc, chars)) for doc in docs)
                ),
            ),
        ),
        Misconception(
            "the minus sign left out",
            "Logarithms of probabilities are at most 0, and a surprise is at least 0.",
            lambda probs, docs, chars: -average_nll(probs, docs, chars),
        ),
        Misconception(
            "no logarithm",
            "That is the mean of the probabilities, or what is missing from it to 1. Take −log of "
            "each probability first.",
            lambda probs, docs, chars: average([probs[a][b] for a, b in pairs_in(docs, chars)]),
            also=(
                lambda probs, docs, chars: (
                    1 - average([probs[a][b] for a, b in pairs_in(docs, chars)])
                ),
            ),
        ),
        Misconception(
            "another logarithm",
            "math.log2 and math.log10 measure in bits and digits. math.log has the base e, and the "
            "course's losses are in its unit, nats.",
            lambda probs, docs, chars: average_nll(probs, docs, chars) / math.log(2),
            also=(lambda probs, docs, chars: average_nll(probs, docs, chars) / math.log(10),),
        ),
        Misconception(
            "rows and columns swapped",
            "The row is the token that stands there, the column the one that comes.",
            lambda probs, docs, chars: average_nll(turned(probs), docs, chars),
        ),
        Misconception(
            "BOS left out",
            "How documents begin and end is predicted as well.",
            scored_over(lambda tokens: tokens[1:-1]),
        ),
        Misconception(
            "BOS on one side",
            "One end of each document is not scored: from BOS to the first character, or from the "
            "last one to BOS.",
            scored_over(lambda tokens: tokens[:-1]),
            also=(scored_over(lambda tokens: tokens[1:]),),
        ),
        Misconception(
            "confidence is correctness",
            "You score what the table thought likeliest. Score what came.",
            lambda probs, docs, chars: average(
                [-math.log(max(probs[a])) for a, _ in pairs_in(docs, chars)]
            ),
        ),
    ),
)


# ------------------------------------------------------------- find the bug: probability zero


def repair_unseen(counts):
    """Each row of counts as probabilities, to score documents that were not counted."""
    table = []
    for row in counts:
        more = [count + 1 for count in row]
        table.append([count / sum(more) for count in more])
    return table


def buggy_unseen(counts):
    """Each row of counts as probabilities, to score documents that were not counted."""
    table = []
    for row in counts:
        table.append([count / sum(row) for count in row])
    return table


def random_counts(rng):
    """A row each for three tokens; some pairs were never met."""
    rows = [[rng.randint(1, 9), rng.randint(1, 9), 0] for _ in range(3)]
    return ([rng.sample(row, 3) for row in rows],)


def by_row(rule):
    """A table made from the rule for one entry of a row."""
    return lambda counts: [[rule(count, row) for count in row] for row in counts]


def never_zero(little):
    return by_row(lambda count, row: count / sum(row) if count else little)


REPAIR_UNSEEN = Exercise(
    lesson="05a",
    solution=repair_unseen,
    given=buggy_unseen,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="What was never counted is called impossible here, and a new name with such a pair has an "
    "infinite loss. Act as if every pair had been met once more than it was, before you divide.",
    cases=(
        ([[0, 1, 2], [3, 0, 1], [1, 1, 0]],),
        ([[4, 0], [0, 0]],),
    ),
    fresh=random_counts,
    why=lambda counts: (
        f"the first row, {counts[0]}, becomes {raised(counts)[0]}, which adds up to "
        f"{sum(raised(counts)[0])}"
    ),
    holds="Nothing is impossible, often still means likely, and every row adds up to 1.",
    hints=(
        "Where does the 0 come from: the counting or the dividing?",
        "Add the 1 to every count of a row, and only then ask for the sum of the row.",
        "A row with one more for each of its entries: [count + 1 for count in row].",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "What was never met still has the probability 0.",
            by_row(lambda count, row: count / sum(row)),
            also=(by_row(lambda count, row: count / (sum(row) or 1)),),
        ),
        Misconception(
            "divided by the old sum",
            "The counts have grown, and the sum has not: the row adds up to more than 1.",
            by_row(lambda count, row: (count + 1) / sum(row)),
            also=(by_row(lambda count, row: (count + 1) / (sum(row) + 1)),),
        ),
        Misconception(
            "only the sum has grown",
            "Now the row adds up to less than 1, and what was 0 still is.",
            by_row(lambda count, row: count / (sum(row) + len(row))),
            also=(by_row(lambda count, row: count / (sum(row) + 1)),),
        ),
        Misconception(
            "only the zeros changed",
            "What was never met now counts as much as what was met once. Give every pair one more.",
            by_row(lambda count, row: max(count, 1) / sum(max(other, 1) for other in row)),
        ),
        Misconception(
            "a little in the place of zero",
            "The row no longer adds up to 1, and how small the little is decides the score.",
            never_zero(1e-9),
            also=tuple(never_zero(10.0**-n) for n in (3, 4, 5, 6, 7, 8, 10)),
        ),
        Misconception(
            "added after dividing",
            "These are no longer probabilities: they are above 1.",
            by_row(lambda count, row: count / sum(row) + 1),
        ),
        Misconception(
            "the whole table adds up to 1",
            "Each row answers a question of its own: what comes after this token? Divide by its "
            "own sum.",
            lambda counts: [
                [count / sum(map(sum, raised(counts))) for count in row] for row in raised(counts)
            ],
        ),
        Misconception(
            "columns add up to 1",
            "The row is what stands there, and what may follow it shares 1.",
            lambda counts: turned(shares(turned(raised(counts)))),
        ),
        Misconception(
            "counts instead of probabilities",
            "The counts are right. Divide each by the sum of its row.",
            lambda counts: raised(counts),
        ),
    ),
)
