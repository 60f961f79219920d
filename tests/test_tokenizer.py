"""Characters to ids and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd.tokenizer import CharTokenizer


def test_a_character_is_its_place_in_the_sorted_vocabulary_and_bos_comes_last():
    tokenizer = CharTokenizer.from_documents(["emma", "ava"])
    assert tokenizer.chars == ["a", "e", "m", "v"]
    assert tokenizer.bos == 4
    assert tokenizer.vocab_size == 5
    assert tokenizer.encode("eva") == [4, 1, 3, 0, 4]


def test_decoding_leaves_bos_out():
    tokenizer = CharTokenizer(["a", "b"])
    assert tokenizer.decode([2, 1, 0, 2]) == "ba"
    assert tokenizer.decode([]) == ""
    assert tokenizer.decode([2]) == ""


def test_the_order_of_a_given_vocabulary_is_kept():
    assert CharTokenizer(["b", "a"]).encode("ab") == [2, 1, 0, 2]


def test_the_letters_a_to_z_and_bos_are_27_tokens():
    tokenizer = CharTokenizer("abcdefghijklmnopqrstuvwxyz")
    assert (tokenizer.vocab_size, tokenizer.bos) == (27, 26)
    assert tokenizer.encode("az") == [26, 0, 25, 26]


def test_an_empty_document_is_bos_and_bos():
    assert CharTokenizer("a").encode("") == [1, 1]


@settings(derandomize=True)
@given(st.lists(st.text(), min_size=1).filter(any))
def test_any_documents_come_back_as_they_were(documents):
    tokenizer = CharTokenizer.from_documents(documents)
    for document in documents:
        tokens = tokenizer.encode(document)
        assert tokens[0] == tokens[-1] == tokenizer.bos
        assert tokenizer.bos not in tokens[1:-1]
        assert tokenizer.decode(tokens) == document


@pytest.mark.parametrize(
    "text",
    ["👩‍🚀🏳️‍🌈", "a\x00b\x00", "  two  spaces  ", "zoë", "zoe\u0308", "a\tb\r\nc", "\U0010ffff"],
    ids=["emoji", "NUL", "spaces", "composed", "decomposed", "white space", "last code point"],
)
def test_unusual_text_comes_back_as_it_was(text):
    tokenizer = CharTokenizer.from_documents([text])
    assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("text", ["BOS", "<BOS>", "<|endoftext|>", "</s>"])
def test_the_name_of_a_special_token_in_a_text_is_only_letters(text):
    tokenizer = CharTokenizer.from_documents([text])
    assert tokenizer.bos not in tokenizer.encode(text)[1:-1]


def test_a_character_that_was_never_seen_is_named():
    with pytest.raises(ValueError, match=r"'é' in 'zoé' is not one of the 3 characters.*'eoz'"):
        CharTokenizer("eoz").encode("zoé")


def test_a_character_that_cannot_be_printed_is_named_too():
    with pytest.raises(ValueError, match=r"'\\x00' in 'a\\x00'"):
        CharTokenizer("ab").encode("a\x00")


def test_the_sentence_about_an_unseen_character_stays_short():
    with pytest.raises(ValueError) as refusal:
        CharTokenizer.from_documents([chr(i) for i in range(256, 5256)]).encode("a" * 10_000)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("documents", [[], [""], ["", ""]], ids=repr)
def test_a_corpus_without_characters_is_refused(documents):
    with pytest.raises(ValueError, match="no character in these documents"):
        CharTokenizer.from_documents(documents)


@pytest.mark.parametrize("chars", ["aa", ["a", "bc"], ["a", ""]], ids=repr)
def test_a_vocabulary_has_different_single_characters(chars):
    with pytest.raises(ValueError, match="different single characters"):
        CharTokenizer(chars)


@pytest.mark.parametrize("token", [-1, 4, 1000])
def test_an_id_that_is_no_token_is_refused(token):
    tokenizer = CharTokenizer("abc")
    for use in (lambda: tokenizer.decode([0, token]), lambda: tokenizer.name(token)):
        with pytest.raises(ValueError, match=rf"^{token} is not a token: they go from 0 to 3\b"):
            use()


def test_a_token_has_a_name_for_pictures():
    tokenizer = CharTokenizer("ab")
    assert [tokenizer.name(token) for token in range(3)] == ["a", "b", "BOS"]
