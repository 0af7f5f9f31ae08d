"""Asks an Asterisk a question over AMI and waits for the answer: for starting, checking and test directors.

One blocking socket, one question at a time. The service's own link is another module: this one never
listens for long and knows nothing of calls.
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

Headers = dict[str, str]


class ProbeError(RuntimeError):
    """Asterisk did not answer as it should: not there, not logged in, no reply in time, or it refused."""


class Probe:
    """An AMI session. Use it as a context manager; it logs in on entry."""

    def __init__(self, host: str, port: int, user: str, secret: str, *, patience: float = 5.0) -> None:
        self._address = (host, port)
        self._login = {"Username": user, "Secret": secret, "Events": "on"}
        self._patience = patience
        self._received = b""
        self._count = 0
        self._socket: socket.socket | None = None
        self.events: list[Headers] = []

    def __enter__(self) -> Self:
        try:
            self._socket = socket.create_connection(self._address, timeout=self._patience)
            self._line(time.monotonic() + self._patience)
            self.ask("Login", self._login)
        except OSError as fault:
            self.close()
            raise ProbeError(f"no AMI at {self._address[0]}:{self._address[1]}: {fault}") from fault
        except ProbeError:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session; calling it twice does no harm."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ask(self, action: str, headers: Headers | None = None, variables: Headers | None = None) -> list[Headers]:
        """Send an action; return the response and, where a list follows, its events without the closing one.

        Events that arrive meanwhile are kept in `events`. Raises `ProbeError` when refused or silent.
        """
        self._count += 1
        mark = f"probe-{self._count}"
        lines = [("Action", action), ("ActionID", mark), *(headers or {}).items()]
        lines += [("Variable", f"{name}={value}") for name, value in (variables or {}).items()]
        self._send(lines)
        answers: list[Headers] = []
        deadline = time.monotonic() + self._patience
        while not _complete(answers):
            told = self._message(deadline)
            if told.get("ActionID") == mark and told.get("Event") != "OriginateResponse":
                answers.append(told)
            else:
                self.events.append(told)
        if answers[0].get("Response") != "Success":
            raise ProbeError(f"{action} refused: {answers[0].get('Message', 'no reason given')}")
        return [answer for answer in answers if "EventList" not in answer or answer.get("EventList") == "start"]

    def await_event(self, name: str, *, within: float, **matching: str) -> Headers:
        """Return the first event called `name` whose headers are as given, past ones included.

        Raises `ProbeError`.
        """
        deadline = time.monotonic() + within
        while True:
            for place, told in enumerate(self.events):
                if told.get("Event") == name and all(told.get(key) == value for key, value in matching.items()):
                    return self.events.pop(place)
            self.events.append(self._message(deadline))

    def _send(self, lines: list[tuple[str, str]]) -> None:
        if any(sign in part for line in lines for part in line for sign in "\r\n\0"):
            raise ProbeError("a line break or NUL in an AMI header is refused")
        if self._socket is None:
            raise ProbeError("the AMI session is closed")
        self._socket.sendall("".join(f"{name}: {value}\r\n" for name, value in lines).encode() + b"\r\n")

    def _message(self, deadline: float) -> Headers:
        told: Headers = {}
        while line := self._line(deadline):
            name, _, value = line.partition(":")
            told.setdefault(name, value.strip())
        return told

    def _line(self, deadline: float) -> str:
        while b"\n" not in self._received:
            left = deadline - time.monotonic()
            if left <= 0 or self._socket is None:
                raise ProbeError("Asterisk did not answer in time")
            self._socket.settimeout(left)
            try:
                more = self._socket.recv(65536)
            except TimeoutError:
                continue
            except OSError as fault:
                raise ProbeError(f"the AMI session broke: {fault}") from fault
            if not more:
                raise ProbeError("Asterisk closed the AMI session")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")


def _complete(answers: list[Headers]) -> bool:
    if not answers:
        return False
    return answers[0].get("EventList") != "start" or answers[-1].get("EventList") in ("Complete", "cancelled")
