"""Speaks a greeting as a telephone would carry it: 8 kHz, mu-law, with the line's noise under it.

It does not know who listens, nor what the greeting means.
"""

from __future__ import annotations

import math
import random
import subprocess
from array import array
from dataclasses import dataclass
from pathlib import Path

from benchmarks.amd.greetings import PAUSE, Greeting, Truth
from cti.asterisk.music import to_ulaw
from cti.loudness import levelled
from cti.sip.sound import from_mulaw as _one
from cti.sound import RATE, telephone_sound
from cti.voices.espeak import MANDARIN, Espeak
from cti.wavfile import read_recording

FRAME = RATE // 50  # samples: 20 ms
AT_LEAST = 7 * RATE  # samples: longer than any verdict takes
_FAX, _FAX_LONG = 2100, 3.0
_BEEP, _BEEP_LONG = 1000, 0.4
_FULL = 32768.0
_LINEAR = tuple(_one(byte) for byte in range(256))
_HEARD = 10 ** (-50 / 20) * _FULL  # what a sample of clean speech is louder than, on average over a frame


@dataclass(frozen=True, slots=True)
class Spoken:
    """`ulaw` is what the line carries. `active` are the 20 ms frames in which somebody speaks, noise not counted."""

    greeting: Greeting
    ulaw: bytes
    active: tuple[int, ...]

    def said_before(self, moment: float) -> float:
        """When the last word before this moment, in seconds from the answer, was over; 0 when there was none."""
        ends = [(frame + 1) * FRAME / RATE for frame in self.active if (frame + 1) * FRAME / RATE <= moment]
        return ends[-1] if ends else 0.0

    def loudness(self) -> list[float]:
        """The mean absolute sample of each 20 ms, as the far end decodes it."""
        heard = [_LINEAR[byte] for byte in self.ulaw]
        return [sum(map(abs, heard[at : at + FRAME])) / FRAME for at in range(0, len(heard) - FRAME + 1, FRAME)]


def speak(greeting: Greeting, espeak: Espeak, folder: Path, number: int) -> Spoken:
    """Make it. `folder` is for the speech program's own files; `number` draws the noise."""
    clean = array("h", bytes(2 * round(greeting.wait * RATE)))
    for place, part in enumerate(greeting.text.split(PAUSE) if greeting.text else ()):
        clean.extend(array("h", bytes(2 * round(greeting.pause * RATE))) if place else array("h"))
        clean.extend(_said(greeting, part, espeak, folder / f"{number}-{place}.wav"))
    if greeting.truth is Truth.FAX:
        clean.extend(_tone(_FAX, _FAX_LONG, greeting.level))
    if greeting.truth is Truth.MACHINE:
        clean.extend(array("h", bytes(RATE)))
        clean.extend(_tone(_BEEP, _BEEP_LONG, greeting.level))
    clean.extend(array("h", bytes(2 * max(0, AT_LEAST - len(clean)))))
    active = tuple(
        at // FRAME for at in range(0, len(clean), FRAME) if sum(map(abs, clean[at : at + FRAME])) > _HEARD * FRAME
    )
    return Spoken(greeting, to_ulaw(_with_noise(clean, greeting.noise, number)), active)


def _said(greeting: Greeting, text: str, espeak: Espeak, file: Path) -> array[int]:
    voice = f"{'en-us' if greeting.language == 'en' else MANDARIN}+{greeting.voice}"
    words = [*espeak.start, "-v", voice, "-s", str(greeting.speed), "-p", str(greeting.pitch), "-b", "1"]
    subprocess.run([*words, "-w", str(file), text], check=True, capture_output=True, timeout=30)
    sound = telephone_sound(read_recording(file.read_bytes()))
    file.unlink()
    return _trimmed(levelled(sound, greeting.level))


def _trimmed(samples: array[int]) -> array[int]:
    """Without the silence that the speech program puts before and after."""
    loud = [at for at in range(0, len(samples), FRAME) if sum(map(abs, samples[at : at + FRAME])) > _HEARD * FRAME]
    return samples[loud[0] : loud[-1] + FRAME] if loud else samples


def _tone(hertz: int, seconds: float, level: float) -> array[int]:
    height = 10 ** (level / 20) * _FULL * math.sqrt(2)
    turn = 2 * math.pi * hertz / RATE
    return array("h", (round(height * math.sin(turn * at)) for at in range(round(seconds * RATE))))


def _with_noise(clean: array[int], level: float, number: int) -> array[int]:
    if level <= -99.0:
        return clean
    chance = random.Random(f"noise {number}")  # noqa: S311 (a benchmark's dice)
    height = 10 ** (level / 20) * _FULL * math.sqrt(3)  # of an even spread, whose root mean square is the level
    hiss = [round(chance.uniform(-height, height)) for _ in range(RATE)]
    return array("h", (max(-32768, min(32767, each + hiss[at % RATE])) for at, each in enumerate(clean)))


