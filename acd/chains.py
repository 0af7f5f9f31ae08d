"""What looks like one step of an agent and is a chain of the table's steps, taken at one moment.

It does not know of contacts, nor of other agents; `acd/agents.py` has the table.

- A talk in a queue without wrap-up: TalkOver, then WrapUpEnded.
- A break asked for during a talk is remembered in `then`, and said again (AgentMadeNotReady) when wrap-up has
  ended. A sign-off is said again (AgentSignedOff) as soon as the talk is over.
- Becoming ready without a phone: PhoneLost is said again. When the phone comes back to an agent who is not
  ready for that reason only, AgentMadeReady follows PhoneFound.
- An agent for whom a customer is dialled and who goes is gone at once; whoever dials is told.
- An agent who is rung and goes (break, sign-off, phone lost): OfferClosed first, then what he asked.
- An agent who let his last allowed offer pass: OfferClosed, then AgentMadeNotReady("missed"). One whose phone
  could not be reached: OfferClosed, then PhoneLost.
"""

from __future__ import annotations

from dataclasses import replace

from acd.agents import PHONE, AgentRecord, AgentState, advance
from acd.messages import (
    AgentMadeNotReady,
    AgentMadeReady,
    AgentSignedOff,
    OfferClosed,
    PhoneFound,
    PhoneLost,
    TalkOver,
    WrapUpEnded,
)
from acd.offers import Outcome

MISSED = "missed"

_OFFLINE, _NOT_READY, _READY = AgentState.OFFLINE, AgentState.NOT_READY, AgentState.READY


def settle(record: AgentRecord, now: float) -> AgentRecord:
    """Let nobody stay ready without a phone."""
    if record.state is _READY and not record.node:
        return advance(record, PhoneLost(record.agent), now)
    return record


def end_talk(record: AgentRecord, over: TalkOver, wrap_up: float, now: float) -> AgentRecord:
    """End a talk: wrap-up of `wrap_up` seconds, or home at once when he asked to go."""
    after = advance(record, over, now)
    if after.then == _OFFLINE.value:
        return advance(after, AgentSignedOff(record.agent), now)
    return _wrapping_up(after, now + wrap_up) if wrap_up > 0 else end_wrap_up(after, now)


def _wrapping_up(record: AgentRecord, until: float) -> AgentRecord:
    """Write all fields in a row, for every talk ends here."""
    return AgentRecord(
        record.agent,
        record.state,
        "",
        until,
        record.offer,
        0.0,
        record.node,
        record.misses,
        record.then,
        record.then_reason,
        record.calls,
        record.rung_at,
    )


def let_pass(record: AgentRecord, closed: OfferClosed, allowed: int, now: float) -> AgentRecord:
    """Close an offer that came to nothing. After `allowed` misses in a row he is taken for absent."""
    after = advance(record, closed, now)
    if closed.outcome == Outcome.FAILED:
        # He goes to the end of the idle: a dead phone that still registers must not be tried first each time.
        return replace(advance(after, PhoneLost(record.agent), now), idle_since=0.0)
    if closed.outcome in (Outcome.REFUSED, Outcome.TIMED_OUT):
        after = replace(after, misses=record.misses + 1)
        if after.misses >= allowed:
            return advance(after, AgentMadeNotReady(record.agent, MISSED), now)
    return settle(after, now)


def end_wrap_up(record: AgentRecord, now: float) -> AgentRecord:
    """End wrap-up: ready, or what was asked for during the talk."""
    after = advance(record, WrapUpEnded(record.agent), now)
    if record.then == _NOT_READY.value:
        return advance(after, AgentMadeNotReady(record.agent, record.then_reason), now)
    return settle(after, now)


def phone_back(record: AgentRecord, found: PhoneFound, now: float) -> AgentRecord:
    """Note the phone; who was not ready only for want of it is ready again."""
    after = advance(record, found, now)
    if after.state is _NOT_READY and after.reason == PHONE:
        return advance(after, AgentMadeReady(record.agent), now)
    return after
