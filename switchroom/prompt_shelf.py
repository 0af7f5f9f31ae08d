"""Where this floor's prompts are: texts, voices by configuration, the folder of recordings, the cache of sounds.

It does not know how a prompt becomes sound (`cti/prompts.py`), nor who asks.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from cti.debian import cache_folder
from cti.loudness import active_level
from cti.prompts import Prompts
from cti.recorded import Key, Recorded
from cti.sound import RATE, NotSound, read_wav
from cti.voices.choosing import VoicePlaces, Voices
from cti.voices.voice import VoiceMissing

if TYPE_CHECKING:
    from switchroom.settings import PromptSettings, Settings

log = structlog.get_logger()

RECORDINGS = "recordings"
SOUNDS = "sounds"
SPOKEN = "spoken"  # in the user's cache folder


class State(StrEnum):
    """What callers hear of a prompt: a person, a person who read another text, a voice; or nothing, and why.

    NOT_RENDERED: it will be spoken with the next start or `prompts render`. MISSING: its language has no text for it.
    """

    RECORDED = "recorded"
    STALE = "stale"
    SYNTHESISED = "synthesised"
    NOT_RENDERED = "not_rendered"
    FAULTY = "faulty"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One prompt in one language. `seconds` and `level` (dBov) are of the sound that is played, 0 without one."""

    name: str
    language: str
    state: State
    text: str
    seconds: float = 0.0
    level: float = 0.0
    by: str = ""
    recorded_text: str = ""
    why: str = ""


def voices_of(settings: PromptSettings) -> Voices:
    """The voices as they are configured; none is looked for yet."""
    wanted = dict(choice.split("=", 1) for choice in settings.voices)
    return Voices(wanted, VoicePlaces(settings.python or sys.executable, settings.kokoro_voices))


def prompts_of(settings: Settings, catalogue: Mapping[Key, str]) -> Prompts:
    """The prompts of a floor with these texts, as this server is configured."""
    server = settings.server
    recorded = Recorded(server.dialplans / RECORDINGS)
    return Prompts(
        catalogue, server.data / SOUNDS, voices_of(settings.prompts), recorded, spoken=cache_folder() / SPOKEN
    )


def tell_stale(prompts: Prompts) -> None:
    """Warn in the log of each recording that says another text than the catalogue has now."""
    for name, language in prompts.catalogue:
        if prompts.recorded.is_stale((name, language), prompts.catalogue[name, language]):
            log.warning("recording_stale", prompt=name, language=language, remedy="record it again")


def row_of(prompts: Prompts, key: Key) -> PromptRow:
    """What stands with one prompt now. Makes no sound."""
    name, language = key
    text = prompts.catalogue[key]
    try:
        recorded = prompts.recorded.find(key) is not None
        target = prompts.target(key)
    except (NotSound, VoiceMissing, OSError) as fault:
        return PromptRow(name, language, State.FAULTY, text, why=str(fault))
    take = prompts.recorded.take(key) if recorded else None
    state = State.SYNTHESISED
    if recorded:
        state = State.STALE if take and take.text != text else State.RECORDED
    seconds, level = _measured(target)
    return PromptRow(
        name,
        language,
        state if seconds or recorded else State.NOT_RENDERED,
        text,
        seconds,
        level,
        take.by if take else "",
        take.text if take else "",
    )


def _measured(path: Path) -> tuple[float, float]:
    try:
        _, samples = read_wav(path)
    except (NotSound, OSError):
        return 0.0, 0.0
    return round(len(samples) / RATE, 2), round(active_level(samples), 1)
