"""Looking at each recording once its talk is over: is it all there, does it open, what is its checksum.

It does not know why a talk was recorded, nor what becomes of what it tells. Asterisk closes a file some time after the
talk, and never when it died: so the keeper waits until the header tells the true size, and repairs it when the file
has stopped growing without that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from recordings.audio import Leg, NotAudio, checksum, measure, repair
from recordings.messages import KeepRecording, RecordingLookedAt
from recordings.naming import leg_names
from recordings.policy import state_of

_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: how often to look, how long without growth makes a file finished, how long to wait at all."""

    step: float = 0.25
    still: float = 3.0
    most: float = 60.0


class Keeper:
    """Looks at recordings below `folder`, each in a task of its own, files in threads and few at a time."""

    def __init__(self, folder: Path, patience: Patience | None = None) -> None:
        self._folder = folder
        self._patience = patience or Patience()
        self._told: Callable[[RecordingLookedAt], object] | None = None
        self._asked: list[KeepRecording] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)

    def start(self, told: Callable[[RecordingLookedAt], object]) -> None:
        """Begin; `told` is called in the loop, once for each `keep`."""
        self._told = told
        asked, self._asked = self._asked, []
        for one in asked:
            self.keep(one)

    async def stop(self) -> None:
        """End at once: what was not looked at stays so in the journal, and the next start asks again."""
        self._told = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def keep(self, asked: KeepRecording) -> None:
        """Look at a recording as soon as it is closed. Returns at once."""
        if self._told is None:
            self._asked.append(asked)
            return
        task = asyncio.get_running_loop().create_task(self._look(asked, self._told))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, asked: KeepRecording, told: Callable[[RecordingLookedAt], object]) -> None:
        await self._until_finished(asked)
        async with self._room:
            told(await asyncio.to_thread(look, self._folder, asked))

    async def _until_finished(self, asked: KeepRecording) -> None:
        """Wait until both files are closed, or nothing happens to them any more."""
        clock = asyncio.get_running_loop().time
        began = still_since = clock()
        before: list[Leg | None] = []
        while clock() - began < self._patience.most:
            async with self._room:
                now = await asyncio.to_thread(_glance, self._folder, asked.path)
            if all(leg is not None and leg.closed for leg in now):
                return
            if now != before:
                before, still_since = now, clock()
            elif clock() - still_since >= self._patience.still:
                return
            await asyncio.sleep(self._patience.step)


def look(folder: Path, asked: KeepRecording) -> RecordingLookedAt:
    """Repair what needs it and tell what is there. Blocks; for a thread."""
    names: list[str] = []
    lengths: list[float] = []
    sums: list[str] = []
    repaired = False
    for name in leg_names(asked.path):
        try:
            path = _below(folder, name)
            repaired |= not measure(path).closed
            lengths.append(repair(path).seconds)
            sums.append(checksum(path))
        except (OSError, NotAudio):
            continue
        names.append(name)
    state = state_of(tuple(lengths), asked.talked, repaired=repaired)
    seconds = round(min(lengths, default=0.0), 3)
    return RecordingLookedAt(asked.contact, asked.offer, tuple(names), seconds, asked.talked, state, tuple(sums))


def _glance(folder: Path, path: str) -> list[Leg | None]:
    return [_leg(folder, name) for name in leg_names(path)]


def _leg(folder: Path, name: str) -> Leg | None:
    try:
        return measure(_below(folder, name))
    except (OSError, NotAudio):
        return None


def _below(folder: Path, name: str) -> Path:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise NotAudio(f"{name} does not lie below the recordings folder")
    return folder / name
