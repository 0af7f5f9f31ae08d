"""Who may write, what happens to a commit that fails, and which journals are opened at all."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from journal_stories import queued, started, talk

from journal import commits, schema
from journal.errors import JournalError, LeaseLost, NotWritten, SchemaMismatch
from journal.facts import (
    CallEnded,
    ServerStarted,
)
from journal.schema import REVISIONS
from journal.store import Journal
from journal.tables import METADATA
from journal.views import JournalReader

pytestmark = pytest.mark.unit


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/journal.db"


@pytest.fixture
def journal(url):
    with_floor = Journal.open(url, holder="test", now=1.0)
    yield with_floor
    with_floor.close()


# ── who may write ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_server_raises_the_epoch_and_goes_on_counting(url):
    for epoch in (1, 2, 3):
        journal = Journal.open(url, holder=f"server {epoch}", now=float(epoch))
        assert journal.epoch == epoch
        assert journal.append([ServerStarted(float(epoch), epoch, "0.1.0")]) == epoch
        journal.close()


def test_a_server_whose_floor_was_taken_writes_nothing_any_more(journal, url, tmp_path):
    journal.append([started("c1")])
    (tmp_path / "journal.db.lock").unlink()  # as if this server had been taken for dead
    second = Journal.open(url, holder="second", now=2.0)
    with pytest.raises(LeaseLost, match="second"):
        journal.append([CallEnded(2.0, "c1", "lost", 0)], "tape")
    with pytest.raises(LeaseLost):
        journal.save_cursor("bus", 1)
    with pytest.raises(LeaseLost):
        journal.project()
    with pytest.raises(LeaseLost):
        journal.rebuild_views()
    assert second.append([started("c2")]) == 2
    assert [s.fact.contact for s in second.facts()] == ["c1", "c2"]
    assert list(second.tape()) == []
    assert second.cursor("bus") == 0
    second.close()


def test_a_commit_that_only_seemed_to_fail_is_not_written_twice(journal):
    journal.append([started("c1")], "first")
    journal._seq, journal._tape_seq = 0, 0  # as after a lost answer to COMMIT: the writer believes it failed
    assert journal.append([started("c1")], "first") == 1
    assert journal.append([queued("c1")]) == 2
    assert journal.last_seq() == 2
    assert len(list(journal.tape())) == 1


@pytest.fixture(params=["straight", "through SQLAlchemy"])
def either(journal, request):
    """A journal that commits as SQLite does, and one that commits as any other database does."""
    if request.param != "straight":
        journal._commits = commits._AnyCommits(journal._connection, journal._statements)
    return journal


def test_both_ways_of_committing_write_the_same(either, url, tmp_path):
    told = [([started("c1"), queued("c1")], "tape"), ([], "alone"), (talk("c1"), None)]
    assert either.append_group(told) == [2, 2, 6]
    assert [stored.fact for stored in either.facts()] == [started("c1"), queued("c1"), *talk("c1")]
    assert [(t.seq, t.epoch, t.fact_seq, t.body) for t in either.tape()] == [(1, 1, 2, "tape"), (2, 1, 2, "alone")]
    (tmp_path / "journal.db.lock").unlink()
    second = Journal.open(url, holder="second", now=2.0)
    with pytest.raises(LeaseLost, match="second"):
        either.append([started("c2")])
    assert second.last_seq() == 6
    second.close()


def test_a_failing_commit_leaves_nothing_behind(either, url):
    journal = either
    journal.append([started("c1")])
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE INSERT ON tape BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(JournalError, match="disk full"):
        journal.append([queued("c1"), *talk("c1")], "tape")
    assert (journal.last_seq(), len(list(journal.facts())), list(journal.tape()), journal.behind) == (1, 1, [], 1)
    other.execute("DROP TRIGGER full")
    assert journal.append([queued("c1"), *talk("c1")]) == 6
    other.close()


def test_failing_read_models_leave_nothing_behind_and_take_no_fact_with_them(journal, url):
    journal.append([started("c1"), queued("c1"), *talk("c1")])
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE INSERT ON offers BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(JournalError, match="disk full"):
        journal.project()
    assert (journal.contacts(), journal.last_seq()) == ([], 6)
    other.execute("DROP TRIGGER full")
    journal.project()
    assert (journal.contact("c1").offers, journal.contact("c1").talked) == (1, 60.0)
    other.close()


def test_a_locked_database_says_so_and_the_same_commit_succeeds_later(either, url):
    journal = either
    journal._connection.connection.cursor().execute("PRAGMA busy_timeout=20")
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotWritten, match="locked"):
        journal.append([started("c1")])
    other.execute("ROLLBACK")
    assert journal.append([started("c1")]) == 1
    other.close()


# ── shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_newer_journal_is_refused_with_the_remedy_and_left_alone(url):
    Journal.open(url, holder="t", now=1.0).close()
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    raw.execute("UPDATE alembic_version SET version_num='9999'")
    raw.commit()
    for opening in (lambda: Journal.open(url, holder="t", now=1.0), lambda: JournalReader.open_reader(url)):
        with pytest.raises(SchemaMismatch, match="newer version"):
            opening()
    assert raw.execute("SELECT epoch FROM lease").fetchone() == (1,)
    raw.execute("UPDATE alembic_version SET version_num=?", [REVISIONS[-1]])
    raw.commit()
    raw.close()
    Journal.open(url, holder="t", now=1.0).close()  # the refused opening kept no lock


def test_a_database_of_somebody_else_is_refused(url):
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    raw.execute("CREATE TABLE films (id INTEGER)")
    raw.close()
    with pytest.raises(SchemaMismatch, match="no journal"):
        Journal.open(url, holder="t", now=1.0)


def test_a_file_that_is_no_database_is_refused(url, tmp_path):
    (tmp_path / "journal.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(JournalError, match="not a database"):
        Journal.open(url, holder="t", now=1.0)


@pytest.mark.parametrize(
    "bad", ["not a url", "sqlite://", "sqlite:///:memory:", "oracle9://h/x", "postgresql+nodriver://h/x"]
)
def test_an_address_that_cannot_hold_a_journal_is_refused(bad):
    with pytest.raises(JournalError, match="journal url"):
        Journal.open(bad, holder="t", now=1.0)


def test_reading_beside_a_writer_sees_commits_and_cannot_write(journal, url):
    reader = JournalReader.open_reader(url)
    journal.append([started("c1")])
    journal.project()
    assert reader.contact("c1").number == "13900000001"
    with pytest.raises(Exception, match="readonly"), reader._reader.begin() as connection:
        connection.exec_driver_sql("DELETE FROM facts")
    reader.close()


def test_reading_an_empty_place_is_an_error_not_a_new_journal(url):
    with pytest.raises(JournalError):
        JournalReader.open_reader(url)


def test_an_agent_finds_every_contact_that_rang_at_his_phone(journal):
    journal.append([started("c1"), *talk("c1"), started("c2"), talk("c2")[0], started("c3")])
    journal.project()
    assert [r.contact for r in journal.contacts(agent="ann")] == ["c1", "c2"]
    assert journal.contacts(agent="bob") == []


def test_the_known_shapes_are_the_steps_that_are_shipped():
    steps = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    assert [step.revision for step in steps.walk_revisions()] == list(reversed(REVISIONS))


def test_the_steps_lead_to_the_tables_of_today(journal):
    with journal._reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_opening_at_the_right_shape_does_not_pay_for_alembic(tmp_path, url):
    Journal.open(url, holder="t", now=1.0).close()
    opening = "from journal.store import Journal; Journal.open(sys.argv[1], holder='t', now=2.0).close()"
    code = f"import sys; {opening}; print('alembic' in sys.modules)"
    tree = str(Path(schema.__file__).parents[1])
    out = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code, url], capture_output=True, text=True, check=True, env={"PYTHONPATH": tree}
    )
    assert out.stdout == "False\n"


def test_the_cursor_is_kept(url):
    journal = Journal.open(url, holder="t", now=1.0)
    assert journal.cursor("bus") == 0
    journal.save_cursor("bus", 7)
    journal.save_cursor("bus", 9)
    journal.close()
    journal = Journal.open(url, holder="t", now=2.0)
    assert (journal.cursor("bus"), journal.cursor("other")) == (9, 0)
    journal.close()
