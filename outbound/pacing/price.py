"""What one abandoned person may cost: the risk up to which one more line is dialled, steered so that the cap is used.

It does not know lines or agents. It is told what each dial was expected to cost and what came, and what the law's
window holds so far.

Three things keep the promise. The *slack*, persons who may still be abandoned in the window, says which share may be
abandoned now (`wish`): a little less or more than the cap, so that a difference is made good evenly. When the slack is
spent, a small team puts nobody at risk. A large one goes on at a small part of the cap: so it meets many more persons
than line by line, and its share falls below the cap sooner. The *limit* on the risk of one more line moves until lines
cost on average what is wished: their cost is forecast at each dial, so this needs no waiting for abandoned persons, of
whom there are few. The *truth* is how many more were abandoned than forecast, and corrects the forecast.
"""

from __future__ import annotations

from outbound.pacing.sight import Bounds

FIRST = 1.3  # the limit at the start, in shares wished; less where agents are more than `TEAM`
TEAM = 25.0
LOWEST, HIGHEST = 0.02, 12.0
BELIEVED = 10.0  # abandoned persons for which the forecast is believed at the start
REMEMBERED = 60.0  # and how many are remembered
SPARE, SPARE_EACH = 4.0, 0.12  # abandoned persons that we would rather have left, and as many more for each agent
EVEN, EVEN_EACH = 120.0, 8.0  # persons over which a difference is made good
SPENT = 0.15  # caps that are wished while the slack is spent, by large teams;
ALONE, TOGETHER = 5, 15  # none by teams up to this size, all of it from this size on
LEAST_TRUE, MOST_TRUE = 0.5, 4.0
MOST = 2.0  # caps that are wished at the most


class Price:
    """`cap` is the share that may be abandoned."""

    __slots__ = ("_agents", "_expected", "_limit", "_met", "_persons", "_wished", "cap", "spent")

    def __init__(self, cap: float) -> None:
        self.cap = cap
        self._limit = FIRST
        self._expected = BELIEVED
        self._met = BELIEVED
        self._agents = 0
        self._persons = 0
        self._wished = cap
        self.spent = True

    def remember(self, agents: int) -> None:
        """On a large floor more is in the air when the answer to a change comes."""
        self._agents = agents
        if not self._persons:
            self._limit = FIRST / max(agents / TEAM, 1.0) ** 0.6

    def dialled(self, lines: int, hope: float, risk: float) -> None:
        """So many lines were dialled: the chance of an answer of each, and the sum of their risks."""
        cost = hope * risk
        self._expected += cost
        if self._expected > REMEMBERED:
            keep = REMEMBERED / self._expected
            self._expected *= keep
            self._met *= keep
        if not self.spent:
            slow = 80.0 + self._agents
            over = hope * lines - cost * self.truth / self._wished
            self._limit *= 1.0 + min(max(over / slow, -0.1), 0.1)
            self._limit = min(max(self._limit, LOWEST), HIGHEST)

    def reached(self, *, abandoned: bool, chosen: bool = True) -> None:
        """One person answered, and found an agent in time or not. `chosen`: his line was charged when dialled."""
        self._persons += 1
        self._met += abandoned and chosen

    @property
    def truth(self) -> float:
        """Persons abandoned for each that was forecast."""
        return min(max(self._met / self._expected, LEAST_TRUE), MOST_TRUE)

    def limit(self, bounds: Bounds, coming: float) -> float:
        """The risk that one more line may have, 0 for none. `coming` persons will answer as it is."""
        slack = bounds.cap * bounds.persons - bounds.abandoned
        self.spent = slack + bounds.cap * coming < 1.0
        self._wished = self._little() if self.spent else self._wish(slack)
        return min(self._limit * self._wished / self.truth, 0.9)

    def _little(self) -> float:
        """The share that may be abandoned while the cap is spent."""
        return SPENT * self.cap * min(max((self._agents - ALONE) / (TOGETHER - ALONE), 0.0), 1.0)

    def _wish(self, slack: float) -> float:
        """The share that may be abandoned now, when so many persons may still be in the window."""
        agents = self._agents
        wish = self.cap + (slack - SPARE - SPARE_EACH * agents) / (EVEN + EVEN_EACH * agents)
        return min(max(wish, 0.15 * self.cap), MOST * self.cap)
