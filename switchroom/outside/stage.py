"""Everything a demo stands on: a folder, ports, the exchange, the carrier, and the server as a process of its own.

It does not know who will call or answer. Leaving takes everything down again; what a killed demo leaves
behind dies with it (each process asks the kernel for that).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cti.asterisk.carrier import carrier_settings
from cti.asterisk.daemon import Daemon, DaemonError
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.link import AmiAccess
from cti.debian import cache_folder
from switchroom import own_asterisk
from switchroom.config import load
from switchroom.config_faults import ConfigError
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.outside.backoffice import BackOffice
from switchroom.outside.campaign_floor import BEGINS, CampaignFloor, with_campaign
from switchroom.outside.campaigner import Offices
from switchroom.outside.ports import HOST, choose_ports
from switchroom.outside.screens import Login
from switchroom.prompt_shelf import SOUNDS

if TYPE_CHECKING:
    from cti.asterisk.package import Package

SUPERVISOR, MANAGER = "supervisor", "campaigns"
ADMINISTRATORS = ("administrator", "second-administrator")  # a law that gives more takes the word of two
_PR_SET_PDEATHSIG = 1
_READY_WITHIN = 240.0  # the first demo of all makes every sound that the floor needs


class StageError(Exception):
    """The demo cannot be set up; the text says why."""


class Stage:
    """`async with Stage(...)`: on entry everything runs and the server is ready; raises StageError when not.

    `campaign`: with a campaign of the demo's own, where the floor has one whose message it can borrow.
    """

    def __init__(self, folder: Path, dialplans: Path, package: Package, *, campaign: bool = False) -> None:
        self.folder = folder
        self.ports = choose_ports()
        self.kills = 0
        self.took: dict[str, float] = {}
        self.campaign = CampaignFloor(dialplans.absolute(), "")
        self._wants_campaign = campaign
        self._package = package
        self._stack = contextlib.AsyncExitStack()
        self._server: subprocess.Popen[bytes] | None = None
        self.floor: FloorPlan
        self.exchange: Layout
        self.carrier: Layout
        self.office: BackOffice
        self.offices: Offices

    async def __aenter__(self) -> Self:
        try:
            async with contextlib.AsyncExitStack() as stack:
                await self._open(stack)
                self._stack = stack.pop_all()
        except (DaemonError, OSError, ConfigError) as fault:
            raise StageError(str(fault)) from fault
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports.http}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def carrier_access(self) -> AmiAccess:
        """How to drive the carrier."""
        return AmiAccess(HOST, self.ports.carrier_ami, self.carrier.ami_user, self.carrier.secrets.ami)

    def passwords(self) -> dict[str, str]:
        """The pages' passwords by user, made by the server at its first start."""
        text = (self.folder / "var" / "first-passwords.txt").read_text(encoding="utf-8")
        return dict(line.split(" ", 1) for line in text.splitlines() if " " in line)

    def login(self, user: str) -> Login:
        return Login(self.url, user, self.passwords()[user])

    def server_pids(self) -> tuple[int, ...]:
        """The servers that live below their watchdog: one, or none in the moment of a restart."""
        if self._server is None:
            return ()
        try:
            children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text(encoding="utf-8")
        except OSError:
            return ()
        return tuple(map(int, children.split()))

    def kill_server(self) -> bool:
        """End the server as a crash would, with SIGKILL; its watchdog starts the next. False when none lives."""
        pids = self.server_pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.kills += bool(pids)
        return bool(pids)

    # ── going up ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        began = time.monotonic()
        floor, faults = load_floor(self.campaign.folder)
        if floor is None:
            raise StageError("\n".join(str(fault) for fault in faults))
        self.floor = floor
        if self._wants_campaign:
            self.campaign = with_campaign(self.campaign.folder, floor, self.folder / "dialplans")
        file = self._write_configuration()
        settings = load(file, {}).settings
        _share_sounds(settings.server.data / SOUNDS)
        node = settings.nodes[0]
        phones = own_asterisk.phones_at(floor.agents, node)
        prepared = own_asterisk.prepare(settings, node, self._package, phones)
        self.exchange = self._run(prepared.layout, stack)
        self.carrier = self._run(self._carrier_layout(), stack)
        self.took["exchanges"] = round(time.monotonic() - began, 2)
        self._start_server(file)
        stack.callback(self._stop_server)
        await self._await_ready(stack)
        self.took["server"] = round(time.monotonic() - began, 2)

    def _write_configuration(self) -> Path:
        ports, file = self.ports, self.folder / "switchroom.toml"
        file.write_text(
            f"""# Written by the demo.
[server]
data = "var"
dialplans = {json.dumps(str(self.campaign.folder))}

[http]
port = {ports.http}

[agi]
port = {ports.agi}

[bus]
mode = "in_process"
url = "mqtt://{HOST}:{ports.bus}"

[[node]]
name = "a1"
own = true
ami_port = {ports.ami}
sip_port = {ports.sip}
rtp_from = {ports.rtp}
rtp_to = {ports.rtp + 999}
trunks = ["{HOST}:{ports.carrier_sip}"]

[people]
administrators = {json.dumps(ADMINISTRATORS)}

[outside]
numbers = {json.dumps(["555", *([BEGINS] if self.campaign.borrowed else [])])}

[log]
format = "json"
""",
            encoding="utf-8",
        )
        return file

    def _carrier_layout(self) -> Layout:
        ports = self.ports
        return write_layout(
            carrier_settings(
                self.folder / "carrier",
                sip_port=ports.carrier_sip,
                ami_port=ports.carrier_ami,
                rtp_ports=(ports.carrier_rtp, ports.carrier_rtp + 999),
                exchange=(HOST, ports.sip),
            ),
            self._package,
        )

    def _run(self, layout: Layout, stack: contextlib.AsyncExitStack) -> Layout:
        daemon = Daemon(layout, self._package, dies_with_us=True)
        stack.callback(daemon.stop)
        daemon.start()
        return layout

    def _start_server(self, file: Path) -> None:
        words = [sys.executable, "-c", "from switchroom.cli import main; main()", "serve", "--config", str(file)]
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHROOM_")}
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - the words are ours; no shell reads them
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo, which lets talks finish first
                env=surroundings,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, no lock
            )

    async def _await_ready(self, stack: contextlib.AsyncExitStack) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        async with BackOffice(Login(self.url, SUPERVISOR, "")) as visitor:
            while not await visitor.alive():
                if self._server is None or self._server.poll() is not None:
                    raise StageError(f"the server ended at start: {self.last_words()}")
                if time.monotonic() > deadline:
                    raise StageError(f"the server was not ready in {_READY_WITHIN:g} s: {self.last_words()}")
                await asyncio.sleep(0.1)
        people = (*ADMINISTRATORS, SUPERVISOR)
        offices = [await stack.enter_async_context(BackOffice(self.login(user))) for user in people]
        self.offices = Offices(*offices)
        self.office = self.offices.supervisor

    def _stop_server(self) -> None:
        if self._server is None:
            return
        self._server.terminate()
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait(5)

    def last_words(self) -> str:
        """The end of the server's log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-5:]) or "it wrote nothing"


def _share_sounds(sounds: Path) -> None:
    """Let all demos of this user keep their sounds in one place: their names are hashes of what is in them."""
    with contextlib.suppress(OSError):  # where that cannot be, the demo makes its own
        shared = cache_folder() / SOUNDS
        shared.mkdir(parents=True, exist_ok=True)
        sounds.parent.mkdir(parents=True, exist_ok=True)
        sounds.symlink_to(shared)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
