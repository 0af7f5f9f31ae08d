"""The agents as pacers hear of them: who came, who is free, who has somebody else.

It does not know queues. An agent may serve several campaigns; to each he is free, or somewhere. One for whom a customer
is dialled stays free to the pacer of that campaign, which counts his customer's line, and is busy to all others.
"""

from __future__ import annotations

from dataclasses import dataclass

from outbound.messages import AgentSeen
from outbound.pacing.sight import Event, Happened

READY, DIALLING, OFFERED, TALKING, WRAP_UP, AWAY = "ready", "dialling", "offered", "talking", "wrap_up", "away"
ABSENT = AgentSeen("", frozenset(), AWAY, 0.0)


@dataclass(frozen=True, slots=True)
class Told:
    """What one campaign's pacer is told."""

    campaign: str
    happened: Happened


class Crew:
    """What each agent does, as last seen."""

    def __init__(self) -> None:
        self.seen: dict[str, AgentSeen] = {}
        self._free: dict[str, set[str]] = {}  # by campaign
        self._having: dict[str, str] = {}  # whose customer each agent has, or is dialled for him

    def free(self, campaign: str) -> frozenset[str]:
        """The agents of a campaign who are ready."""
        return frozenset(self._free.get(campaign, ()))

    def is_free(self, agent: str) -> bool:
        """Whether an agent is ready for a call."""
        return agent in self.seen and self.seen[agent].doing == READY

    def is_ready_for(self, campaign: str, agent: str) -> bool:
        """Whether an agent is free to this campaign's pacer."""
        return agent in self._free.get(campaign, ())

    def see(self, now: AgentSeen, attempt_campaign: str) -> list[Told]:
        """Take what an agent does now. `attempt_campaign` is whose customer he has, "" for none of ours."""
        before, had = self.seen.get(now.agent, ABSENT), self._having.get(now.agent, "")
        self._having[now.agent] = attempt_campaign
        if now.doing == AWAY:
            self.seen.pop(now.agent, None)
        else:
            self.seen[now.agent] = now
        told: list[Told] = []
        for campaign in sorted(before.campaigns | now.campaigns):
            was = _towards(campaign, before, had)
            does = _towards(campaign, now, attempt_campaign)
            self._note(campaign, now.agent, free=does == READY)
            event = _event(was, does, ours=campaign == attempt_campaign)
            if event is None and campaign == had != attempt_campaign and does in {OFFERED, TALKING}:
                event = Event.BUSY_ELSEWHERE  # from one of ours to somebody else's within one turn
            if event is not None:
                age = max(0.0, now.since - before.since) if event is Event.TALK_OVER else 0.0
                told.append(Told(campaign, Happened(event, now.since, agent=now.agent, age=age)))
        return told

    def present(self, campaign: str) -> list[Happened]:
        """Everybody who is here, for a pacer that begins now."""
        told: list[Happened] = []
        for agent, seen in sorted(self.seen.items()):
            if campaign in seen.campaigns:
                told.append(Happened(Event.CAME, seen.since, agent=agent))
                if _towards(campaign, seen, self._having.get(agent, "")) != READY:
                    told.append(Happened(Event.BUSY_ELSEWHERE, seen.since, agent=agent))
        return told

    def _note(self, campaign: str, agent: str, *, free: bool) -> None:
        if free:
            self._free.setdefault(campaign, set()).add(agent)
        elif campaign in self._free:
            self._free[campaign].discard(agent)


def _towards(campaign: str, seen: AgentSeen, having: str) -> str:
    """What an agent does, as one campaign sees it."""
    if campaign not in seen.campaigns:
        return AWAY
    if seen.doing == DIALLING:
        return READY if campaign == having else OFFERED
    return seen.doing


def _event(was: str, does: str, *, ours: bool) -> Event | None:
    """What one campaign learns when its agent goes over from one thing to another."""
    if was == does:
        return None
    if does == AWAY:
        return Event.LEFT
    if does == READY:
        return Event.CAME if was == AWAY else Event.FREE
    if does == WRAP_UP and ours:
        return Event.TALK_OVER
    if ours or was in {OFFERED, TALKING}:
        return None  # that he talks is told by the connection
    return Event.BUSY_ELSEWHERE
