"""A simulated floor on which everything that can break does: two sites, links, telephones, people, and we ourselves.

It does not judge: `watch.py` does, to which every commit, every action and every bridge is told as it happens.

What the plain simulator does at once happens here as it does in the world. What is told comes over a link with a lag,
in order for each call, perhaps late, twice, or never, when the link is cut meanwhile. What is asked over AMI takes a
moment; when the link is cut in that moment nobody knows whether it was done. A turn is decided, committed under an
epoch, then acted; the server dies before, between or after. A frozen server wakes and goes on where it was, with an
epoch that is no longer the newest.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from zlib import crc32

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import recordings.messages as rec
from benchmarks.faults.climate import Climate
from benchmarks.faults.ledger import Ledger, StaleEpoch
from benchmarks.faults.people import People
from benchmarks.faults.watch import Broken, Watch
from cti import ids
from journal.facts import Fact
from switchroom import resume, truth
from switchroom.centre import Centre
from switchroom.edition import Edition, Editions, FloorChanged
from switchroom.recovery import restore
from switchroom.simulator import Simulator
from switchroom.turn import Action, Effect, Message

OVER_AMI = (cti.RingAgent, cti.DropLeg, cti.FetchCaller, cti.SurveyNode, *get_args(cti.Move))
ONCE = (cti.PromptEnded, cti.DigitsCollected, cti.CallerArrived, customers.LookedUp)
MOMENT = 0.02  # seconds that an action takes
ENDLESS = 20  # one caller of so many never loses patience
RING_ENDS = 0.3  # seconds after the time told, at most, when the switch itself stops the ringing


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


class Storm(Simulator):
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
        self.watch = Watch(self)

    def _new_centre(self) -> Centre:
        centre = Centre(self.edition.plan, self.edition.sounds)
        centre.editions = Editions(self.edition)
        if not self.ledger.seq:
            truth.begin(centre, self.now)
        return centre

    # ── one turn of the service loop ────────────────────────────────────────────────────────────────────────────────

    def tell(self, message: Message) -> None:
        """Decide, commit, act; nothing while there is no server."""
        if not self.alive:
            return
        self.turns += 1
        effects = self._decide(self.centre, message)
        actions = [effect for effect in effects if not isinstance(effect, Fact)]
        if self._dies(0.2):
            return
        self._commit([effect for effect in effects if isinstance(effect, Fact)], bool(actions))
        self.watch.turned(message, effects)
        for done, action in enumerate(actions):
            if done and self._dies(0.2):
                return
            self.watch.asked(action, self.epoch)
            self._act(action)
        self._dies(1.0)

    def _decide(self, centre: Centre, message: Message) -> list[Effect]:
        try:
            return centre.handle(message, self.now)
        except desk.Refused:
            return []

    def _commit(self, told: list[Fact], presses: bool) -> None:
        """Write. Facts from which nothing follows wait a moment for the next commit, and may die with us."""
        if not self.unwritten:
            self.unwritten_since = self.now
        self.unwritten += told
        if self.unwritten and (presses or self.now - self.unwritten_since > 0.05):
            facts, self.unwritten = self.unwritten, []
            self.watch.wrote(facts, self.ledger.append(facts, self.epoch))

    def flush(self) -> None:
        """Write what waits."""
        self._commit([], presses=True)

    def _dies(self, chance: float) -> bool:
        """Whether the kill that is due comes at this very point of a turn."""
        if self.dying and self.random.random() < chance:
            self.dying = False
            self._die()
            return True
        return False

    dying = False

    # ── we die, freeze, and come back ───────────────────────────────────────────────────────────────────────────────

    def kill(self) -> None:
        """Die at some point of one of the next turns."""
        self.dying = True

    def freeze(self) -> None:
        """Be taken for dead; a successor takes the floor, and the frozen one wakes up later."""
        if self.alive:
            self.struck["freezes"] += 1
            self.zombie = (self.centre, self.epoch, 3)
            self._die()

    def _die(self) -> None:
        self.struck["our deaths"] += 1
        self.alive, self.dying, self.unwritten = False, False, []
        for link in self.links.values():
            link.age, link.known = link.age + 1, False
        self.after(self.random.uniform(0.1, 4.0), self._live)

    def _live(self) -> None:
        self.epoch = self.ledger.take()
        self.centre = self._new_centre()
        self._restore(self.centre)
        self.alive, self.alive_since = True, self.now
        self.watch.reborn()
        for link in self.links.values():
            if link.up:
                self._found(link)

    def _restore(self, centre: Centre) -> None:
        """As the service does it."""
        resume.remember(centre, self.ledger.points())
        restore(centre, (*self.ledger.ends(), *self.ledger.open_facts()), self.ledger.at)

    def _wake_zombie(self, message: Message) -> None:
        """The old server hears it too, decides by what it knows, and finds that it may not write."""
        if self.zombie is None or self.zombie[1] == self.epoch:
            return
        centre, epoch, left = self.zombie
        self.zombie = (centre, epoch, left - 1) if left > 1 else None
        try:
            effects = centre.handle(message, self.now)
            self.ledger.append([each for each in effects if isinstance(each, Fact)], epoch)
        except StaleEpoch:
            self.struck["stale servers refused"] += 1
            self.zombie = None
            return
        except desk.Refused:
            return
        for action in effects:
            if not isinstance(action, Fact):
                self.watch.asked(action, epoch)

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
                self._later(link, 1.05 + MOMENT, lambda: self.watch.surveyed(link))

        self.after(delay, seen)

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
        return self.links[contact.removeprefix(cti.CALL_BACK).partition("-")[0]], contact

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
        self.after(ring.ring_for + self.random.random() * RING_ENDS, lambda: self._rings_out(ring.leg))

    def _rings_out(self, leg: cti.LegId) -> None:
        """The switch itself stops the ringing, whether we say so or not."""
        if leg in self.legs and self.legs[leg].state == "ringing":
            self._end_leg(leg, 19)

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
        self._next_caller(self.start + seconds)

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
