"""Python functions as machine code: numba, asked in one way by everything that uses it.

numba reads the loops of a function and hands them to LLVM, the compiler behind Clang and Rust. That
takes seconds at the first call in a process; the result is kept in a file, so that later processes
find it ready, until the function's file changes.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

try:
    import numba
except ModuleNotFoundError:
    raise ImportError(
        "The compiled rungs of micrograd.fast need numba: pip install numba, in the course's "
        "environment."
    ) from None

# What the compiler may do to arithmetic: regroup sums, so that eight numbers are added at once, and
# join a product and a sum into one instruction. It may not assume that no number is infinite or
# NaN, as numba's plain `fastmath=True` would let it: then it could remove the tests for them.
REGROUP = {"reassoc", "contract", "arcp", "nsz"}


def jit(function: Callable[..., Any]) -> Any:
    """`function` as machine code from its first call on; dividing by 0 gives inf or NaN.

    The code is kept in `__pycache__` beside the function's file, where Python keeps its own, or
    where that cannot be written, in the user's folder for such things, or nowhere.
    """
    options: dict[str, Any] = {"fastmath": REGROUP, "error_model": "numpy", "nogil": True}
    try:
        return numba.njit(function, cache=True, **options)
    except RuntimeError:  # no folder for it, neither there nor at the user's
        return numba.njit(function, **options)


@contextmanager
def translating(what: str, after: float = 2.0) -> Iterator[threading.Event]:
    """Say so, if what happens inside, the first call of some `@jit` function, takes long.

    Long is `after` seconds. The sentence is printed like any other, since a notebook shows the
    standard error in red, as a fault. Where MICROGRAD_STATIC is set nothing is said.
    """
    started = time.perf_counter()
    said = threading.Event()

    def say() -> None:
        print(f"Translating {what} into machine code ...", end="", flush=True)
        said.set()

    timer = threading.Timer(after, say)
    timer.daemon = True
    if os.environ.get("MICROGRAD_STATIC", "") in ("", "0"):
        timer.start()
    try:
        yield said
    finally:
        timer.cancel()
        if said.is_set():
            seconds = time.perf_counter() - started
            print(f" {seconds:.0f} seconds.", flush=True)


class Calls:
    """Calls of `@jit` functions, of which the first of each is announced where it takes long."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.made: set[Callable[..., Any]] = set()

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if function in self.made:
            return function(*arguments)
        with translating(self.what):
            result = function(*arguments)
        self.made.add(function)
        return result
