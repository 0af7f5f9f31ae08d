"""Records what crosses a SIP port (UDP), and what a web server sends (TCP), on loopback, with the kernel's own times.

It does not know what a call is. Run as a program it is the recorder itself (a process of its own, so that neither
Asterisk nor a benchmark's event loop delays it); `Recorder` starts and stops that program.

The record: packets as `<Q time in ns since 1970><H from port><H to port><H length>` and the payload.
"""

from __future__ import annotations

import ctypes
import itertools
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = struct.Struct("<QHHH")
_ETH_P_IP = 0x0800
_SO_ATTACH_FILTER, _SO_TIMESTAMPNS, _SO_RCVBUFFORCE = 26, 35, 33
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_BUFFER = 64 * 1024 * 1024
_LONGEST = 32768


class CannotCaptureError(RuntimeError):
    """This process may not open a raw socket. The text holds the remedy."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet's payload. `at` in POSIX seconds, taken by the kernel as the packet reached its receiver's side."""

    at: float
    source: int
    target: int
    payload: bytes


class Recorder:
    """Records while the `with` block runs; `packets()` afterwards. `dropped` counts what the kernel could not keep.

    `port` is the SIP port; `web` the HTTP port whose answers are recorded too, 0 for none. With `audio`, the first and
    last RTP port of Asterisk, nothing but the audio is recorded, both ways.
    """

    def __init__(self, port: int, file: Path, web: int = 0, audio: tuple[int, int] | None = None) -> None:
        self.dropped = 0
        self._ports = (port, web) if audio is None else audio
        self._what = "signalling" if audio is None else "audio"
        self._file = file
        self._program: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        words = [sys.executable, str(Path(__file__).absolute()), *map(str, self._ports), str(self._file), self._what]
        self._program = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._program.stdout  # noqa: S101 (a pipe was asked for)
        if self._program.stdout.readline().strip() != "recording":
            self._program.wait(5)
            raise CannotCaptureError(
                "a raw socket on loopback is not allowed: run this as root, or in a network of its own with "
                "`unshare --user --map-root-user --net sh -c 'ip link set lo up && exec ...'`"
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._program is None:
            return
        told, _err = self._program.communicate(timeout=30)  # closing its input ends it
        self.dropped = int(told.strip() or 0)
        self._program = None

    def packets(self) -> list[Packet]:
        """Everything recorded, in the order of time."""
        return sorted(read_packets(self._file.read_bytes()), key=lambda packet: packet.at)


def read_packets(record: bytes) -> Iterator[Packet]:
    """Read a record; a last packet that is cut off is left out."""
    place = 0
    while place + _HEAD.size <= len(record):
        at, source, target, length = _HEAD.unpack_from(record, place)
        place += _HEAD.size
        if place + length > len(record):
            return
        yield Packet(at / 1e9, source, target, record[place : place + length])
        place += length


def write_packet(at: int, source: int, target: int, payload: bytes) -> bytes:
    """One packet of a record; `at` in nanoseconds."""
    return _HEAD.pack(at, source, target, len(payload)) + payload


def cut_headers(packet: bytes) -> tuple[int, int, bytes]:
    """Return from port, to port and payload of an IPv4 packet with UDP or TCP in it."""
    start = (packet[0] & 15) * 4
    source, target = struct.unpack_from("!HH", packet, start)
    header = (packet[start + 12] >> 4) * 4 if packet[9] == socket.IPPROTO_TCP else 8
    return source, target, packet[start + header :]


# ── the program ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _filter(port: int, web: int) -> bytes:
    """Classic BPF: IPv4 UDP to or from `port`, TCP from `web`, each packet once (loopback shows it twice)."""
    load_byte, load_half, load_word = 0x30, 0x48, 0x20
    equal = 0x15
    program = (
        (load_word, 0, 0, 0xFFFFF004),  # 0: the packet's type
        (equal, 11, 0, 4),  # 1: outgoing -> 13
        (0xB1, 0, 0, 0),  # 2: X = length of the IP header
        (load_byte, 0, 0, 9),  # 3: IP protocol
        (equal, 3, 0, 17),  # 4: UDP -> 8
        (equal, 0, 7, 6),  # 5: no TCP -> 13
        (load_half, 0, 0, 0),  # 6: TCP source port
        (equal, 4, 5, web),  # 7: keep, else drop
        (load_half, 0, 0, 0),  # 8: UDP source port
        (equal, 2, 0, port),  # 9: keep
        (load_half, 0, 0, 2),  # 10: UDP target port
        (equal, 0, 1, port),  # 11: else drop
        (0x06, 0, 0, 0xFFFF),  # 12: keep
        (0x06, 0, 0, 0),  # 13: drop
    )
    return b"".join(struct.pack("HBBI", *line) for line in program)


def _audio_filter(first: int, last: int) -> bytes:
    """Classic BPF: IPv4 UDP to or from the ports `first` to `last`, each packet once."""
    load_byte, load_half, load_word = 0x30, 0x48, 0x20
    equal, at_least, above = 0x15, 0x35, 0x25
    program = (
        (load_word, 0, 0, 0xFFFFF004),  # 0: the packet's type
        (equal, 10, 0, 4),  # 1: outgoing -> 12
        (0xB1, 0, 0, 0),  # 2: X = length of the IP header
        (load_byte, 0, 0, 9),  # 3: IP protocol
        (equal, 0, 7, 17),  # 4: no UDP -> 12
        (load_half, 0, 0, 0),  # 5: source port
        (at_least, 0, 1, first),  # 6: below -> 8
        (above, 0, 3, last),  # 7: within -> 11
        (load_half, 0, 0, 2),  # 8: target port
        (at_least, 0, 2, first),  # 9: below -> 12
        (above, 1, 0, last),  # 10: above -> 12
        (0x06, 0, 0, 0xFFFF),  # 11: keep
        (0x06, 0, 0, 0),  # 12: drop
    )
    return b"".join(struct.pack("HBBI", *line) for line in program)


def _open(code: bytes) -> socket.socket:
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
    kept = ctypes.create_string_buffer(code)
    ear.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", len(code) // 8, ctypes.addressof(kept)))
    ear.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)  # the limit for users is far too small
    ear.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    ear.bind(("lo", _ETH_P_IP))
    ear.settimeout(0.1)
    return ear


def _record(ear: socket.socket, file: Path) -> None:
    """Until standard input ends, and then what the kernel still holds from before."""
    closed_at: float | None = None
    with file.open("wb", buffering=1 << 20) as record:
        for count in itertools.count():
            if closed_at is None and count % 500 == 0 and _input_closed():
                closed_at = time.time()
            try:
                packet, beside, _flags, _who = ear.recvmsg(_LONGEST, 64)
            except TimeoutError:
                if _input_closed():
                    return
                continue
            seconds, nanoseconds = struct.unpack("qq", beside[0][2])
            if closed_at is not None and seconds > closed_at:
                return
            source, target, payload = cut_headers(packet)
            if payload:
                record.write(write_packet(seconds * 10**9 + nanoseconds, source, target, payload))


def _input_closed() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def main() -> None:
    """Record PORT and what WEB sends into FILE until standard input ends; then print how many packets were lost.

    With `audio` as the last word the numbers are the first and last port of audio.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        one, other = int(sys.argv[1]), int(sys.argv[2])
        ear = _open(_audio_filter(one, other) if sys.argv[4:] == ["audio"] else _filter(one, other))
    except PermissionError:
        print("refused", flush=True)
        return
    print("recording", flush=True)
    _record(ear, Path(sys.argv[3]))
    _received, dropped = struct.unpack("II", ear.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
    print(dropped, flush=True)


if __name__ == "__main__":
    main()
