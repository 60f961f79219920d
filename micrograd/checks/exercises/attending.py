"""Notebook 06a, second half: whom a token listens to, and what it takes from them."""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.embedding import listed, seen
from micrograd.checks.exercises.networks import (
    TRACED,
    dot,
    flat,
    linear,
    numbers,
    random_mat,
    random_vec,
    vec,
)
from micrograd.checks.exercises.surprise import softmax

# --------------------------------------------------------------------------- attention_weights


def attention_weights(q, keys):
    """How much of q's attention each key gets: softmax of q·k / √(length of q)."""
    scale = len(q) ** -0.5
    return softmax([score * scale for score in linear(q, keys)])


def with_scale(scale):
    """Attention weights whose scores are multiplied by something else."""
    return lambda q, keys: softmax([s * scale(q, keys) for s in linear(q, keys)])


def scaled(q, keys):
    return [score * len(q) ** -0.5 for score in linear(q, keys)]


def powers_in_proportion(q, keys):
    """Softmax written again, without its maximum."""
    powers = [score.exp() for score in scaled(q, keys)]
    total = sum(powers)
    return [power / total for power in powers]


def scores_in_proportion(q, keys):
    total = sum(scaled(q, keys))
    return [score / total for score in scaled(q, keys)]


def query_and_keys(rng):
    size = rng.choice([2, 3])
    return random_vec(rng, size), random_mat(rng, 3, size)


def weights_why(q, keys):
    scores = [dot(numbers(q), numbers(key)) for key in keys]
    root = len(q) ** 0.5
    return (
        f"the products q·k are {listed(scores)}; divided by the root of {len(q)} they are "
        f"{listed(score / root for score in scores)}, and softmax makes shares of them"
    )


ATTENTION_WEIGHTS = Exercise(
    lesson="06a",
    solution=attention_weights,
    minutes=5,
    difficulty=2,
    task="A token asks with its query q. Each token so far has a key. The score of a key is its "
    "product with q, divided by the root of how many numbers q has; softmax turns the scores into "
    "shares.",
    cases=(
        (vec(1.0, 0.0), [vec(1.0, 0.0), vec(0.0, 1.0), vec(1.0, 1.0)]),
        (vec(2.0, 1.0, -1.0), [vec(1.0, 1.0, 2.0), vec(0.0, 3.0, 1.0)]),
        (vec(1.0, -2.0), [vec(3.0, 1.0)]),
        (vec(40.0, 10.0), [vec(30.0, 20.0), vec(10.0, -10.0)]),
    ),
    fresh=query_and_keys,
    why=weights_why,
    observe=lambda result, inputs: seen(result, flat(inputs)),
    observed=TRACED,
    holds="Shares that add up to 1, one for each key, also where the scores are large.",
    hints=(
        "keys is a list of rows, and each is to be multiplied with q and added up. You have a "
        "function that does this for all rows at once.",
        "len(q) is how many numbers the head works with; its root is the power 0.5.",
        "Divide every score first. Then your softmax, once, over all of them.",
    ),
    misconceptions=(
        Misconception(
            "scale forgotten",
            "Nothing is divided by the root of the length. With more numbers in a head the scores "
            "would grow, and one key would take everything.",
            with_scale(lambda q, keys: 1.0),
        ),
        Misconception(
            "the length for its root",
            "You divide by the length of q. A sum of n random products is about √n in size, not n.",
            with_scale(lambda q, keys: 1 / len(q)),
        ),
        Misconception(
            "multiplied by the root",
            "The scores become larger. They should be divided.",
            with_scale(lambda q, keys: len(q) ** 0.5),
        ),
        Misconception(
            "the size of something else",
            "You divide by a fixed number. It fits one model, or belongs to the whole vector of "
            "the token. What counts is how many numbers are in this q.",
            with_scale(lambda q, keys: 16**-0.5),
            also=(with_scale(lambda q, keys: 4**-0.5), with_scale(lambda q, keys: 1 / 16)),
        ),
        Misconception(
            "the root of the number of keys",
            "You count the keys. Each score is a sum over the entries of q; count those.",
            with_scale(lambda q, keys: len(keys) ** -0.5),
            also=(with_scale(lambda q, keys: 1 / len(keys)),),
        ),
        Misconception(
            "scaled after softmax",
            "Your shares no longer add up to 1. Divide the scores, before softmax.",
            lambda q, keys: [w * len(q) ** -0.5 for w in softmax(linear(q, keys))],
            also=(lambda q, keys: [w * len(q) ** -0.5 for w in softmax(scaled(q, keys))],),
        ),
        Misconception(
            "scores for shares",
            "These are the scores: some may be below 0, and their sum can be anything. One step "
            "is missing.",
            scaled,
            also=(linear,),
        ),
        Misconception(
            "proportional to the scores",
            "Each score divided by their sum. With scores below 0 some shares are below 0 as well; "
            "softmax knows what to do.",
            scores_in_proportion,
        ),
        Misconception(
            "softmax over the wrong thing",
            "Shares are needed among the keys, so softmax takes the list of scores. You gave it "
            "the numbers of one vector.",
            lambda q, keys: [s * len(q) ** -0.5 for s in linear(softmax(q), keys)],
            also=(
                lambda q, keys: linear(softmax(q), keys),
                lambda q, keys: [
                    sum(softmax([a * b * len(q) ** -0.5 for a, b in zip(q, key)])) for key in keys
                ],
            ),
        ),
        Misconception(
            "maximum not subtracted",
            "Right for small scores, but large ones overflow. Your softmax of notebook 05a takes "
            "the largest away first: call it.",
            powers_in_proportion,
        ),
        Misconception(
            "only the last key",
            "There is a share for each key. Does each turn of the loop throw the last one away?",
            lambda q, keys: softmax(scaled(q, keys)[-1:]),
        ),
        Misconception(
            "plain numbers",
            "The shares are right, and nothing can learn from them. Compute with the Values.",
            lambda q, keys: numbers(attention_weights(q, keys)),
        ),
    ),
)


# ------------------------------------------------------------------------------------ attend


def attend(q, keys, values):
    """The average of the values, each counted by the attention weight of its key."""
    weights = attention_weights(q, keys)
    return linear(weights, list(zip(*values)))


def averaged(weights):
    """The average of the values by other weights."""
    return lambda q, keys, values: linear(weights(q, keys), list(zip(*values)))


def best_takes_all(q, keys):
    scores = numbers(scaled(q, keys))
    return [Value(float(i == scores.index(max(scores)))) for i in range(len(keys))]


def query_keys_and_values(rng):
    size = rng.choice([2, 3])
    return random_vec(rng, size), random_mat(rng, 4, size), random_mat(rng, 4, size)


def attend_why(q, keys, values):
    shares = numbers(attention_weights(q, keys))
    parts = [f"{w:.4g} · {v[0].data:g}" for w, v in zip(shares, values)]
    return (
        f"the attention weights are {listed(shares)}, so the first entry is {' + '.join(parts)} = "
        f"{dot(shares, [v[0].data for v in values]):.4g}"
    )


ATTEND = Exercise(
    lesson="06a",
    solution=attend,
    minutes=5,
    difficulty=2,
    task="One head. Each token so far has a value, the vector that it gives away. Take the average "
    "of these, each counted by the attention weight of its key.",
    cases=(
        (
            vec(1.0, 0.0),
            [vec(1.0, 0.0), vec(0.0, 1.0), vec(1.0, 1.0)],
            [vec(10.0, 0.0), vec(20.0, 5.0), vec(30.0, -5.0)],
        ),
        (vec(2.0, -1.0), [vec(1.0, 1.0)], [vec(3.0, 4.0)]),
        (
            vec(2.0, 1.0, 1.0),
            [vec(1.0, 1.0, 0.0), vec(0.0, 2.0, 3.0)],
            [vec(1.0, 2.0, 3.0), vec(4.0, 6.0, 8.0)],
        ),
    ),
    fresh=query_keys_and_values,
    why=attend_why,
    observe=lambda result, inputs: seen(result, flat(inputs)),
    observed=TRACED,
    holds="As long as one value, between the smallest and the largest of them, and everything "
    "that went in has its slope.",
    hints=(
        "Your attention_weights gives one number for each token so far.",
        "Entry 0 of the result is: each weight times entry 0 of its value, added up. The same for "
        "every other entry.",
        "zip(*values) gives the columns: first every entry 0, then every entry 1. Each column is "
        "to be weighed and added up; linear does that, if you give it a list of columns.",
    ),
    misconceptions=(
        Misconception(
            "weighted by raw scores",
            "The values are multiplied by scores, which do not add up to 1. The average needs the "
            "shares that softmax makes.",
            averaged(scaled),
            also=(averaged(linear),),
        ),
        Misconception(
            "the average of the keys",
            "A key says by what a token is found, a value what it gives. You average the keys.",
            lambda q, keys, values: attend(q, keys, keys),
        ),
        Misconception(
            "compared with the values",
            "The query is compared with the keys. The values come in only when the shares are "
            "known.",
            lambda q, keys, values: attend(q, values, values),
            also=(lambda q, keys, values: attend(q, values, keys),),
        ),
        Misconception(
            "everybody counts the same",
            "That is the plain average. Whom q listens to makes no difference.",
            averaged(lambda q, keys: [Value(1 / len(keys)) for _ in keys]),
        ),
        Misconception(
            "plainly added",
            "The values are added up without any shares.",
            averaged(lambda q, keys: [Value(1.0) for _ in keys]),
        ),
        Misconception(
            "the best takes all",
            "You take the value with the highest score. Shares have slopes, a choice has none, so "
            "nothing could be learned about whom to listen to.",
            averaged(best_takes_all),
        ),
        Misconception(
            "rows for columns",
            "Each number of the result belongs to one entry of the values, so it is a sum over all "
            "tokens. You go along the entries of one value.",
            lambda q, keys, values: linear(attention_weights(q, keys), values),
        ),
        Misconception(
            "weighed and not added up",
            "These are the values, each made smaller by its share. Now add them up, entry by "
            "entry.",
            lambda q, keys, values: [
                [w * a for a in value] for w, value in zip(attention_weights(q, keys), values)
            ],
        ),
        Misconception(
            "only the last value",
            "Each turn of the loop throws away what the one before has added.",
            lambda q, keys, values: [attention_weights(q, keys)[-1] * a for a in values[-1]],
        ),
        Misconception(
            "the shares come back",
            "These are the attention weights. What is wanted is what comes of them: an average of "
            "values.",
            lambda q, keys, values: attention_weights(q, keys),
        ),
        Misconception(
            "scaled twice",
            "attention_weights has divided by the root already. Once is enough.",
            lambda q, keys, values: attend([a * len(q) ** -0.5 for a in q], keys, values),
        ),
        Misconception(
            "softmax over the wrong thing",
            "softmax belongs to the scores, not to what comes out: what is heard has no reason to "
            "add up to 1.",
            lambda q, keys, values: softmax(attend(q, keys, values)),
            also=(lambda q, keys, values: softmax(averaged(scaled)(q, keys, values)),),
        ),
        Misconception(
            "the residual already",
            "You add the query to the result. attend gives the average of the values, and nothing "
            "is added to it.",
            lambda q, keys, values: [a + b for a, b in zip(q, attend(q, keys, values))],
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and nothing can learn from them. Compute with the Values.",
            lambda q, keys, values: numbers(attend(q, keys, values)),
        ),
    ),
)
