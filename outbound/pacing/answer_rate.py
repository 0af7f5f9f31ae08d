"""How many of the dialled lines are answered by a person: learned slowly, and anew when it shifts.

It does not know when a line is answered, nor why one is not.

Two memories run side by side. The long one is the estimate. When the short one differs from it by more than chance
explains, the rate has shifted, and the long one begins anew with what the short one holds.
"""

from __future__ import annotations

from math import sqrt

CHANCE = 3.2  # standard deviations: less is chance
CYCLES = (
    3.0  # even the short memory holds so many times the lines in the air: answers come first, then the rest at once
)
GUESS = 0.25
GUESSED = 12.0  # lines that the guess counts for


class AnswerRate:
    """`answered` out of `ended` lines, each in two memories. `shifts` counts how often it began anew."""

    __slots__ = (
        *("_answered", "_ended", "_hoped", "_in_air", "_least", "_long", "_short", "_short_answered", "_short_ended"),
        "shifts",
    )

    def __init__(self) -> None:
        self._least, self._short, self._long = 40.0, 40.0, 250.0
        self._answered, self._ended = GUESS * GUESSED, GUESSED
        self._short_answered, self._short_ended = 0.0, 0.0
        self._in_air, self._hoped = 0, 0.0
        self.shifts = 0

    def remember(self, agents: int) -> None:
        """Large floors see more lines in the same time, and need a truer figure."""
        self._least = max(40.0, min(20.0 + agents, 400.0))

    def learn(self, answered: bool) -> None:
        """One line has ended, answered by a person or not."""
        keep, keep_short = 1.0 - 1.0 / self._long, 1.0 - 1.0 / self._short
        self._answered = self._answered * keep + answered
        self._ended = self._ended * keep + 1.0
        self._short_answered = self._short_answered * keep_short + answered
        self._short_ended = self._short_ended * keep_short + 1.0

    def look(self, in_air: int, hoped: float) -> None:
        """Has it shifted? `hoped` of the lines in the air will be answered, as it seems.

        They count, because some ends are seen sooner than others: after a burst of dials the ended lines alone would
        show too few answers, when many are busy at once, or too many, when the others ring on.
        """
        self._in_air, self._hoped = in_air, hoped
        self._short = max(self._least, CYCLES * in_air)
        self._long = max(10.0 * self._least, 6.0 * self._short)
        rate = self.rate
        weight = self._short_ended + in_air
        seen = (self._short_answered + hoped) / weight if weight else rate
        known = min(self._short_ended, self._short)
        if known < 20.0 or abs(seen - rate) <= CHANCE * sqrt(max(rate * (1.0 - rate), 0.02) / (2.0 * known)):
            return
        self.shifts += 1
        self._answered, self._ended = self._short_answered, self._short_ended

    @property
    def rate(self) -> float:
        """The share of lines that a person answers, never quite 0 or 1."""
        return min(max((self._answered + self._hoped) / (self._ended + self._in_air), 0.005), 0.98)

    @property
    def doubt(self) -> float:
        """How far off the rate may be, as a share of it: one standard deviation."""
        rate = self.rate
        return sqrt((1.0 - rate) / (rate * self._ended))
