"""Whom the demo's campaign calls: customers whom its carrier plays, drawn by seeded lot.

It does not know how they are dialled, nor what becomes of them.
"""

from __future__ import annotations

import random
from typing import Final

from cti.asterisk.carrier import Who, customer_number

# More persons than in the field: a demo has a minute.
OF_TEN: Final = {Who.PERSON: 4, Who.PERSON_ZH: 1, Who.NOBODY: 1, Who.BUSY: 2, Who.MACHINE: 1, Who.NO_SUCH_NUMBER: 1}
_PLACES, _DRAWN = 176, 1000


def draw(count: int, seed: int) -> list[str]:
    """The numbers, each once, in the order of the list; the first is a person."""
    chance = random.Random(f"{seed} customers")  # noqa: S311 - a demo's dice
    found: dict[str, None] = {}
    while len(found) < count:
        who = Who.PERSON if not found else chance.choices([*OF_TEN], [*OF_TEN.values()])[0]
        found[customer_number(who, chance.randrange(_PLACES), chance.randrange(_DRAWN))] = None
    return [*found]


def as_csv(numbers: list[str]) -> bytes:
    """The list as a file that somebody exported."""
    rows = (f"C{place:04d},Customer {place},{number}" for place, number in enumerate(numbers, 1))
    return ("\n".join(("id,name,phone", *rows)) + "\n").encode()
