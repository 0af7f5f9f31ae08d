"""The floors that storms are played on: two sites, four queues, agents of many skills, and the edits made under way.

It does not know what happens on them.

Every edition has the same flows, so a caller's way never changes; queues' rules, agents and their skills do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from acd.needs import ANYBODY, Skill, Some
from acd.orders import ORDERS
from acd.rules import QueueRules, Relaxation
from acd.strategies import STRATEGIES
from benchmarks.faults import calling_floor
from benchmarks.faults.calling_floor import SALES, Calling
from switchroom.edition import Edition
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.plan import Plan

NODES = ("a1", "b1")
QUICK, SERVICE = "7001", "7002"
QUEUES = ("cards", "loans", "stocks", "help")
ALWAYS = 2  # so many agents, one a site, can everything and are in every edition
_SKILLS = ("cards", "loans", "english", "advice")

_QUICK = """flow: quick
languages: [en]
start: which
steps:
  which:
    menu: which
    keys: {1: cards, 2: loans, 3: stocks, 4: help, 5: english, 6: gold, 7: cards, 8: loans, 9: help, 0: bye}
    wait: 5s
    tries: 1
    no_input: cards
    no_match: cards
  cards: {queue: cards, limit: 4m, answered: bye, timed_out: help}
  loans: {queue: loans, skills: {loans: 2}, limit: 4m, answered: bye, timed_out: bye}
  stocks: {queue: stocks, skills: {advice: 1, english: 1}, limit: 3m, answered: score, timed_out: call-me}
  help: {queue: help, limit: 5m, answered: bye, timed_out: bye}
  english: {queue: cards, skills: {english: 3}, limit: 4m, answered: cards-again, timed_out: bye}
  gold: {queue: cards, priority: 8, limit: 4m, answered: bye, timed_out: bye}
  cards-again: {queue: loans, limit: 4m, answered: bye, timed_out: bye}
  score:
    survey: which
    scale: 1-5
    question: service
    into: score
    tries: 1
    next: bye
    no_input: bye
    no_match: bye
  call-me:
    callback: stocks
    number: ${caller.number}
    next: bye
    refused: bye
  bye: {hangup: normal}
"""

_SERVICE = """flow: service
languages: [en]
start: who
steps:
  who:
    identify: cards
    with:
      card: ${caller.number}
    deadline: 2s
    filler: one-moment
    known: menu
    unknown: menu
    failed: menu
  menu:
    menu: which
    keys: {1: queue, 2: word, 3: roadside, 4: call-me, 5: queue, 6: queue, 7: queue, 8: word, 0: bye}
    tries: 2
    again: which
    no_input: bye
    no_match: bye
  word:
    voicemail: help
    ask: speak
    at_most: 20s
    silence: 3s
    next: bye
    silent: menu
  roadside:
    transfer: "5551000"
    ring_for: 20s
    answered: queue
    busy: menu
    no_answer: menu
    failed: menu
  call-me:
    callback: help
    number: ${caller.number}
    next: bye
    refused: menu
  queue: {queue: help, limit: 5m, answered: bye, timed_out: call-me}
  bye: {hangup: normal}
"""

_FIXED = {
    "flows/quick.yaml": _QUICK,
    "flows/service.yaml": _SERVICE,
    "numbers.yaml": f"numbers:\n  {QUICK}: quick\n  {SERVICE}: service\nfallback: quick\n",
    "calendars.yaml": "always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n",
    "prompts/en.yaml": "one-moment: One moment.\nwhich: Which?\nspeak: Speak.\n",
    "sources.yaml": "cards:\n  table: cards.csv\n  keys: card\n  returns: [customer, name, segment]\n",
    "sources/cards.csv": "card,customer,name,segment\n13800000001,C1,Li Lei,gold\n",
}


class StormPlan(Plan):
    """A plan whose queues have every kind of rule: orders, choices, groups, needs, relaxations, as drawn."""

    def __init__(self, floor: FloorPlan, chance: Random) -> None:
        super().__init__(floor, "86")
        self._rules = {
            name: rules if name == SALES else _style(chance, rules) for name, rules in super().queue_rules().items()
        }

    def queue_rules(self) -> dict[str, QueueRules]:
        """The plan's own rules, and the drawn ones."""
        return dict(self._rules)


def _style(chance: Random, rules: QueueRules) -> QueueRules:
    draw = chance.random
    relax = (Relaxation(10.0, ANYBODY, drop=True),) if draw() < 0.3 else ()
    if draw() < 0.2:
        relax = (Relaxation(5.0, Skill("cards", 1)), Relaxation(20.0, ANYBODY, drop=True))
    return replace(
        rules,
        need=Some((Skill("cards", 2), Skill("loans", 2), Skill("advice", 3))) if draw() < 0.3 else ANYBODY,
        prefer=(("english", 2), ("cards", 1)) if draw() < 0.2 else (),
        choose=chance.choice(sorted(STRATEGIES)),
        order=chance.choice(sorted(ORDERS)),
        guard=chance.choice((0.0, 30.0, 60.0)),
        relax=relax,
        group=chance.choice((1, 1, 1, 2, 3)),
        full=chance.choice((0, 0, 0, 15)),
        no_agent=draw() < 0.1,
        seed=chance.randrange(1000),
    )


class AnySound(dict[tuple[str, str], str]):
    """A sound for every prompt: no speech program is needed."""

    def __missing__(self, key: tuple[str, str]) -> str:
        return "/".join(key)


def editions(chance: Random, agents: int, count: int, calls: tuple[Calling, Random] | None = None) -> list[Edition]:
    """`count` editions of one floor with about so many agents, drawn by `chance`; the first is in force first.

    `calls`: it calls customers as well.
    """
    everybody = [_agent(chance, number) for number in range(agents)]
    if calls is not None:
        everybody = [_sells(calls[1], row) for row in everybody]
    with tempfile.TemporaryDirectory(prefix="switchroom-storm-") as folder:
        return [
            Edition(f"e{n}", _plan(Path(folder), chance, everybody, n, calls), AnySound()) for n in range(count)
        ]


def _plan(
    folder: Path, chance: Random, everybody: list[str], number: int, calls: tuple[Calling, Random] | None
) -> Plan:
    some = [row for n, row in enumerate(everybody) if n < ALWAYS or number == 0 or chance.random() < 0.9]
    files = {**_FIXED, "queues.yaml": "".join(_queues(chance)), "agents.yaml": "".join(some)}
    if calls is not None:
        files |= calling_floor.files_of(*calls)
        files["queues.yaml"] += f"{SALES}:\n  ring_for: 10s\n  wrap_up: 3s\n  misses: 2\n  record: false\n"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    floor, faults = load_floor(folder)
    if floor is None:
        raise ValueError("\n".join(map(str, faults)))
    return StormPlan(floor, chance)


def _sells(chance: Random, agent: str) -> str:
    """Half of those who serve some queues talk with customers whom we call, too; some of them do nothing else."""
    mood = chance.random()
    if mood < 0.5 and "queues: [" in agent:
        before, _, after = agent.partition("queues: [")
        others = after if mood < 0.35 else after[after.index("]") :]
        return f"{before}queues: [{SALES}{', ' if mood < 0.35 else ''}{others}"
    return agent


def _queues(chance: Random) -> Iterator[str]:
    for name in QUEUES:
        yield (
            f"{name}:\n  ring_for: {chance.choice((4, 6, 10))}s\n  wrap_up: {chance.choice((0, 3, 6))}s\n"
            f"  misses: {chance.choice((1, 2, 3))}\n  record: false\n  target: 20s\n"
        )


def _agent(chance: Random, number: int) -> str:
    name = f"agent{number:03}"
    skills = ", ".join(f"{skill}: {chance.randint(1, 5)}" for skill in chance.sample(_SKILLS, chance.randint(1, 4)))
    if number < ALWAYS:
        skills = ", ".join(f"{skill}: 5" for skill in _SKILLS)
    some = ", ".join(sorted(chance.sample(QUEUES, chance.randint(1, 3))))
    queues = "all" if number < ALWAYS or chance.random() < 0.5 else f"[{some}]"
    return (
        f"{name}:\n  name: {name}\n  phone: p{number:03}\n  node: {NODES[number % len(NODES)]}\n  queues: {queues}\n"
        f"  skills: {{{skills}}}\n  screen: {'none' if number % 9 == 8 else 'web'}\n"
    )
