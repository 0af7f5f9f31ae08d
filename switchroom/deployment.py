"""Taking over a new edition between two messages of the centre, without touching a call.

It does not know how the edition was checked, or where it is kept.

Calls in flight keep the edition that they hold. What they may still need of the floor, their queues, stays beside the
new ones until the last of them has ended. An agent who is no longer planned is signed off; one who talks goes home when
his talk is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import acd.messages as acd
import journal.facts as facts
from acd.agents import AgentState
from switchroom import alterations, dialling, piloting, queue_hours, staff, standing, waiting

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.edition import Edition, FloorChanged
    from switchroom.plan import Plan
    from switchroom.turn import Turn


def floor_changed(centre: Centre, told: FloorChanged, turn: Turn) -> None:
    """New calls meet the staged edition of this key; one that is not staged (an old tape) changes nothing."""
    edition = centre.editions.staged.pop(told.edition, None)
    if edition is None:
        return
    before, centre.editions.present = centre.editions.present, edition
    _tell(before if told.how != "first" else None, edition, told, turn)
    alterations.compare_with_file(centre, turn)
    put_in_force(centre, turn)


def put_in_force(centre: Centre, turn: Turn) -> None:
    """Make the present edition's queues and agents count, beside the queues that calls in flight may still need."""
    old, centre.plan = centre.plan, plan_beside_calls(centre)
    rules, profiles = centre.plan.queue_rules(), centre.plan.agent_profiles()
    centre.carry_out(centre.router.reconfigure(rules, profiles, turn.now), turn)
    waiting.reschedule(centre)
    piloting.reconfigure(centre, turn)
    dialling.reconfigure(centre, turn)
    _sign_off(centre, old, turn)
    _find_moved_phones(centre, old, turn)
    standing.rerank(centre, turn)
    queue_hours.look(centre, turn)


def plan_beside_calls(centre: Centre) -> Plan:
    """The present edition's plan, with the queues of older editions to which calls in flight may still go.

    What supervisors changed about agents stands over it.
    """
    plan = centre.editions.present.plan.beside(contact.edition.plan for contact in centre.contacts.values())
    return alterations.upon(plan, centre.altered)


def _tell(before: Edition | None, now: Edition, told: FloorChanged, turn: Turn) -> None:
    """One fact for every flow that is new, changed or gone."""
    old = {name: flow.version for name, flow in before.plan.floor.flows.items()} if before else {}
    new = {name: flow.version for name, flow in now.plan.floor.flows.items()}
    for flow in sorted(old.keys() | new.keys()):
        was, version = old.get(flow, ""), new.get(flow, "")
        if was != version:
            turn.fact(facts.FlowChanged(turn.now, flow, version, was, told.by, told.how))


def _sign_off(centre: Centre, old: Plan, turn: Turn) -> None:
    for name, record in sorted(centre.router.agents().items()):
        if name in old.agents and name not in centre.plan.agents and record.state is not AgentState.OFFLINE:
            centre.route(acd.AgentSignedOff(name), turn)


def _find_moved_phones(centre: Centre, old: Plan, turn: Turn) -> None:
    """An agent whose phone is another one is without a phone until a node has seen the new one."""
    for name, agent in centre.plan.agents.items():
        was = old.agents.get(name)
        if was is not None and (was.node, was.phone) != (agent.node, agent.phone):
            staff.phone_gone(centre, agent, turn, may_ring=True)
