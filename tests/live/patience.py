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
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        assert waited < PATIENCE, f"{what} did not come within {PATIENCE} s"
        time.sleep(_pause(waited))


async def meanwhile(true: Callable[[], object], what: str = "it", *, seen: object = "") -> None:
    """Wait for something while phones and links of this loop go on. A failure shows what was `seen`."""
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        assert waited < PATIENCE, f"{what} did not come within {PATIENCE} s: {seen}"
        await asyncio.sleep(_pause(waited))


def _pause(waited: float) -> float:
    """Seconds to the next look: a twentieth of the wait so far, so that looking takes little from what is looked at."""
    return min(0.05, max(0.01, waited / 20))
