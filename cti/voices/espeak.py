"""espeak-ng: small, quick, speaks everything, sounds like a machine. GPL, so it runs as a program of its own.

It does not know what is said. English is plain to understand; Mandarin is good enough for a test, not for customers.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cti.debian import CannotUnpackError, unpacked_program
from cti.sound import Sound
from cti.voices.voice import VoiceMissing, spoken_by, version_of

# The voice `cmn` of espeak-ng 1.51 reads its own pinyin as English ("dui-four"); this one speaks Mandarin.
MANDARIN = "cmn-latn-pinyin"
VOICES = {"en": "en-us", "zh-CN": MANDARIN, "zh-TW": MANDARIN, "zh-HK": "yue"}
SPEED = {MANDARIN: "180", "yue": "180"}  # words a minute; others are spoken at 155, which suits a telephone
REMEDY = "install it (apt-get install espeak-ng) or run make setup"


@dataclass(frozen=True, slots=True)
class Espeak:
    """`start` are the words that start the program."""

    start: tuple[str, ...]
    version: str

    @staticmethod
    def find(search_path: str | None = None) -> Espeak:
        """The program on the path, else the one that set-up unpacked. Raises VoiceMissing."""
        program = shutil.which("espeak-ng", path=search_path)
        start = (program,) if program else None if search_path else _unpacked()
        if start is None:
            raise VoiceMissing("there is no espeak-ng on this machine", REMEDY)
        return Espeak(start, version_of(*start))

    def mark(self, language: str) -> str:
        voice = _voice(language)
        return f"espeak-ng {self.version} {voice} {SPEED.get(voice, '155')}"

    def speaks(self, language: str) -> bool:
        return bool(language)

    def speak(self, text: str, language: str) -> Sound:
        return spoken_by(lambda script, sound: self.command(language, script, sound), text)

    def command(self, language: str, script: Path, sound: Path) -> list[str]:
        voice = _voice(language)
        options = ["-v", voice, "-s", SPEED.get(voice, "155"), "-b", "1"]
        return [*self.start, *options, "-f", str(script), "-w", str(sound)]

    def close(self) -> None:
        """Nothing stays open."""


def _voice(language: str) -> str:
    return VOICES.get(language, language.partition("-")[0])


def _unpacked() -> tuple[str, ...] | None:
    try:
        found = unpacked_program("espeak-ng", "espeak-ng")
    except CannotUnpackError:
        return None
    return found.command if found else None
