"""What the desk may ask of the past: finished contacts, waits, facts, recordings.

It does not know how the past is kept; `desk/archive.py` is the answer from the journal, tests bring their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from acd.service_level import Wait
from desk.story import Story


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One journalled fact: `body` holds its fields as plain JSON values; `contact` and `agent` are "" where it has none."""

    seq: int
    kind: str
    contact: str
    agent: str
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class Recording:
    """The files of one talk, names below the recordings folder: caller's leg first, agent's leg second, or one file."""

    contact: str
    offer: str
    legs: tuple[str, ...]
    state: str


class Library(Protocol):
    """Everything is asynchronous, so that a slow disk never holds up the floor. Times are POSIX seconds."""

    async def contact(self, contact: str) -> Story | None:
        """The whole story of one contact, open or finished; None when there was never one."""
        ...

    async def contacts(self, since: float, until: float, agent: str | None, limit: int) -> Sequence[Story]:
        """Contacts that started in [since, until), newest first; with `agent`, only those offered to him."""
        ...

    async def waits(self, since: float, until: float, queue: str | None) -> Sequence[Wait]:
        """Every request for a person made in [since, until), still open ones too."""
        ...

    async def facts_after(self, seq: int, limit: int) -> Sequence[StoredFact]:
        """At most `limit` facts with a number above `seq`, in order."""
        ...

    async def last_seq(self) -> int:
        """The number of the newest committed fact, 0 in an empty journal."""
        ...

    async def offered_to(self, contact: str) -> frozenset[str]:
        """The agents to whom this contact was ever offered: they, and supervisors, may see it."""
        ...

    async def recording(self, offer: str) -> Recording | None:
        """What was kept of this offer's talk; None when nothing was."""
        ...

    async def trouble(self) -> str:
        """Why the past cannot be read now, "" when it can."""
        ...
