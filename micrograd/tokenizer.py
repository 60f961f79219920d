"""Text becomes numbers: every character gets an id, its place in a sorted list.

One more id, BOS, marks where a document begins and, since the next one begins there, where it ends.
An id is a name and not a size: 3 is no more than 2 here. Notebook 05a builds this file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


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
