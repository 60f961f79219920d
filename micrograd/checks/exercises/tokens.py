"""Notebook 05a, first half: characters become ids and come back, and each id has a next one."""

from micrograd.checks.declare import Exercise, Misconception

LETTERS = "abeimnorstvz"


def vocabulary(rng, size):
    return sorted(rng.sample(LETTERS, size))


def word(rng, chars, shortest=2, longest=6):
    return "".join(rng.choice(chars) for _ in range(rng.randint(shortest, longest)))


def listed(things):
    return ", ".join(map(str, things))


# -------------------------------------------------------------------------- build_vocabulary


def build_vocabulary(docs):
    """The characters that occur in these documents, each once, in Python's sorted order."""
    return sorted(set("".join(docs)))


def by_how_often(docs):
    text = "".join(docs)
    return sorted(set(text), key=lambda char: (-text.count(char), char))


BUILD_VOCABULARY = Exercise(
    lesson="05a",
    solution=build_vocabulary,
    minutes=2,
    difficulty=1,
    task="List every character that occurs, once, sorted. Its place in this list will be its id, "
    "so everybody must get the same list from the same documents.",
    cases=((["emma", "ava"],), (["zoë", "Bo", "o'b b"],)),
    fresh=lambda rng: ([word(rng, "ABaeimnoz -") for _ in range(rng.randint(2, 4))],),
    why=lambda docs: (
        f"{len(''.join(docs))} characters stand in the documents, {len(set(''.join(docs)))} of "
        "them different, and sorted puts them in the order of the computer's own numbers for them"
    ),
    holds="Each character once, in one order, whatever the order of the documents.",
    hints=(
        "First one long text of all documents: a text's join does that.",
        "A set keeps each character once, and forgets every order.",
        "sorted makes a list with an order out of a set.",
    ),
    misconceptions=(
        Misconception(
            "repeated characters",
            "Some characters stand there more than once, and then which of their places is the id?",
            lambda docs: sorted("".join(docs)),
            also=(lambda docs: list("".join(docs)),),
        ),
        Misconception(
            "in the order of appearance",
            "With the documents in another order every id would change. Sort the characters.",
            lambda docs: list(dict.fromkeys("".join(docs))),
        ),
        Misconception(
            "in the order of frequency",
            "That is a vocabulary too, and its ids change with every new document. Asked for is "
            "the sorted one.",
            by_how_often,
        ),
        Misconception(
            "a set has no order",
            "All characters are there, each once, and none of them has a place. Make a sorted list "
            "of the set.",
            lambda docs: set("".join(docs)),
            also=(lambda docs: list(set("".join(docs))),),
        ),
        Misconception(
            "whole documents",
            "These are the documents. Here a token is a single character: go one level deeper.",
            lambda docs: sorted(set(docs)),
        ),
        Misconception(
            "only the first document",
            "The other documents have characters of their own. Does a return end the loop early?",
            lambda docs: sorted(set(docs[0])),
        ),
        Misconception(
            "BOS in the list",
            "BOS is no character, so it is not in this list. Its id is the one after the last.",
            lambda docs: [*build_vocabulary(docs), "BOS"],
            also=(lambda docs: ["BOS", *build_vocabulary(docs)],),
        ),
        Misconception(
            "capitals made small",
            "A and a are two characters, and a decoded text should be what it was.",
            lambda docs: build_vocabulary([doc.lower() for doc in docs]),
        ),
        Misconception(
            "only letters",
            "Spaces, hyphens and apostrophes are characters as well.",
            lambda docs: [char for char in build_vocabulary(docs) if char.isalpha()],
        ),
        Misconception(
            "a text instead of a list",
            "The right characters, glued together. sorted alone gives the list.",
            lambda docs: "".join(build_vocabulary(docs)),
        ),
    ),
)


# ------------------------------------------------------------------------------------ encode


def encode(doc, chars):
    """The tokens of a document: BOS, then each character's place in chars, then BOS again."""
    bos = len(chars)
    return [bos] + [chars.index(char) for char in doc] + [bos]


def places(doc, chars):
    return [chars.index(char) for char in doc]


ENCODE = Exercise(
    lesson="05a",
    solution=encode,
    minutes=3,
    difficulty=1,
    task="Turn a document into ids. A character's id is its place in chars, counted from 0; BOS "
    "has the first id that is still free, and stands at both ends.",
    cases=(
        ("eva", ["a", "e", "m", "v"]),
        ("noon", ["n", "o", "x"]),
        ("", ["a", "b"]),
        ("ab", ["b", "a"]),
    ),
    fresh=lambda rng: (lambda chars: (word(rng, chars), chars))(vocabulary(rng, rng.randint(4, 8))),
    why=lambda doc, chars: (
        f"the {len(chars)} characters have the ids from 0 on, so BOS is {len(chars)}"
        + (f", and {doc[0]} stands at place {chars.index(doc[0])} of chars" if doc else "")
    ),
    holds="Every character has become its id, and BOS says where the document begins and ends.",
    hints=(
        "A list's index method finds the place of a thing in it.",
        "The characters have the ids 0, 1 and so on. Which number comes after the last of them?",
        "Three lists, joined by +: one with BOS in it, one for the characters, one with BOS again.",
    ),
    misconceptions=(
        Misconception(
            "BOS on one side: the beginning only",
            "Nothing says where the document ends, so a model could never learn to stop.",
            lambda doc, chars: encode(doc, chars)[:-1],
        ),
        Misconception(
            "BOS on one side: the end only",
            "Nothing stands before the first character, so there is nothing to predict it from.",
            lambda doc, chars: encode(doc, chars)[1:],
        ),
        Misconception(
            "no BOS",
            "The characters are right. BOS belongs before and behind them.",
            places,
        ),
        Misconception(
            "BOS has the last character's id",
            "The last character has the id len(chars) − 1 already. Take the next one.",
            lambda doc, chars: [len(chars) - 1, *places(doc, chars), len(chars) - 1],
        ),
        Misconception(
            "BOS is always 26",
            "26 is free when there are 26 characters. Here chars is shorter: which id is free?",
            lambda doc, chars: [26, *places(doc, chars), 26],
        ),
        Misconception(
            "chars asked like a dict",
            "chars[1] is the character at place 1. You have the character, and want its place.",
            lambda doc, chars: [chars[char] for char in doc],
        ),
        Misconception(
            "BOS before all others",
            "With 0 for BOS every character moves up by one. That would work as well; in this "
            "course the characters begin at 0, and BOS comes after them.",
            lambda doc, chars: [0, *[1 + i for i in places(doc, chars)], 0],
        ),
        Misconception(
            "counted from 1",
            "The first character of chars has the id 0: Python counts from 0.",
            lambda doc, chars: [1 + i for i in encode(doc, chars)],
        ),
        Misconception(
            "two different ends",
            "One token serves both: where a document ends, the next one begins.",
            lambda doc, chars: [len(chars), *places(doc, chars), len(chars) + 1],
        ),
        Misconception(
            "the computer's own numbers",
            "ord counts the characters of all scripts. Asked for is the place in chars, which "
            "knows only those that occur.",
            lambda doc, chars: [len(chars), *map(ord, doc), len(chars)],
            also=(
                lambda doc, chars: [len(chars), *[ord(c) - ord("a") for c in doc], len(chars)],
                lambda doc, chars: [ord(c) for c in doc],
            ),
        ),
        Misconception(
            "the place in the document",
            "You count along the document. An id is the place in chars: the same letter, the same "
            "id.",
            lambda doc, chars: [len(chars), *range(len(doc)), len(chars)],
            also=(lambda doc, chars: [len(chars), *[doc.index(c) for c in doc], len(chars)],),
        ),
        Misconception(
            "the id as a magnitude",
            "You have squeezed the ids between 0 and 1, as if z were more than a. An id is a name, "
            "and stays a whole number.",
            lambda doc, chars: [i / len(chars) for i in encode(doc, chars)],
            also=(lambda doc, chars: [i / (len(chars) + 1) for i in encode(doc, chars)],),
        ),
        Misconception(
            "each character once",
            "In noon both n and both o want a token, in their order. A set forgets that.",
            lambda doc, chars: [len(chars), *sorted(set(places(doc, chars))), len(chars)],
        ),
    ),
)


# ------------------------------------------------------------------------------------ decode


def decode(tokens, chars):
    """The text of these tokens; BOS, whose id is len(chars), has none."""
    return "".join(chars[token] for token in tokens if token != len(chars))


def random_tokens(rng):
    """Ids with BOS anywhere, or nowhere, as a model may draw them."""
    chars = vocabulary(rng, rng.randint(3, 6))
    return [rng.randint(0, len(chars)) for _ in range(rng.randint(4, 7))], chars


def until_bos(tokens, chars):
    text = ""
    for token in tokens:
        if token == len(chars):
            break
        text += chars[token]
    return text


DECODE = Exercise(
    lesson="05a",
    solution=decode,
    minutes=2,
    difficulty=1,
    task="The way back: one text from a list of ids. A model may draw BOS anywhere, or leave it "
    "out; wherever it stands, it is no part of the text.",
    cases=(
        ([4, 1, 3, 0, 4], ["a", "e", "m", "v"]),
        ([1, 0], ["a", "b"]),
        ([3, 0, 1, 3, 2, 2, 3], ["a", "b", "c"]),
        ([2], ["a", "b"]),
    ),
    fresh=random_tokens,
    why=lambda tokens, chars: (
        f"{len(chars)} is BOS, and the other ids are places in chars, counted from 0"
    ),
    holds="Every id but BOS is a character again: decode undoes encode.",
    hints=(
        "chars[token] is the character, for every token but one.",
        "Which token is no place in chars? Leave it out with an if.",
        "A text's join glues characters together.",
    ),
    misconceptions=(
        Misconception(
            "BOS taken for a character",
            "chars has no place for BOS: its id is one more than the last place.",
            lambda tokens, chars: "".join(chars[token] for token in tokens),
        ),
        Misconception(
            "BOS written out",
            "BOS tells where a text begins and ends. It is no part of it.",
            lambda tokens, chars: "".join([*chars, "BOS"][token] for token in tokens),
            also=(
                lambda tokens, chars: "".join([*chars, "."][token] for token in tokens),
                lambda tokens, chars: "".join([*chars, " "][token] for token in tokens),
                lambda tokens, chars: "".join([*chars, "<BOS>"][token] for token in tokens),
            ),
        ),
        Misconception(
            "the ends cut off",
            "You drop the first and the last token, whatever they are. What a model draws need not "
            "begin or end with BOS.",
            lambda tokens, chars: "".join(chars[token] for token in tokens[1:-1]),
            also=(lambda tokens, chars: decode(tokens[1:-1], chars),),
        ),
        Misconception(
            "over at the first BOS",
            "Most lists begin with BOS, and then nothing is left. Leave it out and go on.",
            until_bos,
        ),
        Misconception(
            "a list instead of a text",
            "The characters are right. Glue them together.",
            lambda tokens, chars: [chars[token] for token in tokens if token != len(chars)],
        ),
        Misconception(
            "0 taken for nothing",
            "An if that asks for the token alone leaves out 0, and 0 is the id of a character like "
            "any other. Compare with the id of BOS.",
            lambda tokens, chars: decode([token for token in tokens if token], chars),
        ),
        Misconception(
            "the last character left out",
            "len(chars) − 1 is a character still. BOS comes after it.",
            lambda tokens, chars: "".join(chars[t] for t in tokens if t < len(chars) - 1),
        ),
        Misconception(
            "counted from 1",
            "Every character is the neighbour of the right one: the first of chars has the id 0.",
            lambda tokens, chars: "".join(chars[t - 1] for t in tokens if t != len(chars)),
        ),
        Misconception(
            "the computer's own numbers",
            "chr knows another numbering. The characters of these ids stand in chars.",
            lambda tokens, chars: "".join(chr(t) for t in tokens if t != len(chars)),
            also=(
                lambda tokens, chars: "".join(chr(t) for t in tokens),
                lambda tokens, chars: "".join(chr(ord("a") + t) for t in tokens if t != len(chars)),
            ),
        ),
    ),
)


# ----------------------------------------------------------------------------------- windows


def windows(tokens, size):
    """Every token after the first, as a pair (at most size tokens before it, the token)."""
    pairs = []
    for i in range(1, len(tokens)):
        pairs.append((tokens[max(0, i - size) : i], tokens[i]))
    return pairs


def padded(tokens, size):
    return [
        ([tokens[0]] * (size - len(context)) + context, following)
        for context, following in windows(tokens, size)
    ]


WINDOWS = Exercise(
    lesson="05a",
    solution=windows,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="Cut one document into its questions: what comes next, after these tokens? A question "
    "shows at most size tokens, the nearest ones, and at the start of a document fewer.",
    cases=(
        ([4, 1, 3, 0, 4], 2),
        ([4, 1, 3, 0, 4], 1),
        ([2, 0, 1, 2], 8),
        ([5, 5], 3),
    ),
    fresh=lambda rng: ([7, *[rng.randrange(7) for _ in range(rng.randint(3, 5))], 7], 3),
    why=lambda tokens, size: (
        f"every token but the first is asked for once, which makes {len(tokens) - 1}, and the last "
        f"question shows {windows(tokens, size)[-1][0]} and asks for {tokens[-1]}"
    ),
    holds="One question for each token but the first, and no answer stands in its own question.",
    hints=(
        "tokens[i] is asked for; which places stand before i? The first that can be asked for is "
        "tokens[1].",
        "tokens[a:b] goes from place a up to the one before b. Where does it end, and where would "
        "it like to begin?",
        "Near the start i − size is below 0, and Python would count from the end. max keeps it at "
        "0.",
    ),
    misconceptions=(
        Misconception(
            "the answer stands in the question",
            "Targets off by one: the last token of your context is the one that is asked for. A "
            "model would learn to copy it.",
            lambda tokens, size: [
                (tokens[max(0, i + 1 - size) : i + 1], tokens[i]) for i in range(1, len(tokens))
            ],
            also=(
                lambda tokens, size: [
                    (tokens[max(0, i - size) : i + 1], tokens[i]) for i in range(1, len(tokens))
                ],
                lambda tokens, size: [
                    (tokens[max(0, i - size) : i], tokens[i - 1]) for i in range(1, len(tokens))
                ],
            ),
        ),
        Misconception(
            "one token is skipped",
            "Targets off by one: between your context and what you ask for a token is left out.",
            lambda tokens, size: [
                (tokens[max(0, i - size) : i], tokens[i + 1]) for i in range(1, len(tokens) - 1)
            ],
        ),
        Misconception(
            "only full windows",
            "The first tokens of a document are asked for as well, with as much context as there "
            "is.",
            lambda tokens, size: [
                (tokens[i - size : i], tokens[i]) for i in range(size, len(tokens))
            ],
        ),
        Misconception(
            "a place below 0",
            "tokens[-1:1] begins at the last token, since places below 0 count from the end, and "
            "so your first contexts are empty. Begin no earlier than 0.",
            lambda tokens, size: [(tokens[i - size : i], tokens[i]) for i in range(1, len(tokens))],
        ),
        Misconception(
            "the whole past",
            "Your contexts grow without end. At most size tokens are shown.",
            lambda tokens, size: windows(tokens, len(tokens)),
        ),
        Misconception(
            "the farthest instead of the nearest",
            "The tokens that are shown are those at the start of the document. Show the ones right "
            "before.",
            lambda tokens, size: [(tokens[:i][:size], tokens[i]) for i in range(1, len(tokens))],
        ),
        Misconception(
            "filled up at the start",
            "Where there is less context than size, show less. Nothing has to be made up.",
            padded,
            also=(
                lambda tokens, size: [
                    ([0] * (size - len(context)) + context, following)
                    for context, following in windows(tokens, size)
                ],
            ),
        ),
        Misconception(
            "a question with no context",
            "Your first question asks for the first token, with nothing before it. That BOS is "
            "given, and what comes after it is asked.",
            lambda tokens, size: [([], tokens[0]), *windows(tokens, size)],
        ),
        Misconception(
            "the end is never asked for",
            "The last token is missing: how a document ends has to be learnt too.",
            lambda tokens, size: windows(tokens, size)[:-1],
        ),
        Misconception(
            "windows side by side",
            "You go on by a whole window each time. Every token but the first is asked for.",
            lambda tokens, size: [
                (tokens[i - size : i], tokens[i]) for i in range(size, len(tokens), size)
            ],
        ),
    ),
)
