"""One dial: whether this lead may be called now, and what begins when he is; the lines that are in use by it.

It does not know why this lead was next, nor how many lines a campaign may have.

A dial may be for one agent alone: because he does it (preview, by hand), or because the customer is his. Then he is
held from the fact on (`HoldAgent`) until he has the customer, or nobody comes of it (`FreeAgent`): no caller takes him
meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean import dataclass
from outbound.attempts import Attempt
from outbound.campaign import Mode
from outbound.lead import Due
from outbound.messages import AttemptBegun, DialRefused, FreeAgent, HoldAgent, PlaceCall, attempt_id
from outbound.pacing.sight import Event, Happened
from outbound.retrying import numbers_of
from outbound.running import Running
from outbound.states import Stage
from outbound.turn import Turn
from outbound.verdict import Allowed, Reason, Refused

if TYPE_CHECKING:
    from outbound.dialler import Dialler

CONTACT_REST = 120.0  # seconds after which one who is in another contact is looked at again
BY_AGENTS = frozenset({Mode.PREVIEW, Mode.MANUAL})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom to dial now, on which number, by which rules, and for which agent ("": for any). `trial`: nobody's lead."""

    due: Due
    number: str
    rules: str
    agent: str = ""
    trial: bool = False


# ── may he be called ────────────────────────────────────────────────────────────────────────────────────────────────


def try_lead(dialler: Dialler, run: Running, due: Due, agent: str, turn: Turn) -> bool:
    """Dial this lead on the first of his numbers that the law allows, or write down why not."""
    found = allowed(dialler, run, due, turn)
    if found is not None:
        place(dialler, run, Chosen(due, *found, agent), turn)
    return found is not None


def allowed(dialler: Dialler, run: Running, due: Due, turn: Turn) -> tuple[str, str] | None:
    """The first of his numbers that may be dialled, and by which rules; None where that was refused, and said."""
    refused: Refused | None = None
    for number in numbers_of(due):
        verdict = may(dialler, run, due, number, turn.now)
        if isinstance(verdict, Allowed):
            return number, verdict.rules
        if refused is None or (verdict.until and (not refused.until or verdict.until < refused.until)):
            refused = verdict
    if refused is not None:
        lead, why = due.lead, refused.reason.value
        turn.say(DialRefused(run.name, lead.lead, lead.number, why, refused.until, refused.rules))
    return None


def may(dialler: Dialler, run: Running, due: Due, number: str, now: float) -> Allowed | Refused:
    """He is in no other attempt, and not on the line himself; and the law allows it."""
    lead = due.lead
    if lead.person in dialler.persons or number in dialler.persons:
        return Refused(Reason.IN_CONTACT, now + CONTACT_REST, "", "in another attempt")
    rests = max(dialler.visiting.get(lead.person, 0.0), dialler.visiting.get(number, 0.0))
    if rests > now:
        return Refused(Reason.IN_CONTACT, min(rests, now + CONTACT_REST), "", "has called us")
    return dialler.law.may_dial(lead, number, run.campaign, now, due.promised)


# ── the dial ────────────────────────────────────────────────────────────────────────────────────────────────────────


def place(dialler: Dialler, run: Running, chosen: Chosen, turn: Turn) -> None:
    """Dial: first the fact, then the call."""
    due, lead, campaign, agent = chosen.due, chosen.due.lead, run.campaign, chosen.agent
    dialler.count += 1
    name = attempt_id(dialler.count)
    attempt = Attempt(name, run.name, lead, chosen.number, due.tries, turn.now, agent=agent, trial=chosen.trial)
    attempt.informs = campaign.mode is Mode.MESSAGE
    shown = campaign.numbers[dialler.count % len(campaign.numbers)] if campaign.numbers else ""
    begun = AttemptBegun(
        name, run.name, lead, chosen.number, shown, due.tries, why_next(run, chosen), chosen.rules, campaign.mode, agent
    )
    ring_for = max(campaign.ring_for, dialler.law.promise(campaign, turn.now).ring_for)
    enter(dialler, run, attempt)
    dialler.trunk.pulse.dialled(turn.now)
    run.pulse.dialled(turn.now)
    run.last_dial = turn.now
    if not attempt.trial:
        dialler.law.begun(begun, turn.now)
        run.happened(Happened(Event.DIALLED, turn.now, line=name))
    turn.say(begun)
    if dialler.reserved.get(agent) == name:
        turn.say(HoldAgent(agent, name))
    detect = campaign.detect and not chosen.trial
    turn.say(PlaceCall(name, run.name, lead, chosen.number, shown, ring_for, detect, campaign.mode, agent))


def enter(dialler: Dialler, run: Running, attempt: Attempt) -> None:
    """The attempt is alive: a line of the house, a person in contact."""
    dialler.attempts[attempt.attempt] = attempt
    run.alive.add(attempt.attempt)
    run.air += attempt.in_the_air or attempt.stage is Stage.WAITING
    dialler.trunk.used += 1
    for who in {attempt.lead.person, attempt.number} - {""}:
        dialler.persons[who] = dialler.persons.get(who, 0) + 1
    if attempt.agent:
        dialler.reserved.setdefault(attempt.agent, attempt.attempt)


def leave(dialler: Dialler, run: Running, attempt: Attempt) -> None:
    """Its channel is gone."""
    del dialler.attempts[attempt.attempt]
    run.alive.discard(attempt.attempt)
    run.talking -= attempt.is_counted_later
    dialler.trunk.freed()
    for who in {attempt.lead.person, attempt.number} - {""}:
        dialler.persons[who] -= 1
        if not dialler.persons[who]:
            del dialler.persons[who]
    reserve_no_more(dialler, attempt)


def reserve_no_more(dialler: Dialler, attempt: Attempt) -> bool:
    """Its agent is kept for it no longer. False where he was not."""
    if dialler.reserved.get(attempt.agent) != attempt.attempt:
        return False
    del dialler.reserved[attempt.agent]
    return True


def free_agent(dialler: Dialler, attempt: Attempt, turn: Turn) -> None:
    """Nobody comes of it for its agent: others may have him again."""
    if reserve_no_more(dialler, attempt):
        turn.say(FreeAgent(attempt.agent, attempt.attempt))


def why_next(run: Running, chosen: Chosen) -> str:
    """Why this lead was next, in a word."""
    due = chosen.due
    if chosen.trial:
        return "trial"
    if due.promised:
        return "promised"
    if chosen.agent:
        return "agent" if run.campaign.mode in BY_AGENTS else "owner"
    return "retry" if due.tries else "new"
