"""Twice a second, and whenever something happened: how many lines each campaign may have, and whom to call on them.

It does not know how a pacer decides, nor a rule of law.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from outbound import supply
from outbound.attempts import Attempt
from outbound.campaign import Mode
from outbound.lead import Due
from outbound.messages import (
    AgentSeen,
    AttemptBegun,
    AttemptId,
    DialRefused,
    PaceSet,
    PlaceCall,
    RoomSeen,
    ShowPreview,
    Tick,
    attempt_id,
)
from outbound.pacing.sight import Bounds, Event, Happened
from outbound.retrying import numbers_of
from outbound.running import PACED, Running
from outbound.states import CampaignState, Stage
from outbound.turn import Turn
from outbound.verdict import Allowed, Reason, Refused

if TYPE_CHECKING:
    from outbound.dialler import Dialler

BEAT = 0.5  # seconds
LOOKS = 60  # leads that one turn looks at for one campaign, if the law refuses them
CONTACT_REST = 120.0  # seconds after which one who is in another contact is looked at again
PACE_TOLD_EACH = 1.0  # seconds
RESERVED = frozenset({Mode.PREVIEW, Mode.MANUAL})


def tick(dialler: Dialler, told: Tick, turn: Turn) -> None:
    """The deadline is reached; what is due is looked at after every message."""
    del dialler, told, turn


def is_needed(dialler: Dialler) -> bool:
    """Whether anything may be dialled or fetched without being told."""
    return any(
        run.state in {CampaignState.RUNNING, CampaignState.RESTING} and not run.dropped
        for run in dialler.campaigns.values()
    )


def look(dialler: Dialler, turn: Turn) -> None:
    """All campaigns when the beat has come, else those of which something has happened."""
    whole = dialler.next_beat <= turn.now
    moved, dialler.moved = dialler.moved, set()
    if whole:
        _begin(dialler, turn)
    for run in [*dialler.campaigns.values()]:
        if whole or run.name in moved:
            supply.mind_hours(dialler, run, turn)
    for run in dialler.running():
        if whole or run.name in moved:
            if run.campaign.mode in PACED:
                _pace(dialler, run, turn)
            elif run.campaign.mode is Mode.PREVIEW:
                _show(dialler, run, turn)
            supply.fetch(dialler, run, turn)


def _begin(dialler: Dialler, turn: Turn) -> None:
    dialler.next_beat = turn.now + BEAT
    for run in dialler.campaigns.values():
        supply.fetch(dialler, run, turn)
    for who in [who for who, until in dialler.visiting.items() if until <= turn.now]:
        del dialler.visiting[who]


# ── pacing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pace(dialler: Dialler, run: Running, turn: Turn) -> None:
    if not len(run.hopper):
        _tell_pace(run, run.air, "leads", turn)
        return
    promise = dialler.law.promise(run.campaign, turn.now)
    room = _room(dialler, run, turn.now)
    persons, abandoned = promise.persons + run.talking, promise.abandoned
    wait = min(promise.wait, round(run.patience, 1) or promise.wait)
    bounds = Bounds(promise.cap, persons, abandoned, run.air + room, wait, run.agents)
    wanted = run.pacer.lines(bounds, turn.now) if run.agents or run.campaign.mode is Mode.MESSAGE else 0
    is_used = run.agents or run.campaign.mode is Mode.MESSAGE
    why = run.pacer.why() if is_used else run.room_why or "agents"
    _tell_pace(run, max(0, wanted) + run.air, why, turn)
    for _ in range(min(wanted, room)):
        if not dial_next(dialler, run, turn):
            return


def _room(dialler: Dialler, run: Running, now: float) -> int:
    """Tell how many lines more the house, the campaign and its pilot have."""
    room = min(dialler.trunk.room(now), run.pulse.room(now))
    if run.campaign.lines:
        room = min(room, run.campaign.lines - run.air)
    if run.pilot:
        room = min(room, run.pilot - run.air)
    return max(0, room)


def _tell_pace(run: Running, lines: int, why: str, turn: Turn) -> None:
    said = (lines, why)
    if said != run.told_pace and turn.now >= run.told_pace_at + PACE_TOLD_EACH:
        run.told_pace, run.told_pace_at = said, turn.now
        turn.say(PaceSet(run.name, *said, run.pacer.risk()))


def dial_next(dialler: Dialler, run: Running, turn: Turn) -> bool:
    """Dial the next lead whom the law allows. False when there is none."""
    free = dialler.crew.free(run.name)
    for _ in range(LOOKS):
        due = run.hopper.take(lambda who: who in free and who not in dialler.reserved)
        if due is None:
            return False
        if try_lead(dialler, run, due, "", turn):
            return True
    return False


def try_lead(dialler: Dialler, run: Running, due: Due, agent: str, turn: Turn) -> bool:
    """Dial this lead on the first of his numbers that the law allows, or write down why not."""
    refused: Refused | None = None
    for number in numbers_of(due):
        verdict = may(dialler, run, due, number, turn.now)
        if isinstance(verdict, Allowed):
            place(dialler, run, Chosen(due, number, verdict.rules, agent), turn)
            return True
        if refused is None or (verdict.until and (not refused.until or verdict.until < refused.until)):
            refused = verdict
    if refused is not None:
        turn.say(
            DialRefused(
                run.name, due.lead.lead, due.lead.number, refused.reason.value, refused.until, refused.rules
            )
        )
    return False


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


class Chosen:
    """Whom to dial now, on which number, by which rules, and for which agent. `trial`: nobody's lead."""

    __slots__ = ("agent", "due", "number", "rules", "trial")

    def __init__(self, due: Due, number: str, rules: str, agent: str = "", *, trial: bool = False) -> None:
        self.due, self.number, self.rules, self.agent, self.trial = due, number, rules, agent, trial


def place(dialler: Dialler, run: Running, chosen: Chosen, turn: Turn) -> None:
    """Dial: first the fact, then the call."""
    due, lead, campaign = chosen.due, chosen.due.lead, run.campaign
    dialler.count += 1
    name = attempt_id(dialler.count)
    agent = chosen.agent or due.whom or lead.owner
    attempt = Attempt(name, run.name, lead, chosen.number, due.tries, turn.now, agent=agent, trial=chosen.trial)
    attempt.informs = campaign.mode is Mode.MESSAGE
    shown = campaign.numbers[dialler.count % len(campaign.numbers)] if campaign.numbers else ""
    begun = AttemptBegun(
        name, run.name, lead, chosen.number, shown, due.tries, why_next(due, chosen), chosen.rules, campaign.mode, agent
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
    detect = campaign.detect and not chosen.trial
    turn.say(PlaceCall(name, run.name, lead, chosen.number, shown, ring_for, detect, campaign.mode, chosen.agent))


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
    if dialler.reserved.get(attempt.agent) == attempt.attempt:
        del dialler.reserved[attempt.agent]


def why_next(due: Due, chosen: Chosen) -> str:
    """Why this lead was next, in a word."""
    if chosen.trial:
        return "trial"
    if due.promised:
        return "promised"
    if chosen.agent:
        return "agent"
    if due.whom or due.lead.owner:
        return "owner"
    return "retry" if due.tries else "new"


# ── preview, and agents ─────────────────────────────────────────────────────────────────────────────────────────────


def _show(dialler: Dialler, run: Running, turn: Turn) -> None:
    """Each agent who is free, and looks at nobody, is shown whom he may call."""
    for agent in sorted(dialler.crew.free(run.name)):
        if agent in dialler.previews or agent in dialler.reserved:
            continue
        due = run.hopper.take_own(agent) or run.hopper.take(_nobody)
        if due is None:
            return
        dialler.previews[agent] = (run.name, due)
        turn.say(ShowPreview(agent, run.name, due))


def _nobody(agent: str) -> bool:
    del agent
    return False


def agent_seen(dialler: Dialler, told: AgentSeen, turn: Turn) -> None:
    """An agent does something else: tell the pacers of his campaigns."""
    attempt = AttemptId(told.attempt)
    known = dialler.attempts.get(attempt) or dialler.ended.get(attempt)
    for news in dialler.crew.see(told, known.campaign if known is not None else ""):
        if news.campaign in dialler.campaigns:
            dialler.campaigns[news.campaign].happened(news.happened)
            dialler.moved.add(news.campaign)
    if not dialler.crew.is_free(told.agent):
        dialler.hide(told.agent, turn)


def room_seen(dialler: Dialler, told: RoomSeen, turn: Turn) -> None:
    """So many agents may be used now."""
    del turn
    run = dialler.campaigns.get(told.campaign)
    if run is not None and (run.agents, run.room_why) != (told.agents, told.why):
        if told.agents > run.agents:
            dialler.moved.add(run.name)
        run.agents, run.room_why = told.agents, told.why


ROUTES: dict[type, Callable[..., None]] = {
    AgentSeen: agent_seen,
    RoomSeen: room_seen,
}
