"""The desk's library, answered from the journal.

It does not know what the screens make of it. Every read runs in a thread: the journal's reader is made for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from acd.service_level import Counts
from desk.agent_times import AgentTimes, TimesWanted, times_of
from desk.breakdown import Breakdown, BreakdownWanted, break_down, counts_of
from desk.figures import Wanted
from desk.journeys import KINDS, journey_of, journeys
from desk.story import Story, tell_story
from ivr.figures import Journey
from journal.codec import OpaqueFact
from journal.facts import MessageLeft
from journal.rows import ContactRow, OfferRow, RawFact
from journal.views import JournalReader

PATIENCE: Final = 2.0
LONGEST_CALL: Final = 14_400.0  # seconds, after which Asterisk ends any call


class JournalLibrary:
    """A `Library` over a journal's reader."""

    def __init__(self, journal: JournalReader) -> None:
        self._journal = journal

    async def contact(self, contact: str) -> Story | None:
        def told() -> Story | None:
            facts = (stored.fact for stored in self._journal.facts(contact=contact))
            return tell_story(fact for fact in facts if not isinstance(fact, OpaqueFact))

        return await asyncio.to_thread(told)

    async def contacts(  # noqa: PLR0913 - each filter is named at the call
        self,
        since: float,
        until: float,
        agent: str | None,
        limit: int,
        *,
        outcome: str | None = None,
        queue: str | None = None,
    ) -> Sequence[ContactRow]:
        read = self._journal.contacts
        return await asyncio.to_thread(read, since, until, agent=agent, outcome=outcome, queue=queue, limit=limit)

    async def counts(self, wanted: Wanted) -> Counts:
        return await asyncio.to_thread(counts_of, self._journal.figures, asked_of(wanted))

    async def breakdown(self, wanted: BreakdownWanted) -> Breakdown:
        return await asyncio.to_thread(break_down, self._journal.figures, wanted)

    async def agent_times(self, wanted: TimesWanted) -> AgentTimes:
        return await asyncio.to_thread(times_of, self._journal.figures, wanted)

    async def journeys(self, since: float, until: float, flow: str) -> Sequence[Journey]:
        def read() -> list[Journey]:
            kinds = [kind.__name__ for kind in KINDS]
            facts = self._journal.facts_of_calls(since, until, flow=flow, kinds=kinds)
            return list(journeys(stored.fact for stored in facts))

        return await asyncio.to_thread(read)

    async def journey(self, contact: str) -> Journey | None:
        def read() -> Journey | None:
            return journey_of(stored.fact for stored in self._journal.facts(contact=contact))

        return await asyncio.to_thread(read)

    async def facts_after(self, seq: int, limit: int) -> Sequence[RawFact]:
        return await asyncio.to_thread(self._journal.raw_facts, seq, limit)

    async def last_seq(self) -> int:
        return await asyncio.to_thread(self._journal.last_seq)

    async def offered_to(self, contact: str) -> frozenset[str]:
        return await asyncio.to_thread(self._journal.offered_to, contact)

    async def offer(self, offer: str) -> OfferRow | None:
        return await asyncio.to_thread(self._journal.offer, offer)

    async def left(self, since: float, until: float, kind: type) -> Sequence[tuple[int, object]]:
        def read() -> list[tuple[int, object]]:
            told = self._journal.of_callers(since - LONGEST_CALL, (kind,))
            return [(one.seq, one.fact) for one in told if since <= one.fact.at < until]

        return await asyncio.to_thread(read)

    async def message(self, seq: int) -> MessageLeft | None:
        def read() -> MessageLeft | None:
            found = next(self._journal.facts(seq - 1), None) if seq > 0 else None
            message = found.fact if found is not None and found.seq == seq else None
            return message if isinstance(message, MessageLeft) else None

        return await asyncio.to_thread(read)

    async def trouble(self) -> str:
        try:
            await asyncio.wait_for(self.last_seq(), PATIENCE)
        except TimeoutError:
            return f"the journal does not answer within {PATIENCE:g} s"
        except Exception as fault:  # noqa: BLE001 - whatever keeps it from answering is the reason to tell
            return f"the journal cannot be read: {type(fault).__name__}"
        return ""


def asked_of(wanted: Wanted) -> BreakdownWanted:
    """The same question as one for lines, of which there are none."""
    return BreakdownWanted(
        wanted.since, wanted.until, (), wanted.queue, wanted.target, wanted.short, wanted.level
    )
