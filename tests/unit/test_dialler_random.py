"""Random histories of the dialler against a judge of its promises (I12 to I16); the judge finds planted bugs."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from dialler_world import StrictLaw, World, campaign

import outbound.messages as out
from outbound import calls, dials
from outbound.campaign import Mode
from outbound.dialler import Dialler
from outbound.trunk import House, Pulse, Trunk
from outbound.verdict import Allowed

pytestmark = pytest.mark.unit


def play(seed: int, seconds: float = 400.0) -> World:
    """Stormy minutes of two campaigns, with people who change their minds, and callers who ring by themselves."""
    law = StrictLaw()
    world = World(seed, Dialler(House(12, 4.0), law), law)
    modes = (Mode.PROGRESSIVE, Mode.RATIO, Mode.MESSAGE)
    first, second = campaign(mode=modes[seed % 3], ratio=2.0), campaign("loans", Mode.RATIO, ratio=1.5, cap=0.5)
    world.open(first, second)
    for minute in range(1, int(seconds // 20)):
        world.after(minute * 20.0, lambda: _somebody_wants_something(world))
    world.run(seconds)
    for name in [*world.dialler.campaigns]:
        world.tell(out.CampaignStopped(name, "boss"))
    world.run(300.0)
    return world


def _somebody_wants_something(world: World) -> None:
    some, number = world.random.choice(("cards", "loans")), f"+86138{world.random.randrange(1, 200):08d}"
    world.tell(
        world.random.choice((
            out.CampaignPaused(some, "boss"),
            out.CampaignStopped(some, "boss"),
            out.CampaignStarted(some, "boss"),
            out.CampaignStarted(some, "boss"),
            out.CampaignTuned(some, "boss", mode=world.random.choice((Mode.RATIO, Mode.PROGRESSIVE, Mode.MESSAGE))),
            out.NumberBlocked(number, "boss", "asked"),
            out.PersonCalledIn("", number, world.random.random() < 0.5),
            out.CampaignPlanned(campaign(some, Mode.RATIO, ratio=3.0)),
        ))
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_the_promises_hold_in_random_histories(seed: int) -> None:
    world = play(seed)
    assert world.judge.faults == []
    assert len(world.judge.ended) > 50


@pytest.mark.parametrize("seed", range(6))
def test_every_attempt_has_one_end_and_leaves_nothing_behind(seed: int) -> None:
    world = play(seed)
    begun = [answer.attempt for answer in world.answers if isinstance(answer, out.AttemptBegun)]
    assert sorted(begun) == sorted(world.judge.ended)
    assert len(set(begun)) == len(begun)
    assert not world.dialler.attempts
    assert world.dialler.trunk.used == 0
    assert not world.dialler.persons
    assert all(run.air == 0 and not run.alive for run in world.dialler.campaigns.values())


def test_equal_histories_give_equal_answers() -> None:
    assert play(5).answers == play(5).answers


def _law_is_not_asked(*asked: Any) -> Allowed:
    del asked
    return Allowed("planted")


def _never_late(dialler: Any, turn: Any) -> None:
    del turn
    dialler.late.clear()


PLANTED: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "the law and other attempts are not asked": (dials, "may", _law_is_not_asked, "I1[25]"),
    "a person without agent is forgotten": (calls, "look_at_late", _never_late, "I16"),
    "the pulse is not kept": (Pulse, "room", lambda *_: 99, "I14"),
    "the lines are not counted": (Trunk, "freed", lambda self: setattr(self, "used", 0), "I14"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_the_judge_finds_a_planted_bug(planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, bug, promise = PLANTED[planted]
    monkeypatch.setattr(where, name, bug)
    faults: list[str] = []
    for seed in range(8):
        with suppress(KeyError):  # the bug may break more than a promise
            faults += play(seed).judge.faults
    assert any(re.match(promise, fault) for fault in faults), faults[:5]
