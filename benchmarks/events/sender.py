"""Sends a stream over a local socket to whoever connects: at full speed, or so many events a second. A child process.

    python -m benchmarks.events.sender STREAM ENDS RATE EVENTS

`ENDS` holds the bytes at which events end (unsigned 64 bit). `RATE` 0 is full speed. Prints the port, and when it
begins the time of CLOCK_MONOTONIC; event n is due at `due_of(n)` after that. It does not know what it sends.
"""

from __future__ import annotations

import mmap
import socket
import sys
import time
from array import array
from pathlib import Path

TICK = 0.001  # seconds: what is due within one leaves at its beginning
PIECE = 262_144


def due_of(event: int, rate: float) -> float:
    """When an event is due, in seconds from the beginning."""
    return int(event / (rate * TICK)) * TICK


def main() -> None:
    """Serve one reader, then end."""
    stream, ends_file, rate, events = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    ends = array("Q", ends_file.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as listening, stream.open("rb") as file:
        print(listening.getsockname()[1], flush=True)
        listening.settimeout(30)
        reader, _ = listening.accept()
        with reader, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as wire:
            reader.settimeout(300)
            reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began = time.monotonic()
            print(began, flush=True)
            if rate:
                _paced(reader, wire, ends, (began, rate, events))
            else:
                for at in range(0, ends[events - 1], PIECE):
                    reader.sendall(wire[at : min(at + PIECE, ends[events - 1])])


def _paced(reader: socket.socket, wire: mmap.mmap, ends: array[int], pace: tuple[float, float, int]) -> None:
    began, rate, events = pace
    sent = tick = 0
    while sent < events:
        wait = began + tick * TICK - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        tick += 1
        upto = min(events, int(tick * rate * TICK + 0.999_999))
        reader.sendall(wire[ends[sent - 1] if sent else 0 : ends[upto - 1]])
        sent = upto


if __name__ == "__main__":
    main()
