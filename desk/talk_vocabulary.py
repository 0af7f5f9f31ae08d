"""What the screens can tell the centre about a talk: an agent's wishes, a supervisor's.

It knows nothing of HTTP, nor whether a wish can be granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """What an agent wants of his own talk. Said twice it is one wish."""

    HOLD = "hold"
    RETRIEVE = "retrieve"
    COMPLETE = "complete"
    CANCEL = "cancel"
    CONFERENCE = "conference"
    TO_CALLER = "to_caller"
    TO_ASKED = "to_asked"


class Kind(StrEnum):
    """To whom a caller can be passed on. Nobody is asked about a caller in a flow."""

    AGENT = "agent"
    QUEUE = "queue"
    FLOW = "flow"
    OUTSIDE = "outside"


class Ear(StrEnum):
    """How a supervisor is at a talk: unheard, heard by the agent alone, heard by both, or instead of the agent."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TAKE_OVER = "take_over"


@dataclass(frozen=True, slots=True)
class AgentWished:
    """`contact` is the one that his screen shows: a wish about another than he has is refused."""

    agent: str
    contact: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class AgentAskedTransfer:
    """Pass the caller on, without asking who gets him."""

    agent: str
    contact: str
    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class AgentAskedConsult:
    """Ask somebody about the caller, who hears music meanwhile."""

    agent: str
    contact: str
    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class SupervisorAskedEar:
    """`by` wants to hear a talk with `phone`, or hears it and wants to in another way."""

    by: str
    contact: str
    ear: Ear
    phone: str = ""


@dataclass(frozen=True, slots=True)
class SupervisorWentOff:
    """`by` has heard enough."""

    by: str
    contact: str


OfTalks = AgentWished | AgentAskedTransfer | AgentAskedConsult | SupervisorAskedEar | SupervisorWentOff
