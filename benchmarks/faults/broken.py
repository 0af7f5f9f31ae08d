"""What a judge says when an invariant does not hold.

It does not know which invariants there are.
"""

from __future__ import annotations


class Broken(AssertionError):
    """An invariant does not hold: its name, and what shows it."""


def holds(claim: bool, name: str, *shown: object) -> None:
    """Raise `Broken` unless the claim is true."""
    if not claim:
        raise Broken(name, *shown)
