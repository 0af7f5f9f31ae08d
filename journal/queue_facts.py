"""The part of the permanent vocabulary that queues have made: who may serve a caller while he waits.

It does not know who is free. `journal/facts.py` says what holds for every fact, and names them all.
"""

from __future__ import annotations

from lean import dataclass


@dataclass(frozen=True, slots=True)
class CallerWidened:
    """Others may serve a waiting caller now: `stage` relaxations of his queue have begun for him.

    `only` is the agent for whom he waits, "" for none. Without this fact it is (0, "").
    """

    at: float
    contact: str
    queue: str
    stage: int
    only: str
