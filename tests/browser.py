"""A real JupyterLab in a real browser, for the tests that look at what a learner looks at.

    with jupyterlab(root, home) as lab, browser(chromium) as page:
        notebook = open_notebook(page, lab, "work/07_training.ipynb")
        notebook.run_all()
        assert notebook.failures() == []

`root` is the folder that the server shows, `home` an empty one for everything Jupyter would
otherwise read from, or leave in, the home of whoever runs the tests. The page belongs to
Playwright: clicking, typing and waiting are its methods, and `notebook.cell(i)` is one of its
locators, so that a widget is found by its label and moved by its keys:

    slider = notebook.cell(4).get_by_role("slider")
    slider.press("ArrowRight")
"""

import ast
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

# What JupyterLab would do on its own and a test does not want: the toast about news, leaving
# cells out of the page until somebody scrolls to them, and an empty screen after the last one.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "scrollPastEnd": False},
}

# A browser without a screen, without a GPU and without errands of its own.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # containers, where tests often run, forbid Chromium's own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
]

# JavaScript: is a notebook in front, and is its kernel there and waiting for work?
KERNEL_IS_READY = """() => {
    const kernel = window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel;
    return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""

# JavaScript: start a command of JupyterLab's and note how it ended, so that the wait for it has a
# limit of its own and something else can be done meanwhile.
START_COMMAND = """(name) => {
    window.outcome = 'running';
    window.jupyterapp.commands.execute(name).then(
        () => { window.outcome = 'finished'; },
        (error) => { window.outcome = `failed: ${error}`; },
    );
}"""

# JavaScript: the notebook in front as Jupyter would save it, outputs included.
NOTEBOOK_AS_JSON = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"

# JavaScript: what an expression is in the kernel, as its repr, or how evaluating it failed.
EVALUATE = """async (expression) => {
    const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
    const request = { code: '', silent: true, user_expressions: { answer: expression } };
    const reply = await kernel.requestExecute(request).done;
    const answer = reply.content.user_expressions.answer;
    return answer.status === 'ok' ? [answer.data['text/plain'], null] : [null, answer.evalue];
}"""


@dataclass(frozen=True)
class Lab:
    """A running server: where it listens, the token that it wants, the folder that it shows."""

    url: str
    token: str
    root: Path


def copy_of_checkout(checkout: Path, target: Path) -> Path:
    """Copy what a learner has after cloning and starting once: the files, and work/ filled."""
    leave_out = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "build", "dist", "work")
    shutil.copytree(checkout, target, ignore=leave_out)
    work = target / "work"
    work.mkdir()
    for notebook in sorted((target / "notebooks").glob("*.ipynb")):
        shutil.copy(notebook, work)
    return target


@contextmanager
def jupyterlab(
    root: Path,
    home: Path,
    settings: dict[str, dict[str, object]] | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[Lab]:
    """Serve `root` as start.py does, on 127.0.0.1 with a token, and stop when the block ends.

    `settings` are JupyterLab's, by plugin, added to SETTINGS; `environment` is added to that of
    the server and so of its kernels. Raises RuntimeError, with the server's log, when it does
    not answer within a minute.
    """
    token = secrets.token_hex(16)
    port = free_port()
    lab = Lab(f"http://127.0.0.1:{port}", token, root)
    write_settings(home / "config", SETTINGS | (settings or {}))
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={root}", "--ServerApp.allow_root=True"]
    command += ["--KernelManager.transport_encryption=auto", "--LabApp.expose_app_in_browser=True"]
    log = home / "server.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            command,
            env=server_environment(root, home) | (environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_answers(lab, server, log)
        yield lab
    finally:
        server.terminate()  # on SIGTERM the server shuts its kernels down before it ends
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def write_settings(config: Path, settings: dict[str, dict[str, object]]) -> None:
    """Put settings where JupyterLab reads defaults that come before its own."""
    overrides = config / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(settings), encoding="utf-8")


def server_environment(root: Path, home: Path) -> dict[str, str]:
    """The caller's environment with Jupyter's folders under `home` and our package in front."""
    environment = dict(os.environ)
    environment.pop("MICROGRAD_STATIC", None)  # a learner's pictures are live
    environment |= {
        "PYTHONPATH": str(root),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    return environment


def wait_until_it_answers(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    """Ask the server for its status until it gives one."""
    question = urllib.request.Request(
        f"{lab.url}/api/status", headers={"Authorization": f"token {lab.token}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            direct.open(question, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(
        f"JupyterLab did not answer at {lab.url} within a minute "
        f"(its exit code: {server.poll()}). Its log:\n{log.read_text(encoding='utf-8')}"
    )


@contextmanager
def browser(chromium: str, width: int = 1280, height: int = 900, zoom: float = 1) -> Iterator[Page]:
    """An empty page of a headless Chromium; `width` and `height` in CSS pixels."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        try:
            yield program.new_page(
                viewport={"width": width, "height": height}, device_scale_factor=zoom
            )
        finally:
            program.close()


def open_notebook(page: Page, lab: Lab, path: str) -> "Notebook":
    """Open `path`, relative to the server's root, and wait until its kernel can be used."""
    page.goto(f"{lab.url}/lab/tree/{path}?reset&token={lab.token}")
    page.wait_for_function(KERNEL_IS_READY, timeout=120_000)
    return Notebook(page)


class Notebook:
    """The notebook in front of a JupyterLab page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.cells = self.panel.locator(".jp-Notebook .jp-Cell")

    def cell(self, index: int) -> Locator:
        """The cell at `index`, from 0, markdown included; a negative one counts from the end."""
        return self.cells.nth(index)

    def cell_with(self, source: str) -> Locator:
        """The one code cell whose source contains `source`."""
        found = [i for i, cell in enumerate(self.as_json()) if source in text_of(cell["source"])]
        if len(found) != 1:
            raise LookupError(f"{len(found)} cells contain {source!r}; give text that only one has")
        return self.cell(found[0])

    def run_all(self, seconds: float = 180) -> None:
        """Run every cell; raise when that takes longer than `seconds` or JupyterLab gives up."""
        self.start_all()
        self.wait(seconds)

    def run(self, cell: Locator, seconds: float = 180) -> None:
        """Run one cell."""
        cell.locator(".jp-InputPrompt").click()
        self.page.evaluate(START_COMMAND, "notebook:run-cell")
        self.wait(seconds)

    def start_all(self) -> None:
        """Begin to run every cell; `wait` comes back when the last one has ended."""
        self.page.evaluate(START_COMMAND, "notebook:run-all-cells")

    def wait(self, seconds: float = 180) -> None:
        """Wait for the cells that were started."""
        self.page.wait_for_function("() => window.outcome !== 'running'", timeout=seconds * 1000)
        outcome = self.page.evaluate("() => window.outcome")
        if outcome != "finished":
            raise RuntimeError(f"JupyterLab could not run the cells: {outcome}")

    def as_json(self) -> list[dict[str, Any]]:
        """The cells in the format of an .ipynb file, with the outputs that they have now."""
        cells: list[dict[str, Any]] = self.page.evaluate(NOTEBOOK_AS_JSON)["cells"]
        return cells

    def failures(self) -> list[str]:
        """Each error that a cell ended in, as 'cell 3: ValueError: the message'."""
        return [
            f"cell {i}: {output['ename']}: {output['evalue']}"
            for i, cell in enumerate(self.as_json())
            for output in cell.get("outputs", [])
            if output["output_type"] == "error"
        ]

    def value_of(self, expression: str) -> Any:
        """A number, text, list or the like from the kernel, after the cells have run."""
        answer, error = self.page.evaluate(EVALUATE, expression)
        if error is not None:
            raise RuntimeError(f"The kernel could not evaluate {expression}: {error}")
        return ast.literal_eval(answer)

    def text(self) -> str:
        """Everything that the outputs say, as the page holds it, a line for each output."""
        return "\n".join(self.panel.locator(".jp-OutputArea-output").all_text_contents())

    def screenshots(self, folder: Path, name: str) -> list[Path]:
        """Scroll through the notebook and save what is in view as name-01.png, name-02.png, …

        Each picture begins with the last tenth of the one before, so that no line is cut in both.
        """
        folder.mkdir(parents=True, exist_ok=True)
        window = self.panel.locator(".jp-WindowedPanel-outer")
        height, view = window.evaluate("w => [w.scrollHeight, w.clientHeight]")
        pictures = []
        tops = range(0, max(1, height - view // 10), view * 9 // 10)
        for number, top in enumerate(tops, start=1):
            window.evaluate("(w, top) => { w.scrollTop = top; }", top)
            self.page.wait_for_timeout(150)  # one picture's worth of layout
            pictures.append(folder / f"{name}-{number:02}.png")
            window.screenshot(path=pictures[-1])
        return pictures


def text_of(source: str | list[str]) -> str:
    """A cell's text, which the format allows to be one string or a list of lines."""
    return source if isinstance(source, str) else "".join(source)
