"""Other ways to find who answers whom, on the same floors: a walk through members, and a query of a database.

They know less than the router: no relaxation, no wanted agent, no guard, no offer that comes to nothing. And only their
search is timed, with the least bookkeeping that it needs, while the router is timed whole.

`MemberScan` is built after `app_queue`: each queue has its members and its callers, a caller looks through all members
of his queue for one who is free and has waited longest, and there are no skills. `SqlSearch` asks SQLite in memory, one
query a decision, with all skills: plain, as one would write it first, and tuned, with an index for every order and
every join that the queries make.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from random import Random
from typing import Protocol

from acd import messages as m
from acd.agents import AgentProfile
from benchmarks.routing.floors import SPREAD, START, Crowd, Size, profiles


class Searching(Protocol):
    """What a rival can be asked."""

    def arrive(self, call: m.ContactArrived) -> str | None:
        """A caller comes: the agent who is rung, or None when he waits."""

    def free(self, agent: str, now: float) -> str | None:
        """An agent is free: the caller whom he gets, or None when he is ready."""


class MemberScan:
    """Queues with members and callers, as `app_queue` has them."""

    def __init__(self, people: dict[m.AgentId, AgentProfile]) -> None:
        self._members: dict[str, list[str]] = {}
        self._callers: dict[str, deque[m.ContactArrived]] = {}
        self._idle: dict[str, float] = {}
        self._queues = {agent: sorted(profile.queues) for agent, profile in people.items()}
        for agent, served in self._queues.items():
            for queue in served:
                self._members.setdefault(queue, []).append(agent)

    def arrive(self, call: m.ContactArrived) -> str | None:
        found = self._best(call.queue)
        if found is None:
            self._callers.setdefault(call.queue, deque()).append(call)
        return found

    def free(self, agent: str, now: float) -> str | None:
        self._idle[agent] = now
        for queue in self._queues[m.AgentId(agent)]:
            if (waiting := self._callers.get(queue)) and self._best(queue) is not None:
                return waiting.popleft().contact
        return None

    def _best(self, queue: str) -> str | None:
        """Look at every member, and take the one who is free and has been for longest."""
        best, since = None, 0.0
        for member in self._members.get(queue, ()):
            idle = self._idle.get(member)
            if idle is not None and (best is None or idle < since):
                best, since = member, idle
        if best is not None:
            del self._idle[best]
        return best


TABLES = """
create table agent (id text primary key, ready integer, idle real);
create table has (agent text, skill text, level integer, primary key (agent, skill));
create table contact (id text primary key, priority integer, asked real);
create table asks (contact text, skill text, level integer, primary key (contact, skill));
"""
INDEXES = """
create index who on agent (ready, idle);
create index can on has (skill, level, agent);
create index line on contact (priority desc, asked);
"""
FREED = """
select c.id from contact c where not exists (
  select 1 from asks a where a.contact = c.id and not exists (
    select 1 from has h where h.agent = ? and h.skill = a.skill and h.level >= a.level))
order by c.priority desc, c.asked limit 1
"""


class SqlSearch:
    """One query a decision."""

    def __init__(self, people: dict[m.AgentId, AgentProfile], *, tuned: bool) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.executescript(TABLES + (INDEXES if tuned else ""))
        self._db.execute("begin")
        self._db.executemany("insert into agent values (?, 0, 0)", [(agent,) for agent in people])
        rows = [(agent, skill, level) for agent, it in people.items() for skill, level in it.skills.items()]
        self._db.executemany("insert into has values (?, ?, ?)", rows)
        self._db.execute("analyze")

    def arrive(self, call: m.ContactArrived) -> str | None:
        joins = "".join(
            f" join has h{n} on h{n}.agent = a.id and h{n}.skill = ? and h{n}.level >= ?"
            for n in range(len(call.skills))
        )
        query = f"select a.id from agent a{joins} where a.ready = 1 order by a.idle limit 1"  # noqa: S608 - numbers
        found = self._db.execute(query, [value for pair in call.skills for value in pair]).fetchone()
        if found:
            self._db.execute("update agent set ready = 0 where id = ?", found)
            return str(found[0])
        self._db.execute("insert into contact values (?, ?, ?)", (call.contact, call.priority, call.asked_at))
        self._db.executemany("insert into asks values (?, ?, ?)", [(call.contact, *pair) for pair in call.skills])
        return None

    def free(self, agent: str, now: float) -> str | None:
        found = self._db.execute(FREED, (agent,)).fetchone()
        if not found:
            self._db.execute("update agent set ready = 1, idle = ? where id = ?", (now, agent))
            return None
        self._db.execute("delete from contact where id = ?", found)
        self._db.execute("delete from asks where contact = ?", found)
        return str(found[0])


def search(rival: Searching, size: Size, seed: int, decisions: int) -> list[float]:
    """Fill the floor, then let agents become free and callers come in turn; seconds of each decision."""
    dice = Random(seed)  # noqa: S311 - a benchmark wants repeatable chance
    people = crowd_of(size, seed)
    crowd, names, times = Crowd(people, dice), sorted(people), list[float]()
    busy = _filled(rival, crowd, size, names, dice)
    now = START
    while len(times) < decisions:
        now += 240.0 / size.agents
        agent = dice.choice(names)
        if agent in busy:
            began = time.thread_time()
            found = rival.free(agent, now)
            times.append(time.thread_time() - began)
            busy ^= {agent} if found is None else set()
        call = crowd.next(now)
        began = time.thread_time()
        rung = rival.arrive(call)
        times.append(time.thread_time() - began)
        busy |= {rung} if rung is not None else set()
    return times


def _filled(rival: Searching, crowd: Crowd, size: Size, names: list[m.AgentId], dice: Random) -> set[str]:
    """So many wait and all agents talk; or nobody waits and every second agent is ready. Who talks is returned."""
    for _ in range(size.waiting):
        rival.arrive(crowd.next(START, dice.random() * SPREAD))
    ready = [] if size.waiting else names[::2]
    for name in ready:
        rival.free(name, START)
    return set(names) - set(ready)


def crowd_of(size: Size, seed: int) -> dict[m.AgentId, AgentProfile]:
    """The agents of a floor of this size."""
    return profiles(size, Random(seed))  # noqa: S311 - a benchmark wants repeatable chance
