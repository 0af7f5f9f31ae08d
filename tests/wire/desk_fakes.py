"""A floor and a past for the desk's tests: two agents, a supervisor, callers with hostile names."""

from __future__ import annotations

import asyncio
import json
import wave
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from acd.tally import Wait, rates
from customers.context import Context, EarlierContact, PathStep
from desk.agent_times import nothing_planned, times_of
from desk.app import make_app
from desk.asking import COOKIE
from desk.breakdown import break_down
from desk.journeys import journey_of
from desk.live import LiveDesk
from desk.outbound import OutboundDesk
from desk.pilot_view import nobody_flies
from desk.reckoning import nothing_counted
from desk.sessions import Sessions
from desk.settings import DeskSettings
from desk.steering_view import NothingSteered
from desk.story import tell_story
from desk.users import HASHER, Role, Users
from desk.vocabulary import AgentView, ContactView, FloorView, Refused
from desk.why_view import NobodyKnows
from journal import facts as f
from journal.codec import encode
from journal.figure_views import OffersSummed, WaitsCounted
from journal.rows import ContactRow, OfferRow, RawFact

NOW = 1_763_700_000.0
PASSWORDS = {"anna": "anna-long-password", "ben": "ben-long-password", "sue": "sue-long-password"}
OFFICE = {"cam": "cam-long-password", "ada": "ada-long-password", "lin": "lin-long-password"}  # who runs campaigns


def context(contact: str, name: str = "Ms Chen", **more) -> Context:
    begun = more.pop("begun", NOW - 75)
    path = (
        PathStep("welcome", "play", begun, begun + 6, "done"),
        PathStep("language", "menu", begun + 6, begun + 9, "2", "2"),
        PathStep("main", "menu", begun + 9, begun + 17, "1", "1"),
        PathStep("card_number", "collect", begun + 17, begun + 33, "done", "•" * 16),
        PathStep("lost_card", "menu", begun + 33, begun + 41, "0", "0"),
    )
    earlier = (
        EarlierContact("old.2", NOW - 86_400 * 2, "answered", "balance", "cards", "anna", 184.0),
        EarlierContact("old.1", NOW - 86_400 * 9, "abandoned", "main", "cards", "", 0.0),
    )
    values = {
        "number": "+861391234567",
        "name": name,
        "called": "95599",
        "flow": "bank-hotline",
        "language": "zh-CN",
        "started_at": begun,
        "customer": "C-20817",
        "customer_name": "",
        "segment": "Gold",
        "path": path,
        "kept": (("card_last_four", "4417"), ("reason", "lost_card")),
        "breakpoint": "lost_card",
        "queue": "cards",
        "asked_at": begun + 41,
        "earlier": earlier,
    }
    return Context(contact, **{**values, **more})


def agent(name: str, state: str = "ready", **more) -> AgentView:
    values = {
        "name": name.title(),
        "reason": "",
        "since": NOW - 40,
        "until": 0.0,
        "phone": f"10{len(name)}",
        "reachable": True,
        "contact": "",
        "skills": (("cards", 3), ("english", 2)),
    }
    return AgentView(name, state=state, **{**values, **more})


class FakeFloor:
    """Two agents, each with a contact of his own, and one caller who waits."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.view = FloorView(
            NOW,
            (agent("anna", "talking", contact="a.1"), agent("ben", "offered", contact="b.1")),
            (
                ContactView("a.1", "talking", "anna", "a.1.1", context("a.1")),
                ContactView("b.1", "offered", "ben", "b.1.1", context("b.1", "Mr Wang")),
                ContactView("w.1", "waiting", "", "", context("w.1", "Waiting One")),
            ),
            (("node1", True), ("node2", True)),
        )

    def look(self) -> FloorView:
        return self.view

    async def tell(self, message: object) -> None:
        if getattr(message, "reason", "") == "never":
            raise Refused("not in this state")
        self.told.append(message)

    def change(self, **news) -> None:
        self.view = replace(self.view, **news)


class WaitSeen(NamedTuple):
    queue: str
    skills: str
    agent: str
    asked_ms: int
    ended_ms: int | None
    how: str


class Summed:
    """What figures are made of, as the test puts it there."""

    def __init__(self) -> None:
        self.waited: list[WaitSeen] = []
        self.offered: list[OffersSummed] = []
        self.taken: dict[tuple[str, str, str], int] = {}

    def waits(self, _since, _until, limits):
        for one in self.waited:
            length = 0 if one.ended_ms is None else one.ended_ms - one.asked_ms
            sort = [getattr(one, name) if name in limits.apart else "" for name in ("queue", "skills", "agent")]
            within = (length <= limits.target_ms, length <= limits.short_ms)
            yield WaitsCounted(*sort, one.how, 1, *within, length, length)

    visits = waits

    def offers(self, *_interval):
        return self.offered

    def offers_by_skills(self, *_interval):
        return [("", one) for one in self.offered]

    def time_by_state(self, *_interval):
        return self.taken

    def periods(self, *_agent_and_interval):
        return []


class FakeLibrary:
    """A past of facts; everything is derived from them."""

    def __init__(self) -> None:
        self.facts: list[RawFact] = []
        self.kept: list[f.Fact] = []
        self.wrong = ""
        self.rows: list[ContactRow] = []
        self.waited: list[Wait] = []
        self.figures = Summed()

    def add(self, fact: f.Fact) -> RawFact:
        kind, body = encode(fact)
        raw = RawFact(
            len(self.facts) + 1, fact.at, kind, getattr(fact, "contact", ""), getattr(fact, "agent", ""), body
        )
        self.facts.append(raw)
        self.kept.append(fact)
        return raw

    def finished(self, contact: str, agent: str, *, legs: tuple[str, ...] = (), name: str = "Ms Chen") -> None:
        """A whole contact, answered by the agent."""
        at, offer = NOW - 600, f"{contact}.1"
        for fact in (
            f.CallStarted(at, contact, contact, "node1", "+8613900", name, "95599", "bank", "v1", "en"),
            f.StepEntered(at + 1, contact, "pin", "collect"),
            f.StepLeft(at + 5, contact, "pin", "done", "", secret=True, key_count=6),
            f.CallerQueued(at + 6, contact, "cards", (), 0, at + 6, 0.0, "pin"),
            f.OfferMade(at + 7, contact, offer, agent, "node1", at + 27),
            f.AgentRang(at + 7.2, contact, offer, agent),
            f.AgentAnswered(at + 10, contact, offer, agent, 4.0),
            f.TalkEnded(at + 70, contact, offer, agent, 60.0, "caller"),
            f.CallEnded(at + 70, contact, "answered", 16),
        ):
            self.add(fact)
        if legs:
            self.add(f.RecordingKept(at + 71, contact, offer, legs, 60.0, 60.0, "whole"))
        self.rows.insert(0, _row(contact, name, agent, offer, at=at, recording="whole" if legs else ""))

    async def contact(self, contact: str):
        return tell_story(fact for fact in self.kept if getattr(fact, "contact", "") == contact)

    async def contacts(self, since, until, agent, limit, *, outcome=None, queue=None):
        some = [row for row in self.rows if since <= row.started_at < until]
        some = [row for row in some if outcome in (None, row.outcome) and queue in (None, row.queue)]
        return [row for row in some if agent is None or row.agent == agent][:limit]

    async def counts(self, wanted):
        some = [wait for wait in self.waited if wanted.since <= wait.asked_at < wanted.until]
        return rates(some if wanted.queue in (None, "cards") else [], wanted.target, wanted.short).counts

    async def breakdown(self, wanted):
        return break_down(self.figures, wanted)

    async def agent_times(self, wanted):
        return times_of(self.figures, wanted)

    async def journeys(self, since, until, flow):
        told = [journey_of(self._of(contact)) for contact in dict.fromkeys(one.contact for one in self.facts)]
        return [one for one in told if one and one.flow == flow and since <= one.started_at < until]

    async def journey(self, contact):
        return journey_of(self._of(contact))

    def _of(self, contact):
        return [fact for fact in self.kept if getattr(fact, "contact", "") == contact]

    async def facts_after(self, seq, limit):
        await asyncio.sleep(0)
        return self.facts[seq : seq + limit]

    async def last_seq(self):
        return len(self.facts)

    async def offered_to(self, contact):
        made = [fact for fact in self.kept if isinstance(fact, f.OfferMade)]
        return frozenset(fact.agent for fact in made if fact.contact == contact)

    async def offer(self, offer):
        made = next((x for x in self.kept if isinstance(x, f.OfferMade) and x.offer == offer), None)
        if made is None:
            return None
        kept = next((x for x in self.kept if isinstance(x, f.RecordingKept) and x.offer == offer), None)
        legs = kept.legs if kept else ()
        return OfferRow(
            **dict.fromkeys(OfferRow.__dataclass_fields__, "")
            | {"offer": offer, "contact": made.contact, "agent": made.agent, "legs": legs}
        )

    async def left(self, since, until, kind):
        numbered = list(enumerate(self.kept, 1))
        return [(seq, fact) for seq, fact in numbered if isinstance(fact, kind) and since <= fact.at < until]

    async def message(self, seq):
        fact = self.kept[seq - 1] if 0 < seq <= len(self.kept) else None
        return fact if isinstance(fact, f.MessageLeft) else None

    async def trouble(self):
        return self.wrong


class FakeShelf:
    """One flow in force; the test may put trouble there."""

    BANK = (
        b"flow: bank\nlanguages: [en]\nstart: pin\nsteps:\n  pin:\n    queue: cards\n    limit: 1m\n"
        b"    answered: bye\n    timed_out: bye\n  bye:\n    hangup: normal\n"
    )

    def __init__(self) -> None:
        self.deployed, self.refused, self.troubled_since = 3, 1, 0.0
        self.trouble: tuple[str, ...] = ()

    def versions(self):
        return {"bank": "v1"}

    def text(self, flow, version):
        return self.BANK if (flow, version) == ("bank", "v1") else None


def _row(contact, name, agent, offer, *, at, recording) -> ContactRow:
    values = {
        "contact": contact, "call": contact, "node": "node1", "number": "+8613900", "name": name,
        "called": "95599", "flow": "bank", "version": "v1", "language": "en", "customer": "",
        "customer_name": "", "segment": "", "started_at": at, "step": "pin", "queue": "cards",
        "last_queue": "cards", "asked_at": at + 6, "left_queue_at": None, "left_queue_why": "", "offers": 1,
        "agent": agent, "offer": offer, "answered_at": at + 10, "talk_ended_at": at + 70, "talked": 60.0,
        "ended_at": at + 70, "outcome": "answered", "cause": 16, "breakpoint": "pin", "recording": recording,
    }  # fmt: skip
    return ContactRow(**values)


class Steering:
    """What the desk is told of queues and changes: `now` may be another at any time."""

    def __init__(self) -> None:
        self.now = NothingSteered()

    def queues(self):
        return self.now.queues()

    async def changes(self, since, until, limit):
        return await self.now.changes(since, until, limit)


class House:
    """A desk on loopback with everything in the test's hands."""

    def __init__(self, folder: Path, *, clock=lambda: NOW, **settings) -> None:
        self.floor, self.library, self.live = FakeFloor(), FakeLibrary(), LiveDesk(clock)
        self.recordings = folder / "recordings"
        self.recordings.mkdir(exist_ok=True)
        self.settings = DeskSettings(folder / "desk", self.recordings, **settings)
        self.clock = clock
        self.also: dict[str, object] = {}
        self.flows = FakeShelf()
        self.counted = nothing_counted()
        self.planned = nothing_planned
        self.pilot = nobody_flies
        self.steering = Steering()
        self.reasons = NobodyKnows()
        self.outbound: OutboundDesk | None = None
        self.url = ""

    async def open(self, users: Users, port: int = 0) -> None:
        self.app = make_app(
            self.floor,
            self.library,
            users,
            self.settings,
            live=self.live,
            also=self.also,
            clock=self.clock,
            flows=self.flows,
            reckoning=lambda: self.counted,
            planned=self._planned,
            pilot=lambda: self.pilot(),  # noqa: PLW0108 - tests change it
            steering=self.steering,
            reasons=self,
            outbound=self.outbound,
        )
        self.runner = web.AppRunner(self.app, shutdown_timeout=1.0)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def why(self, contact: str):
        return await self.reasons.why(contact)

    def _planned(self, *asked):
        return self.planned(*asked)

    def cookie(self, who: str) -> dict[str, str]:
        """A session's cookie, without the time that proving a password takes."""
        settings = self.settings
        sessions = Sessions(settings.folder, settings.session_life, settings.session_idle, self.clock)
        return {COOKIE: sessions.begin(who)[1]}

    async def close(self) -> None:
        await self.runner.cleanup()

    def happened(self, fact: f.Fact) -> RawFact:
        """Commit a fact and publish it, as the service loop does."""
        raw = self.library.add(fact)
        self.live.publish(raw.seq, raw.kind, raw.contact, raw.agent, raw.body)
        return raw


_ROLES = {
    "anna": "agent", "ben": "agent", "sue": "supervisor",
    "cam": "campaigns", "lin": "campaigns", "ada": "administrator",
}  # fmt: skip


def known_users(folder: Path) -> Users:
    """Users with known passwords."""
    hashes = {u: HASHER.hash(p) for u, p in (PASSWORDS | OFFICE).items()}
    return Users({u: Role(r) for u, r in _ROLES.items()}, hashes, {"lin": "loans"})


def write_wav(path: Path, samples: bytes, rate: int = 8000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)


def plain(value: object) -> object:
    """A dataclass as its JSON reads back."""
    return json.loads(json.dumps(asdict(value)))
