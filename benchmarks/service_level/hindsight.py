"""The bound of hindsight: how many callers could have been answered in time by one who knew the whole day beforehand.

It does not know policies. It is a linear programme, relaxed: every caller may be served from any moment of his wait by
any fit agent, and agents may hand talks over to each other at will; what must hold is that at no time more talks of
any classes are under way than there are agents for them. Its dual is solved instead, for there every solution is a
bound: each class has a price of an agent's second at each time of the day. An agent is worth the dearest of his
classes; a caller is served when his talk costs less than the answer is worth, at the cheapest moment of his wait. What
the agents are worth, and what the callers gain over their costs, adds up to no less than anybody can reach. Prices are
found step by step (Adam); a poor set of prices is a loose bound, never a wrong one.

`Terms` narrow it. `abandoned` and `late` are the conditions of a fair comparison, each at a fine for whom it fails.
`blind` takes from hindsight the knowledge of talks (Brown, Smith and Sun 2010): a caller's cost is less by a rate of
the moment times what his talk is longer than the mean of his class. Who cannot know talks has this for nothing on
average, so the bound holds for him over many days; hindsight loses what it would have by taking short talks first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.service_level.measure import SHORT, TARGET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from switchroom.day.described import Caller, Crowd, Day

SLOT = 20.0
STEPS = 250
FIRST_PACE, LAST_PACE = 3e-3, 3e-5  # how far a price moves in a step, in answers a second
KEPT, KEPT_SQUARES = 0.9, 0.99


@dataclass(frozen=True, slots=True)
class Terms:
    """What must hold beside the agents' number.

    At most `abandoned` callers may give up, and at most `share` of all wait longer than `late` seconds; infinite: as
    many as like. `since` and `until` are between whose asking the rate is counted. `excused`: who gives up within
    `SHORT` seconds is not counted.
    """

    abandoned: float = math.inf
    late: float = math.inf
    share: float = 0.01
    blind: bool = False
    since: float = 0.0
    until: float = math.inf
    excused: bool = True


Choice = tuple[int, float, int, float, int, float]
"""A start: slot and seconds in it, slot and seconds of the end, slot that the blind rate is of, 1 / pace."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A caller: his class, what an answer in time is worth, his starts in time and late, his talk less the mean."""

    kind: int
    worth: float
    in_time: tuple[Choice, ...]
    late: tuple[Choice, ...]
    longer: float
    gives_up: bool
    is_short: bool


class Hindsight:
    """The day's dual; `bound` lowers it and gives it in percent of the callers counted."""

    def __init__(self, day: Day, crowd: Crowd, terms: Terms, slot: float = SLOT) -> None:
        self.terms, self.slot = terms, slot
        self.fined = (terms.abandoned < math.inf, terms.late < math.inf)
        self.kinds = len(day.kinds)
        self.means = [kind.talk.mean for kind in day.kinds]
        ends = max((spell.until for seat in day.seats for spell in seat.shifts), default=0.0)
        self.slots = int(min(ends, day.seconds + 1800.0) / slot) + 1
        self.ahead = [max(1, round(mean / slot)) for mean in self.means]
        self.seats = self._seats(day)
        self.paces = self._paces(day)
        self.wishes = [self._wish(caller) for caller in crowd.callers]
        self.asked = sum(wish.worth for wish in self.wishes)
        self.prices = [[0.0] * self.slots for _ in range(self.kinds)]
        self.fines = [0.05 if fined else 0.0 for fined in self.fined]

    # ── the day ──

    def _seats(self, day: Day) -> dict[tuple[int, ...], list[float]]:
        """The seconds of work that agents of the same classes have in each slot."""
        number = {kind.queue: n for n, kind in enumerate(day.kinds)}
        found: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0] * self.slots)
        for seat in day.seats:
            able = found[tuple(sorted(number[queue] for queue in seat.profile.queues if queue in number))]
            for spell in seat.shifts:
                for n in range(int(spell.since / self.slot), min(self.slots, math.ceil(spell.until / self.slot))):
                    begins = n * self.slot
                    here = min(spell.until, begins + self.slot) - max(spell.since, begins)
                    able[n] += max(0.0, here) / seat.pace
        return dict(found)

    def _paces(self, day: Day) -> list[list[float]]:
        """The paces, rounded down, of those who serve a class: rounding makes agents faster, so it is still a bound."""
        return [
            sorted({math.floor(seat.pace * 50) / 50 for seat in day.seats if kind.queue in seat.profile.queues})
            for kind in day.kinds
        ]

    def _wish(self, caller: Caller) -> _Wish:
        terms = self.terms
        worth = 1.0 if terms.since <= caller.at < terms.until else 0.0
        until = caller.at + caller.patience
        in_time = tuple(self._choices(caller, caller.at, min(until, caller.at + TARGET)))
        last = min(until, caller.at + min(terms.late, 600.0))
        late = (
            tuple(self._choices(caller, caller.at + TARGET, last))
            if any(self.fined) and last > caller.at + TARGET
            else ()
        )
        gives_up = caller.patience <= min(terms.late, 600.0)
        short = terms.excused and caller.patience <= SHORT
        return _Wish(caller.kind, worth, in_time, late, caller.talk - self.means[caller.kind], gives_up, short)

    def _choices(self, caller: Caller, since: float, until: float) -> Iterator[Choice]:
        """The moments at which the cost of a talk can be least: where it bends, within each slot."""
        slot = self.slot
        for n in range(int(since / slot), int(until / slot) + 1):
            first, last = max(since, n * slot), min(until, (n + 1) * slot)
            if last < first or n >= self.slots:
                continue
            for pace in self.paces[caller.kind]:
                talk = caller.talk * pace
                bend = math.ceil((first + talk) / slot) * slot - talk
                for start in {first, last, bend} if first < bend < last else {first, last}:
                    end = start + talk
                    yield min(n, self.slots), start - n * slot, int(end / slot), end % slot, n, 1.0 / pace

    # ── the dual ──

    def bound(self, steps: int = STEPS) -> float:
        """Lower the dual, and give the least in percent."""
        best, kept = math.inf, None
        lowering = _Lowering(self.prices, self.fines, self.fined)
        for step in range(steps):
            value, slopes, fine_slopes = self.value(0.95)
            if value < best:
                best, kept = value, ([row[:] for row in self.prices], self.fines[:])
            lowering.step(step / steps, slopes, fine_slopes)
        if kept is not None and self.value(0.95)[0] > best:
            self.prices, self.fines = kept
        return 100 * self._excusing()

    def _excusing(self) -> float:
        """The least rate at which the prices hold: who gives up early makes the rest a larger share."""
        rate = 1.0
        for _ in range(6):
            rate = min(rate, self.value(rate)[0] / self.asked)
        return rate

    def value(self, excuse: float) -> tuple[float, list[list[float]], list[float]]:
        """The dual at these prices, and how it changes with each price and fine."""
        sums = [self._sums(row) for row in self.prices]
        rates = [self._rates(kind, sums[kind]) for kind in range(self.kinds)]
        slopes = [[0.0] * (self.slots + 1) for _ in range(self.kinds)]
        total, fine_slopes = self._agents(slopes)
        taken: list[tuple[_Wish, Choice]] = []
        for wish in self.wishes:
            gain, choice, fine = self._gain(wish, sums, rates, excuse)
            total += gain
            if choice is not None:
                taken.append((wish, choice))
            elif fine >= 0:
                fine_slopes[fine] -= 1.0
        self._busy(slopes, taken)
        return total, slopes, fine_slopes

    def _agents(self, slopes: list[list[float]]) -> tuple[float, list[float]]:
        """What the agents are worth, each by the dearest of his classes, and what the fines allow."""
        total = 0.0
        for able, seconds in self.seats.items():
            rows = [self.prices[kind] for kind in able]
            for n, here in enumerate(seconds):
                price = max([row[n] for row in rows])
                if here and price > 0.0:
                    total += here * price
                    dearest = [kind for kind in able if self.prices[kind][n] >= price - 1e-9]
                    for kind in dearest:
                        slopes[kind][n] += here / len(dearest)
                elif here:
                    for kind in able:
                        slopes[kind][n] += here / len(able)
        allowed = (self.terms.abandoned, self.terms.share * len(self.wishes))
        limits = [each if fined else 0.0 for each, fined in zip(allowed, self.fined, strict=True)]
        return total + sum(a * b for a, b in zip(limits, self.fines, strict=True)), limits

    def _sums(self, row: Sequence[float]) -> list[float]:
        """The price of all seconds before a slot."""
        found, total = [0.0], 0.0
        for price in row:
            total += price * self.slot
            found.append(total)
        return found

    def _rates(self, kind: int, sums: list[float]) -> list[float]:
        """What a second of a talk is worth that begins in a slot: the mean of the prices of a mean talk."""
        if not self.terms.blind:
            return []
        ahead, last = self.ahead[kind], self.slots
        return [(sums[min(n + ahead, last)] - sums[n]) / (ahead * self.slot) for n in range(last + 1)]

    def _gain(
        self, wish: _Wish, sums: list[list[float]], rates: list[list[float]], excuse: float
    ) -> tuple[float, Choice | None, int]:
        """The most that a caller can gain: how, or at which fine."""
        known, prices = sums[wish.kind], self.prices[wish.kind]
        rate = rates[wish.kind]
        best, choice, fine = self._left(wish, excuse)
        for bonus, choices in ((wish.worth, wish.in_time), (0.0, wish.late)):
            for each in choices:
                begin, into, end, over, of, share = each
                if end >= self.slots:
                    cost = known[self.slots] - known[begin] - into * prices[begin]
                else:
                    cost = known[end] + over * prices[end] - known[begin] - into * prices[begin]
                gain = bonus - cost * share
                if rate:
                    gain += rate[of] * wish.longer
                if gain > best:
                    best, choice = gain, each
                    if best >= 1.0 and not rate:
                        return best, choice, fine  # nobody gains more
        return best, choice, fine

    def _left(self, wish: _Wish, excuse: float) -> tuple[float, None, int]:
        """What it is worth not to serve him: a fine, and for who gives up early that he is not counted."""
        gone = excuse * wish.worth if wish.is_short else 0.0
        fine = 0 if wish.gives_up else 1
        return gone - self.fines[fine], None, fine if self.fined[fine] else -1

    def _busy(self, slopes: list[list[float]], taken: list[tuple[_Wish, Choice]]) -> None:
        """Take the seconds of the talks that are served from the slopes."""
        changes = [[0.0] * (self.slots + 2) for _ in range(self.kinds)]
        for wish, (begin, into, end, over, of, share) in taken:
            row, change = slopes[wish.kind], changes[wish.kind]
            last = min(end, self.slots)
            row[begin] += into * share
            row[last] -= over * share if end < self.slots else 0.0
            change[begin] += share
            change[last] -= share
            if self.terms.blind:
                ahead = self.ahead[wish.kind]
                back = wish.longer / (ahead * self.slot)
                change[of] -= back
                change[min(of + ahead, self.slots)] += back
        for row, change in zip(slopes, changes, strict=True):
            under_way = 0.0
            for n in range(self.slots):
                under_way += change[n]
                row[n] -= under_way * self.slot


class _Lowering:
    """Adam: each price moves by its own slope, smoothed, over the slope's usual size."""

    def __init__(self, prices: list[list[float]], fines: list[float], fined: tuple[bool, ...]) -> None:
        self.rows, self.fined = [*prices, fines], fined
        self.means = [[0.0] * len(row) for row in self.rows]
        self.squares = [[0.0] * len(row) for row in self.rows]

    def step(self, part: float, slopes: list[list[float]], fine_slopes: list[float]) -> None:
        """Move all; `part` of all steps are done. Fines, in answers each, move a hundred times as far."""
        pace = FIRST_PACE * (LAST_PACE / FIRST_PACE) ** part
        for number, (row, slope) in enumerate(zip(self.rows, [*slopes, fine_slopes], strict=True)):
            mean, square, is_fines = self.means[number], self.squares[number], number == len(slopes)
            for n in range(len(row)):
                if is_fines and not self.fined[n]:
                    continue
                mean[n] = KEPT * mean[n] + (1 - KEPT) * slope[n]
                square[n] = KEPT_SQUARES * square[n] + (1 - KEPT_SQUARES) * slope[n] * slope[n]
                moved = mean[n] / (math.sqrt(square[n]) + 1e-9)
                row[n] = max(0.0, row[n] - pace * (100.0 if is_fines else 1.0) * moved)
