"""Campaigns on a simulated floor: every customer to one end, nobody rung twice, and the same again after any death."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dial_floor import broken, floor, restored, snapshot

import desk.campaign_vocabulary as said
import journal.outbound_facts as made
from switchroom.simulator import Simulator

pytestmark = pytest.mark.sim


def play(sim: Simulator, seconds: float = 900.0, stops: float = 1200.0) -> list[Any]:
    """A manager starts it after a minute, and stops it later."""
    sim.after(60.0, lambda: sim.tell(said.CampaignStartAsked("boss", "cards-offer")))
    sim.after(stops, lambda: sim.tell(said.CampaignStopAsked("boss", "cards-offer")))
    sim.run(seconds)
    return sim.facts


@pytest.mark.parametrize(("seed", "mode"), [(1, "ratio"), (2, "progressive"), (3, "message"), (4, "ratio")])
def test_a_quiet_day_breaks_no_promise(tmp_path: Path, seed: int, mode: str) -> None:
    sim = floor(tmp_path, seed, mode)
    play(sim)
    assert broken(sim) == []
    outcomes = Counter(fact.outcome for fact in sim.facts if isinstance(fact, made.AttemptEnded))
    reached = "informed" if mode == "message" else "connected"
    assert outcomes[reached] > 20, outcomes
    assert not sim.centre.outbound.dialler.attempts


@pytest.mark.parametrize("seed", range(10, 14))
def test_a_day_of_deaths_rings_nobody_twice_and_loses_nobody(tmp_path: Path, seed: int) -> None:
    sim = floor(tmp_path, seed, death=0.01, told_twice=0.05)
    play(sim)
    assert sim.deaths > 10
    assert broken(sim) == []
    assert not sim.centre.outbound.dialler.attempts


@pytest.mark.parametrize("seed", range(20, 23))
def test_what_facts_tell_is_what_is(tmp_path: Path, seed: int) -> None:
    sim, differs = floor(tmp_path, seed), []

    def compare(sim: Simulator, effects: list[Any]) -> None:
        if sim.turns % 61 == 0:
            there, again = snapshot(sim.centre), snapshot(restored(sim))
            differs.extend(f"{key}: {there[key]} != {again[key]}" for key in there if there[key] != again[key])

    sim.on_turn = compare
    play(sim, 400.0, 600.0)
    assert not differs, differs[:3]
