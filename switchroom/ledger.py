"""The live count of all who asked for a person, kept up fact by fact, and what in it cannot be.

It does not know the centre, the journal or the time: facts go in, counts and faults come out. A fact costs the same
however many came before, and so does the check.

    offered = answered + abandoned + flowed out + call-back + lost + in progress

of each queue. Offers are counted when callers ask, ends when they end, and who is in progress stands in a list of his
own, so that a fact that is lost, doubled or out of place leaves a gap between the three. The count begins with those
who were in progress when the server took the floor. Everybody is counted once, under the queue that he first asked for.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, ClassVar

import journal.facts as facts
from acd.tally import How
from cti.ids import is_dialled
from journal.projection import milliseconds
from journal.rows import how_of

ENDS = (How.ANSWERED, How.ABANDONED, How.FLOWED_OUT, How.CALLBACK, How.LOST)
KEPT = 100_000  # finished waits that nobody has compared yet; the oldest are given up first


@dataclass(slots=True)
class Open:
    """A contact that has not ended. `how` is "" before he asks for a person; `counts`: he calls, we do not call him."""

    counts: bool
    queue: str = ""
    asked_ms: int = 0
    ended_ms: int | None = None
    how: How | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A wait of a contact that has ended, as it was counted live. `seq` is the number of the fact that ended it."""

    seq: int
    contact: str
    queue: str
    asked_ms: int
    ended_ms: int | None
    how: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two counts that should be one. `what` names them and their cause, for a person."""

    contact: str
    what: str


@dataclass(slots=True)
class Standing:
    """One queue's count: who asked, and what became of those who are not in progress any more."""

    offered: int = 0
    ended: Counter[How] = field(default_factory=Counter)
    in_progress: int = 0
    told_gap: int = 0

    def gap(self) -> int:
        """Who asked and is neither in progress nor ended; 0 where all is well."""
        return self.offered - self.ended.total() - self.in_progress


class Ledger:
    """`take` each committed fact in order; `check` as often as you like; `drain` what is to be held against history."""

    def __init__(self) -> None:
        self.queues: dict[str, Standing] = {}
        self.open: dict[str, Open] = {}
        self.finished: deque[Finished] = deque(maxlen=KEPT)
        self._found: list[Disagreement] = []

    def take(self, seq: int, fact: Any) -> None:
        """Count one fact; those of no contact are passed over."""
        reader = self.READERS.get(type(fact))
        if reader is None:
            return
        one = self.open.get(fact.contact)
        if one is None and not isinstance(fact, facts.CallStarted):
            self._fault(fact.contact, f"{type(fact).__name__} of a contact that is not open")
        else:
            reader(self, seq, fact, one)

    def check(self) -> list[Disagreement]:
        """What was found wrong since the last check, and each queue whose count does not add up. It is told once."""
        found, self._found = self._found, []
        for name, standing in self.queues.items():
            gap = standing.gap()
            if gap != standing.told_gap:
                standing.told_gap = gap
                ended = ", ".join(f"{how.value} {standing.ended[how]}" for how in ENDS)
                what = f"offered {standing.offered} are not {ended} and in progress {standing.in_progress}"
                found.append(Disagreement("", f"queue {name}: {what}"))
        return found

    def drain(self, up_to: int, most: int = 500) -> list[Finished]:
        """Take the finished waits up to this fact's number out of the list, oldest first."""
        taken: list[Finished] = []
        while self.finished and self.finished[0].seq <= up_to and len(taken) < most:
            taken.append(self.finished.popleft())
        return taken

    # ── what facts change ───────────────────────────────────────────────────────────────────────────────────────────

    def _started(self, _seq: int, fact: facts.CallStarted, one: Open | None) -> None:
        if one is not None:
            self._fault(fact.contact, "CallStarted twice")
            return
        self.open[fact.contact] = Open(counts=fact.call != "" and not is_dialled(fact.call))

    def _queued(self, _seq: int, fact: facts.CallerQueued, one: Open) -> None:
        if not one.counts:
            return
        if one.how is None:
            one.queue, one.asked_ms = fact.queue, milliseconds(fact.asked_at)
            self._standing(one).offered += 1
            self._standing(one).in_progress += 1
            one.how = How.WAITING
        elif one.how in {How.FLOWED_OUT, How.CALLBACK}:
            self._back(one)

    def _back(self, one: Open) -> None:
        """He had left the queue, and asks again: his wait goes on."""
        standing = self._standing(one)
        if one.how is not None:
            standing.ended[one.how] -= 1
        standing.in_progress += 1
        one.how, one.ended_ms = How.WAITING, None

    def _answered(self, _seq: int, fact: facts.AgentAnswered, one: Open) -> None:
        if not one.counts or one.how is How.ANSWERED:
            return
        if one.how is None:
            self._fault(fact.contact, "answered, and never asked for a person")
            return
        if one.how is not How.WAITING:
            self._back(one)
        self._end(one, How.ANSWERED, fact.at)

    def _left(self, _seq: int, fact: facts.CallerLeftQueue, one: Open) -> None:
        if one.how is How.WAITING:
            self._end(one, How.CALLBACK if fact.why == "callback" else How.FLOWED_OUT, fact.at)

    def _wished(self, _seq: int, _fact: facts.CallbackAsked, one: Open) -> None:
        if one.how is How.FLOWED_OUT:
            ended = self._standing(one).ended
            ended[How.FLOWED_OUT] -= 1
            ended[How.CALLBACK] += 1
            one.how = How.CALLBACK

    def _over(self, seq: int, fact: facts.CallEnded, one: Open) -> None:
        del self.open[fact.contact]
        if one.how is How.WAITING:
            self._end(one, How(how_of(fact.outcome)), fact.at)
        if one.counts and (fact.outcome == "answered") != (one.how is How.ANSWERED):
            was = "nobody answered" if one.how is None else f"the wait is counted as {one.how}"
            self._fault(fact.contact, f"CallEnded({fact.outcome}), and {was}")
        if one.how is not None:
            self.finished.append(Finished(seq, fact.contact, one.queue, one.asked_ms, one.ended_ms, one.how.value))

    def _end(self, one: Open, how: How, at: float) -> None:
        standing = self._standing(one)
        standing.in_progress -= 1
        standing.ended[how] += 1
        one.how, one.ended_ms = how, milliseconds(at)

    def _standing(self, one: Open) -> Standing:
        return self.queues.setdefault(one.queue, Standing())

    def _fault(self, contact: str, what: str) -> None:
        self._found.append(Disagreement(contact, f"contact {contact}: {what}"))

    READERS: ClassVar[dict[type, Any]] = {
        facts.CallStarted: _started,
        facts.CallerQueued: _queued,
        facts.AgentAnswered: _answered,
        facts.CallerLeftQueue: _left,
        facts.CallbackAsked: _wished,
        facts.CallEnded: _over,
    }
