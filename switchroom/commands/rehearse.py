"""`switchroom rehearse`: yesterday's calls on today's flows, and who would end elsewhere.

It does not know how a call is walked again; `switchroom/trial/rehearsal.py` does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from journal.codec import OpaqueFact
from journal.errors import JournalError
from journal.facts import CallEnded, CallStarted
from journal.views import JournalReader
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.trial.floor import FloorAtFault, trial_plan
from switchroom.trial.rehearsal import End, Group, Rehearsal
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from switchroom.settings import Settings

LONGEST_CALL = 6 * 3600.0  # seconds after `until` in which the calls that began before it may still end


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `flow` "" for all; `folder` None for the configured one; `url` "" for the journal's own."""

    since: str
    until: str
    flow: str
    folder: Path | None
    url: str


def rehearse(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Walk each finished call of the interval again; exit code 1 when a caller would end elsewhere."""
    settings = settings_from(config).settings
    since, until = _interval(wish, settings)
    folder = wish.folder or settings.server.dialplans
    try:
        plan = trial_plan(folder, settings.server.country)
    except FloorAtFault as fault:
        print_line(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder))
        return Code.NO
    try:
        reader = JournalReader.open_reader(wish.url or settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    found = Rehearsal()
    try:
        for facts in _calls(reader, since, until, wish.flow):
            found.add(facts, plan, settings.server.timezone)
    finally:
        reader.close()
    if as_json:
        print_json(_record(found))
    else:
        _tell(found)
    return Code.NO if found.moved else Code.OK


def _interval(wish: Wish, settings: Settings) -> tuple[float, float]:
    now, zone = time.time(), zone_of(settings.server.timezone)
    try:
        since, until = moment(wish.since, now, zone), moment(wish.until, now, zone)
    except MomentError as fault:
        raise UsageError(str(fault)) from fault
    if since >= until:
        raise UsageError(say("report.order"))
    return since, until


def _calls(reader: JournalReader, since: float, until: float, flow: str) -> Iterator[list[Any]]:
    """The facts of each call that began in the interval and ended, one call at a time."""
    under_way: dict[str, list[Any]] = {}
    for stored in reader.facts(since=since, until=until + LONGEST_CALL):
        fact = stored.fact
        if isinstance(fact, OpaqueFact):
            continue
        if isinstance(fact, CallStarted) and fact.call and fact.at < until and flow in {"", fact.flow}:
            under_way[fact.contact] = []
        contact = getattr(fact, "contact", "")
        if contact in under_way:
            under_way[contact].append(fact)
            if isinstance(fact, CallEnded):
                yield under_way.pop(contact)


def _tell(found: Rehearsal) -> None:
    unknown = sum(group.count for group in found.unknown.values())
    print_line(say("rehearse.ran", calls=found.calls, same=found.same, other=found.other_way.count))
    print_line(say("rehearse.elsewhere", count=found.moved))
    if found.elsewhere:
        table = Table(box=None, pad_edge=False)
        for head in (say("rehearse.callers"), say("rehearse.then"), say("rehearse.now"), say("rehearse.examples")):
            table.add_column(head, overflow="fold")
        moved = sorted(found.elsewhere.items(), key=lambda item: (-item[1].count, item[0]))
        for (then, now), group in moved:
            table.add_row(str(group.count), end_text(then), end_text(now), ", ".join(group.examples[:2]))
        Console(soft_wrap=False).print(table)
    if unknown:
        print_line(say("rehearse.unknown", count=unknown))
        for why, group in sorted(found.unknown.items(), key=lambda item: -item[1].count):
            print_line(f"  {group.count}  {why} ({', '.join(group.examples[:2])})")


def end_text(end: End) -> str:
    """Where a call ends, in words."""
    if end.kind == "queue":
        return say("rehearse.end.queue", name=end.name, priority=end.priority)
    if end.kind == "transfer":
        return say("rehearse.end.transfer", name=end.name)
    if end.kind == "hung_up":
        return say("rehearse.end.hung_up", name=end.name or "-")
    return say("rehearse.end.flow", name=end.name or "-")


def _record(found: Rehearsal) -> dict[str, object]:
    return {
        "calls": found.calls,
        "same": found.same,
        "other_way": asdict(found.other_way),
        "elsewhere": [
            {"then": asdict(ends[0]), "now": asdict(ends[1]), **_group(group)}
            for ends, group in found.elsewhere.items()
        ],
        "unknown": [{"why": why, **_group(group)} for why, group in found.unknown.items()],
    }


def _group(group: Group) -> dict[str, object]:
    return {"count": group.count, "examples": list(group.examples)}
