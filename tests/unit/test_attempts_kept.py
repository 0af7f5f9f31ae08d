"""Calls that we made, in the journal's table of attempts: each a row, counted, paged, found by person."""

import pytest

from journal.facts import (
    AgentAnswered,
    AttemptBegun,
    AttemptEnded,
    CustomerHeard,
    DialRefused,
    OfferMade,
    RecordingKept,
    ResultKept,
)
from journal.store import Journal

pytestmark = pytest.mark.unit


@pytest.fixture
def journal(tmp_path):
    opened = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="test", now=1.0)
    yield opened
    opened.close()


def begun(n: int, campaign: str = "cards", number: str = "+8613800000001", at: float | None = None) -> AttemptBegun:
    at = 100.0 + n if at is None else at
    return AttemptBegun(
        at, f"D{n}", campaign, "a1", f"march.{n}", number, number, "+862195588", 0, "next", "cn 3", "predictive", "Wang"
    )


def ended(n: int, outcome: str = "connected", agent: str = "ann", talked: float = 30.0) -> AttemptEnded:
    number = "+8613800000001"
    at = 200.0 + n
    return AttemptEnded(at, f"D{n}", "cards", f"march.{n}", number, number, outcome, 16, 0.0, agent, 8.0, 0.4, talked)


def said(n: int, result: str = "sold", agent: str = "ann", amount: str = "12.50") -> ResultKept:
    return ResultKept(260.0 + n, f"D{n}", "cards", f"march.{n}", agent, result, result == "sold", 0.0, "", "", amount)


def talk(n: int, agent: str = "ann", state: str = "whole") -> list:
    offer = f"D{n}.1"
    return [
        OfferMade(150.0, f"D{n}", offer, agent, "a1", 170.0, f"path/{n}"),
        AgentAnswered(151.0, f"D{n}", offer, agent, 0.4),
        *([RecordingKept(199.0, f"D{n}", offer, ("a", "b"), 30.0, 30.0, state)] if state else []),
    ]


def test_an_attempt_is_a_row_from_its_dial_to_the_agents_word(journal) -> None:
    journal.append([begun(1), CustomerHeard(110.0, "D1", "human", 108.0, 109.5), ended(1), said(1, "later"), said(1)])
    journal.project()
    row = journal.attempts.attempt("D1")
    assert (row.campaign, row.lead, row.rules) == ("cards", "march.1", "cn 3")
    assert (row.heard, row.answered_at) == ("human", 108.0)
    assert (row.outcome, row.agent, row.talked, row.ended_at) == ("connected", "ann", 30.0, 201.0)
    assert (row.result, row.success, row.amount, row.said_by) == ("sold", 1, "12.50", "ann")
    assert journal.attempts.attempt("D2") is None


def test_counts_are_by_outcome_and_word_of_one_campaign_and_interval(journal) -> None:
    journal.append([*map(begun, range(6)), begun(9, "loans"), begun(10, at=1000.0)])
    journal.append([ended(0), said(0), ended(1), said(1), ended(2), ended(3, "busy", ""), ended(4, "busy", "")])
    journal.project()
    counts = {(one.outcome, one.result, one.success): one.count for one in journal.attempts.counts("cards", 0, 999)}
    assert counts == {
        ("", "", False): 1, ("busy", "", False): 2, ("connected", "", False): 1, ("connected", "sold", True): 2,
    }  # fmt: skip


def refused(at: float, reason: str = "hours", campaign: str = "cards") -> DialRefused:
    return DialRefused(at, campaign, "march.1", "+8613800000001", reason, at + 60)


def test_refusals_are_counted_by_reason_of_one_campaign_and_interval_over_restarts(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/j.db"
    facts = [
        refused(899.9),
        *map(refused, (900.0, 901.0, 1900.0)),
        refused(950.0, "cap"),
        refused(950.0, "cap", "loans"),
    ]
    for fact in facts:  # a server for each: what one has counted, the next finds
        one = Journal.open(url, holder="test", now=1.0)
        one.append([fact])
        one.close()
    last = Journal.open(url, holder="test", now=1.0)
    assert last.attempts.refusals("cards", 900.0, 9999.0) == [("cap", 1), ("hours", 3)]
    assert last.attempts.refusals("cards", 0.0, 900.0) == [("hours", 1)]
    last.rebuild_views()
    assert last.attempts.refusals("loans", 0.0, 9999.0) == [("cap", 1)]
    assert last.attempts.refusals("none", 0.0, 9999.0) == []
    last.close()


def test_attempts_come_newest_first_page_by_page_without_gap_or_repeat(journal) -> None:
    facts = [begun(n, at=float(100 + n * 7919 % 40)) for n in range(1203)]
    journal.append(facts)
    journal.project()
    rows = list(journal.attempts.attempts("cards", 0, 1000))
    assert {row.contact for row in rows} == {fact.contact for fact in facts}
    assert len(rows) == len(facts)
    assert [row.begun_at for row in rows] == sorted((row.begun_at for row in rows), reverse=True)
    assert len(list(journal.attempts.attempts("cards", 0, 1000, limit=7))) == 7
    assert list(journal.attempts.attempts("cards", 0, 1000, outcomes=["busy"])) == []


def test_a_person_is_found_by_number_with_what_can_be_heard(journal) -> None:
    journal.append([begun(1), *talk(1), ended(1), begun(2), ended(2, "busy", ""), begun(3, number="+8613800000002")])
    journal.project()
    rows = journal.attempts.of_person("+8613800000001")
    assert [row.contact for row in rows] == ["D2", "D1"]
    [kept] = journal.attempts.talks([row.contact for row in rows]).values()
    assert (kept.offer, kept.agent, kept.state) == ("D1.1", "ann", "whole")


def test_rebuilt_attempts_equal_the_kept_ones(journal) -> None:
    journal.append([begun(1), *talk(1), ended(1), said(1), begun(2), ended(2, "busy", "")])
    journal.project()
    before = list(journal.attempts.attempts("cards", 0, 1000))
    journal.rebuild_views()
    assert list(journal.attempts.attempts("cards", 0, 1000)) == before
