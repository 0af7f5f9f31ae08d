"""How the live count of callers stands, and whether it agreed with everything that it was held against.

It does not know who counts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueCount:
    """Callers by the queue that they first asked for ("" for all), since the server took the floor.

    `offered` = `answered` + `abandoned` + `flowed_out` + `callback` + `lost` + `in_progress`.
    """

    queue: str
    offered: int
    answered: int
    abandoned: int
    flowed_out: int
    callback: int
    lost: int
    in_progress: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """`checks` were made, one a second; `compared` waits were held against the history; `faults` disagreed.

    `last` are the causes of the latest disagreements, oldest first; the last was found at `last_at`, 0 for never.
    """

    since: float
    checks: int
    compared: int
    faults: int
    last_at: float
    last: tuple[str, ...]
    total: QueueCount
    queues: tuple[QueueCount, ...]


def nothing_counted() -> Reckoning:
    """The count of a desk beside which nobody counts."""
    return Reckoning(0.0, 0, 0, 0, 0.0, (), QueueCount("", 0, 0, 0, 0, 0, 0, 0), ())
