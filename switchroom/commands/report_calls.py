"""`switchroom report calls`: the calls of an interval one by one, those who gave up for instance, from the journal.

It does not know how a wait is counted; the journal's rows do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from journal.rows import wait_of
from switchroom.commands.answers import Code, print_json, settings_from
from switchroom.commands.cells import print_csv, print_table, seconds
from switchroom.commands.moments import zone_of
from switchroom.commands.report_steps import interval, open_journal
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from journal.rows import ContactRow
    from journal.views import JournalReader

PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call. `waited` in seconds, None for who never asked for a person or still waits; `how` his wait ended."""

    contact: str
    started: str
    number: str
    queue: str
    skills: str
    how: str
    waited: float | None
    outcome: str
    agent: str
    talked: float
    stopped_at: str


def report_calls(  # noqa: PLR0913 - each filter is named at the call
    since: str, until: str, config: Path | None, *, outcome: str, queue: str, shape: str
) -> Code:
    """Print a line for each call begun in [since, until), newest first."""
    settings = settings_from(config).settings
    begin, end = interval(settings, since, until)
    zone, journal = zone_of(settings.server.timezone), open_journal(settings)
    wanted = {"open": "", "": None}.get(outcome, outcome)
    try:
        lines = [_line(row, zone) for row in _rows(journal, begin, end, wanted, queue or None)]
    finally:
        journal.close()
    heads = list(CallLine.__dataclass_fields__)
    if shape == "json":
        print_json(lines)
    elif shape == "csv":
        print_csv(heads, [[*asdict(line).values()] for line in lines])
    else:
        print_table(say("report.calls.heads").split(", "), [_cells(line) for line in lines], 6)
    return Code.OK


def _rows(
    journal: JournalReader, since: float, until: float, outcome: str | None, queue: str | None
) -> Iterator[ContactRow]:
    offset = 0
    while page := journal.contacts(since, until, outcome=outcome, queue=queue, limit=PAGE, offset=offset):
        yield from page
        offset += len(page)


def _line(row: ContactRow, zone: tzinfo) -> CallLine:
    wait = wait_of(row) if row.asked_at is not None else None
    ended = wait.ended_at if wait else None
    return CallLine(
        contact=row.contact,
        started=datetime.fromtimestamp(row.started_at, zone).isoformat(" ", "milliseconds"),
        number=row.number,
        queue=row.queue,
        skills=row.skills.strip(),
        how=wait.how if wait else "",
        waited=max(0.0, round(ended - wait.asked_at, 3)) if wait and ended is not None else None,
        outcome=row.outcome,
        agent=row.answered_by or row.agent,
        talked=round(row.talked, 3),
        stopped_at=row.breakpoint if row.outcome != "answered" else "",
    )


def _cells(line: CallLine) -> list[str]:
    times = [seconds(line.waited), seconds(line.talked or None)]
    return [line.started, line.number, line.queue, line.how, line.outcome or "-", line.agent, *times, line.stopped_at]
