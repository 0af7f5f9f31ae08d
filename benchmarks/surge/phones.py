"""All callers and all agents' telephones as one small SIP program, so that patience can stop when somebody answers.

It does not know which arm runs, nor what a queue is. SIPp cannot do it: a caller there does not know when his agent has
answered, for his own call was answered by the exchange before. Times are taken as messages come and go.

A caller is heard for a tenth of a second when he is taken, as any telephone is at once: Asterisk's Answer waits half a
second for one who is silent, and at divided times that would be seconds. It believes a new source at its fourth packet,
so he joins after `JOINS`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from benchmarks.arena import HOST

AGAIN = 1.0  # seconds after which an unanswered INVITE is sent once more
RING = 0.2  # seconds a phone rings before it is answered
JOINS = 0.08  # seconds from the answer to a caller's INVITE until he is in a queue
TAKEN_BACK = 1.0  # seconds within which a talk that the exchange ends was none
_USER = re.compile(r"sips?:([^@;>\s]*)@")
_URI = re.compile(r"<([^>]+)>")
_AUDIO = re.compile(r"^m=audio (\d+)", re.MULTILINE)
_SILENCE = [struct.pack("!BBHII", 0x80, 0, n, 160 * n, 1) + b"\xff" * 160 for n in range(1, 7)]  # RTP packets


@dataclass(frozen=True, slots=True)
class Person:
    """A caller as he is drawn: when he calls, whom, how long he waits and talks. Seconds."""

    at: float
    number: str
    patience: float
    talk: float


@dataclass(slots=True)
class Call:
    """What became of him. Times are seconds of the event loop; None = it did not happen."""

    person: Person
    caller: str
    asked_at: float | None = None
    answered_at: float | None = None
    gone_at: float | None = None
    gave_up: bool = False
    agent: str = ""
    offers: int = 0
    to: str = ""
    contact: str = ""
    resent: int = 0


@dataclass(slots=True)
class _Leg:
    invite: Mapping[str, str]
    agent: str
    caller: str
    tag: str
    state: str = "ringing"
    answered_at: float = 0.0
    timers: list[asyncio.TimerHandle] = field(default_factory=list)


def read(text: str) -> tuple[str, dict[str, str]]:
    """The first line, and the headers by small names; of several of one name all, line by line."""
    first, _, rest = text.partition("\r\n")
    found: dict[str, str] = {}
    for line in rest.partition("\r\n\r\n")[0].split("\r\n"):
        name, _, value = line.partition(":")
        name = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact"}.get(name.lower(), name.lower())
        found[name] = f"{found[name]}\r\nVia: {value.strip()}" if name == "via" and name in found else value.strip()
    return first, found


class Exchange:
    """`callers` and `phones` are our two ports, `sip` is Asterisk's. `paces` is by agent."""

    def __init__(self, sip: int, callers: int, phones: int, paces: Mapping[str, float]) -> None:
        self.sip, self.ports, self.paces = sip, (callers, phones), paces
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, _Leg] = {}
        self.loop: asyncio.AbstractEventLoop
        self._ends: list[asyncio.DatagramTransport] = []
        self._voice: asyncio.DatagramTransport
        self._run = self._left = 0
        self._nobody_left: asyncio.Event

    async def __aenter__(self) -> Self:
        self.loop = asyncio.get_running_loop()
        for port, heard in zip(self.ports, (self._caller_heard, self._phone_heard), strict=True):
            end, _ = await self.loop.create_datagram_endpoint(lambda heard=heard: _End(heard), (HOST, port))
            end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            self._ends.append(end)
        self._voice, _ = await self.loop.create_datagram_endpoint(asyncio.DatagramProtocol, (HOST, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        for end in (*self._ends, self._voice):
            end.close()

    async def play(self, people: Sequence[Person], within: float) -> list[Call]:
        """Let all of them call; returns when the last has gone, or after `within` seconds."""
        self._run += 1
        begun = self.loop.time()
        calls = [Call(person, f"7{self._run}{n:05}") for n, person in enumerate(people)]
        self.calls = {call.caller: call for call in calls}
        for call in calls:
            self.loop.call_at(begun + call.person.at, self._invite, call)
        self._left, self._nobody_left = len(calls), asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nobody_left.wait(), within)
        return calls

    def _goes(self, call: Call) -> None:
        """His call is over."""
        if call.gone_at is None:
            call.gone_at = self.loop.time()
            self._left -= 1
            if not self._left:
                self._nobody_left.set()

    # ── callers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _invite(self, call: Call) -> None:
        if call.asked_at is not None or call.resent > 3:
            return
        call.resent += 1
        who, port = call.caller, self.ports[0]
        head = (
            f"INVITE sip:{call.person.number}@{HOST}:{self.sip} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bK{who}i",
            f"From: <sip:{who}@{HOST}:{port}>;tag=c{who}",
            f"To: <sip:{call.person.number}@{HOST}:{self.sip}>",
            f"Call-ID: {who}@surge", "CSeq: 1 INVITE", f"Contact: <sip:{who}@{HOST}:{port}>", "Max-Forwards: 70",
        )  # fmt: skip
        self._send(0, head, _sdp(port))
        self.loop.call_later(AGAIN, self._invite, call)

    def _caller_heard(self, text: str) -> None:
        first, headers = read(text)
        call = self.calls.get(headers.get("call-id", "").partition("@")[0])
        if call is None:
            return
        if first.startswith("SIP/2.0 200") and headers["cseq"].endswith("INVITE"):
            self._taken(call, headers, text)
        elif first.startswith("SIP/2.0") and first.split()[1] >= "300" and headers["cseq"].endswith("INVITE"):
            self._goes(call)
        elif first.startswith("BYE"):
            self._answer(0, headers, "200 OK")
            self._goes(call)

    def _taken(self, call: Call, headers: Mapping[str, str], text: str) -> None:
        call.to, found = headers["to"], _URI.search(headers.get("contact", ""))
        call.contact = found[1] if found else f"sip:{HOST}:{self.sip}"
        self._in_dialog(call, "ACK", 1)
        if heard := _AUDIO.search(text):
            for number, packet in enumerate(_SILENCE):
                self.loop.call_later(0.02 * number, self._voice.sendto, packet, (HOST, int(heard[1])))
        if call.asked_at is None:
            call.asked_at = self.loop.time()
            self.loop.call_later(call.person.patience, self._loses_patience, call)

    def _loses_patience(self, call: Call) -> None:
        if call.answered_at is None and call.gone_at is None:
            call.gave_up = True
            self._goes(call)
            self._in_dialog(call, "BYE", 2)

    def _in_dialog(self, call: Call, method: str, number: int) -> None:
        who, port = call.caller, self.ports[0]
        head = (
            f"{method} {call.contact} SIP/2.0", f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bK{who}{method}{number}",
            f"From: <sip:{who}@{HOST}:{port}>;tag=c{who}", f"To: {call.to}", f"Call-ID: {who}@surge",
            f"CSeq: {number} {method}", "Max-Forwards: 70",
        )  # fmt: skip
        self._send(0, head)

    # ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _phone_heard(self, text: str) -> None:
        first, headers = read(text)
        name = headers.get("call-id", "")
        leg = self.legs.get(name)
        if first.startswith("INVITE") and leg is None:
            self._rings(first, name, headers)
        elif leg is None:
            return
        elif first.startswith("CANCEL"):
            self._answer(1, headers, "200 OK", leg.tag)
            if leg.state == "ringing":
                leg.state = "over"
                self._answer(1, leg.invite, "487 Request Terminated", leg.tag)
        elif first.startswith("BYE"):
            self._answer(1, headers, "200 OK")
            self._hung_up_on(leg)

    def _rings(self, first: str, name: str, headers: Mapping[str, str]) -> None:
        agent, caller = _USER.search(first), _USER.search(headers["from"])
        names = [found[1] if found else "" for found in (agent, caller)]
        leg = self.legs[name] = _Leg(headers, *names, f"a{len(self.legs)}")
        if leg.caller in self.calls:
            self.calls[leg.caller].offers += 1
        self._answer(1, headers, "180 Ringing", leg.tag)
        self.loop.call_later(RING, self._picks_up, leg)

    def _picks_up(self, leg: _Leg) -> None:
        call = self.calls.get(leg.caller)
        if leg.state != "ringing" or call is None:
            return
        leg.state, leg.answered_at = "talking", self.loop.time()
        self._answer(1, leg.invite, "200 OK", leg.tag, _sdp(self.ports[1]))
        if call.gone_at is None and call.answered_at is None:
            call.answered_at, call.agent = leg.answered_at, leg.agent
        talk = call.person.talk * self.paces.get(leg.agent, 1.0)
        leg.timers.append(self.loop.call_later(talk, self._has_talked, leg))

    def _has_talked(self, leg: _Leg) -> None:
        if leg.state != "talking":
            return
        leg.state = "over"
        contact = _URI.search(leg.invite.get("contact", ""))
        head = (
            f"BYE {contact[1] if contact else f'sip:{HOST}:{self.sip}'} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{self.ports[1]};branch=z9hG4bK{leg.tag}bye",
            f"From: {leg.invite['to']};tag={leg.tag}", f"To: {leg.invite['from']}", f"Call-ID: {leg.invite['call-id']}",
            "CSeq: 1 BYE", "Max-Forwards: 70",
        )  # fmt: skip
        self._send(1, head)

    def _hung_up_on(self, leg: _Leg) -> None:
        """By the exchange: the caller is gone, or it took the agent back in the moment in which he answered."""
        call = self.calls.get(leg.caller)
        was, leg.state = leg.state, "over"
        for timer in leg.timers:
            timer.cancel()
        brief = self.loop.time() - leg.answered_at < TAKEN_BACK
        if was == "talking" and brief and call is not None and call.agent == leg.agent and call.gone_at is None:
            call.answered_at, call.agent = None, ""

    # ── the wire ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, end: int, asked: Mapping[str, str], status: str, tag: str = "", body: str = "") -> None:
        to = f"{asked['to']};tag={tag}" if tag and ";tag=" not in asked["to"] else asked["to"]
        head = [
            f"SIP/2.0 {status}", f"Via: {asked['via']}", f"From: {asked['from']}", f"To: {to}",
            f"Call-ID: {asked['call-id']}", f"CSeq: {asked['cseq']}", f"Contact: <sip:{HOST}:{self.ports[end]}>",
        ]  # fmt: skip
        self._send(end, head, body)

    def _send(self, end: int, head: Sequence[str], body: str = "") -> None:
        kind = ["Content-Type: application/sdp"] if body else []
        text = "\r\n".join([*head, *kind, f"Content-Length: {len(body)}", "", body])
        self._ends[end].sendto(text.encode(), (HOST, self.sip))


class _End(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, _addr: object) -> None:
        self._heard(data.decode("utf-8", "replace"))


def _sdp(port: int) -> str:
    lines = ("v=0", f"o=- 1 1 IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0", f"m=audio {port + 1} RTP/AVP 0",
             "a=rtpmap:0 PCMU/8000", "a=ptime:20", "")  # fmt: skip
    return "\r\n".join(lines)
