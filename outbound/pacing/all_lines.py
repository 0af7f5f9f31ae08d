"""As many lines as there are: campaigns without agents, where nobody can be abandoned.

It learns nothing. A person who hears the message holds his line until he has gone.
"""

from __future__ import annotations

from outbound.pacing.sight import Bounds, Event, Happened

_ENDS = frozenset({Event.OTHER, Event.DROPPED, Event.CONNECTED, Event.ABANDONED, Event.LOST})


class AllLines:
    """Every line that trunks, house and campaign allow."""

    def __init__(self) -> None:
        self._lines: set[str] = set()

    def happened(self, told: Happened) -> None:
        if told.event is Event.DIALLED:
            self._lines.add(told.line)
        elif told.event in _ENDS:
            self._lines.discard(told.line)

    def lines(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002 - the contract's; a count has no time
        return max(0, bounds.most - len(self._lines))

    def why(self) -> str:
        return "most"

    def risk(self) -> float:
        return 0.0
