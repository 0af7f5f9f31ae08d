"""The agents at their desks: what each does, how many may be used, and whom those who dial by themselves are shown.

It does not know queues, nor how a pacer uses what it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from outbound import calls, dials
from outbound.crew import AWAY
from outbound.messages import AgentSeen, AttemptId, RoomSeen, ShowPreview
from outbound.states import Stage
from outbound.turn import Turn

if TYPE_CHECKING:
    from outbound.attempts import Attempt
    from outbound.dialler import Dialler
    from outbound.running import Running

LOOKS = 60  # leads that one turn looks at for one campaign, if the law refuses them


def show(dialler: Dialler, run: Running, turn: Turn) -> None:
    """Each agent who is free, and looks at nobody, is shown whom he may call."""
    for agent in sorted(dialler.crew.free(run.name)):
        if agent not in dialler.previews and agent not in dialler.reserved:
            _show_to(dialler, run, agent, turn)


def _show_to(dialler: Dialler, run: Running, agent: str, turn: Turn) -> None:
    """Nobody whom the law refuses now is shown."""
    for _ in range(LOOKS):
        found = run.hopper.take(lambda owner: owner == agent, dialler.outwaited(run, turn.now))
        if found is None:
            return
        if dials.allowed(dialler, run, found.due, turn) is not None:
            dialler.previews[agent] = (run.name, found.due)
            turn.say(ShowPreview(agent, run.name, found.due))
            return


def agent_seen(dialler: Dialler, told: AgentSeen, turn: Turn) -> None:
    """An agent does something else: tell the pacers of his campaigns. For one who goes nobody is dialled any more."""
    attempt = AttemptId(told.attempt)
    known = dialler.attempts.get(attempt) or dialler.ended.get(attempt)
    for news in dialler.crew.see(told, known.campaign if known is not None and _is_met_by(known, told.agent) else ""):
        if news.campaign in dialler.campaigns:
            dialler.campaigns[news.campaign].happened(news.happened)
            dialler.moved.add(news.campaign)
    if not dialler.crew.is_free(told.agent):
        dialler.hide(told.agent, turn)
    dialled = dialler.attempts.get(dialler.reserved.get(told.agent, AttemptId("")))
    if told.doing == AWAY and dialled is not None and dialled.stage is Stage.DIALLING:
        calls.hang_up(dialler, dialled, "agent_gone", turn)


def _is_met_by(attempt: Attempt, agent: str) -> bool:
    """Whether this agent is, or will be, the one who meets him. To whom he is passed on later is busy elsewhere."""
    return attempt.agent == agent or attempt.in_the_air or attempt.stage is Stage.WAITING


def room_seen(dialler: Dialler, told: RoomSeen, turn: Turn) -> None:
    """So many agents may be used now."""
    del turn
    run = dialler.campaigns.get(told.campaign)
    if run is not None and (run.agents, run.room_why) != (told.agents, told.why):
        if told.agents > run.agents:
            dialler.moved.add(run.name)
        run.agents, run.room_why = told.agents, told.why


ROUTES: dict[type, Callable[..., None]] = {AgentSeen: agent_seen, RoomSeen: room_seen}
