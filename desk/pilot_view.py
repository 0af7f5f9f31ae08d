"""What screens may know of the autopilot, and tell it: the next ten minutes of each queue, what is in force, and why.

It does not know who makes the forecasts, nor who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ForecastView:
    """The next ten minutes of a queue. `share` (0 to 1) is of its callers who will be answered within `target` seconds.

    It is None when too little is known. `rate` is in callers a minute; `act_below` and `undo_above` are the bounds.
    """

    queue: str
    share: float | None
    target: float
    act_below: float
    undo_above: float
    rate: float
    seats: int
    free: int
    waiting: int
    work: float
    patience: float


@dataclass(frozen=True, slots=True)
class ActView:
    """Something in force, since `at`, and what was seen when it was done."""

    act: str
    queue: str
    kind: str
    amount: float
    at: float
    share: float | None
    rate: float
    seats: int
    free: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RoomView:
    """How many agents calls of this queue may use now, and what bounds it."""

    queue: str
    agents: int
    why: str


@dataclass(frozen=True, slots=True)
class AutopilotView:
    """`is_there`: some queue has bounds. `pace` is the share of its pace that the dialler keeps."""

    at: float
    is_there: bool
    on: bool
    pace: float
    forecasts: tuple[ForecastView, ...]
    acts: tuple[ActView, ...]
    rooms: tuple[RoomView, ...] = ()


class PilotDesk(Protocol):
    """Where the desk looks."""

    def __call__(self) -> AutopilotView: ...


def nobody_flies() -> AutopilotView:
    """The view of a desk that was given no autopilot."""
    return AutopilotView(0.0, is_there=False, on=False, pace=1.0, forecasts=(), acts=())


@dataclass(frozen=True, slots=True)
class SupervisorUndidAct:
    """An act of the autopilot is to be undone, and not done again for a while."""

    act: str
    by: str


@dataclass(frozen=True, slots=True)
class SupervisorTurnedAutopilot:
    """Off: the autopilot undoes everything, and does nothing."""

    on: bool
    by: str


PilotSaid = SupervisorUndidAct | SupervisorTurnedAutopilot
