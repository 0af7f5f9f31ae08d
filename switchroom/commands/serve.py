"""`switchroom serve`: the server, kept alive by the watchdog.

It does not know what the server does; `switchroom/service.py` does.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from switchroom import log
from switchroom.commands.answers import Code, settings_from
from switchroom.watchdog import supervise

if TYPE_CHECKING:
    from pathlib import Path


def serve(config: Path | None, *, watchdog: bool) -> int:
    """Run until told to stop. The configuration is read first, so that its faults show before any start."""
    settings = settings_from(config).settings
    log.set_up(settings.log)
    # Imported here, in the watchdog, once: each server is a fork of it and starts without importing.
    from switchroom import service  # noqa: PLC0415  see above

    async def server() -> None:
        await service.run(settings)

    if watchdog:
        return supervise(server)
    try:
        asyncio.run(server())
    except KeyboardInterrupt:
        return Code.INTERRUPTED
    return Code.OK
