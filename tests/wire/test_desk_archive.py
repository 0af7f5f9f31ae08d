"""The desk's library over a real journal: what the fakes promise, the journal keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.archive import JournalLibrary
from desk.figures import Wanted, work_out
from journal import facts as f
from journal.store import Journal

pytestmark = pytest.mark.wire


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal.open(f"sqlite:///{tmp_path}/journal.db", holder="test", now=1.0)
    made.append_group([
        (
            [
                f.CallStarted(10.0, "c", "c", "n", "139", "<b>Chen</b>", "955", "bank", "v", "en"),
                f.StepEntered(11.0, "c", "pin", "collect"),
                f.StepLeft(12.0, "c", "pin", "done", "", secret=True, key_count=6),
                f.CallerQueued(13.0, "c", "cards", (("cards", 1),), 0, 13.0, 0.0, "pin"),
                f.OfferMade(14.0, "c", "c.1", "anna", "n", 34.0, "day/c.1"),
                f.OfferClosed(15.0, "c", "c.1", "anna", "refused"),
                f.OfferMade(16.0, "c", "c.2", "ben", "n", 36.0, "day/c.2"),
                f.AgentAnswered(18.0, "c", "c.2", "ben", 5.0),
                f.TalkEnded(28.0, "c", "c.2", "ben", 10.0, "caller"),
                f.CallEnded(28.0, "c", "answered", 16),
                f.RecordingKept(29.0, "c", "c.2", ("day/c.2-in.wav", "day/c.2-out.wav"), 10.0, 10.0, "whole"),
                f.CallStarted(30.0, "w", "w", "n", "138", "", "955", "bank", "v", "en"),
                f.CallerQueued(31.0, "w", "loans", (), 0, 31.0, 0.0, ""),
            ],
            None,
        )
    ])  # fmt: skip
    made.project()
    yield made
    made.close()


async def test_the_journal_tells_the_whole_story(journal) -> None:
    library = JournalLibrary(journal)
    story = await library.contact("c")
    assert story is not None
    assert story.context.path[0].keys == "••••••"
    assert [(offer.agent, offer.outcome) for offer in story.offers] == [("anna", "refused"), ("ben", "talked")]
    assert story.waited == 5.0
    assert await library.contact("never") is None
    assert await library.offered_to("c") == {"anna", "ben"}
    assert await library.offered_to("never") == frozenset()


async def test_lists_recordings_and_facts_come_from_the_journal(journal) -> None:
    library = JournalLibrary(journal)
    assert [row.contact for row in await library.contacts(0.0, 99.0, None, 10)] == ["w", "c"]
    assert [row.contact for row in await library.contacts(0.0, 99.0, "ben", 10)] == ["c"]
    offer = await library.offer("c.2")
    assert offer is not None
    assert (offer.contact, offer.legs) == ("c", ("day/c.2-in.wav", "day/c.2-out.wav"))
    assert await library.offer("c.9") is None
    last = await library.last_seq()
    assert [one.seq for one in await library.facts_after(last - 3, 10)] == [last - 2, last - 1, last]


async def test_the_figures_of_the_journal_count_who_waits_apart(journal) -> None:
    figures = await work_out(JournalLibrary(journal), Wanted(0.0, 99.0, None, 20.0, 5.0))
    assert (figures.asked, figures.counts.answered, figures.counts.waiting) == (2, 1, 1)
    assert figures.rate("sl6").percent == 100.0
    one = await work_out(JournalLibrary(journal), Wanted(0.0, 99.0, "loans", 20.0, 5.0))
    assert (one.asked, one.rate("sl6").percent) == (1, None)


async def test_a_journal_that_cannot_be_read_says_so(journal, tmp_path) -> None:
    library = JournalLibrary(journal)
    assert await library.trouble() == ""
    with journal._writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lease RENAME TO lease_away")
    assert "cannot be read" in await library.trouble()


async def test_what_callers_left_is_found_by_when_it_was_left(journal) -> None:
    journal.append_group([
        (
            [
                f.CallStarted(100.0, "m", "m", "n", "137", "", "955", "bank", "v", "en"),
                f.MessageLeft(140.0, "m", "cards", "day/m-m3.wav", 7.5, "137"),
                f.SurveyAnswered(150.0, "m", "service", "4", "anna"),
            ],
            None,
        )
    ])  # fmt: skip
    journal.project()
    library = JournalLibrary(journal)
    [(seq, left)] = await library.left(130.0, 160.0, f.MessageLeft)
    assert left == f.MessageLeft(140.0, "m", "cards", "day/m-m3.wav", 7.5, "137")
    assert await library.left(141.0, 160.0, f.MessageLeft) == []
    assert await library.message(seq) == left
    assert [await library.message(other) for other in (seq - 1, seq + 1, 0, 999_999)] == [None] * 4
    assert len(await library.left(0.0, 160.0, f.SurveyAnswered)) == 1
