"""Below a NameError, the cell that was not run: by its name, where the course knows it."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from micrograd.checks import report
from micrograd.checks.card import show
from micrograd.checks.catalogue import home_of


def name_missing_cells(number: str) -> None:
    """From now on, tell a learner in notebook `number` which cell a NameError is about.

    The error itself is shown as ever. Outside a notebook this does nothing.
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return

    def explain(
        shell: Any,
        kind: type[BaseException],
        error: NameError,
        trace: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        if error.name:
            show(report.missing_card(number, error.name, home_of(error.name, number)))

    shell.set_custom_exc((NameError,), explain)
