"""The notebooks as a learner meets them: in JupyterLab, in a browser.

With MICROGRAD_SCREENSHOTS set to a folder, pictures of every notebook run here are kept there.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Lab, Notebook, browser, copy_of_checkout, jupyterlab, open_notebook
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.slow]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A JupyterLab that shows a copy of the checkout, in a folder with a space in its name.

    Each test has its own: kernels and saved outputs outlive the page that made them.
    """
    root = copy_of_checkout(ROOT, tmp_path / "the course")
    home = tmp_path / "home"
    home.mkdir()
    with jupyterlab(root, home) as lab:
        yield lab


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with browser(chromium) as page:
        yield page


def keep_pictures(notebook: Notebook, name: str) -> None:
    if folder := os.environ.get("MICROGRAD_SCREENSHOTS"):
        notebook.screenshots(Path(folder), name)


def board(page: Page) -> Locator:
    """The picture of the run that goes on, found as a screen reader finds it: by its alt text."""
    return page.get_by_role("img", name="Sheet of a training run")


def test_07_trains_a_gpt_and_shows_its_losses_and_names_on_the_board(lab, page):
    notebook = open_notebook(page, lab, "work/07_training.ipynb")
    notebook.run_all()
    keep_pictures(notebook, "07_training")

    assert notebook.failures() == []

    # The board: one picture, however often it was drawn, which the browser could decode.
    expect(board(page)).to_have_count(1)
    expect(board(page)).to_have_attribute("alt", re.compile("Loss fell .* over 1,000 steps"))
    expect(board(page)).to_have_attribute("alt", re.compile(r"Names after step 1,000: \w+"))
    assert board(page).evaluate("image => image.naturalWidth") > 500

    # The loss: what the curve was drawn from fell by more than chance could make it.
    losses = notebook.value_of("[step.loss for step in training.history]")
    assert len(losses) == 1000
    assert mean(losses[-100:]) < mean(losses[:100]) - 0.2

    # The learner's own steps, beside the package's.
    assert notebook.value_of("max(abs(a - b) for a, b in zip(mine, theirs))") < 1e-9


def test_07_stopped_half_way_goes_on_when_its_cell_is_run_again(lab, page):
    notebook = open_notebook(page, lab, "work/07_training.ipynb")
    notebook.start_all()
    expect(board(page)).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Interrupt the kernel").click()
    notebook.wait()

    assert notebook.failures() == []
    assert 20 <= notebook.value_of("training.step") <= 1000

    notebook.run(notebook.cell_with("board.finish()"))
    assert notebook.failures() == []
    assert notebook.value_of("[step.number for step in training.history]") == [*range(1, 1001)]


def test_07b_shows_its_diseases(lab, page):
    notebook = open_notebook(page, lab, "work/07b_when_training_goes_wrong.ipynb")
    notebook.run_all()
    keep_pictures(notebook, "07b_when_training_goes_wrong")

    assert notebook.failures() == []
    expect(page.get_by_role("img", name="6 panels of losses")).to_have_count(2)


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)
