"""Checkpoints: a run goes on bit for bit, a file is whole or refused, and nothing in it runs."""

import functools
import json
import math
import os
import pickle
import signal
import time
import tracemalloc
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_run import DOCUMENTS, fingerprint, in_another_process, new_run, reports, state

from micrograd import checkpoint, datasets
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import SGD, Adam, constant
from micrograd.sample import generate
from micrograd.tokenizer import BPETokenizer, CharTokenizer
from micrograd.train import Training, train

posix = pytest.mark.skipif(os.name != "posix", reason="uses POSIX limits and signals")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.safetensors"


def stopped_run(**changes: Any) -> Training:
    """A run stopped in the middle of its plan, names drawn on the way."""
    run = new_run(**changes)
    for _ in train(run, 5):
        generate(run.model, run.tokenizer, run.rng)
    return run


def finish(run: Training) -> list[str]:
    """The names drawn while a run goes on to its end."""
    return [generate(run.model, run.tokenizer, run.rng) for _ in train(run)]


# There and back.


@pytest.mark.parametrize(
    "changes",
    [{}, {"schedule": constant}, {"rng": Random()}, {"steps": 1000}],
    ids=["Adam", "constant rate", "random seed", "long plan"],
)
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(path, changes):
    run = stopped_run(**changes)
    run.steps = 12
    checkpoint.save(path, run)
    resumed = checkpoint.load(path, DOCUMENTS)
    assert state(resumed) == state(run)
    assert finish(resumed) == finish(run)
    assert state(resumed) == state(run)


def test_momentum_is_resumed_bit_for_bit(path):
    run = new_run()
    run.optimizer = SGD(run.model.parameters(), lr=0.1, momentum=0.9)
    list(train(run, 5))
    checkpoint.save(path, run)
    resumed = checkpoint.load(path, DOCUMENTS)
    finish(resumed)
    finish(run)
    assert state(resumed) == state(run)


def test_every_setting_of_adam_is_resumed(path):
    run = new_run()
    run.optimizer = Adam(run.model.parameters(), 0.02, (0.5, 0.75), eps=1e-4, weight_decay=0.1)
    list(train(run, 5))
    checkpoint.save(path, run)
    resumed = checkpoint.load(path, DOCUMENTS)
    assert resumed.optimizer.state_dict() == run.optimizer.state_dict()
    finish(resumed)
    finish(run)
    assert state(resumed) == state(run)


def test_a_half_drawn_pair_of_gaussian_numbers_is_resumed(path):
    run = new_run()
    run.rng.gauss()  # draws two and keeps the second for the next call
    checkpoint.save(path, run)
    assert checkpoint.load(path, DOCUMENTS).rng.gauss() == run.rng.gauss()


def test_history_plan_and_settings_come_back(path):
    run = stopped_run(schedule=constant, steps=77)
    checkpoint.save(path, run)
    resumed = checkpoint.load(path, DOCUMENTS)
    assert resumed.history == run.history
    assert all(type(r.number) is int and type(r.tokens) is int for r in resumed.history)
    assert (resumed.step, resumed.steps, resumed.schedule) == (5, 77, constant)
    assert resumed.next_document() == run.next_document() == DOCUMENTS[2]
    assert resumed.model.config == run.model.config


def test_notes_come_back(path):
    notes = {"gradient": [1.5, math.inf, 0.1 + 0.2], "names": [[100, ["ana", "zoë"]]], "none": {}}
    checkpoint.save(path, stopped_run(notes=notes))
    assert checkpoint.load(path, DOCUMENTS).notes == notes


def test_a_checkpoint_of_before_there_were_notes_loads(path):
    header, run, numbers = parts(saved(path))
    del run["notes"]
    rewrite(path, header, run, numbers)
    assert checkpoint.load(path, DOCUMENTS).notes == {}


def test_a_run_that_has_not_begun_comes_back(path):
    run = new_run()
    checkpoint.save(path, run)
    resumed = checkpoint.load(path, DOCUMENTS)
    assert state(resumed) == state(run)


def test_another_process_goes_on_where_this_one_saved(path):
    run = stopped_run()
    checkpoint.save(path, run)
    script = """
import sys
from micrograd import checkpoint
from micrograd.train import train
run = checkpoint.load(sys.argv[1], DOCUMENTS)
list(train(run))
print(json.dumps(fingerprint(run)))
"""
    list(train(run))
    assert reports(script, path) == [fingerprint(run)]


def test_saving_changes_nothing_and_gives_the_same_bytes_again(path):
    run = stopped_run()
    before = state(run)
    checkpoint.save(path, run)
    first = path.read_bytes()
    checkpoint.save(path, run)
    assert path.read_bytes() == first
    assert state(run) == before


def test_a_newer_checkpoint_takes_the_place_of_the_older_and_leaves_no_litter(path):
    run = new_run()
    checkpoint.save(path, run)
    list(train(run, 3))
    checkpoint.save(path, run)
    assert checkpoint.load(path, DOCUMENTS).step == 3
    assert list(path.parent.iterdir()) == [path]


def test_the_older_checkpoint_is_replaced_and_never_written_into(path, tmp_path):
    old = stopped_run()
    checkpoint.save(path, old)
    same_file = tmp_path / "a second name of the same file"
    os.link(path, same_file)
    checkpoint.save(path, new_run())
    assert state(checkpoint.load(same_file, DOCUMENTS)) == state(old)
    assert checkpoint.load(path, DOCUMENTS).step == 0


def test_the_model_alone_can_be_loaded_to_sample_from(path):
    run = stopped_run()
    checkpoint.save(path, run)
    model, tokenizer = checkpoint.load_model(path)
    assert model.state_dict() == run.model.state_dict()
    assert generate(model, tokenizer, Random(1)) == generate(run.model, run.tokenizer, Random(1))


@pytest.mark.parametrize("name", ["with spaces", "zoë-李-👩‍🚀"])
def test_a_path_may_hold_anything_and_be_a_text(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    checkpoint.save(str(folder / name), new_run())
    assert checkpoint.load(str(folder / name), DOCUMENTS).step == 0


def test_any_characters_come_back(path):
    documents = ["👩‍🚀\x00é", '"\\\n\u2028', "\ud800"]
    tokenizer = CharTokenizer.from_documents(documents)
    model = GPT(GPTConfig(tokenizer.vocab_size, n_embd=4), Random(1))
    run = Training(model, tokenizer, documents, Adam(model.parameters(), 0.01))
    checkpoint.save(path, run)
    assert checkpoint.load(path, documents).tokenizer.chars == tokenizer.chars


def test_a_run_with_byte_pairs_and_clipping_is_resumed_bit_for_bit(path):
    documents = ["low lower", "lowest 🙂"]
    tokenizer = BPETokenizer.train(documents, vocab_size=262, special=["<end>"])
    model = GPT(GPTConfig(tokenizer.vocab_size, n_embd=4), Random(1))
    run = Training(model, tokenizer, documents, Adam(model.parameters(), 0.01), steps=8, clip=0.5)
    list(train(run, 3))
    checkpoint.save(path, run)
    resumed = checkpoint.load(path, documents)
    text = "lowest <end>"
    assert resumed.tokenizer.encode(text, special=True) == tokenizer.encode(text, special=True)
    assert resumed.clip == 0.5
    list(train(resumed))
    list(train(run))
    assert state(resumed) == state(run)


def test_weights_that_are_no_numbers_come_back_as_they_are(path):
    run = new_run()
    for p, data in zip(run.model.parameters(), [math.nan, math.inf, -math.inf, -0.0], strict=False):
        p.data = data
    checkpoint.save(path, run)
    loaded = [p.data for p in checkpoint.load_model(path)[0].parameters()]
    assert math.isnan(loaded[0])
    assert loaded[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, loaded[3]) == -1


def test_the_trained_model_of_the_course_loads_and_writes_letters():
    file = datasets.data_file("names-gpt.safetensors")
    assert len(file.read_bytes()) < 200_000
    model, tokenizer = checkpoint.load_model(str(file))
    assert generate(model, tokenizer, Random(1), temperature=0.5).isalpha()


# The safetensors format, against its own library.


def test_the_safetensors_library_reads_what_we_save(path):
    run = stopped_run()
    checkpoint.save(path, run)
    tensors = safetensors.numpy.load_file(path)
    for name, rows in run.model.state_dict().items():
        assert tensors[name].dtype == np.float64
        assert tensors[name].tolist() == rows
    assert tensors["optimizer.m"].tolist() == run.optimizer.m
    assert tensors["history.loss"].tolist() == [r.loss for r in run.history]


def test_we_read_what_the_safetensors_library_saves(path):
    arrays = {
        "b.matrix": np.arange(6.0).reshape(2, 3) / 7,
        "a.vector": np.array([math.pi, -0.0, 5e-324]),
        "number": np.array(2.5),
        "empty": np.zeros((0, 3)),
    }
    safetensors.numpy.save_file(arrays, path, metadata={"who": "zoë"})
    tensors, metadata = checkpoint.read_tensors(path)
    assert metadata == {"who": "zoë"}
    assert tensors.keys() == arrays.keys()
    for name, array in arrays.items():
        shape, numbers = tensors[name]
        assert shape == array.shape
        assert np.array(numbers).tobytes() == array.tobytes()


def test_a_checkpoint_rewritten_by_the_library_goes_on_bit_for_bit(path, tmp_path):
    run = stopped_run()
    checkpoint.save(path, run)
    with safetensors.safe_open(path, framework="np") as file:
        metadata = file.metadata()
    copy = tmp_path / "copy.safetensors"
    safetensors.numpy.save_file(safetensors.numpy.load_file(path), copy, metadata=metadata)
    assert state(checkpoint.load(copy, DOCUMENTS)) == state(run)


def test_the_numbers_begin_at_a_multiple_of_8(path):
    checkpoint.save(path, stopped_run())
    assert int.from_bytes(path.read_bytes()[:8], "little") % 8 == 0


def test_numbers_of_another_type_are_refused_by_name(path):
    safetensors.numpy.save_file({"w": np.zeros(3, dtype=np.float32)}, path)
    with pytest.raises(ValueError, match=r"w has numbers of type F32, where F64 is expected"):
        checkpoint.load_model(path)


def test_a_file_of_another_program_is_refused(path):
    safetensors.numpy.save_file({"w": np.zeros(3)}, path)
    with pytest.raises(ValueError, match=r"format is 'that of another program'"):
        checkpoint.load_model(path)


# What cannot be saved is refused before anything is written.


@pytest.mark.parametrize(
    "schedule",
    [lambda step, steps, lr: lr, functools.partial(constant), math.hypot],
    ids=["lambda", "partial", "another module's"],
)
def test_a_schedule_that_could_not_be_loaded_is_not_saved(path, schedule):
    with pytest.raises(ValueError, match=r"could not be loaded again.*linear_decay"):
        checkpoint.save(path, new_run(schedule=schedule))
    assert not path.exists()


def test_an_optimizer_that_could_not_be_loaded_is_not_saved(path):
    class Mine(Adam):
        pass

    run = new_run()
    run.optimizer = Mine(run.model.parameters(), 0.01)
    with pytest.raises(ValueError, match=r"Mine\b.*\bAdam\b"):
        checkpoint.save(path, run)
    assert not path.exists()


# Disks that refuse.


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    path = tmp_path / "nowhere" / "run.safetensors"
    with pytest.raises(OSError, match=r"nowhere.*could not be written.*Save to a folder"):
        checkpoint.save(path, new_run())


def test_a_folder_in_the_place_of_the_file_is_named_and_stays(path):
    path.mkdir()
    with pytest.raises(OSError, match=r"could not be written"):
        checkpoint.save(path, new_run())
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises((OSError, ValueError), match=r"run\.safetensors"):
        checkpoint.load(path, DOCUMENTS)


LIMITED = """
import resource, signal, sys
from micrograd import checkpoint
from micrograd.train import train
run = new_run()
list(train(run, 3))
"""


@posix
def test_on_a_full_disk_the_old_checkpoint_stays_and_the_next_action_is_said(path):
    old = stopped_run()
    checkpoint.save(path, old)
    script = f"""{LIMITED}
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    checkpoint.save(sys.argv[1], run)
except OSError as error:
    print(json.dumps(str(error)))
"""
    (said,) = reports(script, path)
    assert "could not be written" in said
    assert "Save to a folder that exists and has room" in said
    assert str(path) in said
    assert list(path.parent.iterdir()) == [path]
    assert state(checkpoint.load(path, DOCUMENTS)) == state(old)


@posix
def test_in_a_folder_that_is_read_only_the_next_action_is_said(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    old = stopped_run()
    checkpoint.save(locked / "run.safetensors", old)
    locked.chmod(0o555)
    script = f"""{LIMITED}
if os.getuid() == 0:
    os.setuid(65534)  # the administrator may write anywhere, so be nobody
try:
    checkpoint.save(sys.argv[1], run)
except OSError as error:
    print(json.dumps(str(error)))
"""
    (said,) = reports(script, locked / "run.safetensors")
    locked.chmod(0o755)
    assert "could not be written (Permission denied)" in said
    assert state(checkpoint.load(locked / "run.safetensors", DOCUMENTS)) == state(old)


@posix
def test_killed_half_way_through_writing_the_old_checkpoint_loads(path):
    old = stopped_run()
    checkpoint.save(path, old)
    script = f"""{LIMITED}
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # at the limit the system kills, as with kill -9
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
checkpoint.save(sys.argv[1], run)
"""
    child = in_another_process(script, path)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGXFSZ
    assert state(checkpoint.load(path, DOCUMENTS)) == state(old)


@posix
def test_killed_at_any_time_a_whole_checkpoint_loads(path):
    script = """
import sys
from micrograd import checkpoint
from micrograd.train import train
run = new_run(steps=10**6)
checkpoint.save(sys.argv[1], run)
print("saved", flush=True)
for record in train(run):
    checkpoint.save(sys.argv[1], run)
"""
    checkpoint.save(path, stopped_run())
    for wait in (0.0, 0.011, 0.023, 0.037):
        child = in_another_process(script, path)
        assert child.stdout.readline() == "saved\n"
        time.sleep(wait)
        child.kill()
        child.communicate()
        resumed = checkpoint.load(path, DOCUMENTS)
        by_the_book = new_run(steps=10**6)
        list(train(by_the_book, resumed.step))
        assert state(resumed) == state(by_the_book)


# Documents.


@pytest.mark.parametrize(
    "documents", [["abc", "bca"], ["bca", "abc", "c"], ["abc", "bca", "C"], []], ids=repr
)
def test_other_documents_or_another_order_are_refused(path, documents):
    checkpoint.save(path, stopped_run())
    with pytest.raises(ValueError, match=r"other documents, or in another order.*shuffle"):
        checkpoint.load(path, documents)


# Files that are not what they seem: one sentence that names the file, and nothing else happens.


def refused(path: Path, *words: str) -> None:
    """Both ways of loading refuse the file with one sentence that names it and says `words`."""
    for load in (lambda: checkpoint.load(path, DOCUMENTS), lambda: checkpoint.load_model(path)):
        with pytest.raises(ValueError, match=r"run\.safetensors cannot be loaded") as refusal:
            load()
        for word in words:
            assert word in str(refusal.value)


def test_a_file_that_does_not_exist_is_named(path):
    for load in (lambda: checkpoint.load(path, DOCUMENTS), lambda: checkpoint.load_model(path)):
        with pytest.raises(FileNotFoundError, match=r"no checkpoint.*run\.safetensors.*the name"):
            load()


@pytest.mark.parametrize(
    "content",
    [b"", b"1234567", bytes(8), b"not a checkpoint at all", b"PK\x03\x04" + bytes(100)],
    ids=["empty", "seven bytes", "zeros", "text", "zip"],
)
def test_a_file_of_another_kind_is_refused(path, content):
    path.write_bytes(content)
    refused(path)


class Bomb:
    """When unpickled, leaves a file behind."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_and_never_executed(path, tmp_path, protocol):
    bomb = pickle.dumps(Bomb(tmp_path / "exploded"), protocol)
    path.write_bytes(bomb)
    refused(path)
    assert not (tmp_path / "exploded").exists()
    pickle.loads(bomb)
    assert (tmp_path / "exploded").exists()  # it would have


def saved(path: Path) -> bytes:
    checkpoint.save(path, stopped_run())
    return path.read_bytes()


@pytest.mark.parametrize("part", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_checkpoint_cut_short_is_refused(path, part):
    content = saved(path)
    path.write_bytes(content[: int(part * len(content))])
    refused(path)


def test_bytes_at_the_end_that_belong_to_nothing_are_refused(path):
    path.write_bytes(saved(path) + b"more")
    refused(path, "4 bytes at its end")


@pytest.fixture(scope="module")
def whole_content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return saved(tmp_path_factory.mktemp("whole") / "run.safetensors")


@settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_few_wrong_bytes_are_refused_in_a_sentence_or_change_numbers_only(
    path, whole_content, data
):
    content = bytearray(whole_content)
    header = 8 + int.from_bytes(content[:8], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, header - 1))] = data.draw(st.integers(32, 126))
    path.write_bytes(content)
    try:
        checkpoint.load(path, DOCUMENTS)
    except ValueError as refusal:
        assert "run.safetensors cannot be loaded" in str(refusal)


# Hand-made files.


def write(path: Path, header: Any, numbers: bytes = b"") -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + numbers)


def parts(content: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """The header without its metadata, the run in the metadata, and the numbers."""
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    return header, json.loads(header.pop("__metadata__")["run"]), content[end:]


def rewrite(path: Path, header: dict[str, Any], run: Any, numbers: bytes) -> None:
    metadata = {"format": checkpoint.FORMAT, "run": json.dumps(run)}
    write(path, {"__metadata__": metadata, **header}, numbers)


def test_a_rewritten_file_loads(path):
    rewrite(path, *parts(saved(path)))
    assert state(checkpoint.load(path, DOCUMENTS)) == state(stopped_run())


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"[" * 200_000,
        b"\xff\xfe",
        b"1" * 10_000,
        [],
        5,
        None,
        {"__metadata__": None},
        {"__metadata__": []},
        {"__metadata__": {"format": checkpoint.FORMAT}},
        {"__metadata__": {"format": checkpoint.FORMAT, "run": "{"}},
        {"__metadata__": {"format": checkpoint.FORMAT, "run": "[" * 200_000}},
        {"__metadata__": {"format": checkpoint.FORMAT, "run": "[]"}},
        {"__metadata__": {"format": checkpoint.FORMAT, "run": "{}"}},
        {"w": None},
        {"w": {}},
        {"w": {"dtype": "F64", "shape": [1]}},
        {"w": {"dtype": "F64", "shape": "ab", "data_offsets": [0, 0]}},
        {"w": {"dtype": "F64", "shape": [0], "data_offsets": "ab"}},
        {"w": {"dtype": "F64", "shape": [0], "data_offsets": [0]}},
        {"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}},
        {"w": {"dtype": "F64", "shape": [-1], "data_offsets": [0, -8]}},
        {"w": {"dtype": "F64", "shape": [0.5], "data_offsets": [0, 4.0]}},
        {"w": {"dtype": ["F64"], "shape": [0], "data_offsets": [0, 0]}},
    ],
    ids=lambda header: str(header)[:90],
)
def test_a_damaged_header_is_refused(path, header):
    write(path, header)
    refused(path)


@pytest.mark.parametrize("name", ["wte", "layer0.mlp_fc2"])
def test_a_missing_matrix_is_named(path, name):
    header, run, numbers = parts(saved(path))
    begin, end = header.pop(name)["data_offsets"]
    for entry in header.values():
        if entry["data_offsets"][0] >= end:
            entry["data_offsets"] = [x - (end - begin) for x in entry["data_offsets"]]
    rewrite(path, header, run, numbers[:begin] + numbers[end:])
    refused(path, name)


@pytest.mark.parametrize("name", ["optimizer.m", "history.loss"])
def test_missing_moments_or_history_are_named(path, name):
    header, run, numbers = parts(saved(path))
    header[name + "x"] = header.pop(name)
    rewrite(path, header, run, numbers)
    with pytest.raises(ValueError, match=r"run\.safetensors cannot be loaded"):
        checkpoint.load(path, DOCUMENTS)


def test_a_wrong_shape_is_named(path):
    header, run, numbers = parts(saved(path))
    header["layer0.mlp_fc1"]["shape"].reverse()
    rewrite(path, header, run, numbers)
    refused(path, "layer0.mlp_fc1", "[4, 16]", "[16, 4]")


def test_moments_of_another_model_are_refused(path):
    header, run, numbers = parts(saved(path))
    count = header["optimizer.m"]["shape"][0]
    header["optimizer.m"]["shape"] = [count // 2]
    middle = header["optimizer.m"]["data_offsets"][0] + 8 * (count // 2)
    header["spare"] = {
        "dtype": "F64",
        "shape": [count - count // 2],
        "data_offsets": [middle, header["optimizer.m"]["data_offsets"][1]],
    }
    header["optimizer.m"]["data_offsets"][1] = middle
    rewrite(path, header, run, numbers)
    with pytest.raises(ValueError, match=rf"'m' holds {count // 2} numbers"):
        checkpoint.load(path, DOCUMENTS)


def test_an_older_format_is_named_with_the_one_that_is_read(path):
    header, run, numbers = parts(saved(path))
    metadata = {"format": "micrograd-course 0", "run": json.dumps(run)}
    write(path, {"__metadata__": metadata, **header}, numbers)
    refused(path, "'micrograd-course 0'", repr(checkpoint.FORMAT))


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: run["config"].update(n_head=3),
        lambda run: run["config"].update(n_embd="4"),
        lambda run: run["config"].update(surprise=1),
        lambda run: run.pop("config"),
        lambda run: run.pop("tokenizer"),
        lambda run: run["tokenizer"].pop("chars"),
        lambda run: run["tokenizer"].update(chars=["a", "a", "b"]),
        lambda run: run["tokenizer"].update(chars=["a"]),
        lambda run: run["tokenizer"].update({"class": "Popen"}),
        lambda run: run["tokenizer"].update(surprise=1),
    ],
    ids=[
        "heads",
        "width",
        "unknown",
        "no config",
        "no tokenizer",
        "no characters",
        "twice the same",
        "too few characters",
        "unknown tokenizer",
        "unknown setting",
    ],
)
def test_a_damaged_description_of_the_model_is_refused(path, damage):
    header, run, numbers = parts(saved(path))
    damage(run)
    rewrite(path, header, run, numbers)
    refused(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: run.update(schedule="system"),
        lambda run: run.update(schedule="Adam"),
        lambda run: run.update(schedule="__name__"),
        lambda run: run["optimizer"].update({"class": "Popen"}),
        lambda run: run["optimizer"].pop("betas"),
        lambda run: run.update(rng=[3, [1, 2], None]),
        lambda run: run.update(rng=[3, [-1] * 625, None]),
        lambda run: run.update(rng=[3, [2**70] * 625, None]),
        lambda run: run.update(rng=None),
        lambda run: run.update(steps="many"),
        lambda run: run.update(steps=None),
        lambda run: run.pop("documents"),
        lambda run: run.update(notes=5),
        lambda run: run.update(notes="scribbled over"),
    ],
    ids=[
        "unknown schedule",
        "a class as schedule",
        "a text as schedule",
        "unknown optimizer",
        "no betas",
        "short rng",
        "negative rng",
        "huge rng",
        "no rng",
        "steps in words",
        "no steps",
        "no documents",
        "a number for notes",
        "a text for notes",
    ],
)
def test_a_damaged_description_of_the_run_is_refused(path, damage):
    header, run, numbers = parts(saved(path))
    damage(run)
    rewrite(path, header, run, numbers)
    with pytest.raises(ValueError, match=r"run\.safetensors cannot be loaded"):
        checkpoint.load(path, DOCUMENTS)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_step_number_that_is_none_is_refused(path, number):
    header, run, numbers = parts(saved(path))
    begin = header["history.number"]["data_offsets"][0]
    numbers = numbers[:begin] + np.float64(number).tobytes() + numbers[begin + 8 :]
    rewrite(path, header, run, numbers)
    with pytest.raises(ValueError, match=r"run\.safetensors cannot be loaded"):
        checkpoint.load(path, DOCUMENTS)


# Files that claim more than they hold.


def check_little_is_allocated(path: Path, limit: int = 5_000_000) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"run\.safetensors cannot be loaded"):
            checkpoint.load_model(path)
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def test_a_header_that_claims_to_be_gigabytes_long_allocates_nothing(path):
    for length in (2**32, 2**63, 2**64 - 1):
        path.write_bytes(length.to_bytes(8, "little") + b"{}")
        check_little_is_allocated(path)


@pytest.mark.parametrize(
    ("shape", "end"),
    [([2**31], 2**34), ([2**31, 2**31], 2**65), ([10**400], 8 * 10**400), ([2**40, 0], 0)],
)
def test_a_table_that_claims_to_hold_gigabytes_allocates_nothing(path, shape, end):
    write(path, {"wte": {"dtype": "F64", "shape": shape, "data_offsets": [0, end]}})
    check_little_is_allocated(path)


def test_many_tables_over_the_same_bytes_are_refused(path):
    entry = {"dtype": "F64", "shape": [2**15], "data_offsets": [0, 2**18]}
    write(path, {f"t{i}": entry for i in range(1000)}, bytes(2**18))
    check_little_is_allocated(path)
    with pytest.raises(safetensors.SafetensorError):
        safetensors.numpy.load_file(path)


@pytest.mark.parametrize(
    "claim",
    [{"vocab_size": 10**9}, {"n_embd": 10**6, "n_head": 1}, {"n_layer": 10**9}],
    ids=["vocabulary", "width", "layers"],
)
def test_a_config_that_claims_gigabytes_allocates_nothing(path, claim):
    header, run, numbers = parts(saved(path))
    run["config"].update(claim)
    rewrite(path, header, run, numbers)
    check_little_is_allocated(path)


def test_merges_that_would_double_a_token_without_end_are_stopped_in_time(path):
    merges = [(97, 97), *((token, token) for token in range(256, 284))]
    tokenizer = BPETokenizer.train(["abc"], 257)
    documents = ["abc"]
    model = GPT(GPTConfig(257 + len(merges), n_head=1, n_embd=1), Random(1))
    run = Training(model, tokenizer, documents, Adam(model.parameters(), 0.01))
    checkpoint.save(path, run)
    header, description, numbers = parts(path.read_bytes())
    description["tokenizer"]["merges"] = merges
    rewrite(path, header, description, numbers)
    check_little_is_allocated(path, limit=40_000_000)


@pytest.mark.parametrize("name", ["../../evil", "HERE/evil", "..\\evil", "layer0/../evil", ""])
def test_a_path_in_a_name_is_only_a_name(path, tmp_path, name):
    header, run, numbers = parts(saved(path))
    name = name.replace("HERE", str(tmp_path))
    header[name] = {"dtype": "F64", "shape": [0], "data_offsets": [len(numbers)] * 2}
    rewrite(path, header, run, numbers)
    assert checkpoint.load(path, DOCUMENTS).step == 5
    assert list(tmp_path.iterdir()) == [path]
