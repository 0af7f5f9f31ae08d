"""How many of the dialled lines are answered by a person: learned slowly, and anew when it shifts.

It does not know when a line is answered, nor why one is not. It is told, moment after moment, how many persons
answered and how many lines came *due*: of a line of an age within which half of all answers come, half is due. So
what answered is held against what was due at any moment, though busy lines end at once and others ring on.

A long memory is the estimate. Beside it stand the moments since which the rate may be another one, each with what was
due and what answered from then on. How much each of them is believed is what Bayes' rule says: its answers as likely
as any rate makes them, against the rate before it, and a shift as rare as it is. The rate is the mean of all that is
believed, so it moves at the first surprising answers and a little only, and wholly when no doubt is left.
"""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

GUESS = 0.25
GUESSED = 12.0  # lines that the guess counts for
MEMORY = 400.0  # lines that are remembered by a small floor
SELDOM = 600.0  # lines after which the rate shifts once
OPEN = 1.5  # answers that the old rate counts for after a shift
APART = 1.8  # of three moments the middle one goes if what was due since the others differs by no more than this
WARY = 0.5  # spreads of what is believed by which the rate is taken for higher: too many answers cost more than too few
SURE = 0.95  # belief in a shift from which on the long memory begins anew
KNOWN = 60.0  # lines since a moment, beyond which nothing is asked about it that the long memory does not know


class Since:
    """A moment at which the rate may have shifted: what was due and what answered from then on."""

    __slots__ = ("answered", "believed", "due")

    def __init__(self) -> None:
        self.due = self.answered = self.believed = 0.0


class AnswerRate:
    """`shifts` counts how often it began anew."""

    __slots__ = ("_answered", "_due", "_memory", "_rate", "_since", "_unsure", "shifts")

    def __init__(self) -> None:
        self._memory = MEMORY
        self._answered, self._due = GUESS * GUESSED, GUESSED
        self._since: list[Since] = []
        self._rate, self._unsure = GUESS, 0.0
        self.shifts = 0

    def remember(self, agents: int) -> None:
        """Large floors see more lines in the same time, and need a truer figure."""
        self._memory = max(MEMORY, min(10.0 * (20.0 + agents), 10.0 * MEMORY))

    def learn(self, due: float, answered: int) -> None:
        """So much came due since the last time, and so many persons answered."""
        if due <= 0.0 and not answered:
            return
        keep = exp(-due / self._memory)
        self._answered = self._answered * keep + answered
        self._due = self._due * keep + due
        self._since.append(Since())
        for since in self._since:
            since.answered = since.answered * keep + answered
            since.due = since.due * keep + due
        self._thin()
        self._believe()

    def _thin(self) -> None:
        """Moments that are much alike are one, and those long ago are known to the long memory."""
        kept: list[Since] = []
        for since in reversed(self._since):
            if len(kept) > 1 and since.due <= APART * kept[-2].due + 0.5:
                kept[-1] = since
            else:
                kept.append(since)
        self._since = [since for since in reversed(kept) if since.due < self._most]

    @property
    def _most(self) -> float:
        return max(KNOWN, 0.5 * self._due)

    def _believe(self) -> None:
        plain = self._answered / self._due
        whole, rate, square, newer = 1.0, plain, plain * plain, 0.0
        for since in reversed(self._since):
            since.believed = self._odds(since) * (since.due - newer) / SELDOM
            newer = since.due
            here = self._anew(since)
            whole += since.believed
            rate += since.believed * here
            square += since.believed * here * here
        self._rate = rate / whole
        self._unsure = max(square / whole - self._rate * self._rate, 0.0)
        if self._since and whole > 1.0 / (1.0 - SURE):
            self._begin_anew()

    def _before(self, since: Since) -> tuple[float, float]:
        """What answered and what was due before this moment."""
        due = max(self._due - since.due, 1.0)
        return max(self._answered - since.answered, 0.05), due

    def _anew(self, since: Since) -> float:
        """The rate since then, if it shifted then."""
        answered, due = self._before(since)
        return (OPEN + since.answered) / (OPEN * due / answered + since.due)

    def _odds(self, since: Since) -> float:
        """How much likelier its answers are if the rate has shifted then than if it has not."""
        answered, due = self._before(since)
        open_due = OPEN * due / answered
        shifted = lgamma(OPEN + since.answered) - lgamma(OPEN) - OPEN * log(1.0 + since.due / open_due)
        shifted -= since.answered * log(open_due + since.due)
        same = lgamma(answered + since.answered) - lgamma(answered) - answered * log(1.0 + since.due / due)
        same -= since.answered * log(due + since.due)
        return exp(min((shifted - same) / max(1.0 - answered / due, 0.3), 50.0))

    def _begin_anew(self) -> None:
        """The moment that is believed most is where the long memory begins."""
        best = max(self._since, key=lambda since: since.believed)
        rate = self._anew(best)
        self._due = OPEN / max(rate, 0.02) * 0.5 + best.due
        self._answered = rate * self._due
        self._since = []
        self._rate = rate
        self.shifts += 1

    @property
    def rate(self) -> float:
        """The share of lines that a person answers, never quite 0 or 1."""
        return min(max(self._rate + WARY * sqrt(self._unsure), 0.005), 0.98)

    @property
    def doubt(self) -> float:
        """How far off the rate may be, as a share of it: one standard deviation."""
        rate = self.rate
        return sqrt((1.0 - rate) / (rate * self._due) + self._unsure / (rate * rate))
