"""What the screens may see of the centre, as values.

It does not change anything and does not know who is looking; the desk filters by person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.vocabulary import AgentView, ContactView, FloorView
from switchroom.contact import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from switchroom.centre import Centre
    from switchroom.contact import Contact


def look(centre: Centre, since: Mapping[str, float], now: float) -> FloorView:
    """Everything live at `now`."""
    held = {leg: contact.contact for contact in centre.contacts.values() for leg in contact.legs()}
    agents = tuple(
        AgentView(
            agent=str(record.agent),
            name=centre.plan.agent(record.agent).name,
            state=str(record.state),
            reason=record.reason,
            since=since.get(record.agent, 0.0),
            until=record.until,
            phone=centre.plan.agent(record.agent).phone,
            reachable=bool(record.node),
            contact=held.get(record.offer, ""),
            skills=centre.plan.agent(record.agent).skills,
        )
        for record in centre.router.agents().values()
    )
    contacts = tuple(_seen(contact) for contact in centre.contacts.values())
    nodes, plan = tuple(sorted(centre.nodes.items())), centre.plan
    return FloorView(now, agents, contacts, nodes, tuple(sorted(plan.queues)), tuple(sorted(plan.floor.flows)))


def _seen(contact: Contact) -> ContactView:
    """A contact with the agent who has it, or with all who are rung for it."""
    rung = [ring.agent for ring in contact.rings.values()]
    agent, leg = (contact.agent, contact.offer) if not rung else (rung[0], next(iter(contact.rings)))
    stand, beside = contact.stand, tuple(rung[1:])
    if contact.place is not Place.TALKING:
        return ContactView(contact.contact, contact.state(), agent, leg, contact.context, beside)
    third = stand.consult
    heard_by = tuple((one.by, one.ear) for one in stand.listeners.values() if one.heard_at)
    return ContactView(
        contact.contact, contact.state(), agent, leg, contact.context, (third.agent,) if third and third.agent else (),
        stand.standing, third.target if third else "", stand.held_at, heard_by,
    )
