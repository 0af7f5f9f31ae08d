"""The server's clock: POSIX seconds that never run backwards.

It does not follow the machine's wall clock when somebody sets it: waits and talks must not change their length. The
wall clock is read once, at the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable


def steady_clock() -> Callable[[], float]:
    """A clock that starts at the wall clock's time and goes on by the monotonic clock."""
    ahead = time.time() - time.monotonic()
    return lambda: ahead + time.monotonic()
