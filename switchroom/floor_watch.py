"""Watching the dialplans folder, and putting what was saved there in force, or saying why not.

It does not know how an edition is made, nor what the centre does with it.

The folder is looked at four times a second; nothing is read until it looks different and then the same twice in a row,
so a save of several files is one change. A folder with faults changes nothing but `trouble`: callers go on as before.
"""

from __future__ import annotations

import asyncio
import pwd
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from switchroom.edition import Edition, FloorChanged
from switchroom.staging import Refusal, Stage
from switchroom.versions import Deployed, fingerprint

log = structlog.get_logger()

LOOK: Final = 0.25  # seconds
RETRY: Final = 5.0  # after a fault of our own
Tell = Callable[[FloorChanged], Awaitable[None]]


@dataclass(slots=True)
class FloorWatch:
    """One dialplans folder. `show` gives the centre an edition that the message told by `tell` will name.

    `after` are called with each edition that has come into force. `trouble` are the faults of files that are not in
    force, () when all is; `deployed` and `refused` count since the start.
    """

    stage: Stage
    present: Edition
    clock: Callable[[], float]
    show: Callable[[Edition], None]
    tell: Tell
    after: list[Callable[[Edition], Awaitable[None]]] = field(default_factory=list)
    trouble: tuple[str, ...] = ()
    troubled_since: float = 0.0
    deployed: int = 0
    refused: int = 0
    _now: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: str = ""
    _task: asyncio.Task[None] | None = None

    def versions(self) -> dict[str, str]:
        """The version in force of each flow."""
        return _versions(self.present)

    def text(self, flow: str, version: str) -> bytes | None:
        """A flow's text in a version that is kept, else None. Blocks."""
        kept = self.stage.versions
        key = self.present.key if self.versions().get(flow) == version else kept.find(flow, version)
        path = kept.place(key) / "flows" / f"{flow}.yaml"
        return path.read_bytes() if key and path.is_file() else None

    async def start(self, found: Edition | Refusal) -> None:
        """Begin with what was found in the folder when the server opened; then watch."""
        self._seen = await self._look()
        self._task = asyncio.create_task(self._watch(found))

    async def stop(self) -> None:
        """Watch no more. A change that is being staged is left to the next server."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look_now(self) -> None:
        """Read the folder at once, whether it looks different or not."""
        self._now.set()

    async def _watch(self, found: Edition | Refusal) -> None:
        first: Edition | Refusal | None = found
        while True:
            try:
                if first is not None:
                    found, first = first, None
                    await self._take(found, "" if self.stage.versions.head() else "first")
                elif await self._asked(LOOK) or await self._has_changed():
                    await self.reload()
            except Exception:  # a watch that ends would leave every later save unheard
                log.exception("floor_watch_fault")
                self._seen = ""
                await asyncio.sleep(RETRY)

    async def _asked(self, within: float) -> bool:
        try:
            await asyncio.wait_for(self._now.wait(), within)
        except TimeoutError:
            return False
        self._now.clear()
        return True

    async def _has_changed(self) -> bool:
        """Whether the folder looks different from what is known, and has stopped changing."""
        looks = await self._look()
        if looks == self._seen:
            return False
        while not await self._asked(LOOK):
            before, looks = looks, await self._look()
            if looks == before:
                break
        self._seen = looks
        return True

    async def _look(self) -> str:
        return await asyncio.to_thread(fingerprint, self.stage.dialplans)

    async def reload(self) -> None:
        """Check the folder as it is now, and put it in force if it is sound and new."""
        await self._take(await asyncio.to_thread(self.stage.edition))

    async def _take(self, found: Edition | Refusal, how: str = "") -> None:
        if isinstance(found, Refusal):
            self.refuse(found)
            return
        if self.trouble:
            log.info("floor_sound_again")
        self.trouble, self.troubled_since = (), 0.0
        if how or found.key != self.present.key:
            await self.put_in_force(found, how)

    def refuse(self, refusal: Refusal) -> None:
        """Say what keeps the files from being put in force; the edition in force stays."""
        self.refused += 1
        self.trouble, self.troubled_since = refusal.lines(), self.clock()
        log.error("floor_refused", faults=len(self.trouble), first=self.trouble[0], in_force=self.present.key)

    async def put_in_force(self, edition: Edition, how: str = "") -> None:
        """Swap. Returns when the fact is journalled and what follows from it done."""
        before = _versions(self.present)
        changed = {flow for flow, version in _versions(edition).items() if before.get(flow) != version}
        by = await asyncio.to_thread(_who, self.stage.dialplans, changed)
        told = FloorChanged(edition.key, by, how or await asyncio.to_thread(self._how, edition, changed))
        self.show(edition)
        await self.tell(told)
        lines = _lines(self.present if told.how != "first" else None, edition, told, self.clock())
        self.present, self.deployed = edition, self.deployed + 1
        await asyncio.to_thread(self.stage.versions.note, lines)
        for line in lines[1:]:
            log.info("flow_changed", flow=line.flow, version=line.version, before=line.before, by=by, how=told.how)
        log.info("floor_in_force", edition=edition.key, flows=len(lines) - 1, by=by, how=told.how)
        for follow in self.after:
            await follow(edition)

    def _how(self, edition: Edition, changed: Iterable[str]) -> str:
        """`rolled_back` when every changed flow was in force like that before, else `saved`."""
        versions = _versions(edition)
        known = {(line.flow, line.version) for line in self.stage.versions.deployed()}
        pairs = [(flow, versions[flow]) for flow in changed]
        return "rolled_back" if pairs and all(pair in known for pair in pairs) else "saved"


def _versions(edition: Edition) -> dict[str, str]:
    return {name: flow.version for name, flow in edition.plan.floor.flows.items()}


def _lines(before: Edition | None, now: Edition, told: FloorChanged, at: float) -> tuple[Deployed, ...]:
    old, new = _versions(before) if before else {}, _versions(now)
    flows = [flow for flow in sorted(old.keys() | new.keys()) if old.get(flow) != new.get(flow)]
    pairs = [("", "", ""), *((flow, new.get(flow, ""), old.get(flow, "")) for flow in flows)]
    return tuple(Deployed(at, now.key, flow, version, was, told.by, told.how) for flow, version, was in pairs)


def _who(dialplans: Path, changed: Iterable[str]) -> str:
    """The owner of the newest file among those changed; of any text when it is none of the flows."""
    paths = [dialplans / "flows" / f"{flow}.yaml" for flow in changed] or list(dialplans.rglob("*.yaml"))
    try:
        owner = max((path.stat() for path in paths if path.exists()), key=lambda status: status.st_mtime).st_uid
        return pwd.getpwuid(owner).pw_name
    except (OSError, ValueError, KeyError):
        return ""
