"""A journal in memory that keeps the promises of the real one: one writer by epoch, all of a commit or nothing.

It does not know what the facts mean. It holds what a new server reads (`journal.views.open_facts` and `ends`): the
facts of open contacts, each agent's last state, and who ended lately.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import journal.facts as facts
from cti.ids import is_dialled
from journal.facts import Fact

LATELY = 600.0  # seconds, as the service reads them


class StaleEpoch(Exception):
    """Another server holds the floor: nothing was written."""


class Ledger:
    """`append` returns the number of its last fact."""

    def __init__(self) -> None:
        self.epoch = 0
        self.seq = 0
        self.at = 0.0
        self._open: dict[str, list[tuple[int, Fact]]] = {}
        self._agents: dict[str, tuple[int, Fact]] = {}
        self._points: list[tuple[int, Fact]] = []
        self._ends: deque[Fact] = deque()
        self._calls_out: list[tuple[int, Fact]] = []  # of attempts, campaigns, blocks and laws, all there is

    def take(self) -> int:
        """A new server takes the floor. Returns its epoch."""
        self.epoch += 1
        return self.epoch

    def append(self, told: Iterable[Fact], epoch: int) -> int:
        """Commit. Raises `StaleEpoch`."""
        if epoch != self.epoch:
            raise StaleEpoch(epoch)
        for fact in told:
            self.seq += 1
            self._keep(fact)
        return self.seq

    def _keep(self, fact: Fact) -> None:
        self.at = fact.at
        if isinstance(fact, facts.AgentChanged):
            self._agents[fact.agent] = (self.seq, fact)
            return
        contact: str = getattr(fact, "contact", "")
        if is_dialled(contact) or contact[:1] == "(":
            self._calls_out.append((self.seq, fact))
            return
        if isinstance(fact, facts.CallEnded):
            self._open.pop(contact, None)
            self._ends.append(fact)
        elif isinstance(fact, facts.CallStarted):
            self._open[contact] = [(self.seq, fact)]
        elif contact in self._open:
            self._open[contact].append((self.seq, fact))
        if isinstance(fact, facts.BreakpointKept | facts.BreakpointTaken):
            self._points.append((self.seq, fact))

    def ends(self) -> Sequence[Fact]:
        """The ends of the last ten minutes, in order."""
        while self._ends and self._ends[0].at < self.at - LATELY:
            self._ends.popleft()
        return list(self._ends)

    def open_facts(self) -> list[Fact]:
        """What a new server must know, in order."""
        found = [*(each for some in self._open.values() for each in some), *self._agents.values(), *self._calls_out]
        return [fact for _, fact in sorted(found, key=lambda each: each[0])]

    def points(self) -> list[Fact]:
        """Where callers stopped, and who took such a point meanwhile, in order."""
        return [fact for _, fact in self._points]
