"""What every rival keeps: who is free, who talks, what rings, who waits.

It does not decide anything; a rival is an onlooker with a rule of its own in `more`.
"""

from __future__ import annotations

from outbound.pacing.sight import Bounds, Event, Happened


class Onlooker:
    """Counts by `happened` alone. All times are as told."""

    def __init__(self) -> None:
        self.free: dict[str, float] = {}  # agent: since
        self.talking: dict[str, float] = {}
        self.wrapping: dict[str, float] = {}
        self.elsewhere: dict[str, float] = {}
        self.ringing: dict[str, float] = {}  # line: dialled at
        self.waiting: dict[str, float] = {}  # line: answered at
        self.ended = self.answered = 0

    @property
    def present(self) -> int:
        return len(self.free) + len(self.talking) + len(self.wrapping) + len(self.elsewhere)

    def happened(self, told: Happened) -> None:
        self._does[told.event](self, told)

    def lines(self, bounds: Bounds, now: float) -> int:
        """More lines, never beyond what may be in the air."""
        return max(0, min(self.more(bounds, now), bounds.most - len(self.ringing)))

    def more(self, bounds: Bounds, now: float) -> int:
        raise NotImplementedError

    def why(self) -> str:
        return type(self).__name__.lower()

    def risk(self) -> float:
        return 0.0

    def _dialled(self, told: Happened) -> None:
        self.ringing[told.line] = told.at

    def _answers(self, told: Happened) -> None:
        self.ringing.pop(told.line, None)
        self.ended += 1
        self.answered += 1
        self.waiting[told.line] = told.at

    def _other(self, told: Happened) -> None:
        self.ringing.pop(told.line, None)
        self.ended += 1

    def _connected(self, told: Happened) -> None:
        self.waiting.pop(told.line, None)
        self.free.pop(told.agent, None)
        self.talking[told.agent] = told.at

    def _gone(self, told: Happened) -> None:
        self.waiting.pop(told.line, None)

    def _came(self, told: Happened) -> None:
        self.free[told.agent] = told.at

    def _left(self, told: Happened) -> None:
        for doing in (self.free, self.talking, self.wrapping, self.elsewhere):
            doing.pop(told.agent, None)

    def _wraps(self, told: Happened) -> None:
        self.talking.pop(told.agent, None)
        self.wrapping[told.agent] = told.at

    def _is_free(self, told: Happened) -> None:
        self._left(told)
        self.free[told.agent] = told.at

    def _is_elsewhere(self, told: Happened) -> None:
        self.free.pop(told.agent, None)
        self.elsewhere[told.agent] = told.at

    _does = {  # noqa: RUF012  a table of this class, never changed
        Event.DIALLED: _dialled,
        Event.ANSWERED: _answers,
        Event.OTHER: _other,
        Event.DROPPED: _other,
        Event.CONNECTED: _connected,
        Event.ABANDONED: _gone,
        Event.LOST: _gone,
        Event.CAME: _came,
        Event.LEFT: _left,
        Event.TALK_OVER: _wraps,
        Event.FREE: _is_free,
        Event.BUSY_ELSEWHERE: _is_elsewhere,
    }
