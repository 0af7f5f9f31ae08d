"""The agents and the nodes as the dialler must know them: what each agent does, and how many may be used for whom.

It does not know how a dialler uses them. Looked at twice a second, and when an agent changes: what the router says is
the truth, so that a phone that is lost, or a queue that is taken from an agent, is seen without being told.
"""

from __future__ import annotations

from collections import Counter
from math import floor
from typing import TYPE_CHECKING

from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.blending import Why
from acd.contacts import ContactState
from acd.messages import AgentId
from cti import ids
from outbound.crew import AWAY, DIALLING, OFFERED, READY, TALKING, WRAP_UP
from outbound.messages import AgentSeen, HousePlanned, RoomSeen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from switchroom.centre import Centre

DOING = {
    AgentState.READY: READY,
    AgentState.DIALLING: DIALLING,
    AgentState.OFFERED: OFFERED,
    AgentState.TALKING: TALKING,
    AgentState.WRAP_UP: WRAP_UP,
}
NO_NODE = "no node"
NOT_FOR_SHARED = frozenset({Why.YIELDS, Why.WAITING})


def seen(centre: Centre, agent: str, now: float) -> AgentSeen:
    """What an agent does, for the campaigns that he serves."""
    record = centre.router.agents().get(AgentId(agent)) or AgentRecord(AgentId(agent))
    profile = centre.autopilot.profiles.get(AgentId(agent))
    by_queue = centre.outbound.by_queue
    queues = [queue for queue in by_queue if profile is not None and can_take(centre, profile, queue)]
    campaigns = frozenset(name for queue in queues for name in by_queue[queue])
    doing = DOING.get(record.state, AWAY) if campaigns else AWAY
    if doing == READY and not record.node:
        doing = AWAY
    call = record.offer if record.state is AgentState.DIALLING else ids.call_of(record.offer)
    attempt = call if ids.is_dialled(call) else ""
    return AgentSeen(agent, campaigns if doing != AWAY else frozenset(), doing, now, attempt)


def can_take(centre: Centre, profile: AgentProfile, queue: str) -> bool:
    """Whether he is offered a customer of this queue at once: a person whom we called waits for no second choice."""
    rules = centre.plan.queues.get(queue)
    meets = rules is None or rules.need.meets(profile.skills)
    return queue in profile.queues and meets and not profile.reserve


def changes(centre: Centre, now: float) -> Iterator[AgentSeen]:
    """Those who do something else than what the dialler last heard."""
    crew = centre.outbound.dialler.crew.seen
    for agent in sorted(centre.router.agents().keys() | crew.keys()):
        told = seen(centre, agent, now)
        known = crew.get(agent)
        if known is None and told.doing == AWAY:
            continue
        if known is None or (known.doing, known.campaigns, known.attempt) != (told.doing, told.campaigns, told.attempt):
            yield told


def rooms(centre: Centre) -> Iterator[RoomSeen]:
    """How many agents each campaign may use: all who serve nobody else, and of the shared what blending leaves."""
    waiting = _waiting(centre)
    for name, run in sorted(centre.outbound.dialler.campaigns.items()):
        if run.campaign.queue:
            yield _room(centre, name, run.campaign.queue, waiting)


def _room(centre: Centre, campaign: str, queue: str, waiting: Mapping[str, int]) -> RoomSeen:
    if not any(centre.nodes.values()):
        return RoomSeen(campaign, 0, NO_NODE)
    blending, profiles = centre.blending, centre.autopilot.profiles
    agents = centre.router.agents()
    room = blending.room(queue, agents, profiles, waiting)
    alone = shared = 0
    for who, profile in profiles.items():
        if can_take(centre, profile, queue):
            record = agents.get(who)
            if record is not None and record.state in DOING and (record.node or record.state is not AgentState.READY):
                serves_callers = any(other not in blending.rules and other != queue for other in profile.queues)
                alone, shared = (alone, shared + 1) if serves_callers else (alone + 1, shared)
    if room.why in NOT_FOR_SHARED:
        shared = 0
    elif queue in blending.rules:
        shared = max(0, shared - blending.rules[queue].keep)
    whole, pace = alone + shared, centre.autopilot.pace()
    paced = floor(whole * pace + 1e-9)
    return RoomSeen(campaign, paced, room.why.value if paced == whole else Why.PACE.value)


def _waiting(centre: Centre) -> Counter[str]:
    """The callers who wait in each queue, but not customers whom we have called."""
    return Counter(
        record.queue
        for record in centre.router.contacts().values()
        if record.state is ContactState.WAITING and not ids.is_dialled(record.contact)
    )


def house(centre: Centre) -> HousePlanned:
    """The lines that may be used: none while no node is there."""
    planned = centre.plan.house()
    return HousePlanned(planned.lines if any(centre.nodes.values()) else 0, planned.rate)
