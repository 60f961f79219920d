"""Compare the bundled names with lists that others made, and print what part is confirmed.

    pip install faker unidecode
    python tools/check_names.py [FILE ...]

The lists are the given names in all locales of Faker (https://faker.readthedocs.io), transliterated
by Unidecode, and the lines of any FILE named, such as the 32,033 names that `names-32k` downloads.
A name in none of them is not wrong; one in some of them was not made up.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faker.providers.person
from unidecode import unidecode

DATA = Path(__file__).parent.parent / "data"


def bundled() -> dict[str, list[str]]:
    """Each bundled name with its origins; the two files must agree."""
    with (DATA / "names-origins.csv").open(encoding="utf-8", newline="") as file:
        origins = {row["name"]: row["origins"].split() for row in csv.DictReader(file)}
    names = (DATA / "names.txt").read_text(encoding="utf-8").split()
    assert names == sorted(set(names)), "names.txt is not sorted, or has a name twice"
    assert names == list(origins), "names.txt and names-origins.csv differ"
    assert all(re.fullmatch("[a-z]{2,15}", name) for name in names)
    return origins


def plain(name: str) -> str:
    """A name in the letters a to z: transliterated, marks and hyphens dropped."""
    return re.sub("[^a-z]", "", unidecode(name).lower())


def faker_names() -> set[str]:
    """Every given name of every locale."""
    package = faker.providers.person
    providers = [
        importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for module in pkgutil.iter_modules(package.__path__)
    ]
    lists = [
        value
        for provider in providers
        for attribute, value in vars(provider).items()
        if attribute.startswith("first") and not callable(value)
    ]
    return {plain(name) for entry in lists for name in texts(entry)}


def texts(entry: Any) -> Iterator[str]:
    """The strings in one of Faker's lists, whose shapes differ."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict | list | tuple | set):
        for part in entry:
            yield from texts(part)


def main() -> None:
    names = bundled()
    independent = faker_names()
    for path in sys.argv[1:]:
        independent |= {plain(line) for line in Path(path).read_text(encoding="utf-8").split()}
    total, confirmed = Counter[str](), Counter[str]()
    for name, origins in names.items():
        total.update(origins)
        confirmed.update(origins if name in independent else [])
    for origin in sorted(total):
        print(f"{origin:22} {total[origin]:5} names, {confirmed[origin] / total[origin]:4.0%}")
    found = sum(name in independent for name in names)
    print(f"{len(names)} names from {len(total)} origins; {found / len(names):.1%} are confirmed.")


if __name__ == "__main__":
    main()
