"""The GPT in PyTorch: the same model in the words of the library that the field trains with.

Whole documents are read at once, in batches, and a causal mask hides the future. PyTorch records
the operations and walks back through them, as our engine does; its nodes are tensors, and its
operations run in compiled code, on a GPU where there is one (untried: none was at hand). This is
also what the benchmarks measure PyTorch by. Notebook 09 compares it with the other rungs.

Shapes in comments: B documents, T positions, E embedding, H head size, V vocabulary.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from random import Random
from typing import Any, ClassVar

from micrograd import checkpoint
from micrograd.fast.common import State, Weights, checked, initial_weights, nested, padded, several
from micrograd.gpt import GPTConfig
from micrograd.tokenizer import Tokenizer

try:
    import torch
    from torch import Tensor, nn
    from torch.nn import functional as F
except ModuleNotFoundError:
    raise ImportError(
        "micrograd.fast.pytorch needs PyTorch: pip install torch, in the course's environment."
    ) from None

DTYPES = {"float64": torch.float64, "float32": torch.float32}
Cache = list[list[Tensor]]  # for each layer [] or its keys and its values, (B, n_head, T, H) each


def best_device(process: int = 0) -> torch.device:
    """A GPU where there is one, else the processor. The only place where this is decided.

    Of several processes on a machine each has a GPU of its own.
    """
    return torch.device("cuda", process) if torch.cuda.is_available() else torch.device("cpu")


def rmsnorm(x: Tensor) -> Tensor:
    return F.rms_norm(x, x.shape[-1:], eps=1e-5)


class Block(nn.Module):
    """Attention over the past, then a feed-forward, each added to what came in."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.n_head, self.squared = config.n_head, config.activation == "relu2"
        e = config.n_embd
        self.attn_wq = nn.Parameter(torch.empty(e, e))  # outputs x inputs, as in all of these
        self.attn_wk = nn.Parameter(torch.empty(e, e))
        self.attn_wv = nn.Parameter(torch.empty(e, e))
        self.attn_wo = nn.Parameter(torch.empty(e, e))
        self.mlp_fc1 = nn.Parameter(torch.empty(4 * e, e))
        self.mlp_fc2 = nn.Parameter(torch.empty(e, 4 * e))

    def heads(self, x: Tensor) -> Tensor:
        """(B, T, E) as (B, n_head, T, H)."""
        return x.unflatten(-1, (self.n_head, -1)).transpose(1, 2)

    def attention(self, x: Tensor, cache: list[Tensor] | None) -> Tensor:
        q, k, v = (self.heads(F.linear(x, w)) for w in (self.attn_wq, self.attn_wk, self.attn_wv))
        if cache is not None:  # x is one new position
            if cache:
                k, v = torch.cat((cache[0], k), dim=2), torch.cat((cache[1], v), dim=2)
            cache[:] = [k, v]
        # A new position may see all there is; of whole documents each position sees its past.
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=cache is None)
        return F.linear(mixed.transpose(1, 2).flatten(-2), self.attn_wo)  # (B, T, E)

    def feed_forward(self, x: Tensor) -> Tensor:
        hidden = F.relu(F.linear(x, self.mlp_fc1))  # (B, T, 4E)
        return F.linear(hidden.square() if self.squared else hidden, self.mlp_fc2)

    def forward(self, x: Tensor, cache: list[Tensor] | None = None) -> Tensor:
        x = x + self.attention(rmsnorm(x), cache)
        return x + self.feed_forward(rmsnorm(x))


class Adam:
    """PyTorch's Adam with the settings, and the state in a checkpoint, of `micrograd.optim.Adam`.

    `fused` has it change all parameters in one operation. Decay apart from the gradient is what
    PyTorch calls AdamW.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = list(parameters)
        self.inner = torch.optim.AdamW(self.parameters, lr, betas, eps, weight_decay, fused=True)
        (self.settings,) = self.inner.param_groups

    @property
    def lr(self) -> float:
        return float(self.settings["lr"])

    @lr.setter
    def lr(self, lr: float) -> None:
        self.settings["lr"] = lr

    def zero_grad(self) -> None:
        self.inner.zero_grad()

    def step(self) -> None:
        self.inner.step()

    def moments(self) -> list[dict[str, Tensor]]:
        """For each parameter its `step`, `exp_avg` (ours is `m`) and `exp_avg_sq` (ours is `v`)."""
        for p in self.parameters:
            if not self.inner.state[p]:  # before the first step
                self.inner.state[p] = {
                    "step": torch.zeros((), device=p.device),
                    "exp_avg": torch.zeros_like(p),
                    "exp_avg_sq": torch.zeros_like(p),
                }
        return [self.inner.state[p] for p in self.parameters]

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint needs to go on, in the form of `micrograd.optim.Adam`."""
        moments = self.moments()
        return {
            "lr": self.lr,
            "betas": self.settings["betas"],
            "eps": self.settings["eps"],
            "weight_decay": self.settings["weight_decay"],
            "steps": int(moments[0]["step"]),
            "m": torch.cat([m["exp_avg"].flatten() for m in moments]).tolist(),
            "v": torch.cat([m["exp_avg_sq"].flatten() for m in moments]).tolist(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        sizes = [p.numel() for p in self.parameters]
        for name in ("m", "v"):
            if len(state[name]) != sum(sizes):
                raise ValueError(
                    f"{name!r} holds {len(state[name])} numbers, one for each parameter of another "
                    f"model: this one has {sum(sizes)}."
                )
        for name in ("lr", "betas", "eps", "weight_decay"):
            self.settings[name] = tuple(state[name]) if name == "betas" else state[name]
        m, v = (torch.tensor(state[name], dtype=torch.float64).split(sizes) for name in ("m", "v"))
        for moments, m_i, v_i in zip(self.moments(), m, v, strict=True):
            moments["step"].fill_(state["steps"])
            moments["exp_avg"].copy_(m_i.view_as(moments["exp_avg"]))
            moments["exp_avg_sq"].copy_(v_i.view_as(moments["exp_avg_sq"]))


class GPT(nn.Module):
    """A GPT whose weights are PyTorch's parameters, under the names that ours have.

    `dtype` is "float64", as exact as Python's numbers, or "float32", which is faster. `device` is
    where it computes: a GPT is made on `best_device()` unless told otherwise.
    """

    optimizers: ClassVar = {"Adam": Adam}  # those that a checkpoint can name

    def __init__(
        self,
        config: GPTConfig,
        rng: Random,
        dtype: str = "float64",
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__()
        if dtype not in DTYPES:
            raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, not {dtype!r}.")
        self.config = config
        self.wte = nn.Parameter(torch.empty(config.vocab_size, config.n_embd))
        self.wpe = nn.Parameter(torch.empty(config.block_size, config.n_embd))
        self.lm_head = nn.Parameter(torch.empty(config.vocab_size, config.n_embd))
        for i in range(config.n_layer):
            self.add_module(f"layer{i}", Block(config))
        self.to(device=device or best_device(), dtype=DTYPES[dtype])
        self.fill(initial_weights(config, rng))

    def forward(
        self, tokens: Tensor, first_position: int = 0, cache: Cache | None = None
    ) -> Tensor:
        """The scores of every next token, (B, T, V), at each of the tokens (B, T)."""
        end = first_position + tokens.shape[1]
        x = rmsnorm(F.embedding(tokens, self.wte) + self.wpe[first_position:end])
        for i, block in enumerate(self.children()):
            x = block(x, cache[i] if cache is not None else None)
        return F.linear(x, self.lm_head)

    # Learning.

    def batch(self, documents: Sequence[Any]) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens, targets and weights in the loss, (B, T) each, of a document or of several."""
        batch = padded(several(documents), self.config)
        tokens, targets = torch.from_numpy(batch.tokens), torch.from_numpy(batch.targets)
        weights = torch.from_numpy(batch.weights)
        place = self.wte.device
        return tokens.to(place), targets.to(place), weights.to(place, self.wte.dtype)

    def loss(self, documents: Sequence[Any]) -> Tensor:
        """The mean surprise, in nats, at a document's tokens; of several, the mean of theirs."""
        tokens, targets, weights = self.batch(documents)
        return mean_surprise(self(tokens), targets, weights)

    def loss_and_gradients(self, documents: Sequence[Any]) -> tuple[float, Weights]:
        """The loss of a batch, and how fast it moves with each weight, by name."""
        self.zero_grad()
        loss = self.loss(documents)
        loss.backward()
        gradients = {name: p.grad.cpu().numpy() for name, p in self.named_parameters()}
        return float(loss.detach()), gradients

    # Writing.

    def new_cache(self) -> Cache:
        """The memory of documents that have not begun."""
        return [[] for _ in range(self.config.n_layer)]

    def copy_cache(self, cache: Cache) -> Cache:
        """A memory that begins with all of another, which stays as it is."""
        return [list(layer) for layer in cache]

    def frozen(self) -> "Reader":
        """The model as `micrograd.sample` asks for it: scores as floats, without gradients."""
        return Reader(self)

    def logits(self, token: Any, position: int, cache: Cache) -> Tensor:
        """The scores of the next token, (V,), or (B, V) where `token` is one for each of B texts.

        `cache` grows by one position.
        """
        tokens = torch.as_tensor(token, device=self.wte.device)
        scores = self(tokens.reshape(-1, 1), position, cache)  # (B, 1, V)
        return scores.reshape(*tokens.shape, -1)

    # The weights, in the form that all models of the course have.

    def fill(self, weights: Weights) -> None:
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                parameter.copy_(torch.from_numpy(weights[name]))

    def state_dict(self) -> State:
        """The weights as nested lists, as `micrograd.gpt` has them, and not PyTorch's tensors."""
        parameters = self.named_parameters()
        return nested({name: p.detach().cpu().double().numpy() for name, p in parameters})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over weights from any model's `state_dict()`."""
        self.fill(checked(state, self.config))


class Reader:
    """A model that predicts token by token, in plain numbers."""

    def __init__(self, model: GPT) -> None:
        self.model, self.config = model, model.config
        self.new_cache, self.copy_cache = model.new_cache, model.copy_cache

    def logits(self, token: int, position: int, cache: Cache) -> list[float]:
        with torch.inference_mode():
            scores: list[float] = self.model.logits(token, position, cache).tolist()
        return scores


def mean_surprise(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Each target's cross-entropy, weighted: of (B, T, V) scores and (B, T) targets one number."""
    surprises = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
    return surprises.dot(weights.flatten())


def generate(
    model: GPT,
    tokenizer: Tokenizer,
    count: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> list[str]:
    """`count` texts, written side by side: one token of each at a time, until all have ended.

    `generator` makes the draws repeatable; it is made on the model's device.
    """
    if not temperature > 0:
        raise ValueError(f"The temperature must be above 0 here, not {temperature}.")
    tokens = torch.full((count,), tokenizer.bos, device=model.wte.device)
    unfinished = torch.ones_like(tokens, dtype=torch.bool)
    written, cache = [], model.new_cache()
    with torch.inference_mode():
        for position in range(model.config.block_size):
            scores = model.logits(tokens, position, cache) / temperature  # (B, V)
            tokens = torch.multinomial(scores.softmax(-1), 1, generator=generator).squeeze(1)
            written.append(tokens)
            unfinished &= tokens != tokenizer.bos
            if not unfinished.any():
                break
    texts = torch.stack(written, dim=1).tolist()  # (B, T)
    return [tokenizer.decode(takewhile(lambda t: t != tokenizer.bos, text)) for text in texts]


def load_model(
    path: str | os.PathLike[str], dtype: str = "float64", device: torch.device | str | None = None
) -> tuple[GPT, Tokenizer]:
    """The model and the tokenizer of a checkpoint, whichever model of the course wrote it."""
    return checkpoint.load_model(path, lambda config, rng: GPT(config, rng, dtype, device))
