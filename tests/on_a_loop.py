"""An event loop for tests of what a kernel runs between its cells."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

SECONDS = 20  # after which a test gives up; none waits for it


def at_work(test: Callable[..., Any]) -> Callable[..., None]:
    """Run a test on an event loop, as a kernel has one."""

    @functools.wraps(test)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return wrapped


async def press(button: Any) -> None:
    button.click()
    await asyncio.sleep(0.02)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not reached():
            await asyncio.sleep(0.005)
