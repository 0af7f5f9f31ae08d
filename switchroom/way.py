"""A caller's way through his flow: what the flow asks for becomes what the telephone does, and the answer goes back.

It does not know agents, queues' rules or talks; `switchroom/centre.py` does, whose hands these functions are.

A caller who records a message or is connected with an outside number is in Asterisk's hands alone. Each such task has a
number, the count of steps that he has entered: it is the same again after our own restart, so that what came of it is
recognised, and is asked for once more only if it has never begun. He is counted like any caller in a flow: a call that
ends while he talks with somebody outside, or after it, has `ended_in_flow`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
import ivr.messages as ivr
import journal.facts as facts
import outbound.messages as out
from recordings.naming import message_path
from switchroom import calling_back, dialling, resume, standing, talks, waiting
from switchroom.contact import Contact, Place
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

ASKINGS = frozenset(get_args(ivr.Asking))
MOST_TURNED_AWAY = 20  # times in a row that queues let a caller go at once: his flow goes round
CONGESTION = 42  # Q.850


# ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────


def go_on(centre: Centre, contact: Contact, told: ivr.Told, turn: Turn) -> None:
    """Tell his session, and carry out what it answers."""
    for answer in contact.session.handle(told, turn.now):
        centre.SESSION_ANSWERS[type(answer)](centre, contact, answer, turn)


def return_to_flow(centre: Centre, contact: Contact, turn: Turn) -> None:
    """He is back from a queue, or from a talk: the flow says what follows."""
    contact.place = Place.FLOW
    go_on(centre, contact, ivr.QueueEnded(contact.back), turn)


def prompt_ended(centre: Centre, told: cti.PromptEnded, turn: Turn) -> None:
    contact = centre.caller(told.call)
    if contact is not None and contact.place is Place.FLOW:
        go_on(centre, contact, ivr.PromptEnded(told.failed), turn)
    elif contact is not None and contact.place is Place.ENDING:
        waiting.thanked(contact, turn)


def digits_collected(centre: Centre, told: cti.DigitsCollected, turn: Turn) -> None:
    contact = centre.caller(told.call)
    if contact is not None and contact.place is Place.FLOW:
        go_on(centre, contact, ivr.DigitsCollected(told.digits, told.complete), turn)
    elif contact is not None and contact.place is Place.WAITING:
        waiting.digits_collected(centre, contact, told, turn)


def task_ended(centre: Centre, told: cti.CallerRecorded | cti.ForwardEnded, turn: Turn) -> None:
    """He has recorded something, or is back from outside. An old story, told again at the door, is passed over."""
    if isinstance(told, cti.ForwardEnded) and cti.is_call_back(told.call):
        calling_back.dialled(centre, told, turn)
        return
    if isinstance(told, cti.ForwardEnded) and talks.forward_ended(centre, told, turn):
        return
    contact = in_flow(centre, told.call)
    if contact is not None and is_current(contact, told.task):
        go_on(centre, contact, _came_of(contact, told, turn), turn)


def looked_up(centre: Centre, told: customers.LookedUp, turn: Turn) -> None:
    """A source has answered. The caller may have gone on, or gone, meanwhile."""
    contact = in_flow(centre, told.contact)
    if contact is not None and told.question == _question(contact):
        turn.fact(
            facts.LookupDone(turn.now, contact.contact, told.source, told.outcome, told.took, told.wrong)
        )
        go_on(centre, contact, ivr.LookedUp(told.outcome, told.values), turn)


def ended_doing(centre: Centre, contact: Contact, told: cti.CallEnded, turn: Turn) -> None:
    """He hung up while he recorded or talked outside: the flow takes it, and goes on to where it needs him."""
    doing = told.doing
    if doing is None or contact.place is not Place.FLOW or not is_current(contact, doing.task):
        return
    for answer in contact.session.handle(_came_of(contact, doing, turn), turn.now):
        if isinstance(answer, ivr.End):
            contact.place = Place.ENDING
        elif type(answer) not in ASKINGS:
            centre.SESSION_ANSWERS[type(answer)](centre, contact, answer, turn)


def is_current(contact: Contact, task: int) -> bool:
    """Whether what came of this task is still news; 0 is told where there can be no doubt."""
    return task in {0, contact.session.state.visits}


def in_flow(centre: Centre, contact: str) -> Contact | None:
    """The contact, if it is in its flow."""
    found = centre.caller(contact)
    return found if found is not None and found.place is Place.FLOW else None


def _came_of(contact: Contact, told: cti.CallerRecorded | cti.ForwardEnded, turn: Turn) -> ivr.Told:
    if isinstance(told, cti.ForwardEnded):
        turn.fact(facts.TransferMade(turn.now, contact.contact, told.number, told.why))
        return ivr.TransferEnded(told.why)
    said = told.seconds > 0
    return ivr.MessageRecorded(f"{told.recording}.wav" if said else "", told.seconds)


def _question(contact: Contact) -> str:
    return f"{contact.contact}.{contact.session.state.visits}"


# ── what the session answers: steps ─────────────────────────────────────────────────────────────────────────────────


def step_entered(centre: Centre, contact: Contact, step: ivr.StepEntered, turn: Turn) -> None:
    del centre
    contact.context = contact.context.entered(step.step, step.verb, turn.now)
    turn.fact(facts.StepEntered(turn.now, contact.contact, step.step, step.verb, step.tries, step.goal))


def step_left(centre: Centre, contact: Contact, step: ivr.StepLeft, turn: Turn) -> None:
    del centre
    shown = "•" * step.key_count if step.secret else step.keys
    contact.context = contact.context.left(step.exit, shown, step.kept, turn.now)
    turn.fact(
        facts.StepLeft(
            turn.now, contact.contact, step.step, step.exit, step.keys, step.secret, step.key_count, step.kept
        )
    )


# ── what the session answers: one thing to do and wait for ──────────────────────────────────────────────────────────


def play(centre: Centre, contact: Contact, ask: ivr.Play, turn: Turn) -> None:
    del centre
    turn.ask(cti.PlayPrompt(contact.node, contact.call, contact.sounds(ask.prompts, ask.language)))


def collect(centre: Centre, contact: Contact, ask: ivr.Collect, turn: Turn) -> None:
    del centre
    sounds = contact.sounds(ask.prompts, ask.language)
    turn.ask(cti.CollectDigits(contact.node, contact.call, sounds, ask.at_most, ask.wait))


def look_up(centre: Centre, contact: Contact, ask: ivr.LookUp, turn: Turn) -> None:
    del centre
    if ask.filler:
        sounds = contact.sounds((ask.filler,), ask.language)
        turn.ask(cti.PlayFiller(contact.node, contact.call, sounds))
    turn.ask(
        customers.LookUp(_question(contact), contact.contact, ask.source, ask.keys, ask.deadline, ask.secrets)
    )


def record(centre: Centre, contact: Contact, ask: ivr.RecordMessage, turn: Turn) -> None:
    del centre
    sounds, task = contact.sounds(ask.prompts, ask.language), contact.session.state.visits
    path = message_path(contact.contact, task, contact.context.started_at)
    turn.ask(cti.RecordCaller(contact.node, contact.call, sounds, path, ask.at_most, ask.silence, task))


def transfer(centre: Centre, contact: Contact, ask: ivr.TransferCaller, turn: Turn) -> None:
    del centre
    task = contact.session.state.visits
    turn.ask(cti.ForwardCaller(contact.node, contact.call, ask.number, ask.ring_for, task))


def join_queue(centre: Centre, contact: Contact, join: ivr.JoinQueue, turn: Turn) -> None:
    contact.context = contact.context.queued(join.queue, turn.now)
    contact.place = Place.WAITING
    asked_at, segment = contact.context.asked_at, contact.context.segment
    contact.priority = join.priority
    priority = standing.priority_of(centre, join.queue, segment, join.priority)
    wanted = standing.wanted_by(centre, contact.context, join.agent)
    fact = facts.CallerQueued(
        turn.now, contact.contact, join.queue, join.skills, priority, asked_at, join.limit,
        contact.context.breakpoint, segment, tuple((one.agent, one.patience, one.fit) for one in wanted),
        join.priority,
    )
    contact.stayed(fact)
    turn.fact(fact)
    contact.at_door = True
    centre.route(
        acd.ContactArrived(
            acd.ContactId(contact.contact), contact.node, join.queue, join.skills, priority, asked_at,
            join.limit, made=contact.offers, segment=segment, wanted=wanted,
        ),
        turn,
    )
    contact.at_door = False
    if contact.place is Place.RETURNING:
        turned_away(centre, contact, turn)
    else:
        contact.turned_away = 0
        waiting.begins(centre, contact, turn)


def turned_away(centre: Centre, contact: Contact, turn: Turn) -> None:
    """The queue would not have him, and he has not left our door: his flow goes on at once, but not for ever."""
    contact.place = Place.FLOW
    contact.turned_away += 1
    if contact.turned_away > MOST_TURNED_AWAY:
        end(centre, contact, ivr.End(CONGESTION), turn)
        return
    go_on(centre, contact, ivr.QueueEnded(contact.back), turn)


def end(centre: Centre, contact: Contact, ask: ivr.End, turn: Turn) -> None:
    del centre
    contact.place = Place.ENDING
    turn.ask(cti.EndCall(contact.node, contact.call, ask.cause))


# ── what the session answers: aside ─────────────────────────────────────────────────────────────────────────────────


def identified(centre: Centre, contact: Contact, who: ivr.CallerIdentified, turn: Turn) -> None:
    """The agent sees who it is, and what he has proved."""
    fact = facts.CallerIdentified(
        turn.now, contact.contact, who.level, who.customer, who.customer_name, who.segment
    )
    turn.fact(fact)
    recognise(centre, contact, fact)


def recognise(centre: Centre, contact: Contact, fact: facts.CallerIdentified) -> None:
    """What it changes for the people who look at the contact."""
    earlier = centre.history.earlier(fact.customer) if fact.customer else contact.context.earlier
    context = contact.context.identified(fact.level, (fact.customer, fact.customer_name, fact.segment), earlier)
    household = standing.household_of(centre, fact.customer) if fact.customer else context.household
    contact.context = context.changed(household=household)


def leave_message(centre: Centre, contact: Contact, left: ivr.LeaveMessage, turn: Turn) -> None:
    del centre
    number = contact.context.number
    turn.fact(facts.MessageLeft(turn.now, contact.contact, left.queue, left.recording, left.seconds, number))


def send_message(centre: Centre, contact: Contact, sent: ivr.SendMessage, turn: Turn) -> None:
    """The fact is all: whoever listens on the bus for its channel delivers it."""
    del centre
    turn.fact(facts.MessageSent(turn.now, contact.contact, sent.channel, sent.to, sent.text))


def refuse_calls(centre: Centre, contact: Contact, refused: ivr.RefuseCalls, turn: Turn) -> None:
    """Nobody calls this number again, from this moment on."""
    card = contact.context.card
    scope = card.campaign if card is not None and refused.scope == "campaign" else ""
    number = centre.plan.full_number(refused.number)
    dialling.tell(centre, out.NumberBlocked(number, "caller", "he pressed a key", scope), turn)


def ask_callback(centre: Centre, contact: Contact, asked: ivr.AskCallback, turn: Turn) -> None:
    """He keeps his place from here on; `switchroom/callbacks.py` calls him once he has hung up."""
    del centre
    since = contact.context.asked_at or turn.now
    contact.wish = facts.CallbackAsked(
        turn.now, contact.contact, asked.number, asked.queue, asked.skills, asked.priority, since,
        asked.due,
    )
    turn.fact(contact.wish)


def survey_answered(centre: Centre, contact: Contact, said: ivr.SurveyAnswered, turn: Turn) -> None:
    del centre
    turn.fact(facts.SurveyAnswered(turn.now, contact.contact, said.question, said.score, contact.agent))


ANSWERS: dict[type, Callable[..., None]] = {
    ivr.StepEntered: step_entered,
    ivr.StepLeft: step_left,
    ivr.Play: play,
    ivr.Collect: collect,
    ivr.LookUp: look_up,
    ivr.RecordMessage: record,
    ivr.TransferCaller: transfer,
    ivr.JoinQueue: join_queue,
    ivr.End: end,
    ivr.CallerIdentified: identified,
    ivr.LeaveMessage: leave_message,
    ivr.SendMessage: send_message,
    ivr.RefuseCalls: refuse_calls,
    ivr.AskCallback: ask_callback,
    ivr.SurveyAnswered: survey_answered,
    ivr.Resumed: resume.ended,
}
