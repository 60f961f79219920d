"""The optimizers of `micrograd.optim` over tensors: the same steps, many parameters at once.

Names, settings and `state_dict()` are the same, with moments as lists of one number for each
parameter, in order, so that a run can go on in either engine. Every operation works in place, in
arrays that are made once: a step leaves nothing to clean up.
"""

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Any

from micrograd.fast.tensor import Array, Tensor

# isort: split
import numpy as np


class Optimizer:
    """The parameters to change, and how far a step goes."""

    def __init__(self, parameters: Sequence[Tensor], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        self.largest = min(float(np.finfo(p.data.dtype).max) for p in self.parameters)

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad.fill(0.0)

    def gradient_sum(self) -> float:
        """A number that is finite only if every gradient is."""
        return float(sum(p.grad.sum(dtype=np.float64) for p in self.parameters))

    def clip(self, largest: float) -> float:
        """See `clip_gradients`."""
        return clip_gradients(self.parameters, largest)

    def zeros(self) -> list[Array]:
        """An array for each parameter, to keep something about each of its numbers."""
        return [np.zeros_like(p.data) for p in self.parameters]

    def load_moments(self, **moments: Sequence[float]) -> None:
        """Take over lists of one number for each parameter."""
        sizes = [p.data.size for p in self.parameters]
        for name, numbers in moments.items():
            if len(numbers) != sum(sizes):
                raise ValueError(
                    f"{name!r} holds {len(numbers)} numbers, one for each parameter of another "
                    f"model: this one has {sum(sizes)}."
                )
        for name, numbers in moments.items():
            parts = np.split(np.array(numbers), np.cumsum(sizes)[:-1])
            for array, part in zip(getattr(self, name), parts, strict=True):
                array[...] = part.reshape(array.shape)


def flat(arrays: Sequence[Array]) -> list[float]:
    """The numbers of all arrays, one after the other."""
    return [x for array in arrays for x in array.ravel().tolist()]


class SGD(Optimizer):
    """Step against the gradient, or a running sum of gradients: see `micrograd.optim.SGD`."""

    def __init__(self, parameters: Sequence[Tensor], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum
        self.velocity = self.zeros()
        self.scratch = self.zeros()

    def step(self) -> None:
        for p, v, s in zip(self.parameters, self.velocity, self.scratch, strict=True):
            v *= self.momentum
            v += p.grad
            p.data -= np.multiply(v, min(self.lr, self.largest), out=s)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint needs to go on: copies, not views."""
        return {"lr": self.lr, "momentum": self.momentum, "velocity": flat(self.velocity)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.load_moments(velocity=state["velocity"])
        self.lr, self.momentum = state["lr"], state["momentum"]


class Adam(Optimizer):
    """Divide each gradient's running mean by its usual size: see `micrograd.optim.Adam`."""

    def __init__(
        self,
        parameters: Sequence[Tensor],
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
        self.m, self.v = self.zeros(), self.zeros()
        self.scratch = list(zip(self.zeros(), self.zeros(), strict=True))

    def step(self) -> None:
        beta1, beta2 = self.betas
        self.steps += 1
        rate = min(self.lr / (1 - beta1**self.steps), self.largest)  # inf times 0 would be NaN
        unbias = 1 - beta2**self.steps
        with np.errstate(all="ignore"):
            for p, m, v, (s, t) in zip(self.parameters, self.m, self.v, self.scratch, strict=True):
                m *= beta1
                m += np.multiply(p.grad, 1 - beta1, out=s)  # m = beta1 m + (1 - beta1) g
                v *= beta2
                np.multiply(p.grad, 1 - beta2, out=s)
                v += np.multiply(s, p.grad, out=s)  # v = beta2 v + (1 - beta2) g g
                np.sqrt(np.divide(v, unbias, out=s), out=s)
                s += self.eps
                np.multiply(m, rate, out=t)
                if self.weight_decay:
                    p.data *= 1 - self.lr * self.weight_decay
                p.data -= np.divide(t, s, out=t)  # p = p - rate m / (root of v / unbias + eps)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint needs to go on: copies, not views."""
        return {
            "lr": self.lr,
            "betas": self.betas,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
            "steps": self.steps,
            "m": flat(self.m),
            "v": flat(self.v),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.load_moments(m=state["m"], v=state["v"])
        self.lr, self.betas, self.eps = state["lr"], tuple(state["betas"]), state["eps"]
        self.weight_decay, self.steps = state["weight_decay"], state["steps"]


def clip_gradients(parameters: Sequence[Tensor], largest: float) -> float:
    """Shorten the gradient to the length `largest` if it is longer; return how long it was.

    As `micrograd.optim.clip_gradients`, over all numbers of all parameters.
    """
    if not largest > 0:
        raise ValueError(f"Gradients are clipped to a length above 0, not to {largest}.")
    length = hypot(*flat([p.grad for p in parameters]))
    if length > largest:
        for p in parameters:
            p.grad *= largest / length
    return length


OPTIMIZERS: dict[str, type[SGD] | type[Adam]] = {"SGD": SGD, "Adam": Adam}
