"""Times checking, proving and refusing. It does not know how the figures are shown, nor what they should be."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.flows.floors import BESIDE, BLOCK, flow_text, write_floor
from ivr import source
from ivr.flow import MAX_STEPS
from ivr.proof import prove
from ivr.source import MAX_BYTES, read
from ivr.speaking_time import lengths
from switchroom.advice import advise
from switchroom.floorplan import FloorPlan, load_floor

if TYPE_CHECKING:
    from collections.abc import Iterator

TREE = Path(__file__).parents[2]
LARGEST = (MAX_STEPS - BESIDE) // BLOCK  # blocks of a flow as large as may be


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was timed, in seconds: the middle and the worst of `rounds`. `aim` is None where there is none."""

    what: str
    size: str
    median: float
    worst: float
    rounds: int
    aim: float | None = None

    @property
    def met(self) -> bool | None:
        return None if self.aim is None else self.median <= self.aim


def measure(folder: Path, flows: int, rounds: int, say: Callable[[str], None]) -> list[Figure]:
    """Everything, the quick things first."""
    floor = write_floor(folder / "many", flows, 3)
    plan = _plan(floor)
    steps = sum(len(flow.steps) for flow in plan.flows.values())
    size = f"{flows} flows, {steps} steps"
    found = []

    def add(what: str, size: str, act: Callable[[], object], aim: float | None = None) -> None:
        say(f"{what} ...")
        found.append(_timed(what, size, act, rounds, aim))

    add("check", size, lambda: _check(floor))
    add("check, the whole command", size, lambda: _command("check", str(floor)), 1.0 if flows >= 200 else None)
    with _without_libyaml():
        add("check without libyaml", size, lambda: _check(floor))
    add("prove", size, lambda: _prove(plan))
    large = _plan(write_floor(folder / "large", 1, LARGEST))
    count = len(large.flows["flow-000"].steps)
    add("prove", f"1 flow, {count} steps", lambda: _prove(large), 2.0)
    add("read and check", f"1 flow, {count} steps", lambda: _check(folder / "large"))
    for name, text in hostile().items():
        add(f"refuse: {name}", f"{len(text) / 1e6:.1f} MB", lambda text=text: _refuse(text), 1.0)  # type: ignore[misc]
    return found


def hostile() -> dict[str, str]:
    """Texts that want to cost much."""
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*b{n - 1}, *b{n - 1}]\n" for n in range(MAX_BYTES // 36))
    return {
        "ten megabytes": "a: 1\n" * 2_000_000,
        "anchors bomb": bomb,
        "deep nesting": "a: " + "[" * (MAX_BYTES - 10),
        "a list without end": "a: [" + "1," * (MAX_BYTES // 2 - 10) + "]",
        "an error at the end": flow_text("x", LARGEST) + "  end: [\n",
    }


def _plan(folder: Path) -> FloorPlan:
    plan, faults = load_floor(folder)
    if plan is None:
        raise SystemExit("\n".join(map(str, faults)))
    return plan


def _check(folder: Path) -> None:
    advise(folder, _plan(folder))


def _prove(plan: FloorPlan) -> None:
    seconds = lengths(plan.catalogue)
    for flow in plan.flows.values():
        proof = prove(flow, lambda prompt, language: seconds.get((prompt, language)))
        if not proof.holds:
            raise SystemExit(f"{flow.name}: {proof.failures[:1]}")


def _refuse(text: str) -> None:
    if not read(text, "x.yaml")[1]:
        raise SystemExit("a hostile text was taken")


def _command(*words: str) -> None:
    program = "from switchroom.cli import main; main()"
    subprocess.run([sys.executable, "-c", program, *words], check=True, stdout=subprocess.DEVNULL, cwd=TREE)


def _timed(what: str, size: str, act: Callable[[], object], rounds: int, aim: float | None) -> Figure:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        took.append(time.perf_counter() - begun)
    return Figure(what, size, statistics.median(took), max(took), rounds, aim)


@contextmanager
def _without_libyaml() -> Iterator[None]:
    fast, source._FAST = source._FAST, source._PLAIN  # noqa: SLF001 - there is no other way to see the slow one
    try:
        yield
    finally:
        source._FAST = fast  # noqa: SLF001 - as above
