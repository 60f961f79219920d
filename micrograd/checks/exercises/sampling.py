"""Notebook 08, the core: logits become chances, and chances become a token."""

from random import Random

from micrograd.checks.declare import Dice, Exercise, Misconception
from micrograd.checks.exercises.networks import numbers, random_vec, vec
from micrograd.checks.exercises.surprise import listed, softmax
from micrograd.checks.values import kind, plain

# ------------------------------------------------------------------------- apply_temperature


def apply_temperature(logits, t):
    """The probability of each token, as a plain number: softmax of the logits divided by t.

    For t = 0 the likeliest token has it all: 1.0 for the largest logit, the first of equals.
    """
    if t == 0:
        size = [logit.data for logit in logits]
        best = size.index(max(size))
        return [float(token == best) for token in range(len(size))]
    return [p.data for p in softmax([logit / t for logit in logits])]


def tempered(change, cold=None):
    """Another way to use t; at 0 what `cold` does, or the right thing."""

    def wrong(logits, t):
        if t == 0:
            return (cold or apply_temperature)(logits, t)
        return numbers(softmax(change(logits, t)))

    return wrong


def after_softmax(change):
    def wrong(logits, t):
        return apply_temperature(logits, t) if t == 0 else change(numbers(softmax(logits)), t)

    return wrong


def shares_of(parts):
    return [part / sum(parts) for part in parts]


def equals_share(logits, t):
    size = numbers(logits)
    return shares_of([float(z == max(size)) for z in size])


def the_first_takes_all(logits, t):
    return [1.0] + [0.0] * (len(logits) - 1)


def the_last_of_equals(logits, t):
    size = numbers(logits)
    best = max(range(len(size)), key=lambda token: (size[token], token))
    return [float(token == best) for token in range(len(size))]


def the_smallest(logits, t):
    return apply_temperature([-logit for logit in logits], 0)


def as_plain(result, _):
    """The numbers, where True counts as 1; a sentence for Values."""
    if any(hasattr(p, "data") for p in result):
        return "Values"
    return [float(p) if isinstance(p, bool) else p for p in result]


def temperature_why(logits, t):
    if t == 0:
        return (
            f"the largest logit is {max(numbers(logits)):g}, and at temperature 0 its token, the "
            "first of equals, has it all"
        )
    divided = [z / t for z in numbers(logits)]
    return f"divided by {t:g} the logits are {listed(divided)}, and softmax makes these shares"


APPLY_TEMPERATURE = Exercise(
    lesson="08",
    solution=apply_temperature,
    minutes=5,
    difficulty=2,
    task="Divide every logit by the temperature t, then make probabilities. Return them as plain "
    "numbers, for nobody will ask for their slopes any more. By 0 nothing can be divided: there "
    "the token with the largest logit gets 1.0 and all others get 0.0; of equals, the first.",
    cases=(
        (vec(2.0, 1.0, 0.0), 0.5),
        (vec(2.0, 1.0, 0.0), 2.0),
        (vec(-1.0, 3.0, 1.0, 0.0), 1.0),
        (vec(0.5, 2.0, -1.0), 0),
        (vec(-3.0, -1.0, -1.0), 0.0),
        (vec(40.0, -30.0, 39.0), 0.05),
    ),
    fresh=lambda rng: (
        random_vec(rng, rng.randint(3, 4)),
        rng.choice([0.0, 0.2, 0.5, 0.8, 1.5, 3.0]),
    ),
    why=temperature_why,
    observe=as_plain,
    observed="the probabilities",
    holds="Shares of 1 at any temperature, cautious below 1, daring above it, and at 0 the "
    "likeliest alone.",
    hints=(
        "logit / t divides a Value. A list comprehension does it for all of them.",
        "Your softmax makes Values of shares; .data is the number in each.",
        "Look at t == 0 first, and return from there: the numbers of the logits, the largest of "
        "them, and its place, which a list's index finds.",
    ),
    misconceptions=(
        Misconception(
            "temperature multiplied",
            "At 0.5 your chances are closer together, and at 2 further apart. It is the other way "
            "round: a low temperature pulls them apart. Divide.",
            tempered(lambda logits, t: [logit * t for logit in logits]),
            also=(lambda logits, t: numbers(softmax([logit * t for logit in logits])),),
        ),
        Misconception(
            "temperature ignored",
            "These are the shares of a temperature of 1, whatever t is.",
            tempered(lambda logits, t: logits),
            also=(
                lambda logits, t: numbers(softmax(logits)),
                tempered(lambda logits, t: logits, equals_share),
            ),
        ),
        Misconception(
            "softmax first",
            "You change the probabilities, and temperature belongs to the logits: divide first, "
            "softmax after.",
            after_softmax(lambda probs, t: [p / t for p in probs]),
            also=(
                after_softmax(lambda probs, t: [p * t for p in probs]),
                lambda logits, t: [p / t for p in numbers(softmax(logits))],
            ),
        ),
        Misconception(
            "softmax twice",
            "Shares are put into softmax once more, which makes them nearly equal. It takes "
            "logits.",
            tempered(lambda logits, t: softmax([logit / t for logit in logits])),
            also=(tempered(lambda logits, t: [p / t for p in softmax(logits)]),),
        ),
        Misconception(
            "divided by zero",
            "Right, until t is 0. Ask for that before you divide.",
            lambda logits, t: numbers(softmax([logit / t for logit in logits])),
        ),
        Misconception(
            "equals share",
            "At 0 you give the same to all of the largest. One token has to be written in the end: "
            "give all to the first of them.",
            tempered(lambda logits, t: [logit / t for logit in logits], equals_share),
        ),
        Misconception(
            "the last of equals",
            "At 0 your winner is the last of the largest logits. Take the first.",
            tempered(lambda logits, t: [logit / t for logit in logits], the_last_of_equals),
        ),
        Misconception(
            "the smallest for the largest",
            "At 0 the largest logit should have it all, and yours is the smallest.",
            tempered(lambda logits, t: [logit / t for logit in logits], the_smallest),
        ),
        Misconception(
            "the first token for the likeliest",
            "At 0 you give all to token 0. The largest logit may stand anywhere.",
            tempered(lambda logits, t: [logit / t for logit in logits], the_first_takes_all),
        ),
        Misconception(
            "the token for the list",
            "At 0 a token comes back. Asked for are the probabilities of all tokens, which are 0 "
            "and 1 then.",
            tempered(
                lambda logits, t: [logit / t for logit in logits],
                lambda logits, t: numbers(logits).index(max(numbers(logits))),
            ),
        ),
        Misconception(
            "always the likeliest",
            "You do at every temperature what belongs to 0.",
            lambda logits, t: apply_temperature(logits, 0),
        ),
        Misconception(
            "only divided",
            "These are the logits after the division, and probabilities are to be made of them.",
            lambda logits, t: (
                apply_temperature(logits, t) if t == 0 else [z / t for z in numbers(logits)]
            ),
        ),
        Misconception(
            "Values still",
            "The shares are right. Give their numbers: what draws from them wants to compare.",
            lambda logits, t: softmax([logit / (t or 1e-9) for logit in logits]),
            also=(
                lambda logits, t: (
                    apply_temperature(logits, t)
                    if t == 0
                    else softmax([logit / t for logit in logits])
                ),
            ),
        ),
    ),
)


# ------------------------------------------------------------------------------- sample_from

DRAWS = 1000  # calls of one check with the same probabilities
LAST = 1 - 2**-53  # the largest number that random() can give


class Ends(Dice):
    """Random numbers that begin with the two ends of their range, 0.0 and the last below 1."""

    def __init__(self, first=0):
        super().__init__(first)
        self.ends = [LAST, 0.0]

    def random(self):
        return self.ends.pop() if self.ends else super().random()

    def __repr__(self):
        return "rng"


def sample_from(probs, rng):
    """Draw a token: each comes as often as its probability says. probs are plain numbers."""
    left = rng.random()
    for token, p in enumerate(probs):
        left -= p
        if left < 0:
            return token
    return probs.index(max(probs))  # rounding: the probabilities add up to a little less than 1


def walk(probs, left):
    for token, p in enumerate(probs):
        left -= p
        if left < 0:
            return token
    return None


def coin_for_each(probs, rng):
    for token, p in enumerate(probs):
        if rng.random() < p:
            return token
    return len(probs) - 1


def coin_without_end(probs, rng):
    for token, p in enumerate(probs):
        if rng.random() < p:
            return token
    return None


def one_draw_against_each(probs, rng):
    draw = rng.random()
    for token, p in enumerate(probs):
        if draw < p:
            return token
    return None


def one_draw_against_each_and_last(probs, rng):
    found = one_draw_against_each(probs, rng)
    return len(probs) - 1 if found is None else found


def reached(probs, rng):
    """Also a token of no width, where the needle stands right before it."""
    draw, total = rng.random(), 0.0
    for token, p in enumerate(probs):
        total += p
        if draw <= total:
            return token
    return probs.index(max(probs))


def last_if_none(probs, rng):
    found = walk(probs, rng.random())
    return len(probs) - 1 if found is None else found


def own_random_numbers(probs, rng):
    return Random(id(object())).choices(range(len(probs)), probs)[0]


def drawn_shares(results, inputs):
    """How often each token came; where that is near enough to its probability, the probability.

    Near enough is within five standard deviations of what fair draws give, and two draws more, for
    the two that are no random ones. So an answer may use its random numbers as it likes.
    """
    probs, rng = inputs
    tokens = range(len(probs))
    odd = [draw for draw in results if type(draw) is not int or draw not in tokens]
    shares = []
    for token, p in enumerate(probs):
        came = sum(draw == token for draw in results)
        slack = 5 * (DRAWS * p * (1 - p)) ** 0.5 + 2
        shares.append(p if abs(came - DRAWS * p) <= slack else came / DRAWS)
    impossible = [token for token, p in enumerate(probs) if p == 0 and token in results]
    return {
        "drawn that is no token": sorted({kind(plain(draw)) for draw in odd}),
        "drawn though its chance is 0": impossible,
        "how often each came": shares,
        "rng was asked": rng.getstate() != Random(rng.first).getstate(),
    }


def sample_why(probs, rng):
    told = f"the tokens should have about {listed([DRAWS * p for p in probs])} of {DRAWS} draws"
    if sum(probs) < 1:
        told += f" (these probabilities add up to {sum(probs)!r}, a little less than 1)"
    return f"{told}; the first two numbers that rng gives are the ends of its range, 0.0 and {LAST}"


def some_chances(rng):
    """Three to five probabilities, one of them perhaps 0."""
    parts = [rng.randint(0, 9) for _ in range(rng.randint(3, 5))]
    parts[rng.randrange(len(parts))] += 20
    return [part / sum(parts) for part in parts]


SAMPLE_FROM = Exercise(
    lesson="08",
    solution=sample_from,
    minutes=6,
    difficulty=2,
    task="Draw one token with the help of rng. Every token must come as often as its probability "
    "says, and one with the probability 0 never. A token is its place in probs. Mind two ends: "
    "rng.random() can be 0.0, and ten times 0.1 adds up to a little less than 1.",
    cases=(
        ([0.5, 0.3, 0.2], Ends(1)),
        ([0.0, 0.7, 0.0, 0.3], Ends(2)),
        ([0.1] * 10, Ends(3)),
        ([0.0, *[0.1] * 10, 0.0], Ends(4)),
    ),
    fresh=lambda rng: (some_chances(rng), Ends(rng.randrange(1000))),
    why=sample_why,
    observe=drawn_shares,
    observed=f"what came in {DRAWS} calls",
    calls=DRAWS,
    holds="In a thousand draws each token came about as often as it should, none that cannot, and "
    "always one.",
    hints=(
        "Lay the probabilities end to end along a line from 0 to 1. rng.random() is a needle that "
        "falls on it; on whose piece?",
        "Ask once for the needle. Then go from piece to piece: take the length of a piece away "
        "from it, until it is below 0.",
        "0.0 belongs to the first piece that has a length: below 0, not below or equal.",
        "When rounding lets the needle fall behind the last piece, the loop ends without a token. "
        "Give one then that can come, as the likeliest.",
    ),
    misconceptions=(
        Misconception(
            "always the likeliest",
            "No dice are thrown: the same probabilities always give the same token.",
            lambda probs, rng: probs.index(max(probs)),
        ),
        Misconception(
            "each as likely as the other",
            "You draw from all tokens alike. How likely each is stands in probs.",
            lambda probs, rng: rng.randrange(len(probs)),
            also=(
                lambda probs, rng: rng.choice(range(len(probs))),
                lambda probs, rng: int(rng.random() * len(probs)),
                lambda probs, rng: rng.randint(0, len(probs) - 1),
            ),
        ),
        Misconception(
            "a new draw for each token",
            "You throw the dice again at every token, so that later ones only get what earlier "
            "ones have left. One token, one number of rng.",
            coin_for_each,
            also=(coin_without_end,),
        ),
        Misconception(
            "not added up",
            "Your number is compared with each probability alone, so a small one behind a large "
            "one never comes. Where on the line does its piece begin?",
            one_draw_against_each,
            also=(one_draw_against_each_and_last,),
        ),
        Misconception(
            "a token that cannot come",
            "rng.random() can be 0.0. A token with the probability 0 has no piece of the line, not "
            "even that point.",
            reached,
        ),
        Misconception(
            "behind the last piece",
            "Nearly always right. But ten times 0.1 adds up to 0.9999999999999999, and when the "
            "needle falls behind that, nothing comes back. Return a token after the loop as well.",
            lambda probs, rng: walk(probs, rng.random()),
        ),
        Misconception(
            "the last token, though it cannot come",
            "Behind the last piece you give the last token, and its probability may be 0. The "
            "likeliest can always come.",
            last_if_none,
        ),
        Misconception(
            "a probability for the token",
            "What comes back is one of the probabilities. Asked for is its place.",
            lambda probs, rng: rng.choices(probs, weights=probs)[0],
            also=(lambda probs, rng: probs[sample_from(probs, rng)],),
        ),
        Misconception(
            "a list with one token",
            "rng.choices gives a list, here of one. Take the token out of it.",
            lambda probs, rng: rng.choices(range(len(probs)), weights=probs),
        ),
        Misconception(
            "counted from 1",
            "The first token is 0.",
            lambda probs, rng: sample_from(probs, rng) + 1,
        ),
        Misconception(
            "random numbers of your own",
            "The draws are fair, and rng was never asked. It is handed in so that a seed decides "
            "what is drawn, and everything can be repeated.",
            own_random_numbers,
        ),
    ),
)
