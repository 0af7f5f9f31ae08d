"""`switchroom list show`, `rejects` and `drop`: which lists there are, what is in them and what is not.

It does not know how a list is kept.
"""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path

from journal.lead_rows import Counted, ListRow
from switchroom.commands.answers import Code, print_json, print_line
from switchroom.commands.cells import print_table
from switchroom.commands.list_store import House, house_of, save_rejects
from switchroom.commands.moments import zone_of
from switchroom.list_export import moment
from switchroom.list_reasons import reason
from switchroom.words import say, terminal_language


def show_lists(name: str, campaign: str, config: Path | None, *, as_json: bool) -> Code:
    """Print all lists, or one with how its leads stand in its campaigns."""
    with house_of(config) as house:
        lists = [house.list(name).told] if name else house.store.lists()
        counted = _counted(house, name, campaign)
        zone = zone_of(house.settings.server.timezone)
    if as_json:
        print_json({"lists": lists, "campaigns": [_counts_json(one) for one in counted]})
        return Code.OK
    if not lists:
        print_line(say("list.none"))
        return Code.OK
    print_table(say("list.heads.show").split(", "), [_row(one, zone) for one in lists], 4)
    if name:
        (one,) = lists
        print_line(say("list.show.read", file=one.source, shape=one.shape, region=one.region, zone=one.zone,
                       sha256=one.sha256))  # fmt: skip
        for column, head in one.mapping:
            print_line("  " + say("list.preview.map", column=column, head=head))
    if counted:
        print_table(say("list.heads.counts").split(", "), [_counts(one) for one in counted], 3)
    return Code.OK


def show_rejects(name: str, out: Path | None, config: Path | None, *, as_json: bool) -> Code:
    """Print what an import refused, or write it to a file."""
    chinese = terminal_language() == "zh"
    with house_of(config) as house:
        file = house.list(name)
        if out is not None:
            count = save_rejects(file, out)
            print_line(say("list.saved", count=count, file=out))
        elif as_json:
            print_json([{**asdict(one), "reason": reason(one, chinese=chinese)} for one in file.rejects()])
        else:
            rows = ([str(one.row), one.column, one.value[:60], reason(one, chinese=chinese)] for one in file.rejects())
            print_table(say("list.heads.rejects").split(", "), rows, 4)
    return Code.OK


def drop_list(name: str, config: Path | None, *, yes: bool, as_json: bool) -> Code:
    """Delete a list once somebody has said so; exit code 1 where nobody does."""
    with house_of(config) as house:
        good = house.list(name).told.good
        agreed = yes or (sys.stdin.isatty() and _asked(say("list.drop.ask", name=name, good=good)))
        if agreed:
            house.store.drop(name, time.time(), getpass.getuser())
    if as_json:
        print_json({"list": name, "dropped": agreed})
    else:
        print_line(say("list.dropped", name=name) if agreed else say("list.kept"))
    return Code.OK if agreed else Code.NO


def _asked(question: str) -> bool:
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是"}


def _counted(house: House, name: str, campaign: str) -> list[Counted]:
    if not name and not campaign:
        return []
    campaigns = [campaign] if campaign else house.store.campaigns_of(name)
    return [one for some in campaigns for one in house.store.counted(some, _names(house, name, some))]


def _names(house: House, name: str, campaign: str) -> Sequence[str]:
    return [name] if name else house.store.lists_of(campaign)


def _row(one: ListRow, zone: tzinfo) -> list[str]:
    counts = (one.rows, one.good, one.bad, one.double, one.blocked)
    return [one.name, moment(one.at, zone), one.by, one.source, *map(str, counts)]


def _counts(one: Counted) -> list[str]:
    outcomes = ", ".join(f"{name} {count}" for name, count in one.outcomes)
    return [one.list, one.campaign, outcomes, *map(str, (one.fresh, one.waiting, one.flying, one.ended))]


def _counts_json(one: Counted) -> dict[str, object]:
    return {**asdict(one), "outcomes": dict(one.outcomes)}
