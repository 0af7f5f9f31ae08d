"""What a dial will come to, drawn by its number.

It does not know when it is dialled or by whom. A dial always takes the same number of draws, so that number n meets the
same customer whatever was decided before.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from switchroom.campaign_day.described import People

NO_LINE_AFTER = 1.0  # the carrier says so after this time
PERSON, MISHEARD, MACHINE, CONGESTION, NO_ANSWER = "person", "misheard", "machine", "congestion", "no_answer"
PICKED_UP = frozenset({PERSON, MISHEARD, MACHINE})


class Fate(NamedTuple):
    """`ring`: seconds until it is answered or over; `ear`: seconds more until it is known who answered.

    The last three are draws from 0 to 1: of his talk, the agent's wrap-up, and how long he waits.
    """

    comes_to: str
    ring: float
    ear: float
    talk: float
    wrap_up: float
    patience: float

    @property
    def known_after(self) -> float:
        return self.ring + self.ear


class Fates:
    """The customers of one seed, in the order of dials."""

    def __init__(self, people: People, ring_for: float, seed: int) -> None:
        self.people, self.ring_for = people, ring_for
        self._chance = Random(f"{seed}:dials")  # noqa: S311 - a simulation wants repeatable chance

    def next(self, answers: float) -> Fate:
        """The next dial's, at a moment at which this share of dials is answered by a person."""
        draw = self._chance.random
        no_line, who, rings, ear = draw(), draw(), draw(), draw()
        person = (draw(), draw(), draw())
        people = self.people
        if no_line < people.congested:
            return Fate(CONGESTION, NO_LINE_AFTER, 0.0, *person)
        if who >= answers:
            name, ring = self._nobody((who - answers) / (1.0 - answers), rings)
            return Fate(name, ring, people.ear.takes if name == MACHINE else 0.0, *person)
        ring = people.ring.at(rings)
        if ring > self.ring_for:
            return Fate(NO_ANSWER, self.ring_for, 0.0, *person)
        return Fate(MISHEARD if ear < people.ear.misheard else PERSON, ring, people.ear.takes, *person)

    def _nobody(self, which: float, rings: float) -> tuple[str, float]:
        for kind in self.people.nobody:
            if which < kind.share:
                if kind.takes is None:
                    break
                ring = kind.takes.at(rings)
                return (kind.name, ring) if ring <= self.ring_for else (NO_ANSWER, self.ring_for)
            which -= kind.share
        return NO_ANSWER, self.ring_for
