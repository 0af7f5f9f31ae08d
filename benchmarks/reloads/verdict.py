"""What became of the calls, from the journal alone: who was dropped, who met two versions, how long steps took.

It does not know how the calls were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from ivr.figures import Ending, Journey


@dataclass(slots=True)
class Verdict:
    """`two_versions` and `dropped` are calls; `stretched` are seconds by which tries took longer than their median."""

    calls: int = 0
    versions_met: int = 0
    two_versions: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return len(self.two_versions) + len(self.dropped)


def judge(journeys: Iterable[Journey], since: float) -> Verdict:
    """Judge all calls; `since` is when the reloads began."""
    verdict = Verdict()
    met: set[str] = set()
    tries: list[tuple[float, float]] = []
    for call in journeys:
        verdict.calls += 1
        versions = {visit.step.rpartition("-")[2] for visit in call.visits}
        met |= versions
        if len(versions) > 1:
            verdict.two_versions.append(call.contact)
        if call.ending is not Ending.FINISHED:
            verdict.dropped.append(call.contact)
        tries += [(v.left_at, v.left_at - v.entered_at) for v in call.visits if v.left_at and v.exit in _WAITED]
    usual = median(length for _, length in tries) if tries else 0.0
    verdict.before = [length - usual for at, length in tries if at < since]
    verdict.during = [length - usual for at, length in tries if at >= since]
    verdict.versions_met = len(met)
    return verdict


_WAITED = ("again", "no_input")


def spread(values: Sequence[float], scale: float = 1000.0) -> dict[str, float]:
    """The 50th and 95th percentile and the most, in milliseconds; empty of nothing."""
    if not values:
        return {}
    ordered = sorted(values)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    found = {name: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for name, share in shares.items()}
    return {name: round(value * scale, 1) for name, value in {**found, "most": ordered[-1]}.items()}
