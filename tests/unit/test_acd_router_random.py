"""Random days: duplicates, late messages, strangers, a clock that sleeps; `acd_world` checks every answer."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from acd_world import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

STEP = st.tuples(
    st.integers(0, 26),
    st.integers(0, 209),
    st.integers(0, 4619),
    st.integers(0, 7),
    st.integers(0, 3).map(lambda n: n == 3),
)


def random_steps(seed: int, count: int):
    dice = random.Random(seed)  # noqa: S311 - play, not secrets
    roll = dice.randrange
    return [(roll(27), roll(210), roll(4620), roll(8), roll(4) == 0) for _ in range(count)]


@given(st.lists(STEP, max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_order_of_messages_breaks_a_rule(steps):
    World().play(steps)


def test_a_long_day_reaches_everything():
    seen = None
    for seed in range(4):
        world = World()
        world.play(random_steps(seed, 1500))
        seen = world.seen if seen is None else seen + world.seen
    kinds = {
        "AgentSignedOn", "AgentSignedOff", "AgentMadeReady", "AgentMadeNotReady", "PhoneFound", "PhoneLost",
        "WrapUpEnded", "DialBegun", "DialOver", "ContactArrived", "ContactLeft", "OfferAccepted", "OfferFailed",
        "TalkOver", "Tick",
        "MakeOffer", "WithdrawOffer", "OfferClosed", "ReleaseContact", "AgentMoved",
        "UnknownAgent", "UnknownQueue", "IllegalTransition", "ValueError",
    }  # fmt: skip
    rare = {kind: seen[kind] for kind in kinds if seen[kind] < 20}
    assert not rare, rare


def test_the_answers_do_not_depend_on_the_hash_seed():
    script = (
        "import sys; sys.path.insert(0, 'tests/unit')\n"
        "from test_acd_router_random import random_steps; from acd_world import World\n"
        "world = World(); world.play(random_steps(5, 300)); print(world.router.snapshot(), world.seen)"
    )
    said = {
        subprocess.run(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert said != {b""}
