"""What networks are made of: weighted sums, kinks, probabilities, and how wrong they are.

The first half is functions of vectors. A vector is a list of `Value`, and then a result remembers
how it was made; or a list of plain floats, and then it does not: the same model trains on the one
and samples, much faster, on the other. A weighted sum is one node with many parents, not a chain of
additions and multiplications with two parents each: the derivatives are the same, and 16 inputs
make one node instead of 32. Notebooks 05a and 06a build these functions from single operations.

The second half is the neuron, the layer and the multi-layer perceptron of notebook 04a, with the
names of Andrej Karpathy's micrograd.
"""

import math
import random
from collections.abc import Sequence
from operator import mul
from typing import Any

from micrograd.engine import Value, node, number

Vector = Sequence[Any]  # all of its entries are Values, or all are floats
Matrix = Sequence[Vector]  # rows: outputs x inputs


def remembers(x: Vector) -> bool:
    """Is `x` made of values, all of it?"""
    return len(x) > 0 and type(x[0]) is Value and set(map(type, x)) == {Value}


def alike(x: Vector) -> tuple[Vector, list[float]]:
    """`x` made all of values if one of its entries is, and its numbers; else the numbers twice."""
    if not x:
        raise ValueError("This vector is empty; it needs at least one entry.")
    if Value in map(type, x):
        values = tuple(v if isinstance(v, Value) else Value(v) for v in x)
        return values, [v.data for v in values]
    numbers = list(x)
    return numbers, numbers


def check_lengths(weights: int, inputs: int) -> None:
    if weights != inputs or inputs == 0:
        raise ValueError(
            f"A weighted sum of {inputs} inputs with {weights} weights: there must be one weight "
            "for each input, and at least one input."
        )


def add(x: Vector, y: Vector) -> list[Any]:
    """x + y, entry by entry."""
    return [a + b for a, b in zip(x, y, strict=True)]


def relu(x: Vector) -> list[Any]:
    """The entries above 0; 0 in place of the others."""
    return [v.relu() if isinstance(v, Value) else (0.0 if v <= 0 else v) for v in x]


def mean(x: Vector) -> Any:
    """The average of the entries, as one node."""
    x, data = alike(x)
    result = sum(data) / len(x)
    return result if x is data else node(result, x, [1.0 / len(x)] * len(x), "mean")


def linear(x: Vector, w: Matrix) -> list[Any]:
    """The matrix `w` times the vector `x`: one weighted sum of `x` for each row of `w`.

    >>> linear([1.0, 2.0], [[3.0, 4.0], [0.0, -1.0]])
    [11.0, -2.0]
    """
    for length in set(map(len, w)):
        check_lengths(length, len(x))
    if not (remembers(x) and remembers(w[0])):
        return [sum(map(mul, row, x)) for row in w]
    inputs = [v.data for v in x]
    outputs = []
    for row in w:
        weights = [v.data for v in row]
        result = sum(map(mul, weights, inputs))
        outputs.append(node(result, (*row, *x), (*inputs, *weights), "dot"))
    return outputs


def dot(x: Vector, y: Vector) -> Any:
    """x[0] y[0] + x[1] y[1] + ...

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return linear(x, [y])[0]


def rmsnorm(x: Vector) -> list[Any]:
    """`x` divided by the root of its mean square, so that its entries are near 1 in size.

    The 1e-5 under the root keeps a vector of zeros zero. From Zhang and Sennrich, "Root Mean
    Square Layer Normalization" (https://arxiv.org/abs/1910.07467), without their gain.

    >>> [round(v, 3) for v in rmsnorm([3.0, -4.0])]
    [0.849, -1.131]
    """
    x, data = alike(x)
    mean_square = sum(map(mul, data, data)) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    if x is data:
        return [v * scale for v in data]
    slope = -(scale**3) / len(x)
    shared = node(scale, x, [slope * v for v in data], "rms")
    return [v * shared for v in x]


def probabilities(logits: Sequence[float]) -> list[float]:
    """Softmax of plain numbers: positive, with the sum 1.

    Only differences between logits count, so the largest is taken from each of them first: then
    no exponential is above 1 and none can overflow.
    """
    largest = max(logits)
    if largest == -math.inf:
        raise ValueError(
            "Softmax of nothing but -inf: every choice is masked out, so no probabilities exist. "
            "Leave at least one choice open."
        )
    exponentials = [math.exp(z - largest) for z in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def softmax(logits: Vector) -> list[Any]:
    """Probabilities in proportion to e to the power of each logit.

    >>> [round(p, 3) for p in softmax([0.0, 1.0, 1.0])]
    [0.155, 0.422, 0.422]
    """
    logits, data = alike(logits)
    p = probabilities(data)
    if logits is data:
        return p
    return [
        node(p_i, logits, [p_i * ((i == j) - p_j) for j, p_j in enumerate(p)], "softmax")
        for i, p_i in enumerate(p)
    ]


def cross_entropy(logits: Vector, target: int) -> Any:
    """How surprised the prediction is by `target`: -log softmax(logits)[target], in nats.

    Its derivatives are the probabilities, with 1 taken from that of the target.
    """
    if not 0 <= target < len(logits):
        raise IndexError(
            f"The target {target} is not one of the {len(logits)} tokens, 0 to {len(logits) - 1}."
        )
    logits, data = alike(logits)
    largest = max(data)
    p = probabilities(data)
    loss = math.log(sum(math.exp(z - largest) for z in data)) + (largest - data[target])
    if logits is data:
        return loss
    slopes = [p_i - (i == target) for i, p_i in enumerate(p)]
    return node(loss, logits, slopes, "cross_entropy")


class Module:
    """Something with parameters: values that training changes."""

    def parameters(self) -> list[Value]:
        return []

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    """A weighted sum of the inputs plus a bias, then a kink at 0 if `nonlin`."""

    def __init__(self, nin: int, nonlin: bool = True, rng: Any = random) -> None:
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Sequence[Value | float]) -> Value:
        if len(x) != len(self.w):
            raise ValueError(
                f"This neuron has {len(self.w)} weights and was given {len(x)} inputs."
            )
        weights = [w.data for w in self.w]
        inputs = [v.data if isinstance(v, Value) else number(v) for v in x]
        parents, slopes = [self.b, *self.w], [1.0, *inputs]
        for v, slope in zip(x, weights, strict=True):
            if isinstance(v, Value):  # a plain number has no gradient to collect
                parents.append(v)
                slopes.append(slope)
        act = node(sum(map(mul, weights, inputs), self.b.data), parents, slopes, "neuron")
        return act.relu() if self.nonlin else act

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side: all see the same inputs, each gives one output."""

    def __init__(self, nin: int, nout: int, nonlin: bool = True, rng: Any = random) -> None:
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(nout)]

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """A list of outputs; for a layer of one neuron, its output alone."""
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(neuron) for neuron in self.neurons)}]"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other, the last without a kink.

    `MLP(2, [16, 16, 1])` takes 2 numbers, has two hidden layers of 16 neurons and gives 1 number.
    """

    def __init__(self, nin: int, nouts: Sequence[int], rng: Any = random) -> None:
        sizes = [nin, *nouts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i < len(nouts) - 1, rng=rng)
            for i in range(len(nouts))
        ]

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:  # of which one with a single neuron gives no list
            x = layer([x] if isinstance(x, Value) else x)
        return x

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"
