"""What screens may see of lists of people to be called: those that are in, and one that is on its way in.

It does not know files, nor where lists are kept. Times are POSIX seconds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ListView:
    """A list that is whole in the store, with the counts of its rows: taken, wrong, there already, not to be called."""

    name: str
    source: str
    by: str
    at: float
    rows: int
    good: int
    bad: int
    double: int
    blocked: int


@dataclass(frozen=True, slots=True)
class RejectView:
    """A cell that cannot be taken: its row's number in the file, its column, and why, in a sentence."""

    row: int
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file on its way in. `state`: came, checking, checked, importing, imported or failed (`fault` says why).

    `columns` are its own heads, `mapping` says what those are that are known (head, `outbound/listing/columns.py`); the
    others are shown to the agent. `sample` are its first rows.
    Counts are of the rows looked at so far, `done` of `of` (0: not known); nothing is in a list before
    `imported`, and then the whole file is.
    """

    upload: str
    file: str
    state: str
    by: str = ""
    list: str = ""
    region: str = ""
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    done: int = 0
    of: int = 0
    rate: float = 0.0
    rows: int = 0
    good: int = 0
    bad: int = 0
    double: int = 0
    blocked: int = 0
    rejects: tuple[RejectView, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ListWish:
    """How a file is to be read: the list's name, the region of national numbers, which column is what (by its head)."""

    name: str
    region: str = ""
    mapping: Mapping[str, str] | None = None


class NotTaken(Exception):
    """The file, or the list, cannot be had so; the text says why, for people."""


class ListDesk(Protocol):
    """What the desk asks of lists. Whatever takes long goes on by itself; `upload` tells how far it has come."""

    async def lists(self) -> Sequence[ListView]:
        """List what is in the store, newest first."""
        ...

    async def take(self, file: str, pieces: AsyncIterator[bytes], by: str) -> UploadView:
        """Take a file in, and look at its first rows. Raises `NotTaken`."""
        ...

    async def upload(self, upload: str) -> UploadView | None:
        """Tell how a file stands; None where there is none of this id."""
        ...

    async def check(self, upload: str, wish: ListWish) -> UploadView:
        """Begin to look at all rows, and take none. Raises `NotTaken`."""
        ...

    async def bring(self, upload: str, wish: ListWish, by: str) -> UploadView:
        """Begin to import: all of it, or nothing. Raises `NotTaken`."""
        ...

    async def rejects(self, upload: str) -> Path | None:
        """Find the file of rows that could not be taken, with the reason of each; None where there is none."""
        ...

    async def forget(self, upload: str) -> None:
        """Throw the file away."""
        ...

    async def rerun(self, campaign: str, outcomes: Sequence[str], name: str, by: str) -> ListView:
        """Make a new list of a campaign's leads whose last attempt ended so. Raises `NotTaken`."""
        ...


class NoLists:
    """The desk of a house that calls nobody."""

    async def lists(self) -> Sequence[ListView]:
        return ()

    async def take(self, file: str, pieces: AsyncIterator[bytes], by: str) -> UploadView:
        del file, pieces, by
        raise NotTaken("this server keeps no lists")

    async def upload(self, upload: str) -> UploadView | None:
        del upload
        return None

    async def check(self, upload: str, wish: ListWish) -> UploadView:
        del upload, wish
        raise NotTaken("this server keeps no lists")

    async def bring(self, upload: str, wish: ListWish, by: str) -> UploadView:
        del upload, wish, by
        raise NotTaken("this server keeps no lists")

    async def rejects(self, upload: str) -> Path | None:
        del upload
        return None

    async def forget(self, upload: str) -> None:
        del upload

    async def rerun(self, campaign: str, outcomes: Sequence[str], name: str, by: str) -> ListView:
        del campaign, outcomes, name, by
        raise NotTaken("this server keeps no lists")
