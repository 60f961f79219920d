"""Characters, or frequent sequences of bytes, to ids and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd.tokenizer import BPETokenizer, CharTokenizer, merge


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


def test_a_character_tokenizer_is_made_anew_from_its_state():
    tokenizer = CharTokenizer("ba")
    assert CharTokenizer(**tokenizer.state_dict()).chars == ["b", "a"]


# Byte pairs.


@pytest.mark.parametrize(
    ("ids", "merged"),
    [
        ([1, 2], [9]),
        ([1, 1, 2, 2], [1, 9, 2]),
        ([1, 2, 1, 2], [9, 9]),
        ([2, 1], [2, 1]),
        ([1], [1]),
        ([], []),
    ],
)
def test_merging_replaces_every_pair(ids, merged):
    assert merge(ids, (1, 2), 9) == merged


def test_pairs_that_overlap_are_merged_from_the_left():
    assert merge([1, 1, 1, 1, 1], (1, 1), 9) == [9, 9, 1]


def test_the_example_of_the_encyclopedia():
    # https://en.wikipedia.org/wiki/Byte_pair_encoding: aa, then ab, then both together.
    tokenizer = BPETokenizer.train(["aaabdaaabac"], vocab_size=260)
    assert tokenizer.merges == [(97, 97), (97, 98), (256, 257)]
    assert tokenizer.encode("aaabdaaabac") == [259, 258, 100, 258, 97, 99, 259]
    assert [tokenizer.name(token) for token in range(256, 260)] == ["aa", "ab", "aaab", "BOS"]


def test_without_merges_a_token_is_a_byte():
    tokenizer = BPETokenizer.train(["abc"], vocab_size=257)
    assert tokenizer.vocab_size == 257
    assert tokenizer.encode("zoë") == [256, *"zoë".encode(), 256]


def test_the_most_frequent_pair_is_merged_first_and_of_equals_the_smaller():
    assert BPETokenizer.train(["cd cd cd ab"], 258).merges == [(99, 100)]
    assert BPETokenizer.train(["cd", "ab"], 258).merges == [(97, 98)]


def test_training_does_not_depend_on_the_order_of_the_documents():
    documents = ["low lower lowest", "new newer newest", "wide wider widest"]
    first, second = (BPETokenizer.train(d, 280) for d in (documents, documents[::-1]))
    assert first.merges == second.merges


def test_no_token_crosses_from_one_word_into_the_next():
    tokenizer = BPETokenizer.train(["a b a b a b  c\n\nc\n\nc a b"] * 5, 300)
    learnt = [tokenizer.name(token) for token in range(256, tokenizer.bos)]
    assert learnt
    for name in learnt:
        assert name.isspace() or not any(char.isspace() for char in name[1:])


def test_when_no_pair_is_left_the_vocabulary_is_smaller():
    tokenizer = BPETokenizer.train(["ab ab"], vocab_size=1000)
    assert tokenizer.encode("ab ab") == [tokenizer.bos, *range(256, 258), tokenizer.bos]
    assert tokenizer.vocab_size == 259


@pytest.mark.parametrize("vocab_size", [0, 256, 258])
def test_a_vocabulary_too_small_for_the_bytes_is_refused(vocab_size):
    with pytest.raises(ValueError, match=rf"{vocab_size} is too small.*256 bytes.*259"):
        BPETokenizer.train(["abc"], vocab_size, special=["<a>", "<b>"])


TRAINED = BPETokenizer.train(
    ["low lower lowest new newer newest", "naïve café 🙂🙂🙂  two  spaces\t\n"] * 3,
    vocab_size=320,
    special=["<end>", "<end>!"],
)


@settings(derandomize=True)
@given(st.text(st.characters(exclude_categories=())))
def test_any_text_at_all_comes_back_as_it_was(text):
    tokens = TRAINED.encode(text)
    assert tokens[0] == tokens[-1] == TRAINED.bos
    assert all(0 <= token < TRAINED.bos for token in tokens[1:-1])
    assert TRAINED.decode(tokens) == text


@settings(derandomize=True)
@given(st.lists(st.sampled_from(["low", "er", "west", "ne", " ", "🙂", "é", "<end>"])).map("".join))
def test_text_like_that_of_the_training_comes_back_in_fewer_tokens(text):
    tokens = TRAINED.encode(text)
    assert TRAINED.decode(tokens) == text
    assert len(tokens) - 2 <= len(text.encode())


@settings(derandomize=True)
@given(st.text("lowernstv", max_size=30))
def test_a_word_is_encoded_by_the_merges_in_the_order_they_were_learnt(word):
    ids = list(word.encode())
    for new, pair in enumerate(TRAINED.merges, start=256):
        ids = merge(ids, pair, new)
    assert TRAINED.encode(word)[1:-1] == ids


@pytest.mark.parametrize("text", ["👩‍🚀", "a\x00b", "  two  spaces  ", "\r\n\t", "\ud800", ""])
def test_unusual_text_comes_back_from_byte_pairs(text):
    assert TRAINED.decode(TRAINED.encode(text)) == text


def test_a_special_token_in_the_users_text_is_ordinary_text():
    tokens = TRAINED.encode("low<end>low")
    assert not set(tokens[1:-1]) & {TRAINED.bos, TRAINED.bos + 1, TRAINED.bos + 2}
    assert TRAINED.decode(tokens) == "low<end>low"


def test_a_special_token_acts_where_it_is_allowed_to():
    end, shout = TRAINED.bos + 1, TRAINED.bos + 2
    low = TRAINED.encode("low")[1:-1]
    assert TRAINED.encode("low<end>low", special=True)[1:-1] == [*low, end, *low]
    assert TRAINED.encode("<end>!", special=True)[1:-1] == [shout]  # the longest name that fits
    assert TRAINED.encode("BOS", special=True)[1:-1] == TRAINED.encode("BOS")[1:-1]
    assert TRAINED.decode([*low, end]) == "low<end>"


@pytest.mark.parametrize("special", [[""], ["<a>", "<a>"]], ids=repr)
def test_names_of_special_tokens_are_different_and_not_empty(special):
    with pytest.raises(ValueError, match="Special tokens are different texts"):
        BPETokenizer([], special)


def test_half_a_character_becomes_the_replacement_character():
    smile = TRAINED.decode([0xF0, 0x9F])
    assert smile == "\ufffd"


@pytest.mark.parametrize("token", [-1, TRAINED.vocab_size, 10_000])
def test_an_id_that_is_no_byte_pair_is_refused(token):
    for use in (lambda: TRAINED.decode([97, token]), lambda: TRAINED.name(token)):
        with pytest.raises(ValueError, match=rf"^{token} is not a token: they go from 0 to "):
            use()


def test_a_byte_pair_tokenizer_is_made_anew_from_its_state():
    again = BPETokenizer(**TRAINED.state_dict())
    text = "lowest naïve 🙂 <end>"
    assert again.encode(text, special=True) == TRAINED.encode(text, special=True)
    assert again.vocab_size == TRAINED.vocab_size


@pytest.mark.parametrize("merges", [[(97, 256)], [(-1, 97)], [(97, 98), (258, 97)]], ids=repr)
def test_a_merge_of_tokens_that_do_not_exist_yet_is_refused(merges):
    with pytest.raises((ValueError, IndexError)):
        BPETokenizer(merges)
