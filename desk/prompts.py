"""What callers hear, for the people who see to it: listing prompts, playing them, bringing in recordings.

It does not know how sound is checked, converted or kept: a `Shelf` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from aiohttp import web

from desk.asking import Ask
from desk.faults import Fault, not_found
from desk.playback import open_recording, play

LARGEST: Final = 16 * 1024 * 1024  # bytes of an upload
_NAMED_WAV: Final = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")
_KINDS: Final = (*_NAMED_WAV, "audio/mpeg", "audio/ogg", "audio/flac", "audio/mp4", "audio/x-m4a", "audio/aac")


@dataclass(frozen=True, slots=True)
class PromptView:
    """One prompt in one language. `state`: recorded, stale, synthesised, not_rendered, faulty, missing.

    `seconds` and `level` (dB below full scale) are of the sound that callers hear; `why` says what is at fault.
    """

    name: str
    language: str
    state: str
    text: str
    seconds: float
    level: float
    by: str
    recorded_text: str
    why: str


class NotTaken(Exception):
    """A recording was refused; the text says why, for the one who brought it."""


class Shelf(Protocol):
    """The prompts of the floor in force."""

    async def rows(self) -> Sequence[PromptView]: ...

    async def sound(self, name: str, language: str) -> Path | None:
        """The file that callers hear, None where there is none."""
        ...

    async def put(self, key: tuple[str, str], raw: bytes, source: str, by: str) -> PromptView | None:
        """Check, convert and keep a recording for a (name, language); None for a prompt that is not there.

        Raises NotTaken.
        """
        ...


async def prompts(ask: Ask) -> Sequence[PromptView]:
    """List every prompt of the floor."""
    return await _shelf(ask).rows()


async def prompt(ask: Ask) -> web.StreamResponse:
    """Play a prompt as callers hear it."""
    path = await _shelf(ask).sound(ask.part("name"), ask.part("language"))
    if path is None:
        raise not_found("prompt")
    with open_recording(path.parent, (path.name,)) as sound:
        return await play(ask.request, sound)


async def bring(ask: Ask) -> PromptView:
    """Take a recording for a prompt; the body is the sound file itself."""
    kind = ask.request.content_type
    if kind not in _KINDS:
        raise Fault(415, "not_sound", f"Send the sound file itself, as one of {', '.join(_KINDS)}.")
    raw = await _body(ask.request)
    key = ask.part("name"), ask.part("language")
    source = "upload.wav" if kind in _NAMED_WAV else f"upload.{kind.partition('/')[2].removeprefix('x-')}"
    try:
        view = await _shelf(ask).put(key, raw, source, ask.user.user)
    except NotTaken as refused:
        raise Fault(422, "not_taken", str(refused)) from None
    if view is None:
        raise not_found("prompt")
    return view


async def _body(request: web.Request) -> bytes:
    """The body, which may be larger than others; nothing is read beyond the limit."""
    raw = bytearray()
    try:
        async with asyncio.timeout(60):
            async for piece in request.content.iter_chunked(65_536):
                raw += piece
                if len(raw) > LARGEST:
                    raise Fault(413, "too_large", f"A recording has at most {LARGEST // 1_048_576} MB.")
    except TimeoutError:
        raise Fault(408, "too_slow", "The recording did not come within a minute.") from None
    return bytes(raw)


def _shelf(ask: Ask) -> Shelf:
    if ask.desk.prompts is None:
        raise not_found("prompt")
    return ask.desk.prompts
