"""What the facts of talks change in the read models. Pure; `journal/projection.py` says how a change is applied.

It does not know SQL. A leg that no agent was offered, a number outside's or a supervisor's, has a row among the offers
too, so that its recording is found and looked at like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from journal import attempt_projection
from journal import talk_facts as f

CONSULTED: Final = "consulted"
Values = dict[str, Any]
Parts = tuple[tuple[str, str, Values, bool], ...]  # table, key, values, whether the row is new


def parts_of(fact: object) -> Parts:
    """What a fact of a talk, or of an attempt, changes; () for any other."""
    reader = _READERS.get(type(fact)) or attempt_projection.READERS.get(type(fact))
    return reader(fact) if reader is not None else ()


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _hold_ended(fact: f.HoldEnded) -> Parts:
    return (("offers", fact.offer, {"held_ms": _milliseconds(fact.held)}, False),)


def _consult_asked(fact: f.ConsultAsked) -> Parts:
    if not fact.leg:
        return ()
    row = {
        "contact": fact.contact, "agent": "", "node": "", "made_at": fact.at, "recording": fact.recording, "queue": "",
    }
    return (("offers", fact.leg, row, True),)


def _consult_began(fact: f.ConsultBegan) -> Parts:
    return (("offers", fact.offer, {"answered_at": fact.at, "outcome": CONSULTED}, False),)


def _consult_ended(fact: f.ConsultEnded) -> Parts:
    if not fact.talked:
        return ()
    talk = {"closed_at": fact.at, "talked": fact.talked, "ended_by": fact.why}  # no talk with a caller: no `talked_ms`
    return (("offers", fact.offer, talk, False),)


def _transferred(fact: f.CallerTransferred) -> Parts:
    if not fact.warm:
        return ()
    return (
        ("offers", fact.to_offer, {"outcome": "answered"}, False),
        ("contacts", fact.contact, _has(fact.to_agent, fact.to_offer), False),
    )


def _taken_over(fact: f.TalkTakenOver) -> Parts:
    row = {
        "contact": fact.contact, "agent": fact.by, "node": "", "made_at": fact.at, "recording": fact.recording,
        "queue": "",
    }
    return (
        ("offers", fact.leg, row, True),
        ("offers", fact.leg, {"answered_at": fact.at, "outcome": "answered"}, False),
        ("contacts", fact.contact, _has(fact.by, fact.leg), False),
    )


def _has(agent: str, offer: str) -> Values:
    return {"agent": agent, "offer": offer, "talk_ended_at": None}


_READERS: Final[dict[type, Callable[[Any], Parts]]] = {
    f.HoldEnded: _hold_ended,
    f.ConsultAsked: _consult_asked,
    f.ConsultBegan: _consult_began,
    f.ConsultEnded: _consult_ended,
    f.CallerTransferred: _transferred,
    f.TalkTakenOver: _taken_over,
}
