"""A supervisor's word to the running floor: agents' skills, queues that open and close; what was said before, and why.

It does not know what follows from any of it. Who said it is taken from the log-in, never from the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from desk.asking import Ask, Route, Who
from desk.faults import not_found
from desk.models import Asked, Done, Interval, Name
from desk.steered import AgentAlterationAsked, AlterationUndoAsked, QueueSwitchAsked, QueueWish
from desk.steering_view import ChangeView, QueueView
from desk.why_view import WhyView

Why = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Level = Annotated[int, Field(ge=1, le=9)]


class AlterationWanted(Asked):
    """`skills` and `queues` are the whole of them afterwards; left out, they stay. `queues` may be ["all"]."""

    why: Why
    skills: Annotated[dict[Name, Level] | None, Field(max_length=100)] = None
    queues: Annotated[list[Name] | None, Field(min_length=1, max_length=200)] = None

    @model_validator(mode="after")
    def _something_wanted(self) -> Self:
        if self.skills is None and self.queues is None:
            raise ValueError("write skills, or queues, or both")
        return self


class UndoWanted(Asked):
    """`change` is the number of the agent's last change."""

    change: Annotated[int, Field(ge=1)]
    why: Why


class SwitchWanted(Asked):
    """`calendar` gives the queue back to its hours. `release` lets those go who wait, if it closes."""

    state: Literal["open", "closed", "calendar"]
    why: Why
    release: bool = False


class ChangesAsked(Interval):
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


async def alter(ask: Ask) -> Done:
    """Change an agent's skills or queues, at once."""
    wanted: AlterationWanted = ask.asked
    skills = None if wanted.skills is None else tuple(wanted.skills.items())
    queues = None if wanted.queues is None else tuple(wanted.queues)
    said = AgentAlterationAsked(ask.user.user, ask.part("agent"), wanted.why.strip(), queues, skills)
    await ask.desk.floor.tell(said)
    return Done()


async def undo(ask: Ask) -> Done:
    """Take an agent's last change back."""
    wanted: UndoWanted = ask.asked
    said = AlterationUndoAsked(ask.user.user, ask.part("agent"), wanted.change, wanted.why.strip())
    await ask.desk.floor.tell(said)
    return Done()


async def switch(ask: Ask) -> Done:
    """Open or close a queue, or give it back to its calendar."""
    wanted: SwitchWanted = ask.asked
    wish = QueueWish(wanted.state)
    said = QueueSwitchAsked(ask.user.user, ask.part("queue"), wish, wanted.why.strip(), wanted.release)
    await ask.desk.floor.tell(said)
    return Done()


async def queues(ask: Ask) -> Sequence[QueueView]:
    """List the queues: open or closed, by whom, how many wait."""
    return ask.desk.steering.queues()


async def changes(ask: Ask) -> Sequence[ChangeView]:
    """List who changed what, when and why."""
    wanted: ChangesAsked = ask.asked
    since, until = wanted.bounds(ask.now)
    return await ask.desk.steering.changes(since, until, wanted.limit)


async def why(ask: Ask) -> WhyView:
    """Tell why a caller waits or has this agent, and what speaks against each of the others."""
    told = await ask.desk.reasons.why(ask.part("contact"))
    if told is None:
        raise not_found("contact in a queue")
    return told


def routes() -> tuple[Route, ...]:
    """The addresses of this room; all are for supervisors."""
    who = Who.SUPERVISOR
    return (
        Route(
            *("GET", "/api/queues", who, queues, "The queues: open or closed, and who wants it so"),
            Sequence[QueueView],
        ),
        Route(
            *("POST", "/api/queues/{queue}", who, switch, "Open or close a queue"),
            *(Done, SwitchWanted),
            refusals=(409,),
        ),
        Route(
            *("POST", "/api/agents/{agent}", who, alter, "Change an agent's skills or queues, at once"),
            *(Done, AlterationWanted),
            refusals=(409,),
        ),
        Route(
            *("POST", "/api/agents/{agent}/undo", who, undo, "Take an agent's last change back"),
            *(Done, UndoWanted),
            refusals=(409,),
        ),
        Route(
            *("GET", "/api/contacts/{contact}/why", who, why, "Why a caller waits, or has this agent and no other"),
            WhyView,
            refusals=(404,),
        ),
        Route(
            *("GET", "/api/changes", who, changes, "Who changed what on the floor, newest first"),
            *(Sequence[ChangeView], ChangesAsked),
        ),
    )
