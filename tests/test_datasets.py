"""Texts to learn from: read the same everywhere, downloaded whole or not at all, split cleanly."""

import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from micrograd import datasets
from micrograd.tokenizer import CharTokenizer

ROOT = Path(__file__).resolve().parent.parent

# Reading.


def test_the_bundled_names_are_distinct_lower_case_words():
    names = datasets.load("names")
    assert len(names) > 6000
    assert len(set(names)) == len(names)
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert datasets.load() == names


def test_a_data_set_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ValueError, match=r"no data set 'nmaes'.*\"names\" or \"names-32k\""):
        datasets.load("nmaes")


@pytest.mark.parametrize(
    "content",
    [
        b"emma\nava\n",
        b"emma\r\nava\r\n",
        b"emma\rava",
        b"\xef\xbb\xbfemma\nava\n",
        b"\n\nemma  \n\n  ava\n\n\n",
    ],
    ids=["LF", "CRLF", "CR", "BOM", "empty lines and spaces"],
)
def test_line_ends_marks_and_spaces_do_not_matter(content):
    documents = datasets.documents(content)
    assert documents == ["emma", "ava"]
    assert CharTokenizer.from_documents(documents).chars == ["a", "e", "m", "v"]


def test_any_language_is_read():
    assert datasets.documents("zoë\n李\n👩‍🚀".encode()) == ["zoë", "李", "👩‍🚀"]


@pytest.mark.parametrize("content", [b"emma\n\xff\xfea\x00", "zoë".encode("latin-1")])
def test_bad_utf8_is_refused_with_its_place_and_what_to_do(content):
    place = next(i for i, byte in enumerate(content) if byte > 127)
    with pytest.raises(ValueError, match=rf"Byte {place} is not UTF-8 text.*encoding UTF-8"):
        datasets.documents(content)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_documents(content):
    assert datasets.documents(content) == []


# Downloading, from a real server.


class Shelf:
    """A web server on this machine, and what it is to answer with."""

    def __init__(self) -> None:
        self.content = b"emma\nava\n"
        self.promised: int | None = None  # the length it announces; the true one unless given
        self.requests = 0
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf.requests += 1
                if self.path != "/names.txt":
                    self.send_error(404)
                    return
                self.send_response(200)
                length = len(shelf.content) if shelf.promised is None else shelf.promised
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(shelf.content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/names.txt"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder instead of the user's, and no proxy between us and this machine."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


@pytest.fixture
def shelf(cache: Path) -> Iterator[Shelf]:
    shelf = Shelf()
    thread = threading.Thread(target=shelf.server.serve_forever, args=(0.01,))
    thread.start()
    yield shelf
    shelf.server.shutdown()
    thread.join()
    shelf.server.server_close()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_downloaded_into_the_users_cache(shelf, cache):
    path = Path(datasets.fetch(shelf.url, shelf.sha256))
    assert path.read_bytes() == shelf.content
    assert cache in path.parents


def test_a_file_is_downloaded_only_once(shelf):
    first = datasets.fetch(shelf.url, shelf.sha256)
    assert datasets.fetch(shelf.url, shelf.sha256) == first
    assert shelf.requests == 1


def test_a_file_that_is_there_needs_no_network(shelf):
    first = datasets.fetch(shelf.url, shelf.sha256)
    shelf.server.shutdown()
    shelf.server.server_close()
    assert datasets.fetch(shelf.url, shelf.sha256) == first


def test_a_wrong_checksum_is_refused_named_and_nothing_is_kept(shelf, cache):
    with pytest.raises(ValueError, match="checksum differs") as refusal:
        datasets.fetch(shelf.url, "0" * 64)
    assert "with a network" not in str(refusal.value)
    assert files(cache) == []


def test_a_404_is_named_and_nothing_is_kept(shelf, cache):
    with pytest.raises(OSError, match=r'could not be downloaded.*load\("names"\)') as refusal:
        datasets.fetch(shelf.url.replace("names.txt", "nmaes.txt"), shelf.sha256)
    assert "404" in str(refusal.value)
    assert files(cache) == []


def test_a_download_cut_short_is_refused_and_nothing_is_kept(shelf, cache):
    shelf.promised = len(shelf.content) + 1000
    with pytest.raises(OSError, match=r'could not be downloaded.*load\("names"\)'):
        datasets.fetch(shelf.url, shelf.sha256)
    assert files(cache) == []


def test_when_a_newer_download_is_cut_short_the_old_file_stays(shelf):
    path = Path(datasets.fetch(shelf.url, shelf.sha256))
    old = path.read_bytes()
    shelf.content = b"emma\nava\nmia\n" * 1000
    newer = shelf.sha256
    shelf.promised = len(shelf.content)
    shelf.content = shelf.content[:100]
    with pytest.raises(OSError, match="could not be downloaded"):
        datasets.fetch(shelf.url, newer)
    assert path.read_bytes() == old


def test_when_a_newer_download_has_a_wrong_checksum_the_old_file_stays(shelf):
    path = Path(datasets.fetch(shelf.url, shelf.sha256))
    old = path.read_bytes()
    shelf.content = b"something else"
    with pytest.raises(ValueError, match="checksum differs"):
        datasets.fetch(shelf.url, "0" * 64)
    assert path.read_bytes() == old


def test_without_a_network_the_bundled_names_are_offered(cache):
    with socket.socket() as nobody:  # bound, never listening: a connection is refused
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/names.txt"
        with pytest.raises(OSError, match=r"Try again later with a network.*load\(\"names\"\)"):
            datasets.fetch(url, "0" * 64)
    assert files(cache) == []


def test_the_long_list_without_a_network_offers_the_bundled_names(cache, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(OSError, match=r"makemore.*names\.txt.*load\(\"names\"\), which is bundled"):
        datasets.load("names-32k")


def without_packages(code: str) -> str:
    """What `code` prints in a Python that has nothing but its standard library and the course."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_bundled_names_need_no_package():
    code = "from micrograd import datasets; print(len(datasets.load('names')))"
    assert int(without_packages(code)) == len(datasets.load("names"))


def test_downloading_without_pooch_says_what_to_install():
    said = without_packages(
        "from micrograd import datasets\n"
        "try: datasets.load('names-32k')\n"
        "except ImportError as error: print(error)"
    )
    assert "pip install pooch" in said
    assert 'load("names")' in said


# Splitting.


def test_a_split_has_the_part_that_was_asked_for():
    texts = [str(i) for i in range(100)]
    train, test = datasets.split(texts, 0.1, Random(1))
    assert (len(train), len(test)) == (90, 10)
    assert sorted(train + test) == sorted(texts)


def test_a_split_shuffles_and_the_same_seed_gives_the_same_split():
    texts = [str(i) for i in range(100)]
    first, second = (datasets.split(texts, 0.5, Random(1)) for _ in range(2))
    assert first == second
    assert first != datasets.split(texts, 0.5, Random(2))
    assert first[0] != sorted(first[0], key=texts.index)


def test_a_split_leaves_its_texts_alone():
    texts = ["ada", "bo", "cy", "di"]
    datasets.split(texts, 0.5, Random(1))
    assert texts == ["ada", "bo", "cy", "di"]


@settings(derandomize=True, deadline=None)
@given(
    st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40),
    st.floats(0.01, 0.99),
    st.randoms(use_true_random=False),
)
def test_a_split_never_leaks_and_loses_nothing(texts, held_out, rng):
    assume(0 < round(held_out * len(set(texts))) < len(set(texts)))
    train, test = datasets.split(texts, held_out, rng)
    assert train
    assert test
    assert not set(train) & set(test)
    assert sorted(train + test) == sorted(texts)


@pytest.mark.parametrize("texts", [[], ["ada"], ["ada", "ada"], ["ada", "bo", "cy"]], ids=str)
def test_a_split_that_would_leave_one_side_empty_is_refused(texts):
    with pytest.raises(ValueError, match="too few to hold out"):
        datasets.split(texts, 0.1, Random(1))


@pytest.mark.parametrize("part", [0, 1, -0.1, 1.5, float("nan")])
def test_a_part_that_is_no_part_is_refused(part):
    with pytest.raises(ValueError, match="between 0 and 1"):
        datasets.split(["ada", "bo"], part, Random(1))
