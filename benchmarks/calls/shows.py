"""Finds in recorded web traffic the moments at which a caller's context reached an agent's screen.

It does not know telephones. The server writes each event in one piece, so each begins in one packet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.capture import Packet

_MARK = b"event: show\ndata: "


@dataclass(frozen=True, slots=True)
class Shown:
    """Caller `caller` was put on `agent`'s screen; the packet reached the reader's side at `at` (POSIX seconds)."""

    at: float
    agent: str
    caller: str


def read_shown(packets: Iterable[Packet], web: int) -> Iterator[Shown]:
    """Every `show` event among the packets that came from port `web`."""
    for packet in packets:
        if packet.source != web:
            continue
        for piece in packet.payload.split(_MARK)[1:]:
            told = json.loads(piece.partition(b"\n")[0])
            yield Shown(packet.at, told["agent"], told["context"]["number"])
