"""Notebook 09, to choose from: a mask in the wrong place, softmax in blocks, many gradients."""

# A function to complete has gaps where its names are to be used, and numbers to stand.
# ruff: noqa: B007, F841
# mypy: disable-error-code="assignment"

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises import efficiency
from micrograd.checks.exercises.efficiency import (
    array,
    causal_mask,
    listed,
    random_array,
    softmax_rows,
)
from micrograd.checks.exercises.slopes import number

# Not by `import`: Python compiles np.tri otherwise in a file that imports np than in a notebook's
# cell, which only uses it, and a function with a bug is known by its compiled steps.
np = efficiency.np

# ----------------------------------------------- find the bug: masked after the softmax


def repair_shares(scores):
    """The shares of every token in the past and the present; each row sums to 1."""
    return softmax_rows(causal_mask(scores))


def masked_too_late(scores):
    """The shares of every token in the past and the present; each row sums to 1."""
    shares = softmax_rows(scores)
    return shares * np.tri(len(scores))


REPAIR_SHARES = Exercise(
    lesson="09",
    solution=repair_shares,
    given=masked_too_late,
    kind="repair",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="Nothing of the future comes through here, so it looks right, and it even trains. But the "
    "future was there when the shares were made. Which rows tell? Repair it.",
    cases=(
        (array([[0, 0, 0], [0, 0, 0], [0, 0, 0]]),),
        (array([[1, 3], [0, 2]]),),
        (array([[4]]),),
    ),
    fresh=lambda rng: (lambda n: (random_array(rng, n, n),))(rng.randint(2, 5)),
    why=lambda scores: (
        f"token 0 sees itself alone, so its share is 1; the last token sees all and gives them "
        f"{listed(repair_shares(scores)[-1])}"
    ),
    holds="Each row sums to 1, whatever the future would have scored.",
    hints=(
        "Add up each row of what comes out: shares.sum(axis=1). What should it be?",
        "The exponentials of the future are in the divisor. When must they be gone?",
        "You have written a function that hides scores rather than shares.",
    ),
    misconceptions=(
        Misconception(
            "no mask any more",
            "Now the future has its shares again.",
            lambda scores: softmax_rows(scores),
        ),
        Misconception(
            "divided down the columns",
            "The rows should sum to 1, not the columns.",
            lambda scores: (
                masked_too_late(scores) / masked_too_late(scores).sum(axis=0, keepdims=True)
            ),
            also=(lambda scores: softmax_rows(causal_mask(scores).T).T,),
        ),
        Misconception(
            "a score of zero for hidden",
            "e⁰ is 1, so a score of 0 gets a share.",
            lambda scores: softmax_rows(scores * np.tri(len(scores))),
            also=(lambda scores: softmax_rows(scores * np.tri(len(scores))) * np.tri(len(scores)),),
        ),
        Misconception(
            "the scores instead of the shares",
            "These are scores with the future hidden. Shares come of them by softmax.",
            causal_mask,
        ),
        Misconception(
            "the past hidden",
            "Rows ask, columns are looked at: the axes of your mask are exchanged.",
            lambda scores: softmax_rows(causal_mask(scores.T).T),
        ),
    ),
)

# ------------------------------------------------------- softmax that never sees it all


def attend_in_blocks(blocks):
    """The average of all values, weighted by the softmax of all scores, block by block.

    blocks: pairs of scores (n,) and values (n, H); no two blocks are looked at together.
    """
    largest, total, summed = -np.inf, 0.0, 0.0
    for scores, values in blocks:
        before, largest = largest, max(largest, scores.max())
        keep = np.exp(before - largest)
        e = np.exp(scores - largest)
        total = keep * total + e.sum()
        summed = keep * summed + e @ values
    return summed / total


def with_gaps(blocks):
    """The average of all values, weighted by the softmax of all scores, block by block.

    blocks: pairs of scores (n,) and values (n, H); no two blocks are looked at together.
    """
    largest, total, summed = -np.inf, 0.0, 0.0
    for scores, values in blocks:
        before, largest = largest, max(largest, scores.max())
        keep = ...  # what e to the power of (a score − before) must be multiplied by
        e = np.exp(scores - largest)
        total = ...
        summed = ...
    return summed / total


def in_blocks(keep=lambda before, largest: np.exp(before - largest), of_total=1, of_sum=1):
    """The same with something changed: what earlier sums are multiplied by."""

    def wrong(blocks):
        largest, total, summed = -np.inf, 0.0, 0.0
        for scores, values in blocks:
            before, largest = largest, max(largest, scores.max())
            factor = keep(before, largest)
            e = np.exp(scores - largest)
            total = (factor if of_total else 1.0) * total + e.sum()
            summed = (factor if of_sum else 1.0) * summed + e @ values
        return summed / total

    return wrong


def mean_of_blocks(blocks):
    """The answer of each block, averaged as if blocks had equal shares."""
    return sum(attend_in_blocks([block]) for block in blocks) / len(blocks)


def blocks_why(blocks):
    scores = np.concatenate([scores for scores, _ in blocks])
    shares = softmax_rows(scores[None, :])[0]
    return (
        f"all scores together are {listed(scores)}, their shares {listed(shares)}, and the values "
        f"are averaged by these"
    )


def random_blocks(rng):
    sizes = [rng.randint(1, 3) for _ in range(rng.randint(2, 4))]
    blocks = [(random_array(rng, n), random_array(rng, n, 2)) for n in sizes]
    peak = rng.randrange(1, len(blocks))  # the largest score comes late, and must change all sums
    blocks[peak][0][0] = number(rng, 4.0, 6.0)
    return (blocks,)


ATTEND_IN_BLOCKS = Exercise(
    lesson="09",
    solution=attend_in_blocks,
    given=with_gaps,
    kind="complete",
    weight="stretch",
    minutes=8,
    difficulty=3,
    task="Softmax divides by a sum over all scores, and takes the largest of them away first. Do "
    "it without ever having all of them: keep three things, the largest score so far, the sum of "
    "the exponentials so far, and the sum of values that they weigh. A larger score changes what "
    "was taken away, so what was summed before must shrink by a factor. Fill the three gaps.",
    cases=(
        (
            [
                (array([0, 0]), array([[1, 10], [3, 20]])),
                (array([0, 0]), array([[5, 30], [7, 40]])),
            ],
        ),
        ([(array([0]), array([[1, 10]])), (array([2]), array([[3, 20]]))],),
        ([(array([3, 1]), array([[1, 0], [0, 1]])), (array([0]), array([[4, 4]]))],),
    ),
    fresh=random_blocks,
    why=blocks_why,
    holds="No more than one block of scores was ever there, and the result is that of all.",
    hints=(
        "Before this block every exponential was of (score − before). It should have been of "
        "(score − largest).",
        "e to the (a − b) times e to the (b − c) is e to the (a − c).",
        "total: the old one times keep, and the new exponentials added up. summed: the same, and "
        "e @ values adds up the values, weighed by e.",
    ),
    misconceptions=(
        Misconception(
            "earlier sums not made smaller",
            "When a larger score comes, the sums before were made with another number taken away.",
            in_blocks(keep=lambda before, largest: 1.0),
        ),
        Misconception(
            "grown instead of made smaller",
            "The largest can only rise, so what was summed before must shrink.",
            in_blocks(keep=lambda before, largest: np.exp(min(largest - before, 700.0))),
        ),
        Misconception(
            "only the divisor made smaller",
            "The sum of the values was made with the same exponentials as their total.",
            in_blocks(of_sum=0),
        ),
        Misconception(
            "only the values made smaller",
            "The total was made with the same exponentials as the sum of the values.",
            in_blocks(of_total=0),
        ),
        Misconception(
            "only the last block",
            "Each block begins anew. Add to what was there.",
            lambda blocks: attend_in_blocks(blocks[-1:]),
        ),
        Misconception(
            "each block by itself",
            "A block with low scores deserves a small share, and not an equal one.",
            mean_of_blocks,
        ),
    ),
)

# --------------------------------------------------------------- many workers, one gradient


def average_gradients(gradients, documents):
    """The gradient of the mean loss over all documents, from those of several workers.

    gradients[i] is that of the mean loss over the documents[i] documents of worker i.
    """
    weighted = [n * gradient for gradient, n in zip(gradients, documents)]
    return sum(weighted) / sum(documents)


def random_workers(rng):
    documents = rng.sample(range(1, 9), rng.randint(2, 4))
    return [random_array(rng, 3) for _ in documents], documents


def average_why(gradients, documents):
    return (
        f"{sum(documents)} documents have had a say, and a worker speaks for its own: "
        f"{', '.join(f'{n} of them with {listed(g)}' for g, n in zip(gradients, documents))}"
    )


AVERAGE_GRADIENTS = Exercise(
    lesson="09",
    solution=average_gradients,
    weight="stretch",
    minutes=4,
    difficulty=2,
    task="Each worker has taken the mean over its own documents, and they need not have equally "
    "many. Return the gradient that one worker with all documents would have found.",
    cases=(
        ([array([2, 0]), array([4, 8])], [3, 1]),
        ([array([1, 1]), array([3, 5])], [2, 2]),
        ([array([3, -6])], [5]),
    ),
    fresh=random_workers,
    why=average_why,
    holds="However the documents are dealt out, the update is the same.",
    hints=(
        "The mean over 3 documents, times 3, is their sum.",
        "Add up all these sums, then divide by how many documents there are in all.",
        "zip(gradients, documents) gives each worker's gradient with its number of documents.",
    ),
    misconceptions=(
        Misconception(
            "every worker counts the same",
            "A worker with one document would have as much to say as one with three.",
            lambda gradients, documents: sum(gradients) / len(gradients),
        ),
        Misconception(
            "added up, not averaged",
            "Twice as many workers would make steps twice as long.",
            lambda gradients, documents: sum(gradients),
        ),
        Misconception(
            "a sum over the documents",
            "This grows with the number of documents. The loss is their mean.",
            lambda gradients, documents: sum(n * g for g, n in zip(gradients, documents)),
        ),
        Misconception(
            "divided by the workers",
            "You have weighed each worker by its documents. Then there are as many to divide by "
            "as there are documents.",
            lambda gradients, documents: (
                sum(n * g for g, n in zip(gradients, documents)) / len(documents)
            ),
        ),
        Misconception(
            "the other way round",
            "A gradient of few documents counts less, not more.",
            lambda gradients, documents: (
                sum(g / n for g, n in zip(gradients, documents)) / sum(1 / n for n in documents)
            ),
        ),
        Misconception(
            "only the first worker",
            "The others have worked too.",
            lambda gradients, documents: gradients[0],
        ),
    ),
)
