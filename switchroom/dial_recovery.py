"""The dialler built again from facts: what is in the air, what its laws remember, what its pacers have learned.

It does not read the journal. Attempts that are open are not dialled again: the first survey of their node tells what
became of each (`switchroom/dialling.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import cti.vocabulary as cti
import journal.facts as facts
import journal.outbound_facts as made
import outbound.messages as out
from cti import ids
from journal.law_facts import LawAgreed
from outbound import again
from outbound.campaign import Mode
from outbound.lead import Lead, Outcome
from outbound.people import ON_THE_LINE, RINGS_BACK
from outbound.states import Stage
from switchroom import dial_crew, lawmaking, ringing_back
from switchroom.contact import Place

if TYPE_CHECKING:
    from switchroom.centre import Centre

OUTCOMES: Final = frozenset(Outcome)
MODES: Final = frozenset(Mode)


def note(centre: Centre, fact: Any) -> None:
    """Take one fact, in the journal's order."""
    reader = READERS.get(type(fact))
    if reader is not None:
        reader(centre, fact)


def finish(centre: Centre, now: float) -> None:
    """All has been told: who is here now, and how many may be used."""
    outbound = centre.outbound
    again.forget_the_deleted(outbound.dialler)
    outbound.sort()
    outbound.nodes = {name: node for name, node in outbound.nodes.items() if outbound.attempt_is_alive(name)}
    if outbound.dialler.campaigns:
        again.agents_present(outbound.dialler, [*dial_crew.changes(centre, now)], now)


def begun_of(fact: made.AttemptBegun) -> out.AttemptBegun:
    """The dialler's own word for it."""
    lead = Lead(
        fact.lead, fact.person, fact.number, fact.name, fact.others, fact.zones, fact.language, fact.fields, fact.owner,
        fact.consent, segment=fact.segment,
    )
    mode = Mode(fact.mode) if fact.mode in MODES else Mode.PROGRESSIVE
    return out.AttemptBegun(
        out.AttemptId(fact.contact), fact.campaign or fact.tries_out, lead, fact.number, fact.shown, fact.tries,
        fact.why, fact.rules, mode, fact.agent,
    )


def ended_of(fact: made.AttemptEnded) -> out.AttemptEnded:
    """The dialler's own word for it."""
    outcome = Outcome(fact.outcome) if fact.outcome in OUTCOMES else Outcome.UNKNOWN
    return out.AttemptEnded(
        out.AttemptId(fact.contact), fact.campaign, fact.lead, fact.person, fact.number, outcome, fact.again,
        fact.cause, fact.agent, fact.lines, fact.waited, fact.talked,
    )


def _begun(centre: Centre, fact: made.AttemptBegun) -> None:
    centre.outbound.nodes[fact.contact] = cti.NodeId(fact.node)
    centre.outbound.lately.begun(fact)
    if fact.campaign or fact.tries_out:
        again.attempt_begun(centre.outbound.dialler, begun_of(fact), fact.at, trial=not fact.campaign)
    else:
        again.numbered(centre.outbound.dialler, fact.contact)


def _heard(centre: Centre, fact: made.CustomerHeard) -> None:
    again.heard(centre.outbound.dialler, fact.contact, fact.heard, (fact.answered_at, fact.greeted_at))
    contact, attempt = centre.contacts.get(fact.contact), centre.outbound.attempt(fact.contact)
    if contact is not None and attempt is not None and attempt.stage is Stage.LEAVING:
        contact.place = Place.ENDING  # nobody was there, and he was to hear nothing: his call was being ended


def _answered(centre: Centre, fact: facts.AgentAnswered) -> None:
    centre.outbound.lately.answered(fact)
    if ids.is_dialled(fact.contact):
        again.connected(centre.outbound.dialler, fact.contact, fact.agent, fact.at)


def _rang_back(centre: Centre, fact: made.RangBack) -> None:
    contact = centre.contacts.get(fact.contact)
    if contact is not None:
        ringing_back.restored(centre, contact, fact)


def _ended(centre: Centre, fact: made.AttemptEnded) -> None:
    again.ended(centre.outbound.dialler, ended_of(fact), fact.at)


def _node_changed(centre: Centre, fact: facts.NodeChanged) -> None:
    told = again.in_sight if fact.up else again.out_of_sight
    for name in [name for name, node in centre.outbound.nodes.items() if node == fact.node]:
        told(centre.outbound.dialler, name, fact.at)


def _call_started(centre: Centre, fact: facts.CallStarted) -> None:
    if fact.call and not ids.is_dialled(fact.contact):
        who = (fact.customer, centre.plan.full_number(fact.number))
        centre.outbound.visitors[fact.contact] = who
        again.called_in(centre.outbound.dialler, who, fact.at + ON_THE_LINE)


def _call_ended(centre: Centre, fact: facts.CallEnded) -> None:
    if ids.is_dialled(fact.contact):
        again.call_over(centre.outbound.dialler, fact.contact, fact.at)
    visitor = centre.outbound.visitors.pop(fact.contact, None)
    if visitor is not None:
        again.called_in(centre.outbound.dialler, visitor, fact.at + RINGS_BACK)


def _moved(centre: Centre, fact: made.CampaignMoved) -> None:
    moved = out.CampaignMoved(fact.campaign, fact.state, fact.by, fact.why, fact.pilot, fact.until)
    again.campaign_moved(centre.outbound.dialler, moved, fact.at)


def _tuned(centre: Centre, fact: made.CampaignTuned) -> None:
    mode = Mode(fact.mode) if fact.mode in MODES else None
    lines = None if fact.lines < 0 else fact.lines
    tuned = out.CampaignTuned(fact.campaign, fact.by, mode, fact.ratio or None, fact.cap or None, lines)
    again.tuned(centre.outbound.dialler, tuned)


def _blocked(centre: Centre, fact: made.NumberBlocked) -> None:
    block = out.BlockKept(fact.number, fact.by, fact.why, fact.scope, fact.prefix, fact.lifted)
    centre.outbound.dialler.law.blocked(block, fact.at)


READERS: Final[dict[type, Callable[[Centre, Any], None]]] = {
    made.AttemptBegun: _begun,
    made.CustomerHeard: _heard,
    facts.AgentAnswered: _answered,
    made.RangBack: _rang_back,
    made.AttemptEnded: _ended,
    facts.CallStarted: _call_started,
    facts.CallEnded: _call_ended,
    facts.NodeChanged: _node_changed,
    made.CampaignMoved: _moved,
    made.CampaignTuned: _tuned,
    made.NumberBlocked: _blocked,
    LawAgreed: lawmaking.note,
}
