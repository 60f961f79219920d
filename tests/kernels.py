"""Kernels as a notebook has them, without a browser: for tests that kill them.

with kernel(folder) as one:
    one.run("x = 1")
    one.kill()
"""

import ast
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

ROOT = Path(__file__).resolve().parent.parent


class Kernel:
    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager, self.client = manager, client
        self.pid: int = self.value_of("__import__('os').getpid()")

    def run(self, code: str) -> None:
        """Run a cell; RuntimeError with its error where it fails."""
        content = self.client.execute_interactive(code, timeout=120, output_hook=ignore)["content"]
        if content["status"] != "ok":
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")

    def value_of(self, expression: str) -> Any:
        """A number, text, list or the like from the kernel."""
        message = self.client.execute(
            "", silent=True, user_expressions={"answer": expression}, store_history=False
        )
        while True:
            reply = self.client.get_shell_msg(timeout=120)
            if reply["parent_header"].get("msg_id") == message:
                break
        answer = reply["content"]["user_expressions"]["answer"]
        if answer["status"] != "ok":
            raise RuntimeError(f"{answer['ename']}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])

    def kill(self) -> None:
        """End it as a machine without memory does: it hears nothing of it."""
        os.kill(self.pid, signal.SIGKILL)


def ignore(message: Any) -> None:
    """What a cell shows is of no interest here."""


@contextmanager
def kernel(folder: Path) -> Iterator[Kernel]:
    """A kernel that works in `folder`, with our package and the modules of the tests at hand."""
    environment = dict(os.environ)
    environment.pop("MICROGRAD_STATIC", None)
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment["IPYTHONDIR"] = str(folder / ".ipython")
    manager, client = start_new_kernel(
        kernel_name="python3",
        env=environment,
        cwd=str(folder),
        extra_arguments=["--log-level=40"],  # errors; its warnings are about the connection
    )
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
