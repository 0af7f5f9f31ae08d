"""What an agent does with the caller he has: hold, retrieve, pass on, ask somebody, bring three together.

It does not know how a talk is moved in the switch, nor who is free. Whom an agent asks is `switchroom/consults.py`'s.

    hold, retrieve    the caller goes into the music and comes back; the agent's leg waits alone meanwhile
    transfer          the talk of this agent is over and he wraps up; the caller waits again by his first request, goes
                      through a flow, or is forwarded to a number outside
    consult           the caller hears music while the agent speaks with somebody else (`consults.py`)
    to and fro        the agent turns to the caller, who was asked waits; and back (`alternating.py`)
    complete, cancel  the caller goes to who was asked, or back to who asked
    conference        all three together; whoever leaves first leaves the other two

A wish is journalled before anything is moved, and a survey moves what was not (`switchroom/talk_truth.py`). A wish that
has been granted already does nothing. A caller whose agent is gone while he hears music waits again, at the head.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cti.moves as moves
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
import journal.talk_facts as told_of
from desk.talk_vocabulary import (
    AgentAskedConsult,
    AgentAskedTransfer,
    AgentWished,
    Kind,
    SupervisorAskedEar,
    SupervisorWentOff,
    Wish,
)
from switchroom import alternating, consults, dialled, hold, passing_on, supervising, targets
from switchroom.contact import Contact, Place
from switchroom.talk import APART, NotNow, Standing, Step
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

PATIENCE = 20.0  # seconds for which a caller who was passed on to one agent waits for him alone
RING_OUTSIDE = 30.0  # seconds


def wished(centre: Centre, told: AgentWished, turn: Turn) -> None:
    """An agent pressed a button of his talk. Raises `Refused` with what would help."""
    contact = targets.of_agent(centre, told.agent, told.contact)
    if contact is None:
        return
    try:
        WISHES[told.wish](centre, contact, turn)
    except NotNow as fault:
        raise desk.Refused(str(fault)) from fault


# ── hold ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _hold(centre: Centre, contact: Contact, turn: Turn) -> None:
    del centre
    if contact.stand.step(Step.HOLD, turn.now):
        hold.begin(contact, turn)
        turn.ask(moves.PutOnHold(contact.node, contact.call, cti.LegId(contact.offer)))


def _retrieve(centre: Centre, contact: Contact, turn: Turn) -> None:
    del centre
    if contact.stand.step(Step.RETRIEVE, turn.now):
        hold.end(contact, turn.now, turn)
        hold.connect(contact, turn)


# ── the consult's end, as the agent wishes it ───────────────────────────────────────────────────────────────────────


def _cancel(centre: Centre, contact: Contact, turn: Turn) -> None:
    talk = contact.stand
    was, consult = talk.standing, talk.consult
    if not talk.step(Step.CANCEL, turn.now) or consult is None:
        return
    hold.end(contact, turn.now, turn)
    if was is Standing.CONSULTING:  # the agent is bridged with him: away first, so that nothing happens to the agent
        hold.connect(contact, turn)
    consults.part(centre, contact, "cancelled", turn)
    if was is Standing.ASKING:
        hold.connect(contact, turn)


def _complete(centre: Centre, contact: Contact, turn: Turn) -> None:
    was = contact.stand.standing
    contact.stand.step(Step.COMPLETE, turn.now)
    old = contact.offer
    hand_over(centre, contact, "transfer", turn)
    if was is Standing.WITH_CALLER:
        turn.ask(moves.PutOnHold(contact.node, contact.call, cti.LegId(old)))
    if was is not Standing.CONFERRING:
        hold.connect(contact, turn)
    supervising.move(contact, turn)
    turn.ask(cti.DropLeg(contact.node, cti.LegId(old)))


def hand_over(centre: Centre, contact: Contact, ended_by: str, turn: Turn) -> None:
    """Who was asked has the caller from now on, on the leg that he answered; the agent before him wraps up."""
    talk, consult, agent, offer = contact.stand, contact.stand.consult, contact.agent, contact.offer
    if consult is None:
        return
    in_room = talk.in_room
    centre.talk_ended(contact, ended_by, turn)
    turn.fact(
        told_of.CallerTransferred(
            turn.now, contact.contact, offer, agent, consult.kind, consult.target, warm=True, to_offer=consult.leg,
            to_agent=consult.agent, consulted=max(0.0, turn.now - consult.began_at),
        )
    )
    taken(contact, agent, consult.leg, turn.now)
    talk.in_room = in_room


def taken(contact: Contact, before: str, leg: str, now: float) -> None:
    """The consult's leg has the caller now. Told again by recovery."""
    talk, consult = contact.stand, contact.stand.consult
    if consult is None or consult.leg != leg:
        return
    contact.place, contact.back = Place.TALKING, ""
    contact.offer, contact.agent, contact.recording = consult.leg, consult.agent, consult.recording
    contact.offered_at, contact.answered_at = consult.rung_at, now
    talk.reset(now)
    talk.leg_since, talk.passed_on_by = consult.began_at, before


def _confer(centre: Centre, contact: Contact, turn: Turn) -> None:
    del centre
    talk, consult, was = contact.stand, contact.stand.consult, contact.stand.standing
    if not talk.step(Step.CONFERENCE, turn.now) or consult is None:
        return
    if was is Standing.WITH_CALLER:
        alternating.apart(contact, turn)
    hold.end(contact, turn.now, turn)
    talk.in_room = True
    turn.fact(
        told_of.ConferenceBegan(
            turn.now, contact.contact, contact.offer, contact.agent, consult.leg, consult.agent
        )
    )
    turn.ask(hold.conference(contact, consult.leg))


WISHES: dict[Wish, Callable[[Centre, Contact, Turn], None]] = {
    Wish.HOLD: _hold,
    Wish.RETRIEVE: _retrieve,
    Wish.CANCEL: _cancel,
    Wish.COMPLETE: _complete,
    Wish.CONFERENCE: _confer,
    Wish.TO_CALLER: alternating.to_caller,
    Wish.TO_ASKED: alternating.to_asked,
}


# ── passing on without asking ───────────────────────────────────────────────────────────────────────────────────────


def transfer(centre: Centre, told: AgentAskedTransfer, turn: Turn) -> None:
    """Pass the caller on. Raises `Refused` when there is nobody of that name."""
    contact = targets.of_agent(centre, told.agent, told.contact)
    if contact is None:
        return
    targets.check_target(centre, contact, told.kind, told.target)
    agent, leg, talk = contact.agent, contact.offer, contact.stand
    consults.part(centre, contact, "moved", turn)
    centre.talk_ended(contact, "transfer", turn)
    talk.passed_on_by = agent
    if told.kind is Kind.OUTSIDE:
        talk.moves += 1
    turn.fact(
        told_of.CallerTransferred(
            turn.now, contact.contact, leg, agent, told.kind, told.target, warm=False, task=passing_on.task_of(contact)
        )
    )
    passing_on.passed_on(contact, told.kind, told.target)
    if told.kind in {Kind.FLOW, Kind.OUTSIDE}:
        turn.ask(cti.FetchCaller(contact.node, contact.call))
    else:
        turn.ask(moves.PutOnHold(contact.node, contact.call, cti.LegId(leg)))
    turn.ask(cti.DropLeg(contact.node, cti.LegId(leg), contact.line))
    if told.kind is Kind.QUEUE:
        passing_on.requeue(centre, contact, told.target, turn)
    elif told.kind is Kind.AGENT:
        wanted = ((told.target, PATIENCE, False),)
        passing_on.requeue(centre, contact, targets.queue_of(centre, contact, told.target), turn, wanted=wanted)


# ── who goes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def leg_ended(centre: Centre, contact: Contact, ended_by: str, turn: Turn) -> None:
    """The leg that has the caller is gone. He stays with who is left, waits again at the head, or his talk is over."""
    standing, in_room = contact.stand.standing, contact.stand.in_room
    if standing is Standing.CONFERRING and contact.stand.consult is not None:
        contact.stand.step(Step.COMPLETE, turn.now)
        hand_over(centre, contact, ended_by, turn)
        supervising.move(contact, turn)
        return
    consults.part(centre, contact, "agent", turn)
    centre.talk_ended(contact, ended_by, turn)
    if standing in APART:
        passing_on.requeue(centre, contact, contact.context.queue, turn, at_head=True)
    elif in_room:
        turn.ask(cti.FetchCaller(contact.node, contact.call))


def caller_came(centre: Centre, contact: Contact, last: str | None, turn: Turn) -> None:
    """He stands at the door though he has an agent: the talk is over, or he was on hold and belongs into the music.

    `last` is the leg that he talked with. If it is another than the one that has him, he was never given to that one,
    who waits for nobody any more.
    """
    if contact.stand.standing not in APART:
        leg = contact.offer
        consults.part(centre, contact, "left", turn)
        centre.talk_ended(contact, "agent", turn)
        if last and last != leg:
            turn.ask(cti.DropLeg(contact.node, cti.LegId(leg)))


def caller_gone(centre: Centre, contact: Contact, when: float, turn: Turn) -> None:
    """He has hung up: whoever is with him, or waits for him, hears of it.

    A talk that was ever moved may not have been joined again as we think: its leg is ended by us, too.
    """
    alone = contact.stand.standing in APART or contact.stand.in_room or contact.stand.since > 0.0
    leg = contact.offer
    consults.part(centre, contact, "caller", turn, when)
    centre.talk_ended(contact, "caller", turn, when)
    if alone:
        turn.ask(cti.DropLeg(contact.node, cti.LegId(leg)))


def forward_ended(centre: Centre, told: cti.ForwardEnded, turn: Turn) -> bool:
    """He is back from a number outside to which he was passed on. False when it was a flow that sent him."""
    contact = centre.caller(told.call)
    if contact is None or contact.place is not Place.OUTSIDE:
        return False
    if told.task != passing_on.task_of(contact):
        return True  # an older story; he has only just come to the door
    turn.fact(facts.TransferMade(turn.now, contact.contact, told.number, told.why))
    came_back(contact, told.why)
    if told.why == "answered":
        dialled.returned(centre, contact, turn)
    else:
        passing_on.requeue(centre, contact, contact.context.queue, turn, at_head=True)
    return True


def came_back(contact: Contact, why: str) -> None:
    """He is back from the number outside; one whom it did not connect waits again. Told again by recovery."""
    if contact.place is Place.OUTSIDE:
        contact.stand.outside = ""
        if why == "answered":
            contact.place, contact.back = Place.RETURNING, "answered"


def forward(contact: Contact, told: cti.CallerArrived, turn: Turn) -> None:
    """He stands at the door and is to go to a number outside, unless he has been there."""
    task = passing_on.task_of(contact)
    if told.task != task:
        turn.ask(cti.ForwardCaller(contact.node, contact.call, contact.stand.outside, RING_OUTSIDE, task))




ROUTES: dict[type, Callable[..., None]] = {
    AgentWished: wished,
    AgentAskedTransfer: transfer,
    AgentAskedConsult: consults.asked,
    SupervisorAskedEar: supervising.asked,
    SupervisorWentOff: supervising.went_off,
}
