"""What the desk may ask of the calls that we made, answered from the journal without holding up the floor.

It does not know what is made of the answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

from journal.attempt_views import AttemptRow, OutcomeCount, TalkKept
from journal.views import JournalReader

_PAGE: Final = 500
Span = tuple[float, float]  # [since, until) in POSIX seconds


class AttemptLibrary(Protocol):
    """Everything is asynchronous, so that a slow disk never holds up the floor."""

    async def counts(self, campaign: str, span: Span) -> Sequence[OutcomeCount]:
        """Count a campaign's attempts begun in the span by outcome and the agent's word."""
        ...

    async def said(self, campaign: str, span: Span) -> tuple[Sequence[AttemptRow], Mapping[str, TalkKept]]:
        """List the attempts in which somebody talked or of which a word was said, and their talks."""
        ...

    async def campaign_of(self, contact: str) -> str:
        """Tell for which campaign this attempt was; "" for none."""
        ...

    def pages(
        self, campaign: str, span: Span, outcomes: Sequence[str], limit: int | None
    ) -> AsyncIterator[Sequence[AttemptRow]]:
        """List a campaign's attempts, newest first, some at a time."""
        ...

    async def of_person(self, who: str) -> tuple[Sequence[AttemptRow], Mapping[str, TalkKept]]:
        """List all attempts on a person or a number, newest first, and their talks."""
        ...


class JournalAttempts:
    """An `AttemptLibrary` over a journal's reader."""

    def __init__(self, journal: JournalReader) -> None:
        self._read = journal.attempts

    async def counts(self, campaign: str, span: Span) -> Sequence[OutcomeCount]:
        return await asyncio.to_thread(self._read.counts, campaign, *span)

    async def said(self, campaign: str, span: Span) -> tuple[Sequence[AttemptRow], Mapping[str, TalkKept]]:
        return await asyncio.to_thread(lambda: self._with_talks(self._read.said(campaign, *span)))

    async def campaign_of(self, contact: str) -> str:
        row = await asyncio.to_thread(self._read.attempt, contact)
        return "" if row is None else row.campaign

    async def pages(
        self, campaign: str, span: Span, outcomes: Sequence[str], limit: int | None
    ) -> AsyncIterator[Sequence[AttemptRow]]:
        rows = self._read.attempts(campaign, *span, outcomes=outcomes, limit=limit)
        while page := await asyncio.to_thread(lambda: list(islice(rows, _PAGE))):
            yield page

    async def of_person(self, who: str) -> tuple[Sequence[AttemptRow], Mapping[str, TalkKept]]:
        return await asyncio.to_thread(lambda: self._with_talks(self._read.of_person(who)))

    def _with_talks(self, rows: list[AttemptRow]) -> tuple[list[AttemptRow], dict[str, TalkKept]]:
        return rows, self._read.talks([row.contact for row in rows])


class NoAttempts:
    """The past of a house that called nobody."""

    async def counts(self, campaign: str, span: Span) -> Sequence[OutcomeCount]:
        del campaign, span
        return ()

    async def said(self, campaign: str, span: Span) -> tuple[Sequence[AttemptRow], Mapping[str, TalkKept]]:
        del campaign, span
        return (), {}

    async def campaign_of(self, contact: str) -> str:
        del contact
        return ""

    async def pages(
        self, campaign: str, span: Span, outcomes: Sequence[str], limit: int | None
    ) -> AsyncIterator[Sequence[AttemptRow]]:
        del campaign, span, outcomes, limit
        none: tuple[Sequence[AttemptRow], ...] = ()
        for page in none:
            yield page

    async def of_person(self, who: str) -> tuple[Sequence[AttemptRow], Mapping[str, TalkKept]]:
        del who
        return (), {}
