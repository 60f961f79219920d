"""What the operating system can end, where it can: a call that takes too long or too much memory.

Linux does both, macOS the first. On Windows, in a browser's Python and outside the main thread
there is neither.
"""

from __future__ import annotations

import importlib
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

MEMORY = 2**29  # bytes that the calls of a check may take, beside what the notebook holds
SIZES = Path("/proc/self/statm")  # Linux says here how much this process has mapped, in pages


class TimeUp(BaseException):
    """Raised inside an answer whose time is over; no `except Exception` stops it."""


@contextmanager
def alarm(seconds: float, code: CodeType) -> Iterator[None]:
    """Raise TimeUp in the main thread after `seconds`, and again and again, where signals exist.

    Only while `code` runs, or what it calls: a ring that comes when all is over must not end what
    tidies up.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "setitimer") or not in_main_thread:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code is code:
                raise TimeUp
            frame = frame.f_back

    start = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 0.05)
    try:
        yield
    finally:  # ours is silent before somebody else's goes on where it was
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        rest = max(left - (time.monotonic() - start), 0.001) if left else 0.0
        signal.setitimer(signal.ITIMER_REAL, rest, interval)


@contextmanager
def less_memory(extra: int = MEMORY) -> Iterator[None]:
    """Let an allocation that goes `extra` bytes beyond what is taken now raise MemoryError."""
    if not SIZES.exists():
        yield
        return
    resource = importlib.import_module("resource")
    pages = int(SIZES.read_text().split()[0])
    before = soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + extra
    if soft != resource.RLIM_INFINITY and soft <= wanted:
        yield  # somebody allows less already
        return
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
