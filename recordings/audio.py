"""Working on the WAV files of a recording: length, repair, checksum, one stereo file, a picture of the loudness.

It does not know whose voices they are, nor where files lie. Everything streams: memory does not grow with the length.
Only what Asterisk writes as `.wav` is understood: 16 bit PCM, one channel.
"""

from __future__ import annotations

import os
import struct
import wave
from array import array
from dataclasses import dataclass
from hashlib import file_digest
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from pathlib import Path

_SAMPLE: Final = 2  # bytes
_PIECE: Final = 65536  # samples a step
_LOUDEST: Final = 32768
_MOST_CHUNKS: Final = 32


class NotAudio(ValueError):
    """The file is not a recording of ours: too short for a header, or another format."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One measured file. `closed` is False while its header does not tell its true size: not finished, or orphaned.

    `start` is where the samples begin, `samples` how many are there in truth, whatever the header says.
    """

    rate: int
    start: int
    samples: int
    closed: bool

    @property
    def seconds(self) -> float:
        return self.samples / self.rate


def measure(path: Path) -> Leg:
    """Look at a file's header and true size. Raises `NotAudio`, `OSError`."""
    with path.open("rb") as file:
        return _measure(file, path)


def repair(path: Path) -> Leg:
    """Write the true sizes into the header of a file that nobody closed, and drop half a sample at its end.

    A file that is whole stays untouched. Raises `NotAudio`, `OSError`.
    """
    with path.open("r+b") as file:
        leg = _measure(file, path)
        if leg.closed:
            return leg
        size = leg.samples * _SAMPLE
        file.truncate(leg.start + size)
        for place, value in ((leg.start - 4, size), (4, leg.start + size - 8)):
            file.seek(place)
            file.write(struct.pack("<I", value))
        file.flush()
        os.fsync(file.fileno())
        return Leg(leg.rate, leg.start, leg.samples, closed=True)


def _measure(file: BinaryIO, path: Path) -> Leg:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NotAudio(f"{path.name} is no WAV file")
    rate = 0
    for _ in range(_MOST_CHUNKS):
        chunk = file.read(8)
        if len(chunk) < 8:
            break
        name, length = chunk[:4], int.from_bytes(chunk[4:], "little")
        if name == b"data":
            if not rate:
                break
            start = file.tell()
            told = int.from_bytes(head[4:8], "little")
            closed = start + length == size and told == size - 8
            return Leg(rate, start, (size - start) // _SAMPLE, closed)
        next_chunk = file.tell() + length + length % 2
        if name == b"fmt ":
            rate = _rate(file.read(16), path)
        file.seek(next_chunk)
    raise NotAudio(f"{path.name} holds no audio")


def _rate(body: bytes, path: Path) -> int:
    if len(body) < 16:
        raise NotAudio(f"{path.name} has half a header")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
    if (kind, channels, bits) != (1, 1, 8 * _SAMPLE) or not rate:
        raise NotAudio(f"{path.name} is not 16 bit PCM with one channel")
    return int(rate)


def checksum(path: Path) -> str:
    """Return the file's SHA-256, in hex digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def join(caller: Path, agent: Path, stereo: Path) -> float:
    """Write both legs into one stereo file, the caller left, the agent right; return its length in seconds.

    A leg that is shorter is silent to the end. The file appears under its name only when it is complete.
    Raises `NotAudio` where the legs cannot be joined.
    """
    legs = measure(caller), measure(agent)
    if legs[0].rate != legs[1].rate:
        raise NotAudio(f"{caller.name} has {legs[0].rate} samples a second, {agent.name} {legs[1].rate}")
    length = max(leg.samples for leg in legs)
    unfinished = stereo.with_name(f".{stereo.name}.part")
    with caller.open("rb") as left, agent.open("rb") as right, wave.open(str(unfinished), "wb") as out:
        out.setparams((2, _SAMPLE, legs[0].rate, length, "NONE", ""))
        left.seek(legs[0].start)
        right.seek(legs[1].start)
        for begin in range(0, length, _PIECE):
            out.writeframesraw(_interleaved(left, right, min(_PIECE, length - begin)))
    unfinished.replace(stereo)
    return length / legs[0].rate


def _interleaved(left: BinaryIO, right: BinaryIO, samples: int) -> bytes:
    both = array("h", bytes(2 * _SAMPLE * samples))
    for side, file in enumerate((left, right)):
        read = file.read(_SAMPLE * samples)
        mono = array("h", read[: len(read) // _SAMPLE * _SAMPLE])
        both[side : side + 2 * len(mono) : 2] = mono
    return both.tobytes()


def peaks(path: Path, columns: int = 400) -> list[float]:
    """Return the loudest sample of each of `columns` equal pieces, 0 to 1: a picture of who speaks when."""
    leg = measure(path)
    found = [0.0] * columns
    with path.open("rb") as file:
        file.seek(leg.start)
        for column in range(columns):
            begin, end = (leg.samples * n // columns for n in (column, column + 1))
            found[column] = _loudest(file, end - begin) / _LOUDEST
    return found


def _loudest(file: BinaryIO, samples: int) -> int:
    loudest = 0
    while samples > 0:
        piece = array("h", file.read(_SAMPLE * min(samples, _PIECE)))
        if not piece:
            break
        loudest = max((loudest, max(piece), -min(piece)))
        samples -= len(piece)
    return loudest
