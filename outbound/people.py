"""What people say: managers to a campaign, agents about a talk or a lead, anybody about a number; and the texts.

It does not know who may say what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from outbound import calls, dials
from outbound.lead import Due, Lead
from outbound.messages import (
    BlockKept,
    CampaignDropped,
    CampaignPaused,
    CampaignPlanned,
    CampaignStarted,
    CampaignStopped,
    CampaignTuned,
    DialRefused,
    HousePlanned,
    NumberBlocked,
    NumberDialled,
    NumberUnblocked,
    OutcomeSaid,
    PersonCalledIn,
    PreviewTaken,
    ResultKept,
    TrialWanted,
)
from outbound.running import Running
from outbound.states import CAMPAIGN_MOVES, Order
from outbound.trunk import House
from outbound.turn import Turn

if TYPE_CHECKING:
    from outbound.campaign import Campaign
    from outbound.dialler import Dialler

ON_THE_LINE = 4 * 3600.0  # seconds: no call in lasts longer
RINGS_BACK = 600.0  # seconds for which one who has called us is not dialled
PASSED_OVER = 3600.0  # seconds until a lead that an agent passed over is due again
TUNABLE = ("mode", "ratio", "cap", "lines")
BY_HAND = "hand"  # the list of numbers that nobody imported


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def planned(dialler: Dialler, told: CampaignPlanned, turn: Turn) -> None:
    """A text, new or changed. What a manager has set stands where the text says what it said before."""
    text = told.campaign
    run = dialler.campaigns.get(text.name)
    if run is None:
        run = dialler.campaigns[text.name] = Running(text, dialler.new_pacer)
        run.since = turn.now
        for happened in dialler.crew.present(text.name):
            run.happened(happened)
    else:
        before, run.text, run.dropped = run.text, text, False
        run.become(replace(text, **_kept_settings(run.campaign, before, text)))
    dialler.moved.add(run.name)


def _kept_settings(present: Campaign, before: Campaign, text: Campaign) -> dict[str, Any]:
    return {name: getattr(present, name) for name in TUNABLE if getattr(before, name) == getattr(text, name)}


def dropped(dialler: Dialler, told: CampaignDropped, turn: Turn) -> None:
    """No text has it any more."""
    run = dialler.campaigns.get(told.campaign)
    if run is None:
        return
    dialler.hide_all(run, turn)
    run.dropped = True
    if not run.alive:
        del dialler.campaigns[run.name]


def house_planned(dialler: Dialler, told: HousePlanned, turn: Turn) -> None:
    """Other lines, another rate."""
    del turn
    dialler.trunk.become(House(told.lines, told.rate))


# ── managers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def started(dialler: Dialler, told: CampaignStarted, turn: Turn) -> None:
    """It runs, from now on or again."""
    run = dialler.campaigns.get(told.campaign)
    if run is None or (run.state, Order.START) not in CAMPAIGN_MOVES:
        return
    run.pilot = told.pilot or (run.campaign.pilot if not run.last_dial else 0)
    dialler.order(run, Order.START, (told.by, told.why), turn)
    run.hopper.look_at = 0.0


def paused(dialler: Dialler, told: CampaignPaused, turn: Turn) -> None:
    """Nothing new; what rings may be answered."""
    run = dialler.campaigns.get(told.campaign)
    if run is not None and dialler.order(run, Order.PAUSE, (told.by, told.why), turn):
        dialler.hide_all(run, turn)


def stopped(dialler: Dialler, told: CampaignStopped, turn: Turn) -> None:
    """The red key. Pressed again, it hangs up again whatever may ring."""
    run = dialler.campaigns.get(told.campaign)
    if run is None:
        return
    dialler.order(run, Order.STOP, (told.by, told.why), turn)
    calls.end_unanswered(dialler, run, "stopped", turn)
    dialler.hide_all(run, turn)


def tuned(dialler: Dialler, told: CampaignTuned, turn: Turn) -> None:
    """Other settings, at once."""
    run = dialler.campaigns.get(told.campaign)
    if run is None:
        return
    changes = settings_of(told)
    if "mode" in changes and changes["mode"] is not run.campaign.mode:
        dialler.hide_all(run, turn)
    run.tuned(**changes)
    dialler.moved.add(run.name)


def settings_of(told: CampaignTuned) -> dict[str, Any]:
    """What a manager has set."""
    return {name: getattr(told, name) for name in TUNABLE if getattr(told, name) is not None}


def trial_wanted(dialler: Dialler, told: TrialWanted, turn: Turn) -> None:
    """A manager wants to hear what a customer hears: no law, no figure, nobody's lead."""
    run = dialler.campaigns.get(told.campaign)
    if run is not None and dialler.trunk.room(turn.now):
        lead = Lead(f"trial.{dialler.count + 1}", "", told.number, told.by)
        dials.place(dialler, run, dials.Chosen(Due(lead), told.number, "", trial=True), turn)


# ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def outcome_said(dialler: Dialler, told: OutcomeSaid, turn: Turn) -> None:
    """The agent's word on a talk that is his, or was."""
    attempt = dialler.attempts.get(told.attempt) or dialler.ended.get(told.attempt)
    if attempt is None:
        return
    run = dialler.campaigns.get(attempt.campaign)
    results = dict(run.campaign.results) if run is not None else {}
    turn.say(
        ResultKept(
            told.attempt, attempt.campaign, attempt.lead.lead, told.agent, told.result, told.again, told.whom,
            told.note, told.amount, results.get(told.result, False),
        )
    )


def preview_taken(dialler: Dialler, told: PreviewTaken, turn: Turn) -> None:
    """He calls whom he was shown, if the law still lets him; or he does not want to."""
    shown = dialler.previews.get(told.agent)
    if shown is None or (shown[0], shown[1].lead.lead) != (told.campaign, told.lead):
        return
    run, due = dialler.campaigns[told.campaign], shown[1]
    if told.take and not (run.dials and dialler.trunk.room(turn.now)):
        return
    dialler.hide(told.agent, turn)
    run.hopper.remove(told.lead)
    if told.take:
        dials.try_lead(dialler, run, due, told.agent, turn)
    else:
        until = turn.now + PASSED_OVER
        turn.say(DialRefused(run.name, told.lead, due.lead.number, "passed_over", until))
    dialler.moved.add(run.name)


def number_dialled(dialler: Dialler, told: NumberDialled, turn: Turn) -> None:
    """An agent dials by hand; the law is asked as for any other."""
    run = dialler.campaigns.get(told.campaign)
    if run is not None and run.dials and dialler.trunk.room(turn.now) and dialler.is_at_hand(told.agent):
        lead = Lead(f"{BY_HAND}.{dialler.count + 1}", told.number, told.number)
        dials.try_lead(dialler, run, Due(lead), told.agent, turn)


# ── numbers, and persons on the line ────────────────────────────────────────────────────────────────────────────────


def blocked(dialler: Dialler, told: NumberBlocked, turn: Turn) -> None:
    """Never call it again, and let it ring no longer."""
    kept = BlockKept(told.number, told.by, told.why, told.scope, told.prefix)
    dialler.law.blocked(kept, turn.now)
    turn.say(kept)
    for run in dialler.campaigns.values():
        if told.scope in {"", run.name} and not told.prefix:
            run.hopper.forget(told.number)
            calls.end_unanswered(dialler, run, "blocked", turn, told.number)


def unblocked(dialler: Dialler, told: NumberUnblocked, turn: Turn) -> None:
    """An administrator's act."""
    kept = BlockKept(told.number, told.by, told.why, told.scope, told.prefix, lifted=True)
    dialler.law.blocked(kept, turn.now)
    turn.say(kept)


def called_in(dialler: Dialler, told: PersonCalledIn, turn: Turn) -> None:
    """He is on the line himself, or was: what rings at his telephone is hung up, and he is left alone for a while."""
    until = turn.now + (ON_THE_LINE if told.open else RINGS_BACK)
    for who in (told.person, told.number):
        if who:
            dialler.visiting[who] = until
            if told.open and who in dialler.persons:
                for run in dialler.campaigns.values():
                    calls.end_unanswered(dialler, run, "called_in", turn, who)


ROUTES: dict[type, Callable[..., None]] = {
    CampaignPlanned: planned,
    CampaignDropped: dropped,
    HousePlanned: house_planned,
    CampaignStarted: started,
    CampaignPaused: paused,
    CampaignStopped: stopped,
    CampaignTuned: tuned,
    TrialWanted: trial_wanted,
    OutcomeSaid: outcome_said,
    PreviewTaken: preview_taken,
    NumberDialled: number_dialled,
    NumberBlocked: blocked,
    NumberUnblocked: unblocked,
    PersonCalledIn: called_in,
}
