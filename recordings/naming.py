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
    safe = _UNSAFE.sub("_", whole).lstrip(".-")[:_LONGEST]
    if safe != whole:
        safe = f"{safe or 'call'}-{sha256(offer.encode('utf-8', 'backslashreplace')).hexdigest()[:12]}"
    return f"{datetime.fromtimestamp(started_at, UTC):%Y/%m/%d}/{safe}"


def leg_names(path: str) -> tuple[str, ...]:
    """Return the names of the two files of a recording: the caller's leg, then the agent's."""
    return tuple(f"{path}-{leg}.wav" for leg in LEGS)
