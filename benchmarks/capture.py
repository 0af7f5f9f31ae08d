"""Records what crosses one SIP port on loopback, with the kernel's own times, and reads the record back.

It does not know what a call is. Run as a program it is the recorder itself (a process of its own, so that neither
Asterisk nor a benchmark's event loop delays it); `Recorder` starts and stops that program.

The record: packets as `<Q time in ns since 1970><H from port><H to port><H length>` and the UDP payload.
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
_SO_ATTACH_FILTER, _SO_TIMESTAMPNS = 26, 35
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_BUFFER = 64 * 1024 * 1024
_LONGEST = 4096


class CannotCaptureError(RuntimeError):
    """This process may not open a raw socket. The text holds the remedy."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One UDP packet. `at` in POSIX seconds, taken by the kernel as the packet reached its receiver's side."""

    at: float
    source: int
    target: int
    payload: bytes


class Recorder:
    """Records while the `with` block runs; `packets()` afterwards. `dropped` counts what the kernel could not keep."""

    def __init__(self, port: int, file: Path) -> None:
        self.dropped = 0
        self._port = port
        self._file = file
        self._program: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        words = [sys.executable, str(Path(__file__).absolute()), str(self._port), str(self._file)]
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


# ── the program ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _filter(port: int) -> bytes:
    """Classic BPF: IPv4 UDP to or from `port`, each packet once (loopback shows it going and coming)."""
    load_byte, load_half, load_word = 0x30, 0x48, 0x20
    program = (
        (load_word, 0, 0, 0xFFFFF004),  # 0: the packet's type
        (0x15, 8, 0, 4),  # 1: outgoing -> 10
        (load_byte, 0, 0, 9),  # 2: IP protocol
        (0x15, 0, 6, 17),  # 3: not UDP -> 10
        (0xB1, 0, 0, 0),  # 4: X = length of the IP header
        (load_half, 0, 0, 0),  # 5: source port
        (0x15, 2, 0, port),  # 6: -> 9
        (load_half, 0, 0, 2),  # 7: target port
        (0x15, 0, 1, port),  # 8: else -> 10
        (0x06, 0, 0, 0xFFFF),  # 9: keep
        (0x06, 0, 0, 0),  # 10: drop
    )
    return b"".join(struct.pack("HBBI", *line) for line in program)


def _open(port: int) -> socket.socket:
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
    code = _filter(port)
    kept = ctypes.create_string_buffer(code)
    ear.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", len(code) // 8, ctypes.addressof(kept)))
    ear.setsockopt(socket.SOL_SOCKET, 33, _BUFFER)  # SO_RCVBUFFORCE: the limit for users is far too small
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
            skip = (packet[0] & 15) * 4
            source, target = struct.unpack_from("!HH", packet, skip)
            record.write(write_packet(seconds * 10**9 + nanoseconds, source, target, packet[skip + 8 :]))


def _input_closed() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def main() -> None:
    """Record PORT into FILE until standard input ends; then print how many packets were lost."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ear = _open(int(sys.argv[1]))
    except PermissionError:
        print("refused", flush=True)
        return
    print("recording", flush=True)
    _record(ear, Path(sys.argv[2]))
    _received, dropped = struct.unpack("II", ear.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
    print(dropped, flush=True)


if __name__ == "__main__":
    main()
