"""What the desk is told of the floor that people change: queues, every change as a difference, and why he waits.

It does not decide anything; the centre holds the state and the journal the history.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from acd.contacts import ContactState
from acd.needs import in_words
from desk.steering_view import ChangeView, QueueView
from desk.why_view import WhyView
from journal.facts import AgentAltered, QueueSwitched
from switchroom import why

if TYPE_CHECKING:
    from journal.views import JournalReader
    from switchroom.centre import Centre
    from switchroom.turn import Effect


class FloorSteering:
    """The desk's `SteeringDesk` over a running centre and its journal."""

    def __init__(self, centre: Centre, journal: JournalReader) -> None:
        self._centre = centre
        self._journal = journal

    def queues(self) -> Sequence[QueueView]:
        centre = self._centre
        waiting = Counter(
            record.queue for record in centre.router.contacts().values() if record.state is not ContactState.TALKING
        )
        return [
            QueueView(
                name, name not in centre.hours.closed, name in centre.hours.held, queue.hours, waiting[name],
                in_words(queue.need),
            )
            for name, queue in sorted(centre.plan.queues.items())
        ]  # fmt: skip

    async def changes(self, since: float, until: float, limit: int) -> Sequence[ChangeView]:
        stored = await asyncio.to_thread(self._journal.changes, since, until, limit)
        standing = {name: change.change for name, change in self._centre.altered.items()}
        views = (view_of(one.fact, standing) for one in stored)
        return [view for view in views if view is not None]


class FloorReasons:
    """The desk's `WhyDesk`: the router's own word for who waits or talks, the facts for what was before."""

    def __init__(self, centre: Centre, journal: JournalReader, clock: Callable[[], float]) -> None:
        self._centre = centre
        self._journal = journal
        self._clock = clock

    async def why(self, contact: str) -> WhyView | None:
        now = why.why_now(self._centre, contact, self._clock())
        past = await asyncio.to_thread(self._past, contact)
        return why.with_before(now, past)

    def _past(self, contact: str) -> WhyView | None:
        return why.decided(contact, (stored.fact for stored in self._journal.facts(contact=contact)))


def view_of(fact: Effect | object, standing: dict[str, int]) -> ChangeView | None:
    """A change in words; None for a fact that is none. `standing` are the numbers of the changes that stand."""
    if isinstance(fact, AgentAltered):
        before = _agent_text(fact.queues_before, fact.skills_before)
        after = _agent_text(fact.queues, fact.skills)
        stands = standing.get(fact.agent) == fact.change
        return ChangeView(
            fact.at, "agent", fact.agent, fact.by, fact.why, fact.how, before, after, fact.change, stands
        )
    if isinstance(fact, QueueSwitched):
        before, after = ("closed", "open") if fact.is_open else ("open", "closed")
        return ChangeView(fact.at, "queue", fact.queue, fact.by, fact.why, "switched", before, after)
    return None


def _agent_text(queues: tuple[str, ...], skills: tuple[tuple[str, int], ...]) -> str:
    """Queues and skills as `agents.yaml` has them, so that two of them can be compared line by line."""
    levels = ", ".join(f"{skill}: {level}" for skill, level in skills)
    return f"queues: [{', '.join(queues)}]\nskills: {{{levels}}}"
