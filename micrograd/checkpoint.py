"""Save a training run and go on later, bit for bit as if it had never stopped.

The file is in the safetensors format (https://github.com/huggingface/safetensors): the length of a
header, the header, which is JSON and says where each table of numbers lies, and the numbers. Unlike
a pickle it holds nothing that could run. Weights and moments are 64-bit floats, as Python's are.
Notebook 08 begins with a model that was saved.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from random import Random
from typing import Any

from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import SCHEDULES
from micrograd.tokenizer import TOKENIZERS, Tokenizer
from micrograd.train import Step, Training

FORMAT = "micrograd-course 1"
Tensor = tuple[tuple[int, ...], list[float]]  # shape, and the numbers row by row


def save(path: str | os.PathLike[str], training: Training) -> None:
    """Write a run to `path`. The file there is replaced only by one that is complete."""
    tensors: dict[str, Tensor] = {
        name: ((len(m), len(m[0])), [x for row in m for x in row])
        for name, m in training.model.state_dict().items()
    }
    state = training.optimizer.state_dict()
    for name in [name for name, item in state.items() if isinstance(item, list)]:
        moments = state.pop(name)
        tensors[f"optimizer.{name}"] = ((len(moments),), moments)
    for column in fields(Step):
        numbers = [getattr(step, column.name) for step in training.history]
        tensors[f"history.{column.name}"] = ((len(numbers),), numbers)
    run = {
        "config": asdict(training.model.config),
        "tokenizer": {
            "class": name_of(type(training.tokenizer), TOKENIZERS),
            **training.tokenizer.state_dict(),
        },
        "optimizer": {
            "class": name_of(type(training.optimizer), training.model.optimizers),
            **state,
        },
        "steps": training.steps,
        "schedule": name_of(training.schedule, SCHEDULES),
        "clip": training.clip,
        "rng": training.rng.getstate(),
        "documents": fingerprint(training.documents),
        "notes": training.notes,
    }
    write_tensors(path, tensors, {"format": FORMAT, "run": json.dumps(run)})


def name_of(thing: object, known: Mapping[str, object]) -> str:
    for name, known_thing in known.items():
        if thing is known_thing:
            return name
    raise ValueError(
        f"A checkpoint cannot name {getattr(thing, '__name__', thing)!r}, so it could not be "
        f"loaded again. Train with one of these: {', '.join(known)}."
    )


def load_model(path: str | os.PathLike[str], kind: Any = GPT) -> tuple[Any, Tokenizer]:
    """The model and the tokenizer of a checkpoint, to sample from.

    `kind` is what to make the model with, whichever wrote the file: `micrograd.fast.gpt.GPT`, for
    example, or another function of a configuration and a `Random`.
    """
    with explained(path):
        return model_of(*read_run(path), kind)


def load(path: str | os.PathLike[str], documents: Sequence[str], kind: Any = GPT) -> Training:
    """The run of a checkpoint, to go on with `train`; `documents` are those it was made with."""
    with explained(path):
        tensors, run = read_run(path)
        model, tokenizer = model_of(tensors, run, kind)
        if fingerprint(documents) != run["documents"]:
            raise ValueError(
                "it was trained on other documents, or in another order, than those given. Load "
                "the data set, and shuffle it, in the way that the run was started"
            )
        return Training(
            model,
            tokenizer,
            documents,
            optimizer_of(model, tensors, run),
            steps=run["steps"],
            schedule=SCHEDULES[run["schedule"]],
            clip=run["clip"],
            rng=rng_of(run),
            history=history_of(tensors),
            notes=dict(run.get("notes", {})),  # files of before there were notes have none
        )


def read_run(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        found = metadata.get("format", "that of another program")
        raise ValueError(
            f"its format is {found!r}, and this version of the course reads {FORMAT!r}"
        )
    return tensors, json.loads(metadata["run"])


def model_of(tensors: dict[str, Tensor], run: dict[str, Any], kind: Any) -> tuple[Any, Tokenizer]:
    config = GPTConfig(**run["config"])
    if config.n_layer > len(tensors):
        raise ValueError(f"it has {len(tensors)} tables, too few for {config.n_layer} layers")
    for name, shape in config.shapes().items():
        if name not in tensors or tensors[name][0] != shape:
            found = list(tensors[name][0]) if name in tensors else "missing"
            raise ValueError(f"{name} is {found}, where the shape {list(shape)} is expected")
    settings = dict(run["tokenizer"])
    tokenizer = TOKENIZERS[settings.pop("class")](**settings)
    if tokenizer.vocab_size != config.vocab_size:
        raise ValueError(f"{tokenizer.vocab_size} tokens do not fit {config.vocab_size} rows")
    model = kind(config, Random(0))
    model.load_state_dict({name: rows(*tensors[name]) for name in config.shapes()})
    return model, tokenizer


def optimizer_of(model: Any, tensors: dict[str, Tensor], run: dict[str, Any]) -> Any:
    settings = dict(run["optimizer"])
    kind = model.optimizers[settings.pop("class")]
    prefix = "optimizer."
    moments = {
        name.removeprefix(prefix): numbers
        for name, (_, numbers) in tensors.items()
        if name.startswith(prefix)
    }
    optimizer = kind(model.parameters(), settings["lr"])
    optimizer.load_state_dict({**settings, **moments})
    return optimizer


def rng_of(run: dict[str, Any]) -> Random:
    version, internal, gauss_next = run["rng"]
    rng = Random()
    rng.setstate((version, tuple(internal), gauss_next))
    return rng


def history_of(tensors: dict[str, Tensor]) -> list[Step]:
    columns = [tensors[f"history.{column.name}"][1] for column in fields(Step)]
    return [
        Step(int(number), loss, lr, seconds, int(tokens))
        for number, loss, lr, seconds, tokens in zip(*columns, strict=True)
    ]


def rows(shape: tuple[int, ...], numbers: list[float]) -> list[list[float]]:
    """A table of numbers as a list of rows."""
    height, width = shape
    return [numbers[i * width : (i + 1) * width] for i in range(height)]


@contextmanager
def explained(path: str | os.PathLike[str]) -> Iterator[None]:
    """Whatever a strange file makes go wrong becomes one sentence that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no checkpoint {path}. Is the name right?") from None
    except (
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OverflowError,
        RecursionError,
    ) as error:
        reason = f"a part of it is missing or damaged ({type(error).__name__}: {error})"
        raise ValueError(f"{path} cannot be loaded: {reason}. Use another copy.") from None
    except ValueError as error:
        raise ValueError(f"{path} cannot be loaded: {error}.") from None


def fingerprint(documents: Sequence[str]) -> str:
    """A short text that differs when the documents, or their order, differ."""
    return hashlib.sha256(json.dumps(list(documents)).encode()).hexdigest()


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
                file.write(struct.pack(f"<{len(numbers)}d", *numbers))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OSError(
            f"{path} could not be written ({error.strerror}), and what was there before is "
            "untouched. Save to a folder that exists and has room."
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tables of numbers in a safetensors file of 64-bit floats, and its metadata.

    Raises ValueError with the reason for a file that is cut short or of another kind; `explained`
    adds the file's name, and words for whatever else a damaged header may raise.
    """
    content = Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > len(content) - 8:
        raise ValueError(
            "it is no checkpoint of this course, or it is cut short: its header would end after "
            "the end of the file"
        )
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    numbers = content[8 + length :]
    tensors: dict[str, Tensor] = {}
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        if not all(isinstance(size, int) and size >= 0 for size in entry["shape"]):
            raise ValueError(f"{name} has the shape {entry['shape']}, which does not exist")
        begin, end = end, end + 8 * math.prod(entry["shape"])
        if entry["dtype"] != "F64":
            raise ValueError(f"{name} has numbers of type {entry['dtype']}, where F64 is expected")
        if entry["data_offsets"] != [begin, end] or end > len(numbers):
            raise ValueError(f"{name} has the shape {entry['shape']}, which its bytes do not fill")
        tensors[name] = (
            tuple(entry["shape"]),
            list(struct.unpack(f"<{(end - begin) // 8}d", numbers[begin:end])),
        )
    if end != len(numbers):
        raise ValueError(f"{len(numbers) - end} bytes at its end belong to nothing")
    return tensors, metadata
