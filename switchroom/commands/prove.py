"""`switchroom prove`: whether the flows keep what they promise, on every way through them, and the way where not.

It does not know how that is found out; `ivr/proof.py` does.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from ivr.faults import Faults
from ivr.messages import JoinQueue, LookUp
from ivr.proof import Done, Failure, Passage, Proof, prove
from ivr.proof_moves import NOON, Kind
from ivr.speaking_time import lengths
from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.proof_script import as_transcript
from switchroom.trial.writing import written
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow import Flow
    from ivr.proof_space import Heard

_WORST_SHOWN = 12  # passages of a way


def prove_flows(flow: str, folder: Path | None, config: Path | None, *, as_json: bool) -> Code:
    """Prove one flow, or "" for all; exit code 1 when something does not hold, or the floor is at fault."""
    folder = folder or settings_from(config).settings.server.dialplans
    plan, faults = load_floor(folder)
    if plan is None:
        print_line("\n".join(map(str, faults)))
        print_line(say("check.faults", count=len(faults), folder=folder))
        return Code.NO
    if flow and flow not in plan.flows:
        raise UsageError(say("prove.unknown", flow=flow, flows=", ".join(sorted(plan.flows))))
    told = _Telling(plan, folder)
    proofs = [prove(plan.flows[name], told.heard) for name in sorted(plan.flows) if name == (flow or name)]
    if as_json:
        print_json({"holds": all(proof.holds for proof in proofs), "flows": [told.record(proof) for proof in proofs]})
    else:
        for proof in proofs:
            told.tell(proof)
    return Code.OK if all(proof.holds for proof in proofs) else Code.NO


class _Telling:
    """How the proofs of one floor are told."""

    def __init__(self, plan: FloorPlan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.heard = _heard(plan)

    def record(self, proof: Proof) -> dict[str, Any]:
        flow = self.plan.flows[proof.flow]
        return {
            "flow": proof.flow,
            "holds": proof.holds,
            "complete": proof.complete,
            "situations": proof.situations,
            "moves": proof.moves,
            "claims": [str(claim) for claim in proof.claims],
            "goals": [_goal(done) for done in proof.goals],
            "failures": [self._failure(failure, flow) for failure in proof.failures],
        }

    def _failure(self, failure: Failure, flow: Flow) -> dict[str, Any]:
        return {
            "claim": str(failure.claim),
            "file": self._file(flow),
            "line": failure.place.line,
            "column": failure.place.column,
            "message": failure.message,
            "keys": failure.keys,
            "way": [_passage(passage) for passage in failure.way],
            "then": [_passage(passage) for passage in failure.then],
            "call": self._call(failure, flow),
        }

    def tell(self, proof: Proof) -> None:
        flow = self.plan.flows[proof.flow]
        counts = {"situations": proof.situations, "moves": proof.moves}
        if not proof.complete:
            print_line(say("prove.too_many", flow=proof.flow, **counts))
            return
        failed = {failure.claim for failure in proof.failures}
        held = [_claim_words(str(claim)) for claim in proof.claims if claim not in failed]
        if failed:
            print_line(say("prove.fails", flow=proof.flow, **counts))
        else:
            print_line(say("prove.holds", flow=proof.flow, **counts))
        for words in held:
            print_line(f"  + {words}")
        for done in proof.goals:
            if isfinite(done.seconds):
                print_line("    " + say("prove.goal", goal=done.goal, seconds=done.seconds, keys=done.keys))
        for failure in proof.failures:
            self._tell(failure, flow)

    def _tell(self, failure: Failure, flow: Flow) -> None:
        faults = Faults(self._file(flow), self._text(flow))
        faults.add(failure.place, str(failure.claim), failure.message)
        print_line("\n".join(f"  {line}" for line in str(faults.all()[0]).splitlines()).replace("  ", "- ", 1))
        if failure.way:
            print_line("    " + say("prove.way", keys=_spelled(failure.keys) or say("prove.no_keys")))
            _tell_passages(failure.way)
        if failure.then:
            print_line("    " + say("prove.then"))
            _tell_passages(failure.then)
        print_line("    " + say("prove.call"))
        print_line("\n".join(f"      {line}" for line in self._call(failure, flow).splitlines()))

    def _call(self, failure: Failure, flow: Flow) -> str:
        called = next((number for number, name in self.plan.numbers.items() if name == flow.name), flow.name)
        zone = next((calendar.zone for calendar in self.plan.calendars.values()), "UTC")
        return written([as_transcript(failure, flow, called, NOON, zone)])

    def _file(self, flow: Flow) -> str:
        return str(self.folder / "flows" / f"{flow.name}.yaml")

    def _text(self, flow: Flow) -> str:
        try:
            return (self.folder / "flows" / f"{flow.name}.yaml").read_text(encoding="utf-8")
        except OSError:  # an editor is saving: the place is told without its line
            return ""


def _heard(plan: FloorPlan) -> Heard:
    seconds = lengths(plan.catalogue)

    def heard(prompt: str, language: str) -> float | None:
        return seconds.get((prompt, language))

    return heard


def _tell_passages(passages: tuple[Passage, ...]) -> None:
    shown = passages if len(passages) <= _WORST_SHOWN else (*passages[:4], None, *passages[-_WORST_SHOWN + 4 :])
    width = max(len(passage.step) for passage in passages)
    for passage in shown:
        if passage is None:
            print_line("      ...")
        else:
            line = f"{passage.step:<{width}}  {_did(passage)}"
            print_line(f"      {line:<60}  {passage.seconds:5.1f} s" if passage.seconds else f"      {line}")


def _did(passage: Passage) -> str:
    if passage.keys:
        masked = getattr(passage.doing, "secret", False)
        return say("prove.press", keys="*" * len(passage.keys) if masked else _spelled(passage.keys))
    if passage.kind is Kind.SILENCE:
        return say("prove.silence")
    if passage.kind is Kind.SPEECH:
        return say("prove.speech")
    told = passage.edge.move.told
    if isinstance(passage.doing, LookUp):
        return say("prove.source", source=passage.doing.source, outcome=getattr(told, "outcome", passage.exit))
    if isinstance(passage.doing, JoinQueue):
        return say("prove.queue", queue=passage.doing.queue, why=getattr(told, "why", passage.exit))
    return say("prove.leaves", exit=passage.exit)


def _spelled(keys: str) -> str:
    return " ".join(keys) if len(keys) <= 12 else keys


def _goal(done: Done) -> dict[str, Any]:
    return {"goal": done.goal, "seconds": done.seconds if isfinite(done.seconds) else None, "keys": done.keys}


def _passage(passage: Passage) -> dict[str, Any]:
    masked = getattr(passage.doing, "secret", False)
    return {
        "step": passage.step,
        "verb": passage.verb,
        "kind": str(passage.kind),
        "keys": "" if masked else passage.keys,
        "exit": passage.exit,
        "seconds": round(passage.seconds, 1),
    }


def _claim_words(claim: str) -> str:
    return {
        "ends": say("prove.claim.ends"),
        "way-out": say("prove.claim.way_out"),
        "secrets": say("prove.claim.secrets"),
        "prompts": say("prove.claim.prompts"),
        "person": say("prove.claim.person"),
        "done": say("prove.claim.done"),
    }[claim]
