"""Notebook 08, to choose from: greedy, top-k, top-p, one step of a beam, and a bug to find."""

from random import Random

from micrograd.checks.declare import Dice, Exercise, Formula, Misconception
from micrograd.checks.exercises.blocks import Config, State, block_tables, gpt, new_cache
from micrograd.checks.exercises.sampling import apply_temperature, sample_from
from micrograd.checks.exercises.surprise import listed
from micrograd.checks.exercises.writing import followed, small_model

# -------------------------------------------------------------------------- inputs and outputs


def chances(rng, n=None):
    """Probabilities of which no two are alike, so that no two right answers differ."""
    parts = rng.sample(range(1, 30), n or rng.randint(4, 6))
    return [part / sum(parts) for part in parts]


def ranked(probs):
    return sorted(range(len(probs)), key=lambda token: -probs[token])


def only(probs, kept):
    return [p if token in kept else 0.0 for token, p in enumerate(probs)]


def full_again(probs):
    total = sum(probs)
    return [p / total for p in probs]


# ------------------------------------------------------------------------------------- greedy


def greedy(probs):
    """The likeliest token, the first of equals."""
    return probs.index(max(probs))


GREEDY = Exercise(
    lesson="08",
    solution=greedy,
    weight="practice",
    minutes=2,
    difficulty=1,
    task="Choose without dice: give the token with the largest probability, the first of equals.",
    cases=(
        ([0.2, 0.5, 0.3],),
        ([0.6, 0.3, 0.1],),
        ([0.1, 0.4, 0.1, 0.4],),
        ([0.05, 0.05, 0.1, 0.8],),
    ),
    fresh=lambda rng: (full_again([rng.random() for _ in range(rng.randint(60, 99))]),),
    why=lambda probs: f"the largest of them is {max(probs):.4g}; tokens count from 0",
    holds="The same probabilities, the same token: no dice.",
    hints=(
        "max finds the largest probability.",
        "A token is its place in the list, and a list's index finds a place.",
    ),
    misconceptions=(
        Misconception(
            "a probability for the token",
            "That is how likely the likeliest is. Asked for is its place in the list.",
            lambda probs: max(probs),
        ),
        Misconception(
            "the last of equals",
            "Where two are equally likely, take the first.",
            lambda probs: len(probs) - 1 - probs[::-1].index(max(probs)),
        ),
        Misconception(
            "the least likely",
            "That is the smallest probability's place.",
            lambda probs: probs.index(min(probs)),
        ),
        Misconception(
            "counted from 1",
            "The first token is 0.",
            lambda probs: greedy(probs) + 1,
        ),
        Misconception(
            "all tokens in their order",
            "This is the whole ranking. Its first entry is enough.",
            ranked,
        ),
        Misconception(
            "probabilities for the token",
            "Asked for is one token, a whole number.",
            lambda probs: [float(token == greedy(probs)) for token in range(len(probs))],
        ),
    ),
)


# -------------------------------------------------------------------------------------- top_k


def top_k(probs, k):
    """Only the k likeliest tokens keep a probability, and together they have all of it."""
    best = sorted(range(len(probs)), key=lambda token: -probs[token])[:k]
    total = sum(probs[token] for token in best)
    return [p / total if token in best else 0.0 for token, p in enumerate(probs)]


def smallest_k(probs, k):
    return full_again(only(probs, ranked(probs)[::-1][:k]))


def closed_up(probs, k):
    """The tokens that are left, without the others between them."""
    kept = [probs[token] for token in sorted(ranked(probs)[:k])]
    return full_again(kept)


TOP_K = Exercise(
    lesson="08",
    solution=top_k,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Leave only the k likeliest tokens to choose from. All others get the probability 0, and "
    "those that stay are divided by their sum, so that it is 1 again. Every token keeps its place.",
    cases=(
        ([0.5, 0.25, 0.15, 0.1], 2),
        ([0.1, 0.6, 0.05, 0.25], 1),
        ([0.1, 0.3, 0.2, 0.4], 3),
        ([0.3, 0.7], 5),
    ),
    fresh=lambda rng: (chances(rng), rng.randint(1, 4)),
    why=lambda probs, k: (
        f"the likeliest {'is' if k == 1 else f'{min(k, len(probs))} are'} "
        f"{listed(sorted(probs)[::-1][:k])}, and their sum is {sum(sorted(probs)[::-1][:k]):.4g}"
    ),
    holds="The k likeliest share all of the probability, in the proportions that they had.",
    hints=(
        "First find the tokens that stay: sorted(range(len(probs)), key=...) puts them in an "
        "order, and [:k] takes the first of these.",
        "With lambda token: -probs[token] as key, the likeliest come first.",
        "Add up the probabilities of those that stay. Then go through all tokens: p / total for "
        "one that stays, 0.0 for the others.",
    ),
    misconceptions=(
        Misconception(
            "filtered without renormalising",
            "Yours no longer add up to 1. Divide what is left by its sum.",
            lambda probs, k: only(probs, ranked(probs)[:k]),
        ),
        Misconception(
            "the k least likely",
            "You keep those at the other end.",
            smallest_k,
        ),
        Misconception(
            "the first k tokens",
            "You keep the tokens 0 to k − 1, however likely they are.",
            lambda probs, k: full_again(only(probs, range(k))),
        ),
        Misconception(
            "k tokens left out",
            "You drop the k least likely. Asked for is how many stay.",
            lambda probs, k: (
                full_again(only(probs, ranked(probs)[: len(probs) - k]))
                if k < len(probs)
                else [0.0] * len(probs)
            ),
        ),
        Misconception(
            "one too many",
            "k + 1 tokens stay.",
            lambda probs, k: full_again(only(probs, ranked(probs)[: k + 1])),
        ),
        Misconception(
            "the list has become shorter",
            "A token is its place in the list. When others are taken out, all places behind them "
            "mean something else. Give those a 0.0.",
            closed_up,
            also=(lambda probs, k: full_again(sorted(probs)[::-1][:k]),),
        ),
        Misconception(
            "sorted probabilities",
            "The largest stand in front now, so they have changed their tokens.",
            lambda probs, k: full_again(
                [p if i < k else 0.0 for i, p in enumerate(sorted(probs)[::-1])]
            ),
        ),
        Misconception(
            "each as likely as the other",
            "Those that stay keep their proportions: the likeliest still is.",
            lambda probs, k: full_again(
                [float(token in ranked(probs)[:k]) for token in range(len(probs))]
            ),
        ),
        Misconception(
            "tokens for probabilities",
            "These are the tokens that stay. What are the probabilities of all of them?",
            lambda probs, k: ranked(probs)[:k],
            also=(lambda probs, k: sorted(ranked(probs)[:k]),),
        ),
    ),
)


# -------------------------------------------------------------------------------------- top_p


def top_p(probs, p):
    """Only the fewest likeliest tokens that together reach p keep a probability."""
    kept, total = [], 0.0
    for token in sorted(range(len(probs)), key=lambda token: -probs[token]):
        if kept and total >= p:
            break
        kept.append(token)
        total += probs[token]
    return [probs[token] / total if token in kept else 0.0 for token in range(len(probs))]


def kept_while(probs, wanted):
    """The likeliest, as long as what was kept before, and with it, is `wanted`."""
    kept, total = [], 0.0
    for token in ranked(probs):
        if not wanted(total, total + probs[token], len(kept)):
            break
        kept.append(token)
        total += probs[token]
    return kept


def kept_as_they_stand(probs, p, order):
    """Tokens in some order, until p is reached."""
    kept, total = [], 0.0
    for token in order:
        if kept and total >= p:
            break
        kept.append(token)
        total += probs[token]
    return kept


def reached_before(probs, p):
    return kept_while(probs, lambda before, after, n: after <= p)


def of_top_p(rng):
    """Probabilities, and a p that no sum of them comes near."""
    probs = chances(rng)
    while True:
        p = round(rng.uniform(0.1, 0.95), 2)
        sums = [sum(sorted(probs)[::-1][:n]) for n in range(len(probs) + 1)]
        if min(abs(p - one) for one in sums) > 0.005:
            return probs, p


def top_p_why(probs, p):
    best, told, total = sorted(probs)[::-1], [], 0.0
    for prob in best:
        told.append(prob)
        total += prob
        if total >= p:
            break
    return f"the likeliest, {listed(told)}, together have {total:.4g}, which reaches {p:g}"


TOP_P = Exercise(
    lesson="08",
    solution=top_p,
    weight="practice",
    minutes=6,
    difficulty=3,
    task="Leave the fewest tokens that together have at least the probability p: take the "
    "likeliest first, then the next, until p is reached. The token that reaches it stays, and one "
    "always does. The others get 0, and those that stay are divided by their sum.",
    cases=(
        ([0.5, 0.25, 0.15, 0.1], 0.6),
        ([0.15, 0.05, 0.7, 0.1], 0.6),
        ([0.1, 0.3, 0.2, 0.4], 0.95),
        ([0.5, 0.3, 0.2], 0.0),
    ),
    fresh=of_top_p,
    why=top_p_why,
    holds="Many tokens stay where the model is unsure, few where it is sure.",
    hints=(
        "Sort the tokens as for top_k. Then take them one by one, and keep a running sum.",
        "When do you stop? Before you take a token, look whether the sum of those that you have "
        "reaches p. For p = 0 there must be one first.",
        "At the end, as in top_k: divided by the sum for those that were taken, 0.0 for the "
        "others.",
    ),
    misconceptions=(
        Misconception(
            "top-p drops the crossing token",
            "You stop before the token with which the sum reaches p, so yours have less than p "
            "together, and where one token has more than p, none is left.",
            lambda probs, p: full_again(
                only(probs, kept_while(probs, lambda before, after, n: after <= p))
            ),
            also=(
                lambda probs, p: full_again(
                    only(probs, kept_while(probs, lambda before, after, n: not n or after <= p))
                ),
                lambda probs, p: [
                    q / sum(only(probs, reached_before(probs, p))) if q else 0.0
                    for q in only(probs, reached_before(probs, p))
                ],
            ),
        ),
        Misconception(
            "filtered without renormalising",
            "Yours no longer add up to 1. Divide what is left by its sum.",
            lambda probs, p: only(
                probs, kept_while(probs, lambda before, after, n: not n or before < p)
            ),
        ),
        Misconception(
            "divided by p",
            "Those that stay have p together, or a little more. Divide by the sum that they have.",
            lambda probs, p: [
                q / p
                for q in only(
                    probs, kept_while(probs, lambda before, after, n: not n or before < p)
                )
            ],
        ),
        Misconception(
            "nothing is left",
            "For p = 0 the sum reaches p before anything was taken, and then it is divided by 0. "
            "One token always stays.",
            lambda probs, p: full_again(
                only(probs, kept_while(probs, lambda before, after, n: before < p))
            ),
        ),
        Misconception(
            "one too many",
            "p is reached, and you take one more.",
            lambda probs, p: full_again(
                only(
                    probs,
                    ranked(probs)[
                        : 1 + len(kept_while(probs, lambda before, after, n: not n or before < p))
                    ],
                )
            ),
        ),
        Misconception(
            "each token by itself",
            "You keep the tokens whose own probability is at least p. It is their sum that counts.",
            lambda probs, p: full_again(
                only(probs, [token for token, q in enumerate(probs) if q >= p])
            ),
            also=(lambda probs, p: [q if q >= p else 0.0 for q in probs],),
        ),
        Misconception(
            "the least likely first",
            "You begin with the smallest probabilities.",
            lambda probs, p: full_again(
                only(probs, kept_as_they_stand(probs, p, ranked(probs)[::-1]))
            ),
        ),
        Misconception(
            "not sorted",
            "You take the tokens as they stand. The likeliest come first.",
            lambda probs, p: full_again(
                only(probs, kept_as_they_stand(probs, p, range(len(probs))))
            ),
        ),
        Misconception(
            "tokens for probabilities",
            "These are the tokens that stay. What are the probabilities of all of them?",
            lambda probs, p: kept_while(probs, lambda before, after, n: not n or before < p),
        ),
    ),
)


# ---------------------------------------------------------------------------------- beam_step


def beam_step(beam, chances, width):
    """One step of beam search: every open text goes on in every way; the width likeliest stay.

    beam is a list of pairs (text, its probability). A text that ends with "." is over.
    chances(text) is a dict: what may come next, "." among it, and how likely that is.
    """
    found = []
    for text, p in beam:
        if text.endswith("."):
            found.append((text, p))
        else:
            found += [(text + char, p * q) for char, q in chances(text).items()]
    return sorted(found, key=lambda one: -one[1])[:width]


def stepping(
    over=lambda text, p: [(text, p)],
    joined=lambda p, q: p * q,
    chosen=lambda options: options,
    cut=lambda found, width: sorted(found, key=lambda one: -one[1])[:width],
):
    """The step with something changed."""

    def wrong(beam, chances, width):
        found = []
        for text, p in beam:
            if text.endswith("."):
                found += over(text, p)
            else:
                options = chosen(chances(text))
                found += [(text + char, joined(p, q)) for char, q in options.items()]
        return cut(found, width)

    return wrong


def the_likeliest_alone(options):
    char = max(options, key=lambda one: options[one])
    return {char: options[char]}


def one_after_the_other(beam, chances, width):
    """The best of each text, width of them, instead of the best of all."""
    found = []
    for text, p in beam:
        found += beam_step([(text, p)], chances, width)
    return sorted(found, key=lambda one: -one[1])


def ended_ones_go_on(beam, chances, width):
    found = [(text + char, p * q) for text, p in beam for char, q in chances(text).items()]
    return sorted(found, key=lambda one: -one[1])[:width]


def table(rng):
    """What may come next, by the last letter, as a function that a card can show."""

    def row():
        return dict(zip("abc.", [round(p, 2) for p in chances(rng, 4)], strict=True))

    return Formula("text", f"{ {last: row() for last in ('', *'abc')} }[text[-1:]]")


def of_beam_step(rng):
    beam = [("", 1.0)]
    following = table(rng)
    for _ in range(rng.randint(0, 2)):
        beam = beam_step(beam, following, 3)
    return beam, following, rng.randint(2, 5)


TINY = Formula(
    "text",
    "{'': {'a': 0.6, 'b': 0.4}, 'a': {'a': 0.3, 'b': 0.4, '.': 0.3}, "
    "'b': {'a': 0.05, 'b': 0.05, '.': 0.9}}[text[-1:]]",
)


def beam_why(beam, chances, width):
    found = sorted(beam_step(beam, chances, 10**6), key=lambda one: -one[1])
    told = ", ".join(f"{text} with {p:.4g}" for text, p in found[: width + 1])
    return f"the likeliest are {told}, and {width} may stay"


BEAM_STEP = Exercise(
    lesson="08",
    solution=beam_step,
    weight="stretch",
    minutes=8,
    difficulty=3,
    task="One step of beam search. In beam stand some beginnings, each with its probability. Let "
    "each go on in every way that chances(text) knows, and multiply. A text that ends with a full "
    "stop is over and stays as it is. Of all of these return the width likeliest, the likeliest "
    "first.",
    cases=(
        ([("", 1.0)], TINY, 1),
        ([("a", 0.6), ("b", 0.4)], TINY, 2),
        ([("b.", 0.36), ("ab", 0.24)], TINY, 2),
        ([("b.", 0.36), ("ab.", 0.216), ("aa", 0.18)], TINY, 9),
    ),
    fresh=of_beam_step,
    why=beam_why,
    holds="All ways were looked at, and what is over competes with what goes on.",
    hints=(
        'text.endswith(".") tells whether a text is over. Then it goes into the new list as it is.',
        "For an open text: chances(text).items() gives each next character with its probability q. "
        "The longer text is text + char, and it has the probability p · q.",
        "sorted with key=lambda one: -one[1] puts the likeliest first, and [:width] cuts.",
    ),
    misconceptions=(
        Misconception(
            "texts that are over get lost",
            "Those that end with a full stop should stay in the running.",
            stepping(over=lambda text, p: []),
        ),
        Misconception(
            "texts that are over go on",
            "Nothing comes after a full stop. Ask for chances only if a text is open.",
            ended_ones_go_on,
        ),
        Misconception(
            "only the last step counts",
            "You compare the last characters alone. A text is as likely as all of its steps, "
            "multiplied.",
            stepping(joined=lambda p, q: q),
        ),
        Misconception(
            "probabilities added",
            "First this and then that: such probabilities are multiplied.",
            stepping(joined=lambda p, q: p + q),
        ),
        Misconception(
            "greedy for each text",
            "Each text goes on in its likeliest way only. Its second may be better than another's "
            "first.",
            stepping(chosen=the_likeliest_alone),
        ),
        Misconception(
            "as many for each text",
            "You keep the best width of each text. Asked for are width in all.",
            one_after_the_other,
        ),
        Misconception(
            "everything stays",
            "Nothing is cut off, so the beam grows and grows.",
            stepping(cut=lambda found, width: sorted(found, key=lambda one: -one[1])),
        ),
        Misconception(
            "not sorted",
            "You take the first that were found. The likeliest should stay.",
            stepping(cut=lambda found, width: found[:width]),
        ),
        Misconception(
            "the least likely",
            "Sorted upwards, so the worst stay. A minus sign in the key turns it round.",
            stepping(cut=lambda found, width: sorted(found, key=lambda one: one[1])[:width]),
        ),
        Misconception(
            "sorted by the alphabet",
            "Pairs are compared by their first entry, the text. Sort them by the second.",
            stepping(cut=lambda found, width: sorted(found)[:width]),
            also=(stepping(cut=lambda found, width: sorted(found, reverse=True)[:width]),),
        ),
    ),
)


# ------------------------------------------------------------------------------- repair_names


def repair_names(count, state, config, chars, temperature, rng):
    """As many texts as count says, each begun anew."""
    names = []
    for _ in range(count):
        cache, token, text = new_cache(config), len(chars), ""
        for position in range(config.block_size):
            logits = gpt(token, position, state, config, cache)
            token = sample_from(apply_temperature(logits, temperature), rng)
            if token == len(chars):
                break
            text += chars[token]
        names.append(text)
    return names


def names_of_one_cache(count, state, config, chars, temperature, rng):
    """As many texts as count says, each begun anew."""
    cache, names = new_cache(config), []
    for _ in range(count):
        token, text = len(chars), ""
        for position in range(config.block_size):
            logits = gpt(token, position, state, config, cache)
            token = sample_from(apply_temperature(logits, temperature), rng)
            if token == len(chars):
                break
            text += chars[token]
        names.append(text)
    return names


def naming(
    at_start=lambda cache, config: new_cache(config),
    each_time=lambda cache, config: cache,
    after_bos=lambda cache, config: cache,
    shift=lambda earlier: 0,
    texts=lambda names: names,
):
    """The loop over names, with the cache handled in another way."""

    def wrong(count, state, config, chars, temperature, rng):
        cache, names, made = new_cache(config), [], 0
        for _ in range(count):
            cache, token, text = at_start(cache, config), len(chars), ""
            for position in range(config.block_size):
                cache = each_time(cache, config)
                logits = gpt(token, position + shift(made), state, config, cache)
                token = sample_from(apply_temperature(logits, temperature), rng)
                if token == len(chars):
                    cache = after_bos(cache, config)
                    break
                text += chars[token]
            names.append(text)
            made += len(text) + 1
        return texts(names)

    return wrong


def kept(cache, config):
    return cache


def same_place_emptied(cache, config):
    """The two lists of the first layer, and no others."""
    cache[0][0].clear()
    cache[0][1].clear()
    return cache


def two_layers(rng):
    """Like a small model, with a second block."""
    state, _, chars = small_model(rng)
    second = block_tables(rng, 1, 2)
    return State({**state, **second}), Config(5, 4, 2, 1, 2), chars


def of_names(rng, ends=None):
    """A model that always takes the likeliest, and for which a cache with a past matters."""
    while True:
        state, config, chars = two_layers(rng)
        steps = followed(state, config, chars, 0.0)
        if steps is None or len(steps) < 3 or ends not in (None, steps[-1][0] == len(chars)):
            continue
        inputs = (rng.randint(2, 3), state, config, chars, 0.0, Dice(rng.randrange(1000)))
        others = [names_of_one_cache]
        if ends is not None:
            others += [naming(same_place_emptied), naming(each_time=start_anew)]
        right = repair_names(*inputs)
        if all(other(*inputs) != right for other in others):
            return inputs


def start_anew(cache, config):
    return new_cache(config)


REPAIR_NAMES = Exercise(
    lesson="08",
    solution=repair_names,
    given=names_of_one_cache,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="Somebody wrote this to get several names in a row. The first is right, and the others "
    "know something that they should not. Find the mistake, and repair it.",
    cases=(of_names(Random(1), ends=True), of_names(Random(2), ends=False)),
    fresh=of_names,
    why=lambda count, state, config, chars, temperature, rng: (
        "at temperature 0 there are no dice, so whatever begins anew with BOS and an empty cache "
        "becomes the same text"
    ),
    observe=lambda names, inputs: names,
    observed="the names",
    holds="Every name begins with BOS and an empty memory.",
    hints=(
        "Print len(cache[0][0]) at the beginning of each name. How many keys should be there?",
        "What is made once, before all names, and grows? What should be made for each name?",
        "Move the making of the cache into the loop over the names, and leave it out of the loop "
        "over the positions.",
    ),
    misconceptions=(
        Misconception(
            "a memory that forgets",
            "A new cache for every token: now a token knows nothing of its own name. One for each "
            "name.",
            naming(each_time=start_anew),
        ),
        Misconception(
            "anew after BOS only",
            "A name also ends when the context is full, and then your next one remembers it.",
            naming(kept, after_bos=start_anew),
        ),
        Misconception(
            "only the first layer emptied",
            "Every layer has keys and values of its own. All of them must be gone.",
            naming(same_place_emptied),
        ),
        Misconception(
            "an empty list for the cache",
            "A cache has a pair of lists for every layer, also when nothing is in them. new_cache "
            "makes it.",
            naming(lambda cache, config: []),
        ),
        Misconception(
            "the positions go on",
            "A new name begins at position 0. Yours counts on, and runs out of positions.",
            naming(kept, shift=lambda made: made),
        ),
        Misconception(
            "only the first name",
            "One name comes back. Does the return stand inside the loop?",
            naming(texts=lambda names: names[:1]),
        ),
    ),
)
