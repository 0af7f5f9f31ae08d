"""What a day's calls of each campaign came to so far, counted fact by fact for the page; and how fast its leads go.

It does not know who dials, nor any law. A new server begins with what the journal counted of the day.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from journal.facts import (
    AgentAnswered,
    AgentChanged,
    AttemptBegun,
    AttemptEnded,
    CustomerHeard,
    DialRefused,
    ResultKept,
)
from outbound.attempts import PERSONS

if TYPE_CHECKING:
    from journal.attempt_views import OutcomeCount
    from journal.facts import Fact

MINUTE: Final = 60.0
PACE: Final = 900.0  # seconds over which the speed of leads is taken
SAMPLE: Final = 15.0
REMEMBERED: Final = 20_000  # words that may be said again


@dataclass(slots=True)
class Day:
    """One campaign's day. `idle`: its agents' waits before their talks, `rang`: until persons answered; in seconds.

    Of the `heard` persons, `ear` is from their answer until it was known that they are persons, `spent` from the end of
    their greetings until then: the law's clock runs already.
    """

    dialled: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    successes: int = 0
    lately: deque[float] = field(default_factory=deque)
    left: deque[tuple[float, int]] = field(default_factory=deque)
    answered: int = 0
    rang: float = 0.0
    heard: int = 0
    ear: float = 0.0
    spent: float = 0.0
    talks: int = 0
    idle: float = 0.0
    talked: float = 0.0
    wrapped: float = 0.0

    def a_minute(self, now: float) -> float:
        """Dials of the last minute."""
        while self.lately and self.lately[0] <= now - MINUTE:
            self.lately.popleft()
        return float(len(self.lately))

    def ends_at(self, left: int, now: float) -> float:
        """When its leads will be through, at the speed of the last quarter of an hour; 0 if nobody can tell."""
        if left < 0:
            return 0.0
        if not self.left or now >= self.left[-1][0] + SAMPLE:
            self.left.append((now, left))
        while len(self.left) > 2 and self.left[0][0] < now - PACE:
            self.left.popleft()
        since, then = self.left[0]
        gone = then - left
        return now + left * (now - since) / gone if gone > 0 and left else 0.0


def midnight_in(zone: tzinfo) -> Callable[[float], float]:
    """What gives the beginning of the day in which a moment lies, by the clock on the wall there."""

    def midnight(at: float) -> float:
        there = datetime.fromtimestamp(at, zone)
        return there.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

    return midnight


class CampaignCounts:
    """All campaigns' days. `midnight` gives the beginning of the day in which a moment lies."""

    def __init__(self, midnight: Callable[[float], float]) -> None:
        self._midnight = midnight
        self._day = 0.0
        self._days: dict[str, Day] = {}
        self._given: dict[str, tuple[str, bool]] = {}  # attempt: the agent's last word, and whether it is a success
        self._campaign: dict[str, str] = {}  # of attempts that are open
        self._state: dict[str, tuple[str, float]] = {}  # what each agent does, and since when
        self._idle: dict[str, float] = {}  # how long an agent had waited before the talk that he has
        self._last: dict[str, str] = {}  # campaign of each agent's last talk

    def of(self, campaign: str) -> Day:
        return self._days.setdefault(campaign, Day())

    def word_on(self, attempt: str) -> str:
        """The agent's last word on this attempt, "" where there is none."""
        return self._given.get(attempt, ("", False))[0]

    def begin(
        self, campaign: str, counted: Iterable[OutcomeCount], refused: Iterable[tuple[str, int]], now: float
    ) -> None:
        """Take what the journal counted of the day before we began; `refused` by reason."""
        self._day = self._midnight(now)
        day = self.of(campaign)
        day.refused.update(dict(refused))
        for one in counted:
            day.dialled += one.count
            day.successes += one.count * one.success
            if one.outcome:
                day.outcomes[one.outcome] += one.count
            if one.result:
                day.results[one.result] += one.count

    def heard(self, fact: Fact) -> None:
        """One more fact."""
        reader = self.READERS.get(type(fact))
        if reader is None or not getattr(fact, "campaign", "any"):  # test calls are in no figure
            return
        if fact.at >= self._day + 86_400.0:
            self._next_day(self._midnight(fact.at))
        reader(self, fact)

    def _next_day(self, day: float) -> None:
        if self._day:
            self._days = {name: Day(left=one.left, lately=one.lately) for name, one in self._days.items()}
        self._day = day

    def _begun(self, fact: AttemptBegun) -> None:
        self._campaign[fact.contact] = fact.campaign
        day = self.of(fact.campaign)
        day.dialled += 1
        day.lately.append(fact.at)

    def _ended(self, fact: AttemptEnded) -> None:
        self._campaign.pop(fact.contact, None)
        day = self.of(fact.campaign)
        day.outcomes[fact.outcome] += 1
        day.talked += fact.talked
        if fact.outcome in {"connected", "abandoned"}:
            day.answered += 1
            day.rang += fact.lines

    def _heard(self, fact: CustomerHeard) -> None:
        campaign = self._campaign.get(fact.contact)
        if campaign is None or fact.heard not in PERSONS:
            return
        day = self.of(campaign)
        day.heard += 1
        day.ear += max(0.0, fact.at - fact.answered_at)
        day.spent += max(0.0, fact.at - fact.greeted_at)

    def _refused(self, fact: DialRefused) -> None:
        self.of(fact.campaign).refused[fact.reason] += 1

    def _said(self, fact: ResultKept) -> None:
        day = self.of(fact.campaign)
        before, won = self._given.pop(fact.contact, ("", False))
        day.results[before] -= bool(before)
        day.results[fact.result] += 1
        day.successes += fact.success - won
        self._given[fact.contact] = fact.result, fact.success
        if len(self._given) > REMEMBERED:
            del self._given[next(iter(self._given))]

    def _agent_answered(self, fact: AgentAnswered) -> None:
        campaign = self._campaign.get(fact.contact)
        if campaign is None:
            self._last.pop(fact.agent, None)
            return
        day = self.of(campaign)
        day.talks += 1
        day.idle += self._idle.pop(fact.agent, 0.0)
        self._last[fact.agent] = campaign

    def _agent_changed(self, fact: AgentChanged) -> None:
        state, since = self._state.get(fact.agent, ("", fact.at))
        if state == fact.state:
            return
        self._state[fact.agent] = (fact.state, fact.at)
        lasted = max(0.0, fact.at - since)
        if state == "ready":
            self._idle[fact.agent] = lasted
        elif state == "wrap_up" and fact.agent in self._last:
            self.of(self._last[fact.agent]).wrapped += lasted

    READERS: Final[dict[type, Callable[[CampaignCounts, Any], None]]] = {
        AttemptBegun: _begun,
        AttemptEnded: _ended,
        CustomerHeard: _heard,
        DialRefused: _refused,
        ResultKept: _said,
        AgentAnswered: _agent_answered,
        AgentChanged: _agent_changed,
    }
