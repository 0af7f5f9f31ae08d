"""What each fact changes in the read models. Pure: facts in, changes out.

It does not know SQL, nor what stands in the tables already: a change can be applied without reading first. To that end
each column has one rule: the last value wins, the first one stays (`FIRST`), or values add up (`SUM`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from journal import facts as f
from journal.codec import clean
from journal.talk_projection import parts_of
from lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from journal.codec import AnyFact

NO_SKILLS: Final = " "  # he has asked, and for none; a later request must not take the place of the first
Value = str | int | float | None

FIRST: Final = frozenset({
    ("contacts", "queue"), ("contacts", "asked_at"), ("contacts", "answered_at"),
    ("contacts", "skills"), ("contacts", "answered_by"), ("contacts", "asked_ms"), ("contacts", "answered_ms"),
    ("offers", "rang_at"), ("offers", "answered_at"),
})  # fmt: skip
SUM: Final = frozenset({("contacts", "offers"), ("contacts", "talked"), ("offers", "held_ms"), ("refusals", "count")})


@dataclass(frozen=True, slots=True)
class Change:
    """New values for the row `key` of `table`; `new` makes the row (and changes nothing where it exists)."""

    table: str
    key: str
    values: dict[str, Value]
    new: bool = False


Changes = tuple[Change, ...]


def changes(fact: AnyFact) -> Changes:
    """Return what the fact changes, in order."""
    reader = _READERS.get(type(fact))
    return reader(fact) if reader is not None else tuple(Change(*part) for part in parts_of(fact))


def subject_of(fact: AnyFact) -> str:
    """Return what a fact of somebody's change is about, the agent or the queue; "" for every other fact."""
    match fact:
        case f.AgentAltered():
            return fact.agent
        case f.QueueSwitched():
            return fact.queue
        case _:
            return ""


def _contact(contact: str, **values: Value) -> Change:
    return Change("contacts", contact, values)


def _offer(offer: str, **values: Value) -> Change:
    return Change("offers", offer, values)


def _opened(fact: f.CallStarted) -> Changes:
    values: dict[str, Value] = {name: clean(getattr(fact, name)).replace("\0", "") for name in _CALLER}
    return (Change("contacts", fact.contact, {**values, "started_at": fact.at}, new=True),)


_CALLER: Final = (
    "call", "node", "number", "name", "called", "flow", "version", "language", "customer", "customer_name", "segment",
)  # fmt: skip


def _queued(fact: f.CallerQueued) -> Changes:
    asked = _contact(
        fact.contact,
        queue=fact.queue,
        last_queue=fact.queue,
        asked_at=fact.asked_at,
        asked_ms=milliseconds(fact.asked_at),
        left_queue_at=None,
        left_ms=None,
        left_queue_why="",
        breakpoint=fact.breakpoint,
        skills=skill_names(fact) or NO_SKILLS,
    )
    return (asked,)


def _left(fact: f.CallerLeftQueue) -> Changes:
    left = milliseconds(fact.at)
    return (_contact(fact.contact, left_queue_at=fact.at, left_ms=left, left_queue_why=fact.why),)


def _ended(fact: f.CallEnded) -> Changes:
    ended = _contact(
        fact.contact,
        ended_at=fact.at,
        ended_ms=milliseconds(fact.at),
        outcome=fact.outcome,
        cause=fact.cause,
        breakpoint=fact.breakpoint,
    )
    return (ended,)


def _made(fact: f.OfferMade) -> Changes:
    values: dict[str, Value] = {
        "contact": fact.contact,
        "agent": fact.agent,
        "node": fact.node,
        "made_at": fact.at,
        "recording": fact.recording,
        "queue": fact.queue,
    }
    return (Change("offers", fact.offer, values, new=True), _contact(fact.contact, offers=1))


def _answered(fact: f.AgentAnswered) -> Changes:
    has = _contact(
        fact.contact,
        answered_at=fact.at,
        answered_ms=milliseconds(fact.at),
        agent=fact.agent,
        answered_by=fact.agent,
        offer=fact.offer,
        talk_ended_at=None,
    )
    return (_offer(fact.offer, answered_at=fact.at, outcome="answered"), has)


def _talked(fact: f.TalkEnded) -> Changes:
    talked = _offer(
        fact.offer,
        closed_at=fact.at,
        talked=fact.talked,
        talked_ms=milliseconds(fact.talked),
        ended_by=fact.ended_by,
    )
    return (talked, _contact(fact.contact, talk_ended_at=fact.at, talked=fact.talked))


def _wished(fact: f.CallbackAsked) -> Changes:
    return (_contact(fact.contact, callback_at=fact.at, callback_ms=milliseconds(fact.at)),)


def _kept(fact: f.RecordingKept) -> Changes:
    kept = _offer(
        fact.offer,
        recording_state=fact.state,
        recorded=fact.seconds,
        legs=json.dumps(fact.legs),
        sha256=json.dumps(fact.sha256),
    )
    return (kept, _contact(fact.contact, recording=fact.state))


_READERS: Final[dict[type, Callable[[Any], Changes]]] = {
    f.CallStarted: _opened,
    f.StepEntered: lambda fact: (_contact(fact.contact, step=fact.step),),
    f.CallerQueued: _queued,
    f.CallerLeftQueue: _left,
    f.CallEnded: _ended,
    f.OfferMade: _made,
    f.AgentRang: lambda fact: (_offer(fact.offer, rang_at=fact.at),),
    f.OfferClosed: lambda fact: (_offer(fact.offer, closed_at=fact.at, outcome=fact.outcome, cause=fact.cause),),
    f.AgentAnswered: _answered,
    f.TalkEnded: _talked,
    f.CallbackAsked: _wished,
    f.RecordingKept: _kept,
}


def milliseconds(seconds: float) -> int:
    """The nearest whole millisecond."""
    return round(seconds * 1000)


def skill_names(fact: f.CallerQueued) -> str:
    """The names of the skills that the caller asked for, with a blank between them."""
    return " ".join(sorted(name for name, _ in fact.skills))


def folded(wanted: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """Return the rows to make, and then at most one change of each row, in the order of the rows' first change."""
    made: list[Change] = []
    rows: dict[tuple[str, str], Change] = {}
    for change in wanted:
        if change.new:
            made.append(change)
            continue
        before = rows.get((change.table, change.key))
        if before is None:
            rows[change.table, change.key] = Change(change.table, change.key, dict(change.values))
        else:
            _fold(before, change)
    return made, list(rows.values())


def _fold(before: Change, change: Change) -> None:
    values = before.values
    for name, value in change.values.items():
        if (change.table, name) in FIRST:
            values.setdefault(name, value)
        elif (change.table, name) in SUM:
            values[name] = (values.get(name) or 0) + (value or 0)  # type: ignore[operator]  # SUM columns are numbers
        else:
            values[name] = value
