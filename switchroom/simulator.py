"""A floor without telephones: the same centre, driven in virtual time by seeded callers, agents and faults.

It does not know how the centre decides; it is a switch (`switchroom/simulated_switch.py`), a carrier and a room of
people in one heap of future events.

Everything random comes from one seed, so a failing day is one integer. Faults are part of the model: agents who do not
answer, refuse or go off; callers who hang up at any instant; told things that come twice; our own death at any turn,
after which a new centre is built from the facts alone and a survey of the simulated switch.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
from journal.facts import Fact
from switchroom.centre import Centre
from switchroom.recovery import restore
from switchroom.simulated import NODE, Line, Weather
from switchroom.simulated_customers import Customers
from switchroom.simulated_switch import SimulatedSwitch
from switchroom.turn import Effect, Message, is_fact

__all__ = ["NODE", "Simulator", "Weather"]


@dataclass
class Simulator(SimulatedSwitch):
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
        self._plug_in()
        self.deaths = self.turns = 0
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
