"""The bundled data is what its README says."""

import csv
import re
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
NAMES = (DATA / "names.txt").read_text(encoding="utf-8").splitlines()


def origins() -> dict[str, list[str]]:
    with (DATA / "names-origins.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["origins"].split() for row in csv.DictReader(file)}


def test_names_are_distinct_sorted_and_in_the_letters_a_to_z():
    assert sorted(set(NAMES)) == NAMES
    assert all(re.fullmatch("[a-z]{2,15}", name) for name in NAMES)


def test_every_name_has_an_origin():
    assert list(origins()) == NAMES
    assert all(origins().values())


def test_the_readme_counts_names_and_origins_rightly():
    text = " ".join((DATA / "README.md").read_text(encoding="utf-8").split())
    languages = {origin for listed in origins().values() for origin in listed}
    assert f"{len(NAMES):,} given names" in text
    assert f"for {len(languages)} languages" in text
    assert len(NAMES) >= 6000 and len(languages) >= 20


def test_the_trained_model_is_small():
    assert (DATA / "names-gpt.safetensors").stat().st_size < 200_000
