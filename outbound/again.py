"""The same dialler once more, after a stop of any kind: attempts, campaigns and counts as the facts tell them.

It does not read facts; whoever does calls these in the order in which things happened. What a pacer knows it learns
again from the same story. Attempts that are open at the end are not dialled again: what came of each is found out.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from outbound import dials, people
from outbound.attempts import PERSONS, Attempt
from outbound.calls import HEADROOM
from outbound.campaign import Campaign, Mode
from outbound.crew import TALKING, WRAP_UP
from outbound.lead import PERSON, Outcome
from outbound.messages import AgentSeen, AttemptBegun, AttemptEnded, AttemptId, CampaignMoved, CampaignTuned
from outbound.pacing.sight import Event, Happened
from outbound.running import Running
from outbound.states import CampaignState, Stage

if TYPE_CHECKING:
    from outbound.dialler import Dialler

CAMPAIGN_STATES = frozenset(CampaignState)


def numbered(dialler: Dialler, attempt: str) -> None:
    """This id has been used."""
    if attempt[1:].isdigit():
        dialler.count = max(dialler.count, int(attempt[1:]))


def campaign_moved(dialler: Dialler, moved: CampaignMoved, at: float) -> None:
    """It was in this state since then."""
    run = dialler.campaigns.get(moved.campaign)
    if run is not None and moved.state in CAMPAIGN_STATES:
        run.state = CampaignState(moved.state)
        run.by, run.why, run.pilot = moved.by, moved.why, moved.pilot
        run.since, run.opens_at = at, moved.until


def tuned(dialler: Dialler, told: CampaignTuned) -> None:
    """A manager's setting stands over the text."""
    run = dialler.campaigns.get(told.campaign)
    if run is not None:
        run.tuned(**people.settings_of(told))


def attempt_begun(dialler: Dialler, begun: AttemptBegun, at: float, *, trial: bool = False) -> None:
    """It was dialled, or was about to be."""
    numbered(dialler, begun.attempt)
    if not trial:
        dialler.law.begun(begun, at)
    run, agent = dialler.campaigns.get(begun.campaign) or _deleted(dialler, begun), begun.agent
    attempt = Attempt(begun.attempt, run.name, begun.lead, begun.number, begun.tries, at, agent=agent, trial=trial)
    attempt.informs = begun.mode is Mode.MESSAGE
    dials.enter(dialler, run, attempt)
    dialler.trunk.pulse.dialled(at)
    run.pulse.dialled(at)
    run.last_dial = at
    _tell(run, attempt, Event.DIALLED, at)


def _deleted(dialler: Dialler, begun: AttemptBegun) -> Running:
    """Its campaign is in no text any more. What rings for it is hung up, and what talks goes on to its end."""
    run = Running(Campaign(begun.campaign, begun.mode, "", (), ""), dialler.new_pacer)
    run.dropped, run.state = True, CampaignState.STOPPED
    dialler.campaigns[run.name] = run
    return run


def forget_the_deleted(dialler: Dialler) -> None:
    """All has been told: of campaigns that are no more those go that have nothing open."""
    for run in [*dialler.campaigns.values()]:
        if run.dropped and not run.alive:
            del dialler.campaigns[run.name]


def heard(dialler: Dialler, name: str, what: str, at: tuple[float, float]) -> None:
    """What answered; `at` is when the line was opened, and when the greeting was over."""
    attempt = dialler.attempts.get(AttemptId(name))
    if attempt is None or not attempt.in_the_air:
        return
    run = dialler.campaigns[attempt.campaign]
    attempt.heard = what
    attempt.answered_at, attempt.greeted_at = at
    if what in PERSONS and not attempt.informs:
        attempt.stage = Stage.WAITING
        attempt.by = attempt.greeted_at + dialler.law.promise(run.campaign, attempt.greeted_at).wait - HEADROOM
        heapq.heappush(dialler.late, (attempt.by, attempt.attempt))
        _tell(run, attempt, Event.ANSWERED, attempt.greeted_at)
        return
    run.air -= 1
    dials.reserve_no_more(dialler, attempt)
    flow = {"machine": run.campaign.machine, "fax": ""}.get(what, run.campaign.message)
    attempt.stage = Stage.HEARING if flow or what in PERSONS else Stage.LEAVING
    _tell(run, attempt, Event.OTHER, attempt.greeted_at)


def connected(dialler: Dialler, name: str, agent: str, at: float) -> None:
    """An agent had him."""
    attempt = dialler.attempts.get(AttemptId(name))
    if attempt is None or attempt.stage is not Stage.WAITING:
        return
    run = dialler.campaigns[attempt.campaign]
    attempt.stage, attempt.connected_at = Stage.TALKING, at
    dials.reserve_no_more(dialler, attempt)
    attempt.agent = agent
    run.talking += attempt.is_counted_later
    dialler.talking_of[agent] = attempt.attempt
    run.air -= 1
    _tell(run, attempt, Event.CONNECTED, at)


def ended(dialler: Dialler, told: AttemptEnded, at: float) -> None:
    """Its outcome was written down. One who was abandoned may be there still, with the message."""
    if told.campaign:
        dialler.law.ended(told, at)
    attempt = dialler.attempts.get(told.attempt)
    if attempt is None:
        return
    run, came_to = dialler.campaigns[attempt.campaign], told.outcome
    if came_to in PERSON and run.pilot and not attempt.trial:
        run.pilot -= 1
    if (attempt.in_the_air or attempt.stage is Stage.WAITING) and not attempt.unseen:
        run.air -= 1
        lost = Event.ABANDONED if came_to is Outcome.ABANDONED else Event.LOST
        dropped = Event.DROPPED if came_to is Outcome.CANCELLED else Event.OTHER
        _tell(run, attempt, lost if attempt.stage is Stage.WAITING else dropped, at)
    if came_to is Outcome.ABANDONED:
        attempt.stage, attempt.charged = Stage.HEARING, came_to
        dials.reserve_no_more(dialler, attempt)
        return
    gone(dialler, told.attempt, at)
    dialler.trunk.came_to(came_to, at)


def called_in(dialler: Dialler, who: tuple[str, str], until: float) -> None:
    """Somebody was on the line himself: his customer id and his number rest until then."""
    for one in who:
        if one:
            dialler.visiting[one] = until


def out_of_sight(dialler: Dialler, name: str, at: float) -> None:
    """Its node was lost."""
    attempt = dialler.attempts.get(AttemptId(name))
    if attempt is not None and attempt.in_the_air and not attempt.unseen:
        run = dialler.campaigns[attempt.campaign]
        run.air -= 1
        _tell(run, attempt, Event.DROPPED, at)
        attempt.unseen = True


def in_sight(dialler: Dialler, name: str, at: float) -> None:
    """Its node was found again."""
    attempt = dialler.attempts.get(AttemptId(name))
    if attempt is not None and attempt.unseen:
        attempt.unseen = False
        if attempt.in_the_air:
            run = dialler.campaigns[attempt.campaign]
            run.air += 1
            _tell(run, attempt, Event.DIALLED, at)


def call_over(dialler: Dialler, name: str, at: float) -> None:
    """Its channel is gone. What is not charged yet has its end told next, with what it came to."""
    attempt = dialler.attempts.get(AttemptId(name))
    if attempt is not None and attempt.charged is not None:
        gone(dialler, name, at)


def gone(dialler: Dialler, name: str, at: float) -> None:
    """Its channel is gone. Of a talk this is told before its end is written down."""
    attempt = dialler.attempts.get(AttemptId(name))
    if attempt is None:
        return
    run = dialler.campaigns[attempt.campaign]
    dials.leave(dialler, run, attempt)
    if attempt.connected_at:
        dialler.ended[attempt.attempt] = attempt
        if not attempt.trial:
            run.happened(Happened(Event.TALK_OVER, at, agent=attempt.agent, age=max(0.0, at - attempt.connected_at)))


def agents_present(dialler: Dialler, seen: list[AgentSeen], now: float) -> None:
    """Who is here now, after the whole story was told. It told of talks, not of wrap-ups, nor of who went home."""
    for one in seen:
        attempt = dialler.attempts.get(AttemptId(one.attempt)) or dialler.ended.get(AttemptId(one.attempt))
        of = attempt.campaign if attempt is not None and attempt.agent == one.agent else ""
        for news in dialler.crew.see(one, of):
            run = dialler.campaigns.get(news.campaign)
            if run is not None and (news.campaign != of or one.doing not in {TALKING, WRAP_UP}):
                _put(run, one, is_free=dialler.crew.is_ready_for(run.name, one.agent))
    for run in dialler.campaigns.values():
        here = {one.agent for one in seen if run.name in one.campaigns}
        for agent in sorted(run.agents_told_of() - here):
            run.happened(Happened(Event.LEFT, now, agent=agent))


def _put(run: Running, one: AgentSeen, *, is_free: bool) -> None:
    """He is where he is, whatever he did when he was last heard of."""
    run.happened(Happened(Event.LEFT, one.since, agent=one.agent))
    run.happened(Happened(Event.CAME, one.since, agent=one.agent))
    if not is_free:
        run.happened(Happened(Event.BUSY_ELSEWHERE, one.since, agent=one.agent))


def _tell(run: Running, attempt: Attempt, event: Event, at: float) -> None:
    if not attempt.trial:
        agent = attempt.agent if event is Event.CONNECTED else ""
        age = max(0.0, at - attempt.begun_at)
        run.happened(Happened(event, at, line=attempt.attempt, agent=agent, age=age))
