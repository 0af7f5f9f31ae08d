"""Pacers that need no figures: one line for each free agent, and as many as there are lines.

They do not learn.
"""

from __future__ import annotations

from typing import ClassVar

from outbound.pacing.sight import Bounds, Event, Happened

_DIALS = frozenset({Event.DIALLED})
_ENDS = frozenset({Event.OTHER, Event.DROPPED, Event.CONNECTED, Event.ABANDONED, Event.LOST})


class OneEach:
    """As many lines as agents are free: nobody is ever without one, but for an agent who goes in that very moment."""

    _FREE: ClassVar[frozenset[Event]] = frozenset({Event.CAME, Event.FREE})
    _BUSY: ClassVar[frozenset[Event]] = frozenset({Event.LEFT, Event.CONNECTED, Event.BUSY_ELSEWHERE, Event.TALK_OVER})

    def __init__(self, each: float = 1.0) -> None:
        self._each = each
        self._free: set[str] = set()
        self._lines: set[str] = set()
        self._why = "agents"

    def happened(self, told: Happened) -> None:
        """Take in what has just happened."""
        _count_line(self._lines, told)
        if told.event in self._FREE:
            self._free.add(told.agent)
        elif told.event in self._BUSY:
            self._free.discard(told.agent)

    def lines(self, bounds: Bounds, now: float) -> int:
        """How many more lines to dial."""
        del now
        spent = bounds.persons > 0 and bounds.abandoned >= bounds.cap * bounds.persons
        each = 1.0 if spent else self._each
        wanted = int(min(len(self._free), bounds.agents) * each)
        most = min(wanted, bounds.most)
        self._why = "most" if most < wanted else "cap" if spent and self._each > 1 else "agents"
        return max(0, most - len(self._lines))

    def why(self) -> str:
        """What bounded the last answer."""
        return self._why

    def risk(self) -> float:
        """Nothing is dialled without an agent."""
        return 0.0


class AllLines:
    """Campaigns without agents: every line that there is."""

    def __init__(self) -> None:
        self._lines: set[str] = set()

    def happened(self, told: Happened) -> None:
        """Take in what has just happened."""
        _count_line(self._lines, told)

    def lines(self, bounds: Bounds, now: float) -> int:
        """How many more lines to dial."""
        del now
        return max(0, bounds.most - len(self._lines))

    def why(self) -> str:
        """What bounded the last answer."""
        return "most"

    def risk(self) -> float:
        """Nobody waits for an agent."""
        return 0.0


def _count_line(lines: set[str], told: Happened) -> None:
    if told.event in _DIALS:
        lines.add(told.line)
    elif told.event in _ENDS:
        lines.discard(told.line)
