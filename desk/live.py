"""Live screens: who is connected, what each may see, and getting it there at once.

It knows nothing of cookies or roles' names: a screen belongs to a user and sees everything or only what is his.

`show`, `clear` and `publish` are called by the service loop. They are plain calls that never wait: each encodes once
and hands the bytes to the sockets. asyncio's transport sends at once, and so does uvloop 0.23, on which the server
runs; an older one sends at the end of the loop's turn, together with the ring that was asked for after it. The ring has
Asterisk's way to go, so the screen is first; `benchmarks/calls` looks at both on the wire.
A screen that does not read is cut off when `BOUND` bytes wait for it; it comes back by itself and is told all anew.

Frames: `snapshot` (a whole FloorView), `floor` (what changed since), `show`, `clear`, `beat` (each second), `bye`
(logged out), `lead`, `work` and `campaigns` (`desk/live_campaigns.py`),
and `fact`; only facts carry an id, the journal's number, from which a screen that was away goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from pydantic import TypeAdapter

from desk.campaign_vocabulary import ShowLead
from desk.changes import changes
from desk.vocabulary import ClearContact, Floor, FloorView, ShowContact
from journal.rows import RawFact

BOUND: Final = 1_048_576
HELD: Final = 20_000
REMEMBERED: Final = 50_000
BEAT: Final = 1.0
PULSE: Final = 0.2

_JSON: Final[TypeAdapter[object]] = TypeAdapter(object)


def frame(event: str, content: object, seq: int = 0) -> bytes:
    """One server-sent event. JSON holds no line break, so one `data` line is always enough."""
    number = f"id: {seq}\n" if seq else ""
    return f"{number}event: {event}\ndata: ".encode() + _JSON.dump_json(content) + b"\n\n"


@dataclass(eq=False, slots=True)
class Screen:
    """One connected browser or robot. `write` must not wait; `backlog` tells the bytes not yet taken by the peer.

    `watches`: it may see campaigns, with a `department` this one's alone.
    """

    user: str
    sees_all: bool
    token: str
    write: Callable[[bytes], None]
    backlog: Callable[[], int]
    cut: Callable[[], None]
    closing: Callable[[], bool] = lambda: False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    last_seq: int = 0
    dropped: bool = False
    watches: bool = False
    department: str = ""
    _held: list[tuple[int, bytes]] | None = field(default_factory=list)

    def put(self, content: bytes) -> bool:
        """Write now. False when the screen is gone, or is cut off here for not reading."""
        if self.gone.is_set() or self.closing():
            self.leave()
            return False
        if self.backlog() + len(content) > BOUND:
            self._drop()
            return False
        self.write(content)
        return True

    def put_fact(self, seq: int, content: bytes) -> None:
        """Write a fact in its order: held while older ones are still being read from the journal, never twice."""
        if self._held is not None:
            self._held.append((seq, content))
            if len(self._held) > HELD:
                self._drop()
        elif seq > self.last_seq:
            self.last_seq = seq
            self.put(content)

    def release(self) -> None:
        """The older facts are written: go on with what was held, then live."""
        held, self._held = self._held or [], None
        for seq, content in held:
            self.put_fact(seq, content)

    def leave(self) -> None:
        self.gone.set()

    def _drop(self) -> None:
        self.dropped = True
        self.leave()
        self.cut()


class Beside(Protocol):
    """Who has more to tell than the floor: asked at each pulse, and when a screen joins."""

    def news(self, screens: Mapping[str, set[Screen]], now: float) -> Iterable[tuple[Iterable[Screen], bytes]]:
        """Tell what changed, to whom."""
        ...

    def greeting(self, screen: Screen) -> Iterable[bytes]:
        """Tell how it is, to one who has just come."""
        ...


class LiveDesk:
    """All connected screens. One per server; everything here runs on the server's one loop."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._screens: dict[str, set[Screen]] = {}
        self._overseers: set[Screen] = set()
        self._offered: OrderedDict[str, set[str]] = OrderedDict()
        self._dirty = False
        self._before: FloorView | None = None
        self.beside: Beside | None = None
        self.dropped = 0
        self.shown = 0
        self.unseen = 0

    # ── called by the service loop ──────────────────────────────────────────────────────────────────────────────────

    def show(self, asked: ShowContact) -> int:
        """Put the caller on the agent's screens now. Returns how many screens it was written to."""
        self._may_see(asked.context.contact, asked.agent)
        self._dirty = True
        screens = self._screens.get(asked.agent, ())
        reached = self._put(screens, frame("show", asked)) if screens else 0
        self.shown += reached > 0
        self.unseen += reached == 0
        return reached

    def clear(self, asked: ClearContact) -> int:
        """Take the caller off the agent's screens now. Returns how many screens it was written to."""
        self._dirty = True
        screens = self._screens.get(asked.agent, ())
        return self._put(screens, frame("clear", asked)) if screens else 0

    def lead(self, asked: ShowLead) -> int:
        """Show the agent whom he may call next, or take it off. Returns how many screens it was written to."""
        screens = self._screens.get(asked.agent, ())
        return self._put(screens, frame("lead", asked)) if screens else 0

    def publish(self, seq: int, kind: str, contact: str, agent: str, body: str | Mapping[str, object]) -> None:
        """Tell every screen that may see it that a fact was committed as number `seq`.

        `body` is the fact's JSON text, or its fields. Numbers must come in order.
        """
        self._dirty = True
        if contact and agent:
            self._may_see(contact, agent)
        if not self._screens:
            return
        targets = self._overseers | self._of(self._offered.get(contact, set()) | {agent})
        if targets:
            text = body if isinstance(body, str) else _JSON.dump_json(body).decode()
            content = fact_frame(RawFact(seq, 0.0, kind, contact, agent, text))
            for screen in targets:
                screen.put_fact(seq, content)
            self._sweep(targets)

    # ── asked by others ─────────────────────────────────────────────────────────────────────────────────────────────

    def screens(self, agent: str) -> int:
        """How many screens this user has open now."""
        return len(self._screens.get(agent, ()))

    def is_watched(self) -> bool:
        """Whether any screen is open."""
        return bool(self._screens)

    def count(self) -> int:
        """How many screens are open."""
        return sum(len(screens) for screens in self._screens.values())

    # ── called by the event stream ──────────────────────────────────────────────────────────────────────────────────

    def join(self, screen: Screen) -> None:
        self._screens.setdefault(screen.user, set()).add(screen)
        if screen.sees_all:
            self._overseers.add(screen)

    def greet(self, screen: Screen) -> None:
        """Tell one who has just come what there is beside the floor."""
        for content in self.beside.greeting(screen) if self.beside is not None else ():
            screen.put(content)

    def part(self, screen: Screen) -> None:
        screen.leave()
        self._overseers.discard(screen)
        mine = self._screens.get(screen.user, set())
        mine.discard(screen)
        if not mine:
            self._screens.pop(screen.user, None)

    def end_session(self, token: str) -> None:
        """The session was ended: its screens are told and closed."""
        for screen in [one for screens in self._screens.values() for one in screens if one.token == token]:
            screen.put(frame("bye", {}))
            self.part(screen)

    def close(self) -> None:
        """Let every screen go: the server stops."""
        for screen in self._all():
            self.part(screen)
            screen.cut()

    async def run(self, floor: Floor) -> None:
        """Send beats and floor changes until cancelled. Spends at most about a tenth of the loop on comparing."""
        self._seed(floor.look())
        next_beat = 0.0
        pause = PULSE
        while True:
            await asyncio.sleep(pause)
            started = time.perf_counter()
            if self._dirty and self._screens:
                self._dirty = False
                self._pulse(floor.look())
            if self.beside is not None and self._screens:
                for screens, content in self.beside.news(self._screens, self._clock()):
                    self._put(screens, content)
            if self._clock() >= next_beat or next_beat > self._clock() + 2 * BEAT:
                next_beat = self._clock() + BEAT
                self._put(self._all(), frame("beat", {"at": self._clock()}))
            pause = max(PULSE, 10 * (time.perf_counter() - started))

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _seed(self, view: FloorView) -> None:
        for contact in view.contacts:
            for agent in sorted(contact.agents):
                self._may_see(contact.contact, agent)
        self._before = view

    def _may_see(self, contact: str, agent: str) -> None:
        self._offered.setdefault(contact, set()).add(agent)
        self._offered.move_to_end(contact)
        if len(self._offered) > REMEMBERED:
            self._offered.popitem(last=False)

    def _pulse(self, view: FloorView) -> None:
        before, self._before = self._before, view
        if before is None or not self._screens:
            return
        change = changes(before, view)
        if change is None:
            return
        if self._overseers:
            self._put(self._overseers, frame("floor", change.whole))
        for user in change.users():
            screens = self._screens.get(user, set()) - self._overseers
            if screens:
                self._put(screens, frame("floor", change.seen_by(user)))

    def _of(self, users: Iterable[str]) -> set[Screen]:
        return {screen for user in users for screen in self._screens.get(user, ())}

    def _all(self) -> set[Screen]:
        return self._of(self._screens)

    def _put(self, screens: Iterable[Screen], content: bytes) -> int:
        targets = list(screens)
        reached = sum(screen.put(content) for screen in targets)
        self._sweep(targets)
        return reached

    def _sweep(self, screens: Iterable[Screen]) -> None:
        for screen in [one for one in screens if one.gone.is_set()]:
            self.dropped += screen.dropped
            self.part(screen)


def fact_frame(fact: RawFact) -> bytes:
    """A fact as a screen gets it, live or from the journal: the same bytes."""
    head = _JSON.dump_json({"seq": fact.seq, "kind": fact.kind, "contact": fact.contact, "agent": fact.agent})
    number = f"id: {fact.seq}\nevent: fact\ndata: ".encode()
    return b'%b%b,"body":%b}\n\n' % (number, head[:-1], fact.body.encode())
