"""Our own Asterisk nodes as the settings describe them: their layout, their secrets, starting and stopping.

It does not know how a layout is written (`cti/asterisk/layout.py`) nor how agents are planned.

An own node outlives the server on purpose: a server that is killed leaves the calls to Asterisk.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from cti.asterisk.daemon import Daemon, DaemonError
from cti.asterisk.layout import write_layout
from cti.asterisk.settings import ExchangeSettings, Phone, Trunk, write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cti.asterisk.package import Package
    from switchroom.agentfile import AgentPlan
    from switchroom.settings import NodeSettings, Settings


log = structlog.get_logger(__name__)

RELOADS = ("module reload res_pjsip.so", "dialplan reload", "moh reload")
MUSIC = "music"  # in the dialplans folder: a folder of sounds for each class


def own_nodes(settings: Settings) -> tuple[NodeSettings, ...]:
    """Return the nodes that are ours to start and stop."""
    return tuple(node for node in settings.nodes if node.own)


def phones_at(agents: Mapping[str, AgentPlan], node: NodeSettings) -> tuple[Phone, ...]:
    """Return the SIP accounts of the agents who sit at this node; their passwords are made at first start."""
    names = {agent.phone for agent in agents.values() if agent.node == node.name}
    return tuple(Phone(name) for name in sorted(names))


def prepare(
    settings: Settings,
    node: NodeSettings,
    package: Package,
    phones: Iterable[Phone] = (),
) -> Daemon:
    """Write the node's configuration and two secret files; return its Asterisk, running or not.

    Raises the `SettingsError` of `cti.asterisk.settings` when the settings cannot be written, `OSError`
    when the folder cannot.
    """
    layout = write_layout(
        ExchangeSettings(
            name=node.name,
            folder=settings.server.data / "asterisk" / node.name,
            sip_port=node.sip_port,
            ami_port=node.ami_port,
            agi_port=settings.agi.port,
            agi_host=settings.agi.host,
            rtp_ports=(node.rtp_from, node.rtp_to),
            phones=tuple(phones),
            trunks=tuple(_trunk(count, place) for count, place in enumerate(node.trunks, 1)),
            recordings=node.recordings,
            address=node.bind,
            classes=music_in(settings.server.dialplans / MUSIC),
        ),
        package,
    )
    for file, secret in (
        (node.ami_secret_file, layout.secrets.ami),
        (node.agi_token_file, layout.secrets.agi_token),
    ):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(file, secret + "\n")
    return Daemon(layout, package)


def music_in(folder: Path) -> tuple[tuple[str, Path], ...]:
    """The classes of music on hold: each folder in `folder`, under its own name."""
    return tuple((place.name, place) for place in sorted(folder.glob("*")) if place.is_dir())


def _trunk(count: int, place: str) -> Trunk:
    """A neighbour at HOST or HOST:PORT; calls go out to the first one."""
    host, colon, port = place.partition(":")
    if colon and port.isdecimal():
        return Trunk(f"trunk-{count}", host, int(port))
    return Trunk(f"trunk-{count}", place)  # a name, or an address with colons of its own


def start(daemon: Daemon) -> int:
    """Start it, or let one that runs read its configuration again; return its process id. `DaemonError`."""
    running = daemon.running()
    pid = daemon.start()
    for words in RELOADS if running else ():
        daemon.command(words)
    return pid


async def keep_running(daemons: Iterable[Daemon], every: float = 2.0) -> None:
    """Start each again that has died, for ever, looking every few seconds. What will not start is told."""
    daemons = tuple(daemons)
    while daemons:
        await asyncio.sleep(every)
        for daemon in daemons:
            try:
                if await asyncio.to_thread(daemon.running) is None:
                    log.error("asterisk.died", node=daemon.layout.settings.name)
                    pid = await asyncio.to_thread(daemon.start)
                    log.warning("asterisk.started", node=daemon.layout.settings.name, pid=pid)
            except DaemonError as error:
                log.error(  # noqa: TRY400  the text has the reason, a traceback adds nothing
                    "asterisk.will_not_start", node=daemon.layout.settings.name, why=str(error)
                )
