"""The live count on simulated days with kills: it agrees with the centre at every turn, and a planted fault shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from plain_count import contact_waits

import journal.facts as f
from journal.store import Journal
from switchroom import way
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.ledger import Ledger
from switchroom.plan import Plan
from switchroom.reconciling import Reconciler
from switchroom.simulated_talks import TalkSimulator
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim
NUMBERS = ("4008001", "4008002", "4008009")
HARD = {"death": 0.02, "no_answer": 0.15, "refuse": 0.1, "told_twice": 0.1, "gives_up_in_flow": 0.1}


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert floor is not None, faults
    return Plan(floor, "86")


class Watched:
    """A simulated day beside which somebody counts; `spoil` may change the facts before they are counted."""

    def __init__(self, plan, seed, spoil=lambda fact: [fact], kind=Simulator, **weather) -> None:
        self.seq = self.turns = 0
        self.spoil = spoil
        self.centre = None
        self.count: Reconciler | None = None
        self.faults: list[str] = []
        self.sim = kind(
            lambda: Centre(plan, AnySound()), Weather(numbers=NUMBERS, **weather), seed, on_turn=self.turn
        )

    def turn(self, sim, effects) -> None:
        told = [effect for effect in effects if isinstance(effect, f.Fact)]
        if sim.centre is not self.centre:  # the server is another one: it begins with what its facts say is open
            before = sim.facts[: len(sim.facts) - len(told)]
            ended = {fact.contact for fact in before if isinstance(fact, f.CallEnded)}
            still_open = [fact for fact in before if getattr(fact, "contact", "") not in ended]
            self._keep()
            self.centre, self.count = sim.centre, Reconciler(sim.centre, lambda: sim.now, still_open)
        for fact in told:
            self.seq += 1
            for one in self.spoil(fact):
                self.count.published(self.seq, one)
        self.turns += 1
        self.count.check()

    def _keep(self) -> None:
        if self.count is not None:
            self.faults += self.count.reckoning().last

    def run(self, seconds=300) -> list[str]:
        self.sim.run(seconds)
        self._keep()
        return self.faults


@pytest.mark.parametrize("kind", [Simulator, TalkSimulator])
@pytest.mark.parametrize("seed", range(4))
def test_on_a_day_of_kills_all_counts_agree_at_every_turn(plan, seed, kind):
    day = Watched(plan, seed, kind=kind, **HARD)
    assert day.run() == []
    assert day.turns > 1000
    assert day.sim.deaths > 5


@pytest.mark.parametrize("seed", range(2))
def test_without_a_kill_the_live_count_is_the_plain_count_of_the_facts(plan, seed):
    day = Watched(plan, seed, no_answer=0.1, refuse=0.1)
    assert day.run() == []
    total = day.count.reckoning().total
    waits = contact_waits(day.sim.facts)
    assert total.offered == len(waits) > 50
    for how in ("answered", "abandoned", "flowed_out", "callback", "lost"):
        assert getattr(total, how) == sum(wait.how == how for wait in waits), how
    assert total.in_progress == 0


def nth(kind, number, change):
    """Spoil the nth fact of this kind."""
    seen = 0

    def spoil(fact):
        nonlocal seen
        seen += isinstance(fact, kind)
        return change(fact) if isinstance(fact, kind) and seen == number else [fact]

    return spoil


SPOILT = {
    "an answer is lost": nth(f.AgentAnswered, 9, lambda fact: []),
    "an end is lost": nth(f.CallEnded, 9, lambda fact: []),
    "an end comes twice": nth(f.CallEnded, 9, lambda fact: [fact, fact]),
    "a request is lost": nth(f.CallerQueued, 9, lambda fact: []),
    "a beginning is lost": nth(f.CallStarted, 9, lambda fact: []),
    "a beginning comes twice": nth(f.CallStarted, 9, lambda fact: [fact, fact]),
    "an answered caller ends as abandoned": nth(
        f.CallEnded, 9, lambda fact: [replace(fact, outcome="abandoned" if fact.outcome == "answered" else "answered")]
    ),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_fact_shows_with_the_contact_that_it_is_about(plan, spoil):
    faults = Watched(plan, 1, spoil).run()
    assert faults
    assert any("contact a1-" in one for one in faults)


def test_a_centre_that_forgets_a_contact_shows(plan, monkeypatch):
    real = way.join_queue

    def forgets(centre, contact, join, turn):
        real(centre, contact, join, turn)
        if len(centre.closed) == 12:
            del centre.contacts[contact.contact]

    for kind, known in Centre.SESSION_ANSWERS.items():
        if known is real:
            monkeypatch.setitem(Centre.SESSION_ANSWERS, kind, forgets)
    day = Watched(plan, 1)
    with pytest.raises(KeyError):
        day.run()
    day._keep()
    assert any("the centre has let it go" in one for one in day.faults)


def test_a_centre_that_takes_a_waiting_caller_for_answered_shows(plan):
    day = Watched(plan, 1)
    real = day.turn

    def turn(sim, effects):
        for contact in sim.centre.contacts.values():
            if contact.place == "waiting" and day.turns == 400:
                contact.reached = "answered"
        real(sim, effects)

    day.sim.on_turn = turn
    day.run()
    day._keep()
    assert any("counted as waiting, the centre says answered" in one for one in day.faults)


def test_a_standing_that_does_not_add_up_is_told_with_its_numbers(plan):
    ledger = Ledger()
    ledger.take(1, f.CallStarted(1.0, "c", "c", "n", "1", "", "2", "main", "v", "en"))
    ledger.take(2, f.CallerQueued(2.0, "c", "cards", (), 0, 2.0, 0.0, ""))
    assert ledger.check() == []
    ledger.queues["cards"].ended["answered"] += 1  # as a count would that moves a caller in one place only
    (found,) = ledger.check()
    assert found.what.startswith("queue cards: offered 1 are not answered 1, abandoned 0")
    assert found.what.endswith("in progress 1")
    assert ledger.check() == []


async def test_every_finished_wait_is_held_against_the_history(plan, tmp_path):
    day = Watched(plan, 2, no_answer=0.1)
    day.run()
    journal = Journal.open(f"sqlite:///{tmp_path}/journal.db", holder="test", now=1.0)
    journal.append(day.sim.facts)
    journal.project()
    wanted = len(day.count.ledger.finished)
    await day.count.compare(journal)
    assert (day.count.compared, day.count.faults) == (wanted, 0)
    assert wanted > 50
    journal.close()


@pytest.mark.parametrize(
    "change",
    [
        "answered_ms = answered_ms + 1 WHERE answered_ms IS NOT NULL",
        "answered_ms = NULL WHERE answered_ms IS NOT NULL",
        "answered_ms = ended_ms WHERE answered_ms IS NULL AND asked_ms IS NOT NULL",
        "queue = 'nowhere' WHERE asked_ms IS NOT NULL",
    ],
)
async def test_a_history_that_tells_one_wait_otherwise_shows(plan, tmp_path, change):
    day = Watched(plan, 2, no_answer=0.1, gives_up_in_flow=0.1)
    day.run()
    journal = Journal.open(f"sqlite:///{tmp_path}/journal.db", holder="test", now=1.0)
    journal.append(day.sim.facts)
    journal.project()
    table, only = change.split(" WHERE ")
    sql = f"UPDATE contacts SET {table} WHERE contact = (SELECT MIN(contact) FROM contacts WHERE {only})"  # noqa: S608 - our own words
    with journal._connection.begin():
        journal._connection.exec_driver_sql(sql)
    await day.count.compare(journal)
    (told,) = day.count.reckoning().last
    assert "counted live as" in told
    assert day.count.faults == 1
    journal.close()
