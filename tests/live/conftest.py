"""Real Asterisks for tests: each test gets its own, on free ports, in its own folder."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE
from ports import free_port, free_udp_range
from stage import Door, Visit

from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.package import Package, find_or_unpack
from cti.asterisk.probe import Probe
from cti.asterisk.settings import ExchangeSettings, Phone, Role, Trunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


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
        daemon.start(within=2 * PATIENCE)
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
    with exchange.daemon.probe(patience=PATIENCE) as probe:
        yield probe


@pytest.fixture
def outside(carrier) -> Iterator[Probe]:
    with carrier.daemon.probe(patience=PATIENCE) as probe:
        yield probe


LONG = (
    "test_waiting_calls.py", "test_phone_demo.py", "test_talks_called_back.py", "test_talks_served.py",
    "test_kills.py", "test_call_transcript.py", "test_tutorial_calls.py", "test_sales_reconciled.py",
    "test_campaign_on_two_nodes.py", "test_crash_states.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that at the end nobody waits for one test alone."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
