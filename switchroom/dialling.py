"""The dialler on the living floor, and what it learns there of calls, agents, nodes and other editions.

It does not know whom to call, when, or how fast (`outbound/` does), how its answers are carried out
(`switchroom/dial_answers.py`), nor what comes of a dial on the line (`switchroom/dial_line.py`). It is pure, as the
centre is.

What the dialler hears of talks and ends it hears from the facts of each turn, so that nothing can be forgotten: whoever
writes that an agent has answered, or that a call has ended, has told the dialler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import cti.vocabulary as cti
import journal.facts as facts
import journal.outbound_facts as made
import outbound.messages as out
from cti import ids
from outbound.attempts import Attempt
from outbound.dialler import Dialler
from outbound.law.agreement import Agreements
from switchroom import dial_crew, lawmaking
from switchroom.numbering import law_book
from switchroom.ringing_back import Lately

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.plan import Plan
    from switchroom.turn import Turn

LOST = 600.0  # seconds after a dial on a node that is away


class Outbound:
    """The dialler, and what the centre knows beside it. `nodes` is where each attempt is dialled.

    `missed` are surveys that did not show an attempt; `by_queue` the campaigns whose customers go to a queue.
    """

    def __init__(self, plan: Plan, dialler: Dialler | None = None) -> None:
        self.agreements = Agreements()
        self.book = law_book(self.agreements.laws(plan.floor.laws))
        self.dialler = dialler or Dialler(plan.house(), self.book)
        self.lately = Lately()
        self.nodes: dict[str, cti.NodeId] = {}
        self.missed: dict[str, float] = {}
        self.by_queue: dict[str, tuple[str, ...]] = {}
        self.visitors: dict[str, tuple[str, str]] = {}  # who is on the line himself: his customer id, his number
        self.looked_at = 0.0
        for campaign in plan.campaigns():
            self.dialler.handle(out.CampaignPlanned(campaign), 0.0)
        self.sort()

    def sort(self) -> None:
        """The campaigns are others now."""
        found: dict[str, list[str]] = {}
        for name, run in sorted(self.dialler.campaigns.items()):
            found.setdefault(run.campaign.queue, []).append(name)
        self.by_queue = {queue: tuple(names) for queue, names in found.items()}

    def attempt_is_alive(self, name: str) -> bool:
        """Whether its end is still to come."""
        return out.AttemptId(name) in self.dialler.attempts

    def attempt(self, name: str) -> Attempt | None:
        """An attempt that is alive, or on which a word may still be said."""
        known = out.AttemptId(name)
        return self.dialler.attempts.get(known) or self.dialler.ended.get(known)


# ── the turn ────────────────────────────────────────────────────────────────────────────────────────────────────────


def follow(centre: Centre, turn: Turn) -> None:
    """Let the dialler learn from what has just happened, and do what is due."""
    if not centre.outbound.dialler.campaigns:
        return
    seen = 0
    while True:
        while seen < len(turn.effects):
            effect = turn.effects[seen]
            seen += 1
            lesson = LESSONS.get(type(effect))
            if lesson is not None:
                lesson(centre, effect, turn)
        due = centre.outbound.dialler.next_deadline()
        if due is None or due > turn.now:
            return
        look(centre, turn)
        tell(centre, out.Tick(), turn)


def tell(centre: Centre, told: Any, turn: Turn) -> None:
    """Tell the dialler, and carry out what it answers."""
    for answer in centre.outbound.dialler.handle(told, turn.now):
        centre.DIALLER_ANSWERS[type(answer)](centre, answer, turn)


def look(centre: Centre, turn: Turn) -> None:
    """What the router and the nodes say now."""
    _give_up_the_lost(centre, turn)
    house = dial_crew.house(centre)
    trunk = centre.outbound.dialler.trunk.house
    if (trunk.lines, trunk.rate) != (house.lines, house.rate):
        tell(centre, house, turn)
    for seen in [*dial_crew.changes(centre, turn.now)]:
        tell(centre, seen, turn)
    for room in [*dial_crew.rooms(centre)]:
        tell(centre, room, turn)


def _agent_changed(centre: Centre, fact: facts.AgentChanged, turn: Turn) -> None:
    tell(centre, dial_crew.seen(centre, fact.agent, turn.now), turn)


def _attempt_begun(centre: Centre, fact: made.AttemptBegun, turn: Turn) -> None:
    del turn
    centre.outbound.lately.begun(fact)


def _agent_answered(centre: Centre, fact: facts.AgentAnswered, turn: Turn) -> None:
    centre.outbound.lately.answered(fact)
    if ids.is_dialled(fact.contact):
        tell(centre, out.CustomerConnected(out.AttemptId(fact.contact), fact.agent, fact.at), turn)


def _call_started(centre: Centre, fact: facts.CallStarted, turn: Turn) -> None:
    if fact.call and not ids.is_dialled(fact.contact):
        centre.outbound.visitors[fact.contact] = (fact.customer, centre.plan.full_number(fact.number))
        tell(centre, out.PersonCalledIn(fact.customer, centre.plan.full_number(fact.number), open=True), turn)


def _call_ended(centre: Centre, fact: facts.CallEnded, turn: Turn) -> None:
    if ids.is_dialled(fact.contact):
        tell(centre, out.AttemptOver(out.AttemptId(fact.contact), fact.at), turn)
        centre.outbound.nodes.pop(fact.contact, None)
        return
    visitor = centre.outbound.visitors.pop(fact.contact, None)
    if visitor is not None:
        tell(centre, out.PersonCalledIn(*visitor, open=False), turn)


def _node_changed(centre: Centre, fact: facts.NodeChanged, turn: Turn) -> None:
    """What is dialled on a node that is away needs no agent now, and holds up nobody elsewhere. First its agents go."""
    sight = out.AttemptInSight if fact.up else out.AttemptOutOfSight
    if not fact.up:
        look(centre, turn)
    for name in [name for name, node in centre.outbound.nodes.items() if node == fact.node]:
        tell(centre, sight(out.AttemptId(name)), turn)
    if fact.up:
        look(centre, turn)


def _give_up_the_lost(centre: Centre, turn: Turn) -> None:
    """No telephone rings so long: what was dialled on a node that stays away has come to its end, whatever it was."""
    for name, node in [*centre.outbound.nodes.items()]:
        attempt = centre.outbound.dialler.attempts.get(out.AttemptId(name))
        if attempt is not None and attempt.unseen and not centre.nodes.get(node) and turn.now > attempt.begun_at + LOST:
            tell(centre, out.AttemptUnknown(attempt.attempt), turn)
            del centre.outbound.nodes[name]


LESSONS: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {
    facts.AgentChanged: _agent_changed,
    facts.AgentAnswered: _agent_answered,
    made.AttemptBegun: _attempt_begun,
    facts.CallStarted: _call_started,
    facts.CallEnded: _call_ended,
    facts.NodeChanged: _node_changed,
}


def reconfigure(centre: Centre, turn: Turn) -> None:
    """Another edition may have other campaigns, or other words in them."""
    lawmaking.put_in_force(centre)
    planned = {campaign.name: campaign for campaign in centre.plan.campaigns()}
    for name, campaign in planned.items():
        run = centre.outbound.dialler.campaigns.get(name)
        if run is None or run.dropped or run.text != campaign:
            tell(centre, out.CampaignPlanned(campaign), turn)
    for name in sorted(centre.outbound.dialler.campaigns.keys() - planned.keys()):
        tell(centre, out.CampaignDropped(name), turn)
    centre.outbound.sort()
    if planned:
        look(centre, turn)
