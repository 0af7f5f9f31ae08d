"""`switchroom simulate day`: a day of callers through the same router, as it is and as it might be.

It does not know how a day is run or changed; `switchroom/day/` does.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.day.crowd import draw
from switchroom.day.dayfile import parse_day
from switchroom.day.floor_day import day_of
from switchroom.day.recorded import READ, Recorded, recorded
from switchroom.day.study import GOAL, Arm, Row, compared, erlang_of
from switchroom.day.whatif import NotUnderstood, WhatIf, applied, busier, read_surge, surged
from switchroom.queue_rules import rules_of
from switchroom.queuefile import parse_queues
from switchroom.trial.floor import FloorAtFault, trial_plan
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    from acd.rules import QueueRules
    from switchroom.day.described import Crowd, Day
    from switchroom.plan import Plan
    from switchroom.settings import Settings

DAY = 86_400.0
WIDTH = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `file` describes the day, or `recorded` names one of the journal's."""

    file: str = ""
    recorded: str = ""
    change: WhatIf = field(default_factory=WhatIf)
    queues: Path | None = None
    surge: str = ""
    busier: float = 1.0
    autopilot: bool = False
    seeds: int = 10
    seed: int = 1
    journal: str = ""
    dialplans: Path | None = None


@dataclass(frozen=True, slots=True)
class _Study:
    """A day in its two arms, and who calls on it, seed by seed."""

    name: str
    now: Arm
    then: Arm | None
    crowd: Callable[[int], Crowd]
    zone: tzinfo


def simulate_day(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Run the day `wish.seeds` times in both arms, and print every figure with its interval."""
    settings = settings_from(config).settings
    plan = _plan(wish.dialplans or settings.server.dialplans, settings)
    try:
        study = _study(wish, plan, settings)
    except NotUnderstood as fault:
        raise UsageError(str(fault)) from fault
    crowds = [study.crowd(seed) for seed in range(wish.seed, wish.seed + wish.seeds)]
    rows = compared(study.now, study.then, crowds)
    erlang = [erlang_of(arm) for arm in (study.now, study.then) if arm is not None]
    if as_json:
        beside = [None if each is None else asdict(each) for each in erlang]
        print_json({"day": study.name, "seeds": wish.seeds, "rows": [asdict(row) for row in rows], "erlang": beside})
    else:
        _show(study, wish, rows, erlang)
    return Code.OK


# ── the day ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plan(folder: Path, settings: Settings) -> Plan:
    try:
        return trial_plan(folder, settings.server.country)
    except FloorAtFault as fault:
        raise UsageError(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder)) from fault


def _study(wish: Wish, plan: Plan, settings: Settings) -> _Study:
    if bool(wish.file) == bool(wish.recorded):
        raise UsageError(say("day.which"))
    zone = zone_of(settings.server.timezone)
    if wish.recorded:
        past = _of_the_journal(wish, plan, settings)
        return _arms(wish, plan, past.day, past.crowd, zone)
    day, opens = _described(wish, plan, settings)
    day = busier(day, wish.busier) if wish.busier != 1 else day
    day = surged(day, read_surge(wish.surge, opens)) if wish.surge else day
    return _arms(wish, plan, day, lambda seed: draw(day, seed), zone)


def _arms(wish: Wish, plan: Plan, day: Day, crowd: Callable[[int], Crowd], zone: tzinfo) -> _Study:
    rules = plan.queue_rules()
    bounds = plan.autopilot().bounds if wish.autopilot else {}
    change = wish.change if wish.queues is None else replace(wish.change, rules=_rules(wish.queues, plan))
    now = Arm(day, rules, {})
    then = None if change.changes_nothing and not bounds else Arm(*applied(day, rules, change), bounds)
    return _Study(wish.file or wish.recorded, now, then, crowd, zone)


def _described(wish: Wish, plan: Plan, settings: Settings) -> tuple[Day, float]:
    folder = (wish.dialplans or settings.server.dialplans) / "days"
    path = Path(wish.file) if Path(wish.file).is_file() else folder / f"{wish.file}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.yaml"))) or "-"
        raise UsageError(say("day.none", name=wish.file, folder=folder, known=known))
    text, faults = parse_day(path.read_bytes(), str(path), plan.queues, plan.agents)
    if faults:
        raise UsageError("\n".join(map(str, faults.all())))
    zone = zone_of(settings.server.timezone)
    midnight = datetime.fromtimestamp(time.time(), zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return day_of(text, plan, path.stem, midnight.timestamp()), text.opens


def _of_the_journal(wish: Wish, plan: Plan, settings: Settings) -> Recorded:
    zone = zone_of(settings.server.timezone)
    try:
        begin = moment(wish.recorded, time.time(), zone)
    except MomentError as fault:
        raise UsageError(str(fault)) from fault
    end = (datetime.fromtimestamp(begin, zone) + timedelta(days=1)).timestamp()
    try:
        reader = JournalReader.open_reader(wish.journal or settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        kinds = [kind.__name__ for kind in READ]
        told = (stored.fact for stored in reader.facts(kinds=kinds, since=begin - DAY, until=end + DAY / 2))
        past = recorded(told, plan.agent_profiles(), begin, end)
    finally:
        reader.close()
    if not past.seen:
        raise UsageError(say("day.empty"))
    return past


def _rules(path: Path, plan: Plan) -> dict[str, QueueRules]:
    queues, faults = parse_queues(path.read_bytes(), str(path), plan.floor.calendars)
    if faults:
        raise UsageError("\n".join(map(str, faults.all())))
    return {name: rules_of(queue, plan.floor.calendars) for name, queue in queues.items()}


# ── what is printed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _labels() -> dict[str, str]:
    return {
        "asked": say("day.asked"),
        "sl6": say("day.sl6"),
        "sl3": say("day.sl3"),
        "abandoned": say("day.abandoned"),
        "asa": say("day.asa"),
        "late": say("day.late"),
        "occupancy": say("day.occupancy"),
        "acts": say("day.acts"),
        "c": say("day.erlang.c"),
        "a": say("day.erlang.a"),
    }


def _show(study: _Study, wish: Wish, rows: list[Row], erlang: list[Any]) -> None:
    asked = next(row for row in rows if not row.group and row.name == "asked")
    callers = asked.now.mean if asked.now else 0.0
    print_line(say("day.title", name=study.name, callers=callers, agents=len(study.now.day.seats), seeds=wish.seeds))
    heads = {"now": say("day.head.now"), "then": say("day.head.then"), "change": say("day.head.change")}
    heads = heads if study.then else {"now": heads["now"]}
    print_line(" " * WIDTH + "".join(_padded(head) for head in heads.values()))
    group, labels = None, _labels()
    for row in rows:
        if row.name in {"asked", "acts"} and not _tells(row):
            continue
        if row.group != group:
            group = row.group
            print_line(group or say("day.all"))
        print_line(_line(row, labels[row.name], heads))
        if not row.group and row.name == "late":
            _show_erlang(erlang, labels)
    _show_staffing(study, erlang)
    print_line(say("day.note"))


def _tells(row: Row) -> bool:
    values = [value for value in (row.now, row.then) if value is not None]
    return row.name != "acts" or any(value.mean for value in values)


def _line(row: Row, label: str, heads: Iterable[str]) -> str:
    cells = "".join(_padded(_value(getattr(row, head), signed=head == "change")) for head in heads)
    return _left(f"  {label}") + cells


def _show_erlang(erlang: list[Any], labels: Mapping[str, str]) -> None:
    known = [each for each in erlang if each is not None]
    for formula in ("c", "a"):
        cells = "".join(_padded(f"{getattr(each, formula):.1f}") for each in known)
        print_line(_left(f"  {labels[formula]}") + cells)


def _show_staffing(study: _Study, erlang: list[Any]) -> None:
    """How many agents the busiest quarter of an hour would need."""
    first = erlang[0]
    if first is not None:
        clock = datetime.fromtimestamp(study.now.day.opens_at + first.busiest, study.zone).strftime("%H:%M")
        print_line(say("day.staffing", at=clock, there=first.there, needed=first.needed, goal=100 * GOAL))


def _value(value: Any, *, signed: bool) -> str:
    if value is None:
        return "-"
    sign = "+" if signed else ""
    half = "" if value.half is None else f" ±{value.half:.1f}"
    return f"{value.mean:{sign}.1f}{half}"


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes: Chinese letters take two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _left(text: str) -> str:
    return text + " " * max(1, WIDTH - _cells(text))


def _padded(text: str) -> str:
    return " " * max(1, 16 - _cells(text)) + text

