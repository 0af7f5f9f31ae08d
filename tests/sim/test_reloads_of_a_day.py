"""Reload after reload under a hundred calls, with crashes between: nobody is lost, nobody meets two versions."""

from __future__ import annotations

from collections import defaultdict

import pytest
import small_floor
from invariants import Broken, check_all, check_restored, holds

import cti.vocabulary as cti
import journal.facts as facts
from ivr.session import Session
from switchroom import deployment
from switchroom.centre import Centre
from switchroom.edition import Editions, FloorChanged
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim

RELOADS = 500


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """Five hundred editions, as a stage makes them; each but its key is kept in memory here."""
    stage = small_floor.stage_in(tmp_path_factory.mktemp("floors"))
    queues = "cards:\n  ring_for: 20s\n  wrap_up: 5s\nloans:\n  ring_for: 10s\n  wrap_up: 5s\n"
    both = "".join(
        f"{name}:\n  name: {name}\n  phone: agent{n}\n  queues: [cards, loans]\n  skills: {{cards: 5}}\n"
        for n, name in enumerate(("ann", "ben", "cid", "dora", "eve", "fay"), 1)
    )
    one = both.replace("queues: [cards, loans]", "queues: [cards]").partition("eve:")[0]
    made = []
    for version in range(1, RELOADS + 2):
        odd = version % 3 == 0  # now and then a queue and two agents come and go
        more = {"agents": both, "queues": queues, "queue": "loans"} if odd else {"agents": one}
        made.append(small_floor.edition(stage, version, **more))
    return made


class Day:
    """A simulated day on which the floor changes again and again."""

    def __init__(self, editions, seed, **weather):
        self.editions, self.at = editions, 0
        by_flow = {("main", one.plan.floor.flows["main"].version): one for one in editions}
        self.known = by_flow
        self.heard: dict[str, set[int]] = defaultdict(set)
        self.most = 0
        self.sim = Simulator(
            self.new_centre, Weather(calls_per_second=1.2, talk=60, numbers=("4008001",), **weather), seed,
            on_turn=self.look,
        )  # fmt: skip

    def new_centre(self) -> Centre:
        edition = self.editions[self.at]
        centre = Centre(edition.plan, edition.sounds)
        centre.editions = Editions(edition, older=self.known)
        return centre

    def look(self, sim, effects) -> None:
        self.most = max(self.most, len(sim.lines))
        for effect in effects:
            if isinstance(effect, cti.PlayPrompt | cti.CollectDigits):
                self.heard[effect.call] |= {small_floor.version_of(sound) for sound in effect.sounds}

    def change(self, every: float) -> None:
        if self.at + 1 < len(self.editions):
            self.at += 1
            edition = self.editions[self.at]
            self.sim.centre.editions.staged[edition.key] = edition
            self.sim.tell(FloorChanged(edition.key, "anna", "saved"))
            self.sim.after(every, lambda: self.change(every))

    def run(self, seconds: float) -> Day:
        every = seconds / RELOADS
        self.sim.after(10.0, lambda: self.change(every))
        self.sim.run(seconds)
        return self

    def check(self) -> None:
        check_all(self.sim.facts)
        started = {f.contact: f.version for f in self.sim.facts if isinstance(f, facts.CallStarted)}
        versions = {one.plan.floor.flows["main"].version: n for n, one in enumerate(self.editions, 1)}
        met: dict[str, set[int]] = defaultdict(set)
        for fact in self.sim.facts:
            if isinstance(fact, facts.StepEntered):
                met[fact.contact].add(small_floor.version_of(fact.step))
            holds(getattr(fact, "exit", "") != "flow_changed", "no step is gone under a caller", fact)
            holds(getattr(fact, "outcome", "") != "lost", "no call is lost", fact)
        for contact, version in started.items():
            holds(met[contact] <= {versions[version]}, "nobody meets the steps of two versions", contact, met[contact])
            holds(self.heard[contact] <= {versions[version]}, "nobody hears two versions", self.heard[contact])


@pytest.mark.parametrize("seed", range(2))
def test_500_reloads_under_100_calls_drop_nobody_and_nobody_meets_two_versions(editions, seed):
    day = Day(editions, seed).run(1000)
    day.check()
    changes = [fact for fact in day.sim.facts if isinstance(fact, facts.FlowChanged)]
    assert len(changes) == RELOADS
    assert day.most >= 100, "the day was to be busy"
    assert not day.sim.lines
    assert not day.sim.centre.contacts


def test_nor_when_the_server_is_killed_again_and_again_between(editions):
    day = Day(editions, 5, death=0.01, told_twice=0.05, no_answer=0.1).run(600)
    day.check()
    assert day.sim.deaths > 20


def test_at_any_cut_the_facts_rebuild_the_same_centre_with_its_versions(editions):
    turns = 0
    day = Day(editions, 7)

    def compare(sim, effects):
        nonlocal turns
        turns += 1
        day.look(sim, effects)
        if turns % 40 == 0:
            again = day.new_centre()
            check_restored(sim.centre, again, sim.facts)
            for name, contact in sim.centre.contacts.items():
                holds(again.contacts[name].edition is contact.edition, "the same edition", name)
            holds(set(again.plan.queues) == {*sim.centre.editions.present.plan.queues, *_needed(again)}, "queues")

    day.sim.on_turn = compare
    day.run(300)
    assert turns > 1500


def _needed(centre) -> set[str]:
    return {queue for contact in centre.contacts.values() for queue in contact.edition.plan.queues}


def test_a_centre_that_gives_callers_the_newest_flow_is_caught(editions, monkeypatch):
    real = deployment.put_in_force

    def careless(centre, turn):
        real(centre, turn)
        present = centre.editions.present
        for contact in centre.contacts.values():
            contact.edition = present
            contact.session = Session(present.plan.floor.flows["main"], contact.session.state)

    monkeypatch.setattr(deployment, "put_in_force", careless)
    with pytest.raises(Broken, match=r"two versions|step is gone"):
        Day(editions, 1).run(200).check()


def test_a_recovery_that_takes_the_newest_flow_is_caught(editions, monkeypatch):
    monkeypatch.setattr(Editions, "of_call", lambda self, flow, version: self.present)
    with pytest.raises(Broken, match=r"two versions|step is gone"):
        Day(editions, 5, death=0.01).run(200).check()
