"""Hours at the called place over three years: every change of clocks of every zone, judged by the C library's clock.

    .venv/bin/python benchmarks/law_hours/run.py [--all] [--law LAW] [--quick] [--seed N] [--json FILE]

The zones are those in which numbering plans place a number (`--all`: every name that the time zone database has).

Three days around each change of clocks are asked at the first and last second of each quarter of an hour, under each
law; on all other days the second before the opening, the opening, the last second and the closing. The judge sets `TZ`
and reads `time.localtime`, and knows nothing of the product. Changes and offsets of these years are whole quarters of
hours (looked at for each zone), so nothing can happen inside of a quarter.

Beside the product stands a dialler that takes each zone's offset of January for the whole year, as some do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from phonenumbers.tzdata import TIMEZONE_DATA

from outbound.campaign import Campaign, Mode
from outbound.law.book import LawBook
from outbound.law.profiles import CN, UK, US
from outbound.lead import Lead
from outbound.verdict import Allowed

YEARS = (2026, 2027, 2028)
QUARTER = 900
# Judged apart from the profiles: Monday to Friday, Saturday, Sunday.
HOURS = {
    "us": ((8, 21), (8, 21), (8, 21)),
    "uk": ((8, 21), (9, 18), (10, 16)),
    "cn": ((9, 20), (9, 20), (9, 20)),
}
LEAD = Lead("l.1", "P", "+12125550100", consent="yes")
CAMPAIGN = Campaign("c", Mode.PREDICTIVE, "q", ("l",), "us", message="m")


@dataclass
class Row:
    """`outside`: dialled when it was no time for it; `missed`: not dialled though it was."""

    arm: str
    law: str
    zones: int = 0
    changes: int = 0
    asked: int = 0
    outside: int = 0
    missed: int = 0
    seconds: float = 0.0


def stamp(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def set_clock(zone: str) -> None:
    os.environ["TZ"] = zone
    time.tzset()


def offset(now: int) -> int:
    return time.localtime(now).tm_gmtoff


def is_time(law: str, now: int) -> bool:
    there = time.localtime(now)
    first, end = HOURS[law][max(0, there.tm_wday - 4)]
    return first <= there.tm_hour < end


def changes() -> list[int]:
    """Every second at which the clock that is set is moved; checked to be a quarter of an hour."""
    found = []
    for day in range(stamp(YEARS[0]), stamp(YEARS[-1] + 1), 86400):
        early, late = day, day + 86400
        if offset(early) == offset(late):
            continue
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if offset(middle) == offset(early) else (early, middle)
        assert late % QUARTER == 0, "a change inside of a quarter"  # noqa: S101 - what the sampling rests on
        assert offset(late) % QUARTER == 0, "an offset inside of a quarter"  # noqa: S101 - the same
        found.append(late)
    return found


def moments(law: str, moved: list[int]) -> Iterator[int]:
    """The seconds at which this law is asked."""
    for change in moved:
        for quarter in range(change - 3 * 86400, change + 3 * 86400, QUARTER):
            yield quarter
            yield quarter + QUARTER - 1
    for day in range(stamp(YEARS[0]), stamp(YEARS[-1] + 1), 86400):
        shift, weekday = offset(day), time.localtime(day + 43200).tm_wday
        for hour in HOURS[law][max(0, weekday - 4)]:
            yield day + hour * 3600 - shift - 1
            yield day + hour * 3600 - shift


def scan(zones: list[str], law: str) -> list[Row]:
    """The product and the dialler of January, over these zones."""
    rows = [Row("switchroom", law), Row("january's offset", law)]
    book, campaign = LawBook({one.name: one for one in (US, UK, CN)}), replace(CAMPAIGN, law=law)
    for zone in zones:
        set_clock(zone)
        moved, lead = changes(), replace(LEAD, zones=(zone,))
        january = offset(stamp(YEARS[0]))
        asked = list(moments(law, moved))
        truth = [is_time(law, now) for now in asked]
        begun = time.process_time()
        answers = [isinstance(book.may_dial(lead, lead.number, campaign, float(now)), Allowed) for now in asked]
        rows[0].seconds += time.process_time() - begun
        wall = (time.gmtime(now + january) for now in asked)
        naive = [
            first <= there.tm_hour < end
            for there in wall
            for first, end in (HOURS[law][max(0, there.tm_wday - 4)],)
        ]
        for row, found in zip(rows, (answers, naive), strict=True):
            row.zones += 1
            row.changes += len(moved)
            row.asked += len(asked)
            row.outside += sum(1 for dialled, right in zip(found, truth, strict=True) if dialled and not right)
            row.missed += sum(1 for dialled, right in zip(found, truth, strict=True) if right and not dialled)
    return rows


def show(rows: list[Row]) -> None:
    print(f"{'arm':18}{'law':5}{'zones':>7}{'changes':>9}{'asked':>11}{'outside':>9}{'missed':>9}{'us each':>9}")
    for row in rows:
        each = f"{row.seconds / row.asked * 1e6:.1f}" if row.seconds else ""
        print(
            f"{row.arm:18}{row.law:5}{row.zones:7}{row.changes:9}{row.asked:11,}{row.outside:9,}{row.missed:9,}{each:>9}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="forty zones, one law")
    parser.add_argument("--all", action="store_true", help="every zone that has a name, also those of no number")
    parser.add_argument("--law", choices=sorted(HOURS), help="this law alone")
    parser.add_argument("--seed", type=int, default=1, help="which zones are taken when it is to be quick")
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    given = parser.parse_args()
    named = {zone for zones in TIMEZONE_DATA.values() for zone in zones} - {"Etc/Unknown"}
    zones = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"} if given.all else named)
    if given.quick:
        zones = sorted(random.Random(given.seed).sample(zones, 40))  # noqa: S311 - a seed, no secret
    laws = (given.law,) if given.law else ("us",) if given.quick else (*HOURS,)
    rows = [row for law in laws for row in scan(zones, law)]
    show(rows)
    if given.json:
        Path(given.json).write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    return int(any(row.outside or row.missed for row in rows if row.arm == "switchroom"))


if __name__ == "__main__":
    sys.exit(main())
