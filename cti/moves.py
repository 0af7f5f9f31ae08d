"""What a switch can be asked to do with a talk: hold it, move it, join a third, listen to it.

It knows nothing of agents, queues or supervisors, nor why a talk is moved. Ids are those of `cti/vocabulary.py`: a
*leg* is a channel that we originated; here the peer of a leg may be a caller or another leg.

All of these may be asked again: a talk that stands as it should is not disturbed by being told to stand so, except that
`ListenIn` rings and must never be sent twice.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from lean import dataclass

if TYPE_CHECKING:
    from cti.ids import CallId, LegId, NodeId


class Ear(StrEnum):
    """What a supervisor's leg does: LISTEN unheard, WHISPER to the agent alone, BARGE in so that both hear him."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


@dataclass(frozen=True, slots=True)
class PutOnHold:
    """The caller goes into the music, the leg he talked with waits alone, and hears a phone ring where `ringing`."""

    node: NodeId
    call: CallId
    leg: LegId
    ringing: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """Bridge an answered leg with a caller who is on hold, whoever the leg is with now. Ends in `TalkBegan`.

    `recording` as in `RingAgent`, for a leg that is not being recorded yet; what is recorded already runs on.
    """

    node: NodeId
    call: CallId
    leg: LegId
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Alternate:
    """A leg goes from the third with whom it is, who hears music, to the caller, who is on hold. Ends in `TalkBegan`.

    Back again: `PutOnHold`, then `Connect` the third's leg with this one.
    """

    node: NodeId
    call: CallId
    leg: LegId
    third: LegId


@dataclass(frozen=True, slots=True)
class Keep:
    """A leg waits alone, in silence."""

    node: NodeId
    leg: LegId


@dataclass(frozen=True, slots=True)
class Confer:
    """Bring a caller and legs together, any of whom may leave without the others. `room` names the bridge."""

    node: NodeId
    call: CallId
    legs: tuple[LegId, ...]
    room: str


@dataclass(frozen=True, slots=True)
class ListenIn:
    """Ring a supervisor's phone; on answer it hears the leg `spied`. Must never be sent twice."""

    node: NodeId
    leg: LegId
    call: CallId
    phone: str
    ring_for: float
    spied: LegId
    ear: Ear
    caller_name: str = ""


@dataclass(frozen=True, slots=True)
class ChangeEar:
    """A supervisor's answered leg goes on in another way, or at another leg."""

    node: NodeId
    leg: LegId
    spied: LegId
    ear: Ear


Move = PutOnHold | Connect | Alternate | Keep | Confer | ListenIn | ChangeEar
