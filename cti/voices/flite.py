"""flite: a tiny English voice, the last resort where there is no espeak-ng.

It does not know what is said.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cti.sound import Sound
from cti.voices.voice import VoiceMissing, spoken_by, version_of

REMEDY = "install it: apt-get install flite"
VOICE = "slt"  # the one of its voices that was understood best on a telephone


@dataclass(frozen=True, slots=True)
class Flite:
    """`program` is its path."""

    program: str
    version: str

    @staticmethod
    def find(search_path: str | None = None) -> Flite:
        """The program on the path. Raises VoiceMissing."""
        program = shutil.which("flite", path=search_path)
        if program is None:
            raise VoiceMissing("there is no flite on this machine", REMEDY)
        return Flite(program, version_of(program))

    def mark(self, language: str) -> str:
        return f"flite {self.version} {VOICE} {language.partition('-')[0]}"

    def speaks(self, language: str) -> bool:
        return language.partition("-")[0] == "en"

    def speak(self, text: str, language: str) -> Sound:  # noqa: ARG002  the interface; it has one language
        return spoken_by(self.command, text)

    def command(self, script: Path, sound: Path) -> list[str]:
        return [self.program, "-voice", VOICE, "-f", str(script), "-o", str(sound)]

    def close(self) -> None:
        """Nothing stays open."""
