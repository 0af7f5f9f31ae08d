"""The server: every object is made here, in order, by hand; after that the loop runs.

It does not decide, translate or store anything itself.

Start, in this order, each step safe to be killed in: take the floor (lease and epoch), rebuild the centre from facts,
open the screens, then the door and the links to Asterisk, whose first surveys tell what happened meanwhile.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import recordings.messages as rec
from cti.asterisk.agi import LOOPBACK
from cti.asterisk.node import NodeSettings
from cti.asterisk.switch import Switch
from customers.context import EarlierContact
from customers.history import History
from desk.app import make_app
from desk.archive import JournalLibrary
from desk.campaign_vocabulary import ShowLead
from desk.live import LiveDesk
from desk.settings import DeskSettings
from desk.users import Users
from journal.codec import encode
from journal.errors import JournalDamaged, JournalError, NotWritten
from journal.facts import CallEnded, Fact, NodeChanged, ServerStarted
from journal.store import Journal
from journal.thread import AsyncJournal
from outbound.messages import FetchLeads
from recordings.keeper import Keeper
from switchroom import dial_desk, pilot_desk, resume, truth
from switchroom.auditing import Auditor
from switchroom.calling import Calling, open_calling
from switchroom.centre import Centre
from switchroom.clock import steady_clock
from switchroom.dial_ledger.keeping import DialLedger
from switchroom.edition import Edition
from switchroom.facts_bus import FactsBus
from switchroom.floor_watch import FloorWatch
from switchroom.loop import Loop
from switchroom.opening import editions_of, stage_of, watch_of
from switchroom.people import people_of
from switchroom.prompt_desk import DeskPrompts
from switchroom.reconciling import Reconciler
from switchroom.records import open_sources
from switchroom.recovery import restore
from switchroom.secret_files import read_secret
from switchroom.settings import Settings
from switchroom.sound_guard import SoundGuard
from switchroom.staging import Opening, Refusal, Stage, opening
from switchroom.steering_desk import FloorReasons, FloorSteering

log = structlog.get_logger()

VERSION = "0.1.0"
LATELY = 600.0  # seconds
HISTORY = 90 * 86400.0  # seconds for which earlier contacts are shown


SOUNDED = (cti.PlayPrompt, cti.CollectDigits, cti.PlayFiller, cti.RecordCaller, cti.TellCaller)  # what plays sounds
Hear = Callable[[int, Fact], None]
TOLD_IN_THE_LOG = (CallEnded, NodeChanged)  # every other fact of a call is in the journal, under the same contact id


class FloorClosed(SystemExit):
    """The floor cannot open; the text says why. Exit code 2: a restart would not help; 1: it may be tried again."""

    def __init__(self, why: str, code: int = 2) -> None:
        super().__init__(code)
        log.error("floor_closed", why=why)


async def run(settings: Settings) -> None:
    """Serve until cancelled."""
    async with AsyncExitStack() as stack:
        try:
            server = await _Server.open(settings, stack)
        except JournalDamaged as fault:
            raise FloorClosed(str(fault)) from fault
        await server.serve()


@dataclass
class _Server:
    """All parts of one running server."""

    settings: Settings
    memory: AsyncJournal
    loop: Loop
    bus: FactsBus
    watch: FloorWatch

    @classmethod
    async def open(cls, settings: Settings, stack: AsyncExitStack) -> _Server:
        clock = steady_clock()
        stage = stage_of(settings)
        begun = await asyncio.to_thread(_open_floor, stage)
        journal = _take_floor(settings, clock())
        memory = AsyncJournal(journal)
        stack.push_async_callback(memory.close)
        centre = Centre(begun.edition.plan, begun.edition.sounds, _history(journal, clock()))
        centre.editions = await asyncio.to_thread(editions_of, stage, begun.edition, journal)
        await asyncio.to_thread(_restore, centre, journal, clock())  # the heart must beat meanwhile: it may take long
        reconciler = Reconciler(centre, clock, (stored.fact for stored in journal.open_facts()))
        live = LiveDesk(clock)
        bus = FactsBus(settings.bus, journal, memory)
        dials = DialLedger(journal, memory, settings.server.data, clock)
        keeper = Keeper(_recordings(settings))

        calling = open_calling(settings, centre, memory, clock)
        doers = _doers(live, keeper, calling)
        guard = SoundGuard()
        await asyncio.to_thread(guard.learn, begun.edition.sounds)
        counts = ((reconciler.published, reconciler.KINDS), (calling.published, calling.KINDS))
        loop = Loop(centre, memory, clock, doers, _published(live, bus, counts))
        auditor = Auditor(centre, clock)
        loop.settled = all_of(reconciler.settled, auditor.settled)
        sources = open_sources(lambda: centre.plan.floor, settings.server.data / "secrets", journal, clock)
        doers[customers.LookUp] = sources.look_up
        switch = Switch(_nodes(settings), settings.agi.host, settings.agi.port, all_of(loop.told, auditor.heard), clock)
        doers.update(dict.fromkeys(cti.Asked.__args__, switch.perform))
        doers.update(dict.fromkeys(SOUNDED, guard.before(switch.perform)))
        await memory.append([ServerStarted(clock(), journal.epoch, VERSION, begun.edition.key)], None)
        log.info("floor_taken", epoch=journal.epoch, open_contacts=len(centre.contacts))
        watch = watch_of(stage, begun.edition, loop)
        watch.after.append(guard.follow)
        shelf = DeskPrompts(settings, lambda: centre.plan.floor.catalogue, memory, clock, watch.look_now)
        also = {"bus": bus.trouble, "sounds": guard.trouble, "audit": auditor.trouble, "dials": dials.trouble}
        also |= calling.troubles()
        await _open_screens(settings, stack, loop, journal, live, also, watch, shelf, reconciler, auditor, calling)
        await _start(stack, bus.start, bus.stop)
        await _start(stack, dials.start, dials.stop)
        _begin(stack, keeper, loop)
        _look_at_recordings(journal, keeper)
        _begin(stack, sources, loop)
        _begin(stack, calling.leads, loop)
        await _start(stack, calling.lists.start, calling.lists.stop)
        await _start(stack, calling.sweeper.start, calling.sweeper.stop)
        await _start(stack, switch.start, switch.stop)
        await _start(stack, lambda: watch.start(begun.found), watch.stop)
        await _start(stack, lambda: reconciler.start(journal, loop.wake), reconciler.stop)
        stack.callback(pilot_desk.learning(loop, journal, settings.server.timezone).cancel)
        return cls(settings, memory, loop, bus, watch)

    async def serve(self) -> None:
        """Run the loop. A journal that can no longer be written ends the server at once: it must not act on."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.watch.look_now)
        # What stands now stays: the collector need not look at it again, and calls make little garbage in cycles.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        sys.setswitchinterval(0.0005)  # the loop must not wait 5 ms for a thread that brings the read models up to date
        try:
            await self.loop.run()
        except JournalError as fault:
            log.critical("journal_lost", why=str(fault))
            os._exit(1)


def _doers(live: LiveDesk, keeper: Keeper, calling: Calling) -> dict[type, Callable[[Any], object]]:
    """Who carries out what no telephone and no source does."""
    return {
        desk.ShowContact: live.show,
        desk.ClearContact: live.clear,
        ShowLead: live.lead,
        rec.KeepRecording: keeper.keep,
        FetchLeads: calling.leads.fetch,
    }


def _published(live: LiveDesk, bus: FactsBus, counts: Iterable[tuple[Hear, Collection[type]]]) -> Hear:
    """Who hears of a committed fact: the screens, the log, the bus, and each count of its kinds of facts alone."""
    heard_by: dict[type, list[Hear]] = {}
    for hear, kinds in counts:
        for kind in kinds:
            heard_by.setdefault(kind, []).append(hear)

    told_in_the_log = TOLD_IN_THE_LOG if logging.getLogger(__name__).isEnabledFor(logging.INFO) else ()

    def publish(seq: int, fact: Fact) -> None:
        kind = type(fact)
        if kind in told_in_the_log:
            told = {f.name: getattr(fact, f.name) for f in fields(fact) if f.name != "at"}
            log.info(_event(kind.__name__), seq=seq, **told)
        name, body = encode(fact) if live.is_watched() else (kind.__name__, "")
        live.publish(seq, name, getattr(fact, "contact", ""), getattr(fact, "agent", ""), body)
        for hear in heard_by.get(kind, ()):
            hear(seq, fact)
        bus.wake()

    return publish


def all_of(*hear: Callable[..., object]) -> Callable[..., None]:
    """One that calls each of them in turn."""

    def each(*what: Any) -> None:
        for one in hear:
            one(*what)

    return each


@cache
def _event(kind: str) -> str:
    """A fact's name as the log writes names: CallEnded is call_ended."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("_")


async def _start(stack: AsyncExitStack, start: Callable[[], Any], stop: Callable[[], Any]) -> None:
    await start()
    stack.push_async_callback(stop)


def _begin(stack: AsyncExitStack, part: Any, loop: Loop) -> None:
    """Start a part that tells the loop what it finds."""
    part.start(loop.told)
    stack.push_async_callback(part.stop)


def _open_floor(stage: Stage) -> Opening:
    """The edition to begin with, and what the files say now. Raises `FloorClosed` with every fault."""
    stage.versions.tidy(time.time())
    found = opening(stage)
    if isinstance(found, Refusal):
        raise FloorClosed("\n".join(found.lines()))
    return found


def _take_floor(settings: Settings, now: float) -> Journal:
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


def _look_at_recordings(journal: Journal, keeper: Keeper) -> None:
    """Talks whose recording nobody has looked at yet: we died in between."""
    for row in journal.recordings_to_look_at():
        keeper.keep(rec.KeepRecording(row.contact, row.offer, row.recording, row.talked))


def _nodes(settings: Settings) -> tuple[NodeSettings, ...]:
    return tuple(
        NodeSettings(
            node=cti.NodeId(node.name),
            host=node.ami_host,
            port=node.ami_port,
            username=node.ami_user,
            secret=read_secret(node.ami_secret_file),
            agi_token=read_secret(node.agi_token_file),
            tls=ssl.create_default_context() if node.ami_tls else None,
            agi_from=(*LOOPBACK, *_addresses(node.ami_host)),
            outside=settings.outside.numbers,
        )
        for node in settings.nodes
    )


def _addresses(host: str) -> tuple[str, ...]:
    """The addresses of a node: AGI connections may come from where its AMI is."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise FloorClosed(f"node host {host} is not known: {fault.strerror}; use an address or correct DNS") from fault
    return tuple(sorted({str(address[4][0]) for address in found}))


def _recordings(settings: Settings) -> Path:
    """The one folder of all recordings. Nodes on other machines bring theirs there by a mount."""
    folders = {node.recordings for node in settings.nodes}
    if len(folders) > 1:
        raise FloorClosed("the nodes' `recordings` differ; mount them into one folder and name it for every node")
    return folders.pop()


async def _open_screens(  # noqa: PLR0913, PLR0917 - the desk's whole surroundings
    settings: Settings,
    stack: AsyncExitStack,
    loop: Loop,
    journal: Journal,
    live: LiveDesk,
    also: Mapping[str, Callable[[], str]],
    watch: FloorWatch,
    shelf: DeskPrompts,
    reconciler: Reconciler,
    auditor: Auditor,
    calling: Calling,
) -> None:
    users = await asyncio.to_thread(_users, settings, watch.present)

    async def admit(edition: Edition) -> None:
        users.become(await asyncio.to_thread(_users, settings, edition))

    watch.after.append(admit)
    desk_settings = DeskSettings(
        folder=settings.server.data / "desk",
        recordings=_recordings(settings),
        target=settings.figures.target,
        short_abandon=settings.figures.short,
        outside=settings.outside.numbers,
        timezone=settings.server.timezone,
    )
    app = make_app(
        loop, JournalLibrary(journal), users, desk_settings, live=live, also=also, prompts=shelf, flows=watch,
        clock=loop.clock, reckoning=reconciler.reckoning, audited=auditor.audited,
        pilot=pilot_desk.viewer(loop.centre, loop.clock),
        outbound=calling.desk(journal),
        steering=FloorSteering(loop.centre, journal), reasons=FloorReasons(loop.centre, journal, loop.clock),
        planned=lambda *asked: loop.centre.plan.floor.schedule.planned(*asked),  # noqa: PLW0108 - the floor may change
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, settings.http.host, settings.http.port, reuse_address=True).start()
    log.info("screens_open", url=f"http://{settings.http.host}:{settings.http.port}/")


def _users(settings: Settings, edition: Edition) -> Users:
    """Everyone who may log in: the agents with a screen, and who is there for the floor, campaigns, or the rules."""
    agents = {agent: "agent" for agent, row in edition.plan.agents.items() if row.screen != "none"}
    others, departments = people_of(settings.people)
    users, fresh = Users.open(settings.server.data / "users.json", {**agents, **others}, departments)
    _tell_passwords(settings, fresh)
    return users


def _tell_passwords(settings: Settings, fresh: Mapping[str, str]) -> None:
    """New passwords go once into a file that only its owner can read, never into the log."""
    if not fresh:
        return
    path = settings.server.data / "first-passwords.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
        file.writelines(f"{user} {password}\n" for user, password in sorted(fresh.items()))
    log.info("passwords_made", users=len(fresh), file=str(path))
