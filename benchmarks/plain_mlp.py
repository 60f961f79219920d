"""The moons demonstration in the design of the first micrograd, written out plainly.

There a node keeps a function, `_backward`, that hands its gradient on to its parents, and the
parents in a set. The function refers to its node and the node to the function: every result is a
reference cycle, which only the cyclic garbage collector frees. A neuron adds up its products one
by one. Nothing of ours is used here.
"""

# ruff: noqa: B905 - a keyword to zip costs time, and this is to be as fast as its design allows

import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

Point = tuple[tuple[float, float], int]  # where it is, and its label: 1 or -1


class Scalar:
    def __init__(self, data, parents=(), op=""):
        self.data = data
        self.grad = 0
        self._backward = lambda: None
        self._prev = set(parents)
        self._op = op

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        result = Scalar(self.data + other.data, (self, other), "+")

        def hand_on():
            self.grad += result.grad
            other.grad += result.grad

        result._backward = hand_on
        return result

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        result = Scalar(self.data * other.data, (self, other), "*")

        def hand_on():
            self.grad += other.data * result.grad
            other.grad += self.data * result.grad

        result._backward = hand_on
        return result

    def relu(self):
        result = Scalar(0 if self.data < 0 else self.data, (self,), "ReLU")

        def hand_on():
            self.grad += (result.data > 0) * result.grad

        result._backward = hand_on
        return result

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def backward(self):
        order = []
        visited = set()

        def visit(v):
            if v not in visited:
                visited.add(v)
                for parent in v._prev:
                    visit(parent)
                order.append(v)

        visit(self)
        self.grad = 1
        for v in reversed(order):
            v._backward()


class Neuron:
    def __init__(self, nin, nonlin, rng):
        self.w = [Scalar(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Scalar(0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((w_j * x_j for w_j, x_j in zip(self.w, x)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout, nonlin, rng):
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(nout)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts, rng):
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i < last, rng=rng) for i in range(len(nouts))
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0


def moons(count: int, rng: Random) -> list[Point]:
    """Two half circles, one bent up and one bent down, each reaching into the other."""
    points = []
    for i in range(count):
        angle = math.pi * rng.random()
        x, y, label = math.cos(angle), math.sin(angle), -1
        if i % 2:
            x, y, label = 1 - x, 0.5 - y, 1
        points.append(((x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)), label))
    return points


def loss_of(model: Any, points: Sequence[Point], kind: type) -> Any:
    """How far each score falls short of its label, on average, and a little for large weights."""
    scores = [model([kind(x) for x in point]) for point, _ in points]
    short = [(1 + -label * score).relu() for (_, label), score in zip(points, scores)]
    data_loss = sum(short) * (1.0 / len(short))
    size_loss = 1e-4 * sum(p * p for p in model.parameters())
    return data_loss + size_loss


def losses(model: Any, points: Sequence[Point], plan: int, kind: type) -> Iterator[float]:
    """One step of gradient descent after another, each on all of the points.

    It runs with any model that has micrograd's names: `kind` is the class of its numbers.
    """
    for step in range(plan):
        loss = loss_of(model, points, kind)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * step / plan) * p.grad
        yield loss.data
