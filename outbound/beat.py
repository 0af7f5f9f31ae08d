"""Twice a second, and whenever something happened: how many lines each campaign may have, and whom to call on them.

It does not know how a pacer decides, nor a rule of law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outbound import desks, dials, supply
from outbound.campaign import Mode
from outbound.desks import LOOKS
from outbound.messages import PaceSet, Tick
from outbound.pacing.sight import Bounds
from outbound.running import PACED, Running
from outbound.states import CampaignState
from outbound.turn import Turn

if TYPE_CHECKING:
    from outbound.dialler import Dialler

BEAT = 0.5  # seconds
PACE_TOLD_EACH = 1.0  # seconds


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
                desks.show(dialler, run, turn)
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
    free, is_late = dialler.crew.free(run.name), dialler.outwaited(run, turn.now)
    for _ in range(LOOKS):
        found = run.hopper.take(lambda who: who in free and who not in dialler.reserved, is_late)
        if found is None:
            return False
        if dials.try_lead(dialler, run, found.due, found.agent, turn):
            return True
    return False
