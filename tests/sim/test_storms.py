"""Storms of simulated calls: no invariant breaks, a seed is a whole day, and every judge is shown to judge."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from planted_in_storms import PLANTED, RARE

from benchmarks.faults.season import play

pytestmark = pytest.mark.sim

CALLS = 500
TREE = Path(__file__).parents[2]


@pytest.mark.parametrize("seed", range(100, 110))
def test_a_storm_breaks_no_invariant(seed):
    season = play(seed, 2000)
    assert not season.broken
    assert season.calls > 1000
    assert dict(season.outcomes)["answered"] > 100


def test_the_storms_hold_every_fault():
    seasons = [play(seed, CALLS) for seed in range(200, 206)]
    struck = {name for season in seasons for name, count in season.faults if count}
    assert struck >= {
        "our deaths", "freezes", "stale servers refused", "links cut", "nodes cut off", "Asterisk restarts",
        "events late", "events repeated", "events lost", "actions lost", "floor edits", "phones lost",
        "rings at dead phones", "double clicks", "hang-ups in the instant of the answer",
    }  # fmt: skip
    seen = {name for season in seasons for name, _ in season.seen}
    assert seen >= {"CallbackDialled", "CallerLeftQueue", "TransferMade", "MessageLeft", "SurveyAnswered"}


def test_the_same_seed_gives_the_same_facts_in_another_program():
    code = f"from benchmarks.faults.season import play; print(play(7, {CALLS}).hash)"
    runs = [
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": hashseed, "PYTHONPATH": str(TREE)},
        ).stdout
        for hashseed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert runs[0].strip() != play(8, CALLS).hash


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
def test_a_planted_fault_is_named_by_its_invariant(bug, monkeypatch):
    bug(monkeypatch)
    others = []  # a fault may break something else first
    for seed in (RARE.get(bug, 300), *range(300, 340)):
        broken = play(seed, CALLS).broken
        if broken and broken.split()[0] in PLANTED[bug]:
            return
        others.append(broken)
    pytest.fail(f"its own judge did not see it: {others}")
