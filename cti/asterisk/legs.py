"""An agent's leg as the events of its node tell of it: how far it has come, and for what cause it ended.

It does not know the events themselves (`translate.py`), nor whom the leg belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

from cti.vocabulary import CallId

# OriginateResponse's Reason, for when the channel of a leg that was never answered does not say more.
NO_ANSWER, BUSY, CONGESTION, UNREACHABLE = 19, 17, 34, 20
_REASONS = {"3": NO_ANSWER, "5": BUSY, "8": CONGESTION}
_VAGUE = frozenset({0, 16, 31, 127})  # causes that say nothing about why a phone was not answered


@dataclass(slots=True)
class Leg:
    """`call` is with whom it is to be bridged, `asked_at` when it was asked for, `bridge` where it stands now."""

    call: CallId | None
    asked_at: float = 0.0
    rang: bool = False
    up: bool = False
    bridge: str = ""
    talked: bool = False
    cause: int | None = None  # of a channel that is gone, while the word about its dialling is still awaited
    awaited: bool = False  # that word: the OriginateResponse
    reason: str = ""  # what it gave as the reason of a failure

    @property
    def is_open(self) -> bool:
        """Whether it is being dialled, or its end is known to be a failure and will be told in a moment."""
        return self.cause is None and (self.awaited or bool(self.reason))

    def last_cause(self) -> int:
        """The channel's own cause; where that says nothing, what the dialling gave as its reason."""
        if self.up:
            return self.cause or 0
        if (self.cause or 0) in _VAGUE and self.reason in _REASONS:
            return _REASONS[self.reason]
        return self.cause or UNREACHABLE
