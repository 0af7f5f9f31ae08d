"""Writes the floors that are measured: many flows of usual size, and one flow as large as a flow may be.

It does not know what is measured. The same floor is written every time.
"""

from __future__ import annotations

from pathlib import Path

PROMPTS = ("main-menu", "ask", "again", "hello", "sorry", "bye", "point", "your-number-is")
_QUEUES = ("cards", "loans", "claims")
_HEAD = """\
flow: {name}
languages: [zh-CN, en]
start: opening
promises:
  person: {{keys: {keys}, within: 120s}}
  assuming: {{opening: open}}
steps:
  opening:
    hours: office
    open: menu-0
    closed: sorry
"""
_BLOCK = """\
  menu-{n}:
    menu: main-menu
    again: again
    keys:
      1: topic-{n}
      2: ask-{n}
      9: chinese
      0: person
      star: menu-{n}
    wait: 5s
    tries: 3
    no_input: person
    no_match: person
  topic-{n}:
    set: {{topic: t{topic}}}
    next: which-{n}
  ask-{n}:
    collect: ask
    digits: 4-8
    into: number-{n}
    tries: 3
    next: tell-{n}
    no_input: person
    no_match: person
  which-{n}:
    branch: ${{topic}}
    cases:
      t1: hear-{n}
      empty: {next}
    otherwise: {next}
  hear-{n}:
    play: hello
    next: {next}
  tell-{n}:
    play: [your-number-is, {{digits: "${{number-{n}}}"}}]
    next: {next}
    failed: person
"""
_TAIL = """\
  chinese:
    language: zh-CN
    next: menu-0
  person:
    queue: {queue}
    skills: {{{queue}: 2}}
    speaks: {{zh-CN: mandarin, en: english}}
    limit: 10m
    answered: bye
    timed_out: sorry
  sorry:
    play: sorry
    next: bye
  bye:
    hangup: normal
"""
BESIDE = _HEAD.count("    hours:") + 4  # steps of a flow besides its blocks
BLOCK = 6  # steps of a block


def flow_text(name: str, blocks: int, queue: str = "cards") -> str:
    """A flow of `blocks` blocks: menu, topic, number, branch and two announcements each."""
    body = "".join(
        _BLOCK.format(n=n, topic=n % 4, next=f"menu-{n + 1}" if n + 1 < blocks else "person") for n in range(blocks)
    )
    return _HEAD.format(name=name, keys=1) + body + _TAIL.format(queue=queue)


def write_floor(folder: Path, flows: int, blocks: int) -> Path:
    """A whole floor with `flows` flows; every one is sound."""
    for below in ("flows", "prompts"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    for number in range(flows):
        name = f"flow-{number:03}"
        text = flow_text(name, blocks, _QUEUES[number % len(_QUEUES)])
        (folder / "flows" / f"{name}.yaml").write_text(text, encoding="utf-8")
    for language, words in (("en", "This is what is said here, more or less."), ("zh-CN", "这里大致说这样一句话。")):
        text = "".join(f'{prompt}: "{words}"\n' for prompt in PROMPTS)
        (folder / "prompts" / f"{language}.yaml").write_text(text, encoding="utf-8")
    numbers = "".join(f"  4{number:06}: flow-{number:03}\n" for number in range(flows))
    (folder / "numbers.yaml").write_text(f"numbers:\n{numbers}fallback: flow-000\n", encoding="utf-8")
    (folder / "queues.yaml").write_text("".join(f"{queue}: {{ring_for: 15s}}\n" for queue in _QUEUES), encoding="utf-8")
    skills = ", ".join(f"{skill}: 5" for skill in (*_QUEUES, "mandarin", "english"))
    agent = f"anna:\n  name: Anna\n  phone: agent1\n  queues: all\n  skills: {{{skills}}}\n"
    (folder / "agents.yaml").write_text(agent, encoding="utf-8")
    office = "office:\n  zone: Asia/Shanghai\n  open:\n    mon-fri: 09:00-18:00\n    sat-sun: closed\n"
    (folder / "calendars.yaml").write_text(office, encoding="utf-8")
    return folder
