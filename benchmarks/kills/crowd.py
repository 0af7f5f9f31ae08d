"""The callers of a run, drawn by seed: when each presses his key and how long he has patience.

It does not know SIPp or the server. Every caller has a number of his own, by which all logs are matched.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.kills.floor import NUMBER

LEAVES_FLOW: Final = 0.10  # of all callers hang up before they press anything
IMPATIENT: Final = 0.30  # of all callers hang up a few seconds after their key: some while they wait, some in a talk
# Who sends no sound, as SIPp here, is kept half a second by Asterisk before his flow begins; then he is welcomed.
KEY_AFTER: Final = (2.2, 4.8)
FLOW_PATIENCE: Final = (0.7, 4.5)
LONGEST: Final = 60.0  # seconds: who is on the line for so long is stuck; nobody's wait and talk together take it


@dataclass(frozen=True, slots=True)
class Caller:
    """Seconds. `until_key`: from the answer to his key, or to his hang-up if he `leaves`; `until_end`: from the key."""

    number: str
    until_key: float
    leaves: bool
    until_end: float


def draw(seed: int, count: int) -> list[Caller]:
    """`count` callers; equal seeds draw equal callers."""
    chance = random.Random(f"kills {seed}")  # noqa: S311 (a benchmark's dice)
    return [_caller(chance, f"139{seed % 1000:03}{place:05}") for place in range(count)]


def _caller(chance: random.Random, number: str) -> Caller:
    lot = chance.random()
    if lot < LEAVES_FLOW:
        return Caller(number, round(chance.uniform(*FLOW_PATIENCE), 3), leaves=True, until_end=0.0)
    key = round(chance.uniform(*KEY_AFTER), 3)
    impatient = lot < LEAVES_FLOW + IMPATIENT
    return Caller(number, key, leaves=False, until_end=round(chance.uniform(0.2, 6.0), 3) if impatient else LONGEST)


def write_rows(callers: Iterable[Caller], path: Path) -> None:
    """Write them for SIPp's `-inf`, in the order of their coming."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("SEQUENTIAL\n")
        rows = csv.writer(file, delimiter=";", lineterminator="\n")
        for caller in callers:
            key = "none" if caller.leaves else "1"
            rows.writerow([NUMBER, caller.number, round(caller.until_key * 1000), key, round(caller.until_end * 1000)])
