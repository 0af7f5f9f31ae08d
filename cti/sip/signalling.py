"""One SIP line on one UDP socket: sends, sends again, registers, and passes on what comes in.

It knows nothing of calls, media or asyncio: whatever concerns a call goes to the phone's `callback`.

pyVoIP's `SIPClient` writes most texts; these faults of 1.6.8 are worked around: it polls its socket 100 times
a second and starts listening a second late; it reads the answer to a registration as "whatever comes next",
so that a call arriving in that moment is lost and the registration fails; it never sends anything twice over
UDP; Call-IDs are the same in each run; BYE goes out under the caller's own Via; ACK carries a wrong tag;
OPTIONS is left unanswered, so that a switch that qualifies its phones takes them for dead; stopping blocks up
to 30 s.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cti.sip.message import Message, answer_plainly
from cti.sip.pyvoip import PySipClient, SIPMessageType, SIPParseError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_AGAIN = 0.5  # RFC 3261: T1, doubled each time, given up after 64 * T1; a lab network needs no such patience
_GIVE_UP = 8.0
_REFRESH = 0.5  # of the time the registration lasts
_RETRY = 5.0
_EXPIRES = 120


class Registration(StrEnum):
    """Where a line stands with its registrar."""

    NONE = "none"
    ASKED = "asked"
    REGISTERED = "registered"
    REFUSED = "refused"


@dataclass(slots=True)
class _Unanswered:
    """Something sent that waits for its answer; `silent` runs when there never was one."""

    text: str
    first: float
    again_at: float
    pause: float
    silent: Callable[[], None] | None


class Signalling(PySipClient):  # type: ignore[misc]  # untyped: see pyvoip.py
    """The socket and the registration of one phone. `callback(message)` runs on this line's own thread."""

    myIP: str  # noqa: N815 - pyVoIP's own names
    myPort: int  # noqa: N815 - see above

    def __init__(
        self,
        account: tuple[str, int, str, str],
        own: tuple[str, int],
        callback: Callable[[Message], None],
        on_registration: Callable[[Registration], None],
    ) -> None:
        server, port, username, password = account
        super().__init__(server, port, username, password, None, myIP=own[0], myPort=own[1], callCallback=callback)
        self.default_expires = _EXPIRES
        self.registration = Registration.NONE
        self._on_registration = on_registration
        self._unanswered: dict[tuple[str, str], _Unanswered] = {}
        self._lock = threading.Lock()
        self._register_at: float | None = None
        self._tried_password = False
        self._leaving = False
        self.left = threading.Event()

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Open the socket (port 0: any free one) and listen. Raises OSError when the port is taken."""
        self.s = self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((self.myIP, self.myPort))
        self.myIP, self.myPort = self.s.getsockname()
        self.NSD = True
        threading.Thread(target=self.recv_loop, name=f"sip {self.username}", daemon=True).start()

    def stop(self) -> None:
        self.NSD = False
        with contextlib.suppress(OSError):  # wakes the listener, which closes the socket
            self.s.sendto(b"\r\n\r\n", (self.myIP, self.myPort))

    def recv_loop(self) -> None:
        while self.NSD:
            self.s.settimeout(self._until_due())
            try:
                raw = self.s.recv(65535)
            except OSError:
                raw = b""
            if raw.strip(b"\r\n\0"):
                self._take(raw)
            self._do_what_is_due()
        self.s.close()

    def _take(self, raw: bytes) -> None:
        try:
            message = Message(raw)
        except (SIPParseError, ValueError, LookupError):
            return  # not SIP, or not for us; a phone says nothing to noise
        self.parse_message(message)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────────────

    def send(self, text: str) -> None:
        with contextlib.suppress(OSError):  # sent again, or noticed by its silence
            self.s.sendto(text.encode("utf8", "surrogateescape"), (self.server, self.port))

    def send_until(self, key: tuple[str, str], text: str, silent: Callable[[], None] | None = None) -> None:
        """Send, and again until `settled(key)`; `silent` runs after 8 s without."""
        now = time.monotonic()
        with self._lock:
            self._unanswered[key] = _Unanswered(text, now, now + _FIRST_AGAIN, _FIRST_AGAIN, silent)
        self.send(text)

    def request(self, text: str, silent: Callable[[], None] | None = None) -> Message:
        """Send a request until it is answered; gives it back as a message."""
        message = Message(text.encode("utf8", "surrogateescape"))
        self.send_until((message.call_id, message.sequence), text, silent)
        return message

    def settled(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._unanswered.pop(key, None)

    def _until_due(self) -> float:
        with self._lock:
            due = [one.again_at for one in self._unanswered.values()]
        if self._register_at is not None:
            due.append(self._register_at)
        return min(max(min(due, default=9e9) - time.monotonic(), 0.01), 0.5)

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        if self._register_at is not None and now >= self._register_at:
            self.register()
        given_up = []
        with self._lock:
            for key, one in list(self._unanswered.items()):
                if now - one.first > _GIVE_UP:
                    given_up.append(self._unanswered.pop(key))
                elif now >= one.again_at:
                    one.pause *= 2
                    one.again_at = now + one.pause
                    self.send(one.text)
        for one in given_up:
            if one.silent:
                one.silent()

    # ── receiving ───────────────────────────────────────────────────────────────────────────────────────────

    def parse_message(self, message: Message) -> None:
        if message.type == SIPMessageType.RESPONSE:
            self.settled((message.call_id, message.sequence))
            if message.headers["CSeq"]["method"] == "REGISTER":
                self._take_registration(message)
                return
        elif message.method in {"OPTIONS", "INFO", "NOTIFY"}:
            self.send(answer_plainly(message, 200, "OK", self.gen_tag()))
            return
        elif message.method not in {"INVITE", "ACK", "BYE", "CANCEL"}:
            self.send(answer_plainly(message, 405, "Method Not Allowed", self.gen_tag()))
            return
        self.callCallback(message)

    # ── registration ────────────────────────────────────────────────────────────────────────────────────────

    def register(self) -> None:
        """Ask for registration; the outcome comes to `on_registration`. Renewed until `deregister`."""
        self._tried_password = False
        self._register_at = None
        self.request(self.gen_first_response(deregister=self._leaving), self._registrar_is_silent)

    def deregister(self) -> None:
        """Ask to be forgotten; `left` is set when the registrar has done so."""
        self._leaving = True
        if self.registration == Registration.NONE:
            self.left.set()
        else:
            self.register()

    def _registrar_is_silent(self) -> None:
        self._register_at = time.monotonic() + _RETRY
        self._now(Registration.NONE)

    def _take_registration(self, answer: Message) -> None:
        if answer.code in (401, 407) and not self._tried_password:
            self._tried_password = True
            self.request(self.gen_register(answer, deregister=self._leaving), self._registrar_is_silent)
        elif self._leaving and answer.code >= 200:
            self._now(Registration.NONE)
            self.left.set()
        elif answer.code >= 300:
            self._register_at = time.monotonic() + _RETRY
            self._now(Registration.REFUSED)
        elif answer.code >= 200:
            self._register_at = time.monotonic() + _EXPIRES * _REFRESH
            self._now(Registration.REGISTERED)

    def _now(self, state: Registration) -> None:
        if state != self.registration:
            self.registration = state
            self._on_registration(state)

    # ── texts ───────────────────────────────────────────────────────────────────────────────────────────────

    def gen_call_id(self) -> str:
        return f"{uuid.uuid4().hex}@{self.myIP}"

    def gen_bye(self, request: Message) -> str:
        own = f"Via: SIP/2.0/UDP {self.myIP}:{self.myPort};branch={self.gen_branch()};rport\r\n"
        first, _, rest = super().gen_bye(request).partition("\r\n")
        rest = re.sub(r"(?m)^Via: .*\r\n", "", rest)
        return f"BYE {request.target} SIP/2.0\r\n{own}{rest}" if first else ""

    def gen_authorized_invite(self, invite: str, challenge: Message) -> str:
        """Write the same INVITE again, one number higher, with the password's digest."""
        header = "Proxy-Authorization" if challenge.code == 407 else "Authorization"
        digest = str(self.gen_authorization(challenge), "utf8")
        asked = challenge.authentication
        line = (
            f'{header}: Digest username="{self.username}",realm="{asked["realm"]}",nonce="{asked["nonce"]}",'
            f'uri="sip:{self.server};transport=UDP",response="{digest}",algorithm=MD5\r\n'
        )
        text = re.sub(r"branch=[^;\r]+", f"branch={self.gen_branch()}", invite, count=1)
        text = re.sub(r"CSeq: (\d+) ", lambda found: f"CSeq: {int(found[1]) + 1} ", text, count=1)
        return text.replace("\r\nContent-Type", f"\r\n{line}Content-Type", 1)
