"""Reads what a caller heard, and when, from recorded RTP: every prompt is a tone, so every packet tells whose it is.

It does not know who was called.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from benchmarks.barge_in.floor import TONES
from benchmarks.capture import Packet
from cti.fingerprint import of_mulaw

PACKET = 0.020  # seconds of sound in one packet
_EVENT = 101  # RTP payload type of keys
_PCMU = 0
_LOUD = 500.0  # amplitude of a tone that is there


_Heard = tuple[float, bytes]  # when, and the packet's sound
_Key = tuple[float, bool]  # when, and whether the key was up with it


@dataclass(frozen=True, slots=True)
class Stop:
    """One key, in seconds: `held` from its first to its last packet; `stopped` and `answered` from its first packet.

    `stopped`: until the last of the prompt has been heard, its last packet's own length included; `answered`: until the
    first packet of the next sound. `steps` are the pauses between the sounds of one step and the next, beyond the
    length of the sounds.
    """

    held: float
    stopped: float
    answered: float
    steps: tuple[float, ...]


def read_stops(packets: Iterable[Packet], audio: tuple[int, int]) -> list[Stop]:
    """Every call in which a key cut off the long prompt. `audio` are Asterisk's first and last port."""
    heard: dict[tuple[int, int, bytes], list[_Heard]] = defaultdict(list)  # a pair of ports serves call after call
    keys: dict[tuple[int, int], list[_Key]] = defaultdict(list)
    for packet in packets:
        if len(packet.payload) < 12:
            continue
        kind = packet.payload[1] & 0x7F
        from_asterisk = audio[0] <= packet.source <= audio[1]
        both = (packet.source, packet.target) if from_asterisk else (packet.target, packet.source)
        if from_asterisk and kind == _PCMU:
            heard[*both, packet.payload[8:12]].append((packet.at, packet.payload[12:]))
        elif not from_asterisk and kind == _EVENT and len(packet.payload) >= 14:
            keys[both].append((packet.at, bool(packet.payload[13] & 0x80)))
    stops = (_stop(sound, _during(sound, keys[own, far])) for (own, far, _), sound in heard.items())
    return [stop for stop in stops if stop is not None]


def _during(heard: list[_Heard], keys: list[_Key]) -> list[_Key]:
    return [key for key in keys if heard[0][0] <= key[0] <= heard[-1][0]]


def _stop(heard: list[_Heard], keys: list[_Key]) -> Stop | None:
    if not keys:
        return None
    down, up = keys[0][0], next((at for at, last in keys if last), None)
    tones = [(at, tone_of(sound)) for at, sound in heard]
    long = [place for place, (at, tone) in enumerate(tones) if tone == "long"]
    if up is None or not long or tones[long[-1]][0] <= down or long[-1] + 1 >= len(tones):
        return None
    last = long[-1]
    steps = tuple(_pause(tones, one, other) for one, other in (("one", "two"), ("two", "three")))
    return Stop(up - down, tones[last][0] + PACKET - down, tones[last + 1][0] - down, steps)


def _pause(tones: list[tuple[float, str]], one: str, other: str) -> float:
    """Seconds between two sounds in which nothing was sent: silence that is in the files is sent."""
    last = max((place for place, (_, tone) in enumerate(tones) if tone == one), default=None)
    first = next((place for place, (_, tone) in enumerate(tones) if tone == other), None)
    if last is None or first is None or first <= last:
        return math.nan
    return tones[first][0] - tones[last][0] - PACKET * (first - last)


def tone_of(sound: bytes) -> str:
    """The name of the prompt whose tone this packet carries, "" for silence."""
    samples = of_mulaw(sound)
    if not samples:
        return ""
    strengths = {name: _strength(samples, hertz) for name, hertz in TONES.items()}
    best = max(strengths, key=lambda name: strengths[name])
    return best if strengths[best] > _LOUD else ""


def _strength(samples: Iterable[int], hertz: int) -> float:
    real = imaginary = 0.0
    count = 0
    for sample, (cosine, sine) in zip(samples, _wave(hertz), strict=False):
        real += sample * cosine
        imaginary += sample * sine
        count += 1
    return 2 * math.hypot(real, imaginary) / max(1, count)


@cache
def _wave(hertz: int) -> tuple[tuple[float, float], ...]:
    turn = 2 * math.pi * hertz / 8000
    return tuple((math.cos(turn * n), math.sin(turn * n)) for n in range(480))
