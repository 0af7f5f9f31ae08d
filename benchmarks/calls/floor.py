"""Writes the dialplans folder that our arm runs on: the shipped files, and as many agents as wanted.

It does not know Asterisk; an agent's phone is called like the agent.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arena import NODE
from cti.asterisk.music import tone, write_wav

SHIPPED = Path(__file__).parent / "dialplans"
PROMPT = "welcome"
_PROMPT_SECONDS = 3.0  # longer than a caller listens: the key cuts it


def names(kind: str, count: int) -> tuple[str, ...]:
    """agent-0001, agent-0002, ..."""
    return tuple(f"{kind}-{number:04}" for number in range(1, count + 1))


@dataclass(frozen=True, slots=True)
class Seats:
    """How many agents of each kind: those of the ramp, the few who are always busy, those with screens."""

    agents: int
    few: int
    screens: int

    def named(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the names of each kind."""
        return names("agent", self.agents), names("few", self.few), names("screen", self.screens)


def write_floor(folder: Path, seats: Seats) -> Path:
    """Write the floor into a new folder. The prompt is a tone, so that no speech program is needed."""
    shutil.copytree(SHIPPED, folder)
    recorded = folder / "recordings" / "en"
    recorded.mkdir(parents=True)
    write_wav(recorded / f"{PROMPT}.wav", tone(440, _PROMPT_SECONDS))
    agents, few, screens = seats.named()
    rows = [_row(name, "[calls, recorded]", "none") for name in agents]
    rows += [_row(name, "[few]", "none") for name in few]
    rows += [_row(name, "[screens]", "web") for name in screens]
    (folder / "agents.yaml").write_text("\n".join(rows), encoding="utf-8")
    return folder


def _row(name: str, queues: str, screen: str) -> str:
    lines = (f"{name}:", f"name: {name}", f"phone: {name}", f"node: {NODE}", f"queues: {queues}",
             "skills: {any: 1}", f"screen: {screen}")  # fmt: skip
    return "\n  ".join(lines) + "\n"
