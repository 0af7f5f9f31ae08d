"""Callers who wait, as the centre speaks with them: announcements at their times, and the talk about calling them back.

It does not know what is said (`ivr/waiting/`) nor who serves them (the router); how the telephone does it is `cti/`.

    CallerQueued     the first announcement has a time; a heap keeps it, nobody is looked through
    TellCaller       he hears it between the music, without us; while an agent is rung for him it is put off
    CallerArrived    with the key of the offer: he stands at our door, and is asked which number, and when
    TalkBegan        an agent has answered, in the middle of anything: what was asked is forgotten
    CallbackAsked    he has agreed: his place is kept for `switchroom/callbacks.py`, he is thanked, and his call ends
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from acd.standing import Standing
from ivr.waiting import announcing, talk
from ivr.waiting.rules import POSITION, QUIET, CallbackRule, CallbacksOffered, WaitRules
from ivr.waiting.talk import Stage, Talk, Terms
from switchroom.contact import Contact, Place
from switchroom.turn import Turn
from switchroom.wakes import Wakes

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.plan import Plan

AGAIN = 5.0  # seconds after which one who could not be told just now is looked at again
LISTEN = 4.0  # seconds for a key after an offer
CALLED_BACK = "callback"  # why a caller left the queue
MOST_AT_ONCE = 20  # callers told in one turn: after a start all may be due, and others must have their turn, too
STAGGER = 0.1  # seconds between callers who are all to be told something now


class WaitingRoom:
    """Who is to be spoken with when; where everybody stands; and the call-backs that are not in a queue yet.

    `offering` are the queues in which everybody is offered to be called back.
    """

    def __init__(self, plan: Plan) -> None:
        self.resting = Wakes()
        self.telling = Wakes()
        self.offering: set[str] = set()
        self.standing = _standing(plan)

    def dues(self) -> tuple[float | None, float | None]:
        """When something is to be done next; None for never."""
        return self.resting.next(), self.telling.next()


def rules_of(centre: Centre, contact: Contact) -> WaitRules:
    """What the queue in which he waits says of its callers."""
    queue = centre.plan.queues.get(contact.context.queue)
    rules = queue.waiting if queue is not None else QUIET
    may_be_called = centre.plan.outside != ()
    return rules if may_be_called or rules.callback is None else replace(rules, callback=None)


def _standing(plan: Plan) -> Standing:
    """The lines of the queues that tell their callers where they stand."""
    told = [name for name, queue in plan.queues.items() if (says := queue.waiting.announce) and POSITION in says.say]
    return Standing(plan.queue_rules(), told)


# ── waiting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def begins(centre: Centre, contact: Contact, turn: Turn) -> None:
    """He has come into a queue."""
    contact.heard, contact.talk = announcing.Heard(turn.now), None
    schedule(centre, contact)
    hold(centre, contact, turn)


def hold(centre: Centre, contact: Contact, turn: Turn) -> None:
    """Music, until something happens."""
    music = rules_of(centre, contact).music
    dialled = cti.is_dialled(contact.call) or bool(contact.context.callback)
    last = contact.session.ends_after_talk or (dialled and not contact.session.state.step)
    turn.ask(cti.HoldCaller(contact.node, contact.call, last, music))


def schedule(centre: Centre, contact: Contact) -> None:
    """Note when he is to be told something next."""
    switched_on = contact.context.queue in centre.waiting_room.offering
    due = announcing.next_due(rules_of(centre, contact), contact.heard, switched_on=switched_on)
    if due is None or not contact.line:
        centre.waiting_room.telling.drop(contact.contact)
    else:
        centre.waiting_room.telling.set(contact.contact, due)


def reschedule(centre: Centre) -> None:
    """The rules are others now: they count for those who wait already."""
    centre.waiting_room.standing = _standing(centre.plan)
    centre.waiting_room.standing.take_all(centre.router)
    for contact in centre.contacts.values():
        if contact.place is Place.WAITING:
            schedule(centre, contact)


def tick(centre: Centre, turn: Turn) -> None:
    """Tell those whose time has come."""
    for name in centre.waiting_room.telling.pop(turn.now, MOST_AT_ONCE):
        contact = centre.contacts.get(name)
        if contact is not None and contact.place is Place.WAITING and contact.line:
            _announce(centre, contact, turn)


def callbacks_offered(centre: Centre, told: CallbacksOffered, turn: Turn) -> None:
    """From now on all callers of a queue are offered to be called back, or as its rules say."""
    if not told.on:
        centre.waiting_room.offering.discard(told.queue)
        return
    centre.waiting_room.offering.add(told.queue)
    waiting = [c for c in centre.contacts.values() if c.place is Place.WAITING and c.context.queue == told.queue]
    able = [c for c in waiting if c.line and not c.heard.offers and rules_of(centre, c).callback]
    for number, contact in enumerate(sorted(able, key=lambda c: (c.context.asked_at, c.contact)), 1):
        at = turn.now + STAGGER * number
        if not 0.0 < centre.waiting_room.telling.due(contact.contact) < at:
            centre.waiting_room.telling.set(contact.contact, at)


def _announce(centre: Centre, contact: Contact, turn: Turn) -> None:
    rules = rules_of(centre, contact)
    if contact.rings or contact.talk is not None or not centre.nodes.get(contact.node, True):
        centre.waiting_room.telling.set(contact.contact, turn.now + AGAIN)
        return
    telling = announcing.compose(rules, contact.heard, _outlook(centre, contact, turn.now))
    sounds = contact.sounds_if_any(telling.prompts, contact.context.language, centre.editions.present)
    if not sounds:
        every = rules.announce.every if rules.announce is not None else AGAIN
        centre.waiting_room.telling.set(contact.contact, turn.now + every)
        return
    contact.heard = announcing.after(contact.heard, telling, turn.now)
    _put_down(contact, telling, turn)
    turn.ask(cti.TellCaller(contact.node, contact.call, sounds, LISTEN if telling.offers else 0.0))
    schedule(centre, contact)


def _outlook(centre: Centre, contact: Contact, now: float) -> announcing.Outlook:
    place = centre.waiting_room.standing.place(contact.contact)
    wait = centre.router.estimate(acd.ContactId(contact.contact), now)
    interval = (wait.low, wait.high) if wait is not None else None
    switched_on = contact.context.queue in centre.waiting_room.offering
    return announcing.Outlook(now, contact.context.language, place, interval, switched_on)


def _put_down(contact: Contact, telling: announcing.Telling, turn: Turn) -> None:
    queue, language = contact.context.queue, contact.context.language
    sorry = telling.sorry and announcing.LONGER in telling.prompts
    turn.fact(
        facts.CallerTold(turn.now, contact.contact, queue, telling.prompts, language, telling.offers, sorry)
    )
    if telling.high or telling.position:
        turn.fact(
            facts.EstimateTold(turn.now, contact.contact, queue, telling.low, telling.high, telling.position)
        )


# ── the talk about calling him back ─────────────────────────────────────────────────────────────────────────────────


def at_door(centre: Centre, contact: Contact, told: cti.CallerArrived, turn: Turn) -> None:
    """He stands at the door though he waits: by the key of the offer, or because a talk with him came to nothing."""
    rule = rules_of(centre, contact).callback
    if told.key != talk.WANTS or rule is None or not contact.heard.offers:
        if contact.talk is not None:
            _come_to(centre, contact, replace(contact.talk, stage=Stage.WAITING), told.key, turn)
        else:
            hold(centre, contact, turn)
    elif contact.talk is not None:
        _ask(centre, contact, contact.talk, turn)  # the question that our predecessor had asked
    else:
        _come_to(centre, contact, talk.begin(_terms(centre, contact, rule, turn)), told.key, turn)


def digits_collected(centre: Centre, contact: Contact, told: cti.DigitsCollected, turn: Turn) -> None:
    """He has answered a question of the talk."""
    rule = rules_of(centre, contact).callback
    if contact.talk is not None and rule is not None:
        after = talk.advance(contact.talk, told.digits, _terms(centre, contact, rule, turn))
        _come_to(centre, contact, after, told.digits, turn)


def thanked(contact: Contact, turn: Turn) -> None:
    """He has heard that he will be called."""
    turn.ask(cti.EndCall(contact.node, contact.call))


def _come_to(centre: Centre, contact: Contact, after: Talk, keys: str, turn: Turn) -> None:
    turn.fact(
        facts.CallbackTalked(
            turn.now, contact.contact, after.stage, keys, after.number, after.due, after.tries, after.problem
        )
    )
    contact.talk = None if after.stage in _ENDS else after
    _ENDS.get(after.stage, _ask)(centre, contact, after, turn)


def _ask(centre: Centre, contact: Contact, after: Talk, turn: Turn) -> None:
    rule = rules_of(centre, contact).callback or CallbackRule()
    asked = talk.question(after, _terms(centre, contact, rule, turn), contact.context.language)
    sounds = _say(centre, contact, asked.prompts, turn)
    turn.ask(cti.CollectDigits(contact.node, contact.call, sounds, asked.at_most, asked.wait))


def _stays(centre: Centre, contact: Contact, after: Talk, turn: Turn) -> None:
    hold(centre, contact, turn)
    if not contact.rings:  # else an agent may be answering just now
        problem = (after.problem,) if after.problem else ()
        sounds = _say(centre, contact, (*problem, *talk.STAYS), turn)
        turn.ask(cti.TellCaller(contact.node, contact.call, sounds))
    schedule(centre, contact)


def _agreed(centre: Centre, contact: Contact, after: Talk, turn: Turn) -> None:
    asked = centre.router.contacts()[acd.ContactId(contact.contact)]
    since = contact.context.asked_at
    contact.wish = facts.CallbackAsked(
        turn.now, contact.contact, after.number, asked.queue, asked.skills, contact.priority, since, after.due,
        asked.at_head,
    )
    turn.fact(contact.wish)
    centre.route(acd.ContactLeft(acd.ContactId(contact.contact)), turn)
    turn.fact(facts.CallerLeftQueue(turn.now, contact.contact, asked.queue, CALLED_BACK, turn.now - since))
    contact.place, contact.reached = Place.ENDING, contact.reached or "flowed_out"
    turn.ask(cti.PlayPrompt(contact.node, contact.call, _say(centre, contact, talk.THANKS, turn)))


def _say(centre: Centre, contact: Contact, prompts: tuple[str, ...], turn: Turn) -> tuple[str, ...]:
    queue, language = contact.context.queue, contact.context.language
    contact.heard = replace(contact.heard, last=turn.now)
    turn.fact(facts.CallerTold(turn.now, contact.contact, queue, prompts, language, in_talk=True))
    return contact.sounds_if_any(prompts, language, centre.editions.present)


def _terms(centre: Centre, contact: Contact, rule: CallbackRule, turn: Turn) -> Terms:
    return Terms(rule, contact.context.number, centre.plan.may_call, turn.now)


_ENDS: dict[Stage, Callable[[Centre, Contact, Talk, Turn], None]] = {Stage.WAITING: _stays, Stage.AGREED: _agreed}

ROUTES: dict[type, Callable[..., None]] = {CallbacksOffered: callbacks_offered}


# ── after a start ───────────────────────────────────────────────────────────────────────────────────────────────────


def restored(contact: Contact, fact: facts.CallerTold | facts.EstimateTold) -> None:
    """What he was told, from the facts."""
    heard = contact.heard
    if isinstance(fact, facts.EstimateTold):
        until = fact.at + fact.high if fact.high else heard.until
        contact.heard = replace(heard, until=until, position=fact.position or heard.position)
    elif fact.in_talk:
        contact.heard = replace(heard, last=fact.at)
    else:
        contact.heard = replace(
            heard, last=fact.at, offers=heard.offers + fact.offered,
            announced=heard.announced if fact.prompts == (announcing.OFFER,) else fact.at,
            sorry=heard.sorry or fact.sorry,
        )


def restored_talk(contact: Contact, fact: facts.CallbackTalked) -> None:
    """How far the talk about a call-back had come."""
    stage = Stage(fact.stage)
    contact.talk = None if stage in _ENDS else Talk(stage, fact.number, fact.due, fact.tries, fact.problem)
