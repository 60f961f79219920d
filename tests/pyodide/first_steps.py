"""What a learner does first, reported as JSON, so that two Pythons can be compared.

Run with a folder on the path that holds micrograd, data and graphviz, and nothing else installed:
a browser's Python has no more.
"""

import importlib
import json
import math
import pkgutil
import sys
from random import Random

import micrograd
from micrograd import checkpoint
from micrograd.datasets import data_file, load
from micrograd.engine import Value
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.sample import generate
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training, train
from micrograd.viz.graph import graph_dot


def imports() -> list[str]:
    """The modules of floors 0 to 2, imported: they are the package's, its folders left out."""
    names = [module.name for module in pkgutil.iter_modules(micrograd.__path__) if not module.ispkg]
    for name in names:
        importlib.import_module(f"micrograd.{name}")
    return names


def graph() -> str:
    """The DOT text of an expression with a gradient."""
    x, w = Value(3.0, label="x"), Value(2.0, label="w")
    loss = (x * w - 10.0) ** 2
    loss.backward()
    return graph_dot(loss)


def bundled_model() -> dict[str, object]:
    """The checkpoint of data/: how much it holds, and three names from it."""
    model, tokenizer = checkpoint.load_model(data_file("names-gpt.safetensors"))
    weights = [p.data for p in model.parameters()]
    return {
        "parameters": len(weights),
        "sum": math.fsum(weights),
        "names": [generate(model, tokenizer, Random(seed), temperature=0.5) for seed in range(3)],
    }


def training() -> dict[str, list[float]]:
    """Two steps on one name: the loss before each, and the weights after both."""
    names = load("names")
    tokenizer = CharTokenizer.from_documents(names)
    model = GPT(GPTConfig(tokenizer.vocab_size), Random(42))
    optimizer = Adam(model.parameters(), lr=0.01)
    run = Training(model, tokenizer, names[:1], optimizer)
    return {
        "losses": [step.loss for step in train(run, 2)],
        "weights": [p.data for p in model.parameters()],
    }


if __name__ == "__main__":
    report = {
        "platform": sys.platform,
        "imports": imports(),
        "dot": graph(),
        "model": bundled_model(),
        "training": training(),
    }
    print(json.dumps(report))
