"""What a new server reads of the talks and waits before it began."""

from __future__ import annotations

import pytest
from journal_stories import queued, started, talk

from acd.habits import Remembered
from journal.facts import CallEnded
from journal.store import Journal
from switchroom.pilot_desk import remembered_of

pytestmark = pytest.mark.unit


@pytest.fixture
def journal(tmp_path):
    opened = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="test", now=1.0)
    yield opened
    opened.close()


def test_finished_talks_and_waits_of_the_queue_are_remembered_and_open_ones_are_not(journal):
    journal.append([started("c1"), queued("c1"), *talk("c1"), CallEnded(180.0, "c1", "answered", 16)])
    journal.append([started("c2", at=101.0), queued("c2"), CallEnded(150.0, "c2", "abandoned", 16)])
    journal.append([started("c3"), queued("c3"), *talk("c3")])
    journal.append([started("c4"), queued("c4", queue="loans"), CallEnded(150.0, "c4", "abandoned", 16)])
    journal.append([started("c5"), CallEnded(150.0, "c5", "ended_in_flow", 16)])
    journal.project()
    told = remembered_of(journal, "cards", 1000.0, wrap_up=10.0)
    assert told == Remembered("cards", (70.0,), ((8.0, False), (40.0, True)))


def test_of_a_quiet_day_nothing_is_remembered(journal):
    assert remembered_of(journal, "cards", 1000.0, 10.0) == Remembered("cards")
