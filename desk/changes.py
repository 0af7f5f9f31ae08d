"""What a user may see of the floor, and what changed between two looks at it.

It does not know how a screen is reached. Both questions live here so that a change never shows more than a look.
"""

from __future__ import annotations

from dataclasses import replace

from desk.vocabulary import AgentView, ContactView, FloorView
from lean import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """The new look of whatever differs.

    `gone` are contacts no longer to be seen; `nodes` is empty when they are as before.
    """

    at: float
    agents: tuple[AgentView, ...] = ()
    contacts: tuple[ContactView, ...] = ()
    gone: tuple[str, ...] = ()
    nodes: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """A change with what is needed to cut it down to one user: whose each contact was before and is now."""

    whole: Change
    owners: tuple[tuple[str, frozenset[str], frozenset[str]], ...]

    def users(self) -> frozenset[str]:
        """Everyone whose own view differs."""
        owned = {user for _, before, after in self.owners for user in before | after}
        return frozenset(owned | {agent.agent for agent in self.whole.agents})

    def seen_by(self, user: str) -> Change:
        """The part that this agent may see: himself, and contacts that are, or until now were, his."""
        mine = {contact for contact, _, after in self.owners if user in after}
        lost = tuple(contact for contact, before, after in self.owners if user in before - after)
        return Change(
            self.whole.at,
            agents=tuple(agent for agent in self.whole.agents if agent.agent == user),
            contacts=tuple(_to_agent(contact) for contact in self.whole.contacts if contact.contact in mine),
            gone=lost,
        )


def floor_of(user: str, view: FloorView) -> FloorView:
    """The part of the floor that this agent may see: himself and the contacts that are his now."""
    return replace(
        view,
        agents=tuple(agent for agent in view.agents if agent.agent == user),
        contacts=tuple(_to_agent(contact) for contact in view.contacts if user in contact.agents),
    )


def _to_agent(contact: ContactView) -> ContactView:
    """What an agent may see of a contact of his: not who listens."""
    return replace(contact, heard_by=()) if contact.heard_by else contact


def changes(before: FloorView, after: FloorView) -> Changes | None:
    """What differs between two looks, None when nothing does."""
    old_agents = {agent.agent: agent for agent in before.agents}
    old = {contact.contact: contact for contact in before.contacts}
    new = {contact.contact: contact for contact in after.contacts}
    agents = tuple(agent for agent in after.agents if old_agents.get(agent.agent) != agent)
    contacts = tuple(contact for contact in after.contacts if old.get(contact.contact) != contact)
    gone = tuple(contact for contact in old if contact not in new)
    nodes = after.nodes if after.nodes != before.nodes else ()
    if not (agents or contacts or gone or nodes):
        return None
    nobody: frozenset[str] = frozenset()
    owners = [(it.contact, old[it.contact].agents if it.contact in old else nobody, it.agents) for it in contacts]
    owners += [(contact, old[contact].agents, nobody) for contact in gone]
    return Changes(Change(after.at, agents, contacts, gone, nodes), tuple(owners))
