"""A month of a contact centre as rows of the journal's read models, drawn by seed, and what a report of it must say.

It does not know how reports are worked out. The rows are written straight into the read models: a month of facts would
take the better part of an hour to write, and reports never read facts.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from journal.store import Journal

SINCE = 1_767_225_600.0  # 2026-01-01, UTC
DAYS = 30
QUEUES, SKILLS, AGENTS = 12, 20, 500
AT_ONCE = 20_000
Row = tuple[object, ...]


@dataclass(frozen=True)
class Month:
    """What was written: how often each outcome, and the milliseconds of talks and wrap-ups."""

    how: Counter[str]
    talked: int
    wrapped: int
    on_duty: int


def write_month(folder: Path, contacts: int, seed: int) -> tuple[str, Month]:
    """Write it; the journal's address, and what a report must find."""
    url = f"sqlite:///{folder}/journal.db"
    Journal.open(url, holder="benchmark", now=1.0).close()
    chance = random.Random(seed)  # noqa: S311 - a month by lot
    connection = sqlite3.connect(folder / "journal.db")
    connection.execute("PRAGMA synchronous=OFF")
    month = Month(Counter(), 0, 0, 0)
    talked = wrapped = 0
    for rows in _some(_callers(chance, contacts), AT_ONCE):
        _insert(connection, "contacts", _CONTACT, [one[0] for one in rows])
        _insert(connection, "visits", _VISIT, [one[1] for one in rows])
        _insert(connection, "offers", _OFFER, [one[2] for one in rows])
        month.how.update(str(one[1][6]) for one in rows)
        talked += sum(int(str(one[2][6])) for one in rows)
        wrapped += sum(int(str(one[2][7])) for one in rows)
        connection.commit()
    on_duty = _write_periods(connection, chance, contacts)
    connection.executemany("INSERT INTO agents VALUES (?, 0)", [(f"agent-{n}",) for n in range(AGENTS)])
    connection.commit()
    connection.close()
    return url, Month(month.how, talked, wrapped, on_duty)


_CONTACT = ("contact", "call", "started_at", "queue", "skills", "asked_at", "answered_at", "left_queue_at",
            "ended_at", "outcome", "answered_by", "asked_ms", "answered_ms", "left_ms", "ended_ms")  # fmt: skip
_VISIT = ("seq", "contact", "queue", "skills", "asked_ms", "ended_ms", "how", "agent")
_OFFER = ("offer", "contact", "agent", "made_at", "outcome", "queue", "talked_ms", "wrap_ms")
_PERIOD = ("seq", "agent", "state", "reason", "since_ms", "until_ms")
_WHOLE = {
    "contacts": dict.fromkeys(
        ("node", "number", "name", "called", "flow", "version", "language", "customer", "customer_name", "segment",
         "step", "last_queue", "left_queue_why", "agent", "offer", "breakpoint", "recording"), ""
    ) | dict.fromkeys(("offers", "talked", "cause"), 0),
    "visits": {},
    "offers": {"node": "n1"} | dict.fromkeys(("ended_by", "recording", "recording_state", "legs", "sha256"), "")
    | dict.fromkeys(("cause", "talked", "recorded"), 0),
    "periods": {},
}  # fmt: skip


def _insert(connection: sqlite3.Connection, table: str, names: tuple[str, ...], rows: list[Row]) -> None:
    rest = _WHOLE[table]
    columns, marks = [*names, *rest], ",".join("?" * (len(names) + len(rest)))
    sql = f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    connection.executemany(sql, [(*row, *rest.values()) for row in rows])


def _callers(chance: random.Random, contacts: int) -> Iterator[tuple[Row, Row, Row]]:
    step = DAYS * 86_400.0 / contacts
    for n in range(contacts):
        asked = SINCE + step * n + chance.random() * step
        wait, talk, wrap = chance.expovariate(1 / 14), chance.expovariate(1 / 180), chance.expovariate(1 / 25)
        how = chance.choices(("answered", "abandoned", "flowed_out"), (90, 8, 2))[0]
        name, queue, agent = f"n1-{asked:.3f}-{n}", f"queue-{n % QUEUES}", f"agent-{chance.randrange(AGENTS)}"
        skills = f"skill-{n % SKILLS}" if n % 3 else ""
        ended = asked + wait
        asked_ms, ended_ms = round(asked * 1000), round(ended * 1000)
        is_answered, is_out = how == "answered", how == "flowed_out"
        talked, wrapped = (round(talk * 1000), round(wrap * 1000)) if is_answered else (0, 0)
        yield (
            (name, name, asked - 20, queue, skills, asked, ended if is_answered else None, ended if is_out else None,
             ended + talk, how, agent if is_answered else "", asked_ms, ended_ms if is_answered else None,
             ended_ms if is_out else None, round((ended + talk) * 1000)),
            (n, name, queue, skills, asked_ms, ended_ms, how, agent if is_answered else ""),
            (f"{name}.1", name, agent, asked, "answered" if is_answered else "withdrawn", queue, talked, wrapped),
        )  # fmt: skip


def _write_periods(connection: sqlite3.Connection, chance: random.Random, contacts: int) -> int:
    """Four periods a contact, shared out among agents who work ten hours a day; in the order of time, as facts come."""
    a_day, on_duty, seq = max(4, 4 * contacts // (AGENTS * DAYS)), 0, 0
    for day in range(DAYS):
        rows: list[tuple[int, int, str, str, str]] = []
        for agent in range(AGENTS):
            at = round(SINCE * 1000) + day * 86_400_000 + 28_800_000 + chance.randrange(3_600_000)
            for n in range(a_day):
                until = at + chance.randrange(36_000_000 // a_day)
                state = ("ready", "offered", "talking", "wrap_up")[n % 4] if n % 23 else "not_ready"
                rows.append((at, until, f"agent-{agent}", state, "lunch" if state == "not_ready" else ""))
                on_duty, at = on_duty + until - at, until
            rows.append((at, round(SINCE * 1000) + (day + 1) * 86_400_000, f"agent-{agent}", "offline", ""))
        rows.sort()
        made: list[Row] = [(seq + n, who, state, why, at, until) for n, (at, until, who, state, why) in enumerate(rows)]
        _insert(connection, "periods", _PERIOD, made)
        seq += len(made)
    return on_duty


def _some(rows: Iterator[tuple[Row, Row, Row]], most: int) -> Iterator[list[tuple[Row, Row, Row]]]:
    part: list[tuple[Row, Row, Row]] = []
    for row in rows:
        part.append(row)
        if len(part) == most:
            yield part
            part = []
    if part:
        yield part
