"""One writer appends, and the read models follow."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_stories import LEFT, queued, started, talk

from journal import store
from journal.commits import transaction
from journal.errors import NotWritten
from journal.facts import (
    AgentChanged,
    CallEnded,
    CallerLeftQueue,
    OfferClosed,
    RecordingKept,
    StepEntered,
)
from journal.rows import WaitRow
from journal.store import Journal
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


def everything(journal):
    contacts = journal.contacts(limit=10**6)
    offers = [journal.offers(row.contact) for row in contacts]
    return contacts, offers, journal.open_facts(), journal.waits()


def test_numbers_grow_by_one_and_facts_come_back_in_order(journal):
    assert journal.append([started("c1"), StepEntered(101.0, "c1", "hello", "play")]) == 2
    assert journal.append_group([([queued("c1")], None), ([], "tape only"), ([*talk("c1")], "b")]) == [
        3,
        3,
        7,
    ]
    stored = list(journal.facts())
    assert [one.seq for one in stored] == list(range(1, 8))
    assert stored[0].fact == started("c1")
    assert [(t.seq, t.epoch, t.fact_seq, t.body) for t in journal.tape()] == [
        (1, 1, 3, "tape only"),
        (2, 1, 7, "b"),
    ]


def test_an_empty_append_writes_nothing(journal):
    assert journal.append([]) == 0
    assert journal.last_seq() == 0


def test_facts_can_be_narrowed(journal):
    journal.append([started("c1"), started("c2", at=200.0), StepEntered(201.0, "c2", "hello", "play")])
    assert [s.seq for s in journal.facts(contact="c2")] == [2, 3]
    assert [s.seq for s in journal.facts(kinds=["CallStarted"])] == [1, 2]
    assert [s.seq for s in journal.facts(since=200.0, until=201.0)] == [2]
    assert [s.seq for s in journal.facts(after=2)] == [3]


def test_facts_are_read_over_many_pages(journal):
    journal.append([StepEntered(float(n), "c", "s", "play") for n in range(2500)])
    assert [s.seq for s in journal.facts()] == list(range(1, 2501))


def test_a_contact_row_tells_the_whole_call(journal):
    journal.append([started("c1"), StepEntered(101.0, "c1", "hello", "play"), queued("c1")])
    journal.append(talk("c1", recording="2026/11/21/c1-1"))
    journal.append(
        [
            CallEnded(180.0, "c1", "answered", 16),
            RecordingKept(181.0, "c1", "c1.1", ("a", "b"), 60.0, 60.0, "whole", ("x", "y")),
        ]
    )
    journal.project()
    row = journal.contact("c1")
    assert (row.number, row.queue, row.asked_at, row.answered_at, row.agent, row.offer) == (
        "13900000001", "cards", 110.0, 118.0, "ann", "c1.1",
    )  # fmt: skip
    assert (row.talk_ended_at, row.talked, row.ended_at, row.outcome, row.cause, row.offers) == (
        178.0, 60.0, 180.0, "answered", 16, 1,
    )  # fmt: skip
    assert (row.step, row.breakpoint, row.recording) == ("hello", "", "whole")
    offer = journal.offer("c1.1")
    assert (offer.made_at, offer.rang_at, offer.answered_at, offer.closed_at, offer.outcome) == (
        115.0, 116.0, 118.0, 178.0, "answered",
    )  # fmt: skip
    assert (offer.recording_state, offer.recorded, offer.legs, offer.sha256) == (
        "whole",
        60.0,
        ("a", "b"),
        ("x", "y"),
    )
    assert journal.contact("nobody") is None


def test_the_clock_of_a_caller_who_is_offered_again_never_restarts(journal):
    journal.append([started("c1"), queued("c1")])
    journal.append(talk("c1"))
    journal.append([queued("c1", at=200.0, asked_at=110.0, queue="second"), *talk("c1", 2, at=210.0)])
    journal.project()
    row = journal.contact("c1")
    assert (row.queue, row.last_queue, row.asked_at, row.answered_at) == ("cards", "second", 110.0, 118.0)
    assert (row.offers, row.talked, row.talk_ended_at, row.offer) == (2, 120.0, 273.0, "c1.2")


@pytest.mark.parametrize(
    ("then", "ended_at", "how"),
    [
        ([], None, "waiting"),
        ([CallEnded(130.0, "c1", "abandoned", 16)], 130.0, "abandoned"),
        ([CallEnded(130.0, "c1", "lost", 0)], 130.0, "lost"),
        ([LEFT], 125.0, "flowed_out"),
        ([LEFT, CallEnded(130.0, "c1", "flowed_out", 16)], 125.0, "flowed_out"),
        ([LEFT, queued("c1", 126.0), CallEnded(130.0, "c1", "abandoned", 16)], 130.0, "abandoned"),
        ([talk("c1")[0], OfferClosed(131.0, "c1", "c1.1", "ann", "timed_out")], None, "waiting"),
        (talk("c1"), 118.0, "answered"),
        ([*talk("c1"), CallEnded(180.0, "c1", "answered", 16)], 118.0, "answered"),
    ],
)  # fmt: skip
def test_a_wait_is_counted_once_by_how_it_ended(journal, then, ended_at, how):
    journal.append([started("c1"), queued("c1"), *then])
    journal.project()
    assert journal.waits() == [WaitRow("c1", "cards", 110.0, ended_at, how)]


def test_waits_belong_to_the_interval_in_which_the_person_was_asked_for(journal):
    journal.append([started("c1"), queued("c1"), started("c2"), queued("c2", 120.0, 120.0, "loans"), started("c3")])
    journal.project()
    assert [w.contact for w in journal.waits()] == ["c1", "c2"]
    assert [w.contact for w in journal.waits(110.0, 120.0)] == ["c1"]
    assert [w.contact for w in journal.waits(queue="loans")] == ["c2"]


def test_contacts_can_be_narrowed_and_paged(journal):
    for n in range(5):
        journal.append([started(f"c{n}", at=100.0 + n), queued(f"c{n}")])
    journal.append([*talk("c3"), CallEnded(190.0, "c3", "answered", 16)])
    journal.project()
    assert [r.contact for r in journal.contacts(limit=2)] == ["c4", "c3"]
    assert [r.contact for r in journal.contacts(limit=2, offset=2)] == ["c2", "c1"]
    assert [r.contact for r in journal.contacts(101.0, 103.0)] == ["c2", "c1"]
    assert [r.contact for r in journal.contacts(agent="ann")] == ["c3"]
    assert [r.contact for r in journal.contacts(outcome="")] == ["c4", "c2", "c1", "c0"]


def test_earlier_contacts_come_per_number_newest_first_and_only_when_ended(journal):
    for n in range(4):
        journal.append([started(f"a{n}", 100.0 + n, "111"), CallEnded(150.0, f"a{n}", "answered", 16)])
    journal.append([started("b", 100.0, "222"), CallEnded(150.0, "b", "abandoned", 16)])
    journal.append([started("open", 300.0, "111"), started("withheld", 1.0, ""), CallEnded(2.0, "withheld", "lost", 0)])
    journal.project()
    assert [r.contact for r in journal.earlier(["111"], per_number=2)] == ["a3", "a2"]
    assert [r.contact for r in journal.earlier(per_number=1)] == ["a3", "b"]
    assert journal.earlier(["333"]) == []


def test_recovery_reads_open_contacts_and_each_agents_last_state(journal):
    journal.append([started("c1"), AgentChanged(1.0, "ann", "ready"), AgentChanged(1.0, "bob", "ready")])
    journal.append([started("c2"), queued("c2"), CallEnded(120.0, "c1", "ended_in_flow", 16)])
    journal.append([AgentChanged(2.0, "ann", "offered"), AgentChanged(3.0, "ann", "talking")])
    journal.project()
    assert [s.seq for s in journal.open_facts()] == [3, 4, 5, 8]


def test_a_fact_told_twice_makes_no_second_contact(journal):
    journal.append([started("c1"), queued("c1")])
    journal.append([started("c1", at=999.0), StepEntered(999.0, "c1", "again", "play")])
    journal.project()
    assert len(journal.contacts()) == 1
    assert (journal.contact("c1").started_at, journal.contact("c1").asked_at, journal.contact("c1").step) == (
        100.0,
        110.0,
        "again",
    )


def test_recordings_nobody_looked_at_are_found_after_a_crash(journal):
    journal.append([started("c1"), queued("c1"), *talk("c1", recording="r/c1-1"), started("c2"), *talk("c2")])
    journal.append([started("c3"), *talk("c3", recording="r/c3-1")[:3]])
    journal.project()
    assert [row.offer for row in journal.recordings_to_look_at()] == ["c1.1"]
    journal.append([RecordingKept(200.0, "c1", "c1.1", (), 0.0, 60.0, "missing")])
    journal.project()
    assert journal.recordings_to_look_at() == []


# ── the read models can be made again ───────────────────────────────────────────────────────────────────────────────

ids = st.sampled_from(["c1", "c2", "c3"])
moments = st.integers(100, 900).map(float)
any_fact = st.one_of(
    st.builds(started, ids, moments),
    st.builds(lambda c, at: StepEntered(at, c, f"s{at}", "play"), ids, moments),
    st.builds(lambda c, at, q: queued(c, at, at, q), ids, moments, st.sampled_from(["q1", "q2"])),
    st.builds(lambda c, at: CallerLeftQueue(at, c, "q1", "limit", 1.0), ids, moments),
    st.builds(lambda c, n, at: talk(c, n, at)[0], ids, st.integers(1, 2), moments),
    st.builds(lambda c, n, at: talk(c, n, at)[2], ids, st.integers(1, 2), moments),
    st.builds(lambda c, n, at: talk(c, n, at)[3], ids, st.integers(1, 2), moments),
    st.builds(lambda c, at: CallEnded(at, c, "answered", 16, "s"), ids, moments),
    st.builds(lambda c, at: RecordingKept(at, c, f"{c}.1", ("a",), 1.0, 1.0, "whole", ("x",)), ids, moments),
    st.builds(lambda a, at: AgentChanged(at, a, "ready"), st.sampled_from(["ann", "bob"]), moments),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    journal = Journal.open(f"sqlite:///{tmp_path_factory.mktemp('views')}/j.db", holder="t", now=1.0)
    yield journal
    journal.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.lists(any_fact, min_size=1, max_size=6), st.booleans()), min_size=1, max_size=8))
def test_rebuilt_views_equal_the_kept_ones_wherever_the_batches_were_cut(shared, commits):
    connection = shared._connection
    with connection.begin():
        for table in ("facts", "contacts", "offers", "agents"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - our own four names
    shared._models._agents, shared._pending = set(), []
    # Contacts and offers open before anything is said of them, as in life; the rest comes in any order.
    shared.append(
        [started(c) for c in ("c1", "c2", "c3")] + [talk(c, n)[0] for c in ("c1", "c2", "c3") for n in (1, 2)]
    )
    for commit, project in commits:
        shared.append(commit)
        if project:
            shared.project()
    shared.project()
    before = everything(shared)
    shared.rebuild_views()
    assert everything(shared) == before


def test_appending_goes_on_after_a_rebuild(journal):
    journal.append([started("c1"), AgentChanged(1.0, "ann", "ready")])
    journal.rebuild_views()
    assert journal.behind == 0
    journal.append([AgentChanged(2.0, "ann", "not_ready"), AgentChanged(2.0, "zoe", "ready")])
    journal.project()
    assert [s.seq for s in journal.open_facts()] == [1, 3, 4]


# ── the read models follow a moment later ───────────────────────────────────────────────────────────────────────────


def test_the_read_models_follow_when_they_are_told_to(journal):
    journal.append([started("c1"), queued("c1")])
    assert (journal.contacts(), journal.behind) == ([], 2)
    journal.project()
    assert ([row.asked_at for row in journal.contacts()], journal.behind) == ([110.0], 0)


def test_who_was_offered_a_contact_is_known_before_the_read_models_are(journal):
    journal.append([started("c1"), queued("c1"), *talk("c1"), started("c2")])
    assert journal.offered_to("c1") == {"ann"}
    assert journal.offered_to("c2") == frozenset()


@pytest.mark.parametrize("cursor", ["behind", "lost"])
def test_the_next_server_brings_the_read_models_up_to_the_last_fact(url, journal, tmp_path, cursor):
    journal.append([started("c1"), queued("c1"), AgentChanged(1.0, "ann", "ready")])
    journal.project()
    journal.append([*talk("c1"), CallEnded(180.0, "c1", "answered", 16), started("c2")])
    journal.append([AgentChanged(2.0, "ann", "ready"), AgentChanged(2.0, "bob", "ready")])
    if cursor == "lost":  # as in a journal of a version that kept none: adding up twice would be wrong
        with journal._connection.begin():
            journal._connection.exec_driver_sql("DELETE FROM cursors")
    (tmp_path / "journal.db.lock").unlink()  # as when this server had been killed
    second = Journal.open(url, holder="second", now=2.0)
    row = second.contact("c1")
    assert (row.outcome, row.offers, row.talked) == ("answered", 1, 60.0)
    assert [s.seq for s in second.open_facts()] == [9, 10, 11]
    assert [s.fact.contact for s in second.ends(180.0)] == ["c1"]
    assert second.ends(180.5) == []
    before = everything(second)
    second.rebuild_views()
    assert everything(second) == before
    second.close()


def test_closing_leaves_the_read_models_exact(url):
    journal = Journal.open(url, holder="t", now=1.0)
    journal.append([started("c1")])
    journal.close()
    reader = JournalReader.open_reader(url)
    assert [row.contact for row in reader.contacts()] == ["c1"]
    reader.close()


def test_a_batch_of_changes_whose_answer_was_lost_is_not_added_twice(journal, monkeypatch):
    @contextmanager
    def answer_lost(connection):
        with transaction(connection):
            yield connection
        raise NotWritten("the connection broke after the commit")

    journal.append([started("c1"), queued("c1"), *talk("c1")])
    with monkeypatch.context() as patched:
        patched.setattr(store, "transaction", answer_lost)
        with pytest.raises(NotWritten):
            journal.project()
    journal.append([StepEntered(200.0, "c1", "bye", "play")])
    journal.project()
    assert journal.contact("c1").step == "bye"
    assert (journal.contact("c1").offers, journal.contact("c1").talked) == (1, 60.0)


def test_the_read_models_follow_piece_by_piece(journal):
    journal.append([started("c1"), queued("c1"), *talk("c1")])
    there_were = journal.behind
    journal.project(2)
    assert (journal.behind, journal.contact("c1").offers) == (there_were - 2, 0)
    while journal.behind:
        journal.project(2)
    assert (journal.contact("c1").offers, journal.contact("c1").talked) == (1, 60.0)
