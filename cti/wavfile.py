"""Reading WAV files that people made: every usual shape of samples, and a clear reason for every file we refuse.

It does not know what is recorded. Only the header that the file truly has is believed: sizes are compared with what is
there, a compressed file under a `.wav` name is named for what it is, and nothing is read beyond what a prompt may need.
"""

from __future__ import annotations

import array
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cti.sip.sound import from_mulaw
from cti.sound import NotSound, Sound

LARGEST = 64 * 1024 * 1024  # bytes of a file
_MOST_CHUNKS = 64
_STRAY = 4096  # bytes after the sound that a header need not account for
_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_BEGINNINGS = (
    (b"ID3", "an mp3 file"),
    (b"\xff\xfb", "an mp3 file"),
    (b"\xff\xf3", "an mp3 file"),
    (b"\xff\xf2", "an mp3 file"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
    (b"FORM", "an AIFF file"),
    (b"RIFX", "a big-endian WAV file (RIFX)"),
    (b"RF64", "a 64-bit WAV file (RF64)"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (b"#!", "a script"),
)


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: int
    channels: int
    rate: int
    bits: int


def kind_of(head: bytes) -> str:
    """What a file is by its first twelve bytes: `a WAV file`, `an mp3 file`, ..., or "" for nothing we know."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "a WAV file"
    if head[4:8] == b"ftyp":
        return "an MPEG-4 file (m4a)"
    return next((name for beginning, name in _BEGINNINGS if head.startswith(beginning)), "")


def read_recording(raw: bytes) -> Sound:
    """Rate in Hz and 16-bit samples, channels averaged to one. Raises NotSound with the reason and what to do."""
    if not raw:
        raise NotSound("the file is empty")
    found = kind_of(raw[:12])
    if found != "a WAV file":
        raise NotSound(f"it is {found or 'no sound file that we know'}; save it as a WAV file (16 bit)")
    shape: _Shape | None = None
    for name, begin, told in _chunks(raw):
        if name == b"fmt ":
            shape = _shape(raw[begin : begin + told])
        elif name == b"data":
            if shape is None:
                raise NotSound("its header does not say what the samples are; save it anew")
            return _samples(shape, _sound_of(raw, begin, told))
    raise NotSound("it holds no sound; save it anew")


def _chunks(raw: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and told length of each chunk."""
    place = 12
    for _ in range(_MOST_CHUNKS):
        if place + 8 > len(raw):
            return
        name, told = struct.unpack_from("<4sI", raw, place)
        yield name, place + 8, told
        place += 8 + told + told % 2


def _shape(body: bytes) -> _Shape:
    if len(body) < 16:
        raise NotSound("half of its header is missing; save it anew")
    kind, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", body)
    if kind == _EXTENSIBLE and len(body) >= 26:
        (kind,) = struct.unpack_from("<H", body, 24)
    if kind not in {_PCM, _FLOAT, _ALAW, _MULAW}:
        raise NotSound(f"its samples are compressed (format {kind}); save it as plain WAV (16 bit)")
    fitting = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64), _ALAW: (8,), _MULAW: (8,)}[kind]
    if bits not in fitting or not 1 <= channels <= 8 or block != channels * bits // 8:
        raise NotSound(f"its header contradicts itself ({channels} channels, {bits} bit, {block} bytes); save it anew")
    if not 8000 <= rate <= 48_000:
        raise NotSound(f"{rate} samples a second; save it at 8000 to 48000")
    return _Shape(kind, channels, rate, bits)


def _sound_of(raw: bytes, begin: int, told: int) -> bytes:
    """The sound, when the header's length agrees with what is there; 0 and -1 are from programs that stream."""
    present = len(raw) - begin
    if told in {0, 0xFFFFFFFF}:
        return raw[begin:]
    if told > present:
        raise NotSound(f"it was cut off: {told} bytes of sound were promised, {present} are there; copy it anew")
    if present - told > _STRAY and not _sound_follows_header(raw, begin + told + told % 2):
        raise NotSound(f"{present - told} bytes stand after the sound that its header tells of; save it anew")
    return raw[begin : begin + told]


def _sound_follows_header(raw: bytes, place: int) -> bool:
    """Whether what stands after the sound are chunks like any other (comments, marks, pictures)."""
    while place + 8 <= len(raw):
        name, told = struct.unpack_from("<4sI", raw, place)
        if not name.isascii() or not name.decode("ascii").isprintable() or place + 8 + told > len(raw):
            return False
        place += 8 + told + told % 2
    return True


def _samples(shape: _Shape, sound: bytes) -> Sound:
    width = shape.bits // 8
    sound = sound[: len(sound) // (width * shape.channels) * width * shape.channels]
    if not sound:
        raise NotSound("it holds no sound; record it anew")
    samples = _READERS[shape.kind](sound, width)
    if shape.channels > 1:
        tracks = [samples[channel :: shape.channels] for channel in range(shape.channels)]
        samples = array.array("h", (sum(frame) // shape.channels for frame in zip(*tracks, strict=True)))
    return shape.rate, samples


def _of_pcm(sound: bytes, width: int) -> array.array[int]:
    """The two highest bytes of each sample; 8 bit stands around 128."""
    both = bytearray(len(sound) // width * 2)
    if width == 1:
        both[1::2] = sound.translate(bytes((value - 128) & 0xFF for value in range(256)))
    else:
        both[0::2], both[1::2] = sound[width - 2 :: width], sound[width - 1 :: width]
    samples = array.array("h", bytes(both))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _of_float(sound: bytes, width: int) -> array.array[int]:
    values = array.array("f" if width == 4 else "d", sound)
    if sys.byteorder == "big":
        values.byteswap()
    if not all(-1e6 < value < 1e6 for value in values):
        raise NotSound("it holds values that are no sound (NaN or infinite); save it as 16 bit")
    return array.array("h", (max(-32768, min(32767, round(value * 32767))) for value in values))


def _of_mulaw(sound: bytes, _width: int) -> array.array[int]:
    return _by_table(sound, [from_mulaw(byte) for byte in range(256)])


def _of_alaw(sound: bytes, _width: int) -> array.array[int]:
    return _by_table(sound, [_from_alaw(byte) for byte in range(256)])


def _by_table(sound: bytes, table: Sequence[int]) -> array.array[int]:
    return array.array("h", (table[byte] for byte in sound))


def _from_alaw(byte: int) -> int:
    value = byte ^ 0x55
    segment, step = value >> 4 & 7, (value & 0x0F) << 4
    magnitude = step + 8 if segment == 0 else step + 0x108 << segment - 1
    return magnitude if value & 0x80 else -magnitude


_READERS = {_PCM: _of_pcm, _FLOAT: _of_float, _ALAW: _of_alaw, _MULAW: _of_mulaw}
