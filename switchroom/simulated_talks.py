"""A simulated floor whose agents hold, pass on, consult and confer, and whose supervisors listen: the moves of a talk.

It does not know how the centre decides; it is a part of the switch and the people of `switchroom/simulator.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cti.moves as moves
import cti.vocabulary as cti
import desk.vocabulary as desk
from cti import ids
from desk.talk_vocabulary import (
    AgentAskedConsult,
    AgentAskedTransfer,
    AgentWished,
    Ear,
    Kind,
    SupervisorAskedEar,
    SupervisorWentOff,
    Wish,
)
from switchroom.simulated import NODE, Leg
from switchroom.simulator import Simulator

ROOM = "room"
SURVEY_EVERY = 10.0  # seconds


@dataclass
class TalkSimulator(Simulator):
    """`restless` is how many wishes a talk sees, on average."""

    restless: float = 1.5

    def __post_init__(self) -> None:
        super().__post_init__()
        self.wished = self.refused = 0
        self._doers |= {
            moves.PutOnHold: self._put_on_hold,
            moves.Connect: self._connect,
            moves.Alternate: self._alternate,
            moves.Keep: self._keep_leg,
            moves.Confer: self._confer,
            moves.ListenIn: self._listen_in,
            moves.ChangeEar: lambda _: None,
        }

    # ── the switch ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _put_on_hold(self, asked: moves.PutOnHold) -> None:
        """Both go at once, or, when one of them is no more, neither."""
        line, leg = self.lines.get(asked.call), self.legs.get(asked.leg)
        if line is not None and leg is not None:
            line.place = "hold"
            if self.random.random() < 0.1:
                self.after(self.random.random() * 20, lambda: self._hang_up(asked.call))
            self._leave_bridge(asked.leg, leg)

    def _keep_leg(self, asked: moves.Keep) -> None:
        leg = self.legs.get(asked.leg)
        if leg is not None:
            self._leave_bridge(asked.leg, leg)

    def _leave_bridge(self, name: cti.LegId, leg: Leg) -> None:
        """A leg waits alone; whoever bridged himself with it has nobody to be bridged with, and ends."""
        leg.state, leg.dials = "answered", ""
        self._end_those_with(name)

    def _end_those_with(self, name: cti.LegId) -> None:
        for other in [x for x, it in self.legs.items() if str(it.call) == name and it.state == "talk"]:
            self._end_leg(other, 16)

    def _asking(self, leg: Leg) -> Leg | None:
        """The leg with which this one is bridged, if it is a consult's."""
        return self.legs.get(cti.LegId(leg.call))

    def _alternate(self, asked: moves.Alternate) -> None:
        """Both legs leave their bridge at once, or, when one of them is no more, neither."""
        leg, third = self.legs.get(asked.leg), self.legs.get(asked.third)
        if leg is None or third is None:
            return
        third.state = "answered"
        self._connect(moves.Connect(asked.node, asked.call, asked.leg))

    def _connect_legs(self, asked: moves.Connect, leg: Leg, other: Leg) -> None:
        """Who was asked goes back to the leg that waits alone."""
        if other.state == "answered":
            leg.call, leg.state, other.state = asked.call, "talk", "talk"
            self.told(cti.TalkBegan(asked.call, asked.leg))
        else:
            self._end_leg(asked.leg, 16)

    def _connect(self, asked: moves.Connect) -> None:
        line, leg = self.lines.get(asked.call), self.legs.get(asked.leg)
        if leg is None:
            return
        other = self.legs.get(cti.LegId(asked.call))
        if other is not None:
            self._connect_legs(asked, leg, other)
            return
        if line is not None and (line.place, line.leg) == ("talk", asked.leg):
            leg.call, leg.state = asked.call, "talk"  # they were never parted
            return
        asking = self._asking(leg)
        if asking is not None and leg.state == "talk":
            asking.state = "answered"
        self._leave_bridge(asked.leg, leg)
        leg.call = asked.call
        if line is None:
            self._end_leg(asked.leg, 16)
        elif line.place == "hold":
            leg.state, line.place, line.leg = "talk", "talk", asked.leg
            self.told(cti.TalkBegan(asked.call, asked.leg))
            end = self.random.choice((lambda: self._end_leg(asked.leg, 16), lambda: self._hang_up(asked.call)))
            self.after(self.random.expovariate(1 / self.weather.talk), end)

    def _confer(self, asked: moves.Confer) -> None:
        line = self.lines.get(asked.call)
        for name in asked.legs:
            leg = self.legs.get(name)
            if leg is not None:
                leg.call, leg.state = asked.call, ROOM
        if line is not None:
            line.place = ROOM

    def _fetch(self, call: cti.CallId) -> None:
        """Out of the music, a room, or a talk, whose leg then has nobody."""
        line = self.lines.get(call)
        if line is None or line.place not in {"talk", ROOM}:
            super()._fetch(call)
            return
        was, line.place = line.place, "hold"
        super()._fetch(call)
        if was == "talk" and line.leg in self.legs:
            self._left_alone(line.leg)

    def _open_floor(self) -> None:
        super()._open_floor()
        self._survey_often()

    def _survey_often(self) -> None:
        for node in self.nodes:
            self.tell(self.survey(node))
        self.after(SURVEY_EVERY, self._survey_often)

    def _listen_in(self, asked: moves.ListenIn) -> None:
        self.legs[asked.leg] = Leg(asked.call, asked.phone, node=asked.node)

        def answer() -> None:
            leg = self.legs.get(asked.leg)
            if leg is not None:
                leg.state = "answered"
                self.told(cti.LegAnswered(asked.leg))

        self.after(self.random.random() * 5, answer)
        self.after(5 + self.random.expovariate(1 / 60), lambda: self._end_leg(asked.leg, 16))

    def _answer(self, leg: cti.LegId) -> None:
        it = self.legs.get(leg)
        if it is None or not ids.is_consult(leg):
            super()._answer(leg)
            if it is not None and it.state == "talk":
                self._grow_restless(ids.call_of(leg))
            return
        asking = self._asking(it)
        if asking is None or asking.state != "answered":
            self._end_leg(leg, 16)
            return
        it.state = asking.state = "talk"
        self.told(cti.TalkBegan(it.call, leg))
        self.after(5 + self.random.expovariate(1 / self.weather.talk), lambda: self._end_leg(leg, 16))

    def _end_leg(self, leg: cti.LegId, cause: int) -> None:
        it = self.legs.get(leg)
        asking = self._asking(it) if it is not None and it.state == "talk" else None
        if asking is not None:
            asking.state = "answered"
        super()._end_leg(leg, cause)
        self._end_those_with(leg)

    def survey(self, node: cti.NodeId = NODE) -> cti.NodeSurveyed:
        """A room is a bridge like any other."""
        seen = super().survey(node)
        legs = tuple(cti.SeenLeg(x.leg, "talk" if x.state == ROOM else x.state, x.call) for x in seen.legs)
        return cti.NodeSurveyed(node, seen.asked_at, seen.calls, legs, seen.ended, seen.reachable_phones)

    # ── the people ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _meet(self, leg: cti.LegId) -> None:
        super()._meet(leg)
        self._grow_restless(ids.call_of(leg))

    def _grow_restless(self, name: str) -> None:
        """An agent who has this caller wishes something, and later something else, as long as he has him."""

        def wish() -> None:
            contact = self.centre.contacts.get(name)
            if contact is not None and contact.agent and contact.offer:
                self._wish(self._some_wish(name, contact.agent))
                self._grow_restless(name)

        self.after(self.random.expovariate(self.restless / self.weather.talk), wish)

    def _some_wish(self, call: str, agent: str) -> desk.Told:
        wishes: list[Callable[[], desk.Told]] = [
            lambda: AgentWished(agent, call, self.random.choice([*Wish])),
            lambda: AgentWished(agent, call, self.random.choice([*Wish])),
            lambda: AgentWished(agent, call, Wish.HOLD),
            *(lambda: AgentAskedConsult(agent, call, *self._somebody()) for _ in range(3)),
            lambda: AgentAskedTransfer(agent, call, *self._somebody()),
            lambda: SupervisorAskedEar("boss", call, self.random.choice([*Ear]), "boss1"),
            lambda: SupervisorWentOff("boss", call),
        ]
        return self.random.choice(wishes)()

    def _somebody(self) -> tuple[Kind, str]:
        kind, plan = self.random.choice([*Kind]), self.centre.plan
        targets = {
            Kind.AGENT: [*plan.agents], Kind.QUEUE: [*plan.queues], Kind.FLOW: [*plan.floor.flows],
            Kind.OUTSIDE: ["95588"],
        }  # fmt: skip
        return kind, self.random.choice(targets[kind])

    def _wish(self, told: desk.Told) -> None:
        """Press a button, now and then twice; a refusal is shown, and changes nothing."""
        for _ in range(1 + (self.random.random() < 0.2)):
            try:
                self.tell(told)
                self.wished += 1
            except desk.Refused:
                self.refused += 1
