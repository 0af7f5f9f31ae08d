"""Playing a recording: two aligned mono legs as one stereo file, any part of it on request.

It does not know who may listen. Files are opened step by step below the recordings folder, and no symbolic link is
followed, so a name in the journal can lead nowhere else.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from aiohttp import web

from desk.faults import Fault, not_found

PIECE: Final = 65_536
HEADER: Final = 44
_SAMPLE: Final = 2


@dataclass(frozen=True, slots=True)
class Leg:
    """One mono or stereo leg of 16-bit samples. `begin` and `length` are bytes of its sound in the file."""

    file: BinaryIO
    rate: int
    channels: int
    begin: int
    length: int

    def read(self, offset: int, count: int) -> bytes:
        """`count` bytes of sound from `offset`, silence beyond the end."""
        self.file.seek(self.begin + offset)
        present = max(0, min(count, self.length - offset))
        return self.file.read(present).ljust(count, b"\0")


@dataclass(frozen=True, slots=True)
class Sound:
    """A whole recording as a WAV file that is never written: header and samples are made as they are read."""

    legs: tuple[Leg, ...]

    @property
    def channels(self) -> int:
        return 2 if len(self.legs) == 2 else self.legs[0].channels

    @property
    def frames(self) -> int:
        return max(leg.length // (_SAMPLE * leg.channels) for leg in self.legs)

    @property
    def size(self) -> int:
        return HEADER + self.frames * self.channels * _SAMPLE

    def part(self, start: int, end: int) -> bytes:
        """The bytes [start, end) of the file."""
        head = self._header()[start:end] if start < HEADER else b""
        return head + self._samples(max(0, start - HEADER), max(0, end - HEADER))

    def _header(self) -> bytes:
        rate, width = self.legs[0].rate, self.channels * _SAMPLE
        sound = self.size - HEADER
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            *(b"RIFF", HEADER - 8 + sound, b"WAVE", b"fmt ", 16, 1, self.channels),
            *(rate, rate * width, width, 8 * _SAMPLE, b"data", sound),
        )

    def _samples(self, start: int, end: int) -> bytes:
        if end <= start:
            return b""
        width = self.channels * _SAMPLE
        first, last = start // width, -(-end // width)
        if len(self.legs) == 1:
            samples = self.legs[0].read(first * width, (last - first) * width)
        else:
            left, right = (leg.read(first * _SAMPLE, (last - first) * _SAMPLE) for leg in self.legs)
            samples = interleaved(left, right)
        return samples[start - first * width : end - first * width]


def interleaved(left: bytes, right: bytes) -> bytes:
    """Two mono pieces of equal length as one stereo piece."""
    both = array.array("H", bytes(2 * len(left)))
    both[0::2] = array.array("H", left)
    both[1::2] = array.array("H", right)
    return both.tobytes()


@contextlib.contextmanager
def open_recording(folder: Path, names: tuple[str, ...]) -> Iterator[Sound]:
    """Open the legs below the folder. A missing, strange or outside file is refused as not found."""
    with contextlib.ExitStack() as stack:
        legs = []
        for name in names[:2]:
            try:
                legs.append(_leg(stack.enter_context(_opened(folder, name))))
            except (OSError, ValueError, struct.error):
                raise not_found("recording") from None
        yield Sound(tuple(legs))


def _opened(folder: Path, name: str) -> BinaryIO:
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts or "\0" in name:
        raise ValueError("a recording's name must lie below the folder")
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)
    return os.fdopen(file, "rb")


def _leg(file: BinaryIO) -> Leg:
    """Find the sound in a WAV file, also one whose header was never finished."""
    size = os.fstat(file.fileno()).st_size
    if file.read(4) != b"RIFF" or not file.read(4) or file.read(4) != b"WAVE":
        raise ValueError("no WAV file")
    shape: tuple[int, ...] = ()
    while True:
        name, length = struct.unpack("<4sI", file.read(8))
        begin = file.tell()
        if name == b"fmt ":
            shape = struct.unpack("<HHIIHH", file.read(16))
        elif name == b"data":
            break
        file.seek(begin + length + length % 2)
    if not shape or shape[0] != 1 or shape[1] not in (1, 2) or shape[5] != 16:
        raise ValueError("not plain 16-bit sound")
    whole = size - begin if length in (0, 0xFFFFFFFF) else min(length, size - begin)
    return Leg(file, rate=shape[2], channels=shape[1], begin=begin, length=whole - whole % (_SAMPLE * shape[1]))


async def play(request: web.Request, sound: Sound) -> web.StreamResponse:
    """Answer with the file, or with the one range asked for (206; 416 when it lies outside)."""
    asked = _range(request, sound.size)
    partial, (start, end) = asked is not None, asked or (0, sound.size)
    response = web.StreamResponse(status=206 if partial else 200)
    response.content_type = "audio/wav"
    response.content_length = end - start
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-store"
    if partial:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{sound.size}"
    await response.prepare(request)
    if request.method != "HEAD":
        for begin in range(start, end, PIECE):
            await response.write(await asyncio.to_thread(sound.part, begin, min(end, begin + PIECE)))
    await response.write_eof()
    return response


def _range(request: web.Request, size: int) -> tuple[int, int] | None:
    try:
        asked = request.http_range
    except ValueError:
        return None  # RFC 9110: an unreadable Range is passed over
    if asked.start is None:
        return None
    start, stop, _ = asked.indices(size)
    if start >= stop:
        raise Fault(416, "bad_range", f"The recording has {size} bytes.")
    return start, stop
