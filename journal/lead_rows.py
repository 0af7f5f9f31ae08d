"""What the store of lists gives back: lists, leads, and how each lead stands in a campaign.

They do not know the database; a row is a copy and does not change any more.

Times are POSIX seconds, 0 where the thing has not happened; texts are "" where there is nothing to say. A lead's id is
`<list>.<row>`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One person of a list, as it was imported. `row` is his row in the file; he is not called before `due`.

    `number` is E.164, `others` too; `zones` are IANA names, () for unknown. `fields` are the file's other columns.
    """

    row: int
    person: str
    number: str
    name: str = ""
    others: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    language: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    owner: str = ""
    consent: str = ""
    priority: int = 0
    segment: str = ""
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class DueRow:
    """A lead that may be dialled now. `whom` is the agent who promised the call that is due, "" for any."""

    list: str
    lead: LeadRow
    tries: int
    last: str
    promised: float
    whom: str


@dataclass(frozen=True, slots=True)
class BadCell:
    """Why a row of the file is in no list, or a cell of it is not (`left_out`). `told` are figures for the reason."""

    row: int
    column: str
    why: str
    value: str
    told: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list. Counts are of rows: `rows` = `good` + `bad` + `double` + `blocked`, without header and empty rows."""

    name: str
    by: str
    source: str
    sha256: str
    at: float
    rows: int
    good: int
    bad: int
    double: int
    blocked: int
    columns: tuple[str, ...] = ()
    region: str = ""
    zone: str = ""
    mapping: tuple[tuple[str, str], ...] = ()
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lead stands in a campaign. The standing of one who was never touched is the default one.

    `next` is when he is due, `promised` when he was promised a call, `owner` who promised it. `air` is the attempt that
    is under way, `said` the attempt of which an agent has told the `result`. `ended`: never again.
    """

    tries: int = 0
    last: str = ""
    next: float = 0.0
    promised: float = 0.0
    owner: str = ""
    air: str = ""
    said: str = ""
    ended: bool = False
    result: str = ""
    agent: str = ""
    at: float = 0.0
    refused: str = ""
    amount: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """How the leads of one list stand in one campaign: never tried, to be tried again, in the air, at their end."""

    list: str
    campaign: str
    fresh: int
    waiting: int
    flying: int
    ended: int
    outcomes: tuple[tuple[str, int], ...] = ()


def lead_id(name: str, row: int) -> str:
    """The id of a list's row."""
    return f"{name}.{row}"


def place_of(lead: str) -> tuple[str, int] | None:
    """The list and the row of a lead; None for one that is in no list."""
    name, dot, row = lead.rpartition(".")
    return (name, int(row)) if dot and name and row.isascii() and row.isdigit() else None
