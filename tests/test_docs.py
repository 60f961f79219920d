"""The pages of docs/modules are true: examples run, signatures agree, links lead somewhere."""

import builtins
import doctest
import importlib
import inspect
import math
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from micrograd import engine

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "modules"
INDEX = PAGES / "README.md"
NAMES = sorted(page.stem for page in PAGES.glob("*.md") if page != INDEX)
PACKAGE = ROOT / "micrograd"
MODULES = [file.stem for file in PACKAGE.glob("*.py") if file.stem != "__init__"]
MODULES += ["checks", "viz"]
MODULES += [f"fast.{file.stem}" for file in (PACKAGE / "fast").glob("*.py") if file.stem[0] != "_"]

# The pages whose modules need a heavy extra.
NEEDS = {
    "fast.pytorch": pytest.mark.needs_torch,
    "fast.distributed": pytest.mark.needs_torch,
    "fast.jax_loss": pytest.mark.needs_jax,
    "fast.jit": pytest.mark.needs_numba,
    "fast.replay": pytest.mark.needs_numba,
    "fast.replay_loops": pytest.mark.needs_numba,
    "fast.compiled": pytest.mark.needs_numba,
    "fast.compiled_loops": pytest.mark.needs_numba,
}
each_page = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=NEEDS.get(name, ())) for name in NAMES]
)

OPTIONS = doctest.NORMALIZE_WHITESPACE  # a long line of output may be broken on a page


def text_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def module_of(name: str) -> ModuleType:
    return importlib.import_module(f"micrograd.{name}")


def examples(text: str, name: str) -> list[doctest.DocTest]:
    """The python blocks of a page, which share their names."""
    shared: dict[str, Any] = {}
    tests = []
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text[: block.start(1)].count("\n")
        test = doctest.DocTestParser().get_doctest(block[1], {}, name, f"{name}.md", line)
        test.globs = shared
        tests.append(test)
    return tests


def failures(text: str, name: str) -> str:
    """What the examples of a page do otherwise than it says."""
    runner, report = doctest.DocTestRunner(optionflags=OPTIONS), []
    for test in examples(text, name):
        runner.run(test, out=report.append, clear_globs=False)
    return "".join(report)


def section(text: str, title: str) -> list[list[str]]:
    """The rows of the table under a heading, cut into cells."""
    part = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


# The examples


@each_page
def test_the_examples_of_a_page_give_what_it_shows(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # some write files
    report = failures(text_of(name), name)
    assert not report, report


@each_page
def test_every_block_of_a_page_is_run_and_shows_a_result(name):
    text = text_of(name)
    blocks = examples(text, name)
    assert blocks
    assert len(blocks) == text.count("```python") == text.count("```") / 2
    for block in blocks:
        assert any(example.want for example in block.examples), f"line {block.lineno}"
    assert "+SKIP" not in text


def test_a_wrong_result_on_a_page_is_found():
    page = "Two blocks.\n\n```python\n>>> x = 2\n```\n\n```python\n>>> x + 1\n{}\n```\n"
    assert failures(page.format(3), "page") == ""
    assert 'File "page.md", line 8' in failures(page.format(4), "page")


# The names


def parameters(function: Any) -> list[tuple[str, bool, Any]]:
    """Name, whether by keyword only, and default of each parameter but `self`."""
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind is p.KEYWORD_ONLY, p.default) for p in found if p.name != "self"]


def written(signature: str, module: ModuleType) -> tuple[str, list[tuple[str, bool, Any]]]:
    """The dotted name and the parameters in `name(a, b=1)`; `...` stands for any default."""
    name, _, rest = signature.partition("(")
    return name, parameters(eval(f"lambda {rest[:-1]}: 0", dict(vars(module))))


def signatures(name: str) -> list[str]:
    cells = [row[0] for row in section(text_of(name), "Names")]
    spans = [span for cell in cells for span in code_in(cell)]
    return [span for span in spans if re.fullmatch(r"[\w.]+\(.*\)", span)]


@each_page
def test_the_signatures_of_a_page_are_those_of_the_code(name):
    module = module_of(name)
    for signature in signatures(name):
        path, said = written(signature, module)
        thing: Any = module
        for part in path.split("."):
            thing = getattr(thing, part)
        true = parameters(thing)
        assert [p[:2] for p in said] == [p[:2] for p in true], signature
        for (_, _, default), (_, _, expected) in zip(said, true, strict=True):
            assert default is ... or default == expected, signature


@each_page
def test_a_page_names_everything_public_in_its_module(name):
    module = module_of(name)
    things = vars(module).items()
    own = [n for n, thing in things if getattr(thing, "__module__", "") == module.__name__]
    public = getattr(module, "__all__", [n for n in own if not n.startswith("_")])
    text = text_of(name)
    assert [n for n in public if not re.search(rf"`{n}\b", text)] == []


def test_special_values_come_out_as_the_engine_page_says():
    rows = section(text_of("engine"), "Special values")
    names = {**vars(engine), "math": math}
    assert len(rows) > 10
    for cases, outcome, slopes in rows:
        for case in code_in(cases):
            expected = code_in(outcome)[0]
            if expected.endswith("Error"):
                with pytest.raises(getattr(builtins, expected)):
                    eval(case, dict(names))
            else:
                value = eval(case, dict(names))
                assert repr(value.data) == repr(float(expected)), case
                assert value._local == eval(code_in(slopes)[0]), case


# The index, and the way around


def test_every_module_has_a_page_and_stands_in_the_index():
    assert sorted(MODULES) == NAMES
    rows = [line for line in INDEX.read_text(encoding="utf-8").splitlines() if "](../../m" in line]
    assert len(rows) == len(NAMES)
    for name in NAMES:
        [row] = [row for row in rows if f"[{name}]({name}.md)" in row]
        assert f"](../../micrograd/{name.replace('.', '/')}" in row


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_the_links_of_a_page_lead_somewhere(page):
    links = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert link.startswith("https://") or (page.parent / link.split("#")[0]).exists(), link
