"""Text becomes numbers: a character, or a frequent sequence of bytes, gets an id.

One more id, BOS, marks where a document begins and, since the next one begins there, where it ends.
An id is a name and not a size: 3 is no more than 2 here. Notebook 05a builds `CharTokenizer`,
notebook 05b `BPETokenizer`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any


class CharTokenizer:
    """Characters to ids and back.

    >>> tokenizer = CharTokenizer.from_documents(["emma", "ava"])
    >>> tokenizer.chars, tokenizer.bos
    (['a', 'e', 'm', 'v'], 4)
    >>> tokenizer.encode("eva")
    [4, 1, 3, 0, 4]
    >>> tokenizer.decode([4, 1, 3, 0, 4])
    'eva'
    """

    def __init__(self, chars: Sequence[str]) -> None:
        if len(set(chars)) != len(chars) or any(len(char) != 1 for char in chars):
            raise ValueError("A vocabulary is a list of different single characters.")
        self.chars = list(chars)
        self.bos = len(self.chars)
        self.vocab_size = len(self.chars) + 1
        self._id = {char: i for i, char in enumerate(self.chars)}

    @classmethod
    def from_documents(cls, documents: Iterable[str]) -> CharTokenizer:
        """The tokenizer whose vocabulary is the characters that occur, sorted."""
        chars = sorted(set().union(*documents))
        if not chars:
            raise ValueError("There is no character in these documents: is the list empty?")
        return cls(chars)

    def encode(self, document: str) -> list[int]:
        """BOS, the characters' ids, BOS."""
        unknown = [char for char in document if char not in self._id]
        if unknown:
            raise ValueError(
                f"{unknown[0]!r} in {document[:40]!r} is not one of the {len(self.chars)} "
                f"characters that this tokenizer knows: {''.join(self.chars)[:80]!r}."
            )
        return [self.bos, *(self._id[char] for char in document), self.bos]

    def decode(self, tokens: Iterable[int]) -> str:
        """The characters of these ids; BOS has none."""
        return "".join(self.name(token) for token in tokens if token != self.bos)

    def name(self, token: int) -> str:
        """A token as a word for pictures: its character, or BOS."""
        if not 0 <= token < self.vocab_size:
            raise ValueError(f"{token} is not a token: they go from 0 to {self.bos}, which is BOS.")
        return "BOS" if token == self.bos else self.chars[token]

    def state_dict(self) -> dict[str, Any]:
        """All that makes this tokenizer, for a checkpoint: `CharTokenizer(**state_dict())`."""
        return {"chars": self.chars}


Pair = tuple[int, int]

# A text is cut up first, and no merge crosses a cut: words, each with the space before it, and runs
# of white space.
PIECE = re.compile(r" ?[^ \t\r\n]+|[ \t\r\n]+")


def merge(ids: Sequence[int], pair: Pair, new: int) -> list[int]:
    """Replace each `pair` of neighbours by `new`, from the left; no id is in two replacements.

    >>> merge([1, 1, 1, 2, 1, 2], (1, 2), 9)
    [1, 1, 9, 9]
    >>> merge([1, 1, 1], (1, 1), 9)
    [9, 1]
    """
    merged: list[int] = []
    i = 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


class BPETokenizer:
    """Byte-pair encoding: bytes, and the pairs of tokens that were met most often.

    Tokens 0 to 255 are the bytes of UTF-8, so no text is unknown. Each further one stands for a
    pair of earlier ones, in the order in which they were merged; then come the special tokens, BOS
    first. From Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units"
    (https://arxiv.org/abs/1508.07909), on bytes as in GPT-2.

    >>> tokenizer = BPETokenizer.train(["low lower lowest"], vocab_size=259)
    >>> [tokenizer.name(token) for token in range(256, 259)]
    ['lo', 'low', 'BOS']
    >>> tokenizer.encode("slow")
    [258, 115, 257, 258]
    >>> tokenizer.decode(tokenizer.encode("naïve 🙂"))
    'naïve 🙂'
    """

    def __init__(self, merges: Sequence[Pair], special: Sequence[str] = ()) -> None:
        self.merges = [(left, right) for left, right in merges]
        self.special = list(special)
        self._rank = {pair: 256 + i for i, pair in enumerate(self.merges)}
        if len(set(special)) != len(special) or "" in special:
            raise ValueError("Special tokens are different texts, none of them empty.")
        self._bytes = [bytes([byte]) for byte in range(256)]
        size = 0
        for left, right in self.merges:
            if not 0 <= min(left, right) <= max(left, right) < len(self._bytes):
                raise ValueError(f"({left}, {right}) cannot be merged: it has no such tokens yet.")
            size += len(self._bytes[left]) + len(self._bytes[right])
            if size > 2**24:
                raise ValueError("These merges make tokens of more than 16 MB altogether.")
            self._bytes.append(self._bytes[left] + self._bytes[right])
        self.bos = len(self._bytes)
        self.vocab_size = self.bos + 1 + len(self.special)
        self._special = {text: self.bos + 1 + i for i, text in enumerate(self.special)}

    @classmethod
    def train(
        cls, documents: Iterable[str], vocab_size: int, special: Sequence[str] = ()
    ) -> BPETokenizer:
        """Merge the most frequent pair of neighbours, again and again, until there are enough.

        Of equally frequent pairs the one with the smaller ids is merged. There are fewer tokens
        than `vocab_size` if no pair is left.
        """
        count = vocab_size - 257 - len(special)
        if count < 0:
            raise ValueError(
                f"A vocabulary of {vocab_size} is too small: 256 bytes, BOS and {len(special)} "
                f"special tokens need {257 + len(special)}."
            )
        pieces = Counter(piece for text in documents for piece in PIECE.findall(text))
        words = [(list(to_bytes(piece)), n) for piece, n in pieces.items()]
        merges: list[Pair] = []
        while len(merges) < count:
            pairs: Counter[Pair] = Counter()
            for ids, n in words:
                for pair in pairwise(ids):
                    pairs[pair] += n
            if not pairs:
                break
            best = min(pairs, key=lambda pair: (-pairs[pair], pair))
            words = [(merge(ids, best, 256 + len(merges)), n) for ids, n in words]
            merges.append(best)
        return cls(merges, special)

    def encode(self, document: str, special: bool = False) -> list[int]:
        """BOS, the text's tokens, BOS.

        A special token's name in the text is ordinary text, whoever wrote it, unless `special`
        says that it may act as the token.
        """
        if not (special and self.special):
            return [self.bos, *self._encode(document), self.bos]
        tokens = [self.bos]
        names = sorted(self.special, key=len, reverse=True)
        for part in re.split(f"({'|'.join(map(re.escape, names))})", document):
            tokens += [self._special[part]] if part in self._special else self._encode(part)
        return [*tokens, self.bos]

    def _encode(self, text: str) -> list[int]:
        """Apply the merges to each piece in the order in which they were learnt."""
        tokens: list[int] = []
        for piece in PIECE.findall(text):
            ids = list(to_bytes(piece))
            while len(ids) > 1:
                pair = min(pairwise(ids), key=lambda pair: self._rank.get(pair, self.bos))
                if pair not in self._rank:
                    break
                ids = merge(ids, pair, self._rank[pair])
            tokens += ids
        return tokens

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of these tokens; BOS has none.

        Tokens that a model drew may cut a character in half: such bytes become U+FFFD.
        """
        content = b"".join(self._content(token) for token in tokens)
        try:
            return content.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return content.decode("utf-8", "replace")

    def _content(self, token: int) -> bytes:
        if not 0 <= token < self.vocab_size:
            raise ValueError(f"{token} is not a token: they go from 0 to {self.vocab_size - 1}.")
        if token < self.bos:
            return self._bytes[token]
        return b"" if token == self.bos else to_bytes(self.special[token - self.bos - 1])

    def name(self, token: int) -> str:
        """A token as a word for pictures: its text, or BOS."""
        return "BOS" if token == self.bos else self._content(token).decode("utf-8", "replace")

    def state_dict(self) -> dict[str, Any]:
        """All that makes this tokenizer, for a checkpoint: `BPETokenizer(**state_dict())`."""
        return {"merges": self.merges, "special": self.special}


def to_bytes(text: str) -> bytes:
    """UTF-8, also of half a surrogate pair, which a text from elsewhere may hold."""
    return text.encode("utf-8", "surrogatepass")


# What a checkpoint can name.
Tokenizer = CharTokenizer | BPETokenizer
TOKENIZERS: dict[str, type[CharTokenizer] | type[BPETokenizer]] = {
    "CharTokenizer": CharTokenizer,
    "BPETokenizer": BPETokenizer,
}
