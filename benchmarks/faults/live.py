"""What must hold of the living centre: who waits and who is free, what a node shows, what a successor would hold.

It does not know the router's indexes: it asks for the records, and compares them the slow and plain way.

    I1  every caller's channel has one open record, every open record its channel
    I6  no leg without its caller                I7  no earlier caller of the same wishes is passed over
    L1  nobody waits beside a fit ready agent    F1  a successor that has read the facts is the same centre
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
import journal.facts as facts
from acd.checks import faults
from acd.house import House
from benchmarks.faults.broken import holds
from benchmarks.faults.naive import rank, serves
from cti import ids
from switchroom.contact import Place
from switchroom.simulated_talks import ROOM
from switchroom.talk import APART, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.agents import AgentRecord
    from acd.contacts import ContactRecord
    from acd.rules import QueueRules
    from benchmarks.faults.storm import Storm
    from benchmarks.faults.wires import Link
    from switchroom.centre import Centre
    from switchroom.contact import Contact
    from switchroom.simulated import Line
    from switchroom.turn import Effect

CLOSING = 10.0  # seconds for which a record may be without its channel
EDITED = 30.0  # seconds after an edit within which an offer of before may still ring
YOUNG = 4.5  # seconds within which news of a channel may be under way


class LiveState:
    """Looks at the centre of a storm."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self._house: tuple[object, House] | None = None

    # ── after each turn: what it touched ────────────────────────────────────────────────────────────────────────────

    def look_at(self, effects: list[Effect]) -> None:
        """The order of service, and nobody left waiting, among those whom this turn touched."""
        freed: set[str] = set()
        waiting: set[str] = set()
        moved: set[str] = set()
        offered: list[facts.OfferMade] = []
        for effect in effects:
            if isinstance(effect, facts.AgentChanged):
                (freed.add if effect.state == "ready" else freed.discard)(effect.agent)
            elif isinstance(effect, facts.OfferMade):
                offered.append(effect)
            elif isinstance(effect, facts.CallerQueued | facts.OfferClosed):
                waiting.add(effect.contact)
                moved |= {effect.contact, getattr(effect, "offer", "").rpartition(".")[0]}  # or the consult's own name
        for made in offered:
            if not ids.is_consult(made.offer):  # who is asked by name need not serve the caller's queue
                self._in_order(made, moved)
        if freed or waiting:
            self._nobody_left(freed, waiting)

    def _in_order(self, made: facts.OfferMade, moved: set[str]) -> None:
        """I7. Who came back to the queue in this very turn may have come after the offer."""
        router = self.storm.centre.router
        contact, agent = router.contacts().get(made.contact), router.agents().get(made.agent)
        if contact is None or agent is None:
            return
        if ids.is_dialled(made.contact) and made.agent in {one.agent for one in contact.wanted}:
            return  # an agent for whom a customer was dialled is kept for him
        rules, now = self.rules(contact.queue), self.storm.now
        for other in router.contacts().values():
            if other.state != "waiting" or other.contact in moved or not _alike(other, contact):
                continue
            earlier = rank(other, rules, now) < rank(contact, rules, now)
            holds(not (earlier and self.fits(agent, other)), "I7 nobody earlier is passed over", other, contact, agent)
        if made.contact in moved:  # closed again at once: his phone was gone
            return
        plan = self.storm.centre.plan.agents.get(agent.agent)
        fit = plan is not None and serves(plan, contact, rules) and agent.node == contact.node
        holds(fit, "I5 only the fit are offered", contact, plan, rules)

    def _nobody_left(self, freed: set[str], waiting: set[str]) -> None:
        """L1, for these agents and contacts."""
        router = self.storm.centre.router
        agents, contacts = router.agents(), router.contacts()
        for name in freed:
            agent = agents.get(name)
            if agent is None or agent.state != "ready":
                continue
            for contact in contacts.values():
                both = contact.state == "waiting" and self.fits(agent, contact)
                holds(not both, "L1 nobody waits beside a fit ready agent", contact, agent)
        for name in waiting:
            contact = contacts.get(name)
            if contact is None or contact.state != "waiting":
                continue
            for agent in agents.values():
                both = agent.state == "ready" and self.fits(agent, contact)
                holds(not both, "L1 nobody waits beside a fit ready agent", contact, agent)

    def fits(self, agent: AgentRecord, contact: ContactRecord) -> bool:
        """By the plan alone: same node, his queue, every skill at its level."""
        plan = self.storm.centre.plan.agents.get(agent.agent)
        same = bool(agent.node) and agent.node == contact.node
        return same and plan is not None and serves(plan, contact, self.rules(contact.queue))

    def rules(self, queue: str) -> QueueRules:
        """The rules of a queue as they are now."""
        return self._house_now().rules(queue)

    def _house_now(self) -> House:
        plan = self.storm.centre.plan
        if self._house is None or self._house[0] is not plan:
            self._house = (plan, House(plan.queue_rules(), plan.agent_profiles()))
        return self._house[1]

    def group_of(self, queue: str) -> int:
        """How many agents may be rung at once for a caller of this queue."""
        return self.rules(queue).group

    # ── now and then: everything ────────────────────────────────────────────────────────────────────────────────────

    def look_at_all(self) -> None:
        """The router's own naive judge over all its records (I4, I5, I9, L1)."""
        found = faults(self.storm.centre.router.snapshot(), self._house_now())
        if self.storm.now - self.storm.edited_at < EDITED:  # who was fit may be so no longer, and a group be smaller
            found = [each for each in found if "not fit" not in each and not _is_group(each)]
        holds(not found, f"{_named(found)} the records agree", *found[:3])

    def look_at_a_successor(self) -> None:
        """F1: all of the state that must survive is in the facts."""
        storm = self.storm
        again = storm._new_centre()  # noqa: SLF001 (the storm's own way to make one)
        storm._restore(again)  # noqa: SLF001 (and to fill it)
        one, other = _state_of(storm.centre), _state_of(again)
        for part, value in one.items():
            if value != other[part]:
                holds(False, "F1 a successor is the same centre", part, *_different(value, other[part]))

    # ── after a survey ──────────────────────────────────────────────────────────────────────────────────────────────

    def compare_node(self, link: Link, gone_at: Mapping[str, float]) -> None:
        """I1 and I6 of one node, a second after it was seen whole and nothing broke since."""
        storm, now = self.storm, self.storm.now
        settled = max(link.since, storm.alive_since)
        for call, line in storm.lines.items():
            began = storm.created.get(call) or line.answered_at or now  # we called him back, or he called us
            if line.node == link.node and now - max(began, settled) > CLOSING:
                contact = storm.centre.caller(call)
                holds(contact is not None and contact.node == link.node, "I1 every channel has its record", call, line)
        for contact in storm.centre.contacts.values():
            if contact.node == link.node and contact.line and contact.call not in storm.lines:
                gone = gone_at.get(contact.call, 0.0)
                holds(now - max(gone, settled) < CLOSING, "I1 every record has its channel", contact.contact, gone)
        for leg, it in storm.legs.items():
            alone = it.node == link.node and it.call not in storm.lines and it.call not in storm.legs
            alone = alone and not cti.is_call_back(it.call) and it.state != "door"
            gone = max(gone_at.get(each, 0.0) for each in (it.call, ids.call_of(it.call)))  # who asked went with him
            holds(not alone or now - gone < YOUNG, "I6 no leg without its caller", leg, it, gone)
        for contact in storm.centre.contacts.values():
            line = storm.lines.get(contact.call)
            if contact.node == link.node and contact.place is Place.TALKING and line is not None:
                moved = max(contact.stand.since, contact.answered_at, settled)
                right = _is_where_he_stands(contact, line)
                holds(now - moved < CLOSING or right, "T4 each is where his talk stands", contact, line)


def _is_where_he_stands(contact: Contact, line: Line) -> bool:
    """Whether the switch has the caller where the talk stands."""
    if contact.stand.standing in APART:
        return line.place == "hold"
    if contact.stand.standing is Standing.CONFERRING or contact.stand.in_room:
        return line.place == ROOM
    return line.place == "talk" and line.leg == contact.offer


def _alike(one: ContactRecord, other: ContactRecord) -> bool:
    return (one.queue, one.node, one.skills, one.priority) == (other.queue, other.node, other.skills, other.priority)


def _is_group(sentence: str) -> bool:
    return sentence.startswith("contact") and sentence.endswith("open offers")


def _named(found: list[str]) -> str:
    """The invariant that a sentence of the naive judge belongs to."""
    text = found[0] if found else ""
    if "open offers" in text or "does not have it" in text:
        return "I4"
    if "not fit" in text:
        return "I5"
    return "L1" if "ready and fit" in text else "I9"


def _state_of(centre: Centre) -> dict[str, Any]:
    """All of a centre that must survive its death. Phones are known again after the first survey."""
    snapshot = centre.router.snapshot()
    return {
        "contacts": {name: _contact(contact) for name, contact in centre.contacts.items()},
        "agents": {one.agent: replace(one, node="") for one in snapshot.agents},
        "waiting": {one.contact: replace(one, widens_at=0.0) for one in snapshot.contacts},
        "offers": {one.offer: one for one in snapshot.offers if one.state in ("pending", "accepted")},
        "resting": centre.waiting_room.resting.next(),
        "closed queues": snapshot.closed,
        "relief": snapshot.relief,
    }


def _contact(contact: Contact) -> tuple[object, ...]:
    open_offer = (contact.offer, contact.agent, contact.recording) if contact.offer else ()
    rings = {leg: (ring.agent, ring.recording, ring.rang) for leg, ring in contact.rings.items()}
    back = contact.back if contact.place is Place.RETURNING else ""
    return (
        contact.place, contact.session.state, contact.context, contact.reached, contact.answered_at, contact.offers,
        open_offer, rings, back, contact.tries, contact.call, _stand(contact),
    )  # fmt: skip


def _stand(contact: Contact) -> tuple[object, ...]:
    talk, consult = contact.stand, contact.stand.consult
    asked = (consult.name, consult.leg, consult.agent, consult.began_at) if consult is not None else ()
    listeners = {leg: (one.ear, one.takes, one.heard_at) for leg, one in talk.listeners.items()}
    return (talk.standing, talk.held_at, talk.in_room, asked, listeners, talk.moves, talk.outside)


def _different(one: dict[str, Any], other: dict[str, Any]) -> list[object]:
    """The first entry that differs, both ways."""
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            return [key, one.get(key), other.get(key)]
    return []
