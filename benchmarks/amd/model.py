"""An ear as plain arithmetic over 20 ms frames, which follows the line's noise: a second stage that we might build.

It does not know what was said, nor who listens beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FRAME = 20  # ms
HUMAN, MACHINE, SILENT, UNSURE = "human", "machine", "silent", "unsure"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`at` is seconds from the answer."""

    heard: str
    at: float


@dataclass(frozen=True, slots=True)
class Own:
    """In milliseconds; speech is `above` times as loud as the line's noise, and at least `quiet` (a mean sample)."""

    initial_silence: int = 3500
    greeting: int = 4000  # as in our amd.conf
    short: int = 1200  # what is shorter needs less silence after it
    after_short: int = 500
    after_long: int = 700
    total: int = 8000
    least_word: int = 80
    above: float = 2.5
    quiet: float = 90.0


def own(loudness: Sequence[float], settings: Own) -> Verdict:
    """The noise is the least of the last second, smoothed; a short greeting needs less silence after it."""
    silence = voice = run = 0
    smooth: list[float] = []
    for number, level in enumerate(loudness, 1):
        at = number * FRAME
        if at >= settings.total:
            return Verdict(UNSURE, at / 1000)
        smooth.append(level)
        floor = min(_mean(smooth[place : place + 5]) for place in range(max(0, len(smooth) - 60), len(smooth)))
        if level < max(settings.quiet, floor * settings.above):
            silence += FRAME
            run = 0 if silence >= 60 else run
            wanted = settings.after_short if voice < settings.short else settings.after_long
            if voice >= settings.least_word and silence >= wanted:
                return Verdict(HUMAN, at / 1000)
            if voice < settings.least_word and at >= settings.initial_silence:
                return Verdict(SILENT, at / 1000)
            continue
        silence, run, voice = 0, run + FRAME, voice + FRAME
        if voice >= settings.greeting:
            return Verdict(MACHINE, at / 1000)
    return Verdict(UNSURE, len(loudness) * FRAME / 1000)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
