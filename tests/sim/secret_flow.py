"""The flow on which secrets are keyed, and the secrets: cards and PINs, right and wrong.

It does not know what happens on the floor. Every secret holds `CORE`, or its digits backwards, which nothing else does.
"""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher

from switchroom.floorplan import load_floor
from switchroom.plan import Plan

CORE = "7305928"
SECRETS = {"secret-card": f"6{CORE}416{CORE[::-1]}", "secret-pin": f"{CORE}4"}
WRONG = {"secret-card": CORE, "secret-pin": CORE}  # too short
FLOW = """\
flow: bank
languages: [en]
start: menu
resume_for: 2h

steps:
  menu:
    menu: which
    keys: {1: card, 2: prove, 3: pin, 4: word, 5: queue, 6: note}
    tries: 2
    no_input: queue
    no_match: queue
  card:
    collect: secret-card
    digits: 18
    into: card
    secret: true
    tries: 2
    next: amount
    no_input: queue
    no_match: queue
  amount:
    collect: amount
    digits: 3
    into: amount
    tries: 2
    resume: freely
    point: which
    next: pay
    no_input: queue
    no_match: queue
  pay:
    lookup: cards
    with: {card: "${caller.number}"}
    secret_with: {pin: "${card}"}
    deadline: 2s
    found: bye
    not_found: queue
    failed: queue
  prove:
    authenticate: cards
    with: {card: "${caller.number}"}
    ask: secret-pin
    digits: 8
    tries: 3
    passed: queue
    refused: queue
    locked: queue
    failed: queue
    no_input: queue
  pin:
    collect: secret-pin
    digits: 8
    into: pin
    secret: true
    tries: 1
    next: check
    no_input: queue
    no_match: queue
  check:
    authenticate: cards
    with: {card: "${caller.number}"}
    secret: ${pin}
    passed: word
    refused: queue
    locked: queue
    failed: queue
    no_input: queue
  note: {play: which, next: card}
  word:
    voicemail: cards
    ask: which
    at_most: 20s
    silence: 3s
    next: card
    silent: card
  queue: {queue: cards, limit: 2m, answered: after, timed_out: bye}
  after:
    collect: secret-card
    digits: 18
    into: later
    secret: true
    tries: 1
    next: pay-later
    no_input: bye
    no_match: bye
  pay-later:
    lookup: cards
    with: {card: "${caller.number}"}
    secret_with: {pin: "${later}"}
    deadline: 2s
    found: bye
    not_found: bye
    failed: bye
  bye: {hangup: normal}
"""

FILES = {
    "flows/bank.yaml": FLOW,
    "numbers.yaml": "numbers:\n  4008001: bank\nfallback: bank\n",
    "calendars.yaml": "always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n",
    "prompts/en.yaml": (
        "which: Which?\namount: How much?\nsecret-card: Your card?\nsecret-pin: Your PIN?\nresume-offer: Go on?\n"
        "resume-choice: One or two.\nresume-neutral: You were cut off.\nresume-changed: It has changed.\n"
    ),
    "queues.yaml": "cards:\n  ring_for: 10s\n  wrap_up: 2s\n  misses: 3\n  record: true\n  target: 20s\n",
    "agents.yaml": "".join(
        f"agent{n}:\n  name: Agent {n}\n  phone: p{n}\n  node: a1\n"
        "  queues: all\n  skills: {cards: 3}\n  screen: web\n"
        for n in range(8)
    ),
    "sources.yaml": "cards:\n  table: cards.csv\n  keys: card\n  secret: pin\n  returns: [customer, name]\n",
    }


class AnySound(dict[tuple[str, str], str]):
    def __missing__(self, key: tuple[str, str]) -> str:
        return "/".join(key)


def secret_plan(folder: Path) -> Plan:
    """The plan of that floor."""
    pin = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(SECRETS["secret-pin"])
    table = f'card,pin,customer,name\n13800000001,"{pin}",C1,Li Lei\n'
    for name, text in {**FILES, "sources/cards.csv": table}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    floor, faults = load_floor(folder)
    assert floor is not None, "\n".join(map(str, faults))
    return Plan(floor, "86")
