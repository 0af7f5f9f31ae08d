"""Which voice speaks which language, from the words of the configuration.

It does not know how any of them speaks. The words: `auto` (espeak-ng, else flite for English), `espeak-ng`, `flite`,
`piper`, `kokoro`, `kokoro:VOICE`.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cti.voices.espeak import Espeak
from cti.voices.flite import Flite
from cti.voices.kokoro import OTHERWISE, Kokoro
from cti.voices.piper import Piper
from cti.voices.voice import Voice, VoiceMissing

AUTO = "auto"
WORDS = (AUTO, "espeak-ng", "flite", "piper", "kokoro", "kokoro:VOICE")
REMEDY = "install a speech program: apt-get install espeak-ng (flite speaks English only)"


@dataclass(frozen=True, slots=True)
class VoicePlaces:
    """Where voices are looked for. `python` "" is our own; `path` is for programs, None for the machine's."""

    python: str = ""
    kokoro_voices: Path | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Voices:
    """The voice of each language. `wanted` holds the words by language; what is not in it is `auto`."""

    wanted: Mapping[str, str] = field(default_factory=dict)
    places: VoicePlaces = VoicePlaces()
    _found: dict[tuple[str, str], Voice] = field(default_factory=dict)

    def of(self, language: str) -> Voice:
        """The voice that speaks this language. Raises VoiceMissing with the remedy."""
        plain = language.partition("-")[0]
        word = self.wanted.get(language) or self.wanted.get(plain) or AUTO
        if (word, plain) not in self._found:
            self._found[word, plain] = _find(word, plain, self.places)
        voice = self._found[word, plain]
        if not voice.speaks(language):
            raise VoiceMissing(f"'{word}' does not speak {language}", REMEDY)
        return voice

    def close(self) -> None:
        for voice in self._found.values():
            voice.close()


def _find(word: str, language: str, places: VoicePlaces) -> Voice:
    engine, _, voice = word.partition(":")
    python = places.python or sys.executable
    match engine:
        case "auto":
            return _automatic(places)
        case "espeak-ng":
            return Espeak.find(places.path)
        case "flite":
            return Flite.find(places.path)
        case "piper":
            return Piper.find(python)
        case "kokoro":
            return Kokoro.find(python, voice or OTHERWISE.get(language, ""), places.kokoro_voices)
    raise VoiceMissing(f"there is no voice '{word}'", f"choose one of {', '.join(WORDS)}")


def _automatic(places: VoicePlaces) -> Voice:
    with contextlib.suppress(VoiceMissing):
        return Espeak.find(places.path)
    with contextlib.suppress(VoiceMissing):
        return Flite.find(places.path)
    raise VoiceMissing("there is no speech program on this machine", REMEDY)
