"""The campaign benchmark: its customers repeat, and each way to lose, repeat or silence one is found out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.campaign.account import Attempt, Judged, judge
from benchmarks.campaign.crowd import OF_HUNDRED, draw, write_list
from benchmarks.campaign.foreseen import on_the_telephone
from cti.asterisk.carrier import Account, Outcome, Who, customer_number

pytestmark = pytest.mark.unit

PERSON, BUSY, HASTY = (customer_number(who, 3, 14) for who in (Who.PERSON, Who.BUSY, Who.HASTY))
TALK = Account("c1", Outcome.TALKED, "customer", 100.0, 104.5, 120.0, 16, PERSON, 102.0, 103.0)
REFUSED = Account("c2", Outcome.REFUSED, "exchange", 100.0, None, 101.0, 17, BUSY)
SERVED = Attempt("D00000001", PERSON, "connected", 103.0, 104.0)
ENGAGED = Attempt("D00000002", BUSY, "busy")


def judged(*attempts: Attempt, accounts: tuple[Account, ...] = (TALK, REFUSED)) -> Judged:
    return judge([PERSON, BUSY], attempts, accounts)


def test_the_same_seed_draws_the_same_customers_each_once(tmp_path):
    numbers = draw(500, 1)
    assert numbers == draw(500, 1)
    assert len(set(numbers)) == 500
    assert {Who(number[-6:-4]) for number in numbers} == set(OF_HUNDRED)
    assert sum(OF_HUNDRED.values()) == 100
    write_list(tmp_path / "list.csv", numbers)
    assert len((tmp_path / "list.csv").read_text().splitlines()) == 501


def test_a_campaign_in_order_has_nothing_against_it():
    told = judged(SERVED, ENGAGED)
    assert not any((told.called_twice, told.open_attempts, told.unknown_to_server, told.unknown_to_carrier))
    assert not any((told.wrong_word, told.silent, told.never_dialled))
    assert (told.persons, told.abandoned, told.waits) == (1, 0, [1.0])
    assert told.heard_after == [1.5]


def test_planted_faults_are_found():
    assert judged(SERVED).never_dialled == 1
    assert judged(SERVED).unknown_to_server == [BUSY]
    assert judged(SERVED, ENGAGED, accounts=(TALK, TALK, REFUSED)).called_twice == [PERSON]
    again = replace(SERVED, attempt="D00000003")
    assert judged(SERVED, again, ENGAGED, accounts=(TALK, TALK, REFUSED)).called_twice == [PERSON]
    assert judged(replace(SERVED, outcome="congestion"), again, ENGAGED).called_twice == []
    assert judged(replace(SERVED, outcome=""), ENGAGED).open_attempts == ["D00000001"]
    assert judged(SERVED, ENGAGED, accounts=(TALK,)).unknown_to_carrier == ["D00000002"]
    assert judged(SERVED, replace(ENGAGED, outcome="no_answer")).wrong_word == ["D00000002 busy: no_answer"]


def test_a_person_on_whom_we_hang_up_without_a_word_is_a_silent_call():
    cut_off = replace(TALK, outcome=Outcome.CUT_OFF, ended_by="exchange", greeted_at=None)
    told = judged(replace(SERVED, outcome="machine"), ENGAGED, accounts=(cut_off, REFUSED))
    assert told.silent == ["D00000001: machine"]
    assert told.wrong_word == ["D00000001 person: machine"]
    informed = replace(cut_off, outcome=Outcome.TOLD, told_at=105.0)
    assert judged(replace(SERVED, outcome="abandoned"), ENGAGED, accounts=(informed, REFUSED)).silent == []
    hasty = replace(TALK, outcome=Outcome.CUT_OFF, greeted_at=None, number=HASTY)
    assert judge([HASTY], [Attempt("D00000001", HASTY, "gone")], [hasty]).silent == []


def talk(number: str, begun: float, connected: float, talked: float) -> Attempt:
    return Attempt(f"D{number}", number, "connected", connected - 1.0, connected, begun, connected + talked, talked)


def test_work_is_counted_while_there_is_somebody_to_dial():
    again = replace(talk("1", 150.0, 0.0, 0.0), outcome="busy")
    came = on_the_telephone([talk("1", 0.0, 10.0, 28.0), talk("2", 100.0, 110.0, 50.0), again], 0.0, 1)
    assert came.talking == pytest.approx(30.0 / 100.0)  # the second talk is after the last first dial
    assert came.minutes == (pytest.approx(0.5),)
    assert (came.persons, came.abandoned) == (2, 0)


def test_seconds_without_a_server_count_for_nobody():
    talks = [talk("1", 0.0, 10.0, 28.0), talk("2", 60.0, 65.0, 3.0), talk("3", 100.0, 110.0, 9.0)]
    assert on_the_telephone(talks, 0.0, 1).talking == pytest.approx(35.0 / 100.0)
    assert on_the_telephone(talks, 40.0, 1).talking == pytest.approx(35.0 / 80.0)
    assert on_the_telephone(talks, 20.0, 1).talking == pytest.approx(15.0 / 60.0)
