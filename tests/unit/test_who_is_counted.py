"""Rates are of those who call us: neither of those whom we call back, nor of those whom a campaign has dialled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journal_stories import queued, started, talk

from journal.facts import CallEnded
from journal.figure_views import Limits
from journal.store import Journal
from switchroom.ledger import Ledger

pytestmark = pytest.mark.unit

CALLER, DIALLED, CALL_BACK = "a1-1700000000.12", "D12", "B-a1-1700000000.3"
NODE_D, SMALL = "D7-1700000000.4", "d1"  # callers at an Asterisk that somebody has named D7, and at one of a test


def story() -> list:
    told = []
    for contact in (CALLER, DIALLED, NODE_D, SMALL):
        told += [started(contact), queued(contact), *talk(contact), CallEnded(180.0, contact, "answered", 16)]
    began = replace(started(CALL_BACK), call="")
    return [*told, began, queued(CALL_BACK), *talk(CALL_BACK), CallEnded(180.0, CALL_BACK, "answered", 16)]


@pytest.fixture
def journal(tmp_path):
    opened = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="test", now=1.0)
    opened.append(story())
    opened.project()
    yield opened
    opened.close()


def test_the_history_counts_callers_alone(journal):
    assert {row.contact for row in journal.waits()} == {CALLER, NODE_D, SMALL}


@pytest.mark.parametrize("what", ["waits", "visits"])
def test_so_do_the_figures(journal, what):
    counted = getattr(journal.figures, what)(0.0, 1000.0, Limits(20_000, 5_000))
    assert sum(one.number for one in counted) == 3


def test_so_does_the_live_count():
    ledger = Ledger()
    for seq, fact in enumerate(story(), 1):
        ledger.take(seq, fact)
    assert (ledger.queues["cards"].offered, ledger.check()) == (3, [])
