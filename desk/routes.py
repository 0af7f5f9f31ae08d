"""The table of every address, who may use it, and what it takes and gives.

It does not know how a request is admitted; the API's description is made from this table too.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk import (
    account,
    autopilot,
    campaign_figures,
    campaigns,
    flows,
    forgetting,
    health,
    kept,
    kept_listed,
    laws,
    left,
    listing,
    own_work,
    prompts,
    steering,
    stream,
    views,
)
from desk.asking import Route, Who
from desk.figure_desk import figure_routes
from desk.models import (
    Alive,
    ContactsAsked,
    Done,
    FlowPicture,
    Interval,
    LeftAsked,
    Login,
    Me,
    Nothing,
    Ready,
    StateWanted,
)
from desk.pilot_view import AutopilotView
from desk.story import Story
from desk.talking import talk_routes
from desk.vocabulary import FloorView
from ivr.figures import FlowFigures
from journal.rows import ContactRow


def routes() -> tuple[Route, ...]:
    """All routes of one desk."""
    return (*_account(), *talk_routes(), *_looking(), *_left(), *_prompts(), *_outbound(), *_operating())


def _outbound() -> tuple[Route, ...]:
    rooms = (campaigns, campaign_figures, listing, own_work, laws, forgetting)
    return tuple(route for room in rooms for route in room.routes())


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
        *figure_routes(),
        *_flows(),
        *_autopilot(),
        *steering.routes(),
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


def _left() -> tuple[Route, ...]:
    return (
        Route(
            *("GET", "/api/messages", Who.USER, left.messages, "Messages that callers left, newest first"),
            *(Sequence[left.MessageView], LeftAsked),
        ),
        Route(
            *("GET", "/api/messages/{message}", Who.USER, left.message, "A message that a caller left"),
            content="audio/wav",
            refusals=(404, 416),
        ),
        Route(
            *("GET", "/api/callbacks", Who.USER, left.callbacks, "Callers who want to be called back, newest first"),
            *(Sequence[left.CallbackView], LeftAsked),
        ),
        Route(
            *("GET", "/api/promises", Who.USER, kept.promises, "Waits told and times promised, held against what came"),
            *(kept.KeptView, LeftAsked),
        ),
        Route(
            *("GET", "/api/promises/listed", Who.SUPERVISOR, kept_listed.listed, "The same, one by one and by hour"),
            *(kept_listed.PromisesView, LeftAsked),
        ),
        Route(
            *("GET", "/api/scores", Who.USER, left.scores, "Callers' answers to questions, newest first"),
            *(Sequence[left.ScoreView], LeftAsked),
        ),
    )


def _prompts() -> tuple[Route, ...]:
    return (
        Route(
            *("GET", "/api/prompts", Who.SUPERVISOR, prompts.prompts, "Every prompt, and what callers hear of it"),
            Sequence[prompts.PromptView],
            refusals=(404,),
        ),
        Route(
            *("GET", "/api/prompts/{language}/{name}", Who.USER, prompts.prompt, "A prompt as callers hear it"),
            content="audio/wav",
            refusals=(404, 416),
        ),
        Route(
            *("POST", "/api/prompts/{language}/{name}", Who.SUPERVISOR, prompts.bring, "Bring in a recording"),
            prompts.PromptView,
            refusals=(404, 408, 422),
            takes="audio/wav",
        ),
    )


def _flows() -> tuple[Route, ...]:
    return (
        Route("GET", "/api/flows", Who.USER, flows.in_force, "The flows in force", flows.FlowsInForce),
        Route(
            *("GET", "/api/flows/{flow}/figures", Who.USER, flows.figures, "What callers did in each step of a flow"),
            *(FlowFigures, Interval),
            refusals=(404,),
        ),
        Route(
            *("GET", "/api/flows/{flow}.svg", Who.USER, flows.picture, "A flow drawn, a call or the traffic in it"),
            *(None, FlowPicture),
            content="image/svg+xml",
            refusals=(404,),
        ),
    )


def _autopilot() -> tuple[Route, ...]:
    return (
        Route(
            *("GET", "/api/autopilot", Who.SUPERVISOR, autopilot.look, "What the autopilot foresees and has done"),
            AutopilotView,
        ),
        Route(
            *("POST", "/api/autopilot/undo", Who.SUPERVISOR, autopilot.undo, "Undo an act of the autopilot"),
            *(Done, autopilot.UndoWanted),
            refusals=(409,),
        ),
        Route(
            *("POST", "/api/autopilot/turn", Who.SUPERVISOR, autopilot.turn, "Switch the autopilot on or off"),
            *(Done, autopilot.TurnWanted),
        ),
    )


def _operating() -> tuple[Route, ...]:
    return (
        Route("GET", "/healthz", Who.ANYONE, health.healthz, "The process lives", Alive),
        Route("GET", "/readyz", Who.ANYONE, health.readyz, "The server can work", Ready, refusals=(503,)),
        Route(*("GET", "/metrics", Who.ANYONE, health.metrics, "Figures for Prometheus"), content="text/plain"),
        Route("GET", "/openapi.json", Who.ANYONE, health.openapi, "This description", dict[str, object]),
    )
