"""Notebook 05b: bytes, and the pairs of neighbours that become tokens of their own."""

from micrograd.checks.declare import Exercise, Misconception

WORDS = ("low", "lower", "lowest", "new", "newer", "wide", "aaa", "aaaa", "zoë", "naïve", "no")


def random_text(rng, words=4):
    return "".join(rng.choice(WORDS) for _ in range(words))


def random_ids(rng):
    return [rng.randint(1, 3) for _ in range(rng.randint(6, 10))]


# ------------------------------------------------------------------------------- count_pairs


def count_pairs(tokens):
    """How often each pair of neighbours occurs: a dict from (left, right) to its count."""
    counts = {}
    for pair in zip(tokens, tokens[1:]):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def count_these(pairs):
    counts = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def neighbours(tokens):
    return list(zip(tokens, tokens[1:]))


def never_overlapping(tokens):
    """A pair of equals counts once in a row of three, as it would be merged."""
    counts, last = {}, {}
    for i, pair in enumerate(neighbours(tokens)):
        if last.get(pair) != i - 1:
            counts[pair] = counts.get(pair, 0) + 1
            last[pair] = i
    return counts


def without_a_start(tokens):
    counts = {}
    for pair in neighbours(tokens):
        counts[pair] += 1
    return counts


COUNT_PAIRS = Exercise(
    lesson="05b",
    solution=count_pairs,
    weight="practice",
    minutes=3,
    difficulty=1,
    task="Count the pairs of neighbours. The keys are pairs such as (1, 2), in the order in which "
    "the two stand; every place where two tokens meet counts.",
    cases=(([1, 2, 1, 2, 3],), ([1, 1, 1],), ([2, 1, 1, 2],), ([5],)),
    fresh=lambda rng: (random_ids(rng),),
    why=lambda tokens: (
        f"{len(tokens)} tokens have {len(tokens) - 1} places where two of them meet"
        + (f", the first being {tuple(tokens[:2])}" if len(tokens) > 1 else "")
    ),
    holds="Every place where two tokens meet has been counted, under the pair in its order.",
    hints=(
        "zip(tokens, tokens[1:]) pairs each token with the next, and makes the keys.",
        "The first time a pair is met there is no count for it yet.",
        "counts.get(pair, 0) is the count so far, or 0.",
    ),
    misconceptions=(
        Misconception(
            "a count that is not there yet",
            "counts[pair] += 1 wants an old count, and the first time there is none. Say what to "
            "begin with.",
            without_a_start,
        ),
        Misconception(
            "a step of two",
            "You count pairs side by side. A token in the middle has a neighbour on each side.",
            lambda tokens: count_these(zip(tokens[::2], tokens[1::2])),
        ),
        Misconception(
            "the order of the two ignored",
            "(1, 2) and (2, 1) are two pairs, as he and eh are.",
            lambda tokens: count_these(tuple(sorted(pair)) for pair in neighbours(tokens)),
        ),
        Misconception(
            "left and right swapped",
            "The token that stands first comes first in the key.",
            lambda tokens: count_these((right, left) for left, right in neighbours(tokens)),
        ),
        Misconception(
            "whether, not how often",
            "Each pair has the count 1. The next time it is met, its count grows.",
            lambda tokens: dict.fromkeys(neighbours(tokens), 1),
        ),
        Misconception(
            "tokens instead of pairs",
            "These are counts of single tokens. A key has two of them.",
            lambda tokens: count_these(tokens),
        ),
        Misconception(
            "overlapping pairs counted once",
            "1 1 1 has two places where a 1 meets a 1. Only one of them can be merged later; here "
            "both are counted.",
            never_overlapping,
        ),
        Misconception(
            "round in a ring",
            "The last token has no next one; you have paired it with the first.",
            lambda tokens: count_these(zip(tokens, [*tokens[1:], *tokens[:1]])),
            also=(
                lambda tokens: count_these((tokens[i - 1], tokens[i]) for i in range(len(tokens))),
            ),
        ),
        Misconception(
            "the pairs without counts",
            "A list of pairs. What is wanted is a dict that gives the count of each.",
            neighbours,
            also=(lambda tokens: list(count_pairs(tokens).items()),),
        ),
    ),
)


# ------------------------------------------------------------------------------------- merge


def merge(tokens, pair, new_id):
    """A new list with new_id wherever pair stood, from the left, no token used twice."""
    merged = []
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


def from_the_right(tokens, pair, new_id):
    return merge(tokens[::-1], pair[::-1], new_id)[::-1]


def tokens_used_twice(tokens, pair, new_id):
    merged, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            merged.append(new_id)
            if tuple(tokens[i + 1 : i + 3]) != pair:
                i += 1
        else:
            merged.append(tokens[i])
        i += 1
    return merged


def one_step_too_few(tokens, pair, new_id):
    merged, i = [], 0
    while i < len(tokens):
        is_pair = tuple(tokens[i : i + 2]) == pair
        merged.append(new_id if is_pair else tokens[i])
        i += 1
    return merged


def only_the_first(tokens, pair, new_id):
    pairs = neighbours(tokens)
    if pair not in pairs:
        return list(tokens)
    place = pairs.index(pair)
    return [*tokens[:place], new_id, *tokens[place + 2 :]]


def last_token_lost(tokens, pair, new_id):
    merged, i = [], 0
    while i < len(tokens) - 1:
        if tuple(tokens[i : i + 2]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


def past_the_end(tokens, pair, new_id):
    merged, i = [], 0
    while i < len(tokens):
        if (tokens[i], tokens[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


def in_place(tokens, pair, new_id):
    tokens[:] = merge(tokens, pair, new_id)
    return tokens


def either_way_round(tokens, pair, new_id):
    merged, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) in (pair, pair[::-1]):
            merged.append(new_id)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


def overwritten(tokens, pair, new_id):
    """What is left when a pair of equals may meet the token that was merged away before."""
    merged, previous = [], None
    for token in tokens:
        if merged and (previous, token) == pair:
            merged[-1] = new_id
        else:
            merged.append(token)
        previous = token
    return merged


def pair_in_words(tokens, pair, new_id):
    places = [i for i, here in enumerate(neighbours(tokens)) if here == pair]
    which = ", ".join(map(str, places)) or "no place"
    return f"the pair {pair} begins at {which}, and a token that is merged already is used up"


def ids_and_pair(rng):
    tokens = random_ids(rng)
    return tokens, rng.choice(neighbours(tokens)), 9


MERGE = Exercise(
    lesson="05b",
    solution=merge,
    weight="practice",
    minutes=6,
    difficulty=2,
    task="Go through the tokens from the left, and put new_id in the place of each pair. A token "
    "that has gone into one pair cannot go into another: 1 1 1 becomes 9 1.",
    cases=(
        ([1, 2, 3, 1, 2], (1, 2), 9),
        ([1, 1, 1], (1, 1), 9),
        ([1, 1, 1, 1, 2], (1, 1), 9),
        ([2, 1, 1, 2, 3], (1, 2), 9),
        ([3, 2, 2, 2], (3, 1), 9),
        ([1], (1, 1), 9),
    ),
    fresh=ids_and_pair,
    why=pair_in_words,
    holds="From the left, every pair once, and everything else as it was.",
    hints=(
        "A place i that you move yourself, in a while loop, can take steps of 1 and of 2.",
        "tokens[i : i + 2] are the two at place i; at the very end it is only one. A list is never "
        "equal to a tuple: tuple(...) turns one into the other.",
        "Found: append new_id and go on behind both. Not found: append the token and go on behind "
        "it.",
    ),
    misconceptions=(
        Misconception(
            "overlapping merges",
            "In 1 1 1 the token in the middle went into two pairs. After a merge go on behind both "
            "of its tokens.",
            tokens_used_twice,
            also=(overwritten,),
        ),
        Misconception(
            "the right one stays",
            "The pair has become one token, and its right half is still there: go on by 2.",
            one_step_too_few,
        ),
        Misconception(
            "merged from the right",
            "1 1 1 has become 1 9. Begin at the left, so that everybody cuts alike.",
            from_the_right,
        ),
        Misconception(
            "a list is never equal to a tuple",
            "Nothing was merged. tokens[i : i + 2] is a list, and [1, 2] == (1, 2) is False.",
            lambda tokens, pair, new_id: list(tokens),
        ),
        Misconception(
            "only the first pair",
            "The pair may stand in many places.",
            only_the_first,
        ),
        Misconception(
            "past the end of the list",
            "At the last token there is no tokens[i + 1]. A slice, tokens[i : i + 2], is only "
            "shorter there.",
            past_the_end,
        ),
        Misconception(
            "the last token lost",
            "Your loop ends one token early, unless a pair happens to stand there.",
            last_token_lost,
        ),
        Misconception(
            "the order of the two ignored",
            "(1, 2) is not (2, 1).",
            either_way_round,
        ),
        Misconception(
            "tokens instead of pairs",
            "You replace each token of the pair wherever it stands. Only the two together, in this "
            "order, are a pair.",
            lambda tokens, pair, new_id: [new_id if t in pair else t for t in tokens],
        ),
        Misconception(
            "the list that was given is changed",
            "The result is right, and the caller's list has become it too. Build a new one.",
            in_place,
        ),
    ),
)


# --------------------------------------------------------------------------------- train_bpe


def train_bpe(tokens, count):
    """The first count merges, or fewer if no pair is left. The first one makes the token 256."""
    merges = []
    while len(merges) < count and len(tokens) > 1:
        pairs = count_pairs(tokens)
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        tokens = merge(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges


def training(choose, first=256, joined=merge, stop=lambda pairs, best: False):
    """Byte pairs trained with something wrong: the choice, the ids, the merging, or the end."""

    def wrong(tokens, count):
        merges = []
        while len(merges) < count and len(tokens) > 1:
            pairs = count_pairs(tokens)
            best = choose(pairs)
            if stop(pairs, best):
                break
            tokens = joined(tokens, best, first + len(merges))
            merges.append(best)
        return merges

    return wrong


def most_frequent(pairs):
    return min(pairs, key=lambda pair: (-pairs[pair], pair))


def counted_once(tokens, count):
    pairs = count_pairs(tokens)
    return sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:count]


def tokens_afterwards(tokens, count):
    for new_id, pair in enumerate(train_bpe(tokens, count), start=256):
        tokens = merge(tokens, pair, new_id)
    return tokens


def does_not_look_ahead(tokens, count):
    """Goes on to ask for a pair when there is none."""
    merges = []
    for i in range(count):
        best = most_frequent(count_pairs(tokens))
        tokens = merge(tokens, best, 256 + i)
        merges.append(best)
    return merges


def training_why(tokens, count):
    best = most_frequent(count_pairs(tokens))
    times = count_pairs(tokens)[best]
    after = merge(tokens, best, 256)
    reason = "no pair is met oftener" if times > 1 else "of all pairs it has the smallest ids"
    return (
        f"at first {best} is met {times} times, and {reason}; "
        f"with it merged, {len(after)} of {len(tokens)} tokens are left to count again"
    )


TRAIN_BPE = Exercise(
    lesson="05b",
    solution=train_bpe,
    weight="practice",
    minutes=7,
    difficulty=3,
    task="Again and again: count the pairs, merge the most frequent one everywhere, and note it. "
    "Of equally frequent pairs take the one with the smaller ids, that is min of them. Bytes have "
    "the ids 0 to 255, so the first merge makes the token 256, the next one 257. Stop after count "
    "merges, or when no pair is left.",
    cases=(
        (list(b"aaabdaaabac"), 3),
        (list(b"cdab"), 1),
        (list(b"abababab"), 3),
        (list(b"ab"), 3),
        (list(b"lowlowerlowest"), 4),
    ),
    fresh=lambda rng: (list(random_text(rng).encode()), rng.randint(4, 7)),
    why=training_why,
    holds="The package's tokenizer learns the same merges from the same bytes.",
    hints=(
        "count_pairs and merge do the work. What is left is a loop, and the choice.",
        "min and max take a key: a function that says by what to compare.",
        "Two things decide: a large count first, then small ids. A tuple is compared entry by "
        "entry, and a minus sign turns large into small: (-pairs[pair], pair).",
        "Without a pair left, min has nothing to choose from: end the loop while fewer than two "
        "tokens are there.",
    ),
    misconceptions=(
        Misconception(
            "counted only once",
            "After a merge there are new tokens with new neighbours, and the old counts are wrong. "
            "Count again each time.",
            counted_once,
        ),
        Misconception(
            "nothing is merged",
            "The same pair wins every time, since the text stays as it was. merge returns a new "
            "list: keep it.",
            training(most_frequent, joined=lambda tokens, pair, new_id: tokens),
        ),
        Misconception(
            "equals decided by who comes first",
            "Of equally frequent pairs you take the one that is met first, so another order of the "
            "texts would give another vocabulary. Take the one with the smaller ids.",
            training(lambda pairs: max(pairs, key=lambda pair: pairs[pair])),
        ),
        Misconception(
            "equals decided for the larger",
            "Of equally frequent pairs the one with the smaller ids is asked for. max of (count, "
            "pair) takes the larger.",
            training(lambda pairs: max(pairs, key=lambda pair: (pairs[pair], pair))),
        ),
        Misconception(
            "the rarest first",
            "A pair that is met once saves one token. The most frequent one saves the most.",
            training(lambda pairs: min(pairs, key=lambda pair: (pairs[pair], pair))),
        ),
        Misconception(
            "the smallest pair, however rare",
            "min of a dict looks at its keys. The counts must decide first.",
            training(min),
            also=(training(max),),
        ),
        Misconception(
            "new ids that are taken",
            "0 to 255 are bytes, so a merged token with such an id would be taken for a byte. The "
            "first free id is 256.",
            training(most_frequent, first=0),
            also=(
                training(most_frequent, first=1),
                training(most_frequent, first=255),
                training(most_frequent, first=257),
            ),
        ),
        Misconception(
            "overlapping merges",
            "A token goes into two pairs somewhere, so text is lost. That is in merge: it goes on "
            "behind both of its tokens.",
            training(most_frequent, joined=overwritten),
            also=(training(most_frequent, joined=tokens_used_twice),),
        ),
        Misconception(
            "over when nothing is met twice",
            "A sensible place to stop, and another vocabulary than asked for. Go on until no pair "
            "is left, as the package does.",
            training(most_frequent, stop=lambda pairs, best: pairs[best] < 2),
        ),
        Misconception(
            "no pair left",
            "A text of one token has no pair, and min of nothing raises an error. Stop before "
            "that.",
            does_not_look_ahead,
        ),
        Misconception(
            "the tokens instead of the merges",
            "This is the text after all merges. Asked for is the list of the pairs, in the order "
            "in which they were merged.",
            tokens_afterwards,
        ),
    ),
)


# ----------------------------------------------------------------------- encode and decode


def encode_bpe(text, merges):
    """The tokens of text: its bytes, with the merges made in the order in which they were found."""
    tokens = list(text.encode("utf-8"))
    for i, pair in enumerate(merges):
        tokens = merge(tokens, pair, 256 + i)
    return tokens


def encoding(order=list, first=256, start=lambda text: list(text.encode()), joined=merge):
    """Encoding with something wrong: the order, the ids, what it starts from, or the merging."""

    def wrong(text, merges):
        tokens = start(text)
        for i, pair in order(list(enumerate(merges))):
            tokens = joined(tokens, pair, first + i)
        return tokens

    return wrong


LOW = ((111, 119), (108, 256), (257, 101))  # ow, low, lowe
EMOJI = ((240, 159), (256, 153), (257, 130))  # the four bytes of a smile, step by step
AAA = ((97, 97), (256, 97))


def text_and_merges(rng):
    text = random_text(rng, 3)
    merges = train_bpe(list(random_text(rng, 5).encode()), rng.randint(3, 5))
    return text, merges


ENCODE_BPE = Exercise(
    lesson="05b",
    solution=encode_bpe,
    weight="practice",
    minutes=3,
    difficulty=2,
    task="Encode any text with merges that were learnt elsewhere: start from its bytes, and make "
    "the merges one after the other. The first makes the token 256. There is no BOS here.",
    cases=(
        ("slower", list(LOW)),
        ("aaaaa", list(AAA)),
        ("zoë 🙂", list(EMOJI)),
        ("abcd", [(97, 98), (99, 100)]),
        ("", list(LOW)),
    ),
    fresh=text_and_merges,
    why=lambda text, merges: (
        f"the bytes are {list(text.encode())}, and the first merge puts 256 for {merges[0]}"
    ),
    holds="Any text, with the merges in their order, each wherever its pair stands.",
    hints=(
        'text.encode("utf-8") gives bytes, and list of that their numbers.',
        "merge does one merge. Which token does the merge number i make?",
        "A later merge may need what an earlier one has made, so keep their order.",
    ),
    misconceptions=(
        Misconception(
            "characters for bytes",
            "ord gives a character's own number, and 🙂 has 128,578. A token below 256 is a byte.",
            encoding(start=lambda text: [ord(char) for char in text]),
        ),
        Misconception(
            "the last merge first",
            "The later merges are made of earlier ones, so at the start there is nothing for them "
            "to find.",
            encoding(order=lambda merges: merges[::-1]),
        ),
        Misconception(
            "only the first merge",
            "The others want their turn. Does a return end the loop early?",
            encoding(order=lambda merges: merges[:1]),
        ),
        Misconception(
            "only one merge of them all",
            "Each turn starts from the bytes again, so the work of the earlier ones is lost. Keep "
            "what merge returns.",
            lambda text, merges: (
                merge(list(text.encode()), merges[-1], 255 + len(merges))
                if merges
                else list(text.encode())
            ),
        ),
        Misconception(
            "the bytes as they are",
            "Nothing was merged. merge returns a new list and leaves yours as it was.",
            lambda text, merges: list(text.encode()),
        ),
        Misconception(
            "new ids that are taken",
            "0 to 255 are bytes, so the first merge makes 256.",
            encoding(first=0),
            also=(encoding(first=1), encoding(first=255), encoding(first=257)),
        ),
        Misconception(
            "each merge in one place only",
            "A pair may stand in many places, and is merged in all of them.",
            encoding(joined=only_the_first),
        ),
        Misconception(
            "merges learnt anew",
            "You learn merges from this text. A vocabulary is learnt once, and then every text is "
            "cut by it.",
            lambda text, merges: tokens_afterwards(list(text.encode()), len(merges)),
        ),
    ),
)


def decode_bpe(tokens, merges):
    """The text of these tokens: each stands for one byte, or for the two tokens it was made of."""
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    return b"".join(pieces[token] for token in tokens).decode("utf-8", "replace")


def pieces_of(merges):
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    return pieces


def unmerged_once(tokens, merges):
    """Each merged token as its two halves, which may be merged themselves."""
    halves = []
    for token in tokens:
        halves += [token] if token < 256 else merges[token - 256]
    return halves


def as_text(numbers):
    return bytes(numbers).decode("utf-8", "replace")


DECODE_BPE = Exercise(
    lesson="05b",
    solution=decode_bpe,
    weight="practice",
    minutes=5,
    difficulty=3,
    task="The way back. Find the bytes that each token stands for, put them all together, and only "
    "then make text of them. Bytes that are no character, as a model may draw them, become �.",
    cases=(
        ([115, 258, 114], list(LOW)),
        (list("zoë".encode()), list(LOW)),
        ([258, 258, 33], list(EMOJI)),
        ([256, 130], list(EMOJI)),
        ([], []),
    ),
    fresh=lambda rng: (lambda text, merges: (encode_bpe(text, merges), merges))(
        *text_and_merges(rng)
    ),
    why=lambda tokens, merges: (
        f"the bytes are {list(b''.join(pieces_of(merges)[token] for token in tokens))}"
    ),
    holds="Decoding undoes encoding, and half a character is no reason to stop.",
    hints=(
        "Make a list of what each token stands for: first the 256 bytes, bytes([0]), bytes([1]) "
        "and so on.",
        "A merge joins two tokens that are in that list already, so its bytes are theirs, one "
        "after the other.",
        'b"".join glues bytes together, and .decode("utf-8", "replace") makes text of them.',
    ),
    misconceptions=(
        Misconception(
            "half a character",
            "A model may draw bytes that are no whole character. Tell decode to replace them "
            "instead of raising an error.",
            lambda tokens, merges: b"".join(pieces_of(merges)[t] for t in tokens).decode("utf-8"),
        ),
        Misconception(
            "half a character dropped",
            "What cannot be read should leave a mark, so that one sees that something was there.",
            lambda tokens, merges: b"".join(pieces_of(merges)[t] for t in tokens).decode(
                "utf-8", "ignore"
            ),
        ),
        Misconception(
            "each token read alone",
            "ë is two bytes, and may be two tokens: neither of them is a character. First glue all "
            "bytes together, then read.",
            lambda tokens, merges: "".join(
                pieces_of(merges)[t].decode("utf-8", "replace") for t in tokens
            ),
            also=(
                lambda tokens, merges: "".join(
                    pieces_of(merges)[t].decode("utf-8") for t in tokens
                ),
                lambda tokens, merges: "".join(
                    pieces_of(merges)[t].decode("utf-8", "ignore") for t in tokens
                ),
            ),
        ),
        Misconception(
            "bytes taken for characters",
            "chr makes a character of each byte, and so ë becomes Ã and «. UTF-8 reads several "
            "bytes together.",
            lambda tokens, merges: "".join(
                chr(byte) for t in tokens for byte in pieces_of(merges)[t]
            ),
            also=(lambda tokens, merges: "".join(chr(token) for token in tokens),),
        ),
        Misconception(
            "only one level deep",
            "A merged token may be made of merged tokens. Yours are taken apart once.",
            lambda tokens, merges: as_text(unmerged_once(tokens, merges)),
        ),
        Misconception(
            "left and right swapped",
            "The left token's bytes come first.",
            lambda tokens, merges: swapped(tokens, merges),
        ),
        Misconception(
            "bytes instead of a text",
            "The right bytes. A text wants one more step.",
            lambda tokens, merges: list(b"".join(pieces_of(merges)[t] for t in tokens)),
            also=(lambda tokens, merges: b"".join(pieces_of(merges)[t] for t in tokens),),
        ),
        Misconception(
            "merged tokens left out",
            "Tokens from 256 on stand for bytes too.",
            lambda tokens, merges: as_text(token for token in tokens if token < 256),
        ),
    ),
)


def swapped(tokens, merges):
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in merges:
        pieces.append(pieces[right] + pieces[left])
    return b"".join(pieces[token] for token in tokens).decode("utf-8", "replace")


# -------------------------------------------------------------- find the bug: overlapping pairs


def repair_merge(tokens, pair, new_id):
    """A new list with new_id wherever pair stood, from the left, no token used twice."""
    merged = []
    previous = None
    for token in tokens:
        if (previous, token) == pair:
            merged[-1] = new_id
        else:
            merged.append(token)
        previous = merged[-1]
    return merged


def buggy_merge(tokens, pair, new_id):
    """A new list with new_id wherever pair stood, from the left, no token used twice."""
    merged = []
    previous = None
    for token in tokens:
        if (previous, token) == pair:
            merged[-1] = new_id
        else:
            merged.append(token)
        previous = token
    return merged


def appended(tokens, pair, new_id):
    merged, previous = [], None
    for token in tokens:
        if (previous, token) == pair:
            merged.append(new_id)
        else:
            merged.append(token)
        previous = token
    return merged


def equals_left_alone(tokens, pair, new_id):
    return list(tokens) if pair[0] == pair[1] else merge(tokens, pair, new_id)


def both_replaced(tokens, pair, new_id):
    """A row of equals becomes one new token for each place where two of them meet."""
    merged, previous = [], None
    for token in tokens:
        if (previous, token) == pair:
            if merged[-1] == new_id:
                merged.append(new_id)
            else:
                merged[-1] = new_id
        else:
            merged.append(token)
        previous = token
    return merged


REPAIR_MERGE = Exercise(
    lesson="05b",
    solution=repair_merge,
    given=buggy_merge,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="This merge needs no i. It is right for (1, 2) in any text, and of 1 1 1 with the pair "
    "(1, 1) it leaves one single 9: a 1 has vanished. Repair one line.",
    cases=(
        ([1, 1, 1], (1, 1), 9),
        ([1, 1, 1, 1, 2], (1, 1), 9),
        ([1, 2, 3, 1, 2], (1, 2), 9),
        ([2, 1, 1], (1, 1), 9),
    ),
    fresh=lambda rng: (lambda tokens: (tokens, rng.choice([(1, 1), (1, 2), (2, 1)]), 9))(
        [rng.randint(1, 2) for _ in range(rng.randint(6, 10))]
    ),
    why=pair_in_words,
    holds="A token that has gone into a merge is gone, and cannot begin another one.",
    hints=(
        "Go through 1 1 1 by hand, and note previous and merged after each token.",
        "After a merge, which token stands to the left of the next one: the one you have read, or "
        "the one you have written?",
        "What was written last is at the end of merged.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "The second 1 has gone into a 9, and still it meets the third one as if it stood "
            "there.",
            overwritten,
        ),
        Misconception(
            "overlapping merges",
            "Nothing vanishes now, and the 1 in the middle goes into two tokens: the text has "
            "become longer.",
            both_replaced,
        ),
        Misconception(
            "the left one stays",
            "The pair is there twice now: as the new token, and as its left half before it.",
            appended,
        ),
        Misconception(
            "equals left alone",
            "1 1 is a pair like any other. Only the third 1 has to wait for a partner of its own.",
            equals_left_alone,
        ),
        Misconception(
            "merged from the right",
            "1 1 1 has become 1 9. The left pair comes first.",
            from_the_right,
        ),
        Misconception(
            "nothing merged",
            "previous never holds a token that the next one could meet.",
            lambda tokens, pair, new_id: list(tokens),
        ),
    ),
)
