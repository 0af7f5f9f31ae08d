"""A dialler alone, and its clock: what it is told and what it answers, one message at a time."""

from __future__ import annotations

from typing import Any

import outbound.messages as out
from outbound.campaign import Campaign
from outbound.dialler import Dialler
from outbound.lead import Due, Lead
from outbound.permission import Lawless
from outbound.trunk import House

T0 = 1_700_000_000.0


class Floor:
    """A dialler and its clock."""

    def __init__(self, *campaigns: Campaign, lines: int = 20, rate: float = 50.0, law: Lawless | None = None) -> None:
        self.dialler, self.now = Dialler(House(lines, rate), law), T0
        for one in campaigns:
            self.tell(out.CampaignPlanned(one), out.RoomSeen(one.name, 100, "agents"))

    def tell(self, *told: Any, after: float = 0.0) -> list[Any]:
        self.now += after
        return [answer for one in told for answer in self.dialler.handle(one, self.now)]

    def agent(self, name: str, doing: str = "ready", attempt: str = "") -> list[Any]:
        return self.tell(out.AgentSeen(name, frozenset(self.dialler.campaigns), doing, self.now, attempt))

    def start(self, *leads: Lead | Due, campaign: str = "cards", **more: Any) -> list[Any]:
        self.tell(out.CampaignStarted(campaign, "boss", **more))
        due = tuple(one if isinstance(one, Due) else Due(one) for one in leads)
        return self.tell(out.LeadsFetched(campaign, due, len(due) + 1))

    def answered(self, attempt: str, heard: str = "human", after: float = 3.0) -> list[Any]:
        self.now += after
        name = out.AttemptId(attempt)
        return self.tell(out.CustomerAnswered(name, self.now), out.CustomerHeard(name, heard, self.now))

    def connect(self, attempt: str, agent: str) -> None:
        self.answered(attempt)
        self.agent(agent, "talking", attempt)
        self.tell(out.CustomerConnected(out.AttemptId(attempt), agent, self.now), after=0.5)


def of(kind: type, answers: list[Any]) -> list[Any]:
    return [one for one in answers if isinstance(one, kind)]
