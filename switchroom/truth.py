"""Comparing what the centre believes with what a node says: events are hints, the channel list is the truth.

It does not know how the list was asked for. It runs after every login to a node and every ten seconds, and closes the
gap by telling the centre what it missed, with the times that Asterisk itself kept.

The list is a little old when it comes: whatever began within `GRACE` seconds before the question may rightly be
missing, so only older things are judged. A leg that nobody offered is dropped; a caller that nobody knows and who
waits in the music is brought to our door; one who came and went unseen is counted by the last words that he left. An
offer whose leg is nowhere was never placed, or ended unheard: which of the two cannot be known, so it is closed as
`unknown` and the caller goes to the head, never rung twice at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
from cti import ids
from switchroom import calling_back, dial_line, door, doubts, reached, staff, talk_truth
from switchroom.contact import Contact, Place
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

GRACE = 2.0
FETCHED = {Place.RETURNING, Place.OUTSIDE}  # they belong to our door
HEARD = 60.0  # seconds by which a node's clock may be behind ours


def compare(centre: Centre, told: cti.NodeSurveyed, turn: Turn) -> None:
    """Bring the centre in line with one node's channel list."""
    calls = {seen.call: seen for seen in told.calls}
    legs = frozenset(seen.leg for seen in told.legs)
    ends = {end.call: end for end in told.ended}
    reached.compare(centre, told, turn)
    calling_back.compare(
        centre, told, lambda c, leg: _Leg(leg in legs, told.asked_at).missing_since(c.begun(leg)), turn
    )
    for contact in [c for c in centre.contacts.values() if c.node == told.node and c.line]:
        seen = calls.get(contact.call)
        if seen is not None:
            contact.missed_at = 0.0
            if contact.place is Place.TALKING:
                talk_truth.compare(centre, contact, seen, told, turn)
            else:
                _compare_caller(centre, contact, seen, _Legs(legs, told.asked_at), turn)
        else:
            _caller_gone(centre, contact, ends.get(contact.call), told.asked_at, turn)
    dial_line.compare(centre, told, turn)
    for end in told.ended:
        if centre.caller(end.call) is None and (end.at or 0.0) > centre.heard_until - HEARD:
            never_met(centre, end, turn)
    _drop_strays(centre, told, turn)
    if told.reachable_phones is not None:
        _phones(centre, told, turn)


def begin(centre: Centre, now: float) -> None:
    """There was no server before: who ended before now is nobody's, who ends unmet from now on is ours."""
    centre.heard_until = now + HEARD


def never_met(centre: Centre, end: cti.CallEnded, turn: Turn) -> None:
    """Count a call that ended before it stood at our door: nobody was there, or he was quicker than we."""
    if cti.is_dialled(end.call):
        dial_line.gone_unmet(centre, end, turn)
        return
    if end.call in centre.closed or not end.called or reached.of_call_back(end.leg):
        return
    when = end.at or turn.now
    past = Turn(min(end.began_at or when, when))
    contact = door.let_in(centre, cti.CallerArrived(end.node, end.call, end.number, "", end.called), past)
    turn.effects += past.effects
    centre.close(contact, end, when, turn)


def has_restarted(centre: Centre, found: cti.NodeFound) -> bool:
    """Whether a node booted after a call of ours began. Its survey closes that call, which may have ended before."""
    centre.booted[found.node] = found.booted_at
    return any(_outlived(centre, contact) for contact in centre.contacts.values() if contact.node == found.node)


def _outlived(centre: Centre, contact: Contact) -> bool:
    """Whether the contact's node is a younger Asterisk than his call."""
    return bool(contact.line) and contact.on_line_since < centre.booted.get(contact.node, 0.0)


def _lost(centre: Centre, contact: Contact, turn: Turn) -> None:
    """His Asterisk died under him: whatever he was doing, but for a talk that he had."""
    outcome = "" if contact.reached == "answered" or contact.place is Place.TALKING else "lost"
    centre.close(contact, cti.CallEnded(contact.node, contact.call, 0), turn.now, turn, outcome)


def _settled(contact: Contact, asked_at: float) -> bool:
    return contact.on_line_since < asked_at - GRACE


def _caller_gone(
    centre: Centre, contact: Contact, end: cti.CallEnded | None, asked_at: float, turn: Turn
) -> None:
    """His channel is not in the list; `end` is what the node remembers of it."""
    if end is not None:
        queued = contact.asked.at if contact.asked is not None else 0.0  # by us, who had not heard of his end
        latest = max(end.at or asked_at, contact.context.started_at, contact.answered_at, queued)
        centre.close(contact, end, latest, turn)
    elif _outlived(centre, contact):
        _lost(centre, contact, turn)
    elif _settled(contact, asked_at):
        _caller_missing(centre, contact, asked_at, turn)


def _caller_missing(centre: Centre, contact: Contact, asked_at: float, turn: Turn) -> None:
    """No channel, and no word of its end: that may be on its way, with what became of him, or remembered there."""
    if not contact.missed_at:
        contact.missed_at = asked_at
        doubts.doubt(centre, contact.node, turn)
    elif contact.missed_at < asked_at - GRACE:
        centre.close(contact, cti.CallEnded(contact.node, contact.call, 0), turn.now, turn)


@dataclass(frozen=True, slots=True)
class _Leg:
    """The leg of a contact's offer in a survey: whether it is in the list, and when the list was asked for."""

    lives: bool
    asked_at: float

    def missing_since(self, begun: float) -> bool:
        """Whether it should be in the list and is not."""
        return not self.lives and begun < self.asked_at - GRACE


@dataclass(frozen=True, slots=True)
class _Legs:
    """All legs in a survey."""

    alive: frozenset[str]
    asked_at: float

    def of(self, leg: str) -> _Leg:
        return _Leg(leg in self.alive, self.asked_at)


def _compare_caller(centre: Centre, contact: Contact, seen: cti.SeenCall, legs: _Legs, turn: Turn) -> None:
    if _is_lost(contact, seen, legs.asked_at):
        turn.ask(cti.FetchCaller(contact.node, contact.call))
    elif contact.place is Place.WAITING and contact.rings:
        _compare_ringing(centre, contact, seen, legs, turn)
    elif contact.place is Place.ENDING and seen.place != "flow":
        turn.ask(cti.EndCall(contact.node, contact.call))


def _is_lost(contact: Contact, seen: cti.SeenCall, asked_at: float) -> bool:
    """Whether he hears music, or is alone in a conference's room, and belongs to our door: nobody has fetched him."""
    if contact.stand.since > asked_at - GRACE:
        return False
    if contact.place is Place.WAITING:
        return seen.place == "room"
    has_not_begun = contact.place is Place.FLOW and not contact.session.state.step
    return (contact.place in FETCHED or has_not_begun) and seen.place in {"hold", "room"}


def _compare_ringing(centre: Centre, contact: Contact, seen: cti.SeenCall, legs: _Legs, turn: Turn) -> None:
    """One of those who were rung has answered, or some of their legs are nowhere."""
    if seen.leg in contact.rings:
        _compare_answered(centre, contact, seen, legs.of(str(seen.leg)), turn)
        return  # if they are not bridged yet they will be: nobody else is to be rung for him
    for leg, ring in [*contact.rings.items()]:
        if leg in contact.rings and leg != seen.leg and legs.of(leg).missing_since(ring.offered_at):
            centre.route(acd.OfferFailed(acd.OfferId(leg), "unknown"), turn)


def _compare_answered(centre: Centre, contact: Contact, seen: cti.SeenCall, leg: _Leg, turn: Turn) -> None:
    """The agent answered. Between his answer and the bridge the list shows no talk yet: that is no end of one.

    A caller who stands at our door after it has talked.
    """
    answered = str(seen.leg)
    back = seen.place == "flow" and not leg.lives
    over = back or (seen.place != "talk" and leg.missing_since(seen.answered_at or contact.begun(answered)))
    if seen.place == "talk" or over:
        centre.talk_began(answered, seen.answered_at or leg.asked_at, turn)
    if over:
        centre.talk_ended(contact, "unknown", turn)


def _drop_strays(centre: Centre, told: cti.NodeSurveyed, turn: Turn) -> None:
    for leg in told.legs:
        contact = centre.contacts.get(ids.call_of(leg.leg))
        if contact is None or leg.leg not in contact.legs():
            turn.ask(cti.DropLeg(told.node, leg.leg, leg.call))
    for call in told.calls:
        if centre.caller(call.call) is None and call.place == "hold":
            turn.ask(cti.FetchCaller(told.node, call.call))


def _phones(centre: Centre, told: cti.NodeSurveyed, turn: Turn) -> None:
    reachable = frozenset(told.reachable_phones or ())
    for agent in centre.plan.agents_on(told.node):
        staff.phone_seen(centre, agent, agent.phone in reachable, turn)
