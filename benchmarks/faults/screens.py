"""What agents and supervisors see: the caller who is bridged, and a floor that a page can fold from the facts.

It does not know pages; it is told what they are told.

    I11  the screen of an agent shows the caller who rings or talks, and never another
    I19  facts are numbered without a gap, and a snapshot with the facts after it is what the server holds
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from benchmarks.faults.broken import holds
from benchmarks.faults.consulted import is_of_consult
from cti import ids
from desk.talk_vocabulary import Kind
from journal.facts import Fact

if TYPE_CHECKING:
    from benchmarks.faults.storm import Storm
    from switchroom.contact import Contact


def _his_legs(contact: Contact) -> tuple[str, ...]:
    """The leg that has him, or those that ring for him."""
    return tuple(sorted((*((contact.offer,) if contact.offer else ()), *contact.rings)))


class Screens:
    """Every agent's screen, and one supervisor's page."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.shown: dict[str, tuple[str, str, str]] = {}  # agent to offer, contact, number
        self.seat = {
            (agent.node, agent.phone): agent.agent
            for edition in storm.editions
            for agent in edition.plan.agents.values()
        }
        self.seq = 0
        self.agents: dict[str, str] = {}
        self.contacts: dict[str, tuple[str, tuple[str, ...]]] = {}  # state and open offers

    # ── the agents' screens ─────────────────────────────────────────────────────────────────────────────────────────

    def show(self, asked: desk.ShowContact) -> None:
        self.shown[asked.agent] = (asked.offer, asked.context.contact, asked.context.number)

    def clear(self, asked: desk.ClearContact) -> None:
        if self.shown.get(asked.agent, ("",))[0] == asked.offer:
            del self.shown[asked.agent]

    def rings(self, ring: cti.RingAgent) -> None:
        """The screen comes before the ring."""
        if not ring.outside:
            self._is_his(self.seat[ring.node, ring.phone], ring.leg)

    def bridged(self, leg: cti.LegId, phone: str) -> None:
        """A second later, if they still talk and nothing broke, he who talks must see him who talks."""
        node = self.storm.legs[leg].node
        link = self.storm.links[node]
        age = link.age

        def talks() -> bool:
            it = self.storm.legs.get(leg)
            return it is not None and it.state == "talk" and link.age == age and self.storm.alive and link.up

        def look() -> None:
            if talks() and (node, phone) not in self.seat:
                return  # a number outside has no screen
            if talks() and self.storm.watch.books.is_open_offer(leg):
                self._is_his(self.seat[node, phone], leg)
            elif talks():  # taken back before the news of his answer came: the drop is on its way
                self.storm.after(0.1, lambda: holds(not talks(), "I11 nobody talks unseen", leg))

        self.storm.after(1.0, look)

    def _is_his(self, agent: str, leg: str) -> None:
        """Whether he sees whom this leg is for; who is asked about a caller sees the caller."""
        offer, contact, number = self.shown.get(agent, ("", "", ""))
        known = self.storm.centre.contacts.get(ids.call_of(leg))
        line = self.storm.lines.get(known.call) if known is not None else None
        shows = (offer, contact) == (leg, ids.call_of(leg))
        holds(shows, "I11 the screen shows the caller", agent, leg, offer, contact)
        holds(line is None or line.number == number, "I11 the screen shows the caller", agent, number, line)

    def come_back(self) -> None:
        """The server is a new one: every page asks for all anew."""
        view = self.storm.centre.look(self.storm.now)
        known = {contact.contact: contact for contact in view.contacts}
        for agent in view.agents:
            his = known.get(agent.contact)
            if his is not None and agent.state in {"offered", "talking"}:
                offer = self.storm.centre.router.agents()[acd.AgentId(agent.agent)].offer
                self.shown[agent.agent] = (offer, his.context.contact, his.context.number)
        self.agents = {agent.agent: agent.state for agent in view.agents}
        self.contacts = self._now()

    # ── the supervisor's page ───────────────────────────────────────────────────────────────────────────────────────

    def read(self, seq: int, fact: Fact) -> None:
        """A fact on the bus."""
        holds(seq == self.seq + 1, "I19 no gap in the numbers", self.seq, seq)
        self.seq = seq
        reader = self.READERS.get(type(fact))
        if reader is not None and not is_of_consult(fact):
            reader(self, fact)

    def compare(self) -> None:
        """What was folded is what there is."""
        view = self.storm.centre.look(self.storm.now)
        for agent in view.agents:
            seen = self.agents.get(agent.agent, "offline")
            holds(seen == agent.state, "I19 the page shows the agents", agent, seen)
        now = self._now()
        if now != self.contacts:
            every = sorted(now.keys() | self.contacts.keys())
            wrong = next(key for key in every if now.get(key) != self.contacts.get(key))
            holds(False, "I19 the page shows the callers", wrong, now.get(wrong), self.contacts.get(wrong))

    def _agent(self, fact: facts.AgentChanged) -> None:
        self.agents[fact.agent] = fact.state

    def _now(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The state of each contact, and its open offers, as the server holds them."""
        view, contacts = self.storm.centre.look(self.storm.now), self.storm.centre.contacts
        return {one.contact: (one.state, _his_legs(contacts[one.contact])) for one in view.contacts}

    def _to(self, contact: str, state: str, *more: str) -> None:
        held = {*self.contacts.get(contact, ("", ()))[1], *more}
        self.contacts[contact] = (state, tuple(sorted(held)))

    def _started(self, fact: facts.CallStarted) -> None:
        self._to(fact.contact, "flow")

    def _queued(self, fact: facts.CallerQueued) -> None:
        self._to(fact.contact, "waiting")

    def _offered(self, fact: facts.OfferMade) -> None:
        self._to(fact.contact, "offered", fact.offer)

    def _dialled(self, fact: facts.CallbackDialled) -> None:
        self._to(fact.contact, "offered")

    def _answered(self, fact: facts.AgentAnswered) -> None:
        self._to(fact.contact, "talking")

    def _closed(self, fact: facts.OfferClosed) -> None:
        state, offers = self.contacts[fact.contact]
        left = tuple(offer for offer in offers if offer != fact.offer)
        self.contacts[fact.contact] = (state if left or state != "offered" else "waiting", left)

    def _over(self, fact: facts.TalkEnded | facts.CallerLeftQueue) -> None:
        self.contacts[fact.contact] = ("flow", ())

    def _passed_on(self, fact: facts.CallerTransferred) -> None:
        if fact.warm:
            self.contacts[fact.contact] = ("talking", (fact.to_offer,))
        elif fact.kind == Kind.OUTSIDE:
            self.contacts[fact.contact] = ("outside", ())

    def _taken(self, fact: facts.TalkTakenOver) -> None:
        self.contacts[fact.contact] = ("talking", (fact.leg,))

    def _came_back(self, fact: facts.TransferMade) -> None:
        if fact.why == "answered" and self.contacts[fact.contact][0] == "outside":
            self.contacts[fact.contact] = ("flow", ())

    def _ended(self, fact: facts.CallEnded) -> None:
        self.contacts.pop(fact.contact, None)

    READERS: ClassVar[dict[type, Callable[[Screens, Any], None]]] = {
        facts.AgentChanged: _agent,
        facts.CallStarted: _started,
        facts.CallerQueued: _queued,
        facts.OfferMade: _offered,
        facts.CallbackDialled: _dialled,
        facts.AgentAnswered: _answered,
        facts.OfferClosed: _closed,
        facts.TalkEnded: _over,
        facts.CallerLeftQueue: _over,
        facts.CallerTransferred: _passed_on,
        facts.TalkTakenOver: _taken,
        facts.TransferMade: _came_back,
        facts.CallEnded: _ended,
    }
