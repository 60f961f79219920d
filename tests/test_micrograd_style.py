"""Code in the style that learners bring along from micrograd runs here as it stands.

Everything below uses a Value the way the public demonstrations do: operators with numbers on either
side, `+=`, `sum()` over lists, `_prev` and `_op` for drawing, attributes hung on a value, `label`,
and `nn.MLP` with the global `random`.
"""

import math
import random

import pytest

from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Module, Neuron


def trace(root):
    """The nodes and edges of a graph, collected by recursion over `_prev`."""
    nodes, edges = {root}, set()

    def visit(v):
        for child in v._prev:
            edges.add((child, v))
            if child not in nodes:
                nodes.add(child)
                visit(child)

    visit(root)
    return nodes, edges


def test_a_neuron_by_hand_with_labels():
    x1, x2 = Value(1.5, label="x1"), Value(-0.5, label="x2")
    w1, w2 = Value(0.8, label="w1"), Value(2.0, label="w2")
    b = Value(0.3, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    n = x1w1 + x2w2 + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    o.backward()
    slope = 1 - math.tanh(0.5) ** 2  # n is 1.2 - 1.0 + 0.3
    assert o.data == pytest.approx(math.tanh(0.5))
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx(
        [0.8 * slope, 1.5 * slope, 2.0 * slope, -0.5 * slope]
    )
    nodes, edges = trace(o)
    assert {"x1", "w1", "x2", "w2", "b", "x1*w1", "x2*w2", "n", "o"} <= {v.label for v in nodes}
    assert sorted(v._op for v in nodes if v._op) == ["*", "*", "+", "+", "tanh"]
    assert (n, o) in edges
    assert len(nodes) == 10
    assert len(edges) == 9


def test_tanh_spelled_out_in_exponentials_gives_the_same():
    n = Value(0.8814)
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert o.data == pytest.approx(math.tanh(0.8814))
    assert n.grad == pytest.approx(1 - math.tanh(0.8814) ** 2)


def long_expression(a, b, relu):
    """Every operator, numbers on either side, and names that grow by +=, -=, *= and /=."""
    c = a * b + b**2
    d = 3 - a + relu(2 * a + b)
    c += c + 0.5
    c -= d / 4
    d *= 1 + c
    d += relu(b - a) * -2
    e = (c - d) ** 3 / 10.0
    e /= 5
    f = -e + 1.0 / (d * d + 1)
    f += 7.0 / (2 + b) - a**-1
    return f


def test_a_long_expression_agrees_with_nudging():
    def result(a, b):
        return long_expression(Value(a), Value(b), lambda v: v.relu()).data

    a, b = Value(-1.5), Value(0.7)
    long_expression(a, b, lambda v: v.relu()).backward()
    h = 1e-6
    by_a = (result(-1.5 + h, 0.7) - result(-1.5 - h, 0.7)) / (2 * h)
    by_b = (result(-1.5, 0.7 + h) - result(-1.5, 0.7 - h)) / (2 * h)
    assert [a.grad, b.grad] == pytest.approx([by_a, by_b], rel=1e-6)


@pytest.mark.needs_torch
@pytest.mark.parametrize(("x", "y"), [(-1.5, 0.7), (0.4, 1.3), (2.0, -0.9)])
def test_a_long_expression_agrees_with_pytorch(x, y):
    import torch

    a, b = Value(x), Value(y)
    f = long_expression(a, b, lambda v: v.relu())
    f.backward()
    ta, tb = (torch.tensor(z, dtype=torch.float64, requires_grad=True) for z in (x, y))
    tf = long_expression(ta, tb, torch.relu)
    tf.backward()
    expected = [tf.item(), ta.grad.item(), tb.grad.item()]
    assert [f.data, a.grad, b.grad] == pytest.approx(expected, rel=1e-12)


def test_an_mlp_learns_four_points_by_hand_written_gradient_descent():
    random.seed(1337)
    n = MLP(3, [4, 4, 1])
    xs = [[1.0, 2.0, -1.0], [2.0, -1.5, 0.0], [-0.5, 1.0, 2.0], [0.0, 1.0, -1.5]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(200):
        ypred = [n(x) for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in n.parameters():
            p.grad = 0.0
        loss.backward()
        for p in n.parameters():
            p.data += -0.01 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.05 < losses[0]


def moons(count, rng):
    """Two interleaved half circles with the labels 1 and -1."""
    points = []
    for i in range(count):
        t, label = math.pi * rng.random(), 1 if i % 2 else -1
        x, y = (math.cos(t), math.sin(t)) if label < 0 else (1 - math.cos(t), 0.5 - math.sin(t))
        points.append(([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)], label))
    return points


def test_a_max_margin_loss_with_regularisation_separates_two_moons():
    random.seed(1337)
    model = MLP(2, [8, 8, 1])
    points = moons(40, random.Random(1))

    def loss():
        inputs = [list(map(Value, x)) for x, _ in points]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for (_, yi), scorei in zip(points, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [
            (yi > 0) == (scorei.data > 0) for (_, yi), scorei in zip(points, scores, strict=True)
        ]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    for k in range(60):
        total_loss, _ = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 60
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert loss()[1] >= 0.95


def test_moments_of_adam_can_be_hung_on_the_values_themselves():
    target, params = [3.0, -1.0], [Value(0.0), Value(0.0)]
    for p in params:
        p.m, p.v = 0.0, 0.0
    for step in range(300):
        loss = sum((p - t) ** 2 for p, t in zip(params, target, strict=True))
        for p in params:
            p.grad = 0
        loss.backward()
        for p in params:
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.99 * p.v + 0.01 * p.grad**2
            mhat, vhat = p.m / (1 - 0.9 ** (step + 1)), p.v / (1 - 0.99 ** (step + 1))
            p.data -= 0.1 * mhat / (vhat**0.5 + 1e-8)
    assert [p.data for p in params] == pytest.approx(target, abs=0.05)


def test_a_drawing_can_hang_colours_on_any_node():
    a, b = Value(1.0), Value(2.0)
    c = a * b
    for v in (a, b, c):
        v._vis_color = "lightblue"
    assert {v._vis_color for v in trace(c)[0]} == {"lightblue"}


def test_a_network_of_ones_own_is_built_on_module():
    class TanhNeuron(Module):
        def __init__(self, nin):
            self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
            self.b = Value(random.uniform(-1, 1))

        def __call__(self, x):
            act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
            return act.tanh()

        def parameters(self):
            return [*self.w, self.b]

    neuron = TanhNeuron(2)
    neuron([1.0, -2.0]).backward()
    assert any(p.grad != 0 for p in neuron.parameters())
    neuron.zero_grad()
    assert all(p.grad == 0 for p in neuron.parameters())


def test_layers_and_neurons_take_nonlin_by_name():
    random.seed(1)
    layer = Layer(2, 2, nonlin=False)
    assert all(not n.nonlin for n in layer.neurons)
    assert not Neuron(2, nonlin=False).nonlin
    assert repr(layer) == "Layer of [LinearNeuron(2), LinearNeuron(2)]"


def test_a_value_is_compared_and_sorted_by_its_data():
    values = [Value(2.0), Value(-1.0), Value(1.0)]
    assert [v.data for v in sorted(values, key=lambda v: v.data)] == [-1.0, 1.0, 2.0]
    assert max(values, key=lambda v: v.data) is values[0]


def test_softmax_written_with_operators_sums_to_1():
    logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
    counts = [logit.exp() for logit in logits]
    denominator = sum(counts)
    probs = [c / denominator for c in counts]
    loss = -probs[3].log()
    loss.backward()
    expected = [p.data - (i == 3) for i, p in enumerate(probs)]
    assert [z.grad for z in logits] == pytest.approx(expected)
    assert sum(p.data for p in probs) == pytest.approx(1.0)
