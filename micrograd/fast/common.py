"""What the fast models begin with: the scalar model's weights, and documents as a rectangle.

The models of this folder differ in how they compute. What they start from is the same, number by
number, so that any two can be compared: weights drawn in the order of `micrograd.gpt`, and a batch
of documents, each filled up to the longest one's length. Notebook 09 explains the filling.

Shapes in comments: B documents in a batch, T positions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from micrograd.gpt import GPTConfig

try:
    import numpy as np
    from numpy.typing import NDArray
except ModuleNotFoundError:
    raise ImportError(
        "The modules of micrograd.fast need NumPy: pip install numpy, in the course's environment."
    ) from None

Weights = dict[str, NDArray[np.float64]]  # by name, each outputs x inputs
State = dict[str, list[list[float]]]  # the same in plain numbers, as `micrograd.gpt` has them


def initial_weights(config: GPTConfig, rng: Random) -> Weights:
    """The weights that `micrograd.gpt.GPT(config, rng)` begins with."""
    weights = {}
    for name, (rows, columns) in config.shapes().items():
        projection = name.endswith(("attn_wo", "mlp_fc2"))
        std = 0.0 if projection and config.zero_init_projections else config.init_std
        numbers = [rng.gauss(0, std) for _ in range(rows * columns)]
        weights[name] = np.array(numbers).reshape(rows, columns)
    return weights


def checked(state: Mapping[str, Any], config: GPTConfig) -> Weights:
    """The weights of a `state_dict()`, as arrays of the shapes that `config` asks for."""
    shapes = config.shapes()
    if state.keys() != shapes.keys():
        odd = ", ".join(sorted(state.keys() ^ shapes.keys()))
        raise ValueError(f"These weights are another model's: {odd} missing or not known.")
    weights = {}
    for name, shape in shapes.items():
        try:
            weights[name] = np.array(state[name], dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name} is no table of numbers with rows of one length.") from None
        if weights[name].shape != shape:
            found = " x ".join(map(str, weights[name].shape))
            raise ValueError(f"{name} is {found}; this model needs {shape[0]} x {shape[1]}.")
    return weights


def nested(weights: Mapping[str, NDArray[Any]]) -> State:
    """Arrays as the nested lists of a `state_dict()`."""
    return {name: array.tolist() for name, array in weights.items()}


@dataclass(frozen=True)
class Batch:
    """Documents side by side, each filled up to the longest one's length.

    The filling is the token 0, and its weight in the loss is 0. It stands at the end, where no
    token of the document attends to it.
    """

    tokens: NDArray[np.int64]  # (B, T), what is read
    targets: NDArray[np.int64]  # (B, T), what comes next
    weights: NDArray[np.float64]  # (B, T), the share of each prediction in the batch's loss: sum 1


def several(documents: Sequence[Any]) -> Sequence[Sequence[int]]:
    """A batch as it is, and one document, a list of tokens, as a batch of one."""
    one = len(documents) > 0 and isinstance(documents[0], int | np.integer)
    return [documents] if one else documents


def padded(documents: Sequence[Sequence[int]], config: GPTConfig) -> Batch:
    """The batch of some documents, given as lists of tokens, each as far as the context goes.

    The loss is the mean over the documents of each one's mean surprise.

    >>> batch = padded([[4, 1, 2, 4], [4, 3, 4]], GPTConfig(vocab_size=5))
    >>> batch.tokens.tolist(), batch.targets.tolist()
    ([[4, 1, 2], [4, 3, 0]], [[1, 2, 4], [3, 4, 0]])
    >>> batch.weights.round(3).tolist()
    [[0.167, 0.167, 0.167], [0.25, 0.25, 0.0]]
    """
    if not documents:
        raise ValueError("This batch is empty: give at least one document.")
    for document in documents:
        if len(document) < 2:
            raise ValueError(
                f"A document of {len(document)} tokens has no next token to predict: give at "
                "least 2."
            )
        if not 0 <= min(document) <= max(document) < config.vocab_size:
            odd = next(token for token in document if not 0 <= token < config.vocab_size)
            raise IndexError(f"Token {odd} is not one of the {config.vocab_size} tokens.")
    lengths = [min(len(document) - 1, config.block_size) for document in documents]
    shape = (len(documents), max(lengths))
    tokens, targets = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    weights = np.zeros(shape)
    for i, (document, length) in enumerate(zip(documents, lengths, strict=True)):
        tokens[i, :length] = document[:length]
        targets[i, :length] = document[1 : length + 1]
        weights[i, :length] = 1 / (length * len(documents))
    return Batch(tokens, targets, weights)
