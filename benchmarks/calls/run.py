"""`benchmarks/calls`: the same SIPp calls through app_queue and through Switchroom, on one Asterisk, in turn.

It prints tables and, with --json, writes them; docs/benchmarks.md tells what is measured and how. Exit code 0 when it
ran, whatever it found: a lost comparison is a result.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console

from benchmarks.arena import ArenaError, machine
from benchmarks.calls.arms import DEFAULTS, OURS, QUEUE_OPTIONS, TUNED
from benchmarks.calls.rounds import ARMS, FULL, QUICK, Plan, busy, ramp, screens
from benchmarks.calls.stage import CallStage
from benchmarks.calls.tables import (
    Run,
    aims_table,
    busy_table,
    conditions_table,
    ramp_table,
    screens_table,
    write_json,
)
from benchmarks.calls.verdict import judge
from benchmarks.capture import CannotCaptureError
from cti.asterisk.package import Package, find_or_unpack

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "calls.json"


def main() -> int:
    """Measure, show, write."""
    options = _options()
    plan = _plan(options)
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="switchroom-calls-", ignore_cleanup_errors=True) as made:
        folder = options.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            run = _measure(folder, plan, _arms(options), told)
        except (ArenaError, CannotCaptureError) as fault:
            told.print(f"calls: {fault}", style="red", markup=False)
            return 3
    _show(run, Console() if sys.stdout.isatty() else Console(width=150))
    write_json(run, options.json)
    return 0


def _measure(folder: Path, plan: Plan, arms: tuple[str, ...], told: Console) -> Run:
    package = find_or_unpack(say=told.print)
    conditions = _conditions(plan, package)

    def say(text: str) -> None:
        told.print(text, markup=False, highlight=False)

    with CallStage(folder, package, plan.seats) as stage:
        steps = tuple(ramp(stage, plan, arms, say))
        waiting = tuple(busy(stage, plan, arms, say))
        shown = screens(stage, plan, say) if OURS in arms else None
    return Run(conditions, steps, waiting, shown, tuple(judge(steps, waiting, shown, plan.aim_rate)))


def _conditions(plan: Plan, package: Package) -> dict[str, object]:
    seats = asdict(plan.seats)
    return {
        **machine(),
        "asterisk": ".".join(map(str, package.version)),
        "shared": "SIPp, Asterisk, the server and the recorder share these cores",
        "ami": "event filter on; connected in the Switchroom arm only",
        "app_queue": "loaded in its own arms only; no AMI connection then",
        **{f"{arm}: queue": _written(QUEUE_OPTIONS[arm]) for arm in (DEFAULTS, TUNED)},
        "recording": "every talk, two legs, both arms" if plan.recording else "off in both",
        "media": "prompt and music are sent; the talk itself is silent (SIPp sends no audio)",
        "key": "SIP INFO, application/dtmf-relay, 1 s after the answer",
        "pace": f"calls evenly spaced, {plan.seconds:g} s a step; talk {plan.talk:g} s ± 25 % (seed {plan.seed})",
        "agents": ", ".join(f"{count} {kind}" for kind, count in seats.items()),
        "held": "≥ 99.9 % reached an agent and ended in order, no SIP message sent twice; one more try after a failure",
    }


def _written(options: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in options.items())


def _show(run: Run, console: Console) -> None:
    console.print(conditions_table(run))
    console.print(ramp_table(run.ramp))
    console.print(busy_table(run.busy))
    if run.screens is not None:
        console.print(screens_table(run.screens))
    console.print(aims_table(run.aims))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/calls", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="small and short: does it run? (under two minutes)")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    parser.add_argument("--rates", help="calls a second, such as 25,50,75")
    parser.add_argument("--seconds", type=float, help="length of a step")
    parser.add_argument("--recording", action="store_true", help="record every talk in both arms")
    parser.add_argument("--arms", help=f"some of: {', '.join(ARMS)}")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it (logs, journal, last wire record)")
    parser.add_argument("--seed", type=int, default=1, help="the dice of the talks' lengths (%(default)s)")
    return parser.parse_args()


def _plan(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    if options.rates:
        rates = tuple(sorted(float(each) for each in options.rates.split(",")))
        aim = plan.aim_rate if plan.aim_rate in rates else rates[len(rates) // 2]
        plan = replace(plan, rates=rates, aim_rate=aim)
    if options.seconds:
        plan = replace(plan, seconds=options.seconds)
    return replace(plan, recording=options.recording, seed=options.seed)


def _arms(options: argparse.Namespace) -> tuple[str, ...]:
    if not options.arms:
        return ARMS
    wanted = {each.strip() for each in options.arms.split(",")}
    unknown = wanted - set(ARMS)
    if unknown:
        raise SystemExit(f"no such arm: {', '.join(sorted(unknown))}; there are: {', '.join(ARMS)}")
    return tuple(arm for arm in ARMS if arm in wanted)


if __name__ == "__main__":
    sys.exit(main())
