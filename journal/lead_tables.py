"""The tables of `standing.db`, all of them made from facts.

They do not know what a list holds: its own file does.

`state` is 0 for a lead that is waiting for its moment, 1 in the air, 2 at its end, 3 in the air for the last time as is
known already; `sink` is 0 minus its priority. The two indexes are the order of dialling itself, so that who is next is
read and not sorted. `share` counts the ended, and says up to where the untouched leads of a list have been given out
(`past_sink`, `past_row`), which saves looking there.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from journal.lead_rows import Standing

SHAPE: Final = 2
VIEWS: Final = ("standing", "share", "blocked")
WAITING, FLYING, ENDED, FLYING_LAST = range(4)
STANDS: Final = tuple(field.name for field in fields(Standing) if field.name != "ended")
TABLES: Final = (
    """CREATE TABLE standing (
        campaign TEXT NOT NULL, list TEXT NOT NULL, row INTEGER NOT NULL, sink INTEGER NOT NULL, state INTEGER NOT NULL,
        tries INTEGER NOT NULL, last TEXT NOT NULL, next REAL NOT NULL, promised REAL NOT NULL, owner TEXT NOT NULL,
        air TEXT NOT NULL, said TEXT NOT NULL, result TEXT NOT NULL, agent TEXT NOT NULL, at REAL NOT NULL,
        refused TEXT NOT NULL, amount TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (campaign, list, row)) WITHOUT ROWID""",
    "CREATE INDEX standing_due ON standing (campaign, list, sink, tries, next, row) WHERE state = 0 AND promised = 0",
    "CREATE INDEX standing_promised ON standing (campaign, list, promised, row) WHERE state = 0 AND promised > 0",
    """CREATE TABLE share (
        campaign TEXT NOT NULL, list TEXT NOT NULL, ended INTEGER NOT NULL DEFAULT 0,
        enrolled INTEGER NOT NULL DEFAULT 0, past_sink INTEGER NOT NULL DEFAULT -1000001,
        past_row INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (campaign, list)) WITHOUT ROWID""",
    """CREATE TABLE blocked (
        number TEXT NOT NULL, prefix INTEGER NOT NULL, scope TEXT NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL,
        at REAL NOT NULL, PRIMARY KEY (number, prefix, scope)) WITHOUT ROWID""",
    "CREATE TABLE mark (seq INTEGER NOT NULL)",
    "INSERT INTO mark VALUES (0)",
)
