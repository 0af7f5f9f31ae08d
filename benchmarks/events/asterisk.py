"""Plays an Asterisk to which a server logs in: answers the three questions of a survey from files. A child process.

    python -m benchmarks.events.asterisk FOLDER

The answers (`status.answer`, `ended.answer`, `phones.answer`) were recorded and rewritten; `@` stands for the
question's ActionID. Prints its port, serves one login after the other until it is killed. It does not know what it
answers.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

LISTS = {
    b"Status": ("status.answer", b"StatusComplete"),
    b"DBGetTree": ("ended.answer", b"DBGetTreeComplete"),
    b"DeviceStateList": ("phones.answer", b"DeviceStateListComplete"),
}
BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: %d\r\nLastReload: 10\r\nStatus: Fully Booted\r\n\r\n"
UPTIME = 1_000_000


def main() -> None:
    """Serve until killed."""
    folder = Path(sys.argv[1])
    answers = {action: ((folder / name).read_bytes(), end) for action, (name, end) in LISTS.items()}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            visitor, _ = listening.accept()
            with visitor:
                _serve(visitor, answers)


def _serve(visitor: socket.socket, answers: dict[bytes, tuple[bytes, bytes]]) -> None:
    visitor.sendall(b"Asterisk Call Manager/11.0.0\r\n")
    heard = b""
    while piece := visitor.recv(65536):
        *actions, heard = (heard + piece).split(b"\r\n\r\n")
        for lines in actions:
            headers = dict(line.split(b": ", 1) for line in lines.split(b"\r\n"))
            visitor.sendall(_answer(headers[b"Action"], headers[b"ActionID"], answers))


def _answer(action: bytes, name: bytes, answers: dict[bytes, tuple[bytes, bytes]]) -> bytes:
    granted = b"Response: Success\r\nActionID: " + name + b"\r\n"
    if action in answers:
        items, end = answers[action]
        closing = b"Event: " + end + b"\r\nActionID: " + name + b"\r\nEventList: Complete\r\n\r\n"
        listed = items.replace(b"\r\nActionID: @\r\n", b"\r\nActionID: " + name + b"\r\n")
        return granted + b"EventList: start\r\n\r\n" + listed + closing
    if action == b"Login":
        return granted + b"Message: Authentication accepted\r\n\r\n" + BOOTED % UPTIME
    return granted + b"\r\n"


if __name__ == "__main__":
    main()
