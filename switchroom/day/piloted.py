"""A router with the autopilot at its side, under the router's own contract: so a simulated day can be flown.

It does not know the day. What the autopilot learns on a live floor from facts, it learns here from the router's
messages: the same five things at the same times. Every change is kept with its time, for reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

import acd.messages as m
from acd.acts import Bounds, Change
from acd.agents import AgentProfile, AgentRecord
from acd.autopilot import EVERY, Autopilot
from acd.habits import Habits
from acd.rules import QueueRules


class Piloted(Protocol):
    """What the autopilot needs of a router."""

    def handle(self, message: m.Told, now: float) -> list[m.Answer]: ...

    def next_deadline(self) -> float | None: ...

    def agents(self) -> Mapping[m.AgentId, AgentRecord]: ...


class PilotedRouter:
    """Hands every message on to the router, and lets the autopilot look each second."""

    def __init__(  # noqa: PLR0913 - what a router is made of, and the autopilot's own
        self,
        router: Piloted,
        bounds: Mapping[str, Bounds],
        rules: Mapping[str, QueueRules],
        profiles: Mapping[m.AgentId, AgentProfile],
        *,
        habits: tuple[Habits, ...] = (),
        every: float = EVERY,
    ) -> None:
        self.router = router
        self.pilot = Autopilot(bounds, rules, profiles, router, every=every)
        self.changes: list[tuple[float, Change]] = []
        for each in habits:
            self.pilot.handle(each, 0.0)

    def handle(self, message: m.Told, now: float) -> list[m.Answer]:
        answers = self._tell(message, now)
        if isinstance(message, m.Tick):
            for change in self.pilot.handle(message, now):
                self.changes.append((now, change))
                given = self.pilot.relief(change.act.queue)
                answers += self._tell(m.ReliefGiven(change.act.queue, given.sooner, given.reserve), now)
        return answers

    def next_deadline(self) -> float | None:
        due = [at for at in (self.router.next_deadline(), self.pilot.next_deadline()) if at is not None]
        return min(due, default=None)

    def _tell(self, message: m.Told, now: float) -> list[m.Answer]:
        answers = list(self.router.handle(message, now))
        for each in (message, *answers):
            lesson = self._lessons.get(type(each))
            if lesson is not None:
                lesson(self.pilot, each, now)
        return answers

    _lessons: ClassVar[dict[type, Callable[[Autopilot, Any, float], None]]] = {
        m.ContactArrived: lambda pilot, told, now: pilot.asked(told.contact, told.queue, now),
        m.ContactLeft: lambda pilot, told, now: pilot.demand.left(told.contact, now),
        m.ReleaseContact: lambda pilot, told, now: pilot.demand.left(told.contact, now, gave_up=False),
        m.MakeOffer: lambda pilot, told, now: pilot.demand.rung(told.contact, told.offer, now),
        m.OfferClosed: lambda pilot, told, _now: pilot.demand.closed(told.offer),
        m.OfferAccepted: lambda pilot, told, now: pilot.demand.answered(_of(told.offer), told.offer, now),
        m.TalkOver: lambda pilot, told, now: pilot.demand.over(_of(told.offer), now),
    }


def _of(offer: str) -> str:
    """Tell whose offer it is."""
    return offer.rpartition(".")[0]
