"""What a number is for and where it may lie, as far as the book of law must know; the shell knows numbering plans.

It does not know any country's plan but for the plainest: a number has a + and from seven to fifteen digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from outbound.law.profile import NumberKind

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Placed:
    """`zones` are all IANA zones in which the number may be, () where the plan does not say."""

    kind: NumberKind
    zones: tuple[str, ...] = ()


Numbering = Callable[[str], Placed]


def plain(number: str) -> Placed:
    """A number of any country, about which nothing more is known."""
    return Placed(NumberKind.ORDINARY if _NUMBER.match(number) else NumberKind.SHORT)
