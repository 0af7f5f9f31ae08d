"""How long tests wait for what must come: longer than the slowest machine needs, and free wherever it comes.

No test says how soon something must come; which of two moments was first, it may say.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 60.0


def until(true: Callable[[], object], what: str = "it") -> None:
    """Wait until `true()`."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come within {PATIENCE} s"
        time.sleep(0.02)


async def meanwhile(true: Callable[[], object], what: str = "it", *, seen: object = "") -> None:
    """Wait for something while phones and links of this loop go on. A failure shows what was `seen`."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come within {PATIENCE} s: {seen}"
        await asyncio.sleep(0.01)
