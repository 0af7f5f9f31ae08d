"""What managers and agents say of campaigns, checked, and told to the dialler; what cannot be is refused in words.

It does not know who may say what (the desk does), nor what follows (the dialler does).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import desk.campaign_vocabulary as said
import desk.vocabulary as desk
import journal.outbound_facts as made
import outbound.messages as out
from outbound import dials
from outbound.attempts import Attempt
from outbound.campaign import Mode
from outbound.lead import Due, Lead
from outbound.states import CAMPAIGN_MOVES, CampaignState, Order
from outbound.verdict import Reason, Refused
from switchroom import dialling, lawmaking

if TYPE_CHECKING:
    from outbound.running import Running
    from switchroom.centre import Centre
    from switchroom.turn import Turn

NOT_THEN = frozenset({Reason.HOURS, Reason.HOLIDAY, Reason.UNKNOWN_ZONE, Reason.BLOCKED})


def _run(centre: Centre, campaign: str) -> Running:
    run = centre.outbound.dialler.campaigns.get(campaign)
    if run is None or run.dropped:
        raise desk.Refused(f"no campaign is called '{campaign}' on this floor")
    return run


# ── managers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def started(centre: Centre, told: said.CampaignStartAsked, turn: Turn) -> None:
    _may_move(_run(centre, told.campaign), Order.START)
    dialling.look(centre, turn)
    dialling.tell(centre, out.CampaignStarted(told.campaign, told.by, told.pilot, told.why), turn)


def paused(centre: Centre, told: said.CampaignPauseAsked, turn: Turn) -> None:
    _may_move(_run(centre, told.campaign), Order.PAUSE)
    dialling.tell(centre, out.CampaignPaused(told.campaign, told.by, told.why), turn)


def stopped(centre: Centre, told: said.CampaignStopAsked, turn: Turn) -> None:
    """The red key may be pressed at any time."""
    _run(centre, told.campaign)
    dialling.tell(centre, out.CampaignStopped(told.campaign, told.by, told.why), turn)


def _may_move(run: Running, order: Order) -> None:
    if (run.state, order) in CAMPAIGN_MOVES:
        return
    if order is Order.START and run.state in {CampaignState.RUNNING, CampaignState.RESTING}:
        raise desk.Refused(f"campaign '{run.name}' runs already")
    raise desk.Refused(f"campaign '{run.name}' is {run.state.value}: it cannot {order.value}")


def tuned(centre: Centre, told: said.CampaignTuneAsked, turn: Turn) -> None:
    """Other settings, at once, and on record."""
    run = _run(centre, told.campaign)
    mode = Mode(told.mode) if told.mode is not None and told.mode in set(Mode) else None
    if told.mode is not None and mode is None:
        raise desk.Refused(f"'{told.mode}' is no mode: {', '.join(Mode)}")
    if mode is not None and mode is not Mode.MESSAGE and not run.campaign.queue:
        raise desk.Refused(f"campaign '{run.name}' has no queue, so it can only be in the mode 'message'")
    if mode not in {None, Mode.MANUAL, Mode.PREVIEW} and not run.campaign.message:
        raise desk.Refused(f"campaign '{run.name}' has no message for persons whom no agent meets")
    turn.fact(
        made.CampaignTuned(
            turn.now, run.name, told.by, told.why, told.mode or "", told.ratio or 0.0, told.cap or 0.0,
            -1 if told.lines is None else told.lines,
        )
    )
    dialling.tell(centre, out.CampaignTuned(run.name, told.by, mode, told.ratio, told.cap, told.lines), turn)
    centre.outbound.sort()


def trial(centre: Centre, told: said.TrialCallAsked, turn: Turn) -> None:
    run = _run(centre, told.campaign)
    if not centre.plan.may_call(told.number):
        raise desk.Refused(f"{told.number} is no number that may be dialled from here")
    if not centre.outbound.dialler.trunk.room(turn.now):
        raise desk.Refused("no line is free just now")
    dialling.tell(centre, out.TrialWanted(run.name, told.number, told.by), turn)


def blocked(centre: Centre, told: said.NumberBlockAsked, turn: Turn) -> None:
    word = out.NumberBlocked(told.number, told.by, told.why, told.scope, told.prefix)
    dialling.tell(centre, word, turn)


def unblocked(centre: Centre, told: said.NumberUnblockAsked, turn: Turn) -> None:
    word = out.NumberUnblocked(told.number, told.by, told.why, told.scope, told.prefix)
    dialling.tell(centre, word, turn)


# ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def outcome_given(centre: Centre, told: said.OutcomeGiven, turn: Turn) -> None:
    """His word on a talk of his. Raises `Refused` for one that he had not, or a word that the campaign has not."""
    attempt = centre.outbound.attempt(told.contact)
    if attempt is None or attempt.agent != told.agent or not attempt.connected_at:
        raise desk.Refused(f"{told.contact} is no talk of yours with a customer of a campaign")
    run = _run(centre, attempt.campaign)
    if run.campaign.results and told.result not in dict(run.campaign.results):
        raise desk.Refused(f"'{told.result}' is no result here: {', '.join(name for name, _ in run.campaign.results)}")
    if told.again:
        _may_promise(centre, run, attempt, told.again, turn)
    word = out.OutcomeSaid(
        attempt.attempt, told.agent, told.result, told.again, told.whom, told.note, told.amount
    )
    dialling.tell(centre, word, turn)
    if told.block:
        dialling.tell(centre, out.NumberBlocked(attempt.number, told.agent, "he asked for it", ""), turn)


def _may_promise(centre: Centre, run: Running, attempt: Attempt, at: float, turn: Turn) -> None:
    if at < turn.now:
        raise desk.Refused("that time is past")
    verdict = centre.outbound.dialler.law.may_dial(attempt.lead, attempt.number, run.campaign, at, at)
    if isinstance(verdict, Refused) and verdict.reason in NOT_THEN:
        raise desk.Refused(f"he may not be called at that time: {verdict.reason.value}")


def preview_answered(centre: Centre, told: said.PreviewAnswered, turn: Turn) -> None:
    shown = centre.outbound.dialler.previews.get(told.agent)
    if shown is None or (shown[0], shown[1].lead.lead) != (told.campaign, told.lead):
        raise desk.Refused("that is not whom you are shown")
    run = _run(centre, told.campaign)
    if told.take and not (run.dials and centre.outbound.dialler.trunk.room(turn.now)):
        raise desk.Refused("no line is free just now, or the campaign does not run")
    dialling.tell(centre, out.PreviewTaken(told.campaign, told.lead, told.agent, told.take, told.why), turn)


def number_dialled(centre: Centre, told: said.NumberDialAsked, turn: Turn) -> None:
    """Raises `Refused` where the law does."""
    run, dialler = _run(centre, told.campaign), centre.outbound.dialler
    if not centre.plan.may_call(told.number):
        raise desk.Refused(f"{told.number} is no number that may be dialled from here")
    dialling.look(centre, turn)
    if not dialler.is_at_hand(told.agent):
        raise desk.Refused("be ready first: whoever answers would meet nobody")
    if not (run.dials and dialler.trunk.room(turn.now)):
        raise desk.Refused("no line is free just now, or the campaign does not run")
    lead = Due(Lead("hand.0", told.number, told.number))
    verdict = dials.may(dialler, run, lead, told.number, turn.now)
    if isinstance(verdict, Refused):
        raise desk.Refused(f"{told.number} may not be called now: {verdict.reason.value}")
    dialling.tell(centre, out.NumberDialled(told.campaign, told.agent, told.number), turn)


ROUTES: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {
    said.CampaignStartAsked: started,
    said.CampaignPauseAsked: paused,
    said.CampaignStopAsked: stopped,
    said.CampaignTuneAsked: tuned,
    said.TrialCallAsked: trial,
    said.NumberBlockAsked: blocked,
    said.NumberUnblockAsked: unblocked,
    said.OutcomeGiven: outcome_given,
    said.PreviewAnswered: preview_answered,
    said.NumberDialAsked: number_dialled,
    **lawmaking.ROUTES,
}
