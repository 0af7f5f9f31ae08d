"""The dialler between the live server, its journal and the lists: what is read at a start, and leads as they are asked.

It does not know when anybody is called, nor how.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog

from journal.law_facts import LAWS
from journal.outbound_facts import BLOCKS, CAMPAIGNS, AttemptBegun, AttemptEnded
from journal.rows import StoredFact
from outbound import again
from outbound.messages import FetchLeads, LeadsFetched
from switchroom import dial_recovery
from switchroom.lead_shelf import fetch
from switchroom.ringing_back import FOR, Rung

if TYPE_CHECKING:
    from journal.attempt_views import AttemptRow
    from journal.lead_store import LeadStore
    from journal.views import JournalReader
    from switchroom.centre import Centre

log = structlog.get_logger()

ORDERED: Final = 90 * 86_400.0  # seconds for which it is remembered that a campaign was started or tuned
LEARNED: Final = 1800.0  # seconds of attempts from which pacers learn again
MOST: Final = 1500  # attempts of these that pacers learn from: as many as they remember
OPEN: Final = 86_400.0  # seconds after which no attempt is open any more
FAILED: Final = 5.0  # seconds after which a list that could not be read is asked again


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────────────────


def to_read(journal: JournalReader, last: float) -> list[StoredFact]:
    """The facts from which a dialler knows again what it knew at `last`, the time of the journal's last fact."""
    recent = sorted(_told_by_facts(journal, last))
    orders = journal.facts(contact=CAMPAIGNS, since=last - ORDERED)
    laws = journal.facts(contact=LAWS)
    return [*orders, *laws, *journal.facts(contact=BLOCKS), *journal.facts_of(recent)]


def _told_by_facts(journal: JournalReader, last: float) -> set[str]:
    """The attempts that may be open, and the latest of those that are over: of the others laws need a row alone."""
    rows = [*journal.attempts.begun(last - OPEN)]
    closed = sorted((row for row in rows if row.outcome and row.begun_at >= last - LEARNED), key=_began)
    return {row.contact for row in (*(row for row in rows if not row.outcome), *closed[-MOST:])}


def _began(row: AttemptRow) -> float:
    return row.begun_at


def remember(centre: Centre, journal: JournalReader, last: float) -> None:
    """The laws' memory of the attempts before those, and the numbers that attempts have had."""
    dialler, book = centre.outbound.dialler, centre.outbound.book
    for name in journal.attempts.last():
        again.numbered(dialler, name)
    if not dialler.campaigns:
        return
    known = _told_by_facts(journal, last)
    told: list[tuple[float, AttemptBegun | AttemptEnded]] = []
    for row in journal.attempts.begun(last - book.reach(), last):
        if row.campaign and row.contact not in known:
            told += _facts_of(row)
        if row.begun_at >= last - FOR:
            centre.outbound.lately.remember(row.number, _rung(row))
    for at, fact in sorted(told, key=lambda one: one[0]):
        if isinstance(fact, AttemptBegun):
            book.begun(dial_recovery.begun_of(fact), at)
        else:
            book.ended(dial_recovery.ended_of(fact), at)


def _rung(row: AttemptRow) -> Rung:
    return Rung(row.contact, row.campaign, row.lead, row.name, row.begun_at, row.tries, agent=row.agent)


def _facts_of(row: AttemptRow) -> list[tuple[float, AttemptBegun | AttemptEnded]]:
    """An attempt that is over, as far as laws remember it."""
    begun = AttemptBegun(
        row.begun_at, row.contact, row.campaign, row.node, row.lead, row.person, row.number, row.shown, row.tries,
        row.why, row.rules, row.mode,
    )
    at = row.ended_at or row.begun_at
    ended = AttemptEnded(
        at, row.contact, row.campaign, row.lead, row.person, row.number, row.outcome or "unknown", row.cause, row.again,
        row.agent, row.lines, row.waited, row.talked,
    )
    return [(row.begun_at, begun), (at, ended)]


# ── leads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class LeadDesk:
    """Asks the store in a thread, and tells the loop. A list that cannot be read is logged, and asked again later."""

    def __init__(
        self, store: LeadStore, journal: JournalReader, centre: Centre, clock: Callable[[], float]
    ) -> None:
        self._store, self._journal, self._centre, self._clock = store, journal, centre, clock
        self._tell: Callable[[LeadsFetched], None] = _nobody
        self._asking: set[asyncio.Task[None]] = set()
        self._trouble: dict[str, str] = {}

    def start(self, tell: Callable[[LeadsFetched], None]) -> None:
        """From now on somebody wants to hear."""
        self._tell = tell

    def fetch(self, asked: FetchLeads) -> None:
        """The dialler wants leads."""
        task = asyncio.create_task(self._fetch(asked), name=f"leads of {asked.campaign}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _fetch(self, asked: FetchLeads) -> None:
        run = self._centre.outbound.dialler.campaigns.get(asked.campaign)
        lists = run.campaign.lists if run is not None else ()
        try:
            found = await asyncio.to_thread(fetch, self._store, self._journal, asked, lists, self._clock())
        except Exception as fault:  # the lists are files: a campaign that waits is better than no server
            self._trouble[asked.campaign] = str(fault)
            log.exception("leads_not_read", campaign=asked.campaign)
            await asyncio.sleep(FAILED)
            found = LeadsFetched(asked.campaign, (), 1)
        else:
            self._trouble.pop(asked.campaign, None)
        self._tell(found)

    def trouble(self) -> str:
        """What is wrong with the lists, "" for nothing."""
        return "; ".join(f"the lists of campaign '{name}': {why}" for name, why in sorted(self._trouble.items()))

    async def stop(self) -> None:
        """Nothing is waited for any more."""
        for task in [*self._asking]:
            task.cancel()
        self._store.close()


def _nobody(found: LeadsFetched) -> None:
    """No loop runs yet."""


