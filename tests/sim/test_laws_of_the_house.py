"""Laws on a floor that calls: who agreed to what, the same again from facts, and the proof of a day of calls."""

from __future__ import annotations

from pathlib import Path

import pytest
from dial_floor import NOON, AnySound, floor, plan, restored
from test_dialled_days import play

import desk.vocabulary as desk
from desk.law_view import LawAgreeAsked
from journal.law_facts import LawAgreed
from journal.outbound_facts import AttemptEnded
from journal.store import Journal
from journal.views import JournalReader
from outbound.law.profiles import STRICT
from outbound.law.writing import digest_of
from switchroom import tape
from switchroom.centre import Centre
from switchroom.commands.audit_campaign import _facts
from switchroom.dial_ledger.files import FOLDER, lines_of
from switchroom.dial_ledger.hours_read import outside
from switchroom.dial_ledger.keeping import Follower
from switchroom.dial_ledger.proving import RECORDED, SEALED, prove
from switchroom.dial_ledger.recount import MEASURES, Recount
from switchroom.lawmaking import FloorLaws
from switchroom.plan import Plan
from switchroom.recovery import restore

pytestmark = pytest.mark.sim

OWN = "own:\n  version: {version}\n  based_on: cn\n  cap: {cap}\n"


def planned(folder: Path, version: str, cap: str) -> Plan:
    folder.mkdir(exist_ok=True)
    (folder / "laws.yaml").write_text(OWN.format(version=version, cap=cap))
    return plan(folder)


def views(centre: Centre) -> dict[str, object]:
    return {view.law: view for view in FloorLaws(lambda: centre, lambda: NOON).views()}


def agree(centre: Centre, by: str) -> LawAgreed:
    law = centre.plan.floor.laws["own"]
    (fact,) = centre.handle(LawAgreeAsked(by, "own", digest_of(law), "read it"), NOON)
    return fact


def test_a_law_counts_when_two_have_agreed_to_what_it_gives_more(tmp_path):
    centre = Centre(planned(tmp_path, "1", "2%"), AnySound())
    assert "own" not in centre.outbound.book.laws
    assert centre.outbound.book.laws.get("own", STRICT) is STRICT
    first = agree(centre, "ann")
    assert (first.in_force, first.widens, first.by) == (False, ("cap",), "ann")
    assert (views(centre)["own"].first, views(centre)["own"].in_force) == ("ann", False)
    assert not agree(centre, "ann").in_force
    assert agree(centre, "bob").in_force
    assert centre.outbound.book.laws["own"].cap == 0.02
    assert views(centre)["own"].in_force


def test_a_law_that_only_narrows_needs_one_word_and_one_that_changed_meanwhile_none(tmp_path):
    centre = Centre(planned(tmp_path, "1", "0.5%"), AnySound())
    with pytest.raises(desk.Refused):
        centre.handle(LawAgreeAsked("ann", "own", "0" * 64, "x"), NOON)
    with pytest.raises(desk.Refused):
        centre.handle(LawAgreeAsked("ann", "us", digest_of(centre.plan.floor.laws["us"]), "x"), NOON)
    assert agree(centre, "ann").in_force


def test_a_changed_law_needs_a_new_version(tmp_path):
    told = [agree(Centre(planned(tmp_path, "1", "0.5%"), AnySound()), "ann")]
    later = Centre(planned(tmp_path, "1", "0.4%"), AnySound())
    restore(later, told, NOON)
    with pytest.raises(desk.Refused, match="new version"):
        agree(later, "ann")


def test_a_new_server_knows_from_facts_what_was_agreed_to_although_the_text_is_another(tmp_path):
    centre = Centre(planned(tmp_path, "1", "0.5%"), AnySound())
    told = [agree(centre, "ann")]
    later = Centre(planned(tmp_path, "2", "2%"), AnySound())
    assert not restore(later, told, NOON)
    assert later.outbound.book.laws["own"].version == "1"  # until two persons agree to the second
    told += [agree(later, "ann"), agree(later, "bob")]
    again = Centre(planned(tmp_path, "2", "2%"), AnySound())
    restore(again, told, NOON)
    assert again.outbound.book.laws == later.outbound.book.laws
    assert again.outbound.book.laws["own"].version == "2"


def test_a_word_is_on_the_tape():
    told = LawAgreeAsked("ann", "own", "0" * 64, "read it")
    assert list(tape.read(tape.write([(NOON, told)]))) == [(NOON, told)]


def remembered(centre: Centre, facts: list[object], at: float) -> dict[str, object]:
    """Everything that the book of law knows of these attempts at a moment."""
    book, ends = centre.outbound.book, [fact for fact in facts if isinstance(fact, AttemptEnded)]
    people, numbers = {fact.person for fact in ends}, {fact.number for fact in ends}
    laws = book.laws.values()
    return {
        "tries": {one: (book.callbook.tries_of(one), book.callbook.contacts_of(one)) for one in people},
        "numbers": {one: book.callbook.tries_on(one) for one in numbers},
        "left": {(fact.number, fact.person): book.callbook.abandoned_at(fact.number, fact.person) for fact in ends},
        "busy": {one for one in people if book.callbook.in_contact(one)},
        "shares": {law.name: book.shares.of(law, "cards-offer", at) for law in laws},
    }


def test_what_the_laws_remember_is_what_facts_tell(tmp_path):
    sim, differs = floor(tmp_path, 41, "ratio"), []

    def compare(sim, effects):
        if sim.turns % 211 == 0:
            there, again = (remembered(centre, sim.facts, sim.now) for centre in (sim.centre, restored(sim)))
            differs.extend(key for key in there if there[key] != again[key])

    sim.on_turn = compare
    play(sim, 400.0, 600.0)
    assert any(isinstance(fact, AttemptEnded) and fact.outcome == "connected" for fact in sim.facts)
    assert not differs


def test_a_day_of_deaths_is_proved_from_its_bare_facts(tmp_path):
    sim = floor(tmp_path / "floor", 31, "ratio", death=0.005)
    facts = play(sim)
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}", holder="test", now=NOON)
    journal.append(facts)
    journal.close()
    reader = JournalReader.open_reader(f"sqlite:///{tmp_path / 'journal.db'}")
    follower = Follower(reader, tmp_path)
    follower.follow()
    follower.files.close()
    proof = prove("cards-offer", lines_of(tmp_path / FOLDER), _facts(reader, RECORDED), _facts(reader, (SEALED,)))
    reader.close()
    assert proof.faults == []
    assert proof.claims > 20
    assert outside(proof.trail.begun, lambda _: (), {}) == []
    recount = Recount([(end.at, end.outcome, end.waited) for end in proof.trail.ends])
    live = sim.centre.outbound.book.shares
    for measure in MEASURES:
        law = {**sim.centre.outbound.book.laws, "strict": STRICT}[measure.rules.partition("@")[0]]
        tally = recount.at(measure, len(recount.times) - 1)
        assert live.of(law, "cards-offer", recount.times[-1]).rate == pytest.approx(tally.rate)
