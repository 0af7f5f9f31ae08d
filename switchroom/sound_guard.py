"""Watches over the sound files that callers are about to hear: a file that was deleted or cut is put back at once.

It does not know how a sound is made. What it puts back it has kept in memory since the sound came into force; beyond
`MOST` bytes it keeps none, and can then only say that a file is missing.

A look is one `stat` for each sound, some microseconds, before Asterisk is told to play it. So a prompt that somebody
deleted from the disk is heard all the same, and an operator reads of it (`sound_restored`, `/readyz`). Where it cannot
be put back (a full disk, a folder that is gone), the log says `sound_missing`, and the caller goes on by the flow as
after a prompt that could not be played.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from cti.sound import write_whole

if TYPE_CHECKING:
    from switchroom.edition import Edition

log = structlog.get_logger()

MOST = 256 * 1024 * 1024  # bytes kept


class SoundGuard:
    """Over all sounds of the editions that were ever in force in this process. Paths are without `.wav`."""

    def __init__(self, most: int = MOST) -> None:
        self.restored = 0
        self.missing = 0
        self._trouble = ""
        self._sizes: dict[str, int] = {}
        self._kept: dict[str, bytes] = {}
        self._room = most

    def learn(self, sounds: Mapping[tuple[str, str], str]) -> None:
        """Keep the sounds of an edition. Blocks while it reads; may run in a thread beside `see_to`."""
        for path in set(sounds.values()) - self._sizes.keys():
            try:
                content = Path(f"{path}.wav").read_bytes()
            except OSError:
                continue  # it is told when it is to be played
            if len(content) <= self._room:
                self._room -= len(content)
                self._kept[path] = content
            self._sizes[path] = len(content)

    def see_to(self, sounds: Iterable[str]) -> None:
        """Put back what is not there as it was."""
        for path in sounds:
            size = self._sizes.get(path)
            if size is not None and _size_of(path) != size:
                self._put_back(path)

    def before(self, perform: Callable[[Any], object]) -> Callable[[Any], object]:
        """The same doing, with a look at the sounds before it."""

        def seen_to(action: Any) -> object:
            self.see_to(action.sounds)
            return perform(action)

        return seen_to

    async def follow(self, edition: Edition) -> None:
        """Keep the sounds of an edition that has come into force, too."""
        await asyncio.to_thread(self.learn, edition.sounds)

    def trouble(self) -> str:
        """What an operator should know: the last file that was not as it should be; "" when all were."""
        return self._trouble

    def _put_back(self, path: str) -> None:
        why = _written(Path(f"{path}.wav"), self._kept.get(path))
        if why:
            self.missing += 1
            self._trouble = f"sound file {path}.wav is missing and could not be put back: {why}"
            log.critical("sound_missing", file=f"{path}.wav", why=why)
            return
        self.restored += 1
        self._trouble = f"sound file {path}.wav had been deleted or changed; it was put back"
        log.error("sound_restored", file=f"{path}.wav", remedy="see who writes in the sounds folder")


def _written(path: Path, content: bytes | None) -> str:
    """Write it; "" or why that cannot be done."""
    if content is None:
        return "nothing was kept of it"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _size_of(path: str) -> int:
    try:
        return os.stat(f"{path}.wav").st_size  # noqa: PTH116  on the way of every prompt: a Path costs more than the look
    except OSError:
        return -1
