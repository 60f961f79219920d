"""The toolbox: what a learner writes at its stations."""

from micrograd.checks.declare import Exercise, Formula, Misconception
from micrograd.checks.exercises.slopes import nudged, number

# ------------------------------------------------------------------------------------- twice


def twice(f, x):
    """Run f on x, then on what came out; return the second result."""
    once = f(x)
    return f(once)


TWICE = Exercise(
    lesson="A",
    solution=twice,
    minutes=2,
    difficulty=1,
    weight="practice",
    task="Put x into f, and what comes out into f again.",
    cases=((Formula("x", "x + 3"), 1.0), (Formula("x", "10 * x"), 2.0)),
    fresh=lambda rng: (Formula("x", f"{number(rng)} * x ** 2 + {number(rng)}"), number(rng)),
    why=lambda f, x: f"f makes {f(x):.6g} of {x:g}, and {f(f(x)):.6g} of that",
    holds="f did its work two times, whatever f it was.",
    hints=(
        "f is a name like any other here. How do you call what it names, with x?",
        "Keep what comes out under a name of its own.",
        "Then call f once more, with that.",
    ),
    misconceptions=(
        Misconception(
            "the result doubled",
            "You call f once and double what it gives. Try f(x) = x + 3 at x = 1 with a pencil: "
            "first 4, and then?",
            lambda f, x: 2 * f(x),
        ),
        Misconception(
            "called only once",
            "This is what f gives for x. It goes in at the front once more.",
            lambda f, x: f(x),
        ),
        Misconception(
            "the input doubled",
            "You double x before f has seen it. Which number comes out of f, and goes in again?",
            lambda f, x: f(2 * x),
        ),
        Misconception(
            "the result multiplied by itself",
            "You take f's result times itself. Applying f again means calling it again.",
            lambda f, x: f(x) ** 2,
        ),
        Misconception(
            "the function itself handed back",
            "You return f, the machine. Brackets behind the name run it: f(x) is a number.",
            lambda f, x: f,
        ),
    ),
)


# ------------------------------------------------------------------------------- raised_copy


def raised_copy(point, i, h):
    """A new list like point, with h added to entry i; point stays as it was."""
    other = list(point)
    other[i] += h
    return other


def in_place(point, i, h):
    point[i] += h
    return point


def entry(rng):
    """A point and the number of one of its entries."""
    point = [number(rng) for _ in range(rng.randint(2, 4))]
    return point, rng.randrange(len(point))


RAISED_COPY = Exercise(
    lesson="A",
    solution=raised_copy,
    minutes=2,
    difficulty=1,
    weight="practice",
    task="Make a list of your own first, then change one entry of it.",
    cases=(([1.0, 2.0, 3.0], 1, 0.5), ([4.0, 0.0], 0, -1.0)),
    fresh=lambda rng: (*entry(rng), rng.choice([0.5, 0.1, -0.25])),
    why=lambda point, i, h: f"entry {i} of {point} is {point[i]:g}, and {h:g} more is wanted there",
    holds="One entry moved, in a list of its own; the list that was given is as it was.",
    hints=(
        "Another name for the list is not another list. What makes a second list?",
        "list(point) is a new list with the same entries. Give it a name.",
    ),
    misconceptions=(
        Misconception(
            "a second name for the same list",
            "The numbers are right, and the list that was given has changed with them: your list "
            "and point are the same one under two names.",
            in_place,
        ),
        Misconception(
            "all entries raised",
            "Only entry i moves; the others are copied as they are.",
            lambda point, i, h: [x + h for x in point],
        ),
        Misconception(
            "the entry replaced",
            "You put h where the entry was. It is to be added.",
            lambda point, i, h: [*point[:i], h, *point[i + 1 :]],
        ),
        Misconception(
            "only the entry handed back",
            "That is the new number alone. The whole list is wanted, with that number in it.",
            lambda point, i, h: point[i] + h,
        ),
        Misconception(
            "the other entries left out",
            "Your list holds one entry. Those that do not move belong in it too.",
            lambda point, i, h: [point[i] + h],
        ),
        Misconception(
            "lowered",
            "You subtract h.",
            lambda point, i, h: nudged(point, i, -h),
        ),
    ),
)


# ------------------------------------------------------------------------------------ column


def column(table, j):
    """Column j of table, as a list; columns are counted from 0."""
    return [row[j] for row in table]


def table(rng):
    """A square table and the number of a column in it."""
    size = rng.randint(2, 4)
    rows = [[number(rng) for _ in range(size)] for _ in range(size)]
    return rows, rng.randrange(size)


COLUMN = Exercise(
    lesson="A",
    solution=column,
    minutes=2,
    difficulty=1,
    weight="practice",
    task="A table is a list of rows. Take one number out of each row.",
    cases=(([[1.0, 2.0], [3.0, 4.0]], 0), ([[5.0, 6.0, 7.0], [1.0, 0.0, 2.0], [8.0, 9.0, 3.0]], 2)),
    fresh=table,
    why=lambda table, j: (
        f"the first row is {table[0]}, and with the counting begun at 0 its entry {j} is "
        f"{table[0][j]:g}; the other rows follow in the same way"
    ),
    holds="You walk down a column, however many rows there are.",
    hints=(
        "A loop over table gives one row at a time. What do you want of each?",
        "Begin with an empty list, and append one entry of each row.",
    ),
    misconceptions=(
        Misconception(
            "a row for a column",
            "This is row j: it runs across. A column takes one number out of every row.",
            lambda table, j: table[j],
            also=(lambda table, j: table[:][j],),
        ),
        Misconception(
            "counted from 1",
            "This is the column before. The first column has the number 0.",
            lambda table, j: [row[j - 1] for row in table],
        ),
        Misconception(
            "all columns",
            "You turned the whole table on its side. Which one of these lists is asked for?",
            lambda table, j: [list(c) for c in zip(*table, strict=True)],
        ),
        Misconception(
            "one number",
            "That is a single number of the table. Every row has one in this column.",
            lambda table, j: table[0][j],
            also=(lambda table, j: table[-1][j], lambda table, j: table[j][j]),
        ),
        Misconception(
            "the diagonal",
            "You take another entry in each row, and so walk through the table at a slant.",
            lambda table, j: [row[i] for i, row in enumerate(table)],
        ),
    ),
)


# ------------------------------------------------------------------------------------ chance


def chance(counts, first, second):
    """P(second | first): of the pairs that begin with first, second's share.

    counts has a key of two letters for each pair, as {"an": 3, "ar": 1, "en": 4}.
    """
    total = sum(n for pair, n in counts.items() if pair[0] == first)
    return counts[first + second] / total


def begins(counts, first):
    return [n for pair, n in counts.items() if pair[0] == first]


def ends(counts, second):
    return [n for pair, n in counts.items() if pair[1] == second]


def pairs(rng):
    """Counts of six pairs of letters, and the two letters of one of them."""
    counts = {pair: rng.randint(1, 40) for pair in ("an", "ar", "en", "er", "ra", "na")}
    return counts, *rng.choice(["an", "ar", "en", "er"])


CHANCE = Exercise(
    lesson="A",
    solution=chance,
    minutes=3,
    difficulty=2,
    weight="practice",
    task="Look only at the pairs that begin with first. Which share of them goes on with second?",
    cases=(({"an": 3, "ar": 1, "en": 4}, "a", "n"), ({"ba": 2, "bo": 6, "ra": 5}, "b", "a")),
    fresh=pairs,
    why=lambda counts, first, second: (
        f"{' + '.join(map(str, begins(counts, first)))} pairs begin with {first}, and "
        f"{counts[first + second]} of them go on with {second}"
    ),
    holds="Your share is one of those pairs only that begin with the given letter.",
    hints=(
        "Two numbers are needed: how often this pair was met, and how often it could have been.",
        "counts.items() gives each pair with its number; pair[0] is the pair's first letter.",
        "Add up the numbers of the pairs whose first letter is first, and divide by that.",
    ),
    misconceptions=(
        Misconception(
            "“and” for “given”",
            "You divide by all pairs: the share of “first and then second” among everything. "
            "Given first, the pairs that begin otherwise are out of the question.",
            lambda counts, first, second: counts[first + second] / sum(counts.values()),
        ),
        Misconception(
            "given the other one",
            "You divide by the pairs that end in second. What is known is how the pair begins.",
            lambda counts, first, second: counts[first + second] / sum(ends(counts, second)),
        ),
        Misconception(
            "a count for a share",
            "This is how often the pair was met. Is that often? Compare it with a total.",
            lambda counts, first, second: counts[first + second],
        ),
        Misconception(
            "kinds counted instead of pairs",
            "You count each kind of pair once, however often it was met.",
            lambda counts, first, second: counts[first + second] / len(begins(counts, first)),
            also=(lambda counts, first, second: 1 / len(begins(counts, first)),),
        ),
        Misconception(
            "compared with the others only",
            "You leave the pair itself out of the total, so its share can be more than 1.",
            lambda counts, first, second: (
                counts[first + second] / (sum(begins(counts, first)) - counts[first + second])
            ),
        ),
    ),
)


# ----------------------------------------------------------------------------- add_and_score


def add_and_score(query, key, keys):
    """Append key to keys, in place; return query's dot product with each."""
    keys.append(key)
    return [sum(a * b for a, b in zip(query, other)) for other in keys]


def products(query, keys):
    return [[a * b for a, b in zip(query, key, strict=True)] for key in keys]


def scored_first(query, key, keys):
    scores = [sum(row) for row in products(query, keys)]
    keys.append(key)
    return scores


def put_in_front(query, key, keys):
    keys.insert(0, key)
    return [sum(row) for row in products(query, keys)]


def not_added_up(query, key, keys):
    keys.append(key)
    return products(query, keys)


def sums_multiplied(query, key, keys):
    keys.append(key)
    return [sum(query) * sum(other) for other in keys]


def newest_only(query, key, keys):
    keys.append(key)
    return sum(a * b for a, b in zip(query, key, strict=True))


def result_of_append(query, key, keys):
    keys = keys.append(key)
    return [sum(row) for row in products(query, keys)]


def memory(rng):
    query, *keys = ([number(rng) for _ in range(3)] for _ in range(rng.randint(3, 5)))
    return query, keys[0], keys[1:]


ADD_AND_SCORE = Exercise(
    lesson="A",
    solution=add_and_score,
    minutes=3,
    difficulty=2,
    weight="practice",
    task="The list keys is a memory. Append key to it, in place. Then return a list: query's dot "
    "product with each entry of keys, the new one too.",
    cases=(
        ([1.0, 2.0], [3.0, 4.0], [[5.0, 6.0]]),
        ([2.0, 1.0], [0.0, 3.0], [[1.0, 1.0], [4.0, -1.0]]),
    ),
    fresh=memory,
    observe=lambda result, inputs: [result, inputs[2]],
    observed="what came back, and the list keys after the call",
    why=lambda query, key, keys: (
        f"keys now ends with {key}, and query's dot product with that is "
        f"{' + '.join(f'{a:g} · {b:g}' for a, b in zip(query, key, strict=True))} = "
        f"{sum(products(query, [key])[0]):g}"
    ),
    holds="The list itself has grown, and each score is a sum of products.",
    hints=(
        "Two things to do, in this order: change the list, then compute with it.",
        "Give append a line of its own. It changes the list before its dot; its result is None.",
        "A dot product: zip walks two lists side by side; multiply each pair, and add all up.",
    ),
    misconceptions=(
        Misconception(
            "a new list instead of the one that was given",
            "The scores are right, but the memory has forgotten: whoever handed you keys still "
            "has the old list. Change that one.",
            lambda query, key, keys: [sum(row) for row in products(query, [*keys, key])],
        ),
        Misconception(
            "scored before it was added",
            "The newest key has no score. Do the two things in the other order.",
            scored_first,
        ),
        Misconception(
            "put in front",
            "The new key belongs behind the others: its place says when it came.",
            put_in_front,
        ),
        Misconception(
            "the products not added up",
            "A dot product is one number: the products of the pairs, added up.",
            not_added_up,
        ),
        Misconception(
            "the sums multiplied",
            "You add first and multiply then. Each number is to meet its own partner only.",
            sums_multiplied,
        ),
        Misconception(
            "one score only",
            "That is the score of the newest key. The older ones want theirs too.",
            newest_only,
        ),
        Misconception(
            "the result of append",
            "append changes the list and returns None, and you gave that None the list's name.",
            result_of_append,
        ),
    ),
)
