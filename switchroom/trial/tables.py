"""What sources answer on a trial: what a transcript says, else what their tables hold.

It does not ask a source over HTTP: a transcript says what such a one answers. Tables answer from the floor's own rows,
as the running server's do. Secret keys whose values a transcript
does not tell are taken for right; wrong ones are counted and lock, as in life.
"""

from __future__ import annotations

from collections import defaultdict, deque
from functools import lru_cache

from customers.guards import Lock, about
from customers.messages import LookedUp, LookUp
from switchroom.asked_sources import is_right
from switchroom.floorplan import FloorPlan
from switchroom.sourcefiles import SourcePlan
from switchroom.trial.script import MASK, SourceAnswers

_right = lru_cache(maxsize=1000)(is_right)  # some 20 ms each: a file of scenarios asks for the same few


class Answers:
    """What a transcript says of its sources: given in the order written, and the last one stands."""

    def __init__(self) -> None:
        self._written: dict[str, deque[SourceAnswers]] = defaultdict(deque)
        self._given: set[str] = set()  # sources whose first answer here was given already

    def add(self, answer: SourceAnswers) -> None:
        """One more answer; it comes instead of one that was given already."""
        written = self._written[answer.source]
        if answer.source in self._given:
            written.popleft()
            self._given.discard(answer.source)
        written.append(answer)

    def next(self, source: str) -> SourceAnswers | None:
        """What the source answers now; None when nothing is written of it."""
        written = self._written.get(source)
        if not written:
            return None
        if source in self._given and len(written) > 1:
            written.popleft()
        self._given.add(source)
        return written[0]

    def know(self, source: str) -> bool:
        """Whether anything is written of the source."""
        return bool(self._written.get(source))


class Tables:
    """The tables of one trial, with its wrong secrets."""

    def __init__(self, floor: FloorPlan) -> None:
        self._floor = floor
        self._lock = Lock()

    def answer(self, asked: LookUp, now: float) -> LookedUp | None:
        """The answer; None when the source is no table."""
        plan = self._floor.sources.get(asked.source)
        if plan is None or not plan.table:
            return None
        what = about(asked.source, asked.keys)
        outcome, values = self._outcome(plan, asked, what, now)
        wrong = what if outcome == "refused" else ""
        if wrong:
            self._lock.wrong(what, now)
        return LookedUp(asked.question, asked.contact, asked.source, outcome, values, 0.0, wrong)

    def _outcome(
        self, plan: SourcePlan, asked: LookUp, what: str, now: float
    ) -> tuple[str, tuple[tuple[str, str], ...]]:
        if asked.secrets and self._lock.is_shut(what, plan.lock_after, plan.lock_for, now):
            return "locked", ()
        keys = dict(asked.keys)
        row = self._floor.tables.get(plan.name, {}).get(tuple(keys.get(name, "") for name in plan.keys))
        if row is None:
            return "not_found", ()
        given = dict(asked.secrets).get(plan.secret, "")
        if asked.secrets and plan.secret and MASK not in given and not _right(row.get(plan.secret, ""), given):
            return "refused", ()
        return "found", tuple((name, row.get(name, "")) for name in plan.returns)
