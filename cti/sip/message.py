"""SIP messages as pyVoIP reads them, with its reading faults mended, and the few texts that it cannot write.

It knows nothing of sockets, calls or time.

Faults of pyVoIP 1.6.8 mended here: a header value holding ": " was cut there; a header without a space after
the colon, or with a short name, was an exception and the message lost; bytes that are not UTF-8 lost the
message; a quoted caller name holding "sip:" or ";tag=" was taken for the address; status codes it has no name
for lost the message; requests other than INVITE, ACK, BYE and CANCEL (OPTIONS!) lost the message.
"""

from __future__ import annotations

import re
from typing import Any

from cti.sip.pyvoip import PySipMessage, SIPMessageType, SIPParseError, SIPStatus

ALLOWED = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO"
_SHORT = {
    "i": "Call-ID",
    "f": "From",
    "t": "To",
    "v": "Via",
    "m": "Contact",
    "l": "Content-Length",
    "c": "Content-Type",
}
_LONG = {
    name.lower(): name
    for name in (
        *_SHORT.values(),
        "CSeq",
        "Authorization",
        "WWW-Authenticate",
        "Allow",
        "Supported",
        "Reason",
    )
}


class Message(PySipMessage):  # type: ignore[misc]  # untyped: see pyvoip.py
    """One SIP message. `method` is "" for a response, `code` is 0 for a request. Raises SIPParseError."""

    method = ""
    code = 0

    def parse(self, data: bytes) -> None:
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        self.heading = lines.pop(0)
        words = self.heading.decode("utf8", "replace").split(" ", 2)
        if len(words) != 3 or not (words[0] == "SIP/2.0" or words[2] == "SIP/2.0"):
            raise SIPParseError(f"not a SIP message: {words[0][:20]!r}")
        if words[0] == "SIP/2.0":
            self.type = SIPMessageType.RESPONSE
            self.code = int(words[1])
            self.status = _status_of(self.code)
        else:
            self.type = SIPMessageType.MESSAGE
            self.method = words[0]
        self.parse_raw_header(lines, self.parse_header)
        self.parse_raw_body(body, self.parse_body)

    @staticmethod
    def parse_raw_header(headers_raw: list[bytes], handle: Any) -> None:
        vias: list[str] = []
        seen: dict[str, str] = {}
        for line in headers_raw:
            name, _, value = line.decode("utf8", "surrogateescape").partition(":")
            name = name.strip().lower()
            name = _SHORT.get(name) or _LONG.get(name) or name.title()
            if name == "Via":
                vias.append(value.strip())
            else:
                seen.setdefault(name, value.strip())
        if not vias or not {"Call-ID", "CSeq", "From", "To"} <= seen.keys():
            raise SIPParseError("a SIP message without Via, Call-ID, CSeq, From or To")
        handle("Via", vias)
        for name, value in seen.items():
            handle(name, value)

    @staticmethod
    def parse_raw_body(body: bytes, handle: Any) -> None:
        for line in body.decode("utf8", "replace").splitlines():
            kind, equals, value = line.partition("=")
            if equals and len(kind) == 1:
                handle(kind, value)

    def parse_header(self, header: str, data: Any) -> None:
        if header in {"From", "To"}:
            self.headers[header] = _party(data)
        elif header in {"Allow", "Supported"}:
            self.headers[header] = [word.strip() for word in data.split(",")]
        elif header == "CSeq":
            number, _, method = data.partition(" ")
            self.headers[header] = {"check": number, "method": method.strip()}
        elif header == "Proxy-Authenticate":
            super().parse_header("WWW-Authenticate", data)
        else:
            super().parse_header(header, data)

    @property
    def call_id(self) -> str:
        return str(self.headers["Call-ID"])

    @property
    def sequence(self) -> str:
        """Number and method, as in `12 INVITE`: with the Call-ID they name a transaction."""
        return f"{self.headers['CSeq']['check']} {self.headers['CSeq']['method']}"

    @property
    def target(self) -> str:
        """Where later requests go: the Contact, without brackets and parameters outside them."""
        contact = str(self.headers.get("Contact", ""))
        found = re.search(r"<([^>]+)>", contact)
        return found[1] if found else contact.partition(";")[0].strip()


def _status_of(code: int) -> SIPStatus:
    try:
        return SIPStatus(code)
    except ValueError:
        return SIPStatus(code // 100 * 100 if code // 100 != 1 else 180)


def _party(text: str) -> dict[str, Any]:
    """Read a From or To into pyVoIP's shape. `raw` is all but the tag; `caller` is the name, unquoted."""
    quoted = re.match(r'\s*"((?:[^"\\]|\\.)*)"', text)
    name, rest = (quoted[1], text[quoted.end() :]) if quoted else ("", text)
    before, bracket, after = rest.partition("<")
    address, _, parameters = after.partition(">") if bracket else rest.partition(";")
    tag = re.search(r"(?:^|;)\s*tag=([^;\s]+)", parameters)
    shown = re.sub(r"\\(.)", r"\1", name) if quoted else (before.strip() if bracket else "")
    number, at, host = address.strip().partition(":")[2].partition("@")
    head = text[: quoted.end()] + " " if quoted else (f'"{shown}" ' if shown else "")
    return {
        "raw": f"{head}<{address.strip()}>",
        "tag": tag[1] if tag else "",
        "address": address.strip().partition(":")[2],
        "number": number if at else None,
        "caller": shown,
        "host": host if at else number,
    }


def acknowledge(invite: Message, response: Message, branch: str) -> str:
    """Write the ACK of a final answer to our INVITE.

    pyVoIP's own puts a fresh tag into To, so that the other side takes it for another dialog's and hangs up
    after 32 s. A refusal is acknowledged in the INVITE's own transaction (its Via), an acceptance in a new
    one.
    """
    refused = response.code >= 300
    via = _top_via(invite) if refused else re.sub(r"branch=[^;]+", f"branch={branch}", _top_via(invite))
    uri = _request_uri(invite) if refused else response.target or _request_uri(invite)
    return _request("ACK", uri, via, invite, response.headers["To"]["tag"])


def cancel(invite: Message) -> str:
    """Write the CANCEL of our INVITE: same address, same Via, same number."""
    return _request("CANCEL", _request_uri(invite), _top_via(invite), invite, "")


def answer_plainly(request: Message, code: int, phrase: str, tag: str = "") -> str:
    """Write a response without body to any request; `tag` names our end of the dialog when it has one."""
    to = request.headers["To"]
    tag = to["tag"] or tag
    vias = [line for line in _lines(request) if re.match(r"(?i)(via|v)\s*:", line)]
    return "\r\n".join(
        [
            f"SIP/2.0 {code} {phrase}",
            *vias,
            f"From: {request.headers['From']['raw']};tag={request.headers['From']['tag']}",
            f"To: {to['raw']}" + (f";tag={tag}" if tag else ""),
            f"Call-ID: {request.call_id}",
            f"CSeq: {request.sequence}",
            f"Allow: {ALLOWED}",
            "Content-Length: 0\r\n\r\n",
        ]
    )


def _request(method: str, uri: str, via: str, invite: Message, to_tag: str) -> str:
    sender, to = invite.headers["From"], invite.headers["To"]
    return "\r\n".join(
        [
            f"{method} {uri} SIP/2.0",
            via,
            "Max-Forwards: 70",
            f"From: {sender['raw']};tag={sender['tag']}",
            f"To: {to['raw']}" + (f";tag={to_tag}" if to_tag else ""),
            f"Call-ID: {invite.call_id}",
            f"CSeq: {invite.headers['CSeq']['check']} {method}",
            "Content-Length: 0\r\n\r\n",
        ]
    )


def _lines(message: Message) -> list[str]:
    head: str = message.raw.partition(b"\r\n\r\n")[0].decode("utf8", "surrogateescape")
    return head.split("\r\n")


def _top_via(message: Message) -> str:
    return next(line for line in _lines(message) if line.lower().startswith("via:"))


def _request_uri(message: Message) -> str:
    return _lines(message)[0].split(" ")[1]
