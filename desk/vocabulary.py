"""What the screens can tell the centre, and what they can be asked to show.

It knows nothing of HTTP: pages and API are one way to say these things, robots and tests are others.
"""

from __future__ import annotations

from typing import Protocol

from customers.context import Context
from desk.campaign_vocabulary import OfCampaigns, ShowLead
from desk.pilot_view import PilotSaid
from desk.steered import Steered
from desk.talk_vocabulary import OfTalks
from lean import dataclass

# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AgentCameOn:
    """Signed on at the desk; not ready yet."""

    agent: str


@dataclass(frozen=True, slots=True)
class AgentWentOff:
    agent: str


@dataclass(frozen=True, slots=True)
class AgentAskedReady:
    agent: str


@dataclass(frozen=True, slots=True)
class AgentAskedBreak:
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentEndedWrapUp:
    agent: str


AgentSaid = AgentCameOn | AgentWentOff | AgentAskedReady | AgentAskedBreak | AgentEndedWrapUp
Told = AgentSaid | Steered | PilotSaid | OfTalks | OfCampaigns


# ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ShowContact:
    """Put this caller on this agent's screen, before his phone rings. `until` is when the offer lapses.

    `asked_by` is the agent who has the caller and asks about him, "" where the caller himself rings.
    """

    agent: str
    offer: str
    until: float
    context: Context
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class ClearContact:
    """The offer came to nothing: take the caller off the screen."""

    agent: str
    offer: str
    outcome: str


Asked = ShowContact | ClearContact | ShowLead


# ── what the centre lets the screens see ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent as he is now. `since` is when he entered the state; `contact` is his offered or talking contact."""

    agent: str
    name: str
    state: str
    reason: str
    since: float
    until: float
    phone: str
    reachable: bool
    contact: str
    skills: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ContactView:
    """An open contact as it is now. `state`: flow, waiting, offered, talking.

    `agent` is who talks or was rung first, `beside` are those who are rung at the same time, or who are asked. Of a
    talk `standing` says how it stands (`switchroom/talk.py`), `third` whom the agent asks, `held_since` since when the
    caller hears music, 0 when he does not; `heard_by` are supervisors with how they hear it, which only they see.
    """

    contact: str
    state: str
    agent: str
    offer: str
    context: Context
    beside: tuple[str, ...] = ()
    standing: str = ""
    third: str = ""
    held_since: float = 0.0
    heard_by: tuple[tuple[str, str], ...] = ()

    @property
    def agents(self) -> frozenset[str]:
        """Everyone whose contact it is now."""
        return frozenset((self.agent, *self.beside)) - {""}


@dataclass(frozen=True, slots=True)
class FloorView:
    """Everything live, at one moment."""

    at: float
    agents: tuple[AgentView, ...]
    contacts: tuple[ContactView, ...]
    nodes: tuple[tuple[str, bool], ...]
    queues: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()


class Floor(Protocol):
    """What the desk holds of the centre: look, and tell. `tell` returns once the message is journalled and done.

    `tell` raises `Refused` (a sentence for the user) when the centre will not do it: an unknown agent, a state that
    does not allow it.
    """

    def look(self) -> FloorView: ...

    async def tell(self, message: Told) -> None: ...


class Refused(Exception):
    """The centre will not do what was asked; the text says why, for the user."""
