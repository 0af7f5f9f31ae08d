"""What the autopilot may do, has done, and is told: the words between it and whoever carries it out.

It does not know when anything is done; `ladder.py` does.

A queue's `steps` are the bounds, written by people: the autopilot does them in this order, one at a time, undoes them
in the opposite order, and never does anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a step does. Its amount: see `Step`."""

    RELAX = "relax"  # the queue's needs are relaxed so many seconds sooner
    RESERVE = "reserve"  # agents held in reserve serve the queue
    CALLBACKS = "callbacks"  # callers who wait are offered to be called back
    DIALLER = "dialler"  # the dialler keeps this share of its pace, 0 to 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done, and how much of it: seconds for `relax`, a share for `dialler`, else 1."""

    kind: Kind
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be done for one queue. Shares are from 0 to 1, times in seconds.

    A step is done when the forecast has been below `act_below` for `sure`, the last undone when it has been above
    `undo_above` for `calm`. Between two changes are at least `hold`; in any hour at most `most` steps are done. What
    a supervisor undid is not done again for `barred`.
    """

    queue: str
    steps: tuple[Step, ...]
    act_below: float = 0.8
    undo_above: float = 0.9
    sure: float = 10.0
    hold: float = 60.0
    calm: float = 180.0
    most: int = 12
    barred: float = 1800.0

    def __post_init__(self) -> None:
        if not 0 <= self.act_below < self.undo_above <= 1:
            raise ValueError(f"queue {self.queue}: act_below must be less than undo_above, both from 0 to 1")
        if self.hold <= 0 or self.most < 1:
            raise ValueError(f"queue {self.queue}: hold must be more than 0, most at least 1")


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next ten minutes of a queue, and what they were seen from.

    `share` is None when too few callers come, or too little is known of them. `rate` is in callers a minute, of the
    queue alone; `seats` are the agents at work who serve it, `free` those of them who are free; `work` in seconds a
    caller; `patience` is the mean in seconds.
    """

    queue: str
    share: float | None
    rate: float
    seats: int
    free: int
    waiting: int
    work: float
    patience: float


@dataclass(frozen=True, slots=True)
class Act:
    """A step in force, since when, and what was seen when it was done."""

    act: str
    queue: str
    step: Step
    at: float
    seen: Forecast


# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ActUndone:
    """A supervisor wants this act undone, and not done again for a while."""

    act: str
    by: str


@dataclass(frozen=True, slots=True)
class AutopilotSwitched:
    """A supervisor switched it on or off. Off: everything is undone, and nothing is done."""

    on: bool
    by: str


# ── answered ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BeginAct:
    """Do this."""

    act: Act


@dataclass(frozen=True, slots=True)
class EndAct:
    """Undo this. `why`: calm, supervisor, bounds (it may not be done any more), off."""

    act: Act
    why: str
    by: str
    seen: Forecast | None


Change = BeginAct | EndAct
