"""Turns AMI bytes into messages and actions into AMI bytes. The one place that writes AMI.

Pure: it does not know sockets, time, or what any message means.

Messages are framed at blank lines and decoded one by one, so it makes no difference where the bytes were cut on their
way. An event whose name is not wanted is dropped by its first line, before anything else of it is looked at: that is
three quarters of what a busy Asterisk says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache

from cti.asterisk.actions import EncodeError

BANNER = b"Asterisk Call Manager/"
MOST_HEADERS = 128  # Asterisk drops the 129th and later silently, the ActionID with them
LONGEST_LINE = 1000  # bytes; Asterisk refuses lines from 1024 on
LONGEST_MESSAGE = 1_000_000  # bytes without a blank line; more is no AMI any more

_FORBIDDEN = re.compile(r"[\r\n\0]")
# Of short lines, `re` finds these twice as fast as `bytes` does.
_split: Callable[[bytes], list[bytes]] = re.compile(rb"\r\n\r\n").split
_split_loose: Callable[[bytes], list[bytes]] = re.compile(rb"\r?\n\r?\n").split
_bare_blank_line = re.compile(rb"\n\n").search


class FramingLostError(Exception):
    """What arrives is no AMI: no banner, or no end of a message within a million bytes. Only a new connection helps."""


class Message:
    """One event or response. Header names are case-insensitive; a repeated header keeps every value.

    `event` is the event's name, or "" for a response. An event is known by its `Event` header alone, because some
    events carry a `Response` header too. Headers are looked up in the bytes when they are asked for: of the twenty
    lines of an event we mostly need two. A header is found quickest under the name that Asterisk gives it. Bytes that
    are no UTF-8 become U+FFFD; a line without a colon is passed over.
    """

    __slots__ = ("_block", "_folded", "event")

    def __init__(self, block: bytes, event: str | None = None) -> None:
        """Take the lines of one message, without the blank line at its end; `event` where its name is known already."""
        self._block = b"\n%b\n" % block
        self._folded = b""
        self.event = self.get("Event") if event is None else event

    def __repr__(self) -> str:
        """Without values: one may be what a caller keyed."""
        return f"<Message {self.event or 'response'}, {len(self._block) - 2} bytes>"

    def get(self, name: str) -> str:
        """The first value of a header, "" when it is missing. `name` in any case."""
        usual, folded = _marks(name)
        block = self._block
        found = block.find(usual)
        if found < 0:
            found = self._fold().find(folded)
            return self._value(found + len(folded)) if found >= 0 else ""
        start = found + len(usual)
        return block[start : block.find(b"\n", start)].removesuffix(b"\r").decode("utf-8", "replace")

    def every(self, name: str) -> list[str]:
        """All values of a header, in order. `name` in any case."""
        _, mark = _marks(name)
        block = self._fold()
        values = []
        found = block.find(mark)
        while found >= 0:
            values.append(self._value(found + len(mark)))
            found = block.find(mark, found + len(mark))
        return values

    @property
    def succeeded(self) -> bool:
        """Whether a response grants what was asked."""
        return not self.event and self.get("Response") in {"Success", "Goodbye", "Pong"}

    @property
    def odd_lines(self) -> int:
        """How many lines have no colon and were passed over."""
        return sum(b":" not in line and line != b"\r" for line in self._block.split(b"\n")[1:] if line)

    def _fold(self) -> bytes:
        if not self._folded:
            self._folded = self._block.lower()
        return self._folded

    def _value(self, start: int) -> str:
        value = self._block[start : self._block.find(b"\n", start)]
        return value.removeprefix(b" ").removesuffix(b"\r").decode("utf-8", "replace")


@cache
def _marks(name: str) -> tuple[bytes, bytes]:
    """What a header begins with: as Asterisk writes it, and in small letters with any or no space."""
    return f"\n{name}: ".encode(), f"\n{name.lower()}:".encode()


class Decoder:
    """Takes bytes as they come, gives whole messages. `wanted` are the names of events worth reading.

    Counts what it left out: `unwanted` events, `odd_lines` without a colon in what it read as a response.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self.version = ""
        self.unwanted = 0
        self.odd_lines = 0
        self._wanted = {f"Event: {name}".encode(): name for name in wanted}
        self._tail = b""

    def feed(self, chunk: bytes) -> list[Message]:
        """Take the next bytes. Raises `FramingLostError` when they cannot be AMI; the connection is then useless."""
        buffer = self._tail + chunk if self._tail else chunk
        if not self.version:
            if b"\n" not in buffer and BANNER.startswith(buffer[: len(BANNER)]) and len(buffer) <= LONGEST_LINE:
                self._tail = buffer
                return []
            buffer = self._greet(buffer)
        blocks = _split(buffer)
        self._tail = blocks.pop()
        if _bare_blank_line(buffer) or b"\n\r\n" in self._tail:  # a sender with bare line feeds
            blocks = _split_loose(buffer)
            self._tail = blocks.pop()
        if len(self._tail) > LONGEST_MESSAGE:
            self._tail = b""
            raise FramingLostError(f"no end of a message within {LONGEST_MESSAGE} bytes")
        messages = []
        for block in blocks:
            event = self._wanted.get(block.partition(b"\r\n")[0])
            message = Message(block, event) if event is not None else self._read(block)
            if message is not None:
                messages.append(message)
        return messages

    def _greet(self, buffer: bytes) -> bytes:
        line, feed, rest = buffer.partition(b"\n")
        if not feed or not line.startswith(BANNER) or len(line) > LONGEST_LINE:
            raise FramingLostError("this is no Asterisk manager port: its greeting is another one")
        self.version = line[len(BANNER) :].strip().decode("ascii", "replace") or "?"
        return rest

    def _read(self, block: bytes) -> Message | None:
        """Read what does not begin with a wanted event's usual first line."""
        block = block.lstrip(b"\r\n")
        if block.startswith(b"Event: "):
            line, _, _ = block.partition(b"\n")
            if line.rstrip(b"\r") not in self._wanted:
                self.unwanted += 1
                return None
        if not block:
            return None
        message = Message(block)
        if not message.event:
            self.odd_lines += message.odd_lines
        elif f"Event: {message.event}".encode() not in self._wanted:
            self.unwanted += 1
            return None
        return message


def encode(headers: Iterable[tuple[str, str]], action_id: str) -> bytes:
    """Write one action. Raises `EncodeError` for what Asterisk would obey, cut or drop: CR, LF, NUL, length, number."""
    lines = [f"{name}: {value}" for name, value in (*headers, ("ActionID", action_id))]
    if len(lines) > MOST_HEADERS:
        raise EncodeError(f"{len(lines)} headers: Asterisk drops all after {MOST_HEADERS}; send fewer variables")
    for line in lines:
        if _FORBIDDEN.search(line):
            raise EncodeError(f"header {_name(line)}: CR, LF or NUL would be obeyed as a new header; clean the value")
        if len(line.encode("utf-8", "surrogatepass")) > LONGEST_LINE:
            raise EncodeError(f"header {_name(line)}: longer than {LONGEST_LINE} bytes; shorten the value")
    try:
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
    except UnicodeEncodeError:
        raise EncodeError("a value holds half a character (a lone surrogate); clean the value") from None


def _name(line: str) -> str:
    return repr(line.partition(":")[0][:40])
