"""A moment as people and spreadsheets write it: year first, with or without a time of day.

It does not know which zone is meant; that is handed in. `01/02/2026` is refused: nobody can know which month it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

_DAY: Final = r"(?P<year>20\d\d)\s*(?:[-/.年]\s*)(?P<month>\d{1,2})\s*(?:[-/.月]\s*)(?P<day>\d{1,2})\s*日?"
_TIGHT: Final = r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)"
_TIME: Final = (
    r"(?:[T\s]\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*分?(?::(?P<second>\d{1,2})(?:\.\d+)?)?\s*"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_SHAPES: Final = tuple(re.compile(rf"\s*{day}\s*{_TIME}\s*\Z", re.ASCII) for day in (_DAY, _TIGHT))


def moment_of(text: str, zone: tzinfo) -> float | None:
    """Return the POSIX time meant, in `zone` where the text names none; None where it is no moment.

    A local time that a clock change skips is the moment after the change; one that comes twice is the first.
    """
    for shape in _SHAPES:
        found = shape.match(text)
        if found:
            return _moment(found.groupdict(), zone)
    return None


def _moment(parts: dict[str, str | None], zone: tzinfo) -> float | None:
    year, month, day, hour, minute, second = (
        int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=_named(parts["zone"]) or zone)
    except ValueError:
        return None
    return at.timestamp()


def _named(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    return UTC if text == "Z" else datetime.strptime(text, "%z").tzinfo
