"""A floor whose queue speaks with its callers: announcements, estimates, and call-backs with numbers and times."""

from __future__ import annotations

from pathlib import Path

from switchroom.floorplan import load_floor
from switchroom.plan import Plan

NUMBER, MANDARIN = "4008001", "4008002"
FLOW = """\
flow: {name}
languages: [{language}]
start: person

steps:
  person:
    queue: cards
    limit: 10m
    answered: bye
    timed_out: bye

  bye:
    hangup: normal
"""
WAITS = """\
  music: soft
  announce:
    after: 20s
    every: 45s
    say: [position, estimate, please-hold]
  callback:
    after: 60s
    estimate_over: 3m
    offer: {offer}
    calendar: office
    times: true
"""
QUEUE = "cards:\n  ring_for: 15s\n  wrap_up: 10s\n  misses: 2\n  record: false\n  target: 20s\n"
FILES = {
    "flows/english.yaml": FLOW.format(name="english", language="en"),
    "flows/mandarin.yaml": FLOW.format(name="mandarin", language="zh-CN"),
    "numbers.yaml": f"numbers:\n  {NUMBER}: english\n  {MANDARIN}: mandarin\nfallback: english\n",
    "agents.yaml": (
        "li-na:\n  name: Li Na\n  phone: agent1\n  node: a1\n  queues: all\n  skills: {cards: 3}\n  screen: web\n"
        "wang-wei:\n  name: Wang Wei\n  phone: agent2\n  node: a1\n  queues: all\n  skills: {cards: 3}\n  screen: web\n"
    ),
    "calendars.yaml": "office:\n  zone: Asia/Shanghai\n  open:\n    daily: 09:00-18:00\n",
    "prompts/en.yaml": "please-hold: Please hold.\n",
    "prompts/zh-CN.yaml": "please-hold: 请稍候。\n",
}


def write_floor(folder: Path, waits: str = WAITS, offer: str = "once") -> Path:
    """Write the files of a dialplans folder; `waits` are the lines of the queue about waiting."""
    for name, text in (FILES | {"queues.yaml": QUEUE + waits.replace("{offer}", offer)}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def waiting_plan(folder: Path, waits: str = WAITS, offer: str = "once", outside: tuple[str, ...] | None = None) -> Plan:
    """The plan of that floor."""
    floor, faults = load_floor(write_floor(folder, waits, offer))
    assert floor is not None, "\n".join(map(str, faults))
    return Plan(floor, "86", outside=outside)
