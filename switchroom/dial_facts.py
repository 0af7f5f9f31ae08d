"""What the dialler says has happened, as the journal keeps it.

It does not know what follows from any of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import journal.outbound_facts as made
import outbound.messages as out

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn

TRIAL = "trial"


def _ended(centre: Centre, ended: out.AttemptEnded, turn: Turn) -> None:
    del centre
    campaign = "" if ended.lead.startswith(f"{TRIAL}.") else ended.campaign
    turn.fact(
        made.AttemptEnded(
            turn.now, ended.attempt, campaign, ended.lead, ended.person, ended.number, ended.outcome.value, ended.cause,
            ended.again, ended.agent, ended.lines, ended.waited, ended.talked,
        )
    )


def _refused(centre: Centre, refused: out.DialRefused, turn: Turn) -> None:
    del centre
    turn.fact(
        made.DialRefused(
            turn.now, refused.campaign, refused.lead, refused.number, refused.reason, refused.until, refused.rules
        )
    )


def _kept(centre: Centre, kept: out.ResultKept, turn: Turn) -> None:
    del centre
    turn.fact(
        made.ResultKept(
            turn.now, kept.attempt, kept.campaign, kept.lead, kept.agent, kept.result, kept.success, kept.again,
            kept.whom, kept.note, kept.amount,
        )
    )


def _moved(centre: Centre, moved: out.CampaignMoved, turn: Turn) -> None:
    del centre
    word = (moved.campaign, moved.state, moved.by, moved.why, moved.pilot)
    turn.fact(made.CampaignMoved(turn.now, *word, until=moved.until))


def _paced(centre: Centre, pace: out.PaceSet, turn: Turn) -> None:
    del centre
    turn.fact(made.PaceSet(turn.now, pace.campaign, pace.lines, pace.why, pace.risk))


def _blocked(centre: Centre, block: out.BlockKept, turn: Turn) -> None:
    del centre
    turn.fact(
        made.NumberBlocked(turn.now, block.number, block.by, block.why, block.scope, block.prefix, block.lifted)
    )


WRITTEN: Final[dict[type, Callable[[Centre, Any, Turn], None]]] = {
    out.AttemptEnded: _ended,
    out.DialRefused: _refused,
    out.ResultKept: _kept,
    out.CampaignMoved: _moved,
    out.PaceSet: _paced,
    out.BlockKept: _blocked,
}
