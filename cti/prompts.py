"""Prompt texts into sound files that Asterisk plays: 8 kHz, mono, 16 bit, in a cache named by content.

It does not know flows or calls, nor how a voice speaks (`voices/`). A person's recording wins over every voice; its
text stays in the catalogue, for screens and for trying a flow out.

A file's name is the hash of everything that shapes its sound, so a prompt whose text changes gets a new file and calls
in progress keep the old one. Several servers may share a cache: files appear whole or not at all.
"""

from __future__ import annotations

import array
import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cti.loudness import levelled
from cti.recorded import FRAGMENT_MARGIN, MARGIN, Key, Recorded, prepared
from cti.sound import RATE, NotSound, read_wav, telephone_sound, trimmed, write_wav
from cti.voices.choosing import Voices
from cti.voices.voice import Voice, VoiceMissing

RENDERING = 2  # raise when the sound made from equal speech changes
WORKERS = 2
PAUSE = 0.3  # seconds of silence for a text without words
_TOLD = 10  # faults that one error names

_LATIN = re.compile(r"([A-Za-z][A-Za-z0-9 ,.'&-]*)")

Catalogue = Mapping[Key, str]


class PromptError(Exception):
    """Prompts cannot be made. The text says which, why, and what to do, a line for each."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of a floor: `catalogue` holds the texts by (name, language). All methods block.

    A person's recording `<recorded>/<language>/<name>.wav` is played instead of the text. What a voice has spoken once
    is also kept in `spoken`, which the floors of one user share, so that it is not spoken for each of them.
    """

    catalogue: Catalogue
    cache: Path
    voices: Voices
    recorded: Recorded
    spoken: Path | None = None

    def render(self, keys: Iterable[Key] | None = None) -> dict[Key, str]:
        """Make what is missing, and return key -> path without extension, as `PlayPrompt` takes it.

        Raises PromptError with every fault, before anything is made when a voice is missing.
        """
        wanted = [*(self.catalogue if keys is None else keys)]
        targets, faults = {}, []
        for key in wanted:
            try:
                targets[key] = self.target(key)
            except (VoiceMissing, NotSound, OSError) as fault:
                faults.append(self._told(key, fault))
        _raise(faults)
        self.cache.mkdir(parents=True, exist_ok=True)
        absent = {path: key for key, path in targets.items() if not path.exists()}
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            _raise([fault for fault in pool.map(self._try, absent.values(), absent) if fault])
        return {key: str(path.with_suffix("")) for key, path in targets.items()}

    def target(self, key: Key) -> Path:
        """The file that a prompt's sound has or will have. Raises VoiceMissing, NotSound, OSError."""
        margin = _margin(key)
        if self.recorded.find(key) is not None:
            content = hashlib.sha256(self.recorded.raw(key)).hexdigest()
            return self.cache / f"{_hash('recorded', content, margin)}.wav"
        runs = [(words, voice.mark(language)) for words, language, voice in self._runs(key)]
        return self.cache / f"{_hash('spoken', margin, *(part for run in runs for part in run))}.wav"

    def make(self, key: Key) -> Path:
        """Make one prompt's sound anew, also where its file is there. Raises PromptError."""
        try:
            target = self.target(key)
        except (VoiceMissing, NotSound, OSError) as fault:
            raise PromptError(self._told(key, fault)) from fault
        fault_told = self._try(key, target)
        if fault_told:
            raise PromptError(fault_told)
        return target

    def _try(self, key: Key, target: Path) -> str:
        """Make one; "" or what went wrong."""
        try:
            if self.recorded.find(key) is not None:
                write_wav(target, prepared(self.recorded.raw(key), key[0]))
            elif not self._was_spoken(target):
                write_wav(target, self._spoken(key))
                self._keep_spoken(target)
        except (VoiceMissing, NotSound, OSError, subprocess.SubprocessError) as fault:
            return self._told(key, fault)
        return ""

    def _was_spoken(self, target: Path) -> bool:
        """Take it from what was spoken before; False when it was not, or is no whole sound any more."""
        if self.spoken is None:
            return False
        try:
            _, samples = read_wav(self.spoken / target.name)
            write_wav(target, samples)
        except (NotSound, OSError):
            return False
        return True

    def _keep_spoken(self, target: Path) -> None:
        if self.spoken is not None:
            with suppress(NotSound, OSError):  # a folder that cannot be written spares no time, and costs nothing
                self.spoken.mkdir(parents=True, exist_ok=True)
                write_wav(self.spoken / target.name, read_wav(target)[1])

    def _told(self, key: Key, fault: Exception) -> str:
        name, language = key
        if isinstance(fault, VoiceMissing):
            return f"no voice for prompt '{name}' in {language}: {fault}"
        recording = self.recorded.folder / language / f"{name}.wav"
        by = str(recording) if os.path.lexists(recording) else "its voice"
        return f"prompt '{name}' in {language}: {by}: {fault}"

    def _spoken(self, key: Key) -> Sequence[int]:
        """The text as sound. Each run is levelled on its own, for voices differ."""
        margin = float(_margin(key))
        runs = self._runs(key)
        if not runs:
            return array.array("h", bytes(2 * int(PAUSE * RATE)))
        sounds = [trimmed(voice.speak(words, language), margin) for words, language, voice in runs]
        return [sample for sound in sounds for sample in levelled(telephone_sound(sound))]

    def _runs(self, key: Key) -> list[tuple[str, str, Voice]]:
        return [(words, spoken, self.voices.of(spoken)) for words, spoken in runs_of(self.catalogue[key], key[1])]


def render_prompts(
    catalogue: Catalogue, cache: Path, voices: Voices | None = None, recorded: Path | None = None
) -> dict[Key, str]:
    """Make what is missing, and return (name, language) -> path without extension, as `PlayPrompt` takes it.

    Blocks while it works. Raises PromptError with every fault, before anything is made when a voice is missing.
    """
    voices = voices or Voices()
    try:
        return Prompts(catalogue, cache, voices, Recorded(recorded or cache / "no-recordings")).render()
    finally:
        voices.close()


def runs_of(text: str, language: str) -> list[tuple[str, str]]:
    """The text cut where the voice must change: English words in a Chinese text are spoken by an English voice.

    [] for a text without words: a pause.
    """
    if not any(char.isalnum() for char in text):
        return []
    if not language.startswith("zh"):
        return [(text, language)]
    pieces = [(piece, "en" if place % 2 else language) for place, piece in enumerate(_LATIN.split(text))]
    return [run for run in pieces if any(char.isalnum() for char in run[0])]


def _margin(key: Key) -> str:
    return str(FRAGMENT_MARGIN if key[0].startswith("say/") else MARGIN)


def _raise(faults: list[str]) -> None:
    if faults:
        more = [f"... and {len(faults) - _TOLD} more"] if len(faults) > _TOLD else []
        raise PromptError("\n".join([*faults[:_TOLD], *more]))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join((str(RENDERING), *parts)).encode()).hexdigest()
