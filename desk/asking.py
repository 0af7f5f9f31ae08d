"""One request as the routes see it, and the table row that says who may make it.

It does not know any route.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from pydantic import BaseModel

from desk.agent_times import Plan, nothing_planned
from desk.audited import Audited, nothing_audited
from desk.figures import FigureCache
from desk.flow_shelf import FlowShelf, NoFlows
from desk.knocks import Knocks
from desk.library import Library
from desk.live import LiveDesk
from desk.outbound import OutboundDesk
from desk.pilot_view import PilotDesk, nobody_flies
from desk.reckoning import Reckoning, nothing_counted
from desk.sessions import Session, Sessions
from desk.settings import DeskSettings
from desk.steering_view import NothingSteered, SteeringDesk
from desk.users import Role, User, Users
from desk.vocabulary import Floor
from desk.why_view import NobodyKnows, WhyDesk

if TYPE_CHECKING:
    from desk.prompts import Shelf

COOKIE: Final = "switchroom"


class Who(StrEnum):
    """Who may ask; nothing is open that does not say so. WATCH: all but agents, to see campaigns and stop them."""

    ANYONE = "anyone"
    USER = "user"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    CAMPAIGNS = "campaigns"
    WATCH = "watch"
    ADMINISTRATOR = "administrator"

    def admits(self, role: Role) -> bool:
        return self in (Who.ANYONE, Who.USER) or role in _ADMITTED[self]

    @property
    def people(self) -> str:
        """Who is meant, in a sentence."""
        return _PEOPLE[self]


_ADMITTED: Final = {
    Who.AGENT: frozenset({Role.AGENT}),
    Who.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Who.CAMPAIGNS: frozenset({Role.CAMPAIGNS, Role.ADMINISTRATOR}),
    Who.WATCH: frozenset({Role.CAMPAIGNS, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Who.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}
_PEOPLE: Final = {
    Who.ANYONE: "anyone",
    Who.USER: "users",
    Who.AGENT: "agents",
    Who.SUPERVISOR: "supervisors",
    Who.CAMPAIGNS: "those who run campaigns",
    Who.WATCH: "supervisors and those who run campaigns",
    Who.ADMINISTRATOR: "administrators",
}


@dataclass(eq=False, slots=True)
class Desk:
    """Everything the routes work with."""

    floor: Floor
    library: Library
    users: Users
    settings: DeskSettings
    live: LiveDesk
    sessions: Sessions
    clock: Callable[[], float]
    version: str
    also: Mapping[str, Callable[[], str]]
    prompts: Shelf | None = None
    knocks: Knocks = field(default_factory=Knocks)
    figures: FigureCache = field(default_factory=FigureCache)
    flows: FlowShelf = field(default_factory=NoFlows)
    counting: asyncio.Lock = field(default_factory=asyncio.Lock)
    reckoning: Callable[[], Reckoning] = nothing_counted
    audited: Callable[[], Audited] = nothing_audited
    planned: Plan = nothing_planned
    pilot: PilotDesk = nobody_flies
    steering: SteeringDesk = field(default_factory=NothingSteered)
    reasons: WhyDesk = field(default_factory=NobodyKnows)
    outbound: OutboundDesk = field(default_factory=OutboundDesk)


@dataclass(frozen=True, slots=True)
class Ask:
    """One admitted request. `user` and `session` are only missing on routes open to anyone."""

    desk: Desk
    request: web.Request
    now: float
    known: tuple[User, Session] | None
    asked: Any

    @property
    def user(self) -> User:
        if self.known is None:
            raise AssertionError("a route open to anyone asked for its user")
        return self.known[0]

    @property
    def session(self) -> Session:
        if self.known is None:
            raise AssertionError("a route open to anyone asked for its session")
        return self.known[1]

    @property
    def sees_all(self) -> bool:
        return self.user.role in {Role.SUPERVISOR, Role.ADMINISTRATOR}

    def part(self, name: str) -> str:
        """A named part of the path."""
        return self.request.match_info[name]


Act = Callable[[Ask], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `asked` shapes the query of a GET and the JSON body of a POST; `answer` the JSON answer.

    `content` is the answer's type where it is no JSON, `takes` the body's. `refusals` are further statuses
    it may answer with.
    """

    method: str
    path: str
    who: Who
    act: Act
    summary: str
    answer: Any = None
    asked: type[BaseModel] | None = None
    content: str = "application/json"
    refusals: tuple[int, ...] = ()
    takes: str = ""
