"""An event loop for tests of what a kernel runs between its cells."""

import asyncio
import functools
import signal
from collections.abc import Callable
from typing import Any

SECONDS = 20  # after which a test gives up; none waits for it


def at_work(test: Callable[..., Any]) -> Callable[..., None]:
    """Run a test on an event loop, as a kernel has one; whoever heard interrupts hears them after.

    A handler that a run left behind would hear them with its own loop closed.
    """

    async def whole(*args: Any, **kwargs: Any) -> None:
        await test(*args, **kwargs)
        runs = asyncio.all_tasks() - {asyncio.current_task()}
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    @functools.wraps(test)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        before = signal.getsignal(signal.SIGINT)
        asyncio.run(whole(*args, **kwargs))
        assert signal.getsignal(signal.SIGINT) is before

    return wrapped


async def press(button: Any) -> None:
    button.click()
    await asyncio.sleep(0.02)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not reached():
            await asyncio.sleep(0.005)
