"""Who of a campaign's leads is dialled next, and how many are left.

It does not know what a list holds beyond its order, nor how the facts are followed (`journal/lead_store.py` says both).

Nothing is sorted and nobody is looked at who is not due: the untouched leads of a list are read in its order from
where they were last given out, the touched ones by an index in the order of dialling, a group of equal priority and
tries at a time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from journal.lead_file import LeadFile
from journal.lead_rows import Counted, DueRow, place_of
from journal.lead_tables import ENDED, FLYING, FLYING_LAST, WAITING

_LOOK: Final = 256  # untouched leads looked at at once, at first
_MOST: Final = 16384
_PERSIST: Final = 512  # rows behind which the place is written down
_STANDS: Final = "tries, last, promised, owner"
_GROUP: Final = (
    "SELECT sink, tries FROM standing WHERE campaign = ? AND list = ? AND state = 0 AND promised = 0 "
    "AND sink {} ORDER BY sink, tries LIMIT 1"
)
# Two, for SQLite looks a pair up in an index by its first part alone.
_SAME_PRIORITY: Final = _GROUP.format("= ? AND tries > ?")
_LESS_PRIORITY: Final = _GROUP.format("> ?")
_OF_GROUP: Final = (
    "SELECT next, row FROM standing WHERE campaign = ? AND list = ? AND state = 0 AND promised = 0 "
    "AND sink = ? AND tries = ? AND next <= ? ORDER BY next, row LIMIT ?"
)
_PROMISED: Final = (
    "SELECT promised, row, sink, tries FROM standing WHERE campaign = ? AND list = ? AND state = 0 AND promised > 0 "
    "AND promised <= ? AND next <= ? ORDER BY promised, row LIMIT ?"
)
_IN: Final = "campaign = ? AND list = ? AND row IN (SELECT value FROM json_each(?))"


class _Place(NamedTuple):
    """Where a lead stands in the order of dialling; the smallest is next."""

    unpromised: bool
    promised: float
    sink: int
    tries: int
    since: float
    list: int
    row: int


@dataclass(slots=True)
class Next:
    """One campaign's lists, in the order in which it names them."""

    db: sqlite3.Connection
    campaign: str
    files: Mapping[str, LeadFile]

    def due(self, count: int, held: frozenset[str], now: float) -> list[DueRow]:
        """Return up to `count` leads that are due, none of `held`."""
        mine: dict[str, set[int]] = {name: set() for name in self.files}
        for lead in held:
            place = place_of(lead)
            if place is not None and place[0] in mine:
                mine[place[0]].add(place[1])
        places: list[_Place] = []
        for number, name in enumerate(self.files):
            self._enrol(name)
            most = count + len(mine[name])
            found = [*self._promised(name, number, now, most), *self._touched(name, number, now, most)]
            found += self._fresh(name, number, most)
            places += [one for one in found if one.row not in mine[name]]
        return self._rows(sorted(places)[:count])

    def left(self) -> int:
        """How many leads are not at their end."""
        ended = dict(self.db.execute("SELECT list, ended FROM share WHERE campaign = ?", (self.campaign,)).fetchall())
        return sum(file.told.good - ended.get(name, 0) for name, file in self.files.items())

    def counted(self) -> list[Counted]:
        """How the leads of each list stand."""
        return [self._counted(name, file) for name, file in self.files.items()]

    def _counted(self, name: str, file: LeadFile) -> Counted:
        key = (self.campaign, name)
        query = "SELECT state, last, count(*), sum(tries = 0 AND refused = '' AND air = '') FROM standing "
        rows = self.db.execute(query + "WHERE campaign = ? AND list = ? GROUP BY 1, 2 ORDER BY 2", key).fetchall()
        states = dict.fromkeys((WAITING, FLYING, ENDED, FLYING_LAST), 0)
        outcomes: dict[str, int] = {}
        enrolled = sum(row[3] for row in rows if row[0] == WAITING and not row[1])
        for state, last, count, _ in rows:
            states[state] += count
            if last:
                outcomes[last] = outcomes.get(last, 0) + count
        fresh = file.told.good - sum(states.values()) + enrolled
        waiting = states[WAITING] - enrolled
        flying = states[FLYING] + states[FLYING_LAST]
        return Counted(name, self.campaign, fresh, waiting, flying, states[ENDED], tuple(outcomes.items()))

    # ── the kinds of leads ──────────────────────────────────────────────────────────────────────────────────

    def _promised(self, name: str, number: int, now: float, most: int) -> list[_Place]:
        rows = self.db.execute(_PROMISED, (self.campaign, name, now, now, most))
        return [_Place(False, at, sink, tries, at, number, row) for at, row, sink, tries in rows]

    def _touched(self, name: str, number: int, now: float, most: int) -> list[_Place]:
        found: list[_Place] = []
        sink, tries = -1_000_001, 0
        while len(found) < most:
            key = (self.campaign, name, sink)
            group = self.db.execute(_SAME_PRIORITY, (*key, tries)).fetchone()
            group = group or self.db.execute(_LESS_PRIORITY, key).fetchone()
            if group is None:
                break
            sink, tries = group
            rows = self.db.execute(_OF_GROUP, (self.campaign, name, sink, tries, now, most))
            found += [_Place(True, 0.0, sink, tries, since, number, row) for since, row in rows]
        return found

    def _fresh(self, name: str, number: int, most: int) -> list[_Place]:
        where = "SELECT past_sink, past_row FROM share WHERE campaign = ? AND list = ?"
        begun = past = self.db.execute(where, (self.campaign, name)).fetchone()
        found: list[_Place] = []
        look, skipped, after = _LOOK, 0, past
        while len(found) < most and (page := self.files[name].in_order(after, look)):
            touched = self._which_touched(name, [row for _, row in page])
            for place in page:
                if place[1] not in touched:
                    found.append(_Place(True, 0.0, place[0], 0, 0.0, number, place[1]))
                elif not found:
                    past, skipped = place, skipped + 1
            after, look = page[-1], min(look * 2, _MOST)
        if past != begun and skipped >= _PERSIST:
            self._remember(name, past)
        return found

    def _which_touched(self, name: str, rows: list[int]) -> set[int]:
        query = f"SELECT row FROM standing WHERE {_IN}"  # noqa: S608  our own words
        return {row for (row,) in self.db.execute(query, (self.campaign, name, json.dumps(rows)))}

    def _remember(self, name: str, past: tuple[int, int]) -> None:
        """The untouched begin behind `past`: nobody becomes untouched again, so this stays true."""
        query = "UPDATE share SET past_sink = ?, past_row = ? WHERE campaign = ? AND list = ?"
        self.db.execute(query, (*past, self.campaign, name))

    def _enrol(self, name: str) -> None:
        """Let leads with a moment of their own stand among the touched, where the index finds them by it."""
        key = (self.campaign, name)
        done = self.db.execute("SELECT enrolled FROM share WHERE campaign = ? AND list = ?", key).fetchone()
        if done and done[0]:
            return
        into = (
            "INSERT OR IGNORE INTO standing (campaign, list, row, sink, state, tries, last, next, promised, owner, "
            "air, said, result, agent, at, refused) VALUES (?, ?, ?, ?, 0, 0, '', ?, 0, '', '', '', '', '', 0, '')"
        )
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.executemany(into, ((*key, row, sink, due) for row, sink, due in self.files[name].later_ones()))
            self.db.execute("INSERT OR IGNORE INTO share (campaign, list) VALUES (?, ?)", key)
            self.db.execute("UPDATE share SET enrolled = 1 WHERE campaign = ? AND list = ?", key)
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    # ── as rows ─────────────────────────────────────────────────────────────────────────────────────────────

    def _rows(self, places: list[_Place]) -> list[DueRow]:
        names = list(self.files)
        leads, stands = {}, {}
        for number, name in enumerate(names):
            rows = [place.row for place in places if place.list == number]
            if rows:
                query = f"SELECT row, {_STANDS} FROM standing WHERE {_IN}"  # noqa: S608  our own words
                found = self.db.execute(query, (self.campaign, name, json.dumps(rows)))
                stands.update({(number, row): rest for row, *rest in found})
                leads.update({(number, row): lead for row, lead in self.files[name].leads(rows).items()})
        due = []
        for place in places:
            lead = leads[place.list, place.row]
            due.append(DueRow(names[place.list], lead, *stands.get((place.list, place.row), (0, "", 0.0, ""))))
        return due
