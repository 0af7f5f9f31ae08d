"""Where a recording lies: a path below the recordings folder, made from the talk's id and its day.

It does not know the folder, nor the file's kind: Asterisk adds `-caller.wav` and `-agent.wav`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

LEGS: Final = ("caller", "agent")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST: Final = 120


def recording_path(offer: str, started_at: float) -> str:
    """Return `2026/11/21/<contact>-<n>` for the offer `<contact>.<n>`; the day is UTC.

    Only letters, digits and `._-` stay, because the path passes through the dialplan. Two offers never share a path:
    one that had to be changed or cut carries a piece of its id's digest.
    """
    contact, _, number = offer.rpartition(".")
    whole = f"{contact}-{number}" if contact else offer
    return f"{_day(started_at)}/{_safe(whole, offer)}"


def message_path(contact: str, number: int, started_at: float) -> str:
    """Return `2026/11/21/<contact>-m<number>` for a message that a caller records; the day is that of the call."""
    whole = f"{contact}-m{number}"
    return f"{_day(started_at)}/{_safe(whole, whole)}"


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y/%m/%d}"


def _safe(whole: str, known_as: str) -> str:
    safe = _UNSAFE.sub("_", whole).lstrip(".-")[:_LONGEST]
    if safe == whole:
        return safe
    return f"{safe or 'call'}-{sha256(known_as.encode('utf-8', 'backslashreplace')).hexdigest()[:12]}"


def leg_names(path: str) -> tuple[str, ...]:
    """Return the names of the two files of a recording: the caller's leg, then the agent's."""
    return tuple(f"{path}-{leg}.wav" for leg in LEGS)
