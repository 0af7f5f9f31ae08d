"""Decision by decision: the router that looks only at what a message touched, and one that looks at everything."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from routing_play import Play

from acd import matching
from acd.checks import fits as matching_fits
from acd.house import House
from acd.lines import Line
from acd.matching import Pairs
from acd.ready import Ready
from benchmarks.routing.naive import ScanningRouter

pytestmark = pytest.mark.sim

SEEDS, STEPS = 20, 5000  # 100,000 in all


REACHED = {
    "MakeOffer only", "MakeOffer wanted", "MakeOffer again", "MakeOffer longest_idle", "MakeOffer best_skill",
    "MakeOffer least_scarce", "MakeOffer round_robin", "MakeOffer fewest_calls", "MakeOffer random",
    "MakeOffer sparing",
    "ReleaseContact limit", "ReleaseContact full", "ReleaseContact closed", "ReleaseContact no_agent",
    "ContactWidened", "WithdrawOffer", "WrapUpExtended", "ReliefGiven", "NoneType",
}  # fmt: skip


def play(seed: int, steps: int = STEPS) -> Counter[str]:
    floor = Play(seed, ScanningRouter)
    for step in range(steps):
        floor.step()
        if step % 50 == 0:
            floor.check()
    return Counter(floor.seen)


played = cache(play)


def play_all() -> None:
    for seed in range(SEEDS):
        play(seed)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_answer_alike_to_every_message(seed):
    assert played(seed)


def test_everything_was_reached():
    seen = sum((played(seed) for seed in range(SEEDS)), Counter())
    assert not {kind: seen[kind] for kind in REACHED if seen[kind] < 20}


# ── each planted fault of the search must make them differ ──


def the_first_of_a_line_is_remembered_for_ever(patch):
    honest = Line._find
    patch.setattr(Line, "_find", lambda self, groups, rings, now: (honest(self, groups, rings, now)[0], 1e12))


def deadlines_do_not_matter(patch):
    patch.setattr(Line, "_in_time", lambda _self, group, _at_head, _now: (group[0], 1e12))


def alternatives_are_all_asked_for(patch):
    honest = House.meeting

    def meeting(self, need):
        if type(need).__name__ != "Some":
            return honest(self, need)
        found = self.everybody
        for part in need.parts:
            found &= honest(self, part)
        return found

    patch.setattr(House, "meeting", meeting)


def what_is_not_wanted_is_let_in(patch):
    honest = House.meeting
    kind = "Without"
    patch.setattr(House, "meeting", lambda self, n: self.everybody if type(n).__name__ == kind else honest(self, n))


def the_reserve_serves_always(patch):
    patch.setattr("acd.board.Board.calls_reserve", lambda _self, _queue: True)
    patch.setattr("benchmarks.routing.naive.ScanningFloor._may_serve", honest_without_relief)


def honest_without_relief(self, agent, contact):
    profile = self.house.profiles.get(agent.agent)
    relief = self.board.relief.get(contact.queue)
    called = bool(relief and relief.reserve) or bool(contact.only)
    if profile is None or agent.node != contact.node or (profile.reserve and not called):
        return False
    return matching_fits(agent, profile, contact, self.house)


def preferences_are_forgotten(patch):
    honest = House.choice
    patch.setattr(House, "choice", lambda self, key, able: honest(self, key, able)._replace(tiers=(able,)))


def turns_are_taken_by_id(patch):
    def first(self, among, _node, _turn):
        return self._house.names[(among & -among).bit_length() - 1]

    patch.setattr(Ready, "first", first)


def the_lot_falls_on_the_first(patch):
    patch.setattr(matching, "drawn", lambda among, _lot: (among & -among).bit_length() - 1)


def a_group_rings_at_one(patch):
    patch.setattr(Pairs, "_look_again", lambda _self: None)


def who_let_it_pass_is_not_put_last(patch):
    honest = House.bits
    patch.setattr(House, "bits", lambda self, agents: 0 if isinstance(agents, tuple) else honest(self, agents))


FAULTS = [
    the_first_of_a_line_is_remembered_for_ever, deadlines_do_not_matter, alternatives_are_all_asked_for,
    what_is_not_wanted_is_let_in, the_reserve_serves_always, preferences_are_forgotten, turns_are_taken_by_id,
    the_lot_falls_on_the_first, a_group_rings_at_one, who_let_it_pass_is_not_put_last,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_makes_them_differ(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        play_all()
