"""Train the GPT on several processes at once, each of which reads its own part of every batch.

    torchrun --nproc-per-node 2 -m micrograd.fast.distributed --data names

Each process holds the whole model and computes the gradient of its own documents. Then they
exchange gradients, and each goes on with the average of all. That is the gradient of the whole
batch, since the mean's gradient is the mean of the gradients. As all begin with the same weights
and take the same steps, they stay equal. PyTorch's DistributedDataParallel does the exchange, while
the gradients of earlier layers are still being computed.

The first process prints how it goes, and saves checkpoints that every other part of the course
reads. Whatever stops the run, the same command goes on from the last checkpoint; with torchrun's
`--max-restarts 3` that happens by itself. On GPUs, one for each process, the exchange is NCCL's
(untried: none was at hand). Notebook 09 averages the gradients of two processes by hand.
"""

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from micrograd import checkpoint, datasets, optim
from micrograd.fast.pytorch import DTYPES, GPT, Adam, best_device, generate, mean_surprise
from micrograd.gpt import GPTConfig
from micrograd.tokenizer import BPETokenizer, CharTokenizer, Tokenizer
from micrograd.train import Step, Training

# isort: split
# After pytorch.py, which says what to do where PyTorch is missing.
import numpy as np
import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel


class Stop(Exception):
    """A fault that all processes know of: one sentence with its cause and the next action."""


@dataclass(frozen=True)
class Place:
    """Which of the processes this one is."""

    rank: int = 0  # among all
    local_rank: int = 0  # among those on this machine
    processes: int = 1

    @classmethod
    def from_torchrun(cls) -> "Place":
        """What torchrun says in the environment; without it, alone."""
        names = {"RANK": 0, "LOCAL_RANK": 0, "WORLD_SIZE": 1}
        return cls(*(int(os.environ.get(name, alone)) for name, alone in names.items()))

    @property
    def first(self) -> bool:
        """Whether this is the one that prints and saves."""
        return self.rank == 0


# What to train, and on what.


class Parser(argparse.ArgumentParser):
    """argparse, with one sentence where it is asked for what cannot be, said by one process."""

    def error(self, message: str) -> NoReturn:
        leave(f"{message[:1].upper()}{message[1:]}; --help lists the options.")


def leave(sentence: str) -> NoReturn:
    """End this process because of a fault; the first one says which."""
    place = Place.from_torchrun()
    if place.first:
        print(sentence, file=sys.stderr, flush=True)
    if place.processes > 1:
        os._exit(2)  # at once, without taking leave of the others
    sys.exit(2)


def count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def parser() -> Parser:
    options = Parser(
        prog="torchrun --nproc-per-node 2 -m micrograd.fast.distributed",
        description="Train the GPT on several processes, or on one without torchrun.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = options.add_argument
    add("--data", default="names", help="names, names-32k, or a text file, a document a line")
    add("--checkpoint", type=Path, default=Path("distributed.safetensors"), help="where to save")
    add("--save-every", type=count, default=100, metavar="STEPS", help="and at the end")
    add("--print-every", type=count, default=100, metavar="STEPS", help="a line of progress")
    add("--steps", type=count, default=1000, help="in the whole plan")
    add("--batch", type=count, default=8, help="documents a step, in each process")
    add("--lr", type=positive, default=0.01, help="the learning rate of the first step")
    add("--schedule", choices=optim.SCHEDULES, default="linear_decay", help="how it falls")
    add("--clip", type=positive, help="the longest gradient that is left as it is")
    add("--context", type=count, default=16, help="tokens that can be attended to")
    add("--layers", type=count, default=1)
    add("--heads", type=count, default=4)
    add("--width", type=count, default=16, help="numbers that stand for a token")
    add("--init-std", type=positive, default=0.08, help="of the first weights; less if wide")
    add("--vocabulary", type=count, help="byte pairs, so many tokens, in place of characters")
    add("--dtype", choices=DTYPES, default="float32", help="of weights and gradients")
    add("--seed", type=int, default=42, help="for weights and the order of documents")
    return options


def load_documents(name: str, rng: Random) -> list[str]:
    """A data set or the lines of a file, shuffled."""
    if name in ("names", "names-32k"):
        texts = datasets.load(name)
    else:
        try:
            texts = datasets.documents(Path(name).read_bytes())
        except OSError as fault:
            raise Stop(
                f"{name} cannot be read ({fault.strerror}): --data takes names, names-32k or the "
                "path of a text file."
            ) from None
    if not texts:
        raise Stop(f"{name} has no line with text in it, so there is nothing to learn from.")
    rng.shuffle(texts)
    return texts


# The run.


class Run:
    """One process's part in a training run; the state of all is the same."""

    def __init__(self, options: argparse.Namespace, place: Place) -> None:
        self.options, self.place = options, place
        rng = Random(options.seed)
        documents = load_documents(options.data, rng)
        tokenizer: Tokenizer = CharTokenizer.from_documents(documents)
        if options.vocabulary:
            tokenizer = BPETokenizer.train(documents, options.vocabulary)
        config = GPTConfig(
            vocab_size=tokenizer.vocab_size,
            block_size=options.context,
            n_layer=options.layers,
            n_head=options.heads,
            n_embd=options.width,
            init_std=options.init_std,
        )
        self.model = GPT(config, rng, options.dtype, best_device(place.local_rank))
        self.optimizer = Adam(self.model.parameters(), options.lr, betas=(0.85, 0.99))
        self.parallel = DistributedDataParallel(self.model)
        self.tokenizer, self.documents, self.rng = tokenizer, documents, rng
        self.schedule = optim.SCHEDULES[options.schedule]
        self.history: list[Step] = []

    @property
    def batch(self) -> int:
        """Documents a step, in all processes together."""
        return int(self.options.batch * self.place.processes)

    def my_documents(self) -> list[list[int]]:
        """The part of the next batch that this process reads, as tokens."""
        begin = len(self.history) * self.batch + self.place.rank * self.options.batch
        indices = range(begin, begin + self.options.batch)
        return [self.tokenizer.encode(self.documents[i % len(self.documents)]) for i in indices]

    def step(self) -> Step:
        started = time.perf_counter()
        tokens, targets, weights = self.model.batch(self.my_documents())
        self.optimizer.zero_grad()
        loss = mean_surprise(self.parallel(tokens), targets, weights)
        loss.backward()  # and meanwhile the gradients of all processes become their average

        sums = torch.stack((loss.detach().double(), weights.count_nonzero()))
        distributed.all_reduce(sums)  # over all processes
        mean_loss, read = float(sums[0]) / self.place.processes, int(sums[1])
        gradients = [p.grad for p in self.optimizer.parameters]
        length = float(torch.nn.utils.get_total_norm(gradients))
        number = len(self.history) + 1
        if not math.isfinite(mean_loss + length):
            raise Stop(
                f"At step {number} the loss is {mean_loss:g} or a gradient is not finite, so the "
                f"run stops there. A learning rate that is too high (here {self.options.lr:g}) is "
                "the usual cause: start anew, with another --checkpoint and a tenth of it."
            )
        if self.options.clip and length > self.options.clip:
            for gradient in gradients:
                gradient *= self.options.clip / length

        lr = self.schedule(number - 1, self.options.steps, self.options.lr)
        self.optimizer.lr = lr
        self.optimizer.step()
        self.optimizer.lr = self.options.lr
        self.history.append(Step(number, mean_loss, lr, time.perf_counter() - started, read))
        return self.history[-1]

    # Saving, and going on.

    def save(self) -> None:
        """Write a checkpoint, of the form that every run of the course has."""
        training = Training(
            self.model,
            self.tokenizer,
            self.documents,
            self.optimizer,
            self.options.steps,
            self.schedule,
            self.options.clip,
            self.rng,
            self.history,
            notes={"documents a step": self.batch, "dtype": self.options.dtype},
        )
        checkpoint.save(self.options.checkpoint, training)

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one: the first process reads it for all."""
        found: list[Any] = [None]
        if self.place.first and self.options.checkpoint.exists():
            try:
                with checkpoint.explained(self.options.checkpoint):
                    found = [self.read_checkpoint()]
            except (ValueError, OSError) as fault:
                found = [str(fault)]
        distributed.broadcast_object_list(found)
        if isinstance(found[0], str):
            raise Stop(found[0])
        if found[0] is not None:
            weights, moments, self.history = found[0]
            self.model.fill(weights)
            self.optimizer.load_state_dict(moments)

    def read_checkpoint(self) -> tuple[dict[str, Any], dict[str, Any], list[Step]]:
        """The weights, the optimizer's state and the history, of a run with these options."""
        tensors, run = checkpoint.read_run(self.options.checkpoint)
        then = {
            **run["config"],
            **{name: run["optimizer"][name] for name in ("lr", "betas", "eps", "weight_decay")},
            **{name: run[name] for name in ("schedule", "clip")},
            **run.get("notes", {}),
        }
        now = {
            **asdict(self.model.config),
            **{name: self.optimizer.settings[name] for name in ("betas", "eps", "weight_decay")},
            "lr": self.options.lr,
            "schedule": self.options.schedule,
            "clip": self.options.clip,
            "documents a step": self.batch,
            "dtype": self.options.dtype,
        }
        for name, value in now.items():
            if then.get(name) != (list(value) if name == "betas" else value):
                raise ValueError(
                    f"it was made with {name} {then.get(name)}, and now it would be {value}. Give "
                    "the options of that run, or another --checkpoint"
                )
        if checkpoint.fingerprint(self.documents) != run["documents"]:
            raise ValueError("it was trained on other documents. Give another --checkpoint")
        history = checkpoint.history_of(tensors)
        if len(history) > self.options.steps:
            raise ValueError(
                f"{len(history)} steps of that run are made, and the plan has {self.options.steps}"
            )
        arrays = {
            name: np.array(numbers).reshape(shape) for name, (shape, numbers) in tensors.items()
        }
        weights = {name: arrays[name] for name in self.model.config.shapes()}
        moments = {name: arrays[f"optimizer.{name}"] for name in ("m", "v")}
        return weights, {**run["optimizer"], **moments}, history


def train(run: Run) -> None:
    """Make the steps that are left of the plan; the first process tells and saves."""
    options, made = run.options, len(run.history)
    say(run, beginning(run))
    while len(run.history) < options.steps:
        number = run.step().number
        last = number == options.steps
        if run.place.first and (last or number % options.save_every == 0):
            run.save()
        if last or number % options.print_every == 0:
            say(run, progress(run.history[made:][-options.print_every :], options.steps))
    say(run, f"The run is in {options.checkpoint}, for micrograd.checkpoint and micrograd.sample.")
    if run.place.first:
        draws = torch.Generator(run.model.wte.device).manual_seed(options.seed)
        say(run, f"It writes: {', '.join(generate(run.model, run.tokenizer, 5, 0.5, draws))}.")


def say(run: Run, line: str) -> None:
    if run.place.first:
        print(line, flush=True)


def beginning(run: Run) -> str:
    """What is trained, on what, and where it begins."""
    size = sum(p.numel() for p in run.model.parameters())
    made = len(run.history)
    begins = f"goes on after step {made}" if made else "begins"
    return (
        f"{size:,} weights learn from {len(run.documents):,} documents, {run.batch} a step, in "
        f"{run.place.processes} process{'es' if run.place.processes > 1 else ''} on "
        f"{run.model.wte.device.type}; the run {begins}."
    )


def progress(steps: Sequence[Step], planned: int) -> str:
    """A line about the latest steps."""
    loss = sum(step.loss for step in steps) / len(steps)
    speed = sum(step.tokens for step in steps) / sum(step.seconds for step in steps)
    return (
        f"step {steps[-1].number} of {planned}: loss {loss:.4f}, mean of {len(steps)}; "
        f"rate {steps[-1].lr:.6f}; {speed:,.0f} tokens a second"
    )


def meeting_place() -> distributed.Store:
    """Where the processes leave their addresses for each other."""
    if "RANK" not in os.environ:
        return distributed.HashStore()
    store, _, processes = next(distributed.rendezvous("env://"))
    if int(os.environ["LOCAL_WORLD_SIZE"]) < processes:  # several machines: left to torchrun
        return store
    # torchrun keeps its store when it starts the processes anew, and they would look for each other
    # at the addresses of those that died (https://github.com/pytorch/pytorch/issues/135712).
    return distributed.PrefixStore(f"start {os.environ['TORCHELASTIC_RESTART_COUNT']}", store)


@contextmanager
def process_group(place: Place) -> Iterator[None]:
    """The connection between the processes, or of one with itself where torchrun is not used."""
    on_gpus = torch.cuda.is_available()
    if on_gpus:
        if place.local_rank >= torch.cuda.device_count():
            raise Stop(
                f"This machine has {torch.cuda.device_count()} GPUs, one for each process: give "
                f"--nproc-per-node {torch.cuda.device_count()}."
            )
        torch.cuda.set_device(place.local_rank)
    backend = "nccl" if on_gpus else "gloo"
    distributed.init_process_group(
        backend, store=meeting_place(), rank=place.rank, world_size=place.processes
    )
    try:
        yield
    except BaseException:
        if place.processes == 1:  # others may be dead, and taking leave of them would never end
            distributed.destroy_process_group()
        raise
    distributed.destroy_process_group()


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: each process that torchrun starts runs this."""
    options, place = parser().parse_args(arguments), Place.from_torchrun()
    if not options.checkpoint.absolute().parent.is_dir():
        leave(f"There is no folder {options.checkpoint.parent}: --checkpoint is a file in one.")
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)  # as torchrun does; more are slower for a model as small as ours
    try:
        with process_group(place):
            run = Run(options, place)
            run.resume()
            train(run)
            distributed.barrier()  # the others wait until the first has saved
            del run  # what holds the connection goes before the connection
    except (Stop, ValueError, OSError) as fault:
        leave(str(fault))
    except RuntimeError as fault:
        if "peer" not in str(fault):
            raise
        leave("Another process has ended, so this one does as well; torchrun says which.")
    except KeyboardInterrupt:
        leave("Interrupted; the same command goes on from the last checkpoint.")


if __name__ == "__main__":
    main()
