"""What must hold on any floor on any day, checked from the facts and the centre alone (reliability I2-I10)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from talk_invariants import Broken, check_talks, closes, holds, what

import journal.facts as facts
import journal.talk_facts as told_of
from switchroom.centre import Centre
from switchroom.contact import Place
from switchroom.recovery import restore

__all__ = ["Broken", "check_all", "check_restored", "holds"]


def check_contacts(told: list) -> None:
    """I2, I3, I10: one end each, in order, counted from the first time he asked."""
    ends: dict[str, facts.CallEnded] = {}
    started: dict[str, float] = {}
    last: dict[str, float] = {}
    asked: dict[str, float] = {}
    for fact in told:
        contact = getattr(fact, "contact", "")
        if not contact:
            continue
        if isinstance(fact, facts.CallStarted):
            holds(contact not in started, "I2 a contact starts once", fact)
            started[contact] = fact.at
        if not isinstance(fact, facts.RecordingKept):
            holds(contact in started and contact not in ends, "I3 nothing before the start or after the end", fact)
            holds(fact.at >= last.get(contact, 0.0), "I3 times never decrease", fact)
            last[contact] = fact.at
        if isinstance(fact, facts.CallEnded):
            ends[contact] = fact
        if isinstance(fact, facts.CallerQueued):
            is_back = contact.startswith("B-")  # a call-back keeps the place that the caller had
            first = asked.setdefault(contact, fact.asked_at if is_back else fact.at)
            holds(fact.asked_at == first, "I10 the clock starts once", fact)
        if isinstance(fact, facts.AgentAnswered):
            holds(abs(fact.waited - (fact.at - asked[contact])) < 1e-6, "I10 waited since the first request", fact)
    holds(started.keys() == ends.keys(), "I2 every contact ends", started.keys() - ends.keys())


def check_outcomes(told: list) -> None:
    """I2: the one outcome is what happened."""
    answered = {f.contact for f in told if isinstance(f, facts.AgentAnswered)}
    queued = {f.contact for f in told if isinstance(f, facts.CallerQueued)}
    for fact in told:
        if isinstance(fact, facts.CallEnded):
            holds((fact.outcome == "answered") == (fact.contact in answered), "I2 answered means answered", fact)
            if fact.outcome in ("abandoned", "flowed_out"):
                holds(fact.contact in queued, "I2 only who asked can abandon", fact)


def check_offers(told: list, group: int = 1) -> None:
    """I4, I5: an agent has one offer or talk at a time, made while he was ready; a call or consult has one agent.

    `group`: at so many a call may ring at once.
    """
    state: dict[str, str] = defaultdict(lambda: "offline")
    busy_with: dict[str, str] = {}
    rung_for: dict[str, set[str]] = defaultdict(set)
    for fact in told:
        if isinstance(fact, facts.AgentChanged):
            if fact.state == "offered":
                holds(state[fact.agent] == "ready", "I5 only the ready are offered", fact, state[fact.agent])
            state[fact.agent] = fact.state
        elif isinstance(fact, facts.OfferMade):
            holds(fact.agent not in busy_with, "I4 one call an agent", fact, busy_with.get(fact.agent))
            holds(len(rung_for[what(fact)]) < group, "I4 one agent a call", fact, rung_for[what(fact)])
            busy_with[fact.agent] = fact.offer
            rung_for[what(fact)].add(fact.offer)
        elif isinstance(fact, facts.OfferClosed | facts.TalkEnded | told_of.ConsultEnded) and closes(fact, told):
            holds(busy_with.pop(fact.agent, "") == fact.offer, "I4 what is closed was open", fact)
            holds(fact.offer in rung_for[what(fact)], "I4 what is closed was open", fact)
            rung_for[what(fact)].discard(fact.offer)
    holds(not busy_with and not any(rung_for.values()), "I4 nothing stays open", busy_with, rung_for)


def check_all(told: list, group: int = 1) -> None:
    check_talks(told)
    check_contacts(told)
    check_outcomes(told)
    check_offers(told, group)


def state_of(centre: Centre) -> dict[str, object]:
    """All of a centre that must survive its death. Phones are known again after the first survey."""
    snapshot = centre.router.snapshot()
    return {
        "contacts": {name: _contact(contact) for name, contact in centre.contacts.items()},
        "agents": [replace(agent, node="") for agent in snapshot.agents],
        "waiting": [replace(contact, widens_at=0.0) for contact in snapshot.contacts],
        "offers": [offer for offer in snapshot.offers if offer.state in ("pending", "accepted")],
    }


def _contact(contact) -> tuple:
    open_offer = (contact.offer, contact.agent, contact.recording) if contact.offer else ()
    rings = {leg: (ring.agent, ring.recording, ring.rang) for leg, ring in contact.rings.items()}
    back = contact.back if contact.place is Place.RETURNING else ""
    talk = replace(contact.stand, since=0.0)
    return (
        talk, contact.stays,
        contact.place, contact.session.state, contact.context, contact.reached, contact.answered_at, contact.offers,
        open_offer, rings, back,
    )


def check_restored(live: Centre, again: Centre, told: list) -> None:
    """A new centre, told the facts alone, is the same centre."""
    restore(again, told)
    one, other = state_of(live), state_of(again)
    for part, value in one.items():
        holds(value == other[part], f"restored {part} equal the live ones", value, other[part])
