"""A trained model writes many texts at once: the draws of `micrograd.sample`, with arrays.

What a text costs is mostly not arithmetic but one call of NumPy after the other, and a call for 256
texts takes little longer than one for a single text. So they are written side by side, a token of
each at a time, and those that have ended are taken out.

Shapes in comments: B texts, T positions so far, E embedding, n_head heads of H numbers, V
vocabulary.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from micrograd import sample
from micrograd.fast.nn import filled
from micrograd.fast.tensor import Array
from micrograd.gpt import GPTConfig
from micrograd.tokenizer import Tokenizer

# isort: split
import numpy as np


@dataclass
class Cache:
    """The keys and values of the positions read so far: for each layer (block_size, B, E)."""

    keys: list[Array]
    values: list[Array]
    length: int = 0  # positions

    def copy(self) -> "Cache":
        return self.of(slice(None))

    def of(self, texts: Any) -> "Cache":
        """The memory of those of the texts that an index gives: a copy."""
        keys, values = ([a[:, texts].copy() for a in arrays] for arrays in (self.keys, self.values))
        return Cache(keys, values, self.length)


class Reader:
    """A GPT's weights as they are now, as plain arrays: it predicts, and nothing learns.

    Every text reads one token at a time and keeps what later ones may attend to in a cache, as in
    `micrograd.gpt`. Attention needs the sums of products within each head, for all heads and texts
    at once. They are a product with a matrix of zeros and ones: which number belongs to which head.
    """

    def __init__(self, config: GPTConfig, weights: dict[str, Array]) -> None:
        self.config = config
        w = {name: data.T.copy() for name, data in weights.items()}  # inputs x outputs
        self.tokens, self.positions, self.head = w["wte"].T, w["wpe"].T, w["lm_head"]
        self.layers = [
            (
                np.concatenate([w[f"layer{i}.attn_w{name}"] for name in "qkv"], axis=1),
                *(w[f"layer{i}.{name}"] for name in ("attn_wo", "mlp_fc1", "mlp_fc2")),
            )
            for i in range(config.n_layer)
        ]
        dtype = self.head.dtype
        head = np.eye(config.n_head, dtype=dtype).repeat(config.n_embd // config.n_head, axis=0)
        self.from_heads = head.T.copy()  # (n_head, E)
        self.to_heads = head * (config.n_embd // config.n_head) ** -0.5  # and scaled: (E, n_head)

    def frozen(self) -> "Reader":
        return self

    def new_cache(self, texts: int = 1) -> Cache:
        """The memory of some texts that have not begun."""
        c, dtype = self.config, self.to_heads.dtype
        shape = (c.block_size, texts, c.n_embd)
        keys, values = ([np.empty(shape, dtype) for _ in range(c.n_layer)] for _ in range(2))
        return Cache(keys, values)

    def copy_cache(self, cache: Cache) -> Cache:
        return cache.copy()

    def logits(self, token: Any, position: int, cache: Cache) -> Any:
        """The score of every token as the next one; `cache` grows by one position.

        For one token a list of V floats; for an array of tokens, one of each text in the cache, an
        array (B, V).
        """
        c = self.config
        one = isinstance(token, int)
        for odd in [t for t in ([token] if one else token.tolist()) if not 0 <= t < c.vocab_size]:
            raise IndexError(f"Token {odd} is not one of the {c.vocab_size} tokens.")
        if not 0 <= position < c.block_size or cache.length == c.block_size:
            raise IndexError(
                f"Position {max(position, cache.length)} is outside of the context of "
                f"{c.block_size} tokens."
            )
        with np.errstate(all="ignore"):  # scores that are no numbers are refused when one is drawn
            scores = self.read(slice(token, token + 1) if one else token, position, cache)
        return scores[0].tolist() if one else scores

    def read(self, tokens: Any, position: int, cache: Cache) -> Array:
        e = self.config.n_embd
        t = cache.length = cache.length + 1
        x = rmsnorm(self.tokens[tokens] + self.positions[position])  # (B, E)
        for i, (w_qkv, w_o, w_fc1, w_fc2) in enumerate(self.layers):
            qkv = rmsnorm(x).dot(w_qkv)  # (B, 3E)
            keys, values = cache.keys[i][:t], cache.values[i][:t]  # (T, B, E)
            keys[-1], values[-1] = qkv[:, e : 2 * e], qkv[:, 2 * e :]
            products = keys * qkv[:, :e]  # (T, B, E), to be summed within each head
            weights = products.reshape(-1, e).dot(self.to_heads).reshape(t, -1)  # (T, B n_head)
            weights -= np.maximum.reduce(weights)
            np.exp(weights, out=weights)
            weights /= np.add.reduce(weights)
            shares = weights.reshape(-1, self.config.n_head).dot(self.from_heads)  # (T B, E)
            mixed = np.add.reduce(shares.reshape(keys.shape) * values)  # (B, E)
            x = mixed.dot(w_o) + x
            hidden = np.maximum(rmsnorm(x).dot(w_fc1), 0)  # (B, 4E)
            if self.config.activation == "relu2":
                hidden *= hidden
            x = hidden.dot(w_fc2) + x
        logits: Array = x.dot(self.head)
        return logits  # (B, V)


def rmsnorm(x: Array) -> Array:
    average = filled(x.shape[1], 1 / x.shape[1], x.dtype)
    normed: Array = x / np.sqrt((x * x).dot(average) + 1e-5)[:, None]
    return normed


def apply_temperature(logits: Array, temperature: float) -> Array:
    """As `micrograd.sample.apply_temperature`, with a row for each text: (B, V)."""
    if not np.isfinite(logits).all():
        for row in logits.tolist():
            sample.apply_temperature(row, temperature)  # which has words for it
    z: Array = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    if temperature == 0:
        z = np.where(np.arange(z.shape[1]) == z.argmax(axis=1)[:, None], 0.0, -np.inf)
    else:
        with np.errstate(over="ignore"):  # -inf, whose exponential is 0
            z /= temperature
    exponentials = np.exp(z, out=z)
    exponentials /= exponentials.sum(axis=1, keepdims=True)
    return exponentials


def keep_top_k(probs: Array, k: int) -> Array:
    """In each row only the `k` likeliest tokens, made to sum to 1 again."""
    ranked = np.argsort(-probs, axis=1, kind="stable")
    return renormalize(probs, ranked, np.arange(probs.shape[1]) < k)


def keep_top_p(probs: Array, p: float) -> Array:
    """In each row the fewest likeliest tokens that together reach `p`, made to sum to 1 again."""
    ranked = np.argsort(-probs, axis=1, kind="stable")
    before = np.zeros_like(probs)  # the probability of all likelier ones
    before[:, 1:] = np.take_along_axis(probs, ranked, axis=1).cumsum(axis=1)[:, :-1]
    kept = (before < p) | (p == 1)
    kept[:, 0] = True
    return renormalize(probs, ranked, kept)


def renormalize(probs: Array, ranked: Array, kept: Array) -> Array:
    """`kept` says which ranks stay, `ranked` which token has which rank."""
    result = probs.copy()
    np.put_along_axis(result, ranked, np.take_along_axis(probs, ranked, axis=1) * kept, axis=1)
    result /= result.sum(axis=1, keepdims=True)
    return result


def generate_batch(
    model: Any,
    tokenizer: Tokenizer,
    rng: Random,
    count: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    prompt: str = "",
) -> list[str]:
    """`count` new texts that begin with `prompt`, by the settings of `micrograd.sample.generate`.

    For each token of each text one number is drawn from `rng`: first for the first tokens of all
    texts, then for the second tokens of those that go on. So one text alone gets the numbers that
    `generate` would have given it.
    """
    sample.apply_temperature([0.0], temperature)  # these raise what is to be said of a setting
    sample.keep_top_k([1.0], 1 if top_k is None else top_k)
    sample.keep_top_p([1.0], 1.0 if top_p is None else top_p)
    reader = model.frozen()
    given = sample.prompt_tokens(reader, tokenizer, prompt)
    cache = reader.new_cache(count)
    texts = np.arange(count)  # which ones the rows of what follows are
    written: list[list[int]] = [[] for _ in range(count)]
    for position, token in enumerate(given[:-1]):
        reader.logits(np.full(count, token), position, cache)
    tokens = np.full(count, given[-1])
    for position in range(len(given) - 1, reader.config.block_size):
        probs = apply_temperature(reader.logits(tokens, position, cache), temperature)  # (B, V)
        if top_k is not None:
            probs = keep_top_k(probs, top_k)
        if top_p is not None:
            probs = keep_top_p(probs, top_p)
        tokens = draw(probs, rng)
        for text, token in zip(texts.tolist(), tokens.tolist(), strict=True):
            written[text].append(token)
        going_on = tokens != tokenizer.bos
        if not going_on.all():
            texts, tokens, cache = texts[going_on], tokens[going_on], cache.of(going_on)
        if not len(texts):
            break
    return [prompt + tokenizer.decode(tokens) for tokens in written]


def draw(probs: Array, rng: Random) -> Array:
    """A token for each row of probabilities, as `rng.choices` draws one: (B,)."""
    reached = probs.cumsum(axis=1)
    numbers = np.array([rng.random() for _ in range(len(probs))]) * reached[:, -1]
    tokens: Array = (reached[:, :-1] <= numbers[:, None]).sum(axis=1)
    return tokens
