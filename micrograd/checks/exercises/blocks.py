"""Notebook 06b, the core: attention with a memory, feed-forward, a block, and the whole GPT."""

from random import Random
from typing import Any

from micrograd.checks.declare import Exercise, Given, Misconception
from micrograd.checks.exercises.attending import attend, attention_weights
from micrograd.checks.exercises.autograd_forward import Value, relu
from micrograd.checks.exercises.embedding import embed, listed, rmsnorm, split_heads
from micrograd.checks.exercises.graphs import traced
from micrograd.checks.exercises.networks import flat, linear, numbers, vec
from micrograd.checks.exercises.slopes import number
from micrograd.checks.exercises.surprise import softmax

# ------------------------------------------------------------------------------------- given

CONFIG = Given(
    lesson="06b",
    name="config",
    text='''\
class Config:
    """The sizes of a GPT."""

    def __init__(self, vocab_size, block_size=16, n_layer=1, n_head=4, n_embd=16):
        self.vocab_size = vocab_size  # how many tokens there are
        self.block_size = block_size  # the longest context, in tokens
        self.n_layer = n_layer  # blocks, one after the other
        self.n_head = n_head  # heads in a block, side by side
        self.n_embd = n_embd  # numbers in the vector of a token

    def __repr__(self):
        sizes = [f"{name}={size}" for name, size in vars(self).items()]
        return f"Config({', '.join(sizes)})"


def new_cache(config):
    """The memory of a text that has not begun: for each layer no keys and no values."""
    return [([], []) for _ in range(config.n_layer)]
''',
)

STATE = Given(
    lesson="06b",
    name="state",
    text='''\
def new_state(config, rng):
    """The first weights of a GPT: small random numbers, in tables by their usual names."""
    e = config.n_embd
    state = {
        "wte": matrix(config.vocab_size, e, 0.08, rng),
        "wpe": matrix(config.block_size, e, 0.08, rng),
        "lm_head": matrix(config.vocab_size, e, 0.08, rng),
    }
    for i in range(config.n_layer):
        for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo"):
            state[f"layer{i}.{name}"] = matrix(e, e, 0.08, rng)
        state[f"layer{i}.mlp_fc1"] = matrix(4 * e, e, 0.08, rng)
        state[f"layer{i}.mlp_fc2"] = matrix(e, 4 * e, 0.08, rng)
    return state
''',
)

made: dict[str, Any] = {"__name__": __name__}
exec(CONFIG.text, made)
Config, new_cache = made["Config"], made["new_cache"]


class State(dict[str, Any]):
    """Tables that a card calls by their name; what matters of them stands in its sentence."""

    def __repr__(self):
        return "state"


class Cache(list[Any]):
    """The same for keys and values."""

    def __repr__(self):
        return "cache"


# ------------------------------------------------------------------------- inputs and outputs

ATTENTION_TABLES = ("attn_wq", "attn_wk", "attn_wv", "attn_wo")


def small_vec(rng, n):
    """Numbers under 1, so that no head listens to one token only."""
    return [Value(number(rng, -1.0, 1.0)) for _ in range(n)]


def small_mat(rng, rows, columns):
    return [small_vec(rng, columns) for _ in range(rows)]


def attention_tables(rng, layer, e):
    return {f"layer{layer}.{name}": small_mat(rng, e, e) for name in ATTENTION_TABLES}


def feed_forward_tables(rng, layer, e):
    return {
        f"layer{layer}.mlp_fc1": small_mat(rng, 4 * e, e),
        f"layer{layer}.mlp_fc2": small_mat(rng, e, 4 * e),
    }


def block_tables(rng, layer, e):
    """The six tables of a block."""
    return attention_tables(rng, layer, e) | feed_forward_tables(rng, layer, e)


def random_cache(rng, layers, positions, n_head, e):
    """Keys and values of some earlier positions, in every layer."""

    def heads():
        return [split_heads(small_vec(rng, e), n_head) for _ in range(positions)]

    return Cache([(heads(), heads()) for _ in range(layers)])


def of_attention(rng, layer=None):
    """x of 4 numbers, the tables of two layers, which of them, 2 heads, and what they remember."""
    state = State(attention_tables(rng, 0, 4) | attention_tables(rng, 1, 4))
    layer = rng.randrange(2) if layer is None else layer
    return small_vec(rng, 4), state, layer, 2, random_cache(rng, 2, 2, 2, 4)


def of_feed_forward(rng):
    state = State(feed_forward_tables(rng, 0, 2) | feed_forward_tables(rng, 1, 2))
    return small_vec(rng, 2), state, rng.randrange(2)


def of_block(rng, positions=2, layer=None):
    """The same for whole blocks, with 2 numbers for 2 heads, so that a check stays quick."""
    state = State(block_tables(rng, 0, 2) | block_tables(rng, 1, 2))
    layer = rng.randrange(2) if layer is None else layer
    return small_vec(rng, 2), state, layer, 2, random_cache(rng, 2, positions, 2, 2)


def diagonal(x, n):
    """A table that multiplies every entry by x."""
    return [vec(*(x * (row == column) for column in range(n))) for row in range(n)]


def as_numbers(things):
    """Numbers in the place of Values; numbers stay what they are."""
    if isinstance(things, list | tuple):
        return [as_numbers(thing) for thing in things]
    return getattr(things, "data", things)


def slopes(results, x, tables):
    """How fast the results move with each entry of x, and with all of a table together."""
    together = {f"gradient of {name}": flat(table) for name, table in tables.items()}
    if x:
        together = {"gradient of x": x, **together}
    if any(entry._prev for entry in x):
        return dict.fromkeys(together, "x has been written over")
    if not all(hasattr(result, "_prev") for result in results):
        return dict.fromkeys(together, "none: the output is made of numbers, not of Values")
    _, found = traced(results, flat(list(together.values())))
    for name, values in together.items():
        of_these, found = found[: len(values)], found[len(values) :]
        together[name] = of_these if name == "gradient of x" else round(sum(of_these), 12) + 0.0
    return together


def tables_of(state, layer):
    """The tables of one layer, without the layer in their names."""
    first = f"layer{layer}."
    return {name.removeprefix(first): state[name] for name in state if name.startswith(first)}


def remembered(cache):
    """The keys and values that were there before the call."""
    return [entry for entry in flat(cache) if hasattr(entry, "_prev") and not entry._prev]


def positions_in(cache):
    return [(len(keys), len(values)) for keys, values in cache]


IN_CACHE = "(keys, values) of each layer, counted"
TOGETHER = (
    "and the gradients of 1 · the first output + 2 · the second and so on (of a table, the sum of "
    "all its gradients)"
)

# --------------------------------------------------------------------------------- attention


def attention(x, state, layer, n_head, cache):
    """What the tokens so far tell this one; its own key and value join them in cache[layer]."""
    keys, values = cache[layer]
    q = split_heads(linear(x, state[f"layer{layer}.attn_wq"]), n_head)
    keys.append(split_heads(linear(x, state[f"layer{layer}.attn_wk"]), n_head))
    values.append(split_heads(linear(x, state[f"layer{layer}.attn_wv"]), n_head))
    heads = []
    for h in range(n_head):
        heads += attend(q[h], [k[h] for k in keys], [v[h] for v in values])
    return linear(heads, state[f"layer{layer}.attn_wo"])


def attending(
    tables=ATTENTION_TABLES,
    past=lambda keys, key: [*keys, key],
    kept=lambda keys, key: keys.append(key),
    head=lambda h: h,
    join=lambda heads: flat(heads),
    scale=lambda n_head: 1.0,
):
    """Attention with something changed: a table, who is listened to, what is kept, the heads."""

    def wrong(x, state, layer, n_head, cache):
        def made_by(name):
            return split_heads(linear(x, state[f"layer{layer}.{name}"]), n_head)

        q, key, value = map(made_by, tables[:3])
        keys, values = past(cache[layer][0], key), past(cache[layer][1], value)
        kept(cache[layer][0], key)
        kept(cache[layer][1], value)
        q = [[a * scale(n_head) for a in one] for one in q]
        hs = [head(h) for h in range(n_head)]
        heads = [attend(q[h], [k[h] for k in keys], [v[h] for v in values]) for h in hs]
        return linear(join(heads), state[f"layer{layer}.{tables[3]}"])

    return wrong


def without_projection(x, state, layer, n_head, cache):
    own = {**state, f"layer{layer}.attn_wo": diagonal(1.0, len(x))}
    return attention(x, own, layer, n_head, cache)


def one_large_head(x, state, layer, n_head, cache):
    """One head as wide as the vector, whose key and value are cut for the cache only."""
    q = linear(x, state[f"layer{layer}.attn_wq"])
    keys, values = cache[layer]
    keys.append(split_heads(linear(x, state[f"layer{layer}.attn_wk"]), n_head))
    values.append(split_heads(linear(x, state[f"layer{layer}.attn_wv"]), n_head))
    together = attend(q, [flat(k) for k in keys], [flat(v) for v in values])
    return linear(together, state[f"layer{layer}.attn_wo"])


def start_anew(keys, key):
    keys[:] = [key]


def dealt_out(heads):
    """The first number of each head, then the second of each."""
    return [entry for column in zip(*heads) for entry in column]


def copied_numbers(results):
    return [result.data for result in results]


def attention_seen(result, inputs):
    x, state, layer, _, cache = inputs
    tables = {n: t for n, t in tables_of(state, layer).items() if n in ATTENTION_TABLES}
    tables["the earlier keys and values"] = remembered(cache)
    return {
        "output": as_numbers(result),
        "keys": as_numbers(cache[layer][0]),
        "values": as_numbers(cache[layer][1]),
        IN_CACHE: positions_in(cache),
        **slopes(result, x, tables),
    }


def in_words(table):
    """What a simple table does; "" for any other."""
    rows, n = numbers(table), len(table)
    if rows == numbers(diagonal(rows[0][0], n)):
        return f"multiplies by {rows[0][0]:g}"
    if rows == numbers(diagonal(1.0, n))[::-1]:
        return "turns the order round"
    return ""


def attention_why(x, state, layer, n_head, cache):
    earlier = [as_numbers(part) for part in cache[layer]]
    told = {name: in_words(state[f"layer{layer}.{name}"]) for name in ATTENTION_TABLES}
    said = [f"{name} {words}" for name, words in told.items() if words]
    if earlier[0]:
        said.append(f"the cache holds the keys {earlier[0]} and the values {earlier[1]}")
    q = split_heads(linear(x, state[f"layer{layer}.attn_wq"]), n_head)
    attention(x, state, layer, n_head, cache)
    keys, values = cache[layer]
    for h in range(n_head):
        weights = numbers(attention_weights(q[h], [k[h] for k in keys]))
        taken = numbers(attend(q[h], [k[h] for k in keys], [v[h] for v in values]))
        shares = "shares" if len(weights) > 1 else "share"
        said.append(f"head {h} has the {shares} {listed(weights)} and hears {listed(taken)}")
    return "; ".join(said)


BY_HAND = State(
    {
        "layer0.attn_wq": diagonal(1.0, 4),
        "layer0.attn_wk": diagonal(2.0, 4),
        "layer0.attn_wv": diagonal(3.0, 4),
        "layer0.attn_wo": diagonal(1.0, 4)[::-1],
    }
)
ONE_EARLIER = ([split_heads(vec(1.0, 0.0, 0.0, 1.0), 2)], [split_heads(vec(4.0, 5.0, 6.0, 7.0), 2)])

ATTENTION = Exercise(
    lesson="06b",
    solution=attention,
    minutes=8,
    difficulty=3,
    task="All heads of one layer, for one token. Make its query, key and value with the tables "
    "attn_wq, attn_wk and attn_wv of this layer, and cut each for the heads. Put the cut key at "
    "the end of the keys in cache[layer], and the cut value at the end of the values. Then every "
    "head attends with its own pieces. What they hear, head after head in one list, goes through "
    "attn_wo.",
    cases=(
        (vec(1.0, 0.0, 0.5, -1.0), BY_HAND, 0, 2, Cache([([], [])])),
        (vec(0.5, 1.0, 0.0, -1.0), BY_HAND, 0, 2, Cache([ONE_EARLIER])),
        of_attention(Random(2), layer=1),
    ),
    fresh=of_attention,
    why=attention_why,
    observe=attention_seen,
    observed=f"the output, the keys and values of this layer, how many each layer has in cache, "
    f"{TOGETHER}",
    holds="Each head finds its own past, this token included, and the next one will find them all.",
    hints=(
        'state[f"layer{layer}.attn_wq"] is the table for the query. linear applies it, and '
        "split_heads cuts what comes out.",
        "cache[layer] holds two lists; give each a name. append puts the cut key behind those that "
        "are there. The name stands for the very list in the cache, so it is remembered.",
        "Head h needs piece h of the query, and piece h of every key and of every value so far.",
        "Join what the heads give with +=, head after head, and let linear with attn_wo finish.",
    ),
    misconceptions=(
        Misconception(
            "the cache does not grow",
            "The output is right, and the next token will not find this one. keys + [key] makes a "
            "new list; append changes the one in the cache.",
            attending(kept=lambda keys, key: None),
        ),
        Misconception(
            "the cache reset",
            "What earlier tokens have left is gone: this token listens to itself only. Add to the "
            "lists.",
            attending(past=lambda keys, key: [key], kept=start_anew),
        ),
        Misconception(
            "itself left out",
            "This token listens to the earlier ones only, and the first has nobody. Put its key "
            "and value into the cache before you attend.",
            attending(past=lambda keys, key: list(keys)),
        ),
        Misconception(
            "only itself",
            "The cache grows, and nobody reads it: this token attends to its own key alone.",
            attending(past=lambda keys, key: [key]),
        ),
        Misconception(
            "put in front",
            "The newest key belongs at the end: the lists are in the order of the positions.",
            attending(kept=lambda keys, key: keys.insert(0, key)),
        ),
        Misconception(
            "q and k swapped",
            "attn_wk makes your query and attn_wq your key.",
            attending(("attn_wk", "attn_wq", "attn_wv", "attn_wo")),
        ),
        Misconception(
            "keys for values",
            "Your values are made by the table for keys. What a token gives has a table of its "
            "own.",
            attending(("attn_wq", "attn_wk", "attn_wk", "attn_wo")),
        ),
        Misconception(
            "one table for query and key",
            "Query and key are made by the same table. Then what a token looks for is what it is.",
            attending(("attn_wq", "attn_wq", "attn_wv", "attn_wo")),
            also=(attending(("attn_wk", "attn_wk", "attn_wv", "attn_wo")),),
        ),
        Misconception(
            "the projection forgotten",
            "These are the results of the heads, one after the other. attn_wo has yet to mix them.",
            without_projection,
        ),
        Misconception(
            "the wrong layer",
            "You use layer 0, whichever layer is asked for.",
            lambda x, state, layer, n_head, cache: attention(x, state, 0, n_head, cache),
            also=(
                lambda x, state, layer, n_head, cache: attention(
                    x, state, layer, n_head, [cache[0]] * len(cache)
                ),
            ),
        ),
        Misconception(
            "heads interleaved",
            "You take the first number of every head, then the second of every head. attn_wo "
            "expects head after head.",
            attending(join=dealt_out),
        ),
        Misconception(
            "the embedding's size for the head's",
            "Your scores are divided by the root of the length of x. Each head has a part of that, "
            "and the root is taken of the part.",
            attending(scale=lambda n_head: n_head**-0.5),
        ),
        Misconception(
            "one large head",
            "You compare whole queries with whole keys, so there is one set of weights. Each head "
            "compares its own pieces.",
            one_large_head,
        ),
        Misconception(
            "the same head again and again",
            "All your results come from the first head's pieces. Is an index fixed at 0?",
            attending(head=lambda h: 0),
        ),
        Misconception(
            "the residual already",
            "You add x to the output. The block will do that.",
            lambda x, state, layer, n_head, cache: [
                a + b for a, b in zip(x, attention(x, state, layer, n_head, cache))
            ],
        ),
        Misconception(
            "normed once more",
            "You bring x to size first. The block does that before it calls attention.",
            lambda x, state, layer, n_head, cache: attention(
                rmsnorm(x), state, layer, n_head, cache
            ),
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and none of the tables can learn. Compute with the Values.",
            lambda x, state, layer, n_head, cache: copied_numbers(
                attention(x, state, layer, n_head, cache)
            ),
        ),
    ),
)


# ------------------------------------------------------------------------------ feed_forward


def feed_forward(x, state, layer):
    """Each token by itself: through mlp_fc1, relu, and back through mlp_fc2."""
    hidden = [relu(a) for a in linear(x, state[f"layer{layer}.mlp_fc1"])]
    return linear(hidden, state[f"layer{layer}.mlp_fc2"])


def through(before, between, after):
    """Feed-forward with other things than relu, in three places."""

    def wrong(x, state, layer):
        hidden = linear(before(x), state[f"layer{layer}.mlp_fc1"])
        return after(linear(between(hidden), state[f"layer{layer}.mlp_fc2"]))

    return wrong


def same(x):
    return x


def relus(x):
    return [relu(a) for a in x]


def feed_forward_seen(result, inputs):
    x, state, layer = inputs
    tables = {n: t for n, t in tables_of(state, layer).items() if n not in ATTENTION_TABLES}
    return {"output": as_numbers(result), **slopes(result, x, tables)}


def feed_forward_why(x, state, layer):
    first, second = (numbers(state[f"layer{layer}.mlp_fc{i}"]) for i in (1, 2))
    hidden = linear(x, state[f"layer{layer}.mlp_fc1"])
    bent = listed(numbers(relus(hidden)))
    said = f"mlp_fc1 makes {listed(numbers(hidden))} of x, and relu {bent} of that"
    if len(first) > 3:
        return f"{said}; mlp_fc2 sees to the rest"
    return f"mlp_fc1 is {first} and mlp_fc2 is {second}; {said}"


SMALL_LAYER = State(
    {
        "layer0.mlp_fc1": [vec(1.0, 1.0), vec(1.0, -1.0), vec(-2.0, 0.5)],
        "layer0.mlp_fc2": [vec(1.0, 2.0, 3.0), vec(-1.0, -0.5, 1.0)],
    }
)
SECOND_LAYER = {
    "layer1.mlp_fc1": [vec(2.0, 1.0), vec(-1.0, 1.0), vec(1.0, 0.0)],
    "layer1.mlp_fc2": [vec(0.5, 1.0, -1.0), vec(1.0, 3.0, -2.0)],
}


FEED_FORWARD = Exercise(
    lesson="06b",
    solution=feed_forward,
    minutes=3,
    difficulty=1,
    task="Work on one token alone: the table mlp_fc1 of this layer makes x wider, relu goes over "
    "every number, and the table mlp_fc2 brings the result back to the length of x.",
    cases=(
        (vec(1.0, -2.0), SMALL_LAYER, 0),
        (vec(1.0, 2.0), State({**SMALL_LAYER, **SECOND_LAYER}), 1),
    ),
    fresh=of_feed_forward,
    why=feed_forward_why,
    observe=feed_forward_seen,
    observed=f"the output, {TOGETHER}",
    holds="Wider, bent, and back, with the tables of its own layer.",
    hints=(
        'The first table is state[f"layer{layer}.mlp_fc1"], and linear applies it.',
        "relu takes one Value. A list comprehension takes it through all of them.",
        "Nothing comes after the second table.",
    ),
    misconceptions=(
        Misconception(
            "relu forgotten",
            "Two tables without a kink between them do no more than one could.",
            through(same, same, same),
        ),
        Misconception(
            "relu at the end as well",
            "Your outputs are never below 0. What is added to the stream may go either way.",
            through(same, relus, relus),
        ),
        Misconception(
            "relu in the wrong place",
            "The kink belongs between the tables. Before them it throws away what came in, and "
            "after them what goes out.",
            through(relus, same, same),
            also=(through(same, same, relus), through(relus, relus, same)),
        ),
        Misconception(
            "the tables swapped",
            "mlp_fc1 comes first: it has a row for each of the many numbers in between.",
            lambda x, state, layer: linear(
                relus(linear(x, state[f"layer{layer}.mlp_fc2"])), state[f"layer{layer}.mlp_fc1"]
            ),
        ),
        Misconception(
            "only half of the way",
            "This is the wide vector in the middle. mlp_fc2 brings it back to the length of x.",
            lambda x, state, layer: relus(linear(x, state[f"layer{layer}.mlp_fc1"])),
            also=(lambda x, state, layer: linear(x, state[f"layer{layer}.mlp_fc1"]),),
        ),
        Misconception(
            "the wrong layer",
            "You use layer 0, whichever layer is asked for.",
            lambda x, state, layer: feed_forward(x, state, 0),
        ),
        Misconception(
            "the residual already",
            "You add x to the output. The block will do that.",
            lambda x, state, layer: [a + b for a, b in zip(x, feed_forward(x, state, layer))],
        ),
        Misconception(
            "normed once more",
            "You bring x to size first. The block does that before it calls feed_forward.",
            lambda x, state, layer: feed_forward(rmsnorm(x), state, layer),
        ),
        Misconception(
            "softmax for relu",
            "softmax makes shares that compete with each other. relu looks at each number alone.",
            through(same, softmax, same),
        ),
        Misconception(
            "squared",
            "You square what relu lets through. Some models do; this one does not.",
            through(same, lambda x: [relu(a) ** 2 for a in x], same),
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and the tables cannot learn. Compute with the Values.",
            lambda x, state, layer: copied_numbers(feed_forward(x, state, layer)),
        ),
    ),
)


# ------------------------------------------------------------------------------------- block


def block(x, state, layer, n_head, cache):
    """x, plus what attention adds, plus what feed_forward adds; each is given its x normed."""
    x = [a + b for a, b in zip(x, attention(rmsnorm(x), state, layer, n_head, cache))]
    return [a + b for a, b in zip(x, feed_forward(rmsnorm(x), state, layer))]


def added(x, y):
    return [a + b for a, b in zip(x, y)]


def block_of(first, second):
    """A block of two steps: each is given x and the part of the block that is its own."""

    def wrong(x, state, layer, n_head, cache):
        x = first(x, lambda x: attention(x, state, layer, n_head, cache))
        return second(x, lambda x: feed_forward(x, state, layer))

    return wrong


def normed_before(x, part):
    return added(x, part(rmsnorm(x)))


def normed_after(x, part):
    return rmsnorm(added(x, part(x)))


def added_to_normed(x, part):
    return added(rmsnorm(x), part(rmsnorm(x)))


def only_part(x, part):
    return part(rmsnorm(x))


def not_normed(x, part):
    return added(x, part(x))


def side_by_side(x, state, layer, n_head, cache):
    listening = attention(rmsnorm(x), state, layer, n_head, cache)
    return added(added(x, listening), feed_forward(rmsnorm(x), state, layer))


def other_way_round(x, state, layer, n_head, cache):
    x = added(x, feed_forward(rmsnorm(x), state, layer))
    return added(x, attention(rmsnorm(x), state, layer, n_head, cache))


def added_to_the_first(x, state, layer, n_head, cache):
    then = added(x, attention(rmsnorm(x), state, layer, n_head, cache))
    return added(x, feed_forward(rmsnorm(then), state, layer))


def once_for_each_entry(x, state, layer, n_head, cache):
    x = [x[i] + attention(rmsnorm(x), state, layer, n_head, cache)[i] for i in range(len(x))]
    return normed_before(x, lambda x: feed_forward(x, state, layer))


def block_in_place(x, state, layer, n_head, cache):
    x[:] = block(x, state, layer, n_head, cache)
    return x


def block_seen(result, inputs):
    x, state, layer, _, cache = inputs
    return {
        "output": as_numbers(result),
        IN_CACHE: positions_in(cache),
        **slopes(result, x, tables_of(state, layer)),
    }


def block_why(x, state, layer, n_head, cache):
    listening = attention(rmsnorm(x), state, layer, n_head, cache)
    then = added(x, listening)
    thought = feed_forward(rmsnorm(then), state, layer)
    return (
        f"x normed is {listed(numbers(rmsnorm(x)))}, and of that attention makes "
        f"{listed(numbers(listening))}; added to x this is {listed(numbers(then))}; of this, "
        f"normed, feed_forward makes {listed(numbers(thought))}, which is added as well"
    )


BLOCK = Exercise(
    lesson="06b",
    solution=block,
    minutes=5,
    difficulty=2,
    task="x is the stream, and both parts add to it: first attention, then feed_forward. Each is "
    "given the stream as it is by then, brought to size by rmsnorm. What it makes is added to the "
    "stream itself, entry by entry.",
    cases=(of_block(Random(3), positions=0, layer=0), of_block(Random(4), positions=1, layer=1)),
    fresh=of_block,
    why=block_why,
    observe=block_seen,
    observed=f"the output, how many keys and values each layer has in cache, {TOGETHER}",
    holds="x runs through, both parts only add to it, and the cache has grown by one position.",
    hints=(
        "rmsnorm(x) goes into a part, and what comes out is added to x, not to rmsnorm(x).",
        "zip and a list comprehension add two vectors. Call the sum x again.",
        "The second half is like the first, with the new x and feed_forward.",
    ),
    misconceptions=(
        Misconception(
            "residual after the norm",
            "You add to the normed x, so the stream is resized at every step. Only the parts "
            "should get it normed; what they make is added to x as it was.",
            block_of(added_to_normed, added_to_normed),
            also=(
                block_of(added_to_normed, normed_before),
                block_of(normed_before, added_to_normed),
            ),
        ),
        Misconception(
            "normed after adding",
            "The oldest transformers norm after the addition. Here it is done before each part, so "
            "that the stream itself has a straight way through.",
            block_of(normed_after, normed_after),
        ),
        Misconception(
            "no residual",
            "What came in is lost: only what the parts make goes on.",
            block_of(only_part, only_part),
        ),
        Misconception(
            "one residual forgotten",
            "One part adds to the stream, the other replaces it.",
            block_of(only_part, normed_before),
            also=(block_of(normed_before, only_part),),
        ),
        Misconception(
            "norm forgotten",
            "A part is given the stream as it is. It should be brought to size first, for both "
            "parts.",
            block_of(not_normed, not_normed),
            also=(block_of(normed_before, not_normed), block_of(not_normed, normed_before)),
        ),
        Misconception(
            "side by side",
            "Both parts look at the x that came in. The second should see what the first has "
            "added.",
            side_by_side,
        ),
        Misconception(
            "the other way round",
            "feed_forward works first, before anything was gathered.",
            other_way_round,
        ),
        Misconception(
            "added to the first x",
            "What attention has added is looked at and then forgotten: you add to the x that came "
            "in.",
            added_to_the_first,
        ),
        Misconception(
            "only attention",
            "The first half is right. feed_forward is missing.",
            block_of(normed_before, lambda x, part: x),
        ),
        Misconception(
            "only feed_forward",
            "The second half is right. Nothing is gathered from the earlier tokens.",
            block_of(lambda x, part: x, normed_before),
        ),
        Misconception(
            "attention called for each entry",
            "Every call puts a key into the cache. Call it once, keep what it gives, and then add "
            "entry by entry.",
            once_for_each_entry,
        ),
        Misconception(
            "the wrong layer",
            "You use layer 0, whichever layer is asked for.",
            lambda x, state, layer, n_head, cache: block(x, state, 0, n_head, cache),
        ),
        Misconception(
            "x itself changed",
            "The list that you were given is written over, and whoever called still has it. Make a "
            "new list.",
            block_in_place,
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and nothing can learn from them. Compute with the Values.",
            lambda x, state, layer, n_head, cache: copied_numbers(
                block(x, state, layer, n_head, cache)
            ),
        ),
    ),
)


# --------------------------------------------------------------------------------------- gpt


def gpt(token, position, state, config, cache):
    """The logits of the next token, one for each token of the vocabulary."""
    x = rmsnorm(embed(token, position, state))
    for layer in range(config.n_layer):
        x = block(x, state, layer, config.n_head, cache)
    return linear(x, state["lm_head"])


def gpt_with(first=rmsnorm, layers=range, last=same, head="lm_head", end=same):
    """The model with something changed: the first norm, the blocks, or the end."""

    def wrong(token, position, state, config, cache):
        x = first(embed(token, position, state))
        for layer in layers(config.n_layer):
            x = block(x, state, layer, config.n_head, cache)
        return end(linear(last(x), state[head]))

    return wrong


def each_from_the_start(token, position, state, config, cache):
    start = x = rmsnorm(embed(token, position, state))
    for layer in range(config.n_layer):
        x = block(start, state, layer, config.n_head, cache)
    return linear(x, state["lm_head"])


def forgetful(token, position, state, config, cache):
    return gpt(token, position, state, config, new_cache(config))


def normed_between(token, position, state, config, cache):
    x = embed(token, position, state)
    for layer in range(config.n_layer):
        x = block(rmsnorm(x), state, layer, config.n_head, cache)
    return linear(x, state["lm_head"])


def gpt_seen(result, inputs):
    _, _, state, config, cache = inputs
    tables = {name: state[name] for name in ("wte", "wpe", "lm_head")}
    for layer in range(config.n_layer):
        tables[f"all tables of layer {layer}"] = list(tables_of(state, layer).values())
    return {
        "logits": as_numbers(result),
        IN_CACHE: positions_in(cache),
        **slopes(result, [], tables),
    }


def gpt_why(token, position, state, config, cache):
    x = rmsnorm(embed(token, position, state))
    said = [f"embedded and normed, x is {listed(numbers(x))}"]
    for layer in range(config.n_layer):
        x = block(x, state, layer, config.n_head, cache)
        said.append(f"after block {layer} it is {listed(numbers(x))}")
    return f"{', '.join(said)}, and lm_head makes one logit of that for each token"


def of_gpt(rng, n_layer=2, n_head=2, n_embd=2, position=None, token=None):
    """Everything that a small model needs, with as many earlier positions as there should be."""
    position = rng.randrange(3) if position is None else position
    token = rng.randrange(3) if token is None else token
    names = (("wte", 3), ("wpe", 4), ("lm_head", 3))
    state = State({name: small_mat(rng, rows, n_embd) for name, rows in names})
    for layer in range(n_layer):
        state |= block_tables(rng, layer, n_embd)
    cache = random_cache(rng, n_layer, position, n_head, n_embd)
    return token, position, State(state), Config(3, 4, n_layer, n_head, n_embd), cache


GPT = Exercise(
    lesson="06b",
    solution=gpt,
    minutes=5,
    difficulty=2,
    task="The whole model for one token at its position: embed it, bring it to size, take it "
    "through the blocks one after the other, and let the table lm_head make a logit for each "
    "token of the vocabulary. config says how many layers and heads there are.",
    cases=(
        of_gpt(Random(5), n_layer=1, n_head=1, n_embd=2, position=0, token=1),
        of_gpt(Random(6), n_embd=4, position=1, token=2),
        of_gpt(Random(7), n_layer=3, position=2, token=0),
    ),
    fresh=of_gpt,
    why=gpt_why,
    observe=gpt_seen,
    observed="the logits, how many keys and values each layer has in cache, and the gradients of 1 "
    "· the first logit + 2 · the second and so on, added up for each table",
    holds="One logit for each token, every block with its own tables and memory, and all weights "
    "can learn.",
    hints=(
        "Your embed and your rmsnorm make the first x.",
        "range(config.n_layer) counts the blocks. Each takes x and gives the next x.",
        'After the last block comes linear with state["lm_head"], and nothing else.',
    ),
    misconceptions=(
        Misconception(
            "the first norm forgotten",
            "The sum of the two rows goes into the blocks as it is. It is brought to size first, "
            "so that what the blocks add counts as much.",
            gpt_with(first=same),
        ),
        Misconception(
            "a norm before the head",
            "Many models do that. Ours, like the published program, reads the stream as it is.",
            gpt_with(last=rmsnorm),
        ),
        Misconception(
            "a norm before every block",
            "Inside a block the parts are given the normed stream. Between blocks it runs on as "
            "it is.",
            normed_between,
        ),
        Misconception(
            "token and position swapped",
            "The position picks the row of a token, and the other way round.",
            lambda token, position, state, config, cache: gpt(
                position, token, state, config, cache
            ),
        ),
        Misconception(
            "position left at 0",
            "Every token is embedded as if it were the first.",
            lambda token, position, state, config, cache: gpt(token, 0, state, config, cache),
        ),
        Misconception(
            "only the first block",
            "One block runs, and there are config.n_layer of them. Does a return end the loop "
            "early?",
            gpt_with(layers=lambda n: [0]),
        ),
        Misconception(
            "the same block again and again",
            "As many blocks run as there should, all with the tables and the memory of layer 0.",
            gpt_with(layers=lambda n: [0] * n),
        ),
        Misconception(
            "blocks in the wrong order",
            "The last layer runs first.",
            gpt_with(layers=lambda n: reversed(range(n))),
        ),
        Misconception(
            "no block at all",
            "What is embedded goes straight to lm_head: a prediction from one token alone.",
            gpt_with(layers=lambda n: []),
        ),
        Misconception(
            "every block from the start",
            "Each block is given the embedding, and what the one before has made is lost.",
            each_from_the_start,
        ),
        Misconception(
            "a memory that forgets",
            "You make a new cache in the function, so no token ever finds the ones before it. Use "
            "the one that you are given.",
            forgetful,
        ),
        Misconception(
            "wte for lm_head",
            "Some models read with the table they embed with. Ours has one of its own for that.",
            gpt_with(head="wte"),
        ),
        Misconception(
            "probabilities for logits",
            "These add up to 1. The loss and the sampling want the logits, and call softmax "
            "themselves.",
            gpt_with(end=softmax),
        ),
        Misconception(
            "the vector for the logits",
            "This is the stream after the last block. lm_head makes a logit of it for each token.",
            lambda token, position, state, config, cache: gpt(
                token,
                position,
                {**state, "lm_head": diagonal(1.0, config.n_embd)},
                config,
                cache,
            ),
        ),
        Misconception(
            "plain numbers",
            "The numbers are right, and nothing can learn from them. Compute with the Values.",
            lambda token, position, state, config, cache: copied_numbers(
                gpt(token, position, state, config, cache)
            ),
        ),
    ),
)
