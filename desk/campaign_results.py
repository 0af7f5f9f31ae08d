"""What came of a campaign: by outcome, by the agents' word, by agent; and whether outcomes, words and recordings agree.

It does not know how attempts are kept, nor what a sale is: a campaign's text says which word is a success. An amount is
decimal text and is added as such, so that sums are exact. A sale is of the agent who talked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from journal.attempt_views import AttemptRow, OutcomeCount, TalkKept

CONNECTED: Final = "connected"
HEARD: Final = frozenset({"whole", "repaired"})  # a recording in which the sale can be heard
PERSONS: Final = frozenset({CONNECTED, "abandoned", "informed", "gone"})


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """So many attempts ended so; `share` (0 to 1) is of all that have ended. `outcome` "" are still open."""

    outcome: str
    count: int
    share: float | None


@dataclass(frozen=True, slots=True)
class WordLine:
    """So many talks of which the agents said this; `result` "" are talks of which nobody said a word."""

    result: str
    success: bool
    count: int


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """What came of the attempts begun in [since, until). `talked` in seconds."""

    campaign: str
    since: float
    until: float
    attempts: int
    persons: int
    successes: int
    talked: float
    outcomes: tuple[OutcomeLine, ...]
    results: tuple[WordLine, ...]


@dataclass(frozen=True, slots=True)
class AgentSales:
    """What one agent talked and sold. `amount` is decimal text; `recorded` are sales that can be heard."""

    agent: str
    talks: int
    said: int
    successes: int
    amount: str
    talked: float
    recorded: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree, in one attempt.

    `what`: no_word (a talk of which nobody said anything), no_talk (a word about a call in which nobody talked),
    other_agent (the word is another agent's), other_talk (the floor knows another agent in this talk, or none),
    no_recording (a sale that was to be recorded and cannot be heard), bad_amount (it is no number).
    """

    contact: str
    agent: str
    what: str


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales by agent. `agrees`: nothing differs, and the agents' sums are the campaign's own counts."""

    campaign: str
    since: float
    until: float
    agents: tuple[AgentSales, ...]
    total: AgentSales
    differences: tuple[Difference, ...]
    agrees: bool


def results_of(campaign: str, since: float, until: float, counts: Sequence[OutcomeCount]) -> CampaignResults:
    """Add up what the journal counted."""
    outcomes, words = Counter[str](), Counter[tuple[str, bool]]()
    for one in counts:
        outcomes[one.outcome] += one.count
        if one.outcome == CONNECTED or one.result:
            words[one.result, one.success] += one.count
    ended = outcomes.total() - outcomes[""]
    lines = [OutcomeLine(name, n, n / ended if name and ended else None) for name, n in outcomes.most_common()]
    return CampaignResults(
        campaign, since, until,
        attempts=outcomes.total(),
        persons=sum(n for name, n in outcomes.items() if name in PERSONS),
        successes=sum(one.count for one in counts if one.success),
        talked=sum(one.talked for one in counts),
        outcomes=tuple(lines),
        results=tuple(WordLine(name, won, n) for (name, won), n in words.most_common()),
    )  # fmt: skip


@dataclass(slots=True)
class _Tally:
    talks: int = 0
    said: int = 0
    successes: int = 0
    amount: Decimal = field(default_factory=Decimal)
    talked: float = 0.0
    recorded: int = 0

    def closed(self, agent: str) -> AgentSales:
        return AgentSales(
            agent, self.talks, self.said, self.successes, f"{self.amount:f}", self.talked, self.recorded
        )


def sales_of(
    campaign: str, interval: tuple[float, float], rows: Iterable[AttemptRow], talks: Mapping[str, TalkKept],
    counts: Sequence[OutcomeCount],
) -> Sales:  # fmt: skip
    """Add up sales by agent, and hold them against the floor's talks, the recordings and the campaign's counts."""
    tallies: dict[str, _Tally] = {}
    differences: list[Difference] = []
    whole = _Tally()
    for row in rows:
        agent = row.agent or row.said_by
        amount = amount_of(row.amount)
        for tally in (tallies.setdefault(agent, _Tally()), whole):
            _add(tally, row, amount or Decimal(), talks.get(row.contact))
        differences += [Difference(row.contact, agent, what) for what in _differs(row, amount, talks.get(row.contact))]
    counted = (
        sum(one.count for one in counts if one.outcome == CONNECTED),
        sum(one.count for one in counts if one.success),
    )
    total = whole.closed("")
    agrees = not differences and counted == (total.talks, total.successes)
    agents = tuple(tally.closed(agent) for agent, tally in sorted(tallies.items()))
    return Sales(campaign, *interval, agents, total, tuple(differences), agrees)


def amount_of(text: str) -> Decimal | None:
    """The amount that this text is, 0 for none; None where it is no number."""
    try:
        amount = Decimal(text) if text else Decimal()
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _add(tally: _Tally, row: AttemptRow, amount: Decimal, talk: TalkKept | None) -> None:
    tally.talks += row.outcome == CONNECTED
    tally.said += bool(row.result)
    tally.talked += row.talked
    if row.success:
        tally.successes += 1
        tally.amount += amount
        tally.recorded += talk is not None and talk.state in HEARD


def _differs(row: AttemptRow, amount: Decimal | None, talk: TalkKept | None) -> Iterable[str]:
    connected = row.outcome == CONNECTED
    if connected and not row.result:
        yield "no_word"
    if row.result and row.ended_at is not None and not connected:
        yield "no_talk"
    if row.result and row.agent and row.said_by != row.agent:
        yield "other_agent"
    if connected and (talk is None or talk.agent != row.agent):
        yield "other_talk"
    if row.success and talk is not None and talk.recording and talk.state not in HEARD:
        yield "no_recording"
    if amount is None:
        yield "bad_amount"
