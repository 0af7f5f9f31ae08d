"""Ports for tests: never one that the system may give to an outgoing connection, and none that another run is using.

Each run, and each process of a run of several (pytest-xdist), claims a block of its own for as long as it lives. There
a port that a killed program had is given out again only when all others have been: the program may hold it yet.
"""

from __future__ import annotations

import fcntl
import functools
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

BLOCKS = 8
SINGLE_PORTS = range(10000, 15000)
RTP_PORTS = range(20000, 32000)  # the system's own choice begins at 32768


@functools.cache
def _block() -> int:
    """The number of our block; the lock on it goes with this process, however that ends."""
    folder = Path(tempfile.gettempdir()) / f"switchroom-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in reversed(range(BLOCKS)):
        claim = os.open(folder / str(number), os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(claim)
        else:
            return number
    raise RuntimeError(f"{BLOCKS} test runs have all ports; see {folder}")


def _ours(ports: range) -> range:
    size = len(ports) // BLOCKS
    return ports[_block() * size : (_block() + 1) * size]


@functools.cache
def _in_turn() -> Iterator[int]:
    return itertools.cycle(_ours(SINGLE_PORTS))


_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that is free now (UDP: kind=SOCK_DGRAM), not given out before while there are others."""
    for port in itertools.islice(_in_turn(), len(_ours(SINGLE_PORTS))):
        if _can_bind(port, kind):
            return port
    raise RuntimeError("no free port")


def free_udp_range(count: int = 100) -> tuple[int, int]:
    """Return the first and last of `count` UDP ports, none of them bound now, in turn like single ones."""
    ours = _ours(RTP_PORTS)
    ranges = [range(first, first + count) for first in range(ours.start, ours.stop - count + 1, count)]
    for ports in [*filter(_given.isdisjoint, ranges), *ranges]:
        if all(_can_bind(port) for port in ports[:: count // 10]) and _can_bind(ports[-1]):
            _given.update(ports)
            return ports[0], ports[-1]
    raise RuntimeError("no free range of UDP ports")


def _can_bind(port: int, kind: socket.SocketKind = socket.SOCK_DGRAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
