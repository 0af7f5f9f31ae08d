"""Reads the SIP messages out of recorded packets, and finds those that were sent twice.

It does not know what the calls are for: it only reads what the measurements compare.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.capture import Packet

_USER = re.compile(r"sips?:([^@;>\s]*)@")
_NAMES = {"i": "call-id", "f": "from", "t": "to", "v": "via"}
_WANTED = frozenset({"call-id", "from", "to", "via", "cseq"})


@dataclass(frozen=True, slots=True)
class SipMessage:
    """One message. `status` 0 = a request; `method` is the request's own, for a response the one answered.

    `asked` is the user part of a request's URI ("" for responses), `caller` that of From.
    """

    at: float
    source: int
    target: int
    method: str
    status: int
    number: int
    call_id: str
    caller: str
    asked: str
    branch: str

    def is_request(self, method: str) -> bool:
        """Whether it is a request of this method."""
        return not self.status and self.method == method

    def is_answer(self, method: str, status: int) -> bool:
        """Whether it answers such a request with this status."""
        return self.status == status and self.method == method


def read_messages(packets: Iterable[Packet]) -> Iterator[SipMessage]:
    """Read every SIP message; packets that are none are left out."""
    for packet in packets:
        message = read_message(packet)
        if message is not None:
            yield message


def read_message(packet: Packet) -> SipMessage | None:
    """Read one packet; None when it is no whole SIP message."""
    first, _, rest = packet.payload.decode("utf-8", "replace").partition("\r\n")
    words = first.split(" ", 2)
    if len(words) != 3:
        return None
    headers = _headers(rest)
    number, _, method = headers.get("cseq", "").partition(" ")
    if not number.isdecimal() or "call-id" not in headers:
        return None
    response = words[0] == "SIP/2.0"
    return SipMessage(
        at=packet.at,
        source=packet.source,
        target=packet.target,
        method=method.strip() if response else words[0],
        status=int(words[1]) if response else 0,
        number=int(number),
        call_id=headers["call-id"],
        caller=_user(headers.get("from", "")),
        asked="" if response else _user(words[1]),
        branch=headers.get("via", "").partition("branch=")[2].partition(";")[0],
    )


def _headers(text: str) -> dict[str, str]:
    """The first of each header that is wanted."""
    found: dict[str, str] = {}
    for line in text.split("\r\n"):
        if not line:
            break
        name, _, value = line.partition(":")
        name = name.strip().lower()
        name = _NAMES.get(name, name)
        if name in _WANTED:
            found.setdefault(name, value.strip())
    return found


def _user(text: str) -> str:
    found = _USER.search(text)
    return found[1] if found else ""


def count_retransmissions(messages: Iterable[SipMessage]) -> int:
    """How many messages were the same as one before: same way, call, transaction and meaning."""
    seen = Counter(
        (each.source, each.target, each.call_id, each.number, each.method, each.status, each.branch)
        for each in messages
    )
    return sum(times - 1 for times in seen.values())
