"""The server: every object is made here, in order, by hand; after that the loop runs.

It does not decide, translate or store anything itself.

Start, in this order, each step safe to be killed in: take the floor (lease and epoch), rebuild the centre from facts
(`taking_floor.py`), open the screens (`screens.py`), then the door and the links to Asterisk, whose first surveys tell
what happened meanwhile.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import structlog

import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import recordings.messages as rec
from cti.asterisk.switch import Switch
from desk.campaign_vocabulary import ShowLead
from desk.live import LiveDesk
from journal.errors import JournalDamaged, JournalError
from journal.facts import ServerStarted
from outbound.messages import FetchLeads
from recordings.keeper import Keeper
from switchroom import pilot_desk
from switchroom.auditing import Auditor, held
from switchroom.calling import open_calling
from switchroom.clock import steady_clock
from switchroom.dial_ledger.keeping import DialLedger
from switchroom.facts_bus import FactsBus
from switchroom.loop import Loop
from switchroom.node_settings import nodes_of, recordings_of
from switchroom.opening import watch_of
from switchroom.publishing import all_of, published
from switchroom.reconciling import Reconciler
from switchroom.records import open_sources
from switchroom.screens import Screens
from switchroom.settings import Settings
from switchroom.sound_guard import SoundGuard
from switchroom.taking_floor import FloorClosed, TakenFloor, take

log = structlog.get_logger()

VERSION = "0.1.0"
SOUNDED = (cti.PlayPrompt, cti.CollectDigits, cti.PlayFiller, cti.RecordCaller, cti.TellCaller)  # what plays sounds


async def run(settings: Settings) -> None:
    """Serve until cancelled."""
    clock = steady_clock()
    async with AsyncExitStack() as stack:
        try:
            floor = await take(settings, clock, stack)
            server = _Server(settings, floor, clock)
            await server.open(stack)
        except JournalDamaged as fault:
            raise FloorClosed(str(fault)) from fault
        await server.serve()


class _Server:
    """All parts of one running server. Made, it has told nobody anything yet; `open` starts them one by one."""

    def __init__(self, settings: Settings, floor: TakenFloor, clock: Callable[[], float]) -> None:
        centre, memory, journal = floor.centre, floor.memory, floor.memory.journal
        self.settings, self.floor, self.clock = settings, floor, clock
        self.reconciler = Reconciler(centre, clock, (stored.fact for stored in journal.open_facts()))
        self.auditor = Auditor(centre, clock, lambda: held(journal.connections(), self.switch.unanswered))
        self.live = LiveDesk(clock)
        self.bus = FactsBus(settings.bus, journal, memory)
        self.dials = DialLedger(journal, memory, settings.server.data, clock)
        self.keeper = Keeper(recordings_of(settings))
        self.calling = open_calling(settings, centre, memory, clock)
        self.sources = open_sources(lambda: centre.plan.floor, settings.server.data / "secrets", journal, clock)
        self.guard = SoundGuard()
        doers: dict[type, Callable[[Any], object]] = {}
        counts = [(each.published, each.KINDS) for each in (self.reconciler, self.calling)]
        self.loop = Loop(centre, memory, clock, doers, published(self.live, self.bus, counts))
        self.loop.settled = all_of(self.reconciler.settled, self.auditor.settled)
        heard = all_of(self.loop.told, self.auditor.heard)
        self.switch = Switch(nodes_of(settings), settings.agi.host, settings.agi.port, heard, clock)
        doers.update(self._doers())
        self.watch = watch_of(floor.stage, floor.begun.edition, self.loop)

    def _doers(self) -> dict[type, Callable[[Any], object]]:
        """Who carries out what: the telephones, and those that ask for none."""
        perform = self.switch.perform
        return {
            desk.ShowContact: self.live.show,
            desk.ClearContact: self.live.clear,
            ShowLead: self.live.lead,
            rec.KeepRecording: self.keeper.keep,
            FetchLeads: self.calling.leads.fetch,
            customers.LookUp: self.sources.look_up,
            **dict.fromkeys(cti.Asked.__args__, perform),
            **dict.fromkeys(SOUNDED, self.guard.before(perform)),
        }

    async def open(self, stack: AsyncExitStack) -> None:
        """Write that we are here; then the screens, the ledgers, what callers need, and last the telephones."""
        floor, loop = self.floor, self.loop
        journal = floor.memory.journal
        await asyncio.to_thread(self.guard.learn, floor.begun.edition.sounds)
        self.watch.after.append(self.guard.follow)
        started = ServerStarted(self.clock(), journal.epoch, VERSION, floor.begun.edition.key)
        await floor.memory.append([started], None)
        log.info("floor_taken", epoch=journal.epoch, open_contacts=len(floor.centre.contacts))
        await self._screens().open(stack)
        await _start(stack, self.bus.start, self.bus.stop)
        await _start(stack, self.dials.start, self.dials.stop)
        _begin(stack, self.keeper, loop)
        self._look_at_recordings()
        _begin(stack, self.sources, loop)
        _begin(stack, self.calling.leads, loop)
        await _start(stack, self.calling.lists.start, self.calling.lists.stop)
        await _start(stack, self.calling.sweeper.start, self.calling.sweeper.stop)
        await _start(stack, self.switch.start, self.switch.stop)
        await _start(stack, lambda: self.watch.start(floor.begun.found), self.watch.stop)
        await _start(stack, lambda: self.reconciler.start(journal, loop.wake), self.reconciler.stop)
        stack.callback(pilot_desk.learning(loop, journal, self.settings.server.timezone).cancel)

    def _screens(self) -> Screens:
        troubles = {
            "bus": self.bus.trouble,
            "sounds": self.guard.trouble,
            "audit": self.auditor.trouble,
            "dials": self.dials.trouble,
            **self.calling.troubles(),
        }
        return Screens(
            self.settings, self.loop, self.floor.memory, self.live, self.watch, self.reconciler, self.auditor,
            self.calling, troubles,
        )

    def _look_at_recordings(self) -> None:
        """Talks whose recording nobody has looked at yet: we died in between."""
        for row in self.floor.memory.journal.recordings_to_look_at():
            self.keeper.keep(rec.KeepRecording(row.contact, row.offer, row.recording, row.talked))

    async def serve(self) -> None:
        """Run the loop. A journal that can no longer be written ends the server at once: it must not act on."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.watch.look_now)
        # What stands now stays: the collector need not look at it again, and calls make little garbage in cycles.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        sys.setswitchinterval(0.0005)  # the loop must not wait 5 ms for a thread that reads a report
        try:
            await self.loop.run()
        except JournalError as fault:
            log.critical("journal_lost", why=str(fault))
            os._exit(1)


async def _start(stack: AsyncExitStack, start: Callable[[], Any], stop: Callable[[], Any]) -> None:
    await start()
    stack.push_async_callback(stop)


def _begin(stack: AsyncExitStack, part: Any, loop: Loop) -> None:
    """Start a part that tells the loop what it finds."""
    part.start(loop.told)
    stack.push_async_callback(part.stop)
