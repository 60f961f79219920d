"""Training on several processes: real ones, which are killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import EXTRAS, require

from micrograd import checkpoint, datasets
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.sample import generate
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Step, Training, train
from micrograd.viz import loss_curve

require(EXTRAS["needs_torch"])
pytestmark = pytest.mark.needs_torch

from micrograd.fast import distributed  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
EXACT = ("--dtype", "float64")


def command(processes: int, *options: str, restarts: int = 0) -> list[str]:
    """The program on so many processes, started by torchrun."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    torchrun += ["--nproc-per-node", str(processes), "--max-restarts", str(restarts)]
    return [*torchrun, "-m", "micrograd.fast.distributed", *options]


@contextmanager
def started(folder: Path, arguments: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A program that runs in `folder`; it and its processes are gone at the end, come what may."""
    program = subprocess.Popen(
        arguments,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield program
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        program.stdout.close()


def run(folder: Path, arguments: list[str], expect: int = 0) -> str:
    """What the program prints, once it has ended."""
    with started(folder, arguments) as program:
        printed, _ = program.communicate(timeout=120)
    assert program.returncode == expect, printed
    return printed


def alone(*options: str) -> list[str]:
    """The program on one process, without torchrun."""
    return [sys.executable, "-m", "micrograd.fast.distributed", *options]


def saved(path: Path) -> tuple[dict[str, Any], list[Step]]:
    """The weights and the history in a checkpoint."""
    tensors, _ = checkpoint.read_run(path)
    model, _ = checkpoint.load_model(path)
    return model.state_dict(), checkpoint.history_of(tensors)


def flat(weights: dict[str, Any]) -> list[float]:
    return [x for matrix in weights.values() for row in matrix for x in row]


# Two processes, and one with the doubled batch.


@pytest.fixture(scope="module")
def of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of 30 steps on two processes, three names each a step."""
    folder = tmp_path_factory.mktemp("two")
    options = ("--steps", "30", "--batch", "3", "--print-every", "10", "--checkpoint", "run.st")
    (folder / "printed").write_text(run(folder, command(2, *options, *EXACT)), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_two_processes_take_the_steps_of_one_with_the_doubled_batch(of_two, tmp_path):
    run(tmp_path, alone("--steps", "30", "--batch", "6", "--checkpoint", "one.st", *EXACT))
    weights, history = saved(tmp_path / "one.st")
    theirs, their_history = saved(of_two / "run.st")
    assert flat(theirs) == pytest.approx(flat(weights), rel=0, abs=1e-9)
    assert [s.loss for s in their_history] == pytest.approx([s.loss for s in history], abs=1e-9)
    assert [(s.number, s.tokens, s.lr) for s in their_history] == [
        (s.number, s.tokens, s.lr) for s in history
    ]


@pytest.mark.slow
def test_only_the_first_process_prints_and_its_lines_say_how_it_goes(of_two):
    printed = (of_two / "printed").read_text(encoding="utf-8").splitlines()
    assert printed[0] == (
        "4,192 weights learn from 10,865 documents, 6 a step, in 2 processes on cpu; "
        "the run begins."
    )
    assert [line.split(":")[0] for line in printed[1:4]] == [
        f"step {number} of 30" for number in (10, 20, 30)
    ]
    assert printed[4] == "The run is in run.st, for micrograd.checkpoint and micrograd.sample."
    assert printed[5].startswith("It writes: ")
    assert len(printed) == 6


@pytest.mark.slow
def test_the_course_writes_with_the_result_and_draws_its_curve(of_two):
    model, tokenizer = checkpoint.load_model(of_two / "run.st")
    assert isinstance(model, GPT)
    text = generate(model, tokenizer, Random(1))
    assert set(text) <= set(tokenizer.chars)
    _, history = saved(of_two / "run.st")
    assert "30" in loss_curve(history).alt


@pytest.mark.slow
def test_the_course_can_go_on_with_the_run(of_two):
    names = datasets.load("names")
    Random(42).shuffle(names)
    training = checkpoint.load(of_two / "run.st", names)
    assert (training.step, training.steps, training.optimizer.lr) == (30, 30, 0.01)
    assert training.notes == {"documents a step": 6, "dtype": "float64"}
    training.steps = 31
    [record] = train(training)
    assert record.number == 31


# One process and one document: the course's own training.


def test_alone_with_one_document_a_step_it_is_the_training_of_the_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    distributed.main(["--steps", "5", "--batch", "1", "--checkpoint", "run.st", *EXACT])
    weights, history = saved(tmp_path / "run.st")
    names, rng = datasets.load("names"), Random(42)
    rng.shuffle(names)
    tokenizer = CharTokenizer.from_documents(names)
    model = GPT(GPTConfig(tokenizer.vocab_size), rng)
    adam = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
    records = list(train(Training(model, tokenizer, names, adam, steps=5)))
    assert [s.loss for s in history] == pytest.approx([r.loss for r in records], abs=1e-9)
    assert [s.tokens for s in history] == [r.tokens for r in records]
    assert flat(weights) == pytest.approx(flat(model.state_dict()), rel=0, abs=1e-9)


def test_a_run_in_parts_equals_a_whole_one_bit_for_bit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["--steps", "8", "--batch", "2", "--save-every", "3", "--clip", "0.5"]
    distributed.main([*options, "--checkpoint", "whole.st"])
    with monkeypatch.context() as patched:
        step = distributed.Run.step

        def interrupted(run: distributed.Run) -> Step:
            if len(run.history) == 5:  # two steps after it was saved
                raise KeyboardInterrupt
            return step(run)

        patched.setattr(distributed.Run, "step", interrupted)
        with pytest.raises(SystemExit):
            distributed.main([*options, "--checkpoint", "parts.st"])
    assert len(saved(tmp_path / "parts.st")[1]) == 3
    distributed.main([*options, "--checkpoint", "parts.st"])
    weights, history = saved(tmp_path / "whole.st")
    theirs, their_history = saved(tmp_path / "parts.st")
    assert theirs == weights
    assert [s.loss for s in their_history] == [s.loss for s in history]


def test_gradients_are_clipped_to_their_length(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, clip in (
        ("free.st", []),
        ("wide.st", ["--clip", "1e6"]),
        ("tight.st", ["--clip", "1e-3"]),
    ):
        distributed.main(["--steps", "2", "--checkpoint", name, *clip])
    free, wide, tight = (saved(tmp_path / f"{name}.st")[0] for name in ("free", "wide", "tight"))
    assert wide == free
    assert tight != free


# Killed, and started again.

LONG = ("--steps", "300", "--save-every", "20", "--batch", "4", "--width", "32", "--layers", "2")


def steps_saved(path: Path) -> int:
    return len(checkpoint.history_of(checkpoint.read_run(path)[0])) if path.exists() else 0


def kill_a_process(program: subprocess.Popen[str], path: Path, rank: int) -> int:
    """Once 60 steps are saved, kill the process of this rank; return how many were."""
    deadline = time.monotonic() + 90
    while (made := steps_saved(path)) < 60:
        assert program.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    for pid in map(int, children):
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if f"RANK={rank}".encode() in environment:
            os.kill(pid, signal.SIGKILL)
            return made
    raise AssertionError("torchrun has no such process")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The weights of the long run when nobody disturbs it."""
    folder = tmp_path_factory.mktemp("whole")
    run(folder, command(2, *LONG, "--checkpoint", "run.st"))
    return saved(folder / "run.st")[0]


linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")


@linux
@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_when_a_process_is_killed_torchrun_starts_all_anew_and_the_end_is_the_same(
    tmp_path, uninterrupted, rank
):
    with started(tmp_path, command(2, *LONG, "--checkpoint", "run.st", restarts=1)) as program:
        made = kill_a_process(program, tmp_path / "run.st", rank)
        printed, _ = program.communicate(timeout=120)
    assert program.returncode == 0, printed
    assert made < 300
    assert printed.count("; the run begins.") == printed.count("; the run goes on after step ") == 1
    weights, history = saved(tmp_path / "run.st")
    assert [step.number for step in history] == list(range(1, 301))
    assert weights == uninterrupted


@linux
@pytest.mark.slow
def test_when_a_process_is_killed_the_same_command_goes_on_and_the_end_is_the_same(
    tmp_path, uninterrupted
):
    arguments = command(2, *LONG, "--checkpoint", "run.st")
    with started(tmp_path, arguments) as program:
        kill_a_process(program, tmp_path / "run.st", rank=1)
        program.communicate(timeout=120)
    assert program.returncode != 0
    made = steps_saved(tmp_path / "run.st")
    assert 60 <= made < 300
    assert f"the run goes on after step {made}." in run(tmp_path, arguments)
    assert saved(tmp_path / "run.st")[0] == uninterrupted


# What cannot be, in a sentence.


def refused(*options: str) -> None:
    with pytest.raises(SystemExit) as ended:
        distributed.main(list(options))
    assert ended.value.code == 2


@pytest.fixture
def texts(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    (tmp_path / "some.txt").write_text("anna\r\nbert\n", encoding="utf-8")
    return {name: str(tmp_path / f"{name}.txt") for name in ("empty", "latin", "some", "none")}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--data", "{none}"], "{none} cannot be read (No such file or directory): --data takes "),
        (["--data", "{empty}"], "{empty} has no line with text in it, so there is nothing to "),
        (["--data", "{latin}"], "Byte 3 is not UTF-8 text."),
        (["--steps", "0"], "Argument --steps: '0' is no whole number of at least 1; --help lists"),
        (["--steps", "many"], "Argument --steps: 'many' is no whole number of at least 1; "),
        (["--lr", "-1"], "Argument --lr: '-1' is no number above 0; "),
        (["--lr", "nan"], "Argument --lr: 'nan' is no number above 0; "),
        (["--schedule", "steep"], "Argument --schedule: invalid choice: 'steep'"),
        (["--heads", "3"], "n_embd (16) must be a multiple of n_head (3)"),
        (["--vocabulary", "9"], "A vocabulary of 9 is too small"),
        (["--checkpoint", "no/such.st"], "There is no folder no: --checkpoint is a file in one."),
        (["--widht", "3"], "Unrecognized arguments: --widht 3; --help lists the options."),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_what_cannot_be_trained_is_told_in_one_sentence(
    capsys, monkeypatch, tmp_path, texts, options, sentence
):
    monkeypatch.chdir(tmp_path)
    refused("--steps", "1", *(option.format(**texts) for option in options))
    printed = capsys.readouterr().err
    assert printed.startswith(sentence.format(**texts))
    assert printed.count("\n") == 1


def test_a_text_of_ones_own_is_learnt_from(tmp_path, monkeypatch, texts, capsys):
    monkeypatch.chdir(tmp_path)
    distributed.main(["--data", texts["some"], "--steps", "2", "--checkpoint", "run.st"])
    assert " learn from 2 documents, 8 a step" in capsys.readouterr().out
    _, tokenizer = checkpoint.load_model("run.st")
    assert tokenizer.chars == sorted(set("annabert"))


def test_byte_pairs_take_the_place_of_characters(tmp_path, monkeypatch, texts):
    monkeypatch.chdir(tmp_path)
    options = ["--data", texts["some"], "--vocabulary", "258", "--steps", "1"]
    distributed.main([*options, "--checkpoint", "run.st"])
    assert len(checkpoint.load_model("run.st")[1].merges) == 1


def test_a_rate_that_is_far_too_high_stops_the_run_before_it_reaches_the_weights(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    refused("--steps", "50", "--lr", "1e30", "--save-every", "1", "--checkpoint", "run.st")
    sentence = capsys.readouterr().err
    assert "a gradient is not finite, so the run stops there. A learning rate that" in sentence
    _, history = saved(tmp_path / "run.st")
    assert f"At step {len(history) + 1} the loss is " in sentence


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--width", "8"], "it was made with n_embd 16, and now it would be 8. Give the options"),
        (["--init-std", "0.02"], "it was made with init_std 0.08, and now it would be 0.02. "),
        (["--lr", "0.02"], "it was made with lr 0.01, and now it would be 0.02. "),
        (["--batch", "9"], "it was made with documents a step 8, and now it would be 9. "),
        (["--dtype", "float64"], "it was made with dtype float32, and now it would be float64. "),
        (["--seed", "1"], "it was trained on other documents. Give another --checkpoint."),
        (["--steps", "2"], "3 steps of that run are made, and the plan has 2."),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_the_checkpoint_of_another_run_is_refused_and_kept(
    tmp_path, monkeypatch, capsys, options, why
):
    monkeypatch.chdir(tmp_path)
    distributed.main(["--steps", "3", "--checkpoint", "run.st"])
    before = Path("run.st").read_bytes()
    refused("--steps", "3", "--checkpoint", "run.st", *options)
    assert capsys.readouterr().err.startswith(f"run.st cannot be loaded: {why}")
    assert Path("run.st").read_bytes() == before


def test_the_checkpoint_of_the_courses_own_training_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("run.st").write_bytes(datasets.data_file("names-gpt.safetensors").read_bytes())
    refused("--checkpoint", "run.st")
    assert capsys.readouterr().err.startswith("run.st cannot be loaded: it was made with ")


def test_a_damaged_checkpoint_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    distributed.main(["--steps", "3", "--checkpoint", "run.st"])
    content = Path("run.st").read_bytes()
    Path("run.st").write_bytes(content[: len(content) // 2])
    refused("--steps", "3", "--checkpoint", "run.st")
    assert capsys.readouterr().err.startswith("run.st cannot be loaded: ")


def test_a_plan_may_be_made_longer(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    distributed.main(["--steps", "2", "--checkpoint", "run.st"])
    distributed.main(["--steps", "4", "--checkpoint", "run.st"])
    assert "the run goes on after step 2." in capsys.readouterr().out
    assert len(saved(tmp_path / "run.st")[1]) == 4


@pytest.mark.slow
def test_with_two_processes_one_of_them_says_the_sentence_and_both_end(tmp_path):
    printed = run(tmp_path, command(2, "--data", "none.txt"), expect=1)
    assert printed.count("none.txt cannot be read (No such file or directory)") == 1


def test_the_place_is_read_from_the_environment(monkeypatch):
    assert distributed.Place.from_torchrun() == distributed.Place(0, 0, 1)
    for name, value in (("RANK", "3"), ("LOCAL_RANK", "1"), ("WORLD_SIZE", "4")):
        monkeypatch.setenv(name, value)
    assert distributed.Place.from_torchrun() == distributed.Place(3, 1, 4)
    assert not distributed.Place.from_torchrun().first


def test_each_process_reads_its_own_part_of_every_batch():
    options = distributed.parser().parse_args(["--batch", "2"])
    parts = []
    for rank in range(3):
        run = distributed.Run.__new__(distributed.Run)
        run.options, run.place = options, distributed.Place(rank, rank, 3)
        run.documents, run.tokenizer = ["a", "b", "c", "d", "e", "f", "g"], CharTokenizer("abcdefg")
        run.history = [None]  # one step is made, which read a to f
        parts += [run.tokenizer.decode(tokens) for tokens in run.my_documents()]
    assert parts == ["g", "a", "b", "c", "d", "e"]
