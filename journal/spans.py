"""What begins with one fact and ends with another: a caller's visit to a queue, and an agent's time in one state.

It does not know SQL, nor what stands in the tables already. A run of facts gives rows to write; what began before the
run is ended by name (`contact`, `agent`), for of each there is at most one that has not ended.

A visit is one stay in one queue, with its own clock; a contact that is passed on from queue to queue makes several.
Who is answered, leaves, is gone, or asks for another queue has ended his visit. A period is an agent's time in one
state for one reason; each begins at the millisecond in which the one before ended, so that they leave nothing out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from journal import facts as f
from journal.projection import milliseconds, skill_names
from journal.rows import how_of

if TYPE_CHECKING:
    from journal.codec import AnyFact

Row = dict[str, Any]
WRAP_UP = "wrap_up"


@dataclass(slots=True)
class Spans:
    """The rows of a run of facts, in the order in which they must be written: ends, wishes, wraps, new rows."""

    ended_visits: list[Row] = field(default_factory=list)
    wishes: list[Row] = field(default_factory=list)
    ended_periods: list[Row] = field(default_factory=list)
    wraps: dict[str, int] = field(default_factory=dict)
    visits: list[Row] = field(default_factory=list)
    periods: list[Row] = field(default_factory=list)
    _last_visit: dict[str, Row] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)  # contacts whose earlier visit was ended within this run
    _last_period: dict[str, Row] = field(default_factory=dict)

    def take(self, seq: int, fact: AnyFact) -> None:
        """One fact more. Facts that begin or end nothing are passed over."""
        reader = _READERS.get(type(fact))
        if reader is not None:
            reader(self, seq, fact)

    def _queued(self, seq: int, fact: f.CallerQueued) -> None:
        self._end_visit(fact.contact, fact.at, "flowed_out")
        visit: Row = {
            "seq": seq, "contact": fact.contact, "queue": fact.queue, "skills": skill_names(fact),
            "asked_ms": milliseconds(fact.at), "ended_ms": None, "how": "waiting", "agent": "",
        }  # fmt: skip
        self._last_visit[fact.contact] = visit
        self.visits.append(visit)

    def _end_visit(self, contact: str, at: float, how: str, agent: str = "") -> None:
        visit, ended = self._last_visit.get(contact), milliseconds(at)
        if visit is None:
            if contact not in self._settled:
                self._settled.add(contact)
                self.ended_visits.append({"of": contact, "to": ended, "now_how": how, "by": agent})
        elif visit["ended_ms"] is None:
            visit.update(ended_ms=max(ended, visit["asked_ms"]), how=how, agent=agent)

    def _answered(self, _seq: int, fact: f.AgentAnswered) -> None:
        self._end_visit(fact.contact, fact.at, "answered", fact.agent)

    def _left(self, _seq: int, fact: f.CallerLeftQueue) -> None:
        self._end_visit(fact.contact, fact.at, "callback" if fact.why == "callback" else "flowed_out")

    def _gone(self, _seq: int, fact: f.CallEnded) -> None:
        self._end_visit(fact.contact, fact.at, _gone(fact.outcome))

    def _wished(self, _seq: int, fact: f.CallbackAsked) -> None:
        """Who left the queue and then wishes to be called back left it for that."""
        visit = self._last_visit.get(fact.contact)
        if visit is None:
            self.wishes.append({"of": fact.contact})
        elif visit["how"] == "flowed_out":
            visit["how"] = "callback"

    def _changed(self, seq: int, fact: f.AgentChanged) -> None:
        since, before = milliseconds(fact.at), self._last_period.get(fact.agent)
        if before is None:
            self.ended_periods.append({"of": fact.agent, "to": since})
        else:
            since = max(since, before["since_ms"])
            before["until_ms"] = since
            if before["state"] == WRAP_UP:
                self._add_wrap(before["offer"], since - before["since_ms"])
        period: Row = {
            "seq": seq, "agent": fact.agent, "state": fact.state, "reason": fact.reason, "offer": fact.offer,
            "since_ms": since, "until_ms": None,
        }  # fmt: skip
        self._last_period[fact.agent] = period
        self.periods.append(period)

    def _add_wrap(self, offer: str, length: int) -> None:
        self.wraps[offer] = self.wraps.get(offer, 0) + length


_READERS: Final[dict[type, Callable[[Spans, int, Any], None]]] = {
    f.CallerQueued: Spans._queued,  # noqa: SLF001 (the table of this very class)
    f.AgentAnswered: Spans._answered,  # noqa: SLF001 (as above)
    f.CallerLeftQueue: Spans._left,  # noqa: SLF001 (as above)
    f.CallEnded: Spans._gone,  # noqa: SLF001 (as above)
    f.CallbackAsked: Spans._wished,  # noqa: SLF001 (as above)
    f.AgentChanged: Spans._changed,  # noqa: SLF001 (as above)
}


def _gone(outcome: str) -> str:
    """How a visit ended in which the caller was when his contact ended.

    He may have been answered before, or have left another queue: out of this one he went himself.
    """
    return "abandoned" if outcome in {"answered", "flowed_out"} else how_of(outcome)


def spans_of(written: Iterable[tuple[int, AnyFact]]) -> Spans:
    """The rows of these facts, which come with their numbers and in order."""
    found = Spans()
    for seq, fact in written:
        found.take(seq, fact)
    return found
