"""Sound as a telephone takes it: any 16-bit WAV down or up to 8 kHz mono, written atomically.

It does not know what is said in it, nor how loud it should be (`loudness.py`).

Resampling is a windowed sinc in plain Python: a telephone prompt is seconds long and made once, so it costs some tens
of milliseconds and no dependency, and unlike a linear step it lets no hiss fold down into the speech.
"""

from __future__ import annotations

import array
import io
import math
import os
import secrets
import sys
import wave
from collections.abc import Sequence
from functools import cache
from operator import mul
from pathlib import Path

RATE = 8000
_CROSSINGS = 8  # zero crossings of the sinc on each side
_SILENCE = 0.01  # of the peak
_LONGEST = 600  # seconds
_FULL = 32767

Sound = tuple[int, Sequence[int]]


class NotSound(ValueError):
    """A file is no WAV that we can use. The text says why."""


def read_wav(path: Path) -> Sound:
    """Rate in Hz and samples, the channels averaged to one. Raises NotSound and OSError."""
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            if width != 2:
                raise NotSound(f"{width * 8} bit; save it as a WAV file of 16 bit")
            if not 4000 <= rate <= 192_000:
                raise NotSound(f"{rate} samples a second; save it at 8000 to 48000")
            samples = array.array("h", file.readframes(rate * _LONGEST))
    except (wave.Error, EOFError) as error:
        raise NotSound(f"not a WAV file: {error}") from error
    if sys.byteorder == "big":
        samples.byteswap()
    if not samples:
        raise NotSound("holds no sound")
    if channels > 1:
        tracks = [samples[channel::channels] for channel in range(channels)]
        samples = array.array("h", (sum(frame) // channels for frame in zip(*tracks, strict=False)))
    return rate, samples


def trimmed(sound: Sound, margin: float = 0.1) -> Sound:
    """The sound with `margin` seconds of silence at each end; a sound that is all silence as it is."""
    rate, samples = sound
    quiet = max((abs(sample) for sample in samples), default=0) * _SILENCE
    first = next((place for place, sample in enumerate(samples) if abs(sample) > quiet), None)
    if first is None:
        return sound
    last = next(place for place in range(len(samples) - 1, -1, -1) if abs(samples[place]) > quiet)
    edge = [0] * int(rate * margin)
    return rate, [*edge, *samples[first : last + 1], *edge]


def telephone_sound(sound: Sound) -> Sequence[int]:
    """The samples at 8 kHz, as loud as they were; only what would clip is made less loud."""
    rate, samples = sound
    if rate == RATE:
        return samples
    smooth = _resample(samples, rate)
    loudest = max((abs(sample) for sample in smooth), default=0)
    gain = min(1.0, _FULL / loudest if loudest else 1.0)
    return array.array("h", (round(sample * gain) for sample in smooth))


def write_wav(target: Path, samples: Sequence[int]) -> None:
    """Write 8 kHz mono 16 bit; the file appears whole or not at all, whoever else writes it."""
    frames = array.array("h", samples)
    if sys.byteorder == "big":
        frames.byteswap()
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames.tobytes())
    write_whole(target, whole.getvalue())


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, whoever else writes it, also after a power cut."""
    part = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _resample(samples: Sequence[int], rate: int) -> list[float]:
    """Samples at 8 kHz. One filter for each of the positions between two samples that can occur."""
    common = math.gcd(rate, RATE)
    step, phases = rate // common, RATE // common
    filters = [_filter(phase / phases, rate) for phase in range(phases)]
    half = len(filters[0]) // 2
    padded = [0] * half + list(samples) + [0] * (half + 1)
    count = len(samples) * phases // step
    out = []
    for index in range(count):
        whole, phase = divmod(index * step, phases)
        taps = filters[phase]
        out.append(sum(map(mul, taps, padded[whole : whole + len(taps)])))
    return out


@cache
def _filter(offset: float, rate: int) -> tuple[float, ...]:
    """The taps for a point `offset` of a sample after the middle one; they add up to 1."""
    cutoff = min(1.0, RATE / rate) * 0.95
    half = math.ceil(_CROSSINGS / cutoff)
    taps = [_tap(place - offset, cutoff, half) for place in range(-half, half + 1)]
    total = sum(taps)
    return tuple(tap / total for tap in taps)


def _tap(distance: float, cutoff: float, half: int) -> float:
    if abs(distance) >= half:
        return 0.0
    angle = math.pi * distance * cutoff
    sinc = math.sin(angle) / angle if angle else 1.0
    return sinc * (0.5 + 0.5 * math.cos(math.pi * distance / half))
