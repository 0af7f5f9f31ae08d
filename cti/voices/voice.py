"""The one interface of all speech programs, and running one of them for one text.

It does not know which programs there are (`choosing.py` does), nor what becomes of the sound.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from cti.sound import NotSound, Sound, read_wav

TIME_LIMIT = 60.0  # seconds that a speech program may take for one prompt


class Voice(Protocol):
    """Something that speaks. All methods may be called from any thread."""

    def mark(self, language: str) -> str:
        """Everything that shapes the sound besides the text: engine, version, voice, speed."""
        ...

    def speaks(self, language: str) -> bool: ...

    def speak(self, text: str, language: str) -> Sound:
        """Blocks while it works. Raises NotSound (with the program's own words), OSError, SubprocessError."""
        ...

    def close(self) -> None:
        """End what was started for speaking."""
        ...


class VoiceMissing(Exception):
    """A voice that was asked for is not there. `remedy` says how to get it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy = problem, remedy


def spoken_by(command: Callable[[Path, Path], Sequence[str]], text: str) -> Sound:
    """Run a program that reads a text file and writes a WAV file; texts are never taken for options."""
    with tempfile.TemporaryDirectory(prefix="switchroom-prompt-") as folder:
        script, sound = Path(folder) / "text.txt", Path(folder) / "speech.wav"
        script.write_text(text, encoding="utf-8")
        words = [*command(script, sound)]
        done = subprocess.run(words, capture_output=True, timeout=TIME_LIMIT, check=False)  # noqa: S603  our own words
        if done.returncode or not sound.exists():
            said = done.stderr.decode("utf-8", "replace").strip()[-200:]
            raise NotSound(f"ended with code {done.returncode}: {said or 'no sound was made'}")
        return read_wav(sound)


def version_of(*start: str) -> str:
    """The first line that a program says about its version; "unknown" when it says nothing."""
    try:
        done = subprocess.run([*start, "--version"], capture_output=True, timeout=10, check=False)  # noqa: S603  a found program
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    lines = done.stdout.decode("utf-8", "replace").partition("Data at:")[0].strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def answer_of(python: str, code: str) -> str:
    """What a line of Python prints in another interpreter; "" when it fails there."""
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, timeout=60, check=False)  # noqa: S603  our own words
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def checked_file(path: Path, sha256: str, what: str) -> Path:
    """The file, when it is the very one that was tried. Raises VoiceMissing."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceMissing(f"{what}: {path} cannot be read ({error.strerror})", "install it again") from error
    if found != sha256:
        raise VoiceMissing(
            f"{what}: {path.name} has SHA-256 {found[:12]}..., not {sha256[:12]}... as pinned",
            "install the version that docs/flows/prompts.md names",
        )
    return path
