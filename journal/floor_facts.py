"""The permanent vocabulary of what people change on a running floor: what agents may be offered, which queues are open.

It does not know who may change anything, nor what follows from it. Each fact says who did it, why, what was before and
what is now, so that it can be shown as a difference and taken back. The rules of `journal/facts.py` hold here too.
"""

from __future__ import annotations

from lean import dataclass


@dataclass(frozen=True, slots=True)
class AgentAltered:
    """An agent's skills or queues are others now. `queues` are names, or `all`; skills are (name, level).

    `change` counts the changes of this agent from 1. `how`: altered, undone (`undoes` is the change that was taken
    back), filed (`agents.yaml` says something else of him since, and counts again). `filed_...` is what the file said
    when it was done: the change stands over the file for as long as the file says that.
    """

    at: float
    agent: str
    change: int
    by: str
    why: str
    queues: tuple[str, ...]
    skills: tuple[tuple[str, int], ...]
    queues_before: tuple[str, ...]
    skills_before: tuple[tuple[str, int], ...]
    filed_queues: tuple[str, ...]
    filed_skills: tuple[tuple[str, int], ...]
    how: str = "altered"
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class CallerReranked:
    """A waiting caller has another priority: `queues.yaml` says something else of his segment since."""

    at: float
    contact: str
    queue: str
    priority: int


@dataclass(frozen=True, slots=True)
class YearUnannounced:
    """A calendar has come to a year whose public days nobody has told us: what the country's law fixes counts.

    Told of each calendar when the year begins, and again by each server that starts in it.
    """

    at: float
    calendar: str
    country: str
    year: int


@dataclass(frozen=True, slots=True)
class QueueSwitched:
    """A queue was closed or opened. `by` is a person, or `calendar NAME`.

    `held`: a person wants it so, whatever the calendar says, until it is given back to the calendar. `released`: those
    who waited were let go.
    """

    at: float
    queue: str
    is_open: bool
    by: str
    why: str = ""
    held: bool = False
    released: bool = False
