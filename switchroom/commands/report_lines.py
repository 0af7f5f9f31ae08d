"""`switchroom report --by`: figures by queue, skill, agent and interval, from the journal.

It does not know any formula, nor the names of figures; `acd/` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from acd.figure_names import BY_KEY, LINE
from acd.grid import GRAINS, TooFine
from desk.breakdown import BY, Breakdown, BreakdownWanted, Line, break_down
from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.commands.cells import percent, print_csv, print_table, seconds
from switchroom.commands.moments import zone_of
from switchroom.commands.report_steps import interval, open_journal
from switchroom.words import say, terminal_language

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN: Final = ("asked", "counts.answered", "counts.answered_in_time", "counts.abandoned", "counts.flowed_out",
                 "counts.callback", "counts.lost", "counts.waiting")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for. `target` and `short` in seconds, None: those of the configuration."""

    since: str
    until: str
    queue: str
    by: str
    level: str
    target: float | None
    short: float | None
    shape: str


def report_lines(wish: Wish, config: Path | None) -> Code:
    """Print a line for each key that `--by` names, and one for all."""
    settings = settings_from(config).settings
    begin, end = interval(settings, wish.since, wish.until)
    figures, short = settings.figures, wish.short
    wanted = BreakdownWanted(
        begin, end, _keys(wish.by), wish.queue or None, figures.target if wish.target is None else wish.target,
        figures.short if short is None else short, wish.level, zone_of(settings.server.timezone),
    )  # fmt: skip
    journal = open_journal(settings)
    try:
        report = break_down(journal.figures, wanted)
    except TooFine as fault:
        raise UsageError(str(fault)) from fault
    finally:
        journal.close()
    {"json": print_json, "csv": _as_csv, "text": _as_text}[wish.shape](report)
    return Code.OK


def _keys(by: str) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(one.strip() for one in by.split(",") if one.strip()))
    if not set(keys) <= set(BY) or len(set(keys).intersection(GRAINS)) > 1:
        raise UsageError(say("report.by.fault", by=by, keys=", ".join(BY)))
    return keys


def _as_csv(report: Breakdown) -> None:
    """Every figure of every line; the last line, without a key, is that of all."""
    heads = [*report.by, *[one.key for one in LINE]]
    lines = [[*_key(report, line), *[_value(line, one.key) for one in LINE]] for line in (*report.lines, report.total)]
    print_csv(heads, lines)


def _value(line: Line, key: str) -> object:
    found: object = line
    for part in key.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    return found


def _as_text(report: Breakdown) -> None:
    print_line(say("report.lines", target=f"{report.target:g}", short=f"{report.short:g}", level=report.level))
    language = terminal_language()
    named = {"queue": say("report.key.queue"), "skill": say("report.key.skill"), "agent": say("report.key.agent")}
    heads = [named.get(key, say("report.key.interval")) for key in report.by]
    heads += [BY_KEY[key].name(language) for key in _SHOWN]
    heads += ["SL6", "SL3", *[BY_KEY[key].name(language) for key in ("connected_percent", "answered_after")]]
    heads += [BY_KEY[key].name(language) for key in ("longest_wait", "handling.accepted", "handling_time")]
    rows = [[key or "-" for key in _key(report, line)] + _cells(line) for line in report.lines]
    total = [say("report.total"), *[""] * (len(report.by) - 1)] if report.by else []
    print_table(heads, [*rows, total + _cells(report.total)], len(report.by), last_is_total=True)


def _key(report: Breakdown, line: Line) -> list[str]:
    return [line.interval if key in GRAINS else str(getattr(line, key)) for key in report.by]


def _cells(line: Line) -> list[str]:
    return [
        *[str(_value(line, key)) for key in _SHOWN],
        percent(line.rates["sl6"]),
        percent(line.rates["sl3"]),
        percent(line.connected_percent),
        seconds(line.answered_after),
        seconds(line.longest_wait),
        str(line.handled),
        seconds(line.handling_time),
    ]
