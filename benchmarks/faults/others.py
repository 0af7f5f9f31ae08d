"""L2: one bad agent or phone never stops the others, as somebody on the floor would put it.

It does not know which phones are bad: it holds the same of all, from the facts and by the clock.

    Who let a caller pass is not rung for him again while somebody else is ready who has not.
    Who let as many pass in a row as his queue allows is offered nobody until he has been not ready.
    A phone that does not answer holds its caller no longer than the ring was to last, whatever is told of it or not.
    Nobody waits for a second beside a ready agent who fits him; and that is looked at each second, not at each turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from benchmarks.faults.broken import holds
from benchmarks.faults.consulted import is_of_consult

if TYPE_CHECKING:
    from acd.contacts import ContactRecord
    from benchmarks.faults.live import LiveState
    from benchmarks.faults.storm import Storm

PASSED = frozenset({"refused", "timed_out"})
FAILED = PASSED | {"failed"}
ABSENT = frozenset({"not_ready", "offline"})
SETTLED = 15.0  # seconds after a new server, or a link that is there again, in which it finds out what there is
SLOW = 1.0  # seconds in which what is due must have been done


class Others:
    """Told every fact that is written, and asked to `look` once a second."""

    def __init__(self, storm: Storm, live: LiveState) -> None:
        self.storm, self.live = storm, live
        self.ready: set[str] = set()
        self.in_a_row: Counter[str] = Counter()
        self.owing: dict[str, facts.OfferClosed] = {}  # who must be not ready before he is rung again
        self.passed: dict[str, set[str]] = {}  # by contact: who let him pass since he asked
        self.ringing: dict[str, facts.OfferMade] = {}
        self._beside: dict[tuple[str, str], float] = {}
        self._readers: dict[type, Callable[[Any], None]] = {
            facts.AgentChanged: self._changed,
            facts.CallerQueued: self._over,
            facts.CallEnded: self._over,
            facts.OfferMade: self._offered,
            facts.OfferClosed: self._closed,
            facts.AgentAnswered: self._answered,
            facts.CallbackDialled: lambda fact: self.ringing.pop(fact.offer, None),
        }

    def read(self, fact: Any) -> None:
        """One more fact."""
        reader = self._readers.get(type(fact))
        if reader is not None and not is_of_consult(fact):
            reader(fact)

    # ── who has let whom pass ───────────────────────────────────────────────────────────────────────────────────────

    def _changed(self, fact: facts.AgentChanged) -> None:
        (self.ready.add if fact.state == "ready" else self.ready.discard)(fact.agent)
        holds(fact.state != "ready" or fact.agent not in self.owing, "L2 who lets all pass is taken for absent", fact)
        if fact.state in ABSENT or fact.state == "talking":
            self.in_a_row.pop(fact.agent, None)
            self.owing.pop(fact.agent, None)

    def _over(self, fact: facts.CallerQueued | facts.AgentAnswered | facts.CallEnded) -> None:
        self.passed.pop(fact.contact, None)

    def _answered(self, fact: facts.AgentAnswered) -> None:
        self._over(fact)
        self.ringing.pop(fact.offer, None)

    def _closed(self, fact: facts.OfferClosed) -> None:
        made = self.ringing.pop(fact.offer, None)
        if fact.outcome in FAILED:
            self.passed.setdefault(fact.contact, set()).add(fact.agent)
        if fact.outcome in PASSED and made is not None:
            self.in_a_row[fact.agent] += 1
            if self.in_a_row[fact.agent] >= self.live.rules(made.queue).misses:
                self.owing[fact.agent] = fact

    def _offered(self, fact: facts.OfferMade) -> None:
        owed = self.owing.get(fact.agent)
        holds(owed is None, "L2 who lets all pass is offered nobody", fact, owed)
        self.ringing[fact.offer] = fact
        had = self.passed.get(fact.contact, set())
        contact = self.storm.centre.router.contacts().get(acd.ContactId(fact.contact))
        if fact.agent in had and contact is not None and fact.node in self._settled():
            self._nobody_else(fact, contact, had)

    def _nobody_else(self, fact: facts.OfferMade, contact: ContactRecord, had: set[str]) -> None:
        """He who let him pass is rung for him again: then nobody else may be there."""
        agents = self.storm.centre.router.agents()
        learning = isinstance(self.storm.hears, cti.NodeSurveyed)  # of one phone after the other, in one turn
        for other in [agents[acd.AgentId(name)] for name in sorted(self.ready - had) if name in agents]:
            was_there = self.live.fits(other, contact) and (other.state == "ready" or not learning)
            holds(not was_there, "L2 nobody is rung again beside one who was not", fact, other, had)

    def _settled(self) -> set[str]:
        """The nodes of which it is known what is there: a new server learns of one phone after the other."""
        storm = self.storm
        if not storm.alive or storm.now - storm.alive_since < SETTLED:
            return set()
        return {node for node, link in storm.links.items() if link.known and storm.now - link.since > SETTLED}

    # ── by the clock ────────────────────────────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """A second has passed. Nothing is said of a node that was out of sight, or of a server that is new."""
        storm, settled = self.storm, self._settled()
        if not settled:
            self._beside.clear()
            return
        storm.flush()
        for made in self.ringing.values():
            late = made.node in settled and storm.now > made.until + SLOW
            holds(not late, "L2 a phone that does not answer holds nobody", made, storm.now)
        self._nobody_waits(settled)

    def _nobody_waits(self, settled: set[str]) -> None:
        router, now = self.storm.centre.router, self.storm.now
        agents = [one for one in router.agents().values() if one.state == "ready" and one.node in settled]
        waiting = [one for one in router.contacts().values() if one.state == "waiting"] if agents else []
        pairs = [(one, agent) for one in waiting for agent in agents if self.live.fits(agent, one)]
        beside = {(one.contact, agent.agent): (one, agent) for one, agent in pairs}
        self._beside = {pair: self._beside.get(pair, now) for pair in beside}
        for pair, since in self._beside.items():
            holds(now - since < SLOW, "L2 the others do not stand still", *beside[pair], since)
