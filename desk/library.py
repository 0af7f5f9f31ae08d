"""What the desk may ask of the past: contacts, waits, facts, recordings.

It does not know how the past is kept; `desk/archive.py` answers from the journal, tests bring their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from acd.service_level import Counts
from desk.agent_times import AgentTimes, TimesWanted
from desk.breakdown import Breakdown, BreakdownWanted
from desk.story import Story
from ivr.figures import Journey
from journal.facts import MessageLeft
from journal.rows import ContactRow, OfferRow, RawFact

if TYPE_CHECKING:
    from desk.figures import Wanted


class Library(Protocol):
    """Everything is asynchronous, so that a slow disk never holds up the floor. Times are POSIX seconds."""

    async def contact(self, contact: str) -> Story | None:
        """Tell the whole story of one contact, open or finished; None when there was never one."""
        ...

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
        """List contacts begun in [since, until), newest first; with `agent`, those offered to him.

        `outcome` as in `CallEnded`, "" for open ones; `queue` is the one first asked for.
        """
        ...

    async def counts(self, wanted: Wanted) -> Counts:
        """Count every request for a person made in [since, until), still open ones too."""
        ...

    async def breakdown(self, wanted: BreakdownWanted) -> Breakdown:
        """Work out figures line by line."""
        ...

    async def agent_times(self, wanted: TimesWanted) -> AgentTimes:
        """Work out what agents did with their time."""
        ...

    async def journeys(self, since: float, until: float, flow: str) -> Sequence[Journey]:
        """List the journeys of a flow's calls begun in [since, until), still open ones too."""
        ...

    async def journey(self, contact: str) -> Journey | None:
        """Tell one call's way through its flow; None when there was never one."""
        ...

    async def facts_after(self, seq: int, limit: int) -> Sequence[RawFact]:
        """List at most `limit` facts with a number above `seq`, in order."""
        ...

    async def last_seq(self) -> int:
        """Tell the number of the newest committed fact, 0 in an empty journal."""
        ...

    async def offered_to(self, contact: str) -> frozenset[str]:
        """Tell to whom this contact was ever offered: they, and supervisors, may see it."""
        ...

    async def offer(self, offer: str) -> OfferRow | None:
        """Find an offer, with what was recorded of its talk; None when there was none."""
        ...

    async def left(self, since: float, until: float, kind: type) -> Sequence[tuple[int, object]]:
        """List the facts of this kind that happened in [since, until) with their numbers, in order."""
        ...

    async def message(self, seq: int) -> MessageLeft | None:
        """Find a recorded message by its fact's number; None when there is none."""
        ...

    async def trouble(self) -> str:
        """Say why the past cannot be read now, "" when it can."""
        ...
