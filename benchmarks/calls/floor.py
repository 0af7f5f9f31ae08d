"""Writes the dialplans folder that our arm runs on: the shipped files, and as many agents as wanted.

It does not know Asterisk; an agent's phone is called like the agent.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.arena import NODE
from cti.asterisk.music import tone, write_wav

SHIPPED = Path(__file__).parent / "dialplans"
PROMPT = "welcome"
_PROMPT_SECONDS = 3.0  # longer than a caller listens: the key cuts it


def names(kind: str, count: int) -> list[str]:
    """agent-0001, agent-0002, ..."""
    return [f"{kind}-{number:04}" for number in range(1, count + 1)]


def write_floor(folder: Path, agents: int, screens: int) -> Path:
    """Write the floor into a new folder: `agents` with a telephone only, `screens` with a page.

    The prompt is a tone, so that no speech program is needed.
    """
    shutil.copytree(SHIPPED, folder)
    recorded = folder / "prompts" / "recorded" / "en"
    recorded.mkdir(parents=True)
    write_wav(recorded / f"{PROMPT}.wav", tone(440, _PROMPT_SECONDS))
    rows = [_row(name, "[calls, recorded]", "none") for name in names("agent", agents)]
    rows += [_row(name, "[screens]", "web") for name in names("screen", screens)]
    (folder / "agents.yaml").write_text("\n".join(rows), encoding="utf-8")
    return folder


def _row(name: str, queues: str, screen: str) -> str:
    return f"{name}:\n  name: {name}\n  phone: {name}\n  node: {NODE}\n  queues: {queues}\n  skills: {{any: 1}}\n  screen: {screen}\n"
