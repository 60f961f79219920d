"""The same GPT as idiomatic PyTorch in 64-bit floats: the judge of ours, written apart from it.

It reads whole documents at once, in batches, and hides the future with a causal mask; ours reads
one token at a time and has no mask. Only the names of the weights are common to both.
"""

from collections.abc import Iterator, Mapping, Sequence

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(1)


class Block(nn.Module):
    """Attention over the past, then a feed-forward, each added to what came in."""

    def __init__(self, n_embd: int, n_head: int, activation: str) -> None:
        super().__init__()
        self.n_head = n_head
        self.activation = activation
        self.attn_wq = nn.Linear(n_embd, n_embd, bias=False)
        self.attn_wk = nn.Linear(n_embd, n_embd, bias=False)
        self.attn_wv = nn.Linear(n_embd, n_embd, bias=False)
        self.attn_wo = nn.Linear(n_embd, n_embd, bias=False)
        self.mlp_fc1 = nn.Linear(n_embd, 4 * n_embd, bias=False)
        self.mlp_fc2 = nn.Linear(4 * n_embd, n_embd, bias=False)

    def heads(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_head, -1)).transpose(-3, -2)  # (B, n_head, T, H)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        normed = F.rms_norm(x, x.shape[-1:], eps=1e-5)
        q, k, v = (self.heads(w(normed)) for w in (self.attn_wq, self.attn_wk, self.attn_wv))
        scores = q @ k.mT / k.shape[-1] ** 0.5  # (B, n_head, T, T)
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(diagonal=1)
        weights = scores.masked_fill(future, -torch.inf).softmax(dim=-1)
        x = x + self.attn_wo((weights @ v).transpose(-3, -2).flatten(-2))
        hidden = self.mlp_fc1(F.rms_norm(x, x.shape[-1:], eps=1e-5)).relu()
        return x + self.mlp_fc2(hidden.square() if self.activation == "relu2" else hidden)


class TorchGPT(nn.Module):
    """Token ids (B, T) in, logits (B, T, V) out."""

    def __init__(
        self,
        vocab_size: int,
        block_size: int = 16,
        n_layer: int = 1,
        n_head: int = 4,
        n_embd: int = 16,
        activation: str = "relu",
    ) -> None:
        super().__init__()
        self.block_size = block_size
        self.wte = nn.Embedding(vocab_size, n_embd)
        self.wpe = nn.Embedding(block_size, n_embd)
        for i in range(n_layer):
            self.add_module(f"layer{i}", Block(n_embd, n_head, activation))
        self.lm_head = nn.Linear(n_embd, vocab_size, bias=False)
        self.double()

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[-1]))
        x = F.rms_norm(x, x.shape[-1:], eps=1e-5)
        for block in (m for m in self.children() if isinstance(m, Block)):
            x = block(x)
        return self.lm_head(x)

    def loss(self, tokens: Sequence[int]) -> torch.Tensor:
        ids = torch.tensor([tokens[: self.block_size + 1]])
        return F.cross_entropy(self(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())

    def load(self, weights: Mapping[str, Sequence[Sequence[float]]]) -> "TorchGPT":
        """Take over weights from nested lists, and return self."""
        self.load_state_dict(
            {f"{name}.weight": torch.tensor(w, dtype=torch.float64) for name, w in weights.items()}
        )
        return self

    def gradients(self) -> dict[str, list[list[float]]]:
        return {n.removesuffix(".weight"): p.grad.tolist() for n, p in self.named_parameters()}


def losses(
    model: TorchGPT, documents: Sequence[Sequence[int]], plan: int, lr: float = 0.01
) -> Iterator[float]:
    """One step of Adam for each document; the rate falls in a line to 0 at step `plan`."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.85, 0.99), eps=1e-8)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / plan)
    for tokens in documents:
        optimizer.zero_grad()
        loss = model.loss(tokens)
        loss.backward()
        optimizer.step()
        schedule.step()
        yield loss.item()
