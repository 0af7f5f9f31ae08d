"""What the sources of customers' records can tell us, and what they can be asked.

It knows nothing of flows and calls: a question has an id, and is answered once.
"""

from __future__ import annotations

from dataclasses import field

from lean import dataclass


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a source of `sources.yaml`. Answered by `LookedUp` at the latest after `deadline` seconds, whatever happens.

    `question` is unique (contact and a number). `secrets` are values that no record may show.
    """

    question: str
    contact: str
    source: str
    keys: tuple[tuple[str, str], ...]
    deadline: float
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """`outcome`: found, not_found, refused (a wrong secret), locked, failed, timed_out. `took` in seconds.

    `wrong` is a digest of the keys for which a secret was wrong, "" when none was.
    """

    question: str
    contact: str
    source: str
    outcome: str
    values: tuple[tuple[str, str], ...] = ()
    took: float = 0.0
    wrong: str = ""
