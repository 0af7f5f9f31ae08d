"""A simulated floor on which everything that can break does: two sites, links, telephones, people, and we ourselves.

It does not judge: `watch.py` does, to which every commit, every action and every bridge is told as it happens. What is
told comes over `wires.py`; our own server is in `mortal.py`.

What the plain simulator does at once happens here as it does in the world. What is asked over AMI takes a moment; when
the link is cut in that moment nobody knows whether it was done.
"""

from __future__ import annotations

import heapq
from collections import Counter
from typing import get_args
from zlib import crc32

import acd.messages as acd
import cti.vocabulary as cti
from benchmarks.faults.bad_phones import BadPhones, drawn
from benchmarks.faults.climate import Climate
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.mortal import Mortal
from benchmarks.faults.people import People
from benchmarks.faults.watch import Broken, Watch
from benchmarks.faults.wires import MOMENT, Link
from journal.facts import Fact
from switchroom.centre import Centre
from switchroom.edition import Edition, FloorChanged
from switchroom.turn import Action, Message

OVER_AMI = (cti.DialCustomer, cti.RingAgent, cti.DropLeg, cti.FetchCaller, cti.SurveyNode, *get_args(cti.Move))
ENDLESS = 20  # one caller of so many never loses patience
LOOKED_EACH = 1.0  # seconds
RING_ENDS = 0.3  # seconds after the time told, at most, when the switch itself stops the ringing


class Storm(Mortal):
    """`season.py` plays it. `editions` are the floors that come into force one after the other."""

    weather: Climate

    def __init__(self, editions: list[Edition], climate: Climate, seed: int) -> None:
        self.editions, self.edition = editions, editions[0]
        self.alive, self.alive_since = True, 0.0
        self.ledger = Ledger()
        self.links: dict[str, Link] = {}
        nodes = tuple(sorted({cti.NodeId(agent.node) for agent in editions[0].plan.agents.values()}))
        super().__init__(self._new_centre, climate, seed, nodes=nodes)
        self.links = {node: Link(node, booted_at=self.start - 1000.0) for node in nodes}
        self.epoch = self.ledger.take()
        self.zombie: tuple[Centre, int, int] | None = None
        self.unwritten: list[Fact] = []
        self.unwritten_since = 0.0
        self.dead_phones: set[tuple[str, str]] = set()
        self.created: dict[str, float] = {}
        self.wiped: set[str] = set()
        self.bridged: set[str] = set()
        self.unsure: set[str] = set()
        self.joined: dict[str, int] = {}  # every leg that was ever bridged, and how often its link had broken then
        self.struck: Counter[str] = Counter()  # every fault that was made, by kind
        self.edited_at = 0.0
        self._told_last: dict[str, float] = {}
        self.people = People(self)
        self.bad_phones = BadPhones(self, drawn(seed, self.people.agents.values()))
        self.watch = Watch(self)

    # ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────

    def _act(self, action: Action) -> None:
        if not isinstance(action, OVER_AMI) and not self._needs_ami(action):
            node = getattr(action, "node", "")
            if not node or not self.links[node].off:
                super()._act(action)
            return
        link = self.links[action.node]
        if not link.up:
            self.struck["actions lost"] += 1
            return
        at = link.asked_last = max(link.asked_last, self.now + self.random.random() * MOMENT)
        age, unsure = link.age, self.random.random() < 0.5

        def do() -> None:
            if link.age == age or unsure:  # cut in this moment: done or not, and nobody knows
                self._perform(action)

        self.after(at - self.now, do)

    def _needs_ami(self, action: Action) -> bool:
        """Whether a caller is to be hung up who does not stand at the door."""
        if not isinstance(action, cti.EndCall):
            return False
        line = self.lines.get(action.call)
        return line is not None and line.place != "flow"

    def _perform(self, action: Action) -> None:
        if isinstance(action, cti.SurveyNode):
            self._look_twice(self.links[action.node])
        else:
            super()._act(action)

    def _flow_answer(self, call: cti.CallId, message: Message, about: float) -> None:
        line = self.lines.get(call)
        if line is None:
            return
        asked = line.asked = line.asked + 1

        def answer() -> None:
            link = self.links[line.node]
            if self.lines.get(call) is line and line.asked == asked and line.place == "flow" and not link.off:
                self.tell(message)

        if self.random.random() < self.weather.gives_up_in_flow:
            self.after(self.random.random() * about, lambda: self._hang_up(call))
        self.after(self.random.expovariate(1 / about), answer)

    def arrives(self, call: cti.CallId) -> None:
        line = self.lines.get(call)
        if line is None:
            return
        line.asked += 1
        if self.alive and not self.links[line.node].off:
            super().arrives(call)
        else:
            line.place = "flow"  # he knocks until somebody opens, or he has enough of it
            if self.random.random() < self.weather.gives_up_in_flow:
                self.after(self.random.random() * 3, lambda: self._hang_up(call))

    def _hang_up(self, call: cti.CallId) -> None:
        if call in self.lines:
            self.watch.caller_gone(call)
        super()._hang_up(call)

    def _ring(self, ring: cti.RingAgent) -> None:
        if ring.leg in self.legs:
            raise Broken("I22 a leg is rung once", ring.leg)
        if self.bad_phones.ring(ring):
            return
        dead = (ring.node, ring.phone) in self.dead_phones or self.random.random() < self.weather.dead_phone
        if dead:
            self.struck["rings at dead phones"] += 1
            self.told(cti.LegEnded(ring.node, ring.leg, 20), self.random.random() * 0.3)
            return
        super()._ring(ring)
        if ring.dial:
            return
        if self.random.random() < self.weather.at_once:
            self.after(self.random.choice((0.0, ring.ring_for)), lambda: self._hang_up(ring.call))
        if self.random.random() < self.weather.at_once:
            self.after(ring.ring_for, lambda: self._answer(ring.leg))
        self.after(ring.ring_for + self.random.random() * RING_ENDS, lambda: self.rings_out(ring.leg))

    def rings_out(self, leg: cti.LegId, cause: int = 19) -> None:
        """The switch itself stops the ringing, whether we say so or not."""
        if leg in self.legs and self.legs[leg].state == "ringing":
            self._end_leg(leg, cause)

    def told(self, message: Message, delay: float = 0.0) -> None:
        if not self.bad_phones.is_silent(message):
            super().told(message, delay)

    def _answer(self, leg: cti.LegId) -> None:
        it = self.legs.get(leg)
        if it is None or it.state != "ringing":
            return
        mood = self.random.random()
        self.struck["hang-ups in the instant of the answer"] += mood < 2 * self.weather.at_once
        if mood < self.weather.at_once:
            self._hang_up(it.call)
        super()._answer(leg)
        if it.state == "talk":
            self.joined[leg] = self.links[it.node].age
            (self.bridged if self.watch.books.is_open_offer(leg) else self.unsure).add(it.call)
            self.watch.bridged(leg, it.phone)
            if self.weather.at_once <= mood < 2 * self.weather.at_once:
                self._hang_up(it.call)

    def loses_patience(self, call: cti.CallId) -> None:
        if crc32(call.encode()) % ENDLESS:  # the others wait for as long as they are let
            super().loses_patience(call)

    def _call(self) -> cti.CallId:
        call = super()._call()
        self.created[call] = self.now
        return call

    # ── the floor opens, and time passes ────────────────────────────────────────────────────────────────────────────

    def group_of(self, queue: str) -> int:
        """How many agents are rung at once for a caller of this queue."""
        return self.watch.live.group_of(queue)

    def begin(self, seconds: float) -> None:
        """Open the floor; callers come for so long."""
        for link in self.links.values():
            self._found(link)
        self.people.begin()
        self.after(10.0, self.survey_every)
        if self.bad_phones.habits:
            self.after(LOOKED_EACH, self._look_at_the_others)
        self._next_caller(self.start + seconds)

    def _look_at_the_others(self) -> None:
        """Beside bad phones: by the clock, whether anything happens or not."""
        self.watch.others.look()
        self.after(LOOKED_EACH, self._look_at_the_others)

    def run_until(self, seconds: float) -> None:
        """Let the time pass up to so many seconds from the start."""
        self._until(self.start + seconds)

    def edit(self) -> None:
        """Somebody saves the floor: another edition comes into force under the calls."""
        if self.alive:
            self.struck["floor edits"] += 1
            self.edition, self.edited_at = self.random.choice(self.editions), self.now
            self.centre.editions.staged[self.edition.key] = self.edition
            self.tell(FloorChanged(self.edition.key, "anna", "saved"))

    def _until(self, end: float) -> None:
        while True:
            due = self.centre.next_deadline() if self.alive else None
            at = self._heap[0][0] if self._heap else None
            if due is not None and due <= end and (at is None or due <= at):
                self.now = max(self.now, due)
                self.tell(acd.Tick())
            elif at is not None and at <= end:
                self.now, _, do = heapq.heappop(self._heap)
                do()
            else:
                self.now = max(self.now, end)
                return
