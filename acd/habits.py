"""What other days say of a queue: how its callers come in the course of a day, how long its talks are.

It does not know how this was found; `switchroom/habits.py` reads it from the journal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """`held` are talks counted by `acd.held.EDGES`; `rates` contacts a second in steps of `step` seconds from `began`.

    Either may be (): nothing is known. Times are POSIX seconds.
    """

    queue: str
    held: tuple[float, ...] = ()
    began: float = 0.0
    step: float = 900.0
    rates: tuple[float, ...] = ()

    def rate(self, at: float) -> float | None:
        """Tell the usual rate at this time; None when it is not known."""
        place = int((at - self.began) // self.step)
        return self.rates[place] if 0 <= place < len(self.rates) else None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last talks and waits of a queue were, the oldest first, for one who has seen none of them.

    `works` are seconds from an agent's answer until he was free again, `waits` seconds with whether the caller gave up.
    """

    queue: str
    works: tuple[float, ...] = ()
    waits: tuple[tuple[float, bool], ...] = ()
