"""Reading a moment as a person types it: "today", "yesterday 08:30", "-2h", "2026-11-21T08:00".

It does not look at the clock: now is an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from switchroom.words import say

AGO = re.compile(r"^-(\d+(?:\.\d+)?)([smhd])$")
CLOCK = re.compile(r"^(?:(today|yesterday)\s*)?(?:([01]?\d|2[0-3]):([0-5]\d))?$")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class MomentError(ValueError):
    """The text names no moment."""


def zone_of(name: str) -> tzinfo:
    """Return the zone called `name`; UTC needs no zone files on the machine."""
    return UTC if name == "UTC" else ZoneInfo(name)


def moment(text: str, now: float, zone: tzinfo) -> float:
    """Return POSIX seconds for `text`, in `zone` where it names none itself. Raise `MomentError`."""
    words = text.strip().lower()
    if words == "now":
        return now
    if ago := AGO.match(words):
        return now - float(ago[1]) * SECONDS[ago[2]]
    clock = CLOCK.match(words)
    if clock and words:
        local = datetime.fromtimestamp(now, zone)
        day = local - timedelta(days=1) if clock[1] == "yesterday" else local
        hour, minute = int(clock[2] or 0), int(clock[3] or 0)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp()
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MomentError(say("moment.fault", text=text)) from None
    return (given if given.tzinfo else given.replace(tzinfo=zone)).timestamp()
