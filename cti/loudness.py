"""How loud speech is, and making all speech equally loud. Levels are in dB below a full-scale square wave (dBov).

It does not know where the speech comes from. Only pieces in which somebody speaks are measured (as ITU-T P.56 does):
pauses do not make a prompt louder.
"""

from __future__ import annotations

import array
import math
from collections.abc import Sequence
from operator import mul

from cti.sound import RATE

TARGET = -22.0  # dBov of active speech: some -16 dBm0, as loud as a clear talker on the telephone network
HIGHEST_PEAK = 0.9  # of full scale: a gain never takes a sample above it
MOST_GAIN = 24.0  # dB that a quiet recording is raised by at most: more would raise its hiss
SILENT = -99.0  # dBov given for no sound at all
_PIECE = RATE // 50  # samples: 20 ms
_MARGIN = 15.9  # dB below the active level where speech ends (P.56)
_FULL = 32768.0


def active_level(samples: Sequence[int]) -> float:
    """The level of the pieces in which somebody speaks, in dBov; `SILENT` for silence."""
    energies = [_energy(samples[at : at + _PIECE]) for at in range(0, len(samples), _PIECE)]
    mean = sum(energies) / len(energies) if energies else 0.0
    for _ in range(20):
        active = [energy for energy in energies if energy > mean * 10 ** (-_MARGIN / 10)]
        louder = sum(active) / len(active) if active else 0.0
        if louder <= mean * 1.01:
            break
        mean = louder
    return SILENT if mean < 1.0 else 10 * math.log10(mean / _FULL**2)


def peak(samples: Sequence[int]) -> float:
    """The largest sample, of full scale."""
    return max((abs(sample) for sample in samples), default=0) / _FULL


def levelled(samples: Sequence[int], target: float = TARGET) -> array.array[int]:
    """The samples at the target level, as far as `HIGHEST_PEAK` and `MOST_GAIN` allow; silence stays silence."""
    gain = 10 ** (min(target - active_level(samples), MOST_GAIN) / 20)
    gain = min(gain, HIGHEST_PEAK / (peak(samples) or 1.0))
    return array.array("h", (round(sample * gain) for sample in samples))


def clipped_share(samples: Sequence[int]) -> float:
    """The share of samples that stand at full scale beside another one that does: speech whose tops are cut off."""
    cut = [abs(sample) >= 32700 for sample in samples]
    beside: int = sum(map(mul, cut, cut[1:]))
    return beside / max(1, len(samples))


def _energy(piece: Sequence[int]) -> float:
    squares: int = sum(map(mul, piece, piece))
    return squares / max(1, len(piece))
