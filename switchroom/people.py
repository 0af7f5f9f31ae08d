"""Who may log in beside the agents: who runs the floor, campaigns, or the rules that campaigns keep to.

It does not know passwords, nor what a role may do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.users import Role

if TYPE_CHECKING:
    from switchroom.settings import PeopleSettings


def people_of(settings: PeopleSettings) -> tuple[dict[str, Role], dict[str, str]]:
    """The roles by user, and the departments of those who see one department's campaigns alone."""
    roles: dict[str, Role] = {}
    departments: dict[str, str] = {}
    named = (
        (Role.CAMPAIGNS, settings.campaigns),
        (Role.SUPERVISOR, settings.supervisors),
        (Role.ADMINISTRATOR, settings.administrators),
    )
    for role, people in named:
        for person in people:
            user, _, department = person.partition(":")
            roles[user] = role
            if department:
                departments[user] = department
    return roles, departments
