"""Days on which supervisors alter agents, close queues and save rules, and the server dies: every invariant holds."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from invariants import Broken, check_all, check_restored, holds

import journal.facts as facts
from desk.steered import AgentAlterationAsked, AlterationUndoAsked, QueueSwitchAsked, QueueWish
from desk.vocabulary import Refused
from switchroom import alterations
from switchroom.centre import Centre
from switchroom.edition import Edition, Editions, FloorChanged
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim

HOTLINE = Path(__file__).parents[1] / "floors" / "hotline"
# The simulated day begins at 22:13:20 UTC: closing time comes by itself, and the queue opens again a little later.
CALENDAR = "late:\n  zone: UTC\n  open: {daily: [00:00-22:16, 22:27-24:00]}\n"
RULES = """cards:
  ring_for: 15s
  wrap_up: 10s
  needs: cards 2 and (english or mandarin)
  order: priority
  priority: {gold: 8}
  relax:
    - {after: 10s, needs: cards 2}
    - {after: 20s, needs: cards 2 or loans, drop_asked: true}
  last_agent: 5s
  full: 25
  hours: late
  no_agent: true
loans:
  ring_for: 20s
  wrap_up: 20s
  needs: loans 3
  choose: best_skill
  relax:
    - {after: 15s, needs: loans}
  hours: late
  when_closed: release
  full: 25
  no_agent: true
"""
OTHERS = (RULES, RULES.replace("loans 3", "loans 4").replace("gold: 8", "gold: 6"), RULES.replace("cards 2", "cards 3"))
NUMBERS = ("4008001", "4008002", "4008009")


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def editions(tmp_path_factory) -> list[Edition]:
    """The hotline with queues that let callers go, in three states of its rules."""
    made = []
    for number, rules in enumerate(OTHERS):
        folder = Path(shutil.copytree(HOTLINE, tmp_path_factory.mktemp(f"floor{number}") / "dialplans"))
        (folder / "queues.yaml").write_text(rules, encoding="utf-8")
        with (folder / "calendars.yaml").open("a", encoding="utf-8") as file:
            file.write("\n" + CALENDAR)
        for flow in (folder / "flows").glob("*.yaml"):
            text = flow.read_text(encoding="utf-8")
            for queue in ("cards", "loans"):
                step = f"    queue: {queue}\n"
                text = text.replace(step, step + "    closed: bye\n    full: bye\n    no_agent: bye\n")
            flow.write_text(text, encoding="utf-8")
        floor, faults = load_floor(folder)
        assert floor, "\n".join(map(str, faults))
        made.append(Edition(f"e{number}", Plan(floor, "86"), AnySound()))
    return made


class Day:
    """A day with a supervisor who wants something every few seconds."""

    def __init__(self, editions: list[Edition], seed: int, on_turn=None, **weather) -> None:
        self.editions, self.present = editions, editions[0]
        self.chance = Random(seed)  # noqa: S311 - a test's dice
        self.said = self.refused = 0
        self.sim = Simulator(
            self.new_centre, Weather(calls_per_second=0.8, numbers=NUMBERS, **weather), seed, on_turn=on_turn
        )

    def new_centre(self) -> Centre:
        centre = Centre(self.present.plan, AnySound())
        older = {(flow.name, flow.version): one for one in self.editions for flow in one.plan.floor.flows.values()}
        centre.editions = Editions(self.present, older=older)
        return centre

    def run(self, minutes: float) -> Day:
        self.sim.after(5.0, self.say)
        self.sim.run(minutes * 60)
        return self

    def say(self) -> None:
        kind = self.chance.choice(("skills", "queues", "undo", "switch", "switch", "save"))
        try:
            self.sim.tell(self.edition() if kind == "save" else self.wish(kind))
            self.said += 1
        except Refused:
            self.refused += 1
        if self.sim.now < self.sim.start + 1200:
            self.sim.after(self.chance.uniform(1, 20), self.say)

    def edition(self) -> FloorChanged:
        self.present = self.chance.choice(self.editions)
        self.sim.centre.editions.staged[self.present.key] = self.present
        return FloorChanged(self.present.key, "anna", "saved")

    def wish(self, kind: str):
        agent, queue = self.chance.choice(sorted(self.present.plan.agents)), self.chance.choice(("cards", "loans"))
        if kind == "undo":
            return AlterationUndoAsked("li", agent, self.sim.centre.alterations.get(agent, 1), "why not")
        if kind == "queues":
            return AgentAlterationAsked("li", agent, "x", queues=self.chance.choice((("all",), (queue,))))
        if kind == "skills":
            skills = tuple((skill, self.chance.randint(1, 5)) for skill in ("cards", "english", "loans", "mandarin"))
            return AgentAlterationAsked("li", agent, "x", skills=skills[: self.chance.randint(1, 4)])
        wish = self.chance.choice(tuple(QueueWish))
        return QueueSwitchAsked("li", queue, wish, "x", release=self.chance.random() < 0.3)


@pytest.mark.parametrize("seed", range(3))
def test_a_steered_day_with_deaths_keeps_every_invariant(editions, seed) -> None:
    day = Day(editions, seed, death=0.01, told_twice=0.05, no_answer=0.1, refuse=0.05).run(8)
    check_all(day.sim.facts)
    assert not day.sim.centre.contacts
    assert not day.sim.lines
    assert day.sim.deaths > 5
    assert day.said > 20
    why = {fact.why for fact in day.sim.facts if isinstance(fact, facts.CallerLeftQueue)}
    assert "closed" in why
    assert any(isinstance(fact, facts.AgentAnswered) for fact in day.sim.facts)


def test_at_any_cut_the_facts_rebuild_the_same_floor(editions) -> None:
    turns = 0
    day = Day(editions, 11, no_answer=0.1)

    def compare(sim, _effects) -> None:
        nonlocal turns
        turns += 1
        if turns % 9 == 0:
            again = day.new_centre()
            check_restored(sim.centre, again, sim.facts)
            same_floor(sim.centre, again)

    day.sim.on_turn = compare
    day.run(4)
    assert turns > 500
    assert [fact for fact in day.sim.facts if isinstance(fact, facts.AgentAltered) and fact.how == "undone"]


def same_floor(live: Centre, again: Centre) -> None:
    holds(live.altered == again.altered, "the same changes stand", live.altered, again.altered)
    holds(live.hours.closed == again.hours.closed, "the same queues are closed", live.hours, again.hours)
    holds(live.router.snapshot().closed == again.router.snapshot().closed, "the router knows it", live.hours)
    holds(live.hours.held == again.hours.held, "the same queues are held", live.hours, again.hours)
    holds(live.plan.agents == again.plan.agents, "agents are able to do the same")


def test_a_change_that_is_forgotten_at_a_restart_is_caught(editions, monkeypatch) -> None:
    monkeypatch.setattr(alterations, "upon", lambda plan, _altered: plan)

    def compare(sim, _effects) -> None:
        skills = {name: change.skills for name, change in sim.centre.altered.items()}
        planned = {name: tuple(sorted(sim.centre.plan.agents[name].skills)) for name in skills}
        holds(planned == skills, "agents are able to do the same")

    with pytest.raises(Broken, match="able to do the same"):
        Day(editions, 2, compare).run(4)
