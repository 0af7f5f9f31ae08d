"""The floor that callers of this benchmark come to: one flow of two steps, one queue, agents with plain phones.

It does not know who calls, nor who is killed.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Final

from benchmarks.arena import NODE

NUMBER: Final = "800"
QUEUE: Final = "line"
WELCOME_SECONDS: Final = 0.8
RING_FOR: Final = 6
WRAP_UP: Final = 1

_FLOW: Final = """\
flow: hotline
languages: [en]
start: welcome

steps:
  welcome:
    play: welcome
    next: choice

  choice:
    menu: choice
    keys:
      1: line
    wait: 4s
    tries: 2
    no_input: line
    no_match: line

  line:
    queue: line
    limit: 10m
    answered: bye
    timed_out: bye

  bye:
    hangup: normal
"""

_FILES: Final = {
    "numbers.yaml": f"numbers:\n  {NUMBER}: hotline\n\nfallback: hotline\n",
    "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
    "flows/hotline.yaml": _FLOW,
    "prompts/en.yaml": "welcome: Welcome.\nchoice: To speak to a person, press 1.\n",
}


def write_floor(folder: Path, agents: int) -> tuple[str, ...]:
    """Write the dialplans folder; return the names of the agents' phones."""
    phones = tuple(f"agent{number}" for number in range(1, agents + 1))
    for name, text in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "queues.yaml").write_text(
        f"{QUEUE}:\n  ring_for: {RING_FOR}s\n  wrap_up: {WRAP_UP}s\n  misses: 9\n  record: false\n  target: 20s\n",
        encoding="utf-8",
    )
    (folder / "agents.yaml").write_text("".join(map(_agent, phones)), encoding="utf-8")
    _write_sound(folder / "recordings/en/welcome.wav", WELCOME_SECONDS)
    _write_sound(folder / "recordings/en/choice.wav", 1.0)
    return phones


def _agent(phone: str) -> str:
    told = {"name": phone, "phone": phone, "node": NODE, "queues": "all", "skills": "{any: 1}", "screen": "none"}
    return f"{phone}:\n" + "".join(f"  {key}: {value}\n" for key, value in told.items())


def _write_sound(path: Path, seconds: float) -> None:
    """Write a low hum: silence would be cut away from a prompt."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hum = b"".join((1500 if place // 40 % 2 else -1500).to_bytes(2, "little", signed=True) for place in range(8000))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(hum[: round(seconds * 8000) * 2])
