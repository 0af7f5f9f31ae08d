"""`switchroom list export`, `rerun` and `journey`: what came of a list, who is to be called again, one person's way.

It does not know how leads and attempts are kept.
"""

from __future__ import annotations

import getpass
import sys
import time
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path

from outbound.listing.numbers import Numbers
from switchroom.commands.answers import Code, UsageError, print_json, print_line, print_note
from switchroom.commands.cells import print_table, seconds
from switchroom.commands.list_store import house_of
from switchroom.commands.moments import zone_of
from switchroom.list_export import moment, results_of, save_csv, write_csv
from switchroom.list_journey import Step
from switchroom.list_journey import journey as way_of
from switchroom.list_rerun import rerun
from switchroom.words import say


def export_list(name: str, campaign: str, out: Path | None, config: Path | None) -> Code:
    """Write a list, or every lead that a campaign has touched lists of, as CSV."""
    if not name and not campaign:
        raise UsageError(say("list.export.which"))
    with house_of(config) as house:
        names = [house.list(name).told.name] if name else house.store.lists_of(campaign)
        found = results_of(house.store, campaign, names, zone_of(house.settings.server.timezone))
        if out is None:
            write_csv(sys.stdout, *found)
            return Code.OK
        try:
            count = save_csv(out, *found)
        except OSError as fault:
            raise UsageError(say("list.fault.write", file=out, why=fault.strerror or fault)) from fault
    print_note(say("list.saved", count=count, file=out))
    return Code.OK


def rerun_list(  # noqa: PLR0913 - each option is named at the call
    campaign: str, outcomes: str, name: str, of: tuple[str, ...], config: Path | None, *, as_json: bool
) -> Code:
    """Make the new list; exit code 1 where nobody would be in it."""
    wanted = [one.strip() for one in outcomes.split(",") if one.strip()]
    with house_of(config) as house:
        for one in of:
            house.list(one)
        by, now = getpass.getuser(), time.time()
        with rerun(house.store, campaign, outcomes=wanted, name=name, by=by, now=now, lists=of) as staged:
            told = staged.told
            if told.good:
                staged.keep()
    if as_json:
        print_json({**asdict(told), "imported": bool(told.good)})
    elif told.good:
        counts = {key: getattr(told, key) for key in ("name", "rows", "good", "bad", "double", "blocked")}
        print_line(say("list.imported", **counts))
    else:
        print_line(say("list.rerun.none"))
    return Code.OK if told.good else Code.NO


def show_journey(who: str, region: str, config: Path | None, *, as_json: bool) -> Code:
    """Print every attempt on a number or a person; exit code 1 where there was none."""
    with house_of(config) as house:
        steps = way_of(house.journal, who, Numbers(house.region(region)))
        zone = zone_of(house.settings.server.timezone)
    if as_json:
        print_json([{**asdict(one.attempt), "recording": one.recording} for one in steps])
    elif steps:
        print_table(say("list.heads.journey").split(", "), [_cells(one, zone) for one in steps], 11)
    else:
        print_line(say("list.journey.none", who=who))
    return Code.OK if steps else Code.NO


def _cells(step: Step, zone: tzinfo) -> list[str]:
    one = step.attempt
    return [
        moment(one.begun_at, zone), one.campaign, one.lead, one.number, one.outcome or "-", one.agent,
        seconds(one.talked or None), one.result, step.recording, one.rules, one.why,
    ]  # fmt: skip
