"""`benchmarks/reports`: how long figures take over a month of a million contacts, and what the live count costs a fact.

Each report is timed beside the database's own shortest way: one statement that counts the same rows and nothing else.
The ratio is of processor time, for the clock shows what other programs did as well.
It prints a table and, with --json, writes it. Exit code 1 when a report does not say what was written.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from benchmarks.reports.live import per_check, per_fact, per_projected_fact
from benchmarks.reports.month import DAYS, SINCE, Month, write_month
from desk.agent_times import TimesWanted, times_of
from desk.breakdown import BreakdownWanted, break_down
from journal.views import JournalReader

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "reports.json"
UNTIL = SINCE + DAYS * 86_400.0 + 1


@dataclass(frozen=True)
class Figure:
    """One report: seconds by the clock and of the processor, and those of the database's own count of the same rows."""

    report: str
    seconds: float
    processor: float
    least: float
    right: bool


def main(words: list[str] | None = None) -> int:
    """Write the month, measure, show, write."""
    options = _options(words)
    contacts = 20_000 if options.quick else options.contacts
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="switchroom-reports-") as made:
        begun = time.perf_counter()
        url, month = write_month(Path(made), contacts, options.seed)
        told.print(f"{contacts} contacts written in {time.perf_counter() - begun:.0f} s")
        figures = _measure(url, Path(made) / "journal.db", month, options.rounds)
        live = {"fact_us": per_fact(), "check_us": per_check(), **per_projected_fact(Path(made))}
    conditions = {"contacts": contacts, "seed": options.seed, "python": platform.python_version()}
    _show(figures, live, conditions, Console() if sys.stdout.isatty() else Console(width=120))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    made_of = {"conditions": conditions, "reports": [asdict(one) for one in figures], "live": live}
    options.json.write_text(json.dumps(made_of, indent=2) + "\n", encoding="utf-8")
    return 0 if all(one.right for one in figures) else 1


def _measure(url: str, file: Path, month: Month, rounds: int) -> list[Figure]:
    journal, raw = JournalReader.open_reader(url), sqlite3.connect(file)
    contacts = "SELECT queue, outcome, COUNT(*) FROM contacts WHERE asked_at >= 0 GROUP BY 1, 2"
    visits = "SELECT queue, how, COUNT(*) FROM visits WHERE asked_ms >= 0 GROUP BY 1, 2"
    periods = "SELECT agent, state, SUM(until_ms - since_ms) FROM periods WHERE since_ms >= 0 GROUP BY 1, 2"

    def lines(*by: str, level: str = "contact", days: int = DAYS) -> bool:
        until = UNTIL if days == DAYS else SINCE + days * 86_400.0
        total = break_down(journal.figures, BreakdownWanted(SINCE, until, by, level=level)).total
        right = (total.counts.answered, total.handling.talk, total.handling.wrap_up)
        return days != DAYS or right == (month.how["answered"], month.talked, month.wrapped)

    def agents() -> bool:
        return times_of(journal.figures, TimesWanted(SINCE, UNTIL, UNTIL)).total.on_duty == month.on_duty

    reports: list[tuple[str, Callable[[], bool], str]] = [
        ("all together, month", lines, contacts),
        ("by queue, month", lambda: lines("queue"), contacts),
        ("by queue, month, level queue", lambda: lines("queue", level="queue"), visits),
        ("by agent, month", lambda: lines("agent"), contacts),
        ("by skill, month", lambda: lines("skill"), contacts),
        ("by day, month", lambda: lines("day"), contacts),
        ("by queue and hour, month", lambda: lines("queue", "hour"), contacts),
        ("agents' time, month", agents, periods),
        ("by queue, one day", lambda: lines("queue", days=1), contacts.replace(">= 0", f"< {SINCE + 86_400.0}")),
    ]
    found = []
    for name, report, sql in reports:
        took, worked, least, right = [], [], [], True
        for _ in range(rounds):
            begun, idle = time.perf_counter(), time.process_time()
            right = report() and right
            took.append(time.perf_counter() - begun)
            worked.append(time.process_time() - idle)
            idle = time.process_time()
            raw.execute(sql).fetchall()
            least.append(time.process_time() - idle)
        found.append(Figure(name, median(took), median(worked), median(least), right))
    journal.close()
    raw.close()
    return found


def _show(figures: list[Figure], live: dict[str, float], conditions: dict[str, object], console: Console) -> None:
    title = "reports: " + ", ".join(f"{name} {value}" for name, value in conditions.items())
    table = Table("report", title=title, title_justify="left")
    for name in ("s", "processor s", "database alone", "ratio", "right"):
        table.add_column(name, justify="right")
    for one in figures:
        ratio = f"{one.processor / one.least:.1f}" if one.least else "-"
        times = (f"{one.seconds:.2f}", f"{one.processor:.2f}", f"{one.least:.2f}", ratio)
        table.add_row(one.report, *times, "yes" if one.right else "NO")
    console.print(table)
    for name, value in live.items():
        console.print(f"{name}: {value:.2f}")


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/reports", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20,000 contacts: does it run?")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the month (%(default)s)")
    parser.add_argument("--contacts", type=int, default=1_000_000, help="in the month (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each report is timed (%(default)s)")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
