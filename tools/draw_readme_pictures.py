"""Draw the pictures of the README: `python tools/draw_readme_pictures.py`."""

from __future__ import annotations

import math
from pathlib import Path

from train_names_gpt import new_training

from micrograd import Value, checkpoint
from micrograd.datasets import data_file
from micrograd.viz import draw_graph, loss_curve

IMAGES = Path(__file__).parent.parent / "docs" / "images"


def main() -> None:
    x, w, b = Value(3.0, label="x"), Value(2.0, label="w"), Value(-8.0, label="b")
    y = (x * w + b).tanh()
    y.label = "y"
    y.backward()
    draw_graph(y).save(IMAGES / "graph.svg")

    documents = new_training().documents
    history = checkpoint.load(data_file("names-gpt.safetensors"), documents).history
    baseline = (math.log(27), "blind guess, ln 27")
    loss_curve(history, baseline=baseline).save(IMAGES / "loss.png")


if __name__ == "__main__":
    main()
