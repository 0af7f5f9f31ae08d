"""How many calls does a kill cost? SIGKILL for the server, again and again, under callers who do not stop coming.

    python benchmarks/kills/run.py [--quick] [--json FILE] [--seed N] [--kills N] [--rate A_SECOND] [--keep FOLDER]

Two arms: the server is killed and its watchdog starts the next; server and watchdog are killed and started anew. The
callers' and the agents' phones are SIPp, whose own logs are the truth that the journal is compared with (checker.py).
Exit code 0 when nothing went wrong with any call, 1 when something did, 2 when it could not be run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

from rich.console import Console
from rich.table import Table

from benchmarks.arena import ArenaError, machine
from benchmarks.kills.aftermath import Restart, outages, read_calls, read_restarts
from benchmarks.kills.checker import Kind, Verdict, check, shown
from benchmarks.kills.drive import Done, Plan, Victim, run
from cti.asterisk.daemon import DaemonError
from cti.asterisk.package import Package, find_or_unpack
from cti.debian import CannotUnpackError
from journal.views import JournalReader

KILLS, QUICK_KILLS = {Victim.SERVER: 20, Victim.BOTH: 6}, {Victim.SERVER: 3, Victim.BOTH: 2}
RATE, QUICK_RATE = 5.0, 2.0

Told = dict[str, dict[str, Any]]  # "machine", and "arms" by name


def main(words: Sequence[str] | None = None) -> int:
    """Run both arms, print the table."""
    wanted = _arguments().parse_args(words)
    console = Console(stderr=wanted.json == "-")
    with tempfile.TemporaryDirectory(prefix="switchroom-kills-", ignore_cleanup_errors=True) as temporary:
        folder = Path(wanted.keep or temporary).absolute()
        try:
            told = _measure(wanted, folder, console)
        except (ArenaError, DaemonError, CannotUnpackError, OSError) as fault:
            console.print(f"The benchmark cannot be run: {fault}", style="red", markup=False)
            return 2
    _publish(told, wanted.json, console)
    return 1 if any(arm["wrong"] for arm in told["arms"].values()) else 0


def _arguments() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(description="SIGKILL under load: what it costs the callers, and how long it takes")
    reader.add_argument("--quick", action="store_true", help="3 and 2 kills under 2 calls/s: does it run at all?")
    reader.add_argument("--json", default="", metavar="FILE", help="write all figures there; - is standard output")
    reader.add_argument("--seed", type=int, default=1, help="draws callers and moments of death (default 1)")
    reader.add_argument("--kills", type=int, default=0, help="kills in each arm (default 20 and 6)")
    reader.add_argument("--rate", type=float, default=0.0, help="calls a second (default 5)")
    reader.add_argument("--keep", default="", metavar="FOLDER", help="keep all logs and journals there")
    return reader


def _measure(wanted: argparse.Namespace, folder: Path, console: Console) -> Told:
    package: Package = find_or_unpack(say=console.print)
    about = {**machine(), "asterisk": ".".join(map(str, package.version)), "recording": "off", "audio": "none sent"}
    arms = {}
    for victim in Victim:
        kills = wanted.kills or (QUICK_KILLS if wanted.quick else KILLS)[victim]
        rate = wanted.rate or (QUICK_RATE if wanted.quick else RATE)
        plan = Plan(victim, kills, rate, seed=wanted.seed)
        length = plan.moments()[-1]
        console.print(f"{kills} kills of {victim} in {length:.0f} s under {rate:g} calls/s, {plan.agents()} agents ...")
        done = run(plan, folder / victim.name.lower(), package)
        arms[victim.value] = judge(done)
    return {"machine": about, "arms": arms}


def judge(done: Done) -> dict[str, Any]:
    """Read the journal beside the phones' logs, and say everything about one arm as plain values."""
    reader = JournalReader.open_reader(done.journal)
    try:
        restarts = read_restarts(reader, done.kills, done.truth)
        verdict = check(done.planned, done.truth, read_calls(reader), outages(restarts))
    finally:
        reader.close()
    wrong = {kind.value: verdict.count(kind) for kind in Kind}
    return {
        "kills": len(done.kills),
        "calls_per_second": done.plan.rate,
        "agents": done.plan.agents(),
        "seed": done.plan.seed,
        **_counts(verdict),
        "up_at_a_kill_mean": _up(done),
        "wrong_by_kind": wrong,
        "wrong": sum(wrong.values()) + done.still_open + len(done.remarks),
        "still_open_at_the_end": done.still_open,
        "findings": shown(verdict.findings),
        "remarks": done.remarks,
        "seconds": _times(restarts),
        "restarts": [asdict(one) for one in restarts],
    }


def _counts(verdict: Verdict) -> dict[str, object]:
    return {
        "callers": verdict.callers,
        "talks": verdict.talks,
        "abandoned": verdict.abandoned,
        "ended_in_flow": verdict.left_flow,
        "undecided": verdict.undecided,
        "talk_length_off_most": round(max(map(abs, verdict.talk_errors), default=0.0), 3),
    }


def _up(done: Done) -> dict[str, float]:
    """How many callers were in the flow or waiting, and how many talks were up, at a kill in the mean."""
    calls = [seen for seen in done.truth.callers.values() if seen.connected is not None]
    talks = [leg for legs in done.truth.legs.values() for leg in legs if leg.answered is not None]
    up = [sum((c.connected or 0) <= at < (c.over or at) for c in calls) for at in done.kills]
    talking = [sum((t.answered or 0) <= at < (t.over or at) for t in talks) for at in done.kills]
    number = max(1, len(done.kills))
    return {"calls": round(sum(up) / number, 1), "talks": round(sum(talking) / number, 1)}


def _times(restarts: Sequence[Restart]) -> dict[str, dict[str, float | None]]:
    named = {
        "journal taken": [one.took_floor for one in restarts],
        "adopted": [one.adopted for one in restarts],
        "first routed call rings": [one.routed for one in restarts],
    }
    return {name: _spread([value for value in values if value is not None]) for name, values in named.items()}


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"p50": None, "most": None, "of": 0}
    return {"p50": round(median(values), 3), "most": round(max(values), 3), "of": len(values)}


# ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _publish(told: Told, target: str, console: Console) -> None:
    console.print(table(told))
    for name, arm in told["arms"].items():
        for kind, words in arm["findings"].items():
            for line in words:
                console.print(f"{name}: {kind}: {line}", markup=False, style="red")
    text = json.dumps(told, indent=2) + "\n"
    if target == "-":
        print(text, end="")
    elif target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_text(text, encoding="utf-8")


def table(told: Told) -> Table:
    """One column an arm."""
    about = told["machine"]
    made = Table(
        title=f"SIGKILL under load\n{about['cpu']}, {about['cores']} cores, Asterisk {about['asterisk']}, "
        f"Python {about['python']}, recording {about['recording']}",
        title_justify="left",
    )
    made.add_column("")
    for name in told["arms"]:
        made.add_column(name, justify="right")
    arms = list(told["arms"].values())
    for row, texts in _rows(arms):
        made.add_row(row, *texts)
    return made


def _rows(arms: Sequence[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    def plain(key: str) -> list[str]:
        return [str(arm[key]) for arm in arms]

    def inside(key: str, name: str, what: str = "") -> list[str]:
        found = [arm[key][name] for arm in arms]
        return [str(value[what] if what else value) for value in found]

    rows = [
        ("kills", plain("kills")),
        ("calls a second", plain("calls_per_second")),
        ("callers", plain("callers")),
        ("calls up at a kill, mean", inside("up_at_a_kill_mean", "calls")),
        ("of them in a talk, mean", inside("up_at_a_kill_mean", "talks")),
        ("talks", plain("talks")),
        *((f"WRONG: {kind}", inside("wrong_by_kind", kind)) for kind in Kind),
        ("undecided by anybody", plain("undecided")),
        ("talk length off, most, s", plain("talk_length_off_most")),
    ]
    for name in ("journal taken", "adopted", "first routed call rings"):
        rows.append((f"kill to {name}, p50, s", inside("seconds", name, "p50")))
        rows.append((f"kill to {name}, most, s", inside("seconds", name, "most")))
    return rows


if __name__ == "__main__":
    sys.exit(main())
