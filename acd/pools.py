"""Who can serve whom now, counted: the floor's agents as a few groups, and before each queue the pool it draws on.

It does not know what will happen; `forecast.py` looks ahead from a pool.

Agents who serve the same queues are one group. Each group's time is shared out to its queues so that all are loaded
alike as far as skills allow; from this follows how much of another queue's callers stand before the agents of this one.
All agents are walked through once a second; how long each has talked is looked at every five.

Customers whom we have called (`dialled`) are no callers: they take agents who are free, as fast as the last minute
shows. Nothing is forecast of a queue of which nothing is known but a guess and a handful of callers: that would be a
guess, too, and mostly a dark one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from typing import Final

from acd.acts import Forecast
from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.demand import NOBODY, Demand, Rate
from acd.forecast import HORIZON, TIMES, Pool, share_in_time
from acd.held import EDGES, GUESS, Law
from acd.messages import AgentId
from acd.rules import QueueRules

SHARING_ROUNDS: Final = 8
AGE_EVERY: Final = 5.0  # seconds between two looks at how long each talk has lasted
LEARN_EVERY: Final = 10.0  # seconds for which laws and shares stay as they are: they do not change so fast
FEWEST: Final = 1.0  # callers expected within the horizon below which nothing is forecast
_NOTHING: Final = [0.0] * len(TIMES)
_CALLED, _DIALLED = False, True  # whose talk it is: a caller's, or a customer's whom we have called
_UNKNOWN: Final = ("", _CALLED, 0)
_AGES: Final = (0.0, *((a + b) / 2 for a, b in pairwise(EDGES)), EDGES[-1])
_READY, _WRAP_UP = AgentState.READY, AgentState.WRAP_UP
_AT_WORK: Final = frozenset(AgentState) - {AgentState.OFFLINE, AgentState.NOT_READY}

Curve = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Relief:
    """What the autopilot has given a queue: relaxations count `sooner` seconds early, reserve agents serve."""

    sooner: float = 0.0
    reserve: bool = False


NO_RELIEF: Final = Relief()


@dataclass(slots=True)
class _Load:
    """A queue's callers now: how fast they come, wait, hold an agent (wrap-up included), and give up."""

    rate: Rate
    waiting: int
    work: float
    patience: float

    @property
    def erlangs(self) -> float:
        """The agents that they need in the ten minutes to come."""
        return self.rate.rate * self.work + self.waiting * min(1.0, self.work / HORIZON)


@dataclass(slots=True)
class _Group:
    """Agents who serve the same queues: how many, how many are free, and how many of the busy still will be."""

    queues: frozenset[str]
    seats: int = 0
    free: int = 0
    busy: int = 0
    still: list[float] = field(default_factory=lambda: list(_NOTHING))

    def wraps_up(self, more: float) -> None:
        """Somebody of it is busy for so many seconds."""
        self.busy += 1
        for step in range(bisect_right(TIMES, more)):
            self.still[step] += 1


class Floor:
    """The agents in groups. Made again whenever rules, profiles or relief change."""

    def __init__(
        self, rules: Mapping[str, QueueRules], profiles: Mapping[AgentId, AgentProfile], relief: Mapping[str, Relief]
    ) -> None:
        self.rules = rules
        served = {who: _served(profile, rules, relief) for who, profile in profiles.items()}
        self._kinds = sorted({queues for queues in served.values() if queues}, key=sorted)
        places = {queues: place for place, queues in enumerate(self._kinds)}
        self._place = {who: places[queues] for who, queues in served.items() if queues}
        self._curves: dict[tuple[str, bool], tuple[Law, tuple[Curve, ...]]] = {}
        self._groups: list[_Group] = []
        self._loads: dict[str, _Load] = {}
        self._parts: dict[str, dict[str, float]] = {}
        self._laws: dict[tuple[str, bool], Law] = {}
        self._dialled: dict[str, float] = {}  # customers whom we have called, in a second, by their queue
        self._known: frozenset[str] = frozenset()
        self._left: list[list[float]] = []
        self._aged_at = float("-inf")
        self._learned_at = float("-inf")

    # ── counting ──

    def survey(self, agents: Mapping[AgentId, AgentRecord], demand: Demand, dialled: Demand, now: float) -> None:
        """Count who is at work, who is busy and for how long still, and who asks."""
        is_time = now - self._learned_at >= LEARN_EVERY
        if is_time:
            self._learned_at = now
            self._laws = {(queue, _CALLED): demand.held(queue, now) for queue in self.rules}
            for queue in self.rules:  # as long as a caller's, until it is known better
                own = dialled.held(queue, now) if dialled.knows_talks(queue, now) else None
                self._laws[queue, _DIALLED] = own or self._laws[queue, _CALLED]
            self._known = frozenset(queue for queue in self.rules if demand.is_known(queue, now))
        rates = demand.rates(now)
        self._loads = {queue: self._load(queue, demand, rates.get(queue, NOBODY)) for queue in self.rules}
        self._dialled = {queue: pace for queue in self.rules if (pace := dialled.pace(queue, now)) > 0}
        self._groups = [_Group(queues) for queues in self._kinds]
        talks = self._count(agents, now)
        if now - self._aged_at >= AGE_EVERY:
            self._aged_at = now
            self._age(talks, (demand, dialled), now)
        for group, left, offers in zip(self._groups, self._left, talks, strict=True):
            talking = len(offers)
            group.still = [still + talking * share for still, share in zip(group.still, left, strict=True)]
        if is_time:
            self._share_out()

    def _age(self, talks: list[list[str]], demands: tuple[Demand, Demand], now: float) -> None:
        """Work out what share of each group's talks will go on until each of `TIMES`, by how long each has lasted."""
        self._left = []
        for offers in talks:
            kinds: dict[tuple[str, bool, int], int] = {}
            for offer in offers:
                key = _kind(offer, demands, now)
                kinds[key] = kinds.get(key, 0) + 1
            sums = list(_NOTHING)
            for (queue, kind, age), count in (kinds or {_UNKNOWN: 1}).items():
                curve = self._curve((queue, kind))[age]
                sums = [each + count * share for each, share in zip(sums, curve, strict=True)]
            whole = max(1, len(offers))
            self._left.append([each / whole for each in sums])

    def _count(self, agents: Mapping[AgentId, AgentRecord], now: float) -> list[list[str]]:
        """Count the agents; give, group by group, the offers of those who have a contact, or are rung for one."""
        talks: list[list[str]] = [[] for _ in self._groups]
        places, groups = self._place, self._groups
        for who, record in agents.items():
            place, state = places.get(who), record.state
            if place is None or state not in _AT_WORK:
                continue
            group = groups[place]
            group.seats += not record.then
            if state is _READY:
                group.free += 1
            elif state is _WRAP_UP:
                group.wraps_up(record.until - now)
            else:
                group.busy += 1
                talks[place].append(record.offer)
        return talks

    def _load(self, queue: str, demand: Demand, rate: Rate) -> _Load:
        return _Load(rate, demand.waiting(queue), self._work(queue, _CALLED), demand.patience(queue))

    def _work(self, queue: str, kind: bool) -> float:
        return self._laws[queue, kind].mean + self.rules[queue].wrap_up

    def _curve(self, key: tuple[str, bool]) -> tuple[Curve, ...]:
        """Give, for each age by `EDGES`, the chance that a talk with its wrap-up goes on until each of `TIMES`."""
        queue, law = key[0], self._laws.get(key, GUESS)
        known = self._curves.get(key)
        if known is None or known[0] is not law:
            wrap_up = self.rules[queue].wrap_up if queue in self.rules else 0.0
            curves = tuple(tuple(law.goes_on(age, at - wrap_up) for at in TIMES) for age in _AGES)
            known = self._curves[key] = (law, curves)
        return known[1]

    # ── sharing ──

    def _share_out(self) -> None:
        """Work out how the groups' time goes to their queues."""
        shares = _shared_out(self._groups, self._loads)
        whole: dict[str, float] = {}
        for share in shares:
            for queue, each in share.items():
                whole[queue] = whole.get(queue, 0.0) + each
        self._parts = {queue: self._parts_before(queue, shares, whole) for queue in self.rules}

    def _parts_before(self, queue: str, shares: list[dict[str, float]], whole: dict[str, float]) -> dict[str, float]:
        """Tell which part of each queue's callers stands before the agents of this one."""
        parts: dict[str, float] = {}
        for group, share in zip(self._groups, shares, strict=True):
            if queue in group.queues:
                for other, each in share.items():
                    if whole[other] > 0:
                        parts[other] = parts.get(other, 0.0) + each / whole[other]
        return {**parts, queue: 1.0}

    # ── looking ahead ──

    def forecast(self, queue: str, demand: Demand, now: float) -> Forecast:
        """Look ahead for one queue, from the last survey."""
        load = self._loads[queue]
        groups = [group for group in self._groups if queue in group.queues]
        expected = load.rate.rate * HORIZON + load.waiting
        pool = self._pool(queue, groups, demand, now)
        seats = sum(group.seats for group in groups)
        is_foreseen = expected >= FEWEST and (queue in self._known or not seats)  # nobody at work is no guess
        share = round(share_in_time(pool, self.rules[queue].target), 4) if is_foreseen else None
        free = sum(group.free for group in groups)
        rate, work, patience = round(load.rate.rate * 60, 2), round(load.work, 1), round(load.patience, 1)
        return Forecast(queue, share, rate, seats, free, load.waiting, work, patience)

    def _pool(self, queue: str, groups: list[_Group], demand: Demand, now: float) -> Pool:
        competing = [(part, self._loads[other]) for other, part in self._parts[queue].items()]
        asked = [(part * each.rate.rate, each) for part, each in competing]
        rate, load = sum(one for one, _ in asked), self._loads[queue]
        dialled = self._dialled_before(queue)
        whole = rate + sum(dialled.values())
        held = sum(one * each.work for one, each in asked)
        held += sum(one * self._work(other, _DIALLED) for other, one in dialled.items())
        busy = sum(group.busy for group in groups)
        return Pool(
            seats=sum(group.seats for group in groups),
            present=sum(part * each.waiting for part, each in competing) + busy,
            busy=busy,
            still=tuple(map(sum, zip(*(group.still for group in groups), strict=True))) or tuple(_NOTHING),
            rate=rate,
            doubt=sqrt(sum((one * one) / (each.rate.seen + 1.0) for one, each in asked)),
            work=held / whole if whole else load.work,
            patience=sum(one * each.patience for one, each in asked) / rate if rate else load.patience,
            course=tuple(demand.ahead(queue, now, now + at) for at in TIMES),
            dialled=sum(dialled.values()),
        )

    def _dialled_before(self, queue: str) -> dict[str, float]:
        """Tell how fast those whom we have called come to the agents of this queue, by the queue that they are of."""
        found = {}
        for other, pace in self._dialled.items():
            theirs = [group for group in self._groups if other in group.queues]
            ours = sum(group.seats for group in theirs if queue in group.queues)
            found[other] = pace * ours / max(1, sum(group.seats for group in theirs))
        return {other: pace for other, pace in found.items() if pace > 0}


def _served(
    profile: AgentProfile, rules: Mapping[str, QueueRules], relief: Mapping[str, Relief]
) -> frozenset[str]:
    """Give the queues that this agent serves, or will before their callers have waited too long."""
    return frozenset(
        queue
        for queue in profile.queues
        if queue in rules and _serves(profile, rules[queue], relief.get(queue, NO_RELIEF))
    )


def _serves(profile: AgentProfile, rules: QueueRules, relief: Relief) -> bool:
    if profile.reserve and not relief.reserve:
        return False
    soon = [step.need for step in rules.relax if step.after - relief.sooner <= rules.target]
    return any(need.meets(profile.skills) for need in (rules.need, *soon))


def _shared_out(groups: list[_Group], loads: Mapping[str, _Load]) -> list[dict[str, float]]:
    """Share each group's agents out to its queues so that the queues are loaded alike."""
    erlangs = {queue: load.erlangs for queue, load in loads.items()}
    shares = []
    for group in groups:
        wanted = {queue: erlangs[queue] for queue in sorted(group.queues) if erlangs[queue] > 0}
        whole = sum(wanted.values())
        shares.append({queue: group.seats * each / whole for queue, each in wanted.items()})
    for _ in range(SHARING_ROUNDS):
        given = dict.fromkeys(erlangs, 0.0)
        for share in shares:
            for queue, each in share.items():
                given[queue] += each
        for group, share in zip(groups, shares, strict=True):
            pull = {queue: each * erlangs[queue] / given[queue] for queue, each in share.items() if given[queue] > 0}
            whole = sum(pull.values())
            for queue, each in pull.items():
                share[queue] = group.seats * each / whole if whole > 0 else 0.0
    return shares


def _kind(offer: str, demands: tuple[Demand, Demand], now: float) -> tuple[str, bool, int]:
    """Tell whose talk, or ring, it is, and how old by `EDGES`."""
    for kind, demand in zip((_CALLED, _DIALLED), demands, strict=True):
        talk = demand.talk_of(offer)
        if talk is not None:
            return talk.queue, kind, bisect_right(EDGES, now - talk.rung_at)
    return _UNKNOWN
