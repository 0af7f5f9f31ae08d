"""The real centre on a trial: it decides as always, and shows what its flow sessions answer.

It does not know who watches. A trial's plan is the floor's own, but for what the opening of a transcript says of the
caller, and a flow may be called by its name. Nobody waits in its queues but him: they are neither full nor without an
agent unless a move says so.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import ivr.messages as ivr
from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.router import QueueRules
from customers.directory import Customer
from ivr.flow import Flow
from outbound.campaign import Campaign
from switchroom.autopilotfile import AutopilotPlan
from switchroom.centre import Centre
from switchroom.plan import Plan

if TYPE_CHECKING:
    from switchroom.trial.script import Opening


class Names(dict[tuple[str, str], str]):
    """Sound files of a trial: every prompt has one, and nobody plays it."""

    def __missing__(self, key: tuple[str, str]) -> str:
        return "/".join(reversed(key))


NAMES = Names()


def _shown(do: Callable[..., None]) -> Callable[..., None]:
    def both(centre: WatchedCentre, contact: Any, answer: Any, turn: Any) -> None:
        centre.watch(answer)
        do(centre, contact, answer, turn)
        if isinstance(answer, ivr.AskCallback):
            contact.wish = None  # it is on record; on a trial nobody is called back

    return both


class WatchedCentre(Centre):
    """A centre whose sessions' answers are shown to `watch` before they are carried out."""

    def __init__(self, plan: Plan, watch: Callable[[Any], None]) -> None:
        super().__init__(plan, NAMES)
        self.watch = watch

    SESSION_ANSWERS: ClassVar[dict[type, Callable[..., None]]] = {
        kind: _shown(do) for kind, do in Centre.SESSION_ANSWERS.items()
    }


class TrialPlan(Plan):
    """A floor's plan with one caller's opening in it; made cheaply from a shared plan by `of`."""

    opening: Opening
    rules: tuple[dict[str, QueueRules], dict[AgentId, AgentProfile]]

    @classmethod
    def of(cls, plan: Plan, opening: Opening) -> TrialPlan:
        trial = copy(plan)
        trial.__class__ = cls
        assert isinstance(trial, cls)  # noqa: S101 - tells the type checker what the line before did
        trial.opening = opening
        if "rules" not in plan.__dict__:  # worked out once for all trials on this plan
            rules = {name: replace(rule, full=0, no_agent=False) for name, rule in plan.queue_rules().items()}
            plan.__dict__["rules"] = (rules, plan.agent_profiles())
        trial.rules = plan.__dict__["rules"]
        return trial

    def queue_rules(self) -> dict[str, QueueRules]:
        return self.rules[0]

    def agent_profiles(self) -> dict[AgentId, AgentProfile]:
        return self.rules[1]

    def autopilot(self) -> AutopilotPlan:
        """None: one caller before no agent is no floor to look ahead for."""
        return AutopilotPlan()

    def campaigns(self) -> tuple[Campaign, ...]:
        """None: nobody is dialled from a trial."""
        return ()

    def flow_for(self, called: str) -> Flow:
        return self.floor.flows[called] if called in self.floor.flows else super().flow_for(called)

    def customer(self, number: str) -> Customer:
        found = super().customer(number)
        opening = self.opening
        given = {"customer": opening.customer, "name": opening.customer_name, "segment": opening.segment}
        return replace(found, **{key: value for key, value in given.items() if value is not None})
