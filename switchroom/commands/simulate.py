"""`switchroom simulate`: transcripts played through the real centre in virtual time, and what came of it.

It does not know what makes a transcript come true; `switchroom/trial/verdict.py` does.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.trial.coverage import FlowCoverage
from switchroom.trial.floor import FloorAtFault, read_files, transcript_files, trial_plan
from switchroom.trial.junit import junit, title_of
from switchroom.trial.together import play_all
from switchroom.trial.verdict import Verdict
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.faults import Fault
    from switchroom.plan import Plan
    from switchroom.trial.script import Transcript

NAMED_AT_MOST = 12  # steps that the summary of a flow names, unless all are asked for


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `folder` is another dialplans folder than the configured one; `whole` names every step."""

    files: tuple[Path, ...]
    folder: Path | None
    report: Path | None
    whole: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    verdicts: tuple[Verdict, ...]
    faults: tuple[Fault, ...]
    flows: tuple[FlowCoverage, ...]
    seconds: float

    @property
    def failed(self) -> int:
        return sum(not verdict.passed for verdict in self.verdicts)

    @property
    def sound(self) -> bool:
        return not self.failed and not self.faults


def simulate(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Play every transcript; exit code 1 when one does not come true, or a file or the floor is at fault."""
    server = settings_from(config).settings.server
    folder = wish.folder or server.dialplans
    files = transcript_files(wish.files, folder)
    if not files:
        raise UsageError(say("simulate.none", folder=folder / "tests"))
    try:
        plan = trial_plan(folder, server.country)
    except FloorAtFault as fault:
        print_line(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder))
        return Code.NO
    transcripts, faults = read_files(files)
    outcome = _play(plan, transcripts, tuple(faults))
    if wish.report is not None:
        _write(wish.report, junit(outcome.verdicts, outcome.seconds))
    if as_json:
        print_json(_record(outcome))
    else:
        _tell(outcome, whole=wish.whole)
    return Code.OK if outcome.sound else Code.NO


def _play(plan: Plan, transcripts: list[Transcript], faults: tuple[Fault, ...]) -> _Outcome:
    began = time.perf_counter()
    verdicts, coverage = play_all(plan, transcripts)
    return _Outcome(tuple(verdicts), faults, coverage.flows(), time.perf_counter() - began)


def _write(path: Path, text: str) -> None:
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutsideError(str(error), say("simulate.report.remedy")) from error


def _tell(outcome: _Outcome, *, whole: bool) -> None:
    for fault in outcome.faults:
        print_line(str(fault))
    for verdict in outcome.verdicts:
        if verdict.difference is not None:
            print_line(failure_text(verdict))
    for flow in outcome.flows:
        _tell_flow(flow, whole=whole)
    counts = {"count": len(outcome.verdicts), "failed": outcome.failed, "seconds": f"{outcome.seconds:.2f}"}
    print_line(say("simulate.faults", count=len(outcome.faults)) if outcome.faults else say("simulate.ran", **counts))


def failure_text(verdict: Verdict) -> str:
    """A failed scenario: where, what differs, and the section as a diff."""
    found = verdict.difference
    if found is None:
        return ""
    head = f"{verdict.transcript.file}:{found.place.line}:{found.place.column}  {found.problem}"
    title = f"      ({title_of(verdict)})"
    return "\n".join((head, title, *(f"    {line}" for line in found.section)))


def _tell_flow(flow: FlowCoverage, *, whole: bool) -> None:
    if not flow.tested:
        print_line(say("simulate.untested", flow=flow.flow))
        return
    met, taken = flow.steps - len(flow.untested_steps), flow.exits - len(flow.untaken_exits)
    print_line(say("simulate.flow", flow=flow.flow, met=met, steps=flow.steps, taken=taken, exits=flow.exits))
    if flow.untested_steps:
        named = _named(flow.untested_steps, whole=whole)
        print_line(say("simulate.steps", count=len(flow.untested_steps), names=named))
    met_only = [(step, way) for step, way in flow.untaken_exits if step not in flow.untested_steps]
    if met_only:
        ways = tuple(f"{step}.{way}" for step, way in met_only)
        print_line(say("simulate.exits", count=len(ways), names=_named(ways, whole=whole)))


def _named(names: tuple[str, ...], *, whole: bool) -> str:
    shown = names if whole else names[:NAMED_AT_MOST]
    return ", ".join(shown) + (" ..." if len(shown) < len(names) else "")


def _record(outcome: _Outcome) -> dict[str, object]:
    return {
        "scenarios": len(outcome.verdicts),
        "failed": outcome.failed,
        "seconds": round(outcome.seconds, 3),
        "faults": [fault.record() for fault in outcome.faults],
        "verdicts": [verdict_record(verdict) for verdict in outcome.verdicts],
        "flows": [asdict(flow) for flow in outcome.flows],
    }


def verdict_record(verdict: Verdict) -> dict[str, object]:
    """A verdict as plain values."""
    found = verdict.difference
    place = found.place if found else verdict.transcript.place
    return {
        "file": verdict.transcript.file,
        "title": title_of(verdict),
        "passed": verdict.passed,
        "line": place.line,
        "column": place.column,
        "problem": found.problem if found else "",
        "section": list(found.section) if found else [],
    }
