"""Notebook 08, the core: token after token, a text."""

from collections.abc import Callable
from random import Random
from typing import Any

from micrograd.checks.declare import Dice, Exercise, Misconception
from micrograd.checks.exercises.blocks import (
    Config,
    State,
    block_tables,
    gpt,
    new_cache,
    small_mat,
)
from micrograd.checks.exercises.networks import numbers, random_mat, vec
from micrograd.checks.exercises.sampling import apply_temperature, sample_from
from micrograd.checks.exercises.surprise import listed, softmax
from micrograd.checks.values import kind, plain

# ---------------------------------------------------------------------------------- generate

CALLS = 5


def generate(state, config, chars, temperature, rng):
    """A new text, one token after the other, until BOS is drawn or the context is full."""
    cache, token, text = new_cache(config), len(chars), ""
    for position in range(config.block_size):
        logits = gpt(token, position, state, config, cache)
        token = sample_from(apply_temperature(logits, temperature), rng)
        if token == len(chars):
            break
        text += chars[token]
    return text


def generating(
    first: Callable[..., Any] = lambda chars: len(chars),
    places: Callable[..., Any] = lambda config: range(config.block_size),
    at: Callable[..., Any] = lambda position: position,
    fed: Callable[..., Any] = lambda token, chars: token,
    memory: Callable[..., Any] = lambda cache, config: cache,
    draw: Callable[..., Any] = lambda logits, t, rng: sample_from(
        apply_temperature(logits, t), rng
    ),
    ends: Callable[..., Any] = lambda token, chars: token == len(chars),
    letters: Any = lambda chars: chars,
    end: Callable[..., Any] = lambda text: text,
):
    """The loop with something changed."""

    def wrong(state, config, chars, temperature, rng):
        cache, token, text = new_cache(config), first(chars), ""
        for position in places(config):
            cache = memory(cache, config)
            logits = gpt(fed(token, chars), at(position), state, config, cache)
            token = draw(logits, temperature, rng)
            if ends(token, chars):
                break
            text += letters(chars)[token]
        return end(text)

    return wrong


def endless_positions(config):
    return range(config.block_size + 1)


def cut_short(state, config, chars, temperature, rng):
    """A return inside the loop."""
    return generate(state, config, chars, temperature, rng)[:1]


def skips_bos(state, config, chars, temperature, rng):
    """BOS is left out of the text, and drawing goes on."""
    cache, token, text = new_cache(config), len(chars), ""
    for position in range(config.block_size):
        logits = gpt(token, position, state, config, cache)
        token = sample_from(apply_temperature(logits, temperature), rng)
        if token < len(chars):
            text += chars[token]
    return text


def last_before_bos(state, config, chars, temperature, rng):
    """The context is not the end; only BOS is."""
    cache, token, text, position = new_cache(config), len(chars), "", 0
    while True:
        logits = gpt(token, position, state, config, cache)
        token = sample_from(apply_temperature(logits, temperature), rng)
        if token == len(chars):
            return text
        text += chars[token]
        position += 1


def texts_seen(results, _):
    """What the calls gave, where they agree: no two right answers need to draw alike."""
    texts = {
        str(one) if isinstance(one, str) else f"not a text: {kind(plain(one))}": 0
        for one in results
    }
    return "texts that differ" if len(texts) > 1 else next(iter(texts))


class Letters(list[Any]):
    """Characters that a card shows as one text."""

    def __repr__(self):
        return f"list({''.join(self)!r})"


def followed(state, config, chars, temperature):
    """The text that is all but certain, with each step's two largest chances; None if none is."""
    cache, token, steps = new_cache(config), len(chars), []
    for position in range(config.block_size):
        logits = gpt(token, position, state, config, cache)
        if temperature:
            chances = apply_temperature(logits, temperature)
            sure = max(chances) > 1 - 1e-9
        else:
            size = sorted(numbers(logits))
            sure = size[-1] - size[-2] > 1e-3
            chances = apply_temperature(logits, 1.0)
        if not sure:
            return None
        token = chances.index(max(chances))
        steps.append((token, numbers(logits)))
        if token == len(chars):
            break
    return steps


def generate_why(state, config, chars, temperature, rng):
    steps = followed(state, config, chars, temperature)
    if steps is None:
        return (
            f"after every token each of the {len(chars) + 1} tokens is about as likely, so five "
            "texts cannot all be alike"
        )
    names = [*chars, "BOS"]
    told = []
    for position, (token, logits) in enumerate(steps):
        told.append(f"at position {position} the logits are {listed(logits)}: {names[token]}")
    last = "" if steps[-1][0] == len(chars) else f"; the context of {config.block_size} is full"
    how = f"and at temperature {temperature:g} the largest logit wins"
    if temperature:
        how += ", all but certainly"
    return f"{'; '.join(told)}{last}, {how}"


def small_model(rng):
    """A model of 4 letters and BOS, with a context of 4."""
    state = {"wte": random_mat(rng, 5, 2), "wpe": random_mat(rng, 4, 2)}
    state |= {"lm_head": small_mat(rng, 5, 2), **block_tables(rng, 0, 2)}
    return State(state), Config(5, 4, 1, 1, 2), Letters("abcd")


def of_generate(rng, temperature=None, length=None, ends=None):
    """A model and a temperature at which one text is all but certain, of two letters or more."""
    temperature = rng.choice([0.0, 0.02]) if temperature is None else temperature
    while True:
        state, config, chars = small_model(rng)
        steps = followed(state, config, chars, temperature)
        if steps is None:
            continue
        tokens = [token for token, _ in steps]
        ended = tokens[-1] == len(chars)
        letters = len(tokens) - ended
        if letters < 2 or len(set(tokens)) < 2:
            continue
        if length in (None, letters) and ends in (None, ended):
            return state, config, chars, temperature, Dice(rng.randrange(1000))


def even_model(letters, block_size):
    """All weights 0: every token is as likely as every other."""
    config = Config(len(letters) + 1, block_size, 1, 1, 2)
    rows = {"wte": config.vocab_size, "wpe": block_size, "lm_head": config.vocab_size}
    state = {name: [vec(0.0, 0.0) for _ in range(n)] for name, n in rows.items()}
    state |= {f"layer0.attn_{name}": [vec(0.0, 0.0)] * 2 for name in ("wq", "wk", "wv", "wo")}
    state |= {"layer0.mlp_fc1": [vec(0.0, 0.0)] * 8, "layer0.mlp_fc2": [vec(*[0.0] * 8)] * 2}
    return State(state), config, Letters(letters)


GENERATE = Exercise(
    lesson="08",
    solution=generate,
    minutes=8,
    difficulty=3,
    task="Let the model write. It begins with BOS at position 0 and an empty cache. Ask gpt for "
    "logits, make probabilities at this temperature, draw a token, and give that token back to gpt "
    "at the next position. The text is over when BOS is drawn, which is no part of it, or when "
    "there is no position left: there are config.block_size.",
    cases=(
        of_generate(Random(46), temperature=0.0, length=2, ends=True),
        of_generate(Random(52), temperature=0.02, length=3, ends=True),
        of_generate(Random(57), temperature=0.0, length=4, ends=False),
        (*even_model("abcdefghijkl", 3), 1.0, Dice(4)),
    ),
    fresh=of_generate,
    why=generate_why,
    observe=texts_seen,
    observed=f"the text of {CALLS} calls in a row, where they agree",
    calls=CALLS,
    holds="Token by token, each from all before it; over at BOS, or when the context is full; and "
    "every text begins anew.",
    hints=(
        "Before the loop: a new cache, BOS as the first token, which is len(chars), and an empty "
        "text.",
        "range(config.block_size) gives the positions. In each round: gpt, apply_temperature, "
        "sample_from.",
        "Keep the token that was drawn under the name of the one you asked with. In the next round "
        "gpt gets it.",
        "If the drawn token is BOS, leave the loop with break. Otherwise its character, "
        "chars[token], goes to the end of the text. Return the text after the loop.",
    ),
    misconceptions=(
        Misconception(
            "BOS never ends",
            "You leave BOS out of the text and go on drawing. BOS says that the text is over.",
            skips_bos,
        ),
        Misconception(
            "BOS taken for a character",
            "BOS has no place in chars. Look whether it was drawn before you look for a character.",
            generating(ends=lambda token, chars: False),
        ),
        Misconception(
            "BOS written out",
            "BOS ends the text and is no part of it.",
            generating(ends=lambda token, chars: False, letters=lambda chars: [*chars, "."]),
            also=(
                generating(ends=lambda token, chars: False, letters=lambda chars: [*chars, "BOS"]),
            ),
        ),
        Misconception(
            "begun with a letter",
            "The first token that gpt is asked with is BOS, whose id is len(chars).",
            generating(first=lambda chars: 0),
            also=(generating(first=lambda chars: len(chars) - 1),),
        ),
        Misconception(
            "what was drawn is not given back",
            "gpt is asked with BOS again and again. In the next round it should get the token that "
            "was drawn.",
            generating(fed=lambda token, chars: len(chars)),
        ),
        Misconception(
            "the position stands still",
            "Every token is given to gpt as if it were the first. The position goes up by one.",
            generating(at=lambda position: 0),
        ),
        Misconception(
            "a memory that forgets",
            "A new cache in every round: gpt sees one token and never the ones before it. One "
            "cache serves one whole text.",
            generating(memory=lambda cache, config: new_cache(config)),
        ),
        Misconception(
            "always the likeliest",
            "No dice are thrown, so the model can write one text only.",
            generating(draw=lambda logits, t, rng: apply_temperature(logits, 0).index(1.0)),
        ),
        Misconception(
            "temperature ignored",
            "You draw by the probabilities of a temperature of 1.",
            generating(draw=lambda logits, t, rng: sample_from(numbers(softmax(logits)), rng)),
        ),
        Misconception(
            "one token too few",
            "There are config.block_size positions, from 0 on, and from each of them a token can "
            "be drawn.",
            generating(places=lambda config: range(config.block_size - 1)),
        ),
        Misconception(
            "behind the end of the context",
            "There is no row of wpe for a position beyond the last. When the context is full, the "
            "text is over, with BOS or without.",
            last_before_bos,
            also=(generating(places=endless_positions),),
        ),
        Misconception(
            "over after the first letter",
            "Only the first character comes back. Does a return stand inside the loop?",
            cut_short,
        ),
        Misconception(
            "a list for the text",
            "The characters are right. Glue them together.",
            generating(end=list),
        ),
    ),
)
