"""The table of every address, who may use it, and what it takes and gives.

It does not know how a request is admitted; the API's description is made from this table too.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk import account, health, stream, views
from desk.asking import Route, Who
from desk.figures import Figures
from desk.models import (
    Alive,
    ContactsAsked,
    Done,
    FiguresAsked,
    Login,
    Me,
    Nothing,
    Ready,
    StateWanted,
)
from desk.story import Story
from desk.vocabulary import FloorView
from journal.rows import ContactRow


def routes() -> tuple[Route, ...]:
    """All routes of one desk."""
    return (*_account(), *_looking(), *_operating())


def _account() -> tuple[Route, ...]:
    door = account.Door()
    return (
        Route("POST", "/api/login", Who.ANYONE, door.login, "Log in", Me, Login, refusals=(401, 429)),
        Route("POST", "/api/logout", Who.USER, account.logout, "Log out", Done, Nothing),
        Route("GET", "/api/me", Who.USER, account.me, "Who is logged in", Me),
        Route(
            *("POST", "/api/me/state", Who.AGENT, account.state, "Change the agent's own state"),
            *(Done, StateWanted),
            refusals=(409,),
        ),
    )


def _looking() -> tuple[Route, ...]:
    return (
        Route("GET", "/api/floor", Who.USER, views.floor, "The floor as this user may see it", FloorView),
        Route(
            *("GET", "/api/contacts", Who.USER, views.contacts, "Contacts by their beginning, newest first"),
            *(Sequence[ContactRow], ContactsAsked),
        ),
        Route(
            *(
                "GET",
                "/api/contacts/{contact}",
                Who.USER,
                views.contact,
                "One contact from end to end",
                Story,
            ),
            refusals=(404,),
        ),
        Route(
            *("GET", "/api/figures", Who.USER, views.figures, "All six rates of an interval, with names"),
            *(Figures, FiguresAsked),
        ),
        Route(
            *("GET", "/api/recordings/{offer}", Who.USER, views.recording, "A talk's recording, in stereo"),
            content="audio/wav",
            refusals=(404, 416),
        ),
        Route(
            *("GET", "/api/events", Who.USER, stream.events, "Live events; Last-Event-ID continues"),
            content="text/event-stream",
        ),
    )


def _operating() -> tuple[Route, ...]:
    return (
        Route("GET", "/healthz", Who.ANYONE, health.healthz, "The process lives", Alive),
        Route("GET", "/readyz", Who.ANYONE, health.readyz, "The server can work", Ready, refusals=(503,)),
        Route(*("GET", "/metrics", Who.ANYONE, health.metrics, "Figures for Prometheus"), content="text/plain"),
        Route("GET", "/openapi.json", Who.ANYONE, health.openapi, "This description", dict[str, object]),
    )
