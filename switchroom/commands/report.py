"""`switchroom report`: the service level of an interval, from the journal, with or without a running server.

It does not know any formula; `acd/service_level.py` does.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

from acd.service_level import Wait
from desk.figures import Figures, Rate, figures_of
from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.words import say, terminal_language

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path


def report(since: str, until: str, queue: str, config: Path | None, *, as_json: bool) -> Code:
    """Print all six rates and their counts for callers who asked for a person in [since, until)."""
    settings = settings_from(config).settings
    zone, now = zone_of(settings.server.timezone), time.time()
    try:
        begin, end = moment(since, now, zone), moment(until, now, zone)
    except MomentError as error:
        raise UsageError(str(error)) from error
    if begin >= end:
        raise UsageError(say("report.order"))
    figures = figures_of(
        _waits(settings.journal.url, begin, end, queue),
        since=begin,
        until=end,
        queue=queue or None,
        target=settings.figures.target,
        short=settings.figures.short,
    )
    if as_json:
        print_json(figures)
    else:
        _show(figures, zone)
    return Code.OK


def _waits(url: str, since: float, until: float, queue: str) -> list[Wait]:
    try:
        reader = JournalReader.open_reader(url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        rows = reader.waits(since, until, queue=queue or None)
    finally:
        reader.close()
    return [Wait(row.asked_at, row.ended_at, row.how) for row in rows]


def _show(figures: Figures, zone: tzinfo) -> None:
    begin, end = (datetime.fromtimestamp(at, zone).isoformat(" ", "seconds") for at in (figures.since, figures.until))
    print_line(say("report.interval", since=begin, until=end, queue=figures.queue or say("report.all")))
    counts = figures.counts
    print_line(
        say(
            "report.counts",
            asked=figures.asked,
            answered=counts.answered,
            abandoned=counts.abandoned,
            flowed_out=counts.flowed_out,
            lost=counts.lost,
            waiting=counts.waiting,
        )
    )
    for rate in figures.rates:
        print_line(f"  {_percent(rate.percent):>8}  {_name(rate)}")
    print_line(f"  {_percent(figures.abandoned_percent):>8}  {say('report.abandoned')}")
    print_line(f"  {_seconds(figures.answered_after):>8}  {say('report.asa')}")
    print_line(f"  {_seconds(figures.longest_wait):>8}  {say('report.longest')}")


def _name(rate: Rate) -> str:
    return rate.name_zh if terminal_language() == "zh" else rate.name


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} %"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"
