"""A campaign on a real Asterisk, through the whole server: whether every customer is accounted for.

    python benchmarks/campaign/run.py [--quick] [--json FILE] [--seed N] [--customers N] [--agents N] [--no-kill]

The carrier plays all kinds of customers and keeps its own account of each; what the server wrote down is held against
it. In the middle the server is killed (kill -9). Exit code 1 when an aim is missed, 2 when it cannot be run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.arena import ArenaError, machine, raise_file_limit
from benchmarks.campaign.account import Judged, judge
from benchmarks.campaign.crowd import draw
from benchmarks.campaign.drive import NAME, Seen, Stage
from benchmarks.campaign.foreseen import Came, in_the_dry_run, on_the_telephone
from benchmarks.figures import percentile
from cti.asterisk.daemon import DaemonError
from cti.asterisk.package import find_or_unpack
from cti.debian import CannotUnpackError

CUSTOMERS, QUICK = 5000, 200
AGENTS, QUICK_AGENTS = 30, 8
SLOW = 1.0  # talks of 3 + 0..9 times this, seconds
PATIENCE = 2700.0  # seconds for the whole
IN_TIME = 2.0  # seconds: the law's
DRAWS = range(1, 5)  # of the dry run that is held against the telephone
POINTS = 0.03  # by how much it may be wrong
NONE_OF = ("called_twice", "open_attempts", "unknown_to_server", "unknown_to_carrier", "silent")


def main(words: Sequence[str] | None = None) -> int:
    """Run it, judge, print."""
    wanted = _arguments().parse_args(words)
    console = Console(stderr=wanted.json == "-")
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="switchroom-campaign-", ignore_cleanup_errors=True) as folder:
        try:
            told = _measure(wanted, Path(folder), console)
        except (ArenaError, DaemonError, CannotUnpackError, OSError) as fault:
            console.print(f"The benchmark cannot be run: {fault}", style="red", markup=False)
            return 2
    _publish(told, wanted.json, console)
    return 1 if told["missed"] else 0


def _arguments() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(description="a campaign on a real Asterisk, every customer accounted for")
    reader.add_argument("--quick", action="store_true", help=f"{QUICK} customers: does it run at all?")
    reader.add_argument("--json", default="", metavar="FILE", help="write all figures there; - is standard output")
    reader.add_argument("--seed", type=int, default=1, help="draws the customers (default 1)")
    reader.add_argument("--customers", type=int, default=0, help=f"how many (default {CUSTOMERS})")
    reader.add_argument("--agents", type=int, default=0, help=f"how many (default {AGENTS})")
    reader.add_argument("--no-kill", action="store_true", help="let the server live")
    return reader


def _measure(wanted: argparse.Namespace, folder: Path, console: Console) -> dict[str, Any]:
    package = find_or_unpack(say=console.print)
    count = wanted.customers or (QUICK if wanted.quick else CUSTOMERS)
    agents = wanted.agents or (QUICK_AGENTS if wanted.quick else AGENTS)
    numbers = draw(count, wanted.seed)
    about = {**machine(), "asterisk": ".".join(map(str, package.version)), "customers": count, "agents": agents}
    stage = Stage(folder, package, agents, SLOW)
    with stage.running(numbers), Progress(console=console, transient=True) as bars:
        begun, ended = bars.add_task("dialled", total=count), bars.add_task("over", total=count)

        def look(dialled: int, over: int) -> None:
            bars.update(begun, completed=dialled)
            bars.update(ended, completed=over)

        seen = stage.run(count, 0 if wanted.no_kill else count // 2, PATIENCE, look)
    told = _told(about, judge(numbers, seen.attempts, seen.accounts), seen, agents)
    drawn = [in_the_dry_run(folder / "dialplans", NAME, numbers, agents, seed) for seed in DRAWS]
    return _held_against(told, on_the_telephone(seen.attempts, seen.killed_at, agents), drawn)


def _held_against(told: dict[str, Any], came: Came, drawn: Sequence[Came]) -> dict[str, Any]:
    """Add what the dry run foresees, and what is missed by it."""
    talking, share = fmean(draw.talking for draw in drawn), fmean(draw.share for draw in drawn)
    for name, foreseen, real in (("talk", talking, came.talking), ("abandonment", share, came.share)):
        if abs(foreseen - real) > POINTS:
            told["missed"].append(f"forecast of {name} within {POINTS:.0%}")
    return {**told, "while_dialling": asdict(came), "foreseen": [asdict(draw) for draw in drawn],
            "forecast": {"talking": talking, "abandoned": share}}  # fmt: skip


def _told(about: dict[str, Any], judged: Judged, seen: Seen, agents: int) -> dict[str, Any]:
    late = [wait for wait in judged.waits if wait > IN_TIME]
    took = max(1.0, seen.ended_at - seen.began_at)
    lists = {name: getattr(judged, name) for name in (*NONE_OF, "wrong_word")}
    missed = [name for name in NONE_OF if lists[name]]
    missed += ["agent later than 2 s"] if late else []
    missed += ["customers never dialled"] if judged.never_dialled else []
    return {
        "about": about, "missed": missed, "minutes": took / 60, "killed": bool(seen.killed_at),
        "dialled": judged.dialled, "never_dialled": judged.never_dialled, "persons": judged.persons,
        "abandoned": judged.abandoned, "late": late,
        "talking": seen.talked / (agents * took), "with_wrap_up": (seen.talked + 2.0 * seen.wrapped) / (agents * took),
        "waits": _spread(judged.waits), "heard_after": _spread(judged.heard_after),
        "told_after": _spread(judged.told_after),
        "words": [[who, word, number] for (who, word), number in sorted(judged.words.items())], **lists,
    }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, float | int | None]:
    return {"count": len(values), "median": percentile(values, 50), "p95": percentile(values, 95),
            "most": max(values, default=None)}  # fmt: skip


def _publish(told: dict[str, Any], target: str, console: Console) -> None:
    about = told["about"]
    table = Table(title=f"{about['customers']} customers, {about['agents']} agents, {told['minutes']:.1f} minutes")
    for head in ("customer", "the server's word", "how many"):
        table.add_column(head, justify="right" if head == "how many" else "left")
    for row in told["words"]:
        table.add_row(*map(str, row))
    console.print(table)
    persons = max(1, told["persons"])
    console.print(f"dialled {told['dialled']}, never {told['never_dialled']}; server killed: {told['killed']}")
    console.print(f"persons {told['persons']}, abandoned {told['abandoned']} ({told['abandoned'] / persons:.2%})")
    console.print(f"agents talked {told['talking']:.1%}, with wrap-up {told['with_wrap_up']:.1%} of their time")
    _compare(told, console)
    for name, key in (("greeting's end to agent, by the facts", "waits"),
                      ("last word to an agent's greeting, by his ear", "heard_after"),
                      ("last word to the message, by his ear", "told_after")):  # fmt: skip
        spread = told[key]
        figures = "  ".join(f"{part} {spread[part]:.2f} s" for part in ("median", "p95", "most") if spread["count"])
        console.print(f"{name}: {spread['count']}  {figures}")
    for name in (*NONE_OF, "wrong_word"):
        console.print(f"{name}: {len(told[name])} {', '.join(told[name][:6])}", markup=False)
    if told["missed"]:
        console.print(f"Missed: {', '.join(told['missed'])}", style="yellow")
    if target:
        text = json.dumps(told, indent=1) + "\n"
        sys.stdout.write(text) if target == "-" else Path(target).write_text(text, encoding="utf-8")


def _compare(told: dict[str, Any], console: Console) -> None:
    """What came beside what the dry run foresaw."""
    came, forecast = told["while_dialling"], told["forecast"]
    real = {"talking": came["talking"], "abandoned": told["abandoned"] / max(1, told["persons"])}
    for key, what in (("talking", "talk and wrap-up while there was somebody to dial"), ("abandoned", "abandoned")):
        console.print(f"{what}: {real[key]:.1%}, foreseen {forecast[key]:.1%}")
    for whose, minutes in (("came", came["minutes"]), ("foreseen", told["foreseen"][0]["minutes"])):
        console.print(f"minute by minute, {whose}: {' '.join(f'{minute:.0%}' for minute in minutes)}")


if __name__ == "__main__":
    sys.exit(main())
