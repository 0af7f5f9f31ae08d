"""Every law's share of abandoned calls, counted once more from bare facts by arithmetic of its own.

It does not know the server's counters (`outbound/law/shares.py`) and uses nothing of them: what both come to must be
the same. The laws' numbers stand here a second time, on purpose.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

DAY = 86400.0
LONGEST_WAIT = 2.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A law's way to count. `base`: answered (who hung up early counts as a person), or passed.

    `false_machine` is the share of persons taken for machines that is assumed, 0 where the law asks for no estimate.
    """

    rules: str
    cap: float
    window: float
    base: str
    false_machine: float = 0.0
    machines_abandoned: float = 0.0


def of_the_house(rules: Mapping[str, Any]) -> Measure:
    """The measure of a law that people agreed to, by its text on record. Raises what a damaged text raises."""
    guesses = rules["formula"] == "passed"
    return Measure(
        f"{rules['name']}@{rules['version']}",
        float(rules["cap"]),
        float(rules["window"]),
        "answered" if rules["formula"] == "answered" else "passed",
        float(rules["false_machine"]) if guesses else 0.0,
        float(rules["machines_abandoned"]) if guesses else 0.0,
    )


MEASURES = (
    Measure("us@2026.1", 0.03, 30 * DAY, "answered"),
    Measure("uk@2026.1", 0.01, DAY, "passed", 0.005),
    Measure("cn@2026.1", 0.01, DAY, "passed"),
    Measure("strict@2026.1", 0.01, DAY, "passed"),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Persons and abandoned as counted, and the law's rate."""

    persons: int
    abandoned: int
    rate: float


@dataclass(frozen=True, slots=True)
class Period:
    """One window's length of a campaign, from `since`; the last one may be shorter."""

    since: float
    until: float
    tally: Tally


class Recount:
    """The ends of one campaign in the order in which they are on record."""

    def __init__(self, ends: Sequence[tuple[float, str, float]]) -> None:
        """`ends` are moment, outcome and seconds waited for the agent."""
        self.times = list(accumulate((at for at, _, _ in ends), max))  # a clock that was set back does not count
        outcomes = [_counted(outcome, waited) for _, outcome, waited in ends]
        self._sums = {
            kind: [0, *accumulate(int(outcome == kind) for outcome in outcomes)]
            for kind in ("connected", "abandoned", "gone", "machine")
        }

    def at(self, measure: Measure, end: int) -> Tally:
        """The law's tally with the end of this place, in the window that ends with it."""
        return self._tally(measure, bisect_right(self.times, self.times[end] - measure.window), end + 1)

    def worst(self, measure: Measure) -> tuple[float, Tally]:
        """The moment at which the law's rate over the window before was highest, and the tally; 0 for no moment."""
        tallies = [(self.times[end], self.at(measure, end)) for end in range(len(self.times))]
        return max(tallies, key=lambda one: one[1].rate, default=(0.0, Tally(0, 0, 0.0)))

    def periods(self, measure: Measure, since: float, until: float) -> list[Period]:
        """Window after window from `since` on, as the law counts them."""
        found = []
        while since < until:
            end = min(since + measure.window, until)
            first, last = bisect_left(self.times, since), bisect_left(self.times, end)
            found.append(Period(since, end, self._tally(measure, first, last)))
            since = end
        return found

    def _tally(self, measure: Measure, first: int, last: int) -> Tally:
        connected, abandoned, gone, machine = (sums[last] - sums[first] for sums in self._sums.values())
        if measure.base == "answered":
            persons = connected + abandoned + gone
            return Tally(persons, abandoned, abandoned / persons if persons else 0.0)
        persons = connected + abandoned
        silent = min(machine, persons * measure.false_machine / (1 - measure.false_machine))
        counting = abandoned * (1 - measure.machines_abandoned) + silent
        whole = counting + connected
        return Tally(persons, abandoned, counting / whole if whole else 0.0)


def _counted(outcome: str, waited: float) -> str:
    return "abandoned" if outcome == "connected" and waited > LONGEST_WAIT else outcome
