"""Save a training run and go on later, bit for bit as if it had never stopped.

The file is in the safetensors format (https://github.com/huggingface/safetensors): the length of a
header, the header, which is JSON and says where each table of numbers lies, and the numbers. Unlike
a pickle it holds nothing that could run. Weights and moments are 64-bit floats, as Python's are.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from random import Random
from typing import Any

from micrograd import optim
from micrograd.gpt import GPT, GPTConfig
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Step, Training

FORMAT = "micrograd-course 1"
Tensor = tuple[tuple[int, ...], "array[float]"]  # shape, and the numbers row by row


def save(path: str | os.PathLike[str], training: Training) -> None:
    """Write a run to `path`. The file there is replaced only by one that is complete."""
    tensors: dict[str, Tensor] = {
        name: ((len(m), len(m[0])), array("d", [x for row in m for x in row]))
        for name, m in training.model.state_dict().items()
    }
    state = training.optimizer.state_dict()
    for name in [name for name, item in state.items() if isinstance(item, list)]:
        moments = array("d", state.pop(name))
        tensors[f"optimizer.{name}"] = ((len(moments),), moments)
    for column in fields(Step):
        numbers = array("d", [getattr(step, column.name) for step in training.history])
        tensors[f"history.{column.name}"] = ((len(numbers),), numbers)
    run = {
        "config": asdict(training.model.config),
        "chars": training.tokenizer.chars,
        "optimizer": {"class": type(training.optimizer).__name__, **state},
        "steps": training.steps,
        "schedule": training.schedule.__name__,
        "lr": training.lr,
        "rng": training.rng.getstate(),
        "documents": fingerprint(training.documents),
    }
    write_tensors(path, tensors, {"format": FORMAT, "run": json.dumps(run)})


def load_model(path: str | os.PathLike[str]) -> tuple[GPT, CharTokenizer]:
    """The model and the tokenizer of a checkpoint, to sample from."""
    tensors, run = read_run(path)
    config = GPTConfig(**run["config"])
    model = GPT(config, Random(0))
    model.load_state_dict(
        {name: rows(name, tensors[name]) for name in config.shapes() if name in tensors}
    )
    return model, CharTokenizer(run["chars"])


def load(path: str | os.PathLike[str], documents: Sequence[str]) -> Training:
    """The run of a checkpoint, to go on with `train`; `documents` are those it was made with."""
    tensors, run = read_run(path)
    if fingerprint(documents) != run["documents"]:
        raise ValueError(
            f"{path} was trained on other documents, or in another order, than those given. "
            "Load the data set, and shuffle it, in the way that the run was started."
        )
    model, tokenizer = load_model(path)
    settings = dict(run["optimizer"])
    optimizer = {"Adam": optim.Adam, "SGD": optim.SGD}[settings.pop("class")](
        model.parameters(), settings["lr"]
    )
    prefix = "optimizer."
    moments = {
        name.removeprefix(prefix): numbers.tolist()
        for name, (_, numbers) in tensors.items()
        if name.startswith(prefix)
    }
    optimizer.load_state_dict({**settings, **moments})
    columns = [tensors[f"history.{column.name}"][1] for column in fields(Step)]
    rng = Random()
    version, internal, gauss_next = run["rng"]
    rng.setstate((version, tuple(internal), gauss_next))
    return Training(
        model,
        tokenizer,
        documents,
        optimizer,
        steps=run["steps"],
        schedule=getattr(optim, run["schedule"]),
        lr=run["lr"],
        rng=rng,
        history=[
            Step(int(number), loss, lr, seconds, int(tokens))
            for number, loss, lr, seconds, tokens in zip(*columns, strict=True)
        ],
    )


def read_run(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise ValueError(
            f"{path} is in the format {metadata.get('format', 'of another program')!r}, and this "
            f"version of the course reads {FORMAT!r}."
        )
    return tensors, json.loads(metadata["run"])


def fingerprint(documents: Sequence[str]) -> str:
    """A short text that differs when the documents, or their order, differ."""
    return hashlib.sha256(json.dumps(list(documents)).encode()).hexdigest()


def rows(name: str, tensor: Tensor) -> list[list[float]]:
    """A table of numbers as a list of rows."""
    shape, numbers = tensor
    if len(shape) != 2:
        raise ValueError(f"{name} should have rows and columns, and its shape is {list(shape)}.")
    height, width = shape
    return [numbers[i * width : (i + 1) * width].tolist() for i in range(height)]


# The safetensors format.


def write_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, Tensor], metadata: Mapping[str, str]
) -> None:
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name, (shape, numbers) in tensors.items():
        begin, end = end, end + 8 * len(numbers)
        header[name] = {"dtype": "F64", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the numbers begin at a multiple of 8

    path = Path(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for _, numbers in tensors.values():
                file.write(little_endian(numbers).tobytes())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tables of numbers in a safetensors file of 64-bit floats, and its metadata.

    Raises ValueError, with the reason, for a file that is cut short, damaged or of another kind.
    """
    content = Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > len(content) - 8:
        raise ValueError(
            f"{path} is not a checkpoint of this course, or is cut short: its header would end "
            "after the end of the file."
        )
    try:
        header = json.loads(content[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        numbers = content[8 + length :]
        return {name: read_tensor(numbers, **entry) for name, entry in header.items()}, metadata
    except (UnicodeDecodeError, json.JSONDecodeError, AttributeError, TypeError) as error:
        raise ValueError(f"{path} has a damaged header ({error}). Use another copy.") from None
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from None


def read_tensor(content: bytes, dtype: str, shape: list[int], data_offsets: list[int]) -> Tensor:
    begin, end = data_offsets
    if dtype != "F64":
        raise ValueError(f"numbers of type {dtype}, where 64-bit floats (F64) are expected.")
    if not 0 <= begin <= end <= len(content) or end - begin != 8 * math.prod(shape):
        raise ValueError(f"bytes {begin} to {end} do not hold a table of shape {shape}.")
    return tuple(shape), little_endian(array("d", content[begin:end]))


def little_endian(numbers: array[float]) -> array[float]:
    """The same numbers on the usual processors; bytes swapped on a big-endian one."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers
