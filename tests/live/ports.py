"""Ports for tests: never one that the system may give to an outgoing connection, and none that another run is using.

Test runs side by side (pytest-xdist) each have a share of their own. A port that a killed program had is given out
again only when all others have been: the program may hold it yet.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

SINGLE_PORTS = range(10000, 15000)
RTP_PORTS = range(20000, 32000)  # the system's own choice begins at 32768


def _share(ports: range) -> range:
    """The ports of this run among those that run side by side."""
    size = len(ports) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    begin = ports.start + size * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return range(begin, begin + size)


def _in_turn() -> Iterator[int]:
    while True:
        yield from _share(SINGLE_PORTS)


_singles = _in_turn()
_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that is free now (UDP: kind=SOCK_DGRAM), not given out before while there are others."""
    for _ in SINGLE_PORTS:
        port = next(_singles)
        if _can_bind(port, kind):
            return port
    raise RuntimeError("no free port")


def free_udp_range(count: int = 100) -> tuple[int, int]:
    """Return the first and last of `count` UDP ports, none of them bound now, in turn like single ones."""
    mine = _share(RTP_PORTS)
    ranges = [range(first, first + count) for first in range(mine.start, mine.stop - count + 1, count)]
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
