"""The benchmark of hours finds dials outside of them, and its judge knows clocks that are moved."""

from __future__ import annotations

import time

import pytest

from benchmarks.law_hours import __main__ as hours

pytestmark = pytest.mark.unit


@pytest.fixture
def one_year(monkeypatch):
    """One year, and the clock of the process as it was when the test is over."""
    monkeypatch.setattr(hours, "YEARS", (2027,))
    monkeypatch.setenv("TZ", "UTC")
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_product_stays_within_hours_where_januarys_offset_does_not(one_year):
    ours, naive = hours.scan(["America/Santiago", "Asia/Shanghai"], "us")
    assert (ours.zones, ours.changes, ours.outside, ours.missed) == (2, 2, 0, 0)
    assert naive.outside > 0


def test_a_law_whose_hours_were_wrong_would_be_found(one_year, monkeypatch):
    monkeypatch.setitem(hours.HOURS, "cn", ((9, 19), (9, 19), (9, 19)))
    assert hours.scan(["Asia/Shanghai"], "cn")[0].outside > 0
