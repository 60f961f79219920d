"""The published 200-line program's recipe, written out plainly: what ours must agree with.

As there, a node has at most two parents, every constant is a node, a sum is a chain of additions
and the graph is walked by a recursive function inside `backward`. That function refers to itself,
so it is a reference cycle, which holds the graph of a step until the cyclic garbage collector comes
by: a part of the design, and of its speed. Nothing of ours is used here.
"""

# ruff: noqa: B905 - a keyword to zip costs time, and this is to be as fast as its design allows

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

Weights = Mapping[str, Sequence[Sequence[Any]]]  # of floats, or of scalars
Cache = list[tuple[list[list[Any]], list[list[Any]]]]  # for each layer: keys, values


class Scalar:
    __slots__ = ("data", "grad", "parents", "slopes")

    def __init__(self, data, parents=(), slopes=()):
        self.data = data
        self.grad = 0
        self.parents = parents
        self.slopes = slopes

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Scalar(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self):
        result = math.exp(self.data)
        return Scalar(result, (self,), (result,))

    def log(self):
        return Scalar(math.log(self.data), (self,), (1 / self.data,))

    def relu(self):
        return Scalar(max(0, self.data), (self,), (float(self.data > 0),))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def backward(self):
        order = []
        visited = set()

        def visit(v):
            if v not in visited:
                visited.add(v)
                for parent in v.parents:
                    visit(parent)
                order.append(v)

        visit(self)
        self.grad = 1
        for v in reversed(order):
            for parent, slope in zip(v.parents, v.slopes):
                parent.grad += slope * v.grad


def add(x, y):
    return [x_i + y_i for x_i, y_i in zip(x, y)]


def linear(x, w):
    return [sum(w_ij * x_j for w_ij, x_j in zip(row, x)) for row in w]


def softmax(logits):
    largest = max(z.data for z in logits)
    exponentials = [(z - largest).exp() for z in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def rmsnorm(x):
    mean_square = sum(x_i * x_i for x_i in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [x_i * scale for x_i in x]


def new_cache(weights: Weights) -> Cache:
    return [([], []) for _ in range((len(weights) - 3) // 6)]


def gpt(token, position, weights: Weights, cache: Cache, n_head=4, activation="relu"):
    x = rmsnorm(add(weights["wte"][token], weights["wpe"][position]))
    size = len(x) // n_head
    for i, (keys, values) in enumerate(cache):
        residual, x = x, rmsnorm(x)
        q, k, v = (linear(x, weights[f"layer{i}.attn_w{name}"]) for name in "qkv")
        keys.append(k)
        values.append(v)
        mixed = []
        for h in range(0, len(x), size):
            query = q[h : h + size]
            scores = [
                sum(q_j * k_j for q_j, k_j in zip(query, key[h : h + size])) / size**0.5
                for key in keys
            ]
            shares = softmax(scores)
            mixed += [
                sum(share * value[j] for share, value in zip(shares, values))
                for j in range(h, h + size)
            ]
        x = add(linear(mixed, weights[f"layer{i}.attn_wo"]), residual)
        residual, x = x, rmsnorm(x)
        x = [hidden.relu() for hidden in linear(x, weights[f"layer{i}.mlp_fc1"])]
        if activation == "relu2":
            x = [hidden**2 for hidden in x]
        x = add(linear(x, weights[f"layer{i}.mlp_fc2"]), residual)
    return linear(x, weights["lm_head"])


def scalars(weights: Weights) -> Weights:
    """Each number of `weights` as a leaf of a graph."""
    return {name: [[Scalar(x) for x in row] for row in w] for name, w in weights.items()}


def document_loss(state: Weights, tokens: Sequence[int], block_size=16, activation="relu"):
    """The mean surprise at each token after the first."""
    n = min(block_size, len(tokens) - 1)
    cache = new_cache(state)
    surprises = []
    for position in range(n):
        logits = gpt(tokens[position], position, state, cache, activation=activation)
        surprises.append(-softmax(logits)[tokens[position + 1]].log())
    return sum(surprises) * (1 / n)


def losses(
    weights: Weights,
    documents: Iterable[Sequence[int]],
    plan: int,
    block_size: int = 16,
    activation: str = "relu",
) -> Iterator[float]:
    """One step of Adam for each document, with the published rates; `weights` are floats."""
    state = scalars(weights)
    parameters = [p for w in state.values() for row in w for p in row]
    lr, beta1, beta2, eps = 0.01, 0.85, 0.99, 1e-8
    m, v = [0.0] * len(parameters), [0.0] * len(parameters)
    for step, tokens in enumerate(documents):
        loss = document_loss(state, tokens, block_size, activation)
        loss.backward()
        rate = lr * (1 - step / plan)
        for i, p in enumerate(parameters):
            m[i] = beta1 * m[i] + (1 - beta1) * p.grad
            v[i] = beta2 * v[i] + (1 - beta2) * p.grad**2
            m_hat = m[i] / (1 - beta1 ** (step + 1))
            v_hat = v[i] / (1 - beta2 ** (step + 1))
            p.data -= rate * m_hat / (v_hat**0.5 + eps)
            p.grad = 0
        yield loss.data  # and `loss` holds its graph until the next one, as it does there


def texts(
    weights: Weights, chars: str, rng: Random, temperature: float = 0.5, block_size: int = 16
) -> Iterator[str]:
    """Text after text, each token drawn with one `rng.choices`; `weights` are floats."""
    state = scalars(weights)
    bos = len(chars)
    while True:
        token, text, cache = bos, "", new_cache(state)
        for position in range(block_size):
            logits = gpt(token, position, state, cache)
            shares = softmax([z / temperature for z in logits])
            token = rng.choices(range(bos + 1), weights=[share.data for share in shares])[0]
            if token == bos:
                break
            text += chars[token]
        yield text


def sample(
    weights: Weights, chars: str, rng: Random, temperature: float = 0.5, block_size: int = 16
) -> str:
    """One such text."""
    return next(texts(weights, chars, rng, temperature, block_size))
