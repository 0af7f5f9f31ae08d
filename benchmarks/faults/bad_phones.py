"""Phones of a storm that are bad for good, also when all other faults have stopped: which they are, and what they do.

It does not know what follows from it: that nobody else may suffer is judged in `others.py`.

    refuses    every ring is refused after a moment        dead    it cannot be rung, though its node takes it for there
    rings out  every ring goes unheard                     mute    it rings, and nobody ever tells of it, nor of its end

Whose phone is bad comes on, makes himself ready and is taken for absent like anybody; his phone is what it is. They are
drawn by a chance of their own, so the other storms, and all else in this one's beginning, are as they were without.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import TYPE_CHECKING

import cti.vocabulary as cti
from benchmarks.faults.floors import ALWAYS
from switchroom.simulated import Leg

if TYPE_CHECKING:
    from benchmarks.faults.storm import Storm
    from switchroom.floorplan import AgentPlan

Phone = tuple[str, str]  # its node and its name

SHARE = 1 / 3  # of the storms
REFUSES, RINGS_OUT, DEAD, MUTE = "refuses", "rings out", "dead", "mute"
HABITS = (REFUSES, RINGS_OUT, DEAD, MUTE)


def drawn(seed: int, agents: Iterable[AgentPlan]) -> dict[Phone, str]:
    """The bad phones of this storm, and the habit of each: none, or one in six of all."""
    chance = Random(f"bad phones of {seed}")  # noqa: S311 (weather, no secret)
    if chance.random() >= SHARE:
        return {}
    phones = sorted({(agent.node, agent.phone) for agent in agents if int(agent.agent[-3:]) >= ALWAYS})
    return {phone: chance.choice(HABITS) for phone in chance.sample(phones, max(1, len(phones) // 6))}


class BadPhones:
    """`ring` rings one of them; `is_silent` tells of which news nobody hears."""

    def __init__(self, storm: Storm, habits: dict[Phone, str]) -> None:
        self.storm = storm
        self.habits = habits
        self._mute: set[str] = set()

    def ring(self, ring: cti.RingAgent) -> bool:
        """Whether this phone is bad: then all that comes of the ring is done here."""
        habit = self.habits.get((ring.node, ring.phone))
        if habit is None or ring.outside:
            return False
        storm, chance = self.storm, self.storm.random
        storm.struck[f"rings at bad phones: {habit}"] += 1
        if habit == DEAD:
            storm.told(cti.LegEnded(ring.node, ring.leg, 20), chance.random() * 0.3)
            return True
        if habit == MUTE:
            self._mute.add(ring.leg)
        storm.legs[ring.leg] = Leg(ring.call, ring.phone, ring.dial, ring.node)
        storm.told(cti.LegRang(ring.leg), 0.02)
        cause, after = (21, chance.random() * 2) if habit == REFUSES else (19, ring.ring_for + chance.random() * 0.3)
        storm.after(after, lambda: storm.rings_out(ring.leg, cause))
        return True

    def is_silent(self, message: object) -> bool:
        """Whether this is news of a phone of which nobody tells."""
        return isinstance(message, cti.LegRang | cti.LegEnded) and message.leg in self._mute
