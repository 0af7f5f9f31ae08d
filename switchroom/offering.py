"""What the router answers about callers, carried out: an agent is rung, or no more; a caller is let go; an agent moves.

It does not know why the router decides so. The screen comes before the ring, and each answer is a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from recordings.naming import recording_path
from recordings.policy import is_recorded
from switchroom import callbacks
from switchroom.contact import Place, Ring

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn


def _make_offer(centre: Centre, made: acd.MakeOffer, turn: Turn) -> None:
    contact = centre.contacts[made.contact]
    queue, agent = centre.plan.queues[contact.context.queue], centre.plan.agents[made.agent]
    kept = is_recorded(contact.contact, float(queue.record))
    recording = recording_path(made.offer, turn.now) if kept else ""
    contact.rings[made.offer] = Ring(made.agent, turn.now, recording)
    contact.offers += 1
    turn.fact(
        facts.OfferMade(
            turn.now, contact.contact, made.offer, made.agent, contact.node, made.until, recording, made.reason,
            contact.context.queue,
        )
    )
    turn.ask(desk.ShowContact(made.agent, made.offer, made.until, contact.context))
    turn.ask(
        cti.RingAgent(
            contact.node, cti.LegId(made.offer), contact.call, agent.phone, made.until - turn.now,
            contact.context.number, contact.context.customer_name or contact.context.name, recording,
            contact.to_dial, dial_from=contact.context.called if contact.to_dial else "",
            round=contact.stays, at_once=cti.is_dialled(contact.contact),
        )
    )


def _withdraw_offer(centre: Centre, answer: acd.WithdrawOffer, turn: Turn) -> None:
    contact = centre.contacts.get(answer.contact)
    if contact is not None:
        turn.ask(cti.DropLeg(contact.node, cti.LegId(answer.offer), contact.line))


def _offer_closed(centre: Centre, answer: acd.OfferClosed, turn: Turn) -> None:
    turn.fact(facts.OfferClosed(turn.now, answer.contact, answer.offer, answer.agent, answer.outcome))
    turn.ask(desk.ClearContact(answer.agent, answer.offer, answer.outcome))
    contact = centre.contacts.get(answer.contact)
    if contact is not None:
        contact.rings.pop(answer.offer, None)


def _release_contact(centre: Centre, answer: acd.ReleaseContact, turn: Turn) -> None:
    contact = centre.contacts[answer.contact]
    if cti.is_dialled(contact.contact) and contact.context.card is not None and not contact.reached:
        return  # he hears music for the rest of his two seconds; then the message
    if contact.to_dial:
        callbacks.released(centre, contact, answer.why, turn)
        return
    waited = turn.now - contact.context.asked_at
    contact.place, contact.back = Place.RETURNING, answer.why
    contact.reached = contact.reached or "flowed_out"
    turn.fact(facts.CallerLeftQueue(turn.now, contact.contact, answer.queue, answer.why, waited))
    if not contact.at_door:
        turn.ask(cti.FetchCaller(contact.node, contact.call))


def _contact_widened(centre: Centre, wider: acd.ContactWidened, turn: Turn) -> None:
    del centre
    turn.fact(facts.CallerWidened(turn.now, wider.contact, wider.queue, wider.stage, wider.only))


def _agent_moved(centre: Centre, moved: acd.AgentMoved, turn: Turn) -> None:
    centre.since[moved.agent] = turn.now
    turn.fact(
        facts.AgentChanged(
            turn.now, moved.agent, moved.state, moved.reason, moved.until, moved.offer, moved.idle_since,
            moved.then, moved.then_reason, moved.misses, moved.calls, moved.rung_at,
        )
    )


ANSWERS: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {
    acd.MakeOffer: _make_offer,
    acd.WithdrawOffer: _withdraw_offer,
    acd.OfferClosed: _offer_closed,
    acd.ReleaseContact: _release_contact,
    acd.AgentMoved: _agent_moved,
    acd.ContactWidened: _contact_widened,
}
