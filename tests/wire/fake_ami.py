"""A fake Asterisk manager port whose faults are chosen by the test. It does not judge; it keeps what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from patience import meanwhile

Action = dict[str, list[str]]


class Session:
    """One connection to the fake. `actions` are those received on it, header names in lower case."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.actions: list[Action] = []

    def send(self, *headers: tuple[str, str]) -> None:
        self.raw("".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n")

    def raw(self, wire: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(wire)

    def grant(self, action: Action, *headers: tuple[str, str]) -> None:
        self.send(("Response", "Success"), ("ActionID", action["actionid"][0]), *headers)

    def event(self, name: str, **headers: str) -> None:
        self.send(("Event", name), ("Privilege", "call,all"), *headers.items())

    def break_off(self) -> None:
        self.writer.transport.abort()


class FakeAmi:
    """`answers` maps an action's name in lower case to what to do with it; what is missing there is granted.

    `silent` answers nothing at all, as a frozen Asterisk would; `booted` False withholds FullyBooted.
    """

    def __init__(self) -> None:
        self.port = 0
        self.sessions: list[Session] = []
        self.answers: dict[str, Callable[[Session, Action], None]] = {}
        self.silent = False
        self.booted = True
        self.secret = "right"
        self.uptime = 100
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for session in self.sessions:
            session.break_off()

    @property
    def session(self) -> Session:
        return self.sessions[-1]

    def received(self, name: str) -> list[Action]:
        """Every action of this name on all connections, in order."""
        return [each for session in self.sessions for each in session.actions if each["action"][0].lower() == name]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until `true()`."""
        await meanwhile(true)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(reader, writer)
        self.sessions.append(session)
        session.raw(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                block = await reader.readuntil(b"\r\n\r\n")
                action: Action = {}
                for line in block.decode().strip().split("\r\n"):
                    name, _, value = line.partition(": ")
                    action.setdefault(name.lower(), []).append(value)
                session.actions.append(action)
                if not self.silent:
                    self._answer(session, action)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            session.break_off()

    def _answer(self, session: Session, action: Action) -> None:
        name = action["action"][0].lower()
        if name in self.answers:
            self.answers[name](session, action)
        elif name == "login":
            self._login(session, action)
        elif name in LISTINGS:
            session.grant(action, ("EventList", "start"))
            session.event(LISTINGS[name], ActionID=action["actionid"][0], EventList="Complete")
        else:
            session.grant(action)

    def _login(self, session: Session, action: Action) -> None:
        if action["secret"] != [self.secret]:
            session.send(
                ("Response", "Error"), ("ActionID", action["actionid"][0]), ("Message", "Authentication failed")
            )
            session.writer.close()
            return
        session.grant(action, ("Message", "Authentication accepted"))
        if self.booted:
            self.boot(session)

    def boot(self, session: Session) -> None:
        session.event("FullyBooted", Status="Fully Booted", Uptime=str(self.uptime), LastReload="5")


LISTINGS = {
    "status": "StatusComplete",
    "dbgettree": "DBGetTreeComplete",
    "devicestatelist": "DeviceStateListComplete",
}


def give_list(session: Session, action: Action, closing: str, items: list[tuple[tuple[str, str], ...]]) -> None:
    """Answer with a list of events."""
    name = action["actionid"][0]
    session.grant(action, ("EventList", "start"))
    for item in items:
        session.send(item[0], ("ActionID", name), *item[1:])
    session.event(closing, ActionID=name, EventList="Complete")
