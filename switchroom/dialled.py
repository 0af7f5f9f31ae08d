"""Customers whom we have called, as contacts: from the answer to the last second.

It does not know why anybody was called (`outbound/`), nor how an agent is chosen (the router does).

    CallerArrived    he has answered, and stands at our door: his contact is opened with his card
    FindAgent        he waits, before everybody else, for two seconds at the most
    MakeOffer        the agent's screen shows his card, then the agent's phone answers by itself
    GiveMessage      nobody was free: he hears who called; or a machine, or a campaign without agents, is spoken to
    after the talk   his call ends; nobody goes through a flow whom we have called

His flow is what he would hear if no agent were free. It is named in `CallStarted`, so his contact is rebuilt like any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import ivr.messages as ivr
import journal.facts as facts
import journal.outbound_facts as made
from acd.agents import AgentState
from customers.card import Card
from customers.context import Context
from ivr.session import Session, first_state
from outbound.messages import EndAttempt, FindAgent, GiveMessage
from switchroom import standing, waiting, way
from switchroom.contact import Contact, Place

if TYPE_CHECKING:
    from outbound.attempts import Attempt
    from switchroom.centre import Centre
    from switchroom.turn import Turn

BEFORE_ALL = 100  # the priority of one who must not wait; flows ask for 9 at the most
LATE = "late"  # why he left the queue: no agent in time


def open_contact(centre: Centre, attempt: Attempt, told: cti.CallerArrived, turn: Turn) -> Contact:
    """He, or something, has answered."""
    run = centre.outbound.dialler.campaigns[attempt.campaign]
    name = run.campaign.machine if told.heard == "machine" and run.campaign.machine else run.campaign.message
    flow = centre.plan.flow_named(name, told.called)
    lead, who = attempt.lead, centre.plan.customer(attempt.number)
    language = lead.language if lead.language in flow.languages else flow.languages[0]
    started = facts.CallStarted(
        turn.now, told.call, told.call, told.node, attempt.number, lead.name, told.called, flow.name, flow.version,
        language, who.customer, lead.name or who.name, lead.segment or who.segment,
    )
    turn.fact(started)
    answered = told.opened_at or told.greeted_at or turn.now
    turn.fact(made.CustomerHeard(turn.now, told.call, told.heard, answered, told.greeted_at or turn.now))
    return opened(centre, started)


def opened(centre: Centre, started: facts.CallStarted) -> Contact:
    """The contact that this fact tells of, live and after a start."""
    edition = centre.editions.of_call(started.flow, started.version)
    flow = edition.plan.flow_named(started.flow, started.called)
    who = centre.plan.customer(started.number)
    state = first_state(flow, centre.plan.caller(started.number, started.name, started.called, who))
    if started.language in flow.languages:
        state = state.changed(language=started.language)
    context = Context(
        contact=started.contact, number=started.number, name=started.name, called=started.called, flow=flow.name,
        language=started.language, started_at=started.at, customer=started.customer,
        customer_name=started.customer_name, segment=started.segment,
        earlier=centre.history.earlier(started.customer or started.number),
        household=standing.household_of(centre, started.customer), card=card_of(centre, started.contact),
    )
    contact = Contact(
        started.contact, cti.CallId(started.call), cti.NodeId(started.node), Session(flow, state), context, edition
    )
    centre.contacts[started.contact] = contact
    return contact


def card_of(centre: Centre, name: str) -> Card | None:
    """What his agent will see of him."""
    attempt = centre.outbound.attempt(name)
    if attempt is None:
        return None
    run = centre.outbound.dialler.campaigns.get(attempt.campaign)
    script = tuple(sorted(run.campaign.script.items())) if run is not None else ()
    results = run.campaign.results if run is not None else ()
    lead = attempt.lead
    return Card(name, attempt.campaign, lead.lead, attempt.tries, lead.fields, script, results)


# ── at the door ─────────────────────────────────────────────────────────────────────────────────────────────────────


def returned(centre: Centre, contact: Contact, turn: Turn) -> None:
    """He is back: from a queue where nobody was free, or from a talk. Who called us goes on in his flow.

    Of those whom we called, for whom nobody was free hears his flow; one who rang back, the flow of the number that he
    called. One who was passed on to another flow goes on in it. For anybody else the talk was all: his call ends.
    """
    called_us = contact.context.card is None and not contact.context.callback
    if called_us or contact.session.state.step:
        way.return_to_flow(centre, contact, turn)
    elif contact.back != "answered":
        contact.place = Place.FLOW
        way.go_on(centre, contact, ivr.CallerCame(), turn)
    else:
        turn.ask(cti.EndCall(contact.node, contact.call))


def find_agent(centre: Centre, found: FindAgent, turn: Turn) -> None:
    """He asks for a person, whom he does not know yet."""
    contact = centre.contacts.get(found.attempt)
    if contact is None:
        return
    patience = max(0.5, found.by - turn.now)
    wanted = (acd.Wanted(acd.AgentId(found.agent), patience, fit=False),) if _is_at_hand(centre, found) else ()
    contact.context = contact.context.queued(found.queue, turn.now)
    contact.place, contact.priority = Place.WAITING, BEFORE_ALL
    segment = contact.context.segment
    fact = facts.CallerQueued(
        turn.now, contact.contact, found.queue, (), BEFORE_ALL, turn.now, 0.0, "", segment,
        tuple((one.agent, one.patience, one.fit) for one in wanted), BEFORE_ALL, at_head=True,
    )
    contact.stayed(fact)
    turn.fact(fact)
    contact.at_door = True
    if found.queue in centre.plan.queues:
        centre.route(
            acd.ContactArrived(
                acd.ContactId(contact.contact), contact.node, found.queue, (), BEFORE_ALL, turn.now, at_head=True,
                made=contact.offers, segment=segment, wanted=wanted, singly=True,
            ),
            turn,
        )
    contact.at_door = False
    waiting.hold(centre, contact, turn)


def _is_at_hand(centre: Centre, found: FindAgent) -> bool:
    """Whether his own agent is kept for him, or free: nobody else has him then. Else nobody is waited for."""
    record = centre.router.agents().get(acd.AgentId(found.agent))
    if record is None or record.node != centre.contacts[found.attempt].node or found.agent not in centre.plan.agents:
        return False
    is_kept = record.state is AgentState.DIALLING and record.offer == found.attempt
    return is_kept or record.state is AgentState.READY


def give_message(centre: Centre, given: GiveMessage, turn: Turn) -> None:
    """He hears his flow: at the door at once, or fetched out of the queue."""
    contact = centre.contacts.get(given.attempt)
    if contact is None:
        return
    if contact.place is Place.WAITING:
        _out_of_the_queue(centre, contact, turn)
        contact.place, contact.back = Place.RETURNING, LATE
        turn.ask(cti.FetchCaller(contact.node, contact.call))
    elif contact.place is Place.FLOW:
        way.go_on(centre, contact, ivr.CallerCame(), turn)


def end_attempt(centre: Centre, ended: EndAttempt, turn: Turn) -> None:
    """Hang up, wherever he is, or while it still rings."""
    contact = centre.contacts.get(ended.attempt)
    if contact is None:
        node = centre.outbound.nodes.get(ended.attempt)
        if node is not None:
            turn.ask(cti.EndCall(node, cti.CallId(ended.attempt)))
        return
    if contact.place is Place.WAITING:
        _out_of_the_queue(centre, contact, turn)
    contact.place = Place.ENDING
    turn.ask(cti.EndCall(contact.node, contact.call))


def _out_of_the_queue(centre: Centre, contact: Contact, turn: Turn) -> None:
    centre.route(acd.ContactLeft(acd.ContactId(contact.contact)), turn)
    waited = turn.now - contact.context.asked_at
    turn.fact(facts.CallerLeftQueue(turn.now, contact.contact, contact.context.queue, LATE, waited))
    contact.reached = contact.reached or "flowed_out"
