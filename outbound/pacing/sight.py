"""What a pacer sees, and the contract of all pacers, ours and the rivals of the benchmark.

It does not know leads, law texts or telephones: lines that ring, agents who talk, and how answers went so far. A pacer
learns answer rate, ring times, talks and wrap-ups from `happened` alone; nobody tells it true parameters.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from lean import dataclass


class Event(StrEnum):
    """What a pacer is told of one line or agent, as it happens.

    A line: DIALLED, then ANSWERED (by a person: counted from the end of the detection), or OTHER (not a person; busy,
    no answer, machine, congestion), or DROPPED by us before any answer. A person: CONNECTED or ABANDONED (or LOST: he
    hung up himself before the time was over). An agent: CAME, LEFT, TALK_OVER (wrap-up begins), FREE (wrap-up is over),
    BUSY_ELSEWHERE (a caller of another queue has him).
    """

    DIALLED = "dialled"
    ANSWERED = "answered"
    OTHER = "other"
    DROPPED = "dropped"
    CONNECTED = "connected"
    ABANDONED = "abandoned"
    LOST = "lost"
    CAME = "came"
    LEFT = "left"
    TALK_OVER = "talk_over"
    FREE = "free"
    BUSY_ELSEWHERE = "busy_elsewhere"


@dataclass(frozen=True, slots=True)
class Happened:
    """`line` and `agent` are ids, "" for none. `age`: seconds since the line was dialled, or the talk began."""

    event: Event
    at: float
    line: str = ""
    agent: str = ""
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the pacer must keep to. `cap` is the share of persons that may be abandoned in the law's window.

    `persons` and `abandoned` are counted in that window (24 hours, 30 days, the campaign's life) until now. `most` is
    how many lines may be in the air at once (trunks, house and campaign). `wait` is how long a person may wait.
    """

    cap: float
    persons: int
    abandoned: int
    most: int
    wait: float = 2.0
    agents: int = 1_000_000  # how many may be used at most (blending)


class Pacer(Protocol):
    """Decides how many lines to dial."""

    def happened(self, told: Happened) -> None:
        """Take in what has just happened."""

    def lines(self, bounds: Bounds, now: float) -> int:
        """How many *more* lines to dial at this moment. Called twice a second and whenever something happened."""

    def why(self) -> str:
        """What bounded the last answer: agents, cap, most, learning, ..."""

    def risk(self) -> float:
        """The chance at the last answer that the next person who answers finds no agent in time."""
