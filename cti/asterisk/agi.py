"""The door: a FastAGI server where callers' channels stand and wait for a command.

It does not know why a prompt is played or what a key means. Keyed digits pass through here and are never logged.

Only our Asterisk may speak: its address must be allowed and its token right, and both are looked at within two
seconds. Every connection is on its own: a scanner, half a line or a dead peer costs one small object until it is cut.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import structlog

from cti.asterisk.agi_lines import LONGEST_HEADER, BadLineError, Introduction, read_introduction
from cti.asterisk.agi_visit import Visit
from cti.asterisk.away import Variables, read_back, words_for
from cti.asterisk.dialling import read_heard
from cti.vocabulary import (
    CallerArrived,
    CallId,
    CollectDigits,
    EndCall,
    FetchCaller,
    ForwardCaller,
    HoldCaller,
    LegId,
    NodeId,
    PlayFiller,
    PlayPrompt,
    RecordCaller,
    Told,
)

log = structlog.get_logger()

INTRODUCED_WITHIN = 2.0  # seconds
MOST_STRANGERS = 256  # connections that have not introduced themselves yet

AtDoor = PlayPrompt | CollectDigits | PlayFiller | RecordCaller | ForwardCaller | HoldCaller | FetchCaller | EndCall
LOOPBACK = ("127.0.0.0/8", "::1/128")


class AgiDoor:
    """`tokens` maps a node's secret to its name; `allowed` lists networks that may connect. Port 0 = any free one."""

    def __init__(
        self,
        host: str,
        port: int,
        tokens: Mapping[str, NodeId],
        tell: Callable[[Told], None],
        allowed: Iterable[str] = LOOPBACK,
    ) -> None:
        self.host = host
        self.port = port
        self.refused = 0  # connections that were cut without having been a caller
        self._tokens = {token.encode(): node for token, node in tokens.items()}
        self._tell = tell
        self._allowed = [ipaddress.ip_network(each, strict=False) for each in allowed]
        self._admitted: set[str] = set()
        self._server: asyncio.Server | None = None
        self._strangers: set[_Knock] = set()
        self._visits: dict[CallId, Visit] = {}

    async def start(self) -> None:
        """Open the door. Raises `OSError` when the address is taken or not ours."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Knock(self), self.host, self.port, backlog=1024, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]
        for each in self._server.sockets:
            _keep_alive(each)

    async def stop(self) -> None:
        """Close the door. Callers stay in Asterisk, hear music and knock until somebody opens."""
        if self._server is not None:
            self._server.close()
        for knock in list(self._strangers):
            knock.cut()
        for visit in list(self._visits.values()):
            visit.cut()
        self._visits.clear()

    def holds(self, call: CallId) -> bool:
        """Whether this caller stands at our door now."""
        return call in self._visits

    def perform(self, action: AtDoor) -> bool:
        """Do it for a caller at the door; False, and nothing done, when he is not here.

        Raises `BadLineError` for what cannot be said to Asterisk.
        """
        visit = self._visits.get(action.call)
        if visit is None:
            return False
        if isinstance(action, PlayPrompt):
            visit.play(action.sounds)
        elif isinstance(action, CollectDigits):
            visit.collect(action.sounds, action.at_most, action.wait)
        elif isinstance(action, FetchCaller):
            self._tell(replace(visit.arrival, task=0, key=""))
        elif isinstance(action, PlayFiller):
            visit.fill(action.sounds)
        elif isinstance(action, RecordCaller):
            visit.leave_after(action.sounds, words_for(action))
        else:
            words = words_for(action) if isinstance(action, ForwardCaller) else _words(action)
            del self._visits[action.call]
            visit.leave(words)
        return True

    def admits(self, address: str) -> bool:
        """Whether a connection from this address may speak at all."""
        if address not in self._admitted and self._is_allowed(address):
            self._admitted.add(address)  # strangers' addresses are not collected
        return address in self._admitted

    def _is_allowed(self, address: str) -> bool:
        try:
            peer = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
        return any((mapped or peer) in network for network in self._allowed)

    def node_of(self, token: str) -> NodeId | None:
        """Whose token this is. Takes the same time for every wrong one."""
        told, found = token.encode("utf-8", "replace"), None
        for known, node in self._tokens.items():
            if hmac.compare_digest(known, told):
                found = node
        return found

    def turn_away(self, why: str) -> None:
        """Count a stranger; tell the log about the 1st, 2nd, 4th, 8th ... so that a scanner cannot fill it."""
        self.refused += 1
        if self.refused & (self.refused - 1) == 0:
            log.warning("agi.refused", why=why, so_far=self.refused)

    def welcome(self, node: NodeId, said: Introduction, transport: asyncio.Transport) -> Visit:
        """Let a caller in, and tell. One who is here already over an older connection loses that one."""
        call = CallId(said.call)
        leg = LegId(said.leg) if said.leg else None
        back = read_back(call, *said.back)
        arrival = CallerArrived(
            node, call, said.number, said.name, said.called, leg, said.answered_at if leg else None,
            back.task if back is not None else 0, said.key,
        )
        opened = read_heard(said.heard)
        if opened is not None:
            arrival = replace(
                arrival, heard=opened.heard, greeted_at=opened.greeted_at, opened_at=opened.opened_at
            )
        visit = Visit(arrival, transport, self._tell, self._gone)
        older = self._visits.get(call)
        self._visits[call] = visit
        if older is not None:
            older.cut()
        self._tell(arrival)
        if back is not None:
            self._tell(back)
        return visit

    def _gone(self, visit: Visit) -> None:
        if self._visits.get(visit.arrival.call) is visit:
            del self._visits[visit.arrival.call]


def _words(action: HoldCaller | EndCall) -> Variables:
    """What the dialplan reads."""
    if isinstance(action, EndCall):
        return (("SR_CAUSE", str(action.cause)), ("SR_DONE", "end"))
    done = "hold-last" if action.last else "hold"
    return (("SR_KEY", ""), ("SR_MUSIC", action.music), ("SR_DONE", done))


class _Knock(asyncio.Protocol):
    """One connection. Until its introduction is complete it is a stranger with two seconds and eight kilobytes."""

    __slots__ = ("_door", "_said", "_timer", "_transport", "_visit")

    def __init__(self, door: AgiDoor) -> None:
        self._door = door
        self._said = b""
        self._visit: Visit | None = None
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # asyncio gives a stream protocol a Transport
        peer = transport.get_extra_info("peername") or ("",)
        if not self._door.admits(str(peer[0])):
            self._refuse("the address is not allowed")
        elif len(self._door._strangers) >= MOST_STRANGERS:  # noqa: SLF001 (one object in two classes)
            self._refuse("too many strangers at once")
        else:
            self._door._strangers.add(self)  # noqa: SLF001 (as above)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(INTRODUCED_WITHIN, self._refuse, "no introduction in time")

    def data_received(self, data: bytes) -> None:
        if self._visit is not None:
            self._visit.heard(data)
            return
        self._said += data
        end = self._said.find(b"\n\n")
        if len(self._said) > LONGEST_HEADER:
            self._refuse("the introduction is too long")
        elif end >= 0:
            self._introduced(self._said[:end], self._said[end + 2 :])

    def eof_received(self) -> None:
        """The other side closed; the transport closes too."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._settle()
        if self._visit is not None:
            self._visit.closed()
        elif self._transport is not None:
            self._door.turn_away("closed without an introduction")
        self._transport = None

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _introduced(self, block: bytes, rest: bytes) -> None:
        try:
            said = read_introduction(block)
        except BadLineError as error:
            self._refuse(str(error))
            return
        node = self._door.node_of(said.token)
        if node is None or self._transport is None:
            self._refuse("the token is wrong")
            return
        self._settle()
        self._said = b""
        self._visit = self._door.welcome(node, said, self._transport)
        if rest:
            self._visit.heard(rest)

    def _refuse(self, why: str) -> None:
        self._settle()
        if self._transport is not None:
            transport, self._transport = self._transport, None
            self._door.turn_away(why)
            transport.abort()

    def _settle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._door._strangers.discard(self)  # noqa: SLF001 (as above)


def _keep_alive(door: socket.socket) -> None:
    """Notice within half a minute that the machine at the other end is gone: each connection has it from the door."""
    door.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            door.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
