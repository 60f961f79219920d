"""How much to change each parameter, once its gradient is known.

Each optimizer is the same three lines to its user: `zero_grad()`, then `backward()` on a loss, then
`step()`. They differ in what `step()` makes of the gradients. A schedule says how the learning rate
changes during a run. Notebook 07 builds and races them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.engine import Value


class SGD:
    """Step against the gradient: p = p - lr * grad.

    With `momentum` above 0 the step is a running sum of gradients, each older one smaller by that
    factor, which carries across small bumps and averages zigzags out.
    """

    def __init__(self, parameters: Sequence[Value], lr: float, momentum: float = 0.0) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        self.velocity = [0.0] * len(self.parameters)

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = 0.0

    def step(self) -> None:
        grads = [p.grad for p in self.parameters]
        self.velocity = [self.momentum * v + g for v, g in zip(self.velocity, grads, strict=True)]
        for p, v in zip(self.parameters, self.velocity, strict=True):
            p.data -= self.lr * v

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint needs to go on: copies, not views."""
        return {"lr": self.lr, "momentum": self.momentum, "velocity": list(self.velocity)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        check_lengths(self.parameters, velocity=state["velocity"])
        self.lr, self.momentum = state["lr"], state["momentum"]
        self.velocity = list(state["velocity"])


class Adam:
    """Divide each parameter's average gradient by its average size: about one `lr` a step.

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
        self.parameters = list(parameters)
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.steps = 0
        self.m = [0.0] * len(self.parameters)
        self.v = [0.0] * len(self.parameters)

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = 0.0

    def step(self) -> None:
        beta1, beta2 = self.betas
        grads = [p.grad for p in self.parameters]
        self.m = [beta1 * m + (1 - beta1) * g for m, g in zip(self.m, grads, strict=True)]
        self.v = [beta2 * v + (1 - beta2) * g * g for v, g in zip(self.v, grads, strict=True)]
        self.steps += 1
        unbias_m = 1 - beta1**self.steps
        unbias_v = 1 - beta2**self.steps
        keep = 1 - self.lr * self.weight_decay
        for p, m, v in zip(self.parameters, self.m, self.v, strict=True):
            p.data = keep * p.data - self.lr * (m / unbias_m) / ((v / unbias_v) ** 0.5 + self.eps)

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
        check_lengths(self.parameters, m=state["m"], v=state["v"])
        self.lr, self.betas, self.eps = state["lr"], tuple(state["betas"]), state["eps"]
        self.weight_decay, self.steps = state["weight_decay"], state["steps"]
        self.m, self.v = list(state["m"]), list(state["v"])


def check_lengths(parameters: Sequence[Value], **moments: Sequence[float]) -> None:
    for name, numbers in moments.items():
        if len(numbers) != len(parameters):
            raise ValueError(
                f"{name!r} holds {len(numbers)} numbers, one for each parameter of another model: "
                f"this one has {len(parameters)}."
            )


def linear_decay(step: int, steps: int, lr: float) -> float:
    """The learning rate at `step`, counted from 0: from `lr` down a straight line to 0 at `steps`.

    >>> linear_decay(0, 1000, 0.01), linear_decay(500, 1000, 0.01)
    (0.01, 0.005)
    """
    return lr * max(0.0, 1 - step / steps)


def constant(step: int, steps: int, lr: float) -> float:
    """The same learning rate at every step."""
    return lr


# What a checkpoint can name.
OPTIMIZERS: dict[str, type[SGD] | type[Adam]] = {"SGD": SGD, "Adam": Adam}
SCHEDULES = {"linear_decay": linear_decay, "constant": constant}
