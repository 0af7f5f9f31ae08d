"""Between a call that stopped and the call that goes on: what the centre keeps, offers, and writes down of it.

It does not know where in a flow a caller may go on (`ivr/breakpoint.py`), nor how long a memory is (`customers/`).

A breakpoint is taken out of the memory in the same turn in which it is offered, so of two calls from one number only
one is offered it. Whatever the caller answers, it is used up; if he hangs up before he answers, it is kept again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import journal.facts as facts
from customers.breakpoints import Breakpoint, read_path, read_session, write_state
from ivr import breakpoint as points
from ivr.session import Session, SessionState

if TYPE_CHECKING:
    import ivr.messages as ivr
    from switchroom.centre import Centre
    from switchroom.contact import Contact
    from switchroom.turn import Turn


def offer(centre: Centre, contact: Contact, turn: Turn) -> None:
    """Let a caller who has just come be asked whether he goes on where his last call stopped, if there is a point."""
    session = contact.session
    number = centre.plan.number(contact.context.number)
    point = centre.breakpoints.find(number, session.flow.name, turn.now)
    if point is None or not _can_land(session, point):
        return
    turn.fact(
        facts.BreakpointTaken(
            turn.now, contact.contact, point.contact, point.at, point.number, point.customer, point.flow,
            point.version, point.step, point.level, point.state, point.until,
        )
    )
    take(centre, contact, point)


def _can_land(session: Session, point: Breakpoint) -> bool:
    kept = SessionState.from_record(read_session(point.state))
    return points.land(session.flow, kept, session.state.caller) is not None


def take(centre: Centre, contact: Contact, point: Breakpoint) -> None:
    """The point is this caller's now: his session begins with the offer."""
    centre.breakpoints.drop(point.contact)
    flow, state = contact.session.flow, contact.session.state
    kept = SessionState.from_record(read_session(point.state))
    contact.taken = point
    contact.session = Session(flow, points.offered(flow, state, kept))


def ended(centre: Centre, contact: Contact, end: ivr.Resumed, turn: Turn) -> None:
    """The offer has come to its end: write it down, and show the agent what he went on with."""
    del centre
    point = contact.taken
    if point is not None:
        fact = facts.ResumeOffered(
            turn.now, contact.contact, point.contact, end.step, end.answer, end.fallen_from, end.kept
        )
        turn.fact(fact)
        answered(contact, fact)


def answered(contact: Contact, fact: facts.ResumeOffered) -> None:
    """What the end of an offer changes for the people who look at the contact."""
    point, contact.taken = contact.taken, None
    if point is not None and fact.answer == points.YES:
        contact.context = contact.context.resumed(point.contact, point.at, read_path(point.state), fact.kept)


def keep(centre: Centre, contact: Contact, when: float, turn: Turn) -> None:
    """The caller is gone since `when`, and nobody had finished with him: keep his point, if he has one."""
    if contact.taken is not None:
        point, contact.taken = contact.taken, None
        turn.fact(facts.ResumeOffered(when, contact.contact, point.contact, "", points.GONE))
        again: Breakpoint | None = replace(point, contact=contact.contact, at=when)
    else:
        again = _point(centre, contact, when)
    if again is not None and again.until > when:
        turn.fact(kept_fact(again))
        centre.breakpoints.keep(again)


def _point(centre: Centre, contact: Contact, when: float) -> Breakpoint | None:
    number, flow = centre.plan.number(contact.context.number), contact.session.flow
    kept = points.keep(flow, contact.session.state) if number else None
    if kept is None:
        return None
    state = write_state(kept.record(), contact.context.path)
    return Breakpoint(
        contact.contact, when, number, kept.caller.customer, flow.name, flow.version, kept.step, kept.level, state,
        when + flow.resume_for,
    )


def kept_fact(point: Breakpoint) -> facts.BreakpointKept:
    """A point as it is written down."""
    return facts.BreakpointKept(
        point.at, point.contact, point.number, point.customer, point.flow, point.version, point.step, point.level,
        point.state, point.until,
    )


def from_kept(fact: facts.BreakpointKept) -> Breakpoint:
    """A point as it was written down when it was kept ..."""
    return Breakpoint(
        fact.contact, fact.at, fact.number, fact.customer, fact.flow, fact.version, fact.step, fact.level, fact.state,
        fact.until,
    )


def from_taken(fact: facts.BreakpointTaken) -> Breakpoint:
    """... and when it was taken."""
    return Breakpoint(
        fact.earlier, fact.kept_at, fact.number, fact.customer, fact.flow, fact.version, fact.step, fact.level,
        fact.state, fact.until,
    )


# ── after a start ───────────────────────────────────────────────────────────────────────────────────────────────────


def since(centre: Centre, now: float) -> float:
    """Calls that ended before are of no use to any flow any more."""
    longest = max((flow.resume_for for flow in centre.plan.floor.flows.values()), default=0)
    return now - longest


def remember(centre: Centre, told: Iterable[object]) -> None:
    """Fill the memory from the journal: the points that were kept and not taken. `told` in journal order."""
    for fact in told:
        if isinstance(fact, facts.BreakpointKept):
            centre.breakpoints.keep(from_kept(fact))
        elif isinstance(fact, facts.BreakpointTaken):
            centre.breakpoints.drop(fact.earlier)
