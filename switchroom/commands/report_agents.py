"""`switchroom report agents` and `report time`: what agents handled, and what they did with their time.

It does not know any formula; `acd/handling.py` and `acd/agent_time.py` do.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from acd.agent_time import OFF
from acd.figure_names import AGENT_TIME, BY_KEY, HANDLING
from acd.grid import TooFine
from desk.agent_times import AgentTime, AgentTimes, TimesWanted, times_of
from desk.breakdown import Breakdown, BreakdownWanted, Line, break_down
from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.commands.cells import clock, percent, print_csv, print_table, seconds
from switchroom.commands.moments import zone_of
from switchroom.commands.report_steps import interval, open_journal
from switchroom.schedulefile import planned_of
from switchroom.words import say, terminal_language

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from journal.figure_views import PeriodSeen

_TIMES = ("on_duty", "ready", "ringing", "talking", "wrap_up", "not_ready")
_SPAN = ("since_ms", "until_ms", "state", "reason")
_SHARES = ("occupancy", "utilisation", "adherence")
Key = tuple[str, str]  # interval, agent
_CAME = ("made", "accepted", "refused", "missed")


def report_agents(since: str, until: str, config: Path | None, *, shape: str, by: str = "") -> Code:
    """Print a line for each agent: offers, handling times, occupancy, utilisation, adherence, time by state.

    `by` is an interval, and makes a line for each agent in each of them.
    """
    settings = settings_from(config).settings
    begin, end = interval(settings, since, until)
    journal = open_journal(settings)
    try:
        zone, keys = zone_of(settings.server.timezone), ("agent", by) if by else ("agent",)
        work = break_down(journal.figures, BreakdownWanted(begin, end, keys, zone=zone))
        plan = planned_of(settings.server.dialplans)
        times = times_of(journal.figures, TimesWanted(begin, end, time.time(), None, plan, by, zone))
    except TooFine as fault:
        raise UsageError(str(fault)) from fault
    finally:
        journal.close()
    if shape == "json":
        print_json({"since": begin, "until": end, "times": times, "handling": [*_handling(work).values()]})
    elif shape == "csv":
        _agents_csv(times, work)
    else:
        _agents_text(times, work)
    return Code.OK


def _handling(work: Breakdown) -> dict[Key, Line]:
    return {(line.interval, line.agent): line for line in work.lines if line.agent}


def _rows(times: AgentTimes, work: Breakdown) -> list[tuple[Key, AgentTime | None, Line | None]]:
    spent, lines = {(one.interval, one.agent): one for one in times.agents}, _handling(work)
    return [(key, spent.get(key), lines.get(key)) for key in sorted(spent.keys() | lines.keys())]


def _named(key: Key, work: Breakdown) -> list[str]:
    """The agent, and before him the interval where the report is divided by one."""
    return [*key] if len(work.by) > 1 else [key[1]]


def _agents_csv(times: AgentTimes, work: Breakdown) -> None:
    keys = [one.key for one in AGENT_TIME]
    cells = []
    for key, spent, line in _rows(times, work):
        handled = [_of_line(line, one.key) for one in HANDLING]
        cells.append([*_named(key, work), *handled, *[getattr(spent, name) if spent else None for name in keys]])
    print_csv([*work.by[1:], "agent", *[one.key for one in HANDLING], *keys], cells)


def _of_line(line: Line | None, key: str) -> object:
    if line is None:
        return None
    where, _, name = key.partition(".")
    return getattr(line.handling, name) if name else getattr(line, where)


def _agents_text(times: AgentTimes, work: Breakdown) -> None:
    language = terminal_language()
    names = [BY_KEY[f"handling.{key}"].name(language) for key in _CAME]
    names += [BY_KEY[key].name(language) for key in ("handling_time", *_SHARES, *_TIMES)]
    rows = []
    for key, spent, line in _rows(times, work):
        came = [str(getattr(line.handling, name)) if line else "0" for name in _CAME]
        shares = [percent(getattr(spent, name) if spent else None) for name in _SHARES]
        lengths = [clock(getattr(spent, name)) if spent else "-" for name in _TIMES]
        rows.append([*_named(key, work), *came, seconds(line.handling_time if line else None), *shares, *lengths])
    heads = [say("report.key.interval")] if len(work.by) > 1 else []
    print_table([*heads, say("report.key.agent"), *names], rows, len(heads) + 1)


def report_time(agent: str, since: str, until: str, config: Path | None, *, shape: str) -> Code:
    """Print an agent's time in its order, and its sums by state and reason; they are the whole to the millisecond."""
    settings = settings_from(config).settings
    begin, end = interval(settings, since, until)
    journal, now = open_journal(settings), time.time()
    try:
        periods = [one for one in journal.figures.periods(agent, begin, end) if one.state != OFF]
        times = times_of(journal.figures, TimesWanted(begin, end, now, agent, planned_of(settings.server.dialplans)))
    finally:
        journal.close()
    spans = [_cut(one, begin, min(end, now)) for one in periods]
    if shape == "json":
        named = [dict(zip(_SPAN, one, strict=True)) for one in spans]
        print_json({"agent": agent, "sheet": times.total, "periods": named})
    elif shape == "csv":
        print_csv((*_SPAN, "milliseconds"), [(*one, one[1] - one[0]) for one in spans])
    else:
        _time_text(times.total, spans, zone_of(settings.server.timezone))
    total = sum(until_ms - since_ms for since_ms, until_ms, _, _ in spans)
    return Code.OK if total == times.total.on_duty else Code.NO


def _cut(one: PeriodSeen, begin: float, end: float) -> tuple[int, int, str, str]:
    last = round(end * 1000)
    until = last if one.until_ms is None else min(last, one.until_ms)
    return max(round(begin * 1000), one.since_ms), until, one.state, one.reason


def _time_text(sheet: AgentTime, spans: list[tuple[int, int, str, str]], zone: tzinfo) -> None:
    for since, until, state, reason in spans:
        at = datetime.fromtimestamp(since / 1000, zone).isoformat(" ", "milliseconds")
        why = "".join(sign for sign in reason if sign.isprintable())
        print_line(f"  {at}  {clock(until - since):>14}  {state} {why}".rstrip())
    print_line(say("report.time.sums"))
    for part in sheet.parts:
        print_line(f"  {clock(part.milliseconds):>14}  {part.state} {part.reason}".rstrip())
    print_line(f"  {clock(sheet.on_duty):>14}  {say('report.time.on_duty')}")
    print_line(say("report.time.shares", occupancy=percent(sheet.occupancy), utilisation=percent(sheet.utilisation),
                   adherence=percent(sheet.adherence)))  # fmt: skip
