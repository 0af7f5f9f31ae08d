"""When a place is called again, remembered: a list of many leads asks the same question for the same zones all night.

It does not know laws. What is remembered changes no answer, only how soon it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from outbound.law.clock_there import HoursOf, next_in_all

_MANY = 4096  # places, which are then forgotten: they are found again in a moment

Place = tuple[object, object, tuple[ZoneInfo, ...]]  # the law, the campaign's window, the zones


@dataclass(slots=True)
class _Closed:
    """From `since` up to `until` it is closed; it opens then (`opens`), or nobody has looked further."""

    since: float
    until: float
    opens: bool


class Openings:
    """Of all places, up to `horizon` seconds ahead. One object serves one edition of the laws."""

    def __init__(self, horizon: float) -> None:
        self._horizon = horizon
        self._closed: dict[Place, _Closed] = {}

    def next(self, place: Place, hours: HoursOf, now: float) -> float | None:
        """The first moment from `now` on that is a time of `hours` in all zones of the place; None: none is near."""
        known = self._closed.get(place)
        if known is None or not known.since <= now < known.until:
            known = _Closed(now, now, opens=False)
        if not known.opens and known.until <= now + self._horizon:
            found = next_in_all(place[2], hours, known.until, now + self._horizon)
            if found == now:
                return now
            known = _Closed(known.since, now + self._horizon if found is None else found, found is not None)
            self._remember(place, known)
        return known.until if known.opens and known.until <= now + self._horizon else None

    def _remember(self, place: Place, closed: _Closed) -> None:
        if len(self._closed) >= _MANY:
            self._closed.clear()
        self._closed[place] = closed
