"""Whom an agent asks about the caller he has: another agent, whoever serves a queue, a number outside.

It does not know what the agent wishes next (`switchroom/talks.py`), nor how the two are bridged.

To the router a consult is a contact of its own, `Q1-CONTACT`, so who is asked is found, shown the caller and rung by
the ordinary machinery; every fact carries the caller's own contact. Its leg bridges with the asking agent's leg. A
number outside is rung without the router, on a leg of the same kind of name.

When the consult comes to nothing, the caller is still on hold and the agent still has him. An agent who was asked for
by name is rung once; in a queue one after the other is, until the agent cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.moves as moves
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
import journal.talk_facts as told_of
import recordings.messages as rec
from cti import ids
from desk.talk_vocabulary import AgentAskedConsult, Kind
from recordings.naming import recording_path
from recordings.policy import is_recorded
from switchroom import hold, targets
from switchroom.contact import Contact
from switchroom.talk import Consult, NotNow, Standing, Step
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

RING_OUTSIDE = 30.0  # seconds
PATIENCE = 86_400.0  # seconds: the agent who asks cancels before
NOBODY_ELSE = (("(nobody else)", 1),)  # a skill that nobody has: only who is wanted whatever his skills is offered it
GOES_ON = frozenset({Kind.QUEUE})  # where one after the other is rung


# ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(centre: Centre, told: AgentAskedConsult, turn: Turn) -> None:
    """An agent wants to ask somebody. Raises `Refused` with what would help."""
    contact = targets.of_agent(centre, told.agent, told.contact)
    if contact is None:
        raise desk.Refused("you have passed this caller on already")
    if told.kind is Kind.FLOW:
        raise desk.Refused("a flow cannot be asked; transfer the caller to it")
    open_now = contact.stand.consult
    if open_now is not None and (open_now.kind, open_now.target) != (told.kind, told.target):
        raise desk.Refused(f"you are asking {open_now.target} already; cancel that first")
    targets.check_target(centre, contact, told.kind, told.target)
    try:
        if not contact.stand.step(Step.CONSULT, turn.now):
            return
    except NotNow as fault:
        raise desk.Refused(str(fault)) from fault
    hold.begin(contact, turn)
    turn.ask(moves.PutOnHold(contact.node, contact.call, cti.LegId(contact.offer), ringing=True))
    _begin(centre, contact, told, turn)


def _begin(centre: Centre, contact: Contact, told: AgentAskedConsult, turn: Turn) -> None:
    talk, outside = contact.stand, told.kind is Kind.OUTSIDE
    queue = told.target if told.kind is Kind.QUEUE else contact.context.queue
    if told.kind is Kind.AGENT:
        queue = targets.queue_of(centre, contact, told.target)
    name = ids.consult_name(contact.contact, talk.consults + 1)
    leg = f"{name}.1" if outside else ""
    fact = told_of.ConsultAsked(
        turn.now, contact.contact, contact.offer, contact.agent, talk.consults + 1, told.kind, told.target, queue, leg,
        _recording(centre, contact, leg, turn.now) if outside else "",
    )
    turn.fact(fact)
    consult = opened(contact, fact)
    if outside:
        turn.ask(
            cti.RingAgent(
                contact.node, cti.LegId(leg), cti.CallId(contact.offer), told.target, RING_OUTSIDE,
                contact.context.called, "", consult.recording, round=talk.consults, outside=True,
            )
        )
    else:
        centre.route(arrival(contact, consult), turn)


def opened(contact: Contact, fact: told_of.ConsultAsked) -> Consult:
    """Note whom the agent asks. Told again by recovery."""
    name = ids.consult_name(contact.contact, fact.number)
    consult = Consult(
        name, fact.kind, fact.target, fact.queue, fact.leg, recording=fact.recording,
        rung_at=fact.at if fact.leg else 0.0,
    )
    contact.stand.consult, contact.stand.consults = consult, fact.number
    return consult


def arrival(contact: Contact, consult: Consult) -> acd.ContactArrived:
    """What the router is told of a consult: it goes before those who wait, for two people do."""
    only = consult.kind == Kind.AGENT
    wanted = (acd.Wanted(acd.AgentId(consult.target), PATIENCE, fit=False),) if only else ()
    priority = contact.asked.priority if contact.asked else 0
    return acd.ContactArrived(
        acd.ContactId(consult.name), contact.node, consult.queue, NOBODY_ELSE if only else (), priority,
        contact.context.asked_at, at_head=True, segment=contact.context.segment, wanted=wanted, singly=True,
    )


def _recording(centre: Centre, contact: Contact, leg: str, now: float) -> str:
    queue = centre.plan.queues[contact.context.queue]
    return recording_path(leg, now) if is_recorded(contact.contact, float(queue.record)) else ""


# ── what the router answers for it ──────────────────────────────────────────────────────────────────────────────────


def owner(centre: Centre, name: str) -> tuple[Contact, Consult] | None:
    """The contact whose open consult the router, or a leg, calls so."""
    contact = centre.contacts.get(name.partition("-")[2])
    consult = contact.stand.consult if contact is not None else None
    return (contact, consult) if contact is not None and consult is not None and consult.name == name else None


def _make_offer(centre: Centre, made: acd.MakeOffer, turn: Turn) -> None:
    found = owner(centre, made.contact)
    if found is None:
        return
    contact, consult = found
    recording = _recording(centre, contact, made.offer, turn.now)
    fact = facts.OfferMade(
        turn.now, contact.contact, made.offer, made.agent, contact.node, made.until, recording, made.reason,
        consult.queue,
    )
    turn.fact(fact)
    rung(consult, fact)
    context, agent = contact.context, centre.plan.agents[made.agent]
    turn.ask(desk.ShowContact(made.agent, made.offer, made.until, context, contact.agent))
    turn.ask(
        cti.RingAgent(
            contact.node, cti.LegId(made.offer), cti.CallId(contact.offer), agent.phone, made.until - turn.now,
            context.number, context.customer_name or context.name, recording, round=contact.stand.consults,
        )
    )


def rung(consult: Consult, fact: facts.OfferMade) -> None:
    """Somebody is rung for it. Told again by recovery."""
    consult.leg, consult.agent, consult.recording = fact.offer, fact.agent, fact.recording
    consult.rung_at, consult.rang = fact.at, False


def _withdraw_offer(centre: Centre, answer: acd.WithdrawOffer, turn: Turn) -> None:
    contact = centre.contacts.get(ids.call_of(answer.offer))
    if contact is not None:
        turn.ask(cti.DropLeg(contact.node, cti.LegId(answer.offer)))


def _offer_closed(centre: Centre, answer: acd.OfferClosed, turn: Turn) -> None:
    name = ids.call_of(answer.offer)
    turn.fact(facts.OfferClosed(turn.now, name, answer.offer, answer.agent, answer.outcome))
    turn.ask(desk.ClearContact(answer.agent, answer.offer, answer.outcome))
    found = owner(centre, answer.contact)
    if found is not None and found[1].leg == answer.offer:
        closed(found[1])
        if found[1].kind not in GOES_ON:
            centre.parting[found[0].contact] = answer.outcome


def closed(consult: Consult) -> None:
    """Nobody is rung for it now. Told again by recovery."""
    consult.leg = consult.agent = consult.recording = ""


def _release_contact(centre: Centre, answer: acd.ReleaseContact, turn: Turn) -> None:
    del turn
    found = owner(centre, answer.contact)
    if found is not None:
        centre.parting[found[0].contact] = answer.why


def _contact_widened(centre: Centre, wider: acd.ContactWidened, turn: Turn) -> None:
    found = owner(centre, wider.contact)
    if found is not None:
        turn.fact(told_of.ConsultWidened(turn.now, found[0].contact, wider.stage, wider.only))


ANSWERS: dict[type, Callable[..., None]] = {
    acd.MakeOffer: _make_offer,
    acd.WithdrawOffer: _withdraw_offer,
    acd.OfferClosed: _offer_closed,
    acd.ReleaseContact: _release_contact,
    acd.ContactWidened: _contact_widened,
}


def settle(centre: Centre, turn: Turn) -> None:
    """End the consults that have come to nothing. Only after everything that the router answered has been done."""
    while centre.parting:
        name, why = centre.parting.popitem()
        contact = centre.contacts.get(name)
        if contact is not None and contact.stand.standing is Standing.ASKING:
            contact.stand.step(Step.PARTED, turn.now)
            part(centre, contact, why, turn)
            turn.ask(moves.Keep(contact.node, cti.LegId(contact.offer)))


# ── its leg ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_leg(centre: Centre, leg: str) -> tuple[Contact, Consult] | None:
    """The contact and its consult whose leg this is."""
    found = owner(centre, leg.rpartition(".")[0])
    return found if found is not None and found[1].leg == leg else None


def leg_rang(centre: Centre, leg: str, turn: Turn) -> None:
    """His phone rings."""
    found = of_leg(centre, leg)
    if found is not None and not found[1].rang and found[1].agent:
        contact, consult = found
        consult.rang = True
        turn.fact(facts.AgentRang(turn.now, contact.contact, leg, consult.agent))


def met(centre: Centre, leg: str, turn: Turn) -> bool:
    """He has answered: the two speak. False when this leg is no consult's that is still wanted."""
    found = of_leg(centre, leg)
    if found is None:
        return False
    contact, consult = found
    if contact.stand.standing is Standing.ASKING:
        contact.stand.step(Step.MET, turn.now)
        consult.began_at = turn.now
        turn.fact(told_of.ConsultBegan(turn.now, contact.contact, leg, consult.agent, contact.agent))
        if consult.kind != Kind.OUTSIDE:
            centre.route(acd.OfferAccepted(acd.OfferId(leg)), turn)
    return True


def leg_ended(centre: Centre, leg: str, why: str, turn: Turn) -> None:
    """His leg is gone: he would not, could not, or has had enough."""
    found = of_leg(centre, leg)
    if found is None:
        return
    contact, consult = found
    if contact.stand.standing is Standing.ASKING and consult.kind != Kind.OUTSIDE:
        centre.route(acd.OfferFailed(acd.OfferId(leg), why), turn)
        return
    asking = contact.stand.standing is Standing.ASKING
    contact.stand.step(Step.PARTED, turn.now)
    part(centre, contact, why if asking else "left", turn)
    if asking:
        turn.ask(moves.Keep(contact.node, cti.LegId(contact.offer)))


def part(centre: Centre, contact: Contact, why: str, turn: Turn, when: float | None = None) -> None:
    """The consult is over, if there is one: note it, free who was asked, drop his leg."""
    consult = contact.stand.consult
    if consult is None:
        return
    at = when or turn.now
    contact.stand.consult = None
    centre.parting.pop(contact.contact, None)
    talked = max(0.0, at - consult.began_at) if consult.began_at else 0.0
    turn.fact(told_of.ConsultEnded(at, contact.contact, consult.leg, consult.agent, why, talked))
    if consult.recording and consult.began_at:
        turn.ask(rec.KeepRecording(contact.contact, consult.leg, consult.recording, talked))
    if consult.leg and (consult.began_at or consult.kind == Kind.OUTSIDE):
        turn.ask(cti.DropLeg(contact.node, cti.LegId(consult.leg)))
    if consult.kind != Kind.OUTSIDE:
        talked_with = acd.TalkOver(acd.OfferId(consult.leg))
        centre.route(talked_with if consult.began_at else acd.ContactLeft(acd.ContactId(consult.name)), turn)
    if consult.agent and consult.began_at:
        turn.ask(desk.ClearContact(consult.agent, consult.leg, why))
