"""Paths are safe and never shared; the same contact is always decided the same way; lengths are judged fairly."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.naming import leg_names, recording_path
from recordings.policy import is_recorded, state_of

pytestmark = pytest.mark.unit

NOV_21 = 1795219200.0  # 2026-11-21 00:00 UTC
SAFE = re.compile(r"\d{4}/\d\d/\d\d/[A-Za-z0-9_][A-Za-z0-9._-]*")


def test_a_path_tells_day_contact_and_which_offer():
    assert recording_path("a1-1732220000.17.2", NOV_21) == "2026/11/21/a1-1732220000.17-2"


def test_the_day_is_utc_whatever_the_machine_says(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    assert recording_path("c.1", NOV_21 - 0.001).startswith("2026/11/20/")
    assert recording_path("c.1", NOV_21).startswith("2026/11/21/")


def test_the_two_legs():
    assert leg_names("2026/11/21/c-1") == ("2026/11/21/c-1-caller.wav", "2026/11/21/c-1-agent.wav")


@given(st.text(max_size=300))
def test_no_id_leaves_its_day_or_says_anything_to_a_dialplan(offer):
    path = recording_path(offer or "x", NOV_21)
    assert SAFE.fullmatch(path)
    assert ".." not in path.split("/")
    assert len(path) < 160


@given(st.text("ab/.;_-(", min_size=1, max_size=8), st.text("ab/.;_-(", min_size=1, max_size=8))
def test_two_contacts_never_share_a_file(one, other):
    if one != other:
        assert recording_path(f"{one}.1", NOV_21) != recording_path(f"{other}.1", NOV_21)


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.2, 150, 250), (1.0, 1000, 1000)])
def test_a_share_of_contacts_is_recorded(share, low, high):
    assert low <= sum(is_recorded(f"a1-{n}.1", share) for n in range(1000)) <= high


def test_whoever_is_recorded_at_a_small_share_is_at_a_larger_one():
    few = {n for n in range(500) if is_recorded(f"c{n}", 0.1)}
    assert few <= {n for n in range(500) if is_recorded(f"c{n}", 0.5)}
    assert few


@pytest.mark.parametrize(
    ("legs", "talked", "repaired", "state"),
    [
        ((), 60.0, False, "missing"),
        ((60.0,), 60.0, False, "short"),
        ((60.0, 60.0), 60.0, False, "whole"),
        ((58.81, 60.0), 60.0, False, "whole"),  # 2 % of a minute
        ((58.79, 60.0), 60.0, False, "short"),
        ((4.5, 4.5), 5.0, False, "whole"),  # half a second of a short talk
        ((4.49, 5.0), 5.0, False, "short"),
        ((61.5, 61.5), 60.0, False, "whole"),  # it may begin before and end after the talk
        ((60.0, 60.0), 60.0, True, "repaired"),
        ((56.71, 56.71), 60.0, True, "repaired"),  # 2 % and the 32 kB that died with Asterisk
        ((56.69, 56.69), 60.0, True, "short"),
        ((0.0, 0.0), 0.3, False, "whole"),
    ],
)
def test_what_a_recording_is_worth(legs, talked, repaired, state):
    assert state_of(legs, talked, repaired=repaired) == state
