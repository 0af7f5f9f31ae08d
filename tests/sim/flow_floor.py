"""A floor with a flow that looks up, proves, records, sends, transfers, asks for a call-back and for a score."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher

from switchroom.floorplan import load_floor
from switchroom.plan import Plan

PIN = "471100"
NUMBER = "4008009"

FLOW = """\
flow: service
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
    keys:
      1: prove
      2: word
      3: roadside
      4: call-me
      5: score
      6: queue
      7: say-where
      0: bye
    tries: 3
    again: which
    no_input: bye
    no_match: bye

  prove:
    authenticate: cards
    with:
      card: ${caller.number}
    ask: enter-pin
    digits: 6
    tries: 3
    again: which
    into:
      balance: balance
    passed: queue
    refused: bye
    locked: bye
    failed: bye
    no_input: bye

  word:
    voicemail: cards
    ask: speak
    at_most: 1m
    silence: 3s
    next: tell
    silent: menu

  tell:
    message: sms
    to: ${caller.number}
    text: Thank you for your word.
    next: bye
    refused: bye

  say-where:
    record: speak
    into: place
    goal: said-where
    next: word
    silent: menu

  roadside:
    transfer: "5551000"
    ring_for: 20s
    answered: bye
    busy: menu
    no_answer: menu
    failed: menu

  call-me:
    callback: cards
    number: ${caller.number}
    next: bye
    refused: menu

  score:
    survey: which
    scale: 1-5
    question: service
    into: score
    tries: 1
    next: bye
    no_input: bye
    no_match: bye

  queue:
    queue: cards
    limit: 5m
    answered: score
    timed_out: bye

  bye:
    hangup: normal
"""

FILES = {
    "flows/service.yaml": FLOW,
    "numbers.yaml": f"numbers:\n  {NUMBER}: service\nfallback: service\n",
    "queues.yaml": "cards:\n  ring_for: 15s\n  wrap_up: 10s\n  misses: 2\n  record: false\n  target: 20s\n",
    "agents.yaml": (
        "li-na:\n  name: Li Na\n  phone: agent1\n  node: a1\n  queues: all\n  skills: {cards: 3}\n  screen: web\n"
        "wang-wei:\n  name: Wang Wei\n  phone: agent2\n  node: a1\n  queues: all\n  skills: {cards: 3}\n  screen: web\n"
    ),
    "calendars.yaml": "office:\n  zone: Asia/Shanghai\n  open:\n    mon-fri: 09:00-17:00\n",
    "prompts/en.yaml": "one-moment: One moment.\nwhich: Which?\nenter-pin: Your PIN?\nspeak: Speak.\n",
    "sources.yaml": (
        "cards:\n  table: cards.csv\n  keys: card\n  secret: pin\n"
        "  returns: [customer, name, segment, balance]\n  private: balance\n"
    ),
}


def write_floor(folder: Path) -> Path:
    """Write the files of a dialplans folder."""
    pin = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
    table = f'card,pin,customer,name,segment,balance\n13800000001,"{pin}",C1,Li Lei,gold,12.50\n'
    files = FILES | {"sources/cards.csv": table}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def flow_plan(folder: Path) -> Plan:
    """The plan of that floor."""
    floor, faults = load_floor(write_floor(folder))
    assert floor is not None, "\n".join(map(str, faults))
    return Plan(floor, "86")
