"""Telephone sound as phones send it: 8 kHz G.711, made, read from files and weighed.

It knows nothing of packets, calls or who is listening. Everything in here is G.711 mu-law (PCMU), 8,000 bytes
a second; a *level* is the mean amplitude from 0.0 (nothing) to 1.0 (as loud as a line can be).
"""

from __future__ import annotations

import array
import math
import random
import sys
import wave
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RATE = 8000
FRAME = 160  # bytes of sound in one RTP packet of 20 ms
FRAME_SECONDS = FRAME / RATE
QUIET = b"\xff" * FRAME
LOUD = 0.01  # a level above this is somebody or something; line noise and comfort silence lie far below


def from_mulaw(byte: int) -> int:
    """One mu-law byte as a 16-bit sample."""
    value = ~byte & 0xFF
    magnitude = (((value & 0x0F) << 3) + 0x84 << ((value & 0x70) >> 4)) - 0x84
    return -magnitude if value & 0x80 else magnitude


def to_mulaw(sample: int) -> int:
    """Encode a 16-bit sample as one mu-law byte."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 0x84
    segment = magnitude.bit_length() - 8
    return ~(sign | segment << 4 | magnitude >> (segment + 3) & 0x0F) & 0xFF


# Whole frames are weighed by bytes.translate and sum: under a microsecond each, so forty phones cost nothing.
_WEIGH_MULAW = bytes(min(abs(from_mulaw(byte)) >> 7, 255) for byte in range(256))


def level(frame: bytes) -> float:
    """How loud a piece of sound is, 0.0 to 1.0; 0.0 for no sound at all."""
    if not frame:
        return 0.0
    return sum(frame.translate(_WEIGH_MULAW)) / (255 * len(frame))


def read_sound(path: Path) -> bytes:
    """Read a WAV (8 kHz, mono, 16 bit) or raw `.ulaw` file as mu-law. Raises ValueError for other kinds."""
    if path.suffix in {".ulaw", ".ul", ".pcmu"}:
        return path.read_bytes()
    try:
        with wave.open(str(path), "rb") as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            samples = array.array("h", file.readframes(file.getnframes()) if shape == (RATE, 1, 2) else b"")
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: not a WAV file that can be read ({error})") from error
    if shape != (RATE, 1, 2):
        raise ValueError(f"{path}: needs 8000 Hz, mono, 16 bit; convert with: sox IN -r 8000 -c 1 -b 16 OUT.wav")
    if sys.byteorder == "big":
        samples.byteswap()
    return bytes(to_mulaw(sample) for sample in samples)


@cache
def speech(seconds: float = 4.0, seed: int = 1) -> bytes:
    """Sound with the rhythm of speech: syllables of a voice with harmonics, and pauses between phrases.

    The same seed gives the same bytes. It can be told from music and silence, and a recording of it looks
    like talk.
    """
    chance = random.Random(seed)  # noqa: S311 - a voice for tests, not a secret
    pitch = chance.uniform(95, 220)
    sound = bytearray()
    while len(sound) < seconds * RATE:
        for _ in range(chance.randint(3, 8)):
            sound += _syllable(chance, pitch * chance.uniform(0.85, 1.2))
        sound += b"\xff" * int(RATE * chance.uniform(0.15, 0.4))
    return bytes(sound[: int(seconds * RATE)])


def _syllable(chance: random.Random, pitch: float) -> bytes:
    length = int(RATE * chance.uniform(0.09, 0.22))
    strengths = [chance.uniform(0.3, 1.0) / overtone for overtone in range(1, 6)]
    peak = 12000 / sum(strengths)
    turn = 2 * math.pi * pitch / RATE
    return bytes(
        to_mulaw(
            int(
                peak
                * math.sin(math.pi * at / length)
                * sum(strength * math.sin(turn * (n + 1) * at) for n, strength in enumerate(strengths))
            )
        )
        for at in range(length)
    )
