"""A floor without telephones: the same centre, driven in virtual time by seeded callers, agents and faults.

It does not know how the centre decides; it is a switch, a carrier and a room of people in one heap of future events.

Everything random comes from one seed, so a failing day is one integer. Faults are part of the model: agents who do not
answer, refuse or go off; callers who hang up at any instant; told things that come twice; our own death at any turn,
after which a new centre is built from the facts alone and a survey of the simulated switch.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import recordings.messages as rec
from journal.facts import Fact
from switchroom.centre import Centre
from switchroom.recovery import restore
from switchroom.simulated import NODE, Leg, Line, Weather
from switchroom.simulated_customers import Customers
from switchroom.turn import Effect, Message, is_fact

__all__ = ["NODE", "Simulator", "Weather"]


@dataclass
class Simulator:
    """`run(until)` plays the floor from 0 to `until` seconds; `facts` is what the journal would hold."""

    new_centre: Callable[[], Centre]
    weather: Weather
    seed: int
    start: float = 1_700_000_000.0
    facts: list[Fact] = field(default_factory=list)
    on_turn: Callable[[Simulator, list[Effect]], None] | None = None
    nodes: tuple[cti.NodeId, ...] = (NODE,)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - a simulation wants repeatable chance, not secrecy
        self.now = self.start
        self.centre = self.new_centre()
        self.lines: dict[cti.CallId, Line] = {}
        self.legs: dict[cti.LegId, Leg] = {}
        self.ended: list[cti.CallEnded] = []
        self.deaths = self.turns = self._count = self.torn = 0
        self._doers: dict[type, Callable[[Any], None]] = {
            cti.HoldCaller: lambda asked: self._hold(asked.call),
            cti.TellCaller: self._tell,
            cti.FetchCaller: lambda asked: self._fetch(asked.call),
            cti.EndCall: lambda asked: self._hang_up(asked.call),
            cti.RingAgent: self._ring,
            cti.RecordCaller: self._record,
            cti.ForwardCaller: self._forward,
            customers.LookUp: self._look_up,
            rec.KeepRecording: self._keep,
        }
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self.customers = Customers(self)
        self._doers.update(self.customers.doers)

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────

    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Do something `delay` seconds from now."""
        self._count += 1
        heapq.heappush(self._heap, (self.now + max(0.0, delay), self._count, do))

    def run(self, seconds: float, drain: float = 3600.0) -> None:
        """Callers come for `seconds`; then everybody who is left finishes within `drain`."""
        self._open_floor()
        self._next_caller(self.start + seconds)
        self._until(self.start + seconds + drain)

    def _until(self, end: float) -> None:
        while True:
            due = self.centre.next_deadline()
            at = self._heap[0][0] if self._heap else None
            if due is not None and due <= end and (at is None or due <= at):
                self.now = max(self.now, due)
                self.tell(acd.Tick())
            elif at is not None and at <= end:
                self.now, _, do = heapq.heappop(self._heap)
                do()
            else:
                return

    # ── the contract with the centre ────────────────────────────────────────────────────────────────────────────────

    def tell(self, message: Message) -> None:
        """One turn of the service loop: handle, journal, act; and now and then the server dies in between."""
        effects = self.centre.handle(message, self.now)
        self.turns += 1
        actions = [e for e in effects if not is_fact(e)]
        self.facts.extend(e for e in effects if is_fact(e))
        if self.on_turn is not None:
            self.on_turn(self, effects)
        alive = len(actions)
        if self.random.random() < self.weather.death:
            alive = self.random.randrange(len(actions) + 1)
        for action in actions[:alive]:
            self._act(action)
        if alive < len(actions) or (not actions and self.random.random() < self.weather.death):
            self._die()

    def answer(self, kind: type, do: Callable[[Any], None]) -> None:
        """Carry out one more kind of action."""
        self._doers[kind] = do

    def told(self, message: Message, delay: float = 0.0) -> None:
        """Something is told soon, and perhaps twice."""
        self.after(delay, lambda: self.tell(message))
        if self.random.random() < self.weather.told_twice and not isinstance(
            message, cti.PromptEnded | cti.DigitsCollected | cti.CallerArrived | customers.LookedUp
        ):
            self.after(delay + self.random.random(), lambda: self.tell(message))

    def _die(self) -> None:
        self.deaths += 1
        self.centre = self.new_centre()
        restore(self.centre, self.facts)
        self._find_nodes()
        for call, line in list(self.lines.items()):
            if line.place == "flow":
                self.arrives(call)

    def _find_nodes(self) -> None:
        for node in self.nodes:
            self.tell(cti.NodeFound(node, self.start - 1000.0))
            self.tell(self.survey(node))

    def survey(self, node: cti.NodeId = NODE) -> cti.NodeSurveyed:
        """The truth of one node of the simulated switch."""
        lines = ((call, line) for call, line in self.lines.items() if line.node == node)
        calls = tuple(cti.SeenCall(call, line.place, line.leg, line.answered_at) for call, line in lines)
        legs = tuple(cti.SeenLeg(leg, it.state, it.call) for leg, it in self.legs.items() if it.node == node)
        ended = tuple(end for end in self.ended[-10_000:] if end.node == node)
        phones = tuple(agent.phone for agent in self.centre.plan.agents_on(node))
        calls += self.customers.seen(node)
        return cti.NodeSurveyed(node, self.now, calls, legs, ended, phones, self.customers.failed(node))

    # ── the simulated switch ────────────────────────────────────────────────────────────────────────────────────────

    def _act(self, action: Effect) -> None:
        if isinstance(action, cti.PlayPrompt):
            self._flow_answer(action.call, cti.PromptEnded(action.call), 2.0)
        elif isinstance(action, cti.CollectDigits):
            keyed = cti.DigitsCollected(action.call, self._keys(action.at_most))
            self._flow_answer(action.call, keyed, 1.0)
        elif isinstance(action, cti.DropLeg):
            self._end_leg(action.leg, 26)
        elif type(action) in self._doers:
            self._doers[type(action)](action)

    def _keep(self, keep: rec.KeepRecording) -> None:
        legs = (f"{keep.path}-caller.wav", f"{keep.path}-agent.wav")
        self.told(rec.RecordingLookedAt(keep.contact, keep.offer, legs, keep.talked, keep.talked, "whole"), 0.5)

    def _keys(self, at_most: int) -> str:
        if self.random.random() < 0.1:
            return ""
        return "".join(self.random.choice("0123456789") for _ in range(at_most))

    def _flow_answer(self, call: cti.CallId, message: Message, about: float) -> None:
        centre, line = self.centre, self.lines.get(call)

        def answer() -> None:
            if line is not None and self.lines.get(call) is line and self.centre is centre and line.place == "flow":
                self.tell(message)

        if self.random.random() < self.weather.gives_up_in_flow:
            self.after(self.random.random() * about, lambda: self._hang_up(call))
        self.after(self.random.expovariate(1 / about), answer)

    def _look_up(self, asked: customers.LookUp) -> None:
        outcome, mood = "found", self.random.random()
        if mood < self.weather.not_found:
            outcome = "not_found"
        elif mood < self.weather.not_found + self.weather.source_down:
            outcome = "timed_out"
        took = asked.deadline if outcome == "timed_out" else self.random.random() * 0.2
        found = customers.LookedUp(asked.question, asked.contact, asked.source, outcome, (), took)
        of = self.centre.contacts.get(asked.contact)  # one who was called back has a call of another name
        self._flow_answer(of.call if of is not None else cti.CallId(asked.contact), found, max(took, 0.01))

    def _record(self, asked: cti.RecordCaller) -> None:
        said = self.random.choice((0.0, self.random.random() * asked.at_most))
        self._away(cti.CallerRecorded(asked.call, asked.recording, round(said, 2), asked.task), said + 1.0)

    def _forward(self, asked: cti.ForwardCaller) -> None:
        why = self.random.choice(("answered", "busy", "no_answer", "failed"))
        about = self.weather.talk if why == "answered" else asked.ring_for
        self._away(cti.ForwardEnded(asked.call, why, asked.number, asked.task), self.random.random() * about)

    def _away(self, doing: cti.CallerRecorded | cti.ForwardEnded, seconds: float) -> None:
        """He does something that needs no server, and comes back to the door, whoever opens it then."""
        line = self.lines.get(doing.call)
        if line is None or line.place != "flow":
            return
        line.place, line.doing = "away", doing
        self.after(seconds, lambda: self.arrives(doing.call) if line.place == "away" else None)

    def arrives(self, call: cti.CallId) -> None:
        line = self.lines.get(call)
        if line is None:
            return
        line.place = "flow"
        task = line.doing.task if line.doing is not None else 0
        self.tell(
            cti.CallerArrived(
                line.node, call, line.number, "", line.called, line.leg, line.answered_at, task, line.key, line.heard,
                line.greeted_at, line.opened_at,
            )
        )
        if line.doing is not None:
            self.tell(line.doing)

    def _hold(self, call: cti.CallId) -> None:
        line = self.lines.get(call)
        if line is not None and line.place == "flow":
            line.place, line.key = "hold", ""

    def _tell(self, asked: cti.TellCaller) -> None:
        """He hears it between the music; whom it would take out of a talk is counted as torn."""
        line = self.lines.get(asked.call)
        if line is None or line.place != "hold":
            self.torn += line is not None and line.place == "talk"
        elif asked.listen and self.random.random() < self.weather.takes_callback:
            self.after(self.random.random() * asked.listen, lambda: self._press(asked.call, line))

    def _press(self, call: cti.CallId, line: Line) -> None:
        if line.place == "hold":
            line.key = "1"
            self.arrives(call)

    def _fetch(self, call: cti.CallId) -> None:
        line = self.lines.get(call)
        if line is not None and line.place == "hold":
            self.after(0.01, lambda: self.arrives(call) if line.place == "hold" else None)

    def _hang_up(self, call: cti.CallId) -> None:
        if cti.is_call_back(call):
            self._end_leg(cti.LegId(call), 16)
        line = self.lines.pop(call, None)
        if line is None:
            self.customers.hang_up(call)
            return
        ended = cti.CallEnded(
            line.node, call, 16, self.now, line.leg, line.answered_at, line.called, line.number, doing=line.doing,
            heard=line.heard, greeted_at=line.greeted_at, opened_at=line.opened_at,
        )
        self.ended.append(ended)
        for leg in [x for x, it in self.legs.items() if it.call == call and it.state == "talk"]:
            self._left_alone(leg)
        self.told(ended)

    def _left_alone(self, leg: cti.LegId) -> None:
        """Its caller is gone: it ends; one that has dialled him itself comes to the door."""
        if self.legs[leg].dials:
            self._leg_arrives(leg, "answered")
        else:
            self._end_leg(leg, 16)

    def _ring(self, ring: cti.RingAgent) -> None:
        self.legs[ring.leg] = Leg(ring.call, ring.phone, ring.dial, ring.node)
        self.told(cti.LegRang(ring.leg), 0.02)
        if ring.at_once:
            self.after(0.1 + self.random.random(), lambda: self._answer(ring.leg))
            return
        mood = self.random.random()
        if mood < self.weather.no_answer:
            return
        if mood < self.weather.no_answer + self.weather.refuse:
            self.after(self.random.random() * 3, lambda: self._end_leg(ring.leg, 17))
        else:
            self.after(self.random.random() * 5, lambda: self._answer(ring.leg))

    def _answer(self, leg: cti.LegId) -> None:
        it = self.legs.get(leg)
        if it is None:
            return
        if it.dials:
            self._call_back(leg, it)
            return
        line = self.lines.get(it.call)
        if line is None or not (line.place == "hold" or (line.place == "flow" and line.key)):
            self._end_leg(leg, 16)
            return
        it.state, line.place, line.leg, line.answered_at = "talk", "talk", leg, self.now
        self.told(cti.TalkBegan(it.call, leg))
        end = self.random.choice((lambda: self._end_leg(leg, 16), lambda: self._hang_up(it.call)))
        self.after(self.random.expovariate(1 / self.weather.talk), end)

    def _call_back(self, leg: cti.LegId, it: Leg) -> None:
        """The agent has answered: the customer is dialled, and is there, or is not, or the agent loses patience."""
        it.state = "answered"
        self.told(cti.LegAnswered(leg))
        mood = self.random.random()
        if mood < 0.1:
            self.after(self.random.random() * 20, lambda: self._end_leg(leg, 16))
        elif mood < 0.4:
            self.after(self.random.random() * 30, lambda: self._leg_arrives(leg, "no_answer"))
        else:
            self.after(self.random.random() * 20, lambda: self._meet(leg))

    def _meet(self, leg: cti.LegId) -> None:
        it = self.legs.get(leg)
        if it is None or it.state != "answered":
            return
        self._count += 1
        call = cti.CallId(f"{it.node}-{self.now:.3f}-{self._count}".replace(".", "_"))
        self.lines[call] = Line(it.dials, it.dials, it.node, "talk", leg, self.now)
        it.state, it.call = "talk", call
        self.told(cti.TalkBegan(call, leg))
        end = self.random.choice((lambda: self._end_leg(leg, 16), lambda: self._hang_up(call)))
        self.after(self.random.expovariate(1 / self.weather.talk), end)
        self.after(30 + self.random.expovariate(1 / self.weather.patience), lambda: self.loses_patience(call))

    def _leg_arrives(self, leg: cti.LegId, why: str) -> None:
        """The leg of a call-back comes to the door, and is ended there, by whoever opens it."""
        it = self.legs.get(leg)
        if it is None:
            return
        it.state, call = "door", cti.CallId(leg)
        self.tell(cti.CallerArrived(it.node, call, "", "", "", task=1))
        self.tell(cti.ForwardEnded(call, why, it.dials, 1))
        self.after(1.0, lambda: self._leg_arrives(leg, why) if leg in self.legs else None)

    def _end_leg(self, leg: cti.LegId, cause: int) -> None:
        it = self.legs.pop(leg, None)
        if it is None:
            return
        self.told(cti.LegEnded(it.node, leg, cause))
        line = self.lines.get(it.call)
        if it.state == "talk" and line is not None and line.leg == leg and line.place == "talk":
            if it.dials:
                self._hang_up(it.call)
            else:
                self.arrives(it.call)

    # ── the simulated people ────────────────────────────────────────────────────────────────────────────────────────

    def _open_floor(self) -> None:
        self._find_nodes()
        for agent in self.centre.plan.agents.values():
            if agent.screen != "none":
                self.tell(desk.AgentCameOn(agent.agent))
                self.tell(desk.AgentAskedReady(agent.agent))
                self._minds_his_state(agent.agent)

    def _minds_his_state(self, agent: str) -> None:
        """Every so often an agent looks at his screen: ready again if he was put aside, now and then a break."""

        def look() -> None:
            if self.centre.router.agents()[acd.AgentId(agent)].state == "not_ready":
                self.tell(desk.AgentAskedReady(agent))
            elif self.random.random() < 0.05:
                self.tell(desk.AgentAskedBreak(agent, "break"))
            self._minds_his_state(agent)

        self.after(self.random.expovariate(1 / 30), look)

    def _next_caller(self, until: float) -> None:
        def comes() -> None:
            self._next_caller(until)
            self._call()

        delay = self.random.expovariate(self.weather.calls_per_second)
        if self.now + delay < until:
            self.after(delay, comes)

    def _call(self) -> cti.CallId:
        node = self.nodes[self._count % len(self.nodes)]
        call = cti.CallId(f"{node}-{self.now:.3f}-{self._count}".replace(".", "_"))
        number = f"+86138{self.random.randrange(10**8):08d}"
        self.lines[call] = Line(number, self.random.choice(self.weather.numbers), node)
        self.arrives(call)
        self.after(30 + self.random.expovariate(1 / self.weather.patience), lambda: self.loses_patience(call))
        return call

    def loses_patience(self, call: cti.CallId) -> None:
        line = self.lines.get(call)
        if line is not None and line.place != "talk":
            self._hang_up(call)
