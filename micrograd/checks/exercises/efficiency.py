"""Notebook 09, the core: whole tables at once, their gradients, the mask and the padding.

These answers take and return NumPy's arrays. Where NumPy is missing, this file can still be read
and its exercises be listed, and none of them can be checked.
"""

from contextlib import suppress
from typing import Any

from micrograd.checks.declare import Exercise, Given, Misconception
from micrograd.checks.exercises.slopes import number

np: Any = None  # where NumPy is missing, as it may be in a browser's Python
with suppress(ImportError):
    import numpy

    np = numpy

# ------------------------------------------------------------------------------------- given

NUMPY = Given(lesson="09", name="numpy", text="import numpy as np\n")

SOFTMAX_ROWS = Given(
    lesson="09",
    name="softmax_rows",
    text='''\
def softmax_rows(scores):
    """Each row of scores as shares that sum to 1."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
''',
)

made: dict[str, Any] = {"__name__": __name__, "np": np}
exec(SOFTMAX_ROWS.text, made)
softmax_rows = made["softmax_rows"]

# ------------------------------------------------------------------------- inputs and outputs


def array(rows):
    """Numbers as NumPy's array; without NumPy they stay as they are."""
    return rows if np is None else np.array(rows, dtype=float)


def random_array(rng, *shape):
    """Numbers from −3 to 3 with few digits, in a vector or in rows."""
    if len(shape) == 1:
        return array([number(rng, -3.0, 3.0) for _ in range(shape[0])])
    return array([[number(rng, -3.0, 3.0) for _ in range(shape[1])] for _ in range(shape[0])])


def listed(x):
    """An array as a sentence shows it.

    >>> listed([[1.0, 2.25], [-0.5, 0.123456]])
    '[[1, 2.25], [-0.5, 0.1235]]'
    """
    if hasattr(x, "tolist"):
        x = x.tolist()
    if isinstance(x, list | tuple):
        return f"[{', '.join(map(listed, x))}]"
    return f"{x:.4g}".replace("-inf", "−inf")


# -------------------------------------------------------------------------------- linear


def linear_at_once(x, w):
    """Every row of x through the table w: one row of outputs for each row of x.

    x: tokens × inputs, w: outputs × inputs; the result: tokens × outputs.
    """
    return x @ w.T


LINEAR_AT_ONCE = Exercise(
    lesson="09",
    solution=linear_at_once,
    minutes=3,
    difficulty=1,
    task="Your linear of 04a takes one vector. Take all tokens of a text at once, as rows of x, "
    "and return a row of outputs for each, without a loop: @ multiplies two arrays, row by "
    "column, and .T turns one on its side.",
    cases=(
        (array([[1, 2], [0, 1], [3, 0]]), array([[1, 1], [0, 2]])),
        (array([[1, 2], [3, 4]]), array([[0, 1], [5, 0]])),
        (array([[1, 0, 2]]), array([[1, 2, 3], [0, 1, 0]])),
    ),
    fresh=lambda rng: (lambda e: (random_array(rng, 4, e), random_array(rng, 3, e)))(
        rng.randint(2, 5)
    ),
    why=lambda x, w: (
        f"the first row of x, {listed(x[0])}, with the first row of w, {listed(w[0])}, makes "
        f"{listed(linear_at_once(x, w)[0, 0])}, and with the last one, {listed(w[-1])}, "
        f"{listed(linear_at_once(x, w)[0, -1])}"
    ),
    holds="One product of two arrays is what linear does for every token.",
    hints=(
        "A @ B pairs each row of A with each column of B.",
        "We want each row of x with each row of w. What makes columns of the rows of w?",
        "Compare shapes: tokens × inputs, then inputs × outputs. The inner ones must agree.",
    ),
    misconceptions=(
        Misconception(
            "w not turned",
            "@ pairs rows with columns, and the weights of one output are a row of w. Where both "
            "sizes happen to agree, this gives wrong numbers without a word.",
            lambda x, w: x @ w,
        ),
        Misconception(
            "a row for each output",
            "The numbers are right, and lie on their side: a row should belong to a token.",
            lambda x, w: w @ x.T,
            also=(lambda x, w: (x @ w.T).T,),
        ),
        Misconception(
            "entry by entry",
            "* multiplies what stands in the same place, and adds up nothing. The product that "
            "adds up is written with another sign.",
            lambda x, w: x * w,
        ),
        Misconception(
            "only one token",
            "There is a row of outputs for one row of x, and x has several rows.",
            lambda x, w: x[0] @ w.T,
            also=(lambda x, w: x[:1] @ w.T, lambda x, w: x[-1] @ w.T),
        ),
        Misconception(
            "tokens added up",
            "The sum should run over the inputs of one token, and not over the tokens.",
            lambda x, w: (x @ w.T).sum(axis=0),
            also=(lambda x, w: (x[:, None, :] * w).sum(axis=0),),
        ),
        Misconception(
            "outputs added up",
            "Each row of w has an output of its own, which should be kept.",
            lambda x, w: (x @ w.T).sum(axis=1),
            also=(lambda x, w: (x[:, None, :] * w).sum(axis=1),),
        ),
    ),
)

# ------------------------------------------------------------------ the gradient of a product


def product_gradients(x, w, grad):
    """The gradients of x and of w, where y = x @ w.T and grad is the gradient of y.

    x: tokens × inputs, w: outputs × inputs, grad: tokens × outputs.
    """
    return grad @ w, grad.T @ x


PRODUCT_GRADIENTS = Exercise(
    lesson="09",
    solution=product_gradients,
    minutes=6,
    difficulty=3,
    task="y = x @ w.T. How fast the loss moves with each entry of y is known: grad, of the shape "
    "of y. Return how fast it moves with each entry of x, and with each entry of w: two arrays, "
    "of the shapes of x and of w.",
    cases=(
        (array([[1, 2], [3, 4]]), array([[5, 6]]), array([[1], [10]])),
        (array([[1, 0], [2, 1]]), array([[1, 3], [0, 2]]), array([[1, 0], [0, 5]])),
        (array([[1, 2, 3]]), array([[1, 0, 0], [0, 1, 2]]), array([[1, -1]])),
    ),
    fresh=lambda rng: (
        lambda t, e, o: (random_array(rng, t, e), random_array(rng, o, e), random_array(rng, t, o))
    )(rng.randint(2, 4), rng.randint(2, 4), rng.randint(2, 4)),
    why=lambda x, w, grad: (
        f"x[0][0] goes into every output of the first token, so its gradient sums, over the "
        f"outputs, grad {listed(grad[0])} times weight {listed(w[:, 0])}; w[0][0] is used by every "
        f"token, so its gradient sums, over the tokens, grad {listed(grad[:, 0])} times input "
        f"{listed(x[:, 0])}"
    ),
    holds="Backward through a product of arrays is two more products of arrays.",
    hints=(
        "One path: from x[t][e] to y[t][o] the slope is w[o][e]. Multiply it by grad[t][o] and add "
        "up what comes through all the outputs o.",
        "That sum pairs row t of grad with column e of w: it is a product with @.",
        "For w[o][e] the sum runs over the tokens t, and pairs column o of grad with column e of "
        "x. What must be turned, so that its rows are columns?",
    ),
    misconceptions=(
        Misconception(
            "the gradient of w on its side",
            "It should have the shape of w, outputs × inputs, so that it can be taken away from w.",
            lambda x, w, grad: (grad @ w, x.T @ grad),
            also=(lambda x, w, grad: (grad @ w, (grad.T @ x).T),),
        ),
        Misconception(
            "in the other order",
            "First the gradient of x, then that of w.",
            lambda x, w, grad: (grad.T @ x, grad @ w),
        ),
        Misconception(
            "grad left out",
            "These are the gradients of the plain sum of all y. The loss does not move equally "
            "with all of them: what arrives at y must be handed on.",
            lambda x, w, grad: (np.ones_like(grad) @ w, np.ones_like(grad).T @ x),
        ),
        Misconception(
            "averaged over the tokens",
            "A weight that is used by several tokens gets the sum of what comes back from each. "
            "Where a mean is wanted, the loss has taken it already.",
            lambda x, w, grad: (grad @ w, grad.T @ x / len(x)),
        ),
        Misconception(
            "each by its own",
            "The slope with respect to x is w, and not x: in a product it is always the other.",
            lambda x, w, grad: (grad.sum(axis=1, keepdims=True) * x, grad.sum(axis=0)[:, None] * w),
        ),
        Misconception(
            "only the first token",
            "Every token has used w, so each has something to say to it.",
            lambda x, w, grad: (grad @ w, grad[:1].T @ x[:1]),
        ),
        Misconception(
            "only the gradient of w",
            "Return two arrays, with a comma between. The gradient of x goes on to what made x.",
            lambda x, w, grad: grad.T @ x,
        ),
        Misconception(
            "only the gradient of x",
            "Return two arrays, with a comma between. The weights learn from the second.",
            lambda x, w, grad: grad @ w,
        ),
    ),
)

# --------------------------------------------------------------------------------- the mask


def causal_mask(scores):
    """The scores, with minus infinity where a token would look at a later one.

    scores: tokens × tokens; row t holds what token t thinks of each.
    """
    return np.where(np.tri(len(scores)) == 1, scores, -np.inf)


def hiding(hidden, filling=None):
    """The scores with something else in them wherever `hidden(row, column)`."""

    def wrong(scores):
        row, column = np.indices(scores.shape)
        value = -np.inf if filling is None else filling
        return np.where(hidden(row, column), value, scores)

    return wrong


CAUSAL_MASK = Exercise(
    lesson="09",
    solution=causal_mask,
    minutes=4,
    difficulty=2,
    task="Row t of scores says how well each token fits what token t asks for. Return a new array "
    "in which nobody sees the future: minus infinity, −np.inf, wherever the column is later than "
    "the row. np.tri(3) has ones where the past and the present are, and "
    "np.where(condition, a, b) takes from a where the condition holds, and else from b.",
    cases=(
        (array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]),),
        (array([[0.5, 2], [-1, 0]]),),
        (array([[2]]),),
    ),
    fresh=lambda rng: (lambda n: (random_array(rng, n, n),))(rng.randint(2, 6)),
    why=lambda scores: (
        f"token 0 may see itself alone, and the last of {len(scores)} may see all; so "
        f"{len(scores) * (len(scores) - 1) // 2} of {len(scores) ** 2} scores are hidden, those "
        "above the diagonal"
    ),
    holds="Nothing later is seen, and what is left stays as it was. Softmax makes 0 of minus "
    "infinity.",
    hints=(
        "Print np.tri(3). Which scores should stay where it has a 1?",
        "np.tri(len(scores)) == 1 is true in the past and the present.",
        "Put that condition into np.where: the scores where it is true, and elsewhere −np.inf.",
    ),
    misconceptions=(
        Misconception(
            "the past hidden, not the future",
            "Rows ask and columns are looked at. With this mask the first token sees everything, "
            "and the last one itself alone: the axes are exchanged.",
            hiding(lambda row, column: column < row),
        ),
        Misconception(
            "the present hidden as well",
            "A token may see itself. And the first one has nobody else: a row of nothing but "
            "minus infinity has no softmax.",
            hiding(lambda row, column: column >= row),
        ),
        Misconception(
            "zero for hidden",
            "A score of 0 is no score of nothing: e⁰ is 1, so the future would still get a share.",
            hiding(lambda row, column: column > row, 0.0),
            also=(lambda scores: np.tril(scores), lambda scores: scores * np.tri(len(scores))),
        ),
        Misconception(
            "masked after the softmax",
            "You return shares, and they were made while the future still took part. The mask "
            "belongs before the softmax.",
            lambda scores: softmax_rows(scores) * np.tri(len(scores)),
        ),
        Misconception(
            "softmax already taken",
            "These are the shares. They are right, and softmax comes in the next step: return the "
            "scores.",
            lambda scores: softmax_rows(causal_mask(scores)),
        ),
        Misconception(
            "plus infinity",
            "With plus infinity the future takes everything. It should get nothing.",
            hiding(lambda row, column: column > row, float("inf")),
        ),
        Misconception(
            "one step of the future",
            "Each token still sees its next one, the very token that is to be predicted.",
            hiding(lambda row, column: column > row + 1),
        ),
        Misconception(
            "the mask without the scores",
            "This is the mask alone. Where nothing is hidden, the scores should stand.",
            lambda scores: np.where(np.tri(len(scores)) == 1, 0.0, -np.inf),
            also=(
                lambda scores: np.tri(len(scores)),
                lambda scores: np.where(np.tri(len(scores)) == 1, 1.0, -np.inf),
                lambda scores: np.tri(len(scores)) == 1,
            ),
        ),
    ),
)

# ------------------------------------------------------------------------- attention at once


def attention_at_once(q, k, v):
    """One head for all tokens: for each query the average of the values up to its own token.

    q, k, v: tokens × head size; so is the result.
    """
    scores = q @ k.T / q.shape[1] ** 0.5
    return softmax_rows(causal_mask(scores)) @ v


def attending(scale=lambda q: q.shape[1] ** 0.5, shares=None, keys=lambda k: k.T):
    """Attention with something changed: the divisor of the scores, or how shares are made."""

    def wrong(q, k, v):
        scores = q @ keys(k) / scale(q)
        made = softmax_rows(causal_mask(scores)) if shares is None else shares(scores)
        return made @ v

    return wrong


def attention_why(q, k, v):
    result = attention_at_once(q, k, v)
    shares = softmax_rows(causal_mask(q @ k.T / q.shape[1] ** 0.5))
    return (
        f"token 0 sees itself alone and gets its own value, {listed(v[0])}; the last token has "
        f"the shares {listed(shares[-1])} and gets {listed(result[-1])}"
    )


ATTENTION_AT_ONCE = Exercise(
    lesson="09",
    solution=attention_at_once,
    minutes=5,
    difficulty=2,
    task="attend of 06a answered one query. Answer all of them at once: a table of scores, every "
    "query with every key, over the root of the head's size; the mask; shares, by softmax_rows; "
    "and each row's average of the values.",
    cases=(
        (
            array([[1, 0], [0, 2]]),
            array([[1, 0], [0, 2]]),
            array([[10, 0], [0, 20]]),
        ),
        (
            array([[2, 1], [0, 1], [1, 1]]),
            array([[1, 0], [1, 1], [0, 2]]),
            array([[1, 5], [2, 6], [4, 9]]),
        ),
        (array([[3, 1, 1, 2]]), array([[1, 2, 0, 1]]), array([[4, 3, 2, 1]])),
    ),
    fresh=lambda rng: (lambda n, h: tuple(random_array(rng, n, h) for _ in range(3)))(
        rng.randint(3, 5), rng.randint(2, 4)
    ),
    why=attention_why,
    holds="Every token hears the past and itself: what 06a did token by token, in three products.",
    hints=(
        "Every query with every key: rows of q with rows of k. You have done that in "
        "linear_at_once.",
        "q.shape[1] is the size of a head. x ** 0.5 is a root.",
        "Shares are rows, one number for each token. The average they weigh is again a product "
        "with @.",
    ),
    misconceptions=(
        Misconception(
            "scale forgotten",
            "The scores are divided by the root of the head's size, so that they do not grow "
            "with it.",
            attending(scale=lambda q: 1.0),
        ),
        Misconception(
            "divided by the size, not by its root",
            "√4 = 2 is the divisor for 4 numbers, not 4.",
            attending(scale=lambda q: q.shape[1]),
        ),
        Misconception(
            "scaled by the number of tokens",
            "len(q) is how many tokens there are. What counts is how many numbers a query has.",
            attending(scale=lambda q: len(q) ** 0.5),
        ),
        Misconception(
            "no mask",
            "Every token hears the future too, and with it the very token that it should predict.",
            attending(shares=lambda scores: softmax_rows(scores)),
        ),
        Misconception(
            "masked after the softmax",
            "The future took part in the shares before it was hidden, so those that are left do "
            "not add up to 1.",
            attending(shares=lambda scores: softmax_rows(scores) * np.tri(len(scores))),
        ),
        Misconception(
            "softmax down the columns",
            "The shares of one query stand in a row and add up to 1 there.",
            attending(shares=lambda scores: softmax_rows(causal_mask(scores).T).T),
        ),
        Misconception(
            "keys ask, queries answer",
            "Row t of the scores should belong to the query of token t.",
            lambda q, k, v: attending()(k, q, v),
        ),
        Misconception(
            "no softmax",
            "Scores are no shares: they can be negative, and do not add up to 1.",
            attending(shares=lambda scores: scores * np.tri(len(scores))),
            also=(attending(shares=causal_mask), attending(shares=lambda scores: scores)),
        ),
        Misconception(
            "the shares alone",
            "These are the shares. With them the values are averaged, in one more product.",
            lambda q, k, v: softmax_rows(causal_mask(q @ k.T / q.shape[1] ** 0.5)),
        ),
    ),
)

# ---------------------------------------------------------------------- the loss of a batch


def padded_mean_loss(surprises, lengths):
    """The mean over the documents of each document's mean surprise.

    surprises: documents × places; in row b only the first lengths[b] places count.
    """
    real = np.arange(surprises.shape[1]) < lengths[:, None]
    return ((surprises * real).sum(axis=1) / lengths).mean()


def random_batch(rng):
    lengths = [rng.randint(1, 5) for _ in range(4)]
    lengths[rng.randrange(4)] = 2
    places = max(lengths) + rng.randint(0, 1)
    rows = [[number(rng, 0.5, 6.0) for _ in range(places)] for _ in lengths]
    return array(rows), whole(lengths)


def whole(numbers):
    return numbers if np is None else np.array(numbers)


def counting(real):
    """The mean of the means, with another idea of what is real."""

    def wrong(surprises, lengths):
        counted = real(np.arange(surprises.shape[1]), lengths[:, None])
        return ((surprises * counted).sum(axis=1) / lengths).mean()

    return wrong


def padded_why(surprises, lengths):
    means = [row[:n].mean() for row, n in zip(surprises, lengths)]
    return (
        f"the first document has {lengths[0]} real places, {listed(surprises[0][: lengths[0]])}; "
        f"the documents' means are {listed(means)}, and of these the mean is wanted"
    )


PADDED_MEAN_LOSS = Exercise(
    lesson="09",
    solution=padded_mean_loss,
    minutes=5,
    difficulty=3,
    task="surprises has a row for each document, filled up with padding, whose numbers mean "
    "nothing. lengths says how many places of each row are real. Return the mean over the "
    "documents of each document's mean. (np.arange(n) is [0, 1, …, n − 1], and lengths[:, None] "
    "makes a column of lengths, so that < compares every place with every length.)",
    cases=(
        (array([[2, 4, 9], [1, 9, 9]]), whole([2, 1])),
        (array([[3, 6, 3, 8], [1, 2, 8, 8], [4, 4, 4, 4]]), whole([3, 2, 4])),
        (array([[2.5, 1.5]]), whole([2])),
    ),
    fresh=random_batch,
    why=padded_why,
    holds="Padding counts nothing, and a document counts the same in a batch as by itself.",
    hints=(
        "np.arange(surprises.shape[1]) < lengths[:, None] is a table of true and false. Print it "
        "for the first case.",
        "Times true is times 1, times false is times 0. Then add up each row: axis=1.",
        "Divide each row's sum by its own length, and take the mean of what you get.",
    ),
    misconceptions=(
        Misconception(
            "padding counted",
            "The padding is in your mean. It is no text, and whatever the model says there is "
            "neither right nor wrong.",
            lambda surprises, lengths: surprises.mean(),
        ),
        Misconception(
            "padding counted as certain",
            "Padding is 0 in your sum, and still counts in the number that you divide by: so a "
            "short document seems easier than it is.",
            lambda surprises, lengths: (
                surprises * (np.arange(surprises.shape[1]) < lengths[:, None])
            ).mean(),
        ),
        Misconception(
            "every token counts the same",
            "This is the mean over all tokens, and a common choice too. Here every document "
            "should count the same, so take each one's mean first.",
            lambda surprises, lengths: (
                (surprises * (np.arange(surprises.shape[1]) < lengths[:, None])).sum()
                / lengths.sum()
            ),
        ),
        Misconception(
            "one place too many",
            "Places are counted from 0, so of 2 real places the last one is place 1.",
            counting(lambda place, length: place <= length),
        ),
        Misconception(
            "one place too few",
            "The last real place is missing.",
            counting(lambda place, length: place < length - 1),
        ),
        Misconception(
            "the padding alone",
            "You keep what should go: real are the places before the length.",
            counting(lambda place, length: place >= length),
        ),
        Misconception(
            "added up over the documents",
            "Each document's mean is right. Take the mean of these, so that a larger batch has no "
            "larger loss.",
            lambda surprises, lengths: len(lengths) * padded_mean_loss(surprises, lengths),
        ),
        Misconception(
            "a loss for each document",
            "These are the documents' losses. The batch has one, their mean.",
            lambda surprises, lengths: (
                (surprises * (np.arange(surprises.shape[1]) < lengths[:, None])).sum(axis=1)
                / lengths
            ),
        ),
        Misconception(
            "sums for means",
            "A long document has more surprises than a short one. Divide each sum by its length.",
            lambda surprises, lengths: (
                (surprises * (np.arange(surprises.shape[1]) < lengths[:, None])).sum(axis=1).mean()
            ),
        ),
    ),
)
