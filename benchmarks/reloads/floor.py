"""The floor that is saved again and again: one flow whose every step and prompt tells its version.

It does not know who calls. A caller who presses nothing is led through all its menus and sent away: about a minute.
"""

from __future__ import annotations

import os
import wave
from pathlib import Path
from typing import Final

NUMBER: Final = "800"
FLOW: Final = "hotline"
MENUS: Final = 12
WAIT: Final = 2  # seconds for a key, twice in each menu

_FILES: Final = {
    "numbers.yaml": f"numbers:\n  {NUMBER}: {FLOW}\n\nfallback: {FLOW}\n",
    "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
    "queues.yaml": "line:\n  ring_for: 6s\n  wrap_up: 1s\n  misses: 9\n  record: false\n  target: 20s\n",
    "agents.yaml": "anna:\n  name: Anna\n  phone: agent1\n  queues: all\n  skills: {any: 1}\n  screen: none\n",
}


def flow_text(version: int) -> str:
    """The flow in one version."""
    steps = []
    for number in range(MENUS):
        onward = f"menu{number + 1}-{version}" if number + 1 < MENUS else f"bye-{version}"
        steps.append(
            f"  menu{number}-{version}:\n    menu: choice\n    keys: {{1: bye-{version}}}\n    wait: {WAIT}s\n"
            f"    tries: 2\n    no_input: {onward}\n    no_match: {onward}\n"
        )
    steps.append(f"  bye-{version}:\n    hangup: normal\n")
    return f"flow: {FLOW}\nlanguages: [en]\nstart: menu0-{version}\nsteps:\n" + "\n".join(steps)


def save(folder: Path, version: int) -> None:
    """Save the flow and its prompts in another version, each file whole."""
    _replace(folder / "prompts/en.yaml", f"choice: Press one, version {version}.\n")
    _replace(folder / f"flows/{FLOW}.yaml", flow_text(version))


def write_floor(folder: Path) -> None:
    """The first version, with all that stays."""
    for name, text in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("flows", "prompts", "recordings/en"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write_hum(folder / "recordings/en/choice.wav")
    save(folder, 1)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105  an editor saves like this


def _write_hum(path: Path) -> None:
    """Write a low hum of half a second: silence would be cut away from a prompt."""
    hum = b"".join((1500 if place // 40 % 2 else -1500).to_bytes(2, "little", signed=True) for place in range(4000))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(hum)
