"""The sources of customers' records: each question is answered once, in time, whatever the source does.

It does not know flows, nor who asks. Neither keys, secrets nor values get into the log.

A table answers at once. A source over HTTP is asked with connections of our own. A source that keeps failing is given a
rest, in which questions fail at once: callers do not wait for what is down. Wrong secrets are counted over all calls,
and after a few of them for the same keys the source is not asked any more for a while; what was counted before our own
restart is told by the journal (`remember`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from customers.guards import Fuse, Kept, Lock, Pairs, about
from customers.messages import LookedUp, LookUp
from switchroom.log import where

log = structlog.get_logger()

HASHING_AT_ONCE: Final = 2
LONGEST_SECRET: Final = 128
VERIFIER: Final = PasswordHasher()


class Outcome(StrEnum):
    """What came of a question. LOCKED: too many wrong secrets, here or at the source."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    LOCKED = "locked"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Reply:
    """A source's answer; `values` when found."""

    outcome: Outcome
    values: Pairs = ()


def Found(values: Pairs) -> Reply:  # noqa: N802 - reads as the record that it makes
    """An answer with values."""
    return Reply(Outcome.FOUND, values)


class Failed(Exception):
    """A source could not answer; the text says why, and holds nothing of what was asked or answered."""


class SourcePlan(Protocol):
    """What must be known of a source; `switchroom/sourcefiles.py` says what each means."""

    @property
    def name(self) -> str: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def returns(self) -> tuple[str, ...]: ...
    @property
    def secret(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    @property
    def headers_from(self) -> str: ...
    @property
    def kept_for(self) -> float: ...
    @property
    def lock_after(self) -> int: ...
    @property
    def lock_for(self) -> float: ...


class Floor(Protocol):
    """The sources by name, and the rows of those that are tables by the values of their keys."""

    @property
    def sources(self) -> Mapping[str, SourcePlan]: ...
    @property
    def tables(self) -> Mapping[str, Mapping[tuple[str, ...], Mapping[str, str]]]: ...


class Asker(Protocol):
    """How a source over HTTP is asked. `ask` raises `Failed`, or `TimeoutError`."""

    async def ask(self, plan: SourcePlan, keys: Pairs, secrets: Pairs) -> Reply: ...

    async def close(self) -> None: ...


class Sources:
    """`floor` gives the sources that are in force now; `http` asks those that are not tables. `clock` in seconds."""

    def __init__(self, floor: Callable[[], Floor], http: Asker, clock: Callable[[], float]) -> None:
        self._floor = floor
        self._http = http
        self._clock = clock
        self._told: Callable[[LookedUp], object] | None = None
        self._kept = Kept()
        self._lock = Lock()
        self._fuses: dict[str, Fuse] = {}
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._hashing = ThreadPoolExecutor(HASHING_AT_ONCE, "secrets")

    def start(self, told: Callable[[LookedUp], object]) -> None:
        """Begin; `told` is called in the loop, once for each question."""
        self._told = told

    async def stop(self) -> None:
        """End at once; what is still asked is answered by nobody."""
        self._told = None
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._hashing.shutdown(wait=False, cancel_futures=True)
        await self._http.close()

    def remember(self, wrong: Iterable[tuple[str, float]]) -> None:
        """The wrong secrets of the time before: (digest of the keys, when), oldest first."""
        for what, at in wrong:
            self._lock.wrong(what, at)

    def look_up(self, asked: LookUp) -> None:
        """Ask. Returns at once; a question that is under way is not asked twice."""
        if asked.question in self._asked:
            return
        task = asyncio.get_running_loop().create_task(self._answer(asked, self._clock()))
        self._asked[asked.question] = task

    # ── one question ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _answer(self, asked: LookUp, began: float) -> None:
        what = about(asked.source, asked.keys)
        try:
            async with asyncio.timeout(asked.deadline):
                reply = await self._reply(asked, what)
        except TimeoutError:
            reply = Reply(Outcome.TIMED_OUT)
        except Exception as fault:  # noqa: BLE001 - it is told
            _tell(asked, fault)
            reply = Reply(Outcome.FAILED)
        self._asked.pop(asked.question, None)
        wrong = what if reply.outcome is Outcome.REFUSED and asked.secrets else ""
        took = round(max(0.0, self._clock() - began), 3)
        if self._told is not None:
            self._told(
                LookedUp(asked.question, asked.contact, asked.source, reply.outcome, reply.values, took, wrong)
            )

    async def _reply(self, asked: LookUp, what: str) -> Reply:
        plan = self._floor().sources.get(asked.source)
        if plan is None:
            log.error("source.unknown", source=asked.source)
            return Reply(Outcome.FAILED)
        if not asked.secrets:
            return await self._reply_without_secret(plan, asked.keys, what)
        if self._lock.is_shut(what, plan.lock_after, plan.lock_for, self._clock()):
            return Reply(Outcome.LOCKED)
        self._lock.trying(what)
        try:
            reply = await self._ask(plan, asked.keys, asked.secrets)
        finally:
            self._lock.tried(what)
        if reply.outcome is Outcome.REFUSED:
            self._lock.wrong(what, self._clock())
        return reply

    async def _reply_without_secret(self, plan: SourcePlan, keys: Pairs, what: str) -> Reply:
        kept = self._kept.find(what, self._clock()) if plan.kept_for else None
        if kept is not None:
            return Found(kept)
        reply = await self._ask(plan, keys, ())
        if plan.kept_for and reply.outcome is Outcome.FOUND:
            self._kept.keep(what, reply.values, self._clock() + plan.kept_for)
        return reply

    async def _ask(self, plan: SourcePlan, keys: Pairs, secrets: Pairs) -> Reply:
        if plan.table:
            return await self._ask_table(plan, dict(keys), dict(secrets))
        fuse = self._fuses.setdefault(plan.name, Fuse())
        if not fuse.lets_through(self._clock()):
            return Reply(Outcome.FAILED)
        try:
            reply = await self._http.ask(plan, keys, secrets)
        except Failed as fault:
            self._failed(plan, fuse, str(fault))
            return Reply(Outcome.FAILED)
        except (TimeoutError, asyncio.CancelledError) as fault:  # the source's own time-out, or the question's deadline
            self._failed(plan, fuse, "no answer in time")
            if isinstance(fault, TimeoutError):
                return Reply(Outcome.TIMED_OUT)
            raise
        fuse.answered()
        return reply

    def _failed(self, plan: SourcePlan, fuse: Fuse, why: str) -> None:
        if fuse.failures == 0:
            log.warning("source.failed", source=plan.name, why=why)
        if fuse.failed(self._clock()):
            log.error("source.rests", source=plan.name, seconds=fuse.rest, failures=fuse.failures, why=why)

    async def _ask_table(self, plan: SourcePlan, keys: dict[str, str], secrets: dict[str, str]) -> Reply:
        rows = self._floor().tables.get(plan.name, {})
        row = rows.get(tuple(keys.get(name, "") for name in plan.keys))
        if row is None:
            return Reply(Outcome.NOT_FOUND)
        if secrets and plan.secret:
            loop, given = asyncio.get_running_loop(), secrets.get(plan.secret, "")
            if not await loop.run_in_executor(self._hashing, is_right, row.get(plan.secret, ""), given):
                return Reply(Outcome.REFUSED)
        return Found(tuple((name, row.get(name, "")) for name in plan.returns))


def is_right(known: str, given: str) -> bool:
    """Whether the secret is the one of this argon2id hash. Takes some 20 ms of processor: for a thread."""
    try:
        return len(given) <= LONGEST_SECRET and VERIFIER.verify(known, given)
    except (VerificationError, InvalidHashError):
        return False


def _tell(asked: LookUp, fault: Exception) -> None:
    """Log where it happened; its text may hold what was asked."""
    log.error("source.fault", source=asked.source, fault=type(fault).__name__, where=where(fault))
