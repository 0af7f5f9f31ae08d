"""The people and the bad luck of a storm: agents who come, go, miss and click twice; what breaks, and how often.

It does not know what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk

if TYPE_CHECKING:
    from benchmarks.faults.storm import Storm

Click = tuple[float, Callable[[str], desk.Told]]


def _break(agent: str) -> desk.Told:
    return desk.AgentAskedBreak(agent, "break")


# What an agent does when he looks at his screen, with its chance; else nothing.
CLICKS: dict[str, tuple[Click, ...]] = {
    "offline": ((0.7, desk.AgentCameOn),),
    "not_ready": ((0.8, desk.AgentAskedReady), (0.05, desk.AgentWentOff), (0.05, _break)),
    "ready": ((0.04, _break), (0.02, desk.AgentWentOff), (0.02, desk.AgentAskedReady), (0.01, desk.AgentCameOn)),
    "dialling": ((0.05, _break), (0.02, desk.AgentWentOff)),
    "offered": ((0.1, _break), (0.05, desk.AgentWentOff), (0.05, desk.AgentAskedReady)),
    "talking": ((0.05, _break), (0.02, desk.AgentWentOff), (0.05, desk.AgentAskedReady), (0.02, desk.AgentEndedWrapUp)),
    "wrap_up": ((0.05, _break), (0.02, desk.AgentWentOff), (0.05, desk.AgentAskedReady)),
}


class People:
    """`begin` sets everything going; `calm` lets every fault stop."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.raging = True
        self.agents = {agent.agent: agent for edition in storm.editions for agent in edition.plan.agents.values()}

    def begin(self) -> None:
        """Everybody comes on; from here on everybody has his moods, and everything its faults."""
        storm, climate = self.storm, self.storm.weather
        for agent in self.agents.values():
            if agent.screen != "none":
                storm.tell(desk.AgentCameOn(agent.agent))
                storm.tell(desk.AgentAskedReady(agent.agent))
                self._looks(agent.agent)
        self._every(climate.kills, storm.kill)
        self._every(climate.freezes, storm.freeze)
        self._every(climate.cuts, lambda: storm.cut(self._node(), off=self._chance(0.4)))
        self._every(climate.restarts, lambda: storm.cut(self._node(), restarts=True))
        self._every(climate.edits, storm.edit)
        self._every(climate.phones, self._phone_dies)

    def calm(self) -> None:
        """From here on nothing breaks any more; what is broken heals by itself."""
        self.raging = False
        self.storm.weather = self.storm.weather.calm()

    def _chance(self, share: float) -> bool:
        return self.storm.random.random() < share

    def _node(self) -> cti.NodeId:
        return self.storm.random.choice(self.storm.nodes)

    def _every(self, mean: float, do: Callable[[], None]) -> None:
        def strike() -> None:
            if self.raging:
                do()
                self._every(mean, do)

        self.storm.after(self.storm.random.expovariate(1 / mean), strike)

    # ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _looks(self, agent: str) -> None:
        def look() -> None:
            if self.storm.alive:
                self._clicks(agent)
            self._looks(agent)

        mean = self.storm.weather.minds if self.raging else 10.0
        self.storm.after(self.storm.random.expovariate(1 / mean), look)

    def _clicks(self, agent: str) -> None:
        record = self.storm.centre.router.agents().get(acd.AgentId(agent))
        if record is None:
            return
        mood = self.storm.random.random()
        if record.state == "wrap_up" and mood < self.storm.weather.early:
            self._says(desk.AgentEndedWrapUp(agent))
            return
        if not self.raging:
            if record.state in {"offline", "not_ready"}:
                self._says(CLICKS[record.state][0][1](agent))
            return
        for share, click in CLICKS[record.state]:
            if mood < share:
                self._says(click(agent))
                return
            mood -= share

    def _says(self, told: desk.Told) -> None:
        """One click, or a double one, whose second half may change nothing."""
        storm = self.storm
        storm.tell(told)
        if storm.alive and self._chance(storm.weather.twice):
            storm.struck["double clicks"] += 1
            before = storm.centre.router.snapshot()
            storm.tell(told)
            if storm.alive:
                storm.watch.repeated(told, before)

    # ── phones ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _phone_dies(self) -> None:
        """A phone is gone for a while, and with it what it rang or talked; its node tells, or does not know yet."""
        storm = self.storm
        agent = storm.random.choice(list(self.agents.values()))
        node, phone = cti.NodeId(agent.node), agent.phone
        if (node, phone) in storm.dead_phones:
            return
        storm.dead_phones.add((node, phone))
        storm.struck["phones lost"] += 1
        for leg in [leg for leg, it in storm.legs.items() if (it.node, it.phone) == (node, phone)]:
            storm.after(storm.random.random() * 5, lambda leg=leg: storm._end_leg(leg, 16))  # noqa: SLF001 (one body)
        storm.says_phone(node, phone)
        storm.after(storm.random.expovariate(1 / 20), lambda: self._phone_lives(node, phone))

    def _phone_lives(self, node: cti.NodeId, phone: str) -> None:
        self.storm.dead_phones.discard((node, phone))
        self.storm.says_phone(node, phone)
