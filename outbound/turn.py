"""One turn of the dialler: the time it happens at, and what comes out of it, in order.

It does not know what the answers mean.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from lean import dataclass


@dataclass(slots=True)
class Turn:
    """What to do and what happened, in the order in which it must be done and written down."""

    now: float
    answers: list[Any] = field(default_factory=list)

    def say(self, answer: Any) -> None:
        """One more."""
        self.answers.append(answer)
