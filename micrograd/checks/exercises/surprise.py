"""Notebook 05a, second half: scores become probabilities, and how surprised a prediction is."""

import math

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value
from micrograd.checks.exercises.networks import (
    ONE_TRACED,
    TRACED,
    flat,
    numbers,
    outputs,
    random_mat,
    random_vec,
    vec,
)
from micrograd.nn import probabilities

# ----------------------------------------------------------------------------------- softmax


def softmax(logits):
    """Probabilities: e to the power of each logit, divided by the sum of all of these."""
    largest = max(logit.data for logit in logits)
    powers = [(logit - largest).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def shifted(logits, shift):
    """Softmax, with something else than the largest taken from each logit."""
    powers = [(logit - shift(numbers(logits))).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def top(logits):
    return max(numbers(logits))


def unshifted_powers(logits):
    return [logit.exp() for logit in logits]


def powers(logits):
    return [(logit - top(logits)).exp() for logit in logits]


def in_proportion(parts):
    """Each part as a share of the sum."""
    total = sum(parts)
    return [part / total for part in parts]


def largest_takes_all(logits):
    return [Value(1.0 if logit.data == top(logits) else 0.0) for logit in logits]


def sum_of_numbers(logits):
    total = sum(numbers(powers(logits)))
    return [power / total for power in powers(logits)]


def listed(things):
    return ", ".join(f"{thing:.4g}" for thing in things)


def softmax_why(logits):
    chosen, told = numbers(logits), ""
    if max(map(abs, chosen)) > 100:
        chosen = [z - top(logits) for z in chosen]
        told = f"with the largest taken away, the logits are {listed(chosen)}; "
    powers = [math.exp(z) for z in chosen]
    return f"{told}e to the power of the logits is {listed(powers)}, in all {sum(powers):.4g}"


NOT_A_NUMBER = (
    "Values where Python wants numbers",
    "max cannot tell which of two Values is larger, and math.exp and math.log take numbers only. "
    "A Value has its number in data, and exp() and log() of its own.",
)

SOFTMAX = Exercise(
    lesson="05a",
    solution=softmax,
    minutes=6,
    difficulty=2,
    task="Make probabilities of any scores, which are called logits: all above 0, with the sum 1. "
    "It must work for logits of 1000 and of −1000 too, where e ** 1000 is too large for a float, "
    "and e ** −1000 is rounded to 0.",
    cases=(
        (vec(1.0, 2.0, 3.0),),
        (vec(0.0, 0.0),),
        (vec(1000.0, 1001.0, 1000.0),),
        (vec(-1000.0, -1001.0),),
        (vec(0.0, 1000.0, -1000.0),),
    ),
    fresh=lambda rng: (random_vec(rng, rng.randint(3, 4)),),
    why=softmax_why,
    observe=lambda result, inputs: outputs(result, inputs[0]),
    observed=TRACED,
    holds="Above 0, with the sum 1, for logits of any size, and each logit has its slope.",
    hints=(
        "e to the power of anything is above 0. A Value has exp() for that.",
        "Divide each by the sum of all, and they add up to 1.",
        "Take the same number from all logits: above and below the line of the fraction the same "
        "factor appears, and falls out. So which number would you take, so that none of the powers "
        "can be too large?",
        "max(logit.data for logit in logits) is the largest, as a plain number. With it taken away "
        "the largest power is e ** 0.",
    ),
    misconceptions=(
        Misconception(
            "maximum not subtracted",
            "Right for small logits. e ** 1000 has 435 digits, which no float holds. Only the "
            "differences between logits count, so all may be moved down together.",
            lambda logits: in_proportion(unshifted_powers(logits)),
        ),
        Misconception(
            "something else than the maximum subtracted",
            "What you take away keeps the probabilities as they are, and the largest logit may "
            "still be large. Take that one.",
            lambda logits: shifted(logits, min),
            also=(
                lambda logits: shifted(logits, lambda data: sum(data) / len(data)),
                lambda logits: shifted(logits, lambda data: data[0]),
                lambda logits: shifted(logits, lambda data: data[-1]),
            ),
        ),
        Misconception(
            "proportional to the logits",
            "You divide the logits themselves by their sum. Logits may be below 0, and their sum "
            "may be 0. Make them positive first, by a function that is always above 0.",
            lambda logits: in_proportion(logits),
            also=(
                lambda logits: in_proportion([logit.relu() for logit in logits]),
                lambda logits: in_proportion([(logit**2) ** 0.5 for logit in logits]),
                lambda logits: in_proportion([logit - min(numbers(logits)) for logit in logits]),
            ),
        ),
        Misconception(
            "squares for powers of e",
            "Squares are never below 0, but then a logit of −3 counts as much as one of 3.",
            lambda logits: in_proportion([logit**2 for logit in logits]),
        ),
        Misconception(
            "not divided by the sum",
            "All are above 0, and they do not add up to 1.",
            powers,
            also=(unshifted_powers,),
        ),
        Misconception(
            "divided by how many there are",
            "Add yours up: that is not 1. Divide by the sum of the powers, not by their number.",
            lambda logits: [power / len(logits) for power in powers(logits)],
        ),
        Misconception(
            "the largest takes all",
            "The largest logit gets the most, and the others get something too: a logit that is a "
            "little smaller should have a share that is a little smaller.",
            largest_takes_all,
        ),
        Misconception(
            "each logit on its own",
            "Each of yours lies between 0 and 1, and knows nothing of the others. When one becomes "
            "likelier, the others must become less so.",
            lambda logits: [1 / (1 + (-logit).exp()) for logit in logits],
        ),
        Misconception(
            "logarithms of the probabilities",
            "These are log probabilities, which are below 0. Leave the last logarithm out.",
            lambda logits: [p.log() for p in softmax(logits)],
            also=(
                lambda logits: [
                    logit - top(logits) - sum(powers(logits)).log() for logit in logits
                ],
            ),
        ),
        Misconception(
            "the sum has forgotten its parts",
            "The numbers are right, and the slopes are not: when one logit grows, the sum grows "
            "too. Add the Values, not their data.",
            sum_of_numbers,
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and nobody can learn from them: they have forgotten the "
            "logits. Work with the Values.",
            lambda logits: probabilities(numbers(logits)),
        ),
        Misconception(*NOT_A_NUMBER, lambda logits: max(logits)),
    ),
)


# ------------------------------------------------------------------------------ cross_entropy


def cross_entropy(logits, target):
    """The surprise at target: -log of its probability, as log of the sum minus its logit."""
    largest = max(logit.data for logit in logits)
    moved = [logit - largest for logit in logits]
    total = sum(logit.exp() for logit in moved)
    return total.log() - moved[target]


def log_of_the_sum(logits):
    return sum(powers(logits)).log()


def a_little_added(little):
    return lambda logits, target: -(softmax(logits)[target] + little).log()


def never_below(little):
    def wrong(logits, target):
        p = softmax(logits)[target]
        return -(p if p.data > little else Value(little)).log()

    return wrong


def surprise_why(logits, target):
    p = probabilities(numbers(logits))[target]
    if p == 0:
        gap = top(logits) - logits[target].data
        return (
            f"the probability of {target} is e ** −{gap:g}, which a float cannot tell from 0, and "
            f"still minus its logarithm is {gap:g}"
        )
    return (
        f"softmax gives {target} the probability {p:.4g}, and −log of that is {0 - math.log(p):.6g}"
    )


CROSS_ENTROPY = Exercise(
    lesson="05a",
    solution=cross_entropy,
    minutes=7,
    difficulty=3,
    task="How surprised is the prediction by what really came? Give −log of the probability that "
    "softmax gives to target. It must be right even where that probability is rounded to 0, as for "
    "logits of 1000 and −1000: so do not make the probability first.",
    cases=(
        (vec(1.0, 2.0, 3.0), 2),
        (vec(0.0, 0.0, 0.0), 1),
        (vec(2.0, -1.0), 1),
        (vec(1000.0, -1000.0), 0),
        (vec(1000.0, -1000.0), 1),
        (vec(-1000.0, -1001.0), 0),
    ),
    fresh=lambda rng: (lambda n: (random_vec(rng, n), rng.randrange(n)))(rng.randint(3, 4)),
    why=surprise_why,
    observe=lambda result, inputs: outputs([result], inputs[0]),
    observed=ONE_TRACED,
    holds="The surprise and its slopes: each probability, with 1 taken from that of the target. "
    "And it stays a number however wrong the prediction is.",
    hints=(
        "Begin with −log of softmax(logits)[target], and see for which logits it breaks.",
        "softmax divides: e ** z / total. What is the logarithm of a fraction, and what is the "
        "logarithm of e ** z?",
        "So −log(e ** z / total) is log(total) − z, and nothing can be rounded to 0 in there.",
        "Take the largest from every logit first, as in softmax, and use the moved ones both for "
        "the total and for z.",
    ),
    misconceptions=(
        Misconception(
            "probability zero",
            "Right wherever the probability can be told from 0. Far down it is rounded to 0, and "
            "log(0) is no number. The logarithm of e ** z / total needs no division: write it as a "
            "difference.",
            lambda logits, target: -softmax(logits)[target].log(),
        ),
        Misconception(
            "a little added against zero",
            "It no longer breaks, and it is wrong: a model that is off by 2000 looks like one that "
            "is off by 23, and its slope is gone. Write the logarithm of the fraction as a "
            "difference instead.",
            a_little_added(1e-10),
            also=(
                *[a_little_added(10.0**-n) for n in (6, 7, 8, 9, 12, 15, 20, 100, 300)],
                *[never_below(10.0**-n) for n in (6, 7, 8, 9, 10, 12, 15, 20, 100, 300)],
            ),
        ),
        Misconception(
            "maximum not subtracted",
            "log(total) − logit is the right idea. e ** 1000 is too large for a float, and the sum "
            "of e ** −1000 and e ** −1001 is 0: take the largest from all logits first.",
            lambda logits, target: sum(unshifted_powers(logits)).log() - logits[target],
        ),
        Misconception(
            "the maximum is missing on one side",
            "You have taken the largest away inside the sum, and not from the target's own logit.",
            lambda logits, target: log_of_the_sum(logits) - logits[target],
        ),
        Misconception(
            "the minus sign left out",
            "The logarithm of a probability is at most 0, and a surprise should be at least 0.",
            lambda logits, target: -cross_entropy(logits, target),
            also=(lambda logits, target: softmax(logits)[target].log(),),
        ),
        Misconception(
            "the probability itself",
            "That is how sure the prediction was. The more sure, the smaller the surprise.",
            lambda logits, target: softmax(logits)[target],
        ),
        Misconception(
            "what is missing to 1",
            "1 − p is at most 1, however wrong one was. −log p has no such limit: to rule out what "
            "then comes costs a lot.",
            lambda logits, target: 1 - softmax(logits)[target],
            also=(lambda logits, target: (1 - softmax(logits)[target]) ** 2,),
        ),
        Misconception(
            "confidence is correctness",
            "You measure how sure the likeliest token was. What counts is the one that came, "
            "whether it was likely or not.",
            lambda logits, target: log_of_the_sum(logits),
            also=(
                lambda logits, target: -softmax(logits)[numbers(logits).index(top(logits))].log(),
            ),
        ),
        Misconception(
            "targets off by one",
            "You ask for the neighbour of the target. Ids begin at 0, and target is one of them.",
            lambda logits, target: cross_entropy(logits, target - 1),
            also=(lambda logits, target: cross_entropy(logits, (target + 1) % len(logits)),),
        ),
        Misconception(
            "softmax twice",
            "The probabilities went through softmax once more, which makes them nearly alike. Put "
            "logits in, not probabilities.",
            lambda logits, target: cross_entropy(softmax(logits), target),
            also=(lambda logits, target: -softmax(softmax(logits))[target].log(),),
        ),
        Misconception(
            "the logit alone",
            "A logit says something only beside the others: softmax compares them.",
            lambda logits, target: -logits[target],
            also=(lambda logits, target: -logits[target].log(),),
        ),
        Misconception(
            "all tokens asked",
            "Only one token came. The others speak through the sum already.",
            lambda logits, target: (
                sum(cross_entropy(logits, i) for i in range(len(logits))) / len(logits)
            ),
            also=(
                lambda logits, target: sum(cross_entropy(logits, i) for i in range(len(logits))),
            ),
        ),
        Misconception(
            "another logarithm",
            "These are not nats: the logarithm to another base was taken. log() of a Value has the "
            "base e.",
            lambda logits, target: cross_entropy(logits, target) / math.log(2),
            also=(lambda logits, target: cross_entropy(logits, target) / math.log(10),),
        ),
        Misconception(
            "a plain number",
            "The number is right, and it has forgotten its logits. Work with the Values.",
            lambda logits, target: cross_entropy(logits, target).data,
            also=(lambda logits, target: -math.log(softmax(logits)[target].data),),
        ),
        Misconception(*NOT_A_NUMBER, lambda logits, target: max(logits)),
    ),
)


# ------------------------------------------------------------ find the bug: targets off by one


def repair_loss(tokens, table):
    """The mean surprise at the next tokens; table[a] holds the logits for what comes after a."""
    losses = []
    for i in range(len(tokens) - 1):
        losses.append(cross_entropy(table[tokens[i]], tokens[i + 1]))
    return sum(losses) / len(losses)


def buggy_loss(tokens, table):
    """The mean surprise at the next tokens; table[a] holds the logits for what comes after a."""
    losses = []
    for i in range(len(tokens) - 1):
        losses.append(cross_entropy(table[tokens[i]], tokens[i]))
    return sum(losses) / len(losses)


def loss_over(pairs, table):
    """The mean surprise at the second of each pair, after the first."""
    losses = [cross_entropy(table[current], following) for current, following in pairs]
    return sum(losses) / len(losses)


def loss_why(tokens, table):
    asked = ", ".join(f"{b} after {a}" for a, b in zip(tokens, tokens[1:]))
    return f"the questions are {asked}, and none of them shows its own answer"


def tokens_and_table(rng):
    return [2, *[rng.randrange(2) for _ in range(rng.randint(2, 4))], 2], random_mat(rng, 3, 3)


REPAIR_LOSS = Exercise(
    lesson="05a",
    solution=repair_loss,
    given=buggy_loss,
    kind="repair",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="Trained with this loss, a table reaches almost 0 on any text, and what it writes is one "
    "letter for ever. What has it learnt? Repair one place.",
    cases=(
        ([2, 0, 1, 2], [vec(1.0, 0.0, -1.0), vec(0.5, 2.0, 0.0), vec(0.0, 1.0, 3.0)]),
        ([2, 1, 1, 0, 2], [vec(0.0, 1.0, 2.0), vec(3.0, 1.0, 0.5), vec(-1.0, 0.0, 1.0)]),
    ),
    fresh=tokens_and_table,
    why=loss_why,
    observe=lambda result, inputs: outputs([result], flat(inputs[1])),
    observed="the loss, then how fast it moves with each logit of the table, row by row",
    holds="Every token is asked for after the one before it, and no question shows its answer.",
    hints=(
        "Write down, for a short list of tokens, what is shown and what is asked for.",
        "A token is easy to predict when it is shown. Which one should be asked for?",
        "One place in one line. The loop ends early enough already.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "The loss still asks for the very token that it shows. Show tokens[i], and ask for "
            "another one.",
            lambda tokens, table: loss_over(zip(tokens[:-1], tokens[:-1]), table),
            also=(lambda tokens, table: loss_over(zip(tokens, tokens), table),),
        ),
        Misconception(
            "the past predicted from the future",
            "You show the later token and ask for the earlier one.",
            lambda tokens, table: loss_over(zip(tokens[1:], tokens), table),
        ),
        Misconception(
            "the token before instead of the next",
            "i − 1 is a step back, and for the first token it leads to the end of the list.",
            lambda tokens, table: loss_over(
                [(tokens[i], tokens[i - 1]) for i in range(len(tokens) - 1)], table
            ),
        ),
        Misconception(
            "BOS on one side",
            "The first character is no longer asked for, and it is the only question that BOS "
            "answers.",
            lambda tokens, table: loss_over(list(zip(tokens, tokens[1:]))[1:], table),
        ),
        Misconception(
            "one token is skipped",
            "You ask for the token after the next.",
            lambda tokens, table: loss_over(zip(tokens, tokens[2:]), table),
        ),
        Misconception(
            "past the end of the list",
            "The last token has no next one, so the loop must stop before it, as it did.",
            lambda tokens, table: [tokens[i + 1] for i in range(len(tokens))],
        ),
        Misconception(
            "sum for mean",
            "The pairs are right. A long text should not be worse only because it is long.",
            lambda tokens, table: repair_loss(tokens, table) * (len(tokens) - 1),
        ),
    ),
)
