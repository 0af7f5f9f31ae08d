"""Prompt texts into sound files that Asterisk plays: 8 kHz, mono, 16 bit, in a cache named by content.

It does not know flows or calls. The speech programs (espeak-ng, flite) run as programs of their own, text in and a WAV
file out, so their licences stay theirs.

A file's name is the hash of everything that shapes its sound, so a prompt whose text changes gets a new file and calls
in progress keep the old one. Several servers may share a cache: files appear whole or not at all.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cti.debian import CannotUnpackError, unpacked_program
from cti.sound import NotSound, read_wav, telephone_sound, trimmed, write_wav

RENDERING = 1  # raise when the sound made from equal speech changes
TIME_LIMIT = 60.0  # seconds that a speech program may take for one prompt
# The voice `cmn` of espeak-ng 1.51 reads its own pinyin as English ("dui-four"); this one speaks Mandarin.
MANDARIN = "cmn-latn-pinyin"
ESPEAK_VOICES = {"en": "en-us", "zh-CN": MANDARIN, "zh-TW": MANDARIN, "zh-HK": "yue"}
ESPEAK_SPEED = {MANDARIN: "180", "yue": "180"}  # words a minute; others are spoken at 155, which suits a telephone
REMEDY = "install a speech program: apt-get install espeak-ng (flite speaks English only)"

_LATIN = re.compile(r"([A-Za-z][A-Za-z0-9 ,.'&-]*)")

Catalogue = Mapping[tuple[str, str], str]


class PromptError(Exception):
    """A prompt cannot be made. The text says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A speech program. `languages` is None when it speaks whatever it is asked for.

    `start` are the words that start it where it does not start by its path alone (unpacked into a folder of ours).
    """

    name: str
    program: str
    version: str
    languages: tuple[str, ...] | None = None
    start: tuple[str, ...] = ()

    def speaks(self, language: str) -> bool:
        return self.languages is None or language.partition("-")[0] in self.languages

    def voice(self, language: str) -> str:
        return "default" if self.name == "flite" else ESPEAK_VOICES.get(language, language.partition("-")[0])

    def command(self, language: str, text: Path, sound: Path) -> list[str]:
        """The program and its arguments; texts go in by a file, so no text is ever taken for an option."""
        start = self.start or (self.program,)
        if self.name == "flite":
            return [*start, "-f", str(text), "-o", str(sound)]
        voice = self.voice(language)
        speed = ESPEAK_SPEED.get(voice, "155")
        return [*start, "-v", voice, "-s", speed, "-b", "1", "-f", str(text), "-w", str(sound)]


def find_engine(search_path: str | None = None) -> Engine | None:
    """The best speech program of this machine: espeak-ng, else the one that set-up unpacked, else flite for English."""
    unpacked = None if shutil.which("espeak-ng", path=search_path) or search_path else _unpacked()
    if unpacked is not None:
        return unpacked
    for name, languages in (("espeak-ng", None), ("flite", ("en",))):
        program = shutil.which(name, path=search_path)
        if program:
            return Engine(name, program, _version(program), languages)
    return None


def _unpacked() -> Engine | None:
    try:
        found = unpacked_program("espeak-ng", "espeak-ng")
    except CannotUnpackError:
        return None
    if found is None:
        return None
    return Engine("espeak-ng", "espeak-ng", _version(*found.command), None, tuple(found.command))


def render_prompts(
    catalogue: Catalogue, cache: Path, engine: Engine | None = None, recorded: Path | None = None
) -> dict[tuple[str, str], str]:
    """Make what is missing, and return (name, language) -> path without extension, as `PlayPrompt` takes it.

    `catalogue` holds the texts by (name, language). A person's recording `<recorded>/<language>/<name>.wav` is played
    instead of the text. Blocks while it works. Raises PromptError, before anything is made when a voice is missing.
    """
    spoken = {key: text for key, text in catalogue.items() if _recording(recorded, key) is None}
    silent = sorted(key for key in spoken if engine is None or not engine.speaks(key[1]))
    if silent:
        name, language = silent[0]
        raise PromptError(f"no voice for prompt '{name}' in {language} ({len(silent)} in all); {REMEDY}")
    cache.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = pool.map(lambda key: _sound_file(key, catalogue[key], cache, engine, recorded), catalogue)
        return {key: str(path.with_suffix("")) for key, path in zip(catalogue, made, strict=True)}


def _recording(recorded: Path | None, key: tuple[str, str]) -> Path | None:
    path = recorded / key[1] / f"{key[0]}.wav" if recorded else None
    return path if path and path.is_file() else None


def _sound_file(key: tuple[str, str], text: str, cache: Path, engine: Engine | None, recorded: Path | None) -> Path:
    recording = _recording(recorded, key)
    try:
        if recording:
            return _from_recording(recording, cache)
        if engine:
            return _from_text(key, text, cache, engine)
    except (NotSound, OSError, subprocess.SubprocessError) as error:
        source = recording or (engine.program if engine else "")
        raise PromptError(f"prompt '{key[0]}' in {key[1]}: {source}: {error}") from error
    raise PromptError(f"no voice for prompt '{key[0]}'; {REMEDY}")


def _from_recording(recording: Path, cache: Path) -> Path:
    raw = recording.read_bytes()
    target = cache / f"{_hash('recorded', hashlib.sha256(raw).hexdigest())}.wav"
    if not target.exists():
        write_wav(target, telephone_sound(read_wav(recording), level=None))
    return target


def _from_text(key: tuple[str, str], text: str, cache: Path, engine: Engine) -> Path:
    runs = runs_of(text, key[1])
    voices = [engine.voice(language) for _, language in runs]
    target = cache / f"{_hash(text, key[1], engine.name, engine.version, *voices)}.wav"
    if not target.exists():
        sounds = [telephone_sound(trimmed(_speech(words, language, engine))) for words, language in runs]
        write_wav(target, [sample for sound in sounds for sample in sound])
    return target


def runs_of(text: str, language: str) -> list[tuple[str, str]]:
    """The text cut where the voice must change: English words in a Chinese text are spoken by an English voice."""
    if not language.startswith("zh"):
        return [(text, language)]
    pieces = [(piece, "en" if place % 2 else language) for place, piece in enumerate(_LATIN.split(text))]
    return [run for run in pieces if any(char.isalnum() for char in run[0])] or [(text, language)]


def _speech(text: str, language: str, engine: Engine) -> tuple[int, Sequence[int]]:
    with tempfile.TemporaryDirectory(prefix="switchroom-prompt-") as folder:
        script, sound = Path(folder) / "text.txt", Path(folder) / "speech.wav"
        script.write_text(text, encoding="utf-8")
        command = engine.command(language, script, sound)
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)  # noqa: S603  our own file names
        if done.returncode or not sound.exists():
            said = done.stderr.decode("utf-8", "replace").strip()[:200]
            raise NotSound(f"ended with code {done.returncode}: {said or 'no sound was made'}")
        return read_wav(sound)


def _version(*start: str) -> str:
    try:
        done = subprocess.run([*start, "--version"], capture_output=True, timeout=10, check=False)  # noqa: S603  a found program
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    lines = done.stdout.decode("utf-8", "replace").partition("Data at:")[0].strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join((str(RENDERING), *parts)).encode()).hexdigest()
