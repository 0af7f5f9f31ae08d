"""Compares what the callers and the agents saw with what the journal says, call by call.

It does not know how either was found out. What the phones saw is the truth; nothing of the server's is used to judge
the server, but for the times at which it was away.

Two things cannot be settled by anybody, and are counted apart as `undecided`: a caller who hangs up in the very moment
in which an agent answers (answered or abandoned), and one who pressed his key while no server listened to it and hung
up soon (abandoned or ended in the flow).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from benchmarks.kills.crowd import LONGEST, Caller
from benchmarks.kills.logs import Leg, Seen, Truth

SAME: Final = 0.5  # seconds by which two clocks' words for one moment may differ
SAME_MOMENT: Final = 0.3  # seconds in which two people's deeds cross on the wire


class Kind(StrEnum):
    """What can go wrong with a call."""

    TALK_DROPPED = "talk dropped"
    CALLER_LOST = "caller lost"
    COUNT_WRONG = "count wrong"
    WAIT_WRONG = "wait wrong"
    RUNG_TWICE = "rung twice"
    ASKED_TWICE = "asked twice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that went wrong, with whom, in words."""

    kind: Kind
    number: str
    says: str


@dataclass(frozen=True, slots=True)
class Told:
    """A call as the journal tells it. Times in POSIX seconds; `outcome` "" while it is open.

    `asked_again` are the steps that he had to go through once more after he had left them for good.
    """

    contact: str
    number: str
    outcome: str
    asked_at: float | None
    answered_at: float | None
    ended_at: float | None
    offers: int
    talked: float = 0.0
    asked_again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """No server listened from `began` to `over`."""

    began: float
    over: float


@dataclass(slots=True)
class Verdict:
    """All of a run. `talk_errors` are the seconds by which the journal's talks differ from the agents' own."""

    callers: int = 0
    talks: int = 0
    abandoned: int = 0
    left_flow: int = 0
    undecided: int = 0
    findings: list[Finding] = field(default_factory=list)
    talk_errors: list[float] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """How often this went wrong."""
        return sum(finding.kind is kind for finding in self.findings)


def check(planned: Iterable[Caller], truth: Truth, told: Iterable[Told], outages: Sequence[Outage]) -> Verdict:
    """Judge every planned call, and look for calls that nobody made."""
    verdict = Verdict()
    by_number = _by_number(told)
    for caller in planned:
        call = _Call(caller, truth.callers.get(caller.number), truth.legs.get(caller.number, []), outages)
        verdict.callers += 1
        verdict.talks += len(call.talks)
        for kind, says in (*call.seen_wrong(), *_compare(call, by_number.pop(caller.number, []), verdict)):
            verdict.findings.append(Finding(kind, caller.number, says))
    for number, phantoms in by_number.items():
        verdict.findings.append(Finding(Kind.COUNT_WRONG, number, f"{len(phantoms)} calls that nobody made"))
    return verdict


def _by_number(told: Iterable[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for one in told:
        found.setdefault(one.number, []).append(one)
    return found


Wrong = Iterable[tuple[Kind, str]]


class _Call:
    """One call as its two ends saw it."""

    def __init__(self, caller: Caller, seen: Seen | None, legs: Sequence[Leg], outages: Sequence[Outage]) -> None:
        self.caller = caller
        self.seen = seen or Seen(caller.number)
        self.legs = legs
        self.talks = [leg for leg in legs if leg.answered is not None]
        self._outages = outages

    @property
    def flow_disturbed(self) -> bool:
        """Whether a server was away while he was in the flow: nobody knows when it understood his key."""
        if self.seen.called is None:
            return False
        end = (self.seen.pressed or self.seen.over or self.seen.called) + SAME_MOMENT
        return any(self.seen.called < outage.over and outage.began < end for outage in self._outages)

    def outcomes(self) -> frozenset[str]:
        """What the journal may say. Empty: he was lost, so nothing that it says is right."""
        left = self.seen.left
        if self.talks:
            crossed = left is not None and abs(left - (self.talks[0].answered or 0.0)) < SAME_MOMENT
            return frozenset({"answered", "abandoned"} if crossed else {"answered"})
        if left is None:
            return frozenset()
        if self.caller.leaves:
            return frozenset({"ended_in_flow"})
        unheard = self.flow_disturbed or left - (self.seen.pressed or left) < SAME_MOMENT
        return frozenset({"abandoned", "ended_in_flow"} if unheard else {"abandoned"})

    # ── wrong whatever the journal says ─────────────────────────────────────────────────────────────────────────────

    def seen_wrong(self) -> Wrong:
        """What the two ends saw that must never be."""
        yield from self._lost()
        for talk in self.talks:
            yield from self._dropped(talk)
        yield from self._rung_twice()

    def _lost(self) -> Wrong:
        seen = self.seen
        if seen.connected is None:
            yield Kind.CALLER_LOST, "the exchange did not take his call"
        elif seen.over is None:
            yield Kind.CALLER_LOST, "his call has no end"
        elif seen.sent_away is not None and seen.sent_away == seen.over and not self.talks:
            yield Kind.CALLER_LOST, "the exchange hung up on him before anybody answered"
        elif not self.talks and self.caller.until_end >= LONGEST:
            yield Kind.CALLER_LOST, f"nobody answered him in {LONGEST:g} s"

    def _dropped(self, talk: Leg) -> Wrong:
        """A talk ends because the agent or the caller hangs up; anything else ended it for them."""
        answered = talk.answered or 0.0
        own = _first(talk.hung_up, self.seen.left)
        forced = _first(talk.cut, self.seen.sent_away if (self.seen.sent_away or 0.0) >= answered else None)
        if forced is not None and (own is None or forced < own - SAME_MOMENT):
            yield Kind.TALK_DROPPED, f"{talk.agent} talked with him for {forced - answered:.1f} s when it was cut"
        elif own is None:
            yield Kind.TALK_DROPPED, f"the talk with {talk.agent} has no end"

    def _rung_twice(self) -> Wrong:
        for before, after in zip(self.legs, self.legs[1:], strict=False):
            if before.over is None or after.rung < before.over - SAME_MOMENT:
                yield Kind.RUNG_TWICE, f"{after.agent} was rung for him while {before.agent} still was"


def _first(*moments: float | None) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)


# ── against the journal ─────────────────────────────────────────────────────────────────────────────────────────────


def _compare(call: _Call, told: Sequence[Told], verdict: Verdict) -> Wrong:
    if len(told) != 1:
        yield Kind.COUNT_WRONG, f"the journal has {len(told)} calls of his"
        return
    one, allowed = told[0], call.outcomes()
    if not allowed:
        return
    if one.outcome not in allowed:
        yield Kind.COUNT_WRONG, f"he was {' or '.join(sorted(allowed))}, the journal says {one.outcome or 'open'}"
        return
    verdict.undecided += len(allowed) > 1
    verdict.abandoned += one.outcome == "abandoned"
    verdict.left_flow += one.outcome == "ended_in_flow"
    yield from _waits(call, one)
    if len(call.legs) > one.offers:
        yield Kind.RUNG_TWICE, f"{len(call.legs)} ringings for {one.offers} offers"
    if one.asked_again:
        yield Kind.ASKED_TWICE, f"steps {', '.join(one.asked_again)} were left and entered again"
    if one.outcome == "answered" and call.talks:
        verdict.talk_errors.append(_talk_error(call, one))


def _waits(call: _Call, one: Told) -> Wrong:
    """The wait begins with his key and ends with the agent's answer or his own hang-up."""
    seen = call.seen
    ends: dict[str, tuple[float | None, float | None]] = {}
    if seen.pressed is not None and not call.flow_disturbed and one.outcome != "ended_in_flow":
        ends["asked"] = (one.asked_at, seen.pressed)
    if one.outcome == "answered" and call.talks:
        ends["was answered"] = (one.answered_at, call.talks[0].answered)
    if one.outcome == "abandoned":
        ends["gave up"] = (one.ended_at, seen.left)
    for what, (journal, phones) in ends.items():
        if journal is None or phones is None or abs(journal - phones) > SAME:
            by = "never" if journal is None or phones is None else f"{journal - phones:+.2f} s off"
            yield Kind.WAIT_WRONG, f"the moment when he {what} is {by} in the journal"


def _talk_error(call: _Call, one: Told) -> float:
    talked = 0.0
    for talk in call.talks:
        end = _first(talk.hung_up, call.seen.left, talk.cut)
        talked += max(0.0, (end or 0.0) - (talk.answered or 0.0))
    return one.talked - talked


def shown(findings: Iterable[Finding]) -> Mapping[str, list[str]]:
    """The findings by kind, in words."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.kind.value, []).append(f"{finding.number}: {finding.says}")
    return found
