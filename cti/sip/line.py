"""A telephone with calls on it, as pyVoIP sees one, with its faults as a phone mended.

It knows nothing of asyncio or of what the phone is for: everything that happens is told to one `listener`, on
the line's own thread.

Faults of pyVoIP 1.6.8 worked around: CANCEL was answered but the call rang on for ever; a call was announced
a second after it came; a refused call (486, 480, 603) dialled for ever; an outgoing call could not be given
up; a re-INVITE opened the audio socket twice and broke; ports were drawn by lot, whether free or not; a call
that came before `call()` had returned was unknown.
"""

from __future__ import annotations

import itertools
import socket
import threading
from typing import TYPE_CHECKING, Any, Protocol

from cti.sip.message import Message, acknowledge, answer_plainly, cancel
from cti.sip.pyvoip import CallState, PayloadType, PyCall, PyPhone, SIPMessageType, TransmitType
from cti.sip.rtp import AudioStream
from cti.sip.signalling import Registration, Signalling

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA: Mapping[int, PayloadType] = {0: PayloadType.PCMU, 101: PayloadType.EVENT}
_SESSIONS = itertools.count(1)
_PHRASES = {
    404: "Not Found",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    488: "Not Acceptable Here",
    603: "Decline",
}


class Listener(Protocol):
    """What a line tells. `code` is the SIP status that ended the call, 0 for BYE and CANCEL."""

    def registration(self, state: Registration) -> None: ...
    def call_came(self, call: LineCall) -> None: ...
    def call_rings(self, call: LineCall) -> None: ...
    def call_answered(self, call: LineCall) -> None: ...
    def call_ended(self, call: LineCall, by: str, code: int, reason: str) -> None: ...
    def digit_came(self, call: LineCall, digit: str) -> None: ...


class LineCall(PyCall):  # type: ignore[misc]  # untyped: see pyvoip.py
    """One call on a line; `stream` is its media once there is any."""

    phone: Line
    state: CallState

    def __init__(self, phone: Line, state: CallState, request: Message, media: Mapping[int, Any] | None = None) -> None:
        super().__init__(phone, state, request, next(_SESSIONS), phone.sip.myIP, ms=media)
        self.sent = ""
        self.asked_again = False
        self.late_bye = False

    @property
    def stream(self) -> AudioStream | None:
        return self.RTPClients[0] if self.RTPClients else None

    def create_rtp_clients(
        self, codecs: dict[int, PayloadType], _ip: str, port: int, request: Message, baseport: int
    ) -> None:
        """One stream on the socket reserved for `port`, to the first address that the other side named."""
        known = {number: kind for number, kind in codecs.items() if kind in MEDIA.values()}
        if self.RTPClients or PayloadType.PCMU not in known.values():
            return
        far = (request.body["c"][0]["address"], baseport)
        own = self.phone.reserved.pop(port)
        self.RTPClients.append(AudioStream(known, own, far, lambda digit: self.phone.listener.digit_came(self, digit)))

    def gen_ms(self) -> dict[int, dict[int, PayloadType]]:
        return {client.inPort: client.assoc for client in self.RTPClients}

    def answer(self) -> None:
        with self.phone.lock:
            if self.stream is None or self.state != CallState.RINGING:
                return
            self.state = CallState.ANSWERED
            self.stream.start()
            self._send_answer(self.request)
            self.phone.listener.call_answered(self)

    def _send_answer(self, invite: Message) -> None:
        text = self.sip.gen_answer(invite, self.session_id, self.gen_ms(), TransmitType.SENDRECV)
        self.sip.send_until((self.call_id, f"{invite.headers['CSeq']['check']} ACK"), text)

    def renegotiate(self, request: Message) -> None:
        """Answer a re-INVITE (hold, or another place for the sound) with the same media of ours."""
        if self.stream is None:
            return
        media = [one for one in request.body.get("m", []) if one["type"] == "audio"]
        if media and request.body.get("c"):
            self.stream.redirect(request.body["c"][0]["address"], media[0]["port"])
        self._send_answer(request)

    def answered(self, request: Message) -> None:
        try:
            super().answered(request)
        except (LookupError, ValueError):  # no SDP that pyVoIP can read: nobody could hear anything
            self.state = CallState.ANSWERED
            self.hang_up()
            return
        self.phone.listener.call_answered(self)

    def refuse(self, code: int) -> None:
        """Refuse a ringing call: 486 busy, 603 declined, 480 not there."""
        with self.phone.lock:
            if self.state == CallState.RINGING:
                text = answer_plainly(self.request, code, _PHRASES.get(code, "Refused"), self._own_tag())
                self.sip.send_until((self.call_id, f"{self.request.headers['CSeq']['check']} ACK"), text)
                self.finish("us", code)

    def hang_up(self) -> None:
        """End the call from our side, whatever state it is in."""
        with self.phone.lock:
            if self.state == CallState.ANSWERED:
                self.sip.request(self.sip.gen_bye(self.request))
                self.finish("us", 0)
            elif self.state == CallState.DIALING:
                self.sip.request(cancel(self.request))
                self.finish("us", 0)
            else:
                self.refuse(486)

    def cancelled(self, request: Message) -> None:
        self.sip.send(answer_plainly(request, 200, "OK", self._own_tag()))
        if self.state == CallState.RINGING:
            text = answer_plainly(self.request, 487, "Request Terminated", self._own_tag())
            self.sip.send_until((self.call_id, f"{self.request.headers['CSeq']['check']} ACK"), text)
            self.finish("them", 0, str(request.headers.get("Reason", "")))

    def unanswered(self) -> None:
        """End the call as nobody's: there was no answer to our INVITE at all."""
        with self.phone.lock:
            self.finish("nobody", 408)

    def finish(self, by: str, code: int, reason: str = "") -> None:
        """Close the media, free the port, tell. A second time nothing happens."""
        if self.state == CallState.ENDED:
            return
        self.state = CallState.ENDED
        if self.stream:
            self.stream.stop()
        for port in self.assignedPorts:
            self.phone.free_port(port)
        self.phone.listener.call_ended(self, by, code, reason)

    def _own_tag(self) -> str:
        return str(self.sip.tagLibrary.get(self.call_id, ""))

    def __del__(self) -> None:
        """Leave the ports alone: `finish` has freed them."""


class Line(PyPhone):  # type: ignore[misc]  # untyped: see pyvoip.py
    """A phone: `account` is (server, port, user, password), `own` our address and port (0 = a free one)."""

    calls: dict[str, LineCall]

    def __init__(self, account: tuple[str, int, str, str], own: tuple[str, int], listener: Listener) -> None:
        super().__init__(*account, myIP=own[0], callCallback=listener.call_came, sipPort=own[1])
        self.listener = listener
        self.lock = threading.RLock()  # of the line's own thread and the asyncio side
        self.reserved: dict[int, socket.socket] = {}
        self.ring = True  # False: take calls without a word (no 180), as a dead phone does
        self.sip = Signalling(account, own, self.callback, listener.registration)

    def start(self) -> None:
        self.sip.start()

    def stop(self, failed: bool = False) -> None:  # noqa: ARG002 - pyVoIP's signature
        for call in list(self.calls.values()):
            call.hang_up()
        self.sip.stop()
        for port in list(self.reserved):
            self.free_port(port)

    def dial(self, number: str, sender: str, name: str = "") -> LineCall:
        """Send an INVITE. `sender` and `name` go into From as given; the caller of this has cleaned them."""
        port = self.request_port()
        media = {port: dict(MEDIA)}
        call_id, branch = self.sip.gen_call_id(), self.sip.gen_branch()
        text = self.sip.gen_invite(number, "1", media, TransmitType.SENDRECV, branch, call_id)
        plain = f"From: <sip:{self.username}@{self.sip.myIP}>"
        shown = f'"{name}" ' if name else ""
        text = text.replace(plain, f"From: {shown}<sip:{sender}@{self.sip.myIP}>", 1)
        invite = Message(text.encode("utf8"))
        call = LineCall(self, CallState.DIALING, invite, media)
        self.calls[call_id] = call
        call.sent = text
        self.sip.request(text, call.unanswered)
        return call

    # ── what comes in, on the line's thread ─────────────────────────────────────────────────────────────────

    def callback(self, request: Message) -> None:
        with self.lock:
            self._take(request)

    def _take(self, request: Message) -> None:
        call = self.calls.get(request.call_id)
        if request.type == SIPMessageType.RESPONSE:
            if call is not None and request.headers["CSeq"]["method"] == "INVITE":
                self._invite_answered(call, request)
        elif request.method == "ACK":
            self.sip.settled((request.call_id, request.sequence))
        elif request.method == "INVITE":
            self._invited(call, request)
        elif call is None:
            self.sip.send(answer_plainly(request, 481, "Call Does Not Exist", self.sip.gen_tag()))
        elif request.method == "CANCEL":
            call.cancelled(request)
        elif request.method == "BYE":
            self.sip.send(answer_plainly(request, 200, "OK"))
            call.finish("them", 0, str(request.headers.get("Reason", "")))

    def _invited(self, call: LineCall | None, invite: Message) -> None:
        if call is None:
            self._call_came(invite)
        elif invite.sequence != call.request.sequence and call.state == CallState.ANSWERED:
            call.renegotiate(invite)

    def _call_came(self, invite: Message) -> None:
        tag = self.sip.tagLibrary[invite.call_id] = self.sip.gen_tag()
        try:
            call = LineCall(self, CallState.RINGING, invite)
        except (LookupError, ValueError):
            call = None  # no SDP, or one that pyVoIP cannot read
        if call is None or call.stream is None:
            self.sip.send(answer_plainly(invite, 488, "Not Acceptable Here", tag))
            return
        self._forget_old_calls()
        self.calls[invite.call_id] = call
        if self.ring:
            self.sip.send(answer_plainly(invite, 180, "Ringing", tag))
        self.listener.call_came(call)

    def _forget_old_calls(self) -> None:
        """Drop ended calls, but keep the last ones: the other side may still ask about them."""
        for call_id, call in list(self.calls.items())[:-20]:
            if call.state == CallState.ENDED:
                del self.calls[call_id]
                self.sip.tagLibrary.pop(call_id, None)

    def _invite_answered(self, call: LineCall, answer: Message) -> None:
        if answer.code < 200:
            if answer.code > 100 and call.state == CallState.DIALING:
                self.listener.call_rings(call)
            return
        self.sip.send(acknowledge(call.request, answer, self.sip.gen_branch()))
        if answer.code in (401, 407) and self.password and call.state == CallState.DIALING and not call.asked_again:
            call.asked_again = True
            call.sent = self.sip.gen_authorized_invite(call.sent, answer)
            call.request = self.sip.request(call.sent, call.unanswered)
        elif answer.code >= 300:
            call.finish("them", answer.code, str(answer.headers.get("Reason", "")))
        elif call.state == CallState.DIALING:
            call.answered(answer)
        elif call.state == CallState.ENDED and not call.late_bye:
            self._end_late_answer(call, answer)

    def _end_late_answer(self, call: LineCall, answer: Message) -> None:
        """Hang up what was answered while our CANCEL was on its way."""
        call.late_bye = True
        call.request.headers["Contact"] = answer.headers.get("Contact", "")
        call.request.headers["To"]["tag"] = answer.headers["To"]["tag"]
        self.sip.request(self.sip.gen_bye(call.request))

    # ── ports ───────────────────────────────────────────────────────────────────────────────────────────────

    def request_port(self, blocking: bool = True) -> int:  # noqa: ARG002 - pyVoIP's signature
        """Take a free, even port and hold it open. Raises OSError when there is none."""
        for _ in range(50):
            own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            own.bind((self.sip.myIP, 0))
            port: int = own.getsockname()[1]
            if port % 2 == 0:
                self.reserved[port] = own
                return port
            own.close()
        raise OSError("no free even UDP port for audio")

    def free_port(self, port: int) -> None:
        own = self.reserved.pop(port, None)
        if own is not None:
            own.close()

    def release_ports(self, call: PyCall | None = None) -> None:
        """Do nothing: pyVoIP's own list of ports is not used here."""
