"""Whether campaigns can be meant: the queues, flows, laws and numbers that they name are there.

It does not know how the files are read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ivr.faults import Faults, Place, did_you_mean
from outbound.law.narrowing import breaches

if TYPE_CHECKING:
    from ivr.flow import Flow
    from outbound.law.profile import Profile
    from switchroom.campaignfile import Calling, CampaignPlan


def check_campaigns(
    calling: Calling,
    queues: Collection[str],
    flows: Mapping[str, Flow | None],
    laws: Mapping[str, Profile],
    faults: Faults,
) -> None:
    """Add every fault that only the whole floor can tell."""
    for plan in calling.campaigns.values():
        one = plan.campaign
        if one.queue and one.queue not in queues:
            hint = did_you_mean(one.queue, queues)
            faults.add(plan.queue_place, "unknown-queue", f"there is no queue '{one.queue}'", hint)
        if one.law and one.law not in laws:
            faults.add(plan.law_place, "unknown-law", f"there is no law '{one.law}'", did_you_mean(one.law, laws))
        _within(faults, plan, laws.get(one.law))
        for place, name in ((plan.message_place, one.message), (plan.machine_place, one.machine)):
            if name and name not in flows:
                faults.add(place, "unknown-flow", f"there is no flow '{name}'", did_you_mean(name, flows))
            _flow(faults, place, plan, flows.get(name))


def _within(faults: Faults, plan: CampaignPlan, law: Profile | None) -> None:
    """What is written may narrow the law; what is not written is the law's, where that is stricter."""
    for breach in breaches(plan.campaign, law) if law is not None else ():
        place = plan.written.get(breach.key)
        if place is not None:
            faults.add(place, "above-law", f"campaign '{plan.campaign.name}': {breach.told}", "stay within it")


def _flow(faults: Faults, place: Place, plan: CampaignPlan, flow: Flow | None) -> None:
    """What a person hears who has no agent: a flow of its own, that does not let him wait for one."""
    if flow is None:
        return
    if flow.is_part:
        message = f"flow '{flow.name}' can only be called by other flows: it has parameters or `return` steps"
        faults.add(place, "subflow-number", message, "name the flow that calls it")
    if any(step.verb.VERB == "queue" for step in flow.steps.values()) and plan.campaign.queue:
        message = f"flow '{flow.name}' lets him wait for an agent, whom he has just not got"
        faults.add(place, "message-waits", message, "offer a call-back, or say goodbye")
