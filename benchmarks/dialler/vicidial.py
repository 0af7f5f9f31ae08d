"""VICIdial's adaptive pacing, written again from what its source does (2013, inktel mirror), with its own defaults.

It is not VICIdial itself. Calls are held as long as the day says (`hold`): 5 s by its default, 2 s by the law's.
To its advantage, the ring limit is the day's 25 s and not its 60 s, and TAPERED's cutoff (21:00) is the day's end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from benchmarks.dialler.onlooker import Onlooker
from outbound.pacing.sight import Bounds

SAMPLED, LEVELLED, DIALLED, REFRESHED = 1.0, 15.0, 2.5, 60.0
SAMPLES = 15
A_SECOND = 20.0
CUTOFF_AFTER = 8.5 * 3600.0  # 21:00 for a day that begins at half past twelve


class Method(StrEnum):
    HARD = "hard_limit"
    AVERAGE = "average"
    TAPERED = "tapered"


@dataclass(frozen=True, slots=True)
class Rules:
    """Its settings. `target` is dl_diff_target, `most` adaptive_maximum_level, `percent` the drop percentage."""

    method: Method = Method.TAPERED
    target: int = 0
    most: float = 3.0
    intensity: int = 0
    percent: float = 3.0
    start: float = 1.0


class Vicidial(Onlooker):
    """The sampler, the level and the dialling round, each on its own clock."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.rules = rules
        self.level = rules.start
        self.began: float | None = None
        self.next = {"sample": 0.0, "level": 0.0, "dial": 0.0, "refresh": 0.0}
        self.ready: deque[int] = deque(maxlen=SAMPLES)
        self.queued: deque[int] = deque(maxlen=SAMPLES)
        self.here: deque[int] = deque(maxlen=SAMPLES)
        self.today = (0, 0)  # persons, dropped, at the last refresh
        self.minute = (0, 0)

    def more(self, bounds: Bounds, now: float) -> int:
        if self.began is None:
            self.began = now
        if self._due("refresh", now, REFRESHED):
            persons, dropped = self.today
            self.minute = (bounds.persons - persons, bounds.abandoned - dropped)
            self.today = (bounds.persons, bounds.abandoned)
        if self._due("sample", now, SAMPLED):
            self.ready.append(len(self.free))
            self.queued.append(len(self.waiting))
            self.here.append(self.present)
        if self._due("level", now, LEVELLED):
            self._set_level(now - self.began)
        return self._round() if self._due("dial", now, DIALLED) else 0

    def _due(self, what: str, now: float, every: float) -> bool:
        if now < self.next[what]:
            return False
        soon = self.next[what] + every
        self.next[what] = soon if soon > now else now + every
        return True

    def _set_level(self, into: float) -> None:
        agents = fmean(self.here)
        if agents <= 0:
            return
        rules = self.rules
        change = (fmean(self.ready) - fmean(self.queued) + rules.target) / agents
        change *= abs(rules.intensity / 100 - 1) if change < 0 else 1 + rules.intensity / 100
        level = max(1.0, min(self.level * (1 + change), rules.most))
        calls, dropped = self.minute
        if calls > 20 and dropped > 0.5 * calls:
            level /= 2
        persons, dropped = self.today
        if persons > 50 and 100 * dropped > rules.percent * persons:
            level = self._braked(level, into)
        self.level = max(1.0, level)

    def _braked(self, level: float, into: float) -> float:
        match self.rules.method:
            case Method.HARD:
                return 1.0
            case Method.AVERAGE:
                return level / 2
            case Method.TAPERED:
                left = CUTOFF_AFTER - into
                return level * min(1.0, left / 36_000) if left > 0 else 1.0

    def _round(self) -> int:
        count = len(self.free) + len(self.talking)
        goal = int(self.level * max(0, count + self.rules.target) + 0.5)
        placed = len(self.ringing) + len(self.waiting) + len(self.talking)
        return min(goal - placed, int(A_SECOND * DIALLED))
