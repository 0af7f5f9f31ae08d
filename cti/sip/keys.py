"""What a test caller presses, and when: the small language of `switchroom call --keys`.

It knows nothing of telephones.

    wait 2; 1; wait 1; 4 2 4 2; hangup

Parts are parted by `;`. `wait SECONDS` listens, digits (0-9 * # A-D, blanks allowed) are pressed one after
the other, `hangup` ends the call there, and must be the last part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEYS = "0123456789*#ABCD"
_LONGEST_WAIT = 600.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Listen for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Press:
    """Press these keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call here."""


Step = Wait | Press | HangUp


def read_keys(text: str) -> tuple[Step, ...]:
    """Read the steps; blank parts are skipped. Raises ValueError with the part and the remedy."""
    parts = [part.strip() for part in text.split(";")]
    steps = [step for number, part in enumerate(parts, start=1) if part for step in _steps(part, number)]
    if HangUp() in steps[:-1]:
        raise ValueError("keys: nothing can follow 'hangup'; put it last")
    return tuple(steps)


def _steps(part: str, number: int) -> list[Step]:
    words = part.split()
    if words[0].lower() == "wait":
        return [Wait(_seconds(words[1:], number, part))]
    if part.lower() in {"hangup", "hang up"}:
        return [HangUp()]
    keys = "".join(words).upper()
    if not set(keys) <= set(_KEYS + ","):
        remedy = "write keys (0-9 * # A-D), a comma to wait a second, 'wait SECONDS' or 'hangup'"
        raise ValueError(f"keys, part {number}: {part!r} cannot be pressed; {remedy}")
    return [Wait(float(len(run))) if run[0] == "," else Press(run) for run in re.findall(r",+|[^,]+", keys)]


def _seconds(words: list[str], number: int, part: str) -> float:
    try:
        seconds = float(words[0]) if len(words) == 1 else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise ValueError(f"keys, part {number}: {part!r} needs one number of seconds from 0 to 600, as in 'wait 2'")
    return seconds
