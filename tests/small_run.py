"""A run of training small enough for any test, here or in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["abc", "bca", "c"]


def new_run(**changes: Any) -> Training:
    """About a thousand steps a second."""
    lr = changes.pop("lr", 0.01)
    model = GPT(GPTConfig(vocab_size=4, block_size=4, n_head=2, n_embd=4), Random(1))
    optimizer = Adam(model.parameters(), lr, betas=(0.85, 0.99))
    settings = {"documents": DOCUMENTS, "steps": 12, "rng": Random(5), **changes}
    return Training(model, CharTokenizer("abc"), optimizer=optimizer, **settings)


def state(run: Training) -> tuple[Any, ...]:
    """All that a run is, times apart."""
    records = [(s.number, s.loss, s.lr, s.tokens) for s in run.history]
    return run.model.state_dict(), run.optimizer.state_dict(), records, run.rng.getstate()


def fingerprint(run: Training) -> str:
    """The state as a text, which a process can print: equal only if every bit is."""
    return json.dumps(state(run))


def in_another_process(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python that runs `script` with the names of this module at hand."""
    folders = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.Popen(
        [sys.executable, "-c", "from small_run import *\n" + script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": folders},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reports(script: str, *arguments: object) -> list[Any]:
    """What a script prints, a line of JSON at a time, when it ends well."""
    child = in_another_process(script, *arguments)
    out, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    return [json.loads(line) for line in out.splitlines()]
