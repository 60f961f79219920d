"""Texts to learn from: the names that come with the course, and a longer list to download.

Notebook 05a looks at the names, notebook 07 holds some of them out to judge a model by.
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from random import Random

# The list of names that makemore and microgpt train on, from its author's repository.
NAMES_32K_URL = "https://raw.githubusercontent.com/karpathy/makemore/master/names.txt"
NAMES_32K_SHA256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"


def data_file(name: str) -> Path:
    """The path of a file of the folder `data/`, in an installed package or in a checkout."""
    package = Path(str(files("micrograd")))
    installed = package / "data" / name
    return installed if installed.is_file() else package.parent / "data" / name


def load(name: str = "names") -> list[str]:
    """The documents of a data set: one for each line that is not empty.

    `"names"` is bundled: given names from many languages (see `data/README.md`). `"names-32k"` is
    the list that the field trains on; it is downloaded once and kept, its checksum verified.

    >>> len(load("names")) > 6000
    True
    """
    if name == "names":
        return documents(data_file("names.txt").read_bytes())
    if name == "names-32k":
        return documents(Path(fetch(NAMES_32K_URL, NAMES_32K_SHA256)).read_bytes())
    raise ValueError(f'There is no data set {name!r}: choose "names" or "names-32k".')


def documents(content: bytes) -> list[str]:
    """The lines of a UTF-8 text, white space at their ends removed, empty ones left out."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"Byte {error.start} is not UTF-8 text. Save the file with the encoding UTF-8."
        ) from None
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line]


def fetch(url: str, sha256: str) -> str:
    """Download `url` once into the user's cache, and return the path of the copy.

    A copy with another checksum is refused, and one that is already there stays as it is.
    """
    try:
        import pooch
    except ImportError:
        raise ImportError(
            "Downloading needs the package pooch: pip install pooch. "
            'load("names") is bundled and needs no network.'
        ) from None
    try:
        path: str = pooch.retrieve(
            url, known_hash=f"sha256:{sha256}", path=pooch.os_cache("micrograd-course")
        )
    except ValueError:
        raise ValueError(
            f"What came from {url} is not the file that was expected: its checksum differs, so it "
            'was refused. Use load("names"), which is bundled.'
        ) from None
    except OSError as error:
        status = getattr(getattr(error, "response", None), "status_code", type(error).__name__)
        raise OSError(
            f"{url} could not be downloaded ({status}). Try again later with a network, or use "
            'load("names"), which is bundled.'
        ) from None
    return path


def split(texts: Sequence[str], held_out: float, rng: Random) -> tuple[list[str], list[str]]:
    """Shuffle `texts` into those to train on and the part `held_out` to judge by.

    All copies of a text fall on one side, so that nothing judged by was trained on.

    >>> train, test = split(["ada", "bo", "ada", "cy", "di"], 0.25, Random(1))
    >>> sorted(train + test), set(train) & set(test)
    (['ada', 'ada', 'bo', 'cy', 'di'], set())
    """
    if not 0 < held_out < 1:
        raise ValueError(f"held_out is a part of the whole, between 0 and 1, not {held_out}.")
    distinct = list(dict.fromkeys(texts))
    count = round(held_out * len(distinct))
    if not 0 < count < len(distinct):
        raise ValueError(
            f"{len(distinct)} different texts are too few to hold out a part of {held_out}: one "
            "side would be empty."
        )
    rng.shuffle(distinct)
    judges = set(distinct[:count])
    shuffled = list(texts)
    rng.shuffle(shuffled)
    return [t for t in shuffled if t not in judges], [t for t in shuffled if t in judges]
