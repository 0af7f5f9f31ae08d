"""The addresses of a talk: what an agent does with his own, what a supervisor does with anybody's.

It does not know whether the floor will do it. An agent can name only his own talk; the floor refuses any other. Only a
supervisor is let to the ears of others. Said twice, each of these is one act.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from desk.asking import Ask, Route, Who
from desk.faults import Fault
from desk.models import Done, Name
from desk.talk_vocabulary import (
    AgentAskedConsult,
    AgentAskedTransfer,
    AgentWished,
    Ear,
    Kind,
    SupervisorAskedEar,
    SupervisorWentOff,
    Wish,
)

_NUMBER = re.compile(r"\+?[0-9]{2,20}")
Phone = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_.-]*$", description="the supervisor's own phone")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    contact: Name


class TalkNamed(_Asked):
    """`contact` is the one that the screen shows."""


class TalkTo(_Asked):
    """To whom: an agent, a queue, a flow (only to transfer), or a number outside."""

    kind: Literal["agent", "queue", "flow", "outside"]
    target: Name


class EarWanted(_Asked):
    """`phone` is rung the first time; who hears the talk already need not name it."""

    phone: Phone = ""


@dataclass(frozen=True, slots=True)
class AgentTarget:
    """An agent to whom a caller can be passed on, with what he is doing."""

    agent: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Targets:
    """To whom a caller can be passed on now. `outside`: the beginnings of the numbers that may be dialled."""

    agents: tuple[AgentTarget, ...]
    queues: tuple[str, ...]
    flows: tuple[str, ...]
    outside: tuple[str, ...]


async def targets(ask: Ask) -> Targets:
    """Tell whom a caller can be passed on to: names and states, nothing of their callers."""
    view = ask.desk.floor.look()
    agents = (AgentTarget(one.agent, one.name, one.state) for one in view.agents if one.agent != ask.user.user)
    there = tuple(one for one in agents if one.state != "offline")
    return Targets(there, view.queues, view.flows, ask.desk.settings.outside)


async def _wish(wish: Wish, ask: Ask) -> Done:
    await ask.desk.floor.tell(AgentWished(ask.user.user, ask.asked.contact, wish))
    return Done()


async def transfer(ask: Ask) -> Done:
    """Pass the caller on without asking."""
    wanted: TalkTo = ask.asked
    _check_number(ask, wanted)
    await ask.desk.floor.tell(
        AgentAskedTransfer(ask.user.user, wanted.contact, Kind(wanted.kind), wanted.target.strip())
    )
    return Done()


async def consult(ask: Ask) -> Done:
    """Ask somebody about the caller, who hears music."""
    wanted: TalkTo = ask.asked
    _check_number(ask, wanted)
    await ask.desk.floor.tell(
        AgentAskedConsult(ask.user.user, wanted.contact, Kind(wanted.kind), wanted.target.strip())
    )
    return Done()


def _check_number(ask: Ask, wanted: TalkTo) -> None:
    """A number outside must be one, and one that the operator allows."""
    if Kind(wanted.kind) is not Kind.OUTSIDE:
        return
    number, allowed = wanted.target.strip(), ask.desk.settings.outside
    if not _NUMBER.fullmatch(number):
        raise Fault(422, "no_number", "A number outside is 2 to 20 digits, with or without +.", "target")
    if not number.startswith(allowed or ("none",)):
        allowed_told = ", ".join(allowed) or "none"
        raise Fault(
            422, "number_not_allowed", f"This number must not be dialled; allowed beginnings: {allowed_told}.", "target"
        )


async def _hear(ear: Ear, ask: Ask) -> Done:
    wanted: EarWanted = ask.asked
    await ask.desk.floor.tell(SupervisorAskedEar(ask.user.user, wanted.contact, ear, wanted.phone))
    return Done()


async def leave(ask: Ask) -> Done:
    """Hear the talk no more."""
    await ask.desk.floor.tell(SupervisorWentOff(ask.user.user, ask.asked.contact))
    return Done()


_WISHES = {
    Wish.HOLD: "Put the caller on hold",
    Wish.RETRIEVE: "Go on with the caller",
    Wish.COMPLETE: "Leave the caller to who was asked",
    Wish.CANCEL: "Back to the caller, without who was asked",
    Wish.CONFERENCE: "Bring caller and who was asked together",
    Wish.TO_CALLER: "Speak with the caller while who was asked waits",
    Wish.TO_ASKED: "Speak with who was asked again while the caller waits",
}
_EARS = {
    Ear.LISTEN: "Hear a talk unheard",
    Ear.WHISPER: "Speak to the agent alone",
    Ear.BARGE: "Speak to both",
    Ear.TAKE_OVER: "Take the caller from the agent",
}


def talk_routes() -> tuple[Route, ...]:
    """All of them."""

    def post(
        path: str, who: Who, act: Callable[[Ask], Awaitable[object]], summary: str, asked: type[BaseModel]
    ) -> Route:
        return Route("POST", path, who, act, summary, Done, asked, refusals=(409,))

    to_somebody = (("transfer", transfer, "Pass the caller on"), ("consult", consult, "Ask somebody about the caller"))
    return (
        Route("GET", "/api/talk/targets", Who.USER, targets, "To whom a caller can be passed on now", Targets),
        *(post(f"/api/talk/{one}", Who.USER, partial(_wish, one), _WISHES[one], TalkNamed) for one in Wish),
        *(
            Route("POST", f"/api/talk/{name}", Who.USER, act, summary, Done, TalkTo, refusals=(409, 422))
            for name, act, summary in to_somebody
        ),
        *(post(f"/api/supervise/{one}", Who.SUPERVISOR, partial(_hear, one), _EARS[one], EarWanted) for one in Ear),
        post("/api/supervise/leave", Who.SUPERVISOR, leave, "Hear a talk no more", TalkNamed),
    )
