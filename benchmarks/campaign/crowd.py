"""Whom the benchmark's campaign calls: so many customers of each kind, drawn by seed, as a list to be imported.

It does not know how they are dialled, nor what becomes of them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from cti.asterisk.carrier import Who, customer_number

OF_HUNDRED = {
    Who.PERSON: 17, Who.PERSON_ZH: 10, Who.LATE: 3, Who.HASTY: 2, Who.NOBODY: 32, Who.BUSY: 9, Who.ENGAGED: 3,
    Who.CONGESTED: 2, Who.NO_SUCH_NUMBER: 4, Who.UNKNOWN_NUMBER: 2, Who.REJECTS: 3, Who.FAX: 2, Who.MACHINE: 6,
    Who.MACHINE_ZH: 4, Who.SILENT: 1,
}  # fmt: skip
PERSONS = frozenset({Who.PERSON, Who.PERSON_ZH, Who.LATE, Who.HASTY})
MACHINES = frozenset({Who.MACHINE, Who.MACHINE_ZH})


def draw(count: int, seed: int) -> list[str]:
    """Return the numbers, each once, in the order of the list."""
    chance = random.Random(f"{seed} customers")  # noqa: S311 (a benchmark's dice)
    kinds = chance.choices([*OF_HUNDRED], [*OF_HUNDRED.values()], k=count)
    found: dict[str, None] = {}
    for who in kinds:
        number = customer_number(who, chance.randrange(176), chance.randrange(1000))
        while number in found:
            number = customer_number(who, chance.randrange(176), chance.randrange(1000))
        found[number] = None
    return [*found]


def write_list(file: Path, numbers: Sequence[str]) -> None:
    """Write them as an exported file would have them."""
    rows = (f"C{place:05d},Customer {place},{number}" for place, number in enumerate(numbers, 1))
    file.write_text("\n".join(("id,name,phone", *rows)) + "\n", encoding="utf-8")
