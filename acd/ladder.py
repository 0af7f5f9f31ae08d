"""When to act for a queue and when to undo it: the steps of its bounds as a ladder, climbed slowly both ways.

It does not know how a forecast comes about, nor what a step does.

What holds at every time, whatever the forecasts: only steps of the bounds are in force, each at most once, in their
order; between two changes made here pass at least `hold` seconds; in any hour at most `most` steps are done; what a
supervisor undid is barred for `barred`; a forecast that stays good undoes everything. A supervisor's word needs no
patience.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from acd.acts import Act, BeginAct, Bounds, Change, EndAct, Forecast, Kind, Step

HOUR: Final = 3600.0


class Ladder:
    """One queue's acts in force, and how long its forecast has been good or bad."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.acts: list[Act] = []
        self.barred: dict[Step, float] = {}
        self._begun: deque[float] = deque()
        self._changed = float("-inf")
        self._bad_since: float | None = None
        self._good_since: float | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in force."""
        return not self.acts

    @property
    def has_relaxed(self) -> bool:
        """Whether a relaxation is in force."""
        return any(act.step.kind is Kind.RELAX for act in self.acts)

    def restore(self, act: Act) -> None:
        """It was done before, and is in force."""
        self.began(act)

    def began(self, act: Act) -> None:
        """Take an act for done."""
        self.acts.append(act)
        self._begun.append(act.at)
        self._changed = act.at
        self._bad_since = self._good_since = None

    def ended(self, act: Act, now: float, *, barred: bool) -> None:
        """Take an act for undone."""
        self.acts = [each for each in self.acts if each.act != act.act]
        self._changed = max(self._changed, now)
        self._bad_since = self._good_since = None
        if barred:
            self.barred[act.step] = now + self.bounds.barred

    def look(self, seen: Forecast, now: float, allowed: Callable[[Step], bool]) -> Change | None:
        """Do the next step, undo the last, or nothing. `allowed`: whether a step would be of any use."""
        self._notice(seen.share, now)
        if now - self._changed < self.bounds.hold:
            return None
        if self._bad_since is not None and now - self._bad_since >= self.bounds.sure:
            step = self._next(now, allowed)
            return None if step is None else BeginAct(self._act(step, seen, now))
        if self.acts and self._good_since is not None and now - self._good_since >= self.bounds.calm:
            return EndAct(self.acts[-1], "calm", "", seen)
        return None

    def outdated(self) -> Iterable[Act]:
        """Give the acts that the bounds do not allow any more, last first."""
        return [act for act in reversed(self.acts) if act.step not in self.bounds.steps]

    def _notice(self, share: float | None, now: float) -> None:
        bad = share is not None and share < self.bounds.act_below
        good = share is None or share >= self.bounds.undo_above
        self._bad_since = (now if self._bad_since is None else self._bad_since) if bad else None
        self._good_since = (now if self._good_since is None else self._good_since) if good else None

    def _next(self, now: float, allowed: Callable[[Step], bool]) -> Step | None:
        """Find the first step that is not in force, not barred, and allowed; none when the hour's are used up."""
        while self._begun and self._begun[0] <= now - HOUR:
            self._begun.popleft()
        if len(self._begun) >= self.bounds.most:
            return None
        done = {act.step for act in self.acts}
        free = (step for step in self.bounds.steps if step not in done and self.barred.get(step, now) <= now)
        return next((step for step in free if allowed(step)), None)

    def _act(self, step: Step, seen: Forecast, now: float) -> Act:
        return Act(f"{self.bounds.queue}.{int(now)}", self.bounds.queue, step, now, seen)
