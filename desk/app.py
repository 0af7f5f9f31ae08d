"""The desk's web application: every route of the table, behind the guards.

It does not know what the routes answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from desk.library import Library
from desk.live import LiveDesk
from desk.settings import DeskSettings
from desk.users import Users
from desk.vocabulary import Floor


def make_app(
    floor: Floor,
    library: Library,
    users: Users,
    settings: DeskSettings,
    *,
    live: LiveDesk,
    also: Mapping[str, Callable[[], str]] | None = None,
) -> web.Application:
    """The application, ready for a runner.

    `also` names further things `/readyz` reports without failing for them (the bus): each answers "" or what is wrong.
    """
    raise NotImplementedError
