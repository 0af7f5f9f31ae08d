"""`schedule.yaml`: which agent is planned for what, when. It may be missing; then nobody's adherence is told.

It does not know what agents did, nor what time it is.

    zone: Asia/Shanghai
    agents:
      ann:
        mon-fri:
          09:00-12:00: work
          12:00-13:00: lunch
          22:00-06:00: work      # until the next morning
        2026-12-25: off

`work` is to be signed on and not on a break: ready, rung, in a talk or in its wrap-up. Any other word is the reason of
a break. What stands under a date counts instead of its weekday.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from acd.agent_time import Planned
from ivr.faults import Faults, Place
from ivr.fields import Fields
from ivr.opening_hours import DAYS
from ivr.source import read
from ivr.written import Text, Value

NAME = "schedule.yaml"
OFF = "off"
MINUTES = 1440
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)\Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_ACTIVITY = re.compile(r"[^\x00-\x1f\x7f]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Stint:
    """What is planned from one minute of the day to another; `until` may lie in the next day."""

    since: int
    until: int
    activity: str


@dataclass(frozen=True, slots=True)
class AgentSchedule:
    """An agent's stints by weekday (0 is Monday), and those of single dates instead."""

    week: Mapping[int, tuple[Stint, ...]]
    dates: Mapping[date, tuple[Stint, ...]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everybody's plan. `zone` is where its clocks hang."""

    zone: tzinfo
    agents: Mapping[str, AgentSchedule]

    def planned(self, agent: str, since: int, until: int) -> list[Planned]:
        """What the agent should do in [since, until), milliseconds; whole stints that touch it, in order."""
        own = self.agents.get(agent)
        if own is None or since >= until:
            return []
        day = datetime.fromtimestamp(since / 1000, self.zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(until / 1000, self.zone).date()
        found: list[Planned] = []
        while day <= last:
            for stint in own.dates.get(day, own.week.get(day.weekday(), ())):
                begin, end = self._at(day, stint.since), self._at(day, stint.until)
                if begin < until and end > since:
                    found.append(Planned(begin, end, stint.activity))
            day += timedelta(days=1)
        return sorted(found, key=lambda one: one.since)

    def _at(self, day: date, minute: int) -> int:
        over, minute = divmod(minute, MINUTES)
        midnight = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone)
        return round((midnight + timedelta(days=over)).timestamp() * 1000)


NOBODY = Schedule(UTC, {})


def parse_schedule(text: str | bytes, file: str, agents: Mapping[str, object] | None = None) -> tuple[Schedule, Faults]:
    """The schedule of a file, with every fault in it. `agents` are those of the floor; None: any name will do."""
    table, faults = read(text, file)
    if table is None:
        return NOBODY, faults
    fields = Fields(table, faults, "schedule", ("zone", "agents"), Place())
    found = {}
    for key, value in fields.entries("agents"):
        name = fields.sound_name(key) if agents is None else fields.known_name(key, "agent", agents)
        found[name] = _agent(fields, key, value)
    return Schedule(_zone(fields), found), faults


def _zone(fields: Fields) -> tzinfo:
    name = fields.text("zone")
    try:
        return UTC if name in {"", "UTC"} else ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        fields.fault(fields.at("zone"), "unknown-zone", f"'{name}' is not a time zone", "write one like Asia/Shanghai")
        return UTC


def _agent(fields: Fields, key: Text, value: Value) -> AgentSchedule:
    week: dict[int, tuple[Stint, ...]] = {}
    dates: dict[date, tuple[Stint, ...]] = {}
    for day, plan in fields.lines(value, key.value):
        stints = tuple(sorted(_stints(fields, day, plan), key=lambda one: one.since))
        _check_overlap(fields, day, stints)
        if _DATE.match(day.value):
            dates.update(_dated(fields, day, stints))
            continue
        for one in _weekdays(fields, day):
            if one in week:
                fields.fault(day.place, "day-twice", f"{DAYS[one]} is planned twice for '{key.value}'")
            week[one] = stints
    return AgentSchedule(week, dates)


def _dated(fields: Fields, day: Text, stints: tuple[Stint, ...]) -> dict[date, tuple[Stint, ...]]:
    try:
        return {date.fromisoformat(day.value): stints}
    except ValueError:
        fields.fault(day.place, "bad-date", f"'{day.value}' is not a day of the calendar", "write one like 2026-10-01")
        return {}


def _weekdays(fields: Fields, day: Text) -> Sequence[int]:
    first, _, last = day.value.partition("-")
    last = last or first
    if day.value == "daily":
        return range(7)
    if first in DAYS and last in DAYS and DAYS.index(first) <= DAYS.index(last):
        return range(DAYS.index(first), DAYS.index(last) + 1)
    hint = "write mon, mon-fri, daily or a date like 2026-10-01"
    fields.fault(day.place, "bad-day", f"'{day.value}' is not a weekday", hint)
    return ()


def _stints(fields: Fields, day: Text, plan: Value) -> Iterator[Stint]:
    if isinstance(plan, Text) and plan.value == OFF:
        return
    for key, value in fields.lines(plan, day.value):
        match, activity = _SPAN.match(key.value), fields.scalar(value, key.value)
        if not match:
            fields.fault(key.place, "bad-hours", f"'{key.value}' is not a span of hours", "write one like 09:00-17:30")
            continue
        if not _ACTIVITY.match(activity.value):
            fields.fault(activity.place, "bad-text", f"'{key.value}' must name `work` or the reason of a break")
            continue
        since, until = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if until > MINUTES:
            fields.fault(key.place, "bad-hours", f"'{key.value}' has a time that no clock shows", "a day ends at 24:00")
            continue
        yield Stint(since, until if until > since else until + MINUTES, activity.value)


def _check_overlap(fields: Fields, day: Text, stints: Sequence[Stint]) -> None:
    for before, after in pairwise(stints):
        if before.until > after.since:
            fields.fault(day.place, "hours-overlap", f"'{day.value}': two spans share minutes", "write one span")


def planned_of(dialplans: Path) -> Callable[[str, int, int], Sequence[Planned]]:
    """What is planned by the schedule in this folder; nothing where there is none, or one at fault."""
    path = dialplans / NAME
    if not path.is_file():
        return NOBODY.planned
    schedule, faults = parse_schedule(path.read_bytes(), str(path))
    return NOBODY.planned if faults.all() else schedule.planned
