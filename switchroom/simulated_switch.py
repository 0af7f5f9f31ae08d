"""The switch of a simulated floor: callers' channels, agents' legs, and what is asked of them, done by seeded chance.

It does not know how the centre decides, nor how time passes: the simulator tells, and does things later. Agents who do
not answer or refuse, callers who hang up in a flow, sources that are down: all of it is drawn here, from the one seed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from random import Random
from typing import Any

import cti.vocabulary as cti
import recordings.messages as rec
from customers.messages import LookedUp, LookUp
from switchroom.centre import Centre
from switchroom.simulated import NODE, Leg, Line, Weather
from switchroom.simulated_customers import Customers
from switchroom.turn import Effect, Message


class SimulatedSwitch(ABC):
    """`lines` and `legs` are what it has; `ended` the calls that it remembers; `torn` those torn out of a talk."""

    weather: Weather
    random: Random
    now: float
    centre: Centre
    customers: Customers

    def _plug_in(self) -> None:
        self.lines: dict[cti.CallId, Line] = {}
        self.legs: dict[cti.LegId, Leg] = {}
        self.ended: list[cti.CallEnded] = []
        self._count = self.torn = 0
        self._doers: dict[type, Callable[[Any], None]] = {
            cti.HoldCaller: lambda asked: self._hold(asked.call),
            cti.TellCaller: self._tell,
            cti.FetchCaller: lambda asked: self._fetch(asked.call),
            cti.EndCall: lambda asked: self._hang_up(asked.call),
            cti.RingAgent: self._ring,
            cti.RecordCaller: self._record,
            cti.ForwardCaller: self._forward,
            LookUp: self._look_up,
            rec.KeepRecording: self._keep,
        }

    @abstractmethod
    def tell(self, message: Message) -> None:
        """Tell the centre at once."""

    @abstractmethod
    def told(self, message: Message, delay: float = 0.0) -> None:
        """Something is told soon, and perhaps twice."""

    @abstractmethod
    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Do something `delay` seconds from now."""

    @abstractmethod
    def loses_patience(self, call: cti.CallId) -> None:
        """The caller has waited for long enough."""

    def answer(self, kind: type, do: Callable[[Any], None]) -> None:
        """Carry out one more kind of action."""
        self._doers[kind] = do

    def survey(self, node: cti.NodeId = NODE) -> cti.NodeSurveyed:
        """The truth of one node of the simulated switch."""
        lines = ((call, line) for call, line in self.lines.items() if line.node == node)
        calls = tuple(cti.SeenCall(call, line.place, line.leg, line.answered_at) for call, line in lines)
        legs = tuple(cti.SeenLeg(leg, it.state, it.call) for leg, it in self.legs.items() if it.node == node)
        ended = tuple(end for end in self.ended[-10_000:] if end.node == node)
        phones = tuple(agent.phone for agent in self.centre.plan.agents_on(node))
        calls += self.customers.seen(node)
        return cti.NodeSurveyed(node, self.now, calls, legs, ended, phones, self.customers.failed(node))

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

    def _look_up(self, asked: LookUp) -> None:
        outcome, mood = "found", self.random.random()
        if mood < self.weather.not_found:
            outcome = "not_found"
        elif mood < self.weather.not_found + self.weather.source_down:
            outcome = "timed_out"
        took = asked.deadline if outcome == "timed_out" else self.random.random() * 0.2
        found = LookedUp(asked.question, asked.contact, asked.source, outcome, (), took)
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
