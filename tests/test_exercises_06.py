"""The answers of notebooks 06a and 06b: alone, together, and beside the package's GPT."""

import math
import random
import sys
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import pytest
from answers import exercise, known_as, question, verdict_on
from cells import cell

from micrograd import gpt
from micrograd.checks.assemble import pieces
from micrograd.checks.catalogue import earlier, tasks
from micrograd.checks.declare import Exercise, source_of
from micrograd.checks.exercises import attending, attention_practice, blocks, embedding, networks
from micrograd.checks.growing import growing_file
from micrograd.checks.guard import Guard
from micrograd.checks.judge import alone, judge, recognise

Names = dict[str, Any]

CONFIGS = [
    gpt.GPTConfig(27),
    gpt.GPTConfig(5, block_size=8, n_layer=2, n_head=2, n_embd=4),
    gpt.GPTConfig(6, block_size=8, n_layer=3, n_head=1, n_embd=6),
    gpt.GPTConfig(4, block_size=8, n_layer=1, n_head=6, n_embd=6),
]
TOKENS = [3, 0, 2, 2, 1, 3]  # a text that all of them can read


@pytest.fixture(scope="module")
def mine() -> Names:
    """The learner's own file, as it is when every answer has passed, run in a fresh namespace."""
    records = {task.key: {"source": source_of(task.solution, task.name)} for task in pieces()}
    text = growing_file(records)
    imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert {line.split()[1] for line in imports} <= sys.stdlib_module_names
    names: Names = {}
    exec(text, names)
    return names


def model_and_state(config: gpt.GPTConfig, mine: Names, seed: int = 1) -> tuple[gpt.GPT, Names]:
    """The package's model with weights far from zero, and the same ones in learner's Values."""
    rng = random.Random(seed)
    model = gpt.GPT(config, rng)
    for p in model.parameters():
        p.data = rng.gauss(0, 0.4)
    return model, in_values(model.state_dict(), mine)


def in_values(state: dict[str, list[list[float]]], mine: Names) -> Names:
    return {name: [[mine["Value"](x) for x in row] for row in m] for name, m in state.items()}


def numbers(values: Iterable[Any]) -> list[float]:
    return [value.data for value in values]


def all_logits(tokens: list[int], state: Names, config: Any, mine: Names) -> list[list[Any]]:
    cache = mine["new_cache"](config)
    return [mine["gpt"](t, i, state, config, cache) for i, t in enumerate(tokens)]


# ------------------------------------------------------------------------- all of it together


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_the_learners_gpt_gives_the_packages_logits(config: gpt.GPTConfig, mine: Names) -> None:
    model, state = model_and_state(config, mine)
    cache = model.new_cache()
    own = all_logits(TOKENS, state, config, mine)
    for position, token in enumerate(TOKENS):
        expected = numbers(model.logits(token, position, cache))
        assert numbers(own[position]) == pytest.approx(expected, rel=0, abs=1e-12)


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_every_weight_gets_the_packages_gradient(config: gpt.GPTConfig, mine: Names) -> None:
    model, state = model_and_state(config, mine, seed=2)
    logits = all_logits(TOKENS[:-1], state, config, mine)
    losses = [mine["cross_entropy"](z, t) for z, t in zip(logits, TOKENS[1:], strict=True)]
    loss = sum(losses) / len(losses)
    mine["backward"](loss)
    expected = model.loss(TOKENS)
    expected.backward()
    assert loss.data == pytest.approx(expected.data, rel=1e-12)
    own = [p.grad for p in mine["parameters"](state)]
    assert own == pytest.approx([p.grad for p in model.parameters()], rel=1e-9, abs=1e-12)
    assert sum(grad != 0.0 for grad in own) > len(own) / 2


@pytest.mark.parametrize("config", CONFIGS[1:], ids=str)
def test_the_future_changes_nothing(config: gpt.GPTConfig, mine: Names) -> None:
    _, state = model_and_state(config, mine)
    before = all_logits([3, 0, 2, 2], state, config, mine)
    after = all_logits([3, 0, 2, 1], state, config, mine)
    assert [numbers(z) for z in before[:3]] == [numbers(z) for z in after[:3]]
    assert numbers(before[3]) != numbers(after[3])


@pytest.mark.parametrize("config", CONFIGS[1:], ids=str)
def test_no_gradient_comes_from_the_future(config: gpt.GPTConfig, mine: Names) -> None:
    _, state = model_and_state(config, mine)
    logits = all_logits([0, 1, 2, 3], state, config, mine)
    mine["backward"](mine["cross_entropy"](logits[1], 2))
    used = [[any(p.grad for p in row) for row in state[name][:4]] for name in ("wte", "wpe")]
    assert used == [[True, True, False, False]] * 2


def plainly(x: list[float], w: list[list[float]]) -> list[float]:
    return [sum(a * b for a, b in zip(row, x, strict=True)) for row in w]


def normed(x: list[float]) -> list[float]:
    return [a / math.sqrt(sum(b * b for b in x) / len(x) + 1e-5) for a in x]


def without_cache(tokens: list[int], w: Any, config: gpt.GPTConfig) -> list[list[float]]:
    """The logits at every position, for the whole text at once: a mask in place of a cache."""
    size = config.n_embd // config.n_head
    pairs = [zip(w["wte"][t], w["wpe"][i], strict=True) for i, t in enumerate(tokens)]
    xs = [normed([a + b for a, b in pair]) for pair in pairs]
    for layer in range(config.n_layer):
        tables = {n.split(".")[1]: m for n, m in w.items() if n.startswith(f"layer{layer}.")}
        seen = [normed(x) for x in xs]
        q, k, v = ([plainly(x, tables[n]) for x in seen] for n in ("attn_wq", "attn_wk", "attn_wv"))
        for i, x in enumerate(xs):
            mixed = []
            for h in range(0, config.n_embd, size):
                scores = [
                    sum(q[i][j] * key[j] for j in range(h, h + size)) / math.sqrt(size)
                    if place <= i
                    else -math.inf
                    for place, key in enumerate(k)
                ]
                shares = [math.exp(score - max(scores)) for score in scores]
                mixed += [
                    sum(s * one[j] for s, one in zip(shares, v, strict=True)) / sum(shares)
                    for j in range(h, h + size)
                ]
            x = [a + b for a, b in zip(x, plainly(mixed, tables["attn_wo"]), strict=True)]
            wide = [max(0.0, a) for a in plainly(normed(x), tables["mlp_fc1"])]
            xs[i] = [a + b for a, b in zip(x, plainly(wide, tables["mlp_fc2"]), strict=True)]
    return [plainly(x, w["lm_head"]) for x in xs]


@pytest.mark.parametrize("config", CONFIGS[1:], ids=str)
def test_a_cache_gives_what_the_whole_text_gives(config: gpt.GPTConfig, mine: Names) -> None:
    model, state = model_and_state(config, mine)
    own = [numbers(z) for z in all_logits(TOKENS, state, config, mine)]
    whole = without_cache(TOKENS, model.state_dict(), config)
    for one, two in zip(own, whole, strict=True):
        assert one == pytest.approx(two, rel=0, abs=1e-12)


# ---------------------------------------------------------------------------- what is given


@pytest.mark.parametrize("sizes", [(27,), (5, 8, 2, 2, 4)])
def test_the_first_weights_are_the_packages(sizes: tuple[int, ...], mine: Names) -> None:
    model = gpt.GPT(gpt.GPTConfig(*sizes), random.Random(3))
    state = mine["new_state"](mine["Config"](*sizes), random.Random(3))
    assert {name: [numbers(row) for row in m] for name, m in state.items()} == model.state_dict()


def test_a_config_of_the_course_has_the_packages_sizes(mine: Names) -> None:
    given, package = mine["Config"](27), gpt.GPTConfig(27)
    assert vars(given) == {name: getattr(package, name) for name in vars(given)}
    assert eval(repr(given), mine).n_embd == 16


def test_a_new_cache_shares_no_list(mine: Names) -> None:
    cache = mine["new_cache"](mine["Config"](27, n_layer=3))
    assert len({id(part) for layer in cache for part in layer}) == 6
    assert cache == gpt.new_cache(gpt.GPTConfig(27, n_layer=3))


# ------------------------------------------------------------------------- the practice ones


def test_a_head_that_looks_back_does() -> None:
    n = 5
    table = attention_practice.look_back(n, 40.0)
    keys = [networks.vec(*(float(i == p) for i in range(n))) for p in range(n)]
    for p in range(1, n):
        q = networks.linear(keys[p], table)
        weights = numbers(attending.attention_weights(q, keys[: p + 1]))
        assert max(weights) == weights[p - 1] > 0.999


def test_the_count_is_that_of_the_weights(mine: Names) -> None:
    for config in CONFIGS:
        counted = attention_practice.count_weights(config)
        assert counted == len(gpt.GPT(config, random.Random(0)).parameters())
        assert counted == len(mine["parameters"](mine["new_state"](config, random.Random(0))))
    assert attention_practice.count_weights(CONFIGS[0]) == 4192


def test_the_repaired_reader_is_the_package(mine: Names) -> None:
    config = CONFIGS[1]
    model, state = model_and_state(config, mine)
    cache = model.new_cache()
    expected = [numbers(model.logits(t, i, cache)) for i, t in enumerate(TOKENS)]
    own = [numbers(z) for z in attention_practice.repair_memory(TOKENS, state, config)]
    for one, two in zip(own, expected, strict=True):
        assert one == pytest.approx(two, abs=1e-12)


REPAIRS = [
    (lesson, name)
    for lesson in ("06a", "06b")
    for name, task in tasks(lesson).items()
    if isinstance(task, Exercise) and task.kind == "repair"
]


@pytest.mark.parametrize(("lesson", "name"), REPAIRS)
def test_a_bug_to_find_is_really_there(lesson: str, name: str) -> None:
    task = exercise(lesson, name)
    assert task.given is not None
    source = source_of(task.given, name)
    guard = Guard(cell(source, **earlier(task))[name], observe=task.observe)
    inputs = [*task.cases, *(task.fresh(random.Random(seed)) for seed in range(3))]
    found = recognise(task, inputs, [guard(*one) for one in inputs])
    assert found is not None
    assert found.name == "the bug is still there"


# ---------------------------------------------------------------- right, written another way

OTHER_WAYS = {
    ("06a", "embed"): "def embed(token, position, state):\n"
    "    x = []\n"
    "    for i in range(len(state['wte'][token])):\n"
    "        x.append(state['wpe'][position][i] + state['wte'][token][i])\n"
    "    return x",
    ("06a", "rmsnorm"): "def rmsnorm(x):\n"
    "    total = Value(0.0)\n"
    "    for a in x:\n"
    "        total = total + a ** 2\n"
    "    root = (total * (1 / len(x)) + 0.00001) ** 0.5\n"
    "    return [a / root for a in x]",
    ("06a", "split_heads"): "def split_heads(x, n_head):\n"
    "    heads = [[] for _ in range(n_head)]\n"
    "    for i, a in enumerate(x):\n"
    "        heads[i * n_head // len(x)].append(a)\n"
    "    return heads",
    ("06a", "attention_weights"): "def attention_weights(q, keys):\n"
    "    scores = []\n"
    "    for key in keys:\n"
    "        score = 0\n"
    "        for a, b in zip(key, q):\n"
    "            score = score + a * b\n"
    "        scores.append(score / math.sqrt(len(key)))\n"
    "    return softmax(scores)",
    ("06a", "attend"): "def attend(q, keys, values):\n"
    "    result = [0] * len(values[0])\n"
    "    for weight, value in zip(attention_weights(q, keys), values):\n"
    "        for i in range(len(result)):\n"
    "            result[i] = result[i] + weight * value[i]\n"
    "    return result",
    ("06a", "repair_leak"): "def repair_leak(queries, keys, values):\n"
    "    return [attend(q, keys[:t], values[:t]) for t, q in enumerate(queries, start=1)]",
    ("06b", "attention"): "def attention(x, state, layer, n_head, cache):\n"
    "    q, k, v = [\n"
    "        split_heads(linear(x, state['layer' + str(layer) + '.attn_w' + letter]), n_head)\n"
    "        for letter in 'qkv'\n"
    "    ]\n"
    "    cache[layer] = (cache[layer][0] + [k], cache[layer][1] + [v])\n"
    "    together = []\n"
    "    for h in range(n_head):\n"
    "        keys = [position[h] for position in cache[layer][0]]\n"
    "        values = [position[h] for position in cache[layer][1]]\n"
    "        together.extend(attend(q[h], keys, values))\n"
    "    return linear(together, state['layer' + str(layer) + '.attn_wo'])",
    ("06b", "feed_forward"): "def feed_forward(x, state, layer):\n"
    "    wide = linear(x, state[f'layer{layer}.mlp_fc1'])\n"
    "    for i in range(len(wide)):\n"
    "        wide[i] = wide[i].relu()\n"
    "    return linear(wide, state[f'layer{layer}.mlp_fc2'])",
    ("06b", "block"): "def block(x, state, layer, n_head, cache):\n"
    "    heard = attention(rmsnorm(x), state, layer, n_head, cache)\n"
    "    x = [heard[i] + x[i] for i in range(len(x))]\n"
    "    thought = feed_forward(rmsnorm(x), state, layer)\n"
    "    return [thought[i] + x[i] for i in range(len(x))]",
    ("06b", "gpt"): "def gpt(token, position, state, config, cache):\n"
    "    x = rmsnorm(embed(token, position, state))\n"
    "    layer = 0\n"
    "    while layer < config.n_layer:\n"
    "        x = block(x, state, layer, config.n_head, cache)\n"
    "        layer += 1\n"
    "    logits = []\n"
    "    for row in state['lm_head']:\n"
    "        logits.append(sum(a * b for a, b in zip(x, row)))\n"
    "    return logits",
    ("06b", "count_weights"): "def count_weights(config):\n"
    "    e, v, t = config.n_embd, config.vocab_size, config.block_size\n"
    "    return e * (2 * v + t + 12 * e * config.n_layer)",
    ("06b", "repair_residual"): "def repair_residual(x, state, layer):\n"
    "    thought = feed_forward(rmsnorm(x), state, layer)\n"
    "    return [thought[i] + x[i] for i in range(len(x))]",
    ("06b", "repair_memory"): "def repair_memory(tokens, state, config):\n"
    "    cache = []\n"
    "    for _ in range(config.n_layer):\n"
    "        cache.append(([], []))\n"
    "    return [gpt(t, i, state, config, cache) for i, t in enumerate(tokens)]",
}


@pytest.mark.parametrize(("lesson", "name"), OTHER_WAYS)
def test_an_answer_that_is_right_in_another_way_passes(lesson: str, name: str) -> None:
    task = exercise(lesson, name)
    answer = cell(OTHER_WAYS[lesson, name], **earlier(task))[name]
    for seed in range(5):
        assert judge(task, answer, random.Random(seed)).state == "passed"
    assert alone(task, answer, earlier(task)).source


# --------------------------------------------------------------------- wrong, as people write it


def test_a_norm_written_for_the_whole_stream_is_told() -> None:
    source = (
        "def block(x, state, layer, n_head, cache):\n"
        "    x = rmsnorm(x)\n"
        "    x = [a + b for a, b in zip(x, attention(x, state, layer, n_head, cache))]\n"
        "    x = rmsnorm(x)\n"
        "    return [a + b for a, b in zip(x, feed_forward(x, state, layer))]"
    )
    assert known_as("06b", "block", source) == "residual after the norm"


def test_a_scale_by_the_whole_vector_is_told() -> None:
    source = (
        "def attention(x, state, layer, n_head, cache):\n"
        "    keys, values = cache[layer]\n"
        "    q = split_heads(linear(x, state[f'layer{layer}.attn_wq']), n_head)\n"
        "    keys.append(split_heads(linear(x, state[f'layer{layer}.attn_wk']), n_head))\n"
        "    values.append(split_heads(linear(x, state[f'layer{layer}.attn_wv']), n_head))\n"
        "    heads = []\n"
        "    for h in range(n_head):\n"
        "        scores = linear(q[h], [k[h] for k in keys])\n"
        "        weights = softmax([s / len(x) ** 0.5 for s in scores])\n"
        "        heads += linear(weights, list(zip(*[v[h] for v in values])))\n"
        "    return linear(heads, state[f'layer{layer}.attn_wo'])"
    )
    assert known_as("06b", "attention", source) == "the embedding's size for the head's"


def test_a_key_that_is_not_kept_is_told() -> None:
    source = (
        "def attention(x, state, layer, n_head, cache):\n"
        "    q = split_heads(linear(x, state[f'layer{layer}.attn_wq']), n_head)\n"
        "    k = split_heads(linear(x, state[f'layer{layer}.attn_wk']), n_head)\n"
        "    v = split_heads(linear(x, state[f'layer{layer}.attn_wv']), n_head)\n"
        "    keys, values = cache[layer]\n"
        "    keys = keys + [k]\n"
        "    values = values + [v]\n"
        "    heads = []\n"
        "    for h in range(n_head):\n"
        "        heads += attend(q[h], [k[h] for k in keys], [v[h] for v in values])\n"
        "    return linear(heads, state[f'layer{layer}.attn_wo'])"
    )
    assert known_as("06b", "attention", source) == "the cache does not grow"


def test_a_mean_that_is_squared_is_told() -> None:
    source = (
        "def rmsnorm(x):\n"
        "    m = sum(x) / len(x)\n"
        "    return [a / (m * m + 1e-5) ** 0.5 for a in x]"
    )
    assert known_as("06a", "rmsnorm", source) == "the mean for the mean of squares"


def test_the_card_of_attention_tells_each_heads_weights() -> None:
    source = (
        "def attention(x, state, layer, n_head, cache):\n"
        "    return linear(x, state[f'layer{layer}.attn_wv'])"
    )
    verdict = verdict_on("06b", "attention", source)
    assert "'output': [-3.0, 1.5, 0.0, 3.0]" in verdict.expected
    assert "attn_wv multiplies by 3; attn_wo turns the order round" in verdict.why
    assert "head 1 has the share 1 and hears 1.5, -3" in verdict.why


@pytest.mark.parametrize("name", ["attention", "feed_forward", "block", "gpt"])
def test_a_card_is_short_enough_to_be_read(name: str) -> None:
    task = exercise("06b", name)
    for misconception in task.misconceptions:
        verdict = judge(task, misconception.wrong, random.Random(0))
        assert len(verdict.call) < 120
        assert max(len(verdict.expected), len(verdict.got)) < 160
        assert verdict.expected != verdict.got or verdict.remark
        assert len(verdict.why) < 500


# ------------------------------------------------------------------------------- the questions


def test_the_numbers_to_recall(mine: Names) -> None:
    def vec(*entries: float) -> list[Any]:
        return [mine["Value"](x) for x in entries]

    def right(lesson: str, name: str) -> float:
        return float(question(lesson, name).answer)

    assert right("06a", "recall_linear") == (
        mine["linear"](vec(1, 2), [vec(3, 4), vec(5, 6)])[1].data
    )
    assert right("06a", "recall_softmax") == mine["softmax"](vec(100, 100, 100, 100))[2].data
    assert right("06a", "recall_mean_square") == mine["mse"](vec(3, -4), [0, 0]).data
    assert right("06b", "recall_scale") == 6 / math.sqrt(16 / 4)
    assert right("06b", "recall_heads") == mine["split_heads"](list(range(16)), 4)[2][0]
    values = [vec(1), vec(2), vec(3), vec(6)]
    assert right("06b", "recall_average") == mine["attend"](vec(1), [vec(5)] * 4, values)[0].data


def test_one_head_by_hand() -> None:
    keys, values = [[1.0, 5.0], [1.0, -3.0]], [[10.0, 0.0], [20.0, 4.0]]
    vectors = [[networks.vec(*one) for one in them] for them in (keys, values)]
    result = attending.attend(networks.vec(2.0, 0.0), *vectors)
    assert float(question("06a", "by_hand").answer) == pytest.approx(result[0].data)


def test_without_positions_the_order_of_the_past_does_not_matter() -> None:
    rng = random.Random(4)
    keys, values = ([networks.random_vec(rng, 4) for _ in range(3)] for _ in range(2))
    q = networks.random_vec(rng, 4)
    in_order = numbers(attending.attend(q, keys, values))
    swapped = [[them[i] for i in (1, 0, 2)] for them in (keys, values)]
    assert numbers(attending.attend(q, *swapped)) == pytest.approx(in_order, rel=1e-12)
    assert question("06a", "shuffled").answer == "B"


def test_more_heads_need_no_more_weights() -> None:
    few, many = gpt.GPTConfig(27, n_head=4), gpt.GPTConfig(27, n_head=8)
    assert few.shapes() == many.shapes()
    assert question("06a", "more_heads").answer == "B"


def test_a_block_whose_parts_are_silent_changes_nothing() -> None:
    x, state, layer, n_head, cache = blocks.of_block(random.Random(5))
    for name in ("attn_wo", "mlp_fc2"):
        for entry in networks.flat(state[f"layer{layer}.{name}"]):
            entry.data = 0.0
    assert numbers(blocks.block(x, state, layer, n_head, cache)) == numbers(x)
    assert numbers(embedding.rmsnorm(x)) != numbers(x)
    assert question("06b", "silent_parts").answer == "B"


def test_where_most_of_the_weights_are() -> None:
    sizes = {name: rows * columns for name, (rows, columns) in CONFIGS[0].shapes().items()}
    parts = {
        "A": sizes["wte"] + sizes["wpe"],
        "B": sum(size for name, size in sizes.items() if "attn" in name),
        "C": sum(size for name, size in sizes.items() if "mlp" in name),
        "D": sizes["lm_head"],
    }
    asked = question("06b", "where_weights")
    assert asked.answer == max(parts, key=lambda part: parts[part])
    assert parts == {"A": 688, "B": 1024, "C": 2048, "D": 432}
    for number in ("2,048", "4,192", "1,024", "688", "432"):
        assert number in asked.because


def test_how_many_scores_a_head_computes(mine: Names) -> None:
    config = mine["Config"](3, 8, 1, 1, 2)
    state = mine["new_state"](config, random.Random(0))
    cache, scores = mine["new_cache"](config), 0
    for position in range(8):
        mine["gpt"](0, position, state, config, cache)
        scores += len(cache[0][0])
    assert float(question("06b", "count_scores").answer) == scores


def outcome_of(order: Iterable[str], lines: dict[str, str]) -> list[float] | None:
    """x after these lines of a block, or None if one needs what no line before it has made."""
    x, state, layer, n_head, cache = blocks.of_block(random.Random(6))
    names: dict[str, Callable[..., Any] | Any] = {
        "x": x,
        "plus": blocks.added,
        "rmsnorm": embedding.rmsnorm,
        "attention": lambda a: blocks.attention(a, state, layer, n_head, cache),
        "feed_forward": lambda b: blocks.feed_forward(b, state, layer),
    }
    try:
        exec("\n".join(lines[letter] for letter in order), names)
    except NameError:
        return None
    return numbers(names["x"])


def test_only_one_order_of_the_lines_is_a_block() -> None:
    task = question("06b", "block_order")
    lines = dict(task.options)
    outcomes = {" ".join(order): outcome_of(order, lines) for order in permutations(lines)}
    x, *others = blocks.of_block(random.Random(6))
    expected = numbers(blocks.block(x, *others))
    assert [o for o, x in outcomes.items() if x and x == pytest.approx(expected)] == [task.answer]
    run = {order for order, x in outcomes.items() if x}
    side_by_side, other_way, too_early = (set(mistake.answers) for mistake in task.wrong)
    assert run == side_by_side | other_way | {task.answer}
    assert not too_early & run
