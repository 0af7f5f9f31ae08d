"""A walk written down as a transcript, while it goes on.

It does not know who makes the moves: a person at a terminal, or the facts of a finished call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from switchroom.trial import script as s

KEPT_ASIDES = frozenset({"end", "outcome"})


@dataclass
class Recorder:
    """Tell it each move and what was seen after it; `transcript` is the whole so far. No secret key enters it."""

    opening: s.Opening
    lines: list[s.Line] = field(default_factory=list)
    _language: str = ""

    def moved(self, move: s.Move) -> None:
        """A move that was made. Keys that are secret must come as `PressSecret`."""
        self.lines.append(s.Line(move))

    def told(self, answer: s.SourceAnswers) -> None:
        """What a source answered to a question that the last move led to: it is written before that move."""
        moves = (at for at in range(len(self.lines) - 1, -1, -1) if self._is_move(at))
        others = (at for at, line in enumerate(self.lines) if not isinstance(line.what, s.SETTINGS))
        self.lines.insert(next(moves, next(others, len(self.lines))), s.Line(answer))

    def _is_move(self, at: int) -> bool:
        return not isinstance(self.lines[at].what, s.Expected | s.Skip | s.SETTINGS)

    def saw(self, sights: Iterable[s.Sight]) -> None:
        """What followed. Kept are the strict sights and how it ended; a language only where it changes."""
        for sight in sights:
            if sight.strict or sight.name in KEPT_ASIDES:
                self.lines.append(s.Line(s.Expected(self._shortened(sight))))

    def transcript(self, file: str = "", title: str = "") -> s.Transcript:
        return s.Transcript(file, title, self.opening, tuple(self.lines))

    def _shortened(self, sight: s.Sight) -> s.Sight:
        language = dict(sight.details).get("language", "")
        if sight.name not in {"play", "say"} or not language:
            return sight
        changed, self._language = language != self._language, language
        return sight if changed else replace(sight, details=())
