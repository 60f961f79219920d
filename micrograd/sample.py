"""A trained model writes: predict the next token, draw one, append it, repeat.

Sampling needs no gradients, so the model runs on plain floats here and no graph is built. It may be
any model with `frozen()`, of `micrograd.gpt` or of `micrograd.fast.gpt`. Notebook 08 builds these
functions.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from micrograd.nn import probabilities
from micrograd.tokenizer import Tokenizer


@dataclass(frozen=True)
class Choice:
    """One step of generation: the distribution, and the token drawn from it."""

    position: int  # of the token that the prediction was made from
    probabilities: list[float]  # of each token as the next one, after temperature and filters
    token: int  # the one drawn


def apply_temperature(logits: list[float], temperature: float) -> list[float]:
    """Probabilities of logits divided by `temperature`.

    Below 1 the likelier tokens gain, above 1 the others. At 0 the likeliest
    token has it all: greedy choice, the first of equals.
    """
    if not temperature >= 0:
        raise ValueError(f"The temperature must be 0 or more, not {temperature}.")
    largest = max(logits)
    if not all(map(math.isfinite, logits)) and not all(logit < math.inf for logit in logits):
        raise ValueError(
            "The model's scores are not finite numbers, so nothing can be drawn by them: its "
            "weights were spoiled, most likely in training with too high a learning rate."
        )
    if temperature == 0:
        best = logits.index(largest)
        return [float(token == best) for token in range(len(logits))]
    return probabilities([(logit - largest) / temperature for logit in logits])


def keep_top_k(probs: list[float], k: int) -> list[float]:
    """Only the `k` likeliest tokens, made to sum to 1 again.

    >>> keep_top_k([0.5, 0.25, 0.125, 0.125], 2)
    [0.6666666666666666, 0.3333333333333333, 0.0, 0.0]
    """
    if k < 1:
        raise ValueError(f"top_k must keep at least 1 token, not {k}.")
    ranked = sorted(range(len(probs)), key=lambda token: -probs[token])
    return renormalize(probs, set(ranked[:k]))


def keep_top_p(probs: list[float], p: float) -> list[float]:
    """The fewest likeliest tokens that together reach probability `p`, made to sum to 1 again.

    The token that crosses `p` stays, so that 0 keeps the likeliest and 1 keeps all. From Holtzman
    et al., "The Curious Case of Neural Text Degeneration" (https://arxiv.org/abs/1904.09751).
    """
    if not 0 <= p <= 1:
        raise ValueError(f"top_p is a probability, from 0 to 1, not {p}.")
    kept: set[int] = set()
    total = 0.0
    for token in sorted(range(len(probs)), key=lambda token: -probs[token]):
        if kept and total >= p < 1:
            break
        kept.add(token)
        total += probs[token]
    return renormalize(probs, kept)


def renormalize(probs: list[float], kept: set[int]) -> list[float]:
    total = sum(probs[token] for token in kept)
    return [prob / total if token in kept else 0.0 for token, prob in enumerate(probs)]


def choices(
    model: Any,
    tokenizer: Tokenizer,
    rng: Random,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    prompt: str = "",
) -> Iterator[Choice]:
    """Draw token after token, each with its distribution, until BOS or the end of the context."""
    model = model.frozen()
    given, cache = prompt_tokens(model, tokenizer, prompt), model.new_cache()
    token = given[0]
    for position in range(model.config.block_size):
        logits = model.logits(token, position, cache)
        if position + 1 < len(given):
            token = given[position + 1]
            continue
        probs = apply_temperature(logits, temperature)
        if top_k is not None:
            probs = keep_top_k(probs, top_k)
        if top_p is not None:
            probs = keep_top_p(probs, top_p)
        token = rng.choices(range(len(probs)), weights=probs)[0]
        yield Choice(position, probs, token)
        if token == tokenizer.bos:
            return


def prompt_tokens(model: Any, tokenizer: Tokenizer, prompt: str) -> list[int]:
    """BOS and the prompt's tokens; there must be room to go on."""
    tokens = tokenizer.encode(prompt)[:-1]
    if len(tokens) > model.config.block_size:
        raise ValueError(
            f"The prompt {prompt[:40]!r} has {len(tokens)} tokens with BOS and leaves no room to "
            f"go on: the context holds {model.config.block_size}."
        )
    return tokens


def generate(
    model: Any,
    tokenizer: Tokenizer,
    rng: Random,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    prompt: str = "",
) -> str:
    """A new text that begins with `prompt`, one draw of `rng.choices` for each token.

    `temperature` 0 always takes the likeliest token; `top_k` and `top_p` leave unlikely ones out.
    """
    steps = choices(model, tokenizer, rng, temperature, top_k, top_p, prompt)
    return prompt + tokenizer.decode(step.token for step in steps)


def beam_search(
    model: Any, tokenizer: Tokenizer, width: int, prompt: str = ""
) -> list[tuple[str, float]]:
    """The likeliest texts found when only the `width` best are followed, each with its log p.

    Sorted, the likeliest first; log p, in nats, is that of all that comes after the prompt. With
    `width` 1 it is greedy choice; with a width of all possible texts it misses none.
    """
    if width < 1:
        raise ValueError(f"A beam follows at least 1 text, not {width}.")
    model = model.frozen()
    tokens, cache = prompt_tokens(model, tokenizer, prompt), model.new_cache()
    for position, token in enumerate(tokens[:-1]):
        model.logits(token, position, cache)
    ended: list[tuple[float, list[int], Any]] = []
    open_ended = [(0.0, tokens, cache)]
    for position in range(len(tokens) - 1, model.config.block_size):
        found = ended
        for log_p, written, cache in open_ended:
            cache = model.copy_cache(cache)
            probs = apply_temperature(model.logits(written[-1], position, cache), 1.0)
            found = found + [
                (log_p + math.log(p), [*written, token], cache)
                for token, p in enumerate(probs)
                if p > 0
            ]
        best = sorted(found, key=lambda text: -text[0])[:width]
        ended = [text for text in best if text[1][-1] == tokenizer.bos]
        open_ended = [text for text in best if text[1][-1] != tokenizer.bos]
        if not open_ended:
            break
    return [(tokenizer.decode(written), log_p) for log_p, written, _ in best]
