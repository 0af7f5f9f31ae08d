"""Slowing down whoever guesses passwords: after some failures, each further one doubles the wait.

It does not know what a password is, nor the time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 60.0
FORGOTTEN: Final = 900.0
KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Tries:
    count: int
    until: float
    at: float


class Knocks:
    """Counts tries per key. A try counts as failed from its start, so that parallel guesses gain nothing."""

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, ...], Tries] = OrderedDict()

    def wait(self, key: tuple[str, ...], now: float) -> float:
        """Tell the seconds until the next try is allowed, 0 when it is allowed now."""
        tries = self._tries.get(key)
        return max(0.0, tries.until - now) if tries else 0.0

    def knocked(self, key: tuple[str, ...], free: int, now: float) -> None:
        """Count a try; beyond `free` of them in a row the wait begins at 1 s and doubles up to a minute."""
        before = self._tries.pop(key, None)
        count = 1 if before is None or now - before.at > FORGOTTEN else before.count + 1
        pause = min(LONGEST, 2.0 ** min(count - free, 16)) if count >= free else 0.0
        self._tries[key] = Tries(count, now + pause, now)
        if len(self._tries) > KEPT:
            self._tries.popitem(last=False)

    def opened(self, key: tuple[str, ...]) -> None:
        """Forget the tries: the last one was right."""
        self._tries.pop(key, None)
