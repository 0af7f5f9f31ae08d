"""The store of lists: who is next, how facts move a lead, made again from nothing, lists that come and go."""

import multiprocessing
import os
import random
import signal

import pytest
from list_world import (
    Facts,
    begun,
    blocked,
    ended,
    history,
    make_list,
    plain_due,
    plain_standing,
    refused,
    said,
)

from journal.lead_file import FIELD
from journal.lead_filling import NameTaken, NewList, sweep
from journal.lead_rows import lead_id
from journal.lead_standing import NOT_CHARGED
from journal.lead_store import LeadStore
from outbound.lead import NOT_HIS, Outcome
from outbound.messages import FetchLeads
from switchroom.lead_shelf import fetch

pytestmark = pytest.mark.unit

NOBODY = frozenset()


@pytest.fixture
def store(tmp_path):
    with LeadStore(tmp_path / "lists") as made:
        yield made


def rows_of(store, count=100, now=1000.0, held=NOBODY, *, lists=("jan",), campaign="cards"):
    return [lead_id(one.list, one.lead.row) for one in store.due(campaign, lists, count, held, now)]


# ── who is next ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_untouched_go_in_the_order_of_the_file_and_none_that_is_held(store):
    make_list(store.folder, "jan", 5)
    assert rows_of(store, 3, held=frozenset({"jan.3", "other.2", "by-hand"})) == ["jan.2", "jan.4", "jan.5"]


def test_more_priority_is_sooner(store):
    make_list(store.folder, "jan", 4, priorities=(0, 5, 0, -1))
    assert rows_of(store) == ["jan.3", "jan.2", "jan.4", "jan.5"]


def test_who_was_tried_less_is_sooner_and_nobody_before_his_time(store):
    make_list(store.folder, "jan", 3)
    facts = Facts()
    facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "busy", 600.0), begun("D2", "jan.3"))
    store.follow(facts)
    assert rows_of(store, now=599.0) == ["jan.4"]
    assert rows_of(store, now=600.0) == ["jan.4", "jan.2"]
    facts.add(ended("D2", "jan.3", "congestion", 50.0))
    store.follow(facts)
    assert rows_of(store) == ["jan.4", "jan.3", "jan.2"]


def test_who_was_promised_a_call_is_first_at_his_time_and_it_is_said_by_whom(store):
    make_list(store.folder, "jan", 3)
    facts = Facts()
    facts.add(begun("D1", "jan.4"), said("D1", "jan.4", "later", 500.0, "wang"), ended("D1", "jan.4", "connected", 0.0))
    store.follow(facts)
    assert rows_of(store, now=499.0) == ["jan.2", "jan.3"]
    first = store.due("cards", ("jan",), 1, NOBODY, 500.0)[0]
    assert (first.lead.row, first.promised, first.whom, first.tries, first.last) == (4, 500.0, "wang", 1, "connected")


def test_an_agents_word_counts_whether_it_comes_before_the_end_or_after_it(store):
    make_list(store.folder, "jan", 3)
    facts = Facts()
    facts.add(begun("D1", "jan.2"), said("D1", "jan.2", "later", 500.0), ended("D1", "jan.2", "connected", 0.0))
    facts.add(begun("D2", "jan.3"), ended("D2", "jan.3", "connected", 0.0), said("D2", "jan.3", "later", 500.0))
    facts.add(begun("D3", "jan.4"), said("D3", "jan.4", "sold"), ended("D3", "jan.4", "connected", 77.0))
    store.follow(facts)
    assert rows_of(store) == ["jan.2", "jan.3"]
    assert store.left("cards", ("jan",)) == 2


def test_a_promise_outlives_congestion_and_no_other_outcome(store):
    make_list(store.folder, "jan", 2)
    facts = Facts()
    for lead, outcome in (("jan.2", "congestion"), ("jan.3", "no_answer")):
        facts.add(begun("D1", lead), said("D1", lead, "later", 500.0, "wang"), ended("D1", lead, "connected", 0.0))
        facts.add(begun("D2", lead), ended("D2", lead, outcome, 560.0))
    store.follow(facts)
    assert [(one.lead.row, one.promised, one.whom) for one in store.due("cards", ("jan",), 9, NOBODY, 600.0)] == [
        (2, 560.0, "wang"), (3, 0.0, ""),
    ]  # fmt: skip


def test_whom_the_law_refuses_waits_as_long_as_it_says_or_for_ever(store):
    make_list(store.folder, "jan", 3)
    facts = Facts()
    facts.add(refused("jan.2", "hours", 900.0), refused("jan.3", "blocked", 0.0))
    store.follow(facts)
    assert rows_of(store, now=899.0) == ["jan.4"]
    assert rows_of(store, now=900.0) == ["jan.4", "jan.2"]
    assert store.left("cards", ("jan",)) == 2


def test_a_lead_with_a_moment_of_his_own_is_not_called_before_it(store):
    make_list(store.folder, "jan", 3, dues=(700.0,))
    assert rows_of(store, now=699.0) == ["jan.3", "jan.4"]
    assert rows_of(store, now=700.0) == ["jan.3", "jan.4", "jan.2"]


def test_campaigns_do_not_touch_each_others_leads(store):
    make_list(store.folder, "jan", 2)
    facts = Facts()
    facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "connected", 0.0))
    store.follow(facts)
    assert rows_of(store) == ["jan.3"]
    assert rows_of(store, campaign="loans") == ["jan.2", "jan.3"]


def test_the_lists_of_a_campaign_go_in_its_order_and_a_missing_one_is_no_fault(store):
    make_list(store.folder, "jan", 2, numbers=("+8613911110000", "+8613911110001"))
    make_list(store.folder, "feb", 1)
    assert rows_of(store, lists=("feb", "none", "jan")) == ["feb.2", "jan.2", "jan.3"]


def test_a_list_tells_where_its_numbers_may_be_each_place_once(store):
    make_list(store.folder, "jan", 40)
    make_list(store.folder, "feb", 3, zones=("America/New_York America/Chicago", ""))
    assert store.places(("jan",)) == (("Asia/Shanghai",),)
    assert store.places(("jan", "feb", "gone")) == ((), ("America/New_York", "America/Chicago"), ("Asia/Shanghai",))


def test_the_dialler_gets_leads_in_its_own_words(store):
    make_list(store.folder, "jan", 2)
    facts = Facts()
    facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "busy", 1.0))
    told = fetch(store, facts, FetchLeads("cards", 10, NOBODY), ("jan",), 1000.0)
    assert told.left == 2
    assert [(due.lead.lead, due.tries, due.last) for due in told.due] == [
        ("jan.3", 0, None),
        ("jan.2", 1, Outcome.BUSY),
    ]
    assert told.due[0].lead.fields == (("tier", "gold"),)
    assert told.due[0].lead.zones == ("Asia/Shanghai",)


def test_outcomes_that_are_not_the_customers_are_those_of_the_dialler():
    assert {outcome.value for outcome in NOT_HIS} == NOT_CHARGED


@pytest.mark.parametrize("seed", range(12))
def test_random_histories_come_out_as_by_sorting_everybody(store, seed):
    chance = random.Random(seed)  # noqa: S311 - drawn by seed
    count = 30
    priorities = {name: [chance.choice((0, 0, 3)) for _ in range(count)] for name in ("jan", "feb")}
    for name, some in priorities.items():
        make_list(store.folder, name, count, priorities=some)
    facts = Facts()
    facts.add(*history(seed, ("jan", "feb"), count, length=300))
    store.follow(facts)
    leads = [lead_id(name, row) for name in ("jan", "feb") for row in range(2, 2 + count)]
    for campaign in ("cards", "loans"):
        stands = plain_standing([one.fact for one in facts.kept], campaign, leads)
        for now in (50.0, 200.0, 320.0, 400.0):
            wanted = plain_due(stands, now, lambda lead: priorities[lead[:3]][int(lead[4:]) - 2])
            assert rows_of(store, 100, now, lists=("feb", "jan"), campaign=campaign) == wanted
            held = frozenset(wanted[::3])
            rest = [lead for lead in wanted if lead not in held][:7]
            assert rows_of(store, 7, now, held, lists=("feb", "jan"), campaign=campaign) == rest
        assert store.left(campaign, ("jan", "feb")) == sum(not one["over"] for one in stands.values())


def test_a_list_that_is_dialled_through_is_given_out_once_and_whole(store):
    """The place up to which the untouched were given out moves on, over more leads than are looked at at once."""
    make_list(store.folder, "jan", 3000)
    facts, seen, number = Facts(), [], 0
    while due := rows_of(store, 250):
        seen += due
        for lead in due:
            number += 1
            facts.add(begun(f"D{number}", lead), ended(f"D{number}", lead, "bad_number", 0.0))
        store.follow(facts)
    assert seen == [f"jan.{row}" for row in range(2, 3002)]
    assert store.left("cards", ("jan",)) == 0


# ── following the facts ───────────────────────────────────────────────────────────────────────────────────────────────


def all_of(store):
    tables = ("standing", "blocked", "mark")
    found = {name: sorted(store._db.execute(f"SELECT * FROM {name}")) for name in tables}  # noqa: S608 - our own names
    return {**found, "ended": store._db.execute("SELECT campaign, list, ended FROM share ORDER BY 1, 2").fetchall()}


@pytest.mark.parametrize("seed", range(8))
def test_taken_in_by_and_by_or_at_once_after_a_loss_it_is_the_same(store, seed):
    make_list(store.folder, "jan", 20)
    chance, facts = random.Random(seed), Facts()  # noqa: S311 - drawn by seed
    for fact in history(seed, ("jan", "gone"), 20, length=200):
        facts.add(fact)
        if chance.random() < 0.2:
            store.follow(facts)
    store.follow(facts)
    whole = all_of(store)
    assert whole["standing"]
    store.forget()
    assert not store._db.execute("SELECT * FROM standing").fetchall()
    store.follow(facts)
    assert all_of(store) == whole


def test_facts_are_taken_in_once_also_by_two_who_follow(store):
    make_list(store.folder, "jan", 2)
    facts = Facts()
    facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "busy", 1.0))
    with LeadStore(store.folder) as other:
        assert other.follow(facts) == 2
        assert store.follow(facts) == 0
        assert store.due("cards", ("jan",), 9, NOBODY, 10.0)[1].tries == 1


def test_a_page_that_fails_moves_neither_leads_nor_mark(store):
    make_list(store.folder, "jan", 2)
    facts = Facts()
    facts.add(begun("D1", "jan.2"))
    store._db.execute("CREATE TRIGGER no BEFORE UPDATE ON mark BEGIN SELECT RAISE(ABORT, 'planted'); END")
    with pytest.raises(Exception, match="planted"):
        store.follow(facts)
    assert rows_of(store) == ["jan.2", "jan.3"]
    store._db.execute("DROP TRIGGER no")
    assert store.follow(facts) == 1
    assert rows_of(store) == ["jan.3"]


def test_another_journal_that_is_shorter_is_taken_in_from_its_beginning(store):
    make_list(store.folder, "jan", 2)
    facts, other = Facts(), Facts()
    facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "busy", 0.0))
    store.follow(facts)
    other.add(begun("D1", "jan.3"))
    store.follow(other)
    assert rows_of(store) == ["jan.2"]


def test_blocked_numbers_are_known_until_they_are_lifted(store):
    facts = Facts()
    facts.add(
        blocked("+861"), blocked("+862", prefix=True), blocked("+863", scope="cards"), blocked("+861", lifted=True)
    )
    store.follow(facts)
    assert store.blocked() == [("+862", True)]
    assert sorted(store.blocked("cards")) == [("+862", True), ("+863", False)]


def test_leads_are_counted_by_how_they_stand(store):
    make_list(store.folder, "jan", 6, dues=(0.0, 9e9))
    facts = Facts()
    facts.add(begun("D1", "jan.2"), begun("D2", "jan.4"), ended("D2", "jan.4", "busy", 9.0))
    facts.add(begun("D3", "jan.5"), ended("D3", "jan.5", "connected", 0.0), refused("jan.6", "hours", 99.0))
    store.follow(facts)
    rows_of(store)
    (one,) = store.counted("cards", ("jan",))
    assert (one.fresh, one.waiting, one.flying, one.ended) == (2, 2, 1, 1)
    assert dict(one.outcomes) == {"busy": 1, "connected": 1}


# ── lists that come and go ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_is_seen_whole_or_not_at_all(store):
    with NewList(store.folder) as new:
        new.add([(2, "+861", 0, 0.0, "", "", "", "", "", "", "", "", FIELD)], (), ())
        assert store.lists() == []
    assert list(store.folder.glob("*.part")) == []
    assert store.lists() == []


def killed_in_an_import(folder):
    new = NewList(folder)
    new.add([(row, f"+86{row}", 0, 0.0, "", "", "", "", "", "", "", "", "") for row in range(50_000)], (), ())
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_import_leaves_nothing_and_the_next_one_works(store):
    child = multiprocessing.get_context("spawn").Process(target=killed_in_an_import, args=(store.folder,))
    child.start()
    child.join(100)
    assert child.exitcode == -signal.SIGKILL
    assert len(list(store.folder.glob("*.part"))) == 1
    assert store.lists() == []
    make_list(store.folder, "jan", 2)
    assert [one.name for one in store.lists()] == ["jan"]
    assert list(store.folder.glob("*.part")) == []


def test_what_another_import_writes_is_not_swept_away(store):
    with NewList(store.folder) as new:
        assert sweep(store.folder) == 0
        assert new.path.exists()


def test_a_name_is_used_once_also_after_its_list_has_gone(store):
    make_list(store.folder, "jan", 2)
    with pytest.raises(NameTaken):
        make_list(store.folder, "jan", 3)
    assert store.file("jan").told.good == 2
    assert store.drop("jan", 1.0, "ann")
    assert not store.drop("jan", 1.0, "ann")
    with pytest.raises(NameTaken):
        make_list(store.folder, "jan", 3)


def test_a_dropped_list_gives_nobody_out_and_its_facts_stay(store):
    make_list(store.folder, "jan", 2)
    facts = Facts()
    facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "busy", 1.0))
    store.follow(facts)
    store.drop("jan", 1.0, "ann")
    assert rows_of(store) == []
    whole = all_of(store)
    store.forget()
    store.follow(facts)
    assert all_of(store) == whole


def test_doubles_are_refused_but_for_the_first(store):
    with NewList(store.folder) as new:
        numbers = ("+861", "+862", "+861", "+861", "+863")
        new.add([(row, number, 0, 0.0, *[""] * 9) for row, number in enumerate(numbers, 2)], (), ())
        assert new.without_doubles("phone") == 2
        assert new.count() == 3


def test_numbers_of_another_list_and_blocked_ones_are_refused(store):
    other = make_list(store.folder, "jan", 2, numbers=("+8613900000001", "+8613900000002"))
    numbers = ("+8613900000002", "+8613911112222", "+441234", "+8613700000000")
    with NewList(store.folder) as new:
        new.add([(row, number, 0, 0.0, *[""] * 9) for row, number in enumerate(numbers, 2)], (), ())
        new.without_doubles("phone")
        assert new.without_those_of(other, "phone") == 1
        assert new.without_blocked([("+86137", True), ("+441234", False)], "phone") == 2
        assert new.count() == 1
        told = new._db.execute("SELECT row, why, value, told FROM reject ORDER BY row").fetchall()
    assert told == [
        (2, "elsewhere", "+8613900000002", "jan.3"),
        (4, "blocked", "+441234", ""),
        (5, "blocked", "+8613700000000", ""),
    ]
