"""Facts of calls that we make, written into `standing.db`: how leads stand, and numbers that are blocked.

It does not know where the facts come from, nor how far they were taken in (`journal/lead_store.py` does).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from journal.lead_file import LeadFile
from journal.lead_rows import Standing, place_of
from journal.lead_standing import MOVES, Move, moved
from journal.lead_tables import ENDED, FLYING, FLYING_LAST, STANDS, WAITING
from journal.outbound_facts import NumberBlocked

KINDS: Final = tuple(kind.__name__ for kind in (*MOVES, NumberBlocked))
_MARKS: Final = ", ".join("?" * (5 + len(STANDS)))
_STAND: Final = (
    "INSERT OR REPLACE INTO standing "  # noqa: S608  our own names
    f"(campaign, list, row, sink, state, {', '.join(STANDS)}) VALUES ({_MARKS})"
)
_READ: Final = (
    f"SELECT row, state, {', '.join(STANDS)} FROM standing "  # noqa: S608  our own names
    "WHERE campaign = ? AND list = ? AND row IN (SELECT value FROM json_each(?))"
)
_Key = tuple[str, str, int]  # campaign, list, row


class Projection:
    """Writes into a connection that is in a transaction. `file` opens a list by its name."""

    def __init__(self, db: sqlite3.Connection, file: Callable[[str], LeadFile | None]) -> None:
        self._db = db
        self._file = file

    def take(self, facts: Iterable[object]) -> None:
        """Write what these facts say, in their order."""
        moves: list[tuple[_Key, Move]] = []
        for fact in facts:
            if isinstance(fact, MOVES) and (place := place_of(fact.lead)):
                moves.append(((fact.campaign, *place), fact))
            if isinstance(fact, NumberBlocked):
                self._block(fact)
        self._stand(moves)

    # ── how leads stand ─────────────────────────────────────────────────────────────────────────────────────

    def _stand(self, moves: Sequence[tuple[_Key, Move]]) -> None:
        stood: dict[_Key, tuple[int, Standing]] = {}
        for campaign, name in sorted({key[:2] for key, _ in moves}):
            rows = sorted({key[2] for key, _ in moves if key[:2] == (campaign, name)})
            stood |= {(campaign, name, row): one for row, one in self._found(campaign, name, rows).items()}
        stands = dict(stood)
        for key, fact in moves:
            if key in stands:  # else its list is gone, or has no such row
                sink, was = stands[key]
                stands[key] = sink, moved(was, fact)
        self._db.executemany(_STAND, [_written(key, *one) for key, one in stands.items()])
        for campaign, name in {key[:2] for key in stands}:
            ended = [now.ended - stood[key][1].ended for key, (_, now) in stands.items() if key[:2] == (campaign, name)]
            self._db.execute("INSERT OR IGNORE INTO share (campaign, list) VALUES (?, ?)", (campaign, name))
            gone = "UPDATE share SET ended = ended + ? WHERE campaign = ? AND list = ?"
            self._db.execute(gone, (sum(ended), campaign, name))

    def _found(self, campaign: str, name: str, rows: Sequence[int]) -> dict[int, tuple[int, Standing]]:
        file = self._file(name)
        if file is None:
            return {}
        known = standings(self._db, campaign, name, rows)
        return {row: (sink, known.get(row, Standing(next=due))) for row, (sink, due) in file.sinks(rows).items()}

    # ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────

    def _block(self, fact: NumberBlocked) -> None:
        which = (fact.number, fact.prefix, fact.scope)
        if fact.lifted:
            self._db.execute("DELETE FROM blocked WHERE number = ? AND prefix = ? AND scope = ?", which)
        else:
            row = (*which, fact.by, fact.why, fact.at)
            self._db.execute("INSERT OR REPLACE INTO blocked VALUES (?, ?, ?, ?, ?, ?)", row)


def standings(db: sqlite3.Connection, campaign: str, name: str, rows: Sequence[int]) -> dict[int, Standing]:
    """How these rows of a list stand in the campaign, as far as they were touched."""
    found = {}
    for row, state, *stands in db.execute(_READ, (campaign, name, json.dumps(list(rows)))):
        found[row] = Standing(**dict(zip(STANDS, stands, strict=True)), ended=state in {ENDED, FLYING_LAST})
    return found


def _written(key: _Key, sink: int, stands: Standing) -> tuple[object, ...]:
    in_air, on_ground = (FLYING_LAST, ENDED) if stands.ended else (FLYING, WAITING)
    state = in_air if stands.air else on_ground
    return (*key, sink, state, *(getattr(stands, name) for name in STANDS))
