"""How soon a key stops a prompt, what a step costs beside a plain dialplan, whether a key is ever lost.

    python benchmarks/barge_in/run.py [--quick] [--json FILE] [--seed N] [--calls N] [--load RATE] [--typists N]

Two arms in turn, alone and under load: our server, and the same sounds and keys in a plain dialplan without it. Times
are the kernel's, from every RTP packet on loopback. Exit code 1 when an aim is missed, 2 when it cannot be run.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

from rich.console import Console
from rich.table import Table

from benchmarks.arena import ArenaError, machine
from benchmarks.barge_in.audio import Stop
from benchmarks.barge_in.drive import TYPED, Stage
from benchmarks.capture import CannotCaptureError
from benchmarks.figures import percentile
from cti.asterisk.daemon import DaemonError
from cti.asterisk.package import find_or_unpack
from cti.debian import CannotUnpackError

ARMS = ("switchroom", "plain")
CALLS, QUICK_CALLS = 120, 12
ROUND = 30  # calls of one arm before the other has its turn
LOAD, QUICK_LOAD = 20.0, 2.0  # calls a second
TYPISTS, QUICK_TYPISTS = 100, 5
STOP_AIM, STEP_AIM = 0.150, 0.005  # seconds


def main(words: Sequence[str] | None = None) -> int:
    """Run everything, print the table."""
    wanted = _arguments().parse_args(words)
    console = Console(stderr=wanted.json == "-")
    with tempfile.TemporaryDirectory(prefix="switchroom-barge-in-", ignore_cleanup_errors=True) as folder:
        try:
            told = _measure(wanted, Path(folder), console)
        except (ArenaError, CannotCaptureError, DaemonError, CannotUnpackError, OSError) as fault:
            console.print(f"The benchmark cannot be run: {fault}", style="red", markup=False)
            return 2
    _publish(told, wanted.json, console)
    return 1 if told["missed"] else 0


def _arguments() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(description="barge-in, the cost of a step, and keys typed ahead")
    reader.add_argument("--quick", action="store_true", help="a dozen calls: does it run at all?")
    reader.add_argument("--json", default="", metavar="FILE", help="write all figures there; - is standard output")
    reader.add_argument("--seed", type=int, default=1, help="draws the keys that are typed (default 1)")
    reader.add_argument("--calls", type=int, default=0, help="calls of each arm, alone and under load (default 120)")
    reader.add_argument("--load", type=float, default=0.0, help="calls a second beside them (default 20)")
    reader.add_argument("--typists", type=int, default=0, help="callers who type ahead at once (default 100)")
    return reader


def _measure(wanted: argparse.Namespace, folder: Path, console: Console) -> dict[str, Any]:
    package = find_or_unpack(say=console.print)
    calls = wanted.calls or (QUICK_CALLS if wanted.quick else CALLS)
    rate = wanted.load or (QUICK_LOAD if wanted.quick else LOAD)
    typists = wanted.typists or (QUICK_TYPISTS if wanted.quick else TYPISTS)
    about = {**machine(), "asterisk": ".".join(map(str, package.version)), "recording": "off", "key": "held 100 ms"}
    with Stage(folder, package) as stage:
        console.print(f"{calls} calls of each arm, alone ...")
        alone = _rounds(stage, calls)
        console.print(f"{calls} calls of each arm, under {rate:g} calls/s ...")
        with stage.load(rate, seconds=60 + calls * 4.0):
            loaded = _rounds(stage, calls)
        console.print(f"{typists} callers type {TYPED} keys each ...")
        typed = stage.typed_ahead(typists, wanted.seed)
    wrong = [asdict(one) for one in typed if one.kept != one.pressed]
    arms = {f"{arm}, {how}": figures(stops, calls) for how, found in (("alone", alone), (f"{rate:g}/s", loaded))
            for arm, stops in found.items()}  # fmt: skip
    keys = {"callers": typists, "pressed": typists * TYPED, "kept": sum(len(one.kept) for one in typed), "wrong": wrong}
    told = {"machine": about, "arms": arms, "keys": keys}
    return {**told, "missed": _missed(told)}


def _rounds(stage: Stage, calls: int) -> dict[str, list[Stop]]:
    """The arms in turn, so that whatever else the machine does falls on both."""
    found: dict[str, list[Stop]] = {arm: [] for arm in ARMS}
    left = calls
    while left > 0:
        for arm in ARMS:
            found[arm] += stage.stops(arm, min(left, ROUND))
        left -= ROUND
    return found


def figures(stops: Sequence[Stop], calls: int) -> dict[str, Any]:
    """Milliseconds: 50th and 95th percentile and the most, of each time. `calls` were made."""
    times = {
        "stop": [stop.stopped for stop in stops],
        "stop_after_key_up": [stop.stopped - stop.held for stop in stops],
        "answer": [stop.answered - stop.held for stop in stops],
        "step": [pause for stop in stops for pause in stop.steps if not math.isnan(pause)],
    }
    told: dict[str, Any] = {"calls": calls, "measured": len(stops)}
    for name, values in times.items():
        most = max(values, default=None)
        for share, value in (("p50", percentile(values, 50)), ("p95", percentile(values, 95)), ("max", most)):
            told[f"{name}_{share}"] = None if value is None else round(value * 1000, 1)
    return told


def _missed(told: dict[str, Any]) -> list[str]:
    """The aims that were not reached, in words."""
    arms, found = told["arms"], list[str]()
    for name, arm in arms.items():
        if arm["measured"] < arm["calls"]:
            found.append(f"{name}: {arm['calls'] - arm['measured']} calls could not be measured")
        if name.startswith("switchroom"):
            plain = arms[name.replace("switchroom", "plain")]
            if arm["stop_p95"] is None or arm["stop_p95"] > STOP_AIM * 1000:
                found.append(f"{name}: the prompt stops after {arm['stop_p95']} ms (p95)")
            more = {time: (arm[time] or 0) - (plain[time] or 0) for time in ("answer_p95", "step_p95")}
            slower = [time for time, by in more.items() if by > STEP_AIM * 1000]
            found += [f"{name}: {time} {arm[time]} ms, plain dialplan {plain[time]} ms" for time in slower]
    if told["keys"]["wrong"]:
        found.append(f"keys: {len(told['keys']['wrong'])} callers' keys are not in the journal as pressed")
    return found


def _publish(told: dict[str, Any], file: str, console: Console) -> None:
    table = Table(title="Milliseconds: p50 / p95 / max")
    for column in ("arm", "calls", "key down → prompt silent", "key up → prompt silent", "key up → next sound",
                   "step → step"):  # fmt: skip
        table.add_column(column, justify="left" if column == "arm" else "right")
    for name, arm in told["arms"].items():
        cells = (
            " / ".join(str(arm[f"{time}_{share}"]) for share in ("p50", "p95", "max"))
            for time in ("stop", "stop_after_key_up", "answer", "step")
        )
        table.add_row(name, f"{arm['measured']}/{arm['calls']}", *cells)
    console.print(table)
    keys = told["keys"]
    console.print(f"{keys['callers']} callers typed {keys['pressed']} keys; in the journal: {keys['kept']}; "
                  f"callers whose keys differ: {len(keys['wrong'])}")  # fmt: skip
    for aim in told["missed"]:
        console.print(f"missed: {aim}", style="red", markup=False)
    about = told["machine"]
    console.print(", ".join(f"{name} {value}" for name, value in about.items()), style="dim", markup=False)
    if file == "-":
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    elif file:
        Path(file).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
