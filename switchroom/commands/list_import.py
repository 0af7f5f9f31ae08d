"""`switchroom list import`: a file becomes a list, with a bar that shows how far it is; or a look at what it would be.

It does not know how a file is read; `switchroom/list_import.py` does.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from journal.lead_rows import BadCell, ListRow
from switchroom.commands.answers import Code, UsageError, print_json, print_line
from switchroom.commands.cells import print_table
from switchroom.commands.list_store import House, house_of, save_rejects
from switchroom.list_import import Preview, PreviewRow, Staged, Wish, preview, stage
from switchroom.list_import import Progress as Told
from switchroom.list_reasons import reason, reason_of
from switchroom.list_sentences import FILE, sentence
from switchroom.list_source import Reading
from switchroom.words import say, terminal_language

SHOWN: Final = 10  # rejects below the counts
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class ImportWish:
    """What was asked for, "" for what the configuration says."""

    file: Path
    name: str
    region: str
    zone: str
    columns: tuple[str, ...]
    reading: Reading
    without: tuple[str, ...]
    dry_run: bool = False
    strict: bool = False
    rejects: Path | None = None
    consent: str = ""


def show_preview(wish: ImportWish, config: Path | None, *, as_json: bool) -> Code:
    """Print how the file's columns and its first rows would be read; exit code 1 where it could not be imported."""
    with house_of(config) as house, _readable(wish.file):
        seen = preview(_wish(wish, house))
    if as_json:
        print_json(_preview_json(seen))
    else:
        print_line(say("list.preview.shape", file=wish.file, shape=seen.shape))
        if seen.columns is not None:
            for column, places in seen.columns.places.items():
                heads = ", ".join(map(seen.columns.head, places))
                print_line("  " + say("list.preview.map", column=column, head=heads))
            shown = ", ".join(head for _, head in seen.columns.fields)
            print_line("  " + say("list.preview.fields", heads=shown or "-"))
        print_table(say("list.heads.preview").split(", "), [_preview_cells(row) for row in seen.rows], 5)
    if seen.fault is not None:
        raise UsageError(sentence(seen.fault, wish.file))
    return Code.OK


def import_file(wish: ImportWish, config: Path | None, *, as_json: bool) -> Code:
    """Import the file, or only count; exit code 1 where nothing was brought in for what stands in it."""
    with house_of(config) as house, _readable(wish.file):
        asked = _wish(wish, house)
        with _bar(wish.file, as_json=as_json) as progress, stage(house.store, asked, time.time(), progress) as staged:
            rejects = _rejects(staged, wish.rejects)
            told = staged.told
            refused = told.rows - told.good
            kept = bool(told.good) and not wish.dry_run and not (wish.strict and refused)
            if kept:
                staged.keep()
    if as_json:
        print_json({**asdict(told), "imported": kept, "first_rejects": [_reject_json(one) for one in rejects]})
    else:
        _say_what_came_of_it(wish, told, rejects, kept=kept)
    return Code.OK if kept or (wish.dry_run and told.good and not (wish.strict and refused)) else Code.NO


def _say_what_came_of_it(wish: ImportWish, told: ListRow, rejects: list[BadCell], *, kept: bool) -> None:
    counts = {name: getattr(told, name) for name in ("name", "rows", "good", "bad", "double", "blocked")}
    chinese = terminal_language() == "zh"
    if rejects:
        rows = [[str(one.row), one.column, one.value[:40], reason(one, chinese=chinese)] for one in rejects]
        print_table(say("list.heads.rejects").split(", "), rows, 4)
        if kept and told.rows - told.good > len(rejects):
            print_line(say("list.rejects.more", name=told.name))
    if not told.good:
        print_line(say("list.nothing"))
    elif wish.strict and told.rows > told.good:
        print_line(say("list.strict", count=told.rows - told.good))
    else:
        print_line(say("list.imported", **counts) if kept else say("list.tried", **counts))


def _wish(wish: ImportWish, house: House) -> Wish:
    zone = wish.zone or house.settings.server.timezone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise UsageError(say("list.fault.zone", zone=zone)) from fault
    without = [one.name for one in house.store.lists()] if ALL in wish.without else list(wish.without)
    for name in without:
        house.list(name)
    return Wish(
        wish.file, wish.name, house.region(wish.region), zone, getpass.getuser(), wish.columns, wish.reading,
        tuple(without), consent=wish.consent,
    )  # fmt: skip


def _rejects(staged: Staged, out: Path | None) -> list[BadCell]:
    """The first rejects; all of them into the file that was named."""
    file = staged.opened()
    try:
        if out is not None:
            save_rejects(file, out)
        return list(islice(file.rejects(limit=SHOWN), SHOWN))
    finally:
        file.close()


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except FILE as fault:
        raise UsageError(sentence(fault, file)) from fault


@contextmanager
def _bar(file: Path, *, as_json: bool) -> Iterator[Told]:
    """A bar on standard error where somebody sees it, and how many rows a second."""
    console, begun = Console(stderr=True), time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=as_json) as shown:
        task = shown.add_task(say("list.reading", file=file.name), total=None, rate="")

        def told(done: int, size: int, rows: int) -> None:
            rate = say("list.rate", rows=rows, rate=round(rows / max(time.monotonic() - begun, 0.001)))
            shown.update(task, completed=done, total=size, rate=rate)

        yield told


def _preview_cells(row: PreviewRow) -> list[str]:
    chinese = terminal_language() == "zh"
    wrong = "; ".join(reason_of(one.why, one.told, left_out=one.left_out, chinese=chinese) for one in row.faults)
    if row.lead is None:
        return [str(row.row), " | ".join(row.cells)[:60], "", "", wrong]
    return [str(row.row), row.lead.number, row.lead.name, row.lead.zones, wrong]


def _preview_json(seen: Preview) -> dict[str, Any]:
    columns = seen.columns
    return {
        "shape": seen.shape,
        "heads": seen.heads,
        "mapping": {str(one): [columns.head(place) for place in places] for one, places in columns.places.items()}
        if columns
        else None,
        "fields": [head for _, head in columns.fields] if columns else None,
        "rows": [
            {
                "row": row.row,
                "cells": row.cells,
                "number": row.lead.number if row.lead else None,
                "zones": row.lead.zones.split() if row.lead else None,
                "faults": [{"place": one.place + 1, "why": one.why, "value": one.value} for one in row.faults],
            }
            for row in seen.rows
        ],
    }


def _reject_json(one: BadCell) -> dict[str, Any]:
    return {**asdict(one), "reason": reason(one, chinese=terminal_language() == "zh")}
