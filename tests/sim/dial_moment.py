"""A centre with an agent of a campaign and one for callers, and its clock: one customer at one moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dial_floor import NOON, AnySound, plan

import acd.messages as acd
import cti.vocabulary as cti
import desk.campaign_vocabulary as said
import desk.vocabulary as desk
import journal.facts as facts
from outbound.lead import Due, Lead
from outbound.messages import LeadsFetched
from switchroom.centre import Centre
from switchroom.recovery import restore

NODE = cti.NodeId("a1")
CARD = (("card", "1234"),)
ZONES = ("Asia/Shanghai",)
PEOPLE = {"ann": "[sales]", "bob": "[cards]"}
D1, D2 = "D00000001", "D00000002"


class Floor:
    """A centre whose agents are there, and its clock."""

    def __init__(self, where: Path, mode: str = "progressive", people: dict[str, str] = PEOPLE) -> None:
        self.plan = plan(where, mode, people)
        self.centre, self.now, self.facts = Centre(self.plan, AnySound()), NOON, []
        self.tell(cti.NodeFound(NODE, NOON - 1000.0))
        self.tell(cti.NodeSurveyed(NODE, self.now, (), (), (), tuple(people)))
        for agent in people:
            self.tell(desk.AgentCameOn(agent), desk.AgentAskedReady(agent))

    def tell(self, *told: Any, after: float = 0.0) -> list[Any]:
        self.now += after
        effects = [effect for one in told for effect in self.centre.handle(one, self.now)]
        self.facts += [effect for effect in effects if isinstance(effect, facts.Fact)]
        return effects

    def tick(self, after: float) -> list[Any]:
        return self.tell(*([acd.Tick()] if after else []), after=after)

    def start(self, *rows: int | Due) -> list[Any]:
        self.tell(said.CampaignStartAsked("boss", "cards-offer"))
        due = tuple(row if isinstance(row, Due) else Due(person(row)) for row in rows)
        return self.tell(LeadsFetched("cards-offer", due, len(due)))

    def state(self, agent: str) -> str:
        return self.centre.router.agents()[acd.AgentId(agent)].state.value

    def restored(self) -> Centre:
        """What a new server would know now."""
        centre = Centre(self.plan, AnySound())
        restore(centre, self.facts)
        return centre

    def answers(self, call: str, heard: str = "human", after: float = 2.0) -> list[Any]:
        self.now += after
        name, number = cti.CallId(call), f"+86139{int(call[1:]):08d}"
        arrived = cti.CallerArrived(NODE, name, number, "", "4009001", heard=heard, greeted_at=self.now)
        return self.tell(cti.CustomerAnswered(NODE, name, self.now), arrived)

    def talks(self, call: str) -> None:
        self.answers(call)
        self.tell(cti.TalkBegan(cti.CallId(call), cti.LegId(f"{call}.1")), after=0.5)


def of(kind: type, effects: list[Any]) -> list[Any]:
    return [effect for effect in effects if isinstance(effect, kind)]


def person(row: int, **more: Any) -> Lead:
    number = f"+86139{row:08d}"
    return Lead(f"l.{row}", f"p{row}", number, f"P{row}", zones=ZONES, fields=CARD, consent="form 7", **more)
