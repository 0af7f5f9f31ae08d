"""Real Asterisks for tests: each test gets its own, on free ports, in its own folder."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from stage import Door, Visit

from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.package import Package, find_or_unpack
from cti.asterisk.probe import Probe
from cti.asterisk.settings import ExchangeSettings, Phone, Role, Trunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RTP_PORTS = range(20000, 32000)

_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that is free now (UDP: kind=SOCK_DGRAM), never the same one twice in a run."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


def free_udp_range(count: int = 100) -> tuple[int, int]:
    """Return the first and last of `count` UDP ports, none of them bound now.

    None is given out twice as long as there are others: an Asterisk that was killed just now may hold its ports yet.
    Test runs side by side (pytest-xdist) each have a share of the ports of their own.
    """
    share = len(RTP_PORTS) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    begin = RTP_PORTS.start + share * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ranges = [range(first, first + count) for first in range(begin, begin + share - count + 1, count)]
    for ports in [*filter(_given.isdisjoint, ranges), *ranges]:
        if all(_can_bind(port) for port in ports[:: count // 10]) and _can_bind(ports[-1]):
            _given.update(ports)
            return ports[0], ports[-1]
    raise RuntimeError("no free range of UDP ports")


def _can_bind(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Running:
    """A private Asterisk that runs: its daemon, and its layout (ports, secrets, folders)."""

    daemon: Daemon
    layout: Layout

    @property
    def settings(self) -> ExchangeSettings:
        return self.layout.settings


@pytest.fixture(scope="session")
def package() -> Package:
    return find_or_unpack()


@pytest.fixture
def start_asterisk(package: Package, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """A function that starts a private Asterisk, the given settings over sane ones; all end with the test."""
    started: list[Daemon] = []

    def start(**settings: Any) -> Running:
        name = settings.pop("name", f"node{len(started)}")
        chosen = ExchangeSettings(
            name=name,
            folder=tmp_path / name,
            sip_port=settings.pop("sip_port", None) or free_port(socket.SOCK_DGRAM),
            ami_port=settings.pop("ami_port", None) or free_port(),
            agi_port=settings.pop("agi_port", None) or free_port(),
            rtp_ports=settings.pop("rtp_ports", None) or free_udp_range(),
        )
        layout = write_layout(replace(chosen, **settings), package)
        daemon = Daemon(layout, package, dies_with_us=True)
        started.append(daemon)
        daemon.start()
        return Running(daemon, layout)

    yield start
    for daemon in started:
        daemon.stop(within=0.0)  # nobody needs its last words: a polite end takes a second


@pytest.fixture
def ports() -> dict[str, int]:
    """The SIP ports of `exchange` and `carrier`, so that each can name the other as its trunk."""
    return {"exchange": free_port(socket.SOCK_DGRAM), "carrier": free_port(socket.SOCK_DGRAM)}


@pytest.fixture
def exchange(start_asterisk: Callable[..., Running], ports: dict[str, int]) -> Running:
    """The private Asterisk with two phones (alice, bob) and the carrier as its trunk.

    Its AGI port is free: bind it.
    """
    return start_asterisk(
        name="exchange",
        sip_port=ports["exchange"],
        phones=(Phone("alice"), Phone("bob")),
        trunks=(Trunk("carrier", "127.0.0.1", ports["carrier"]),),
    )


@pytest.fixture
def carrier(start_asterisk: Callable[..., Running], ports: dict[str, int]) -> Running:
    """The outside world: a second private Asterisk whose trunk is `exchange`."""
    return start_asterisk(
        name="carrier",
        role=Role.CARRIER,
        sip_port=ports["carrier"],
        trunks=(Trunk("exchange", "127.0.0.1", ports["exchange"]),),
    )


@pytest.fixture
def open_door(exchange) -> Iterator[Callable[[Visit], Door]]:
    doors: list[Door] = []

    def opening(script: Visit) -> Door:
        doors.append(Door(exchange.settings.agi_port, script))
        return doors[-1]

    yield opening
    for door in doors:
        door.close()


@pytest.fixture
def ami(exchange) -> Iterator[Probe]:
    with exchange.daemon.probe(patience=10) as probe:
        yield probe


@pytest.fixture
def outside(carrier) -> Iterator[Probe]:
    with carrier.daemon.probe(patience=10) as probe:
        yield probe
