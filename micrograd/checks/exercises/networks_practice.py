"""Notebook 04a, to choose from: layers, a network, how large it is, and one bug."""

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value, relu
from micrograd.checks.exercises.networks import (
    TRACED,
    dot,
    flat,
    linear,
    neuron,
    numbers,
    outputs,
    random_mat,
    random_vec,
    table,
    vec,
)
from micrograd.checks.exercises.slopes import number

# ------------------------------------------------------------------------------------- layer


def layer(x, weights, biases):
    """The outputs of several neurons that look at the same x: one row and one bias for each."""
    return [neuron(x, row, b) for row, b in zip(weights, biases)]


def positive_biases(rng, n):
    return [Value(round(rng.uniform(4.0, 12.0), 1)) for _ in range(n)]


LAYER = Exercise(
    lesson="04a",
    solution=layer,
    weight="practice",
    minutes=2,
    difficulty=1,
    task="A layer is several neurons side by side. Give the output of each, for the same x.",
    cases=(
        (vec(1.0, 2.0), [vec(3.0, -1.0), vec(-3.0, 1.0)], vec(0.5, 1.0)),
        (vec(2.0), [vec(1.0), vec(-1.0), vec(0.5)], vec(-1.0, 5.0, 0.0)),
    ),
    fresh=lambda rng: (random_vec(rng, 2), random_mat(rng, 3, 2), positive_biases(rng, 3)),
    why=lambda x, weights, biases: (
        "before relu the sums are "
        + ", ".join(
            f"{dot(numbers(row), numbers(x)) + b.data:.6g}" for row, b in zip(weights, biases)
        )
    ),
    observe=lambda result, inputs: outputs(result, flat(inputs)),
    observed=TRACED,
    holds="One output for each neuron, each with its own row and its own bias.",
    hints=("zip pairs each row with its bias.", "Every pair makes one output. Collect them."),
    misconceptions=(
        Misconception(
            "bias forgotten",
            "Each neuron has a bias of its own, to be added before relu.",
            lambda x, weights, biases: [relu(entry) for entry in linear(x, weights)],
        ),
        Misconception(
            "one bias for all",
            "All neurons got the first bias.",
            lambda x, weights, biases: [neuron(x, row, biases[0]) for row in weights],
        ),
        Misconception(
            "relu left out",
            "Some of the sums are below 0, and a neuron's output never is.",
            lambda x, weights, biases: [a + b for a, b in zip(linear(x, weights), biases)],
        ),
        Misconception(
            "neither bias nor relu",
            "These are the bare sums of the products. A neuron adds its bias to its sum, and relu "
            "has the last word. You have a function that does all of it.",
            lambda x, weights, biases: linear(x, weights),
        ),
        Misconception(
            "a chain instead of a layer",
            "Your second neuron looks at what the first one has made. Side by side, all look at x.",
            lambda x, weights, biases: [
                neuron(x, weights[0], biases[0]),
                *[
                    neuron([neuron(x, weights[0], biases[0])], row, b)
                    for row, b in zip(weights[1:], biases[1:])
                ],
            ],
        ),
        Misconception(
            "only one output",
            "There is one output for each neuron. Does a return end the loop early?",
            lambda x, weights, biases: layer(x, weights, biases)[:1],
        ),
    ),
)


# --------------------------------------------------------------------------------------- mlp


def mlp(x, layers):
    """The outputs of a network: layers is a list of (weights, biases), with relu between them."""
    for place, (weights, biases) in enumerate(layers, start=1):
        x = [total + b for total, b in zip(linear(x, weights), biases)]
        if place < len(layers):
            x = [relu(entry) for entry in x]
    return x


def kinked(x, layers, kinks):
    """A network with relu after those layers, counted from 0, that are in `kinks`."""
    for place, (weights, biases) in enumerate(layers):
        x = [total + b for total, b in zip(linear(x, weights), biases)]
        x = [relu(entry) for entry in x] if place in kinks else x
    return x


def without_biases(x, layers):
    for place, (weights, _) in enumerate(layers):
        x = linear(x, weights)
        x = [relu(entry) for entry in x] if place < len(layers) - 1 else x
    return x


def bare_sums(x, layers):
    for weights, _ in layers:
        x = linear(x, weights)
    return x


def random_network(rng):
    first = random_mat(rng, 2, 2), positive_biases(rng, 2)
    return random_vec(rng, 2), [first, (random_mat(rng, 2, 2), random_vec(rng, 2))]


MLP = Exercise(
    lesson="04a",
    solution=mlp,
    weight="practice",
    minutes=6,
    difficulty=2,
    task="Hand x from layer to layer. After each layer comes relu, and after the last one nothing: "
    "a prediction may be below 0.",
    cases=(
        (
            vec(1.0, 2.0),
            [
                ([vec(1.0, 1.0), vec(1.0, -1.0)], vec(0.0, 0.5)),
                ([vec(-2.0, 1.0), vec(1.0, 1.0)], vec(1.0, -0.5)),
            ],
        ),
        (vec(2.0, -1.0), [([vec(1.0, 3.0), vec(0.5, 0.5)], vec(-1.0, 0.0))]),
    ),
    fresh=random_network,
    why=lambda x, layers: (
        "the sums of the first layer are "
        + ", ".join(f"{value.data:.6g}" for value in kinked(x, layers[:1], ()))
        + (", and relu sees to those" if len(layers) > 1 else ", and it is the last one too")
    ),
    observe=lambda result, inputs: outputs(result, flat(inputs)),
    observed=TRACED,
    holds="Kinks between the layers, and none after the last.",
    hints=(
        "linear gives one sum for each row. Add each its bias.",
        "What a layer makes is the next one's x: give the name x to it.",
        "enumerate counts the layers as you go, so you know which is the last.",
    ),
    misconceptions=(
        Misconception(
            "activation on the last layer",
            "Your predictions are never below 0. relu belongs between layers, not after the last.",
            lambda x, layers: kinked(x, layers, range(len(layers))),
        ),
        Misconception(
            "two linear layers are more than one",
            "Without a kink between them, two layers do what a single one could.",
            lambda x, layers: kinked(x, layers, ()),
        ),
        Misconception(
            "bias forgotten",
            "Every neuron adds its own bias to its sum.",
            without_biases,
        ),
        Misconception(
            "only the first layer",
            "What the first layer makes goes on into the second.",
            lambda x, layers: kinked(x, layers[:1], ()),
            also=(lambda x, layers: kinked(x, layers[:1], (0,)),),
        ),
        Misconception(
            "neither bias nor kink",
            "linear gives the bare sums. Each neuron adds its bias to its own, and between two "
            "layers comes relu.",
            bare_sums,
        ),
        Misconception(
            "each layer starts again from x",
            "Your last layer looks at the inputs, and what the layers before have made is lost.",
            lambda x, layers: kinked(x, layers[-1:], ()),
        ),
    ),
)


# -------------------------------------------------------------------------- count_parameters


def count_parameters(sizes):
    """How many weights and biases a network with these layer sizes has, the inputs first."""
    count = 0
    for inputs, neurons in zip(sizes, sizes[1:]):
        count += neurons * (inputs + 1)
    return count


def pairs(sizes):
    return list(zip(sizes, sizes[1:]))


COUNT_PARAMETERS = Exercise(
    lesson="04a",
    solution=count_parameters,
    weight="practice",
    minutes=3,
    difficulty=1,
    task="[2, 16, 1] means 2 inputs, then 16 neurons, then 1. Each neuron has a weight for each of "
    "its inputs, and a bias.",
    cases=(([2, 16, 1],), ([3, 4],), ([2, 8, 8, 1],)),
    fresh=lambda rng: ([rng.randint(2, 9) for _ in range(rng.randint(3, 4))],),
    why=lambda sizes: " and ".join(
        f"{b} neurons have {a + 1} each" if b > 1 else f"1 neuron has {a + 1}"
        for a, b in pairs(sizes)
    ),
    holds="Weights and biases of every layer, and nothing for the inputs.",
    hints=(
        "How many numbers does one neuron with 2 inputs have?",
        "zip(sizes, sizes[1:]) pairs each size with the next.",
    ),
    misconceptions=(
        Misconception(
            "bias forgotten",
            "These are the weights. Every neuron has one number more.",
            lambda sizes: sum(a * b for a, b in pairs(sizes)),
        ),
        Misconception(
            "a bias for every input",
            "You count biases for the inputs of a layer. They belong to its neurons.",
            lambda sizes: sum(a * b + a for a, b in pairs(sizes)),
        ),
        Misconception(
            "inputs have biases too",
            "The inputs are what the world gives: no neurons, no biases.",
            lambda sizes: sum(a * b for a, b in pairs(sizes)) + sum(sizes),
        ),
        Misconception(
            "neurons counted",
            "This is how many neurons there are. Each has several numbers.",
            lambda sizes: sum(sizes[1:]),
            also=(lambda sizes: sum(sizes),),
        ),
        Misconception(
            "only the first layer",
            "The later layers have weights too.",
            lambda sizes: sizes[1] * (sizes[0] + 1),
        ),
    ),
)


# ------------------------------------------------------------------------------------ merged


def merged(w1, w2):
    """The one table that does what w1 and then w2 do, without a kink between; plain numbers."""
    columns = list(zip(*w1))
    return [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in w2]


def number_table(rng, rows, columns):
    return [[number(rng) for _ in range(columns)] for _ in range(rows)]


def both(w1, w2, x):
    """What w1 and then w2 make of x."""
    hidden = [dot(row, x) for row in w1]
    return [dot(row, hidden) for row in w2]


MERGED = Exercise(
    lesson="04a",
    solution=merged,
    weight="practice",
    minutes=6,
    difficulty=3,
    task="x goes through w1, and what comes out goes through w2. Find one table that does both at "
    "once, for every x.",
    cases=(
        ([[1.0, 2.0], [0.0, 3.0]], [[1.0, 1.0], [2.0, -1.0]]),
        ([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[1.0, 0.0, -1.0]]),
    ),
    fresh=lambda rng: (number_table(rng, 2, 2), number_table(rng, 2, 2)),
    why=lambda w1, w2: (
        "with 1 for the first input and 0 for the rest, the two make "
        + ", ".join(f"{y:.6g}" for y in both(w1, w2, [1.0, *[0.0] * (len(w1[0]) - 1)]))
        + ", and that is its first column"
    ),
    holds="Two linear layers are one, and so would a hundred be. It takes a kink to make more.",
    hints=(
        "How much of input j reaches output i? It may go through each of the neurons between.",
        "Through neuron k goes w2[i][k] times w1[k][j]. Paths add.",
        "list(zip(*w1)) are the columns of w1.",
    ),
    misconceptions=(
        Misconception(
            "the tables added",
            "One after the other means that the second multiplies what the first has made.",
            lambda w1, w2: [[a + b for a, b in zip(one, two)] for one, two in zip(w1, w2)],
        ),
        Misconception(
            "entry by entry",
            "An input reaches an output through every neuron between, not through one.",
            lambda w1, w2: [[a * b for a, b in zip(one, two)] for one, two in zip(w1, w2)],
        ),
        Misconception(
            "the layers in the wrong order",
            "Your table does w2 first and then w1.",
            lambda w1, w2: merged(w2, w1),
        ),
        Misconception(
            "rows and columns swapped",
            "A row for each output, a column for each input.",
            lambda w1, w2: [list(column) for column in zip(*merged(w1, w2))],
        ),
        Misconception(
            "rows with rows",
            "A row of w2 meets the neurons between. What in w1 belongs to all of those, for one "
            "input?",
            lambda w1, w2: [[dot(two, one) for one in w1] for two in w2],
        ),
    ),
)


# --------------------------------------------------------------- find the bug: one list shared


def repair_table(rows, columns, start):
    """A table of Values that all begin at start. Train one of them, and all of them move."""
    return [[Value(start) for _ in range(columns)] for _ in range(rows)]


def buggy_table(rows, columns, start):
    """A table of Values that all begin at start. Train one of them, and all of them move."""
    return [[Value(start)] * columns] * rows


REPAIR_TABLE = Exercise(
    lesson="04a",
    solution=repair_table,
    given=buggy_table,
    kind="repair",
    weight="practice",
    minutes=3,
    difficulty=2,
    task="Printed, this table looks right. How many Values are there really? Make each entry one "
    "of its own.",
    cases=((2, 3, 0.5), (3, 2, 0.0)),
    fresh=lambda rng: (rng.randint(2, 4), rng.randint(2, 4), number(rng)),
    why=lambda rows, columns, start: (
        f"{rows} rows of {columns} are {rows * columns} weights, and each must be free to move"
    ),
    observe=table,
    observed="the numbers by row, and how many different Values there are",
    holds="Alike at the start, and free to become different.",
    hints=(
        "[v] * 3 is a list with three times the same v in it.",
        "Value(start) has to be called once for each entry, inside both loops.",
    ),
    misconceptions=(
        Misconception(
            "the bug is still there",
            "There is a single Value in the whole table.",
            lambda rows, columns, start: [[Value(start)] * columns for _ in range(1)] * rows,
        ),
        Misconception(
            "half repaired: the rows",
            "The rows are lists of their own now, and in each of them one Value stands several "
            "times.",
            lambda rows, columns, start: [[Value(start)] * columns for _ in range(rows)],
        ),
        Misconception(
            "half repaired: the entries",
            "The Values of a row are its own now, and one and the same row stands there several "
            "times.",
            lambda rows, columns, start: [[Value(start) for _ in range(columns)]] * rows,
        ),
        Misconception(
            "plain numbers",
            "Numbers are not shared, and they cannot learn either.",
            lambda rows, columns, start: [[start] * columns for _ in range(rows)],
        ),
        Misconception(
            "rows and columns swapped",
            "The Values are their own. Count the rows.",
            lambda rows, columns, start: repair_table(columns, rows, start),
        ),
    ),
)
