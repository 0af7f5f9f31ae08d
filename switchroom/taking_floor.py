"""Taking the floor: the edition to begin with, the journal under our lease, and the centre as the facts describe it.

It does not know the links to Asterisk, the screens or the loop. Who cannot take the floor says why (`FloorClosed`) and
ends; nothing has been opened then but the journal.

Contacts that ended lately are read too, so that none is counted again, and so is what a caller did before, which his
next call shows.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from customers.context import EarlierContact
from customers.history import History
from journal.errors import JournalError, NotWritten
from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom import dial_desk, pilot_desk, resume, truth
from switchroom.centre import Centre
from switchroom.opening import editions_of, stage_of
from switchroom.recovery import restore
from switchroom.settings import Settings
from switchroom.staging import Opening, Refusal, Stage, opening

log = structlog.get_logger()

LATELY = 600.0  # seconds
HISTORY = 90 * 86400.0  # seconds for which earlier contacts are shown


class FloorClosed(SystemExit):
    """The floor cannot open; the text says why. Exit code 2: a restart would not help; 1: it may be tried again."""

    def __init__(self, why: str, code: int = 2) -> None:
        super().__init__(code)
        log.error("floor_closed", why=why)


@dataclass(frozen=True, slots=True)
class TakenFloor:
    """The floor is ours: what it began with, where it is remembered, and its centre as it stood last."""

    stage: Stage
    begun: Opening
    memory: AsyncJournal
    centre: Centre


async def take(settings: Settings, clock: Callable[[], float], stack: AsyncExitStack) -> TakenFloor:
    """Read the folder, take the lease, rebuild the centre. Raises `FloorClosed`."""
    stage = stage_of(settings)
    begun = await asyncio.to_thread(_open_folder, stage)
    journal = take_lease(settings, clock())
    memory = AsyncJournal(journal)
    stack.push_async_callback(memory.close)
    centre = Centre(begun.edition.plan, begun.edition.sounds, _history(journal, clock()))
    centre.editions = await asyncio.to_thread(editions_of, stage, begun.edition, journal)
    await asyncio.to_thread(_restore, centre, journal, clock())  # the heart must beat meanwhile: it may take long
    return TakenFloor(stage, begun, memory, centre)


def _open_folder(stage: Stage) -> Opening:
    """The edition to begin with, and what the files say now. Raises `FloorClosed` with every fault."""
    stage.versions.tidy(time.time())
    found = opening(stage)
    if isinstance(found, Refusal):
        raise FloorClosed("\n".join(found.lines()))
    return found


def take_lease(settings: Settings, now: float) -> Journal:
    """The journal, which nobody else writes from now on. Raises `FloorClosed`."""
    durability = "power" if settings.journal.durability == "power" else "crash"
    holder = f"{socket.gethostname()}:{os.getpid()}"
    try:
        return Journal.open(settings.journal.url, holder=holder, now=now, durability=durability)
    except NotWritten as fault:  # a full disk may have room again, a locked file be given up
        raise FloorClosed(str(fault), 1) from fault
    except JournalError as fault:
        raise FloorClosed(str(fault)) from fault


def _restore(centre: Centre, journal: Journal, now: float) -> None:
    """From the open contacts, and from those that ended lately, so that none is counted again."""
    last = journal.last_fact()
    if last is None:
        truth.begin(centre, now)
    else:
        points = journal.breakpoints(resume.since(centre, last.fact.at))
        resume.remember(centre, (stored.fact for stored in points))
        at = last.fact.at
        dial_desk.remember(centre, journal, at)
        pilots = (*pilot_desk.to_read(journal, at), *dial_desk.to_read(journal, at))
        found = (*journal.ends(at - LATELY), *pilots, *journal.open_facts())
        told = {stored.seq: stored.fact for stored in found}
        for strange in restore(centre, (told[seq] for seq in sorted(told)), at):
            log.error("fact_set_aside", kind=type(strange).__name__, at=strange.at, why="it names an unknown state")


def _history(journal: Journal, now: float) -> History:
    history = History()
    for row in journal.earlier(since=now - HISTORY):
        history.add(
            row.customer or row.number,
            EarlierContact(
                row.contact, row.started_at, row.outcome, row.breakpoint, row.last_queue, row.agent, row.talked
            ),
        )
    return history
