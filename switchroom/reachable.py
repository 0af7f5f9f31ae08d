"""Short looks at the network: is a port free, does somebody answer, does a name resolve. None takes over 3 s.

It does not know why anybody asks.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 2.0
GREETING = b"Asterisk Call Manager"


def is_free(host: str, port: int, kind: str) -> bool:
    """Tell whether `port` ("tcp" or "udp") can be bound on `host`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as probe:
        if kind == "tcp":
            # As servers do: a port whose last connections are still fading away is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_open(host: str, port: int) -> bool:
    """Tell whether somebody accepts TCP connections there."""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE):
            return True
    except OSError:
        return False


def is_asterisk(host: str, port: int) -> bool:
    """Tell whether an Asterisk greets us there as its manager interface does."""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as line:
            line.settimeout(PATIENCE)
            return line.recv(64).startswith(GREETING)
    except OSError:
        return False


def is_our_server(host: str, port: int) -> bool:
    """Tell whether a Switchroom answers on its HTTP port, well or ill."""
    address = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  compared with, never bound
    url = f"http://{address}:{port}/healthz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=PATIENCE):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 503  # an ill server is a server
    except (OSError, ValueError):
        return False


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine by its very name or number."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def host_name_resolves() -> tuple[str, bool]:
    """Return this machine's name, and whether it resolves soon enough for Asterisk not to stall on it."""
    name, found = socket.gethostname(), threading.Event()

    def look() -> None:
        with contextlib.suppress(OSError):
            socket.getaddrinfo(name, None)
            found.set()

    # A resolver cannot be given a deadline, so it is left behind in a thread that holds nobody up.
    threading.Thread(target=look, daemon=True).start()
    return name, found.wait(PATIENCE)


def is_writable(folder: Path) -> bool:
    """Tell whether we may make files in `folder`."""
    return os.access(folder, os.W_OK | os.X_OK)
