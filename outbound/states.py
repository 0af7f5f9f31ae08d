"""The states of a campaign and of an attempt, as two tables. `docs/campaign-states.md` is drawn from them.

They do not know what happens at a step; `outbound/dialler.py` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CampaignState(StrEnum):
    """PLANNED: never begun. RESTING: nobody is due, or may be called at this hour. DONE: every lead is at its end.

    Only RUNNING dials.
    """

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    RESTING = "resting"
    DONE = "done"


class Order(StrEnum):
    """What moves a campaign."""

    START = "start"
    PAUSE = "pause"
    STOP = "stop"
    RUN_DRY = "run_dry"  # nobody is due
    FILL = "fill"  # somebody is due again
    CLOSE = "close"  # it is no time for calls anywhere on its lists
    OPEN = "open"  # it is again
    FINISH = "finish"  # no lead is left


CAMPAIGN_MOVES: Final[Mapping[tuple[CampaignState, Order], CampaignState]] = {
    (CampaignState.PLANNED, Order.START): CampaignState.RUNNING,
    (CampaignState.PAUSED, Order.START): CampaignState.RUNNING,
    (CampaignState.STOPPED, Order.START): CampaignState.RUNNING,
    (CampaignState.DONE, Order.START): CampaignState.RUNNING,
    (CampaignState.RUNNING, Order.PAUSE): CampaignState.PAUSED,
    (CampaignState.RESTING, Order.PAUSE): CampaignState.PAUSED,
    (CampaignState.RUNNING, Order.STOP): CampaignState.STOPPED,
    (CampaignState.RESTING, Order.STOP): CampaignState.STOPPED,
    (CampaignState.PAUSED, Order.STOP): CampaignState.STOPPED,
    (CampaignState.DONE, Order.STOP): CampaignState.STOPPED,
    (CampaignState.RUNNING, Order.RUN_DRY): CampaignState.RESTING,
    (CampaignState.RUNNING, Order.CLOSE): CampaignState.RESTING,
    (CampaignState.RESTING, Order.CLOSE): CampaignState.RESTING,
    (CampaignState.RESTING, Order.OPEN): CampaignState.RUNNING,
    (CampaignState.RESTING, Order.FILL): CampaignState.RUNNING,
    (CampaignState.DONE, Order.FILL): CampaignState.RUNNING,
    (CampaignState.RUNNING, Order.FINISH): CampaignState.DONE,
    (CampaignState.RESTING, Order.FINISH): CampaignState.DONE,
}


class Stage(StrEnum):
    """Where an attempt is.

    DIALLING: no answer yet. LISTENING: answered, by whom is not known yet. WAITING: a person, and an agent is looked
    for. TALKING: with the agent. HEARING: the message of the law or of the campaign. LEAVING: nobody is there, or we
    hung up; its channel is not gone yet.
    """

    DIALLING = "dialling"
    LISTENING = "listening"
    WAITING = "waiting"
    TALKING = "talking"
    HEARING = "hearing"
    LEAVING = "leaving"


class Step(StrEnum):
    """What moves an attempt. Its end is no step: it may come at any stage."""

    ANSWER = "answer"
    PERSON = "person"  # a person, for whom an agent is looked for
    LISTENER = "listener"  # a person, or a machine, who is to hear a message
    NOBODY = "nobody"  # a machine, a fax, silence
    CONNECT = "connect"
    LATE = "late"  # no agent in time
    CANCEL = "cancel"  # we hang up


ATTEMPT_MOVES: Final[Mapping[tuple[Stage, Step], Stage]] = {
    (Stage.DIALLING, Step.ANSWER): Stage.LISTENING,
    (Stage.DIALLING, Step.PERSON): Stage.WAITING,
    (Stage.DIALLING, Step.LISTENER): Stage.HEARING,
    (Stage.DIALLING, Step.NOBODY): Stage.LEAVING,
    (Stage.DIALLING, Step.CANCEL): Stage.LEAVING,
    (Stage.LISTENING, Step.PERSON): Stage.WAITING,
    (Stage.LISTENING, Step.LISTENER): Stage.HEARING,
    (Stage.LISTENING, Step.NOBODY): Stage.LEAVING,
    (Stage.WAITING, Step.CONNECT): Stage.TALKING,
    (Stage.WAITING, Step.LATE): Stage.HEARING,
    (Stage.LEAVING, Step.LATE): Stage.HEARING,  # he answered in the moment in which we hung up
}
