"""What the dialler asks of the book of law, and what it tells it. `outbound/law/` answers; tests have plainer ones.

It does not know a single rule.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from lean import dataclass
from outbound.campaign import Campaign
from outbound.lead import Lead
from outbound.messages import AttemptBegun, AttemptEnded, BlockKept
from outbound.verdict import Allowed, Verdict

Place = tuple[str, ...]  # the IANA zones in which a number may be, () for unknown


@dataclass(frozen=True, slots=True)
class Promise:
    """What the law lets a campaign do at this moment, as pacing must know it (`outbound/pacing/sight.py`).

    `cap` is the share of persons who may be abandoned, the stricter of the law's and the campaign's; `persons` and
    `abandoned` are counted in the law's window until now. `wait` is how many seconds a person may wait for an agent.
    `ring_for` is the least time to let it ring.
    """

    cap: float
    persons: int
    abandoned: int
    wait: float = 2.0
    ring_for: float = 15.0


class Permission(Protocol):
    """The book of law, with its memory of recent attempts."""

    def may_dial(self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float = 0.0) -> Verdict:
        """Whether this number of this lead may be dialled now, for this campaign.

        `promised` is when he was promised a call, 0 for never: he has asked for it himself, whatever was before it.
        """

    def opens(self, campaign: Campaign, places: Collection[Place], now: float) -> float:
        """The first moment from `now` on that is a time for calls in one of these places; `now` if nobody can tell."""

    def promise(self, campaign: Campaign, now: float) -> Promise:
        """What the abandonment rule leaves to this campaign now."""

    def begun(self, attempt: AttemptBegun, at: float) -> None:
        """A number is dialled."""

    def ended(self, attempt: AttemptEnded, at: float) -> None:
        """What came of it. An abandoned call is told as soon as it is one."""

    def blocked(self, block: BlockKept, at: float) -> None:
        """A number may not be called any more, or may be again."""


class Lawless:
    """Everything is allowed, and persons are counted for ever: for tests and simulations of pacing alone."""

    def __init__(self) -> None:
        self.persons: dict[str, int] = {}
        self.abandoned: dict[str, int] = {}

    def may_dial(self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float = 0.0) -> Verdict:
        """Yes."""
        del lead, number, campaign, now, promised
        return Allowed("none")

    def opens(self, campaign: Campaign, places: Collection[Place], now: float) -> float:
        """At once."""
        del campaign, places
        return now

    def promise(self, campaign: Campaign, now: float) -> Promise:
        """What the campaign itself says."""
        del now
        name = campaign.name
        return Promise(campaign.cap, self.persons.get(name, 0), self.abandoned.get(name, 0))

    def begun(self, attempt: AttemptBegun, at: float) -> None:
        """Nothing is remembered."""

    def ended(self, attempt: AttemptEnded, at: float) -> None:
        """Count it, if it was a person."""
        del at
        name, outcome = attempt.campaign, attempt.outcome
        self.persons[name] = self.persons.get(name, 0) + (outcome in {"connected", "abandoned"})
        self.abandoned[name] = self.abandoned.get(name, 0) + (outcome == "abandoned")

    def blocked(self, block: BlockKept, at: float) -> None:
        """Nobody is blocked."""
