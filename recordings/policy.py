"""Whether a talk is recorded, by its queue's rule; and what a recording is worth when it is closed.

It does not know queues or files. The same contact always gets the same answer: a replay decides as the live floor did.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

TOLERANCE: Final = 0.02
LEAST_TOLERANCE: Final = 0.5  # seconds: what hanging up and closing the file may cost
UNWRITTEN: Final = 2.1  # seconds: Asterisk holds 32 kB back, which die with it
_PARTS: Final = 10_000


def is_recorded(contact: str, share: float = 1.0) -> bool:
    """Tell whether a contact's talks are recorded when this share (0 to 1) of a queue's contacts shall be."""
    if share in (0.0, 1.0):
        return bool(share)
    digest = sha256(contact.encode("utf-8", "backslashreplace")).digest()
    return int.from_bytes(digest[:8], "big") % _PARTS < round(share * _PARTS)


def state_of(legs: tuple[float, ...], talked: float, *, repaired: bool) -> str:
    """Return missing, short, repaired or whole for the lengths of the legs that exist, in seconds.

    Whole: both legs are there and none is shorter than the talk by more than 2 % or half a second.
    Repaired: the same, but for what a dying Asterisk had not yet written.
    """
    if not legs:
        return "missing"
    allowed = max(TOLERANCE * talked, LEAST_TOLERANCE) + (UNWRITTEN if repaired else 0.0)
    if len(legs) < 2 or min(legs) < talked - allowed:
        return "short"
    return "repaired" if repaired else "whole"
