"""What a queue says of its waiting callers: music, announcements, and the offer to be called back.

It does not know callers; `announcing.py` says what one of them hears.

    music: soft
    announce:
      after: 20s
      every: 45s
      say: [position, estimate, please-hold]
    callback:
      after: 60s
      estimate_over: 3m
      offer: once
      calendar: office
      times: true
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.calendar import Calendar
from ivr.faults import Place
from ivr.fields import Fields
from ivr.written import Table, Value

POSITION, ESTIMATE = "position", "estimate"
SPOKEN = (POSITION, ESTIMATE)  # what `say` may name besides prompts
_LONGEST = 3600
_BEGINS = re.compile(r"\+?[0-9]{1,15}", re.ASCII)
_NOWHERE = Place()


class Offer(StrEnum):
    """How often a caller is offered to be called back. NEVER: only while it is switched on for the queue."""

    ONCE = "once"
    EACH = "each"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Announce:
    """`after` seconds in the queue, then `every` so many; `say` are `position`, `estimate` and prompts, in order."""

    after: float
    every: float
    say: tuple[str, ...]
    places: tuple[Place, ...] = ()

    @property
    def prompts(self) -> tuple[tuple[str, Place], ...]:
        """The prompts alone, and where each is written."""
        pairs = zip(self.say, self.places, strict=False)
        return tuple((name, place) for name, place in pairs if name not in SPOKEN)


@dataclass(frozen=True, slots=True)
class CallbackRule:
    """Offered to who has waited `after` s or is told to wait longer than `estimate_over` s; 0 for neither.

    `other_number`: he may key one. `times`: he may choose a time. `calendar` says when people are called, None for
    always; chosen times are those of its clock. `places` are calendars for numbers that begin so.
    """

    after: float = 60.0
    estimate_over: float = 0.0
    offer: Offer = Offer.ONCE
    other_number: bool = True
    times: bool = False
    calendar: Calendar | None = None
    places: tuple[tuple[str, Calendar], ...] = ()

    def calendar_of(self, number: str) -> Calendar | None:
        """When this number may be called: by the longest beginning that fits it, else by the rule's own calendar."""
        fit = [(len(begins), calendar) for begins, calendar in self.places if number.startswith(begins)]
        return max(fit, key=lambda one: one[0])[1] if fit else self.calendar


@dataclass(frozen=True, slots=True)
class WaitRules:
    """`music` is a class of music on hold, "" for the usual one."""

    music: str = ""
    announce: Announce | None = None
    callback: CallbackRule | None = None
    place: Place = _NOWHERE

    @property
    def speaks(self) -> bool:
        """Whether values or offers are said, which needs a language with rules."""
        said = self.announce.say if self.announce else ()
        return self.callback is not None or any(name in SPOKEN for name in said)


QUIET = WaitRules()


@dataclass(frozen=True, slots=True)
class CallbacksOffered:
    """Told: from now on every caller who waits in this queue is offered to be called back (`on`), or as its text says.

    It does nothing in a queue whose text has no `callback:`.
    """

    queue: str
    on: bool


def read_waiting(fields: Fields, calendars: Mapping[str, Calendar]) -> WaitRules:
    """The rules among the lines of one queue; faults go to `fields`."""
    announce = _announce(fields, fields.value("announce", required=False))
    callback = _callback(fields, fields.value("callback", required=False), calendars)
    if callback is not None and announce is None and (callback.estimate_over or callback.offer is Offer.EACH):
        message = "'estimate_over' and 'offer: each' go with announcements"
        fields.fault(fields.at("callback"), "missing-key", message, "write `announce:` too")
    return WaitRules(fields.name("music", ""), announce, callback, fields.place)


def _announce(fields: Fields, found: Value | None) -> Announce | None:
    inner = _inner(fields, found, "announce", ("after", "every", "say"))
    if inner is None:
        return None
    texts = inner.texts("say")
    return Announce(
        float(inner.seconds("after", 3, _LONGEST, default=20)),
        float(inner.seconds("every", 10, _LONGEST, default=45)),
        tuple(inner.sound_name(text) for text in texts),
        tuple(text.place for text in texts),
    )


def _callback(fields: Fields, found: Value | None, calendars: Mapping[str, Calendar]) -> CallbackRule | None:
    keys = ("after", "estimate_over", "offer", "other_number", "times", "calendar", "places")
    inner = _inner(fields, found, "callback", keys)
    if inner is None:
        return None
    times = inner.flag("times", default=False)
    if times and not inner.has("calendar"):
        message = "'times: true' needs a calendar, which says in what zone and when"
        inner.fault(inner.at("times"), "missing-key", message, "write `calendar:` beside it")
    name = inner.value("calendar", required=False)
    known = inner.known_name(inner.scalar(name, "calendar"), "calendar", calendars) if name else ""
    offer = inner.choice("offer", tuple(Offer), Offer.ONCE)
    over = float(inner.seconds("estimate_over", 60, _LONGEST)) if inner.has("estimate_over") else 0.0
    after = float(inner.seconds("after", 3, _LONGEST)) if inner.has("after") else 0.0
    return CallbackRule(
        after or (0.0 if over else 60.0),
        over,
        Offer(offer) if offer in tuple(Offer) else Offer.ONCE,
        inner.flag("other_number", default=True),
        times,
        calendars.get(known),
        tuple(_places(inner, calendars)),
    )


def _places(fields: Fields, calendars: Mapping[str, Calendar]) -> Iterator[tuple[str, Calendar]]:
    for key, value in fields.entries("places", required=False):
        if not _BEGINS.fullmatch(key.value):
            fields.fault(key.place, "bad-number", f"'{key.value}' is no beginning of a number", 'write one like "+49"')
        calendar = calendars.get(fields.known_name(fields.scalar(value, key.value), "calendar", calendars))
        if calendar is not None:
            yield key.value, calendar


def _inner(fields: Fields, found: Value | None, key: str, keys: tuple[str, ...]) -> Fields | None:
    if found is None:
        return None
    if not isinstance(found, Table):
        fields.fault(found.place, "not-a-mapping", f"'{key}' must hold `key: value` lines")
        return None
    return Fields(found, fields.faults, f"{fields.owner}, {key}", keys, found.place)
