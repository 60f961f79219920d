"""A learner who goes through the whole course and answers right, but not as the solutions do.

Comprehensions stand for loops and loops for comprehensions, functions call themselves, names are
others, a lambda is an answer and so is a function with annotations. What the checks and the
assembled file must bear, this learner does.
"""

import math
import random
from collections.abc import Collection
from typing import Any

from cells import cell

from micrograd.checks import Lesson
from micrograd.checks.assemble import pieces
from micrograd.checks.store import Progress

ANSWERS = {
    "01/slope": "slope = lambda f, x, h: (f(x + h) - f(x - h)) / (h + h)",
    "01/gradient": '''
def gradient(f, point: "list of float", h: float):
    """One slope along each axis."""
    def along(i):
        return lambda t: f([t if j == i else x for j, x in enumerate(point)])

    return [slope(along(i), x, h) for i, x in enumerate(point)]
''',
    "01/linear_estimate": """
def linear_estimate(f, x, delta, h):
    rate = slope(f, x, h)
    change = rate * delta
    return change + f(x)
""",
    "01/descent_step": """
def descent_step(point, grad, lr):
    moved = []
    for i in range(len(point)):
        moved.append(point[i] - grad[i] * lr)
    return moved
""",
    "01/descend": """
def descend(f, point, lr, steps, h):
    # it calls itself: one step, and then one fewer
    if steps == 0:
        return [point]
    return [point] + descend(f, descent_step(point, gradient(f, point, h), lr), lr, steps - 1, h)
""",
    "02/forward": """
def forward(x, y, w1, w2):
    hidden = x * w1
    guess = hidden * w2
    off = guess - y
    return hidden, guess, off * off
""",
    "02/hand_gradient": """
def hand_gradient(x, y, w1, w2):
    off = w2 * w1 * x - y
    return 2 * off * x * w2, 2 * off * x * w1
""",
    "02/diamond": "diamond = lambda x, a: 3 * a * x * x",
    "02/update": """
def update(x, y, w1, w2, lr):
    return tuple(w - lr * g for w, g in zip((w1, w2), hand_gradient(x, y, w1, w2)))
""",
    "03a/add": """
def add(a, b):
    total = a.data + b.data
    return Value(total, parents=(a, b), local=(1, 1), op="add")
""",
    "03a/mul": """
def mul(a, b):
    out = Value(a.data * b.data)
    out._prev, out._local, out._op = (a, b), (b.data, a.data), "times"
    return out
""",
    "03a/power": """
def power(a, n):
    rate = n * a.data ** (n - 1)
    return Value(a.data ** n, (a,), (rate,))
""",
    "03a/exp": "def exp(a):\n    return Value(math.exp(a.data), (a,), (math.exp(a.data),), 'e^')",
    "03a/log": "def log(a):\n    return Value(math.log(a.data), (a,), (a.data ** -1,), 'ln')",
    "03a/relu": """
def relu(a):
    if a.data > 0:
        return Value(a.data, (a,), (1.0,), "relu")
    return Value(0.0, (a,), (0.0,), "relu")
""",
    "03b/topological_order": """
def topological_order(root):
    done, met, path = [], {id(root)}, [(root, iter(root._prev))]
    while path:
        node, parents = path[-1]
        for parent in parents:
            if id(parent) not in met:
                met.add(id(parent))
                path.append((parent, iter(parent._prev)))
                break
        else:
            done.append(node)
            path.pop()
    return done
""",
    "03b/backward": """
def backward(root):
    root.grad = 1
    order = topological_order(root)
    for i in range(len(order) - 1, -1, -1):
        here = order[i]
        for k in range(len(here._prev)):
            here._prev[k].grad = here._prev[k].grad + here.grad * here._local[k]
""",
    "03b/zero_grad": """
def zero_grad(params):
    i = 0
    while i < len(params):
        params[i].grad = 0
        i += 1
""",
    "03b/gradcheck": """
def gradcheck(f, point):
    values = list(map(Value, point))
    backward(f(*values))
    nudged = gradient(lambda p: f(*map(Value, p)).data, point, 1e-5)
    worst = 0.0
    for value, rate in zip(values, nudged):
        worst = max(worst, abs(value.grad - rate))
    return worst
""",
    "04a/neuron": """
def neuron(x, w, b):
    return relu(sum((x[i] * w[i] for i in range(len(x))), b))
""",
    "04a/linear": """
def linear(x, w):
    outputs = []
    for row in w:
        total = row[0] * x[0]
        for weight, entry in zip(row[1:], x[1:]):
            total = total + weight * entry
        outputs.append(total)
    return outputs
""",
    "04a/matrix": """
def matrix(rows, columns, std, rng):
    table = []
    for _ in range(rows):
        row = []
        for _ in range(columns):
            row.append(Value(rng.gauss(0, std)))
        table.append(row)
    return table
""",
    "04a/parameters": """
def parameters(state):
    found = []
    for name in state:
        for row in state[name]:
            found.extend(row)
    return found
""",
    "04a/mse": """
def mse(predictions, targets):
    total = Value(0.0)
    for p, t in zip(predictions, targets):
        total = total + (p - t) * (p - t)
    return total / len(targets)
""",
    "05a/build_vocabulary": """
def build_vocabulary(docs):
    letters = set()
    for doc in docs:
        letters.update(doc)
    return sorted(letters)
""",
    "05a/encode": """
def encode(doc, chars):
    number = {char: i for i, char in enumerate(chars)}
    number[None] = len(chars)
    return [number[char] for char in [None, *doc, None]]
""",
    "05a/decode": """
def decode(tokens, chars):
    text = ""
    for token in tokens:
        if token < len(chars):
            text += chars[token]
    return text
""",
    "05a/softmax": """
def softmax(logits):
    top = max(z.data for z in logits)
    raised = [exp(z - top) for z in logits]
    one_over = sum(raised) ** -1
    return [r * one_over for r in raised]
""",
    "05a/cross_entropy": """
def cross_entropy(logits, target):
    top = max(z.data for z in logits)
    return (sum((z - top).exp() for z in logits)).log() + top - logits[target]
""",
    "06a/embed": """
def embed(token, position, state):
    who, where = state["wte"][token], state["wpe"][position]
    return [who[i] + where[i] for i in range(len(who))]
""",
    "06a/rmsnorm": """
def rmsnorm(x):
    squares = [a ** 2 for a in x]
    root = (sum(squares) / len(x) + 1e-5) ** 0.5
    return [a / root for a in x]
""",
    "06a/attention_weights": """
def attention_weights(q, keys):
    scores = []
    for k in keys:
        scores.append(sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)))
    return softmax(scores)
""",
    "06a/attend": """
def attend(q, keys, values):
    heard = None
    for share, value in zip(attention_weights(q, keys), values):
        part = [share * v for v in value]
        heard = part if heard is None else [a + b for a, b in zip(heard, part)]
    return heard
""",
    "06a/split_heads": """
def split_heads(x, n_head):
    def cut(rest, size):
        return [] if not rest else [rest[:size]] + cut(rest[size:], size)

    return cut(list(x), len(x) // n_head)
""",
    "06b/attention": """
def attention(x, state, layer, n_head, cache):
    def table(name):
        return linear(x, state["layer" + str(layer) + ".attn_" + name])

    q, k, v = (split_heads(table(name), n_head) for name in ("wq", "wk", "wv"))
    cache[layer][0].append(k)
    cache[layer][1].append(v)
    keys, values = cache[layer]
    joined = [
        entry
        for h in range(n_head)
        for entry in attend(q[h], [one[h] for one in keys], [one[h] for one in values])
    ]
    return linear(joined, state[f"layer{layer}.attn_wo"])
""",
    "06b/feed_forward": """
def feed_forward(x, state, layer):
    wide = linear(x, state[f"layer{layer}.mlp_fc1"])
    return linear(list(map(relu, wide)), state[f"layer{layer}.mlp_fc2"])
""",
    "06b/block": """
def block(x, state, layer, n_head, cache):
    heard = attention(rmsnorm(x), state, layer, n_head, cache)
    middle = [x[i] + heard[i] for i in range(len(x))]
    thought = feed_forward(rmsnorm(middle), state, layer)
    return [middle[i] + thought[i] for i in range(len(x))]
""",
    "06b/gpt": """
def gpt(token, position, state, config, cache):
    def through(x, layer):
        if layer == config.n_layer:
            return x
        return through(block(x, state, layer, config.n_head, cache), layer + 1)

    return linear(through(rmsnorm(embed(token, position, state)), 0), state["lm_head"])
""",
    "07/document_loss": """
def document_loss(tokens, state, config):
    cache, total, count = new_cache(config), Value(0.0), 0
    for position, (token, target) in enumerate(zip(tokens, tokens[1:])):
        if position == config.block_size:
            break
        total = total + cross_entropy(gpt(token, position, state, config, cache), target)
        count += 1
    return total * (1 / count)
""",
    "07/linear_decay": "linear_decay = lambda step, steps, lr: lr * (steps - step) / steps",
    "07/adam_step": """
def adam_step(params, m, v, step, lr):
    first, second = 0.85, 0.99
    time = step + 1
    for i in range(len(params)):
        g = params[i].grad
        m[i] += (1 - first) * (g - m[i])
        v[i] += (1 - second) * (g * g - v[i])
        mean, spread = m[i] / (1 - first ** time), v[i] / (1 - second ** time)
        params[i].data = params[i].data - lr * mean / (math.sqrt(spread) + 1e-8)
""",
    "07/train_step": """
def train_step(tokens, state, config, params, m, v, step, lr):
    for p in params:
        p.grad = 0.0
    loss = document_loss(tokens, state, config)
    before = loss.data
    backward(loss)
    adam_step(params, m, v, step, lr)
    return before
""",
    "08/apply_temperature": """
def apply_temperature(logits, t):
    if t == 0:
        best = max(range(len(logits)), key=lambda i: logits[i].data)
        return [1.0 if i == best else 0.0 for i in range(len(logits))]
    top = max(z.data for z in logits)
    raised = [math.exp((z.data - top) / t) for z in logits]
    return [r / sum(raised) for r in raised]
""",
    "08/sample_from": """
def sample_from(probs, rng):
    return rng.choices(range(len(probs)), weights=probs)[0]
""",
    "08/generate": """
def generate(state, config, chars, temperature, rng):
    cache, written = new_cache(config), [len(chars)]
    while len(written) <= config.block_size:
        logits = gpt(written[-1], len(written) - 1, state, config, cache)
        written.append(sample_from(apply_temperature(logits, temperature), rng))
        if written[-1] == len(chars):
            break
    return decode(written, chars)
""",
}


def study(progress: Progress, keys: Collection[str]) -> dict[str, list[str]]:
    """Answer these exercises as in the notebooks, in their order; what each check did not keep."""
    refused: dict[str, list[str]] = {}
    for number in dict.fromkeys(task.lesson for task in pieces()):
        lesson = Lesson(number, progress, random.Random(number))
        notebook: dict[str, Any] = {"__name__": "__main__", "math": math, "random": random}
        lesson.catch_up(notebook)
        for task in pieces():
            if task.lesson == number and task.key in keys:
                notebook = cell(ANSWERS[task.key].lstrip("\n"), **notebook)
                answer = notebook[task.name]
                is_right = lesson.check(answer, task.name) is answer
                if not is_right or not progress.get(task.key).get("source"):
                    refused.setdefault(number, []).append(task.name)
    return refused
