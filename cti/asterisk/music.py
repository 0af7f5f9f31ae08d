"""Makes the hold music: twenty soft seconds of slow chords that join end to start, ours to give away.

Pure arithmetic with the standard library; it knows nothing of calls.
"""

from __future__ import annotations

import wave
from array import array
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RATE = 8000
_BAR = 4 * RATE  # samples; one chord and the next one swelling in
_LOUDNESS = 5000  # of 32767: hold music sits well below a voice
# Whole numbers of Hertz: each second of a note ends where it began, so the loop joins without a click.
_CHORDS = (
    (131, 262, 330, 392, 494),
    (110, 220, 330, 392, 523),
    (147, 294, 349, 440, 523),
    (98, 247, 294, 349, 440),
    (131, 262, 330, 440, 587),
)


def write_hold_music(folder: Path) -> Path:
    """Write `hold.wav` and `hold.ulaw` (8 kHz mono, 20 s) unless they are there; return the folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wav, ulaw = folder / "hold.wav", folder / "hold.ulaw"
    if not (wav.exists() and ulaw.exists()):
        samples = compose()
        _replace(ulaw, to_ulaw(samples))
        write_wav(wav, samples)
    return folder


def write_wav(path: Path, samples: array[int]) -> None:
    """Write 16-bit mono samples as a WAV file, whole or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    with wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    temporary.replace(path)


def compose() -> array[int]:
    """Return 20 s of chords as 16-bit samples at 8 kHz; the last chord fades into the first."""
    seconds = [_one_second(chord) for chord in _CHORDS]
    swell = [0.5 - 0.5 * cos(pi * place / _BAR) for place in range(_BAR)]
    samples = array("h")
    for number, chord in enumerate(seconds):
        following = seconds[(number + 1) % len(seconds)]
        for place, new in enumerate(swell):
            at = place % RATE
            samples.append(int(chord[at] * (1.0 - new) + following[at] * new))
    return samples


def tone(hertz: int, seconds: float, loudness: int = _LOUDNESS) -> array[int]:
    """Return a plain tone as 16-bit samples at 8 kHz."""
    return array("h", (int(loudness * sin(2 * pi * hertz * at / RATE)) for at in range(int(seconds * RATE))))


def to_ulaw(samples: array[int]) -> bytes:
    """Encode 16-bit samples as G.711 u-law, so that a waiting caller costs no transcoding."""
    table: dict[int, int] = {}
    for sample in set(samples):
        table[sample] = _ulaw(sample)
    return bytes(table[sample] for sample in samples)


def _ulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F) & 0xFF


def _one_second(chord: tuple[int, ...]) -> list[float]:
    """One second of a chord; deeper notes are louder, each with a soft octave above it."""
    weights = [1.0 / (1 + number / 2) for number in range(len(chord))]
    loudness = _LOUDNESS / sum(weights)
    step = 2 * pi / RATE
    return [
        loudness * sum(
            weight * (0.85 * sin(step * at * note) + 0.15 * sin(step * at * 2 * note))
            for weight, note in zip(weights, chord, strict=True)
        )
        for at in range(RATE)
    ]  # fmt: skip


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(content)
    temporary.replace(path)
