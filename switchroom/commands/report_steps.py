"""`switchroom report steps`: what callers did in each step of the flows, from the journal.

It does not know how anything is counted; `ivr/figures.py` does.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from desk.journeys import KINDS, journeys
from ivr.figures import END, FlowFigures, Journey, StepFigures, figures_of, imbalances
from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from switchroom.settings import Settings


def report_steps(flow: str, since: str, until: str, config: Path | None, *, as_json: bool) -> Code:
    """Print the figures of every step for calls begun in [since, until); all flows when none is named."""
    settings = settings_from(config).settings
    begin, end = interval(settings, since, until)
    calls = read_journeys(settings, begin, end, flow)
    names = [flow] if flow else sorted({call.flow for call in calls})
    figures = [figures_of(name, calls) for name in names]
    wrong = [line for one in figures for line in imbalances(one)]
    if as_json:
        print_json({"since": begin, "until": end, "flows": figures, "imbalances": wrong})
    else:
        _show(figures, wrong)
    return Code.NO if wrong else Code.OK


def interval(settings: Settings, since: str, until: str) -> tuple[float, float]:
    """The two moments in POSIX seconds. Raises UsageError."""
    zone, now = zone_of(settings.server.timezone), time.time()
    try:
        begin, end = moment(since, now, zone), moment(until, now, zone)
    except MomentError as error:
        raise UsageError(str(error)) from error
    if begin >= end:
        raise UsageError(say("report.order"))
    return begin, end


def read_journeys(settings: Settings, since: float, until: float, flow: str) -> list[Journey]:
    """The journeys of all calls begun in [since, until), of one flow or of all. Raises OutsideError."""
    reader = open_journal(settings)
    try:
        kinds = [kind.__name__ for kind in KINDS]
        facts = reader.facts_of_calls(since, until, flow=flow or None, kinds=kinds)
        return list(journeys(stored.fact for stored in facts))
    finally:
        reader.close()


def open_journal(settings: Settings) -> JournalReader:
    """The journal of the configuration, for reading. Raises OutsideError."""
    try:
        return JournalReader.open_reader(settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error


def _show(figures: Sequence[FlowFigures], wrong: Sequence[str]) -> None:
    if not figures:
        print_line(say("steps.none"))
    for one in figures:
        print_line(say("steps.calls", flow=one.flow, calls=one.calls, endings=_counts(one.endings)))
        width = max((len(step.step) for step in one.steps), default=4)
        print_line("  " + _row(say("steps.step"), _heads(), width, say("steps.exits")))
        for step in one.steps:
            print_line("  " + _row(step.step, _cells(step), width, _counts(step.exits, but=END)))
        for goal in one.goals:
            print_line("  " + say("steps.goal", goal=goal.goal, reached=goal.reached, contained=goal.contained,
                                  share=_share(goal.contained, goal.reached), answered=goal.answered))  # fmt: skip
        print_line("")
    for line in wrong:
        print_line(say("steps.imbalance", what=line))


def _heads() -> list[str]:
    tries = [say("steps.entries"), say("steps.again"), say("steps.timed_out"), say("steps.wrong")]
    return [*tries, say("steps.hung_up"), say("steps.median"), say("steps.p95")]


def _cells(step: StepFigures) -> list[str]:
    counts = (step.entries, step.again, step.timed_out, step.wrong, step.hung_up)
    return [*map(str, counts), *("-" if time is None else f"{time:.1f}" for time in (step.median, step.p95))]


def _row(first: str, cells: Sequence[str], width: int, last: str) -> str:
    return f"{first:<{width}}" + "".join(f"{cell:>9}" for cell in cells) + f"  {last}"


def _counts(counts: object, but: str = "") -> str:
    return ", ".join(f"{name} {count}" for name, count in dict(counts).items() if name != but)  # type: ignore[call-overload]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
