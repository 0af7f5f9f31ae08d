"""The ports of a demo: the usual ones where they are free.

It does not know who listens there.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from switchroom.reachable import is_free

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a demo, the usual ones where they are free."""

    sip: int
    ami: int
    agi: int
    http: int
    bus: int
    carrier_sip: int
    carrier_ami: int
    rtp: int
    carrier_rtp: int


def choose_ports() -> Ports:
    """Take the usual ports where they are free, any others where not."""
    taken: set[int] = set()

    def port(wanted: int, kind: str) -> int:
        found = wanted if wanted not in taken and is_free(HOST, wanted, kind) else _any_port(kind, taken)
        taken.add(found)
        return found

    rtp = next((first for first in range(20000, 40000, 2000) if is_free(HOST, first, "udp")), 20000)
    return Ports(
        sip=port(15060, "udp"),
        ami=port(15038, "tcp"),
        agi=port(4573, "tcp"),
        http=port(8080, "tcp"),
        bus=port(1883, "tcp"),
        carrier_sip=port(15070, "udp"),
        carrier_ami=port(15039, "tcp"),
        rtp=rtp,
        carrier_rtp=rtp + 1000,
    )


def _any_port(kind: str, taken: set[int]) -> int:
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port
