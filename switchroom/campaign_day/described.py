"""A campaign's day as it is described: who would answer, how long all takes, and who works when.

It does not know what comes of it: nothing is drawn here, and no pacer is named.

All times are seconds from the day's beginning (`opens_at`, a POSIX time).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from switchroom.campaign_day.rings import gamma
from switchroom.day.described import OPENS_AT, Spell
from switchroom.day.laws import FOREVER, Exponential, Fixed, Law, LogNormal


@dataclass(frozen=True, slots=True)
class Share:
    """From this second on, this share (from 0 to 1)."""

    since: float
    share: float


@dataclass(frozen=True, slots=True)
class Silence:
    """What a dial comes to that no person answers: its share among such, its name, how long the line is taken.

    `takes` of None: as long as we let it ring.
    """

    share: float
    name: str
    takes: Law | None


RING = gamma(10.0, 4)
TALK = LogNormal(90.0, 1.2)
WRAP_UP = Fixed(15.0)
OTHER_TALK = Exponential(105.0)
NOBODY = (Silence(0.7, "no_answer", None), Silence(0.3, "busy", Fixed(3.0)))


@dataclass(frozen=True, slots=True)
class Ear:
    """How it is heard who answered: how long that takes, and the share of persons who are taken for machines."""

    takes: float = 0.0
    misheard: float = 0.0


@dataclass(frozen=True, slots=True)
class People:
    """The customers. `answers` is the share of dials that a person would answer if it rang for ever, in steps from 0.

    `ring` is how long it rings until he answers. `congested` is the share of dials for which the carrier has no line.
    `patience` is how long somebody who has answered waits for an agent.
    """

    answers: tuple[Share, ...]
    ring: Law = RING
    nobody: tuple[Silence, ...] = NOBODY
    talk: Law = TALK
    wrap_up: Law = WRAP_UP
    ear: Ear = Ear()
    congested: float = 0.0
    patience: Law = FOREVER

    def answer_share(self, second: float) -> float:
        """The share that holds at this second."""
        place = bisect_right(self.answers, second, key=lambda each: each.since) - 1
        return self.answers[max(0, place)].share


@dataclass(frozen=True, slots=True)
class Inbound:
    """Callers of other queues whom the same agents serve when no customer of the campaign waits."""

    an_hour: float
    talk: Law = OTHER_TALK


@dataclass(frozen=True, slots=True)
class Place:
    """An agent's chair: the spells in which somebody sits there ready to work."""

    agent: str
    there: tuple[Spell, ...]


@dataclass(frozen=True, slots=True)
class CampaignDay:
    """One described day of a campaign.

    `most` is how many lines may be in the air at once, in steps from 0. `wait` is the law's: who waits longer from the
    end of his greeting is abandoned. `hold` is how long we keep him before we give up, at least `wait`. `cap` is the
    law's share. Of the first `warm` seconds no agent's time is counted.
    """

    name: str
    seconds: float
    people: People
    places: tuple[Place, ...]
    ring_for: float = 25.0
    most: tuple[tuple[float, int], ...] = ((0.0, 1_000_000),)
    wait: float = 2.0
    hold: float = 2.0
    cap: float = 0.03
    warm: float = 1800.0
    inbound: Inbound | None = None
    opens_at: float = OPENS_AT


def everybody(count: int, seconds: float) -> tuple[Place, ...]:
    """So many agents, all there all day."""
    whole = (Spell(0.0, seconds),)
    return tuple(Place(f"a{number:03d}", whole) for number in range(count))
