"""What is measured: our import, and the plain ways of a Python program. Each runs in a process of its own.

It does not know how its figures are shown. An arm prints one JSON line: rows, leads, seconds, processor seconds, peak.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path


def ours(path: Path, folder: Path) -> tuple[int, int]:
    """Everything: encoding, columns, every check, zones, doubles, rejects kept, indexes, on the disk."""
    from journal.lead_store import LeadStore  # noqa: PLC0415 - an arm pays for what it imports
    from switchroom.list_import import Wish, stage  # noqa: PLC0415 - see above

    with (
        LeadStore(folder) as store,
        stage(store, Wish(path, "made", "CN", "Asia/Shanghai", "bench"), time.time()) as new,
    ):
        told = new.keep()
    return told.rows, told.good


def plain(path: Path, folder: Path) -> tuple[int, int]:
    """`csv` and `phonenumbers` as their pages show them, a set of numbers in memory, `executemany` at the end."""
    return _plainly(_csv_rows(path), folder)


def plain_workbook(path: Path, folder: Path) -> tuple[int, int]:
    """The same with `openpyxl` in its reading mode."""
    import openpyxl  # noqa: PLC0415 - see above

    sheet = openpyxl.load_workbook(path, read_only=True).active
    rows = ([str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True))
    next(rows)
    return _plainly(rows, folder)


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def _plainly(rows: Iterator[list[str]], folder: Path) -> tuple[int, int]:
    import phonenumbers  # noqa: PLC0415 - see above
    from phonenumbers import timezone  # noqa: PLC0415 - see above

    seen: set[str] = set()
    kept, counted = [], 0
    for counted, cells in enumerate(rows, 1):  # noqa: B007 - the last one is the count
        try:
            number = phonenumbers.parse(cells[2], "CN")
        except phonenumbers.NumberParseException:
            continue
        if not phonenumbers.is_valid_number(number):
            continue
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if e164 not in seen:
            seen.add(e164)
            kept.append((e164, " ".join(timezone.time_zones_for_number(number)), *(*cells, "")[:8]))
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "plain.db") as db:
        db.execute("CREATE TABLE lead (number PRIMARY KEY, zones, a, b, c, d, e, f, g, h)")
        db.executemany("INSERT INTO lead VALUES (?,?,?,?,?,?,?,?,?,?)", kept)
    return counted, len(kept)


ARMS: dict[str, Callable[[Path, Path], tuple[int, int]]] = {
    "ours": ours,
    "plain": plain,
    "plain_workbook": plain_workbook,
}


def _peak() -> float:
    """The most memory that this program had, in MB; the system's own figure counts the program that started it, too."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def main(arm: str, path: str) -> None:
    with tempfile.TemporaryDirectory(prefix="switchroom-lists-") as made:
        begun, busy = time.perf_counter(), time.process_time()
        rows, good = ARMS[arm](Path(path), Path(made) / "lists")
        seconds, processor = time.perf_counter() - begun, time.process_time() - busy
        peak = _peak()
        figures = {"rows": rows, "leads": good, "seconds": seconds, "processor": processor, "peak_mb": peak}
        sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
