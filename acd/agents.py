"""An agent as the router sees him: his record, and the one table of how he moves.

It does not know of contacts or offers, nor of other agents.

How to read the table. A pair (state, message) leads to a state. A pair that leads to its own state is a
written answer to something late, repeated or without effect here. A pair that is not listed cannot be, and
raises IllegalTransition.

What looks like one step is at times a chain of listed steps, taken at one moment (`acd/chains.py`):
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from acd.errors import IllegalTransition
from acd.messages import (
    AgentId,
    AgentMadeNotReady,
    AgentMadeReady,
    AgentMoved,
    AgentSignedOff,
    AgentSignedOn,
    DialBegun,
    DialOver,
    MakeOffer,
    OfferAccepted,
    OfferClosed,
    PhoneFound,
    PhoneLost,
    TalkOver,
    WrapUpEnded,
    WrapUpExtended,
)
from lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNED_ON = "signed on"
PHONE = "phone"


class AgentState(StrEnum):
    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"
    DIALLING = "dialling"
    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """What an agent is configured to be: the queues he serves, and his skills with levels.

    A `reserve` agent is offered something only while relief calls the reserve of a queue in.
    """

    agent: AgentId
    queues: frozenset[str]
    skills: Mapping[str, int] = field(default_factory=dict)
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """An agent at one moment. `node` is where his phone is registered, "" when it is not.

    `offer` is set while offered, talking or wrapping up; while dialling it is the contact that is dialled for him.
    `until` is the end of wrap-up. `idle_since` is 0 unless he is ready, dialling, offered, or only without a phone.
    `then` ("", not_ready, offline) is what he asked for during a talk, to come after it. `calls` are his talks since
    he signed on, `rung_at` when he was last rung.
    """

    agent: AgentId
    state: AgentState = AgentState.OFFLINE
    reason: str = ""
    until: float = 0.0
    offer: str = ""
    idle_since: float = 0.0
    node: str = ""
    misses: int = 0
    then: str = ""
    then_reason: str = ""
    calls: int = 0
    rung_at: float = 0.0

    def moved(self) -> AgentMoved:
        """Say what the world is told of the record: all but the phone."""
        return AgentMoved(
            self.agent,
            self.state.value,
            self.reason,
            self.until,
            self.offer,
            self.idle_since,
            self.then,
            self.then_reason,
            self.misses,
            self.calls,
            self.rung_at,
        )


AgentEvent = (
    AgentSignedOn
    | AgentSignedOff
    | AgentMadeReady
    | AgentMadeNotReady
    | PhoneFound
    | PhoneLost
    | WrapUpExtended
    | WrapUpEnded
    | DialBegun
    | DialOver
    | MakeOffer
    | OfferClosed
    | OfferAccepted
    | TalkOver
)

_OFFLINE, _NOT_READY, _READY = AgentState.OFFLINE, AgentState.NOT_READY, AgentState.READY
_OFFERED, _TALKING, _WRAP_UP = AgentState.OFFERED, AgentState.TALKING, AgentState.WRAP_UP
_DIALLING = AgentState.DIALLING

TABLE: dict[tuple[AgentState, type[AgentEvent]], AgentState] = {
    (_OFFLINE, AgentSignedOn): _NOT_READY,
    (_OFFLINE, AgentSignedOff): _OFFLINE,
    (_OFFLINE, PhoneFound): _OFFLINE,
    (_OFFLINE, PhoneLost): _OFFLINE,
    (_OFFLINE, WrapUpExtended): _OFFLINE,
    (_OFFLINE, WrapUpEnded): _OFFLINE,
    (_NOT_READY, AgentSignedOn): _NOT_READY,
    (_NOT_READY, AgentSignedOff): _OFFLINE,
    (_NOT_READY, AgentMadeReady): _READY,
    (_NOT_READY, AgentMadeNotReady): _NOT_READY,
    (_NOT_READY, PhoneFound): _NOT_READY,
    (_NOT_READY, PhoneLost): _NOT_READY,
    (_NOT_READY, WrapUpExtended): _NOT_READY,
    (_NOT_READY, WrapUpEnded): _NOT_READY,
    (_READY, AgentSignedOn): _READY,
    (_READY, AgentSignedOff): _OFFLINE,
    (_READY, AgentMadeReady): _READY,
    (_READY, AgentMadeNotReady): _NOT_READY,
    (_READY, PhoneFound): _READY,
    (_READY, PhoneLost): _NOT_READY,
    (_READY, WrapUpExtended): _READY,
    (_READY, WrapUpEnded): _READY,
    (_READY, MakeOffer): _OFFERED,
    (_READY, DialBegun): _DIALLING,
    (_DIALLING, AgentSignedOn): _DIALLING,
    (_DIALLING, AgentSignedOff): _OFFLINE,
    (_DIALLING, AgentMadeReady): _DIALLING,
    (_DIALLING, AgentMadeNotReady): _NOT_READY,
    (_DIALLING, PhoneFound): _DIALLING,
    (_DIALLING, PhoneLost): _NOT_READY,
    (_DIALLING, WrapUpExtended): _DIALLING,
    (_DIALLING, WrapUpEnded): _DIALLING,
    (_DIALLING, DialOver): _READY,
    (_DIALLING, MakeOffer): _OFFERED,
    (_OFFERED, AgentSignedOn): _OFFERED,
    (_OFFERED, AgentMadeReady): _OFFERED,
    (_OFFERED, PhoneFound): _OFFERED,
    (_OFFERED, WrapUpExtended): _OFFERED,
    (_OFFERED, WrapUpEnded): _OFFERED,
    (_OFFERED, OfferClosed): _READY,
    (_OFFERED, OfferAccepted): _TALKING,
    (_TALKING, AgentSignedOn): _TALKING,
    (_TALKING, AgentSignedOff): _TALKING,
    (_TALKING, AgentMadeReady): _TALKING,
    (_TALKING, AgentMadeNotReady): _TALKING,
    (_TALKING, PhoneFound): _TALKING,
    (_TALKING, PhoneLost): _TALKING,
    (_TALKING, WrapUpExtended): _TALKING,
    (_TALKING, WrapUpEnded): _TALKING,
    (_TALKING, TalkOver): _WRAP_UP,
    (_WRAP_UP, AgentSignedOn): _WRAP_UP,
    (_WRAP_UP, AgentSignedOff): _OFFLINE,
    (_WRAP_UP, AgentMadeReady): _READY,
    (_WRAP_UP, AgentMadeNotReady): _WRAP_UP,
    (_WRAP_UP, PhoneFound): _WRAP_UP,
    (_WRAP_UP, PhoneLost): _WRAP_UP,
    (_WRAP_UP, WrapUpExtended): _WRAP_UP,
    (_WRAP_UP, WrapUpEnded): _READY,
}


def target(state: AgentState, event: type[AgentEvent]) -> AgentState:
    """Look up where the table leads; raises IllegalTransition when it does not list the pair."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise IllegalTransition(f"an agent who is {state} cannot have {event.__name__}") from None


def advance(record: AgentRecord, event: AgentEvent, now: float) -> AgentRecord:
    """Take one listed step. Raises IllegalTransition."""
    state = target(record.state, type(event))
    if isinstance(event, PhoneFound):
        return replace(record, node=event.node)
    if isinstance(event, PhoneLost):
        record = replace(record, node="")
    if state is record.state:
        return _stayed(record, event)
    if isinstance(event, DialBegun):
        return replace(record, state=state, offer=event.contact)
    return _entered(record, state, event, now)


def _stayed(record: AgentRecord, event: AgentEvent) -> AgentRecord:
    """Stay: only a reason or a wish for later may be new."""
    if isinstance(event, AgentMadeNotReady):
        if record.state is _NOT_READY:
            return replace(record, reason=event.reason, idle_since=0.0)
        return replace(record, then=_NOT_READY.value, then_reason=event.reason)
    if isinstance(event, WrapUpExtended) and record.state is _WRAP_UP:
        return replace(record, until=record.until + event.seconds)
    if isinstance(event, AgentSignedOff) and record.state is _TALKING:
        return replace(record, then=_OFFLINE.value, then_reason="")
    if not record.then:
        return record
    takes_back = isinstance(event, AgentMadeReady) or (
        isinstance(event, AgentSignedOn) and record.then == _OFFLINE.value
    )
    return replace(record, then="", then_reason="") if takes_back else record


def _entered(record: AgentRecord, state: AgentState, event: AgentEvent, now: float) -> AgentRecord:
    """Enter another state: what belonged to the old one is gone. All fields in a row: each offer comes here twice."""
    who, node, misses, calls, rung_at = record.agent, record.node, record.misses, record.calls, record.rung_at
    if state is _READY:
        idle_since = record.idle_since or now
        return AgentRecord(who, state, "", 0.0, "", idle_since, node, misses, "", "", calls, rung_at)
    if isinstance(event, MakeOffer):
        return AgentRecord(who, state, "", 0.0, event.offer, record.idle_since, node, misses, "", "", calls, now)
    if isinstance(event, OfferAccepted):
        return AgentRecord(who, state, "", 0.0, event.offer, 0.0, node, 0, "", "", calls + 1, rung_at)
    if state is _NOT_READY:
        # Who only lost his phone has not had his turn: he keeps his place among the idle.
        idle_since = record.idle_since if isinstance(event, PhoneLost) else 0.0
        return AgentRecord(who, state, _reason(event), 0.0, "", idle_since, node, 0, "", "", calls, rung_at)
    if state is _WRAP_UP:
        wish, why = record.then, record.then_reason
        return AgentRecord(who, state, "", now, record.offer, 0.0, node, misses, wish, why, calls, rung_at)
    return AgentRecord(who, state, node=node)  # offline: signing on starts all counts anew


def _reason(event: AgentEvent) -> str:
    if isinstance(event, AgentMadeNotReady):
        return event.reason
    return PHONE if isinstance(event, PhoneLost) else SIGNED_ON
