"""What the autopilot did, and what was seen when it did it: a part of the permanent vocabulary (`facts.py`).

It does not know why a forecast is what it is.

All these facts stand under one contact, `AUTOPILOT`, which is nobody's: so they are found together at a start, however
long the journal is.
"""

from __future__ import annotations

from typing import Final

from lean import dataclass

AUTOPILOT: Final = "(autopilot)"


@dataclass(frozen=True, slots=True)
class AutopilotActed:
    """The autopilot did something for a queue. `kind`: relax, reserve, callbacks, dialler; `amount` as its bounds say.

    `share` is the forecast for the next ten minutes (0 to 1), `below` the bound that it fell under. What it was seen
    from: callers a minute, agents at work who serve the queue and how many are free, how many wait, mean seconds of
    work a caller, mean patience.
    """

    at: float
    act: str
    queue: str
    kind: str
    amount: float
    share: float
    below: float
    rate: float
    seats: int
    free: int
    waiting: int
    work: float
    patience: float
    contact: str = AUTOPILOT


@dataclass(frozen=True, slots=True)
class AutopilotUndid:
    """An act is over. `why`: calm, supervisor (then `by` says who), bounds (it is allowed no more), off.

    `share` is the forecast then, -1 where none was made.
    """

    at: float
    act: str
    queue: str
    kind: str
    amount: float
    why: str
    by: str
    share: float
    contact: str = AUTOPILOT


@dataclass(frozen=True, slots=True)
class AutopilotTurned:
    """A supervisor switched the autopilot on or off."""

    at: float
    on: bool
    by: str
    contact: str = AUTOPILOT
