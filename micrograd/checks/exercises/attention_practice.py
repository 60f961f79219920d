"""Notebooks 06a and 06b, to choose from: a head by hand, bugs to find, and a model's size."""

from random import Random

from micrograd.checks.declare import Exercise, Misconception
from micrograd.checks.exercises.attending import attend
from micrograd.checks.exercises.blocks import (
    TOGETHER,
    Config,
    State,
    added,
    as_numbers,
    block_tables,
    feed_forward,
    feed_forward_seen,
    gpt,
    new_cache,
    of_feed_forward,
    slopes,
    small_mat,
)
from micrograd.checks.exercises.embedding import listed, rmsnorm
from micrograd.checks.exercises.networks import flat, numbers, random_mat, vec

# --------------------------------------------------------------------------------- look_back


def look_back(n, strength):
    """A query table, n × n numbers, by which every position asks for the one before it."""
    table = [[0.0] * n for _ in range(n)]
    for position in range(1, n):
        table[position - 1][position] = strength
    return table


def asking(asked):
    """A query table by which each position asks for `asked(position)`, if there is such a one."""

    def wrong(n, strength):
        table = [[0.0] * n for _ in range(n)]
        for position in range(n):
            if 0 <= asked(position) < n:
                table[asked(position)][position] = strength
        return table

    return wrong


def one_row_for_all(n, strength):
    table = [[0.0] * n] * n
    for position in range(1, n):
        table[position - 1][position] = strength
    return table


LOOK_BACK = Exercise(
    lesson="06a",
    solution=look_back,
    weight="practice",
    minutes=5,
    difficulty=2,
    task="In this head you set the weights by hand. Of 4 positions, position 2 comes as "
    "[0, 0, 1, 0], and its key is the same. Make the query table, n × n, so that the query of each "
    "position is strength times the key of the position before it. The query of position 0 is all "
    "zeros: nobody stands before it.",
    cases=((3, 10.0), (2, 5.0), (4, 8.0)),
    fresh=lambda rng: (rng.randint(2, 6), float(rng.randint(2, 20))),
    why=lambda n, strength: (
        f"a 1 at position {n - 1} must become {strength:g} at position {n - 2}; in linear that is "
        f"row {n - 2} of the table, column {n - 1}"
    ),
    holds="Each position asks for the one before it. Whatever a head does, some table says so.",
    hints=(
        "linear gives one output for each row, and in a row one weight for each entry that comes "
        "in.",
        "Only entry p of the input is 1. So what comes out is column p of the table.",
        "Begin with a table of zeros, a new list for each row. In column p, which row gets the "
        "strength?",
    ),
    misconceptions=(
        Misconception(
            "rows and columns swapped",
            "With this table each position asks for the one after it, which is not there yet. The "
            "row is where it goes to, the column where it comes from.",
            asking(lambda position: position + 1),
        ),
        Misconception(
            "each looks at itself",
            "The query of a position is its own key. Move it by one.",
            asking(lambda position: position),
        ),
        Misconception(
            "two back",
            "Each position asks for the one before the one before it.",
            asking(lambda position: position - 2),
        ),
        Misconception(
            "all look at the first",
            "Every position asks for position 0.",
            asking(lambda position: 0),
            also=(asking(lambda position: 0 if position else -1),),
        ),
        Misconception(
            "round in a circle",
            "An index of −1 is the last place of a list, so position 0 asks for the last one. It "
            "has nobody before it.",
            lambda n, strength: [
                [strength if row == (column - 1) % n else 0.0 for column in range(n)]
                for row in range(n)
            ],
        ),
        Misconception(
            "everybody before",
            "Each position asks for all that came before it. Only the nearest is wanted.",
            lambda n, strength: [
                [strength if row < column else 0.0 for column in range(n)] for row in range(n)
            ],
        ),
        Misconception(
            "strength left out",
            "A score of 1 is hardly more than one of 0 after softmax. The strength makes the head "
            "sure of itself.",
            lambda n, strength: look_back(n, 1.0),
        ),
        Misconception(
            "one list for all rows",
            "[row] * n is n times the same list, so a change in one row is a change in all.",
            one_row_for_all,
        ),
    ),
)


# ---------------------------------------------------------- find the bug: the future is seen


def repair_leak(queries, keys, values):
    """What one head gives at every position of a text, from the past only."""
    results = []
    for t in range(len(queries)):
        results.append(attend(queries[t], keys[: t + 1], values[: t + 1]))
    return results


def leaking(queries, keys, values):
    """What one head gives at every position of a text, from the past only."""
    results = []
    for t in range(len(queries)):
        results.append(attend(queries[t], keys, values))
    return results


def looking(begin, end):
    """Attention at each position t to those from begin(t, n) up to, and without, end(t, n)."""

    def wrong(queries, keys, values):
        n = len(queries)
        spans = [slice(begin(t, n), end(t, n)) for t in range(n)]
        return [attend(q, keys[span], values[span]) for q, span in zip(queries, spans)]

    return wrong


def leak_seen(result, inputs):
    """What each position gets, and how fast that moves with each query, each key and each value."""
    places = {
        f"{name}{t}": vector
        for name, vectors in zip("qkv", inputs)
        for t, vector in enumerate(vectors)
    }
    return {"results": as_numbers(result), "slopes": slopes(flat(result), [], places)}


def leak_why(queries, keys, values):
    given = [listed(numbers(one)) for one in repair_leak(queries, keys, values)]
    return (
        f"position 0 has only its own value, {given[0]}; the last of {len(keys)} positions may use "
        f"all of them, which gives {given[-1]}"
    )


REPAIR_LEAK = Exercise(
    lesson="06a",
    solution=repair_leak,
    given=leaking,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=2,
    task="Here the whole text is there at once, and the function goes through its positions. "
    "Trained with it, a model has a wonderfully low loss and then makes noise for names: each "
    "position could look up the letter that it should predict. Find the leak.",
    cases=(
        (
            [vec(1.0, 0.0), vec(0.0, 1.0), vec(1.0, 1.0)],
            [vec(1.0, 0.0), vec(2.0, 1.0), vec(0.0, -1.0)],
            [vec(1.0, 10.0), vec(2.0, 20.0), vec(4.0, 50.0)],
        ),
        ([vec(1.0, 2.0)], [vec(3.0, 4.0)], [vec(5.0, 6.0)]),
    ),
    fresh=lambda rng: (random_mat(rng, 4, 2), random_mat(rng, 4, 2), random_mat(rng, 4, 2)),
    why=leak_why,
    observe=leak_seen,
    observed="what each position gets, and how fast 1 · the first number + 2 · the second and so "
    "on moves with the entries of each query, key and value together",
    holds="Position t uses the positions 0 to t, itself among them, and no other.",
    hints=(
        "Change a later letter in your mind: which of the results may change?",
        "keys[:2] are those of the positions 0 and 1. Which are there at position t?",
    ),
    misconceptions=(
        Misconception(
            "one step of the future",
            "Better, and each position still sees its next one, which is the very letter to be "
            "predicted.",
            looking(lambda t, n: 0, lambda t, n: t + 2),
        ),
        Misconception(
            "the present left out",
            "keys[:t] ends before position t, so a position does not see itself, and the first "
            "one has nothing at all.",
            looking(lambda t, n: 0, lambda t, n: t),
            also=(looking(lambda t, n: 0, lambda t, n: max(t, 1)),),
        ),
        Misconception(
            "only the present",
            "Nothing leaks, and nothing is remembered either: each position sees itself alone.",
            looking(lambda t, n: t, lambda t, n: t + 1),
        ),
        Misconception(
            "the past left out",
            "The slice begins at t, so each position sees itself and the future.",
            looking(lambda t, n: t, lambda t, n: n),
        ),
        Misconception(
            "only one step of the past",
            "Nothing leaks. But a position sees itself and the one before it, and not what came "
            "earlier.",
            looking(lambda t, n: max(t - 1, 0), lambda t, n: t + 1),
        ),
        Misconception(
            "only the values cut",
            "The future's values are gone, and its keys still take a share, so the shares that are "
            "left do not add up to 1. Cut both.",
            lambda queries, keys, values: [
                attend(q, keys, values[: t + 1] + [[a * 0.0 for a in v] for v in values[t + 1 :]])
                for t, q in enumerate(queries)
            ],
            also=(
                lambda queries, keys, values: [
                    attend(q, keys, values[: t + 1]) for t, q in enumerate(queries)
                ],
            ),
        ),
        Misconception(
            "only the last position",
            "There is a result for each position. Is the return inside the loop, or the list made "
            "anew in each turn?",
            lambda queries, keys, values: repair_leak(queries, keys, values)[-1:],
            also=(lambda queries, keys, values: repair_leak(queries, keys, values)[:1],),
        ),
    ),
)


# ----------------------------------------------------- find the bug: residual after the norm


def repair_residual(x, state, layer):
    """The second half of a block: x, plus what feed_forward makes of x normed."""
    normed = rmsnorm(x)
    return [a + b for a, b in zip(x, feed_forward(normed, state, layer))]


def losing_residual(x, state, layer):
    """The second half of a block: x, plus what feed_forward makes of x normed."""
    x = rmsnorm(x)
    return [a + b for a, b in zip(x, feed_forward(x, state, layer))]


def residual_why(x, state, layer):
    part = numbers(feed_forward(rmsnorm(x), state, layer))
    return f"x is {listed(numbers(x))}, and feed_forward, given x normed, makes {listed(part)}"


REPAIR_RESIDUAL = Exercise(
    lesson="06b",
    solution=repair_residual,
    given=losing_residual,
    kind="repair",
    weight="practice",
    minutes=2,
    difficulty=2,
    task="This half of a block runs and trains, and loses something on the way: give it x and "
    "twice x, with tables of zeros, and the same comes out. Keep what came in.",
    cases=(
        (
            vec(3.0, 4.0),
            {
                "layer0.mlp_fc1": [vec(0.0, 0.0), vec(0.0, 0.0)],
                "layer0.mlp_fc2": [vec(0.0, 0.0), vec(0.0, 0.0)],
            },
            0,
        ),
        (
            vec(2.0, -1.0),
            {
                "layer0.mlp_fc1": [vec(1.0, 1.0), vec(1.0, -1.0)],
                "layer0.mlp_fc2": [vec(1.0, 2.0), vec(-1.0, 1.0)],
            },
            0,
        ),
    ),
    fresh=of_feed_forward,
    why=residual_why,
    observe=feed_forward_seen,
    observed=f"the output, {TOGETHER}",
    holds="What came in goes on as it was, and the part has only to say what to change.",
    hints=(
        "After the first line, where is the x that came in?",
        "Give the normed vector a name of its own, and look at each place where x stands.",
    ),
    misconceptions=(
        Misconception(
            "the norm forgotten",
            "x is kept now, and feed_forward is given x as it is. It should be given x normed.",
            lambda x, state, layer: added(x, feed_forward(x, state, layer)),
        ),
        Misconception(
            "the residual forgotten",
            "Only what feed_forward makes comes out. Add it to x.",
            lambda x, state, layer: feed_forward(rmsnorm(x), state, layer),
        ),
        Misconception(
            "normed after adding",
            "The sum is brought to size at the end, so the size of x is lost again.",
            lambda x, state, layer: rmsnorm(added(x, feed_forward(x, state, layer))),
            also=(
                lambda x, state, layer: rmsnorm(added(x, feed_forward(rmsnorm(x), state, layer))),
            ),
        ),
        Misconception(
            "added twice",
            "x and the normed x are both in your sum.",
            lambda x, state, layer: added(x, losing_residual(x, state, layer)),
        ),
        Misconception(
            "the part is normed",
            "You norm what feed_forward makes. The norm belongs before it.",
            lambda x, state, layer: added(x, rmsnorm(feed_forward(x, state, layer))),
            also=(
                lambda x, state, layer: added(x, rmsnorm(feed_forward(rmsnorm(x), state, layer))),
            ),
        ),
    ),
)


# ------------------------------------------- find the bug: two names, one list, in the cache


def repair_memory(tokens, state, config):
    """The logits after each token of a text, from the first to the last."""
    cache = [([], []) for _ in range(config.n_layer)]
    results = []
    for position, token in enumerate(tokens):
        results.append(gpt(token, position, state, config, cache))
    return results


def one_memory_for_all(tokens, state, config):
    """The logits after each token of a text, from the first to the last."""
    cache = [([], [])] * config.n_layer
    results = []
    for position, token in enumerate(tokens):
        results.append(gpt(token, position, state, config, cache))
    return results


def reading(cache=new_cache, place=lambda position, token: position, anew=False):
    """A reader of texts with something changed: the cache, the position, what is kept."""

    def wrong(tokens, state, config):
        memory, results = cache(config), []
        for position, token in enumerate(tokens):
            memory = cache(config) if anew else memory
            results.append(gpt(token, place(position, token), state, config, memory))
        return results

    return wrong


def one_list_for_keys_and_values(config):
    return [([],) * 2 for _ in range(config.n_layer)]


def memory_seen(result, inputs):
    _, state, _ = inputs
    tables = {name: state[name] for name in ("wte", "wpe", "lm_head")}
    return {"logits": as_numbers(result), "slopes": slopes(flat(result), [], tables)}


def memory_why(tokens, state, config):
    first, *_, last = repair_memory(tokens, state, config)
    return (
        f"after the first token the logits are {listed(numbers(first))}, and after the last, with "
        f"{len(tokens)} keys in each of {config.n_layer} layers, {listed(numbers(last))}"
    )


def of_memory(rng, n_tokens=3):
    names = (("wte", 3), ("wpe", 4), ("lm_head", 3))
    state = {name: small_mat(rng, rows, 2) for name, rows in names}
    for layer in range(2):
        state |= block_tables(rng, layer, 2)
    return [rng.randrange(3) for _ in range(n_tokens)], State(state), Config(3, 4, 2, 1, 2)


REPAIR_MEMORY = Exercise(
    lesson="06b",
    solution=repair_memory,
    given=one_memory_for_all,
    kind="repair",
    weight="practice",
    minutes=4,
    difficulty=3,
    task="This goes through a text token by token. With one layer it is right, with two it is not. "
    "How many memories are there really?",
    cases=(of_memory(Random(1)),),
    fresh=of_memory,
    why=memory_why,
    observe=memory_seen,
    observed="the logits after each token, and how fast 1 · the first + 2 · the second and so on "
    "moves with all entries of a table together",
    holds="One memory for the text, with keys and values of its own in every layer.",
    hints=(
        "Ask in a cell of your own: with cache = [([], [])] * 2, what is in cache[1] after "
        "cache[0][0].append(5)?",
        "* repeats the same pair of lists. A list comprehension makes a new pair in each turn.",
    ),
    misconceptions=(
        Misconception(
            "the memory made anew for each token",
            "Every layer has its own lists now, and at each token they are empty again. The text "
            "has one memory from its first token to its last.",
            reading(anew=True),
        ),
        Misconception(
            "keys and values in one list",
            "Every layer has a pair of its own, and both halves of a pair are the same list.",
            reading(one_list_for_keys_and_values),
        ),
        Misconception(
            "position left at 0",
            "The memory is right, and all tokens are embedded as if they were the first.",
            reading(place=lambda position, token: 0),
        ),
        Misconception(
            "the token for the position",
            "The memory is right. Which number picks the row of wpe?",
            reading(place=lambda position, token: token),
        ),
        Misconception(
            "only the last logits",
            "The memory is right. Keep the logits after every token, not after the last.",
            lambda tokens, state, config: repair_memory(tokens, state, config)[-1:],
            also=(lambda tokens, state, config: repair_memory(tokens, state, config)[-1],),
        ),
    ),
)


# ----------------------------------------------------------------------------- count_weights


def count_weights(config):
    """How many weights a GPT of these sizes has."""
    e = config.n_embd
    embeddings = config.vocab_size * e + config.block_size * e
    attention = 4 * e * e
    feed_forward = 2 * e * 4 * e
    head = config.vocab_size * e
    return embeddings + config.n_layer * (attention + feed_forward) + head


def counted(tokens=2, positions=1, squares=12, layers=None, more=lambda config: 0):
    """A count with other numbers of the tables of each kind."""

    def wrong(config):
        e = config.n_embd
        outside = (tokens * config.vocab_size + positions * config.block_size) * e
        n = config.n_layer if layers is None else layers
        return outside + n * squares * e * e + more(config)

    return wrong


def random_sizes(rng):
    n_head = rng.choice([2, 3, 4])
    return (
        Config(
            rng.randint(20, 99),
            rng.randint(8, 19),
            rng.randint(2, 4),
            n_head,
            n_head * rng.randint(2, 6),
        ),
    )


COUNT_WEIGHTS = Exercise(
    lesson="06b",
    solution=count_weights,
    weight="practice",
    minutes=4,
    difficulty=2,
    task="Count the weights from the sizes alone: wte and lm_head have a row for each token, wpe "
    "one for each position, and every row n_embd numbers. Each layer has four square tables for "
    "attention and two for feed-forward, which go to four times the width and back.",
    cases=((Config(27),), (Config(3, 4, 1, 1, 2),), (Config(27, 16, 2, 4, 16),)),
    fresh=random_sizes,
    why=lambda config: (
        f"wte and lm_head have {config.vocab_size} · {config.n_embd} each, wpe "
        f"{config.block_size} · {config.n_embd}, and every layer 4 · {config.n_embd}² for "
        f"attention and 8 · {config.n_embd}² for feed-forward"
    ),
    holds="Every table once, every layer with its own, and the number of heads changes nothing.",
    hints=(
        "A table has rows times columns numbers. How large is each of the six of a layer?",
        "mlp_fc1 goes from n_embd to 4 · n_embd numbers, and mlp_fc2 back: both are of one size.",
        "Count one layer, and multiply that by the number of layers. Add the three other tables.",
    ),
    misconceptions=(
        Misconception(
            "more heads, more parameters",
            "You count the attention tables once for each head. The heads share them: each has its "
            "own rows.",
            lambda config: counted(squares=8 + 4 * config.n_head)(config),
            also=(
                lambda config: counted(squares=8 + 3 * config.n_head + 1)(config),
                lambda config: counted(squares=12 * config.n_head)(config),
            ),
        ),
        Misconception(
            "only one layer",
            "Every layer has tables of its own.",
            counted(layers=1),
        ),
        Misconception(
            "everything in every layer",
            "The embeddings and the head are there once, not once a layer.",
            lambda config: config.n_layer * counted(layers=1)(config),
        ),
        Misconception(
            "the head forgotten",
            "lm_head is a table of its own, as large as wte.",
            counted(tokens=1),
        ),
        Misconception(
            "the positions forgotten",
            "wpe is learned too.",
            counted(positions=0),
        ),
        Misconception(
            "attn_wo forgotten",
            "Attention has four tables: queries, keys, values, and the output.",
            counted(squares=11),
        ),
        Misconception(
            "feed-forward as wide as x",
            "In the middle of feed-forward there are four times as many numbers.",
            counted(squares=6),
        ),
        Misconception(
            "only one table of feed-forward",
            "It goes there and back: two tables.",
            counted(squares=8),
        ),
        Misconception(
            "biases counted",
            "There are no biases in this model, only tables.",
            counted(more=lambda config: config.n_layer * 9 * config.n_embd),
            also=(
                counted(more=lambda config: config.n_layer * 9 * config.n_embd + config.vocab_size),
            ),
        ),
        Misconception(
            "attention weights counted",
            "How much a token listens to another is computed anew for each text. It is not among "
            "the numbers that training changes.",
            counted(more=lambda config: config.n_layer * config.n_head * config.block_size**2),
            also=(counted(more=lambda config: config.n_layer * config.block_size**2),),
        ),
    ),
)
