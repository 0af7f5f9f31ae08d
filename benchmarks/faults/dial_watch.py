"""The invariants of calling customers, held against the facts and against the telephones themselves.

It does not ask the dialler for anything: who rings is known by the switch, who may be called by `dial_law.py`, and what
is under way by the facts. Of the centre it asks the router's agents, and which queues they serve.

    I12  nobody is dialled outside his hours, who is blocked, too often, or too soon
    I13  when the next person without an agent could break the cap, there is a line for each free agent and no more
    I14  no more lines than the house has, no more dials in a second than it may, whatever dies meanwhile
    I15  a person is in one attempt at a time, an id is dialled once, and each attempt has one end
    I16  who answers has an agent, or the message, two seconds after his greeting
    L5   a campaign with customers who may be called, lines and free agents dials
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cti.vocabulary as cti
import journal.facts as facts
import journal.outbound_facts as made
from benchmarks.faults.broken import holds
from benchmarks.faults.calling_floor import CAP, LAW, SALES, Calling
from benchmarks.faults.dial_law import PlainLaw
from cti import ids

if TYPE_CHECKING:
    from benchmarks.faults.calling import CallingStorm

PERSONS = frozenset({"", "human", "unsure"})
WITHIN = 2.0  # seconds after his greeting
SWITCHED = 0.1  # seconds that a redirect takes
COUNTED = frozenset({"progressive", "ratio"})  # the modes that count lines for free agents, and predict nothing
STANDS_STILL = 30.0  # seconds
MOVING = 1  # of the agents whom a pacer takes for free, who has just been given to somebody in the same moment
SPARED = 2  # ready agents of whom a pacer may keep the last for the callers


class DialWatch:
    """Told what the server asks and writes, and what the telephones do; `look` is asked once a second when all is calm.

    `begun` are the attempts whose end is not written, `air` those of them that may still need an agent.
    """

    def __init__(self, storm: CallingStorm, calling: Calling) -> None:
        self.storm, self.calling = storm, calling
        self.law = PlainLaw(calling)
        self.begun: dict[str, made.AttemptBegun] = {}
        self.air: dict[str, made.AttemptBegun] = {}
        self.ids: set[str] = set()
        self.dialled: set[str] = set()
        self.spoken_to: set[str] = set()
        self.stopped: set[str] = set()  # the server has asked for their end: nobody is needed for them
        self.persons: Counter[str] = Counter()
        self.abandoned: Counter[str] = Counter()
        self.state: dict[str, str] = {}
        self._rung: dict[str, float] = {}  # who was rung for one whom we called, until then
        self._dials: deque[float] = deque()
        self._could_since: dict[str, float] = {}
        self._later: dict[str, float] = defaultdict(float)  # leads who were in contact: when they are looked at again
        self._readers: dict[type, Callable[[Any], None]] = {
            made.AttemptBegun: self._begun,
            made.AttemptEnded: self._ended,
            made.CustomerHeard: self._heard,
            made.CampaignMoved: self._moved,
            made.NumberBlocked: self._blocked,
            made.DialRefused: self._refused,
            facts.AgentAnswered: self._answered,
            facts.OfferClosed: self._closed,
        }

    def read(self, fact: Any) -> None:
        """One more fact."""
        reader = self._readers.get(type(fact))
        if reader is not None:
            reader(fact)

    # ── by the facts ────────────────────────────────────────────────────────────────────────────────────────────────

    def _begun(self, fact: made.AttemptBegun) -> None:
        self._is_one(fact)
        why = self.law.forbids(fact.number, fact.person, fact.zones, fact.at)
        holds(not why, "I12 nobody is dialled whom the law protects", why, fact)
        self.begun[fact.contact] = self.air[fact.contact] = fact
        self.law.begun(fact)
        self._in_time(fact)
        self._within_the_cap(fact)
        self._could_since.pop(fact.campaign, None)

    def _is_one(self, fact: made.AttemptBegun) -> None:
        holds(fact.contact not in self.ids, "I15 an id is used once", fact)
        self.ids.add(fact.contact)
        for other in self.begun.values():
            same = fact.person == other.person or fact.number == other.number
            holds(not same, "I15 a person is in one attempt", fact, other)
        there = [*self.storm.customers.on(fact.number)]
        holds(not there, "I15 who rings or talks is not dialled", fact, there)

    def _in_time(self, fact: made.AttemptBegun) -> None:
        while self._dials and self._dials[0] <= fact.at - 1.0:
            self._dials.popleft()
        self._dials.append(fact.at)
        holds(len(self._dials) <= self.calling.rate, "I14 no more dials a second", fact, [*self._dials])

    def _within_the_cap(self, fact: made.AttemptBegun) -> None:
        """The modes that predict are held to their cap by days (`benchmarks/dialler`), not by the line."""
        if fact.mode not in COUNTED or self.storm.edited_at == self.storm.now:  # agents leave in this very moment
            return
        persons, abandoned = self.persons[fact.campaign], self.abandoned[fact.campaign]
        is_spent = persons > 0 and abandoned + 1 > CAP * (persons + 1)
        if fact.mode == "progressive" or is_spent:
            lines = [each.contact for each in self.air.values() if each.campaign == fact.campaign and self._near(each)]
            free = self._free()
            shown = (fact, persons, abandoned, lines, free)
            holds(len(lines) <= len(free) + MOVING, "I13 a line for each free agent, when the cap is near", *shown)

    def _near(self, begun: made.AttemptBegun) -> bool:
        """What is dialled on a node that is away, or is being hung up, needs nobody now."""
        return self.storm.links[begun.node].known and begun.contact not in self.stopped

    def _free(self) -> list[str]:
        """Who may have a customer: the ready, those for whom one is dialled, and those to whom one is being given."""
        plan, found = self.storm.centre.plan.agents, []
        for name, record in self.storm.centre.router.agents().items():
            his = plan.get(name)
            sells = his is not None and (his.queues is None or SALES in his.queues)
            given = record.state == "offered" and ids.is_dialled(ids.call_of(record.offer))
            given = given or self._rung.get(name) == self.storm.now  # in this very moment no more
            if sells and (record.state == "dialling" or given or (record.state == "ready" and record.node)):
                found.append(str(name))
        return found

    def _heard(self, fact: made.CustomerHeard) -> None:
        begun = self.air.get(fact.contact)
        if begun is not None and (fact.heard not in PERSONS or begun.mode == "message"):
            del self.air[fact.contact]

    def _answered(self, fact: facts.AgentAnswered) -> None:
        begun = self.air.pop(fact.contact, None)
        if begun is not None:
            self.persons[begun.campaign] += 1

    def _closed(self, fact: facts.OfferClosed) -> None:
        if ids.is_dialled(fact.contact):
            self._rung[fact.agent] = fact.at

    def _ended(self, fact: made.AttemptEnded) -> None:
        holds(self.begun.pop(fact.contact, None) is not None, "I15 an attempt has one end", fact)
        self.air.pop(fact.contact, None)
        self.law.ended(fact)
        if fact.outcome == "abandoned":
            self.persons[fact.campaign] += 1
            self.abandoned[fact.campaign] += 1

    def _moved(self, fact: made.CampaignMoved) -> None:
        self.state[fact.campaign] = fact.state

    def _blocked(self, fact: made.NumberBlocked) -> None:
        self.law.blocked.add(fact.number)

    def _refused(self, fact: made.DialRefused) -> None:
        not_agreed = not fact.rules.startswith(LAW)  # till somebody answers for the house's law the strictest counts
        if fact.reason == "in_contact" or not_agreed:
            self._later[fact.lead] = fact.until

    # ── by the telephones ───────────────────────────────────────────────────────────────────────────────────────────

    def asked(self, action: Any) -> None:
        """The server does this now."""
        if isinstance(action, cti.PlayPrompt | cti.EndCall):
            self.spoken_to.add(action.call)
        if isinstance(action, cti.EndCall):
            self.stopped.add(action.call)

    def rings(self, asked: cti.DialCustomer) -> None:
        """The switch dials."""
        holds(asked.call not in self.dialled, "I15 an id is dialled once", asked)
        self.dialled.add(asked.call)
        there = [*self.storm.customers.on(asked.number)]
        holds(not there, "I15 who rings or talks is not dialled", asked, there)
        talks = sum(cti.is_dialled(call) for call in self.storm.lines)
        lines = len(self.storm.customers.rings) + talks + 1
        holds(lines <= self.calling.lines, "I14 no more lines than there are", asked, lines)

    def is_known(self, asked: cti.DialCustomer, heard: str) -> None:
        """Somebody has answered, and his greeting is over."""
        storm, link = self.storm, self.storm.links[asked.node]
        server, age = storm.alive_since, link.age
        if heard not in PERSONS or not (storm.alive and link.up and link.known):
            return

        def look() -> None:
            same = storm.alive and storm.alive_since == server and link.age == age
            line = storm.lines.get(asked.call)
            if same and line is not None:
                met = line.leg is not None or asked.call in self.spoken_to
                holds(met, "I16 who answers has an agent or the message in time", asked, line)

        storm.after(WITHIN + SWITCHED, look)

    # ── by the clock ────────────────────────────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """A second has passed, and nothing is broken any more."""
        storm = self.storm
        storm.flush()
        for name in storm.campaigns():
            if self._could(name):
                since = self._could_since.setdefault(name, storm.now)
                holds(storm.now - since < STANDS_STILL, "L5 a campaign that can dial dials", name, since)
            else:
                self._could_since.pop(name, None)

    def _could(self, name: str) -> bool:
        """Whether there are lines, agents, nobody who waits for them, and somebody who has been due for a while."""
        storm = self.storm
        campaign = storm.campaigns()[name]
        if self.state.get(name) not in {"running", "resting"} or not storm.alive:
            return False
        used = len(storm.customers.rings) + sum(cti.is_dialled(call) for call in storm.lines)
        mine = sum(each.campaign == name for each in self.air.values())
        if used >= self.calling.lines or (campaign.lines and mine >= campaign.lines):
            return False
        if campaign.queue and (len(self._free()) <= SPARED + mine or self._somebody_waits()):
            return False
        return any(self._is_due(name, lead) for campaign, lead in storm.lists.due_at if campaign == name)

    def _somebody_waits(self) -> bool:
        return any(each.state == "waiting" for each in self.storm.centre.router.contacts().values())

    def _is_due(self, name: str, lead: str) -> bool:
        storm, who = self.storm, self.storm.lists.leads[name, lead]
        if who.owner or max(storm.lists.ended_until[name, lead], self._later[lead]) > storm.now:
            return False
        if any(who.person == each.person for each in self.begun.values()):
            return False
        return not self.law.forbids(who.number, who.person, who.zones, storm.now)

    def end(self) -> None:
        """All have gone home."""
        holds(not self.begun, "I15 each attempt has its end", [*self.begun.values()][:3])
