"""What the keeper of recordings is asked, and what it tells.

It knows nothing of routing: a talk is an offer's id and a length.
"""

from __future__ import annotations

from lean import dataclass


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """A talk is over: look at its two legs. `path` has no extension; `talked` is its length in s."""

    contact: str
    offer: str
    path: str
    talked: float


@dataclass(frozen=True, slots=True)
class RecordingLookedAt:
    """What was found. Fields as in the journal's `RecordingKept`."""

    contact: str
    offer: str
    legs: tuple[str, ...]
    seconds: float
    talked: float
    state: str
    sha256: tuple[str, ...] = ()
