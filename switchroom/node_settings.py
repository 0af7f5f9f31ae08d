"""The nodes of this floor, as the telephone side needs them: addresses, secrets, and the one folder of recordings.

It does not know what is asked of a node.
"""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import cti.vocabulary as cti
from cti.asterisk.agi import LOOPBACK
from cti.asterisk.node_settings import NodeSettings
from switchroom.secret_files import read_secret
from switchroom.settings import Settings
from switchroom.taking_floor import FloorClosed


def nodes_of(settings: Settings) -> tuple[NodeSettings, ...]:
    """Every node that is configured. Raises `FloorClosed` for one whose host nobody knows."""
    return tuple(
        NodeSettings(
            node=cti.NodeId(node.name),
            host=node.ami_host,
            port=node.ami_port,
            username=node.ami_user,
            secret=read_secret(node.ami_secret_file),
            agi_token=read_secret(node.agi_token_file),
            tls=ssl.create_default_context() if node.ami_tls else None,
            agi_from=(*LOOPBACK, *_addresses(node.ami_host)),
            outside=settings.outside.numbers,
        )
        for node in settings.nodes
    )


def _addresses(host: str) -> tuple[str, ...]:
    """The addresses of a node: AGI connections may come from where its AMI is."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise FloorClosed(f"node host {host} is not known: {fault.strerror}; use an address or correct DNS") from fault
    return tuple(sorted({str(address[4][0]) for address in found}))


def recordings_of(settings: Settings) -> Path:
    """The one folder of all recordings. Nodes on other machines bring theirs there by a mount."""
    folders = {node.recordings for node in settings.nodes}
    if len(folders) > 1:
        raise FloorClosed("the nodes' `recordings` differ; mount them into one folder and name it for every node")
    return folders.pop()
