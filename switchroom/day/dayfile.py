"""A day as a supervisor describes it, as text: who calls when and how often, how people behave, who works when.

It does not know queues' rules or agents' skills: those are the floor's (`queues.yaml`, `agents.yaml`). Of the floor it
asks only which queues and agents there are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.source import read
from ivr.written import Items, Table, Text, Value
from switchroom.day.described import CallerKind, Rate, Spell
from switchroom.day.laws import Exponential, Fixed, Law, LogNormal, Mixture

KEYS: Final = ("opens", "closes", "busyness", "unrest", "callers", "shifts", "breaks")
KIND: Final = (
    *("queue", "calls", "talk", "spread", "patience", "at_once", "rings", "wrap_up", "skills", "priority", "segment"),
    "limit",
)
MOST_AN_HOUR: Final = 100_000
AT_ONCE_SECONDS: Final = 5.0
_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\Z")
_SPAN: Final = re.compile(r"(\S+)-(\S+)\Z")


@dataclass(frozen=True, slots=True)
class DayText:
    """A described day. Times are seconds from its opening; `opens` is a minute of the clock, in seconds.

    `shifts` and `breaks` are by agent; who has no shift is there all day. `busyness` and `unrest` are shapes, 0: none.
    """

    opens: float
    seconds: float
    kinds: tuple[CallerKind, ...]
    shifts: Mapping[str, tuple[Spell, ...]] = field(default_factory=dict)
    breaks: Mapping[str, tuple[Spell, ...]] = field(default_factory=dict)
    busyness: float = 0.0


def parse_day(text: bytes, file: str, queues: Collection[str], agents: Collection[str]) -> tuple[DayText, Faults]:
    """Read a day; every fault of it is told."""
    table, faults = read(text, file)
    fields = Fields(table or Table((), Place()), faults, "day", KEYS)
    opens, closes = _time("opens", fields), _time("closes", fields)
    if closes <= opens:
        fields.fault(fields.at("closes"), "bad-hours", "the day closes before it opens")
        closes = opens + 3600.0
    reader = _Reader(fields, opens, closes)
    kinds = tuple(reader.kinds(queues))
    shifts, breaks = reader.spells("shifts", agents), reader.spells("breaks", agents)
    busyness = float(fields.number("busyness", 0, 100_000, 0))
    return DayText(opens, closes - opens, kinds, shifts, breaks, busyness), faults


class _Reader:
    """The parts of one day."""

    def __init__(self, fields: Fields, opens: float, closes: float) -> None:
        self.fields, self.opens, self.closes = fields, opens, closes
        self.unrest = float(fields.number("unrest", 0, 100_000, 0))

    def kinds(self, queues: Collection[str]) -> list[CallerKind]:
        found = []
        for key, value in self.fields.entries("callers"):
            owner = f"callers '{key.value}'"
            if not isinstance(value, Table):
                self.fields.fault(value.place, "not-a-mapping", f"{owner} must hold `key: value` lines")
                continue
            one = Fields(value, self.fields.faults, owner, KIND, key.place)
            found.append(self._kind(self.fields.sound_name(key), one, queues))
        return found

    def _kind(self, name: str, one: Fields, queues: Collection[str]) -> CallerKind:
        queue = one.value("queue", required=True)
        spread = one.number("spread", 0, 500, 90) / 100
        return CallerKind(
            name,
            one.known_name(one.scalar(queue, "queue"), "queue", queues) if queue else "",
            self._rates(one),
            _lognormal(float(one.seconds("talk", 1, 7200)), spread),
            _patience(float(one.seconds("patience", 1, 36_000, 300)), one.number("at_once", 0, 90, 0) / 100),
            Fixed(float(one.seconds("wrap_up", 0, 3600))) if one.has("wrap_up") else None,
            Fixed(float(one.seconds("rings", 0, 60, 3)) if one.has("rings") else 3.0),
            self._skills(one),
            one.number("priority", 0, 9, 0),
            one.text("segment", ""),
            float(one.seconds("limit", 1, 36_000)) if one.has("limit") else 0.0,
            self.unrest,
        )

    @staticmethod
    def _skills(one: Fields) -> tuple[tuple[str, int], ...]:
        written = one.entries("skills") if one.has("skills") else ()
        return tuple((key.value, one.whole(one.scalar(value, key.value), key.value, 1, 9)) for key, value in written)

    def _rates(self, one: Fields) -> tuple[Rate, ...]:
        """Calls an hour: one number for the whole day, or one from each time on."""
        written = one.value("calls", required=True)
        if not isinstance(written, Table):
            return (Rate(0.0, float(one.number("calls", 0, MOST_AN_HOUR))),) if written else (Rate(0.0, 0.0),)
        rates = []
        for key, value in one.lines(written, "calls"):
            since = _clock(key, one) - self.opens
            an_hour = one.whole(one.scalar(value, key.value), key.value, 0, MOST_AN_HOUR)
            rates.append(Rate(max(0.0, since), float(an_hour)))
        if any(later.since <= before.since for before, later in pairwise(rates)):
            message = "the times of 'calls' must rise, and only the first may be before opening"
            one.fault(written.place, "bad-hours", message)
        return tuple(rates) if rates and rates[0].since == 0 else (Rate(0.0, 0.0), *rates)

    def spells(self, name: str, agents: Collection[str]) -> dict[str, tuple[Spell, ...]]:
        """`agent: 09:00-12:00`, or a list of such."""
        if not self.fields.has(name):
            return {}
        found = {}
        for key, value in self.fields.entries(name):
            agent = self.fields.known_name(key, "agent", agents)
            values = value.values if isinstance(value, Items) else (value,)
            found[agent] = tuple(self._spell(each, key) for each in values)
        return found

    def _spell(self, value: Value, key: Text) -> Spell:
        text = self.fields.scalar(value, key.value)
        span = _SPAN.match(text.value)
        if not span:
            message = f"'{text.value}' is not a span of hours"
            self.fields.fault(text.place, "bad-hours", message, "write one like 09:00-17:30")
            return Spell(0.0, 0.0)
        since, until = (_clock(Text(each, text.place), self.fields) - self.opens for each in span.groups())
        if until <= since:
            self.fields.fault(text.place, "bad-hours", f"'{text.value}' ends before it begins")
        return Spell(max(0.0, since), min(max(0.0, until), self.closes - self.opens))


def _time(key: str, fields: Fields) -> float:
    found = fields.value(key, required=True)
    return _clock(fields.scalar(found, key), fields) if found else 0.0


def _clock(text: Text, fields: Fields) -> float:
    """A time of the day in seconds from midnight."""
    found = _CLOCK.match(text.value)
    if not found:
        fields.fault(text.place, "bad-hours", f"'{text.value}' is not a time of the day", "write one like 09:00")
        return 0.0
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0


def _lognormal(mean: float, spread: float) -> Law:
    return LogNormal(mean, spread) if spread > 0 else Fixed(mean)


def _patience(mean: float, at_once: float) -> Law:
    """Exponential; some hang up at once, as people do who have dialled a wrong number."""
    stays = Exponential(mean)
    return Mixture(((at_once, Exponential(AT_ONCE_SECONDS)), (1.0 - at_once, stays))) if at_once else stays
