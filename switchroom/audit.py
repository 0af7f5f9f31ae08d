"""The invariants that are held against the living floor each time a node has been surveyed. Pure.

It does not know how a survey is made, who is told of a finding, nor how anything is put right (`switchroom/truth.py`).

A survey is a little old and news may be on its way, so one look proves nothing: what is found must be found again by
the next look, `APART` seconds later or more, before it is told; and it is told once.

    I1   every caller's channel has one open record, every open record its channel; no leg that nobody wants
    I3   what has ended is not open; times are in their order
    I4   an agent has one offer or talk, a caller one agent, both sides know it      I9   an agent is in one state
    I21  when nobody has called for `IDLE` seconds, nothing stays: files, tasks, memory, connections to the database and
         unanswered actions are about as few as they ever were then (`SPARE`), and no offer stands
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from acd.checks import accounts
from acd.offers import OPEN
from cti import ids
from cti.vocabulary import is_call_back

if TYPE_CHECKING:
    from cti.vocabulary import NodeSurveyed
    from switchroom.centre import Centre
    from switchroom.contact import Contact

APART = 5.0
IDLE = 60.0
CLOCKS = 1.0  # seconds by which two times may be in the wrong order
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be. `what` says it in words for an operator."""

    invariant: str
    what: str


@dataclass(frozen=True, slots=True)
class Use:
    """What the server holds; 0 where that cannot be known.

    `memory` in bytes; `connections` to the database that are in use; `actions` that an Asterisk has not answered.
    """

    files: int = 0
    tasks: int = 0
    memory: int = 0
    connections: int = 0
    actions: int = 0

    def least(self, other: Use) -> Use:
        """The less of each."""
        return Use(*(min(getattr(self, each.name), getattr(other, each.name)) for each in fields(Use)))


# So much more than ever before at rest is no leak: a page is open, another node is just being listed, and what is known
# of a day's callers stays in memory.
SPARE = Use(files=32, tasks=32, memory=256 * 1024 * 1024, connections=2, actions=32)
STAYS = {
    "files": "files stay open though nobody has called for a minute",
    "tasks": "tasks go on though nobody has called for a minute",
    "memory": "memory stays taken though nobody has called for a minute",
    "connections": "connections to the database stay in use though nobody has called for a minute",
    "actions": "actions are not answered though nobody has called for a minute",
}


class Audit:
    """`hold` each survey against the centre after the centre has taken it; `counts` are the findings by invariant."""

    def __init__(self) -> None:
        self.looks = 0
        self.counts: Counter[str] = Counter()
        self._suspected: dict[str, dict[Finding, float]] = {}
        self._told: dict[Finding, None] = {}
        self._idle_since: float | None = None
        self._least: Use | None = None

    def hold(self, centre: Centre, seen: NodeSurveyed, use: Use, now: float) -> list[Finding]:
        """Give what is found for sure, and was not told before."""
        self.looks += 1
        found = {*_channels(centre, seen), *_stories(centre, seen.node, now), *self._accounts(centre)}
        found |= {*self._rest(centre, use, now)}
        before = self._suspected.get(seen.node, {})
        self._suspected[seen.node] = {each: before.get(each, now) for each in found}
        sure = [each for each in found if now - before.get(each, now) >= APART and each not in self._told]
        for each in sure:
            self.counts[each.invariant] += 1
            self._told[each] = None
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        return sorted(sure, key=lambda each: (each.invariant, each.what))

    def anew(self, node: str) -> None:
        """The node was out of sight: what was suspected of it before proves nothing."""
        self._suspected.pop(node, None)

    def standing(self) -> int:
        """How many findings the last look at each node confirmed."""
        return sum(each in self._told for suspected in self._suspected.values() for each in suspected)

    @staticmethod
    def _accounts(centre: Centre) -> Iterator[Finding]:
        for sentence in accounts(centre.router.snapshot()):
            yield Finding("I4" if "offer" in sentence else "I9", sentence)

    def _rest(self, centre: Centre, use: Use, now: float) -> Iterator[Finding]:
        """I21, of a floor on which nobody is."""
        if centre.contacts:
            self._idle_since = None
            return
        self._idle_since = now if self._idle_since is None else self._idle_since
        if now - self._idle_since < IDLE:
            return
        self._least = use.least(self._least or use)
        for name, sentence in STAYS.items():
            if getattr(use, name) > getattr(self._least, name) + getattr(SPARE, name):
                yield Finding("I21", sentence)
        if any(offer.state in OPEN for offer in centre.router.offers().values()):
            yield Finding("I21", "an offer stands though nobody calls")


def _channels(centre: Centre, seen: NodeSurveyed) -> Iterator[Finding]:
    """I1: the list of channels and the open records of a node."""
    alive = {call.call for call in seen.calls}
    for call in sorted(alive):
        is_known = centre.caller(call) is not None or is_call_back(call) or centre.outbound.attempt_is_alive(call)
        if not is_known:
            yield Finding("I1", f"channel {call} on {seen.node} has no open record")
    for contact in centre.contacts.values():
        if contact.node == seen.node and contact.line and contact.call not in alive:
            yield Finding("I1", f"contact {contact.contact} is open, and {seen.node} has no such channel")
    for leg in seen.legs:
        owner = centre.contacts.get(ids.call_of(leg.leg))
        if owner is None or leg.leg not in owner.legs():
            yield Finding("I1", f"leg {leg.leg} on {seen.node} is nobody's")


def _stories(centre: Centre, node: str, now: float) -> Iterator[Finding]:
    """I3 of a node's contacts, and I9 of the times of all agents."""
    for contact in centre.contacts.values():
        if contact.node == node and (wrong := _out_of_order(centre, contact, now)):
            yield Finding("I3", f"contact {contact.contact} {wrong}")
    for agent, since in centre.since.items():
        if since > now + CLOCKS:
            yield Finding("I9", f"agent {agent} is in his state since a time that is still to come")


def _out_of_order(centre: Centre, contact: Contact, now: float) -> str:
    """What is wrong with a contact's own times, "" for nothing."""
    context, answered = contact.context, contact.answered_at
    if contact.contact in centre.closed:
        return "is open though it has ended"
    if context.started_at > now + CLOCKS:
        return "began at a time that is still to come"
    if contact.line and context.asked_at and context.asked_at < context.started_at - CLOCKS:
        return "asked for a person before it began"
    if answered and (answered > now + CLOCKS or answered < context.asked_at - CLOCKS):
        return "was answered before it asked, or will be"
    return ""
