"""The prompts of the floor in force, for the people at their screens: seen, heard, and brought in.

It does not know HTTP, nor how a recording is checked and converted (`cti/recorded.py`). Everything that takes long runs
in a thread. A recording that was taken is in force a moment later, as with any change of the dialplans folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from cti.prompts import Prompts
from cti.recorded import Key, Take
from cti.sound import NotSound
from cti.voices.voice import VoiceMissing
from desk.prompts import NotTaken, PromptView
from journal.facts import PromptChanged
from switchroom.prompt_shelf import PromptRow, prompts_of, row_of

if TYPE_CHECKING:
    from journal.thread import AsyncJournal
    from switchroom.settings import Settings

log = structlog.get_logger()


class DeskPrompts:
    """`catalogue` answers with the texts in force; `changed` is told when a recording has come in."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Callable[[], Mapping[Key, str]],
        memory: AsyncJournal,
        clock: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._memory = memory
        self._clock = clock
        self._changed = changed
        self._one_at_a_time = asyncio.Lock()  # converting costs a core for seconds; callers must not feel it

    async def rows(self) -> Sequence[PromptView]:
        prompts = self._prompts()
        return await asyncio.to_thread(lambda: [_view(row_of(prompts, key)) for key in sorted(prompts.catalogue)])

    async def sound(self, name: str, language: str) -> Path | None:
        """The file that callers hear, None where there is none."""
        prompts = self._prompts()
        if (name, language) not in prompts.catalogue:
            return None
        try:
            return await asyncio.to_thread(prompts.target, (name, language))
        except (NotSound, VoiceMissing, OSError):
            return None

    async def put(self, key: Key, raw: bytes, source: str, by: str) -> PromptView | None:
        """Keep a recording, journal it, and have it put in force. Raises NotTaken; None for an unknown prompt."""
        prompts = self._prompts()
        text = prompts.catalogue.get(key)
        if text is None:
            return None
        async with self._one_at_a_time:
            now = self._clock()
            try:
                take: Take = await asyncio.to_thread(prompts.recorded.put, key, raw, (text, source, by, now))
            except NotSound as refused:
                raise NotTaken(str(refused)) from None
            except OSError as fault:
                log.exception("recording_not_kept", prompt=key[0], language=key[1])
                raise NotTaken(f"it could not be kept ({fault.strerror})") from None
        await self._memory.append([PromptChanged(now, key[0], key[1], by, round(take.seconds, 3), take.sha256)], None)
        log.info("prompt_recorded", prompt=key[0], language=key[1], by=by, seconds=round(take.seconds, 2))
        self._changed()
        return _view(await asyncio.to_thread(row_of, prompts, key))

    def _prompts(self) -> Prompts:
        return prompts_of(self._settings, self._catalogue())


def _view(row: PromptRow) -> PromptView:
    return PromptView(
        row.name, row.language, row.state, row.text, row.seconds, row.level, row.by, row.recorded_text, row.why
    )
