"""A dialplans folder of one flow whose every step, and every prompt, tells which version it is."""

from __future__ import annotations

from pathlib import Path

from switchroom.edition import Edition
from switchroom.staging import Stage
from switchroom.versions import Versions

AGENTS = "ann:\n  name: Ann\n  phone: agent1\n  queues: [cards]\n  skills: {cards: 5}\n"
CALENDARS = "always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n"
QUEUES = "cards:\n  ring_for: 20s\n  wrap_up: 5s\n"


def flow_text(version: int, queue: str = "cards", exits: str = "") -> str:
    n = version
    others = "".join(f"    {way}: bye-{n}\n" for way in exits.split())
    return f"""flow: main
languages: [en]
start: hello-{n}
steps:
  hello-{n}:
    play: hello
    next: menu-{n}
  menu-{n}:
    menu: ask
    keys: {{1: queue-{n}, 2: more-{n}, 9: menu-{n}}}
    wait: 5s
    tries: 3
    no_input: queue-{n}
    no_match: queue-{n}
  more-{n}:
    menu: more
    keys: {{1: menu-{n}, 0: bye-{n}}}
    wait: 5s
    tries: 2
    goal: more-heard
    no_input: queue-{n}
    no_match: bye-{n}
  queue-{n}:
    queue: {queue}
    limit: 10m
    answered: bye-{n}
    timed_out: bye-{n}
{others}  bye-{n}:
    hangup: normal
"""


def prompts_text(version: int) -> str:
    return f"hello: Hello {version}\nask: Ask {version}\nmore: More {version}\n# the end\n"


def write(
    folder: Path,
    version: int = 1,
    *,
    agents: str = AGENTS,
    queues: str = QUEUES,
    queue: str = "cards",
    exits: str = "",
    customers: str = "",
    calendars: str = CALENDARS,
) -> Path:
    """Write a sound floor of this version; returns the folder."""
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    (folder / "prompts").mkdir(exist_ok=True)
    (folder / "flows" / "main.yaml").write_text(flow_text(version, queue, exits))
    (folder / "prompts" / "en.yaml").write_text(prompts_text(version))
    (folder / "numbers.yaml").write_text("numbers:\n  4008001: main\nfallback: main\n")
    (folder / "queues.yaml").write_text(queues)
    (folder / "agents.yaml").write_text(agents)
    (folder / "calendars.yaml").write_text(calendars)
    if customers:
        (folder / "customers.csv").write_text(customers)
    return folder


def spoken(floor) -> dict[tuple[str, str], str]:
    """A sound for each prompt that tells its text: no speech program is needed."""
    return {key: f"said: {text}" for key, text in floor.prompts.items()}


def stage_in(folder: Path, render=spoken) -> Stage:
    return Stage(folder / "dialplans", Versions(folder / "versions"), "86", render)


def edition(stage: Stage, version: int, **more) -> Edition:
    """The edition of a floor of this version, written to the stage's folder."""
    write(stage.dialplans, version, **more)
    made = stage.edition()
    assert isinstance(made, Edition), made.lines()
    return made


def version_of(text: str) -> int:
    """The version in a step's name ("menu-7") or a sound ("said: Ask 7")."""
    return int(text.replace("-", " ").split()[-1])
