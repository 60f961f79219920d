"""Named runs, each kept in a file of a folder, and found again when the kernel was killed.

A run that has a name saves itself as it goes on. The cells that began it make the same beginning
again after a restart, and `resume` puts what the file holds in its place. A file of a run with
another beginning is never written over.
"""

from __future__ import annotations

import hashlib
import json
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from micrograd import checkpoint
from micrograd.train import Step, Training
from micrograd.viz.logbook import HeldOut, Log
from micrograd.viz.picture import is_static

ENDING = ".safetensors"
ODD = frozenset('/\\:*?"<>|')  # what one system or another forbids in the name of a file
SECONDS_BETWEEN_SAVES = 5.0
SECONDS_OF_A_SAVE = 60.0  # and more than it takes
UNSEEN = ("tokens", "weights")  # too much of a beginning to show

_of_this_kernel: dict[Path, Training] = {}  # named runs, by the file of each


def file_of(name: str, folder: str | Path) -> Path:
    """Where a run of this name is kept."""
    if ODD & set(name) or not name.isprintable() or name != name.strip(" .") or len(name) > 80:
        raise ValueError(
            f"The name of a run becomes the name of a file, and {name!r:.60} cannot be one: take "
            f"up to 80 letters, digits and spaces, without {' '.join(sorted(ODD))}."
        )
    return Path(folder) / f"{name}{ENDING}"


# A beginning, and whether a file goes on from it


def beginning(training: Training) -> dict[str, Any]:
    """What a run began with, as far as it decides the steps that follow; as JSON holds it."""
    weights = json.dumps(training.model.state_dict()).encode()
    settings = training.optimizer.state_dict().items()
    found = {
        **{f"the model's {name}": value for name, value in asdict(training.model.config).items()},
        "tokens": training.tokenizer.state_dict(),
        "optimizer": type(training.optimizer).__name__,
        **{name: x for name, x in settings if name != "steps" and not isinstance(x, list)},
        "schedule": getattr(training.schedule, "__name__", "?"),
        "clip": training.clip,
        "weights": hashlib.sha256(weights).hexdigest()[:12],
    }
    return dict(json.loads(json.dumps(found)))


def resume(training: Training, path: Path) -> int:
    """Go on where the file's run is, if it is further; the number of steps that this gained.

    Raises ValueError with a sentence where the file is none, or holds a run that began otherwise
    or took another way: then `training` is as it was.
    """
    began = training.notes.setdefault("beginning", beginning(training))
    if not path.exists():
        return 0
    try:
        kept = checkpoint.load(path, training.documents)
        Log.of(kept)
        differs = difference(began, kept.notes.get("beginning", {}))
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). {way_on(path)}") from None
    except ValueError as error:
        raise ValueError(f"{error} {way_on(path)}") from None
    except (TypeError, AttributeError):
        raise ValueError(
            f"{path} cannot be loaded: its notes are damaged. {way_on(path)}"
        ) from None
    if not differs and any(a != b for a, b in shared_steps(training, kept)):
        differs = "it took other steps than the run in this kernel"
    if differs:
        raise ValueError(f"{path} holds another run: {differs}. {way_on(path)}")
    gained = kept.step - training.step
    if gained > 0:
        take_over(training, kept)
    return max(0, gained)


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """The first thing in which two beginnings differ, or nothing."""
    if not theirs:
        return "it was not made by train_live"
    for name in [*ours, *theirs]:
        mine, its = ours.get(name), theirs.get(name)
        if mine != its:
            values = (
                "" if name in UNSEEN else f" {its!r:.40}, where this run begins with {mine!r:.40}"
            )
            return f"it began with {'other ' if name in UNSEEN else ''}{name}{values}"
    return ""


def way_on(path: Path) -> str:
    return (
        "It stays as it is: give this run another name, or begin anew with anew=True, which puts "
        f"that file aside as {aside(path).name!r}."
    )


def shared_steps(training: Training, kept: Training) -> Iterator[tuple[Any, Any]]:
    """What came of each step that both have made."""
    for ours, theirs in zip(training.history, kept.history, strict=False):
        yield (ours.number, ours.loss, ours.lr), (theirs.number, theirs.loss, theirs.lr)


def take_over(training: Training, kept: Training) -> None:
    """Put all that a loaded run is into `training`, which others may hold too, as its model."""
    training.model.load_state_dict(kept.model.state_dict())
    training.optimizer.load_state_dict(kept.optimizer.state_dict())
    training.rng.setstate(kept.rng.getstate())
    training.history[:] = kept.history
    training.notes.clear()
    training.notes.update(kept.notes)
    training.steps = max(training.steps, kept.steps)


def aside(path: Path) -> Path:
    return path.with_name(f"{path.stem} (before){ENDING}")


def put_aside(path: Path) -> None:
    """Make room for a run that begins anew."""
    try:
        if path.exists():
            path.replace(aside(path))
    except OSError as error:
        raise OSError(
            f"{path} could not be put aside ({error.strerror}) and stays as it is: give this run "
            "another name."
        ) from None


# Saving


class Keeper:
    """Saves a run now and then, and says what kept it from that."""

    def __init__(self, training: Training, path: Path | None, on_disk: bool = True) -> None:
        self.training, self.path = training, path if on_disk else None
        self.trouble = ""  # a sentence, while the newest steps are in memory only
        self.saved = -1  # how many steps the file holds, once it was written
        self.seen = self.found()
        self.next_time = time.monotonic() + SECONDS_BETWEEN_SAVES
        if path is not None:
            _of_this_kernel[path.absolute()] = training
            sweep(path)

    def found(self) -> tuple[int, ...] | None:
        """What tells a version of the file from another, without reading it."""
        with suppress(OSError, AttributeError):
            stat = self.path.stat()  # type: ignore[union-attr]
            return stat.st_mtime_ns, stat.st_size, stat.st_ino
        return None

    def where(self) -> str:
        """What the file holds, for a reader."""
        if self.path is None:
            return "Without a name, this run is not saved."
        steps = f", with {self.saved:,} steps" if self.saved >= 0 else ""
        return f"Saved every few seconds to {self.path}{steps}."

    def save_if_due(self) -> None:
        if time.monotonic() >= self.next_time:
            self.save()

    def save(self) -> None:
        """Save the run; a fault becomes the `trouble`, and the next time may go better."""
        if self.path is None:
            return
        self.trouble = ""
        now = self.found()
        if now is not None and now != self.seen:
            self.trouble = (
                f"{self.path} was written by somebody else meanwhile, such as the same notebook in "
                "another kernel, and stays as it is: this run is kept in memory only. To keep both "
                "on disk, give this one another name."
            )
            return
        try:
            with suppress(OSError):  # saving says what is wrong with the folder
                self.path.parent.mkdir(parents=True, exist_ok=True)
            checkpoint.save(self.path, self.training)
        except (OSError, ValueError, TypeError) as error:
            self.trouble = f"{error} Until then this run is kept in memory only, and goes on."
        else:
            self.seen, self.saved = self.found(), self.training.step
        self.next_time = time.monotonic() + SECONDS_BETWEEN_SAVES


def sweep(path: Path) -> None:
    """Remove what a killed kernel left half-written beside the file."""
    with suppress(OSError):
        for half in path.parent.iterdir():
            is_ours = half.name.startswith(f"{path.name}.") and half.suffix == ".tmp"
            if is_ours and time.time() - half.stat().st_mtime > SECONDS_OF_A_SAVE:
                half.unlink()


# Runs of the past


def past_runs(folder: str | Path = "runs", *, held_out: bool = False) -> dict[str, Any]:
    """The records of every named run, by name: those of this kernel, and those in `folder`.

        loss_curve(past_runs())

    With `held_out`, the losses of held-out names in place of those of the training. A file that
    cannot be read is left out, with a warning. In static mode there are the kernel's runs only.
    """
    folder, runs = Path(folder).absolute(), {}
    for path in [] if is_static() else folder.glob(f"*{ENDING}"):
        try:
            with checkpoint.explained(path):
                tensors, run = checkpoint.read_run(path)
                runs[path.stem] = records(
                    checkpoint.history_of(tensors), run.get("notes", {}), held_out
                )
        except (OSError, ValueError) as error:
            warnings.warn(f"Left out: {error}", stacklevel=2)
    for path, training in _of_this_kernel.items():
        if path.parent == folder:
            runs[path.stem] = records(training.history, training.notes, held_out)
    return {name: runs[name] for name in sorted(runs) if runs[name]}


def records(history: list[Step], notes: dict[str, Any], held_out: bool) -> list[Any]:
    if held_out:
        return [HeldOut(*place) for place in notes.get("log", {}).get("held_out", [])]
    return list(history)
