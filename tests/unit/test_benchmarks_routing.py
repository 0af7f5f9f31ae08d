"""The routing benchmark measures what it says: equal floors, equal answers, rivals that find what is there."""

from __future__ import annotations

import json

import pytest

from acd import messages as m
from acd.router import Router
from benchmarks.routing.drive import Drive
from benchmarks.routing.floors import Crowd, Size
from benchmarks.routing.naive import ScanningRouter
from benchmarks.routing.rivals import MemberScan, SqlSearch, crowd_of, search
from benchmarks.routing.run import main, measure

pytestmark = pytest.mark.unit

SMALL = Size(20, 30, 10)


def test_a_twin_stands_at_the_same_moment_and_is_told_the_same():
    first = Drive(SMALL, 3)
    scan, again = first.twin(ScanningRouter, keep=True), first.twin(Router, keep=True)
    one, other = scan.run(60), again.run(60)
    assert one.answers == other.answers
    assert scan.router.snapshot() == again.router.snapshot()
    assert one.offers > 20


def test_callers_wait_in_the_number_that_was_asked_for():
    drive = Drive(Size(50, 100, 10), 1)
    drive.run(50)
    waiting = sum(contact.state == "waiting" for contact in drive.router.contacts().values())
    assert 90 <= waiting <= 120


def test_a_router_that_answers_otherwise_is_counted(monkeypatch):
    monkeypatch.setattr("benchmarks.routing.naive.place", lambda contact, _rules, _now: contact.contact)
    assert measure(Size(20, 40, 4), 1, 50).differed


@pytest.mark.parametrize("tuned", [False, True])
def test_a_query_finds_who_has_the_skills_and_has_been_free_for_longest(tuned):
    people = crowd_of(SMALL, 1)
    rival = SqlSearch(people, tuned=tuned)
    ann, bob = sorted(people)[:2]
    skill, level = next(iter(people[ann].skills.items()))
    asks = m.ContactArrived(m.ContactId("c"), "n0", "q00", ((skill, level),), 0, 1.0)
    other = m.ContactArrived(m.ContactId("d"), "n0", "q00", (("nobody has it", 1),), 0, 0.5)
    assert rival.arrive(other) is None
    assert rival.arrive(asks) is None
    assert rival.free(ann, 2.0) == "c"
    assert rival.free(ann, 3.0) is None
    assert rival.free(bob, 2.5) is None
    assert rival.arrive(asks) == ann


def test_members_are_taken_in_turn():
    people = crowd_of(SMALL, 1)
    call = Crowd(people, Drive(SMALL, 1).dice).next(1.0)
    rival = MemberScan(people)
    members = [agent for agent, profile in sorted(people.items()) if call.queue in profile.queues]
    for at, member in enumerate(reversed(members)):
        rival.free(member, float(at))
    assert rival.arrive(call) == members[-1]
    assert len(search(MemberScan(people), SMALL, 1, 50)) >= 50


def test_a_quick_run_writes_its_figures_and_says_that_all_were_equal(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.routing.run.QUICK", (SMALL,))
    assert main(["--quick", "--json", str(tmp_path / "it.json")]) == 0
    (figure,) = json.loads((tmp_path / "it.json").read_text())["figures"]
    assert (figure["size"], figure["differed"]) == ("20 x 30 x 10", 0)
    assert figure["compared"] > 100
