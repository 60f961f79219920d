"""Train the small GPT that comes with the course: `python tools/train_names_gpt.py`.

It writes data/names-gpt.safetensors: 2,000 steps on the bundled names, a tenth of them held out,
with every random number drawn from one seed. Notebook 08 opens it. About half a minute.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from micrograd import checkpoint
from micrograd.datasets import load, split
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train

CHECKPOINT = Path(__file__).parent.parent / "data" / "names-gpt.safetensors"


def new_training() -> Training:
    """The run before its first step."""
    names, _ = split(load("names"), held_out=0.1, rng=Random(42))
    tokenizer = CharTokenizer.from_documents(names)
    model = GPT(GPTConfig(tokenizer.vocab_size), Random(42))
    optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    return Training(model, tokenizer, names, optimizer, steps=2000, rng=Random(42))


def main() -> None:
    training = new_training()
    for step in train(training):
        if step.number % 200 == 0:
            recent = [s.loss for s in training.history[-200:]]
            print(f"step {step.number:5}  mean loss of the last 200: {sum(recent) / 200:.3f}")
    checkpoint.save(CHECKPOINT, training)


if __name__ == "__main__":
    main()
