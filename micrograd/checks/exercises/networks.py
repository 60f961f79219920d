"""Notebook 04a, the core: a table of weights, all of them in one list, and what is made of them."""

from micrograd.checks.declare import Dice, Exercise, Misconception
from micrograd.checks.exercises.autograd_forward import Value, relu
from micrograd.checks.exercises.graphs import traced
from micrograd.checks.exercises.slopes import number

# ------------------------------------------------------------------------- inputs and outputs


def vec(*numbers):
    return [Value(x) for x in numbers]


def random_vec(rng, n):
    return [Value(number(rng)) for _ in range(n)]


def random_mat(rng, rows, columns):
    return [random_vec(rng, columns) for _ in range(rows)]


def flat(things):
    """All Values in lists inside lists, in their order."""
    if hasattr(things, "_prev"):
        return [things]
    return [value for thing in things for value in flat(thing)]


def numbers(things):
    """The same lists with plain numbers in the place of Values."""
    if hasattr(things, "_prev"):
        return things.data
    return [numbers(thing) for thing in things]


def outputs(results, values):
    """The numbers, and how fast they move with what went in; a sentence if they are no Values."""
    if not all(hasattr(result, "_prev") for result in results):
        return "lists inside the list" if isinstance(results[0], list) else "plain numbers"
    return traced(results, values)


def dot(one, two):
    """The sum of the products of two lists of numbers."""
    return sum(a * b for a, b in zip(one, two))


TRACED = (
    "the outputs, then how fast 1 · the first + 2 · the second and so on moves with each Value "
    "that went in"
)
ONE_TRACED = "the output, then how fast it moves with each Value that went in"


# ------------------------------------------------------------------------------------ matrix


def matrix(rows, columns, std, rng):
    """rows lists with columns Values each, drawn row by row by rng.gauss(0, std)."""
    return [[Value(rng.gauss(0, std)) for _ in range(columns)] for _ in range(rows)]


def table(result, _):
    """The numbers by row, and how many Values there are that can learn on their own."""
    if any(hasattr(row, "_prev") for row in result):
        return "a list of Values, without rows"
    if not all(hasattr(entry, "_prev") for row in result for entry in row):
        return "rows of plain numbers"
    different = len({id(entry) for row in result for entry in row})
    return [[entry.data for entry in row] for row in result], f"{different} different Values"


def filled(draw):
    """A table of Values made by another draw."""
    return lambda rows, columns, std, rng: [
        [Value(draw(rng, std)) for _ in range(columns)] for _ in range(rows)
    ]


def same_row_again(rows, columns, std, rng):
    row = [Value(rng.gauss(0, std)) for _ in range(columns)]
    return [row] * rows


def one_list_in_place(rows, columns, std, rng):
    row, result = [], []
    for _ in range(rows):
        for _ in range(columns):
            row.append(Value(rng.gauss(0, std)))
        result.append(row)
    return result


MATRIX = Exercise(
    lesson="04a",
    solution=matrix,
    minutes=4,
    difficulty=2,
    task="Make a table of weights, each a Value of its own: a list of rows, with one row for each "
    "output and one column for each input.",
    cases=((2, 3, 1.0, Dice(1)), (3, 1, 0.5, Dice(2)), (1, 4, 0.08, Dice(3))),
    fresh=lambda rng: (
        rng.randint(2, 4),
        rng.randint(2, 3),
        rng.choice([0.02, 0.08, 0.3]),
        Dice(rng.randrange(1000)),
    ),
    why=lambda rows, columns, std, rng: (
        f"rng was asked {rows * columns} times, along the rows; with one seed everybody gets the "
        "same numbers"
    ),
    observe=table,
    observed="the numbers by row, and how many different Values there are",
    holds="Every weight is a Value of its own, and the same seed gives the same table.",
    hints=(
        "One weight is a Value around one drawn number. A row is a list of as many as there are "
        "columns.",
        "A list comprehension makes one row. Another one around it makes the table.",
        "rng is handed in, so that a seed decides what is drawn: ask rng and nobody else.",
    ),
    misconceptions=(
        Misconception(
            "one list of weights shared",
            "All rows are one and the same list, so what one neuron learns all of them do. Each "
            "turn of the outer loop has to make a new row.",
            same_row_again,
            also=(
                one_list_in_place,
                lambda rows, columns, std, rng: [[Value(rng.gauss(0, std))] * columns] * rows,
            ),
        ),
        Misconception(
            "one Value for a whole row",
            "[v] * 3 is three times the same Value. It can learn only one number.",
            lambda rows, columns, std, rng: [
                [Value(rng.gauss(0, std))] * columns for _ in range(rows)
            ],
        ),
        Misconception(
            "rows and columns swapped",
            "Rows come first: with 2 rows and 3 columns there are 2 lists of 3.",
            lambda rows, columns, std, rng: matrix(columns, rows, std, rng),
        ),
        Misconception(
            "drawn along the columns",
            "The shape is right, and the numbers came column by column. The first row wants the "
            "first draws.",
            lambda rows, columns, std, rng: [
                list(row) for row in zip(*matrix(columns, rows, std, rng))
            ],
        ),
        Misconception(
            "plain numbers",
            "A float cannot learn: it has no grad. Put each number into a Value.",
            lambda rows, columns, std, rng: numbers(matrix(rows, columns, std, rng)),
        ),
        Misconception(
            "std left out",
            "Your weights are spread by 1, whatever std says.",
            filled(lambda rng, std: rng.gauss(0, 1)),
        ),
        Misconception(
            "the square of std",
            "rng.gauss wants the deviation itself, and not its square, the variance.",
            filled(lambda rng, std: rng.gauss(0, std**2)),
        ),
        Misconception(
            "the two of gauss swapped",
            "The first number that gauss takes is the middle, the second the spread.",
            filled(lambda rng, std: rng.gauss(std, 0)),
        ),
        Misconception(
            "everything starts at 0",
            "Neurons that start alike get the same gradients, and stay alike for ever.",
            filled(lambda rng, std: 0.0),
        ),
        Misconception(
            "evenly spread",
            "uniform makes every number within its bounds equally likely. Asked for is gauss: near "
            "0 often, far away seldom.",
            filled(lambda rng, std: rng.uniform(-std, std)),
        ),
        Misconception(
            "one long list",
            "The numbers are right, and the rows are missing: lists in a list.",
            lambda rows, columns, std, rng: flat(matrix(rows, columns, std, rng)),
        ),
    ),
)


# -------------------------------------------------------------------------------- parameters


def parameters(state):
    """Every Value in state, a dict of tables, as one list: table by table, row by row."""
    return [value for table in state.values() for row in table for value in row]


def in_one_list(result, inputs):
    """The numbers in the list, and whether the Values are those of the tables."""
    if any(isinstance(entry, str) for entry in result):
        return "the names of the tables"
    if any(isinstance(entry, list) for entry in result):
        return "lists inside the list"
    if not all(hasattr(entry, "_prev") for entry in result):
        return "plain numbers"
    own = {id(value) for table in inputs[0].values() for value in flat(table)}
    the_same = all(id(entry) in own for entry in result)
    return [entry.data for entry in result], "the Values themselves" if the_same else "copies"


def random_state(rng):
    return ({"w1": random_mat(rng, 2, 2), "w2": random_mat(rng, rng.randint(1, 3), 2)},)


PARAMETERS = Exercise(
    lesson="04a",
    solution=parameters,
    minutes=4,
    difficulty=1,
    task="An update wants to go through all weights in one loop. Put them into one list, in the "
    "order of the tables.",
    cases=(
        ({"w1": [vec(1.0, 2.0), vec(3.0, 4.0)], "w2": [vec(5.0, 6.0)]},),
        ({"only": [vec(-1.0), vec(0.5), vec(2.0)]},),
    ),
    fresh=random_state,
    why=lambda state: (
        "there are "
        + ", ".join(f"{len(flat(t))} in {name}" for name, t in state.items())
        + ", taken row by row"
    ),
    observe=in_one_list,
    observed="the numbers in the list, and whether its Values are those of the tables",
    holds="All of them, in order, and the very Values that the network computes with.",
    hints=(
        "A dict's tables, without their names, are in its values().",
        "A table has rows, and a row has Values: a loop inside a loop inside a loop.",
        "Start with an empty list, and let extend add one row after another.",
    ),
    misconceptions=(
        Misconception(
            "only one table",
            "Weights that are not in the list are never updated. Does a return end the loop early?",
            lambda state: flat(next(iter(state.values()))),
            also=(lambda state: flat(list(state.values())[-1]),),
        ),
        Misconception(
            "rows instead of Values",
            "A row cannot be updated, a Value can: go one list deeper.",
            lambda state: [row for table in state.values() for row in table],
            also=(lambda state: list(state.values()),),
        ),
        Misconception(
            "the names",
            "Going through a dict gives its names. values() gives what they stand for.",
            lambda state: list(state),
        ),
        Misconception(
            "the numbers",
            "A number cannot be updated in its table. The list holds the Values.",
            lambda state: [value.data for value in flat(list(state.values()))],
        ),
        Misconception(
            "copies",
            "New Values with the same numbers: the network would never notice that they learn.",
            lambda state: [Value(value.data) for value in flat(list(state.values()))],
        ),
        Misconception(
            "column by column",
            "All are there, in another order. Later each gets its own history, found by its place "
            "in this list; so the order should be one that everybody expects.",
            lambda state: [
                value for table in state.values() for column in zip(*table) for value in column
            ],
        ),
        Misconception(
            "only the first row of each table",
            "Each row is one neuron. The others want to learn too.",
            lambda state: [value for table in state.values() for value in table[0]],
        ),
    ),
)


# ------------------------------------------------------------------------------------ linear


def linear(x, w):
    """One output for each row of w: the products of its weights with x, added up."""
    return [sum(weight * entry for weight, entry in zip(row, x)) for row in w]


LINEAR = Exercise(
    lesson="04a",
    solution=linear,
    minutes=5,
    difficulty=2,
    task="Every row of w is one output's weights, one for each entry of x. Compute all outputs. "
    "There is no bias and no kink.",
    cases=(
        (vec(1.0, 2.0), [vec(3.0, 4.0), vec(-5.0, 1.0), vec(0.5, 0.5)]),
        (vec(2.0, -1.0, 1.0), [vec(1.0, 0.0, 3.0)]),
    ),
    fresh=lambda rng: (random_vec(rng, 3), random_mat(rng, 2, 3)),
    why=lambda x, w: (
        "the first output is "
        + " + ".join(f"{a.data:g} · {b.data:g}" for a, b in zip(w[0], x))
        + f" = {dot(numbers(w[0]), numbers(x)):.6g}"
    ),
    observe=lambda result, inputs: outputs(result, flat(inputs)),
    observed=TRACED,
    holds="As many outputs as rows, of either sign, and every weight can be asked for its slope.",
    hints=(
        "Take one row first: zip pairs its weights with the entries of x.",
        "Multiply each pair and add up. Values know * and +, and sum adds Values too.",
        "The same for every row, collected in a list.",
    ),
    misconceptions=(
        Misconception(
            "rows and columns swapped",
            "Every row is one output. You go down the columns.",
            lambda x, w: linear(x, list(zip(*w))),
        ),
        Misconception(
            "a kink on the outputs",
            "Outputs below 0 have become 0. linear stays linear; whoever wants a kink adds it.",
            lambda x, w: [relu(entry) for entry in linear(x, w)],
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and they have forgotten their weights. Multiply the Values, "
            "not their data.",
            lambda x, w: [dot(numbers(row), numbers(x)) for row in w],
        ),
        Misconception(
            "only one output",
            "There is one output for each row. Does a return end the loop early?",
            lambda x, w: linear(x, w)[:1],
        ),
        Misconception(
            "one sum of everything",
            "You add up all rows. Each row has an output of its own.",
            lambda x, w: sum(linear(x, w)),
            also=(lambda x, w: [sum(linear(x, w))],),
        ),
        Misconception(
            "not added up",
            "These are the products. An output is the sum of those in its row.",
            lambda x, w: [[a * b for a, b in zip(row, x)] for row in w],
        ),
        Misconception(
            "mean for sum",
            "You divide by the number of inputs. An output is the plain sum.",
            lambda x, w: [entry / len(x) for entry in linear(x, w)],
        ),
        Misconception(
            "weights and inputs added",
            "A weight says how much of its input goes on: it multiplies.",
            lambda x, w: [sum(a + b for a, b in zip(row, x)) for row in w],
        ),
    ),
)


# ------------------------------------------------------------------------------------ neuron


def neuron(x, w, b):
    """relu of b plus the products of the weights w with the inputs x."""
    total = b
    for weight, entry in zip(w, x):
        total = total + weight * entry
    return relu(total)


def weighted_sum(x, w):
    return linear(x, [w])[0]


def one_output(result, inputs):
    return outputs([result], flat(inputs))


NEURON = Exercise(
    lesson="04a",
    solution=neuron,
    minutes=4,
    difficulty=1,
    task="Weigh the inputs, add them and the bias b, and let relu have the last word.",
    cases=(
        (vec(1.0, 2.0), vec(3.0, -1.0), Value(0.5)),
        (vec(2.0, 1.0), vec(-3.0, 1.0), Value(1.0)),
        (vec(-1.0, 2.0), vec(-1.0, -0.5), Value(2.0)),
    ),
    fresh=lambda rng: (
        random_vec(rng, 2),
        random_vec(rng, 2),
        Value(round(rng.uniform(4.0, 12.0), 1)),
    ),
    why=lambda x, w, b: (
        " + ".join(f"{a.data:g} · {c.data:g}" for a, c in zip(w, x))
        + f" + {b.data:g} = {dot(numbers(w), numbers(x)) + b.data:.6g} goes into relu"
    ),
    observe=one_output,
    observed=ONE_TRACED,
    holds="On or off by the sum of all, the bias with them.",
    hints=(
        "Begin the sum with the bias, and add weight times input for each pair.",
        "zip(w, x) makes the pairs.",
        "relu takes the finished sum, once.",
    ),
    misconceptions=(
        Misconception(
            "bias forgotten",
            "Without b the line where the neuron switches must go through the origin.",
            lambda x, w, b: relu(weighted_sum(x, w)),
        ),
        Misconception(
            "bias after relu",
            "b shifts the place where the neuron switches on, so it must go into relu.",
            lambda x, w, b: relu(weighted_sum(x, w)) + b,
        ),
        Misconception(
            "a bias for every input",
            "b is added once, not with each product.",
            lambda x, w, b: relu(weighted_sum(x, w) + b * len(x)),
        ),
        Misconception(
            "relu left out",
            "Without its kink a neuron is a plane, and planes on planes are a plane.",
            lambda x, w, b: weighted_sum(x, w) + b,
        ),
        Misconception(
            "relu on each product",
            "Inputs may argue against one another: first add everything, then ask relu.",
            lambda x, w, b: sum(relu(a * c) for a, c in zip(w, x)) + b,
            also=(lambda x, w, b: relu(sum(relu(a * c) for a, c in zip(w, x)) + b),),
        ),
        Misconception(
            "a plain number comes back",
            "The number is right, and it has forgotten its weights. Compute with the Values.",
            lambda x, w, b: max(0.0, dot(numbers(w), numbers(x)) + b.data),
        ),
    ),
)


# --------------------------------------------------------------------------------------- mse


def mse(predictions, targets):
    """The mean of the squared misses; predictions are Values, targets plain numbers."""
    squares = [(p - t) ** 2 for p, t in zip(predictions, targets)]
    return sum(squares) / len(squares)


def predictions_and_targets(rng):
    n = rng.randint(2, 4)
    return random_vec(rng, n), [number(rng) for _ in range(n)]


MSE = Exercise(
    lesson="04a",
    solution=mse,
    minutes=3,
    difficulty=1,
    task="Many predictions, one number that says how far off they are: the mean of the squares of "
    "the misses.",
    cases=((vec(1.0, 4.0), [3.0, 3.0]), (vec(0.5, -1.0, 2.0), [0.0, 1.0, 2.0])),
    fresh=predictions_and_targets,
    why=lambda predictions, targets: (
        "the squares of the misses are "
        + ", ".join(f"{(p.data - t) ** 2:.6g}" for p, t in zip(predictions, targets))
        + f", and there are {len(targets)}"
    ),
    observe=lambda result, inputs: outputs([result], inputs[0]),
    observed="the number, then how fast it moves with each prediction",
    holds="Too high and too low count alike, and more points do not make it larger.",
    hints=(
        "A miss is a prediction minus its target; its square is ** 2.",
        "Collect the squares in a list first. sum adds them.",
        "A mean is a sum divided by how many there are.",
    ),
    misconceptions=(
        Misconception(
            "sum for mean",
            "This is the sum. With ten times as many points it would be ten times as large, and "
            "so would every step.",
            lambda predictions, targets: sum((p - t) ** 2 for p, t in zip(predictions, targets)),
        ),
        Misconception(
            "the miss not squared",
            "A miss of 2 and one of −2 must not cancel.",
            lambda predictions, targets: (
                sum(p - t for p, t in zip(predictions, targets)) / len(targets)
            ),
        ),
        Misconception(
            "the square of the mean",
            "Misses of 2 and −2 have the mean 0, and its square is 0 as well. Square each miss.",
            lambda predictions, targets: (
                (sum(p - t for p, t in zip(predictions, targets)) / len(targets)) ** 2
            ),
        ),
        Misconception(
            "half the loss",
            "Some books halve it so that a 2 goes away later. Here it stays.",
            lambda predictions, targets: mse(predictions, targets) / 2,
        ),
        Misconception(
            "the root of the loss",
            "The mean of the squares is wanted as it is, without a root.",
            lambda predictions, targets: mse(predictions, targets) ** 0.5,
        ),
        Misconception(
            "only the last miss",
            "Each turn of the loop throws away what the one before has found.",
            lambda predictions, targets: (predictions[-1] - targets[-1]) ** 2,
            also=(
                lambda predictions, targets: (predictions[-1] - targets[-1]) ** 2 / len(targets),
            ),
        ),
        Misconception(
            "a plain number comes back",
            "The loss must know its predictions, or backward has no way to go.",
            lambda predictions, targets: mse(predictions, targets).data,
        ),
    ),
)
