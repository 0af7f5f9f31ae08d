"""What comes of a dial on the line: it rings, somebody answers, nobody does, or nobody knows.

It does not know whom to call next; it tells the dialler, as things are heard of and as surveys show them.

    CustomerRang, CustomerAnswered    the line is there; the law counts from the answer
    CallerArrived    something has answered: a contact like any (`switchroom/dialled.py`)
    DialFailed       nobody has
    NodeSurveyed     an attempt that is in no list, and of whose end nobody knows, is of unknown result: never repeated
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import cti.vocabulary as cti
import outbound.messages as out
from acd.agents import AgentState
from outbound.attempts import NOBODY_THERE, Attempt
from outbound.lead import Outcome
from outbound.states import CampaignState
from switchroom import dial_answers, dialled, dialling, doubts

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.contact import Contact
    from switchroom.turn import Turn

GRACE = 2.0  # seconds: what began so short before a survey may rightly not be in it


def came(centre: Centre, told: cti.CallerArrived, turn: Turn) -> Contact | None:
    """A customer whom we dialled stands at our door for the first time; None for one that nobody dialled."""
    attempt = centre.outbound.dialler.attempts.get(out.AttemptId(told.call))
    if attempt is None:
        turn.ask(cti.EndCall(told.node, told.call))
        return None
    contact = dialled.open_contact(centre, attempt, told, turn)
    heard = out.CustomerHeard(attempt.attempt, told.heard, told.greeted_at or turn.now)
    dialling.tell(centre, heard, turn)
    return contact


def rang(centre: Centre, told: cti.CustomerRang, turn: Turn) -> None:
    dialling.tell(centre, out.CustomerRang(out.AttemptId(told.call)), turn)


def answered(centre: Centre, told: cti.CustomerAnswered, turn: Turn) -> None:
    dialling.tell(centre, out.CustomerAnswered(out.AttemptId(told.call), told.at), turn)


def failed(centre: Centre, told: cti.DialFailed, turn: Turn) -> None:
    """It was never answered."""
    if told.call not in centre.contacts:
        dialling.tell(centre, out.AttemptFailed(out.AttemptId(told.call), Outcome(told.why.value), told.cause), turn)
        centre.outbound.nodes.pop(told.call, None)


def gone_unmet(centre: Centre, told: cti.CallEnded, turn: Turn) -> None:
    """He had answered, and was gone before he stood at our door."""
    name, when = out.AttemptId(told.call), told.at or turn.now
    if name not in centre.outbound.dialler.attempts:
        return
    if told.heard in NOBODY_THERE:
        dialling.tell(centre, out.CustomerHeard(name, told.heard, told.greeted_at or when), turn)
    else:
        dialling.tell(centre, out.CustomerAnswered(name, told.opened_at or when), turn)
    dialling.tell(centre, out.AttemptOver(name, when), turn)
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
            dialling.tell(centre, out.AttemptUnknown(attempt.attempt), turn)
            del outbound.nodes[name], outbound.missed[name]
        elif first == told.asked_at:
            doubts.doubt(centre, told.node, turn)


def _hang_up_the_stopped(centre: Centre, turn: Turn) -> None:
    """Our predecessor may have died before it hung up what rang for a campaign that was stopped."""
    for run in centre.outbound.dialler.campaigns.values():
        if run.state is CampaignState.STOPPED and run.air:
            dialling.tell(centre, out.CampaignStopped(run.name, ""), turn)


def _free_the_forgotten(centre: Centre, turn: Turn) -> None:
    """An agent is kept for a customer as long as that dial lives, whatever went wrong meanwhile."""
    kept = [record for record in centre.router.agents().values() if record.state is AgentState.DIALLING]
    for record in kept:
        if centre.outbound.dialler.reserved.get(record.agent) != record.offer:
            dial_answers.free_agent(centre, out.FreeAgent(record.agent, out.AttemptId(record.offer)), turn)


def _outlived(centre: Centre, attempt: Attempt, node: str) -> bool:
    """Whether its node is a younger Asterisk than the attempt."""
    return attempt.begun_at < centre.booted.get(node, 0.0)


ROUTES: Final[dict[type, Callable[..., None]]] = {
    cti.CustomerRang: rang,
    cti.CustomerAnswered: answered,
    cti.DialFailed: failed,
    out.LeadsFetched: dialling.tell,
}
