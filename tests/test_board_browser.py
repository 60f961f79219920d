"""The board as a learner uses it: in JupyterLab, by keyboard and by mouse."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import nbformat
import pytest
from browser import KERNEL_IS_READY, Notebook, browser, jupyterlab, open_notebook
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.slow]

MAKE = """
from random import Random
from micrograd.datasets import load, split
from micrograd.gpt import GPT, GPTConfig
from micrograd.optim import Adam
from micrograd.tokenizer import CharTokenizer
from micrograd.train import Training
from micrograd.viz import train_live

names, held_out = split(load("names"), held_out=0.1, rng=Random(42))
tokenizer = CharTokenizer.from_documents(names)
model = GPT(GPTConfig(tokenizer.vocab_size), Random(42))
optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
training = Training(model, tokenizer, names, optimizer, steps=100_000)
"""
SHOW = 'board = train_live(training, held_out[:20], name="mine")\nboard'


def learners_folder(root: Path) -> Path:
    """A checkout with a single notebook of two cells."""
    leave_out = shutil.ignore_patterns("__pycache__")
    for part in ("micrograd", "data"):
        shutil.copytree(ROOT / part, root / part, ignore=leave_out)
    cells = [nbformat.v4.new_code_cell(text) for text in (MAKE.strip(), SHOW)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (root / "work").mkdir()
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, root / "work" / "board.ipynb")
    return root


def kill_the_kernel(page: Page, notebook: Notebook) -> None:
    os.kill(notebook.value_of("__import__('os').getpid()"), signal.SIGKILL)
    page.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=60_000)
    page.wait_for_function(KERNEL_IS_READY, timeout=60_000)


@pytest.mark.skipif(os.name != "posix", reason="kills a kernel with a signal of POSIX")
def test_pause_steer_interrupt_stop_and_go_on_after_the_kernel_was_killed(chromium, tmp_path):
    root, home = learners_folder(tmp_path / "the course"), tmp_path / "home"
    home.mkdir()
    with jupyterlab(root, home) as lab, browser(chromium) as page:
        notebook = open_notebook(page, lab, "work/board.ipynb")
        notebook.run_all()
        assert notebook.failures() == []
        cell = notebook.cell_with("train_live(training")
        status = cell.get_by_role("status")
        button = cell.get_by_role("button", name=re.compile("^(pause|resume)$"))
        rate = cell.get_by_label("rate before decay")
        sheet = cell.get_by_role("img", name="Sheet of a training run")
        expect(status).to_have_text("Running.")
        expect(sheet).to_have_attribute(
            "alt", re.compile("Loss (fell|stayed|rose)"), timeout=60_000
        )
        expect(cell).to_contain_text(re.compile(r"about \d+ (s|min) left"))

        # By keyboard: pause, a new rate, resume.
        button.focus()
        page.keyboard.press("Enter")
        expect(status).to_have_text(re.compile(r"Paused after step [\d,]+\."))
        paused_at = notebook.value_of("training.step")
        rate.focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("0.004")
        page.keyboard.press("Enter")
        expect(status).to_have_text(f"The learning rate is 0.004 from step {paused_at + 1:,} on.")
        assert notebook.value_of("training.step") == paused_at
        expect(sheet).to_have_attribute(
            "alt", re.compile(r"by hand it was set to 0\.004 from step")
        )
        button.focus()
        page.keyboard.press("Space")
        expect(status).to_have_text("Running.")

        # By mouse: half the rate; then the kernel's menu.
        cell.get_by_role("button", name="rate ÷ 2").click()
        expect(rate).to_have_value("0.002")
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.get_by_role("menuitem", name="Interrupt Kernel").click()
        expect(status).to_have_text(re.compile(r"Paused after step [\d,]+\."))
        rates = notebook.value_of("training.notes['log']['rates']")
        assert [place[1] for place in rates] == [0.01, 0.004, 0.002]
        assert notebook.failures() == []

        # The kernel is killed: the same cells go on from the file.
        losses = notebook.value_of("[step.loss for step in training.history]")
        assert len(losses) > paused_at
        kill_the_kernel(page, notebook)
        notebook.run_all()
        assert notebook.failures() == []
        expect(status).to_have_text(
            f"runs/mine.safetensors was found, with {len(losses):,} steps. Running."
        )
        expect(rate).to_have_value("0.002")
        cell.get_by_role("button", name="stop").click()
        expect(status).to_have_text(re.compile(r"Stopped after step [\d,]+\."))
        expect(button).to_be_disabled()
        assert (
            notebook.value_of("[step.loss for step in training.history]")[: len(losses)] == losses
        )
        notebook.run(cell)
        expect(status).to_have_text("Running.")
        cell.get_by_role("button", name="stop").click()
        assert notebook.failures() == []
