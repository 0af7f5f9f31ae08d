"""The fingerprint of a sound: a row of small numbers that stay nearly the same after G.711, noise and filters.

It does not know which prompts there are, nor how prints are compared: see `cti/hearing.py`.

A *print* is 31 bits for one window of 64 ms: 16 tell how the balance of neighbouring bands changed within 60 ms (a
steady noise or a filter leaves them alone), 15 how the balance stands. A window without sound has the print `SILENCE`.

Plain Python: some 10 ms of one core for each second of sound at 50 prints a second.
"""

from __future__ import annotations

import array
import cmath
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul

from cti.sip.sound import from_mulaw
from cti.sound import RATE

PRINTING = 1  # raise when equal sound gets other prints
WINDOW = 512  # samples
STEP = 80  # samples between two prints of the catalogue: 10 ms
HOP = 2  # steps between two prints of what is heard: 20 ms
LAG = 6  # steps over which change is looked at: 60 ms
SILENCE = 0  # no print is 0: sound sets bit 31
SOUNDS = 1 << 31
CHANGES = 0xFFFF  # the half of a print that tells changes
_BANDS = 17
_LOWEST, _HIGHEST = 250.0, 3500.0  # Hz: what a telephone carries
_QUIET = 30.0  # mean amplitude of a window below which it is silence

Levels = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """One print and its `weak` bits among the changes: those that the least noise would turn."""

    bits: int
    weak: tuple[int, ...] = ()


class Printer:
    """Makes prints of a sound that comes piece by piece, one each `hop` steps. Keeps half a second of it at most."""

    def __init__(self, hop: int = HOP) -> None:
        self._advance = hop * STEP
        self._behind = LAG // hop
        self._samples = array.array("h")
        self._levels: list[Levels | None] = []

    def take(self, samples: Sequence[int]) -> list[Print]:
        """The prints that these samples (8 kHz, 16 bit) complete."""
        self._samples.extend(samples)
        count = max(0, (len(self._samples) - WINDOW) // self._advance + 1)
        starts = [place * self._advance for place in range(count - count % 2)]
        prints = [self._print(levels) for levels in _levels_at(self._samples, starts)]
        del self._samples[: len(starts) * self._advance]
        return prints

    def _print(self, levels: Levels | None) -> Print:
        self._levels.append(levels)
        before = self._levels[-1 - self._behind] if len(self._levels) > self._behind else None
        del self._levels[: -1 - self._behind]
        if levels is None:
            return Print(SILENCE)
        changes = _slopes(levels) if before is None else list(map(float.__sub__, _slopes(levels), _slopes(before)))
        bits = SOUNDS
        for place, change in enumerate(changes):
            bits |= (change > 0) << place
        for place in range(1, _BANDS - 1):
            bits |= (2 * levels[place] > levels[place - 1] + levels[place + 1]) << (place + 15)
        weak = sorted(range(_BANDS - 1), key=lambda place: abs(changes[place]))[:3]
        return Print(bits, tuple(weak))


def prints_of(samples: Sequence[int], hop: int = 1) -> array.array[int]:
    """All prints of a whole sound as unsigned 32-bit numbers."""
    padded = [*samples, *[0] * (WINDOW + 2 * hop * STEP)]  # so that the last sound is looked at too
    return array.array("I", (one.bits for one in Printer(hop).take(padded)))


def distance(one: int, other: int) -> int:
    """How many of the 31 bits differ."""
    return (one ^ other).bit_count()


@cache
def _decoded() -> tuple[int, ...]:
    return tuple(map(from_mulaw, range(256)))


def of_mulaw(sound: bytes) -> array.array[int]:
    """The samples of G.711 mu-law sound."""
    table = _decoded()
    return array.array("h", (table[byte] for byte in sound))


# ── loudness of the bands ───────────────────────────────────────────────────────────────────────────────────────────


def _levels_at(samples: Sequence[int], starts: Sequence[int]) -> Iterator[Levels | None]:
    """The bands' levels of each window; two windows share one transform. None for silence."""
    for place in range(0, len(starts), 2):
        first, second = (samples[start : start + WINDOW] for start in starts[place : place + 2])
        quiet = [sum(map(abs, window)) < _QUIET * WINDOW for window in (first, second)]
        if all(quiet):
            yield from (None, None)
            continue
        shape = _shape()
        spectrum = _transform(list(map(complex, map(mul, first, shape), map(mul, second, shape))))
        for silent, levels in zip(quiet, _bands(spectrum), strict=True):
            yield None if silent else levels


def _bands(spectrum: list[complex]) -> tuple[Levels, Levels]:
    """The levels of the two real sounds that one complex spectrum holds."""
    ones, others = [], []
    for begin, end in _edges():
        one = other = 1.0
        for place in range(begin, end):
            up, down = spectrum[place], spectrum[-place].conjugate()
            plus, minus = up + down, up - down
            one += plus.real * plus.real + plus.imag * plus.imag
            other += minus.real * minus.real + minus.imag * minus.imag
        ones.append(math.sqrt(one))
        others.append(math.sqrt(other))
    return tuple(ones), tuple(others)


def _slopes(levels: Levels) -> list[float]:
    return list(map(float.__sub__, levels, levels[1:]))


@cache
def _edges() -> tuple[tuple[int, int], ...]:
    """First and last bin of each band, evenly spaced as the ear hears pitch (mel)."""
    low, high = (math.log1p(hertz / 700) for hertz in (_LOWEST, _HIGHEST))
    hertz = [700 * math.expm1(low + (high - low) * n / _BANDS) for n in range(_BANDS + 1)]
    bins = [round(each * WINDOW / RATE) for each in hertz]
    return tuple(itertools.pairwise(bins))


@cache
def _shape() -> tuple[float, ...]:
    """A Hann window."""
    return tuple(0.5 - 0.5 * math.cos(2 * math.pi * n / WINDOW) for n in range(WINDOW))


@cache
def _turns(size: int) -> tuple[complex, ...]:
    return tuple(cmath.exp(-2j * math.pi * k / size) for k in range(size // 2))


def _transform(values: list[complex]) -> list[complex]:
    """The discrete Fourier transform, by halves."""
    if len(values) == 4:
        a, b, c, d = values
        even, odd, up, down = a + c, b + d, a - c, (b - d) * -1j
        return [even + odd, up + down, even - odd, up - down]
    evens, odds = _transform(values[::2]), _transform(values[1::2])
    odds = list(map(mul, _turns(len(values)), odds))
    return [one + other for one, other in zip(evens, odds, strict=True)] + [
        one - other for one, other in zip(evens, odds, strict=True)
    ]
