"""The live count in storms of deaths, freezes, cut links and restarts of Asterisk: it agrees after every commit."""

from __future__ import annotations

from collections import Counter

import pytest

import journal.facts as facts
from benchmarks.faults.season import rage, storm_of
from switchroom.reconciling import Reconciler

pytestmark = pytest.mark.sim


class Counted:
    """Somebody counts beside a storm, as the service has it done: from the open facts on, commit by commit."""

    def __init__(self, seed: int, spoil=lambda fact: True) -> None:
        self.storm, self.found, self.checks, self.spoil = storm_of(seed), [], 0, spoil
        self.centre, self.count = None, None
        self.wrote, self.turned = self.storm.watch.wrote, self.storm.watch.turned
        self.storm.watch.wrote, self.storm.watch.turned = self._wrote, self._turned

    def _begin(self, before) -> None:
        self._gather()
        self.centre = self.storm.centre
        self.count = Reconciler(self.centre, lambda: self.storm.now, before)

    def _wrote(self, told, last) -> None:
        self.wrote(told, last)
        if self.centre is not self.storm.centre:
            ours = {id(fact) for fact in told}
            self._begin([fact for fact in self.storm.ledger.open_facts() if id(fact) not in ours])
            ended = {fact.contact for fact in told if isinstance(fact, facts.CallEnded)}
            begun = {fact.contact for fact in told if isinstance(fact, facts.CallStarted)}
            if ended - begun:  # their earlier facts are not in the ledger any more
                self.centre = None
                return
        for fact in told:
            if self.spoil(fact):
                self.count.published(last, fact)

    def _turned(self, message, effects) -> None:
        self.turned(message, effects)
        if self.centre is self.storm.centre and not self.storm.unwritten:
            self.checks += 1
            self.count.check()

    def _gather(self) -> None:
        if self.count is not None:
            self.found += self.count.reckoning().last

    def play(self, calls: int) -> list[str]:
        rage(self.storm, calls)
        self._gather()
        return self.found


def test_in_storms_all_counts_agree_after_every_commit():
    struck = Counter()
    for seed in range(401, 406):
        counted = Counted(seed)
        assert counted.play(700) == [], seed
        assert counted.checks > 500
        struck += counted.storm.struck
    assert min(struck[fault] for fault in ("our deaths", "links cut", "Asterisk restarts", "events lost")) > 0, struck


def test_a_fact_that_is_lost_in_a_storm_shows():
    seen = 0

    def spoil(fact) -> bool:
        nonlocal seen
        seen += isinstance(fact, facts.AgentAnswered)
        return not (isinstance(fact, facts.AgentAnswered) and seen % 50 == 0)

    assert Counted(401, spoil).play(800)
