"""The nodes as the centre hears of them: found, lost, surveyed; and the phones that are registered there.

It does not know what a survey means for a call (`switchroom/truth.py` does).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cti.vocabulary as cti
import journal.facts as facts
from switchroom import staff, truth
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

SEEN_WITHIN = 5.0  # seconds in which the end of a ring may be that of a talk which nobody heard: the survey tells


def node_found(centre: Centre, told: cti.NodeFound, turn: Turn) -> None:
    restarted = truth.has_restarted(centre, told)
    centre.nodes[told.node] = True
    centre.unseen[told.node] = turn.now + SEEN_WITHIN
    turn.fact(facts.NodeChanged(turn.now, told.node, up=True, restarted=restarted))


def node_lost(centre: Centre, told: cti.NodeLost, turn: Turn) -> None:
    centre.nodes[told.node] = False
    turn.fact(facts.NodeChanged(turn.now, told.node, up=False))
    for agent in centre.plan.agents_on(told.node):
        staff.phone_gone(centre, agent, turn, may_ring=True)


def node_surveyed(centre: Centre, told: cti.NodeSurveyed, turn: Turn) -> None:
    centre.unseen.pop(told.node, None)
    truth.compare(centre, told, turn)


def phone_seen(centre: Centre, told: cti.PhoneSeen, turn: Turn) -> None:
    for agent in centre.plan.agents_at(told.node, told.phone):
        staff.phone_seen(centre, agent, told.reachable, turn)


ROUTES: dict[type, Callable[..., None]] = {
    cti.NodeFound: node_found,
    cti.NodeLost: node_lost,
    cti.NodeSurveyed: node_surveyed,
    cti.PhoneSeen: phone_seen,
}
