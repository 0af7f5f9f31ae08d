"""A floor that calls: two campaigns, one of whose agents serve callers too, a list, and what must be true of it all."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any

import journal.facts as facts
import journal.outbound_facts as made
from outbound.states import Stage
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.recovery import restore
from switchroom.simulator import Simulator, Weather

NUMBER = "4008001"
NOON = 1_700_020_800.0  # 12:00 in Shanghai, on a Wednesday
FLOW = """flow: {name}
languages: [en]
start: first
steps:
  first:
    {verb}
    next: bye
  bye:
    hangup: normal
"""
INBOUND = """flow: main
languages: [en]
start: wait
steps:
  wait:
    queue: cards
    limit: 5m
    answered: bye
    timed_out: bye
  bye:
    hangup: normal
"""
QUEUES = "cards:\n  ring_for: 15s\n  wrap_up: 5s\nsales:\n  ring_for: 15s\n  wrap_up: 5s\n"
CAMPAIGNS = """house:
  lines: 14
  rate: 4
cards-offer:
  mode: {mode}
  ratio: 2.0
  queue: sales
  lists: l
  law: cn
  message: sorry
  machine: leave-word
  numbers: 4009001
  retry: {{busy: 2m, no_answer: 3m, machine: 5m, unknown: 5m, gone: 5m}}
  script: {{en: Good day}}
  results: {{sold: success, no: other}}
  rings_back: agent
"""
PEOPLE = {"ann": "[sales]", "bob": "[sales]", "cat": "[sales, cards]", "dan": "[cards]"}


class AnySound:
    """Every prompt has a sound."""

    def __getitem__(self, key: tuple[str, str]) -> str:
        return f"/sounds/{key[1]}/{key[0]}"


def plan(
    folder: Path,
    mode: str = "ratio",
    people: dict[str, str] = PEOPLE,
    nodes: Mapping[str, str] = MappingProxyType({}),
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """The floor, read from files as any. `nodes` are those of agents who are not on a1; `texts` are other files."""
    for name in ("flows", "prompts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    agents = "".join(
        f"{name}:\n  name: {name}\n  phone: {name}\n  node: {nodes.get(name, 'a1')}\n  queues: {queues}\n"
        "  skills: {x: 5}\n  screen: web\n"
        for name, queues in people.items()
    )
    flows = {"main": INBOUND, "sorry": FLOW.format(name="sorry", verb="play: hello"),
             "leave-word": FLOW.format(name="leave-word", verb="play: hello")}  # fmt: skip
    files = {
        "agents.yaml": agents, "queues.yaml": QUEUES, "campaigns.yaml": CAMPAIGNS.format(mode=mode),
        "calendars.yaml": "always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n",
        "numbers.yaml": f"numbers:\n  {NUMBER}: main\nfallback: main\n", "prompts/en.yaml": "hello: Hello\n",
        "autopilot.yaml": "sales:\n  yields: {keep: 0}\n",
        **{f"flows/{name}.yaml": text for name, text in flows.items()}, **texts,
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    floor, faults = load_floor(folder)
    assert floor is not None, [str(fault) for fault in faults]
    return Plan(floor)


def snapshot(centre: Centre) -> dict[str, Any]:
    """The dialler as far as facts must tell it. Until it is known who has answered, it rings."""
    dialler = centre.outbound.dialler
    attempts = {
        name: (one.campaign, one.lead.lead, one.number, one.tries, one.begun_at, _stage(one), one.agent, one.heard,
               round(one.connected_at, 6), one.charged)
        for name, one in dialler.attempts.items()
    }  # fmt: skip
    campaigns = {
        name: (run.state, run.by, run.why, run.pilot, run.air, sorted(run.alive), run.campaign)
        for name, run in dialler.campaigns.items()
    }
    crew = {
        name: (seen.doing, seen.campaigns, seen.attempt)
        for name, seen in dialler.crew.seen.items()
        if seen.doing != "ready"  # which phones are registered is known again with the first survey
    }
    return {
        "attempts": attempts, "campaigns": campaigns, "crew": crew, "count": dialler.count, "used": dialler.trunk.used,
        "persons": dialler.persons, "nodes": {name: n for name, n in centre.outbound.nodes.items() if name in attempts},
        "reserved": dialler.reserved,
    }  # fmt: skip


def _stage(attempt: Any) -> Stage:
    rings = attempt.stage is Stage.LISTENING or (attempt.stage is Stage.LEAVING and not attempt.heard)
    return Stage.DIALLING if rings else attempt.stage


def floor(where: Path, seed: int, mode: str = "ratio", leads: int = 300, **weather: Any) -> Simulator:
    """A simulated floor with a list, whose campaign a manager starts after a minute."""
    said = plan(where, mode)
    people = {"calls_per_second": 0.02, "talk": 30.0, "numbers": (NUMBER,), **weather}
    sim = Simulator(lambda: Centre(said, AnySound()), Weather(**people), seed, start=NOON)  # type: ignore[arg-type]
    sim.customers.size = leads
    sim.customers.survey_each(10.0)
    return sim


def restored(sim: Simulator) -> Centre:
    """What a new server would know."""
    centre = sim.new_centre()
    restore(centre, sim.facts)
    return centre


class Story:
    """What the facts say of every attempt."""

    def __init__(self, told: list[Any]) -> None:
        self.faults: list[str] = []
        self.begun: dict[str, made.AttemptBegun] = {}
        self.ends: dict[str, made.AttemptEnded] = {}
        self.persons: dict[str, made.CustomerHeard] = {}
        self.met: dict[str, float] = {}
        self.spoken: dict[str, float] = {}  # when he began to hear a message
        for fact in told:
            if isinstance(fact, made.AttemptBegun):
                self._once(self.begun, fact)
            elif isinstance(fact, made.AttemptEnded):
                self._once(self.ends, fact)
            elif isinstance(fact, made.CustomerHeard) and fact.heard in {"", "human", "unsure"}:
                self.persons[fact.contact] = fact
            elif isinstance(fact, facts.AgentAnswered):
                self.met.setdefault(fact.contact, fact.at)
            elif isinstance(fact, facts.StepEntered):
                self.spoken.setdefault(fact.contact, fact.at)

    def _once(self, known: dict[str, Any], fact: Any) -> None:
        if fact.contact in known:
            self.faults.append(f"{fact} after {known[fact.contact]}")
        known[fact.contact] = fact

    def is_served(self, name: str) -> bool:
        """Whether this person had an agent, or the message, in time; or was gone."""
        late = self.persons[name].greeted_at + 2.0
        if self.met.get(name, inf) <= late or self.spoken.get(name, inf) <= late + 0.1:  # a redirect takes its time
            return True
        end = self.ends.get(name)
        return end is not None and end.outcome in {"gone", "abandoned"} and name not in self.spoken


def broken(sim: Simulator) -> list[str]:
    """The promises that the facts, and the telephones, show to be broken."""
    story = Story(sim.facts)
    faults = story.faults + [f"{number} was rung twice at once" for number in sim.customers.twice]
    faults += [f"{name} has no end" for name in story.begun.keys() - story.ends.keys()]
    faults += [f"{name} was never begun" for name in story.ends.keys() - story.begun.keys()]
    late = [name for name in story.persons if not story.is_served(name)]
    return faults + [f"{name} heard nothing within two seconds: {story.ends.get(name)}" for name in late]
