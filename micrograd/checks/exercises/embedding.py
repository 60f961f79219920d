"""Notebook 06a, first half: a vector for a token, brought to size, and cut into heads."""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.networks import (
    TRACED,
    flat,
    numbers,
    outputs,
    random_mat,
    random_vec,
    vec,
)

# ---------------------------------------------------------------------------------- comparing


def tables(state):
    """All Values in a dict of tables."""
    return flat(list(state.values()))


def seen(results, values):
    """What `outputs` sees, unless something that was given has been written over."""
    if any(value._prev for value in values):
        return "a list that was given has been written over"
    found = outputs(results, values)
    if isinstance(found, str):
        return found
    return found[0], [round(slope, 12) + 0.0 for slope in found[1]]


def listed(data):
    """Numbers in a row, for a sentence.

    >>> listed([1.0, 2.5])
    '1, 2.5'
    """
    return ", ".join(f"{x:.4g}" for x in data)


# ------------------------------------------------------------------------------------- embed


def embed(token, position, state):
    """One vector for a token at its position: the token's row of wte plus the position's of wpe."""
    return [a + b for a, b in zip(state["wte"][token], state["wpe"][position])]


def embed_in_place(token, position, state):
    row = state["wte"][token]
    for i, b in enumerate(state["wpe"][position]):
        row[i] = row[i] + b
    return row


SMALL_STATE = {
    "wte": [vec(1.0, 2.0), vec(3.0, 4.0), vec(5.0, 6.0)],
    "wpe": [vec(10.0, 20.0), vec(30.0, 40.0), vec(50.0, 60.0)],
}

EMBED = Exercise(
    lesson="06a",
    solution=embed,
    minutes=3,
    difficulty=1,
    task="Say in one vector which token it is and where it stands. state holds the tables: "
    "wte has a row for each token, wpe a row for each position. Add the two rows, entry by entry.",
    cases=((1, 0, SMALL_STATE), (0, 2, SMALL_STATE)),
    fresh=lambda rng: (
        rng.randrange(3),
        rng.randrange(3),
        {"wte": random_mat(rng, 3, 2), "wpe": random_mat(rng, 3, 2)},
    ),
    why=lambda token, position, state: (
        f"token {token} has the row {listed(numbers(state['wte'][token]))}, and position "
        f"{position} the row {listed(numbers(state['wpe'][position]))}"
    ),
    observe=lambda result, inputs: seen(result, tables(inputs[2])),
    observed=TRACED,
    holds="Both rows are in the sum and can learn, and the tables are as they were.",
    hints=(
        'state["wte"] is a list of rows. The id of a token says which one is its own.',
        "A position has a row in the same way, in the other table.",
        "zip pairs the entries of the two rows. Add each pair, into a new list.",
    ),
    misconceptions=(
        Misconception(
            "position forgotten",
            "The same letter gets the same vector wherever it stands.",
            lambda token, position, state: list(state["wte"][token]),
        ),
        Misconception(
            "token forgotten",
            "Every letter at this position gets the same vector.",
            lambda token, position, state: list(state["wpe"][position]),
        ),
        Misconception(
            "token and position swapped",
            "The id of the token picks the row of a position, and the other way round.",
            lambda token, position, state: embed(position, token, state),
        ),
        Misconception(
            "one after the other",
            "+ between two lists joins them, and the vector has grown twice as long. What should "
            "be added are the entries.",
            lambda token, position, state: state["wte"][token] + state["wpe"][position],
        ),
        Misconception(
            "multiplied",
            "The entries are multiplied. A position moves the vector of its token by a fixed step: "
            "it is added.",
            lambda token, position, state: [
                a * b for a, b in zip(state["wte"][token], state["wpe"][position])
            ],
        ),
        Misconception(
            "the id is a magnitude",
            "An id or a position is not a size: position 2 is not twice position 1. The number "
            "says which row to pick, and nothing is computed with it.",
            lambda token, position, state: [a + position for a in state["wte"][token]],
            also=(
                lambda token, position, state: [
                    a * token + b for a, b in zip(state["wte"][token], state["wpe"][position])
                ],
                lambda token, position, state: [
                    a + b * position for a, b in zip(state["wte"][token], state["wpe"][position])
                ],
            ),
        ),
        Misconception(
            "columns for rows",
            "A token's numbers stand side by side in one row, not below one another.",
            lambda token, position, state: [
                a[token] + b[position] for a, b in zip(state["wte"], state["wpe"])
            ],
        ),
        Misconception(
            "the mean of the two",
            "Halved. Both rows are learned, so they find their own size; add them as they are.",
            lambda token, position, state: [a * 0.5 for a in embed(token, position, state)],
        ),
        Misconception(
            "already brought to size",
            "The norm comes later, in a step of its own. embed gives the plain sum.",
            lambda token, position, state: rmsnorm(embed(token, position, state)),
        ),
        Misconception(
            "the table written over",
            "Your name for the row and the row in the table are one list, so the table itself has "
            "changed, and when this token comes again, a position is in it already. Make a new "
            "list.",
            embed_in_place,
        ),
        Misconception(
            "plain numbers",
            "The sum is right, and it has forgotten its rows, so they cannot learn. Add the "
            "Values, not their data.",
            lambda token, position, state: numbers(embed(token, position, state)),
        ),
    ),
)


# ----------------------------------------------------------------------------------- rmsnorm


def rmsnorm(x):
    """x divided by the root of (the mean of its squares + 1e-5)."""
    mean_square = sum(a * a for a in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [a * scale for a in x]


def divided(by):
    """x, divided by something else; `by` is given its Values."""
    return lambda x: [a / by(x) for a in x]


def mean(x):
    return sum(x) / len(x)


def squares(x):
    return [a * a for a in x]


def mean_taken_away(x):
    centre = mean(x)
    return rmsnorm([a - centre for a in x])


def rmsnorm_in_place(x):
    x[:] = rmsnorm(x)
    return x


def rmsnorm_why(x):
    data = numbers(x)
    square = sum(a * a for a in data) / len(data)
    return (
        f"the squares are {listed(a * a for a in data)}, their mean is {square:.4g}, and with the "
        f"1e-5 the root is {(square + 1e-5) ** 0.5:.6g}"
    )


RMSNORM = Exercise(
    lesson="06a",
    solution=rmsnorm,
    minutes=4,
    difficulty=2,
    task="Bring a vector to size 1: divide each entry by the root of the mean of the squares. "
    "Add 1e-5 to that mean, under the root, so that a vector of zeros is not divided by 0.",
    cases=((vec(3.0, 4.0),), (vec(-1.0, 2.0, 0.0, -2.0),), (vec(0.0, 0.0),), (vec(0.001, -0.002),)),
    fresh=lambda rng: (random_vec(rng, rng.randint(2, 4)),),
    why=rmsnorm_why,
    observe=lambda result, inputs: seen(result, inputs[0]),
    observed=TRACED,
    holds="Large or small, what comes out is near 1 in size and points the same way; zeros stay "
    "zeros.",
    hints=(
        "Read the name backwards: squares first, then their mean, then the root.",
        "The mean of the squares is one number for the whole vector. Values know * and +.",
        "A root is the power 0.5. To divide by a root is to multiply by the power −0.5.",
    ),
    misconceptions=(
        Misconception(
            "the sum for the mean",
            "You add the squares up and do not divide by how many there are. Then the entries "
            "shrink when there are more of them. The mean is wanted.",
            divided(lambda x: (sum(squares(x)) + 1e-5) ** 0.5),
        ),
        Misconception(
            "the root forgotten",
            "You divide by the mean of the squares itself. Then twice the vector comes out half as "
            "large.",
            divided(lambda x: mean(squares(x)) + 1e-5),
        ),
        Misconception(
            "the mean for the mean of squares",
            "Entries of 1 and −1 have the mean 0, and are not small. Square each one before you "
            "take the mean.",
            divided(lambda x: (mean(x) ** 2 + 1e-5) ** 0.5),
            also=(divided(lambda x: mean(x) + 1e-5),),
        ),
        Misconception(
            "divided by how many there are",
            "The number of entries is the same for every vector, large or small. What says how "
            "large its entries are?",
            divided(lambda x: len(x)),
            also=(divided(lambda x: len(x) ** 0.5),),
        ),
        Misconception(
            "multiplied by the root",
            "A large vector becomes larger still. It should be divided.",
            lambda x: [a * (mean(squares(x)) + 1e-5) ** 0.5 for a in x],
        ),
        Misconception(
            "the mean taken away",
            "You move the entries so that their mean is 0. Other models do that too; here the "
            "vector keeps its direction.",
            mean_taken_away,
        ),
        Misconception(
            "the 1e-5 forgotten",
            "Right for most vectors. For a vector of zeros you divide by 0.",
            divided(lambda x: mean(squares(x)) ** 0.5),
            also=(lambda x: [a * mean(squares(x)) ** -0.5 for a in x],),
        ),
        Misconception(
            "the 1e-5 outside of the root",
            "Nearly right. The 1e-5 is added to the mean, before the root is taken.",
            divided(lambda x: mean(squares(x)) ** 0.5 + 1e-5),
        ),
        Misconception(
            "another epsilon",
            "The small number under the root is 1e-5 here; another one shows where a vector is "
            "tiny.",
            divided(lambda x: (mean(squares(x)) + 1e-8) ** 0.5),
            also=(
                divided(lambda x: (mean(squares(x)) + 1e-6) ** 0.5),
                divided(lambda x: (mean(squares(x)) + 1e-10) ** 0.5),
            ),
        ),
        Misconception(
            "x itself changed",
            "The numbers are right, and x itself has changed. Others still need it as it was. Make "
            "a new list.",
            rmsnorm_in_place,
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and no gradient can go through them. Compute with the Values.",
            lambda x: numbers(rmsnorm(x)),
        ),
        Misconception(
            "the size as a plain number",
            "The entries are right, and their slopes are not: the size depends on x as well, so it "
            "must be made from Values too.",
            lambda x: [a * numbers([(mean(squares(x)) + 1e-5) ** -0.5])[0] for a in x],
        ),
    ),
)


# ------------------------------------------------------------------------------- split_heads


def split_heads(x, n_head):
    """x as n_head lists of equal length, in order."""
    size = len(x) // n_head
    return [x[i * size : (i + 1) * size] for i in range(n_head)]


def pieces_of(x, size):
    return [x[i : i + size] for i in range(0, len(x), size)]


def heads_seen(result, inputs):
    """The numbers of each piece, and the slopes."""
    found = seen(flat(result), inputs[0])
    return numbers(result), found if isinstance(found, str) else found[1]


SPLIT_HEADS = Exercise(
    lesson="06a",
    solution=split_heads,
    minutes=3,
    difficulty=1,
    task="Cut a vector into as many pieces as there are heads, all of the same length: the first "
    "piece for the first head, and so on.",
    cases=(
        (vec(1.0, 2.0, 3.0, 4.0), 2),
        (vec(1.0, 2.0, 3.0, 4.0, 5.0, 6.0), 3),
        (vec(1.0, 2.0, 3.0, 4.0, 5.0, 6.0), 2),
        (vec(7.0, 8.0), 1),
    ),
    fresh=lambda rng: (random_vec(rng, 6), rng.choice([1, 2, 3, 6])),
    why=lambda x, n_head: (
        f"there are {len(x)} numbers for {n_head} heads, so each head gets {len(x) // n_head}, "
        "and its neighbours stay together"
    ),
    observe=heads_seen,
    observed="the pieces, then how fast 1 · the first number in them + 2 · the second and so on "
    "moves with each Value that went in",
    holds="Every number goes to one head, in order, and it is the Value itself.",
    hints=(
        "How many numbers does each head get? // divides whole numbers.",
        "x[2:4] is the piece from index 2 up to, and without, index 4.",
        "With pieces of 2, the pieces begin at 0, 2, 4: the head's number times the size.",
    ),
    misconceptions=(
        Misconception(
            "heads interleaved",
            "You deal the numbers out like cards, one to each head in turn. A head gets numbers "
            "that stand side by side.",
            lambda x, n_head: [x[i::n_head] for i in range(n_head)],
        ),
        Misconception(
            "n_head taken for the size",
            "Your pieces have n_head numbers each. n_head says how many pieces there are.",
            pieces_of,
        ),
        Misconception(
            "every head gets all of it",
            "You give the whole vector to every head. Cut it, so that each gets a piece of its "
            "own.",
            lambda x, n_head: [list(x) for _ in range(n_head)],
        ),
        Misconception(
            "single numbers",
            "These are the first numbers of the pieces. Each head wants a list.",
            lambda x, n_head: [x[i] for i in range(n_head)],
        ),
        Misconception(
            "the pieces overlap",
            "Your pieces have the right length and begin one after the other. The next begins "
            "where the one before ends.",
            lambda x, n_head: [x[i : i + len(x) // n_head] for i in range(n_head)],
        ),
        Misconception(
            "only the first head",
            "There is one piece for each head. Does a return end the loop early?",
            lambda x, n_head: split_heads(x, n_head)[:1],
            also=(lambda x, n_head: split_heads(x, n_head)[0],),
        ),
        Misconception(
            "new Values",
            "The numbers are right, and they are copies that have forgotten where they came from. "
            "A slice of a list holds the Values themselves.",
            lambda x, n_head: [[Value(a.data) for a in one] for one in split_heads(x, n_head)],
        ),
    ),
)
