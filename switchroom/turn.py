"""One turn of the centre: the time it happens at, and what comes out of it, in order.

It does not know what the facts and actions mean.
"""

from __future__ import annotations

from dataclasses import field
from typing import Final, TypeGuard, get_args

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import outbound.messages as out
import recordings.messages as rec
from acd.habits import Habits, Remembered
from ivr.waiting.rules import CallbacksOffered
from journal.facts import Fact
from lean import dataclass
from switchroom.edition import FloorChanged

News = FloorChanged | CallbacksOffered | Habits | Remembered
Message = cti.Told | customers.LookedUp | desk.Told | rec.RecordingLookedAt | acd.Tick | News | out.LeadsFetched
Action = cti.Asked | customers.LookUp | desk.Asked | rec.KeepRecording | out.FetchLeads
Effect = Fact | Action

FACTS: Final = frozenset(get_args(Fact))


def is_fact(effect: Effect) -> TypeGuard[Fact]:
    """Whether it is for the journal. One look into a set: `isinstance` would try one kind of fact after the other."""
    return type(effect) in FACTS


@dataclass(slots=True)
class Turn:
    """Facts and actions of one message, in the order in which they happened and must be done."""

    now: float
    effects: list[Effect] = field(default_factory=list)

    def fact(self, fact: Fact) -> None:
        """Something happened."""
        self.effects.append(fact)

    def ask(self, action: Action) -> None:
        """Something is to be done, once the facts are safe."""
        self.effects.append(action)
