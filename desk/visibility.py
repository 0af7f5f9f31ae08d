"""Whether a user may know of a contact: supervisors of all, agents of their own, campaigns' people of calls we made.

It does not know how he asks: contacts, recordings and live events all come here.
"""

from __future__ import annotations

from cti.ids import is_dialled
from desk.library import Library
from desk.users import Role, User
from desk.vocabulary import ContactView, FloorView


def on_floor(view: FloorView, contact: str) -> ContactView | None:
    """The open contact of this id."""
    return next((one for one in view.contacts if one.contact == contact), None)


async def may_see(user: User, contact: str, library: Library, view: FloorView) -> bool:
    """Tell whether the contact is his to see, now or then."""
    if user.role in {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return True
    if user.role is Role.CAMPAIGNS:
        return is_dialled(contact) and not user.department  # of one department's: `campaigns.knows_attempt`
    live = on_floor(view, contact)
    if live is not None and live.agent == user.user:
        return True
    return user.user in await library.offered_to(contact)
