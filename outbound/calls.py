"""What is heard of an attempt, and what follows: an agent, the message, a hang-up; and its one outcome.

It does not know how a number was chosen, nor how an agent is found.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING

from outbound import dials
from outbound.attempts import PERSONS, Attempt
from outbound.lead import PERSON, Outcome
from outbound.messages import (
    AttemptEnded,
    AttemptFailed,
    AttemptId,
    AttemptInSight,
    AttemptOutOfSight,
    AttemptOver,
    AttemptUnknown,
    CustomerAnswered,
    CustomerConnected,
    CustomerHeard,
    CustomerRang,
    EndAttempt,
    FindAgent,
    GiveMessage,
    MessageGiven,
    PaceSet,
)
from outbound.pacing.sight import Event, Happened
from outbound.retrying import again_at
from outbound.running import Running
from outbound.states import Order, Stage, Step
from outbound.turn import Turn

if TYPE_CHECKING:
    from outbound.dialler import Dialler

HEADROOM = 0.1  # seconds: the message begins so much before the law's time is over
REMEMBERED = 5000  # attempts on which an agent may still say his word


# ── before anybody is there ─────────────────────────────────────────────────────────────────────────────────────────


def rang(dialler: Dialler, told: CustomerRang, turn: Turn) -> None:
    """His telephone rings: nothing follows from that."""
    del dialler, told, turn


def answered(dialler: Dialler, told: CustomerAnswered, turn: Turn) -> None:
    """The line is open; who it is is being listened to."""
    del turn
    attempt = dialler.attempts.get(told.attempt)
    if attempt is not None and attempt.step(Step.ANSWER):
        attempt.answered_at = told.at


def failed(dialler: Dialler, told: AttemptFailed, turn: Turn) -> None:
    """It was never answered. What we hung up ourselves is ours, whatever the network calls it."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is None:
        return
    outcome = Outcome.CANCELLED if attempt.stage is Stage.LEAVING and not attempt.heard else told.outcome
    _finish(dialler, attempt, outcome, turn, told.cause)


def out_of_sight(dialler: Dialler, told: AttemptOutOfSight, turn: Turn) -> None:
    """Its campaign goes on with the nodes that are there."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is not None and attempt.in_the_air:
        _landed(dialler, dialler.campaigns[attempt.campaign], attempt, Event.DROPPED, turn.now)
        attempt.unseen = True


def in_sight(dialler: Dialler, told: AttemptInSight, turn: Turn) -> None:
    """It may become a person again for whom an agent is needed."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is not None and attempt.unseen:
        attempt.unseen = False
        if attempt.in_the_air:
            run = dialler.campaigns[attempt.campaign]
            run.air += 1
            _tell(dialler, run, attempt, Event.DIALLED, turn.now)


def unknown(dialler: Dialler, told: AttemptUnknown, turn: Turn) -> None:
    """It will never be known. Whoever had talked with an agent has talked; else nobody can say."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is not None:
        reached = attempt.stage is Stage.TALKING or attempt.charged is not None
        _finish(dialler, attempt, attempt.outcome() if reached else Outcome.UNKNOWN, turn)


# ── somebody is there ───────────────────────────────────────────────────────────────────────────────────────────────


def heard(dialler: Dialler, told: CustomerHeard, turn: Turn) -> None:
    """A person: an agent is found at once, or he hears the campaign's message. Else the machine's, or nothing."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is None:
        return
    if attempt.stage is Stage.LEAVING and not attempt.heard and told.heard in PERSONS:
        _abandon(dialler, attempt, turn)
    if not attempt.in_the_air:
        return
    run = dialler.campaigns[attempt.campaign]
    attempt.heard = told.heard
    attempt.answered_at = attempt.answered_at or told.greeted_at or turn.now
    attempt.greeted_at = told.greeted_at or turn.now
    if told.heard in PERSONS and not attempt.informs:
        _find_agent(dialler, run, attempt, turn)
    else:
        dials.free_agent(dialler, attempt, turn)
        _heard_alone(dialler, run, attempt, turn)


def _heard_alone(dialler: Dialler, run: Running, attempt: Attempt, turn: Turn) -> None:
    """No agent is needed for him, or for it."""
    heard = attempt.heard
    if heard in PERSONS:
        _speak(dialler, run, attempt, run.campaign.message, turn)
    elif heard == "machine" and run.campaign.machine:
        _speak(dialler, run, attempt, run.campaign.machine, turn)
    elif heard == "silent" and run.campaign.message:  # it may be a person yet, who is not to hear silence
        _speak(dialler, run, attempt, run.campaign.message, turn)
    else:
        attempt.step(Step.NOBODY)
        _landed(dialler, run, attempt, Event.OTHER, turn.now)
        turn.say(EndAttempt(attempt.attempt, heard))


def _find_agent(dialler: Dialler, run: Running, attempt: Attempt, turn: Turn) -> None:
    attempt.step(Step.PERSON)
    attempt.by = attempt.greeted_at + dialler.law.promise(run.campaign, turn.now).wait - HEADROOM
    run.person_has(max(0.1, attempt.by - turn.now))
    _tell(dialler, run, attempt, Event.ANSWERED, turn.now)
    heapq.heappush(dialler.late, (attempt.by, attempt.attempt))
    if run.campaign.queue:
        turn.say(FindAgent(attempt.attempt, run.name, run.campaign.queue, attempt.by, attempt.agent))


def _speak(
    dialler: Dialler, run: Running, attempt: Attempt, flow: str, turn: Turn
) -> None:
    attempt.step(Step.LISTENER)
    _landed(dialler, run, attempt, Event.OTHER, turn.now)
    turn.say(GiveMessage(attempt.attempt, flow, "message" if attempt.heard in PERSONS else attempt.heard))


def connected(dialler: Dialler, told: CustomerConnected, turn: Turn) -> None:
    """Two-way audio with an agent."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is None or not attempt.step(Step.CONNECT):
        return
    run = dialler.campaigns[attempt.campaign]
    dials.reserve_no_more(dialler, attempt)
    attempt.agent, attempt.connected_at = told.agent, told.at
    run.talking += attempt.is_counted_later
    dialler.talking_of[told.agent] = attempt.attempt
    _landed(dialler, run, attempt, Event.CONNECTED, turn.now)


def look_at_late(dialler: Dialler, turn: Turn) -> None:
    """Persons whom no agent has met in time hear who called, and how to be called no more."""
    while dialler.late and dialler.late[0][0] <= turn.now:
        _, name = heapq.heappop(dialler.late)
        attempt = dialler.attempts.get(name)
        if attempt is not None and attempt.stage is Stage.WAITING:
            _landed(dialler, dialler.campaigns[attempt.campaign], attempt, Event.ABANDONED, turn.now)
            _abandon(dialler, attempt, turn)


def _abandon(dialler: Dialler, attempt: Attempt, turn: Turn) -> None:
    """He is a person, and we have nobody for him: that is written down, and he is told who called."""
    attempt.step(Step.LATE)
    dials.free_agent(dialler, attempt, turn)
    _write_end(dialler, attempt, Outcome.ABANDONED, turn)
    attempt.charged = Outcome.ABANDONED
    flow = dialler.campaigns[attempt.campaign].campaign.message
    name = attempt.attempt
    turn.say(GiveMessage(name, flow, "abandoned") if flow else EndAttempt(name, "abandoned"))


def message_given(dialler: Dialler, told: MessageGiven, turn: Turn) -> None:
    """He has heard it; his channel's end is told next."""
    del dialler, told, turn


def over(dialler: Dialler, told: AttemptOver, turn: Turn) -> None:
    """His channel is gone."""
    attempt = dialler.attempts.get(told.attempt)
    if attempt is not None:
        attempt.over_at = told.at
        _finish(dialler, attempt, attempt.outcome(), turn)


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _finish(
    dialler: Dialler, attempt: Attempt, outcome: Outcome, turn: Turn, cause: int = 0
) -> None:
    """The attempt's channel is gone: its one end is written, if it is not yet."""
    run = dialler.campaigns[attempt.campaign]
    if attempt.in_the_air or attempt.stage is Stage.WAITING:
        event = Event.DROPPED if outcome is Outcome.CANCELLED else Event.OTHER
        _landed(dialler, run, attempt, Event.LOST if attempt.stage is Stage.WAITING else event, turn.now)
    dials.free_agent(dialler, attempt, turn)
    dials.leave(dialler, run, attempt)
    if dialler.trunk.came_to(outcome, turn.now):
        turn.say(PaceSet(run.name, 0, "congestion", 0.0))
    if attempt.charged is None:
        _write_end(dialler, attempt, outcome, turn, cause)
    if attempt.connected_at:
        dialler.ended[attempt.attempt] = attempt
        if len(dialler.ended) > REMEMBERED:
            del dialler.ended[next(iter(dialler.ended))]
    dialler.moved.add(run.name)
    _drop_if_gone(dialler, run)


def _write_end(dialler: Dialler, attempt: Attempt, outcome: Outcome, turn: Turn, cause: int = 0) -> None:
    run, lead = dialler.campaigns[attempt.campaign], attempt.lead
    again = 0.0 if attempt.trial else again_at(run.campaign, lead, attempt.tries, outcome, turn.now)
    agent, now = attempt.agent if attempt.connected_at else "", attempt.over_at or turn.now
    ended = AttemptEnded(
        attempt.attempt, run.name, lead.lead, lead.person, attempt.number, outcome, again, cause, agent,
        attempt.lines(now), attempt.waited(), attempt.talked(now),
    )
    turn.say(ended)
    if attempt.trial:
        return
    dialler.law.ended(ended, turn.now)
    if outcome in PERSON and run.pilot:
        run.pilot -= 1
        if not run.pilot:
            dialler.order(run, Order.PAUSE, ("", "pilot"), turn)


def _drop_if_gone(dialler: Dialler, run: Running) -> None:
    if run.dropped and not run.alive:
        del dialler.campaigns[run.name]


def _tell(dialler: Dialler, run: Running, attempt: Attempt, event: Event, now: float) -> None:
    """The pacer of the campaign hears of it, unless it is a trial."""
    if not attempt.trial:
        agent = attempt.agent if event is Event.CONNECTED else ""
        run.happened(Happened(event, now, line=attempt.attempt, agent=agent, age=now - attempt.begun_at))
    dialler.moved.add(run.name)


def _landed(dialler: Dialler, run: Running, attempt: Attempt, event: Event, now: float) -> None:
    """It is in the air no more."""
    if attempt.unseen:
        return
    run.air -= 1
    _tell(dialler, run, attempt, event, now)


def end_unanswered(dialler: Dialler, run: Running, why: str, turn: Turn, number: str = "") -> None:
    """Hang up what rings without an answer: all of a campaign, or one number."""
    for name in sorted(run.alive):
        attempt = dialler.attempts[AttemptId(name)]
        if number and number not in {attempt.number, attempt.lead.person}:
            continue
        hang_up(dialler, attempt, why, turn)


def hang_up(dialler: Dialler, attempt: Attempt, why: str, turn: Turn) -> None:
    """Let it ring no longer, if nobody has answered."""
    if attempt.step(Step.CANCEL):
        _landed(dialler, dialler.campaigns[attempt.campaign], attempt, Event.DROPPED, turn.now)
        turn.say(EndAttempt(attempt.attempt, why))


ROUTES: dict[type, Callable[..., None]] = {
    CustomerRang: rang,
    CustomerAnswered: answered,
    AttemptFailed: failed,
    AttemptOutOfSight: out_of_sight,
    AttemptInSight: in_sight,
    AttemptUnknown: unknown,
    CustomerHeard: heard,
    CustomerConnected: connected,
    MessageGiven: message_given,
    AttemptOver: over,
}
