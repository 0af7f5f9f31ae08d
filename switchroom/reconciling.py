"""Holding three stories of the same callers against each other: the live count, the centre, and the history.

It does not know how a figure is shown, nor what to do about a disagreement but to tell it: in the log with its cause,
to the page and to the metrics. Nothing is put right here, and nothing is hidden.

Each second, when the loop has committed all that was decided: the count of each queue must add up, and as many contacts
must be open in it as in the centre; some contacts in turn are looked at one by one. Each ten seconds, beside the loop:
every wait that has ended must stand in the journal's read models as it was counted, to the millisecond.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final

import structlog

from acd.tally import How
from cti.ids import is_dialled
from desk.reckoning import QueueCount, Reckoning
from switchroom.contact import Contact, Place
from switchroom.ledger import ENDS, Disagreement, Finished, Ledger, Open, Standing

if TYPE_CHECKING:
    from journal.codec import AnyFact
    from journal.facts import Fact
    from journal.views import JournalReader
    from switchroom.centre import Centre

log = structlog.get_logger()

EVERY: Final = 1.0
HISTORY_EVERY: Final = 10.0
LOOKED_AT: Final = 100  # contacts a second
TOLD: Final = 20  # of a kind at once, and kept to be shown
REMEMBERED: Final = 10_000  # so that nothing is told twice


class Reconciler:
    """`published` takes each committed fact of `KINDS`; `settled` is told when centre and facts stand at one moment."""

    KINDS: ClassVar = Ledger.READERS.keys()

    def __init__(self, centre: Centre, clock: Callable[[], float], began: Iterable[AnyFact] = ()) -> None:
        self.ledger = Ledger()
        self.faults = 0
        self.checks = 0
        self.compared = 0
        self._centre = centre
        self._clock = clock
        self._since = clock()
        self._due = 0.0
        self._last: list[str] = []
        self._last_at = 0.0
        self._to_look_at: list[str] = []
        self._told: set[str] = set()
        self._beside: asyncio.Task[None] | None = None
        for fact in began:
            self.ledger.take(0, fact)
        self.ledger.finished.clear()

    def published(self, seq: int, fact: Fact) -> None:
        self.ledger.take(seq, fact)

    def settled(self) -> None:
        """Check, if a second has passed since the last time."""
        now = self._clock()
        if now >= self._due:
            self._due = now + EVERY
            self.check()

    def check(self) -> None:
        """Hold the count against itself and against the centre."""
        self.checks += 1
        self._tell(self.ledger.check())
        if len(self.ledger.open) != len(self._centre.contacts):
            self._tell(missing(self.ledger.open, self._centre.contacts))
        self._tell(self._some_contacts())

    def _some_contacts(self) -> list[Disagreement]:
        if not self._to_look_at:
            self._to_look_at = list(self._centre.contacts)
        names, self._to_look_at = self._to_look_at[:LOOKED_AT], self._to_look_at[LOOKED_AT:]
        pairs = ((self.ledger.open.get(name), self._centre.contacts.get(name)) for name in names)
        return [found for one, contact in pairs if one and contact and (found := differs(contact, one))]

    # ── beside the loop ─────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self, journal: JournalReader, wake: Callable[[], None]) -> None:
        """Check and compare from now on. `wake` has the loop settle though nothing happens."""
        self._beside = asyncio.create_task(self._run(journal, wake), name="reconciler")

    async def stop(self) -> None:
        if self._beside is not None:
            self._beside.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beside

    async def _run(self, journal: JournalReader, wake: Callable[[], None]) -> None:
        next_history = self._clock() + HISTORY_EVERY
        while True:
            await asyncio.sleep(EVERY)
            wake()
            if self._clock() >= next_history:
                next_history = self._clock() + HISTORY_EVERY
                with contextlib.suppress(Exception):  # a journal that cannot be read is told of by the readiness probe
                    await self.compare(journal)

    async def compare(self, journal: JournalReader) -> None:
        """Hold every wait that has ended, and that the read models must show by now, against the history."""
        shown = await asyncio.to_thread(journal.shown)
        while some := self.ledger.drain(shown):
            found = await asyncio.to_thread(journal.figures.ends_of, [one.contact for one in some])
            self.compared += len(some)
            self._tell(otherwise(some, found))

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tell(self, found: Iterable[Disagreement]) -> None:
        for one in found:
            if one.what in self._told:
                continue
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            self._told.add(one.what)
            self.faults += 1
            self._last, self._last_at = [*self._last[1 - TOLD :], one.what], self._clock()
            log.error("figures_disagree", contact=one.contact, cause=one.what)

    def reckoning(self) -> Reckoning:
        """How the count stands, for the screens."""
        queues = dict(sorted(self.ledger.queues.items()))
        whole = Standing(
            sum(one.offered for one in queues.values()), in_progress=sum(one.in_progress for one in queues.values())
        )
        for one in queues.values():
            whole.ended.update(one.ended)
        return Reckoning(
            since=self._since,
            checks=self.checks,
            compared=self.compared,
            faults=self.faults,
            last_at=self._last_at,
            last=tuple(self._last),
            total=_counted("", whole),
            queues=tuple(_counted(name, standing) for name, standing in queues.items()),
        )


def _counted(name: str, standing: Standing) -> QueueCount:
    return QueueCount(
        name, standing.offered, in_progress=standing.in_progress, **{how.value: standing.ended[how] for how in ENDS}
    )


def missing(counted: Mapping[str, Open], centre: Mapping[str, Contact]) -> list[Disagreement]:
    """Contacts that are open for the one and not for the other."""
    lost, strange = counted.keys() - centre.keys(), centre.keys() - counted.keys()
    found = [_told_of(name, "no CallEnded, and the centre has let it go") for name in sorted(lost)]
    found += [_told_of(name, "the centre has it, and no fact opened it") for name in sorted(strange)]
    return found[:TOLD]


def _told_of(contact: str, what: str) -> Disagreement:
    return Disagreement(contact, f"contact {contact}: {what}")


def differs(contact: Contact, one: Open) -> Disagreement | None:
    """Whether the centre has this contact elsewhere than the count."""
    if contact.context.callback or is_dialled(contact.call):
        return None
    here = where(contact)
    if one.how in here:
        return None
    counted = "not asked" if one.how is None else str(one.how)
    told = " or ".join("not asked" if how is None else str(how) for how in here)
    return _told_of(contact.contact, f"counted as {counted}, the centre says {told}")


def where(contact: Contact) -> tuple[How | None, ...]:
    """How the centre would count this caller, from his place and nothing else."""
    if contact.place is Place.WAITING and contact.reached != "answered":
        return (How.WAITING,)
    if contact.place is Place.TALKING or contact.reached == "answered":
        return (How.ANSWERED,)
    return (How.FLOWED_OUT, How.CALLBACK) if contact.reached else (None,)


def otherwise(some: Iterable[Finished], found: Mapping[str, tuple[str, int, int | None, str]]) -> list[Disagreement]:
    """The finished waits that the history tells otherwise."""
    wrong = []
    for one in some:
        live, kept = (one.queue, one.asked_ms, one.ended_ms, one.how), found.get(one.contact)
        if live != kept:
            wrong.append(_told_of(one.contact, f"counted live as {live}, in the history as {kept}"))
    return wrong
