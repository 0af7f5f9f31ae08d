"""Callers cut off at any step, servers killed at any step: nothing confirmed is lost, asked twice, or told to others.

`JOURNEYS=10000 pytest tests/sim/test_journeys.py` makes the full count (about half a minute).
"""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from journeys import Broken, travel

import journal.facts as facts
from ivr import breakpoint as points
from ivr import resume_offer, trail
from switchroom import recovery, resume
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.sim

JOURNEYS = int(os.environ.get("JOURNEYS", "2000"))


@pytest.fixture(scope="module")
def floor():
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    return floor


def test_random_journeys_lose_nothing_ask_nothing_twice_and_tell_nothing_private(floor):
    tally = travel(floor, JOURNEYS, seed=1)
    rare = {name: count for name, count in asdict(tally).items() if count < JOURNEYS // 100}
    assert not rare, f"too rare to say anything: {rare} of {tally}"


def test_the_same_seed_gives_the_same_journeys(floor):
    assert travel(floor, 60, seed=3) == travel(floor, 60, seed=3)


# ── planted bugs: each must be seen ─────────────────────────────────────────────────────────────────────────────────


def forgets_what_he_said(patch):
    real = points._landed
    patch.setattr(points, "_landed", lambda *args: replace(real(*args), variables=()))


def brings_private_things_without_a_proof(patch):
    patch.setattr(points, "keep", lambda flow, state, real=points.keep: _unveiled(real(flow, state)))


def _unveiled(kept):
    return kept and replace(kept, private=())


def tells_the_point_before_the_proof(patch):
    real = resume_offer._asking

    def asking(flow, landing):
        step = real(flow, landing)
        return replace(step, prompts=(*resume_offer._words(flow, landing), "resume-choice"))

    patch.setattr(resume_offer, "_asking", asking)


def lands_without_a_proof(patch):
    real = points._rule

    def rule(flow, kept, visited):
        return points.Resume.FREELY if real(flow, kept, visited) != "never" else points.Resume.NEVER

    patch.setattr(points, "_rule", rule)


def believes_any_customer(patch):
    def proved(flow, state, told, step, target):
        if state.offer is not None and state.level == "authenticated" and not step.startswith("("):
            return None, points.RESUMED
        return real(flow, state, told, step, target)

    real = points.proved
    patch.setattr(points, "proved", proved)
    patch.setattr(points, "_another", lambda *_: False)


def lands_where_nobody_may(patch):
    real = points._rule

    def rule(flow, kept, visited):
        step = flow.steps.get(visited.step)
        never = step is not None and step.resume == "never"
        return points.Resume.FREELY if never else real(flow, kept, visited)

    patch.setattr(points, "_rule", rule)


def asks_again_what_was_said(patch):
    patch.setattr(trail, "said", lambda *_: "")


def offers_twice(patch):
    patch.setattr("customers.breakpoints.Breakpoints.drop", lambda *_: None)


def offers_after_a_failed_proof(patch):
    patch.setattr(points, "FAILED", "no such level")


def forgets_the_point(patch):
    patch.setattr(resume, "_point", lambda *_: None)


def forgets_the_offer_with_our_death(patch):
    patch.delitem(recovery.READERS, facts.BreakpointTaken)


def forgets_the_answer_with_our_death(patch):
    patch.delitem(recovery.READERS, facts.ResumeOffered)


PLANTED = [
    forgets_what_he_said, brings_private_things_without_a_proof, tells_the_point_before_the_proof,
    lands_without_a_proof, believes_any_customer, lands_where_nobody_may, asks_again_what_was_said, offers_twice,
    offers_after_a_failed_proof, forgets_the_point, forgets_the_offer_with_our_death,
    forgets_the_answer_with_our_death,
]  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED, ids=[bug.__name__ for bug in PLANTED])
def test_a_planted_bug_is_seen(floor, monkeypatch, bug):
    bug(monkeypatch)
    with pytest.raises(Broken):
        travel(floor, 1000, seed=2)
