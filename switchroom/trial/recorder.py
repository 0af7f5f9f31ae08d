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
