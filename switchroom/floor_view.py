"""What the screens may see of the centre, as values.

It does not change anything and does not know who is looking; the desk filters by person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.vocabulary import AgentView, ContactView, FloorView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from switchroom.centre import Centre


def look(centre: Centre, since: Mapping[str, float], now: float) -> FloorView:
    """Everything live at `now`."""
    talking = {contact.offer: contact.contact for contact in centre.contacts.values() if contact.offer}
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
            contact=talking.get(record.offer, ""),
            skills=centre.plan.agent(record.agent).skills,
        )
        for record in centre.router.agents().values()
    )
    contacts = tuple(
        ContactView(contact.contact, contact.state(), contact.agent, contact.offer, contact.context)
        for contact in centre.contacts.values()
    )
    return FloorView(now, agents, contacts, tuple(sorted(centre.nodes.items())))
