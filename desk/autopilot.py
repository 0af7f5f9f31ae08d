"""Looking at the autopilot, and a supervisor's word to it.

It does not know how a forecast is made, nor what an act does; `acd/autopilot.py` and `switchroom/piloting.py` do.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from desk.asking import Ask
from desk.models import Asked, Done, Name
from desk.pilot_view import AutopilotView, SupervisorTurnedAutopilot, SupervisorUndidAct


class UndoWanted(Asked):
    """`act` is one in force."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    act: Name


class TurnWanted(Asked):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    on: Annotated[bool, Field(description="false undoes everything, and nothing more is done")]


async def look(ask: Ask) -> AutopilotView:
    """Look at the forecasts, and at what is in force."""
    return ask.desk.pilot()


async def undo(ask: Ask) -> Done:
    """Undo an act; it is not done again for a while."""
    wanted: UndoWanted = ask.asked
    await ask.desk.floor.tell(SupervisorUndidAct(wanted.act, ask.user.user))
    return Done()


async def turn(ask: Ask) -> Done:
    """Switch the autopilot on or off."""
    wanted: TurnWanted = ask.asked
    await ask.desk.floor.tell(SupervisorTurnedAutopilot(wanted.on, ask.user.user))
    return Done()
