"""A small floor on which flows are tried: two languages, a menu, a secret, opening hours, a queue."""

from __future__ import annotations

from pathlib import Path

from switchroom.floorplan import load_floor
from switchroom.plan import Plan

FLOW = """
flow: hotline
languages: [en, zh-CN]
start: opening

steps:
  opening:
    hours: office
    open: language
    closed: closed
  language:
    menu: choose
    keys:
      1: chinese
      2: welcome
    wait: 5s
    tries: 2
    no_input: welcome
    no_match: welcome
  chinese:
    set:
      language: zh-CN
    next: welcome
  welcome:
    play: welcome
    next: menu
  menu:
    menu: menu
    again: wrong-key
    keys:
      1: ask-card
      0: person
      star: menu
    wait: 5s
    tries: 3
    no_input: person
    no_match: bye
  ask-card:
    collect: ask-card
    digits: 4-8
    into: card
    wait: 5s
    tries: 2
    next: ask-pin
    no_input: person
    no_match: person
  ask-pin:
    collect: ask-pin
    digits: 6
    into: pin
    secret: true
    wait: 5s
    tries: 2
    next: person
    no_input: bye
    no_match: bye
  person:
    queue: cards
    skills: {cards: 2}
    speaks:
      en: english
      zh-CN: mandarin
    priority: 7
    limit: 5m
    answered: goodbye
    timed_out: sorry
  goodbye:
    play: goodbye
    next: bye
  sorry:
    play: sorry
    next: bye
  closed:
    play: closed
    next: bye
  bye:
    hangup: normal
"""
PROMPTS = ("choose", "welcome", "menu", "wrong-key", "ask-card", "ask-pin", "goodbye", "sorry", "closed")
FILES = {
    "flows/hotline.yaml": FLOW,
    "numbers.yaml": "numbers:\n  800: hotline\nfallback: hotline\n",
    "queues.yaml": "cards:\n  ring_for: 15s\nloans:\n  ring_for: 15s\n",
    "agents.yaml": """
amy:
  name: Amy
  phone: agent1
  queues: all
  skills: {cards: 3, english: 5}
bo:
  name: Bo
  phone: agent2
  queues: all
  skills: {cards: 2, mandarin: 5, english: 1}
  screen: none
""",
    "calendars.yaml": "office:\n  zone: Asia/Shanghai\n  open:\n    mon-fri: 09:00-18:00\n",
    "customers.csv": "number,customer,name,segment\n13800000001,c-1,Zhao,gold\n",
    "prompts/en.yaml": "".join(f"{name}: this is {name}\n" for name in PROMPTS),
    "prompts/zh-CN.yaml": "".join(f"{name}: 这是{name}\n" for name in PROMPTS),
}

MONDAY = "call 800 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai\n"
TO_PERSON = f"""{MONDAY}> play choose
press 2
> play welcome
> play menu
press 0
> join queue cards  skills=cards:2,english priority=7 limit=5m
"""


def write_floor(folder: Path, **changed: str) -> Path:
    """Write the floor's files; `changed` is the flow's text under `flow`, if it is to be another."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        flow = changed.get("flow") if name == "flows/hotline.yaml" else None
        path.write_text(flow or text, encoding="utf-8")
    return folder


def read_plan(folder: Path) -> Plan:
    floor, faults = load_floor(folder)
    assert floor is not None, "\n".join(map(str, faults))
    return Plan(floor, "86")
