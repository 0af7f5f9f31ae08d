"""The dialler on the living floor: what it is told of calls, agents and people, and how its answers are carried out.

It does not know whom to call, when, or how fast (`outbound/` does). It is pure, as the centre is.

    AttemptBegun     the fact, before anything is dialled
    PlaceCall        the node is told to dial, under the attempt's own id
    CallerArrived    something has answered: a contact like any (`switchroom/dialled.py`)
    DialFailed       nobody has
    NodeSurveyed     an attempt that is in no list, and of whose end nobody knows, is of unknown result: never repeated

What the dialler hears of talks and ends it hears from the facts of each turn, so that nothing can be forgotten: whoever
writes that an agent has answered, or that a call has ended, has told the dialler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
import journal.outbound_facts as made
import outbound.messages as out
from acd.agents import AgentState
from cti import ids
from desk.campaign_view import LeadCard
from desk.campaign_vocabulary import ShowLead
from outbound.attempts import NOBODY_THERE, Attempt
from outbound.dialler import Dialler
from outbound.law.agreement import Agreements
from outbound.lead import Due, Outcome
from outbound.states import CampaignState
from switchroom import dial_crew, dial_facts, dial_nodes, dialled, lawmaking
from switchroom.dial_facts import TRIAL
from switchroom.numbering import law_book
from switchroom.ringing_back import Lately

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.contact import Contact
    from switchroom.plan import Plan
    from switchroom.turn import Turn

LOST = 600.0  # seconds after a dial on a node that is away
GRACE = 2.0  # seconds: what began so short before a survey may rightly not be in it
REMEMBERED = 20_000  # numbers whose owner may ring back


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
        ANSWERS[type(answer)](centre, answer, turn)


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


# ── the line ────────────────────────────────────────────────────────────────────────────────────────────────────────


def came(centre: Centre, told: cti.CallerArrived, turn: Turn) -> Contact | None:
    """A customer whom we dialled stands at our door for the first time; None for one that nobody dialled."""
    attempt = centre.outbound.dialler.attempts.get(out.AttemptId(told.call))
    if attempt is None:
        turn.ask(cti.EndCall(told.node, told.call))
        return None
    contact = dialled.open_contact(centre, attempt, told, turn)
    heard = out.CustomerHeard(attempt.attempt, told.heard, told.greeted_at or turn.now)
    tell(centre, heard, turn)
    return contact


def rang(centre: Centre, told: cti.CustomerRang, turn: Turn) -> None:
    tell(centre, out.CustomerRang(out.AttemptId(told.call)), turn)


def answered(centre: Centre, told: cti.CustomerAnswered, turn: Turn) -> None:
    tell(centre, out.CustomerAnswered(out.AttemptId(told.call), told.at), turn)


def failed(centre: Centre, told: cti.DialFailed, turn: Turn) -> None:
    """It was never answered."""
    if told.call not in centre.contacts:
        tell(centre, out.AttemptFailed(out.AttemptId(told.call), Outcome(told.why.value), told.cause), turn)
        centre.outbound.nodes.pop(told.call, None)


def gone_unmet(centre: Centre, told: cti.CallEnded, turn: Turn) -> None:
    """He had answered, and was gone before he stood at our door."""
    name, when = out.AttemptId(told.call), told.at or turn.now
    if name not in centre.outbound.dialler.attempts:
        return
    if told.heard in NOBODY_THERE:
        tell(centre, out.CustomerHeard(name, told.heard, told.greeted_at or when), turn)
    else:
        tell(centre, out.CustomerAnswered(name, told.opened_at or when), turn)
    tell(centre, out.AttemptOver(name, when), turn)
    centre.outbound.nodes.pop(name, None)


def compare(centre: Centre, told: cti.NodeSurveyed, turn: Turn) -> None:
    """What a node says of our attempts: dials that failed unheard, and those of which it knows nothing at all."""
    for end in told.failed:
        failed(centre, end, turn)
    _hang_up_the_stopped(centre, turn)
    _free_the_forgotten(centre, turn)
    here = {call.call for call in told.calls} | {end.call for end in told.ended}
    outbound = centre.outbound
    for name in [name for name, node in outbound.nodes.items() if node == told.node]:
        attempt = outbound.dialler.attempts.get(out.AttemptId(name))
        if attempt is None or name in centre.contacts or name in here:
            outbound.missed.pop(name, None)
            continue
        if attempt.begun_at > told.asked_at - GRACE:
            continue
        first = outbound.missed.setdefault(name, told.asked_at)
        if first < told.asked_at - GRACE or _outlived(centre, attempt, told.node):
            tell(centre, out.AttemptUnknown(attempt.attempt), turn)
            del outbound.nodes[name], outbound.missed[name]
        elif first == told.asked_at:
            turn.ask(cti.SurveyNode(told.node))


def _hang_up_the_stopped(centre: Centre, turn: Turn) -> None:
    """Our predecessor may have died before it hung up what rang for a campaign that was stopped."""
    for run in centre.outbound.dialler.campaigns.values():
        if run.state is CampaignState.STOPPED and run.air:
            tell(centre, out.CampaignStopped(run.name, ""), turn)


def _free_the_forgotten(centre: Centre, turn: Turn) -> None:
    """An agent is kept for a customer as long as that dial lives, whatever went wrong meanwhile."""
    kept = [record for record in centre.router.agents().values() if record.state is AgentState.DIALLING]
    for record in kept:
        if centre.outbound.dialler.reserved.get(record.agent) != record.offer:
            _free_agent(centre, out.FreeAgent(record.agent, out.AttemptId(record.offer)), turn)


def _outlived(centre: Centre, attempt: Attempt, node: str) -> bool:
    """Whether its node is a younger Asterisk than the attempt."""
    return attempt.begun_at < centre.booted.get(node, 0.0)


# ── what the dialler answers ────────────────────────────────────────────────────────────────────────────────────────


def _begun(centre: Centre, begun: out.AttemptBegun, turn: Turn) -> None:
    lead, node = begun.lead, dial_nodes.node_for(centre, begun)
    centre.outbound.nodes[begun.attempt] = node
    campaign, tries_out = ("", begun.campaign) if begun.why == TRIAL else (begun.campaign, "")
    turn.fact(
        made.AttemptBegun(
            turn.now, begun.attempt, campaign, node, lead.lead, lead.person, begun.number, begun.shown, begun.tries,
            begun.why, begun.rules, begun.mode.value, lead.name, lead.language, lead.segment, lead.fields, lead.zones,
            lead.consent, begun.agent, lead.others, lead.owner, tries_out,
        )
    )




def _hold_agent(centre: Centre, held: out.HoldAgent, turn: Turn) -> None:
    if acd.AgentId(held.agent) in centre.router.agents():
        centre.route(acd.DialBegun(acd.AgentId(held.agent), acd.ContactId(held.attempt)), turn)


def _free_agent(centre: Centre, freed: out.FreeAgent, turn: Turn) -> None:
    if acd.AgentId(freed.agent) in centre.router.agents():
        centre.route(acd.DialOver(acd.AgentId(freed.agent), acd.ContactId(freed.attempt)), turn)


def _place(centre: Centre, call: out.PlaceCall, turn: Turn) -> None:
    run = centre.outbound.dialler.campaigns[call.campaign]
    turn.ask(
        cti.DialCustomer(
            centre.outbound.nodes[call.attempt], cti.CallId(call.attempt), call.number, call.shown, call.ring_for,
            call.detect, wait_for_beep=bool(run.campaign.machine),
        )
    )


def _show(centre: Centre, shown: out.ShowPreview, turn: Turn) -> None:
    del centre
    turn.ask(ShowLead(shown.agent, shown.campaign, lead_card(shown.due)))


def _hide(centre: Centre, hidden: out.HidePreview, turn: Turn) -> None:
    del centre
    turn.ask(ShowLead(hidden.agent, hidden.campaign, None))


def lead_card(due: Due) -> LeadCard:
    """A lead as an agent sees him."""
    lead, last = due.lead, due.last.value if due.last is not None else ""
    return LeadCard(
        lead.lead, lead.name, lead.number, lead.language, lead.segment, lead.fields, due.tries, last, due.promised
    )


ANSWERS: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {
    out.FetchLeads: lambda _, asked, turn: turn.ask(asked),
    out.AttemptBegun: _begun,
    out.PlaceCall: _place,
    out.HoldAgent: _hold_agent,
    out.FreeAgent: _free_agent,
    out.FindAgent: dialled.find_agent,
    out.GiveMessage: dialled.give_message,
    out.EndAttempt: dialled.end_attempt,
    out.ShowPreview: _show,
    out.HidePreview: _hide,
    **dial_facts.WRITTEN,
}

ROUTES: Final[dict[type, Callable[..., None]]] = {
    cti.CustomerRang: rang,
    cti.CustomerAnswered: answered,
    cti.DialFailed: failed,
    out.LeadsFetched: tell,
}
