"""A storm in which talks are moved: held, asked about, gone to and fro in, shared, passed on, overheard, taken over.

It does not judge. The switch and the people of `switchroom/simulated_talks.py` act over the links of `storm.py`: every
move may be late, lost, or done by nobody knows whom, and we die between the fact and the act.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cti.vocabulary as cti
from benchmarks.faults.storm import Storm
from switchroom.simulated_talks import ROOM, TalkSimulator

if TYPE_CHECKING:
    from benchmarks.faults.climate import Climate
    from benchmarks.faults.storm import Link
    from switchroom.edition import Edition


class TalkStorm(Storm, TalkSimulator):
    """`season.py` plays it."""

    def __init__(self, editions: list[Edition], climate: Climate, seed: int) -> None:
        super().__init__(editions, climate, seed)
        self.restless = climate.restless

    def _grow_restless(self, name: str) -> None:
        if self.restless:
            super()._grow_restless(name)

    def _meet(self, leg: cti.LegId) -> None:
        """A customer who is called back has answered."""
        super()._meet(leg)
        it = self.legs.get(leg)
        if it is not None and it.state == "talk":
            self.joined[leg] = self.links[it.node].age

    def _end_leg(self, leg: cti.LegId, cause: int) -> None:
        if leg in self.legs:
            self.watch.caller_gone(leg)  # who is bridged with it, or was to be, is soon let go
        super()._end_leg(leg, cause)

    def survey_of(self, link: Link, asked_at: float, with_ended: bool) -> cti.NodeSurveyed:
        """A room is a bridge like any other."""
        seen = super().survey_of(link, asked_at, with_ended)
        return replace(seen, legs=tuple(replace(x, state="talk") if x.state == ROOM else x for x in seen.legs))
