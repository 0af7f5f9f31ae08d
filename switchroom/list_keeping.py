"""Lists that are done with, to be deleted after as many days as the settings say.

It does not know what a list holds. A list is done with when people of it were called, and no
campaign in force that names it, or ever touched it, has anybody of it left. One that nobody was called from is kept: it
waits for its campaign.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from journal.lead_store import LeadStore

log = structlog.get_logger()

DAY: Final = 86_400.0
EVERY: Final = 3600.0  # seconds between two looks; the first is not at once: a server must know its campaigns by then


def done_with(store: LeadStore, campaigns: Mapping[str, Sequence[str]], now: float, days: int) -> list[str]:
    """The lists of which nobody was called for so many days, and nobody is to be; `campaigns` with their lists."""
    if not days:
        return []
    names = [one.name for one in store.lists() if 0 < store.touched_at(one.name) <= now - days * DAY]
    return [name for name in names if not _is_wanted(store, campaigns, name)]


def _is_wanted(store: LeadStore, campaigns: Mapping[str, Sequence[str]], name: str) -> bool:
    touching = {*store.campaigns_of(name)} & campaigns.keys()
    naming = {campaign for campaign, lists in campaigns.items() if name in lists}
    return any(store.left(campaign, [name]) for campaign in touching | naming)


class ListSweeper:
    """Deletes them while a server runs. `campaigns` are those in force, with the lists that they name."""

    def __init__(
        self, store: LeadStore, campaigns: Callable[[], Mapping[str, Sequence[str]]], clock: Callable[[], float],
        days: int,
    ) -> None:  # fmt: skip
        self._store = store
        self._campaigns = campaigns
        self._clock = clock
        self._days = days
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look, where lists are not kept for ever."""
        if self._days:
            self._task = asyncio.create_task(self._keep_looking(), name="lists that are done with")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def sweep(self, campaigns: Mapping[str, Sequence[str]]) -> list[str]:
        """Delete what is done with, and return it. Blocks."""
        now = self._clock()
        gone = done_with(self._store, campaigns, now, self._days)
        for name in gone:
            self._store.drop(name, now, f"the server, after {self._days} day(s)")
            log.info("list.deleted", list=name, after_days=self._days)
        return gone

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await asyncio.to_thread(self.sweep, dict(self._campaigns()))
            except Exception:  # an old list is no reason to stop anything
                log.exception("lists.not_swept")
