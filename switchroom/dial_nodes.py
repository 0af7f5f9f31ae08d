"""On which node a customer is dialled: where the agents are who may have him, for calls are bridged on one node alone.

It does not know how many lines there are; those and the dials a second are counted over all nodes together.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import cti.vocabulary as cti
from acd.agents import AgentState
from acd.messages import AgentId

if TYPE_CHECKING:
    from outbound.messages import AttemptBegun
    from switchroom.centre import Centre

ABSENT = frozenset({AgentState.OFFLINE, AgentState.NOT_READY})


def node_for(centre: Centre, begun: AttemptBegun) -> cti.NodeId:
    """The node of his own agent, else the one with the fewest of our attempts for each agent of his campaign there.

    A node that is away is left out. Where nobody is needed, or nobody is here, the one with the fewest attempts.
    """
    up = sorted(node for node, is_up in centre.nodes.items() if is_up) or sorted(centre.nodes) or [""]
    own = centre.router.agents().get(AgentId(begun.agent))
    if own is not None and own.node in up:
        return cti.NodeId(own.node)
    if len(up) == 1:
        return cti.NodeId(up[0])
    used, seats = Counter(centre.outbound.nodes.values()), _seats(centre, begun.campaign)
    manned = [node for node in up if seats[node]] or up
    return cti.NodeId(min(manned, key=lambda node: ((used[cti.NodeId(node)] + 1) / max(1, seats[node]), node)))


def _seats(centre: Centre, campaign: str) -> Counter[str]:
    """The agents on duty who may have this campaign's customers, by node."""
    run = centre.outbound.dialler.campaigns.get(campaign)
    queue = run.campaign.queue if run is not None else ""
    agents = centre.router.agents()
    serving = [agents[who] for who, one in centre.autopilot.profiles.items() if queue in one.queues and who in agents]
    return Counter(record.node for record in serving if record.node and record.state not in ABSENT)
