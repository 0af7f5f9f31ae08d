"""The agents as the centre hears of them: through their phones and through their screens.

It does not decide what an agent may do: the router's table does, and what it refuses is told to the user in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import acd.messages as acd
import desk.vocabulary as desk
from acd.errors import IllegalTransition, UnknownAgent
from cti import ids

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.floorplan import AgentPlan
    from switchroom.turn import Turn

MISSED_REST = 30.0  # seconds after which an agent without a screen is rung again

DESK_TO_ROUTER: dict[type, Callable[[Any], acd.Told]] = {
    desk.AgentCameOn: lambda told: acd.AgentSignedOn(told.agent),
    desk.AgentWentOff: lambda told: acd.AgentSignedOff(told.agent),
    desk.AgentAskedReady: lambda told: acd.AgentMadeReady(told.agent),
    desk.AgentAskedBreak: lambda told: acd.AgentMadeNotReady(told.agent, told.reason),
    desk.AgentEndedWrapUp: lambda told: acd.WrapUpEnded(told.agent),
}


def agent_said(centre: Centre, told: desk.AgentSaid, turn: Turn) -> None:
    """An agent pressed a button. Raises `Refused` with the reason when it cannot be."""
    try:
        centre.route(DESK_TO_ROUTER[type(told)](told), turn)
    except UnknownAgent as fault:
        raise desk.Refused(f"no agent is called '{told.agent}' on this floor") from fault
    except IllegalTransition as fault:
        raise desk.Refused(str(fault)) from fault


def phone_seen(centre: Centre, agent: AgentPlan, reachable: bool, turn: Turn) -> None:
    """An agent's phone is registered, or is not. An agent without a screen comes and goes with his phone."""
    who = acd.AgentId(agent.agent)
    if reachable:
        if _may_have_answered(centre, agent, turn.now):
            return
        if centre.router.agents()[who].node != agent.node:  # else it is no news: most are seen again with each survey
            centre.route(acd.PhoneFound(who, agent.node), turn)
        if agent.screen == "none":
            _seat(centre, who, turn)
        return
    phone_gone(centre, agent, turn)
    if agent.screen == "none":
        centre.route(acd.AgentSignedOff(who), turn)


def _may_have_answered(centre: Centre, agent: AgentPlan, now: float) -> bool:
    """Whether what rings for him may have been answered out of our sight: then that is found out first.

    The survey tells, which names his phone too; or the word of how the caller went, if the survey did not show him.
    """
    record = centre.router.agents()[acd.AgentId(agent.agent)]
    if record.state != "offered":
        return False
    caller = centre.contacts.get(ids.call_of(record.offer))
    return now < centre.unseen.get(agent.node, 0.0) or (caller is not None and bool(caller.missed_at))


def phone_gone(centre: Centre, agent: AgentPlan, turn: Turn, *, may_ring: bool = False) -> None:
    """An agent cannot be rung for now; he is not signed off for it. `may_ring`: his phone may be ringing unseen."""
    centre.route(acd.PhoneLost(acd.AgentId(agent.agent), may_ring), turn)


def _seat(centre: Centre, who: acd.AgentId, turn: Turn) -> None:
    """An agent with only a telephone: on duty while it is there, and tried again some time after a missed call."""
    record = centre.router.agents()[who]
    if record.state == "offline":
        centre.route(acd.AgentSignedOn(who), turn)
    missed = record.state == "not_ready" and turn.now - centre.since.get(who, 0.0) > MISSED_REST
    if record.state == "offline" or missed:
        centre.route(acd.AgentMadeReady(who), turn)
