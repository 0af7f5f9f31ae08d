"""`switchroom report`: the service level of an interval, from the journal, with or without a running server.

It does not know any formula; `acd/service_level.py` does.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from desk.archive import asked_of
from desk.breakdown import counts_of
from desk.figures import Figures, Rate, Wanted, figures_from
from switchroom.commands.answers import Code, print_json, print_line, settings_from
from switchroom.commands.moments import zone_of
from switchroom.commands.report_steps import interval, open_journal
from switchroom.words import say, terminal_language

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from switchroom.commands.report_lines import Wish


def report(wish: Wish, config: Path | None) -> Code:
    """Print all six rates and their counts for callers who asked for a person in [since, until)."""
    settings = settings_from(config).settings
    begin, end = interval(settings, wish.since, wish.until)
    of = settings.figures
    target, short = of.target if wish.target is None else wish.target, of.short if wish.short is None else wish.short
    wanted = Wanted(begin, end, wish.queue or None, target, short, level=wish.level)
    journal = open_journal(settings)
    try:
        figures = figures_from(counts_of(journal.figures, asked_of(wanted)), wanted)
    finally:
        journal.close()
    if wish.shape == "json":
        print_json(figures)
    else:
        _show(figures, zone_of(settings.server.timezone))
    return Code.OK


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
            callback=counts.callback,
            lost=counts.lost,
            waiting=counts.waiting,
        )
    )
    for rate in figures.rates:
        print_line(f"  {_percent(rate.percent):>8}  {_name(rate)}")
    print_line(f"  {_percent(figures.abandoned_percent):>8}  {say('report.abandoned')}")
    print_line(f"  {_percent(figures.short_abandoned_percent):>8}  {say('report.short_abandoned')}")
    print_line(f"  {_percent(figures.connected_percent):>8}  {say('report.connected')}")
    print_line(f"  {_seconds(figures.answered_after):>8}  {say('report.asa')}")
    print_line(f"  {_seconds(figures.longest_wait):>8}  {say('report.longest')}")


def _name(rate: Rate) -> str:
    return rate.name_zh if terminal_language() == "zh" else rate.name


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} %"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"
