"""Taking a person out of lists and results, as the desk asks for it and is told of it.

It does not know where he is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What he was taken out of. `word` stands where he stood.

    `recordings` of talks with him are still there, `deleted` are gone. `own` are his calls to us.
    `numbers` are those that were found to be his, all of them blocked; `rows` are of lists, `facts` and `pieces` (of
    the tape) of the journal.
    """

    word: str
    numbers: tuple[str, ...]
    rows: int
    attempts: int
    facts: int
    pieces: int
    recordings: tuple[str, ...]
    deleted: tuple[str, ...] = ()
    own: int = 0


class NotForgotten(Exception):
    """He cannot be taken out now; the text says why, for people."""


class Forgetting(Protocol):
    """Everything is asynchronous: a whole journal is looked through."""

    async def numbers(self, number: str) -> Sequence[str]:
        """Tell all numbers of the person who has this one, in E.164. Raises `NotForgotten` for what is no number."""
        ...

    async def forget(self, number: str, by: str, why: str, *, recordings: bool = False) -> Forgotten:
        """Take him out, and delete the `recordings` of talks with him where that is wanted. Raises `NotForgotten`."""
        ...


class NobodyKept:
    """A house that calls nobody keeps nobody."""

    async def numbers(self, number: str) -> Sequence[str]:
        del number
        return ()

    async def forget(self, number: str, by: str, why: str, *, recordings: bool = False) -> Forgotten:
        del number, by, why, recordings
        raise NotForgotten("this server keeps nobody")
