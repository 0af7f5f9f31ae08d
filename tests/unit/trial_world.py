"""A small floor on which flows are tried: `hotline` with menus, a secret, a queue; `bank` with what asks for more."""

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
BANK = """
flow: bank
languages: [en]
start: menu
resume_for: 1h
prove_by: prove

steps:
  menu:
    menu: menu
    keys:
      1: prove
      2: tell
      3: help
      4: word
      5: rate
      6: call-me
      7: claim
    wait: 5s
    tries: 1
    no_input: bye
    no_match: bye
  prove:
    authenticate: cards
    with:
      number: ${caller.number}
    ask: ask-pin
    digits: 6
    again: wrong-key
    tries: 2
    into:
      card: card
    passed: fetch
    refused: sorry
    locked: sorry
    failed: sorry
    no_input: bye
  fetch:
    lookup: core
    with:
      card: ${card}
    into:
      balance: balance
    deadline: 3s
    found: amount
    not_found: sorry
    failed: sorry
  amount:
    play: [balance-is, {money: "${balance}", currency: USD}]
    next: confirm
    failed: sorry
    goal: balance-told
  confirm:
    message: sms
    to: ${caller.number}
    text:
      en: Thank you.
    next: bye
    refused: bye
  tell:
    record: speak
    into: said
    at_most: 1m
    next: menu
    silent: bye
  help:
    transfer: "+862187654321"
    ring_for: 30s
    answered: goodbye
    busy: sorry
    no_answer: sorry
    failed: sorry
  word:
    voicemail: cards
    ask: speak
    at_most: 1m
    next: goodbye
    silent: bye
  rate:
    survey: rate-us
    scale: 1-5
    into: score
    tries: 1
    next: bye
    no_input: bye
    no_match: bye
  call-me:
    callback: cards
    skills: [cards]
    next: goodbye
    refused: bye
  claim:
    collect: ask-card
    digits: 4
    into: claim
    tries: 1
    resume: freely
    point: claim-point
    next: claim-menu
    no_input: bye
    no_match: bye
  claim-menu:
    menu: menu
    keys:
      1: goodbye
    wait: 5s
    tries: 1
    resume: freely
    point: claim-point
    no_input: bye
    no_match: bye
  goodbye:
    play: goodbye
    next: bye
  sorry:
    play: sorry
    next: bye
  bye:
    hangup: normal
"""
PIN = "$argon2id$v=19$m=8,t=1,p=1$Chp9h6h43MlgBGo7Lb+mEw$blFEwvNP/luacajQ/xugFwlQJ39iOmb5pT7u3SFMG24"  # of 123456
PROMPTS = ("choose", "welcome", "menu", "wrong-key", "ask-card", "ask-pin", "goodbye", "sorry", "closed")
RESUME = ("offer", "choice", "changed", "neutral")
BANK_PROMPTS = ("balance-is", "speak", "rate-us", "claim-point", *(f"resume-{n}" for n in RESUME))
FILES = {
    "flows/hotline.yaml": FLOW,
    "flows/bank.yaml": BANK,
    "numbers.yaml": "numbers:\n  800: hotline\n  801: bank\nfallback: hotline\n",
    "sources.yaml": """
cards:
  table: cards.csv
  keys: number
  secret: pin
  returns: [customer, card]
  lock_after: 3
  lock_for: 10m
core:
  http: http://127.0.0.1:9/balance/{card}
  keys: card
  returns: balance
""",
    "sources/cards.csv": f'number,pin,customer,card\n13800000001,"{PIN}",c-1,4242\n',
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
    "prompts/en.yaml": "".join(f"{name}: this is {name}\n" for name in (*PROMPTS, *BANK_PROMPTS)),
    "prompts/zh-CN.yaml": "".join(f"{name}: 这是{name}\n" for name in PROMPTS),
}

BANK_CALL = "call 801 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai\n> play menu\n"
MONDAY = "call 800 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai\n"
TO_PERSON = f"""{MONDAY}> play choose
press 2
> play welcome
> play menu
press 0
> join queue cards  skills=cards:2,english priority=7 limit=5m
"""


def write_floor(folder: Path, *, bank: bool = True, **changed: str) -> Path:
    """Write the floor's files; `changed` is the flow's text under `flow`, if it is to be another."""
    for name, text in FILES.items():
        if not bank and ("bank" in name or "sources" in name):
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        flow = changed.get("flow") if name == "flows/hotline.yaml" else None
        written = flow or text
        path.write_text(written if bank else written.replace("  801: bank\n", ""), encoding="utf-8")
    return folder


def read_plan(folder: Path) -> Plan:
    floor, faults = load_floor(folder)
    assert floor is not None, "\n".join(map(str, faults))
    return Plan(floor, "86")
