"""The links between us and the nodes, and all that is told over them: late, twice, or never.

It does not decide when a link is cut, nor what a server makes of what it hears: `storm.py` does.

What is told comes with a lag, in order for each call, perhaps late, twice, or never, when the link is cut meanwhile. A
link that is there again is surveyed with what its node remembers, and soon once more.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
import customers.messages as customers
import recordings.messages as rec
from benchmarks.faults.climate import Climate
from cti import ids
from switchroom.simulator import Simulator
from switchroom.turn import Message

if TYPE_CHECKING:
    from benchmarks.faults.watch import Watch

ONCE = (cti.PromptEnded, cti.DigitsCollected, cti.CallerArrived, customers.LookedUp)
MOMENT = 0.02  # seconds that an action takes


@dataclass(slots=True)
class Link:
    """Our connection to one node. `age` grows with each break: what was under way before is lost."""

    node: cti.NodeId
    up: bool = True
    off: bool = False  # and the door is closed too: the node is cut off whole
    known: bool = False  # and our present server has been told that it is there
    age: int = 0
    booted_at: float = 0.0
    since: float = 0.0
    asked_last: float = 0.0
    ended: deque[cti.CallEnded] = field(default_factory=lambda: deque(maxlen=10_000))


class Wires(Simulator):
    """A simulator whose messages come over a link to each node. The storm sets what stands here without a value."""

    weather: Climate
    links: dict[str, Link]
    alive: bool
    struck: Counter[str]
    created: dict[str, float]
    wiped: set[str]
    dead_phones: set[tuple[str, str]]
    watch: Watch
    _told_last: dict[str, float]
    _wake_zombie: Callable[[Message], None]

    # ── links and nodes ─────────────────────────────────────────────────────────────────────────────────────────────

    def cut(self, node: cti.NodeId, off: bool = False, restarts: bool = False) -> None:
        """Break the link for a while; `off`: nor do its callers reach us; `restarts`: its Asterisk is a new one."""
        link = self.links[node]
        if not link.up:
            return
        link.up, link.off, link.age = False, off or restarts, link.age + 1
        self.struck["Asterisk restarts" if restarts else "nodes cut off" if off else "links cut"] += 1
        if restarts:
            self._wipe(link)
        self._later(link, self.random.random() * 2, lambda: self._missed(link))
        self.after(self.random.uniform(0.5, 20.0), lambda: self._heal(link))

    def _missed(self, link: Link) -> None:
        """We notice that the link is gone."""
        if self.alive and link.known:
            link.known = False
            self.tell(cti.NodeLost(link.node))

    def _wipe(self, link: Link) -> None:
        """An Asterisk dies: its calls are gone, and nobody will tell of them but what it had written down."""
        link.booted_at = self.now
        for call in [call for call, line in self.lines.items() if line.node == link.node]:
            del self.lines[call]
            self.wiped.add(call)
            self.watch.caller_gone(call)
        for leg in [leg for leg, it in self.legs.items() if it.node == link.node]:
            del self.legs[leg]

    def _heal(self, link: Link) -> None:
        self._missed(link)
        link.up, link.off, link.age = True, False, link.age + 1
        if self.alive:
            self._found(link)

    def _found(self, link: Link) -> None:
        """Logged in: found, surveyed with what it remembers, surveyed again soon; its callers knock meanwhile."""
        link.since, link.known = self.now, True
        self.watch.audit.anew(link.node)
        self.tell(cti.NodeFound(link.node, link.booted_at))
        self._look_twice(link)
        for call, line in self.lines.items():
            if line.node == link.node and line.place == "flow":
                self.after(self.random.random(), lambda call=call, line=line: self._knock(call, line))

    def _knock(self, call: cti.CallId, line: Any) -> None:
        if line.place == "flow":
            self.arrives(call)

    def _later(self, link: Link, delay: float, do: Callable[[], None]) -> None:
        """Do it then, unless the link has broken meanwhile."""
        age = link.age
        self.after(delay, lambda: do() if link.age == age else None)

    def _look_twice(self, link: Link) -> None:
        """With what it remembers, and soon again: what was too young to be judged no longer is."""
        self._look(link, with_ended=True)
        self._later(link, 2.5, lambda: self._look(link, with_ended=False))

    def _look(self, link: Link, *, with_ended: bool) -> None:
        """Ask for the truth; the answer comes a moment later, after all that was told before it."""
        asked_at, age = self.now, link.age
        delay = self.random.random() * 0.1

        def seen() -> None:
            if link.age == age and self.alive:
                survey = self.survey_of(link, asked_at, with_ended)
                self.tell(survey)
                self.watch.audited(survey)
                self._later(link, 1.05 + MOMENT, lambda: self._judge(link, server))

        server = self.alive_since
        self.after(delay, seen)

    def _judge(self, link: Link, server: float) -> None:
        """What was seen must be true of him who saw it; he may have died of the survey."""
        if self.alive and self.alive_since == server:
            self.watch.surveyed(link)

    def survey_every(self) -> None:
        """The comparison of every ten seconds."""
        for link in self.links.values():
            if link.up and self.alive:
                self._look(link, with_ended=False)
        self.after(10.0, self.survey_every)

    def survey_of(self, link: Link, asked_at: float, with_ended: bool) -> cti.NodeSurveyed:
        """What the node says of itself now."""
        lines = ((call, line) for call, line in self.lines.items() if line.node == link.node)
        calls = tuple(cti.SeenCall(call, line.place, line.leg, line.answered_at) for call, line in lines)
        legs = tuple(cti.SeenLeg(leg, it.state, it.call) for leg, it in self.legs.items() if it.node == link.node)
        ended = tuple(link.ended) if with_ended else ()
        agents = self.centre.plan.agents_on(link.node)
        phones = tuple(one.phone for one in agents if (link.node, one.phone) not in self.dead_phones)
        return cti.NodeSurveyed(link.node, asked_at, calls, legs, ended, phones)

    # ── what is told, over a link ───────────────────────────────────────────────────────────────────────────────────

    def told(self, message: Message, delay: float = 0.0) -> None:
        """Something is told: soon or late, in order for each call, perhaps twice; not at all when the link breaks."""
        if isinstance(message, rec.RecordingLookedAt):
            self.after(delay, lambda: self.tell(message))
            return
        if isinstance(message, cti.CallEnded):
            message = replace(message, began_at=float(int(self.created.get(message.call, self.now))))
        link, call = self._of(message)
        if not link.up:
            return
        at = self.now + delay + self._lag()
        at = self._told_last[call] = max(at, self._told_last.get(call, 0.0))
        age = link.age
        self.after(at - self.now, lambda: self._deliver(link, age, message))
        if self.random.random() < self.weather.told_twice and not isinstance(message, ONCE):
            self.struck["events repeated"] += 1
            self.after(at - self.now + self.random.random() * 2, lambda: self._deliver(link, age, message))

    def _of(self, message: Any) -> tuple[Link, str]:
        """The link that a message comes over, and the contact that it is about."""
        leg = getattr(message, "leg", None)
        contact = ids.call_of(leg) if leg else message.call
        if isinstance(message, cti.CallEnded):
            self.links[message.node].ended.append(message)
        return self.links[contact.replace(cti.CALL_BACK, "").partition("-")[0]], contact  # he may be called back twice

    def says_phone(self, node: cti.NodeId, phone: str) -> None:
        """The node tells, sooner or later, how a phone is now."""
        link = self.links[node]
        age = link.age

        def tell() -> None:
            if link.age == age and link.up:
                self.tell(cti.PhoneSeen(node, phone, (node, phone) not in self.dead_phones))

        self.after(self._lag(), tell)

    def _lag(self) -> float:
        climate = self.weather
        if self.random.random() < climate.late:
            self.struck["events late"] += 1
            return self.random.random() * climate.lateness
        return self.random.random() * 0.01

    def _deliver(self, link: Link, age: int, message: Any) -> None:
        self._wake_zombie(message)
        if link.age != age or not self.alive:
            self.struck["events lost"] += 1
            return
        self.tell(message)
        if isinstance(message, cti.CallEnded) and link.age == age:
            self._later(link, 1.05 + MOMENT, lambda: self.watch.left(message.call))
