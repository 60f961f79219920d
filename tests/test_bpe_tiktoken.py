"""Our byte pairs beside tiktoken's, with ranks that are made here: the same tokens, any text."""

import random
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd.datasets import load
from micrograd.tokenizer import PIECE, BPETokenizer

ROOT = Path(__file__).resolve().parent.parent
END = "<|end|>"
SCRIPTS = [
    "naïve café, Zoë's résumé; Straße, Ærø, İstanbul, œuvre",
    "Москва и Київ, Ελλάδα, ქართული, Հայերեն",
    "日本語の文章です。 中文也一样。 한국어 문장",
    "नमस्ते दुनिया, สวัสดีชาวโลก, שלום עולם, مرحبا بالعالم",
    "🙂🙂🙂 👩‍🚀 🏳️‍🌈 👍🏽 e\u0301 ﷽ \u200b \ufeff",
    "1 12 123 1234567890 3.14159 −40 °C 1e-6 0x7f",
    "aaaaaaaaaaaaa abababababab  two  spaces\tand\ttabs\r\nand\n\n\nlines   ",
]
TEXTS = [
    " ".join(load("names")[::60]),
    (ROOT / "micrograd" / "tokenizer.py").read_text("utf-8"),
    *SCRIPTS * 5,
]
WORDS = sorted({word for text in TEXTS for word in text.split()})


@pytest.fixture(scope="module")
def ours() -> BPETokenizer:
    """Trained on names, English, Python and many scripts."""
    return BPETokenizer.train(TEXTS, vocab_size=600, special=[END])


@pytest.fixture(scope="module")
def theirs(ours: BPETokenizer) -> tiktoken.Encoding:
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in ours.merges:
        pieces.append(pieces[left] + pieces[right])
    assert len(set(pieces)) == len(pieces) == ours.bos
    return tiktoken.Encoding(
        "ours",
        pat_str=PIECE.pattern,
        mergeable_ranks={piece: rank for rank, piece in enumerate(pieces)},
        special_tokens={END: ours.bos + 1},
    )


def varied(rng: random.Random) -> str:
    """Words that were met, parts of other scripts, any code points, and white space between."""

    def part() -> str:
        kind = rng.randrange(6)
        if kind == 0:
            return rng.choice(WORDS)
        if kind == 1:
            text = rng.choice(SCRIPTS)
            start = rng.randrange(len(text))
            return text[start : start + rng.randint(1, 12)]
        if kind == 2:
            return "".join(chr(rng.randrange(1, 0xD800)) for _ in range(rng.randint(1, 5)))
        if kind == 3:
            return "".join(chr(rng.randrange(0xE000, 0x110000)) for _ in range(rng.randint(1, 3)))
        if kind == 4:
            return "".join(rng.choice("abnote") for _ in range(rng.randint(1, 12)))
        return rng.choice([" ", "  ", "\n", "\t\r\n", "def f(x):", "self.", "123", END, "<|", ""])

    return "".join(part() for _ in range(rng.randint(0, 12)))


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rng = random.Random(5)
    return [varied(rng) for _ in range(1000)]


def test_the_strings_are_varied(ours: BPETokenizer, texts: list[str]) -> None:
    met = {token for text in texts for token in ours.encode(text)}
    assert len(set(texts)) > 900
    assert len(met - set(range(256))) > 250
    assert sum(END in text for text in texts) > 50


def test_a_thousand_strings_become_tiktokens_tokens(
    ours: BPETokenizer, theirs: tiktoken.Encoding, texts: list[str]
) -> None:
    for text in texts:
        assert ours.encode(text)[1:-1] == theirs.encode_ordinary(text)


def test_special_tokens_act_alike_where_they_may(
    ours: BPETokenizer, theirs: tiktoken.Encoding, texts: list[str]
) -> None:
    for text in texts:
        tokens = theirs.encode(text, allowed_special={END})
        assert ours.encode(text, special=True)[1:-1] == tokens


def test_any_tokens_become_tiktokens_text(ours: BPETokenizer, theirs: tiktoken.Encoding) -> None:
    rng = random.Random(6)
    for _ in range(1000):
        tokens = [rng.randrange(ours.bos) for _ in range(rng.randint(0, 12))]
        assert ours.decode(tokens) == theirs.decode(tokens)


@settings(derandomize=True)
@given(text=st.text())
def test_any_text_at_all_becomes_tiktokens_tokens_and_comes_back(
    ours: BPETokenizer, theirs: tiktoken.Encoding, text: str
) -> None:
    tokens = ours.encode(text)
    assert tokens[1:-1] == theirs.encode_ordinary(text)
    assert ours.decode(tokens) == text


@settings(derandomize=True)
@given(text=st.text(st.characters(exclude_categories=())))
def test_even_half_a_surrogate_pair_comes_back(ours: BPETokenizer, text: str) -> None:
    assert ours.decode(ours.encode(text)) == text
