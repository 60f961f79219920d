"""How much to change each parameter, once its gradient is known.

Each optimizer is the same three lines to its user: `zero_grad()`, then `backward()` on a loss, then
`step()`. They differ in what `step()` makes of the gradients. A schedule says how the learning rate
changes during a run. Notebook 07 builds and races them.
"""

from collections.abc import Sequence
from math import cos, hypot, pi, sqrt
from typing import Any

from micrograd.engine import Value


class Optimizer:
    """The parameters to change, and how far a step goes."""

    def __init__(self, parameters: Sequence[Value], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = lr

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = 0.0

    def gradient_sum(self) -> float:
        """A number that is finite only if every gradient is."""
        return sum([p.grad for p in self.parameters])

    def clip(self, largest: float) -> float:
        """See `clip_gradients`."""
        return clip_gradients(self.parameters, largest)

    def check_lengths(self, **moments: Sequence[float]) -> None:
        for name, numbers in moments.items():
            if len(numbers) != len(self.parameters):
                raise ValueError(
                    f"{name!r} holds {len(numbers)} numbers, one for each parameter of another "
                    f"model: this one has {len(self.parameters)}."
                )


class SGD(Optimizer):
    """Step against the gradient: p = p - lr * grad.

    With `momentum` above 0 the step is a running sum of gradients, each older one smaller by that
    factor, which carries across small bumps and averages zigzags out.
    """

    def __init__(self, parameters: Sequence[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum
        self.velocity = [0.0] * len(self.parameters)

    def step(self) -> None:
        grads = [p.grad for p in self.parameters]
        self.velocity = [self.momentum * v + g for v, g in zip(self.velocity, grads, strict=True)]
        for p, v in zip(self.parameters, self.velocity, strict=True):
            p.data -= self.lr * v

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint needs to go on: copies, not views."""
        return {"lr": self.lr, "momentum": self.momentum, "velocity": list(self.velocity)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.check_lengths(velocity=state["velocity"])
        self.lr, self.momentum = state["lr"], state["momentum"]
        self.velocity = list(state["velocity"])


class Adam(Optimizer):
    """Divide the running mean of each gradient by that gradient's usual size: about `lr` a step.

    `m` is a running mean of the gradient and `v` of its square. Both start at 0, so early they are
    too small by a known factor, and are divided by it. From Kingma and Ba, "Adam: A Method for
    Stochastic Optimization" (https://arxiv.org/abs/1412.6980); `weight_decay` pulls the parameters
    themselves towards 0, apart from the gradient, as in Loshchilov and Hutter, "Decoupled Weight
    Decay Regularization" (https://arxiv.org/abs/1711.05101).
    """

    def __init__(
        self,
        parameters: Sequence[Value],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.steps = 0
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)

    def step(self) -> None:
        beta1, beta2 = self.betas
        grads = [p.grad for p in self.parameters]
        self.m = [beta1 * m + (1 - beta1) * g for m, g in zip(self.m, grads, strict=True)]
        self.v = [beta2 * v + (1 - beta2) * g * g for v, g in zip(self.v, grads, strict=True)]
        self.steps += 1
        rate = self.lr / (1 - beta1**self.steps)
        unbias = 1 - beta2**self.steps
        keep = 1 - self.lr * self.weight_decay
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            p.data = keep * p.data - rate * m / (sqrt(v / unbias) + self.eps)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint needs to go on: copies, not views."""
        return {
            "lr": self.lr,
            "betas": self.betas,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
            "steps": self.steps,
            "m": list(self.m),
            "v": list(self.v),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.check_lengths(m=state["m"], v=state["v"])
        self.lr, self.betas, self.eps = state["lr"], tuple(state["betas"]), state["eps"]
        self.weight_decay, self.steps = state["weight_decay"], state["steps"]
        self.m, self.v = list(state["m"]), list(state["v"])


def linear_decay(step: int, steps: int, lr: float) -> float:
    """The learning rate at `step`, counted from 0: from `lr` down a straight line to 0 at `steps`.

    >>> linear_decay(0, 1000, 0.01), linear_decay(500, 1000, 0.01)
    (0.01, 0.005)
    """
    return lr * max(0.0, 1 - step / steps)


def cosine_decay(step: int, steps: int, lr: float) -> float:
    """From `lr` down half a cosine wave to 0: slowly at first, and slowly again at the end.

    From Loshchilov and Hutter, "SGDR" (https://arxiv.org/abs/1608.03983), without its restarts.

    >>> round(cosine_decay(500, 1000, 0.01), 6)
    0.005
    """
    return lr * (1 + cos(pi * min(step, steps) / steps)) / 2


def warmup_cosine(step: int, steps: int, lr: float) -> float:
    """Up a straight line to `lr` in the first tenth of the steps, then down half a cosine wave.

    Adam's averages are of few gradients at first; small steps give them time.

    >>> [round(warmup_cosine(step, 1000, 0.01), 6) for step in (0, 49, 99, 550)]
    [0.0001, 0.005, 0.01, 0.005]
    """
    warmup = max(1, steps // 10)
    if step < warmup:
        return lr * (step + 1) / warmup
    return cosine_decay(step - warmup, max(1, steps - warmup), lr)


def constant(step: int, steps: int, lr: float) -> float:
    """The same learning rate at every step."""
    return lr


def clip_gradients(parameters: Sequence[Value], largest: float) -> float:
    """Shorten the gradient to the length `largest` if it is longer; return how long it was.

    All of its entries shrink by one factor, so that its direction stays. From Pascanu et al., "On
    the difficulty of training recurrent neural networks" (https://arxiv.org/abs/1211.5063).

    >>> x, y = Value(1.0), Value(1.0)
    >>> x.grad, y.grad = 3.0, 4.0
    >>> clip_gradients([x, y], 1.0), round(x.grad, 6), round(y.grad, 6)
    (5.0, 0.6, 0.8)
    """
    if not largest > 0:
        raise ValueError(f"Gradients are clipped to a length above 0, not to {largest}.")
    length = hypot(*(p.grad for p in parameters))
    if length > largest:
        for p in parameters:
            p.grad *= largest / length
    return length


# What a checkpoint can name.
OPTIMIZERS: dict[str, type[SGD] | type[Adam]] = {"SGD": SGD, "Adam": Adam}
SCHEDULES = {f.__name__: f for f in (linear_decay, cosine_decay, warmup_cosine, constant)}
