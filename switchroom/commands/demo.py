"""`switchroom demo`: the whole thing on this machine.

It does not know what is shown; `switchroom/demo.py` does.
"""

from __future__ import annotations

import asyncio

from switchroom import log
from switchroom.commands.answers import Code
from switchroom.demo import NO_STAGE, DemoOptions, run_demo
from switchroom.settings import LogLevel, LogSettings


def show(options: DemoOptions) -> int:
    """Show it to its end; exit code 1 when the counts disagree, 3 when it could not be set up."""
    log.set_up(LogSettings(level=LogLevel.WARNING))
    try:
        code = asyncio.run(run_demo(options))
    except KeyboardInterrupt:
        return Code.INTERRUPTED
    return Code.OUTSIDE if code == NO_STAGE else code
