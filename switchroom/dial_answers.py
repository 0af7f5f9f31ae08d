"""What the dialler answers, carried out: facts, a dial, an agent kept for it or free again, a lead on a screen.

It does not know why the dialler wants it, nor what comes of it.

    AttemptBegun     the fact, before anything is dialled
    HoldAgent        he is kept for the customer as long as the dial lives
    PlaceCall        the node is told to dial, under the attempt's own id
    FindAgent        he has answered: the router finds him an agent (`switchroom/dialled.py`)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import acd.messages as acd
import cti.vocabulary as cti
import journal.outbound_facts as made
import outbound.messages as out
from desk.campaign_view import LeadCard
from desk.campaign_vocabulary import ShowLead
from outbound.lead import Due
from switchroom import dial_facts, dial_nodes, dialled
from switchroom.dial_facts import TRIAL

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn


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


def free_agent(centre: Centre, freed: out.FreeAgent, turn: Turn) -> None:
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
    out.FreeAgent: free_agent,
    out.FindAgent: dialled.find_agent,
    out.GiveMessage: dialled.give_message,
    out.EndAttempt: dialled.end_attempt,
    out.ShowPreview: _show,
    out.HidePreview: _hide,
    **dial_facts.WRITTEN,
}
